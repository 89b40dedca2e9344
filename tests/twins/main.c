/* main.c -- runs every twin in both worlds and prints the table of facts (book-notes/twins.md): `make twins`.
 *
 * build/twins [--runs N] [--profile FILE] [NAME]...
 */
#include "twin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RUNS_MAX = 32, WHYS_MAX = 64 };

typedef struct {
    unsigned runs;
    const char *profile;
} Options;

/* One twin at one GOMAXPROCS: what every real run and the simulated one gave. */
typedef struct {
    Facts real[RUNS_MAX], simulated;
    unsigned runs;
} Compared;

static bool compare(const Twin *t, unsigned procs, const Options *o, Compared *c, Diag *d) {
    *c = (Compared){0};
    if (!twin_run_simulated(t, procs, o->profile, &c->simulated, d)) return false;
    for (; c->runs < o->runs; c->runs++) {
        if (!twin_run_real(t, procs, &c->real[c->runs], d)) return false;
    }
    return true;
}

static void compared_free(Compared *c) {
    for (unsigned i = 0; i < c->runs; i++) facts_free(&c->real[i]);
    facts_free(&c->simulated);
}

static int by_ns(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* The times of all real runs, as one fact. */
static Fact pooled(const Compared *c, FactKey key) {
    Fact all = {0};
    for (unsigned i = 0; i < c->runs; i++) {
        const Fact *f = &c->real[i].of[key];
        GROW(all.ns, all.cap, all.count + f->count);
        if (f->count > 0) memcpy(all.ns + all.count, f->ns, f->count * sizeof *f->ns);
        all.count += f->count;
    }
    if (all.count > 0) qsort(all.ns, all.count, sizeof *all.ns, by_ns);
    return all;
}

/* In how many runs does it hold? `shown`: one in which it does, if any. Times are judged over all of them. */
static unsigned judge(const TwinCheck *k, const Compared *c, unsigned *shown, Facts *pool) {
    unsigned held = 0;
    *shown = 0;
    if (fact_spec[k->fact].kind == FACT_TIMES) {
        pool->of[k->fact] = pooled(c, k->fact);
        return twin_holds(k, pool, &c->simulated) ? c->runs : 0;
    }
    for (unsigned i = 0; i < c->runs; i++) {
        if (!twin_holds(k, &c->real[i], &c->simulated)) continue;
        if (held++ == 0) *shown = i;
    }
    return held;
}

static void print_row(const TwinCheck *k, unsigned procs, const Compared *c, const char *why[WHYS_MAX], unsigned *whys, unsigned failed[2]) {
    unsigned shown;
    Facts pool = {0};
    unsigned held = judge(k, c, &shown, &pool);
    bool times = fact_spec[k->fact].kind == FACT_TIMES;
    char *real = fact_text(times ? &pool : &c->real[shown], k->fact);
    char *simulated = fact_text(&c->simulated, k->fact);
    char rule[96];
    twin_rule_text(k, rule, sizeof rule);
    printf("| %u | %s | %s | %s | ", procs, fact_spec[k->fact].label, real, strcmp(real, simulated) == 0 ? "the same" : simulated);
    if (held == c->runs) printf("%s |\n", rule);
    else if (held > 0) printf("%s, in %u of %u runs |\n", rule, held, c->runs);
    else if (k->why == NULL) printf("**not %s** |\n", rule);
    if (held == 0 && k->why != NULL) {
        unsigned n = 0;
        while (n < *whys && strcmp(why[n], k->why) != 0) n++;
        if (n == *whys && n < WHYS_MAX) why[(*whys)++] = k->why;
        printf("not %s: %u) |\n", rule, n + 1);
    }
    failed[twin_firm(k)] += held == 0 && k->why == NULL;
    free(real);
    free(simulated);
    free(pool.of[k->fact].ns);
}

static bool print_twin(const Twin *t, const Options *o, unsigned failed[2], Diag *d) {
    const char *why[WHYS_MAX];
    unsigned whys = 0;
    printf("## %s: %s\n\n| Ps | fact | real | simulated | verdict |\n|---|---|---|---|---|\n", t->name, t->what);
    if (!twin_build(t, d)) return false;
    char *next;
    for (unsigned long p = strtoul(t->procs, &next, 10); p > 0; p = strtoul(next, &next, 10)) {
        Compared *c = mem_alloc(sizeof *c);
        bool ok = compare(t, (unsigned)p, o, c, d);
        for (size_t i = 0; ok && i < t->checks; i++) {
            const TwinCheck *k = &t->check[i];
            if (k->procs == 0 || k->procs == p) print_row(k, (unsigned)p, c, why, &whys, failed);
        }
        compared_free(c);
        free(c);
        if (!ok) return false;
    }
    for (unsigned i = 0; i < whys; i++) printf("%s%u) %s\n", i == 0 ? "\n" : "", i + 1, why[i]);
    printf("\n");
    return true;
}

static bool chosen(const char *name, int argc, char **argv) {
    bool any = false;
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) == 0) i++;
        else if (strcmp(argv[i], name) == 0) return true;
        else any = true;
    }
    return !any;
}

int main(int argc, char **argv) {
    Options o = {.runs = 5};
    char version[64];
    unsigned failed[2] = {0, 0};
    for (int i = 1; i + 1 < argc; i++) {
        if (strcmp(argv[i], "--runs") == 0) o.runs = (unsigned)strtoul(argv[i + 1], NULL, 10);
        if (strcmp(argv[i], "--profile") == 0) o.profile = argv[i + 1];
    }
    if (o.runs < 1 || o.runs > RUNS_MAX) o.runs = RUNS_MAX;
    if (!twin_go(version, sizeof version)) {
        printf("skipped: no Go from 1.22 on, with cgo\n");
        return EXIT_WELL;
    }
    fprintf(stderr, "%s, %u runs of each\n", version, o.runs);
    for (size_t i = 0; i < twin_count; i++) {
        Diag d = {0};
        if (!chosen(twins[i].name, argc, argv)) continue;
        fprintf(stderr, "%s\n", twins[i].name);
        if (!print_twin(&twins[i], &o, failed, &d)) {
            diag_print(&d, stderr);
            return d.status;
        }
    }
    fprintf(stderr, "%u facts differ without a reason, %u times do\n", failed[1], failed[0]);
    return failed[1] > 0 ? EXIT_DIFFERS : EXIT_WELL;
}

/* main.c -- runs every twin in both worlds and prints the table of facts (book-notes/twins.md): `make twins`.
 *
 * build/twins [--runs N] [--profile FILE] [NAME]...
 */
#include "twin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RUNS_MAX = 32, WHYS_MAX = 16, SHORT = 40 };

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

/* What is printed, and counted on the way. */
typedef struct {
    FILE *out;
    unsigned held, sometimes, explained, failed, times_off;
    const char *why[WHYS_MAX]; /* of this twin */
    unsigned whys;
} Table;

static unsigned reason(Table *t, const char *why) {
    unsigned n = 0;
    while (n < t->whys && strcmp(t->why[n], why) != 0) n++;
    if (n == t->whys && n < WHYS_MAX) t->why[t->whys++] = why;
    return n + 1;
}

static void print_verdict(Table *t, const TwinCheck *k, const Compared *c, unsigned held, const Facts *real) {
    char rule[96];
    twin_rule_text(k, rule, sizeof rule);
    t->held += held == c->runs;
    t->sometimes += held > 0 && held < c->runs;
    t->explained += held == 0 && k->why != NULL;
    t->failed += held == 0 && k->why == NULL && twin_firm(k);
    t->times_off += held == 0 && k->why == NULL && !twin_firm(k);
    if (held == c->runs) fprintf(t->out, "%s", rule);
    else if (held > 0) fprintf(t->out, "%s, in %u of %u runs", rule, held, c->runs);
    else if (twin_median_holds(k, real, &c->simulated)) fprintf(t->out, "median %s, the tenth not", rule);
    else fprintf(t->out, "**not %s**", rule);
    if (held < c->runs && k->why != NULL) fprintf(t->out, ": %u)", reason(t, k->why));
    fprintf(t->out, " |\n");
}

static void print_row(Table *t, const TwinCheck *k, unsigned procs, const Compared *c) {
    unsigned shown;
    Facts pool = {0};
    unsigned held = judge(k, c, &shown, &pool);
    const Facts *of = fact_spec[k->fact].kind == FACT_TIMES ? &pool : &c->real[shown];
    char *real = fact_text(of, k->fact), *simulated = fact_text(&c->simulated, k->fact);
    fprintf(t->out, "| %u | %s | %s | %s | ", procs, fact_spec[k->fact].label, real,
            strlen(real) > SHORT && strcmp(real, simulated) == 0 ? "the same" : simulated);
    print_verdict(t, k, c, held, of);
    free(real);
    free(simulated);
    free(pool.of[k->fact].ns);
}

static bool print_procs(Table *t, const Twin *w, unsigned procs, const Options *o, Diag *d) {
    Compared *c = mem_alloc(sizeof *c);
    bool ok = compare(w, procs, o, c, d);
    for (size_t i = 0; ok && i < w->checks; i++) {
        const TwinCheck *k = &w->check[i];
        if (k->procs == 0 || k->procs == procs) print_row(t, k, procs, c);
    }
    compared_free(c);
    free(c);
    return ok;
}

static void print_reason(const Table *t, unsigned i) {
    enum { COLUMNS = 112 };
    const char *p = t->why[i];
    fprintf(t->out, "\n%u) ", i + 1);
    while (strlen(p) > COLUMNS) {
        int n = COLUMNS;
        while (p[n] != ' ') n--;
        fprintf(t->out, "%.*s\n", n, p);
        p += n + 1;
    }
    fprintf(t->out, "%s\n", p);
}

static bool print_twin(Table *t, const Twin *w, const Options *o, Diag *d) {
    t->whys = 0;
    fprintf(t->out, "## %s: %s\n\n| Ps | fact | real | simulated | verdict |\n|---|---|---|---|---|\n", w->name, w->what);
    if (!twin_build(w, d)) return false;
    char *next;
    for (unsigned long p = strtoul(w->procs, &next, 10); p > 0; p = strtoul(next, &next, 10)) {
        if (!print_procs(t, w, (unsigned)p, o, d)) return false;
    }
    for (unsigned i = 0; i < t->whys; i++) print_reason(t, i);
    fprintf(t->out, "\n");
    return true;
}

static void print_head(const Table *t, const char *version, const Options *o) {
    printf("# Twins: a real program and its scenario\n\n"
           "Each program of `tests/go/twins` is a scenario's twin. `make twins` builds it, runs it %u times with runtime/trace\n"
           "on, imports the traces (`faultline import`), runs the scenario, and finds the same facts in both by the same code\n"
           "([[tests/twins/facts.def]], [[tests/twins/facts.c#facts_read]]); then it writes this page. `make test` runs\n"
           "them too, and insists on what must hold on any machine: what happened, to whom, in which order, how often. Times\n"
           "are only shown.\n\n"
           "Only goroutines of the program count, from the log \"begin\" to the log \"end\". *The same* of an order is the same\n"
           "order, of each goroutine by its number; of states visited the same changes, each with its reason. *In n of m runs*:\n"
           "the machine is shared with others, and Go's scheduler races with itself. Times are medians over all runs; the\n"
           "simulator's costs are %s.\n\n",
           o->runs, o->profile ? "those that `faultline calibrate` found here" : "the nominal ones");
    printf("%s, %ld CPUs, scenarios by the rules of Go 1.26. Of %u facts %u agree in all runs, %u in some, %u differ for a reason\n"
           "that stands below them, and %u for none; of times without a reason %u are too far apart.\n\n",
           version, sysconf(_SC_NPROCESSORS_ONLN), t->held + t->sometimes + t->explained + t->failed + t->times_off, t->held,
           t->sometimes, t->explained, t->failed, t->times_off);
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
    for (int i = 1; i + 1 < argc; i++) {
        if (strcmp(argv[i], "--runs") == 0) o.runs = (unsigned)strtoul(argv[i + 1], NULL, 10);
        if (strcmp(argv[i], "--profile") == 0) o.profile = argv[i + 1];
    }
    if (o.runs < 1 || o.runs > RUNS_MAX) o.runs = RUNS_MAX;
    if (!twin_go(version, sizeof version)) {
        fprintf(stderr, "twins: no Go from 1.22 on is here\n");
        return EXIT_WORLD;
    }
    char *text = NULL;
    size_t len;
    Table t = {.out = open_memstream(&text, &len)};
    for (size_t i = 0; i < twin_count; i++) {
        Diag d = {0};
        if (!chosen(twins[i].name, argc, argv)) continue;
        fprintf(stderr, "%s\n", twins[i].name);
        if (!print_twin(&t, &twins[i], &o, &d)) {
            diag_print(&d, stderr);
            return d.status;
        }
    }
    fclose(t.out);
    print_head(&t, version, &o);
    printf("%.*s", (int)len - 1, text);
    free(text);
    return t.failed > 0 ? EXIT_DIFFERS : EXIT_WELL;
}

/* cmd_diff.c -- faultline diff: what differs between two runs, in words.
 *
 * In the order in which one asks: were they asked to do the same (head), what came of it (figures), where did they
 * part (the first event), and what does that mean for whom (goroutines).
 */
#include "cli.h"

#include "../base/units.h"
#include "../lens/diff.h"

#include <stdlib.h>
#include <string.h>

enum { GOROUTINES_MAX = 8, TEXT = 512, COLUMN = 14 };

typedef struct {
    const char *path[2];
} Options;

static error_t parse(int key, char *arg, struct argp_state *state) {
    Options *o = state->input;
    switch (key) {
    case ARGP_KEY_ARG:
        if (arg[0] == '\0') argp_error(state, "which trace? The name is empty");
        if (state->arg_num >= 2) argp_error(state, "two traces at a time");
        o->path[state->arg_num] = arg;
        return 0;
    case ARGP_KEY_END:
        if (o->path[0] == NULL) argp_error(state, "which traces?");
        if (o->path[1] == NULL) argp_error(state, "with which other trace?");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {NULL,
                                 parse,
                                 "TRACE TRACE",
                                 "Say what differs between two runs: how they were asked, their figures, the first "
                                 "event and the places where they part, their goroutines.\v"
                                 "Devices and measured times are not compared. "
                                 "Exit status: 0 they are identical, 1 they differ.",
                                 NULL,
                                 NULL,
                                 NULL};

/* ---- columns: name, A, B, remark ---- */

static int letters(const char *text) {
    int n = 0;
    for (; *text; text++) n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static void print_cell(const char *text, int width) {
    printf("%s%*s", text, width > letters(text) ? width - letters(text) : 0, "");
}

static void print_row(const char *name, const char *a, const char *b, const char *remark) {
    char text[3][TEXT];
    printf("  ");
    print_cell(plain_text(text[0], TEXT, name), COLUMN);
    printf(" ");
    print_cell(plain_text(text[1], TEXT, a), COLUMN);
    printf(" ");
    if (remark[0]) print_cell(plain_text(text[2], TEXT, b), COLUMN);
    else printf("%s", plain_text(text[2], TEXT, b));
    printf("%s%s\n", remark[0] ? " " : "", remark);
}

/* ---- the head: lines of key=value ---- */

/* All values of a key, joined; "-" when there is none. */
static void values_of(const char *lines, const char *key, size_t len, char out[TEXT]) {
    size_t n = 0;
    out[0] = '\0';
    for (const char *p = lines; p && *p && n < TEXT; p += strcspn(p, "\n"), p += *p == '\n') {
        if (strncmp(p, key, len) != 0 || p[len] != '=') continue;
        n += (size_t)snprintf(out + n, TEXT - n, "%s%.*s", n ? ", " : "", (int)strcspn(p + len + 1, "\n"),
                              p + len + 1);
    }
    if (n == 0) snprintf(out, TEXT, "-");
}

static bool has_key(const char *lines, const char *end, const char *key, size_t len) {
    for (const char *p = lines; p && p != end && *p; p += strcspn(p, "\n"), p += *p == '\n') {
        if (strncmp(p, key, len) == 0 && p[len] == '=') return true;
    }
    return false;
}

typedef void (*Differing)(const char *key, const char *a, const char *b);

/* Calls `tell` for each key whose values differ; how many that were. */
static size_t compare_lines(const char *a, const char *b, Differing tell) {
    const char *both[] = {a, b};
    size_t count = 0;
    for (int i = 0; i < 2; i++) {
        for (const char *p = both[i]; p && *p; p += strcspn(p, "\n"), p += *p == '\n') {
            char key[64], left[TEXT], right[TEXT];
            size_t len = strcspn(p, "=\n");
            if (p[len] != '=' || len >= sizeof key) continue;
            if (has_key(both[i], p, p, len)) continue;        /* told already */
            if (i == 1 && has_key(a, NULL, p, len)) continue; /* so was this */
            snprintf(key, sizeof key, "%.*s", (int)len, p);
            values_of(a, p, len, left);
            values_of(b, p, len, right);
            if (strcmp(left, right) == 0) continue;
            tell(key, left, right);
            count++;
        }
    }
    return count;
}

static void tell_option(const char *key, const char *a, const char *b) { print_row(key, a, b, ""); }

static const CostSpec *cost_named(const char *name) {
    for (int i = 0; i < COST_COUNT; i++) {
        if (strcmp(cost_spec[i].name, name) == 0) return &cost_spec[i];
    }
    return NULL;
}

static void tell_cost(const char *key, const char *a, const char *b) {
    const CostSpec *spec = cost_named(key);
    const char *unit = spec && cost_in_picoseconds(spec) ? "ps" : "ns";
    char left[TEXT + 4], right[TEXT + 4];
    snprintf(left, sizeof left, "%s%s", a, a[0] == '-' ? "" : unit);
    snprintf(right, sizeof right, "%s%s", b, b[0] == '-' ? "" : unit);
    print_row(key, left, right, spec ? spec->what : "");
}

static const char *section(Trace *t, const char *name) {
    const char *text = trace_get(t, name, NULL);
    return text ? text : "";
}

/* What the newer version does in another way, and what the door costs: the reason for most of what follows. */
static void print_versions(Trace *const t[2]) {
    const GoVersion *go[2];
    uint64_t toll[2];
    for (int i = 0; i < 2; i++) {
        char enter[TEXT], leave[TEXT];
        go[i] = go_version_find(trace_option(t[i], "go"));
        values_of(section(t[i], "profile"), "cgo_enter", 9, enter);
        values_of(section(t[i], "profile"), "cgo_exit", 8, leave);
        toll[i] = strtoull(enter, NULL, 10) + strtoull(leave, NULL, 10);
    }
    if (go[0] && go[1]) {
        GoChange change[GO_CHANGES_MAX];
        size_t n = go_changes(go[0], go[1], change);
        for (size_t i = 0; i < n; i++) printf("  since Go %s: %s\n", change[i].in->name, change[i].what);
    }
    if (toll[0] != toll[1])
        printf("  A crossing into C and back costs %llu ns in A, %llu ns in B.\n", (unsigned long long)toll[0],
               (unsigned long long)toll[1]);
}

/* The first line of the scenario, or of a kernel, that differs. */
static size_t compare_text(Trace *const t[2], const char *name) {
    const char *a = section(t[0], name), *b = section(t[1], name);
    char left[TEXT], right[TEXT], plain[2][TEXT];
    if (strcmp(a, b) == 0) return 0;
    int line = 1;
    while (strcspn(a, "\n") == strcspn(b, "\n") && strncmp(a, b, strcspn(a, "\n")) == 0) {
        a += strcspn(a, "\n");
        b += strcspn(b, "\n");
        a += *a == '\n';
        b += *b == '\n';
        line++;
        if (*a == '\0' || *b == '\0') break;
    }
    snprintf(left, sizeof left, "%.*s", (int)strcspn(a, "\n"), a);
    snprintf(right, sizeof right, "%.*s", (int)strcspn(b, "\n"), b);
    printf("  the text of the %s, from line %d on\n    A: %s\n    B: %s\n", name, line,
           plain_text(plain[0], TEXT, left), plain_text(plain[1], TEXT, right));
    return 1;
}

static bool seen_before(const Model *m, size_t i) {
    for (size_t k = 0; k < i; k++) {
        if (m->cmd[k].name == m->cmd[i].name) return true;
    }
    return false;
}

static size_t compare_kernels(Trace *const t[2], const Model *m) {
    enum { LOOKED_AT_MAX = 4096 }; /* a kernel that is first used after so many commands is not looked for */
    size_t count = 0;
    for (size_t i = 0; i < m->cmd_count && i < LOOKED_AT_MAX; i++) {
        char name[128];
        if (seen_before(m, i)) continue;
        snprintf(name, sizeof name, "kernel %.96s.cl", intern_text(m->text, m->cmd[i].name));
        if (trace_get(t[0], name, NULL) && trace_get(t[1], name, NULL)) count += compare_text(t, name);
    }
    return count;
}

/* A real program was not asked anything. */
static void print_head(Trace *const t[2], const Diff *d) {
    if (cli_is_imported(t[0]) || cli_is_imported(t[1])) return;
    printf("how they were asked\n");
    size_t n = compare_lines(section(t[0], "options"), section(t[1], "options"), tell_option);
    n += compare_lines(section(t[0], "profile"), section(t[1], "profile"), tell_cost);
    print_versions(t);
    n += compare_text(t, "scenario");
    n += compare_kernels(t, d->side[0].model);
    if (n == 0) printf("  the same\n");
}

/* ---- figures ---- */

static void figure_text(char *out, size_t size, int figure, uint64_t v) {
    if (figure_spec[figure].kind == KIND_NS) narrate_time(out, size, v);
    else snprintf(out, size, "%llu", (unsigned long long)v);
}

static void print_figures(const Diff *d) {
    size_t n = 0;
    printf("figures\n");
    for (int i = 0; i < FIG_COUNT; i++) {
        uint64_t a = d->side[0].summary.value[i], b = d->side[1].summary.value[i];
        char left[48], right[48];
        bool unknown = figure_spec[i].run_only && (d->side[0].model->imported || d->side[1].model->imported);
        if (a == b || unknown) continue;
        figure_text(left, sizeof left, i, a);
        figure_text(right, sizeof right, i, b);
        if (strcmp(left, right) == 0) { /* the difference is smaller than what is shown */
            time_text(left, sizeof left, a);
            time_text(right, sizeof right, b);
        }
        print_row(figure_spec[i].key, left, right, figure_spec[i].label);
        n++;
    }
    if (n == 0) printf("  the same\n");
}

/* ---- the first difference ---- */

static void print_event(char side, const DiffEvent *x) {
    char text[4 * EVENT_TEXT_MAX], headline[4 * sizeof x->words.headline], reason[4 * sizeof x->words.reason];
    if (!x->there) {
        printf("  %c: it has ended\n", side);
        return;
    }
    printf("  %c: %s\n", side, plain_text(text, sizeof text, x->text));
    if (x->words.headline[0] == '\0') return;
    printf("     %s.", plain_text(headline, sizeof headline, x->words.headline));
    plain_text(reason, sizeof reason, x->words.reason);
    if (reason[0]) putchar(' ');
    for (const char *p = reason; *p; p++) {
        if (p[0] == '*' && p[1] == '*') p++;
        else putchar(*p);
    }
    putchar('\n');
}

static void print_place(const char *what, const DiffPlace *p) {
    printf("%s, after %llu event%s\n", what, (unsigned long long)p->after, p->after == 1 ? "" : "s");
    print_event('A', &p->side[0]);
    print_event('B', &p->side[1]);
}

static void print_events(const Diff *d) {
    if (!d->first.found) {
        printf("events\n  the same\n");
        return;
    }
    bool time_first = !d->what.found || d->what.after != d->first.after;
    print_place(time_first ? "the first difference, in time only" : "the first difference", &d->first);
    if (!d->what.found) printf("  Everything happens in both, in the same order: only the times differ.\n");
    else if (time_first) print_place("the first difference in what happens", &d->what);
}

/* ---- the story ---- */

static void print_change(const char *one, uint64_t a, uint64_t b, size_t *n) {
    if (a == b) return;
    uint64_t by = a > b ? a - b : b - a;
    printf("  B has %llu %s%s %s: %llu instead of %llu\n", (unsigned long long)by, one, by == 1 ? "" : "s",
           b > a ? "more" : "fewer", (unsigned long long)b, (unsigned long long)a);
    ++*n;
}

typedef struct {
    uint64_t g, ns;
} Changed;

static int by_size(const void *left, const void *right) {
    const Changed *a = left, *b = right;
    if (a->ns != b->ns) return a->ns > b->ns ? -1 : 1;
    return a->g < b->g ? -1 : a->g > b->g;
}

static const char *const state_words[G_COUNT] = {[G_RUNNABLE] = "could run and had no P",
                                                 [G_RUNNING] = "ran",
                                                 [G_SYSCALL] = "in C",
                                                 [G_WAITING] = "waited"};

static void print_g(const Diff *d, uint64_t g) {
    const DiffG *a = &d->side[0].g[g], *b = &d->side[1].g[g];
    char name[TEXT];
    const char *sep = ": ";
    printf("  g%llu %s", (unsigned long long)g, plain_text(name, sizeof name, a->name));
    for (int s = 0; s < G_COUNT; s++) {
        char left[48], right[48];
        if (state_words[s] == NULL || a->ns[s] == b->ns[s]) continue;
        printf("%s%s %s, not %s", sep, state_words[s], time_text(right, sizeof right, b->ns[s]),
               time_text(left, sizeof left, a->ns[s]));
        sep = "; ";
    }
    putchar('\n');
}

static size_t print_goroutines(const Diff *d) {
    Changed *list = NULL;
    size_t cap = 0, n = 0;
    for (uint64_t g = 1; g < d->side[0].g_count; g++) {
        uint64_t ns = diff_g_ns(d, g);
        if (ns == NONE || ns == 0) continue;
        GROW(list, cap, n + 1);
        list[n++] = (Changed){g, ns};
    }
    if (n > 0) {
        qsort(list, n, sizeof *list, by_size);
        printf("  in B, by size of the change:\n");
    }
    for (size_t i = 0; i < n && i < GOROUTINES_MAX; i++) print_g(d, list[i].g);
    if (n > GOROUTINES_MAX) printf("  and %zu goroutines more\n", n - GOROUTINES_MAX);
    free(list);
    return n;
}

/* What only one of the two does, in the order of the run. */
static void print_partings(const Diff *d) {
    if (d->partings == 0) return;
    printf("where their stories part, %zu place%s\n", d->partings, d->partings == 1 ? "" : "s");
    for (size_t i = 0; i < d->parting_count; i++) {
        const DiffParting *p = &d->parting[i];
        bool both = p->count[0] && p->count[1];
        for (int k = 0; k < 2; k++) {
            char time[TIME_TEXT_MAX], text[4 * sizeof p->headline[k]], more[48] = "";
            if (p->count[k] == 0) continue;
            if (p->count[k] > 1) snprintf(more, sizeof more, ", and %zu more", p->count[k] - 1);
            printf("  %-14s %s %c: %s%s\n", time_text(time, sizeof time, p->time_ns[k]), both ? "    " : "only", k ? 'B' : 'A',
                   plain_text(text, sizeof text, p->headline[k]), more);
        }
    }
    if (d->partings > d->parting_count) printf("  and %zu more\n", d->partings - d->parting_count);
}

static void print_story(const Diff *d) {
    static const struct {
        Figure figure;
        const char *one;
    } told[] = {{FIG_handoffs, "hand-over"}, {FIG_threads, "thread"}, {FIG_crossings, "crossing"},
                {FIG_retakes, "retake"},     {FIG_preemptions, "preemption"}};
    size_t n = 0;
    printf("the story\n");
    for (size_t i = 0; i < ARRAY_LEN(told); i++)
        print_change(told[i].one, d->side[0].summary.value[told[i].figure],
                     d->side[1].summary.value[told[i].figure], &n);
    if (n == 0) printf("  the same hand-overs, threads and crossings in number\n");
    print_goroutines(d);
}

/* ---- the command ---- */

static void print_title(char side, Trace *t) {
    char path[TEXT], title[TEXT], go[64];
    bool real = cli_is_imported(t);
    printf("%c  %s  %s, Go %s", side, plain_text(path, sizeof path, trace_path(t)),
           real ? "a real program" : plain_text(title, sizeof title, trace_option(t, "scenario")),
           plain_text(go, sizeof go, trace_option(t, "go")));
    if (!real) printf(", seed %s", trace_option(t, "seed"));
    printf("\n");
}

/* The same hash is the same in everything that is compared here. */
static bool identical(Trace *const t[2], bool *same, Diag *d) {
    char hash[2][HASH_TEXT_MAX];
    for (int i = 0; i < 2; i++) {
        if (!trace_hash(t[i], hash[i], d)) return false;
    }
    *same = strcmp(hash[0], hash[1]) == 0;
    return true;
}

static int compare(Trace *const t[2]) {
    Diag diag;
    Diff d;
    bool same;
    if (!identical(t, &same, &diag)) return cli_fail(&diag);
    if (same) {
        printf("identical, %llu events\n", (unsigned long long)trace_event_count(t[0]));
        return EXIT_WELL;
    }
    bool ok = diff_traces(&d, t[0], t[1], &diag);
    if (ok) {
        print_title('A', t[0]);
        print_title('B', t[1]);
        print_head(t, &d);
        print_figures(&d);
        print_events(&d);
        print_partings(&d);
        if (d.first.found) print_story(&d);
    }
    diff_free(&d);
    return ok ? EXIT_DIFFERS : cli_fail(&diag);
}

int cmd_diff(int argc, char **argv) {
    Options o = {0};
    cli_parse(&argp, argc, argv, &o);
    int status = EXIT_WELL;
    Trace *t[2] = {cli_open(o.path[0], &status), NULL};
    if (t[0] != NULL) t[1] = cli_open(o.path[1], &status);
    if (t[1] != NULL) {
        status = compare(t);
        for (int i = 0; i < 2; i++) {
            int file = cli_state(t[i]);
            if (file != EXIT_WELL) status = file;
        }
    }
    for (int i = 0; i < 2; i++) {
        if (t[i] != NULL) trace_close(t[i]);
    }
    return status;
}

/* cmd_export.c -- faultline export: a trace in the form of another tool. */
#include "cli.h"

#include "../base/units.h"
#include "../lens/schedtrace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOMENTS_MAX = 1000000 };

typedef struct {
    const char *trace, *as, *out;
    uint64_t every_ns;
    bool detail;
} Options;

static const struct argp_option options[] = {
    {"as", 'a', "FORM", 0, "schedtrace: the lines of GODEBUG=schedtrace", 0},
    {"output", 'o', "FILE", 0, "Write to FILE instead of standard output", 0},
    {"every", 'e', "T", 0, "schedtrace: so much virtual time from one line to the next; 1ms if not said", 0},
    {"detail", 'D', NULL, 0, "schedtrace: each P, M and G as well, as with scheddetail=1", 0},
    {0},
};

static void check_form(const char *as, struct argp_state *state) {
    static const char *const later[] = {"go", "perfetto", "html"};
    if (as == NULL) argp_error(state, "as what? --as schedtrace");
    if (strcmp(as, "schedtrace") == 0) return;
    for (size_t i = 0; i < ARRAY_LEN(later); i++) {
        if (strcmp(as, later[i]) == 0) argp_error(state, "--as %s is not there yet; there is: schedtrace", as);
    }
    argp_error(state, "--as wants schedtrace, not \"%s\"", as);
}

static error_t parse(int key, char *arg, struct argp_state *state) {
    Options *o = state->input;
    switch (key) {
    case 'a': o->as = arg; return 0;
    case 'o': o->out = arg; return 0;
    case 'D': o->detail = true; return 0;
    case 'e':
        if (!time_parse(arg, &o->every_ns) || o->every_ns == 0)
            argp_error(state, "--every wants a time above 0, such as 20us or 1ms, not \"%s\"", arg);
        return 0;
    case ARGP_KEY_END: check_form(o->as, state); return 0;
    default: return cli_one(key, arg, state, &o->trace, "trace");
    }
}

static const struct argp argp = {options,
                                 parse,
                                 "TRACE --as FORM",
                                 "Write a trace in the form of another tool.\v"
                                 "FORM is schedtrace: the lines that a Go program prints when it runs with "
                                 "GODEBUG=schedtrace=1,scheddetail=1. They count milliseconds, as Go does, "
                                 "however short --every is.",
                                 NULL,
                                 NULL,
                                 NULL};

static bool put(FILE *out, Bytes *b) {
    bool ok = b->len == 0 || fwrite(b->data, b->len, 1, out) == 1;
    b->len = 0;
    return ok;
}

/* A line for each moment 0, every, 2 every ... up to the last event: the state after all that happened by then. */
static bool schedtrace(Trace *t, const Options *o, FILE *out, Diag *d) {
    Model *m = model_new(trace_text(t));
    TraceCursor *c = trace_cursor(t);
    Schedtrace s;
    Bytes b = {0};
    char why[MODEL_WHY_MAX];
    bool ok = true, written = true;
    uint64_t at = 0, left = MOMENTS_MAX;
    schedtrace_begin(&s);
    for (Event e; ok && written && trace_next(c, &e);) {
        for (; at < e.time_ns && m->p_count > 0 && written && left > 0; at += o->every_ns, left--) {
            schedtrace_print(&s, m, at, o->detail, &b);
            written = put(out, &b);
        }
        schedtrace_event(&s, m, &e);
        if (!model_apply(m, &e, why)) {
            ok = diag_fail(d, EXIT_WORLD, "%s: event #%llu is impossible: %s", o->trace,
                           (unsigned long long)e.seq, why);
        }
    }
    if (ok && m->p_count > 0) schedtrace_print(&s, m, m->now_ns, o->detail, &b);
    if (!put(out, &b) || !written)
        ok = diag_fail(d, EXIT_WORLD, "cannot write %s: %s", o->out ? o->out : "standard output",
                       strerror(errno));
    bytes_free(&b);
    schedtrace_free(&s);
    trace_cursor_free(c);
    model_free(m);
    return ok;
}

static bool few_enough(Trace *t, const Options *o, Diag *d) {
    uint64_t moments = trace_last_ns(t) / o->every_ns;
    if (moments <= MOMENTS_MAX) return true;
    diag_fail(d, EXIT_USAGE, "that would be %llu moments, more than %d", (unsigned long long)moments,
              MOMENTS_MAX);
    return diag_remedy(d, "Give a longer --every.");
}

static bool same_file(const char *a, const char *b) {
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* Half a file is taken away again, if it is one. */
static bool export(Trace *t, const Options *o, Diag *d) {
    struct stat st;
    if (!few_enough(t, o, d)) return false;
    if (o->out == NULL) return schedtrace(t, o, stdout, d);
    if (same_file(o->trace, o->out))
        return diag_fail(d, EXIT_USAGE, "%s is the trace itself: write to another file", o->out);
    FILE *f = fopen(o->out, "wb");
    if (f == NULL) return diag_fail(d, EXIT_WORLD, "cannot write %s: %s", o->out, strerror(errno));
    bool plain = fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode);
    bool ok = schedtrace(t, o, f, d);
    if (fclose(f) != 0 && ok) ok = diag_fail(d, EXIT_WORLD, "cannot write %s: %s", o->out, strerror(errno));
    if (!ok && plain) unlink(o->out);
    return ok;
}

int cmd_export(int argc, char **argv) {
    Options o = {.every_ns = 1000000};
    cli_parse(&argp, argc, argv, &o);
    int status = EXIT_WELL;
    Trace *t = cli_open(o.trace, &status);
    if (t == NULL) return status;
    Diag d;
    status = export(t, &o, &d) ? cli_state(t) : cli_fail(&d);
    trace_close(t);
    return status;
}

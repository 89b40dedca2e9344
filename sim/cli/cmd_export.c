/* cmd_export.c -- faultline export: a trace in the form of another tool. */
#include "cli.h"

#include "../base/units.h"
#include "../lens/gotrace.h"
#include "../lens/gotrace_write.h"
#include "../lens/perfetto.h"
#include "../lens/schedtrace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOMENTS_MAX = 1000000, PUT_BYTES = 1 << 16 };

typedef struct Form Form;
typedef struct {
    const char *trace, *as, *out;
    const Form *form;
    uint64_t every_ns; /* 0: not said */
    bool detail;
    int go; /* minor version; 0: not said */
    const char *view, *theme, *steps, *from, *to; /* of html, whose words they are; NULL: not said */
} Options;

/* What can be written. `may` says no before the file is made; `write` NULL: the other program does it, which draws. */
struct Form {
    const char *name;
    bool (*may)(Trace *t, const Options *o, Diag *d);
    bool (*write)(Trace *t, const Options *o, FILE *out, Diag *d);
};

static bool put(FILE *out, Bytes *b) {
    bool ok = b->len == 0 || fwrite(b->data, b->len, 1, out) == 1;
    b->len = 0;
    return ok;
}

static bool cannot_write(const Options *o, Diag *d) {
    return diag_fail(d, EXIT_WORLD, "cannot write %s: %s", o->out ? o->out : "standard output", strerror(errno));
}

static bool impossible(const Options *o, const Event *e, const char *why, Diag *d) {
    return diag_fail(d, EXIT_WORLD, "%s: event #%llu is impossible: %s", o->trace, (unsigned long long)e->seq, why);
}

/* ---- schedtrace ---- */

/* "1.25"; "1.23 or 1.24", of a real program's trace. */
static unsigned minor_version(Trace *t) {
    const char *go = trace_option(t, "go");
    return (unsigned)strtoul(go + (strncmp(go, "1.", 2) == 0 ? 2 : 0), NULL, 10);
}

static uint64_t every_ns(const Options *o) { return o->every_ns ? o->every_ns : 1000000; }

/* A line for each moment 0, every, 2 every ... up to the last event: the state after all that happened by then. */
static bool schedtrace(Trace *t, const Options *o, FILE *out, Diag *d) {
    Model *m = model_new(trace_text(t));
    TraceCursor *c = trace_cursor(t);
    Schedtrace s;
    Bytes b = {0};
    char why[MODEL_WHY_MAX];
    bool ok = true, written = true;
    uint64_t at = 0, every = every_ns(o), left = MOMENTS_MAX;
    schedtrace_begin(&s, minor_version(t));
    for (Event e; ok && written && trace_next(c, &e);) {
        for (; at < e.time_ns && m->p_count > 0 && written && left > 0; at += every, left--) {
            schedtrace_print(&s, m, at, o->detail, &b);
            written = put(out, &b);
        }
        schedtrace_event(&s, m, &e);
        if (!model_apply(m, &e, why)) ok = impossible(o, &e, why, d);
    }
    if (ok && m->p_count > 0) schedtrace_print(&s, m, m->now_ns, o->detail, &b);
    if (!put(out, &b) || !written) ok = cannot_write(o, d);
    bytes_free(&b);
    schedtrace_free(&s);
    trace_cursor_free(c);
    model_free(m);
    return ok;
}

static bool few_enough(Trace *t, const Options *o, Diag *d) {
    uint64_t moments = trace_last_ns(t) / every_ns(o);
    if (moments <= MOMENTS_MAX) return true;
    diag_fail(d, EXIT_USAGE, "that would be %llu moments, more than %d", (unsigned long long)moments,
              MOMENTS_MAX);
    return diag_remedy(d, "Give a longer --every.");
}

/* ---- go ---- */

enum { FORMAT_DEFAULT = 23 }; /* every tool since 1.23 reads it, and newer versions say nothing that we do */

/* The last first word on something, in an imported trace. */
static uint64_t last_first_word(Trace *t) {
    uint64_t seq = 0;
    TraceCursor *c = trace_cursor(t);
    for (Event e; trace_next(c, &e);) {
        if (e.kind == EV_G_SEEN || e.kind == EV_P_SEEN) seq = e.seq;
    }
    trace_cursor_free(c);
    return seq;
}

static bool gotrace(Trace *t, const Options *o, FILE *out, Diag *d) {
    Model *end = trace_model_at_seq(t, trace_event_count(t), d);
    if (end == NULL) return false;
    uint64_t procs_max = end->p_count, imported = end->imported;
    model_free(end);
    Model *m = model_new(trace_text(t));
    TraceCursor *c = trace_cursor(t);
    int format = o->go ? o->go : FORMAT_DEFAULT;
#define X(minor) if (o->go == 0 && imported == (minor)) format = (minor);
    GOTRACE_VERSIONS(X)
#undef X
    GotraceWriter *w = gotrace_new(format, trace_option(t, "scenario"), procs_max);
    if (imported) gotrace_first_generation_until(w, last_first_word(t));
    Bytes *b = gotrace_out(w);
    char why[MODEL_WHY_MAX];
    bool ok = true, written = true;
    for (Event e; ok && written && trace_next(c, &e);) {
        if (!model_apply(m, &e, why) || !gotrace_event(w, m, &e, why)) ok = impossible(o, &e, why, d);
        if (b->len >= PUT_BYTES) written = put(out, b);
    }
    gotrace_close(w);
    if (ok && (!written || !put(out, b))) ok = cannot_write(o, d);
    gotrace_free(w);
    trace_cursor_free(c);
    model_free(m);
    return ok;
}

/* Bytes on a terminal help nobody. */
static bool not_a_terminal(const char *what, const Options *o, Diag *d) {
    if (o->out != NULL || !isatty(STDOUT_FILENO)) return true;
    diag_fail(d, EXIT_USAGE, "%s is not text, and standard output is a terminal", what);
    return diag_remedy(d, "Name a file: -o FILE.");
}

/* Go's reader wants something in a trace. */
static bool gotrace_may(Trace *t, const Options *o, Diag *d) {
    if (!not_a_terminal("a Go trace", o, d)) return false;
    if (trace_event_count(t) > 0) return true;
    return diag_fail(d, EXIT_WORLD, "%s holds no event, and a Go trace has at least one", o->trace);
}

/* ---- perfetto ---- */

static bool perfetto_may(Trace *t, const Options *o, Diag *d) {
    (void)t;
    return not_a_terminal("a Perfetto trace", o, d);
}

/* What went wrong is known at the end, and stands there, with the time of its evidence. */
static void put_findings(Perfetto *w, Findings *f, const Model *m) {
    findings_end(f, m);
    findings_sort(f->found, f->count); /* a track goes forwards */
    for (size_t i = 0; i < f->count; i++) perfetto_finding(w, &f->found[i]);
}

static bool perfetto(Trace *t, const Options *o, FILE *out, Diag *d) {
    const char *title = trace_option(t, "title");
    Perfetto *w = perfetto_new(title[0] ? title : trace_option(t, "scenario"));
    Bytes *b = perfetto_out(w);
    Model *m = model_new(trace_text(t));
    TraceCursor *c = trace_cursor(t);
    Findings f;
    char why[MODEL_WHY_MAX];
    bool ok = true, written = true;
    findings_begin(&f, trace_get(t, "profile", NULL));
    for (Event e; ok && written && trace_next(c, &e);) {
        findings_event(&f, m, &e);
        if (!model_apply(m, &e, why)) ok = impossible(o, &e, why, d);
        else perfetto_event(w, m, &e);
        if (b->len >= PUT_BYTES) written = put(out, b);
    }
    perfetto_close(w);
    if (ok) put_findings(w, &f, m);
    if (ok && (!written || !put(out, b))) ok = cannot_write(o, d);
    findings_free(&f);
    trace_cursor_free(c);
    model_free(m);
    perfetto_free(w);
    return ok;
}

/* ---- html ---- */

static bool html_may(Trace *t, const Options *o, Diag *d) {
    (void)t;
    return not_a_terminal("a page of pictures", o, d);
}

static int html(const Options *o) {
    const char *args[16] = {"faultline-view", "--deck"};
    const struct {
        const char *name, *value;
    } words[] = {{"--output", o->out}, {"--view", o->view}, {"--theme", o->theme}, {"--steps", o->steps}, {"--from", o->from}, {"--to", o->to}};
    size_t n = 2;
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (words[i].value == NULL) continue;
        args[n++] = words[i].name;
        args[n++] = words[i].value;
    }
    args[n++] = "--";
    args[n] = o->trace;
    return cli_start("faultline-view", args);
}

/* ---- the command ---- */

static const Form forms[] = {
    {.name = "go", .may = gotrace_may, .write = gotrace},
    {.name = "html", .may = html_may},
    {.name = "perfetto", .may = perfetto_may, .write = perfetto},
    {.name = "schedtrace", .may = few_enough, .write = schedtrace},
};

static const struct argp_option options[] = {
    {"as", 'a', "FORM", 0,
     "go: Go's own execution trace; html: a talk, to be shown and printed; perfetto: for Perfetto's UI; schedtrace: the lines of "
     "GODEBUG=schedtrace", 0},
    {"output", 'o', "FILE", 0, "Write to FILE instead of standard output", 0},
    {"go", 'g', "VERSION", 0, "go: for tools of this version and later: 1.22, 1.23, 1.25 or 1.26; 1.23 if not said", 0},
    {"every", 'e', "T", 0, "schedtrace: so much virtual time from one line to the next; 1ms if not said", 0},
    {"detail", 'D', NULL, 0, "schedtrace: each P, M and G as well, as with scheddetail=1", 0},
    {"steps", 's', "WHICH", 0,
     "html: talk, which is notes, findings and what matters between them; notes; findings; story; all. talk if not said", 0},
    {"view", 'v', "NAME", 0, "html: one view for all slides; the one that suits each event if not said", 0},
    {"theme", 'T', "NAME", 0, "html: dark or light; dark if not said", 0},
    {"from", 'f', "T", 0, "html: from this time", 0},
    {"to", 't', "T", 0, "html: up to this time", 0},
    {0},
};

static int format_version(const char *arg, struct argp_state *state) {
    static const struct {
        const char *name;
        int minor;
    } versions[] = {
#define X(minor) {"1." #minor, minor},
        GOTRACE_VERSIONS(X)
#undef X
    };
    for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
        if (strcmp(arg, versions[i].name) == 0) return versions[i].minor;
    }
    argp_error(state, "--go wants 1.22, 1.23, 1.25 or 1.26, the versions of the format, not \"%s\"", arg);
    return 0;
}

static void check_form(Options *o, struct argp_state *state) {
    if (o->as == NULL) argp_error(state, "as what? --as go, --as html, --as perfetto, or --as schedtrace");
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        if (strcmp(o->as, forms[i].name) == 0) o->form = &forms[i];
    }
    if (o->form == NULL) argp_error(state, "--as wants go, html, perfetto or schedtrace, not \"%s\"", o->as);
    bool go = o->form->write == gotrace, lines = o->form->write == schedtrace, page = o->form->write == NULL;
    if (!lines && (o->every_ns || o->detail)) argp_error(state, "--every and --detail go with --as schedtrace");
    if (!go && o->go) argp_error(state, "--go goes with --as go");
    if (!page && (o->view || o->theme || o->steps || o->from || o->to))
        argp_error(state, "--steps, --view, --theme, --from and --to go with --as html");
}

static error_t parse(int key, char *arg, struct argp_state *state) {
    Options *o = state->input;
    switch (key) {
    case 'a': o->as = arg; return 0;
    case 'o': o->out = arg; return 0;
    case 'g': o->go = format_version(arg, state); return 0;
    case 'D': o->detail = true; return 0;
    case 's': o->steps = arg; return 0;
    case 'v': o->view = arg; return 0;
    case 'T': o->theme = arg; return 0;
    case 'f': o->from = arg; return 0;
    case 't': o->to = arg; return 0;
    case 'e':
        if (!time_parse(arg, &o->every_ns) || o->every_ns == 0)
            argp_error(state, "--every wants a time above 0, such as 20us or 1ms, not \"%s\"", arg);
        return 0;
    case ARGP_KEY_END: check_form(o, state); return 0;
    default: return cli_one(key, arg, state, &o->trace, "trace");
    }
}

static const struct argp argp = {options,
                                 parse,
                                 "TRACE --as FORM",
                                 "Write a trace in the form of another tool.\v"
                                 "FORM is go: the file that runtime/trace writes, for `go tool trace FILE` and other "
                                 "viewers of Go traces, with the goroutines, Ps and threads, calls out of Go, stops of "
                                 "the world, notes (as logs) and device commands (as tasks). Or perfetto: a file to be "
                                 "opened in Perfetto's UI (ui.perfetto.dev), with tracks for Ps, threads, goroutines and "
                                 "device queues, arrows for who woke whom and who got whose P, and counters for channels "
                                 "and the heap; each slice has the number of its event, for `faultline why --at '#N'`. "
                                 "Or html: one file that a browser shows, offline, "
                                 "as a talk: a moment to a slide, with its picture, what happens there and why, and the line of the "
                                 "scenario; arrow keys step, and paper takes a slide to a page. Or schedtrace: the lines "
                                 "that a Go program prints when it runs with GODEBUG=schedtrace=1,scheddetail=1. They "
                                 "count milliseconds, as Go does, however short --every is.",
                                 NULL,
                                 NULL,
                                 NULL};

static bool allowed(Trace *t, const Options *o, Diag *d) {
    if (!o->form->may(t, o, d)) return false;
    if (o->out == NULL || !cli_same_file(o->trace, o->out)) return true;
    return diag_fail(d, EXIT_USAGE, "%s is the trace itself: write to another file", o->out);
}

/* Half a file is taken away again, if it is one. */
static bool export(Trace *t, const Options *o, Diag *d) {
    struct stat st;
    if (o->out == NULL) return o->form->write(t, o, stdout, d);
    FILE *f = fopen(o->out, "wb");
    if (f == NULL) return cannot_write(o, d);
    bool plain = fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode);
    bool ok = o->form->write(t, o, f, d);
    if (fclose(f) != 0 && ok) ok = cannot_write(o, d);
    if (!ok && plain) unlink(o->out);
    return ok;
}

int cmd_export(int argc, char **argv) {
    Options o = {0};
    cli_parse(&argp, argc, argv, &o);
    int status = EXIT_WELL;
    Trace *t = cli_open(o.trace, &status);
    if (t == NULL) return status;
    Diag d;
    if (!allowed(t, &o, &d)) status = cli_fail(&d);
    else if (o.form->write == NULL) status = html(&o);
    else if (!export(t, &o, &d)) status = cli_fail(&d);
    if (status == EXIT_WELL) status = cli_state(t);
    trace_close(t);
    return status;
}

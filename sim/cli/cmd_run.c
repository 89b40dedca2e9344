/* cmd_run.c -- faultline run: a scenario, told, judged, and kept if a trace was asked for. */
#include "again.h"
#include "cli.h"

#include "../base/units.h"
#include "../lens/narrate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SET_MAX = 64, STORY_LINES_MAX = 34, VERDICT_MAX = 1024 };

typedef struct {
    const char *scenario, *out, *device, *profile;
    const char *set[SET_MAX];
    char made[3][64]; /* --seed, --procs and --stress, as settings */
    size_t set_count;
    bool measured, narrate, quiet;
} Options;

static const struct argp_option options[] = {
    {"out", 'o', "FILE", 0, "Write the trace to FILE", 0},
    {"seed", 's', "N", 0, "Every choice that a seed makes; short for --set seed=N", 0},
    {"procs", 'p', "N", 0, "GOMAXPROCS; short for --set procs=N", 0},
    {"set", 'S', "KNOB=VALUE", 0, "Overrule a knob of the scenario", 0},
    {"stress", 'x', "MODES", 0,
     "Unkind but legal: preempt, steal, slow, ties, or several; short for --set stress=MODES", 0},
    CLI_DEVICE_OPTION,
    CLI_PROFILE_OPTION,
    {"time", 't', "model|measured", 0,
     "Device times: from the cost profile (default), or as measured", 0},
    {"narrate", 'n', NULL, 0, "Tell the story of the run", 0},
    {"quiet", 'q', NULL, 0, "Print nothing but errors", 0},
    {0},
};

static void add_set(Options *o, struct argp_state *state, const char *text) {
    if (strchr(text, '=') == NULL) argp_error(state, "--set wants KNOB=VALUE, not \"%s\"", text);
    if (o->set_count == SET_MAX) argp_error(state, "more than %d settings", SET_MAX);
    o->set[o->set_count++] = text;
}

static error_t parse(int key, char *arg, struct argp_state *state) {
    Options *o = state->input;
    switch (key) {
    case 'o': o->out = arg; return 0;
    case 's':
        snprintf(o->made[0], sizeof o->made[0], "seed=%s", arg);
        add_set(o, state, o->made[0]);
        return 0;
    case 'p':
        snprintf(o->made[1], sizeof o->made[1], "procs=%s", arg);
        add_set(o, state, o->made[1]);
        return 0;
    case 'x':
        snprintf(o->made[2], sizeof o->made[2], "stress=%s", arg);
        add_set(o, state, o->made[2]);
        return 0;
    case 'S': add_set(o, state, arg); return 0;
    case 'd': o->device = arg; return 0;
    case 'P': o->profile = arg; return 0;
    case 't':
        o->measured = strcmp(arg, "measured") == 0;
        if (!o->measured && strcmp(arg, "model") != 0)
            argp_error(state, "--time is model or measured, not \"%s\"", arg);
        return 0;
    case 'n': o->narrate = true; return 0;
    case 'q': o->quiet = true; return 0;
    default: return cli_one(key, arg, state, &o->scenario, "scenario");
    }
}

static const struct argp argp = {
    options,
    parse,
    "SCENARIO",
    "Run a scenario in virtual time, its kernels for real, and judge its expectations.\v"
    "SCENARIO is a Lua file, or the name of one that came with faultline; or a trace, whose scenario, settings and\n"
    "costs are then run again, but for what is set otherwise.\n"
    "Exit status: 0 well, 1 an expectation failed or the program ended badly, 3 the scenario is "
    "wrong, 4 a file or the device failed.",
    NULL,
    NULL,
    NULL};

/* ---- the story: the sentences worth telling ---- */

typedef struct {
    char (*line)[640];
    size_t count, cap, passed;
} Story;

static void tell(void *ctx, const Model *m, const Event *e) {
    Story *st = ctx;
    Narration n;
    if (!narrate_is_story(e) || e->kind == EV_EXPECT_FAILED || e->kind == EV_EXPECT_UNCHECKED)
        return; /* those are printed anyway */
    char time[48], reason[400];
    narrate(m, e, &n);
    narrate_time(time, sizeof time, e->time_ns);
    narrate_plain(e->kind == EV_NOTE ? n.reason : n.detail, reason, sizeof reason);
    if (st->count == STORY_LINES_MAX) {
        st->passed++;
        return;
    }
    GROW(st->line, st->cap, st->count + 1);
    int pad = 11 + (strstr(time, "µ") ? 1 : 0); /* a two-byte letter is one column */
    char line[640];
    if (e->kind == EV_NOTE) snprintf(line, sizeof line, "%*s  \"%s\"", pad, time, reason);
    else
        snprintf(line, sizeof line, "%*s  %s%s%s", pad, time, n.headline, reason[0] ? ": " : "",
                 reason);
    plain_text(st->line[st->count++], sizeof st->line[0], line);
}

/* ---- what is printed ---- */

/* As Go ends its report: who, in what state, and where. Of the stack there is the function with which it began. */
static void print_goroutine(uint64_t g, const char *name, const char *state, const char *path,
                            int line) {
    char n[64], s[64];
    fprintf(stderr, "\ngoroutine %llu [%s]:\n", (unsigned long long)g, plain_text(s, sizeof s, state));
    if (name[0]) fprintf(stderr, "main.%s()\n", plain_text(n, sizeof n, name));
    fprintf(stderr, "\t%s", path);
    if (line > 0) fprintf(stderr, ":%d", line);
    fprintf(stderr, "\n");
}

/* The runtime's words, of more than one line sometimes. */
static void print_words(const char *words) {
    char line[sizeof((RunReport *)0)->outcome_text], plain[4 * sizeof line];
    for (const char *p = words; *p; p += strcspn(p, "\n"), p += *p == '\n') {
        snprintf(line, sizeof line, "%.*s", (int)strcspn(p, "\n"), p);
        fprintf(stderr, "%s\n", plain_text(plain, sizeof plain, line));
    }
}

static void print_outcome(const RunReport *r, const char *path) {
    char text[sizeof r->outcome_text];
    plain_text(text, sizeof text, r->outcome_text);
    if (r->outcome == RUN_DEADLOCK) {
        fprintf(stderr, "%s\n", text);
        for (size_t i = 0; i < r->waiter_count; i++)
            print_goroutine(r->waiter[i].g, r->waiter[i].name, r->waiter[i].reason, path,
                            r->waiter[i].line);
        if (r->waiters_left > 0) fprintf(stderr, "\nand %zu more\n", r->waiters_left);
        fprintf(stderr, "exit status %d\n", r->go_status); /* go run's last line */
        fprintf(stderr,
                "  That is Go's report without cgo. %s in silence:\n"
                "  a C thread might still call in, so the runtime never gives up (checkdead).\n",
                r->calls_c ? "This program calls C, and would hang here" : "A program that links cgo would hang here");
    } else if (r->outcome == RUN_PANIC) {
        print_words(r->outcome_text);
        if (r->outcome_g != NONE)
            print_goroutine(r->outcome_g, r->outcome_name, "running", path, r->outcome_line);
        fprintf(stderr, "exit status %d\n", r->go_status);
    } else if (r->outcome == RUN_LIMIT) {
        fprintf(stderr, "%s: %s\n", path, text);
    }
}

static void print_verdicts(const RunReport *r, const char *path) {
    for (size_t i = 0; i < r->verdict_count; i++) {
        const Verdict *v = &r->verdict[i];
        char text[VERDICT_MAX], got[VERDICT_MAX];
        plain_text(text, sizeof text, v->text);
        plain_text(got, sizeof got, v->got);
        if (v->verdict == 0)
            fprintf(stderr, "%s:%d: expected %s, got %s\n", path, v->line, text, got);
        if (v->verdict < 0)
            fprintf(stderr, "%s:%d: not checked: %s (%s)\n", path, v->line, text, got);
    }
}

/* What the scenario does not expect. Where it says nothing about findings, they are notes, and fail nothing. */
static void print_findings(const RunReport *r, const char *path, bool quiet) {
    const Findings *f = &r->findings;
    if (!r->findings_judged && quiet) return;
    for (size_t i = 0; i < f->count; i++) {
        const Finding *x = &f->found[i];
        if (r->expected[x->kind]) continue;
        if (x->kind == FIND_deadlock && r->outcome == RUN_DEADLOCK) continue; /* that one is told as Go does */
        cli_print_finding(r->findings_judged ? stderr : stdout, r->findings_judged ? "" : "note: ", path, x);
    }
}

/* ", 1 hand-over", ", 2 hand-overs" */
static void print_count(uint64_t n, const char *what) {
    printf(", %llu %s%s", (unsigned long long)n, what, n == 1 ? "" : "s");
}

static void print_report(const RunReport *r, const Options *o) {
    char t[48], m[48], title[sizeof r->scenario.title * 4], device[512];
    const uint64_t *v = r->summary.value;
    printf("%s: %s after %s of virtual time",
           plain_text(title, sizeof title, r->scenario.title[0] ? r->scenario.title : o->scenario),
           runner_outcome(r->outcome), narrate_time(t, sizeof t, v[FIG_time]));
    print_count(v[FIG_events], "event");
    print_count(v[FIG_threads], "thread");
    print_count(v[FIG_crossings], "crossing");
    print_count(v[FIG_handoffs], "hand-over");
    printf("\n");
    if (v[FIG_launches] > 0) {
        printf("device: %s; its %llu command%s took %s in virtual time",
               r->device.present ? plain_text(device, sizeof device, r->device.name)
                                 : "none, nothing was computed",
               (unsigned long long)v[FIG_launches], v[FIG_launches] == 1 ? "" : "s",
               narrate_time(t, sizeof t, v[FIG_device_busy]));
        if (r->device.present) printf(", %s measured", narrate_time(m, sizeof m, r->measured_ns));
        printf("\n");
    }
    if (r->verdict_count > 0)
        printf("expectations: %zu held, %zu failed, %zu not checked\n", r->held, r->failed,
               r->unchecked);
    if (o->out) printf("trace: %s\n", o->out);
}

/* ---- what is run: a file of Lua, or what a trace holds ---- */

typedef struct {
    char *text;   /* of the file */
    Trace *trace; /* or NULL */
    Again again;
} Source;

static void close_source(Source *s) {
    if (s->trace) trace_close(s->trace);
    free(s->text);
}

static bool open_source(Source *s, const char *path, RunRequest *rq, const Options *o, Diag *d) {
    *s = (Source){0};
    rq->path = path;
    if (!cli_is_trace(path)) {
        if (!cli_read_file(path, &s->text, &rq->len, d)) return false;
        rq->source = s->text;
        return true;
    }
    if (o->out && cli_same_file(o->out, path)) return diag_fail(d, EXIT_USAGE, "%s cannot be run into itself", path);
    if (trace_open(&s->trace, path, d) && again_request(&s->again, s->trace, rq, d)) return true;
    close_source(s);
    return false;
}

int cmd_run(int argc, char **argv) {
    Options o = {.device = "auto"};
    cli_parse(&argp, argc, argv, &o);
    char found[4096];
    Diag d;
    const char *path = path_scenario(o.scenario, found, sizeof found);
    Profile measured;
    const Profile *profile;
    if (!cli_read_profile(o.profile, &measured, &profile, &d)) return cli_fail(&d);
    Story story = {0};
    Source source;
    RunRequest rq = {.device = o.device,
                     .measured = o.measured,
                     .set = o.set,
                     .set_count = o.set_count,
                     .profile = profile,
                     .out = o.out,
                     .progress = !o.quiet};
    if (!open_source(&source, path, &rq, &o, &d)) return cli_fail(&d);
    if (o.narrate) {
        rq.after_event = tell;
        rq.watch_ctx = &story;
    }
    RunReport r;
    bool ok = runner_run(&rq, &r, &d);
    for (size_t i = 0; i < story.count && !o.quiet; i++) printf("%s\n", story.line[i]);
    if (story.passed > 0 && !o.quiet)
        printf("%11s  and %zu more of these; `faultline show` lists every event\n", "...",
               story.passed);
    if (story.count > 0 && !o.quiet) printf("\n");
    int status = ok ? runner_status(&r) : d.status;
    if (ok) {
        if (!o.quiet) print_report(&r, &o);
        if (!r.findings_judged) print_findings(&r, path, o.quiet);
        fflush(stdout);
        print_verdicts(&r, path);
        if (r.findings_judged) print_findings(&r, path, o.quiet);
        if (r.finding_unexpected) print_outcome(&r, path);
    } else {
        fflush(stdout);
        cli_fail(&d);
    }
    runner_free(&r);
    free(story.line);
    close_source(&source);
    return status;
}

/* cmd_replay.c -- faultline replay: run again what a trace holds, and compare event by event.
 *
 * Everything comes out of the trace: scenario, settings, kernels, and for measured runs the device's
 * times. A device is used if there is one; without, only verdicts on computed results stay open.
 */
#include "again.h"
#include "cli.h"

#include "../event/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *trace, *device;
} Options;

static const struct argp_option options[] = {CLI_DEVICE_OPTION, {0}};

static error_t parse(int key, char *arg, struct argp_state *state) {
    Options *o = state->input;
    switch (key) {
    case 'd': o->device = arg; return 0;
    default: return cli_one(key, arg, state, &o->trace, "trace");
    }
}

static const struct argp argp = {options,
                                 parse,
                                 "TRACE",
                                 "Run again what a trace holds and say `identical`, or show the "
                                 "first difference (exit status 1).",
                                 NULL,
                                 NULL,
                                 NULL};

typedef struct {
    Trace *t;
    TraceCursor *c;
    uint64_t compared, open_verdicts;
    bool differs;
    atomic_bool over; /* the trace has ended, or a difference was found: the run need not go on */
    char then[EVENT_TEXT_MAX], now[EVENT_TEXT_MAX];
} Compare;

static bool is_verdict(const Event *e) {
    return e->kind == EV_EXPECT_HELD || e->kind == EV_EXPECT_FAILED ||
           e->kind == EV_EXPECT_UNCHECKED;
}

static bool same(Compare *k, const Event *a, const Event *b) {
    bool unchecked = a->kind == EV_EXPECT_UNCHECKED || b->kind == EV_EXPECT_UNCHECKED;
    if (is_verdict(a) && is_verdict(b) && unchecked && a->kind != b->kind) {
        k->open_verdicts++; /* a device on one side only: nothing to compare */
        return true;
    }
    return strcmp(k->then, k->now) == 0;
}

static void compare(void *ctx, const Model *m, const Event *e) {
    Compare *k = ctx;
    Event old;
    if (k->over) return;
    event_text(k->now, e, m->text);
    if (!trace_next(k->c, &old)) {
        k->differs = trace_state(k->t) == TRACE_COMPLETE;
        k->over = true;
        snprintf(k->then, sizeof k->then, "(the trace ends before it)");
        return;
    }
    event_text(k->then, &old, trace_text(k->t));
    k->differs = !same(k, &old, e);
    k->compared++;
    k->over = k->differs;
}

static uint64_t *recorded(Trace *t, size_t *count) {
    uint64_t *ns = NULL;
    size_t cap = 0;
    *count = 0;
    TraceCursor *c = trace_cursor(t);
    for (Event e; trace_next(c, &e);) {
        if (e.kind != EV_DEV_START || e.arg[0] > UINT32_MAX) continue;
        GROW(ns, cap, e.arg[0] + 1);
        ns[e.arg[0]] = e.arg[2];
        if (e.arg[0] >= *count) *count = e.arg[0] + 1;
    }
    trace_cursor_free(c);
    return ns;
}

static int report(const Options *o, Compare *k, const RunReport *r, const char *hash) {
    Event rest;
    bool complete = trace_state(k->t) == TRACE_COMPLETE;
    if (!k->differs && trace_next(k->c, &rest)) {
        k->differs = true;
        event_text(k->then, &rest, trace_text(k->t));
        snprintf(k->now, sizeof k->now, "(the run ends before it)");
    }
    if (k->differs) {
        printf("%s: different\n  then: %s\n  now:  %s\n", o->trace, k->then, k->now);
        return EXIT_DIFFERS;
    }
    if (k->open_verdicts == 0 && complete && strcmp(r->hash, hash) != 0) {
        printf("%s: the events are identical, but scenario, options, profile or kernels hash "
               "differently\n",
               o->trace);
        return EXIT_DIFFERS;
    }
    printf("%s: identical, %llu events\n", o->trace, (unsigned long long)k->compared);
    if (k->open_verdicts)
        printf(
            "  verdicts on computed results that were not compared, for want of a device: %llu\n",
            (unsigned long long)k->open_verdicts);
    return complete ? EXIT_WELL : cli_state(k->t);
}

int cmd_replay(int argc, char **argv) {
    Options o = {.device = "auto"};
    cli_parse(&argp, argc, argv, &o);
    int status = EXIT_WELL;
    Trace *t = cli_open(o.trace, &status);
    if (t == NULL) return status;
    Diag d;
    char hash[HASH_TEXT_MAX];
    Again again = {0};
    Compare k = {.t = t, .c = trace_cursor(t)};
    RunRequest rq = {.device = o.device,
                     .measured = strcmp(trace_option(t, "time"), "measured") == 0,
                     .hash = true,
                     .after_event = compare,
                     .watch_ctx = &k,
                     .stop = &k.over,
                     .progress = true};
    if (!again_request(&again, t, &rq, &d) || !trace_hash(t, hash, &d)) {
        trace_cursor_free(k.c);
        trace_close(t);
        return cli_fail(&d);
    }
    uint64_t *ns = rq.measured ? recorded(t, &rq.recorded_count) : NULL;
    rq.recorded = ns;
    RunReport r;
    status = runner_run(&rq, &r, &d) ? report(&o, &k, &r, hash) : cli_fail(&d);
    runner_free(&r);
    free(ns);
    trace_cursor_free(k.c);
    trace_close(t);
    return status;
}

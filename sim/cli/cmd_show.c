/* cmd_show.c -- faultline show: events as lines of text. */
#include "cli.h"

#include "../base/units.h"
#include "../event/text.h"
#include "../lens/narrate.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *trace;
    uint64_t from_ns, to_ns, g;
    EventKind event; /* EV_COUNT = all */
    bool words;
} Options;

static const struct argp_option options[] = {
    {"from", 'f', "T", 0, "From virtual time T (61us, 3.473ms)", 0},
    {"to", 't', "T", 0, "To virtual time T", 0},
    {"g", 'g', "N", 0, "Only events that mention goroutine N", 0},
    {"event", 'e', "NAME", 0,
     "Only events of this name (P_RETAKE); several with commas are not needed: use grep", 0},
    {"words", 'w', NULL, 0, "Say under each event what happened and why", 0},
    {0},
};

static uint64_t time_option(struct argp_state *state, const char *name, const char *arg) {
    uint64_t ns = 0;
    if (!time_parse(arg, &ns))
        argp_error(state, "--%s wants a time such as 61us or 3.473ms, not \"%s\"", name, arg);
    return ns;
}

/* p_retake is as good as P_RETAKE. */
static EventKind event_by_any_case(const char *text) {
    char name[64];
    size_t n = 0;
    for (; text[n] && n + 1 < sizeof name; n++) name[n] = (char)toupper((unsigned char)text[n]);
    name[n] = '\0';
    return event_kind_by_name(name);
}

static error_t parse(int key, char *arg, struct argp_state *state) {
    Options *o = state->input;
    switch (key) {
    case 'f': o->from_ns = time_option(state, "from", arg); return 0;
    case 't': o->to_ns = time_option(state, "to", arg); return 0;
    case 'g': {
        char *end;
        o->g = strtoull(arg[0] == 'g' ? arg + 1 : arg, &end, 10);
        if (*end || end == arg)
            argp_error(state, "--g wants a goroutine's number, not \"%s\"", arg);
        return 0;
    }
    case 'e':
        o->event = event_by_any_case(arg);
        if (o->event == EV_COUNT)
            argp_error(state, "there is no event \"%s\"; book-notes/events.md lists them", arg);
        return 0;
    case 'w': o->words = true; return 0;
    case ARGP_KEY_END:
        if (o->from_ns > o->to_ns) argp_error(state, "--from is later than --to");
        return 0;
    default: return cli_one(key, arg, state, &o->trace, "trace");
    }
}

static const struct argp argp = {
    options, parse,
    "TRACE", "List the events of a trace, one line each: time, number, cause (<), name, arguments.",
    NULL,    NULL,
    NULL};

static bool wanted(const Options *o, const Event *e) {
    if (o->event != EV_COUNT && e->kind != o->event) return false;
    return o->g == NONE || event_mentions(e, KIND_G, o->g);
}

static void print_words(const Model *m, const Event *e) {
    Narration n;
    narrate(m, e, &n);
    char headline[4 * sizeof n.headline], reason[4 * sizeof n.reason];
    printf("             %s.", plain_text(headline, sizeof headline, n.headline));
    plain_text(reason, sizeof reason, n.reason);
    for (const char *p = reason; *p; p++) {
        if (p == reason) putchar(' ');
        if (p[0] == '*' && p[1] == '*') p++;
        else putchar(*p);
    }
    putchar('\n');
}

/* Nothing was listed although something was asked for: silence would look like an empty trace. */
static void print_none(const Options *o) {
    char from[TIME_TEXT_MAX], to[TIME_TEXT_MAX];
    const char *name = o->event == EV_COUNT ? "event" : event_spec[o->event].name;
    fflush(stdout);
    fprintf(stderr, "%s: ", o->trace);
    if (o->g == NONE) fprintf(stderr, "there is no %s", name);
    else fprintf(stderr, "no %s mentions g%llu", name, (unsigned long long)o->g);
    if (o->from_ns > 0) fprintf(stderr, " from %s", time_text(from, sizeof from, o->from_ns));
    if (o->to_ns < UINT64_MAX) fprintf(stderr, " up to %s", time_text(to, sizeof to, o->to_ns));
    fprintf(stderr, "\n");
}

/* With words a model has to follow; it starts at the checkpoint before --from. */
static bool show(Trace *t, const Options *o, Diag *d) {
    Model *m = NULL;
    if (o->words && (m = trace_model_at_ns(t, o->from_ns > 0 ? o->from_ns - 1 : 0, d)) == NULL)
        return false;
    if (m && o->from_ns == 0) { /* from the very first event, which is at time 0 as well */
        model_free(m);
        m = model_new(trace_text(t));
    }
    TraceCursor *c = trace_cursor(t);
    if (m) trace_seek_seq(c, m->seq + 1);
    else trace_seek_ns(c, o->from_ns);
    char line[EVENT_TEXT_MAX], why[MODEL_WHY_MAX];
    bool ok = true, any = false;
    for (Event e; trace_next(c, &e) && e.time_ns <= o->to_ns;) {
        if (m && !model_apply(m, &e, why)) {
            ok = diag_fail(d, EXIT_WORLD, "%s: event #%llu is impossible: %s", o->trace,
                           (unsigned long long)e.seq, why);
            break;
        }
        if (e.time_ns < o->from_ns || !wanted(o, &e)) continue;
        any = true;
        puts(event_text(line, &e, trace_text(t)));
        if (m && e.kind < EV_COUNT) print_words(m, &e);
    }
    if (ok && !any) print_none(o);
    trace_cursor_free(c);
    model_free(m);
    return ok;
}

int cmd_show(int argc, char **argv) {
    Options o = {.to_ns = UINT64_MAX, .g = NONE, .event = EV_COUNT};
    cli_parse(&argp, argc, argv, &o);
    int status = EXIT_WELL;
    Trace *t = cli_open(o.trace, &status);
    if (t == NULL) return status;
    Diag d;
    if (!show(t, &o, &d)) {
        fflush(stdout);
        status = cli_fail(&d);
    } else {
        status = cli_state(t);
    }
    trace_close(t);
    return status;
}

/* cmd_why.c -- faultline why: the chain of causes of a state, back to the scenario's line. */
#include "cli.h"

#include "../base/units.h"
#include "../event/stretch.h"
#include "../lens/why.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *trace, *what, *name; /* what: "g7", or "chan" with a name */
    const char *when;                /* --at; NULL = the end */
} Options;

static const struct argp_option options[] = {
    {"at", 'a', "WHEN", 0,
     "The moment: a time (3.473ms), end (the default), #1204 (after that event), first:EVENT or "
     "last:EVENT",
     0},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state) {
    Options *o = state->input;
    switch (key) {
    case 'a': o->when = arg; return 0;
    case ARGP_KEY_ARG:
        if (arg[0] == '\0') argp_error(state, "an argument is empty");
        if (state->arg_num == 0) o->trace = arg;
        else if (state->arg_num == 1) o->what = arg;
        else if (state->arg_num == 2) o->name = arg;
        else argp_error(state, "one thing at a time");
        return 0;
    case ARGP_KEY_END:
        if (o->trace == NULL) argp_error(state, "which trace?");
        if (o->what == NULL)
            argp_error(
                state,
                "why what? A goroutine g7, a processor p1, a thread m3, chan NAME or obj NAME");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {options,
                                 parse,
                                 "TRACE (g7|p1|m3|chan NAME|obj NAME)",
                                 "Say why something is as it is at a moment: what it does or waits "
                                 "for, who holds it up, and so on "
                                 "back to a line of the scenario.\v"
                                 "NAME is a channel's or an object's name, or its number (c0, o0).",
                                 NULL,
                                 NULL,
                                 NULL};

/* ---- the moment ---- */

static bool find_event(Trace *t, const char *name, bool last, uint64_t *seq, Diag *d) {
    EventKind kind = event_kind_by_name(name);
    if (kind == EV_COUNT)
        return diag_fail(d, EXIT_USAGE,
                         "--at: there is no event \"%s\"; book-notes/events.md lists them", name);
    *seq = 0;
    TraceCursor *c = trace_cursor(t);
    for (Event e; (*seq == 0 || last) && trace_next(c, &e);) {
        if (e.kind == kind) *seq = e.seq;
    }
    trace_cursor_free(c);
    if (*seq == 0) return diag_fail(d, EXIT_USAGE, "%s: there is no %s", trace_path(t), name);
    return true;
}

/* The model at the moment, and the moment itself. */
static bool moment(Trace *t, const char *when, Model **m, uint64_t *now_ns, Diag *d) {
    uint64_t seq = UINT64_MAX;
    *now_ns = trace_last_ns(t);
    bool by_seq = true;
    if (strncmp(when, "first:", 6) == 0) {
        if (!find_event(t, when + 6, false, &seq, d)) return false;
    } else if (strncmp(when, "last:", 5) == 0) {
        if (!find_event(t, when + 5, true, &seq, d)) return false;
    } else if (when[0] == '#' && isdigit((unsigned char)when[1])) {
        char *end;
        seq = strtoull(when + 1, &end, 10);
        if (*end || seq == 0 || seq > trace_event_count(t))
            return diag_fail(d, EXIT_USAGE, "--at: there is no event %s; the last is #%llu", when,
                             (unsigned long long)trace_event_count(t));
    } else if (strcmp(when, "end") != 0) {
        by_seq = false;
        if (!time_parse(when, now_ns)) {
            diag_fail(d, EXIT_USAGE, "--at wants a moment, not \"%s\"", when);
            return diag_remedy(
                d, "A time such as 61us or 3.473ms, end, #1204, first:P_RETAKE or last:P_RETAKE.");
        }
    }
    *m = by_seq ? trace_model_at_seq(t, seq, d) : trace_model_at_ns(t, *now_ns, d);
    if (*m == NULL) return false;
    if (by_seq && seq != UINT64_MAX) *now_ns = (*m)->now_ns;
    return true;
}

/* ---- the thing ---- */

static size_t count_named(const Model *m, Kind kind) {
    return kind == KIND_CHAN ? m->chan_count : m->obj_count;
}
static const char *name_of(const Model *m, Kind kind, size_t i) {
    return intern_text(m->text, kind == KIND_CHAN ? m->chan[i].name : m->obj[i].name);
}

/* "c3": a number after its kind's letter; false if that is not what it looks like. */
static bool numbered(const char *text, char letter, uint64_t *id) {
    char *end;
    if (tolower((unsigned char)text[0]) != letter || !isdigit((unsigned char)text[1])) return false;
    *id = strtoull(text + 1, &end, 10);
    return *end == '\0' && *id < NONE;
}

/* A channel or an object by name, else by number. `last` is the model at the end of the trace. */
static bool find_named(const Model *last, Kind kind, const char *name, uint64_t *id, Diag *d) {
    const char *what = kind == KIND_CHAN ? "channel" : "object";
    char plain[128], first[24];
    size_t found = 0;
    for (size_t i = 0; i < count_named(last, kind); i++) {
        if (strcmp(name_of(last, kind, i), name) != 0) continue;
        if (found++ == 0) *id = i;
    }
    if (found == 1) return true;
    snprintf(first, sizeof first, "%s%llu", kind_letter[kind], found ? (unsigned long long)*id : 0);
    plain_text(plain, sizeof plain, name);
    if (found > 1) {
        diag_fail(d, EXIT_USAGE, "%zu %ss are called \"%s\"; %s is the first", found, what, plain,
                  first);
        return diag_remedy(d, "Name one by its number, such as %s %s.",
                           kind == KIND_CHAN ? "chan" : "obj", first);
    }
    if (numbered(name, kind_letter[kind][0], id) && *id < count_named(last, kind)) return true;
    diag_fail(d, EXIT_USAGE, "there is no %s \"%s\" in this trace", what, plain);
    return diag_remedy(d, "`faultline show --event %s` lists them.",
                       kind == KIND_CHAN ? "CHAN_MAKE" : "OBJ_NEW");
}

static bool there_is(const Model *last, Kind kind, uint64_t id) {
    switch (kind) {
    case KIND_G: return id < last->g_count && last->g[id].state != G_NONE;
    case KIND_P: return id < last->p_count;
    default: return id < last->m_count && last->m[id].state != M_NONE;
    }
}

static bool thing(const Options *o, const Model *last, Kind *kind, uint64_t *id, Diag *d) {
    static const Kind kinds[] = {KIND_G, KIND_P, KIND_M};
    char plain[128];
    static const struct {
        const char *word;
        Kind kind;
    } named[] = {{"chan", KIND_CHAN}, {"obj", KIND_OBJ}};
    for (size_t i = 0; i < ARRAY_LEN(named); i++) {
        size_t len = strlen(named[i].word);
        if (strncmp(o->what, named[i].word, len) != 0) continue;
        if (o->what[len] != '\0' && o->what[len] != ' ') continue;
        const char *name = o->what[len] && o->what[len + 1] ? o->what + len + 1 : o->name; /* "chan done" may be one argument */
        *kind = named[i].kind;
        if (name == NULL) return diag_fail(d, EXIT_USAGE, "%s wants a name", named[i].word);
        if (o->name == NULL || name == o->name) return find_named(last, *kind, name, id, d);
        break;
    }
    if (o->name)
        return diag_fail(d, EXIT_USAGE, "one thing at a time: \"%s\" is one too many",
                         plain_text(plain, sizeof plain, o->name));
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        *kind = kinds[i];
        if (!numbered(o->what, "gpm"[i], id)) continue;
        if (there_is(last, *kind, *id)) return true;
        diag_fail(d, EXIT_USAGE, "there is no %s in this trace", o->what);
        return diag_remedy(d, "It has g1 to g%zu, P0 to P%zu and M0 to M%zu.", last->g_count - 1,
                           last->p_count ? last->p_count - 1 : 0,
                           last->m_count ? last->m_count - 1 : 0);
    }
    diag_fail(d, EXIT_USAGE, "\"%s\" is nothing one can ask about",
              plain_text(plain, sizeof plain, o->what));
    return diag_remedy(
        d, "Ask for a goroutine g7, a processor p1, a thread m3, chan NAME or obj NAME.");
}

static void answer(Trace *t, const Model *m, uint64_t now_ns, Kind kind, uint64_t id) {
    Stretch *r = stretch_new(t);
    WhyAt at = {.model = m,
                .now_ns = now_ns,
                .scenario = trace_option(t, "scenario"),
                .event = stretch_event,
                .ctx = r};
    Why *y = mem_zero(1, sizeof *y);
    why(&at, kind, id, y);
    char line[4 * WHY_SENTENCE_MAX];
    for (size_t i = 0; i < y->count; i++) puts(plain_text(line, sizeof line, y->sentence[i]));
    free(y);
    stretch_free(r);
}

int cmd_why(int argc, char **argv) {
    Options o = {.when = "end"};
    cli_parse(&argp, argc, argv, &o);
    int status = EXIT_WELL;
    Trace *t = cli_open(o.trace, &status);
    if (t == NULL) return status;
    Diag d;
    Kind kind = KIND_G;
    uint64_t id, now_ns;
    Model *last = trace_model_at_seq(t, UINT64_MAX, &d), *m = NULL;
    if (last && thing(&o, last, &kind, &id, &d) && moment(t, o.when, &m, &now_ns, &d)) {
        answer(t, m, now_ns, kind, id);
        status = cli_state(t);
    } else {
        status = cli_fail(&d);
    }
    model_free(last);
    model_free(m);
    trace_close(t);
    return status;
}

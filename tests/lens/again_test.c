/* again_test.c -- a run of ours, exported in Go's form and imported again, is the same world.
 *
 * Compared wherever nothing happens for a microsecond: there the events of Go's trace, which follow each other by
 * a nanosecond each, have caught up. What Go's form does not hold (queues, what threads do without a P, sysmon) is
 * unknown afterwards, and not compared.
 */
#include "../check.h"
#include "../cli/command.h"

#include "../../sim/base/idmap.h"
#include "../../sim/event/trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUIET_NS = 1000 };
typedef unsigned long long Ull;

typedef struct {
    Trace *t;
    TraceCursor *c;
    Model *m;
    Event next;
    bool more;
    uint64_t *tid; /* by M; of the imported one */
    size_t tid_cap;
} Side;

static bool open_side(Side *s, const char *path) {
    Diag d;
    *s = (Side){0};
    if (!trace_open(&s->t, path, &d)) {
        printf("\n  %s\n", d.message);
        return false;
    }
    s->c = trace_cursor(s->t);
    s->m = model_new(trace_text(s->t));
    s->more = trace_next(s->c, &s->next);
    return true;
}

static void close_side(Side *s) {
    if (s->t == NULL) return;
    model_free(s->m);
    trace_cursor_free(s->c);
    trace_close(s->t);
    free(s->tid);
}

/* All events up to this time, that one not included. */
static void advance(Side *s, uint64_t until_ns) {
    char why[MODEL_WHY_MAX];
    for (; s->more && s->next.time_ns < until_ns; s->more = trace_next(s->c, &s->next)) {
        if (s->next.kind == EV_M_SEEN) {
            GROW(s->tid, s->tid_cap, s->next.arg[0] + 1);
            s->tid[s->next.arg[0]] = s->next.arg[1];
        }
        bool possible = model_apply(s->m, &s->next, why);
        if (!possible) printf("\n  %s: %s\n", event_spec[s->next.kind].name, why);
        CU_ASSERT_FATAL(possible);
    }
}

/* Go's tracer has its own words for some (gotrace_write.c). */
static const char *reason_of(const Model *m, const ModelG *gp) {
    const char *reason = intern_text(m->text, gp->reason);
    if (strcmp(reason, "IO wait") == 0) return "network";
    if (strcmp(reason, "semacquire") == 0) return "sync";
    if (strcmp(reason, "sync.Cond.Wait") == 0) return "sync.(*Cond).Wait";
    if (strncmp(reason, "sync.", 5) == 0) return "sync";
    if (strcmp(reason, "force gc (idle)") == 0) return "system goroutine wait";
    if (strcmp(reason, "GC worker (idle)") == 0) return "system goroutine wait";
    if (strcmp(reason, "GC sweep wait") == 0) return "GC background sweeper wait";
    if (strcmp(reason, "GC assist wait") == 0) return "GC mark assist wait for work";
    if (strcmp(reason, "wait for GC cycle") == 0) return "wait until GC ends";
    return reason;
}

/* What a trace of Go's says of a goroutine at a moment, without its name if it has `no_name`. */
static void says(const Side *s, uint64_t g, bool imported, bool no_name, char out[160]) {
    const ModelG none = {.state = G_NONE, .m = NONE, .p = NONE};
    const ModelG *gp = g < s->m->g_count ? &s->m->g[g] : &none;
    const char *name = no_name ? "" : model_g_name(s->m, g);
    uint64_t m = gp->m;
    if (imported && m < s->tid_cap) m = s->tid[m];
    switch ((GState)gp->state) {
    case G_RUNNABLE: snprintf(out, 160, "%s runnable", name); break;
    case G_RUNNING: snprintf(out, 160, "%s on P%llu M%llu", name, (Ull)gp->p, (Ull)m); break;
    case G_SYSCALL: snprintf(out, 160, "out of Go on M%llu", (Ull)m); break;
    case G_WAITING: snprintf(out, 160, "%s waits: %s", name, reason_of(s->m, gp)); break;
    default: snprintf(out, 160, "not there"); break; /* not yet, no more, or with an extra M that nobody has borrowed */
    }
}

static bool same_now(const Side *run, const Side *again, const char *of) {
    for (uint64_t g = 1; g < run->m->g_count; g++) {
        char a[160], b[160];
        /* the goroutine of a C thread has a name as soon as it does something that leaves a stack */
        bool no_name = model_g_name(again->m, g)[0] == '\0';
        says(run, g, false, no_name, a);
        says(again, g, true, no_name, b);
        if (strcmp(a, b) == 0) continue;
        printf("\n  %s: at %llu ns g%llu is \"%s\", and when exported and imported \"%s\"\n", of, (Ull)run->m->now_ns, (Ull)g,
               a, b);
        return false;
    }
    return true;
}

/* The world stands: Go's form has the stopper change its P where ours keeps it. */
static bool comparable(const Model *m) { return m->stw_g == NONE; }

static uint64_t compare(Side *run, Side *again, const char *of) {
    uint64_t moments = 0;
    while (run->more) {
        uint64_t now_ns = run->next.time_ns;
        advance(run, now_ns + 1);
        if (run->more && run->next.time_ns - now_ns < QUIET_NS) continue;
        advance(again, now_ns + QUIET_NS / 2);
        if (!comparable(run->m)) continue;
        if (!same_now(run, again, of)) return 0;
        moments++;
    }
    return moments;
}

static void same_again(const char *scenario) {
    Result r = command("$F run --quiet $D --out $T/run.trace %s; $F export --as go -o $T/run.go $T/run.trace && "
                       "$F import -qo $T/again.trace $T/run.go && printf %%s $T", scenario);
    char path[512];
    Side run = {0}, again = {0};
    if (r.status != 0) printf("\n  %s: %s\n", scenario, r.err);
    CU_ASSERT_EQUAL_FATAL(r.status, 0);
    snprintf(path, sizeof path, "%s/run.trace", r.out);
    CU_ASSERT_FATAL(open_side(&run, path));
    snprintf(path, sizeof path, "%s/again.trace", r.out);
    CU_ASSERT_FATAL(open_side(&again, path));
    CU_ASSERT(compare(&run, &again, scenario) > 0);
    close_side(&run);
    close_side(&again);
    result_free(&r);
}

static void every_scenario_is_the_same_again(void) {
    char *list = output_of("ls scenarios/*.lua scenarios/museum/*.lua $S/everything.lua | grep -v '[.]d[.]lua$'");
    size_t count = 0;
    char *save, *name = strtok_r(list, "\n", &save);
    for (; name; name = strtok_r(NULL, "\n", &save), count++) same_again(name);
    CU_ASSERT(count > 50);
    free(list);
}

void lens_again_tests(void) {
    static const Check checks[] = {
        {"every scenario, exported and imported, is the same again", every_scenario_is_the_same_again},
        {0},
    };
    suite("lens: out in Go's form and in again", checks);
}

/* summary_test.c -- the figures of a run: small programs whose figures one can count by hand, and what must hold of
 * every run's.
 */
#include "../../sim/lens/summary.h"

#include "../check.h"
#include "../program.h"

#include <stdio.h>

#define US 1000u
#define MS 1000000u

static void count(void *ctx, const Model *m, const Event *e) { summary_event(ctx, m, e); }

static Summary summary_of(Program p) {
    Summary s;
    summary_begin(&s);
    p.before = count;
    p.ctx = &s;
    Ran r = run_program(&p);
    CU_ASSERT_STRING_EQUAL(r.audit, "");
    ran_free(&r);
    return s;
}

static void is(const Summary *s, Figure f, uint64_t expected) {
    if (s->value[f] != expected)
        printf("\n  %s is %llu, not %llu\n", figure_spec[f].key, (unsigned long long)s->value[f],
               (unsigned long long)expected);
    CU_ASSERT_EQUAL(s->value[f], expected);
}

static void only_work(WorldOptions *opt) {
    for (int i = 0; i < COST_COUNT; i++) opt->costs.ns[i] = 0;
}

/* Work in C 30 us, Go in a callback 20 us, C again 5 us; nothing else costs anything. */
static void a_callback_ends_one_stretch_in_c_and_begins_another(void) {
    static const Op ops[] = {C_ENTER(),        C_WORK(10 * US), CALLBACK(),     COMPUTE(20 * US),
                             CALLBACK_END(),   C_WORK(5 * US),  C_LEAVE(),      COMPUTE(7 * US)};
    static const Body bodies[] = {BODY("main", ops)};
    Summary s = summary_of((Program){.bodies = bodies, .body_count = 1, .tune = only_work});
    is(&s, FIG_crossings, 1);
    is(&s, FIG_callbacks, 1);
    is(&s, FIG_exits_fast, 1);
    is(&s, FIG_callbacks_waited, 0);
    is(&s, FIG_in_c, 15 * US);
    is(&s, FIG_behind_c, 15 * US);
    is(&s, FIG_running, 27 * US);
    is(&s, FIG_threads_max_in_c, 1);
}

static void locks_stops_and_the_network_are_counted(void) {
    static const Op main_ops[] = {GO(1), LOCK(), NET(2 * MS, 0), NET(3 * MS, 1 * MS), UNLOCK(), GOMAXPROCS(3), GC()};
    static const Op f[] = {LOCK(), SLEEP(1 * MS)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Summary s = summary_of((Program){.bodies = bodies, .body_count = 2, .procs = 2});
    is(&s, FIG_net_waits, 2);
    CU_ASSERT(s.value[FIG_net_wait] >= 3 * MS && s.value[FIG_net_wait] < 4 * MS);
    is(&s, FIG_stops, 3);
    CU_ASSERT(s.value[FIG_stopped] >= 3 * 20 * US && s.value[FIG_stopped] < 100 * US);
    is(&s, FIG_procs, 3);
    is(&s, FIG_threads_ended, 1);
    is(&s, FIG_goroutines, 2 + 1 + 3); /* ... bgsweep, and a mark worker for each P */
    CU_ASSERT(s.value[FIG_locked_switches] >= 3);
    CU_ASSERT(s.value[FIG_thread_switches] >= s.value[FIG_locked_switches]);
}

static void threads_of_c_are_counted_apart(void) {
    static const Op main_ops[] = {C_THREAD(1), C_THREAD(1), SLEEP(2 * MS)};
    static const Op t[] = {CALLBACK(), CALLBACK_END(), C_WORK(100 * US), CALLBACK(), CALLBACK_END()};
    static const Body bodies[] = {BODY("main", main_ops), BODY("t", t)};
    Summary s = summary_of((Program){.bodies = bodies, .body_count = 2, .procs = 2});
    is(&s, FIG_cthreads, 2);
    is(&s, FIG_needms, 2);
    is(&s, FIG_callbacks, 4);
    is(&s, FIG_crossings, 2);
    is(&s, FIG_threads_max_in_c, 2);
}

static void ticks_and_contexts_are_counted(void) {
    static const struct {
        uint64_t delay_ns, period_ns;
    } timers[] = {{100 * US, 100 * US}};
    static const Op main_ops[] = {TIMER(0),
                                  {.kind = OP_CTX_USE, .a = 0},
                                  {.kind = OP_CTX_CURRENT, .a = 0, .b = 1},
                                  {.kind = OP_CTX_USE, .a = 0},
                                  {.kind = OP_CTX_ABSENT, .a = 0},
                                  RECV(0),
                                  RECV(0)};
    static const Body bodies[] = {BODY("main", main_ops)};
    Summary s = summary_of((Program){.bodies = bodies, .body_count = 1, .timers = (const void *)timers,
                                     .timer_count = 1, .context_count = 1});
    is(&s, FIG_ticks, 2);
    is(&s, FIG_ticks_lost, 0);
    is(&s, FIG_wrong_thread, 2);
}

/* ---- of every run ---- */

typedef struct {
    Summary s;
    uint64_t bad;
} Watched;

static void count_watched(void *ctx, const Model *m, const Event *e) {
    Watched *w = ctx;
    summary_event(&w->s, m, e);
}

static void compare(void *ctx, const Model *m, const Event *e) {
    Watched *w = ctx;
    uint64_t in_c = 0;
    for (size_t i = 0; i < m->m_count; i++) in_c += m->m[i].state == M_IN_C;
    if (in_c == w->s.in_c || w->bad++ > 0) return;
    printf("\n  after %s at #%llu: %llu in C, counted %llu\n", event_spec[e->kind].name,
           (unsigned long long)e->seq, (unsigned long long)in_c, (unsigned long long)w->s.in_c);
}

static void the_figures_of_any_run_agree(void) {
    for (uint64_t seed = 1; seed <= 200; seed++) {
        Watched w = {0};
        const uint64_t *v = w.s.value;
        summary_begin(&w.s);
        Program p = random_program(seed);
        p.before = count_watched;
        p.after = compare;
        p.ctx = &w;
        Ran r = run_program(&p);
        CU_ASSERT_EQUAL(w.bad, 0);
        CU_ASSERT(v[FIG_exits_fast] + v[FIG_exits_idle] + v[FIG_exits_wait] <= v[FIG_crossings]);
        uint64_t in_c = v[FIG_goroutines] + r.count[EV_EXTRA_NEW]; /* at most, at the end; C threads' own among them */
        CU_ASSERT(v[FIG_crossings] <= v[FIG_exits_fast] + v[FIG_exits_idle] + v[FIG_exits_wait] + in_c);
        CU_ASSERT(v[FIG_behind_c] + v[FIG_running] <= r.end_ns * 6); /* GOMAXPROCS is 6 at most there */
        CU_ASSERT(v[FIG_stopped] <= r.end_ns);
        CU_ASSERT(v[FIG_callbacks_waited] <= v[FIG_callbacks]);
        CU_ASSERT(v[FIG_eintr] <= v[FIG_signals]);
        CU_ASSERT_EQUAL(v[FIG_events], r.events);
        ran_free(&r);
    }
}

void lens_summary_tests(void) {
    static const Check checks[] = {
        {"a callback ends one stretch in C and begins another", a_callback_ends_one_stretch_in_c_and_begins_another},
        {"locks, stops and the network are counted", locks_stops_and_the_network_are_counted},
        {"threads of C are counted apart", threads_of_c_are_counted_apart},
        {"ticks and contexts are counted", ticks_and_contexts_are_counted},
        {"the figures of any run agree", the_figures_of_any_run_agree},
        {0},
    };
    suite("lens: summary", checks);
}

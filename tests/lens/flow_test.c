/* flow_test.c -- what stands in channels, at locks and in queues, and what goroutines did: against a count by hand, against
 * sums taken at every event over everything there is, and Little's law against each value's own time.
 */
#include "../../sim/lens/flow.h"

#include "../check.h"
#include "../program.h"

#include <stdio.h>
#include <stdlib.h>

#define US 1000u
#define MS 1000000u

/* ---- by hand ---- */

typedef struct {
    Flow f;
    FlowRow chan[2];
    Stage stage[4];
} Seen;

static void watch(void *ctx, const Model *m, const Event *e) {
    Seen *s = ctx;
    flow_event(&s->f, m, e);
    if (e->kind != EV_RUN_END) return;
    flow_end(&s->f, m);
    for (size_t i = 0; i < s->f.table[FLOW_CHANNELS].count && i < 2; i++) s->chan[i] = s->f.table[FLOW_CHANNELS].row[i];
    for (size_t i = 0; i < s->f.stage_count && i < 4; i++) s->stage[i] = s->f.stage[i];
}

static void only_work(WorldOptions *opt) {
    for (int i = 0; i < COST_COUNT; i++) opt->costs.ns[i] = 0;
}

/* main makes three values in no time, with room for one; the other takes one each 10 us, and each takes it 10 us: the first
 * stands for 0 us, for its taker waits or comes at once; the second for 10, the third, of which 10 at the door, for 20. */
static void a_slow_receiver_by_hand(void) {
    static const Op main_ops[] = {GO(1), SLEEP(1 * MS), SEND(0), SEND(0), SEND(0), SLEEP(1 * MS)};
    static const Op slow[] = {RECV(0), COMPUTE(10 * US), RECV(0), COMPUTE(10 * US), RECV(0), COMPUTE(10 * US)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("slow", slow)};
    static const uint64_t caps[] = {1};
    Seen s = {0};
    flow_begin(&s.f);
    Program p = {.bodies = bodies, .body_count = 2, .chan_caps = caps, .chan_count = 1, .procs = 2, .tune = only_work,
                 .before = watch, .ctx = &s};
    Ran r = run_program(&p);
    CU_ASSERT_STRING_EQUAL(r.audit, "");
    const FlowRow *c = &s.chan[0];
    CU_ASSERT_EQUAL(s.f.table[FLOW_CHANNELS].count, 1);
    CU_ASSERT_EQUAL(c->places, 1);
    CU_ASSERT_EQUAL(c->room, 1);
    CU_ASSERT_EQUAL(c->went, 3);
    CU_ASSERT_EQUAL(c->most, 2);
    CU_ASSERT_EQUAL(c->there_ns, 30 * US);
    CU_ASSERT_EQUAL(c->senders_ns, 10 * US);
    CU_ASSERT_EQUAL(c->busy_ns, 10 * US);
    CU_ASSERT(c->receivers_ns >= 1 * MS && c->receivers_ns < 3 * MS); /* a timer may be late */
    CU_ASSERT_EQUAL(c->idle_ns, c->receivers_ns);
    for (size_t i = 0; i < 2; i++) {
        const Stage *st = &s.stage[i];
        bool is_main = st->line == 0;
        CU_ASSERT_EQUAL(st->goroutines, 1);
        CU_ASSERT_EQUAL(st->ns[STAGE_SEND], is_main ? 10 * US : 0);
        CU_ASSERT_EQUAL(st->ns[STAGE_RECEIVE], is_main ? 0 : c->receivers_ns);
        CU_ASSERT_EQUAL(st->ns[STAGE_RUNNING], is_main ? 0 : 30 * US);
        CU_ASSERT((st->ns[STAGE_SLEEP] >= 2 * MS) == is_main);
    }
    flow_free(&s.f);
    ran_free(&r);
}

/* ---- Little's law ---- */

/* Values come out in the order in which they came, to the door or into the room: so each one's own time is known. */
typedef struct {
    Flow f;
    uint64_t came[256], count, gone, stays_ns, there_ns, went;
} Line;

static void each_value(void *ctx, const Model *m, const Event *e) {
    Line *l = ctx;
    flow_event(&l->f, m, e);
    bool to_the_door = e->kind == EV_CHAN_QUEUE && e->arg[2], into_the_room = e->kind == EV_CHAN_SEND && e->arg[2] == NONE;
    if (to_the_door || into_the_room) l->came[l->count++ % ARRAY_LEN(l->came)] = e->time_ns;
    if (e->kind == EV_CHAN_RECV && e->arg[3]) l->stays_ns += e->time_ns - l->came[l->gone++ % ARRAY_LEN(l->came)];
    if (e->kind != EV_RUN_END) return;
    flow_end(&l->f, m);
    l->there_ns = l->f.table[FLOW_CHANNELS].row[0].there_ns;
    l->went = l->f.table[FLOW_CHANNELS].row[0].went;
}

static void what_is_there_is_the_rate_times_the_stay(void) {
    static const Op main_ops[] = {GO(1), GO(1), GO(1), GO(2), GO(2), SLEEP(20 * MS)};
    static const Op fast[] = {COMPUTE(30 * US), SEND(0)}, slow[] = {RECV(0), COMPUTE(50 * US)};
    static const Body bodies[] = {BODY("main", main_ops), {"fast", fast, 2, 40}, {"slow", slow, 2, 60}};
    static const uint64_t caps[] = {5};
    for (uint32_t procs = 1; procs <= 4; procs++) {
        Line l = {0};
        flow_begin(&l.f);
        Program p = {.bodies = bodies, .body_count = 3, .chan_caps = caps, .chan_count = 1, .procs = procs, .before = each_value,
                     .ctx = &l};
        Ran r = run_program(&p);
        CU_ASSERT_STRING_EQUAL(r.audit, "");
        CU_ASSERT_EQUAL(l.count, l.gone);
        CU_ASSERT_EQUAL(l.went, 120);
        CU_ASSERT(l.stays_ns > 0);
        CU_ASSERT_EQUAL(l.there_ns, l.stays_ns); /* L * T = n * W */
        flow_free(&l.f);
        ran_free(&r);
    }
}

/* ---- against sums taken at every event ---- */

typedef struct {
    Flow f;
    uint64_t last_ns, there, senders, receivers, waiting, held, depth, life, ns[STAGE_DOINGS];
    bool ended;
} Slow;

/* Everything there is stays as it was since the last event. */
static void add_up(Slow *s, const Model *m, uint64_t now) {
    uint64_t ns = now - s->last_ns;
    s->last_ns = now;
    for (size_t i = 0; ns > 0 && i < m->chan_count; i++) {
        s->there += (m->chan[i].count + m->chan[i].sendq.count) * ns;
        s->senders += m->chan[i].sendq.count * ns;
        s->receivers += m->chan[i].recvq.count * ns;
    }
    for (size_t i = 0; ns > 0 && i < m->sync_count; i++) {
        for (int k = 0; k < SYNC_QUEUES; k++) s->waiting += m->sync[i].queue[k].count * ns;
        s->held += m->sync[i].holds != NONE ? ns : 0;
    }
    for (size_t i = 0; ns > 0 && i < m->queue_count; i++) s->depth += m->queue[i].depth * ns;
    for (size_t g = 1; ns > 0 && g < m->g_count; g++) {
        const ModelG *gp = &m->g[g];
        if ((gp->born_line == 0 && g != 1) || gp->state == G_NONE || gp->state == G_DEAD || gp->state == G_EXTRA) continue;
        s->life += ns;
        s->ns[STAGE_RUNNING] += gp->state == G_RUNNING ? ns : 0;
        s->ns[STAGE_IN_C] += gp->state == G_SYSCALL ? ns : 0;
        s->ns[STAGE_RUNNABLE] += gp->state == G_RUNNABLE || gp->state == G_IDLE ? ns : 0;
    }
}

static uint64_t sum(const Flow *f, FlowPlace kind, size_t field) {
    uint64_t all = 0;
    for (size_t i = 0; i < f->table[kind].count; i++)
        all += *(const uint64_t *)(const void *)((const char *)&f->table[kind].row[i] + field);
    return all;
}

static void both_ways(void *ctx, const Model *m, const Event *e) {
    Slow *s = ctx;
    add_up(s, m, e->time_ns);
    flow_event(&s->f, m, e);
}

#define SAME(what, a, b)                                                                                                        \
    do {                                                                                                                        \
        if ((a) != (b)) printf("\n  seed %llu: %s is %llu, not %llu\n", (unsigned long long)seed, what, (unsigned long long)(a), \
                               (unsigned long long)(b));                                                                        \
        CU_ASSERT_EQUAL(a, b);                                                                                                  \
    } while (0)

static void at_the_end(void *ctx, const Model *m, const Event *e) {
    Slow *s = ctx;
    if (e->kind != EV_RUN_END) return;
    flow_end(&s->f, m);
    s->ended = true;
}

static void the_sums_of_any_run_are_those_of_every_moment(void) {
    uint64_t compared = 0, stood = 0, waited = 0;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        Slow *s = mem_zero(1, sizeof *s);
        flow_begin(&s->f);
        Program p = random_program(seed);
        p.before = both_ways;
        p.after = at_the_end;
        p.ctx = s;
        Ran r = run_program(&p);
        if (s->ended) {
            compared++;
            uint64_t life = 0, ns[STAGE_DOINGS] = {0};
            SAME("what stood in channels", sum(&s->f, FLOW_CHANNELS, offsetof(FlowRow, there_ns)), s->there);
            SAME("senders", sum(&s->f, FLOW_CHANNELS, offsetof(FlowRow, senders_ns)), s->senders);
            SAME("receivers", sum(&s->f, FLOW_CHANNELS, offsetof(FlowRow, receivers_ns)), s->receivers);
            SAME("waiting for locks", sum(&s->f, FLOW_LOCKS, offsetof(FlowRow, there_ns)), s->waiting);
            SAME("locks held", sum(&s->f, FLOW_LOCKS, offsetof(FlowRow, busy_ns)), s->held);
            SAME("commands", sum(&s->f, FLOW_QUEUES, offsetof(FlowRow, there_ns)), s->depth);
            for (size_t i = 0; i < s->f.stage_count; i++) {
                uint64_t parts = 0;
                for (int k = 0; k < STAGE_DOINGS; k++) {
                    parts += s->f.stage[i].ns[k];
                    ns[k] += s->f.stage[i].ns[k];
                }
                SAME("the parts of a life", parts, s->f.stage[i].life_ns);
                life += s->f.stage[i].life_ns;
            }
            SAME("lives", life, s->life);
            SAME("running", ns[STAGE_RUNNING], s->ns[STAGE_RUNNING]);
            SAME("in C", ns[STAGE_IN_C], s->ns[STAGE_IN_C]);
            SAME("runnable", ns[STAGE_RUNNABLE], s->ns[STAGE_RUNNABLE]);
            stood += s->there;
            waited += s->waiting;
        }
        flow_free(&s->f);
        free(s);
        ran_free(&r);
    }
    CU_ASSERT(compared > 100 && stood > 0 && waited > 0);
}

void lens_flow_tests(void) {
    static const Check checks[] = {
        {"a slow receiver by hand", a_slow_receiver_by_hand},
        {"what is there is the rate times the stay", what_is_there_is_the_rate_times_the_stay},
        {"the sums of any run are those of every moment", the_sums_of_any_run_are_those_of_every_moment},
        {0},
    };
    suite("lens: flow", checks);
}

/* gc_test.c -- when a collection begins, who marks, who waits, and what it leaves: runtime/mgc.go, mgcpacer.go,
 * mgcmark.go. */
#include "../check.h"
#include "../program.h"

#include "../../sim/base/units.h"
#include "../../sim/dev/slice.h"

#include <stdio.h>
#include <stdlib.h>

#define MS 1000000u
#define US 1000u
#define KIB 1024u
#define MIB (1024u * KIB)

/* What a run's options get: Program.tune knows no more. */
static struct {
    uint64_t mark_ns, sweep_ns, enqueue_ns, gogc, gomemlimit;
    uint32_t stress;
} wanted;

static void tune(WorldOptions *opt) {
    if (wanted.mark_ns) opt->costs.ns[COST_gc_mark] = wanted.mark_ns;
    if (wanted.sweep_ns) opt->costs.ns[COST_gc_sweep] = wanted.sweep_ns;
    if (wanted.enqueue_ns) opt->costs.ns[COST_dev_enqueue] = wanted.enqueue_ns;
    opt->gogc = wanted.gogc;
    opt->gomemlimit = wanted.gomemlimit;
    opt->stress = wanted.stress;
}

static void want_marking(uint64_t ns) {
    memset(&wanted, 0, sizeof wanted);
    wanted.mark_ns = ns;
}

/* How many lines of these kinds hold this text. */
static unsigned lines_with(const Ran *r, const char *kinds, const char *text) {
    char *lines = ran_lines(r, kinds);
    unsigned n = 0;
    for (const char *at = lines; (at = strstr(at, text)) != NULL; at++) n++;
    free(lines);
    return n;
}

/* Where in the run's text the n-th event that holds this is: events of one instant have an order too. */
static size_t place_of(const Ran *r, const char *text, unsigned n) {
    const char *at = r->text;
    for (unsigned i = 0; at != NULL && i < n; i++) at = strstr(at + (i > 0), text);
    if (at == NULL) printf("\n  %s does not happen %u times\n", text, n);
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    return (size_t)(at - r->text);
}

/* ... the first one behind that place. */
static size_t next_place(const Ran *r, size_t from, const char *text) {
    const char *at = strstr(r->text + from, text);
    if (at == NULL) printf("\n  %s does not happen any more\n", text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    return (size_t)(at - r->text);
}

/* ---- one collection ---- */

/* GC, gcStart, gcMarkDone, gcMarkTermination, gcSweep */
static void one_collection_has_its_order(void) {
    static const Op main_ops[] = {GC(), GC()};
    static const Body bodies[] = {BODY("main", main_ops)};
    static const char *const order[] = {
        "GC_BEGIN g=g1", "name=\"runtime.bgsweep\"", "name=\"runtime.gcBgMarkWorker\"",
        "STW_BEGIN g=g1 reason=\"GC sweep termination\"", "STW_STOPPED g=g1", "STW_END g=g1", "GC_WORKER",
        "GO_START", "G_LABEL", "reason=\"GC mark termination\"", "STW_STOPPED", "GC_MARKED",
        "GO_UNBLOCK g=g2 ", /* bgsweep: gcSweep comes before trace.GCDone */
        "GC_END", "HEAP_GOAL", "GO_UNBLOCK g=g1 ", "STW_END", "GC_BEGIN g=g1",
    };
    want_marking(300 * US);
    for (uint32_t procs = 1; procs <= 4; procs *= 2) {
        Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1, .procs = procs, .tune = tune});
        size_t at = 0;
        for (size_t i = 0; i < ARRAY_LEN(order); i++) at = next_place(&r, at, order[i]);
        CU_ASSERT_EQUAL(lines_with(&r, "GO_CREATE", "gcBgMarkWorker"), procs); /* once for both collections */
        CU_ASSERT_EQUAL(lines_with(&r, "GO_CREATE", "bgsweep"), 1);
        CU_ASSERT_EQUAL(r.count[EV_STW_END], 4);
        /* gcBgMarkStartWorkers: <-ready before the next is made, and before the world is stopped */
        size_t stop = place_of(&r, "STW_BEGIN", 1);
        for (unsigned i = 1; i <= procs; i++) CU_ASSERT(place_of(&r, "gcBgMarkWorker", i) < stop);
        CU_ASSERT(place_of(&r, "reason=\"GC worker (idle)\"", procs) < place_of(&r, "GC_MARKED", 1));
        ran_free(&r);
    }
}

/* Between the stops the program runs. */
static void others_run_while_it_marks(void) {
    static const Op main_ops[] = {GO(1), GC()};
    static const Op loop[] = {COMPUTE(10 * US)};
    Body bodies[] = {BODY("main", main_ops), BODY("loop", loop)};
    bodies[1].repeat = 10000;
    want_marking(2 * MS);
    for (uint32_t procs = 1; procs <= 4; procs++) {
        Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = procs, .tune = tune});
        size_t begin = place_of(&r, "STW_END", 1), end = place_of(&r, "STW_BEGIN", 2);
        unsigned steps = 0;
        for (const char *at = r.text + begin; (at = strstr(at, "GO_COMPUTE g=g2")) != NULL && at < r.text + end; at++) steps++;
        CU_ASSERT(steps > 20);
        ran_free(&r);
    }
}

/* GC: its caller sweeps too, with Gosched after each piece; bgsweep does when it gets a P. */
static void who_collects_sweeps_and_lets_others_run(void) {
    enum { OBJECTS = 40 };
    Op ops[OBJECTS + 2];
    for (int i = 0; i < OBJECTS; i++) ops[i] = (Op)ALLOC(64);
    ops[OBJECTS] = (Op)GC();
    ops[OBJECTS + 1] = (Op){.kind = OP_NOTE};
    const Body bodies[] = {BODY("main", ops)};
    want_marking(100 * US);
    wanted.sweep_ns = 1 * US; /* so 40 us in all: four pieces */
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1, .heap = true, .tune = tune});
    CU_ASSERT_EQUAL(lines_with(&r, "GO_STOP", "g=g1 reason=\"runtime.Gosched\"") +
                        lines_with(&r, "GO_STOP", "g=g2 reason=\"runtime.Gosched\""),
                    4);
    uint64_t swept = time_of(&r, "NOTE g=g1", 1) - time_of(&r, "STW_END", 2);
    CU_ASSERT(swept >= 20 * US && swept <= 45 * US);
    ran_free(&r);
}

/* gcStart: sweepone until there is nothing left, before the next one begins */
static void the_next_one_sweeps_what_is_left_first(void) {
    static const Op main_ops[] = {ALLOC(64), GO(1), SLEEP(1 * MS), GC()};
    static const Op other[] = {GC()};
    static const Body bodies[] = {BODY("main", main_ops), BODY("other", other)};
    want_marking(100 * US);
    wanted.sweep_ns = 2 * MS; /* a piece at a time */
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .heap = true, .tune = tune});
    CU_ASSERT(time_of(&r, "GC_BEGIN", 2) - time_of(&r, "GC_END", 1) >= 2 * MS);
    CU_ASSERT_EQUAL(r.outcome, RUN_EXITED);
    ran_free(&r);
}

/* ---- who marks ---- */

static const Op busy[] = {COMPUTE(400 * MS)};

/* startCycle: 25 % of the Ps by whole workers, if that is off by no more than 30 % */
static void a_quarter_of_the_ps_marks(void) {
    static const struct {
        unsigned dedicated;
        bool fractional;
    } table[] = {{0, true}, {0, true}, {0, true}, {1, false}, {1, false}, {1, true}, {2, false}, {2, false}};
    want_marking(20 * MS);
    for (uint32_t procs = 1; procs <= 8; procs++) {
        Op ops[12];
        size_t n = 0;
        for (; n < procs + 1; n++) ops[n] = (Op)GO(1);
        ops[n++] = (Op)COMPUTE(1 * MS);
        ops[n++] = (Op)GC();
        const Body bodies[] = {{"main", ops, n, 0}, BODY("busy", busy)};
        Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = procs, .tune = tune});
        CU_ASSERT_EQUAL(lines_with(&r, "GC_WORKER", "dedicated"), table[procs - 1].dedicated);
        CU_ASSERT_EQUAL(lines_with(&r, "GC_WORKER", "fractional") > 0, table[procs - 1].fractional);
        CU_ASSERT_EQUAL(lines_with(&r, "GC_WORKER", "idle"), 0); /* nobody is */
        /* all of it takes about as long as if a quarter of the Ps did nothing else */
        uint64_t took = time_of(&r, "GC_MARKED", 1) - time_of(&r, "STW_END", 1);
        CU_ASSERT(took > 20 * MS * 4 / procs / 2 && took < 20 * MS * 4 / procs * 2);
        ran_free(&r);
    }
}

/* pollFractionalWorkerExit: it stops at 1.2 times its share, and begins again below it */
static void a_fractional_worker_takes_its_share(void) {
    static const Op main_ops[] = {GO(1), GO(1), GC()};
    static const Body bodies[] = {BODY("main", main_ops), BODY("busy", busy)};
    want_marking(50 * MS);
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .tune = tune});
    uint64_t took = time_of(&r, "GC_MARKED", 1) - time_of(&r, "STW_END", 1);
    CU_ASSERT(took > 50 * MS * 10 / 3); /* never more than 30 % */
    CU_ASSERT(took < 50 * MS * 5);
    CU_ASSERT(lines_with(&r, "GC_WORKER", "fractional") > 5);
    ran_free(&r);
}

/* findRunnable: rather than give the P up */
static void idle_ps_mark(void) {
    static const Op main_ops[] = {GC()};
    static const Body bodies[] = {BODY("main", main_ops)};
    want_marking(8 * MS);
    for (uint32_t procs = 1; procs <= 8; procs *= 2) {
        Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1, .procs = procs, .tune = tune});
        uint64_t took = time_of(&r, "GC_MARKED", 1) - time_of(&r, "STW_END", 1);
        CU_ASSERT(took >= 8 * MS / procs);
        CU_ASSERT(took < 8 * MS / procs + 500 * US); /* one thread is made after the other */
        CU_ASSERT(lines_with(&r, "GC_WORKER", "idle") > 0);
        ran_free(&r);
    }
}

/* pollWork: and stop for whoever comes, be it from the network */
static void an_idle_worker_stops_for_who_comes(void) {
    static const Op main_ops[] = {GO(1), GC()};
    static const Op net[] = {NET(3 * MS, 0), {.kind = OP_NOTE}};
    static const Body bodies[] = {BODY("main", main_ops), BODY("net", net)};
    want_marking(40 * MS);
    for (uint32_t procs = 1; procs <= 2; procs++) {
        Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = procs, .tune = tune});
        uint64_t waited = time_of(&r, "NET_READY", 1) - time_of(&r, "NET_WAIT", 1);
        CU_ASSERT(waited >= 3 * MS && waited <= 3 * MS + 10 * US); /* it looks after each piece */
        CU_ASSERT(time_of(&r, "NOTE g=g2", 1) < time_of(&r, "GC_MARKED", 1));
        ran_free(&r);
    }
}

/* gcBgMarkWorker: runqdrain, once; then it cannot be moved any more */
static void a_dedicated_worker_sends_its_queue_away_and_goes_on(void) {
    Op ops[16];
    size_t n = 0;
    for (; n < 12; n++) ops[n] = (Op)GO(1);
    ops[n++] = (Op)COMPUTE(1 * MS);
    ops[n++] = (Op)GC();
    const Body bodies[] = {{"main", ops, n, 0}, BODY("busy", busy)};
    want_marking(100 * MS);
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 4, .tune = tune});
    char *lines = ran_lines(&r, "GC_WORKER"), g[32], ask[64], stop[64];
    CU_ASSERT_PTR_NOT_NULL_FATAL(strstr(lines, "dedicated"));
    snprintf(g, sizeof g, "%.*s", (int)strcspn(strstr(lines, "g=g"), " "), strstr(lines, "g=g"));
    free(lines);
    snprintf(ask, sizeof ask, "PREEMPT_ASK %s ", g);
    snprintf(stop, sizeof stop, "%s reason=\"preempted\"", g);
    size_t at = place_of(&r, ask, 1), put = next_place(&r, at, "GLOBQ_PUT");
    char time[32];
    size_t line = put;
    while (line > 0 && r.text[line - 1] != '\n') line--;
    uint64_t ns = 0;
    snprintf(time, sizeof time, "%.*s", (int)strcspn(r.text + line, " "), r.text + line);
    CU_ASSERT(time_parse(time, &ns));
    CU_ASSERT(ns - time_of(&r, ask, 1) <= 10 * US);
    CU_ASSERT_PTR_NULL(strstr(r.text, stop));
    CU_ASSERT(lines_with(&r, "PREEMPT_ASK", g) > 3);
    CU_ASSERT_EQUAL(lines_with(&r, "GO_START", g), 2); /* once to say that it is ready, once to mark */
    ran_free(&r);
}

/* handoffp: a P that is taken from a call has work while there is something to mark */
static void a_p_that_is_handed_on_marks(void) {
    static const Op main_ops[] = {GO(1), GC()};
    static const Op in_c[] = {COMPUTE(1 * MS), C_CALL(60 * MS)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("c", in_c)};
    want_marking(20 * MS);
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .tune = tune});
    CU_ASSERT(time_of(&r, "P_HANDOFF p=P0 why=\"a collection marks", 1) < time_of(&r, "GC_MARKED", 1));
    CU_ASSERT(time_of(&r, "GC_MARKED", 1) < 25 * MS);
    ran_free(&r);
}

/* ---- who begins it ---- */

/* gcTrigger.test: cycles; whoever asks for a cycle that has begun meanwhile waits for that one */
static void two_who_collect_at_once_share_it(void) {
    unsigned shared = 0, waited = 0;
    for (uint64_t late = 0; late < 200; late += 2) {
        const Op main_ops[] = {GO(1), GO(2), SLEEP(20 * MS)};
        const Op one[] = {COMPUTE(200 * US), GC()}, two[] = {COMPUTE(100 * US + late * US), GC(), {.kind = OP_NOTE}};
        const Body bodies[] = {BODY("main", main_ops), BODY("one", one), BODY("two", two)};
        want_marking(1 * MS);
        Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 3, .procs = 3, .tune = tune});
        CU_ASSERT_EQUAL(r.count[EV_GC_BEGIN], r.count[EV_GC_END]);
        CU_ASSERT(r.count[EV_GC_END] == 1 || r.count[EV_GC_END] == 2);
        CU_ASSERT(time_of(&r, "NOTE", 1) > time_of(&r, "GC_END", 1));
        shared += r.count[EV_GC_END] == 1;
        waited += r.count[EV_GC_END] == 1 && lines_with(&r, "GO_BLOCK", "semacquire") > 0;
        ran_free(&r);
    }
    CU_ASSERT(shared > 0);
    CU_ASSERT(waited > 0);
}

/* gcWaitOnMark(n): what marks already began too early for them; the next one is for all of them */
static void who_comes_while_it_marks_waits_for_the_next(void) {
    static const Op main_ops[] = {GO(1), GO(2), GO(2), GO(2), SLEEP(40 * MS)};
    static const Op first[] = {COMPUTE(100 * US), GC()};
    static const Op later[] = {COMPUTE(2 * MS), GC(), {.kind = OP_NOTE}};
    static const Body bodies[] = {BODY("main", main_ops), BODY("first", first), BODY("later", later)};
    want_marking(30 * MS);
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 3, .procs = 6, .tune = tune});
    CU_ASSERT_EQUAL(r.count[EV_GC_BEGIN], 2);
    CU_ASSERT_EQUAL(lines_with(&r, "GO_BLOCK", "wait for GC cycle"), 1 + 3 + 3);
    CU_ASSERT(time_of(&r, "NOTE", 1) >= time_of(&r, "GC_END", 2));
    CU_ASSERT_EQUAL(lines_with(&r, "NOTE", "NOTE"), 3);
    ran_free(&r);
}

/* So many allocations of 256 KiB until one begins a collection; 0 = none of 40 does. */
static uint64_t allocations_until_it_begins(uint64_t gogc, uint64_t gomemlimit) {
    enum { ALLOCATIONS = 40 };
    Op ops[ALLOCATIONS];
    for (int i = 0; i < ALLOCATIONS; i++) ops[i] = (Op)ALLOC(256 * KIB);
    const Body bodies[] = {BODY("main", ops)};
    want_marking(10 * MS);
    wanted.gogc = gogc;
    wanted.gomemlimit = gomemlimit;
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1, .heap = true, .tune = tune});
    uint64_t before = 0, at = r.count[EV_GC_BEGIN] ? place_of(&r, "GC_BEGIN g=g1", 1) : 0;
    for (const char *p = r.text; at > 0 && (p = strstr(p, "OBJ_NEW")) != NULL && p < r.text + at; p++) before++;
    ran_free(&r);
    return before;
}

/* trigger: 61/64 of the way from what was marked, 0 here, to the goal at most; heapMinimum is 4 MiB * GOGC / 100 */
static void an_allocation_past_the_trigger_begins_it(void) {
    CU_ASSERT_EQUAL(allocations_until_it_begins(0, 0), 16);       /* 3.8 MiB; Go's own 100 */
    CU_ASSERT_EQUAL(allocations_until_it_begins(100, 0), 16);
    CU_ASSERT_EQUAL(allocations_until_it_begins(50, 0), 8);       /* 1.9 MiB */
    CU_ASSERT_EQUAL(allocations_until_it_begins(200, 0), 31);     /* 7.6 MiB */
    CU_ASSERT_EQUAL(allocations_until_it_begins(NONE, 0), 0);     /* off */
    CU_ASSERT_EQUAL(allocations_until_it_begins(NONE, 1 * MIB), 4); /* memoryLimitHeapGoal */
    CU_ASSERT_EQUAL(allocations_until_it_begins(100, 100 * MIB), 16);
}

/* gcStart returns when the world runs again */
static void who_allocates_does_not_wait_for_its_end(void) {
    static const Op main_ops[] = {ALLOC(4 * MIB), {.kind = OP_NOTE}, COMPUTE(30 * MS)};
    static const Body bodies[] = {BODY("main", main_ops)};
    want_marking(5 * MS);
    for (uint32_t procs = 1; procs <= 4; procs++) {
        Ran r = run_audited(
            &(Program){.bodies = bodies, .body_count = 1, .procs = procs, .heap = true, .tune = tune});
        CU_ASSERT(place_of(&r, "OBJ_NEW", 1) < place_of(&r, "GC_BEGIN g=g1", 1));
        CU_ASSERT(place_of(&r, "STW_END g=g1", 1) < place_of(&r, "NOTE g=g1", 1));
        CU_ASSERT(place_of(&r, "NOTE g=g1", 1) < place_of(&r, "GC_MARKED", 1));
        /* twice of what is live is the next goal */
        CU_ASSERT_PTR_NOT_NULL(strstr(r.text, "objects=1 bytes=4194304"));
        CU_ASSERT_PTR_NOT_NULL(strstr(r.text, "HEAP_GOAL bytes=8388608"));
        ran_free(&r);
    }
}

/* startSema: test again behind it */
static void a_second_one_past_the_trigger_begins_none(void) {
    unsigned waited = 0;
    for (uint64_t late = 0; late < 200; late += 2) {
        const Op main_ops[] = {ALLOC(3 * MIB), GO(1), GO(2), SLEEP(20 * MS)};
        const Op one[] = {COMPUTE(200 * US), ALLOC(1 * MIB), SLEEP(20 * MS)},
                 two[] = {COMPUTE(100 * US + late * US), ALLOC(1 * MIB), SLEEP(20 * MS)};
        const Body bodies[] = {BODY("main", main_ops), BODY("one", one), BODY("two", two)};
        want_marking(1 * MS);
        Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 3, .procs = 3, .heap = true, .tune = tune});
        CU_ASSERT_EQUAL(r.count[EV_OBJ_NEW], 3);
        CU_ASSERT_EQUAL(r.count[EV_GC_BEGIN], 1);
        waited += lines_with(&r, "GO_BLOCK", "semacquire");
        ran_free(&r);
    }
    CU_ASSERT(waited > 0);
}

/* forcegchelper. startCycle: no idle workers for it, where there are dedicated ones */
static void a_forced_one_leaves_idle_ps_alone(void) {
    static const Op main_ops[] = {GC(), SLEEP(130000u * (uint64_t)MS)};
    static const Body bodies[] = {BODY("main", main_ops)};
    want_marking(10 * MS);
    for (uint32_t procs = 1; procs <= 5; procs += 2) {
        Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1, .procs = procs, .tune = tune});
        CU_ASSERT_EQUAL(r.count[EV_GC_END], 2);
        size_t forced = place_of(&r, "SYSMON_GC", 1);
        unsigned idle = 0, dedicated = 0;
        for (const char *p = r.text + forced; (p = strstr(p, "GC_WORKER")) != NULL; p++) {
            idle += memcmp(strstr(p, "mode=") + 6, "idle", 4) == 0;
            dedicated += memcmp(strstr(p, "mode=") + 6, "dedicated", 9) == 0;
        }
        CU_ASSERT_EQUAL(dedicated, procs == 5);
        CU_ASSERT_EQUAL(idle == 0, procs == 5);
        ran_free(&r);
    }
}

/* gcBgMarkStartWorkers: as many as there are Ps; they do not go again */
static void workers_come_with_ps(void) {
    static const Op main_ops[] = {GC(), GOMAXPROCS(4), GC(), GOMAXPROCS(1), GC(), GOMAXPROCS(3), GC()};
    static const Body bodies[] = {BODY("main", main_ops)};
    want_marking(1 * MS);
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1, .tune = tune});
    CU_ASSERT_EQUAL(r.outcome, RUN_EXITED);
    CU_ASSERT_EQUAL(lines_with(&r, "GO_CREATE", "gcBgMarkWorker"), 4);
    CU_ASSERT_EQUAL(r.count[EV_GC_END], 4);
    ran_free(&r);
}

/* ---- assists ---- */

/* gcAssistAlloc: 64 KiB of work at least, and what is too much is kept for the next allocations */
static void who_allocates_while_it_marks_helps(void) {
    enum { SMALL = 30 };
    Op ops[SMALL + 1] = {ALLOC(4 * MIB)};
    for (int i = 0; i < SMALL; i++) ops[1 + i] = (Op)ALLOC(16);
    const Body bodies[] = {BODY("main", ops)};
    want_marking(5 * MS);
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1, .heap = true, .tune = tune});
    CU_ASSERT_EQUAL(r.count[EV_GC_ASSIST], 1);
    CU_ASSERT_EQUAL(r.count[EV_GC_ASSIST_END], 1);
    CU_ASSERT_EQUAL(time_of(&r, "GC_ASSIST_END", 1) - time_of(&r, "GC_ASSIST", 1), 65536);
    CU_ASSERT(place_of(&r, "GC_ASSIST_END", 1) < place_of(&r, "OBJ_NEW", 2)); /* first it pays */
    ran_free(&r);
}

/* ... more for more: about as much as there is to mark, when it allocates all the room that there is */
static void who_allocates_more_helps_more(void) {
    static const Op some[] = {ALLOC(4 * MIB), ALLOC(16), ALLOC(512 * KIB)};
    static const Body bodies[] = {BODY("main", some)};
    want_marking(20 * MS);
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1, .heap = true, .tune = tune});
    uint64_t small = time_of(&r, "GC_ASSIST_END", 1) - time_of(&r, "GC_ASSIST g=g1", 1);
    uint64_t large = time_of(&r, "GC_ASSIST_END", 2) - time_of(&r, "GC_ASSIST g=g1", 2);
    CU_ASSERT_EQUAL(small, 65536);
    CU_ASSERT_EQUAL(large, 512 * KIB + 16 + 2 - small); /* 1 ns a byte; what was too much is made use of */
    ran_free(&r);
}

/* gcFlushBgCredit: what workers have marked, others need not */
static void credit_is_taken_silently(void) {
    static const Op main_ops[] = {ALLOC(4 * MIB), COMPUTE(2 * MS), ALLOC(16), COMPUTE(10 * US), ALLOC(16)};
    static const Body bodies[] = {BODY("main", main_ops)};
    want_marking(20 * MS);
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1, .procs = 2, .heap = true, .tune = tune});
    CU_ASSERT(lines_with(&r, "GC_WORKER", "mode") > 0);
    CU_ASSERT_EQUAL(r.count[EV_GC_ASSIST], 0);
    CU_ASSERT_EQUAL(r.count[EV_OBJ_NEW], 3);
    ran_free(&r);
}

/* gcParkAssist: nothing is left to mark, but somebody still marks; gcWakeAllAssists */
static void when_nothing_is_left_to_mark_it_waits(void) {
    unsigned waits = 0;
    for (uint64_t late = 0; late < 100; late += 2) {
        const Op main_ops[] = {GO(1), GO(1), SLEEP(10 * MS)};
        const Op begins[] = {COMPUTE(100 * US), ALLOC(4 * MIB), COMPUTE(late * US + 1), ALLOC(8 * MIB), {.kind = OP_NOTE}};
        const Body bodies[] = {BODY("main", main_ops), BODY("begins", begins)};
        want_marking(200 * US);
        Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 3, .heap = true, .tune = tune});
        waits += lines_with(&r, "GO_BLOCK", "GC assist wait");
        CU_ASSERT_EQUAL(r.count[EV_GC_ASSIST], r.count[EV_GC_ASSIST_END]);
        CU_ASSERT_EQUAL(r.count[EV_NOTE], 2);
        ran_free(&r);
    }
    CU_ASSERT(waits > 0);
}

/* gcMarkDone by who helped last */
static void who_helps_last_stops_the_world(void) {
    static const Op main_ops[] = {ALLOC(4 * MIB), ALLOC(16)};
    static const Body bodies[] = {BODY("main", main_ops)};
    want_marking(50 * US);
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1, .heap = true, .tune = tune});
    expect_order(&r, "GC_BEGIN STW_BEGIN GC_ASSIST GC_MARKED GC_END GC_ASSIST_END OBJ_NEW",
                 "OBJ_NEW obj=o0 bytes=4194304 at=0xc080000000 name=\"obj\" line=1\n"
                 "GC_BEGIN g=g1 line=1\n"
                 "STW_BEGIN g=g1 reason=\"GC sweep termination\" line=1\n"
                 "GC_ASSIST g=g1 line=2\n"
                 "STW_BEGIN g=g1 reason=\"GC mark termination\" line=2\n"
                 "GC_MARKED g=g1 objects=1 bytes=4194304\n"
                 "GC_END g=g1\n"
                 "GC_ASSIST_END g=g1\n"
                 "OBJ_NEW obj=o1 bytes=16 at=0xc040000000 name=\"obj\" line=2\n");
    ran_free(&r);
}

/* ---- objects ---- */

static Ran with_heap(const Op *ops, size_t count, Collector collector) {
    const Body bodies[] = {{"main", ops, count, 0}};
    return run_audited(
        &(Program){.bodies = bodies, .body_count = 1, .heap = true, .collector = collector, .tune = tune});
}

static void what_nobody_holds_is_freed(void) {
    static const Op ops[] = {ALLOC(64), ALLOC(64), DROP(), ALLOC(64), GC()};
    want_marking(0);
    for (int c = COLLECTOR_MOVING; c <= COLLECTOR_GO; c++) {
        Ran r = with_heap(ops, ARRAY_LEN(ops), (Collector)c);
        CU_ASSERT_EQUAL(r.count[EV_OBJ_FREE], 2);
        CU_ASSERT_EQUAL(lines_with(&r, "OBJ_FREE", "obj=o2"), 0);
        CU_ASSERT_EQUAL(r.count[EV_OBJ_MOVE], c == COLLECTOR_MOVING); /* Go's never moves */
        CU_ASSERT(place_of(&r, "STW_STOPPED", 2) < place_of(&r, "OBJ_FREE", 1));
        CU_ASSERT(place_of(&r, "OBJ_FREE", 2) < place_of(&r, "GC_END", 1));
        ran_free(&r);
    }
}

static void what_is_pinned_stays(void) {
    static const Op ops[] = {ALLOC(64), ALLOC(64), PIN(0), PIN(0), PIN(1), DROP(), GC(), UNPIN(0), UNPIN(1), GC(), UNPIN(0), GC()};
    want_marking(0);
    for (int c = COLLECTOR_MOVING; c <= COLLECTOR_GO; c++) {
        Ran r = with_heap(ops, ARRAY_LEN(ops), (Collector)c);
        CU_ASSERT_EQUAL(r.count[EV_OBJ_MOVE], 0);
        CU_ASSERT_EQUAL(r.count[EV_PIN], 3);
        CU_ASSERT(place_of(&r, "GC_END", 1) < place_of(&r, "OBJ_FREE obj=o1", 1));
        CU_ASSERT(place_of(&r, "GC_END", 2) < place_of(&r, "OBJ_FREE obj=o0", 1)); /* pins count */
        ran_free(&r);
    }
}

/* What is allocated while it marks is kept (Go: allocated black), and who has it in hand holds it. */
static void what_is_new_is_kept(void) {
    static const Op main_ops[] = {GO(1), GC(), GC()};
    static const Op allocates[] = {COMPUTE(1 * MS), ALLOC(64), DROP(), COMPUTE(20 * MS)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("allocates", allocates)};
    want_marking(5 * MS);
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 2, .heap = true, .tune = tune});
    CU_ASSERT(place_of(&r, "OBJ_NEW", 1) < place_of(&r, "GC_MARKED", 1));
    CU_ASSERT(place_of(&r, "GC_END", 1) < place_of(&r, "OBJ_FREE", 1));
    ran_free(&r);
}

/* cgo: for as long as the call lasts, and no longer */
static void an_argument_of_a_call_stays(void) {
    static const Op main_ops[] = {GO(1), SLEEP(1 * MS), GC(), SLEEP(10 * MS), GC()};
    static const Op launches[] = {ALLOC(64 * KIB), LAUNCH(1 * MS, 0), {.kind = OP_NOTE}, DROP(), SLEEP(100 * MS)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("launches", launches)};
    want_marking(0);
    wanted.enqueue_ns = 8 * MS;
    for (int c = COLLECTOR_MOVING; c <= COLLECTOR_GO; c++) {
        Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 2, .heap = true,
                                       .collector = (Collector)c, .tune = tune});
        CU_ASSERT(time_of(&r, "GC_END", 1) < time_of(&r, "NOTE g=g2", 1));
        CU_ASSERT_EQUAL(r.count[EV_OBJ_MOVE], 0);
        CU_ASSERT(place_of(&r, "GC_END", 1) < place_of(&r, "OBJ_FREE", 1));
        ran_free(&r);
    }
}

/* The number behind name= in the n-th line that holds text. */
static uint64_t number_in(const Ran *r, const char *text, const char *name, unsigned n) {
    const char *at = strstr(r->text + place_of(r, text, n), name);
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    return strtoull(at + strlen(name), NULL, 10);
}

/* Exactly the slices that are due by then have run. */
static void a_command_that_holds_an_address_is_outdated(void) {
    for (uint64_t run = 0; run < 40; run++) {
        uint64_t ns = 100 * US + run * 37 * US;
        bool held = run % 2, go = run % 4 >= 2;
        const Op ops[] = {ALLOC(64 * KIB), LAUNCH(ns, 0), LAUNCH(ns, 0), COMPUTE(run * 3 * US + 1),
                          held ? (Op)GOSCHED() : (Op)DROP(), GC(), FINISH()};
        want_marking(200 * US);
        Ran r = with_heap(ops, ARRAY_LEN(ops), go ? COLLECTOR_GO : COLLECTOR_MOVING);
        uint64_t stop = time_of(&r, "STW_STOPPED", 2), left = 0;
        for (unsigned k = 0; k < 2; k++) {
            char start[32], done[32];
            snprintf(start, sizeof start, "DEV_START cmd=k%u", k);
            snprintf(done, sizeof done, "DEV_DONE cmd=k%u", k);
            uint64_t from = time_of(&r, start, 1);
            if (time_of(&r, done, 1) <= stop || (go && held)) continue; /* Go's does not move what is held */
            uint64_t due = from > stop ? 0 : slices_due(from, ns, LAUNCH_SLICES, stop);
            char stale[32];
            snprintf(stale, sizeof stale, "DEV_STALE cmd=k%u", k);
            CU_ASSERT_EQUAL(time_of(&r, stale, 1), stop);
            CU_ASSERT_EQUAL(number_in(&r, stale, "done=", 1), due);
            left++;
        }
        CU_ASSERT_EQUAL(r.count[EV_DEV_STALE], left);
        CU_ASSERT_EQUAL(r.count[EV_DEV_DONE], 2);
        ran_free(&r);
    }
}

static void a_command_whose_object_is_pinned_is_not(void) {
    static const Op ops[] = {ALLOC(64 * KIB), PIN(0), LAUNCH(30 * MS, 0), DROP(), GC(), GC(), FINISH(), UNPIN(0), GC()};
    want_marking(200 * US);
    for (int c = COLLECTOR_MOVING; c <= COLLECTOR_GO; c++) {
        Ran r = with_heap(ops, ARRAY_LEN(ops), (Collector)c);
        CU_ASSERT_EQUAL(r.count[EV_DEV_STALE], 0);
        CU_ASSERT_EQUAL(r.count[EV_OBJ_FREE], 1);
        CU_ASSERT(place_of(&r, "DEV_DONE", 1) < place_of(&r, "OBJ_FREE", 1));
        ran_free(&r);
    }
}

/* A move costs what it moves: what is pinned costs nothing. */
static void only_what_moves_takes_time(void) {
    static const Op moves[] = {ALLOC(512 * KIB), GC()}, stays[] = {ALLOC(512 * KIB), PIN(0), GC()};
    want_marking(0);
    Ran a = with_heap(moves, ARRAY_LEN(moves), COLLECTOR_MOVING), b = with_heap(stays, ARRAY_LEN(stays), COLLECTOR_MOVING);
    uint64_t moving = time_of(&a, "STW_END", 2) - time_of(&a, "STW_STOPPED", 2),
             still = time_of(&b, "STW_END", 2) - time_of(&b, "STW_STOPPED", 2);
    CU_ASSERT_EQUAL(moving - still, 512 * KIB / 5);
    ran_free(&a);
    ran_free(&b);
}

/* Sweeping is of what is there, not of all that ever was. */
static void what_was_freed_is_not_swept_again(void) {
    enum { OBJECTS = 100 };
    Op ops[OBJECTS + 5];
    size_t n = 0;
    for (; n < OBJECTS; n++) ops[n] = (Op)ALLOC(64);
    ops[n++] = (Op)DROP();
    ops[n++] = (Op)GC();
    ops[n++] = (Op){.kind = OP_NOTE};
    ops[n++] = (Op)GC();
    ops[n++] = (Op){.kind = OP_NOTE};
    want_marking(0);
    wanted.sweep_ns = 100;
    Ran r = with_heap(ops, n, COLLECTOR_GO);
    CU_ASSERT(time_of(&r, "NOTE", 1) - time_of(&r, "STW_END", 2) >= 10 * US);
    CU_ASSERT(time_of(&r, "NOTE", 2) - time_of(&r, "STW_END", 4) < 1 * US);
    ran_free(&r);
}

/* ---- all of it, under every stress ---- */

static const Op allocator[] = {ALLOC(300 * KIB),       PIN(LAST),         ALLOC_POINTERS(64 * KIB),
                               LAUNCH(300 * US, LAST), COMPUTE(50 * US), UNPIN(0),
                               DROP(),                 C_CALL(30 * US)};

static void it_holds_under_every_stress(void) {
    static const Op main_ops[] = {GO(1), GO(1), GO(2), ALLOC(1 * MIB), SLEEP(8 * MS), GC(), GOMAXPROCS(3), SLEEP(8 * MS)};
    static const Op collects[] = {SLEEP(1 * MS), GC(), NET(300 * US, 0)};
    Body bodies[] = {BODY("main", main_ops), BODY("allocator", allocator), BODY("collects", collects)};
    bodies[1].repeat = 15;
    bodies[2].repeat = 4;
    want_marking(300 * US);
    uint64_t assists = 0, stale = 0;
    for (uint64_t seed = 0; seed < 128; seed++) {
        wanted.stress = (uint32_t)seed % 16;
        wanted.gogc = seed % 3 == 0 ? 30 : 100;
        Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 3, .procs = (uint32_t)(1 + seed / 16 % 6),
                                       .heap = true, .collector = seed / 8 % 2 ? COLLECTOR_GO : COLLECTOR_MOVING,
                                       .seed = seed, .limit_ns = 300u * (uint64_t)MS, .tune = tune});
        CU_ASSERT_EQUAL(r.outcome, RUN_EXITED);
        assists += r.count[EV_GC_ASSIST];
        stale += r.count[EV_DEV_STALE];
        ran_free(&r);
    }
    CU_ASSERT(assists > 0);
    CU_ASSERT(stale > 0);
}

/* world_alone and world_do change nothing but the time it takes us */
static void the_shortcut_changes_nothing(void) {
    static const Op main_ops[] = {GO(1), GO(1), ALLOC(1 * MIB), SLEEP(3 * MS), GC(), COMPUTE(2 * MS), GC()};
    Body bodies[] = {BODY("main", main_ops), BODY("allocator", allocator)};
    bodies[1].repeat = 10;
    want_marking(300 * US);
    for (uint64_t run = 0; run < 24; run++) {
        wanted.gogc = run % 2 ? 20 : 100;
        Program p = {.bodies = bodies, .body_count = 2, .procs = (uint32_t)(1 + run % 6), .heap = true,
                     .collector = run % 4 < 2 ? COLLECTOR_GO : COLLECTOR_MOVING, .seed = run, .tune = tune};
        Ran slow = run_audited(&p);
        p.shortcut = true;
        Ran fast = run_audited(&p);
        check_text("with the shortcut", slow.text, fast.text);
        CU_ASSERT(fast.steps < slow.steps);
        ran_free(&slow);
        ran_free(&fast);
    }
}

void rt_gc_tests(void) {
    static const Check checks[] = {
        {"one collection has its order", one_collection_has_its_order},
        {"others run while it marks", others_run_while_it_marks},
        {"who collects sweeps, and lets others run", who_collects_sweeps_and_lets_others_run},
        {"the next one sweeps what is left first", the_next_one_sweeps_what_is_left_first},
        {"a quarter of the Ps marks", a_quarter_of_the_ps_marks},
        {"a fractional worker takes its share", a_fractional_worker_takes_its_share},
        {"idle Ps mark", idle_ps_mark},
        {"an idle worker stops for who comes", an_idle_worker_stops_for_who_comes},
        {"a dedicated worker sends its queue away, and goes on", a_dedicated_worker_sends_its_queue_away_and_goes_on},
        {"a P that is handed on marks", a_p_that_is_handed_on_marks},
        {"two who collect at once share it", two_who_collect_at_once_share_it},
        {"who comes while it marks waits for the next", who_comes_while_it_marks_waits_for_the_next},
        {"an allocation past the trigger begins it", an_allocation_past_the_trigger_begins_it},
        {"who allocates does not wait for its end", who_allocates_does_not_wait_for_its_end},
        {"a second one past the trigger begins none", a_second_one_past_the_trigger_begins_none},
        {"a forced one leaves idle Ps alone", a_forced_one_leaves_idle_ps_alone},
        {"workers come with Ps", workers_come_with_ps},
        {"who allocates while it marks helps", who_allocates_while_it_marks_helps},
        {"who allocates more helps more", who_allocates_more_helps_more},
        {"credit is taken silently", credit_is_taken_silently},
        {"when nothing is left to mark it waits", when_nothing_is_left_to_mark_it_waits},
        {"who helps last stops the world", who_helps_last_stops_the_world},
        {"what nobody holds is freed", what_nobody_holds_is_freed},
        {"what is pinned stays", what_is_pinned_stays},
        {"what is new is kept", what_is_new_is_kept},
        {"an argument of a call stays", an_argument_of_a_call_stays},
        {"a command that holds an address is outdated", a_command_that_holds_an_address_is_outdated},
        {"a command whose object is pinned is not", a_command_whose_object_is_pinned_is_not},
        {"only what moves takes time", only_what_moves_takes_time},
        {"what was freed is not swept again", what_was_freed_is_not_swept_again},
        {"it holds under every stress", it_holds_under_every_stress},
        {"the shortcut changes nothing", the_shortcut_changes_nothing},
        {0},
    };
    suite("rt: collections", checks);
}

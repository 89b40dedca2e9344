/* stw_test.c -- stopping the world, and changing the number of Ps: the claims of runtime/proc.go. */
#include "../check.h"
#include "../program.h"

#include "../../sim/base/units.h"

#include <stdio.h>
#include <stdlib.h>

#define MS 1000000u
#define US 1000u

static const uint64_t one_slot[] = {8};

static void no_signals(WorldOptions *opt) { opt->asyncpreemptoff = true; }
static void as_1_25(WorldOptions *opt) { opt->go = go_version_find("1.25"); }

/* observed: five collections took 21 ms while another goroutine sat in a C call of 1 s */
static void a_stop_does_not_wait_for_c(void) {
    static const Op main_ops[] = {GO(1), SLEEP(2 * MS), GC(), GC()};
    static const Op in_c[] = {C_CALL(1000 * MS)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("c", in_c)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 2});
    CU_ASSERT_EQUAL(r.outcome, RUN_EXITED);
    CU_ASSERT(r.end_ns < 10 * MS);
    CU_ASSERT_EQUAL(r.count[EV_STW_END], 4);
    ran_free(&r);
}

/* ... its P is taken without asking the thread */
static void a_p_behind_a_call_is_stopped_without_its_thread(void) {
    static const Op main_ops[] = {GO(1), COMPUTE(45 * US), GC()};
    static const Op in_c[] = {C_CALL(1000 * MS)}; /* from 33 us on; sysmon would take P at 60 */
    static const Body bodies[] = {BODY("main", main_ops), BODY("c", in_c)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 2});
    CU_ASSERT_EQUAL(r.count[EV_P_STOP_C], 1);
    ran_free(&r);
}

static void who_comes_back_from_c_during_a_stop_queues(void) {
    static const Op main_ops[] = {GO(1), COMPUTE(100 * US), GC(), COMPUTE(100 * US)};
    static const Op in_c[] = {COMPUTE(1 * US), C_CALL(71 * US), COMPUTE(1 * US)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("c", in_c)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 2});
    uint64_t stopped = time_of(&r, "STW_BEGIN", 1), back = time_of(&r, "CGO_EXIT_WAIT", 1);
    uint64_t again = time_of(&r, "STW_END", 1);
    CU_ASSERT(stopped < back && back < again);
    CU_ASSERT(time_of(&r, "GO_START g=g2", 2) > again);
    ran_free(&r);
}

/* entersyscallHandleGCWait: who has just been switched to was not asked; on its way out its P is stopped at once */
static void who_leaves_for_c_during_a_stop_leaves_its_p_stopped(void) {
    static const Op main_ops[] = {GO(1), COMPUTE(70 * US + 37), GC(), COMPUTE(35 * US + 11),
                                  GC(),  COMPUTE(23 * US),      GC()};
    static const Op f[] = {GOSCHED(), C_CALL(10)};
    Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    bodies[0].repeat = 10;
    bodies[1].repeat = 100000;
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 2});
    unsigned times = 0;
    for (const char *p = r.text; (p = strstr(p, "CGO_ENTER")) != NULL;) {
        const char *next = strchr(p, '\n');
        p = next ? strchr(next, ' ') : p + 1;
        times += p != NULL && strncmp(p, " P_STOP_C", 9) == 0;
        if (p == NULL) break;
    }
    CU_ASSERT(times > 0);
    ran_free(&r);
}

/* A loop without calls is stopped by a signal; without signals the world waits for its end. */
static void without_signals_a_loop_holds_the_world_up(void) {
    static const Op main_ops[] = {GO(1), COMPUTE(100 * US), GC()};
    static const Op loop[] = {COMPUTE(5 * MS)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("loop", loop)};
    Program p = {.bodies = bodies, .body_count = 2, .procs = 2};
    Ran with = run_audited(&p);
    p.tune = no_signals;
    Ran without = run_audited(&p);
    CU_ASSERT(time_of(&with, "STW_STOPPED", 1) - time_of(&with, "STW_BEGIN", 1) < 20 * US);
    CU_ASSERT(time_of(&without, "STW_STOPPED", 1) - time_of(&without, "STW_BEGIN", 1) > 4 * MS);
    CU_ASSERT_EQUAL(without.count[EV_SIGNAL], 0);
    ran_free(&with);
    ran_free(&without);
}

/* stopTheWorldWithSema asks again every 100 us, for those who were between two goroutines */
static void who_stops_the_world_asks_every_100_us(void) {
    static const Op main_ops[] = {GO(1), COMPUTE(100 * US), GC()};
    static const Op loop[] = {COMPUTE(1 * MS)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("loop", loop)};
    Ran r =
        run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 2, .tune = no_signals});
    uint64_t first = time_of(&r, "PREEMPT_ASK g=g2", 1),
             second = time_of(&r, "PREEMPT_ASK g=g2", 2);
    CU_ASSERT_EQUAL(second - first, 100 * US);
    CU_ASSERT(r.count[EV_PREEMPT_ASK] >= 8);
    ran_free(&r);
}

/* goschedImpl: since 1.26 it keeps its place in runnext, and goes on first; before, it went to the global queue */
static void who_was_stopped_goes_on_first_since_1_26(void) {
    static const Op main_ops[] = {GO(1), COMPUTE(100 * US), GOMAXPROCS(2), COMPUTE(50 * US), GOMAXPROCS(2), COMPUTE(100 * US)};
    static const Op loop[] = {COMPUTE(5 * MS)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("loop", loop)};
    Program p = {.bodies = bodies, .body_count = 2, .procs = 2};
    Ran now = run_audited(&p);
    p.tune = as_1_25;
    Ran then = run_audited(&p);
    expect_order(&now, "GO_STOP RUNQ_NEXT GLOBQ_PUT",
                 "RUNQ_NEXT p=P0 g=g1 kicked=-\n"
                 "RUNQ_NEXT p=P0 g=g2 kicked=-\n"
                 "GO_STOP g=g2 reason=\"preempted\"\n"
                 "RUNQ_NEXT p=P1 g=g2 kicked=-\n"
                 "GO_STOP g=g2 reason=\"preempted\"\n"
                 "RUNQ_NEXT p=P1 g=g2 kicked=-\n");
    CU_ASSERT(then.count[EV_GLOBQ_PUT] >= 1);
    ran_free(&now);
    ran_free(&then);
}

/* ... and its P goes to the thread that had it */
static void since_1_26_a_p_goes_back_to_its_thread(void) {
    static const Op main_ops[] = {GO(1), GO(1), COMPUTE(200 * US), GC(), COMPUTE(200 * US)};
    static const Op loop[] = {COMPUTE(5 * MS)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("loop", loop)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 3});
    uint64_t stopped = time_of(&r, "STW_STOPPED", 1);
    char *before = ran_lines(&r, "P_ACQUIRE"), *save;
    int owner[3] = {-1, -1, -1}, differ = 0, compared = 0;
    for (char *line = strtok_r(before, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        int p = atoi(strstr(line, "p=P") + 3), m = atoi(strstr(line, "m=M") + 3);
        char time[32];
        uint64_t ns = 0;
        snprintf(time, sizeof time, "%.*s", (int)strcspn(line, " "), line);
        CU_ASSERT(time_parse(time, &ns));
        if (ns > stopped && owner[p] >= 0) compared++, differ += owner[p] != m;
        owner[p] = m;
    }
    CU_ASSERT(compared >= 2);
    CU_ASSERT_EQUAL(differ, 0);
    free(before);
    ran_free(&r);
}

static void two_who_want_to_stop_the_world_take_turns(void) {
    static const Op main_ops[] = {GO(1), GO(1), SLEEP(90 * MS)};
    static const Op f[] = {GOSCHED(), GC()};
    Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    bodies[1].repeat = 200;
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 3});
    CU_ASSERT(r.count[EV_STW_BEGIN] > 100);
    CU_ASSERT(r.count[EV_STW_BEGIN] - r.count[EV_STW_END] <= 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.text, "reason=\"wait for GC cycle\""));
    ran_free(&r);
}

/* gcsema: the number of Ps does not change between the two stops of a collection */
static void a_change_of_ps_waits_for_the_end_of_the_collection(void) {
    static const Op main_ops[] = {GO(1), COMPUTE(50 * US), GC(), COMPUTE(100 * US)};
    static const Op change[] = {COMPUTE(60 * US), GOMAXPROCS(3)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("change", change)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 2});
    uint64_t marks = time_of(&r, "STW_END", 1), asked = time_of(&r, "reason=\"semacquire\"", 1);
    CU_ASSERT(marks < asked && asked < marks + 200 * US);
    expect_order(&r, "STW_BEGIN PROCS",
                 "STW_BEGIN g=g1 reason=\"GC sweep termination\" line=3\n"
                 "STW_BEGIN g=g4 reason=\"GC mark termination\" line=0\n"
                 "STW_BEGIN g=g2 reason=\"GOMAXPROCS\" line=2\n"
                 "PROCS procs=3 line=2\n");
    ran_free(&r);
}

/* startTheWorldWithSema begins with a look at the network; what has no room in the ring goes to the global queue
 * (runqputbatch), and pushes nobody out */
static void who_starts_the_world_polls_first(void) {
    enum { NETS = 100, OTHERS = 200 };
    static const Op net[] = {NET(10 * US, 0)};
    static const Op f[] = {COMPUTE(1)};
    Op ops[NETS + OTHERS + 4];
    size_t n = 0;
    for (int i = 0; i < NETS; i++) ops[n++] = (Op)GO(1);
    ops[n++] = (Op)GOSCHED(); /* twice, since every 61st slice is the global queue's */
    ops[n++] = (Op)GOSCHED();
    for (int i = 0; i < OTHERS; i++) ops[n++] = (Op)GO(2);
    ops[n++] = (Op)GOMAXPROCS(1);
    ops[n++] = (Op)SLEEP(20 * MS);
    const Body bodies[] = {BODY("main", ops), BODY("net", net), BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 3});
    CU_ASSERT_EQUAL(time_of(&r, "NET_READY", NETS), time_of(&r, "STW_END", 1));
    CU_ASSERT_EQUAL(r.count[EV_RUNQ_SPILL], 0);
    CU_ASSERT_EQUAL(r.count[EV_GLOBQ_PUT], 2 + NETS + (OTHERS - 1) - RUNQ_SIZE); /* 2: main; -1: in runnext */
    ran_free(&r);
}

/* ... and ends sysmon's deep sleep, to which a stopped world had sent it */
static void a_stop_sends_sysmon_to_sleep_and_its_end_wakes_it(void) {
    static const Op main_ops[] = {COMPUTE(10 * US), GC()};
    static const Body bodies[] = {BODY("main", main_ops)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1});
    uint64_t slept = time_of(&r, "SYSMON_SLEEP", 1);
    CU_ASSERT(time_of(&r, "STW_BEGIN", 1) < slept);
    CU_ASSERT_EQUAL(time_of(&r, "SYSMON_WAKE", 1), time_of(&r, "STW_END", 1));
    ran_free(&r);
}

static void slow_signals(WorldOptions *opt) { opt->costs.ns[COST_signal] = 450 * US; }

/* preemptM: as long as one is on its way to a thread, no other is sent */
static void one_signal_at_a_time_is_on_its_way(void) {
    static const Op main_ops[] = {GO(1), COMPUTE(100 * US), GC()};
    static const Op loop[] = {COMPUTE(5 * MS)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("loop", loop)};
    Ran r = run_audited(
        &(Program){.bodies = bodies, .body_count = 2, .procs = 2, .tune = slow_signals});
    uint64_t arrives = time_of(&r, "SIGNAL", 1);
    CU_ASSERT(time_of(&r, "PREEMPT_ASK", 4) < arrives);
    CU_ASSERT_EQUAL(arrives - time_of(&r, "PREEMPT_ASK", 1), 450 * US);
    CU_ASSERT_EQUAL(time_of(&r, "STW_STOPPED", 1), arrives + 5 * US);
    ran_free(&r);
}

/* ---- GOMAXPROCS ---- */

static void more_ps_are_idle_until_somebody_wants_them(void) {
    static const Op main_ops[] = {GOMAXPROCS(3), COMPUTE(1)};
    static const Body bodies[] = {BODY("main", main_ops)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1});
    expect_order(&r, "STW_BEGIN PROCS P_START_OWN P_START P_IDLE_PUT STW_END",
                 "STW_BEGIN g=g1 reason=\"GOMAXPROCS\" line=1\n"
                 "PROCS procs=3 line=1\n"
                 "P_START_OWN p=P0 m=M0\n"
                 "P_START p=P2\n"
                 "P_START p=P1\n"
                 "P_IDLE_PUT p=P1\n"
                 "P_IDLE_PUT p=P2\n"
                 "STW_END g=g1 stopped=20us\n");
    ran_free(&r);
}

/* (*p).destroy: runnext first, then the ring, in order, to the head of the global queue */
static void the_queue_of_a_p_that_goes_is_not_lost(void) {
    static const Op main_ops[] = {GO(1), SLEEP(1 * MS)};
    static const Op shrink[] = {COMPUTE(100 * US), GO(2), GO(2), GO(2), GOMAXPROCS(1)};
    static const Op f[] = {COMPUTE(10 * US)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("shrink", shrink), BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 3, .procs = 2});
    CU_ASSERT_EQUAL(r.outcome, RUN_EXITED);
    CU_ASSERT_EQUAL(r.count[EV_P_KILL], 1);
    CU_ASSERT_EQUAL(r.count[EV_GO_END], 5);
    ran_free(&r);
}

/* the stopper's own P may be one of those: it goes on with P0 */
static void who_loses_its_p_goes_on_with_p0(void) {
    static const Op main_ops[] = {GO(1), COMPUTE(300 * US)};
    static const Op shrink[] = {COMPUTE(10 * US), GOMAXPROCS(1), COMPUTE(10 * US)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("shrink", shrink)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 2});
    expect_order(&r, "P_STOP_OWN PROCS P_DRAIN P_KILL P_START",
                 "P_STOP_OWN p=P1 m=M2\n"
                 "PROCS procs=1 line=2\n"
                 "P_START p=P0\n"
                 "P_DRAIN p=P1 count=0\n"
                 "P_KILL p=P1\n");
    CU_ASSERT_EQUAL(r.outcome, RUN_EXITED);
    ran_free(&r);
}

/* procresize goes through them from the lowest on, the stopper's own in its turn: so the last one's queue comes first */
static void ps_are_destroyed_from_the_lowest_on(void) {
    static const Op main_ops[] = {GO(1), COMPUTE(300 * US)};
    static const Op shrink[] = {COMPUTE(10 * US), GOMAXPROCS(1), COMPUTE(10 * US)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("shrink", shrink)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 4});
    expect_order(&r, "P_STOP_OWN P_KILL",
                 "P_STOP_OWN p=P3 m=M2\n"
                 "P_KILL p=P1\n"
                 "P_KILL p=P2\n"
                 "P_KILL p=P3\n");
    ran_free(&r);
}

static void timers_of_a_p_that_goes_still_fire(void) {
    static const Op main_ops[] = {GO(1), GO(2), RECV(0)};
    static const Op sleeper[] = {COMPUTE(20 * US), SLEEP(2 * MS), SEND(0)};
    static const Op shrink[] = {COMPUTE(500 * US), GOMAXPROCS(1)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("sleeper", sleeper),
                                  BODY("shrink", shrink)};
    for (uint32_t procs = 2; procs <= 4; procs++) {
        Ran r = run_audited(&(Program){.bodies = bodies,
                                       .body_count = 3,
                                       .chan_caps = one_slot,
                                       .chan_count = 1,
                                       .procs = procs});
        CU_ASSERT_EQUAL(r.outcome, RUN_EXITED);
        CU_ASSERT(r.end_ns > 2 * MS && r.end_ns < 4 * MS);
        ran_free(&r);
    }
}

/* forcegcperiod: two minutes since the last collection, if there was one (gcTrigger.test: lastgc != 0) */
static void after_two_minutes_a_collection_is_forced(void) {
    static const Op never[] = {SLEEP(250000u * (uint64_t)MS)};
    static const Op main_ops[] = {GC(), SLEEP(250000u * (uint64_t)MS)};
    static const Body idle[] = {BODY("main", never)}, bodies[] = {BODY("main", main_ops)};
    Ran r = run_audited(&(Program){.bodies = idle, .body_count = 1});
    CU_ASSERT_EQUAL(r.count[EV_SYSMON_GC], 0);
    ran_free(&r);
    r = run_audited(&(Program){.bodies = bodies, .body_count = 1});
    CU_ASSERT_EQUAL(r.count[EV_SYSMON_GC], 2);
    CU_ASSERT_EQUAL(r.count[EV_STW_END], 6);
    CU_ASSERT(time_of(&r, "SYSMON_GC", 1) >= 120000u * (uint64_t)MS);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.text, "name=\"runtime.forcegchelper\""));
    ran_free(&r);
}

void rt_stw_tests(void) {
    static const Check checks[] = {
        {"a stop does not wait for C", a_stop_does_not_wait_for_c},
        {"a P behind a call is stopped without its thread",
         a_p_behind_a_call_is_stopped_without_its_thread},
        {"who comes back from C during a stop queues", who_comes_back_from_c_during_a_stop_queues},
        {"who leaves for C during a stop leaves its P stopped",
         who_leaves_for_c_during_a_stop_leaves_its_p_stopped},
        {"without signals a loop holds the world up", without_signals_a_loop_holds_the_world_up},
        {"who stops the world asks every 100 us", who_stops_the_world_asks_every_100_us},
        {"who was stopped goes on first since 1.26", who_was_stopped_goes_on_first_since_1_26},
        {"since 1.26 a P goes back to its thread", since_1_26_a_p_goes_back_to_its_thread},
        {"two who want to stop the world take turns", two_who_want_to_stop_the_world_take_turns},
        {"a change of Ps waits for the end of the collection",
         a_change_of_ps_waits_for_the_end_of_the_collection},
        {"who starts the world polls first", who_starts_the_world_polls_first},
        {"a stop sends sysmon to sleep, and its end wakes it",
         a_stop_sends_sysmon_to_sleep_and_its_end_wakes_it},
        {"one signal at a time is on its way", one_signal_at_a_time_is_on_its_way},
        {"more Ps are idle until somebody wants them", more_ps_are_idle_until_somebody_wants_them},
        {"the queue of a P that goes is not lost", the_queue_of_a_p_that_goes_is_not_lost},
        {"who loses its P goes on with P0", who_loses_its_p_goes_on_with_p0},
        {"Ps are destroyed from the lowest on", ps_are_destroyed_from_the_lowest_on},
        {"timers of a P that goes still fire", timers_of_a_p_that_goes_still_fire},
        {"after two minutes a collection is forced", after_two_minutes_a_collection_is_forced},
        {0},
    };
    suite("rt: the world stops", checks);
}

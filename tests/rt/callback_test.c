/* callback_test.c -- C calls Go: the claims of runtime/cgocall.go and of needm, dropm, newextram. */
#include "../check.h"
#include "../program.h"

#include <stdio.h>
#include <stdlib.h>

#define MS 1000000u
#define US 1000u

static const uint64_t unbuffered[] = {0, 0};
static const uint64_t room[] = {64};

static void as_1_20(WorldOptions *opt) {
    opt->go = go_version_find("1.20");
    costs_for(opt->go, &opt->costs);
}
static void as_1_22_5(WorldOptions *opt) {
    opt->go = go_version_find("1.22.5");
    costs_for(opt->go, &opt->costs);
}

/* observed: [A] GoSyscallBegin . GoSyscallEnd . (Go runs) . GoSyscallBegin . GoSyscallEnd */
static void a_callback_is_two_crossings_the_other_way_round(void) {
    static const Op main_ops[] = {C_ENTER(),      C_WORK(1 * US), CALLBACK(), COMPUTE(1 * US),
                                  CALLBACK_END(), C_WORK(1 * US), C_LEAVE()};
    static const Body bodies[] = {BODY("main", main_ops)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1});
    expect_events(&r, "CGO_ENTER CALLBACK CGO_EXIT_FAST GO_COMPUTE CALLBACK_END",
                  "104ns CGO_ENTER g=g1 p=P0 m=M0 fn=\"sleep_in_c\" line=1\n"
                  "1.104us CALLBACK g=g1 m=M0 fn=\"goCallback\" line=3\n"
                  "1.117us CGO_EXIT_FAST g=g1 p=P0 m=M0\n"
                  "1.13us GO_COMPUTE g=g1 duration=1us line=4\n"
                  "2.13us CALLBACK_END g=g1 m=M0 p=P0 line=5\n"
                  "3.144us CGO_EXIT_FAST g=g1 p=P0 m=M0\n");
    ran_free(&r);
}

static void callbacks_nest(void) {
    static const Op main_ops[] = {C_ENTER(), CALLBACK(),     C_ENTER(), CALLBACK(),
                                  C_CALL(5), CALLBACK_END(), C_LEAVE(), CALLBACK_END(),
                                  C_LEAVE(), COMPUTE(1)};
    static const Body bodies[] = {BODY("main", main_ops)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1});
    CU_ASSERT_EQUAL(r.outcome, RUN_EXITED);
    CU_ASSERT_EQUAL(r.count[EV_CALLBACK], 2);
    CU_ASSERT_EQUAL(r.count[EV_CGO_ENTER], 3);
    CU_ASSERT_EQUAL(r.count[EV_CGO_EXIT_FAST], 5);
    ran_free(&r);
}

/* C's frames lie below it: while the callback lasts the goroutine is tied to its thread */
static void a_goroutine_in_a_callback_is_locked_to_its_thread(void) {
    static const Op main_ops[] = {GO(1),          C_ENTER(), CALLBACK(), RECV(0),
                                  CALLBACK_END(), C_LEAVE(), COMPUTE(1)};
    static const Op f[] = {COMPUTE(10 * US), SEND(0)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(
        &(Program){.bodies = bodies, .body_count = 2, .chan_caps = unbuffered, .chan_count = 1});
    expect_order(&r, "CALLBACK GO_BLOCK M_LOCK_PARK M_LOCK_WAKE CALLBACK_END",
                 "CALLBACK g=g1 m=M0 fn=\"goCallback\" line=3\n"
                 "GO_BLOCK g=g1 reason=\"chan receive\" line=4\n"
                 "M_LOCK_PARK m=M0 g=g1\n"
                 "M_LOCK_WAKE m=M0 g=g1 p=P0\n"
                 "CALLBACK_END g=g1 m=M0 p=P0 line=5\n");
    ran_free(&r);
}

/* observed, one P free: [F] GoCreateSyscall . ProcStart . GoStart . (Go) . GoSyscallBegin . GoSyscallEnd . (Go) ...: the
 * second callback needs no ProcStart, since P stayed attached while the thread was back in C */
static void a_c_thread_borrows_an_m_once_and_leaves_its_p_standing(void) {
    static const Op main_ops[] = {C_THREAD(1), SLEEP(3 * MS)};
    static const Op t[] = {CALLBACK(), COMPUTE(1 * US), CALLBACK_END(), C_WORK(5 * US),
                           CALLBACK(), COMPUTE(1 * US), CALLBACK_END()};
    static const Body bodies[] = {BODY("main", main_ops), BODY("t", t)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2});
    expect_order(&r,
                 "C_THREAD EXTRA_NEW NEEDM CALLBACK CGO_EXIT_FAST CGO_EXIT_P CALLBACK_END DROPM "
                 "C_THREAD_END",
                 "EXTRA_NEW m=M2 g=g17\n"
                 "C_THREAD t=t0 name=\"t\" line=1\n"
                 "CGO_EXIT_FAST g=g1 p=P0 m=M0\n"
                 "NEEDM m=M2 t=t0 g=g17\n"
                 "CALLBACK g=g17 m=M2 fn=\"goCallback\" line=1\n"
                 "CGO_EXIT_P g=g17 p=P0 m=M2\n"
                 "EXTRA_NEW m=M3 g=g18\n"
                 "CALLBACK_END g=g17 m=M2 p=P0 line=3\n"
                 "CALLBACK g=g17 m=M2 fn=\"goCallback\" line=5\n"
                 "CGO_EXIT_FAST g=g17 p=P0 m=M2\n"
                 "CALLBACK_END g=g17 m=M2 p=P0 line=7\n"
                 "DROPM m=M2 t=t0 g=g17\n"
                 "C_THREAD_END t=t0\n");
    ran_free(&r);
}

/* ... and there it stays, behind a thread that is in C for long, until sysmon has seen it twice (golang/go 57103) */
static void the_p_behind_a_callback_waits_for_sysmon(void) {
    static const Op main_ops[] = {C_THREAD(1), RECV(0), COMPUTE(1)};
    static const Op t[] = {C_WORK(50 * US), CALLBACK(), SEND(0), CALLBACK_END(), C_WORK(50 * MS)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("t", t)};
    Ran r = run_audited(
        &(Program){.bodies = bodies, .body_count = 2, .chan_caps = unbuffered, .chan_count = 1});
    uint64_t readied = time_of(&r, "GO_UNBLOCK g=g1", 1), ran = time_of(&r, "GO_START g=g1", 2);
    CU_ASSERT(ran - readied > 25 * US); /* sysmon wakes, looks, and looks again after 20 us */
    CU_ASSERT_PTR_NOT_NULL(strstr(r.text, "P_RETAKE p=P0 m_from=M2 g=g17"));
    ran_free(&r);
}

/* a callback is an exitsyscall: with no P free it queues, like anyone */
static void a_callback_queues_for_a_p(void) {
    static const Op main_ops[] = {C_THREAD(1), COMPUTE(2 * MS), SLEEP(1 * MS)};
    static const Op t[] = {CALLBACK(), COMPUTE(1 * US), CALLBACK_END()};
    static const Body bodies[] = {BODY("main", main_ops), BODY("t", t)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2});
    expect_order(&r, "CALLBACK CGO_EXIT_WAIT GLOBQ_PUT M_LOCK_PARK",
                 "CALLBACK g=g17 m=M2 fn=\"goCallback\" line=1\n"
                 "CGO_EXIT_WAIT g=g17 m=M2\n"
                 "GLOBQ_PUT g=g17\n"
                 "M_LOCK_PARK m=M2 g=g17\n");
    CU_ASSERT(time_of(&r, "GO_START g=g17", 1) > 2 * MS);
    ran_free(&r);
}

/* before 1.21 the M was given back after each callback, with 1 to 3 us of signal masks each time */
static void before_1_21_each_callback_borrows_anew(void) {
    static const Op main_ops[] = {C_THREAD(1), SLEEP(3 * MS)};
    static const Op t[] = {CALLBACK(), COMPUTE(10), CALLBACK_END(), C_WORK(1 * US)};
    Body bodies[] = {BODY("main", main_ops), BODY("t", t)};
    bodies[1].repeat = 10;
    Program p = {.bodies = bodies, .body_count = 2, .procs = 2};
    Ran now = run_audited(&p);
    p.tune = as_1_20;
    Ran then = run_audited(&p);
    CU_ASSERT_EQUAL(now.count[EV_NEEDM], 1);
    CU_ASSERT_EQUAL(then.count[EV_NEEDM], 10);
    CU_ASSERT_EQUAL(then.count[EV_DROPM], 10);
    CU_ASSERT(time_of(&then, "C_THREAD_END", 1) > time_of(&now, "C_THREAD_END", 1) + 9 * 2 * US);
    ran_free(&now);
    ran_free(&then);
}

/* 1.22.5 read the bounds of the C stack at each callback: 346 to 391 ns instead of 81 to 89 (golang/go 68587) */
static void in_1_22_5_a_callback_costs_four_times_as_much(void) {
    static const Op main_ops[] = {C_THREAD(1), SLEEP(3 * MS)};
    static const Op t[] = {CALLBACK(), COMPUTE(1), CALLBACK_END()};
    Body bodies[] = {BODY("main", main_ops), BODY("t", t)};
    bodies[1].repeat = 101;
    Program p = {.bodies = bodies, .body_count = 2, .procs = 2};
    Ran now = run_audited(&p);
    p.tune = as_1_22_5;
    Ran then = run_audited(&p);
    uint64_t each_now = (time_of(&now, "CALLBACK g=", 101) - time_of(&now, "CALLBACK g=", 1)) / 100;
    uint64_t each_then =
        (time_of(&then, "CALLBACK g=", 101) - time_of(&then, "CALLBACK g=", 1)) / 100;
    CU_ASSERT(each_now > 80 && each_now < 130);
    CU_ASSERT(each_then > 346 && each_then < 420);
    ran_free(&now);
    ran_free(&then);
}

/* who takes the last extra M has another one made, so that there always is one */
static void the_last_extra_m_is_followed_by_another(void) {
    static const Op main_ops[] = {C_THREAD(1), C_THREAD(1), C_THREAD(1), SLEEP(5 * MS)};
    static const Op t[] = {CALLBACK(), SEND(0), CALLBACK_END(), C_WORK(1 * MS)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("t", t)};
    Ran r = run_audited(&(Program){
        .bodies = bodies, .body_count = 2, .chan_caps = room, .chan_count = 1, .procs = 2});
    CU_ASSERT_EQUAL(r.count[EV_NEEDM], 3);
    CU_ASSERT_EQUAL(r.count[EV_EXTRA_NEW], 4);
    ran_free(&r);
}

/* two threads come at the same time, and one M is there: the second waits until it is made */
static void a_c_thread_waits_for_an_extra_m(void) {
    static const Op main_ops[] = {C_ENTER(), C_THREAD(1), C_THREAD(2), C_LEAVE(), SLEEP(5 * MS)};
    static const Op first[] = {C_WORK(20 * US), CALLBACK(), COMPUTE(1), CALLBACK_END(),
                               C_WORK(1 * MS)};
    uint64_t waits = 0;
    for (uint64_t us = 0; us < 40;
         us++) { /* the needm of one lasts 1.5 us: somebody comes in between */
        Op second[] = {C_WORK(us * 500), CALLBACK(), COMPUTE(1), CALLBACK_END(), C_WORK(1 * MS)};
        Body bodies[] = {BODY("main", main_ops), BODY("t", first), BODY("u", second)};
        Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 3, .procs = 2});
        CU_ASSERT_EQUAL(r.outcome, RUN_EXITED);
        CU_ASSERT_EQUAL(r.count[EV_NEEDM], 2);
        waits += r.count[EV_NEEDM_WAIT];
        ran_free(&r);
    }
    CU_ASSERT(waits > 0);
}

static void few_threads(WorldOptions *opt) { opt->max_threads = 10; }

/* extra Ms do not count against the limit of threads */
static void c_threads_do_not_count_against_the_limit(void) {
    static const Op main_ops[] = {C_THREAD(1), C_THREAD(1), C_THREAD(1),  C_THREAD(1), C_THREAD(1),
                                  C_THREAD(1), C_THREAD(1), C_THREAD(1),  C_THREAD(1), C_THREAD(1),
                                  C_THREAD(1), C_THREAD(1), SLEEP(5 * MS)};
    static const Op t[] = {CALLBACK(), COMPUTE(1), CALLBACK_END(), C_WORK(3 * MS)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("t", t)};
    Ran r =
        run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 2, .tune = few_threads});
    CU_ASSERT_EQUAL(r.outcome, RUN_EXITED);
    CU_ASSERT_EQUAL(r.count[EV_NEEDM], 12);
    ran_free(&r);
}

/* a C thread may still call in: no deadlock as long as it lives */
static void as_long_as_a_c_thread_lives_nothing_is_dead(void) {
    static const Op main_ops[] = {C_THREAD(1), RECV(0)};
    static const Op t[] = {C_WORK(80 * MS), CALLBACK(), SEND(0), CALLBACK_END()};
    static const Op silent[] = {C_WORK(80 * MS)};
    Body bodies[] = {BODY("main", main_ops), BODY("t", t)};
    Ran r = run_audited(
        &(Program){.bodies = bodies, .body_count = 2, .chan_caps = unbuffered, .chan_count = 1});
    CU_ASSERT_EQUAL(r.outcome, RUN_EXITED);
    ran_free(&r);
    bodies[1] = (Body)BODY("t", silent);
    r = run_audited(
        &(Program){.bodies = bodies, .body_count = 2, .chan_caps = unbuffered, .chan_count = 1});
    CU_ASSERT_EQUAL(r.outcome, RUN_DEADLOCK);
    CU_ASSERT(r.end_ns > 80 * MS);
    ran_free(&r);
}

/* ... unless it waits in Go itself, like everybody else */
static void a_c_thread_that_waits_in_go_saves_nobody(void) {
    static const Op main_ops[] = {C_THREAD(1), RECV(0)};
    static const Op t[] = {CALLBACK(), RECV(0), CALLBACK_END()};
    static const Body bodies[] = {BODY("main", main_ops), BODY("t", t)};
    Ran r = run_audited(
        &(Program){.bodies = bodies, .body_count = 2, .chan_caps = unbuffered, .chan_count = 1});
    CU_ASSERT_EQUAL(r.outcome, RUN_DEADLOCK);
    ran_free(&r);
}

static void go_code_in_c_is_refused_and_the_reverse(void) {
    static const Op go_in_c[] = {C_ENTER(), SEND(0), C_LEAVE()};
    static const Op c_in_go[] = {C_WORK(1)};
    const Body a[] = {BODY("main", go_in_c)}, b[] = {BODY("main", c_in_go)};
    Ran r =
        run_program(&(Program){.bodies = a, .body_count = 1, .chan_caps = room, .chan_count = 1});
    CU_ASSERT_EQUAL(r.outcome, RUN_FAILED);
    ran_free(&r);
    r = run_program(&(Program){.bodies = b, .body_count = 1});
    CU_ASSERT_EQUAL(r.outcome, RUN_FAILED);
    ran_free(&r);
}

void rt_callback_tests(void) {
    static const Check checks[] = {
        {"a callback is two crossings the other way round",
         a_callback_is_two_crossings_the_other_way_round},
        {"callbacks nest", callbacks_nest},
        {"a goroutine in a callback is locked to its thread",
         a_goroutine_in_a_callback_is_locked_to_its_thread},
        {"a C thread borrows an M once, and leaves its P standing",
         a_c_thread_borrows_an_m_once_and_leaves_its_p_standing},
        {"the P behind a callback waits for sysmon", the_p_behind_a_callback_waits_for_sysmon},
        {"a callback queues for a P", a_callback_queues_for_a_p},
        {"before 1.21 each callback borrows anew", before_1_21_each_callback_borrows_anew},
        {"in 1.22.5 a callback costs four times as much",
         in_1_22_5_a_callback_costs_four_times_as_much},
        {"the last extra M is followed by another", the_last_extra_m_is_followed_by_another},
        {"a C thread waits for an extra M", a_c_thread_waits_for_an_extra_m},
        {"C threads do not count against the limit", c_threads_do_not_count_against_the_limit},
        {"as long as a C thread lives nothing is dead",
         as_long_as_a_c_thread_lives_nothing_is_dead},
        {"a C thread that waits in Go saves nobody", a_c_thread_that_waits_in_go_saves_nobody},
        {"Go code in C is refused, and the reverse", go_code_in_c_is_refused_and_the_reverse},
        {0},
    };
    suite("rt: callbacks", checks);
}

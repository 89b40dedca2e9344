/* sched_test.c -- the scheduler's rules, each as a small program and the events it must give.
 *
 * Expectations are Go's: reference is runtime/proc.go, and where a comment says "observed" what real
 * programs did.
 */
#include "../check.h"
#include "../program.h"

#include <stdio.h>
#include <stdlib.h>

#define MS 1000000u
#define US 1000u

/* The names of goroutines in the order of their first GO_START. */
static void first_runs(const Ran *r, char *out, size_t size) {
    out[0] = '\0';
    char *lines = ran_lines(r, "GO_START"), *save;
    for (char *line = strtok_r(lines, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        char *g = strstr(line, "g=");
        size_t n = strcspn(g + 2, " ");
        char word[32];
        snprintf(word, sizeof word, "%.*s ", (int)n, g + 2);
        if (strstr(out, word) == NULL) strncat(out, word, size - strlen(out) - 1);
    }
    free(lines);
}

/* observed: for i { go f(i) } then blocking runs the last created first, then the others in order */
static void the_newest_goroutine_runs_first(void) {
    static const Op main_ops[] = {GO(1), GO(1), GO(1), GO(1), RECV(0), RECV(0), RECV(0), RECV(0)};
    static const Op f[] = {SEND(0)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    static const uint64_t caps[] = {4};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .chan_caps = caps, .chan_count = 1});
    char order[64];
    first_runs(&r, order, sizeof order);
    CU_ASSERT_STRING_EQUAL(order, "g1 g5 g2 g3 g4 ");
    ran_free(&r);
}

/* observed: queue R1 R2 R3 R4 is readied last first, and runnext reorders: 1 4 3 2 */
static void close_releases_receivers_as_go_does(void) {
    static const Op main_ops[] = {GO(1),     GOSCHED(), GO(1),     GOSCHED(), GO(1),
                                  GOSCHED(), GO(1),     GOSCHED(), CLOSE(0),  RECV(1),
                                  RECV(1),   RECV(1),   RECV(1)};
    static const Op f[] = {RECV(0), COMPUTE(10), SEND(1)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    static const uint64_t caps[] = {0, 4};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .chan_caps = caps, .chan_count = 2});
    expect_events(&r, "GO_COMPUTE",
                 "1.882us GO_COMPUTE g=g2 duration=10ns line=2\n"
                 "2.179us GO_COMPUTE g=g5 duration=10ns line=2\n"
                 "2.476us GO_COMPUTE g=g4 duration=10ns line=2\n"
                 "2.773us GO_COMPUTE g=g3 duration=10ns line=2\n");
    ran_free(&r);
}

static void an_unbuffered_value_goes_hand_to_hand(void) {
    static const Op main_ops[] = {GO(1), RECV(0), COMPUTE(10)};
    static const Op f[] = {SEND(0)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    static const uint64_t caps[] = {0};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .chan_caps = caps, .chan_count = 1});
    expect_events(&r, "CHAN_QUEUE CHAN_SEND CHAN_RECV GO_BLOCK GO_UNBLOCK GO_START RUNQ_GET",
                 "0s RUNQ_GET p=P0 g=g1 next=yes\n"
                 "90ns GO_START g=g1 p=P0 m=M0 inherit=yes\n"
                 "327ns CHAN_QUEUE g=g1 c=c0 sending=no line=2\n"
                 "327ns GO_BLOCK g=g1 reason=\"chan receive\" line=2\n"
                 "327ns RUNQ_GET p=P0 g=g2 next=yes\n"
                 "417ns GO_START g=g2 p=P0 m=M0 inherit=yes\n"
                 "507ns CHAN_SEND g=g2 c=c0 to=g1 line=1\n"
                 "507ns GO_UNBLOCK g=g1 by=g2\n"
                 "507ns RUNQ_GET p=P0 g=g1 next=yes\n"
                 "597ns GO_START g=g1 p=P0 m=M0 inherit=yes\n");
    ran_free(&r);
}

/* ---- the cgo door ---- */

static const uint64_t one_slot[] = {8};

static void a_short_call_keeps_its_p(void) {
    static const Op main_ops[] = {C_CALL(3 * US)};
    static const Body bodies[] = {BODY("main", main_ops)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1});
    expect_events(&r, "CGO_ENTER CGO_EXIT_FAST CGO_EXIT_P CGO_EXIT_WAIT SYSMON_SEES P_RETAKE",
                 "104ns CGO_ENTER g=g1 p=P0 m=M0 fn=\"sleep_in_c\" line=1\n"
                 "3.104us CGO_EXIT_FAST g=g1 p=P0 m=M0\n");
    ran_free(&r);
}

/* sysmon looks every 20 us: the first look only remembers, the second takes */
static void retake_waits_for_a_second_look(void) {
    static const Op main_ops[] = {GO(1), C_CALL(100 * US)};
    static const Op f[] = {COMPUTE(200 * US)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2});
    expect_events(&r,
                 "CGO_ENTER SYSMON_SEES P_RETAKE P_HANDOFF M_NEW M_START GO_START CGO_EXIT_WAIT "
                 "GLOBQ_PUT GLOBQ_GET M_PARK",
                 "90ns GO_START g=g1 p=P0 m=M0 inherit=yes\n"
                 "324ns CGO_ENTER g=g1 p=P0 m=M0 fn=\"sleep_in_c\" line=2\n"
                 "20us SYSMON_SEES p=P0 m=M0 g=g1\n"
                 "40us P_RETAKE p=P0 m_from=M0 g=g1 waited=20us by=M1\n"
                 "40us P_HANDOFF p=P0 why=\"its run queue is not empty\"\n"
                 "40us M_NEW m=M2 p=P0 spinning=no\n"
                 "70us M_START m=M2\n"
                 "70.09us GO_START g=g2 p=P0 m=M2 inherit=yes\n"
                 "100.324us CGO_EXIT_WAIT g=g1 m=M0\n"
                 "100.324us GLOBQ_PUT g=g1\n"
                 "100.324us M_PARK m=M0\n"
                 "270.09us GLOBQ_GET p=P0 g=g1 rest=0\n"
                 "270.18us GO_START g=g1 p=P0 m=M2 inherit=no\n");
    ran_free(&r);
}

/* many short calls look new at each tick: syscalltick moves when a call ends */
static void short_calls_in_a_row_are_never_robbed(void) {
    static const Op main_ops[] = {GO(1), COMPUTE(1)};
    static const Op f[] = {C_CALL(15 * US)};
    Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    bodies[0].repeat = 1;
    bodies[1].repeat = 100;
    static const Op wait_main[] = {GO(1), GO(2), RECV(0)};
    static const Op spin[] = {COMPUTE(1600 * US), SEND(0)};
    Body all[] = {BODY("main", wait_main), bodies[1], BODY("spin", spin)};
    Ran r = run_audited(&(Program){
        .bodies = all, .body_count = 3, .chan_caps = one_slot, .chan_count = 1, .procs = 2});
    CU_ASSERT(r.count[EV_SYSMON_SEES] > 10);
    CU_ASSERT_EQUAL(r.count[EV_P_RETAKE], 0);
    ran_free(&r);
}

/* with no work of its own and others free, P is left behind the call for up to 10 ms */
static void a_p_without_work_is_spared_for_10_ms(void) {
    static const Op main_ops[] = {C_CALL(30 * MS)};
    static const Body bodies[] = {BODY("main", main_ops)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1, .procs = 2});
    CU_ASSERT(r.count[EV_SYSMON_SPARES] > 50);
    char *lines = ran_lines(&r, "SYSMON_SEES P_RETAKE P_HANDOFF CGO_EXIT_P");
    unsigned seen_ms = 0, taken_ms = 0;
    char *taken = strstr(lines, "P_RETAKE");
    CU_ASSERT_PTR_NOT_NULL_FATAL(taken);
    while (taken > lines && taken[-1] != '\n') taken--;
    sscanf(taken, "%u", &taken_ms);
    CU_ASSERT(seen_ms == 0 && taken_ms >= 10 && taken_ms <= 20);
    CU_ASSERT_EQUAL(r.count[EV_CGO_EXIT_P], 1);
    free(lines);
    ran_free(&r);
}

/* Coming back without a P: an idle one is taken, and it goes on in the same slice. */
static void back_from_c_an_idle_p_is_taken(void) {
    static const Op main_ops[] = {GO(1), C_CALL(300 * US)};
    static const Op f[] = {COMPUTE(60 * US)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2});
    expect_events(&r, "P_RETAKE CGO_EXIT_P SYSMON_SLEEP SYSMON_WAKE",
                 "40us P_RETAKE p=P0 m_from=M0 g=g1 waited=20us by=M1\n"
                 "140us SYSMON_SLEEP until=60.00014s\n"
                 "300.324us SYSMON_WAKE idle=0\n"
                 "300.324us CGO_EXIT_P g=g1 p=P0 m=M0\n");
    ran_free(&r);
}

/* A P whose owner is back in C again with another goroutine is taken by its old owner. */
static void the_old_p_is_taken_back_from_another_call(void) {
    static const Op main_ops[] = {GO(1), C_CALL(100 * US), COMPUTE(10)};
    static const Op f[] = {COMPUTE(20 * US), C_CALL(300 * US)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2});
    expect_events(&r, "CGO_ENTER P_RETAKE CGO_EXIT_P",
                 "324ns CGO_ENTER g=g1 p=P0 m=M0 fn=\"sleep_in_c\" line=2\n"
                 "40us P_RETAKE p=P0 m_from=M0 g=g1 waited=20us by=M1\n"
                 "90.104us CGO_ENTER g=g2 p=P0 m=M2 fn=\"sleep_in_c\" line=2\n"
                 "100.324us P_RETAKE p=P0 m_from=M2 g=g2 waited=0s by=M0\n"
                 "100.324us CGO_EXIT_P g=g1 p=P0 m=M0\n");
    ran_free(&r);
}

/* ---- preemption, sysmon ---- */

/* sysmon, backed off to 10 ms, notices the first slice late and sees the second too young: observed, too,
 * a spinner of 15 ms is stopped after 10 to 20 ms (15.9 in one run) */
static void a_slice_of_10_ms_ends(void) {
    static const Op main_ops[] = {GO(1), GO(1), RECV(0), RECV(0)};
    static const Op f[] = {COMPUTE(15 * MS), SEND(0)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r =
        run_audited(&(Program){.bodies = bodies, .body_count = 2, .chan_caps = one_slot, .chan_count = 1});
    expect_events(&r, "PREEMPT_ASK GO_STOP GLOBQ_PUT GLOBQ_GET",
                 "11.22ms PREEMPT_ASK g=g3 p=P0 m=M0 ran=11.2ms\n"
                 "11.2213ms GO_STOP g=g3 reason=\"preempted\"\n"
                 "11.2213ms GLOBQ_PUT g=g3\n"
                 "26.221587ms GLOBQ_GET p=P0 g=g3 rest=0\n");
    CU_ASSERT(r.end_ns > 30 * MS && r.end_ns < 31 * MS); /* both did all their work */
    ran_free(&r);
}

/* A pair that hands over by runnext shares one slice: sysmon sees one schedtick and ends it. */
static void a_ping_pong_shares_one_slice(void) {
    static const Op main_ops[] = {GO(1), GO(2), GO(3), RECV(2)};
    static const Op ping[] = {SEND(0), COMPUTE(1 * US), RECV(1)};
    static const Op pong[] = {RECV(0), COMPUTE(1 * US), SEND(1)};
    static const Op other[] = {COMPUTE(10 * US), SEND(2)};
    Body bodies[] = {BODY("main", main_ops), BODY("ping", ping), BODY("pong", pong),
                     BODY("other", other)};
    bodies[1].repeat = bodies[2].repeat = 20000;
    static const uint64_t caps[] = {0, 0, 1};
    Ran r = run_audited(&(Program){.bodies = bodies,
                           .body_count = 4,
                           .chan_caps = caps,
                           .chan_count = 3,
                           .limit_ns = 100 * MS,
                           .no_audit = true});
    CU_ASSERT_EQUAL(r.outcome, RUN_EXITED);
    CU_ASSERT(r.count[EV_PREEMPT_ASK] <= 4);
    ran_free(&r);
}

static void sysmon_backs_off_as_go_does(void) {
    static const Op main_ops[] = {COMPUTE(60 * MS)};
    static const Body bodies[] = {BODY("main", main_ops)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1});
    char *lines = ran_lines(&r, "SYSMON_LOOK"), *save;
    uint64_t looks = 0, at_20us = 0;
    static const char *const later[] = {"next=40us",  "next=80us",   "next=160us",  "next=320us",
                                        "next=640us", "next=1.28ms", "next=2.56ms", "next=5.12ms",
                                        "next=10ms",  "next=10ms"};
    size_t next = 0;
    for (char *line = strtok_r(lines, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save), looks++) {
        if (strstr(line, "next=20us")) at_20us++;
        else if (next < ARRAY_LEN(later)) CU_ASSERT_PTR_NOT_NULL(strstr(line, later[next++]));
    }
    CU_ASSERT_EQUAL(at_20us, 50); /* idle 1 .. 50 stay at 20 us; with the first sleep 51 of them */
    CU_ASSERT_EQUAL(next, ARRAY_LEN(later));
    free(lines);
    ran_free(&r);
}

/* ---- queues ---- */

/* 256 fit in a P's ring: the next one pushes 128 and itself to the global queue */
static void the_257th_spills_half(void) {
    static const Op main_ops[] = {GO(1)};
    static const Op f[] = {COMPUTE(1)};
    static const Op last[] = {COMPUTE(1)};
    Body bodies[] = {BODY("main", main_ops), BODY("f", f), BODY("last", last)};
    bodies[0].repeat = 258; /* 1 in runnext, 256 in the ring, then one more */
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 3});
    expect_events(&r, "RUNQ_SPILL", "56.85us RUNQ_SPILL p=P0 count=128\n");
    CU_ASSERT_EQUAL(r.count[EV_GLOBQ_PUT], 1);
    ran_free(&r);
}

static void a_thief_takes_half_and_runs_the_last(void) {
    static const Op main_ops[] = {GO(1),  GO(1), GO(1), GO(1), GO(1), GO(1), COMPUTE(100 * US),
                                  SEND(0)};
    static const Op f[] = {COMPUTE(50 * US)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(&(Program){
        .bodies = bodies, .body_count = 2, .chan_caps = one_slot, .chan_count = 1, .procs = 2});
    expect_events(&r, "RUNQ_STEAL RUNQ_STEAL_NEXT",
                 "30.33us RUNQ_STEAL p=P1 p_from=P0 g=g4 count=3\n"); /* of g2..g6; g7 is runnext */
    ran_free(&r);
}

/* findRunnable: whenever schedtick is a multiple of 61 one of the global queue comes first, and one only, however many wait in the
 * P's own queue. P0 comes to main with schedtick 5, as runtime.main does, and a slice that is not inherited counts one. */
static void every_61st_look_is_at_the_global_queue(void) {
    static const Op main_ops[] = {GO(1), GOSCHED(), GOSCHED(), GOSCHED()};
    static const Op spawn[] = {GO(2)};
    static const Op f[] = {COMPUTE(1)};
    Body bodies[] = {BODY("main", main_ops), BODY("spawner", spawn), BODY("f", f)};
    bodies[1].repeat = 250;
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 3});
    char *lines = ran_lines(&r, "GO_START GLOBQ_GET"), *save;
    uint64_t schedtick = 5, looks = 0;
    for (char *line = strtok_r(lines, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        schedtick += strstr(line, "inherit=no") != NULL;
        if (strstr(line, "GLOBQ_GET") == NULL) continue;
        CU_ASSERT_EQUAL(schedtick, 61 * ++looks);
        CU_ASSERT_PTR_NOT_NULL(strstr(line, "GLOBQ_GET p=P0 g=g1 rest=0"));
    }
    CU_ASSERT_EQUAL(looks, 3);
    free(lines);
    ran_free(&r);
}

/* ... where two that came together part: the second of them waits for 61 slices more */
static void the_global_queue_does_not_starve(void) {
    static const Op main_ops[] = {GO(1), GO(2), GOSCHED(), SLEEP(1 * MS)};
    static const Op two[] = {GO(3), GOSCHED(), COMPUTE(1)};
    static const Op spawn[] = {GO(3)};
    static const Op f[] = {COMPUTE(1)};
    Body bodies[] = {BODY("main", main_ops), BODY("two", two), BODY("spawner", spawn), BODY("f", f)};
    bodies[2].repeat = 250;
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 4});
    expect_order(&r, "GLOBQ_PUT GLOBQ_GET",
                 "GLOBQ_PUT g=g1\n"
                 "GLOBQ_PUT g=g2\n"
                 "GLOBQ_GET p=P0 g=g1 rest=0\n"
                 "GLOBQ_GET p=P0 g=g2 rest=0\n");
    ran_free(&r);
}

/* A retaken P on its way to a new thread is idle, but not on the idle list: its queue can be stolen. */
static void a_p_on_its_way_can_be_robbed(void) {
    static const Op main_ops[] = {GO(1), GO(1), GO(1), GO(1),           GO(1),
                                  GO(1), GO(1), GO(1), C_CALL(500 * US)};
    static const Op f[] = {COMPUTE(8 * US)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 2});
    char *lines = ran_lines(&r, "P_RETAKE M_NEW M_START RUNQ_STEAL");
    char *taken = strstr(lines, "P_RETAKE p=P0"), *start = taken ? strstr(taken, "M_START") : NULL;
    char *steal = taken ? strstr(taken, "RUNQ_STEAL p=P1 p_from=P0") : NULL;
    CU_ASSERT_PTR_NOT_NULL(steal);
    CU_ASSERT_PTR_NOT_NULL(start);
    if (steal == NULL || start == NULL || steal > start) printf("\n%s", lines);
    CU_ASSERT(steal != NULL && start != NULL && steal < start);
    free(lines);
    ran_free(&r);
}

/* 50 goroutines in C made 25 threads on two cores, observed; more than 10,000 end the program. */
static void ten_thousand_threads_are_the_end(void) {
    static const Op main_ops[] = {GO(1), SLEEP(19000u * MS)};
    static const Op spawn[] = {GO(2)};
    static const Op in_c[] = {C_CALL(20000u * MS)};
    Body bodies[] = {BODY("main", main_ops), BODY("spawner", spawn), BODY("f", in_c)};
    bodies[1].repeat = 12000;
    Ran r =
        run_program(&(Program){.bodies = bodies, .body_count = 3, .procs = 4, .no_audit = true});
    CU_ASSERT_EQUAL(r.outcome, RUN_PANIC);
    CU_ASSERT_EQUAL(r.status, 2);
    CU_ASSERT_EQUAL(r.count[EV_PANIC], 1);
    ran_free(&r);
}

/* ---- sleep, poller, ends ---- */

/* epoll with no time left does not wait at all */
static void a_timer_due_now_is_not_waited_for(void) {
    static const Op main_ops[] = {SLEEP(1), COMPUTE(1)};
    static const Body bodies[] = {BODY("main", main_ops)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1, .procs = 2});
    CU_ASSERT(r.end_ns < 2 * MS);
    ran_free(&r);
}

/* Gosched costs no operation time, yet time passes: waiting for a call in a loop is no mistake. */
static void waiting_by_gosched_is_no_standstill(void) {
    static const Op main_ops[] = {GO(1), GO(2), RECV(0)};
    static const Op in_c[] = {C_CALL(500 * MS), SEND(0)};
    static const Op spin[] = {GOSCHED()};
    Body bodies[] = {BODY("main", main_ops), BODY("f", in_c), BODY("spin", spin)};
    bodies[2].repeat = 1500000;
    Ran r = run_program(&(Program){.bodies = bodies,
                                   .body_count = 3,
                                   .chan_caps = one_slot,
                                   .chan_count = 1,
                                   .no_audit = true});
    CU_ASSERT_EQUAL(r.outcome, RUN_EXITED);
    ran_free(&r);
}

/* observed: time.Sleep(100us) on an idle program takes about 1.1 ms, since epoll counts milliseconds */
static void a_short_sleep_lasts_a_millisecond(void) {
    static const Op main_ops[] = {SLEEP(100 * US), COMPUTE(1)};
    static const Body bodies[] = {BODY("main", main_ops)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1});
    expect_events(&r, "GO_SLEEP M_POLL M_POLL_END TIMER_FIRE",
                 "90ns GO_SLEEP g=g1 duration=100us line=1\n"
                 "90ns M_POLL m=M0 until=1.00009ms\n"
                 "1.00009ms M_POLL_END m=M0\n"
                 "1.00009ms TIMER_FIRE g=g1 p=P0 late=900us\n");
    ran_free(&r);
}

static void all_asleep_is_a_deadlock(void) {
    static const Op main_ops[] = {GO(1), RECV(0)};
    static const Op f[] = {RECV(0)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    for (uint32_t procs = 1; procs <= 3; procs++) {
        Ran r = run_audited(&(Program){.bodies = bodies,
                               .body_count = 2,
                               .chan_caps = one_slot,
                               .chan_count = 1,
                               .procs = procs});
        CU_ASSERT_EQUAL(r.outcome, RUN_DEADLOCK);
        CU_ASSERT_EQUAL(r.status, 2);
        char *lines = ran_lines(&r, "DEADLOCK");
        CU_ASSERT_PTR_NOT_NULL(strstr(
            lines,
            "DEADLOCK waiting=2 text=\"fatal error: all goroutines are asleep - deadlock!\""));
        free(lines);
        ran_free(&r);
    }
}

/* Somebody in C, or a sleeper, may still do something: no deadlock is reported while they are away. */
static void a_call_or_a_timer_is_no_deadlock(void) {
    static const Op main_ops[] = {GO(1), RECV(0)};
    static const Op in_c[] = {C_CALL(50 * MS), SEND(0)};
    static const Op asleep[] = {SLEEP(50 * MS), SEND(0)};
    Body bodies[] = {BODY("main", main_ops), BODY("f", in_c)};
    for (int i = 0; i < 2; i++) {
        if (i == 1) bodies[1] = (Body)BODY("f", asleep);
        Ran r = run_audited(
            &(Program){.bodies = bodies, .body_count = 2, .chan_caps = one_slot, .chan_count = 1});
        CU_ASSERT_EQUAL(r.outcome, RUN_EXITED);
        ran_free(&r);
    }
}

/* A C thread calls Go, wakes main, and ends. Its P is left behind with main queued on it, and no thread is awake:
 * sysmon is the one who mends that. */
static void a_p_behind_an_ended_c_thread_is_no_deadlock(void) {
    static const Op main_ops[] = {C_THREAD(1), RECV(0)};
    static const Op thread[] = {CALLBACK(), SEND(0), CALLBACK_END()};
    static const Body bodies[] = {BODY("main", main_ops), BODY("thread", thread)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .chan_caps = one_slot, .chan_count = 1});
    CU_ASSERT_EQUAL(r.outcome, RUN_EXITED);
    expect_events(&r, "DROPM C_THREAD_END P_RETAKE P_HANDOFF",
                 "41.794us DROPM m=M2 t=t0 g=g17\n"
                 "41.794us C_THREAD_END t=t0\n"
                 "66.647us P_RETAKE p=P0 m_from=M2 g=g17 waited=20us by=M1\n"
                 "66.647us P_HANDOFF p=P0 why=\"its run queue is not empty\"\n");
    ran_free(&r);
}

/* ... nor is it one while a collection has work left, for which sysmon will find somebody */
static void a_collection_behind_an_ended_c_thread_is_no_deadlock(void) {
    for (uint64_t us = 0; us < 400; us += 5) {
        static const Op main_ops[] = {C_THREAD(1), ALLOC(1 << 20), GC(), COMPUTE(1)};
        const Op thread[] = {C_WORK(us * US), CALLBACK(), CALLBACK_END()};
        const Body bodies[] = {BODY("main", main_ops), BODY("thread", thread)};
        Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .heap = true});
        CU_ASSERT_EQUAL(r.outcome, RUN_EXITED);
        if (r.outcome != RUN_EXITED) printf("\n  after %llu us\n", (unsigned long long)us);
        ran_free(&r);
    }
}

static void go_panics_have_gos_texts(void) {
    static const Op send_closed[] = {CLOSE(0), SEND(0)};
    static const Op close_twice[] = {CLOSE(0), CLOSE(0)};
    static const Op wait_main[] = {GO(1), GOSCHED(), GOSCHED(), CLOSE(1), RECV(0)};
    static const Op blocked_send[] = {SEND(1)};
    Body bodies[2] = {BODY("main", send_closed), BODY("f", blocked_send)};
    static const uint64_t caps[] = {1, 0};
    static const char *const texts[] = {"panic: send on closed channel",
                                        "panic: close of closed channel",
                                        "panic: send on closed channel"};
    for (int i = 0; i < 3; i++) {
        if (i == 1) bodies[0] = (Body)BODY("main", close_twice);
        if (i == 2) bodies[0] = (Body)BODY("main", wait_main);
        Ran r =
            run_audited(&(Program){.bodies = bodies, .body_count = 2, .chan_caps = caps, .chan_count = 2});
        CU_ASSERT_EQUAL(r.outcome, RUN_PANIC);
        CU_ASSERT_EQUAL(r.status, 2);
        char *lines = ran_lines(&r, "PANIC");
        if (i < 2) CU_ASSERT_PTR_NOT_NULL(strstr(lines, "said") == NULL ? lines : NULL);
        CU_ASSERT_EQUAL(r.count[EV_PANIC], 1);
        CU_ASSERT_PTR_NOT_NULL(strstr(r.text, texts[i]));
        free(lines);
        ran_free(&r);
    }
}

static void main_returning_ends_it_for_all(void) {
    static const Op main_ops[] = {GO(1), COMPUTE(10 * US)};
    static const Op f[] = {C_CALL(1000 * MS)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 2});
    CU_ASSERT_EQUAL(r.outcome, RUN_EXITED);
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT(r.end_ns < 20 * US);
    ran_free(&r);
}

static void ids_come_in_batches_of_16_per_p(void) {
    static const Op main_ops[] = {GO(1), COMPUTE(200 * US)};
    static const Op f[] = {COMPUTE(1), GO(2), COMPUTE(100 * US)};
    static const Op g[] = {COMPUTE(1)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f), BODY("g", g)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 3, .procs = 2});
    char *lines = ran_lines(&r, "GO_CREATE");
    CU_ASSERT_PTR_NOT_NULL(
        strstr(lines, "GO_CREATE g=g17 parent=g2")); /* P1's first: its batch begins at 17 */
    free(lines);
    ran_free(&r);
}

static void time_must_pass(void) {
    static const Op main_ops[] = {{.kind = OP_NOTE}};
    Body bodies[] = {BODY("main", main_ops)};
    bodies[0].repeat = 1u << 30;
    Ran r = run_program(&(Program){.bodies = bodies, .body_count = 1, .no_audit = true});
    CU_ASSERT_EQUAL(r.outcome, RUN_FAILED);
    ran_free(&r);
}

void rt_sched_tests(void) {
    static const Check checks[] = {
        {"the newest goroutine runs first, then the others in order",
         the_newest_goroutine_runs_first},
        {"close releases receivers as Go does", close_releases_receivers_as_go_does},
        {"an unbuffered value goes hand to hand", an_unbuffered_value_goes_hand_to_hand},
        {"a short call keeps its P", a_short_call_keeps_its_p},
        {"retake waits for a second look", retake_waits_for_a_second_look},
        {"short calls in a row are never robbed", short_calls_in_a_row_are_never_robbed},
        {"a P without work is spared for 10 ms", a_p_without_work_is_spared_for_10_ms},
        {"back from C an idle P is taken", back_from_c_an_idle_p_is_taken},
        {"the old P is taken back from another call", the_old_p_is_taken_back_from_another_call},
        {"a slice of 10 ms ends", a_slice_of_10_ms_ends},
        {"a ping-pong shares one slice", a_ping_pong_shares_one_slice},
        {"sysmon backs off as Go does", sysmon_backs_off_as_go_does},
        {"the 257th spills half", the_257th_spills_half},
        {"a thief takes half and runs the last", a_thief_takes_half_and_runs_the_last},
        {"every 61st look is at the global queue first", every_61st_look_is_at_the_global_queue},
        {"the global queue does not starve", the_global_queue_does_not_starve},
        {"a P on its way can be robbed", a_p_on_its_way_can_be_robbed},
        {"ten thousand threads are the end", ten_thousand_threads_are_the_end},
        {"a timer due now is not waited for", a_timer_due_now_is_not_waited_for},
        {"waiting by Gosched is no standstill", waiting_by_gosched_is_no_standstill},
        {"a short sleep lasts a millisecond", a_short_sleep_lasts_a_millisecond},
        {"all asleep is a deadlock", all_asleep_is_a_deadlock},
        {"a call or a timer is no deadlock", a_call_or_a_timer_is_no_deadlock},
        {"a P behind a C thread that has ended is no deadlock", a_p_behind_an_ended_c_thread_is_no_deadlock},
        {"a collection behind a C thread that has ended is no deadlock", a_collection_behind_an_ended_c_thread_is_no_deadlock},
        {"Go panics have Go's texts", go_panics_have_gos_texts},
        {"main returning ends it for all", main_returning_ends_it_for_all},
        {"ids come in batches of 16 per P", ids_come_in_batches_of_16_per_p},
        {"virtual time must pass", time_must_pass},
        {0},
    };
    suite("rt: scheduler", checks);
}

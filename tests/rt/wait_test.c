/* wait_test.c -- waiting that the runtime knows: the network, timers; and being asked to stop. */
#include "../check.h"
#include "../program.h"

#include <stdio.h>
#include <stdlib.h>

#define MS 1000000u
#define US 1000u

static const uint64_t room[] = {128};

static void as_1_22(WorldOptions *opt) { opt->go = go_version_find("1.22"); }
static void no_signals(WorldOptions *opt) { opt->asyncpreemptoff = true; }

/* ---- the network ---- */

/* a hundred waits at the network need no thread; the same in C need one each, as far as Ps are wanted */
static void waiting_for_the_network_needs_no_thread(void) {
    static const Op net[] = {NET(20 * MS, 0), SEND(0)};
    static const Op in_c[] = {C_CALL(20 * MS), SEND(0)};
    Op many[101];
    for (int i = 0; i < 100; i++) many[i] = (Op)GO(1);
    many[100] = (Op)SLEEP(40 * MS);
    Body bodies[] = {BODY("main", many), BODY("f", net)};
    Program p = {.bodies = bodies, .body_count = 2, .chan_caps = room, .chan_count = 1, .procs = 2};
    Ran parked = run_audited(&p);
    bodies[1] = (Body)BODY("f", in_c);
    Ran blocked = run_audited(&p);
    CU_ASSERT(parked.count[EV_M_NEW] <= 3);
    CU_ASSERT(blocked.count[EV_M_NEW] > 90);
    CU_ASSERT_EQUAL(parked.count[EV_NET_READY], 100);
    ran_free(&parked);
    ran_free(&blocked);
}

static void the_poller_wakes_when_the_network_has_something(void) {
    static const Op main_ops[] = {NET(3 * MS + 300 * US, 0), COMPUTE(1)};
    static const Body bodies[] = {BODY("main", main_ops)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1});
    expect_events(&r, "NET_WAIT GO_BLOCK M_POLL M_POLL_END NET_READY GO_UNBLOCK",
                  "90ns NET_WAIT g=g1 duration=3.3ms deadline=- line=1\n"
                  "90ns GO_BLOCK g=g1 reason=\"IO wait\" line=1\n"
                  "90ns M_POLL m=M0 until=3.30509ms\n"
                  "3.30509ms M_POLL_END m=M0\n"
                  "3.30509ms NET_READY g=g1 late=5us ok=yes\n"
                  "3.30509ms GO_UNBLOCK g=g1 by=-\n");
    ran_free(&r);
}

/* deadlines are ordinary timers */
static void a_deadline_ends_the_wait(void) {
    static const Op main_ops[] = {NET(50 * MS, 2 * MS), COMPUTE(1)};
    static const Body bodies[] = {BODY("main", main_ops)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1});
    expect_order(&r, "NET_READY", "NET_READY g=g1 late=0s ok=no\n");
    CU_ASSERT(r.end_ns < 3 * MS);
    ran_free(&r);
}

static void a_deadline_that_was_not_needed_is_void(void) {
    static const Op main_ops[] = {NET(1 * MS, 5 * MS), SLEEP(10 * MS)};
    static const Body bodies[] = {BODY("main", main_ops)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1});
    expect_order(&r, "NET_READY", "NET_READY g=g1 late=5us ok=yes\n");
    ran_free(&r);
}

/* all Ps are busy and nobody looks for work: sysmon polls when nobody has for 10 ms */
static void sysmon_polls_when_nobody_has_for_10_ms(void) {
    static const Op main_ops[] = {GO(1), GO(2), SLEEP(1), COMPUTE(45 * MS), RECV(0)};
    static const Op net[] = {NET(2 * MS, 0), SEND(0)};
    static const Op busy[] = {COMPUTE(45 * MS)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("net", net), BODY("busy", busy)};
    Ran r = run_audited(&(Program){
        .bodies = bodies, .body_count = 3, .chan_caps = room, .chan_count = 1, .procs = 1});
    CU_ASSERT(r.count[EV_SYSMON_POLL] >= 1);
    CU_ASSERT_EQUAL(r.outcome, RUN_EXITED);
    ran_free(&r);
}

/* netpoll gives a list that is a stack: the last that became ready is taken first */
static void what_was_ready_last_is_taken_first(void) {
    static const Op main_ops[] = {GO(1), GO(1), GO(1), GOSCHED(), COMPUTE(2 * MS), SLEEP(1 * MS)};
    static const Op net[] = {NET(100 * US, 0)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("net", net)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2});
    char *ready = strstr(r.text, "NET_READY");
    CU_ASSERT_PTR_NOT_NULL_FATAL(ready);
    Ran rest = {.text = strchr(ready, '\n') + 1};
    expect_order(&rest, "GO_START",
                 "GO_START g=g3 p=P0 m=M0 inherit=no\n" /* it began to wait last */
                 "GO_START g=g2 p=P0 m=M0 inherit=no\n"
                 "GO_START g=g4 p=P0 m=M0 inherit=no\n"
                 "GO_START g=g1 p=P0 m=M0 inherit=yes\n");
    ran_free(&r);
}

/* no P is free when the poller returns: all who are ready queue globally, and its thread parks */
static void a_poller_without_a_p_queues_all_globally(void) {
    static const Op main_ops[] = {GO(1), NET(150 * US, 0)};
    static const Op f[] = {C_CALL(100 * US), COMPUTE(1 * MS)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2});
    char *end = strstr(r.text, "M_POLL_END");
    CU_ASSERT_PTR_NOT_NULL_FATAL(end);
    char *ready = strstr(end, "GLOBQ_PUT g=g1"), *parks = strstr(end, "M_PARK");
    CU_ASSERT_PTR_NOT_NULL_FATAL(ready);
    CU_ASSERT_PTR_NOT_NULL_FATAL(parks);
    CU_ASSERT(ready < parks);
    CU_ASSERT_EQUAL(r.outcome, RUN_EXITED);
    ran_free(&r);
}

/* epoll_wait fills an array of 128 */
static void a_poll_brings_128_at_most(void) {
    static const Op net[] = {NET(100 * US, 0)};
    Op main_ops[206];
    for (int i = 0; i < 200; i++) main_ops[i] = (Op)GO(1);
    for (int i = 200; i < 204; i++) main_ops[i] = (Op)GOSCHED(); /* until all wait, in spite of every 61st slice */
    main_ops[204] = (Op)COMPUTE(1 * MS);
    main_ops[205] = (Op)SLEEP(30 * MS);
    const Body bodies[] = {BODY("main", main_ops), BODY("net", net)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2});
    CU_ASSERT(time_of(&r, "NET_READY", 129) > time_of(&r, "NET_READY", 128));
    CU_ASSERT_EQUAL(time_of(&r, "NET_READY", 1), time_of(&r, "NET_READY", 128));
    ran_free(&r);
}

/* ---- sleeping ---- */

static void a_sleep_of_nothing_is_none(void) {
    static const Op main_ops[] = {SLEEP(0), COMPUTE(1)};
    static const Body bodies[] = {BODY("main", main_ops)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1});
    CU_ASSERT_EQUAL(r.count[EV_GO_BLOCK], 0);
    ran_free(&r);
}

/* observed: epoll counts whole milliseconds, so the first wait is too short and finds nothing due */
static void a_sleep_of_2_ms_polls_twice(void) {
    static const Op main_ops[] = {SLEEP(2 * MS), COMPUTE(1)};
    static const Body bodies[] = {BODY("main", main_ops)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1, .procs = 2});
    CU_ASSERT_EQUAL(r.count[EV_M_POLL], 2);
    CU_ASSERT(time_of(&r, "M_POLL_END", 1) < time_of(&r, "TIMER_FIRE", 1));
    CU_ASSERT(r.end_ns >= 2 * MS && r.end_ns < 3 * MS);
    ran_free(&r);
}

/* One thread sleeps in the poller for main; another goroutine goes to sleep, for less or for longer. */
static uint64_t broken_after(uint64_t main_ns, uint64_t other_ns) {
    Op main_ops[] = {GO(1), SLEEP(main_ns), COMPUTE(1)};
    Op f[] = {COMPUTE(60 * US), SLEEP(other_ns)};
    const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 2});
    uint64_t began = time_of(&r, "M_POLL m=M2", 1), ended = time_of(&r, "M_POLL_END", 1);
    ran_free(&r);
    return ended - began;
}

/* wakeNetPoller: the wait is broken for a timer that is earlier than the one it was begun for, not for an earlier one
 * than the moment at which epoll will return */
static void only_an_earlier_timer_breaks_the_poll(void) {
    CU_ASSERT(broken_after(20 * MS, 2 * MS) < 100 * US);
    CU_ASSERT(broken_after(20 * MS, 90 * MS) > 18 * MS);
    CU_ASSERT_EQUAL(broken_after(100 * US, 500 * US), 1 * MS);
}

/* ... and if no P is left at all, its timers wait until sysmon has taken one */
static void when_all_ps_are_in_c_timers_wait_for_sysmon(void) {
    static const Op main_ops[] = {GO(1), SLEEP(25 * US), COMPUTE(1)};
    static const Op in_c[] = {C_CALL(60 * MS)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("c", in_c)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2});
    CU_ASSERT_EQUAL(time_of(&r, "P_RETAKE", 1), 40 * US);
    CU_ASSERT(time_of(&r, "TIMER_FIRE", 1) >= 70 * US); /* the new thread runs it, when it has started */
    ran_free(&r);
}

/* ---- channel timers ---- */

static const struct { uint64_t delay_ns, period_ns; } timers[] = {{2 * MS, 0}, {1 * MS, 1 * MS}};

static Program with_timers(const Body *bodies, size_t count) {
    return (Program){.bodies = bodies,
                     .body_count = count,
                     .chan_caps = room,
                     .chan_count = 1,
                     .timers = (const void *)timers,
                     .timer_count = 2};
}

static void after_sends_once(void) {
    static const Op main_ops[] = {TIMER(0), RECV(1), COMPUTE(1)};
    static const Body bodies[] = {BODY("main", main_ops)};
    Program p = with_timers(bodies, 1);
    Ran r = run_audited(&p);
    CU_ASSERT_EQUAL(r.count[EV_TIMER_SEND], 1);
    CU_ASSERT(r.end_ns >= 2 * MS && r.end_ns < 4 * MS);
    ran_free(&r);
}

/* next = when + period * (1 + late / period): missed ticks are skipped, the phase is kept */
static void a_ticker_skips_what_was_missed(void) {
    static const Op main_ops[] = {TIMER(1), RECV(2), COMPUTE(3 * MS + 500 * US),
                                  RECV(2),  RECV(2), COMPUTE(1)};
    static const Body bodies[] = {BODY("main", main_ops)};
    Program p = with_timers(bodies, 1);
    Ran r = run_audited(&p);
    CU_ASSERT_EQUAL(r.count[EV_TIMER_SEND], 3);
    CU_ASSERT(time_of(&r, "TIMER_SEND", 3) >= 5 * MS);
    CU_ASSERT(time_of(&r, "TIMER_SEND", 3) < 7 * MS);
    ran_free(&r);
}

/* since 1.23 a channel's timer is in a heap only while somebody waits there */
static void a_timer_that_nobody_waits_for_does_not_run_since_1_23(void) {
    static const Op main_ops[] = {TIMER(0), SLEEP(5 * MS), COMPUTE(1)};
    static const Body bodies[] = {BODY("main", main_ops)};
    Program p = with_timers(bodies, 1);
    Ran now = run_audited(&p);
    p.tune = as_1_22;
    Ran then = run_audited(&p);
    CU_ASSERT_EQUAL(now.count[EV_TIMER_SEND], 0);
    CU_ASSERT_EQUAL(then.count[EV_TIMER_SEND], 1);
    ran_free(&now);
    ran_free(&then);
}

static void a_stopped_timer_sends_nothing(void) {
    static const Op main_ops[] = {
        TIMER(0), GO(1), SLEEP(1 * MS), {.kind = OP_TIMER_STOP, .a = 0}, SLEEP(5 * MS)};
    static const Op waits[] = {RECV(1)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("waits", waits)};
    Program p = with_timers(bodies, 2);
    Ran r = run_audited(&p);
    CU_ASSERT_EQUAL(r.count[EV_TIMER_SEND], 0);
    ran_free(&r);
}

/* A timer on a P whose thread sits in C is run by a thief: no retake is needed. */
static void a_thief_runs_the_timers_of_a_p_behind_a_call(void) {
    static const Op main_ops[] = {GO(1), SLEEP(30 * US), COMPUTE(1)};
    static const Op in_c[] = {C_CALL(60 * MS)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("c", in_c)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 2});
    CU_ASSERT(r.end_ns < 5 * MS);
    ran_free(&r);
}

/* timers.run: it is set again in the heap in which it was found, whoever found it */
static void a_ticker_stays_with_its_p(void) {
    static const Op main_ops[] = {TIMER(1), GO(1), C_CALL(5 * MS)};
    static const Op thief[] = {COMPUTE(300 * US), SLEEP(1)};
    Body bodies[] = {BODY("main", main_ops), BODY("thief", thief)};
    bodies[1].repeat = 100;
    Program p = with_timers(bodies, 2);
    p.procs = 2;
    p.tune = as_1_22;
    Ran r = run_audited(&p);
    CU_ASSERT(r.count[EV_TIMER_SEND] >= 4);
    CU_ASSERT_PTR_NULL(strstr(r.text, "TIMER_SEND c=c2 p=P1"));
    ran_free(&r);
}

/* ---- being asked to stop ---- */

/* code with calls stops at its next function prologue; the signal then finds nothing to stop */
static void a_prologue_stops_sooner_than_a_signal(void) {
    static const Op main_ops[] = {GO(1), COMPUTE(1), RECV(0)};
    static const Op f[] = {{.kind = OP_COMPUTE, .a = 25 * MS, .b = 1000}, SEND(0)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(
        &(Program){.bodies = bodies, .body_count = 2, .chan_caps = room, .chan_count = 1});
    CU_ASSERT(time_of(&r, "reason=\"preempted\"", 1) - time_of(&r, "PREEMPT_ASK", 1) <= 1 * US);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.text, "hit=no"));
    CU_ASSERT_PTR_NULL(strstr(r.text, "hit=yes"));
    ran_free(&r);
}

static void a_signal_stops_a_loop_without_calls(void) {
    static const Op main_ops[] = {GO(1), COMPUTE(1), RECV(0)};
    static const Op f[] = {COMPUTE(25 * MS), SEND(0)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(
        &(Program){.bodies = bodies, .body_count = 2, .chan_caps = room, .chan_count = 1});
    CU_ASSERT_EQUAL(time_of(&r, "reason=\"preempted\"", 1) - time_of(&r, "PREEMPT_ASK", 1), 1300);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.text, "hit=yes"));
    ran_free(&r);
}

/* asyncpreemptoff: as before Go 1.14 */
static void without_signals_only_prologues_stop(void) {
    static const Op main_ops[] = {GO(1), COMPUTE(1), RECV(0)};
    static const Op loop[] = {COMPUTE(60 * MS), SEND(0)};
    static const Op calls[] = {{.kind = OP_COMPUTE, .a = 60 * MS, .b = 1000}, SEND(0)};
    Body bodies[] = {BODY("main", main_ops), BODY("f", loop)};
    Program p = {
        .bodies = bodies, .body_count = 2, .chan_caps = room, .chan_count = 1, .tune = no_signals};
    Ran held = run_audited(&p);
    bodies[1] = (Body)BODY("f", calls);
    Ran stopped = run_audited(&p);
    CU_ASSERT(time_of(&held, "GO_STOP", 1) > 60 * MS); /* when the loop was over */
    CU_ASSERT(time_of(&stopped, "GO_STOP", 1) < 25 * MS);
    CU_ASSERT_EQUAL(held.count[EV_SIGNAL] + stopped.count[EV_SIGNAL], 0);
    ran_free(&held);
    ran_free(&stopped);
}

/* preemptone does nothing for a goroutine in a system call; a signal on its way may still reach C */
static void a_signal_that_meets_c_interrupts_its_call(void) {
    uint64_t met = 0; /* sysmon asks at 11.22 ms; the signal takes 1.3 us */
    for (uint64_t ns = 0; ns < 40; ns++) {
        Op f[] = {{.kind = OP_COMPUTE, .a = 11 * MS + 219 * US + ns * 50},
                  {.kind = OP_C_CALL, .a = 50 * MS, .b = CALL_INTERRUPTIBLE}};
        Body bodies[] = {BODY("main", f)};
        Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1});
        met += r.count[EV_SIGNAL_IN_C];
        if (r.count[EV_SIGNAL_IN_C]) CU_ASSERT(r.end_ns < 30 * MS);
        ran_free(&r);
    }
    CU_ASSERT(met > 0);
}

static void c_is_sent_no_signals(void) {
    static const Op main_ops[] = {GO(1), C_CALL(60 * MS)};
    static const Op f[] = {C_CALL(60 * MS)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 2});
    CU_ASSERT_EQUAL(r.count[EV_SIGNAL] + r.count[EV_SIGNAL_IN_C] + r.count[EV_PREEMPT_ASK], 0);
    ran_free(&r);
}

static uint32_t mode;
static void with_mode(WorldOptions *opt) { opt->stress = mode; }

/* nine goroutines share two Ps: at most five slices of 10 to 20 ms lie before anyone's, whatever the mode */
static void a_runnable_goroutine_runs_within_a_bound(void) {
    static const Op spin[] = {COMPUTE(100 * MS)};
    Op main_ops[10];
    for (int i = 0; i < 8; i++) main_ops[i] = (Op)GO(1);
    main_ops[8] = (Op)COMPUTE(60 * MS);
    main_ops[9] = (Op)SLEEP(300 * MS);
    const Body bodies[] = {BODY("main", main_ops), BODY("spin", spin)};
    for (mode = 0; mode < 16; mode++) {
        Ran r = run_audited(
            &(Program){.bodies = bodies, .body_count = 2, .procs = 2, .tune = with_mode});
        CU_ASSERT(r.longest_wait_ns < (uint64_t)6 * 20 * MS);
        if (r.longest_wait_ns >= (uint64_t)6 * 20 * MS)
            printf("\n  mode %u: %llu ns\n", mode, (unsigned long long)r.longest_wait_ns);
        ran_free(&r);
    }
}

/* ---- versions ---- */

static void as_1_25(WorldOptions *opt) { opt->go = go_version_find("1.25"); }

/* pidleget: since 1.26 procresize leaves the P with the highest number on top */
static void the_first_idle_p_is_the_last_one_since_1_26(void) {
    static const Op main_ops[] = {GO(1), COMPUTE(100 * US)};
    static const Op f[] = {COMPUTE(1)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Program p = {.bodies = bodies, .body_count = 2, .procs = 4};
    Ran now = run_audited(&p);
    p.tune = as_1_25;
    Ran then = run_audited(&p);
    CU_ASSERT_PTR_NOT_NULL(strstr(now.text, "M_NEW m=M2 p=P3"));
    CU_ASSERT_PTR_NOT_NULL(strstr(then.text, "M_NEW m=M2 p=P1"));
    ran_free(&now);
    ran_free(&then);
}

static void to_1_25_a_p_behind_a_call_says_so(void) {
    static const Op main_ops[] = {GO(1), C_CALL(100 * US)};
    static const Op f[] = {COMPUTE(200 * US)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .tune = as_1_25});
    expect_order(&r, "CGO_ENTER P_SYSCALL P_RETAKE",
                 "CGO_ENTER g=g1 p=P0 m=M0 fn=\"sleep_in_c\" line=2\n"
                 "P_SYSCALL p=P0 m=M0\n"
                 "P_RETAKE p=P0 m_from=M0 g=g1 waited=20us by=M1\n");
    ran_free(&r);
}

void rt_wait_tests(void) {
    static const Check checks[] = {
        {"waiting for the network needs no thread", waiting_for_the_network_needs_no_thread},
        {"the poller wakes when the network has something",
         the_poller_wakes_when_the_network_has_something},
        {"a deadline ends the wait", a_deadline_ends_the_wait},
        {"a deadline that was not needed is void", a_deadline_that_was_not_needed_is_void},
        {"sysmon polls when nobody has for 10 ms", sysmon_polls_when_nobody_has_for_10_ms},
        {"what was ready last is taken first", what_was_ready_last_is_taken_first},
        {"a poller without a P queues all globally", a_poller_without_a_p_queues_all_globally},
        {"a poll brings 128 at most", a_poll_brings_128_at_most},
        {"a sleep of nothing is none", a_sleep_of_nothing_is_none},
        {"a sleep of 2 ms polls twice", a_sleep_of_2_ms_polls_twice},
        {"only an earlier timer breaks the poll", only_an_earlier_timer_breaks_the_poll},
        {"when all Ps are in C timers wait for sysmon",
         when_all_ps_are_in_c_timers_wait_for_sysmon},
        {"After sends once", after_sends_once},
        {"a ticker skips what was missed", a_ticker_skips_what_was_missed},
        {"a timer that nobody waits for does not run since 1.23",
         a_timer_that_nobody_waits_for_does_not_run_since_1_23},
        {"a stopped timer sends nothing", a_stopped_timer_sends_nothing},
        {"a thief runs the timers of a P behind a call",
         a_thief_runs_the_timers_of_a_p_behind_a_call},
        {"a ticker stays with its P", a_ticker_stays_with_its_p},
        {"a prologue stops sooner than a signal", a_prologue_stops_sooner_than_a_signal},
        {"a signal stops a loop without calls", a_signal_stops_a_loop_without_calls},
        {"without signals only prologues stop", without_signals_only_prologues_stop},
        {"a signal that meets C interrupts its call", a_signal_that_meets_c_interrupts_its_call},
        {"C is sent no signals", c_is_sent_no_signals},
        {"a runnable goroutine runs within a bound", a_runnable_goroutine_runs_within_a_bound},
        {"the first idle P is the last one since 1.26",
         the_first_idle_p_is_the_last_one_since_1_26},
        {"to 1.25 a P behind a call says so", to_1_25_a_p_behind_a_call_says_so},
        {0},
    };
    suite("rt: waiting, and being stopped", checks);
}

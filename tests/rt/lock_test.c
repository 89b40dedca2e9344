/* lock_test.c -- a goroutine tied to its thread: the claims of runtime/proc.go about LockOSThread. */
#include "../check.h"
#include "../program.h"

#include <stdio.h>
#include <stdlib.h>

#define MS 1000000u
#define US 1000u

static const uint64_t unbuffered[] = {0, 0};

/* observed: [L] GoBlock g8 . ProcStop . [A] ProcStart . GoStart g1 . GoUnblock g8 . GoBlock g1 . ProcStop . [L] ProcStart . GoStart g8 */
static void a_locked_goroutine_is_switched_to_by_two_threads(void) {
    static const Op main_ops[] = {GO(1), GOSCHED(), SEND(0), COMPUTE(1), RECV(1)};
    static const Op locked[] = {LOCK(), RECV(0), SEND(1)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("locked", locked)};
    Ran r = run_audited(
        &(Program){.bodies = bodies, .body_count = 2, .chan_caps = unbuffered, .chan_count = 2});
    char *from = strstr(r.text, "CHAN_QUEUE g=g2");
    CU_ASSERT_PTR_NOT_NULL_FATAL(from);
    Ran rest = {.text = from};
    while (rest.text > r.text && rest.text[-1] != '\n') rest.text--;
    expect_order(&rest,
                 "GO_BLOCK P_RELEASE M_LOCK_PARK P_ACQUIRE GO_START GO_UNBLOCK M_LOCK_WAKE M_PARK",
                 "GO_BLOCK g=g2 reason=\"chan receive\" line=2\n"
                 "P_RELEASE p=P0 m=M0\n"
                 "M_LOCK_PARK m=M0 g=g2\n"
                 "P_ACQUIRE p=P0 m=M3\n"
                 "GO_START g=g1 p=P0 m=M3 inherit=no\n"
                 "GO_UNBLOCK g=g2 by=g1\n"
                 "GO_BLOCK g=g1 reason=\"chan receive\" line=5\n"
                 "P_RELEASE p=P0 m=M3\n"
                 "M_LOCK_WAKE m=M0 g=g2 p=P0\n"
                 "M_PARK m=M3\n"
                 "P_ACQUIRE p=P0 m=M0\n"
                 "GO_START g=g2 p=P0 m=M0 inherit=no\n"
                 "GO_UNBLOCK g=g1 by=g2\n"
                 "P_RELEASE p=P0 m=M0\n"
                 "P_ACQUIRE p=P0 m=M3\n"
                 "GO_START g=g1 p=P0 m=M3 inherit=yes\n");
    ran_free(&r);
}

/* observed: 20 such goroutines left no extra thread behind */
static void a_locked_goroutine_takes_its_thread_with_it(void) {
    static const Op main_ops[] = {GO(1), SLEEP(1 * MS), GO(1), SLEEP(1 * MS), GO(1), SLEEP(1 * MS)};
    static const Op f[] = {LOCK(), COMPUTE(10 * US)};
    Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    bodies[0].repeat = 7;
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 2});
    CU_ASSERT_EQUAL(r.count[EV_M_END] + r.count[EV_M_WEDGE], 21);
    CU_ASSERT_EQUAL(r.count[EV_M_WEDGE], 1); /* one of them ran on M0 */
    CU_ASSERT(r.count[EV_M_NEW] >= 20); /* for each one that ended another one was made */
    ran_free(&r);
}

/* M0 cannot end: mexit parks it for ever */
static void the_first_thread_is_only_parked(void) {
    static const Op main_ops[] = {GO(1), GOSCHED(), SLEEP(1 * MS), COMPUTE(1)};
    static const Op f[] = {LOCK()};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2});
    CU_ASSERT_EQUAL(r.outcome, RUN_EXITED);
    expect_order(&r, "M_WEDGE", "M_WEDGE m=M0 g=g2\n");
    CU_ASSERT(r.count[EV_M_END] == 0 && r.count[EV_M_NEW] == 1);
    ran_free(&r);
}

static void unlocked_in_time_the_thread_stays(void) {
    static const Op main_ops[] = {GO(1), SLEEP(1 * MS)};
    static const Op f[] = {LOCK(), COMPUTE(10 * US), UNLOCK()};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2});
    CU_ASSERT_EQUAL(r.count[EV_M_END], 0);
    ran_free(&r);
}

static void locks_nest_and_one_unlock_too_many_is_none(void) {
    static const Op main_ops[] = {UNLOCK(), LOCK(), LOCK(), UNLOCK(), UNLOCK(), UNLOCK()};
    static const Body bodies[] = {BODY("main", main_ops)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1});
    expect_order(&r, "LOCK_THREAD UNLOCK_THREAD",
                 "LOCK_THREAD g=g1 m=M0 depth=1 line=2\n"
                 "LOCK_THREAD g=g1 m=M0 depth=2 line=3\n"
                 "UNLOCK_THREAD g=g1 m=M0 depth=1 line=4\n"
                 "UNLOCK_THREAD g=g1 m=M0 depth=0 line=5\n");
    ran_free(&r);
}

static void the_first_lock_starts_the_template_thread(void) {
    static const Op main_ops[] = {LOCK(), UNLOCK(), LOCK()};
    static const Body bodies[] = {BODY("main", main_ops)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1});
    CU_ASSERT_EQUAL(r.count[EV_M_TEMPLATE], 1);
    ran_free(&r);
}

/* A thread that a locked one needs is made by the template thread: its own state may be odd. */
static void a_locked_thread_has_others_made_for_it(void) {
    static const Op main_ops[] = {LOCK(), GO(1), COMPUTE(100 * US)};
    static const Op f[] = {COMPUTE(1)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 2});
    expect_order(&r, "M_NEW M_ASK", "M_NEW m=M3 p=P1 spinning=yes\nM_ASK m=M3 by=M0\n");
    CU_ASSERT_EQUAL(time_of(&r, "M_START", 1) - time_of(&r, "M_NEW", 1),
                    35 * US); /* 5 for the template thread */
    ran_free(&r);
}

/* go 28979: the lock was forgotten when its goroutine ended, and the next thread was cloned from that one. */
static void a_thread_that_ends_locked_makes_no_other(void) {
    static const Op main_ops[] = {GO(1), GO(2), RECV(0)};
    static const Op waits[] = {SEND(0)};
    static const Op locked[] = {LOCK(), COMPUTE(10 * US)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("waits", waits), BODY("locked", locked)};
    Ran r = run_audited(
        &(Program){.bodies = bodies, .body_count = 3, .chan_caps = unbuffered, .chan_count = 1});
    expect_order(&r, "M_NEW M_ASK M_WEDGE",
                 "M_NEW m=M3 p=P0 spinning=no\nM_ASK m=M3 by=M0\nM_WEDGE m=M0 g=g3\n");
    CU_ASSERT_EQUAL(r.outcome, RUN_EXITED);
    ran_free(&r);
}

/* a cgo call of a locked goroutine costs what any other costs */
static void a_call_of_a_locked_goroutine_costs_the_same(void) {
    static const Op locked[] = {LOCK(), C_CALL(1 * US), COMPUTE(1)};
    static const Op free_one[] = {COMPUTE(8), C_CALL(1 * US), COMPUTE(1)};
    const Body a[] = {BODY("main", locked)}, b[] = {BODY("main", free_one)};
    Ran with = run_audited(&(Program){.bodies = a, .body_count = 1});
    Ran without = run_audited(&(Program){.bodies = b, .body_count = 1});
    CU_ASSERT_EQUAL(with.end_ns, without.end_ns);
    ran_free(&with);
    ran_free(&without);
}

static void a_locked_main_stays_on_the_first_thread(void) {
    static const Op main_ops[] = {LOCK(),           GO(1),     GO(1), SLEEP(1 * MS), GOSCHED(),
                                  C_CALL(300 * US), COMPUTE(1)};
    static const Op busy[] = {COMPUTE(3 * MS)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("busy", busy)};
    for (uint32_t procs = 1; procs <= 3; procs++) {
        Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = procs});
        char *lines = ran_lines(&r, "GO_START"), *save;
        int elsewhere = 0, here = 0;
        for (char *line = strtok_r(lines, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
            if (strstr(line, "g=g1 ") == NULL) continue;
            if (strstr(line, " m=M0 ")) here++;
            else elsewhere++;
        }
        CU_ASSERT(here >= 3);
        CU_ASSERT_EQUAL(elsewhere, 0);
        free(lines);
        ran_free(&r);
    }
}

/* An unlocked one goes on wherever it is taken up: that is what a context on a thread does not survive. */
static void an_unlocked_goroutine_may_change_its_thread(void) {
    static const Op main_ops[] = {GO(1),
                                  {.kind = OP_CTX_CURRENT, .a = 0, .b = 1},
                                  C_CALL(200 * US),
                                  {.kind = OP_CTX_USE, .a = 0, .b = 100}};
    static const Op busy[] = {COMPUTE(300 * US)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("busy", busy)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .context_count = 1});
    expect_order(&r, "CTX_CURRENT CTX_USE",
                 "CTX_CURRENT x=x0 m=M0 g=g1 line=2\n"
                 "CTX_USE x=x0 m=M2 g=g1 wanted=yes ok=no line=4\n");
    ran_free(&r);
}

void rt_lock_tests(void) {
    static const Check checks[] = {
        {"a locked goroutine is switched to by two threads",
         a_locked_goroutine_is_switched_to_by_two_threads},
        {"a locked goroutine takes its thread with it",
         a_locked_goroutine_takes_its_thread_with_it},
        {"the first thread is only parked", the_first_thread_is_only_parked},
        {"unlocked in time the thread stays", unlocked_in_time_the_thread_stays},
        {"locks nest, and one unlock too many is none", locks_nest_and_one_unlock_too_many_is_none},
        {"the first lock starts the template thread", the_first_lock_starts_the_template_thread},
        {"a locked thread has others made for it", a_locked_thread_has_others_made_for_it},
        {"a thread that ends locked makes no other", a_thread_that_ends_locked_makes_no_other},
        {"a call of a locked goroutine costs the same",
         a_call_of_a_locked_goroutine_costs_the_same},
        {"a locked main stays on the first thread", a_locked_main_stays_on_the_first_thread},
        {"an unlocked goroutine may change its thread",
         an_unlocked_goroutine_may_change_its_thread},
        {0},
    };
    suite("rt: locked threads", checks);
}

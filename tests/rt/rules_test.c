/* rules_test.c -- who runs next, who is woken, who gets a P: the smaller rules of runtime/proc.go, a claim each. */
#include "../check.h"
#include "../program.h"

#include <stdio.h>
#include <stdlib.h>

#define MS 1000000u
#define US 1000u

static const uint64_t room[] = {512};
static const uint64_t unbuffered[] = {0, 0};

static void as_1_22(WorldOptions *opt) { opt->go = go_version_find("1.22"); }

/* ---- run queues ---- */

/* runqput: a new runnext kicks the one before out, to the tail of the ring */
static void a_displaced_runnext_goes_to_the_tail(void) {
    static const Op main_ops[] = {GO(1), GO(1), COMPUTE(1)};
    static const Op f[] = {COMPUTE(1)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2});
    expect_order(&r, "RUNQ_NEXT RUNQ_PUT",
                 "RUNQ_NEXT p=P0 g=g1 kicked=-\n"
                 "RUNQ_NEXT p=P0 g=g2 kicked=-\n"
                 "RUNQ_NEXT p=P0 g=g3 kicked=g2\n"
                 "RUNQ_PUT p=P0 g=g2\n");
    ran_free(&r);
}

/* goschedImpl: to the tail of the global queue, not of the P's own */
static void gosched_goes_to_the_global_queue(void) {
    static const Op main_ops[] = {GO(1), GOSCHED(), COMPUTE(1)};
    static const Op f[] = {COMPUTE(1)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2});
    expect_order(&r, "GO_STOP GLOBQ_PUT GO_START",
                 "GO_START g=g1 p=P0 m=M0 inherit=yes\n"
                 "GO_STOP g=g1 reason=\"runtime.Gosched\"\n"
                 "GLOBQ_PUT g=g1\n"
                 "GO_START g=g2 p=P0 m=M0 inherit=yes\n"
                 "GO_START g=g1 p=P0 m=M0 inherit=no\n");
    ran_free(&r);
}

/* globrunqgetbatch: min(128, size, size / GOMAXPROCS + 1) */
static void a_batch_of_the_global_queue_is_shared_out(void) {
    static const Op f[] = {GOSCHED(), COMPUTE(10 * US)};
    Op main_ops[22];
    for (int i = 0; i < 20; i++) main_ops[i] = (Op)GO(1);
    main_ops[20] = (Op)COMPUTE(1);
    main_ops[21] = (Op)SLEEP(2 * MS);
    const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2});
    expect_order(&r, "GLOBQ_GET",
                 "GLOBQ_GET p=P0 g=g21 rest=19\n"); /* 20 / 1 + 1, but there are 20 */
    ran_free(&r);
}

/* ... and never more than half a ring, whoever takes it: a hundred and twenty-eight, of two hundred here */
static void a_batch_of_the_global_queue_is_half_a_ring_at_most(void) {
    static const Op main_ops[] = {GO(1), SLEEP(1 * MS)};
    static const Op spawn[] = {GO(2)};
    static const Op f[] = {GOSCHED(), COMPUTE(1)};
    Body bodies[] = {BODY("main", main_ops), BODY("spawner", spawn), BODY("f", f)};
    bodies[1].repeat = 200;
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 3});
    char *lines = ran_lines(&r, "GLOBQ_GET"), *save;
    uint64_t most = 0;
    for (char *line = strtok_r(lines, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        uint64_t rest = strtoull(strstr(line, "rest=") + strlen("rest="), NULL, 10);
        if (rest > most) most = rest;
    }
    CU_ASSERT_EQUAL(most, 127);
    free(lines);
    ran_free(&r);
}

/* goyield: who hands a Mutex over in starvation mode goes to the tail of its own P's queue, and lets only those before it that are
 * there already */
static void who_yields_goes_to_the_tail_of_its_own_queue(void) {
    static const Op main_ops[] = {SYNC(LOCK, 0), GO(1),     GOSCHED(), COMPUTE(2 * MS), SYNC(UNLOCK, 0),
                                  SYNC(LOCK, 0), GOSCHED(), GO(2),     GO(2),           SYNC(UNLOCK, 0)};
    static const Op waiter[] = {SYNC(LOCK, 0), SYNC(UNLOCK, 0)};
    static const Op f[] = {COMPUTE(1)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("waiter", waiter), BODY("f", f)};
    static const struct {
        SyncKind kind;
        uint64_t size, of;
    } mutex[] = {{SYNC_MUTEX, 0, 0}};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 3, .syncs = (const void *)mutex, .sync_count = 1});
    char *yields = strstr(r.text, "GO_STOP g=g1 reason=\"goyield\"");
    CU_ASSERT_PTR_NOT_NULL_FATAL(yields);
    CU_ASSERT_PTR_NULL(strstr(yields, "GLOBQ_PUT"));
    expect_order(&(Ran){.text = yields}, "RUNQ_PUT GO_START",
                 "RUNQ_PUT p=P0 g=g1\n"
                 "GO_START g=g2 p=P0 m=M0 inherit=yes\n"
                 "GO_START g=g3 p=P0 m=M0 inherit=no\n"
                 "GO_START g=g4 p=P0 m=M0 inherit=no\n"
                 "GO_START g=g1 p=P0 m=M0 inherit=no\n");
    ran_free(&r);
}

/* a wake never moves the woken goroutine to another P: it lands in the waker's runnext */
static void who_is_woken_runs_next_where_it_was_woken(void) {
    static const Op main_ops[] = {GO(1), RECV(0), COMPUTE(1)};
    static const Op f[] = {COMPUTE(40 * US), SEND(0), COMPUTE(2 * US), COMPUTE(1)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(&(Program){
        .bodies = bodies, .body_count = 2, .chan_caps = unbuffered, .chan_count = 1, .procs = 1});
    expect_order(&r, "GO_UNBLOCK RUNQ_NEXT RUNQ_GET",
                 "RUNQ_NEXT p=P0 g=g1 kicked=-\n"
                 "RUNQ_GET p=P0 g=g1 next=yes\n"
                 "RUNQ_NEXT p=P0 g=g2 kicked=-\n"
                 "RUNQ_GET p=P0 g=g2 next=yes\n"
                 "GO_UNBLOCK g=g1 by=g2\n"
                 "RUNQ_NEXT p=P0 g=g1 kicked=-\n"
                 "RUNQ_GET p=P0 g=g1 next=yes\n");
    ran_free(&r);
}

/* observed, one P: who runs from runnext inherits a slice, also one that is over, so a chain in which each starts the next keeps
 * the queue waiting for as long as it likes, although sysmon stops one after the other */
static void a_chain_of_runnext_keeps_the_queue_waiting(void) {
    static const Op main_ops[] = {GO(1), GO(2), RECV(0)};
    static const Op waits[] = {SEND(0)};
    static const Op link[] = {GO(2), COMPUTE(15 * MS)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("waits", waits), BODY("link", link)};
    Ran r = run_audited(&(Program){
        .bodies = bodies, .body_count = 3, .chan_caps = room, .chan_count = 1, .limit_ns = (uint64_t)500 * MS});
    CU_ASSERT_EQUAL(r.outcome, RUN_LIMIT);
    CU_ASSERT(r.count[EV_PREEMPT_ASK] > 40);
    CU_ASSERT_PTR_NULL(strstr(r.text, "GO_START g=g2 "));
    ran_free(&r);
}

/* ---- searching ---- */

/* wakep: one searcher at a time, and each that finds work wakes the next (resetspinning) */
static void one_searcher_wakes_the_next(void) {
    static const Op f[] = {COMPUTE(500 * US)};
    static const Op main_ops[] = {GO(1), GO(1), GO(1), GO(1),
                                  GO(1), GO(1), GO(1), COMPUTE(500 * US)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 8});
    uint64_t first = time_of(&r, "M_NEW", 1), second = time_of(&r, "M_NEW", 2),
             third = time_of(&r, "M_NEW", 3);
    CU_ASSERT(second - first >=
              30 * US); /* not before the first has started, and found something */
    CU_ASSERT(third - second >= 30 * US);
    ran_free(&r);
}

/* goschedImpl ends with wakep: somebody else may want to have whoever has just given its P away */
static void who_stops_wakes_somebody_to_take_it(void) {
    static const Op gosched[] = {GOSCHED(), COMPUTE(1)};
    static const Op preempted[] = {COMPUTE(15 * MS)};
    static const struct {
        Body body;
        const char *expected;
    } cases[] = {{BODY("main", gosched), "GO_STOP g=g1 reason=\"runtime.Gosched\"\nGLOBQ_PUT g=g1\nM_NEW m=M2 p=P1 spinning=yes\n"},
                 {BODY("main", preempted), "GO_STOP g=g1 reason=\"preempted\"\nGLOBQ_PUT g=g1\nM_NEW m=M2 p=P1 spinning=yes\n"}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Ran r = run_audited(&(Program){.bodies = &cases[i].body, .body_count = 1, .procs = 2});
        expect_order(&r, "GO_STOP GLOBQ_PUT M_NEW", cases[i].expected);
        ran_free(&r);
    }
}

/* needspinning: a searcher was wanted while no P was free for it, so the next that has nothing to do searches, although another one
 * does and half of the busy Ps is enough */
static void who_was_missed_searches_beside_another(void) {
    static const Op main_ops[] = {GO(1), RECV(0), GOMAXPROCS(2), SLEEP(1 * MS)};
    static const Op f[] = {SEND(0)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(
        &(Program){.bodies = bodies, .body_count = 2, .chan_caps = unbuffered, .chan_count = 1, .procs = 1});
    char *sleeps = strstr(r.text, "GO_BLOCK g=g1 reason=\"sleep\"");
    CU_ASSERT_PTR_NOT_NULL_FATAL(sleeps);
    char *start = strstr(sleeps, "M_START m=M2"), *search = strstr(sleeps, "M_SPIN m=M0");
    CU_ASSERT_PTR_NOT_NULL_FATAL(start); /* the other one has been on its way all the time */
    CU_ASSERT_PTR_NOT_NULL_FATAL(search);
    CU_ASSERT(search < start);
    ran_free(&r);
}

/* stealWork: other Ps' timers are run in the last round, when nobody has anything queued; here P1 finds both at P0 */
static void others_timers_come_after_what_can_be_stolen(void) {
    static const Op main_ops[] = {GO(1), GOSCHED(), GO(2), GO(2), GO(2), COMPUTE(100 * US)};
    static const Op sleeper[] = {SLEEP(10 * US), COMPUTE(1)};
    static const Op f[] = {COMPUTE(1)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("sleeper", sleeper), BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 3, .procs = 2});
    uint64_t stolen = time_of(&r, "RUNQ_STEAL p=P1 p_from=P0", 1);
    CU_ASSERT(stolen > time_of(&r, "GO_SLEEP", 1) + 10 * US); /* it was due by then */
    char *lines = ran_lines(&r, "RUNQ_STEAL TIMER_FIRE");
    char *steal = strstr(lines, "RUNQ_STEAL p=P1"), *fires = strstr(lines, "TIMER_FIRE");
    CU_ASSERT_PTR_NOT_NULL_FATAL(steal);
    CU_ASSERT_PTR_NOT_NULL_FATAL(fires);
    CU_ASSERT(steal < fires);
    free(lines);
    ran_free(&r);
}

/* The Ps of n in the order in which a walk meets them; without `self`, which does not look at itself. */
static bool is_a_walk(const uint64_t *p, size_t count, uint64_t n, uint64_t self, uint64_t stride) {
    size_t met = 0;
    for (uint64_t i = 0; i < n; i++) {
        uint64_t at = (p[0] + i * stride) % n;
        if (at != self && (met == count || p[met++] != at)) return false;
    }
    return met == count;
}

/* stealOrder: a start and a stride that has no divisor in common with the number of Ps, both drawn for each round. A timer that
 * makes nobody runnable does not end the search, so seven of them, one on each other P, tell the whole way of P0's thread. */
static void a_search_goes_round_with_any_stride(void) {
    enum { PS = 8, OTHERS = PS - 1, RUNS = 24 };
    Op main_ops[OTHERS + 2], f[OTHERS][2];
    Body bodies[PS];
    struct {
        uint64_t delay_ns, period_ns;
    } timers[OTHERS];
    for (uint64_t i = 0; i < OTHERS; i++) {
        main_ops[i] = (Op)GO(i + 1);
        f[i][0] = (Op)TIMER(i);
        f[i][1] = (Op)COMPUTE(5 * MS);
        bodies[i + 1] = (Body)BODY("f", f[i]);
        timers[i].delay_ns = 1 * MS;
        timers[i].period_ns = 0;
    }
    main_ops[OTHERS] = (Op)COMPUTE(2 * MS);
    main_ops[OTHERS + 1] = (Op)SLEEP(10 * US);
    bodies[0] = (Body)BODY("main", main_ops);
    uint64_t strides = 0, starts = 0;
    for (uint64_t seed = 1; seed <= RUNS; seed++) {
        Ran r = run_audited(&(Program){.bodies = bodies, .body_count = PS, .timers = (const void *)timers, .timer_count = OTHERS,
                                       .procs = PS, .seed = seed, .tune = as_1_22});
        char *lines = ran_lines(&r, "TIMER_SEND"), *save;
        uint64_t p[OTHERS], count = 0, walks = 0;
        for (char *line = strtok_r(lines, "\n", &save); line && count < OTHERS; line = strtok_r(NULL, "\n", &save))
            p[count++] = strtoull(strstr(line, "p=P") + strlen("p=P"), NULL, 10);
        CU_ASSERT_EQUAL_FATAL(count, OTHERS);
        for (uint64_t stride = 1; stride < PS; stride += 2) {
            if (!is_a_walk(p, OTHERS, PS, 0, stride)) continue;
            walks++;
            strides |= 1u << stride;
            starts |= 1u << p[0];
        }
        CU_ASSERT_EQUAL(walks, 1);
        free(lines);
        ran_free(&r);
    }
    CU_ASSERT_EQUAL(strides, 1u << 1 | 1u << 3 | 1u << 5 | 1u << 7);
    CU_ASSERT(starts != 0 && (starts & (starts - 1)) != 0); /* more than one */
}

/* runqgrab: in the last round, and only 3 us after it was seen, so that its P's owner has the first chance */
static void a_runnext_is_stolen_after_3_us(void) {
    static const Op main_ops[] = {GO(1), COMPUTE(200 * US)};
    static const Op f[] = {COMPUTE(1)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 2});
    uint64_t spin = time_of(&r, "M_SPIN m=M2", 1), steal = time_of(&r, "RUNQ_STEAL_NEXT", 1);
    CU_ASSERT(steal - spin >= 3 * US && steal - spin < 4 * US);
    ran_free(&r);
}

/* ... at once if the owner is in C: it is not about to schedule anything (1.26) */
static void a_runnext_behind_a_call_is_stolen_at_once(void) {
    static const Op main_ops[] = {GO(1), C_CALL(35 * US), COMPUTE(1)};
    static const Op f[] = {COMPUTE(1)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 2});
    uint64_t spin = time_of(&r, "M_SPIN m=M2", 1), steal = time_of(&r, "RUNQ_STEAL_NEXT", 1);
    CU_ASSERT(steal - spin < 1 * US);
    ran_free(&r);
}

/* runqsteal gives no time along */
static void what_is_stolen_begins_a_slice_of_its_own(void) {
    static const Op main_ops[] = {GO(1), COMPUTE(200 * US)};
    static const Op f[] = {COMPUTE(1)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 2});
    expect_order(&r, "RUNQ_STEAL_NEXT GO_START",
                 "GO_START g=g1 p=P0 m=M0 inherit=yes\n" /* newproc: main itself was a runnext */
                 "RUNQ_STEAL_NEXT p=P1 p_from=P0 g=g2\n"
                 "GO_START g=g2 p=P1 m=M2 inherit=no\n");
    ran_free(&r);
}

/* findRunnable: local queue, global queue, network, and only then other Ps */
static void the_network_comes_before_stealing(void) {
    static const Op main_ops[] = {GO(1),  COMPUTE(100 * US), GO(2), GOSCHED(), COMPUTE(50 * US),
                                  SLEEP(1 * MS)};
    static const Op owner[] = {GO(3), GO(3), GO(3), GO(3), COMPUTE(800 * US)};
    static const Op net[] = {NET(10 * US, 0)};
    static const Op f[] = {COMPUTE(20 * US)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("owner", owner), BODY("net", net),
                                  BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 4, .procs = 2});
    char *sleeps = strstr(r.text, "GO_BLOCK g=g1 reason=\"sleep\"");
    CU_ASSERT_PTR_NOT_NULL_FATAL(sleeps);
    char *ready = strstr(sleeps, "NET_READY"), *steal = strstr(sleeps, "RUNQ_STEAL p=P0");
    CU_ASSERT_PTR_NOT_NULL_FATAL(ready);
    CU_ASSERT_PTR_NOT_NULL_FATAL(steal);
    CU_ASSERT(ready < steal);
    ran_free(&r);
}

/* "Delicate dance": who has given its P up looks once more, since nobody is woken while somebody searches */
static void a_searcher_that_gives_up_looks_once_more(void) {
    static const Op main_ops[] = {COMPUTE(31 * US), GO(1), COMPUTE(3 * US), GO(1), COMPUTE(60 * US)};
    static const Op f[] = {COMPUTE(2 * US)};
    unsigned times = 0;
    for (uint64_t ns = 0; ns < 4000; ns += 20) {
        Op ops[5];
        memcpy(ops, main_ops, sizeof ops);
        ops[2].a = 1 + ns;
        Body bodies[] = {BODY("main", ops), BODY("f", f)};
        bodies[0].repeat = 3;
        Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 4});
        for (const char *p = r.text; (p = strstr(p, "M_UNSPIN")) != NULL;) {
            const char *line = strchr(p, '\n');
            p = line ? strchr(line, ' ') : p + 1;
            times += p != NULL && strncmp(p, " P_IDLE_GET", 11) == 0;
            if (p == NULL) break;
        }
        ran_free(&r);
    }
    CU_ASSERT(times > 0);
}

/* injectglist on a P: as many as there are idle Ps go to the global queue, with a thread each; the others stay */
static void many_who_are_ready_are_shared_out_to_idle_ps(void) {
    static const Op main_ops[] = {GO(1), GO(1), GO(1), GO(1), GO(1), GO(1), SLEEP(20 * MS)};
    static const Op net[] = {NET(50 * US, 0), COMPUTE(1)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("net", net)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 4});
    char *at = strstr(r.text, "NET_READY");
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    char *end = strstr(at, "GO_START");
    CU_ASSERT_PTR_NOT_NULL_FATAL(end);
    *end = '\0';
    unsigned global = 0, threads = 0, local = 0;
    for (char *p = at; (p = strchr(p, '\n')) != NULL; p++) {
        char *event = strchr(p, ' ');
        if (event == NULL) break;
        global += strncmp(event, " GLOBQ_PUT", 10) == 0;
        threads += strncmp(event, " M_WAKE", 7) == 0 || strncmp(event, " M_NEW", 6) == 0;
        local += strncmp(event, " RUNQ_PUT", 9) == 0;
    }
    CU_ASSERT_EQUAL(global, 3);
    CU_ASSERT_EQUAL(threads, 3);
    CU_ASSERT_EQUAL(local, 2);
    ran_free(&r);
}

/* findRunnable: at most half as many searchers as there are busy Ps */
static void no_more_than_half_of_the_busy_ps_search(void) {
    static const Op f[] = {COMPUTE(20 * US)};
    Op main_ops[42];
    for (int i = 0; i < 40; i++) main_ops[i] = (Op)GO(1);
    main_ops[40] = (Op)COMPUTE(500 * US);
    main_ops[41] = (Op)COMPUTE(1);
    const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 8});
    char *lines = ran_lines(&r, "M_SPIN M_UNSPIN"), *save;
    int spinning = 0, most = 0;
    for (char *line = strtok_r(lines, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        spinning += strstr(line, "M_SPIN") ? 1 : -1;
        if (spinning > most) most = spinning;
    }
    CU_ASSERT(most >= 1 && most <= 4);
    free(lines);
    ran_free(&r);
}

/* mget: the thread parked last is woken first */
static void the_thread_parked_last_is_woken_first(void) {
    static const Op main_ops[] = {GO(1),         GO(1), COMPUTE(100 * US),
                                  SLEEP(1 * MS), GO(1), COMPUTE(100 * US)};
    static const Op f[] = {COMPUTE(60 * US)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 3});
    char *wake = strstr(r.text, "M_WAKE m=");
    CU_ASSERT_PTR_NOT_NULL_FATAL(wake);
    char *last = NULL;
    for (char *p = r.text; (p = strstr(p, "M_PARK m=")) != NULL && p < wake; p++) last = p;
    CU_ASSERT_PTR_NOT_NULL_FATAL(last);
    CU_ASSERT_EQUAL(atoi(last + strlen("M_PARK m=M")), atoi(wake + strlen("M_WAKE m=M")));
    ran_free(&r);
}

/* ---- handoffp, in the order of its questions ---- */

static void handed_on_for(const char *why, const Program *p) {
    Ran r = run_audited(p);
    char line[120];
    snprintf(line, sizeof line, "why=\"%s\"", why);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.text, line));
    if (strstr(r.text, line) == NULL) printf("\n  never handed on because %s\n", why);
    ran_free(&r);
}

static void a_p_is_handed_on_for_gos_reasons(void) {
    static const Op f[] = {COMPUTE(300 * US)};
    static const Op queue[] = {GO(1), C_CALL(100 * US)};
    static const Op gosched[] = {GO(2), GOSCHED(), COMPUTE(300 * US)};
    static const Op only_c[] = {C_CALL(100 * US)};
    static const Op long_c[] = {C_CALL(30 * MS)};
    static const Op both[] = {GO(1), C_CALL(200 * US)};
    static const Body a[] = {BODY("main", queue), BODY("f", f)};
    static const Body b[] = {BODY("main", gosched), BODY("f", f), BODY("c", only_c)};
    static const Body c[] = {BODY("main", both), BODY("c", only_c)};
    static const Body d[] = {BODY("main", long_c)};
    handed_on_for("its run queue is not empty", &(Program){.bodies = a, .body_count = 2});
    handed_on_for("the global queue is not empty", &(Program){.bodies = b, .body_count = 3});
    handed_on_for("nobody searches, no P is idle",
                  &(Program){.bodies = c, .body_count = 2, .procs = 2});
    handed_on_for("the last P: someone must poll",
                  &(Program){.bodies = d, .body_count = 1, .procs = 2});
}

/* ---- system calls ---- */

/* observed, one P: [A] GoSyscallBegin . [sysmon] ProcSteal . [B] ProcStart . GoStart . GoBlock . ProcStop .
 * [A] ProcStart . GoSyscallEndBlocked . GoStart */
static void a_long_call_on_one_p_goes_as_observed(void) {
    static const Op main_ops[] = {GO(1), C_CALL(400 * US), COMPUTE(1)};
    static const Op f[] = {COMPUTE(100 * US), RECV(0)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(
        &(Program){.bodies = bodies, .body_count = 2, .chan_caps = unbuffered, .chan_count = 1});
    expect_order(&r, "CGO_ENTER P_RETAKE P_ACQUIRE GO_START GO_BLOCK P_RELEASE CGO_EXIT_P",
                 "P_ACQUIRE p=P0 m=M0\n"
                 "GO_START g=g1 p=P0 m=M0 inherit=yes\n"
                 "CGO_ENTER g=g1 p=P0 m=M0 fn=\"sleep_in_c\" line=2\n"
                 "P_RETAKE p=P0 m_from=M0 g=g1 waited=20us by=M1\n"
                 "P_ACQUIRE p=P0 m=M2\n"
                 "GO_START g=g2 p=P0 m=M2 inherit=yes\n"
                 "GO_BLOCK g=g2 reason=\"chan receive\" line=2\n"
                 "P_RELEASE p=P0 m=M2\n"
                 "P_ACQUIRE p=P0 m=M0\n"
                 "CGO_EXIT_P g=g1 p=P0 m=M0\n");
    ran_free(&r);
}

/* exitsyscall goes on in the same slice: schedtick does not move, so that sysmon sees one long slice */
static void coming_back_from_c_begins_no_new_slice(void) {
    static const Op main_ops[] = {GO(1), COMPUTE(3 * MS)};
    static const Op f[] = {COMPUTE(1 * US), C_CALL(1 * US)};
    Body bodies[] = {BODY("main", f), BODY("f", main_ops)};
    bodies[0].repeat = 20000;
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1, .no_audit = true});
    CU_ASSERT(r.count[EV_PREEMPT_ASK] >=
              1); /* 20,000 calls in 40 ms, and the slice is over all the same */
    ran_free(&r);
}

/* ---- sysmon ---- */

/* backed off to 10 ms, a call stands in the way between 10 and 20 ms: one look to notice, one to take */
static void a_sleepy_sysmon_takes_10_to_20_ms(void) {
    static const Op main_ops[] = {COMPUTE(60 * MS), GO(1), C_CALL(60 * MS)};
    static const Op f[] = {COMPUTE(1 * US)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2});
    uint64_t in = time_of(&r, "CGO_ENTER", 1), taken = time_of(&r, "P_RETAKE", 1);
    CU_ASSERT(taken - in >= 10 * MS && taken - in <= 20 * MS);
    ran_free(&r);
}

/* idle goes back to 0 when a P is taken, not when a goroutine is asked to stop */
static void only_taking_a_p_makes_sysmon_quick_again(void) {
    static const Op main_ops[] = {GO(1), COMPUTE(100 * MS)};
    static const Op f[] = {COMPUTE(100 * MS)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("f", f)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2});
    CU_ASSERT(r.count[EV_PREEMPT_ASK] >= 3);
    char *after = strstr(r.text, "PREEMPT_ASK");
    CU_ASSERT_PTR_NOT_NULL_FATAL(after);
    CU_ASSERT_PTR_NULL(strstr(after, "next=20us"));
    ran_free(&r);
    static const Op call[] = {COMPUTE(60 * MS), GO(1), C_CALL(60 * MS)};
    static const Body again[] = {BODY("main", call), BODY("f", f)};
    r = run_audited(&(Program){.bodies = again, .body_count = 2});
    after = strstr(r.text, "P_RETAKE");
    CU_ASSERT_PTR_NOT_NULL_FATAL(after);
    CU_ASSERT_PTR_NOT_NULL(strstr(after, "next=20us"));
    ran_free(&r);
}

/* If the slice was over already, the first look at a call is enough (sysretake). */
static void after_a_whole_slice_one_look_takes_the_p(void) {
    static const Op main_ops[] = {GO(1), COMPUTE(1 * US), GO(2), RECV(0)};
    static const Op busy[] = {COMPUTE(1), C_CALL(1), SEND(0)};
    static const Op other[] = {COMPUTE(10 * US)};
    (void)busy;
    uint64_t at_once = 0;
    for (uint64_t us = 0; us < 2000;
         us += 100) { /* into C just before the look that would have ended the slice */
        Op f[] = {C_CALL(1), COMPUTE(20 * MS + us * US), C_CALL(40 * MS), SEND(0)};
        Body bodies[] = {BODY("main", main_ops), BODY("f", f), BODY("o", other)};
        Ran r = run_audited(&(Program){
            .bodies = bodies, .body_count = 3, .chan_caps = room, .chan_count = 1, .procs = 1});
        at_once += strstr(r.text, "waited=-") != NULL;
        ran_free(&r);
    }
    CU_ASSERT(at_once > 0);
}

/* all Ps idle: deep sleep, from which a call out of Go, or back, wakes it, quick again */
static void sysmon_sleeps_deeply_when_all_ps_are_idle(void) {
    static const Op main_ops[] = {SLEEP(40 * MS), C_CALL(100 * US), COMPUTE(1)};
    static const Body bodies[] = {BODY("main", main_ops)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1});
    CU_ASSERT(r.count[EV_SYSMON_SLEEP] >= 1);
    CU_ASSERT(r.count[EV_SYSMON_LOOK] < 20); /* not one every 20 us, nor every 10 ms */
    char *wake = strstr(r.text, "SYSMON_WAKE");
    CU_ASSERT_PTR_NOT_NULL_FATAL(wake);
    CU_ASSERT_PTR_NOT_NULL(strstr(wake, "SYSMON_LOOK idle=0 next=20us"));
    ran_free(&r);
}

/* ... for half of forcegcperiod at most */
static void a_deep_sleep_ends_after_a_minute(void) {
    static const Op main_ops[] = {SLEEP(150000u * (uint64_t)MS)};
    static const Body bodies[] = {BODY("main", main_ops)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1});
    uint64_t slept = time_of(&r, "SYSMON_SLEEP", 1);
    CU_ASSERT_EQUAL(time_of(&r, "SYSMON_WAKE", 1) - slept, 60000u * (uint64_t)MS);
    ran_free(&r);
}

void rt_rules_tests(void) {
    static const Check checks[] = {
        {"a displaced runnext goes to the tail", a_displaced_runnext_goes_to_the_tail},
        {"Gosched goes to the global queue", gosched_goes_to_the_global_queue},
        {"a batch of the global queue is shared out", a_batch_of_the_global_queue_is_shared_out},
        {"a batch of the global queue is half a ring at most", a_batch_of_the_global_queue_is_half_a_ring_at_most},
        {"who yields goes to the tail of its own queue", who_yields_goes_to_the_tail_of_its_own_queue},
        {"who is woken runs next where it was woken", who_is_woken_runs_next_where_it_was_woken},
        {"a chain of runnext keeps the queue waiting", a_chain_of_runnext_keeps_the_queue_waiting},
        {"one searcher wakes the next", one_searcher_wakes_the_next},
        {"who stops wakes somebody to take it", who_stops_wakes_somebody_to_take_it},
        {"who was missed searches beside another", who_was_missed_searches_beside_another},
        {"others' timers come after what can be stolen", others_timers_come_after_what_can_be_stolen},
        {"a search goes round with any stride", a_search_goes_round_with_any_stride},
        {"a runnext is stolen after 3 us", a_runnext_is_stolen_after_3_us},
        {"a runnext behind a call is stolen at once", a_runnext_behind_a_call_is_stolen_at_once},
        {"what is stolen begins a slice of its own", what_is_stolen_begins_a_slice_of_its_own},
        {"the network comes before stealing", the_network_comes_before_stealing},
        {"a searcher that gives up looks once more", a_searcher_that_gives_up_looks_once_more},
        {"many who are ready are shared out to idle Ps",
         many_who_are_ready_are_shared_out_to_idle_ps},
        {"no more than half of the busy Ps search", no_more_than_half_of_the_busy_ps_search},
        {"the thread parked last is woken first", the_thread_parked_last_is_woken_first},
        {"a P is handed on for Go's reasons", a_p_is_handed_on_for_gos_reasons},
        {"a long call on one P goes as observed", a_long_call_on_one_p_goes_as_observed},
        {"coming back from C begins no new slice", coming_back_from_c_begins_no_new_slice},
        {"a sleepy sysmon takes 10 to 20 ms", a_sleepy_sysmon_takes_10_to_20_ms},
        {"only taking a P makes sysmon quick again", only_taking_a_p_makes_sysmon_quick_again},
        {"after a whole slice one look takes the P", after_a_whole_slice_one_look_takes_the_p},
        {"sysmon sleeps deeply when all Ps are idle", sysmon_sleeps_deeply_when_all_ps_are_idle},
        {"a deep sleep ends after a minute", a_deep_sleep_ends_after_a_minute},
        {0},
    };
    suite("rt: smaller rules", checks);
}

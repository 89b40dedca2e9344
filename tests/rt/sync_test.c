/* sync_test.c -- package sync: who gets a lock, who has to wait for it, and for how long. */
#include "../check.h"
#include "../program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS 1000000u
#define US 1000u

typedef struct {
    SyncKind kind;
    uint64_t size, of;
} Decl;
#define WITH(decls) .syncs = (const void *)(decls), .sync_count = ARRAY_LEN(decls)

static const Decl one_mutex[] = {{SYNC_MUTEX, 0, 0}}, two_mutexes[] = {{SYNC_MUTEX, 0, 0}, {SYNC_MUTEX, 0, 0}};

/* 5 ns each, and nobody hears of it */
static void a_free_mutex_costs_an_instruction(void) {
    static const Op ops[] = {SYNC(LOCK, 0), SYNC(UNLOCK, 0), SYNC(TRYLOCK, 0), SYNC(UNLOCK, 0)};
    static const Body bodies[] = {BODY("main", ops)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 1, WITH(one_mutex)});
    expect_order(&r, "SYNC_LOCK SYNC_UNLOCK SYNC_QUEUE SYNC_WAKE SYNC_SPIN GO_BLOCK",
                 "SYNC_LOCK g=g1 s=s0 n=1 reading=no waited=- line=1\n"
                 "SYNC_UNLOCK g=g1 s=s0 n=1 reading=no line=2\n"
                 "SYNC_LOCK g=g1 s=s0 n=1 reading=no waited=- line=3\n"
                 "SYNC_UNLOCK g=g1 s=s0 n=1 reading=no line=4\n");
    CU_ASSERT_EQUAL(r.end_ns - time_of(&r, "SYNC_LOCK", 1), 3 * 5);
    ran_free(&r);
}

/* canSpin: other Ps have to run; four rounds, then it parks */
static void only_with_other_ps_does_one_spin(void) {
    static const Op main_ops[] = {SYNC(LOCK, 0), GO(1), COMPUTE(200 * US), SYNC(UNLOCK, 0), SLEEP(1 * MS)};
    static const Op other[] = {SYNC(LOCK, 0), SYNC(UNLOCK, 0)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("other", other)};
    for (uint32_t procs = 1; procs <= 2; procs++) {
        Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = procs, WITH(one_mutex)});
        CU_ASSERT_EQUAL(r.count[EV_SYNC_SPIN], procs == 1 ? 0 : 4);
        CU_ASSERT_EQUAL(r.count[EV_SYNC_QUEUE], procs == 1 ? 0 : 1); /* alone, it comes after main */
        ran_free(&r);
    }
}

static void who_spins_gets_it_without_parking(void) {
    static const Op main_ops[] = {GO(1), COMPUTE(100 * US), SYNC(LOCK, 0), COMPUTE(40 * US), SYNC(UNLOCK, 0), COMPUTE(100 * US)};
    static const Op other[] = {COMPUTE(106 * US), SYNC(LOCK, 0), SYNC(UNLOCK, 0)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("other", other)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 2, .procs = 2, WITH(one_mutex)});
    CU_ASSERT(r.count[EV_SYNC_SPIN] >= 1);
    CU_ASSERT_EQUAL(r.count[EV_SYNC_LOCK], 2);
    CU_ASSERT_EQUAL(r.count[EV_SYNC_QUEUE], 0);
    ran_free(&r);
}

/* The hog locks again before the one that it has woken runs. After 1 ms that one says so, and is handed the mutex. */
static void after_a_millisecond_it_is_handed_over(void) {
    static const Op main_ops[] = {GO(1), GO(2), SLEEP(8 * MS)};
    static const Op hog[] = {SYNC(LOCK, 0), COMPUTE(100 * US), SYNC(UNLOCK, 0)};
    static const Op waiter[] = {COMPUTE(50 * US), SYNC(LOCK, 0), SYNC(UNLOCK, 0)};
    const Body bodies[] = {BODY("main", main_ops), BODY("waiter", waiter), {"hog", hog, ARRAY_LEN(hog), 50}};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 3, .procs = 2, WITH(one_mutex)});
    uint64_t queued = time_of(&r, "SYNC_QUEUE", 1), starves = time_of(&r, "SYNC_STARVE", 1), over = time_of(&r, "SYNC_STARVE", 2);
    CU_ASSERT(starves - queued > 1 * MS);
    CU_ASSERT(starves - queued < 1 * MS + 220 * US); /* two turns of the hog */
    CU_ASSERT(over - starves < 110 * US);             /* the next Unlock is its own */
    CU_ASSERT_EQUAL(r.count[EV_SYNC_STARVE], 2);
    CU_ASSERT(r.count[EV_SYNC_WAKE] > 3); /* all but the last in vain */
    CU_ASSERT_PTR_NOT_NULL(strstr(r.text, "handed=yes"));
    CU_ASSERT_EQUAL(time_of(&r, "reason=\"goyield\"", 1), time_of(&r, "handed=yes", 1)); /* ... with the P of who unlocked */
    ran_free(&r);
}

/* Who lost goes to the head of the queue, not behind those that came later. */
static void who_lost_stays_first(void) {
    static const Op main_ops[] = {GO(1), SLEEP(100 * US), GO(2), SLEEP(100 * US), GO(3), SLEEP(20 * MS)};
    static const Op hog[] = {SYNC(LOCK, 0), COMPUTE(400 * US), SYNC(UNLOCK, 0)};
    static const Op waiter[] = {SYNC(LOCK, 0), COMPUTE(10 * US), SYNC(UNLOCK, 0)};
    const Body bodies[] = {BODY("main", main_ops), {"hog", hog, ARRAY_LEN(hog), 12}, BODY("first", waiter), BODY("second", waiter)};
    Ran r = run_audited(&(Program){.bodies = bodies, .body_count = 4, .procs = 3, WITH(one_mutex)});
    char *locks = ran_lines(&r, "SYNC_LOCK");
    CU_ASSERT_EQUAL(r.count[EV_SYNC_LOCK], 14);
    uint64_t got[2] = {0}, n = 0;
    for (char *line = locks, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = '\0';
        char *waited = strstr(line, "waited="), *g = strstr(line, "g=g");
        if (waited != NULL && strncmp(waited, "waited=-", 8) != 0 && n < 2) got[n++] = strtoull(g + 3, NULL, 10);
    }
    CU_ASSERT_EQUAL(n, 2);
    CU_ASSERT(got[0] < got[1]); /* in the order in which they came */
    free(locks);
    ran_free(&r);
}

typedef struct {
    uint64_t blocker[4], holder[2];
    bool ended;
} Seen;

static void look(void *ctx, const Model *m, const Event *e) {
    Seen *s = ctx;
    if (e->kind != EV_DEADLOCK) return;
    for (uint64_t g = 1; g < m->g_count && g < 4; g++) s->blocker[g] = m->g[g].state == G_WAITING ? model_blocker(m, g, 0) : NONE;
    for (uint64_t i = 0; i < m->sync_count && i < 2; i++) s->holder[i] = m->sync[i].holds == NONE ? NONE : m->hold[m->sync[i].holds].g;
    s->ended = true;
}

static void a_cycle_of_locks_can_be_seen_in_the_model(void) {
    static const Op main_ops[] = {GO(1), GO(2), SLEEP(2 * MS), SYNC(LOCK, 0)};
    static const Op ab[] = {SYNC(LOCK, 0), SLEEP(1 * MS), SYNC(LOCK, 1)};
    static const Op ba[] = {SYNC(LOCK, 1), SLEEP(1 * MS), SYNC(LOCK, 0)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("ab", ab), BODY("ba", ba)};
    Seen seen = {0};
    Ran r = run_program(&(Program){.bodies = bodies, .body_count = 3, WITH(two_mutexes), .after = look, .ctx = &seen});
    CU_ASSERT_EQUAL(r.outcome, RUN_DEADLOCK);
    CU_ASSERT(seen.ended);
    CU_ASSERT_EQUAL(seen.holder[0], seen.blocker[1]); /* main waits for who has s0 ... */
    CU_ASSERT_EQUAL(seen.blocker[2], 3);              /* ... and those two for each other */
    CU_ASSERT_EQUAL(seen.blocker[3], 2);
    ran_free(&r);
}

static void a_writer_is_what_later_readers_wait_for(void) {
    static const Decl rw[] = {{SYNC_RWMUTEX, 0, 0}};
    static const Op main_ops[] = {SYNC(RLOCK, 0), GO(1), SLEEP(1 * MS), GO(2), SLEEP(1 * MS), SYNC(RLOCK, 0)};
    static const Op writes[] = {SYNC(LOCK, 0)};
    static const Op reads[] = {SYNC(RLOCK, 0)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("writes", writes), BODY("reads", reads)};
    Seen seen = {0};
    Ran r = run_program(&(Program){.bodies = bodies, .body_count = 3, WITH(rw), .after = look, .ctx = &seen});
    CU_ASSERT_EQUAL(r.outcome, RUN_DEADLOCK);
    CU_ASSERT_EQUAL(seen.blocker[1], 2); /* main asks again, and waits for the writer, ... */
    CU_ASSERT_EQUAL(seen.blocker[2], 1); /* ... which waits for main */
    CU_ASSERT_EQUAL(seen.blocker[3], 2);
    ran_free(&r);
}

/* Who has drawn a ticket when it is called does not park, even if it unlocks with a hand-over in between. */
static void the_reasons_of_waiting_are_gos(void) {
    static const Decl all[] = {{SYNC_MUTEX, 0, 0}, {SYNC_RWMUTEX, 0, 0}, {SYNC_WAITGROUP, 0, 0}, {SYNC_COND, 0, 0}, {SYNC_WEIGHTED, 1, 0}};
    static const Op mutex[] = {SYNC(LOCK, 0), SYNC(LOCK, 0)}, rlock[] = {SYNC(LOCK, 1), SYNC(RLOCK, 1)};
    static const Op lock[] = {SYNC(RLOCK, 1), SYNC(LOCK, 1)}, wait[] = {SYNC_N(ADD, 2, 1), SYNC(WAIT, 2)};
    static const Op cond[] = {SYNC(LOCK, 0), SYNC(WAIT, 3)}, weighted[] = {SYNC_N(LOCK, 4, 1), SYNC_N(LOCK, 4, 1)};
    static const Op too_much[] = {SYNC_N(LOCK, 4, 2)};
    static const struct {
        const Op *ops;
        size_t count;
        const char *reason;
    } cases[] = {{mutex, 2, "sync.Mutex.Lock"},     {rlock, 2, "sync.RWMutex.RLock"}, {lock, 2, "sync.RWMutex.Lock"},
                 {wait, 2, "sync.WaitGroup.Wait"},  {cond, 2, "sync.Cond.Wait"},      {weighted, 2, "select"},
                 {too_much, 1, "chan receive (nil chan)"}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char says[96];
        const Body body = {"main", cases[i].ops, cases[i].count, 0};
        Ran r = run_audited(&(Program){.bodies = &body, .body_count = 1, WITH(all)});
        snprintf(says, sizeof says, "GO_BLOCK g=g1 reason=\"%s\" line=%zu\n", cases[i].reason, cases[i].count);
        expect_order(&r, "GO_BLOCK", says);
        CU_ASSERT_EQUAL(r.outcome, RUN_DEADLOCK);
        ran_free(&r);
    }
}

void rt_sync_tests(void) {
    static const Check checks[] = {
        {"a free mutex costs an instruction", a_free_mutex_costs_an_instruction},
        {"only with other Ps does one spin", only_with_other_ps_does_one_spin},
        {"who spins gets it without parking", who_spins_gets_it_without_parking},
        {"after a millisecond it is handed over", after_a_millisecond_it_is_handed_over},
        {"who lost stays first", who_lost_stays_first},
        {"a cycle of locks can be seen in the model", a_cycle_of_locks_can_be_seen_in_the_model},
        {"a writer is what later readers wait for", a_writer_is_what_later_readers_wait_for},
        {"the reasons of waiting are Go's", the_reasons_of_waiting_are_gos},
        {0},
    };
    suite("rt: package sync", checks);
}

/* random_test.c -- random programs: the audit after each step, the invariants at each event, and the same run twice.
 *
 * `make stress` runs many more of them; a failure prints the seed that repeats it.
 */
#include "../check.h"
#include "../program.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    BODIES = 6,
    C_BODIES = 2,
    AFTER = BODIES + C_BODIES, /* what AfterFunc calls: it makes no other goroutines */
    ALL_BODIES,
    OPS_MAX = 40,
    CHANS = 4,
    TIMERS = 2,
    SELECTS = 24,
    CONTEXTS = 2,
    JOBS = WAY_PROCESS + 1
};
#define STRETCH_MAX_NS 15000000u /* the longest OP_COMPUTE */

typedef struct {
    Op ops[ALL_BODIES][OPS_MAX];
    bool heap;
    size_t count; /* of the body that is being made */
    Body body[ALL_BODIES];
    uint64_t cap[CHANS];
    Selection select[SELECTS];
    Job job[JOBS];
} Random;

/* ---- operations, into the body that is being made ---- */

static void add(Random *x, uint64_t body, Op op) {
    if (x->count < OPS_MAX) x->ops[body][x->count++] = op;
}
#define ADD(...) add(x, body, (Op)__VA_ARGS__)

static void add_go(Random *x, Prng *r, uint64_t body, int depth);

/* Things of package sync, by number; only what cannot unlock too often. */
enum { MUTEX, MUTEX_2, RWMUTEX, WAITGROUP, ONCE, COND, WEIGHTED, PTHREAD, SYNCS, UNITS = 4 };

static void add_between(Random *x, Prng *r, uint64_t body, int depth, Op before, Op after) {
    if (x->count + 4 > OPS_MAX || depth > 3) return;
    add(x, body, before);
    for (uint64_t n = prng_below(r, 3); n > 0 && x->count + 3 < OPS_MAX; n--) add_go(x, r, body, depth + 1);
    add(x, body, after);
}
#define BETWEEN(before, after) add_between(x, r, body, depth, (Op)before, (Op)after)

static void add_sync(Random *x, Prng *r, uint64_t body, int depth) {
    uint64_t m = prng_below(r, 2), n = 1 + prng_below(r, UNITS);
    switch (prng_below(r, 14)) {
    case 0:
    case 1:
    case 2: BETWEEN(SYNC(LOCK, m), SYNC(UNLOCK, m)); break;
    case 3:
    case 4: BETWEEN(SYNC(RLOCK, RWMUTEX), SYNC(RUNLOCK, RWMUTEX)); break;
    case 5: BETWEEN(SYNC(LOCK, RWMUTEX), SYNC(UNLOCK, RWMUTEX)); break;
    case 6:
    case 7: BETWEEN(SYNC_N(LOCK, WEIGHTED, n), SYNC_N(UNLOCK, WEIGHTED, n)); break;
    case 8: BETWEEN(SYNC_N(ADD, WAITGROUP, 1), SYNC_N(ADD, WAITGROUP, -1)); break;
    case 9:
        if (prng_below(r, 4) == 0) ADD(SYNC(WAIT, WAITGROUP));
        break;
    case 10: BETWEEN(SYNC(LOCK, RWMUTEX), SYNC(UNLOCK, RWMUTEX)); break;
    case 11:
        if (x->count + 3 > OPS_MAX) break;
        ADD(SYNC(LOCK, MUTEX));
        ADD(SYNC(WAIT, COND));
        ADD(SYNC(UNLOCK, MUTEX));
        break;
    case 12:
        if (prng_below(r, 2)) ADD(SYNC(SIGNAL, COND));
        else ADD(SYNC(BROADCAST, COND));
        break;
    default:
        if (x->count + 2 > OPS_MAX) break;
        switch (prng_below(r, 4)) { /* the second only if the first gets it */
        case 0: ADD(SYNC(TRYLOCK, m)); ADD(SYNC(UNLOCK, m)); break;
        case 1: ADD(SYNC(TRYRLOCK, RWMUTEX)); ADD(SYNC(RUNLOCK, RWMUTEX)); break;
        case 2: ADD(SYNC_N(TRYLOCK, WEIGHTED, n)); ADD(SYNC_N(UNLOCK, WEIGHTED, n)); break;
        default: ADD(SYNC(ONCE, ONCE)); ADD(SYNC(ONCE_DONE, ONCE)); break;
        }
    }
}

/* Trees of contexts, whoever makes, asks and cancels. CANCEL of AfterFunc's is stop. */
static void add_context(Random *x, Prng *r, uint64_t body) {
    uint64_t which = prng_below(r, CONTEXTS_MAX), parent = prng_below(r, CONTEXTS_MAX + 2);
    uint64_t ns = prng_below(r, 4) ? prng_below(r, 3000000) : 0, n = 1 + prng_below(r, UNITS);
    switch (prng_below(r, 12)) {
    case 0:
    case 1: ADD(CONTEXT(which, parent, CANCEL_PLAIN, 0)); break;
    case 2:
    case 3: ADD(CONTEXT(which, parent, CANCEL_DEADLINE, ns)); break;
    case 4:
        if (body < BODIES) ADD(CONTEXT(which, parent, CANCEL_AFTER_FUNC, 0));
        break;
    case 5: ADD(ERR(which)); break;
    case 6: ADD(DONE(which)); break;
    case 7:
    case 8:
        if (x->count + 2 > OPS_MAX) break;
        ADD(DONE(which));
        if (prng_below(r, 2)) ADD(RECV(DONE_CHAN));
        else ADD(SELECT(prng_below(r, SELECTS)));
        break;
    case 9:
    case 10: /* who waits gives up, now and then with others behind him */
        if (x->count + 6 > OPS_MAX) break;
        if (prng_below(r, 2)) ADD(SYNC_N(LOCK, WEIGHTED, 1 + prng_below(r, 2)));
        ADD(CONTEXT(which, BACKGROUND, CANCEL_DEADLINE, prng_below(r, 400000)));
        ADD(ACQUIRE(WEIGHTED, n, which));
        ADD(SYNC_N(UNLOCK, WEIGHTED, n));
        if (prng_below(r, 4) == 0) ADD(SLEEP(prng_below(r, 600000)));
        break;
    default: ADD(CANCEL(which, prng_below(r, 2))); break;
    }
}

/* C code: what it can do is work, call Go, and start threads. */
static void add_c(Random *x, Prng *r, uint64_t body, int depth) {
    switch (prng_below(r, 6)) {
    case 0:
    case 1: ADD(C_WORK(prng_below(r, 60000))); break;
    case 2: ADD(C_WORK(prng_below(r, 2000))); break;
    case 3:
        ADD({.kind = OP_CTX_USE, .a = prng_below(r, CONTEXTS), .b = prng_below(r, 3000)});
        break;
    default:
        if (x->count + 6 > OPS_MAX || depth > 3) break;
        ADD(CALLBACK());
        for (uint64_t n = prng_below(r, 3); n > 0 && x->count + 4 < OPS_MAX; n--)
            add_go(x, r, body, depth + 1);
        ADD(CALLBACK_END());
    }
}

static void add_c_call(Random *x, Prng *r, uint64_t body, int depth) {
    if (x->count + 8 > OPS_MAX || depth > 3) return;
    bool locks = prng_below(r, 5) == 0; /* and calls Go with the lock in its hand, now and then */
    ADD(C_ENTER());
    if (locks) ADD(SYNC(LOCK, PTHREAD));
    for (uint64_t n = 1 + prng_below(r, 3); n > 0 && x->count + 7 < OPS_MAX; n--)
        add_c(x, r, body, depth + 1);
    if (locks) ADD(SYNC(UNLOCK, PTHREAD));
    ADD(C_LEAVE());
}

/* What a goroutine other than main does; channel operations are the most frequent. */
static void add_go(Random *x, Prng *r, uint64_t body, int depth) {
    uint64_t c = prng_below(r, CHANS);
    if (prng_below(r, 6) == 0) {
        add_sync(x, r, body, depth);
        return;
    }
    if (prng_below(r, 6) == 0) {
        add_context(x, r, body);
        return;
    }
    switch (prng_below(r, x->heap ? 39 : 32)) { /* from 32 on: objects */
    case 0:
    case 1: ADD(COMPUTE(prng_below(r, 100000))); break;
    case 2: ADD(COMPUTE(prng_below(r, 3000000))); break;
    case 3:
        ADD({.kind = OP_COMPUTE, .a = prng_below(r, STRETCH_MAX_NS), .b = prng_below(r, 2) * 5000});
        break;
    case 4:
    case 5:
    case 6: ADD(SEND(c)); break;
    case 7:
    case 8:
    case 9: ADD(RECV(c)); break;
    case 10:
    case 11:
    case 12:
    case 13: ADD(SELECT(prng_below(r, SELECTS))); break;
    case 14: ADD(SLEEP(prng_below(r, 3000000))); break;
    case 15: ADD(C_CALL(prng_below(r, 200000))); break;
    case 16: ADD(C_CALL(prng_below(r, 30000))); break;
    case 17: ADD({.kind = OP_C_CALL, .a = prng_below(r, 12000000), .b = CALL_INTERRUPTIBLE}); break;
    case 18: /* a later body, so that they come to an end */
        if (body + 1 < BODIES)
            ADD({.kind = OP_GO, .a = body + 1 + prng_below(r, BODIES - body - 1)});
        break;
    case 19:
    case 20: ADD(LOCK()); break;
    case 21: ADD(UNLOCK()); break;
    case 22: ADD(NET(prng_below(r, 4000000), prng_below(r, 2) * prng_below(r, 4000000))); break;
    case 23: ADD(TIMER(prng_below(r, TIMERS))); break;
    case 24: ADD(RECV(CHANS + prng_below(r, TIMERS))); break;
    case 25:
    case 26: add_c_call(x, r, body, depth); break;
    case 27: ADD(C_THREAD(BODIES + prng_below(r, C_BODIES))); break;
    case 28:
        ADD({.kind = prng_below(r, 2) ? OP_CTX_USE : OP_CTX_ABSENT,
             .a = prng_below(r, CONTEXTS),
             .b = 500});
        break;
    case 29:
        ADD({.kind = OP_CTX_CURRENT, .a = prng_below(r, CONTEXTS), .b = prng_below(r, 2)});
        break;
    case 30: ADD({.kind = OP_ACROSS, .a = prng_below(r, JOBS)}); break;
    case 32:
    case 33: ADD(ALLOC(1 + prng_below(r, 1 << (4 + prng_below(r, 14))))); break;
    case 34: ADD(ALLOC_POINTERS(8 + 8 * prng_below(r, 4000))); break;
    case 35: ADD(PIN(prng_below(r, 2) ? LAST : prng_below(r, 3))); break;
    case 36: ADD(UNPIN(prng_below(r, 3))); break;
    case 37: ADD(LAUNCH(prng_below(r, 1000000), LAST)); break;
    case 38:
        if (prng_below(r, 2)) ADD(DROP());
        else ADD(FINISH());
        break;
    default:
        switch (prng_below(r, 40)) {
        case 0: ADD(CLOSE(c)); break;
        case 1:
        case 2:
        case 3: ADD(GC()); break;
        case 4:
        case 5: ADD(GOMAXPROCS(1 + prng_below(r, 6))); break;
        case 7: ADD({.kind = prng_below(r, 2) ? OP_SEND : OP_RECV, .a = NIL_CHAN}); break;
        case 6: ADD({.kind = OP_TIMER_STOP, .a = prng_below(r, TIMERS)}); break;
        default: ADD(GOSCHED()); break;
        }
    }
}

/* Main starts the others and then does what cannot block for ever, so that they get to run. */
static Op random_main_op(Prng *r, size_t i, size_t n) {
    if (i < n / 2) return (Op)GO(1 + prng_below(r, BODIES - 1));
    switch (prng_below(r, 10)) {
    case 0:
    case 1: return (Op)SLEEP(prng_below(r, 4000000));
    case 2:
    case 3: return (Op)C_CALL(prng_below(r, 2000000));
    case 4:
    case 5: return (Op)GOSCHED();
    case 6: return prng_below(r, 3) ? (Op)NET(prng_below(r, 3000000), 0) : (Op)GC();
    case 7: return prng_below(r, 2) ? (Op)GOMAXPROCS(1 + prng_below(r, 5)) : (Op)LOCK();
    default: return (Op)COMPUTE(prng_below(r, 4000000));
    }
}

/* One to four cases, a few of them of nil channels, timers or contexts; the same channel may be in it twice, in both directions. */
static Selection random_selection(Prng *r) {
    Selection s = {.count = (uint32_t)(1 + prng_below(r, MESSAGE_CASES_MAX)), .has_default = prng_below(r, 3) == 0};
    for (uint32_t i = 0; i < s.count; i++) {
        uint64_t which = prng_below(r, 20);
        s.cases[i].sends = prng_below(r, 2);
        s.cases[i].c.v = which == 0 ? NIL_CHAN : which % CHANS;
        if (which >= 17) s.cases[i] = (SelectCase){.c = {CHANS + which % TIMERS}};
        if (which == 1 || which == 2) s.cases[i] = (SelectCase){.c = {DONE_CHAN}};
    }
    if (prng_below(r, 50) == 0) s.count = 0;
    return s;
}

static uint64_t tuned; /* the seed whose options a run gets: Program.tune knows no more */
static void tune(WorldOptions *opt) {
    opt->go = &go_version[tuned / 16 % go_version_count];
    costs_for(opt->go, &opt->costs);
    opt->stress = tuned % 16;
    opt->asyncpreemptoff = tuned % 7 == 0;
    if (opt->heap == NULL) return;
    opt->gogc = tuned % 5 == 0 ? 2 : tuned % 5 == 1 ? 20 : 0; /* nearly all the time; often; as always */
    if (tuned % 3 == 0) opt->costs.ns[COST_gc_mark] *= 10;
    if (tuned % 4 == 0) opt->costs.ns[COST_gc_sweep] *= 1000;
}

static Program make(Random *x, uint64_t seed) {
    static const char *const names[ALL_BODIES] = {"main", "a", "b", "c", "d", "e", "s", "t", "after"};
    static const struct {
        uint64_t delay_ns, period_ns;
    } timers[TIMERS] = {{300000, 0}, {200000, 700000}};
    static const struct {
        SyncKind kind;
        uint64_t size, of;
    } syncs[SYNCS] = {{SYNC_MUTEX, 0, 0}, {SYNC_MUTEX, 0, 0}, {SYNC_RWMUTEX, 0, 0}, {SYNC_WAITGROUP, 0, 0},
                      {SYNC_ONCE, 0, 0},  {SYNC_COND, 0, MUTEX}, {SYNC_WEIGHTED, UNITS, 0},
                      {SYNC_PTHREAD, 0, 0}};
    enum { MAIN_OPS = 12 };
    Prng r;
    bool crowd = seed % 17 == 0; /* goroutines come faster than they go: run queues overflow */
    prng_init(&r, seed, "random program");
    for (uint64_t b = 0; b < ALL_BODIES; b++) {
        size_t n = b == 0 ? MAIN_OPS : 1 + prng_below(&r, MAIN_OPS - 1);
        x->count = 0;
        for (size_t i = 0; i < n; i++) {
            if (b == 0) add(x, b, random_main_op(&r, i, crowd ? 2 * n - 2 : n));
            else if (b < BODIES || b == AFTER) add_go(x, &r, b, 0);
            else add_c(x, &r, b, 0);
        }
        x->body[b] = (Body){names[b], x->ops[b], x->count, b < BODIES ? 1 + prng_below(&r, 4) : 1};
    }
    if (crowd) x->body[0].repeat = 40;
    else if (seed % 64 == 3) x->ops[0][MAIN_OPS - 1] = (Op)RECV(NIL_CHAN); /* so that the others come to their end */
    for (int i = 0; i < SELECTS; i++) x->select[i] = random_selection(&r);
    for (int i = 0; i < CHANS; i++) x->cap[i] = prng_below(&r, 4);
    for (int i = 0; i < JOBS; i++)
        x->job[i] = (Job){.way = (Way)i, .bytes = 4096, .work_ns = prng_below(&r, 3000000)};
    tuned = seed;
    return (Program){.bodies = x->body,
                     .body_count = ALL_BODIES,
                     .chan_caps = x->cap,
                     .chan_count = CHANS,
                     .selects = x->select,
                     .timers = (const void *)timers,
                     .timer_count = TIMERS,
                     .context_count = CONTEXTS,
                     .syncs = (const void *)syncs,
                     .sync_count = SYNCS,
                     .after_func = AFTER,
                     .jobs = x->job,
                     .job_count = JOBS,
                     .heap = x->heap,
                     .collector = seed / 2 % 2 ? COLLECTOR_GO : COLLECTOR_MOVING,
                     .procs = (uint32_t)(1 + prng_below(&r, 5)),
                     .seed = seed,
                     .limit_ns = 60000000,
                     .stretch_ns = STRETCH_MAX_NS,
                     .tune = tune};
}

Program random_program(uint64_t seed) {
    static Random x; /* without a heap */
    return make(&x, seed);
}

enum { ENOUGH = 5000 }; /* programs, to have seen all that is rare */

static void world_and_model_agree(void) {
    const char *many = getenv("STRESS");
    const char *one = getenv("SEED");
    uint64_t runs = many ? strtoull(many, NULL, 10) : 10000, bad = 0, first = 1;
    if (one) first = runs = strtoull(one, NULL, 10);
    uint64_t ends[RUN_FAILED + 1] = {0}, reached[EV_COUNT] = {0};
    for (uint64_t seed = first; seed <= runs && bad < 3; seed++) {
        Random x = {.heap = true};
        Program p = make(&x, seed);
        Ran r = run_program(&p);
        ends[r.outcome]++;
        for (int k = 0; k < EV_COUNT; k++) reached[k] += r.count[k];
        if (r.audit[0]) {
            printf("\n  seed %llu: %s\n  again: SEED=%llu build/tests rt_random\n",
                   (unsigned long long)seed, r.audit, (unsigned long long)seed);
            bad++;
        }
        ran_free(&r);
    }
    CU_ASSERT_EQUAL(bad, 0);
    if (one) return;
    if (runs < ENOUGH) {
        check_skip("what all of them reach together, for which these are too few: STRESS=5000 and more");
        return;
    }
    CU_ASSERT(ends[RUN_EXITED] > 0 && ends[RUN_PANIC] > 0 && ends[RUN_DEADLOCK] > 0);
    static const EventKind rare[] = {
        EV_RUNQ_SPILL,  EV_RUNQ_STEAL,  EV_RUNQ_STEAL_NEXT, EV_P_RETAKE,      EV_CGO_EXIT_WAIT,
        EV_CGO_EXIT_P,  EV_PREEMPT_ASK, EV_M_POLL,          EV_SYSMON_SPARES, EV_CHAN_CLOSE, EV_SELECT, EV_SELECT_QUEUE,
        EV_STW_END,     EV_P_STOP_C,    EV_P_DRAIN,         EV_P_KILL,        EV_PROCS,
        EV_LOCK_THREAD, EV_M_LOCK_WAKE, EV_M_END, EV_M_WEDGE,          EV_M_TEMPLATE,    EV_M_ASK,
        EV_SIGNAL,      EV_SIGNAL_IN_C, EV_CALLBACK_END,    EV_NEEDM,         EV_DROPM,
        EV_NEEDM_WAIT,  EV_TIMER_SEND,  EV_NET_READY,       EV_SYSMON_POLL,   EV_CTX_USE,
        EV_ACROSS,      EV_P_SYSCALL,   EV_OBJ_MOVE,        EV_OBJ_FREE,      EV_UNPIN,
        EV_DEV_STALE,   EV_GC_ASSIST,   EV_GC_WORKER,       EV_DEV_WAIT,      EV_SYSMON_SLEEP,
        EV_SYNC_TRY,    EV_SYNC_SPIN,   EV_SYNC_WAKE,       EV_SYNC_STARVE,   EV_SYNC_SIGNAL,
        EV_SYNC_DONE,   EV_SYNC_COUNT,  EV_CONTEXT_NEW,     EV_CONTEXT_CANCEL, EV_CONTEXT_USE};
    for (size_t i = 0; i < ARRAY_LEN(rare); i++) {
        if (reached[rare[i]] == 0) printf("\n  never reached: %s\n", event_spec[rare[i]].name);
        CU_ASSERT(reached[rare[i]] > 0);
    }
}

static void the_same_seed_is_the_same_run(void) {
    if (getenv("SEED")) return;
    for (uint64_t seed = 1000; seed < 1050; seed++) {
        Random x = {.heap = true};
        Program p = make(&x, seed);
        Ran a = run_program(&p), b = run_program(&p);
        check_text("second run", a.text, b.text);
        ran_free(&a);
        ran_free(&b);
    }
}

static void the_shortcut_changes_nothing(void) {
    if (getenv("SEED")) return;
    uint64_t tried = 0;
    for (uint64_t seed = 2000; seed < 2000 + 300 * 16;
         seed += 16) { /* no stress mode: those go over the agenda */
        Random x = {.heap = true};
        Program p = make(&x, seed);
        Ran a = run_program(&p);
        p.shortcut = true;
        Ran b = run_program(&p);
        check_text("with the shortcut", a.text, b.text);
        tried += a.steps - b.steps;
        ran_free(&a);
        ran_free(&b);
    }
    CU_ASSERT(tried > 100); /* it was taken, that is, fewer entries went over the agenda */
}

static void stepping_gets_the_word_back(void) {
    static const Op alone[] = {SEND(0), RECV(0)}, ping[] = {SEND(1)}, pong[] = {RECV(1)};
    static const uint64_t caps[] = {1, 0};
    static const Op starts[] = {GO(1), GO(2), GO(3), SLEEP(1000000000)};
    static const Body bodies[] = {BODY("main", starts),
                                  {"alone", alone, ARRAY_LEN(alone), 50000},
                                  {"ping", ping, ARRAY_LEN(ping), 50000},
                                  {"pong", pong, ARRAY_LEN(pong), 50000}};
    Program p = {.bodies = bodies,
                 .body_count = ARRAY_LEN(bodies),
                 .chan_caps = caps,
                 .chan_count = ARRAY_LEN(caps),
                 .shortcut = true,
                 .no_audit = true};
    Ran r = run_program(&p);
    CU_ASSERT_EQUAL(r.outcome, RUN_EXITED);
    CU_ASSERT(r.steps >= 200000 / 257);      /* at most 256 operations in one of them */
    CU_ASSERT(r.steps < 100000 + 100000 / 100); /* not many less for who blocks nobody; who waits, returns */
    ran_free(&r);
}

void rt_random_tests(void) {
    static const Check checks[] = {
        {"world and model agree after every step", world_and_model_agree},
        {"the same seed is the same run", the_same_seed_is_the_same_run},
        {"the shortcut changes nothing", the_shortcut_changes_nothing},
        {"whoever steps a run gets the word back", stepping_gets_the_word_back},
        {0},
    };
    suite("rt: random programs", checks);
}

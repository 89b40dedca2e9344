/* random_test.c -- random programs: the audit after each step, and the same run twice.
 *
 * `make stress` runs many more of them; a failure prints the seed that repeats it.
 */
#include "../check.h"
#include "../program.h"

#include <stdio.h>
#include <stdlib.h>

enum { BODIES = 6, OPS_MAX = 12, CHANS = 4 };

typedef struct {
    Op ops[BODIES][OPS_MAX];
    Body body[BODIES];
    uint64_t cap[CHANS];
} Random;

/* What a goroutine other than main does; channel operations are the most frequent. */
static Op random_op(Prng *r, uint64_t body) {
    uint64_t c = prng_below(r, CHANS);
    switch (prng_below(r, 16)) {
    case 0:
    case 1: return (Op)COMPUTE(prng_below(r, 100000));
    case 2: return (Op)COMPUTE(prng_below(r, 3000000));
    case 3:
    case 4:
    case 5:
    case 6: return (Op)SEND(c);
    case 7:
    case 8:
    case 9:
    case 10: return (Op)RECV(c);
    case 11: return (Op)SLEEP(prng_below(r, 3000000));
    case 12: return (Op)C_CALL(prng_below(r, 200000));
    case 13: return (Op)C_CALL(prng_below(r, 30000));
    case 14:
        return body + 1 < BODIES ? (Op)GO(body + 1 + prng_below(r, BODIES - body - 1))
                                 : (Op)GOSCHED();
    default: return prng_below(r, 60) == 0 ? (Op)CLOSE(c) : (Op)GOSCHED();
    }
}

/* Main starts the others and then does what cannot block for ever, so that they get to run. */
static Op random_main_op(Prng *r, size_t i, size_t n) {
    if (i < n / 2) return (Op)GO(1 + prng_below(r, BODIES - 1));
    switch (prng_below(r, 4)) {
    case 0: return (Op)SLEEP(prng_below(r, 4000000));
    case 1: return (Op)C_CALL(prng_below(r, 2000000));
    case 2: return (Op)GOSCHED();
    default: return (Op)COMPUTE(prng_below(r, 4000000));
    }
}

static Program random_program(Random *x, uint64_t seed) {
    static const char *const names[BODIES] = {"main", "a", "b", "c", "d", "e"};
    Prng r;
    bool crowd = seed % 16 == 0; /* goroutines come faster than they go: run queues overflow */
    prng_init(&r, seed, "random program");
    for (uint64_t b = 0; b < BODIES; b++) {
        size_t n = b == 0 ? OPS_MAX : 1 + prng_below(&r, OPS_MAX - 1);
        for (size_t i = 0; i < n; i++) {
            x->ops[b][i] = b == 0 ? random_main_op(&r, i, crowd ? 2 * n - 2 : n) : random_op(&r, b);
        }
        x->body[b] = (Body){names[b], x->ops[b], n, 1 + prng_below(&r, 4)};
    }
    if (crowd) x->body[0].repeat = 40;
    for (int i = 0; i < CHANS; i++) x->cap[i] = prng_below(&r, 4);
    return (Program){.bodies = x->body,
                     .body_count = BODIES,
                     .chan_caps = x->cap,
                     .chan_count = CHANS,
                     .procs = (uint32_t)(1 + prng_below(&r, 5)),
                     .seed = seed,
                     .limit_ns = 60000000};
}

static void world_and_model_agree(void) {
    const char *many = getenv("STRESS");
    uint64_t runs = many ? strtoull(many, NULL, 10) : 300, bad = 0;
    uint64_t ends[RUN_FAILED + 1] = {0}, reached[EV_COUNT] = {0};
    for (uint64_t seed = 1; seed <= runs && bad < 3; seed++) {
        Random x;
        Program p = random_program(&x, seed);
        Ran r = run_program(&p);
        ends[r.outcome]++;
        for (int k = 0; k < EV_COUNT; k++) reached[k] += r.count[k];
        if (r.audit[0]) {
            printf("\n  seed %llu: %s\n", (unsigned long long)seed, r.audit);
            bad++;
        }
        ran_free(&r);
    }
    CU_ASSERT_EQUAL(bad, 0);
    CU_ASSERT(ends[RUN_EXITED] > 0 && ends[RUN_PANIC] > 0);
    static const EventKind rare[] = {
        EV_RUNQ_SPILL, EV_RUNQ_STEAL,  EV_RUNQ_STEAL_NEXT, EV_P_RETAKE,      EV_CGO_EXIT_WAIT,
        EV_CGO_EXIT_P, EV_PREEMPT_ASK, EV_M_POLL,          EV_SYSMON_SPARES, EV_CHAN_CLOSE};
    for (size_t i = 0; i < ARRAY_LEN(rare); i++) {
        if (reached[rare[i]] == 0) printf("\n  never reached: %s\n", event_spec[rare[i]].name);
        CU_ASSERT(reached[rare[i]] > 0);
    }
}

static void the_same_seed_is_the_same_run(void) {
    for (uint64_t seed = 1000; seed < 1050; seed++) {
        Random x;
        Program p = random_program(&x, seed);
        Ran a = run_program(&p), b = run_program(&p);
        check_text("second run", a.text, b.text);
        ran_free(&a);
        ran_free(&b);
    }
}

static void the_shortcut_changes_nothing(void) {
    uint64_t tried = 0;
    for (uint64_t seed = 2000; seed < 2300; seed++) {
        Random x;
        Program p = random_program(&x, seed);
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
    CU_ASSERT(r.steps >= 200000 / 257); /* at most 256 operations in one of them */
    CU_ASSERT(r.steps < 20000);         /* but not many less */
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

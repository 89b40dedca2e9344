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

static Op random_op(Prng *r, uint64_t body) {
    uint64_t c = prng_below(r, CHANS);
    switch (prng_below(r, 12)) {
    case 0:
    case 1: return (Op)COMPUTE(prng_below(r, 100000));
    case 2: return (Op)COMPUTE(prng_below(r, 15000000));
    case 3:
    case 4: return (Op)SEND(c);
    case 5:
    case 6: return (Op)RECV(c);
    case 7: return (Op)SLEEP(prng_below(r, 3000000));
    case 8: return (Op)C_CALL(prng_below(r, 200000));
    case 9: return (Op)C_CALL(prng_below(r, 30000));
    case 10:
        return body + 1 < BODIES ? (Op)GO(body + 1 + prng_below(r, BODIES - body - 1))
                                 : (Op)GOSCHED();
    default: return prng_below(r, 40) == 0 ? (Op)CLOSE(c) : (Op)GOSCHED();
    }
}

static Program random_program(Random *x, uint64_t seed) {
    static const char *const names[BODIES] = {"main", "a", "b", "c", "d", "e"};
    Prng r;
    prng_init(&r, seed, "random program");
    for (uint64_t b = 0; b < BODIES; b++) {
        size_t n = 1 + prng_below(&r, OPS_MAX - 1);
        for (size_t i = 0; i < n; i++) x->ops[b][i] = random_op(&r, b);
        x->body[b] = (Body){names[b], x->ops[b], n, b == 0 ? 1 : 1 + prng_below(&r, 4)};
    }
    for (int i = 0; i < CHANS; i++) x->cap[i] = prng_below(&r, 3);
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
    uint64_t runs = many ? strtoull(many, NULL, 10) : 400, bad = 0, ends[RUN_FAILED + 1] = {0};
    for (uint64_t seed = 1; seed <= runs && bad < 3; seed++) {
        Random x;
        Program p = random_program(&x, seed);
        Ran r = run_program(&p);
        ends[r.outcome]++;
        if (r.audit[0]) {
            printf("\n  seed %llu: %s\n", (unsigned long long)seed, r.audit);
            bad++;
        }
        ran_free(&r);
    }
    CU_ASSERT_EQUAL(bad, 0);
    CU_ASSERT(ends[RUN_EXITED] > 0 && ends[RUN_DEADLOCK] > 0); /* both kinds were met */
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

void rt_random_tests(void) {
    static const Check checks[] = {
        {"world and model agree after every step", world_and_model_agree},
        {"the same seed is the same run", the_same_seed_is_the_same_run},
        {"the shortcut changes nothing", the_shortcut_changes_nothing},
        {0},
    };
    suite("rt: random programs", checks);
}

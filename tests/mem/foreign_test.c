/* foreign_test.c -- memory by kinds: first fit, by address, the same memory again, and a model that counts along. */
#include "../../sim/mem/foreign.h"

#include "../../sim/base/prng.h"
#include "../check.h"

#include <CUnit/CUnit.h>
#include <string.h>

void mem_foreign_tests(void);

static Id_OBJ o(uint64_t v) { return (Id_OBJ){v}; }

static void what_is_given_back_goes_to_the_next(void) {
    Foreign *f = foreign_new();
    CU_ASSERT(foreign_take(f, MEM_C, 100, o(3)));
    CU_ASSERT(foreign_take(f, MEM_C, 100, o(4)));
    CU_ASSERT_EQUAL(foreign_addr(f, o(3)), 0x7f1000000000);
    CU_ASSERT_EQUAL(foreign_addr(f, o(4)), 0x7f1000000070);
    memset(foreign_bytes(f, o(3)), 7, 100);
    CU_ASSERT_EQUAL(foreign_give(f, o(3)).v, 3);
    CU_ASSERT(!foreign_is_live(f, o(3)));
    CU_ASSERT(foreign_take(f, MEM_C, 112, o(5)));
    CU_ASSERT_EQUAL(foreign_addr(f, o(5)), foreign_addr(f, o(3)));
    CU_ASSERT_EQUAL(((uint8_t *)foreign_bytes(f, o(5)))[99], 7); /* as malloc: nobody has cleared it */
    CU_ASSERT_EQUAL(foreign_give(f, o(3)).v, 5);                  /* another's by now */
    CU_ASSERT(!foreign_is_live(f, o(5)));
    CU_ASSERT_EQUAL(foreign_give(f, o(3)).v, NONE);
    CU_ASSERT_EQUAL(foreign_used(f, MEM_C), 112);
    foreign_free(f);
}

static void each_kind_has_its_range_and_its_limit(void) {
    Foreign *f = foreign_new();
    foreign_limit(f, MEM_DEVICE, 4 * FOREIGN_PAGE);
    CU_ASSERT(foreign_take(f, MEM_DEVICE, 1, o(0)));
    CU_ASSERT(foreign_take(f, MEM_DEVICE, 2 * FOREIGN_PAGE, o(1)));
    CU_ASSERT(!foreign_take(f, MEM_DEVICE, FOREIGN_PAGE + 1, o(2)));
    CU_ASSERT(!foreign_knows(f, o(2)));
    CU_ASSERT(foreign_take(f, MEM_DEVICE, FOREIGN_PAGE, o(2)));
    CU_ASSERT_EQUAL(foreign_addr(f, o(2)), 0x302000000 + 3 * FOREIGN_PAGE);
    CU_ASSERT_EQUAL(foreign_used(f, MEM_DEVICE), foreign_limit_of(f, MEM_DEVICE));
    CU_ASSERT_PTR_NULL(foreign_bytes(f, o(2)));
    CU_ASSERT(foreign_take(f, MEM_LOCKED, 5, o(6)));
    CU_ASSERT(foreign_take(f, MEM_SHARED, 5, o(7)));
    CU_ASSERT_PTR_NOT_NULL(foreign_bytes(f, o(6)));
    CU_ASSERT_EQUAL(foreign_kind(f, o(7)), MEM_SHARED);
    CU_ASSERT(!foreign_knows(f, o(3)));
    Id_OBJ found;
    CU_ASSERT(foreign_find(f, foreign_addr(f, o(1)) + 2 * FOREIGN_PAGE - 1, &found));
    CU_ASSERT_EQUAL(found.v, 1);
    CU_ASSERT(!foreign_find(f, 0xc000000000, &found));
    CU_ASSERT(!foreign_find(f, foreign_addr(f, o(7)) + FOREIGN_PAGE, &found));
    foreign_free(f);
}

/* Against a plain map of steps: who has which, and first fit by trying each place. */
enum { STEPS = 256, STEP = 16, OBJECTS = 400, ROUNDS = 300 };

static bool model_take(uint32_t *map, uint32_t steps, uint32_t obj, uint32_t *at) {
    uint32_t align = steps * STEP >= FOREIGN_PAGE ? FOREIGN_PAGE / STEP : 1;
    for (uint32_t from = 0; from + steps <= STEPS * 4; from += align) {
        uint32_t n = 0;
        while (n < steps && map[from + n] == 0) n++;
        if (n < steps) continue;
        for (n = 0; n < steps; n++) map[from + n] = obj + 1;
        *at = from;
        return true;
    }
    return false;
}

static bool play(uint64_t seed) {
    Prng prng;
    prng_init(&prng, seed, "foreign");
    Foreign *f = foreign_new();
    foreign_limit(f, MEM_C, STEPS * 4 * STEP);
    uint32_t map[STEPS * 4] = {0}, at[OBJECTS];
    bool ok = true;
    for (uint32_t obj = 0; ok && obj < OBJECTS; obj++) {
        uint64_t bytes = prng_below(&prng, 20) ? 1 + prng_below(&prng, 300) : 4000 + prng_below(&prng, 5000);
        uint32_t steps = (uint32_t)((bytes >= FOREIGN_PAGE ? (bytes + FOREIGN_PAGE - 1) / FOREIGN_PAGE * FOREIGN_PAGE
                                                           : (bytes + STEP - 1) / STEP * STEP) / STEP);
        bool wanted = model_take(map, steps, obj, &at[obj]);
        ok = foreign_take(f, MEM_C, bytes, o(obj)) == wanted;
        if (!wanted) at[obj] = UINT32_MAX;
        else ok = ok && foreign_offset(f, o(obj)) == (uint64_t)at[obj] * STEP;
        for (uint32_t n = 0; ok && n < 1 + prng_below(&prng, 2); n++) {
            uint32_t old = (uint32_t)prng_below(&prng, obj + 1);
            if (at[old] == UINT32_MAX) continue;
            uint32_t whose = map[at[old]];
            bool begins = whose != 0 && at[whose - 1] == at[old];
            ok = foreign_give(f, o(old)).v == (begins ? whose - 1 : NONE);
            for (uint32_t i = at[old]; begins && i < STEPS * 4 && map[i] == whose; i++) map[i] = 0;
        }
    }
    foreign_free(f);
    return ok;
}

static void random_use_agrees_with_a_map(void) {
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        if (play(seed)) continue;
        printf("\n    seed %llu", (unsigned long long)seed);
        CU_FAIL("the two disagree");
        return;
    }
}

void mem_foreign_tests(void) {
    static const Check checks[] = {
        {"what is given back goes to the next who asks", what_is_given_back_goes_to_the_next},
        {"each kind has its range and its limit", each_kind_has_its_range_and_its_limit},
        {"random use agrees with a map", random_use_agrees_with_a_map},
        {0},
    };
    suite("mem: foreign", checks);
}

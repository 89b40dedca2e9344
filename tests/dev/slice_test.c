/* slice_test.c -- a launch divided, in work and in virtual time. */
#include "../../sim/base/prng.h"
#include "../../sim/dev/slice.h"

#include <CUnit/CUnit.h>

void dev_slice_tests(void);

__extension__ typedef unsigned __int128 Wide;

/* Sizes that find mistakes: small, around a group, prime, and as large as they can be. */
static const uint64_t sizes[] = {
    1, 2, 63, 64, 65, 127, 128, 1000, 4096, 65537, 1u << 20, UINT32_MAX, UINT64_MAX / 3, UINT64_MAX,
};

static void slices_cover_all_items_once(void) {
    for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
        for (uint32_t wanted = 0; wanted < 200; wanted++) {
            uint32_t slices = slice_count(sizes[s], wanted);
            CU_ASSERT_EQUAL(slice_first_item(sizes[s], slices, 0), 0);
            CU_ASSERT_EQUAL(slice_first_item(sizes[s], slices, slices), sizes[s]);
            for (uint32_t k = 0; k < slices; k++) {
                uint64_t first = slice_first_item(sizes[s], slices, k);
                if (first >= slice_first_item(sizes[s], slices, k + 1)) CU_FAIL("an empty slice");
                if (first % SLICE_GROUP_ITEMS != 0) CU_FAIL("a slice begins inside a group");
            }
        }
    }
}

static void there_are_no_more_slices_than_groups(void) {
    CU_ASSERT_EQUAL(slice_count(1, 8), 1);
    CU_ASSERT_EQUAL(slice_count(64, 8), 1);
    CU_ASSERT_EQUAL(slice_count(65, 8), 2);
    CU_ASSERT_EQUAL(slice_count(65536, 8), 8);
    CU_ASSERT_EQUAL(slice_count(65536, 0), 1);
    CU_ASSERT_EQUAL(slice_count(UINT64_MAX, UINT32_MAX), UINT32_MAX);
}

static void slices_differ_by_one_group_at_most(void) {
    /* 1000 items are 15 groups and 40 items: 16 groups in 5 slices, 3 or 4 groups each. */
    const uint64_t first[] = {0, 192, 384, 576, 768, 1000};
    for (uint32_t k = 0; k <= 5; k++) CU_ASSERT_EQUAL(slice_first_item(1000, 5, k), first[k]);
}

static void the_last_slice_is_due_at_the_very_end(void) {
    for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
        for (uint32_t n = 1; n < 100; n++) {
            uint64_t start = UINT64_MAX - sizes[s]; /* as late as the clock allows */
            CU_ASSERT_EQUAL(slice_due(start, sizes[s], n, n - 1), UINT64_MAX);
        }
        CU_ASSERT_EQUAL(slice_due(0, sizes[s], UINT32_MAX, UINT32_MAX - 1), sizes[s]);
    }
}

static void a_slice_is_due_in_proportion(void) {
    /* A third of 100 ns is 33.3 ns: nothing is due before its whole share has passed, in ns. */
    CU_ASSERT_EQUAL(slice_due(1000, 100, 3, 0), 1033);
    CU_ASSERT_EQUAL(slice_due(1000, 100, 3, 1), 1066);
    CU_ASSERT_EQUAL(slice_due(1000, 100, 3, 2), 1100);
    CU_ASSERT_EQUAL(slice_due(7, 0, 4, 0), 7);
}

static void due_times_are_exact_for_large_values(void) {
    Prng r;
    prng_init(&r, 1, "slice_test");
    for (int i = 0; i < 20000; i++) {
        uint64_t duration = prng_next(&r) >> prng_below(&r, 64);
        uint64_t start = prng_below(&r, UINT64_MAX - duration) >> prng_below(&r, 64);
        uint32_t n = 1 + (uint32_t)(prng_below(&r, UINT32_MAX) >> prng_below(&r, 32));
        uint32_t k = (uint32_t)prng_below(&r, n);
        Wide exact = (Wide)start + (Wide)duration * (k + 1) / n;
        if (slice_due(start, duration, n, k) != (uint64_t)exact) CU_FAIL("not the exact share");
    }
}

static void slices_due_is_the_inverse(void) {
    Prng r;
    prng_init(&r, 2, "slice_test");
    for (int i = 0; i < 20000; i++) {
        uint64_t duration = prng_next(&r) >> prng_below(&r, 64);
        uint64_t start = prng_below(&r, UINT64_MAX - duration);
        uint32_t n = 1 + (uint32_t)(prng_below(&r, UINT32_MAX) >> prng_below(&r, 32));
        uint32_t k = (uint32_t)prng_below(&r, n);
        uint64_t due = slice_due(start, duration, n, k);
        if (slices_due(start, duration, n, due) < k + 1) CU_FAIL("due, and not counted");
        if (due > 0 && slices_due(start, duration, n, due - 1) > k) CU_FAIL("counted before due");
    }
}

static void slices_due_agrees_with_counting(void) {
    for (uint64_t duration = 0; duration < 40; duration++) {
        for (uint32_t n = 1; n < 12; n++) {
            for (uint64_t now = 95; now < 145; now++) {
                uint32_t count = 0;
                for (uint32_t k = 0; k < n; k++) count += slice_due(100, duration, n, k) <= now;
                if (slices_due(100, duration, n, now) != count) CU_FAIL("counted otherwise");
            }
        }
    }
}

static void nothing_is_due_before_the_start(void) {
    CU_ASSERT_EQUAL(slices_due(1000, 64, 64, 0), 0);
    CU_ASSERT_EQUAL(slices_due(1000, 64, 64, 1000), 0);
    CU_ASSERT_EQUAL(slices_due(1000, 64, 64, 1001), 1);
    CU_ASSERT_EQUAL(slices_due(1000, 64, 64, UINT64_MAX), 64);
    CU_ASSERT_EQUAL(slices_due(1000, 0, 64, 999), 0);
    CU_ASSERT_EQUAL(slices_due(1000, 0, 64, 1000), 64);
}

void dev_slice_tests(void) {
    CU_pSuite s = CU_add_suite("dev/slice", NULL, NULL);
    CU_ADD_TEST(s, slices_cover_all_items_once);
    CU_ADD_TEST(s, there_are_no_more_slices_than_groups);
    CU_ADD_TEST(s, slices_differ_by_one_group_at_most);
    CU_ADD_TEST(s, the_last_slice_is_due_at_the_very_end);
    CU_ADD_TEST(s, a_slice_is_due_in_proportion);
    CU_ADD_TEST(s, due_times_are_exact_for_large_values);
    CU_ADD_TEST(s, slices_due_is_the_inverse);
    CU_ADD_TEST(s, slices_due_agrees_with_counting);
    CU_ADD_TEST(s, nothing_is_due_before_the_start);
}

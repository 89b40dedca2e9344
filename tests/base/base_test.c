/* base_test.c -- times, varints, generators, diagnostics. */
#include "../check.h"

#include "../../sim/base/pool.h"
#include "../../sim/base/bytes.h"
#include "../../sim/base/diag.h"
#include "../../sim/base/intern.h"
#include "../../sim/base/prng.h"
#include "../../sim/base/units.h"

#include <stdio.h>
#include <stdlib.h>

static void times_survive_a_round_trip(void) {
    static const struct {
        const char *text;
        uint64_t ns;
    } cases[] = {{"0s", 0},
                 {"1ns", 1},
                 {"999ns", 999},
                 {"1us", 1000},
                 {"61us", 61000},
                 {"3.473ms", 3473000},
                 {"1.000001ms", 1000001},
                 {"2s", 2000000000},
                 {"10.5s", 10500000000},
                 {"1.000000001s", 1000000001}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        uint64_t ns = 1;
        char buf[TIME_TEXT_MAX];
        CU_ASSERT(time_parse(cases[i].text, &ns));
        CU_ASSERT_EQUAL(ns, cases[i].ns);
        CU_ASSERT_STRING_EQUAL(time_text(buf, sizeof buf, cases[i].ns), cases[i].text);
    }
    uint64_t ns;
    CU_ASSERT(time_parse("0", &ns) && ns == 0);
    CU_ASSERT(time_parse("25µs", &ns) && ns == 25000);
    CU_ASSERT(time_parse("1m", &ns) && ns == 60000000000u);
}

static void wrong_times_are_refused(void) {
    static const char *const wrong[] = {"",
                                        "us",
                                        "1",
                                        "-1us",
                                        "1.us",
                                        ".5us",
                                        "1,5us",
                                        "1 us",
                                        "1us ",
                                        "1.5ns",
                                        "0.0001us",
                                        "1e3us",
                                        "0x1us",
                                        "1ks",
                                        "1us1",
                                        "99999999999999999999s",
                                        "18446744073709551615s",
                                        "1.0000000000001s"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        uint64_t ns;
        if (time_parse(wrong[i], &ns)) printf("\n  accepted: \"%s\"\n", wrong[i]);
        CU_ASSERT_FALSE(time_parse(wrong[i], &ns));
    }
}

static void varints_survive_and_stop_at_the_end(void) {
    static const uint64_t values[] = {0, 1, 127, 128, 300, 1u << 31, UINT64_MAX - 1, UINT64_MAX};
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        uint8_t buf[VARINT_MAX];
        uint8_t *end = varint_put(buf, values[i]);
        uint64_t v = 0;
        CU_ASSERT_PTR_EQUAL(varint_get(buf, end, &v), end);
        CU_ASSERT_EQUAL(v, values[i]);
        for (const uint8_t *cut = buf; cut < end; cut++)
            CU_ASSERT_PTR_NULL(varint_get(buf, cut, &v));
    }
    static const uint8_t too_long[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02};
    uint64_t v;
    CU_ASSERT_PTR_NULL(varint_get(too_long, too_long + sizeof too_long, &v));
}

static void a_seed_means_the_same_for_ever(void) {
    Prng a, b, c;
    prng_init(&a, 42, "steal");
    prng_init(&b, 42, "steal");
    prng_init(&c, 42, "select");
    CU_ASSERT_EQUAL(prng_next(&a), 0x4cef14913238703au);
    prng_next(&b);
    CU_ASSERT_EQUAL(prng_next(&a), prng_next(&b));
    CU_ASSERT_NOT_EQUAL(prng_next(&a), prng_next(&c));
    uint64_t seen = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t v = prng_below(&a, 7);
        CU_ASSERT(v < 7);
        seen |= 1u << v;
    }
    CU_ASSERT_EQUAL(seen, 0x7f);
}

static void text_is_interned_in_order_of_first_use(void) {
    Intern *in = intern_new();
    CU_ASSERT_EQUAL(intern_id(in, "b"), 0);
    CU_ASSERT_EQUAL(intern_id(in, "a"), 1);
    CU_ASSERT_EQUAL(intern_id(in, "b"), 0);
    CU_ASSERT_STRING_EQUAL(intern_text(in, 1), "a");
    CU_ASSERT_STRING_EQUAL(intern_text(in, 2), "");
    CU_ASSERT_STRING_EQUAL(intern_text(in, UINT64_MAX), "");
    for (int i = 0; i < 5000; i++) {
        char text[16];
        snprintf(text, sizeof text, "t%d", i);
        CU_ASSERT_EQUAL(intern_id(in, text), (uint64_t)i + 2);
    }
    CU_ASSERT_EQUAL(intern_count(in), 5002);
    intern_free(in);
}

static void a_diag_shows_its_line_and_a_caret(void) {
    Diag d;
    CU_ASSERT_FALSE(diag_fail_at(&d, EXIT_SCENARIO, "a.lua", 2, 3, "expected %s", "a number"));
    diag_excerpt(&d, "first\n  second line\nthird");
    diag_remedy(&d, "Write one.");
    char *text = NULL;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    diag_print(&d, f);
    fclose(f);
    check_text("diag",
               "a.lua:2:3: error: expected a number\n      second line\n      ^\n  Write one.\n",
               text);
    free(text);
    d.line = 9;
    diag_excerpt(&d, "one line only");
    CU_ASSERT_STRING_EQUAL(d.excerpt, "");
}

/* Blocks of all sizes, made, resized and given back at random: each keeps what was written into it. */
static void pooled_blocks_keep_their_bytes(void) {
    enum { BLOCKS = 200, ROUNDS = 20000 };
    Pool pool = {0};
    struct {
        uint8_t *at;
        size_t bytes;
    } block[BLOCKS] = {0};
    uint64_t seed = 7;
    bool same = true;
    for (int i = 0; i < ROUNDS; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        size_t k = (seed >> 33) % BLOCKS, bytes = (seed >> 45) % (2 * POOL_BLOCK_MAX), old = block[k].bytes;
        size_t kept = old < bytes ? old : bytes;
        uint8_t *moved = pool_resize(&pool, block[k].at, old, bytes);
        CU_ASSERT_FATAL(bytes == 0 ? moved == NULL : moved != NULL);
        for (size_t b = 0; b < kept; b++) same = same && moved[b] == (uint8_t)(k + b);
        for (size_t b = 0; b < bytes; b++) moved[b] = (uint8_t)(k + b);
        block[k].at = moved;
        block[k].bytes = bytes;
    }
    CU_ASSERT(same);
    for (size_t k = 0; k < BLOCKS; k++) pool_resize(&pool, block[k].at, block[k].bytes, 0);
    pool_free(&pool);
}

void base_tests(void) {
    static const Check checks[] = {
        {"times survive a round trip", times_survive_a_round_trip},
        {"wrong times are refused", wrong_times_are_refused},
        {"varints survive, and stop at the end", varints_survive_and_stop_at_the_end},
        {"a seed means the same for ever", a_seed_means_the_same_for_ever},
        {"text is interned in order of first use", text_is_interned_in_order_of_first_use},
        {"a diag shows its line and a caret", a_diag_shows_its_line_and_a_caret},
        {"pooled blocks keep their bytes", pooled_blocks_keep_their_bytes},
        {0},
    };
    suite("base", checks);
}

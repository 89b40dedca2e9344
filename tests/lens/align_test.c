/* align_test.c -- two stories beside each other: what is left over is the least there can be, and what goes together is alike. */
#include "../check.h"

#include "../../sim/base/prng.h"
#include "../../sim/lens/align.h"

#include <stdlib.h>
#include <string.h>

static StoryLine story(const char *letters) {
    StoryLine s = {0};
    for (; *letters; letters++) {
        GROW(s.item, s.cap, s.count + 1);
        s.item[s.count] = (StoryItem){s.count, s.count + 1, (unsigned char)*letters};
        s.count++;
    }
    return s;
}

/* How many are left over; checks that the others go together one by one. */
static size_t left_over(const Alignment *x, const StoryLine *a, const StoryLine *b) {
    size_t at[2] = {0, 0}, left = 0;
    for (size_t i = 0; i <= x->count; i++) {
        size_t to_a = i < x->count ? x->parting[i].from[0] : a->count, to_b = i < x->count ? x->parting[i].from[1] : b->count;
        CU_ASSERT_EQUAL_FATAL(to_a - at[0], to_b - at[1]);
        for (size_t k = 0; k < to_a - at[0]; k++) CU_ASSERT_EQUAL_FATAL(a->item[at[0] + k].key, b->item[at[1] + k].key);
        if (i == x->count) break;
        const Parting *p = &x->parting[i];
        CU_ASSERT(p->to[0] > p->from[0] || p->to[1] > p->from[1]);
        left += p->to[0] - p->from[0] + p->to[1] - p->from[1];
        at[0] = p->to[0];
        at[1] = p->to[1];
    }
    return left;
}

/* By the table of all pairs: the longest part that both have. */
static size_t least_left(const StoryLine *a, const StoryLine *b) {
    size_t (*both)[128] = mem_zero(128, sizeof *both);
    for (size_t i = 1; i <= a->count; i++) {
        for (size_t k = 1; k <= b->count; k++) {
            size_t up = both[i - 1][k], left = both[i][k - 1], most = up > left ? up : left;
            both[i][k] = a->item[i - 1].key == b->item[k - 1].key ? both[i - 1][k - 1] + 1 : most;
        }
    }
    size_t n = a->count + b->count - 2 * both[a->count][b->count];
    free(both);
    return n;
}

static size_t align_texts(const char *one, const char *two, Alignment *x) {
    StoryLine a = story(one), b = story(two);
    align(x, &a, &b);
    size_t left = left_over(x, &a, &b);
    CU_ASSERT_EQUAL(left, least_left(&a, &b));
    story_line_free(&a);
    story_line_free(&b);
    return left;
}

static void what_only_one_has_is_found(void) {
    Alignment x;
    CU_ASSERT_EQUAL(align_texts("abcd", "abcd", &x), 0);
    CU_ASSERT_EQUAL(x.count, 0);
    align_free(&x);
    CU_ASSERT_EQUAL(align_texts("abcd", "abXcd", &x), 1);
    CU_ASSERT(x.count == 1 && x.parting[0].from[1] == 2 && x.parting[0].to[1] == 3 && x.parting[0].from[0] == 2 && x.parting[0].to[0] == 2);
    align_free(&x);
    CU_ASSERT_EQUAL(align_texts("", "abc", &x), 3);
    CU_ASSERT_EQUAL(x.count, 1);
    align_free(&x);
    CU_ASSERT_EQUAL(align_texts("", "", &x), 0);
    align_free(&x);
    CU_ASSERT_EQUAL(align_texts("aXbYc", "aPbQc", &x), 4);
    CU_ASSERT_EQUAL(x.count, 2);
    align_free(&x);
}

static void random_stories_leave_the_least(void) {
    Prng r;
    prng_init(&r, 7, "stories");
    for (int round = 0; round < 2000; round++) {
        char text[2][101];
        unsigned letters = 2 + (unsigned)(prng_below(&r, 6));
        for (int i = 0; i < 2; i++) {
            size_t n = prng_below(&r, 100);
            for (size_t k = 0; k < n; k++) text[i][k] = (char)('a' + prng_below(&r, letters));
            text[i][n] = '\0';
        }
        Alignment x;
        align_texts(text[0], text[1], &x);
        align_free(&x);
    }
}

/* Far more differences than one search bears: what goes together is still alike, and the equal end is found. */
static void nothing_in_common_is_no_catastrophe(void) {
    enum { N = 20000 };
    StoryLine a = {0}, b = {0};
    GROW(a.item, a.cap, N + 100);
    GROW(b.item, b.cap, N + 100);
    for (size_t i = 0; i < N; i++) {
        a.item[a.count++] = (StoryItem){i, i + 1, 2 * i};
        b.item[b.count++] = (StoryItem){i, i + 1, 2 * i + 1};
    }
    for (size_t i = 0; i < 100; i++) {
        a.item[a.count++] = (StoryItem){N + i, N + i + 1, 1000000 + i};
        b.item[b.count++] = (StoryItem){N + i, N + i + 1, 1000000 + i};
    }
    Alignment x;
    align(&x, &a, &b);
    CU_ASSERT_EQUAL(left_over(&x, &a, &b), 2 * N);
    CU_ASSERT_EQUAL(x.count, 1);
    align_free(&x);
    story_line_free(&a);
    story_line_free(&b);
}

void lens_align_tests(void) {
    static const Check checks[] = {
        {"what only one has is found", what_only_one_has_is_found},
        {"random stories leave the least", random_stories_leave_the_least},
        {"nothing in common is no catastrophe", nothing_in_common_is_no_catastrophe},
        {NULL, NULL},
    };
    suite("lens_align", checks);
}

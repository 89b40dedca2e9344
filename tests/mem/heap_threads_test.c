/* heap_threads_test.c -- a collection comes out the same, to the last byte, however many threads work on it.
 *
 * The same heap is made for 1, 2 and 4 threads: tens of thousands of objects over many stretches of the arena, so that most
 * pointers lead into another marker's. Between two collections it is changed. Run it with -fsanitize=thread, too.
 */
#include "../../sim/base/prng.h"
#include "../../sim/mem/heap.h"
#include "../check.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

void mem_heap_threads_tests(void);

enum { OBJECTS = 30000, LARGE_ONES = 4, COLLECTIONS = 3, SEEDS = 6 };
#define LIMIT (UINT64_C(64) << 20)
#define SPACE (UINT64_C(1) << 30)

typedef struct {
    Heap *h;
    Prng r;
    uint64_t left; /* a sum over all that the listener was told, in its order */
    HeapMarked marked;
} Made;

static uint64_t below(Made *m, uint64_t n) { return prng_below(&m->r, n); }

static uint64_t some_size(Made *m, uint64_t i) {
    if (i % (OBJECTS / LARGE_ONES) == 77) return HEAP_LARGE + 8 * (1 + below(m, 4000));
    if (below(m, 200) == 0) return 8 + below(m, 9000);
    return 8 + below(m, 300);
}

/* To anywhere in it: mostly to its beginning. */
static uint64_t some_address(Made *m) {
    Id_OBJ to = {below(m, heap_count(m->h))};
    if (below(m, 3) == 0 || !heap_is_live(m->h, to)) return 0;
    return heap_addr(m->h, to) + (below(m, 4) == 0 ? below(m, heap_size(m->h, to)) : 0);
}

static void fill(Made *m, Id_OBJ obj) {
    uint64_t words = heap_size(m->h, obj) / 8, step = words > 1000 ? words / 100 : 1;
    for (uint64_t i = 0; i < words; i += step) {
        uint64_t word = some_address(m);
        memcpy((uint8_t *)heap_bytes(m->h, obj) + 8 * i, &word, 8);
    }
}

static void allocate(Made *m, uint64_t n) {
    for (uint64_t i = 0; i < n; i++) {
        Id_OBJ obj;
        Diag d;
        bool plain = below(m, 5) == 0;
        CU_ASSERT_TRUE_FATAL(heap_object(m->h, some_size(m, i), plain ? HEAP_NO_POINTERS : (HeapLayout){16, 1 + below(m, 3)}, &obj, &d));
        if (below(m, 500) == 0) heap_pin(m->h, obj);
    }
    for (uint64_t i = 0; i < heap_count(m->h); i++) {
        if (heap_is_live(m->h, (Id_OBJ){i}) && below(m, 2) == 0) fill(m, (Id_OBJ){i});
    }
}

static bool stays(void *ctx, Id_OBJ obj) { return (void)ctx, obj.v % 97 == 0; }

static void leaves(void *ctx, Id_OBJ obj, uint64_t from, uint64_t to) {
    Made *m = ctx;
    m->left = m->left * 31 + obj.v;
    m->left = m->left * 31 + from;
    m->left = m->left * 31 + to;
}

static void collect(Made *m) {
    heap_mark_begin(m->h);
    for (uint64_t i = below(m, 100); i < heap_count(m->h); i += 1 + below(m, 4000)) {
        if (heap_is_live(m->h, (Id_OBJ){i})) heap_mark_root(m->h, (Id_OBJ){i});
    }
    m->marked = heap_mark(m->h);
    heap_finish(m->h, &(HeapListener){leaves, stays, m});
}

/* One collection of all of them, then what they hold. */
static void compare(const Made *a, const Made *b) {
    CU_ASSERT_EQUAL(memcmp(&a->marked, &b->marked, sizeof a->marked), 0);
    CU_ASSERT_EQUAL(a->left, b->left);
    CU_ASSERT_EQUAL(heap_live_bytes(a->h), heap_live_bytes(b->h));
    CU_ASSERT_EQUAL(heap_count(a->h), heap_count(b->h));
    bool same = true;
    for (uint64_t i = 0; i < heap_count(a->h); i++) {
        Id_OBJ obj = {i};
        bool live = heap_is_live(a->h, obj);
        same &= live == heap_is_live(b->h, obj) && (!live || heap_addr(a->h, obj) == heap_addr(b->h, obj));
    }
    CU_ASSERT_TRUE(same);
    for (uint64_t at = HEAP_BASE; at <= HEAP_BASE + 2 * SPACE; at += SPACE)
        CU_ASSERT_EQUAL(memcmp(heap_at(a->h, at, LIMIT / 2), heap_at(b->h, at, LIMIT / 2), LIMIT / 2), 0);
}

static void the_same_with(Collector collector, uint64_t seed) {
    static const unsigned threads[] = {1, 2, 4};
    Made made[ARRAY_LEN(threads)];
    for (size_t i = 0; i < ARRAY_LEN(made); i++) {
        made[i] = (Made){.h = heap_new(LIMIT, collector)};
        prng_init(&made[i].r, seed, "threads");
        heap_threads(made[i].h, threads[i]);
    }
    for (int c = 0; c < COLLECTIONS; c++) {
        for (size_t i = 0; i < ARRAY_LEN(made); i++) {
            allocate(&made[i], c == 0 ? OBJECTS : OBJECTS / 10);
            collect(&made[i]);
        }
        CU_ASSERT(made[0].marked.objects > OBJECTS / 4);
        for (size_t i = 1; i < ARRAY_LEN(made); i++) compare(&made[0], &made[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(made); i++) heap_free(made[i].h);
}

static void any_number_of_threads_does_the_same(void) {
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        the_same_with(COLLECTOR_MOVING, seed);
        the_same_with(COLLECTOR_GO, seed);
    }
}

void mem_heap_threads_tests(void) {
    static const Check checks[] = {
        {"one, two and four threads collect the same, to the last byte", any_number_of_threads_does_the_same},
        {0},
    };
    suite("mem: threads", checks);
}

/* heap_test.c -- the rules of the heap, one by one. */
#include "../../sim/mem/heap.h"
#include "../check.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

void mem_heap_tests(void);

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)
#define SPACE_0 UINT64_C(0xc000000000)
#define SPACE_1 UINT64_C(0xc040000000)
#define LARGE UINT64_C(0xc080000000)

static const HeapLayout NODE = {64, 3}; /* two pointers, and six words that are none */

static Id_OBJ make(Heap *h, uint64_t bytes, HeapLayout layout) {
    Id_OBJ obj = {0};
    Diag d;
    CU_ASSERT_TRUE_FATAL(heap_object(h, bytes, layout, &obj, &d));
    return obj;
}
static Id_OBJ node(Heap *h) { return make(h, 64, NODE); }
static Id_OBJ plain(Heap *h, uint64_t bytes) { return make(h, bytes, HEAP_NO_POINTERS); }

static void set(Heap *h, Id_OBJ obj, uint32_t word, uint64_t value) { ((uint64_t *)heap_bytes(h, obj))[word] = value; }
static uint64_t get(const Heap *h, Id_OBJ obj, uint32_t word) { return ((const uint64_t *)heap_bytes(h, obj))[word]; }

static HeapMarked mark(Heap *h, const Id_OBJ *roots, size_t n) {
    heap_mark_begin(h);
    for (size_t i = 0; i < n; i++) heap_mark_root(h, roots[i]);
    return heap_mark(h);
}
static void collect(Heap *h, const Id_OBJ *roots, size_t n) {
    mark(h, roots, n);
    heap_finish(h, NULL);
}

static bool all_words(const Heap *h, uint64_t addr, uint64_t bytes, uint32_t word) {
    const uint32_t *p = heap_at(h, addr, bytes);
    for (uint64_t i = 0; i < bytes / 4; i++) {
        if (p[i] != word) return false;
    }
    return true;
}

/* ---- objects ---- */

static void objects_are_numbered_and_lie_where_the_header_says(void) {
    Heap *h = heap_new(GIB, COLLECTOR_MOVING);
    Id_OBJ a = plain(h, 1), b = node(h), page = plain(h, HEAP_ALIGN), c = plain(h, 17);
    Id_OBJ large = plain(h, HEAP_LARGE + 1), fits = plain(h, HEAP_LARGE), d = plain(h, 5);
    CU_ASSERT_EQUAL(a.v, 0);
    CU_ASSERT_EQUAL(d.v, 6);
    CU_ASSERT_EQUAL(heap_count(h), 7);
    CU_ASSERT_EQUAL(heap_addr(h, a), SPACE_0);
    CU_ASSERT_EQUAL(heap_addr(h, b), SPACE_0 + 16);
    CU_ASSERT_EQUAL(heap_addr(h, page), SPACE_0 + HEAP_ALIGN);
    CU_ASSERT_EQUAL(heap_addr(h, c), SPACE_0 + 2 * HEAP_ALIGN);
    CU_ASSERT_EQUAL(heap_addr(h, large), LARGE);
    CU_ASSERT_EQUAL(heap_addr(h, fits), SPACE_0 + 3 * HEAP_ALIGN);
    CU_ASSERT_EQUAL(heap_addr(h, d), SPACE_0 + 3 * HEAP_ALIGN + HEAP_LARGE);
    CU_ASSERT_EQUAL(heap_size(h, c), 17);
    CU_ASSERT_EQUAL(heap_layout(h, b).pointers, 3);
    CU_ASSERT_EQUAL(heap_layout(h, c).pointers, 0);
    CU_ASSERT_EQUAL(heap_live_bytes(h), 16 + 64 + HEAP_ALIGN + 32 + HEAP_LARGE + 16 + HEAP_LARGE + 16);
    CU_ASSERT_EQUAL((uintptr_t)heap_bytes(h, page) % HEAP_ALIGN, 0);
    collect(h, &b, 1);
    CU_ASSERT_EQUAL(heap_addr(h, b), SPACE_1);
    CU_ASSERT_FALSE(heap_is_live(h, a));
    CU_ASSERT_EQUAL(node(h).v, 7); /* a freed number is not given again */
    heap_free(h);
}

static void the_limit_is_of_live_bytes(void) {
    Heap *h = heap_new(MIB, COLLECTOR_GO);
    Diag d;
    Id_OBJ obj = {99}, half = plain(h, MIB / 2);
    plain(h, MIB / 2 - 17); /* takes up one byte more */
    CU_ASSERT_FALSE(heap_object(h, 17, HEAP_NO_POINTERS, &obj, &d));
    CU_ASSERT_EQUAL(d.status, EXIT_SCENARIO);
    CU_ASSERT_STRING_EQUAL(d.message, "the Go heap is limited to 1 MiB; 17 bytes more do not fit");
    CU_ASSERT_FALSE(heap_object(h, UINT64_MAX, HEAP_NO_POINTERS, &obj, &d));
    CU_ASSERT_EQUAL(obj.v, 99);
    CU_ASSERT_EQUAL(heap_count(h), 2);
    CU_ASSERT_EQUAL(heap_live_bytes(h), MIB - 16);
    plain(h, 16);
    CU_ASSERT_FALSE(heap_object(h, 1, HEAP_NO_POINTERS, &obj, &d));
    collect(h, &half, 1);
    CU_ASSERT_EQUAL(heap_live_bytes(h), MIB / 2);
    CU_ASSERT_TRUE(heap_object(h, MIB / 2, HEAP_NO_POINTERS, &obj, &d));
    heap_free(h);
}

/* Small and large by turns: alignment wastes half, and they fit still, some in the other semispace. */
static void what_alignment_wastes_is_not_the_limits_matter(void) {
    for (int c = COLLECTOR_MOVING; c <= COLLECTOR_GO; c++) {
        Heap *h = heap_new(MIB, (Collector)c);
        Id_OBJ obj[512];
        size_t n = 0;
        while (n + 2 <= ARRAY_LEN(obj) && heap_live_bytes(h) + HEAP_ALIGN + 16 <= MIB) {
            obj[n++] = plain(h, 16);
            obj[n++] = plain(h, HEAP_ALIGN);
        }
        CU_ASSERT(heap_live_bytes(h) > MIB - 2 * HEAP_ALIGN);
        for (int i = 0; i < 3; i++) collect(h, obj, n);
        for (size_t i = 0; i < n; i++) CU_ASSERT_TRUE(heap_is_live(h, obj[i]));
        heap_free(h);
    }
}

static void an_address_leads_into_an_object_or_nowhere(void) {
    Heap *h = heap_new(GIB, COLLECTOR_GO);
    Id_OBJ first = plain(h, 40), second = plain(h, 3 * HEAP_ALIGN), large = plain(h, 3 * MIB), found;
    uint64_t offset, at = heap_addr(h, first), page = heap_addr(h, second), far = heap_addr(h, large);
    CU_ASSERT_TRUE(heap_find(h, at + 39, &found, &offset));
    CU_ASSERT(found.v == first.v && offset == 39);
    CU_ASSERT_FALSE(heap_find(h, at + 40, &found, &offset));
    CU_ASSERT_FALSE(heap_find(h, at - 1, &found, &offset));
    CU_ASSERT_FALSE(heap_find(h, page - 1, &found, &offset));
    for (uint64_t i = 0; i < 3 * HEAP_ALIGN; i += 509) {
        CU_ASSERT_TRUE(heap_find(h, page + i, &found, &offset));
        CU_ASSERT(found.v == second.v && offset == i);
    }
    CU_ASSERT_FALSE(heap_find(h, page + 3 * HEAP_ALIGN, &found, &offset));
    CU_ASSERT_TRUE(heap_find(h, far + 3 * MIB - 1, &found, &offset));
    CU_ASSERT(found.v == large.v && offset == 3 * MIB - 1);
    CU_ASSERT_FALSE(heap_find(h, far + 3 * MIB, &found, &offset));
    CU_ASSERT_FALSE(heap_find(h, 0, &found, &offset));
    CU_ASSERT_FALSE(heap_find(h, UINT64_MAX, &found, &offset));
    CU_ASSERT_PTR_EQUAL(heap_at(h, page + 8, 8), (uint8_t *)heap_bytes(h, second) + 8);
    CU_ASSERT_PTR_NULL(heap_at(h, SPACE_0 - 1, 1));
    CU_ASSERT_PTR_NULL(heap_at(h, 0x7f0000000000, 8));
    CU_ASSERT_PTR_NULL(heap_at(h, far, UINT64_MAX));
    CU_ASSERT_PTR_NOT_NULL(heap_at(h, SPACE_1, GIB));
    heap_free(h);
}

/* ---- reaching ---- */

static void marking_counts_what_can_be_reached(void) {
    Heap *h = heap_new(GIB, COLLECTOR_GO);
    Id_OBJ root = node(h), inside = plain(h, 100), next = node(h), lost = node(h);
    Id_OBJ large = make(h, 2 * MIB, (HeapLayout){8, 1}), deep = plain(h, 8);
    set(h, root, 0, heap_addr(h, inside) + 99);
    set(h, root, 1, heap_addr(h, next));
    set(h, root, 2, heap_addr(h, lost)); /* not a pointer */
    set(h, next, 0, heap_addr(h, root));
    set(h, next, 1, heap_addr(h, large) + MIB);
    set(h, large, (2 * MIB - 8) / 8, heap_addr(h, deep));
    HeapMarked m = mark(h, &root, 1);
    CU_ASSERT_EQUAL(m.objects, 5);
    CU_ASSERT_EQUAL(m.bytes, 64 + 112 + 64 + 2 * MIB + 16);
    CU_ASSERT_EQUAL(m.scan_bytes, 64 + 64 + 2 * MIB);
    heap_finish(h, NULL);
    CU_ASSERT_FALSE(heap_is_live(h, lost));
    CU_ASSERT_TRUE(heap_is_live(h, deep));
    heap_free(h);
}

static void garbage_keeps_what_it_leads_to_and_nothing_else(void) {
    Heap *h = heap_new(GIB, COLLECTOR_MOVING);
    Id_OBJ root = node(h), kept = plain(h, 24), lost = plain(h, 24);
    set(h, root, 0, heap_addr(h, kept) + 7); /* as if a kernel had left it there */
    set(h, root, 1, heap_addr(h, lost) + 24);
    collect(h, &root, 1);
    CU_ASSERT_TRUE(heap_is_live(h, kept));
    CU_ASSERT_FALSE(heap_is_live(h, lost));
    CU_ASSERT_EQUAL(get(h, root, 0), heap_addr(h, kept) + 7);
    CU_ASSERT_EQUAL(get(h, root, 1), SPACE_0 + 64 + 32 + 24);
    heap_free(h);
}

static void a_long_list_needs_no_deep_stack(void) {
    enum { LENGTH = 300000 };
    for (int c = COLLECTOR_MOVING; c <= COLLECTOR_GO; c++) {
        Heap *h = heap_new(GIB, (Collector)c);
        Id_OBJ first = node(h), last = first;
        for (int i = 1; i < LENGTH; i++) {
            Id_OBJ next = node(h);
            set(h, last, 1, heap_addr(h, next));
            last = next;
        }
        CU_ASSERT_EQUAL(mark(h, &first, 1).objects, LENGTH);
        heap_finish(h, NULL);
        uint64_t length = 1, offset;
        Id_OBJ at = first;
        for (; get(h, at, 1) != 0; length++) CU_ASSERT_TRUE_FATAL(heap_find(h, get(h, at, 1), &at, &offset));
        CU_ASSERT_EQUAL(length, LENGTH);
        heap_free(h);
    }
}

static void what_is_born_meanwhile_is_kept_with_what_it_leads_to(void) {
    for (int c = COLLECTOR_MOVING; c <= COLLECTOR_GO; c++) {
        Heap *h = heap_new(GIB, (Collector)c);
        Id_OBJ root = node(h), old = node(h), older = node(h), lost = node(h), pinned = node(h);
        uint64_t unreachable = heap_addr(h, old);
        set(h, old, 0, heap_addr(h, older));
        heap_pin(h, pinned);
        heap_mark_begin(h);
        Id_OBJ early = node(h); /* in nobody's hands yet */
        heap_mark_root(h, root);
        heap_mark(h);
        Id_OBJ late = node(h);
        set(h, late, 1, unreachable); /* C had kept it */
        heap_finish(h, NULL);
        CU_ASSERT(heap_is_live(h, early) && heap_is_live(h, late) && heap_is_live(h, old));
        CU_ASSERT_TRUE(heap_is_live(h, older));
        CU_ASSERT_FALSE(heap_is_live(h, lost));
        CU_ASSERT_EQUAL(get(h, late, 1), heap_addr(h, old));
        CU_ASSERT_EQUAL(get(h, old, 0), heap_addr(h, older));

        mark(h, &root, 1); /* a pinned object, too, may be written to after it was scanned */
        set(h, pinned, 0, heap_addr(h, late));
        heap_finish(h, NULL);
        CU_ASSERT_TRUE(heap_is_live(h, late));
        CU_ASSERT_EQUAL(get(h, pinned, 0), heap_addr(h, late));
        CU_ASSERT_FALSE(heap_is_live(h, early));
        heap_free(h);
    }
}

/* ---- the moving collector ---- */

typedef struct {
    Heap *h;
    uint64_t from[64], to[64], hold;
    Id_OBJ obj[64], stay;
    size_t count;
} Told;

static void leaves(void *ctx, Id_OBJ obj, uint64_t from, uint64_t to) {
    Told *t = ctx;
    CU_ASSERT_FATAL(t->count < ARRAY_LEN(t->obj));
    CU_ASSERT_EQUAL(heap_addr(t->h, obj), from);
    CU_ASSERT_PTR_EQUAL(heap_at(t->h, from, 1), heap_bytes(t->h, obj));
    if (from == t->hold) heap_hold(t->h, from, heap_size(t->h, obj));
    t->obj[t->count] = obj;
    t->from[t->count] = from;
    t->to[t->count++] = to;
}
static bool stays(void *ctx, Id_OBJ obj) { return obj.v == ((Told *)ctx)->stay.v; }

static Told collect_told(Heap *h, const Id_OBJ *roots, size_t n, Id_OBJ stay, uint64_t hold) {
    Told t = {.h = h, .stay = stay, .hold = hold};
    mark(h, roots, n);
    heap_finish(h, &(HeapListener){leaves, stays, &t});
    return t;
}
static const Id_OBJ NOBODY = {NONE};

static void objects_move_in_their_order_and_pointers_follow(void) {
    Heap *h = heap_new(GIB, COLLECTOR_MOVING);
    Id_OBJ a = node(h), dead = plain(h, 100), b = plain(h, 33), page = plain(h, 5000), c = node(h);
    Id_OBJ large = make(h, 2 * MIB, (HeapLayout){16, 2}), roots[] = {large};
    set(h, large, 1, heap_addr(h, c));
    set(h, c, 0, heap_addr(h, a));
    set(h, a, 0, heap_addr(h, b) + 32);
    set(h, a, 1, heap_addr(h, page) + 4999);
    set(h, a, 7, 77);
    memset(heap_bytes(h, b), 0xb, 33);
    memset(heap_bytes(h, page), 0xc, 5000);
    Told t = collect_told(h, roots, 1, NOBODY, 0);
    CU_ASSERT_EQUAL_FATAL(t.count, 5);
    CU_ASSERT(t.obj[0].v == a.v && t.from[0] == SPACE_0 && t.to[0] == SPACE_1);
    CU_ASSERT(t.obj[1].v == dead.v && t.to[1] == 0);
    CU_ASSERT(t.obj[2].v == b.v && t.to[2] == SPACE_1 + 64);
    CU_ASSERT(t.obj[3].v == page.v && t.to[3] == SPACE_1 + HEAP_ALIGN);
    CU_ASSERT(t.obj[4].v == c.v && t.to[4] == SPACE_1 + HEAP_ALIGN + 5008);
    CU_ASSERT_EQUAL(heap_addr(h, large), LARGE);
    CU_ASSERT_EQUAL(get(h, large, 1), heap_addr(h, c));
    CU_ASSERT_EQUAL(get(h, c, 0), heap_addr(h, a));
    CU_ASSERT_EQUAL(get(h, a, 0), SPACE_1 + 64 + 32);
    CU_ASSERT_EQUAL(get(h, a, 1), SPACE_1 + HEAP_ALIGN + 4999);
    CU_ASSERT_EQUAL(get(h, a, 7), 77);
    CU_ASSERT(((uint8_t *)heap_bytes(h, b))[32] == 0xb && ((uint8_t *)heap_bytes(h, page))[4999] == 0xc);
    CU_ASSERT_TRUE(all_words(h, SPACE_0, 64 + 112 + 48, HEAP_POISON));
    CU_ASSERT_TRUE(all_words(h, t.from[3], 5008 + 64, HEAP_POISON));
    CU_ASSERT_EQUAL(heap_addr(h, node(h)), SPACE_1 + HEAP_ALIGN + 5008 + 64); /* behind what has moved */
    heap_free(h);
}

static void what_may_not_move_stays_until_its_space_is_left_again(void) {
    Heap *h = heap_new(GIB, COLLECTOR_MOVING);
    Id_OBJ a = node(h), pinned = node(h), c = node(h), said = plain(h, 32), roots[] = {a, pinned, c, said};
    heap_pin(h, pinned);
    set(h, pinned, 0, heap_addr(h, c));
    set(h, c, 0, heap_addr(h, pinned) + 8);
    Told t = collect_told(h, roots, 4, said, 0);
    CU_ASSERT_EQUAL(t.count, 2);
    CU_ASSERT_EQUAL(heap_addr(h, pinned), SPACE_0 + 64);
    CU_ASSERT_EQUAL(heap_addr(h, said), SPACE_0 + 192);
    CU_ASSERT_EQUAL(heap_addr(h, c), SPACE_1 + 64);
    CU_ASSERT_EQUAL(get(h, pinned, 0), SPACE_1 + 64);
    CU_ASSERT_EQUAL(get(h, c, 0), SPACE_0 + 64 + 8);
    CU_ASSERT_TRUE(heap_unpin(h, pinned));

    collect(h, roots, 4); /* to the space where they are: obstacles, and they stay once more */
    CU_ASSERT_EQUAL(heap_addr(h, pinned), SPACE_0 + 64);
    CU_ASSERT_EQUAL(heap_addr(h, said), SPACE_0 + 192);
    CU_ASSERT_EQUAL(heap_addr(h, a), SPACE_0);
    CU_ASSERT_EQUAL(heap_addr(h, c), SPACE_0 + 128);
    CU_ASSERT_EQUAL(get(h, pinned, 0), SPACE_0 + 128);
    CU_ASSERT_EQUAL(heap_addr(h, plain(h, 16)), SPACE_0 + 224);

    collect(h, roots, 4); /* away at last, in the order of addresses */
    CU_ASSERT_EQUAL(heap_addr(h, a), SPACE_1);
    CU_ASSERT_EQUAL(heap_addr(h, pinned), SPACE_1 + 64);
    CU_ASSERT_EQUAL(heap_addr(h, c), SPACE_1 + 128);
    CU_ASSERT_EQUAL(heap_addr(h, said), SPACE_1 + 192);
    CU_ASSERT_EQUAL(get(h, c, 0), SPACE_1 + 64 + 8);
    heap_free(h);
}

static void pins_count_and_keep(void) {
    Heap *h = heap_new(GIB, COLLECTOR_MOVING);
    Id_OBJ a = node(h), b = plain(h, 16), c = node(h);
    set(h, a, 0, heap_addr(h, b));
    heap_pin(h, a);
    heap_pin(h, a);
    heap_pin(h, c);
    CU_ASSERT_EQUAL(heap_pins(h, a), 2);
    CU_ASSERT_TRUE(heap_unpin(h, a));
    CU_ASSERT_FALSE(heap_unpin(h, b));
    collect(h, NULL, 0);
    CU_ASSERT_EQUAL(heap_addr(h, a), SPACE_0);
    CU_ASSERT_EQUAL(heap_addr(h, b), SPACE_1); /* kept by the pinned one, which does not keep it in its place */
    CU_ASSERT_TRUE(heap_unpin(h, a));
    CU_ASSERT_EQUAL(heap_pins(h, a), 0);
    CU_ASSERT_FALSE(heap_unpin(h, a));
    CU_ASSERT_EQUAL(heap_pins(h, c), 1);
    collect(h, NULL, 0);
    CU_ASSERT_FALSE(heap_is_live(h, a));
    CU_ASSERT_FALSE(heap_is_live(h, b));
    CU_ASSERT_TRUE(all_words(h, SPACE_0, 64, HEAP_POISON)); /* left behind, and freed there */
    heap_free(h);
}

static void without_room_an_object_stays(void) {
    Heap *h = heap_new(MIB, COLLECTOR_MOVING);
    Id_OBJ left = plain(h, MIB / 2), b = plain(h, MIB / 4), roots[] = {left, b};
    heap_pin(h, left);
    collect(h, roots, 2);
    CU_ASSERT_EQUAL(heap_addr(h, b), SPACE_1);
    plain(h, 16);
    Id_OBJ c = plain(h, MIB / 4 - 16);
    CU_ASSERT_EQUAL(heap_addr(h, c), SPACE_1 + MIB / 4 + HEAP_ALIGN);
    Id_OBJ all[] = {left, b, c};
    heap_unpin(h, left);
    heap_hold(h, SPACE_0 + MIB / 2 + 64, 64); /* before b's place, and then there is too little for c */
    collect(h, all, 3);
    CU_ASSERT_EQUAL(heap_addr(h, b), SPACE_0 + MIB / 2 + HEAP_ALIGN);
    CU_ASSERT_EQUAL(heap_addr(h, c), SPACE_1 + MIB / 4 + HEAP_ALIGN);
    heap_release(h, SPACE_0 + MIB / 2 + 64);
    heap_free(h);
}

/* ---- holds ---- */

static void a_held_range_is_poisoned_once_and_then_left_alone(void) {
    Heap *h = heap_new(GIB, COLLECTOR_MOVING);
    Id_OBJ a = node(h), b = node(h), roots[] = {a, b};
    uint64_t stale = heap_addr(h, b);
    collect_told(h, roots, 2, NOBODY, stale);
    CU_ASSERT_TRUE(all_words(h, stale, 64, HEAP_POISON));
    memset(heap_at(h, stale, 64), 0x55, 64); /* a kernel that has the old address */
    collect(h, roots, 2);
    CU_ASSERT_TRUE(all_words(h, stale, 64, 0x55555555));
    CU_ASSERT_EQUAL(heap_addr(h, a), SPACE_0);
    CU_ASSERT_EQUAL(heap_addr(h, b), SPACE_0 + 128);
    heap_hold(h, stale, 64);
    heap_release(h, stale);
    collect(h, roots, 2);
    collect(h, roots, 2);
    CU_ASSERT_EQUAL(heap_addr(h, b), SPACE_0 + 128);
    heap_release(h, stale);
    collect(h, roots, 2);
    collect(h, roots, 2);
    CU_ASSERT_EQUAL(heap_addr(h, b), stale);
    heap_free(h);
}

static void what_is_free_can_be_held(void) {
    for (int c = COLLECTOR_MOVING; c <= COLLECTOR_GO; c++) {
        Heap *h = heap_new(GIB, (Collector)c);
        node(h);
        heap_hold(h, SPACE_0 + 70, 10);
        CU_ASSERT_EQUAL(heap_addr(h, node(h)), SPACE_0 + 80);
        heap_hold(h, SPACE_0 + 80 + 64 + 16, 16);
        CU_ASSERT_EQUAL(heap_addr(h, plain(h, 32)), SPACE_0 + 80 + 64 + 32);
        CU_ASSERT_EQUAL(heap_addr(h, plain(h, 16)), SPACE_0 + 80 + 64 + (c == COLLECTOR_GO ? 0 : 64));
        heap_free(h);
    }
}

static void a_large_object_steps_over_what_is_held(void) {
    Heap *h = heap_new(GIB, COLLECTOR_MOVING);
    Id_OBJ a = plain(h, 2 * MIB), b = plain(h, 2 * MIB);
    uint64_t stale = heap_addr(h, a), end = stale + 2 * MIB;
    collect_told(h, &b, 1, NOBODY, stale);
    CU_ASSERT_TRUE(all_words(h, stale, 2 * MIB, HEAP_POISON));
    CU_ASSERT_EQUAL(heap_addr(h, plain(h, 2 * MIB)), end + 2 * MIB);
    heap_release(h, stale);
    heap_hold(h, end - 100, 4); /* within the last page of one that is a little smaller */
    memset(heap_at(h, end - 100, 4), 0x55, 4);
    CU_ASSERT_EQUAL(heap_addr(h, plain(h, 2 * MIB - 4000)), end + 4 * MIB);
    CU_ASSERT_TRUE(all_words(h, end - 100, 4, 0x55555555));
    heap_release(h, end - 100);
    Id_OBJ again = plain(h, 2 * MIB);
    CU_ASSERT_EQUAL(heap_addr(h, again), stale);
    CU_ASSERT_TRUE(all_words(h, stale, 2 * MIB, 0));
    heap_free(h);
}

/* ---- Go's collector ---- */

static void freed_memory_is_used_again_from_the_lowest_address(void) {
    Heap *h = heap_new(GIB, COLLECTOR_GO);
    Id_OBJ obj[10], kept[5];
    size_t n = 0;
    for (size_t i = 0; i < 10; i++) {
        obj[i] = node(h);
        if (i == 0 || i == 2 || i == 5 || i == 7 || i == 9) kept[n++] = obj[i];
    }
    memset(heap_bytes(h, obj[1]), 0x77, 64);
    Told t = collect_told(h, kept, n, NOBODY, heap_addr(h, obj[6]));
    CU_ASSERT_EQUAL(t.count, 5);
    CU_ASSERT_TRUE(all_words(h, SPACE_0 + 64, 64, HEAP_POISON));
    for (size_t i = 0; i < n; i++) CU_ASSERT_TRUE(heap_is_live(h, kept[i]));
    CU_ASSERT_EQUAL(heap_addr(h, plain(h, 80)), SPACE_0 + 3 * 64); /* 3 and 4 have grown together */
    CU_ASSERT_EQUAL(heap_addr(h, plain(h, 48)), SPACE_0 + 64);
    CU_ASSERT_EQUAL(heap_addr(h, plain(h, 48)), SPACE_0 + 3 * 64 + 80);
    CU_ASSERT_EQUAL(heap_addr(h, plain(h, 48)), SPACE_0 + 8 * 64); /* 6 is held */
    CU_ASSERT_EQUAL(heap_addr(h, plain(h, 16)), SPACE_0 + 64 + 48);
    CU_ASSERT_EQUAL(heap_addr(h, plain(h, 48)), SPACE_0 + 10 * 64);
    CU_ASSERT_TRUE(all_words(h, SPACE_0 + 64, 64, 0));
    heap_free(h);
}

/* More holes than are looked at one by one. */
static void first_fit_finds_the_first_of_many_holes(void) {
    enum { N = 4000 };
    Heap *h = heap_new(GIB, COLLECTOR_GO);
    Id_OBJ kept[N];
    for (size_t i = 0; i < N; i++) {
        plain(h, i == 3000 || i == 3500 ? 64 : 32);
        kept[i] = plain(h, 16);
    }
    collect(h, kept, N);
    CU_ASSERT_EQUAL(heap_addr(h, plain(h, 64)), SPACE_0 + 3000 * 48);
    CU_ASSERT_EQUAL(heap_addr(h, plain(h, 48)), SPACE_0 + 3500 * 48 + 32);
    CU_ASSERT_EQUAL(heap_addr(h, plain(h, 48)), SPACE_0 + N * 48 + 64);
    for (uint64_t i = 0; i < 1000; i++) CU_ASSERT_EQUAL(heap_addr(h, plain(h, 32)), SPACE_0 + i * 48);
    heap_free(h);
}

static void nothing_moves_in_gos_heap(void) {
    Heap *h = heap_new(GIB, COLLECTOR_GO);
    Id_OBJ a = node(h), b = node(h), large = plain(h, 2 * MIB), roots[] = {b, large};
    plain(h, 2 * MIB);
    set(h, b, 0, heap_addr(h, a) + 1);
    for (int i = 0; i < 3; i++) collect(h, roots, 2);
    CU_ASSERT_EQUAL(heap_addr(h, a), SPACE_0);
    CU_ASSERT_EQUAL(heap_addr(h, b), SPACE_0 + 64);
    CU_ASSERT_EQUAL(get(h, b, 0), SPACE_0 + 1);
    CU_ASSERT_EQUAL(heap_addr(h, plain(h, HEAP_LARGE + 1)), LARGE + 2 * MIB);
    heap_free(h);
}

/* ---- whoever writes anywhere ---- */

static void bytes_written_anywhere_confuse_nobody(void) {
    for (int c = COLLECTOR_MOVING; c <= COLLECTOR_GO; c++) {
        Heap *h = heap_new(GIB, (Collector)c);
        Id_OBJ obj[100];
        for (size_t i = 0; i < ARRAY_LEN(obj); i++) obj[i] = make(h, 64, (HeapLayout){8, 1});
        memset(heap_at(h, SPACE_0, MIB), 0xff, MIB);
        for (uint64_t i = 0; i < MIB / 8; i++) /* each word of it leads somewhere */
            memcpy(heap_at(h, SPACE_0 + 8 * i, 8), &(uint64_t){SPACE_0 + i * 2654435761u % (4 * GIB)}, 8);
        for (int i = 0; i < 4; i++) collect(h, obj, 10);
        for (size_t i = 0; i < 10; i++) CU_ASSERT_TRUE(heap_is_live(h, obj[i]));
        Id_OBJ fresh = plain(h, MIB / 2); /* memory that was never an object's, and is not zero */
        CU_ASSERT_TRUE(all_words(h, heap_addr(h, fresh), MIB / 2, 0));
        heap_free(h);
    }
}

void mem_heap_tests(void) {
    static const Check checks[] = {
        {"objects are numbered, and lie where the header says", objects_are_numbered_and_lie_where_the_header_says},
        {"the limit is of live bytes", the_limit_is_of_live_bytes},
        {"what alignment wastes is not the limit's matter", what_alignment_wastes_is_not_the_limits_matter},
        {"an address leads into an object, or nowhere", an_address_leads_into_an_object_or_nowhere},
        {"marking counts what can be reached", marking_counts_what_can_be_reached},
        {"garbage keeps what it leads to, and nothing else", garbage_keeps_what_it_leads_to_and_nothing_else},
        {"a long list needs no deep stack", a_long_list_needs_no_deep_stack},
        {"what is born meanwhile is kept, with what it leads to", what_is_born_meanwhile_is_kept_with_what_it_leads_to},
        {"objects move in their order, and pointers follow", objects_move_in_their_order_and_pointers_follow},
        {"what may not move stays until its space is left again", what_may_not_move_stays_until_its_space_is_left_again},
        {"pins count, and keep", pins_count_and_keep},
        {"without room an object stays", without_room_an_object_stays},
        {"a held range is poisoned once, and then left alone", a_held_range_is_poisoned_once_and_then_left_alone},
        {"what is free can be held", what_is_free_can_be_held},
        {"a large object steps over what is held", a_large_object_steps_over_what_is_held},
        {"freed memory is used again from the lowest address", freed_memory_is_used_again_from_the_lowest_address},
        {"first fit finds the first of many holes", first_fit_finds_the_first_of_many_holes},
        {"nothing moves in Go's heap", nothing_moves_in_gos_heap},
        {"bytes written anywhere confuse nobody", bytes_written_anywhere_confuse_nobody},
        {0},
    };
    suite("mem: heap", checks);
}

/* heap_random_test.c -- random graphs of objects against a model that is too simple to be wrong.
 *
 * The model has a copy of each object's bytes and address, and finds what can be reached by going through
 * all words again and again. Between and during collections it pins, holds, spoils bytes, and writes where
 * nobody is. After each one it compares everything, byte by byte.
 *
 * HEAP_GRAPHS is how many graphs, if not 10,000.
 */
#include "../../sim/base/prng.h"
#include "../../sim/mem/heap.h"
#include "../check.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void mem_heap_random_tests(void);

enum { OBJECTS_MAX = 400, RANGES_MAX = 1000, GRAPHS = 10000 };

typedef struct {
    uint64_t addr, bytes;
    HeapLayout layout;
    uint8_t *copy;
    bool live, root, stays;
    bool reached, scanned, again; /* of the collection */
    uint64_t pins, left_to;       /* left_to: what the heap said; 1 = nothing */
} Twin;

typedef struct {
    uint64_t addr, bytes;
    uint8_t fill;
} Range;

typedef struct {
    Heap *h;
    Prng r;
    uint64_t seed;
    Twin twin[OBJECTS_MAX];
    size_t count, born;
    size_t by_addr[OBJECTS_MAX], live_count; /* live ones, sorted */
    Range held[RANGES_MAX], poisoned[RANGES_MAX];
    size_t held_count, poisoned_count;
    uint64_t last_from, last_to, limit;
    unsigned current;
    bool wrong;
} Graph;

static void say(Graph *g, const char *what) {
    if (!g->wrong) printf("\n    seed %llu: %s\n", (unsigned long long)g->seed, what);
    g->wrong = true;
}
#define HOLDS(g, cond)                                                                             \
    do {                                                                                           \
        if (!(cond)) say((g), #cond);                                                              \
    } while (0)

static uint64_t below(Graph *g, uint64_t n) { return prng_below(&g->r, n); }
static bool one_in(Graph *g, uint64_t n) { return below(g, n) == 0; }
static uint64_t up(uint64_t bytes) { return (bytes + 15) / 16 * 16; }
static bool overlap(uint64_t a, uint64_t a_bytes, uint64_t b, uint64_t b_bytes) {
    return a < b + b_bytes && b < a + a_bytes;
}

/* ---- the model ---- */

static void sort_twins(Graph *g) {
    g->live_count = 0;
    for (size_t i = 0; i < g->count; i++) {
        if (!g->twin[i].live) continue;
        size_t at = g->live_count++;
        for (; at > 0 && g->twin[g->by_addr[at - 1]].addr > g->twin[i].addr; at--) g->by_addr[at] = g->by_addr[at - 1];
        g->by_addr[at] = i;
    }
}

static void not_overlapping(Graph *g) {
    for (size_t i = 1; i < g->live_count; i++) {
        const Twin *a = &g->twin[g->by_addr[i - 1]], *b = &g->twin[g->by_addr[i]];
        HOLDS(g, a->addr + up(a->bytes) <= b->addr);
    }
}

/* The twin that this word leads into; NULL: none. */
static Twin *lead(Graph *g, uint64_t word) {
    size_t from = 0, to = g->live_count;
    while (from < to) {
        size_t middle = (from + to) / 2;
        if (g->twin[g->by_addr[middle]].addr <= word) from = middle + 1;
        else to = middle;
    }
    if (from == 0) return NULL;
    Twin *t = &g->twin[g->by_addr[from - 1]];
    return word - t->addr < t->bytes ? t : NULL;
}

static bool is_pointer(const Twin *t, uint64_t word_index) {
    if (t->layout.pointers == 0) return false;
    uint64_t words = t->layout.element_bytes / 8;
    if ((word_index / words + 1) * t->layout.element_bytes > t->bytes) return false; /* half an element */
    return t->layout.pointers >> word_index % words & 1;
}

static uint64_t word_at(const Twin *t, uint64_t i) {
    uint64_t word;
    memcpy(&word, t->copy + 8 * i, 8);
    return word;
}

/* The twin that this word of t is a pointer to, or into; NULL: none. */
static Twin *target(Graph *g, const Twin *t, uint64_t i) {
    uint64_t word = word_at(t, i);
    if (word - HEAP_BASE >= 0x100000000u || !is_pointer(t, i)) return NULL;
    return lead(g, word);
}

static void reach(Graph *g) {
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < g->count; i++) {
            Twin *t = &g->twin[i];
            if (!t->live || !t->reached || t->scanned) continue;
            t->scanned = true;
            for (uint64_t w = 0; t->layout.pointers != 0 && w < t->bytes / 8; w++) {
                Twin *to = target(g, t, w);
                if (to == NULL || to->reached) continue;
                to->reached = true;
                more = true;
            }
        }
    }
}

/* ---- what a program, C and a device do ---- */

static uint64_t some_word(Graph *g) {
    if (one_in(g, 4) || g->live_count == 0) return 0;
    if (one_in(g, 8)) return 0x7f0000000000u + below(g, 1u << 30);
    if (one_in(g, 8)) return HEAP_BASE + below(g, 3) * 0x40000000u + below(g, g->limit + 5000);
    if (one_in(g, 40)) return prng_next(&g->r);
    const Twin *t = &g->twin[g->by_addr[below(g, g->live_count)]];
    if (one_in(g, 10)) return t->addr + t->bytes; /* one past it */
    return t->addr + (one_in(g, 3) ? below(g, t->bytes) : 0);
}

static void write_word(Graph *g, Twin *t, uint64_t i, uint64_t word) {
    memcpy(t->copy + 8 * i, &word, 8);
    memcpy((uint8_t *)heap_bytes(g->h, (Id_OBJ){(uint64_t)(t - g->twin)}) + 8 * i, &word, 8);
}

static void write_words(Graph *g, Twin *t) {
    uint64_t words = t->bytes / 8, step = words > 300 ? words / 100 : 1;
    for (uint64_t i = one_in(g, 2) ? 0 : below(g, step); i < words; i += step)
        write_word(g, t, i, is_pointer(t, i) ? some_word(g) : prng_next(&g->r));
}

static HeapLayout some_layout(Graph *g) {
    if (one_in(g, 4)) return HEAP_NO_POINTERS;
    uint32_t words = one_in(g, 10) ? HEAP_MAP_WORDS : 1 + (uint32_t)below(g, 8);
    uint64_t pointers = prng_next(&g->r);
    if (words < 64) pointers &= (UINT64_C(1) << words) - 1;
    return (HeapLayout){8 * words, pointers};
}

static uint64_t some_bytes(Graph *g) {
    if (one_in(g, 12)) return 4000 + below(g, 9000);
    if (one_in(g, 300) && g->limit > (8u << 20)) return HEAP_LARGE + 1 + below(g, 1 << 16);
    if (one_in(g, 100) && g->limit > (1u << 20)) return 15000 + below(g, 10000);
    if (one_in(g, 20)) return 1 + below(g, 4096);
    return 1 + below(g, 200);
}

static void forget_poison(Graph *g, uint64_t addr, uint64_t bytes) {
    for (size_t i = 0; i < g->poisoned_count;) {
        if (overlap(g->poisoned[i].addr, g->poisoned[i].bytes, addr, bytes)) g->poisoned[i] = g->poisoned[--g->poisoned_count];
        else i++;
    }
}

static bool is_all(const uint8_t *p, uint64_t n, uint8_t byte) {
    return n == 0 || (p[0] == byte && memcmp(p, p + 1, n - 1) == 0);
}

static void allocate(Graph *g, uint64_t bytes, HeapLayout layout) {
    if (g->count == OBJECTS_MAX) return;
    Twin *t = &g->twin[g->count];
    *t = (Twin){.bytes = bytes, .layout = layout};
    Id_OBJ id;
    Diag d;
    uint64_t before = heap_live_bytes(g->h);
    if (!heap_object(g->h, t->bytes, t->layout, &id, &d)) {
        HOLDS(g, heap_live_bytes(g->h) == before && heap_count(g->h) == g->count);
        HOLDS(g, before + t->bytes > g->limit / 4);
        return;
    }
    HOLDS(g, id.v == g->count);
    t->addr = heap_addr(g->h, id);
    HOLDS(g, t->addr % 16 == 0 && (t->bytes < HEAP_ALIGN || t->addr % HEAP_ALIGN == 0));
    HOLDS(g, (t->bytes > HEAP_LARGE) == (t->addr >= HEAP_BASE + 0x80000000u));
    HOLDS(g, is_all(heap_bytes(g->h, id), t->bytes, 0));
    for (size_t i = 0; i < g->held_count; i++)
        HOLDS(g, !overlap(g->held[i].addr, g->held[i].bytes, t->addr, up(t->bytes)));
    forget_poison(g, t->addr, up(t->bytes));
    t->live = true;
    t->root = one_in(g, 3);
    t->copy = mem_zero(t->bytes, 1);
    g->count++;
    sort_twins(g);
    not_overlapping(g);
    write_words(g, t);
}

/* Rows of the heap that are all alike go another way through the collectors. */
static void allocate_alike(Graph *g) {
    uint64_t bytes = 1 + below(g, 250);
    HeapLayout layout = some_layout(g);
    for (uint64_t n = below(g, 24); n > 0; n--) allocate(g, bytes, layout);
}

static Twin *some_twin(Graph *g) {
    return g->live_count == 0 ? NULL : &g->twin[g->by_addr[below(g, g->live_count)]];
}

static void pin_or_unpin(Graph *g) {
    Twin *t = some_twin(g);
    if (t == NULL) return;
    Id_OBJ id = {(uint64_t)(t - g->twin)};
    if (one_in(g, 2)) {
        heap_pin(g->h, id);
        t->pins++;
    } else {
        HOLDS(g, heap_unpin(g->h, id) == (t->pins > 0));
        if (t->pins > 0) t->pins--;
    }
    HOLDS(g, heap_pins(g->h, id) == t->pins);
}

static void hold(Graph *g, uint64_t addr, uint64_t bytes) {
    for (size_t i = 0; i < g->held_count; i++) {
        if (overlap(g->held[i].addr, g->held[i].bytes, addr, bytes)) return;
    }
    if (g->held_count == RANGES_MAX) return;
    heap_hold(g->h, addr, bytes);
    g->held[g->held_count++] = (Range){addr, bytes, 0};
}

static void release(Graph *g) {
    if (g->held_count == 0) return;
    size_t i = below(g, g->held_count);
    heap_release(g->h, g->held[i].addr);
    g->held[i] = g->held[--g->held_count];
}

/* Where no object is and nobody holds anything. */
static void write_astray(Graph *g) {
    uint64_t addr = HEAP_BASE + below(g, 2) * 0x40000000u + below(g, g->limit / 16) * 16;
    for (size_t i = 0; i < g->count; i++) {
        if (g->twin[i].live && overlap(g->twin[i].addr, up(g->twin[i].bytes), addr, 16)) return;
    }
    for (size_t i = 0; i < g->held_count; i++) {
        if (overlap(g->held[i].addr, g->held[i].bytes, addr, 16)) return;
    }
    forget_poison(g, addr, 16);
    uint64_t words[2] = {prng_next(&g->r), some_word(g)};
    memcpy(heap_at(g->h, addr, 16), words, 16);
}

/* Memory that is free now may be held, too: by who has found an old address. */
static void hold_free(Graph *g) {
    if (g->poisoned_count == 0) return;
    Range r = g->poisoned[below(g, g->poisoned_count)];
    for (size_t i = 0; i < g->count; i++) {
        if (g->twin[i].live && overlap(g->twin[i].addr, up(g->twin[i].bytes), r.addr, r.bytes)) return;
    }
    forget_poison(g, r.addr, r.bytes);
    hold(g, r.addr, r.bytes);
}

static void something(Graph *g) {
    switch (below(g, 12)) {
    case 0: pin_or_unpin(g); break;
    case 1: write_astray(g); break;
    case 2: if (one_in(g, 4)) release(g); break;
    case 3: if (one_in(g, 10)) hold_free(g); break;
    case 4:
    case 5: {
        Twin *t = some_twin(g);
        if (t != NULL) write_words(g, t);
        break;
    }
    case 6: if (one_in(g, 4)) allocate_alike(g); break;
    default: allocate(g, some_bytes(g), some_layout(g)); break;
    }
}

/* ---- a collection ---- */

static void leaves(void *ctx, Id_OBJ obj, uint64_t from, uint64_t to) {
    Graph *g = ctx;
    HOLDS(g, obj.v < g->count);
    Twin *t = &g->twin[obj.v];
    HOLDS(g, t->live && t->left_to == 1 && from == t->addr && from > g->last_from);
    HOLDS(g, (to != 0) == (t->reached || t->again));
    HOLDS(g, to == 0 || (t->pins == 0 && !t->stays && t->bytes <= HEAP_LARGE));
    HOLDS(g, to == 0 || to > g->last_to);
    HOLDS(g, heap_addr(g->h, obj) == from);
    HOLDS(g, memcmp(heap_bytes(g->h, obj), t->copy, t->bytes) == 0);
    g->last_from = from;
    if (to != 0) g->last_to = to;
    t->left_to = to;
    if (one_in(g, 8)) hold(g, from, t->bytes);
}

static bool stays(void *ctx, Id_OBJ obj) { return ((Graph *)ctx)->twin[obj.v].stays; }

static void compare_marked(Graph *g, HeapMarked m) {
    HeapMarked expected = {0};
    for (size_t i = 0; i < g->count; i++) {
        const Twin *t = &g->twin[i];
        if (!t->live || !t->reached) continue;
        expected.objects++;
        expected.bytes += up(t->bytes);
        if (t->layout.pointers != 0) expected.scan_bytes += up(t->bytes);
    }
    HOLDS(g, m.objects == expected.objects && m.bytes == expected.bytes && m.scan_bytes == expected.scan_bytes);
}

static void poisoned(Graph *g, uint64_t addr, uint64_t bytes) {
    if (g->poisoned_count < RANGES_MAX) g->poisoned[g->poisoned_count++] = (Range){addr, bytes, 0};
}

/* Old pointers to new ones; addr is old still. */
static void follow(Graph *g) {
    for (size_t i = 0; i < g->count; i++) {
        Twin *t = &g->twin[i];
        if (!t->live || !t->reached) continue;
        for (uint64_t w = 0; t->layout.pointers != 0 && w < t->bytes / 8; w++) {
            Twin *to = target(g, t, w);
            if (to == NULL || to->left_to <= 1) continue;
            uint64_t word = word_at(t, w) - to->addr + to->left_to;
            memcpy(t->copy + 8 * w, &word, 8);
        }
    }
}

/* What the heap did, it may do; now the model does it too. */
static void settle(Graph *g) {
    bool moving = heap_collector(g->h) == COLLECTOR_MOVING;
    uint64_t semispace = HEAP_BASE + g->current * 0x40000000u;
    for (size_t i = 0; i < g->count; i++) {
        Twin *t = &g->twin[i];
        if (!t->live) continue;
        if (t->left_to != 1) poisoned(g, t->addr, up(t->bytes));
        if (!t->reached) {
            HOLDS(g, t->left_to == 0);
            t->live = false;
            free(t->copy);
            t->copy = NULL;
            continue;
        }
        bool may = moving && t->pins == 0 && !t->stays && t->bytes <= HEAP_LARGE && t->addr - semispace < 0x40000000u;
        HOLDS(g, t->left_to == 1 || may);
        if (may && heap_live_bytes(g->h) < g->limit / 8 && g->held_count == 0) HOLDS(g, t->left_to > 1);
        if (t->left_to > 1) {
            HOLDS(g, (t->left_to < HEAP_BASE + 0x40000000u) == (g->current == 1));
            t->addr = t->left_to;
        }
    }
    for (size_t i = 0; i < g->count; i++) {
        if (g->twin[i].live) forget_poison(g, g->twin[i].addr, up(g->twin[i].bytes));
    }
    if (moving) g->current = 1 - g->current;
    sort_twins(g);
}

static void compare_all(Graph *g) {
    uint64_t live = 0;
    for (size_t i = 0; i < g->count; i++) {
        const Twin *t = &g->twin[i];
        Id_OBJ id = {i}, found;
        uint64_t offset, at;
        HOLDS(g, heap_is_live(g->h, id) == t->live);
        if (!t->live) continue;
        live += up(t->bytes);
        HOLDS(g, heap_addr(g->h, id) == t->addr && heap_size(g->h, id) == t->bytes && heap_pins(g->h, id) == t->pins);
        HOLDS(g, heap_layout(g->h, id).pointers == t->layout.pointers);
        HOLDS(g, heap_layout(g->h, id).element_bytes == t->layout.element_bytes);
        HOLDS(g, heap_at(g->h, t->addr, t->bytes) == heap_bytes(g->h, id));
        HOLDS(g, t->addr % 16 == 0 && (t->bytes < HEAP_ALIGN || t->addr % HEAP_ALIGN == 0));
        HOLDS(g, memcmp(heap_bytes(g->h, id), t->copy, t->bytes) == 0);
        at = below(g, t->bytes);
        HOLDS(g, heap_find(g->h, t->addr + at, &found, &offset) && found.v == i && offset == at);
        bool past = heap_find(g->h, t->addr + t->bytes, &found, &offset);
        const Twin *other = lead(g, t->addr + t->bytes);
        HOLDS(g, past == (other != NULL) && (!past || &g->twin[found.v] == other));
    }
    HOLDS(g, live == heap_live_bytes(g->h));
    not_overlapping(g);
    for (size_t i = 0; i < g->poisoned_count; i++) {
        const uint8_t *p = heap_at(g->h, g->poisoned[i].addr, g->poisoned[i].bytes);
        static const uint8_t poison[4] = {0xef, 0xbe, 0xad, 0xde};
        HOLDS(g, memcmp(p, poison, 4) == 0 && memcmp(p, p + 4, g->poisoned[i].bytes - 4) == 0);
    }
    for (size_t i = 0; i < g->held_count; i++) {
        const Range *r = &g->held[i];
        if (r->fill != 0) HOLDS(g, is_all(heap_at(g->h, r->addr, r->bytes), r->bytes, r->fill));
    }
}

/* Who holds a range writes there, from now on. */
static void device_writes(Graph *g) {
    for (size_t i = 0; i < g->held_count; i++) {
        Range *r = &g->held[i];
        if (r->fill != 0) continue;
        r->fill = (uint8_t)(1 + below(g, 255));
        forget_poison(g, r->addr, r->bytes);
        memset(heap_at(g->h, r->addr, r->bytes), r->fill, r->bytes);
    }
}

static void collect(Graph *g) {
    heap_mark_begin(g->h);
    g->born = g->count;
    for (uint64_t i = below(g, 4); i > 0; i--) something(g);
    for (size_t i = 0; i < g->count; i++) {
        Twin *t = &g->twin[i];
        t->again = t->scanned = false;
        t->reached = t->live && (t->root || t->pins > 0);
        t->stays = one_in(g, 10);
        t->left_to = 1;
        if (t->live && t->root) heap_mark_root(g->h, (Id_OBJ){i});
        if (t->root && one_in(g, 4)) t->root = false;
    }
    reach(g);
    compare_marked(g, heap_mark(g->h));
    for (uint64_t i = below(g, 6); i > 0; i--) something(g);
    for (size_t i = 0; i < g->count; i++) {
        Twin *t = &g->twin[i];
        if (i >= g->born) t->left_to = 1;
        if (!t->live || (t->pins == 0 && i < g->born)) continue;
        t->reached = true;
        t->scanned = false;
    }
    reach(g);
    for (size_t i = 0; i < g->count; i++) g->twin[i].again = g->twin[i].live && g->twin[i].reached;
    HeapListener listen = {leaves, stays, g};
    g->last_from = g->last_to = 0;
    heap_finish(g->h, &listen);
    follow(g);
    settle(g);
    compare_all(g);
    device_writes(g);
}

static bool graph(uint64_t seed, Collector collector) {
    static const uint64_t limits[] = {16 << 10, 64 << 10, 1 << 20, 16 << 20, 64 << 20};
    Graph *g = mem_zero(1, sizeof *g);
    g->seed = seed;
    prng_init(&g->r, seed, "graph");
    g->limit = limits[below(g, ARRAY_LEN(limits))];
    g->h = heap_new(g->limit, collector);
    uint64_t collections = 2 + below(g, 3), steps = 3 + below(g, 24);
    for (uint64_t c = 0; c < collections; c++) {
        for (uint64_t i = 0; i < steps; i++) something(g);
        collect(g);
        if (one_in(g, 3)) compare_all(g);
    }
    bool right = !g->wrong;
    for (size_t i = 0; i < g->count; i++) free(g->twin[i].copy);
    heap_free(g->h);
    free(g);
    return right;
}

static void random_graphs(Collector collector, uint64_t first) {
    const char *wanted = getenv("HEAP_GRAPHS");
    uint64_t graphs = (wanted ? strtoull(wanted, NULL, 10) : GRAPHS) / 2, wrong = 0;
    for (uint64_t i = 0; i < graphs && wrong < 5; i++) wrong += !graph(first + i, collector);
    CU_ASSERT_EQUAL(wrong, 0);
}

static void what_is_reached_survives_the_moving_collector(void) { random_graphs(COLLECTOR_MOVING, 1); }
static void what_is_reached_survives_gos_collector(void) { random_graphs(COLLECTOR_GO, 1000001); }

void mem_heap_random_tests(void) {
    static const Check checks[] = {
        {"random graphs survive the moving collector", what_is_reached_survives_the_moving_collector},
        {"random graphs survive Go's collector", what_is_reached_survives_gos_collector},
        {0},
    };
    suite("mem: random graphs", checks);
}

/* heap.c -- objects: made, looked up by number and by address, and the two collections' common frame.
 *
 * The arena is address space, reserved once; what nobody has touched costs nothing. A semispace is as large as
 * the limit, and both together hold what alignment and obstacles waste: an object for which its semispace has
 * no room is put into the other one, where it is like one that was left behind.
 *
 * Go:      runtime/malloc.go mallocgc; the arena begins where Go's does on linux/amd64
 * Differs: bytes count in steps of 16; Go rounds up to a size class. There is no goal here that begins a
 *          collection: that is the runtime model's.
 */
#include "heap_parts.h"

#include <stdlib.h>
#include <sys/mman.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define HUGE_FROM (UINT64_C(64) << 20) /* live bytes: below, a huge page would be mostly empty, and a thread not worth it */
#define SPACE_BYTES (UINT64_C(1) << 30) /* of address space, and more for a higher limit */
#define LIMIT_MAX (UINT64_C(15) << 30)  /* a place has 32 bits */

bool heap_grow(void *array, size_t *cap, size_t need, size_t element_bytes) {
    void *old, *grown;
    size_t next = *cap ? *cap : 64;
    if (need <= *cap) return true;
    while (next < need) next *= 2;
    if (next > SIZE_MAX / element_bytes) return false;
    memcpy(&old, array, sizeof old);
    grown = realloc(old, next * element_bytes);
    if (grown == NULL) return false;
    memcpy(array, &grown, sizeof grown);
    *cap = next;
    return true;
}

/* ---- the heap ---- */

static uint64_t rounded(uint64_t bytes, uint64_t step) { return (bytes + step - 1) / step * step; }

static void *map(uint64_t bytes) {
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return mem_checked(p == MAP_FAILED ? NULL : p, bytes);
}

/* All books whose length is known: zero, and untouched pages cost nothing. */
static void make_books(Heap *h) {
    uint64_t rows = h->small_bytes / ROW_BYTES, pages = h->small_bytes / HEAP_ALIGN;
    uint64_t places = 1;
    while (places < pages) places *= 2;
    h->books_bytes = rows * (sizeof *h->row + sizeof *h->before + sizeof *h->shift + sizeof *h->run_cap) +
                     rounded(pages, 64) / 8 + places * sizeof *h->queue;
    h->books = map(h->books_bytes);
    h->row = h->books;
    h->queued = (uint64_t *)(h->row + rows);
    h->before = (uint32_t *)(h->queued + rounded(pages, 64) / 64);
    h->shift = (int32_t *)(h->before + rows);
    h->queue = (uint32_t *)(h->shift + rows);
    h->run_cap = (uint8_t *)(h->queue + places);
    h->places = (uint32_t)places;
}

Heap *heap_new(uint64_t limit_bytes, Collector collector) {
    ASSERT(limit_bytes <= LIMIT_MAX);
    Heap *h = mem_zero(1, sizeof *h);
    uint64_t used = rounded(limit_bytes ? limit_bytes : 1, HEAP_ALIGN);
    uint64_t space = used > SPACE_BYTES ? used : SPACE_BYTES;
    h->limit_bytes = limit_bytes;
    h->collector = collector;
    h->small_bytes = 2 * space;
    h->large_end = h->small_bytes + 2 * used;
    h->arena_bytes = 4 * space;
    h->arena = map(h->arena_bytes);
    make_books(h);
    space_init(h, 0, 0, used);
    space_init(h, 1, space, used);
    return h;
}

void heap_free(Heap *h) {
    if (h == NULL) return;
    munmap(h->arena, h->arena_bytes);
    munmap(h->books, h->books_bytes);
    for (unsigned i = 0; i < ARRAY_LEN(h->space); i++) space_free(&h->space[i]);
    shapes_free(&h->shapes);
    keep_free(h);
    free(h->place);
    free(h->large);
    free(h->large_grey);
    free(h->grey);
    free(h);
}

Collector heap_collector(const Heap *h) { return h->collector; }

/* A large heap is walked through in any order, and each step would need another entry of the TLB. */
static void use_huge_pages(Heap *h) {
    h->huge_pages = true;
    madvise(h->arena, h->small_bytes, MADV_HUGEPAGE); /* who says no: then it is slower */
    madvise(h->books, h->books_bytes, MADV_HUGEPAGE);
}

/* ---- a new object ---- */

static bool no_room(const Heap *h, uint64_t bytes, Diag *d) {
    diag_fail(d, EXIT_SCENARIO, "the Go heap is limited to %llu MiB; %llu bytes more do not fit",
              (unsigned long long)(h->limit_bytes >> 20), (unsigned long long)bytes);
    return diag_remedy(d, "Use smaller objects, or use one of them again.");
}

static bool no_memory(uint64_t bytes, Diag *d) {
    return diag_fail(d, EXIT_WORLD, "this machine has no memory left for an object of %llu bytes",
                     (unsigned long long)bytes);
}

static bool place_small(Heap *h, uint32_t units, uint32_t *granule) {
    return room_take(h, &h->space[h->current], units, granule) ||
           room_take(h, &h->space[1 - h->current], units, granule);
}

bool heap_object(Heap *h, uint64_t bytes, HeapLayout layout, Id_OBJ *obj, Diag *d) {
    ASSERT(bytes > 0);
    ASSERT(h->phase != GC_FINISHING);
    if (bytes > h->limit_bytes || h->live_bytes + rounded(bytes, GRANULE) > h->limit_bytes)
        return no_room(h, bytes, d);
    bool large = bytes > HEAP_LARGE;
    uint32_t shape, granule, number = (uint32_t)h->count;
    if (h->count == FREED || !shape_find(&h->shapes, bytes, layout, &shape) ||
        !heap_grow(&h->place, &h->cap, h->count + 1, sizeof *h->place) || (large && !large_reserve(h)) ||
        !space_reserve(&h->space[0], 1) || !space_reserve(&h->space[1], 1)) {
        return no_memory(bytes, d);
    }
    uint32_t units = h->shapes.shape[shape].units;
    if (large ? !large_place(h, units, &granule) : !place_small(h, units, &granule)) return no_room(h, bytes, d);
    if (large) {
        large_put(h, granule, number, shape);
    } else {
        memset(bytes_at(h, granule), 0, (size_t)units * GRANULE);
        space_put(h, space_of(h, granule), granule, units, (Slot){number, shape});
    }
    h->live_bytes += (uint64_t)units * GRANULE;
    if (h->live_bytes > HUGE_FROM && !h->huge_pages) use_huge_pages(h);
    h->place[h->count++] = granule;
    *obj = (Id_OBJ){number};
    return true;
}

bool heap_number(Heap *h, Id_OBJ *obj, Diag *d) {
    if (h->count == FREED || !heap_grow(&h->place, &h->cap, h->count + 1, sizeof *h->place)) return no_memory(0, d);
    *obj = (Id_OBJ){h->count};
    h->place[h->count++] = FREED;
    return true;
}

/* ---- by number ---- */

static uint32_t place_of(const Heap *h, Id_OBJ obj) {
    ASSERT(obj.v < h->count);
    ASSERT(h->place[obj.v] != FREED);
    return h->place[obj.v];
}

static const Shape *shape(const Heap *h, Id_OBJ obj) {
    uint32_t granule = place_of(h, obj);
    if (!is_large(h, granule)) return shape_of(h, space_slot(h, granule));
    return &h->shapes.shape[large_find(h, (uint64_t)granule * GRANULE)->shape];
}

uint64_t heap_count(const Heap *h) { return h->count; }
uint64_t heap_size(const Heap *h, Id_OBJ obj) { return shape(h, obj)->bytes; }
HeapLayout heap_layout(const Heap *h, Id_OBJ obj) {
    const Shape *s = shape(h, obj);
    return (HeapLayout){s->element_bytes, s->pointers};
}
bool heap_is_live(const Heap *h, Id_OBJ obj) {
    ASSERT(obj.v < h->count);
    return h->place[obj.v] != FREED;
}
uint64_t heap_live_bytes(const Heap *h) { return h->live_bytes; }

void *heap_bytes(const Heap *h, Id_OBJ obj) { return bytes_at(h, place_of(h, obj)); }
uint64_t heap_addr(const Heap *h, Id_OBJ obj) { return addr_of(place_of(h, obj)); }

/* ---- by address ---- */

bool heap_find(const Heap *h, uint64_t addr, Id_OBJ *obj, uint64_t *offset) {
    uint64_t at = addr - HEAP_BASE;
    uint32_t granule;
    if (at >= h->arena_bytes) return false;
    if (at >= h->small_bytes) {
        const Large *l = large_find(h, at);
        if (l == NULL) return false;
        *obj = (Id_OBJ){l->obj};
        *offset = at - (uint64_t)l->at * GRANULE;
        return true;
    }
    if (!space_find(h, at, &granule)) return false;
    *obj = (Id_OBJ){space_slot(h, granule)->obj};
    *offset = at - (uint64_t)granule * GRANULE;
    return true;
}

void *heap_at(const Heap *h, uint64_t addr, uint64_t bytes) {
    uint64_t at = addr - HEAP_BASE;
    if (at >= h->arena_bytes || h->arena_bytes - at < bytes) return NULL;
    return h->arena + at;
}

/* ---- the end of a collection ---- */

void heap_threads(Heap *h, unsigned threads) { h->threads = threads; }

unsigned heap_team(const Heap *h) {
    if (h->threads > 0) return h->threads;
    return h->live_bytes >= HUGE_FROM ? team_size() : 1;
}

void heap_finish(Heap *h, const HeapListener *listen) {
    ASSERT(h->phase == GC_MARKED);
    mark_again(h);
    h->phase = GC_FINISHING;
    if (h->collector == COLLECTOR_MOVING) evacuate(h, listen);
    else sweep(h, listen);
#ifdef __SSE2__
    _mm_sfence(); /* what went past the cache is there for other threads, too */
#endif
    h->phase = GC_OFF;
}

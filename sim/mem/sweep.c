/* sweep.c -- Go's collector: what is not marked is free where it is, and nothing moves.
 *
 * First everybody is told, in the order of addresses, while all bytes are still as they were. Then what is
 * freed is poisoned and taken out of the table, and the same pass sees what is free now: holes between what is
 * left grow together by themselves.
 *
 * Go:      runtime/mgcsweep.go; clobberfree (the poison) is GODEBUG=clobberfree=1
 * Differs: Go sweeps while the program runs, a span when somebody needs one; here it is one step. When it
 *          costs, and whom, is the runtime model's matter.
 */
#include "heap_parts.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Nobody will read it soon: past the cache, where the processor can. */
void heap_poison(const Heap *h, uint32_t from, uint32_t to) {
    uint8_t *p = bytes_at(h, from), *end = bytes_at(h, to);
#ifdef __SSE2__
    __m128i poison = _mm_set1_epi32((int)HEAP_POISON);
    for (; p < end; p += GRANULE) _mm_stream_si128((__m128i *)(void *)p, poison);
#else
    static const uint32_t poison[GRANULE / 4] = {HEAP_POISON, HEAP_POISON, HEAP_POISON, HEAP_POISON};
    for (; p < end; p += GRANULE) memcpy(p, poison, GRANULE);
#endif
}

/* ---- telling ---- */

void sweep_tell(Heap *h, const Space *s, const HeapListener *listen) {
    if (listen == NULL || listen->leaves == NULL) return;
    for (uint32_t row = s->first / ROW_GRANULES; row < s->used; row++) {
        uint64_t dead = h->row[row].starts & ~h->row[row].marks;
        for (; dead != 0; dead &= dead - 1) {
            uint32_t granule = row * ROW_GRANULES + lowest(dead);
            listen->leaves(listen->ctx, (Id_OBJ){space_slot(h, granule)->obj}, addr_of(granule), 0);
        }
    }
}

void sweep_tell_large(Heap *h, const HeapListener *listen) {
    if (listen == NULL || listen->leaves == NULL) return;
    for (size_t i = 0; i < h->large_count; i++) {
        const Large *l = &h->large[i];
        if (!l->marked) listen->leaves(listen->ctx, (Id_OBJ){l->obj}, addr_of(l->at), 0);
    }
}

/* ---- freeing ---- */

static void free_object(Heap *h, uint32_t obj, uint32_t granule, uint32_t units) {
    heap_poison(h, granule, granule + units);
    h->place[obj] = FREED;
    h->live_bytes -= (uint64_t)units * GRANULE;
}

void sweep_free(Heap *h, Space *s, uint32_t row) {
    uint64_t marks = h->row[row].marks, dead = h->row[row].starts & ~marks;
    for (; dead != 0; dead &= dead - 1) {
        uint32_t granule = row * ROW_GRANULES + lowest(dead);
        const Slot *slot = space_slot(h, granule);
        free_object(h, slot->obj, granule, shape_of(h, slot)->units);
    }
    space_keep(h, s, row, marks);
}

void sweep_large(Heap *h) {
    size_t kept = 0;
    for (size_t i = 0; i < h->large_count; i++) {
        Large l = h->large[i];
        bool marked = l.marked;
        l.marked = false;
        if (marked) h->large[kept++] = l;
        else free_object(h, l.obj, l.at, h->shapes.shape[l.shape].units);
    }
    h->large_count = kept;
}

static void sweep_space(Heap *h, Space *s) {
    room_open(h, s);
    for (uint32_t row = s->first / ROW_GRANULES; row < s->used; row++) {
        uint64_t marks = h->row[row].marks;
        sweep_free(h, s, row);
        const Slot *slot = &s->slot[h->row[row].run];
        for (; marks != 0; marks &= marks - 1) {
            uint32_t granule = row * ROW_GRANULES + lowest(marks);
            room_block(h, s, granule, granule + shape_of(h, slot++)->units);
        }
    }
    room_close(h, s);
    space_kept(h, s);
}

void sweep(Heap *h, const HeapListener *listen) {
    for (unsigned i = 0; i < ARRAY_LEN(h->space); i++) sweep_tell(h, &h->space[i], listen);
    sweep_tell_large(h, listen);
    for (unsigned i = 0; i < ARRAY_LEN(h->space); i++) sweep_space(h, &h->space[i]);
    sweep_large(h);
}

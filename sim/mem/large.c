/* large.c -- objects over HEAP_LARGE: few, on pages of their own, first fit by address; they never move.
 *
 * They are a list by address. A place is looked for from the beginning, between one and the next.
 *
 * Go:      runtime/mheap.go alloc of a span for one large object
 */
#include "heap_parts.h"

#include <sys/mman.h>

bool large_reserve(Heap *h) {
    return heap_grow(&h->large, &h->large_cap, h->large_count + 1, sizeof *h->large);
}

static uint32_t to_page(uint64_t granule) {
    return (uint32_t)((granule + PAGE_GRANULES - 1) / PAGE_GRANULES * PAGE_GRANULES);
}

/* Of the range, the end of a hold in it; 0 if there is none. */
static uint32_t held_until(const Heap *h, uint32_t from, uint64_t to) {
    uint64_t until = 0;
    for (size_t i = 0; i < h->hold_count; i++) {
        const Hold *hold = &h->hold[i];
        if (hold->addr >= HEAP_BASE + to * GRANULE) break;
        if (hold->addr + hold->bytes <= addr_of(from)) continue;
        uint64_t end = (hold->addr + hold->bytes - HEAP_BASE + GRANULE - 1) / GRANULE;
        if (end > until) until = end;
    }
    return (uint32_t)until;
}

bool large_place(const Heap *h, uint32_t units, uint32_t *granule) {
    uint32_t from = (uint32_t)(h->small_bytes / GRANULE);
    for (size_t i = 0;;) {
        uint64_t end = i < h->large_count ? h->large[i].at : h->large_end / GRANULE;
        if ((uint64_t)from + units > end) {
            if (i == h->large_count) return false;
            const Large *l = &h->large[i++];
            uint32_t past = to_page((uint64_t)l->at + h->shapes.shape[l->shape].units);
            if (past > from) from = past;
            continue;
        }
        uint32_t held = held_until(h, from, to_page((uint64_t)from + units)); /* large_put takes whole pages */
        if (held == 0) break;
        from = to_page(held);
    }
    *granule = from;
    return true;
}

void large_put(Heap *h, uint32_t granule, uint32_t obj, uint32_t shape) {
    size_t i = h->large_count++;
    for (; i > 0 && h->large[i - 1].at > granule; i--) h->large[i] = h->large[i - 1];
    h->large[i] = (Large){.at = granule, .obj = obj, .shape = shape};
    /* zero, without touching what nobody has touched */
    uint64_t bytes = (uint64_t)h->shapes.shape[shape].units * GRANULE;
    if (madvise(bytes_at(h, granule), bytes, MADV_DONTNEED) != 0) memset(bytes_at(h, granule), 0, bytes);
}

Large *large_find(const Heap *h, uint64_t offset) {
    size_t from = 0, to = h->large_count; /* those before from begin at the offset or before it */
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if ((uint64_t)h->large[middle].at * GRANULE <= offset) from = middle + 1;
        else to = middle;
    }
    if (from == 0) return NULL;
    Large *l = &h->large[from - 1];
    return offset - (uint64_t)l->at * GRANULE < h->shapes.shape[l->shape].bytes ? l : NULL;
}

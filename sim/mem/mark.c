/* mark.c -- what can be reached: page by page, not object by object.
 *
 * A pointer found sets the mark of the object it leads into, and puts that object's page in a queue, if it
 * is not there yet. When a page's turn comes, all its marked objects that were not scanned before are
 * scanned, in the order of their addresses. Neighbours are mostly found together, so memory is read in order
 * even when the graph is in none; and the queue has no more places than there are pages, however deep the
 * graph is.
 *
 * A word is what it says at this moment, whoever wrote it: one that leads into an object keeps it, one that
 * leads nowhere is left alone.
 *
 * Whatever cannot be reached when heap_mark looks can never be reached again, except by the word of somebody who
 * is no part of the graph (C, or a kernel that runs too far). Nobody tells the collector of words that are
 * written later (Go: the write barrier), and nobody need: all that was reachable is marked at once. So at
 * the end only what was born meanwhile, and what is pinned, is scanned again: C writes there.
 *
 * Go:      runtime/mgcmark_greenteagc.go (spans in a queue; marks and scans as bits beside the objects)
 * Differs: one thread; all at once; conservative in every word of a pointer, as Go is in C's frames only.
 */
#include "heap_parts.h"

static void page_push(Heap *h, uint32_t granule) {
    uint32_t page = granule / PAGE_GRANULES;
    uint64_t bit = UINT64_C(1) << page % 64, *queued = &h->queued[page / 64];
    if (*queued & bit) return;
    *queued |= bit;
    h->queue[h->queue_tail++ & h->queue_mask] = page;
}

static void mark_small(Heap *h, uint32_t granule) {
    Row *row = &h->row[granule / ROW_GRANULES];
    uint64_t bit = bit_of(granule);
    if (row->marks & bit) return;
    row->marks |= bit;
    page_push(h, granule);
}

static void mark_large(Heap *h, Large *l) {
    if (l->marked) return;
    l->marked = true;
    GROW(h->large_grey, h->large_grey_cap, h->large_grey_count + 1);
    h->large_grey[h->large_grey_count++] = l->obj; /* not where in the list: it may grow before heap_mark */
}

/* A word that does not lead to the first byte of a small object. */
static __attribute__((noinline)) void mark_inside(Heap *h, uint64_t offset) {
    uint32_t granule;
    if (offset >= h->small_bytes) {
        Large *l = large_find(h, offset);
        if (l != NULL) mark_large(h, l);
    } else if (space_find(h, offset, &granule)) {
        mark_small(h, granule);
    }
}

static void mark_word(Heap *h, uint64_t word) {
    uint64_t offset = word - HEAP_BASE;
    if (offset >= h->arena_bytes) return; /* nil, or C memory */
    uint32_t granule = (uint32_t)(offset / GRANULE);
    if (offset < h->small_bytes && offset % GRANULE == 0 &&
        (h->row[granule / ROW_GRANULES].starts & bit_of(granule)) != 0) {
        mark_small(h, granule);
    } else {
        mark_inside(h, offset);
    }
}

static void scan(Heap *h, const Shape *shape, const uint8_t *bytes) {
    uint64_t size = (uint64_t)shape->units * GRANULE;
    h->marked.objects++;
    h->marked.bytes += size;
    if (shape->pointers == 0) return;
    h->marked.scan_bytes += size;
    for (uint64_t i = 0; i < shape->elements; i++, bytes += shape->element_bytes) {
        for (uint64_t pointers = shape->pointers; pointers != 0; pointers &= pointers - 1) {
            uint64_t word;
            memcpy(&word, bytes + 8 * lowest(pointers), sizeof word);
            mark_word(h, word);
        }
    }
}

static void scan_row(Heap *h, const Space *s, uint32_t row, uint64_t grey) {
    const Slot *run = &s->slot[h->run[row]];
    uint64_t starts = h->row[row].starts;
    h->work[row] |= grey;
    for (; grey != 0; grey &= grey - 1) {
        uint32_t bit = lowest(grey);
        const Slot *slot = &run[bit_count(starts & ((UINT64_C(1) << bit) - 1))];
        scan(h, shape_of(h, slot), bytes_at(h, row * ROW_GRANULES + bit));
    }
}

/* Until nothing in it is grey: often one object of a page leads to another. */
static void scan_page(Heap *h, uint32_t page) {
    const Space *s = space_of(h, page * PAGE_GRANULES);
    bool again = true;
    while (again) {
        again = false;
        for (uint32_t row = page * PAGE_ROWS; row < (page + 1) * PAGE_ROWS; row++) {
            uint64_t grey = h->row[row].marks & ~h->work[row];
            if (grey == 0) continue;
            scan_row(h, s, row, grey);
            again = true;
        }
    }
    h->queued[page / 64] &= ~(UINT64_C(1) << page % 64);
}

static void drain(Heap *h) {
    for (;;) {
        if (h->queue_head != h->queue_tail) {
            scan_page(h, h->queue[h->queue_head++ & h->queue_mask]);
        } else if (h->large_grey_count > 0) {
            uint32_t obj = h->large_grey[--h->large_grey_count];
            const Large *l = large_find(h, (uint64_t)h->place[obj] * GRANULE);
            scan(h, &h->shapes.shape[l->shape], bytes_at(h, l->at));
        } else {
            return;
        }
    }
}

/* ---- the collection ---- */

/* No mark is left from the last one. */
void heap_mark_begin(Heap *h) {
    ASSERT(h->phase == GC_OFF);
    h->phase = GC_BEGUN;
    h->born = h->count;
    h->marked = (HeapMarked){0};
}

static void mark_object(Heap *h, uint64_t obj) {
    ASSERT(obj < h->count);
    ASSERT(h->place[obj] != FREED);
    mark_word(h, addr_of(h->place[obj]));
}

void heap_mark_root(Heap *h, Id_OBJ obj) {
    ASSERT(h->phase == GC_BEGUN || h->phase == GC_MARKED);
    mark_object(h, obj.v);
}

HeapMarked heap_mark(Heap *h) {
    ASSERT(h->phase == GC_BEGUN || h->phase == GC_MARKED);
    h->phase = GC_MARKED;
    for (size_t i = 0; i < h->pin_count; i++) mark_object(h, h->pin[i].obj);
    drain(h);
    return h->marked;
}

/* Grey, whether it was scanned or not. */
static void mark_anew(Heap *h, uint64_t obj) {
    uint32_t granule = h->place[obj];
    if (is_large(h, granule)) {
        large_find(h, (uint64_t)granule * GRANULE)->marked = false;
    } else {
        uint32_t row = granule / ROW_GRANULES;
        h->row[row].marks &= ~bit_of(granule);
        h->work[row] &= ~bit_of(granule);
    }
    mark_object(h, obj);
}

void mark_again(Heap *h) {
    for (size_t i = 0; i < h->pin_count; i++) mark_anew(h, h->pin[i].obj);
    for (size_t obj = h->born; obj < h->count; obj++) mark_anew(h, obj);
    drain(h);
}

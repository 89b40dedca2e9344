/* mark.c -- what can be reached: page by page, not object by object.
 *
 * A pointer found sets the mark of the object it leads into, and puts that object's page in a queue, if it
 * is not there yet. When a page's turn comes, all its marked objects that were not scanned before are
 * scanned, in the order of their addresses. Neighbours are mostly found together, so memory is read in order
 * even when the graph is in none; and the queue has no more places than there are pages, however deep the
 * graph is. What an object of the page leads to in the same page is scanned with it.
 *
 * Nothing is read at once when its address is known, because memory takes as long as a hundred instructions.
 * A word waits in a short queue until its row has come near, and an object in another one until its bytes have:
 *
 *   page's turn --> soon: objects --> scanned: words --> row known: object marked --> its page's turn
 *                     ^----------------------------------- the same page
 *
 * A word is what it says at this moment, whoever wrote it: one that leads into an object keeps it, one that
 * leads nowhere is left alone.
 *
 * Whatever cannot be reached when heap_mark looks can never be reached again, except by the word of somebody who
 * is no part of the graph (C, or a kernel that runs too far). Nobody tells the collector of words that are
 * written later (Go: the write barrier), and nobody need: all that was reachable is marked at once. So at
 * the end only what was born meanwhile, and what is pinned, is scanned again: C writes there.
 *
 * Go:      runtime/mgcmark_greenteagc.go (spans in a queue, marks and scans as bits), mgcwork.go
 * Differs: one thread; all at once; conservative in every word of a pointer, as Go is in C's frames only.
 */
#include "heap_parts.h"

enum {
    SOON_MAX = 512,                         /* a power of two */
    SOON_PAGE = HEAP_ALIGN / GRANULE,       /* a page's turn brings so many at most */
    SOON_LOW = 32,                          /* with less, the next page's turn comes */
    WORDS_MAX = 8,                          /* a power of two */
};
#define SAME_PAGE (UINT64_C(1) << 63) /* with an offset: of the page where it was read */

typedef struct {
    Heap *h;
    Row *row; /* what is asked most, the heap's own */
    const uint8_t *arena;
    uint64_t small_bytes, arena_bytes;
    uint32_t soon_head, soon_tail, word_head, word_tail;
    uint32_t soon[SOON_MAX];
    uint64_t word[WORDS_MAX]; /* offsets into the arena */
    HeapMarked marked;
} Marker;

static void page_push(Heap *h, uint32_t granule) {
    uint32_t page = granule / PAGE_GRANULES;
    uint64_t bit = UINT64_C(1) << page % 64, *queued = &h->queued[page / 64];
    if (*queued & bit) return;
    *queued |= bit;
    h->queue[h->queue_tail++ & h->queue_mask] = page;
}

static void large_push(Heap *h, Large *l) {
    if (l->marked) return;
    l->marked = true;
    GROW(h->large_grey, h->large_grey_cap, h->large_grey_count + 1);
    h->large_grey[h->large_grey_count++] = l->obj; /* not where in the list: it may grow before heap_mark */
}

static inline void soon_push(Marker *m, uint32_t granule) {
    __builtin_prefetch(m->arena + (uint64_t)granule * GRANULE);
    m->soon[m->soon_tail++ % SOON_MAX] = granule;
}

static inline void mark_small(Marker *m, uint32_t granule, bool same_page) {
    Row *row = &m->row[granule / ROW_GRANULES];
    uint64_t bit = bit_of(granule);
    if (row->marks & bit) return;
    row->marks |= bit;
    if (same_page && m->soon_tail - m->soon_head < SOON_MAX - SOON_PAGE) {
        row->work |= bit;
        soon_push(m, granule);
    } else {
        page_push(m->h, granule);
    }
}

/* An offset that is not that of the first byte of a small object. */
static __attribute__((noinline)) void mark_inside(Marker *m, uint64_t offset) {
    uint32_t granule;
    if (offset >= m->small_bytes) {
        Large *l = large_find(m->h, offset);
        if (l != NULL) large_push(m->h, l);
    } else if (space_find(m->h, offset, &granule)) {
        mark_small(m, granule, false);
    }
}

static inline void mark_next_word(Marker *m) {
    uint64_t word = m->word[m->word_head++ % WORDS_MAX], offset = word & ~SAME_PAGE;
    uint32_t granule = (uint32_t)(offset / GRANULE);
    if (offset < m->small_bytes && offset % GRANULE == 0 &&
        (m->row[granule / ROW_GRANULES].starts & bit_of(granule)) != 0) {
        mark_small(m, granule, (word & SAME_PAGE) != 0);
    } else {
        mark_inside(m, offset);
    }
}

static inline void word_push(Marker *m, uint64_t word, uint64_t page) {
    uint64_t offset = word - HEAP_BASE;
    if (offset >= m->arena_bytes) return; /* nil, or C memory */
    if (offset < m->small_bytes) __builtin_prefetch(&m->row[offset / ROW_BYTES]);
    if (m->word_tail - m->word_head == WORDS_MAX) mark_next_word(m);
    m->word[m->word_tail++ % WORDS_MAX] = offset | (offset / HEAP_ALIGN == page ? SAME_PAGE : 0);
}

static inline void scan(Marker *m, uint32_t shape, uint32_t granule) {
    const Shape *s = &m->h->shapes.shape[shape];
    uint64_t size = (uint64_t)s->units * GRANULE, pointers = s->pointers, step = s->element_bytes;
    m->marked.objects++;
    m->marked.bytes += size;
    if (pointers == 0) return;
    m->marked.scan_bytes += size;
    const uint8_t *element = m->arena + (uint64_t)granule * GRANULE;
    for (uint64_t i = s->elements; i > 0; i--, element += step) {
        for (uint64_t bits = pointers; bits != 0; bits &= bits - 1) {
            uint64_t word;
            memcpy(&word, element + 8 * lowest(bits), sizeof word);
            word_push(m, word, granule / PAGE_GRANULES);
        }
    }
}

static inline void scan_next_small(Marker *m) {
    uint32_t granule = m->soon[m->soon_head++ % SOON_MAX], shape = m->row[granule / ROW_GRANULES].shape;
    if (shape == MIXED_SHAPES) shape = space_slot(m->h, granule)->shape;
    scan(m, shape, granule);
}

static void scan_next_large(Marker *m) {
    uint32_t granule = m->h->place[m->h->large_grey[--m->h->large_grey_count]];
    scan(m, large_find(m->h, (uint64_t)granule * GRANULE)->shape, granule);
}

static void next_page(Marker *m) {
    Heap *h = m->h;
    uint32_t page = h->queue[h->queue_head++ & h->queue_mask];
    if (h->queue_tail - h->queue_head > 2)
        __builtin_prefetch(&m->row[h->queue[(h->queue_head + 2) & h->queue_mask] * PAGE_ROWS]);
    h->queued[page / 64] &= ~(UINT64_C(1) << page % 64);
    for (uint32_t row = page * PAGE_ROWS; row < (page + 1) * PAGE_ROWS; row++) {
        uint64_t grey = m->row[row].marks & ~m->row[row].work;
        m->row[row].work |= grey;
        for (; grey != 0; grey &= grey - 1) soon_push(m, row * ROW_GRANULES + lowest(grey));
    }
}

static HeapMarked drain(Heap *h) {
    Marker m = {.h = h, .row = h->row, .arena = h->arena, .small_bytes = h->small_bytes, .arena_bytes = h->arena_bytes};
    for (;;) {
        uint32_t soon = m.soon_tail - m.soon_head;
        if (soon < SOON_LOW && h->queue_head != h->queue_tail) next_page(&m);
        else if (soon > 0) scan_next_small(&m);
        else if (m.word_head != m.word_tail) mark_next_word(&m);
        else if (h->large_grey_count > 0) scan_next_large(&m);
        else return m.marked;
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
    uint32_t granule = h->place[obj];
    if (is_large(h, granule)) {
        large_push(h, large_find(h, (uint64_t)granule * GRANULE));
        return;
    }
    Row *row = &h->row[granule / ROW_GRANULES];
    if (row->marks & bit_of(granule)) return;
    row->marks |= bit_of(granule);
    page_push(h, granule);
}

void heap_mark_root(Heap *h, Id_OBJ obj) {
    ASSERT(h->phase == GC_BEGUN || h->phase == GC_MARKED);
    mark_object(h, obj.v);
}

HeapMarked heap_mark(Heap *h) {
    ASSERT(h->phase == GC_BEGUN || h->phase == GC_MARKED);
    h->phase = GC_MARKED;
    for (size_t i = 0; i < h->pin_count; i++) mark_object(h, h->pin[i].obj);
    HeapMarked more = drain(h);
    h->marked.objects += more.objects;
    h->marked.bytes += more.bytes;
    h->marked.scan_bytes += more.scan_bytes;
    return h->marked;
}

bool heap_is_marked(const Heap *h, Id_OBJ obj) {
    ASSERT(h->phase == GC_MARKED && heap_is_live(h, obj));
    uint32_t granule = h->place[obj.v];
    if (is_large(h, granule)) return large_find(h, (uint64_t)granule * GRANULE)->marked;
    return h->row[granule / ROW_GRANULES].marks & bit_of(granule);
}

/* Grey, whether it was scanned or not. */
static void mark_anew(Heap *h, uint64_t obj) {
    uint32_t granule = h->place[obj];
    if (is_large(h, granule)) {
        large_find(h, (uint64_t)granule * GRANULE)->marked = false;
    } else {
        Row *row = &h->row[granule / ROW_GRANULES];
        row->marks &= ~bit_of(granule);
        row->work &= ~bit_of(granule);
    }
    mark_object(h, obj);
}

void mark_again(Heap *h) {
    for (size_t i = 0; i < h->pin_count; i++) mark_anew(h, h->pin[i].obj);
    for (size_t obj = h->born; obj < h->count; obj++) {
        if (h->place[obj] != FREED) mark_anew(h, obj); /* else only a number (heap_number) */
    }
    drain(h);
}

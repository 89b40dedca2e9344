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
 * Several markers share the work by address: a stretch of MARK_STRETCH bytes and the next belong to different ones, and
 * nobody marks, scans or queues what is another's; he sends him the word (post.h). So no bit has two writers, and
 * what is marked in the end does not depend on who was faster.
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
 * Differs: all at once; conservative in every word of a pointer, as Go is in C's frames only.
 */
#include "heap_parts.h"
#include "post.h"

#include <stdlib.h>

enum {
    SOON_MAX = 512,                         /* a power of two */
    SOON_PAGE = HEAP_ALIGN / GRANULE,       /* a page's turn brings so many at most */
    SOON_LOW = 32,                          /* with less, the next page's turn comes */
    WORDS_MAX = 8,                          /* a power of two */
    MARK_STRETCH = 64 * HEAP_ALIGN,         /* one word of `queued` */
};
#define SAME_PAGE (UINT64_C(1) << 63) /* with an offset: of the page where it was read */

typedef struct {
    Heap *h;
    Row *row; /* what is asked most, the heap's own */
    const uint8_t *arena;
    uint64_t small_bytes, arena_bytes;
    unsigned who, others; /* others: how many there are, less one */
    Post *post;           /* NULL: there are none */
    Lane *in[TEAM_MAX], *out[TEAM_MAX]; /* from, and to, each of them */
    uint32_t *queue, queue_head, queue_tail, queue_mask;
    uint32_t soon_head, soon_tail, word_head, word_tail;
    uint32_t soon[SOON_MAX];
    uint64_t word[WORDS_MAX]; /* offsets into the arena */
    uint32_t *far; /* granules of objects of others', found from within */
    size_t far_count, far_cap;
    HeapMarked marked;
} Marker;

/* Whose it is: what is not small is the first one's. */
static inline unsigned owner_of(const Marker *m, uint64_t offset) {
    return offset < m->small_bytes ? (unsigned)(offset / MARK_STRETCH) & m->others : 0;
}

static bool is_queued(Heap *h, uint32_t page) {
    uint64_t bit = UINT64_C(1) << page % 64, *queued = &h->queued[page / 64];
    if (*queued & bit) return true;
    *queued |= bit;
    return false;
}

static inline void page_push(Marker *m, uint32_t page) {
    if (!is_queued(m->h, page)) m->queue[m->queue_tail++ & m->queue_mask] = page;
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
        page_push(m, granule / PAGE_GRANULES);
    }
}

/* An offset that is not that of the first byte of a small object. */
static __attribute__((noinline)) void mark_inside(Marker *m, uint64_t offset) {
    uint32_t granule;
    if (offset >= m->small_bytes) {
        Large *l = large_find(m->h, offset);
        if (l != NULL) large_push(m->h, l);
    } else if (!space_find(m->h, offset, &granule)) {
        return;
    } else if (owner_of(m, (uint64_t)granule * GRANULE) == m->who) {
        mark_small(m, granule, false);
    } else { /* it reaches from there into what is mine; to be sent when there is time to wait */
        GROW(m->far, m->far_cap, m->far_count + 1);
        m->far[m->far_count++] = granule;
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

static inline void word_push(Marker *m, uint64_t offset, bool same_page) {
    if (offset < m->small_bytes) __builtin_prefetch(&m->row[offset / ROW_BYTES]);
    if (m->word_tail - m->word_head == WORDS_MAX) mark_next_word(m);
    m->word[m->word_tail++ % WORDS_MAX] = offset | (same_page ? SAME_PAGE : 0);
}

/* What others have sent. It marks, and no more, so it may be done at any time. */
static bool take_in(Marker *m) {
    for (unsigned from = 0; from <= m->others; from++) {
        Lane *l = m->in[from];
        unsigned n = post_waiting(l), at = atomic_load_explicit(&l->read, memory_order_relaxed);
        if (n == 0) continue;
        for (unsigned i = 0; i < n; i++) word_push(m, l->word[(at + i) % POST_WORDS], false);
        post_taken(l, n);
        return true;
    }
    return false;
}

static __attribute__((noinline)) void send_to_full(Marker *m, unsigned to, uint64_t offset) {
    for (unsigned tries = 1; !post_put(m->out[to], offset); tries++) {
        if (!take_in(m)) post_pause(tries);
    }
}

static inline void send(Marker *m, unsigned to, uint64_t offset) {
    if (!post_put(m->out[to], offset)) send_to_full(m, to, offset);
}

static inline void word_found(Marker *m, uint64_t word, uint64_t page) {
    uint64_t offset = word - HEAP_BASE;
    if (offset >= m->arena_bytes) return; /* nil, or C memory */
    unsigned owner = owner_of(m, offset);
    if (owner == m->who) word_push(m, offset, offset / HEAP_ALIGN == page);
    else send(m, owner, offset);
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
            word_found(m, word, granule / PAGE_GRANULES);
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
    uint32_t page = m->queue[m->queue_head++ & m->queue_mask];
    if (m->queue_tail - m->queue_head > 2)
        __builtin_prefetch(&m->row[m->queue[(m->queue_head + 2) & m->queue_mask] * PAGE_ROWS]);
    m->h->queued[page / 64] &= ~(UINT64_C(1) << page % 64);
    for (uint32_t row = page * PAGE_ROWS; row < (page + 1) * PAGE_ROWS; row++) {
        uint64_t grey = m->row[row].marks & ~m->row[row].work;
        m->row[row].work |= grey;
        for (; grey != 0; grey &= grey - 1) soon_push(m, row * ROW_GRANULES + lowest(grey));
    }
}

static void send_far(Marker *m) {
    while (m->far_count > 0) {
        uint64_t offset = (uint64_t)m->far[--m->far_count] * GRANULE;
        send(m, owner_of(m, offset), offset);
    }
}

static void drain_mine(Marker *m) {
    for (;;) {
        uint32_t soon = m->soon_tail - m->soon_head;
        if (m->far_count > 0) send_far(m);
        if (soon < SOON_LOW && m->post != NULL && take_in(m)) continue;
        if (soon < SOON_LOW && m->queue_head != m->queue_tail) next_page(m);
        else if (soon > 0) scan_next_small(m);
        else if (m->word_head != m->word_tail) mark_next_word(m);
        else if (m->who == 0 && m->h->large_grey_count > 0) scan_next_large(m);
        else if (m->far_count == 0 && (m->post == NULL || post_idle(m->post, m->who))) return;
    }
}

typedef struct {
    Heap *h;
    Post *post[TEAM_MAX + 1]; /* for so many */
    HeapMarked marked[TEAM_MAX];
} Drain;

static void drain_part(void *ctx, unsigned who, unsigned members) {
    Drain *d = ctx;
    Heap *h = d->h;
    uint32_t places = h->places / members;
    Marker m = {.h = h, .row = h->row, .arena = h->arena, .small_bytes = h->small_bytes, .arena_bytes = h->arena_bytes,
                .who = who, .others = members - 1, .post = members > 1 ? d->post[members] : NULL,
                .queue = h->queue + who * places, .queue_mask = places - 1};
    for (size_t i = 0; i < h->grey_count; i++) {
        if (owner_of(&m, (uint64_t)h->grey[i] * HEAP_ALIGN) == who) m.queue[m.queue_tail++ & m.queue_mask] = h->grey[i];
    }
    for (unsigned i = 0; m.post != NULL && i < members; i++) {
        m.in[i] = post_lane(m.post, i, who);
        m.out[i] = post_lane(m.post, who, i);
    }
    drain_mine(&m);
    d->marked[who] = m.marked;
    free(m.far);
}

static HeapMarked drain(Heap *h, unsigned threads) {
    Drain d = {.h = h};
    HeapMarked sum = {0};
    for (unsigned n = 2; n <= threads; n *= 2) d.post[n] = post_new(n);
    team_run(threads, drain_part, &d);
    h->grey_count = 0;
    for (unsigned n = 2; n <= threads; n *= 2) post_free(d.post[n]);
    for (unsigned i = 0; i < TEAM_MAX; i++) {
        sum.objects += d.marked[i].objects;
        sum.bytes += d.marked[i].bytes;
        sum.scan_bytes += d.marked[i].scan_bytes;
    }
    return sum;
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
    uint32_t page = granule / PAGE_GRANULES;
    if (is_queued(h, page)) return;
    GROW(h->grey, h->grey_cap, h->grey_count + 1);
    h->grey[h->grey_count++] = page;
}

void heap_mark_root(Heap *h, Id_OBJ obj) {
    ASSERT(h->phase == GC_BEGUN || h->phase == GC_MARKED);
    mark_object(h, obj.v);
}

HeapMarked heap_mark(Heap *h) {
    ASSERT(h->phase == GC_BEGUN || h->phase == GC_MARKED);
    h->phase = GC_MARKED;
    for (size_t i = 0; i < h->pin_count; i++) mark_object(h, h->pin[i].obj);
    HeapMarked more = drain(h, heap_team(h));
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
    drain(h, 1); /* mostly nothing */
}

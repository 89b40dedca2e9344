/* evacuate.c -- the moving collector: what is marked goes to the other semispace, and pointers follow.
 *
 * Three passes over the books and one over the bytes:
 *
 *   plan   in the order of addresses, each object that may move is given its new place; everybody is told of
 *          it, and of what is freed, while all bytes are still as they were
 *   copy   each object that moves is copied, its pointers changed on the way, and poison put where it was
 *   fix    the pointers of all that does not move
 *   drop   what has gone leaves the tables
 *
 * Where an object goes is not written into the object (a forwarding pointer), where anybody might spoil
 * it, but beside it. As objects keep their order, those of a row mostly move by the same distance: then that
 * is one number for the row, the shift. Where they do not (one died between them, one is pinned, an obstacle
 * was stepped over), each has its own.
 *
 * What cannot move (pinned, said to stay, no room) remains in the space that is left, an obstacle when that
 * is filled again, and stays through that collection too; it can move in the one after.
 *
 * Go:      has none. The book's counterfactual: what a collector that moves would do to addresses C has
 * Differs: from most copying collectors, which copy in the order in which they reach objects.
 */
#include "heap_parts.h"

#include <stdlib.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* ---- plan ---- */

typedef struct {
    Heap *h;
    const HeapListener *listen;
    Space *from, *to;
    uint32_t *pinned; /* places, ascending */
    size_t pinned_count, pinned_next;
} Plan;

static void tell(const Plan *p, uint32_t obj, uint32_t granule, uint64_t to) {
    if (p->listen != NULL && p->listen->leaves != NULL)
        p->listen->leaves(p->listen->ctx, (Id_OBJ){obj}, addr_of(granule), to);
}

static bool stays(Plan *p, uint32_t obj, uint32_t granule) {
    if (p->pinned_next < p->pinned_count && p->pinned[p->pinned_next] == granule) {
        p->pinned_next++;
        return true;
    }
    return p->listen != NULL && p->listen->stays != NULL && p->listen->stays(p->listen->ctx, (Id_OBJ){obj});
}

static void plan_row(Plan *p, uint32_t row) {
    Heap *h = p->h;
    uint64_t marks = h->row[row].marks, moves = 0;
    size_t k = h->run[row];
    int32_t shift = 0;
    bool mixed = false;
    for (uint64_t starts = h->row[row].starts; starts != 0; starts &= starts - 1, k++) {
        uint32_t granule = row * ROW_GRANULES + lowest(starts), to;
        uint64_t bit = starts & -starts;
        Slot slot = p->from->slot[k];
        if ((marks & bit) == 0) {
            tell(p, slot.obj, granule, 0);
        } else if (!stays(p, slot.obj, granule) && room_take(h, p->to, shape_of(h, &slot)->units, &to)) {
            tell(p, slot.obj, granule, addr_of(to));
            int32_t by = (int32_t)((int64_t)to - granule);
            p->from->to[k] = to;
            if (moves == 0) shift = by;
            mixed |= shift != by;
            moves |= bit;
        }
    }
    h->work[row] = moves;
    h->shift[row] = mixed ? MIXED : shift;
}

static void plan(Plan *p) {
    Heap *h = p->h;
    p->pinned = keep_pinned_places(h, &p->pinned_count);
    while (p->pinned_next < p->pinned_count && p->pinned[p->pinned_next] < p->from->first) p->pinned_next++;
    for (uint32_t row = p->to->first / ROW_GRANULES; row < p->to->used; row++) h->work[row] = 0;
    p->from->room.known = false;
    room_build(h, p->to); /* with what is freed now as obstacles: it is poisoned at the end */
    for (unsigned i = 0; i < ARRAY_LEN(h->space); i++) {
        Space *s = &h->space[i];
        if (s == p->to) sweep_tell(h, s, p->listen);
        else for (uint32_t row = s->first / ROW_GRANULES; row < s->used; row++) plan_row(p, row);
    }
    sweep_tell_large(h, p->listen);
    free(p->pinned);
}

/* ---- pointers ---- */

/* A word that does not lead to the first byte of a small object that moves. */
static __attribute__((noinline)) uint64_t follow_inside(const Heap *h, uint64_t word, uint64_t offset) {
    uint32_t granule;
    if (!space_find(h, offset, &granule)) return word;
    uint32_t row = granule / ROW_GRANULES;
    if ((h->work[row] & bit_of(granule)) == 0) return word;
    int64_t by = h->shift[row];
    if (by == MIXED) by = (int64_t)h->space[granule >= h->space[1].first].to[space_index(h, granule)] - granule;
    return word + (uint64_t)(by * GRANULE);
}

static uint64_t follow(const Heap *h, uint64_t word) {
    uint64_t offset = word - HEAP_BASE;
    if (offset >= h->small_bytes) return word;
    uint32_t granule = (uint32_t)(offset / GRANULE), row = granule / ROW_GRANULES;
    if (offset % GRANULE != 0 || (h->work[row] & bit_of(granule)) == 0 || h->shift[row] == MIXED)
        return follow_inside(h, word, offset);
    return word + (uint64_t)((int64_t)h->shift[row] * GRANULE);
}

static void fix(const Heap *h, const Shape *shape, uint8_t *bytes) {
    if (shape->pointers == 0) return;
    for (uint64_t i = 0; i < shape->elements; i++, bytes += shape->element_bytes) {
        for (uint64_t pointers = shape->pointers; pointers != 0; pointers &= pointers - 1) {
            uint64_t word, *at = (uint64_t *)(void *)(bytes + 8 * lowest(pointers));
            memcpy(&word, at, sizeof word);
            word = follow(h, word);
            memcpy(at, &word, sizeof word);
        }
    }
}

/* ---- copy ---- */

/* New places follow each other, so objects are put together here and leave a few pages at a time, past the
 * cache: to be read into it first would cost as much as the rest. What is left behind is poisoned by the
 * page too. */
enum { STAGE_BYTES = 4 * HEAP_ALIGN };
typedef struct {
    const Heap *h;
    uint32_t to, past;           /* where the staged bytes go */
    uint32_t left_from, left_to; /* still to be poisoned */
    _Alignas(64) uint8_t bytes[STAGE_BYTES];
} Stage;

static void stage_flush(Stage *st) {
    uint8_t *to = bytes_at(st->h, st->to);
    size_t bytes = (size_t)(st->past - st->to) * GRANULE;
#ifdef __SSE2__
    for (size_t i = 0; i < bytes; i += GRANULE) {
        _mm_stream_si128((__m128i *)(void *)(to + i), _mm_load_si128((const __m128i *)(const void *)&st->bytes[i]));
    }
#else
    memcpy(to, st->bytes, bytes);
#endif
    st->to = st->past;
}

static void leave_flush(Stage *st) {
    heap_poison(st->h, st->left_from, st->left_to);
    st->left_from = st->left_to;
}

static void leave(Stage *st, uint32_t granule, uint32_t units) {
    if (granule != st->left_to || st->left_to - st->left_from >= STAGE_BYTES / GRANULE) {
        leave_flush(st);
        st->left_from = granule;
    }
    st->left_to = granule + units;
}

static void copy(Stage *st, const Shape *shape, uint32_t granule, uint32_t to) {
    uint32_t units = shape->units;
    if (units > STAGE_BYTES / GRANULE) {
        memcpy(bytes_at(st->h, to), bytes_at(st->h, granule), (size_t)units * GRANULE);
        fix(st->h, shape, bytes_at(st->h, to));
        return;
    }
    if (to != st->past || to + units - st->to > STAGE_BYTES / GRANULE) {
        stage_flush(st);
        st->to = st->past = to;
    }
    uint8_t *bytes = &st->bytes[(size_t)(to - st->to) * GRANULE];
    const uint8_t *from = bytes_at(st->h, granule);
    for (uint32_t i = 0; i < units; i++) memcpy(bytes + (size_t)i * GRANULE, from + (size_t)i * GRANULE, GRANULE);
    fix(st->h, shape, bytes);
    st->past = to + units;
}

static void copy_row(Heap *h, Space *from, Space *to, Stage *st, uint32_t row) {
    uint64_t marks = h->row[row].marks, moves = h->work[row];
    int32_t shift = h->shift[row];
    size_t k = h->run[row];
    for (uint64_t starts = h->row[row].starts; starts != 0; starts &= starts - 1, k++) {
        uint64_t bit = starts & -starts;
        uint32_t granule = row * ROW_GRANULES + lowest(starts);
        Slot slot = from->slot[k];
        const Shape *shape = shape_of(h, &slot);
        if (moves & bit) {
            uint32_t at = shift != MIXED ? (uint32_t)((int64_t)granule + shift) : from->to[k];
            copy(st, shape, granule, at);
            leave(st, granule, shape->units);
            h->place[slot.obj] = at;
            space_put(h, to, at, shape->units, slot);
        } else if (marks & bit) {
            fix(h, shape, bytes_at(h, granule));
        } else {
            leave(st, granule, shape->units);
            h->place[slot.obj] = FREED;
            h->live_bytes -= (uint64_t)shape->units * GRANULE;
        }
    }
}

static void copy_all(Heap *h, Space *from, Space *to) {
    Stage *st = aligned_alloc(64, sizeof *st);
    mem_checked(st, sizeof *st);
    st->h = h;
    st->to = st->past = st->left_from = st->left_to = 0;
    for (uint32_t row = from->first / ROW_GRANULES; row < from->used; row++) copy_row(h, from, to, st, row);
    stage_flush(st);
    leave_flush(st);
    free(st);
}

/* ---- fix, and drop ---- */

/* What was left behind in the other space: nothing else is there yet. */
static void fix_left(Heap *h, Space *s) {
    for (uint32_t row = s->first / ROW_GRANULES; row < s->used; row++) {
        for (uint64_t marks = h->row[row].marks; marks != 0; marks &= marks - 1) {
            uint32_t granule = row * ROW_GRANULES + lowest(marks);
            fix(h, shape_of(h, space_slot(h, granule)), bytes_at(h, granule));
        }
        sweep_free(h, s, row);
    }
    space_kept(h, s);
}

static void drop(Heap *h, Space *from) {
    for (uint32_t row = from->first / ROW_GRANULES; row < from->used; row++)
        space_keep(h, from, row, h->row[row].marks & ~h->work[row]);
    space_kept(h, from);
}

void evacuate(Heap *h, const HeapListener *listen) {
    Space *from = &h->space[h->current], *to = &h->space[1 - h->current];
    plan(&(Plan){.h = h, .listen = listen, .from = from, .to = to});
    fix_left(h, to);
    copy_all(h, from, to);
    for (size_t i = 0; i < h->large_count; i++) {
        const Large *l = &h->large[i];
        if (l->marked) fix(h, &h->shapes.shape[l->shape], bytes_at(h, l->at));
    }
    drop(h, from);
    sweep_large(h);
    h->current = 1 - h->current;
}

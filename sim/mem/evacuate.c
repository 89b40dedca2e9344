/* evacuate.c -- the moving collector: what is marked goes to the other semispace, and pointers follow.
 *
 * Five steps, of which only the two in the middle touch bytes:
 *
 *   plan   in the order of addresses, each object that may move is given its new place; everybody is told of
 *          it, and of what is freed, while all bytes are still as they were
 *   fix    the pointers of what was left behind in the other space; what is freed there is poisoned
 *   copy   each object that moves is copied, its pointers changed on the way, and poison put where it was;
 *          the pointers of those that do not move are changed in place. A stretch of rows at a time, by as many
 *          threads as there are: all that they ask the tables about is known by now
 *   enter  what has moved is entered in the tables of its new space
 *   drop   what has gone leaves those of the old one
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

#include <stdatomic.h>
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

/* Of the objects in this row, those that may not move. */
static uint64_t staying(Plan *p, uint32_t row) {
    const Row *r = &p->h->row[row];
    uint64_t stay = 0;
    for (; p->pinned_next < p->pinned_count && p->pinned[p->pinned_next] / ROW_GRANULES == row; p->pinned_next++)
        stay |= bit_of(p->pinned[p->pinned_next]);
    if (p->listen == NULL || p->listen->stays == NULL) return stay;
    const Slot *slot = &p->from->slot[r->run];
    for (uint64_t starts = r->starts; starts != 0; starts &= starts - 1, slot++) {
        uint64_t bit = starts & -starts;
        if ((r->marks & ~stay & bit) != 0 && p->listen->stays(p->listen->ctx, (Id_OBJ){slot->obj})) stay |= bit;
    }
    return stay;
}

/* The objects that move are all that the row has, are alike and follow each other: their units. Else 0. */
static uint32_t solid_units(const Heap *h, const Row *r, uint64_t moves) {
    if (moves != r->starts || moves == 0 || r->shape == MIXED_SHAPES) return 0;
    uint32_t units = h->shapes.shape[r->shape].units, n = bit_count(moves);
    if (units > ROW_GRANULES) return 0;
    return highest(moves) - lowest(moves) == (n - 1) * units ? units : 0;
}

/* A place for each object of the row that moves: those for which there is none do not. */
static void place_row(Plan *p, uint32_t row) {
    Heap *h = p->h;
    Row *r = &h->row[row];
    uint32_t units = solid_units(h, r, r->work), at;
    if (units != 0 && room_take_run(h, p->to, units * bit_count(r->work), &at)) {
        h->shift[row] = (int32_t)((int64_t)at - (row * ROW_GRANULES + lowest(r->work)));
        return;
    }
    uint32_t *to = &p->from->to[r->run];
    const Slot *slot = &p->from->slot[r->run];
    int32_t shift = 0, first = true, mixed = false;
    for (uint64_t starts = r->starts; starts != 0; starts &= starts - 1, slot++, to++) {
        uint64_t bit = starts & -starts;
        if ((r->work & bit) == 0) continue;
        if (!room_take(h, p->to, shape_of(h, slot)->units, to)) {
            r->work &= ~bit;
            continue;
        }
        int32_t by = (int32_t)((int64_t)*to - (row * ROW_GRANULES + lowest(starts)));
        if (first) shift = by;
        mixed |= shift != by;
        first = false;
    }
    h->shift[row] = mixed ? MIXED : shift;
}

static void tell_row(const Plan *p, uint32_t row) {
    const Row *r = &p->h->row[row];
    int32_t shift = p->h->shift[row];
    size_t k = r->run;
    for (uint64_t starts = r->starts; starts != 0; starts &= starts - 1, k++) {
        uint64_t bit = starts & -starts;
        uint32_t granule = row * ROW_GRANULES + lowest(starts);
        Id_OBJ obj = {p->from->slot[k].obj};
        if ((r->marks & bit) == 0) p->listen->leaves(p->listen->ctx, obj, addr_of(granule), 0);
        if ((r->work & bit) == 0) continue;
        uint32_t to = shift != MIXED ? (uint32_t)((int64_t)granule + shift) : p->from->to[k];
        p->listen->leaves(p->listen->ctx, obj, addr_of(granule), addr_of(to));
    }
}

static void plan_row(Plan *p, uint32_t row) {
    Row *r = &p->h->row[row];
    if (r->starts == 0) return;
    r->work = r->marks & ~staying(p, row);
    place_row(p, row);
    if (p->listen != NULL && p->listen->leaves != NULL) tell_row(p, row);
}

static void plan(Plan *p) {
    Heap *h = p->h;
    p->pinned = keep_pinned_places(h, &p->pinned_count);
    while (p->pinned_next < p->pinned_count && p->pinned[p->pinned_next] < p->from->first) p->pinned_next++;
    for (uint32_t row = p->to->first / ROW_GRANULES; row < p->to->used; row++) h->row[row].work = 0;
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
    if ((h->row[row].work & bit_of(granule)) == 0) return word;
    int64_t by = h->shift[row];
    if (by == MIXED) by = (int64_t)h->space[granule >= h->space[1].first].to[space_index(h, granule)] - granule;
    return word + (uint64_t)(by * GRANULE);
}

/* All words of n objects of one shape, each so many bytes behind the one before. What is asked of the heap is asked
 * before: the compiler cannot know that the bytes are not the heap's own. */
static void fix(const Heap *h, const Shape *shape, uint8_t *bytes, uint32_t n, uint64_t step) {
    const Row *row = h->row;
    const int32_t *shift = h->shift;
    uint64_t small_bytes = h->small_bytes, elements = shape->elements, element_bytes = shape->element_bytes;
    for (; shape->pointers != 0 && n > 0; n--, bytes += step) {
        uint8_t *element = bytes;
        for (uint64_t i = 0; i < elements; i++, element += element_bytes) {
            for (uint64_t pointers = shape->pointers; pointers != 0; pointers &= pointers - 1) {
                uint64_t word, *at = (uint64_t *)(void *)(element + 8 * lowest(pointers));
                memcpy(&word, at, sizeof word);
                uint64_t offset = word - HEAP_BASE;
                if (offset >= small_bytes) continue;
                uint32_t granule = (uint32_t)(offset / GRANULE);
                int32_t by = shift[granule / ROW_GRANULES];
                if (offset % GRANULE == 0 && by != MIXED && (row[granule / ROW_GRANULES].work & bit_of(granule)) != 0)
                    word += (uint64_t)((int64_t)by * GRANULE);
                else
                    word = follow_inside(h, word, offset);
                memcpy(at, &word, sizeof word);
            }
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

/* Where to put this in the stage; NULL: it is too long. */
static uint8_t *staged(Stage *st, uint32_t to, uint32_t units) {
    if (units > STAGE_BYTES / GRANULE) return NULL;
    if (to != st->past || to + units - st->to > STAGE_BYTES / GRANULE) {
        stage_flush(st);
        st->to = to;
    }
    st->past = to + units;
    return &st->bytes[(size_t)(to - st->to) * GRANULE];
}

static void copy_object(Stage *st, const Shape *shape, uint32_t granule, uint32_t to) {
    uint8_t *bytes = staged(st, to, shape->units);
    if (bytes == NULL) bytes = bytes_at(st->h, to);
    memcpy(bytes, bytes_at(st->h, granule), (size_t)shape->units * GRANULE);
    fix(st->h, shape, bytes, 1, 0);
}

/* The whole row at once. */
static void copy_solid(const Heap *h, Stage *st, uint32_t row, uint32_t units) {
    const Row *r = &h->row[row];
    uint32_t granule = row * ROW_GRANULES + lowest(r->starts), n = bit_count(r->starts);
    uint8_t *bytes = staged(st, (uint32_t)((int64_t)granule + h->shift[row]), n * units);
    memcpy(bytes, bytes_at(h, granule), (size_t)(n * units) * GRANULE);
    leave(st, granule, n * units);
    fix(h, &h->shapes.shape[r->shape], bytes, n, units * GRANULE);
}

/* Rows follow each other, but the processor does not look past the end of a page by itself. */
static void bring_near(const Heap *h, uint32_t row) {
    const uint8_t *bytes = bytes_at(h, row * ROW_GRANULES);
    for (uint32_t i = 0; i < ROW_BYTES; i += 64) __builtin_prefetch(bytes + i);
}

static uint32_t place_after(const Heap *h, const Space *from, uint32_t row, uint32_t granule, size_t k) {
    int32_t shift = h->shift[row];
    return shift != MIXED ? (uint32_t)((int64_t)granule + shift) : from->to[k];
}

static uint32_t solid_now(const Heap *h, uint32_t row) {
    return h->shift[row] != MIXED ? solid_units(h, &h->row[row], h->row[row].work) : 0;
}

static void copy_row(const Heap *h, const Space *from, Stage *st, uint32_t row) {
    const Row *r = &h->row[row];
    if (row + 2 < from->used) bring_near(h, row + 2);
    uint32_t units = solid_now(h, row);
    if (units != 0) {
        copy_solid(h, st, row, units);
        return;
    }
    size_t k = r->run;
    for (uint64_t starts = r->starts; starts != 0; starts &= starts - 1, k++) {
        uint64_t bit = starts & -starts;
        uint32_t granule = row * ROW_GRANULES + lowest(starts);
        const Shape *shape = shape_of(h, &from->slot[k]);
        if (r->work & bit) copy_object(st, shape, granule, place_after(h, from, row, granule, k));
        if ((r->work | ~r->marks) & bit) leave(st, granule, shape->units);
        else fix(h, shape, bytes_at(h, granule), 1, 0);
    }
}

enum { STRETCH_ROWS = (1 << 20) / ROW_BYTES };
typedef struct {
    const Heap *h;
    const Space *from;
    atomic_uint next; /* stretch that nobody has taken yet */
} Copy;

static void copy_part(void *ctx, unsigned who, unsigned members) {
    (void)who, (void)members;
    Copy *c = ctx;
    Stage *st = aligned_alloc(64, sizeof *st);
    mem_checked(st, sizeof *st);
    st->h = c->h;
    st->to = st->past = st->left_from = st->left_to = 0;
    for (;;) {
        uint32_t row = c->from->first / ROW_GRANULES + atomic_fetch_add(&c->next, 1) * STRETCH_ROWS;
        if (row >= c->from->used) break;
        uint32_t end = c->from->used - row > STRETCH_ROWS ? row + STRETCH_ROWS : c->from->used;
        for (; row < end; row++) copy_row(c->h, c->from, st, row);
    }
    stage_flush(st);
    leave_flush(st);
    free(st);
#ifdef __SSE2__
    _mm_sfence(); /* what went past the cache is there for the others */
#endif
}

static void copy_all(const Heap *h, const Space *from) {
    Copy c = {.h = h, .from = from};
    team_run(heap_team(h), copy_part, &c);
}

/* ---- enter ---- */

static void enter_row(Heap *h, Space *from, Space *to, uint32_t row) {
    const Row *r = &h->row[row];
    uint32_t units = solid_now(h, row);
    const Slot *slot = &from->slot[r->run];
    if (units != 0) {
        uint32_t granule = row * ROW_GRANULES + lowest(r->starts), n = bit_count(r->starts);
        uint32_t at = (uint32_t)((int64_t)granule + h->shift[row]);
        for (uint32_t i = 0; i < n; i++) h->place[slot[i].obj] = at + i * units;
        space_put_run(h, to, at, units, n, slot);
        return;
    }
    for (uint64_t starts = r->starts; starts != 0; starts &= starts - 1, slot++) {
        uint64_t bit = starts & -starts;
        uint32_t granule = row * ROW_GRANULES + lowest(starts), size = shape_of(h, slot)->units;
        if (r->work & bit) {
            uint32_t at = place_after(h, from, row, granule, (size_t)(slot - from->slot));
            h->place[slot->obj] = at;
            space_put(h, to, at, size, *slot);
        } else if ((r->marks & bit) == 0) {
            h->place[slot->obj] = FREED;
            h->live_bytes -= (uint64_t)size * GRANULE;
        }
    }
}

/* ---- fix, and drop ---- */

/* What was left behind in the other space: nothing else is there yet. */
static void fix_left(Heap *h, Space *s) {
    for (uint32_t row = s->first / ROW_GRANULES; row < s->used; row++) {
        for (uint64_t marks = h->row[row].marks; marks != 0; marks &= marks - 1) {
            uint32_t granule = row * ROW_GRANULES + lowest(marks);
            fix(h, shape_of(h, space_slot(h, granule)), bytes_at(h, granule), 1, 0);
        }
        sweep_free(h, s, row);
    }
    space_kept(h, s);
}

static void drop(Heap *h, Space *from) {
    for (uint32_t row = from->first / ROW_GRANULES; row < from->used; row++)
        space_keep(h, from, row, h->row[row].marks & ~h->row[row].work);
    space_kept(h, from);
}

void evacuate(Heap *h, const HeapListener *listen) {
    Space *from = &h->space[h->current], *to = &h->space[1 - h->current];
    plan(&(Plan){.h = h, .listen = listen, .from = from, .to = to});
    fix_left(h, to);
    copy_all(h, from);
    for (uint32_t row = from->first / ROW_GRANULES; row < from->used; row++) enter_row(h, from, to, row);
    for (size_t i = 0; i < h->large_count; i++) {
        const Large *l = &h->large[i];
        if (l->marked) fix(h, &h->shapes.shape[l->shape], bytes_at(h, l->at), 1, 0);
    }
    drop(h, from);
    sweep_large(h);
    h->current = 1 - h->current;
}

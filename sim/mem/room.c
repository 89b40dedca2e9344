/* room.c -- what is free in a semispace: a row of holes, the last of which is all that was never used.
 *
 * Objects that may not move and held ranges stand in the way, so free memory is in holes. The moving collector
 * goes through them once, from the lowest address on (bump allocation: the order of addresses is that of
 * allocation); Go's collector takes the lowest hole that is large enough (first fit). Both take from a hole's
 * beginning, so holes only become smaller: where none was large enough, none will be, until a collection
 * looks again. That is why first fit can go on from where it was for the same size.
 *
 *     hole 0        hole 1                  hole 2
 *     |....|object|..........|held|object|............................ end of the space
 *
 * What an object of a page or more leaves before itself, to begin on a page, is lost until then as well.
 *
 * Go:      runtime/mheap.go, mpagealloc.go (first fit by address, with summaries of what is largest)
 * Differs: Go has spans of one size class, and takes the first free slot of one; here sizes mix.
 */
#include "heap_parts.h"

#include <stdlib.h>

enum { HOLES_TOGETHER = 256 };

void room_free(Room *r) {
    free(r->hole);
    free(r->first);
    free(r->most);
}

/* ---- taking ---- */

/* A device can use the bytes of such an object in place. */
static uint32_t aligned(uint32_t from, uint32_t units) {
    return units >= PAGE_GRANULES ? (from + PAGE_GRANULES - 1) / PAGE_GRANULES * PAGE_GRANULES : from;
}

static bool take_from(Hole *hole, uint32_t units, uint32_t *granule) {
    uint32_t from = aligned(hole->from, units);
    if (from > hole->to || hole->to - from < units) return false;
    *granule = from;
    hole->from = from + units;
    return true;
}

static bool take_next(Room *r, uint32_t units, uint32_t *granule) {
    for (size_t i = r->at; i < r->count; i++) {
        if (!take_from(&r->hole[i], units, granule)) continue;
        r->at = i;
        return true;
    }
    return false;
}

/* So many holes are not looked at one by one if none has been large enough before. */
static bool take_first(Room *r, uint32_t units, uint32_t *granule) {
    size_t i = r->first[units];
    if (units > r->first_top) r->first_top = units;
    while (i < r->count) {
        size_t end = (i / HOLES_TOGETHER + 1) * HOLES_TOGETHER;
        uint32_t *most = &r->most[i / HOLES_TOGETHER], seen = 0;
        bool all = i % HOLES_TOGETHER == 0;
        if (end > r->count) end = r->count;
        for (; *most >= units && i < end; i++) {
            if (take_from(&r->hole[i], units, granule)) {
                r->first[units] = (uint32_t)i;
                return true;
            }
            uint32_t length = r->hole[i].to - r->hole[i].from;
            if (length > seen) seen = length;
        }
        if (all && i == end && seen < *most) *most = seen;
        i = end;
    }
    r->first[units] = (uint32_t)i;
    return false;
}

bool room_take(Heap *h, Space *s, uint32_t units, uint32_t *granule) {
    if (!s->room.known) room_build(h, s);
    if (h->collector == COLLECTOR_MOVING) return take_next(&s->room, units, granule);
    return take_first(&s->room, units, granule);
}

bool room_take_run(Heap *h, Space *s, uint32_t units, uint32_t *granule) {
    Room *r = &s->room;
    if (h->collector != COLLECTOR_MOVING || r->at == r->count || r->hole[r->at].to - r->hole[r->at].from < units)
        return false;
    *granule = r->hole[r->at].from;
    r->hole[r->at].from += units;
    return true;
}

/* ---- looking what is free ---- */

void room_open(Heap *h, Space *s) {
    Room *r = &s->room;
    r->count = r->at = r->next_hold = 0;
    r->past = s->first;
    while (r->next_hold < h->hold_count &&
           h->hold[r->next_hold].addr + h->hold[r->next_hold].bytes <= addr_of(s->first)) {
        r->next_hold++;
    }
}

static void block(Room *r, uint32_t from, uint32_t to) {
    if (from > r->past) {
        if (r->count == r->cap) GROW(r->hole, r->cap, r->count + 1);
        r->hole[r->count++] = (Hole){r->past, from};
    }
    if (to > r->past) r->past = to;
}

/* Held ranges that begin before this granule. */
static void block_held(const Heap *h, Room *r, uint32_t granule) {
    for (; r->next_hold < h->hold_count; r->next_hold++) {
        const Hold *hold = &h->hold[r->next_hold];
        uint64_t from = (hold->addr - HEAP_BASE) / GRANULE;
        if (from >= granule) return;
        block(r, (uint32_t)from, (uint32_t)((hold->addr + hold->bytes - HEAP_BASE + GRANULE - 1) / GRANULE));
    }
}

void room_block(Heap *h, Space *s, uint32_t from, uint32_t to) {
    if (s->room.next_hold < h->hold_count) block_held(h, &s->room, from);
    block(&s->room, from, to);
}

static void look_for_most(Room *r) {
    if (r->first == NULL) r->first = mem_zero(UNITS_MAX + 1, sizeof *r->first);
    memset(r->first, 0, (r->first_top + 1) * sizeof *r->first);
    r->first_top = 0;
    size_t groups = (r->count + HOLES_TOGETHER - 1) / HOLES_TOGETHER;
    GROW(r->most, r->most_cap, groups);
    memset(r->most, 0, groups * sizeof *r->most);
    for (size_t i = 0; i < r->count; i++) {
        uint32_t length = r->hole[i].to - r->hole[i].from, *most = &r->most[i / HOLES_TOGETHER];
        if (length > *most) *most = length;
    }
}

void room_close(Heap *h, Space *s) {
    block_held(h, &s->room, s->end);
    block(&s->room, s->end, s->end);
    if (h->collector == COLLECTOR_GO) look_for_most(&s->room);
    s->room.known = true;
}

void room_build(Heap *h, Space *s) {
    room_open(h, s);
    for (uint32_t row = s->first / ROW_GRANULES; row < s->used; row++) {
        const Slot *slot = &s->slot[h->row[row].run];
        for (uint64_t starts = h->row[row].starts; starts != 0; starts &= starts - 1) {
            uint32_t granule = row * ROW_GRANULES + lowest(starts);
            room_block(h, s, granule, granule + shape_of(h, slot++)->units);
        }
    }
    room_close(h, s);
}

/* ---- somebody holds what is free ---- */

static void cut(Heap *h, Space *s, uint32_t from, uint32_t to) {
    Room *r = &s->room;
    for (size_t i = 0; i < r->count; i++) {
        Hole *hole = &r->hole[i];
        if (to <= hole->from || hole->to <= from) continue;
        Hole rest = {to < hole->to ? to : hole->to, hole->to};
        hole->to = from > hole->from ? from : hole->from;
        if (rest.from == rest.to) continue;
        GROW(r->hole, r->cap, r->count + 1);
        memmove(&r->hole[i + 2], &r->hole[i + 1], (r->count - i - 1) * sizeof *r->hole);
        r->hole[i + 1] = rest;
        r->count++;
        i++;
    }
    if (h->collector == COLLECTOR_GO) look_for_most(r);
}

void room_cut(Heap *h, uint32_t from, uint32_t to) {
    for (unsigned i = 0; i < ARRAY_LEN(h->space); i++) {
        Space *s = &h->space[i];
        if (s->room.known && from < s->end && s->first < to) cut(h, s, from, to);
    }
}

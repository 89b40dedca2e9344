/* space.c -- a semispace's table of objects by address: put in, find, take out.
 *
 * A row's slots are a run of the table. While objects are put behind each other, the last row's run is the
 * table's end and grows in place; a row that gets more objects later than it ever had has its run moved to
 * the end, with room for twice as many. What it leaves is lost, but a row's run moves six times at most.
 * When the space has no object any more, the table begins anew.
 *
 * before: a row in the middle of a long object says where that begins. It is set when an object is put in, and
 * never taken back; who reads it sees whether there still is such an object, and whether it reaches so far.
 */
#include "heap_parts.h"

#include <stdlib.h>

void space_init(Heap *h, unsigned which, uint64_t offset, uint64_t bytes) {
    Space *s = &h->space[which];
    s->first = (uint32_t)(offset / GRANULE);
    s->end = (uint32_t)((offset + bytes) / GRANULE);
    s->used = s->first / ROW_GRANULES;
    s->last_row = NO_ROW;
}

void space_free(Space *s) {
    free(s->slot);
    free(s->to);
    room_free(&s->room);
}

bool space_reserve(Space *s, size_t n) {
    size_t need = s->count + n + 2 * ROW_GRANULES; /* a run that moves takes up to 64, and leaves as many */
    if (need <= s->cap) return true;
    size_t cap = s->cap;
    if (need > UINT32_MAX) return false;
    return heap_grow(&s->to, &cap, need, sizeof *s->to) && heap_grow(&s->slot, &s->cap, need, sizeof *s->slot);
}

static void must_reserve(Space *s) {
    if (s->count + ROW_GRANULES > s->cap && !space_reserve(s, 1)) mem_checked(NULL, 2 * s->cap * sizeof *s->slot);
}

/* The run has no room for one more. */
static void move_run(Heap *h, Space *s, uint32_t row, uint32_t n) {
    uint32_t cap = n == 0 ? 1 : 2 * n;
    if (cap > ROW_GRANULES) cap = ROW_GRANULES;
    must_reserve(s);
    if (n > 0) memcpy(&s->slot[s->count], &s->slot[h->row[row].run], n * sizeof *s->slot);
    h->row[row].run = (uint32_t)s->count;
    h->run_cap[row] = (uint8_t)cap;
    s->count += cap;
    s->last_row = NO_ROW;
}

static void put_between(Heap *h, Space *s, uint32_t granule, Slot slot) {
    uint32_t row = granule / ROW_GRANULES;
    uint64_t starts = h->row[row].starts;
    uint32_t n = bit_count(starts), k = bit_count(starts & bits_below(granule));
    if (n == h->run_cap[row]) move_run(h, s, row, n);
    Slot *run = &s->slot[h->row[row].run];
    memmove(&run[k + 1], &run[k], (n - k) * sizeof *run);
    run[k] = slot;
}

void space_put(Heap *h, Space *s, uint32_t granule, uint32_t units, Slot slot) {
    uint32_t row = granule / ROW_GRANULES;
    if (h->run_cap[row] == 0) { /* the first that this row has ever had: its run begins at the end */
        h->row[row].run = (uint32_t)s->count;
        s->last_row = row;
    }
    if (row == s->last_row && h->row[row].starts < bit_of(granule)) {
        must_reserve(s);
        s->slot[s->count++] = slot;
        h->run_cap[row]++;
    } else {
        put_between(h, s, granule, slot);
    }
    if (h->row[row].starts == 0) h->row[row].shape = slot.shape;
    else if (h->row[row].shape != slot.shape) h->row[row].shape = MIXED_SHAPES;
    h->row[row].starts |= bit_of(granule);
    if (row >= s->used) s->used = row + 1;
    uint32_t last = (granule + units - 1) / ROW_GRANULES;
    for (uint32_t r = row + 1; r <= last; r++) h->before[r] = granule;
}

/* Bit 0, and each bit that many further. */
static uint64_t every(uint32_t units) {
    uint64_t bits = 1;
    for (; units < ROW_GRANULES; units *= 2) bits |= bits << units;
    return bits;
}

/* Those of n that begin in the row of the first: behind all others, so its run is the table's end. */
static uint32_t put_behind(Heap *h, Space *s, uint32_t granule, uint32_t units, uint32_t n, const Slot *slot) {
    uint32_t bit = granule % ROW_GRANULES, row = granule / ROW_GRANULES;
    uint32_t here = (ROW_GRANULES - bit + units - 1) / units;
    if (here > n) here = n;
    uint32_t last = granule + (here - 1) * units;
    memcpy(&s->slot[s->count], slot, here * sizeof *slot);
    s->count += here;
    h->run_cap[row] = (uint8_t)(h->run_cap[row] + here);
    h->row[row].starts |= every(units) << bit & (bits_below(last) | bit_of(last));
    if (last % ROW_GRANULES + units > ROW_GRANULES) h->before[row + 1] = last;
    return here;
}

void space_put_run(Heap *h, Space *s, uint32_t granule, uint32_t units, uint32_t n, const Slot *slot) {
    while (n > 0) {
        space_put(h, s, granule, units, *slot);
        uint32_t row = granule / ROW_GRANULES, put = 1;
        bool behind = row == s->last_row && h->row[row].starts < bit_of(granule) << 1;
        granule += units;
        if (behind && n > 1 && granule / ROW_GRANULES == row) put += put_behind(h, s, granule, units, n - 1, slot + 1);
        granule += (put - 1) * units;
        slot += put;
        n -= put;
    }
}

size_t space_index(const Heap *h, uint32_t granule) {
    uint32_t row = granule / ROW_GRANULES;
    return h->row[row].run + bit_count(h->row[row].starts & bits_below(granule));
}

const Slot *space_slot(const Heap *h, uint32_t granule) {
    return &h->space[granule >= h->space[1].first].slot[space_index(h, granule)];
}

bool space_find(const Heap *h, uint64_t offset, uint32_t *granule) {
    uint32_t at = (uint32_t)(offset / GRANULE), row = at / ROW_GRANULES;
    uint64_t starts = h->row[row].starts & (bits_below(at) | bit_of(at));
    if (starts != 0) {
        *granule = row * ROW_GRANULES + highest(starts);
    } else {
        *granule = h->before[row];
        if ((h->row[*granule / ROW_GRANULES].starts & bit_of(*granule)) == 0) return false;
    }
    return offset - (uint64_t)*granule * GRANULE < shape_of(h, space_slot(h, *granule))->bytes;
}

void space_keep(Heap *h, Space *s, uint32_t row, uint64_t keep) {
    uint64_t starts = h->row[row].starts;
    h->row[row].marks = h->row[row].work = 0;
    if (keep == starts) return;
    h->row[row].starts = keep;
    if (row == s->last_row) s->last_row = NO_ROW;
    if (keep == 0) return;
    Slot *run = &s->slot[h->row[row].run], *kept = run;
    for (; starts != 0; starts &= starts - 1, run++) {
        if (keep & starts & -starts) *kept++ = *run;
    }
}

void space_kept(Heap *h, Space *s) {
    uint32_t first = s->first / ROW_GRANULES;
    while (s->used > first && h->row[s->used - 1].starts == 0) s->used--;
    if (s->used > first) return;
    memset(&h->run_cap[first], 0, (s->end - s->first) / ROW_GRANULES);
    s->count = 0;
    s->last_row = NO_ROW;
}

/* keep.c -- who keeps memory from being moved or used again: pins of objects, holds of bytes.
 *
 * A pin is a promise about an object, as runtime.Pinner gives it. A hold is none: somebody (a kernel, C) has an
 * address whose object is gone or has gone elsewhere, and that mistake shall be seen, not made worse: the bytes
 * there are nobody else's until the last holder lets go.
 *
 * Go:      runtime/pinner.go
 * Differs: Go has no holds; whoever uses such an address meets another object there, or none.
 */
#include "heap_parts.h"

#include "../base/sorted.h"

#include <stdlib.h>

/* ---- pins ---- */

void heap_pin(Heap *h, Id_OBJ obj) {
    ASSERT(heap_is_live(h, obj));
    uint32_t i = idmap_get(&h->pin_of, obj.v);
    if (i == IDMAP_NONE) {
        i = (uint32_t)h->pin_count;
        GROW(h->pin, h->pin_cap, h->pin_count + 1);
        h->pin[h->pin_count++] = (Pin){obj.v, 0};
        idmap_put(&h->pin_of, obj.v, i);
    }
    h->pin[i].count++;
}

bool heap_unpin(Heap *h, Id_OBJ obj) {
    uint32_t i = idmap_get(&h->pin_of, obj.v);
    if (i == IDMAP_NONE) return false;
    if (--h->pin[i].count > 0) return true;
    idmap_remove(&h->pin_of, obj.v);
    Pin last = h->pin[--h->pin_count];
    if (i == h->pin_count) return true;
    h->pin[i] = last;
    idmap_remove(&h->pin_of, last.obj);
    idmap_put(&h->pin_of, last.obj, i);
    return true;
}

uint64_t heap_pins(const Heap *h, Id_OBJ obj) {
    uint32_t i = idmap_get(&h->pin_of, obj.v);
    return i == IDMAP_NONE ? 0 : h->pin[i].count;
}

static int by_place(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

uint32_t *keep_pinned_places(const Heap *h, size_t *count) {
    uint32_t *place = mem_alloc((h->pin_count + 1) * sizeof *place);
    *count = 0;
    for (size_t i = 0; i < h->pin_count; i++) {
        uint32_t at = h->place[h->pin[i].obj];
        if (!is_large(h, at)) place[(*count)++] = at;
    }
    qsort(place, *count, sizeof *place, by_place);
    return place;
}

/* ---- holds ---- */

/* The first that does not begin before this address. */
static size_t hold_at(const Heap *h, uint64_t addr) {
    return SORTED_FROM(h->hold, h->hold_count, addr, addr);
}

void heap_hold(Heap *h, uint64_t addr, uint64_t bytes) {
    ASSERT(bytes > 0 && heap_at(h, addr, bytes) != NULL);
    size_t i = hold_at(h, addr);
    if (i == h->hold_count || h->hold[i].addr != addr) {
        GROW(h->hold, h->hold_cap, h->hold_count + 1);
        memmove(&h->hold[i + 1], &h->hold[i], (h->hold_count - i) * sizeof *h->hold);
        h->hold[i] = (Hold){.addr = addr};
        h->hold_count++;
    }
    if (bytes > h->hold[i].bytes) h->hold[i].bytes = bytes;
    h->hold[i].count++;
    uint64_t offset = addr - HEAP_BASE;
    room_cut(h, (uint32_t)(offset / GRANULE), (uint32_t)((offset + bytes + GRANULE - 1) / GRANULE));
}

void heap_release(Heap *h, uint64_t addr) {
    size_t i = hold_at(h, addr);
    ASSERT(i < h->hold_count && h->hold[i].addr == addr);
    if (--h->hold[i].count > 0) return;
    h->hold_count--;
    memmove(&h->hold[i], &h->hold[i + 1], (h->hold_count - i) * sizeof *h->hold);
}

void keep_free(Heap *h) {
    free(h->pin);
    idmap_free(&h->pin_of);
    free(h->hold);
}

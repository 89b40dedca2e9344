/* slice.c -- a launch divided, in work and in virtual time (the idea is in slice.h). */
#include "slice.h"

/* floor(total * k / parts) for k <= parts, without the product that 64 bits could not hold:
 * only the remainder, smaller than parts, is multiplied. */
static uint64_t share(uint64_t total, uint32_t parts, uint32_t k) {
    ASSERT(k <= parts);
    uint64_t whole = total / parts;
    uint64_t rest = total % parts;
    return whole * k + rest * k / parts;
}

static uint64_t group_count(uint64_t items) {
    return items / SLICE_GROUP_ITEMS + (items % SLICE_GROUP_ITEMS != 0);
}

uint32_t slice_count(uint64_t items, uint32_t wanted) {
    uint64_t groups = group_count(items);
    if (wanted > groups) wanted = (uint32_t)groups;
    return wanted > 0 ? wanted : 1;
}

uint64_t slice_first_item(uint64_t items, uint32_t slices, uint32_t k) {
    if (k == slices) return items; /* the last group may be a part of one */
    return share(group_count(items), slices, k) * SLICE_GROUP_ITEMS;
}

uint64_t slice_due(uint64_t start_ns, uint64_t duration_ns, uint32_t slices, uint32_t k) {
    ASSERT(k < slices);
    ASSERT(start_ns <= UINT64_MAX - duration_ns);
    return start_ns + share(duration_ns, slices, k + 1);
}

/* By halving, so that it agrees with slice_due whatever the rounding; at most 32 steps. */
uint32_t slices_due(uint64_t start_ns, uint64_t duration_ns, uint32_t slices, uint64_t now_ns) {
    uint32_t due = 0;      /* slices below this one are complete */
    uint32_t end = slices; /* from this one on, none is */
    while (due < end) {
        uint32_t middle = due + (end - due) / 2;
        if (slice_due(start_ns, duration_ns, slices, middle) <= now_ns) {
            due = middle + 1;
        } else {
            end = middle;
        }
    }
    return due;
}

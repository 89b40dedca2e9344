/* slice.h -- a launch divided, in work and in virtual time.
 *
 * A kernel runs in contiguous slices. In work, a slice is a range of work items that begins on a
 * work-group boundary; in virtual time, slice k of n is due when (k + 1)/n of the duration has
 * passed. Before memory moves at time t, the runtime runs exactly the slices that are due by t:
 *
 *     items      |--- 0 ---|--- 1 ---|--- 2 ---|-- 3 --|
 *     time     start      due 0     due 1     due 2   due 3 == start + duration
 *                                        ^ t: slices 0 and 1 have run, 2 and 3 will run later
 *
 * Integers only, exact over the whole 64-bit range; nothing here knows a device, so a launch has
 * the same slices, due at the same times, on each of them.
 */
#ifndef FAULTLINE_SLICE_H
#define FAULTLINE_SLICE_H

#include "../base/base.h"

/* Slices begin at multiples of this many work items. One constant for all devices, not the
 * device's favourite: the trace may not depend on who executes it. */
enum { SLICE_GROUP_ITEMS = 64 };

/* As many slices as wanted, or as there is work for; at least 1. */
uint32_t slice_count(uint64_t items, uint32_t wanted);

/* The first work item of slice k <= slices; slice `slices`, one past the last, begins at items. */
uint64_t slice_first_item(uint64_t items, uint32_t slices, uint32_t k);

/* The moment at which slice k < slices is complete. start_ns + duration_ns must fit 64 bits. */
uint64_t slice_due(uint64_t start_ns, uint64_t duration_ns, uint32_t slices, uint32_t k);

/* How many slices are complete at now_ns: the inverse of slice_due. */
uint32_t slices_due(uint64_t start_ns, uint64_t duration_ns, uint32_t slices, uint64_t now_ns);

#endif

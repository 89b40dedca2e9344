/* sorted.h -- looking into a sorted array by halves. */
#ifndef FAULTLINE_SORTED_H
#define FAULTLINE_SORTED_H

#include <stddef.h>
#include <stdint.h>

/* The first of `count` elements, `stride` bytes apart, whose key is not below this value; count: there is none. `key` is
 * that of the first element. */
static inline size_t sorted_from(const uint64_t *key, size_t stride, size_t count, uint64_t value) {
    size_t from = 0, to = count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (*(const uint64_t *)(const void *)((const char *)key + middle * stride) < value) from = middle + 1;
        else to = middle;
    }
    return from;
}
#define SORTED_FROM(array, count, field, value) \
    ((count) == 0 ? 0 : sorted_from(&(array)[0].field, sizeof (array)[0], count, value))

#endif

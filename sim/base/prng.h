/* prng.h -- integers that a seed decides, the same for ever.
 *
 * One seed, many named streams: a new draw in one place moves nothing elsewhere. No floating
 * point. The generator is xoshiro256** seeded by splitmix64 (Blackman and Vigna, public domain),
 * written here because its sequence is part of what a seed means.
 */
#ifndef FAULTLINE_PRNG_H
#define FAULTLINE_PRNG_H

#include "base.h"

typedef struct {
    uint64_t s[4];
} Prng;

/* The stream `name` of `seed`. */
void prng_init(Prng *r, uint64_t seed, const char *name);
uint64_t prng_next(Prng *r);
/* Uniform in [0, n); n > 0. */
uint64_t prng_below(Prng *r, uint64_t n);

#endif

/* fit.h -- from measured parts to costs. No mechanism is looked at: those are predicted (mechanism.h). */
#ifndef FAULTLINE_FIT_H
#define FAULTLINE_FIT_H

#include "../rt/profile.h"
#include "samples.h"

enum { FIT_LESS_MAX = 8 };

/* A cost is the median of a part, less what other costs explain of it already. */
typedef struct {
    CostName cost;
    const char *part; /* name of its samples */
    double factor;    /* how much of the part it is */
    CostName less[FIT_LESS_MAX];
    size_t less_count;
    const char *how; /* "an empty C call, half of it" */
} Fit;
extern const Fit fits[];
extern const size_t fit_count;

/* The costs whose parts were measured; others are left out of the profile. */
void fit_profile(const Measured *m, Profile *p);

#endif

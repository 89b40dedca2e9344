/* mechanism.h -- the mechanisms that a reader sees in a trace: the same program, measured in Go and run in virtual time.
 *
 * None of them has a part in the fit (fit.h): the costs come from smaller programs, and how they add up to a
 * mechanism is the simulator's doing. So a row can be wrong, and then says so.
 */
#ifndef FAULTLINE_MECHANISM_H
#define FAULTLINE_MECHANISM_H

#include "../rt/cost.h"
#include "samples.h"

typedef struct {
    const char *name;    /* "ping-pong" */
    const char *samples; /* where its measurement is found */
    const char *what;    /* one line */
    void (*predict)(const Costs *costs, Samples *out);
} Mechanism;
extern const Mechanism mechanisms[];
extern const size_t mechanism_count;

/* The parts, too, can be run in virtual time: what is fitted to them must be the costs they were run with. */
extern const Mechanism parts[];
extern const size_t part_count;

/* What handoff does before its i-th call, and timer in its i-th sleep; as in bench.go. */
enum { HANDOFF_TRIALS = 150, TIMER_TRIALS = 120, LAUNCH_ITEMS = 65536 };

#endif

/* fault.h -- the fault line: the cgo door, drawn.
 *
 * Long shallow runs broken by short steep slips: a crack in plan, not a mountain ridge. It comes
 * from the scenario's name alone, so that a scenario has the same line on every machine and in
 * every export.
 */
#ifndef FAULTLINE_FAULT_H
#define FAULTLINE_FAULT_H

#include "draw.h"

enum { FAULT_POINTS_MAX = 512, NOTCHES_MAX = 48 };

/* Where something crosses: the line opens downwards (a dive, a pin) or upwards (a callback). */
typedef struct {
    double x, half_width, depth; /* depth > 0 down, < 0 up */
} Notch;

/* By x. */
typedef struct {
    Notch notch[NOTCHES_MAX];
    size_t count;
} Openings;

static inline Notch notch_dive(double x) { return (Notch){x, 14, 26}; }
static inline Notch notch_pin(double x) { return (Notch){x, 8, 14}; }
static inline Notch notch_crack(double x) { return (Notch){x, 16, 30}; }

typedef struct {
    Point p[FAULT_POINTS_MAX];
    size_t count;
} Fault;

/* The line of `name` from x0 to x1 around y; `run_min`, `run_max` bound its shallow runs. */
void fault_line(Fault *f, const char *name, double x0, double x1, double y, double amplitude,
                int run_min, int run_max);
/* One that is too near to another shares its opening. */
void fault_add_notch(Openings *o, Notch one);
bool notches_share(Notch a, Notch b);
/* Opens the line at each notch. */
void fault_open(Fault *f, double y, const Openings *openings);

/* Both worlds in `b`, the fault between them at height y, with its echoes and its halo. `strength`
 * 1 is the stage, .4 an empty one. */
void fault_worlds(DrawList *d, Box b, double y, const Fault *f, bool dark, double strength);

#endif

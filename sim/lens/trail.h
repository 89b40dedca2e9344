/* trail.h -- what the events of a trace say of a moment (WhyAt): what led to it, and what will end it. */
#ifndef FAULTLINE_TRAIL_H
#define FAULTLINE_TRAIL_H

#include "why.h"

bool trail_event(const WhyAt *at, uint64_t seq, Event *e);
uint64_t trail_line(const Event *e); /* of the scenario; 0 = none */
bool trail_alive(const WhyAt *at, uint64_t g);

/* ---- back; before `seq` ---- */
/* The last event of this kind that has this first argument. */
bool trail_last(const WhyAt *at, uint64_t seq, EventKind kind, uint64_t id, Event *e);
/* The last call out of Go, into C or the system, of goroutine g. */
bool trail_call(const WhyAt *at, uint64_t seq, uint64_t g, Event *e);
/* The last thing that goroutine g did by a line of its own. */
bool trail_last_line(const WhyAt *at, uint64_t seq, uint64_t g, Event *e);
/* From event `seq` to the first of its causes that a line of the scenario asked for. False: there is none,
 * and *e is where it began; EV_COUNT if the trace does not say. */
bool trail_root(const WhyAt *at, uint64_t seq, Event *e);
/* Who was last at that end of channel c, is not not_g, and lives: it may come again. NONE = nobody; then *gone is the last
 * that was there, and has ended. NONE = nobody ever was. */
uint64_t trail_partner(const WhyAt *at, uint64_t c, bool wants_sender, uint64_t not_g, uint64_t *gone);

/* ---- on; after the moment ---- */
/* The event that releases g. */
bool trail_releaser(const WhyAt *at, uint64_t g, Event *e);
/* What the rest of the trace says of those that wait. */
typedef struct {
    bool dead;      /* the run ends in a deadlock */
    uint8_t *freed; /* by G: it is released; the caller frees it */
} TrailRest;
TrailRest trail_rest(const WhyAt *at);

#endif

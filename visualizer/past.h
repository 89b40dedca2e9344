/* past.h -- what has happened to memory: collections, pins, addresses that were given away.
 *
 * The model knows how things are; the Heap view also says since when, and who. Filled as the lanes are,
 * with every event and the model after it, in order (feed.c). Entries are in the order of their beginnings, and
 * those of the future are there, too: who asks says which event is the present one.
 */
#ifndef FAULTLINE_PAST_H
#define FAULTLINE_PAST_H

#include "lanes.h"

/* A collection: it marks, stops the world twice, and ends with the second stop. NOT_YET: that has not happened. */
typedef struct {
    uint64_t seq, begin_ns, marked_ns, end_ns, moved; /* moved: objects */
    struct {
        uint64_t from_ns, to_ns;
    } stop[2];
} Cycle;

/* A pin that runtime.Pinner has put in. */
typedef struct {
    uint64_t obj, g, line;
    uint64_t from_ns, to_ns;
    uint64_t seq, end_seq, end_line; /* NOT_YET: it is still in */
} PinSpan;

/* The address of an object was given to C by a goroutine. lost_seq: since then the object is elsewhere, although that
 * goroutine is called back by C, which has the old address, lost_at; until its call ends. */
typedef struct {
    uint64_t obj, g, line, seq;
    uint64_t lost_seq, lost_ns, lost_at, end_seq;
} GivenAway;

typedef struct {
    Cycle *cycle;
    PinSpan *pin;
    GivenAway *given;
    size_t cycle_count, cycle_cap, pin_count, pin_cap, given_count, given_cap;
    size_t given_open; /* of calls that are not over */
} Past;

void past_free(Past *p);
void past_after(Past *p, const Model *after, const Event *e);

/* The last collection that had begun at this event; NULL. */
const Cycle *past_cycle(const Past *p, uint64_t seq);
/* How many pins, how many addresses, there had been by this event: the first so many. */
size_t past_pins(const Past *p, uint64_t seq);
size_t past_given(const Past *p, uint64_t seq);

#endif

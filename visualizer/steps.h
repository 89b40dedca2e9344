/* steps.h -- the history of the channels: how full each was, who waited at it, who used it.
 *
 * Fed with every event and the model after it, in order (feed.c); asked by the Channels view about windows of time. A channel
 * has one step of two words for each moment at which its numbers changed, and before every sixteenth what all the steps
 * before it come to, so that a pixel column that stands for a million of them costs two searches.
 */
#ifndef FAULTLINE_STEPS_H
#define FAULTLINE_STEPS_H

#include "../sim/event/model.h"

/* It holds until the next step. */
typedef struct {
    uint64_t from_ns;
    uint32_t count;              /* values in it */
    uint16_t senders, receivers; /* that wait; no more than fit */
} ChanStep;
_Static_assert(sizeof(ChanStep) == 16, "a step is two words");

/* Numbers times nanoseconds. */
typedef struct {
    uint64_t count, senders, receivers;
} StepSum;

/* Who was there, newest last: entered again only when so many others have come since. So that many entries before
 * any moment are those that were there last. */
enum { USERS_MAX = 32 };
typedef struct {
    uint32_t seq, g;
} UserEntry;
typedef struct {
    UserEntry *entry;
    size_t count, cap;
} Users;

enum { STEPS_SUMMED = 16 };
typedef struct {
    ChanStep *step;
    size_t count, cap;
    StepSum *sum; /* of what lies before step STEPS_SUMMED * i */
    size_t sum_cap;
    Users senders, receivers;
    bool outside; /* a timer sends here, or a context closes it: no goroutine */
} ChanSteps;

typedef struct {
    Users users;      /* who has asked for it */
    uint64_t born_ns; /* how much of its time is left, one sees only beside how much it was */
} ContextUse;

typedef struct {
    ChanSteps *chan;
    size_t chan_count, chan_cap;
    ContextUse *context;
    size_t context_count, context_cap;
    uint64_t *left; /* channels at which a select waits that is about to end */
    size_t left_count, left_cap;
} Steps;

/* All zero is one that knows nothing. Before and after an event is applied to the model. */
void steps_before(Steps *s, const Model *before, const Event *e);
void steps_after(Steps *s, const Model *after, const Event *e);
void steps_free(Steps *s);

/* The step that holds at ns; count when the channel was not there yet. */
size_t steps_at(const ChanSteps *c, uint64_t ns);
/* A timer sends there, or a context closes it: no goroutine need be at its other end. */
bool steps_is_outside(const Steps *s, uint64_t chan);
/* Moments in the order of time, each found from where the one before was. */
typedef struct {
    const ChanSteps *c;
    size_t at; /* the step that holds at the moment; 0 to begin with */
} StepWalk;
/* What lies before ns, which is not before the first step. */
StepSum steps_walk(StepWalk *w, uint64_t ns);
/* What [from, to) comes to; the last step goes on for ever. */
StepSum steps_sum(const ChanSteps *c, uint64_t from_ns, uint64_t to_ns);

/* Those that have been there last, up to event seq, by their ids; at most USERS_MAX. */
size_t users_at(const Users *u, uint64_t seq, uint64_t *g);
/* The same; with those that come next, while there is room, if they exist in this model. */
size_t users_around(const Users *u, const Model *m, uint64_t *g);

#endif

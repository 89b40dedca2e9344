/* flows.h -- who made whom run, in the window of time on show: wake-ups, and calls from C into Go.
 *
 * Found by going through the window's events once more, when it shows so few that they can be told apart. Else there are none.
 */
#ifndef FAULTLINE_FLOWS_H
#define FAULTLINE_FLOWS_H

#include "../sim/event/model.h"

typedef enum { FLOW_WAKE, FLOW_CALLBACK } FlowKind;
typedef struct {
    FlowKind kind;
    uint64_t g;              /* who runs because of it */
    uint64_t by;             /* WAKE: the goroutine that made it runnable ... */
    uint64_t from, to;       /* ... on this P; CALLBACK: the M in C; and the P on which it then runs: NONE = it does not yet */
    uint64_t from_ns, to_ns;
    uint64_t from_seq, to_seq;
} Flow;

struct Feed;
enum { FLOW_EVENTS = 2000 };
typedef struct {
    Flow *flow; /* in the order in which they begin */
    size_t count, cap;
    uint64_t from_ns, to_ns, read; /* of which window, when so many events were read; read 0: of none */
} Flows;

/* Those that begin in the window; nothing is done when they are known (feed_flows has them). */
void flows_find(Flows *f, struct Feed *feed, uint64_t from_ns, uint64_t to_ns);
void flows_free(Flows *f);

#endif

/* find.h -- what somebody types in the window's search line, and what that is in the trace. */
#ifndef FAULTLINE_FIND_H
#define FAULTLINE_FIND_H

#include "feed.h"
#include "scene.h"

typedef struct {
    Thing thing;  /* NO_THING: none */
    uint64_t seq; /* an event: the next of that name, or the one with that number; 0 = none */
} Found;

/* "g7", "p1", "m3", "c0", "o2", "#1204", an event's name in any case (the next one after `seq`, else the first), or a
 * part of the name of a goroutine, channel or object: the first that has it. False: there is nothing of the kind. */
bool find_in(Feed *f, const char *text, uint64_t seq, Found *found);

#endif

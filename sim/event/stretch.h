/* stretch.h -- any event of a trace by its number, quickly for those near the last one asked for.
 *
 * Who looks for causes walks back and forth among neighbours; a stretch of events is decoded at once and kept.
 */
#ifndef FAULTLINE_STRETCH_H
#define FAULTLINE_STRETCH_H

#include "trace.h"

typedef struct Stretch Stretch;

/* `t` is borrowed, and outlives it. */
Stretch *stretch_new(Trace *t);
void stretch_free(Stretch *s);
/* False: there is no such event. (ctx is a Stretch: this is what why.h wants.) */
bool stretch_event(void *ctx, uint64_t seq, Event *e);

#endif

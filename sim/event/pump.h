/* pump.h -- a sink that hands blocks to other sinks on a thread of its own.
 *
 * The simulator goes on while its last block is written, counted and told. Order is that of the
 * stream, and nothing comes back, so no result depends on the thread. The other thread never sees the
 * stream's strings: each block carries the new ones, and the sinks get a copy of the whole table.
 */
#ifndef FAULTLINE_PUMP_H
#define FAULTLINE_PUMP_H

#include "stream.h"

typedef struct Pump Pump;

/* Sinks are added before the first block; their text is pump_text. */
Pump *pump_new(void);
void pump_add(Pump *p, SinkFn fn, void *ctx);
const Intern *pump_text(const Pump *p);
/* The stream's blocks go to p from now on. */
void pump_from(Pump *p, Stream *s);
/* Returns when every block handed over so far has gone through all sinks; then what they hold may be read. */
void pump_drain(Pump *p);
void pump_free(Pump *p);

#endif

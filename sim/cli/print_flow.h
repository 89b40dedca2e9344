/* print_flow.h -- the tables of a Flow, for people and as JSON. */
#ifndef FAULTLINE_PRINT_FLOW_H
#define FAULTLINE_PRINT_FLOW_H

#include "../event/trace.h"
#include "../lens/flow.h"

#include <cjson/cJSON.h>

/* On standard output; the sixteen rows of each table where most waited. */
void print_flow(Trace *t, const Flow *f, uint64_t run_ns);
/* All rows, as arrays "channels", "locks", "queues" and "stages" of this object. */
void print_flow_json(Trace *t, const Flow *f, cJSON *into);
/* A number with all its digits. */
void json_number(cJSON *o, const char *key, uint64_t n);

#endif

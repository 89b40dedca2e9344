/* again.h -- a trace as something to run: its scenario, settings, kernels and costs, out of the trace alone. */
#ifndef FAULTLINE_AGAIN_H
#define FAULTLINE_AGAIN_H

#include "runner.h"

enum { AGAIN_SET_MAX = 160 };
typedef struct {
    Trace *trace; /* borrowed */
    const char *set[AGAIN_SET_MAX];
    size_t set_count;
    Profile profile;
} Again;

/* Fills path, source, settings, costs and kernels of the request. Settings of the request that are there already win over those of
 * the trace; with another version of Go its costs are those of that version, not the trace's. False with a Diag: the trace holds
 * nothing that could be run. The trace, and `a`, must stay until the run is over. */
bool again_request(Again *a, Trace *t, RunRequest *rq, Diag *d);

#endif

/* imported.h -- a Go trace of tests/traces, as events of ours, for whoever wants to look at each of them. */
#ifndef FAULTLINE_TESTS_IMPORTED_H
#define FAULTLINE_TESTS_IMPORTED_H

#include "../sim/event/watch.h"
#include "../sim/lens/gotrace_import.h"

typedef struct {
    bool ok; /* read to its end, and every event was possible */
    Diag d;  /* else: why */
    bool refused;
    GotraceImported told;
    GotraceCounts counts;
} Imported;

/* `before` and `after` get the model before and after each event; either may be NULL. */
Imported import_trace(const char *path, WatchFn before, WatchFn after, void *ctx);

#endif

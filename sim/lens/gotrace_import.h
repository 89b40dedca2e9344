/* gotrace_import.h -- a Go execution trace, event by event, as events of ours.
 *
 * Threads get our numbers in the order in which the trace names them. M1 is sysmon's: the thread that takes Ps
 * away while it has neither a P nor a goroutine, if there is one. Ps and goroutines keep Go's own, but for
 * goroutines from MODEL_OWN_IDS on: they get a number from there, which is used again when they have ended, and
 * G_NUMBER says Go's. So memory is bounded by what lives at a time, and by the program's code: names and stacks.
 * Virtual time 0 is the first event. A `line` is the stack of whoever acts (place.h).
 *
 * Differs: spans, objects and stacks of traceallocfree are left out, and counted
 */
#ifndef FAULTLINE_GOTRACE_IMPORT_H
#define FAULTLINE_GOTRACE_IMPORT_H

#include "../event/stream.h"
#include "gotrace_read.h"

typedef struct GotraceImport GotraceImport;

typedef struct {
    uint64_t events, left_out; /* of Go's: told; not told */
    uint64_t threads, goroutines, renumbered;
    uint64_t first_ns; /* the reader's time of our time 0 */
} GotraceImported;

/* Both are the caller's, and must stay. Emits IMPORT with the first event. */
GotraceImport *gotrace_import_new(GotraceReader *r, Stream *s);
void gotrace_import_free(GotraceImport *im);
/* One event, the reader's last. False: it is nothing that a program can be, or too large for us. */
bool gotrace_import_event(GotraceImport *im, const GotraceEvent *e, Diag *d);
const GotraceImported *gotrace_imported(const GotraceImport *im);

#endif

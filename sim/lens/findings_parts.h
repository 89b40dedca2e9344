/* findings_parts.h -- what the files of the findings share; nobody else includes it.
 *
 *   findings.c         the scheduler, crossings, the device's time
 *   findings_memory.c  addresses that outlive the promise that they hold
 *   findings_context.c contexts that are over, and goroutines in C that do not hear of it
 *   findings_pressure.c who waits to send and keeps what others need; what piles up
 *   findings_stuck.c   goroutines that can never go on
 */
#ifndef FAULTLINE_FINDINGS_PARTS_H
#define FAULTLINE_FINDINGS_PARTS_H

#include "findings.h"

typedef unsigned long long Ull;

/* Counts it; the evidence of its first time, which the caller may put better evidence in the place of. */
Finding *findings_saw(Findings *f, FindingKind kind, uint64_t time_ns, uint64_t seq);
void findings_say(Finding *x, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* An event of the heap's, the collector's or the device's; `m` is the model before it. */
void findings_memory(Findings *f, const Model *m, const Event *e);
/* An event of package context, of a call into C, or the end of a goroutine. */
void findings_context(Findings *f, const Model *m, const Event *e);
void findings_context_end(Findings *f, const Model *m);
void findings_context_free(Findings *f);
/* An event about channels, goroutines' births and ends, memory of C's, or commands. */
void findings_pressure(Findings *f, const Model *m, const Event *e);
void findings_message(Findings *f, const Model *m, const Event *e); /* of those CHAN_SEND, CHAN_RECV */
void findings_queued(Findings *f, const Model *m, const Event *e);  /* ... CHAN_QUEUE */
void findings_woken(Findings *f, const Model *m, const Event *e);   /* ... GO_UNBLOCK */
void findings_pressure_end(Findings *f, const Model *m);
void findings_waits_free(Findings *f);
void findings_stuck_end(Findings *f, const Model *m);
void findings_memory_end(Findings *f, const Model *m); /* what is judged when all is over */

#endif

/* gotrace_write.h -- a trace of ours in the form of Go's own, for the tools that read those.
 *
 * Order of use: gotrace_new, gotrace_event for each event in turn (with the model after it), gotrace_free. Whatever
 * of the file is finished stands in gotrace_out: the caller takes it away, and sets its length to 0. Memory is
 * bounded by what is open: see gotrace_batch.c.
 */
#ifndef FAULTLINE_GOTRACE_WRITE_H
#define FAULTLINE_GOTRACE_WRITE_H

#include "../event/model.h"

typedef struct GotraceWriter GotraceWriter;

/* version: one of GOTRACE_VERSIONS. file: the scenario's name, which stands in stacks. procs_max: the most Ps that
 * there ever are; who is not of the program gets those behind them. */
GotraceWriter *gotrace_new(int version, const char *file, uint64_t procs_max);
/* A new generation each so much virtual time; a second if not said. Readers hold one of them whole. */
void gotrace_generation_every(GotraceWriter *w, uint64_t ns);
/* Of an imported trace: the event with the last first word (G_SEEN, P_SEEN), which no later generation may have. */
void gotrace_first_generation_until(GotraceWriter *w, uint64_t seq);
/* False: this cannot have happened in a Go program; `why` (MODEL_WHY_MAX bytes) says what. */
bool gotrace_event(GotraceWriter *w, const Model *after, const Event *e, char *why);
/* After the last event; only gotrace_out and gotrace_free may follow. */
void gotrace_close(GotraceWriter *w);
Bytes *gotrace_out(GotraceWriter *w);
void gotrace_free(GotraceWriter *w);

#endif

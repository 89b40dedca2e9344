/* gotrace_batch.h -- the bytes of a Go execution trace: header, generations, batches, tables.
 *
 * Order of use: gotrace_begin, gotrace_thread for each stream of events, gotrace_put for each event in the order
 * of time, gotrace_generation to go over to the next one, gotrace_end. Text and stacks get their numbers when they
 * are asked for; a number is good within its generation. What is finished stands in `out`, for the caller to take
 * away and set to length 0.
 */
#ifndef FAULTLINE_GOTRACE_BATCH_H
#define FAULTLINE_GOTRACE_BATCH_H

#include "../base/bytes.h"
#include "../base/intern.h"
#include "gotrace.h"

/* A stream of events: of a thread, or of none (GOTRACE_NO_ID). */
typedef struct {
    uint64_t number; /* as the file calls the thread */
    uint64_t base_ns, last_ns;
    Bytes data;
} GotraceStream;

typedef struct {
    Bytes out;
    int version; /* 22, 23, 25, 26 */
    uint64_t generation, first_ns, last_ns;
    uint64_t bytes; /* of events and records in this generation, so far */
    GotraceStream *stream;
    size_t stream_count, stream_cap;
    Intern *string, *frame, *stack; /* of this generation; a number is the id + 1 */
    Bytes strings, stacks, samples; /* their tables, as far as they are not in out */
} GotraceBatches;

/* One function of a stack, numbers of strings. */
typedef struct {
    uint64_t function, file, line;
} GotraceFrame;

void gotrace_begin(GotraceBatches *b, int version);
/* A new stream; what it is called by in gotrace_put. */
size_t gotrace_thread(GotraceBatches *b, uint64_t number);
/* The next event of all, at this time or 1 ns after the one before; as many arguments as its row says. */
void gotrace_put(GotraceBatches *b, size_t stream, uint64_t ns, GotraceNumber event,
                 const uint64_t *arg, size_t count);
/* Numbers for a text ("" is 0; more than Go allows is cut) and for a stack, the innermost frame first. */
uint64_t gotrace_string(GotraceBatches *b, const char *text);
uint64_t gotrace_stack(GotraceBatches *b, const GotraceFrame *frame, size_t count);
/* What the profiler saw: a thread, P and goroutine, or NONE, and a stack. */
void gotrace_sample(GotraceBatches *b, uint64_t ns, uint64_t m, uint64_t p, uint64_t g, uint64_t stack);
/* Ends this generation and begins the next. */
void gotrace_generation(GotraceBatches *b);
/* Ends the last one, and frees all but out. */
void gotrace_end(GotraceBatches *b);

#endif

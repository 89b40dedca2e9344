/* gotrace_read.h -- a Go execution trace (Go 1.22 and later), read as Go's own reader reads it.
 *
 * A file is a row of generations, each a second or so; threads wrote their events apart from each other.
 * The reader brings them into one order that is possible: each thread's events in its own order, and no
 * event before what it needs (a goroutine runs after it was made). Clocks only break the ties. What is
 * impossible whatever the order is refused, in the same cases as Go's reader does.
 *
 * Open, then gotrace_next until it says END or BROKEN; strings and stacks are those of the event given last
 * and hold until the next call. In memory are the tables of one generation and the open batch of each of
 * its threads, never the file.
 *
 * Go:      internal/trace (go1.26): reader.go, generation.go, batch.go, order.go
 * Differs: no Sync events; a frequency of 0 and a sample without its stack are refused; times stop at 2^62 ns
 */
#ifndef FAULTLINE_GOTRACE_READ_H
#define FAULTLINE_GOTRACE_READ_H

#include "../base/diag.h"
#include "gotrace.h"

typedef struct GotraceReader GotraceReader;

#define GOTRACE_NONE UINT64_MAX /* no thread, no P, no goroutine */

typedef struct {
    uint64_t time_ns;               /* rises strictly from event to event */
    uint64_t m, p, g;               /* where it happened, as it was before it */
    uint64_t at;                    /* where it stands in the file; a CPU_SAMPLE: 0 */
    uint64_t arg[GOTRACE_ARGS_MAX]; /* of a CPU_SAMPLE: the stack */
    uint8_t number;                 /* GotraceNumber: a timed event, or CPU_SAMPLE */
    /* GO_STATUS, PROC_STATUS: the status known before, 0 = it was not known. PROC_STEAL: SYSCALL or ABANDONED. */
    uint8_t status_from;
    /* Not in the file: the second and third part of GO_SWITCH, the loss of its P in GO_DESTROY_SYSCALL. */
    bool implied;
} GotraceEvent;

typedef struct {
    uint64_t pc, func, file, line; /* func, file: strings */
} GotraceFrame;

/* What has been read so far. */
typedef struct {
    unsigned version;    /* of the header: 22, 23, 25, 26 */
    uint64_t generation; /* the present one, by its own number */
    uint64_t generations;
    uint64_t frequency;           /* clock units a second, in the present generation */
    bool has_wall_clock;          /* since 1.25: */
    uint64_t clock_ns;            /* this moment of the trace ... */
    uint64_t wall_sec, wall_nsec; /* ... was this one for the rest of the world */
    uint64_t number[256];         /* how many of each are in the file */
    uint64_t batches, experimental, clocks, stacks, strings,
        samples;          /* batches by what is in them */
    uint64_t threads;     /* that wrote events */
    uint64_t out_of_turn; /* events given out before an earlier one that had to wait */
} GotraceCounts;

/* Reads the header. */
bool gotrace_reader_open(GotraceReader **r, const char *path, Diag *d);
void gotrace_reader_close(GotraceReader *r);

typedef enum {
    GOTRACE_EVENT,
    GOTRACE_END,
    GOTRACE_BROKEN, /* the Diag says where and why; events before it are good */
} GotraceStep;
/* *e is the reader's, until the next call. */
GotraceStep gotrace_next(GotraceReader *r, const GotraceEvent **e, Diag *d);

/* The string of this id, NUL-terminated; "" for 0. Its id is in an event or a frame. */
const char *gotrace_text(const GotraceReader *r, uint64_t id, size_t *len);
/* The stack of this id, innermost frame first; none for 0. */
uint32_t gotrace_stack_depth(const GotraceReader *r, uint64_t id);
GotraceFrame gotrace_stack_frame(const GotraceReader *r, uint64_t id, uint32_t depth);

const GotraceCounts *gotrace_counts(const GotraceReader *r);

#endif

/* gotrace_parts.h -- what the files of the reader of Go traces must agree on; nobody else includes it.
 *
 *   gotrace_generation.c   bytes -> batches -> one generation
 *   gotrace_table.c   its strings, stacks, samples and clock
 *   gotrace_decode.c  a thread's batches -> its events
 *   gotrace_order.c   may this event be next, and what follows from it?
 *   gotrace_read.c    whose event is tried next; the reader itself
 */
#ifndef FAULTLINE_GOTRACE_PARTS_H
#define FAULTLINE_GOTRACE_PARTS_H

#include "../base/bytes.h"
#include "../base/idmap.h"
#include "../base/intern.h"
#include "gotrace_read.h"

#define NO_SLOT IDMAP_NONE

/* ---- tables of one generation (gotrace_table.c) ---- */

/* Entries by id: ids are dense from 1 in real files, and may be anything. */
typedef struct {
    uint32_t *dense; /* id -> entry + 1 */
    size_t dense_cap;
    IdMap wild; /* ids too far away for that */
    uint32_t count;
} IdTable;

typedef struct {
    uint64_t at; /* in `bytes`, or the first of `frame_of` */
    uint32_t len;
} Span;

typedef struct {
    uint64_t time, m, p, g, stack;
    uint32_t order; /* as they stand in the file */
} Sample;

typedef struct {
    IdTable strings, stacks;
    Span *string, *stack;
    size_t string_cap, stack_cap;
    Bytes text;
    IdMap
        frame_by_pc; /* one frame a pc: the first that was read counts, as in Go's reader since 1.23 */
    GotraceFrame *frame;
    size_t frame_count, frame_cap;
    uint32_t *frame_of; /* the frames of all stacks, one after the other */
    size_t frame_of_count, frame_of_cap;
    Sample *sample;
    size_t sample_count, sample_cap, sample_next;
    bool has_frequency, has_clock;
    double unit_ns;      /* nanoseconds of one clock unit */
    uint64_t unit_whole; /* the same, if it is a small whole number; else 0 */
    uint64_t clock_units;
} Tables;

/* ---- batches ---- */
typedef struct {
    uint64_t at;   /* of its data, in the file */
    uint64_t time; /* clock units */
    uint32_t len;
    uint32_t next; /* of the same thread; NO_SLOT = last */
} Batch;

/* ---- things, across generations ---- */

/* A counter counts inside one generation. */
typedef struct {
    uint64_t generation, count;
} Seq;

typedef struct {
    uint64_t id;
    uint64_t g_id, p_id; /* GOTRACE_NONE: none */
    uint32_t g;      /* NO_SLOT: none; holds as long as the goroutine there has the number g_id */
    uint32_t cursor; /* its place in this generation; NO_SLOT = it wrote nothing */
    uint32_t p;      /* NO_SLOT: none */
    bool known;      /* an event of it was tried, or a status named it */
    bool counted;
} Thread;

typedef struct {
    uint64_t id;
    Seq seq;
    uint8_t status; /* GotraceP */
    bool sweeping;
} Proc;

typedef struct {
    uint64_t task, name; /* name: in r->region_names */
} Region;

typedef struct {
    uint64_t id; /* GOTRACE_NONE: it has ended */
    Seq seq;
    uint8_t status; /* GotraceG */
    bool assisting;
    uint64_t *stopping; /* kinds of stopping the world that are open */
    size_t stopping_count, stopping_cap;
    Region *region;
    size_t region_count, region_cap;
} Goroutine;

typedef enum { GC_UNKNOWN, GC_OFF, GC_ON } GcState;

/* ---- a thread's next events ---- */

/* So many events of a thread are decoded at once: its own follow each other in patterns, which the machine
 * foresees, and those of all threads together do not. */
enum { AHEAD_MAX = 64 };

typedef struct {
    GotraceEvent *event; /* the thread's next, in `ahead` */
    GotraceEvent
        *stop; /* the last one decoded, or before it the first that names what is in no table */
    uint32_t thread; /* NO_SLOT: batches of no thread */
    uint32_t batch, batch_last;
    const uint8_t *p, *end; /* what is to be decoded, in `data` */
    uint8_t *data;          /* the batch that is open */
    uint64_t batch_at;
    uint64_t time_ns; /* of the event decoded last */
    GotraceEvent *ahead, *ahead_end;
    size_t room; /* in `ahead`; no more than its batches have needed */
} Cursor;

/* A heap by time. Behind it are two of NEVER_NS, so that all have children. Two arrays: what a turn is made of is
 * written and read in the same pieces, or else the machine would wait for it. */
typedef struct {
    uint64_t *ns; /* of the cursor's next event */
    Cursor **cursor;
    size_t count, cap, cursor_cap;
    struct PlacedTurn *placed; /* to sort them */
    size_t placed_cap;
} Turns;

enum { OUT_MAX = 3, WHY_MAX = 320 };
#define NEVER_NS UINT64_MAX /* later than every event */

struct GotraceReader {
    int fd;
    char *path;
    uint64_t size;
    uint64_t next_at; /* of the next batch that is no part of a generation yet */
    uint8_t *window;  /* a piece of the file */
    uint64_t window_at;
    size_t window_len;

    Tables table;
    Batch *batch;
    size_t batch_count, batch_cap;
    Cursor *cursor; /* in the order in which the file names their threads */
    size_t cursor_count, cursor_cap;
    uint32_t bare; /* the cursor of batches of no thread */
    Turns turns;
    uint64_t
        sample_due; /* what is not before it comes after the next sample; NEVER_NS: there is none */
    bool broken_later; /* this generation is good, what follows is not */
    Diag later;

    IdMap m_by_id, p_by_id, g_by_id, task;
    Thread *m;
    Proc *p;
    Goroutine *g;
    size_t m_count, m_cap, p_count, p_cap, g_count, g_cap;
    uint32_t *g_free; /* places of goroutines that ended */
    size_t g_free_count, g_free_cap;
    Intern *region_names; /* ids of strings change from generation to generation, names do not */
    uint64_t regions_open;
    GcState gc;
    uint64_t gc_count;
    uint64_t first_generation;

    GotraceEvent out[OUT_MAX]; /* when one event became several */
    int out_count, out_next;
    GotraceEvent last; /* given out, if it is not where it was decoded */
    uint64_t last_ns;
    bool explain; /* what makes an event wait shall be said in `why` */
    char why[WHY_MAX];
    GotraceCounts counts;
};

/* "FILE: byte 123: ..." */
bool gotrace_fail(const GotraceReader *r, uint64_t at, Diag *d, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- gotrace_generation.c ---- */

/* Reads the header of the file. */
bool gotrace_header(GotraceReader *r, Diag *d);
/* Reads the next generation: its tables, and where its threads' batches are. END: there is none. */
GotraceStep gotrace_read_generation(GotraceReader *r, Diag *d);
/* Opens the cursor's next batch. */
bool gotrace_open_batch(GotraceReader *r, Cursor *c, Diag *d);

/* ---- gotrace_decode.c ---- */

enum {
    BATCH_PADDING = 8 * 8
}; /* zeros behind a batch: an event that goes beyond it ends in them */
_Static_assert((int)BATCH_PADDING > 1 + (1 + (int)GOTRACE_ARGS_MAX) * (int)VARINT_MAX,
               "the longest event");

/* Decodes the cursor's next events. *more is false at the end of its thread's batches. */
bool gotrace_decode(GotraceReader *r, Cursor *c, bool *more, Diag *d);
/* What the event names must be in the tables. */
bool gotrace_check_names(const GotraceReader *r, const GotraceEvent *e, Diag *d);

/* ---- gotrace_table.c ---- */

/* Each takes a batch's data, which begins at byte `at` of the file. */
bool gotrace_add_strings(GotraceReader *r, const uint8_t *data, size_t len, uint64_t at, Diag *d);
bool gotrace_add_stacks(GotraceReader *r, const uint8_t *data, size_t len, uint64_t at, Diag *d);
bool gotrace_add_samples(GotraceReader *r, const uint8_t *data, size_t len, uint64_t at, Diag *d);
bool gotrace_add_clock(GotraceReader *r, const uint8_t *data, size_t len, uint64_t at,
                       uint64_t time, Diag *d);
/* When all is read: what is missing, what does not fit together; sorts the samples. */
bool gotrace_tables_close(GotraceReader *r, Diag *d);
void gotrace_tables_clear(Tables *t);
void gotrace_tables_free(Tables *t);
uint32_t gotrace_id(const IdTable *t, uint64_t id); /* the entry, or NO_SLOT */

static inline bool gotrace_has(const IdTable *t, uint64_t id) {
    if (id < t->dense_cap && t->dense[id] != 0) return true;
    return id == 0 || gotrace_id(t, id) != NO_SLOT;
}

/* Clock units to nanoseconds, rounded as Go does: a product of doubles, which is the same on every machine. Where a
 * unit is a whole number of nanoseconds (64 on Linux) the product is exact, and need not be one of doubles. */
#define GOTRACE_TIME_MAX ((uint64_t)1 << 62)
uint64_t gotrace_ns_rounded(const Tables *t, uint64_t units);
static inline uint64_t gotrace_ns(const Tables *t, uint64_t units) {
    if (t->unit_whole > 0 && units < (uint64_t)1 << 32) return units * t->unit_whole;
    return gotrace_ns_rounded(t, units);
}

/* ---- gotrace_order.c ---- */
typedef enum {
    ADVANCE_DONE,
    ADVANCE_SEVERAL, /* done, and other events come with it: all of them are in r->out */
    ADVANCE_WAIT,    /* not yet */
    ADVANCE_NEVER,   /* the trace is broken; r->why says how */
} Advance;
/* Fills in where the event happened. */
Advance gotrace_advance(GotraceReader *r, uint32_t thread, GotraceEvent *e);
void gotrace_order_generation(GotraceReader *r); /* one begins */
void gotrace_order_free(GotraceReader *r);

#endif

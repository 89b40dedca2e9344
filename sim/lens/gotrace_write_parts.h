/* gotrace_write_parts.h -- what the two files that write Go's traces share; nobody else includes it.
 *
 *   gotrace_write.c          a run of ours; the small world that Go's reader keeps, and its generations
 *   gotrace_write_import.c   an imported trace, which goes back where it came from
 */
#ifndef FAULTLINE_GOTRACE_WRITE_PARTS_H
#define FAULTLINE_GOTRACE_WRITE_PARTS_H

#include "gotrace_batch.h"
#include "gotrace_write.h"

#define OUTSIDERS ((uint64_t)1 << 32)
enum {
    GOTRACE_STACKS = 4096,
    GOTRACE_IMPORT_NS = 1024, /* time 0 of an imported trace: what is said before has room */
};

/* State 0: not there. */
typedef struct {
    uint64_t state, seq; /* GotraceG */
    uint64_t m;          /* running or in a syscall; NONE */
    uint64_t number;     /* Go's own: imported; 0 = as here */
} GoG;
typedef struct {
    uint64_t state, seq; /* GotraceP */
    uint64_t m;          /* whose it is, or was: abandoned; NONE */
} GoP;
typedef struct {
    size_t stream; /* + 1; 0: it has written nothing yet */
    uint64_t p, g; /* NONE */
    uint64_t number; /* what the operating system calls it: imported */
    uint64_t again;  /* the goroutine that was stopped for a change of P, and starts again on the next; NONE */
} GoM;
typedef struct {
    GoG g;
    GoM m;
    uint64_t p; /* NONE: it has not woken yet */
} Outsider;

struct GotraceWriter {
    GotraceBatches b;
    char *file;
    GoG *g;
    GoP *p;
    GoM *m;
    Outsider *outsider; /* 0: threads that Go does not know; from 1 on: device queues */
    size_t g_cap, p_cap, m_cap, outsider_cap;
    uint64_t procs_max, outsider_ps; /* Ps of the program, and behind them those of outsiders */
    size_t nobody;       /* the stream of no thread */
    uint64_t actor;      /* M that has acted last */
    uint64_t gc_seq;     /* odd: a collection runs */
    bool stopping; /* the world stops */
    uint64_t generation_ns;
    /* imported: */
    uint64_t said_by, at, number; /* M_SEEN, AT and G_NUMBER stand before the event that they belong to; NONE, 0, 0 */
    uint64_t sweeping, assisting, living; /* living: goroutines that there are */
    uint64_t first_until; /* the first generation has all up to this event: what it does not know must not exist later */
    struct {
        uint64_t line, stack;
    } * stack; /* by line modulo their number; of this generation */
    bool statuses;       /* being said, at the beginning of a generation */
    bool procs_due;      /* nobody could yet say how many Ps there are in this generation */
    /* while an event is told: */
    const Model *model;
    const Event *e;
    char *why;
};

/* ---- gotrace_write.c ---- */

GoG *gw_g_at(GotraceWriter *w, uint64_t id);
GoP *gw_p_at(GotraceWriter *w, uint64_t id);
GoM *gw_m_at(GotraceWriter *w, uint64_t id);
/* False, with the reason. */
bool gw_refuse(GotraceWriter *w, const char *what);
/* Has the thread a P and a goroutine, as whoever says something must? */
bool gw_can_speak(GotraceWriter *w, uint64_t m);
/* As the file calls the goroutine. */
uint64_t gw_g_number(GotraceWriter *w, uint64_t g);
/* The thread of a goroutine, or NONE. */
uint64_t gw_m_of(GotraceWriter *w, uint64_t g);

/* One event of Go's in the stream of thread m; NONE: of no thread. */
void gw_put(GotraceWriter *w, uint64_t m, GotraceNumber event, const uint64_t *arg, size_t count);
#define PUT0(w, m, NAME) gw_put(w, m, GT_##NAME, NULL, 0)
#define PUT(w, m, NAME, ...)                                                                       \
    gw_put(w, m, GT_##NAME, (const uint64_t[]){__VA_ARGS__},                                          \
        sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

void gw_proc_start(GotraceWriter *w, uint64_t m, uint64_t p);
void gw_proc_stop(GotraceWriter *w, uint64_t m);
/* Out of a syscall, by thread `by`. */
void gw_proc_steal(GotraceWriter *w, uint64_t by, uint64_t p);
void gw_go_start(GotraceWriter *w, uint64_t m, uint64_t g);
/* It leaves its thread. */
void gw_go_leave(GotraceWriter *w, uint64_t g, GotraceG state);
void gw_go_end(GotraceWriter *w, uint64_t g);
void gw_go_unblock(GotraceWriter *w, uint64_t m, uint64_t g, uint64_t stack);

/* ---- gotrace_write_import.c ---- */

/* Tells the event; false, with the reason, if Go's reader would not take it here. */
bool gw_tell_imported(GotraceWriter *w, const Event *e);

/* A thread that has a P at this moment; NONE: none has. */
uint64_t gw_somebody_with_p(GotraceWriter *w);

#endif

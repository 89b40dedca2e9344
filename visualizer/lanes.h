/* lanes.h -- the history of a run, as the timeline needs it: spans per lane.
 *
 * Fed with every event and the model after it, in order (feed.c); asked by view_timeline.c about
 * windows of time. A lane also knows how much Go and how much C it held before every sixteenth
 * span, so that a pixel column that stands for a million spans costs two searches: the work of a
 * frame depends on pixels, never on events.
 */
#ifndef FAULTLINE_LANES_H
#define FAULTLINE_LANES_H

#include "../sim/event/model.h"

/* clang-format off */
typedef enum {
    SPAN_NONE,     /* idle, parked: only the base line */
    SPAN_RUN,      /* P: id runs */
    SPAN_HELD,     /* P: behind a call out of Go; nobody runs. `text` is HELD_BY_SYSCALL, or none */
    SPAN_WAITS,    /* P: its thread, id, was asked for and is not there yet */
    SPAN_GO,       /* M: runs Go */
    SPAN_SPIN,     /* M: looks for work */
    SPAN_C,        /* M: in C, `text` is the function, id the goroutine */
    SPAN_STARTING, /* M: asked for, not there yet */
    SPAN_COMMAND,  /* queue: id is the command */
    SPAN_STOPPED,  /* P: the world stops, and this P stands still */
    SPAN_SYSCALL,  /* M: in a system call, or in one of the two, of an imported trace; else as SPAN_C */
    SPAN_READY,    /* goroutine: runnable */
    SPAN_BLOCKED,  /* goroutine: waits, `text` says what for. It runs: SPAN_RUN, id is the P; in C: as an M, id is the M */
} SpanKind;

/* Lanes that belong together. */
typedef enum { LANES_RUNTIME, LANES_P, LANES_M, LANES_G, LANES_DEVICE, LANE_GROUPS } LaneGroup;
/* clang-format on */

#define NOT_YET UINT64_MAX /* the end of a span that is still open */

#define NO_ID UINT32_MAX

enum { HELD_BY_SYSCALL = 1 };

enum { SYSMON_M = 1 }; /* model.h: m[1] is sysmon */

/* Small, since a long run has millions of them. */
typedef struct {
    uint64_t from_ns, to_ns;
    uint32_t id;        /* NO_ID = none */
    uint32_t text : 28; /* STR; for STARTING: the MState it is in */
    uint32_t kind : 4;  /* SpanKind */
} LaneSpan;
_Static_assert(sizeof(LaneSpan) == 24, "a span is three words");

typedef struct {
    uint64_t go_ns, c_ns, syscall_ns; /* c_ns: in system calls, too */
    uint64_t crossings; /* spans in C that have begun: some take no time at all */
} LaneShare;

enum { SUM_SPANS = 16 };
typedef struct {
    LaneSpan *span;
    size_t count, cap;
    LaneShare *sum; /* what lies before span SUM_SPANS * i */
    size_t sum_cap;
} Lane;

typedef struct {
    uint64_t time_ns, seq;
    bool acted;
    uint32_t acted_before; /* so many have acted before it */
    uint64_t label; /* id in Lanes.labels; NONE */
} Tick;

/* A hand-over that the eye should follow: from a lane to a lane, at one moment. */
typedef struct {
    uint64_t time_ns, seq;
    uint64_t m, p; /* sysmon to p: m is NONE */
    bool to_p;
} Handoff;

typedef enum { MARK_NOTE, MARK_WARNING } MarkKind;
typedef struct {
    uint64_t time_ns, seq;
    uint64_t text; /* STR */
    MarkKind kind;
} Mark;

enum { DENSITY_BUCKETS = 4096 };

typedef struct {
    uint64_t run; /* no other Lanes has this number */
    Lane *p, *m, *queue;
    uint64_t *coming; /* p id to the thread last asked to take it */
    size_t coming_cap;
    size_t p_count, p_cap, m_count, m_cap, queue_count, queue_cap;
    Tick *tick;
    size_t tick_count, tick_cap;
    Handoff *flow;
    size_t flow_count, flow_cap;
    Mark *mark;
    size_t mark_count, mark_cap;
    uint32_t *story; /* seq of each event that is a step of the story */
    size_t story_count, story_cap;

    uint32_t *g_order; /* g id to the order in which it first ran, from 1; 0 = never */
    size_t g_order_cap;
    uint32_t g_ran; /* how many goroutines have run */

    uint32_t density[DENSITY_BUCKETS]; /* events per density_ns */
    uint64_t density_ns;
    size_t in_c, in_c_max; /* Ms in C: now, and most at one time */
    size_t m_peak;   /* most threads */
    Intern *labels;
} Lanes;

void lanes_init(Lanes *l);
void lanes_free(Lanes *l);

/* Before and after an event is applied to the model; `before` may be asked what the event ends. */
void lanes_before(Lanes *l, const Model *before, const Event *e);
void lanes_after(Lanes *l, const Model *after, const Event *e);

/* The word of a span that says what it shows: in a register it is compared at once. */
typedef struct {
    uint32_t id;
    uint32_t text : 28;
    uint32_t kind : 4;
} Shown;
static inline Shown shown(SpanKind kind, uint64_t id, uint64_t text) {
    return (Shown){(uint32_t)id, (uint32_t)text & 0xfffffff, (uint32_t)kind & 15};
}
/* From now on the lane shows this: what it showed ends, unless it is the same. */
void lane_show(Lane *lane, uint64_t now_ns, Shown what);
void lane_free(Lane *lane); /* what it holds */

/* The index of the first span that ends after ns (count when there is none). */
size_t lane_find(const Lane *lane, uint64_t ns);
/* Moments in the order of time, each found from where the one before was. */
typedef struct {
    const Lane *lane;
    size_t at; /* the first span that ends after the moment; 0 to begin with, or lane_find's */
} LaneWalk;
/* How much lies before ns. */
LaneShare lane_walk(LaneWalk *w, uint64_t ns);
/* How much of [from, to) the lane spent in Go (or running, or busy) and in C (or held). */
LaneShare lane_share(const Lane *lane, uint64_t from_ns, uint64_t to_ns);

/* The last story event at or before seq, 0 = none; the first after it, 0 = none. */
uint64_t lanes_story_at(const Lanes *l, uint64_t seq);
uint64_t lanes_story_after(const Lanes *l, uint64_t seq);

/* The first tick, flow or mark at or after ns. */
size_t lanes_tick_from(const Lanes *l, uint64_t ns);
size_t lanes_flow_from(const Lanes *l, uint64_t ns);

#endif

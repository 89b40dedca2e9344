/* agenda.h -- what happens when: a heap that is totally ordered by (time, order of entry).
 *
 * Two things due at the same nanosecond happen in the order in which they were agreed upon; nothing
 * else ever decides. (Under STRESS_TIES the order of such two is drawn from the seed: another legal one.)
 * An entry remembers the event that led to it, so that causes reach across time.
 * An entry is cancelled by its owner's generation: one that no longer fits is passed over.
 */
#ifndef FAULTLINE_AGENDA_H
#define FAULTLINE_AGENDA_H

#include "../base/base.h"
#include "../base/prng.h"

typedef enum {
    DUE_M,
    DUE_SYSMON,
    DUE_SIGNAL,
    DUE_PROLOGUE, /* a goroutine that was asked to stop comes to a function prologue */
    DUE_STW,      /* who stops the world asks once more */
    DUE_CTHREAD,
    DUE_CMD_START,
    DUE_CMD_DONE,
    DUE_SLEEP, /* of a P's timers: a goroutine's time.Sleep */
    DUE_DEADLINE, /* ... the end of its patience with the network */
    DUE_TICK,  /* ... a channel timer */
    DUE_NET    /* of the network: what a goroutine waits for is there */
} DueKind;

typedef struct {
    uint64_t time_ns;
    uint64_t order;
    uint64_t cause; /* seq of the event that led here */
    uint64_t id;    /* of the M, the command, the goroutine, the timer */
    uint32_t generation;
    DueKind kind;
} Due;

typedef struct {
    Due *heap;
    size_t count;
    size_t cap;
    Due held; /* one entry kept outside the heap: most are taken right after they were put */
    bool holds;
    uint64_t first_ns; /* when the first entry is due; UINT64_MAX when there is none */
    uint64_t next_order;
    Prng *ties; /* NULL: who was agreed upon first comes first; else drawn, another legal order */
} Agenda;

void agenda_begin(Agenda *a, Prng *ties); /* nothing is due; ties: as above */
void agenda_put(Agenda *a, uint64_t time_ns, uint64_t cause, DueKind kind, uint64_t id,
                uint32_t generation);
void agenda_free(Agenda *a);

static inline bool due_before(const Due *a, const Due *b) {
    return a->time_ns != b->time_ns ? a->time_ns < b->time_ns : a->order < b->order;
}

static inline bool agenda_empty(const Agenda *a) { return !a->holds && a->count == 0; }

/* The first entry, which must be there, stays. */
static inline const Due *agenda_first(const Agenda *a) {
    ASSERT(!agenda_empty(a));
    bool held = a->holds && (a->count == 0 || due_before(&a->held, &a->heap[0]));
    return held ? &a->held : &a->heap[0];
}

/* The first entry leaves; there must be one. */
Due agenda_take_heap(Agenda *a);
static inline Due agenda_take(Agenda *a) {
    bool held = a->holds && (a->count == 0 || due_before(&a->held, &a->heap[0]));
    if (!held) return agenda_take_heap(a);
    a->holds = false;
    a->first_ns = a->count ? a->heap[0].time_ns : UINT64_MAX;
    return a->held;
}

#endif

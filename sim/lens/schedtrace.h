/* schedtrace.h -- the scheduler's state in the lines that GODEBUG=schedtrace=N[,scheddetail=1] prints.
 *
 * Order of use: schedtrace_begin, schedtrace_event for each event in turn (with the model before it),
 * schedtrace_print for a moment between two of them, schedtrace_free.
 */
#ifndef FAULTLINE_SCHEDTRACE_H
#define FAULTLINE_SCHEDTRACE_H

#include "../event/model.h"

/* A list of gs whose goroutines have ended, last in first out: sched.gFree, and one for each P. */
typedef struct {
    uint64_t head, count; /* slot of allgs, + 1 */
} GFree;

/* What Go's structs know beside the model. */
typedef struct {
    unsigned go; /* the minor version whose lines these are: 26 */
    struct {
        uint64_t schedtick, syscalltick, timers;
        GFree free;
    } * p;
    struct {
        uint64_t slot;    /* of allgs, + 1; 0 = none any more: another goroutine has its g */
        uint64_t reason;  /* STR: why it waited last; Go leaves it standing when it runs */
        uint64_t timer_p; /* P in whose heap its timer is, + 1; 0 = none */
        uint64_t back_from_call; /* it queues since a call, which is over when it runs */
    } * g;
    struct {
        uint64_t goid, below; /* below: the next one on its free list, + 1 */
    } * slot; /* allgs: a g is made once, and used by one goroutine after the other */
    GFree free;
    uint8_t *spinning; /* by M; from the moment on when it is woken to search */
    size_t p_cap, g_cap, m_cap, slot_count, slot_cap;
} Schedtrace;

void schedtrace_begin(Schedtrace *s, unsigned go);
void schedtrace_event(Schedtrace *s, const Model *before, const Event *e);
/* One SCHED line; with detail a line for each P, M and G as well. Appends to out. */
void schedtrace_print(const Schedtrace *s, const Model *m, uint64_t now_ns, bool detail, Bytes *out);
void schedtrace_free(Schedtrace *s);

#endif

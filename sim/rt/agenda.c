/* agenda.c -- a binary heap ordered by (time, order of entry). */
#include "agenda.h"

#include <stdlib.h>

static void heap_put(Agenda *a, const Due *due) {
    GROW(a->heap, a->cap, a->count + 1);
    size_t i = a->count++;
    for (size_t up; i > 0 && due_before(due, &a->heap[up = (i - 1) / 2]); i = up)
        a->heap[i] = a->heap[up];
    a->heap[i] = *due;
}

void agenda_begin(Agenda *a, Prng *ties) { *a = (Agenda){.first_ns = UINT64_MAX, .ties = ties}; }

Due agenda_take_heap(Agenda *a) {
    ASSERT(a->count > 0);
    Due first = a->heap[0], last = a->heap[--a->count];
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= a->count) break;
        if (child + 1 < a->count && due_before(&a->heap[child + 1], &a->heap[child])) child++;
        if (!due_before(&a->heap[child], &last)) break;
        a->heap[i] = a->heap[child];
        i = child;
    }
    a->heap[i] = last;
    a->first_ns = a->count ? a->heap[0].time_ns : UINT64_MAX;
    if (a->holds && a->held.time_ns < a->first_ns) a->first_ns = a->held.time_ns;
    return first;
}

void agenda_put(Agenda *a, uint64_t time_ns, uint64_t cause, DueKind kind, uint64_t id,
                uint32_t generation) {
    Due due = {time_ns, a->next_order++, cause, id, generation, kind};
    if (a->ties) due.order |= prng_next(a->ties) << 40; /* 2^40 entries are more than a run can have */
    if (time_ns < a->first_ns) a->first_ns = time_ns;
    if (a->holds && !due_before(&due, &a->held)) {
        heap_put(a, &due);
        return;
    }
    if (a->holds) heap_put(a, &a->held);
    a->held = due;
    a->holds = true;
}

void agenda_free(Agenda *a) {
    free(a->heap);
    *a = (Agenda){0};
}

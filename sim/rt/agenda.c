/* agenda.c -- a binary heap ordered by (time, order of entry). */
#include "agenda.h"

#include <stdlib.h>

static bool before(const Due *a, const Due *b) {
    return a->time_ns != b->time_ns ? a->time_ns < b->time_ns : a->order < b->order;
}

static void heap_put(Agenda *a, const Due *due) {
    GROW(a->heap, a->cap, a->count + 1);
    size_t i = a->count++;
    for (size_t up; i > 0 && before(due, &a->heap[up = (i - 1) / 2]); i = up)
        a->heap[i] = a->heap[up];
    a->heap[i] = *due;
}

static Due heap_take(Agenda *a) {
    Due first = a->heap[0], last = a->heap[--a->count];
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= a->count) break;
        if (child + 1 < a->count && before(&a->heap[child + 1], &a->heap[child])) child++;
        if (!before(&a->heap[child], &last)) break;
        a->heap[i] = a->heap[child];
        i = child;
    }
    a->heap[i] = last;
    return first;
}

void agenda_put(Agenda *a, uint64_t time_ns, uint64_t cause, DueKind kind, uint64_t id,
                uint32_t generation) {
    Due due = {time_ns, a->next_order++, cause, id, generation, kind};
    if (a->ties) due.order |= prng_next(a->ties) << 40; /* 2^40 entries are more than a run can have */
    if (a->holds && before(&due, &a->held)) {
        heap_put(a, &a->held);
        a->held = due;
    } else if (a->holds) {
        heap_put(a, &due);
    } else {
        a->held = due;
        a->holds = true;
    }
}

Due agenda_take(Agenda *a) {
    ASSERT(!agenda_empty(a));
    if (!a->holds || (a->count > 0 && before(&a->heap[0], &a->held))) return heap_take(a);
    a->holds = false;
    return a->held;
}

const Due *agenda_first(const Agenda *a) {
    ASSERT(!agenda_empty(a));
    return !a->holds || (a->count > 0 && before(&a->heap[0], &a->held)) ? &a->heap[0] : &a->held;
}

uint64_t agenda_first_ns(const Agenda *a) {
    uint64_t held = a->holds ? a->held.time_ns : UINT64_MAX,
             top = a->count ? a->heap[0].time_ns : UINT64_MAX;
    return held < top ? held : top;
}

bool agenda_empty(const Agenda *a) { return !a->holds && a->count == 0; }

void agenda_free(Agenda *a) {
    free(a->heap);
    *a = (Agenda){0};
}

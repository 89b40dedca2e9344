/* stretch.c -- events by number, some thousand decoded at once. */
#include "stretch.h"

#include <stdlib.h>

enum { EVENTS = 8192 };

struct Stretch {
    TraceCursor *cursor;
    uint64_t first;
    size_t count;
    Event event[EVENTS];
};

Stretch *stretch_new(Trace *t) {
    Stretch *s = mem_zero(1, sizeof *s);
    s->cursor = trace_cursor(t);
    return s;
}

void stretch_free(Stretch *s) {
    if (s == NULL) return;
    trace_cursor_free(s->cursor);
    free(s);
}

bool stretch_event(void *ctx, uint64_t seq, Event *e) {
    Stretch *s = ctx;
    if (seq < s->first || seq >= s->first + s->count) {
        s->first = seq - seq % EVENTS;
        s->count = 0;
        if (s->first == 0) s->first = 1;
        trace_seek_seq(s->cursor, s->first);
        while (s->count < EVENTS && trace_next(s->cursor, &s->event[s->count])) s->count++;
    }
    if (seq < s->first || seq >= s->first + s->count) return false;
    *e = s->event[seq - s->first];
    return true;
}

/* watch.c -- blocks into events, once, for all who look. */
#include "watch.h"

#include <string.h>

void watch_init(Watch *w, const Intern *text) { *w = (Watch){.model = model_new(text)}; }

void watch_free(Watch *w) {
    model_free(w->model);
    w->model = NULL;
}

/* Either may be NULL. */
void watch_add(Watch *w, WatchFn before, WatchFn after, void *ctx) {
    int b = 0, a = 0;
    while (w->before[b].fn != NULL) b++;
    while (w->after[a].fn != NULL) a++;
    ASSERT(b < WATCHERS_MAX && a < WATCHERS_MAX);
    w->before[b].fn = before;
    w->before[b].ctx = ctx;
    w->after[a].fn = after;
    w->after[a].ctx = ctx;
}

void watch_sink(void *watch, const Block *b, const Intern *text) {
    (void)text;
    Watch *w = watch;
    Model *m = w->model;
    const uint8_t *p = b->bytes, *end = b->bytes + b->len;
    uint64_t previous = b->base_ns;
    char why[MODEL_WHY_MAX];
    if (w->refused_seq != 0) return;
    const EventTable *table = event_table();
    for (Event e = {.seq = b->first_seq}; p != end; e.seq++) {
        p = event_decode(p, end, previous, table, &e);
        ASSERT(p != NULL);
        previous = e.time_ns;
        for (int i = 0; w->before[i].fn != NULL; i++) w->before[i].fn(w->before[i].ctx, m, &e);
        if (!model_apply(m, &e, why)) {
            if (w->forgiving) {
                w->refused_seq = e.seq;
                memcpy(w->refused, why, sizeof why);
                return;
            }
            assert_failed(why, event_spec[e.kind].name, (int)e.seq, "model_apply");
        }
        for (int i = 0; w->after[i].fn != NULL; i++) w->after[i].fn(w->after[i].ctx, m, &e);
    }
}

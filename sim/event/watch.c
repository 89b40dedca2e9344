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
    ASSERT(w->before.count < WATCHERS_MAX && w->after.count < WATCHERS_MAX);
    if (before != NULL) {
        w->before.watcher[w->before.count].fn = before;
        w->before.watcher[w->before.count++].ctx = ctx;
    }
    if (after != NULL) {
        w->after.watcher[w->after.count].fn = after;
        w->after.watcher[w->after.count++].ctx = ctx;
    }
}

void watch_sink(void *watch, const Block *b, const Intern *text) {
    (void)text;
    Watch *w = watch;
    const uint8_t *p = b->bytes, *end = b->bytes + b->len;
    uint64_t previous = b->base_ns;
    char why[MODEL_WHY_MAX];
    if (w->refused_seq != 0) return;
    const EventTable *table = event_table();
    for (Event e = {.seq = b->first_seq}; p != end; e.seq++) {
        p = event_decode(p, end, previous, table, &e);
        ASSERT(p != NULL);
        previous = e.time_ns;
        for (int i = 0; i < w->before.count; i++)
            w->before.watcher[i].fn(w->before.watcher[i].ctx, w->model, &e);
        if (!model_apply(w->model, &e, why)) {
            if (w->forgiving) {
                w->refused_seq = e.seq;
                memcpy(w->refused, why, sizeof why);
                return;
            }
            assert_failed(why, event_spec[e.kind].name, (int)e.seq, "model_apply");
        }
        for (int i = 0; i < w->after.count; i++)
            w->after.watcher[i].fn(w->after.watcher[i].ctx, w->model, &e);
    }
}

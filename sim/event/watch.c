/* watch.c -- blocks into events, once, for all who look. */
#include "watch.h"

void watch_init(Watch *w, const Intern *text) { *w = (Watch){.model = model_new(text)}; }

void watch_free(Watch *w) {
    model_free(w->model);
    w->model = NULL;
}

void watch_add(Watch *w, WatchFn before, WatchFn after, void *ctx) {
    ASSERT(w->count < WATCHERS_MAX);
    w->watcher[w->count].before = before;
    w->watcher[w->count].after = after;
    w->watcher[w->count].ctx = ctx;
    w->count++;
}

static void tell(const Watch *w, const Event *e, bool after) {
    for (int i = 0; i < w->count; i++) {
        WatchFn fn = after ? w->watcher[i].after : w->watcher[i].before;
        if (fn) fn(w->watcher[i].ctx, w->model, e);
    }
}

void watch_sink(void *watch, const Block *b, const Intern *text) {
    (void)text;
    Watch *w = watch;
    const uint8_t *p = b->bytes, *end = b->bytes + b->len;
    uint64_t previous = b->base_ns;
    char why[MODEL_WHY_MAX];
    for (Event e = {.seq = b->first_seq}; p != end; e.seq++) {
        p = event_decode(p, end, previous, event_table(), &e);
        ASSERT(p != NULL);
        previous = e.time_ns;
        tell(w, &e, false);
        if (!model_apply(w->model, &e, why))
            assert_failed(why, event_spec[e.kind].name, (int)e.seq, "model_apply");
        tell(w, &e, true);
    }
}

/* watch.h -- a sink that reads each block once for everybody: each event, and the model around it.
 *
 * Figures, story and checkpoints all need the world at each event; decoding and applying is done here,
 * one time. An event that the model refuses is a bug of the simulator; of an importer it may be the fault of
 * the file.
 */
#ifndef FAULTLINE_WATCH_H
#define FAULTLINE_WATCH_H

#include "model.h"
#include "stream.h"

enum { WATCHERS_MAX = 4 };
/* Called with the model before, or after, the event was applied. */
typedef void (*WatchFn)(void *ctx, const Model *m, const Event *e);

typedef struct {
    Model *model;
    struct {
        WatchFn fn; /* NULL: there are no more */
        void *ctx;
    } before[WATCHERS_MAX + 1], after[WATCHERS_MAX + 1];
    bool forgiving;       /* an event may be impossible: nothing after it is looked at */
    uint64_t refused_seq; /* that event; 0 = none */
    char refused[MODEL_WHY_MAX];
} Watch;

/* The text is the stream's. */
void watch_init(Watch *w, const Intern *text);
void watch_add(Watch *w, WatchFn before, WatchFn after, void *ctx);
void watch_sink(void *watch, const Block *b, const Intern *text);
void watch_free(Watch *w);

#endif

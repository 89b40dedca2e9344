/* summary.h -- a run in figures, counted as its events go by. */
#ifndef FAULTLINE_SUMMARY_H
#define FAULTLINE_SUMMARY_H

#include "../event/model.h"

typedef enum {
#define FIGURE(key, ...) FIG_##key,
#include "summary.def"
#undef FIGURE
    FIG_COUNT
} Figure;

typedef struct {
    const char *key, *label, *how;
    Kind kind;     /* KIND_COUNT or KIND_NS */
    bool run_only; /* no imported trace says it: its value there is 0, and means nothing */
} FigureSpec;
extern const FigureSpec figure_spec[FIG_COUNT];

typedef struct {
    uint64_t value[FIG_COUNT];
    uint64_t first_start_ns; /* of a device command; NONE = none yet */
    uint64_t idle_from_ns;   /* device idle since; NONE = it is busy */
    uint64_t device_runs, work_from_ns; /* so many commands; busy since */
    uint64_t in_c;           /* Ms that are in C now */
    Event end;               /* a panic or a deadlock; its seq is 0 if there was none */
} Summary;

void summary_begin(Summary *s);
/* `before` is the model to which e is about to be applied. */
void summary_event(Summary *s, const Model *before, const Event *e);
/* FIG_COUNT when there is no such key. */
Figure summary_find(const char *key);

#endif

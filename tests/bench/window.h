/* window.h -- the window's figures for a big trace: opening it, going anywhere in it, a frame of each view. */
#ifndef FAULTLINE_BENCH_WINDOW_H
#define FAULTLINE_BENCH_WINDOW_H

typedef struct {
    double median_ms, p99_ms, worst_ms;
} Spread;

enum { WINDOW_VIEWS = 4 };
extern const char *const window_view[WINDOW_VIEWS];

typedef struct {
    double open_s; /* all of it read: lanes, steps, findings */
    unsigned long long events;
    Spread seek; /* to any moment, and the picture's scene of it */
    /* 1920x1080 while it plays; the timeline shows all of the run, or what can be told apart */
    struct {
        Spread whole, near;
    } frame[WINDOW_VIEWS];
} WindowFigures;

/* False: the trace cannot be read. */
_Bool window_figures(const char *trace, WindowFigures *w);

#endif

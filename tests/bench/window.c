/* window.c -- the window without a window: what it does when a trace is opened, sought in and played, by the processor's clock. */
#include "window.h"

#include "../../visualizer/frame.h"
#include "../../visualizer/shot.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *const window_view[WINDOW_VIEWS] = {"stage", "heap", "channels", "timeline"};

enum { SEEKS = 300, FRAMES = 300, TICK_NS = 16666667, WHOLE_SECONDS = 20 };

/* Of this process, so that what else the machine does is not counted. */
static double clock_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static Spread spread(double *ms, size_t n) {
    qsort(ms, n, sizeof *ms, by_value);
    return (Spread){ms[n / 2], ms[(n - 1) * 99 / 100], ms[n - 1]};
}

static Spread seeks(Show *w) {
    double took[SEEKS];
    uint64_t x = 1;
    for (size_t i = 0; i < SEEKS; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        double begin = clock_ms();
        player_seek_seq(&w->player, w->feed, 1 + (x >> 20) % feed_count(w->feed));
        show_scene(w);
        took[i] = clock_ms() - begin;
    }
    return spread(took, SEEKS);
}

/* From the middle on; the first frame of all, which paints everything, is not one of them. */
static Spread frames(Show *w, bool whole) {
    double took[FRAMES];
    uint64_t end = feed_end_ns(w->feed);
    Frame *f = frame_new();
    player_seek_ns(&w->player, w->feed, end / 2);
    if (whole) player_fit(&w->player, w->feed);
    else player_near(&w->player, w->feed);
    w->player.speed_ns = whole ? end / WHOLE_SECONDS : (w->player.to_ns - w->player.from_ns);
    shot_build(w, f); /* with the lanes of goroutines, where there are any */
    Canvas *c = canvas_open(CANVAS_PIXELS, w->scene.width_px, w->scene.height_px, f->layout.u);
    frame_paint(f, c, w->scene.theme, true);
    for (size_t i = 0; i < FRAMES; i++) {
        w->player.playing = true;
        double begin = clock_ms();
        player_tick(&w->player, w->feed, TICK_NS);
        frame_build(f, show_scene(w));
        frame_paint(f, c, w->scene.theme, false);
        took[i] = clock_ms() - begin;
    }
    canvas_close(c);
    frame_free(f);
    return spread(took, FRAMES);
}

_Bool window_figures(const char *trace, WindowFigures *out) {
    Show w;
    Feed *f;
    Diag d;
    double begin = clock_ms();
    if (!feed_open(&f, trace, &d)) return false;
    while (feed_read(f, 500000)) continue;
    out->open_s = (clock_ms() - begin) / 1e3;
    out->events = feed_count(f);
    show_init(&w, f);
    w.scene.width_px = 1920;
    w.scene.height_px = 1080;
    out->seek = seeks(&w);
    for (size_t i = 0; i < WINDOW_VIEWS; i++) {
        for (int k = 0; k < VIEW_COUNT; k++) {
            if (strcmp(view_spec[k].name, window_view[i]) == 0) w.scene.view = (ViewKind)k;
        }
        out->frame[i].whole = frames(&w, true);
        out->frame[i].near = frames(&w, false);
    }
    feed_close(f);
    canvas_forget();
    return true;
}

/* fault.c -- the generator of the line and the two worlds it divides.
 *
 * All randomness is integers of a named stream (prng.h), in thousandths of a logical pixel. The
 * recipe, from left to right: a run with one small kink in it; then a slip that overshoots,
 * rebounds (six in ten) and settles; then the next run.
 */
#include "fault.h"

#include "theme.h"

#include "../sim/base/prng.h"

#include <math.h>
#include <string.h>

typedef struct {
    Prng r;
    Fault *f;
    double x, x1, y, level, k; /* k: amplitude relative to 9 */
} Walk;

static double uniform(Walk *w, int from_thousandths, int to_thousandths) {
    uint64_t span = (uint64_t)(to_thousandths - from_thousandths);
    return (from_thousandths + (double)prng_below(&w->r, span + 1)) / 1000;
}

static double clamp(double v, double limit) { return fmax(-limit, fmin(limit, v)); }

static void put(Walk *w, double x, double level) {
    if (w->f->count == FAULT_POINTS_MAX) return;
    w->f->p[w->f->count++] = (Point){fmin(x, w->x1), w->y + level};
}

static void walk_run(Walk *w, double amplitude, int run_min, int run_max) {
    double run = uniform(w, run_min * 1000, run_max * 1000);
    double end = clamp(w->level + uniform(w, -3000, 3000) * w->k, amplitude);
    double kink = uniform(w, 300, 700);
    put(w, w->x + run * kink, w->level + (end - w->level) * kink + uniform(w, -1600, 1600) * w->k);
    w->x += run;
    w->level = end;
    put(w, w->x, w->level);
}

static void walk_slip(Walk *w, double amplitude) {
    double side = w->level > 0 ? -1 : 1;
    if (prng_below(&w->r, 100) < 22) side = -side;
    double over = side * uniform(w, 500, 1000) * amplitude;
    double width = uniform(w, 3000, 7000) * fmax(w->k, .45);
    put(w, w->x + width, clamp(w->level + over * 1.35, amplitude * 1.15));
    if (prng_below(&w->r, 10) < 6) {
        put(w, w->x + width * 2, w->level + over * .45);
        w->x += width;
    }
    w->level = clamp(w->level + over, amplitude);
    w->x += width + uniform(w, 2000, 5000);
    put(w, w->x, w->level);
}

void fault_line(Fault *f, const char *name, double x0, double x1, double y, double amplitude,
                int run_min, int run_max) {
    Walk w = {.f = f, .x = x0, .x1 = x1, .y = y, .k = amplitude / 9};
    prng_init(&w.r, 18, name);
    f->count = 0;
    put(&w, x0, 0);
    while (w.x < x1 && f->count + 8 < FAULT_POINTS_MAX) {
        walk_run(&w, amplitude, run_min, run_max);
        if (w.x < x1) walk_slip(&w, amplitude);
    }
    if (f->p[f->count - 1].x < x1) put(&w, x1, w.level);
}

bool notches_share(Notch a, Notch b) { return fabs(a.x - b.x) < a.half_width + b.half_width + 4; }

void fault_add_notch(Openings *o, Notch one) {
    for (size_t i = 0; i < o->count; i++) {
        if (notches_share(o->notch[i], one)) return;
    }
    if (o->count == NOTCHES_MAX) return;
    size_t k = o->count++;
    for (; k > 0 && o->notch[k - 1].x > one.x; k--) o->notch[k] = o->notch[k - 1];
    o->notch[k] = one;
}

/* The line's own points within a notch and 8 on either side give way to its three. */
void fault_open(Fault *f, double y, const Openings *openings) {
    const Notch *notches = openings->notch;
    Fault old = *f;
    f->count = 0;
    size_t i = 0, count = openings->count;
    for (size_t n = 0; n <= count; n++) {
        double from = n < count ? notches[n].x - notches[n].half_width - 8 : INFINITY;
        double until = n < count ? notches[n].x + notches[n].half_width + 8 : INFINITY;
        for (; i < old.count && old.p[i].x < from; i++) {
            if (f->count < FAULT_POINTS_MAX - 4) f->p[f->count++] = old.p[i];
        }
        while (i < old.count && old.p[i].x <= until) i++;
        if (n == count || f->count + 4 > FAULT_POINTS_MAX) continue;
        const Notch *o = &notches[n];
        f->p[f->count++] = (Point){o->x - o->half_width, y - 2};
        f->p[f->count++] = (Point){o->x, y + o->depth};
        f->p[f->count++] = (Point){o->x + o->half_width, y - 2};
    }
}

static void echo(DrawList *d, const Fault *f, double y, double offset, double flatten,
                 double alpha) {
    for (size_t i = 0; i < f->count; i++) {
        double py = f->p[i].y + offset + (y - f->p[i].y) * flatten;
        if (i == 0) path_move(d, f->p[i].x, py);
        else path_line(d, f->p[i].x, py);
    }
    draw_path(d, NO_PAINT, pen_alpha(TINT_NOW, 1, alpha));
}

static void trace_line(DrawList *d, const Fault *f) {
    for (size_t i = 0; i < f->count; i++) {
        if (i == 0) path_move(d, f->p[i].x, f->p[i].y);
        else path_line(d, f->p[i].x, f->p[i].y);
    }
}

void fault_worlds(DrawList *d, Box b, double y, const Fault *f, bool dark, double strength) {
    static const struct {
        double offset, flatten, alpha;
    } echoes[] = {{7, .17, .30}, {17, .34, .17}, {31, .51, .09}};
    draw_clip(d, b, 0);
    draw_box(d, b, 0, paint_fade(TINT_GO1, TINT_GO2, b.y, y), NO_PEN);
    Paint below = paint_fade(TINT_FR1, TINT_FR2, y - 10, b.y + b.h);
    double deep = fmin(y + 48, b.y + b.h); /* no notch is as deep: further down it is a box */
    trace_line(d, f);
    path_line(d, b.x + b.w, deep);
    path_line(d, b.x, deep);
    path_close(d);
    draw_path(d, below, NO_PEN);
    if (deep - 8 < b.y + b.h) draw_box(d, (Box){b.x, deep - 8, b.w, b.y + b.h - deep + 8}, 0, below, NO_PEN);
    for (size_t i = 0; i < ARRAY_LEN(echoes); i++) {
        echo(d, f, y, echoes[i].offset, echoes[i].flatten, echoes[i].alpha * strength);
    }
    trace_line(d, f);
    Pen halo = pen_round(TINT_NOW, 9);
    halo.paint.alpha = (dark ? .07 : .08) * strength;
    draw_path_keep(d, NO_PAINT, halo);
    draw_path(d, NO_PAINT, pen_alpha(TINT_NOW, 2.2, strength));
    draw_unclip(d);
}

/* view_veil.c -- everything at 45 % but a few places: what is meant stands out without having to change itself.
 *
 * The veil is made of boxes that leave the places free: rows between all their edges, and in each row what no place covers.
 */
#include "view.h"

#include <math.h>
#include <stdlib.h>

enum { PLACES_MAX = 256 };

static int by_number(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}
static int by_left(const void *a, const void *b) { return by_number(&((const Box *)a)->x, &((const Box *)b)->x); }

static void row(const View *v, Box region, double top, double bottom, const Box *place, size_t count, Paint paint) {
    double x = region.x, end = region.x + region.w;
    for (size_t i = 0; i < count; i++) {
        if (place[i].y >= bottom || place[i].y + place[i].h <= top) continue;
        double left = fmin(place[i].x, end);
        if (left > x) draw_box(v->d, (Box){x, top, left - x, bottom - top}, 0, paint, NO_PEN);
        x = fmax(x, place[i].x + place[i].w);
    }
    if (x < end) draw_box(v->d, (Box){x, top, end - x, bottom - top}, 0, paint, NO_PEN);
}

/* On whole pixels, so that neighbouring boxes leave no seam. */
static double snap(const View *v, double x) { return round(x * v->f->u) / v->f->u; }

void draw_veil(const View *v, Box region, const Box *places, size_t count) {
    Box place[PLACES_MAX];
    double edge[2 * PLACES_MAX + 2], bottom = region.y + region.h;
    size_t edges = 0;
    if (count > PLACES_MAX) count = PLACES_MAX;
    edge[edges++] = region.y;
    for (size_t i = 0; i < count; i++) {
        Box b = places[i];
        double x = snap(v, b.x), y = snap(v, b.y);
        place[i] = (Box){x, y, snap(v, b.x + b.w) - x, snap(v, b.y + b.h) - y};
        if (y > region.y && y < bottom) edge[edges++] = y;
        if (y + place[i].h > region.y && y + place[i].h < bottom) edge[edges++] = y + place[i].h;
    }
    edge[edges++] = bottom;
    qsort(place, count, sizeof *place, by_left);
    qsort(edge, edges, sizeof *edge, by_number);
    for (size_t i = 0; i + 1 < edges; i++) {
        if (edge[i + 1] > edge[i]) row(v, region, edge[i], edge[i + 1], place, count, paint_alpha(TINT_APP, .55));
    }
}

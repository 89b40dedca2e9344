/* pixels.h -- plain boxes straight into pixels: what a timeline has thousands of in each frame.
 *
 * A drawing library asks of each shape how its edges lie between pixels; these lie on them. Coordinates are device pixels, the
 * right and the lower one not part of the box; colours are 0xRRGGBB, alpha 0 to 255.
 */
#ifndef FAULTLINE_PIXELS_H
#define FAULTLINE_PIXELS_H

#include "../sim/base/base.h"

typedef struct {
    uint32_t *pixel; /* borrowed */
    size_t stride;   /* pixels from row to row */
    int x0, y0, x1, y1; /* nothing is written outside */
} Pixels;

enum { CORNER_MAX = 16 };
/* Radii larger than this are left to the library. */
static const double corner_most = CORNER_MAX;

void pixels_box(const Pixels *p, int x0, int y0, int x1, int y1, uint32_t rgb, unsigned alpha);
/* With round corners; radius at most corner_most, and half of the shorter side. */
void pixels_round_box(const Pixels *p, int x0, int y0, int x1, int y1, double radius, uint32_t rgb, unsigned alpha);
/* Strokes at 45 degrees, `step` apart along the upper edge and `width` wide, counted from the upper left corner. */
void pixels_hatch(const Pixels *p, int x0, int y0, int x1, int y1, double radius, double step, double width, uint32_t rgb, unsigned alpha);
/* The edge alone, inside the box. */
void pixels_ring(const Pixels *p, int x0, int y0, int x1, int y1, double radius, int width, uint32_t rgb, unsigned alpha);
/* A disc, and between two radii a ring; the centre may lie anywhere. */
void pixels_disc(const Pixels *p, double cx, double cy, double inner, double outer, uint32_t rgb, unsigned alpha);

#endif

/* pixels.c -- how much of each pixel of a corner is inside is counted once for a radius and kept. */
#include "pixels.h"

#include <math.h>

enum { FINE = 16, KEPT = 16 }; /* a pixel is looked at in so many places, squared */

typedef struct {
    double radius;
    int size; /* pixels */
    uint8_t inside[CORNER_MAX][CORNER_MAX]; /* of the upper left corner: 255 = all */
} Corner;

/* A memory of pure functions: it is never wrong, only empty. */
static Corner kept[KEPT];
static unsigned kept_next;

static uint8_t count_inside(int x, int y, double r) {
    unsigned n = 0;
    for (int i = 0; i < FINE * FINE; i++) {
        double dx = r - (x + (i % FINE + .5) / FINE), dy = r - (y + (i / FINE + .5) / FINE);
        n += dx <= 0 || dy <= 0 || dx * dx + dy * dy <= r * r;
    }
    return (uint8_t)(n * 255 / (FINE * FINE));
}

static const Corner *corner(double radius) {
    for (unsigned i = 0; i < KEPT; i++) {
        if (kept[i].radius == radius) return &kept[i];
    }
    Corner *c = &kept[kept_next++ % KEPT];
    c->radius = radius;
    c->size = (int)ceil(radius);
    for (int y = 0; y < c->size; y++) {
        for (int x = 0; x < c->size; x++) c->inside[y][x] = count_inside(x, y, radius);
    }
    return c;
}

/* Red and blue together, then green; x / 255, rounded, is (x + 128 + (x + 128) / 256) / 256. */
static uint32_t mix(uint32_t under, uint32_t over, unsigned alpha) {
    uint32_t rb = (under & 0xff00ff) * (255 - alpha) + (over & 0xff00ff) * alpha + 0x800080;
    uint32_t g = (under >> 8 & 255) * (255 - alpha) + (over >> 8 & 255) * alpha + 0x80;
    rb = (rb + (rb >> 8 & 0xff00ff)) >> 8 & 0xff00ff;
    return 0xff000000u | rb | ((g + (g >> 8)) >> 8) << 8;
}

static void put(const Pixels *p, int x, int y, uint32_t rgb, unsigned alpha) {
    if (x < p->x0 || y < p->y0 || x >= p->x1 || y >= p->y1 || alpha == 0) return;
    uint32_t *at = p->pixel + (size_t)y * p->stride + x;
    *at = mix(*at, rgb, alpha);
}

void pixels_box(const Pixels *p, int x0, int y0, int x1, int y1, uint32_t rgb, unsigned alpha) {
    if (x0 < p->x0) x0 = p->x0;
    if (y0 < p->y0) y0 = p->y0;
    if (x1 > p->x1) x1 = p->x1;
    if (y1 > p->y1) y1 = p->y1;
    for (int y = y0; y < y1; y++) {
        uint32_t *row = p->pixel + (size_t)y * p->stride;
        if (alpha == 255) {
            for (int x = x0; x < x1; x++) row[x] = 0xff000000u | rgb;
        } else {
            for (int x = x0; x < x1; x++) row[x] = mix(row[x], rgb, alpha);
        }
    }
}

void pixels_round_box(const Pixels *p, int x0, int y0, int x1, int y1, double radius, uint32_t rgb, unsigned alpha) {
    ASSERT(radius <= corner_most && 2 * radius <= fmin(x1 - x0, y1 - y0));
    if (radius <= 0) {
        pixels_box(p, x0, y0, x1, y1, rgb, alpha);
        return;
    }
    const Corner *c = corner(radius);
    int n = c->size, w = x1 - x0, h = y1 - y0;
    int nx = 2 * n > w ? (w + 1) / 2 : n, ny = 2 * n > h ? (h + 1) / 2 : n; /* of an odd side the middle is of both corners */
    pixels_box(p, x0 + nx, y0, x1 - nx, y0 + ny, rgb, alpha);
    pixels_box(p, x0, y0 + ny, x1, y1 - ny, rgb, alpha);
    pixels_box(p, x0 + nx, y1 - ny > y0 + ny ? y1 - ny : y0 + ny, x1 - nx, y1, rgb, alpha);
    for (int y = 0; y < ny; y++) {
        for (int x = 0; x < nx; x++) {
            unsigned a = c->inside[y][x] * alpha / 255;
            int right = x1 - 1 - x, low = y1 - 1 - y;
            put(p, x0 + x, y0 + y, rgb, a);
            if (right != x0 + x) put(p, right, y0 + y, rgb, a);
            if (low == y0 + y) continue;
            put(p, x0 + x, low, rgb, a);
            if (right != x0 + x) put(p, right, low, rgb, a);
        }
    }
}

/* How much of this pixel is inside of the round box. */
static unsigned inside(const Corner *c, int x0, int y0, int x1, int y1, int x, int y) {
    if (c == NULL) return 255;
    int dx = x - x0 < x1 - 1 - x ? x - x0 : x1 - 1 - x, dy = y - y0 < y1 - 1 - y ? y - y0 : y1 - 1 - y;
    if (dx < 0 || dy < 0) return 0;
    return dx < c->size && dy < c->size ? c->inside[dy][dx] : 255;
}

void pixels_hatch(const Pixels *p, int x0, int y0, int x1, int y1, double radius, double step, double width, uint32_t rgb, unsigned alpha) {
    const Corner *c = radius > 0 ? corner(radius) : NULL;
    for (int k = 0; k < x1 - x0 + y1 - y0 - 1; k++) { /* the pixels on one falling diagonal are at one distance from a stroke */
        double off = fmod(k + 1, step) - step / 2, in = width / 2 + .5 - fabs(off) / sqrt(2);
        unsigned a = (unsigned)(alpha * fmin(1, fmax(0, in)) + .5);
        if (a == 0) continue;
        for (int y = k < x1 - x0 ? y0 : y0 + k - (x1 - x0) + 1; y < y1 && y <= y0 + k; y++) {
            int x = x0 + k - (y - y0);
            put(p, x, y, rgb, a * inside(c, x0, y0, x1, y1, x, y) / 255);
        }
    }
}

void pixels_ring(const Pixels *p, int x0, int y0, int x1, int y1, double radius, int width, uint32_t rgb, unsigned alpha) {
    const Corner *out = radius > 0 ? corner(radius) : NULL;
    Corner hole = {0};
    bool round_hole = radius > width;
    if (round_hole) hole = *corner(radius - width);
    int n = out ? (int)fmax(out->size, width) : width, nx = 2 * n > x1 - x0 ? (x1 - x0) / 2 : n, ny = 2 * n > y1 - y0 ? (y1 - y0) / 2 : n;
    pixels_box(p, x0 + nx, y0, x1 - nx, y0 + width, rgb, alpha);
    pixels_box(p, x0 + nx, y1 - width, x1 - nx, y1, rgb, alpha);
    pixels_box(p, x0, y0 + ny, x0 + width, y1 - ny, rgb, alpha);
    pixels_box(p, x1 - width, y0 + ny, x1, y1 - ny, rgb, alpha);
    for (int y = y0; y < y1; y == y0 + ny - 1 ? (y = y1 - ny) : y++) {
        for (int x = x0; x < x1; x == x0 + nx - 1 ? (x = x1 - nx) : x++) {
            unsigned full = inside(out, x0, y0, x1, y1, x, y);
            bool in = x >= x0 + width && x < x1 - width && y >= y0 + width && y < y1 - width;
            unsigned empty = in ? inside(round_hole ? &hole : NULL, x0 + width, y0 + width, x1 - width, y1 - width, x, y) : 0;
            if (full > empty) put(p, x, y, rgb, (full - empty) * alpha / 255);
        }
    }
}

/* A pixel at the edge is covered by about as much as its middle lies inside. */
void pixels_disc(const Pixels *p, double cx, double cy, double inner, double outer, uint32_t rgb, unsigned alpha) {
    for (int y = (int)floor(cy - outer - 1); y <= (int)(cy + outer + 1); y++) {
        double dy = y + .5 - cy, reach = (outer + 1) * (outer + 1) - dy * dy;
        if (reach <= 0) continue;
        for (int x = (int)floor(cx - sqrt(reach)); x <= (int)(cx + sqrt(reach)); x++) {
            double d = hypot(x + .5 - cx, dy), in = fmin(1, fmax(0, outer + .5 - d));
            if (inner > 0) in -= fmin(1, fmax(0, inner + .5 - d));
            if (in > 0) put(p, x, y, rgb, (unsigned)(in * alpha + .5));
        }
    }
}

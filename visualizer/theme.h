/* theme.h -- roles of colour, and what they look like in each theme. */
#ifndef FAULTLINE_THEME_H
#define FAULTLINE_THEME_H

#include "../sim/base/base.h"

typedef enum {
    TINT_NONE,
#define TINT(NAME, dark, light, doc) TINT_##NAME,
#define MIX(NAME, base, top, dark, light, doc) TINT_##NAME,
#include "theme.def"
    TINT_COUNT
} Tint;

typedef enum {
    THEME_DARK,
    THEME_LIGHT,
    THEME_DARK_DEUTERANOPIA, /* the same as someone without green cones sees them */
    THEME_LIGHT_DEUTERANOPIA,
    THEME_COUNT
} Theme;

enum { GOROUTINE_TINTS = 8 };

uint32_t theme_rgb(Theme t, Tint tint);
bool theme_is_dark(Theme t);
bool theme_by_name(const char *name, Theme *t); /* "dark", "light" */
const char *theme_tint_name(Tint tint);
const char *theme_tint_doc(Tint tint);

/* The colour of the n-th goroutine to appear, and of its edge. */
static inline Tint theme_goroutine(size_t n) {
    return (Tint)(TINT_G0 + (int)(n % GOROUTINE_TINTS));
}
static inline Tint theme_goroutine_edge(size_t n) {
    return (Tint)(TINT_G0_EDGE + (int)(n % GOROUTINE_TINTS));
}

/* WCAG 2 contrast of two colours, 1 .. 21. */
double theme_contrast(uint32_t a, uint32_t b);

#endif

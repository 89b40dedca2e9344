/* theme.c -- the table of colours, filled once per theme.
 *
 * The two deuteranopia themes exist to look at our own pictures as one in twelve men does
 * (Machado, Oliveira and Fernandes 2009, severity 1).
 */
#include "theme.h"

#include <math.h>
#include <string.h>

typedef struct {
    const char *name, *doc;
    uint32_t rgb[2];   /* dark, light */
    uint8_t base, top; /* a mix; TINT_NONE = none */
    uint8_t hundredths[2];
} Row;

static const Row rows[TINT_COUNT] = {
#define TINT(NAME, dark, light, doc)                                                               \
    [TINT_##NAME] = {#NAME, doc, {dark, light}, TINT_NONE, TINT_NONE, {0, 0}},
#define MIX(NAME, base, top, dark, light, doc)                                                     \
    [TINT_##NAME] = {#NAME, doc, {0, 0}, TINT_##base, TINT_##top, {dark, light}},
#include "theme.def"
};

static double linear(unsigned channel) {
    double c = channel / 255.0;
    return c <= .04045 ? c / 12.92 : pow((c + .055) / 1.055, 2.4);
}

static uint32_t encoded(double c) {
    c = fmin(1, fmax(0, c));
    c = c <= .0031308 ? 12.92 * c : 1.055 * pow(c, 1 / 2.4) - .055;
    return (uint32_t)lround(255 * c);
}

static uint32_t deuteranopia(uint32_t rgb) {
    static const double m[3][3] = {
        {.367322, .860646, -.227968}, {.280085, .672501, .047413}, {-.011820, .042940, .968881}};
    double in[3] = {linear(rgb >> 16 & 255), linear(rgb >> 8 & 255), linear(rgb & 255)};
    uint32_t out = 0;
    for (int i = 0; i < 3; i++)
        out = out << 8 | encoded(m[i][0] * in[0] + m[i][1] * in[1] + m[i][2] * in[2]);
    return out;
}

static uint32_t mix(uint32_t a, uint32_t b, unsigned hundredths) {
    uint32_t out = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
        uint32_t x = a >> shift & 255, y = b >> shift & 255;
        out = out << 8 | (x * (100 - hundredths) + y * hundredths + 50) / 100;
    }
    return out;
}

static uint32_t look_up(int light, Tint tint) {
    const Row *r = &rows[tint];
    if (r->base == TINT_NONE) return r->rgb[light];
    return mix(look_up(light, (Tint)r->base), look_up(light, (Tint)r->top), r->hundredths[light]);
}

uint32_t theme_rgb(Theme t, Tint tint) {
    static uint32_t table[THEME_COUNT][TINT_COUNT];
    static bool filled;
    ASSERT(tint < TINT_COUNT);
    for (int i = 0; !filled && i < TINT_COUNT; i++) {
        for (int light = 0; light < 2; light++) {
            table[THEME_DARK + light][i] = look_up(light, (Tint)i);
            table[THEME_DARK_DEUTERANOPIA + light][i] = deuteranopia(look_up(light, (Tint)i));
        }
    }
    filled = true;
    return table[t][tint];
}

bool theme_is_dark(Theme t) { return t == THEME_DARK || t == THEME_DARK_DEUTERANOPIA; }

bool theme_by_name(const char *name, Theme *t) {
    if (strcmp(name, "dark") == 0) *t = THEME_DARK;
    else if (strcmp(name, "light") == 0) *t = THEME_LIGHT;
    else return false;
    return true;
}

const char *theme_tint_name(Tint tint) { return rows[tint].name; }
const char *theme_tint_doc(Tint tint) { return rows[tint].doc; }

static double luminance(uint32_t rgb) {
    return .2126 * linear(rgb >> 16 & 255) + .7152 * linear(rgb >> 8 & 255) +
           .0722 * linear(rgb & 255);
}

double theme_contrast(uint32_t a, uint32_t b) {
    double x = luminance(a), y = luminance(b);
    return (fmax(x, y) + .05) / (fmin(x, y) + .05);
}

/* draw_cairo.c -- the only file that knows Cairo and Pango.
 *
 * One pass over the list: each Op is one or two Cairo calls, so the same code makes the window's
 * pixels and the vector files; no raster is ever part of a picture. Boxes and straight lines are
 * moved onto device pixels (a hairline is one pixel, not two grey ones); curves are left alone.
 *
 * Texts: a layout per (text, style) is made once and kept. Metrics are not hinted and positions
 * not rounded, so a width measured at scale 1 holds at every scale. On pixels a text is a mask,
 * filled once from its outlines: glyphs then stand where the layout puts them (Cairo's own glyph
 * drawing moves each to a whole pixel, which shows as uneven gaps) and drawing it again is a blit.
 *
 * Plain boxes and columns go past Cairo, straight into the pixels (pixels.h), unless something other than a rectangle clips.
 */
#include "canvas.h"
#include "measure.h"
#include "pixels.h"

#include "../sim/base/bytes.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct Canvas {
    CanvasKind kind;
    cairo_surface_t *surface;
    cairo_t *cr;
    int w, h;
    double u;
    Bytes file; /* SVG, PDF: what Cairo has written */
};

/* ---------------------------------------------------------------- texts */

enum { TEXT_SLOTS = 16384 }; /* a power of two; emptied when three quarters are taken */

typedef struct {
    char *text;
    TextStyle style;
    PangoLayout *layout;
    double width;
    cairo_surface_t *mask; /* its pixels at scale mask_u; NULL = not yet */
    double mask_u;
    int mask_x, mask_y; /* from the start of the baseline to the mask's corner, device pixels */
} CachedText;

static struct {
    PangoContext *context;
    CachedText slot[TEXT_SLOTS];
    size_t used;
} texts;

static PangoContext *text_context(void) {
    if (texts.context) return texts.context;
    PangoFontMap *map = pango_cairo_font_map_new();
    texts.context = pango_font_map_create_context(map);
    g_object_unref(map);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_SLIGHT);
    pango_cairo_context_set_font_options(texts.context, options);
    pango_context_set_round_glyph_positions(texts.context, FALSE);
    cairo_font_options_destroy(options);
    return texts.context;
}

static void forget_texts(void) {
    for (size_t i = 0; i < TEXT_SLOTS; i++) {
        if (texts.slot[i].text == NULL) continue;
        g_object_unref(texts.slot[i].layout);
        if (texts.slot[i].mask) cairo_surface_destroy(texts.slot[i].mask);
        free(texts.slot[i].text);
        texts.slot[i] = (CachedText){0};
    }
    texts.used = 0;
}

void canvas_forget(void) {
    forget_texts();
    if (texts.context) g_object_unref(texts.context);
    texts.context = NULL;
    pango_cairo_font_map_set_default(NULL);
}

static bool has_family(const char *name) {
    PangoFontFamily **families;
    int count = 0;
    bool has = false;
    pango_font_map_list_families(pango_context_get_font_map(text_context()), &families, &count);
    for (int i = 0; i < count && !has; i++)
        has = strcmp(pango_font_family_get_name(families[i]), name) == 0;
    g_free(families);
    return has;
}

const char *canvas_missing_fonts(void) {
    bool sans = has_family("Inter"), mono = has_family("JetBrains Mono");
    return sans && mono ? ""
           : sans       ? "fonts-jetbrains-mono"
           : mono       ? "fonts-inter"
                        : "fonts-inter fonts-jetbrains-mono";
}

static PangoLayout *make_layout(const char *text, TextStyle s) {
    PangoFontDescription *font = pango_font_description_from_string(
        s.face == FACE_SANS ? "Inter, DejaVu Sans" : "JetBrains Mono, DejaVu Sans Mono");
    pango_font_description_set_weight(font, (PangoWeight)s.weight);
    pango_font_description_set_absolute_size(font, s.size * PANGO_SCALE);
    PangoLayout *layout = pango_layout_new(text_context());
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    /* Ligatures off in mono: a student must see the two characters of != as typed. */
    if (s.digits || s.face == FACE_MONO) {
        PangoAttrList *attrs = pango_attr_list_new();
        pango_attr_list_insert(attrs, pango_attr_font_features_new(s.digits ? "tnum=1" : "calt=0"));
        pango_layout_set_attributes(layout, attrs);
        pango_attr_list_unref(attrs);
    }
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    char *valid = g_utf8_make_valid(text, -1); /* a trace may say anything */
    pango_layout_set_text(layout, valid, -1);
    g_free(valid);
    return layout;
}

static bool same_style(TextStyle a, TextStyle b) {
    return a.size == b.size && a.weight == b.weight && a.face == b.face && a.digits == b.digits;
}

static CachedText *cached_text(const char *text, TextStyle s) {
    uint64_t h = 0xcbf29ce484222325u ^ (uint64_t)(s.size * 64) ^ (uint64_t)s.weight << 20 ^
                 (uint64_t)s.face << 40 ^ (uint64_t)s.digits << 41;
    for (const char *c = text; *c; c++) h = (h ^ (uint8_t)*c) * 0x100000001b3u;
    if (texts.used > TEXT_SLOTS / 4 * 3) forget_texts();
    size_t i = (h ^ h >> 32) & (TEXT_SLOTS - 1);
    for (; texts.slot[i].text; i = (i + 1) & (TEXT_SLOTS - 1)) {
        if (same_style(texts.slot[i].style, s) && strcmp(texts.slot[i].text, text) == 0)
            return &texts.slot[i];
    }
    PangoLayout *layout = make_layout(text, s);
    PangoRectangle logical;
    pango_layout_get_extents(layout, NULL, &logical);
    texts.slot[i] = (CachedText){.text = mem_text(text),
                                 .style = s,
                                 .layout = layout,
                                 .width = (double)logical.width / PANGO_SCALE};
    texts.used++;
    return &texts.slot[i];
}

double text_width(const char *text, TextStyle s) {
    return text[0] ? cached_text(text, s)->width : 0;
}

/* The byte after the character that begins at p; the beginning of the one that ends before p. */
static size_t next_char(const char *text, size_t p) {
    do p++;
    while ((text[p] & 0xc0) == 0x80);
    return p;
}
static size_t previous_char(const char *text, size_t p) {
    do p--;
    while (p > 0 && (text[p] & 0xc0) == 0x80);
    return p;
}

/* "ob…0" is no object's name: of one with a number in it, fewer letters say nothing. */
enum { NAME_LETTERS = 9 };

static bool says_nothing(const char *shortened) {
    size_t letters = 0;
    for (const char *c = shortened; *c; c++) letters += (*c & 0xc0) != 0x80;
    return letters < NAME_LETTERS && strpbrk(shortened, "0123456789") != NULL;
}

/* Longer ones are cut to this at once: no picture has room for as much, and each try is measured. */
enum { FIT_BYTES = 400 };

const char *text_fit(char *buf, size_t size, const char *text, TextStyle s, double width) {
    size_t len = strlen(text), left = 0, right = len, half = len / 2; /* keep [0, left) and [right, end) */
    snprintf(buf, size, "%s", text);
    if (len <= FIT_BYTES && text_width(text, s) <= width) return buf;
    while (left < half && left < FIT_BYTES / 2) left = next_char(text, left);
    for (right = len <= FIT_BYTES ? left : previous_char(text, len - FIT_BYTES / 2); left > 0;) {
        if (text[right] && strlen(text + right) >= left) right = next_char(text, right);
        else left = previous_char(text, left);
        snprintf(buf, size, "%.*s…%s", (int)left, text, text + right);
        if (text_width(buf, s) > width) continue;
        if (says_nothing(buf)) break;
        return buf;
    }
    buf[0] = '\0';
    return buf;
}

const char *text_fit_end(char *buf, size_t size, const char *text, TextStyle s, double width) {
    size_t len = strlen(text);
    snprintf(buf, size, "%s", text);
    if (len <= FIT_BYTES && text_width(text, s) <= width) return buf;
    for (size_t left = len < FIT_BYTES ? len : FIT_BYTES; left > 0;) {
        left = previous_char(text, left);
        snprintf(buf, size, "%.*s…", (int)left, text);
        if (text_width(buf, s) <= width) return buf;
    }
    buf[0] = '\0';
    return buf;
}

/* ---------------------------------------------------------------- colours */

enum { CLIPS_MAX = 16 };

typedef struct {
    const Canvas *c;
    cairo_t *cr;
    Theme theme;
    double u;
    Pixels px; /* its clip is the innermost rectangle; pixel NULL: not on pixels */
    struct {
        int x0, y0, x1, y1;
        bool odd;
    } clip[CLIPS_MAX]; /* those around it; odd: that one is no rectangle */
    size_t clips, odd;
} Brush;

static void set_tint(const Brush *b, unsigned tint, double alpha) {
    uint32_t rgb = theme_rgb(b->theme, (Tint)tint);
    cairo_set_source_rgba(b->cr, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0,
                          (rgb & 255) / 255.0, alpha);
}

static void set_fade(const Brush *b, const Paint *p) {
    cairo_pattern_t *fade = cairo_pattern_create_linear(0, p->from, 0, p->to);
    uint32_t a = theme_rgb(b->theme, (Tint)p->tint), z = theme_rgb(b->theme, (Tint)p->tint_to);
    cairo_pattern_add_color_stop_rgba(fade, 0, (a >> 16 & 255) / 255.0, (a >> 8 & 255) / 255.0,
                                      (a & 255) / 255.0, p->alpha);
    cairo_pattern_add_color_stop_rgba(fade, 1, (z >> 16 & 255) / 255.0, (z >> 8 & 255) / 255.0,
                                      (z & 255) / 255.0, p->alpha);
    cairo_set_source(b->cr, fade);
    cairo_pattern_destroy(fade);
}

/* Strokes at 45 degrees over the current path, counted from its left edge: a slice that slides
 * takes its hatch along. */
static void fill_hatch(const Brush *b, const Paint *p) {
    double x0, y0, x1, y1;
    cairo_path_extents(b->cr, &x0, &y0, &x1, &y1);
    cairo_path_t *shape = cairo_copy_path(b->cr);
    cairo_save(b->cr);
    cairo_clip(b->cr);
    set_tint(b, p->tint, p->alpha);
    cairo_set_line_width(b->cr, p->to);
    cairo_set_dash(b->cr, NULL, 0, 0);
    double step = p->from * sqrt(2), h = y1 - y0;
    for (double x = x0 + step / 2; x < x1 + h; x += step) {
        cairo_move_to(b->cr, x + 2, y0 - 2);
        cairo_line_to(b->cr, x - h - 2, y1 + 2);
    }
    cairo_stroke(b->cr);
    cairo_restore(b->cr);
    cairo_append_path(b->cr, shape);
    cairo_path_destroy(shape);
}

/* Fills the current path and keeps it. */
static void fill(const Brush *b, const Paint *p) {
    if (p->kind == PAINT_NONE || p->alpha <= 0) return;
    if (p->kind == PAINT_HATCH) {
        fill_hatch(b, p);
        return;
    }
    if (p->kind == PAINT_FADE) set_fade(b, p);
    else set_tint(b, p->tint, p->alpha);
    cairo_fill_preserve(b->cr);
}

static bool visible(const Pen *e) {
    return e->paint.kind != PAINT_NONE && e->paint.alpha > 0 && e->width > 0;
}

static void stroke(const Brush *b, const Pen *e, double width) {
    set_tint(b, e->paint.tint, e->paint.alpha);
    cairo_set_line_width(b->cr, width);
    double dashes[2] = {e->on, e->off};
    cairo_set_dash(b->cr, dashes, e->off > 0 ? 2 : 0, 0);
    cairo_set_line_cap(b->cr, e->round ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT);
    cairo_set_line_join(b->cr, e->round ? CAIRO_LINE_JOIN_ROUND : CAIRO_LINE_JOIN_MITER);
    cairo_stroke_preserve(b->cr);
}

/* ---------------------------------------------------------------- shapes */

static double snap(const Brush *b, double v) { return round(v * b->u) / b->u; }
static double snap_width(const Brush *b, double w) { return fmax(1, round(w * b->u)) / b->u; }

static void box_path(cairo_t *cr, double x, double y, double w, double h, double r) {
    r = fmin(r, fmin(w, h) / 2);
    if (r <= 0) {
        cairo_rectangle(cr, x, y, w, h);
        return;
    }
    cairo_new_sub_path(cr);
    cairo_arc(cr, x + w - r, y + r, r, -M_PI / 2, 0);
    cairo_arc(cr, x + w - r, y + h - r, r, 0, M_PI / 2);
    cairo_arc(cr, x + r, y + h - r, r, M_PI / 2, M_PI);
    cairo_arc(cr, x + r, y + r, r, M_PI, 3 * M_PI / 2);
    cairo_close_path(cr);
}

static bool is_solid(const Paint *p) { return p->kind == PAINT_TINT && p->alpha > 0; }
static unsigned alpha_of(const Paint *p) { return (unsigned)lround(fmin(1, p->alpha) * 255); }

/* From top to bottom: each row has one colour. */
static void fade_to_pixels(const Brush *b, const Paint *p, int x0, int y0, int x1, int y1) {
    uint32_t a = theme_rgb(b->theme, (Tint)p->tint), z = theme_rgb(b->theme, (Tint)p->tint_to);
    for (int y = y0; y < y1; y++) {
        double t = ((y + .5) / b->u - p->from) / (p->to - p->from);
        uint32_t rgb = 0, share = (uint32_t)(fmin(1, fmax(0, t)) * 4096);
        for (int shift = 16; shift >= 0; shift -= 8)
            rgb = rgb << 8 | ((a >> shift & 255) * (4096 - share) + (z >> shift & 255) * share + 2048) / 4096;
        pixels_box(&b->px, x0, y, x1, y + 1, rgb, alpha_of(p));
    }
}

/* False: this box is not as plain as that. */
static bool box_to_pixels(const Brush *b, const Op *op, double x0, double y0, double x1, double y1) {
    const Pen *e = &op->edge;
    const Paint *p = &op->fill;
    bool edge = visible(e), fade = p->kind == PAINT_FADE && p->to > p->from;
    if (b->px.pixel == NULL || b->odd > 0 || (edge && (e->off > 0 || !is_solid(&e->paint)))) return false;
    int left = (int)lround(x0 * b->u), top = (int)lround(y0 * b->u), right = (int)lround(x1 * b->u), low = (int)lround(y1 * b->u);
    double r = fmin(op->radius * b->u, fmin(right - left, low - top) / 2.0);
    int width = edge ? (int)lround(snap_width(b, e->width) * b->u) : 0, out = width / 2; /* an odd edge lies inside */
    double outer = edge && op->radius > 0 ? fmin(op->radius * b->u + width / 2.0, fmin(right - left, low - top) / 2.0 + out) : 0;
    if (r > corner_most || outer > corner_most || (fade && r > 0) || (edge && (right - left <= width || low - top <= width))) return false;
    uint32_t rgb = theme_rgb(b->theme, (Tint)p->tint);
    if (is_solid(p)) pixels_round_box(&b->px, left, top, right, low, r, rgb, alpha_of(p));
    else if (p->kind == PAINT_HATCH && p->alpha > 0)
        pixels_hatch(&b->px, left, top, right, low, r, p->from * sqrt(2) * b->u, p->to * b->u, rgb, alpha_of(p));
    else if (fade && p->alpha > 0) fade_to_pixels(b, p, left, top, right, low);
    else if (p->kind != PAINT_NONE && p->alpha > 0) return false;
    if (edge)
        pixels_ring(&b->px, left - out, top - out, right + out, low + out, outer, width, theme_rgb(b->theme, (Tint)e->paint.tint),
                    alpha_of(&e->paint));
    return true;
}

static void paint_box(const Brush *b, const Op *op) {
    double x0 = snap(b, op->box.x), y0 = snap(b, op->box.y);
    double x1 = snap(b, op->box.x + op->box.w), y1 = snap(b, op->box.y + op->box.h);
    if (x1 <= x0 && op->box.w > 0) x1 = x0 + 1 / b->u;
    if (y1 <= y0 && op->box.h > 0) y1 = y0 + 1 / b->u;
    if (x1 <= x0 || y1 <= y0 || box_to_pixels(b, op, x0, y0, x1, y1)) return;
    box_path(b->cr, x0, y0, x1 - x0, y1 - y0, op->radius);
    fill(b, &op->fill);
    cairo_new_path(b->cr);
    if (!visible(&op->edge)) return;
    double width = snap_width(b, op->edge.width);
    double inset = (int)lround(width * b->u) % 2 ? .5 / b->u : 0; /* an odd edge lies inside */
    box_path(b->cr, x0 + inset, y0 + inset, x1 - x0 - 2 * inset, y1 - y0 - 2 * inset, op->radius);
    stroke(b, &op->edge, width);
    cairo_new_path(b->cr);
}

static bool circle_to_pixels(const Brush *b, const Op *op) {
    const Pen *e = &op->edge;
    bool edge = visible(e), fill = op->fill.kind != PAINT_NONE && op->fill.alpha > 0;
    if (b->px.pixel == NULL || b->odd > 0 || (fill && !is_solid(&op->fill)) || (edge && (e->off > 0 || !is_solid(&e->paint)))) return false;
    double x = op->box.x * b->u, y = op->box.y * b->u, r = op->box.w * b->u, half = e->width * b->u / 2;
    if (fill) pixels_disc(&b->px, x, y, 0, r, theme_rgb(b->theme, (Tint)op->fill.tint), alpha_of(&op->fill));
    if (edge) pixels_disc(&b->px, x, y, fmax(0, r - half), r + half, theme_rgb(b->theme, (Tint)e->paint.tint), alpha_of(&e->paint));
    return true;
}

static void paint_circle(const Brush *b, const Op *op) {
    if (circle_to_pixels(b, op)) return;
    cairo_new_sub_path(b->cr);
    cairo_arc(b->cr, op->box.x, op->box.y, op->box.w, 0, 2 * M_PI);
    fill(b, &op->fill);
    if (visible(&op->edge)) stroke(b, &op->edge, op->edge.width);
    cairo_new_path(b->cr);
}

static void paint_line(const Brush *b, const Op *op) {
    if (!visible(&op->edge)) return;
    double x0 = op->box.x, y0 = op->box.y, x1 = op->box.w, y1 = op->box.h, width = op->edge.width;
    bool upright = x0 == x1, level = y0 == y1;
    if (upright || level) width = snap_width(b, width);
    if (upright) x0 = x1 = snap(b, x0 - width / 2) + width / 2;
    if (level) y0 = y1 = snap(b, y0 - width / 2) + width / 2;
    cairo_move_to(b->cr, x0, y0);
    cairo_line_to(b->cr, x1, y1);
    stroke(b, &op->edge, width);
    cairo_new_path(b->cr);
}

static void trace_path(cairo_t *cr, const double *n, const double *end) {
    while (n < end) {
        switch ((Verb)*n++) {
        case VERB_MOVE: cairo_move_to(cr, n[0], n[1]), n += 2; break;
        case VERB_LINE: cairo_line_to(cr, n[0], n[1]), n += 2; break;
        case VERB_CURVE: cairo_curve_to(cr, n[0], n[1], n[2], n[3], n[4], n[5]), n += 6; break;
        case VERB_ARC:
            if (n[3] <= n[4]) cairo_arc(cr, n[0], n[1], n[2], n[3], n[4]);
            else cairo_arc_negative(cr, n[0], n[1], n[2], n[3], n[4]);
            n += 5;
            break;
        case VERB_CLOSE: cairo_close_path(cr); break;
        }
    }
}

static void paint_path(const Brush *b, const DrawList *d, const Op *op) {
    trace_path(b->cr, d->numbers + op->first, d->numbers + op->first + op->count);
    fill(b, &op->fill);
    if (visible(&op->edge)) stroke(b, &op->edge, op->edge.width);
    cairo_new_path(b->cr);
}

static void columns_to_pixels(const Brush *b, const DrawList *d, const Op *op) {
    const double *share = d->numbers + op->first;
    uint32_t rgb = theme_rgb(b->theme, (Tint)op->fill.tint);
    int base = (int)lround(op->box.y * b->u), up = op->box.h > 0;
    for (size_t i = 0; i < op->count; i++) {
        int x0 = (int)lround((op->box.x + (double)i * op->box.w) * b->u);
        int x1 = (int)lround((op->box.x + (double)(i + 1) * op->box.w) * b->u);
        int h = (int)fmax(1, round(share[i] * fabs(op->box.h) * b->u));
        if (share[i] > 0) pixels_box(&b->px, x0, up ? base - h : base, x1, up ? base : base + h, rgb, alpha_of(&op->fill));
    }
}

static void paint_columns(const Brush *b, const DrawList *d, const Op *op) {
    if (b->px.pixel != NULL && b->odd == 0 && is_solid(&op->fill)) {
        columns_to_pixels(b, d, op);
        return;
    }
    const double *share = d->numbers + op->first;
    cairo_move_to(b->cr, op->box.x, op->box.y);
    for (size_t i = 0; i < op->count; i++) {
        double h = share[i] > 0 ? copysign(fmax(1 / b->u, share[i] * fabs(op->box.h)), op->box.h) : 0;
        cairo_line_to(b->cr, op->box.x + (double)i * op->box.w, op->box.y - h);
        cairo_line_to(b->cr, op->box.x + (double)(i + 1) * op->box.w, op->box.y - h);
    }
    cairo_line_to(b->cr, op->box.x + (double)op->count * op->box.w, op->box.y);
    cairo_close_path(b->cr);
    fill(b, &op->fill);
    cairo_new_path(b->cr);
}

static void make_mask(CachedText *t, double u) {
    PangoLayoutLine *line = pango_layout_get_line_readonly(t->layout, 0);
    PangoRectangle ink;
    pango_layout_line_get_extents(line, &ink, NULL);
    double k = u / PANGO_SCALE;
    int x0 = (int)floor(ink.x * k) - 1, y0 = (int)floor(ink.y * k) - 1;
    int x1 = (int)ceil((ink.x + ink.width) * k) + 1, y1 = (int)ceil((ink.y + ink.height) * k) + 1;
    if (t->mask) cairo_surface_destroy(t->mask);
    t->mask = cairo_image_surface_create(CAIRO_FORMAT_A8, x1 - x0, y1 - y0);
    t->mask_u = u;
    t->mask_x = x0;
    t->mask_y = y0;
    cairo_t *cr = cairo_create(t->mask);
    cairo_translate(cr, -x0, -y0);
    cairo_scale(cr, u, u);
    cairo_move_to(cr, 0, 0);
    pango_cairo_layout_line_path(cr, line);
    cairo_fill(cr);
    cairo_destroy(cr);
}

static void paint_text(const Brush *b, const DrawList *d, const Op *op) {
    CachedText *t = cached_text(draw_op_text(d, op), op->style);
    set_tint(b, op->fill.tint, op->fill.alpha);
    if (b->c->kind != CANVAS_PIXELS) {
        cairo_move_to(b->cr, op->box.x, snap(b, op->box.y));
        pango_cairo_show_layout_line(b->cr, pango_layout_get_line_readonly(t->layout, 0));
        cairo_new_path(b->cr);
        return;
    }
    if (t->mask == NULL || t->mask_u != b->u) make_mask(t, b->u);
    cairo_save(b->cr);
    cairo_identity_matrix(b->cr);
    cairo_mask_surface(b->cr, t->mask, round(op->box.x * b->u) + t->mask_x,
                       round(op->box.y * b->u) + t->mask_y);
    cairo_restore(b->cr);
}

static void remember_clip(Brush *b, bool odd, double x0, double y0, double x1, double y1) {
    ASSERT(b->clips < CLIPS_MAX);
    Pixels *p = &b->px;
    b->clip[b->clips].x0 = p->x0, b->clip[b->clips].y0 = p->y0, b->clip[b->clips].x1 = p->x1, b->clip[b->clips].y1 = p->y1;
    b->clip[b->clips++].odd = odd;
    b->odd += odd;
    if (odd) return;
    p->x0 = (int)fmax(p->x0, round(x0 * b->u)), p->y0 = (int)fmax(p->y0, round(y0 * b->u));
    p->x1 = (int)fmin(p->x1, round(x1 * b->u)), p->y1 = (int)fmin(p->y1, round(y1 * b->u));
}

static void pop_clip(Brush *b) {
    cairo_restore(b->cr);
    b->clips--;
    b->px.x0 = b->clip[b->clips].x0, b->px.y0 = b->clip[b->clips].y0, b->px.x1 = b->clip[b->clips].x1, b->px.y1 = b->clip[b->clips].y1;
    b->odd -= b->clip[b->clips].odd;
}

static void push_clip(Brush *b, const DrawList *d, const Op *op) {
    cairo_save(b->cr);
    if (op->count) {
        trace_path(b->cr, d->numbers + op->first, d->numbers + op->first + op->count);
        remember_clip(b, true, 0, 0, 0, 0);
    } else {
        double x0 = snap(b, op->box.x), y0 = snap(b, op->box.y);
        double x1 = snap(b, op->box.x + op->box.w), y1 = snap(b, op->box.y + op->box.h);
        box_path(b->cr, x0, y0, fmax(0, x1 - x0), fmax(0, y1 - y0), op->radius);
        remember_clip(b, op->radius > 0, x0, y0, x1, y1);
    }
    cairo_clip(b->cr);
}

static void paint_image(Brush *b, const Op *op) {
    cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)op->rgb_w, (int)op->rgb_h);
    if (cairo_surface_status(image) == CAIRO_STATUS_SUCCESS) {
        uint8_t *row = cairo_image_surface_get_data(image);
        const uint8_t *rgb = op->rgb;
        for (uint32_t y = 0; y < op->rgb_h; y++, row += cairo_image_surface_get_stride(image)) {
            for (uint32_t x = 0; x < op->rgb_w; x++, rgb += 3) {
                uint32_t pixel = (uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2];
                memcpy(row + 4 * x, &pixel, sizeof pixel);
            }
        }
        cairo_surface_mark_dirty(image);
        cairo_save(b->cr);
        cairo_translate(b->cr, op->box.x, op->box.y);
        cairo_scale(b->cr, op->box.w / op->rgb_w, op->box.h / op->rgb_h);
        cairo_set_source_surface(b->cr, image, 0, 0);
        cairo_pattern_set_filter(cairo_get_source(b->cr), CAIRO_FILTER_NEAREST);
        cairo_rectangle(b->cr, 0, 0, op->rgb_w, op->rgb_h);
        cairo_fill(b->cr);
        cairo_restore(b->cr);
    }
    cairo_surface_destroy(image);
}

static void paint_op(Brush *b, const DrawList *d, const Op *op, bool shapes_only) {
    switch (op->kind) {
    case OP_BOX: paint_box(b, op); break;
    case OP_CIRCLE: paint_circle(b, op); break;
    case OP_LINE: paint_line(b, op); break;
    case OP_PATH: paint_path(b, d, op); break;
    case OP_COLUMNS: paint_columns(b, d, op); break;
    case OP_TEXT:
        if (!shapes_only) paint_text(b, d, op);
        break;
    case OP_CLIP: push_clip(b, d, op); break;
    case OP_UNCLIP: pop_clip(b); break;
    case OP_IMAGE: paint_image(b, op); break;
    case OP_THEME: b->theme = (Theme)op->theme; break;
    }
}

static void paint_list(Canvas *c, const DrawList *d, Theme t, Box region, bool shapes_only) {
    Brush b = {.c = c, .cr = c->cr, .theme = t, .u = c->u};
    cairo_save(c->cr);
    cairo_scale(c->cr, c->u, c->u);
    double x0 = snap(&b, region.x), y0 = snap(&b, region.y);
    cairo_rectangle(c->cr, x0, y0, snap(&b, region.x + region.w) - x0,
                    snap(&b, region.y + region.h) - y0);
    cairo_clip(c->cr);
    if (c->kind == CANVAS_PIXELS) {
        int stride;
        b.px.pixel = canvas_pixels(c, &stride); /* Cairo has written all it had to; an image surface keeps nothing back later */
        cairo_surface_mark_dirty(c->surface); /* nor does it believe that a new one is still empty */
        b.px.stride = (size_t)stride / sizeof *b.px.pixel;
        b.px.x1 = c->w, b.px.y1 = c->h;
        remember_clip(&b, false, x0, y0, snap(&b, region.x + region.w), snap(&b, region.y + region.h));
    }
    for (const Op *op = d->ops; op < d->ops + d->count; op++) paint_op(&b, d, op, shapes_only);
    if (c->kind == CANVAS_PIXELS) cairo_surface_mark_dirty(c->surface);
    cairo_restore(c->cr);
}

void canvas_paint(Canvas *c, const DrawList *d, Theme t, Box region) {
    paint_list(c, d, t, region, false);
}
void canvas_paint_shapes(Canvas *c, const DrawList *d, Theme t, Box region) {
    paint_list(c, d, t, region, true);
}

/* ---------------------------------------------------------------- surfaces and files */

static cairo_status_t take_bytes(void *canvas, const unsigned char *data, unsigned len) {
    bytes_add(&((Canvas *)canvas)->file, data, len);
    return CAIRO_STATUS_SUCCESS;
}

Canvas *canvas_open(CanvasKind kind, int w, int h, double u) {
    Canvas *c = mem_zero(1, sizeof *c);
    c->kind = kind;
    c->w = w;
    c->h = h;
    c->u = u;
    if (kind == CANVAS_PIXELS) c->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
    else if (kind == CANVAS_SVG)
        c->surface = cairo_svg_surface_create_for_stream(take_bytes, c, w, h);
    else c->surface = cairo_pdf_surface_create_for_stream(take_bytes, c, w, h);
    if (kind == CANVAS_SVG) cairo_svg_surface_set_document_unit(c->surface, CAIRO_SVG_UNIT_PX);
    ASSERT(cairo_surface_status(c->surface) ==
           CAIRO_STATUS_SUCCESS); /* sizes are checked where they enter */
    c->cr = cairo_create(c->surface);
    return c;
}

void canvas_close(Canvas *c) {
    if (c == NULL) return;
    cairo_destroy(c->cr);
    cairo_surface_destroy(c->surface);
    bytes_free(&c->file);
    free(c);
}

Canvas *canvas_like(const Canvas *c) {
    return c->kind == CANVAS_PIXELS ? canvas_open(c->kind, c->w, c->h, c->u) : NULL;
}

bool canvas_is_like(const Canvas *c, const Canvas *other) {
    return c->kind == other->kind && c->w == other->w && c->h == other->h && c->u == other->u;
}

void canvas_copy(Canvas *to, const Canvas *from, Box region) {
    ASSERT(canvas_is_like(to, from));
    double x0 = round(region.x * to->u), y0 = round(region.y * to->u);
    cairo_save(to->cr);
    cairo_set_operator(to->cr, CAIRO_OPERATOR_SOURCE);
    cairo_set_source_surface(to->cr, from->surface, 0, 0);
    cairo_rectangle(to->cr, x0, y0, round((region.x + region.w) * to->u) - x0,
                    round((region.y + region.h) * to->u) - y0);
    cairo_fill(to->cr);
    cairo_restore(to->cr);
}

uint32_t *canvas_pixels(Canvas *c, int *stride) {
    ASSERT(c->kind == CANVAS_PIXELS);
    cairo_surface_flush(c->surface);
    *stride = cairo_image_surface_get_stride(c->surface);
    return (uint32_t *)(void *)cairo_image_surface_get_data(c->surface);
}

static bool write_file(const char *path, const Bytes *head, const Bytes *tail, size_t tail_from,
                       Diag *d) {
    FILE *f = fopen(path, "wb");
    if (f == NULL) {
        diag_fail(d, EXIT_WORLD, "cannot write '%s'", path);
        return diag_remedy(d, "Check that the folder exists and may be written to.");
    }
    bool well =
        (head->len == 0 || fwrite(head->data, 1, head->len, f) == head->len) &&
        fwrite(tail->data + tail_from, 1, tail->len - tail_from, f) == tail->len - tail_from;
    if (fclose(f) != 0 || !well)
        return diag_fail(d, EXIT_WORLD, "writing '%s' failed: is the disk full?", path);
    return true;
}

static void add_escaped(Bytes *b, const char *text) {
    char *valid = g_utf8_make_valid(text, -1);
    for (const char *c = valid; *c; c++) {
        if ((unsigned char)*c < ' ') continue; /* XML has no way to say these */
        const char *e = *c == '<' ? "&lt;" : *c == '>' ? "&gt;" : *c == '&' ? "&amp;" : NULL;
        bytes_add(b, e ? e : c, e ? strlen(e) : 1);
    }
    g_free(valid);
}

/* Cairo cannot title an SVG: the words go in right behind its opening tag. */
static bool save_svg(Canvas *c, const char *path, const char *title, const char *description,
                     Diag *d) {
    bytes_add(&c->file, "", 1);
    const char *text = (const char *)c->file.data, *tag = strstr(text, "<svg");
    ASSERT(tag != NULL);
    size_t from = (size_t)(strchr(tag, '>') + 1 - text);
    Bytes head = {0};
    bytes_add(&head, text, from);
    bytes_add(&head, "\n<title>", 8);
    add_escaped(&head, title);
    bytes_add(&head, "</title>\n<desc>", 15);
    add_escaped(&head, description);
    bytes_add(&head, "</desc>", 7);
    /* Cairo numbers its surfaces through the life of the program: the picture must not know. */
    const char *id = strstr(text + from, "id=\"surface");
    if (id) {
        size_t number = (size_t)(id + 11 - text);
        bytes_add(&head, text + from, number - from);
        from = number + strspn(text + number, "0123456789");
    }
    c->file.len--;
    bool well = write_file(path, &head, &c->file, from, d);
    bytes_free(&head);
    return well;
}

void canvas_page(Canvas *c) {
    ASSERT(c->kind != CANVAS_PIXELS);
    /* SVG 1.1 knows no pages, and Cairo would keep the last one; in a larger document no page is left of 1.2. */
    if (c->kind == CANVAS_SVG) cairo_svg_surface_restrict_to_version(c->surface, CAIRO_SVG_VERSION_1_2);
    cairo_show_page(c->cr);
}

/* What stands between two texts, from *at on, which is set behind it; false: there is no more of it. */
static bool between(const char **at, const char *from, const char *to, CanvasPiece *piece) {
    const char *begin = *at ? strstr(*at, from) : NULL;
    const char *end = begin ? strstr(begin += strlen(from), to) : NULL;
    if (end == NULL) return false;
    *piece = (CanvasPiece){begin, (size_t)(end - begin)};
    *at = end + strlen(to);
    return true;
}

/* Each page of Cairo's is a group whose name says nothing, and is the same on all. */
static void drop_name(CanvasPiece *page) {
    static const char group[] = "\n<g id=\"surface";
    if (page->len < sizeof group || strncmp(page->text, group, sizeof group - 1) != 0) return;
    const char *end = memchr(page->text, '>', page->len), *last = page->text + page->len;
    while (last > end && strncmp(last, "</g>", 4) != 0) last--;
    if (end == NULL || last == end) return;
    *page = (CanvasPiece){end + 1, (size_t)(last - end - 1)};
}

size_t canvas_pieces(Canvas *c, CanvasPiece *shared, CanvasPiece *page, size_t most) {
    ASSERT(c->kind == CANVAS_SVG);
    cairo_surface_finish(c->surface);
    bytes_add(&c->file, "", 1);
    const char *text = strstr((const char *)c->file.data, "<svg"), *at = strchr(text, '>') + 1;
    *shared = (CanvasPiece){at, 0};
    const char *pages = strstr(at, "<pageSet>");
    if (between(&at, "<defs>", "</defs>", shared)) {
        shared->text -= strlen("<defs>");
        shared->len += strlen("<defs></defs>");
    }
    size_t count = 0;
    if (pages) at = pages;
    else if (most > 0) page[count++] = (CanvasPiece){at, (size_t)(strstr(at, "</svg>") - at)}; /* a single one */
    while (pages && count < most && between(&at, "<page>", "</page>", &page[count])) count++;
    for (size_t i = 0; i < count; i++) drop_name(&page[i]);
    return count;
}

static cairo_status_t keep_bytes(void *bytes, const unsigned char *data, unsigned len) {
    bytes_add(bytes, data, len);
    return CAIRO_STATUS_SUCCESS;
}

bool canvas_save(Canvas *c, const char *path, const char *title, const char *description, Diag *d) {
    Bytes none = {0}, png = {0};
    bool well;
    if (c->kind == CANVAS_PIXELS) {
        cairo_surface_write_to_png_stream(c->surface, keep_bytes, &png);
        well = write_file(path, &none, &png, 0, d);
        bytes_free(&png);
        return well;
    }
    if (c->kind == CANVAS_PDF) {
        cairo_pdf_surface_set_metadata(c->surface, CAIRO_PDF_METADATA_TITLE, title);
        cairo_pdf_surface_set_metadata(c->surface, CAIRO_PDF_METADATA_SUBJECT, description);
        /* The same moment gives the same file: the wall clock stays out of it. */
        cairo_pdf_surface_set_metadata(c->surface, CAIRO_PDF_METADATA_CREATE_DATE,
                                       "2000-01-01T00:00:00Z");
    }
    cairo_surface_finish(c->surface);
    return c->kind == CANVAS_SVG ? save_svg(c, path, title, description, d)
                                 : write_file(path, &none, &c->file, 0, d);
}

/* draw.c -- appending to a display list, and asking questions of one.
 *
 * Every Op is zeroed before it is filled, padding and all, so that equal pictures are equal bytes
 * and draw_hash can be one pass over three arrays.
 */
#include "draw.h"

#include "measure.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- paint and pen */

Paint paint(unsigned tint) { return paint_alpha(tint, 1); }

Paint paint_alpha(unsigned tint, double alpha) {
    return (Paint){.kind = PAINT_TINT, .tint = tint, .alpha = alpha};
}

Paint paint_fade(unsigned tint, unsigned tint_to, double y0, double y1) {
    return (Paint){
        .kind = PAINT_FADE, .tint = tint, .tint_to = tint_to, .alpha = 1, .from = y0, .to = y1};
}

Paint paint_hatch(unsigned tint, double gap, double width, double alpha) {
    return (Paint){.kind = PAINT_HATCH, .tint = tint, .alpha = alpha, .from = gap, .to = width};
}

Pen pen(unsigned tint, double width) { return (Pen){.paint = paint(tint), .width = width}; }

Pen pen_alpha(unsigned tint, double width, double alpha) {
    return (Pen){.paint = paint_alpha(tint, alpha), .width = width};
}

Pen pen_dash(unsigned tint, double width, double on, double off) {
    return (Pen){.paint = paint(tint), .width = width, .on = on, .off = off};
}

Pen pen_round(unsigned tint, double width) {
    return (Pen){.paint = paint(tint), .width = width, .round = true};
}

Pen pen_dots(unsigned tint, double width, double on, double off) {
    return (Pen){.paint = paint(tint), .width = width, .on = on, .off = off, .round = true};
}

/* ---------------------------------------------------------------- appending */

void draw_reset(DrawList *d) {
    d->count = d->number_count = d->byte_count = d->path_first = d->mover_count = d->open_count = d->belt_count = 0;
    d->alpha = 0;
    d->carried = 0;
}

void draw_free(DrawList *d) {
    free(d->ops);
    free(d->numbers);
    free(d->bytes);
    free(d->movers);
    free(d->belts);
    *d = (DrawList){0};
}

void draw_thin(DrawList *d, double alpha) { d->alpha = 1 - alpha; }

static Op *append(DrawList *d, OpKind kind) {
    GROW(d->ops, d->cap, d->count + 1);
    Op *op = &d->ops[d->count++];
    memset(op, 0, sizeof *op);
    op->kind = kind;
    op->mover = d->open_count ? d->open[d->open_count - 1] : 0;
    return op;
}

static uint32_t add_mover(DrawList *d, Mover m) {
    GROW(d->movers, d->mover_cap, d->mover_count + 1);
    d->movers[d->mover_count++] = m;
    return (uint32_t)d->mover_count;
}

void draw_begin_mover(DrawList *d, MoverKind kind, uint64_t id, double x, double y) {
    ASSERT(d->open_count < MOVERS_NESTED);
    d->open[d->open_count++] = add_mover(d, (Mover){id, kind, x, y, d->count, 0});
}

void draw_end_mover(DrawList *d) {
    ASSERT(d->open_count > 0);
    Mover *m = &d->movers[d->open[--d->open_count] - 1];
    m->count = d->count - m->first;
}

void draw_note_mover(DrawList *d, Mover m) {
    m.first = d->count;
    m.count = 0;
    add_mover(d, m);
}

void draw_belt(DrawList *d, Belt b) {
    GROW(d->belts, d->belt_cap, d->belt_count + 1);
    b.slot = add_mover(d, (Mover){~b.id, MOVER_FLOWS, b.head.x, b.head.y, d->count, 0});
    d->belts[d->belt_count++] = b;
}

static Paint thinned(const DrawList *d, Paint p) {
    p.alpha *= 1 - d->alpha;
    return p;
}

/* Field by field: an assigned struct may carry padding of unknown content into the hash. */
static void set_paint(const DrawList *d, Paint *to, Paint p) {
    p = thinned(d, p);
    to->kind = p.kind;
    to->tint = p.tint;
    to->tint_to = p.tint_to;
    to->alpha = p.alpha;
    to->from = p.from;
    to->to = p.to;
}

static void set_look(const DrawList *d, Op *op, Paint fill, Pen edge) {
    set_paint(d, &op->fill, fill);
    set_paint(d, &op->edge.paint, edge.paint);
    op->edge.width = edge.width;
    op->edge.on = edge.on;
    op->edge.off = edge.off;
    op->edge.round = edge.round;
}

void draw_box(DrawList *d, Box b, double radius, Paint fill, Pen edge) {
    Op *op = append(d, OP_BOX);
    op->box = b;
    op->radius = radius;
    set_look(d, op, fill, edge);
}

void draw_circle(DrawList *d, double cx, double cy, double r, Paint fill, Pen edge) {
    Op *op = append(d, OP_CIRCLE);
    op->box = (Box){cx, cy, r, r};
    set_look(d, op, fill, edge);
}

void draw_line(DrawList *d, double x0, double y0, double x1, double y1, Pen edge) {
    Op *op = append(d, OP_LINE);
    op->box = (Box){x0, y0, x1, y1};
    set_look(d, op, NO_PAINT, edge);
}

void draw_poly(DrawList *d, const Point *p, size_t count, bool closed, Paint fill, Pen edge) {
    for (size_t i = 0; i < count; i++) {
        if (i == 0) path_move(d, p[i].x, p[i].y);
        else path_line(d, p[i].x, p[i].y);
    }
    if (closed) path_close(d);
    draw_path(d, fill, edge);
}

static void numbers(DrawList *d, Verb verb, size_t count, const double *values) {
    GROW(d->numbers, d->number_cap, d->number_count + count + 1);
    d->numbers[d->number_count++] = verb;
    for (size_t i = 0; i < count; i++) d->numbers[d->number_count++] = values[i];
}

void path_move(DrawList *d, double x, double y) { numbers(d, VERB_MOVE, 2, (double[]){x, y}); }
void path_line(DrawList *d, double x, double y) { numbers(d, VERB_LINE, 2, (double[]){x, y}); }
void path_close(DrawList *d) { numbers(d, VERB_CLOSE, 0, NULL); }

void path_curve(DrawList *d, double ax, double ay, double bx, double by, double x, double y) {
    numbers(d, VERB_CURVE, 6, (double[]){ax, ay, bx, by, x, y});
}

void path_quad(DrawList *d, double x0, double y0, double cx, double cy, double x, double y) {
    path_curve(d, x0 + (cx - x0) * 2 / 3, y0 + (cy - y0) * 2 / 3, x + (cx - x) * 2 / 3,
               y + (cy - y) * 2 / 3, x, y);
}

void path_arc(DrawList *d, double cx, double cy, double r, double from, double to) {
    numbers(d, VERB_ARC, 5, (double[]){cx, cy, r, from, to});
}

static void take_path(const DrawList *d, Op *op) {
    op->first = d->path_first;
    op->count = d->number_count - d->path_first;
}

void draw_path_keep(DrawList *d, Paint fill, Pen edge) {
    Op *op = append(d, OP_PATH);
    take_path(d, op);
    set_look(d, op, fill, edge);
}

void draw_path(DrawList *d, Paint fill, Pen edge) {
    draw_path_keep(d, fill, edge);
    d->path_first = d->number_count;
}

void draw_columns(DrawList *d, double x, double y, double step, double height, const double *share, size_t count, Paint fill) {
    ASSERT(d->path_first == d->number_count); /* no path is being built */
    GROW(d->numbers, d->number_cap, d->number_count + count);
    memcpy(d->numbers + d->number_count, share, count * sizeof *share);
    Op *op = append(d, OP_COLUMNS);
    op->box = (Box){x, y, step, height};
    op->first = d->number_count;
    op->count = count;
    set_look(d, op, fill, NO_PEN);
    d->path_first = d->number_count += count;
}

void draw_clip(DrawList *d, Box b, double radius) {
    Op *op = append(d, OP_CLIP);
    op->box = b;
    op->radius = radius;
}

void draw_clip_path(DrawList *d) {
    Op *op = append(d, OP_CLIP);
    take_path(d, op);
    d->path_first = d->number_count;
}

void draw_unclip(DrawList *d) { append(d, OP_UNCLIP); }
void draw_theme(DrawList *d, uint8_t theme) { append(d, OP_THEME)->theme = theme; }

void draw_image(DrawList *d, Box b, const uint8_t *rgb, uint32_t w, uint32_t h) {
    Op *op = append(d, OP_IMAGE);
    op->box = b;
    op->rgb = rgb;
    op->rgb_w = w;
    op->rgb_h = h;
}

/* Calls `f` for each point among the numbers of a path. */
static void each_point(double *n, size_t count, void (*f)(double *x, double *y, void *ctx), void *ctx) {
    static const size_t points[] = {[VERB_MOVE] = 1, [VERB_LINE] = 1, [VERB_CURVE] = 3, [VERB_ARC] = 1, [VERB_CLOSE] = 0};
    for (size_t i = 0; i < count;) {
        Verb verb = (Verb)n[i++];
        for (size_t p = 0; p < points[verb]; p++, i += 2) f(&n[i], &n[i + 1], ctx);
        if (verb == VERB_ARC) i += 3; /* radius and angles */
    }
}

static void shift_point(double *x, double *y, void *ctx) {
    const Point *by = ctx;
    *x += by->x;
    *y += by->y;
}

static void shift_path(double *n, size_t count, double dx, double dy) { each_point(n, count, shift_point, &(Point){dx, dy}); }

static void shift_op(Op *op, double dx, double dy) {
    op->box.x += dx;
    op->box.y += dy;
    if (op->kind == OP_LINE) op->box.w += dx, op->box.h += dy;
    if (op->fill.kind == PAINT_FADE) op->fill.from += dy, op->fill.to += dy;
}

void draw_append(DrawList *to, const DrawList *from, double dx) {
    ASSERT(from->path_first == from->number_count && from->open_count == 0);
    size_t number = to->number_count, byte = to->byte_count;
    uint32_t mover = (uint32_t)to->mover_count;
    GROW(to->numbers, to->number_cap, number + from->number_count);
    GROW(to->bytes, to->byte_cap, byte + from->byte_count);
    if (from->number_count) memcpy(to->numbers + number, from->numbers, from->number_count * sizeof *to->numbers);
    if (from->byte_count) memcpy(to->bytes + byte, from->bytes, from->byte_count);
    shift_path(to->numbers + number, from->number_count, dx, 0);
    to->number_count = to->path_first = number + from->number_count;
    to->byte_count = byte + from->byte_count;
    for (size_t i = 0; i < from->mover_count; i++) {
        Mover m = from->movers[i];
        m.x += dx;
        m.first += to->count;
        add_mover(to, m);
    }
    for (size_t i = 0; i < from->count; i++) {
        Op *op = append(to, from->ops[i].kind);
        memcpy(op, &from->ops[i], sizeof *op);
        shift_op(op, dx, 0);
        op->first += op->kind == OP_TEXT ? byte : number;
        if (op->mover) op->mover += mover;
    }
}

static bool has_numbers(const Op *op) { return op->kind == OP_PATH || (op->kind == OP_CLIP && op->count > 0); }

/* A path may be drawn twice, as fill and as edge: its numbers move once. */
void draw_shift_mover(DrawList *d, uint32_t i, double dx, double dy) {
    size_t last = SIZE_MAX;
    const Mover *m = &d->movers[i - 1];
    for (Op *op = d->ops + m->first; op < d->ops + m->first + m->count; op++) {
        if (op->mover != i) continue;
        shift_op(op, dx, dy);
        if (!has_numbers(op) || op->first == last) continue;
        shift_path(d->numbers + op->first, op->count, dx, dy);
        last = op->first;
    }
}

static void cover_point(double *x, double *y, void *ctx) {
    Box *b = ctx; /* from x, y to w, h */
    b->x = fmin(b->x, *x), b->y = fmin(b->y, *y);
    b->w = fmax(b->w, *x), b->h = fmax(b->h, *y);
}

static void cover_box(Box *b, double x0, double y0, double x1, double y1) {
    cover_point(&x0, &y0, b);
    cover_point(&x1, &y1, b);
}

/* What the shapes among these ops cover, without their edges. */
static Box extent(const DrawList *d, const Op *op, size_t count) {
    Box b = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (; count > 0; count--, op++) {
        const Box *o = &op->box;
        if (op->kind == OP_PATH) each_point(d->numbers + op->first, op->count, cover_point, &b);
        if (op->kind == OP_BOX) cover_box(&b, o->x, o->y, o->x + o->w, o->y + o->h);
        if (op->kind == OP_LINE) cover_box(&b, o->x, o->y, o->w, o->h);
        if (op->kind == OP_CIRCLE) cover_box(&b, o->x - o->w, o->y - o->w, o->x + o->w, o->y + o->w);
    }
    return b.x <= b.w ? (Box){b.x, b.y, b.w - b.x, b.h - b.y} : (Box){0};
}

typedef struct {
    double y, share;
} Stretch;

static void stretch_point(double *x, double *y, void *ctx) {
    const Stretch *s = ctx;
    (void)x;
    *y = s->y + (*y - s->y) * s->share;
}

void draw_stretch_mover(DrawList *d, uint32_t i, double y, double share) {
    const Mover *m = &d->movers[i - 1];
    Stretch s = {y, share};
    for (Op *op = d->ops + m->first; op < d->ops + m->first + m->count; op++) {
        if (op->mover != i) continue;
        Box b = extent(d, op, 1);
        double dy = (b.y + b.h / 2 - y) * (share - 1);
        if (op->fill.kind != PAINT_NONE) {
            shift_op(op, 0, dy);
            if (op->kind == OP_PATH) shift_path(d->numbers + op->first, op->count, 0, dy);
        } else if (op->kind == OP_PATH) {
            each_point(d->numbers + op->first, op->count, stretch_point, &s);
        } else if (op->kind == OP_LINE) {
            stretch_point(&op->box.x, &op->box.y, &s);
            stretch_point(&op->box.w, &op->box.h, &s);
        }
    }
}

/* Makes room for `n` ops before op `at`; who ends there ends before them. */
static void open_gap(DrawList *d, size_t at, size_t n) {
    GROW(d->ops, d->cap, d->count + n);
    memmove(d->ops + at + n, d->ops + at, (d->count - at) * sizeof *d->ops);
    memset(d->ops + at, 0, n * sizeof *d->ops);
    d->count += n;
    for (size_t i = 0; i < d->mover_count; i++) {
        Mover *m = &d->movers[i];
        if (m->first >= at) m->first += n;
        else if (m->first + m->count > at) m->count += n;
    }
}

void draw_reveal_mover(DrawList *d, uint32_t i, double share) {
    enum { EDGE = 10 }; /* half of the widest pen, and a little */
    const Mover *m = &d->movers[i - 1];
    Box b = extent(d, d->ops + m->first, m->count);
    open_gap(d, m->first + m->count, 1);
    d->ops[m->first + m->count].kind = OP_UNCLIP;
    open_gap(d, m->first, 1);
    Op *clip = &d->ops[m->first - 1];
    clip->kind = OP_CLIP;
    clip->box = (Box){b.x - EDGE, b.y - EDGE, b.w + 2 * EDGE, (b.h + 2 * EDGE) * share};
}

void draw_fade_mover(DrawList *d, uint32_t i, double alpha) {
    const Mover *m = &d->movers[i - 1];
    for (Op *op = d->ops + m->first; op < d->ops + m->first + m->count; op++) {
        op->fill.alpha *= alpha;
        op->edge.paint.alpha *= alpha;
    }
}

uint32_t draw_lend_mover(DrawList *d, size_t at, const DrawList *from, uint32_t i) {
    Mover m = from->movers[i - 1];
    open_gap(d, at, m.count);
    uint32_t number = add_mover(d, (Mover){m.id, m.kind, m.x, m.y, at, m.count});
    for (size_t k = 0; k < m.count; k++) {
        const Op *its = &from->ops[m.first + k];
        Op *op = &d->ops[at + k];
        memcpy(op, its, sizeof *op);
        op->mover = number;
        if (!has_numbers(its)) continue;
        bool again = k > 0 && has_numbers(its - 1) && its[-1].first == its->first; /* drawn twice */
        op->first = again ? op[-1].first : d->number_count;
        if (again) continue;
        GROW(d->numbers, d->number_cap, d->number_count + its->count);
        memcpy(d->numbers + d->number_count, from->numbers + its->first, its->count * sizeof *d->numbers);
        d->path_first = d->number_count += its->count;
    }
    return number;
}

static double add_text(DrawList *d, double x, double y, TextStyle s, unsigned tint, Anchor a,
                       const char *text, bool over) {
    double width = text_width(text, s);
    if (text[0] == '\0') return 0;
    Op *op = append(d, OP_TEXT);
    size_t bytes = strlen(text) + 1;
    GROW(d->bytes, d->byte_cap, d->byte_count + bytes);
    memcpy(d->bytes + d->byte_count, text, bytes);
    op->first = d->byte_count;
    op->count = bytes - 1;
    d->byte_count += bytes;
    op->box.x = a == ANCHOR_START ? x : a == ANCHOR_END ? x - width : x - width / 2;
    op->box.y = y;
    op->box.w = width;
    op->style.size = s.size;
    op->style.weight = s.weight;
    op->style.face = s.face;
    op->style.digits = s.digits;
    op->over = over;
    set_paint(d, &op->fill, paint(tint));
    return width;
}

double draw_text(DrawList *d, double x, double y, TextStyle s, unsigned tint, Anchor a,
                 const char *text) {
    return add_text(d, x, y, s, tint, a, text, false);
}

double draw_text_over(DrawList *d, double x, double y, TextStyle s, unsigned tint, Anchor a,
                      const char *text) {
    return add_text(d, x, y, s, tint, a, text, true);
}

double draw_textf(DrawList *d, double x, double y, TextStyle s, unsigned tint, Anchor a,
                  const char *fmt, ...) {
    char text[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return add_text(d, x, y, s, tint, a, text, false);
}

/* ---------------------------------------------------------------- questions */

static uint64_t mix_words(uint64_t h, const void *data, size_t bytes) {
    const unsigned char *p = data;
    for (; bytes >= 8; p += 8, bytes -= 8) {
        uint64_t w;
        memcpy(&w, p, 8);
        h = (h ^ w) * 0x9e3779b97f4a7c15u;
        h ^= h >> 29;
    }
    for (; bytes > 0; p++, bytes--) h = (h ^ *p) * 0x100000001b3u;
    return h;
}

uint64_t draw_hash(const DrawList *d) {
    uint64_t h = mix_words(0xcbf29ce484222325u, d->ops, d->count * sizeof *d->ops);
    h = mix_words(h, d->numbers, d->number_count * sizeof *d->numbers);
    return mix_words(h, d->bytes, d->byte_count);
}

const char *draw_op_text(const DrawList *d, const Op *op) { return d->bytes + op->first; }

/* Ascent and descent of both faces, as shares of the size: capitals and descenders, no leading. */
Box draw_text_box(const Op *op) {
    return (Box){op->box.x, op->box.y - .74 * op->style.size, op->box.w, .95 * op->style.size};
}

/* ---------------------------------------------------------------- lint */

enum { CLIP_DEPTH = 16 };

typedef struct {
    Box box;
    Box clip; /* the innermost rectangles around it */
    const char *text;
    const Op *op;
} Label;

typedef struct {
    Label *labels;
    size_t count, cap;
} Labels;

static Box intersection(Box a, Box b) {
    double x0 = fmax(a.x, b.x), y0 = fmax(a.y, b.y);
    double x1 = fmin(a.x + a.w, b.x + b.w), y1 = fmin(a.y + a.h, b.y + b.h);
    return (Box){x0, y0, x1 - x0, y1 - y0};
}

static void collect_labels(Labels *out, const DrawList *d, Box whole) {
    Box clips[CLIP_DEPTH] = {whole};
    size_t depth = 0;
    for (const Op *op = d->ops; op < d->ops + d->count; op++) {
        if (op->kind == OP_CLIP) {
            ASSERT(depth + 1 < CLIP_DEPTH);
            clips[depth + 1] = op->count ? clips[depth] : intersection(clips[depth], op->box);
            depth++;
        } else if (op->kind == OP_UNCLIP) {
            ASSERT(depth > 0);
            depth--;
        } else if (op->kind == OP_TEXT) {
            GROW(out->labels, out->cap, out->count + 1);
            out->labels[out->count++] =
                (Label){draw_text_box(op), clips[depth], draw_op_text(d, op), op};
        }
    }
    ASSERT(depth == 0); /* each draw_clip has its draw_unclip */
}

static bool is_cut(const Label *l) {
    return l->box.x < l->clip.x - .5 || l->box.y < l->clip.y - .5 ||
           l->box.x + l->box.w > l->clip.x + l->clip.w + .5 ||
           l->box.y + l->box.h > l->clip.y + l->clip.h + .5;
}

/* Of "97.345 ms" or "g6670" no part says anything; a name may lose its middle, and a line of source,
 * drawn in pieces, its end. */
static bool is_stump(const char *text, Face face) {
    const char *dots = strstr(text, "…");
    size_t chars = 0;
    for (const char *c = text; *c; c++) chars += (*c & 0xc0) != 0x80;
    if (dots == NULL || chars >= 9 || strpbrk(text, "0123456789") == NULL) return false;
    return face != FACE_MONO || strcmp(dots, "…") != 0;
}

static bool collide(const Label *a, const Label *b) {
    Box i = intersection(a->box, b->box);
    return i.w > .5 && i.h > 1.5 && !a->op->over && !b->op->over;
}

size_t draw_lint(const DrawList *const *lists, const Box *regions, size_t count,
                 void (*say)(void *ctx, const char *sentence), void *ctx) {
    Labels all = {0};
    size_t complaints = 0;
    char line[512];
    for (size_t i = 0; i < count; i++) collect_labels(&all, lists[i], regions[i]);
    for (size_t i = 0; i < all.count; i++) {
        const Label *a = &all.labels[i];
        if (a->op->style.size < 12) {
            snprintf(line, sizeof line, "'%s' is smaller than 12", a->text);
            say(ctx, line), complaints++;
        }
        if (is_cut(a)) {
            snprintf(line, sizeof line, "'%s' at %.0f,%.0f is cut (%.0f wide)", a->text, a->box.x,
                     a->op->box.y, a->box.w);
            say(ctx, line), complaints++;
        }
        if (is_stump(a->text, (Face)a->op->style.face)) {
            snprintf(line, sizeof line, "'%s' at %.0f,%.0f is a stump of what it was", a->text,
                     a->box.x, a->op->box.y);
            say(ctx, line), complaints++;
        }
        for (size_t j = i + 1; j < all.count; j++) {
            const Label *b = &all.labels[j];
            if (!collide(a, b)) continue;
            snprintf(line, sizeof line, "'%.120s' overlaps '%.120s' at %.0f,%.0f", a->text, b->text,
                     a->box.x, a->op->box.y);
            say(ctx, line), complaints++;
        }
    }
    free(all.labels);
    return complaints;
}

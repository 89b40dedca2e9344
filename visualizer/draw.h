/* draw.h -- a picture as plain data.
 *
 * Views append to a DrawList and never see a drawing library; draw_cairo.c turns the list into
 * pixels, SVG or PDF. The list can be hashed (nothing changed: nothing is redrawn), linted (no two
 * texts overlap, none is cut) and printed as text (a test reads it).
 *
 * Coordinates are logical pixels of the whole picture, y downwards; angles are radians, clockwise.
 * Colours are tints, roles that theme.h turns into RGB. Reset the list, append, hand it over; it
 * owns all that it holds, texts are copied. A zeroed DrawList is an empty one.
 */
#ifndef FAULTLINE_DRAW_H
#define FAULTLINE_DRAW_H

#include "../sim/base/base.h"

typedef struct {
    double x, y;
} Point;
typedef struct {
    double x, y, w, h;
} Box;

/* ---------------------------------------------------------------- paint and pen */

typedef enum { PAINT_NONE, PAINT_TINT, PAINT_FADE, PAINT_HATCH } PaintKind;

typedef struct {
    PaintKind kind;
    unsigned tint;    /* theme.h: TINT_... */
    unsigned tint_to; /* FADE: the colour at `to` */
    double alpha;
    double from, to; /* FADE: from y, to y; HATCH: gap between strokes, width of one */
} Paint;

typedef struct {
    Paint paint;
    double width;
    double on, off; /* dashes; 0, 0 = unbroken */
    bool round;     /* round ends and corners */
} Pen;

#define NO_PAINT ((Paint){0})
#define NO_PEN ((Pen){0})

Paint paint(unsigned tint);
Paint paint_alpha(unsigned tint, double alpha);
Paint paint_fade(unsigned tint, unsigned tint_to, double y0, double y1);
Paint paint_hatch(unsigned tint, double gap, double width,
                  double alpha); /* strokes at 45 degrees */
Pen pen(unsigned tint, double width);
Pen pen_alpha(unsigned tint, double width, double alpha);
Pen pen_dash(unsigned tint, double width, double on, double off);
Pen pen_round(unsigned tint, double width);
Pen pen_dots(unsigned tint, double width, double on, double off); /* dashes with round ends */

/* ---------------------------------------------------------------- text */

typedef enum { FACE_SANS, FACE_MONO } Face;
typedef enum { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END } Anchor;

typedef struct {
    double size;
    uint16_t weight; /* 400, 500, 600, 700 */
    uint8_t face;
    bool digits; /* a changing number: all digits equally wide, so that it does not dance */
} TextStyle;

static inline TextStyle sans(double size, uint16_t weight) {
    return (TextStyle){size, weight, FACE_SANS, false};
}
static inline TextStyle mono(double size, uint16_t weight) {
    return (TextStyle){size, weight, FACE_MONO, false};
}
static inline TextStyle digits(double size, uint16_t weight) {
    return (TextStyle){size, weight, FACE_SANS, true};
}

/* ---------------------------------------------------------------- the list */

typedef enum {
    OP_BOX,
    OP_CIRCLE,
    OP_LINE,
    OP_PATH,
    OP_COLUMNS,
    OP_TEXT,
    OP_CLIP,
    OP_UNCLIP,
    OP_THEME,
    OP_IMAGE,
} OpKind;

/* A path is a run of numbers: a verb, then its coordinates. */
typedef enum { VERB_MOVE, VERB_LINE, VERB_CURVE, VERB_ARC, VERB_CLOSE } Verb;

typedef struct {
    OpKind kind;
    Box box;       /* BOX; CIRCLE: centre x, y and radius w; LINE: x, y to w, h; CLIP; COLUMNS: see draw_columns */
    double radius; /* BOX, CLIP: of the corners */
    Paint fill;
    Pen edge;
    size_t first, count; /* PATH, CLIP, COLUMNS: numbers; TEXT: bytes */
    TextStyle style;
    uint32_t mover; /* it belongs to movers[mover - 1]; 0 = to nobody */
    bool over;     /* TEXT: may lie over another text (a label with a plate of its own) */
    const uint8_t *rgb; /* IMAGE: rows of red, green, blue, borrowed ... */
    uint32_t rgb_w, rgb_h;
    uint8_t theme; /* THEME: what follows is drawn in this theme (the sheet of tokens) */
} Op;

/* A thing that is elsewhere, or not there at all, in another picture, and may be seen to go there, to come and to leave (motion.h). */
typedef enum {
    MOVER_GOES,  /* from place to place */
    MOVER_LEANS, /* the same; and when it has come, it leans for a moment against what stops it */
    MOVER_FLOWS, /* along a belt */
    MOVER_DROPS, /* from its head, at x, y, to its tip; up again when it is no longer there */
    MOVER_GROWS, /* from its top down */
    MOVER_FADES, /* it is there at once, and fades when it is no longer there */
} MoverKind;
typedef struct {
    uint64_t id; /* the same thing has the same id in every picture */
    MoverKind kind;
    double x, y;         /* its middle */
    size_t first, count; /* its ops; none: it is not there, but here is where it would be drawn */
} Mover;
enum { MOVERS_NESTED = 4 };

/* Numbered things that pass one after the other: from in_x to a cell, from cell to cell, and out to out_x. Those from `first` up to `end`
 * are on it, and are movers: number n is `id` + n. */
typedef struct {
    uint64_t id, first, end;
    double in_x, out_x; /* the left edges of those that have not come yet, and of those that have gone */
    Box head;           /* where the first one is; the others wait behind it, `pitch` apart */
    double pitch;
    uint32_t slot; /* movers[slot - 1] is where another one would be drawn */
} Belt;

typedef struct {
    Op *ops;
    size_t count, cap;
    double *numbers;
    size_t number_count, number_cap;
    char *bytes;
    size_t byte_count, byte_cap;

    size_t path_first; /* where the path being built began */
    double alpha;      /* all that is appended is thinned by 1 - this; 0 is opaque */

    Mover *movers;
    size_t mover_count, mover_cap;
    uint32_t open[MOVERS_NESTED]; /* those being drawn, the innermost last */
    size_t open_count;
    uint64_t carried; /* the id of the one that the next plate carries, or of the first in the next pipe; 0 = it is none that moves */
    Belt *belts;
    size_t belt_count, belt_cap;
} DrawList;

void draw_reset(DrawList *d); /* empty again, keeps its memory */
void draw_free(DrawList *d);
uint64_t draw_hash(const DrawList *d);
void draw_thin(DrawList *d, double alpha); /* what follows has its alpha times this */
/* All that is drawn between these two is this thing; what is drawn inside of another one is carried by it. */
void draw_begin_mover(DrawList *d, MoverKind kind, uint64_t id, double x, double y);
void draw_end_mover(DrawList *d);
void draw_belt(DrawList *d, Belt b);
/* Moves what belongs to movers[i - 1], but not what is carried by it. */
void draw_shift_mover(DrawList *d, uint32_t i, double dx, double dy);
/* Only a share of its length down from y is there: lines are shorter, and what is filled is as it was, nearer to y. */
void draw_stretch_mover(DrawList *d, uint32_t i, double y, double share);
/* Only the upper share of it is seen. */
void draw_reveal_mover(DrawList *d, uint32_t i, double share);
/* It is so much thinner. */
void draw_fade_mover(DrawList *d, uint32_t i, double alpha);
/* One of which nothing is drawn, but that it is there. */
void draw_note_mover(DrawList *d, Mover m);
/* from->movers[i - 1] with its ops, into the list before op `at`. Returns the number that it has there. */
uint32_t draw_lend_mover(DrawList *d, size_t at, const DrawList *from, uint32_t i);
void draw_append(DrawList *to, const DrawList *from, double dx); /* all of another list, so much to the right */

void draw_box(DrawList *d, Box b, double radius, Paint fill, Pen edge);
void draw_circle(DrawList *d, double cx, double cy, double r, Paint fill, Pen edge);
void draw_line(DrawList *d, double x0, double y0, double x1, double y1, Pen edge);
void draw_poly(DrawList *d, const Point *p, size_t count, bool closed, Paint fill, Pen edge);

/* Columns side by side from x on, each `step` wide and one of `share` (0 to 1) times the height, but at least a device pixel high
 * where there is any; they stand on y, or hang from it if the height is negative. Made for thousands in a picture. */
void draw_columns(DrawList *d, double x, double y, double step, double height, const double *share, size_t count, Paint fill);

/* A path is built in the list and then drawn or made the clip: path_move, path_line ...,
 * draw_path. */
void path_move(DrawList *d, double x, double y);
void path_line(DrawList *d, double x, double y);
void path_quad(DrawList *d, double x0, double y0, double cx, double cy, double x, double y);
void path_curve(DrawList *d, double ax, double ay, double bx, double by, double x, double y);
void path_arc(DrawList *d, double cx, double cy, double r, double from, double to);
void path_close(DrawList *d);
void draw_path(DrawList *d, Paint fill, Pen edge);
/* The path stays open for a second draw_path of the same shape (a fill, then a hatch). */
void draw_path_keep(DrawList *d, Paint fill, Pen edge);

void draw_clip(DrawList *d, Box b, double radius);
void draw_clip_path(DrawList *d);
void draw_unclip(DrawList *d);
void draw_theme(DrawList *d, uint8_t theme);
/* w * h pixels of three bytes, which must outlive the list; each is shown as a square. */
void draw_image(DrawList *d, Box b, const uint8_t *rgb, uint32_t w, uint32_t h);

/* The baseline is at y. Returns the width, so that the next text can follow. */
double draw_text(DrawList *d, double x, double y, TextStyle s, unsigned tint, Anchor a,
                 const char *text);
double draw_text_over(DrawList *d, double x, double y, TextStyle s, unsigned tint, Anchor a,
                      const char *text);
double draw_textf(DrawList *d, double x, double y, TextStyle s, unsigned tint, Anchor a,
                  const char *fmt, ...) __attribute__((format(printf, 7, 8)));

const char *draw_op_text(const DrawList *d, const Op *op); /* of a TEXT */
Box draw_text_box(const Op *op);                           /* what a TEXT covers */

/* ---------------------------------------------------------------- lint */

/* Calls `say` with one sentence for each text that overlaps another, leaves its list's region or its clip,
 * is smaller than 12, or is a short one and was shortened. Several lists are one
 * picture. Returns how many. */
size_t draw_lint(const DrawList *const *lists, const Box *regions, size_t count,
                 void (*say)(void *ctx, const char *sentence), void *ctx);

#endif

/* canvas.h -- where a display list becomes visible: pixels, or a PNG, SVG or PDF file.
 *
 * draw_cairo.c implements it; no type of Cairo or Pango leaves that file. A canvas has a size in
 * device pixels and a scale u, device pixels per logical pixel. Open, paint lists one over the
 * other, then save or read the pixels, then close.
 */
#ifndef FAULTLINE_CANVAS_H
#define FAULTLINE_CANVAS_H

#include "draw.h"
#include "theme.h"

#include "../sim/base/diag.h"

typedef enum { CANVAS_PIXELS, CANVAS_SVG, CANVAS_PDF } CanvasKind;
typedef struct Canvas Canvas;

Canvas *canvas_open(CanvasKind kind, int w, int h, double u);
void canvas_close(Canvas *c);

/* Draws the list over what is there, nothing outside `region` (logical pixels). */
void canvas_paint(Canvas *c, const DrawList *d, Theme t, Box region);
/* As canvas_paint, without the texts: what lies behind them (the contrast test). */
void canvas_paint_shapes(Canvas *c, const DrawList *d, Theme t, Box region);

/* Another canvas of pixels like this one, to keep what changes rarely; NULL for SVG and PDF. */
Canvas *canvas_like(const Canvas *c);
bool canvas_is_like(const Canvas *c, const Canvas *other);
/* Copies the region from a canvas like this one. */
void canvas_copy(Canvas *to, const Canvas *from, Box region);

/* The pixels of a CANVAS_PIXELS: 0xAARRGGBB, rows `stride` bytes apart. The canvas owns them. */
uint32_t *canvas_pixels(Canvas *c, int *stride);

/* Writes the file that the canvas' kind asks for (pixels: PNG). Title and description are the
 * picture's text alternative, kept inside SVG and PDF. */
bool canvas_save(Canvas *c, const char *path, const char *title, const char *description, Diag *d);

/* SVG and PDF: what has been painted is a page; what follows is on the next one. */
void canvas_page(Canvas *c);
/* The pages of an SVG as pieces for a larger document, in which they share their letters: `shared` stands in it once,
 * outside of them, and page[i] inside an <svg> with the canvas' size as its view box. Returns how many pages there are, at
 * most `most`. Borrowed from the canvas, on which nothing can be painted any more. */
typedef struct {
    const char *text;
    size_t len;
} CanvasPiece;
size_t canvas_pieces(Canvas *c, CanvasPiece *shared, CanvasPiece *page, size_t most);

/* The packages of the fonts that are not here, such as "fonts-inter"; "" when all are. */
const char *canvas_missing_fonts(void);

/* Drops measured texts and fonts (at the end, so that a leak checker sees only leaks). */
void canvas_forget(void);

#endif

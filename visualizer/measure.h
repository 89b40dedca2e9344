/* measure.h -- how wide a text is, in logical pixels, at any scale the same.
 *
 * Layout needs it, drawing needs it, and neither should know a text library: draw_cairo.c
 * implements it with Pango and remembers what it measured.
 */
#ifndef FAULTLINE_MEASURE_H
#define FAULTLINE_MEASURE_H

#include "draw.h"

double text_width(const char *text, TextStyle s);

/* Shortens `text` in the middle with an ellipsis until it fits; writes to buf (at most size bytes)
 * and returns it. An empty text when what fits says nothing: the ellipsis alone, a few digits. */
const char *text_fit(char *buf, size_t size, const char *text, TextStyle s, double width);
/* The same, shortened at its end: for a line of source. */
const char *text_fit_end(char *buf, size_t size, const char *text, TextStyle s, double width);

#endif

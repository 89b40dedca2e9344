/* contrast.h -- is a text easy to read on what is really painted behind it? */
#ifndef FAULTLINE_TESTS_CONTRAST_H
#define FAULTLINE_TESTS_CONTRAST_H

#include "../../visualizer/canvas.h"
#include "../../visualizer/theme.h"

/* The share of the pixels behind this TEXT from which it stands out by 4.5 to 1; only shapes are on the canvas. */
double contrast_share(Canvas *c, const Op *op, double u, Theme t);

#endif

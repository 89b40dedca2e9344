/* contrast.c -- counting the pixels behind a text. */
#include "contrast.h"

double contrast_share(Canvas *c, const Op *op, double u, Theme t) {
    int stride;
    const uint32_t *pixels = canvas_pixels(c, &stride);
    Box b = draw_text_box(op);
    size_t seen = 0, enough = 0;
    for (int y = (int)(b.y * u); y < (int)((b.y + b.h) * u); y++) {
        for (int x = (int)(b.x * u); x < (int)((b.x + b.w) * u); x++) {
            if (x < 0 || y < 0) continue;
            seen++;
            enough += theme_contrast(theme_rgb(t, (Tint)op->fill.tint), pixels[y * (stride / 4) + x] & 0xffffff) >= 4.5;
        }
    }
    return seen ? (double)enough / (double)seen : 1;
}

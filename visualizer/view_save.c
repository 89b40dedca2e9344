/* view_save.c -- the line in which one chooses what to save. */
#include "view.h"

#include "measure.h"
#include "save.h"
#include "token.h"

#include <math.h>

static void choose(const View *v) {
    static const char title[] = "Save this view";
    double cap = 24, gap = 20, w = 32 + text_width(title, sans(15, 600)) + gap;
    for (int i = 0; i < SAVE_COUNT; i++) w += cap + 8 + text_width(save_spec[i].what, sans(14, 400)) + (i + 1 < SAVE_COUNT ? gap : 0);
    Box b = {round((v->f->w - w) / 2), v->f->top.h + 16, w, 44};
    draw_box(v->d, b, 8, paint(TINT_CARD), pen(TINT_NOW, 2));
    double x = b.x + 16;
    x += draw_text(v->d, x, b.y + 28, sans(15, 600), TINT_T1, ANCHOR_START, title) + gap;
    for (int i = 0; i < SAVE_COUNT; i++) {
        char key[2] = {save_spec[i].key, '\0'};
        x += token_key(v->d, x, b.y + 10, key) + 8;
        x += draw_text(v->d, x, b.y + 28, sans(14, 400), TINT_T2, ANCHOR_START, save_spec[i].what) + gap;
    }
}

void view_save(const View *v) {
    if (v->s->saving && !v->s->help && !v->s->search) choose(v);
}

/* view_knobs.c -- the settings of the run, one of them being changed, to run it again. */
#include "view.h"

#include "knobs.h"
#include "measure.h"
#include "token.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PITCH = 32, HEAD = 92, FOOT = 76, WORDS_LEADING = 18, WORDS_LINES = 4 };

static void row(const View *v, const KnobRow *r, bool chosen, bool fresh, double x, double y, double w) {
    bool changed = strcmp(r->was, r->value) != 0;
    const char *name = strcmp(r->name, "procs") == 0 ? "GOMAXPROCS" : r->name;
    if (chosen) draw_box(v->d, (Box){x - 12, y - 21, w + 24, PITCH - 2}, 5, paint(TINT_CHROME2), pen(TINT_NOW, 2));
    draw_fitted(v->d, x, y, sans(15, chosen ? 600 : 400), TINT_T1, ANCHOR_START, name, w * .4);
    double at = x + w * .44;
    double used = draw_fitted(v->d, at, y, mono(15, changed ? 700 : 500), changed ? TINT_NOW : TINT_T1, ANCHOR_START, r->value, w * .3);
    if (chosen && !fresh) draw_box(v->d, (Box){at + used + 2, y - 15, 2, 20}, 0, paint(TINT_NOW), NO_PEN);
    if (!changed) return;
    char was[64];
    snprintf(was, sizeof was, "was %s", r->was[0] ? r->was : "not set");
    draw_fitted(v->d, x + w, y, sans(13, 400), TINT_T3, ANCHOR_END, was, w * .24);
}

void view_knobs(const View *v) {
    const Knobs *k = v->s->knobs;
    if (k == NULL || v->s->help) return;
    size_t rows = (size_t)fmin((double)k->count, floor((v->f->h - HEAD - FOOT - 120) / PITCH));
    size_t first = k->chosen >= rows ? k->chosen + 1 - rows : 0;
    double w = fmin(620, v->f->w - 48), foot = k->words[0] ? FOOT + WORDS_LINES * WORDS_LEADING : FOOT;
    double h = HEAD + PITCH * (double)rows + foot, inner = w - 72;
    Box b = {round((v->f->w - w) / 2), round((v->f->h - h) / 2), w, h};
    double x = b.x + 36, y = b.y + HEAD + 12;
    draw_box(v->d, (Box){0, 0, v->f->w, v->f->h}, 0, paint_alpha(TINT_APP, .6), NO_PEN);
    draw_box(v->d, b, 10, paint(TINT_CARD), pen(TINT_CARDL, 1));
    draw_text(v->d, x, b.y + 42, sans(20, 700), TINT_T1, ANCHOR_START, "Run again");
    draw_fitted(v->d, x, b.y + 66, sans(14, 400), TINT_T2, ANCHOR_START,
                "Change what you like. This run is kept, and stands beside the new one.", inner);
    for (size_t i = first; i < first + rows; i++, y += PITCH) row(v, &k->row[i], i == k->chosen, k->fresh, x, y, inner);
    y = b.y + b.h - foot + 26;
    if (k->words[0]) prose(v, k->words, x, y, inner, sans(13, 500), WORDS_LEADING, TINT_T1, TINT_T1, WORDS_LINES);
    y = b.y + b.h - 26;
    if (k->runs) {
        draw_text(v->d, x, y, sans(15, 600), TINT_NOW, ANCHOR_START, "it runs ...");
        return;
    }
    static const char *const hints[][2] = {{"↑ ↓", "choose"}, {"← →", "change"}, {"0–9 a–z", "type"}, {"Enter", "run"}, {"Esc", "close"}};
    for (size_t i = 0; i < ARRAY_LEN(hints) && x < b.x + b.w - 100; i++) {
        x += token_key(v->d, x, y - 17, hints[i][0]) + 8;
        x += draw_text(v->d, x, y, sans(13, 400), TINT_T2, ANCHOR_START, hints[i][1]) + 20;
    }
}

/* layout_stage.c -- Ps in a row, what dived below them, the columns left and right (design, 2.3,
 * 2.5).
 *
 * A P's card, its dock and its shaft share a column; an M in C stands under the P it came from,
 * and pushes others aside rather than cover them.
 */
#include "layout.h"

#include <math.h>
#include <stdlib.h>

/* ---------------------------------------------------------------- Ps */

static void place_p(PPlace *p, Box card, double plate_w, double plate_h, double shaft_x,
                    bool shaft_in_card) {
    double cx = card.w / 2;
    if (shaft_in_card)
        cx = fmin(fmax(cx, shaft_x - card.x + 14 + plate_w / 2), card.w - plate_w / 2);
    p->card = card;
    p->plate = (Box){card.x + cx - plate_w / 2, card.y + card.h + 6, plate_w, plate_h};
    p->shaft_x = shaft_x;
}

static void place_full(StageLayout *l, const FrameLayout *f, double x, double space) {
    double n = (double)l->p_count, gap = 18, w = fmin(240, (space - gap * (n - 1)) / n);
    double y = f->stage.y + f->m->card_y, h = f->m->card_h,
           plate = w < 150 ? fmin(76, f->m->plate_w) : f->m->plate_w;
    for (size_t i = 0; i < l->p_count; i++) {
        Box card = {x + (double)i * (w + gap), y, w, h};
        place_p(&l->p[i], card, plate, plate * f->m->plate_h / f->m->plate_w, card.x + 30, true);
    }
}

enum { CARD_GAP = 12, CARD_MIN = 42 };

/* One row of small cards or two, and how wide a card then is. */
static size_t small_rows(const StageLayout *l, double space, double *w) {
    double one_row = (space - CARD_GAP * (double)(l->p_count - 1)) / (double)l->p_count;
    size_t rows = l->p_count > 8 || one_row < 62 ? 2 : 1, per_row = (l->p_count + rows - 1) / rows;
    *w = fmin(104, (space - CARD_GAP * (double)(per_row - 1)) / (double)per_row);
    return rows;
}

/* Cards too slim for a shaft of their own: it runs in the gap to their right, away from sysmon. */
static void place_small(StageLayout *l, const FrameLayout *f, double x, double space) {
    double gap = CARD_GAP, w;
    size_t rows = small_rows(l, space, &w), per_row = (l->p_count + rows - 1) / rows;
    double y = f->stage.y + fmin(48, f->m->card_y), pitch = (f->fault_y - 14 - y) / (double)rows;
    double h = rows == 2 ? 44 : fmin(64, f->m->card_h), plate = fmin(w - 4, rows == 2 ? 56 : 76);
    plate = fmin(plate, (pitch - h - 14) / 1.11);
    if (plate < 30) plate = 0; /* no room for Ms: plug and hatch say what is known */
    for (size_t i = 0; i < l->p_count; i++) {
        size_t row = i / per_row;
        Box card = {x + (double)(i % per_row) * (w + gap), y + (double)row * pitch, w, h};
        place_p(&l->p[i], card, plate, plate * 1.11,
                card.x + w + gap / 2 + (rows == 2 ? (row ? -3 : 3) : 0), false);
    }
}

static void place_tiles(StageLayout *l, const FrameLayout *f, double x, double space) {
    double top = f->stage.y + 48, room = f->fault_y - 20 - top, size = l->p_count <= 64 ? 44 : 14, gap = 4;
    while (size > 3 && floor(space / (size + gap)) * floor(room / (size + gap)) < (double)l->p_count) {
        size -= size > 12 ? 2 : 1;
        gap = size > 12 ? 4 : size > 6 ? 2 : 1;
    }
    size_t per_row = (size_t)fmax(1, space / (size + gap));
    for (size_t i = 0; i < l->p_count; i++) {
        Box b = {x + (double)(i % per_row) * (size + gap), top + (double)(i / per_row) * (size + gap), size, size};
        l->p[i] = (PPlace){b, (Box){0}, b.x + size / 2};
    }
}

static void place_ps(StageLayout *l, const FrameLayout *f, const Model *m) {
    double x = l->services_w <= 0 ? 24 : f->narrow ? 160 : 224, space = l->channels_x - 38 - x;
    l->p_count = m->p_count < P_PLACES_MAX ? m->p_count : P_PLACES_MAX;
    bool full = l->p_count <= 4 && f->m->tokens &&
                (space - 18 * (double)(l->p_count - 1)) / (double)l->p_count >= 118;
    double card = 0;
    if (l->p_count > 0) small_rows(l, space - 6, &card);
    l->ps_look = full ? PS_FULL : l->p_count <= 16 && card >= CARD_MIN ? PS_SMALL : PS_TILES;
    if (l->ps_look == PS_FULL) place_full(l, f, x, space);
    else if (l->ps_look == PS_SMALL) place_small(l, f, x + 6, space - 6);
    else place_tiles(l, f, x, space);
}

/* ---------------------------------------------------------------- Ms in C */

static int by_column(const void *a, const void *b) {
    const CPlace *x = a, *y = b;
    if (x->shaft_x != y->shaft_x) return x->shaft_x < y->shaft_x ? -1 : 1;
    return x->m < y->m ? -1 : x->m > y->m;
}

/* Moves plates apart to `pitch`, inside [left, right], keeping their order. */
static void spread(CPlace *c, size_t count, double pitch, double left, double right) {
    double least = left;
    for (size_t i = 0; i < count; i++) {
        double cx = fmax(least, c[i].shaft_x);
        double most = right - pitch * (double)(count - 1 - i);
        c[i].plate.x = fmin(cx, most) - c[i].plate.w / 2;
        least = fmin(cx, most) + pitch;
    }
}

static size_t collect_in_c(StageLayout *l, const Model *m) {
    size_t total = 0;
    for (uint64_t id = 0; id < m->m_count; id++) {
        if (m->m[id].state != M_IN_C) continue;
        if (total < C_PLACES_MAX) {
            uint64_t p = m->m[id].from_p;
            l->in_c[total] = (CPlace){.m = id, .shaft_x = p < l->p_count ? l->p[p].shaft_x : 0};
        }
        total++;
    }
    return total;
}

static void add_up(StageLayout *l, Kind kind, uint64_t id, double y, size_t most) {
    if (l->up_count++ >= most) return;
    l->up[l->up_shown] = (UpPlace){kind, id, {l->up_end, y, 54, 62}};
    l->up_shown++;
    l->up_end += 64;
}

/* At the left, under the word C (design, 2.3). */
static void place_up(StageLayout *l, const FrameLayout *f, const Model *m) {
    double y = f->fault_y + (f->m->tiny ? 34 : 70);
    size_t most = f->narrow || f->m->tiny ? 2 : UP_PLACES_MAX;
    l->up_end = 24;
    if (y + 62 + 20 > f->stage.y + f->stage.h) most = 0;
    for (uint64_t t = 0; t < m->cthread_count; t++) {
        if (!m->cthread[t].ended && m->cthread[t].m == NONE) add_up(l, KIND_CTHREAD, t, y, most);
    }
    for (uint64_t id = 0; id < m->m_count; id++) {
        if (m->m[id].state == M_EXTRA) add_up(l, KIND_M, id, y, most);
    }
    if (l->up_shown < l->up_count && l->up_shown > 0) l->up_end += 30; /* "+ 3" */
}

/* The large figures go to the one that is selected, else to the one longest in C, of those with
 * room for words beside them. */
static void choose_detail(StageLayout *l, const Scene *s, double right) {
    uint64_t best = NONE;
    l->in_c_detail = l->in_c_shown;
    for (size_t i = 0; i < l->in_c_shown; i++) {
        const CPlace *c = &l->in_c[i];
        double next = i + 1 < l->in_c_shown ? l->in_c[i + 1].plate.x - 8 : right;
        double room = next - (c->plate.x + c->plate.w + 18);
        const ModelM *mp = &s->model->m[c->m];
        uint64_t since = s->selected.kind == KIND_M && s->selected.id == c->m ? 0 : mp->since_ns;
        if (room < 100 || since >= best) continue;
        best = since;
        l->in_c_detail = i;
        l->detail_w = room;
    }
}

void layout_in_c(StageLayout *l, const FrameLayout *f, const Scene *s, double left, double right) {
    double y = f->fault_y + f->m->in_c_below;
    double w = f->m->in_c_w, h = f->m->in_c_h, pitch = f->m->in_c_pitch,
           bottom = f->stage.y + f->stage.h;
    size_t per_row = (size_t)fmax(1, (right - left) / 62),
           rows = (size_t)fmax(0, (bottom - y) / 72);
    l->in_c_box = (Box){left, y, right - left, f->stage.y + f->stage.h - y - 10};
    l->in_c_look = l->in_c_count <= 6 && pitch * (double)l->in_c_count <= right - left ? IN_C_PLATES
                   : l->in_c_count <= C_PLACES_MAX && l->in_c_count <= per_row * rows  ? IN_C_SMALL
                                                                                       : IN_C_STACK;
    l->in_c_shown = l->in_c_look == IN_C_STACK ? 0 : l->in_c_count;
    qsort(l->in_c, l->in_c_shown, sizeof *l->in_c, by_column); /* total: M ids differ */
    if (l->in_c_look == IN_C_PLATES) {
        for (size_t i = 0; i < l->in_c_shown; i++) l->in_c[i].plate = (Box){0, y, w, h};
        spread(l->in_c, l->in_c_shown, pitch, left + w / 2, right - w / 2);
        choose_detail(l, s, right);
        return;
    }
    for (size_t i = 0; i < l->in_c_shown; i++) {
        l->in_c[i].plate =
            (Box){left + (double)(i % per_row) * 62 + 11, y + (double)(i / per_row) * 72, 40, 46};
    }
    l->in_c_detail = l->in_c_shown;
}

/* ---------------------------------------------------------------- the right-hand column */

static void place_columns(StageLayout *l, const FrameLayout *f, const Scene *s) {
    double mw = f->stage.x + f->stage.w, bottom = f->fault_y;
    l->services_x = 24;
    l->services_w = mw < 680 ? 0 : f->narrow ? 120 : 172; /* no room: the Ps need it more */
    l->channels_w = mw < 680 ? 200 : f->narrow ? 262 : 306;
    l->channels_x = mw - l->channels_w - (f->narrow ? 16 : 24);
    double heap_h = s->head->obj_count ? f->m->heap_h : 0;
    l->heap = (Box){l->channels_x, bottom - f->m->heap_above, l->channels_w, heap_h};
    double room = (heap_h > 0 ? l->heap.y - 28 : bottom - 20) - (f->stage.y + f->m->channels_y + 4);
    l->channel_rows = room > 0 ? (size_t)(room / 66) : 0;
    if (l->channel_rows == 0) l->channel_rows = 1;
    double qx = l->channels_x - 122;
    l->queue = (Box){qx, bottom + f->m->queue_below, mw - 30 - 6 - qx, f->m->queue_h};
    l->held = (Box){qx - 6, bottom + f->m->held_below, l->queue.w + 12, f->m->held_h};
    if (l->held.y + l->held.h + 2 > f->stage.y + f->stage.h) l->held.h = 0;
}

void layout_stage(StageLayout *l, const FrameLayout *f, const Scene *s) {
    *l = (StageLayout){0};
    place_columns(l, f, s);
    place_ps(l, f, s->model);
    place_up(l, f, s->model);
    l->in_c_count = collect_in_c(l, s->model);
    layout_in_c(l, f, s, l->up_shown ? l->up_end + 16 : 24, l->queue.x - 24);
    layout_memory(l, f, s);
}

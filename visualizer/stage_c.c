/* stage_c.c -- Ms below the line: who is in C, with which goroutine, for how long.
 *
 * Up to six stand as full plates under the P they came from, on a shaft; the shaft is cut where
 * the P was taken away. More fold to small plates, and then to one stack with a tick for each time
 * in C. The time in C never folds away.
 */
#include "view.h"

#include "measure.h"
#include "token.h"

#include <math.h>
#include <stdio.h>

static const char *fn_name(const Model *m, const ModelM *mp) {
    const char *fn = mp->g != NONE ? intern_text(m->text, model_c_function(m, mp->g)) : "";
    return fn[0] ? fn : mp->syscall ? "a syscall" : "C";
}

static void time_in_c(char *buf, size_t size, const View *v, uint64_t m) {
    narrate_time(buf, size, v->s->now_ns - v->s->model->m[m].since_ns);
}

/* ---------------------------------------------------------------- shafts */

/* From the card to the plate; it steps aside below the line where the plate could not stand under
 * it. */
static void shaft(const View *v, const CPlace *c) {
    const ModelM *mp = &v->s->model->m[c->m];
    if (mp->from_p >= v->stage->p_count || v->stage->ps_look == PS_TILES) return;
    const PPlace *p = &v->stage->p[mp->from_p];
    bool beside = p->shaft_x > p->card.x + p->card.w; /* beside a small card: from its edge */
    double top = p->card.y + p->card.h + (beside ? -12 : 2), cx = c->plate.x + c->plate.w / 2,
           level = v->f->fault_y + 32;
    if (beside)
        draw_line(v->d, p->card.x + p->card.w + 1, top, p->shaft_x, top, pen(TINT_AMBER, 2));
    if (fabs(cx - p->shaft_x) < 1) {
        token_shaft(v->d, p->shaft_x, top, c->plate.y - 2);
    } else {
        token_shaft(v->d, p->shaft_x, top, level);
        draw_line(v->d, p->shaft_x, level, cx, level, pen_dots(TINT_AMBER, 2, 2, 6));
        token_shaft(v->d, cx, level, c->plate.y - 2);
    }
}

/* Only the last one that lost this P has the cut: those before it lost their ties long ago. */
static bool is_cut(const Model *m, uint64_t id) {
    uint64_t p = m->m[id].from_p;
    return p < m->p_count && m->m[id].p == NONE && m->p[p].retaken_from == id;
}

static void cut(const View *v, const CPlace *c) {
    const Model *m = v->s->model;
    const ModelP *pp = &m->p[m->m[c->m].from_p];
    const PPlace *place = &v->stage->p[m->m[c->m].from_p];
    double y = place->card.y + place->card.h + (v->stage->ps_look == PS_FULL ? 30 : 16);
    token_cut(v->d, place->shaft_x, y, v->stage->ps_look == PS_FULL ? 9 : 6, TINT_GO2);
    if (v->stage->ps_look != PS_FULL) return;
    uint64_t p = m->m[c->m].from_p;
    double queue = v->stage->services_w - (v->f->narrow ? 22 : 18);
    if (m->globq.count > 2) queue = v->stage->services_w + 2; /* its tokens reach that far */
    double left = p > 0 ? v->stage->p[p - 1].plate.x + v->stage->p[p - 1].plate.w + 6
                        : v->stage->services_x + queue;
    double x = place->shaft_x - 16, room = x - left;
    char time[48], text[64];
    narrate_time(time, sizeof time, v->s->now_ns - pp->retaken_ns);
    snprintf(text, sizeof text, v->s->now_ns > pp->retaken_ns ? "%s ago" : "just now", time);
    bool dock_free = pp->m == NONE ? thread_for_p(m, p) == NONE : m->m[pp->m].state == M_IN_C;
    Anchor anchor = ANCHOR_END;
    if (text_width("retaken", sans(12, 600)) > room &&
        dock_free) { /* nobody in the dock: the words stand there */
        anchor = ANCHOR_START;
        x = place->shaft_x + 16;
        room = place->card.x + place->card.w - x;
    }
    draw_short(v->d, x, y, sans(14, 600), TINT_NOW, anchor, "retaken", room);
    draw_short(v->d, x, y + 18, digits(13, 400), TINT_T2, anchor, text, room);
}

static void door_label(const View *v, const CPlace *c) {
    const Model *m = v->s->model;
    uint64_t p = m->m[c->m].from_p;
    if (!v->f->m->two_lines || v->stage->ps_look != PS_FULL || p >= v->stage->p_count) return;
    double x = v->stage->p[p].shaft_x - 16,
           left =
               p > 0 ? v->stage->p[p - 1].card.x + 10 : v->stage->services_x + v->stage->services_w;
    draw_whole(v->d, x, v->f->fault_y - 18, mono(13, 500), TINT_T2, ANCHOR_END, m->m[c->m].syscall ? "entersyscall" : "cgocall", x - left);
}

/* ---------------------------------------------------------------- plates */

static void plate(const View *v, const CPlace *c, double size) {
    const ModelM *mp = &v->s->model->m[c->m];
    char label[24], g[24] = "";
    if (mp->g != NONE) thing_text(g, sizeof g, KIND_G, mp->g);
    begin_mover(v, c->plate, KIND_M, c->m, mp->g);
    token_m(v->d, c->plate, thing_text(label, sizeof label, KIND_M, c->m), MLOOK_C, g, GLOOK_IN_C,
            size);
    draw_end_mover(v->d);
    double cx = c->plate.x + c->plate.w / 2, gy = c->plate.y + c->plate.h * .365,
           r = c->plate.w * .295;
    if (mp->g != NONE) ring_g(v, cx, gy, r, mp->g);
    if (is_selected(v->s, KIND_M, c->m))
        draw_box(v->d, (Box){c->plate.x - 5, c->plate.y - 3, c->plate.w + 10, c->plate.h + 8}, 8,
                 NO_PAINT, pen(TINT_NOW, 2));
    mark_thing(v, c->plate, KIND_M, c->m);
    if (mp->g != NONE) mark_thing(v, (Box){cx - r, gy - r, 2 * r, 2 * r}, KIND_G, mp->g);
}

/* What it waits for, and whether it still holds its P. */
static void detail_words(const View *v, const ModelM *mp, double x, double y, double room) {
    bool full = v->f->m->two_lines;
    char p[24], line[64];
    TextStyle s = sans(15, 400);
    bool dry = mp->queue != NONE && v->s->model->queue[mp->queue].depth == 0;
    const char *before = mp->queue != NONE && full && !dry ? "to drain, " : "";
    if (mp->queue != NONE && !v->f->m->tiny) {
        const char *waits = dry    ? "the queue is dry"
                            : full ? "waiting for the queue"
                                   : "waits for the queue";
        if (text_width(waits, s) > room) waits = dry ? "" : "waits", before = "";
        draw_text(v->d, x, y, s, TINT_F2, ANCHOR_START, waits);
        y += v->f->m->detail_leading;
    }
    if (mp->p == NONE) snprintf(line, sizeof line, "%sholds no P", before);
    else
        snprintf(line, sizeof line, "%sstill holds %s", before,
                 thing_text(p, sizeof p, KIND_P, mp->p));
    draw_whole(v->d, x, y, s, TINT_F2, ANCHOR_START, line, room);
}

static TextStyle large_time(const char *time, double room) {
    return text_width(time, digits(32, 700)) <= room ? digits(32, 700) : digits(22, 700);
}

/* The one with its time in large figures: who, in what, how long. */
static void detail(const View *v, const CPlace *c) {
    const Model *m = v->s->model;
    const ModelM *mp = &m->m[c->m];
    const StageMetrics *sm = v->f->m;
    double x = c->plate.x + c->plate.w + 18, y = c->plate.y, room = v->stage->detail_w;
    char text[128], time[48];
    const char *name = mp->g != NONE ? model_g_name(m, mp->g) : "";
    snprintf(text, sizeof text, "%s is in %s", name, fn_name(m, mp));
    if (name[0] == '\0' || text_width(text, sans(16, 600)) > room)
        snprintf(text, sizeof text, "in %s", fn_name(m, mp));
    draw_fitted(v->d, x, y + sm->detail_name, sans(16, 600), TINT_F1, ANCHOR_START, text, room);
    time_in_c(time, sizeof time, v, c->m);
    double w = draw_text(v->d, x, y + sm->detail_time, large_time(time, room), TINT_AMBER, ANCHOR_START, time);
    draw_whole(v->d, x + w + 10, y + sm->detail_time, sans(18, 500), TINT_F1, ANCHOR_START, below_text(m, c->m), room - w - 10);
    detail_words(v, mp, x, y + sm->detail_words, room);
}

static void time_under(const View *v, const CPlace *c) {
    char time[48];
    double cx = c->plate.x + c->plate.w / 2, y = c->plate.y + c->plate.h;
    time_in_c(time, sizeof time, v, c->m);
    double room = v->f->m->in_c_pitch - 6;
    bool two = v->f->m->two_lines;
    draw_short(v->d, cx, y + (two ? v->f->m->words_y : 14), digits(two ? 16 : 15, 600), TINT_AMBER,
               ANCHOR_MIDDLE, time, room);
    if (v->f->m->tiny || y + (two ? 46 : 33) > v->f->stage.y + v->f->stage.h) return;
    draw_fitted(v->d, cx, y + (two ? 42 : 29), mono(two ? 13 : 12, 500), TINT_F2, ANCHOR_MIDDLE,
                fn_name(v->s->model, &v->s->model->m[c->m]), room);
}

static void small_plate(const View *v, const CPlace *c) {
    char label[24], time[48];
    begin_mover(v, c->plate, KIND_M, c->m, NONE);
    token_m_small(v->d, c->plate, thing_text(label, sizeof label, KIND_M, c->m), MLOOK_C);
    draw_end_mover(v->d);
    time_in_c(time, sizeof time, v, c->m);
    draw_short(v->d, c->plate.x + 20, c->plate.y + 60, digits(12, 600), TINT_AMBER, ANCHOR_MIDDLE,
               time, 60);
    mark_thing(v, c->plate, KIND_M, c->m);
}

/* ---------------------------------------------------------------- the stack */

/* More than fit: one plate, their number, and a tick for each at its time in C. */
static void stack(const View *v) {
    const Model *m = v->s->model;
    Box b = v->stage->in_c_box;
    char text[64], time[48];
    uint64_t longest = 0, syscalls = 0;
    for (uint64_t id = 0; id < m->m_count; id++) {
        syscalls += m->m[id].state == M_IN_C && m->m[id].syscall;
        if (m->m[id].state == M_IN_C && v->s->now_ns - m->m[id].since_ns > longest)
            longest = v->s->now_ns - m->m[id].since_ns;
    }
    double side = fmin(72, (b.h - 20) / 1.14);
    for (int i = 3; i >= 0; i--)
        token_m(v->d, (Box){b.x + 8 + i * 7, b.y + 12 - i * 4, side, side * 1.14}, "", MLOOK_C, "",
                GLOOK_IN_C, 14);
    double x = b.x + side + 56, w = fmin(420, b.w - side - 76);
    const char *where = syscalls == 0 ? "in C" : syscalls == v->stage->in_c_count ? "in syscalls" : "out of Go";
    snprintf(text, sizeof text, "%s Ms %s", count_text(time, sizeof time, v->stage->in_c_count), where);
    draw_short(v->d, x, b.y + 26, digits(20, 700), TINT_F1, ANCHOR_START, text, w);
    narrate_time(time, sizeof time, longest);
    double tw = draw_text(v->d, x, b.y + 64, large_time(time, w), TINT_AMBER, ANCHOR_START, time);
    draw_whole(v->d, x + tw + 10, b.y + 64, sans(15, 400), TINT_F2, ANCHOR_START, "the longest", w - tw - 10);
    if (b.h < 108) return;
    draw_line(v->d, x, b.y + 106, x + w, b.y + 106, pen(TINT_FCARDL, 1));
    for (uint64_t id = 0; id < m->m_count && longest > 0; id++) {
        if (m->m[id].state != M_IN_C) continue;
        double tick = x + w * (double)(v->s->now_ns - m->m[id].since_ns) / (double)longest;
        draw_line(v->d, tick, b.y + 88, tick, b.y + 106, pen(TINT_AMBER, 1.6));
    }
    if (b.h < 126 || w < 90) return;
    draw_text(v->d, x, b.y + 122, sans(12, 400), TINT_F3, ANCHOR_START, "0");
    snprintf(text, sizeof text, "time %s", where);
    draw_text(v->d, x + w, b.y + 122, sans(12, 400), TINT_F3, ANCHOR_END, text);
}

/* ---------------------------------------------------------------- C's own threads, and Ms for them */

static void up(const View *v) {
    const StageLayout *l = v->stage;
    const Model *m = v->s->model;
    char label[24], text[32];
    for (size_t i = 0; i < l->up_shown; i++) {
        const UpPlace *u = &l->up[i];
        bool thread = u->kind == KIND_CTHREAD;
        begin_mover(v, u->plate, u->kind, u->id, NONE);
        token_m(v->d, u->plate, thing_text(label, sizeof label, u->kind, u->id),
                thread ? MLOOK_C_THREAD : MLOOK_EXTRA, "", GLOOK_RUNNING, 14);
        draw_end_mover(v->d);
        if (is_selected(v->s, u->kind, u->id))
            draw_box(v->d, (Box){u->plate.x - 4, u->plate.y - 4, u->plate.w + 8, u->plate.h + 8}, 8,
                     NO_PAINT, pen(TINT_NOW, 2));
        mark_thing(v, u->plate, u->kind, u->id);
        draw_fitted(v->d, u->plate.x + u->plate.w / 2, u->plate.y + u->plate.h + 16, sans(12, 400),
                    TINT_F2, ANCHOR_MIDDLE,
                    thread ? intern_text(m->text, m->cthread[u->id].name) : "extra M", 62);
    }
    if (l->up_shown == 0 || l->up_shown == l->up_count) return;
    snprintf(text, sizeof text, "+ %zu", l->up_count - l->up_shown);
    draw_text(v->d, l->up_end - 32, l->up[0].plate.y + 38, digits(14, 500), TINT_F2, ANCHOR_START,
              text);
}

void stage_in_c(const View *v) {
    const StageLayout *l = v->stage;
    up(v);
    if (l->in_c_look == IN_C_STACK) {
        stack(v);
        return;
    }
    for (size_t i = 0; i < l->in_c_shown; i++) {
        const CPlace *c = &l->in_c[i];
        if (l->in_c_look == IN_C_SMALL) {
            small_plate(v, c);
            continue;
        }
        shaft(v, c);
        if (v->stage->ps_look != PS_TILES && is_cut(v->s->model, c->m)) cut(v, c);
        plate(v, c, v->f->m->tiny ? 14 : 18);
        if (i == l->in_c_detail) {
            detail(v, c);
            door_label(v, c);
        } else {
            time_under(v, c);
        }
    }
}

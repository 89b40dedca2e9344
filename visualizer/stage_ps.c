/* stage_ps.c -- the Ps with their queues, the Ms that sit in their docks, and the shafts.
 *
 * A full card shows the goroutines themselves; a small one their number and rings; a tile only who
 * runs. Plug or no plug, hatch or none: whether a P works is seen without reading.
 */
#include "view.h"

#include "measure.h"
#include "token.h"

#include <math.h>
#include <stdio.h>

static PLook p_look(const Model *m, uint64_t p) {
    if (m->p[p].state == P_GCSTOP) return PLOOK_STOPPED;
    if (m->p[p].state == P_DEAD) return PLOOK_IDLE;
    if (m->p[p].m == NONE) return thread_for_p(m, p) == NONE ? PLOOK_IDLE : PLOOK_WAITS;
    return model_p_in_syscall(m, p) ? PLOOK_SYSCALL : PLOOK_RUNNING;
}

/* On a hatched card a text gets a plate of its own. */
static void card_text(const View *v, PLook look, double x, double y, TextStyle s, Tint tint,
                      Anchor a, const char *text) {
    if (look == PLOOK_SYSCALL) {
        double w = text_width(text, s), x0 = a == ANCHOR_START ? x
                                             : a == ANCHOR_END ? x - w
                                                               : x - w / 2;
        draw_box(v->d, (Box){x0 - 4, y - s.size * .86, w + 8, s.size * 1.18}, 3, paint(TINT_CARD),
                 NO_PEN);
    }
    draw_text(v->d, x, y, s, tint, a, text);
}

/* n of 256, along the card's bottom, on a track: a short bar alone would be a stray dot. */
static void queue_bar(const View *v, Box card, uint64_t count) {
    double share = fmin(1, (double)count / 256);
    if (count == 0) return;
    Box track = {card.x + 12, card.y + card.h - 5, card.w - 24, 2};
    draw_box(v->d, track, 0, paint(TINT_CARDL), NO_PEN);
    track.w = fmax(4, track.w * share);
    draw_box(v->d, track, 0, paint(TINT_VAL), NO_PEN);
}

static void queue_token(const View *v, uint64_t g, double cx, double cy) {
    char label[24];
    begin_mover(v, (Box){cx, cy, 0, 0}, KIND_G, g, NONE);
    token_g(v->d, cx, cy, G_RADIUS_QUEUE, thing_text(label, sizeof label, KIND_G, g),
            GLOOK_RUNNABLE);
    ring_g(v, cx, cy, G_RADIUS_QUEUE - 2, g);
    draw_end_mover(v->d);
    mark_thing(v, (Box){cx - 16, cy - 16, 32, 32}, KIND_G, g);
}

/* The head of a queue as tokens from x on; what does not fit is three rings. Returns where it
 * ends. */
static double queue_tokens(const View *v, const ModelQ *q, double x, double end, double cy) {
    const double pitch = 36;
    uint64_t fit = end - x >= 32 ? (uint64_t)((end - x - 32) / pitch) + 1 : 0, shown = q->count;
    if (q->count > fit) {
        uint64_t with_more = end - x >= MORE_WIDTH ? (uint64_t)((end - x - MORE_WIDTH) / pitch) : 0;
        shown = with_more;
    }
    uint64_t g = q->head;
    for (uint64_t i = 0; i < shown; i++, g = v->s->model->g[g].next, x += pitch)
        queue_token(v, g, x + 16, cy);
    if (shown < q->count && end - x >= MORE_WIDTH) {
        token_more(v->d, x + (shown ? 2 : 0), cy);
        x += MORE_WIDTH;
    }
    return x;
}

static void full_card(const View *v, uint64_t p, Box c, PLook look) {
    const ModelP *pp = &v->s->model->p[p];
    char text[48];
    uint64_t queued = pp->runq.count + (pp->runnext != NONE);
    double cy = c.y + v->f->m->queue_y;
    card_text(v, look, c.x + 14, c.y + v->f->m->name_y, sans(20, 700), TINT_T1, ANCHOR_START,
              thing_text(text, sizeof text, KIND_P, p));
    double room = c.w - 36 - text_width(text, sans(20, 700));
    if (pp->state == P_DEAD) snprintf(text, sizeof text, "no more");
    else if (look == PLOOK_STOPPED && queued == 0) snprintf(text, sizeof text, "stopped");
    else if (look == PLOOK_IDLE && queued == 0) snprintf(text, sizeof text, "idle");
    else if (look == PLOOK_WAITS)
        snprintf(text, sizeof text, "waits for M%llu",
                 (unsigned long long)thread_for_p(v->s->model, p));
    else if (v->s->model->imported) snprintf(text, sizeof text, text_width("queue not known", digits(14, 500)) > room ? "" : "queue not known");
    else snprintf(text, sizeof text, "%llu queued", (unsigned long long)queued);
    if (text_width(text, digits(14, 500)) > room) text[strcspn(text, " ")] = '\0'; /* the number, or that it waits */
    card_text(v, look, c.x + c.w - 14, c.y + v->f->m->name_y - 1, digits(14, 500), TINT_T2,
              ANCHOR_END, text);
    if (v->s->model->imported) return; /* nobody says what is in it */
    Box next = {c.x + 12, cy - 19, 38, 38};
    token_g_frame(v->d, next, pp->runnext == NONE);
    if (pp->runnext != NONE) queue_token(v, pp->runnext, next.x + 19, cy);
    double end = queue_tokens(v, &pp->runq, c.x + 62, c.x + c.w - 12, cy);
    token_rail(v->d, end, c.x + c.w - 12, cy);
    if (v->f->m->captions) {
        card_text(v, look, c.x + 14, c.y + c.h - 8, sans(12, 400), TINT_T3, ANCHOR_START, "next");
        card_text(v, look, c.x + 62, c.y + c.h - 8, sans(12, 400), TINT_T3, ANCHOR_START,
                  "run queue");
    }
    if (pp->runq.count > 3) queue_bar(v, c, pp->runq.count);
}

static void small_card(const View *v, uint64_t p, Box c, PLook look) {
    const ModelP *pp = &v->s->model->p[p];
    char text[48];
    uint64_t queued = pp->runq.count + (pp->runnext != NONE);
    card_text(v, look, c.x + 8, c.y + 20, sans(16, 700), TINT_T1, ANCHOR_START,
              thing_text(text, sizeof text, KIND_P, p));
    snprintf(text, sizeof text, "%llu", (unsigned long long)queued);
    double name = text_width("P88", sans(16, 700)), cy = c.y + (c.h > 50 ? 42 : 33);
    bool beside = name + text_width(text, digits(14, 500)) + 22 <= c.w;
    if (queued > 0)
        card_text(v, look, c.x + c.w - 8, beside ? c.y + 20 : c.y + 38, digits(14, 500), TINT_T2,
                  ANCHOR_END, text);
    else if (look == PLOOK_WAITS && name + text_width("waits", sans(13, 400)) + 22 <= c.w)
        card_text(v, look, c.x + c.w - 8, c.y + 20, sans(13, 400), TINT_T2, ANCHOR_END, "waits");
    uint64_t fit = beside ? (uint64_t)((c.w - 14) / 13) : 0, rings = queued < fit ? queued : fit;
    for (uint64_t i = 0; i < rings; i++)
        draw_circle(v->d, c.x + 13 + (double)i * 13, cy, 4.5, paint(TINT_SLOT),
                    pen(TINT_BLUE, 1.6));
    queue_bar(v, c, queued);
}

/* ---------------------------------------------------------------- who sits in the dock */

/* The thread that has this P, or that was asked to take it and is on its way. */
static uint64_t docked(const Model *m, uint64_t p) {
    if (m->p[p].m != NONE) return model_p_in_syscall(m, p) ? NONE : m->p[p].m;
    return thread_for_p(m, p);
}

static void words_under_plate(const View *v, const PPlace *place, const ModelM *mp) {
    const Model *m = v->s->model;
    double cx = place->plate.x + place->plate.w / 2,
           y = place->plate.y + place->plate.h + v->f->m->words_y;
    double room =
        2 * fmin(cx - place->shaft_x - 8,
                 place->card.x + place->card.w + 6 - cx); /* between its shaft and the next card */
    char time[48], text[96];
    const char *name = "", *state = m_state_name[mp->state];
    text[0] = '\0';
    if (mp->g != NONE) {
        name = model_g_name(m, mp->g);
        state = g_state_name[m->g[mp->g].state];
        snprintf(text, sizeof text, "%s %s", state,
                 narrate_time(time, sizeof time, v->s->now_ns - m->g[mp->g].since_ns));
    } else {
        snprintf(text, sizeof text, "%s %s", state,
                 narrate_time(time, sizeof time, v->s->now_ns - mp->since_ns));
    }
    if (name[0]) draw_fitted(v->d, cx, y, sans(16, 600), TINT_T1, ANCHOR_MIDDLE, name, room);
    if (!v->f->m->two_lines && name[0]) return;
    /* what a thread without a goroutine does says more than for how long */
    if (text_width(text, digits(14, 400)) > room)
        snprintf(text, sizeof text, "%s", name[0] ? time : state);
    draw_short(v->d, cx, name[0] ? y + 20 : y, digits(14, 400), TINT_T2, ANCHOR_MIDDLE, text, room);
}

/* Made by what the panel tells, and for a class still new: 50 µs. */
static bool is_new(const View *v, uint64_t id) {
    enum { NEW_NS = 50000 };
    const Story *st = v->s->story;
    const Lane *lane = id < v->s->lanes->m_count ? &v->s->lanes->m[id] : NULL;
    uint64_t born_seq = v->s->model->m[id].born_seq;
    if (born_seq <= 1 || born_seq < st->since_seq || st->seq == 0 || st->step_count < 2)
        return false;
    return lane && lane->count > 0 && v->s->now_ns <= lane->span[0].from_ns + NEW_NS;
}

/* The P to the right has lost its thread, and says so left of its cut shaft, as far as to x: that matters more. */
static bool cut_beside(const View *v, uint64_t p, double x) {
    const Model *m = v->s->model;
    uint64_t next = p + 1, lost = next < v->stage->p_count && next < m->p_count ? m->p[next].retaken_from : NONE;
    if (lost >= m->m_count || m->m[lost].from_p != next || m->m[lost].p != NONE) return false;
    return v->stage->p[next].shaft_x - 16 - text_width("retaken", sans(14, 600)) < x + 6;
}

static void plate_at(const View *v, uint64_t p, const PPlace *place, uint64_t id) {
    const Model *m = v->s->model;
    const ModelM *mp = &m->m[id];
    char label[24], g[24] = "";
    bool plugged = m->p[p].m == id, starting = mp->state == M_STARTING || mp->state == M_WAKING;
    bool fresh = is_new(v, id);
    double cx = place->plate.x + place->plate.w / 2;
    if (mp->g != NONE) thing_text(g, sizeof g, KIND_G, mp->g);
    if (plugged) {
        double w = fmin(56, place->plate.w * .62);
        Box plug = {cx - w / 2, place->card.y + place->card.h - 2, w, 9};
        bool changed = is_changed(v->s, KIND_P, p);
        if (!changed) draw_box(v->d, plug, 2, paint(TINT_BLUE), NO_PEN);
        begin_part(v, MOVER_FADES, PART_PLUG, p, id, plug.x, plug.y);
        if (changed) draw_box(v->d, plug, 2, paint(TINT_NOW), NO_PEN);
        draw_end_mover(v->d);
    }
    bool from_c = mp->cthread != NONE || (mp->g != NONE && m->g[mp->g].callbacks > 0);
    MLook look = starting                    ? MLOOK_STARTING
                 : mp->state == M_SPINNING   ? MLOOK_SPINNING
                 : from_c && mp->g != NONE   ? MLOOK_CALLBACK
                                             : MLOOK_GO;
    if (place->plate.w <= 0) return;
    begin_mover(v, place->plate, KIND_M, id, mp->g);
    token_m(v->d, place->plate, thing_text(label, sizeof label, KIND_M, id), look, g, GLOOK_RUNNING,
            place->plate.w < 62   ? 13
            : place->plate.w < 80 ? 16
                                  : 18);
    draw_end_mover(v->d);
    if (mp->lock_g != NONE && look == MLOOK_GO && place->plate.w >= 56)
        token_lock(v->d, place->plate.x + place->plate.w - 13, place->plate.y + 14, 1.1, TINT_T1);
    if (is_selected(v->s, KIND_M, id))
        draw_box(
            v->d,
            (Box){place->plate.x - 5, place->plate.y - 3, place->plate.w + 10, place->plate.h + 8},
            8, NO_PAINT, pen(TINT_NOW, 2));
    if (mp->g != NONE) ring_g(v, cx, place->plate.y + place->plate.h * .365, place->plate.w * .295, mp->g);
    mark_thing(v, place->plate, KIND_M, id);
    if (mp->g != NONE) {
        double r = place->plate.w * .295;
        mark_thing(v, (Box){cx - r, place->plate.y + place->plate.h * .365 - r, 2 * r, 2 * r},
                   KIND_G, mp->g);
    }
    double pill = text_width("new", sans(13, 700)) + 16;
    double pill_end = place->plate.x + place->plate.w + 6 + pill;
    if (fresh && v->stage->ps_look == PS_FULL && pill_end <= place->card.x + place->card.w + 14 && !cut_beside(v, p, pill_end)) {
        token_pill(v->d, place->plate.x + place->plate.w + 6, place->plate.y + 8, "new", TINT_NOW,
                   TINT_ON_NOW, 13, 22);
    }
    if (v->stage->ps_look == PS_FULL) words_under_plate(v, place, mp);
}

/* ---------------------------------------------------------------- tiles */

static void tile(const View *v, uint64_t p, Box b) {
    const Model *m = v->s->model;
    PLook look = p_look(m, p);
    char label[24];
    uint64_t g = m->p[p].m != NONE ? m->m[m->p[p].m].g : NONE;
    if (look == PLOOK_SYSCALL) {
        draw_box(v->d, b, 3, paint(TINT_CARD), NO_PEN);
        draw_box(v->d, b, 3, paint_hatch(TINT_AMBER, 6, 2, .5), pen(TINT_AMBER, 1));
    } else if (look == PLOOK_WAITS) {
        draw_box(v->d, b, 3, paint(TINT_CARD), pen_dash(TINT_NOW, 1, 3, 3));
    } else if (look == PLOOK_IDLE || g == NONE) {
        draw_box(v->d, b, 3, NO_PAINT, pen_dash(TINT_PARK, 1, 3, 3));
    } else {
        draw_box(v->d, b, 3, paint(theme_goroutine(g)), NO_PEN);
    }
    if (b.w < 40) return;
    TextStyle s = sans(13, 600);
    thing_text(label, sizeof label, KIND_P, p);
    if (look == PLOOK_SYSCALL)
        draw_box(v->d, (Box){b.x + 4, b.y + b.h / 2 - 9, b.w - 8, 18}, 3, paint(TINT_CARD), NO_PEN);
    draw_text(v->d, b.x + b.w / 2, b.y + b.h / 2 + 5, s,
              look == PLOOK_RUNNING && g != NONE ? TINT_ON_G : TINT_T1, ANCHOR_MIDDLE, label);
}

void stage_ps(const View *v) {
    const Model *m = v->s->model;
    for (uint64_t p = 0; p < v->stage->p_count; p++) {
        const PPlace *place = &v->stage->p[p];
        mark_thing(v, place->card, KIND_P, p);
        if (v->stage->ps_look == PS_TILES) {
            tile(v, p, place->card);
            continue;
        }
        PLook look = p_look(m, p);
        bool changed = is_changed(v->s, KIND_P, p);
        token_p(v->d, place->card, look, changed);
        now_edge(v, place->card, 10, 2, KIND_P, p, changed);
        if (v->stage->ps_look == PS_FULL) full_card(v, p, place->card, look);
        else small_card(v, p, place->card, look);
        if (is_selected(v->s, KIND_P, p))
            draw_box(
                v->d,
                (Box){place->card.x - 4, place->card.y - 4, place->card.w + 8, place->card.h + 8},
                13, NO_PAINT, pen(TINT_NOW, 2));
        uint64_t id = docked(m, p);
        if (id != NONE) plate_at(v, p, place, id);
    }
}

/* motion.c -- what has moved, how long it takes, and where it is meanwhile. */
#include "motion.h"

#include "token.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- easing */

/* A cubic Bezier from 0,0 to 1,1 with these two control points. */
typedef struct {
    double x1, y1, x2, y2;
} Curve;

static double bezier(double a, double b, double t) {
    double u = 1 - t;
    return 3 * u * u * t * a + 3 * u * t * t * b + t * t * t;
}

/* Time is the curve's x, which only grows: halving finds it. */
double ease(Ease e, double part) {
    static const Curve curves[] = {
        [EASE_LINEAR] = {0, 0, 1, 1},         [EASE_HOP] = {.2, 0, 0, 1},      [EASE_DIVE] = {.55, 0, .85, .4},
        [EASE_RISE] = {.15, .6, .45, 1},      [EASE_EVACUATE] = {.6, 0, .2, 1}, [EASE_PIN_IN] = {.3, 1.4, .6, 1},
        [EASE_PIN_OUT] = {.4, 0, 1, 1},
    };
    const Curve *c = &curves[e];
    double low = 0, high = 1;
    if (part <= 0) return 0;
    if (part >= 1) return 1;
    for (int i = 0; i < 24; i++) {
        double mid = (low + high) / 2;
        if (bezier(c->x1, c->x2, mid) < part) low = mid;
        else high = mid;
    }
    return bezier(c->y1, c->y2, low);
}

/* ---------------------------------------------------------------- what moves */

enum {
    HOP_MS = 180,
    DIVE_MS = 320,
    EVACUATE_MS = 420,
    STAGGER_MS = 40,
    STAGGER_MAX_MS = 380,
    FLOW_MS = 140,
    LEAN_MS = 140,
    PIN_MS = 160,
    CRACK_MS = 120,
    FLASH_MS = 80,
    FADE_MS = 600,
    CUT_MS = 80,
};
enum { HOP_ARC = 12, LEAN = 3, FAR_EVENTS = 256, FLOW_MAX = 24 };

static const Mover *find(const DrawList *d, uint64_t id) {
    for (size_t i = 0; i < d->mover_count; i++) {
        if (d->movers[i].id == id) return &d->movers[i];
    }
    return NULL;
}

static uint32_t number_of(const DrawList *d, const Mover *m) { return (uint32_t)(m - d->movers) + 1; }

/* A thing that is drawn twice stands nowhere in particular. */
static bool is_one(const DrawList *d, const Mover *x) {
    if (find(d, x->id) != x) return false;
    for (const Mover *m = x + 1; m < d->movers + d->mover_count; m++) {
        if (m->id == x->id) return false;
    }
    return true;
}

/* It is there at most once, and if it is, it is drawn. */
static const Mover *there(const DrawList *d, uint64_t id) {
    const Mover *m = find(d, id);
    return m && m->count > 0 ? m : NULL;
}

static bool is_in_place(MoverKind k) { return k == MOVER_DROPS || k == MOVER_GROWS || k == MOVER_FADES; }

/* Of too many, nobody can follow any: they are counted, and not kept. */
static void add(Motions *m, Motion x) {
    if (m->count < MOTIONS_MAX) m->motion[m->count] = x;
    m->count++;
}

static Motion go(const Mover *from, const Mover *to, ViewKind view, double fault_y, uint64_t now_ms) {
    Motion m = {.kind = MOTION_GO, .of = to->kind, .id = to->id, .from_ms = now_ms, .ms = HOP_MS, .ease = EASE_HOP};
    m.dx = from->x - to->x;
    m.dy = from->y - to->y;
    if (view == VIEW_HEAP) {
        m.ms = EVACUATE_MS;
        m.ease = EASE_EVACUATE;
    } else if (from->y < fault_y && to->y > fault_y) {
        m.ms = DIVE_MS;
        m.ease = EASE_DIVE;
    } else if (from->y > fault_y && to->y < fault_y) {
        m.ms = DIVE_MS;
        m.ease = EASE_RISE;
    } else {
        m.arc = HOP_ARC;
    }
    return m;
}

static void find_goers(Motions *m, const DrawList *d, const Frame *f, const Scene *s, uint64_t now_ms) {
    const DrawList *was = &m->gone.list;
    for (size_t i = 0; i < d->mover_count; i++) {
        const Mover *to = &d->movers[i], *from = find(was, to->id);
        if ((to->kind != MOVER_GOES && to->kind != MOVER_LEANS) || !is_one(d, to) || (from && !is_one(was, from))) continue;
        uint64_t at_ms = now_ms;
        if (from && hypot(from->x - to->x, from->y - to->y) >= 2) {
            add(m, go(from, to, s->view, f->layout.fault_y, now_ms));
            at_ms += HOP_MS;
        }
        if (to->kind == MOVER_LEANS && (from == NULL || from->kind != MOVER_LEANS))
            add(m, (Motion){.kind = MOTION_LEAN, .id = to->id, .from_ms = at_ms, .ms = LEAN_MS});
    }
}

/* Pins, cracks and edges: they are there or not. */
static Motion come(const Mover *x, uint64_t now_ms) {
    bool pin = x->kind == MOVER_DROPS;
    return (Motion){.kind = MOTION_COME, .of = x->kind, .id = x->id, .from_ms = now_ms, .ms = pin ? PIN_MS : CRACK_MS,
                    .ease = pin ? EASE_PIN_IN : EASE_LINEAR};
}

static Motion leave(const DrawList *was, const Mover *x, uint64_t now_ms) {
    Motion m = {.kind = MOTION_LEAVE, .of = x->kind, .id = x->id, .gone = number_of(was, x), .from_ms = now_ms};
    m.ms = x->kind == MOVER_DROPS ? PIN_MS : x->kind == MOVER_GROWS ? CRACK_MS : FADE_MS;
    m.ease = x->kind == MOVER_DROPS ? EASE_PIN_OUT : EASE_LINEAR;
    return m;
}

static void find_comers(Motions *m, const DrawList *d, uint64_t now_ms) {
    const DrawList *was = &m->gone.list;
    for (size_t i = 0; i < d->mover_count; i++) {
        const Mover *x = &d->movers[i];
        if ((x->kind != MOVER_DROPS && x->kind != MOVER_GROWS) || !is_one(d, x) || x->count == 0 || there(was, x->id)) continue;
        add(m, come(x, now_ms));
        if (x->kind == MOVER_GROWS) add(m, (Motion){.kind = MOTION_FLASH, .id = x->id, .from_ms = now_ms + CRACK_MS, .ms = FLASH_MS});
    }
    for (size_t i = 0; i < was->mover_count; i++) {
        const Mover *x = &was->movers[i];
        if (is_in_place(x->kind) && is_one(was, x) && x->count > 0 && !there(d, x->id)) add(m, leave(was, x, now_ms));
    }
}

/* ---------------------------------------------------------------- belts */

static double x_on(const Belt *b, uint64_t n) {
    return n < b->first ? b->out_x : n >= b->end ? b->in_x : b->head.x - (double)(n - b->first) * b->pitch;
}

static void find_flow(Motions *m, const DrawList *d, const Belt *from, const Belt *to, uint64_t now_ms) {
    uint64_t first = from->first < to->first ? from->first : to->first, end = from->end > to->end ? from->end : to->end;
    if (end - first > FLOW_MAX) return;
    for (uint64_t n = first; n < end; n++) {
        double x0 = x_on(from, n), x1 = x_on(to, n), dy = to->head.y - from->head.y;
        if (fabs(x0 - x1) < 2) continue;
        Motion x = {.kind = MOTION_GO, .of = MOVER_FLOWS, .id = to->id + n, .from_ms = now_ms, .ms = FLOW_MS, .ease = EASE_HOP};
        x.dx = x0 - x1;
        x.dy = -dy;
        if (find(d, x.id) == NULL) {
            x.kind = MOTION_PASS;
            x.id = to->id;
            x.from = (Box){x0, from->head.y, to->head.w, to->head.h};
            x.dx = x1 - x0;
            x.dy = dy;
        }
        add(m, x);
    }
}

static const Belt *find_belt(const DrawList *d, uint64_t id) {
    for (size_t i = 0; i < d->belt_count; i++) {
        if (d->belts[i].id == id) return &d->belts[i];
    }
    return NULL;
}

static void find_flows(Motions *m, const DrawList *d, uint64_t now_ms) {
    for (size_t i = 0; i < d->belt_count; i++) {
        const Belt *from = find_belt(&m->gone.list, d->belts[i].id);
        if (from) find_flow(m, d, from, &d->belts[i], now_ms);
    }
}

/* ---------------------------------------------------------------- openings */

static bool is_open(const Openings *o, Notch n) {
    for (size_t i = 0; i < o->count; i++) {
        if (notches_share(o->notch[i], n)) return true;
    }
    return false;
}

/* It opens just before what goes down is there, and closes behind what has come up. A pin is there at once. */
static Motion part(Notch n, bool opens, uint64_t now_ms) {
    bool wide = n.half_width > notch_pin(0).half_width;
    uint64_t ms = wide ? DIVE_MS : PIN_MS, from = !opens ? ms * 6 / 10 : wide ? ms * 4 / 10 : 0;
    return (Motion){.kind = opens ? MOTION_OPEN : MOTION_CLOSE, .notch = n, .from_ms = now_ms + from, .ms = ms * 4 / 10, .ease = EASE_HOP};
}

static void find_openings(Motions *m, const Openings *was, const Openings *is, uint64_t now_ms) {
    for (size_t i = 0; i < is->count; i++) {
        if (!is_open(was, is->notch[i])) add(m, part(is->notch[i], true, now_ms));
    }
    for (size_t i = 0; i < was->count; i++) {
        if (!is_open(is, was->notch[i])) add(m, part(was->notch[i], false, now_ms));
    }
}

/* ---------------------------------------------------------------- how long */

/* Several that are moved by the collector go one after the other. */
static void stagger(Motions *m) {
    size_t n = 0;
    for (size_t i = 0; i < m->count; i++) {
        if (m->motion[i].ease != EASE_EVACUATE) continue;
        uint64_t delay = n++ * STAGGER_MS;
        m->motion[i].from_ms += delay < STAGGER_MAX_MS ? delay : STAGGER_MAX_MS;
    }
}

/* It shows what was, not what goes on: nothing waits for it. */
static bool fades(const Motion *x) { return x->kind == MOTION_LEAVE && x->of == MOVER_FADES; }

/* As long as there is time: all of them in proportion. */
static void shorten(Motions *m, uint64_t now_ms, uint64_t most_ms, bool back) {
    uint64_t longest = 1;
    for (size_t i = 0; i < m->count; i++) {
        uint64_t end = m->motion[i].from_ms + m->motion[i].ms - now_ms;
        if (end > longest && !fades(&m->motion[i])) longest = end;
    }
    uint64_t room = back && longest / 2 < most_ms ? longest / 2 : most_ms; /* back goes twice as fast */
    for (size_t i = 0; i < m->count; i++) {
        Motion *x = &m->motion[i];
        if (fades(x)) {
            if (back) x->ms /= 2;
            if (x->ms > most_ms) x->ms = most_ms;
        } else if (longest > room) {
            x->from_ms = now_ms + (x->from_ms - now_ms) * room / longest;
            x->ms = x->ms * room / longest;
        }
    }
}

static void remember(Seen *k, const DrawList *d, const Frame *f, const Scene *s) {
    DrawList *to = &k->list;
    draw_reset(to);
    for (size_t i = 0; i < d->mover_count; i++) {
        Mover x = d->movers[i];
        if (is_in_place(x.kind) && x.count > 0) {
            draw_lend_mover(to, to->count, d, (uint32_t)i + 1);
            continue;
        }
        draw_note_mover(to, x);
    }
    for (size_t i = 0; i < d->belt_count; i++) draw_belt(to, d->belts[i]);
    k->openings = f->openings;
    k->seq = s->seq;
    k->view = s->view;
    k->w = f->layout.w;
    k->h = f->layout.h;
}

void motions_begin(Motions *m, const Frame *f, const Scene *s, uint64_t now_ms, uint64_t most_ms) {
    const DrawList *d = &f->list[PART_STAGE];
    Seen *was = &m->gone;
    if (m->any && m->was.view == s->view && m->was.w == f->layout.w && m->was.h == f->layout.h && m->was.seq == s->seq)
        return; /* nothing has happened: what moves goes on */
    Seen older = m->gone;
    m->gone = m->was;
    m->was = older; /* its memory */
    bool same = m->any && was->view == s->view && was->w == f->layout.w && was->h == f->layout.h;
    bool back = m->any && s->seq < was->seq, far = (back ? was->seq - s->seq : s->seq - was->seq) > FAR_EVENTS;
    m->any = true;
    m->count = 0;
    remember(&m->was, d, f, s);
    if (!same || far || s->still || s->view == VIEW_COMPARE || most_ms < CUT_MS) return;
    find_goers(m, d, f, s, now_ms);
    find_flows(m, d, now_ms);
    find_comers(m, d, now_ms);
    find_openings(m, &was->openings, &f->openings, now_ms);
    if (m->count > MOTIONS_MAX) m->count = 0;
    stagger(m);
    shorten(m, now_ms, most_ms, back);
}

/* ---------------------------------------------------------------- meanwhile */

static double part_at(const Motion *x, uint64_t now_ms) {
    return now_ms <= x->from_ms ? 0 : now_ms >= x->from_ms + x->ms ? 1 : (double)(now_ms - x->from_ms) / (double)x->ms;
}

/* So much of it is there. */
static void show_share(DrawList *d, uint32_t i, double share) {
    const Mover *x = &d->movers[i - 1];
    if (x->kind == MOVER_DROPS) draw_stretch_mover(d, i, x->y, share);
    if (x->kind == MOVER_GROWS) draw_reveal_mover(d, i, share);
    if (x->kind == MOVER_FADES) draw_fade_mover(d, i, share);
}

/* Where it would be drawn; else over all that has the same clip. */
static void lend(DrawList *d, const DrawList *from, uint32_t i, double share) {
    const Mover *slot = find(d, from->movers[i - 1].id);
    size_t end = d->count > 0 && d->ops[d->count - 1].kind == OP_UNCLIP ? d->count - 1 : d->count;
    show_share(d, draw_lend_mover(d, slot ? slot->first : end, from, i), share);
}

static void pass(Motions *m, DrawList *d, const Motion *x, double done) {
    const Belt *b = find_belt(d, x->id);
    if (b == NULL) return;
    draw_reset(&m->spare);
    draw_begin_mover(&m->spare, MOVER_FLOWS, 0, 0, 0);
    token_value(&m->spare, (Box){x->from.x + x->dx * done, x->from.y + x->dy * done, x->from.w, x->from.h});
    draw_end_mover(&m->spare);
    draw_lend_mover(d, d->movers[b->slot - 1].first, &m->spare, 1);
}

static void move(Motions *m, DrawList *d, const Motion *x, double part) {
    const Mover *at = find(d, x->id);
    double done = ease(x->ease, part);
    if (x->kind == MOTION_LEAVE) lend(d, &m->gone.list, x->gone, 1 - done);
    if (x->kind == MOTION_PASS) pass(m, d, x, done);
    if (at == NULL) return;
    uint32_t i = number_of(d, at);
    if (x->kind == MOTION_GO) draw_shift_mover(d, i, x->dx * (1 - done), x->dy * (1 - done) - x->arc * 4 * part * (1 - part));
    if (x->kind == MOTION_LEAN && part > 0) draw_shift_mover(d, i, LEAN * sin(M_PI * part), 0);
    if (x->kind == MOTION_COME) show_share(d, i, done);
    if (x->kind == MOTION_FLASH && part > 0) draw_fade_mover(d, i, 3); /* what is opaque stays so: its halo is stronger */
}

static Notch partly(Notch n, double share) { return (Notch){n.x, n.half_width * share, n.depth * share}; }

/* Those that are open, and those that open and close. */
static void openings_at(const Motions *m, const Openings *end, uint64_t now_ms, Openings *o) {
    *o = (Openings){0};
    for (size_t i = 0; i < end->count; i++) {
        double share = 1;
        for (size_t k = 0; k < m->count; k++) {
            const Motion *x = &m->motion[k];
            if (x->kind == MOTION_OPEN && x->notch.x == end->notch[i].x) share = ease(x->ease, part_at(x, now_ms));
        }
        if (share > 0) fault_add_notch(o, partly(end->notch[i], share));
    }
    for (size_t k = 0; k < m->count; k++) {
        const Motion *x = &m->motion[k];
        double share = x->kind == MOTION_CLOSE ? 1 - ease(x->ease, part_at(x, now_ms)) : 0;
        if (share > 0) fault_add_notch(o, partly(x->notch, share));
    }
}

bool motions_apply(Motions *m, Frame *f, const Scene *s, uint64_t now_ms) {
    bool moves = false, opens = false;
    for (size_t i = 0; i < m->count; i++) {
        const Motion *x = &m->motion[i];
        double part = part_at(x, now_ms);
        if (part >= 1) continue;
        moves = true;
        if (x->kind == MOTION_OPEN || x->kind == MOTION_CLOSE) opens = true;
        else move(m, &f->list[PART_STAGE], x, part);
    }
    if (opens) {
        Openings o;
        openings_at(m, &m->was.openings, now_ms, &o);
        frame_reopen(f, s, &o);
    }
    return moves;
}

void motions_free(Motions *m) {
    draw_free(&m->was.list);
    draw_free(&m->gone.list);
    draw_free(&m->spare);
    *m = (Motions){0};
}

/* motion.c -- what has moved, how long it takes, and where it is meanwhile. */
#include "motion.h"

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
        [EASE_RISE] = {.15, .6, .45, 1}, [EASE_EVACUATE] = {.6, 0, .2, 1},
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

enum { HOP_MS = 180, DIVE_MS = 320, EVACUATE_MS = 420, STAGGER_MS = 40, STAGGER_MAX_MS = 380, CUT_MS = 80, HOP_ARC = 12, FAR_EVENTS = 256 };

static const Mover *find(const Mover *m, size_t count, uint64_t id) {
    for (size_t i = 0; i < count; i++) {
        if (m[i].id == id) return &m[i];
    }
    return NULL;
}

/* A thing that is drawn twice stands nowhere in particular. */
static bool is_one(const Mover *m, size_t count, const Mover *x) {
    const Mover *first = find(m, count, x->id);
    return first == x && find(x + 1, count - (size_t)(x + 1 - m), x->id) == NULL;
}

static Motion make(const Mover *from, const Mover *to, const Scene *s, double fault_y) {
    Motion m = {.id = to->id, .dx = from->x - to->x, .dy = from->y - to->y, .ms = HOP_MS, .ease = EASE_HOP};
    if (s->view == VIEW_HEAP) {
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

/* Several that are moved by the collector go one after the other. */
static void stagger(Motions *m) {
    size_t n = 0;
    for (size_t i = 0; i < m->count; i++) {
        if (m->motion[i].ease != EASE_EVACUATE) continue;
        uint64_t delay = n++ * STAGGER_MS;
        m->motion[i].from_ms += delay < STAGGER_MAX_MS ? delay : STAGGER_MAX_MS;
    }
}

/* As long as there is time: all of them in proportion. */
static void shorten(Motions *m, uint64_t now_ms, uint64_t most_ms, bool back) {
    uint64_t longest = 1;
    for (size_t i = 0; i < m->count; i++) {
        uint64_t end = m->motion[i].from_ms + m->motion[i].ms - now_ms;
        if (end > longest) longest = end;
    }
    uint64_t room = back && longest / 2 < most_ms ? longest / 2 : most_ms; /* back goes twice as fast */
    if (longest <= room) return;
    for (size_t i = 0; i < m->count; i++) {
        Motion *x = &m->motion[i];
        x->from_ms = now_ms + (x->from_ms - now_ms) * room / longest;
        x->ms = x->ms * room / longest;
    }
}

static void find_motions(Motions *m, const DrawList *d, const Frame *f, const Scene *s, uint64_t now_ms) {
    for (size_t i = 0; i < d->mover_count; i++) {
        const Mover *to = &d->movers[i], *from = find(m->was, m->was_count, to->id);
        if (from == NULL || hypot(from->x - to->x, from->y - to->y) < 2) continue;
        if (!is_one(d->movers, d->mover_count, to) || !is_one(m->was, m->was_count, from)) continue;
        if (m->count == MOTIONS_MAX) { /* nobody can follow so many */
            m->count = 0;
            return;
        }
        m->motion[m->count] = make(from, to, s, f->layout.fault_y);
        m->motion[m->count++].from_ms = now_ms;
    }
}

static void remember(Motions *m, const DrawList *d, const Frame *f, const Scene *s) {
    m->any = true;
    m->seq = s->seq;
    m->view = s->view;
    m->w = f->layout.w;
    m->h = f->layout.h;
    GROW(m->was, m->was_cap, d->mover_count);
    if (d->mover_count) memcpy(m->was, d->movers, d->mover_count * sizeof *m->was);
    m->was_count = d->mover_count;
}

void motions_begin(Motions *m, const Frame *f, const Scene *s, uint64_t now_ms, uint64_t most_ms) {
    const DrawList *d = &f->list[PART_STAGE];
    bool same = m->any && m->view == s->view && m->w == f->layout.w && m->h == f->layout.h;
    if (same && m->seq == s->seq) return; /* nothing has happened: what moves goes on */
    bool back = m->any && s->seq < m->seq, far = (back ? m->seq - s->seq : s->seq - m->seq) > FAR_EVENTS;
    m->count = 0;
    if (same && !far && !s->still && most_ms >= CUT_MS) {
        find_motions(m, d, f, s, now_ms);
        stagger(m);
        shorten(m, now_ms, most_ms, back);
    }
    remember(m, d, f, s);
}

/* ---------------------------------------------------------------- meanwhile */

static bool is_over(const Motion *x, uint64_t now_ms) { return now_ms >= x->from_ms + x->ms; }

bool motions_are_over(const Motions *m, uint64_t now_ms) {
    for (size_t i = 0; i < m->count; i++) {
        if (!is_over(&m->motion[i], now_ms)) return false;
    }
    return true;
}

bool motions_apply(const Motions *m, Frame *f, uint64_t now_ms) {
    DrawList *d = &f->list[PART_STAGE];
    bool moves = false;
    for (size_t i = 0; i < m->count; i++) {
        const Motion *x = &m->motion[i];
        const Mover *at = find(d->movers, d->mover_count, x->id);
        if (at == NULL || is_over(x, now_ms)) continue;
        moves = true;
        double part = now_ms <= x->from_ms ? 0 : (double)(now_ms - x->from_ms) / (double)x->ms, done = ease(x->ease, part);
        double arc = x->arc * 4 * part * (1 - part);
        draw_shift_mover(d, (uint32_t)(at - d->movers) + 1, x->dx * (1 - done), x->dy * (1 - done) - arc);
    }
    return moves;
}

void motions_free(Motions *m) {
    free(m->was);
    *m = (Motions){0};
}

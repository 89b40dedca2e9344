/* view_blame.c -- arrows from those that wait to those that could end it, and the list of them.
 *
 * What is certain is a line, what is only likely is dashed, and a circle is heavy. Who has no place on the stage is only in the list.
 */
#include "view.h"

#include "measure.h"
#include "token.h"

#include "../sim/lens/narrate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- where they stand */

/* The smallest place on the stage that is this thing's. */
static bool place_of(const View *v, Thing t, Box *b) {
    double least = INFINITY;
    Box stage = v->f->stage;
    for (size_t i = 0; i < v->hits->count && t.id != NONE; i++) {
        const Hit *h = &v->hits->hit[i];
        bool inside = h->box.y >= stage.y - 1 && h->box.y + h->box.h <= stage.y + stage.h + 1 && h->box.x + h->box.w <= stage.w + 1;
        if (h->kind != HIT_THING || !same_thing(h->thing, t) || !inside || h->box.w * h->box.h >= least) continue;
        least = h->box.w * h->box.h;
        *b = h->box;
    }
    return least < INFINITY;
}

static Point centre(Box b) { return (Point){b.x + b.w / 2, b.y + b.h / 2}; }

Box lit_place(const View *v, Thing t, Box own) {
    Box plate;
    uint64_t m = t.kind == KIND_G && t.id < v->s->model->g_count ? v->s->model->g[t.id].m : NONE;
    if (m == NONE || !place_of(v, (Thing){KIND_M, m}, &plate)) return own;
    bool on_it = own.x >= plate.x - 1 && own.x + own.w <= plate.x + plate.w + 1 && own.y >= plate.y - 1 && own.y < plate.y + plate.h;
    return on_it ? plate : own;
}

/* ---------------------------------------------------------------- alike */

/* Of several that wait for the same one in the same way, the first stands for all. */
static bool alike(const BlameEdge *a, const BlameEdge *b) {
    return a->way == b->way && same_thing(a->of, b->of) && a->of.id != NONE && a->at.kind == b->at.kind && !a->circle && !b->circle;
}

static size_t count_alike(const Blame *b, size_t first, bool *done) {
    enum { FEW = 3 };
    size_t n = 1;
    for (size_t i = first + 1; i < b->count; i++) n += !done[i] && alike(&b->edge[first], &b->edge[i]);
    if (n <= FEW) n = 1;
    for (size_t i = first + 1; n > 1 && i < b->count; i++) done[i] = done[i] || alike(&b->edge[first], &b->edge[i]);
    return n;
}

/* ---------------------------------------------------------------- those without a place of their own */

enum { GUESTS_MAX = 8, PITCH = 128 };
typedef struct {
    uint64_t g[GUESTS_MAX];
    size_t many[GUESTS_MAX]; /* it stands for so many */
    Box box[GUESTS_MAX];
    size_t count;
} Guests;

static void invite(const View *v, Guests *guests, Thing t, size_t many) {
    Box b;
    const Model *m = v->s->model;
    if (t.kind != KIND_G || t.id >= m->g_count || m->g[t.id].state == G_DEAD || guests->count == GUESTS_MAX || place_of(v, t, &b)) return;
    for (size_t i = 0; i < guests->count; i++) {
        if (guests->g[i] == t.id) return;
    }
    guests->many[guests->count] = many;
    guests->g[guests->count++] = t.id;
}

/* Those whose waits are told of by an arrow stand in a row above the line, where the stage only counts them: circles first. */
static void seat(const View *v, Guests *guests) {
    const Blame *b = v->s->blame;
    bool done[BLAME_MAX] = {false};
    double left = v->s->view == VIEW_STAGE ? v->stage->services_x + v->stage->services_w + 24 : 24;
    size_t fit = (size_t)fmax(0, floor((v->f->stage.w - left - 24) / PITCH));
    guests->count = 0;
    if (v->s->view == VIEW_HEAP || v->f->fault_y - 150 < v->f->stage.y) return;
    for (int circle = 1; circle >= 0; circle--) {
        for (size_t i = 0; i < b->count; i++) {
            if (b->edge[i].circle != (bool)circle || b->edge[i].of.id == NONE || done[i]) continue;
            size_t many = count_alike(b, i, done);
            invite(v, guests, b->edge[i].of, 1);
            invite(v, guests, b->edge[i].who, many);
        }
    }
    if (guests->count > fit) guests->count = fit;
    for (size_t i = 0; i < guests->count; i++) guests->box[i] = (Box){left + PITCH * ((double)i + .5) - 20, v->f->fault_y - 92, 40, 40};
}

static void draw_row(const View *v, const Guests *guests) {
    if (guests->count == 0) return;
    Box first = guests->box[0], last = guests->box[guests->count - 1];
    draw_box(v->d, (Box){first.x - 44, first.y - 44, last.x - first.x + 128, 122}, 10, paint_alpha(TINT_CARD, .94), pen(TINT_CARDL, 1));
}

static void draw_guests(const View *v, const Guests *guests) {
    char label[24];
    const Model *m = v->s->model;
    size_t first = v->d->count;
    for (size_t i = 0; i < guests->count; i++) {
        Point c = {guests->box[i].x + 20, guests->box[i].y + 20};
        const ModelG *gp = &m->g[guests->g[i]];
        GLook look = gp->state == G_SYSCALL   ? GLOOK_IN_C
                     : gp->state == G_RUNNING ? GLOOK_RUNNING
                     : gp->state == G_WAITING ? GLOOK_WAITING
                                              : GLOOK_RUNNABLE;
        token_g(v->d, c.x, c.y, 18, thing_text(label, sizeof label, KIND_G, guests->g[i]), look);
        ring_g(v, c.x, c.y, 18, guests->g[i]);
        char name[64], words[96];
        snprintf(words, sizeof words, guests->many[i] > 1 ? "%.60s × %zu" : "%.60s", model_g_name(m, guests->g[i]), guests->many[i]);
        text_fit(name, sizeof name, words, sans(13, 500), PITCH - 12);
        draw_text_over(v->d, c.x, c.y + 38, sans(13, 500), TINT_T1, ANCHOR_MIDDLE, name);
    }
    for (size_t i = first; i < v->d->count; i++) v->d->ops[i].over = true; /* the row is a plate of its own */
}

/* ---------------------------------------------------------------- arrows */

typedef struct {
    const BlameEdge *edge;
    Box from, to;
} Arrow;

/* Towards `to`, out of the place: of a goroutine its ring, of anything else its edge. */
static Point leave(Box b, Point to, bool ring) {
    Point c = centre(b);
    double dx = to.x - c.x, dy = to.y - c.y, length = hypot(dx, dy);
    if (length < 1) return c;
    double r = fmin(b.w, b.h) / 2 + 5;
    double across = fabs(dx) > 1e-6 ? b.w / 2 / fabs(dx / length) : INFINITY, up = fabs(dy) > 1e-6 ? b.h / 2 / fabs(dy / length) : INFINITY;
    if (!ring) r = fmin(across, up) + 4;
    return (Point){c.x + dx / length * r, c.y + dy / length * r};
}

static void head(const View *v, Point tip, double angle, double size) {
    Point p[] = {tip,
                 {tip.x - size * cos(angle - .42), tip.y - size * sin(angle - .42)},
                 {tip.x - size * cos(angle + .42), tip.y - size * sin(angle + .42)}};
    draw_poly(v->d, p, 3, true, paint(TINT_NOW), NO_PEN);
}

/* In the row of guests it goes around those that stand between. */
static double bend_of(const Arrow *a, double length) {
    bool in_row = a->from.y == a->to.y && a->from.w == a->to.w;
    return in_row ? fmin(84, fmax(46, length * .28)) : fmin(70, length * .18);
}

/* Bent to its left, so that there and back are two arrows. */
static void arrow(const View *v, const Arrow *a) {
    Point c0 = centre(a->from), c1 = centre(a->to);
    double length = hypot(c1.x - c0.x, c1.y - c0.y), bend = bend_of(a, length);
    if (length < 8) return;
    Point mid = {(c0.x + c1.x) / 2 - (c1.y - c0.y) / length * bend, (c0.y + c1.y) / 2 + (c1.x - c0.x) / length * bend};
    mid.y = fmax(v->f->stage.y + 16, fmin(v->f->stage.y + v->f->stage.h - 16, mid.y));
    Point from = leave(a->from, mid, a->edge->who.kind == KIND_G), to = leave(a->to, mid, a->edge->of.kind == KIND_G);
    double width = a->edge->circle ? 4 : 2.2, angle = atan2(to.y - mid.y, to.x - mid.x);
    Point neck = {to.x - 9 * cos(angle), to.y - 9 * sin(angle)};
    for (int pass = 0; pass < 2; pass++) { /* first what keeps it apart from what it crosses */
        path_move(v->d, from.x, from.y);
        path_curve(v->d, from.x + (mid.x - from.x) * .66, from.y + (mid.y - from.y) * .66, neck.x + (mid.x - neck.x) * .66,
                   neck.y + (mid.y - neck.y) * .66, neck.x, neck.y);
        Pen line = a->edge->sure || a->edge->way == BLAME_P ? pen(TINT_NOW, width) : pen_dash(TINT_NOW, width, 6, 4);
        draw_path(v->d, NO_PAINT, pass == 0 ? pen_alpha(TINT_APP, width + 4, .7) : line);
    }
    head(v, to, angle, a->edge->circle ? 16 : 13);
}

/* At what: only of a lock, which is nowhere else on the stage. */
static void label(const View *v, const Arrow *a, Box *taken, size_t *count) {
    if (a->edge->way != BLAME_LOCK || a->edge->at.id == NONE) return;
    char text[BLAME_WORDS];
    blame_words(text, v->s->model, a->edge);
    const char *name = text + strlen("for ");
    Point c0 = centre(a->from), c1 = centre(a->to);
    double length = fmax(1, hypot(c1.x - c0.x, c1.y - c0.y)), bend = bend_of(a, length) * .75, w = text_width(name, mono(13, 600)) + 14;
    Point mid = {(c0.x + c1.x) / 2 - (c1.y - c0.y) / length * bend, (c0.y + c1.y) / 2 + (c1.x - c0.x) / length * bend};
    Box b = {mid.x - w / 2, mid.y - 11, w, 22};
    Box stage = v->f->stage;
    if (w + 40 > length || b.x < 4 || b.x + b.w > stage.w - 4 || b.y < stage.y + 2 || b.y + b.h > stage.y + stage.h) return;
    for (size_t i = 0; i < *count; i++) {
        Box t = taken[i];
        if (b.x < t.x + t.w && t.x < b.x + b.w && b.y < t.y + t.h && t.y < b.y + b.h) return;
    }
    taken[(*count)++] = b;
    draw_box(v->d, b, 5, paint(TINT_CARD), pen(TINT_NOW, 1.2));
    draw_text_over(v->d, mid.x, mid.y + 4.5, mono(13, 600), TINT_T1, ANCHOR_MIDDLE, name);
}

void view_blame(const View *v) {
    const Blame *b = v->s->blame;
    Arrow arrows[BLAME_MAX];
    Box place[2 * BLAME_MAX], taken[BLAME_MAX];
    size_t count = 0, places = 0, labels = 0;
    Guests guests;
    if (b == NULL) return;
    seat(v, &guests);
    for (size_t i = 0; i < guests.count; i++) mark_thing(v, guests.box[i], KIND_G, guests.g[i]); /* so that arrows find them */
    for (size_t i = 0; i < b->count; i++) {
        Arrow a = {.edge = &b->edge[i]};
        bool from = place_of(v, a.edge->who, &a.from), to = place_of(v, a.edge->of, &a.to);
        if (from) place[places++] = lit_place(v, a.edge->who, a.from);
        if (to) place[places++] = lit_place(v, a.edge->of, a.to);
        if (from && to) arrows[count++] = a;
    }
    if (places == 0) return;
    draw_veil(v, v->f->stage, place, places);
    draw_row(v, &guests);
    for (size_t i = 0; i < count; i++) arrow(v, &arrows[i]);
    draw_guests(v, &guests);
    for (size_t i = 0; i < count; i++) label(v, &arrows[i], taken, &labels);
}

/* ---------------------------------------------------------------- the list */

static const char *who_text(char *buf, size_t size, const Model *m, Thing t) {
    if (t.kind == KIND_G) return narrate_g(m, t.id, buf, size);
    if (t.kind == KIND_CMD && t.id < m->cmd_count) {
        snprintf(buf, size, "%s", intern_text(m->text, m->cmd[t.id].name));
        return buf;
    }
    return thing_text(buf, size, t.kind, t.id);
}

/* What the other one does meanwhile; what it waits for itself has a line of its own. */
static const char *state_text(const Scene *s, const BlameEdge *e) {
    if (e->way == BLAME_P || e->of.kind != KIND_G || e->of.id >= s->model->g_count) return "";
    const ModelG *gp = &s->model->g[e->of.id];
    if (gp->state == G_WAITING) return gp->wake_ns != NONE ? "; asleep" : "";
    if (gp->state == G_SYSCALL) return model_in_system_call(s->model, e->of.id) ? "; in a syscall" : "; in C";
    return gp->state == G_RUNNING ? "; running" : gp->state == G_RUNNABLE ? "; runnable" : "; dead";
}

static void row(const View *v, const BlameEdge *e, size_t many, double x, double y, double w) {
    char who[NAME_MAX_], of[NAME_MAX_] = "", words[BLAME_WORDS], time[48], text[320], others[32] = "";
    const Model *m = v->s->model;
    if (many > 1) snprintf(others, sizeof others, " and %zu more", many - 1);
    draw_circle(v->d, x + 5, y - 5, 4, paint(e->circle ? TINT_NOW : TINT_CHROME), pen(e->circle ? TINT_NOW : TINT_T2, 1.6));
    who_text(who, sizeof who, m, e->who);
    if (e->of.id != NONE) who_text(of, sizeof of, m, e->of);
    snprintf(text, sizeof text, "%s%s%s%s", who, others, of[0] ? " → " : "", of);
    if (text_width(text, sans(14, 600)) > w - 20 && of[0]) { /* the ids say who, where the names find no room */
        thing_text(who, sizeof who, e->who.kind, e->who.id);
        snprintf(text, sizeof text, "%s%s → %s", who, others, of);
    }
    draw_ended(v->d, x + 20, y, sans(14, 600), TINT_T1, text, w - 20);
    snprintf(text, sizeof text, "%s, %s%s", blame_words(words, m, e), narrate_time(time, sizeof time, v->s->now_ns - e->since_ns),
             e->circle ? "; in a circle" : state_text(v->s, e));
    draw_ended(v->d, x + 20, y + 18, sans(13, 400), TINT_T2, text, w - 20);
    hits_add(v->hits, (Box){x, y - 16, w, 40}, HIT_THING, e->who, 0);
}

double view_blame_list(const View *v, double x, double y, double w, double end) {
    enum { ROW = 44 };
    const Blame *b = v->s->blame;
    char text[96], count[32];
    draw_text(v->d, x, y + 32, sans(14, 400), TINT_T2, ANCHOR_START, "Who waits for whom?");
    if (b->all == 0) snprintf(text, sizeof text, "Nobody waits for anybody");
    else if (b->circles) snprintf(text, sizeof text, "A circle: nobody in it can go on");
    else snprintf(text, sizeof text, "%s wait%s", count_text(count, sizeof count, b->all), b->all == 1 ? "s" : "");
    TextStyle s = sans(22, 700);
    while (s.size > 16 && text_width(text, s) > w) s.size -= 1;
    draw_fitted(v->d, x, y + 64, s, TINT_T1, ANCHOR_START, text, w);
    y += 96;
    size_t shown = 0;
    bool done[BLAME_MAX] = {false};
    for (int circle = 1; circle >= 0; circle--) { /* circles first */
        for (size_t i = 0; i < b->count; i++) {
            if (b->edge[i].circle != (bool)circle || done[i]) continue;
            if (y + ROW + (b->all > shown + 1 ? 24 : 0) > end) continue;
            size_t many = count_alike(b, i, done);
            row(v, &b->edge[i], many, x, y, w);
            shown += many;
            y += ROW;
        }
    }
    if (shown < b->all && y + 8 < end) {
        snprintf(text, sizeof text, "and %s more", count_text(count, sizeof count, b->all - shown));
        draw_text(v->d, x + 20, y, sans(13, 400), TINT_T2, ANCHOR_START, text);
        y += 24;
    }
    return y + 6;
}

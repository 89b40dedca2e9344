/* view_channels.c -- the pipeline: channels as pipes, goroutines between them, who is in C below the line (design, 2.6).
 *
 * Pipes fill from the receiver's end. A goroutine that is in C has left its place on the axis: the way to it goes down through
 * the line, and the way on comes up from it. What is below the line the stage's own functions draw.
 */
#include "view.h"

#include "measure.h"
#include "token.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- what a goroutine does */

typedef struct {
    size_t running, runnable, sending, receiving, waiting, elsewhere, in_c, dead;
    size_t in_syscall; /* of those in_c */
    uint64_t since_ns; /* the longest of those that wait */
} Doing;

/* A deadline beside it is only there so that it need not wait for ever. */
static bool sends_in_select(const View *v, const ModelG *gp) {
    bool sends = false, receives = false;
    for (uint64_t entry = gp->next; entry != NONE; entry = v->s->model->sudog[entry - MODEL_SUDOG].other) {
        const ModelSudog *sg = &v->s->model->sudog[entry - MODEL_SUDOG];
        sends = sends || sg->sending;
        receives = receives || (!sg->sending && !steps_is_outside(v->s->steps, sg->chan));
    }
    return sends && !receives;
}

/* Of a group that stands at several places, each tells of those that wait at it. */
static bool waits_here(const View *v, const NodePlace *n, const ModelG *gp) {
    const ChannelsLayout *l = v->channels;
    const Model *m = v->s->model;
    if (n->count == 1 || gp->chan >= m->chan_count) return true;
    for (size_t i = 0; i < l->pipe_count; i++) {
        const PipePlace *p = &l->pipe[i];
        size_t end = gp->place == AT_SENDQ ? p->from : p->to;
        bool same = p->id == gp->chan || (m->chan[p->id].name == m->chan[gp->chan].name && m->chan[p->id].line == m->chan[gp->chan].line);
        if (same && end < l->node_count && n == &l->node[end]) return true;
    }
    return false;
}

static void add_doing(Doing *d, const View *v, const NodePlace *n, uint64_t g) {
    const ModelG *gp = &v->s->model->g[g];
    bool queued = gp->place == AT_SENDQ || gp->place == AT_RECVQ;
    switch ((GState)gp->state) {
    case G_RUNNING: d->running++; break;
    case G_SYSCALL:
        d->in_c++;
        d->in_syscall += model_in_system_call(v->s->model, g);
        break;
    case G_DEAD: d->dead++; break;
    case G_WAITING:
        if (queued && !waits_here(v, n, gp)) {
            d->elsewhere++;
            break;
        }
        if (gp->place == AT_SENDQ || (gp->place == AT_SELECT && sends_in_select(v, gp))) d->sending++;
        else if (gp->place == AT_RECVQ || gp->place == AT_SELECT) d->receiving++;
        else d->waiting++;
        if (gp->since_ns < d->since_ns) d->since_ns = gp->since_ns;
        break;
    default: d->runnable++; break;
    }
}

static Doing doing_of(const View *v, const NodePlace *n) {
    Doing d = {.since_ns = NONE};
    for (size_t i = 0; i < n->count; i++) add_doing(&d, v, n, n->g[i]);
    return d;
}

static GLook look_of(const Model *m, uint64_t g) {
    switch ((GState)m->g[g].state) {
    case G_RUNNING: return GLOOK_RUNNING;
    case G_SYSCALL: return GLOOK_IN_C;
    case G_WAITING: return GLOOK_WAITING;
    case G_DEAD: return GLOOK_DEAD;
    default: return GLOOK_RUNNABLE;
    }
}

/* "blocked 0.2 ms"; of a group how many, and the longest time. */
static const char *doing_text(char *buf, size_t size, const View *v, const NodePlace *n, const Doing *d) {
    const ModelG *gp = &v->s->model->g[n->g[0]];
    char time[48] = "", number[24] = "";
    const char *outside = d->in_syscall == 0 ? "in C" : d->in_syscall == d->in_c ? "in a syscall" : "out of Go";
    size_t waiting = d->sending ? d->sending : d->receiving ? d->receiving : d->waiting;
    if (d->since_ns != NONE) narrate_time(time, sizeof time, v->s->now_ns - d->since_ns);
    if (n->count > 1) snprintf(number, sizeof number, "%zu ", waiting ? waiting : d->in_c);
    if (d->sending) snprintf(buf, size, "%sblocked %s", number, time);
    else if (d->in_c) snprintf(buf, size, "%s%s", n->count > 1 && waiting ? "" : number, outside);
    else if (d->receiving) snprintf(buf, size, n->count > 1 && waiting > 1 ? "%swait %s" : "%swaits %s", number, time);
    else if (d->waiting && n->count == 1 && gp->wake_ns != NONE && gp->wake_ns > v->s->now_ns) snprintf(buf, size, "sleeps %s", time);
    else if (d->waiting) snprintf(buf, size, "%swaiting %s", number, time);
    else if (d->running) snprintf(buf, size, n->count > 1 ? "%zu running" : "running", d->running);
    else if (d->runnable) snprintf(buf, size, n->count > 1 ? "%zu runnable" : "runnable", d->runnable);
    else if (d->elsewhere) snprintf(buf, size, "%zu wait elsewhere", d->elsewhere);
    else snprintf(buf, size, "ended");
    return buf;
}

/* ---------------------------------------------------------------- names */

/* What all names of a group begin with, up to their numbers: "client". */
static size_t stem(const Model *m, const NodePlace *n) {
    const char *first = model_g_name(m, n->g[0]);
    size_t len = strlen(first);
    for (size_t i = 1; i < n->count; i++) {
        const char *name = model_g_name(m, n->g[i]);
        size_t k = 0;
        while (k < len && name[k] == first[k]) k++;
        len = k;
    }
    while (len > 0 && strchr(" #-_.[(:", first[len - 1])) len--;
    while (len > 0 && isdigit((unsigned char)first[len - 1])) len--; /* "client 1" of client 10 and client 11 */
    while (len > 0 && strchr(" #-_.[(:", first[len - 1])) len--;
    return len;
}

static const char *node_name(char *buf, size_t size, const Model *m, const NodePlace *n) {
    const char *more = n->count == USERS_MAX ? "+" : "";
    size_t len = n->count > 1 ? stem(m, n) : 0;
    const char *name = model_g_name(m, n->g[0]);
    if (n->count == 1 && name[0]) snprintf(buf, size, "%.60s", name);
    else if (n->count == 1) thing_text(buf, size, KIND_G, n->g[0]);
    else if (len >= 2) snprintf(buf, size, "%.*s × %zu%s", (int)(len < 40 ? len : 40), name, n->count, n->count == USERS_MAX ? "+" : "");
    else snprintf(buf, size, "%zu%s goroutines", n->count, more);
    return buf;
}

/* ---------------------------------------------------------------- goroutines */

/* Its plate, when it stands below in one that the way leads to; NULL: it is here. */
static const CPlace *plate_of(const View *v, const NodePlace *n) {
    const StageLayout *st = v->stage;
    if (n->count != 1 || !n->deepest || st->in_c_look != IN_C_PLATES) return NULL;
    for (size_t i = 0; i < st->in_c_shown; i++) {
        const ModelM *mp = &v->s->model->m[st->in_c[i].m];
        if (mp->g == n->g[0] && fabs(st->in_c[i].shaft_x - n->cx) < 1) return &st->in_c[i];
    }
    return NULL;
}

/* Only its place is left: it is below. */
static void ghost(const View *v, double cx, double cy, double r, const char *label) {
    draw_circle(v->d, cx, cy, r - 1, NO_PAINT, pen_dash(TINT_GHOST, 1.4, 3, 4));
    draw_whole(v->d, cx, cy + 5, sans(15, 500), TINT_T3, ANCHOR_MIDDLE, label, 2 * r - 6);
}

static void one(const View *v, const NodePlace *n) {
    const Model *m = v->s->model;
    double r = v->channels->radius;
    char label[24];
    uint64_t g = n->g[0];
    thing_text(label, sizeof label, KIND_G, g);
    GLook look = look_of(m, g);
    if (look == GLOOK_IN_C) ghost(v, n->cx, n->cy, r, label);
    else if (look == GLOOK_DEAD) token_g(v->d, n->cx, n->cy, r, "", look);
    else token_g(v->d, n->cx, n->cy, r, label, look);
    ring_g(v, n->cx, n->cy, r, g);
    mark_thing(v, (Box){n->cx - r, n->cy - r, 2 * r, 2 * r}, KIND_G, g);
}

/* Small ones without names, those that wait first: at most two rows of three, else their number in the middle. */
static void group(const View *v, const NodePlace *n) {
    enum { FEW = 6 };
    const Model *m = v->s->model;
    size_t shown = n->count < FEW ? n->count : FEW, k = 0;
    size_t rows = shown > 3 ? 2 : 1, per_row = (shown + rows - 1) / rows;
    for (int pass = 0; pass < 3; pass++) {
        for (size_t i = 0; i < n->count && k < shown; i++) {
            GLook look = look_of(m, n->g[i]);
            int turn = look == GLOOK_WAITING ? 0 : look == GLOOK_DEAD ? 2 : 1;
            if (turn != pass) continue;
            size_t row = k / per_row, in_row = row + 1 < rows ? per_row : shown - per_row * row;
            double x = n->cx + 20 * ((double)(k % per_row) - (double)(in_row - 1) / 2), y = n->cy + (rows == 2 ? row ? 10 : -10 : 0);
            if (look == GLOOK_IN_C) ghost(v, x, y, 9, "");
            else token_g(v->d, x, y, 9, "", look);
            ring_g(v, x, y, 8, n->g[i]);
            mark_thing(v, (Box){x - 9, y - 9, 18, 18}, KIND_G, n->g[i]);
            k++;
        }
    }
}

static void node(const View *v, const NodePlace *n) {
    char text[96];
    Doing d = doing_of(v, n);
    double r = v->channels->radius;
    bool below = plate_of(v, n) != NULL;
    if (n->count > 1) group(v, n);
    else if (!below) one(v, n);
    node_name(text, sizeof text, v->s->model, n);
    if (below) { /* the way goes down here: its name stands above */
        draw_fitted(v->d, n->cx, n->cy - 12, sans(15, 600), TINT_T1, ANCHOR_MIDDLE, text, n->room - 4);
        return;
    }
    draw_fitted(v->d, n->cx, n->cy + r + 20, sans(15, 600), TINT_T1, ANCHOR_MIDDLE, text, n->room + 24);
    doing_text(text, sizeof text, v, n, &d);
    bool stands = d.sending || d.receiving;
    Tint tint = d.in_c && !d.sending ? TINT_AMBER : stands ? TINT_T1 : TINT_T2;
    draw_short(v->d, n->cx, n->cy + r + 37, digits(13, stands ? 600 : 400), tint, ANCHOR_MIDDLE, text, n->room + 36);
}

/* ---------------------------------------------------------------- pipes */

/* What passes through it comes from the goroutine on its left, and goes to the one on its right; one that is below is not there. */
static void values(const View *v, const PipePlace *p, double cy) {
    const ChannelsLayout *l = v->channels;
    double cell = fmin(p->cell, 22), in_x = p->box.x - 30 - cell, out_x = p->box.x + p->box.w + 30;
    if (p->from != NODES_MAX && plate_of(v, &l->node[p->from]) == NULL) in_x = fmin(in_x, l->node[p->from].cx - cell / 2);
    if (p->to != NODES_MAX && plate_of(v, &l->node[p->to]) == NULL) out_x = fmax(out_x, l->node[p->to].cx - cell / 2);
    begin_values(v, p->id, p->box.x, cy, cell, in_x, out_x);
}

static void pipe(const View *v, const PipePlace *p) {
    const Model *m = v->s->model;
    const ModelChan *c = &m->chan[p->id];
    double cy = p->box.y + p->box.h / 2, cx = p->box.x + p->box.w / 2, room = fmax(p->box.w, 72) + 20;
    bool full = c->cap > 0 && c->count == c->cap && !c->closed;
    char text[128], name[96];
    for (int k = 2; k > 0 && p->alike > 1; k--) { /* others behind it */
        draw_line(v->d, p->box.x + 3 * k, cy - 15 - 3 * k, p->box.x + p->box.w + 3 * k, cy - 15 - 3 * k, pen(TINT_CARDL, 1.4));
        draw_line(v->d, p->box.x + p->box.w + 3 * k, cy - 15 - 3 * k, p->box.x + p->box.w + 3 * k, cy + 15 - 3 * k, pen(TINT_CARDL, 1.4));
    }
    if (p->cell > 0) values(v, p, cy);
    if (p->cell > 0) token_channel(v->d, p->box.x, cy, c->cap, c->count, p->cell, c->closed);
    else token_channel_bar(v->d, p->box.x, cy, p->box.w, c->cap, c->count, c->closed);
    if (c->sendq.count > 0) draw_box(v->d, (Box){p->box.x - 5, cy - 20, 5, 40}, 1, paint(TINT_T1), NO_PEN); /* even where nothing fits */
    chan_text(name, sizeof name, m, p->id);
    if (p->alike > 1) snprintf(text, sizeof text, "%.60s × %zu", name, p->alike);
    else snprintf(text, sizeof text, "%s", name);
    draw_fitted(v->d, cx, cy - 27, mono(14, 500), TINT_T1, ANCHOR_MIDDLE, text, fmax(room, 120));
    chan_fill_text(text, sizeof text, c);
    if (p->alike > 1 && c->cap > 0 && !c->closed)
        snprintf(text, sizeof text, p->values ? "%llu in all" : "all empty", (unsigned long long)p->values);
    full = full && p->alike == 1;
    bool blocked = c->sendq.count > 0;
    if (blocked && p->alike == 1) snprintf(text, sizeof text, "%llu blocked", (unsigned long long)c->sendq.count);
    if (blocked && p->alike > 1) snprintf(text, sizeof text, "senders blocked");
    bool loud = full || blocked;
    draw_short(v->d, cx, cy + 36, loud ? digits(14, 700) : digits(13, 400), loud ? TINT_T1 : TINT_T2, ANCHOR_MIDDLE, text, room);
    if (is_selected(v->s, KIND_CHAN, p->id))
        draw_box(v->d, (Box){p->box.x - 9, cy - 23, p->box.w + 18, 46}, 6, NO_PAINT, pen(TINT_NOW, 2));
    mark_thing(v, (Box){p->box.x - 4, cy - 20, p->box.w + 8, 40}, KIND_CHAN, p->id);
}

/* ---------------------------------------------------------------- the ways between them */

/* Something flows now, somebody stands at it, or it is only there. */
static Tint way_tint(const View *v, const PipePlace *p, const NodePlace *n, bool sending) {
    const ModelQ *q = sending ? &v->s->model->chan[p->id].sendq : &v->s->model->chan[p->id].recvq;
    for (size_t i = 0; is_changed(v->s, KIND_CHAN, p->id) && i < n->count; i++) {
        if (is_changed(v->s, KIND_G, n->g[i])) return TINT_NOW;
    }
    return q->count > 0 ? TINT_T1 : TINT_VAL;
}

static void line_of_way(const View *v, double x0, double x1, double y, Tint tint) {
    draw_line(v->d, x0, y, x1 - 7, y, pen_dots(tint, tint == TINT_VAL ? 1.6 : 2, 1, 4.5));
    token_arrow(v->d, x1 - 8, y, x1, y, tint, 1.6);
}

static void way(const View *v, const PipePlace *p, bool sending, double x0, double x1, Tint tint) {
    double y = p->box.y + p->box.h / 2;
    if (tint != TINT_NOW) line_of_way(v, x0, x1, y, tint);
    begin_part(v, MOVER_FADES, PART_WAY, p->id, sending, x0, y);
    if (tint == TINT_NOW) line_of_way(v, x0, x1, y, tint);
    draw_end_mover(v->d);
}

enum { CORNER = 12 };

/* Down to the plate's middle, or up from its right; where it had to step aside, the way that need not cross the other
 * bends first. */
static void way_below(const View *v, const NodePlace *n, const CPlace *c, double x, bool down, Tint tint) {
    double side = down ? 0 : fmin(34, c->plate.w / 2 - 8), top = c->plate.y - 2;
    double sx = n->cx + side, px = c->plate.x + c->plate.w / 2 + side;
    bool right = px > sx, first = down != right;
    double level = v->f->fault_y + (first ? 27 : 34), r = fmin(CORNER, fabs(sx - x));
    path_move(v->d, x, n->cy);
    path_line(v->d, sx - copysign(r, sx - x), n->cy);
    path_quad(v->d, sx - copysign(r, sx - x), n->cy, sx, n->cy, sx, n->cy + r);
    if (fabs(px - sx) >= 1) {
        path_line(v->d, sx, level);
        path_line(v->d, px, level);
    }
    path_line(v->d, px, down ? top - 6 : top);
    draw_path(v->d, NO_PAINT, pen_dots(tint, 2, 1, 5));
    if (down) token_arrow(v->d, px, top - 8, px, top, tint, 1.8);
    else token_arrow(v->d, x - 1, n->cy, x + 6, n->cy, tint, 1.6);
}

/* Between a pipe's end and its goroutine. */
static void ends(const View *v, const PipePlace *p) {
    const ChannelsLayout *l = v->channels;
    double left = p->box.x - 8, right = p->box.x + p->box.w + 5;
    if (p->from != NODES_MAX) {
        const NodePlace *n = &l->node[p->from];
        const CPlace *c = plate_of(v, n);
        double edge = n->cx + (n->count > 1 ? 34 : l->radius) + 4;
        if (c) way_below(v, n, c, left - 6, false, TINT_VAL);
        else way(v, p, true, edge, left, way_tint(v, p, n, true));
    } else way(v, p, true, left - 26, left, TINT_VAL);
    if (p->to != NODES_MAX) {
        const NodePlace *n = &l->node[p->to];
        const CPlace *c = plate_of(v, n);
        double edge = n->cx - (n->count > 1 ? 34 : l->radius) - 3;
        if (c) way_below(v, n, c, right, true, TINT_AMBER);
        else way(v, p, false, right, edge, way_tint(v, p, n, false));
    } else way(v, p, false, right, right + 26, TINT_VAL);
}

/* From a group down to those of its goroutines that are in C. */
static void shafts(const View *v) {
    const StageLayout *st = v->stage;
    for (size_t i = 0; i < st->in_c_shown && st->in_c_look == IN_C_PLATES; i++) {
        const CPlace *c = &st->in_c[i];
        const NodePlace *n = v->channels->node;
        const NodePlace *end = n + v->channels->node_count;
        while (n < end && !(n->deepest && fabs(n->cx - c->shaft_x) < 1)) n++;
        if (n == end || plate_of(v, n) != NULL) continue;
        double cx = c->plate.x + c->plate.w / 2, level = v->f->fault_y + 28, top = n->cy + v->channels->radius + 44;
        token_shaft(v->d, n->cx, fmin(top, v->f->fault_y - 8), level);
        draw_line(v->d, n->cx, level, cx, level, pen_dots(TINT_AMBER, 2, 2, 6));
        token_shaft(v->d, cx, level, c->plate.y - 2);
    }
}

/* ---------------------------------------------------------------- all of it */

static void no_pipes(const View *v) {
    const Model *m = v->s->model;
    const char *what = m->imported                 ? "Go's trace does not record channels"
                       : v->s->head->chan_count == 0 ? "This run uses no channels"
                       : m->chan_count == 0        ? "No channel has been made yet"
                                                   : "Only timers and contexts have channels here";
    const char *then = v->s->head->chan_count == 0 || m->imported ? "Press 1 for the stage" : "Go on with →, or press 1 for the stage";
    double cx = v->f->stage.w / 2, y = (v->f->stage.y + v->f->fault_y) / 2;
    draw_text(v->d, cx, y, sans(20, 700), TINT_T1, ANCHOR_MIDDLE, what);
    draw_text(v->d, cx, y + 28, sans(14, 400), TINT_T2, ANCHOR_MIDDLE, then);
}

void view_channels(const View *v) {
    const ChannelsLayout *l = v->channels;
    char text[48];
    draw_clip(v->d, v->f->stage, 0);
    if (l->pipe_count == 0) no_pipes(v);
    if (l->shown < l->channels && l->pipe_count > 0) {
        snprintf(text, sizeof text, "+ %zu more", l->channels - l->shown);
        draw_text(v->d, v->f->stage.w - 24, v->f->stage.y + v->f->m->go_y, digits(14, 500), TINT_T2, ANCHOR_END, text);
    }
    for (size_t i = 0; i < l->pipe_count; i++) ends(v, &l->pipe[i]);
    shafts(v);
    for (size_t i = 0; i < l->pipe_count; i++) pipe(v, &l->pipe[i]);
    for (size_t i = 0; i < l->node_count; i++) node(v, &l->node[i]);
    channels_select(v);
    stage_device(v);
    stage_in_c(v);
    draw_unclip(v->d);
}

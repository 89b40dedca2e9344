/* view_contexts.c -- the tree of contexts: what ends what, how much time is left, who hears of it (design, 2.6).
 *
 * Go binds no context to a goroutine: one has it that has asked for its Done channel or its Err. Who is in C hears nothing,
 * whatever he has asked for.
 */
#include "view.h"

#include "measure.h"
#include "token.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { INDENT = 24 };

static double column(const ChannelsLayout *l, const ContextRow *r) {
    return l->contexts.x + 12 + INDENT * (double)(r->depth < 6 ? r->depth : 6);
}

/* From the parent's sign down, and over to this one. */
static void branch(const View *v, size_t i) {
    const ChannelsLayout *l = v->channels;
    const ContextRow *r = &l->line[i], *parent = &l->line[r->parent];
    double x = column(l, parent), px = column(l, r);
    if (px <= x) return; /* too deep to be shown by its place */
    draw_line(v->d, x, parent->y + 11, x, r->y, pen(TINT_CARDL, 1.2));
    draw_line(v->d, x, r->y, px - 11, r->y, pen(TINT_CARDL, 1.2));
}

static bool listens(const Model *m, uint64_t g, uint64_t chan) {
    const ModelG *gp = &m->g[g];
    if (chan == NONE) return false;
    if (gp->place == AT_RECVQ) return gp->chan == chan;
    for (uint64_t entry = gp->place == AT_SELECT ? gp->next : NONE; entry != NONE; entry = m->sudog[entry - MODEL_SUDOG].other) {
        if (m->sudog[entry - MODEL_SUDOG].chan == chan) return true;
    }
    return false;
}

static void listener(const View *v, const ContextRow *r, double x, double right) {
    const Model *m = v->s->model;
    const ModelG *gp = &m->g[r->g];
    char label[24];
    bool in_c = gp->state == G_SYSCALL, over = m->context[r->context].over_ns != NONE;
    GLook look = in_c ? GLOOK_IN_C : gp->state == G_RUNNING ? GLOOK_RUNNING : gp->state == G_WAITING ? GLOOK_WAITING : GLOOK_RUNNABLE;
    bool deaf = context_is_deaf(m, r->context, r->g);
    const char *how = deaf && model_in_system_call(m, r->g)           ? "cannot hear it in a syscall"
                      : deaf                                          ? "cannot hear it in C"
                      : over                                          ? "has had time to see it"
                      : listens(m, r->g, m->context[r->context].chan) ? "would stop"
                      : gp->state == G_WAITING                        ? "waits for something else"
                                                                      : "can look";
    token_g_sized(v->d, x, r->y, 11.5, "", look, 12);
    thing_text(label, sizeof label, KIND_G, r->g);
    const char *name = model_g_name(m, r->g);
    double hw = text_width(how, sans(13, deaf ? 600 : 400)), room = right - x - 20;
    double w = draw_fitted(v->d, x + 20, r->y + 5, sans(14, 600), TINT_T1, ANCHOR_START, name[0] ? name : label,
                           fmax(40, room - hw - 10));
    if (w + 10 + hw <= room)
        draw_text(v->d, x + 20 + w + 10, r->y + 5, sans(13, deaf ? 600 : 400), deaf ? TINT_AMBER : TINT_T2, ANCHOR_START, how);
    mark_thing(v, (Box){x - 12, r->y - 12, right - x + 12, 24}, KIND_G, r->g);
}

/* Its own deadline, not one that it has from above. */
static bool has_deadline(const Model *m, const ModelContext *c) {
    return c->deadline_ns != NONE && (c->parent == NONE || m->context[c->parent].deadline_ns != c->deadline_ns);
}

static void context(const View *v, const ContextRow *r, double x, double right) {
    const Model *m = v->s->model;
    char text[96], time[48];
    if (r->context == NONE) {
        token_context(v->d, x, r->y, false);
        double w = draw_text(v->d, x + 20, r->y + 5, sans(14, 600), TINT_T1, ANCHOR_START, "Background");
        draw_whole(v->d, x + 20 + w + 10, r->y + 5, sans(13, 400), TINT_T2, ANCHOR_START, "never ends", right - x - 30 - w);
        return;
    }
    const ModelContext *c = &m->context[r->context];
    bool over = c->over_ns != NONE;
    token_context(v->d, x, r->y, over);
    snprintf(text, sizeof text, "ctx%llu", (unsigned long long)r->context);
    double w = draw_text(v->d, x + 20, r->y + 5, sans(14, 600), over ? TINT_T2 : TINT_T1, ANCHOR_START, text), at = x + 20 + w + 10;
    bool deadline = has_deadline(m, c) && !over;
    uint64_t left_ns = c->deadline_ns > v->s->now_ns ? c->deadline_ns - v->s->now_ns : 0;
    if (over) {
        uint64_t ago = v->s->now_ns - c->over_ns;
        const char *how = strcmp(intern_text(m->text, c->err), "context canceled") == 0 ? "cancelled" : "past its deadline";
        snprintf(text, sizeof text, ago ? "%s %s ago" : "%s just now", how, narrate_time(time, sizeof time, ago));
    } else if (deadline) snprintf(text, sizeof text, "%s left", narrate_time(time, sizeof time, left_ns));
    else snprintf(text, sizeof text, "%s", c->sort == 2 ? "AfterFunc" : c->deadline_ns != NONE ? "ends with the one above" : "ends when cancelled");
    w = draw_whole(v->d, at, r->y + 5, digits(13, deadline ? 600 : 400), over ? TINT_T2 : TINT_T1, ANCHOR_START, text, right - at);
    if (!deadline || r->context >= v->s->steps->context_count) return;
    uint64_t born = v->s->steps->context[r->context].born_ns;
    double x0 = at + w + 12, room = fmin(120, right - x0);
    if (room < 40 || c->deadline_ns <= born) return;
    double left = (double)left_ns / (double)(c->deadline_ns - born);
    draw_box(v->d, (Box){x0, r->y - 4, room, 8}, 4, NO_PAINT, pen(TINT_CARDL, 1.2));
    if (left > 0) draw_box(v->d, (Box){x0, r->y - 4, fmax(3, room * fmin(1, left)), 8}, 4, paint(TINT_T1), NO_PEN);
}

static void more(const View *v, const ContextRow *r, double x) {
    char text[48];
    snprintf(text, sizeof text, "and %zu more", r->more);
    draw_text(v->d, x - 4, r->y + 5, sans(13, 400), TINT_T2, ANCHOR_START, text);
}

void view_contexts(const View *v) {
    const ChannelsLayout *l = v->channels;
    Box b = l->contexts;
    char text[48];
    if (b.w <= 0 || l->line_count == 0) return;
    draw_line(v->d, b.x - 20.5, v->f->timeline.y + 14, b.x - 20.5, v->time->scrub_y - 4, pen(TINT_HAIR, 1));
    double w = draw_text(v->d, b.x, l->heading_y, sans(15, 600), TINT_T1, ANCHOR_START, "Contexts"), room = b.w - w - 12;
    if (l->contexts_left_out > 0) {
        snprintf(text, sizeof text, "+ %zu more", l->contexts_left_out);
        room -= 16 + draw_whole(v->d, b.x + b.w, l->heading_y, digits(13, 400), TINT_T2, ANCHOR_END, text, room);
    }
    draw_whole(v->d, b.x + w + 12, l->heading_y, sans(13, 400), TINT_T2, ANCHOR_START, "who hears a cancel", room);
    for (size_t i = l->line_count; i-- > 1;) branch(v, i);
    for (size_t i = 0; i < l->line_count; i++) {
        const ContextRow *r = &l->line[i];
        if (r->more > 0) more(v, r, column(l, r));
        else if (r->g == NONE) context(v, r, column(l, r), b.x + b.w);
        else listener(v, r, column(l, r), b.x + b.w);
    }
}

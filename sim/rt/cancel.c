/* cancel.c -- context.Context: a tree, down which one word goes: it is over.
 *
 *     Background ── WithCancel ──┬── WithTimeout ── AfterFunc
 *                                └── WithCancel ...
 *
 * Who cancels a context does all of it himself, at once: its Done channel is closed, whoever waits there is made runnable, then
 * its children have their turn, in no order, each before its own children. A deadline is a time.AfterFunc whose goroutine
 * cancels. Nothing is done to a goroutine: it has to look, and who is in C cannot.
 *
 * Go:      context/context.go WithCancel, WithDeadline, AfterFunc, propagateCancel, cancelCtx.cancel (go1.26)
 * Differs: no values, no context types of others. The order of children, a map's in Go, is the seed's choice. WithoutCancel is
 *          Background again.
 * Emits:   CONTEXT_NEW CONTEXT_CANCEL CONTEXT_USE CHAN_MAKE CHAN_CLOSE
 */
#include "world.h"

#include <stdlib.h>

uint64_t world_cancel_ctx(World *w, uint64_t parent, CancelKind kind, uint64_t delay_ns) {
    GROW(w->cancels, w->cancel_cap, w->cancel_count + 1);
    w->cancels[w->cancel_count] =
        (CancelCtx){.parent = parent, .kind = kind, .deadline_ns = NONE, .delay_ns = delay_ns, .timer = NONE};
    return w->cancel_count++;
}

void cancel_free(World *w) {
    for (size_t i = 0; i < w->cancel_count; i++) free(w->cancels[i].child);
    free(w->cancels);
    free(w->cancel_todo);
}

/* ---- the tree ---- */

static void attach(World *w, uint64_t id) {
    CancelCtx *parent = &w->cancels[w->cancels[id].parent];
    w->cancels[id].place = parent->child_count;
    GROW(parent->child, parent->child_cap, parent->child_count + 1);
    parent->child[parent->child_count++] = id;
}

static void detach(World *w, uint64_t id) {
    const CancelCtx *c = &w->cancels[id];
    if (c->parent == NONE) return;
    CancelCtx *parent = &w->cancels[c->parent];
    if (c->place >= parent->child_count || parent->child[c->place] != id) return; /* the parent has none any more */
    uint64_t last = parent->child[--parent->child_count];
    parent->child[c->place] = last;
    w->cancels[last].place = c->place;
}

/* ---- it is over ---- */

static void todo(World *w, uint64_t id) {
    GROW(w->cancel_todo, w->cancel_todo_cap, w->cancel_todo_count + 1);
    w->cancel_todo[w->cancel_todo_count++] = id;
}

/* The last one is the first to be taken off. */
static void todo_children(World *w, CancelCtx *c) {
    for (size_t left = c->child_count; left > 0; left--) {
        size_t i = prng_below(&w->contexts_order, left);
        todo(w, c->child[i]);
        c->child[i] = c->child[left - 1];
    }
    c->child_count = 0;
}

static void cancel_one(World *w, M *mp, uint64_t id, uint64_t from, Id_STR err, Id_STR cause) {
    const G *gp = mp->curg;
    CancelCtx *c = &w->cancels[id];
    c->over = true;
    c->err = err;
    c->cause = cause;
    EMIT(w->s, CONTEXT_CANCEL, {id}, gp->id, {from}, err, cause, {gp->op.line});
    if (c->timer != NONE) timer_stop(w->timers[c->timer]);
    if (c->done != NULL) chan_close_now(w, mp, c->done);
    if (c->waits > 0) weighted_give_up(w, mp, id);
    if (c->kind == CANCEL_AFTER_FUNC && from != id) { /* else stop has ended it, and nothing else does */
        uint64_t body = w->prog.after(w->prog.ctx, id);
        if (body != NONE) sched_newproc(w, mp, body, w->prog.name(w->prog.ctx, body), gp->id, gp->op.line);
    }
}

static void cancel_tree(World *w, M *mp, uint64_t root, uint64_t from, Id_STR err, Id_STR cause) {
    detach(w, root);
    todo(w, root);
    while (w->cancel_todo_count > 0) {
        uint64_t id = w->cancel_todo[--w->cancel_todo_count];
        if (w->cancels[id].over) continue;
        cancel_one(w, mp, id, from, err, cause);
        todo_children(w, &w->cancels[id]);
    }
}

/* How many contexts it would reach. */
static uint64_t size_of(World *w, uint64_t root) {
    uint64_t n = 0;
    todo(w, root);
    while (w->cancel_todo_count > 0) {
        const CancelCtx *c = &w->cancels[w->cancel_todo[--w->cancel_todo_count]];
        n += !c->over;
        for (size_t i = 0; i < c->child_count; i++) todo(w, c->child[i]);
    }
    return n;
}

/* ---- operations ---- */

uint64_t cancel_cost(World *w, const Op *op) {
    if (op->kind == OP_CONTEXT_CANCEL) return cost(w, COST_context_cancel) * size_of(w, op->a);
    return cost(w, op->kind == OP_CONTEXT_NEW ? COST_context_new : COST_context_done);
}

/* The earlier of one's own deadline and the parent's. True: it is one's own, and the parent's end does not come before it. */
static bool set_deadline(World *w, CancelCtx *c) {
    uint64_t own = c->kind == CANCEL_DEADLINE ? world_now(w) + c->delay_ns : NONE;
    uint64_t inherited = c->parent != NONE ? w->cancels[c->parent].deadline_ns : NONE;
    c->deadline_ns = inherited < own ? inherited : own; /* NONE is later than any */
    return own != NONE && own <= inherited;
}

static void start_timer(World *w, M *mp, uint64_t id) {
    CancelCtx *c = &w->cancels[id];
    c->timer = world_func_timer(w, c->delay_ns, mp->curg->op.line);
    w->timers[c->timer]->context = id;
    timer_set(w, mp, w->timers[c->timer]);
}

/* The deadline has passed already. */
static void is_late(World *w, M *mp, uint64_t id) {
    Id_STR err = stream_text(w->s, "context deadline exceeded");
    cancel_tree(w, mp, id, id, err, err);
}

void cancel_new(World *w, M *mp) {
    G *gp = mp->curg;
    uint64_t id = gp->op.a;
    CancelCtx *c = &w->cancels[id];
    bool has_own = set_deadline(w, c);
    EMIT(w->s, CONTEXT_NEW, {id}, {c->parent}, gp->id, {c->kind}, {c->deadline_ns}, {gp->op.line});
    result_set(&gp->result, 0, true);
    const CancelCtx *parent = c->parent == NONE ? NULL : &w->cancels[c->parent];
    if (parent != NULL && parent->over) cancel_tree(w, mp, id, c->parent, parent->err, parent->cause);
    else if (parent != NULL) attach(w, id);
    if (!has_own || w->cancels[id].over) return;
    if (w->cancels[id].delay_ns == 0) is_late(w, mp, id);
    else start_timer(w, mp, id);
}

void cancel_cancel(World *w, M *mp) {
    G *gp = mp->curg;
    uint64_t id = gp->op.a;
    bool first = !w->cancels[id].over;
    result_set(&gp->result, 0, first);
    if (first) cancel_tree(w, mp, id, id, gp->op.text, gp->op.b != NONE ? (Id_STR){gp->op.b} : gp->op.text);
}

/* ctx.Done() makes the channel when somebody asks for the first time. */
Chan *cancel_done(World *w, M *mp, uint64_t id) {
    const G *gp = mp->curg;
    if (w->cancels[id].done == NULL) {
        Id_CHAN made = world_chan(w, 0, "ctx.Done()", gp->op.line);
        w->cancels[id].done = w->chans[made.v];
        if (w->cancels[id].over) chan_close_now(w, mp, w->chans[made.v]);
    }
    EMIT(w->s, CONTEXT_USE, gp->id, {id}, w->cancels[id].done->id, {gp->op.line});
    return w->cancels[id].done;
}

/* ctx.Err() only looks. */
void cancel_use(World *w, M *mp) {
    G *gp = mp->curg;
    uint64_t id = gp->op.a, c = NONE;
    if (gp->op.b) c = cancel_done(w, mp, id)->id.v;
    else EMIT(w->s, CONTEXT_USE, gp->id, {id}, {NONE}, {gp->op.line});
    result_set(&gp->result, c, w->cancels[id].over);
}

/* select.c -- a select looks at its channels in an order of chance; if none is ready it waits at all of them.
 *
 *     pass 1   in poll order, is there a case that need not wait? The first one is done. Else: default
 *     pass 2   a place in the queue of each channel, and the goroutine parks
 *     pass 3   somebody has served one of the places: the others are given up
 *
 * A case of a nil channel is never ready and never queues. The order is drawn anew for each select, so that no
 * case starves; it comes from the seed.
 *
 * Go:      runtime/select.go selectgo, block; cmd/compile's walk of select statements (go1.26)
 * Differs: no locks, so no lock order: the places are taken in the order of the source. Pass 3 is at the moment at which
 *          a case is served (waitq.c). A single case beside a default is looked at as any other; the order of one case
 *          is no draw.
 * Emits:   SELECT SELECT_QUEUE GO_BLOCK
 */
#include "world.h"

#include <stdlib.h>

void world_select(World *w, const SelectCase *cases, uint32_t count, bool has_default, Op *op) {
    if (count == 1 && !has_default) {
        op->kind = cases->sends ? OP_SEND : OP_RECV;
        op->a = cases->c.v;
        op->b = cases->value;
        return;
    }
    ASSERT(count <= SELECT_CASES_MAX);
    size_t bytes = sizeof(Select) + count * sizeof(Scase);
    Select *sel = mem_checked(pool_resize(&w->pool, NULL, 0, bytes), bytes);
    *sel = (Select){.count = count, .won = SELECT_DEFAULT, .has_default = has_default};
    for (uint32_t i = 0; i < count; i++) {
        const SelectCase *from = &cases[i];
        Chan *c = from->c.v == NONE ? NULL : w->chans[from->c.v];
        sel->cases[i] = (Scase){.c = c, .sends = from->sends, .value = from->value};
    }
    uint64_t id = w->free_select_count > 0 ? w->free_selects[--w->free_select_count] : w->select_count++;
    GROW(w->selects, w->select_cap, w->select_count);
    w->selects[id] = sel;
    op->kind = OP_SELECT;
    op->a = id;
}

static void drop(World *w, uint64_t id) {
    Select *sel = w->selects[id];
    pool_resize(&w->pool, sel, sizeof(Select) + sel->count * sizeof(Scase), 0);
    w->selects[id] = NULL;
}

void world_selected(World *w, uint64_t id) {
    drop(w, id);
    GROW(w->free_selects, w->free_select_cap, w->free_select_count + 1);
    w->free_selects[w->free_select_count++] = id;
}

void select_free(World *w) {
    for (size_t i = 0; i < w->select_count; i++) {
        if (w->selects[i] != NULL) drop(w, i);
    }
    free(w->selects);
    free(w->free_selects);
}

uint64_t select_cost(const World *w, const Select *sel) {
    bool partner = false;
    for (uint32_t i = 0; i < sel->count; i++) {
        const Scase *k = &sel->cases[i];
        partner = partner || (k->c != NULL && (k->sends ? k->c->recvq.count : k->c->sendq.count) > 0);
    }
    return cost(w, partner ? COST_chan_handover : COST_chan_buffered) + sel->count * cost(w, COST_select_case);
}

/* An inside-out shuffle; nil channels have no part in it. Returns how many have. */
static uint32_t poll_order(World *w, M *mp, Select *sel) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < sel->count; i++) {
        Scase *k = &sel->cases[i];
        if (k->c == NULL) continue;
        if (k->c->timer != NULL) timer_maybe_run(w, mp, k->c);
        uint32_t j = n > 0 ? (uint32_t)prng_below(&w->select, n + 1) : 0;
        sel->cases[n++].poll = sel->cases[j].poll;
        sel->cases[j].poll = i;
    }
    return n;
}

/* Pass 1. The first that is ready, NULL if none is; and how many are. */
static Scase *first_ready(Select *sel, uint32_t n, uint64_t *ready) {
    Scase *first = NULL;
    *ready = 0;
    for (uint32_t i = 0; i < n; i++) {
        Scase *k = &sel->cases[sel->cases[i].poll];
        if (!chan_is_ready(k->c, k->sends)) continue;
        if (first == NULL) first = k;
        ++*ready;
    }
    return first;
}

/* Pass 2. */
static void wait(World *w, M *mp, Select *sel) {
    G *gp = mp->curg;
    for (uint32_t i = 0; i < sel->count; i++) {
        Scase *k = &sel->cases[i];
        if (k->c == NULL) continue;
        k->sudog.g = gp;
        waitq_put(k->sends ? &k->c->sendq : &k->c->recvq, &k->sudog);
        EMIT(w->s, SELECT_QUEUE, gp->id, k->c->id, {i}, {k->sends}, {gp->op.line});
        if (k->c->timer != NULL) timer_block(w, mp->p, k->c);
    }
    sched_gopark(w, mp, sel->count > 0 ? w->text.select : stream_text(w->s, "select (no cases)"));
    sched_schedule(w, mp);
}

bool select_go(World *w, M *mp, Select *sel) {
    G *gp = mp->curg;
    uint64_t ready;
    Scase *k = first_ready(sel, poll_order(w, mp, sel), &ready);
    if (k != NULL) {
        sel->won = (uint32_t)(k - sel->cases);
        EMIT(w->s, SELECT, gp->id, k->c->id, {sel->won}, {sel->count}, {ready}, {gp->op.line});
        return chan_do(w, mp, k->c, k->sends, k->value);
    } else if (sel->has_default) {
        EMIT(w->s, SELECT, gp->id, {NONE}, {NONE}, {sel->count}, {0}, {gp->op.line});
        result_set(&gp->result, 0, false);
        return true;
    } else {
        wait(w, mp, sel);
        return false;
    }
}

/* Pass 3. */
void select_won(World *w, Scase *won) {
    G *gp = won->sudog.g;
    Select *sel = w->selects[gp->op.a];
    sel->won = (uint32_t)(won - sel->cases);
    EMIT(w->s, SELECT, gp->id, won->c->id, {sel->won}, {sel->count}, {0}, {gp->op.line});
    for (uint32_t i = 0; i < sel->count; i++) {
        Scase *k = &sel->cases[i];
        if (!k->queued) continue;
        waitq_remove(k->sends ? &k->c->sendq : &k->c->recvq, k);
        if (k->c->timer != NULL) timer_unblock(w, k->c);
    }
}

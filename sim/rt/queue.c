/* queue.c -- who waits for whom at the device: queues, events, engines.
 *
 * A command begins when all that it waits for is done and its engine is free. It waits for the one before it in its
 * queue, unless the queue is unordered; for those in its wait list; in an unordered queue, for the last barrier. So commands
 * are a graph, and the device runs what it can of it:
 *
 *     queue a   write ─▶ kernel ─▶ read        engines   to device   ██░░██
 *     queue b            write ─▶ kernel ─▶    compute     ██░░██
 *                                              to host       ██░░██
 *
 * A marker and a barrier are commands that take no time; a barrier also holds back what comes after it. A user event is a
 * command of no queue, done when the host says so. What follows from a command's end is a list at the command, in the
 * order in which it was asked for.
 *
 * Source:  OpenCL 3.0, 5.1 command queues, 5.11 event objects, 5.12 markers, barriers and waiting for events
 * Differs: one kernel at a time and one transfer each way, in the order in which they could begin; a GPU runs small kernels
 *          side by side. Every queue is flushed at once.
 * Emits:   DEV_ENQUEUE DEV_ARG DEV_QUEUE DEV_AFTER DEV_EVENT DEV_SET DEV_WAIT DEV_WAIT_FOR DEV_IDLE
 */
#include "world.h"

#include <stdlib.h>

Engine queue_engine(LaunchKind kind) {
    switch (kind) {
    case LAUNCH_KERNEL: return ENGINE_COMPUTE;
    case LAUNCH_WRITE: return ENGINE_TO_DEVICE;
    case LAUNCH_READ: return ENGINE_TO_HOST;
    case LAUNCH_MARKER:
    case LAUNCH_BARRIER:
    case LAUNCH_USER: return ENGINE_COUNT;
    }
    UNREACHABLE();
}

/* ---- the graph ---- */

void queue_then(World *w, uint64_t cmd, ThenKind kind, uint64_t to) {
    uint64_t at = w->then_count++;
    GROW(w->thens, w->then_cap, w->then_count);
    w->thens[at] = (Then){kind, to, NONE};
    Cmd *c = &w->cmds[cmd];
    if (c->then == NONE) c->then = at;
    else w->thens[c->then_last].next = at;
    c->then_last = at;
}

static void wait_for(World *w, uint64_t cmd, uint64_t first, bool tell) {
    if (w->cmds[first].state == LAUNCH_DONE) return;
    w->cmds[cmd].waits++;
    queue_then(w, first, THEN_CMD, cmd);
    if (tell) EMIT(w->s, DEV_AFTER, {cmd}, {first});
}

static void wait_for_list(World *w, uint64_t cmd, uint32_t list) {
    for (uint64_t i = 0; list != 0 && i < w->cmd_lists[list]; i++) wait_for(w, cmd, w->cmd_lists[list + 1 + i], true);
}

/* What an unordered queue knows of order; a marker without a list is for all that came before it. */
static void wait_for_barriers(World *w, uint64_t cmd, DevQueue *q) {
    const Launch *l = &w->cmds[cmd].launch;
    bool all = l->kind == LAUNCH_BARRIER || (l->kind == LAUNCH_MARKER && l->after == 0);
    if (q->barrier != NONE && !all) wait_for(w, cmd, q->barrier, true);
    for (uint64_t before = q->head; all && before != NONE; before = w->cmds[before].next) wait_for(w, cmd, before, true);
    if (l->kind == LAUNCH_BARRIER) q->barrier = cmd;
}

static DevQueue *make_queue(World *w, bool unordered) {
    GROW(w->queues, w->queue_cap, w->queue_count + 1);
    w->queues[w->queue_count] = (DevQueue){.unordered = unordered, .head = NONE, .tail = NONE, .barrier = NONE};
    return &w->queues[w->queue_count++];
}

static Id_QUEUE which(World *w, Id_QUEUE queue) {
    if (queue.v != NONE) {
        ASSERT(queue.v < w->queue_count);
        return queue;
    }
    if (w->default_queue == NONE) {
        w->default_queue = w->queue_count;
        make_queue(w, false);
    }
    return (Id_QUEUE){w->default_queue};
}

static uint64_t new_cmd(World *w, const Launch *l) {
    GROW(w->cmds, w->cmd_cap, w->cmd_count + 1);
    w->cmds[w->cmd_count] = (Cmd){.launch = *l, .next = NONE, .then = NONE};
    return w->cmd_count++;
}

void queue_enqueue(World *w, M *mp, const Launch *l) {
    const G *gp = mp->curg;
    Id_QUEUE queue = which(w, l->queue);
    uint64_t cmd = new_cmd(w, l);
    w->cmds[cmd].launch.queue = queue;
    EMIT(w->s, DEV_ENQUEUE, {cmd}, queue, gp->id, l->name, {l->items}, {gp->op.line});
    for (uint32_t i = 0; i < l->obj_count; i++) EMIT(w->s, DEV_ARG, {cmd}, l->obj[i], {l->written[i]});
    DevQueue *q = &w->queues[queue.v];
    if (q->unordered) wait_for_barriers(w, cmd, q);
    else if (q->head != NONE) wait_for(w, cmd, q->tail, false);
    wait_for_list(w, cmd, l->after);
    if (q->head == NONE) q->head = cmd;
    else w->cmds[q->tail].next = cmd;
    q->tail = cmd;
    if (w->cmds[cmd].waits > 0) return;
    w->dev_active++;
    agenda_put(&w->agenda, world_now(w) + cost(w, COST_dev_start), stream_cause(w->s), DUE_CMD_START, cmd, 0);
}

/* ---- engines ---- */

void queue_can_start(World *w, uint64_t cmd) {
    Engine e = queue_engine(w->cmds[cmd].launch.kind);
    if (e != ENGINE_COUNT && w->engine[e].busy) {
        GROW(w->engine[e].ready, w->engine[e].cap, w->engine[e].count + 1);
        w->engine[e].ready[w->engine[e].count++] = cmd;
        return;
    }
    if (e != ENGINE_COUNT) w->engine[e].busy = true;
    launch_start(w, cmd);
}

static void give_engine(World *w, Engine e) {
    if (e == ENGINE_COUNT) return;
    w->engine[e].busy = false;
    if (w->engine[e].head == w->engine[e].count) {
        w->engine[e].head = w->engine[e].count = 0;
        return;
    }
    queue_can_start(w, w->engine[e].ready[w->engine[e].head++]);
}

/* ---- a command is done ---- */

static void less_to_wait_for(World *w, uint64_t cmd) {
    Cmd *c = &w->cmds[cmd];
    if (--c->waits > 0) return;
    w->dev_active++;
    queue_can_start(w, cmd);
}

/* True: there is one of its commands that is not done. */
static bool wait_on(World *w, uint64_t wait) {
    const DevWait *d = &w->dev_waits[wait];
    for (uint64_t i = 0; i < w->cmd_lists[d->list]; i++) {
        uint64_t cmd = w->cmd_lists[d->list + 1 + i];
        if (w->cmds[cmd].state == LAUNCH_DONE) continue;
        EMIT(w->s, DEV_WAIT_FOR, d->mp->curg->id, d->mp->id, {cmd});
        queue_then(w, cmd, THEN_THREAD, wait);
        return true;
    }
    return false;
}

static void follow(World *w, uint64_t cmd) {
    for (uint64_t at = w->cmds[cmd].then; at != NONE && w->outcome == RUN_GOES; at = w->thens[at].next) {
        Then t = w->thens[at];
        switch (t.kind) {
        case THEN_CMD: less_to_wait_for(w, t.to); break;
        case THEN_CALL: driver_tell(w, t.to); break;
        case THEN_THREAD:
            if (!wait_on(w, t.to)) m_due(w, w->dev_waits[t.to].mp, M_AT_EXIT, cost(w, COST_dev_notify));
            break;
        }
    }
}

static void leave(World *w, DevQueue *q, uint64_t cmd) {
    uint64_t before = NONE;
    for (uint64_t at = q->head; at != cmd; at = w->cmds[at].next) before = at;
    if (before == NONE) q->head = w->cmds[cmd].next;
    else w->cmds[before].next = w->cmds[cmd].next;
    if (q->tail == cmd) q->tail = before;
    if (q->barrier == cmd) q->barrier = NONE;
}

static void run_dry(World *w, Id_QUEUE id) {
    DevQueue *q = &w->queues[id.v];
    EMIT(w->s, DEV_IDLE, id);
    driver_look(w);
    M *mp = q->waiters;
    q->waiters = NULL;
    while (mp != NULL) { /* in the order in which they began to wait */
        M *next = mp->link;
        mp->link = NULL;
        m_due(w, mp, M_AT_EXIT, cost(w, COST_dev_notify));
        mp = next;
    }
}

void queue_done(World *w, uint64_t cmd) {
    Id_QUEUE id = w->cmds[cmd].launch.queue;
    w->dev_active--;
    leave(w, &w->queues[id.v], cmd);
    give_engine(w, queue_engine(w->cmds[cmd].launch.kind));
    follow(w, cmd);
    if (w->outcome == RUN_GOES && w->queues[id.v].head == NONE) run_dry(w, id);
}

/* ---- what C can ask for ---- */

uint64_t queue_new(World *w, M *mp) {
    const G *gp = mp->curg;
    uint64_t id = w->queue_count;
    make_queue(w, gp->op.b);
    EMIT(w->s, DEV_QUEUE, {id}, gp->id, gp->op.text, {gp->op.b}, {gp->op.line});
    return id;
}

void queue_user_event(World *w, M *mp) {
    G *gp = mp->curg;
    uint64_t cmd = new_cmd(w, &(Launch){.kind = LAUNCH_USER, .queue = {NONE}});
    EMIT(w->s, DEV_EVENT, {cmd}, gp->id, gp->op.text, {gp->op.line});
    result_set(&gp->result, cmd, true);
}

void queue_set(World *w, M *mp) {
    G *gp = mp->curg;
    uint64_t cmd = gp->op.a;
    bool first = w->cmds[cmd].state != LAUNCH_DONE;
    result_set(&gp->result, cmd, first);
    if (!first) return;
    w->cmds[cmd].state = LAUNCH_DONE;
    EMIT(w->s, DEV_SET, {cmd}, gp->id, {gp->op.line});
    follow(w, cmd);
}

bool queue_finish(World *w, M *mp, Id_QUEUE id) {
    if (id.v == NONE) id.v = w->default_queue;
    if (id.v >= w->queue_count || w->queues[id.v].head == NONE) return false;
    DevQueue *q = &w->queues[id.v];
    EMIT(w->s, DEV_WAIT, mp->curg->id, mp->id, id);
    if (q->waiters == NULL) q->waiters_tail = &q->waiters;
    *q->waiters_tail = mp;
    q->waiters_tail = &mp->link;
    return true;
}

bool queue_wait(World *w, M *mp, uint64_t list) {
    uint64_t wait = w->dev_wait_count++;
    GROW(w->dev_waits, w->dev_wait_cap, w->dev_wait_count);
    w->dev_waits[wait] = (DevWait){mp, list};
    return wait_on(w, wait);
}

uint64_t world_cmds(World *w, const uint64_t *cmd, uint32_t count) {
    if (count == 0) return 0;
    uint64_t at = w->cmd_list_count ? w->cmd_list_count : 1;
    GROW(w->cmd_lists, w->cmd_list_cap, at + 1 + count);
    w->cmd_lists[at] = count;
    for (uint32_t i = 0; i < count; i++) w->cmd_lists[at + 1 + i] = cmd[i];
    w->cmd_list_count = at + 1 + count;
    return at;
}

void queue_free(World *w) {
    for (int e = 0; e < ENGINE_COUNT; e++) free(w->engine[e].ready);
    free(w->queues);
    free(w->thens);
    free(w->dev_waits);
    free(w->cmd_lists);
}

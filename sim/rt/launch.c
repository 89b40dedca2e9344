/* launch.c -- a command of the device runs: in virtual time for as long as the profile says, really in slices.
 *
 * It is executed when it is done, or so much of it as is due before memory moves, so that what the host reads afterwards
 * is what the device wrote. With measured time it is executed when it begins, and the device's own figure becomes its
 * duration. When it may begin is the queues' matter (queue.c).
 *
 * A transfer between the host and memory of the device's own is a command like a kernel, and holds both addresses.
 *
 * Differs: a kernel whose argument is memory of the host's has no transfers of its own: they are part of it.
 * Emits:   DEV_START DEV_DONE DEV_STALE
 */
#include "world.h"

#include "../dev/slice.h"

static uint64_t modelled(const World *w, const Launch *l) {
    if (l->duration_ns != NONE) return l->duration_ns;
    return cost(w, COST_dev_kernel) + l->items * cost(w, COST_dev_item_ps) / 1000;
}

/* Markers and barriers are nothing to the device. */
static bool is_real(const Cmd *c) { return queue_engine(c->launch.kind) != ENGINE_COUNT; }

/* Executes the command really. False if the device failed: the run is over then. A kernel that writes
 * where it may not can take the process with it: what happened so far is handed on before. */
static bool execute(World *w, Cmd *c, uint32_t slices) {
    Diag d;
    stream_flush(w->s);
    c->slices_done = slices;
    if (dev_run(w->dev, c->launch.dev, slices, &c->measured_ns, &d)) return true;
    world_fail(w, &d);
    return false;
}

/* A device with memory of its own writes what it has computed to where its objects were. The program would
 * ask for it some time later; that memory is given to nobody until the command is done, so it is now. */
static bool bring_back(World *w, const Cmd *c) {
    Diag d;
    for (uint32_t i = 0; i < c->launch.obj_count; i++) {
        if (c->stale[i] == 0) continue;
        if (dev_launch_fetch(w->dev, c->launch.dev, &d)) return true;
        world_fail(w, &d);
        return false;
    }
    return true;
}

static uint64_t duration(World *w, uint64_t cmd) {
    Cmd *c = &w->cmds[cmd];
    if (!is_real(c)) return 0;
    if (!w->opt.measured) return modelled(w, &c->launch);
    if (cmd < w->opt.recorded_count) return w->opt.recorded[cmd];
    if (!dev_info(w->dev)->present) return modelled(w, &c->launch);
    if (!execute(w, c, c->launch.slices)) return 0;
    return c->measured_ns > 0 ? c->measured_ns : 1;
}

void launch_start(World *w, uint64_t cmd) {
    Cmd *c = &w->cmds[cmd];
    ASSERT(c->state == LAUNCH_QUEUED);
    uint64_t ns = duration(w, cmd);
    if (w->outcome != RUN_GOES) return;
    c->state = LAUNCH_RUNNING;
    c->start_ns = world_now(w);
    c->ns = ns;
    EMIT(w->s, DEV_START, {cmd}, {c->launch.slices}, {ns});
    agenda_put(&w->agenda, world_now(w) + ns, stream_cause(w->s), DUE_CMD_DONE, cmd, 0);
}

bool launch_holds(const World *w, Id_OBJ obj) {
    for (size_t q = 0; q < w->queue_count; q++) {
        for (uint64_t cmd = w->queues[q].head; cmd != NONE; cmd = w->cmds[cmd].next) {
            const Cmd *c = &w->cmds[cmd];
            for (uint32_t i = 0; i < c->launch.obj_count; i++) {
                if (c->launch.obj[i].v == obj.v && c->stale[i] == 0) return true;
            }
        }
    }
    return false;
}

static uint32_t outdate(World *w, uint64_t cmd, Id_OBJ obj, uint64_t from) {
    Cmd *c = &w->cmds[cmd];
    uint32_t times = 0;
    for (uint32_t i = 0; i < c->launch.obj_count; i++) {
        if (c->launch.obj[i].v != obj.v || c->stale[i] != 0) continue;
        c->stale[i] = from;
        EMIT(w->s, DEV_STALE, {cmd}, obj, {c->slices_done});
        times++;
    }
    return times;
}

uint32_t launch_outdate(World *w, Id_OBJ obj, uint64_t from) {
    uint32_t times = 0;
    for (size_t q = 0; q < w->queue_count; q++) {
        for (uint64_t cmd = w->queues[q].head; cmd != NONE; cmd = w->cmds[cmd].next) times += outdate(w, cmd, obj, from);
    }
    return times;
}

void launch_settle(World *w) {
    for (size_t q = 0; q < w->queue_count; q++) {
        for (uint64_t cmd = w->queues[q].head; cmd != NONE; cmd = w->cmds[cmd].next) {
            Cmd *c = &w->cmds[cmd];
            if (c->state != LAUNCH_RUNNING || !is_real(c)) continue;
            uint32_t due = slices_due(c->start_ns, c->ns, c->launch.slices, world_now(w));
            if (due > c->slices_done && !execute(w, c, due)) return;
        }
    }
}

void launch_done(World *w, uint64_t cmd) {
    Cmd *c = &w->cmds[cmd];
    ASSERT(c->state == LAUNCH_RUNNING);
    if (is_real(c)) {
        if (!execute(w, c, c->launch.slices)) return; /* nothing is left to do if it was measured */
        if (!bring_back(w, c)) return;
        dev_launch_drop(w->dev, c->launch.dev);
    }
    gc_forget(w, c);
    c->state = LAUNCH_DONE;
    w->cmds_done++;
    EMIT(w->s, DEV_DONE, {cmd});
    queue_done(w, cmd);
}

/* driver.c -- the driver has a thread of its own, and calls from it what was to be called when a command is done.
 *
 * clSetEventCallback takes a function of C; here it calls a Go function, so the thread needs an M (needm), a P, and a turn in
 * the scheduler, like any thread that C made. What it tells, it tells one after the other: a callback that waits in Go keeps
 * all later ones waiting.
 *
 *     command done ──▶ the driver's thread ──needm──▶ Go ──▶ a channel ──▶ whoever waits there
 *
 * The specification says that they are called, not when. So there is a driver here that puts them off (late_callbacks): it
 * makes them when no queue has anything left. A command that waits for what a callback does then waits for ever.
 *
 * Source:  OpenCL 3.0, 5.11 clSetEventCallback: may be called asynchronously, from any thread, in any order
 * Go:      runtime/cgocall.go cgocallback, runtime/proc.go needm: see callback.c
 * Differs: one such thread, in the order in which commands end; it is made by the first clSetEventCallback. The late driver is
 *          modelled after what is reported of some (CHIP-SPV/chipStar 1090), and is nobody's in particular.
 * Emits:   DEV_CALLBACK DEV_NOTIFY
 */
#include "world.h"

#include <stdlib.h>

void driver_call(World *w, M *mp) {
    const G *gp = mp->curg;
    uint64_t cmd = gp->op.a, call = w->driver.call_count++;
    GROW(w->driver.calls, w->driver.call_cap, w->driver.call_count);
    w->driver.calls[call] = (DevCall){cmd, gp->op.b};
    w->driver.pending++;
    EMIT(w->s, DEV_CALLBACK, {cmd}, gp->id, {gp->op.line});
    if (w->driver.thread == NULL) {
        callback_thread(w, NONE, stream_text(w->s, "driver"), gp->op.line);
        w->driver.thread = w->cthreads[w->cthread_count - 1];
    }
    if (w->cmds[cmd].state == LAUNCH_DONE) driver_tell(w, call);
    else queue_then(w, cmd, THEN_CALL, call);
}

/* Its place in C: it is asked for the next operation, or looks for something to tell. */
static void go_on(World *w, CThread *t, OpKind kind, uint64_t delay_ns) {
    if (t->m == NULL) {
        t->op.kind = kind;
        callback_thread_due(w, t, delay_ns);
    } else {
        t->m->curg->op = (Op){.kind = kind};
        m_due(w, t->m, M_AT_C, delay_ns);
    }
}

/* Is there nothing that it would tell now? */
static bool nothing_to_tell(const World *w) {
    bool left = false;
    for (size_t i = 0; w->opt.late_callbacks && i < w->queue_count; i++) left |= w->queues[i].head != NONE;
    return left || w->driver.head == w->driver.due_count;
}

void driver_tell(World *w, uint64_t call) {
    GROW(w->driver.due, w->driver.due_cap, w->driver.due_count + 1);
    w->driver.due[w->driver.due_count++] = call;
    driver_look(w);
}

void driver_look(World *w) {
    if (!w->driver.rests || nothing_to_tell(w)) return;
    w->driver.rests = false;
    go_on(w, w->driver.thread, OP_TELL, cost(w, COST_dev_notify));
}

void driver_next(World *w, CThread *t) {
    if (w->driver.head == w->driver.due_count) w->driver.head = w->driver.due_count = 0;
    if (nothing_to_tell(w)) {
        w->driver.rests = true;
        sched_checkdead(w);
        return;
    }
    uint64_t call = w->driver.due[w->driver.head++];
    t->body = w->driver.calls[call].body;
    w->driver.running = call;
    if (t->m != NULL) t->m->curg->body = t->body;
    EMIT(w->s, DEV_NOTIFY, {w->driver.calls[call].cmd}, t->id);
    go_on(w, t, OP_C_WORK, 0);
}

void driver_called(World *w, CThread *t) {
    DevCall *call = &w->driver.calls[w->driver.running];
    if (w->prog.drop) w->prog.drop(w->prog.ctx, call->body);
    call->body = t->body = NONE;
    if (t->m != NULL) t->m->curg->body = NONE;
    w->driver.running = NONE;
    w->driver.pending--;
    driver_next(w, t);
}

bool driver_rests(const World *w, const CThread *t) {
    if (t != w->driver.thread || !w->driver.rests) return false;
    return w->driver.pending == 0 || w->dev_active == 0;
}

void driver_free(World *w) {
    for (size_t i = 0; i < w->driver.call_count; i++) {
        if (w->driver.calls[i].body != NONE && w->prog.drop) w->prog.drop(w->prog.ctx, w->driver.calls[i].body);
    }
    free(w->driver.calls);
    free(w->driver.due);
}

/* exec.c -- a running goroutine carries out its program, one operation after the other.
 *
 * An operation takes its time first and has its effect at the end of it. Between two operations lies a
 * safe point: a goroutine that was asked to stop does so there, and a stretch of Go code is left in
 * the middle when the signal arrives.
 *
 * Go:      cmd/compile's function prologues, runtime/preempt.go doSigPreempt, runtime/proc.go
 *          gopreempt_m, goexit0, runtime/cgocall.go (go1.26)
 * Differs: code between two operations takes no time but what `compute` says.
 * Emits:   GO_COMPUTE GO_SLEEP NOTE PIN UNPIN PANIC
 */
#include "world.h"

/* A program that never lets time pass would never end. */
enum { STUCK_OPS_MAX = 1000000 };

static bool stuck(World *w, const G *gp) {
    if (++w->stuck_ops <= STUCK_OPS_MAX) return false;
    Diag d;
    diag_fail_at(&d, EXIT_SCENARIO, "", (int)gp->op.line, 0,
                 "g%llu has done %d operations without any virtual time passing",
                 (unsigned long long)gp->id.v, STUCK_OPS_MAX);
    diag_remedy(&d, "Let time pass in the loop: compute \"1us\", or a channel operation.");
    world_fail(w, &d);
    return true;
}

static uint64_t op_cost(World *w, const G *gp) {
    const Op *op = &gp->op;
    switch (op->kind) {
    case OP_COMPUTE: return gp->left_ns;
    case OP_GO: return cost(w, COST_go_create);
    case OP_SEND:
    case OP_RECV:
    case OP_CLOSE: return chan_cost(w, op);
    case OP_C_CALL:
    case OP_LAUNCH:
    case OP_FINISH: return cost(w, COST_cgo_enter);
    case OP_PIN:
    case OP_UNPIN: return cost(w, COST_pin);
    case OP_END:
    case OP_SLEEP:
    case OP_GOSCHED:
    case OP_NOTE:
    case OP_PANIC: return 0;
    }
    UNREACHABLE();
}

static void begin(World *w, M *mp);

void exec_next(World *w, M *mp) {
    G *gp = mp->curg;
    ASSERT(gp->status == G_RUNNING);
    if (gp->preempt) { /* the prologue's check */
        gp->preempt = false;
        sched_gosched(w, mp, w->text.preempted);
        return;
    }
    if (gp->op.kind == OP_SEND && !gp->result.ok) { /* woken by close */
        EMIT(w->s, PANIC, gp->id, stream_text(w->s, "panic: send on closed channel"),
             {gp->op.line});
        w->outcome = RUN_PANIC;
        return;
    }
    if (gp->left_ns == 0) w->asking = mp; /* exec_ask, when this step is over */
    else begin(w, mp);
}

/* While it is asked, the program may do operations itself (world_do): so this may be another moment
 * afterwards, and the last of them may be under way already. Inline, because a return past a longjmp is one
 * that the processor cannot foresee: 7 ns each. */
static inline __attribute__((always_inline)) void ask(World *w) {
    G *gp = w->asking->curg;
    w->prog.next(w->prog.ctx, w, gp->body, gp->result, &gp->op);
    if (w->handed_over) {
        w->handed_over = false;
        return;
    }
    M *mp = w->asking;
    w->asking = NULL;
    if (w->outcome != RUN_GOES) return; /* the program failed */
    if (gp->op.kind == OP_COMPUTE) gp->left_ns = gp->op.a;
    begin(w, mp);
}

void exec_ask(World *w) { ask(w); }

/* The operation takes its time; its effect is exec_op's. */
static void begin(World *w, M *mp) {
    G *gp = mp->curg;
    result_set(&gp->result, 0, true);
    if (gp->op.kind == OP_COMPUTE) {
        if (gp->left_ns == 0) { /* compute "0s" is nothing */
            if (!stuck(w, gp)) m_due(w, mp, M_AT_NEXT, 0);
            return;
        }
        EMIT(w->s, GO_COMPUTE, gp->id, {gp->left_ns}, {gp->op.line});
        gp->busy_until_ns = world_now(w) + gp->left_ns;
    }
    uint64_t ns = op_cost(w, gp);
    if (ns == 0 && stuck(w, gp)) return;
    if (world_alone(w, world_now(w) + ns)) exec_op(w, mp);
    else m_due(w, mp, M_AT_OP, ns);
}

/* ---- effects, in the order of OpKind ---- */

static void op_sleep(World *w, M *mp) {
    G *gp = mp->curg;
    if (gp->op.a == 0) {
        exec_next(w, mp);
        return;
    }
    uint64_t when = world_now(w) + gp->op.a;
    EMIT(w->s, GO_SLEEP, gp->id, {gp->op.a}, {gp->op.line});
    sched_gopark(w, mp, w->text.sleep);
    timer_add(w, mp->p, gp, when); /* after G is off the thread, as in Go */
    sched_find(w, mp);
}

static void op_panic(World *w, M *mp) {
    G *gp = mp->curg;
    EMIT(w->s, PANIC, gp->id, gp->op.text, {gp->op.line});
    w->outcome = RUN_PANIC;
}

void exec_op(World *w, M *mp) {
    G *gp = mp->curg;
    const Op *op = &gp->op;
    switch (op->kind) {
    case OP_END: sched_goexit(w, mp); return;
    case OP_COMPUTE:
        gp->left_ns = 0;
        exec_next(w, mp);
        return;
    case OP_SLEEP: op_sleep(w, mp); return;
    case OP_GOSCHED: sched_gosched(w, mp, w->text.gosched); return;
    case OP_GO:
        sched_newproc(w, mp, op->a, op->text, gp->id, op->line);
        exec_next(w, mp);
        return;
    case OP_SEND:
        if (chan_send(w, mp, w->chans[op->a])) exec_next(w, mp);
        return;
    case OP_RECV:
        if (chan_recv(w, mp, w->chans[op->a])) exec_next(w, mp);
        return;
    case OP_CLOSE:
        if (chan_close(w, mp, w->chans[op->a])) exec_next(w, mp);
        return;
    case OP_C_CALL: cgo_entersyscall(w, mp, op->text, op->a); return;
    case OP_LAUNCH: cgo_entersyscall(w, mp, w->text.enqueue, cost(w, COST_dev_enqueue)); return;
    case OP_FINISH: cgo_entersyscall(w, mp, w->text.finish, cost(w, COST_dev_finish)); return;
    case OP_PIN:
        EMIT(w->s, PIN, gp->id, {op->a}, {op->line});
        exec_next(w, mp);
        return;
    case OP_UNPIN:
        EMIT(w->s, UNPIN, gp->id, {op->a}, {op->line});
        exec_next(w, mp);
        return;
    case OP_NOTE:
        EMIT(w->s, NOTE, gp->id, op->text, {op->line});
        exec_next(w, mp);
        return;
    case OP_PANIC: op_panic(w, mp); return;
    }
}

/* Who waits is not left, but returned to: the run goes on from here, and others are asked. Most come back
 * soon, since the goroutine that they woke is the next one. Leaving a coroutine and coming back is the
 * dearest part of a switch: a longjmp, a setjmp, and a processor that has lost its way back (40 ns). Only
 * one waits so at a time, since it stands on our stack, and not for long. */
bool world_do(World *w, OpResult *r) {
    M *mp = w->asking;
    ASSERT(mp != NULL);
    if (w->wait_left == 0) return false;
    w->wait_left--;
    G *gp = mp->curg;
    w->asking = NULL;
    begin(w, mp);
    bool first = w->waiting == NULL, back;
    if (first) w->waiting = gp;
    while (!(back = w->asking != NULL && w->asking->curg == gp) && first && w->wait_left > 0) {
        w->wait_left--;
        if (w->asking != NULL) ask(w);
        else if (!world_advance(w)) break;
    }
    if (first) w->waiting = NULL;
    w->handed_over = !back;
    result_set(r, gp->result.value, gp->result.ok);
    return back;
}

/* C has done what it was called for; what it did shows now. */
void exec_c(World *w, M *mp) {
    const Op *op = &mp->curg->op;
    if (op->kind == OP_LAUNCH) launch_enqueue(w, mp, &w->launches[op->a]);
    if (op->kind == OP_FINISH && launch_wait(w, mp, (Id_QUEUE){op->a}))
        return; /* woken by launch_done */
    if (w->outcome == RUN_GOES) cgo_exitsyscall(w, mp);
}

void exec_interrupt(World *w, M *mp) {
    G *gp = mp->curg;
    mp->signal_pending = false;
    bool stoppable = gp != NULL && gp->preempt && gp->status == G_RUNNING && mp->at == M_AT_OP &&
                     gp->op.kind == OP_COMPUTE;
    if (!stoppable)
        return; /* it has moved on, is in C, or is about to reach a safe point by itself */
    gp->left_ns = gp->busy_until_ns - world_now(w);
    gp->preempt = false;
    m_cancel(mp);
    sched_gosched(w, mp, w->text.preempted);
}

/* exec.c -- a running goroutine carries out its program, one operation after the other.
 *
 * An operation takes its time first and has its effect at the end of it. Between two operations lies a
 * safe point: a goroutine that was asked to stop does so there, and a stretch of Go code is left in
 * the middle when the signal arrives.
 *
 * Go:      cmd/compile's function prologues, runtime/preempt.go doSigPreempt, runtime/proc.go
 *          gopreempt_m, goexit0, runtime/cgocall.go (go1.26)
 * Differs: code between two operations takes no time but what `compute` says. A stretch of it has function
 *          prologues only where the scenario says so.
 * Emits:   GO_COMPUTE GO_SLEEP NOTE PIN UNPIN CLEANUP FINALIZER HANDLE COPY PANIC CGO_WORK SIGNAL SIGNAL_IN_C
 */
#include "world.h"

/* A program that never lets time pass would never end. */
enum { STUCK_OPS_MAX = 1000000 };

bool exec_stuck(World *w, uint32_t line, bool in_c) {
    if (++w->stuck_ops <= STUCK_OPS_MAX) return false;
    Diag d;
    diag_fail_at(&d, EXIT_SCENARIO, "", (int)line, 0,
                 "%d operations were done without any virtual time passing", STUCK_OPS_MAX);
    diag_remedy(&d, in_c ? "Let time pass in the loop: C.work \"1us\"."
                         : "Let time pass in the loop: compute \"1us\", or a channel operation.");
    world_fail(w, &d);
    return true;
}

static uint64_t op_cost(World *w, M *mp) {
    G *gp = mp->curg;
    const Op *op = &gp->op;
    switch (op->kind) {
    case OP_COMPUTE: return gp->left_ns;
    case OP_GO: return cost(w, COST_go_create);
    case OP_CLOSE: return chan_cost(w, chan_of(w, op), false);
    case OP_SELECT: return select_cost(w, w->selects[op->a]);
    case OP_C_CALL:
    case OP_C_ENTER:
    case OP_C_THREAD:
    case OP_CTX_CURRENT:
    case OP_CTX_USE:
    case OP_CTX_ABSENT:
    case OP_LAUNCH:
    case OP_MEM_TAKE:
    case OP_MEM_GIVE:
    case OP_QUEUE:
    case OP_EVENT:
    case OP_EVENT_SET:
    case OP_EVENT_WAIT:
    case OP_EVENT_CALL:
    case OP_FINISH: return cost(w, COST_cgo_enter);
    case OP_COPY: return cost(w, COST_copy) + op->b * cost(w, COST_copy_byte_ps) / 1000;
    case OP_CLEANUP:
    case OP_FINALIZER: return cost(w, COST_add_cleanup);
    case OP_STACK_VAR:
    case OP_RECURSE: return stack_cost(w, gp) + 1;
    case OP_ADDRESS: return 1;
    case OP_HANDLE: return cost(w, COST_handle);
    case OP_PIN:
    case OP_UNPIN: return cost(w, COST_pin);
    case OP_LOCK:
    case OP_UNLOCK: return cost(w, COST_lock_thread);
    case OP_TIMER:
    case OP_TIMER_STOP: return cost(w, COST_timer_start);
    case OP_ACROSS: return gp->left_ns > 0 ? gp->left_ns : across_begin(w, mp);
    case OP_ALLOC: return gc_alloc_cost(w, gp);
    case OP_SYNC: return sync_cost(w, op);
    case OP_ATOMIC: return cost(w, op->a ? COST_atomic_load : COST_atomic);
    case OP_MARK:
    case OP_SWEEP: return op->a;
    case OP_CONTEXT_NEW:
    case OP_CONTEXT_CANCEL:
    case OP_CONTEXT_USE: return cancel_cost(w, op);
    case OP_GC:
    case OP_END:
    case OP_SLEEP:
    case OP_GOSCHED:
    case OP_NOTE:
    case OP_PICTURE:
    case OP_PANIC:
    case OP_GOMAXPROCS:
    case OP_NET:
    case OP_CALLBACK_END:
    case OP_IDLE: return 0;
    case OP_SEND: /* begin_message */
    case OP_RECV:
    case OP_TELL: /* exec_next has refused these */
    case OP_C_WORK:
    case OP_C_LEAVE:
    case OP_CALLBACK: UNREACHABLE();
    }
    UNREACHABLE();
}

void exec_panic(World *w, G *gp, const char *text) {
    EMIT(w->s, PANIC, gp->id, stream_text(w->s, text), {gp->op.line});
    w->outcome = RUN_PANIC;
}

void exec_wrong_side(World *w, const Op *op, bool in_c) {
    Diag d;
    if (in_c && pthread_is(w, op)) {
        diag_fail_at(&d, EXIT_SCENARIO, "", (int)op->line, 0, "on this thread C has not called Go yet, and cannot lock its mutex here");
        diag_remedy(&d, "Lock it inside of C.call, or behind this thread's first C.callback.");
    } else if (in_c) {
        bool leaves_go = op->kind == OP_C_CALL || op->kind == OP_C_ENTER || op->kind == OP_ACROSS ||
                         op->kind == OP_CTX_CURRENT || op->kind == OP_CTX_USE || op->kind == OP_CTX_ABSENT ||
                         op->kind == OP_MEM_TAKE || op->kind == OP_MEM_GIVE ||
                         (op->kind >= OP_LAUNCH && op->kind <= OP_EVENT_CALL);
        diag_fail_at(&d, EXIT_SCENARIO, "", (int)op->line, 0,
                     leaves_go ? "this is a call from Go to C, and here runs C already"
                               : "this is Go code, and here runs C: it knows no goroutines and no channels");
        diag_remedy(
            &d, "C.callback(function() ... end) calls Go from C; C.work \"10us\" is work in C.");
    } else {
        diag_fail_at(&d, EXIT_SCENARIO, "", (int)op->line, 0, "this is C code, and here runs Go");
        diag_remedy(&d,
                    "C.call(\"name\", function() ... end) calls a C function made of such steps.");
    }
    world_fail(w, &d);
}

static inline void begin(World *w, M *mp);
static void begin_in_c(World *w, M *mp);

/* STRESS_PREEMPT asks at every safe point, but lets each goroutine come one step further. */
static bool must_stop(World *w, G *gp) {
    bool stop = gp->preempt || (stress(w, STRESS_PREEMPT) && !gp->started);
    gp->started = false;
    gp->preempt = false;
    return stop;
}

/* Something is to be done before its program is asked. */
void exec_next_of_all(World *w, M *mp) {
    G *gp = mp->curg;
    if (gp->enters_callback) callback_entered(w, mp);
    if (gp->own == OWN_WORKER) { /* while it marks it decides itself whether it stops */
        gc_own(w, mp);
        return;
    }
    if (must_stop(w, gp)) { /* the prologue's check */
        sched_gosched(w, mp, w->text.preempted);
        return;
    }
    if (!gp->result.ok && chan_send_failed(w, gp)) {
        exec_panic(w, gp, "panic: send on closed channel");
        return;
    }
    if (gp->left_ns > 0 || gp->op_again) {
        begin(w, mp);
    } else if (gp->own) {
        gc_own(w, mp);
    } else {
        w->asking = mp; /* exec_ask, when this step is over */
    }
}

/* While it is asked, the program may do operations itself (world_do): so this may be another moment
 * afterwards, and another goroutine whose operation is wanted; the last may be under way already. Inline,
 * because a return past a longjmp is one that the processor cannot foresee: 7 ns each. */
static INLINE void ask(World *w) {
    G *gp = w->asking->curg;
    w->prog.next(w->prog.ctx, w, gp->body, gp->result, &gp->op);
    if (w->handed_over) {
        w->handed_over = false;
        return;
    }
    M *mp = w->asking;
    gp = mp->curg;
    w->asking = NULL;
    if (w->outcome != RUN_GOES) return; /* the program failed */
    if (gp->status == G_SYSCALL) {
        begin_in_c(w, mp);
        return;
    }
    if (gp->op.kind == OP_COMPUTE) gp->left_ns = gp->op.a;
    begin(w, mp);
}

void exec_ask(World *w) { ask(w); }

/* compute "0s" is nothing. */
static OWN_FRAME bool computes(World *w, M *mp) {
    G *gp = mp->curg;
    if (gp->left_ns > 0) EMIT(w->s, GO_COMPUTE, gp->id, {gp->left_ns}, {gp->op.line});
    else if (!exec_stuck(w, gp->op.line, false)) m_due(w, mp, M_AT_NEXT, 0);
    return gp->left_ns > 0;
}

static OWN_FRAME void begin_other(World *w, M *mp) {
    G *gp = mp->curg;
    const Op *op = &gp->op;
    if (op->kind == OP_C_WORK || op->kind == OP_C_LEAVE || op->kind == OP_CALLBACK || pthread_is(w, op)) {
        exec_wrong_side(w, op, false);
        return;
    }
    if (op->kind == OP_COMPUTE && !computes(w, mp)) return;
    gp->busy_until_ns = world_now(w) + gp->left_ns;
    uint64_t ns = op_cost(w, mp);
    if (ns == 0 && exec_stuck(w, op->line, false)) return;
    if (world_alone(w, world_now(w) + ns)) exec_op(w, mp);
    else m_due(w, mp, M_AT_OP, ns);
}

/* Most of what goroutines do is sending and receiving: they go their own way, without a question that only others need. */
static inline void begin_message(World *w, M *mp, bool sends) {
    const Op *op = &mp->curg->op;
    Chan *c = chan_of(w, op);
    uint64_t ns = chan_cost(w, c, sends);
    if (ns == 0 && exec_stuck(w, op->line, false)) return;
    if (world_alone(w, world_now(w) + ns)) chan_op(w, mp, c, sends);
    else m_due(w, mp, M_AT_OP, ns);
}

/* The operation takes its time; its effect is exec_op's. */
static inline void begin(World *w, M *mp) {
    G *gp = mp->curg;
    w->acting = mp; /* others may have been, while the program was asked */
    gp->op_again = false;
    result_set(&gp->result, 0, true);
    if (gp->op.kind == OP_SEND || gp->op.kind == OP_RECV) begin_message(w, mp, gp->op.kind == OP_SEND);
    else begin_other(w, mp);
}

void exec_begin(World *w, M *mp) { begin(w, mp); }

/* ---- the program is in C ---- */

static void begin_in_c(World *w, M *mp) {
    G *gp = mp->curg;
    const Op *op = &gp->op;
    w->acting = mp;
    result_set(&gp->result, 0, true);
    switch (op->kind) {
    case OP_C_WORK:
        EMIT(w->s, CGO_WORK, gp->id, {op->a}, {op->line});
        if (op->a == 0 && exec_stuck(w, op->line, true)) return;
        m_due(w, mp, M_AT_C, op->a);
        return;
    case OP_CTX_USE:
    case OP_CTX_ABSENT: m_due(w, mp, M_AT_C, op->b); return;
    case OP_CTX_CURRENT: m_due(w, mp, M_AT_C, 0); return;
    case OP_C_THREAD: m_due(w, mp, M_AT_C, cost(w, COST_pthread_create)); return;
    case OP_SYNC:
        if (pthread_is(w, op)) m_due(w, mp, M_AT_C, sync_cost(w, op));
        else exec_wrong_side(w, op, true);
        return;
    case OP_CALLBACK: callback_enter(w, mp); return;
    case OP_C_LEAVE:
        gp->args = 0;
        gp->nest--;
        cgo_exitsyscall(w, mp);
        return;
    case OP_NOTE:
        EMIT(w->s, NOTE, gp->id, op->text, {op->line});
        if (!exec_stuck(w, op->line, true)) m_due(w, mp, M_AT_C, 0);
        return;
    case OP_END:
        if (mp->cthread != NULL) {
            if (mp->cthread == w->driver.thread) driver_called(w, mp->cthread);
            else callback_thread_exit(w, mp);
            return;
        }
        exec_wrong_side(w, op, true);
        return;
    default: exec_wrong_side(w, op, true); return;
    }
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
    timer_sleep(w, mp->p, gp, when); /* after G is off the thread, as in Go */
    sched_schedule(w, mp);
}

static void op_gomaxprocs(World *w, M *mp) {
    if (!sema_acquire(w, mp, &w->gc.sema, false, "semacquire")) return;
    stw_begin(w, mp, "GOMAXPROCS");
    w->stw.procs = (uint32_t)mp->curg->op.a;
}

void exec_stopped(World *w, M *mp) {
    if (gc_restarted(w, mp)) return;
    sema_release(w, mp, &w->gc.sema, false);
    exec_next(w, mp);
}

static OWN_FRAME void seldom(World *w, M *mp);

void exec_op(World *w, M *mp) {
    const Op *op = &mp->curg->op;
    switch (op->kind) {
    case OP_COMPUTE:
        mp->curg->left_ns = 0;
        exec_next(w, mp);
        return;
    case OP_SEND:
    case OP_RECV: chan_op(w, mp, chan_of(w, op), op->kind == OP_SEND); return;
    default: seldom(w, mp); return;
    }
}

static void seldom(World *w, M *mp) {
    G *gp = mp->curg;
    const Op *op = &gp->op;
    switch (op->kind) {
    case OP_END: sched_goexit(w, mp); return;
    case OP_SLEEP: op_sleep(w, mp); return;
    case OP_GOSCHED: sched_gosched(w, mp, w->text.gosched); return;
    case OP_GO:
        sched_newproc(w, mp, op->a, op->text, gp->id, op->line);
        exec_next(w, mp);
        return;
    case OP_CLOSE:
        if (chan_close(w, mp, chan_of(w, op))) exec_next(w, mp);
        return;
    case OP_SELECT:
        if (select_go(w, mp, w->selects[op->a])) exec_next(w, mp);
        return;
    case OP_C_CALL:
        gp->args = (uint32_t)(op->b >> CALL_ARGS_SHIFT);
        cgo_entersyscall(w, mp, op->text, op->a);
        return;
    case OP_C_ENTER:
        gp->args = (uint32_t)(op->b >> CALL_ARGS_SHIFT);
        gp->nest++;
        cgo_entersyscall(w, mp, op->text, 0);
        return;
    case OP_C_THREAD:
        cgo_entersyscall(w, mp, stream_text(w->s, "pthread_create"), cost(w, COST_pthread_create));
        return;
    case OP_CTX_CURRENT:
        cgo_entersyscall(w, mp, stream_text(w->s, op->b ? "make_current" : "release_current"), 0);
        return;
    case OP_CTX_USE:
    case OP_CTX_ABSENT: cgo_entersyscall(w, mp, op->text, op->b); return;
    case OP_ACROSS: across_part(w, mp); return;
    case OP_LAUNCH:
        if (op->b > 1) /* a recorded list: one call, whatever its length */
            cgo_entersyscall(w, mp, stream_text(w->s, "clEnqueueCommandBuffer"),
                             cost(w, COST_dev_enqueue) + op->b * cost(w, COST_graph_launch));
        else cgo_entersyscall(w, mp, w->launches[op->a].kind == LAUNCH_KERNEL ? w->text.enqueue : w->launches[op->a].name,
                              cost(w, COST_dev_enqueue));
        return;
    case OP_QUEUE: cgo_entersyscall(w, mp, stream_text(w->s, "clCreateCommandQueue"), cost(w, COST_dev_queue)); return;
    case OP_EVENT: cgo_entersyscall(w, mp, stream_text(w->s, "clCreateUserEvent"), cost(w, COST_dev_event)); return;
    case OP_EVENT_SET: cgo_entersyscall(w, mp, stream_text(w->s, "clSetUserEventStatus"), cost(w, COST_dev_event)); return;
    case OP_EVENT_WAIT: cgo_entersyscall(w, mp, stream_text(w->s, "clWaitForEvents"), cost(w, COST_dev_finish)); return;
    case OP_EVENT_CALL: cgo_entersyscall(w, mp, stream_text(w->s, "clSetEventCallback"), cost(w, COST_dev_event)); return;
    case OP_MEM_TAKE:
    case OP_MEM_GIVE: memory_call(w, mp); return;
    case OP_COPY:
        EMIT(w->s, COPY, gp->id, {op->a >> 32}, {op->a & UINT32_MAX}, {op->b}, {op->line});
        exec_next(w, mp);
        return;
    case OP_FINISH: cgo_entersyscall(w, mp, w->text.finish, cost(w, COST_dev_finish)); return;
    case OP_PIN:
        heap_pin(w->heap, (Id_OBJ){op->a});
        EMIT(w->s, PIN, gp->id, {op->a}, {op->line});
        exec_next(w, mp);
        return;
    case OP_CLEANUP:
        EMIT(w->s, CLEANUP, gp->id, {op->a}, {op->line});
        exec_next(w, mp);
        return;
    case OP_FINALIZER:
        EMIT(w->s, FINALIZER, gp->id, {op->a}, {op->b}, {op->line});
        exec_next(w, mp);
        return;
    case OP_STACK_VAR: stack_variable(w, mp); return;
    case OP_RECURSE: stack_recurse(w, mp); return;
    case OP_ADDRESS: stack_address(w, mp); return;
    case OP_HANDLE:
        EMIT(w->s, HANDLE, gp->id, {op->a}, {op->b}, {op->line});
        exec_next(w, mp);
        return;
    case OP_UNPIN:
        heap_unpin(w->heap, (Id_OBJ){op->a});
        EMIT(w->s, UNPIN, gp->id, {op->a}, {op->line});
        exec_next(w, mp);
        return;
    case OP_NOTE:
        EMIT(w->s, NOTE, gp->id, op->text, {op->line});
        exec_next(w, mp);
        return;
    case OP_PICTURE:
        EMIT(w->s, PICTURE, gp->id, {op->a}, {op->b >> 32}, {op->b & UINT32_MAX}, {op->line});
        exec_next(w, mp);
        return;
    case OP_PANIC:
        EMIT(w->s, PANIC, gp->id, op->text, {op->line});
        w->outcome = RUN_PANIC;
        return;
    case OP_CONTEXT_NEW:
        cancel_new(w, mp);
        exec_next(w, mp);
        return;
    case OP_CONTEXT_CANCEL:
        cancel_cancel(w, mp);
        exec_next(w, mp);
        return;
    case OP_CONTEXT_USE:
        cancel_use(w, mp);
        exec_next(w, mp);
        return;
    case OP_GOMAXPROCS: op_gomaxprocs(w, mp); return;
    case OP_GC: gc_collect(w, mp); return;
    case OP_ALLOC: gc_alloc(w, mp); return;
    case OP_SYNC: sync_op(w, mp); return;
    case OP_ATOMIC: exec_next(w, mp); return;
    case OP_MARK:
    case OP_SWEEP: gc_op_done(w, mp); return;
    case OP_LOCK:
        lock_thread(w, mp);
        exec_next(w, mp);
        return;
    case OP_UNLOCK:
        lock_unlock(w, mp);
        exec_next(w, mp);
        return;
    case OP_NET: net_wait(w, mp, op->a, op->b); return;
    case OP_TIMER:
        timer_start(w, mp, w->timers[op->a]);
        exec_next(w, mp);
        return;
    case OP_TIMER_STOP:
        result_set(&gp->result, 0, timer_stop(w->timers[op->a]));
        exec_next(w, mp);
        return;
    case OP_CALLBACK_END: callback_leave(w, mp); return;
    case OP_IDLE:
        sched_gopark(w, mp, op->text);
        sched_schedule(w, mp);
        return;
    case OP_COMPUTE:
    case OP_SEND:
    case OP_RECV: /* exec_op */
    case OP_TELL:
    case OP_C_WORK:
    case OP_C_LEAVE:
    case OP_CALLBACK: UNREACHABLE();
    }
}

/* What blocks nobody is over at once. Who has to wait can do so in here, if the program has stacks for that:
 * the run goes on from this call, and others are asked, until its own turn comes. */
OpResult world_do(World *w) {
    M *mp = w->asking;
    if (mp == NULL || mp->curg->status == G_SYSCALL)
        return (OpResult){0, NOT_OVER}; /* C has nothing that can be done here */
    if (w->wait_left == 0) return (OpResult){0, NOT_OVER};
    w->wait_left--;
    G *gp = mp->curg;
    bool back;
    w->asking = NULL;
    begin(w, mp);
    while (!(back = w->asking != NULL && w->asking->curg == gp) && w->prog.waits && w->wait_left > 0) {
        w->wait_left--;
        if (w->asking != NULL) ask(w);
        else if (!world_advance(w)) break;
    }
    w->handed_over = !back;
    return back ? gp->result : (OpResult){0, NOT_OVER};
}

/* C has done what it was called for; what it did shows now. */
void exec_c(World *w, M *mp) {
    G *gp = mp->curg;
    const Op *op = &gp->op;
    switch (op->kind) {
    case OP_LAUNCH:
        for (uint64_t i = 0; i < (op->b ? op->b : 1); i++) queue_enqueue(w, mp, &w->launches[op->a + i]);
        result_set(&gp->result, w->cmd_count - 1, true);
        break;
    case OP_FINISH:
        if (queue_finish(w, mp, (Id_QUEUE){op->a})) return; /* woken by queue_done */
        break;
    case OP_QUEUE: result_set(&gp->result, queue_new(w, mp), true); break;
    case OP_EVENT: queue_user_event(w, mp); break;
    case OP_EVENT_SET: queue_set(w, mp); break;
    case OP_EVENT_WAIT:
        if (queue_wait(w, mp, op->a)) return;
        break;
    case OP_EVENT_CALL: driver_call(w, mp); break;
    case OP_TELL: driver_next(w, mp->cthread); return;
    case OP_MEM_TAKE: memory_take(w, mp); break;
    case OP_MEM_GIVE: memory_give(w, mp); break;
    case OP_C_THREAD: callback_thread(w, op->a, op->text, op->line); break;
    case OP_CTX_CURRENT: context_current(w, mp); break;
    case OP_CTX_USE:
    case OP_CTX_ABSENT: context_use(w, mp); break;
    case OP_SYNC:
        if (!pthread_op(w, mp)) return; /* it is woken by who unlocks */
        break;
    case OP_ACROSS: across_back(w, mp); return;
    case OP_CALLBACK: callback_enter(w, mp); return; /* the C thread has its extra M now */
    case OP_CALLBACK_END:
        if (callback_gives_m_back(w, mp)) return;
        break;
    default: break;
    }
    if (w->outcome != RUN_GOES) return;
    if (gp->nest % 2 == 1) w->asking = mp;
    else cgo_exitsyscall(w, mp);
}

/* ---- being asked to stop ---- */

/* Is it in the middle of Go code that can be left at any instruction? The sandbox's code cannot. */
static bool in_stretch(const M *mp) {
    const G *gp = mp->curg;
    return gp != NULL && gp->status == G_RUNNING && mp->at == M_AT_OP && gp->left_ns > 0;
}

static void leave_stretch(World *w, M *mp) {
    G *gp = mp->curg;
    gp->left_ns = gp->busy_until_ns - world_now(w);
    gp->op_again = true;
    gp->preempt = false;
    m_cancel(mp);
    sched_gosched(w, mp, w->text.preempted);
}

/* A stretch with calls in it looks at its stack guard at the next function prologue. */
void exec_expect_prologue(World *w, M *mp) {
    const G *gp = mp->curg;
    if (!in_stretch(mp) || gp->op.kind != OP_COMPUTE || gp->op.b == 0) return;
    uint64_t done = gp->op.a - (gp->busy_until_ns - world_now(w)),
             to_go = gp->op.b - done % gp->op.b;
    agenda_put(&w->agenda, world_now(w) + to_go, stream_cause(w->s), DUE_PROLOGUE, mp->id.v,
               mp->generation);
}

void exec_prologue(World *w, M *mp) {
    if (in_stretch(mp) && mp->curg->preempt) leave_stretch(w, mp);
}

void exec_interrupt(World *w, M *mp) {
    G *gp = mp->curg;
    mp->signal_pending = false;
    if (mp->status == M_DEAD) return; /* it has ended meanwhile, with its goroutine */
    if (mp->status == M_IN_C) { /* the handler runs there, and Go's part of it does nothing */
        EMIT(w->s, SIGNAL_IN_C, mp->id, gp->id);
        bool ends_it =
            gp->op.kind == OP_C_CALL && (gp->op.b & CALL_INTERRUPTIBLE) && mp->at == M_AT_C;
        if (!ends_it) return;
        gp->result = (OpResult){0, false}; /* EINTR */
        m_due(w, mp, M_AT_C, 0);
        return;
    }
    bool hit = in_stretch(mp) && gp->preempt;
    EMIT(w->s, SIGNAL, mp->id, {gp ? gp->id.v : NONE}, {hit});
    if (hit)
        leave_stretch(w,
                      mp); /* else it has moved on, or is about to reach a safe point by itself */
}

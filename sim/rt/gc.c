/* gc.c -- one collection after the other: when it begins, its two stops, and what it leaves.
 *
 *     gcStart ── stop 1 ── marking, beside the program ── stop 2 ── sweeping, beside the program
 *               roots      25 % of the Ps, idle Ps,       freed, moved
 *                          and who allocates too much
 *
 * Who allocates past the trigger, calls runtime.GC, or is woken by sysmon after two minutes begins it. The
 * bytes are the heap's business (mem/heap.h): this file decides when, and lets it take its time.
 *
 * Go:      runtime/mgc.go GC, gcStart, gcWaitOnMark, gcMarkDone, gcMarkTermination, gcSweep; mgcpacer.go
 *          startCycle, revise, commit, heapGoalInternal, trigger; malloc.go mallocgc (go1.26)
 * Differs: what can be reached is decided at the first stop, with everything that is allocated later; Go decides
 *          it bit by bit, and keeps at least as much. Memory is freed at the second stop; in Go, sweeping frees it. The
 *          pacer knows the bytes of the scenario's objects only, no stacks, no globals, no size classes; its runway
 *          is what was allocated during the last marking. No stack is scanned for itself, so no goroutine is stopped for
 *          that (suspendG, _Gpreempted): one that runs goes on, and loses no time by it. No ragged
 *          barrier, no CPU limiter, no scavenger; sweeping is not in proportion to allocation. The moving collector
 *          evacuates in the second stop; it is a counterfactual.
 *          Cleanups get a goroutine at the second stop, a new one for each collection that has some; Go wakes one of its own
 *          while sweeping. No finalizers.
 * Emits:   GC_BEGIN GC_MARKED GC_END HEAP_GOAL OBJ_NEW GO_BLOCK
 */
#include "world.h"

#define FORCEGC_PERIOD_NS 120000000000u
#define ALLOCATED UINT64_MAX /* op.b of an OP_ALLOC that has its object: op.a */
#define HEAP_MINIMUM (4u << 20)

/* ---- pacing ---- */

static uint64_t percent_of(uint64_t bytes, uint64_t percent) {
    return bytes / 100 * percent + bytes % 100 * percent / 100;
}

/* heapGoal and trigger, from what the last collection has marked. */
static void pace(World *w, uint64_t runway) {
    uint64_t goal = UINT64_MAX, gogc = w->opt.gogc;
    if (gogc != NONE) {
        goal = w->gc.heap_marked + percent_of(w->gc.heap_marked, gogc);
        uint64_t minimum = percent_of(HEAP_MINIMUM, gogc);
        if (goal < minimum) goal = minimum;
    }
    if (w->opt.gomemlimit > 0 && goal > w->opt.gomemlimit) goal = w->opt.gomemlimit;
    if (goal < w->gc.heap_marked) goal = w->gc.heap_marked;
    w->gc.heap_goal = goal;
    if (goal == UINT64_MAX) {
        w->gc.trigger = UINT64_MAX;
        return;
    }
    uint64_t room = goal - w->gc.heap_marked, least = room / 64 * 45, most = room / 64 * 61;
    uint64_t from_marked = runway < room ? room - runway : 0;
    if (from_marked < least) from_marked = least;
    if (room > HEAP_MINIMUM && goal > HEAP_MINIMUM && most < room - HEAP_MINIMUM) most = room - HEAP_MINIMUM;
    if (from_marked > most) from_marked = most;
    w->gc.trigger = w->gc.heap_marked + from_marked;
}

void gc_new(World *w) {
    w->heap = w->opt.heap;
    w->foreign = w->opt.foreign;
    w->gc.start = w->gc.sema = (Sema){.value = 1, .of = {NONE}};
    if (w->opt.gogc == 0) w->opt.gogc = 100;
    pace(w, 0);
}

static bool past_trigger(const World *w) { return !w->gc.marks && w->gc.heap_live >= w->gc.trigger; }

/* gcTrigger.test: who has never collected is not forced to. */
bool gc_is_due(const World *w) {
    return w->opt.gogc != NONE && w->gc.last_ns != 0 && !w->gc.marks &&
           world_now(w) - w->gc.last_ns > FORCEGC_PERIOD_NS;
}

/* ---- gcStart ---- */

/* Does the reason still hold? Somebody may have been faster. */
static bool still_wanted(const World *w, const G *gp) {
    if (gp->own == OWN_FORCEGC) return gc_is_due(w);
    if (gp->op.kind == OP_GC) return w->gc.cycles == gp->op.a;
    return past_trigger(w);
}

/* A piece, if there is any left. */
static bool sweep(World *w, M *mp) {
    uint64_t ns = gc_sweep_some(w);
    if (ns > 0) m_due(w, mp, M_AT_OP, ns);
    return ns > 0;
}

/* As far as it gets now: what the last cycle has left to sweep is swept first. True: it is over; false: the goroutine
 * sweeps, or waits, or the world is being stopped. */
static bool start(World *w, M *mp) {
    G *gp = mp->curg;
    switch (gp->gc_at) {
    case GC_AT_START:
        if (still_wanted(w, gp) && sweep(w, mp)) return false;
        if (!sema_acquire(w, mp, &w->gc.start, false, "semacquire")) return false;
        if (!still_wanted(w, gp)) {
            sema_release(w, mp, &w->gc.start, false);
            return true;
        }
        gp->gc_at = GC_AT_SEMA;
        /* fall through */
    case GC_AT_SEMA:
        if (!sema_acquire(w, mp, &w->gc.sema, false, "semacquire")) return false;
        EMIT(w->s, GC_BEGIN, gp->id, {gp->op.line});
        w->gc.begin_seq = w->s->last_seq;
        gp->gc_at = GC_AT_WORKERS;
        /* fall through */
    case GC_AT_WORKERS:
        if (gc_new_worker(w, mp)) return false;
        gp->gc_at = GC_AT_STOP;
        stw_begin(w, mp, "GC sweep termination");
        return false;
    default: break;
    }
    sema_release(w, mp, &w->gc.start, false);
    return true;
}

/* startCycle: who shall mark. A quarter of the Ps, by whole workers if that is not too far off. */
static void share_work(World *w, bool timed) {
    uint64_t quarters = w->procs, whole = (quarters + 2) / 4;
    /* |4 whole / procs - 1| > 0.3 */
    bool off = 10 * (4 * whole > quarters ? 4 * whole - quarters : quarters - 4 * whole) > 3 * quarters;
    w->gc.fraction_ppm = 0;
    if (off) {
        if (4 * whole > quarters) whole--;
        w->gc.fraction_ppm = (uint32_t)((250000 * quarters - 1000000 * whole) / quarters);
    }
    w->gc.dedicated = (uint32_t)whole;
    w->gc.idle = 0;
    w->gc.idle_max = timed ? whole == 0 : w->procs - (uint32_t)whole;
    for (uint32_t i = 0; i < w->procs; i++) w->allp[i]->fractional_ns = 0;
}

/* What C and the driver gave has names here, too, but is none of the collector's. */
static void root(void *to, Id_OBJ obj) {
    if (heap_is_live(((World *)to)->heap, obj)) heap_mark_root(((World *)to)->heap, obj);
}

/* Whatever is being allocated is held by nothing but the operation. */
static void mark_roots(World *w) {
    if (w->prog.roots) w->prog.roots(w->prog.ctx, root, w);
    for (size_t i = 0; i < w->allg_count; i++) {
        const G *gp = w->allg[i];
        if (gp == NULL) continue;
        if (gp->op.kind == OP_ALLOC && gp->op.b == ALLOCATED) root(w, (Id_OBJ){gp->op.a});
    }
    gc_each_argument(w, root, w);
}

/* gcResetMarkState: nobody owes anything, or has anything in hand. */
static void settle_assists(World *w) {
    for (size_t i = 0; i < w->allg_count; i++) {
        if (w->allg[i] != NULL) w->allg[i]->assist_ns = 0;
    }
    w->gc.credit_ns = 0;
}

/* The world stands still for the first time. What is not swept yet is swept now (finishsweep_m): that time is
 * returned. */
static uint64_t mark_begin(World *w, M *mp) {
    uint64_t unswept = w->gc.sweep_ns;
    w->gc.sweep_ns = 0;
    w->gc.cycles++;
    share_work(w, mp->curg->own == OWN_FORCEGC);
    w->gc.found = (HeapMarked){0};
    if (w->heap != NULL) {
        heap_mark_begin(w->heap);
        mark_roots(w);
        w->gc.found = heap_mark(w->heap);
        if (w->prog.marked) {
            w->prog.marked(w->prog.ctx);
            w->gc.found = heap_mark(w->heap);
        }
    }
    uint64_t ns = cost(w, COST_gc_mark) + w->gc.found.objects * cost(w, COST_gc_object) +
                  w->gc.found.scan_bytes * cost(w, COST_gc_scan_byte_ps) / 1000;
    w->gc.left_ns = ns > 0 ? ns : 1;
    settle_assists(w);
    w->gc.mark_began_ns = w->stw.began_ns; /* as in gcStart, where it is taken before the stop */
    w->gc.live_at_start = w->gc.heap_live;
    uint64_t room = w->gc.heap_goal > w->gc.heap_live ? w->gc.heap_goal - w->gc.heap_live : 1;
    if (room < w->gc.left_ns) room = w->gc.left_ns; /* a nanosecond a byte at most */
    w->gc.assist_ps = room == UINT64_MAX ? 0 : w->gc.left_ns * 1000 / room;
    w->gc.marks = true;
    w->gc.terminates = false;
    return unswept;
}

static void run_cleanups(World *w, M *mp) {
    uint64_t body;
    while (w->prog.cleanups && (body = w->prog.cleanups(w->prog.ctx)) != NONE)
        sched_newproc(w, mp, body, w->prog.name(w->prog.ctx, body), mp->curg->id, 0);
}

/* ... and for the second time. */
static uint64_t mark_end(World *w, M *mp) {
    ASSERT(w->gc.left_ns == 0);
    ASSERT(w->gc.nwork == 0);
    w->gc.marks = false;
    gc_wake_assists(w, mp);
    uint64_t before = w->gc.objects, allocated = w->gc.heap_live - w->gc.live_at_start;
    uint64_t bytes = w->gc.found.bytes + allocated;
    w->gc.moved_bytes = 0;
    EMIT(w->s, GC_MARKED, mp->curg->id, {w->gc.found.objects}, {w->gc.found.bytes});
    if (w->heap != NULL) {
        gc_evacuate(w);
        bytes = heap_live_bytes(w->heap);
    }
    w->gc.heap_live = w->gc.heap_marked = bytes;
    w->gc.sweep_ns = before * cost(w, COST_gc_sweep);
    w->gc.marked_cycles = w->gc.cycles;
    w->gc.last_ns = world_now(w);
    gc_sweep_begin(w, mp); /* gcSweep comes before the end is said */
    EMIT(w->s, GC_END, mp->curg->id);
    run_cleanups(w, mp);
    pace(w, allocated);
    EMIT(w->s, HEAP_GOAL, {w->gc.heap_goal == UINT64_MAX ? 0 : w->gc.heap_goal});
    sched_injectglist(w, mp, &w->gc.waiting, mp->curg->id);
    return w->gc.moved_bytes * cost(w, COST_gc_move_byte_ps) / 1000;
}

uint64_t gc_stopped(World *w, M *mp) {
    G *gp = mp->curg;
    if (gp->gc_at == GC_AT_STOP) return mark_begin(w, mp);
    if (gp->gc_at == GC_AT_TERM) return mark_end(w, mp);
    return 0;
}

bool gc_restarted(World *w, M *mp) {
    G *gp = mp->curg;
    if (gp->gc_at == GC_AT_TERM) {
        sema_release(w, mp, &w->gc.sema, false);
        gp->gc_at = gp->op.kind == OP_ALLOC ? GC_AT_PAID : GC_AT_TOP;
    } else if (gp->gc_at != GC_AT_STOP) {
        return false;
    }
    gp->op_again = gp->own != OWN_WORKER;
    exec_next(w, mp);
    return true;
}

/* ---- who begins one ---- */

static bool wait_for_cycle(World *w, M *mp, uint64_t n) {
    if (w->gc.marked_cycles >= n) return true;
    G *gp = mp->curg;
    gp->op_again = true;
    gqueue_put(&w->gc.waiting, gp);
    sched_gopark(w, mp, stream_text(w->s, "wait for GC cycle"));
    sched_schedule(w, mp);
    return false;
}

/* runtime.GC, or the forced collection, from where it stands. */
void gc_collect(World *w, M *mp) {
    G *gp = mp->curg;
    gp->left_ns = 0;
    if (gp->own == OWN_FORCEGC) {
        if (gp->gc_at == GC_AT_TOP) gp->gc_at = GC_AT_START;
        if (!start(w, mp)) return;
        gp->gc_at = GC_AT_TOP;
        exec_next(w, mp);
        return;
    }
    if (gp->gc_at == GC_AT_TOP) {
        gp->op.a = w->gc.cycles;
        gp->gc_at = GC_AT_READY;
    }
    if (gp->gc_at == GC_AT_READY) {
        if (!wait_for_cycle(w, mp, gp->op.a)) return;
        gp->gc_at = GC_AT_START;
    }
    if (gp->gc_at < GC_AT_WAIT) {
        if (!start(w, mp)) return;
        gp->gc_at = GC_AT_WAIT;
    }
    if (gp->gc_at == GC_AT_WAIT) {
        if (!wait_for_cycle(w, mp, gp->op.a + 1)) return;
        gp->gc_at = GC_AT_SWEEP;
    }
    if (gp->gc_at == GC_AT_SWEPT) { /* others shall not have to wait for all of it */
        gp->gc_at = GC_AT_SWEEP;
        gp->op_again = true;
        sched_gosched(w, mp, w->text.gosched);
        return;
    }
    if (w->gc.cycles == gp->op.a + 1 && sweep(w, mp)) {
        gp->gc_at = GC_AT_SWEPT;
        return;
    }
    gp->gc_at = GC_AT_TOP;
    exec_next(w, mp);
}

uint64_t gc_alloc_cost(const World *w, const G *gp) {
    if (gp->gc_at != GC_AT_TOP) return 0;
    return cost(w, COST_alloc) + gp->op.a * cost(w, COST_alloc_byte_ps) / 1000;
}

/* mallocgc: pays for it with marking, while that goes on; allocates; begins a collection, if it is time. */
void gc_alloc(World *w, M *mp) {
    G *gp = mp->curg;
    if (gp->gc_at < GC_AT_READY) {
        if (!gc_assist(w, mp, gp->op.a)) return;
        gp->gc_at = GC_AT_READY;
    }
    if (gp->gc_at == GC_AT_READY) {
        Id_OBJ obj;
        Diag d;
        ASSERT(w->heap != NULL);
        if (!heap_object(w->heap, gp->op.a, w->layouts[gp->op.b], &obj, &d)) {
            d.line = (int)gp->op.line;
            world_fail(w, &d);
            return;
        }
        EMIT(w->s, OBJ_NEW, obj, {gp->op.a}, {heap_addr(w->heap, obj)}, gp->op.text, {gp->op.line});
        w->gc.heap_live += gp->op.a;
        w->gc.objects++;
        gp->op.a = obj.v;
        gp->op.b = ALLOCATED;
        gp->gc_at = past_trigger(w) ? GC_AT_START : GC_AT_WAIT;
    }
    if (gp->gc_at < GC_AT_WAIT && !start(w, mp)) return;
    gp->gc_at = GC_AT_TOP;
    result_set(&gp->result, gp->op.a, true);
    exec_next(w, mp);
}

void gc_force(World *w) {
    G *gp = w->sched.forcegc;
    GQueue list = {0};
    if (gp != NULL) {
        gqueue_put(&list, gp);
        sched_injectglist(w, NULL, &list, (Id_G){NONE});
        return;
    }
    gp = w->sched.forcegc = sched_gnew(w, NULL);
    gp->own = OWN_FORCEGC;
    EMIT(w->s, GO_CREATE, gp->id, {NONE}, stream_text(w->s, "runtime.forcegchelper"), {0});
    gp->status = G_RUNNABLE;
    gp->ready_seq = w->s->last_seq;
    sched_globrunqput(w, gp);
    sched_wakep(w);
}

/* world.c -- a run: its parts are made, main starts, and time moves from one entry of the agenda to the next. */
#include "world.h"

#include <stdlib.h>
#include <string.h>

/* The last on the list is the first to be taken. Since 1.26 (procresize) that is the highest number. */
static void idle_ps(World *w) {
    bool upwards = w->opt.go->same_m_after_stw;
    for (uint32_t i = 1; i < w->procs; i++) {
        P *pp = w->allp[upwards ? i : w->procs - i];
        pp->link = w->sched.pidle;
        w->sched.pidle = pp;
    }
    w->allp[0]->link = w->sched.pidle; /* m0 takes it at once */
    w->sched.pidle = w->allp[0];
    w->sched.npidle = w->procs;
}

P *world_new_p(World *w, uint32_t id, PState status) {
    if (id == w->allp_count) {
        GROW(w->allp, w->allp_cap, w->allp_count + 1);
        w->allp[w->allp_count++] = mem_zero(1, sizeof(P));
        agenda_begin(&w->allp[id]->timers, stress(w, STRESS_TIES) ? &w->ties : NULL);
    }
    P *pp = w->allp[id];
    pp->id = (Id_P){id};
    pp->status = status;
    pp->on_idle_list = status == P_IDLE;
    pp->sysmontick.syscalltick = UINT64_MAX; /* sysmon has seen nothing yet */
    pp->sysmontick.schedtick = UINT64_MAX;
    return pp;
}

enum { SLOWER = 20 }; /* STRESS_SLOW */

World *world_new(Stream *s, Dev *dev, Prog prog, const WorldOptions *opt) {
    ASSERT(opt->procs >= 1 && opt->procs <= PROCS_MAX);
    World *w = mem_zero(1, sizeof *w);
    w->s = s;
    w->dev = dev;
    w->prog = prog;
    w->opt = *opt;
    if (w->opt.go == NULL) w->opt.go = go_version_find(GO_DEFAULT);
    prng_init(&w->steal, opt->seed, "steal");
    prng_init(&w->ties, opt->seed, "ties");
    prng_init(&w->select, opt->seed, "select");
    prng_init(&w->contexts_order, opt->seed, "contexts");
    if (stress(w, STRESS_SLOW)) {
        w->opt.costs.ns[COST_thread_new] *= SLOWER;
        w->opt.costs.ns[COST_thread_wake] *= SLOWER;
    }
    agenda_begin(&w->agenda, stress(w, STRESS_TIES) ? &w->ties : NULL);
    agenda_begin(&w->net.due, NULL);
    if (opt->limit_ns == 0) w->opt.limit_ns = UINT64_MAX;
    if (opt->limit_events == 0) w->opt.limit_events = UINT64_MAX;
    if (!opt->no_shortcut && opt->stress == 0) /* who is asked to stop, and ties, are seen on the agenda */
        w->alone_until_ns = w->opt.limit_ns;
    w->procs = opt->procs;
    gc_new(w);
    w->sched.nmsys = 1; /* sysmon */
    sched_coprimes(w);
    w->text.chan_send = stream_text(s, "chan send");
    w->text.chan_recv = stream_text(s, "chan receive");
    w->text.select = stream_text(s, "select");
    w->text.sleep = stream_text(s, "sleep");
    w->default_queue = w->driver.running = NONE;
    w->text.preempted = stream_text(s, "preempted");
    w->text.gosched = stream_text(s, "runtime.Gosched");
    w->text.enqueue = stream_text(s, "clEnqueueNDRangeKernel");
    w->text.finish = stream_text(s, "clFinish");
    w->text.io_wait = stream_text(s, "IO wait");
    w->text.goyield = stream_text(s, "goyield");

    EMIT(s, RUN_START, {opt->procs}, {opt->seed});
    for (uint32_t i = 0; i < w->procs; i++) world_new_p(w, i, P_IDLE);
    idle_ps(w);
    w->allp[0]->schedtick = SCHEDTICK_AT_MAIN; /* its first look is not one of every 61st */
    sched_newm(w, M_RUNNING); /* m0 */
    sched_newm(w, M_SYSMON);
    return w;
}

void world_free(World *w) {
    if (w == NULL) return;
    for (size_t i = 0; i < w->allg_count; i++) {
        if (w->allg[i] == NULL) continue;
        M *lockedm = w->allg[i]->lockedm;
        bool own = w->allg[i]->own || (lockedm != NULL && lockedm->isextra);
        if (w->prog.drop && !own) w->prog.drop(w->prog.ctx, w->allg[i]->body);
        pool_resize(&w->pool, w->allg[i], sizeof(G), 0);
    }
    for (G *gp = w->gfree, *next; gp != NULL; gp = next) {
        next = gp->schedlink;
        pool_resize(&w->pool, gp, sizeof *gp, 0);
    }
    if (w->outcome == RUN_EXITED) pool_resize(&w->pool, w->maing, sizeof(G), 0); /* it ended, and goes on no free list */
    for (size_t i = 0; i < w->allm_count; i++) free(w->allm[i]);
    for (size_t i = 0; i < w->allp_count; i++) {
        agenda_free(&w->allp[i]->timers);
        free(w->allp[i]);
    }
    for (size_t i = 0; i < w->timer_count; i++) free(w->timers[i]);
    callback_free(w);
    stack_free(w);
    select_free(w);
    sync_free(w);
    for (size_t i = 0; i < w->chan_count; i++) {
        free(w->chans[i]->buf);
        free(w->chans[i]);
    }
    free(w->allg);
    pool_free(&w->pool);
    free(w->allm);
    free(w->allp);
    free(w->chans);
    free(w->cmds);
    free(w->launches);
    cancel_free(w);
    queue_free(w);
    driver_free(w);
    free(w->timers);
    free(w->contexts);
    free(w->jobs);
    free(w->layouts);
    free(w->call_args);
    agenda_free(&w->net.due);
    agenda_free(&w->agenda);
    free(w);
}

Id_CHAN world_chan(World *w, uint64_t cap, const char *name, uint32_t line) {
    Chan *c = mem_zero(1, sizeof *c);
    c->id = (Id_CHAN){w->chan_count};
    c->cap = cap;
    c->buf = mem_zero(cap ? cap : 1, sizeof *c->buf);
    GROW(w->chans, w->chan_cap, w->chan_count + 1);
    w->chans[w->chan_count++] = c;
    EMIT(w->s, CHAN_MAKE, c->id, {cap}, stream_text(w->s, name), {line});
    return c->id;
}

void world_object(World *w, Id_OBJ obj, const char *name, uint32_t line) {
    uint64_t bytes = heap_size(w->heap, obj);
    w->gc.heap_live += bytes;
    w->gc.objects++;
    EMIT(w->s, OBJ_NEW, obj, {bytes}, {heap_addr(w->heap, obj)}, stream_text(w->s, name), {line});
}

uint64_t world_args(World *w, const Id_OBJ *obj, uint32_t count) {
    if (count == 0) return 0;
    if (w->call_arg_count == 0) w->call_arg_count = 1; /* 0 is no list */
    uint64_t at = w->call_arg_count;
    for (uint64_t old = 1; old < at; old += 1 + w->call_args[old].v) { /* the same call in a loop */
        if (w->call_args[old].v != count) continue;
        if (memcmp(&w->call_args[old + 1], obj, count * sizeof *obj) == 0) return old;
        if (at - old > 4096) break; /* many different ones: a new list costs less than the search */
    }
    GROW(w->call_args, w->call_arg_cap, at + 1 + count);
    w->call_args[at] = (Id_OBJ){count};
    for (uint32_t i = 0; i < count; i++) w->call_args[at + 1 + i] = obj[i];
    w->call_arg_count += 1 + count;
    return at;
}

uint64_t world_layout(World *w, HeapLayout layout) {
    for (size_t i = 0; i < w->layout_count; i++) {
        if (w->layouts[i].pointers == layout.pointers && w->layouts[i].element_bytes == layout.element_bytes) return i;
    }
    GROW(w->layouts, w->layout_cap, w->layout_count + 1);
    w->layouts[w->layout_count] = layout;
    return w->layout_count++;
}

uint64_t world_launch(World *w, const Launch *launch) {
    GROW(w->launches, w->launch_cap, w->launch_count + 1);
    w->launches[w->launch_count] = *launch;
    return w->launch_count++;
}

void world_main(World *w, uint64_t body, uint32_t line) {
    M *m0 = w->allm[0];
    sched_acquirep(w, m0, sched_pidleget(w));
    sched_newproc(w, m0, body, stream_text(w->s, "main"), (Id_G){NONE}, line);
    sysmon_start(w);
    m_due(w, m0, M_AT_FIND, 0);
}

void world_fail(World *w, const Diag *d) {
    w->diag = *d;
    w->outcome = RUN_FAILED;
}

static void step(World *w, const Due *due) {
    bool of_m = due->kind == DUE_M || due->kind == DUE_SIGNAL || due->kind == DUE_PROLOGUE;
    M *mp = of_m ? w->allm[due->id] : NULL;
    w->acting = NULL;
    switch (due->kind) {
    case DUE_M: m_step(w, mp, mp->at); break;
    case DUE_SYSMON: sysmon_round(w); break;
    case DUE_SIGNAL: exec_interrupt(w, mp); break;
    case DUE_CMD_START: queue_can_start(w, due->id); break;
    case DUE_CMD_DONE: launch_done(w, due->id); break;
    case DUE_PROLOGUE: exec_prologue(w, mp); break;
    case DUE_STW: stw_ask(w); break;
    case DUE_CTHREAD: callback_thread_step(w, w->cthreads[due->id]); break;
    case DUE_SLEEP:
    case DUE_DEADLINE:
    case DUE_TICK:
    case DUE_NET: UNREACHABLE(); /* on the list of a P, or of the network, not on this one */
    }
}

/* Somebody has changed their mind since this was agreed upon. */
static bool is_void(const World *w, const Due *due) {
    if (due->kind == DUE_M || due->kind == DUE_PROLOGUE)
        return w->allm[due->id]->generation != due->generation;
    if (due->kind == DUE_STW) return due->id != w->stw.ask;
    if (due->kind == DUE_CTHREAD) return w->cthreads[due->id]->generation != due->generation;
    if (due->kind == DUE_SYSMON) return w->sysmon.generation != due->generation;
    return false;
}

bool world_advance(World *w) {
    if (w->outcome != RUN_GOES) return false;
    Due due;
    do due = agenda_take(&w->agenda);
    while (is_void(w, &due));
    if (due.time_ns > w->opt.limit_ns) {
        w->outcome = RUN_LIMIT;
        return false;
    }
    if (w->s->last_seq >= w->opt.limit_events) {
        w->outcome = RUN_LIMIT;
        return false;
    }
    ASSERT(due.time_ns >= w->s->now_ns);
    if (due.time_ns > w->s->now_ns) w->stuck_ops = 0;
    w->s->now_ns = due.time_ns;
    stream_because(w->s, due.cause);
    step(w, &due);
    return true;
}

bool world_step(World *w) {
    enum { WAIT_MAX = 256 }; /* whoever calls us looks at other things now and then */
    w->wait_left = WAIT_MAX;
    if (w->asking == NULL && !world_advance(w)) return false;
    if (w->asking != NULL) exec_ask(w);
    return true;
}

int world_run(World *w) {
    while (world_step(w)) continue;
    return world_end(w);
}

int world_end(World *w) {
    ASSERT(w->outcome != RUN_GOES);
    int status = w->outcome == RUN_EXITED ? 0 : 2; /* Go's own: 2 for a panic and for a deadlock */
    EMIT(w->s, RUN_END, {(uint64_t)status});
    return status;
}

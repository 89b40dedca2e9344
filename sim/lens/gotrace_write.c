/* gotrace_write.c -- what each of our events is in the words of Go's tracer.
 *
 * Go's reader keeps a world of its own (Gs, Ps, Ms) and refuses an event that does not fit; the same small world is
 * kept here, since it differs from the model in places: a P that an extra M leaves behind is "abandoned", and one
 * that goes to another P while the world stands is stopped and started. Each P and each G has a counter, which
 * begins at 0 in each generation and stands in the events that change its owner.
 *
 *   P_ACQUIRE ProcStart   P_RELEASE ProcStop   P_RETAKE, P_STOP_C ProcSteal
 *   CGO_ENTER, CALLBACK_END GoSyscallBegin     NEEDM GoCreateSyscall     DROPM GoDestroySyscall
 *   CGO_EXIT_FAST GoSyscallEnd   CGO_EXIT_P GoSyscallEndBlocked GoStart   CGO_EXIT_WAIT GoSyscallEndBlocked
 *   NOTE UserLog   DEV_ENQUEUE UserTaskBegin   DEV_START UserRegionBegin   DEV_DONE UserRegionEnd UserTaskEnd
 *
 * What happens where Go does not run (a device's queue, a note of a thread that Go does not know) needs somebody to
 * tell it: an outsider, a goroutine on a P and a thread of its own, that runs as long as that lasts. Their Ps come
 * behind those of the program, without a gap (`go tool trace` draws every P up to the last); their goroutines and
 * threads count from 2^32.
 *
 * Go:      runtime/traceruntime.go, runtime/proc.go; internal/trace/order.go (go1.26)
 * Differs: no two events have the same time: those of one moment follow each other by 1 ns. Main is created, where in
 *          Go it runs when the trace begins. C functions stand in stacks by their names alone, as C.name; a stack has
 *          one frame of Go. Who makes a goroutine ready that waited for a timer or the network is the thread
 *          that acted last. Queues, thread states, sysmon, channels, contexts, pins and expectations are
 *          left out: Go's trace has no place for them. The heap's size is not written.
 */
#include "gotrace_write_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    GENERATION_BYTES = 8 << 20,
    GENERATION_NS = 1000000000, /* as the runtime does */
};

/* ---- the world ---- */

GoG *gw_g_at(GotraceWriter *w, uint64_t id) {
    if (id >= OUTSIDERS) return &w->outsider[id - OUTSIDERS].g;
    size_t had = w->g_cap;
    GROW(w->g, w->g_cap, id + 1);
    for (; had < w->g_cap; had++) w->g[had].m = NONE;
    return &w->g[id];
}
GoP *gw_p_at(GotraceWriter *w, uint64_t id) {
    size_t had = w->p_cap;
    GROW(w->p, w->p_cap, id + 1);
    for (; had < w->p_cap; had++) w->p[had].m = NONE;
    return &w->p[id];
}
GoM *gw_m_at(GotraceWriter *w, uint64_t id) {
    if (id >= OUTSIDERS) return &w->outsider[id - OUTSIDERS].m;
    size_t had = w->m_cap;
    GROW(w->m, w->m_cap, id + 1);
    for (; had < w->m_cap; had++) w->m[had] = (GoM){.p = NONE, .g = NONE, .again = NONE, .number = had};
    return &w->m[id];
}

bool gw_refuse(GotraceWriter *w, const char *what) {
    snprintf(w->why, MODEL_WHY_MAX, "%s: %s", event_spec[w->e->kind].name, what);
    return false;
}

/* Has the thread a P and a goroutine, as whoever says something must? */
bool gw_can_speak(GotraceWriter *w, uint64_t m) {
    return m != NONE && gw_m_at(w, m)->p != NONE && gw_m_at(w, m)->g != NONE;
}
/* The thread of a goroutine, or NONE. */
uint64_t gw_m_of(GotraceWriter *w, uint64_t g) {
    return g < w->model->g_count ? gw_g_at(w, g)->m : NONE;
}

uint64_t gw_g_number(GotraceWriter *w, uint64_t g) {
    uint64_t number = gw_g_at(w, g)->number;
    return number ? number : g;
}

/* ---- one event of Go's ---- */

/* As the file calls the thread. */
static uint64_t number_of(GotraceWriter *w, uint64_t m) { return m >= OUTSIDERS ? m : gw_m_at(w, m)->number; }

static size_t stream_of(GotraceWriter *w, uint64_t m) {
    GoM *mp = gw_m_at(w, m);
    if (mp->stream == 0) mp->stream = gotrace_thread(&w->b, number_of(w, m)) + 1;
    return mp->stream - 1;
}
void gw_put(GotraceWriter *w, uint64_t m, GotraceNumber event, const uint64_t *arg, size_t count) {
    size_t stream = m == NONE ? w->nobody : stream_of(w, m);
    uint64_t ns = w->statuses ? 0 : w->e->time_ns + (w->model->imported ? GOTRACE_IMPORT_NS : 0);
    gotrace_put(&w->b, stream, ns, event, arg, count);
}
/* ---- texts and stacks ---- */

/* What the tracer calls it where the runtime's own word for it is another (traceBlockReasonStrings). */
static uint64_t reason(GotraceWriter *w, uint64_t text) {
    static const char *const other[][2] = {
        {"IO wait", "network"},
        {"semacquire", "sync"},
        {"chan receive (nil chan)", "forever"},
        {"chan send (nil chan)", "forever"},
        {"select (no cases)", "forever"},
        {"sync.Mutex.Lock", "sync"},
        {"sync.RWMutex.Lock", "sync"},
        {"sync.RWMutex.RLock", "sync"},
        {"sync.WaitGroup.Wait", "sync"},
        {"sync.Cond.Wait", "sync.(*Cond).Wait"},
        {"goyield", "preempted"},
        {"force gc (idle)", "system goroutine wait"},
        {"GC worker (idle)", "system goroutine wait"},
        {"GC sweep wait", "GC background sweeper wait"},
        {"GC assist wait", "GC mark assist wait for work"},
        {"wait for GC cycle", "wait until GC ends"},
    };
    const char *ours = intern_text(w->model->text, text);
    for (size_t i = 0; i < ARRAY_LEN(other); i++) {
        if (strcmp(ours, other[i][0]) == 0) ours = other[i][1];
    }
    return gotrace_string(&w->b, ours);
}

static const char *or_else(const char *text, const char *otherwise) { return text[0] ? text : otherwise; }

static GotraceFrame frame(GotraceWriter *w, const char *function, uint64_t line) {
    return (GotraceFrame){gotrace_string(&w->b, function), gotrace_string(&w->b, w->file), line};
}
static uint64_t stack_one(GotraceWriter *w, const char *function, uint64_t line) {
    GotraceFrame f = frame(w, function, line);
    return gotrace_stack(&w->b, &f, 1);
}

/* Where the goroutine is: its own function at this line, and what it has called across the door. */
static uint64_t stack_at(GotraceWriter *w, uint64_t g, uint64_t line) {
    if (g >= w->model->g_count) return 0;
    const ModelG *gp = &w->model->g[g];
    const char *fn = intern_text(w->model->text, gp->fn);
    GotraceFrame f[2];
    size_t count = 0;
    char call[GOTRACE_STRING_MAX];
    snprintf(call, sizeof call, "%s%s", gp->state == G_SYSCALL ? "C." : "", fn);
    if (line == 0) line = gp->line ? gp->line : 1;
    if (fn[0]) f[count++] = frame(w, call, line);
    f[count++] = frame(w, or_else(model_g_name(w->model, g), "goroutine"), line);
    return gotrace_stack(&w->b, f, count);
}
static uint64_t stack(GotraceWriter *w, uint64_t g) { return stack_at(w, g, 0); }

/* ---- processors ---- */

static void proc_known(GotraceWriter *w, uint64_t m, uint64_t p) {
    if (gw_p_at(w, p)->state != 0) return;
    PUT(w, m, PROC_STATUS, p, GT_P_IDLE);
    gw_p_at(w, p)->state = GT_P_IDLE;
}

void gw_proc_start(GotraceWriter *w, uint64_t m, uint64_t p) {
    GoP *pp = gw_p_at(w, p);
    GoM *mp = gw_m_at(w, m);
    PUT(w, m, PROC_START, p, ++pp->seq);
    pp->state = GT_P_RUNNING;
    pp->m = m;
    mp->p = p;
}
void gw_proc_stop(GotraceWriter *w, uint64_t m) {
    GoM *mp = gw_m_at(w, m);
    PUT0(w, m, PROC_STOP);
    gw_p_at(w, mp->p)->state = GT_P_IDLE;
    gw_p_at(w, mp->p)->m = NONE;
    mp->p = NONE;
}
/* Out of a syscall, by thread `by`. */
void gw_proc_steal(GotraceWriter *w, uint64_t by, uint64_t p) {
    GoP *pp = gw_p_at(w, p);
    PUT(w, by, PROC_STEAL, p, ++pp->seq, pp->m == NONE ? NONE : number_of(w, pp->m));
    if (pp->state != GT_P_ABANDONED) gw_m_at(w, pp->m)->p = NONE;
    pp->state = GT_P_IDLE;
    pp->m = NONE;
}

static void say_procs(GotraceWriter *w, uint64_t m) {
    if (m >= OUTSIDERS || !gw_can_speak(w, m)) return;
    PUT(w, m, PROCS_CHANGE, w->model->procs, stack(w, gw_m_at(w, m)->g));
    w->procs_due = false;
}

/* ---- goroutines ---- */

void gw_go_start(GotraceWriter *w, uint64_t m, uint64_t g) {
    GoG *gp = gw_g_at(w, g);
    PUT(w, m, GO_START, gw_g_number(w, g), ++gp->seq);
    gp->state = GT_G_RUNNING;
    gp->m = m;
    gw_m_at(w, m)->g = g;
    if (w->procs_due) say_procs(w, m);
}
/* It leaves its thread. */
void gw_go_leave(GotraceWriter *w, uint64_t g, GotraceG state) {
    GoG *gp = gw_g_at(w, g);
    gw_m_at(w, gp->m)->g = NONE;
    gp->state = state;
    gp->m = NONE;
}
void gw_go_end(GotraceWriter *w, uint64_t g) {
    gw_go_leave(w, g, GT_G_WAITING);
    gw_g_at(w, g)->state = gw_g_at(w, g)->seq = 0;
}
void gw_go_unblock(GotraceWriter *w, uint64_t m, uint64_t g, uint64_t stack) {
    PUT(w, m, GO_UNBLOCK, gw_g_number(w, g), ++gw_g_at(w, g)->seq, stack);
    gw_g_at(w, g)->state = GT_G_RUNNABLE;
}
static void go_block(GotraceWriter *w, uint64_t g, uint64_t reason, uint64_t stack) {
    PUT(w, gw_g_at(w, g)->m, GO_BLOCK, reason, stack);
    gw_go_leave(w, g, GT_G_WAITING);
}
static void syscall_begin(GotraceWriter *w, uint64_t g) {
    uint64_t m = gw_g_at(w, g)->m;
    GoP *pp = gw_p_at(w, gw_m_at(w, m)->p);
    PUT(w, m, GO_SYSCALL_BEGIN, ++pp->seq, stack(w, g));
    gw_g_at(w, g)->state = GT_G_SYSCALL;
    pp->state = GT_P_SYSCALL;
}
static void syscall_end_blocked(GotraceWriter *w, uint64_t g) {
    PUT0(w, gw_g_at(w, g)->m, GO_SYSCALL_END_BLOCKED);
    gw_go_leave(w, g, GT_G_RUNNABLE);
}
/* Back with a P that is not the one it left with, or is no longer known to be. */
static void syscall_end_started(GotraceWriter *w, uint64_t g) {
    uint64_t m = gw_g_at(w, g)->m;
    syscall_end_blocked(w, g);
    gw_go_start(w, m, g);
}

static bool go_create(GotraceWriter *w, const Event *e) {
    uint64_t g = e->arg[0], parent = e->arg[1], m = gw_m_of(w, parent);
    if (m == NONE) m = w->actor;
    GoM *mp = gw_m_at(w, m);
    if (mp->p == NONE || (mp->g != NONE && gw_g_at(w, mp->g)->state != GT_G_RUNNING))
        return gw_refuse(w, "who makes the goroutine is not in Go");
    const char *name = or_else(model_g_name(w->model, g), "goroutine");
    uint64_t at = parent == NONE ? 0 : stack_at(w, parent, e->arg[3]);
    PUT(w, m, GO_CREATE, g, stack_one(w, name, e->arg[3]), at);
    *gw_g_at(w, g) = (GoG){.state = GT_G_RUNNABLE, .m = NONE};
    return true;
}

/* ---- outsiders ---- */

static uint64_t outsider(GotraceWriter *w, uint64_t i) {
    size_t had = w->outsider_cap;
    GROW(w->outsider, w->outsider_cap, i + 1);
    for (; had < w->outsider_cap; had++)
        w->outsider[had] = (Outsider){.g.m = NONE, .m = {.p = NONE, .g = NONE, .again = NONE}, .p = NONE};
    return OUTSIDERS + i;
}
static uint64_t outsider_stack(GotraceWriter *w, uint64_t id) {
    char name[48] = "outside Go";
    if (id > OUTSIDERS)
        snprintf(name, sizeof name, "device queue q%llu", (unsigned long long)(id - OUTSIDERS - 1));
    return stack_one(w, name, 1);
}
/* False: it ran already. */
static bool outsider_wakes(GotraceWriter *w, uint64_t id) {
    uint64_t *p = &w->outsider[id - OUTSIDERS].p;
    GoG *gp = gw_g_at(w, id);
    if (gp->state == GT_G_RUNNING) return false;
    if (*p == NONE) *p = w->procs_max + w->outsider_ps++;
    proc_known(w, id, *p);
    gw_proc_start(w, id, *p);
    if (gp->state == 0) PUT(w, id, GO_CREATE, id, outsider_stack(w, id), 0);
    else gw_go_unblock(w, id, id, 0);
    gw_go_start(w, id, id);
    return true;
}
static void outsider_rests(GotraceWriter *w, uint64_t id) {
    go_block(w, id, gotrace_string(&w->b, "system goroutine wait"), outsider_stack(w, id));
    gw_proc_stop(w, id);
}

/* ---- what the program says, and what the device does ---- */

/* Who can say something of this goroutine: its own thread, else the outsider; it wakes if it must. */
static uint64_t speaker(GotraceWriter *w, uint64_t g, uint64_t i, bool *woken) {
    uint64_t m = gw_m_of(w, g);
    *woken = false;
    if (gw_can_speak(w, m)) return m;
    m = outsider(w, i);
    *woken = outsider_wakes(w, m);
    return m;
}

static void note(GotraceWriter *w, const Event *e) {
    bool woken;
    uint64_t m = speaker(w, e->arg[0], 0, &woken);
    PUT(w, m, USER_LOG, 0, gotrace_string(&w->b, "note"),
        gotrace_string(&w->b, intern_text(w->model->text, e->arg[1])), stack_at(w, e->arg[0], e->arg[2]));
    if (woken) outsider_rests(w, m);
}

static uint64_t cmd_name(GotraceWriter *w, uint64_t cmd) {
    return gotrace_string(&w->b, intern_text(w->model->text, w->model->cmd[cmd].name));
}
static uint64_t cmd_queue(GotraceWriter *w, uint64_t cmd) { return w->model->cmd[cmd].queue + 1; }

static void dev_enqueue(GotraceWriter *w, const Event *e) {
    bool woken;
    uint64_t cmd = e->arg[0], m = speaker(w, e->arg[2], cmd_queue(w, cmd), &woken);
    PUT(w, m, USER_TASK_BEGIN, cmd + 1, 0, cmd_name(w, cmd), stack(w, e->arg[2]));
    if (woken) outsider_rests(w, m);
}
static void dev_start(GotraceWriter *w, uint64_t cmd) {
    uint64_t m = outsider(w, cmd_queue(w, cmd));
    outsider_wakes(w, m);
    PUT(w, m, USER_REGION_BEGIN, cmd + 1, cmd_name(w, cmd), outsider_stack(w, m));
}
static void dev_done(GotraceWriter *w, uint64_t cmd) {
    uint64_t m = outsider(w, cmd_queue(w, cmd));
    PUT(w, m, USER_REGION_END, cmd + 1, cmd_name(w, cmd), outsider_stack(w, m));
    PUT(w, m, USER_TASK_END, cmd + 1, outsider_stack(w, m));
    outsider_rests(w, m);
}

/* ---- the world stops ---- */

/* Of the heap; said by whoever has a P, as any event of it. */
static void heap_figure(GotraceWriter *w, uint64_t bytes, bool live) {
    uint64_t m = gw_somebody_with_p(w);
    if (m == NONE) return;
    if (live) PUT(w, m, HEAP_ALLOC, bytes);
    else PUT(w, m, HEAP_GOAL, bytes);
}

static bool stw_begin(GotraceWriter *w, uint64_t g, uint64_t kind) {
    uint64_t m = gw_m_of(w, g);
    if (!gw_can_speak(w, m)) return gw_refuse(w, "who stops the world is not in Go");
    PUT(w, m, STW_BEGIN, gotrace_string(&w->b, intern_text(w->model->text, kind)), stack(w, g));
    w->stopping = true;
    return true;
}
static bool stw_end(GotraceWriter *w, uint64_t g) {
    uint64_t m = gw_m_of(w, g);
    if (!gw_can_speak(w, m)) return gw_refuse(w, "who stopped the world is not in Go");
    say_procs(w, m);
    PUT0(w, m, STW_END);
    w->stopping = false;
    return true;
}

/* procresize: the stopper's own P is to be no more; it is as if it were descheduled and scheduled again. */
static void p_kill(GotraceWriter *w, uint64_t p) {
    uint64_t m = gw_p_at(w, p)->m;
    if (m == NONE) return;
    uint64_t g = gw_m_at(w, m)->g;
    PUT(w, m, GO_STOP, gotrace_string(&w->b, "runtime.Gosched"), stack(w, g));
    gw_go_leave(w, g, GT_G_RUNNABLE);
    gw_m_at(w, m)->again = g;
    gw_proc_stop(w, m);
}

/* ---- an event of ours ---- */

static void p_acquire(GotraceWriter *w, uint64_t p, uint64_t m) {
    uint64_t g = gw_m_at(w, m)->again;
    gw_m_at(w, m)->again = NONE;
    gw_proc_start(w, m, p);
    if (g != NONE) gw_go_start(w, m, g);
}

/* By the thread that goes into C, if it is the one; else by who stops the world. */
static void p_stop_c(GotraceWriter *w, uint64_t p, uint64_t m) {
    uint64_t stopper = gw_m_of(w, w->model->stw_g);
    gw_proc_steal(w, w->actor == m || stopper == NONE ? m : stopper, p);
}

/* An extra M that has kept its P over a borrower has to steal it from itself: for the tracer that call never began. */
static void exit_fast(GotraceWriter *w, uint64_t g, uint64_t p, uint64_t m) {
    if (gw_p_at(w, p)->state != GT_P_ABANDONED) {
        PUT0(w, m, GO_SYSCALL_END);
        gw_g_at(w, g)->state = GT_G_RUNNING;
        gw_p_at(w, p)->state = GT_P_RUNNING;
        return;
    }
    gw_proc_steal(w, m, p);
    gw_proc_start(w, m, p);
    syscall_end_started(w, g);
}

static void needm(GotraceWriter *w, uint64_t m, uint64_t g) {
    PUT(w, m, GO_CREATE_SYSCALL, g);
    *gw_g_at(w, g) = (GoG){.state = GT_G_SYSCALL, .m = m};
    gw_m_at(w, m)->g = g;
}
static void dropm(GotraceWriter *w, uint64_t m, uint64_t g) {
    GoM *mp = gw_m_at(w, m);
    PUT0(w, m, GO_DESTROY_SYSCALL);
    if (mp->p != NONE) gw_p_at(w, mp->p)->state = GT_P_ABANDONED;
    mp->p = NONE;
    gw_go_end(w, g);
}

static bool go_stop(GotraceWriter *w, uint64_t g, uint64_t why) {
    PUT(w, gw_g_at(w, g)->m, GO_STOP, reason(w, why), stack(w, g));
    gw_go_leave(w, g, GT_G_RUNNABLE);
    return true;
}

/* What Go's reader asks of its own world before it takes what `tell` makes of the event. A run of ours always fits;
 * a damaged trace may not, though the model takes it. */
static bool fits(GotraceWriter *w, const Event *e) {
    const uint64_t *a = e->arg;
    switch ((EventKind)e->kind) {
    case EV_RUN_START:
    case EV_PROCS: return w->model->procs <= w->procs_max;
    case EV_GO_CREATE: return gw_g_at(w, a[0])->state == 0;
    case EV_GO_START: return gw_g_at(w, a[0])->state == GT_G_RUNNABLE && gw_m_at(w, a[2])->p == a[1] && gw_m_at(w, a[2])->g == NONE;
    case EV_GO_UNBLOCK: return gw_g_at(w, a[0])->state == GT_G_WAITING;
    case EV_GO_STOP:
    case EV_GO_BLOCK:
    case EV_GO_END:
    case EV_CGO_ENTER:
    case EV_CALLBACK_END: return gw_g_at(w, a[0])->state == GT_G_RUNNING && gw_can_speak(w, gw_g_at(w, a[0])->m);
    case EV_P_ACQUIRE:
        return gw_p_at(w, a[0])->state == GT_P_IDLE && gw_m_at(w, a[1])->p == NONE;
    case EV_P_RELEASE: return gw_m_at(w, a[1])->p == a[0];
    case EV_P_RETAKE:
    case EV_P_STOP_C: return gw_p_at(w, a[0])->m == a[1] && gw_p_at(w, a[0])->state >= GT_P_SYSCALL;
    case EV_P_KILL: return gw_p_at(w, a[0])->m == NONE || gw_can_speak(w, gw_p_at(w, a[0])->m);
    case EV_CGO_EXIT_FAST: return gw_g_at(w, a[0])->state == GT_G_SYSCALL && gw_p_at(w, a[1])->m == a[2] &&
               gw_p_at(w, a[1])->state >= GT_P_SYSCALL;
    case EV_CGO_EXIT_P: return gw_g_at(w, a[0])->state == GT_G_SYSCALL && gw_p_at(w, a[1])->m == a[2] &&
               gw_p_at(w, a[1])->state == GT_P_RUNNING;
    case EV_CGO_EXIT_WAIT: return gw_g_at(w, a[0])->state == GT_G_SYSCALL && gw_m_at(w, a[1])->p == NONE;
    case EV_NEEDM: return gw_g_at(w, a[2])->state == 0 && gw_m_at(w, a[0])->g == NONE;
    case EV_DROPM: return gw_g_at(w, a[2])->state == GT_G_SYSCALL && gw_g_at(w, a[2])->m == a[0];
    default: return true;
    }
}

static bool tell(GotraceWriter *w, const Event *e) {
    const uint64_t *a = e->arg;
    switch ((EventKind)e->kind) {
    case EV_RUN_START:
    case EV_PROCS:
        for (uint64_t p = 0; p < w->model->procs; p++) proc_known(w, w->actor, p);
        return true;
    case EV_NOTE: note(w, e); return true;
    case EV_GO_CREATE: return go_create(w, e);
    case EV_GO_START: gw_go_start(w, a[2], a[0]); return true;
    case EV_GO_STOP: return go_stop(w, a[0], a[1]);
    case EV_GO_BLOCK: go_block(w, a[0], reason(w, a[1]), stack(w, a[0])); return true;
    case EV_GO_UNBLOCK: {
        uint64_t m = gw_m_of(w, a[1]);
        gw_go_unblock(w, m == NONE ? w->actor : m, a[0], stack(w, a[1]));
        return true;
    }
    case EV_GO_END: PUT0(w, gw_g_at(w, a[0])->m, GO_DESTROY); gw_go_end(w, a[0]); return true;
    case EV_P_ACQUIRE: p_acquire(w, a[0], a[1]); return true;
    case EV_P_RELEASE: gw_proc_stop(w, a[1]); return true;
    case EV_P_RETAKE: gw_proc_steal(w, a[4] < w->model->m_count ? a[4] : w->actor, a[0]); return true;
    case EV_P_STOP_C: p_stop_c(w, a[0], a[1]); return true;
    case EV_P_KILL: p_kill(w, a[0]); return true;
    case EV_GC_BEGIN: PUT(w, gw_m_of(w, a[0]), GC_BEGIN, ++w->gc_seq, stack(w, a[0])); return true;
    case EV_GC_END: PUT(w, gw_m_of(w, a[0]), GC_END, ++w->gc_seq); return true;
    case EV_GC_ASSIST: PUT(w, gw_m_of(w, a[0]), GC_MARK_ASSIST_BEGIN, stack(w, a[0])); return true;
    case EV_GC_ASSIST_END: PUT0(w, gw_m_of(w, a[0]), GC_MARK_ASSIST_END); return true;
    case EV_G_LABEL:
        if (intern_text(w->model->text, a[1])[0] == '\0') return gw_refuse(w, "a label has no text");
        PUT(w, gw_m_of(w, a[0]), GO_LABEL, gotrace_string(&w->b, intern_text(w->model->text, a[1])));
        return true;
    case EV_OBJ_NEW: heap_figure(w, w->model->heap_live + a[1], true); return true;
    case EV_OBJ_FREE: heap_figure(w, w->model->heap_live - w->model->obj[a[0]].bytes, true); return true;
    case EV_HEAP_GOAL: heap_figure(w, a[0], false); return true;
    case EV_STW_BEGIN: return stw_begin(w, a[0], a[1]);
    case EV_STW_END: return stw_end(w, a[0]);
    case EV_CGO_ENTER:
    case EV_CALLBACK_END: syscall_begin(w, a[0]); return true;
    case EV_CGO_EXIT_FAST: exit_fast(w, a[0], a[1], a[2]); return true;
    case EV_CGO_EXIT_P: syscall_end_started(w, a[0]); return true;
    case EV_CGO_EXIT_WAIT: syscall_end_blocked(w, a[0]); return true;
    case EV_NEEDM: needm(w, a[0], a[2]); return true;
    case EV_DROPM: dropm(w, a[0], a[2]); return true;
    case EV_DEV_ENQUEUE: dev_enqueue(w, e); return true;
    case EV_DEV_START: dev_start(w, a[0]); return true;
    case EV_DEV_DONE: dev_done(w, a[0]); return true;
    default: return true;
    }
}

/* The thread whose own doing this event is; NONE: it is not said. */
static uint64_t actor_of(GotraceWriter *w, const Event *e) {
    switch ((EventKind)e->kind) {
    case EV_SYSMON_LOOK:
    case EV_SYSMON_POLL: return 1;
    case EV_TIMER_FIRE: return gw_p_at(w, e->arg[1])->m;
    case EV_TIMER_FUNC: return e->arg[3] != NONE ? e->arg[3] : gw_p_at(w, e->arg[0])->m; /* a thief runs others' timers */
    case EV_P_ACQUIRE:
    case EV_P_RELEASE:
    case EV_GO_START:
    case EV_M_START:
    case EV_M_RUN:
    case EV_M_SPIN:
    case EV_M_UNSPIN:
    case EV_M_POLL_END:
    case EV_CGO_ENTER:
    case EV_CALLBACK_END: return event_first(e, KIND_M);
    default: return NONE;
    }
}

/* ---- generations ---- */

/* What a thread has, in its own stream. */
static void thread_status(GotraceWriter *w, uint64_t m) {
    GoM *mp = gw_m_at(w, m);
    if (mp->p != NONE) PUT(w, m, PROC_STATUS, mp->p, gw_p_at(w, mp->p)->state);
    if (mp->g != NONE) PUT(w, m, GO_STATUS, gw_g_number(w, mp->g), number_of(w, m), gw_g_at(w, mp->g)->state);
}
static void idle_status(GotraceWriter *w, uint64_t g) {
    const GoG *gp = gw_g_at(w, g);
    if (gp->state == GT_G_RUNNABLE || gp->state == GT_G_WAITING)
        PUT(w, NONE, GO_STATUS, gw_g_number(w, g), GOTRACE_NO_ID, gp->state);
}

/* All counters begin again, and everything that lives is named once. */
static void next_generation(GotraceWriter *w) {
    gotrace_generation(&w->b);
    if (w->stack) memset(w->stack, 0, GOTRACE_STACKS * sizeof *w->stack);
    w->statuses = w->model->imported != 0; /* of them it says nothing when they were said */
    for (size_t i = 0; i < w->g_cap; i++) w->g[i].seq = 0;
    for (size_t i = 0; i < w->p_cap; i++) w->p[i].seq = 0;
    for (size_t i = 0; i < w->outsider_cap; i++) w->outsider[i].g.seq = 0;
    for (size_t i = 0; i < w->m_cap; i++) thread_status(w, i);
    for (size_t i = 0; i < w->outsider_cap; i++) thread_status(w, OUTSIDERS + i);
    for (size_t i = 0; i < w->p_cap; i++) {
        GotraceP state = (GotraceP)w->p[i].state;
        if (state == GT_P_IDLE || state == GT_P_ABANDONED) PUT(w, w->model->imported ? NONE : 0, PROC_STATUS, i, state);
    }
    for (size_t i = 0; i < w->g_cap; i++) idle_status(w, i);
    for (size_t i = 0; i < w->outsider_cap; i++) idle_status(w, OUTSIDERS + i);
    w->procs_due = !w->model->imported;
    for (size_t i = 0; i < w->m_cap && w->procs_due; i++) {
        if (gw_can_speak(w, i)) say_procs(w, i);
    }
    w->statuses = false;
}

/* Times of an imported trace are kept, so the statuses have to find room between two events. */
static bool has_room(const GotraceWriter *w, const Event *e) {
    uint64_t names = 2 + w->living + w->p_cap; /* asked with each event until there is room: not counted anew */
    return e->time_ns + GOTRACE_IMPORT_NS > w->b.last_ns + names;
}

/* Not while the world stops or a collection runs: who is in the middle of that cannot be named by a status. */
static bool generation_is_over(const GotraceWriter *w, const Event *e) {
    if (w->stopping || w->gc_seq % 2 == 1 || w->sweeping > 0 || w->assisting > 0) return false;
    if (w->model->imported && (e->seq <= w->first_until || w->said_by != NONE || w->at != 0 || w->number != 0)) return false;
    bool due = w->b.bytes >= GENERATION_BYTES || e->time_ns >= w->b.first_ns + w->generation_ns;
    return due && (!w->model->imported || has_room(w, e));
}

/* ---- life ---- */

GotraceWriter *gotrace_new(int version, const char *file, uint64_t procs_max) {
    GotraceWriter *w = mem_zero(1, sizeof *w);
    gotrace_begin(&w->b, version);
    w->file = mem_text(or_else(file, "scenario"));
    w->procs_max = procs_max;
    w->nobody = gotrace_thread(&w->b, GOTRACE_NO_ID);
    w->generation_ns = GENERATION_NS;
    w->procs_due = true;
    w->said_by = NONE;
    return w;
}

void gotrace_first_generation_until(GotraceWriter *w, uint64_t seq) { w->first_until = seq; }

void gotrace_generation_every(GotraceWriter *w, uint64_t ns) { w->generation_ns = ns; }

bool gotrace_event(GotraceWriter *w, const Model *after, const Event *e, char *why) {
    w->model = after;
    w->e = e;
    w->why = why;
    if (generation_is_over(w, e)) next_generation(w);
    if (after->imported) return gw_tell_imported(w, e);
    uint64_t actor = actor_of(w, e);
    if (actor != NONE) w->actor = actor;
    if (!fits(w, e)) return gw_refuse(w, "Go's own reader would not take it here");
    return tell(w, e);
}

void gotrace_close(GotraceWriter *w) { gotrace_end(&w->b); }

Bytes *gotrace_out(GotraceWriter *w) { return &w->b.out; }

void gotrace_free(GotraceWriter *w) {
    if (w == NULL) return;
    bytes_free(&w->b.out);
    free(w->file);
    free(w->g);
    free(w->p);
    free(w->m);
    free(w->outsider);
    free(w->stack);
    free(w);
}

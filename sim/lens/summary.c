/* summary.c -- figures of a run; how each is counted stands in summary.def. */
#include "summary.h"

#include <string.h>

const FigureSpec figure_spec[FIG_COUNT] = {
#define ANY false
#define RUN true
#define FIGURE(key, kind, says, label, how) [FIG_##key] = {#key, label, how, KIND_##kind, says},
#include "summary.def"
#undef FIGURE
#undef RUN
#undef ANY
};

void summary_begin(Summary *s) { *s = (Summary){.first_start_ns = NONE, .idle_from_ns = NONE}; }

Figure summary_find(const char *key) {
    for (int i = 0; i < FIG_COUNT; i++) {
        if (strcmp(figure_spec[i].key, key) == 0) return (Figure)i;
    }
    return FIG_COUNT;
}

/* Time that goroutine g has spent in the state it is about to leave. */
static uint64_t spent(const Model *m, uint64_t g, const Event *e) {
    return g < m->g_count ? e->time_ns - m->g[g].since_ns : 0;
}

/* ---- an imported trace says why a goroutine waits in Go's words ---- */

static OWN_FRAME void unblocked_there(Summary *s, const Model *m, const Event *e) {
    const char *reason = e->arg[0] < m->g_count ? intern_text(m->text, m->g[e->arg[0]].reason) : "";
    bool channel = strcmp(reason, "chan receive") == 0 || strcmp(reason, "chan send") == 0 || strcmp(reason, "select") == 0;
    if (channel) s->value[FIG_chan_wait] += spent(m, e->arg[0], e);
    if (strcmp(reason, "network") == 0) s->value[FIG_net_wait] += spent(m, e->arg[0], e);
}

static OWN_FRAME void blocked_there(Summary *s, const Model *m, const Event *e) {
    const char *reason = intern_text(m->text, e->arg[1]);
    s->value[FIG_net_waits] += strcmp(reason, "network") == 0;
    s->value[FIG_sleeps] += strcmp(reason, "sleep") == 0;
}

static void unblocked(Summary *s, const Model *m, const Event *e) {
    uint64_t g = e->arg[0];
    if (m->imported) unblocked_there(s, m, e);
    else if (g < m->g_count && m->g[g].chan != NONE) s->value[FIG_chan_wait] += spent(m, g, e);
}

static void blocked(Summary *s, const Model *m, const Event *e) {
    s->value[FIG_running] += spent(m, e->arg[0], e);
    if (m->imported) blocked_there(s, m, e);
}

/* ---- the device ---- */

static OWN_FRAME void device_start(Summary *s, const Model *m, const Event *e) {
    if (e->arg[0] < m->cmd_count)
        s->value[FIG_launch_latency] += e->time_ns - m->cmd[e->arg[0]].enqueue_ns;
    if (s->device_runs++ > 0) return;
    if (s->idle_from_ns != NONE) s->value[FIG_device_idle] += e->time_ns - s->idle_from_ns;
    s->work_from_ns = e->time_ns;
    if (s->first_start_ns == NONE) s->first_start_ns = e->time_ns;
}

/* Several commands at the same time keep it no busier than one. */
static OWN_FRAME void device_done(Summary *s, const Event *e) {
    if (s->device_runs == 0 || --s->device_runs > 0) return;
    s->value[FIG_device_busy] += e->time_ns - s->work_from_ns;
    s->idle_from_ns = e->time_ns;
}

/* ---- in C, and back: a thread goes in by three events and comes out by four ---- */

static OWN_FRAME void into_c(Summary *s) {
    if (++s->in_c > s->value[FIG_threads_max_in_c]) s->value[FIG_threads_max_in_c] = s->in_c;
}

static OWN_FRAME void out_of_c(Summary *s, const Model *m, uint64_t g, const Event *e) {
    if (s->in_c > 0) s->in_c--;
    s->value[FIG_in_c] += spent(m, g, e);
}

/* A way into Go: the end of a call, or the beginning of a callback. */
static OWN_FRAME void into_go(Summary *s, const Model *m, const Event *e, Figure of_call) {
    uint64_t g = e->arg[0];
    bool callback = g < m->g_count && m->g[g].wants_go;
    if (model_in_system_call(m, g)) {
        s->value[FIG_in_syscalls] += spent(m, g, e);
        return;
    }
    out_of_c(s, m, g, e);
    if (!callback) s->value[of_call]++;
    else if (of_call == FIG_exits_wait) s->value[FIG_callbacks_waited]++;
}

/* An extra M is taken or given back while a P stands behind it. */
static void extra_m(Summary *s, const Model *m, const Event *e) {
    if (e->arg[0] < m->m_count && m->m[e->arg[0]].p != NONE)
        s->value[FIG_behind_c] += spent(m, e->arg[2], e);
}

static OWN_FRAME void needm(Summary *s, const Model *m, const Event *e) {
    extra_m(s, m, e);
    into_c(s);
}

static OWN_FRAME void dropm(Summary *s, const Model *m, const Event *e) {
    extra_m(s, m, e);
    out_of_c(s, m, e->arg[2], e);
}

/* ---- what a text decides ---- */

static OWN_FRAME void stopped(Summary *s, const Model *m, const Event *e) {
    if (strcmp(intern_text(m->text, e->arg[1]), "preempted") == 0) s->value[FIG_preemptions]++;
}

static OWN_FRAME void enqueued(Summary *s, const Model *m, const Event *e) {
    const char *call = intern_text(m->text, e->arg[3]);
    bool transfer = strcmp(call, "clEnqueueWriteBuffer") == 0 || strcmp(call, "clEnqueueReadBuffer") == 0;
    if (transfer) s->value[FIG_transferred] += e->arg[4];
}

static void most(uint64_t *figure, uint64_t now) {
    if (now > *figure) *figure = now;
}

void summary_event(Summary *s, const Model *m, const Event *e) {
    uint64_t *v = s->value;
    v[FIG_events]++;
    v[FIG_time] = e->time_ns;
    switch ((EventKind)e->kind) {
    case EV_RUN_START:
        v[FIG_procs] = e->arg[0];
        v[FIG_threads] = 2;
        break;
    case EV_PANIC:
    case EV_DEADLOCK: s->end = *e; break;
    case EV_NOTE: v[FIG_notes]++; break;
    case EV_PROCS: v[FIG_procs] = e->arg[0]; break;
    case EV_STW_BEGIN: v[FIG_stops]++; break;
    case EV_STW_END: v[FIG_stopped] += e->arg[1] == NONE ? 0 : e->arg[1]; break;
    case EV_GC_BEGIN: v[FIG_collections]++; break;
    case EV_OBJ_MOVE: v[FIG_moved]++; break;
    case EV_OBJ_FREE: v[FIG_freed]++; break;
    case EV_OBJ_NEW: most(&v[FIG_heap_bytes], m->mem_live[MEM_GO] + e->arg[1]); break;
    case EV_MEM_NEW:
        v[FIG_not_freed] += e->arg[1] != MEM_STACK;
        if (e->arg[1] == MEM_C) most(&v[FIG_c_bytes], m->mem_live[MEM_C] + e->arg[2]);
        if (e->arg[1] == MEM_DEVICE) most(&v[FIG_device_bytes], m->mem_live[MEM_DEVICE] + e->arg[2]);
        break;
    case EV_MEM_FREE: v[FIG_not_freed] -= e->arg[2] != NONE; break;
    case EV_MEM_FULL: v[FIG_no_room]++; break;
    case EV_STACK_GROW: v[FIG_stack_grown]++; break;
    case EV_COPY: v[FIG_copied] += e->arg[3]; break;
    case EV_GC_END: v[FIG_collecting] += m->gc_ns == NONE ? 0 : e->time_ns - m->gc_ns; break;
    case EV_M_SEEN: v[FIG_threads]++; break;
    case EV_G_SEEN:
    case EV_GO_CREATE_WAITING: v[FIG_goroutines]++; break;
    case EV_GO_CREATE_C:
        v[FIG_goroutines]++;
        v[FIG_cthreads]++;
        into_c(s);
        break;
    case EV_GO_END_C: out_of_c(s, m, e->arg[0], e); break;
    case EV_SYSCALL:
        v[FIG_syscalls]++;
        v[FIG_running] += spent(m, e->arg[0], e);
        break;
    case EV_GO_CREATE: /* the runtime makes its own at no line, and for a timer at one */
        v[FIG_goroutines] += e->arg[1] != NONE || e->arg[3] != 0 || v[FIG_goroutines] == 0 || m->imported;
        break;
    case EV_GO_START:
        v[FIG_switches]++;
        if (spent(m, e->arg[0], e) > v[FIG_longest_wait]) v[FIG_longest_wait] = spent(m, e->arg[0], e);
        break;
    case EV_GO_STOP:
        v[FIG_running] += spent(m, e->arg[0], e);
        stopped(s, m, e);
        break;
    case EV_GO_BLOCK: blocked(s, m, e); break;
    case EV_GO_END: v[FIG_running] += spent(m, e->arg[0], e); break;
    case EV_GO_UNBLOCK: unblocked(s, m, e); break;
    case EV_GO_SLEEP: v[FIG_sleeps]++; break;
    case EV_TIMER_SEND:
        v[FIG_ticks]++;
        v[FIG_ticks_lost] += e->arg[3] == 0;
        break;
    case EV_NET_WAIT: v[FIG_net_waits]++; break;
    case EV_NET_READY: v[FIG_net_wait] += spent(m, e->arg[0], e); break;
    case EV_SIGNAL: v[FIG_signals]++; break;
    case EV_SIGNAL_IN_C:
        v[FIG_signals]++;
        v[FIG_eintr]++;
        break;
    case EV_RUNQ_STEAL:
    case EV_RUNQ_STEAL_NEXT: v[FIG_steals]++; break;
    case EV_M_NEW:
    case EV_M_TEMPLATE: v[FIG_threads]++; break;
    case EV_M_END: v[FIG_threads_ended]++; break;
    case EV_M_START:
    case EV_M_RUN:
    case EV_M_POLL_END: v[FIG_thread_switches]++; break;
    case EV_M_LOCK_WAKE: v[FIG_locked_switches]++; break;
    case EV_M_WAKE: v[FIG_wakes]++; break;
    case EV_EXTRA_NEW: v[FIG_extra_threads]++; break;
    case EV_SYSMON_LOOK: v[FIG_sysmon_looks]++; break;
    case EV_P_HANDOFF: v[FIG_handoffs]++; break;
    case EV_P_RETAKE:
        v[FIG_retakes]++;
        if (!model_in_system_call(m, e->arg[2])) v[FIG_behind_c] += spent(m, e->arg[2], e);
        break;
    case EV_P_STOP_C: v[FIG_behind_c] += spent(m, e->arg[2], e); break;
    case EV_CGO_ENTER:
        v[FIG_crossings]++;
        v[FIG_running] += spent(m, e->arg[0], e);
        into_c(s);
        break;
    case EV_CGO_EXIT_FAST:
        if (!model_in_system_call(m, e->arg[0])) v[FIG_behind_c] += spent(m, e->arg[0], e);
        into_go(s, m, e, FIG_exits_fast);
        break;
    case EV_CGO_EXIT_P: into_go(s, m, e, FIG_exits_idle); break;
    case EV_CGO_EXIT_WAIT: /* imported: its thread may have found another P already */
        into_go(s, m, e, e->arg[1] < m->m_count && m->m[e->arg[1]].p != NONE ? FIG_exits_idle : FIG_exits_wait);
        break;
    case EV_CALLBACK: v[FIG_callbacks]++; break;
    case EV_CALLBACK_END:
        v[FIG_running] += spent(m, e->arg[0], e);
        into_c(s);
        break;
    case EV_C_THREAD: v[FIG_cthreads]++; break;
    case EV_NEEDM:
        v[FIG_needms]++;
        needm(s, m, e);
        break;
    case EV_DROPM: dropm(s, m, e); break;
    case EV_CTX_USE: v[FIG_wrong_thread] += e->arg[4] == 0; break;
    case EV_CHAN_SEND: v[FIG_sends]++; break;
    case EV_CHAN_RECV: v[FIG_sends] += e->arg[2] != NONE; break;
    case EV_DEV_ENQUEUE:
        v[FIG_launches]++;
        enqueued(s, m, e);
        break;
    case EV_DEV_START: device_start(s, m, e); break;
    case EV_DEV_DONE: device_done(s, e); break;
    default: break;
    }
}

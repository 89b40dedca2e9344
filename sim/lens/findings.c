/* findings.c -- the rules of findings.def: one handler per event that a rule looks at, one judge per rule.
 *
 * Nothing here trusts an id: the event has not been applied yet, and a trace may come from anywhere.
 */
#include "findings_parts.h"

#include "narrate.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CROSSINGS_MIN = 100, /* fewer are not worth a word */
    CMDS_MIN = 8,
    STUCK_MIN = 8,
    NAME = 64
};
#define LONG_CALL_NS 100000000u
#define WAIT_NS_MAX 20000000u /* a slice, and sysmon's longest sleep */
#define LATE_NS 1000000u      /* allowed beyond that where no profile says how late sysmon is */

const char *const severity_name[] = {"advice", "warning", "error"};

static const FindingSpec spec[FIND_COUNT] = {
#define FINDING(name, severity, book, rule, right)                                                 \
    [FIND_##name] = {#name, SEVERITY_##severity, book, rule, right},
#include "findings.def"
#undef FINDING
};

/* Keys are written as in a scenario: with '-', which a name in C cannot have. */
const FindingSpec *finding_spec(FindingKind kind) {
    static FindingSpec made[FIND_COUNT];
    static bool ready;
    if (!ready) {
        for (int i = 0; i < FIND_COUNT; i++) {
            made[i] = spec[i];
            for (char *c = made[i].key; *c; c++) {
                if (*c == '_') *c = '-';
            }
        }
        ready = true;
    }
    return &made[kind];
}

FindingKind finding_find(const char *key) {
    for (int i = 0; i < FIND_COUNT; i++) {
        if (strcmp(finding_spec((FindingKind)i)->key, key) == 0) return (FindingKind)i;
    }
    return FIND_COUNT;
}

/* ---- the profile ---- */

static bool row(const char *profile, const char *name, uint64_t *ns) {
    size_t n = strlen(name);
    for (const char *p = profile; p && *p; p += strcspn(p, "\n"), p += *p == '\n') {
        if (strncmp(p, name, n) != 0 || p[n] != '=') continue;
        *ns = strtoull(p + n + 1, NULL, 10);
        return true;
    }
    return false;
}

void findings_begin(Findings *f, const char *profile) {
    uint64_t enter, leave, slack, signal;
    *f = (Findings){.crossing_ns = NONE, .late_ns = LATE_NS, .stuck_line = 0, .stuck_g = NONE};
    f->first_start_ns = NONE;
    if (row(profile, "cgo_enter", &enter) && row(profile, "cgo_exit", &leave))
        f->crossing_ns = enter + leave;
    if (row(profile, "sysmon_slack", &slack) && row(profile, "signal", &signal))
        f->late_ns = 2 * slack + signal;
}

void findings_free(Findings *f) {
    findings_context_free(f);
    f->contexts = NULL;
    free(f->hold);
    free(f->stuck);
    free(f->evidence);
    findings_waits_free(f);
    f->hold = NULL;
    f->stuck = NULL;
    f->evidence = NULL;
    f->hold_cap = f->stuck_cap = f->evidence_count = f->evidence_cap = 0;
}

/* ---- evidence ---- */

bool finding_is_violation(FindingKind kind) {
    return kind == FIND_pinning_violation || kind == FIND_device_use_after_free || kind == FIND_double_free;
}

static void keep(Findings *f, FindingKind kind, uint64_t time_ns, uint64_t seq) {
    GROW(f->evidence, f->evidence_cap, f->evidence_count + 1);
    f->evidence[f->evidence_count++] = (Evidence){kind, time_ns, seq, NONE};
}

Finding *findings_saw(Findings *f, FindingKind kind, uint64_t time_ns, uint64_t seq) {
    Finding *x = &f->seen[kind];
    if (finding_is_violation(kind) && x->times < EVIDENCE_MAX) keep(f, kind, time_ns, seq);
    if (x->times++ == 0)
        *x = (Finding){kind, 1, time_ns, seq, 0, NONE, NONE, NONE, NONE, NONE, ""};
    return x;
}

void findings_say(Finding *x, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(x->text, sizeof x->text, fmt, ap);
    va_end(ap);
}

static const ModelG *g_of(const Model *m, uint64_t g) {
    return g < m->g_count && m->g[g].state != G_NONE ? &m->g[g] : NULL;
}

static uint64_t line_of(const Model *m, uint64_t g) {
    const ModelG *gp = g_of(m, g);
    return gp ? gp->line : 0;
}

static uint64_t spent(const Model *m, uint64_t g, const Event *e) {
    const ModelG *gp = g_of(m, g);
    return gp ? e->time_ns - gp->since_ns : 0;
}

/* ---- deadlock ---- */

static OWN_FRAME void deadlock(Findings *f, const Model *m, const Event *e) {
    Finding *x = findings_saw(f, FIND_deadlock, e->time_ns, e->seq);
    char name[NAME] = "";
    for (size_t i = 1; i < m->g_count && x->g == NONE; i++) {
        if (m->g[i].state == G_WAITING) x->g = i;
    }
    const ModelG *gp = g_of(m, x->g);
    x->line = line_of(m, x->g);
    if (gp) narrate_g(m, x->g, name, sizeof name);
    findings_say(x,
        "%llu goroutine%s wait%s and nothing can ever wake %s%s%s%s%s; %s",
        (Ull)e->arg[0], e->arg[0] == 1 ? "" : "s", e->arg[0] == 1 ? "s" : "",
        e->arg[0] == 1 ? "it" : "them", gp ? ": " : "", name, gp ? " in " : "",
        gp ? intern_text(m->text, gp->reason) : "",
        m->calls_c ? "without cgo Go would report it and exit; this program calls C, so it hangs in silence: C might still call Go"
                   : "Go reports it and exits, but with cgo linked the program hangs in silence");
}

/* ---- starvation: who keeps a P ---- */

static OWN_FRAME void know_ps(Findings *f, const Model *m) {
    size_t had = f->hold_cap;
    GROW(f->hold, f->hold_cap, m->p_count);
    for (; had < f->hold_cap; had++) f->hold[had].now.g = f->hold[had].last.g = NONE;
}

static inline bool hold_of(Findings *f, const Model *m, uint64_t p) {
    if (p >= m->p_count) return false;
    if (p >= f->hold_cap) know_ps(f, m);
    return true;
}

static void keeps(Findings *f, const Model *m, const Event *e, uint64_t p, uint64_t g) {
    if (hold_of(f, m, p)) f->hold[p].now = (Hold){g, e->time_ns, NONE, 0, 0};
}

static void lets_go(Findings *f, const Model *m, const Event *e, uint64_t p, bool in_c) {
    if (!hold_of(f, m, p)) return;
    Hold *h = &f->hold[p].now;
    if (h->g == NONE) return;
    if (e->time_ns - h->from_ns > WAIT_NS_MAX + f->late_ns)
        f->hold[p].last = (Hold){h->g, h->from_ns, e->time_ns, line_of(m, h->g), in_c};
    h->g = NONE;
}

static void g_lets_go(Findings *f, const Model *m, const Event *e) {
    const ModelG *gp = g_of(m, e->arg[0]);
    if (gp) lets_go(f, m, e, gp->p, false);
}

/* How much of the wait from `since` to `now` falls into this hold. */
static uint64_t overlap(const Hold *h, uint64_t since, uint64_t now) {
    if (h->g == NONE) return 0;
    uint64_t from = h->from_ns > since ? h->from_ns : since, to = h->to_ns < now ? h->to_ns : now;
    return to > from ? to - from : 0;
}

/* The hold that covers most of the wait; NULL when none was too long. */
static const Hold *blocker(const Findings *f, uint64_t since, uint64_t now, uint64_t *p) {
    const Hold *best = NULL;
    uint64_t most = WAIT_NS_MAX + f->late_ns;
    for (size_t i = 0; i < f->hold_cap; i++) {
        const Hold *both[] = {&f->hold[i].last, &f->hold[i].now};
        for (int k = 0; k < 2; k++) {
            uint64_t covered = overlap(both[k], since, now);
            if (covered <= most) continue;
            most = covered;
            best = both[k];
            *p = i;
        }
    }
    return best;
}

/* Longer than it should. */
static OWN_FRAME void waited_long(Findings *f, const Model *m, uint64_t g, uint64_t now, uint64_t seq) {
    const ModelG *gp = &m->g[g];
    uint64_t p = NONE, wait = now - gp->since_ns;
    const Hold *h = blocker(f, gp->since_ns, now, &p);
    if (h == NULL) return;
    Finding *x = findings_saw(f, FIND_starvation, now, seq);
    if (x->times > 1 && wait <= f->longest_wait_ns) return;
    f->longest_wait_ns = wait;
    const ModelG *holder = g_of(m, h->g);
    char who[NAME], by[NAME], waits[NAME], kept[NAME];
    bool now_in_c = h->to_ns == NONE && holder && holder->state == G_SYSCALL;
    x->time_ns = now;
    x->seq = seq;
    x->g = g;
    x->p = p;
    x->line = h->to_ns == NONE ? line_of(m, h->g) : h->line;
    findings_say(x, "%s was runnable for %s without getting a P: %s kept P%llu for %s, %s",
        narrate_g(m, g, who, sizeof who), narrate_time(waits, sizeof waits, wait),
        narrate_g(m, h->g, by, sizeof by), (Ull)p,
        narrate_time(kept, sizeof kept, (h->to_ns == NONE ? now : h->to_ns) - h->from_ns),
        now_in_c || h->in_c ? "in C" : "and could not be stopped");
}

/* g has been runnable, and is until now. */
static inline void waited(Findings *f, const Model *m, uint64_t g, uint64_t now, uint64_t seq) {
    const ModelG *gp = g_of(m, g);
    if (gp != NULL && gp->state == G_RUNNABLE && now - gp->since_ns > WAIT_NS_MAX + f->late_ns) waited_long(f, m, g, now, seq);
}

/* ---- threads in C without a P ---- */

static void p_taken(Findings *f, const Model *m, uint64_t from, uint64_t g) {
    if (from >= m->m_count || m->m[from].state != M_IN_C || m->m[from].cthread != NONE) return;
    GROW(f->stuck, f->stuck_cap, m->m_count);
    if (f->stuck[from]) return;
    f->stuck[from] = 1;
    if (++f->stuck_count > f->stuck_most) f->stuck_most = f->stuck_count;
    f->stuck_g = g;
    f->stuck_line = line_of(m, g);
}

static OWN_FRAME void m_back(Findings *f, uint64_t id) {
    if (id >= f->stuck_cap || !f->stuck[id]) return;
    f->stuck[id] = 0;
    f->stuck_count--;
}

static uint64_t stuck_limit(const Model *m) {
    return 2 * m->procs > STUCK_MIN ? 2 * m->procs : STUCK_MIN;
}

static OWN_FRAME void new_thread(Findings *f, const Model *m, const Event *e) {
    if (f->stuck_count <= stuck_limit(m)) return;
    Finding *x = findings_saw(f, FIND_thread_inflation, e->time_ns, e->seq);
    if (x->times > 1) return;
    x->m = e->arg[0];
    x->g = f->stuck_g;
    x->line = f->stuck_line;
}

static void judge_threads(Findings *f, const Model *m) {
    Finding *x = &f->seen[FIND_thread_inflation];
    if (x->times == 0) return;
    uint64_t threads = 0, ended = 0;
    for (size_t i = 0; i < m->m_count; i++) threads += m->m[i].state != M_EXTRA, ended += m->m[i].state == M_DEAD;
    if (m->imported) {
        findings_say(x,
            "up to %llu threads were out of Go at once without a P (GOMAXPROCS is %llu); while more than %llu were, "
            "%llu thread%s heard of for the first time: %llu in all",
            (Ull)f->stuck_most, (Ull)m->procs, (Ull)stuck_limit(m), (Ull)x->times, x->times == 1 ? " was" : "s were",
            (Ull)threads);
        return;
    }
    char back[128] = "and Go gives none back";
    if (ended > 0)
        snprintf(back, sizeof back, "of which %llu ended, each with a goroutine that was locked to it: Go gives no other back", (Ull)ended);
    findings_say(x,
        "up to %llu threads were in C at once without a P (GOMAXPROCS is %llu); with more than %llu there, "
        "Go code needed %llu new one%s to go on: %llu threads in all, %s",
        (Ull)f->stuck_most, (Ull)m->procs, (Ull)stuck_limit(m), (Ull)x->times,
        x->times == 1 ? "" : "s", (Ull)threads, back);
}

/* ---- imported: calls that take long ---- */

/* The first letter decides nearly always, millions of times. */
static inline bool begins(const char *text, const char *with) {
    return text[0] == with[0] && strncmp(text, with, strlen(with)) == 0;
}

/* g has been out of Go, and is until now. */
static void long_call(Findings *f, const Model *m, uint64_t g, uint64_t now, uint64_t seq) {
    const ModelG *gp = g_of(m, g);
    if (!m->imported || gp == NULL || gp->state != G_SYSCALL || now - gp->since_ns < LONG_CALL_NS) return;
    const char *fn = intern_text(m->text, gp->fn);
    if (fn[0] == '\0' || begins(fn, "runtime.") || begins(fn, "os/signal.")) return;
    Finding *x = findings_saw(f, FIND_long_call, now, seq);
    if (x->times > 1 && now - gp->since_ns <= f->longest_call_ns) return;
    char who[NAME], took[NAME];
    f->longest_call_ns = now - gp->since_ns;
    x->time_ns = now;
    x->seq = seq;
    x->g = g;
    x->m = gp->m;
    x->line = gp->line;
    findings_say(x, "%s was in %s%.80s for %s on M%llu, the longest of them all", narrate_g(m, g, who, sizeof who),
        model_in_system_call(m, g) ? "the system call " : "", fn, narrate_time(took, sizeof took, f->longest_call_ns), (Ull)gp->m);
}

/* ---- crossings ---- */

/* The line that most calls come from, if there is one (Boyer and Moore's vote). */
static void count_call(Calls *c, const Event *e, uint64_t line, uint64_t ns) {
    c->calls++;
    c->ns += ns;
    if (c->votes == 0) {
        c->line = line;
        c->g = e->arg[0];
        c->time_ns = e->time_ns;
        c->seq = e->seq;
    }
    if (c->line == line) c->votes++;
    else c->votes--;
}

/* A call out of Go ends; into a callback too, and then the name is the callback's. */
static void call_over(Findings *f, const Model *m, const Event *e) {
    const ModelG *gp = g_of(m, e->arg[0]);
    if (gp == NULL || gp->m >= m->m_count || m->m[gp->m].cthread != NONE) return;
    m_back(f, gp->m);
    long_call(f, m, e->arg[0], e->time_ns, e->seq);
    uint64_t ns = e->time_ns - gp->since_ns;
    if (m->m[gp->m].syscall) return;
    const char *fn = gp->wants_go ? "" : intern_text(m->text, gp->fn);
    if (begins(fn, "clEnqueue")) count_call(&f->device, e, gp->line, ns);
    else if (begins(fn, "clFinish")) count_call(&f->device, e, gp->line, 0); /* it waits */
    else count_call(&f->plain, e, gp->line, ns);
}

static Finding *bound(Findings *f, const Calls *c) {
    Finding *x = &f->seen[FIND_crossing_bound];
    *x = (Finding){FIND_crossing_bound, c->calls, c->time_ns, c->seq, c->line, c->g,
                   NONE,                NONE,     NONE,       NONE,   ""};
    return x;
}

static void judge_crossings(Findings *f) {
    char toll[NAME], work[NAME], each[NAME];
    if (f->crossing_ns == NONE) return;
    uint64_t plain = f->plain.calls * f->crossing_ns;
    uint64_t device = f->device.calls * f->crossing_ns + f->device.ns;
    narrate_time(each, sizeof each, f->crossing_ns);
    if (f->plain.calls >= CROSSINGS_MIN && plain > f->plain.ns / 2 && plain >= f->running_ns / 10) {
        findings_say(bound(f, &f->plain),
            "%llu crossings cost %s (%s each), and the work done in C took %s: the toll is more than "
            "half of it",
            (Ull)f->plain.calls, narrate_time(toll, sizeof toll, plain), each,
            narrate_time(work, sizeof work, f->plain.ns));
    } else if (f->device.calls >= CROSSINGS_MIN && f->busy_ns > 0 && device > f->busy_ns / 2) {
        findings_say(bound(f, &f->device),
            "%llu calls of the device took %s on the host (%s each to cross, the rest to enqueue), and "
            "the device was busy for %s",
            (Ull)f->device.calls, narrate_time(toll, sizeof toll, device), each,
            narrate_time(work, sizeof work, f->busy_ns));
    }
}

/* ---- the device ---- */

static OWN_FRAME void enter_c(Findings *f, const Model *m, const Event *e) {
    f->running_ns += spent(m, e->arg[0], e);
    if (begins(intern_text(m->text, e->arg[3]), "clFinish")) f->waited = 1;
}

static void enqueue(Findings *f) {
    f->after_wait += f->cmds > 0 && f->waited;
    f->cmds++;
    f->waited = 0;
}

static OWN_FRAME void device_start(Findings *f, const Model *m, const Event *e) {
    if (f->first_start_ns == NONE) f->first_start_ns = f->last_done_ns = e->time_ns;
    if (f->working++ > 0) return;
    f->work_from_ns = e->time_ns;
    uint64_t gap = e->time_ns - f->last_done_ns, cmd = e->arg[0];
    if (gap <= f->gap_most_ns || cmd >= m->cmd_count) return;
    f->gap_most_ns = gap;
    f->gap = (Finding){FIND_device_idle, 1,    e->time_ns, e->seq, m->cmd[cmd].line, m->cmd[cmd].g,
                       NONE,             NONE, cmd,        NONE,   ""};
}

static void device_done(Findings *f, const Event *e) {
    if (f->working == 0 || --f->working > 0) return;
    f->busy_ns += e->time_ns - f->work_from_ns;
    f->last_done_ns = e->time_ns;
}

static void judge_device(Findings *f) {
    if (f->cmds < CMDS_MIN || f->first_start_ns == NONE || 2 * f->after_wait < f->cmds) return;
    uint64_t span = f->last_done_ns - f->first_start_ns, idle = span - f->busy_ns;
    if (idle <= span / 2) return;
    Finding *x = &f->seen[FIND_device_idle];
    char idled[NAME], whole[NAME], gap[NAME];
    *x = f->gap;
    x->times = f->after_wait;
    findings_say(x,
        "the device stood idle for %s of %s: before %llu of its %llu commands the host had waited for "
        "the one before; the longest pause was %s",
        narrate_time(idled, sizeof idled, idle), narrate_time(whole, sizeof whole, span),
        (Ull)f->after_wait, (Ull)f->cmds, narrate_time(gap, sizeof gap, f->gap_most_ns));
}

/* ---- what belongs to a thread ---- */

static OWN_FRAME void context(Findings *f, const Model *m, const Event *e) {
    uint64_t x_id = e->arg[0], on = x_id < m->ctx_count ? m->ctx[x_id].m : NONE;
    if (e->arg[4]) return;
    Finding *x = findings_saw(f, FIND_wrong_thread, e->time_ns, e->seq);
    if (x->times > 1) return;
    char who[NAME], where[NAME];
    const char *name = x_id < m->ctx_count ? intern_text(m->text, m->ctx[x_id].name) : "";
    x->ctx = x_id;
    x->m = e->arg[1];
    x->g = e->arg[2];
    x->line = e->arg[5] ? e->arg[5] : line_of(m, e->arg[2]);
    narrate_g(m, x->g, who, sizeof who);
    if (on == NONE) snprintf(where, sizeof where, "it is current on no thread");
    else snprintf(where, sizeof where, "it is current on M%llu", (Ull)on);
    if (e->arg[3])
        findings_say(x, "%s needs the context %.40s on its thread M%llu, but %s", who, name, (Ull)x->m, where);
    else
        findings_say(x, "%s must not have the context %.40s on its thread M%llu, but it is current there: somebody "
               "left it behind", who, name, (Ull)x->m);
}

static int by_evidence(const void *a, const void *b) {
    const Finding *x = a, *y = b;
    if (x->seq != y->seq) return x->seq < y->seq ? -1 : 1;
    return x->kind < y->kind ? -1 : x->kind > y->kind;
}

void findings_sort(Finding *x, size_t count) { qsort(x, count, sizeof *x, by_evidence); }

/* ---- all events, and the end ---- */

static OWN_FRAME void starts(Findings *f, const Model *m, const Event *e) {
    waited(f, m, e->arg[0], e->time_ns, e->seq);
    keeps(f, m, e, e->arg[1], e->arg[0]);
}

static OWN_FRAME void stops(Findings *f, const Model *m, const Event *e) {
    f->running_ns += spent(m, e->arg[0], e);
    g_lets_go(f, m, e);
}

/* The stopper goes on: what it waited for was not its doing. */
static OWN_FRAME void goes_on(Findings *f, const Model *m, const Event *e) {
    if (e->arg[1] < m->m_count) keeps(f, m, e, e->arg[0], m->m[e->arg[1]].g);
}

static OWN_FRAME void p_away(Findings *f, const Model *m, const Event *e) {
    bool taken = e->kind == EV_P_RETAKE || e->kind == EV_P_STOP_C;
    lets_go(f, m, e, e->arg[0], taken);
    if (taken) p_taken(f, m, e->arg[1], e->arg[2]);
}

static OWN_FRAME void out_of_c(Findings *f, const Model *m, const Event *e) {
    call_over(f, m, e);
    findings_context(f, m, e);
    if (e->kind == EV_CGO_EXIT_P) keeps(f, m, e, e->arg[1], e->arg[0]);
}

/* What both this file and others look at. */
static OWN_FRAME void others_too(Findings *f, const Model *m, const Event *e) {
    switch ((EventKind)e->kind) {
    case EV_GO_END:
        findings_context(f, m, e);
        stops(f, m, e);
        break;
    case EV_CONTEXT_USE: findings_context(f, m, e); break;
    case EV_MEM_FREE: findings_memory(f, m, e); break;
    case EV_DEV_ENQUEUE: enqueue(f); break;
    default: device_done(f, e); break;
    }
    findings_pressure(f, m, e);
}

void findings_event(Findings *f, const Model *m, const Event *e) {
    switch ((EventKind)e->kind) {
    case EV_CHAN_SEND:
    case EV_CHAN_RECV: findings_message(f, m, e); return;
    case EV_CHAN_QUEUE: findings_queued(f, m, e); return;
    case EV_GO_UNBLOCK: findings_woken(f, m, e); return;
    case EV_CHAN_CLOSE:
    case EV_SELECT_QUEUE:
    case EV_TIMER_SEND:
    case EV_GO_CREATE:
    case EV_MEM_NEW:
    case EV_PIN:
    case EV_UNPIN: findings_pressure(f, m, e); return;
    case EV_GO_START: starts(f, m, e); return;
    case EV_GO_STOP:
    case EV_GO_BLOCK: stops(f, m, e); return;
    case EV_P_START_OWN: goes_on(f, m, e); return;
    case EV_P_STOP_OWN:
    case EV_P_RELEASE:
    case EV_P_RETAKE:
    case EV_P_STOP_C: p_away(f, m, e); return;
    case EV_CGO_ENTER:
    case EV_SYSCALL: enter_c(f, m, e); return;
    case EV_CGO_EXIT_P:
    case EV_CGO_EXIT_FAST:
    case EV_CGO_EXIT_WAIT: out_of_c(f, m, e); return;
    case EV_CONTEXT_CANCEL: findings_context(f, m, e); return;
    case EV_M_NEW:
    case EV_M_SEEN: new_thread(f, m, e); return;
    case EV_GO_END_C: m_back(f, e->arg[1]); return;
    case EV_CTX_USE: context(f, m, e); return;
    case EV_DEV_START: device_start(f, m, e); return;
    case EV_DEADLOCK: deadlock(f, m, e); return;
    case EV_PANIC:
    case EV_DEV_STALE:
    case EV_DEV_ARG:
    case EV_STACK_MOVE:
    case EV_GC_END: findings_memory(f, m, e); return;
    case EV_GO_END:
    case EV_CONTEXT_USE:
    case EV_MEM_FREE:
    case EV_DEV_ENQUEUE:
    case EV_DEV_DONE: others_too(f, m, e); return;
    default: return;
    }
}

void findings_end(Findings *f, const Model *m) {
    for (size_t i = 1; i < m->g_count; i++) {
        if (m->g[i].state == G_RUNNABLE) waited(f, m, i, m->now_ns, m->seq);
        long_call(f, m, i, m->now_ns, m->seq);
        if (m->g[i].state == G_RUNNING) f->running_ns += m->now_ns - m->g[i].since_ns;
    }
    judge_threads(f, m);
    findings_stuck_end(f, m);
    findings_pressure_end(f, m);
    findings_memory_end(f, m);
    findings_context_end(f, m);
    judge_crossings(f);
    judge_device(f);
    for (int i = 0; i < FIND_COUNT; i++) { /* in the order of keys */
        if (f->seen[i].times > 0) f->found[f->count++] = f->seen[i];
    }
}

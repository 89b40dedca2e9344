/* narrate.c -- events in sentences, from the event and the model after it. */
#include "narrate.h"

#include "../base/units.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { NAME = 64 };
typedef unsigned long long Ull;

char *narrate_time(char *buf, size_t size, uint64_t ns) {
    if (ns == NONE) snprintf(buf, size, "never");
    else if (ns < 1000) snprintf(buf, size, "%llu ns", (Ull)ns);
    else if (ns < 10000 && ns % 1000 >= 100)
        snprintf(buf, size, "%llu.%llu µs", (Ull)(ns / 1000), (Ull)(ns % 1000 / 100));
    else if (ns < 1000000) snprintf(buf, size, "%llu µs", (Ull)(ns / 1000));
    else if (ns < 1000000000)
        snprintf(buf, size, "%llu.%03llu ms", (Ull)(ns / 1000000), (Ull)(ns / 1000 % 1000));
    else snprintf(buf, size, "%llu.%03llu s", (Ull)(ns / 1000000000), (Ull)(ns / 1000000 % 1000));
    return buf;
}

/* At most `max` bytes of a text, never half a letter: for %.*s. */
static int whole_letters(const char *text, int max) {
    int n = 0;
    while (n < max && text[n]) n++;
    while (n > 0 && text[n] && ((unsigned char)text[n] & 0xc0) == 0x80) n--;
    return n;
}

char *narrate_g(const Model *m, uint64_t g, char *buf, size_t size) {
    const char *name = model_g_name(m, g);
    if (g == NONE) snprintf(buf, size, "the runtime");
    else if (name[0]) snprintf(buf, size, "g%llu %.*s", (Ull)g, whole_letters(name, 32), name);
    else snprintf(buf, size, "g%llu", (Ull)g);
    return buf;
}

#define SETTER(field)                                                                              \
    static void field(Narration *n, const char *fmt, ...) __attribute__((format(printf, 2, 3)));   \
    static void field(Narration *n, const char *fmt, ...) {                                        \
        va_list ap;                                                                                \
        va_start(ap, fmt);                                                                         \
        vsnprintf(n->field, sizeof n->field, fmt, ap);                                             \
        va_end(ap);                                                                                \
    }
SETTER(headline)
SETTER(reason)
SETTER(function)
SETTER(detail)

static const char *plural(uint64_t n) { return n == 1 ? "" : "s"; }

static uint64_t queued(const Model *m, uint64_t p) {
    return p < m->p_count ? m->p[p].runq.count + (m->p[p].runnext != NONE) : 0;
}

static uint64_t count_m(const Model *m, MState state) {
    uint64_t n = 0;
    for (size_t i = 0; i < m->m_count; i++) n += m->m[i].state == state;
    return n;
}

static uint64_t count_p_idle(const Model *m) {
    uint64_t n = 0;
    for (size_t i = 0; i < m->p_count; i++) n += m->p[i].on_idle_list != 0;
    return n;
}

static const char *chan_name(const Model *m, uint64_t c) {
    return c < m->chan_count ? intern_text(m->text, m->chan[c].name) : "";
}

/* ---- the ones with more to say ---- */

static void retake(const Model *m, const Event *e, Narration *n) {
    uint64_t p = e->arg[0], from = e->arg[1], g = e->arg[2], waited = e->arg[3];
    char gname[NAME], since[NAME], wait[NAME];
    const ModelG *gp = &m->g[g];
    narrate_g(m, g, gname, sizeof gname);
    narrate_time(since, sizeof since, e->time_ns - gp->since_ns);
    narrate_time(wait, sizeof wait, waited);
    function(n, e->arg[4] == 1 ? "retake" : "exitsyscall");
    if (e->arg[4] != 1) {
        headline(n, "M%llu took its P%llu back from M%llu", (Ull)e->arg[4], (Ull)p, (Ull)from);
        reason(n,
               "M%llu came back from C and its old P%llu was attached to **M%llu**, which is in C "
               "itself (%s). It may be taken.",
               (Ull)e->arg[4], (Ull)p, (Ull)from, intern_text(m->text, gp->fn));
        detail(n, "the old P was behind a call");
        return;
    }
    headline(n, "sysmon retook P%llu from M%llu", (Ull)p, (Ull)from);
    const char *fn = intern_text(m->text, gp->fn);
    uint64_t work = queued(m, p), free_ps = count_p_idle(m);
    if (waited == NONE) {
        reason(n,
               "M%llu is in %s with %s for **%s**, and the time slice on P%llu had already lasted "
               "**10 ms**: then one look is enough.",
               (Ull)from, fn, gname, since, (Ull)p);
        detail(n, "the slice of 10 ms was over");
        return;
    }
    if (work > 0) {
        reason(n,
               "M%llu has been in %s with %s for **%s**; sysmon saw it **%s** ago and sees it "
               "again. P%llu still has **%llu goroutine%s** to run.",
               (Ull)from, fn, gname, since, wait, (Ull)p, (Ull)work, plural(work));
    } else if (free_ps > 0) {
        reason(n,
               "M%llu has been in %s with %s for **%s**. P%llu has no work and others are free, so "
               "sysmon left it **10 ms**; now it takes it, to be able to sleep itself.",
               (Ull)from, fn, gname, since, (Ull)p);
    } else {
        reason(n,
               "M%llu has been in %s with %s for **%s**; sysmon saw it **%s** ago and sees it "
               "again. **No other P is free**, so it does not wait.",
               (Ull)from, fn, gname, since, wait);
    }
    detail(n, "seen again after %s", wait);
}

static void new_thread(const Model *m, const Event *e, Narration *n) {
    uint64_t id = e->arg[0], p = e->arg[1], parked = count_m(m, M_PARKED);
    headline(n, "A thread is made: M%llu, for P%llu", (Ull)id, (Ull)p);
    reason(n,
           "P%llu needs a thread and **%s** is parked, so the operating system is asked for one. "
           "There are now **%llu threads**; Go never gives one back.",
           (Ull)p, parked ? "one" : "none", (Ull)m->m_count);
    function(n, "startm → newm");
    detail(n, "no thread is parked, for P%llu", (Ull)p);
}

static void go_start(const Model *m, const Event *e, Narration *n) {
    char gname[NAME];
    narrate_g(m, e->arg[0], gname, sizeof gname);
    headline(n, "%s runs on P%llu", gname, (Ull)e->arg[1]);
    uint64_t work = queued(m, e->arg[1]);
    reason(n, "M%llu took it %s. P%llu has **%llu** more waiting.", (Ull)e->arg[2],
           e->arg[3] ? "from runnext, so it inherits the time slice"
                     : "from a queue, so it begins a new time slice of 10 ms",
           (Ull)e->arg[1], (Ull)work);
    function(n, "schedule → execute");
    detail(n, "M%llu runs %s", (Ull)e->arg[2], gname);
}

static void go_block(const Model *m, const Event *e, Narration *n) {
    char gname[NAME];
    const ModelG *gp = &m->g[e->arg[0]];
    const char *why = intern_text(m->text, e->arg[1]);
    narrate_g(m, e->arg[0], gname, sizeof gname);
    headline(n, "%s waits: %s", gname, why);
    if (gp->chan != NONE) {
        const ModelChan *c = &m->chan[gp->chan];
        reason(n,
               "Channel **%s** holds **%llu of %llu** and nobody is at its other end. The "
               "goroutine is parked in the runtime: **its thread is free** for others.",
               chan_name(m, gp->chan), (Ull)c->count, (Ull)c->cap);
    } else {
        reason(n, "It is parked in the runtime and holds **no thread and no P**.");
    }
    function(n, "gopark");
    detail(n, "%s", why);
}

static void cgo_enter(const Model *m, const Event *e, Narration *n) {
    char gname[NAME];
    const char *fn = intern_text(m->text, e->arg[3]);
    narrate_g(m, e->arg[0], gname, sizeof gname);
    headline(n, "%s calls %s", gname, fn);
    uint64_t work = queued(m, e->arg[1]);
    reason(n,
           "M%llu is C's thread now. The scheduler cannot see inside: **P%llu stays attached and "
           "runs nothing**, with **%llu goroutine%s** in its queue, until the call returns or "
           "sysmon comes.",
           (Ull)e->arg[2], (Ull)e->arg[1], (Ull)work, plural(work));
    function(n, "cgocall → entersyscall");
    detail(n, "P%llu stays behind, attached", (Ull)e->arg[1]);
}

static void sysmon_look(const Model *m, const Event *e, Narration *n) {
    char next[NAME];
    uint64_t away = 0;
    for (size_t i = 0; i < m->p_count; i++) away += model_p_in_syscall(m, i);
    headline(n, "sysmon looks at every P");
    reason(n,
           "**%llu** of %llu Ps stand%s behind a call out of Go. After **%llu** rounds without "
           "success it sleeps **%s** next.",
           (Ull)away, (Ull)m->p_count, away == 1 ? "s" : "", (Ull)e->arg[0],
           narrate_time(next, sizeof next, e->arg[1]));
    function(n, "sysmon");
    detail(n, "next look in %s", next);
}

static void sysmon_sees(const Model *m, const Event *e, Narration *n) {
    char gname[NAME];
    narrate_g(m, e->arg[2], gname, sizeof gname);
    headline(n, "sysmon sees P%llu behind a call", (Ull)e->arg[0]);
    reason(n,
           "M%llu is in %s with %s. It is **the first look** at this call: short calls must not "
           "cost a P, so sysmon only remembers it.",
           (Ull)e->arg[1], intern_text(m->text, m->g[e->arg[2]].fn), gname);
    function(n, "sysmon");
    detail(n, "first look: remembered");
}

static void chan_send(const Model *m, const Event *e, Narration *n) {
    char gname[NAME], to[NAME];
    narrate_g(m, e->arg[0], gname, sizeof gname);
    headline(n, "%s sends on %.20s", gname, chan_name(m, e->arg[1]));
    function(n, "chansend");
    if (e->arg[2] != NONE) {
        reason(n, "**%s** was waiting to receive: the value goes straight to it, past the buffer.",
               narrate_g(m, e->arg[2], to, sizeof to));
        detail(n, "straight to %s", to);
    } else {
        reason(n, "There was room: the buffer holds **%llu of %llu** now.",
               (Ull)m->chan[e->arg[1]].count, (Ull)m->chan[e->arg[1]].cap);
        detail(n, "into the buffer");
    }
}

static void chan_recv(const Model *m, const Event *e, Narration *n) {
    char gname[NAME], from[NAME];
    narrate_g(m, e->arg[0], gname, sizeof gname);
    headline(n, "%s receives from %.20s", gname, chan_name(m, e->arg[1]));
    function(n, "chanrecv");
    if (!e->arg[3]) {
        reason(n, "The channel is **closed and empty**: the zero value, and ok is false.");
        detail(n, "closed and empty");
    } else if (e->arg[2] != NONE) {
        reason(n, "**%s** was waiting to send and may go on.",
               narrate_g(m, e->arg[2], from, sizeof from));
        detail(n, "%s may go on", from);
    } else {
        reason(n, "The buffer holds **%llu of %llu** now.", (Ull)m->chan[e->arg[1]].count,
               (Ull)m->chan[e->arg[1]].cap);
        detail(n, "out of the buffer");
    }
}

static void enqueue(const Model *m, const Event *e, Narration *n) {
    char gname[NAME];
    uint64_t ahead = m->queue[e->arg[1]].depth - 1;
    narrate_g(m, e->arg[2], gname, sizeof gname);
    headline(n, "%s enqueues %.20s", gname, intern_text(m->text, e->arg[3]));
    reason(n,
           "**%llu work items**, behind **%llu** other command%s. The call returns at once; "
           "nothing has been computed yet.",
           (Ull)e->arg[4], (Ull)ahead, plural(ahead));
    function(n, "clEnqueueNDRangeKernel");
    detail(n, "%llu work items", (Ull)e->arg[4]);
}

static void handoff(const Model *m, const Event *e, Narration *n) {
    uint64_t work = queued(m, e->arg[0]);
    headline(n, "P%llu is handed on", (Ull)e->arg[0]);
    reason(n,
           "Who gets it? P%llu has **%llu goroutine%s** queued, the global queue **%llu**, "
           "**%llu** P%s idle: %s.",
           (Ull)e->arg[0], (Ull)work, plural(work), (Ull)m->globq.count, (Ull)count_p_idle(m),
           count_p_idle(m) == 1 ? " is" : "s are", intern_text(m->text, e->arg[1]));
    function(n, "handoffp");
    detail(n, "%s", intern_text(m->text, e->arg[1]));
}

/* ---- one function for each part of the vocabulary ---- */

static void tell_run(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char g[NAME];
    switch (e->kind) {
    case EV_RUN_START:
        headline(n, "The program starts");
        reason(
            n,
            "**%llu P%s** (GOMAXPROCS), the first thread M0, and sysmon on M1, which needs no P.",
            (Ull)a[0], plural(a[0]));
        function(n, "schedinit");
        break;
    case EV_NOTE:
        headline(n, "Note");
        reason(n, "%s", intern_text(m->text, a[1]));
        break;
    case EV_DEADLOCK:
        headline(n, "All goroutines are asleep");
        reason(n,
               "**%llu** wait and no timer is left. Go without cgo ends with: **%s** A program "
               "that links cgo hangs silently instead: a C thread might still call in.",
               (Ull)a[0], intern_text(m->text, a[1]));
        function(n, "checkdead");
        break;
    case EV_PANIC:
        headline(n, "%s panics", narrate_g(m, a[0], g, sizeof g));
        reason(n, "**%s**; nobody recovers, so the whole program ends with status 2.",
               intern_text(m->text, a[1]));
        function(n, "fatalpanic");
        break;
    case EV_RUN_END:
        headline(n, "The program has ended");
        reason(n, "Exit status **%llu**, as Go's would be.", (Ull)a[0]);
        function(n, "exit");
        break;
    case EV_EXPECT_HELD:
        headline(n, "Expectation held");
        reason(n, "%s", intern_text(m->text, a[0]));
        break;
    case EV_EXPECT_FAILED:
        headline(n, "Expectation failed");
        reason(n, "%s: **%s**", intern_text(m->text, a[0]), intern_text(m->text, a[1]));
        break;
    case EV_EXPECT_UNCHECKED:
        headline(n, "Expectation not checked");
        reason(n, "%s: %s", intern_text(m->text, a[0]), intern_text(m->text, a[1]));
        break;
    default: break;
    }
}

static void tell_goroutine(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char g[NAME], g2[NAME], t[NAME];
    switch (e->kind) {
    case EV_GO_CREATE:
        headline(n, "%s is born", narrate_g(m, a[0], g, sizeof g));
        reason(n,
               "A go statement of %s. It is runnable; the newest goroutine runs next on its "
               "creator's P.",
               narrate_g(m, a[1], g2, sizeof g2));
        function(n, "newproc");
        detail(n, "by %s", g2);
        break;
    case EV_GO_START: go_start(m, e, n); break;
    case EV_GO_STOP:
        headline(n, "%s gives up its P", narrate_g(m, a[0], g, sizeof g));
        reason(n, "Reason: **%s**. It goes to the tail of the global queue and needs a new turn.",
               intern_text(m->text, a[1]));
        function(n, "goschedImpl");
        detail(n, "%s", intern_text(m->text, a[1]));
        break;
    case EV_GO_BLOCK: go_block(m, e, n); break;
    case EV_GO_UNBLOCK:
        headline(n, "%s can run again", narrate_g(m, a[0], g, sizeof g));
        if (a[1] == NONE)
            reason(
                n,
                "What it waited for has happened. It becomes **runnext** of the P that noticed.");
        else
            reason(n, "**%s** released it. It becomes **runnext** of that P.",
                   narrate_g(m, a[1], g2, sizeof g2));
        function(n, "goready → ready");
        detail(n, "released by %s", narrate_g(m, a[1], g2, sizeof g2));
        break;
    case EV_GO_END:
        headline(n, "%s ends", narrate_g(m, a[0], g, sizeof g));
        function(n, "goexit0");
        detail(n, "its g is kept for reuse");
        break;
    case EV_GO_COMPUTE:
        headline(n, "%s computes", narrate_g(m, a[0], g, sizeof g));
        reason(n, "Go code that needs **%s** of a P.", narrate_time(t, sizeof t, a[1]));
        break;
    case EV_GO_SLEEP:
        headline(n, "%s sleeps %s", narrate_g(m, a[0], g, sizeof g),
                 narrate_time(t, sizeof t, a[1]));
        reason(n, "A timer of its P will wake it; a timer needs a P to fire, so it may be late.");
        function(n, "time.Sleep");
        break;
    case EV_TIMER_FIRE:
        headline(n, "A timer of P%llu fires", (Ull)a[1]);
        reason(n, "For %s, **%s** late.", narrate_g(m, a[0], g, sizeof g),
               narrate_time(t, sizeof t, a[2]));
        function(n, "timers.run");
        break;
    case EV_PREEMPT_ASK:
        headline(n, "sysmon asks g%llu to stop", (Ull)a[0]);
        reason(n,
               "The time slice on P%llu has lasted **%s**: others must have their turn. M%llu is "
               "sent a signal.",
               (Ull)a[1], narrate_time(t, sizeof t, a[3]), (Ull)a[2]);
        function(n, "preemptone");
        detail(n, "the slice is over");
        break;
    default: break;
    }
}

static void tell_queue(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    switch (e->kind) {
    case EV_RUNQ_NEXT:
        headline(n, "g%llu is next on P%llu", (Ull)a[1], (Ull)a[0]);
        if (a[2] == NONE) reason(n, "The runnext slot was free.");
        else reason(n, "**g%llu** stood there and is kicked out to the queue's tail.", (Ull)a[2]);
        function(n, "runqput");
        break;
    case EV_RUNQ_PUT:
        headline(n, "g%llu queues at P%llu", (Ull)a[1], (Ull)a[0]);
        reason(n, "At the tail: **%llu** now wait there.", (Ull)queued(m, a[0]));
        function(n, "runqput");
        break;
    case EV_RUNQ_SPILL:
        headline(n, "P%llu's queue is full", (Ull)a[0]);
        reason(n, "256 fit. Its first **%llu** move to the global queue.", (Ull)a[1]);
        function(n, "runqputslow");
        break;
    case EV_RUNQ_GET:
        headline(n, "P%llu takes g%llu", (Ull)a[0], (Ull)a[1]);
        reason(n, "%s; **%llu** remain.",
               a[2] ? "From its runnext slot" : "The head of its own queue", (Ull)queued(m, a[0]));
        function(n, "runqget");
        break;
    case EV_GLOBQ_PUT:
        headline(n, "g%llu joins the global queue", (Ull)a[0]);
        reason(n, "**%llu** wait there now.", (Ull)m->globq.count);
        function(n, "globrunqput");
        break;
    case EV_GLOBQ_GET:
        headline(n, "P%llu takes g%llu from the global queue", (Ull)a[0], (Ull)a[1]);
        reason(n, "And moves **%llu** more into its own queue.", (Ull)a[2]);
        function(n, "globrunqget");
        break;
    case EV_RUNQ_STEAL:
        headline(n, "P%llu steals %llu from P%llu", (Ull)a[0], (Ull)a[3], (Ull)a[1]);
        reason(n,
               "Half of the victim's queue, from its head; it runs the last of them, **g%llu**, at "
               "once.",
               (Ull)a[2]);
        function(n, "runqsteal");
        break;
    case EV_RUNQ_STEAL_NEXT:
        headline(n, "P%llu steals g%llu from P%llu", (Ull)a[0], (Ull)a[2], (Ull)a[1]);
        reason(n,
               "Nothing else was found anywhere, so in the last round even **runnext** is taken.");
        function(n, "runqgrab");
        break;
    default: break;
    }
}

static void tell_thread(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char t[NAME];
    switch (e->kind) {
    case EV_M_NEW: new_thread(m, e, n); break;
    case EV_M_START:
        headline(n, "M%llu is there", (Ull)a[0]);
        reason(n, "The new thread runs its first instruction.");
        function(n, "mstart");
        break;
    case EV_M_PARK:
        headline(n, "M%llu parks", (Ull)a[0]);
        reason(n,
               "It has no P and no work. **%llu** threads are parked; the last to park is the "
               "first to be woken.",
               (Ull)count_m(m, M_PARKED));
        function(n, "stopm");
        break;
    case EV_M_WAKE:
        headline(n, "M%llu is woken for P%llu", (Ull)a[0], (Ull)a[1]);
        reason(n, "It was the thread parked last. %s",
               a[2] ? "It shall search for work." : "It shall run what P has.");
        function(n, "startm");
        break;
    case EV_M_RUN:
        headline(n, "M%llu runs again", (Ull)a[0]);
        function(n, "mPark");
        break;
    case EV_M_SPIN:
        headline(n, "M%llu searches for work", (Ull)a[0]);
        reason(
            n,
            "It looks at the other Ps in random order, four times. **%llu** thread%s now search.",
            (Ull)count_m(m, M_SPINNING), plural(count_m(m, M_SPINNING)));
        function(n, "stealWork");
        break;
    case EV_M_UNSPIN:
        headline(n, "M%llu stops searching", (Ull)a[0]);
        function(n, "resetspinning");
        break;
    case EV_M_POLL:
        headline(n, "M%llu sleeps in the poller", (Ull)a[0]);
        reason(n,
               "Nothing runs on it until **%s**, when a timer is due. epoll counts whole "
               "milliseconds.",
               narrate_time(t, sizeof t, a[1]));
        function(n, "netpoll");
        break;
    case EV_M_POLL_END:
        headline(n, "M%llu leaves the poller", (Ull)a[0]);
        function(n, "netpoll");
        break;
    default: break;
    }
}

static void tell_processor(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    switch (e->kind) {
    case EV_P_ACQUIRE:
        headline(n, "M%llu takes P%llu", (Ull)a[1], (Ull)a[0]);
        function(n, "acquirep");
        break;
    case EV_P_RELEASE:
        headline(n, "M%llu lets go of P%llu", (Ull)a[1], (Ull)a[0]);
        function(n, "releasep");
        break;
    case EV_P_IDLE_PUT:
        headline(n, "P%llu is idle", (Ull)a[0]);
        reason(n, "There is nothing for it to run. **%llu of %llu** Ps are idle.",
               (Ull)count_p_idle(m), (Ull)m->p_count);
        function(n, "pidleput");
        break;
    case EV_P_IDLE_GET:
        headline(n, "P%llu is needed", (Ull)a[0]);
        function(n, "pidleget");
        break;
    case EV_P_RETAKE: retake(m, e, n); break;
    case EV_P_HANDOFF: handoff(m, e, n); break;
    default: break;
    }
}

static void tell_sysmon(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char t[NAME];
    switch (e->kind) {
    case EV_SYSMON_LOOK: sysmon_look(m, e, n); break;
    case EV_SYSMON_SEES: sysmon_sees(m, e, n); break;
    case EV_SYSMON_SPARES:
        headline(n, "sysmon leaves P%llu where it is", (Ull)a[0]);
        reason(n,
               "It stands behind M%llu's call, but has **no work**, and others are free to take "
               "new work. It is taken after **10 ms** at the latest.",
               (Ull)a[1]);
        function(n, "retake");
        break;
    case EV_SYSMON_SLEEP:
        headline(n, "sysmon goes to deep sleep");
        reason(n,
               "**All Ps are idle**: there is nothing to watch until %s, or until a call wakes it.",
               narrate_time(t, sizeof t, a[0]));
        function(n, "sysmon");
        break;
    case EV_SYSMON_WAKE:
        headline(n, "sysmon is awake");
        function(n, "sysmon");
        break;
    default: break;
    }
}

static void tell_cgo(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char g[NAME];
    switch (e->kind) {
    case EV_CGO_ENTER: cgo_enter(m, e, n); break;
    case EV_CGO_EXIT_FAST:
        headline(n, "%s is back from C", narrate_g(m, a[0], g, sizeof g));
        reason(n,
               "**P%llu was still attached**: nobody noticed, nothing was lost. This is the fast "
               "path.",
               (Ull)a[1]);
        function(n, "exitsyscall");
        detail(n, "fast path: P%llu still there", (Ull)a[1]);
        break;
    case EV_CGO_EXIT_P:
        headline(n, "%s is back and found P%llu", narrate_g(m, a[0], g, sizeof g), (Ull)a[1]);
        reason(n, "Its own P had been taken. **P%llu** was free, so it goes on at once.",
               (Ull)a[1]);
        function(n, "exitsyscallTryGetP");
        detail(n, "P%llu was free", (Ull)a[1]);
        break;
    case EV_CGO_EXIT_WAIT:
        headline(n, "%s is back and has no P", narrate_g(m, a[0], g, sizeof g));
        reason(n,
               "Its own P was taken and **no P is free**: it goes to the tail of the global queue, "
               "and M%llu "
               "parks.",
               (Ull)a[1]);
        function(n, "exitsyscallNoP");
        detail(n, "to the global queue");
        break;
    default: break;
    }
}

static void tell_chan(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char g[NAME];
    switch (e->kind) {
    case EV_CHAN_MAKE:
        headline(n, "Channel %.20s is made", chan_name(m, a[0]));
        reason(n, "With room for **%llu** value%s.", (Ull)a[1], plural(a[1]));
        function(n, "makechan");
        break;
    case EV_CHAN_SEND: chan_send(m, e, n); break;
    case EV_CHAN_RECV: chan_recv(m, e, n); break;
    case EV_CHAN_QUEUE:
        headline(n, "%s queues at %.20s", narrate_g(m, a[0], g, sizeof g), chan_name(m, a[1]));
        reason(n, "It wants to **%s** and is **number %llu** there.", a[2] ? "send" : "receive",
               (Ull)(a[2] ? m->chan[a[1]].sendq.count : m->chan[a[1]].recvq.count));
        function(n, a[2] ? "chansend" : "chanrecv");
        break;
    case EV_CHAN_CLOSE:
        headline(n, "%s closes %.20s", narrate_g(m, a[0], g, sizeof g), chan_name(m, a[1]));
        reason(n,
               "Every receiver is released with the zero value; a sender that waits there panics.");
        function(n, "closechan");
        break;
    default: break;
    }
}

static void tell_heap(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char g[NAME];
    switch (e->kind) {
    case EV_OBJ_NEW:
        headline(n, "Object %.20s, %llu bytes", intern_text(m->text, a[2]), (Ull)a[1]);
        reason(n, "In the Go heap. Its address may be given to C only while it is pinned.");
        function(n, "mallocgc");
        break;
    case EV_PIN:
        headline(n, "%.20s is pinned", intern_text(m->text, m->obj[a[1]].name));
        reason(n, "By %s: the collector may neither move nor free it until it is unpinned.",
               narrate_g(m, a[0], g, sizeof g));
        function(n, "Pinner.Pin");
        break;
    case EV_UNPIN:
        headline(n, "%.20s is unpinned", intern_text(m->text, m->obj[a[1]].name));
        function(n, "Pinner.Unpin");
        break;
    default: break;
    }
}

static void tell_device(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char g[NAME], t[NAME];
    switch (e->kind) {
    case EV_DEV_ENQUEUE: enqueue(m, e, n); break;
    case EV_DEV_ARG:
        headline(n, "%.20s holds the address of %.14s", intern_text(m->text, m->cmd[a[0]].name),
                 intern_text(m->text, m->obj[a[1]].name));
        reason(n, "Until the command is done, it %s this memory.", a[2] ? "writes to" : "reads");
        break;
    case EV_DEV_START:
        headline(n, "The device begins %.20s", intern_text(m->text, m->cmd[a[0]].name));
        reason(n, "In **%llu slices**, for **%s** of virtual time. No goroutine notices.",
               (Ull)a[1], narrate_time(t, sizeof t, a[2]));
        break;
    case EV_DEV_DONE:
        headline(n, "The device has done %.20s", intern_text(m->text, m->cmd[a[0]].name));
        reason(n, "**%llu** command%s left in its queue.", (Ull)m->queue[m->cmd[a[0]].queue].depth,
               plural(m->queue[m->cmd[a[0]].queue].depth));
        break;
    case EV_DEV_WAIT:
        headline(n, "M%llu sleeps in the driver", (Ull)a[1]);
        reason(n,
               "It carries %s and waits for **%llu** command%s. Go's runtime does not know why, "
               "nor for how long.",
               narrate_g(m, a[0], g, sizeof g), (Ull)m->queue[a[2]].depth,
               plural(m->queue[a[2]].depth));
        break;
    case EV_DEV_IDLE:
        headline(n, "The device has nothing to do");
        reason(n, "Its queue has run dry; whoever waits in clFinish is woken.");
        break;
    default: break;
    }
}

void narrate(const Model *m, const Event *e, Narration *n) {
    static void (*const tell[])(const Model *, const Event *, Narration *) = {
        tell_run,    tell_goroutine, tell_queue, tell_thread, tell_processor,
        tell_sysmon, tell_cgo,       tell_chan,  tell_heap,   tell_device};
    *n = (Narration){0};
    for (size_t i = 0; i < ARRAY_LEN(tell) && n->headline[0] == '\0'; i++) tell[i](m, e, n);
    if (n->headline[0]) return;
    headline(n, "An event of an unknown kind");
    reason(n, "A newer program wrote this trace.");
}

bool narrate_is_story(const Event *e) {
    switch ((EventKind)e->kind) {
    case EV_NOTE:
    case EV_DEADLOCK:
    case EV_PANIC:
    case EV_RUN_END:
    case EV_P_RETAKE:
    case EV_P_HANDOFF:
    case EV_M_NEW:
    case EV_M_START:
    case EV_SYSMON_SEES:
    case EV_CGO_ENTER:
    case EV_CGO_EXIT_FAST:
    case EV_CGO_EXIT_P:
    case EV_CGO_EXIT_WAIT:
    case EV_DEV_WAIT:
    case EV_DEV_START:
    case EV_DEV_DONE:
    case EV_GO_STOP:
    case EV_PREEMPT_ASK:
    case EV_CHAN_CLOSE:
    case EV_EXPECT_FAILED:
    case EV_EXPECT_UNCHECKED: return true;
    default: return false;
    }
}

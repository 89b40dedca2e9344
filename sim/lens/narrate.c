/* narrate.c -- events in sentences, from the event and the model after it. */
#include "narrate_parts.h"

#include "../base/units.h"

#include <stdio.h>
#include <string.h>

char *narrate_plain(const char *text, char *buf, size_t size) {
    size_t n = 0;
    for (; *text && n + 1 < size; text++) {
        if (strncmp(text, "**", 2) == 0) text++;
        else buf[n++] = *text;
    }
    buf[n] = '\0';
    return buf;
}

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

char *narrate_g(const Model *m, uint64_t g, char *buf, size_t size) {
    const char *name = model_g_name(m, g);
    uint64_t number = model_g_number(m, g);
    if (g == NONE) snprintf(buf, size, "the runtime");
    else if (number) snprintf(buf, size, "g%llu (%llu) %s", (Ull)g, (Ull)number, CUT(name, 24));
    else if (name[0]) snprintf(buf, size, "g%llu %s", (Ull)g, CUT(name, 32));
    else snprintf(buf, size, "g%llu", (Ull)g);
    return buf;
}

char *narrate_chan(const Model *m, uint64_t c, char *buf, size_t size) {
    const char *name = c < m->chan_count ? intern_text(m->text, m->chan[c].name) : "";
    if (name[0]) snprintf(buf, size, "%s (c%llu)", CUT(name, 32), (Ull)c);
    else snprintf(buf, size, "c%llu", (Ull)c);
    return buf;
}

char *narrate_thing(const Model *m, uint64_t s, char *buf, size_t size) {
    const ModelSync *sy = &m->sync[s];
    const char *name = intern_text(m->text, sy->name);
    if (name[0]) snprintf(buf, size, "%s %s (s%llu)", sync_name[sy->kind], CUT(name, 24), (Ull)s);
    else snprintf(buf, size, "%s s%llu", sync_name[sy->kind], (Ull)s);
    return buf;
}

static uint64_t queued(const Model *m, uint64_t p) {
    return p < m->p_count ? m->p[p].runq.count + (m->p[p].runnext != NONE) : 0;
}

static uint64_t count_m(const Model *m, MState state) {
    uint64_t n = 0;
    for (size_t i = 0; i < m->m_count; i++) n += m->m[i].state == state;
    return n;
}

/* Threads of Go's own that exist: an extra M is none, and a C thread has borrowed it, or nobody. */
static uint64_t count_threads(const Model *m) {
    uint64_t n = 0;
    for (size_t i = 0; i < m->m_count; i++)
        n += m->m[i].state != M_EXTRA && m->m[i].state != M_DEAD && m->m[i].cthread == NONE;
    return n;
}

static uint64_t count_p(const Model *m, PState state) {
    uint64_t n = 0;
    for (size_t i = 0; i < m->p_count; i++) n += m->p[i].state == state;
    return n;
}

static uint64_t count_p_away(const Model *m) {
    uint64_t n = 0;
    for (size_t i = 0; i < m->p_count; i++) n += model_p_in_syscall(m, i);
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

/* "t0 audio" or "t0"; writes into buf and returns it. */
static char *cthread_name(const Model *m, uint64_t t, char *buf, size_t size) {
    const char *name = t < m->cthread_count ? intern_text(m->text, m->cthread[t].name) : "";
    if (name[0]) snprintf(buf, size, "t%llu %s", (Ull)t, CUT(name, 16));
    else snprintf(buf, size, "t%llu", (Ull)t);
    return buf;
}

static const char *ctx_name(const Model *m, uint64_t x) {
    return x < m->ctx_count ? intern_text(m->text, m->ctx[x].name) : "";
}

static uint64_t count_extra(const Model *m) { return count_m(m, M_EXTRA); }

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
               (Ull)e->arg[4], (Ull)p, (Ull)from, in_c(m, g));
        detail(n, "the old P was behind a call");
        return;
    }
    headline(n, "sysmon retook P%llu from M%llu", (Ull)p, (Ull)from);
    const char *fn = in_c(m, g);
    if (gp->state == G_EXTRA) {
        reason(n,
               "M%llu is an extra M that **no thread** has borrowed any more: its last one left P%llu "
               "attached when it gave M%llu back, **%s** ago.",
               (Ull)from, (Ull)p, (Ull)from, since);
        detail(n, "left behind by a C thread");
        return;
    }
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
    uint64_t id = e->arg[0], p = e->arg[1], locked = count_m(m, M_LOCKED), all = count_threads(m);
    headline(n, "A thread is made: M%llu, for P%llu", (Ull)id, (Ull)p);
    if (locked > 0)
        reason(n,
               "P%llu needs a thread and **none** is parked: **%llu** sleep%s, but locked, each for a "
               "goroutine of its own. So the operating system is asked for one. There are now "
               "**%llu threads**.",
               (Ull)p, (Ull)locked, locked == 1 ? "s" : "", (Ull)all);
    else
        reason(n,
               "P%llu needs a thread and **none** is parked, so the operating system is asked for "
               "one. There are now **%llu threads**; Go gives none back, but for one whose "
               "goroutine ends locked to it.",
               (Ull)p, (Ull)all);
    function(n, "startm → newm");
    detail(n, "no thread is parked");
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
    headline(n, "%s waits: %s", who(m, e->arg[0], strlen(why) + 8, gname, sizeof gname), why);
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
    uint64_t away = count_p_away(m);
    headline(n, "sysmon looks at every P");
    reason(n,
           "**%llu** of %llu Ps stand%s behind a call out of Go. After **%llu** rounds without "
           "success it sleeps **%s** next.",
           (Ull)away, (Ull)m->procs, away == 1 ? "s" : "", (Ull)e->arg[0],
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
           (Ull)e->arg[1], in_c(m, e->arg[2]), gname);
    if (m->m[e->arg[1]].state == M_EXTRA)
        reason(n,
               "A C thread has given M%llu back and left P%llu attached to it: to sysmon that is a call "
               "like any other, and this is **the first look** at it.",
               (Ull)e->arg[1], (Ull)e->arg[0]);
    function(n, "sysmon");
    detail(n, "first look: remembered");
}

static void chan_send(const Model *m, const Event *e, Narration *n) {
    char gname[NAME], to[NAME];
    narrate_g(m, e->arg[0], gname, sizeof gname);
    headline(n, "%s sends on %s", gname, chan_name(m, e->arg[1]));
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
    headline(n, "%s receives from %s", gname, chan_name(m, e->arg[1]));
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

static void select_queue(const Model *m, const Event *e, Narration *n) {
    const ModelChan *c = &m->chan[e->arg[1]];
    char gname[NAME];
    bool sends = e->arg[3];
    headline(n, "%s selects at %s", narrate_g(m, e->arg[0], gname, sizeof gname), chan_name(m, e->arg[1]));
    reason(n, "No case of its select is ready, so it will wait at all of them: here **case %llu**, to **%s**, as **number %llu**.",
           (Ull)e->arg[2] + 1, sends ? "send" : "receive", (Ull)(sends ? c->sendq.count : c->recvq.count));
    function(n, "selectgo");
    detail(n, "case %llu", (Ull)e->arg[2] + 1);
}

static void select_won(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char gname[NAME];
    narrate_g(m, a[0], gname, sizeof gname);
    function(n, "selectgo");
    if (a[2] == NONE) {
        headline(n, "%s takes the default", gname);
        if (a[3] == 0) reason(n, "Its select has no other case.");
        else reason(n, "None of **%llu** case%s is ready, and a select with a default does not wait.", (Ull)a[3], plural(a[3]));
        detail(n, "the default");
        return;
    }
    headline(n, "%s selects %s", gname, chan_name(m, a[1]));
    detail(n, "case %llu of %llu", (Ull)a[2] + 1, (Ull)a[3]);
    if (a[4] == 0)
        reason(n, "It waited, and **case %llu of %llu** is served first: it leaves the queues of the others.", (Ull)a[2] + 1, (Ull)a[3]);
    else if (a[4] == 1) reason(n, "**Case %llu of %llu** is the only one that is ready.", (Ull)a[2] + 1, (Ull)a[3]);
    else
        reason(n, "**%llu of %llu** cases are ready: it is chance, not their order in the source, that takes **case %llu**.",
               (Ull)a[4], (Ull)a[3], (Ull)a[2] + 1);
}

static void enqueue(const Model *m, const Event *e, Narration *n) {
    char gname[NAME];
    uint64_t ahead = m->queue[e->arg[1]].depth - 1;
    narrate_g(m, e->arg[2], gname, sizeof gname);
    headline(n, "%s enqueues %s", gname, intern_text(m->text, e->arg[3]));
    reason(n,
           "**%llu work items**, behind **%llu** other command%s. The call returns at once; "
           "nothing has been computed yet.",
           (Ull)e->arg[4], (Ull)ahead, plural(ahead));
    function(n, "clEnqueueNDRangeKernel");
    detail(n, "%llu work items", (Ull)e->arg[4]);
}

static void handoff(const Model *m, const Event *e, Narration *n) {
    uint64_t work = queued(m, e->arg[0]);
    bool taken = m->p[e->arg[0]].retaken_ns == e->time_ns;
    headline(n, "P%llu is handed on", (Ull)e->arg[0]);
    reason(n,
           "%s, so who gets it? P%llu has **%llu goroutine%s** queued, the global queue **%llu**, "
           "**%llu** P%s idle: %s.",
           taken ? "It was taken from a call" : "Its thread may run nobody else, or ends",
           (Ull)e->arg[0], (Ull)work, plural(work), (Ull)m->globq.count, (Ull)count_p_idle(m),
           count_p_idle(m) == 1 ? " is" : "s are", intern_text(m->text, e->arg[1]));
    function(n, "handoffp");
    detail(n, "%s", intern_text(m->text, e->arg[1]));
}

static void stw_begin(const Model *m, const Event *e, Narration *n) {
    char gname[NAME];
    uint64_t away = count_p_away(m), run = count_p(m, P_RUNNING) + count_p(m, P_SYSCALL) - away;
    headline(n, "%s stops the world", who(m, e->arg[0], 16, gname, sizeof gname));
    reason(n,
           "For **%s**. Besides its own, **%llu** P%s Go code and %s asked to stop; **%llu** behind C "
           "and **%llu** idle are taken without asking.",
           intern_text(m->text, e->arg[1]), (Ull)(run ? run - 1 : 0), run == 2 ? " runs" : "s run",
           run == 2 ? "is" : "are", (Ull)away, (Ull)count_p_idle(m));
    function(n, "stopTheWorldWithSema");
    detail(n, "%s", intern_text(m->text, e->arg[1]));
}

static void stop_behind_c(const Model *m, const Event *e, Narration *n) {
    headline(n, "P%llu is stopped behind M%llu", (Ull)e->arg[0], (Ull)e->arg[1]);
    function(n, "setBlockOnExitSyscall → gcstopP");
    if (m->m[e->arg[1]].state == M_EXTRA) {
        reason(n, "M%llu is an extra M that **no thread** has borrowed: there is nobody to ask.",
               (Ull)e->arg[1]);
        detail(n, "left behind by a C thread");
        return;
    }
    reason(n,
           "M%llu is in **%s** and is not asked: **C runs on** through the stop. Should it come back "
           "before the end, it finds no P and queues.",
           (Ull)e->arg[1], in_c(m, e->arg[2]));
    detail(n, "C runs on");
}

static void callback(const Model *m, const Event *e, Narration *n) {
    char name[NAME];
    const char *fn = intern_text(m->text, e->arg[2]);
    uint64_t t = m->m[e->arg[1]].cthread;
    headline(n, "C calls %s on M%llu", CUT(fn, 18), (Ull)e->arg[1]);
    if (t != NONE)
        reason(n,
               "C's own thread **%s** does, as the goroutine **g%llu** of the M that it has borrowed. "
               "It needs a **P** first, like anyone who comes back from C.",
               cthread_name(m, t, name, sizeof name), (Ull)e->arg[0]);
    else
        reason(n,
               "**%s** is in C on this thread, so it runs there too, and is **locked** to it until it "
               "returns: C's frames lie below. It needs a **P** first.",
               narrate_g(m, e->arg[0], name, sizeof name));
    function(n, "cgocallback → cgocallbackg");
    detail(n, "as g%llu, on M%llu", (Ull)e->arg[0], (Ull)e->arg[1]);
}

static void ctx_use(const Model *m, const Event *e, Narration *n) {
    char gname[NAME], where[NAME];
    const char *name = ctx_name(m, e->arg[0]);
    uint64_t on = m->ctx[e->arg[0]].m;
    bool wanted = e->arg[3], ok = e->arg[4];
    int room = HEADLINE_LETTERS; /* what the other words leave of a headline */
    narrate_g(m, e->arg[2], gname, sizeof gname);
    if (on == NONE) snprintf(where, sizeof where, "on **no thread**");
    else snprintf(where, sizeof where, "on **M%llu**", (Ull)on);
    detail(n, "%s", ok ? "as it must be" : "the wrong thread");
    if (wanted && ok) {
        headline(n, "%s uses %s", gname, name);
        reason(n, "It is on **M%llu**, where %s is current.", (Ull)e->arg[1], name);
    } else if (wanted) {
        room -= snprintf(NULL, 0, "g%llu needs  on the wrong thread", (Ull)e->arg[2]);
        headline(n, "g%llu needs %s on the wrong thread", (Ull)e->arg[2], CUT(name, room));
        reason(n,
               "%s runs on **M%llu**, and %s is current %s: the call fails, acts on nothing, or on "
               "somebody else's.%s",
               gname, (Ull)e->arg[1], name, where,
               m->g[e->arg[2]].lock_m == NONE ? " It is **not locked** to a thread." : "");
    } else if (ok) {
        headline(n, "%s is clear of %s", gname, name);
        reason(n, "It is on **M%llu**, and %s is current %s: so it must be.", (Ull)e->arg[1], name,
               where);
    } else {
        room -= snprintf(NULL, 0, "g%llu finds  on its thread", (Ull)e->arg[2]);
        headline(n, "g%llu finds %s on its thread", (Ull)e->arg[2], CUT(name, room));
        reason(n,
               "%s has got **M%llu**, on which somebody left %s current: what it does now happens "
               "there.",
               gname, (Ull)e->arg[1], name);
    }
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
    case EV_PICTURE:
        headline(n, "The program shows %s", intern_text(m->text, m->obj[a[1]].name));
        reason(n, "As a picture of %llu by %llu: what is in memory **now**, at the address where Go has the object.", (Ull)a[2],
               (Ull)a[3]);
        break;
    case EV_DEADLOCK:
        headline(n, m->calls_c ? "All asleep, and with cgo Go stays silent" : "All asleep: Go reports it, not with cgo");
        reason(n,
               "**%llu** wait and no timer is left. Go without cgo ends with: **%s** %s",
               (Ull)a[0], intern_text(m->text, a[1]),
               m->calls_c
                   ? "But this program calls C, so Go keeps an extra M for threads of C's, which counts as awake: it would "
                     "**hang in silence**."
                   : "A program that links cgo hangs silently instead: a C thread might still call "
                     "in.");
        function(n, "checkdead");
        break;
    case EV_PANIC:
        function(n, "fatalpanic");
        if (a[0] == NONE) {
            headline(n, "The runtime gives up");
            reason(n, "**%s**. Nobody can recover from this: the program ends with status 2.",
                   intern_text(m->text, a[1]));
            function(n, "throw");
            break;
        }
        headline(n, "%s panics", narrate_g(m, a[0], g, sizeof g));
        reason(n, "**%s**; nobody recovers, so the whole program ends with status 2.",
               intern_text(m->text, a[1]));
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
        if (a[1] == NONE && m->now_ns > 0) {
            reason(n, "The runtime starts it for itself: it joins the **global queue**, and will "
                      "never end.");
            function(n, "newproc");
            break;
        }
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
        function(n, "goschedImpl");
        detail(n, "%s", intern_text(m->text, a[1]));
        if (m->stw_g != NONE && strcmp(intern_text(m->text, a[1]), "preempted") == 0) {
            reason(n,
                   "Reason: **the world is to stop**. Since Go 1.26 it then stays as its P's "
                   "**runnext** and goes on right after; before, it queued globally.");
            detail(n, "the world is to stop");
            break;
        }
        reason(n, "Reason: **%s**. It goes to the tail of the global queue and needs a new turn.",
               intern_text(m->text, a[1]));
        break;
    case EV_GO_BLOCK: go_block(m, e, n); break;
    case EV_GO_UNBLOCK:
        headline(n, "%s can run again", narrate_g(m, a[0], g, sizeof g));
        if (a[1] == NONE)
            reason(n, "What it waited for has happened. From a timer it becomes **runnext** of the P "
                      "that noticed; from the network it queues behind the others.");
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
        function(n, "preemptone");
        if (m->stw_g != NONE && !m->stw_stopped && a[3] == 0) {
            headline(n, "g%llu is asked to stop", (Ull)a[0]);
            reason(n,
                   "**%s** stops the world (%s), so P%llu must stand still. Its next function "
                   "prologue sees the flag; a signal to M%llu is for code that calls nothing.",
                   narrate_g(m, m->stw_g, g, sizeof g), intern_text(m->text, m->stw_reason),
                   (Ull)a[1], (Ull)a[2]);
            function(n, "preemptall → preemptone");
            detail(n, "the world is to stop");
            break;
        }
        headline(n, "sysmon asks g%llu to stop", (Ull)a[0]);
        reason(n,
               "The time slice on P%llu has lasted **%s**: others must have their turn. Its next "
               "function prologue sees the flag; a signal to M%llu is for code that calls nothing.",
               (Ull)a[1], narrate_time(t, sizeof t, a[3]), (Ull)a[2]);
        detail(n, "the slice is over");
        break;
    case EV_SIGNAL:
        function(n, "doSigPreempt");
        if (a[2]) {
            headline(n, "A signal stops M%llu in its code", (Ull)a[0]);
            reason(n,
                   "SIGURG hits **%s** at an instruction where it can be left: its registers are "
                   "saved, and it goes to the scheduler as if it had called it.",
                   narrate_g(m, a[1], g, sizeof g));
            function(n, "doSigPreempt → asyncPreempt");
            detail(n, "%s is stopped", g);
        } else if (a[1] == NONE) {
            headline(n, "A signal reaches M%llu for nothing", (Ull)a[0]);
            reason(n, "M%llu carries **no goroutine** now: whom it was meant for has gone already.",
                   (Ull)a[0]);
        } else {
            headline(n, "A signal reaches M%llu for nothing", (Ull)a[0]);
            reason(n,
                   "**%s** is between two steps, or is not asked to stop any more. If it still is, "
                   "its next function prologue will see the flag.",
                   narrate_g(m, a[1], g, sizeof g));
        }
        break;
    case EV_SIGNAL_IN_C:
        headline(n, "A signal hits M%llu in C", (Ull)a[0]);
        reason(n,
               "It was sent while M%llu ran Go; now **%s** is in **%s** there. Go's handler finds nothing "
               "to stop, but a system call that cannot be restarted returns **EINTR** to C.",
               (Ull)a[0], narrate_g(m, a[1], g, sizeof g), in_c(m, a[1]));
        function(n, "sighandler");
        detail(n, "C may see EINTR");
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

static void park(const Model *m, const Event *e, Narration *n) {
    uint64_t parked = count_m(m, M_PARKED);
    function(n, "stopm");
    for (size_t i = 0; i < m->m_count; i++) { /* startlockedm parks right after */
        if (m->m[i].state != M_WAKING || m->m[i].lock_g == NONE || m->m[i].since_seq + 1 != e->seq)
            continue;
        reason(n, "It has given its P to **M%zu**, the only thread that may run **g%llu**.", i,
               (Ull)m->m[i].lock_g);
        function(n, "startlockedm → stopm");
        return;
    }
    if (m->stw_g != NONE)
        reason(n, "**The world stops**, so it may have no P. **%llu** thread%s parked.", (Ull)parked,
               parked == 1 ? " is" : "s are");
    else
        reason(n,
               "It has no P and no work. **%llu** thread%s parked; the last to park is the first to "
               "be woken.",
               (Ull)parked, parked == 1 ? " is" : "s are");
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
        park(m, e, n);
        break;
    case EV_M_WAKE:
        headline(n, "M%llu is woken for P%llu", (Ull)a[0], (Ull)a[1]);
        if (m->stw_g != NONE)
            reason(n,
                   "The world is about to run again, and P%llu has work. Since Go 1.26 the thread "
                   "that had a P before gets it back, if it sleeps.",
                   (Ull)a[1]);
        else
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
               "One thread waits for the network and the next timer, for the whole program: **%s** "
               "will be the time, if nothing new comes up. For timers epoll counts whole milliseconds.",
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
               (Ull)count_p_idle(m), (Ull)m->procs);
        function(n, "pidleput");
        break;
    case EV_P_IDLE_GET:
        headline(n, "P%llu is needed", (Ull)a[0]);
        function(n, "pidleget");
        break;
    case EV_P_SYSCALL:
        headline(n, "P%llu is marked as in a call", (Ull)a[0]);
        reason(n,
               "Up to Go 1.25 a P behind a call is **_Psyscall**: whoever wants it takes it by one "
               "compare-and-swap, and M%llu finds out when it comes back.",
               (Ull)a[1]);
        function(n, "reentersyscall");
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
    case EV_SYSMON_POLL:
        headline(n, "sysmon polls the network");
        reason(n,
               "Nobody has for **10 ms**: all threads run Go or sit in C. **%llu** goroutine%s found "
               "ready, and will join the global queue.",
               (Ull)a[0], a[0] == 1 ? " is" : "s are");
        function(n, "sysmon → netpoll");
        break;
    case EV_SYSMON_GC:
        headline(n, "sysmon forces a collection");
        reason(n,
               "There has been none for **%s**; after two minutes sysmon wakes the goroutine that "
               "starts one, however little was allocated.",
               narrate_time(t, sizeof t, a[0]));
        function(n, "sysmon → forcegchelper");
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

static void back_from_c(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char g[NAME];
    narrate_g(m, a[0], g, sizeof g);
    if (e->kind == EV_CGO_EXIT_FAST) {
        headline(n, "%s is back from C", g);
        reason(n,
               "**P%llu was still attached**: nobody noticed, nothing was lost. This is the fast "
               "path.",
               (Ull)a[1]);
        function(n, "exitsyscall");
        detail(n, "fast path: P%llu still there", (Ull)a[1]);
    } else if (e->kind == EV_CGO_EXIT_P) {
        headline(n, "%s is back and found P%llu", g, (Ull)a[1]);
        reason(n, "Its own P had been taken. **P%llu** was free, so it goes on at once.",
               (Ull)a[1]);
        function(n, "exitsyscallTryGetP");
        detail(n, "P%llu was free", (Ull)a[1]);
    } else {
        headline(n, "%s is back and has no P", g);
        reason(n,
               "Its own P was taken and **%s**: it goes to the tail of the global queue, and M%llu "
               "parks.",
               m->stw_g != NONE ? "the world stands still" : "no P is free", (Ull)a[1]);
        function(n, "exitsyscallNoP");
        detail(n, "to the global queue");
    }
}

/* The same three ways, from the other side: C has called Go. */
static void into_callback(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    const char *fn = in_c(m, a[0]);
    if (e->kind == EV_CGO_EXIT_FAST) {
        headline(n, "g%llu is in Go: %s", (Ull)a[0], fn);
        reason(n, "**P%llu was still attached** to M%llu from before: the callback runs at once.",
               (Ull)a[1], (Ull)a[2]);
        function(n, "cgocallbackg → exitsyscall");
        detail(n, "P%llu was still there", (Ull)a[1]);
    } else if (e->kind == EV_CGO_EXIT_P) {
        headline(n, "g%llu is in Go: %s", (Ull)a[0], fn);
        reason(n, "A callback needs a P, and M%llu had none: **P%llu** was free.", (Ull)a[2],
               (Ull)a[1]);
        function(n, "exitsyscallTryGetP");
        detail(n, "P%llu was free", (Ull)a[1]);
    } else {
        headline(n, "g%llu waits to get into %s", (Ull)a[0], fn);
        reason(n,
               "A callback needs a P, and **%s**: its goroutine queues behind everyone, and C waits "
               "with it: M%llu may run nobody else.",
               m->stw_g != NONE ? "the world stands still" : "no P is free", (Ull)a[1]);
        function(n, "exitsyscallNoP");
        detail(n, "to the global queue; C waits");
    }
}

static void tell_cgo(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char g[NAME], t[NAME];
    switch (e->kind) {
    case EV_CGO_ENTER: cgo_enter(m, e, n); break;
    case EV_CGO_EXIT_FAST:
    case EV_CGO_EXIT_P:
    case EV_CGO_EXIT_WAIT:
        if (m->g[a[0]].fn != NONE) into_callback(m, e, n);
        else back_from_c(m, e, n);
        break;
    case EV_CGO_WORK:
        if (a[0] == NONE) headline(n, "A C thread works");
        else headline(n, "%s works in C", narrate_g(m, a[0], g, sizeof g));
        reason(n, "**%s** of its thread's time. It needs no P, and the scheduler cannot stop it.",
               narrate_time(t, sizeof t, a[1]));
        detail(n, "%s", t);
        break;
    default: break;
    }
}

static void tell_chan(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char g[NAME];
    switch (e->kind) {
    case EV_CHAN_MAKE:
        headline(n, "Channel %s is made", CUT(chan_name(m, a[0]), 20));
        reason(n, "With room for **%llu** value%s.", (Ull)a[1], plural(a[1]));
        function(n, "makechan");
        break;
    case EV_CHAN_SEND: chan_send(m, e, n); break;
    case EV_CHAN_RECV: chan_recv(m, e, n); break;
    case EV_CHAN_QUEUE:
        headline(n, "%s queues at %s", narrate_g(m, a[0], g, sizeof g), chan_name(m, a[1]));
        reason(n, "It wants to **%s** and is **number %llu** there.", a[2] ? "send" : "receive",
               (Ull)(a[2] ? m->chan[a[1]].sendq.count : m->chan[a[1]].recvq.count));
        function(n, a[2] ? "chansend" : "chanrecv");
        break;
    case EV_SELECT_QUEUE: select_queue(m, e, n); break;
    case EV_SELECT: select_won(m, e, n); break;
    case EV_CHAN_CLOSE:
        headline(n, "%s closes %s", narrate_g(m, a[0], g, sizeof g), chan_name(m, a[1]));
        reason(n,
               "Every receiver is released with the zero value; a sender that waits there panics.");
        function(n, "closechan");
        break;
    default: break;
    }
}

static void tell_world(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char g[NAME], t[NAME];
    uint64_t stopped = count_p(m, P_GCSTOP), surplus = 0;
    for (size_t p = m->procs; p < m->p_count; p++) surplus += m->p[p].state != P_DEAD;
    switch (e->kind) {
    case EV_STW_BEGIN: stw_begin(m, e, n); break;
    case EV_P_STOP:
        headline(n, "P%llu stands still", (Ull)a[0]);
        reason(n, "It was idle, or its thread gave it up at a safe point: **%llu of %llu** are stopped.",
               (Ull)stopped, (Ull)m->procs);
        function(n, e->time_ns == m->stw_ns ? "stopTheWorldWithSema" : "gcstopm");
        break;
    case EV_P_STOP_OWN:
        headline(n, "P%llu counts as stopped", (Ull)a[0]);
        reason(n, "**M%llu** stops the world, and goes on with it: somebody has to.", (Ull)a[1]);
        function(n, "stopTheWorldWithSema");
        break;
    case EV_P_STOP_C: stop_behind_c(m, e, n); break;
    case EV_STW_STOPPED:
        headline(n, "The world stands still");
        reason(n,
               "Every P is stopped, **%s** after the first request. Threads in C that run on all the "
               "same: **%llu**.",
               narrate_time(t, sizeof t, a[1]), (Ull)count_m(m, M_IN_C));
        function(n, "stopTheWorldWithSema");
        detail(n, "after %s", t);
        break;
    case EV_PROCS:
        headline(n, "GOMAXPROCS is %llu from now on", (Ull)a[0]);
        reason(n,
               "The world must stand still for it. Ps that are new begin stopped; **%llu** P%s too "
               "many and will be emptied.",
               (Ull)surplus, surplus == 1 ? " is" : "s are");
        function(n, "procresize");
        break;
    case EV_P_DRAIN:
        headline(n, "P%llu is emptied", (Ull)a[0]);
        if (a[1] == 0)
            reason(n, "Nothing was queued there. Its timers move to a P that stays.");
        else
            reason(n,
                   "**%llu** goroutine%s to the **head** of the global queue, before those that wait "
                   "there; its timers move to a P that stays.",
                   (Ull)a[1], a[1] == 1 ? " goes" : "s go");
        function(n, "(*p).destroy");
        detail(n, "%llu to the global queue", (Ull)a[1]);
        break;
    case EV_P_KILL:
        headline(n, "P%llu is no more", (Ull)a[0]);
        reason(n, "It is **_Pdead**; the object is kept, in case GOMAXPROCS grows again.");
        function(n, "(*p).destroy");
        break;
    case EV_P_START:
        headline(n, "P%llu may be used again", (Ull)a[0]);
        if (queued(m, a[0]) > 0)
            reason(n, "**%llu** wait in its queue, so a thread will be woken for it.",
                   (Ull)queued(m, a[0]));
        else reason(n, "It has nothing to run.");
        function(n, "procresize");
        break;
    case EV_P_START_OWN:
        headline(n, "M%llu goes on with P%llu", (Ull)a[1], (Ull)a[0]);
        reason(n, "It stopped the world and kept its P, so nobody has to be woken for it.");
        function(n, "procresize");
        break;
    case EV_STW_END:
        headline(n, "The world runs again");
        reason(n, "**%s** after **%s** began to stop it. Whoever came back from C meanwhile waits in "
                  "the global queue.",
               narrate_time(t, sizeof t, a[1]), narrate_g(m, a[0], g, sizeof g));
        function(n, "startTheWorldWithSema");
        detail(n, "after %s", t);
        break;
    default: break;
    }
}

static void tell_lock(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char g[NAME];
    switch (e->kind) {
    case EV_LOCK_THREAD:
        headline(n, "%s is locked to M%llu", narrate_g(m, a[0], g, sizeof g), (Ull)a[1]);
        if (a[2] > 1)
            reason(n, "It was already: the lock is **%llu** deep, and takes as many unlocks.",
                   (Ull)a[2]);
        else
            reason(n,
                   "It runs on **M%llu only**, and M%llu runs **nobody else**. It gets no P by that, "
                   "and each wait of it costs two switches of threads.",
                   (Ull)a[1], (Ull)a[1]);
        function(n, "LockOSThread");
        detail(n, "depth %llu", (Ull)a[2]);
        break;
    case EV_UNLOCK_THREAD:
        narrate_g(m, a[0], g, sizeof g);
        function(n, "UnlockOSThread");
        detail(n, "depth %llu", (Ull)a[2]);
        if (a[2] > 0) {
            headline(n, "%s undoes one lock", g);
            reason(n, "**%llu** more, and it is free of M%llu.", (Ull)a[2], (Ull)a[1]);
        } else if (m->g[a[0]].lock_m != NONE) {
            headline(n, "%s undoes its lock", g);
            reason(n,
                   "But it is in a **callback**: C's frames lie below it on M%llu, so the runtime's "
                   "own lock holds until that returns.",
                   (Ull)a[1]);
        } else {
            headline(n, "%s is free of M%llu", g, (Ull)a[1]);
            reason(n, "**Any thread** may run it from now on, and M%llu anybody.", (Ull)a[1]);
        }
        break;
    case EV_M_LOCK_PARK:
        headline(n, "M%llu sleeps, locked to g%llu", (Ull)a[0], (Ull)a[1]);
        reason(n,
               "**g%llu** cannot run now, and M%llu may run **nobody else**. A P that it had is handed "
               "on; it sleeps until g%llu has its turn.",
               (Ull)a[1], (Ull)a[0], (Ull)a[1]);
        function(n, "stoplockedm");
        detail(n, "only for g%llu", (Ull)a[1]);
        break;
    case EV_M_LOCK_WAKE:
        headline(n, "M%llu is woken with P%llu for g%llu", (Ull)a[0], (Ull)a[2], (Ull)a[1]);
        reason(n,
               "Another thread took **g%llu** off a queue and may not run it: it gives its **P%llu** "
               "to M%llu and parks. One switch, **two threads**.",
               (Ull)a[1], (Ull)a[2], (Ull)a[0]);
        function(n, "startlockedm");
        detail(n, "P%llu goes along", (Ull)a[2]);
        break;
    case EV_M_END:
        headline(n, "M%llu ends with g%llu", (Ull)a[0], (Ull)a[1]);
        reason(n,
               "g%llu ended **without unlocking**: nobody else shall get a thread in who knows "
               "what state, so it is thrown away. The only way in which Go gives a thread back.",
               (Ull)a[1]);
        function(n, "mexit");
        break;
    case EV_M_WEDGE:
        headline(n, "M%llu is parked for ever", (Ull)a[0]);
        reason(n,
               "g%llu ended **without unlocking**. M%llu is the process's first thread and cannot "
               "end before it: it is parked, **for ever**.",
               (Ull)a[1], (Ull)a[0]);
        function(n, "mexit");
        break;
    case EV_M_TEMPLATE:
        headline(n, "M%llu is the template thread", (Ull)a[0]);
        reason(n,
               "Started by the **first LockOSThread**, while all is in order: locked threads will ask "
               "it for new ones, since theirs would inherit what is odd about them.");
        function(n, "startTemplateThread");
        break;
    case EV_M_ASK:
        headline(n, "M%llu has M%llu made for it", (Ull)a[1], (Ull)a[0]);
        reason(n,
               "**M%llu is locked**: a thread that it made would have its namespace and signal mask, "
               "whatever they are. The **template thread** makes M%llu instead.",
               (Ull)a[1], (Ull)a[0]);
        function(n, "newm → templateThread");
        break;
    default: break;
    }
}

static void tell_callback(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char t[NAME];
    switch (e->kind) {
    case EV_CALLBACK: callback(m, e, n); break;
    case EV_CALLBACK_END:
        headline(n, "g%llu returns to %s", (Ull)a[0], in_c(m, a[0]));
        reason(n,
               "The Go function is done. **P%llu stays attached** to M%llu and runs nothing, with "
               "**%llu** in its queue, as at any call out of Go.",
               (Ull)a[2], (Ull)a[1], (Ull)queued(m, a[2]));
        function(n, "cgocallbackg → reentersyscall");
        detail(n, "P%llu stays behind, attached", (Ull)a[2]);
        break;
    case EV_C_THREAD:
        headline(n, "C starts thread %s", cthread_name(m, a[0], t, sizeof t));
        reason(n, "**Go knows nothing of it**: it has no M, no goroutine and no P, until it calls in.");
        function(n, "pthread_create");
        break;
    case EV_C_THREAD_END:
        headline(n, "C's thread %s has ended", cthread_name(m, a[0], t, sizeof t));
        reason(n, "Go did not start it and does not end it. An M that it had borrowed is on the list "
                  "of extra Ms again.");
        function(n, "pthread_exit");
        break;
    case EV_EXTRA_NEW:
        headline(n, "A spare M%llu is made, with g%llu", (Ull)a[0], (Ull)a[1]);
        reason(n,
               "For a C thread that will call Go. **No thread** belongs to it; the list of extra Ms has "
               "**%llu** now.",
               (Ull)count_extra(m));
        function(n, "newextram → oneNewExtraM");
        break;
    case EV_NEEDM:
        headline(n, "%s borrows M%llu", cthread_name(m, a[1], t, sizeof t), (Ull)a[0]);
        reason(n,
               "A C thread can run Go only as somebody: it takes M%llu and **g%llu** off the list of "
               "extra Ms, where **%llu** are left. Since Go 1.21 it keeps them until it ends.",
               (Ull)a[0], (Ull)a[2], (Ull)count_extra(m));
        function(n, "needm");
        detail(n, "and its goroutine g%llu", (Ull)a[2]);
        break;
    case EV_NEEDM_WAIT:
        headline(n, "%s finds no extra M", cthread_name(m, a[0], t, sizeof t));
        reason(n,
               "The list is **empty**. It looks again every microsecond, until a thread that gets into "
               "Go makes more: one for each that waits.");
        function(n, "lockextra");
        break;
    case EV_DROPM:
        headline(n, "%s gives M%llu back", cthread_name(m, a[1], t, sizeof t), (Ull)a[0]);
        if (m->m[a[0]].p != NONE)
            reason(n,
                   "M%llu and **g%llu** are on the list again. **P%llu is still attached** to them, and "
                   "stands there until somebody takes it.",
                   (Ull)a[0], (Ull)a[2], (Ull)m->m[a[0]].p);
        else reason(n, "M%llu and **g%llu** are on the list of extra Ms again.", (Ull)a[0], (Ull)a[2]);
        function(n, "dropm");
        break;
    default: break;
    }
}

static void tell_net(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char g[NAME], t[NAME], until[NAME];
    switch (e->kind) {
    case EV_NET_WAIT:
        headline(n, "%s waits for the network", narrate_g(m, a[0], g, sizeof g));
        narrate_time(t, sizeof t, a[1]);
        if (a[2] != NONE)
            reason(n,
                   "It will come in **%s**; its deadline is in **%s**. The poller knows what it waits "
                   "for, so it parks and **its thread goes on**.",
                   t, narrate_time(until, sizeof until, a[2]));
        else
            reason(n,
                   "It will come in **%s**. The poller knows what it waits for, so it parks and **its "
                   "thread goes on** with others.",
                   t);
        function(n, "netpollblock");
        if (a[2] == NONE) detail(n, "ready in %s", t);
        else detail(n, "ready in %s, deadline %s", t, until);
        break;
    case EV_NET_READY:
        narrate_time(t, sizeof t, a[1]);
        if (a[2]) {
            headline(n, "The network is ready for g%llu", (Ull)a[0]);
            reason(n, "It has been for **%s**; somebody had to poll to see it.", t);
            function(n, "netpoll → netpollready");
        } else {
            headline(n, "The deadline of g%llu is over", (Ull)a[0]);
            reason(n,
                   "A deadline is a timer, and this one fires **%s** late. The call returns an error, "
                   "and the network is not asked any more.",
                   t);
            function(n, "netpollDeadline");
        }
        detail(n, "%s late", t);
        break;
    case EV_TIMER_FUNC:
        headline(n, "time.AfterFunc's time has come");
        reason(n, "**%s** late. Its function gets a **goroutine of its own**; whoever called AfterFunc does not notice.",
               narrate_time(t, sizeof t, a[1]));
        function(n, "goFunc");
        break;
    case EV_TIMER_SEND:
        narrate_time(t, sizeof t, a[2]);
        function(n, "sendTime");
        detail(n, "%s late", t);
        if (!a[3]) {
            headline(n, "A tick on %s is lost", CUT(chan_name(m, a[0]), 18));
            reason(n,
                   "The tick before it has not been received, and there is room for **one**. A timer "
                   "never waits: what finds no room is **dropped**.");
            detail(n, "no room: dropped");
        } else if (m->chan[a[0]].count > 0) {
            headline(n, "A timer sends on %s", chan_name(m, a[0]));
            reason(n, "**%s** late. Nobody waits there: the value lies in the buffer.", t);
        } else {
            headline(n, "A timer sends on %s", chan_name(m, a[0]));
            reason(n, "**%s** late: a timer fires when a thread with a P looks. A receiver waits "
                      "there and gets the value.",
                   t);
        }
        break;
    default: break;
    }
}

static void tell_context(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char g[NAME];
    switch (e->kind) {
    case EV_CTX_NEW:
        headline(n, "Context %s is made", CUT(ctx_name(m, a[0]), 20));
        reason(n, "C keeps in the **thread** which context is current; a call does not name it.");
        break;
    case EV_CTX_CURRENT:
        narrate_g(m, a[2], g, sizeof g);
        if (a[1] == NONE) {
            headline(n, "%s is current nowhere", CUT(ctx_name(m, a[0]), 20));
            reason(n, "%s has released it: any thread may take it now.", g);
        } else if (m->m[a[1]].lock_g == a[2]) {
            headline(n, "%s is current on M%llu", CUT(ctx_name(m, a[0]), 20), (Ull)a[1]);
            reason(n, "%s is **locked** to M%llu: it will find it there.", g, (Ull)a[1]);
        } else {
            headline(n, "%s is current on M%llu", CUT(ctx_name(m, a[0]), 20), (Ull)a[1]);
            reason(n,
                   "%s runs there now and is **not locked**: after any wait or call it may go on on "
                   "another thread, and the context stays on M%llu.",
                   g, (Ull)a[1]);
        }
        break;
    case EV_CTX_USE: ctx_use(m, e, n); break;
    default: break;
    }
}

static void tell_across(const Model *m, const Event *e, Narration *n) {
    static const struct {
        const char *way, *function, *reason;
    } ways[] = {
        {"cgo", "cgocall", "A call out of Go: the work is **invisible to the scheduler** while it lasts."},
        {"purego", "cgocall",
         "The **same door** as cgo, without a C compiler: the scheduler sees no more, and the arguments "
         "cost more."},
        {"wasm", "",
         "A sandbox in this process: no call out of Go, so P and thread are **busy** and nobody can take "
         "them; data is **copied** in and back."},
        {"go", "", "Plain Go: no crossing, no copy, and it can be **preempted** anywhere."},
        {"process", "",
         "Another process, and pipes in between: the goroutine **parks at the network**, and holds neither "
         "thread nor P."}};
    const uint64_t *a = e->arg;
    char g[NAME], t[NAME];
    switch (e->kind) {
    case EV_ACROSS: {
        const char *way = intern_text(m->text, a[1]);
        headline(n, "%s does a job by %s", narrate_g(m, a[0], g, sizeof g), way);
        for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
            if (strcmp(way, ways[i].way) != 0) continue;
            reason(n, "%s", ways[i].reason);
            function(n, "%s", ways[i].function);
        }
        detail(n, "%llu bytes", (Ull)a[2]);
        break;
    }
    case EV_ACROSS_PART:
        headline(n, "%s", intern_text(m->text, a[1]));
        if (n->headline[0] >= 'a' && n->headline[0] <= 'z') n->headline[0] ^= 'a' ^ 'A';
        reason(n, "**%s** of what this way costs %s.", narrate_time(t, sizeof t, a[2]),
               narrate_g(m, a[0], g, sizeof g));
        detail(n, "%s", t);
        break;
    default: break;
    }
}

static const char *cmd_name(const Model *m, uint64_t cmd) { return intern_text(m->text, m->cmd[cmd].name); }

static void tell_device(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char g[NAME], t[NAME];
    switch (e->kind) {
    case EV_DEV_ENQUEUE: enqueue(m, e, n); break;
    case EV_DEV_ARG:
        headline(n, "%s holds the address of %s", CUT(cmd_name(m, a[0]), 20),
                 intern_text(m->text, m->obj[a[1]].name));
        reason(n, "Until the command is done, it %s this memory.", a[2] ? "writes to" : "reads");
        break;
    case EV_DEV_STALE:
        headline(n, "%s has an old address", CUT(cmd_name(m, a[0]), 16));
        reason(n, "**%s** is not there any more. %llu of %llu slices have run; the others use what is there now.",
               intern_text(m->text, m->obj[a[1]].name), (Ull)a[2], (Ull)m->cmd[a[0]].slices);
        detail(n, "%llu slices too late", (Ull)(m->cmd[a[0]].slices - a[2]));
        break;
    case EV_DEV_START:
        headline(n, "The device begins %s", cmd_name(m, a[0]));
        reason(n, "In **%llu slices**, for **%s** of virtual time. No goroutine notices.",
               (Ull)a[1], narrate_time(t, sizeof t, a[2]));
        break;
    case EV_DEV_DONE:
        headline(n, "The device has done %s", cmd_name(m, a[0]));
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
    case EV_DEV_QUEUE:
        headline(n, "%s makes the queue %s", narrate_g(m, a[1], g, sizeof g), intern_text(m->text, a[2]));
        if (a[3]) reason(n, "Its commands begin **as soon as they can**; what must come first stands in their wait lists.");
        else reason(n, "Its commands run **one after the other**, but beside those of other queues.");
        function(n, "clCreateCommandQueue");
        break;
    case EV_DEV_AFTER:
        headline(n, "%s waits for %s", CUT(cmd_name(m, a[0]), 20), cmd_name(m, a[1]));
        reason(n, "**k%llu** begins only when **k%llu** is done. The device sees to that; no goroutine has to wait.", (Ull)a[0], (Ull)a[1]);
        break;
    case EV_DEV_EVENT:
        headline(n, "%s makes the event %s", narrate_g(m, a[1], g, sizeof g), intern_text(m->text, a[2]));
        reason(n, "No command will complete it: **the host** says when it has happened, and commands can wait for it.");
        function(n, "clCreateUserEvent");
        break;
    case EV_DEV_SET:
        headline(n, "%s has happened", CUT(cmd_name(m, a[0]), 20));
        reason(n, "%s says so; what waited for it on the device may begin.", narrate_g(m, a[1], g, sizeof g));
        function(n, "clSetUserEventStatus");
        break;
    case EV_DEV_WAIT_FOR:
        headline(n, "M%llu sleeps in the driver", (Ull)a[1]);
        reason(n, "It carries %s and waits for **%s** (k%llu). Go's runtime does not know why, nor for how long.",
               narrate_g(m, a[0], g, sizeof g), cmd_name(m, a[2]), (Ull)a[2]);
        function(n, "clWaitForEvents");
        break;
    case EV_DEV_CALLBACK:
        headline(n, "%s wants to hear of %s", narrate_g(m, a[1], g, sizeof g), cmd_name(m, a[0]));
        reason(n, "Nobody waits: when **k%llu** is done, **a thread of the driver's** will call Go.", (Ull)a[0]);
        function(n, "clSetEventCallback");
        break;
    case EV_DEV_NOTIFY:
        headline(n, "The driver tells of %s", cmd_name(m, a[0]));
        reason(n, "On its own thread **t%llu**, which needs an M and a P to call Go.", (Ull)a[1]);
        break;
    default: break;
    }
}

static void tell_package_context(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char g[NAME], t[NAME];
    switch (e->kind) {
    case EV_CONTEXT_NEW:
        headline(n, "%s makes ctx%llu", narrate_g(m, a[2], g, sizeof g), (Ull)a[0]);
        if (a[1] == NONE) reason(n, "It hangs below **Background**, which is never over.");
        else reason(n, "It hangs below **ctx%llu**: when that is over, it is over too.", (Ull)a[1]);
        if (a[4] != NONE) detail(n, "deadline %s", narrate_time(t, sizeof t, a[4]));
        function(n, a[3] == 0 ? "context.WithCancel" : a[3] == 1 ? "context.WithDeadline" : "context.AfterFunc");
        break;
    case EV_CONTEXT_CANCEL:
        headline(n, "ctx%llu: %s", (Ull)a[0], intern_text(m->text, a[3]));
        if (a[2] == a[0])
            reason(n, "%s says so. A flag is set and a channel closed: **nobody is stopped by it**, whoever has it must look.",
                   narrate_g(m, a[1], g, sizeof g));
        else reason(n, "Because **ctx%llu**, above it, is.", (Ull)a[2]);
        function(n, "context.(*cancelCtx).cancel");
        break;
    case EV_CONTEXT_USE:
        if (a[2] != NONE) headline(n, "%s asks for ctx%llu's Done channel", narrate_g(m, a[0], g, sizeof g), (Ull)a[1]);
        else headline(n, "%s asks whether ctx%llu is over", narrate_g(m, a[0], g, sizeof g), (Ull)a[1]);
        reason(n, m->context[a[1]].over_ns == NONE ? "It is not." : "**It is.**");
        break;
    default: break;
    }
}

void narrate(const Model *m, const Event *e, Narration *n) {
    static void (*const tell[])(const Model *, const Event *, Narration *) = {
        tell_run,   tell_goroutine, tell_queue,    tell_thread,   tell_processor, tell_world,
        tell_lock,  tell_sysmon,    tell_cgo,      tell_callback, tell_context,   tell_across,
        tell_net,   tell_chan,      narrate_memory, tell_device, narrate_sync,
        tell_package_context};
    *n = (Narration){0};
    if (m->imported) narrate_import(m, e, n);
    for (size_t i = 0; i < ARRAY_LEN(tell) && n->headline[0] == '\0'; i++) tell[i](m, e, n);
    if (n->headline[0]) return;
    headline(n, "An event of an unknown kind");
    reason(n, "A newer program wrote this trace.");
}

bool narrate_is_story(const Event *e) {
    switch ((EventKind)e->kind) {
    case EV_NOTE:
    case EV_PICTURE:
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
    case EV_DEV_WAIT_FOR:
    case EV_DEV_START:
    case EV_DEV_DONE:
    case EV_DEV_SET:
    case EV_DEV_NOTIFY:
    case EV_CONTEXT_CANCEL:
    case EV_GO_STOP:
    case EV_PREEMPT_ASK:
    case EV_SIGNAL_IN_C:
    case EV_LOCK_THREAD:
    case EV_UNLOCK_THREAD:
    case EV_M_LOCK_WAKE:
    case EV_M_END:
    case EV_M_WEDGE:
    case EV_STW_BEGIN:
    case EV_STW_END:
    case EV_PROCS:
    case EV_SYSMON_POLL:
    case EV_SYSMON_GC:
    case EV_GC_BEGIN:
    case EV_GC_MARKED:
    case EV_GC_END:
    case EV_OBJ_MOVE:
    case EV_OBJ_FREE:
    case EV_MEM_NEW:
    case EV_MEM_FULL:
    case EV_MEM_FREE:
    case EV_COPY:
    case EV_STACK_GROW:
    case EV_STACK_MOVE:
    case EV_DEV_STALE:
    case EV_NET_WAIT:
    case EV_CALLBACK:
    case EV_CALLBACK_END:
    case EV_NEEDM:
    case EV_DROPM:
    case EV_ACROSS:
    case EV_ACROSS_PART:
    case EV_CTX_CURRENT:
    case EV_CHAN_CLOSE:
    case EV_SYNC_QUEUE:
    case EV_SYNC_WAKE:
    case EV_SYNC_STARVE:
    case EV_SYNC_SIGNAL:
    case EV_SYNC_DONE:
    case EV_SYNC_ERROR:
    case EV_EXPECT_FAILED:
    case EV_EXPECT_UNCHECKED: return true;
    case EV_CTX_USE: return event_arg(e, "ok") == 0;
    default: return false;
    }
}

/* why.c -- the chain of causes, in sentences.
 *
 * A tale goes from the thing asked about to what holds it up, and from there to what holds that up:
 *
 *   g9 runnable ─▶ P1, whose queue it is on ─▶ g7, in C with P1 ─▶ clFinish, called at line 16
 *   g5 waiting  ─▶ its lock ─▶ who has it, since when ─▶ why that one does not give it back
 *   g1 waiting  ─▶ its channel ─▶ who will send ─▶ why that one has not yet
 *   M3          ─▶ the event that made it ─▶ cause ─▶ cause ─▶ an event with a line
 *
 * Present states are read off the model; what led to them, and what will end them, off the events (trail.c).
 * A state or a reason that is not known here still gives a true sentence, and the walk goes on.
 */
#include "why.h"

#include "../base/units.h"
#include "../event/place.h"
#include "narrate.h"
#include "trail.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long long Ull;
enum { NAME = 64, PLACE = PLACE_TEXT_MAX + 8 };

typedef struct {
    const WhyAt *at;
    const Model *m;
    Why *y;
    uint64_t told[WHY_SENTENCES_MAX]; /* goroutines in this chain of waiting, in its order */
    size_t told_count;
} Tale;

static void say(Tale *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void say(Tale *t, const char *fmt, ...) {
    if (t->y->count == WHY_SENTENCES_MAX) return;
    char *sentence = t->y->sentence[t->y->count++];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(sentence, WHY_SENTENCE_MAX, fmt, ap);
    va_end(ap);
    char *outside = t->m->imported ? strstr(sentence, WHY_OUTSIDE) : NULL;
    if (outside == NULL) return; /* an imported trace has no scenario */
    memmove(outside + strlen(WHY_OUTSIDE_IMPORTED), outside + strlen(WHY_OUTSIDE), strlen(outside + strlen(WHY_OUTSIDE)) + 1);
    memcpy(outside, WHY_OUTSIDE_IMPORTED, strlen(WHY_OUTSIDE_IMPORTED));
}

/* " at blocking.lua:37"; "" for no line */
static char *place(const WhyAt *at, uint64_t line, char *buf) {
    char text[PLACE_TEXT_MAX];
    place_in(text, at->model->text, at->scenario, line == NONE ? 0 : line);
    snprintf(buf, PLACE, "%s%s", text[0] ? " at " : "", text);
    return buf;
}

/* Texts that live as long as the block they are used in. */
#define G(id) narrate_g(t->m, (id), (char[NAME]){0}, NAME)
#define CHAN(id) narrate_chan(t->m, (id), (char[NAME]){0}, NAME)
#define THING(id) narrate_thing(t->m, (id), (char[NAME]){0}, NAME)
#define TIME(ns) time_text((char[TIME_TEXT_MAX]){0}, TIME_TEXT_MAX, (ns))
#define AT(line) place(t->at, (line), (char[PLACE]){0})
#define STR(id) intern_text(t->m->text, (id))
#define PLURAL(n) ((n) == 1 ? "" : "s")

static uint64_t ago(const Tale *t, uint64_t ns) { return t->at->now_ns - ns; }
static uint64_t in(const Tale *t, uint64_t ns) {
    return ns > t->at->now_ns ? ns - t->at->now_ns : 0;
}
static const ModelG *g_of(const Tale *t, uint64_t g) {
    return g < t->m->g_count && t->m->g[g].state != G_NONE ? &t->m->g[g] : NULL;
}
static const ModelM *m_of(const Tale *t, uint64_t m) {
    return m < t->m->m_count && t->m->m[m].state != M_NONE ? &t->m->m[m] : NULL;
}

/* ---- where it began ---- */

/* What a goroutine did, and where there is none, what happened. */
static const char *const did[EV_COUNT] = {
    [EV_NOTE] = "said something",
    [EV_PICTURE] = "showed a picture",
    [EV_PANIC] = "panicked",
    [EV_EXPECT_HELD] = "an expectation was checked",
    [EV_EXPECT_FAILED] = "an expectation was checked",
    [EV_EXPECT_UNCHECKED] = "an expectation was to be checked",
    [EV_UNLOCK_THREAD] = "called UnlockOSThread",
    [EV_TIMER_FUNC] = "a timer was due whose function was given",
    [EV_ACROSS] = "began a job that goes another way",
    [EV_CTX_NEW] = "a graphics context was made",
    [EV_CTX_CURRENT] = "made a context current, or let go of it",
    [EV_CTX_USE] = "used what is bound to a thread",
    [EV_GC_SWEEP] = "a P had to sweep for an allocation",
    [EV_GC_ASSIST] = "had to help the collector",
    [EV_OBJ_NEW] = "an object was made",
    [EV_CLEANUP] = "called AddCleanup",
    [EV_FINALIZER] = "called SetFinalizer",
    [EV_HANDLE] = "used a cgo.Handle",
    [EV_PIN] = "pinned an object",
    [EV_UNPIN] = "took a pin out",
    [EV_MEM_NEW] = "C or the driver gave memory",
    [EV_MEM_FULL] = "asked for memory that was not there",
    [EV_MEM_FREE] = "gave memory back",
    [EV_ADDRESS] = "gave an address away as a number",
    [EV_STACK_GROW] = "needed a larger stack",
    [EV_COPY] = "copied",
    [EV_DEV_QUEUE] = "made a queue",
    [EV_DEV_EVENT] = "made an event for the device",
    [EV_DEV_SET] = "set an event for the device",
    [EV_DEV_CALLBACK] = "asked the driver for a callback",
    [EV_SYNC_TRY] = "tried a lock in vain",
    [EV_SYNC_DONE] = "came back from the function of a Once",
    [EV_SYNC_ERROR] = "gave its group an error",
    [EV_CONTEXT_NEW] = "made a context",
    [EV_CONTEXT_CANCEL] = "brought a context to its end",
    [EV_CONTEXT_USE] = "looked at a context",
    [EV_TASK_BEGIN] = "began a task",
    [EV_TASK_END] = "ended a task",
    [EV_REGION_BEGIN] = "began a region",
    [EV_REGION_END] = "ended a region",
    [EV_LOG] = "logged something",
};

/* What an event with a line says of the scenario: "g3 worker sent on done (c0) at blocking.lua:22". */
static void root_text(const Tale *t, const Event *e, char *buf, size_t size) {
    const uint64_t *a = e->arg;
    switch (e->kind) {
    case EV_GO_CREATE:
        if (a[1] == NONE)
            snprintf(buf, size, "the runtime started %s, whose function begins%s", G(a[0]),
                     AT(a[3]));
        else snprintf(buf, size, "%s made %s%s", G(a[1]), G(a[0]), AT(a[3]));
        break;
    case EV_GO_BLOCK:
        snprintf(buf, size, "%s stopped to wait (%s)%s", G(a[0]), STR(a[1]), AT(a[2]));
        break;
    case EV_GO_COMPUTE: snprintf(buf, size, "%s computed%s", G(a[0]), AT(a[2])); break;
    case EV_GO_SLEEP:
        snprintf(buf, size, "%s went to sleep for %s%s", G(a[0]), TIME(a[1]), AT(a[2]));
        break;
    case EV_CGO_ENTER:
    case EV_SYSCALL: snprintf(buf, size, "%s called %s%s", G(a[0]), STR(a[3]), AT(a[4])); break;
    case EV_CHAN_MAKE: snprintf(buf, size, "%s was made%s", CHAN(a[0]), AT(a[3])); break;
    case EV_CHAN_SEND: snprintf(buf, size, "%s sent on %s%s", G(a[0]), CHAN(a[1]), AT(a[3])); break;
    case EV_CHAN_RECV:
        snprintf(buf, size, "%s received from %s%s", G(a[0]), CHAN(a[1]), AT(a[4]));
        break;
    case EV_CHAN_QUEUE:
        snprintf(buf, size, "%s stopped to wait at %s%s", G(a[0]), CHAN(a[1]), AT(a[3]));
        break;
    case EV_SELECT_QUEUE:
        snprintf(buf, size, "%s stopped to wait in a select, at %s,%s", G(a[0]), CHAN(a[1]), AT(a[4]));
        break;
    case EV_SELECT:
        if (a[2] == NONE) snprintf(buf, size, "%s took the default of a select%s", G(a[0]), AT(a[5]));
        else snprintf(buf, size, "%s came to case %llu of its select, at %s,%s", G(a[0]), (Ull)a[2] + 1, CHAN(a[1]), AT(a[5]));
        break;
    case EV_CHAN_CLOSE: snprintf(buf, size, "%s closed %s%s", G(a[0]), CHAN(a[1]), AT(a[2])); break;
    case EV_CALLBACK:
        snprintf(buf, size, "C called the Go function %s, as %s,%s", STR(a[2]), G(a[0]), AT(a[3]));
        break;
    case EV_CALLBACK_END:
        snprintf(buf, size, "the Go function that C had called as %s returned%s", G(a[0]),
                 AT(a[3]));
        break;
    case EV_C_THREAD:
        snprintf(buf, size, "C started the thread t%llu %s%s", (Ull)a[0], STR(a[1]), AT(a[2]));
        break;
    case EV_CGO_WORK:
        if (a[0] == NONE) snprintf(buf, size, "a C thread worked%s", AT(a[2]));
        else snprintf(buf, size, "%s worked in C%s", G(a[0]), AT(a[2]));
        break;
    case EV_GC_BEGIN: snprintf(buf, size, "%s began a collection%s", G(a[0]), AT(a[1])); break;
    case EV_STW_BEGIN:
        snprintf(buf, size, "%s stopped the world (%s)%s", G(a[0]), STR(a[1]), AT(a[2]));
        break;
    case EV_PROCS: snprintf(buf, size, "GOMAXPROCS was set to %llu%s", (Ull)a[0], AT(a[1])); break;
    case EV_LOCK_THREAD:
        snprintf(buf, size, "%s locked itself to M%llu%s", G(a[0]), (Ull)a[1], AT(a[3]));
        break;
    case EV_SYNC_NEW: snprintf(buf, size, "%s was made%s", THING(a[0]), AT(a[5])); break;
    case EV_SYNC_LOCK: snprintf(buf, size, "%s got %s%s", G(a[0]), THING(a[1]), AT(a[5])); break;
    case EV_SYNC_UNLOCK: snprintf(buf, size, "%s gave %s back%s", G(a[0]), THING(a[1]), AT(a[4])); break;
    case EV_SYNC_QUEUE: snprintf(buf, size, "%s stopped to wait for %s%s", G(a[0]), THING(a[1]), AT(a[5])); break;
    case EV_SYNC_COUNT:
        snprintf(buf, size, "%s brought %s to %llu%s", G(a[0]), THING(a[1]), (Ull)a[2], AT(a[3]));
        break;
    case EV_SYNC_SIGNAL:
        snprintf(buf, size, "%s %s %s%s", G(a[0]), a[2] ? "broadcast on" : "signalled", THING(a[1]), AT(a[4]));
        break;
    case EV_NET_WAIT: snprintf(buf, size, "%s waited for the network%s", G(a[0]), AT(a[3])); break;
    case EV_DEV_ENQUEUE:
        snprintf(buf, size, "%s enqueued %s (k%llu)%s", G(a[2]), STR(a[3]), (Ull)a[0], AT(a[5]));
        break;
    default: {
        const char *what = e->kind < EV_COUNT ? did[e->kind] : NULL;
        uint64_t g = event_first(e, KIND_G);
        if (g == NONE) snprintf(buf, size, "%s%s", what ? what : "of what happened", AT(trail_line(e)));
        else snprintf(buf, size, "%s %s%s", G(g), what ? what : "was", AT(trail_line(e)));
        break;
    }
    }
}

/* The last sentence: `intro` and what a line of the scenario did, or where else it began. */
static void say_root(Tale *t, uint64_t seq, const char *intro) {
    Event e;
    char text[320];
    if (trail_root(t->at, seq, &e)) {
        root_text(t, &e, text, sizeof text);
        say(t, "%s %s, at %s.", intro, text, TIME(e.time_ns));
    } else if (e.kind == EV_SYSMON_LOOK) {
        say(t, "It " WHY_OUTSIDE ": sysmon looked at %s, by its own clock.", TIME(e.time_ns));
    } else if (e.kind == EV_G_SEEN || e.kind == EV_P_SEEN || e.kind == EV_IMPORT) {
        say(t, "It " WHY_OUTSIDE ": it was so when the trace began.");
    } else if (t->m->imported && e.kind < EV_COUNT) {
        say(t, "It goes back to %s at %s; the cause of that " WHY_OUTSIDE ": the trace does not say it.", event_spec[e.kind].name,
            TIME(e.time_ns));
    } else if (e.kind == EV_RUN_START) {
        say(t, "It " WHY_OUTSIDE ", when the run started.");
    } else if (e.kind < EV_COUNT) {
        say(t, "It " WHY_OUTSIDE ", with %s at %s.", event_spec[e.kind].name, TIME(e.time_ns));
    } else {
        say(t, "It " WHY_OUTSIDE ": the trace names no cause.");
    }
}

/* ---- in C ---- */

static void say_sysmon(Tale *t, uint64_t p) {
    const Model *m = t->m;
    const ModelP *pp = &m->p[p];
    uint64_t free_ps = 0;
    if (m->imported) {
        say(t, "When sysmon looks, and could take P%llu away, the trace does not say.", (Ull)p);
        return;
    }
    for (size_t i = 0; i < m->p_count; i++) free_ps += m->p[i].on_idle_list != 0;
    for (size_t i = 0; i < m->m_count; i++) free_ps += m->m[i].state == M_SPINNING;
    if (m->sysmon_asleep) {
        say(t, "sysmon, which could take P%llu away, is in deep sleep until %s.", (Ull)p,
            TIME(m->sysmon_next_ns));
    } else if (m->sysmon_next_ns <= t->at->now_ns) {
        say(t, "sysmon, which could take P%llu away, has not looked yet.", (Ull)p);
    } else if (pp->seen_ns == NONE) {
        say(t,
            "sysmon has not seen this call yet; it looks again in %s, and takes P%llu if it sees "
            "the call a second time.",
            TIME(in(t, m->sysmon_next_ns)), (Ull)p);
    } else if (pp->runq.count == 0 && pp->runnext == NONE && free_ps > 0) {
        say(t,
            "sysmon saw this call at %s and looks again in %s; as P%llu has no work and others are "
            "free, it leaves it there up to 10ms.",
            TIME(pp->seen_ns), TIME(in(t, m->sysmon_next_ns)), (Ull)p);
    } else {
        say(t, "sysmon saw this call at %s and looks again in %s: then it takes P%llu away.",
            TIME(pp->seen_ns), TIME(in(t, m->sysmon_next_ns)), (Ull)p);
    }
}

/* What a command that has not begun waits for: the graph is followed to a command that could run, or to an event that
 * somebody has to set. NONE: to nothing that is known of it. */
static uint64_t waits_for(const Model *m, uint64_t cmd) {
    const ModelCmd *c = &m->cmd[cmd];
    for (uint64_t i = 0; i < c->after_count && i < CMD_AFTER_MAX; i++) {
        if (m->cmd[c->after[i]].state != CMD_DONE) return c->after[i];
    }
    if (c->queue == NONE || m->queue[c->queue].unordered) return NONE;
    uint64_t before = NONE, at = m->queue[c->queue].head;
    for (uint64_t left = m->queue[c->queue].depth; left > 0 && at < m->cmd_count && at != cmd; left--, at = m->cmd[at].next)
        before = at;
    return at == cmd ? before : NONE;
}

/* Somebody has to set an event: perhaps a function that the driver has not called yet. */
static void say_uncalled(Tale *t) {
    for (size_t i = 0; i < t->m->cmd_count; i++) {
        const ModelCmd *c = &t->m->cmd[i];
        if (c->state != CMD_DONE || c->calls == 0) continue;
        say(t, "%s (k%zu), enqueued%s, is done since %s, and the driver has not called %s for it yet.", STR(c->name), i, AT(c->line),
            TIME(c->end_ns), c->calls == 1 ? "the function" : "all functions");
        return;
    }
}

static void say_cmd(Tale *t, uint64_t cmd, const char *behind) {
    const Model *m = t->m;
    enum { HOPS_MAX = 8 };
    for (int hop = 0; hop < HOPS_MAX && cmd != NONE; hop++, behind = "") {
        const ModelCmd *c = &m->cmd[cmd];
        if (c->state == CMD_RUNNING) {
            say(t, "The device runs %s (k%llu), enqueued%s, until %s%s.", STR(c->name), (Ull)cmd, AT(c->line), TIME(c->end_ns), behind);
            return;
        }
        if (c->queue == NONE) {
            say(t, "Nobody has set the event %s (k%llu) yet, made%s by %s.", STR(c->name), (Ull)cmd, AT(c->line), G(c->g));
            say_uncalled(t);
            return;
        }
        say(t, "The device has not begun %s (k%llu), enqueued%s%s.", STR(c->name), (Ull)cmd, AT(c->line), behind);
        cmd = waits_for(m, cmd);
        if (cmd != NONE && hop + 1 < HOPS_MAX) say(t, "It waits for %s (k%llu).", STR(m->cmd[cmd].name), (Ull)cmd);
    }
}

static void say_device(Tale *t, uint64_t queue) {
    const Model *m = t->m;
    const ModelQueue *q = &m->queue[queue];
    if (q->depth == 0 || q->head >= m->cmd_count) {
        say(t, "The device queue q%llu has run dry since %s, and the driver is waking the thread.",
            (Ull)queue, TIME(q->idle_since_ns));
        return;
    }
    char behind[48] = "";
    if (q->depth > 1)
        snprintf(behind, sizeof behind, ", with %llu more behind it", (Ull)(q->depth - 1));
    uint64_t running = model_running_cmd(m, queue);
    say_cmd(t, running != NONE ? running : q->head, behind);
}

static void tell_g(Tale *t, uint64_t g, bool asked);
static uint64_t position(const Model *m, const ModelQ *q, uint64_t g);

static bool is_told(const Tale *t, uint64_t g) {
    for (size_t i = 0; i < t->told_count; i++) {
        if (t->told[i] == g) return true;
    }
    return false;
}

/* In C, and there at a mutex of C's: on to who has it, and that may lead back across the boundary. */
static void say_pthread(Tale *t, uint64_t g) {
    const Model *m = t->m;
    const ModelG *gp = &m->g[g];
    uint64_t id = model_waits_at(gp), by = model_blocker(m, g, 0);
    const ModelQ *q = &m->sync[id].queue[SYNC_Q_MAIN];
    say(t, "Its thread sleeps there, for %s%s: it is number %llu of %llu.", THING(id), AT(gp->line), (Ull)position(m, q, g),
        (Ull)q->count);
    if (by == NONE || g_of(t, by) == NULL) {
        say(t, "Nobody has it at this moment: one that waited before is being woken. %s asked for it%s.", G(g), AT(gp->line));
        return;
    }
    const ModelHold *h = &m->hold[m->sync[id].holds];
    say(t, "%s has it, since %s%s.", G(by), TIME(h->since_ns), AT(h->line));
    if (is_told(t, by) && m->g[by].state == G_RUNNABLE)
        say(t, "That is a cycle across the boundary: %s needs a P%s before it can give it back, and Ps stand behind threads that wait "
               "for it in C. Only sysmon breaks it, and each P that it takes needs another thread.", G(by), AT(m->g[by].line));
    else tell_g(t, by, false);
}

/* Ends at the line of the call. */
static void say_call(Tale *t, uint64_t g) {
    const ModelG *gp = &t->m->g[g];
    const ModelM *mp = m_of(t, gp->m);
    bool for_cmd = mp && mp->cmd < t->m->cmd_count, waits = for_cmd || (mp && mp->queue < t->m->queue_count);
    if (STR(gp->fn)[0] == '\0' && mp && mp->cthread < t->m->cthread_count) {
        say(t,
            "%s belongs to the C thread t%llu, which runs code of its own%s: Go did not call it.",
            G(g), (Ull)mp->cthread, AT(gp->line));
        return;
    }
    if (gp->wants_go) {
        say(t, "C has called the Go function %s%s, at %s, and that needs a P.", STR(gp->fn),
            AT(gp->line), TIME(gp->since_ns));
        return;
    }
    if (for_cmd && t->m->cmd[mp->cmd].state == CMD_DONE) say(t, "k%llu is done, and the driver is waking the thread.", (Ull)mp->cmd);
    else if (for_cmd) say_cmd(t, mp->cmd, "");
    else if (waits) say_device(t, mp->queue);
    if (STR(gp->fn)[0] == '\0' && t->m->imported) { /* it was so from the start, or it is a thread of C */
        say_root(t, gp->since_seq, "It goes back to this:");
        return;
    }
    const ModelCall *call = model_call(t->m, g); /* C may have called Go since, and Go may have been elsewhere */
    say(t, "%s called %s%s, at %s%s.", G(g), STR(gp->fn), AT(call ? call->line : gp->line), TIME(call ? call->since_ns : gp->since_ns),
        waits ? ", and sleeps in the driver until that is done" : "");
    if (model_waits_at(gp) < t->m->sync_count) say_pthread(t, g);
}

/* ---- what goroutine g is doing, when it does something ---- */

/* On a way that is not C's: in which part of it, and whether it can be stopped there. */
static void say_across(Tale *t, uint64_t g) {
    Event job, e;
    if (!trail_last_line(t->at, t->m->seq + 1, g, &job) || job.kind != EV_ACROSS) return;
    const char *part = "";
    uint64_t begins = job.time_ns, asked = 0, asked_ns = 0;
    bool in_vain = false;
    for (uint64_t seq = job.seq + 1; seq <= t->m->seq && trail_event(t->at, seq, &e); seq++) {
        if (e.kind == EV_ACROSS_PART && e.arg[0] == g) {
            if (e.time_ns > begins) begins = e.time_ns;
            if (begins <= t->at->now_ns) part = STR(e.arg[1]);
            begins += e.arg[2];
        }
        if (e.kind == EV_PREEMPT_ASK && e.arg[0] == g) asked++, asked_ns = e.time_ns;
        if (e.kind == EV_SIGNAL && e.arg[1] == g) in_vain = e.arg[2] == 0;
    }
    say(t, "%s does a job by way of %s since %s, and is at its \"%s\".", G(g), STR(job.arg[1]),
        TIME(job.time_ns), part);
    if (asked > 0)
        say(t, "sysmon has asked it %llu time%s to stop, last at %s%s.", (Ull)asked, PLURAL(asked), TIME(asked_ns),
            in_vain ? ": in vain, for the signal finds no code of Go's that could be left there" : "");
}

static void say_doing(Tale *t, uint64_t g) {
    const ModelG *gp = &t->m->g[g];
    if (gp->busy_ns != NONE && gp->busy_ns > t->at->now_ns) {
        say(t, "%s computes%s, until %s if nobody interrupts it.", G(g), AT(gp->line),
            TIME(gp->busy_ns));
        return;
    }
    say_across(t, g);
    if (gp->line == 0) say(t, "What %s does " WHY_OUTSIDE ": the runtime started it.", G(g));
    else say(t, "%s is%s.", G(g), AT(gp->line));
}

/* ---- a P, as a reason for others to wait ---- */

static void tell_thread_coming(Tale *t, uint64_t p) {
    for (size_t i = 0; i < t->m->m_count; i++) {
        const ModelM *mp = &t->m->m[i];
        if (mp->next_p != p || (mp->state != M_STARTING && mp->state != M_WAKING)) continue;
        say(t, "P%llu was given to M%zu, %s since %s.", (Ull)p, i,
            mp->state == M_STARTING ? "a new thread that the operating system has been starting"
                                    : "a parked thread that has been waking",
            TIME(mp->since_ns));
        say_root(t, mp->since_seq, "That was done because");
        return;
    }
    say(t, "P%llu is being handed on at this very moment.", (Ull)p);
    say_root(t, t->m->p[p].since_seq, "It is free because");
}

static void tell_p_idle(Tale *t, uint64_t p) {
    const ModelP *pp = &t->m->p[p];
    say(t, "P%llu is idle since %s%s.", (Ull)p, TIME(pp->since_ns),
        t->m->imported ? "" : ": there was nothing for it to run");
    say_root(t, pp->since_seq, "It was given up after");
}

static void tell_p(Tale *t, uint64_t p) {
    const Model *m = t->m;
    const ModelP *pp = &m->p[p];
    const ModelM *mp = m_of(t, pp->m);
    if (pp->state == P_IDLE && (pp->on_idle_list || m->imported)) {
        tell_p_idle(t, p);
    } else if (pp->state == P_IDLE) {
        tell_thread_coming(t, p);
    } else if (pp->state == P_GCSTOP && g_of(t, m->stw_g)) {
        say(t, "P%llu is stopped since %s: %s stops the world.", (Ull)p, TIME(pp->since_ns),
            G(m->stw_g));
        say(t, "%s does that since %s%s: %s.", G(m->stw_g), TIME(m->stw_ns),
            AT(m->g[m->stw_g].line), STR(m->stw_reason));
        if (m->gc_seq != NONE && strncmp(STR(m->stw_reason), "GC ", 3) == 0)
            say_root(t, m->gc_seq, "Behind it is this:");
    } else if (mp == NULL) {
        if (m->imported && pp->state == P_SYSCALL)
            say(t, "P%llu was left behind by a thread of C that is done with Go; nobody has taken it yet.", (Ull)p);
        else say(t, "P%llu is %s since %s.", (Ull)p,
            pp->state < P_COUNT ? p_state_name[pp->state] : "in an unknown state",
            TIME(pp->since_ns));
        say_root(t, pp->since_seq, "That is because");
    } else if (mp->state == M_IN_C && g_of(t, mp->g)) {
        say(t, "P%llu stands still: its thread M%llu is %s with %s since %s.", (Ull)p, (Ull)pp->m,
            mp->syscall ? "out of Go" : "in C", G(mp->g), TIME(mp->since_ns));
        say_sysmon(t, p);
        say_call(t, mp->g);
    } else if (mp->state == M_EXTRA) {
        say(t,
            "P%llu stands still: the C thread that had borrowed M%llu went away at %s and left it "
            "behind.",
            (Ull)p, (Ull)pp->m, TIME(mp->since_ns));
        say_sysmon(t, p);
        say_root(t, mp->since_seq, "It goes back to this:");
    } else if (g_of(t, mp->g) && mp->state == M_RUNNING) {
        say(t, "P%llu runs %s on M%llu since %s.", (Ull)p, G(mp->g), (Ull)pp->m,
            TIME(m->g[mp->g].since_ns));
        say_doing(t, mp->g);
    } else if (mp->state == M_SPINNING) {
        say(t, "P%llu is with M%llu, which searches the other Ps for work since %s.", (Ull)p,
            (Ull)pp->m, TIME(mp->since_ns));
        say_root(t, mp->since_seq, "It searches because");
    } else {
        say(t, "P%llu is with M%llu, which is between two goroutines.", (Ull)p, (Ull)pp->m);
        say_root(t, mp->since_seq, "It has it because");
    }
}

/* ---- runnable: whose turn is it? ---- */

static uint64_t position(const Model *m, const ModelQ *q, uint64_t g) {
    uint64_t n = 1;
    for (uint64_t i = q->head; i != NONE && model_waiter(m, i) != g && n < q->count; i = model_behind(m, i)) n++;
    return n;
}

/* Somebody searches: then it may go elsewhere. */
static void say_searchers(Tale *t) {
    for (size_t i = 0; i < t->m->m_count; i++) {
        if (t->m->m[i].state != M_SPINNING) continue;
        say(t, "M%zu searches for work since %s, and may find it.", i, TIME(t->m->m[i].since_ns));
        return;
    }
}

/* Every P could take it: the one that does worst is told of. */
static void tell_any_p(Tale *t) {
    const Model *m = t->m;
    uint64_t behind = 0, running = 0, worst = 0;
    if (m->p_count == 0) {
        say(t, "Of Ps the trace has said nothing yet.");
        return;
    }
    for (size_t i = m->p_count; i-- > 0;) {
        bool in_c = model_p_in_syscall(m, i);
        behind += in_c;
        running += m->p[i].state == P_RUNNING && !in_c;
        if (in_c || (behind == 0 && m->p[i].state == P_RUNNING)) worst = i;
    }
    say(t, "Of %zu P%s, %llu run%s and %llu stand%s behind a call%s.", m->p_count, PLURAL(m->p_count),
        (Ull)running, running == 1 ? "s" : "", (Ull)behind, behind == 1 ? "s" : "",
        m->imported ? ""
                    : "; a P looks into that queue when its own is empty, and every 61st time before that");
    say_searchers(t);
    tell_p(t, worst);
}

/* What made it runnable. */
static void say_since(Tale *t, uint64_t g) {
    const ModelG *gp = &t->m->g[g];
    Event e, call;
    bool known = trail_event(t->at, gp->since_seq, &e);
    if (known && e.kind == EV_CGO_EXIT_WAIT && trail_event(t->at, e.cause, &call) &&
        call.kind == EV_CALLBACK) {
        say(t, "C called the Go function %s%s, and no P was free for it.", STR(call.arg[2]),
            AT(call.arg[3]));
    } else if (known && e.kind == EV_CGO_EXIT_WAIT &&
               trail_call(t->at, e.seq, g, &call)) {
        say(t, "It came back from %s, called%s, and no P was free: its own had been taken away.",
            STR(call.arg[3]), AT(call.arg[4]));
    } else if (known && e.kind == EV_GO_STOP) {
        say(t, "It had to give up its P%s: %s.", AT(gp->line), STR(e.arg[1]));
        if (gp->line == 0 && t->m->gc_seq != NONE) /* the runtime's own */
            say_root(t, t->m->gc_seq, "It works for the collector, because");
    } else {
        say_root(t, gp->since_seq, "It can run because");
    }
}

/* It is on no queue: it was just taken off one, or is about to be put on one. */
static void tell_in_hand(Tale *t, uint64_t g) {
    const ModelM *mp = m_of(t, t->m->g[g].lock_m);
    Event e = {.kind = EV_COUNT};
    for (uint64_t seq = t->m->seq; trail_event(t->at, seq, &e); seq--) {
        if (e.kind < EV_COUNT && event_mentions(&e, KIND_G, g)) break;
    }
    switch (e.kind) {
    case EV_M_LOCK_WAKE:
        if (mp == NULL) break;
        say(t,
            "%s is not running yet: it is locked to M%llu, which was handed P%llu at %s and is %s.",
            G(g), (Ull)t->m->g[g].lock_m, (Ull)e.arg[2], TIME(e.time_ns),
            mp->state == M_WAKING ? "waking" : "switching to it");
        break;
    case EV_RUNQ_GET:
    case EV_GLOBQ_GET:
    case EV_RUNQ_STEAL:
    case EV_RUNQ_STEAL_NEXT:
        say(t,
            "%s is not running yet: P%llu has just taken it off a queue, at %s, and its thread is "
            "switching to it.",
            G(g), (Ull)e.arg[0], TIME(e.time_ns));
        break;
    default: say(t, "%s is not running: it is about to be queued.", G(g)); break;
    }
    say_since(t, g);
}

static void tell_runnable(Tale *t, uint64_t g, bool asked) {
    const Model *m = t->m;
    const ModelG *gp = &m->g[g];
    uint64_t p = gp->place_p;
    bool on_p = (gp->place == AT_RUNQ || gp->place == AT_RUNNEXT) && p < m->p_count;
    if (gp->place == AT_RUNQ && on_p) {
        uint64_t n = position(m, &m->p[p].runq, g) + (m->p[p].runnext != NONE);
        say(t, "%s is not running: it is number %llu of %llu in P%llu's queue, runnable since %s.",
            G(g), (Ull)n, (Ull)(m->p[p].runq.count + (m->p[p].runnext != NONE)), (Ull)p,
            TIME(gp->since_ns));
    } else if (on_p) {
        say(t, "%s is not running: it is the next one on P%llu, runnable since %s.", G(g), (Ull)p,
            TIME(gp->since_ns));
    } else if (gp->place == AT_GLOBQ) {
        say(t,
            "%s is not running: it is number %llu of %llu in the global queue, runnable since %s.",
            G(g), (Ull)position(m, &m->globq, g), (Ull)m->globq.count, TIME(gp->since_ns));
    } else if (gp->place == AT_UNKNOWN) {
        say(t, "%s is not running: it is runnable since %s; in whose queue, the trace does not say.", G(g),
            TIME(gp->since_ns));
    } else {
        tell_in_hand(t, g);
        return;
    }
    if (asked) say_since(t, g);
    if (m_of(t, gp->lock_m))
        say(t,
            "It is locked to M%llu: whoever takes it off the queue must hand its P to that thread.",
            (Ull)gp->lock_m);
    if (!on_p) {
        tell_any_p(t);
        return;
    }
    if (model_p_in_syscall(m, p)) say_searchers(t);
    tell_p(t, p);
}

/* ---- waiting: for whom? ---- */

/* g is waited for, and waits itself for what was told before. */
static void tell_circle(Tale *t, uint64_t g) {
    size_t first = 0, last = t->told_count - 1;
    while (t->told[first] != g) first++;
    uint64_t end = t->told[last];
    TrailRest rest = trail_rest(t->at);
    const char *verdict =
        rest.dead ? "nobody in it can go on, for ever" : "none of them goes on in this trace";
    free(rest.freed);
    if (first == last) {
        say(t, "That is a cycle: %s waits%s for itself.", G(g), AT(t->m->g[g].line));
        return;
    }
    char between[128] = "";
    if (last - first > 1)
        snprintf(between, sizeof between, ", and so on through %zu more to %s", last - first - 1,
                 G(end));
    say(t, "That is a cycle: %s waits%s for %s%s, which waits%s for %s; %s.", G(g),
        AT(t->m->g[g].line), G(t->told[first + 1]), between, AT(t->m->g[end].line), G(g), verdict);
}

/* Nobody has been at the other end: then anyone who lives might come. */
static void tell_anyone(Tale *t, uint64_t g, const char *verb) {
    const Model *m = t->m;
    uint64_t others = 0, awake = NONE, first = NONE;
    TrailRest rest = trail_rest(t->at);
    for (size_t i = m->g_count; i-- > 1;) {
        if (i == g || !trail_alive(t->at, i)) continue;
        others++;
        first = i;
        if (m->g[i].state != G_WAITING || m->g[i].wake_ns != NONE || rest.freed[i]) awake = i;
    }
    free(rest.freed);
    if (others == 0) {
        say(t, "There is no other goroutine that could %s: %s waits%s, for ever.", verb, G(g),
            AT(m->g[g].line));
    } else if (awake != NONE || others == 1) {
        say(t, "Nobody %ss there in this trace; %s could.", verb, G(awake != NONE ? awake : first));
        tell_g(t, awake != NONE ? awake : first, false);
    } else if (rest.dead) {
        say(t,
            "That is a cycle: %s waits%s for one of the %llu others to %s, and each of them waits "
            "for "
            "another; nobody can go on, for ever.",
            G(g), AT(m->g[g].line), (Ull)others, verb);
    } else {
        say(t,
            "Nobody %ss there in this trace, and each of the %llu other goroutines waits itself; "
            "%s waits%s.",
            verb, (Ull)others, G(g), AT(m->g[g].line));
    }
}

/* Somebody waits at its Done channel. */
static void say_context(Tale *t, uint64_t context) {
    const ModelContext *c = &t->m->context[context];
    if (c->deadline_ns != NONE && c->deadline_ns > t->at->now_ns)
        say(t, "That is the Done channel of ctx%llu, made%s by %s: it is over in %s at the latest, or when somebody cancels it.",
            (Ull)context, AT(c->line), G(c->g), TIME(in(t, c->deadline_ns)));
    else say(t, "That is the Done channel of ctx%llu, made%s by %s: somebody has to cancel it, or one above it.", (Ull)context,
             AT(c->line), G(c->g));
}

static void tell_channel_wait(Tale *t, uint64_t g) {
    const Model *m = t->m;
    const ModelG *gp = &m->g[g];
    bool sending = gp->place == AT_SENDQ;
    const ModelChan *c = &m->chan[gp->chan];
    const ModelQ *q = sending ? &c->sendq : &c->recvq;
    say(t,
        "%s waits to %s %s%s, since %s: it is number %llu of %llu there, and the channel holds "
        "%llu of %llu.",
        G(g), sending ? "send on" : "receive from", CHAN(gp->chan), AT(gp->line),
        TIME(gp->since_ns), (Ull)position(m, q, g), (Ull)q->count, (Ull)c->count, (Ull)c->cap);
    Event e;
    const char *verb = sending ? "receive" : "send";
    uint64_t context = sending ? NONE : model_context_of(m, gp->chan);
    if (context != NONE) say_context(t, context);
    if (trail_releaser(t->at, g, &e)) {
        uint64_t by = e.arg[1];
        if (g_of(t, by) == NULL) {
            say(t, "In this run it is released in %s, by %s.", TIME(in(t, e.time_ns)),
                by == NONE ? "the runtime" : "a goroutine that is not born yet");
            say_root(t, e.seq, "That comes about because");
            return;
        }
        say(t, "In this run %s does its part in %s.", G(by), TIME(in(t, e.time_ns)));
        tell_g(t, by, false);
        return;
    }
    uint64_t gone, by = trail_partner(t->at, gp->chan, !sending, g, &gone);
    if (by == NONE && g_of(t, gone) != NULL) {
        say(t, "The last that %s there is %s, which has ended, at %s: of those that have ever been at that end nobody is left, and %s "
            "waits%s for ever, unless somebody new comes.", sending ? "received" : "sent", G(gone), TIME(t->m->g[gone].since_ns), G(g),
            AT(gp->line));
        return;
    }
    if (by == NONE) {
        tell_anyone(t, g, verb);
        return;
    }
    say(t, "Nobody %ss there any more in this trace; the last that did and lives is %s.", verb,
        G(by));
    tell_g(t, by, false);
}

/* time.After, time.NewTicker: as the runtime names them. */
static bool is_timers(const Tale *t, uint64_t chan) { return strncmp(STR(t->m->chan[chan].name), "time.", strlen("time.")) == 0; }

/* One place of a select: where, and whether anybody comes there. Returns who might. */
static uint64_t tell_case(Tale *t, uint64_t g, const ModelSudog *sg) {
    const ModelChan *c = &t->m->chan[sg->chan];
    const ModelQ *q = sg->sending ? &c->sendq : &c->recvq;
    uint64_t gone, by = trail_partner(t->at, sg->chan, !sg->sending, g, &gone);
    uint64_t context = sg->sending ? NONE : model_context_of(t->m, sg->chan);
    bool runtimes = context != NONE || is_timers(t, sg->chan);
    const char *other_end = runtimes    ? ", and at its other end is the runtime"
                            : by == NONE ? ", and nobody who lives has been at its other end"
                                         : "; at its other end was last ";
    say(t, "Case %llu is to %s %s: number %llu of %llu there; the channel holds %llu of %llu%s%s.", (Ull)sg->nth + 1,
        sg->sending ? "send on" : "receive from", CHAN(sg->chan), (Ull)position(t->m, q, g), (Ull)q->count, (Ull)c->count,
        (Ull)c->cap, other_end, runtimes || by == NONE ? "" : G(by));
    if (context != NONE) say_context(t, context);
    return by;
}

enum { CASES_TOLD = 4 };

static void tell_select(Tale *t, uint64_t g) {
    const ModelG *gp = &t->m->g[g];
    uint64_t count = 0, told = 0, partner = NONE, first[CASES_TOLD]; /* the list begins with the last */
    for (uint64_t i = gp->next; i != NONE; i = t->m->sudog[i - MODEL_SUDOG].other) first[count++ % CASES_TOLD] = i;
    say(t, "%s waits in a select%s, since %s: at the channels of %llu case%s.", G(g), AT(gp->line), TIME(gp->since_ns), (Ull)count,
        PLURAL(count));
    for (; told < count && told < CASES_TOLD; told++) {
        const ModelSudog *sg = &t->m->sudog[first[(count - 1 - told) % CASES_TOLD] - MODEL_SUDOG];
        uint64_t by = sg->chan < t->m->chan_count ? tell_case(t, g, sg) : NONE;
        if (partner == NONE) partner = by;
    }
    if (count > told) say(t, "There are %llu more.", (Ull)(count - told));
    Event e, won;
    if (trail_releaser(t->at, g, &e)) {
        bool known = trail_last(t->at, e.seq, EV_SELECT, g, &won) && won.seq > gp->since_seq;
        say(t, "In this run it comes to %s%s in %s%s%s.", known ? CHAN(won.arg[1]) : "one of them", known ? "" : ",",
            TIME(in(t, e.time_ns)), e.arg[1] == NONE ? "" : ", by ", e.arg[1] == NONE ? "" : G(e.arg[1]));
        if (e.arg[1] != NONE) tell_g(t, e.arg[1], false); /* perhaps not born yet */
        else say_root(t, e.seq, "That comes about because");
    } else if (partner != NONE) {
        say(t, "None of them is served any more in this trace.");
        tell_g(t, partner, false);
    } else {
        tell_anyone(t, g, "come");
    }
}

/* Nobody else knows of it, so nobody can come. */
static bool tell_nobody_can(Tale *t, uint64_t g) {
    static const char *const reasons[] = {"chan receive (nil chan)", "chan send (nil chan)", "select (no cases)"};
    const ModelG *gp = &t->m->g[g];
    const char *reason = STR(gp->reason);
    for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
        if (strcmp(reason, reasons[i]) != 0) continue;
        say(t, "%s waits since %s for what can never come: %s%s. A nil channel, or a select without cases, has no other end; it waits for ever.",
            G(g), TIME(gp->since_ns), reason, AT(gp->line));
        return true;
    }
    if (t->m->imported || strcmp(reason, "select") != 0) return false;
    say(t, "%s waits in a select all of whose channels are nil%s, since %s: for ever.", G(g), AT(gp->line), TIME(gp->since_ns));
    return true;
}

static void tell_sleep(Tale *t, uint64_t g) {
    const ModelG *gp = &t->m->g[g];
    if (gp->wake_ns > t->at->now_ns) {
        say(t, "%s sleeps since %s, until %s, which is in %s: it asked for that%s.", G(g),
            TIME(gp->since_ns), TIME(gp->wake_ns), TIME(in(t, gp->wake_ns)), AT(gp->line));
        return;
    }
    say(t,
        "%s sleeps since %s; its timer was due %s ago, but a timer needs a thread with a P that "
        "looks.",
        G(g), TIME(gp->since_ns), TIME(ago(t, gp->wake_ns)));
    for (size_t i = 0; i < t->m->m_count; i++) {
        if (t->m->m[i].state == M_POLLING)
            say(t, "M%zu sleeps in the poller, which counts whole milliseconds.", i);
    }
    say(t, "%s asked to sleep%s.", G(g), AT(gp->line));
}

/* In the network poller: for the other process's answer, or for what comes before a deadline or after it. */
static void say_poller(Tale *t, uint64_t g) {
    Event w, job;
    if (!trail_last(t->at, t->m->seq + 1, EV_NET_WAIT, g, &w) || w.seq + 1 != t->m->g[g].since_seq) return;
    if (trail_last_line(t->at, w.seq, g, &job) && job.kind == EV_ACROSS) {
        say(t, "It waits at a pipe for another process, which has its job of %llu bytes since %s; no thread waits with it.", (Ull)job.arg[2],
            TIME(w.time_ns));
    } else if (w.arg[2] != NONE) {
        bool late = w.arg[1] > w.arg[2];
        say(t, "What it waits for would come at %s; its deadline is at %s%s.", TIME(w.time_ns + w.arg[1]), TIME(w.time_ns + w.arg[2]),
            late ? ", and ends the wait before that" : ", which is later");
    }
}

/* For the network, for the end of a stop, for whatever may come: the runtime knows what for. */
static void tell_other_wait(Tale *t, uint64_t g) {
    const ModelG *gp = &t->m->g[g];
    const char *reason = STR(gp->reason);
    Event e;
    say(t, "%s waits%s%s%s since %s.", G(g), reason[0] ? " (" : "", reason, reason[0] ? ")" : "",
        TIME(gp->since_ns));
    if (trail_releaser(t->at, g, &e)) {
        say(t, "In this run that ends in %s%s%s.", TIME(in(t, e.time_ns)),
            e.arg[1] == NONE ? "" : ", by ", e.arg[1] == NONE ? "" : G(e.arg[1]));
    }
    say_poller(t, g);
    if (gp->line) say(t, "%s asked for that%s.", G(g), AT(gp->line));
    else say_root(t, gp->since_seq, "That is because");
}

/* Whoever has it, by the trace; the oldest of several. */
static void tell_holder(Tale *t, uint64_t g, uint64_t by) {
    const Model *m = t->m;
    const ModelSync *sy = &m->sync[model_waits_at(&m->g[g])];
    const ModelHold *h = sy->holds != NONE ? &m->hold[sy->holds] : NULL;
    uint64_t others = 0;
    for (uint64_t i = sy->holds; i != NONE; i = m->hold[i].next) others += m->hold[i].g != by;
    if (h == NULL || h->g != by) {
        say(t, "%s comes first: it waits to write, and keeps all who come later out.", G(by));
    } else if (sy->kind == SYNC_WEIGHTED) {
        say(t, "%llu of %llu are taken, %llu of them by %s since %s%s%s.", (Ull)sy->held, (Ull)sy->size, (Ull)h->n, G(by),
            TIME(h->since_ns), AT(h->line), others > 0 ? ", the rest by others" : "");
    } else {
        say(t, "%s has it%s, since %s%s%s.", G(by), h->reading ? " to read" : "", TIME(h->since_ns), AT(h->line),
            others > 0 ? ", and others with it" : "");
    }
    if (m->g[by].state == G_DEAD)
        say(t, "%s has ended and did not give it back: nobody will, unless another goroutine does.", G(by));
    else tell_g(t, by, false);
}

static void tell_sync_wait(Tale *t, uint64_t g) {
    const Model *m = t->m;
    const ModelG *gp = &m->g[g];
    uint64_t id = model_waits_at(gp);
    const ModelSync *sy = &m->sync[id];
    const ModelQ *q = &sy->queue[gp->place - AT_SYNCQ];
    uint64_t by = model_blocker(m, g, 0);
    bool counts = sy->kind == SYNC_WAITGROUP || sy->kind == SYNC_ERRGROUP;
    Event e;
    say(t, "%s waits for %s%s, since %s: it is number %llu of %llu there.", G(g), THING(id), AT(gp->line),
        TIME(gp->since_ns), (Ull)position(m, q, g), (Ull)q->count);
    if (sy->starving) say(t, "It is in starvation mode since %s: each Unlock hands it to the first there.", TIME(sy->starving_ns));
    if (counts) say(t, "Its counter stands at %llu, and has to be 0.", (Ull)sy->count);
    if (by != NONE && g_of(t, by)) {
        tell_holder(t, g, by);
    } else if (trail_releaser(t->at, g, &e) && g_of(t, e.arg[1])) {
        say(t, "In this run %s does its part in %s.", G(e.arg[1]), TIME(in(t, e.time_ns)));
        tell_g(t, e.arg[1], false);
    } else {
        tell_anyone(t, g, counts ? "release" : sy->kind == SYNC_COND ? "signal" : "unlock");
    }
}

static void tell_waiting(Tale *t, uint64_t g) {
    const ModelG *gp = &t->m->g[g];
    if (gp->place >= AT_SYNCQ) {
        tell_sync_wait(t, g);
        return;
    }
    bool at_chan = gp->place == AT_SENDQ || gp->place == AT_RECVQ;
    if (at_chan && gp->chan < t->m->chan_count) tell_channel_wait(t, g);
    else if (gp->place == AT_SELECT) tell_select(t, g);
    else if (gp->chan < t->m->chan_count)
        say(t, "%s waited at %s%s, and is being released at this very moment.", G(g),
            CHAN(gp->chan), AT(gp->line));
    else if (gp->wake_ns != NONE) tell_sleep(t, g);
    else if (!tell_nobody_can(t, g)) tell_other_wait(t, g);
}

/* ---- a goroutine ---- */

static void tell_in_c(Tale *t, uint64_t g) {
    const ModelG *gp = &t->m->g[g];
    const ModelM *mp = m_of(t, gp->m);
    const char *fn = STR(gp->fn);
    say(t, "%s is %s%s%s, on M%llu since %s.", G(g), mp && mp->syscall ? "out of Go" : "in C",
        fn[0] ? ", in " : "", fn, (Ull)gp->m, TIME(gp->since_ns));
    if (t->m->imported && mp != NULL && mp->p < t->m->p_count) {
        say(t, "P%llu is still attached and runs nothing.", (Ull)mp->p);
        say_sysmon(t, mp->p);
    } else if (mp != NULL && mp->p < t->m->p_count) {
        const ModelP *pp = &t->m->p[mp->p];
        uint64_t work = pp->runq.count + (pp->runnext != NONE);
        say(t, "P%llu is still attached and runs nothing, with %llu goroutine%s in its queue.",
            (Ull)mp->p, (Ull)work, PLURAL(work));
        say_sysmon(t, mp->p);
    } else if (mp != NULL && mp->from_p < t->m->p_count) {
        const ModelP *pp = &t->m->p[mp->from_p];
        if (pp->retaken_from == gp->m)
            say(t, "Its P%llu was taken away at %s%s.", (Ull)mp->from_p, TIME(pp->retaken_ns),
                pp->on_idle_list || (t->m->imported && pp->state == P_IDLE) ? ", and is idle"
                                                                            : ", and given to others");
        else say(t, "It has no P any more: P%llu was taken away.", (Ull)mp->from_p);
    }
    say_call(t, g);
}

/* Which slice is it in, and who put it there? */
static void tell_running(Tale *t, uint64_t g) {
    const ModelG *gp = &t->m->g[g];
    Event start, e;
    say(t, "%s is running on P%llu, with M%llu, since %s.", G(g), (Ull)gp->p, (Ull)gp->m,
        TIME(gp->since_ns));
    say_doing(t, g);
    if (!trail_last(t->at, t->m->seq + 1, EV_GO_START, g, &start)) {
        say_root(t, gp->since_seq, "It runs because");
        return;
    }
    if (t->m->imported) { /* of time slices the trace says nothing */
        say_root(t, start.cause, "It could run because");
        return;
    }
    if (start.seq != gp->since_seq)
        say(t, "It had come onto that thread at %s, and has been in C and back since.",
            TIME(start.time_ns));
    if (!start.arg[3]) {
        say(t, "It came off a queue and began a time slice of its own, of 10ms, at %s.",
            TIME(start.time_ns));
    } else {
        for (e = start; e.kind != EV_GO_START || e.arg[1] != start.arg[1] || e.arg[3];) {
            if (!trail_event(t->at, e.seq - 1, &e)) break;
        }
        if (e.kind == EV_GO_START)
            say(t, "It was next in line and goes on in the time slice that %s began at %s.",
                G(e.arg[0]), TIME(e.time_ns));
    }
    say_root(t, start.cause, "It could run because");
}

/* Imported: is this the first word on it? */
static bool tell_not_seen(Tale *t, const Event *e, Kind kind, uint64_t id) {
    bool first = e->kind == EV_G_SEEN || e->kind == EV_M_SEEN || e->kind == EV_GO_CREATE_C || e->kind == EV_GO_CREATE_WAITING;
    if (!first || event_first(e, kind) != id || (kind == KIND_M && e->kind != EV_M_SEEN)) return false;
    say(t, "Nothing is known of %s%llu yet: the first word on it comes in %s (%s), and it " WHY_OUTSIDE ".",
        kind_letter[kind], (Ull)id, TIME(in(t, e->time_ns)), event_spec[e->kind].name);
    return true;
}

static void tell_unborn(Tale *t, uint64_t g) {
    Event e;
    for (uint64_t seq = t->m->seq + 1; trail_event(t->at, seq, &e); seq++) {
        bool extra = e.kind == EV_EXTRA_NEW && e.arg[1] == g;
        if (tell_not_seen(t, &e, KIND_G, g)) return;
        if (!extra && (e.kind != EV_GO_CREATE || e.arg[0] != g)) continue;
        if (extra)
            say(t, "g%llu does not exist yet: it comes in %s with M%llu, an extra M for C threads.",
                (Ull)g, TIME(in(t, e.time_ns)), (Ull)e.arg[0]);
        else
            say(t, "g%llu does not exist yet: %s makes it in %s%s.", (Ull)g,
                e.arg[1] == NONE ? "the runtime" : G(e.arg[1]), TIME(in(t, e.time_ns)),
                AT(e.arg[3]));
        if (trail_line(&e) == 0) say_root(t, e.seq, "That comes about because");
        return;
    }
    say(t, "There is no g%llu in this trace: it " WHY_OUTSIDE ".", (Ull)g);
}

static void tell_g(Tale *t, uint64_t g, bool asked) {
    const ModelG *gp = g_of(t, g);
    if (gp == NULL) {
        tell_unborn(t, g);
        return;
    }
    if (is_told(t, g)) {
        tell_circle(t, g);
        return;
    }
    if (t->told_count == ARRAY_LEN(t->told) || t->y->count + 6 > WHY_SENTENCES_MAX) {
        say(t, "%s is %s%s; ask for it to hear more.", G(g), g_state_name[gp->state], AT(gp->line));
        return;
    }
    t->told[t->told_count++] = g;
    switch (gp->state) {
    case G_RUNNABLE: tell_runnable(t, g, asked); break;
    case G_WAITING: tell_waiting(t, g); break;
    case G_SYSCALL: tell_in_c(t, g); break;
    case G_RUNNING:
        if (asked) {
            tell_running(t, g);
            break;
        }
        say(t, "%s runs on P%llu since %s.", G(g), (Ull)gp->p, TIME(gp->since_ns));
        say_doing(t, g);
        break;
    case G_EXTRA:
        say(t, "%s is spare since %s: it goes with M%llu, which no C thread has borrowed.", G(g),
            TIME(gp->since_ns), (Ull)gp->m);
        say_root(t, gp->since_seq, "It came to that because");
        break;
    case G_DEAD:
        say(t, "%s has ended, at %s: its function returned after what it did%s.", G(g),
            TIME(gp->since_ns), AT(gp->line));
        break;
    default:
        say(t, "%s is %s since %s%s.", G(g),
            gp->state < G_COUNT ? g_state_name[gp->state] : "in an unknown state",
            TIME(gp->since_ns), AT(gp->line));
        if (gp->line == 0) say_root(t, gp->since_seq, "That is because");
        break;
    }
}

/* ---- a thread ---- */

static void tell_m_state(Tale *t, uint64_t m) {
    const ModelM *mp = &t->m->m[m];
    const char *since = TIME(mp->since_ns);
    switch (mp->state) {
    case M_STARTING:
        say(t, "M%llu is being started by the operating system since %s, to take P%llu.", (Ull)m,
            since, (Ull)mp->next_p);
        break;
    case M_WAKING:
        say(t, "M%llu is waking since %s, to take P%llu.", (Ull)m, since, (Ull)mp->next_p);
        say_root(t, mp->since_seq, "It was woken because");
        break;
    case M_PARKED:
        say(t,
            "M%llu is parked since %s: it had no P and no work, and threads are never given back.",
            (Ull)m, since);
        say_root(t, mp->since_seq, "It parked after");
        break;
    case M_POLLING:
        say(t, "M%llu sleeps in the network poller since %s, until a timer is due.", (Ull)m, since);
        say_root(t, mp->since_seq, "It went there after");
        break;
    case M_SPINNING:
        say(t, "M%llu has P%llu and searches the other Ps for work since %s.", (Ull)m, (Ull)mp->p,
            since);
        say_root(t, mp->since_seq, "It searches because");
        break;
    case M_LOCKED:
        say(t, "M%llu sleeps since %s: %s is locked to it, and it may run nobody else.", (Ull)m,
            since, G(mp->lock_g));
        if (g_of(t, mp->lock_g)) tell_g(t, mp->lock_g, false);
        break;
    case M_EXTRA:
        say(t,
            "M%llu is on the list of extra Ms since %s, for a C thread that calls Go: no thread of "
            "the "
            "system belongs to it.",
            (Ull)m, since);
        break;
    case M_TEMPLATE:
        say(t, "M%llu is the template thread since %s: it makes threads for those that are locked.",
            (Ull)m, since);
        break;
    case M_DEAD:
        say(t, "M%llu has ended, at %s, with the goroutine that was locked to it.", (Ull)m, since);
        say_root(t, mp->since_seq, "That was after");
        break;
    case M_WEDGED:
        say(t, "M%llu is parked for ever, since %s: the goroutine that was locked to it ended, and the process's first thread cannot.",
            (Ull)m, since);
        say_root(t, mp->since_seq, "That was after");
        break;
    case M_UNKNOWN:
        say(t, "M%llu has neither a P nor a goroutine since %s: it sleeps, or looks for work; the trace does not say which.",
            (Ull)m, since);
        break;
    case M_RUNNING:
        if (g_of(t, mp->g) == NULL) say(t, "M%llu is between two goroutines.", (Ull)m);
        else tell_g(t, mp->g, true);
        break;
    case M_IN_C:
        if (g_of(t, mp->g)) tell_g(t, mp->g, true);
        break;
    default:
        say(t, "M%llu is %s since %s.", (Ull)m,
            mp->state < M_COUNT ? m_state_name[mp->state] : "in an unknown state", since);
        break;
    }
}

static void tell_unborn_m(Tale *t, uint64_t m) {
    Event e;
    for (uint64_t seq = t->m->seq + 1; trail_event(t->at, seq, &e); seq++) {
        char what[40] = ", as the template thread";
        if (tell_not_seen(t, &e, KIND_M, m)) return;
        if (e.kind != EV_M_NEW && e.kind != EV_EXTRA_NEW && e.kind != EV_M_TEMPLATE) continue;
        if (e.arg[0] != m) continue;
        if (e.kind == EV_M_NEW) snprintf(what, sizeof what, ", for P%llu", (Ull)e.arg[1]);
        if (e.kind == EV_EXTRA_NEW) snprintf(what, sizeof what, ", as an extra M for C threads");
        say(t, "M%llu does not exist yet: it is made in %s%s.", (Ull)m, TIME(in(t, e.time_ns)),
            what);
        say_root(t, e.seq, "That comes about because");
        return;
    }
    say(t, "There is no M%llu in this trace: it " WHY_OUTSIDE ".", (Ull)m);
}

static void tell_sysmon(Tale *t) {
    const Model *m = t->m;
    if (m->imported)
        say(t, "M1 runs sysmon; when it looks and when it sleeps, the trace does not say.");
    else if (m->sysmon_asleep)
        say(t, "M1 runs sysmon, which is in deep sleep until %s, because all Ps were idle.",
            TIME(m->sysmon_next_ns));
    else
        say(t,
            "M1 runs sysmon: it looked at %s, after %llu round%s without success, and looks again "
            "at %s.",
            TIME(m->sysmon_last_ns), (Ull)m->sysmon_idle, PLURAL(m->sysmon_idle),
            TIME(m->sysmon_next_ns));
    say(t, "It " WHY_OUTSIDE ": the runtime makes this thread when it starts, and it needs no P.");
}

/* Why there is this thread at all. */
static void tell_made(Tale *t, uint64_t m) {
    Event born, e;
    bool known = trail_event(t->at, t->m->m[m].born_seq, &born);
    if (t->m->imported) {
        say(t, "M%llu is first heard of at %s; who made it, the trace does not say: it " WHY_OUTSIDE ".", (Ull)m,
            known ? TIME(born.time_ns) : "its start");
        return;
    }
    if (m == 0) {
        say(t, "M0 " WHY_OUTSIDE ": it is the thread with which the process started.");
        return;
    }
    if (!known || born.kind != EV_M_NEW) {
        bool extra = known && born.kind == EV_EXTRA_NEW;
        say_root(t, t->m->m[m].born_seq,
                 extra ? "It was made, as an extra M, because" : "It exists because");
        return;
    }
    say(t, "M%llu was made at %s for P%llu: no thread was parked.", (Ull)m, TIME(born.time_ns),
        (Ull)born.arg[1]);
    for (e = born; trail_event(t->at, e.cause, &e) && trail_line(&e) == 0;) {
        if (e.kind == EV_P_RETAKE && e.arg[4] == 1)
            say(t, "sysmon had taken P%llu from M%llu, which was in C with %s.", (Ull)e.arg[0],
                (Ull)e.arg[1], G(e.arg[2]));
        if (e.kind == EV_P_RETAKE || e.kind == EV_SYSMON_LOOK) break;
        if (e.kind == EV_P_HANDOFF)
            say(t, "P%llu was handed on: %s.", (Ull)e.arg[0], STR(e.arg[1]));
    }
    say_root(t, born.seq, "It goes back to this:");
}

static void tell_m(Tale *t, uint64_t m) {
    const ModelM *mp = m_of(t, m);
    if (mp == NULL) {
        tell_unborn_m(t, m);
    } else if (mp->state == M_SYSMON) {
        tell_sysmon(t);
    } else {
        tell_m_state(t, m);
        tell_made(t, m);
    }
}

/* ---- a channel, an object ---- */

/* Not there yet, or in no part of the trace. */
static void tell_unmade(Tale *t, const char *what, Kind kind, uint64_t id) {
    Event e;
    for (uint64_t seq = t->m->seq + 1; trail_event(t->at, seq, &e); seq++) {
        bool chan = e.kind == EV_CHAN_MAKE, obj = e.kind == EV_OBJ_NEW || e.kind == EV_MEM_NEW;
        if ((kind == KIND_CHAN ? !chan : !obj) || e.arg[0] != id) continue;
        const char *name = STR(event_arg(&e, "name"));
        say(t, "%s%s%s%llu%s does not exist yet: it is made in %s%s.", name, name[0] ? " (" : "", kind_letter[kind], (Ull)id,
            name[0] ? ")" : "", TIME(in(t, e.time_ns)), AT(trail_line(&e)));
        if (trail_line(&e) == 0) say_root(t, e.seq, "That comes about because");
        return;
    }
    say(t, "There is no %s %s%llu in this trace: it " WHY_OUTSIDE ".", what, kind_letter[kind], (Ull)id);
}

static void tell_chan(Tale *t, uint64_t c) {
    if (c >= t->m->chan_count) {
        tell_unmade(t, "channel", KIND_CHAN, c);
        return;
    }
    const ModelChan *ch = &t->m->chan[c];
    say(t, "%s holds %llu of %llu value%s%s; %llu were sent on it, %llu received from it.", CHAN(c),
        (Ull)ch->count, (Ull)ch->cap, PLURAL(ch->cap), ch->closed ? " and is closed" : "",
        (Ull)ch->sends, (Ull)ch->recvs);
    if (ch->recvq.count + ch->sendq.count == 0) say(t, "Nobody waits at either end.");
    else tell_g(t, model_waiter(t->m, ch->recvq.count ? ch->recvq.head : ch->sendq.head), false);
    if (ch->line) say(t, "The channel was made%s.", AT(ch->line));
    else say(t, "The channel " WHY_OUTSIDE ": no line made it.");
}

/* Pins that were not taken out again, newest first. */
static void say_pins(Tale *t, uint64_t obj) {
    uint64_t left = t->m->obj[obj].pins, out = 0;
    Event e;
    for (uint64_t seq = t->m->seq; left > 0 && trail_event(t->at, seq, &e); seq--) {
        if (e.kind == EV_UNPIN && e.arg[1] == obj) out++;
        if (e.kind != EV_PIN || e.arg[1] != obj) continue;
        if (out > 0) {
            out--;
            continue;
        }
        say(t, "%s pinned it at %s%s: the collector may neither move nor free it.", G(e.arg[0]),
            TIME(e.time_ns), AT(e.arg[2]));
        left--;
    }
}

/* Where it has gone, and who has not been told. */
static void say_moved(Tale *t, const ModelObj *ob) {
    if (ob->memory != MEM_GO) {
        if (ob->freed_ns != NONE)
            say(t, "It was given back at %s%s: 0x%llx is another's by now, or free.", TIME(ob->freed_ns), AT(ob->freed_line), (Ull)ob->at);
        else if (ob->memory == MEM_STACK)
            say(t, "It has moved %llu time%s, with its stack, and is at 0x%llx now%s.", (Ull)ob->moves, PLURAL(ob->moves), (Ull)ob->at,
                ob->addressed_line != NONE && ob->moves > 0 ? "; its address had been given away" : "");
        else say(t, "It stays at 0x%llx until somebody gives it back: the collector neither moves nor frees it.", (Ull)ob->at);
    } else if (ob->freed_ns != NONE) {
        say(t, "It was freed at %s: nothing in Go led to it any more. Its memory, at 0x%llx, is another's by now, or free.",
            TIME(ob->freed_ns), (Ull)ob->at);
        say_root(t, ob->freed_seq, "It was noticed because");
    } else if (ob->moves > 0) {
        say(t, "The moving collector has moved it %llu time%s, last from 0x%llx to 0x%llx at %s; Go's own would not.",
            (Ull)ob->moves, PLURAL(ob->moves), (Ull)ob->moved_from, (Ull)ob->at, TIME(ob->moved_ns));
        say_root(t, ob->moved_seq, "It goes back to this:");
    }
}

static bool say_stale(Tale *t, const ModelCmd *c, uint64_t obj) {
    bool stale = false;
    for (uint64_t k = 0; k < c->arg_count; k++) {
        if (c->obj[k] != obj || c->stale[k] == NONE) continue;
        say(t, "It uses 0x%llx, where the object is not any more: %llu of its slices had run before.", (Ull)c->stale[k],
            (Ull)c->stale_done[k]);
        stale = true;
    }
    return stale;
}

static void tell_obj(Tale *t, uint64_t obj) {
    const Model *m = t->m;
    if (obj >= m->obj_count) {
        tell_unmade(t, "object", KIND_OBJ, obj);
        return;
    }
    const ModelObj *ob = &m->obj[obj];
    say(t,
        "%s (o%llu) is an object of %llu bytes in %s, with %llu pin%s, and %llu device "
        "command%s that hold%s its address.",
        STR(ob->name), (Ull)obj, (Ull)ob->bytes, memory_name[ob->memory], (Ull)ob->pins, PLURAL(ob->pins), (Ull)ob->users,
        PLURAL(ob->users), ob->users == 1 ? "s" : "");
    bool stale = false;
    say_pins(t, obj);
    say_moved(t, ob);
    for (size_t i = 0; ob->users > 0 && i < m->cmd_count; i++) {
        const ModelCmd *c = &m->cmd[i];
        bool holds = false;
        for (uint64_t k = 0; k < c->arg_count; k++) holds = holds || c->obj[k] == obj;
        if (!holds || c->state == CMD_DONE) continue;
        if (c->state == CMD_RUNNING)
            say(t, "%s (k%zu) runs on it until %s; %s enqueued it%s.", STR(c->name), i,
                TIME(c->end_ns), G(c->g), AT(c->line));
        else
            say(t, "%s (k%zu) is queued; %s enqueued it%s.", STR(c->name), i, G(c->g), AT(c->line));
        stale |= say_stale(t, c, obj);
    }
    if (ob->memory == MEM_GO && ob->pins == 0 && ob->users > 0 && ob->freed_ns == NONE && !stale)
        say(t, "Nothing keeps it in its place while the device holds its address.");
    if (ob->line) say(t, "It was made%s.", AT(ob->line));
    else say(t, "It " WHY_OUTSIDE ": no line made it.");
}

void why(const WhyAt *at, Kind kind, uint64_t id, Why *y) {
    Tale tale = {.at = at, .m = at->model, .y = y}, *t = &tale;
    y->count = 0;
    if (t->m->ended) say(t, "The run is over; this is how it stood at its end.");
    switch (kind) {
    case KIND_G: tell_g(t, id, true); break;
    case KIND_M: tell_m(t, id); break;
    case KIND_CHAN: tell_chan(t, id); break;
    case KIND_OBJ: tell_obj(t, id); break;
    case KIND_P:
        if (id < t->m->p_count) tell_p(t, id);
        else
            say(t, "There is no P%llu: GOMAXPROCS is %llu, which " WHY_OUTSIDE ".", (Ull)id,
                (Ull)t->m->procs);
        break;
    default: say(t, "Nothing is known of a %s: it " WHY_OUTSIDE ".", kind_name[kind]); break;
    }
}

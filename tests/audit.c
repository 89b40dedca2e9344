/* audit.c -- the one file that sees both sides: the simulator's world and the model of its events.
 *
 * If they differ, a change of state was not reported, or reported wrongly: a bug in the simulator.
 */
#include "program.h"

#include <stdarg.h>
#include <stdio.h>

typedef struct {
    const World *w;
    const Model *m;
    char *why;
    size_t size;
    bool ok;
} Audit;

static void differ(Audit *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void differ(Audit *a, const char *fmt, ...) {
    if (!a->ok) return;
    va_list ap;
    va_start(ap, fmt);
    int n = snprintf(a->why, a->size, "after event #%llu: ", (unsigned long long)a->m->seq);
    vsnprintf(a->why + n, a->size - (size_t)n, fmt, ap);
    va_end(ap);
    a->ok = false;
}

static void same(Audit *a, const char *what, uint64_t id, const char *field, uint64_t world,
                 uint64_t model) {
    if (world == model) return;
    differ(a, "%s%llu.%s is %lld in the world, %lld in the model", what, (unsigned long long)id,
           field, (long long)world, (long long)model);
}

static uint64_t id_of_g(const G *gp) { return gp ? gp->id.v : NONE; }

static void same_queue(Audit *a, const char *what, uint64_t id, const GQueue *q, const ModelQ *mq) {
    same(a, what, id, "queue length", q->count, mq->count);
    uint64_t g = mq->count ? mq->head : NONE;
    for (const G *gp = q->head; gp != NULL && a->ok; gp = gp->schedlink) {
        same(a, what, id, "queue entry", gp->id.v, g);
        if (a->ok) g = a->m->g[g].next;
    }
}

static void same_waiters(Audit *a, uint64_t id, const WaitQ *q, const ModelQ *mq) {
    same(a, "c", id, "number of waiters", q->count, mq->count);
    uint64_t entry = mq->count ? mq->head : NONE;
    for (Sudog *sg = q->first; sg != NULL && a->ok; sg = sg->next) {
        const Scase *k = scase_of(sg);
        same(a, "c", id, "waiter", sg->g->id.v, model_waiter(a->m, entry));
        same(a, "c", id, "waiter of a select", k != NULL, entry >= MODEL_SUDOG);
        if (k == NULL || !a->ok) {
            if (a->ok) entry = model_behind(a->m, entry);
            continue;
        }
        const ModelSudog *ms = &a->m->sudog[entry - MODEL_SUDOG];
        same(a, "c", id, "waiter's case", (uint64_t)(k - a->w->selects[sg->g->op.a]->cases), ms->nth);
        same(a, "c", id, "waiter's channel", k->c->id.v, ms->chan);
        same(a, "c", id, "waiter's direction", k->sends, ms->sending);
        entry = model_behind(a->m, entry);
    }
}

/* The channel at which it waits in a plain operation. */
static uint64_t waits_at(const G *gp) {
    bool plain = gp->op.kind == OP_SEND || gp->op.kind == OP_RECV;
    return gp->status == G_WAITING && plain && !gp->own ? gp->op.a : NONE;
}

/* How many places it has in the queues of channels, while it waits in a select. */
static uint64_t places(const World *w, const G *gp) {
    uint64_t n = 0;
    if (gp->status != G_WAITING || gp->own || gp->op.kind != OP_SELECT) return 0;
    const Select *sel = w->selects[gp->op.a];
    for (uint32_t i = 0; i < sel->count; i++) n += sel->cases[i].queued;
    return n;
}

static uint64_t model_places(const Model *m, const ModelG *gp) {
    uint64_t n = 0;
    if (gp->place != AT_SELECT) return 0;
    for (uint64_t entry = gp->next; entry != NONE; entry = m->sudog[entry - MODEL_SUDOG].other) n++;
    return n;
}

static void audit_g(Audit *a) {
    for (size_t i = 1; i < a->m->g_count; i++) {
        const G *gp = i < a->w->allg_count ? a->w->allg[i] : NULL;
        const ModelG *mg = &a->m->g[i];
        if (gp == NULL) {
            if (mg->state != G_NONE && mg->state != G_DEAD)
                differ(a, "g%zu is gone, but %s in the model", i, g_state_name[mg->state]);
            continue;
        }
        same(a, "g", i, "status", gp->status, mg->state);
        same(a, "g", i, "m", gp->m ? gp->m->id.v : NONE, mg->m);
        bool queued = mg->place == AT_SENDQ || mg->place == AT_RECVQ;
        same(a, "g", i, "lockedm", gp->lockedm ? gp->lockedm->id.v : NONE, mg->lock_m);
        same(a, "g", i, "chan", waits_at(gp), queued ? mg->chan : NONE);
        same(a, "g", i, "places in queues", places(a->w, gp), model_places(a->m, mg));
    }
}

static void audit_p(Audit *a) {
    same(a, "P", 0, "count", a->w->allp_count, a->m->p_count);
    same(a, "sched", 0, "gomaxprocs", a->w->procs, a->m->procs);
    for (uint32_t i = 0; i < a->w->allp_count && a->ok; i++) {
        const P *pp = a->w->allp[i];
        const ModelP *mp = &a->m->p[i];
        same(a, "P", i, "status", pp->status, mp->state);
        same(a, "P", i, "m", pp->m ? pp->m->id.v : NONE, mp->m);
        same(a, "P", i, "runnext", id_of_g(pp->runnext), mp->runnext);
        same(a, "P", i, "runq length", pp->runqtail - pp->runqhead, mp->runq.count);
        uint64_t g = mp->runq.head;
        for (uint32_t k = pp->runqhead; k != pp->runqtail && a->ok; k++) {
            same(a, "P", i, "runq entry", pp->runq[k % RUNQ_SIZE]->id.v, g);
            if (a->ok) g = a->m->g[g].next;
        }
    }
    uint32_t idle = 0, listed = 0;
    for (size_t i = 0; i < a->m->p_count; i++) idle += a->m->p[i].on_idle_list != 0;
    for (const P *pp = a->w->sched.pidle; pp != NULL; pp = pp->link) listed++;
    same(a, "sched", 0, "npidle", a->w->sched.npidle, idle);
    same(a, "sched", 0, "length of the idle list", listed, idle);
}

static void audit_m(Audit *a) {
    uint64_t spinning = 0;
    same(a, "M", 0, "count", a->w->allm_count, a->m->m_count);
    for (size_t i = 0; i < a->w->allm_count && a->ok; i++) {
        const M *mp = a->w->allm[i];
        const ModelM *mm = &a->m->m[i];
        same(a, "M", i, "status", mp->status, mm->state);
        same(a, "M", i, "p", mp->p ? mp->p->id.v : NONE, mm->p);
        same(a, "M", i, "curg", id_of_g(mp->curg), mm->g);
        same(a, "M", i, "lockedg", id_of_g(mp->lockedg), mm->lock_g);
        same(a, "M", i, "cthread", mp->cthread ? mp->cthread->id.v : NONE, mm->cthread);
        same(a, "M", i, "nextp", mp->nextp ? mp->nextp->id.v : NONE, mm->next_p);
        spinning += mp->spinning;
    }
    same(a, "sched", 0, "nmspinning", a->w->sched.nmspinning, spinning);
}

/* The queues of package sync, and that who has a lock by the trace is as many as have it by its state. */
static void audit_sync(Audit *a) {
    same(a, "sync", 0, "count", a->w->sync_count, a->m->sync_count);
    for (size_t i = 0; i < a->w->sync_count && a->ok; i++) {
        const Sync *s = a->w->syncs[i];
        const ModelSync *ms = &a->m->sync[i];
        bool wg = s->kind == SYNC_WAITGROUP || s->kind == SYNC_ERRGROUP;
        bool one = s->kind == SYNC_MUTEX || s->kind == SYNC_ONCE || s->kind == SYNC_PTHREAD;
        const GQueue *q = s->kind == SYNC_COND ? &s->cond.waiting
                          : s->kind == SYNC_WEIGHTED ? &s->weighted.waiting : wg ? &s->wg.sema.waiting : &s->m.sema.waiting;
        same_queue(a, "s", i, q, &ms->queue[SYNC_Q_MAIN]);
        same_queue(a, "s", i, &s->rw.reader.waiting, &ms->queue[SYNC_Q_READERS]);
        same_queue(a, "s", i, &s->rw.writer.waiting, &ms->queue[SYNC_Q_WRITER]);
        same(a, "s", i, "starving", s->m.starving, ms->starving);
        same(a, "s", i, "counter", wg ? (uint64_t)s->wg.counter : 0, ms->count);
        same(a, "s", i, "done", s->done, ms->done);
        if (one) same(a, "s", i, "locked", s->m.locked, ms->held);
        if (s->kind == SYNC_WEIGHTED) same(a, "s", i, "held", s->weighted.cur, ms->held);
    }
}

bool audit(const World *w, const Model *m, char *why, size_t size) {
    Audit a = {w, m, why, size, true};
    same(&a, "clock", 0, "now", world_now(w), m->now_ns < world_now(w) ? world_now(w) : m->now_ns);
    audit_g(&a);
    audit_p(&a);
    audit_m(&a);
    same_queue(&a, "sched", 0, &w->sched.runq, &m->globq);
    same(&a, "chan", 0, "count", w->chan_count, m->chan_count);
    for (size_t i = 0; i < w->chan_count && a.ok; i++) {
        same(&a, "c", i, "count", w->chans[i]->count, m->chan[i].count);
        same(&a, "c", i, "closed", w->chans[i]->closed, m->chan[i].closed);
        same_waiters(&a, i, &w->chans[i]->sendq, &m->chan[i].sendq);
        same_waiters(&a, i, &w->chans[i]->recvq, &m->chan[i].recvq);
    }
    audit_sync(&a);
    same(&a, "sysmon", 0, "asleep", w->sysmon.asleep, m->sysmon_asleep);
    return a.ok;
}

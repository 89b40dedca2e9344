/* gotrace_order.c -- may this event be next? What each event needs, waits for and changes.
 *
 * The state of all threads (M), Ps and goroutines is followed. Three answers: DONE, and the state is changed;
 * WAIT, since another thread's event may still come that makes it possible; NEVER, since no other thread can
 * change what is wrong here. P and G carry counters, so that among several events that the state allows the
 * right one is taken: a counter that is not the next one waits.
 *
 *   thread 101:  GoBlock g1 ................ GoStart g2 #1        waits until g2 is runnable
 *   thread 102:  ............. GoCreate g2
 *
 * A function first checks, then changes; it may be called again after WAIT.
 *
 * Go: internal/trace/order.go; the names of the functions are those of the events
 */
#include "gotrace_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long long Ull;

/* One event, and where it happens. */
typedef struct {
    GotraceReader *r;
    GotraceEvent *e;
    uint32_t thread; /* NO_SLOT: none */
    uint32_t p, g;   /* the thread's, before the event */
    uint64_t m;      /* the thread's id */
} Step;

static const char *const status_of_g[] = {"undetermined", "runnable", "running", "in a syscall",
                                          "waiting"};
static const char *const status_of_p[] = {"undetermined", "running", "idle", "in a syscall",
                                          "in a syscall of a thread that has left it"};

static Advance say(GotraceReader *r, Advance a, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static Advance say(GotraceReader *r, Advance a, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(r->why, sizeof r->why, fmt, ap);
    va_end(ap);
    return a;
}
/* Waiting is common; its words are wanted only when nobody can go on. */
#define WAIT_UNLESS(cond, ...)                                                                     \
    do {                                                                                           \
        if (!(cond)) return s.r->explain ? say(s.r, ADVANCE_WAIT, __VA_ARGS__) : ADVANCE_WAIT;     \
    } while (0)
#define NEED(cond, ...)                                                                            \
    do {                                                                                           \
        if (!(cond)) return say(s.r, ADVANCE_NEVER, __VA_ARGS__);                                  \
    } while (0)
#define NEED_THREAD() NEED(s.thread != NO_SLOT, "it is in a batch of no thread")
#define NEED_P() NEED(s.p != NO_SLOT, "the thread has no P")
#define NEED_NO_G()                                                                                \
    NEED(s.g == NO_SLOT, "the thread has goroutine %llu already", (Ull)g_id(s.r, s.g))
#define NEED_THREAD_P()                                                                            \
    do {                                                                                           \
        NEED_THREAD();                                                                             \
        NEED_P();                                                                                  \
    } while (0)
/* Most events come from a goroutine that has a thread and a P. */
#define NEED_USER()                                                                                \
    do {                                                                                           \
        NEED_THREAD_P();                                                                           \
        NEED(s.g != NO_SLOT, "the thread runs no goroutine");                                      \
    } while (0)
#define NEED_STATUS_G(gp, want)                                                                    \
    NEED((gp)->status == (want), "goroutine %llu is %s, not %s", (Ull)(gp)->id,                    \
         status_of_g[(gp)->status], status_of_g[want])

/* ---- what there is ---- */

static uint64_t g_id(const GotraceReader *r, uint32_t g) {
    return g == NO_SLOT ? GOTRACE_NONE : r->g[g].id;
}
static uint64_t p_id(const GotraceReader *r, uint32_t p) {
    return p == NO_SLOT ? GOTRACE_NONE : r->p[p].id;
}

static uint32_t find_g(Step s, uint64_t id) { return idmap_get(&s.r->g_by_id, id); }
static uint32_t find_p(Step s, uint64_t id) { return idmap_get(&s.r->p_by_id, id); }

static Seq begin_seq(const GotraceReader *r) { return (Seq){r->counts.generation, 0}; }
static bool follows(const GotraceReader *r, const Seq *seq, uint64_t count) {
    return seq->generation == r->counts.generation && count == seq->count + 1;
}

static uint32_t new_g(GotraceReader *r, uint64_t id, GotraceG status) {
    uint32_t g;
    if (r->g_free_count > 0) {
        g = r->g_free[--r->g_free_count];
    } else {
        GROW(r->g, r->g_cap, r->g_count + 1);
        g = (uint32_t)r->g_count++;
    }
    Goroutine *gp = &r->g[g];
    gp->id = id;
    gp->seq = begin_seq(r);
    gp->status = (uint8_t)status;
    idmap_put(&r->g_by_id, id, g);
    return g;
}

/* Its place, with the room for its regions, is another's next. */
static void end_g(GotraceReader *r, uint32_t g) {
    Goroutine *gp = &r->g[g];
    idmap_remove(&r->g_by_id, gp->id);
    gp->id = GOTRACE_NONE;
    r->regions_open -= gp->region_count;
    gp->region_count = gp->stopping_count = 0;
    gp->assisting = false;
    GROW(r->g_free, r->g_free_cap, r->g_free_count + 1);
    r->g_free[r->g_free_count++] = g;
}

static void bind_p(GotraceReader *r, uint32_t thread, uint32_t p) {
    r->m[thread].p = p;
    r->m[thread].p_id = p_id(r, p);
}
static void set_p(GotraceReader *r, uint32_t thread, uint32_t p) {
    if (thread != NO_SLOT) bind_p(r, thread, p);
}
static void bind_g(GotraceReader *r, uint32_t thread, uint32_t g) {
    r->m[thread].g = g;
    r->m[thread].g_id = g_id(r, g);
}
static void set_g(GotraceReader *r, uint32_t thread, uint32_t g) {
    if (thread != NO_SLOT) bind_g(r, thread, g);
}

/* ---- what comes out ---- */

/* One event becomes several: this one ... */
static GotraceEvent *give(GotraceReader *r, const GotraceEvent *e) {
    r->out[r->out_count] = *e;
    return &r->out[r->out_count++];
}
/* ... and one that follows from it. */
static GotraceEvent *imply(GotraceReader *r, const GotraceEvent *from, GotraceNumber number) {
    GotraceEvent *e = give(r, from);
    memset(e->arg, 0, sizeof e->arg);
    e->number = (uint8_t)number;
    e->implied = true;
    return e;
}

/* ---- processors ---- */

static Advance proc_status(Step s) {
    GotraceReader *r = s.r;
    uint64_t id = s.e->arg[0], status = s.e->arg[1], from = 0;
    NEED(id != GOTRACE_NONE, "there is no P of that number");
    NEED(status < ARRAY_LEN(status_of_p), "a P has no status %llu", (Ull)status);
    uint32_t p = find_p(s, id);
    if (p != NO_SLOT) {
        Proc *pp = &r->p[p];
        /* Its thread may have gone without a word; it is not lost if we still know the thread. */
        bool promoted = status == GT_P_ABANDONED && pp->status == GT_P_SYSCALL;
        NEED(pp->status == status || promoted, "P%llu is said to be %s, and was %s", (Ull)id,
             status_of_p[status], status_of_p[pp->status]);
        if (promoted) { /* it shows on the thread that has the P */
            uint32_t m = 0;
            while (m < r->m_count && !(r->m[m].known && r->m[m].p == p)) m++;
            NEED(m < r->m_count, "no thread has P%llu, which is in a syscall", (Ull)id);
            s.e->m = r->m[m].id;
            s.e->p = id;
            s.e->g = g_id(r, r->m[m].g);
        }
        from = pp->status;
        pp->seq = begin_seq(r);
    } else {
        GROW(r->p, r->p_cap, r->p_count + 1);
        p = (uint32_t)r->p_count++;
        r->p[p] = (Proc){.id = id, .seq = begin_seq(r), .status = (uint8_t)status};
        idmap_put(&r->p_by_id, id, p);
    }
    s.e->status_from = (uint8_t)from;
    if (status == GT_P_RUNNING || status == GT_P_SYSCALL) set_p(s.r, s.thread, p);
    return ADVANCE_DONE;
}

static Advance proc_start(Step s) {
    uint32_t p = find_p(s, s.e->arg[0]);
    WAIT_UNLESS(p != NO_SLOT, "starts P%llu, of which there is no status yet", (Ull)s.e->arg[0]);
    Proc *pp = &s.r->p[p];
    WAIT_UNLESS(pp->status == GT_P_IDLE, "starts P%llu, which is %s", (Ull)pp->id,
                status_of_p[pp->status]);
    WAIT_UNLESS(follows(s.r, &pp->seq, s.e->arg[1]),
                "is change %llu of P%llu, which has had %llu in generation %llu", (Ull)s.e->arg[1],
                (Ull)pp->id, (Ull)pp->seq.count, (Ull)pp->seq.generation);
    WAIT_UNLESS(s.p == NO_SLOT, "starts P%llu on a thread that has P%llu", (Ull)pp->id,
                (Ull)p_id(s.r, s.p));
    NEED_THREAD();
    pp->status = GT_P_RUNNING;
    pp->seq.count++;
    set_p(s.r, s.thread, p);
    return ADVANCE_DONE;
}

static Advance proc_stop(Step s) {
    NEED_THREAD_P();
    Proc *pp = &s.r->p[s.p];
    NEED(pp->status == GT_P_RUNNING || pp->status == GT_P_SYSCALL, "P%llu is %s", (Ull)pp->id,
         status_of_p[pp->status]);
    pp->status = GT_P_IDLE;
    set_p(s.r, s.thread, NO_SLOT);
    return ADVANCE_DONE;
}

/* A P that is in a syscall is taken, from its thread by another or by itself. */
static Advance proc_steal(Step s) {
    GotraceReader *r = s.r;
    uint32_t p = find_p(s, s.e->arg[0]);
    uint64_t from = s.e->arg[2];
    WAIT_UNLESS(p != NO_SLOT, "takes P%llu, of which there is no status yet", (Ull)s.e->arg[0]);
    Proc *pp = &r->p[p];
    WAIT_UNLESS(pp->status == GT_P_SYSCALL || pp->status == GT_P_ABANDONED,
                "takes P%llu, which is %s", (Ull)pp->id, status_of_p[pp->status]);
    WAIT_UNLESS(follows(s.r, &pp->seq, s.e->arg[1]),
                "is change %llu of P%llu, which has had %llu in generation %llu", (Ull)s.e->arg[1],
                (Ull)pp->id, (Ull)pp->seq.count, (Ull)pp->seq.generation);
    NEED_THREAD();
    if (pp->status == GT_P_SYSCALL) {
        uint32_t m = from == s.m ? s.thread : idmap_get(&r->m_by_id, from);
        NEED(m != NO_SLOT && r->m[m].known,
             "P%llu is taken from thread %llu, which has not been heard of", (Ull)pp->id,
             (Ull)from);
        NEED(r->m[m].p == p, "P%llu is taken from thread %llu, which has %s%llu", (Ull)pp->id,
             (Ull)from, r->m[m].p == NO_SLOT ? "none; it asks for P" : "P",
             (Ull)(r->m[m].p == NO_SLOT ? pp->id : p_id(r, r->m[m].p)));
        bind_p(r, m, NO_SLOT);
    }
    s.e->status_from = pp->status;
    pp->status = GT_P_IDLE;
    pp->seq.count++;
    return ADVANCE_DONE;
}

/* ---- goroutines ---- */

static Advance go_status(Step s) {
    GotraceReader *r = s.r;
    uint64_t id = s.e->arg[0], m = s.e->arg[1], status = s.e->arg[2];
    bool first = r->counts.generation == r->first_generation;
    NEED(id != GOTRACE_NONE, "there is no goroutine of that number");
    NEED(status < ARRAY_LEN(status_of_g), "a goroutine has no status %llu", (Ull)status);
    NEED(status != GT_G_SYSCALL || m != GOTRACE_NONE, "goroutine %llu is in a syscall of no thread",
         (Ull)id);
    uint32_t g = find_g(s, id), other = NO_SLOT;
    if (g == NO_SLOT) {
        NEED(first, "the first word on goroutine %llu comes after the first generation", (Ull)id);
    } else {
        NEED(r->g[g].status == status, "goroutine %llu is said to be %s, and was %s", (Ull)id,
             status_of_g[status], status_of_g[r->g[g].status]);
    }
    bool elsewhere = status == GT_G_SYSCALL && m != s.m;
    if (status == GT_G_SYSCALL && !elsewhere) {
        NEED(first || (g != NO_SLOT && s.g == g),
             "goroutine %llu is in a syscall here, and the thread has %s%llu", (Ull)id,
             s.g == NO_SLOT ? "none of number " : "goroutine ",
             (Ull)(s.g == NO_SLOT ? id : g_id(r, s.g)));
    }
    if (elsewhere) {
        other = idmap_get(&r->m_by_id, m);
        bool known = other != NO_SLOT && r->m[other].known;
        NEED(!known || (g != NO_SLOT && r->m[other].g_id == id),
             "goroutine %llu is in a syscall of thread %llu, which has not it", (Ull)id, (Ull)m);
        s.e->m = m;
        if (known) s.e->g = g_id(r, g);
    }
    s.e->status_from = g == NO_SLOT ? 0 : (uint8_t)status;
    if (g == NO_SLOT) {
        g = new_g(r, id, (GotraceG)status);
    } else {
        r->g[g].seq = begin_seq(r);
    }
    if (elsewhere) {
        if (other == NO_SLOT) {
            GROW(r->m, r->m_cap, r->m_count + 1);
            other = (uint32_t)r->m_count++;
            r->m[other] = (Thread){.id = m, .p_id = GOTRACE_NONE, .p = NO_SLOT, .cursor = NO_SLOT};
            idmap_put(&r->m_by_id, m, other);
        }
        r->m[other].known = true;
        bind_g(r, other, g);
    } else if (status == GT_G_RUNNING || status == GT_G_SYSCALL) {
        set_g(s.r, s.thread, g);
    }
    return ADVANCE_DONE;
}

static Advance go_create(Step s) {
    uint64_t id = s.e->arg[0];
    NEED_THREAD_P();
    if (s.g != NO_SLOT) NEED_STATUS_G(&s.r->g[s.g], GT_G_RUNNING);
    NEED(id != GOTRACE_NONE, "there is no goroutine of that number");
    NEED(find_g(s, id) == NO_SLOT, "goroutine %llu is there already", (Ull)id);
    new_g(s.r, id, s.e->number == GT_GO_CREATE_BLOCKED ? GT_G_WAITING : GT_G_RUNNABLE);
    return ADVANCE_DONE;
}

/* A thread of C comes in: it brings its goroutine along, which is in a syscall until it has a P. */
static Advance go_create_syscall(Step s) {
    uint64_t id = s.e->arg[0];
    NEED_THREAD();
    NEED_NO_G();
    NEED(id != GOTRACE_NONE, "there is no goroutine of that number");
    NEED(find_g(s, id) == NO_SLOT, "goroutine %llu is there already", (Ull)id);
    set_g(s.r, s.thread, new_g(s.r, id, GT_G_SYSCALL));
    return ADVANCE_DONE;
}

static Advance go_start(Step s) {
    uint32_t g = find_g(s, s.e->arg[0]);
    WAIT_UNLESS(g != NO_SLOT, "starts goroutine %llu, which there is not yet", (Ull)s.e->arg[0]);
    Goroutine *gp = &s.r->g[g];
    WAIT_UNLESS(gp->status == GT_G_RUNNABLE, "starts goroutine %llu, which is %s", (Ull)gp->id,
                status_of_g[gp->status]);
    WAIT_UNLESS(follows(s.r, &gp->seq, s.e->arg[1]),
                "is change %llu of goroutine %llu, which has had %llu in generation %llu",
                (Ull)s.e->arg[1], (Ull)gp->id, (Ull)gp->seq.count, (Ull)gp->seq.generation);
    NEED_THREAD_P();
    NEED_NO_G();
    gp->status = GT_G_RUNNING;
    gp->seq.count++;
    set_g(s.r, s.thread, g);
    return ADVANCE_DONE;
}

/* GoStop, GoBlock: the running goroutine leaves its thread. */
static Advance go_leave(Step s, GotraceG status) {
    NEED_USER();
    Goroutine *gp = &s.r->g[s.g];
    NEED_STATUS_G(gp, GT_G_RUNNING);
    gp->status = (uint8_t)status;
    set_g(s.r, s.thread, NO_SLOT);
    return ADVANCE_DONE;
}
static Advance go_destroy(Step s) {
    NEED_USER();
    NEED_STATUS_G(&s.r->g[s.g], GT_G_RUNNING);
    end_g(s.r, s.g);
    set_g(s.r, s.thread, NO_SLOT);
    return ADVANCE_DONE;
}

/* From anywhere: a timer, the network, even no thread. */
static Advance go_unblock(Step s) {
    uint32_t g = find_g(s, s.e->arg[0]);
    WAIT_UNLESS(g != NO_SLOT, "wakes goroutine %llu, which there is not yet", (Ull)s.e->arg[0]);
    Goroutine *gp = &s.r->g[g];
    WAIT_UNLESS(gp->status == GT_G_WAITING, "wakes goroutine %llu, which is %s", (Ull)gp->id,
                status_of_g[gp->status]);
    WAIT_UNLESS(follows(s.r, &gp->seq, s.e->arg[1]),
                "is change %llu of goroutine %llu, which has had %llu in generation %llu",
                (Ull)s.e->arg[1], (Ull)gp->id, (Ull)gp->seq.count, (Ull)gp->seq.generation);
    gp->status = GT_G_RUNNABLE;
    gp->seq.count++;
    return ADVANCE_DONE;
}

/* Coroutines: one event is three, the waking of the next, the end or wait of this one, the start of the next. */
static Advance go_switch(Step s) {
    bool ends = s.e->number == GT_GO_SWITCH_DESTROY;
    NEED_USER();
    NEED_STATUS_G(&s.r->g[s.g], GT_G_RUNNING);
    uint32_t g = find_g(s, s.e->arg[0]);
    WAIT_UNLESS(g != NO_SLOT, "switches to goroutine %llu, which there is not yet",
                (Ull)s.e->arg[0]);
    Goroutine *gp = &s.r->g[g];
    WAIT_UNLESS(gp->status == GT_G_WAITING, "switches to goroutine %llu, which is %s", (Ull)gp->id,
                status_of_g[gp->status]);
    WAIT_UNLESS(follows(s.r, &gp->seq, s.e->arg[1]),
                "is change %llu of goroutine %llu, which has had %llu in generation %llu",
                (Ull)s.e->arg[1], (Ull)gp->id, (Ull)gp->seq.count, (Ull)gp->seq.generation);
    give(s.r, s.e);
    imply(s.r, s.e, ends ? GT_GO_DESTROY : GT_GO_BLOCK);
    GotraceEvent *start = imply(s.r, s.e, GT_GO_START);
    start->g = GOTRACE_NONE;
    start->arg[0] = gp->id;
    start->arg[1] = s.e->arg[1];
    gp->status = GT_G_RUNNING;
    gp->seq.count++;
    if (ends) end_g(s.r, s.g);
    else s.r->g[s.g].status = GT_G_WAITING;
    set_g(s.r, s.thread, g);
    return ADVANCE_SEVERAL;
}

/* ---- syscalls, and C ---- */

/* The counter is the P's, so that a steal says out of which syscall it was. */
static Advance go_syscall_begin(Step s) {
    NEED_USER();
    Goroutine *gp = &s.r->g[s.g];
    Proc *pp = &s.r->p[s.p];
    NEED_STATUS_G(gp, GT_G_RUNNING);
    NEED(follows(s.r, &pp->seq, s.e->arg[0]),
         "it is change %llu of P%llu, which has had %llu in generation %llu", (Ull)s.e->arg[0],
         (Ull)pp->id, (Ull)pp->seq.count, (Ull)pp->seq.generation);
    gp->status = GT_G_SYSCALL;
    pp->status = GT_P_SYSCALL;
    pp->seq.count++;
    return ADVANCE_DONE;
}

static Advance go_syscall_end(Step s) {
    NEED_USER();
    Goroutine *gp = &s.r->g[s.g];
    Proc *pp = &s.r->p[s.p];
    NEED_STATUS_G(gp, GT_G_SYSCALL);
    NEED(pp->status == GT_P_SYSCALL, "P%llu is %s, not in a syscall", (Ull)pp->id,
         status_of_p[pp->status]);
    gp->status = GT_G_RUNNING;
    pp->status = GT_P_RUNNING;
    return ADVANCE_DONE;
}

/* It lost its P. Before that is seen it cannot be back; afterwards it may have another P already. */
static Advance go_syscall_end_blocked(Step s) {
    if (s.p != NO_SLOT)
        WAIT_UNLESS(s.r->p[s.p].status != GT_P_SYSCALL, "has lost P%llu, and nothing says how",
                    (Ull)p_id(s.r, s.p));
    NEED_THREAD();
    NEED(s.g != NO_SLOT, "the thread runs no goroutine");
    Goroutine *gp = &s.r->g[s.g];
    NEED_STATUS_G(gp, GT_G_SYSCALL);
    gp->status = GT_G_RUNNABLE;
    set_g(s.r, s.thread, NO_SLOT);
    return ADVANCE_DONE;
}

/* The C thread is done with Go. A P that it has stays behind, and somebody will take it; the thread's number may
 * be another's by then. */
static Advance go_destroy_syscall(Step s) {
    NEED_THREAD();
    NEED(s.g != NO_SLOT, "the thread runs no goroutine");
    NEED_STATUS_G(&s.r->g[s.g], GT_G_SYSCALL);
    if (s.p != NO_SLOT) {
        Proc *pp = &s.r->p[s.p];
        NEED(pp->status == GT_P_SYSCALL, "P%llu is %s, not in a syscall", (Ull)pp->id,
             status_of_p[pp->status]);
        pp->status = GT_P_ABANDONED;
        GotraceEvent *steal = imply(s.r, s.e, GT_PROC_STEAL);
        steal->arg[0] = pp->id;
        steal->arg[2] = s.m;
        steal->status_from = GT_P_SYSCALL;
        set_p(s.r, s.thread, NO_SLOT);
    }
    if (s.p != NO_SLOT) give(s.r, s.e);
    end_g(s.r, s.g);
    set_g(s.r, s.thread, NO_SLOT);
    return s.p != NO_SLOT ? ADVANCE_SEVERAL : ADVANCE_DONE;
}

/* ---- stretches of time: the world stopped, assists, sweeps, collections ---- */

static Advance stw_begin(Step s) {
    NEED_USER();
    Goroutine *gp = &s.r->g[s.g];
    for (size_t i = 0; i < gp->stopping_count; i++)
        NEED(gp->stopping[i] != s.e->arg[0],
             "goroutine %llu stops the world for this reason already", (Ull)gp->id);
    GROW(gp->stopping, gp->stopping_cap, gp->stopping_count + 1);
    gp->stopping[gp->stopping_count++] = s.e->arg[0];
    return ADVANCE_DONE;
}
static Advance stw_end(Step s) {
    NEED_USER();
    Goroutine *gp = &s.r->g[s.g];
    NEED(gp->stopping_count > 0, "goroutine %llu has not stopped the world", (Ull)gp->id);
    gp->stopping[0] = gp->stopping[--gp->stopping_count];
    return ADVANCE_DONE;
}

static Advance assist_begin(Step s) {
    NEED_USER();
    Goroutine *gp = &s.r->g[s.g];
    NEED(!gp->assisting, "goroutine %llu assists already", (Ull)gp->id);
    gp->assisting = true;
    return ADVANCE_DONE;
}
static Advance assist_end(Step s) {
    NEED_USER();
    Goroutine *gp = &s.r->g[s.g];
    NEED(gp->assisting, "goroutine %llu does not assist", (Ull)gp->id);
    gp->assisting = false;
    return ADVANCE_DONE;
}
/* As a generation begins: news in the first one, to be known already in others. */
static Advance assist_active(Step s) {
    uint32_t g = find_g(s, s.e->arg[0]);
    bool first = s.r->counts.generation == s.r->first_generation;
    NEED(g != NO_SLOT, "there is no goroutine %llu", (Ull)s.e->arg[0]);
    NEED(s.r->g[g].assisting != first, "goroutine %llu assists%s", (Ull)s.e->arg[0],
         first ? " already" : " not");
    s.r->g[g].assisting = true;
    return ADVANCE_DONE;
}

static Advance sweep_begin(Step s) {
    NEED_THREAD_P();
    Proc *pp = &s.r->p[s.p];
    NEED(!pp->sweeping, "P%llu sweeps already", (Ull)pp->id);
    pp->sweeping = true;
    return ADVANCE_DONE;
}
static Advance sweep_end(Step s) {
    NEED_THREAD_P();
    Proc *pp = &s.r->p[s.p];
    NEED(pp->sweeping, "P%llu does not sweep", (Ull)pp->id);
    pp->sweeping = false;
    return ADVANCE_DONE;
}
static Advance sweep_active(Step s) {
    uint32_t p = find_p(s, s.e->arg[0]);
    bool first = s.r->counts.generation == s.r->first_generation;
    NEED(p != NO_SLOT, "there is no P%llu", (Ull)s.e->arg[0]);
    NEED(s.r->p[p].sweeping != first, "P%llu sweeps%s", (Ull)s.e->arg[0],
         first ? " already" : " not");
    s.r->p[p].sweeping = true;
    return ADVANCE_DONE;
}

/* A collection may begin and end on different threads, so its events are counted. */
static Advance gc_begin(Step s) {
    GotraceReader *r = s.r;
    if (r->gc != GC_UNKNOWN) {
        WAIT_UNLESS(s.e->arg[0] == r->gc_count + 1,
                    "is event %llu of the collector, and the last was %llu", (Ull)s.e->arg[0],
                    (Ull)r->gc_count);
        NEED(r->gc == GC_OFF, "a collection runs already");
        NEED_USER();
    }
    r->gc = GC_ON;
    r->gc_count = s.e->arg[0];
    return ADVANCE_DONE;
}
static Advance gc_end(Step s) {
    GotraceReader *r = s.r;
    WAIT_UNLESS(s.e->arg[0] == r->gc_count + 1,
                "is event %llu of the collector, and the last was %llu", (Ull)s.e->arg[0],
                (Ull)r->gc_count);
    NEED(r->gc == GC_ON,
         r->gc == GC_OFF ? "no collection runs" : "nothing says that a collection runs");
    NEED_USER();
    r->gc = GC_OFF;
    r->gc_count = s.e->arg[0];
    return ADVANCE_DONE;
}
static Advance gc_active(Step s) {
    GotraceReader *r = s.r;
    if (r->counts.generation == r->first_generation) {
        NEED(r->gc == GC_UNKNOWN, "it is not the first word on a collection");
    } else {
        WAIT_UNLESS(s.e->arg[0] == r->gc_count + 1,
                    "is event %llu of the collector, and the last was %llu", (Ull)s.e->arg[0],
                    (Ull)r->gc_count);
        NEED(r->gc == GC_ON, "no collection runs");
        NEED_USER();
    }
    r->gc = GC_ON;
    r->gc_count = s.e->arg[0];
    return ADVANCE_DONE;
}

/* ---- what the program says ---- */

static Advance user_task_begin(Step s) {
    NEED(idmap_get(&s.r->task, s.e->arg[0]) == NO_SLOT, "task %llu has begun already",
         (Ull)s.e->arg[0]);
    NEED_USER();
    idmap_put(&s.r->task, s.e->arg[0], 0);
    return ADVANCE_DONE;
}
/* A task that began before the trace may end in it, and one may end twice. */
static Advance user_task_end(Step s) {
    NEED_USER();
    if (idmap_get(&s.r->task, s.e->arg[0]) != NO_SLOT) idmap_remove(&s.r->task, s.e->arg[0]);
    return ADVANCE_DONE;
}

static bool region_name(Step s, uint64_t *name) {
    size_t len;
    if (!gotrace_has(&s.r->table.strings, s.e->arg[1])) return false;
    const char *text = gotrace_text(s.r, s.e->arg[1], &len);
    *name = intern_id_n(s.r->region_names, text, len);
    return true;
}
static Advance user_region_begin(Step s) {
    uint64_t name;
    NEED_USER();
    NEED(region_name(s, &name), "its name is string %llu, which the generation has not",
         (Ull)s.e->arg[1]);
    Goroutine *gp = &s.r->g[s.g];
    GROW(gp->region, gp->region_cap, gp->region_count + 1);
    gp->region[gp->region_count++] = (Region){s.e->arg[0], name};
    s.r->regions_open++;
    return ADVANCE_DONE;
}
static Advance user_region_end(Step s) {
    const Intern *names = s.r->region_names;
    uint64_t name;
    NEED_USER();
    NEED(region_name(s, &name), "its name is string %llu, which the generation has not",
         (Ull)s.e->arg[1]);
    Goroutine *gp = &s.r->g[s.g];
    if (gp->region_count > 0) { /* else it began before the trace */
        Region region = gp->region[gp->region_count - 1];
        NEED(region.task == s.e->arg[0] && region.name == name,
             "region \"%.60s\" of task %llu ends inside region \"%.60s\" of task %llu",
             intern_text(names, name), (Ull)s.e->arg[0], intern_text(names, region.name),
             (Ull)region.task);
        gp->region_count--;
        s.r->regions_open--;
    }
    return ADVANCE_DONE;
}

static Advance annotation(Step s) {
    NEED_USER();
    return ADVANCE_DONE;
}
static Advance heap_metric(Step s) {
    NEED_THREAD_P();
    return ADVANCE_DONE;
}
static Advance alloc_free(Step s) {
    NEED_THREAD();
    return ADVANCE_DONE;
}

/* ---- all of them ---- */

OWN_FRAME static Advance rare_event(Step s) {
    switch ((GotraceNumber)s.e->number) {
    case GT_PROC_STATUS: return proc_status(s);
    case GT_PROC_STEAL: return proc_steal(s);
    case GT_GO_STATUS:
    case GT_GO_STATUS_STACK: return go_status(s);
    case GT_GO_CREATE:
    case GT_GO_CREATE_BLOCKED: return go_create(s);
    case GT_GO_CREATE_SYSCALL: return go_create_syscall(s);
    case GT_GO_DESTROY: return go_destroy(s);
    case GT_GO_SWITCH:
    case GT_GO_SWITCH_DESTROY: return go_switch(s);
    case GT_GO_SYSCALL_END_BLOCKED: return go_syscall_end_blocked(s);
    case GT_GO_DESTROY_SYSCALL: return go_destroy_syscall(s);
    case GT_STW_BEGIN: return stw_begin(s);
    case GT_STW_END: return stw_end(s);
    case GT_GC_ACTIVE: return gc_active(s);
    case GT_GC_BEGIN: return gc_begin(s);
    case GT_GC_END: return gc_end(s);
    case GT_GC_SWEEP_ACTIVE: return sweep_active(s);
    case GT_GC_SWEEP_BEGIN: return sweep_begin(s);
    case GT_GC_SWEEP_END: return sweep_end(s);
    case GT_GC_MARK_ASSIST_ACTIVE: return assist_active(s);
    case GT_GC_MARK_ASSIST_BEGIN: return assist_begin(s);
    case GT_GC_MARK_ASSIST_END: return assist_end(s);
    case GT_HEAP_ALLOC:
    case GT_HEAP_GOAL: return heap_metric(s);
    case GT_USER_TASK_BEGIN: return user_task_begin(s);
    case GT_USER_TASK_END: return user_task_end(s);
    case GT_USER_REGION_BEGIN: return user_region_begin(s);
    case GT_USER_REGION_END: return user_region_end(s);
    case GT_PROCS_CHANGE:
    case GT_GO_LABEL:
    case GT_USER_LOG: return annotation(s);
    case GT_SPAN:
    case GT_SPAN_ALLOC:
    case GT_SPAN_FREE:
    case GT_HEAP_OBJECT:
    case GT_HEAP_OBJECT_ALLOC:
    case GT_HEAP_OBJECT_FREE:
    case GT_GOROUTINE_STACK:
    case GT_GOROUTINE_STACK_ALLOC:
    case GT_GOROUTINE_STACK_FREE: return alloc_free(s);
    default: UNREACHABLE(); /* not timed: a cursor holds none */
    }
}

OWN_FRAME static uint32_t find_again(const GotraceReader *r, uint64_t id) {
    return idmap_get(&r->g_by_id, id);
}

Advance gotrace_advance(GotraceReader *r, uint32_t thread, GotraceEvent *e) {
    Step s = {r, e, thread, NO_SLOT, NO_SLOT, GOTRACE_NONE};
    if (thread != NO_SLOT) {
        Thread *mp = &r->m[thread];
        mp->known = true;
        s.m = mp->id;
        s.p = mp->p;
        s.g = mp->g;
        e->p = mp->p_id;
        e->g = mp->g_id;
        if (s.g != NO_SLOT && r->g[s.g].id != e->g) {
            s.g = find_again(r, e->g); /* two threads had it, which Go's reader lets pass */
            NEED(s.g != NO_SLOT, "the thread has goroutine %llu, which has ended", (Ull)e->g);
        }
    } else {
        e->p = e->g = GOTRACE_NONE;
    }
    e->m = s.m;
    switch ((GotraceNumber)e->number) {
    case GT_PROC_START: return proc_start(s);
    case GT_PROC_STOP: return proc_stop(s);
    case GT_GO_START: return go_start(s);
    case GT_GO_STOP: return go_leave(s, GT_G_RUNNABLE);
    case GT_GO_BLOCK: return go_leave(s, GT_G_WAITING);
    case GT_GO_UNBLOCK: return go_unblock(s);
    case GT_GO_SYSCALL_BEGIN: return go_syscall_begin(s);
    case GT_GO_SYSCALL_END: return go_syscall_end(s);
    default: return rare_event(s);
    }
}

void gotrace_order_generation(GotraceReader *r) {
    if (r->first_generation == 0) r->first_generation = r->counts.generation;
    if (r->regions_open > 0) return;
    intern_free(r->region_names);
    r->region_names = intern_new();
}

void gotrace_order_free(GotraceReader *r) {
    for (size_t i = 0; i < r->g_count; i++) {
        free(r->g[i].region);
        free(r->g[i].stopping);
    }
    free(r->g);
    free(r->p);
    free(r->m);
    free(r->g_free);
    idmap_free(&r->g_by_id);
    idmap_free(&r->p_by_id);
    idmap_free(&r->m_by_id);
    idmap_free(&r->task);
    intern_free(r->region_names);
}

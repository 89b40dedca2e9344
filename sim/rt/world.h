/* world.h -- everything of one run, in one struct; no globals.
 *
 * Order of use: world_new, make channels and launches, world_main, world_run, world_free. The stream
 * (events), the device and the program (prog.h) are borrowed. Goroutines, threads and processors have
 * the names that Go gives them: gp, mp, pp; fields too, where Go has the field.
 */
#ifndef FAULTLINE_WORLD_H
#define FAULTLINE_WORLD_H

#include "../base/diag.h"
#include "../base/prng.h"
#include "../dev/dev.h"
#include "../event/model.h"
#include "../event/stream.h"
#include "agenda.h"
#include "cost.h"
#include "prog.h"

enum { RUNQ_SIZE = 256, GOID_BATCH = 16, STEAL_TRIES = 4, FAIR_TICK = 61 };
#define SLICE_NS 10000000u /* forcePreemptNS */
#define SYSMON_MIN_NS 20000u
#define SYSMON_MAX_NS 10000000u
#define SYSMON_DEEP_NS 60000000000u /* forcegcperiod / 2 */

typedef struct G G;
typedef struct M M;
typedef struct P P;
typedef struct Chan Chan;

typedef struct {
    G *head, *tail;
    uint64_t count;
} GQueue; /* linked by schedlink */

struct G {
    Id_G id;
    GState status;
    M *m;
    G *schedlink; /* next on a run queue, or on a channel's queue */
    bool preempt;
    bool back_from_c;       /* it queues because its P was taken while it was in C */
    uint64_t body;          /* what the program calls it */
    uint64_t ready_seq;     /* the event that made it runnable: cause of its GO_START */
    Op op;                  /* being carried out */
    OpResult result;        /* of the last one, for the program */
    Chan *chan;             /* it waits here */
    uint64_t busy_until_ns; /* OP_COMPUTE: end of the stretch */
    uint64_t left_ns;       /* what an interrupted OP_COMPUTE still needs */
};

struct P {
    Id_P id;
    PState status;
    M *m;
    P *link; /* next on the idle list */
    bool on_idle_list;
    G *runnext;
    G *runq[RUNQ_SIZE]; /* ring, as in Go: runqhead <= i < runqtail, modulo its size */
    uint32_t runqhead, runqtail;
    uint64_t schedtick, syscalltick;
    struct {
        uint64_t schedtick, syscalltick, schedwhen, syscallwhen;
    } sysmontick;
    uint64_t goidcache, goidcacheend;
    Agenda timers; /* id: the goroutine that sleeps */
};

/* Where a thread is in its own code: what it does when its agenda entry comes due. */
typedef enum {
    M_AT_REST,    /* parked, or asleep in the driver: somebody else will wake it */
    M_AT_START,   /* mstart */
    M_AT_WAKE,    /* returns from its futex */
    M_AT_FIND,    /* findRunnable, from the top */
    M_AT_STEAL,   /* in the middle of stealing */
    M_AT_NOTHING, /* has looked everywhere */
    M_AT_EXECUTE, /* the switch to gp is done */
    M_AT_NEXT,    /* gp's next operation */
    M_AT_OP,      /* the operation's time is over */
    M_AT_C,       /* C's time is over */
    M_AT_EXIT,    /* exitsyscall */
    M_AT_POLL,    /* netpoll returns */
} MPlace;

struct M {
    Id_M id;
    MState status;
    MPlace at;
    uint32_t generation; /* of its agenda entry */
    P *p, *nextp, *oldp;
    G *curg;
    G *found; /* in hand, between findRunnable and execute */
    M *link;  /* next on the idle list, or waiting for the same device queue */
    bool spinning;
    bool was_spinning; /* before it polled */
    bool signal_pending;
    bool inherit;
    struct { /* where stealing stands */
        uint32_t round, i, start, stride;
        G *waited_for; /* the runnext that its owner was given time for */
    } steal;
};

struct Chan {
    Id_CHAN id;
    uint64_t cap, count;
    uint64_t *buf; /* ring of cap values */
    uint64_t recvx;
    bool closed;
    GQueue sendq, recvq;
};

typedef enum { LAUNCH_QUEUED, LAUNCH_RUNNING, LAUNCH_DONE } LaunchState;

/* One launch of a kernel, prepared by the program, enqueued by OP_LAUNCH. */
typedef struct {
    Id_STR name;
    Id_QUEUE queue;
    Id_OBJ obj[CMD_ARGS_MAX];
    bool written[CMD_ARGS_MAX];
    uint32_t obj_count;
    uint64_t items;
    uint64_t duration_ns; /* modelled; NONE = from the profile */
    uint32_t slices;
    DevLaunch dev; /* its real counterpart */
} Launch;

typedef struct {
    Launch launch;
    LaunchState state;
    uint64_t next;        /* command behind it, NONE */
    uint64_t measured_ns; /* the device's own figure */
} Cmd;

typedef struct {
    uint64_t head, tail; /* running or next command; NONE = dry */
    M *waiters, **waiters_tail;
} DevQueue;

typedef struct {
    uint32_t procs;
    uint64_t seed;
    Costs costs;
    bool measured;            /* --time=measured: the device's own figures become durations */
    const uint64_t *recorded; /* ... of an earlier run, by command; NULL = measure now */
    size_t recorded_count;
    uint64_t limit_ns;     /* virtual time at which the run is stopped; 0 = none */
    uint64_t limit_events; /* number of events after which it is stopped; 0 = none */
    bool no_shortcut;      /* tests: everything goes over the agenda (world_alone) */
} WorldOptions;

typedef enum { RUN_GOES, RUN_EXITED, RUN_DEADLOCK, RUN_PANIC, RUN_LIMIT, RUN_FAILED } RunOutcome;

struct World {
    Stream *s;
    Dev *dev;
    Prog prog;
    WorldOptions opt;
    Agenda agenda;
    RunOutcome outcome;
    Diag diag; /* RUN_FAILED: the device, or the program, said this */

    G **allg; /* by id; NULL where no goroutine has that id */
    size_t allg_count, allg_cap;
    G *gfree;
    uint64_t stuck_ops; /* operations since virtual time last moved */
    M **allm;
    size_t allm_count, allm_cap;
    P *allp; /* opt.procs of them */
    Chan **chans;
    size_t chan_count, chan_cap;
    Cmd *cmds;
    size_t cmd_count, cmd_cap;
    uint64_t cmds_done; /* whoever keeps what the device wrote looks again when it has changed */
    Launch *launches;
    size_t launch_count, launch_cap;
    DevQueue *queues;
    size_t queue_count, queue_cap;
    uint64_t obj_count;

    struct {      /* type schedt */
        M *midle; /* parked last first */
        uint32_t nmidle;
        P *pidle; /* released last first */
        uint32_t npidle;
        GQueue runq;
        uint32_t nmspinning;
        bool needspinning;
        uint64_t goidgen;
        M *poller; /* blocked in netpoll; Go: lastpoll == 0 */
        uint64_t poll_until_ns;
    } sched;

    struct {
        uint64_t idle, delay_ns;
        bool asleep; /* sysmonwait */
        bool slept;  /* just back from deep sleep: it looks before it may go there again */
        uint32_t generation;
    } sysmon;

    M *asking;          /* its goroutine's program is being asked for the next operation */
    G *waiting;         /* its program waits inside world_do, and others are asked from there */
    uint32_t wait_left; /* how often world_do may still be of service until world_step returns */
    bool handed_over;   /* the operation of the program that returns now is under way already */
    G *maing;
    uint32_t coprimes[1024]; /* stealOrder */
    uint32_t coprime_count;
    Prng steal;
    struct { /* texts that are needed again and again */
        Id_STR chan_send, chan_recv, sleep, preempted, gosched, enqueue, finish;
    } text;
};

World *world_new(Stream *s, Dev *dev, Prog prog, const WorldOptions *opt);
void world_free(World *w);

/* These may be called before the run and by the program during it; they cost no virtual time but what
 * cost.def says of them, and the events have `line` in them. */
Id_CHAN world_chan(World *w, uint64_t cap, const char *name, uint32_t line);
Id_OBJ world_object(World *w, uint64_t bytes, const char *name, uint32_t line);
uint64_t world_launch(World *w, const Launch *launch); /* its number, for OP_LAUNCH */

/* The main goroutine; the run begins with it. */
void world_main(World *w, uint64_t body, uint32_t line);
/* Runs to the end. What ended it is w->outcome; its exit status (Go's) is returned. */
int world_run(World *w);
/* The same by hand: one entry of the agenda; false when the run is over. Then world_end, once. */
bool world_step(World *w);
bool world_advance(World *w); /* the same without asking: w->asking waits for exec_ask */
int world_end(World *w);
/* The run cannot go on because of somebody else's mistake. */
void world_fail(World *w, const Diag *d);

static inline uint64_t world_now(const World *w) { return w->s->now_ns; }
/* Is nothing else due until then, nor any limit reached? Then it is that moment now, and what was to be
 * done then can be done here: going over the agenda would change nothing but the time it takes us. A
 * step that asks this does nothing after it: sched_find, sched_execute, exec_next and exec_op come last. */
static inline bool world_alone(World *w, uint64_t at) {
    bool ended = w->opt.limit_events > 0 && w->s->last_seq >= w->opt.limit_events;
    bool late = w->opt.limit_ns > 0 && at > w->opt.limit_ns;
    bool next = agenda_first_ns(&w->agenda) > at && at > world_now(w);
    if (!next || ended || late || w->opt.no_shortcut) return false;
    w->s->now_ns = at;
    w->stuck_ops = 0;
    return true;
}
static inline uint64_t cost(const World *w, CostName name) { return w->opt.costs.ns[name]; }

/* ---- between the files of sim/rt; named as Go's ---- */

/* thread.c: an M is an actor; it does a step, and its next one is due later. */
void m_due(World *w, M *mp, MPlace at, uint64_t delay_ns);
void m_cancel(M *mp);
void m_step(World *w, M *mp, MPlace at);

/* sched.c */
void sched_find(World *w, M *mp);               /* M_AT_FIND */
void sched_steal(World *w, M *mp);              /* M_AT_STEAL */
void sched_nothing(World *w, M *mp);            /* M_AT_NOTHING */
void sched_execute(World *w, M *mp);            /* M_AT_EXECUTE */
void sched_poll_return(World *w, M *mp);        /* M_AT_POLL */
void sched_mstart(World *w, M *mp, bool fresh); /* M_AT_START, M_AT_WAKE */
void sched_ready(World *w, P *pp, G *gp, Id_G by);
void sched_newproc(World *w, M *mp, uint64_t body, Id_STR name, Id_G parent, uint32_t line);
void sched_gopark(World *w, M *mp, Id_STR reason);
void sched_gosched(World *w, M *mp, Id_STR reason);
void sched_goexit(World *w, M *mp);
void sched_wakep(World *w);
void sched_startm(World *w, P *pp, bool spinning);
void sched_stopm(World *w, M *mp);
void sched_handoffp(World *w, P *pp);
void sched_acquirep(World *w, M *mp, P *pp);
P *sched_releasep(World *w, M *mp);
P *sched_pidleget(World *w);
void sched_pidleput(World *w, P *pp);
void sched_globrunqput(World *w, G *gp);
void sched_netpoll_break(World *w, uint64_t when_ns);
bool sched_runqempty(const P *pp);

/* gqueue.c */
void gqueue_put(GQueue *q, G *gp);
G *gqueue_get(GQueue *q);

/* cgo.c */
void cgo_entersyscall(World *w, M *mp, Id_STR fn, uint64_t c_ns);
void cgo_exitsyscall(World *w, M *mp); /* M_AT_EXIT */
void cgo_takep(World *w, P *pp, Id_M by, uint64_t waited_ns);
bool cgo_in_syscall(const P *pp);

/* exec.c */
void exec_next(World *w, M *mp);      /* M_AT_NEXT */
void exec_ask(World *w);              /* after a step that left w->asking */
void exec_op(World *w, M *mp);        /* M_AT_OP */
void exec_c(World *w, M *mp);         /* M_AT_C */
void exec_interrupt(World *w, M *mp); /* the signal has arrived */

/* chan.c */
/* True: done, the result is in curg; false: the goroutine has parked, or the program has panicked. */
bool chan_send(World *w, M *mp, Chan *c);
bool chan_recv(World *w, M *mp, Chan *c);
bool chan_close(World *w, M *mp, Chan *c);
uint64_t chan_cost(const World *w, const Op *op);

/* timer.c */
void timer_add(World *w, P *pp, G *gp, uint64_t when_ns);
bool timer_check(World *w, M *mp, P *pp); /* runs what is due; true if it did */
uint64_t timer_next_ns(const World *w);   /* of all Ps; UINT64_MAX = none */

/* sysmon.c */
void sysmon_start(World *w);
void sysmon_round(World *w);
void sysmon_wake(World *w); /* from deep sleep, by a call out of Go or back */

/* launch.c */
void launch_enqueue(World *w, M *mp, Launch *l);
bool launch_wait(World *w, M *mp, Id_QUEUE q); /* true: the thread sleeps in the driver */
void launch_start(World *w, uint64_t cmd);
void launch_done(World *w, uint64_t cmd);

#endif

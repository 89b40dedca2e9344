/* world.h -- everything of one run, in one struct; no globals.
 *
 * Order of use: world_new, make channels and launches, world_main, world_run, world_free. The stream
 * (events), the device and the program (prog.h) are borrowed. Goroutines, threads and processors have
 * the names that Go gives them: gp, mp, pp; fields too, where Go has the field.
 */
#ifndef FAULTLINE_WORLD_H
#define FAULTLINE_WORLD_H

#include "../base/diag.h"
#include "../base/idmap.h"
#include "../base/pool.h"
#include "../base/prng.h"
#include "../dev/dev.h"
#include "../event/model.h"
#include "../event/stream.h"
#include "../mem/foreign.h"
#include "../mem/heap.h"
#include "agenda.h"
#include "cost.h"
#include "prog.h"
#include "version.h"

enum { PROCS_MAX = 1024, RUNQ_SIZE = 256, GOID_BATCH = 16, STEAL_TRIES = 4, FAIR_TICK = 61 };
#define SLICE_NS 10000000u /* forcePreemptNS */
#define SYSMON_MIN_NS 20000u
#define SYSMON_MAX_NS 10000000u
#define SYSMON_DEEP_NS 60000000000u /* forcegcperiod / 2 */

typedef struct G G;
typedef struct M M;
typedef struct P P;
typedef struct Chan Chan;
typedef struct Sudog Sudog;
typedef struct Timer Timer;

typedef struct {
    G *head, *tail;
    uint64_t count;
} GQueue; /* linked by schedlink */

typedef struct {
    Sudog *first, *last;
    uint64_t count;
} WaitQ;

/* A place in a channel's queue. A goroutine in a plain operation has its own in its G, a select has one for each case. */
struct Sudog {
    Sudog *next;
    G *g;
};

/* Goroutines of the runtime's own: nobody's program is asked for their operations. */
typedef enum { OWN_NONE, OWN_FORCEGC, OWN_WORKER, OWN_SWEEPER } Own;
/* Where a goroutine is in gcStart and in what calls it (gc.c). */
typedef enum {
    GC_AT_TOP,
    GC_AT_ASSIST,  /* helps to mark */
    GC_AT_AGAIN,   /* ... was asked to stop meanwhile, and has not paid yet */
    GC_AT_PAID,    /* ... has no debt any more */
    GC_AT_READY,   /* allocates; runtime.GC: waits for the cycle that marks already */
    GC_AT_START,   /* gcStart, before its semaphore */
    GC_AT_SEMA,    /* ... before gcsema */
    GC_AT_WORKERS, /* ... makes workers */
    GC_AT_STOP,    /* ... the first stop */
    GC_AT_WAIT,    /* runtime.GC: for the end of its cycle */
    GC_AT_SWEEP,   /* ... sweeps */
    GC_AT_SWEPT,   /* ... has swept a piece, and yields */
    GC_AT_TERM,    /* gcMarkDone: the second stop */
} GcAt;
/* How a mark worker came to its P, as Go labels it. */
typedef enum { WORKER_NEW, WORKER_WAITS, WORKER_DEDICATED, WORKER_FRACTIONAL, WORKER_IDLE } WorkerMode;

/* A semaphore of the runtime's (sema.c). */
typedef struct {
    uint32_t value;
    SyncQueue queue; /* as which queue of ... */
    Id_SYNC of;      /* ... what of package sync it is told of; NONE: it is the runtime's own */
    GQueue waiting;
} Sema;

struct G {
    Id_G id;
    GState status;
    int32_t assist_ns; /* gcAssistBytes, in what they cost: marked more than was due; negative: owes so much */
    M *m;
    union {               /* it is never on both */
        G *schedlink;     /* next on a run queue */
        Sudog sudog;      /* it waits at a channel, in a plain operation */
    };
    union {
        struct {
            bool preempt;
            bool op_again;        /* the operation has to be begun anew: what it waited for is free */
            bool enters_callback; /* back in Go, it has yet to see whether extra Ms are wanted */
            uint8_t own;          /* Own */
        };
        uint32_t first; /* not 0: there is something to do before its program is asked */
    };
    bool back_from_c;       /* it queues because its P was taken while it was in C */
    bool started;           /* has just been put on its thread (STRESS_PREEMPT leaves it one step) */
    uint8_t gc_at;          /* GcAt */
    uint8_t worker;         /* a mark worker: WorkerMode */
    uint64_t body;          /* what the program calls it; a mark worker: when it began */
    uint64_t ready_seq;     /* the event that made it runnable: cause of its GO_START */
    Op op;                  /* being carried out */
    OpResult result;        /* of the last one, for the program */
    uint64_t busy_until_ns; /* OP_COMPUTE: end of the stretch */
    uint64_t left_ns;       /* what an interrupted OP_COMPUTE still needs */
    M *lockedm;             /* LockOSThread, or a callback on its stack: it runs there and nowhere else */
    uint32_t args;          /* of the call that it makes: world_args */
    uint32_t nest;          /* C_ENTERs and CALLBACKs open; odd: its program is in C */
    uint32_t net_generation; /* of what it waits for at the network */
    bool ticket;             /* the semaphore that it waited for was handed to it */
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
    M *oldm;       /* who had it last */
    uint64_t fractional_ns; /* marked on it by a fractional worker in this cycle */
    Agenda timers; /* DUE_SLEEP, DUE_DEADLINE, DUE_TICK */
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
    M_AT_LOCKED,  /* woken by startlockedm, for its own goroutine */
    M_AT_STOPPED, /* the world stands still, by this thread's will */
    M_AT_RESTART, /* it has done what it stopped the world for */
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
    G *lockedg;                      /* the only one that it may run */
    uint32_t lockedext, lockedint;   /* depth of LockOSThread; callbacks */
    bool isextra, needextram;        /* needextram: it was the last of the extra Ms */
    struct CThread *cthread;         /* an extra M: who has borrowed it */
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
    Timer *timer; /* time.After's, or a ticker's; NULL = an ordinary channel */
    WaitQ sendq, recvq;
};

/* A case of a select (Go: scase), with its place in the channel's queue. */
typedef struct {
    Sudog sudog; /* first: scase_of */
    Sudog *prev;
    Chan *c; /* NULL: a nil channel */
    uint64_t value; /* to be sent */
    uint32_t poll;  /* the case to be looked at in this one's turn */
    bool sends, queued;
} Scase;

/* A select statement while it is carried out. */
typedef struct {
    uint32_t count;
    uint32_t won; /* by case; SELECT_DEFAULT */
    bool has_default;
    Scase cases[];
} Select;
enum { SELECT_CASES_MAX = 65536 }; /* the compiler's limit */
#define SELECT_DEFAULT UINT32_MAX

/* What a program says of a case. */
typedef struct {
    Id_CHAN c; /* NONE: a nil channel */
    bool sends;
    uint64_t value;
} SelectCase;

/* sync_mutex.c; Go keeps the first four in one word. */
typedef struct {
    bool locked, woken, starving;
    uint32_t waiters;
    Sema sema;
} Mutex;

/* A thing of package sync, or one that is built on it. */
typedef struct Sync Sync;
struct Sync {
    Id_SYNC id;
    SyncKind kind;
    Mutex m; /* a Mutex; of an RWMutex: w; of a Once: m */
    G *owner; /* of C's mutex: on whose thread it was locked */
    struct {
        int32_t readers, reader_wait; /* readerCount, less RWMUTEX_READERS_MAX while a writer is there */
        Sema reader, writer;
    } rw;
    struct {
        int32_t counter;
        uint32_t waiters;
        Sema sema;
        bool failed; /* an errgroup: somebody has */
    } wg;
    bool done; /* a Once */
    struct {
        Sync *locker;
        uint32_t wait, notify; /* the next ticket; the next to be notified */
        GQueue waiting;
    } cond;
    struct {
        uint64_t size, cur;
        GQueue waiting;
    } weighted;
};
enum { RWMUTEX_READERS_MAX = 1 << 30 };

/* The timer behind a channel, or one that starts a goroutine. */
struct Timer {
    uint64_t id;
    Chan *c;       /* NULL: time.AfterFunc */
    uint32_t line; /* ... where it was called */
    uint64_t context; /* ... whose deadline it is; NONE: it is the program's own */
    uint64_t when_ns, delay_ns, period_ns; /* period 0 = once */
    bool active, in_heap;
    uint32_t generation; /* of its entry in a P's heap */
};

/* A thread that C made. Until it calls Go, Go knows nothing of it. */
typedef struct CThread {
    Id_CTHREAD id;
    uint64_t body;
    uint32_t generation;
    Op op; /* being carried out, while it has no M */
    M *m;  /* borrowed */
    bool begun, ended;
    struct CThread *link; /* the next that waits for an extra M */
} CThread;

/* context.Context; a context that can never be over has no record. */
typedef enum { CANCEL_PLAIN, CANCEL_DEADLINE, CANCEL_AFTER_FUNC } CancelKind;
typedef struct {
    CancelKind kind;
    uint64_t parent, place; /* place: among the parent's children */
    uint64_t *child;
    size_t child_count, child_cap;
    uint64_t delay_ns, deadline_ns, timer; /* NONE: it has none */
    Chan *done; /* NULL: nobody has asked for it yet */
    uint64_t waits; /* how many wait for a semaphore, as long as it is not over */
    bool over;
    Id_STR err, cause;
} CancelCtx;

/* A graphics context is current on one thread, or on none. */
typedef struct {
    M *m;
} Context;

/* One job, and the way it takes out of the goroutine. */
typedef enum { WAY_CGO, WAY_PUREGO, WAY_WASM, WAY_GO, WAY_PROCESS } Way;
typedef struct {
    Way way;
    Id_STR name;       /* of the function */
    uint64_t bytes;    /* that have to get there and back, where the way has no common memory */
    uint64_t work_ns;  /* what the work itself takes */
    bool aborts; /* the code calls abort() */
    /* Does it really. False: it failed, d says how. */
    bool (*run)(void *ctx, Way way, Diag *d);
    void *ctx;
} Job;
/* Variables on a goroutine's stack (stack.c). */
enum { STACK_VARS_MAX = 16 };
typedef struct {
    Id_OBJ obj;
    uint64_t offset, bytes; /* below the upper end */
} StackVar;
typedef struct {
    uint64_t region; /* its number beside those of objects, less STACK_REGION */
    uint64_t size, used; /* size 0: it is nobody's */
    StackVar var[STACK_VARS_MAX];
    uint32_t var_count;
} Stack;
#define STACK_REGION (UINT64_C(1) << 40)

typedef enum { LAUNCH_QUEUED, LAUNCH_RUNNING, LAUNCH_DONE } LaunchState;

/* Of a transfer, a marker or a barrier the name is the call's, too. */
typedef enum { LAUNCH_KERNEL, LAUNCH_WRITE, LAUNCH_READ, LAUNCH_MARKER, LAUNCH_BARRIER, LAUNCH_USER } LaunchKind;

/* What the device can do at the same time: one kernel, one transfer each way. */
typedef enum { ENGINE_COMPUTE, ENGINE_TO_DEVICE, ENGINE_TO_HOST, ENGINE_COUNT } Engine;

/* One command, prepared by the program, enqueued by OP_LAUNCH. */
typedef struct {
    Id_STR name;
    LaunchKind kind;
    Id_QUEUE queue;
    Id_OBJ obj[CMD_ARGS_MAX];
    bool written[CMD_ARGS_MAX];
    uint32_t obj_count;
    uint64_t items;
    uint64_t duration_ns; /* modelled; NONE = from the profile */
    uint32_t slices;
    uint32_t after; /* it waits for these, too: world_cmds */
    DevLaunch dev;  /* its real counterpart; a marker, a barrier and a user event have none */
} Launch;

typedef struct {
    Launch launch;
    LaunchState state;
    uint64_t next;        /* command behind it in its queue, NONE */
    uint32_t waits;       /* commands that must be done before */
    uint64_t then, then_last; /* what follows when it is done, in the order in which it was asked for */
    uint64_t measured_ns; /* the device's own figure */
    uint64_t start_ns, ns;  /* when it began, and for how long */
    uint32_t slices_done;
    uint64_t stale[CMD_ARGS_MAX]; /* where the object was that has left; 0 = it is there still */
} Cmd;

typedef struct {
    bool unordered;
    uint64_t head, tail; /* commands that are not done, as they were enqueued; NONE = dry */
    uint64_t barrier;    /* the last one; NONE */
    M *waiters, **waiters_tail;
} DevQueue;

/* A command is done: another one has one less to wait for, or a thread has, or the driver calls a function. */
typedef enum { THEN_CMD, THEN_THREAD, THEN_CALL } ThenKind;
typedef struct {
    ThenKind kind;
    uint64_t to; /* a command, an index of waits, of calls */
    uint64_t next;
} Then;

/* A thread in clWaitForEvents: it waits for one after the other. */
typedef struct {
    M *mp;
    uint64_t list; /* world_cmds */
} DevWait;

/* A function that the driver's thread is to call: body, which calls into Go, is dropped when it has run. */
typedef struct {
    uint64_t cmd, body; /* body NONE: it has */
} DevCall;

typedef struct {
    uint32_t procs;
    uint64_t seed;
    const GoVersion *go; /* whose rules hold; NULL = GO_DEFAULT */
    Costs costs;
    bool measured;            /* --time=measured: the device's own figures become durations */
    const uint64_t *recorded; /* ... of an earlier run, by command; NULL = measure now */
    size_t recorded_count;
    uint64_t limit_ns;     /* virtual time at which the run is stopped; 0 = none */
    uint64_t limit_events; /* number of events after which it is stopped; 0 = none */
    bool no_shortcut;      /* tests: everything goes over the agenda (world_alone) */
    uint32_t stress;       /* STRESS_* */
    bool asyncpreemptoff;  /* GODEBUG=asyncpreemptoff=1: no signals */
    uint32_t max_threads;  /* debug.SetMaxThreads; 0 = 10,000 */
    Heap *heap;            /* borrowed; NULL: there are no objects */
    Foreign *foreign;      /* borrowed; NULL: no OP_MEM_TAKE */
    uint64_t gogc;         /* percent; NONE = off; 0 = Go's own 100 */
    uint64_t gomemlimit;   /* bytes; 0 = none */
    bool late_callbacks;   /* the driver calls only when no queue has anything left */
} WorldOptions;

/* Ways to be unkind that break no rule: everything must still hold. */
enum {
    STRESS_PREEMPT = 1, /* every goroutine is asked to stop at every safe point */
    STRESS_STEAL = 2,   /* others' queues before one's own */
    STRESS_SLOW = 4,    /* threads take long to start and to wake */
    STRESS_TIES = 8,    /* what is due at the same instant comes in another order, by the seed */
};

typedef enum { RUN_GOES, RUN_EXITED, RUN_DEADLOCK, RUN_PANIC, RUN_LIMIT, RUN_FAILED } RunOutcome;

struct World {
    Stream *s;
    Dev *dev;
    Prog prog;
    WorldOptions opt;
    Agenda agenda;
    RunOutcome outcome;
    Diag diag; /* RUN_FAILED: the device, or the program, said this */

    Pool pool; /* of Gs */
    G **allg; /* by id; NULL where no goroutine has that id */
    size_t allg_count, allg_cap;
    G *gfree;
    uint64_t stuck_ops; /* operations since virtual time last moved */
    M **allm;
    size_t allm_count, allm_cap;
    P **allp; /* the first `procs` are in use, the others dead */
    size_t allp_count, allp_cap;
    uint32_t procs; /* gomaxprocs */
    Chan **chans;
    size_t chan_count, chan_cap;
    Select **selects; /* by number; NULL = nobody's */
    size_t select_count, select_cap;
    uint64_t *free_selects;
    size_t free_select_count, free_select_cap;
    Sync **syncs;
    size_t sync_count, sync_cap;
    Cmd *cmds;
    size_t cmd_count, cmd_cap;
    uint64_t cmds_done; /* whoever keeps what the device wrote looks again when it has changed */
    Launch *launches;
    size_t launch_count, launch_cap;
    DevQueue *queues;
    size_t queue_count, queue_cap;
    uint64_t default_queue; /* of who names none; NONE: nobody has used it yet */
    struct {
        bool busy;
        uint64_t *ready; /* commands that could begin; from head on */
        size_t head, count, cap;
    } engine[ENGINE_COUNT];
    uint64_t dev_active; /* commands that run, or will without anybody's help */
    Then *thens;
    size_t then_count, then_cap;
    DevWait *dev_waits;
    size_t dev_wait_count, dev_wait_cap;
    uint64_t *cmd_lists; /* each with its length before it; 0 = no list */
    size_t cmd_list_count, cmd_list_cap;
    struct { /* driver.c */
        CThread *thread; /* NULL: nobody has asked for a call yet */
        bool rests;      /* it waits for something to tell */
        DevCall *calls;
        size_t call_count, call_cap;
        uint64_t *due; /* indices of calls whose command is done; from head on */
        size_t head, due_count, due_cap;
        uint64_t running; /* index; NONE */
        uint64_t pending; /* calls that were not made yet */
    } driver;
    Heap *heap;
    Foreign *foreign;
    Stack *stacks;
    size_t stack_count, stack_cap;
    IdMap stack_of; /* goroutine -> index */
    uint64_t stack_regions; /* so far */
    Id_OBJ *call_args; /* lists of them, each with its length before it; 0 = no list */
    size_t call_arg_count, call_arg_cap;
    HeapLayout *layouts;
    size_t layout_count, layout_cap;
    Timer **timers;
    size_t timer_count, timer_cap;
    CThread **cthreads;
    size_t cthread_count, cthread_cap;
    CancelCtx *cancels;
    size_t cancel_count, cancel_cap;
    uint64_t *cancel_todo; /* a stack, empty between two operations */
    size_t cancel_todo_count, cancel_todo_cap;
    Prng contexts_order;
    Context *contexts;
    size_t context_count, context_cap;
    Job *jobs;
    size_t job_count, job_cap;

    struct {      /* type schedt */
        M *midle; /* parked last first */
        uint32_t nmidle;
        P *pidle; /* released last first */
        uint32_t npidle;
        GQueue runq;
        uint32_t nmspinning;
        bool needspinning;
        uint64_t goidgen;
        uint64_t newest; /* the goroutine that newproc made last */
        M *poller; /* blocked in netpoll; Go: lastpoll == 0 */
        uint64_t poll_until_ns; /* the timer for which it will return, UINT64_MAX = none; Go: pollUntil */
        uint64_t poll_return_ns; /* when it will return: epoll counts in steps, and the network may be first */
        uint64_t lastpoll_ns;
        uint32_t nmidlelocked, nmsys, nmfreed;
        bool have_template_thread;
        G *forcegc; /* the goroutine that sysmon wakes; NULL = not made yet */
        bool gcwaiting; /* the world is to stand still */
        uint32_t stopwait;
    } sched;

    struct {
        M *by;         /* who stops it; NULL = nobody */
        uint64_t began_ns;
        uint64_t ask;    /* asked so often */
        uint32_t procs; /* there shall be so many when it runs again */
    } stw;

    struct { /* gc.c: work, gcController, sweep; virtual time stands for scan work */
        Sema start; /* work.startSema */
        Sema sema;  /* gcsema: held by a cycle from its first stop to its last, or by who changes the number of Ps;
                       so worldsema is always free, since nobody else stops the world */
        uint64_t cycles, marked_cycles; /* begun; ... and marked to the end */
        uint64_t begin_seq;             /* the event that began the last: why workers run */
        uint64_t last_ns;               /* end of the last; 0 = there was none */
        bool marks;                     /* gcBlackenEnabled */
        bool terminates;                /* somebody is at gcMarkDone */
        uint64_t mark_began_ns;
        uint64_t left_ns;   /* of marking that nobody has begun */
        uint64_t credit_ns; /* bgScanCredit */
        uint64_t assist_ps; /* assistWorkPerByte */
        uint32_t nwork;     /* who marks at this moment */
        uint32_t dedicated; /* dedicatedMarkWorkersNeeded */
        uint32_t idle, idle_max;
        uint32_t fraction_ppm; /* fractionalUtilizationGoal */
        uint32_t worker_count;
        G *starter; /* waits until the worker that it has made is ready */
        G *pool;    /* workers that wait, the last to come first; by schedlink */
        GQueue assists, waiting; /* assistQueue; sweepWaiters */
        G *sweeper;
        uint64_t sweep_ns; /* left to sweep */
        uint64_t heap_live, heap_marked, heap_goal, trigger;
        uint64_t live_at_start; /* of the cycle */
        uint64_t objects;       /* that were not freed */
        uint64_t moved_bytes;   /* in the cycle */
        HeapMarked found;
    } gc;

    struct {
        Agenda due; /* DUE_NET */
        uint64_t waiters;
    } net;

    struct { /* extra Ms, for threads that C made */
        M *list;
        CThread *waiting, **waiting_tail;
        uint32_t length, waiters;
    } extra;

    struct {
        uint64_t idle, delay_ns;
        bool asleep; /* sysmonwait */
        bool slept;  /* just back from deep sleep: it looks before it may go there again */
        uint32_t generation;
    } sysmon;

    uint64_t alone_until_ns; /* world_alone: not later than that */
    M *asking;          /* its goroutine's program is being asked for the next operation */
    uint32_t wait_left; /* how often world_do may still be of service until world_step returns */
    bool handed_over;   /* the operation of the program that returns now is under way already */
    M *acting; /* whose step this is; NULL = sysmon's, the device's, a C thread's */
    G *maing;
    uint32_t coprimes[PROCS_MAX]; /* stealOrder */
    uint32_t coprime_count;
    Prng steal, ties, select;
    struct { /* texts that are needed again and again */
        Id_STR chan_send, chan_recv, select, sleep, preempted, gosched, enqueue, finish, io_wait, goyield;
    } text;
};

World *world_new(Stream *s, Dev *dev, Prog prog, const WorldOptions *opt);
void world_free(World *w);

/* These may be called before the run and by the program during it; they cost no virtual time but what
 * cost.def says of them, and the events have `line` in them. */
Id_CHAN world_chan(World *w, uint64_t cap, const char *name, uint32_t line);
/* What the compiler makes of a select statement: a plain operation of a single case, else an OP_SELECT, whose Select (in
 * w->selects, by op->a) says afterwards who won. The program has read that, and gives it back: world_selected. */
void world_select(World *w, const SelectCase *cases, uint32_t count, bool has_default, Op *op);
void world_selected(World *w, uint64_t select);
/* Says that this object of the heap's is there. */
void world_object(World *w, Id_OBJ obj, const char *name, uint32_t line);
uint64_t world_args(World *w, const Id_OBJ *obj, uint32_t count); /* a list of arguments of a call; 0 = none */
uint64_t world_layout(World *w, HeapLayout layout); /* its number, for OP_ALLOC */
uint64_t world_launch(World *w, const Launch *launch); /* its number, for OP_LAUNCH */
uint64_t world_cmds(World *w, const uint64_t *cmd, uint32_t count); /* a list of commands; 0 = none */
#define DEFAULT_QUEUE ((Id_QUEUE){NONE})

/* A timer channel: time.After (period 0), time.NewTicker. OP_TIMER starts it. */
uint64_t world_timer(World *w, uint64_t delay_ns, uint64_t period_ns, const char *name, uint32_t line);
uint64_t world_func_timer(World *w, uint64_t delay_ns, uint32_t line); /* time.AfterFunc: Prog.fire says what it runs */
/* A thing of package sync; size: of a weighted semaphore; of: the lock of a Cond, else NONE. */
Id_SYNC world_sync(World *w, SyncKind kind, uint64_t size, Id_SYNC of, const char *name, uint32_t line);
uint64_t world_cancel_ctx(World *w, uint64_t parent, CancelKind kind, uint64_t delay_ns); /* its number, for OP_CONTEXT_NEW */
Id_CTX world_context(World *w, const char *name, uint32_t line);
uint64_t world_job(World *w, const Job *job); /* its number, for OP_ACROSS */

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
P *world_new_p(World *w, uint32_t id, PState status); /* or the dead one of that id */

static inline uint64_t world_now(const World *w) { return w->s->now_ns; }
/* Is nothing else due until then, nor any limit reached? Then it is that moment now, and what was to be
 * done then can be done here: going over the agenda would change nothing but the time it takes us. A
 * step that asks this does nothing after it: sched_find, sched_execute, exec_next and exec_op come last. */
static inline bool world_alone(World *w, uint64_t at) {
    if (at >= w->agenda.first_ns || at > w->alone_until_ns || at <= world_now(w) || w->s->last_seq >= w->opt.limit_events)
        return false;
    w->s->now_ns = at;
    w->stuck_ops = 0;
    return true;
}
static inline uint64_t cost(const World *w, CostName name) { return w->opt.costs.ns[name]; }
static inline bool stress(const World *w, uint32_t mode) { return (w->opt.stress & mode) != 0; }

/* ---- between the files of sim/rt; named as Go's ---- */

/* thread.c: an M is an actor; it does a step, and its next one is due later. */
void m_due(World *w, M *mp, MPlace at, uint64_t delay_ns);
void m_cancel(M *mp);
void m_step(World *w, M *mp, MPlace at);

/* sched.c */
void sched_schedule(World *w, M *mp);           /* schedule(): it has no goroutine */
void sched_find(World *w, M *mp);               /* M_AT_FIND */
void sched_steal(World *w, M *mp);              /* M_AT_STEAL */
void sched_nothing(World *w, M *mp);            /* M_AT_NOTHING */
void sched_execute(World *w, M *mp);            /* M_AT_EXECUTE */
void sched_poll_return(World *w, M *mp);        /* M_AT_POLL */
void sched_mstart(World *w, M *mp, bool fresh); /* M_AT_START, M_AT_WAKE */
void sched_ready(World *w, P *pp, G *gp, Id_G by);
void sched_newproc(World *w, M *mp, uint64_t body, Id_STR name, Id_G parent, uint32_t line);
G *sched_gnew(World *w, P *pp); /* with an id from P's batch; NULL: one of its own */
/* `by` has made them ready, or nobody. mp NULL, or without P: to the global queue. */
void sched_injectglist(World *w, M *mp, GQueue *list, Id_G by);
void sched_gopark(World *w, M *mp, Id_STR reason);
void sched_gosched(World *w, M *mp, Id_STR reason);
void sched_goyield(World *w, M *mp); /* behind whom it has just made ready */
void sched_goexit(World *w, M *mp);
void sched_wakep(World *w);
void sched_startm(World *w, P *pp, bool spinning);
void sched_startm_on(World *w, M *mp, P *pp, bool spinning); /* mp NULL: a new one */
M *sched_newm(World *w, MState status);
M *sched_mget(World *w, M *wanted); /* off the idle list; wanted NULL: the one parked last */
void sched_checkdead(World *w);
void sched_stopm(World *w, M *mp);
void sched_handoffp(World *w, P *pp);
void sched_acquirep(World *w, M *mp, P *pp);
P *sched_releasep(World *w, M *mp);
P *sched_pidleget(World *w);
void sched_pidleput(World *w, P *pp);
void sched_globrunqput(World *w, G *gp);
void sched_coprimes(World *w); /* the number of Ps has changed */
void sched_stop_spinning(World *w, M *mp);
void sched_netpoll_break(World *w, uint64_t when_ns); /* wakeNetPoller */
void sched_poll_returns(World *w, uint64_t when_ns);  /* whoever sleeps in the poller does so then at the latest */
bool sched_runqempty(const P *pp);
void sched_runq_to_global(World *w, P *pp); /* all of it, as runqdrain does */

/* queue.c */
void queue_enqueue(World *w, M *mp, const Launch *l);
uint64_t queue_new(World *w, M *mp);      /* OP_QUEUE */
void queue_user_event(World *w, M *mp);   /* OP_EVENT */
void queue_set(World *w, M *mp);          /* OP_EVENT_SET */
bool queue_finish(World *w, M *mp, Id_QUEUE q); /* true: the thread sleeps in the driver */
bool queue_wait(World *w, M *mp, uint64_t list); /* the same */
void queue_can_start(World *w, uint64_t cmd); /* nothing stands in its way any more but the engine */
void queue_done(World *w, uint64_t cmd);
void queue_then(World *w, uint64_t cmd, ThenKind kind, uint64_t to);
void queue_free(World *w);
Engine queue_engine(LaunchKind kind); /* ENGINE_COUNT: none */

/* driver.c */
void driver_call(World *w, M *mp);             /* OP_EVENT_CALL */
void driver_tell(World *w, uint64_t call);     /* its command is done */
void driver_look(World *w);                    /* should its thread get up for what is due? */
void driver_next(World *w, CThread *t);        /* the thread has nothing to do */
void driver_called(World *w, CThread *t);      /* OP_END of what it ran */
bool driver_rests(const World *w, const CThread *t); /* nothing will come from it by itself */
void driver_free(World *w);

/* gqueue.c */
void gqueue_put(GQueue *q, G *gp);
G *gqueue_get(GQueue *q);
void gqueue_push(GQueue *q, G *gp); /* to its head */
void gqueue_remove(GQueue *q, G *gp);

/* cgo.c */
void cgo_entersyscall(World *w, M *mp, Id_STR fn, uint64_t c_ns);
void cgo_exitsyscall(World *w, M *mp); /* M_AT_EXIT */
void cgo_takep(World *w, P *pp, Id_M by, uint64_t waited_ns);
bool cgo_in_syscall(const P *pp);
void cgo_left(World *w, M *mp); /* its goroutine is in C from now on: what follows from that */

/* callback.c */
void callback_enter(World *w, M *mp);   /* OP_CALLBACK of a goroutine in C */
void callback_entered(World *w, M *mp); /* it is in Go now */
void callback_leave(World *w, M *mp);   /* OP_CALLBACK_END */
void callback_thread(World *w, uint64_t body, Id_STR name, uint32_t line);
void callback_thread_due(World *w, CThread *t, uint64_t delay_ns);
void callback_thread_step(World *w, CThread *t); /* DUE_CTHREAD */
void callback_thread_exit(World *w, M *mp);      /* OP_END on a borrowed M */
bool callback_gives_m_back(World *w, M *mp);     /* before 1.21; true: the thread goes on without it */
void callback_free(World *w);

/* lock.c */
void lock_thread(World *w, M *mp);
void lock_unlock(World *w, M *mp);
void lock_internal(M *mp, bool lock);   /* the runtime's own, for callbacks */
void lock_stopm(World *w, M *mp);       /* stoplockedm */
void lock_startm(World *w, M *mp, G *gp); /* startlockedm */
void lock_woken(World *w, M *mp);       /* M_AT_LOCKED */
void lock_mexit(World *w, M *mp, G *gp);

/* stw.c */
void stw_begin(World *w, M *mp, const char *reason);
void stw_ask(World *w);                  /* DUE_STW */
void stw_gcstopm(World *w, M *mp);
void stw_stopped(World *w, M *mp); /* M_AT_STOPPED */
void stw_restart(World *w, M *mp); /* M_AT_RESTART */
void stw_stop_p(World *w, P *pp);  /* one that nobody has */
void stw_stop_c(World *w, P *pp);  /* one that stands behind a call */

/* sema.c */
/* False: it has parked, and its operation is begun again when it is woken; then this has to be called again. lifo: at the
 * head of the queue. */
bool sema_acquire(World *w, M *mp, Sema *sema, bool lifo, const char *reason);
/* False: handoff, and who was waiting runs now; curg is queued, and its operation is over unless op_again is set. */
bool sema_release(World *w, M *mp, Sema *sema, bool handoff);

/* sync.c, and one file for each kind. False: the goroutine has left its thread, spins, or has ended the program; its
 * operation goes on with the same call, or is over by the time it runs again. */
void sync_op(World *w, M *mp); /* OP_SYNC */
uint64_t sync_cost(const World *w, const Op *op);
void sync_free(World *w);
bool sync_over(G *gp, bool ok); /* true: the operation is over, with this result */
bool sync_got(World *w, G *gp, const Sync *s, uint64_t n, bool reading); /* it has it; over */
bool sync_refused(World *w, G *gp, const Sync *s);                       /* it goes on without it; over */
bool sync_fatal(World *w, G *gp, const char *text);                      /* false */
bool mutex_acquire(World *w, M *mp, Sync *s); /* s->m, without telling that anybody has it */
bool mutex_release(World *w, M *mp, Mutex *m);
bool mutex_lock(World *w, M *mp, Sync *s);
bool mutex_trylock(World *w, M *mp, Sync *s);
bool mutex_unlock(World *w, M *mp, Sync *s);
bool rwmutex_rlock(World *w, M *mp, Sync *s);
bool rwmutex_tryrlock(World *w, M *mp, Sync *s);
bool rwmutex_runlock(World *w, M *mp, Sync *s);
bool rwmutex_lock(World *w, M *mp, Sync *s);
bool rwmutex_trylock(World *w, M *mp, Sync *s);
bool rwmutex_unlock(World *w, M *mp, Sync *s);
bool waitgroup_add(World *w, M *mp, Sync *s);
bool waitgroup_wait(World *w, M *mp, Sync *s);
bool waitgroup_fail(World *w, M *mp, Sync *s);
bool once_do(World *w, M *mp, Sync *s);
bool once_done(World *w, M *mp, Sync *s);
bool cond_wait(World *w, M *mp, Sync *s);
bool cond_signal(World *w, M *mp, Sync *s);
bool cond_broadcast(World *w, M *mp, Sync *s);
bool weighted_acquire(World *w, M *mp, Sync *s);
bool weighted_tryacquire(World *w, M *mp, Sync *s);
bool weighted_release(World *w, M *mp, Sync *s);
void weighted_give_up(World *w, M *mp, uint64_t context); /* it is over */
bool pthread_is(const World *w, const Op *op); /* is it about a mutex of C's? Then the goroutine is in C, and stays there: */
bool pthread_op(World *w, M *mp);

/* gc.c */
void gc_new(World *w);
void gc_collect(World *w, M *mp); /* OP_GC */
void gc_alloc(World *w, M *mp);   /* OP_ALLOC */
uint64_t gc_alloc_cost(const World *w, const G *gp);
uint64_t gc_stopped(World *w, M *mp); /* the world stands still: what it was stopped for; how long it takes */
bool gc_restarted(World *w, M *mp);   /* it runs again; false: it was not stopped by a collection */
bool gc_is_due(const World *w);       /* for sysmon */
void gc_force(World *w);              /* ... which then wakes the goroutine that collects, or makes it */

/* gc_work.c */
bool gc_has_work(const World *w);           /* gcShouldScheduleWorker, while it marks */
G *gc_find_worker(World *w, P *pp);      /* for findRunnable; runnable, or NULL */
G *gc_find_idle_worker(World *w, P *pp); /* ... when there is nothing else */
bool gc_needs_idle_worker(const World *w);
bool gc_new_worker(World *w, M *mp); /* false: there are enough */
void gc_own(World *w, M *mp);     /* M_AT_NEXT of one of the runtime's own */
void gc_op_done(World *w, M *mp); /* OP_MARK, OP_SWEEP */
bool gc_assist(World *w, M *mp, uint64_t bytes); /* true: it has paid for them */
void gc_goexit(World *w, const G *gp);
void gc_wake_assists(World *w, M *mp);
void gc_sweep_begin(World *w, M *mp); /* there is something to sweep */
uint64_t gc_sweep_some(World *w);     /* takes a piece of it; 0 = there is none */

/* gc_device.c */
void gc_evacuate(World *w); /* ends the collection in the heap, and tells what became of each object */
/* What is passed to C by the calls that are going on: they pin it. */
void gc_each_argument(World *w, void (*each)(void *ctx, Id_OBJ obj), void *ctx);
void gc_forget(World *w, Cmd *c); /* the command is done, and lets go of addresses that are nobody's any more */

/* memory.c */
void memory_call(World *w, M *mp); /* OP_MEM_TAKE, OP_MEM_GIVE: to C ... */
void memory_take(World *w, M *mp); /* ... and what it does there */
void memory_give(World *w, M *mp);

/* stack.c */
uint64_t stack_cost(World *w, const G *gp); /* OP_RECURSE, OP_STACK_VAR */
void stack_recurse(World *w, M *mp);
void stack_variable(World *w, M *mp);
void stack_address(World *w, M *mp); /* OP_ADDRESS */
void stack_goexit(World *w, const G *gp);
void stack_free(World *w);

/* net.c */
void net_wait(World *w, M *mp, uint64_t ready_ns, uint64_t deadline_ns);
void net_deadline(World *w, M *mp, const Due *due);
GQueue net_poll(World *w); /* who is ready; still waiting, in the order in which Go pops them */
void net_ready(World *w, G *gp); /* GO_UNBLOCK */
uint64_t net_first_ns(World *w);

/* context.c */
void context_current(World *w, M *mp);
void context_use(World *w, M *mp);

/* across.c */
uint64_t across_begin(World *w, M *mp); /* its first part on the goroutine; how long */
void across_part(World *w, M *mp);      /* that is over, in Go */
void across_back(World *w, M *mp);      /* ... in C */
/* exec.c */
static inline void exec_next(World *w, M *mp); /* M_AT_NEXT */
OWN_FRAME void exec_next_of_all(World *w, M *mp); /* ... when there is more to do than to ask its program */
void exec_ask(World *w);              /* after a step that left w->asking */
void exec_op(World *w, M *mp);        /* M_AT_OP */
void exec_c(World *w, M *mp);         /* M_AT_C */
void exec_interrupt(World *w, M *mp); /* the signal has arrived */
void exec_prologue(World *w, M *mp);  /* a function prologue is reached */
bool exec_stuck(World *w, uint32_t line, bool in_c); /* so many operations in no time: the run has ended */
void exec_wrong_side(World *w, const Op *op, bool in_c); /* the program does in C what only Go can, or the reverse */
void exec_expect_prologue(World *w, M *mp);
void exec_begin(World *w, M *mp);    /* the operation of its goroutine, again or for the first time */
void exec_panic(World *w, G *gp, const char *text);
void exec_stopped(World *w, M *mp);   /* the stop of the world that it asked for is over */

/* waitq.c */
void waitq_put(WaitQ *q, Sudog *sg);
Sudog *waitq_get(WaitQ *q);
void waitq_remove(WaitQ *q, Scase *k); /* dequeueSudoG */
static inline Scase *scase_of(Sudog *sg) { return sg == &sg->g->sudog ? NULL : (Scase *)sg; } /* NULL: a plain operation's */

/* chan.c */
/* c NULL: a nil channel. */
void chan_op(World *w, M *mp, Chan *c, bool sends); /* OP_SEND, OP_RECV, and what comes next */
/* True: done, the result is in curg; false: the goroutine has parked, or the program has panicked. */
bool chan_close(World *w, M *mp, Chan *c);
void chan_close_now(World *w, M *mp, Chan *c); /* which is not closed */
void chan_tick(World *w, P *pp, Id_P of, Chan *c, uint64_t late_ns); /* a timer of that P sends */
uint64_t chan_cost(const World *w, const Chan *c, bool sends);
static inline Chan *chan_of(const World *w, const Op *op) { return op->a == NONE ? NULL : w->chans[op->a]; }
bool chan_is_ready(const Chan *c, bool sends); /* it need not wait: chan_do does it, or panics */
bool chan_do(World *w, M *mp, Chan *c, bool sends, uint64_t value);
bool chan_send_failed(const World *w, const G *gp); /* what it has just done, woken by close: it panics */

/* select.c */
bool select_go(World *w, M *mp, Select *sel); /* as chan_close */
void select_won(World *w, Scase *k);           /* somebody has served this case: the others give up */
uint64_t select_cost(const World *w, const Select *sel);
void select_free(World *w);

/* cancel.c */
uint64_t cancel_cost(World *w, const Op *op);
void cancel_new(World *w, M *mp);    /* OP_CONTEXT_NEW */
void cancel_cancel(World *w, M *mp); /* OP_CONTEXT_CANCEL */
void cancel_use(World *w, M *mp);    /* OP_CONTEXT_USE */
Chan *cancel_done(World *w, M *mp, uint64_t id); /* it is asked for */
void cancel_free(World *w);

/* timer.c */
void timer_sleep(World *w, P *pp, G *gp, uint64_t when_ns);
void timer_deadline(World *w, P *pp, G *gp, uint64_t when_ns);
void timer_start(World *w, M *mp, Timer *t); /* OP_TIMER */
void timer_set(World *w, M *mp, Timer *t);   /* for its delay from now */
bool timer_stop(Timer *t); /* it was running */
void timer_maybe_run(World *w, M *mp, Chan *c); /* before somebody receives */
void timer_block(World *w, P *pp, Chan *c);     /* somebody waits there now */
void timer_unblock(World *w, Chan *c);          /* ... does so no more, and has received nothing */
bool timer_check(World *w, M *mp, P *pp); /* runs what is due; true if it did */
uint64_t timer_first_ns(World *w, P *pp); /* UINT64_MAX = none */
uint64_t timer_next_ns(World *w);         /* of all Ps */

/* sysmon.c */
void sysmon_start(World *w);
void sysmon_round(World *w);
void sysmon_wake(World *w); /* from deep sleep, by a call out of Go or back, or the end of a stop */
void sysmon_preempt(World *w, P *pp, uint64_t ran_ns); /* preemptone */

/* launch.c */
void launch_start(World *w, uint64_t cmd);
void launch_done(World *w, uint64_t cmd); /* DUE_CMD_DONE */
/* The commands that hold the object's address have an old one from now on; how often. */
uint32_t launch_outdate(World *w, Id_OBJ obj, uint64_t from);
bool launch_holds(const World *w, Id_OBJ obj); /* a command that is not done has its address */
void launch_settle(World *w); /* really runs the slices that are due by now */

/* ---- here because it ends nearly every operation ---- */

static inline void exec_next(World *w, M *mp) {
    G *gp = mp->curg;
    ASSERT(gp->status == G_RUNNING);
    if (gp->first != 0 || gp->left_ns != 0 || !gp->result.ok || stress(w, STRESS_PREEMPT)) {
        exec_next_of_all(w, mp);
        return;
    }
    gp->started = false;
    w->asking = mp;
}

#endif

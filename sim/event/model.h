/* model.h -- the world, rebuilt from events.
 *
 * Checks, sentences and the visualizer all look at this, never at the simulator. model_apply refuses
 * an event that is impossible in the world so far: from a file that is an error, from our own
 * simulator a bug. Things are named by id and indexed by it; every field is a uint64_t, so that a
 * checkpoint is the same bytes on every machine. Absent ids are NONE.
 */
#ifndef FAULTLINE_MODEL_H
#define FAULTLINE_MODEL_H

#include "../base/bytes.h"
#include "../base/intern.h"
#include "event.h"

typedef enum {
    G_NONE,
    G_IDLE,
    G_RUNNABLE,
    G_RUNNING,
    G_SYSCALL,
    G_WAITING,
    G_DEAD,
    G_EXTRA, /* _Gdeadextra: of an extra M that no thread has borrowed */
    G_COUNT
} GState;
typedef enum { P_NONE, P_IDLE, P_RUNNING, P_SYSCALL, P_GCSTOP, P_DEAD, P_COUNT } PState;
typedef enum {
    M_NONE,
    M_STARTING,
    M_RUNNING,
    M_SPINNING,
    M_PARKED,
    M_WAKING,
    M_POLLING,
    M_IN_C,
    M_SYSMON,
    M_LOCKED,   /* stoplockedm: asleep until its goroutine is to run */
    M_EXTRA,    /* a struct on the extra list, no thread */
    M_TEMPLATE, /* the thread that makes threads */
    M_DEAD,
    M_UNKNOWN, /* imported: it has no P and no goroutine, and no trace of Go says what it does */
    M_WEDGED,  /* M0 whose goroutine ended locked: parked for ever */
    M_COUNT
} MState;
typedef enum { CMD_NONE, CMD_QUEUED, CMD_RUNNING, CMD_DONE, CMD_COUNT } CmdState;
extern const char *const g_state_name[G_COUNT]; /* "runnable" ... */
extern const char *const p_state_name[P_COUNT];
extern const char *const m_state_name[M_COUNT];

/* Where a runnable or waiting goroutine is kept. HAND: somebody just took it off a queue. UNKNOWN: it is
 * runnable in an imported trace, which does not say where. SELECT: at several channels, by its sudogs. The
 * last three: AT_SYNCQ and a SyncQueue. */
typedef enum {
    AT_NONE,
    AT_HAND,
    AT_RUNNEXT,
    AT_RUNQ,
    AT_GLOBQ,
    AT_SENDQ,
    AT_RECVQ,
    AT_SELECT,
    AT_UNKNOWN,
    AT_SYNCQ,
    AT_SYNCQ_READERS,
    AT_SYNCQ_WRITER
} GPlace;

typedef struct {
    uint64_t state;  /* GState */
    uint64_t m, p;   /* while running or in C (p: the P it had when it left) */
    uint64_t name;   /* STR */
    uint64_t parent; /* G */
    uint64_t born_line;
    uint64_t line;      /* the line of the scenario it is at */
    uint64_t reason;    /* STR: why it waits or stopped */
    uint64_t fn;        /* STR: the C function it is in, or the Go function that C has called */
    uint64_t call;      /* its innermost call of C that is open, an index of `call`; NONE */
    uint64_t chan;      /* CHAN it queues at */
    uint64_t place;     /* GPlace */
    uint64_t place_p;   /* P whose queue it is on; from AT_SYNCQ on: SYNC at which it queues */
    uint64_t next;      /* who is behind it on that queue; AT_SELECT: its first sudog */
    uint64_t since_ns;  /* in this state */
    uint64_t since_seq; /* the event that put it there */
    uint64_t wake_ns;   /* asleep until */
    uint64_t busy_ns;   /* end of the stretch of Go or C code it computes, were it not interrupted */
    uint64_t lock_m;    /* M to which it is locked: LockOSThread, or a callback on its stack */
    uint64_t locks;     /* depth of LockOSThread */
    uint64_t callbacks; /* Go functions called from C that are on its stack */
    uint64_t wants_go;  /* in C, and waits to get into a callback */
} ModelG;

/* A call of C from Go, while it is open: in a callback it lies below, and a call from there is another one. */
typedef struct {
    uint64_t fn; /* STR */
    uint64_t line, since_ns;
    uint64_t below; /* of the same goroutine, or of the list of free ones; NONE */
} ModelCall;

/* In a channel's queue stand goroutines, by their ids, and sudogs, by MODEL_SUDOG + their place in the array: see
 * model_waiter. */
typedef struct {
    uint64_t head, tail, count; /* G, G, number */
} ModelQ;
#define MODEL_SUDOG (UINT64_C(1) << 32)

/* Where a goroutine waits that waits in a select: one for each case. */
typedef struct {
    uint64_t g;          /* NONE: it is free */
    uint64_t nth;        /* the case, from 0 */
    uint64_t chan;       /* in whose queue it stands; NONE = it was served */
    uint64_t sending;
    uint64_t next, prev; /* in that queue; prev = NONE at its head */
    uint64_t other;      /* MODEL_SUDOG + the place of the goroutine's next; free: of the next free one */
} ModelSudog;

typedef struct {
    uint64_t state; /* PState */
    uint64_t m;     /* its owner, or the thread in C it is still attached to */
    uint64_t runnext;
    ModelQ runq;
    uint64_t on_idle_list;
    uint64_t since_ns, since_seq; /* in this state, or with this M */
    uint64_t seen_ns;             /* sysmon saw the present call out of Go at; NONE = not yet */
    uint64_t retaken_ns, retaken_from; /* the last retake: when (NONE = never), from which M */
    uint64_t retaken_seq;
    uint64_t g; /* last goroutine that ran here */
} ModelP;

typedef struct {
    uint64_t state;  /* MState */
    uint64_t p, g;   /* what it holds; in C: p is NONE once it was retaken */
    uint64_t from_p; /* in C: the P under which it dived */
    uint64_t next_p; /* starting, waking: the P it will take */
    uint64_t since_ns, since_seq;
    uint64_t queue;   /* in C: the device queue it waits for */
    uint64_t cmd;     /* ... or the command */
    uint64_t syscall; /* it is not in C but in a system call, or one of the two: imported */
    uint64_t born_seq;
    uint64_t lock_g;  /* the only goroutine it may run; NONE = any */
    uint64_t cthread; /* an extra M: the C thread that has borrowed it */
} ModelM;

/* Imported: what Go calls goroutine MODEL_OWN_IDS + its place in the array. */
typedef struct {
    uint64_t number;
} ModelNumber;

/* A thread that C made. */
typedef struct {
    uint64_t name, line;
    uint64_t m;     /* the extra M it has borrowed; NONE = Go does not know it */
    uint64_t ended;
    uint64_t since_ns, since_seq;
} ModelCThread;

/* What is current on one thread at a time. */
typedef struct {
    uint64_t name, line;
    uint64_t m; /* NONE = on none */
    uint64_t uses, wrong;
} ModelCtx;

typedef struct {
    uint64_t cap, count, closed;
    uint64_t name; /* STR */
    uint64_t line;
    ModelQ sendq, recvq;
    uint64_t sends, recvs; /* so far */
} ModelChan;

/* A thing of package sync. Go's locks have no owner: whoever got it, and has not given it back, is taken to have it. */
typedef struct {
    uint64_t kind, name, line; /* kind: SyncKind */
    uint64_t of;               /* a Cond: SYNC that is its lock; else NONE */
    uint64_t size, held;       /* units; of a lock that is not for reading: 1 */
    uint64_t holds;            /* the first ModelHold, by when it got it; NONE = nobody has it */
    uint64_t early;            /* given back for readers that have been let in, and have not run yet */
    uint64_t starving, starving_ns; /* starvation mode, since */
    uint64_t count;            /* a WaitGroup's counter */
    uint64_t done;             /* a Once: f has returned */
    uint64_t error;            /* an errgroup: the first, STR; NONE = there was none */
    uint64_t locks, waits;     /* so far: got, and queued for */
    ModelQ queue[SYNC_QUEUES];
} ModelSync;

/* That a goroutine has such a thing. */
typedef struct {
    uint64_t g, sync; /* g: NONE = the place is free */
    uint64_t n, reading;
    uint64_t since_ns, since_seq, line;
    uint64_t next; /* the next that has the same thing; of free places, the next free one */
} ModelHold;

typedef struct {
    uint64_t bytes, name, line;
    uint64_t memory; /* Memory */
    uint64_t at;    /* its address; the last one, if it is freed */
    uint64_t pins;  /* runtime.Pinner pins now */
    uint64_t pinned_line;  /* the last pin was put in; NONE = there was none */
    uint64_t users; /* device commands not yet done that hold its address */
    uint64_t cleanups; /* that were added to it */
    uint64_t addressed_line; /* its address was given away; NONE = it was not */
    uint64_t moves; /* so often it was moved ... */
    uint64_t moved_from, moved_ns, moved_seq; /* ... for the last time; NONE = never */
    uint64_t freed_ns, freed_seq;             /* NONE = it lives */
    uint64_t freed_line;                      /* of what C or the driver gave */
    uint64_t unpinned_ns, unpinned_line;      /* the last pin was taken out; NONE = there was none */
} ModelObj;

/* context.Context. */
typedef struct {
    uint64_t parent, sort, g, line; /* parent NONE: Background */
    uint64_t deadline_ns;           /* NONE: it has none */
    uint64_t chan;                  /* its Done channel; NONE: nobody has asked for it */
    uint64_t over_ns, over_seq;     /* NONE: it is not over */
    uint64_t over_g, over_line, from, err, cause; /* who said so, and where; which one above it; STR */
} ModelContext;

enum { CMD_ARGS_MAX = 8, CMD_AFTER_MAX = 4 };
typedef struct {
    uint64_t state; /* CmdState */
    uint64_t queue, g, name, items, line; /* queue NONE: a user event */
    uint64_t enqueue_ns, start_ns, end_ns; /* end_ns: known from the start on (modelled time) */
    uint64_t slices;
    uint64_t next; /* CMD behind it in its queue */
    uint64_t after_count;         /* commands that must be done before, besides the one ahead in its queue */
    uint64_t after[CMD_AFTER_MAX]; /* ... the first of them */
    uint64_t calls;               /* functions that the driver shall call when it is done */
    uint64_t arg_count;
    uint64_t obj[CMD_ARGS_MAX], written[CMD_ARGS_MAX];
    uint64_t stale[CMD_ARGS_MAX];      /* the address that it holds although the object has left it; NONE = it is there */
    uint64_t stale_done[CMD_ARGS_MAX]; /* ... and how many slices had run by then */
} ModelCmd;

typedef struct {
    uint64_t name;       /* STR; NONE: the default queue */
    uint64_t unordered;
    uint64_t head, tail; /* CMD: as they were enqueued, of those that are not done */
    uint64_t depth;      /* not yet done */
    uint64_t done;
    uint64_t idle_since_ns;
} ModelQueue;

/* Slices that P0 has had when main.main begins: runtime.main has waited for its helpers (forcegc, bgsweep, bgscavenge). */
enum { SCHEDTICK_AT_MAIN = 5 };

typedef struct {
    const Intern *text;   /* borrowed: names by STR id */
    uint64_t now_ns, seq; /* of the last event applied */
    uint64_t mem_live[MEM_COUNT]; /* bytes that are not freed; of the Go heap see heap_live */
    uint64_t procs, seed; /* procs: GOMAXPROCS now; p_count: the most there have been */
    ModelQ globq;
    uint64_t sysmon_last_ns, sysmon_next_ns, sysmon_idle, sysmon_asleep;
    uint64_t ended, exit_status, deadlocked,
        panicked;     /* deadlocked, panicked: seq of that event, 0 = no */
    uint64_t calls_c; /* it has called C, or C has started a thread: it links cgo */
    uint64_t unknown; /* events of a kind this program does not know, skipped */
    uint64_t stw_g, stw_reason, stw_ns; /* who stops the world, why (STR), since when; NONE = nobody */
    uint64_t stw_stopped;               /* and all Ps stand still */
    uint64_t imported; /* from a real program of Go 1.`imported`; 0 = a run of ours. What its trace does not
                          say (queues, sysmon, threads without a P) is not known */
    uint64_t next_number; /* imported: of the goroutine that is about to be told of; 0 = its own */
    uint64_t gc_ns, heap_live, heap_goal; /* a collection goes on since; bytes. NONE = none, or not known */
    uint64_t free_sudog; /* MODEL_SUDOG + its place; NONE = none */
    uint64_t pictures, picture_obj; /* shown so far; of which object the last */
    uint64_t gc_seq; /* the event that began the last one; NONE = there was none */
    uint64_t collections, moved_objects, moved_bytes, freed_objects, freed_bytes; /* so far */
    uint64_t free_hold, free_call; /* ModelHold, ModelCall; NONE = none is free */
    size_t g_count, p_count, m_count, chan_count, obj_count, cmd_count, queue_count, cthread_count,
        ctx_count, number_count, sudog_count, sync_count, hold_count, context_count, call_count;
    size_t g_cap, p_cap, m_cap, chan_cap, obj_cap, cmd_cap, queue_cap, cthread_cap, ctx_cap, number_cap, sudog_cap,
        sync_cap, hold_cap, context_cap, call_cap;
    ModelG *g; /* index = id; g[0] is never used, as in Go */
    ModelP *p;
    ModelM *m; /* m[0] is the first thread, m[1] sysmon */
    ModelChan *chan;
    ModelObj *obj;
    ModelCmd *cmd;
    ModelQueue *queue;
    ModelCThread *cthread;
    ModelCtx *ctx;
    ModelNumber *number;
    ModelSudog *sudog;
    ModelSync *sync;
    ModelContext *context;
    ModelCall *call;
    ModelHold *hold;
} Model;

/* Goroutines of an imported trace have Go's own numbers below this; others get one from here on, again and again. */
enum { MODEL_OWN_IDS = 16384 };

Model *model_new(const Intern *text);
Model *model_copy(const Model *m);
void model_free(Model *m);

/* Applies the next event. False: it is impossible here; `why` (at least MODEL_WHY_MAX bytes) says
 * so, and the model must not be used further. */
enum { MODEL_WHY_MAX = 160 };
bool model_apply(Model *m, const Event *e, char *why);

/* Writes the model into b, and reads it back. False when the bytes are no model of this version. */
void model_save(const Model *m, Bytes *b);
bool model_load(Model **m, const Intern *text, const uint8_t *bytes, size_t len);

/* Is P attached to a thread that is out of Go? (Since Go 1.26 no state of P says so.) */
bool model_p_in_syscall(const Model *m, uint64_t p);
/* Has G left Go, and not for C but for a system call, as an imported trace may say? */
bool model_in_system_call(const Model *m, uint64_t g);
/* The innermost call of C that G has made and that has not returned: also while it calls Go from there, and while that runs.
 * NULL: there is none. */
const ModelCall *model_call(const Model *m, uint64_t g);
uint64_t model_c_function(const Model *m, uint64_t g); /* its function, STR; NONE */
/* Of an entry of a channel's queue: who waits there, and the entry behind it. */
uint64_t model_waiter(const Model *m, uint64_t entry);
uint64_t model_behind(const Model *m, uint64_t entry);
/* Which thing of package sync a goroutine queues at; NONE = at none. */
static inline uint64_t model_waits_at(const ModelG *gp) { return gp->place >= AT_SYNCQ ? gp->place_p : NONE; }
/* It has begun, and not ended: nor is it one that only waits for a C thread to be borrowed by. */
static inline bool model_g_lives(const Model *m, uint64_t g) {
    return g < m->g_count && m->g[g].state != G_NONE && m->g[g].state != G_DEAD && m->g[g].state != G_EXTRA;
}
/* Whom a goroutine that queues at a thing of package sync waits for: the n-th, from 0, of those that have it or come before it
 * by the rules of an RWMutex; NONE: there is none, or no more. A Cond and a WaitGroup wait for anybody. */
uint64_t model_blocker(const Model *m, uint64_t g, uint64_t n);
/* The context whose Done channel this is; NONE. */
uint64_t model_context_of(const Model *m, uint64_t chan);
/* What the device runs of this queue, of several the one that began last; NONE. */
uint64_t model_running_cmd(const Model *m, uint64_t queue);
/* The name of a goroutine, "" for an unknown one. */
const char *model_g_name(const Model *m, uint64_t g);
/* Imported: Go's own number of a goroutine that has another here; else 0. */
uint64_t model_g_number(const Model *m, uint64_t g);

#endif

/* prog.h -- what a goroutine's body is to the runtime: a supplier of operations.
 *
 * The runtime asks for the next operation and gives the result of the last one; how the body decides
 * is none of its business. Lua coroutines are one supplier (sim/script), a C array in a test another.
 */
#ifndef FAULTLINE_PROG_H
#define FAULTLINE_PROG_H

#include "../event/event.h"

typedef struct World World;

typedef enum {
    OP_END,     /* the function returns */
    OP_COMPUTE, /* Go code that needs a ns of a P; a function prologue every b ns (0 = none in it) */
    OP_SLEEP,   /* time.Sleep(a ns) */
    OP_GOSCHED, /* runtime.Gosched */
    OP_GO,      /* go statement: body a, called text; result: its G */
    OP_SEND,    /* channel a <- value b; a NONE, here and below: a nil channel */
    OP_RECV,    /* <-channel a; result: value, ok */
    OP_CLOSE,   /* close(channel a) */
    OP_SELECT,  /* select a (world_select); result: value, ok of the case that won */
    OP_C_CALL,  /* a C function called text that takes a ns; b: flags CALL_* */
    OP_LAUNCH,  /* clEnqueueNDRangeKernel of launch a (world_launch); b: so many from there on by one call, 0 = 1;
                   result: the number of its (last) command */
    OP_FINISH,  /* clFinish: C waits until queue a (NONE = the default one) is empty */
    OP_QUEUE,   /* clCreateCommandQueue, called text; b: 1 = unordered; result: its number */
    OP_EVENT,   /* clCreateUserEvent, called text; result: its number, as of a command */
    OP_EVENT_SET,  /* clSetUserEventStatus of a; result: ok = it was not set before */
    OP_EVENT_WAIT, /* clWaitForEvents: C waits until all of list a (world_cmds) are done */
    OP_EVENT_CALL, /* clSetEventCallback: when command a is done, the driver's thread runs body b */
    OP_PIN,     /* Pinner.Pin(object a) */
    OP_UNPIN,   /* Pinner.Unpin, object a */
    OP_CLEANUP, /* runtime.AddCleanup for object a */
    OP_FINALIZER, /* runtime.SetFinalizer for object a; b: 0 = takes it away */
    OP_STACK_VAR, /* a variable of a bytes called text on the goroutine's stack; result: its number */
    OP_RECURSE,   /* calls functions that need a bytes of stack, and returns from them */
    OP_ADDRESS,   /* gives away the address of object a; result: the address */
    OP_HANDLE,    /* cgo.Handle a; b: HandleUse */
    OP_MEM_TAKE, /* a C call: a bytes called text, of Memory b; result: its number, ok = there was room */
    OP_MEM_GIVE, /* a C call: gives back object a, by its address; result: ok = something was there */
    OP_COPY,     /* copy to object a >> 32 from object a & 0xffffffff, b bytes; the program moves them */
    OP_NOTE,    /* the scenario says text */
    OP_PICTURE, /* shows object a, b: width << 32 | height */
    OP_PANIC,   /* panic(text) */

    OP_CONTEXT_NEW,    /* context a (world_cancel_ctx) is made */
    OP_CONTEXT_CANCEL, /* context a is over, with the error text, and the cause b (Id_STR; NONE: the error); result: ok = it was not */
    OP_CONTEXT_USE,    /* context a; b: 1 = its Done channel; result: that, ok = it is over */

    OP_GOMAXPROCS, /* runtime.GOMAXPROCS(a), a > 0 */
    OP_GC,         /* runtime.GC() */
    OP_LOCK,       /* runtime.LockOSThread */
    OP_UNLOCK,     /* runtime.UnlockOSThread */
    OP_NET,        /* the network has what is wanted after a ns; the deadline is after b ns, 0 = none; result: ok */
    OP_TIMER,      /* timer a (world_timer) is started; b: for so long, 0 = as it was made; result: ok = it ran already */
    OP_TIMER_STOP, /* timer a is stopped; result: ok = it ran */

    /* C code as a program of its own, between OP_C_ENTER and OP_C_LEAVE, or on a C thread: */
    OP_C_ENTER,      /* calls the C function called text */
    OP_C_WORK,       /* C code that needs a ns */
    OP_C_LEAVE,      /* the C function returns */
    OP_CALLBACK,     /* C calls the Go function called text: Go code follows ... */
    OP_CALLBACK_END, /* ... until it returns to C */
    OP_C_THREAD,     /* C starts a thread called text that runs body a */

    OP_CTX_CURRENT, /* a C call that makes context a current on this thread; b: 0 = on none */
    OP_CTX_USE,     /* a C call named text, of b ns, that acts on context a; result: was it current here? */
    OP_CTX_ABSENT,  /* ... for which context a must not be current here; result: was it not? */
    OP_ACROSS,      /* job a (world_job) */
    OP_ALLOC,       /* a new object of a bytes called text, of layout b (world_layout); result: its number */

    OP_SYNC,   /* package sync: thing a (world_sync), what is done to it: sync.does; b: how many */
    OP_ATOMIC, /* package sync/atomic: a read-modify-write, or a = 1: a load; the value is the program's */

    /* the runtime's own goroutines only: */
    OP_IDLE, /* waits to be woken, for the reason text */
    OP_TELL, /* the driver's thread: looks for something to tell */
    OP_MARK, /* marks for a ns, at one go; b: it was asked to stop before */
    OP_SWEEP, /* sweeps for a ns */
} OpKind;

/* Flags of OP_C_CALL: a system call in it that a signal ends early: EINTR, result not ok. From CALL_ARGS_SHIFT on, of
 * OP_C_ENTER too: the objects whose addresses are passed (world_args). */
enum { CALL_INTERRUPTIBLE = 1, CALL_ARGS_SHIFT = 8 };

/* What OP_SYNC does. result.ok: it was got (DO_TRY...), this one has to call f (DO_ONCE). */
typedef enum {
    DO_LOCK, /* also Acquire of a semaphore: the lower half of b of it; the upper one: the number of its context + 1, 0 = none */
    DO_TRYLOCK,
    DO_UNLOCK,
    DO_RLOCK,
    DO_TRYRLOCK,
    DO_RUNLOCK,
    DO_ADD,       /* b: an int32 */
    DO_WAIT,      /* of a WaitGroup, or a Cond */
    DO_ONCE,      /* Do, up to f ... */
    DO_ONCE_DONE, /* ... and behind it */
    DO_SIGNAL,
    DO_BROADCAST,
    DO_FAIL, /* a function of an errgroup has returned an error: the text b */
} SyncDoes;

/* The local variables of Go's function, while it waits (sim/rt/sync*.c). */
typedef struct {
    uint8_t does; /* SyncDoes */
    uint8_t at;   /* how far it has come; 0 = at its beginning */
    uint8_t iter; /* of spinning */
    bool queued, lifo;
    bool awoke, starving;
} SyncLocals;

typedef enum { HANDLE_DELETE, HANDLE_NEW, HANDLE_VALUE } HandleUse;

typedef struct {
    OpKind kind;
    uint32_t line; /* of the scenario; 0 = none */
    uint64_t a, b;
    union {
        Id_STR text;
        SyncLocals sync; /* OP_SYNC */
    };
} Op;

typedef struct {
    uint64_t value;
    uint64_t ok; /* a truth value, but a whole word: it is read in one piece, as it was written */
} OpResult;
#define NOT_OVER 2 /* `ok` of world_do: the operation is not */

/* Part by part: what was just written in parts and is then copied whole waits for the cache. */
static inline void result_set(OpResult *r, uint64_t value, bool ok) {
    r->value = value;
    r->ok = ok;
}

typedef struct {
    void *ctx;
    /* The operation after the one whose result is given; `body` is what OP_GO named. */
    void (*next)(void *ctx, World *w, uint64_t body, OpResult last, Op *out);
    /* The goroutine has ended, or the run is over. */
    void (*drop)(void *ctx, uint64_t body);
    uint64_t tick; /* what a timer sends on its channel */
    /* Calls root for every object that the program's variables hold, in any order. NULL: it has none. */
    void (*roots)(void *ctx, void (*root)(void *to, Id_OBJ obj), void *to);
    /* The object is about to move, or to be freed (to == 0); its bytes are still there. NULL: nobody minds. */
    void (*leaves)(void *ctx, Id_OBJ obj, uint64_t to);
    /* All that can be reached from the roots is marked in the heap; it may mark more (finalizers). NULL: it does not. */
    void (*marked)(void *ctx);
    /* A body that runs finalizers or cleanups of what was freed since it was last asked, until NONE; and its name. NULL: never. */
    uint64_t (*cleanups)(void *ctx);
    Id_STR (*name)(void *ctx, uint64_t body);
    uint64_t (*after)(void *ctx, uint64_t context); /* the same of context.AfterFunc: its context is over */
    /* A body that runs the function of this timer, or cancels the context whose deadline it is; NONE: the program failed. */
    uint64_t (*fire)(void *ctx, uint64_t timer);
    bool waits;    /* each body has a stack of its own, and can wait inside world_do */
} Prog;

/* While it is asked, a program may have the operation in *out done without returning: the result if it is
 * over, exactly as if it had been handed over; then the program goes on with the next one, in the same
 * *out. NOT_OVER: the program returns, to be asked again as always. Meanwhile others may be asked, from
 * within this call. */
OpResult world_do(World *w);

#endif

/* program.h -- goroutine bodies as C arrays, and what a run of them did, as text.
 *
 * A test writes its goroutines as arrays of Op, runs them with run_program, and compares the events of
 * the kinds it is about with the text it expects. Every run is audited: after each step the world and
 * the model rebuilt from its events must agree (audit.c).
 */
#ifndef FAULTLINE_TESTS_PROGRAM_H
#define FAULTLINE_TESTS_PROGRAM_H

#include "../sim/lens/findings.h"
#include "../sim/rt/world.h"
#include "contexts.h"
#include "messages.h"

typedef struct {
    const char *name;
    const Op *ops; /* the last one may be left out: OP_END follows */
    size_t count;
    uint64_t repeat; /* the whole body this many times; 0 = once */
} Body;
#define BODY(name, ops)                                                                            \
    { name, ops, ARRAY_LEN(ops), 0 }

/* Short forms of operations; the line is the number of the operation, so that causes can be seen. */
#define COMPUTE(ns)                                                                                \
    { .kind = OP_COMPUTE, .a = (ns) }
#define SLEEP(ns)                                                                                  \
    { .kind = OP_SLEEP, .a = (ns) }
#define GO(body)                                                                                   \
    { .kind = OP_GO, .a = (body) }
#define SEND(c)                                                                                    \
    { .kind = OP_SEND, .a = (c) }
#define RECV(c)                                                                                    \
    { .kind = OP_RECV, .a = (c) }
/* A nil channel. */
#define NIL_CHAN NONE
/* The select statement of that number: Program.selects. */
#define SELECT(which)                                                                              \
    { .kind = OP_SELECT, .a = (which) }
#define CLOSE(c)                                                                                   \
    { .kind = OP_CLOSE, .a = (c) }
#define C_CALL(ns)                                                                                 \
    { .kind = OP_C_CALL, .a = (ns) }
#define C_ENTER()                                                                                  \
    { .kind = OP_C_ENTER }
#define C_WORK(ns)                                                                                 \
    { .kind = OP_C_WORK, .a = (ns) }
#define C_LEAVE()                                                                                  \
    { .kind = OP_C_LEAVE }
#define CALLBACK()                                                                                 \
    { .kind = OP_CALLBACK }
#define CALLBACK_END()                                                                             \
    { .kind = OP_CALLBACK_END }
#define C_THREAD(body)                                                                             \
    { .kind = OP_C_THREAD, .a = (body) }
#define LOCK()                                                                                     \
    { .kind = OP_LOCK }
#define UNLOCK()                                                                                   \
    { .kind = OP_UNLOCK }
#define GOMAXPROCS(n)                                                                              \
    { .kind = OP_GOMAXPROCS, .a = (n) }
#define GC()                                                                                       \
    { .kind = OP_GC }
#define NET(ns, deadline_ns)                                                                       \
    { .kind = OP_NET, .a = (ns), .b = (deadline_ns) }
#define TIMER(t)                                                                                   \
    { .kind = OP_TIMER, .a = (t) }
#define SYNC(what, s)                                                                              \
    { .kind = OP_SYNC, .a = (s), .sync = {.does = DO_##what} }
#define SYNC_N(what, s, n)                                                                         \
    { .kind = OP_SYNC, .a = (s), .b = (uint64_t)(n), .sync = {.does = DO_##what} }

/* Contexts have numbers of the program's own, CONTEXTS_MAX of them; a number that is made again is another context from then on.
 * Who names one that is not there yet does nothing at all, nor does who asks of AfterFunc's what only a context has. */
enum { CONTEXTS_MAX = 8, BACKGROUND = CONTEXTS_MAX };
#define CONTEXT(x, parent, sort, ns)                                                               \
    { .kind = OP_CONTEXT_NEW, .a = (x), .b = (uint64_t)(parent) | (uint64_t)(sort) << 8 | (uint64_t)(ns) << 16 }
/* Of AfterFunc's: stop. `caused`: with a cause, ever another one. */
#define CANCEL(x, caused)                                                                          \
    { .kind = OP_CONTEXT_CANCEL, .a = (x), .b = (caused) }
#define ERR(x)                                                                                     \
    { .kind = OP_CONTEXT_USE, .a = (x) }
#define DONE(x)                                                                                    \
    { .kind = OP_CONTEXT_USE, .a = (x), .b = 1 }
/* The Done channel for which this goroutine has asked last: RECV(DONE_CHAN), or the channel of a case. */
#define DONE_CHAN (NONE - 1)
/* Acquire with a context; the next operation is only for who gets it. */
#define ACQUIRE(s, n, x)                                                                           \
    { .kind = OP_SYNC, .a = (s), .b = (uint64_t)(n) | ((uint64_t)(x) + 1) << 32, .sync = {.does = DO_LOCK} }
#define GOSCHED()                                                                                  \
    { .kind = OP_GOSCHED }

/* With a heap: what a goroutine has allocated is held by its variables until it drops all of it, or ends. An object
 * is named by the place among those that its goroutine has allocated, from 0; LAST is the last. Who names one that
 * is not held does nothing at all. */
enum { OP_DROP = 1000, LAST = 1 << 20 };
#define ALLOC(bytes)                                                                               \
    { .kind = OP_ALLOC, .a = (bytes) }
#define ALLOC_POINTERS(bytes) /* all words of which are nil pointers */                            \
    { .kind = OP_ALLOC, .a = (bytes), .b = 1 }
#define DROP()                                                                                     \
    { .kind = (OpKind)OP_DROP }
#define PIN(which)                                                                                 \
    { .kind = OP_PIN, .a = (which) }
#define UNPIN(which)                                                                               \
    { .kind = OP_UNPIN, .a = (which) }
/* A kernel of LAUNCH_SLICES slices that takes ns and writes the object, on the default queue of no device. */
#define LAUNCH(ns, which)                                                                          \
    { .kind = OP_LAUNCH, .a = (ns), .b = (which) }
#define FINISH()                                                                                   \
    { .kind = OP_FINISH, .a = NONE }
enum { LAUNCH_SLICES = 10 };

typedef struct {
    SelectCase cases[MESSAGE_CASES_MAX]; /* every value that is sent is a new one */
    uint32_t count;
    bool has_default;
} Selection;

typedef struct {
    const Body *bodies; /* bodies[0] is main */
    size_t body_count;
    const uint64_t *chan_caps;
    size_t chan_count;
    const Selection *selects;
    const struct {
        uint64_t delay_ns, period_ns;
    } * timers; /* their channels come behind the others */
    size_t timer_count;
    size_t context_count;
    const struct {
        SyncKind kind;
        uint64_t size, of; /* of a weighted semaphore; of a Cond, the number of its lock */
    } * syncs; /* DO_TRY... and DO_ONCE that get nothing pass over the next operation */
    size_t sync_count;
    size_t after_func; /* the body that context.AfterFunc calls */
    const Job *jobs;
    size_t job_count;
    bool heap;
    Collector collector;
    uint32_t procs; /* 0 = 1 */
    uint64_t seed;
    uint64_t limit_ns;
    uint64_t stretch_ns; /* where there are no signals: the longest without a safe point; 0 = not known (invariant.c) */
    bool no_audit; /* for benchmarks and very long runs */
    bool shortcut; /* channel operations from within the program, as Lua does (world_do), and world_alone */
    /* Called with every event, and the model before it and after it. */
    void (*before)(void *ctx, const Model *m, const Event *e);
    void (*after)(void *ctx, const Model *m, const Event *e);
    void *ctx;
    void (*tune)(WorldOptions *opt);
} Program;

typedef struct {
    RunOutcome outcome;
    int status;
    uint64_t end_ns;
    uint64_t longest_wait_ns; /* that a goroutine was runnable before it ran */
    uint64_t events;
    uint64_t steps; /* entries taken off the agenda */
    uint64_t count[EV_COUNT]; /* of each kind */
    char *text;               /* every event, one line each (event_text_short with its time) */
    char audit[256];          /* the first disagreement; "" = none */
    Findings findings;        /* what was found (without no_audit) */
} Ran;

Ran run_program(const Program *p);
void ran_free(Ran *r);
/* The lines of r->text whose event is one of `kinds` ("GO_START GO_BLOCK"), in order; free it. */
char *ran_lines(const Ran *r, const char *kinds);

/* rt/random_test.c: one of its random programs, of every kind of operation, to be run by the caller before he
 * asks for the next. */
Program random_program(uint64_t seed);
/* Runs it, and says so if the audit, or an invariant, was broken. */
Ran run_audited(const Program *p);
/* The lines of these kinds are exactly these, times included. */
void expect_events(const Ran *r, const char *kinds, const char *expected);
/* The same without times. */
void expect_order(const Ran *r, const char *kinds, const char *expected);
/* When the n-th (from 1) event whose line holds this text happened; fails the test if it did not. */
uint64_t time_of(const Ran *r, const char *text, unsigned n);

/* audit.c: compares the world with a model; false with a sentence in why. */
bool audit(const World *w, const Model *m, char *why, size_t size);

#endif

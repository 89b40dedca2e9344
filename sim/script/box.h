/* box.h -- what the files of sim/script share: the Lua state, its limits, and what the chunk declared.
 *
 *   sandbox.c   the state: counted memory, counted steps
 *   meter.c     who pays for the steps
 *   liveness.c  which local variables are needed still; word.c: the words that both read
 *   roots.c     which heap objects the scenario refers to
 *   doors.c     names that a scenario may not use, and what to use instead; undefined names
 *   lib.c       library functions whose own behaviour is not the same on every machine, or not bounded
 *   pattern.c   how long a pattern can take
 *   prelude.c   the few library functions that are best written in Lua
 *   error.c     a Lua error becomes a Diag
 *   bind_*.c    what a scenario can say, one file per noun; expect.c: what it expects
 *   script.c    load, start, and the supply of operations
 *   strand.c    the C stacks of goroutines that wait
 *
 * Rule of this layer: Lua leaves a C function by longjmp when something fails. So no binding holds
 * memory of its own across a call of Lua, and everything runs under lua_resume or lua_pcall.
 */
#ifndef FAULTLINE_SCRIPT_BOX_H
#define FAULTLINE_SCRIPT_BOX_H

#include "../base/cstack.h"
#include "../base/pool.h"
#include "../base/prng.h"
#include "../mem/heap.h"
#include "liveness.h"
#include "script.h"

#include <lauxlib.h>
#include <lua.h>

/* ---- limits ---- */
enum {
    STEPS_MAX = 50000000, /* Lua instructions between two operations of a goroutine */
    STEPS_EVERY = 1000,   /* so many are drawn from the budget at once */
    STEPS_PER_CALL = 256, /* of a function that is called once per element of an object */
    BYTES_PER_STEP = 16,  /* memory asked for, or text looked at, costs steps too */
    STACK_BYTES = 4096,   /* allowed to each goroutine beyond the limit of the data */
    STRING_MAX = 16 << 20,
    RANGE_MAX = 1 << 24, /* elements that one call of table.* may touch */
    PATTERN_LEN_MAX = 1024,
    PCALLS_MAX = 200,
    CHAN_CAP_MAX = 1 << 20,
    CHAN_ROOM_MAX = 1 << 26,  /* values in all channels together */
    GOROUTINES_MAX = 2000000, /* at once */
    LAUNCHES_MAX = 1000000,
    QUEUES_MAX = 64,
    NOTE_MAX = 4096,
    NAME_TEXT_MAX = 64, /* of goroutines, channels, objects, knobs */
    ROOTS_STACK = 4,    /* of a coroutine, that roots.c needs to look into it */
};
#define DATA_BYTES_MAX (256u << 20)  /* Lua data of a scenario, goroutine stacks not counted */
#define HEAP_BYTES_MAX (1024u << 20) /* simulated Go heap */
#define HEAP_BYTES_ALL ((uint64_t)4 << 30) /* ... what is allocated in it during a run, freed or not */
#define PATTERN_WORK_MAX 1e9         /* steps of matching, at worst */
#define DURATION_MAX 86400000000000u /* a day */
#define EVENTS_DEFAULT 100000000u    /* events of a run whose scenario names no number: some seconds of ours */
#define LIMIT_DEFAULT 10000000000u   /* virtual time of a run whose scenario names no limit */

/* ---- what the chunk declared; made in the world by script_start, or at once during the run ---- */

typedef struct {
    char name[NAME_TEXT_MAX];
    char value[128];
    bool used;
} Setting; /* --set NAME=VALUE */

typedef struct {
    char name[NAME_TEXT_MAX];
    char value[128]; /* its default, as text: for lists */
} Knob;

typedef struct {
    uint64_t cap;
    char name[NAME_TEXT_MAX];
    uint32_t line;
} ChanDecl;

typedef struct {
    char name[NAME_TEXT_MAX];
    uint32_t line;
} ContextDecl;

typedef struct {
    SyncKind kind;
    uint64_t size;
    uint64_t of; /* the lock of a Cond; NONE */
    char name[NAME_TEXT_MAX];
    uint32_t line;
} SyncDecl;

/* What main does before its own body, for the top level of the chunk. */
typedef struct {
    OpKind kind; /* OP_GO, OP_NOTE */
    uint32_t line;
    uint64_t body;
    char *text;
} Before;

/* What an object is a slice of: what kernels know, and Go pointers. */
typedef enum {
    OBJ_FLOAT = DEV_FLOAT,
    OBJ_INT = DEV_INT,
    OBJ_UINT = DEV_UINT,
    OBJ_BYTE = DEV_UCHAR,
    OBJ_POINTER,
} ObjElement;

/* A heap object, by number. */
typedef struct {
    ObjElement element;
    uint64_t count;
    char name[NAME_TEXT_MAX];
    uint32_t line;
    bool global;        /* made at the top level */
    bool has_buffer;    /* of the device's, over its present address */
    DevBuffer buffer;
    bool device_writes; /* a launch that writes it was made */
    uint64_t fetched;   /* commands done when the host last saw the device's bytes */
    bool host_wrote;    /* since the device last looked */
    bool from_device;   /* copies have brought here what the device wrote */
    bool finalizer, finalized; /* has one; it is due */
    Memory memory;
    uint8_t *mirror;    /* of the device's own memory, for expectations; NULL = nobody has looked */
} Obj;

typedef struct {
    uint64_t obj; /* NONE: looked up by name */
    char name[NAME_TEXT_MAX];
    char text[256]; /* "every y[i]: v == 2.0 * i + i" */
    bool torn;      /* not every one */
    int function;   /* reference in the registry */
    int line;
} ResultCheck;

typedef struct {
    uint64_t obj; /* NONE: it has run, or was stopped */
    bool due;     /* the object was freed */
} Cleanup;

typedef struct {
    bool pins, held, leaked; /* has objects; a walk has met it; none has, and it had objects */
} PinnerState;

/* A goroutine's body. Its coroutine is anchored in the table of threads under its number, from 1, and
 * kept for the next body of that number, as Go keeps a dead g. */
typedef struct {
    lua_State *co;
    union {
        uint64_t name;      /* while it is live: Id_STR; NONE until its go statement is carried out */
        uint32_t next_free; /* else: body */
    };
    uint8_t last;       /* OpKind whose result the coroutine waits for */
    uint8_t pcalls;     /* it is so deep in them */
    uint8_t strand;     /* it has the one of that number, from 1; 0 = none */
    bool started : 1, live : 1;
    uint32_t c_frames; /* so deep in C functions and in what they have called */
} Body;
_Static_assert(sizeof(Body) == 24, "a million bodies are three words each");
#define NO_BODY UINT32_MAX

/* A C stack for a coroutine. */
typedef struct {
    CStack stack;
    Script *script; /* NULL: not made yet */
    uint64_t body;  /* that has it; NONE = free */
} Strand;
enum { STRANDS = 16 };

typedef struct {
    const void *place; /* in the code */
    uint32_t line;
} LineAt;

typedef enum { PHASE_LOAD, PHASE_RUN, PHASE_CHECK } Phase;

struct Script {
    lua_State *L;
    char *path;
    char base[60]; /* the file's name: how Lua knows the chunk */
    char *source;
    Liveness *liveness; /* of its local variables */
    ScriptOptions opt; /* set is not kept: see settings */
    Setting *settings;
    size_t setting_count;
    Knob *knobs;
    size_t knob_count, knob_cap;

    Phase phase;
    bool declared; /* scenario { ... } has been called */
    Scenario scenario;
    Prng random;
    Heap *heap;
    Foreign *foreign;
    bool looked; /* the program has read what a device wrote, or would have written */
    bool backed[MEM_COUNT];  /* the device has given memory for it */
    DevBuffer device_memory; /* all of the device's own, if that is backed */
    uint64_t picture_count;
    uint64_t heap_bytes; /* allocated in it so far by goroutines */
    World *w; /* borrowed, from script_start on; so is the device */
    Dev *dev;

    Op *out;          /* where the operation goes that is being asked for */
    uint64_t running; /* the body that is asked */
    OpResult last;    /* ... and given this */

    bool waits;       /* there are strands */
    CStack home;      /* the stack on which the world calls us */
    CStack *on;       /* whose turn it is: home, or a strand's */
    CStack *evictor;  /* it waits for the strand that is switched to */
    Strand strands[STRANDS];
    uint32_t strand_turn; /* who is evicted next */

    uint8_t pcalls; /* of the chunk and of expectations, as Body.pcalls */
    int64_t steps;  /* left until the next operation */
    Pool pool;           /* Lua's */
    uint64_t used_bytes;
    bool memory_ran_out; /* the last refused request was for memory, not for steps */

    Body *bodies;
    size_t body_count, body_cap;
    uint32_t free_body;
    size_t live_bodies;
    uint64_t main_body;
    uint32_t main_line;
    Before *before;
    size_t before_count, before_cap, before_at;

    uint64_t chan_room; /* of all channels */
    ChanDecl *chans;    /* of the top level */
    size_t chan_count, chan_cap;
    ContextDecl *contexts; /* of the top level */
    size_t context_count, context_cap;
    SyncDecl *syncs; /* of the top level */
    size_t sync_count, sync_cap;
    void **calls; /* of across; freed with the script */
    size_t call_count, call_cap;
    Obj *objs;
    size_t obj_count, obj_cap;
    Expectation *expects;
    size_t expect_count, expect_cap;
    ResultCheck *checks;
    size_t check_count, check_cap;

    uint64_t *free_values; /* slots of the table of values that are free again */
    size_t free_value_count, free_value_cap;
    uint64_t value_count;
    bool walking;                 /* roots.c is at work: the memory is ours, and costs no steps */
    int threads, values, numbers, cleanup_functions, finalizer_functions, timer_functions,
        context_functions, pinner_lists,
        handles; /* tables in the registry */
    PinnerState *pinners; /* by their number */
    size_t pinner_count, pinner_cap;
    uint64_t handle_count;
    Cleanup *cleanups; /* by their place in that table, from 1 */
    size_t cleanup_count, cleanup_cap;
    int env, package;             /* the chunk's _ENV; functions by the identity of a package's variable */
    uint64_t number_of[LUA_NUMTYPES];

    bool places_known; /* line_at may be used */
    LineAt line_at[256];
    uint32_t named_line, named_call; /* the last that script_name_from_line looked at */
    Diag raised;                     /* of the last error that script_raise threw, ... */
    char raised_text[1400];          /* ... and how Lua knows it */
};

static inline Script *script_of(lua_State *L) { return *(Script **)lua_getextraspace(L); }

/* ---- things of ours inside Lua: userdata whose first words say what they are ---- */

typedef enum {
    THING_CHAN = 0x6661756c,
    THING_OBJ,
    THING_PINNER,
    THING_KERNEL,
    THING_BOUND,
    THING_CONTEXT,
    THING_TICKER,
    THING_GRAPH,
    THING_CLEANUP,
    THING_ADDRESS,
    THING_QUEUE,
    THING_EVENT,
    THING_CASE,
    THING_SYNC, /* + SyncKind */
    THING_ATOMIC = THING_SYNC + SYNC_KINDS,
    THING_CONTEXT_TREE,
} ThingKind;
typedef struct {
    uint32_t kind; /* ThingKind */
    uint32_t id;
} Thing;

/* The thing at this index, or NULL when it is none of that kind. */
void *script_thing(lua_State *L, int index, ThingKind kind);
/* Pushes a new one of `size` bytes with the metatable of its kind. */
void *script_new_thing(lua_State *L, ThingKind kind, size_t size);
/* ... with room for so many user values, else for one. */
void *script_new_thing_with(lua_State *L, ThingKind kind, size_t size, int values);
/* Defines the metatable of a kind: methods by name (unknown ones are refused), then metamethods. */
void script_thing_type(lua_State *L, ThingKind kind, const luaL_Reg *methods, const luaL_Reg *meta);
const char *script_thing_name(uint32_t kind); /* "a channel" */
/* Puts a function before the methods of a kind: it is called as __index, its upvalue 1 are the methods. */
void script_thing_index(lua_State *L, ThingKind kind, lua_CFunction index);

/* ---- errors ---- */

#define NO_PLACE "?:-1: " /* how Lua begins a message from the prelude, which is stripped */

/* Throws this error; a place that it lacks is the line of the scenario that is being executed. */
_Noreturn void script_raise(lua_State *L, Diag *d);
/* The same from a sentence; remedy may be "" or NULL. */
_Noreturn void script_error(lua_State *L, const char *remedy, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* "compute: wants a duration such as "25us"; got a table" */
_Noreturn void script_arg_error(lua_State *L, int index, const char *remedy, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* "a table", "nil", "5", "\"text\"": writes into buf and returns it. */
const char *script_describe(lua_State *L, int index, char *buf, size_t size);
/* The innermost line of the scenario on this coroutine's stack; 0 = none. */
uint32_t script_line(lua_State *L);
/* What a failed lua_resume or lua_pcall left on top of L's stack, as a Diag. */
void script_diagnose(Script *s, lua_State *L, int status, Diag *d);
/* The text of a line, from 1; its length in *len. "" past the end. */
const char *script_source_line(const Script *s, uint32_t line, size_t *len);
/* If the line reads `NAME = call(`, copies NAME to buf, else `otherwise`. */
void script_name_from_line(Script *s, uint32_t line, const char *call, const char *otherwise,
                           char *buf, size_t size);

/* ---- arguments ---- */

/* "25us" at this index, in ns. */
uint64_t script_duration(lua_State *L, int index, const char *what);
/* Text of at most NAME_TEXT_MAX - 1 bytes. */
const char *script_name(lua_State *L, int index, const char *what);
/* The first, by the alphabet, of the keys of a table that are not known; NULL if all are. */
const char *script_unknown_key(lua_State *L, int index, bool (*known)(const char *name));
/* The field `name` of the table at index, a whole number from 1 to max, pushed; `otherwise` if there is none. */
uint64_t script_whole_field(lua_State *L, int index, const char *what, const char *name, uint64_t otherwise, uint64_t max);
/* Refuses a call outside the top level of the chunk, or before scenario { ... }. */
Script *script_top_level(lua_State *L, const char *what);
/* Refuses a call before scenario { ... }. */
Script *script_declared(lua_State *L, const char *what);

/* Begins an operation of the running goroutine: its line is filled in, kind and the rest are the
 * caller's, who then yields with lua_yield(L, 0). Refuses a call that is not in a goroutine. */
Op *script_op(lua_State *L, const char *what, OpKind kind);
static inline Op *script_op_here(lua_State *L, const char *what, OpKind kind); /* the same, without a call: for channels */
/* Panics as Go does, where a goroutine is running; elsewhere it is an error. */
int script_panic(lua_State *L, const char *text);

/* ---- the state ---- */

bool sandbox_open(Script *s, Diag *d);
/* Takes steps from the budget; throws when none are left. */
void sandbox_charge(lua_State *L, uint64_t steps);
_Noreturn void sandbox_exhausted(lua_State *L);
int sandbox_pay(lua_State *L);
/* meter.c: the source, of which each loop and each function calls sandbox_pay in time. The caller frees it. */
char *meter(const char *source);
/* Called at each operation: the budget is full again. */
static inline void sandbox_refill(Script *s) { s->steps = STEPS_MAX; }

/* args.c: where script_op_here does not go on. */
_Noreturn void script_no_op(lua_State *L, const char *what);
OWN_FRAME uint32_t script_ask_line(lua_State *L);
/* Where in the code Lua is in the function that lua_getstack found; of that place we keep the line. */
enum { PLACE_WORD = 4 };
static inline const void *script_code_place(const lua_Debug *ar) { return ((void *const *)ar->i_ci)[PLACE_WORD]; }
static inline LineAt *script_line_at(Script *s, const void *place) {
    return &s->line_at[(uintptr_t)place / 4 % ARRAY_LEN(s->line_at)];
}

static inline Op *script_op_here(lua_State *L, const char *what, OpKind kind) {
    Script *s = script_of(L);
    lua_Debug ar;
    if (s->phase != PHASE_RUN || !lua_isyieldable(L)) script_no_op(L, what);
    bool called = lua_getstack(L, 1, &ar);
    const void *place = called && s->places_known ? script_code_place(&ar) : NULL;
    const LineAt *kept = script_line_at(s, place);
    Op *op = s->out;
    *op = (Op){.kind = kind, .line = place != NULL && kept->place == place ? kept->line : script_ask_line(L)};
    return op;
}

/* The table on top of the stack refuses unknown fields, by its name: one that only we can reach ... */
void doors_methods(lua_State *L, const char *name);
/* ... and one that the scenario holds, which can then not be changed either (replaces it on the stack). */
void doors_seal(lua_State *L, const char *name);
/* The table of what we offer, on top of the stack, is replaced by the chunk's _ENV. */
void doors_globals(lua_State *L);
void line_open(lua_State *L); /* args.c: finds out how lines can be remembered */
/* These fill the table on top of the stack. */
void lib_open(lua_State *L);
void prelude_open(lua_State *L);
void lib_seal(lua_State *L); /* the libraries are complete */
void bind_go(lua_State *L);
void bind_chan(lua_State *L);
void bind_select(lua_State *L);
void bind_heap(lua_State *L);
void bind_cl(lua_State *L);
void bind_picture(lua_State *L);
void bind_handle(lua_State *L);
void bind_stack(lua_State *L);
void bind_sync_c(lua_State *L); /* into C */
void bind_stack_c(lua_State *L); /* fills C */
bool script_size(const char *text, uint64_t *bytes); /* "64MiB", 1GiB at most */
void bind_memory(lua_State *L);    /* copy; these fill C and cl, on top of the stack: */
void bind_memory_c(lua_State *L);
void bind_memory_cl(lua_State *L);
void bind_queue_cl(lua_State *L);
/* Prog.fire, Prog.after: a body for the function of time.AfterFunc, context.AfterFunc. */
uint64_t timer_body(void *script, uint64_t timer);
uint64_t context_body(void *script, uint64_t context);
/* The function at this index waits for that; 0: none does any more. */
void timer_function(lua_State *L, uint64_t timer, int function);
void context_function(lua_State *L, uint64_t context, int function);
/* Pushes the function that the timer of a context's deadline runs. */
void context_push_late(lua_State *L, uint64_t context, uint32_t line);
/* The fields queue and after of the table at index, if there is one. */
void queue_fields(lua_State *L, int index, const char *what, Launch *l);
/* A continuation: pushes the event of what was enqueued. */
int queue_enqueued(lua_State *L, int status, lua_KContext ctx);
/* C calls Go: a name and a function are at 1 and 2. line 0: the caller's. */
int c_call_go(lua_State *L, uint32_t line);
void bind_c(lua_State *L);
void bind_time(lua_State *L);
void bind_across(lua_State *L);
void bind_context(lua_State *L);
void bind_sync(lua_State *L);     /* sync, semaphore */
void bind_errgroup(lua_State *L); /* errgroup */
void bind_atomic(lua_State *L);   /* atomic */
void bind_expect(lua_State *L);

/* lib.c: as Lua's tostring, without addresses; pushes the text. */
const char *lib_tostring(lua_State *L, int index, size_t *len);
/* pattern.c: refuses a search that could take for ever, and charges for the rest. `find` is the
 * index of Lua's own string.find. */
void pattern_guard(lua_State *L, int find, int subject, int pattern, bool plain);

/* ---- goroutines, values, objects ---- */

/* strand.c: the next operation of a body, into *out. */
void strand_ask(Script *s, uint64_t body, OpResult last, Op *out);
/* The operation is done here, if it can be; others may be asked meanwhile. NOT_OVER: yield. */
OpResult strand_do(Script *s, Op *op);
void strand_free(Script *s);
/* Goes on with a body, whose last operation gave s->last, until it yields or ends: the operation is in *s->out. */
void script_resume(Script *s, uint64_t body);

/* A new body out of the function and `args` arguments on top of the stack, which it pops. */
uint64_t script_new_body(lua_State *L, int args);
/* A Lua value as one word that a channel can hold, and back (pushes it, gives up the word). */
uint64_t script_hold(lua_State *L, int index);
void script_release(Script *s, lua_State *L, uint64_t word);
/* The channel at this index, for `what`; a nil, or none, is a nil channel where that is allowed. */
Id_CHAN script_chan(lua_State *L, int index, const char *what, bool sends);
/* Pushes a channel that the world has made. */
void script_push_chan(lua_State *L, uint32_t id, uint64_t cap, const char *name);
uint64_t script_tick(void); /* what a timer sends */
typedef struct {
    Thing thing; /* kind: THING_SYNC + SyncKind */
    char name[NAME_TEXT_MAX];
    uint64_t limit, context; /* of an errgroup: its channel; what it cancels; NONE = none */
} SyncRef;

/* Is there a context at this index? Its number; NONE: it can never be over. */
bool context_at(lua_State *L, int index, uint64_t *context);
void context_push_err(lua_State *L, uint64_t context); /* its error, or nil */
/* Begins the making of a context below the one at index 1, and pushes it, to index 3; the caller yields. NULL: that panics. */
Op *context_begin(lua_State *L, const char *what, CancelKind kind, uint64_t delay_ns);
/* Begins the end of this one: "context canceled", with that cause (Id_STR), or with none but itself (NONE). */
Op *context_end(lua_State *L, const char *what, uint64_t context, uint64_t cause);

/* A thing of package sync of this kind, pushed; its name is at the index, or stands in the line before `call`. */
void sync_push(lua_State *L, SyncKind kind, uint64_t size, uint64_t of, int name, const char *call);
/* The one that a method is called on. */
SyncRef *sync_self(lua_State *L, SyncKind kind, const char *method);
/* Its operation begins; then the caller yields, or sync_do does it: its result, a boolean, is on top of the stack at last. */
Op *sync_begin(lua_State *L, const char *method, uint64_t id, SyncDoes does);
/* Does it and calls k, with its result on top of the stack: here, or when the goroutine goes on. */
int sync_do(lua_State *L, Op *op, lua_KContext ctx, lua_KFunction k);
int sync_returns_nothing(lua_State *L, int status, lua_KContext ctx); /* such k */
int sync_text(lua_State *L); /* __tostring */
/* Begins the go statement of x:Go([name,] f): the goroutine runs `body`, a C function, with x and f. */
Op *script_go_method(lua_State *L, lua_CFunction body, int function);
/* The arguments of x:Go([name,] f) are well; the index of f. */
int script_go_arguments(lua_State *L, const char *what);
/* Pushes what a receive gives: value, ok. Returns 2. */
int script_received(Script *s, lua_State *L, OpResult r);

/* A function that the top level gives to go or main: variables of the file that it uses are the package's. */
void roots_package(lua_State *L, int function);
/* Variable n of a frame, among those of its name; needs a free place on the stack. */
LocalAt roots_local(lua_State *co, const lua_Debug *ar, int n, const char *name);

/* The host is about to look at, or to change, the bytes of an object. */
bool obj_before_read(Script *s, uint64_t obj, Diag *d);
bool obj_before_write(Script *s, uint64_t obj, Diag *d);
bool obj_after_write(Script *s, uint64_t obj, Diag *d);
/* It has a buffer of the device's over where it is now. */
bool obj_for_device(Script *s, uint64_t obj, Diag *d);
void obj_leaves(void *script, Id_OBJ obj, uint64_t to); /* Prog.leaves */
/* Where its bytes are in this process; NULL: they are the device's. And for the program. */
void *obj_bytes(const Script *s, uint64_t obj);
uint64_t obj_addr(const Script *s, uint64_t obj);
uint64_t obj_size(const Script *s, uint64_t obj);
bool obj_is_live(const Script *s, uint64_t obj);
/* The bytes of as many elements as the argument at index 2 says; what is too much for any memory becomes one more than that. */
uint64_t obj_bytes_arg(lua_State *L, const char *what, ObjElement element);
/* Pushes the object of this number, which the script has not known so far. */
void obj_adopt(lua_State *L, uint64_t id, ObjElement element, const char *name, uint32_t line);
void obj_fill(Script *s, lua_State *L, uint64_t obj, int with); /* as heap.floats' third argument */
/* The device's own: a part of its memory becomes the buffer (bind_memory.c). */
bool memory_for_device(Script *s, uint64_t obj, Diag *d);
bool memory_before_read(Script *s, uint64_t obj, Diag *d);
/* Would a device that is there have written what is in it? */
bool obj_needs_device(const Script *s, uint64_t obj);
double obj_get(const Script *s, uint64_t obj, uint64_t i);
/* Pushes element i: an integer where the element is one. */
void bind_pinner(lua_State *L); /* these three fill runtime, on top of the stack */
void bind_cleanup(lua_State *L);
void bind_finalizer(lua_State *L);
enum { CLEANUPS_AT_ONCE = 200 }; /* arguments of one body; the next has the rest */
void pinner_look(Script *s); /* after a walk */
int pinner_push_leaked(lua_State *L);
void finalizer_marked(void *script); /* Prog.marked */
int finalizer_push_due(lua_State *L);
Id_STR script_body_name(void *script, uint64_t body); /* Prog.name */
void cleanup_object_freed(Script *s, uint64_t obj);
uint64_t cleanup_body(void *script); /* Prog.cleanups */
/* Where pointer i of an object of pointers leads. False: to no object. */
bool obj_pointer(const Script *s, uint64_t obj, uint64_t i, Id_OBJ *to);
void obj_push(const Script *s, lua_State *L, uint64_t obj, uint64_t i);
/* One element, a number, at this place; false: the value cannot be one. */
void obj_push_element(lua_State *L, ObjElement element, const void *at);
bool obj_store_element(lua_State *L, ObjElement element, void *at, int index);
extern const char *const obj_element_text[]; /* by ObjElement: "floats" */
extern const size_t obj_element_bytes[];
enum { OBJ_ELEMENTS = OBJ_POINTER + 1 };
enum { SLICES_DEFAULT = 16, SLICES_MAX = 4096 }; /* of a launch, or a transfer */

#endif

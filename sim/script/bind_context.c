/* bind_context.c -- context.WithCancel(parent), WithTimeout, WithDeadline, AfterFunc, and what is asked of a context.
 *
 *     local ctx, cancel = context.WithTimeout(context.Background(), "5ms")
 *     select { case.recv(ctx:Done(), function() ... end), case.recv(work) }
 *     print(ctx:Err())                        -- nil, "context canceled" or "context deadline exceeded"
 *     cancel()                                -- as often as one likes
 *     local stop = context.AfterFunc(ctx, function() ... end)   ...   stop()
 *
 * Go:      context/context.go (go1.26)
 * Differs: no values. WithDeadline takes what time.Now() gives. Err is asked of a goroutine's own accord only: it is an operation.
 */
#include "box.h"

#include <stdlib.h>

typedef struct {
    Thing thing; /* id: its number; NEVER: it can never be over */
} ContextRef;
#define NEVER UINT32_MAX

static ContextRef *to_context(lua_State *L, int index, const char *what) {
    ContextRef *x = script_thing(L, index, THING_CONTEXT_TREE);
    if (x == NULL && lua_isnoneornil(L, index)) {
        script_panic(L, "cannot create context from nil parent");
        return NULL;
    }
    if (x == NULL) script_arg_error(L, index, "For example: context.WithCancel(context.Background())", "%s wants a context", what);
    return x;
}

static ContextRef *self(lua_State *L, const char *method) {
    ContextRef *x = script_thing(L, 1, THING_CONTEXT_TREE);
    if (x == NULL) script_arg_error(L, 1, "A method is called with a colon: ctx:Done().", "%s wants a context", method);
    return x;
}

static ContextRef *push(lua_State *L, uint32_t id) {
    ContextRef *x = script_new_thing(L, THING_CONTEXT_TREE, sizeof *x);
    x->thing.id = id;
    return x;
}

bool context_at(lua_State *L, int index, uint64_t *context) {
    const ContextRef *x = script_thing(L, index, THING_CONTEXT_TREE);
    if (x != NULL) *context = x->thing.id == NEVER ? NONE : x->thing.id;
    return x != NULL;
}

static int background(lua_State *L) {
    push(L, NEVER);
    return 1;
}

/* ---- cancel: a function; upvalues: the context, does it take a cause, the error, the line if it is the timer's ---- */

static int canceled(lua_State *L, int status, lua_KContext ctx) {
    (void)L, (void)status, (void)ctx;
    return 0;
}

Op *context_end(lua_State *L, const char *what, uint64_t context, uint64_t cause) {
    Op *op = script_op(L, what, OP_CONTEXT_CANCEL);
    op->a = context;
    op->b = cause;
    op->text = stream_text(script_of(L)->w->s, "context canceled");
    return op;
}

static int cancel(lua_State *L) {
    Script *s = script_of(L);
    const ContextRef *x = lua_touserdata(L, lua_upvalueindex(1));
    Op *op = context_end(L, "cancel", x->thing.id, NONE);
    if (op->line == 0) op->line = (uint32_t)lua_tointeger(L, lua_upvalueindex(4));
    op->text = stream_text(s->w->s, lua_tostring(L, lua_upvalueindex(3)));
    if (lua_toboolean(L, lua_upvalueindex(2)) && !lua_isnoneornil(L, 1)) op->b = stream_text(s->w->s, script_name(L, 1, "a cause")).v;
    return lua_yieldk(L, 0, 0, canceled);
}

static void push_cancel(lua_State *L, int context, bool cause, const char *err, uint32_t line) {
    lua_pushvalue(L, context);
    lua_pushboolean(L, cause);
    lua_pushstring(L, err);
    lua_pushinteger(L, line);
    lua_pushcclosure(L, cancel, 4);
}

/* What the timer of its deadline runs: cancel, with its own error, and the line at which the context was made. */
void context_push_late(lua_State *L, uint64_t context, uint32_t line) {
    push(L, (uint32_t)context);
    push_cancel(L, lua_gettop(L), false, "context deadline exceeded", line);
}

/* ---- making one: the context is at 3 from then on, behind the arguments; when it is made, cancel is 4 ---- */

Op *context_begin(lua_State *L, const char *what, CancelKind kind, uint64_t delay_ns) {
    Script *s = script_declared(L, what);
    const ContextRef *parent = to_context(L, 1, what);
    if (parent == NULL) return NULL;
    Op *op = script_op(L, what, OP_CONTEXT_NEW);
    lua_settop(L, 2);
    op->a = world_cancel_ctx(s->w, parent->thing.id == NEVER ? NONE : parent->thing.id, kind, delay_ns);
    push(L, (uint32_t)op->a);
    return op;
}

static int made(lua_State *L, int status, lua_KContext ctx) {
    (void)L, (void)status, (void)ctx;
    return 2;
}

static int make(lua_State *L, const char *what, CancelKind kind, uint64_t delay_ns, bool cause) {
    if (context_begin(L, what, kind, delay_ns) == NULL) return 0;
    push_cancel(L, 3, cause, "context canceled", 0);
    return lua_yieldk(L, 0, 0, made);
}

static int with_cancel(lua_State *L) { return make(L, "context.WithCancel", CANCEL_PLAIN, 0, false); }
static int with_cause(lua_State *L) { return make(L, "context.WithCancelCause", CANCEL_PLAIN, 0, true); }
static int with_timeout(lua_State *L) {
    return make(L, "context.WithTimeout", CANCEL_DEADLINE, script_duration(L, 2, "the time that context.WithTimeout gives"), false);
}

static int with_deadline(lua_State *L) {
    Script *s = script_of(L);
    script_declared(L, "context.WithDeadline");
    int exact;
    lua_Integer at = lua_tointegerx(L, 2, &exact);
    if (!exact || at < 0)
        script_arg_error(L, 2, "For example: context.WithDeadline(ctx, time.Now() + 5000000)",
                         "context.WithDeadline wants a time, in nanoseconds");
    uint64_t now = s->w != NULL ? world_now(s->w) : 0;
    return make(L, "context.WithDeadline", CANCEL_DEADLINE, (uint64_t)at > now ? (uint64_t)at - now : 0, false);
}

static int without_cancel(lua_State *L) {
    script_declared(L, "context.WithoutCancel");
    if (to_context(L, 1, "context.WithoutCancel") == NULL) return 0;
    return background(L);
}

/* ---- AfterFunc ---- */

/* stop(): true if the function will not run now. Upvalue: its context, which hangs below the one it watches. */
static int stopped(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    bool in_time = script_of(L)->last.ok != 0; /* nobody was faster */
    if (in_time) context_function(L, ((const ContextRef *)lua_touserdata(L, lua_upvalueindex(1)))->thing.id, 0);
    lua_pushboolean(L, in_time);
    return 1;
}
static int stop(lua_State *L) {
    const ContextRef *x = lua_touserdata(L, lua_upvalueindex(1));
    context_end(L, "stop", x->thing.id, NONE);
    return lua_yieldk(L, 0, 0, stopped);
}

static int after_made(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    lua_pushcclosure(L, stop, 1);
    return 1;
}

static int after_func(lua_State *L) {
    if (to_context(L, 1, "context.AfterFunc") == NULL) return 0;
    if (!lua_isfunction(L, 2))
        script_arg_error(L, 2, "For example: context.AfterFunc(ctx, function() ... end)", "context.AfterFunc wants a function");
    context_function(L, context_begin(L, "context.AfterFunc", CANCEL_AFTER_FUNC, 0)->a, 2);
    return lua_yieldk(L, 0, 0, after_made);
}

/* ---- asking ---- */

static int done_asked(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    script_push_chan(L, (uint32_t)script_of(L)->last.value, 0, "ctx.Done()");
    return 1;
}

/* Of a context that can never be over it is nil, as in Go: a case with it is never ready. */
static int context_done(lua_State *L) {
    const ContextRef *x = self(L, "Done");
    if (x->thing.id == NEVER) return lua_pushnil(L), 1;
    Op *op = script_op(L, "Done", OP_CONTEXT_USE);
    op->a = x->thing.id;
    op->b = 1;
    return lua_yieldk(L, 0, 0, done_asked);
}

static void push_word(lua_State *L, uint32_t id, bool cause) {
    const Script *s = script_of(L);
    const CancelCtx *c = id == NEVER ? NULL : &s->w->cancels[id];
    if (c == NULL || !c->over) lua_pushnil(L);
    else lua_pushstring(L, intern_text(s->w->s->text, cause ? c->cause.v : c->err.v));
}

void context_push_err(lua_State *L, uint64_t context) { push_word(L, context == NONE ? NEVER : (uint32_t)context, false); }

static int err_asked(lua_State *L, int status, lua_KContext cause) {
    (void)status;
    push_word(L, ((const ContextRef *)lua_touserdata(L, 1))->thing.id, cause != 0);
    return 1;
}

static int ask(lua_State *L, const char *what, bool cause) {
    const ContextRef *x = self(L, what);
    lua_settop(L, 1);
    if (x->thing.id == NEVER) return lua_pushnil(L), 1;
    script_op(L, what, OP_CONTEXT_USE)->a = x->thing.id;
    return lua_yieldk(L, 0, cause, err_asked);
}
static int context_err(lua_State *L) { return ask(L, "Err", false); }
static int context_cause(lua_State *L) { return ask(L, "context.Cause", true); }

/* ctx:Deadline(): nanoseconds of virtual time, or nil. */
static int context_deadline(lua_State *L) {
    const ContextRef *x = self(L, "Deadline");
    uint64_t at = x->thing.id == NEVER ? NONE : script_of(L)->w->cancels[x->thing.id].deadline_ns;
    if (at == NONE) lua_pushnil(L);
    else lua_pushinteger(L, (lua_Integer)at);
    return 1;
}

static int context_text(lua_State *L) { return lua_pushliteral(L, "context"), 1; }

void bind_context(lua_State *L) {
    static const luaL_Reg methods[] = {{"Done", context_done}, {"Err", context_err}, {"Deadline", context_deadline}, {NULL, NULL}};
    static const luaL_Reg meta[] = {{"__tostring", context_text}, {NULL, NULL}};
    static const luaL_Reg functions[] = {{"Background", background}, {"TODO", background}, {"WithCancel", with_cancel},
                                         {"WithCancelCause", with_cause}, {"WithTimeout", with_timeout},
                                         {"WithDeadline", with_deadline}, {"WithoutCancel", without_cancel},
                                         {"AfterFunc", after_func}, {"Cause", context_cause}, {NULL, NULL}};
    script_thing_type(L, THING_CONTEXT_TREE, methods, meta);
    lua_newtable(L);
    luaL_setfuncs(L, functions, 0);
    doors_seal(L, "context");
    lua_setfield(L, -2, "context");
}

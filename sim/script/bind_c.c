/* bind_c.c -- C code: called from a goroutine, or on a thread of its own, and calling Go.
 *
 *     C.call("usleep", "30us")                     -- a C function that takes so long
 *     C.call("walk", function()                    -- ... or one that is made of steps:
 *       C.work "10us"
 *       C.callback("visit", function() done:send(1) end)   -- C calls Go
 *     end)
 *     C.call("hash", "20us", { args = { x } })     -- ... with pointers to objects: cgo's rules are checked
 *     C.thread("audio", function() ... end)        -- pthread_create: the same steps
 *     local gl = C.context("gl")                   -- current on one thread at a time
 *     gl:make_current()   gl:draw("triangle", "5us")   gl:absent("dial", "5us")   gl:release()
 */
#include "box.h"

#include <stdio.h>

/* ---- C.call ---- */

static bool is_call_field(const char *name) { return strcmp(name, "interruptible") == 0 || strcmp(name, "args") == 0; }

enum { CALL_ARGS_MAX = 8 };
typedef struct {
    bool interruptible;
    Id_OBJ arg[CALL_ARGS_MAX];
    uint32_t arg_count;
} CallHow;

/* cgoCheckPointer, before the call: what is passed is pinned by the call itself, what its own pointers lead to is
 * not. It looks at the words of the object, and no further. */
static bool is_against_the_rules(const Script *s, Id_OBJ arg) {
    const Obj *o = &s->objs[arg.v];
    Id_OBJ to;
    for (uint64_t i = 0; o->element == OBJ_POINTER && o->memory == MEM_GO && i < o->count; i++) {
        if (!obj_pointer(s, arg.v, i, &to) || s->objs[to.v].memory != MEM_GO) continue;
        if (heap_pins(s->heap, to) == 0) return true;
    }
    return false;
}

static void take_args(lua_State *L, CallHow *how) {
    Script *s = script_of(L);
    if (lua_getfield(L, 3, "args") == LUA_TNIL) {
        lua_pop(L, 1);
        return;
    }
    if (!lua_istable(L, -1) || lua_rawlen(L, -1) > CALL_ARGS_MAX)
        script_arg_error(L, -1, "For example: C.call(\"f\", \"5us\", { args = { x } })",
                         "C.call: args is a list of at most %d heap objects", CALL_ARGS_MAX);
    for (lua_Integer i = 1; i <= (lua_Integer)lua_rawlen(L, -1); i++) {
        lua_rawgeti(L, -1, i);
        Thing *thing = script_thing(L, -1, THING_OBJ);
        if (thing == NULL) script_arg_error(L, -1, "", "C.call: args is a list of heap objects");
        how->arg[how->arg_count++] = (Id_OBJ){thing->id};
        sandbox_charge(L, s->objs[thing->id].count);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static CallHow call_how(lua_State *L) {
    CallHow how = {0};
    if (lua_isnoneornil(L, 3)) return how;
    if (!lua_istable(L, 3))
        script_arg_error(L, 3, "For example: C.call(\"read\", \"5ms\", { interruptible = true })",
                         "C.call wants a table behind the duration, or nothing");
    const char *unknown = script_unknown_key(L, 3, is_call_field);
    if (unknown) script_error(L, "It has: args, interruptible.", "C.call has no field '%s'", unknown);
    lua_getfield(L, 3, "interruptible");
    how.interruptible = lua_toboolean(L, -1);
    lua_pop(L, 1);
    take_args(L, &how);
    return how;
}

/* The panic of cgocheck, in the words of the version: nothing was called. */
static bool breaks_the_rules(lua_State *L, const CallHow *how) {
    const Script *s = script_of(L);
    if (s->scenario.cgocheck_off) return false;
    for (uint32_t i = 0; i < how->arg_count; i++) {
        if (is_against_the_rules(s, how->arg[i])) return true;
    }
    return false;
}

static int rule_panic(lua_State *L) {
    return script_panic(L, script_of(L)->scenario.go->cgocheck_kind
                               ? "runtime error: argument of cgo function has Go pointer to unpinned Go pointer"
                               : "runtime error: cgo argument has Go pointer to unpinned Go pointer");
}

static uint32_t *c_frames(lua_State *L) {
    Script *s = script_of(L);
    return &s->bodies[s->running].c_frames;
}

static int called(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    --*c_frames(L);
    script_op(L, "C.call", OP_C_LEAVE);
    return lua_yield(L, 0);
}

/* In C now: its steps are the function at index 2. */
static int entered(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    ++*c_frames(L);
    lua_settop(L, 2);
    lua_callk(L, 0, 0, 0, called);
    return called(L, LUA_OK, 0);
}

static int c_call(lua_State *L) {
    const char *name = script_name(L, 1, "the name of a C function");
    if (lua_isfunction(L, 2)) {
        CallHow how = call_how(L);
        if (breaks_the_rules(L, &how)) return rule_panic(L);
        lua_settop(L, 2);
        Op *op = script_op(L, "C.call", OP_C_ENTER);
        op->b = world_args(script_of(L)->w, how.arg, how.arg_count) << CALL_ARGS_SHIFT;
        op->text = stream_text(script_of(L)->w->s, name);
        return lua_yieldk(L, 0, 0, entered);
    }
    uint64_t ns = script_duration(L, 2, "what a C function takes");
    CallHow how = call_how(L);
    if (breaks_the_rules(L, &how)) return rule_panic(L);
    Op *op = script_op(L, "C.call", OP_C_CALL);
    op->a = ns;
    op->b = (how.interruptible ? CALL_INTERRUPTIBLE : 0) |
            world_args(script_of(L)->w, how.arg, how.arg_count) << CALL_ARGS_SHIFT;
    op->text = stream_text(script_of(L)->w->s, name);
    return lua_yield(L, 0); /* false: EINTR */
}

static int c_work(lua_State *L) {
    uint64_t ns = script_duration(L, 1, "what C's work takes");
    script_op(L, "C.work", OP_C_WORK)->a = ns;
    return lua_yield(L, 0);
}

/* ---- C.callback ---- */

/* cgoCheckResult: what a Go function returns to C must be pinned, and so must what its own pointers lead to. */
static const char *unpinned_result(lua_State *L) {
    const Script *s = script_of(L);
    const Thing *thing = script_thing(L, -1, THING_OBJ);
    if (thing == NULL || s->objs[thing->id].memory != MEM_GO || s->scenario.cgocheck_off) return NULL;
    if (heap_pins(s->heap, (Id_OBJ){thing->id}) == 0) return "unsafe pointer";
    return is_against_the_rules(s, (Id_OBJ){thing->id}) ? "pointer" : NULL;
}

static int result_panic(lua_State *L, const char *kind) {
    const Script *s = script_of(L);
    char text[320];
    if (!s->scenario.go->cgocheck_kind)
        return script_panic(L, "runtime error: cgo result is unpinned Go pointer or points to unpinned Go pointer");
    snprintf(text, sizeof text, "runtime error: %s:%u: result of Go function %s called from cgo is unpinned Go %s or points to unpinned Go %s",
             s->base, script_line(L), lua_tostring(L, 1), kind, kind);
    return script_panic(L, text);
}

static int back(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    const char *kind = unpinned_result(L);
    if (kind != NULL) return result_panic(L, kind);
    --*c_frames(L);
    script_op(L, "C.callback", OP_CALLBACK_END);
    return lua_yield(L, 0);
}

static int in_go(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    ++*c_frames(L);
    lua_settop(L, 2);
    lua_callk(L, 0, 1, 0, back);
    return back(L, LUA_OK, 0);
}

/* C.callback(["name",] function) */
static int c_callback(lua_State *L) {
    if (lua_isfunction(L, 1)) {
        lua_settop(L, 1);
        lua_pushliteral(L, "goCallback");
        lua_insert(L, 1);
    }
    script_name(L, 1, "the name of a Go function");
    if (!lua_isfunction(L, 2))
        script_arg_error(L, 2, "For example: C.callback(\"goProgress\", function() ... end)",
                         "C.callback wants the Go function that C calls");
    lua_settop(L, 2);
    return c_call_go(L, 0);
}

int c_call_go(lua_State *L, uint32_t line) {
    Op *op = script_op(L, "C.callback", OP_CALLBACK); /* refuses the top level, where there is no world */
    op->text = stream_text(script_of(L)->w->s, lua_tostring(L, 1));
    if (line > 0) op->line = line;
    return lua_yieldk(L, 0, 0, in_go);
}

/* ---- C.thread ---- */

static int c_thread(lua_State *L) {
    const char *name = script_name(L, 1, "the name of a C thread");
    if (!lua_isfunction(L, 2) || lua_iscfunction(L, 2))
        script_arg_error(L, 2, "For example: C.thread(\"audio\", function() C.work \"1ms\" end)",
                         "C.thread wants a function of the scenario");
    Op *op = script_op(L, "C.thread", OP_C_THREAD);
    op->text = stream_text(script_of(L)->w->s, name);
    lua_settop(L, 2);
    Script *s = script_of(L);
    op->a = script_new_body(L, 0);
    s->bodies[op->a].name = op->text.v;
    return lua_yield(L, 0);
}

/* ---- contexts ---- */

static int context_make(lua_State *L) {
    Script *s = script_declared(L, "C.context");
    const char *name = script_name(L, 1, "the name of a context");
    uint32_t line = script_line(L);
    Thing *x = script_new_thing(L, THING_CONTEXT, sizeof *x);
    if (s->phase == PHASE_CHECK) script_error(L, "", "C.context: the run is over");
    if (s->phase == PHASE_RUN) {
        x->id = (uint32_t)world_context(s->w, name, line).v;
        return 1;
    }
    GROW(s->contexts, s->context_cap, s->context_count + 1);
    x->id = (uint32_t)s->context_count;
    s->contexts[s->context_count] = (ContextDecl){.line = line};
    snprintf(s->contexts[s->context_count++].name, NAME_TEXT_MAX, "%s", name);
    return 1;
}

static Thing *self(lua_State *L, const char *method) {
    Thing *x = script_thing(L, 1, THING_CONTEXT);
    if (x != NULL) return x;
    script_arg_error(L, 1, "A method is called with a colon: gl:make_current().",
                     "%s wants a context", method);
}

static int current(lua_State *L, const char *method, bool on) {
    Thing *x = self(L, method);
    Op *op = script_op(L, method, OP_CTX_CURRENT);
    op->a = x->id;
    op->b = on;
    return lua_yield(L, 0); /* false: it is current on another thread */
}

static int context_make_current(lua_State *L) { return current(L, "make_current", true); }
static int context_release(lua_State *L) { return current(L, "release", false); }

static int use(lua_State *L, const char *method, OpKind kind) {
    Thing *x = self(L, method);
    const char *name = script_name(L, 2, "the name of a C function");
    uint64_t ns = script_duration(L, 3, "what a C function takes");
    Op *op = script_op(L, method, kind);
    op->a = x->id;
    op->b = ns;
    op->text = stream_text(script_of(L)->w->s, name);
    return lua_yield(L, 0); /* false: it acted on another context, or on none */
}

static int context_draw(lua_State *L) { return use(L, "draw", OP_CTX_USE); }
static int context_absent(lua_State *L) { return use(L, "absent", OP_CTX_ABSENT); }

static int context_text(lua_State *L) {
    lua_pushliteral(L, "context");
    return 1;
}

void bind_c(lua_State *L) {
    static const luaL_Reg functions[] = {{"call", c_call},          {"work", c_work},
                                         {"callback", c_callback},  {"thread", c_thread},
                                         {"context", context_make}, {NULL, NULL}};
    static const luaL_Reg methods[] = {{"make_current", context_make_current},
                                       {"release", context_release},
                                       {"draw", context_draw},
                                       {"absent", context_absent},
                                       {NULL, NULL}};
    static const luaL_Reg meta[] = {{"__tostring", context_text}, {NULL, NULL}};
    script_thing_type(L, THING_CONTEXT, methods, meta);
    lua_newtable(L);
    luaL_setfuncs(L, functions, 0);
    bind_memory_c(L);
    bind_stack_c(L);
    bind_sync_c(L);
    doors_seal(L, "C");
    lua_setfield(L, -2, "C");
}

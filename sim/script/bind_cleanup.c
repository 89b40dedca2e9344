/* bind_cleanup.c -- runtime.AddCleanup(object, function [, arg]): what is to be done when the object is no more.
 *
 * The functions are in a table of the registry, and are roots themselves, as Go's are: a function that has captured the
 * object keeps it alive for ever, which is the classic mistake. When a collection has freed objects, the functions that
 * were waiting for that are the arguments of one body, which calls one after the other.
 *
 * Go:      runtime/mcleanup.go AddCleanup (go1.26)
 * Differs: any number of cleanups of a collection run in one goroutine, in the order in which they were added; in Go their order
 *          is open, and since 1.25 there may be several.
 */
#include "box.h"

#include <stdlib.h>

/* ---- adding one ---- */

static bool captures(lua_State *L, int function, uint64_t obj) {
    bool found = false;
    for (int i = 1; lua_getupvalue(L, function, i) != NULL; i++) {
        const Thing *thing = script_thing(L, -1, THING_OBJ);
        found |= thing != NULL && thing->id == obj;
        lua_pop(L, 1);
    }
    return found;
}

static const char *refusal(lua_State *L, const Thing *obj) {
    const Thing *arg = script_thing(L, 3, THING_OBJ);
    if (obj == NULL) return "runtime.AddCleanup: ptr is nil";
    if (script_of(L)->objs[obj->id].memory != MEM_GO) return "runtime.AddCleanup: ptr not in allocated block";
    if (arg != NULL && arg->id == obj->id) return "runtime.AddCleanup: ptr is equal to arg, cleanup will never run";
    if (script_of(L)->scenario.go->cgocheck_kind && captures(L, 2, obj->id)) /* both since 1.26 */
        return "runtime.AddCleanup: cleanup function closes over ptr, cleanup will never run";
    return NULL;
}

static int added(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    lua_settop(L, 1);
    return 1;
}

static int add_cleanup(lua_State *L) {
    Script *s = script_declared(L, "runtime.AddCleanup");
    const Thing *obj = script_thing(L, 1, THING_OBJ);
    if (obj == NULL && !lua_isnoneornil(L, 1))
        script_arg_error(L, 1, "", "runtime.AddCleanup wants a heap object, such as heap.bytes(...)");
    if (!lua_isfunction(L, 2) || lua_iscfunction(L, 2))
        script_arg_error(L, 2, "For example: runtime.AddCleanup(x, function() ... end)",
                         "runtime.AddCleanup wants a function of the scenario");
    lua_settop(L, 3);
    const char *no = refusal(L, obj);
    if (no != NULL) return script_panic(L, no);
    uint64_t id = obj->id;
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->cleanup_functions);
    lua_createtable(L, 2, 0); /* function, argument */
    lua_pushvalue(L, 2);
    lua_rawseti(L, -2, 1);
    lua_pushvalue(L, 3);
    lua_rawseti(L, -2, 2);
    lua_rawseti(L, -2, (lua_Integer)s->cleanup_count + 1);
    GROW(s->cleanups, s->cleanup_cap, s->cleanup_count + 1);
    s->cleanups[s->cleanup_count++] = (Cleanup){.obj = id};
    Thing *handle = script_new_thing(L, THING_CLEANUP, sizeof *handle);
    handle->id = (uint32_t)s->cleanup_count;
    lua_replace(L, 1);
    script_op(L, "runtime.AddCleanup", OP_CLEANUP)->a = id;
    return lua_yieldk(L, 0, 0, added);
}

static void forget(Script *s, lua_State *L, size_t i) {
    s->cleanups[i] = (Cleanup){.obj = NONE};
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->cleanup_functions);
    lua_pushboolean(L, false); /* no hole: it stays a list */
    lua_rawseti(L, -2, (lua_Integer)i + 1);
    lua_pop(L, 1);
}

static int stop(lua_State *L) {
    const Thing *handle = script_thing(L, 1, THING_CLEANUP);
    if (handle == NULL) script_arg_error(L, 1, "A method is called with a colon: c:Stop().", "Stop wants a cleanup");
    Script *s = script_of(L);
    if (!s->cleanups[handle->id - 1].due) forget(s, L, handle->id - 1);
    return 0;
}

static int text(lua_State *L) {
    lua_pushliteral(L, "cleanup");
    return 1;
}

/* ---- running them ---- */

void cleanup_object_freed(Script *s, uint64_t obj) {
    for (size_t i = 0; i < s->cleanup_count; i++) s->cleanups[i].due |= s->cleanups[i].obj == obj;
}

/* The arguments are tables { function, argument }. */
static int run_next(lua_State *L, int status, lua_KContext i) {
    (void)status;
    for (; i <= lua_gettop(L); i++) {
        lua_rawgeti(L, (int)i, 1);
        lua_rawgeti(L, (int)i, 2);
        lua_callk(L, 1, 0, i + 1, run_next);
    }
    return 0;
}
static int run_all(lua_State *L) { return run_next(L, LUA_OK, 1); }

static int push_due(lua_State *L) {
    Script *s = script_of(L);
    int count = 0;
    for (size_t i = 0; i < s->cleanup_count && count < CLEANUPS_AT_ONCE; i++) {
        if (!s->cleanups[i].due) continue;
        lua_rawgeti(L, LUA_REGISTRYINDEX, s->cleanup_functions);
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        lua_remove(L, -2);
        forget(s, L, i);
        count++;
    }
    return count;
}

/* Finalizers have a goroutine of their own. */
typedef struct {
    const char *name;
    int (*push_due)(lua_State *L); /* tables { function, argument }, at most CLEANUPS_AT_ONCE */
} Runner;
static const Runner runner[] = {{"runtime.runFinalizers", finalizer_push_due}, {"runtime.runCleanups", push_due}};

/* (*body) */
static int make_body(lua_State *L) {
    Script *s = script_of(L);
    uint64_t *body = lua_touserdata(L, 1);
    luaL_checkstack(L, CLEANUPS_AT_ONCE + 16, "too many cleanups");
    for (size_t i = 0; i < ARRAY_LEN(runner); i++) {
        lua_settop(L, 1);
        lua_pushcfunction(L, run_all);
        int count = runner[i].push_due(L);
        if (count == 0) continue;
        *body = script_new_body(L, count);
        s->bodies[*body].name = stream_text(s->w->s, runner[i].name).v;
        return 0;
    }
    return 0;
}

uint64_t cleanup_body(void *script) {
    Script *s = script;
    uint64_t body = NONE;
    lua_pushcfunction(s->L, make_body);
    lua_pushlightuserdata(s->L, &body);
    int status = lua_pcall(s->L, 1, 0, 0);
    if (status != LUA_OK) {
        Diag d;
        script_diagnose(s, s->L, status, &d);
        lua_pop(s->L, 1);
        world_fail(s->w, &d);
        return NONE;
    }
    return body;
}

Id_STR script_body_name(void *script, uint64_t body) { return (Id_STR){((Script *)script)->bodies[body].name}; }

void bind_cleanup(lua_State *L) {
    static const luaL_Reg methods[] = {{"Stop", stop}, {NULL, NULL}};
    static const luaL_Reg meta[] = {{"__tostring", text}, {NULL, NULL}};
    script_thing_type(L, THING_CLEANUP, methods, meta);
    lua_newtable(L);
    script_of(L)->cleanup_functions = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_pushcfunction(L, add_cleanup);
    lua_setfield(L, -2, "AddCleanup"); /* of runtime, on top of the stack */
}

/* bind_finalizer.c -- runtime.SetFinalizer(object, function): the object is handed to the function when nothing else leads to it.
 *
 * So it lives once more, with all that it leads to, and is freed by a later collection at the earliest. What an object with
 * a finalizer leads to is kept for it: of two that have one, the one that leads to the other comes first, the other a
 * collection later; in a circle neither ever comes.
 *
 *     marked from roots      x has a finalizer, and is not marked      what x leads to is marked, x is not
 *                            ... and still is not                      due: x is marked, and is an argument
 *
 * One goroutine runs all that are due, one after the other, and leaked Pinners, which are such objects too.
 *
 * Go:      runtime/mfinal.go SetFinalizer, runFinalizers; mgcmark.go markrootSpans; mgcsweep.go (go1.26)
 * Differs: those that are due run in the order of their addresses backwards: so does Go with up to 101 of them.
 */
#include "box.h"

#include <stdlib.h>

static int set(lua_State *L, int status, lua_KContext ctx) {
    (void)L, (void)status, (void)ctx;
    return 0;
}

/* What Go does not let a program recover from. */
static int throw(lua_State *L, const char *text) {
    Op *op = script_op(L, "runtime.SetFinalizer", OP_PANIC);
    op->text = stream_text(script_of(L)->w->s, text);
    return lua_yield(L, 0);
}

static int set_finalizer(lua_State *L) {
    Script *s = script_declared(L, "runtime.SetFinalizer");
    const Thing *obj = script_thing(L, 1, THING_OBJ);
    lua_settop(L, 2);
    if (obj == NULL && !lua_isnil(L, 1)) script_arg_error(L, 1, "", "runtime.SetFinalizer wants a heap object");
    if (!lua_isnil(L, 2) && (!lua_isfunction(L, 2) || lua_iscfunction(L, 2)))
        script_arg_error(L, 2, "For example: runtime.SetFinalizer(x, function(x) ... end)",
                         "runtime.SetFinalizer wants a function of the scenario, or nil");
    if (obj == NULL) return throw(L, "fatal error: runtime.SetFinalizer: first argument is nil");
    if (s->objs[obj->id].memory != MEM_GO)
        return throw(L, "fatal error: runtime.SetFinalizer: pointer not in heap");
    if (s->objs[obj->id].finalizer && !lua_isnil(L, 2))
        return throw(L, "fatal error: runtime.SetFinalizer: finalizer already set");
    uint64_t id = obj->id;
    s->objs[id].finalizer = !lua_isnil(L, 2);
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->finalizer_functions);
    lua_pushvalue(L, 2);
    lua_rawseti(L, -2, (lua_Integer)id);
    Op *op = script_op(L, "runtime.SetFinalizer", OP_FINALIZER);
    op->a = id;
    op->b = s->objs[id].finalizer;
    return lua_yieldk(L, 0, 0, set);
}

/* ---- a collection has marked ---- */

static void mark_children(Script *s, uint64_t obj) {
    Id_OBJ to;
    for (uint64_t i = 0; s->objs[obj].element == OBJ_POINTER && i < s->objs[obj].count; i++) {
        if (obj_pointer(s, obj, i, &to) && s->objs[to.v].memory == MEM_GO) heap_mark_root(s->heap, to);
    }
}

void finalizer_marked(void *script) {
    Script *s = script;
    bool any = false;
    for (size_t i = 0; i < s->obj_count; i++) {
        if (!s->objs[i].finalizer || heap_is_marked(s->heap, (Id_OBJ){i})) continue;
        mark_children(s, i);
        any = true;
    }
    if (!any) return;
    heap_mark(s->heap);
    for (size_t i = 0; i < s->obj_count; i++) {
        if (!s->objs[i].finalizer || heap_is_marked(s->heap, (Id_OBJ){i})) continue;
        s->objs[i].finalizer = false;
        s->objs[i].finalized = true;
    }
    for (size_t i = 0; i < s->obj_count; i++) {
        if (s->objs[i].finalized) heap_mark_root(s->heap, (Id_OBJ){i});
    }
}

int finalizer_push_due(lua_State *L) {
    Script *s = script_of(L);
    int count = pinner_push_leaked(L);
    for (size_t i = s->obj_count; i-- > 0 && count < CLEANUPS_AT_ONCE;) {
        if (!s->objs[i].finalized) continue;
        s->objs[i].finalized = false;
        lua_createtable(L, 2, 0);
        lua_rawgeti(L, LUA_REGISTRYINDEX, s->finalizer_functions);
        lua_rawgeti(L, -1, (lua_Integer)i);
        lua_rawseti(L, -3, 1);
        lua_pushnil(L);
        lua_rawseti(L, -2, (lua_Integer)i);
        lua_pop(L, 1);
        Thing *x = script_new_thing(L, THING_OBJ, sizeof *x);
        x->id = (uint32_t)i;
        lua_rawseti(L, -2, 2);
        count++;
    }
    return count;
}

void bind_finalizer(lua_State *L) {
    lua_newtable(L);
    script_of(L)->finalizer_functions = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_pushcfunction(L, set_finalizer);
    lua_setfield(L, -2, "SetFinalizer"); /* of runtime, on top of the stack */
}

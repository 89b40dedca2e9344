/* bind_pinner.c -- runtime.Pinner: p:Pin(x), p:Unpin().
 *
 * The objects of a Pinner are listed in a table, its user value, which is kept in the registry, too, while there are any:
 * a Pinner that no variable leads to any more is found by a collection, and its finalizer unpins and panics.
 *
 * Go:      runtime/pinner.go (go1.26)
 */
#include "box.h"

#include <stdio.h>
#include <stdlib.h>


static int pinner_make(lua_State *L) {
    Script *s = script_declared(L, "runtime.Pinner");
    Thing *pinner = script_new_thing(L, THING_PINNER, sizeof *pinner);
    pinner->id = (uint32_t)s->pinner_count;
    GROW(s->pinners, s->pinner_cap, s->pinner_count + 1);
    s->pinners[s->pinner_count++] = (PinnerState){0};
    lua_newtable(L);
    lua_setiuservalue(L, -2, 1);
    return 1;
}

static void check_pinner(lua_State *L, const char *method) {
    if (script_thing(L, 1, THING_PINNER) != NULL) return;
    script_arg_error(L, 1, "For example: local pin = runtime.Pinner(); pin:Pin(x)",
                     "%s wants a Pinner", method);
}

/* What Go says of what cannot be pinned, in the order in which it looks (Pinner.Pin); it panics. */
static int refuse_pin(lua_State *L) {
    static const char *const type[LUA_NUMTYPES] = {[LUA_TBOOLEAN] = "bool", [LUA_TSTRING] = "string", [LUA_TFUNCTION] = "func()"};
    char text[96];
    int is = lua_type(L, 2);
    if (is <= LUA_TNIL) return script_panic(L, "runtime error: runtime.Pinner: argument is nil");
    const char *name = is == LUA_TNUMBER ? lua_isinteger(L, 2) ? "int" : "float64" : type[is];
    if (name == NULL) script_arg_error(L, 2, "", "Pin wants a heap object, such as heap.floats(...)");
    snprintf(text, sizeof text, "runtime error: runtime.Pinner: argument is not a pointer: %s", name);
    return script_panic(L, text);
}

/* The list on top of the stack, which stays there, or nil: it can be found without the Pinner. */
static void keep_list(lua_State *L, uint32_t id, bool pins) {
    Script *s = script_of(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->pinner_lists);
    lua_pushvalue(L, -2);
    lua_rawseti(L, -2, (lua_Integer)id + 1);
    lua_pop(L, 1);
    s->pinners[id].pins = pins;
}

static int pinner_pin(lua_State *L) {
    check_pinner(L, "Pin");
    Thing *obj = script_thing(L, 2, THING_OBJ);
    if (obj == NULL) return refuse_pin(L);
    if (script_of(L)->objs[obj->id].memory != MEM_GO) return 0; /* silently nothing: it is no Go memory */
    Op *op = script_op(L, "Pin", OP_PIN);
    lua_getiuservalue(L, 1, 1);
    keep_list(L, ((Thing *)lua_touserdata(L, 1))->id, true);
    lua_pushinteger(L, obj->id);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    op->a = obj->id;
    return lua_yield(L, 0);
}

/* Go's Unpin lets go of all of them. One operation each, in the order in which they were pinned. */
static int unpin_next(lua_State *L, int status, lua_KContext at) {
    (void)status;
    lua_settop(L, 1);
    lua_getiuservalue(L, 1, 1);
    if (lua_rawgeti(L, -1, (lua_Integer)at) == LUA_TNIL) {
        lua_newtable(L);
        lua_setiuservalue(L, 1, 1);
        lua_pushnil(L);
        keep_list(L, ((Thing *)lua_touserdata(L, 1))->id, false);
        return 0;
    }
    script_op(L, "Unpin", OP_UNPIN)->a = (uint64_t)lua_tointeger(L, -1);
    return lua_yieldk(L, 0, at + 1, unpin_next);
}

static int pinner_unpin(lua_State *L) {
    check_pinner(L, "Unpin");
    return unpin_next(L, LUA_OK, 1);
}

static int pinner_text(lua_State *L) {
    lua_pushliteral(L, "Pinner");
    return 1;
}

/* ---- a Pinner that nobody has any more ---- */

/* Its list is the argument, at index 1. */
static int unpin_leaked(lua_State *L, int status, lua_KContext at) {
    (void)status;
    if (lua_rawgeti(L, 1, (lua_Integer)at) == LUA_TNIL)
        return script_panic(L, "runtime error: runtime.Pinner: found leaking pinned pointer; forgot to call Unpin()?");
    script_op(L, "Unpin", OP_UNPIN)->a = (uint64_t)lua_tointeger(L, -1);
    lua_pop(L, 1);
    return lua_yieldk(L, 0, at + 1, unpin_leaked);
}
static int leaked(lua_State *L) { return unpin_leaked(L, LUA_OK, 1); }

void pinner_look(Script *s) {
    for (size_t i = 0; i < s->pinner_count; i++) {
        PinnerState *p = &s->pinners[i];
        if (p->pins && !p->held) p->leaked = true;
        p->held = false;
    }
}

int pinner_push_leaked(lua_State *L) {
    Script *s = script_of(L);
    int count = 0;
    for (size_t i = 0; i < s->pinner_count; i++) {
        if (!s->pinners[i].leaked) continue;
        s->pinners[i] = (PinnerState){0};
        lua_createtable(L, 2, 0);
        lua_pushcfunction(L, leaked);
        lua_rawseti(L, -2, 1);
        lua_rawgeti(L, LUA_REGISTRYINDEX, s->pinner_lists);
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        lua_rawseti(L, -3, 2);
        lua_pop(L, 1);
        count++;
        break; /* the program ends with the first */
    }
    return count;
}

void bind_pinner(lua_State *L) {
    static const luaL_Reg methods[] = {{"Pin", pinner_pin}, {"Unpin", pinner_unpin}, {NULL, NULL}};
    static const luaL_Reg meta[] = {{"__tostring", pinner_text}, {NULL, NULL}};
    script_thing_type(L, THING_PINNER, methods, meta);
    lua_newtable(L);
    script_of(L)->pinner_lists = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_pushcfunction(L, pinner_make);
    lua_setfield(L, -2, "Pinner"); /* of runtime, on top of the stack */
}

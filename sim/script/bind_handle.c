/* bind_handle.c -- cgo.NewHandle(value), cgo.Value(h), cgo.Delete(h): a number for C that stands for a value of Go's.
 *
 * C may keep the number for as long as it likes, for it is no pointer: the value may move, and does not die before Delete. Who
 * forgets that leaks it.
 *
 * Go:      runtime/cgo/handle.go NewHandle, Handle.Value, Handle.Delete (go1.26)
 * Differs: a Handle is a plain number here, so what Go writes as methods are functions of it.
 */
#include "box.h"

static int done(lua_State *L, int status, lua_KContext results) {
    (void)L, (void)status;
    return (int)results;
}

/* Leaves what is on top of the stack as the result, if there is to be one. */
static int operation(lua_State *L, const char *what, lua_Integer handle, HandleUse use, int results) {
    Op *op = script_op(L, what, OP_HANDLE);
    op->a = (uint64_t)handle;
    op->b = use;
    return lua_yieldk(L, 0, results, done);
}

static int new_handle(lua_State *L) {
    Script *s = script_declared(L, "cgo.NewHandle");
    if (lua_isnone(L, 1)) script_arg_error(L, 1, "For example: local h = cgo.NewHandle(x)", "cgo.NewHandle wants a value");
    lua_settop(L, 1);
    lua_Integer handle = (lua_Integer)++s->handle_count; /* never used again */
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->handles);
    lua_createtable(L, 1, 0); /* the value may be nil */
    lua_pushvalue(L, 1);
    lua_rawseti(L, -2, 1);
    lua_rawseti(L, -2, handle);
    lua_pushinteger(L, handle);
    return operation(L, "cgo.NewHandle", handle, HANDLE_NEW, 1);
}

/* Pushes the value; false: there is no such handle. */
static bool find(lua_State *L, const char *what, lua_Integer *handle) {
    Script *s = script_declared(L, what);
    int exact;
    *handle = lua_tointegerx(L, 1, &exact);
    if (!exact || lua_type(L, 1) != LUA_TNUMBER) script_arg_error(L, 1, "", "%s wants what cgo.NewHandle gave", what);
    lua_settop(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->handles);
    if (lua_rawgeti(L, -1, *handle) != LUA_TTABLE) return false;
    lua_rawgeti(L, -1, 1);
    return true;
}

static const char invalid[] = "runtime/cgo: misuse of an invalid Handle";

static int value(lua_State *L) {
    lua_Integer handle;
    if (!find(L, "cgo.Value", &handle)) return script_panic(L, invalid);
    return operation(L, "cgo.Value", handle, HANDLE_VALUE, 1);
}

static int delete(lua_State *L) {
    lua_Integer handle;
    if (!find(L, "cgo.Delete", &handle)) return script_panic(L, invalid);
    lua_pushnil(L);
    lua_rawseti(L, 2, handle);
    return operation(L, "cgo.Delete", handle, HANDLE_DELETE, 0);
}

void bind_handle(lua_State *L) {
    static const luaL_Reg functions[] = {{"NewHandle", new_handle}, {"Value", value}, {"Delete", delete}, {NULL, NULL}};
    lua_newtable(L);
    script_of(L)->handles = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_newtable(L);
    luaL_setfuncs(L, functions, 0);
    doors_seal(L, "cgo");
    lua_setfield(L, -2, "cgo");
}

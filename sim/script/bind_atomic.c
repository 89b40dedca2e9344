/* bind_atomic.c -- sync/atomic: local n = atomic.Int64(0)   n:Load()  n:Store(v)  n:Add(d)  n:Swap(v)  n:CompareAndSwap(old, new)
 *
 * Nothing here can race, for one thing happens at a time: an ordinary Lua variable would do as well. What an atomic value shows is
 * where Go would need one, and what that costs.
 *
 * Differs: an operation leaves no event, only its time. What contention for the cache line costs is not modelled.
 */
#include "box.h"

typedef struct {
    Thing thing;
    int64_t value;
} Atomic;

typedef enum { LOAD, STORE, ADD, SWAP, COMPARE_AND_SWAP } What;
static const char *const method[] = {"Load", "Store", "Add", "Swap", "CompareAndSwap"};

static int64_t argument(lua_State *L, What what, int index) {
    int exact;
    lua_Integer v = lua_tointegerx(L, index, &exact);
    if (!exact || lua_type(L, index) != LUA_TNUMBER)
        script_arg_error(L, index, "", "%s wants %s", method[what],
                         what == COMPARE_AND_SWAP ? "the old and the new value, whole numbers" : "a whole number");
    return v;
}

/* The time is over; the arguments were looked at. */
static int perform(lua_State *L, int status, lua_KContext what) {
    (void)status;
    Atomic *a = lua_touserdata(L, 1);
    int64_t was = a->value, v = lua_tointeger(L, 2);
    switch ((What)what) {
    case LOAD: break;
    case STORE: a->value = v; return 0;
    case ADD:
        a->value = (int64_t)((uint64_t)was + (uint64_t)v); /* it wraps */
        was = a->value;
        break;
    case SWAP: a->value = v; break;
    case COMPARE_AND_SWAP:
        if (was == v) a->value = lua_tointeger(L, 3);
        lua_pushboolean(L, was == v);
        return 1;
    }
    lua_pushinteger(L, was);
    return 1;
}

static int call(lua_State *L, What what) {
    if (script_thing(L, 1, THING_ATOMIC) == NULL)
        script_arg_error(L, 1, "A method is called with a colon: n:Load().", "%s wants an atomic value", method[what]);
    if (what != LOAD) argument(L, what, 2);
    if (what == COMPARE_AND_SWAP) argument(L, what, 3);
    Op *op = script_op(L, method[what], OP_ATOMIC);
    op->a = what == LOAD;
    return strand_do(script_of(L), op).ok != NOT_OVER ? perform(L, LUA_YIELD, what) : lua_yieldk(L, 0, what, perform);
}
static int atomic_load(lua_State *L) { return call(L, LOAD); }
static int atomic_store(lua_State *L) { return call(L, STORE); }
static int atomic_add(lua_State *L) { return call(L, ADD); }
static int atomic_swap(lua_State *L) { return call(L, SWAP); }
static int atomic_compare_and_swap(lua_State *L) { return call(L, COMPARE_AND_SWAP); }

static int text(lua_State *L) {
    lua_pushliteral(L, "atomic.Int64");
    return 1;
}

static int make_int64(lua_State *L) {
    script_declared(L, "atomic.Int64");
    int exact = 1;
    lua_Integer v = lua_isnoneornil(L, 1) ? 0 : lua_tointegerx(L, 1, &exact);
    if (!exact || lua_type(L, 1) == LUA_TSTRING)
        script_arg_error(L, 1, "For example: local n = atomic.Int64(0)", "atomic.Int64 wants a whole number to begin with, or nothing");
    ((Atomic *)script_new_thing(L, THING_ATOMIC, sizeof(Atomic)))->value = v;
    return 1;
}

void bind_atomic(lua_State *L) {
    static const luaL_Reg methods[] = {{"Load", atomic_load}, {"Store", atomic_store}, {"Add", atomic_add}, {"Swap", atomic_swap},
                                       {"CompareAndSwap", atomic_compare_and_swap}, {NULL, NULL}};
    static const luaL_Reg meta[] = {{"__tostring", text}, {NULL, NULL}};
    script_thing_type(L, THING_ATOMIC, methods, meta);
    lua_newtable(L);
    lua_pushcfunction(L, make_int64);
    lua_setfield(L, -2, "Int64");
    doors_seal(L, "atomic");
    lua_setfield(L, -2, "atomic");
}

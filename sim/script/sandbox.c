/* sandbox.c -- the Lua state of a scenario: what it may use up.
 *
 * Two things are counted. Memory: the data of the scenario has a limit, and each goroutine adds a
 * little for its stack. Steps: Lua instructions since the last operation, or about that many: loops and
 * functions pay for them (meter.c), STEPS_EVERY at a time; memory that is asked for and work that library
 * functions do inside C cost steps as well. With no steps left, each further instruction of that goroutine
 * throws, so a pcall in a loop does not save it.
 *
 * A goroutine that needs more steps would stand still on the screen: virtual time passes only in
 * operations. So running out is the scenario's mistake, the same one on every machine: nothing here
 * looks at a clock.
 *
 * Differs: Lua seeds its string hash from addresses and the clock. All that could show it is closed
 *          (lib.c), but two corners: #t of a table with holes, and a metatable whose __mode is set
 *          after setmetatable. x ^ y is the C library's pow, and x .. y writes a NaN with its sign.
 */
#include "box.h"

#include <lualib.h>
#include <stdlib.h>

static void *allocate(void *ud, void *block, size_t old_or_kind, size_t bytes) {
    Script *s = ud;
    size_t old = block ? old_or_kind : 0;
    if (bytes == 0) {
        s->used_bytes -= old;
        return pool_resize(&s->pool, block, old, 0);
    }
    if (bytes > old && !s->walking) {
        uint64_t more = bytes - old,
                 limit = DATA_BYTES_MAX + (uint64_t)s->live_bodies * STACK_BYTES;
        bool long_text = block == NULL && old_or_kind == LUA_TSTRING && bytes > STRING_MAX;
        if (long_text || s->used_bytes + more > limit) {
            s->memory_ran_out = true;
            return NULL;
        }
        s->steps -= (int64_t)(more / BYTES_PER_STEP);
        if (s->steps < 0 && more > 1024)
            return NULL; /* small ones pass, so that an error can be made */
    }
    void *moved = pool_resize(&s->pool, block, old, bytes);
    if (s->walking) mem_checked(moved, bytes);
    if (moved != NULL) s->used_bytes += bytes - old;
    return moved;
}

/* Only once the steps are used up. */
static void on_count(lua_State *L, lua_Debug *ar) {
    (void)ar;
    if (script_of(L)->steps <= 0) sandbox_exhausted(L);
}

/* __call of the chunk's _ENV (env, left): what was drawn is used up, and -left more. */
int sandbox_pay(lua_State *L) {
    lua_Integer left = lua_tointeger(L, 2);
    if (left > 0 || left < -STEPS_MAX) left = 0; /* a scenario may call it too, with anything */
    sandbox_charge(L, (uint64_t)(STEPS_EVERY - left));
    lua_pushinteger(L, STEPS_EVERY);
    return 1;
}

_Noreturn void sandbox_exhausted(lua_State *L) {
    lua_sethook(L, on_count, LUA_MASKCOUNT, 1);
    lua_pushliteral(L, "too many steps"); /* script_diagnose has the words */
    lua_error(L);
    UNREACHABLE();
}

void sandbox_charge(lua_State *L, uint64_t steps) {
    Script *s = script_of(L);
    s->steps -= steps > STEPS_MAX ? STEPS_MAX : (int64_t)steps;
    if (s->steps <= 0) sandbox_exhausted(L);
}

/* Lua gives up: an error outside of all protection, which is our mistake. */
static int on_panic(lua_State *L) {
    (void)L;
    UNREACHABLE();
}

static const luaL_Reg libraries[] = {
    {LUA_GNAME, luaopen_base},       {LUA_STRLIBNAME, luaopen_string},
    {LUA_TABLIBNAME, luaopen_table}, {LUA_MATHLIBNAME, luaopen_math},
    {LUA_UTF8LIBNAME, luaopen_utf8},
};

static int new_table(lua_State *L, const char *weak) {
    lua_newtable(L);
    if (weak) {
        lua_newtable(L);
        lua_pushstring(L, weak);
        lua_setfield(L, -2, "__mode");
        lua_setmetatable(L, -2);
    }
    return luaL_ref(L, LUA_REGISTRYINDEX);
}

/* Leaves the chunk's _ENV on the stack. */
static int open_all(lua_State *L) {
    Script *s = script_of(L);
    for (size_t i = 0; i < ARRAY_LEN(libraries); i++) {
        luaL_requiref(L, libraries[i].name, libraries[i].func, 1);
        lua_pop(L, 1);
    }
    s->threads = new_table(L, NULL);
    s->values = new_table(L, NULL);
    s->numbers = new_table(L, "k");
    line_open(L);
    lua_newtable(L);
    lib_open(L);
    prelude_open(L);
    lib_seal(L);
    bind_go(L);
    bind_chan(L);
    bind_select(L);
    bind_heap(L);
    bind_cl(L);
    bind_picture(L);
    bind_memory(L);
    bind_handle(L);
    bind_stack(L);
    bind_c(L);
    bind_time(L);
    bind_across(L);
    bind_context(L);
    bind_sync(L);
    bind_errgroup(L);
    bind_atomic(L);
    bind_expect(L);
    doors_globals(L);
    s->package = new_table(L, NULL);
    lua_pushvalue(L, -1);
    s->env = luaL_ref(L, LUA_REGISTRYINDEX);
    return 1;
}

bool sandbox_open(Script *s, Diag *d) {
    sandbox_refill(s);
    s->L = lua_newstate(allocate, s);
    if (s->L == NULL) return diag_fail(d, EXIT_WORLD, "this machine has no memory left for Lua");
    *(Script **)lua_getextraspace(s->L) = s; /* each coroutine inherits it */
    lua_atpanic(s->L, on_panic);
    lua_pushcfunction(s->L, open_all);
    int status = lua_pcall(s->L, 0, 1, 0);
    if (status != LUA_OK) {
        script_diagnose(s, s->L, status, d);
        return false;
    }
    return true;
}

/* prelude.c -- the library functions that are best written in Lua. Loops in it charge for their steps themselves.
 *
 * The chunk is stripped of its line numbers, so that an error in a function that it calls is never
 * blamed on a line that the scenario does not have.
 */
#include "box.h"

/* clang-format off */
static const char text[] =
    "local builtins, pcall, charge = ...\n"
    "local type, error = builtins.type, builtins.error\n"
    /* Lua's own calls the handler where the error is, even when no steps are left. */
    "local function settle(handler, ok, ...)\n"
    "    if ok then return true, ... end\n"
    "    return false, handler(...)\n"
    "end\n"
    "function builtins.xpcall(f, handler, ...) return settle(handler, pcall(f, ...)) end\n"
    /* Lua's own looks at the clock to choose a pivot, and is not stable. This one merges runs of
     * width 1, 2, 4 ... between two tables; equal elements keep their order. */
    "local function less(a, b) return a < b end\n"
    "local function merge(from, to, low, middle, high, before)\n"
    "    local left, right = low, middle\n"
    "    for at = low, high - 1 do\n"
    "        if left < middle and (right >= high or not before(from[right], from[left])) then\n"
    "            to[at] = from[left]\n"
    "            left = left + 1\n"
    "        else\n"
    "            to[at] = from[right]\n"
    "            right = right + 1\n"
    "        end\n"
    "    end\n"
    "end\n"
    "function builtins.table.sort(t, before)\n"
    "    if type(t) ~= 'table' then error('table.sort wants a table; got ' .. type(t), 2) end\n"
    "    before = before or less\n"
    "    local n, width, from, to = #t, 1, {}, {}\n"
    "    charge(6 * n)\n"
    "    for i = 1, n do from[i] = t[i] end\n"
    "    while width < n do\n"
    "        charge(12 * n)\n"
    "        for low = 1, n, 2 * width do\n"
    "            local middle, high = low + width, low + 2 * width\n"
    "            if middle > n + 1 then middle = n + 1 end\n"
    "            if high > n + 1 then high = n + 1 end\n"
    "            merge(from, to, low, middle, high, before)\n"
    "        end\n"
    "        from, to, width = to, from, 2 * width\n"
    "    end\n"
    "    for i = 1, n do t[i] = from[i] end\n"
    "end\n";
/* clang-format on */

typedef struct {
    luaL_Buffer code;
    bool begun;
} Code;

static int write_code(lua_State *L, const void *data, size_t size, void *ud) {
    Code *code = ud;
    if (!code->begun) luaL_buffinit(L, &code->code);
    code->begun = true;
    luaL_addlstring(&code->code, data, size);
    return 0;
}

static int charge(lua_State *L) {
    sandbox_charge(L, (uint64_t)lua_tointeger(L, 1));
    return 0;
}

/* The table of what we offer is on top of the stack. */
void prelude_open(lua_State *L) {
    int offered = lua_gettop(L);
    if (luaL_loadbufferx(L, text, sizeof text - 1, "=faultline", "t") != LUA_OK) lua_error(L);
    Code code = {0};
    lua_dump(L, write_code, &code, true);
    luaL_pushresult(&code.code);
    size_t len;
    const char *bytes = lua_tolstring(L, -1, &len);
    if (luaL_loadbufferx(L, bytes, len, "=faultline", "b") != LUA_OK) lua_error(L);
    lua_pushvalue(L, offered);
    lua_getfield(L, offered, "pcall");
    lua_pushcfunction(L, charge);
    lua_call(L, 3, 0);
    lua_settop(L, offered);
}

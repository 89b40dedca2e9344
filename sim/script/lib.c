/* lib.c -- Lua's library, as far as it is the same on every machine and bounded in what it does.
 *
 * Closed off: the order of a table (pairs and next sort the keys: whole numbers, other numbers, texts
 * by their bytes, false, true), addresses (tostring and %s number tables and functions in the order in
 * which they were first shown), Lua's own dice. Bounded: functions that loop inside C pay for the
 * length of the loop before they begin it; those that ask for memory pay for that (sandbox.c).
 *
 * Differs: pcalls nest 200 deep at most, and xpcall's handler is called after the error, not inside it; an
 *          error that leaves a C function, or what C has called, is not caught outside. next
 *          sorts nothing but looks at every key: a loop by hand over next is slow. __pairs is honoured,
 *          __name is not.
 */
#include "box.h"

#include <lualib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- text of a value ---- */

/* "table#1": tables, functions and the like are numbered when they are first shown. */
static void push_number_of(lua_State *L, int index) {
    Script *s = script_of(L);
    int type = lua_type(L, index);
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->numbers);
    lua_pushvalue(L, index);
    if (lua_rawget(L, -2) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_pushfstring(L, "%s#%d", lua_typename(L, type), (int)s->number_of[type] + 1);
        lua_pushvalue(L, index);
        lua_pushvalue(L, -2);
        lua_rawset(L, -4);
        s->number_of[type]++;
    }
    lua_remove(L, -2);
}

static void push_number(lua_State *L, int index) {
    if (!lua_isinteger(L, index) && isnan(lua_tonumber(L, index))) {
        lua_pushliteral(L, "nan"); /* its sign differs between machines */
        return;
    }
    lua_pushvalue(L, index);
    lua_tolstring(L, -1, NULL);
}

const char *lib_tostring(lua_State *L, int index, size_t *len) {
    index = lua_absindex(L, index);
    if (luaL_callmeta(L, index, "__tostring")) {
        if (!lua_isstring(L, -1)) script_error(L, "", "__tostring must return a text");
    } else {
        switch (lua_type(L, index)) {
        case LUA_TNIL: lua_pushliteral(L, "nil"); break;
        case LUA_TBOOLEAN: lua_pushstring(L, lua_toboolean(L, index) ? "true" : "false"); break;
        case LUA_TNUMBER: push_number(L, index); break;
        case LUA_TSTRING: lua_pushvalue(L, index); break;
        default: push_number_of(L, index); break;
        }
    }
    return lua_tolstring(L, -1, len);
}

static int lib_tostring_call(lua_State *L) {
    luaL_checkany(L, 1);
    lib_tostring(L, 1, NULL);
    return 1;
}

/* ---- the order of a table ---- */

typedef struct {
    enum { KEY_INTEGER, KEY_FLOAT, KEY_TEXT, KEY_FALSE, KEY_TRUE } rank;
    lua_Integer i;
    lua_Number f;
    const char *text; /* alive as long as it is a key */
    size_t len;
} Key;

static Key read_key(lua_State *L, int index) {
    Key k = {0};
    switch (lua_type(L, index)) {
    case LUA_TNUMBER:
        k.rank = lua_isinteger(L, index) ? KEY_INTEGER : KEY_FLOAT;
        k.i = lua_tointeger(L, index);
        k.f = lua_tonumber(L, index);
        return k;
    case LUA_TSTRING:
        k.rank = KEY_TEXT;
        k.text = lua_tolstring(L, index, &k.len);
        return k;
    case LUA_TBOOLEAN: k.rank = lua_toboolean(L, index) ? KEY_TRUE : KEY_FALSE; return k;
    default: break;
    }
    char described[64];
    script_error(L, "Keep such things in a list, t[#t + 1] = x, or give each a name as its key.",
                 "a table with %s as a key has no order to walk through it in",
                 script_describe(L, index, described, sizeof described));
}

static int by_key(const void *left, const void *right) {
    const Key *a = left, *b = right;
    if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
    if (a->rank == KEY_INTEGER) return (a->i > b->i) - (a->i < b->i);
    if (a->rank == KEY_FLOAT) return (a->f > b->f) - (a->f < b->f);
    if (a->rank != KEY_TEXT) return 0;
    int order = memcmp(a->text, b->text, a->len < b->len ? a->len : b->len);
    return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

static void push_key(lua_State *L, const Key *k) {
    switch (k->rank) {
    case KEY_INTEGER: lua_pushinteger(L, k->i); return;
    case KEY_FLOAT: lua_pushnumber(L, k->f); return;
    case KEY_TEXT: lua_pushlstring(L, k->text, k->len); return;
    case KEY_FALSE:
    case KEY_TRUE: lua_pushboolean(L, k->rank == KEY_TRUE); return;
    }
}

static lua_Integer count_keys(lua_State *L, int table, bool *is_list) {
    lua_Integer n = 0, length = (lua_Integer)lua_rawlen(L, table);
    *is_list = true;
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1), n++) {
        lua_Integer i = lua_isinteger(L, -2) ? lua_tointeger(L, -2) : 0;
        *is_list = *is_list && i >= 1 && i <= length;
    }
    *is_list = *is_list && n == length;
    sandbox_charge(L, (uint64_t)n);
    return n;
}

/* (table, _): upvalue 1 counts, 2 is the length. Elements that were removed meanwhile are passed over. */
static int step_list(lua_State *L) {
    lua_Integer i = lua_tointeger(L, lua_upvalueindex(1)),
                n = lua_tointeger(L, lua_upvalueindex(2));
    while (i < n) {
        i++;
        lua_pushinteger(L, i);
        if (lua_rawgeti(L, 1, i) == LUA_TNIL) {
            lua_pop(L, 2);
            continue;
        }
        lua_pushinteger(L, i);
        lua_replace(L, lua_upvalueindex(1));
        return 2;
    }
    return lua_pushnil(L), 1;
}

/* (table, _): upvalue 1 counts, 2 is the length, 3 the sorted keys. */
static int step_keys(lua_State *L) {
    lua_Integer i = lua_tointeger(L, lua_upvalueindex(1)),
                n = lua_tointeger(L, lua_upvalueindex(2));
    while (i < n) {
        lua_rawgeti(L, lua_upvalueindex(3), ++i);
        lua_pushvalue(L, -1);
        if (lua_rawget(L, 1) == LUA_TNIL) {
            lua_pop(L, 2);
            continue;
        }
        lua_pushinteger(L, i);
        lua_replace(L, lua_upvalueindex(1));
        return 2;
    }
    return lua_pushnil(L), 1;
}

static void push_sorted_keys(lua_State *L, int table, lua_Integer n) {
    Key *keys = lua_newuserdatauv(L, (size_t)n * sizeof *keys, 0);
    lua_Integer at = 0;
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) keys[at++] = read_key(L, -2);
    ASSERT(at == n);
    qsort(keys, (size_t)n, sizeof *keys, by_key);
    lua_createtable(L, n > INT32_MAX ? 0 : (int)n, 0);
    for (at = 0; at < n; at++) {
        push_key(L, &keys[at]);
        lua_rawseti(L, -2, at + 1);
    }
    lua_remove(L, -2);
}

static int lib_pairs(lua_State *L) {
    luaL_checkany(L, 1);
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_call(L, 1, 3);
        return 3;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    bool is_list;
    lua_Integer n = count_keys(L, 1, &is_list);
    lua_pushinteger(L, 0);
    lua_pushinteger(L, n);
    if (is_list) {
        lua_pushcclosure(L, step_list, 2);
    } else {
        push_sorted_keys(L, 1, n);
        lua_pushcclosure(L, step_keys, 3);
    }
    lua_pushvalue(L, 1);
    return 2;
}

/* The smallest key that is greater than the given one, or the smallest of all. */
static int lib_next(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    bool first = lua_isnil(L, 2), any = false;
    Key after = {0}, best = {0};
    if (!first) after = read_key(L, 2);
    uint64_t n = 0;
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1), n++) {
        Key k = read_key(L, -2);
        if (!first && by_key(&k, &after) <= 0) continue;
        if (any && by_key(&k, &best) >= 0) continue;
        best = k;
        any = true;
    }
    sandbox_charge(L, n);
    if (!any) return lua_pushnil(L), 1;
    push_key(L, &best);
    lua_pushvalue(L, -1);
    lua_rawget(L, 1);
    return 2;
}

/* ---- dice ---- */

static int lib_random(lua_State *L) {
    Script *s = script_declared(L, "math.random");
    if (lua_gettop(L) == 0) { /* 53 bits, as many as a number holds exactly */
        lua_pushnumber(L, (lua_Number)(prng_next(&s->random) >> 11) * 0x1p-53);
        return 1;
    }
    lua_Integer low = lua_gettop(L) == 1 ? 1 : luaL_checkinteger(L, 1),
                high = luaL_checkinteger(L, lua_gettop(L) == 1 ? 1 : 2);
    if (low > high)
        script_error(L, "", "math.random has nothing to choose from between %lld and %lld",
                     (long long)low, (long long)high);
    uint64_t span = (uint64_t)high - (uint64_t)low;
    uint64_t draw = span == UINT64_MAX ? prng_next(&s->random) : prng_below(&s->random, span + 1);
    lua_pushinteger(L, (lua_Integer)((uint64_t)low + draw));
    return 1;
}

/* ---- pcall ---- */

/* How deep this coroutine is in pcalls. */
static uint8_t *pcall_depth(lua_State *L) {
    Script *s = script_of(L);
    return s->phase == PHASE_RUN ? &s->bodies[s->running].pcalls : &s->pcalls;
}

/* Catching an error looks at every call on the stack (luaD_shrinkstack), so it costs as many steps. */
static void charge_catch(lua_State *L) {
    lua_Debug ar;
    int depth = 16;
    while (depth < LUAI_MAXSTACK && lua_getstack(L, depth, &ar)) depth *= 4;
    sandbox_charge(L, (uint64_t)depth);
}

static uint32_t c_frames(lua_State *L) {
    Script *s = script_of(L);
    return s->phase == PHASE_RUN ? s->bodies[s->running].c_frames : 0;
}

/* An error on its way out through C: C's frames lie between, and no pcall of ours can take them down. */
static _Noreturn void not_caught(lua_State *L, int status) {
    Diag d;
    script_diagnose(script_of(L), L, status, &d);
    diag_remedy(&d, "An error that leaves a C function, or what C has called, ends the run: catch it inside.");
    script_raise(L, &d);
}

/* ctx: how deep it was in C when the pcall began. */
static int pcall_done(lua_State *L, int status, lua_KContext ctx) {
    --*pcall_depth(L);
    if (status == LUA_OK || status == LUA_YIELD) return lua_gettop(L);
    if (c_frames(L) > (uint32_t)ctx) not_caught(L, status);
    charge_catch(L);
    lua_pushboolean(L, false);
    const char *message = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "";
    bool ours = strncmp(message, NO_PLACE, sizeof NO_PLACE - 1) == 0;
    if (ours) lua_pushstring(L, message + sizeof NO_PLACE - 1);
    else lua_pushvalue(L, -2);
    return 2;
}

/* Lua's own, but for two things: no deeper than PCALLS_MAX, or unwinding them all would take for ever
 * (each looks at the whole stack); and an error that is caught is charged for. */
static int lib_pcall(lua_State *L) {
    luaL_checkany(L, 1);
    if (*pcall_depth(L) == PCALLS_MAX)
        script_error(L, "A function that calls itself through pcall needs an end.",
                     "%d calls of pcall are nested in each other", PCALLS_MAX);
    ++*pcall_depth(L);
    lua_pushboolean(L, true);
    lua_insert(L, 1);
    lua_KContext in_c = (lua_KContext)c_frames(L);
    int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, in_c, pcall_done);
    return pcall_done(L, status, in_c);
}

/* ---- functions that are called after a look at their arguments; upvalue 1 is Lua's own ---- */

static int call_original(lua_State *L) {
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

static int lib_setmetatable(lua_State *L) {
    static const char *const refused[] = {"__gc", "__mode"};
    for (size_t i = 0; i < ARRAY_LEN(refused) && lua_istable(L, 2); i++) {
        lua_pushstring(L, refused[i]);
        if (lua_rawget(L, 2) != LUA_TNIL)
            script_error(L, "Do what is to be done in an operation of a goroutine.",
                         "%s is not available in a scenario: when Lua collects its own memory is "
                         "no part of the simulation",
                         refused[i]);
        lua_pop(L, 1);
    }
    return call_original(L);
}

/* find, match, gmatch, gsub; upvalue 2: Lua's own find. */
static int lib_search(lua_State *L) {
    bool plain = lua_toboolean(L, lua_upvalueindex(3)) && lua_toboolean(L, 4);
    int top = lua_gettop(L);
    lua_pushvalue(L, lua_upvalueindex(2));
    pattern_guard(L, top + 1, 1, 2, plain);
    lua_settop(L, top);
    return call_original(L);
}

static int lib_rep(lua_State *L) {
    size_t len, separator = 0;
    luaL_checklstring(L, 1, &len);
    luaL_optlstring(L, 3, "", &separator);
    if (len + separator == 0) return lua_pushliteral(L, ""), 1; /* Lua would count to n */
    return call_original(L);
}

/* Conversions that would show an address or the sign of a NaN get another argument. */
static int lib_format(lua_State *L) {
    size_t len;
    const char *p = luaL_checklstring(L, 1, &len), *end = p + len;
    int top = lua_gettop(L);
    for (int arg = 1; p < end;) {
        if (*p++ != '%') continue;
        while (p < end && strchr("-+ #0123456789.", *p) != NULL && *p) p++;
        if (p == end || *p == '%') {
            p++;
            continue;
        }
        if (++arg > top) break; /* Lua will say so */
        if (*p == 'p')
            script_error(L, "Print with %s: tables and functions are numbered.",
                         "%%p is not available in a scenario: an address differs from run to run");
        if (*p == 's') {
            lib_tostring(L, arg, NULL);
            lua_replace(L, arg);
        } else if (strchr("aAeEfgG", *p) && lua_type(L, arg) == LUA_TNUMBER &&
                   isnan(lua_tonumber(L, arg))) {
            lua_pushnumber(L, fabs(lua_tonumber(L, arg)));
            lua_replace(L, arg);
        }
        p++;
    }
    return call_original(L);
}

/* Texts of any length are walked through in C: utf8.len and the like. */
static int lib_walk_text(lua_State *L) {
    size_t len = 0;
    if (lua_type(L, 1) == LUA_TSTRING) lua_tolstring(L, 1, &len);
    sandbox_charge(L, len / BYTES_PER_STEP);
    return call_original(L);
}

static void plain_table(lua_State *L, int index, const char *function) {
    luaL_checktype(L, index, LUA_TTABLE);
    static const char *const fields[] = {"__index", "__newindex", "__len"};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        if (luaL_getmetafield(L, index, fields[i]) == LUA_TNIL) continue;
        script_error(L, "Write the loop out, or use a table without a metatable.",
                     "%s works on plain tables only; this one has a metatable with %s", function,
                     fields[i]);
    }
}

static void charge_range(lua_State *L, const char *function, lua_Integer first, lua_Integer last) {
    if (first > last) return;
    uint64_t count = (uint64_t)last - (uint64_t)first;
    if (count >= RANGE_MAX)
        script_error(L, "", "%s would touch more than %d elements, from %lld to %lld", function,
                     RANGE_MAX, (long long)first, (long long)last);
    sandbox_charge(L, count + 1);
}

/* With a position, all behind it move; one that is out of bounds is refused by Lua. */
static void charge_shift(lua_State *L, const char *function, int with_position) {
    if (lua_gettop(L) != with_position) return;
    lua_Integer position = luaL_checkinteger(L, 2);
    if (position >= 1) charge_range(L, function, position, (lua_Integer)lua_rawlen(L, 1));
}

static int lib_table_insert(lua_State *L) {
    plain_table(L, 1, "table.insert");
    charge_shift(L, "table.insert", 3);
    return call_original(L);
}

static int lib_table_remove(lua_State *L) {
    plain_table(L, 1, "table.remove");
    charge_shift(L, "table.remove", 2);
    return call_original(L);
}

static int lib_table_concat(lua_State *L) {
    plain_table(L, 1, "table.concat");
    charge_range(L, "table.concat", luaL_optinteger(L, 3, 1),
                 luaL_optinteger(L, 4, (lua_Integer)lua_rawlen(L, 1)));
    return call_original(L);
}

static int lib_table_unpack(lua_State *L) {
    plain_table(L, 1, "table.unpack");
    charge_range(L, "table.unpack", luaL_optinteger(L, 2, 1),
                 luaL_optinteger(L, 3, (lua_Integer)lua_rawlen(L, 1)));
    return call_original(L);
}

static int lib_table_move(lua_State *L) {
    plain_table(L, 1, "table.move");
    if (!lua_isnoneornil(L, 5)) plain_table(L, 5, "table.move");
    charge_range(L, "table.move", luaL_checkinteger(L, 2), luaL_checkinteger(L, 3));
    return call_original(L);
}

/* ---- what there is ---- */

typedef struct {
    const char *library;
    const char *as_it_is; /* names, separated by spaces */
} Kept;
/* clang-format off */
static const Kept kept[] = {
    {LUA_GNAME, "assert error getmetatable ipairs rawequal rawget rawlen rawset select tonumber type"},
    {LUA_STRLIBNAME, "byte char len lower reverse sub upper"},
    {LUA_TABLIBNAME, "pack"},
    {LUA_MATHLIBNAME, "abs ceil deg floor fmod huge max maxinteger min mininteger modf pi rad sqrt tointeger type ult"},
    {LUA_UTF8LIBNAME, "char charpattern codes"},
};

static const struct {
    const char *library, *name;
    lua_CFunction guard;
} guarded[] = {
    {LUA_GNAME, "setmetatable", lib_setmetatable},  {LUA_STRLIBNAME, "find", lib_search},
    {LUA_STRLIBNAME, "match", lib_search},          {LUA_STRLIBNAME, "gmatch", lib_search},
    {LUA_STRLIBNAME, "gsub", lib_search},           {LUA_STRLIBNAME, "rep", lib_rep},
    {LUA_STRLIBNAME, "format", lib_format},         {LUA_TABLIBNAME, "insert", lib_table_insert},
    {LUA_TABLIBNAME, "remove", lib_table_remove},   {LUA_TABLIBNAME, "concat", lib_table_concat},
    {LUA_TABLIBNAME, "unpack", lib_table_unpack},   {LUA_TABLIBNAME, "move", lib_table_move},
    {LUA_UTF8LIBNAME, "codepoint", lib_walk_text},  {LUA_UTF8LIBNAME, "len", lib_walk_text},
    {LUA_UTF8LIBNAME, "offset", lib_walk_text},
};
/* clang-format on */

/* Pushes our table for a library: the builtins themselves for the base. */
static void push_own(lua_State *L, int offered, const char *library) {
    if (strcmp(library, LUA_GNAME) == 0) {
        lua_pushvalue(L, offered);
    } else if (lua_getfield(L, offered, library) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, -1);
        lua_setfield(L, offered, library);
    }
}

static void push_original(lua_State *L, const char *library, const char *name, size_t len) {
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_getfield(L, -1, library);
    lua_pushlstring(L, name, len);
    lua_gettable(L, -2);
    ASSERT(!lua_isnil(L, -1));
    lua_replace(L, -3);
    lua_pop(L, 1);
}

static void keep(lua_State *L, int offered, const Kept *k) {
    push_own(L, offered, k->library);
    for (const char *p = k->as_it_is; *p;) {
        size_t len = strcspn(p, " ");
        lua_pushlstring(L, p, len);
        push_original(L, k->library, p, len);
        lua_settable(L, -3);
        p += len + (p[len] == ' ');
    }
    lua_pop(L, 1);
}

static void guard(lua_State *L, int offered, const char *library, const char *name,
                  lua_CFunction function) {
    push_own(L, offered, library);
    push_original(L, library, name, strlen(name));
    push_original(L, LUA_STRLIBNAME, "find", 4);
    lua_pushboolean(L, strcmp(name, "find") == 0);
    lua_pushcclosure(L, function, 3);
    lua_setfield(L, -2, name);
    lua_pop(L, 1);
}

void lib_open(lua_State *L) {
    int offered = lua_gettop(L);
    for (size_t i = 0; i < ARRAY_LEN(kept); i++) keep(L, offered, &kept[i]);
    for (size_t i = 0; i < ARRAY_LEN(guarded); i++)
        guard(L, offered, guarded[i].library, guarded[i].name, guarded[i].guard);
    lua_pushcfunction(L, lib_next);
    lua_setfield(L, offered, "next");
    lua_pushcfunction(L, lib_pairs);
    lua_setfield(L, offered, "pairs");
    lua_pushcfunction(L, lib_pcall);
    lua_setfield(L, offered, "pcall");
    lua_pushcfunction(L, lib_tostring_call);
    lua_setfield(L, offered, "tostring");
    lua_getfield(L, offered, LUA_MATHLIBNAME);
    lua_pushcfunction(L, lib_random);
    lua_setfield(L, -2, "random");
    lua_settop(L, offered);
}

void lib_seal(lua_State *L) {
    static const char *const libraries[] = {LUA_STRLIBNAME, LUA_TABLIBNAME, LUA_MATHLIBNAME,
                                            LUA_UTF8LIBNAME};
    int offered = lua_gettop(L);
    lua_pushliteral(L, ""); /* ("x"):upper() */
    lua_getmetatable(L, -1);
    lua_getfield(L, offered, LUA_STRLIBNAME);
    lua_setfield(L, -2, "__index");
    lua_pushliteral(L, "closed");
    lua_setfield(L, -2, "__metatable");
    lua_settop(L, offered);
    for (size_t i = 0; i < ARRAY_LEN(libraries); i++) {
        lua_getfield(L, offered, libraries[i]);
        doors_seal(L, libraries[i]);
        lua_setfield(L, offered, libraries[i]);
    }
}

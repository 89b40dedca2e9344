/* doors.c -- names that lead out of the box are closed, and say what to use instead.
 *
 * The chunk's _ENV is an empty table; behind it stands the table of what we offer; behind that, a
 * function that knows why a name is not there. So a scenario can neither miss a name in silence nor
 * replace one of ours. Only the top level of the chunk may declare global variables, as a Go file
 * declares package variables; a function that assigns to an unknown name has made a typing error.
 */
#include "box.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#define LAST_DIGIT "its last digit differs between machines, and with it the run would"
#define USE_TABLE "Compute the values by + - * / and math.sqrt, or write them down."

/* clang-format off */
static const struct {
    const char *name, *why, *instead;
} doors[] = {
    {"io", "a scenario touches no files", "print(...) and note \"...\" write into the trace."},
    {"os", "a scenario has no clock, no environment and no processes",
     "Virtual time passes by compute, sleep and C.call."},
    {"require", "a scenario is one file", "Write the functions that it needs into the file."},
    {"package", "a scenario is one file", "Write the functions that it needs into the file."},
    {"dofile", "a scenario touches no files", "Write the functions that it needs into the file."},
    {"loadfile", "a scenario touches no files", "Write the functions that it needs into the file."},
    {"load", "a scenario makes no code out of text", "Write a function, and pass it on as a value."},
    {"loadstring", "a scenario makes no code out of text", "Write a function, and pass it on as a value."},
    {"debug", "a scenario cannot look into Lua itself",
     "The trace shows what happened: faultline show --words says why."},
    {"coroutine", "goroutines are what runs here", "go(function() ... end) starts one; channels connect them."},
    {"collectgarbage", "when Lua collects its own memory is no part of the simulation", "Leave the line out."},
    {"_G", "global variables have no table", "Name the variable itself."},
    {"warn", "a warning would leave the trace", "Say it with print(...) or note \"...\"."},
    {"unpack", "it moved", "Use table.unpack."},
    {"table.getn", "it is gone from Lua", "Use #t."},
    {"string.dump", "bytecode could break out of the box", "Pass the function itself on as a value."},
    {"string.pack", "sizes and byte order differ between machines", "Keep the values in a table."},
    {"string.unpack", "sizes and byte order differ between machines", "Keep the values in a table."},
    {"string.packsize", "sizes and byte order differ between machines", "Keep the values in a table."},
    {"math.randomseed", "the seed of the run decides every draw",
     "scenario { seed = 7 }, or --seed 7 on the command line."},
    {"math.sin", LAST_DIGIT, USE_TABLE},
    {"math.cos", LAST_DIGIT, USE_TABLE},
    {"math.tan", LAST_DIGIT, USE_TABLE},
    {"math.asin", LAST_DIGIT, USE_TABLE},
    {"math.acos", LAST_DIGIT, USE_TABLE},
    {"math.atan", LAST_DIGIT, USE_TABLE},
    {"math.exp", LAST_DIGIT, USE_TABLE},
    {"math.log", LAST_DIGIT, USE_TABLE},
    {"math.pow", LAST_DIGIT, USE_TABLE},
    /* from Go, and spelt otherwise here */
    {"make", "it is spelt otherwise", "chan(1) makes a channel, heap.floats(\"x\", n) an object that kernels can use."},
    {"close", "it is a method of the channel", "Write c:close()."},
    {"len", "it is spelt otherwise", "Write #t, or c:len() for a channel."},
    {"cap", "it is a method of the channel", "Write c:cap()."},
    {"append", "it is spelt otherwise", "Write t[#t + 1] = v."},
    {"fmt", "it is spelt otherwise", "print(...) and string.format(...) do it."},
    {"defer", "it is not modelled yet", "Write the call at the end of the function."},
    {"runtime.KeepAlive", "objects live as long as the run", "Leave the line out."},
};
/* clang-format on */

/* ---- a name that is not there ---- */

static int by_name(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "a, b, c": the text keys of the table at `index`, sorted. */
static void list_names(lua_State *L, int index, char *buf, size_t size) {
    const char *names[64];
    size_t count = 0, len = 0;
    index = lua_absindex(L, index);
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING || count == ARRAY_LEN(names)) continue;
        const char *name = lua_tostring(L, -2);
        if (name[0] != '_') names[count++] = name;
    }
    qsort(names, count, sizeof *names, by_name);
    buf[0] = '\0';
    for (size_t i = 0; i < count && len < size; i++) {
        len += (size_t)snprintf(buf + len, size - len, "%s%s", i ? ", " : "", names[i]);
    }
}

static bool same_letters(const char *a, const char *b) {
    while (*a && tolower((unsigned char)*a) == tolower((unsigned char)*b)) a++, b++;
    return *a == *b;
}

/* How many letters must change to make one of the other (Levenshtein); names are short. */
static size_t distance(const char *a, const char *b) {
    size_t row[NAME_TEXT_MAX], n = strlen(b);
    if (n >= NAME_TEXT_MAX || strlen(a) >= NAME_TEXT_MAX) return SIZE_MAX;
    if (same_letters(a, b)) return 0;
    for (size_t j = 0; j <= n; j++) row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t change = diagonal + (a[i - 1] != b[j - 1]),
                   drop = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            diagonal = row[j];
            row[j] = change < drop ? change : drop;
        }
    }
    return row[n];
}

/* The most similar name in the table at `index`, or NULL; equals are decided by the alphabet. */
static const char *similar(lua_State *L, int index, const char *name) {
    const char *best = NULL;
    size_t best_distance = strlen(name) < 4 ? 2 : 3;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING) continue;
        const char *other = lua_tostring(L, -2);
        size_t d = distance(name, other);
        bool better =
            d < best_distance || (d == best_distance && best != NULL && strcmp(other, best) < 0);
        if (!better) continue;
        best = other;
        best_distance = d;
    }
    return best;
}

static void refuse_door(lua_State *L, const char *name) {
    for (size_t i = 0; i < ARRAY_LEN(doors); i++) {
        if (strcmp(doors[i].name, name) == 0)
            script_error(L, doors[i].instead, "%s is not available in a scenario: %s", name,
                         doors[i].why);
    }
}

/* __index of a library or of a thing's methods: upvalue 1 is its name. */
static int missing_field(lua_State *L) {
    const char *owner = lua_tostring(L, lua_upvalueindex(1));
    char full[2 * NAME_TEXT_MAX], names[400], described[64];
    if (lua_type(L, 2) != LUA_TSTRING)
        script_error(L, "", "%s has no element %s", owner,
                     script_describe(L, 2, described, sizeof described));
    snprintf(full, sizeof full, "%s.%.60s", owner, lua_tostring(L, 2));
    refuse_door(L, full);
    list_names(L, 1, names, sizeof names);
    char remedy[450];
    snprintf(remedy, sizeof remedy, "It has: %s.", names);
    script_error(L, remedy, "%s has no '%.60s'", owner, lua_tostring(L, 2));
}

static int refuse_change(lua_State *L) {
    script_error(L, "Use a table of your own.", "%s cannot be changed",
                 lua_tostring(L, lua_upvalueindex(1)));
}

static void protect(lua_State *L) {
    lua_pushliteral(L, "closed");
    lua_setfield(L, -2, "__metatable");
}

void doors_methods(lua_State *L, const char *name) {
    lua_newtable(L);
    lua_pushstring(L, name);
    lua_pushcclosure(L, missing_field, 1);
    lua_setfield(L, -2, "__index");
    protect(L);
    lua_setmetatable(L, -2);
}

/* What a scenario holds is an empty table in front of the real one: so assigning to a field that
 * is there can be refused as well. */
void doors_seal(lua_State *L, const char *name) {
    doors_methods(L, name);
    lua_newtable(L);
    lua_newtable(L);
    lua_rotate(L, -3, -1); /* front, its metatable, the real one */
    lua_setfield(L, -2, "__index");
    lua_pushstring(L, name);
    lua_pushcclosure(L, refuse_change, 1);
    lua_setfield(L, -2, "__newindex");
    protect(L);
    lua_setmetatable(L, -2);
}

/* ---- global variables; upvalue 1: names that the chunk has declared ---- */

static int missing_global(lua_State *L) {
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return lua_pushnil(L), 1; /* declared, and nil now */
    const char *name = luaL_checkstring(L, 2);
    refuse_door(L, name);
    const char *meant = similar(L, 1, name);
    if (meant == NULL) meant = similar(L, lua_upvalueindex(1), name);
    char remedy[200];
    if (meant) snprintf(remedy, sizeof remedy, "Did you mean '%.60s'?", meant);
    else snprintf(remedy, sizeof remedy, "Declare it above this line: local %.60s = ...", name);
    script_error(L, remedy, "'%.60s' is not defined here", name);
}

/* (env, name, value); upvalue 2: what we offer. */
static int new_global(lua_State *L) {
    const char *name = luaL_checkstring(L, 2);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(2)) != LUA_TNIL)
        script_error(L, "Choose another name.", "'%.60s' is faultline's own and cannot be changed",
                     name);
    lua_pushvalue(L, 2);
    bool known = lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL;
    lua_Debug ar;
    bool at_top =
        lua_getstack(L, 1, &ar) && lua_getinfo(L, "S", &ar) && strcmp(ar.what, "main") == 0;
    if (!known && !at_top) {
        char remedy[200];
        snprintf(remedy, sizeof remedy,
                 "Write `local %.60s = ...`, or declare it at the top level of the file.", name);
        script_error(L, remedy, "a function assigns to '%.60s', which is not declared", name);
    }
    lua_settop(L, 3);
    lua_pushvalue(L, 2);
    lua_pushboolean(L, true);
    lua_rawset(L, lua_upvalueindex(1));
    lua_rawset(L, 1);
    return 0;
}

void doors_globals(lua_State *L) {
    int offered = lua_gettop(L);
    lua_newtable(L); /* declared */
    int declared = offered + 1;

    lua_newtable(L); /* metatable of what we offer */
    lua_pushvalue(L, declared);
    lua_pushcclosure(L, missing_global, 1);
    lua_setfield(L, -2, "__index");
    protect(L);
    lua_setmetatable(L, offered);

    lua_newtable(L); /* the chunk's _ENV */
    lua_newtable(L);
    lua_pushvalue(L, offered);
    lua_setfield(L, -2, "__index");
    lua_pushvalue(L, declared);
    lua_pushvalue(L, offered);
    lua_pushcclosure(L, new_global, 2);
    lua_setfield(L, -2, "__newindex");
    lua_pushcfunction(L, sandbox_pay); /* what meter.c writes into the text */
    lua_setfield(L, -2, "__call");
    protect(L);
    lua_setmetatable(L, -2);
    lua_replace(L, offered);
    lua_settop(L, offered);
}

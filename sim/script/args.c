/* args.c -- what the bindings share: arguments, things, and the beginning of an operation. */
#include "box.h"

#include "../base/units.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- things ---- */

static const char *const thing_name[] = {"a channel", "a heap object", "a Pinner", "a kernel",
                                         "a bound",   "a graphics context", "a timer", "a graph",
                                         "a cleanup",
                                         "a pointer of C's", "a queue", "an event", "a case of a select",
                                         "a Mutex",   "an RWMutex",    "a WaitGroup", "a Once",
                                         "a Cond",    "a Weighted",    "an errgroup", "a mutex of C's", "an atomic value",
                                         "a context"};

const char *script_thing_name(uint32_t kind) {
    uint32_t i = kind - THING_CHAN;
    return i < ARRAY_LEN(thing_name) ? thing_name[i] : "a userdata";
}

/* All userdata that a scenario can hold are ours, so the first word may be read. */
void *script_thing(lua_State *L, int index, ThingKind kind) {
    Thing *thing = lua_touserdata(L, index);
    return thing != NULL && thing->kind == (uint32_t)kind ? thing : NULL;
}

void *script_new_thing_with(lua_State *L, ThingKind kind, size_t size, int values) {
    Thing *thing = lua_newuserdatauv(L, size, values);
    memset(thing, 0, size);
    thing->kind = kind;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &thing_name[kind - THING_CHAN]);
    lua_setmetatable(L, -2);
    return thing;
}

void *script_new_thing(lua_State *L, ThingKind kind, size_t size) { return script_new_thing_with(L, kind, size, 1); }

void script_thing_type(lua_State *L, ThingKind kind, const luaL_Reg *methods,
                       const luaL_Reg *meta) {
    int own = 0, of_meta = 2; /* with their room from the start: the first ones stand where they are looked for first */
    while (methods && methods[own].name) own++;
    for (const luaL_Reg *r = meta; r->name; r++) of_meta++;
    lua_createtable(L, 0, of_meta);
    if (methods) {
        lua_createtable(L, 0, own);
        luaL_setfuncs(L, methods, 0);
        doors_methods(L, script_thing_name(kind));
        lua_setfield(L, -2, "__index");
    }
    luaL_setfuncs(L, meta, 0);
    lua_pushliteral(L, "closed");
    lua_setfield(L, -2, "__metatable");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &thing_name[kind - THING_CHAN]);
}

void script_thing_index(lua_State *L, ThingKind kind, lua_CFunction index) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &thing_name[kind - THING_CHAN]);
    lua_getfield(L, -1, "__index");
    lua_pushcclosure(L, index, 1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}

/* ---- arguments ---- */

uint64_t script_duration(lua_State *L, int index, const char *what) {
    static const char remedy[] = "Units are ns, us, ms, s, m and h: \"250ns\", \"25us\", \"1.5ms\".";
    uint64_t ns;
    if (lua_type(L, index) == LUA_TSTRING && time_parse(lua_tostring(L, index), &ns)) {
        if (ns <= DURATION_MAX) return ns;
        script_arg_error(L, index, "", "%s is a day at most", what);
    }
    script_arg_error(L, index, remedy, "%s is a duration with its unit, such as \"25us\"", what);
}

const char *script_name(lua_State *L, int index, const char *what) {
    if (lua_type(L, index) != LUA_TSTRING) script_arg_error(L, index, "", "%s is a text", what);
    size_t len;
    const char *name = lua_tolstring(L, index, &len);
    if (len == 0 || len >= NAME_TEXT_MAX || strlen(name) != len)
        script_arg_error(L, index, "", "%s has 1 to %d characters", what, NAME_TEXT_MAX - 1);
    return name;
}

Script *script_declared(lua_State *L, const char *what) {
    Script *s = script_of(L);
    if (!s->declared) {
        script_error(L,
                     "scenario { title = \"...\", procs = 2 } comes first: it says how many Ps "
                     "there are, and the seed.",
                     "%s stands before scenario { ... }", what);
    }
    return s;
}

Script *script_top_level(lua_State *L, const char *what) {
    Script *s = script_declared(L, what);
    if (s->phase != PHASE_LOAD)
        script_error(L, "Move it out of the function.", "%s belongs to the top level of the file",
                     what);
    return s;
}

const char *script_unknown_key(lua_State *L, int index, bool (*known)(const char *name)) {
    const char *unknown = NULL;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "a number";
        if (known(name) || (unknown != NULL && strcmp(unknown, name) <= 0)) continue;
        unknown = name;
    }
    return unknown;
}

/* ---- operations ---- */

/* Asking Lua for the current line takes 220 instructions, the dearest part of an operation: 50 of the 450
 * ns of a ping-pong's round trip. So the answers are kept, by the place in the code: a word of what
 * lua_getstack finds, savedpc. Lua does not promise that it is there: line_open tries it, and where it is
 * not we ask each time. No code is made after the chunk is loaded, so a place keeps its line; a C function
 * that an operation can be called from (pcall) has a function's address in that word, and no line. */
uint32_t script_ask_line(lua_State *L) {
    Script *s = script_of(L);
    lua_Debug ar;
    if (!lua_getstack(L, 1, &ar)) return 0;
    lua_getinfo(L, "l", &ar);
    if (ar.currentline <= 0) return script_line(L);
    const void *at = s->places_known ? script_code_place(&ar) : NULL;
    if (at != NULL) *script_line_at(s, at) = (LineAt){at, (uint32_t)ar.currentline};
    return (uint32_t)ar.currentline;
}

/* Called thrice, from two lines, and all of that twice. */
static int line_probe(lua_State *L) {
    lua_Debug ar;
    int i = (int)lua_tointeger(L, 1);
    const void **seen = lua_touserdata(L, 2);
    if (lua_getstack(L, 1, &ar)) seen[i] = script_code_place(&ar);
    return 0;
}

void line_open(lua_State *L) {
    static const char code[] = "local f, seen = ...\n"
                               "for i = 0, 1 do f(3 * i, seen) f(3 * i + 1, seen)\n"
                               "f(3 * i + 2, seen) end";
    const void *seen[6] = {NULL};
    if (luaL_loadstring(L, code) != LUA_OK) lua_error(L);
    lua_pushcfunction(L, line_probe);
    lua_pushlightuserdata(L, seen);
    lua_call(L, 2, 0);
    bool differ = seen[0] != seen[1] && seen[1] != seen[2] && seen[0] != seen[2];
    bool repeat = seen[0] == seen[3] && seen[1] == seen[4] && seen[2] == seen[5];
    script_of(L)->places_known = differ && repeat;
}

_Noreturn void script_no_op(lua_State *L, const char *what) {
    if (script_of(L)->phase != PHASE_RUN) {
        script_error(L, "Put it into go(function() ... end) or main(function() ... end).",
                     "%s is an operation of a goroutine, and none is running here", what);
    }
    script_error(L, "Collect the values first, then do the operation in a loop of your own.",
                 "%s stands inside a function that a library function calls, where a goroutine "
                 "cannot stop",
                 what);
}

Op *script_op(lua_State *L, const char *what, OpKind kind) { return script_op_here(L, what, kind); }

uint64_t script_whole_field(lua_State *L, int index, const char *what, const char *name, uint64_t otherwise, uint64_t max) {
    if (lua_isnoneornil(L, index) || lua_getfield(L, index, name) == LUA_TNIL) return otherwise;
    int exact;
    lua_Integer v = lua_tointegerx(L, -1, &exact);
    if (!exact || lua_type(L, -1) != LUA_TNUMBER || v < 1 || (uint64_t)v > max)
        script_arg_error(L, -1, "", "%s: %s is a whole number from 1 to %llu", what, name, (unsigned long long)max);
    return (uint64_t)v;
}

int script_panic(lua_State *L, const char *text) {
    Script *s = script_of(L);
    if (s->phase != PHASE_RUN || !lua_isyieldable(L)) script_error(L, "", "%s", text);
    Op *op = script_op(L, "panic", OP_PANIC);
    char said[NOTE_MAX + 8];
    snprintf(said, sizeof said, "panic: %.*s", NOTE_MAX, text);
    op->text = stream_text(s->w->s, said);
    return lua_yield(L, 0);
}

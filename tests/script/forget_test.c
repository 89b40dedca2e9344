/* forget_test.c -- what liveness.c calls dead can be forgotten: random programs do the same without it.
 *
 * A program is run twice by Lua itself. In the second run each call of probe() sets the variables of all
 * frames that are dead there to nil. Names in it that begin with v or t are never captured by a function. */
#include "../check.h"
#include "../../sim/script/box.h"

#include <lualib.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void script_forget_tests(void);

/* ---- programs ---- */

typedef struct {
    Prng dice;
    Bytes text;
    unsigned labels, functions; /* so many so far */
} Author;

static unsigned pick(Author *a, unsigned n) { return (unsigned)prng_below(&a->dice, n); }

/* Words of the program; '#' is a digit from 1 to 3, and each space may become the end of a line. */
static void put(Author *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void put(Author *a, const char *fmt, ...) {
    char text[200];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    for (char *p = text; *p != '\0'; p++) {
        if (*p == '#') *p = (char)('1' + pick(a, 3));
        if (*p == ' ' && pick(a, 4) == 0) *p = '\n';
    }
    bytes_add(&a->text, text, strlen(text));
}

static void value(Author *a, unsigned depth) {
    switch (pick(a, depth > 3 ? 3 : 9)) {
    case 0: put(a, " # "); return;
    case 1:
    case 2: put(a, " v# "); return;
    case 3: put(a, " probe() "); return;
    case 4:
        value(a, depth + 1);
        put(a, " %c ", "+-*"[pick(a, 3)]);
        value(a, depth + 1);
        return;
    case 5:
        put(a, " t#[ ( ");
        value(a, depth + 1);
        put(a, " ) %% 3 + 1 ] ");
        return;
    case 6:
        put(a, " sum { v# = ");
        value(a, depth + 1);
        put(a, " , ");
        value(a, depth + 1);
        put(a, " } ");
        return;
    case 7:
        put(a, " t#:get( ");
        value(a, depth + 1);
        put(a, " ) ");
        return;
    default:
        if (a->functions == 0) put(a, " - v# ");
        else {
            put(a, " f%u( ", 1 + pick(a, a->functions));
            value(a, depth + 1);
            put(a, " , v# ) ");
        }
        return;
    }
}

static void with_value(Author *a, const char *before, const char *after) {
    put(a, "%s", before);
    value(a, 0);
    put(a, "%s", after);
}

static void block(Author *a, unsigned depth);

static void function(Author *a, unsigned depth) {
    unsigned n = a->functions + 1;
    put(a, "local function f%u( v# , ... ) local v1 , v2 , v3 = # , ... , # ", n);
    put(a, "local t1 , t2 , t3 = new() , new() , new() ");
    a->functions = 0; /* those of outside are in scope, but would call for ever */
    block(a, depth + 1);
    with_value(a, "return v# + ", " end\n");
    a->functions = n;
}

static void again(Author *a, unsigned depth) {
    unsigned n = ++a->labels;
    put(a, "do local n%u = 0 ", n);
    with_value(a, "local v# = ", "");
    put(a, " ::l%u:: n%u = n%u + 1 ", n, n, n);
    block(a, depth + 1);
    put(a, " if n%u < # then goto l%u end ", n, n);
    with_value(a, " out( ", " ) end\n");
}

static void loop(Author *a, unsigned depth) {
    unsigned n = ++a->labels;
    switch (pick(a, 4)) {
    case 0: with_value(a, "for v# = 1 , ( ", " ) % 3 do "); break;
    case 1: with_value(a, "for _ , v# in ipairs { v# , ", " } do "); break;
    case 2: put(a, "local n%u = 0 while n%u + v# * 0 < # do n%u = n%u + 1 ", n, n, n, n); break;
    default:
        put(a, "local n%u = 0 repeat n%u = n%u + 1 ", n, n, n);
        block(a, depth + 1);
        with_value(a, "local v# = ", "");
        put(a, " until n%u + v# * 0 > # ", n);
        return;
    }
    block(a, depth + 1);
    if (pick(a, 2) == 0) with_value(a, "if v# > ", "");
    else put(a, "if false ");
    put(a, " then goto l%u end ", n);
    block(a, depth + 1);
    put(a, " ::l%u:: end\n", n);
}

static void one_statement(Author *a, unsigned depth) {
    unsigned functions = a->functions;
    switch (pick(a, depth > 3 ? 7 : 11)) {
    case 0: with_value(a, "local v# = ", ""); break;
    case 1: with_value(a, "local v# , v# = v# , ", ""); break;
    case 2: with_value(a, "v# = ", ""); break;
    case 3: with_value(a, "v# , t#[ 1 ] , v# = v# , ", " , v# "); break;
    case 4:
        with_value(a, "t#[ ( ", " ) % 3 + 1 ] = ");
        value(a, 0);
        break;
    case 5: with_value(a, "out( v# , ", " ) "); break;
    case 6: put(a, "local t# = t# "); break;
    case 7:
        with_value(a, "if v# > ", " then ");
        block(a, depth + 1);
        with_value(a, " elseif v# < ", " then ");
        block(a, depth + 1);
        put(a, " else ");
        block(a, depth + 1);
        put(a, " end ");
        break;
    case 8: loop(a, depth); break;
    case 9: again(a, depth); break;
    default:
        if (depth == 0) function(a, depth);
        else {
            put(a, "do ");
            block(a, depth + 1);
            put(a, " end ");
        }
        return;
    }
    a->functions = functions;
    put(a, "\n");
}

static void block(Author *a, unsigned depth) {
    unsigned n = depth == 0 ? 10 : pick(a, 4);
    for (unsigned i = 0; i < n; i++) one_statement(a, depth);
}

static char *write_program(uint64_t seed) {
    Author a = {0};
    prng_init(&a.dice, seed, "forget");
    put(&a, "local v1 , v2 , v3 , t1 , t2 , t3 = 1 , 2 , 3 , new() , new() , new()\n");
    block(&a, 0);
    bytes_add(&a.text, "", 1);
    return (char *)a.text.data;
}

/* ---- running one ---- */

typedef struct {
    Liveness *liveness; /* NULL: nothing is forgotten */
    unsigned probes, forgotten;
} Run;

static void forget(lua_State *L, Run *run, const lua_Debug *ar) {
    const char *name;
    for (int n = 1; (name = lua_getlocal(L, ar, n)) != NULL; n++) {
        lua_pop(L, 1);
        LocalAt at = roots_local(L, ar, n, name);
        if ((name[0] != 'v' && name[0] != 't') || liveness_is_live(run->liveness, &at)) continue;
        lua_pushnil(L);
        lua_setlocal(L, ar, n);
        run->forgotten++;
    }
}

static int probe(lua_State *L) {
    Run *run = lua_touserdata(L, lua_upvalueindex(1));
    lua_Debug ar;
    if (++run->probes > 3000) return luaL_error(L, "enough");
    for (int level = 1; run->liveness != NULL && lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Sl", &ar);
        forget(L, run, &ar);
    }
    lua_pushinteger(L, run->probes % 5);
    return 1;
}

static const char library[] =
    "local log = {}\n"
    "function out(...) log[#log + 1] = table.concat({ ... }, ' ') end\n"
    "function said() return table.concat(log, '\\n') end\n"
    "function sum(t) local s = 0 for _, v in pairs(t) do s = s + v end return s % 1000 end\n"
    "local get = { get = function(t, i) return t[i % 3 + 1] + probe() end }\n"
    "function new() return setmetatable({ 1, 2, 3 }, { __index = get }) end\n";

/* What it says, and how it ends. */
static char *run_program(const char *source, Run *run) {
    lua_State *L = luaL_newstate();
    luaL_openlibs(L);
    lua_pushlightuserdata(L, run);
    lua_pushcclosure(L, probe, 1);
    lua_setglobal(L, "probe");
    if (luaL_dostring(L, library)) CU_FAIL("the library is wrong");
    if (luaL_loadbuffer(L, source, strlen(source), "=p") != LUA_OK) {
        printf("\n  %s\n%s\n", lua_tostring(L, -1), source);
        CU_FAIL("the program is wrong");
    } else if (lua_pcall(L, 0, 0, 0) != LUA_OK) {
        const char *error = lua_tostring(L, -1);
        CU_ASSERT(run->liveness != NULL || strstr(error, "enough") != NULL);
    }
    Bytes said = {0};
    if (lua_gettop(L) > 0) bytes_add(&said, lua_tostring(L, -1), strlen(lua_tostring(L, -1)));
    lua_getglobal(L, "said");
    lua_call(L, 0, 1);
    bytes_add(&said, lua_tostring(L, -1), strlen(lua_tostring(L, -1)) + 1);
    lua_close(L);
    return (char *)said.data;
}

static void what_is_dead_can_be_forgotten(void) {
    unsigned forgotten = 0, enough = 0;
    for (uint64_t seed = 1; seed <= 400; seed++) {
        char *source = write_program(seed);
        Run keeps = {0};
        char *kept = run_program(source, &keeps);
        Run forgets = {.liveness = liveness_new(source)};
        char *said = run_program(source, &forgets);
        check_text(source, kept, said);
        forgotten += forgets.forgotten;
        enough += keeps.probes > 3000;
        liveness_free(forgets.liveness);
        free(source);
        free(kept);
        free(said);
    }
    CU_ASSERT(forgotten > 40000);
    CU_ASSERT(enough < 40);
}

void script_forget_tests(void) {
    static const Check checks[] = {
        {"what is dead can be forgotten", what_is_dead_can_be_forgotten},
        {NULL, NULL},
    };
    suite("script: forgetting", checks);
}

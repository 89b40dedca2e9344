/* expect.c -- a scenario is a test: what it expects of its run is recorded here, and judged elsewhere.
 *
 *     expect { handoffs = at_least(1), threads = at_most(5), findings = {}, time = at_most("2ms") }
 *     expect.result("y", function(i, v) return v == 2.0 * i + i end)
 *
 * Figures are the command line's business (lens/summary knows them); the bytes that kernels left are
 * looked at here, since only Lua can say what they should be.
 */
#include "box.h"

#include "../base/units.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    Thing thing;
    ExpectOp op;
    uint64_t low, high;
} Bound;

/* ---- at_least, at_most, between ---- */

/* A count, or a time in ns. */
static uint64_t figure(lua_State *L, int index, const char *what) {
    uint64_t ns;
    if (lua_type(L, index) == LUA_TSTRING && time_parse(lua_tostring(L, index), &ns)) return ns;
    int exact = 0;
    lua_Integer v = lua_type(L, index) == LUA_TNUMBER ? lua_tointegerx(L, index, &exact) : 0;
    if (!exact || v < 0)
        script_arg_error(L, index, "", "%s: a figure is a whole number, or a time such as \"2ms\"",
                         what);
    return (uint64_t)v;
}

static int push_bound(lua_State *L, ExpectOp op, uint64_t low, uint64_t high) {
    Bound *b = script_new_thing(L, THING_BOUND, sizeof *b);
    b->op = op;
    b->low = low;
    b->high = high;
    return 1;
}

static int at_least(lua_State *L) {
    return push_bound(L, EXPECT_AT_LEAST, figure(L, 1, "at_least"), 0);
}
static int at_most(lua_State *L) {
    return push_bound(L, EXPECT_AT_MOST, 0, figure(L, 1, "at_most"));
}
static int between(lua_State *L) {
    uint64_t low = figure(L, 1, "between"), high = figure(L, 2, "between");
    if (low > high) script_error(L, "", "between: the first figure is greater than the second");
    return push_bound(L, EXPECT_BETWEEN, low, high);
}

/* ---- expect { ... } ---- */

typedef struct {
    const char *key;
    int line;
    size_t column;
} Place;

/* Where `key =` stands in the source, from a line on: the order of the source is the order of expectations. */
static void find_key(const Script *s, uint32_t from, Place *at) {
    size_t len, n = strlen(at->key);
    for (uint32_t line = from;; line++) {
        const char *p = script_source_line(s, line, &len);
        for (size_t i = 0; i + n <= len; i++) {
            bool word = (i == 0 || !(isalnum((unsigned char)p[i - 1]) || p[i - 1] == '_')) &&
                        memcmp(p + i, at->key, n) == 0;
            size_t j = i + n;
            while (word && j < len && p[j] == ' ') j++;
            if (!word || j >= len || p[j] != '=' || (j + 1 < len && p[j + 1] == '=')) continue;
            at->line = (int)line;
            at->column = i;
            return;
        }
        if (p[len] == '\0') break;
    }
    at->line = (int)from;
    at->column = SIZE_MAX;
}

static int by_place(const void *left, const void *right) {
    const Place *a = left, *b = right;
    if (a->line != b->line) return a->line < b->line ? -1 : 1;
    if (a->column != b->column) return a->column < b->column ? -1 : 1;
    return strcmp(a->key, b->key);
}

static int by_bytes(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* { "deadlock", "pinner-leak" }: sorted and joined. */
static void take_set(lua_State *L, int index, Expectation *e) {
    const char *word[16];
    size_t count = (size_t)lua_rawlen(L, index), len = 0;
    if (count > ARRAY_LEN(word))
        script_error(L, "", "expect: %s lists more than %zu names", e->key, ARRAY_LEN(word));
    for (size_t i = 0; i < count; i++) {
        if (lua_rawgeti(L, index, (lua_Integer)i + 1) != LUA_TSTRING)
            script_arg_error(L, -1, "For example: findings = { \"deadlock\" }",
                             "expect: %s is a list of names", e->key);
        word[i] = lua_tostring(L, -1); /* alive in its table */
        lua_pop(L, 1);
    }
    qsort(word, count, sizeof *word, by_bytes);
    for (size_t i = 0; i < count && len < sizeof e->text; i++) {
        len +=
            (size_t)snprintf(e->text + len, sizeof e->text - len, "%s%s", i ? ", " : "", word[i]);
    }
    if (len >= sizeof e->text)
        script_error(L, "", "expect: the names of %s are too long together", e->key);
    e->op = EXPECT_SET;
}

static void take_word(lua_State *L, int index, Expectation *e) {
    if (time_parse(lua_tostring(L, index), &e->low)) {
        e->op = EXPECT_EQUAL;
        return;
    }
    snprintf(e->text, sizeof e->text, "%s", lua_tostring(L, index));
    e->op = EXPECT_SET;
}

/* The value on top of the stack. */
static void add_expectation(lua_State *L, Script *s, const Place *at) {
    Expectation e = {.line = at->line};
    if (strlen(at->key) >= sizeof e.key)
        script_error(L, "", "expect: there is no figure called %.40s...", at->key);
    snprintf(e.key, sizeof e.key, "%s", at->key);
    int index = lua_gettop(L);
    const Bound *b = script_thing(L, index, THING_BOUND);
    if (b != NULL) {
        e.op = b->op;
        e.low = b->low;
        e.high = b->high;
    } else if (lua_istable(L, index)) {
        take_set(L, index, &e);
    } else if (lua_type(L, index) == LUA_TSTRING) {
        take_word(L, index, &e);
    } else {
        e.op = EXPECT_EQUAL;
        e.low = figure(L, index, e.key);
    }
    GROW(s->expects, s->expect_cap, s->expect_count + 1);
    s->expects[s->expect_count++] = e;
}

/* (expect, table) */
static int expect_figures(lua_State *L) {
    Script *s = script_top_level(L, "expect");
    if (!lua_istable(L, 2))
        script_arg_error(L, 2, "expect { handoffs = at_least(1), findings = {} }",
                         "expect wants a table");
    lua_settop(L, 2);
    Place place[64];
    size_t count = 0;
    uint32_t line = script_line(L);
    for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            script_error(L, "expect { handoffs = at_least(1) }",
                         "expect: each expectation has the name of a figure");
        if (count == ARRAY_LEN(place))
            script_error(L, "", "expect lists more than %zu figures", ARRAY_LEN(place));
        place[count].key = lua_tostring(L, -2);
        find_key(s, line, &place[count++]);
    }
    qsort(place, count, sizeof *place, by_place);
    for (size_t i = 0; i < count; i++) {
        lua_getfield(L, 2, place[i].key);
        add_expectation(L, s, &place[i]);
        lua_settop(L, 2);
    }
    return 0;
}

size_t script_expect_count(const Script *s) { return s->expect_count; }

const Expectation *script_expect(const Script *s, size_t i) {
    ASSERT(i < s->expect_count);
    return &s->expects[i];
}

/* ---- expect.result ---- */

/* `function(i, v) return v == 2 * i end`, on one line: what stands between return and end. */
static void describe_check(lua_State *L, int function, const Script *s, ResultCheck *c) {
    lua_Debug ar;
    size_t len;
    lua_pushvalue(L, function);
    lua_getinfo(L, ">S", &ar);
    const char *p = script_source_line(s, (uint32_t)ar.linedefined, &len), *end = p + len;
    const char *from = strstr(p, "return "), *to = from;
    for (const char *e = from; e != NULL && e + 4 <= end; e++) {
        if (memcmp(e, " end", 4) == 0) to = e;
    }
    if (from == NULL || from >= end || to == from)
        snprintf(c->text, sizeof c->text, "%severy %s[i]", c->torn ? "not " : "", c->name);
    else
        snprintf(c->text, sizeof c->text, "%severy %s[i]: %.*s", c->torn ? "not " : "", c->name, (int)(to - from) - 7,
                 from + 7);
}

/* expect.result(object or its name, function(i, v) ... end); expect.torn: upvalue 1 is true. */
static int expect_result(lua_State *L) {
    Script *s = script_top_level(L, "expect.result");
    ResultCheck c = {.obj = NONE, .line = (int)script_line(L), .torn = lua_toboolean(L, lua_upvalueindex(1))};
    Thing *thing = script_thing(L, 1, THING_OBJ);
    if (thing != NULL) c.obj = thing->id;
    snprintf(c.name, sizeof c.name, "%s",
             thing ? s->objs[thing->id].name
                   : script_name(L, 1, "expect.result: an object, or the name of one,"));
    if (!lua_isfunction(L, 2) || lua_iscfunction(L, 2))
        script_arg_error(
            L, 2, "For example: expect.result(\"y\", function(i, v) return v == 3.0 * i end)",
            "expect.result wants a function of an index and a value");
    describe_check(L, 2, s, &c);
    lua_settop(L, 2);
    c.function = luaL_ref(L, LUA_REGISTRYINDEX);
    GROW(s->checks, s->check_cap, s->check_count + 1);
    s->checks[s->check_count++] = c;
    return 0;
}

/* The last object of that name: a loop may make several. */
static uint64_t find_object(const Script *s, const ResultCheck *c) {
    if (c->obj != NONE) return c->obj;
    for (size_t i = s->obj_count; i-- > 0;) {
        if (strcmp(s->objs[i].name, c->name) == 0) return i;
    }
    return NONE;
}

typedef struct {
    uint64_t wrong, first_wrong;
} Verdict;

static bool check_element(Script *s, const ResultCheck *c, uint64_t obj, uint64_t i, bool *holds,
                          Diag *d) {
    lua_State *L = s->L;
    sandbox_refill(s);
    lua_rawgeti(L, LUA_REGISTRYINDEX, c->function);
    lua_pushinteger(L, (lua_Integer)i);
    obj_push(s, L, obj, i);
    int status = lua_pcall(L, 2, 1, 0);
    if (status != LUA_OK) script_diagnose(s, L, status, d);
    if (status != LUA_OK && d->line == 0) {
        d->line = c->line;
        script_place(s, d);
    }
    bool nothing = status == LUA_OK && lua_isnil(L, -1);
    *holds = lua_toboolean(L, -1);
    lua_pop(L, 1);
    if (status != LUA_OK) return false;
    if (!nothing) return true;
    diag_fail_at(d, EXIT_SCENARIO, "", c->line, 0,
                 "the function given to expect.result returns nothing for i = %llu",
                 (unsigned long long)i);
    diag_remedy(d, "function(i, v) return v == 3.0 * i end");
    script_place(s, d);
    return false;
}

static bool check_all(Script *s, const ResultCheck *c, uint64_t obj, Verdict *v, Diag *d) {
    for (uint64_t i = 0; i < s->objs[obj].count; i++) {
        bool holds;
        if (!check_element(s, c, obj, i, &holds, d)) return false;
        if (holds) continue;
        if (v->wrong++ == 0) v->first_wrong = i;
    }
    return true;
}

bool script_check_results(Script *s,
                          void (*done)(void *ctx, const char *text, int verdict, const char *got,
                                       int line),
                          void *ctx, Diag *d) {
    s->phase = PHASE_CHECK;
    for (size_t n = 0; n < s->check_count; n++) {
        const ResultCheck *c = &s->checks[n];
        uint64_t obj = find_object(s, c);
        char got[256];
        if (obj == NONE) {
            snprintf(got, sizeof got, "no object called %s was made", c->name);
            done(ctx, c->text, 0, got, c->line);
            continue;
        }
        /* what is torn may be an object that no kernel was given */
        bool needs_device = obj_needs_device(s, obj) || s->looked || (c->torn && s->w->launch_count > 0);
        if (needs_device && !dev_info(s->dev)->present) {
            done(ctx, c->text, -1, "no device in this run", c->line);
            continue;
        }
        Obj *o = &s->objs[obj];
        if (!obj_is_live(s, obj)) {
            snprintf(got, sizeof got, "%s was freed", o->name);
            done(ctx, c->text, 0, got, c->line);
            continue;
        }
        Verdict v = {0};
        if (!obj_before_read(s, obj, d)) return false;
        if (!check_all(s, c, obj, &v, d)) return false;
        snprintf(got, sizeof got, "all %llu elements are right", (unsigned long long)o->count);
        if (v.wrong > 0)
            snprintf(got, sizeof got, "%s[%llu] is %.9g; %llu of %llu elements are wrong", o->name,
                     (unsigned long long)v.first_wrong, obj_get(s, obj, v.first_wrong),
                     (unsigned long long)v.wrong, (unsigned long long)o->count);
        done(ctx, c->text, (v.wrong == 0) != c->torn, got, c->line);
    }
    return true;
}

void bind_expect(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"at_least", at_least}, {"at_most", at_most}, {"between", between}, {NULL, NULL}};
    static const luaL_Reg no_meta[] = {{NULL, NULL}};
    script_thing_type(L, THING_BOUND, NULL, no_meta);
    luaL_setfuncs(L, functions, 0);
    lua_newtable(L);
    for (int torn = 0; torn < 2; torn++) {
        lua_pushboolean(L, torn);
        lua_pushcclosure(L, expect_result, 1);
        lua_setfield(L, -2, torn ? "torn" : "result");
    }
    doors_seal(L, "expect");
    lua_getmetatable(L, -1);
    lua_pushcfunction(L, expect_figures);
    lua_setfield(L, -2, "__call");
    lua_pop(L, 1);
    lua_setfield(L, -2, "expect");
}

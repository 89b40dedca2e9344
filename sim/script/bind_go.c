/* bind_go.c -- what a scenario says about the run, and what any goroutine can do: go, compute, sleep ...
 *
 *     scenario { title = "...", book = "18.2.2", procs = 2, seed = 1 }
 *     local workers = knob("workers", 4)
 *     go("worker", function(n) compute "25us" end, 1)
 *     main(function() sleep "1ms" end)
 *
 * A go at the top level is performed by main, before its own body: Go has no code outside of functions.
 */
#include "box.h"

#include "../base/units.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- --set NAME=VALUE ---- */

static const char *setting(Script *s, const char *name) {
    for (size_t i = s->setting_count; i-- > 0;) { /* the last one counts */
        if (strcmp(s->settings[i].name, name) != 0) continue;
        for (size_t j = 0; j <= i; j++)
            s->settings[j].used |= strcmp(s->settings[j].name, name) == 0;
        return s->settings[i].value;
    }
    return NULL;
}

static _Noreturn void setting_error(lua_State *L, const char *name, const char *value,
                                    const char *wants) {
    Diag d;
    diag_fail(&d, EXIT_USAGE, "--set %s=%s: %s %s", name, value, name, wants);
    script_raise(L, &d);
}

/* ---- scenario { ... } ---- */

/* A field of scenario { ... }: what it may be, and how its text is taken over. False: `wants` is said. */
typedef struct {
    const char *name, *wants;
    int type; /* LUA_TSTRING or LUA_TNUMBER */
    bool (*take)(Scenario *sc, const char *text);
} Field;

static bool take_text(char *buf, size_t size, const char *text) {
    return (size_t)snprintf(buf, size, "%s", text) < size && text[0];
}
static bool take_title(Scenario *sc, const char *text) {
    return take_text(sc->title, sizeof sc->title, text);
}
static bool take_book(Scenario *sc, const char *text) {
    return take_text(sc->book, sizeof sc->book, text);
}
static bool take_go(Scenario *sc, const char *text) {
    const GoVersion *go = go_version_find(text);
    if (go != NULL) sc->go = go;
    return go != NULL;
}

static bool whole_number(const char *text, uint64_t *value) {
    char *end;
    if (!isdigit((unsigned char)text[0]) || strlen(text) > 19) return false;
    *value = strtoull(text, &end, 10);
    return *end == '\0';
}

static bool take_procs(Scenario *sc, const char *text) {
    uint64_t procs;
    if (!whole_number(text, &procs) || procs < 1 || procs > 1024) return false;
    sc->procs = (uint32_t)procs;
    return true;
}

static bool take_max_threads(Scenario *sc, const char *text) {
    uint64_t n;
    if (!whole_number(text, &n) || n < 3 || n > 100000) return false;
    sc->max_threads = (uint32_t)n;
    return true;
}

static bool take_godebug(Scenario *sc, const char *text) {
    static const char *const word[] = {"asyncpreemptoff=0", "asyncpreemptoff=1", "cgocheck=1", "cgocheck=0"};
    for (const char *p = text; *p; p += strspn(p, ",")) { /* as in GODEBUG */
        size_t len = strcspn(p, ","), i = 0;
        while (i < ARRAY_LEN(word) && (strlen(word[i]) != len || strncmp(word[i], p, len) != 0)) i++;
        if (i == ARRAY_LEN(word)) return false;
        if (i < 2) sc->asyncpreemptoff = i == 1;
        else sc->cgocheck_off = i == 3;
        p += len;
    }
    return true;
}

/* Words, separated by spaces or commas. */
static bool take_stress(Scenario *sc, const char *text) {
    static const char *const word[] = {"preempt", "steal", "slow", "ties"};
    sc->stress = 0;
    for (const char *p = text; *p; p += strspn(p, " ,")) {
        size_t len = strcspn(p, " ,"), i = 0;
        while (i < ARRAY_LEN(word) && (strlen(word[i]) != len || strncmp(word[i], p, len) != 0)) i++;
        if (i == ARRAY_LEN(word)) return false;
        sc->stress |= 1u << i;
        p += len;
    }
    return true;
}

static bool take_collector(Scenario *sc, const char *text) {
    sc->collector = strcmp(text, "go") == 0 ? COLLECTOR_GO : COLLECTOR_MOVING;
    return sc->collector == COLLECTOR_GO || strcmp(text, "moving") == 0;
}

static bool take_gogc(Scenario *sc, const char *text) {
    if (strcmp(text, "off") == 0) return sc->gogc = NONE, true;
    return whole_number(text, &sc->gogc) && sc->gogc > 0 && sc->gogc <= 1000000;
}

/* "64MiB", as Go writes it; 1GiB at most. */
bool script_size(const char *text, uint64_t *size) {
    static const char *const unit[] = {"B", "KiB", "MiB", "GiB"};
    char *end;
    if (!isdigit((unsigned char)text[0]) || strlen(text) > 15) return false;
    *size = strtoull(text, &end, 10);
    for (size_t i = 0; i < ARRAY_LEN(unit); i++) {
        if (strcmp(end, unit[i]) != 0) continue;
        if (*size > HEAP_BYTES_MAX >> (10 * i)) return false;
        *size <<= 10 * i;
        return *size > 0;
    }
    return false;
}

static bool take_gomemlimit(Scenario *sc, const char *text) { return script_size(text, &sc->gomemlimit); }

static bool take_device_memory(Scenario *sc, const char *text) {
    return script_size(text, &sc->device_memory) && sc->device_memory % FOREIGN_PAGE == 0;
}

static bool take_callbacks(Scenario *sc, const char *text) {
    sc->late_callbacks = strcmp(text, "late") == 0;
    return sc->late_callbacks || strcmp(text, "soon") == 0;
}

static bool take_seed(Scenario *sc, const char *text) { return whole_number(text, &sc->seed); }

static bool take_limit(Scenario *sc, const char *text) {
    return time_parse(text, &sc->limit_ns) && sc->limit_ns > 0 && sc->limit_ns <= DURATION_MAX;
}

static bool take_events(Scenario *sc, const char *text) {
    return whole_number(text, &sc->limit_events) && sc->limit_events > 0;
}

/* clang-format off */
static const char go_wants[] = "is the version of Go whose rules hold, one of"
#define GO(id, name, ...) " " name
#include "../rt/version.def"
    ;
static const Field fields[] = {
    {"title", "is a text of at most 127 bytes", LUA_TSTRING, take_title},
    {"book", "is a chapter and section, such as \"18.2.2\"", LUA_TSTRING, take_book},
    {"go", go_wants, LUA_TSTRING, take_go},
    {"procs", "is GOMAXPROCS, a whole number from 1 to 1024", LUA_TNUMBER, take_procs},
    {"seed", "is a whole number, 0 or more", LUA_TNUMBER, take_seed},
    {"limit", "is a duration such as \"10s\", a day at most", LUA_TSTRING, take_limit},
    {"stress", "is one or more of preempt, steal, slow, ties", LUA_TSTRING, take_stress},
    {"godebug", "is \"asyncpreemptoff=1\" or \"cgocheck=0\", or both with a comma between", LUA_TSTRING, take_godebug},
    {"collector", "is \"moving\", or \"go\" for one that moves nothing, as Go's own", LUA_TSTRING, take_collector},
    {"gogc", "is a percentage such as \"100\", or \"off\", as GOGC", LUA_TSTRING, take_gogc},
    {"gomemlimit", "is a size such as \"64MiB\", 1GiB at most, as GOMEMLIMIT", LUA_TSTRING, take_gomemlimit},
    {"device_memory", "is a size such as \"64MiB\", in steps of 4KiB, 1GiB at most", LUA_TSTRING, take_device_memory},
    {"callbacks", "is \"soon\", or \"late\" for a driver that makes them only when nothing is enqueued any more", LUA_TSTRING, take_callbacks},
    {"max_threads", "is a whole number from 3 to 100000, as debug.SetMaxThreads takes it", LUA_TNUMBER, take_max_threads},
    {"events", "is a whole number of events after which the run is stopped", LUA_TNUMBER, take_events},
};
/* clang-format on */

static bool take_cost(Costs *costs, const CostSpec *spec, const char *text) {
    uint64_t value;
    if (cost_in_picoseconds(spec) ? !whole_number(text, &value) : !time_parse(text, &value)) return false;
    return value <= COST_MAX_NS && costs_set(costs, spec->name, value);
}

static const char *cost_wants(const CostSpec *spec) {
    return cost_in_picoseconds(spec) ? "is a whole number of picoseconds"
                                     : "is a duration such as \"17us\"";
}

static bool is_cost(const char *name) {
    for (size_t i = 0; i < COST_COUNT; i++) {
        if (strcmp(cost_spec[i].name, name) == 0) return true;
    }
    return false;
}

static bool is_field(const char *name) {
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        if (strcmp(fields[i].name, name) == 0) return true;
    }
    return strcmp(name, "costs") == 0;
}

static _Noreturn void unknown_cost(lua_State *L, const char *name) {
    char remedy[sizeof((Diag *)0)->remedy];
    size_t len = 0;
    for (size_t i = 0; i < COST_COUNT && len < sizeof remedy; i++)
        len += (size_t)snprintf(remedy + len, sizeof remedy - len, "%s%s",
                                i ? ", " : "There are: ", cost_spec[i].name);
    if (len + 1 < sizeof remedy) memcpy(remedy + len, ".", 2);
    script_error(L, remedy, "scenario: there is no cost called %s", name);
}

static void read_costs(lua_State *L, Script *s) {
    costs_for(s->scenario.go, &s->scenario.costs);
    if (s->opt.profile) profile_apply(s->opt.profile, &s->scenario.costs);
    bool given = lua_getfield(L, 1, "costs") != LUA_TNIL;
    int table = lua_gettop(L);
    if (given && !lua_istable(L, table))
        script_arg_error(L, table, "",
                         "scenario: costs is a table such as { thread_new = \"17us\" }");
    const char *unknown = given ? script_unknown_key(L, table, is_cost) : NULL;
    if (unknown) unknown_cost(L, unknown);
    for (size_t i = 0; i < COST_COUNT; i++) {
        const CostSpec *spec = &cost_spec[i];
        char name[NAME_TEXT_MAX];
        snprintf(name, sizeof name, "costs.%s", spec->name);
        const char *set = setting(s, name);
        if (set && !take_cost(&s->scenario.costs, spec, set))
            setting_error(L, name, set, cost_wants(spec));
        if (set || !given) continue;
        if (lua_getfield(L, table, spec->name) != LUA_TNIL) {
            lua_pushvalue(L, -1);
            const char *text = lua_tostring(L, -1);
            if (text == NULL || !take_cost(&s->scenario.costs, spec, text))
                script_arg_error(L, -2, "", "scenario: costs.%s %s", spec->name, cost_wants(spec));
        }
        lua_settop(L, table);
    }
}

static void read_field(lua_State *L, Script *s, const Field *f) {
    const char *set = setting(s, f->name);
    if (set) {
        if (!f->take(&s->scenario, set)) setting_error(L, f->name, set, f->wants);
        return;
    }
    int type = lua_getfield(L, 1, f->name);
    if (type == LUA_TNIL) return;
    lua_pushvalue(L, -1);
    if (type == f->type && f->take(&s->scenario, lua_tostring(L, -1))) return;
    char remedy[80] = "";
    if (type == LUA_TNUMBER && f->type == LUA_TSTRING) /* 1.20 is 1.2 to Lua: not said with its value */
        snprintf(remedy, sizeof remedy, "It is a text, not a number: put it in quotes, %s = \"...\".", f->name);
    script_arg_error(L, -2, remedy, "scenario: %s %s", f->name, f->wants);
}

static int scenario(lua_State *L) {
    Script *s = script_of(L);
    if (s->declared)
        script_error(L, "Put all fields into the first one.",
                     "scenario { ... } may be called once only");
    if (s->phase != PHASE_LOAD)
        script_error(L, "", "scenario { ... } belongs to the top level of the file");
    if (!lua_istable(L, 1))
        script_arg_error(L, 1, "For example: scenario { title = \"...\", procs = 2 }",
                         "scenario wants a table");
    lua_settop(L, 1);
    const char *unknown = script_unknown_key(L, 1, is_field);
    if (unknown)
        script_error(L, "It has: title, book, go, procs, seed, limit, events, stress, godebug, collector, gogc, gomemlimit, device_memory, callbacks, max_threads, costs.",
                     "scenario has no field '%s'", unknown);
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        read_field(L, s, &fields[i]);
        lua_settop(L, 1);
    }
    read_costs(L, s);
    if (s->scenario.title[0] == '\0') script_error(L, "", "scenario { ... } needs a title");
    prng_init(&s->random, s->scenario.seed, "scenario");
    s->heap = heap_new(HEAP_BYTES_MAX, s->scenario.collector);
    s->foreign = foreign_new();
    if (s->scenario.device_memory) foreign_limit(s->foreign, MEM_DEVICE, s->scenario.device_memory);
    s->declared = true;
    return 0;
}

/* ---- knobs ---- */

static bool is_knob(const Script *s, const char *name) {
    for (size_t i = 0; i < s->knob_count; i++) {
        if (strcmp(s->knobs[i].name, name) == 0) return true;
    }
    return false;
}

/* Pushes the value that `text` stands for, of the type of the default at index 2. */
static bool push_setting(lua_State *L, const char *text) {
    int type = lua_type(L, 2);
    if (type == LUA_TSTRING) return lua_pushstring(L, text), true;
    if (type == LUA_TBOOLEAN)
        return lua_pushboolean(L, strcmp(text, "true") == 0),
               strcmp(text, "true") == 0 || strcmp(text, "false") == 0;
    if (lua_stringtonumber(L, text) == 0) return false;
    return !lua_isinteger(L, 2) || lua_isinteger(L, -1);
}

static const char *knob_wants(lua_State *L) {
    int type = lua_type(L, 2);
    if (type == LUA_TBOOLEAN) return "is true or false";
    return lua_isinteger(L, 2) ? "is a whole number" : "is a number";
}

static int knob(lua_State *L) {
    Script *s = script_top_level(L, "knob");
    const char *name = script_name(L, 1, "the name of a knob");
    if (is_field(name) || is_knob(s, name))
        script_error(L, "Choose another name.", "there is already a knob called '%s'", name);
    int type = lua_type(L, 2);
    if (type != LUA_TNUMBER && type != LUA_TSTRING && type != LUA_TBOOLEAN)
        script_arg_error(L, 2, "For example: local workers = knob(\"workers\", 4)",
                         "knob '%s' needs a default: a number, a text, true or false", name);
    lua_settop(L, 2);
    GROW(s->knobs, s->knob_cap, s->knob_count + 1);
    Knob *k = &s->knobs[s->knob_count++];
    snprintf(k->name, sizeof k->name, "%s", name);
    snprintf(k->value, sizeof k->value, "%s", lib_tostring(L, 2, NULL));
    lua_settop(L, 2);
    const char *set = setting(s, name);
    if (set && !push_setting(L, set)) setting_error(L, name, set, knob_wants(L));
    return 1;
}

/* ---- go and main ---- */

static Before *new_before(Script *s, OpKind kind, uint32_t line, const char *text) {
    GROW(s->before, s->before_cap, s->before_count + 1);
    Before *b = &s->before[s->before_count++];
    *b = (Before){.kind = kind, .line = line, .text = mem_text(text)};
    return b;
}

/* go(worker): the function's name as it stands in the line; else where the function begins. */
static void default_name(lua_State *L, int function, uint32_t line, char *buf, size_t size) {
    lua_Debug ar;
    lua_pushvalue(L, function);
    lua_getinfo(L, ">S", &ar);
    snprintf(buf, size, "func@%d", ar.linedefined);
    size_t len, n = 0;
    const char *p = script_source_line(script_of(L), line, &len), *call = strstr(p, "go(");
    if (call == NULL || call >= p + len ||
        (call > p && (isalnum((unsigned char)call[-1]) || call[-1] == '_')))
        return;
    call += 3;
    while (call[n] == '_' || call[n] == '.' || isalnum((unsigned char)call[n])) n++;
    bool variable = n > 0 && n < NAME_TEXT_MAX && (call[n] == ')' || call[n] == ',');
    if (variable) snprintf(buf, size, "%.*s", (int)n, call);
}

/* The name of a goroutine: what is at the index before the function, if it is not the first there can be. */
static void goroutine_name(lua_State *L, int first, int function, uint32_t line, char *buf, size_t size) {
    if (function > first) snprintf(buf, size, "%s", script_name(L, first, "the name of a goroutine"));
    else default_name(L, function, line, buf, size);
}

/* The index of the function in [name,] function, from index `first` on. */
static int goroutine_function(lua_State *L, int first, const char *what) {
    int function = lua_type(L, first) == LUA_TSTRING ? first + 1 : first;
    if (lua_isfunction(L, function) && !lua_iscfunction(L, function)) return function;
    script_arg_error(L, function, "For example: go(\"name\", function() ... end)", "%s wants a function of the scenario", what);
}

int script_go_arguments(lua_State *L, const char *what) { return goroutine_function(L, 2, what); }

Op *script_go_method(lua_State *L, lua_CFunction body, int function) {
    Script *s = script_of(L);
    char name[NAME_TEXT_MAX];
    goroutine_name(L, 2, function, script_line(L), name, sizeof name);
    Op *op = script_op(L, "go", OP_GO);
    lua_pushcfunction(L, body);
    lua_pushvalue(L, 1);
    lua_pushvalue(L, function);
    op->a = script_new_body(L, 2);
    op->text = stream_text(s->w->s, name);
    s->bodies[op->a].name = op->text.v;
    return op;
}

/* go(["name",] function [, arguments ...]) */
static int go(lua_State *L) {
    Script *s = script_declared(L, "go");
    int function = goroutine_function(L, 1, "go");
    char name[NAME_TEXT_MAX];
    uint32_t line = script_line(L);
    goroutine_name(L, 1, function, line, name, sizeof name);
    if (s->phase == PHASE_LOAD) {
        roots_package(L, function);
        uint64_t body = script_new_body(L, lua_gettop(L) - function);
        new_before(s, OP_GO, line, name)->body = body;
        return 0;
    }
    Op *op = script_op(L, "go", OP_GO);
    op->a = script_new_body(L, lua_gettop(L) - function);
    op->text = stream_text(s->w->s, name);
    s->bodies[op->a].name = op->text.v;
    return lua_yield(L, 0);
}

static int declare_main(lua_State *L) {
    Script *s = script_top_level(L, "main");
    if (s->main_body != NONE)
        script_error(L, "", "main was given a function before, in line %u", s->main_line);
    if (!lua_isfunction(L, 1) || lua_iscfunction(L, 1))
        script_arg_error(L, 1, "For example: main(function() ... end)", "main wants a function");
    lua_settop(L, 1);
    s->main_line = script_line(L);
    roots_package(L, 1);
    s->main_body = script_new_body(L, 0);
    return 0;
}

/* ---- time and words ---- */

static bool is_compute_field(const char *name) { return strcmp(name, "calls") == 0; }

/* compute(duration [, { calls = duration }]): with a function call every so often, else without any. */
static int compute(lua_State *L) {
    uint64_t ns = script_duration(L, 1, "what compute takes"), calls = 0;
    if (!lua_isnoneornil(L, 2)) {
        if (!lua_istable(L, 2))
            script_arg_error(L, 2, "For example: compute(\"25ms\", { calls = \"1us\" })",
                             "compute wants a table behind the duration, or nothing");
        const char *unknown = script_unknown_key(L, 2, is_compute_field);
        if (unknown) script_error(L, "It has: calls.", "compute has no field '%s'", unknown);
        lua_getfield(L, 2, "calls");
        calls = script_duration(L, -1, "what lies between two calls");
        lua_pop(L, 1);
    }
    Op *op = script_op(L, "compute", OP_COMPUTE);
    op->a = ns;
    op->b = calls;
    return lua_yield(L, 0);
}

static int sleep_for(lua_State *L) {
    uint64_t ns = script_duration(L, 1, "what sleep takes");
    script_op(L, "sleep", OP_SLEEP)->a = ns;
    return lua_yield(L, 0);
}

static int simple(lua_State *L, const char *what, OpKind kind) {
    script_op(L, what, kind);
    return lua_yield(L, 0);
}

static int gosched(lua_State *L) {
    return simple(L, "runtime.Gosched", OP_GOSCHED);
}

static int gomaxprocs_was(lua_State *L, int status, lua_KContext was) {
    (void)status;
    lua_pushinteger(L, (lua_Integer)was);
    return 1;
}

/* runtime.GOMAXPROCS(n), as in Go: how many Ps there were; n > 0 stops the world and changes it. */
static int gomaxprocs(lua_State *L) {
    Script *s = script_declared(L, "runtime.GOMAXPROCS");
    int exact;
    lua_Integer n = lua_tointegerx(L, 1, &exact);
    if (!exact || lua_type(L, 1) != LUA_TNUMBER)
        script_arg_error(L, 1, "runtime.GOMAXPROCS(0) says how many Ps there are.",
                         "runtime.GOMAXPROCS wants a whole number");
    if (n > PROCS_MAX) script_error(L, "", "runtime.GOMAXPROCS: %d Ps at most", PROCS_MAX);
    uint32_t was = s->w != NULL ? s->w->procs : s->scenario.procs;
    if (n <= 0 || (uint64_t)n == was) {
        lua_pushinteger(L, was);
        return 1;
    }
    script_op(L, "runtime.GOMAXPROCS", OP_GOMAXPROCS)->a = (uint64_t)n;
    return lua_yieldk(L, 0, was, gomaxprocs_was);
}

static int lock_os_thread(lua_State *L) { return simple(L, "runtime.LockOSThread", OP_LOCK); }
static int unlock_os_thread(lua_State *L) { return simple(L, "runtime.UnlockOSThread", OP_UNLOCK); }
/* A use of its argument, where it stands: that is all it is (liveness.c). */
static int keep_alive(lua_State *L) {
    script_declared(L, "runtime.KeepAlive");
    luaL_checkany(L, 1);
    return 0;
}
static int gc(lua_State *L) { return simple(L, "runtime.GC", OP_GC); }

static int panic(lua_State *L) { return script_panic(L, lib_tostring(L, 1, NULL)); }

/* The text on top of the stack. */
static int say(lua_State *L, const char *what) {
    Script *s = script_declared(L, what);
    size_t len;
    const char *text = lua_tolstring(L, -1, &len);
    if (strlen(text) != len) script_error(L, "", "%s: the text has a zero byte in it", what);
    if (len > NOTE_MAX) script_error(L, "", "%s: a text has %d bytes at most", what, NOTE_MAX);
    if (s->phase == PHASE_LOAD) {
        new_before(s, OP_NOTE, script_line(L), text);
        return 0;
    }
    Op *op = script_op(L, what, OP_NOTE);
    op->text = stream_text(s->w->s, text);
    return lua_yield(L, 0);
}

static int note(lua_State *L) {
    if (lua_type(L, 1) != LUA_TSTRING) script_arg_error(L, 1, "", "note wants a text");
    lua_settop(L, 1);
    return say(L, "note");
}

static int print(lua_State *L) {
    int n = lua_gettop(L);
    luaL_checkstack(L, n + 8, "too many values to print");
    lua_pushliteral(L, "");
    for (int i = 1; i <= n; i++) {
        if (i > 1) lua_pushliteral(L, "\t");
        lib_tostring(L, i, NULL);
        lua_concat(L, i > 1 ? 3 : 2);
    }
    return say(L, "print");
}

void bind_go(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"scenario", scenario}, {"knob", knob},       {"go", go},     {"main", declare_main},
        {"compute", compute},   {"sleep", sleep_for}, {"note", note}, {"print", print},
        {"panic", panic},       {NULL, NULL},
    };
    static const luaL_Reg runtime[] = {
        {"Gosched", gosched},           {"GOMAXPROCS", gomaxprocs},
        {"LockOSThread", lock_os_thread}, {"UnlockOSThread", unlock_os_thread},
        {"GC", gc},                     {"KeepAlive", keep_alive}, {NULL, NULL},
    };
    luaL_setfuncs(L, functions, 0);
    lua_newtable(L); /* sealed when bind_heap has put Pinner into it */
    luaL_setfuncs(L, runtime, 0);
    lua_setfield(L, -2, "runtime");
}

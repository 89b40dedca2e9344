/* bind_time.c -- waiting that the runtime knows: timers, and the network.
 *
 *     time.After("10ms"):recv()
 *     local t = time.NewTicker("1ms")   for _ = 1, 3 do t.C:recv() end   t:Stop()
 *     local t = time.AfterFunc("5ms", function() ... end)   t:Stop()     -- a goroutine of its own, if nobody stops it before
 *     local t = time.NewTimer("5ms")    t:Reset("1ms")   t.C:recv()
 *     local ok = net.read("5ms", { deadline = "2ms" })   -- the goroutine parks; false: i/o timeout
 *
 *     local t0 = time.Now()   ...   print(time.Since(t0))                -- whole nanoseconds of virtual time
 *
 * Differs: what a timer sends is true, not the time. time.Now counts from the start of the run, and takes no time.
 */
#include "box.h"

typedef struct {
    Thing thing; /* id: the timer */
} TimerRef;

/* A timer of this kind on a new channel, which is left on the stack; returns the timer's number. */
static uint64_t new_timer(lua_State *L, const char *what, uint64_t ns, bool repeats) {
    Script *s = script_of(L);
    if (s->phase != PHASE_RUN)
        script_error(L, "Call it in go(function() ... end) or main(function() ... end).",
                     "%s needs a running goroutine, and none is running here", what);
    uint32_t line = script_line(L);
    uint64_t timer = world_timer(s->w, ns, repeats ? ns : 0, what, line);
    script_push_chan(L, (uint32_t)s->w->timers[timer]->c->id.v, 1, what);
    return timer;
}

/* The timer is started, and the value on top of the stack is what the call gives. */
static int started(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    lua_settop(L, 2);
    return 1;
}

static int start(lua_State *L, const char *what, uint64_t timer) {
    script_op(L, what, OP_TIMER)->a = timer;
    return lua_yieldk(L, 0, 0, started);
}

static uint64_t positive(lua_State *L, const char *what) {
    uint64_t ns = script_duration(L, 1, what);
    if (ns == 0) script_error(L, "", "%s is longer than nothing", what);
    lua_settop(L, 1);
    return ns;
}

static uint64_t now(lua_State *L, const char *what) {
    Script *s = script_of(L);
    if (s->phase != PHASE_RUN)
        script_error(L, "Call it in go(function() ... end) or main(function() ... end).",
                     "%s: no goroutine is running here, and so no time passes", what);
    return world_now(s->w);
}

static int time_now(lua_State *L) {
    lua_pushinteger(L, (lua_Integer)now(L, "time.Now"));
    return 1;
}

static int time_since(lua_State *L) {
    uint64_t at = now(L, "time.Since");
    int exact;
    lua_Integer since = lua_tointegerx(L, 1, &exact);
    if (!exact || lua_type(L, 1) != LUA_TNUMBER || since < 0 || (uint64_t)since > at)
        script_arg_error(L, 1, "For example: local t0 = time.Now() ... time.Since(t0)", "time.Since wants what time.Now gave");
    lua_pushinteger(L, (lua_Integer)at - since);
    return 1;
}

static int time_after(lua_State *L) {
    uint64_t ns = positive(L, "what time.After waits");
    return start(L, "time.After", new_timer(L, "time.After", ns, false));
}

static TimerRef *push_timer(lua_State *L, uint64_t timer) {
    TimerRef *t = script_new_thing(L, THING_TICKER, sizeof *t);
    t->thing.id = (uint32_t)timer;
    return t;
}

/* With its channel, as t.C. */
static int timer_made(lua_State *L, const char *what, const char *wants, bool repeats) {
    uint64_t ns = positive(L, wants);
    uint64_t timer = new_timer(L, what, ns, repeats);
    push_timer(L, timer);
    lua_insert(L, -2);
    lua_setiuservalue(L, -2, 1);
    return start(L, what, timer);
}
static int time_ticker(lua_State *L) { return timer_made(L, "time.NewTicker", "what lies between two ticks", true); }
static int time_timer(lua_State *L) { return timer_made(L, "time.NewTimer", "what a timer waits", false); }

/* ---- time.AfterFunc ---- */

/* Functions that wait for a timer to fire, or for a context to be over: roots, until they run or were stopped. */
static void keep_function(lua_State *L, int table, uint64_t id, int function) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, table);
    if (function == 0) lua_pushnil(L);
    else lua_pushvalue(L, function);
    lua_rawseti(L, -2, (lua_Integer)id + 1);
    lua_pop(L, 1);
}
void timer_function(lua_State *L, uint64_t timer, int function) { keep_function(L, script_of(L)->timer_functions, timer, function); }
void context_function(lua_State *L, uint64_t context, int function) {
    keep_function(L, script_of(L)->context_functions, context, function);
}

static int time_after_func(lua_State *L) {
    Script *s = script_of(L);
    script_declared(L, "time.AfterFunc");
    uint64_t ns = script_duration(L, 1, "what time.AfterFunc waits");
    if (!lua_isfunction(L, 2))
        script_arg_error(L, 2, "For example: time.AfterFunc(\"5ms\", function() ... end)", "time.AfterFunc wants a function");
    Op *op = script_op(L, "time.AfterFunc", OP_TIMER);
    lua_settop(L, 2);
    op->a = world_func_timer(s->w, ns ? ns : 1, op->line);
    push_timer(L, op->a);
    lua_pushvalue(L, 2);
    lua_setiuservalue(L, -2, 1); /* for Reset */
    timer_function(L, op->a, 2);
    lua_replace(L, 2);
    return lua_yieldk(L, 0, 0, started);
}

/* (table, id, *body) */
static int make_body(lua_State *L) {
    Script *s = script_of(L);
    int table = (int)lua_tointeger(L, 1);
    uint64_t id = (uint64_t)lua_tointeger(L, 2), *body = lua_touserdata(L, 3);
    const Timer *t = table == s->timer_functions ? s->w->timers[id] : NULL;
    lua_rawgeti(L, LUA_REGISTRYINDEX, table);
    if (t != NULL && t->context != NONE) context_push_late(L, t->context, t->line);
    else if (lua_rawgeti(L, -1, (lua_Integer)id + 1) == LUA_TNIL) return 0; /* it was stopped */
    *body = script_new_body(L, 0);
    s->bodies[*body].name = stream_text(s->w->s, table == s->timer_functions ? "time.AfterFunc" : "context.AfterFunc").v;
    keep_function(L, table, id, 0);
    return 0;
}

static uint64_t function_body(Script *s, int table, uint64_t id) {
    uint64_t body = NONE;
    lua_pushcfunction(s->L, make_body);
    lua_pushinteger(s->L, table);
    lua_pushinteger(s->L, (lua_Integer)id);
    lua_pushlightuserdata(s->L, &body);
    int status = lua_pcall(s->L, 3, 0, 0);
    if (status == LUA_OK) return body;
    Diag d;
    script_diagnose(s, s->L, status, &d);
    lua_pop(s->L, 1);
    world_fail(s->w, &d);
    return NONE;
}

uint64_t timer_body(void *script, uint64_t timer) { return function_body(script, ((Script *)script)->timer_functions, timer); }
uint64_t context_body(void *script, uint64_t context) {
    return function_body(script, ((Script *)script)->context_functions, context);
}

/* ---- timers ---- */

/* timer.C is its channel; everything else is a method. */
static int ticker_index(lua_State *L) {
    if (lua_type(L, 2) == LUA_TSTRING && strcmp(lua_tostring(L, 2), "C") == 0) {
        lua_getiuservalue(L, 1, 1);
        if (lua_isfunction(L, -1)) lua_pushnil(L); /* of time.AfterFunc: nil, as in Go */
        return 1;
    }
    lua_pushvalue(L, 2);
    lua_gettable(L, lua_upvalueindex(1));
    return 1;
}

/* Did it run? */
static int changed(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    lua_pushboolean(L, script_of(L)->last.ok != 0);
    return 1;
}

static TimerRef *self(lua_State *L, const char *method) {
    TimerRef *t = script_thing(L, 1, THING_TICKER);
    if (t == NULL) script_error(L, "A method is called with a colon: t:Stop().", "%s wants a timer or a ticker", method);
    return t;
}

static int timer_stop_(lua_State *L) {
    const TimerRef *t = self(L, "Stop");
    script_op(L, "Stop", OP_TIMER_STOP)->a = t->thing.id;
    lua_getiuservalue(L, 1, 1);
    if (lua_isfunction(L, -1)) timer_function(L, t->thing.id, 0);
    return lua_yieldk(L, 0, 0, changed);
}

static int timer_reset(lua_State *L) {
    const TimerRef *t = self(L, "Reset");
    uint64_t ns = script_duration(L, 2, "what a timer waits");
    Op *op = script_op(L, "Reset", OP_TIMER);
    op->a = t->thing.id;
    op->b = ns ? ns : 1;
    lua_getiuservalue(L, 1, 1);
    if (lua_isfunction(L, -1)) timer_function(L, t->thing.id, lua_gettop(L));
    return lua_yieldk(L, 0, 0, changed);
}

static int ticker_text(lua_State *L) {
    lua_pushliteral(L, "timer");
    return 1;
}

static int time_sleep(lua_State *L) {
    uint64_t ns = script_duration(L, 1, "what time.Sleep takes");
    script_op(L, "time.Sleep", OP_SLEEP)->a = ns;
    return lua_yield(L, 0);
}

static bool is_read_field(const char *name) { return strcmp(name, "deadline") == 0; }

/* net.read(duration [, { deadline = duration }]) */
static int net_read(lua_State *L) {
    uint64_t ns = script_duration(L, 1, "what the network takes"), deadline = 0;
    if (!lua_isnoneornil(L, 2)) {
        if (!lua_istable(L, 2))
            script_arg_error(L, 2, "For example: net.read(\"5ms\", { deadline = \"2ms\" })",
                             "net.read wants a table behind the duration, or nothing");
        const char *unknown = script_unknown_key(L, 2, is_read_field);
        if (unknown) script_error(L, "It has: deadline.", "net.read has no field '%s'", unknown);
        if (lua_getfield(L, 2, "deadline") != LUA_TNIL)
            deadline = script_duration(L, -1, "a deadline");
        lua_pop(L, 1);
    }
    Op *op = script_op(L, "net.read", OP_NET);
    op->a = ns;
    op->b = deadline;
    return lua_yield(L, 0);
}

void bind_time(lua_State *L) {
    static const luaL_Reg times[] = {
        {"After", time_after}, {"NewTicker", time_ticker}, {"Sleep", time_sleep},
        {"AfterFunc", time_after_func}, {"NewTimer", time_timer},
        {"Now", time_now},     {"Since", time_since},       {NULL, NULL}};
    static const luaL_Reg nets[] = {{"read", net_read}, {NULL, NULL}};
    static const luaL_Reg methods[] = {{"Stop", timer_stop_}, {"Reset", timer_reset}, {NULL, NULL}};
    static const luaL_Reg meta[] = {{"__tostring", ticker_text}, {NULL, NULL}};
    script_thing_type(L, THING_TICKER, methods, meta);
    script_thing_index(L, THING_TICKER, ticker_index);
    lua_newtable(L);
    script_of(L)->timer_functions = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_newtable(L);
    script_of(L)->context_functions = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_newtable(L);
    luaL_setfuncs(L, times, 0);
    doors_seal(L, "time");
    lua_setfield(L, -2, "time");
    lua_newtable(L);
    luaL_setfuncs(L, nets, 0);
    doors_seal(L, "net");
    lua_setfield(L, -2, "net");
}

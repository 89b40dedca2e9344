/* bind_time.c -- waiting that the runtime knows: timers, and the network.
 *
 *     time.After("10ms"):recv()
 *     local t = time.NewTicker("1ms")   for _ = 1, 3 do t.C:recv() end   t:Stop()
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

static int time_ticker(lua_State *L) {
    uint64_t ns = positive(L, "what lies between two ticks");
    uint64_t timer = new_timer(L, "time.NewTicker", ns, true);
    TimerRef *t = script_new_thing(L, THING_TICKER, sizeof *t);
    t->thing.id = (uint32_t)timer;
    lua_insert(L, -2);
    lua_setiuservalue(L, -2, 1);
    return start(L, "time.NewTicker", timer);
}

/* ticker.C is its channel; everything else is a method. */
static int ticker_index(lua_State *L) {
    if (lua_type(L, 2) == LUA_TSTRING && strcmp(lua_tostring(L, 2), "C") == 0) {
        lua_getiuservalue(L, 1, 1);
        return 1;
    }
    lua_pushvalue(L, 2);
    lua_gettable(L, lua_upvalueindex(1));
    return 1;
}

static int ticker_stop(lua_State *L) {
    TimerRef *t = script_thing(L, 1, THING_TICKER);
    if (t == NULL)
        script_arg_error(L, 1, "A method is called with a colon: t:Stop().", "Stop wants a ticker");
    script_op(L, "Stop", OP_TIMER_STOP)->a = t->thing.id;
    return lua_yield(L, 0);
}

static int ticker_text(lua_State *L) {
    lua_pushliteral(L, "ticker");
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
        {"Now", time_now},     {"Since", time_since},       {NULL, NULL}};
    static const luaL_Reg nets[] = {{"read", net_read}, {NULL, NULL}};
    static const luaL_Reg methods[] = {{"Stop", ticker_stop}, {NULL, NULL}};
    static const luaL_Reg meta[] = {{"__tostring", ticker_text}, {NULL, NULL}};
    script_thing_type(L, THING_TICKER, methods, meta);
    script_thing_index(L, THING_TICKER, ticker_index);
    lua_newtable(L);
    luaL_setfuncs(L, times, 0);
    doors_seal(L, "time");
    lua_setfield(L, -2, "time");
    lua_newtable(L);
    luaL_setfuncs(L, nets, 0);
    doors_seal(L, "net");
    lua_setfield(L, -2, "net");
}

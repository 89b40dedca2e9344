/* bind_errgroup.c -- golang.org/x/sync/errgroup: goroutines that belong together, and the first error among them.
 *
 *     local g = errgroup.Group()    g:SetLimit(4)    g:Go("name", function() ... return err end)    local err = g:Wait()
 *     local g, ctx = errgroup.WithContext(parent)    if g:TryGo(f) then ... end
 *
 * What is neither nil nor false is an error. As in Go it is built of a WaitGroup, for the limit a channel with as much room, into
 * which Go sends before it starts and from which a goroutine receives when it is done, and of a context, which is over with the
 * first error, and in any case when Wait returns.
 *
 * Go:      golang.org/x/sync/errgroup WithContext, Group.Go, TryGo, Wait, SetLimit, done (v0.19)
 * Differs: the cause of the context is the error's text. Who fails while the first error is being kept does not wait for that.
 */
#include "box.h"

#include <stdio.h>

static SyncRef *mine(lua_State *L) { return lua_touserdata(L, 1); }

static Op *count(lua_State *L, int n) {
    Op *op = sync_begin(L, "Go", mine(L)->thing.id, DO_ADD);
    op->b = (uint64_t)(lua_Integer)n;
    return op;
}

/* ---- what g:Go starts; at index 1 the group, at 2 what f has returned ---- */

static int left(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    return sync_do(L, count(L, -1), 0, sync_returns_nothing);
}

static int done(lua_State *L) {
    if (mine(L)->limit == NONE) return left(L, LUA_OK, 0);
    Op *op = script_op(L, "Go", OP_RECV);
    op->a = mine(L)->limit;
    return lua_yieldk(L, 0, 0, left);
}

/* The text of the error on top of the stack, as a cause; of none, none. */
static uint64_t cause(lua_State *L) {
    if (!lua_toboolean(L, -1)) return NONE;
    char text[NOTE_MAX];
    snprintf(text, sizeof text, "%.*s", NOTE_MAX - 1, lib_tostring(L, lua_gettop(L), NULL));
    lua_pop(L, 1);
    return stream_text(script_of(L)->w->s, text).v;
}

static int over(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    return done(L);
}

/* errOnce: the first one is what Wait returns, and ends the context. */
static int failed(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    bool first = lua_toboolean(L, -1);
    lua_settop(L, 2);
    if (!first) return done(L);
    lua_pushvalue(L, 2);
    lua_setiuservalue(L, 1, 1);
    if (mine(L)->context == NONE) return done(L);
    context_end(L, "Go", mine(L)->context, cause(L));
    lua_settop(L, 1);
    return lua_yieldk(L, 0, 0, over);
}

static int returned(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    if (!lua_toboolean(L, 2)) return done(L);
    Op *op = sync_begin(L, "Go", mine(L)->thing.id, DO_FAIL);
    op->b = cause(L);
    return sync_do(L, op, 0, failed);
}

static int member(lua_State *L) {
    lua_callk(L, 0, 1, 0, returned);
    return returned(L, LUA_OK, 0);
}

/* ---- Go: the limit, the count, the goroutine ---- */

static int started(lua_State *L, int status, lua_KContext tried) {
    (void)status;
    lua_pushboolean(L, 1);
    return (int)tried; /* TryGo says so, Go says nothing */
}

static int counted(lua_State *L, int status, lua_KContext tried) {
    (void)status;
    script_go_method(L, member, script_go_arguments(L, "Go"));
    return lua_yieldk(L, 0, tried, started);
}

static int let_in(lua_State *L, int status, lua_KContext tried) {
    (void)status;
    return sync_do(L, count(L, 1), tried, counted);
}

static int group_go(lua_State *L) {
    SyncRef *g = sync_self(L, SYNC_ERRGROUP, "Go");
    script_go_arguments(L, "Go");
    if (g->limit == NONE) return let_in(L, LUA_OK, false);
    Op *op = script_op(L, "Go", OP_SEND);
    op->a = g->limit;
    op->b = script_tick(); /* a token */
    return lua_yieldk(L, 0, false, let_in);
}

/* Is there room? ctx: the number of the select. */
static int asked(lua_State *L, int status, lua_KContext ctx) {
    World *w = script_of(L)->w;
    bool room = w->selects[ctx]->won != SELECT_DEFAULT;
    world_selected(w, (uint64_t)ctx);
    if (room) return let_in(L, status, true);
    lua_pushboolean(L, 0);
    return 1;
}

static int group_trygo(lua_State *L) {
    SyncRef *g = sync_self(L, SYNC_ERRGROUP, "TryGo");
    script_go_arguments(L, "TryGo");
    if (g->limit == NONE) return let_in(L, LUA_OK, true);
    Op *op = script_op(L, "TryGo", OP_SELECT);
    const SelectCase token = {.c = {g->limit}, .sends = true, .value = script_tick()};
    world_select(script_of(L)->w, &token, 1, true, op);
    return lua_yieldk(L, 0, (lua_KContext)op->a, asked);
}

/* ---- Wait ---- */

static int ended(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    lua_getiuservalue(L, 1, 1);
    return 1;
}
static int waited(lua_State *L, int status, lua_KContext ctx) {
    if (mine(L)->context == NONE) return ended(L, status, ctx);
    lua_getiuservalue(L, 1, 1);
    context_end(L, "Wait", mine(L)->context, cause(L));
    return lua_yieldk(L, 0, 0, ended);
}
static int group_wait(lua_State *L) { return sync_do(L, sync_begin(L, "Wait", sync_self(L, SYNC_ERRGROUP, "Wait")->thing.id, DO_WAIT), 0, waited); }

/* ---- SetLimit, and making one ---- */

/* SetLimit(n): n < 0 = none. */
static int set_limit(lua_State *L) {
    SyncRef *g = sync_self(L, SYNC_ERRGROUP, "SetLimit");
    Script *s = script_of(L);
    int exact;
    lua_Integer n = lua_tointegerx(L, 2, &exact);
    if (!exact || lua_type(L, 2) != LUA_TNUMBER || n > CHAN_CAP_MAX)
        script_arg_error(L, 2, "For example: g:SetLimit(4)", "SetLimit wants a whole number up to %d; below 0 is none", CHAN_CAP_MAX);
    if (s->phase != PHASE_RUN)
        script_error(L, "Call it in go(function() ... end) or main(function() ... end).", "SetLimit needs a running goroutine");
    if (n < 0) return g->limit = NONE, 0; /* whoever is active */
    uint64_t active = g->limit != NONE ? s->w->chans[g->limit]->count : 0;
    if (active > 0) {
        char text[96];
        snprintf(text, sizeof text, "errgroup: modify limit while %llu goroutines in the group are still active",
                 (unsigned long long)active);
        return script_panic(L, text);
    }
    g->limit = world_chan(s->w, (uint64_t)n, "limit", script_line(L)).v;
    return 0;
}

static int make_group(lua_State *L) {
    script_declared(L, "errgroup.Group");
    sync_push(L, SYNC_ERRGROUP, 0, NONE, 1, "errgroup.Group(");
    return 1;
}

/* The group lies behind the context. */
static int made(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    lua_insert(L, -2);
    return 2;
}

/* errgroup.WithContext(parent [, name]) */
static int with_context(lua_State *L) {
    const Op *op = context_begin(L, "errgroup.WithContext", CANCEL_PLAIN, 0);
    if (op == NULL) return 0;
    sync_push(L, SYNC_ERRGROUP, 0, NONE, 2, "errgroup.WithContext(");
    ((SyncRef *)lua_touserdata(L, -1))->context = op->a;
    return lua_yieldk(L, 0, 0, made);
}

void bind_errgroup(lua_State *L) {
    static const luaL_Reg methods[] = {
        {"Go", group_go}, {"TryGo", group_trygo}, {"Wait", group_wait}, {"SetLimit", set_limit}, {NULL, NULL}};
    static const luaL_Reg meta[] = {{"__tostring", sync_text}, {NULL, NULL}};
    script_thing_type(L, THING_SYNC + SYNC_ERRGROUP, methods, meta);
    lua_newtable(L);
    lua_pushcfunction(L, make_group);
    lua_setfield(L, -2, "Group");
    lua_pushcfunction(L, with_context);
    lua_setfield(L, -2, "WithContext");
    doors_seal(L, "errgroup");
    lua_setfield(L, -2, "errgroup");
}

/* bind_queue.c -- several queues, and events between their commands: cl.queue, e:wait(), e:callback(name, function).
 *
 *     local up, run = cl.queue "up", cl.queue "run"
 *     local sent = cl.write(d, h, { queue = up })               -- what is enqueued gives an event
 *     local done = k:launch { queue = run, after = { sent } }   -- begins when that is done: no goroutine waits
 *     done:callback("goDone", function() ready:send(true) end)  -- the driver's own thread calls Go
 *     done:wait()                                               -- clWaitForEvents: C waits
 *
 *     local q = cl.queue("graph", { out_of_order = true })      -- nothing waits but for its wait list and barriers
 *     q:marker { after = { a, b } }   q:barrier()   q:finish()
 *     local go = cl.user_event "go"   ...   go:complete()
 *
 * Differs: an event has no reference count. Commands of the default queue are those that name none.
 */
#include "box.h"

#include <stdlib.h>

enum { AFTER_MAX = 64 };

/* ---- what a command is enqueued with ---- */

static _Noreturn void refuse_after(lua_State *L, const char *what) {
    script_error(L, "For example: { after = { sent, ready } }", "%s: after wants an event, or a list of %d at most", what, AFTER_MAX);
}

/* The value on top: an event, or a list of them. Their list in the world. */
static uint64_t events_at_top(lua_State *L, const char *what) {
    uint64_t cmd[AFTER_MAX];
    const Thing *one = script_thing(L, -1, THING_EVENT);
    if (one != NULL) return world_cmds(script_of(L)->w, &(uint64_t){one->id}, 1);
    if (!lua_istable(L, -1) || lua_rawlen(L, -1) > AFTER_MAX) refuse_after(L, what);
    uint32_t n = (uint32_t)lua_rawlen(L, -1);
    for (uint32_t i = 0; i < n; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        const Thing *e = script_thing(L, -1, THING_EVENT);
        if (e == NULL) refuse_after(L, what);
        cmd[i] = e->id;
        lua_pop(L, 1);
    }
    return world_cmds(script_of(L)->w, cmd, n);
}

void queue_fields(lua_State *L, int index, const char *what, Launch *l) {
    if (!lua_istable(L, index)) return;
    if (lua_getfield(L, index, "queue") != LUA_TNIL) {
        const Thing *q = script_thing(L, -1, THING_QUEUE);
        if (q == NULL) script_error(L, "Make it first: local q = cl.queue \"copies\"", "%s: queue wants what cl.queue gave", what);
        l->queue.v = q->id;
    }
    lua_pop(L, 1);
    if (lua_getfield(L, index, "after") != LUA_TNIL) l->after = (uint32_t)events_at_top(L, what);
    lua_pop(L, 1);
}

static void push(lua_State *L, ThingKind kind, uint64_t id) {
    Thing *thing = script_new_thing(L, kind, sizeof *thing);
    thing->id = (uint32_t)id;
}

int queue_enqueued(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    push(L, THING_EVENT, script_of(L)->last.value);
    return 1;
}

/* ---- queues ---- */

static bool is_queue_field(const char *name) { return strcmp(name, "out_of_order") == 0; }

static int queue_made(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    push(L, THING_QUEUE, script_of(L)->last.value);
    return 1;
}

static int queue(lua_State *L) {
    script_declared(L, "cl.queue");
    const char *name = script_name(L, 1, "the name of a queue");
    bool unordered = false;
    if (!lua_isnoneornil(L, 2)) {
        if (!lua_istable(L, 2)) script_arg_error(L, 2, "For example: cl.queue(\"graph\", { out_of_order = true })", "cl.queue wants a table behind the name, or nothing");
        const char *unknown = script_unknown_key(L, 2, is_queue_field);
        if (unknown) script_error(L, "It has: out_of_order.", "cl.queue has no field '%s'", unknown);
        lua_getfield(L, 2, "out_of_order");
        unordered = lua_toboolean(L, -1);
    }
    if (script_of(L)->w != NULL && script_of(L)->w->queue_count == QUEUES_MAX)
        script_error(L, "", "a run has %d queues at most", QUEUES_MAX);
    Op *op = script_op(L, "cl.queue", OP_QUEUE);
    op->b = unordered;
    op->text = stream_text(script_of(L)->w->s, name);
    return lua_yieldk(L, 0, 0, queue_made);
}

static Thing *self(lua_State *L, ThingKind kind, const char *method, const char *example) {
    Thing *thing = script_thing(L, 1, kind);
    if (thing == NULL)
        script_error(L, example, "%s wants %s; a method is called with a colon", method, script_thing_name((uint32_t)kind));
    return thing;
}

static int queue_finish_(lua_State *L) {
    uint64_t id = self(L, THING_QUEUE, "finish", "q:finish()")->id;
    script_op(L, "finish", OP_FINISH)->a = id;
    return lua_yield(L, 0);
}

static bool is_marker_field(const char *name) { return strcmp(name, "after") == 0; }

static int mark(lua_State *L, const char *what, LaunchKind kind, const char *call) {
    Script *s = script_of(L);
    Launch l = {.kind = kind, .queue = {self(L, THING_QUEUE, what, "q:marker()")->id}, .dev = {UINT32_MAX}};
    if (lua_istable(L, 2)) {
        const char *unknown = script_unknown_key(L, 2, is_marker_field);
        if (unknown) script_error(L, "It has: after.", "%s has no field '%s'", what, unknown);
    }
    Op *op = script_op(L, what, OP_LAUNCH);
    if (s->w->launch_count == LAUNCHES_MAX) script_error(L, "", "a run has %d launches at most", LAUNCHES_MAX);
    queue_fields(L, 2, what, &l);
    l.name = stream_text(s->w->s, call);
    op->a = world_launch(s->w, &l);
    return lua_yieldk(L, 0, 0, queue_enqueued);
}
static int queue_marker(lua_State *L) { return mark(L, "marker", LAUNCH_MARKER, "clEnqueueMarkerWithWaitList"); }
static int queue_barrier(lua_State *L) { return mark(L, "barrier", LAUNCH_BARRIER, "clEnqueueBarrierWithWaitList"); }

/* ---- events ---- */

static int user_event(lua_State *L) {
    script_declared(L, "cl.user_event");
    const char *name = script_name(L, 1, "the name of an event");
    Op *op = script_op(L, "cl.user_event", OP_EVENT);
    op->text = stream_text(script_of(L)->w->s, name);
    return lua_yieldk(L, 0, 1, queue_enqueued);
}

static int wait_list(lua_State *L, uint64_t list) {
    if (list == 0) return 0; /* for nothing */
    script_op(L, "wait", OP_EVENT_WAIT)->a = list;
    return lua_yield(L, 0);
}

static int event_wait(lua_State *L) {
    uint64_t id = self(L, THING_EVENT, "wait", "e:wait()")->id;
    return wait_list(L, world_cmds(script_of(L)->w, &id, 1));
}

/* cl.wait(e, ...) */
static int wait(lua_State *L) {
    script_declared(L, "cl.wait");
    int n = lua_gettop(L);
    lua_createtable(L, n, 0);
    for (int i = 1; i <= n; i++) {
        if (script_thing(L, i, THING_EVENT) == NULL) script_arg_error(L, i, "For example: cl.wait(sent, done)", "cl.wait wants events");
        lua_pushvalue(L, i);
        lua_rawseti(L, -2, i);
    }
    return wait_list(L, events_at_top(L, "cl.wait"));
}

static int completed(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    lua_pushboolean(L, script_of(L)->last.ok != 0);
    return 1;
}

static int event_complete(lua_State *L) {
    Script *s = script_of(L);
    uint64_t id = self(L, THING_EVENT, "complete", "e:complete()")->id;
    if (s->w->cmds[id].launch.kind != LAUNCH_USER)
        script_error(L, "Only what cl.user_event made is completed by the host.", "complete: this event is of a command of the device");
    script_op(L, "complete", OP_EVENT_SET)->a = id;
    return lua_yieldk(L, 0, 0, completed);
}

/* What the driver's thread runs; upvalues: the name, the Go function, the line. */
static int called(lua_State *L) {
    lua_settop(L, 0);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, lua_upvalueindex(2));
    return c_call_go(L, (uint32_t)lua_tointeger(L, lua_upvalueindex(3)));
}

/* e:callback(name, function) */
static int event_callback(lua_State *L) {
    Script *s = script_of(L);
    uint64_t id = self(L, THING_EVENT, "callback", "e:callback(\"goDone\", function() done:send(true) end)")->id;
    const char *name = script_name(L, 2, "the name of a Go function");
    if (!lua_isfunction(L, 3) || lua_iscfunction(L, 3))
        script_arg_error(L, 3, "For example: e:callback(\"goDone\", function() done:send(true) end)",
                         "callback wants the Go function that the driver calls");
    Op *op = script_op(L, "callback", OP_EVENT_CALL);
    Id_STR text = stream_text(s->w->s, name);
    lua_settop(L, 3);
    lua_pushinteger(L, op->line);
    lua_pushcclosure(L, called, 3);
    op->a = id;
    op->b = script_new_body(L, 0);
    s->bodies[op->b].name = text.v;
    return lua_yield(L, 0);
}

static int queue_text(lua_State *L) { return lua_pushliteral(L, "queue"), 1; }
static int event_text(lua_State *L) { return lua_pushliteral(L, "event"), 1; }

void bind_queue_cl(lua_State *L) {
    static const luaL_Reg functions[] = {{"queue", queue}, {"user_event", user_event}, {"wait", wait}, {NULL, NULL}};
    static const luaL_Reg of_queue[] = {{"finish", queue_finish_}, {"marker", queue_marker}, {"barrier", queue_barrier}, {NULL, NULL}};
    static const luaL_Reg of_event[] = {{"wait", event_wait}, {"callback", event_callback}, {"complete", event_complete}, {NULL, NULL}};
    static const luaL_Reg queue_meta[] = {{"__tostring", queue_text}, {NULL, NULL}};
    static const luaL_Reg event_meta[] = {{"__tostring", event_text}, {NULL, NULL}};
    script_thing_type(L, THING_QUEUE, of_queue, queue_meta);
    script_thing_type(L, THING_EVENT, of_event, event_meta);
    luaL_setfuncs(L, functions, 0);
}

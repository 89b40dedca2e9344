/* roots.c -- which heap objects does the scenario still refer to, while all goroutines stand still?
 *
 * What Go's collector finds by its maps of stacks and globals is here a walk over Lua values: from each live
 * goroutine's frames (of the local variables only those that liveness.c says are live; of a closure all that it
 * has captured), from the values in channels, and from the package's variables. Those are the
 * global variables, and the local variables of the file that a function given to go or main uses, which
 * Go would keep even when that goroutine has ended. What was made at the top level is kept as well.
 *
 * A coroutine stands still in a yield, or, on a strand, inside a C function that it has called: its frames
 * can be read either way. Nothing of the scenario runs meanwhile, no metamethod and no step of its budget;
 * the memory for the walk is ours, not the scenario's. The order of the walk shows nowhere: the numbers
 * of the objects are handed out in order.
 *
 * Not followed: a Pinner (the heap knows what is pinned), what expect
 * was given, and the metatables of things and texts, which are ours.
 *
 * Differs: whatever is in a channel is kept, even when nobody can reach the channel any more. A frame keeps
 *          all of its arguments that have no name (...), and a function that runs all that it has captured.
 */
#include "box.h"

#include "../base/idmap.h"
#include "liveness.h"

#include <stdlib.h>

typedef struct {
    Script *s;
    lua_State *L;        /* the main one, on which no goroutine runs */
    bool *held;          /* by number of object */
    IdMap seen;          /* values, by their address */
    lua_Integer waiting; /* so many of them are still to be looked into */
} Walk;
enum {
    WALK = 1,
    WAITING,
    VALUE
}; /* on L's stack: the Walk, a list, the value that is looked into */

/* ---- one value ---- */

/* Only these lead to objects, or are one. */
static bool matters(lua_State *L, int index) {
    int type = lua_type(L, index);
    return type == LUA_TTABLE || type == LUA_TFUNCTION || type == LUA_TUSERDATA;
}

static bool is_new(Walk *w, int index) {
    uint64_t address = (uint64_t)(uintptr_t)lua_topointer(w->L, index);
    if (idmap_get(&w->seen, address) != IDMAP_NONE) return false;
    idmap_put(&w->seen, address, 0);
    return true;
}

/* Pops the value on top of L's stack: an object is held, others wait to be looked into. */
static void meet(Walk *w) {
    lua_State *L = w->L;
    Thing *obj = script_thing(L, -1, THING_OBJ);
    if (obj != NULL) w->held[obj->id] = true;
    Thing *pinner = script_thing(L, -1, THING_PINNER);
    if (pinner != NULL) w->s->pinners[pinner->id].held = true;
    bool closed = obj != NULL || pinner != NULL;
    if (!closed && matters(L, -1) && is_new(w, -1)) lua_rawseti(L, WAITING, ++w->waiting);
    else lua_pop(L, 1);
}

static void meet_entries(Walk *w, int table) {
    for (lua_pushnil(w->L); lua_next(w->L, table);) {
        meet(w);
        lua_pushvalue(w->L, -1);
        meet(w);
    }
}

static void meet_upvalues(Walk *w, int function) {
    for (int i = 1; lua_getupvalue(w->L, function, i) != NULL; i++) meet(w);
}

static void look_into(Walk *w) {
    lua_State *L = w->L;
    switch (lua_type(L, VALUE)) {
    case LUA_TTABLE:
        if (lua_getmetatable(L, VALUE)) meet(w);
        meet_entries(w, VALUE);
        return;
    case LUA_TFUNCTION: meet_upvalues(w, VALUE); return;
    default:
        for (int i = 1; lua_getiuservalue(L, VALUE, i) != LUA_TNONE; i++) meet(w);
        return;
    }
}

static void look_into_all(Walk *w) {
    while (w->waiting > 0) {
        lua_rawgeti(w->L, WAITING, w->waiting--);
        look_into(w);
        lua_settop(w->L, WAITING);
    }
}

/* ---- goroutines ---- */

/* The same for the value on top of a coroutine's stack. */
static void meet_from(Walk *w, lua_State *co) {
    lua_xmove(co, w->L, 1);
    meet(w);
}

LocalAt roots_local(lua_State *co, const lua_Debug *ar, int n, const char *name) {
    LocalAt at = {.first_line = ar->linedefined,
                  .last_line = ar->lastlinedefined,
                  .name = name,
                  .line = ar->currentline};
    const char *other;
    for (int i = 1; (other = lua_getlocal(co, ar, i)) != NULL; i++) {
        lua_pop(co, 1);
        if (strcmp(other, name) == 0) at.of++;
        if (i == n) at.nth = at.of;
    }
    return at;
}

/* Those without a name, such as (temporary) and (for state), are what a statement works with. */
static bool is_live(const Script *s, lua_State *co, const lua_Debug *ar, int n, const char *name) {
    if (name[0] == '(') return true;
    LocalAt at = roots_local(co, ar, n, name);
    return liveness_is_live(s->liveness, &at);
}

static void meet_frame(Walk *w, lua_State *co, lua_Debug *ar) {
    lua_getinfo(co, "Slf", ar);
    meet_from(w, co);
    const char *name;
    for (int n = 1; (name = lua_getlocal(co, ar, n)) != NULL; n++) {
        if (matters(co, -1) && is_live(w->s, co, ar, n, name)) meet_from(w, co);
        else lua_pop(co, 1);
    }
    for (int n = -1; lua_getlocal(co, ar, n) != NULL; n--) meet_from(w, co);
}

/* Lua counts from the top each time that it is asked for a frame: 20 s for 150,000 of them. The way from one to the
 * next is a word of what it finds (as in args.c). Lua does not promise that it is there: so it is compared
 * with the answers for the first frames, and where it differs we go on asking. */
enum { BELOW_WORD = 2, LEVELS_COMPARED = 8 };

static void *below(const void *frame) { return ((void *const *)frame)[BELOW_WORD]; }

/* From the frame in `ar` to the one below, which is at this level; false: there is none. */
static bool next_frame(lua_State *co, int level, lua_Debug *ar, bool *linked) {
    void *next = below(ar->i_ci);
    if (*linked && level > LEVELS_COMPARED) {
        ar->i_ci = next;
        return below(next) != NULL; /* the last is no call */
    }
    if (!lua_getstack(co, level, ar)) return false;
    *linked = *linked && ar->i_ci == next;
    return true;
}

static void meet_frames(Walk *w, lua_State *co) {
    lua_Debug ar;
    bool linked = true;
    int level = 0;
    if (!lua_getstack(co, level, &ar)) return;
    do meet_frame(w, co, &ar);
    while (next_frame(co, ++level, &ar, &linked));
}

/* Before it begins, a coroutine's stack has the function and its arguments. */
static void meet_body(Walk *w, const Body *b) {
    lua_State *co = b->co;
    bool room = lua_checkstack(co, ROOTS_STACK);
    ASSERT(room); /* a C function that waits has room for 20 values, script_new_body leaves it */
    if (b->started) {
        meet_frames(w, co);
        return;
    }
    for (int i = 1, n = lua_gettop(co); i <= n; i++) {
        lua_pushvalue(co, i);
        meet_from(w, co);
    }
}

/* ---- the package's variables ---- */

void roots_package(lua_State *L, int function) {
    Script *s = script_of(L);
    const char *name;
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->package);
    for (int i = 1; (name = lua_getupvalue(L, function, i)) != NULL; i++) {
        lua_pop(L, 1);
        if (!liveness_is_package(s->liveness, name)) continue;
        lua_pushvalue(L, function);
        lua_rawsetp(L, -2, lua_upvalueid(L, function, i));
    }
    lua_pop(L, 1);
}

/* Upvalues of the function on top of the stack, which it pops: of them the one that has this identity. */
static void meet_variable(Walk *w, const void *identity) {
    lua_State *L = w->L;
    int function = lua_gettop(L);
    for (int i = 1; lua_getupvalue(L, function, i) != NULL; i++) {
        if (lua_upvalueid(L, function, i) == identity) meet(w);
        else lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void meet_package(Walk *w) {
    lua_State *L = w->L;
    lua_rawgeti(L, LUA_REGISTRYINDEX, w->s->package);
    for (lua_pushnil(L); lua_next(L, VALUE);) meet_variable(w, lua_touserdata(L, -2));
    lua_settop(L, WAITING);
    lua_rawgeti(L, LUA_REGISTRYINDEX, w->s->env);
    is_new(w, VALUE); /* its metatable has nothing of the scenario's */
    meet_entries(w, VALUE);
    lua_settop(L, WAITING);
}

/* ---- all of them ---- */

/* (Walk) */
static int walk(lua_State *L) {
    Walk *w = lua_touserdata(L, WALK);
    Script *s = w->s;
    lua_newtable(L);
    meet_package(w);
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->values);
    meet(w);
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->cleanup_functions);
    meet(w);
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->finalizer_functions);
    meet(w);
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->timer_functions);
    meet(w);
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->context_functions);
    meet(w);
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->handles);
    meet(w);
    look_into_all(w);
    for (size_t i = 0; i < s->body_count; i++) {
        if (s->bodies[i].live) meet_body(w, &s->bodies[i]);
        look_into_all(w);
    }
    return 0;
}

void script_roots(Script *s, void (*root)(void *ctx, Id_OBJ obj), void *ctx) {
    ASSERT(s->phase == PHASE_RUN && !s->walking);
    Walk w = {.s = s, .L = s->L, .held = mem_zero(s->obj_count, sizeof *w.held)};
    s->walking = true;
    lua_pushcfunction(s->L, walk);
    lua_pushlightuserdata(s->L, &w);
    int status = lua_pcall(s->L, 1, 0, 0);
    s->walking = false;
    ASSERT(status == LUA_OK); /* of memory there is enough, or the program has ended */
    for (size_t i = 0; i < s->obj_count; i++) {
        if (w.held[i] || s->objs[i].global) root(ctx, (Id_OBJ){i});
    }
    pinner_look(s);
    idmap_free(&w.seen);
    free(w.held);
}

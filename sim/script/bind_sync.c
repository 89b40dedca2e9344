/* bind_sync.c -- package sync, and golang.org/x/sync/semaphore.
 *
 *     local mu = sync.Mutex()        mu:Lock()  mu:TryLock()  mu:Unlock()
 *     local rw = sync.RWMutex()      the same, and rw:RLock()  rw:TryRLock()  rw:RUnlock()
 *     local wg = sync.WaitGroup()    wg:Add(n)  wg:Done()  wg:Go("name", f)  wg:Wait()
 *     local once = sync.Once()       once:Do(f)
 *     local cond = sync.Cond(mu)     cond:Wait()  cond:Signal()  cond:Broadcast()  cond.L
 *     local sem = semaphore.Weighted(10)    sem:Acquire(n)  local err = sem:Acquire(ctx, n)  sem:TryAcquire(n)  sem:Release(n)
 *     local m = C.mutex()            m:lock()  m:unlock()      -- a mutex of C's, for C code
 *
 * Each takes its name as the last argument, or from its line.
 *
 * Go:      sync; golang.org/x/sync/semaphore; C's mutex is no part of it, and waits in another way: sim/rt/sync_pthread.c
 * Differs: Acquire may be called without a context, and returns nothing then. An error of Lua's in the function of a Once that
 *          somebody catches leaves the Once held; a panic ends the program.
 */
#include "box.h"

#include <stdio.h>

void sync_push(lua_State *L, SyncKind kind, uint64_t size, uint64_t of, int name_at, const char *call) {
    Script *s = script_of(L);
    SyncDecl d = {.kind = kind, .size = size, .of = of, .line = script_line(L)};
    if (lua_isnoneornil(L, name_at)) script_name_from_line(s, d.line, call, "", d.name, sizeof d.name);
    else snprintf(d.name, sizeof d.name, "%s", script_name(L, name_at, "the name of what package sync gives"));
    SyncRef *r = script_new_thing(L, (ThingKind)(THING_SYNC + kind), sizeof *r);
    memcpy(r->name, d.name, sizeof d.name);
    r->limit = r->context = NONE;
    if (s->phase == PHASE_CHECK) script_error(L, "", "sync: the run is over");
    if (s->phase == PHASE_RUN) {
        r->thing.id = (uint32_t)world_sync(s->w, kind, size, (Id_SYNC){of}, d.name, d.line).v;
        return;
    }
    GROW(s->syncs, s->sync_cap, s->sync_count + 1);
    r->thing.id = (uint32_t)s->sync_count;
    s->syncs[s->sync_count++] = d;
}

SyncRef *sync_self(lua_State *L, SyncKind kind, const char *method) {
    SyncRef *t = script_thing(L, 1, (ThingKind)(THING_SYNC + kind));
    if (t != NULL) return t;
    script_arg_error(L, 1, "A method is called with a colon: mu:Lock().", "%s wants %s", method,
                     script_thing_name((uint32_t)THING_SYNC + kind));
}

Op *sync_begin(lua_State *L, const char *method, uint64_t id, SyncDoes does) {
    Op *op = script_op(L, method, OP_SYNC);
    op->a = id;
    op->sync.does = (uint8_t)does;
    return op;
}

int sync_do(lua_State *L, Op *op, lua_KContext ctx, lua_KFunction k) {
    OpResult r = strand_do(script_of(L), op);
    if (r.ok == NOT_OVER) return lua_yieldk(L, 0, ctx, k);
    lua_pushboolean(L, r.ok != 0);
    return k(L, LUA_YIELD, ctx);
}

int sync_returns_nothing(lua_State *L, int status, lua_KContext ctx) {
    (void)L, (void)status, (void)ctx;
    return 0;
}

static int returns_whether(lua_State *L, int status, lua_KContext ctx) {
    (void)L, (void)status, (void)ctx;
    return 1;
}

int sync_text(lua_State *L) {
    const SyncRef *r = lua_touserdata(L, 1);
    const char *kind = sync_name[r->thing.kind - THING_SYNC];
    lua_pushfstring(L, r->name[0] ? "%s %s" : "%s", kind, r->name);
    return 1;
}

/* ---- methods: NAME(what, kind, "Method", DO_..., what it returns) ---- */

#define METHOD(function, kind, method, does, returns)                                              \
    static int function(lua_State *L) {                                                            \
        return sync_do(L, sync_begin(L, method, sync_self(L, kind, method)->thing.id, does), 0, returns); \
    }
METHOD(mutex_lock_it, SYNC_MUTEX, "Lock", DO_LOCK, sync_returns_nothing)
METHOD(mutex_try, SYNC_MUTEX, "TryLock", DO_TRYLOCK, returns_whether)
METHOD(mutex_unlock_it, SYNC_MUTEX, "Unlock", DO_UNLOCK, sync_returns_nothing)
METHOD(rw_lock, SYNC_RWMUTEX, "Lock", DO_LOCK, sync_returns_nothing)
METHOD(rw_trylock, SYNC_RWMUTEX, "TryLock", DO_TRYLOCK, returns_whether)
METHOD(rw_unlock, SYNC_RWMUTEX, "Unlock", DO_UNLOCK, sync_returns_nothing)
METHOD(rw_rlock, SYNC_RWMUTEX, "RLock", DO_RLOCK, sync_returns_nothing)
METHOD(rw_tryrlock, SYNC_RWMUTEX, "TryRLock", DO_TRYRLOCK, returns_whether)
METHOD(rw_runlock, SYNC_RWMUTEX, "RUnlock", DO_RUNLOCK, sync_returns_nothing)
METHOD(wg_wait, SYNC_WAITGROUP, "Wait", DO_WAIT, sync_returns_nothing)
METHOD(cond_wait_it, SYNC_COND, "Wait", DO_WAIT, sync_returns_nothing)
METHOD(cond_signal_it, SYNC_COND, "Signal", DO_SIGNAL, sync_returns_nothing)
METHOD(cond_broadcast_it, SYNC_COND, "Broadcast", DO_BROADCAST, sync_returns_nothing)
METHOD(pthread_lock, SYNC_PTHREAD, "lock", DO_LOCK, sync_returns_nothing)
METHOD(pthread_unlock, SYNC_PTHREAD, "unlock", DO_UNLOCK, sync_returns_nothing)
#undef METHOD

/* A whole number at index 2. */
static lua_Integer amount(lua_State *L, const char *method, lua_Integer least, lua_Integer most) {
    int exact;
    lua_Integer n = lua_tointegerx(L, 2, &exact);
    if (!exact || lua_type(L, 2) != LUA_TNUMBER || n < least || n > most)
        script_arg_error(L, 2, "", "%s wants a whole number from %lld to %lld", method, least, most);
    return n;
}

/* ---- WaitGroup ---- */

static int add(lua_State *L, const char *method, lua_Integer n, lua_KFunction k) {
    Op *op = sync_begin(L, method, ((Thing *)lua_touserdata(L, 1))->id, DO_ADD);
    op->b = (uint64_t)n;
    return sync_do(L, op, 0, k);
}

static int wg_add(lua_State *L) {
    sync_self(L, SYNC_WAITGROUP, "Add");
    return add(L, "Add", amount(L, "Add", INT32_MIN / 2, INT32_MAX / 2), sync_returns_nothing);
}
static int wg_done(lua_State *L) {
    sync_self(L, SYNC_WAITGROUP, "Done");
    return add(L, "Done", -1, sync_returns_nothing);
}

/* wg:Go([name,] f): what it starts is called with wg and f. */
static int member_is_done(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    return add(L, "Done", -1, sync_returns_nothing);
}
static int member(lua_State *L) {
    lua_callk(L, 0, 0, 0, member_is_done);
    return member_is_done(L, LUA_OK, 0);
}
static int wg_go_counted(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    script_go_method(L, member, script_go_arguments(L, "Go"));
    return lua_yield(L, 0);
}
static int wg_go(lua_State *L) {
    sync_self(L, SYNC_WAITGROUP, "Go");
    script_go_arguments(L, "Go");
    return add(L, "Go", 1, wg_go_counted);
}

/* ---- Once ---- */

/* Nothing but the Once and f are on the stack. */
static int once_ran(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    return sync_do(L, sync_begin(L, "Do", ((Thing *)lua_touserdata(L, 1))->id, DO_ONCE_DONE), 0, sync_returns_nothing);
}
static int once_begun(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    if (!lua_toboolean(L, -1)) return 0;
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    lua_callk(L, 0, 0, 0, once_ran);
    return once_ran(L, LUA_OK, 0);
}
static int once_do_it(lua_State *L) {
    SyncRef *once = sync_self(L, SYNC_ONCE, "Do");
    if (!lua_isfunction(L, 2)) script_arg_error(L, 2, "For example: once:Do(function() ... end)", "Do wants a function");
    lua_settop(L, 2);
    return sync_do(L, sync_begin(L, "Do", once->thing.id, DO_ONCE), 0, once_begun);
}

/* What sync.OnceFunc(f) gives: upvalues are the Once and f. */
static int once_func_called(lua_State *L) {
    lua_settop(L, 0);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, lua_upvalueindex(2));
    return once_do_it(L);
}

/* ---- semaphore.Weighted ---- */

static Op *units(lua_State *L, const char *method, SyncDoes does) {
    SyncRef *t = sync_self(L, SYNC_WEIGHTED, method);
    lua_Integer n = amount(L, method, 0, INT32_MAX);
    Op *op = sync_begin(L, method, t->thing.id, does);
    op->b = (uint64_t)n;
    return op;
}

/* ctx: the number of its context, NONE. */
static int acquired(lua_State *L, int status, lua_KContext ctx) {
    (void)status;
    if (lua_toboolean(L, -1)) lua_pushnil(L);
    else context_push_err(L, (uint64_t)ctx);
    return 1;
}
static int weighted_acquire_it(lua_State *L) {
    uint64_t context = NONE;
    bool with = context_at(L, 2, &context);
    if (with) lua_remove(L, 2);
    Op *op = units(L, "Acquire", DO_LOCK);
    if (!with) return sync_do(L, op, 0, sync_returns_nothing);
    if (context != NONE) op->b |= (context + 1) << 32;
    return sync_do(L, op, (lua_KContext)context, acquired);
}
static int weighted_try(lua_State *L) { return sync_do(L, units(L, "TryAcquire", DO_TRYLOCK), 0, returns_whether); }
static int weighted_release_it(lua_State *L) { return sync_do(L, units(L, "Release", DO_UNLOCK), 0, sync_returns_nothing); }

/* ---- makers ---- */

static int make(lua_State *L, SyncKind kind, const char *call) {
    script_declared(L, sync_name[kind]);
    sync_push(L, kind, 0, NONE, 1, call);
    return 1;
}
static int make_mutex(lua_State *L) { return make(L, SYNC_MUTEX, "sync.Mutex("); }
static int make_rwmutex(lua_State *L) { return make(L, SYNC_RWMUTEX, "sync.RWMutex("); }
static int make_waitgroup(lua_State *L) { return make(L, SYNC_WAITGROUP, "sync.WaitGroup("); }
static int make_once(lua_State *L) { return make(L, SYNC_ONCE, "sync.Once("); }

static int make_cond(lua_State *L) {
    script_declared(L, "sync.Cond");
    Thing *l = script_thing(L, 1, THING_SYNC + SYNC_MUTEX);
    if (l == NULL) l = script_thing(L, 1, THING_SYNC + SYNC_RWMUTEX);
    if (l == NULL) script_arg_error(L, 1, "For example: local cond = sync.Cond(mu)", "sync.Cond wants its lock, a Mutex or an RWMutex");
    sync_push(L, SYNC_COND, 0, l->id, 2, "sync.Cond(");
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, 1);
    return 1;
}
static int cond_index(lua_State *L) {
    if (lua_type(L, 2) == LUA_TSTRING && strcmp(lua_tostring(L, 2), "L") == 0) {
        lua_getiuservalue(L, 1, 1);
        return 1;
    }
    lua_pushvalue(L, 2);
    lua_gettable(L, lua_upvalueindex(1));
    return 1;
}

static int make_once_func(lua_State *L) {
    script_declared(L, "sync.OnceFunc");
    if (!lua_isfunction(L, 1)) script_arg_error(L, 1, "", "sync.OnceFunc wants a function");
    sync_push(L, SYNC_ONCE, 0, NONE, 2, "sync.OnceFunc(");
    lua_pushvalue(L, 1);
    lua_pushcclosure(L, once_func_called, 2);
    return 1;
}

static int make_weighted(lua_State *L) {
    script_declared(L, "semaphore.Weighted");
    int exact;
    lua_Integer n = lua_tointegerx(L, 1, &exact);
    if (!exact || lua_type(L, 1) != LUA_TNUMBER || n < 0 || n > INT32_MAX)
        script_arg_error(L, 1, "For example: local sem = semaphore.Weighted(10)", "semaphore.Weighted wants its size, a whole number");
    sync_push(L, SYNC_WEIGHTED, (uint64_t)n, NONE, 2, "semaphore.Weighted(");
    return 1;
}

static int make_pthread(lua_State *L) {
    script_declared(L, "C.mutex");
    sync_push(L, SYNC_PTHREAD, 0, NONE, 1, "C.mutex(");
    return 1;
}

void bind_sync_c(lua_State *L) {
    static const luaL_Reg functions[] = {{"mutex", make_pthread}, {NULL, NULL}};
    static const luaL_Reg methods[] = {{"lock", pthread_lock}, {"unlock", pthread_unlock}, {NULL, NULL}};
    static const luaL_Reg meta[] = {{"__tostring", sync_text}, {NULL, NULL}};
    script_thing_type(L, THING_SYNC + SYNC_PTHREAD, methods, meta);
    luaL_setfuncs(L, functions, 0);
}

void bind_sync(lua_State *L) {
    static const luaL_Reg mutex[] = {{"Lock", mutex_lock_it}, {"TryLock", mutex_try}, {"Unlock", mutex_unlock_it}, {NULL, NULL}};
    static const luaL_Reg rwmutex[] = {{"Lock", rw_lock},   {"TryLock", rw_trylock},   {"Unlock", rw_unlock}, {"RLock", rw_rlock},
                                       {"TryRLock", rw_tryrlock}, {"RUnlock", rw_runlock}, {NULL, NULL}};
    static const luaL_Reg waitgroup[] = {{"Add", wg_add}, {"Done", wg_done}, {"Go", wg_go}, {"Wait", wg_wait}, {NULL, NULL}};
    static const luaL_Reg once[] = {{"Do", once_do_it}, {NULL, NULL}};
    static const luaL_Reg cond[] = {
        {"Wait", cond_wait_it}, {"Signal", cond_signal_it}, {"Broadcast", cond_broadcast_it}, {NULL, NULL}};
    static const luaL_Reg weighted[] = {
        {"Acquire", weighted_acquire_it}, {"TryAcquire", weighted_try}, {"Release", weighted_release_it}, {NULL, NULL}};
    static const luaL_Reg meta[] = {{"__tostring", sync_text}, {NULL, NULL}};
    static const luaL_Reg *const methods[] = {[SYNC_MUTEX] = mutex, [SYNC_RWMUTEX] = rwmutex, [SYNC_WAITGROUP] = waitgroup,
                                              [SYNC_ONCE] = once,   [SYNC_COND] = cond,       [SYNC_WEIGHTED] = weighted};
    static const luaL_Reg makers[] = {{"Mutex", make_mutex}, {"RWMutex", make_rwmutex}, {"WaitGroup", make_waitgroup}, {"Once", make_once},
                                      {"Cond", make_cond},   {"OnceFunc", make_once_func}, {NULL, NULL}};
    static const luaL_Reg semaphores[] = {{"Weighted", make_weighted}, {NULL, NULL}};
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) script_thing_type(L, (ThingKind)(THING_SYNC + i), methods[i], meta);
    script_thing_index(L, THING_SYNC + SYNC_COND, cond_index);
    lua_newtable(L);
    luaL_setfuncs(L, makers, 0);
    doors_seal(L, "sync");
    lua_setfield(L, -2, "sync");
    lua_newtable(L);
    luaL_setfuncs(L, semaphores, 0);
    doors_seal(L, "semaphore");
    lua_setfield(L, -2, "semaphore");
}

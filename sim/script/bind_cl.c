/* bind_cl.c -- kernels: cl.kernel(name, arguments ...), k:launch { items, takes, slices }, cl.finish().
 *
 *     local k = cl.kernel("saxpy", y, x, 2.0)      -- in the order of the kernel's parameters
 *     k:launch { takes = "120us" }                 -- enqueued; one short call of C
 *     cl.finish()                                  -- C waits until the queue is empty (others: bind_queue.c)
 *
 *     cl.record(k, k):launch()                     -- a list that was recorded once: one call for all
 *
 * Arguments are checked against the kernel's source when they are given, on any device and on none.
 * Every launch is real: its slices are executed when virtual time has come to their end (launch.c).
 *
 * Differs: clBuildProgram, clCreateBuffer and clSetKernelArg cost no virtual time. A kernel
 *          value keeps its objects alive, as a Go struct that holds them would; what is launched has their addresses only.
 */
#include "box.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct {
    Thing thing;
    DevKernel kernel;
    char name[NAME_TEXT_MAX];
    uint32_t arg_count;
    DevArg arg[DEV_ARGS_MAX];
    uint64_t obj[DEV_ARGS_MAX]; /* NONE where the argument is no buffer */
} KernelRef;

static const char *const scalar_wants[] = {[DEV_ARG_FLOAT] = "a number",
                                           [DEV_ARG_INT] = "a whole number of 32 bits",
                                           [DEV_ARG_UINT] = "a whole number from 0 to 4294967295"};

/* ---- arguments of a kernel ---- */

static _Noreturn void refuse_arg(lua_State *L, const KernelRef *k, uint32_t i, int index,
                                 const char *wants) {
    const DevParam *p = &dev_signature(script_of(L)->dev, k->kernel)->param[i];
    script_arg_error(L, index, "", "cl.kernel: argument %u of %s, '%s', is %s", i + 1, k->name,
                     p->name, wants);
}

static void take_buffer(lua_State *L, KernelRef *k, uint32_t i, int index, const DevParam *p) {
    Script *s = script_of(L);
    Thing *thing = script_thing(L, index, THING_OBJ);
    char wants[64];
    snprintf(wants, sizeof wants, "a heap object of %s", obj_element_text[p->element]);
    if (thing == NULL) refuse_arg(L, k, i, index, wants);
    Obj *o = &s->objs[thing->id];
    if ((int)o->element != (int)p->element)
        script_error(L, "", "cl.kernel: argument %u of %s, '%s', is %s; %s has %s", i + 1, k->name,
                     p->name, wants, o->name, obj_element_text[o->element]);
    k->obj[i] = thing->id;
    lua_getiuservalue(L, -1, 1); /* the kernel's: what it keeps alive */
    lua_pushvalue(L, index);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
    lua_pop(L, 1);
}

static void take_scalar(lua_State *L, KernelRef *k, uint32_t i, int index, const DevParam *p) {
    if (lua_type(L, index) != LUA_TNUMBER) refuse_arg(L, k, i, index, scalar_wants[p->kind]);
    if (p->kind == DEV_ARG_FLOAT) {
        k->arg[i].v.f = (float)lua_tonumber(L, index);
        return;
    }
    int exact;
    lua_Integer v = lua_tointegerx(L, index, &exact);
    bool fits =
        p->kind == DEV_ARG_INT ? v >= INT32_MIN && v <= INT32_MAX : v >= 0 && v <= UINT32_MAX;
    if (!exact || !fits) refuse_arg(L, k, i, index, scalar_wants[p->kind]);
    if (p->kind == DEV_ARG_INT) k->arg[i].v.i = (int32_t)v;
    else k->arg[i].v.u = (uint32_t)v;
}

static void take_args(lua_State *L, KernelRef *k, uint32_t given) {
    const DevSignature *sig = dev_signature(script_of(L)->dev, k->kernel);
    char names[512] = "";
    for (uint32_t i = 0; i < sig->count; i++) {
        size_t len = strlen(names);
        snprintf(names + len, sizeof names - len, ", %s", sig->param[i].name);
    }
    if (given != sig->count)
        script_error(L, "", "cl.kernel: call it as cl.kernel(\"%s\"%s); got %u argument%s", k->name,
                     names, given, given == 1 ? "" : "s");
    k->arg_count = sig->count;
    uint32_t buffers = 0;
    for (uint32_t i = 0; i < sig->count; i++) {
        const DevParam *p = &sig->param[i];
        k->arg[i].kind = p->kind;
        k->obj[i] = NONE;
        if (p->kind == DEV_ARG_BUFFER) take_buffer(L, k, i, (int)i + 2, p);
        else take_scalar(L, k, i, (int)i + 2, p);
        buffers += p->kind == DEV_ARG_BUFFER;
    }
    if (buffers > CMD_ARGS_MAX)
        script_error(L, "", "kernel %s has %u buffers; at most %d are shown", k->name, buffers,
                     CMD_ARGS_MAX);
}

/* Reads and builds it, with nothing of Lua's in between that could throw. */
static bool build(Script *s, const char *name, DevKernel *k, Diag *d) {
    char *file = NULL, *source = NULL;
    if (s->opt.kernel == NULL)
        return diag_fail(d, EXIT_SCENARIO, "there are no kernels in this run");
    if (!s->opt.kernel(s->opt.kernel_ctx, name, &file, &source, d)) return false;
    bool built = dev_kernel(s->dev, file, name, source, k, d);
    free(file);
    free(source);
    return built;
}

static int kernel(lua_State *L) {
    Script *s = script_of(L);
    if (s->phase != PHASE_RUN)
        script_error(L, "Call it in go(function() ... end) or main(function() ... end).",
                     "cl.kernel asks the device, and no goroutine is running here");
    const char *name = script_name(L, 1, "the name of a kernel");
    uint32_t given = (uint32_t)lua_gettop(L) - 1;
    KernelRef *k = script_new_thing(L, THING_KERNEL, sizeof *k);
    snprintf(k->name, sizeof k->name, "%s", name);
    lua_newtable(L);
    lua_setiuservalue(L, -2, 1);
    Diag d;
    if (!build(s, name, &k->kernel, &d)) script_raise(L, &d);
    take_args(L, k, given);
    return 1;
}

/* ---- launch ---- */

static uint64_t buffer_count_of(const Script *s, const KernelRef *k, bool longest) {
    uint64_t found = 0;
    for (uint32_t i = 0; i < k->arg_count; i++) {
        if (k->obj[i] == NONE) continue;
        uint64_t count = s->objs[k->obj[i]].count;
        if (!longest) return count;
        if (count > found) found = count;
    }
    return found;
}

static bool is_field(const char *name) {
    static const char *const fields[] = {"items", "takes", "slices", "queue", "after"};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        if (strcmp(name, fields[i]) == 0) return true;
    }
    return false;
}

static void check_launch(lua_State *L) {
    if (lua_isnoneornil(L, 2)) return;
    if (!lua_istable(L, 2))
        script_arg_error(L, 2,
                         "For example: k:launch { items = n, takes = \"120us\", slices = 16 }",
                         "launch wants a table, or nothing");
    const char *unknown = script_unknown_key(L, 2, is_field);
    if (unknown)
        script_error(L, "It has: items, takes, slices, queue, after.", "launch has no field '%s'", unknown);
}

/* The objects' addresses of this moment are what the device will use. What the host wrote since the last launch goes
 * there now; from now on the device writes. */
static bool hand_over(Script *s, KernelRef *k, Launch *l, Diag *d) {
    const DevSignature *sig = dev_signature(s->dev, k->kernel);
    for (uint32_t i = 0; i < k->arg_count; i++) {
        if (k->obj[i] == NONE) continue;
        if (!obj_for_device(s, k->obj[i], d)) return false;
        Obj *o = &s->objs[k->obj[i]];
        k->arg[i].v.buffer = o->buffer;
        if (o->host_wrote && !dev_push(s->dev, o->buffer, d)) return false;
        o->host_wrote = false;
        if (sig->param[i].written && !o->device_writes) o->fetched = s->w->cmds_done;
        o->device_writes = o->device_writes || sig->param[i].written;
        l->obj[l->obj_count] = (Id_OBJ){k->obj[i]};
        l->written[l->obj_count++] = sig->param[i].written;
    }
    return dev_launch(s->dev, k->kernel, k->arg, k->arg_count, l->items, &l->slices, &l->dev, d);
}

/* A launch of k with the fields at index 2; a launch of the world's, ready for OP_LAUNCH. */
static uint64_t prepare(lua_State *L, Script *s, KernelRef *k) {
    uint64_t longest = buffer_count_of(s, k, true);
    Launch l = {.queue = DEFAULT_QUEUE, .duration_ns = NONE};
    l.items = script_whole_field(L, 2, "launch", "items", buffer_count_of(s, k, false), UINT32_MAX);
    l.slices = (uint32_t)script_whole_field(L, 2, "launch", "slices", SLICES_DEFAULT, SLICES_MAX);
    if (lua_istable(L, 2) && lua_getfield(L, 2, "takes") != LUA_TNIL)
        l.duration_ns = script_duration(L, -1, "launch: takes");
    queue_fields(L, 2, "launch", &l);
    if (l.items == 0)
        script_error(L, "For example: k:launch { items = n }",
                     "launch: %s has no buffer, so say how many work items it is for", k->name);
    if (longest > 0 && l.items > longest)
        script_error(L, "",
                     "launch: %llu work items, but the longest buffer of %s has %llu elements",
                     (unsigned long long)l.items, k->name, (unsigned long long)longest);
    if (s->w->launch_count == LAUNCHES_MAX)
        script_error(L, "", "a run has %d launches at most", LAUNCHES_MAX);
    l.name = stream_text(s->w->s, k->name);
    Diag d;
    if (!hand_over(s, k, &l, &d)) script_raise(L, &d);
    return world_launch(s->w, &l);
}

static int kernel_launch(lua_State *L) {
    Script *s = script_of(L);
    KernelRef *k = script_thing(L, 1, THING_KERNEL);
    if (k == NULL)
        script_arg_error(L, 1, "A method is called with a colon: k:launch().",
                         "launch wants a kernel");
    lua_settop(L, 2);
    check_launch(L);
    Op *op = script_op(L, "launch", OP_LAUNCH);
    op->a = prepare(L, s, k);
    return lua_yieldk(L, 0, 0, queue_enqueued);
}

/* ---- a recorded list: cl.record(k1, k2, ...), g:launch { ... }; its kernels are its user value ---- */

static int record(lua_State *L) {
    int n = lua_gettop(L);
    script_declared(L, "cl.record");
    if (n == 0) script_error(L, "For example: cl.record(scale, add, scale)", "cl.record wants kernels");
    lua_createtable(L, n, 0);
    for (int i = 1; i <= n; i++) {
        if (script_thing(L, i, THING_KERNEL) == NULL)
            script_arg_error(L, i, "", "cl.record wants kernels, made by cl.kernel");
        lua_pushvalue(L, i);
        lua_rawseti(L, -2, i);
    }
    script_new_thing(L, THING_GRAPH, sizeof(Thing));
    lua_insert(L, -2);
    lua_setiuservalue(L, -2, 1);
    return 1;
}

static int graph_launch(lua_State *L) {
    Script *s = script_of(L);
    if (script_thing(L, 1, THING_GRAPH) == NULL)
        script_arg_error(L, 1, "A method is called with a colon: g:launch().",
                         "launch wants what cl.record has made");
    lua_settop(L, 2);
    check_launch(L);
    Op *op = script_op(L, "launch", OP_LAUNCH);
    lua_getiuservalue(L, 1, 1);
    op->b = lua_rawlen(L, 3);
    for (uint64_t i = 0; i < op->b; i++) {
        lua_rawgeti(L, 3, (lua_Integer)i + 1);
        uint64_t l = prepare(L, s, lua_touserdata(L, -1));
        if (i == 0) op->a = l;
        lua_settop(L, 3);
    }
    return lua_yieldk(L, 0, 0, queue_enqueued); /* of the last one */
}

static int graph_text(lua_State *L) {
    lua_pushliteral(L, "graph");
    return 1;
}

static int finish(lua_State *L) {
    script_op(L, "cl.finish", OP_FINISH)->a = NONE;
    return lua_yield(L, 0);
}

static int kernel_text(lua_State *L) {
    lua_pushfstring(L, "kernel %s", ((KernelRef *)lua_touserdata(L, 1))->name);
    return 1;
}

void bind_cl(lua_State *L) {
    static const luaL_Reg methods[] = {{"launch", kernel_launch}, {NULL, NULL}};
    static const luaL_Reg meta[] = {{"__tostring", kernel_text}, {NULL, NULL}};
    static const luaL_Reg functions[] = {{"kernel", kernel}, {"record", record}, {"finish", finish}, {NULL, NULL}};
    static const luaL_Reg graph_methods[] = {{"launch", graph_launch}, {NULL, NULL}};
    static const luaL_Reg graph_meta[] = {{"__tostring", graph_text}, {NULL, NULL}};
    script_thing_type(L, THING_GRAPH, graph_methods, graph_meta);
    script_thing_type(L, THING_KERNEL, methods, meta);
    lua_newtable(L);
    luaL_setfuncs(L, functions, 0);
    bind_memory_cl(L);
    bind_queue_cl(L);
    doors_seal(L, "cl");
    lua_setfield(L, -2, "cl");
}

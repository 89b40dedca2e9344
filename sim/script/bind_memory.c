/* bind_memory.c -- memory that the collector does not know, and copies between the kinds.
 *
 *     local p = C.malloc("p", n [, "floats"])          C.free(p)              C's heap; bytes, if not said
 *     local t = C.CString("t", "text")                 C.free(t)
 *     local h = cl.locked("h", n [, "floats"])         cl.release(h)          the host's, page-locked
 *     local d = cl.buffer("d", n [, "floats"])         cl.release(d)          the device's own
 *     local u = cl.shared("u", n [, "floats"])         cl.release(u)          one address for both
 *     copy(h, x)                                                              Go's copy, between what the host can reach
 *     cl.write(d, h [, { takes, slices }])                                    enqueued: to the device ...
 *     cl.read(d, h [, { takes, slices }])                                     ... and from it
 *
 * They are used as what heap.floats makes is, also by kernels; but what is the device's own, no x[i] reaches. What is
 * given back still has its address. cl.buffer, cl.locked and cl.shared give nil and an error where there is no room.
 *
 * Go:      cmd/cgo C.malloc, C.CString; unsafe.Slice over what they give (go1.26)
 * Differs: a transfer holds the address that the host's memory has when it is enqueued. On a device with memory of its
 *          own, what a kernel that is not done yet writes into host memory is not what such a transfer sends.
 */
#include "box.h"

#include <stdio.h>
#include <stdlib.h>

enum { CSTRING_MAX = 1 << 20 };

/* ---- what is behind it ---- */

/* Of the device's own there is one buffer, and objects are parts of it: so what is freed is used again. */
static bool back(Script *s, Memory kind, Diag *d) {
    void *at;
    uint64_t bytes = foreign_limit_of(s->foreign, kind);
    if (kind == MEM_C || s->backed[kind]) return true;
    if (kind == MEM_DEVICE) {
        if (!dev_memory(s->dev, bytes, &s->device_memory, d)) return false;
    } else {
        if (!dev_host(s->dev, kind == MEM_LOCKED ? DEV_HOST_LOCKED : DEV_HOST_SHARED, bytes, &at, d)) return false;
        foreign_backed_by(s->foreign, kind, at);
    }
    s->backed[kind] = true;
    return true;
}

bool memory_for_device(Script *s, uint64_t obj, Diag *d) {
    Obj *o = &s->objs[obj];
    if (!dev_part(s->dev, s->device_memory, foreign_offset(s->foreign, (Id_OBJ){obj}), obj_size(s, obj), &o->buffer, d))
        return false;
    o->has_buffer = true;
    return true;
}

/* Only for expectations: the program itself has to copy. */
bool memory_before_read(Script *s, uint64_t obj, Diag *d) {
    Obj *o = &s->objs[obj];
    if (s->phase != PHASE_CHECK || o->mirror) return true;
    if (!o->has_buffer && !memory_for_device(s, obj, d)) return false;
    o->mirror = mem_zero(obj_size(s, obj), 1);
    return dev_read(s->dev, o->buffer, o->mirror, obj_size(s, obj), d);
}

/* ---- taking ---- */

static const char *const call[MEM_COUNT] = {
    [MEM_C] = "C.malloc", [MEM_LOCKED] = "cl.locked", [MEM_DEVICE] = "cl.buffer", [MEM_SHARED] = "cl.shared"};

static ObjElement element_at(lua_State *L, int index, const char *what) {
    if (lua_isnoneornil(L, index)) return OBJ_BYTE;
    for (int i = 0; lua_type(L, index) == LUA_TSTRING && i < OBJ_ELEMENTS; i++) {
        if (strcmp(lua_tostring(L, index), obj_element_text[i]) == 0) return (ObjElement)i;
    }
    script_arg_error(L, index, "There are: floats, ints, uints, bytes, pointers.", "%s: the third argument is a kind of elements",
                     what);
}

static int taken(lua_State *L, int status, lua_KContext element) {
    (void)status;
    Script *s = script_of(L);
    OpResult r = s->last;
    if (!r.ok) {
        lua_pushnil(L);
        lua_pushliteral(L, "CL_MEM_OBJECT_ALLOCATION_FAILURE");
        return 2;
    }
    obj_adopt(L, r.value, (ObjElement)element, lua_tostring(L, 1), script_line(L));
    return 1;
}

static Op *take_op(lua_State *L, const char *what, Memory kind, const char *name, uint64_t bytes) {
    Script *s = script_of(L);
    Op *op = script_op(L, what, OP_MEM_TAKE);
    Diag d;
    if (!back(s, kind, &d)) script_raise(L, &d);
    op->a = bytes;
    op->b = kind;
    op->text = stream_text(s->w->s, name);
    return op;
}

/* Upvalue 1 is the Memory. */
static int take(lua_State *L) {
    Memory kind = (Memory)lua_tointeger(L, lua_upvalueindex(1));
    const char *what = call[kind];
    script_declared(L, what);
    const char *name = script_name(L, 1, "the name of an object");
    ObjElement element = element_at(L, 3, what);
    take_op(L, what, kind, name, obj_bytes_arg(L, what, element));
    return lua_yieldk(L, 0, (lua_KContext)element, taken);
}

static int cstring_taken(lua_State *L, int status, lua_KContext ctx) {
    taken(L, status, ctx);
    Script *s = script_of(L);
    size_t len;
    const char *text = lua_tolstring(L, 2, &len);
    memcpy(obj_bytes(s, ((Thing *)lua_touserdata(L, -1))->id), text, len + 1);
    return 1;
}

static int cstring(lua_State *L) {
    script_declared(L, "C.CString");
    const char *name = script_name(L, 1, "the name of an object");
    size_t len = 0;
    if (lua_type(L, 2) != LUA_TSTRING || (lua_tolstring(L, 2, &len), len > CSTRING_MAX))
        script_arg_error(L, 2, "For example: C.CString(\"path\", \"/dev/null\")", "C.CString wants a text of at most %d bytes",
                         CSTRING_MAX);
    take_op(L, "C.CString", MEM_C, name, len + 1);
    return lua_yieldk(L, 0, OBJ_BYTE, cstring_taken);
}

/* ---- giving back ---- */

static int given(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    lua_pushboolean(L, script_of(L)->last.ok != 0);
    return 1;
}

static int give(lua_State *L, const char *what, bool of_c) {
    Script *s = script_declared(L, what);
    Thing *thing = script_thing(L, 1, THING_OBJ);
    Memory kind = thing ? s->objs[thing->id].memory : MEM_GO;
    if (kind == MEM_GO || (kind == MEM_C) != of_c)
        script_arg_error(L, 1, of_c ? "What cl.buffer, cl.locked or cl.shared gave goes back by cl.release."
                                    : "What C.malloc or C.CString gave goes back by C.free.",
                         "%s wants what %s gave", what, of_c ? "C.malloc or C.CString" : "cl.buffer, cl.locked or cl.shared");
    script_op(L, what, OP_MEM_GIVE)->a = thing->id;
    return lua_yieldk(L, 0, 0, given);
}

static int c_free(lua_State *L) { return give(L, "C.free", true); }
static int cl_release(lua_State *L) { return give(L, "cl.release", false); }

/* ---- copies ---- */

static Thing *reachable(lua_State *L, int index, const char *what) {
    Thing *thing = script_thing(L, index, THING_OBJ);
    if (thing == NULL) script_arg_error(L, index, "", "%s wants an object", what);
    if (script_of(L)->objs[thing->id].memory == MEM_DEVICE)
        script_error(L, "cl.write and cl.read copy to and from it.", "%s: %s is in the device's memory, where Go cannot reach it",
                     what, script_of(L)->objs[thing->id].name);
    return thing;
}

static int copied(lua_State *L, int status, lua_KContext bytes) {
    (void)status;
    Script *s = script_of(L);
    uint64_t to = ((Thing *)lua_touserdata(L, 1))->id, from = ((Thing *)lua_touserdata(L, 2))->id;
    Diag d;
    if (!obj_before_read(s, from, &d) || !obj_before_write(s, to, &d)) script_raise(L, &d);
    memmove(obj_bytes(s, to), obj_bytes(s, from), (size_t)bytes);
    s->objs[to].from_device |= obj_needs_device(s, from);
    if (!obj_after_write(s, to, &d)) script_raise(L, &d);
    lua_pushinteger(L, bytes / (lua_KContext)obj_element_bytes[s->objs[to].element]);
    return 1;
}

static int copy(lua_State *L) {
    Script *s = script_declared(L, "copy");
    const Thing *to = reachable(L, 1, "copy"), *from = reachable(L, 2, "copy");
    const Obj *a = &s->objs[to->id], *b = &s->objs[from->id];
    if (a->element != b->element)
        script_error(L, "", "copy: %s has %s, %s has %s", a->name, obj_element_text[a->element], b->name,
                     obj_element_text[b->element]);
    uint64_t count = a->count < b->count ? a->count : b->count;
    Op *op = script_op(L, "copy", OP_COPY);
    op->a = (uint64_t)to->id << 32 | from->id;
    op->b = count * obj_element_bytes[a->element];
    return lua_yieldk(L, 0, (lua_KContext)op->b, copied);
}

static bool is_field(const char *name) {
    return strcmp(name, "takes") == 0 || strcmp(name, "slices") == 0 || strcmp(name, "queue") == 0 || strcmp(name, "after") == 0;
}

static void how(lua_State *L, const char *what, Launch *l) {
    l->slices = SLICES_DEFAULT;
    if (lua_isnoneornil(L, 3)) return;
    if (!lua_istable(L, 3))
        script_arg_error(L, 3, "For example: cl.write(d, h, { takes = \"1ms\" })", "%s wants a table behind the objects, or nothing", what);
    const char *unknown = script_unknown_key(L, 3, is_field);
    if (unknown) script_error(L, "It has: takes, slices, queue, after.", "%s has no field '%s'", what, unknown);
    queue_fields(L, 3, what, l);
    if (lua_getfield(L, 3, "takes") != LUA_TNIL) l->duration_ns = script_duration(L, -1, "a transfer: takes");
    l->slices = (uint32_t)script_whole_field(L, 3, what, "slices", SLICES_DEFAULT, SLICES_MAX);
    lua_pop(L, 2);
}

/* What the host's memory is decides the time. */
static uint64_t modelled(const Script *s, const Obj *host, uint64_t bytes) {
    const uint64_t *ns = s->scenario.costs.ns;
    return ns[COST_dev_copy] + bytes * ns[host->memory == MEM_LOCKED ? COST_dev_copy_locked_ps : COST_dev_copy_byte_ps] / 1000;
}

static int transfer(lua_State *L, const char *what, bool to_device) {
    Script *s = script_declared(L, what);
    Thing *device = script_thing(L, 1, THING_OBJ);
    if (device == NULL || s->objs[device->id].memory != MEM_DEVICE)
        script_arg_error(L, 1, "", "%s wants what cl.buffer gave, and then an object of the host's", what);
    Thing *host = reachable(L, 2, what);
    uint64_t bytes = obj_size(s, to_device ? host->id : device->id), room = obj_size(s, to_device ? device->id : host->id);
    if (bytes > room)
        script_error(L, "", "%s: %llu bytes do not fit into %llu", what, (unsigned long long)bytes, (unsigned long long)room);
    if (s->w->launch_count == LAUNCHES_MAX) script_error(L, "", "a run has %d launches at most", LAUNCHES_MAX);
    Launch l = {.kind = to_device ? LAUNCH_WRITE : LAUNCH_READ, .queue = DEFAULT_QUEUE, .items = bytes, .obj_count = 2,
                .duration_ns = modelled(s, &s->objs[host->id], bytes)};
    how(L, what, &l);
    Op *op = script_op(L, what, OP_LAUNCH);
    l.name = stream_text(s->w->s, to_device ? "clEnqueueWriteBuffer" : "clEnqueueReadBuffer");
    l.obj[0] = (Id_OBJ){device->id}, l.obj[1] = (Id_OBJ){host->id};
    l.written[0] = to_device, l.written[1] = !to_device;
    Obj *h = &s->objs[host->id];
    Diag d;
    if (!obj_before_read(s, host->id, &d) || !obj_for_device(s, device->id, &d) ||
        !dev_transfer(s->dev, s->objs[device->id].buffer, obj_bytes(s, host->id), bytes, to_device, &l.slices, &l.dev, &d))
        script_raise(L, &d);
    if (!to_device) {
        h->host_wrote = true; /* newer than what a device with memory of its own has of it */
        h->from_device = true;
    }
    op->a = world_launch(s->w, &l);
    return lua_yieldk(L, 0, 0, queue_enqueued);
}

static int cl_write(lua_State *L) { return transfer(L, "cl.write", true); }
static int cl_read(lua_State *L) { return transfer(L, "cl.read", false); }

/* ---- */

static void add_takes(lua_State *L, Memory kind, const char *name) {
    lua_pushinteger(L, kind);
    lua_pushcclosure(L, take, 1);
    lua_setfield(L, -2, name);
}

void bind_memory_c(lua_State *L) {
    static const luaL_Reg functions[] = {{"CString", cstring}, {"free", c_free}, {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
    add_takes(L, MEM_C, "malloc");
}

void bind_memory_cl(lua_State *L) {
    static const luaL_Reg functions[] = {{"release", cl_release}, {"write", cl_write}, {"read", cl_read}, {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
    add_takes(L, MEM_LOCKED, "locked");
    add_takes(L, MEM_DEVICE, "buffer");
    add_takes(L, MEM_SHARED, "shared");
}

void bind_memory(lua_State *L) {
    lua_pushcfunction(L, copy);
    lua_setfield(L, -2, "copy");
}

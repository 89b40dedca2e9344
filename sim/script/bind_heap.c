/* bind_heap.c -- objects with real bytes: heap.floats(name, n, fill), x[i], #x, pairs(x).
 *
 * Elements count from 0, as Go's slices do. Reading asks the device first, if a kernel has written since
 * (obj_before_read); writing tells it, at once while a command is under way, else before the next launch.
 *
 * heap.pointers(name, n): its elements are Go pointers to objects, or nil; the collector follows them, and
 * corrects them when what they lead to moves.
 *
 * What C and the driver gave (bind_memory.c) are objects here, too.
 *
 * Differs: an object is a slice, of numbers or of pointers to the beginning of others; there are no structs, strings,
 *          maps or interfaces. Two values of the same object are equal, but are two keys of a table.
 */
#include "box.h"

#include <stdio.h>
#include <stdlib.h>

const size_t obj_element_bytes[] = {
    [OBJ_FLOAT] = 4, [OBJ_INT] = 4, [OBJ_UINT] = 4, [OBJ_BYTE] = 1, [OBJ_POINTER] = 8};
const char *const obj_element_text[] = {
    [OBJ_FLOAT] = "floats", [OBJ_INT] = "ints", [OBJ_UINT] = "uints", [OBJ_BYTE] = "bytes", [OBJ_POINTER] = "pointers"};
static const char *const element_wants[] = {
    [OBJ_FLOAT] = "a number",
    [OBJ_INT] = "a whole number of 32 bits",
    [OBJ_UINT] = "a whole number from 0 to 4294967295",
    [OBJ_BYTE] = "a whole number from 0 to 255",
    [OBJ_POINTER] = "an object of the heap, or nil",
};

/* ---- whose memory it is ---- */

void *obj_bytes(const Script *s, uint64_t obj) {
    const Obj *o = &s->objs[obj];
    if (o->memory == MEM_GO) return heap_bytes(s->heap, (Id_OBJ){obj});
    return o->mirror ? o->mirror : foreign_bytes(s->foreign, (Id_OBJ){obj});
}

uint64_t obj_addr(const Script *s, uint64_t obj) {
    return s->objs[obj].memory == MEM_GO ? heap_addr(s->heap, (Id_OBJ){obj}) : foreign_addr(s->foreign, (Id_OBJ){obj});
}

uint64_t obj_size(const Script *s, uint64_t obj) { return s->objs[obj].count * obj_element_bytes[s->objs[obj].element]; }

/* Of what C or the driver gave, the bytes can be looked at when it was given back, too: nobody stops Go from that. */
bool obj_is_live(const Script *s, uint64_t obj) { return s->objs[obj].memory != MEM_GO || heap_is_live(s->heap, (Id_OBJ){obj}); }

/* ---- host and device ---- */

static bool is_under_way(const Script *s) { return s->w->cmds_done != s->w->launch_count; }

/* One address for both: the host sees what the device has done so far, with or without anybody's promise. */
static bool look_while_it_runs(Script *s, Obj *o, Diag *d) {
    launch_settle(s->w);
    if (s->w->outcome != RUN_GOES) return *d = s->w->diag, false;
    if (!o->device_writes || o->host_wrote) return true;
    return dev_fetch(s->dev, o->buffer, d);
}

/* What the host wrote and has not handed over is newer than the device's copy: no command has had it since. */
bool obj_before_read(Script *s, uint64_t obj, Diag *d) {
    Obj *o = &s->objs[obj];
    if (o->memory == MEM_DEVICE) return memory_before_read(s, obj, d);
    if (o->memory == MEM_SHARED && o->has_buffer && is_under_way(s)) return look_while_it_runs(s, o, d);
    if (!o->has_buffer || !o->device_writes || o->host_wrote || o->fetched == s->w->cmds_done) return true;
    if (!dev_fetch(s->dev, o->buffer, d)) return false;
    o->fetched = s->w->cmds_done;
    return true;
}

/* On a device with memory of its own the whole object travels, so it must be whole before. */
bool obj_before_write(Script *s, uint64_t obj, Diag *d) { return obj_before_read(s, obj, d); }

bool obj_after_write(Script *s, uint64_t obj, Diag *d) {
    Obj *o = &s->objs[obj];
    if (!o->has_buffer) return true;
    o->host_wrote = true;
    if (!is_under_way(s)) return true;
    o->host_wrote = false;
    return dev_push(s->dev, o->buffer, d);
}

bool obj_for_device(Script *s, uint64_t obj, Diag *d) {
    Obj *o = &s->objs[obj];
    if (o->has_buffer) return true;
    if (o->memory == MEM_DEVICE) return memory_for_device(s, obj, d);
    if (!dev_buffer(s->dev, obj_bytes(s, obj), obj_size(s, obj), &o->buffer, d)) return false;
    o->has_buffer = true;
    o->host_wrote = false;
    o->fetched = s->w->cmds_done;
    return true;
}

/* A buffer is over one address. What commands that are done have written comes home first; those that are
 * not, keep the buffer and write to where the object was. */
void obj_leaves(void *ctx, Id_OBJ obj, uint64_t to) {
    Script *s = ctx;
    if (to == 0) cleanup_object_freed(s, obj.v);
    if (obj.v >= s->obj_count || !s->objs[obj.v].has_buffer) return;
    Obj *o = &s->objs[obj.v];
    Diag d;
    if (to != 0 && !launch_holds(s->w, obj) && !obj_before_read(s, obj.v, &d)) world_fail(s->w, &d);
    dev_buffer_drop(s->dev, o->buffer);
    o->has_buffer = false;
}

bool obj_needs_device(const Script *s, uint64_t obj) {
    const Obj *o = &s->objs[obj];
    return o->device_writes || o->from_device || o->memory == MEM_DEVICE;
}

/* ---- elements ---- */

static double number_at(ObjElement element, const void *at) {
    switch (element) {
    case OBJ_FLOAT: return (double)*(const float *)at;
    case OBJ_INT: return *(const int32_t *)at;
    case OBJ_UINT: return *(const uint32_t *)at;
    case OBJ_BYTE: return *(const uint8_t *)at;
    case OBJ_POINTER: return (double)*(const uint64_t *)at;
    }
    UNREACHABLE();
}

static void *element_at(const Script *s, uint64_t obj, uint64_t i) {
    return (uint8_t *)obj_bytes(s, obj) + i * obj_element_bytes[s->objs[obj].element];
}

double obj_get(const Script *s, uint64_t obj, uint64_t i) { return number_at(s->objs[obj].element, element_at(s, obj, i)); }

bool obj_pointer(const Script *s, uint64_t obj, uint64_t i, Id_OBJ *to) {
    uint64_t addr, offset;
    memcpy(&addr, (const uint64_t *)obj_bytes(s, obj) + i, sizeof addr);
    return (heap_find(s->heap, addr, to, &offset) || foreign_find(s->foreign, addr, to)) && to->v < s->obj_count;
}

static void push_object(lua_State *L, uint64_t id) {
    Thing *thing = script_new_thing(L, THING_OBJ, sizeof *thing);
    thing->id = (uint32_t)id;
}

/* A word that leads nowhere is nil: C may have written anything. */
static void push_pointer(const Script *s, lua_State *L, uint64_t obj, uint64_t i) {
    Id_OBJ to;
    if (obj_pointer(s, obj, i, &to)) push_object(L, to.v);
    else lua_pushnil(L);
}

void obj_push_element(lua_State *L, ObjElement element, const void *at) {
    if (element == OBJ_FLOAT) lua_pushnumber(L, number_at(element, at));
    else lua_pushinteger(L, (lua_Integer)number_at(element, at));
}

void obj_push(const Script *s, lua_State *L, uint64_t obj, uint64_t i) {
    if (s->objs[obj].element == OBJ_POINTER) push_pointer(s, L, obj, i);
    else obj_push_element(L, s->objs[obj].element, element_at(s, obj, i));
}

bool obj_store_element(lua_State *L, ObjElement element, void *at, int index) {
    if (lua_type(L, index) != LUA_TNUMBER) return false;
    if (element == OBJ_FLOAT) {
        *(float *)at = (float)lua_tonumber(L, index);
        return true;
    }
    int exact;
    lua_Integer v = lua_tointegerx(L, index, &exact);
    if (!exact) return false;
    switch (element) {
    case OBJ_INT: *(int32_t *)at = (int32_t)v; return v >= INT32_MIN && v <= INT32_MAX;
    case OBJ_UINT: *(uint32_t *)at = (uint32_t)v; return v >= 0 && v <= UINT32_MAX;
    case OBJ_BYTE: *(uint8_t *)at = (uint8_t)v; return v >= 0 && v <= UINT8_MAX;
    case OBJ_FLOAT:
    case OBJ_POINTER: UNREACHABLE();
    }
    UNREACHABLE();
}

/* The value at `index` becomes element i; false when it cannot. */
static bool store(Script *s, lua_State *L, uint64_t obj, uint64_t i, int index) {
    if (s->objs[obj].element != OBJ_POINTER) return obj_store_element(L, s->objs[obj].element, element_at(s, obj, i), index);
    Thing *to = script_thing(L, index, THING_OBJ);
    if (to == NULL && !lua_isnil(L, index)) return false;
    uint64_t addr = to ? obj_addr(s, to->id) : 0;
    memcpy(element_at(s, obj, i), &addr, sizeof addr);
    return true;
}

static _Noreturn void refuse_value(lua_State *L, const Obj *o, uint64_t i, int index) {
    script_arg_error(L, index, "", "%s[%llu] is %s", o->name, (unsigned long long)i,
                     element_wants[o->element]);
}

/* ---- making one ---- */

void obj_fill(Script *s, lua_State *L, uint64_t obj, int with) {
    Obj o = s->objs[obj]; /* the function may make further objects */
    if (lua_isnoneornil(L, with)) return;
    bool call = lua_isfunction(L, with);
    for (uint64_t i = 0; i < o.count; i++) {
        if (s->steps < STEPS_MAX) s->steps += STEPS_PER_CALL;
        lua_pushvalue(L, with);
        if (call) {
            lua_pushinteger(L, (lua_Integer)i);
            lua_call(L, 1, 1);
        }
        if (!store(s, L, obj, i, -1)) refuse_value(L, &o, i, -1);
        lua_pop(L, 1);
    }
}

void obj_adopt(lua_State *L, uint64_t id, ObjElement element, const char *name, uint32_t line) {
    Script *s = script_of(L);
    while (s->obj_count <= id) { /* another goroutine may be told of its own first */
        GROW(s->objs, s->obj_cap, s->obj_count + 1);
        s->objs[s->obj_count++] = (Obj){0};
    }
    Obj *o = &s->objs[id];
    bool foreign = foreign_knows(s->foreign, (Id_OBJ){id});
    uint64_t bytes = foreign ? foreign_size(s->foreign, (Id_OBJ){id}) : heap_size(s->heap, (Id_OBJ){id});
    *o = (Obj){.element = element, .count = bytes / obj_element_bytes[element], .line = line,
               .memory = foreign ? foreign_kind(s->foreign, (Id_OBJ){id}) : MEM_GO,
               .global = s->phase == PHASE_LOAD};
    snprintf(o->name, sizeof o->name, "%s", name);
    push_object(L, id);
}

static int made(lua_State *L, int status, lua_KContext element) {
    (void)status;
    Script *s = script_of(L);
    uint64_t id = s->last.value;
    obj_adopt(L, id, (ObjElement)element, lua_tostring(L, 1), script_line(L));
    obj_fill(s, L, id, 3);
    return 1;
}

uint64_t obj_bytes_arg(lua_State *L, const char *what, ObjElement element) {
    int exact;
    lua_Integer n = lua_tointegerx(L, 2, &exact);
    if (!exact || lua_type(L, 2) != LUA_TNUMBER || n < 1)
        script_arg_error(L, 2, "", "%s wants the number of elements, a whole number from 1", what);
    if ((uint64_t)n > HEAP_BYTES_MAX) n = (lua_Integer)HEAP_BYTES_MAX + 1; /* refused by who gives it */
    return (uint64_t)n * obj_element_bytes[element];
}

/* heap.KIND(name, n [, fill]): upvalue 1 is the ObjElement. */
static int make(lua_State *L) {
    ObjElement element = (ObjElement)lua_tointeger(L, lua_upvalueindex(1));
    char what[32];
    snprintf(what, sizeof what, "heap.%s", obj_element_text[element]);
    Script *s = script_declared(L, what);
    if (s->phase == PHASE_CHECK) script_error(L, "", "%s: the run is over", what);
    const char *name = script_name(L, 1, "the name of an object");
    uint64_t bytes = obj_bytes_arg(L, what, element);
    int type = lua_type(L, 3);
    if (type > LUA_TNIL && type != LUA_TFUNCTION && type != (element == OBJ_POINTER ? LUA_TUSERDATA : LUA_TNUMBER))
        script_arg_error(L, 3, "", "%s: elements are filled by a function of i, or with %s", what,
                         element == OBJ_POINTER ? "an object" : "a number");
    lua_settop(L, 3);
    HeapLayout layout = element == OBJ_POINTER ? (HeapLayout){8, 1} : HEAP_NO_POINTERS;
    if (s->phase == PHASE_RUN) {
        if (bytes <= HEAP_BYTES_MAX && (s->heap_bytes += bytes) > HEAP_BYTES_ALL)
            script_error(L, "Use fewer objects, or use some of them again.",
                         "%s: a run may allocate %llu GiB in all", what, (unsigned long long)(HEAP_BYTES_ALL >> 30));
        Op *op = script_op(L, what, OP_ALLOC);
        op->a = bytes;
        op->b = world_layout(s->w, layout);
        op->text = stream_text(s->w->s, name);
        return lua_yieldk(L, 0, (lua_KContext)element, made);
    }
    Diag d;
    Id_OBJ id;
    if (!heap_object(s->heap, bytes, layout, &id, &d)) script_raise(L, &d);
    obj_adopt(L, id.v, element, name, script_line(L));
    obj_fill(s, L, id.v, 3);
    return 1;
}

/* ---- x[i] ---- */

/* Go's own words for an index that is out of range; it panics. */
static bool in_range(lua_State *L, const Obj *o, lua_Integer *i) {
    int exact;
    *i = lua_tointegerx(L, 2, &exact);
    if (!exact || lua_type(L, 2) != LUA_TNUMBER)
        script_arg_error(L, 2, "", "an element of %s is %s[0] to %s[%llu]", o->name, o->name,
                         o->name, (unsigned long long)o->count - 1);
    return *i >= 0 && (uint64_t)*i < o->count;
}

static int out_of_range(lua_State *L, const Obj *o, lua_Integer i) {
    char text[128];
    snprintf(text, sizeof text, "runtime error: index out of range [%lld] with length %llu",
             (long long)i, (unsigned long long)o->count);
    if (i < 0)
        snprintf(text, sizeof text, "runtime error: index out of range [%lld]", (long long)i);
    return script_panic(L, text);
}

/* A device pointer is a number to the host: what it leads to there is nothing. Go does not let a program recover. */
static bool is_fault(const Script *s, uint64_t obj) {
    return s->objs[obj].memory == MEM_DEVICE && s->phase != PHASE_CHECK;
}

static int fault(lua_State *L, uint64_t obj, lua_Integer i) {
    Script *s = script_of(L);
    char text[128];
    Op *op = script_op(L, "an element of the device's memory", OP_PANIC);
    uint64_t at = obj_addr(s, obj) + (uint64_t)i * obj_element_bytes[s->objs[obj].element];
    snprintf(text, sizeof text, "unexpected fault address 0x%llx\nfatal error: fault", (unsigned long long)at);
    op->text = stream_text(s->w->s, text);
    return lua_yield(L, 0);
}

static int obj_read(lua_State *L) {
    Script *s = script_of(L);
    uint64_t obj = ((Thing *)lua_touserdata(L, 1))->id;
    lua_Integer i;
    if (!in_range(L, &s->objs[obj], &i)) return out_of_range(L, &s->objs[obj], i);
    if (is_fault(s, obj)) return fault(L, obj, i);
    Diag d;
    if (!obj_before_read(s, obj, &d)) script_raise(L, &d);
    s->looked |= obj_needs_device(s, obj);
    obj_push(s, L, obj, (uint64_t)i);
    return 1;
}

static int obj_write(lua_State *L) {
    Script *s = script_of(L);
    uint64_t obj = ((Thing *)lua_touserdata(L, 1))->id;
    lua_Integer i;
    if (s->phase == PHASE_CHECK)
        script_error(L, "", "an expectation looks at the result, it does not change it");
    if (!in_range(L, &s->objs[obj], &i)) return out_of_range(L, &s->objs[obj], i);
    if (is_fault(s, obj)) return fault(L, obj, i);
    Diag d;
    if (!obj_before_write(s, obj, &d)) script_raise(L, &d);
    if (!store(s, L, obj, (uint64_t)i, 3)) refuse_value(L, &s->objs[obj], (uint64_t)i, 3);
    if (!obj_after_write(s, obj, &d)) script_raise(L, &d);
    return 0;
}

static int obj_length(lua_State *L) {
    lua_pushinteger(L, (lua_Integer)script_of(L)->objs[((Thing *)lua_touserdata(L, 1))->id].count);
    return 1;
}

static int obj_equal(lua_State *L) {
    const Thing *a = script_thing(L, 1, THING_OBJ), *b = script_thing(L, 2, THING_OBJ);
    lua_pushboolean(L, a && b && a->id == b->id);
    return 1;
}

static int obj_text(lua_State *L) {
    const Obj *o = &script_of(L)->objs[((Thing *)lua_touserdata(L, 1))->id];
    lua_pushfstring(L, "%s %s[%d]", obj_element_text[o->element], o->name, (int)o->count);
    return 1;
}

/* for i, v in pairs(x): i from 0. */
static int obj_step(lua_State *L) {
    Script *s = script_of(L);
    Thing *thing = script_thing(L, 1, THING_OBJ);
    lua_Integer i = lua_isnoneornil(L, 2) ? 0 : lua_tointeger(L, 2) + 1;
    if (thing == NULL || i < 0 || (uint64_t)i >= s->objs[thing->id].count) return lua_pushnil(L), 1;
    if (is_fault(s, thing->id)) return fault(L, thing->id, i);
    Diag d;
    if (!obj_before_read(s, thing->id, &d)) script_raise(L, &d);
    s->looked |= obj_needs_device(s, thing->id);
    lua_pushinteger(L, i);
    obj_push(s, L, thing->id, (uint64_t)i);
    return 2;
}

static int obj_pairs(lua_State *L) {
    lua_pushcfunction(L, obj_step);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

void bind_heap(lua_State *L) {
    static const luaL_Reg obj_meta[] = {
        {"__index", obj_read},  {"__newindex", obj_write}, {"__len", obj_length},
        {"__pairs", obj_pairs}, {"__tostring", obj_text},  {"__eq", obj_equal},
        {NULL, NULL},
    };
    script_thing_type(L, THING_OBJ, NULL, obj_meta);
    lua_newtable(L);
    for (size_t i = 0; i < (size_t)OBJ_ELEMENTS; i++) {
        lua_pushinteger(L, (lua_Integer)i);
        lua_pushcclosure(L, make, 1);
        lua_setfield(L, -2, obj_element_text[i]);
    }
    doors_seal(L, "heap");
    lua_setfield(L, -2, "heap");
    lua_getfield(L, -1, "runtime");
    bind_pinner(L);
    bind_cleanup(L);
    bind_finalizer(L);
    doors_seal(L, "runtime");
    lua_setfield(L, -2, "runtime");
}

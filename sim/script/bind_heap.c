/* bind_heap.c -- objects with real bytes: heap.floats(name, n, fill), x[i], #x, pairs(x); runtime.Pinner.
 *
 * Elements count from 0, as Go's slices do. Reading asks the device first, if a kernel has written since
 * (obj_before_read); writing tells it, at once while a command is under way, else before the next launch.
 *
 * Differs: an object is a slice of numbers; there are no pointers in it yet. Objects live as long as the run.
 */
#include "box.h"

#include <stdio.h>
#include <stdlib.h>

static const size_t element_bytes[] = {
    [DEV_FLOAT] = 4, [DEV_INT] = 4, [DEV_UINT] = 4, [DEV_UCHAR] = 1};
const char *const obj_element_text[] = {
    [DEV_FLOAT] = "floats", [DEV_INT] = "ints", [DEV_UINT] = "uints", [DEV_UCHAR] = "bytes"};
static const char *const element_wants[] = {
    [DEV_FLOAT] = "a number",
    [DEV_INT] = "a whole number of 32 bits",
    [DEV_UINT] = "a whole number from 0 to 4294967295",
    [DEV_UCHAR] = "a whole number from 0 to 255",
};

/* ---- host and device ---- */

static bool is_under_way(const Script *s) { return s->w->cmds_done != s->w->launch_count; }

bool obj_before_read(Script *s, uint64_t obj, Diag *d) {
    Obj *o = &s->objs[obj];
    if (!o->device_writes || s->phase != PHASE_RUN || o->fetched == s->w->cmds_done) return true;
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

/* ---- elements ---- */

double obj_get(const Script *s, uint64_t obj, uint64_t i) {
    const void *bytes = heap_bytes(s->heap, (Id_OBJ){obj});
    switch (s->objs[obj].element) {
    case DEV_FLOAT: return (double)((const float *)bytes)[i];
    case DEV_INT: return ((const int32_t *)bytes)[i];
    case DEV_UINT: return ((const uint32_t *)bytes)[i];
    case DEV_UCHAR: return ((const uint8_t *)bytes)[i];
    }
    UNREACHABLE();
}

void obj_push(const Script *s, lua_State *L, uint64_t obj, uint64_t i) {
    if (s->objs[obj].element == DEV_FLOAT) lua_pushnumber(L, obj_get(s, obj, i));
    else lua_pushinteger(L, (lua_Integer)obj_get(s, obj, i));
}

/* The value at `index` becomes element i; false when it cannot. */
static bool store(Script *s, lua_State *L, uint64_t obj, uint64_t i, int index) {
    if (lua_type(L, index) != LUA_TNUMBER) return false;
    void *bytes = heap_bytes(s->heap, (Id_OBJ){obj});
    if (s->objs[obj].element == DEV_FLOAT) {
        ((float *)bytes)[i] = (float)lua_tonumber(L, index);
        return true;
    }
    int exact;
    lua_Integer v = lua_tointegerx(L, index, &exact);
    if (!exact) return false;
    switch (s->objs[obj].element) {
    case DEV_FLOAT: UNREACHABLE();
    case DEV_INT: ((int32_t *)bytes)[i] = (int32_t)v; return v >= INT32_MIN && v <= INT32_MAX;
    case DEV_UINT: ((uint32_t *)bytes)[i] = (uint32_t)v; return v >= 0 && v <= UINT32_MAX;
    case DEV_UCHAR: ((uint8_t *)bytes)[i] = (uint8_t)v; return v >= 0 && v <= UINT8_MAX;
    }
    UNREACHABLE();
}

static _Noreturn void refuse_value(lua_State *L, const Obj *o, uint64_t i, int index) {
    script_arg_error(L, index, "", "%s[%llu] is %s", o->name, (unsigned long long)i,
                     element_wants[o->element]);
}

/* ---- making one ---- */

static void fill(Script *s, lua_State *L, uint64_t obj, int with) {
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

/* heap.KIND(name, n [, fill]): upvalue 1 is the DevElement. */
static int make(lua_State *L) {
    DevElement element = (DevElement)lua_tointeger(L, lua_upvalueindex(1));
    char what[32];
    snprintf(what, sizeof what, "heap.%s", obj_element_text[element]);
    Script *s = script_declared(L, what);
    if (s->phase == PHASE_CHECK) script_error(L, "", "%s: the run is over", what);
    const char *name = script_name(L, 1, "the name of an object");
    int exact;
    lua_Integer n = lua_tointegerx(L, 2, &exact);
    if (!exact || lua_type(L, 2) != LUA_TNUMBER || n < 1)
        script_arg_error(L, 2, "", "%s wants the number of elements, a whole number from 1", what);
    int type = lua_type(L, 3);
    if (type > LUA_TNIL && type != LUA_TFUNCTION && type != LUA_TNUMBER)
        script_arg_error(L, 3, "", "%s: elements are filled by a function of i, or with a number",
                         what);
    lua_settop(L, 3);
    Diag d;
    Id_OBJ id;
    if ((uint64_t)n > HEAP_BYTES_MAX) n = (lua_Integer)HEAP_BYTES_MAX + 1; /* refused below */
    if (!heap_object(s->heap, (uint64_t)n * element_bytes[element], HEAP_NO_POINTERS, &id, &d)) script_raise(L, &d);
    ASSERT(id.v == s->obj_count);
    GROW(s->objs, s->obj_cap, s->obj_count + 1);
    Obj *o = &s->objs[s->obj_count++];
    *o = (Obj){.element = element, .count = (uint64_t)n, .line = script_line(L)};
    snprintf(o->name, sizeof o->name, "%s", name);
    if (s->phase == PHASE_RUN) {
        Id_OBJ named = world_object(s->w, heap_size(s->heap, id), name, o->line);
        ASSERT(named.v == id.v);
    }
    Thing *thing = script_new_thing(L, THING_OBJ, sizeof *thing);
    thing->id = (uint32_t)id.v;
    fill(s, L, id.v, 3);
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

static int obj_read(lua_State *L) {
    Script *s = script_of(L);
    uint64_t obj = ((Thing *)lua_touserdata(L, 1))->id;
    lua_Integer i;
    if (!in_range(L, &s->objs[obj], &i)) return out_of_range(L, &s->objs[obj], i);
    Diag d;
    if (!obj_before_read(s, obj, &d)) script_raise(L, &d);
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
    Diag d;
    if (!obj_before_read(s, thing->id, &d)) script_raise(L, &d);
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

/* ---- runtime.Pinner: its objects are listed in a table, its user value ---- */

static int pinner_make(lua_State *L) {
    script_declared(L, "runtime.Pinner");
    script_new_thing(L, THING_PINNER, sizeof(Thing));
    lua_newtable(L);
    lua_setiuservalue(L, -2, 1);
    return 1;
}

static void check_pinner(lua_State *L, const char *method) {
    if (script_thing(L, 1, THING_PINNER) != NULL) return;
    script_arg_error(L, 1, "For example: local pin = runtime.Pinner(); pin:Pin(x)",
                     "%s wants a Pinner", method);
}

static int pinner_pin(lua_State *L) {
    check_pinner(L, "Pin");
    Thing *obj = script_thing(L, 2, THING_OBJ);
    if (obj == NULL)
        script_arg_error(L, 2, "", "Pin wants a heap object, such as heap.floats(...)");
    Op *op = script_op(L, "Pin", OP_PIN);
    lua_getiuservalue(L, 1, 1);
    lua_pushinteger(L, obj->id);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    op->a = obj->id;
    return lua_yield(L, 0);
}

/* Go's Unpin lets go of all of them. One operation each, in the order in which they were pinned. */
static int unpin_next(lua_State *L, int status, lua_KContext at) {
    (void)status;
    lua_settop(L, 1);
    lua_getiuservalue(L, 1, 1);
    if (lua_rawgeti(L, -1, (lua_Integer)at) == LUA_TNIL) {
        lua_newtable(L);
        lua_setiuservalue(L, 1, 1);
        return 0;
    }
    script_op(L, "Unpin", OP_UNPIN)->a = (uint64_t)lua_tointeger(L, -1);
    return lua_yieldk(L, 0, at + 1, unpin_next);
}

static int pinner_unpin(lua_State *L) {
    check_pinner(L, "Unpin");
    return unpin_next(L, LUA_OK, 1);
}

static int pinner_text(lua_State *L) {
    lua_pushliteral(L, "Pinner");
    return 1;
}

void bind_heap(lua_State *L) {
    static const luaL_Reg obj_meta[] = {
        {"__index", obj_read},  {"__newindex", obj_write}, {"__len", obj_length},
        {"__pairs", obj_pairs}, {"__tostring", obj_text},  {NULL, NULL},
    };
    static const luaL_Reg pinner_methods[] = {
        {"Pin", pinner_pin}, {"Unpin", pinner_unpin}, {NULL, NULL}};
    static const luaL_Reg pinner_meta[] = {{"__tostring", pinner_text}, {NULL, NULL}};
    script_thing_type(L, THING_OBJ, NULL, obj_meta);
    script_thing_type(L, THING_PINNER, pinner_methods, pinner_meta);
    lua_newtable(L);
    for (size_t i = 0; i < ARRAY_LEN(obj_element_text); i++) {
        lua_pushinteger(L, (lua_Integer)i);
        lua_pushcclosure(L, make, 1);
        lua_setfield(L, -2, obj_element_text[i]);
    }
    doors_seal(L, "heap");
    lua_setfield(L, -2, "heap");
    lua_getfield(L, -1, "runtime");
    lua_pushcfunction(L, pinner_make);
    lua_setfield(L, -2, "Pinner");
    doors_seal(L, "runtime");
    lua_setfield(L, -2, "runtime");
}

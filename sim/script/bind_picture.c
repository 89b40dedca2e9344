/* bind_picture.c -- an object shown as a picture: picture(frame, { width = 256, height = 256, max = 100 }).
 *
 * Elements are grey, from 0 to `max` (255 if not said); four bytes for each pixel are red, green, blue and something. What is
 * shown is what Go finds at the object's address at this moment, so a picture that the collector moved while the
 * device was painting it is torn here as it is in memory.
 *
 * Differs: showing a picture takes no time. Its colours are not part of the run, for devices differ in the last digit:
 *          they stand beside it in the trace, as do the device's own times.
 */
#include "box.h"

#include <stdlib.h>

enum { SIDE_MAX = 4096 };

static bool is_field(const char *name) {
    return strcmp(name, "width") == 0 || strcmp(name, "height") == 0 || strcmp(name, "max") == 0;
}

static uint32_t side(lua_State *L, const char *name) {
    int exact = 0;
    lua_Integer v = lua_getfield(L, 2, name) == LUA_TNUMBER ? lua_tointegerx(L, -1, &exact) : 0;
    if (!exact || v < 1 || v > SIDE_MAX)
        script_arg_error(L, -1, "For example: picture(frame, { width = 256, height = 256 })",
                         "picture: %s is a whole number from 1 to %d", name, SIDE_MAX);
    lua_pop(L, 1);
    return (uint32_t)v;
}

static double brightest(lua_State *L) {
    if (lua_getfield(L, 2, "max") == LUA_TNIL) return lua_pop(L, 1), 255.0;
    double v = lua_tonumber(L, -1);
    if (lua_type(L, -1) != LUA_TNUMBER || !(v > 0 && v < 1e30))
        script_arg_error(L, -1, "", "picture: max is the number that is white");
    lua_pop(L, 1);
    return v;
}

/* NaN, and what is negative, is black. */
static uint8_t shade(double v, double max) {
    if (!(v > 0)) return 0;
    return v >= max ? 255 : (uint8_t)(v / max * 255.0);
}

static void paint(const Script *s, uint64_t obj, uint64_t pixels, double max, uint8_t *rgb) {
    const Obj *o = &s->objs[obj];
    bool coloured = o->element == OBJ_BYTE && o->count == 4 * pixels;
    const uint8_t *bytes = obj_bytes(s, obj);
    for (uint64_t i = 0; i < pixels; i++) {
        if (coloured) memcpy(rgb + 3 * i, bytes + 4 * i, 3);
        else memset(rgb + 3 * i, shade(obj_get(s, obj, i), max), 3);
    }
}

static int picture(lua_State *L) {
    Script *s = script_of(L);
    Thing *thing = script_thing(L, 1, THING_OBJ);
    if (thing == NULL) script_arg_error(L, 1, "", "picture wants a heap object, such as heap.floats(...)");
    if (!lua_istable(L, 2))
        script_arg_error(L, 2, "For example: picture(frame, { width = 256, height = 256 })",
                         "picture wants a table with width and height behind the object");
    const char *unknown = script_unknown_key(L, 2, is_field);
    if (unknown) script_error(L, "It has: width, height, max.", "picture has no field '%s'", unknown);
    if (s->objs[thing->id].memory == MEM_DEVICE)
        script_error(L, "Copy it to the host first: cl.read.", "picture: %s is in the device's memory", s->objs[thing->id].name);
    uint32_t width = side(L, "width"), height = side(L, "height");
    double max = brightest(L);
    uint64_t pixels = (uint64_t)width * height, obj = thing->id;
    const Obj *o = &s->objs[obj];
    if (o->count != pixels && !(o->element == OBJ_BYTE && o->count == 4 * pixels))
        script_error(L, "", "picture: %s has %llu elements, and %u by %u are %llu", o->name, (unsigned long long)o->count,
                     width, height, (unsigned long long)pixels);
    Op *op = script_op(L, "picture", OP_PICTURE);
    op->a = obj;
    op->b = (uint64_t)width << 32 | height;
    sandbox_charge(L, pixels);
    Diag d;
    if (!obj_before_read(s, obj, &d)) script_raise(L, &d);
    uint8_t *rgb = malloc(3 * pixels); /* nothing of Lua's from here on */
    if (rgb != NULL && s->opt.picture) {
        paint(s, obj, pixels, max, rgb);
        s->opt.picture(s->opt.picture_ctx, s->picture_count, width, height, rgb);
    }
    s->picture_count++;
    free(rgb);
    return lua_yield(L, 0);
}

void bind_picture(lua_State *L) {
    lua_pushcfunction(L, picture);
    lua_setfield(L, -2, "picture");
}

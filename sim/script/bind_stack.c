/* bind_stack.c -- variables on a goroutine's stack, recursion that needs more of it, and addresses that C keeps.
 *
 *     local n = stack.ints("n", 1)        a variable of the running goroutine; n[0] is it
 *     recurse "32KiB"                     functions that need so much stack, and return: it may move
 *     local p = C.pointer(n)              unsafe.Pointer, for C: the address of this moment
 *     p[0] = p[0] + 1                     what lies there now, whoever's it is
 *
 * Differs: C.pointer is for C: nobody checks what it is used for, and Go's own unsafe.Pointer would be corrected when a stack
 *          moves. Beyond what was allocated at the address nothing can be reached.
 */
#include "box.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- stack ---- */

static int made(lua_State *L, int status, lua_KContext element) {
    (void)status;
    Script *s = script_of(L);
    uint64_t id = s->last.value;
    obj_adopt(L, id, (ObjElement)element, lua_tostring(L, 1), script_line(L));
    obj_fill(s, L, id, 3);
    return 1;
}

/* Upvalue 1 is the ObjElement. */
static int make(lua_State *L) {
    ObjElement element = (ObjElement)lua_tointeger(L, lua_upvalueindex(1));
    char what[32];
    snprintf(what, sizeof what, "stack.%s", obj_element_text[element]);
    Script *s = script_declared(L, what);
    const char *name = script_name(L, 1, "the name of a variable");
    int exact;
    lua_Integer n = lua_tointegerx(L, 2, &exact);
    if (!exact || lua_type(L, 2) != LUA_TNUMBER || n < 1 || n > 65536)
        script_arg_error(L, 2, "Larger ones escape to the heap, in Go too.", "%s wants the number of elements, from 1 to 65536", what);
    lua_settop(L, 3);
    Op *op = script_op(L, what, OP_STACK_VAR);
    op->a = (uint64_t)n * obj_element_bytes[element];
    op->text = stream_text(s->w->s, name);
    return lua_yieldk(L, 0, (lua_KContext)element, made);
}

static int recurse(lua_State *L) {
    script_declared(L, "recurse");
    uint64_t bytes;
    if (lua_type(L, 1) != LUA_TSTRING || !script_size(lua_tostring(L, 1), &bytes))
        script_arg_error(L, 1, "For example: recurse \"32KiB\"", "recurse wants a size");
    script_op(L, "recurse", OP_RECURSE)->a = bytes;
    return lua_yield(L, 0);
}

/* ---- addresses ---- */

typedef struct {
    Thing thing;
    ObjElement element;
    uint64_t addr, count;
} Address;

static int taken(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    Script *s = script_of(L);
    uint64_t addr = s->last.value;
    const Obj *o = &s->objs[((Thing *)lua_touserdata(L, 1))->id];
    Address *p = script_new_thing(L, THING_ADDRESS, sizeof *p);
    p->element = o->element;
    p->count = o->count;
    p->addr = addr;
    return 1;
}

static int pointer(lua_State *L) {
    script_declared(L, "C.pointer");
    const Thing *thing = script_thing(L, 1, THING_OBJ);
    if (thing == NULL) script_arg_error(L, 1, "For example: C.pointer(heap.ints(\"x\", 1))", "C.pointer wants an object");
    if (script_of(L)->objs[thing->id].element == OBJ_POINTER)
        script_arg_error(L, 1, "", "C.pointer wants an object of numbers");
    lua_settop(L, 1);
    script_op(L, "C.pointer", OP_ADDRESS)->a = thing->id;
    return lua_yieldk(L, 0, 0, taken);
}

/* Where element `index` lies in this process; NULL: there is nothing at that address, or it is no index. */
static void *at(lua_State *L, int index, const Address **p) {
    const Script *s = script_of(L);
    int exact;
    lua_Integer i = lua_tointegerx(L, index, &exact);
    *p = lua_touserdata(L, 1);
    size_t bytes = obj_element_bytes[(*p)->element];
    if (!exact || i < 0 || (uint64_t)i >= (*p)->count) return NULL;
    uint64_t addr = (*p)->addr + (uint64_t)i * bytes;
    void *found = heap_at(s->heap, addr, bytes);
    return found ? found : foreign_at(s->foreign, addr, bytes);
}

static _Noreturn void nothing_there(lua_State *L) {
    script_error(L, "", "a pointer of C's leads to nothing there: an index from 0 to %llu is wanted, in memory of the host's",
                 (unsigned long long)((Address *)lua_touserdata(L, 1))->count - 1);
}

static int address_read(lua_State *L) {
    const Address *p;
    const void *found = at(L, 2, &p);
    if (found == NULL) nothing_there(L);
    obj_push_element(L, p->element, found);
    return 1;
}

static int address_write(lua_State *L) {
    const Address *p;
    void *found = at(L, 2, &p);
    if (found == NULL) nothing_there(L);
    if (!obj_store_element(L, p->element, found, 3)) script_arg_error(L, 3, "", "C writes %s there", obj_element_text[p->element]);
    return 0;
}

static int address_text(lua_State *L) {
    char text[32];
    snprintf(text, sizeof text, "0x%llx", (unsigned long long)((Address *)lua_touserdata(L, 1))->addr);
    lua_pushstring(L, text);
    return 1;
}

void bind_stack_c(lua_State *L) {
    lua_pushcfunction(L, pointer);
    lua_setfield(L, -2, "pointer");
}

void bind_stack(lua_State *L) {
    static const luaL_Reg meta[] = {
        {"__index", address_read}, {"__newindex", address_write}, {"__tostring", address_text}, {NULL, NULL}};
    script_thing_type(L, THING_ADDRESS, NULL, meta);
    lua_newtable(L);
    for (int i = 0; i < OBJ_POINTER; i++) {
        lua_pushinteger(L, i);
        lua_pushcclosure(L, make, 1);
        lua_setfield(L, -2, obj_element_text[i]);
    }
    doors_seal(L, "stack");
    lua_setfield(L, -2, "stack");
    lua_pushcfunction(L, recurse);
    lua_setfield(L, -2, "recurse");
}

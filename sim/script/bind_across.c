/* bind_across.c -- one job by different ways out of a goroutine: across("cgo", "saxpy", y, x, 2.0).
 *
 *     across("process", "saxpy", y, x, 2.0, { takes = "200us" })   -- y = 2x + y
 *     across("process", "saxpy", y, x, 2.0, { aborts = true })     -- the code on the other side calls abort(): false
 *
 * The way decides what it costs and who waits; the bytes are the same. They are really computed, and by
 * "process" really in another process.
 */
#include "box.h"

#include "../dev/native.h"

#include <stdlib.h>

static const char *const ways[] = {"cgo", "purego", "wasm", "go", "process", NULL};

typedef struct {
    Script *s;
    uint64_t y, x;
    float a;
    bool aborts, died;
} Call;

static bool run(void *ctx, Way way, Diag *d) {
    Call *c = ctx;
    Script *s = c->s;
    if (!obj_before_read(s, c->x, d) || !obj_before_write(s, c->y, d)) return false;
    Native n = {.y = (float *)(void *)obj_bytes(s, c->y),
                .x = (const float *)(const void *)obj_bytes(s, c->x),
                .a = c->a,
                .count = s->objs[c->y].count,
                .aborts = c->aborts};
    if (way == WAY_PROCESS) {
        if (!native_in_child(&n, &c->died, d)) return false;
    } else if (c->aborts) {
        c->died = true; /* a sandbox traps, and is thrown away */
    } else {
        native_saxpy(&n);
    }
    if (c->died) return true;
    return obj_after_write(s, c->y, d);
}

static uint64_t floats(lua_State *L, int index, const char *what) {
    Script *s = script_of(L);
    Thing *thing = script_thing(L, index, THING_OBJ);
    if (thing == NULL || s->objs[thing->id].element != OBJ_FLOAT || s->objs[thing->id].memory == MEM_DEVICE)
        script_arg_error(L, index, "", "across: %s of saxpy is a heap object of floats", what);
    return thing->id;
}

static bool is_field(const char *name) { return strcmp(name, "takes") == 0 || strcmp(name, "aborts") == 0; }

static uint64_t work_ns(lua_State *L, uint64_t count) {
    Script *s = script_of(L);
    if (!lua_istable(L, 6)) return count * s->scenario.costs.ns[COST_dev_item_ps] / 1000;
    const char *unknown = script_unknown_key(L, 6, is_field);
    if (unknown) script_error(L, "It has: takes, aborts.", "across has no field '%s'", unknown);
    if (lua_getfield(L, 6, "takes") == LUA_TNIL) return count * s->scenario.costs.ns[COST_dev_item_ps] / 1000;
    return script_duration(L, -1, "across: takes");
}

static bool aborts(lua_State *L) {
    if (!lua_istable(L, 6)) return false;
    lua_getfield(L, 6, "aborts");
    return lua_toboolean(L, -1);
}

/* true, or false and what became of it. */
static int crossed(lua_State *L, int status, lua_KContext call) {
    (void)status;
    const Call *c = script_of(L)->calls[call];
    lua_pushboolean(L, !c->died);
    if (!c->died) return 1;
    lua_pushliteral(L, "signal: aborted");
    return 2;
}

static int across(lua_State *L) {
    Script *s = script_declared(L, "across");
    const char *word = script_name(L, 1, "the way");
    int way = 0;
    while (ways[way] != NULL && strcmp(ways[way], word) != 0) way++;
    if (ways[way] == NULL)
        script_error(L, "There are: cgo, purego, wasm, go, process.",
                     "across: no way is called '%s'", word);
    if (strcmp(script_name(L, 2, "the name of a job"), "saxpy") != 0)
        script_error(L, "There is: saxpy (y, x, a), y = a * x + y.",
                     "across: no job is called '%s'", lua_tostring(L, 2));
    uint64_t y = floats(L, 3, "y"), x = floats(L, 4, "x"), count = s->objs[y].count;
    if (s->objs[x].count != count)
        script_error(L, "", "across: y has %llu elements, x has %llu", (unsigned long long)count,
                     (unsigned long long)s->objs[x].count);
    if (lua_type(L, 5) != LUA_TNUMBER) script_arg_error(L, 5, "", "across: a of saxpy is a number");
    uint64_t ns = work_ns(L, count);
    bool abort = aborts(L);
    if (abort && way == WAY_GO) script_error(L, "For example: across(\"process\", ...)", "across: Go code panics, it does not abort");
    Op *op = script_op(L, "across", OP_ACROSS);
    GROW(s->calls, s->call_cap, s->call_count + 1);
    Call *c = s->calls[s->call_count++] = mem_alloc(sizeof *c);
    *c = (Call){.s = s, .y = y, .x = x, .a = (float)lua_tonumber(L, 5), .aborts = abort};
    op->a = world_job(s->w, &(Job){.way = (Way)way,
                                   .name = stream_text(s->w->s, "saxpy"),
                                   .bytes = 3 * count * sizeof(float), /* y and x there, y back */
                                   .work_ns = ns,
                                   .aborts = abort,
                                   .run = run,
                                   .ctx = c});
    return lua_yieldk(L, 0, (lua_KContext)(s->call_count - 1), crossed);
}

void bind_across(lua_State *L) {
    lua_pushcfunction(L, across);
    lua_setfield(L, -2, "across");
}

/* bind_chan.c -- channels: chan(cap), nilchan, c:send(v), c:recv(), c:close(), c:each(), c:len(), c:cap().
 *
 * The runtime moves words, not Lua values. A small word holds nil, a boolean, an integer of 62 bits or a
 * number whose last two bits are zero; all else waits in a table of values, and the word is its slot,
 * given back when the value is received.
 *
 * Differs: a table is sent as Go sends a pointer: both sides then see the same one. What Go calls the
 *          zero value, from a channel that is closed and empty, is nil.
 */
#include "box.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    Thing thing;
    uint64_t cap;
    bool receive_only;
    char name[NAME_TEXT_MAX];
} ChanRef;
#define NIL_CHAN UINT32_MAX /* the id of nilchan */

static uint64_t id_of(const ChanRef *c) { return c->thing.id == NIL_CHAN ? NONE : c->thing.id; }

/* ---- values ---- */

enum { WORD_SLOT, WORD_INTEGER, WORD_FLOAT, WORD_CONSTANT, WORD_BITS = 2 };
enum { CONSTANT_NIL, CONSTANT_FALSE, CONSTANT_TRUE };

static uint64_t word(uint64_t value, unsigned tag) { return value << WORD_BITS | tag; }

static uint64_t hold_slot(lua_State *L, int index) {
    Script *s = script_of(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->values);
    lua_pushvalue(L, index);
    uint64_t slot =
        s->free_value_count > 0 ? s->free_values[s->free_value_count - 1] : s->value_count;
    lua_rawseti(L, -2, (lua_Integer)slot + 1); /* may throw: the slot is not taken before */
    if (s->free_value_count > 0) s->free_value_count--;
    else s->value_count++;
    lua_pop(L, 1);
    return word(slot, WORD_SLOT);
}

uint64_t script_hold(lua_State *L, int index) {
    switch (lua_type(L, index)) {
    case LUA_TNIL: return word(CONSTANT_NIL, WORD_CONSTANT);
    case LUA_TBOOLEAN:
        return word(lua_toboolean(L, index) ? CONSTANT_TRUE : CONSTANT_FALSE, WORD_CONSTANT);
    case LUA_TNUMBER: {
        if (lua_isinteger(L, index)) {
            lua_Integer i = lua_tointeger(L, index);
            if (i >= INT64_MIN / 4 && i <= INT64_MAX / 4) return word((uint64_t)i, WORD_INTEGER);
            return hold_slot(L, index);
        }
        lua_Number f = lua_tonumber(L, index);
        uint64_t bits;
        memcpy(&bits, &f, sizeof bits);
        return (bits & 3) == 0 ? bits | WORD_FLOAT : hold_slot(L, index);
    }
    default: return hold_slot(L, index);
    }
}

static void release_slot(Script *s, lua_State *L, uint64_t slot) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->values);
    lua_rawgeti(L, -1, (lua_Integer)slot + 1);
    lua_pushnil(L);
    lua_rawseti(L, -3, (lua_Integer)slot + 1); /* an existing key: this allocates nothing */
    lua_remove(L, -2);
    GROW(s->free_values, s->free_value_cap, s->free_value_count + 1);
    s->free_values[s->free_value_count++] = slot;
}

void script_release(Script *s, lua_State *L, uint64_t w) {
    uint64_t bits = w & ~(uint64_t)3;
    lua_Number f;
    switch (w & 3) {
    case WORD_SLOT: release_slot(s, L, w >> WORD_BITS); return;
    case WORD_INTEGER: lua_pushinteger(L, (lua_Integer)bits / 4); return;
    case WORD_FLOAT:
        memcpy(&f, &bits, sizeof f);
        lua_pushnumber(L, f);
        return;
    case WORD_CONSTANT:
        if (w >> WORD_BITS == CONSTANT_NIL) lua_pushnil(L);
        else lua_pushboolean(L, w >> WORD_BITS == CONSTANT_TRUE);
        return;
    }
}

/* ---- operations ---- */

static ChanRef *self(lua_State *L, const char *method) {
    ChanRef *c = script_thing(L, 1, THING_CHAN);
    if (c != NULL) return c;
    script_arg_error(L, 1, "A method is called with a colon: c:send(v).", "%s wants a channel",
                     method);
}

/* Not for sending and closing: a timer's channel is Go's <-chan. */
static void must_take(lua_State *L, const ChanRef *c, const char *method) {
    if (c->receive_only)
        script_error(L, "Make a channel of your own: chan(1).",
                     "%s: %s is a channel that can only be received from, as Go's <-chan Time",
                     method, c->name);
}

static ChanRef *self_for_sending(lua_State *L, const char *method) {
    ChanRef *c = self(L, method);
    must_take(L, c, method);
    return c;
}

Id_CHAN script_chan(lua_State *L, int index, const char *what, bool sends) {
    if (lua_isnil(L, index)) return (Id_CHAN){NONE};
    const ChanRef *c = script_thing(L, index, THING_CHAN);
    if (c == NULL) script_arg_error(L, index, "chan(1) makes one; nil, or nilchan, is a nil channel.", "%s wants a channel", what);
    if (sends) must_take(L, c, what);
    return (Id_CHAN){id_of(c)};
}

int script_received(Script *s, lua_State *L, OpResult r) {
    if (r.ok) script_release(s, L, r.value);
    else lua_pushnil(L);
    lua_pushboolean(L, r.ok != 0);
    return 2;
}

static int chan_send_value(lua_State *L) {
    ChanRef *c = self_for_sending(L, "send");
    if (lua_gettop(L) != 2)
        script_error(L, "For example: done:send(true)", "send wants one value; got %d",
                     lua_gettop(L) - 1);
    Op *op = script_op_here(L, "send", OP_SEND);
    op->a = id_of(c);
    op->b = script_hold(L, 2);
    return strand_do(script_of(L), op).ok != NOT_OVER ? 0 : lua_yield(L, 0);
}

/* v, ok: here, or when the goroutine goes on (script.c). */
static int chan_recv_value(lua_State *L) {
    ChanRef *c = self(L, "recv");
    Op *op = script_op_here(L, "recv", OP_RECV);
    op->a = id_of(c);
    OpResult r = strand_do(script_of(L), op);
    return r.ok != NOT_OVER ? script_received(script_of(L), L, r) : lua_yield(L, 0);
}

static int chan_close_it(lua_State *L) {
    ChanRef *c = self_for_sending(L, "close");
    script_op(L, "close", OP_CLOSE)->a = id_of(c);
    return lua_yield(L, 0);
}

static int each_received(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    bool ok = lua_toboolean(L, -1);
    lua_pop(L, 1);
    if (ok && lua_isnil(L, -1))
        script_error(
            L, "Use local v, ok = c:recv(), and leave the loop when not ok.",
            "each() received a nil, which would end the loop although the channel is open");
    return 1;
}

static int each_step(lua_State *L) {
    ChanRef *c = self(L, "each");
    lua_settop(L, 1);
    Op *op = script_op_here(L, "each", OP_RECV);
    op->a = id_of(c);
    OpResult r = strand_do(script_of(L), op);
    if (r.ok == NOT_OVER) return lua_yieldk(L, 0, 0, each_received);
    script_received(script_of(L), L, r);
    return each_received(L, LUA_OK, 0);
}

/* for v in c:each() do ... end, as Go's range over a channel. */
static int chan_each(lua_State *L) {
    self(L, "each");
    lua_pushcfunction(L, each_step);
    lua_pushvalue(L, 1);
    return 2;
}

static int chan_len(lua_State *L) {
    ChanRef *c = self(L, "len");
    World *w = script_of(L)->w;
    lua_pushinteger(L, w && id_of(c) != NONE ? (lua_Integer)w->chans[c->thing.id]->count : 0);
    return 1;
}

static int chan_cap(lua_State *L) {
    lua_pushinteger(L, (lua_Integer)self(L, "cap")->cap);
    return 1;
}

static int chan_text(lua_State *L) {
    lua_pushfstring(L, "chan %s", self(L, "tostring")->name);
    return 1;
}

void script_push_chan(lua_State *L, uint32_t id, uint64_t cap, const char *name) {
    ChanRef *c = script_new_thing(L, THING_CHAN, sizeof *c);
    c->thing.id = id;
    c->cap = cap;
    c->receive_only = true;
    snprintf(c->name, sizeof c->name, "%s", name);
}

uint64_t script_tick(void) { return word(CONSTANT_TRUE, WORD_CONSTANT); }

/* chan([cap [, name]]) */
static int chan_make(lua_State *L) {
    Script *s = script_declared(L, "chan");
    lua_Integer cap = 0;
    int exact = 1;
    if (!lua_isnoneornil(L, 1)) cap = lua_tointegerx(L, 1, &exact);
    if (!exact || lua_type(L, 1) == LUA_TSTRING || cap < 0 || cap > CHAN_CAP_MAX)
        script_arg_error(L, 1, "For example: local done = chan(1)",
                         "chan wants its capacity, a whole number from 0 to %d", CHAN_CAP_MAX);
    s->chan_room += (uint64_t)cap;
    if (s->chan_room > CHAN_ROOM_MAX)
        script_error(L, "", "all channels together have room for %d values at most", CHAN_ROOM_MAX);
    uint32_t line = script_line(L);
    char name[NAME_TEXT_MAX];
    if (lua_isnoneornil(L, 2)) script_name_from_line(s, line, "chan(", "chan", name, sizeof name);
    else snprintf(name, sizeof name, "%s", script_name(L, 2, "the name of a channel"));
    ChanRef *c = script_new_thing(L, THING_CHAN, sizeof *c);
    c->cap = (uint64_t)cap;
    memcpy(c->name, name, sizeof name);
    if (s->phase == PHASE_CHECK) script_error(L, "", "chan: the run is over");
    if (s->phase == PHASE_RUN) {
        c->thing.id = (uint32_t)world_chan(s->w, c->cap, name, line).v;
        return 1;
    }
    GROW(s->chans, s->chan_cap, s->chan_count + 1);
    c->thing.id = (uint32_t)s->chan_count;
    s->chans[s->chan_count] = (ChanDecl){.cap = c->cap, .line = line};
    memcpy(s->chans[s->chan_count++].name, name, sizeof name);
    return 1;
}

void bind_chan(lua_State *L) {
    static const luaL_Reg methods[] = {
        {"send", chan_send_value},
        {"recv", chan_recv_value},
        {"close", chan_close_it},
        {"each", chan_each},
        {"len", chan_len},
        {"cap", chan_cap},
        {NULL, NULL},
    };
    static const luaL_Reg meta[] = {{"__len", chan_len}, {"__tostring", chan_text}, {NULL, NULL}};
    script_thing_type(L, THING_CHAN, methods, meta);
    lua_pushcfunction(L, chan_make);
    lua_setfield(L, -2, "chan");
    ChanRef *never = script_new_thing(L, THING_CHAN, sizeof *never);
    never->thing.id = NIL_CHAN;
    snprintf(never->name, sizeof never->name, "nil");
    lua_setfield(L, -2, "nilchan");
}

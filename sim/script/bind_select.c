/* bind_select.c -- select over channels, in Go's shape:
 *
 *     select {
 *         case.recv(jobs, function(job, ok) ... end),     -- case job, ok := <-jobs:
 *         case.send(results, x, function() ... end),      -- case results <- x:
 *         default = function() ... end,
 *     }
 *
 * The function of the case that wins runs in the goroutine, and may do all that the goroutine may; what it returns is what
 * select returns. A case without a function returns what was received. A nil channel's case is never ready.
 * With anything else than one table, select is Lua's own.
 *
 * Differs: a return, break or goto inside a case leaves its function only.
 */
#include "box.h"

typedef struct {
    Thing thing;
    SelectCase is; /* but for the value */
} CaseRef;
enum { CASE_BODY = 1, CASE_VALUE, CASE_VALUES = CASE_VALUE }; /* user values */

/* ---- case.recv, case.send ---- */

/* The channel, a value and a function are the arguments. */
static int new_case(lua_State *L, const char *what, bool sends) {
    int values = sends ? 2 : 1;
    if (lua_gettop(L) < values || lua_gettop(L) > values + 1 || !(lua_isnoneornil(L, values + 1) || lua_isfunction(L, values + 1)))
        script_error(L, "For example: case.recv(c, function(v, ok) ... end), case.send(c, v, function() ... end)",
                     "%s wants a channel%s, and the function of the case or nothing", what, sends ? ", a value" : "");
    Id_CHAN c = script_chan(L, 1, what, sends);
    lua_settop(L, values + 1);
    CaseRef *k = script_new_thing_with(L, THING_CASE, sizeof *k, CASE_VALUES);
    k->is = (SelectCase){.c = c, .sends = sends};
    lua_insert(L, 1);
    lua_setiuservalue(L, 1, CASE_BODY);
    if (sends) lua_setiuservalue(L, 1, CASE_VALUE);
    lua_settop(L, 1);
    return 1;
}

static int case_recv(lua_State *L) { return new_case(L, "case.recv", false); }
static int case_send(lua_State *L) { return new_case(L, "case.send", true); }

static int case_text(lua_State *L) {
    const CaseRef *k = script_thing(L, 1, THING_CASE);
    lua_pushstring(L, k != NULL && k->is.sends ? "case send" : "case recv");
    return 1;
}

/* ---- the statement ---- */

/* What lies on the stack while it is carried out: the default's function, the cases behind each other. */
enum { STATEMENT = 1, DEFAULT = 1, FIRST };

/* The table becomes its cases. */
static uint32_t spread(lua_State *L, bool *has_default) {
    lua_Integer keys = 0, n = (lua_Integer)lua_rawlen(L, STATEMENT);
    for (lua_pushnil(L); lua_next(L, STATEMENT); lua_pop(L, 1)) keys++;
    lua_pushliteral(L, "default");
    *has_default = lua_rawget(L, STATEMENT) != LUA_TNIL;
    if (*has_default && !lua_isfunction(L, -1) && !(lua_isboolean(L, -1) && lua_toboolean(L, -1)))
        script_arg_error(L, -1, "default = function() ... end, or default = true for one without a body",
                         "the default of a select is a function");
    if (keys != n + *has_default)
        script_error(L, "For example: select { case.recv(c, function(v) ... end), default = function() ... end }",
                     "a select has cases, one behind the other, and default; here is something else, or a case is nil");
    if (n > SELECT_CASES_MAX) script_error(L, "", "a select has %d cases at most", SELECT_CASES_MAX);
    luaL_checkstack(L, (int)n + LUA_MINSTACK, "a select of so many cases");
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(L, STATEMENT, i);
        if (script_thing(L, -1, THING_CASE) == NULL)
            script_arg_error(L, -1, "case.recv(c, function(v, ok) ... end), case.send(c, v, function() ... end)",
                             "case %d of a select is made by case.recv or case.send", (int)i);
    }
    lua_remove(L, STATEMENT);
    return (uint32_t)n;
}

/* As the compiler has it; the values to be sent are evaluated by now, and held. */
static void begin(lua_State *L, uint32_t count, bool has_default, Op *op) {
    SelectCase *cases = lua_newuserdatauv(L, (count + 1) * sizeof *cases, 0);
    for (uint32_t i = 0; i < count; i++) {
        const CaseRef *k = script_thing(L, FIRST + (int)i, THING_CASE);
        cases[i] = k->is;
        if (!k->is.sends) continue;
        lua_getiuservalue(L, FIRST + (int)i, CASE_VALUE);
        cases[i].value = script_hold(L, lua_gettop(L));
        lua_pop(L, 1);
    }
    world_select(script_of(L)->w, cases, count, has_default, op);
    lua_pop(L, 1);
}

/* Who won; the values that were not sent are given up. */
static uint32_t winner(lua_State *L, uint64_t id) {
    Script *s = script_of(L);
    const Select *sel = s->w->selects[id];
    uint32_t won = sel->won;
    for (uint32_t i = 0; i < sel->count; i++) {
        if (i == won || !sel->cases[i].sends) continue;
        script_release(s, L, sel->cases[i].value);
        lua_pop(L, 1);
    }
    world_selected(s->w, id);
    return won;
}

static int returned(lua_State *L, int status, lua_KContext ctx) {
    (void)status;
    return lua_gettop(L) - (int)ctx;
}

/* The body with what was received, which lies behind `below` values; without a body that is what select returns. */
static int run_body(lua_State *L, uint32_t won, int below) {
    int received = lua_gettop(L) - below;
    if (won == SELECT_DEFAULT) lua_pushvalue(L, DEFAULT);
    else lua_getiuservalue(L, FIRST + (int)won, CASE_BODY);
    if (!lua_isfunction(L, -1)) {
        lua_pop(L, 1);
        return received;
    }
    lua_insert(L, below + 1);
    lua_callk(L, received, LUA_MULTRET, below, returned);
    return returned(L, LUA_OK, below);
}

/* It is over, with this result. */
static int selected(lua_State *L, uint64_t id, OpResult r) {
    uint32_t won = winner(L, id);
    int below = lua_gettop(L);
    const CaseRef *k = won == SELECT_DEFAULT ? NULL : script_thing(L, FIRST + (int)won, THING_CASE);
    if (k != NULL && !k->is.sends) script_received(script_of(L), L, r);
    return run_body(L, won, below);
}

/* The goroutine goes on (script.c). ctx: the number of the select ... */
static int go_on(lua_State *L, int status, lua_KContext ctx) {
    (void)status;
    return selected(L, (uint64_t)ctx, script_of(L)->last);
}

/* ... or a single case was a plain operation; a receive has left its two values. */
static int go_on_alone(lua_State *L, int status, lua_KContext ctx) {
    (void)status, (void)ctx;
    return run_body(L, 0, FIRST);
}

static int statement(lua_State *L) {
    Script *s = script_of(L);
    bool has_default;
    Op *op = script_op(L, "select", OP_SELECT); /* refuses what is no goroutine */
    uint32_t count = spread(L, &has_default);
    begin(L, count, has_default, op);
    bool alone = op->kind != OP_SELECT, receives = op->kind == OP_RECV;
    uint64_t id = op->a;
    OpResult r = strand_do(s, op);
    if (r.ok == NOT_OVER) return lua_yieldk(L, 0, alone ? 0 : (lua_KContext)id, alone ? go_on_alone : go_on);
    if (!alone) return selected(L, id, r);
    if (receives) script_received(s, L, r);
    return go_on_alone(L, LUA_OK, 0);
}

static int select_either(lua_State *L) {
    if (lua_gettop(L) == 1 && lua_istable(L, STATEMENT)) return statement(L);
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

void bind_select(lua_State *L) {
    static const luaL_Reg cases[] = {{"recv", case_recv}, {"send", case_send}, {NULL, NULL}};
    static const luaL_Reg meta[] = {{"__tostring", case_text}, {NULL, NULL}};
    script_thing_type(L, THING_CASE, NULL, meta);
    lua_newtable(L);
    luaL_setfuncs(L, cases, 0);
    doors_seal(L, "case");
    lua_setfield(L, -2, "case");
    lua_getfield(L, -1, "select");
    lua_pushcclosure(L, select_either, 1);
    lua_setfield(L, -2, "select");
}

/* script.c -- a scenario is loaded, started, and asked for one operation after the other.
 *
 *     script_load     the chunk runs once, and declares
 *     script_start    its channels and objects are made in a world, in its order; main will first
 *                     perform the go statements of the top level
 *     next            resumes a goroutine's coroutine; a binding fills the Op, and yields
 *
 * A coroutine is resumed with what its last operation gave: a receive gives a value and ok, all others
 * nothing. What a goroutine costs is its coroutine, about a kilobyte, kept for the next one.
 */
#include "box.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- load ---- */

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool take_settings(Script *s, const ScriptOptions *opt, Diag *d) {
    s->settings = mem_zero(opt->set_count, sizeof *s->settings);
    for (size_t i = 0; i < opt->set_count; i++) {
        const char *text = opt->set[i];
        size_t len = strcspn(text, "=");
        Setting *set = &s->settings[s->setting_count++];
        if (text[len] != '=' || len == 0 || len >= sizeof set->name ||
            strlen(text + len + 1) >= sizeof set->value) {
            diag_fail(d, EXIT_USAGE, "--set %.100s: a knob and its value are wanted", text);
            return diag_remedy(d, "For example: --set workers=8");
        }
        memcpy(set->name, text, len);
        snprintf(set->value, sizeof set->value, "%s", text + len + 1);
    }
    return true;
}

/* As lua does for a file: a first line that begins with # is for the shell. The line itself stays. */
static size_t shell_line(const char *source) { return source[0] == '#' ? strcspn(source, "\n") : 0; }

/* Runs the chunk as a coroutine, because one that fails still knows its line. */
static bool run_chunk(Script *s, size_t len, Diag *d) {
    lua_State *L = s->L;
    char name[sizeof s->base + 1];
    snprintf(name, sizeof name, "=%s", s->base);
    lua_State *co = lua_tothread(L, -1);
    size_t from = shell_line(s->source);
    char *metered = meter(s->source + from);
    int status = luaL_loadbufferx(co, metered, strlen(metered), name, "t"), results = 0;
    free(metered);
    if (status == LUA_ERRSYNTAX) { /* in the scenario's own words, if they are what is wrong */
        if (luaL_loadbufferx(co, s->source + from, len - from, name, "t") == LUA_OK) lua_pop(co, 1);
        else lua_replace(co, -2);
    }
    if (status == LUA_OK) {
        s->liveness = liveness_new(s->source + from);
        lua_pushvalue(L, -2); /* its _ENV, from sandbox_open */
        lua_xmove(L, co, 1);
        lua_setupvalue(co, -2, 1);
        status = lua_resume(co, L, 0, &results);
    }
    ASSERT(status != LUA_YIELD); /* script_op refuses */
    if (status == LUA_OK) return true;
    script_diagnose(s, co, status, d);
    return false;
}

static int new_coroutine(lua_State *L) {
    lua_newthread(L);
    return 1;
}

static bool check_settings(const Script *s, Diag *d) {
    for (size_t i = 0; i < s->setting_count; i++) {
        const Setting *set = &s->settings[i];
        if (set->used) continue;
        char knobs[400] = "";
        for (size_t k = 0, n = 0; k < s->knob_count && n < sizeof knobs; k++) {
            n += (size_t)snprintf(knobs + n, sizeof knobs - n, ", %s (%s)", s->knobs[k].name,
                                  s->knobs[k].value);
        }
        diag_fail(d, EXIT_USAGE, "--set %s=%s: %s has no knob of that name", set->name, set->value,
                  s->base);
        return diag_remedy(d, "There are: procs, seed, go, collector, limit, events, stress, godebug, max_threads, title, book, costs.NAME%s.",
                           knobs);
    }
    return true;
}

static bool check_declared(const Script *s, Diag *d) {
    if (!s->declared) {
        diag_fail_at(d, EXIT_SCENARIO, s->path, 0, 0,
                     "a scenario begins with scenario { title = \"...\", procs = 2 }");
        return false;
    }
    if (s->main_body != NONE) return true;
    diag_fail_at(d, EXIT_SCENARIO, s->path, 0, 0,
                 "there is no main: a Go program begins, and ends, with its main function");
    return diag_remedy(d, "Add main(function() ... end).");
}

/* What no Lua source has in it; UTF-16 has a zero byte in every other place. */
static bool check_bytes(const Script *s, size_t len, Diag *d) {
    if (s->source[0] == LUA_SIGNATURE[0]) {
        diag_fail_at(d, EXIT_SCENARIO, s->path, 0, 0,
                     "this is Lua bytecode, which could break out of the box");
        return diag_remedy(d, "Run the source that luac made it from.");
    }
    const char *zero = memchr(s->source, '\0', len);
    if (zero == NULL) return true;
    int line = 1;
    for (const char *p = s->source; p < zero; p++) line += *p == '\n';
    diag_fail_at(d, EXIT_SCENARIO, s->path, line, 0,
                 "there is a zero byte in this line: a scenario is a text");
    return diag_remedy(d, "Save the file as UTF-8, not as UTF-16.");
}

static bool load(Script *s, size_t len, Diag *d) {
    lua_pushcfunction(s->L, new_coroutine);
    int status = lua_pcall(s->L, 0, 1, 0);
    if (status != LUA_OK) {
        script_diagnose(s, s->L, status, d);
        return false;
    }
    sandbox_refill(s);
    if (!run_chunk(s, len, d)) return false;
    lua_settop(s->L, 0);
    return check_declared(s, d) && check_settings(s, d);
}

bool script_load(Script **out, const char *path, const char *source, size_t len,
                 const ScriptOptions *opt, Diag *d) {
    static const char mark[] = "\xef\xbb\xbf"; /* some editors begin UTF-8 with it */
    Script *s = mem_zero(1, sizeof *s);
    *out = NULL;
    if (len >= strlen(mark) && memcmp(source, mark, strlen(mark)) == 0) {
        source += strlen(mark);
        len -= strlen(mark);
    }
    s->path = mem_text(path);
    snprintf(s->base, sizeof s->base, "%s", base_name(path));
    s->source = mem_alloc(len + 1);
    memcpy(s->source, source, len);
    s->source[len] = '\0';
    s->opt = *opt;
    s->main_body = NONE;
    s->free_body = NO_BODY;
    s->on = &s->home;
    s->waits = CSTACKS && !opt->no_strands;
    s->scenario = (Scenario){.go = go_version_find(GO_DEFAULT), .procs = 1, .seed = 1, .limit_ns = LIMIT_DEFAULT,
                             .limit_events = EVENTS_DEFAULT};
    if (take_settings(s, opt, d) && check_bytes(s, len, d) && sandbox_open(s, d) && load(s, len, d)) {
        *out = s;
        return true;
    }
    script_free(s);
    return false;
}

void script_free(Script *s) {
    if (s == NULL) return;
    for (size_t i = 0; i < s->obj_count; i++) {
        if (s->objs[i].has_buffer) dev_buffer_drop(s->dev, s->objs[i].buffer);
    }
    if (s->L != NULL) lua_close(s->L);
    pool_free(&s->pool);
    strand_free(s);
    for (size_t i = 0; i < s->before_count; i++) free(s->before[i].text);
    liveness_free(s->liveness);
    for (size_t i = 0; i < s->obj_count; i++) free(s->objs[i].mirror);
    heap_free(s->heap);
    foreign_free(s->foreign);
    free(s->path);
    free(s->source);
    free(s->settings);
    free(s->knobs);
    free(s->bodies);
    free(s->before);
    free(s->chans);
    free(s->contexts);
    free(s->syncs);
    for (size_t i = 0; i < s->call_count; i++) free(s->calls[i]);
    free(s->calls);
    free(s->objs);
    free(s->cleanups);
    free(s->pinners);
    free(s->expects);
    free(s->checks);
    free(s->free_values);
    free(s);
}

WorldOptions script_world_options(const Script *s) {
    const Scenario *sc = &s->scenario;
    return (WorldOptions){.procs = sc->procs,
                          .seed = sc->seed,
                          .go = sc->go,
                          .costs = sc->costs,
                          .limit_ns = sc->limit_ns,
                          .limit_events = sc->limit_events,
                          .stress = sc->stress,
                          .asyncpreemptoff = sc->asyncpreemptoff,
                          .max_threads = sc->max_threads,
                          .heap = s->heap,
                          .foreign = s->foreign,
                          .gogc = sc->gogc,
                          .gomemlimit = sc->gomemlimit,
                          .late_callbacks = sc->late_callbacks};
}

const Scenario *script_scenario(const Script *s) { return &s->scenario; }

/* ---- bodies ---- */

static void new_slot(lua_State *L, Script *s) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->threads);
    lua_State *co = lua_newthread(L);
    lua_rawseti(L, -2, (lua_Integer)s->body_count + 1);
    lua_pop(L, 1);
    ASSERT(s->body_count < NO_BODY);
    GROW(s->bodies, s->body_cap, s->body_count + 1);
    s->bodies[s->body_count] = (Body){.co = co, .next_free = s->free_body};
    s->free_body = (uint32_t)s->body_count++;
}

uint64_t script_new_body(lua_State *L, int args) {
    Script *s = script_of(L);
    if (s->live_bodies == GOROUTINES_MAX)
        script_error(L, "Let some of them end before others are started.",
                     "there are %d goroutines, and no room for more", GOROUTINES_MAX);
    if (s->free_body == NO_BODY) new_slot(L, s);
    uint32_t id = s->free_body;
    Body *b = &s->bodies[id];
    if (!lua_checkstack(b->co, args + 1 + ROOTS_STACK)) script_error(L, "", "go: too many arguments");
    lua_xmove(L, b->co, args + 1);
    s->free_body = b->next_free;
    *b = (Body){.co = b->co, .name = NONE, .live = true};
    s->live_bodies++;
    return id;
}

/* One that has ended leaves its coroutine empty, ready for the next. One that is parked when the run
 * ends goes with the state. */
static void drop(void *ctx, uint64_t body) {
    Script *s = ctx;
    Body *b = &s->bodies[body];
    ASSERT(b->live);
    b->live = false;
    if (b->strand > 0 || lua_status(b->co) != LUA_OK || lua_gettop(b->co) != 0) return;
    b->next_free = s->free_body;
    s->free_body = (uint32_t)body;
    s->live_bodies--;
}

/* ---- operations ---- */

/* What main does for the top level. */
static void next_before(Script *s, Op *out) {
    Before *b = &s->before[s->before_at++];
    *out =
        (Op){.kind = b->kind, .line = b->line, .a = b->body, .text = stream_text(s->w->s, b->text)};
    if (b->kind == OP_GO) s->bodies[b->body].name = out->text.v;
}

/* How many values the coroutine is resumed with. */
static int give_result(Script *s, Body *b, OpResult last) {
    if (!b->started) {
        b->started = true;
        return lua_gettop(b->co) - 1;
    }
    switch ((OpKind)b->last) {
    case OP_RECV: return script_received(s, b->co, last);
    case OP_C_CALL:
    case OP_NET:
    case OP_SYNC:
    case OP_CTX_CURRENT:
    case OP_CTX_USE:
    case OP_CTX_ABSENT: lua_pushboolean(b->co, last.ok != 0); return 1;
    default: return 0;
    }
}

static void fail(Script *s, lua_State *co, int status) {
    Diag d;
    char message[sizeof d.message];
    script_diagnose(s, co, status, &d);
    if (strcmp(d.file, s->path) != 0) { /* a kernel's source: the place says enough */
        world_fail(s->w, &d);
        return;
    }
    uint64_t name = s->bodies[s->running].name;
    snprintf(message, sizeof message, "%s", d.message);
    snprintf(d.message, sizeof d.message, "in goroutine %.*s: %.900s", NAME_TEXT_MAX,
             s->running == s->main_body ? "main" : intern_text(s->w->s->text, name), message);
    world_fail(s->w, &d);
}

void script_resume(Script *s, uint64_t body) {
    Body *b = &s->bodies[body];
    lua_State *co = b->co;
    int args = give_result(s, b, s->last), results;
    s->running = body;
    sandbox_refill(s);
    int status = lua_resume(co, s->L, args, &results);
    if (status == LUA_YIELD) {
        s->bodies[body].last = (uint8_t)s->out->kind; /* a go statement may have moved the bodies */
        return;
    }
    *s->out = (Op){.kind = OP_END};
    if (status == LUA_OK) lua_settop(co, 0);
    else fail(s, co, status);
}

static void next(void *ctx, World *w, uint64_t body, OpResult last, Op *out) {
    Script *s = ctx;
    (void)w;
    if (body == s->main_body && s->before_at < s->before_count) next_before(s, out);
    else strand_ask(s, body, last, out);
}

static void roots(void *ctx, void (*root)(void *to, Id_OBJ obj), void *to) { script_roots(ctx, root, to); }

Prog script_prog(Script *s) {
    return (Prog){.ctx = s, .next = next, .drop = drop, .tick = script_tick(), .roots = roots, .leaves = obj_leaves,
                  .marked = finalizer_marked, .cleanups = cleanup_body, .name = script_body_name, .fire = timer_body, .after = context_body,
                  .waits = s->waits};
}

/* ---- start ---- */

bool script_start(Script *s, World *w, Dev *dev, Diag *d) {
    (void)d;
    ASSERT(s->phase == PHASE_LOAD);
    s->w = w;
    s->dev = dev;
    s->phase = PHASE_RUN;
    for (size_t i = 0; i < s->chan_count; i++) {
        Id_CHAN c = world_chan(w, s->chans[i].cap, s->chans[i].name, s->chans[i].line);
        ASSERT(c.v == i);
    }
    for (size_t i = 0; i < s->context_count; i++) {
        Id_CTX x = world_context(w, s->contexts[i].name, s->contexts[i].line);
        ASSERT(x.v == i);
    }
    for (size_t i = 0; i < s->sync_count; i++) {
        const SyncDecl *y = &s->syncs[i];
        Id_SYNC id = world_sync(w, y->kind, y->size, (Id_SYNC){y->of}, y->name, y->line);
        ASSERT(id.v == i);
    }
    for (size_t i = 0; i < s->obj_count; i++) {
        world_object(w, (Id_OBJ){i}, s->objs[i].name, s->objs[i].line);
    }
    world_main(w, s->main_body, s->main_line);
    return true;
}

/* error.c -- a Lua error becomes a Diag: the file, the line and its text, what was expected, what to do.
 *
 * Errors come from three sides. Our own bindings throw a Diag (script_raise): Lua carries only its
 * text, so that a pcall of the scenario sees a text like any other, and the rest is found again when
 * that text arrives at the top. Lua's own errors name a line in their text; those that do not happened
 * inside a function of ours or of the library, and the coroutine, which a failed lua_resume leaves as
 * it was, still knows the line. And memory or steps may have run out.
 */
#include "box.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

uint32_t script_line(lua_State *L) {
    lua_Debug ar;
    for (int level = 0; lua_getstack(L, level, &ar);
         level++) { /* ours and the prelude's have no lines */
        lua_getinfo(L, "l", &ar);
        if (ar.currentline > 0) return (uint32_t)ar.currentline;
    }
    return 0;
}

const char *script_describe(lua_State *L, int index, char *buf, size_t size) {
    if (lua_isnone(L, index)) snprintf(buf, size, "nothing");
    else if (lua_type(L, index) == LUA_TNIL) snprintf(buf, size, "nil");
    else if (lua_type(L, index) == LUA_TBOOLEAN)
        snprintf(buf, size, "%s", lua_toboolean(L, index) ? "true" : "false");
    else if (lua_isinteger(L, index))
        snprintf(buf, size, "%lld", (long long)lua_tointeger(L, index));
    else if (lua_type(L, index) == LUA_TNUMBER)
        snprintf(buf, size, "%.14g", lua_tonumber(L, index));
    else if (lua_type(L, index) == LUA_TSTRING)
        snprintf(buf, size, "\"%.40s\"", lua_tostring(L, index));
    else if (lua_type(L, index) == LUA_TUSERDATA)
        snprintf(buf, size, "%s", script_thing_name(((Thing *)lua_touserdata(L, index))->kind));
    else snprintf(buf, size, "a %s", luaL_typename(L, index));
    return buf;
}

/* ---- throwing ---- */

_Noreturn void script_raise(lua_State *L, Diag *d) {
    Script *s = script_of(L);
    if (d->line == 0 && d->file[0] == '\0' && d->status != EXIT_USAGE)
        d->line = (int)script_line(L);
    s->raised = *d;
    if (d->line > 0 && d->file[0] == '\0')
        snprintf(s->raised_text, sizeof s->raised_text, "%s:%d: %s", s->base, d->line, d->message);
    else snprintf(s->raised_text, sizeof s->raised_text, "%s", d->message);
    lua_pushstring(L, s->raised_text);
    lua_error(L);
    UNREACHABLE();
}

static void fill(Diag *d, const char *remedy, const char *fmt, va_list ap) {
    char message[sizeof d->message];
    vsnprintf(message, sizeof message, fmt, ap);
    diag_fail(d, EXIT_SCENARIO, "%s", message);
    if (remedy && remedy[0]) diag_remedy(d, "%s", remedy);
}

_Noreturn void script_error(lua_State *L, const char *remedy, const char *fmt, ...) {
    Diag d;
    va_list ap;
    va_start(ap, fmt);
    fill(&d, remedy, fmt, ap);
    va_end(ap);
    script_raise(L, &d);
}

_Noreturn void script_arg_error(lua_State *L, int index, const char *remedy, const char *fmt, ...) {
    Diag d;
    va_list ap;
    va_start(ap, fmt);
    fill(&d, remedy, fmt, ap);
    va_end(ap);
    char got[64];
    size_t len = strlen(d.message);
    snprintf(d.message + len, sizeof d.message - len, "; got %s",
             script_describe(L, index, got, sizeof got));
    script_raise(L, &d);
}

/* ---- the source ---- */

const char *script_source_line(const Script *s, uint32_t line, size_t *len) {
    const char *p = s->source;
    for (uint32_t i = 1; i < line && p != NULL; i++) {
        p = strchr(p, '\n');
        if (p != NULL) p++;
    }
    if (p == NULL || line == 0) p = "";
    *len = strcspn(p, "\r\n");
    return p;
}

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* The k-th call of that name in a line, from 0, or NULL; *count says how many there are. */
static const char *find_call(const char *line, size_t len, const char *call, uint32_t k,
                             uint32_t *count) {
    size_t call_len = strlen(call);
    const char *found = NULL;
    *count = 0;
    for (const char *c = line; c + call_len <= line + len; c++) {
        if (memcmp(c, call, call_len) != 0 || (c > line && is_word(c[-1]))) continue;
        if (*count == k) found = c;
        ++*count;
    }
    return found;
}

/* Back from a call to the '=' before it, in `a, b = f(1), f(2)`: *place says how many values lie between. */
static const char *find_equals(const char *line, const char *at, uint32_t *place) {
    int depth = 0;
    *place = 0;
    while (--at >= line && depth >= 0) {
        if (*at == ')' || *at == '}') depth++;
        if (*at == '(' || *at == '{') depth--;
        if (depth == 0 && *at == ',') ++*place;
        if (depth == 0 && *at == '=') return at;
    }
    return NULL;
}

/* `local work, done = chan(4), chan()`: each call has a name. Calls in one line are made in its order. */
void script_name_from_line(Script *s, uint32_t line, const char *call, const char *otherwise,
                           char *buf, size_t size) {
    enum { NAMES_MAX = 8 };
    size_t len;
    uint32_t count, place, names = 0;
    const char *p = script_source_line(s, line, &len), *name[NAMES_MAX], *end[NAMES_MAX];
    uint32_t k = line == s->named_line ? s->named_call + 1 : 0;
    snprintf(buf, size, "%s", otherwise);
    if (find_call(p, len, call, 0, &count) == NULL) return;
    s->named_line = line;
    s->named_call = k % count;
    const char *at = find_equals(p, find_call(p, len, call, s->named_call, &count), &place);
    while (at != NULL && names < NAMES_MAX) { /* backwards, from name to name */
        while (at > p && isspace((unsigned char)at[-1])) at--;
        end[names] = at;
        while (at > p && is_word(at[-1])) at--;
        name[names] = at;
        if (name[names] == end[names]) break;
        names++;
        while (at > p && isspace((unsigned char)at[-1])) at--;
        if (at == p || *--at != ',') break;
    }
    if (place >= names) return;
    uint32_t i = names - 1 - place;
    snprintf(buf, size, "%.*s", (int)(end[i] - name[i]), name[i]);
}

/* ---- catching ---- */

/* Go written into a Lua file: what stands in the line, and how Lua has it. */
/* clang-format off */
static const struct {
    const char *go, *remedy;
} dialect[] = {
    {"range ", "In Lua: for i, v in ipairs(t) do ... end."},
    {":=", "In Lua: local x = ..."},
    {"!=", "In Lua, not equal is ~=."},
    {"&&", "In Lua: a and b."},
    {"||", "In Lua: a or b."},
    {"++", "In Lua: x = x + 1."},
    {"+=", "In Lua: x = x + ..."},
    {"//", "In Lua, a comment begins with --."},
    {"<-", "In Lua: c:send(v), and local v, ok = c:recv()."},
    {"func ", "In Lua: function(...) ... end."},
    {"func(", "In Lua: function(...) ... end."},
    {"var ", "In Lua: local x = ..."},
    {"else if", "In Lua: elseif ... then, in one word."},
};
/* clang-format on */

#define NESTED                                                                                     \
    "A function calls itself too deep inside library functions, or a pattern is too complex."

/* Lua's words for what a beginner will see, and what to do. */
/* clang-format off */
static const struct {
    const char *lua, *ours, *remedy;
} known[] = {
    {"C stack overflow", "calls are nested too deep", NESTED},
    {"error in error handling", "calls are nested too deep", NESTED},
    {"stack overflow", "the stack is full: a function calls itself without end, or too deep",
     "Let it return at some depth, or write a loop."},
    {"attempt to yield across a C-call boundary",
     "an operation of a goroutine stands inside a function that a library function calls",
     "Collect the values first, then do the operation in a loop of your own."},
    {"attempt to compare", NULL, "Only numbers can be compared with numbers, and texts with texts."},
    {"attempt to index a nil value", NULL, "The name before the dot, the colon or the bracket has no value here."},
    {"attempt to call a nil value", NULL, "There is no function of that name here."},
    {"attempt to perform arithmetic on", NULL, "Both sides must be numbers."},
};
/* clang-format on */

/* "base:12: text" loses its head; returns the line, 0 if there is none. */
static int take_place(const Script *s, const char **message) {
    if (strncmp(*message, NO_PLACE, sizeof NO_PLACE - 1) == 0) {
        *message += sizeof NO_PLACE - 1;
        return 0;
    }
    size_t len = strlen(s->base);
    if (strncmp(*message, s->base, len) != 0 || (*message)[len] != ':') return 0;
    char *end;
    long line = strtol(*message + len + 1, &end, 10);
    if (end == *message + len + 1 || strncmp(end, ": ", 2) != 0) return 0;
    *message = end + 2;
    return (int)line;
}

/* "... near 'x'": where x stands in its line. */
static int syntax_column(const Script *s, int line, const char *message) {
    size_t len, n;
    const char *text = script_source_line(s, (uint32_t)line, &len),
               *near = strstr(message, " near ");
    if (near == NULL) return 0;
    near += strlen(" near ");
    if (strcmp(near, "<eof>") == 0) return (int)len + 1;
    if (*near != '\'') return 0;
    n = strlen(++near);
    if (n > 0 && near[n - 1] == '\'') n--;
    for (size_t i = len;
         n > 0 && n <= len && i-- > 0;) { /* the last one: Lua reads on until it must stop */
        if (i + n <= len && memcmp(text + i, near, n) == 0) return (int)i + 1;
    }
    return 0;
}

static void add_remedy(const Script *s, Diag *d, bool syntax) {
    if (syntax) {
        size_t len;
        const char *text = script_source_line(s, (uint32_t)d->line, &len);
        for (size_t i = 0; i < ARRAY_LEN(dialect); i++) {
            const char *found = strstr(text, dialect[i].go);
            if (found == NULL || found >= text + len) continue;
            diag_remedy(d, "%s", dialect[i].remedy);
            return;
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (strstr(d->message, known[i].lua) == NULL) continue;
        if (known[i].ours) snprintf(d->message, sizeof d->message, "%s", known[i].ours);
        diag_remedy(d, "%s", known[i].remedy);
        return;
    }
}

static void out_of_steps(Diag *d) {
    diag_fail(d, EXIT_SCENARIO,
              "%d million steps of Lua were done without an operation of a goroutine",
              STEPS_MAX / 1000000);
    diag_remedy(d, "No virtual time passes in such a loop. Let it end, or put compute \"1us\" or a "
                   "channel operation into it.");
}

static void out_of_memory(Diag *d) {
    diag_fail(d, EXIT_SCENARIO,
              "the scenario needs too much memory: at most %u MiB of Lua data, in texts of at most "
              "%d MiB",
              DATA_BYTES_MAX >> 20, STRING_MAX >> 20);
    diag_remedy(d, "Keep less at a time; heap.floats(...) has room of its own.");
}

static void from_text(Script *s, int status, const char *message, Diag *d) {
    int line = take_place(s, &message);
    diag_fail_at(d, EXIT_SCENARIO, "", line, 0, "%s", message);
    if (status == LUA_ERRSYNTAX) d->column = syntax_column(s, line, message);
    add_remedy(s, d, status == LUA_ERRSYNTAX);
}

void script_diagnose(Script *s, lua_State *L, int status, Diag *d) {
    const char *message = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
    char described[64];
    if (s->steps <= 0) out_of_steps(d);
    else if (status == LUA_ERRMEM) out_of_memory(d);
    else if (message != NULL && s->raised_text[0] && strcmp(message, s->raised_text) == 0)
        *d = s->raised;
    else if (message != NULL) from_text(s, status, message, d);
    else
        diag_fail(d, EXIT_SCENARIO, "error(...) was called with %s instead of a text",
                  script_describe(L, -1, described, sizeof described));
    if (d->file[0] || d->status == EXIT_USAGE)
        return; /* a place of its own: a kernel's source, the command line */
    if (d->line == 0) d->line = (int)script_line(L);
    script_place(s, d);
}

void script_place(const Script *s, Diag *d) {
    if (d->line <= 0 || d->file[0]) return;
    snprintf(d->file, sizeof d->file, "%s", s->path);
    diag_excerpt(d, s->source);
}

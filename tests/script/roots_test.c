/* roots_test.c -- which objects a scenario refers to, at moments of a run, with strands and without. */
#include "../check.h"
#include "../../sim/script/box.h"
#include "attempt.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

void script_roots_tests(void);

#define ROOTS                                                                                      \
    HEAD "local function at(name) pcall(cl.kernel, 'at ' .. name) end\n"                           \
         "local function new(name) return heap.floats(name, 4) end "

static void add_name(void *ctx, Id_OBJ obj) {
    void **to = ctx;
    Script *s = to[0];
    bytes_add(to[1], " ", 1);
    bytes_add(to[1], s->objs[obj.v].name, strlen(s->objs[obj.v].name));
}

static void list_roots(void *ctx, Script *s, const char *name) {
    int64_t steps = s->steps;
    int top = lua_gettop(s->L);
    bytes_add(ctx, name, strlen(name));
    bytes_add(ctx, ":", 1);
    script_roots(s, add_name, (void *[]){s, ctx});
    bytes_add(ctx, "\n", 1);
    CU_ASSERT_EQUAL(s->steps, steps);
    CU_ASSERT_EQUAL(lua_gettop(s->L), top);
}

static void roots_are_one_way(const char *source, const char *roots, bool no_strands) {
    Bytes found = {0};
    Attempt a =
        attempt(source, &(How){.no_strands = no_strands, .moment = list_roots, .ctx = &found});
    if (a.failed) printf("\n  line %d: %s | %s\n", a.diag.line, a.diag.message, a.diag.remedy);
    CU_ASSERT_FALSE(a.failed);
    bytes_add(&found, "", 1);
    check_text(source, roots, (char *)found.data);
    bytes_free(&found);
    attempt_free(&a);
}

static void roots_are(const char *source, const char *roots) {
    roots_are_one_way(source, roots, false);
    roots_are_one_way(source, roots, true);
}

/* clang-format off */

static void a_local_variable_keeps_until_its_last_use(void) {
    roots_are(ROOTS "main(function()\n"
              "local x = new 'x'\n"
              "at '1'\n"
              "note(tostring(x))\n"
              "at '2'\n"
              "x = new 'second'\n"
              "at '3'\n"
              "local z = new 'third'\n"
              "at '4'\n"
              "note(tostring(z))\n"
              "for i = 1, 2 do\n"
              "  local y = new('y' .. i)\n"
              "  at(i .. 'a') note(tostring(y))\n"
              "  at(i .. 'b')\n"
              "end\n"
              "end)",
              "1: x\n2:\n3:\n4: third\n1a: y1\n1b:\n2a: y2\n2b:\n");
}

static void what_refers_to_it_keeps_it(void) {
    roots_are(ROOTS "main(function()\n"
              "local t = { { [new 'key'] = 1 }, deep = { new 'value' } }\n"
              "t.itself = t\n"
              "at '1'\n"
              "t.deep = nil\n"
              "at '2'\n"
              "print(#t)\n"
              "at '3'\n"
              "local m = setmetatable({}, { __index = new 'meta', __len = function() error('called') end, __gc = nil })\n"
              "at '4'\n"
              "rawlen(m)\n"
              "local s = new 'captured'\n"
              "local function f() return s end\n"
              "local g = function() return f() end\n"
              "at '5'\n"
              "g()\n"
              "at '6'\n"
              "local list\n"
              "for i = 1, 50000 do list = { list } end\n"
              "local head = { list, new 'last' }\n"
              "at '7' print(#head)\n"
              "at '8'\n"
              "end)",
              "1: key value\n2: key\n3:\n4: meta\n5: captured\n6:\n7: last\n8:\n");
}

static void a_call_keeps_its_arguments(void) {
    roots_are(ROOTS "local function see(x, name)\n"
              "at(name .. 'a')\n"
              "print(x)\n"
              "at(name .. 'b')\n"
              "end\n"
              "local function rest(name, ...)\n"
              "at(name)\n"
              "return select('#', ...)\n"
              "end\n"
              "local function three(a, b, c) at(c) end\n"
              "main(function()\n"
              "see(new 'x', '1')\n"
              "local y = new 'y'\n"
              "see(y, '2')\n"
              "see(new 'z', '3')\n"
              "rest('4', new 'v', new 'w')\n"
              "three(new 'p',\n"
              "   new 'q', '5')\n"
              "print(new 't', at '6')\n"
              "for v in pairs { [1] = new 'u' } do\n"
              "  at '7'\n"
              "end\n"
              "pcall(function() local x = new 'deep' see(1, '8') print(x)\n"
              "end)\n"
              "end)",
              "1a: x\n1b:\n2a: y\n2b: y\n3a: z\n3b:\n4: v w\n5: p q\n6: t\n7: u\n8a: deep\n8b: deep\n");
}

static void other_goroutines_keep_theirs(void) {
    roots_are(ROOTS "local a, b, full, done = chan(), chan(), chan(3), chan()\n"
              "go('takes', function(x)\n"
              "  a:recv()\n"
              "  print(x)\n"
              "  a:recv()\n"
              "  done:send(1)\n"
              "end, new 'top')\n"
              "main(function()\n"
              "  go('gives', function() b:send(new 'given') end)\n"
              "  go('argument', function(x) a:recv()\n"
              "    local y = { x }\n"
              "    a:recv() print(y)\n"
              "    for v in done:each() do print(v)\n"
              "    end\n"
              "  end, new 'arg')\n"
              "  full:send(new 'buffered') full:send { new 'boxed' }\n"
              "  sleep '1ms'\n"
              "  at '1'\n"
              "  a:send(1) a:send(1) sleep '1ms'\n"
              "  at '2'\n"
              "  b:recv() full:recv() sleep '1ms'\n"
              "  at '3'\n"
              "  a:send(1) a:send(1) sleep '1ms'\n"
              "  at '4'\n"
              "  full:recv()\n"
              "  at '5'\n"
              "  go('unborn', function(x) print(x) end, new 'unborn')\n"
              "  at '6'\n"
              "  sleep '1ms'\n"
              "  at '7'\n"
              "end)",
              "1: top arg buffered boxed given\n2: top arg buffered boxed given\n3: top arg boxed\n"
              "4: top boxed\n5: top\n6: top unborn\n7: top\n");
}

/* Who waits, waits on a strand, and so do some who look. */
static void more_wait_than_there_are_strands(void) {
    char want[1000];
    int len = 0;
    for (int i = 1; i <= 3; i++) {
        len += snprintf(want + len, sizeof want - (size_t)len, "%d:", i);
        for (int k = i == 1 ? 1 : 21; k <= 40 && i < 3; k++)
            len += snprintf(want + len, sizeof want - (size_t)len, " o%d", k);
        len += snprintf(want + len, sizeof want - (size_t)len, "\n");
    }
    roots_are(ROOTS "local c, d, e, look = chan(), chan(), chan(), chan()\n"
              "main(function()\n"
              "for i = 1, 40 do\n"
              "  go('w', function(o)\n"
              "    if i <= 20 then c:recv()\n"
              "    else d:recv() end\n"
              "    print(o)\n"
              "    e:recv()\n"
              "  end, new('o' .. i))\n"
              "end\n"
              "go('looks', function()\n"
              "  for name in look:each() do at(name) end\n"
              "end)\n"
              "sleep '1ms'\n"
              "local function rounds(r, n)\n"
              "  for _ = 1, n do r:send(1) end\n"
              "  sleep '1ms'\n"
              "end\n"
              "look:send '1' sleep '1ms'\n"
              "rounds(c, 20)\n"
              "look:send '2' sleep '1ms'\n"
              "rounds(d, 20)\n"
              "look:send '3' sleep '1ms'\n"
              "end)", want);
}

static void package_variables_are_always_there(void) {
    roots_are(ROOTS "local kept, lost\n"
              "declared = nil\n"
              "local top = new 'top'\n"
              "local shelf = {}\n"
              "go('fills', function() kept = new 'kept' shelf[1] = new 'shelved' declared = new 'global' end)\n"
              "for i = 1, 2 do local mine\n"
              "  go('own', function() mine = new 'mine' end) end\n"
              "main(function()\n"
              "  sleep '1ms'\n"
              "  at '1'\n"
              "  declared = nil\n"
              "  at '2'\n"
              "  go('empties', function() kept = nil shelf[1] = nil end) sleep '1ms'\n"
              "  at '3'\n"
              "end)",
              "1: top kept shelved global\n2: top kept shelved\n3: top\n");
}

static void these_keep_nothing(void) {
    roots_are(ROOTS "expect.result('y', function(i, v) return v == i end)\n"
              "main(function()\n"
              "local x, y = heap.floats('x', 4, 1), heap.floats('y', 4, function(i) return i end)\n"
              "local k = cl.kernel('saxpy', y, x, 0.0)\n"
              "local pin = runtime.Pinner()\n"
              "pin:Pin(x)\n"
              "at '1'\n"
              "k:launch()\n"
              "tostring(print) tostring { y }\n"
              "local g = cl.record(k, k)\n"
              "at '2'\n"
              "cl.finish() g:launch() pin:Unpin()\n"
              "at '3'\n"
              "end)",
              "1: x y\n2: x y\n3:\n");
}

static void things_lead_on(void) {
    roots_are(ROOTS "main(function()\n"
              "local t = time.NewTicker('1ms')\n"
              "at '1'\n"
              "t.C:recv() t:Stop()\n"
              "local x = new 'x'\n"
              "C.call('walk', function()\n"
              "  C.work '1us'\n"
              "  C.callback('back', function() local y = new 'y'\n"
              "    at '2'\n"
              "    print(x, y)\n"
              "    at '3'\n"
              "  end)\n"
              "end)\n"
              "at '4'\n"
              "end)",
              "1:\n2: x y\n3: x\n4:\n");
}
/* clang-format on */

static void a_large_world_is_no_trouble(void) {
    static const char source[] = ROOTS
        "main(function()\n"
        "local t = {}\n"
        "for i = 1, 100000 do t[i] = { i } end\n"
        "t.x = new 'x'\n"
        "at '1'\n"
        "local function deep(n) if n == 0 then at '2' return 1 end return 1 + deep(n - 1) end\n"
        "print(deep(150000))\n"
        "at '3' print(#t)\n"
        "end)";
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    roots_are(source, "1: x\n2: x\n3: x\n");
    clock_gettime(CLOCK_MONOTONIC, &to);
    CU_ASSERT(to.tv_sec - from.tv_sec < 10);
}

void script_roots_tests(void) {
    static const Check checks[] = {
        {"a local variable keeps its object until its last use",
         a_local_variable_keeps_until_its_last_use},
        {"tables, closures and metatables keep what they hold", what_refers_to_it_keeps_it},
        {"a call keeps its arguments, as long as they are needed", a_call_keeps_its_arguments},
        {"goroutines that wait, or have not begun, and channels keep theirs",
         other_goroutines_keep_theirs},
        {"more goroutines wait than there are strands", more_wait_than_there_are_strands},
        {"the package's variables are always there", package_variables_are_always_there},
        {"a kernel keeps its objects; pinners, expectations and numbers nothing", these_keep_nothing},
        {"C functions, callbacks and tickers", things_lead_on},
        {"many values and deep calls", a_large_world_is_no_trouble},
        {NULL, NULL},
    };
    suite("script: roots", checks);
}

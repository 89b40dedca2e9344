/* value_test.c -- what goroutines give each other, and what objects hold. */
#include "../check.h"
#include "attempt.h"

#include <string.h>

void script_value_tests(void);

static void values_of_all_types_travel(void) {
    attempt_says(HEAD
                 "local c = chan(2)\n"
                 "local function f() return 'called' end\n"
                 "local values = { true, false, 0, -1, 1 << 61, -(1 << 61), math.maxinteger, "
                 "math.mininteger, 0.5, 0.1, -0.0, 1e300,\n"
                 "                 math.huge, 'text', '', { 7 }, f, c, heap.floats('o', 2, 4) }\n"
                 "go('sender', function() for _, v in ipairs(values) do c:send(v) end c:send(nil) "
                 "c:close() end)\n"
                 "main(function()\n"
                 "  for i, v in ipairs(values) do\n"
                 "    local got, ok = c:recv()\n"
                 "    if not ok or not rawequal(got, v) or math.type(got) ~= math.type(v) then "
                 "print(i, v, got) end\n"
                 "  end\n"
                 "  print(c:recv())\n  print(c:recv())\n  print(c:recv())\n"
                 "end)",
                 "nil\ttrue\nnil\tfalse\nnil\tfalse\n");
}

static void slots_are_given_back(void) {
    attempt_says(HEAD "local c = chan(1)\n"
                      "main(function() for i = 1, 200000 do c:send('value ' .. i) if c:recv() ~= "
                      "'value ' .. i then print(i) end end print 'ok' end)",
                 "ok\n");
}

static void each_ends_with_the_channel(void) {
    attempt_says(HEAD "local jobs, done = chan(3), chan()\n"
                      "go('worker', function() local n = 0 for j in jobs:each() do n = n + j end "
                      "done:send(n) end)\n"
                      "main(function() for i = 1, 10 do jobs:send(i) end print(#jobs <= 3, "
                      "jobs:cap(), jobs) jobs:close() print(done:recv()) end)",
                 "true\t3\tchan jobs\n55\ttrue\n");
    attempt_fails(HEAD "local c = chan(1)\ngo(function() c:send(nil) end)\nmain(function() for v "
                       "in c:each() do end end)",
                  "each() received a nil");
}

static void go_takes_arguments(void) {
    attempt_says(
        HEAD
        "local c = chan()\nlocal function work(a, b, ...) c:send(a .. b .. select('#', ...)) end\n"
        "go('named', work, 'x', 1, nil, nil)\n"
        "main(function() print(c:recv()) go(work, 'y', 2) print(c:recv()) go(function() c:send 'z' "
        "end) print(c:recv()) end)",
        "x12\ttrue\ny20\ttrue\nz\ttrue\n");
}

static void names_come_from_the_source(void) {
    Attempt a =
        attempt(HEAD "\nlocal done = chan(1)\nlocal work, more = chan(4), chan(math.max(1, 2))\n"
                     "local function work() end\n"
                     "go(work)\ngo(function()\nend)\n"
                     "main(function() for _ = 1, 2 do local inner = chan() end\n"
                     "  local t = { a = chan(), chan() }\nend)",
                NULL);
    CU_ASSERT_FALSE(a.failed);
    CU_ASSERT(strstr(a.events, "CHAN_MAKE c=c0 cap=1 name=\"done\" line=2") != NULL);
    CU_ASSERT(strstr(a.events, "CHAN_MAKE c=c1 cap=4 name=\"work\" line=3") != NULL);
    CU_ASSERT(strstr(a.events, "CHAN_MAKE c=c2 cap=2 name=\"more\" line=3") != NULL);
    CU_ASSERT(strstr(a.events, "CHAN_MAKE c=c3 cap=0 name=\"inner\" line=8") != NULL);
    CU_ASSERT(strstr(a.events, "CHAN_MAKE c=c4 cap=0 name=\"inner\" line=8") != NULL);
    CU_ASSERT(strstr(a.events, "CHAN_MAKE c=c5 cap=0 name=\"a\" line=9") != NULL);
    CU_ASSERT(strstr(a.events, "CHAN_MAKE c=c6 cap=0 name=\"chan\" line=9") != NULL);
    CU_ASSERT(strstr(a.events, "name=\"work\" line=5") != NULL);
    CU_ASSERT(strstr(a.events, "name=\"func@6\" line=6") != NULL);
    attempt_free(&a);
}

static void pcall_lets_operations_through(void) {
    attempt_says(
        HEAD
        "local c = chan()\ngo('partner', function() sleep '5us' c:send(1) end)\n"
        "main(function()\n"
        "  print(pcall(function() compute '1us' local v = c:recv() error('after ' .. v, 0) end))\n"
        "  print(xpcall(function() sleep '1us' return 'fine', 2 end, print))\n"
        "  print(xpcall(function() sleep '1us' error('e', 0) end, function(e) sleep '1us' return e "
        ".. '!' end))\n"
        "  local t = setmetatable({}, { __index = function(_, k) sleep '1us' return k end }) "
        "print(t.slow)\n"
        "end)",
        "false\tafter 1\ntrue\tfine\t2\nfalse\te!\nslow\n");
}

static void a_panic_is_gos(void) {
    attempt_says(MAIN("panic 'out of paper'"), "panic: out of paper\n");
    attempt_says(MAIN("pcall(panic, 5)"), "panic: 5\n");
    attempt_says(MAIN("local x = heap.floats('x', 8)\nprint(x[7]) print(x[8])"),
                 "0.0\npanic: runtime error: index out of range [8] with length 8\n");
    attempt_says(MAIN("local x = heap.ints('x', 8)\nx[-1] = 1"),
                 "panic: runtime error: index out of range [-1]\n");
}

static void objects_hold_numbers(void) {
    attempt_says(
        MAIN("local f, i = heap.floats('f', 3, function(i) return i / 3 end), heap.ints('i', 2, "
             "-5)\n"
             "local u, b = heap.uints('u', 1, 4294967295), heap.bytes('b', 2, function(i) return "
             "255 * i end)\n"
             "print(f[0], string.format('%.6f', f[1]), #f, i[1], u[0], b[0], b[1])\n"
             "f[2] = 0.1 i[0] = 7.0 print(f[2] == 0.1, string.format('%.7f', f[2]), i[0])\n"
             "for k, v in pairs(b) do print(k, v) end"),
        "0.0\t0.333333\t3\t-5\t4294967295\t0\t255\nfalse\t0.1000000\t7\n0\t0\n1\t255\n");
}

/* clang-format off */
static const struct {
    const char *code, *message;
} refused[] = {
    {"heap.floats('x', 0)", "the number of elements, a whole number from 1; got 0"},
    {"heap.floats('x', 2.5)", "got 2.5"},
    {"heap.floats(5, 2)", "the name of an object is a text; got 5"},
    {"heap.floats('x', 2, 'y')", "filled by a function of i, or with a number; got \"y\""},
    {"heap.floats('x', 2, function() end)", "x[0] is a number; got nil"},
    {"heap.bytes('x', 2, 256)", "x[0] is a whole number from 0 to 255; got 256"},
    {"local x = heap.ints('x', 2) x[1] = 0.5", "x[1] is a whole number of 32 bits; got 0.5"},
    {"local x = heap.ints('x', 2) print(x.len)", "an element of x is x[0] to x[1]; got \"len\""},
    {"heap.doubles('x', 2)", "heap has no 'doubles'"},
    {"heap.floats('x', 4, function(i) sleep '1us' return i end)", "sleep stands inside a function that a library function calls"},
    {"chan(-1)", "chan wants its capacity, a whole number from 0 to 1048576; got -1"},
    {"chan('1')", "got \"1\""},
    {"chan().send(5)", "send wants a channel; got 5"},
    {"chan(1):send()", "send wants one value; got 0"},
    {"chan(1):send(1, 2)", "send wants one value; got 2"},
    {"local pin = runtime.Pinner() pin:Pin({})", "Pin wants a heap object, such as heap.floats(...); got a table"},
    {"runtime.Pinner().Pin(1, 2)", "Pin wants a Pinner; got 1"},
    {"go('x')", "go wants a function of the scenario; got nothing"},
    {"go(print)", "go wants a function of the scenario; got a function"},
    {"compute(25)", "what compute takes is a duration with its unit, such as \"25us\"; got 25"},
    {"compute '25 us'", "got \"25 us\""},
    {"sleep '25d'", "Units are ns, us, ms, s, m and h"},
    {"sleep '25h'", "a day at most"},
    {"sleep '2000m'", "is a day at most"},
    {"C.call('3us')", "a duration with its unit"},
    {"note(5)", "note wants a text; got 5"},
    {"note 'a\\0b'", "zero byte"},
    {"string.gsub('x', 'x', function() compute '1us' end)", "compute stands inside a function that a library function calls"},
};
/* clang-format on */

static void wrong_arguments_are_named(void) {
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        char source[512];
        snprintf(source, sizeof source, MAIN("%s"), refused[i].code);
        CU_ASSERT_EQUAL(attempt_fails(source, refused[i].message).line, 2);
    }
}

void script_value_tests(void) {
    static const Check checks[] = {
        {"values of all types travel through a channel", values_of_all_types_travel},
        {"what was received is let go", slots_are_given_back},
        {"each() ends with the channel", each_ends_with_the_channel},
        {"go takes arguments", go_takes_arguments},
        {"names come from the source", names_come_from_the_source},
        {"pcall, xpcall and metamethods let operations through", pcall_lets_operations_through},
        {"a panic is Go's, and no pcall stops it", a_panic_is_gos},
        {"objects hold numbers of their kind", objects_hold_numbers},
        {"wrong arguments are named", wrong_arguments_are_named},
        {NULL, NULL},
    };
    suite("script: values", checks);
}

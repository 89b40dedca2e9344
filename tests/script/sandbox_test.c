/* sandbox_test.c -- every closed door says so, by name, and what to use instead. */
#include "../check.h"
#include "attempt.h"

#include <stdio.h>
#include <string.h>

void script_sandbox_tests(void);

typedef struct {
    const char *code, *message;
} Door;

/* clang-format off */
static const Door doors[] = {
    {"io.open('/etc/passwd')", "io is not available in a scenario: a scenario touches no files"},
    {"os.execute('true')", "os is not available"},
    {"os.exit(0)", "Virtual time passes by compute"},
    {"require 'socket'", "require is not available"},
    {"package.loadlib('x', 'y')", "package is not available"},
    {"dofile('/etc/passwd')", "dofile is not available"},
    {"loadfile('/etc/passwd')", "loadfile is not available"},
    {"load('return 1')", "load is not available"},
    {"debug.getregistry()", "debug is not available"},
    {"coroutine.create(print)", "goroutines are what runs here"},
    {"collectgarbage()", "collectgarbage is not available"},
    {"print(_G.print)", "_G is not available"},
    {"string.dump(print)", "string.dump is not available"},
    {"('x'):dump()", "string.dump is not available"},
    {"string.pack('i4', 1)", "string.pack is not available"},
    {"math.randomseed(1)", "scenario { seed = 7 }"},
    {"math.sin(1)", "math.sin is not available"},
    {"math.log(2)", "its last digit differs"},
    {"string.format('%p', {})", "%p is not available"},
    {"setmetatable({}, { __gc = function() end })", "__gc is not available"},
    {"setmetatable({}, { __mode = 'k' })", "__mode is not available"},
    {"string.nonsense()", "string has no 'nonsense'"},
    {"print(string.nonsense)", "It has: byte, char, find"},
    {"string.format = nil", "string cannot be changed"},
    {"print = nil", "'print' is faultline's own"},
    {"getmetatable('').__index = {}", "attempt to index a string value"},
    {"local c = chan() c:Send(1)", "a channel has no 'Send'"},
    {"runtime.GOMAXPROCS()", "runtime.GOMAXPROCS wants a whole number; got nothing"},
    {"runtime.GOMAXPROCS('0')", "runtime.GOMAXPROCS(0) says how many"},
    {"chan(-2)", "For example: local done = chan(1)"},
    {"make(chan)", "make is not available"},
    {"undefined_name()", "'undefined_name' is not defined here"},
    {"comptue '5us'", "Did you mean 'compute'?"},
    {"Compute '5us'", "Did you mean 'compute'?"},
    {"new_global = 1", "a function assigns to 'new_global', which is not declared"},
    {"scenario { title = 'again' }", "once only"},
    {"main(function() end)", "belongs to the top level"},
    {"expect { threads = 1 }", "belongs to the top level"},
    {"local x = knob('x', 1)", "belongs to the top level"},
};
/* clang-format on */

static void each_door_is_closed_and_says_so(void) {
    for (size_t i = 0; i < ARRAY_LEN(doors); i++) {
        char source[512];
        snprintf(source, sizeof source, MAIN("%s"), doors[i].code);
        Diag d = attempt_fails(source, doors[i].message);
        CU_ASSERT_EQUAL(d.status, EXIT_SCENARIO);
        CU_ASSERT_EQUAL(d.line, 2);
        CU_ASSERT_STRING_EQUAL(d.file, "folder/try.lua");
        CU_ASSERT(strncmp(d.excerpt, doors[i].code, strlen(d.excerpt)) == 0);
    }
}

/* clang-format off */
static const Door top_level[] = {
    {"compute '5us'", "compute is an operation of a goroutine, and none is running here"},
    {"chan():recv()", "recv is an operation of a goroutine"},
    {"cl.finish()", "cl.finish is an operation"},
    {"cl.kernel('saxpy')", "no goroutine is running here"},
    {"C.call('f', '1us')", "C.call is an operation"},
    {"C.callback('f', print)", "C.callback is an operation"},
    {"C.thread('t', function() end)", "C.thread is an operation"},
    {"C.work('1us')", "C.work is an operation"},
    {"panic('x')", "x"},
};
/* clang-format on */

static void operations_need_a_goroutine(void) {
    for (size_t i = 0; i < ARRAY_LEN(top_level); i++) {
        char source[512];
        snprintf(source, sizeof source, HEAD "\n%s\nmain(function() end)", top_level[i].code);
        CU_ASSERT_EQUAL(attempt_fails(source, top_level[i].message).line, 2);
    }
}

static void scenario_comes_first(void) {
    attempt_fails("local c = chan(1)\nscenario { title = 't' }", "chan stands before scenario");
    attempt_fails("go(function() end)", "go stands before scenario");
    attempt_fails("print(math.random())", "math.random stands before scenario");
    attempt_fails("", "a scenario begins with scenario");
    attempt_fails("scenario { procs = 2 }", "needs a title");
    attempt_fails("scenario { title = 't' }", "there is no main");
    attempt_fails(HEAD "main(function() end)\nmain(function() end)",
                  "given a function before, in line 1");
}

static void only_the_top_level_declares_globals(void) {
    attempt_says(HEAD "total = 1\nfunction add() total = total + 1 end\nmain(function() add() "
                      "print(total) total = nil print(total) end)",
                 "2\nnil\n");
}

static void a_broken_chunk_is_not_run(void) {
    attempt_fails("\x1bLua", "this is Lua bytecode");
    attempt_fails(HEAD "\nmain(function()\n",
                  "'end' expected (to close 'function' at line 2) near <eof>");
}

void script_sandbox_tests(void) {
    static const Check checks[] = {
        {"each door is closed and says so", each_door_is_closed_and_says_so},
        {"operations need a goroutine", operations_need_a_goroutine},
        {"scenario { ... } comes first, main once", scenario_comes_first},
        {"only the top level declares global variables", only_the_top_level_declares_globals},
        {"bytecode and half a file are refused", a_broken_chunk_is_not_run},
        {NULL, NULL},
    };
    suite("script: sandbox", checks);
}

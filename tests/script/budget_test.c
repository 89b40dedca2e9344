/* budget_test.c -- whatever a scenario does, it ends: steps, memory, patterns, long loops inside C. */
#include "../check.h"
#include "attempt.h"

#include <stdio.h>
#include <time.h>

void script_budget_tests(void);

#define STEPS "50 million steps of Lua were done without an operation"
#define MEMORY "the scenario needs too much memory"

/* clang-format off */
static const struct {
    const char *code, *message;
} endless[] = {
    {"while true do end", STEPS},
    {"while true do pcall(function() while true do end end) end", STEPS},
    {"local function f() while true do pcall(f) end end f()", STEPS},
    {"while true do xpcall(error, function() while true do end end) end", STEPS},
    {"xpcall(function() while true do end end, function() while true do end end)", STEPS},
    {"repeat until pcall(string.rep, 'x', -1) == nil", STEPS},
    {"local t = setmetatable({}, { __index = function(t, k) return t[k + 1] end }) print(t[1])", "nested too deep"},
    {"local function f() return 1 + f() end f()", "the stack is full"},
    {"local function f() return (f()) end print(pcall(f)) f()", "the stack is full"},
    {"string.rep('x', 1 << 30)", MEMORY},
    {"string.rep('x', 1 << 62)", "resulting string too large"},
    {"print(#string.rep('', 1 << 62)) error('done')", "done"},
    {"local s = 'x' while true do s = s .. s end", MEMORY},
    {"local t = {} while true do t[#t + 1] = { {}, {} } end", MEMORY},
    {"local t = {} while true do pcall(function() t[#t + 1] = string.rep('y', 1 << 20) .. #t end) end", STEPS},
    {"local s = string.rep('x', 1 << 20) while true do pcall(string.upper, s) end", STEPS},
    {"local t = {} for i = 1, 1e6 do t[i] = i end while true do table.insert(t, 1, 0) end", STEPS},
    {"local s = string.rep('x', 1 << 23) while true do utf8.len(s) end", STEPS},
    {"table.move({}, 1, 1e15 // 1 | 0, 2)", "table.move would touch more than"},
    {"table.concat({}, '', 1, 1e15 // 1 | 0)", "table.concat would touch more than"},
    {"table.unpack({}, 1, 1 << 40)", "table.unpack would touch more than"},
    {"table.concat(setmetatable({}, { __index = tostring }), '', 1, 1e6 // 1 | 0)", "plain tables only"},
    {"('a'):rep(2000):find('(.-)b(.-)c(.-)d(.-)e')", "this pattern could take more than"},
    {"('a'):rep(30000):match('.-.-.-b')", "this pattern could take more than"},
    {"('x'):rep(1 << 22):find(('x'):rep(1 << 21) .. 'y', 1, true)", "this pattern could take more than"},
    {"('a'):find(('a?'):rep(400))", "this pattern could take more than"},
    {"('x'):find(('x'):rep(5000))", "a pattern of 5000 characters is too long"},
    {"heap.floats('x', 1 << 40)", "the Go heap is limited to 1024 MiB"},
    {"while true do heap.floats('x', 1 << 24) end", "the Go heap is limited to 1024 MiB"},
    {"chan(1 << 30)", "chan wants its capacity"},
    {"while true do chan(1 << 20) end", "all channels together have room for"},
    {"note(string.rep('x', 5000))", "note: a text has 4096 bytes at most"},
    {"heap.floats('x', 8, function() while true do end end)", STEPS},
    {"while true do compute '0s' end", "without any virtual time passing"},
};
/* clang-format on */

static void everything_ends(void) {
    for (size_t i = 0; i < ARRAY_LEN(endless); i++) {
        char source[512];
        struct timespec from, to;
        snprintf(source, sizeof source, MAIN("%s"), endless[i].code);
        clock_gettime(CLOCK_MONOTONIC, &from);
        Diag d = attempt_fails(source, endless[i].message);
        clock_gettime(CLOCK_MONOTONIC, &to);
        CU_ASSERT_EQUAL(d.line, 2);
        CU_ASSERT_EQUAL(d.status, EXIT_SCENARIO);
        if (to.tv_sec - from.tv_sec > 20) {
            printf("\n  %ld s: %s\n", (long)(to.tv_sec - from.tv_sec), endless[i].code);
            CU_FAIL("it took far too long");
        }
    }
}

static void the_top_level_ends_as_well(void) {
    CU_ASSERT_EQUAL(attempt_fails(HEAD "\nwhile true do end", STEPS).line, 2);
    CU_ASSERT_EQUAL(attempt_fails(HEAD "\nlocal s = string.rep('x', 1 << 30)", MEMORY).line, 2);
}

static void harmless_patterns_pass(void) {
    attempt_says(MAIN("local text = ('key = value; '):rep(200)\n"
                      "local n = 0\n"
                      "for k, v in text:gmatch('(%w+)%s*=%s*(%w+)') do n = n + #k + #v end\n"
                      "print(n, (text:gsub('%s+', '')):len(), text:match('^(%w+) = (.-);'))\n"
                      "print(('f(a(b)c)d'):match('%b()'), ('a.b'):gsub('%.', '%%'))\n"
                      "print(('[x]'):find('[x]', 1, true))"),
                 "1600\t2000\tkey\tvalue\n(a(b)c)\ta%b\t1\n1\t3\n");
}

static void operations_fill_the_budget_again(void) {
    attempt_says(
        MAIN("for i = 1, 4 do\n  for j = 1, 1e7 do end\n  compute '1us'\nend\nprint 'done'"),
        "done\n");
}

static void a_parked_goroutine_is_small(void) {
    /* together they need far more than the limit of the data alone would let through */
    attempt_says(HEAD
                 "local gate = chan()\nmain(function()\n"
                 "for i = 1, 300000 do go('g', function() gate:recv() end) end\nprint 'made'\nend)",
                 "made\n");
}

void script_budget_tests(void) {
    static const Check checks[] = {
        {"everything ends, with a message", everything_ends},
        {"the top level of the file ends as well", the_top_level_ends_as_well},
        {"harmless patterns pass", harmless_patterns_pass},
        {"each operation fills the budget again", operations_fill_the_budget_again},
        {"parked goroutines do not count against the data", a_parked_goroutine_is_small},
        {NULL, NULL},
    };
    suite("script: budgets", checks);
}

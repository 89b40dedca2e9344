/* budget_test.c -- whatever a scenario does, it ends: steps, memory, patterns, long loops inside C. */
#include "../check.h"
#include "attempt.h"

#include <stdio.h>
#include <string.h>
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
    {"::a:: goto a", STEPS},
    {"for i = 1, math.maxinteger do end", STEPS},
    {"local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end fib(90)", STEPS},
    {"local function f(a, ...) return f(a, ...) end f(1)", STEPS},
    {"local t = setmetatable({}, { __index = function(t, k) return k end }) repeat until t.x == t[1]", STEPS},
    {"for _ in function() return 1 end do if _ then --[==[ end ]] ]==] end end", STEPS},
    {"local s = '\\' do ' .. \"do \\\" end\" .. [==[ ]] do ]==] while #s > 0 do _ENV(-1e300, {}) end", STEPS},
    {"local t = {} for i = 1, 1e5 do t[i] = -i end while true do table.sort(t, function(a, b) return a < b end) end", STEPS},
    {"local t = {} for i = 1, 1e5 do t[i] = -i end while true do table.sort(t) end", STEPS},
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
    {"local t = {} while true do t[#t + 1] = heap.floats('x', 1 << 24) end", "the Go heap is limited to 1024 MiB"},
    {"while true do heap.floats('x', 1 << 24) end", "heap.floats: a run may allocate 4 GiB in all"},
    {"chan(1 << 30)", "chan wants its capacity"},
    {"while true do chan(1 << 20) end", "all channels together have room for"},
    {"note(string.rep('x', 5000))", "note: a text has 4096 bytes at most"},
    {"heap.floats('x', 8, function() while true do end end)", STEPS},
    {"while true do compute '0s' end", "without any virtual time passing"},
    {"C.thread('t', function() while true do C.work '0s' end end) sleep '1ms'", "without any virtual time passing"},
    {"C.thread('t', function() while true do note 'x' end end) sleep '1ms'", "without any virtual time passing"},
};
/* clang-format on */

static void everything_ends(void) {
    for (size_t i = 0; i < ARRAY_LEN(endless); i++) {
        char source[512];
        struct timespec from, to;
        snprintf(source, sizeof source, MAIN("%s"), endless[i].code);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
        Diag d = attempt_fails(source, endless[i].message);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
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

/* What is written into the text changes nothing that a scenario, or its reader, can see. */
static void payments_do_not_show(void) {
    attempt_says(MAIN("local s_0, text = 1, {}\n"
                      "for i = 1, 3 do repeat local x = i if x == 2 then goto next end text[#text + 1] = x until x\n"
                      "::next:: end\n"
                      "local t = { ['do'] = function(...) return select('#', ...) end, m = function() return 'until' end }\n"
                      "function t:f(a) return a, s_0 end -- function do (\n"
                      "print(table.concat(text, '\\'do\\''), t['do'](1, nil), t.m(), t:f(0x1p-1))"),
                 "1'do'3\t2\tuntil\t0.5\t1\n");
    static const struct {
        const char *code, *message;
        int line; /* 0: any */
    } wrong[] = {{"for i = 1 do end", "',' expected near 'do'", 2},
                 {"function end )", "<name> expected near 'end'", 2},
                 {"function do goto x ) end", "near 'do'", 2},
                 {"local f = function(a, ) end", "near ')'", 2},
                 {"goto nowhere", "no visible label", 3},
                 {"until x", "near 'until'", 2},
                 {"x = 'open", "unfinished string", 2},
                 {"--[==[ open", "", 0}};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        char source[200];
        snprintf(source, sizeof source, MAIN("%s"), wrong[i].code);
        Diag d = attempt_fails(source, wrong[i].message);
        if (wrong[i].line > 0) CU_ASSERT_EQUAL(d.line, wrong[i].line);
        CU_ASSERT_PTR_NULL(strstr(d.message, "s_0"));
    }
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
        {"payments do not show", payments_do_not_show},
        {"parked goroutines do not count against the data", a_parked_goroutine_is_small},
        {NULL, NULL},
    };
    suite("script: budgets", checks);
}

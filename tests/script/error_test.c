/* error_test.c -- an error says where, in which goroutine, what, and what to do; never how Lua is made. */
#include "../check.h"
#include "attempt.h"

#include <stdlib.h>
#include <string.h>

void script_error_tests(void);

typedef struct {
    const char *source;
    int line, column;
    const char *message, *remedy, *excerpt;
} Case;

/* clang-format off */
static const Case syntax[] = {
    {HEAD "main(function()\n  x := 5\nend)", 2, 6, "near '='", "local x = ...", "  x := 5"},
    {HEAD "\nif a != b then end", 2, 6, "near '!'", "not equal is ~=", "if a != b then end"},
    {HEAD "\nlocal x = a && b", 2, 14, "near '&'", "a and b", "local x = a && b"},
    {HEAD "\n\nx++", 3, 3, "near '+'", "x = x + 1", "x++"},
    {HEAD "\n// a comment", 2, 1, "near '//'", "begins with --", "// a comment"},
    {HEAD "\nfor i, v := range t {", 2, 10, "'in' expected near ':'", "for i, v in ipairs(t)", "for i, v := range t {"},
    {HEAD "\nlocal s = 'open\n", 2, 11, "unfinished string", "", "local s = 'open"},
    {HEAD "\nmain(function()\n  compute '1us'",
     3, 16, "'end' expected (to close 'function' at line 2)", "", "  compute '1us'"},
    {HEAD "\nlocal t = { 1, 2", 2, 17, "'}' expected", "", "local t = { 1, 2"},
    {HEAD "\ngoto nowhere", 2, 0, "no visible label 'nowhere'", "", "goto nowhere"},
};
/* clang-format on */

static void check(const Case *c) {
    Diag d = attempt_fails(c->source, c->message);
    CU_ASSERT_EQUAL(d.status, EXIT_SCENARIO);
    CU_ASSERT_STRING_EQUAL(d.file, "folder/try.lua");
    CU_ASSERT_EQUAL(d.line, c->line);
    if (d.column != c->column)
        printf("\n  column %d, not %d, of: %s\n", d.column, c->column, d.excerpt);
    CU_ASSERT_EQUAL(d.column, c->column);
    CU_ASSERT_STRING_EQUAL(d.excerpt, c->excerpt);
    CU_ASSERT(strstr(d.remedy, c->remedy) != NULL);
}

static void syntax_errors_show_their_column(void) {
    for (size_t i = 0; i < ARRAY_LEN(syntax); i++) check(&syntax[i]);
}

/* clang-format off */
static const Case running[] = {
    {MAIN("local x = nil + 1"),
     2, 0, "in goroutine main: attempt to perform arithmetic on a nil value", "must be numbers", "local x = nil + 1"},
    {MAIN("local t = {}\nlocal v = t.a.b"),
     3, 0, "attempt to index a nil value (field 'a')", "has no value here", "local v = t.a.b"},
    {MAIN("local t = {}\nt.go()"),
     3, 0, "attempt to call a nil value (field 'go')", "no function of that name", "t.go()"},
    {MAIN("pcall(function()\nC.call('f', function() error 'deep' end)\nend)"),
     3, 0, "in goroutine main: deep", "catch it inside", "C.call('f', function() error 'deep' end)"},
    {MAIN("C.call('f', function()\npcall(C.callback, function() error 'deep' end)\nend)"),
     3, 0, "in goroutine main: deep", "catch it inside", "pcall(C.callback, function() error 'deep' end)"},
    {MAIN("local t = time.NewTicker '1ms'\nt.C:close()"),
     3, 0, "close: time.NewTicker is a channel that can only be received from", "chan(1)", "t.C:close()"},
    {MAIN("time.After('1ms'):send(1)"),
     2, 0, "send: time.After is a channel that can only be received from", "chan(1)", "time.After('1ms'):send(1)"},
    {MAIN("error 'my own'"), 2, 0, "in goroutine main: my own", "", "error 'my own'"},
    {MAIN("error('my own', 0)"), 2, 0, "in goroutine main: my own", "", "error('my own', 0)"},
    {MAIN("error { 5 }"), 2, 0, "error(...) was called with a table instead of a text", "", "error { 5 }"},
    {MAIN("assert(false, 'broken')"), 2, 0, "broken", "", "assert(false, 'broken')"},
    {MAIN("assert(nil)"), 2, 0, "assertion failed!", "", "assert(nil)"},
    {MAIN("string.rep()"), 2, 0, "bad argument #1 to", "", "string.rep()"},
    {MAIN("if 1 < 'x' then end"),
     2, 0, "attempt to compare number with string", "numbers can be compared", "if 1 < 'x' then end"},
    {MAIN("table.sort({ 3, 'x', 2 })"), 2, 0, "attempt to compare", "", "table.sort({ 3, 'x', 2 })"},
    {MAIN("table.sort({ 3, 2 },\n  function(a, b) return a.x end)"),
     3, 0, "attempt to index a number value (local 'a')", "", "  function(a, b) return a.x end)"},
    {HEAD "go('crew', function()\ncompute '1us'\nerror 'lost' end)\nmain(function() sleep '1ms' end)",
     3, 0, "in goroutine crew: lost", "", "error 'lost' end)"},
    {HEAD "main(function()\n  go('late', function()\n    nothing() end) sleep '1ms' end)",
     3, 0, "in goroutine late: 'nothing' is not defined here", "", "    nothing() end) sleep '1ms' end)"},
    {HEAD "go('crew', function()\ncompute '1us'\nerror 'lost' end)\nmain(function() chan():recv() end)",
     3, 0, "in goroutine crew: lost", "", "error 'lost' end)"}, /* main waits inside world_do */
    {MAIN("local c = chan() go('crew', function() c:send(1) c:recv() end)\nc:recv() c:send(2)\nerror 'then'"),
     4, 0, "in goroutine main: then", "", "error 'then'"},
    {HEAD "\nlocal x = 5 .. {}", 2, 0, "attempt to concatenate a table value", "", "local x = 5 .. {}"},
    {MAIN("select { case.recv(5) }"), 2, 0, "case.recv wants a channel", "nilchan", "select { case.recv(5) }"},
    {MAIN("case.send(chan())"), 2, 0, "case.send wants a channel, a value", "case.recv(c,", "case.send(chan())"},
    {MAIN("case.recv(chan(), 7)"), 2, 0, "the function of the case or nothing", "", "case.recv(chan(), 7)"},
    {MAIN("case.send(time.After('1ms'), 1)"),
     2, 0, "case.send: time.After is a channel that can only be received from", "chan(1)", "case.send(time.After('1ms'), 1)"},
    {MAIN("select { chan() }"), 2, 0, "case 1 of a select is made by case.recv or case.send", "case.recv(c,", "select { chan() }"},
    {MAIN("select { default = 5 }"), 2, 0, "the default of a select is a function", "default = true", "select { default = 5 }"},
    {MAIN("select { defualt = true }"), 2, 0, "or a case is nil", "default = function()", "select { defualt = true }"},
    {MAIN("select { nil, case.recv(chan()), nil, x = 1 }"), 2, 0, "case 1 of a select is made by", "", "select { nil, case.recv(chan()), nil, x = 1 }"},
    {HEAD "\nselect {}", 2, 0, "select is an operation of a goroutine", "main(function()", "select {}"},
    {MAIN("select()"), 2, 0, "bad argument #1 to 'select'", "", "select()"},
    {MAIN("select { default = function() error 'in it' end }"),
     2, 0, "in goroutine main: in it", "", "select { default = function() error 'in it' end }"},
    {MAIN("sync.Mutex().Lock()"), 2, 0, "Lock wants a Mutex", "with a colon", "sync.Mutex().Lock()"},
    {MAIN("local rw = sync.RWMutex()\nrw:Rlock()"), 3, 0, "an RWMutex has no 'Rlock'", "RLock", "rw:Rlock()"},
    {MAIN("sync.WaitGroup():Add('x')"), 2, 0, "Add wants a whole number", "", "sync.WaitGroup():Add('x')"},
    {MAIN("sync.Cond(5)"), 2, 0, "sync.Cond wants its lock, a Mutex or an RWMutex; got 5", "sync.Cond(mu)", "sync.Cond(5)"},
    {MAIN("sync.Once():Do(5)"), 2, 0, "Do wants a function", "once:Do(", "sync.Once():Do(5)"},
    {MAIN("errgroup.Group():Go('x')"), 2, 0, "Go wants a function of the scenario", "go(", "errgroup.Group():Go('x')"},
    {MAIN("errgroup.Group():SetLimit(1e9)"), 2, 0, "SetLimit wants a whole number", "", "errgroup.Group():SetLimit(1e9)"},
    {MAIN("semaphore.Weighted(-1)"), 2, 0, "semaphore.Weighted wants its size", "semaphore.Weighted(10)", "semaphore.Weighted(-1)"},
    {MAIN("atomic.Int64(0):Add(0.5)"), 2, 0, "Add wants a whole number", "", "atomic.Int64(0):Add(0.5)"},
    {MAIN("local mu = sync.Mutex()\nC.call('f', function() mu:Lock() end)"), 3, 0, "this is Go code, and here runs C", "C.callback",
     "C.call('f', function() mu:Lock() end)"},
    {HEAD "\nsync.Mutex():Lock()", 2, 0, "Lock is an operation of a goroutine", "main(function()", "sync.Mutex():Lock()"},
    {HEAD "\n\nchan('x')", 3, 0, "chan wants its capacity", "local done = chan(1)", "chan('x')"},
};
/* clang-format on */

static void errors_of_a_goroutine_name_it(void) {
    for (size_t i = 0; i < ARRAY_LEN(running); i++) check(&running[i]);
}

static void a_caught_error_is_a_text(void) {
    attempt_says(MAIN("print(pcall(error, 'plain'))\nprint(pcall(function() error('here') end))\n"
                      "print(pcall(compute, 5))\nprint(select(2, pcall(nil)))\n"
                      "print(select(2, pcall(function() local x = nothing_like_it end)))"),
                 "false\tplain\nfalse\ttry.lua:3: here\n"
                 "false\ttry.lua:4: what compute takes is a duration with its unit, such as "
                 "\"25us\"; got 5\n"
                 "attempt to call a nil value\n"
                 "try.lua:6: 'nothing_like_it' is not defined here\n");
}

static void a_rethrown_error_keeps_its_remedy(void) {
    Diag d = attempt_fails(MAIN("local ok, e = pcall(compute, 5)\nerror(e, 0)"),
                           "what compute takes is a duration");
    CU_ASSERT_EQUAL(d.line, 2);
    CU_ASSERT(strstr(d.remedy, "Units are") != NULL);
}

/* clang-format off */
static const Case beginnings[] = {
    {"#!/usr/bin/env lua\n" HEAD "\nerror 'x'", 3, 0, "x", "", "error 'x'"},
    {"\xef\xbb\xbf" HEAD "\nerror 'x'", 2, 0, "x", "", "error 'x'"},
    {"\xef\xbb\xbf#!lua\n" HEAD "\nx := 5", 3, 4, "near '='", "local x = ...", "x := 5"},
    {"\xef\xbb\xbfx := 5", 1, 4, "near '='", "local x = ...", "x := 5"},
};
/* clang-format on */

static void a_mark_and_a_shell_line_are_skipped(void) {
    for (size_t i = 0; i < ARRAY_LEN(beginnings); i++) check(&beginnings[i]);
    attempt_says("\xef\xbb\xbf#!/usr/bin/env lua\n" MAIN("print 'well'"), "well\n");
    attempt_fails("#", "a scenario begins with scenario");
}

/* The lines of all sends and receives, in order. */
static void check_lines(const char *source, const char *expected) {
    Attempt a = attempt(source, NULL);
    char lines[200] = "";
    CU_ASSERT_FALSE(a.failed);
    for (const char *p = a.events; *p; p += strcspn(p, "\n"), p += *p == '\n') {
        const char *end = p + strcspn(p, "\n"), *name = strchr(p, ' '), *line = strstr(p, "line=");
        bool wanted = name && (strncmp(name, " CHAN_SEND", 10) == 0 || strncmp(name, " CHAN_RECV", 10) == 0);
        if (wanted && line && line < end)
            snprintf(lines + strlen(lines), sizeof lines - strlen(lines), "%d ", atoi(line + 5));
    }
    check_text(source, expected, lines);
    attempt_free(&a);
}

static void an_operation_knows_its_line(void) {
    check_lines(MAIN("local c = chan(3)\n"
                     "local function send(v) c:send(v) end\n"
                     "local t = setmetatable({}, { __index = function(t, k) c:send(k)\n"
                     "  return k end })\n"
                     "for i = 1, 2 do\n"
                     "  send(i) pcall(c.send, c, i)\n"
                     "  local v = t.x\n"
                     "  for v in c:each() do\n"
                     "    if c:len() == 0 then break end\n"
                     "  end\n"
                     "end"),
                "3 7 4 9 9 9 3 7 4 9 9 9 ");
}

void script_error_tests(void) {
    static const Check checks[] = {
        {"syntax errors show line, column and how Lua has it", syntax_errors_show_their_column},
        {"errors of a goroutine name it, and their line", errors_of_a_goroutine_name_it},
        {"a caught error is a text with its place", a_caught_error_is_a_text},
        {"a byte order mark and a first line with # are skipped",
         a_mark_and_a_shell_line_are_skipped},
        {"an error that is thrown again keeps its remedy", a_rethrown_error_keeps_its_remedy},
        {"an operation knows its line, however it is called", an_operation_knows_its_line},
        {NULL, NULL},
    };
    suite("script: errors", checks);
}

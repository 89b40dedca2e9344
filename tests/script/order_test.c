/* order_test.c -- nothing of Lua that could differ from one process to the next is left open. */
#include "../check.h"
#include "attempt.h"

#include <string.h>

void script_order_tests(void);

static void pairs_has_an_order(void) {
    attempt_says(MAIN("local t = { b = 1, a = 2, [3] = 3, [1] = 4, [-7] = 5, [2.5] = 6, [true] = "
                      "7, [false] = 8, ab = 9, [''] = 10 }\n"
                      "local keys = {}\n"
                      "for k in pairs(t) do keys[#keys + 1] = tostring(k) end\n"
                      "print(table.concat(keys, ' '))\n"
                      "local again, k = {}, nil\n"
                      "repeat k = next(t, k) again[#again + 1] = k ~= nil and tostring(k) or nil "
                      "until k == nil\n"
                      "print(table.concat(again, ' '))\n"
                      "for k, v in pairs { 10, 20, 30 } do print(k, v) end\n"
                      "print(next {}, #again)"),
                 "-7 1 3 2.5  a ab b false true\n-7 1 3 2.5  a ab b false "
                 "true\n1\t10\n2\t20\n3\t30\nnil\t10\n");
}

static void pairs_bears_removal(void) {
    attempt_says(MAIN("local t = { a = 1, b = 2, c = 3 }\n"
                      "for k, v in pairs(t) do print(k, v) t.a, t.b = nil, nil end\n"
                      "local l = { 1, 2, 3, 4 }\n"
                      "for i in pairs(l) do print(i) l[i + 1] = nil end"),
                 "a\t1\nc\t3\n1\n3\n");
}

static void keys_without_an_order_are_refused(void) {
    attempt_fails(MAIN("for k in pairs { [{}] = 1 } do end"),
                  "a table with a table as a key has no order");
    attempt_fails(MAIN("print(next({ [print] = 1 }))"), "a function as a key");
    attempt_fails(MAIN("local c = chan() for k in pairs { [c] = 1 } do end"), "a channel as a key");
    attempt_says(MAIN("local t = setmetatable({}, { __pairs = function() return function(_, i) if "
                      "not i then return 1 end end end })\n"
                      "for i in pairs(t) do print(i) end"),
                 "1\n");
}

static void nothing_shows_an_address(void) {
    attempt_says(
        MAIN(
            "local a, b = {}, {}\n"
            "print(b, a, b, tostring(print), string.format('%s|%5s|%-9s|%q', a, 1, true, 'x\\n'))\n"
            "print(print, function() end, chan(1, 'jobs'), heap.floats('v', 3), runtime.Pinner())\n"
            "print(0/0, -(0/0), string.format('%g %5.1f', 0/0, -(0/0)), 1e15, 2^53, -0.0)\n"
            "print(setmetatable({}, { __tostring = function() return 'mine' end }), nil, 1 // 1, "
            "3.0)\n"
            "local ok, e = pcall(error, a) print(ok, e)"),
        "table#2\ttable#1\ttable#2\tfunction#1\ttable#1|    1|true     |\"x\\\n\"\n"
        "function#1\tfunction#2\tchan jobs\tfloats v[3]\tPinner\n"
        "nan\tnan\tnan   nan\t1e+15\t9.007199254741e+15\t-0.0\n"
        "mine\tnil\t1\t3.0\nfalse\ttable#1\n");
}

static void sort_is_stable(void) {
    attempt_says(MAIN("local t = {}\n"
                      "for i = 1, 300 do t[i] = { key = i * 7 % 5, at = i } end\n"
                      "table.sort(t, function(a, b) return a.key < b.key end)\n"
                      "for i = 2, #t do\n"
                      "  if t[i - 1].key > t[i].key or t[i - 1].key == t[i].key and t[i - 1].at > "
                      "t[i].at then error('unstable') end\n"
                      "end\n"
                      "local words = { 'pear', 'Apple', 'fig', 'apple' } table.sort(words) "
                      "print(table.concat(words, ' '))\n"
                      "local n = { 3, 1, 2 } table.sort(n, function() return true end) print(#n)\n"
                      "local one = { 1 } table.sort(one) table.sort {}\n"
                      "print(pcall(table.sort, { 1, 'x' }))"),
                 "Apple apple fig pear\n3\nfalse\tattempt to compare string with number\n");
    attempt_fails(MAIN("table.sort(5)"), "table.sort wants a table; got number");
}

static void dice_follow_the_seed(void) {
    static const char text[] =
        "scenario { title = 't', seed = 42 } main(function()\n"
        "local d = {} for i = 1, 5 do d[i] = math.random(6) end\n"
        "print(table.concat(d, ' '), math.random(-3, -3), math.random() < 1)\n"
        "end)";
    Attempt a = attempt(text, NULL), b = attempt(text, NULL);
    const char *const seven[] = {"seed=7", NULL};
    Attempt c = attempt(text, &(How){.set = seven});
    CU_ASSERT_STRING_EQUAL(a.notes, b.notes);
    CU_ASSERT_STRING_NOT_EQUAL(a.notes, c.notes);
    CU_ASSERT(strstr(a.notes, "-3\ttrue") != NULL);
    attempt_free(&a), attempt_free(&b), attempt_free(&c);
    attempt_fails(MAIN("math.random(2, 1)"), "nothing to choose from between 2 and 1");
}

void script_order_tests(void) {
    static const Check checks[] = {
        {"pairs and next have an order", pairs_has_an_order},
        {"pairs bears removal of what it has not reached", pairs_bears_removal},
        {"keys without an order are refused", keys_without_an_order_are_refused},
        {"nothing shows an address, or the sign of a NaN", nothing_shows_an_address},
        {"table.sort is stable, by bytes, and ends", sort_is_stable},
        {"dice follow the seed", dice_follow_the_seed},
        {NULL, NULL},
    };
    suite("script: order", checks);
}

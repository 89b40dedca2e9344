/* liveness_test.c -- the lines at which what a local variable holds is needed no more. */
#include "../check.h"
#include "../../sim/script/liveness.h"

#include <stdio.h>
#include <string.h>

void script_liveness_tests(void);

/* clang-format off */

/* In `dead` are the lines at which x is dead; where it is out of scope it counts as live. */
static const struct {
    const char *source, *dead;
    int first, last; /* of its function; 0, 0: the chunk */
    int nth, of;
} lives[] = {
    /* until the last use */
    {"local x = 1\nf(x)\ng()", "3", 0, 0, 1, 1},
    {"local x = 1\ng()", "2", 0, 0, 1, 1},
    {"local x\nx = 1\nf(x)\nx = 2\ng()", "4 5", 0, 0, 1, 1},
    {"local x\nx.a = 1\ng()", "3", 0, 0, 1, 1},
    {"local x, i\ni[x] = 1\ng()", "3", 0, 0, 1, 1},
    {"local x, y\nx, y = 1, 2\nx, y = y, x\nx, y.a = 1\ng()", "4 5", 0, 0, 1, 1},
    {"local x, y\ny.a, x = 1, 2\ng()", "2 3", 0, 0, 1, 1},
    {"local x = 1\nlocal x = x\ng()", "3", 0, 0, 1, 2},
    {"local x = 1\nif a then f(x) end\ng()", "3", 0, 0, 1, 1},
    {"local x = 1\nif a then\nf()\nelseif x then\ng()\nelse\nh()\nend", "5 6 7 8", 0, 0, 1, 1},
    {"local x = 1\nreturn x", "", 0, 0, 1, 1},

    /* names that are no variables */
    {"local x = 1\nf { x = 1, ['x'] = 2; a.x, a:x() }", "2", 0, 0, 1, 1},
    {"local x = 1\nf { [x] = 1 }\ng()", "3", 0, 0, 1, 1},
    {"local x = 1\nf { y = x }\ng()", "3", 0, 0, 1, 1},
    {"local x = 1\ng('x', \"x\", [[x]], [==[\n]] x]==]) -- x\n--[[x\n]] g()", "2 3 4 5", 0, 0, 1, 1},
    {"local x = 1\ng(a.x .. a.b.x, '\\'x', 0x.1p-3, 3.x5, .5)", "2", 0, 0, 1, 1},
    {"local x = 1\ng(a..x)\ng(a ..x)\ng()", "4", 0, 0, 1, 1},
    {"local x = 1\nlocal function f(x) return x end\ng()", "2 3", 0, 0, 1, 1},
    {"local x = 1\ngoto x\n::x::\ng()", "2 3 4", 0, 0, 1, 1},
    {"local x = 1\nfunction y.x.x() end\ng()", "2 3", 0, 0, 1, 1},
    {"local x = 1\nfunction x.y() end\ng()", "3", 0, 0, 1, 1},
    {"local x\nfunction x() end\ng()", "2 3", 0, 0, 1, 1},

    /* a statement as a whole */
    {"local x = 1\nx[1] =\ng()\nh()", "4", 0, 0, 1, 1},
    {"local x = 1\nf(x,\ng())\nh()", "4", 0, 0, 1, 1},
    {"local x = 1\nlocal y =\nx +\ng()\nh()", "5", 0, 0, 1, 1},
    {"local x = 1\nif x ==\ng() then\nh()\nend", "4 5", 0, 0, 1, 1},
    {"local x = 1 f 'x' g {\n} h()\nh()", "2 3", 0, 0, 1, 1},
    {"local x = 1 do f(x)\n end h()\nh()", "2 3", 0, 0, 1, 1},

    /* scopes */
    {"local x = 1\ndo\nlocal x = 2\nf(x)\nend\ng()", "2 3 4 5 6", 0, 0, 1, 2},
    {"do\nlocal x = 2\nf(x)\ng()\nend\nlocal x = 3\nf(x)\ng()", "4 5 8", 0, 0, 1, 1},
    {"local x = 1\nlocal x = 2\nf(x)\ng()", "2 3 4", 0, 0, 1, 2},
    {"local x = 1\nlocal x = 2\nf(x)\ng()", "4", 0, 0, 2, 2},
    {"local x = 1\nlocal x = 2\nf(x)\ng()", "4", 0, 0, 1, 1}, /* which of them: in doubt live */
    {"repeat\nlocal x = 1\ng()\nuntil x\ng()", "", 0, 0, 1, 1},
    {"local x <close> = f()\ng()\nh()", "", 0, 0, 1, 1},
    {"local x <const>, y <close> = f()\ng()\nh()", "2 3", 0, 0, 1, 1},

    /* loops */
    {"local x = 1\nwhile a do\nf(x)\ng()\nend\ng()", "6", 0, 0, 1, 1},
    {"local x = 1\nwhile x do\ng()\nend\ng()", "5", 0, 0, 1, 1},
    {"while a do\nlocal x = 1\nf(x)\ng()\nend", "4 5", 0, 0, 1, 1},
    {"local x = 1\nrepeat\nf(x)\ng()\nuntil\na\ng()", "7", 0, 0, 1, 1},
    {"local x = 1\nrepeat g()\nuntil x\ng()", "4", 0, 0, 1, 1},
    {"local x = 1\nfor i = 1, x do\ng()\nend", "3 4", 0, 0, 1, 1},
    {"local x = 1\nfor i = 1, 2 do\nf(x)\ng()\nend\ng()", "6", 0, 0, 1, 1},
    {"for x = 1, 2 do\nf(x)\ng()\nend\ng()", "3 4", 0, 0, 1, 1},
    {"for y, x in f() do\nf(x)\ng()\nend\ng()", "3 4", 0, 0, 1, 1},
    {"for x in x do\nf(x)\ng()\nend\ng()", "3 4", 0, 0, 1, 1},
    {"local x = 1\nfor a in b do\nfor c in d do\nf(x)\nend\ng()\nend\ng()", "8", 0, 0, 1, 1},
    {"for a in b do\nlocal x = 1\nfor c in d do\nf(x)\ng()\nend\ng()\nend", "7 8", 0, 0, 1, 1},

    /* goto */
    {"local x = 1\n::again::\nf(x)\ng()\ngoto again", "", 0, 0, 1, 1},
    {"local x = 1\n::again::\nf(x)\ng()\nif a then goto again end\ng()", "6", 0, 0, 1, 1},
    {"::again::\nlocal x = 1\nf(x)\ng()\ngoto again", "4 5", 0, 0, 1, 1},
    {"local x = 1\nf(x)\ngoto on\ng()\n::on::\ng()", "3 4 5 6", 0, 0, 1, 1},
    {"local x = 1\nfor a in b do\n::on::\nend\nf(x)\nfor a in b do\ngoto on\ng()\n::on::\nend\ng()",
     "6 7 8 9 10 11", 0, 0, 1, 1}, /* the first ::on:: is out of sight */
    {"local x = 1\n::a::\nf(x)\nwhile b do\ng()\nif c then goto a end\ng()\nend\ng()", "9", 0, 0, 1, 1},
    {"local x = 1\n::a:: do\nf(x)\nlocal function y()\n::a::\ngoto a\nend\nend\ng()", "4 5 6 7 8 9", 0, 0, 1, 1},

    /* functions */
    {"local x = 1\nlocal y = function()\nreturn x\nend\ny()", "5", 0, 0, 1, 1},
    {"local x = 1\nf(function()\nreturn function()\nreturn x\nend\nend)\ng()", "7", 0, 0, 1, 1},
    {"local x = 1\nfor a in b do\nf(function() return x end)\ng()\nend\ng()", "6", 0, 0, 1, 1},
    {"local x = 1\nlocal function y()\nx = 2\nend\ny()", "2 3 4 5", 0, 0, 1, 1},
    {"local function x()\nreturn x()\nend\ng()", "4", 0, 0, 1, 1},
    {"local x = function() return x end\ng()", "2", 0, 0, 1, 1},
    {"f(function(x, ...)\ng(x)\nh(...)\nend)", "3 4", 1, 4, 1, 1},
    {"f(function(y, x)\ng(x)\nh()\nend, function() end)\nlocal x", "3 4", 1, 4, 1, 1},
    {"local function f(...)\nlocal x, y = ...\ng(...)\nh(x)\nh()\nend", "5 6", 1, 6, 1, 1},
    {"function f\n.g\n(x)\nh(x)\nh()\nend", "5 6", 1, 6, 1, 1},
    {"local function\nf\n(x)\nh(x)\nh()\nend", "5 6", 3, 6, 1, 1},
    {"f(function\n(x)\nh(x)\nh()\nend)", "4 5", 2, 5, 1, 1},
    {"function a.b:c(x)\nf(x)\nend", "3", 1, 3, 1, 1},
    {"f(function() return function(x)\ng(x)\nh()\nend end)", "3 4", 1, 4, 1, 1}, /* one of two that begin and end there */
    {"f(function(x) return function(x)\ng(x)\nh()\nend end)", "3 4", 1, 4, 1, 1},
    {"f(function(x) return x, function(x)\ng(x)\nend end)", "", 1, 3, 1, 1},

    /* lines */
    {"local x = 1\r\nf(x)\r\ng()\r", "3", 0, 0, 1, 1},
    {"local x = 1\n\rf(x)\n\n\rg()", "3 4", 0, 0, 1, 1},
    {"local x = '\\\n' f(x) g [[\n]]\ng()", "3 4", 0, 0, 1, 1},
};

static const struct {
    const char *source, *name;
    int first, last, line;
} doubts[] = {
    {"local x = 1\ng()", "y", 0, 0, 2},
    {"local x = 1\ng()", "x", 1, 2, 2},
    {"local x = 1\ng()", "x", 0, 0, -1},
    {"local x = 1\ng()", "s_0", 0, 0, 2},
    {"f(function(x) end, function()\ng()\nend)", "x", 1, 3, 2},
};
/* clang-format on */

static int lines_of(const char *source) {
    int lines = 1;
    for (; *source != '\0'; source++) lines += *source == '\n';
    return lines;
}

static void list_dead(const char *source, LocalAt at, char *buf, size_t size) {
    Liveness *l = liveness_new(source);
    size_t len = 0;
    buf[0] = '\0';
    for (at.line = 1; at.line <= lines_of(source); at.line++) {
        if (liveness_is_live(l, &at)) continue;
        len += (size_t)snprintf(buf + len, size - len, "%s%d", len > 0 ? " " : "", at.line);
    }
    liveness_free(l);
}

static void a_variable_lives_until_its_last_use(void) {
    for (size_t i = 0; i < ARRAY_LEN(lives); i++) {
        LocalAt at = {.first_line = lives[i].first,
                      .last_line = lives[i].last,
                      .name = "x",
                      .nth = lives[i].nth,
                      .of = lives[i].of};
        char dead[100];
        list_dead(lives[i].source, at, dead, sizeof dead);
        check_text(lives[i].source, lives[i].dead, dead);
    }
}

static void in_doubt_it_lives(void) {
    for (size_t i = 0; i < ARRAY_LEN(doubts); i++) {
        Liveness *l = liveness_new(doubts[i].source);
        CU_ASSERT(liveness_is_live(l, &(LocalAt){.first_line = doubts[i].first,
                                                 .last_line = doubts[i].last,
                                                 .name = doubts[i].name,
                                                 .nth = 1,
                                                 .of = 1,
                                                 .line = doubts[i].line}));
        liveness_free(l);
    }
}

static void the_package_is_what_stands_outside(void) {
    Liveness *l = liveness_new("local a, b = 1\nlocal function c(d) local e end\ndo local f end\n"
                               "for g = 1, 2 do end\nlocal h <const> = 1 i = 2");
    const char *name[] = {"a", "b", "c", "h"}, *other[] = {"d", "e", "f", "g", "i", "", "ab"};
    for (size_t i = 0; i < ARRAY_LEN(name); i++) CU_ASSERT(liveness_is_package(l, name[i]));
    for (size_t i = 0; i < ARRAY_LEN(other); i++) CU_ASSERT_FALSE(liveness_is_package(l, other[i]));
    liveness_free(l);
}

void script_liveness_tests(void) {
    static const Check checks[] = {
        {"a variable lives until its last use", a_variable_lives_until_its_last_use},
        {"what cannot be told apart, or is not known, lives", in_doubt_it_lives},
        {"the package's variables stand outside of all functions and blocks",
         the_package_is_what_stands_outside},
        {NULL, NULL},
    };
    suite("script: liveness", checks);
}

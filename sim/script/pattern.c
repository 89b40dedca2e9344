/* pattern.c -- how long can a Lua pattern search, at worst?
 *
 * Lua matches by backtracking: each quantified item tries all lengths it could have, for each length
 * of the items before it, from each start. The product of these is what a search costs at most:
 *
 *     find(("a"):rep(1000), "(.-)b(.-)c(.-)d")     1001 starts x 1001 x 1001 x 1001
 *
 * A first estimate takes the length of the subject for each item; if that is too much, the longest
 * run of characters that the item can match at all; in any case no more than the number of ways to
 * choose ends in ascending order. What is left over PATTERN_WORK_MAX is refused, the rest is charged.
 *
 * Differs: an upper bound. A harmless search of a long text with many items can be refused.
 */
#include "box.h"

enum { ITEMS_MAX = 64, WORK_FREE = 1000000, WORK_PER_STEP = 64 };

typedef struct {
    const char *at;
    size_t len;
    bool once; /* ? */
} Item;        /* a quantified one, without its quantifier */

typedef struct {
    Item item[ITEMS_MAX];
    int items;
    double factor; /* of all else: %b and references back */
    bool anchored, magic;
} Shape;

/* The end of the single character class that begins at p; a malformed one ends the pattern, and
 * Lua itself will say so. */
static const char *class_end(const char *p, const char *end) {
    if (*p == '%') return p + 2 < end ? p + 2 : end;
    if (*p != '[') return p + 1;
    p++;
    if (p < end && *p == '^') p++;
    do {
        if (p >= end) return end;
        if (*p++ == '%' && p < end) p++;
    } while (p >= end || *p != ']');
    return p + 1;
}

static void read_shape(Shape *shape, const char *p, size_t len, double subject_len) {
    const char *end = p + len;
    *shape = (Shape){.factor = 1, .anchored = len > 0 && *p == '^'};
    if (shape->anchored) p++;
    while (p < end) {
        if (*p == '(' || *p == ')') {
            shape->magic = true;
            p++;
            continue;
        }
        bool escape = *p == '%' && p + 1 < end;
        if (escape && (p[1] == 'b' || (p[1] >= '0' && p[1] <= '9'))) {
            shape->factor *= subject_len + 1;
            shape->magic = true;
            p += p[1] == 'b' ? 4 : 2;
            continue;
        }
        if (escape && p[1] == 'f') {
            p += 2; /* the set that follows is read as an item */
            continue;
        }
        const char *next = class_end(p, end);
        bool once = next < end && *next == '?';
        bool counted = once || (next < end && (*next == '*' || *next == '+' || *next == '-'));
        if (counted && shape->items < ITEMS_MAX)
            shape->item[shape->items++] = (Item){p, (size_t)(next - p), once};
        shape->magic = shape->magic || counted || *p == '[' || *p == '%' || *p == '.';
        p = counted ? next + 1 : next;
    }
}

/* The longest run of the subject that the item matches, found with Lua's own find. */
static double longest_run(lua_State *L, int find, int subject, const Item *item) {
    lua_pushlstring(L, item->at, item->len);
    lua_pushliteral(L, "+");
    lua_concat(L, 2);
    int pattern = lua_gettop(L);
    lua_Integer longest = 0;
    for (lua_Integer from = 1;;) {
        sandbox_charge(L, 4);
        lua_pushvalue(L, find);
        lua_pushvalue(L, subject);
        lua_pushvalue(L, pattern);
        lua_pushinteger(L, from);
        lua_call(L, 3, 2);
        if (lua_isnil(L, -2)) break;
        lua_Integer first = lua_tointeger(L, -2), last = lua_tointeger(L, -1);
        if (last - first + 1 > longest) longest = last - first + 1;
        from = last + 1;
        lua_settop(L, pattern);
    }
    lua_settop(L, pattern - 1);
    return (double)longest;
}

/* Ways to choose k ends in ascending order among n + 1 places, the start being one more unless anchored. */
static double ways(double n, int k) {
    double ways = 1;
    for (int i = 1; i <= k; i++) ways = ways * (n + i) / i;
    return ways;
}

static double estimate(lua_State *L, int find, int subject, const Shape *shape, double n) {
    double starts = shape->anchored ? 1 : n + 1, work = starts * shape->factor;
    for (int i = 0; i < shape->items; i++) work *= shape->item[i].once ? 2 : n + 1;
    if (work <= WORK_FREE) return work;
    work = starts * shape->factor;
    for (int i = 0; i < shape->items; i++) {
        const Item *item = &shape->item[i];
        work *= item->once ? 2 : longest_run(L, find, subject, item) + 1;
    }
    double most = ways(n, shape->items + !shape->anchored) * shape->factor;
    return work < most ? work : most;
}

void pattern_guard(lua_State *L, int find, int subject, int pattern, bool plain) {
    size_t subject_len, len;
    luaL_checklstring(L, subject, &subject_len);
    const char *p = luaL_checklstring(L, pattern, &len);
    double n = (double)subject_len, work;
    Shape shape = {0};
    if (!plain) {
        if (len > PATTERN_LEN_MAX)
            script_error(
                L,
                "Search for it with find(text, what, 1, true), which takes the text as it stands.",
                "a pattern of %zu characters is too long; at most %d are allowed", len,
                PATTERN_LEN_MAX);
        read_shape(&shape, p, len, n);
    }
    if (plain || !shape.magic) work = n * ((double)len / 32 + 1); /* compared in blocks */
    else work = estimate(L, find, subject, &shape, n) * (1 + (double)len / 64);
    if (shape.items == ITEMS_MAX || work > PATTERN_WORK_MAX)
        script_error(
            L, "Search a shorter text, anchor the pattern with ^, or use fewer of * + - in it.",
            "this pattern could take more than a thousand million steps on a text of %zu "
            "characters",
            subject_len);
    sandbox_charge(L, (uint64_t)(work / WORK_PER_STEP));
}

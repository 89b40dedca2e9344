/* align.c -- the greedy algorithm of Myers, in pieces: what is alike goes together, and of the rest as little as can be is left.
 *
 * The work grows with the square of the differences. So after so many of them the best way so far is taken, and the search begins
 * anew behind it: two runs that have nothing in common cost time in proportion to their length.
 */
#include "align.h"

#include "narrate.h"

#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- keys */

static uint64_t mix(uint64_t h, uint64_t v) {
    h = (h ^ v) * 0x9e3779b97f4a7c15u;
    return h ^ h >> 29;
}

static uint64_t mix_text(uint64_t h, const char *text) {
    for (; *text; text++) h = mix(h, (unsigned char)*text);
    return mix(h, 0x100);
}

/* By its name, where it has one: an object more shifts the numbers of all that are made after it. */
static uint64_t mix_named(uint64_t h, const Model *m, uint64_t name, uint64_t id) {
    const char *text = name == NONE ? "" : intern_text(m->text, name);
    return text[0] ? mix_text(h, text) : mix(h, id);
}

static uint64_t mix_arg(uint64_t h, const Model *m, Kind kind, uint64_t v) {
    if (v == NONE) return mix(h, v);
    switch (kind) {
    case KIND_M:
    case KIND_P:
    case KIND_LINE:
    case KIND_NS:
    case KIND_ADDR: return h;
    case KIND_STR: return mix_text(h, intern_text(m->text, v));
    case KIND_OBJ: return mix_named(h, m, v < m->obj_count ? m->obj[v].name : NONE, v);
    case KIND_CHAN: return mix_named(h, m, v < m->chan_count ? m->chan[v].name : NONE, v);
    default: return mix(h, v);
    }
}

/* What is said of a run is not what it does. */
static bool is_comment(const Event *e) {
    return e->kind == EV_NOTE || e->kind == EV_EXPECT_HELD || e->kind == EV_EXPECT_FAILED || e->kind == EV_EXPECT_UNCHECKED;
}

void story_line_take(StoryLine *s, const Model *after, const Event *e) {
    if (e->kind >= EV_COUNT || !narrate_is_story(e) || is_comment(e)) return;
    const EventSpec *spec = &event_spec[e->kind];
    uint64_t key = mix(0, e->kind);
    for (int i = 0; i < spec->arg_count; i++) key = mix_arg(key, after, spec->arg[i].kind, e->arg[i]);
    GROW(s->item, s->cap, s->count + 1);
    s->item[s->count++] = (StoryItem){e->time_ns, e->seq, key};
}

void story_line_free(StoryLine *s) {
    free(s->item);
    *s = (StoryLine){0};
}

/* ---------------------------------------------------------------- the fewest that are left */

enum { DIFFERENCES_MAX = 400, DIAGONALS = 2 * DIFFERENCES_MAX + 1 };

/* One search: reach[d][k + DIFFERENCES_MAX] is how far into `a` one gets with d differences on diagonal k. */
typedef struct {
    const StoryLine *a, *b;
    size_t a0, b0; /* where it begins */
    int32_t (*reach)[DIAGONALS];
} Search;

static bool alike(const Search *s, int64_t x, int64_t y) {
    return s->a->item[s->a0 + (size_t)x].key == s->b->item[s->b0 + (size_t)y].key;
}

static const int32_t *reached(const Search *s, int d) { return s->reach[d] + DIFFERENCES_MAX; }

/* Is the last of the d differences one more from b, or from a? Whichever leads further. */
static bool from_b(const Search *s, int d, int k) {
    const int32_t *before = reached(s, d - 1);
    return k == -d || (k != d && before[k - 1] < before[k + 1]);
}

static int32_t start_of(const Search *s, int d, int k) {
    if (d == 0) return 0;
    return from_b(s, d, k) ? reached(s, d - 1)[k + 1] : reached(s, d - 1)[k - 1] + 1;
}

/* The number of differences of the way that ends at *k; the end of both, or as far as the search may go. */
static int search(Search *s, int64_t n, int64_t m, int *k_end) {
    for (int d = 0;; d++) {
        int64_t best = -1;
        for (int k = -d; k <= d; k += 2) {
            int64_t x = start_of(s, d, k), y = x - k;
            while (x < n && y < m && alike(s, x, y)) x++, y++;
            s->reach[d][k + DIFFERENCES_MAX] = (int32_t)x;
            if (x > n || y > m) continue; /* off the edge: no way leads on from there */
            bool nearer = abs(k) < abs(*k_end); /* of ways equally far, the one that keeps both in step */
            if (x + y > best || (x + y == best && nearer)) best = x + y, *k_end = k;
            if (x == n && y == m) return d;
        }
        if (d == DIFFERENCES_MAX - 1) return d;
    }
}

static void add_parting(Alignment *out, size_t a, size_t b, bool from_a) {
    Parting *last = out->count ? &out->parting[out->count - 1] : NULL;
    if (last == NULL || last->to[0] != a || last->to[1] != b) {
        GROW(out->parting, out->cap, out->count + 1);
        last = &out->parting[out->count++];
        *last = (Parting){{a, b}, {a, b}};
    }
    last->to[from_a ? 0 : 1]++;
}

/* The way back through the search, then forwards as partings. */
static void take_way(Alignment *out, const Search *s, int d, int k) {
    struct {
        int32_t x, y;
        bool from_a;
    } single[DIFFERENCES_MAX];
    int count = 0;
    for (; d > 0; d--) {
        bool b = from_b(s, d, k);
        k += b ? 1 : -1;
        int32_t x = reached(s, d - 1)[k];
        single[count].x = x;
        single[count].y = x - k;
        single[count++].from_a = !b;
    }
    while (count-- > 0)
        add_parting(out, s->a0 + (size_t)single[count].x, s->b0 + (size_t)single[count].y, single[count].from_a);
}

void align(Alignment *out, const StoryLine *a, const StoryLine *b) {
    *out = (Alignment){0};
    Search s = {.a = a, .b = b, .reach = mem_zero(DIFFERENCES_MAX, sizeof *s.reach)};
    while (s.a0 < a->count || s.b0 < b->count) {
        int64_t n = (int64_t)(a->count - s.a0), m = (int64_t)(b->count - s.b0);
        int k = 0, d = search(&s, n < INT32_MAX ? n : INT32_MAX, m < INT32_MAX ? m : INT32_MAX, &k);
        int32_t x = reached(&s, d)[k];
        take_way(out, &s, d, k);
        s.a0 += (size_t)x;
        s.b0 += (size_t)(x - k);
    }
    free(s.reach);
}

void align_free(Alignment *a) {
    free(a->parting);
    *a = (Alignment){0};
}

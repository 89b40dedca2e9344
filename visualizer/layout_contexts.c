/* layout_contexts.c -- which contexts are shown, and on which line of the tree (design, 2.6).
 *
 * Of many, those come first that somebody cannot hear, then those that are not over. One whose parent is not shown hangs
 * from the nearest above it that is.
 */
#include "pipeline.h"

#include <math.h>

enum { CONTEXTS_LOOKED_AT = 512, CONTEXTS_SHOWN = 8 };

typedef struct {
    uint64_t id[CONTEXTS_SHOWN];
    int weight[CONTEXTS_SHOWN];
    Set users[CONTEXTS_SHOWN]; /* that live */
    size_t count, listeners; /* listeners: lines for those of one context */
} Contexts;

static Set listeners(const Scene *s, uint64_t context) {
    Set set = {.count = 0};
    if (context < s->steps->context_count) set.count = users_at(&s->steps->context[context].users, s->seq, set.g);
    set = living(set, s->model);
    if (!lives(&set, s->model)) set.count = 0;
    return set;
}

bool context_is_deaf(const Model *m, uint64_t context, uint64_t g) {
    return m->g[g].state == G_SYSCALL && m->g[g].since_ns <= m->context[context].over_ns;
}

/* First where somebody cannot hear it, then those that are not over. */
static int weight_of(const Scene *s, uint64_t context, const Set *users) {
    int weight = s->model->context[context].over_ns == NONE ? 4 : 0;
    for (size_t i = 0; i < users->count; i++) weight |= context_is_deaf(s->model, context, users->g[i]) ? 8 : weight ? 2 : 1;
    return weight;
}

static void choose_contexts(Contexts *c, const Scene *s) {
    const Model *m = s->model;
    uint64_t last = m->context_count > CONTEXTS_LOOKED_AT ? m->context_count - CONTEXTS_LOOKED_AT : 0;
    for (uint64_t id = m->context_count; id-- > last;) {
        Set users = listeners(s, id);
        int weight = weight_of(s, id, &users);
        size_t k = c->count < CONTEXTS_SHOWN ? c->count++ : CONTEXTS_SHOWN;
        if (k == CONTEXTS_SHOWN) {
            if (weight <= c->weight[k - 1]) continue;
            k--;
        }
        for (; k > 0 && c->weight[k - 1] < weight; k--) {
            c->id[k] = c->id[k - 1];
            c->weight[k] = c->weight[k - 1];
            c->users[k] = c->users[k - 1];
        }
        c->id[k] = id;
        c->weight[k] = weight;
        c->users[k] = users;
    }
}

static size_t shown_at(const Contexts *c, uint64_t id) {
    size_t i = 0;
    while (i < c->count && c->id[i] != id) i++;
    return i;
}

/* The nearest one above it that is on show; NONE: Background. */
static uint64_t shown_above(const Contexts *c, const Model *m, uint64_t id) {
    do id = m->context[id].parent;
    while (id != NONE && shown_at(c, id) == c->count);
    return id;
}

static size_t add_line(ChannelsLayout *l, ContextRow line, double pitch) {
    size_t most = (size_t)fmax(0, floor(l->contexts.h / pitch));
    if (l->line_count >= CONTEXT_ROWS_MAX || l->line_count >= most) return CONTEXT_ROWS_MAX;
    line.y = l->contexts.y + pitch * ((double)l->line_count + .5);
    l->line[l->line_count] = line;
    return l->line_count++;
}

static void place_below_context(ChannelsLayout *l, const Contexts *c, const Model *m, uint64_t above, size_t parent, double pitch) {
    size_t depth = l->line[parent].depth + 1;
    for (uint64_t found, after = 0;; after = found + 1) { /* by id, the next one that hangs here */
        found = NONE;
        for (size_t i = 0; i < c->count; i++) {
            if (c->id[i] >= after && (found == NONE || c->id[i] < found) && shown_above(c, m, c->id[i]) == above) found = c->id[i];
        }
        if (found == NONE) return;
        size_t line = add_line(l, (ContextRow){.context = found, .g = NONE, .depth = depth, .parent = parent}, pitch);
        if (line == CONTEXT_ROWS_MAX) return;
        const Set *users = &c->users[shown_at(c, found)];
        size_t all = users->count, shown = all <= c->listeners ? all : c->listeners - 1;
        for (size_t i = 0; i < shown; i++)
            add_line(l, (ContextRow){.context = found, .g = users->g[i], .depth = depth + 1, .parent = line}, pitch);
        ContextRow rest = {.context = found, .g = NONE, .more = all - shown, .depth = depth + 1, .parent = line};
        if (shown < all) add_line(l, rest, pitch);
        place_below_context(l, c, m, found, line, pitch);
    }
}

void layout_contexts(ChannelsLayout *l, const FrameLayout *f, const Scene *s) {
    Contexts c = {.count = 0};
    Box b = f->timeline;
    if (s->head->context_count == 0 || b.w < 640) return;
    double x = b.x + round(.66 * b.w), pitch = b.h < 300 ? 26 : 28;
    l->contexts = (Box){x, b.y + 36, b.w - 24 - x, b.h - 42 - 40};
    choose_contexts(&c, s);
    size_t lines = (size_t)(l->contexts.h / pitch), with = 0;
    for (size_t i = 0; i < c.count; i++) with += c.users[i].count > 0;
    c.listeners = with && lines > 1 + c.count + 2 * with ? (lines - 1 - c.count) / with : 2;
    size_t root = add_line(l, (ContextRow){.context = NONE, .g = NONE}, pitch), shown = 0;
    if (root == CONTEXT_ROWS_MAX) return;
    place_below_context(l, &c, s->model, NONE, root, pitch);
    for (size_t i = 1; i < l->line_count; i++) shown += l->line[i].g == NONE && l->line[i].more == 0;
    l->contexts_left_out = s->model->context_count - shown;
}

/* lives.c -- a page of goroutines, and what each of them shows at a moment. */
#include "lives.h"

#include <stdlib.h>
#include <string.h>

static void forget(Lives *l) {
    for (size_t i = 0; i < l->count; i++) {
        lane_free(&l->lane[i]);
        l->place[l->g[i]] = 0;
    }
    l->count = l->spans = 0;
    l->known_ns = 0;
    l->whole = l->full = false;
}

void lives_free(Lives *l) {
    forget(l);
    free(l->g);
    free(l->lane);
    free(l->place);
    *l = (Lives){0};
}

static size_t place_of(const Lives *l, uint64_t g) { return g < l->place_cap ? l->place[g] : 0; }

bool lives_has(const Lives *l, const uint64_t *g, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (place_of(l, g[i]) == 0) return false;
    }
    return true;
}

static void add(Lives *l, uint64_t g) {
    if (l->count == LIVES_PAGE) return;
    GROW(l->place, l->place_cap, g + 1);
    if (l->place[g] != 0) return;
    l->g[l->count++] = g;
    l->place[g] = (uint16_t)l->count;
}

/* Neighbours are those of the one in the middle: whoever is followed stands before all others. Most of them are younger: they are the
 * next to be seen when one scrolls, and when time passes. */
void lives_choose(Lives *l, const uint64_t *g, size_t count, uint64_t ids, bool narrow) {
    static uint64_t pages;
    if (l->g == NULL) l->g = mem_zero(LIVES_PAGE, sizeof *l->g);
    if (l->lane == NULL) l->lane = mem_zero(LIVES_PAGE, sizeof *l->lane);
    forget(l);
    l->page = ++pages;
    l->narrow = narrow;
    if (l->most == 0) l->most = LIVES_SPANS_MOST;
    for (size_t i = 0; i < count; i++) add(l, g[i]);
    if (narrow || count == 0) return;
    uint64_t middle = g[count / 2], last = ids > LIVES_PAGE ? ids - LIVES_PAGE : 0;
    uint64_t first = middle > LIVES_PAGE / 4 ? middle - LIVES_PAGE / 4 : 0;
    for (uint64_t id = first < last ? first : last; id < ids && l->count < LIVES_PAGE; id++) add(l, id);
}

static Shown g_now(const Model *m, uint64_t g) {
    const ModelG *gp = &m->g[g];
    switch ((GState)gp->state) {
    case G_RUNNABLE: return shown(SPAN_READY, NO_ID, NONE);
    case G_RUNNING: return shown(SPAN_RUN, gp->p, NONE);
    case G_SYSCALL: return shown(model_in_system_call(m, g) ? SPAN_SYSCALL : SPAN_C, gp->m, model_c_function(m, g));
    case G_WAITING: return shown(SPAN_BLOCKED, NO_ID, gp->reason);
    default: return shown(SPAN_NONE, NO_ID, NONE);
    }
}

bool lives_after(Lives *l, const Model *after, const Event *e) {
    l->known_ns = e->time_ns;
    if (e->kind >= EV_COUNT) return true;
    const EventSpec *spec = &event_spec[e->kind];
    for (int i = 0; i < spec->arg_count; i++) {
        size_t place = spec->arg[i].kind == KIND_G ? place_of(l, e->arg[i]) : 0;
        if (place == 0 || e->arg[i] >= after->g_count) continue;
        Lane *lane = &l->lane[place - 1];
        size_t before = lane->count;
        lane_show(lane, e->time_ns, g_now(after, e->arg[i]));
        l->spans += lane->count - before;
    }
    return l->spans < l->most;
}

const Lane *lives_lane(const Lives *l, uint64_t g) {
    size_t place = place_of(l, g);
    return place ? &l->lane[place - 1] : NULL;
}

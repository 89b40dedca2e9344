/* pipeline.c -- channels by their weight, those that are alike as one, and chains of them.
 *
 * Chains begin where nobody feeds a channel that is left, and go on to where most of the receivers send. In a circle a chain
 * begins with the channel that was made first.
 */
#include "pipeline.h"

#include <string.h>

/* ---------------------------------------------------------------- which channels */

static bool is_blocked(const ModelChan *c) { return c->sendq.count + c->recvq.count > 0; }

static bool before(const Model *m, uint64_t a, uint64_t b) {
    const ModelChan *x = &m->chan[a], *y = &m->chan[b];
    if (is_blocked(x) != is_blocked(y)) return is_blocked(x);
    if (x->sends + x->recvs != y->sends + y->recvs) return x->sends + x->recvs > y->sends + y->recvs;
    return a < b;
}

size_t channels_by_weight(uint64_t *ids, size_t most, const Model *m) {
    size_t count = 0;
    for (uint64_t c = 0; c < m->chan_count; c++) {
        size_t k = count < most ? count++ : most;
        if (k == most) {
            if (!before(m, c, ids[most - 1])) continue;
            k = most - 1;
        }
        for (; k > 0 && before(m, c, ids[k - 1]); k--) ids[k] = ids[k - 1];
        ids[k] = c;
    }
    return count;
}

Set living(Set set, const Model *m) {
    Set alive = {.count = 0};
    for (size_t i = 0; i < set.count; i++) {
        if (m->g[set.g[i]].state != G_DEAD) alive.g[alive.count++] = set.g[i];
    }
    return alive.count > 0 ? alive : set;
}

bool lives(const Set *set, const Model *m) { return set->count > 0 && m->g[set->g[0]].state != G_DEAD; }

static uint64_t weigh(const ModelChan *c, bool used) {
    uint64_t class = c->sendq.count ? 3 : c->recvq.count ? 2 : used, traffic = c->sends + c->recvs;
    return class << 60 | (traffic >> 60 ? UINT64_MAX >> 4 : traffic);
}

static Candidate candidate(const Scene *s, uint64_t id) {
    const Model *m = s->model;
    const ChanSteps *steps = &s->steps->chan[id];
    Candidate x = {.id = id};
    x.senders.count = users_around(&steps->senders, m, x.senders.g);
    x.receivers.count = users_around(&steps->receivers, m, x.receivers.g);
    x.senders = living(x.senders, m);
    x.receivers = living(x.receivers, m);
    x.weight = weigh(&m->chan[id], lives(&x.senders, m) || lives(&x.receivers, m));
    return x;
}

enum { CHANNELS_LOOKED_AT = 4096 }; /* of more than so many the newest, and those at which somebody stands */

size_t heaviest_channels(Candidate *out, const Scene *s, size_t *all) {
    size_t count = 0, known = s->model->chan_count < s->steps->chan_count ? s->model->chan_count : s->steps->chan_count;
    *all = 0;
    for (uint64_t id = known; id-- > 0;) {
        if (s->steps->chan[id].outside) continue;
        ++*all;
        if (known - id > CHANNELS_LOOKED_AT && !is_blocked(&s->model->chan[id])) continue;
        if (count == CANDIDATES_MAX && weigh(&s->model->chan[id], true) <= out[count - 1].weight) continue;
        Candidate x = candidate(s, id);
        if (count == CANDIDATES_MAX && x.weight <= out[--count].weight) {
            count++;
            continue;
        }
        size_t k = count++;
        for (; k > 0 && out[k - 1].weight < x.weight; k--) out[k] = out[k - 1];
        out[k] = x;
    }
    return count;
}

/* ---------------------------------------------------------------- chains */

static size_t common(const Set *a, const Set *b) {
    size_t n = 0;
    for (size_t i = 0, k = 0; i < a->count && k < b->count;) {
        if (a->g[i] == b->g[k]) n++, i++, k++;
        else if (a->g[i] < b->g[k]) i++;
        else k++;
    }
    return n;
}

static Set both(const Set *a, const Set *b) {
    Set set = {.count = 0};
    for (size_t i = 0, k = 0; (i < a->count || k < b->count) && set.count < USERS_MAX;) {
        bool from_a = k == b->count || (i < a->count && a->g[i] <= b->g[k]);
        uint64_t g = from_a ? a->g[i++] : b->g[k++];
        if (set.count == 0 || set.g[set.count - 1] != g) set.g[set.count++] = g;
    }
    return set;
}

static size_t first_of(const Graph *g, const bool *placed) {
    size_t any = g->count;
    for (size_t i = 0; i < g->count; i++) {
        if (placed[i]) continue;
        if (any == g->count) any = i; /* in a circle it has to begin somewhere */
        bool fed = false;
        for (size_t k = 0; k < g->count; k++) fed = fed || (k != i && !placed[k] && common(&g->receivers[k], &g->senders[i]) > 0);
        if (!fed) return i;
    }
    return any;
}

static size_t next_of(const Graph *g, const bool *placed, size_t i) {
    size_t best = g->count, most = 0;
    for (size_t k = 0; k < g->count; k++) {
        size_t n = placed[k] ? 0 : common(&g->receivers[i], &g->senders[k]);
        if (n > most) best = k, most = n;
    }
    return best;
}

static void link_up(Graph *g) {
    bool placed[PIPES_MAX] = {false};
    size_t at = g->count;
    for (size_t n = 0; n < g->count; n++) {
        size_t next = at < g->count ? next_of(g, placed, at) : g->count;
        g->starts[n] = next == g->count;
        at = g->starts[n] ? first_of(g, placed) : next;
        placed[at] = true;
        g->order[n] = at;
    }
}

bool channels_are_alike(const Model *m, uint64_t a, uint64_t b) {
    const ModelChan *x = &m->chan[a], *y = &m->chan[b];
    return x->name == y->name && x->line == y->line && x->cap == y->cap && (x->sendq.count > 0) == (y->sendq.count > 0);
}

static void add_alike(Graph *g, size_t i, const Candidate *c, const Model *m) {
    PipePlace *p = &g->pipe[i];
    const ModelChan *shown = &m->chan[p->id], *other = &m->chan[c->id];
    if (shown->closed != other->closed ? shown->closed : other->count > shown->count) p->id = c->id;
    p->alike++;
    p->values += m->chan[c->id].count;
    g->senders[i] = living(both(&g->senders[i], &c->senders), m);
    g->receivers[i] = living(both(&g->receivers[i], &c->receivers), m);
}

/* Of channels that are alike, those that nobody uses any more do not count beside others. */
static bool is_past(const Candidate *c, const Model *m) {
    return !lives(&c->senders, m) && !lives(&c->receivers, m) && !is_blocked(&m->chan[c->id]);
}

void make_graph(Graph *g, const Candidate *c, size_t count, size_t most, const Model *m) {
    *g = (Graph){.count = 0};
    for (size_t k = 0; k < count; k++) {
        size_t i = 0;
        while (i < g->count && !channels_are_alike(m, g->pipe[i].id, c[k].id)) i++;
        if (i < g->count) {
            if (!is_past(&c[k], m)) add_alike(g, i, &c[k], m);
        } else if (g->count < most) {
            g->pipe[i] = (PipePlace){.id = c[k].id, .alike = 1, .values = m->chan[c[k].id].count};
            g->senders[i] = c[k].senders;
            g->receivers[i] = c[k].receivers;
            g->count++;
        }
    }
    for (size_t i = 1; i < g->count; i++) { /* by id: insertion, there are few */
        PipePlace pipe = g->pipe[i];
        Set senders = g->senders[i], receivers = g->receivers[i];
        size_t k = i;
        for (; k > 0 && g->pipe[k - 1].id > pipe.id; k--) {
            g->pipe[k] = g->pipe[k - 1];
            g->senders[k] = g->senders[k - 1];
            g->receivers[k] = g->receivers[k - 1];
        }
        g->pipe[k] = pipe;
        g->senders[k] = senders;
        g->receivers[k] = receivers;
    }
    link_up(g);
}

Set graph_behind(const Graph *g, size_t n) {
    size_t i = g->order[n];
    if (n + 1 == g->count || g->starts[n + 1]) return g->receivers[i];
    return both(&g->receivers[i], &g->senders[g->order[n + 1]]);
}

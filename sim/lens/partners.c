/* partners.c -- who has been at which end of which channel. */
#include "partners.h"

#include <stdlib.h>

static OWN_FRAME void know_chans(Partners *p, const Model *m) {
    size_t known = p->chan_cap;
    GROW(p->of_chan, p->chan_cap, m->chan_count);
    for (size_t i = known; i < p->chan_cap; i++) p->of_chan[i] = (Ends){.first = END_NONE, .sender = END_NONE, .receiver = END_NONE};
}

static uint64_t pair_of(uint64_t g, uint64_t chan) { return chan << 32 | g; }

/* It is there for the first time. */
static OWN_FRAME End *new_end(Partners *p, const Model *m, uint64_t g, uint64_t chan) {
    Ends *c = &p->of_chan[chan];
    GROW(p->end, p->cap, p->count + 1);
    GROW(p->of_g, p->g_cap, m->g_count);
    uint32_t i = (uint32_t)p->count++;
    idmap_put(&p->by_pair, pair_of(g, chan), i);
    p->end[i] = (End){.g = g, .chan = chan, .next_of_g = p->of_g[g] - 1, .next_of_chan = c->first};
    p->of_g[g] = i + 1;
    c->first = i;
    return &p->end[i];
}

static OWN_FRAME End *end_of_another(Partners *p, const Model *m, uint64_t g, uint64_t chan) {
    if (chan >= p->chan_cap) know_chans(p, m);
    uint32_t i = idmap_get(&p->by_pair, pair_of(g, chan));
    return i != IDMAP_NONE ? &p->end[i] : new_end(p, m, g, chan);
}

/* NULL: the ids are of nobody, which the model is about to say. */
static inline End *end_of(Partners *p, const Model *m, uint64_t g, uint64_t chan) {
    if (g >= m->g_count || chan >= m->chan_count) return NULL;
    if (chan < p->chan_cap) {
        const Ends *c = &p->of_chan[chan];
        if (c->sender != END_NONE && p->end[c->sender].g == g) return &p->end[c->sender];
        if (c->receiver != END_NONE && p->end[c->receiver].g == g) return &p->end[c->receiver];
    }
    return end_of_another(p, m, g, chan);
}

const End *partners_find(const Partners *p, uint64_t g, uint64_t chan) {
    uint32_t i = idmap_get(&p->by_pair, pair_of(g, chan));
    return i == IDMAP_NONE ? NULL : &p->end[i];
}

static void sent(Partners *p, const Model *m, uint64_t g, uint64_t chan, uint64_t n) {
    End *end = end_of(p, m, g, chan);
    if (end == NULL) return;
    end->sends = true;
    end->sent += n;
    p->of_chan[chan].sender = (uint32_t)(end - p->end);
}

static void received(Partners *p, const Model *m, uint64_t g, uint64_t chan) {
    End *end = end_of(p, m, g, chan);
    if (end == NULL) return;
    Ends *c = &p->of_chan[chan];
    if (end->sent <= end->received) c->consumed = true;
    end->receives = true;
    end->received++;
    c->receiver = (uint32_t)(end - p->end);
}

static void waits(Partners *p, const Model *m, uint64_t g, uint64_t chan, bool sending) {
    End *end = end_of(p, m, g, chan);
    if (end == NULL) return;
    if (sending) end->sends = true;
    else end->receives = true;
}

static void outside(Partners *p, const Model *m, uint64_t chan) {
    if (chan >= m->chan_count) return;
    if (chan >= p->chan_cap) know_chans(p, m);
    p->of_chan[chan].outside = true;
}

void partners_event(Partners *p, const Model *m, const Event *e) {
    const uint64_t *a = e->arg;
    switch ((EventKind)e->kind) {
    case EV_CHAN_SEND:
        sent(p, m, a[0], a[1], 1);
        if (a[2] != NONE) received(p, m, a[2], a[1]);
        break;
    case EV_CHAN_RECV:
        if (a[2] != NONE) sent(p, m, a[2], a[1], 1);
        if (a[3]) received(p, m, a[0], a[1]);
        else waits(p, m, a[0], a[1], false);
        break;
    case EV_SELECT_QUEUE: /* it may end elsewhere; where a plain wait ends is told by what ends it */ waits(p, m, a[0], a[1], a[3]); break;
    case EV_CHAN_CLOSE: sent(p, m, a[0], a[1], 0); break;
    case EV_TIMER_SEND: outside(p, m, a[0]); break;
    case EV_CONTEXT_USE: outside(p, m, a[2]); break;
    default: break;
    }
}

void partners_free(Partners *p) {
    free(p->end);
    free(p->of_chan);
    free(p->of_g);
    idmap_free(&p->by_pair);
    *p = (Partners){0};
}

static const End *at(const Partners *p, uint32_t i) { return i == END_NONE ? NULL : &p->end[i]; }

const Ends *partners_at(const Partners *p, uint64_t chan) { return chan < p->chan_cap ? &p->of_chan[chan] : NULL; }
const End *partners_first_of_g(const Partners *p, uint64_t g) { return g < p->g_cap ? at(p, p->of_g[g] - 1) : NULL; }
const End *partners_next_of_g(const Partners *p, const End *end) { return at(p, end->next_of_g); }
const End *partners_first_of_chan(const Partners *p, uint64_t chan) {
    return chan < p->chan_cap ? at(p, p->of_chan[chan].first) : NULL;
}
const End *partners_next_of_chan(const Partners *p, const End *end) { return at(p, end->next_of_chan); }

uint64_t partners_places(const Partners *p, const End *end) {
    const Ends *c = &p->of_chan[end->chan];
    return !c->consumed && end->sent > end->received ? end->sent - end->received : 0;
}

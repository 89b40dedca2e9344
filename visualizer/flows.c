/* flows.c -- from what begins one to what ends it. */
#include "feed.h"

#include <stdlib.h>

void flows_free(Flows *f) {
    free(f->flow);
    *f = (Flows){0};
}

static void begin(Flows *f, const Event *e, FlowKind kind, uint64_t by, uint64_t from) {
    GROW(f->flow, f->cap, f->count + 1);
    f->flow[f->count++] =
        (Flow){.kind = kind, .g = e->arg[0], .by = by, .from = from, .to = NONE, .from_ns = e->time_ns, .from_seq = e->seq};
}

static void end(Flows *f, const Event *e, uint64_t g, uint64_t p) {
    for (size_t i = f->count; i-- > 0;) {
        if (f->flow[i].g != g) continue;
        if (f->flow[i].to != NONE) return; /* it ran before */
        f->flow[i].to = p;
        f->flow[i].to_ns = e->time_ns;
        f->flow[i].to_seq = e->seq;
        return;
    }
}

/* A waker that is in C, or is none of ours, has no P to begin at. */
static void follow(void *flows, const Model *before, const Event *e) {
    Flows *f = flows;
    uint64_t by;
    switch ((EventKind)e->kind) {
    case EV_GO_UNBLOCK:
        by = event_arg(e, "by");
        if (by < before->g_count && before->g[by].state == G_RUNNING) begin(f, e, FLOW_WAKE, by, before->g[by].p);
        break;
    case EV_CALLBACK: begin(f, e, FLOW_CALLBACK, NONE, event_arg(e, "m")); break;
    case EV_GO_START:
    case EV_CGO_EXIT_FAST:
    case EV_CGO_EXIT_P: end(f, e, e->arg[0], event_arg(e, "p")); break;
    default: break;
    }
}

void flows_find(Flows *f, Feed *feed, uint64_t from_ns, uint64_t to_ns) {
    if (f->read == feed_count(feed) && f->from_ns == from_ns && f->to_ns == to_ns) return;
    f->count = 0;
    f->from_ns = from_ns;
    f->to_ns = to_ns;
    f->read = feed_count(feed);
    uint64_t first = from_ns > 0 ? feed_seq_at(feed, from_ns - 1) + 1 : 1, last = feed_seq_at(feed, to_ns);
    if (last - first >= FLOW_EVENTS || last < first) return;
    feed_walk(feed, FEED_SLOT_FLOWS, first, last, follow, f);
}

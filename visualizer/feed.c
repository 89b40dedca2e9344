/* feed.c -- reading forwards once, and coming back anywhere.
 *
 * Copies of the model are bounded by memory, not by number: a big model is copied more rarely.
 * Where the nearest copy is far, the checkpoints in the file are nearer.
 *
 * A trace may be impossible (a damaged file whose checksums are right, a writer with a bug): then
 * the model refuses an event, and the trace ends before it, with the reason.
 */
#include "feed.h"

#include "../sim/event/stretch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    COPY_EVENTS = 4096,
    COPY_BYTES_PER_EVENT = 8, /* what a copy may cost, spread over the events since the last */
    COPY_FAR = 100000,        /* after so many a big one is made all the same, up to so many bytes in all */
    COPY_BYTES_MOST = 512 << 20,
    REPLAY_MAX = 250000, /* further than this from a copy, the file's own checkpoints are asked */
};

typedef struct {
    uint64_t seq;
    Model *model;
} Copy;

struct Feed {
    Trace *trace;
    TraceCursor *reading; /* forwards, feed_read */
    TraceCursor *looking; /* anywhere: for a time, for a name */
    Lanes lanes;
    Steps steps;
    Past past;
    Model *head;
    Copy *copy;
    size_t copy_count, copy_cap, copy_bytes;
    char trouble[512];
    bool refused; /* an event was impossible: nothing after it is read */
    Stretch *stretch;       /* events by number: most are asked for with their neighbours */
    Findings findings;
    Summary summary;
    Flows flows;
    Lives lives;
    Model *lived;        /* after the last event that the lives know; NULL = nothing is read for them */
    TraceCursor *living; /* where it goes on */
    bool judged;                /* no event will come: all that can be found is found */
    Finding found[FIND_COUNT];  /* by evidence */
    size_t found_count;
    uint64_t found_seq;         /* the event up to which that list goes */
    struct {
        Model *model;
        TraceCursor *cursor; /* where that model goes on */
    } slot[FEED_SLOTS];
};

bool feed_open(Feed **out, const char *path, Diag *d) {
    Trace *trace;
    *out = NULL;
    if (!trace_open(&trace, path, d)) return false;
    Feed *f = mem_zero(1, sizeof *f);
    f->trace = trace;
    f->reading = trace_cursor(trace);
    f->looking = trace_cursor(trace);
    for (int i = 0; i < FEED_SLOTS; i++) f->slot[i].cursor = trace_cursor(trace);
    f->living = trace_cursor(trace);
    f->stretch = stretch_new(trace);
    trace_seek_seq(f->reading, 1);
    f->head = model_new(trace_text(trace));
    lanes_init(&f->lanes);
    summary_begin(&f->summary);
    findings_begin(&f->findings, trace_get(trace, "profile", NULL));
    f->found_seq = NONE;
    *out = f;
    return true;
}

void feed_close(Feed *f) {
    if (f == NULL) return;
    for (size_t i = 0; i < f->copy_count; i++) model_free(f->copy[i].model);
    for (int i = 0; i < FEED_SLOTS; i++) {
        model_free(f->slot[i].model);
        trace_cursor_free(f->slot[i].cursor);
    }
    free(f->copy);
    model_free(f->head);
    lanes_free(&f->lanes);
    findings_free(&f->findings);
    steps_free(&f->steps);
    past_free(&f->past);
    flows_free(&f->flows);
    lives_free(&f->lives);
    model_free(f->lived);
    trace_cursor_free(f->living);
    trace_cursor_free(f->reading);
    trace_cursor_free(f->looking);
    stretch_free(f->stretch);
    trace_close(f->trace);
    free(f);
}

static size_t model_bytes(const Model *m) {
    return m->g_count * sizeof(ModelG) + m->p_count * sizeof(ModelP) + m->m_count * sizeof(ModelM) +
           m->chan_count * sizeof(ModelChan) + m->obj_count * sizeof(ModelObj) +
           m->cmd_count * sizeof(ModelCmd) + m->queue_count * sizeof(ModelQueue);
}

static void keep_copy(Feed *f) {
    uint64_t since = f->head->seq - (f->copy_count ? f->copy[f->copy_count - 1].seq : 0);
    if (since < COPY_EVENTS) return;
    size_t bytes = model_bytes(f->head);
    bool far = since >= COPY_FAR && f->copy_bytes + bytes < COPY_BYTES_MOST;
    if (since * COPY_BYTES_PER_EVENT < bytes && !far) return;
    f->copy_bytes += bytes;
    GROW(f->copy, f->copy_cap, f->copy_count + 1);
    f->copy[f->copy_count++] = (Copy){f->head->seq, model_copy(f->head)};
}

static bool take(Feed *f, const Event *e) {
    char why[MODEL_WHY_MAX] = "";
    lanes_before(&f->lanes, f->head, e);
    findings_event(&f->findings, f->head, e);
    summary_event(&f->summary, f->head, e);
    steps_before(&f->steps, f->head, e);
    if (!model_apply(f->head, e, why)) {
        f->refused = true;
        snprintf(f->trouble, sizeof f->trouble, "event %llu (%s) is impossible: %s",
                 (unsigned long long)e->seq,
                 e->kind < EV_COUNT ? event_spec[e->kind].name : "of an unknown kind", why);
        /* A refused event leaves the model half changed: go back to the last good one. */
        Model *good = model_copy(feed_model(f, 0, e->seq - 1));
        model_free(f->head);
        f->head = good;
        return false;
    }
    lanes_after(&f->lanes, f->head, e);
    steps_after(&f->steps, f->head, e);
    past_after(&f->past, f->head, e);
    keep_copy(f);
    return true;
}

bool feed_read(Feed *f, size_t events) {
    size_t n = 0;
    Event e;
    while (n < events && !f->refused && trace_next(f->reading, &e) && take(f, &e)) n++;
    return n > 0;
}

bool feed_poll(Feed *f) { return !f->refused && trace_poll(f->trace); }

const Lanes *feed_lanes(const Feed *f) { return &f->lanes; }
const Steps *feed_steps(const Feed *f) { return &f->steps; }
const Past *feed_past(const Feed *f) { return &f->past; }
const Model *feed_head(const Feed *f) { return f->head; }
uint64_t feed_count(const Feed *f) { return f->head->seq; }
uint64_t feed_total(const Feed *f) {
    return f->refused ? f->head->seq : trace_event_count(f->trace);
}
uint64_t feed_end_ns(const Feed *f) { return f->head->now_ns; }
bool feed_is_open(const Feed *f) { return !f->refused && trace_state(f->trace) == TRACE_OPEN; }

const char *feed_trouble(const Feed *f) {
    if (f->refused) return f->trouble;
    return trace_state(f->trace) == TRACE_DAMAGED ? trace_state_text(f->trace) : "";
}

const char *feed_option(Feed *f, const char *key) { return trace_option(f->trace, key); }
const char *feed_setting(Feed *f, size_t i) { return trace_setting(f->trace, i); }
const char *feed_section(const Feed *f, const char *name, size_t *len) {
    return trace_get(f->trace, name, len);
}
const char *feed_path(const Feed *f) { return trace_path(f->trace); }

/* ---------------------------------------------------------------- anywhere */

bool feed_event(Feed *f, uint64_t seq, Event *e) {
    return seq != 0 && seq <= f->head->seq && stretch_event(f->stretch, seq, e);
}

uint64_t feed_seq_at(Feed *f, uint64_t ns) {
    if (ns >= f->head->now_ns) return f->head->seq;
    Event e;
    trace_seek_ns(f->looking, ns + 1);
    return trace_next(f->looking, &e) ? e.seq - 1 : f->head->seq;
}

static const Copy *copy_before(const Feed *f, uint64_t seq) {
    size_t low = 0, high = f->copy_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (f->copy[mid].seq <= seq) low = mid + 1;
        else high = mid;
    }
    return low > 0 ? &f->copy[low - 1] : NULL;
}

/* The model of this slot goes on to `last`; take may be NULL. */
static void walk(Feed *f, int slot, uint64_t last, WalkFn take, void *ctx) {
    Model *m = f->slot[slot].model;
    TraceCursor *c = f->slot[slot].cursor;
    Event e;
    char why[MODEL_WHY_MAX];
    trace_seek_seq(c, m->seq + 1);
    while (m->seq < last && trace_next(c, &e)) {
        if (take) take(ctx, m, &e);
        if (!model_apply(m, &e, why)) return; /* feed_read has refused it and never asks past it */
    }
}

const Model *feed_model(Feed *f, int slot, uint64_t seq) {
    ASSERT(slot < FEED_SLOTS);
    Model **m = &f->slot[slot].model;
    const Copy *copy = copy_before(f, seq);
    uint64_t near = copy ? copy->seq : 0;
    if (*m == NULL || (*m)->seq > seq || (*m)->seq < near) {
        model_free(*m);
        Diag d;
        *m = seq - near > REPLAY_MAX ? trace_model_at_seq(f->trace, seq, &d) : NULL;
        if (*m == NULL) *m = copy ? model_copy(copy->model) : model_new(trace_text(f->trace));
    }
    if ((*m)->seq < seq) walk(f, slot, seq, NULL, NULL);
    return *m;
}

void feed_walk(Feed *f, int slot, uint64_t first, uint64_t last, WalkFn take, void *ctx) {
    feed_model(f, slot, first - 1);
    walk(f, slot, last, take, ctx);
}

/* ---------------------------------------------------------------- goroutines, when they are looked at */

static void choose_lives(Feed *f, const uint64_t *g, size_t count, bool narrow) {
    lives_choose(&f->lives, g, count, f->head->g_count, narrow);
    model_free(f->lived);
    f->lived = model_new(trace_text(f->trace));
    trace_seek_seq(f->living, 1);
}

bool feed_read_lives(Feed *f, const uint64_t *g, size_t count, size_t events) {
    Lives *l = &f->lives;
    Event e;
    char why[MODEL_WHY_MAX];
    if (count == 0) return false;
    if (!lives_has(l, g, count)) choose_lives(f, g, count, l->narrow);
    uint64_t seq = f->lived->seq;
    l->whole = seq == f->head->seq;
    if (l->whole || l->full) return false;
    while (events-- > 0 && f->lived->seq < f->head->seq && trace_next(f->living, &e) && model_apply(f->lived, &e, why)) {
        if (lives_after(l, f->lived, &e)) continue;
        l->full = l->narrow || l->count <= count;
        if (l->full) return true;
        choose_lives(f, g, count, true);
    }
    l->whole = f->lived->seq == f->head->seq;
    return f->lived->seq != seq;
}

bool feed_knows_lives(const Feed *f, const uint64_t *g, size_t count) {
    return count == 0 || (lives_has(&f->lives, g, count) && (f->lives.full || f->lived->seq == f->head->seq));
}

const Lives *feed_lives(const Feed *f) { return &f->lives; }

const Flows *feed_flows(Feed *f, uint64_t from_ns, uint64_t to_ns) {
    flows_find(&f->flows, f, from_ns, to_ns);
    return &f->flows;
}

void feed_why(Feed *f, const Model *m, uint64_t now_ns, Kind kind, uint64_t id, Why *y) {
    WhyAt at = {.model = m, .now_ns = now_ns, .scenario = trace_option(f->trace, "scenario"), .event = stretch_event,
                .ctx = f->stretch};
    why(&at, kind, id, y);
}

const Finding *feed_findings(Feed *f, size_t *count) {
    bool over = !feed_is_open(f) && feed_count(f) == feed_total(f);
    if (f->found_seq != f->head->seq || over != f->judged) {
        if (over && !f->judged) findings_end(&f->findings, f->head);
        f->judged = over;
        f->found_seq = f->head->seq;
        f->found_count = 0;
        for (int i = 0; i < FIND_COUNT; i++) {
            if (f->findings.seen[i].times > 0) f->found[f->found_count++] = f->findings.seen[i];
        }
        findings_sort(f->found, f->found_count);
    }
    *count = f->found_count;
    return f->found;
}

const Evidence *feed_evidence(const Feed *f, size_t *count) {
    *count = f->findings.evidence_count;
    return f->findings.evidence;
}

const Summary *feed_summary(const Feed *f) { return &f->summary; }

uint64_t feed_find(Feed *f, const char *event_name, bool last) {
    EventKind kind = event_kind_by_name(event_name);
    uint64_t found = 0;
    Event e;
    trace_seek_seq(f->looking, 1);
    while (kind != EV_COUNT && trace_next(f->looking, &e) && e.seq <= f->head->seq) {
        if (e.kind != (uint32_t)kind) continue;
        found = e.seq;
        if (!last) break;
    }
    return found;
}

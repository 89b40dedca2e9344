/* steps.c -- from events to the steps of a channel.
 *
 * As in lanes.c, no event is understood twice: after each, the channels that it touches are compared with their last step.
 * Only a select that ends is asked before, since it leaves queues that its event does not name.
 */
#include "steps.h"

#include "../sim/base/sorted.h"

#include <stdlib.h>
#include <string.h>

void steps_free(Steps *s) {
    for (size_t i = 0; i < s->chan_count; i++) {
        free(s->chan[i].step);
        free(s->chan[i].sum);
        free(s->chan[i].senders.entry);
        free(s->chan[i].receivers.entry);
    }
    for (size_t i = 0; i < s->context_count; i++) free(s->context[i].users.entry);
    free(s->chan);
    free(s->context);
    free(s->left);
    *s = (Steps){0};
}

/* ---------------------------------------------------------------- steps */

static void add_time(StepSum *sum, const ChanStep *step, uint64_t until_ns) {
    uint64_t ns = until_ns > step->from_ns ? until_ns - step->from_ns : 0;
    sum->count += ns * step->count;
    sum->senders += ns * step->senders;
    sum->receivers += ns * step->receivers;
}

static void add_step(ChanSteps *c, ChanStep step) {
    if (c->count % STEPS_SUMMED == 0) {
        size_t block = c->count / STEPS_SUMMED;
        RESERVE(c->sum, c->sum_cap, block + 1);
        c->sum[block] = block ? c->sum[block - 1] : (StepSum){0};
        for (size_t i = block ? c->count - STEPS_SUMMED : 0; i < c->count; i++)
            add_time(&c->sum[block], &c->step[i], i + 1 < c->count ? c->step[i + 1].from_ns : step.from_ns);
    }
    RESERVE(c->step, c->cap, c->count + 1);
    c->step[c->count++] = step;
}

static uint16_t few(uint64_t n) { return n < UINT16_MAX ? (uint16_t)n : UINT16_MAX; }
static uint32_t many(uint64_t n) { return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX; }

/* Of what it was within one nanosecond only the last is kept. */
static void show(Steps *s, const Model *m, uint64_t id) {
    if (id >= m->chan_count) return;
    GROW(s->chan, s->chan_cap, m->chan_count);
    s->chan_count = m->chan_count;
    const ModelChan *now = &m->chan[id];
    ChanSteps *c = &s->chan[id];
    ChanStep step = {m->now_ns, many(now->count), few(now->sendq.count), few(now->recvq.count)};
    ChanStep *last = c->count ? &c->step[c->count - 1] : NULL;
    if (last != NULL && last->count == step.count && last->senders == step.senders && last->receivers == step.receivers) return;
    if (last != NULL && last->from_ns == step.from_ns) *last = step;
    else add_step(c, step);
}

/* ---------------------------------------------------------------- who */

static void enter(Users *u, uint64_t seq, uint64_t g) {
    size_t first = u->count > USERS_MAX ? u->count - USERS_MAX : 0;
    for (size_t i = u->count; i-- > first;) {
        if (u->entry[i].g == g) return;
    }
    RESERVE(u->entry, u->cap, u->count + 1);
    u->entry[u->count++] = (UserEntry){(uint32_t)seq, (uint32_t)g};
}

static void uses(Steps *s, const Model *m, const Event *e, uint64_t g, uint64_t chan, bool sends) {
    if (g >= m->g_count || chan >= s->chan_count) return;
    enter(sends ? &s->chan[chan].senders : &s->chan[chan].receivers, e->seq, g);
}

static void outside(Steps *s, uint64_t chan) {
    if (chan < s->chan_count) s->chan[chan].outside = true;
}

static ContextUse *context_of(Steps *s, const Model *m, uint64_t id) {
    if (id >= m->context_count) return NULL;
    GROW(s->context, s->context_cap, m->context_count);
    s->context_count = m->context_count;
    return &s->context[id];
}

static void asks(Steps *s, const Model *m, const Event *e) {
    ContextUse *c = context_of(s, m, e->arg[1]);
    if (c != NULL) enter(&c->users, e->seq, e->arg[0]);
}

static void born(Steps *s, const Model *m, const Event *e) {
    ContextUse *c = context_of(s, m, e->arg[0]);
    if (c != NULL) c->born_ns = e->time_ns;
}

static size_t users_until(const Users *u, uint64_t seq) {
    size_t low = 0, high = u->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (u->entry[middle].seq <= seq) low = middle + 1;
        else high = middle;
    }
    return low;
}

static size_t add_user(uint64_t *g, size_t count, uint64_t id) {
    size_t k = count;
    while (k > 0 && g[k - 1] > id) k--;
    if (k > 0 && g[k - 1] == id) return count;
    memmove(g + k + 1, g + k, (count - k) * sizeof *g);
    g[k] = id;
    return count + 1;
}

size_t users_at(const Users *u, uint64_t seq, uint64_t *g) {
    size_t n = 0;
    for (size_t i = users_until(u, seq); i > 0 && n < USERS_MAX; i--) n = add_user(g, n, u->entry[i - 1].g);
    return n;
}

size_t users_around(const Users *u, const Model *m, uint64_t *g) {
    size_t n = users_at(u, m->seq, g), first = users_until(u, m->seq);
    for (size_t i = first; i < u->count && i < first + USERS_MAX && n < USERS_MAX; i++) {
        uint64_t id = u->entry[i].g;
        if (id < m->g_count && m->g[id].state != G_NONE) n = add_user(g, n, id);
    }
    return n;
}

/* ---------------------------------------------------------------- one event */

void steps_before(Steps *s, const Model *before, const Event *e) {
    s->left_count = 0;
    if (e->kind != EV_SELECT || e->arg[0] >= before->g_count || before->g[e->arg[0]].place != AT_SELECT) return;
    for (uint64_t entry = before->g[e->arg[0]].next; entry != NONE;) {
        const ModelSudog *sudog = &before->sudog[entry - MODEL_SUDOG];
        GROW(s->left, s->left_cap, s->left_count + 1);
        s->left[s->left_count++] = sudog->chan;
        entry = sudog->other;
    }
}

void steps_after(Steps *s, const Model *after, const Event *e) {
    const uint64_t *a = e->arg;
    if (e->kind >= EV_COUNT) return;
    const EventSpec *spec = &event_spec[e->kind];
    for (int i = 0; i < spec->arg_count; i++) {
        if (spec->arg[i].kind == KIND_CHAN) show(s, after, a[i]);
    }
    for (size_t i = 0; i < s->left_count; i++) show(s, after, s->left[i]);
    switch ((EventKind)e->kind) {
    case EV_CHAN_SEND:
        uses(s, after, e, a[0], a[1], true);
        uses(s, after, e, a[2], a[1], false);
        break;
    case EV_CHAN_RECV:
        uses(s, after, e, a[0], a[1], false);
        uses(s, after, e, a[2], a[1], true);
        break;
    case EV_CHAN_QUEUE: uses(s, after, e, a[0], a[1], a[2]); break;
    case EV_SELECT_QUEUE: uses(s, after, e, a[0], a[1], a[3]); break;
    case EV_CHAN_CLOSE: uses(s, after, e, a[0], a[1], true); break;
    case EV_CHAN_MAKE:
        if (strncmp(intern_text(after->text, a[2]), "time.", 5) == 0) outside(s, a[0]); /* called as what has made its timer */
        break;
    case EV_TIMER_SEND: outside(s, a[0]); break;
    case EV_CONTEXT_NEW: born(s, after, e); break;
    case EV_CONTEXT_USE:
        asks(s, after, e);
        outside(s, a[2]);
        break;
    default: break;
    }
}

/* ---------------------------------------------------------------- questions */

size_t steps_at(const ChanSteps *c, uint64_t ns) {
    size_t after = SORTED_FROM(c->step, c->count, from_ns, ns + 1);
    return after > 0 ? after - 1 : c->count;
}

bool steps_is_outside(const Steps *s, uint64_t chan) { return chan < s->chan_count && s->chan[chan].outside; }

static StepSum sum_before(const ChanSteps *c, size_t at, uint64_t ns) {
    StepSum sum = c->sum[at / STEPS_SUMMED];
    for (size_t i = at - at % STEPS_SUMMED; i <= at; i++)
        add_time(&sum, &c->step[i], i < at ? c->step[i + 1].from_ns : ns);
    return sum;
}

static StepSum sum_until(const ChanSteps *c, uint64_t ns) {
    size_t at = steps_at(c, ns);
    return at == c->count ? (StepSum){0} : sum_before(c, at, ns);
}

/* By doubled steps, then between the last two. */
StepSum steps_walk(StepWalk *w, uint64_t ns) {
    const ChanSteps *c = w->c;
    size_t low = w->at, high = w->at + 1;
    for (size_t step = 1; high < c->count && c->step[high].from_ns <= ns; step *= 2) {
        low = high;
        high += step;
    }
    if (high > c->count) high = c->count;
    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;
        if (c->step[mid].from_ns <= ns) low = mid;
        else high = mid;
    }
    w->at = low;
    return sum_before(c, low, ns);
}

StepSum steps_sum(const ChanSteps *c, uint64_t from_ns, uint64_t to_ns) {
    StepSum a = sum_until(c, from_ns), b = sum_until(c, to_ns);
    return (StepSum){b.count - a.count, b.senders - a.senders, b.receivers - a.receivers};
}

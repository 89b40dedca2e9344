/* flow.c -- sums over time: whatever an event mentions is settled up to that moment, with what it was before. */
#include "flow.h"

#include <stdlib.h>
#include <string.h>

enum { MAIN = 1 };
const char *const stage_doing[STAGE_DOINGS] = {"running", "in_c", "runnable", "send", "receive", "select", "lock", "sleep", "other"};

void flow_begin(Flow *f) { *f = (Flow){0}; }

void flow_free(Flow *f) {
    for (int k = 0; k < FLOW_PLACES; k++) {
        free(f->table[k].row);
        free(f->table[k].one);
        idmap_free(&f->table[k].by_origin);
    }
    free(f->stage);
    free(f->g);
    idmap_free(&f->stage_by_origin);
    *f = (Flow){0};
}

/* What was made at one line under one name is one row. Lines and strings are numbers below 2^32. */
static uint64_t origin(uint64_t name, uint64_t line) { return name << 32 ^ (line & UINT32_MAX); }

/* ---- places ---- */

static void origin_of(const Model *m, FlowPlace kind, uint64_t id, FlowRow *row) {
    if (kind == FLOW_CHANNELS) *row = (FlowRow){.name = m->chan[id].name, .line = m->chan[id].line, .room = m->chan[id].cap};
    else if (kind == FLOW_LOCKS) *row = (FlowRow){.name = m->sync[id].name, .line = m->sync[id].line, .room = m->sync[id].size};
    else *row = (FlowRow){.name = m->queue[id].name};
}

static FlowOne *one_of(FlowTable *t, const Model *m, FlowPlace kind, uint64_t id) {
    GROW(t->one, t->one_cap, id + 1);
    for (; t->one_count <= id; t->one_count++) {
        FlowRow fresh;
        origin_of(m, kind, t->one_count, &fresh);
        uint64_t from = kind == FLOW_QUEUES ? t->one_count : origin(fresh.name, fresh.line);
        uint32_t i = idmap_get(&t->by_origin, from);
        if (i == IDMAP_NONE) {
            GROW(t->row, t->cap, t->count + 1);
            i = (uint32_t)t->count++;
            idmap_put(&t->by_origin, from, i);
            t->row[i] = fresh;
            t->row[i].room = 0;
        }
        t->row[i].places++;
        t->row[i].room += fresh.room;
        t->one[t->one_count] = (FlowOne){.row = i, .first_ns = NONE};
    }
    return &t->one[id];
}

static void most(FlowRow *row, uint64_t there) {
    if (there > row->most) row->most = there;
}

static void settle_chan(Flow *f, const Model *m, uint64_t id, uint64_t now) {
    if (id >= m->chan_count) return;
    FlowTable *t = &f->table[FLOW_CHANNELS];
    FlowOne *one = one_of(t, m, FLOW_CHANNELS, id);
    FlowRow *row = &t->row[one->row];
    const ModelChan *c = &m->chan[id];
    uint64_t ns = now - one->last_ns, there = c->count + c->sendq.count;
    one->last_ns = now;
    most(row, there);
    row->there_ns += there * ns;
    row->senders_ns += c->sendq.count * ns;
    row->receivers_ns += c->recvq.count * ns;
    row->busy_ns += c->sendq.count > 0 ? ns : 0;
    row->idle_ns += c->recvq.count > 0 ? ns : 0;
}

static void settle_lock(Flow *f, const Model *m, uint64_t id, uint64_t now) {
    if (id >= m->sync_count) return;
    FlowTable *t = &f->table[FLOW_LOCKS];
    FlowOne *one = one_of(t, m, FLOW_LOCKS, id);
    FlowRow *row = &t->row[one->row];
    const ModelSync *sy = &m->sync[id];
    uint64_t ns = now - one->last_ns, waiting = 0;
    for (int k = 0; k < SYNC_QUEUES; k++) waiting += sy->queue[k].count;
    one->last_ns = now;
    most(row, waiting);
    row->there_ns += waiting * ns;
    row->busy_ns += sy->holds != NONE ? ns : 0;
}

static void settle_queue(Flow *f, const Model *m, uint64_t id, uint64_t now) {
    if (id >= m->queue_count) return;
    FlowTable *t = &f->table[FLOW_QUEUES];
    FlowOne *one = one_of(t, m, FLOW_QUEUES, id);
    FlowRow *row = &t->row[one->row];
    uint64_t ns = now - one->last_ns;
    one->last_ns = now;
    most(row, m->queue[id].depth);
    row->there_ns += m->queue[id].depth * ns;
    row->busy_ns += one->running > 0 ? ns : 0;
}

/* A command begins or ends: between the first beginning and the last end the queue is busy or idle. */
static void command(Flow *f, const Model *m, const Event *e, bool begins) {
    uint64_t queue = e->arg[0] < m->cmd_count ? m->cmd[e->arg[0]].queue : NONE;
    if (queue >= m->queue_count) return; /* a user event */
    FlowTable *t = &f->table[FLOW_QUEUES];
    FlowOne *one = one_of(t, m, FLOW_QUEUES, queue);
    settle_queue(f, m, queue, e->time_ns);
    if (begins) {
        if (one->running++ > 0) return;
        if (one->first_ns == NONE) one->first_ns = e->time_ns;
        else t->row[one->row].idle_ns += e->time_ns - one->done_ns;
    } else if (one->running > 0) {
        one->running--;
        one->done_ns = e->time_ns;
    }
}

/* ---- stages ---- */

static StageDoing reason_of(const Model *m, const ModelG *gp) {
    const char *reason = intern_text(m->text, gp->reason);
    if (strncmp(reason, "chan send", 9) == 0) return STAGE_SEND;
    if (strncmp(reason, "chan receive", 12) == 0) return STAGE_RECEIVE;
    if (strncmp(reason, "select", 6) == 0) return STAGE_SELECT;
    if (strncmp(reason, "sync", 4) == 0) return STAGE_LOCK;
    return strcmp(reason, "sleep") == 0 ? STAGE_SLEEP : STAGE_OTHER;
}

static StageDoing doing(const Model *m, const ModelG *gp) {
    switch (gp->state) {
    case G_RUNNING: return STAGE_RUNNING;
    case G_SYSCALL: return STAGE_IN_C;
    case G_IDLE:
    case G_RUNNABLE: return STAGE_RUNNABLE;
    default:
        if (gp->place >= AT_SYNCQ) return STAGE_LOCK; /* x/sync's semaphore waits in a select */
        return gp->wake_ns != NONE ? STAGE_SLEEP : reason_of(m, gp);
    }
}

static Stage *stage_of(Flow *f, const Model *m, uint64_t g) {
    const ModelG *gp = &m->g[g];
    uint64_t line = gp->parent == NONE ? 0 : gp->born_line; /* main has no go statement */
    if (gp->born_line == 0 && g != MAIN && !m->imported) return NULL; /* the runtime's own */
    uint64_t from = origin(gp->name, line);
    uint32_t i = idmap_get(&f->stage_by_origin, from);
    if (i == IDMAP_NONE) {
        GROW(f->stage, f->stage_cap, f->stage_count + 1);
        i = (uint32_t)f->stage_count++;
        idmap_put(&f->stage_by_origin, from, i);
        f->stage[i] = (Stage){.name = gp->name, .line = line};
    }
    return &f->stage[i];
}

/* Before it is in the model nothing is known of it; from then on it is in some state at each moment. */
static void settle_g(Flow *f, const Model *m, uint64_t g, uint64_t now) {
    if (g >= m->g_count || m->g[g].state == G_NONE) return;
    GROW(f->g, f->g_cap, m->g_count);
    FlowG *one = &f->g[g];
    if (one->stage == 0) {
        Stage *st = stage_of(f, m, g);
        if (st == NULL) return;
        st->goroutines++;
        one->stage = (uint64_t)(st - f->stage) + 1;
        one->mark_ns = m->g[g].since_ns; /* it has been in one state so far, or dead before it was seen */
    }
    Stage *st = &f->stage[one->stage - 1];
    uint64_t ns = now - one->mark_ns;
    one->mark_ns = now;
    if (!model_g_lives(m, g)) return;
    st->ns[doing(m, &m->g[g])] += ns;
    st->life_ns += ns;
}

/* ---- all events, and the end ---- */

/* Whose select is over leaves the queues of channels that the event does not mention. */
static void settle_select(Flow *f, const Model *m, uint64_t g, uint64_t now) {
    if (g >= m->g_count || m->g[g].place != AT_SELECT) return;
    for (uint64_t i = m->g[g].next; i != NONE; i = m->sudog[i - MODEL_SUDOG].other) settle_chan(f, m, m->sudog[i - MODEL_SUDOG].chan, now);
}

void flow_event(Flow *f, const Model *m, const Event *e) {
    if (e->kind >= EV_COUNT) return; /* of a later version */
    const EventSpec *spec = &event_spec[e->kind];
    if (e->kind == EV_SELECT) settle_select(f, m, e->arg[0], e->time_ns);
    for (int i = 0; i < spec->arg_count; i++) {
        switch (spec->arg[i].kind) {
        case KIND_G: settle_g(f, m, e->arg[i], e->time_ns); break;
        case KIND_CHAN: settle_chan(f, m, e->arg[i], e->time_ns); break;
        case KIND_SYNC: settle_lock(f, m, e->arg[i], e->time_ns); break;
        case KIND_QUEUE: settle_queue(f, m, e->arg[i], e->time_ns); break;
        default: break;
        }
    }
    if (e->kind == EV_DEV_START || e->kind == EV_DEV_DONE) command(f, m, e, e->kind == EV_DEV_START);
}

static int by_waiting(const void *a, const void *b) {
    const FlowRow *x = a, *y = b;
    if (x->there_ns != y->there_ns) return x->there_ns < y->there_ns ? 1 : -1;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    return x->name < y->name ? -1 : x->name > y->name;
}

static int by_life(const void *a, const void *b) {
    const Stage *x = a, *y = b;
    if (x->life_ns != y->life_ns) return x->life_ns < y->life_ns ? 1 : -1;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    return x->name < y->name ? -1 : x->name > y->name;
}

void flow_end(Flow *f, const Model *m) {
    FlowTable *t = f->table;
    for (uint64_t i = 0; i < m->chan_count; i++) {
        settle_chan(f, m, i, m->now_ns);
        t[FLOW_CHANNELS].row[t[FLOW_CHANNELS].one[i].row].went += m->chan[i].recvs;
    }
    for (uint64_t i = 0; i < m->sync_count; i++) {
        settle_lock(f, m, i, m->now_ns);
        t[FLOW_LOCKS].row[t[FLOW_LOCKS].one[i].row].went += m->sync[i].locks;
    }
    for (uint64_t i = 0; i < m->queue_count; i++) {
        settle_queue(f, m, i, m->now_ns);
        t[FLOW_QUEUES].row[t[FLOW_QUEUES].one[i].row].went += m->queue[i].done;
    }
    for (uint64_t g = 1; g < m->g_count; g++) settle_g(f, m, g, m->now_ns);
    for (int k = 0; k < FLOW_PLACES; k++) {
        if (t[k].count > 0) qsort(t[k].row, t[k].count, sizeof *t[k].row, by_waiting);
    }
    if (f->stage_count > 0) qsort(f->stage, f->stage_count, sizeof *f->stage, by_life);
}

/* model_parts.h -- what the files of the model must agree on; nobody else includes it.
 *
 *   model.c          the world of a run, event by event
 *   model_chan.c     channels, and who waits there
 *   model_sync.c     package sync: who has what, and who waits for it
 *   model_import.c   what only an imported trace of a real Go program says
 */
#ifndef FAULTLINE_MODEL_PARTS_H
#define FAULTLINE_MODEL_PARTS_H

#include "model.h"

/* An impossible event: says why, once. */
typedef struct {
    Model *m;
    const Event *e;
    char *why;
} Step;

bool model_refuse(Step *s, const char *fmt, ...) __attribute__((cold, format(printf, 2, 3)));
#define REQUIRE(cond, ...)                                                                         \
    do {                                                                                           \
        if (!(cond)) {                                                                             \
            model_refuse(s, __VA_ARGS__);                                                          \
            return false;                                                                          \
        }                                                                                          \
    } while (0)
#define TRY(call)                                                                                  \
    do {                                                                                           \
        if (!(call)) return false;                                                                 \
    } while (0)
typedef unsigned long long Ull;

/* ---- finding things ---- */
static inline ModelG *get_G(Step *s, uint64_t id) {
    if (id < s->m->g_count && s->m->g[id].state != G_NONE) return &s->m->g[id];
    model_refuse(s, "there is no goroutine g%llu", (Ull)id);
    return NULL;
}
static inline ModelP *get_P(Step *s, uint64_t id) {
    if (id < s->m->p_count) return &s->m->p[id];
    model_refuse(s, "there is no P%llu", (Ull)id);
    return NULL;
}
static inline ModelM *get_M(Step *s, uint64_t id) {
    if (id < s->m->m_count && s->m->m[id].state != M_NONE) return &s->m->m[id];
    model_refuse(s, "there is no thread M%llu", (Ull)id);
    return NULL;
}
static inline ModelChan *get_Chan(Step *s, uint64_t id) {
    if (id < s->m->chan_count) return &s->m->chan[id];
    model_refuse(s, "there is no channel c%llu", (Ull)id);
    return NULL;
}
static inline ModelObj *get_Obj(Step *s, uint64_t id) {
    if (id < s->m->obj_count) return &s->m->obj[id];
    model_refuse(s, "there is no object o%llu", (Ull)id);
    return NULL;
}
static inline ModelCmd *get_Cmd(Step *s, uint64_t id) {
    if (id < s->m->cmd_count) return &s->m->cmd[id];
    model_refuse(s, "there is no device command k%llu", (Ull)id);
    return NULL;
}
static inline ModelQueue *get_Queue(Step *s, uint64_t id) {
    if (id < s->m->queue_count) return &s->m->queue[id];
    model_refuse(s, "there is no device queue q%llu", (Ull)id);
    return NULL;
}
static inline ModelCThread *get_CThread(Step *s, uint64_t id) {
    if (id < s->m->cthread_count) return &s->m->cthread[id];
    model_refuse(s, "there is no C thread t%llu", (Ull)id);
    return NULL;
}
static inline ModelCtx *get_Ctx(Step *s, uint64_t id) {
    if (id < s->m->ctx_count) return &s->m->ctx[id];
    model_refuse(s, "there is no context x%llu", (Ull)id);
    return NULL;
}
static inline ModelSync *get_Sync(Step *s, uint64_t id) {
    if (id < s->m->sync_count) return &s->m->sync[id];
    model_refuse(s, "there is no s%llu of package sync", (Ull)id);
    return NULL;
}
#define GET(What, var, id)                                                                         \
    Model##What *var = get_##What(s, (id));                                                        \
    if (var == NULL) return false

static inline bool running(Step *s, uint64_t g, uint64_t line) {
    if (g == NONE) return true; /* before main runs */
    GET(G, gp, g);
    REQUIRE(gp->state == G_RUNNING || gp->state == G_SYSCALL, "g%llu is %s, not running", (Ull)g,
            g_state_name[gp->state]);
    if (line) gp->line = line;
    return true;
}

static const ModelQ model_empty_q = {NONE, NONE, 0};

/* ---- model.c ---- */

enum { PROCS_MAX = 1024 }; /* as in Go; also keeps a damaged file from asking for all memory */

/* A new goroutine in this state. */
bool model_new_g(Step *s, uint64_t g, GState state);
/* The next thread, in this state; its id must be the next one. */
bool model_new_m(Step *s, uint64_t id, MState state);
/* There are `procs` Ps from now on; new ones begin in this state. */
void model_new_ps(Step *s, uint64_t procs, PState state);

/* ---- model_chan.c ---- */

/* Applies an event of section "channels" in events.def, or TIMER_SEND. */
bool model_chan_queue(Step *s, uint64_t g, uint64_t c_id, uint64_t sending, uint64_t line);
bool model_chan_send(Step *s, uint64_t g, uint64_t c_id, uint64_t to, uint64_t line);
bool model_chan_recv(Step *s, uint64_t g, uint64_t c_id, uint64_t from, uint64_t ok, uint64_t line);
bool model_chan(Step *s);
/* Ids of a checkpoint that are followed without asking. */
bool model_sudogs_ok(const Model *m); /* of goroutines and sudogs */
bool model_waiters_ok(const Model *m, const ModelQ *q);
bool model_running(Step *s, uint64_t g, uint64_t line);
/* Queues of goroutines; first: at its head. */
bool model_q_join(Step *s, ModelQ *q, uint64_t g, GPlace place, uint64_t place_p, bool first);
bool model_q_leave(Step *s, ModelQ *q, uint64_t g); /* from any place in it */

/* ---- model_sync.c ---- */

bool model_sync(Step *s); /* an event of section "package sync" in events.def */
bool model_sync_links(const Model *m);

/* ---- model_import.c ---- */

/* Imported: a thread's state follows from what it has. Else it does nothing. */
void model_settle_m(Step *s, uint64_t id);
/* G is at this line, or stack; absent ones are ignored. */
bool model_at(Step *s, uint64_t g, uint64_t line);
/* Applies an event of section "a real Go program" in events.def. */
bool model_import(Step *s);

#endif

/* perfetto_test.c -- what we write for Perfetto's UI keeps the rules of its format, and shows what the model says: after
 * each event of random programs, and at the end of every scenario.
 */
#include "../cli/command.h"
#include "../program.h"
#include "perfetto_reader.h"

#include "../../sim/event/trace.h"
#include "../../sim/lens/perfetto.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHY_MAX = 400 };
#define NO(...)                                                                                    \
    do {                                                                                           \
        snprintf(why, WHY_MAX, __VA_ARGS__);                                                       \
        return false;                                                                              \
    } while (0)

typedef struct {
    Event *at;
    size_t count, cap;
} Events;
static void keep(Events *x, const Event *e) {
    GROW(x->at, x->cap, x->count + 1);
    x->at[x->count++] = *e;
}

/* ---- which thing of the model a track is: by its group, and the number in its name ---- */

typedef enum { IS_OTHER, IS_P, IS_M, IS_T, IS_G, IS_QUEUE, IS_STOPS } What;
static const struct {
    const char *group;
    char letter;
} groups[] = {[IS_P] = {"Processors (P)", 'P'}, [IS_M] = {"Threads (M)", 'M'}, [IS_T] = {"Threads of C", 't'},
              [IS_G] = {"Goroutines (G)", 'g'}, [IS_QUEUE] = {"Device", 'q'}};

static bool in_group(const Seen *s, const SeenTrack *t, const char *group) {
    return t->parent != NO_TRACK && strcmp(s->track[t->parent].name, group) == 0;
}

/* The number stands behind the last such letter; goroutines are called as they like. */
static What what_is(const Seen *s, const SeenTrack *t, uint64_t *id) {
    for (What w = IS_P; w <= IS_QUEUE; w++) {
        if (!in_group(s, t, groups[w].group) || t->unit) continue;
        const char *at = w == IS_M ? t->name : strrchr(t->name, groups[w].letter);
        if (at == NULL) return IS_OTHER;
        *id = strtoull(at + 1, NULL, 10);
        return w;
    }
    *id = 0;
    return in_group(s, t, "World") && strcmp(t->name, "stops") == 0 ? IS_STOPS : IS_OTHER;
}

/* ---- what the model says that it shows ---- */

static void with(char *out, size_t size, const char *text, const Model *m, uint64_t id) {
    const char *more = intern_text(m->text, id);
    snprintf(out, size, "%s%s%.400s", text, more[0] ? ": " : "", more);
}
static void called(char *out, size_t size, const Model *m, uint64_t g) {
    const char *name = model_g_name(m, g);
    snprintf(out, size, "%.400s%sg%" PRIu64, name, name[0] ? " " : "", g);
}

/* Of the innermost call that has not returned, read backwards: a way into Go belongs to a callback, or ends a call. */
static uint64_t c_function(const Events *x, uint64_t g) {
    size_t ways_in = 0;
    for (size_t i = x->count; i-- > 0;) {
        const Event *e = &x->at[i];
        if (e->arg[0] != g) continue;
        if (e->kind == EV_CGO_EXIT_FAST || e->kind == EV_CGO_EXIT_P || e->kind == EV_CGO_EXIT_WAIT) ways_in++;
        if (e->kind == EV_CALLBACK && ways_in > 0) ways_in--;
        if ((e->kind == EV_CGO_ENTER || e->kind == EV_SYSCALL) && ways_in-- == 0) return e->arg[3];
    }
    return NONE;
}

static void g_shows(char *out, size_t size, const Events *x, const Model *m, uint64_t g) {
    const ModelG *gp = &m->g[g];
    if (gp->state == G_RUNNABLE) with(out, size, "runnable", m, gp->reason);
    if (gp->state == G_WAITING) with(out, size, "waiting", m, gp->reason);
    if (gp->state == G_SYSCALL) with(out, size, "in C", m, c_function(x, g));
    if (gp->state == G_RUNNING && gp->callbacks == 0) snprintf(out, size, "running");
    if (gp->state == G_RUNNING && gp->callbacks > 0) with(out, size, "running, called from C", m, gp->fn);
}

static void m_shows(char *out, size_t size, const Events *x, const Model *m, uint64_t id) {
    static const char *const text[M_COUNT] = {
        [M_STARTING] = "starting", [M_SPINNING] = "spinning", [M_PARKED] = "parked", [M_WEDGED] = "parked",
        [M_WAKING] = "waking",     [M_SYSMON] = "sysmon",     [M_POLLING] = "polling the network",
        [M_LOCKED] = "parked, locked to its goroutine",       [M_TEMPLATE] = "template thread"};
    const ModelM *mp = &m->m[id];
    if (mp->state == M_IN_C) with(out, size, "in C", m, c_function(x, mp->g));
    else if (mp->state == M_RUNNING && mp->g != NONE) called(out, size, m, mp->g);
    else if (text[mp->state]) snprintf(out, size, "%s", text[mp->state]);
    if (mp->state == M_SYSMON && m->sysmon_asleep) snprintf(out, size, "sysmon, in deep sleep");
}

static void p_shows(char *out, size_t size, const Events *x, const Model *m, uint64_t p) {
    const ModelP *pp = &m->p[p];
    if (pp->state == P_GCSTOP) snprintf(out, size, "world stopped");
    if (pp->m == NONE) return;
    const ModelM *mp = &m->m[pp->m];
    if (mp->state == M_EXTRA) snprintf(out, size, "left behind by a thread of C");
    if (mp->state == M_IN_C) with(out, size, "behind C", m, c_function(x, mp->g));
    if (mp->state == M_RUNNING && mp->g != NONE) called(out, size, m, mp->g);
}

static void model_shows(char *out, size_t size, const Events *x, const Model *m, What what, uint64_t id) {
    out[0] = '\0';
    if (what == IS_P) p_shows(out, size, x, m, id);
    if (what == IS_M) m_shows(out, size, x, m, id);
    if (what == IS_G) g_shows(out, size, x, m, id);
    if (what == IS_T && !m->cthread[id].ended)
        snprintf(out, size, "%s", m->cthread[id].m == NONE ? "unknown to Go" : "borrows an M");
    if (what == IS_QUEUE && m->queue[id].head != NONE && m->cmd[m->queue[id].head].state == CMD_RUNNING)
        snprintf(out, size, "%s", intern_text(m->text, m->cmd[m->queue[id].head].name));
    if (what == IS_STOPS && m->stw_g != NONE)
        with(out, size, m->stw_stopped ? "world stopped" : "stopping the world", m, m->stw_reason);
}

static uint64_t count_of(const Model *m, What what) {
    const uint64_t counts[] = {0, m->p_count, m->m_count, m->cthread_count, m->g_count, m->queue_count, 1};
    return counts[what];
}

/* Each track shows what the model says, and what shows nothing needs none. */
static bool tracks_agree(const Seen *s, const Events *x, const Model *m, char *why) {
    char wanted[600];
    size_t with_slice = 0, should = 0;
    uint64_t id = 0;
    for (size_t i = 0; i < s->track_count; i++) {
        What what = what_is(s, &s->track[i], &id);
        if (what == IS_OTHER) continue;
        if (id >= count_of(m, what)) NO("#%" PRIu64 ": there is no %s", m->seq, s->track[i].name);
        model_shows(wanted, sizeof wanted, x, m, what, id);
        with_slice += wanted[0] != '\0';
        if (strcmp(wanted, seen_open(s, i)) != 0)
            NO("#%" PRIu64 ": %s shows \"%.100s\", not \"%.100s\"", m->seq, s->track[i].name, seen_open(s, i), wanted);
    }
    for (What what = IS_P; what <= IS_STOPS; what++) {
        for (id = 0; id < count_of(m, what); id++) {
            model_shows(wanted, sizeof wanted, x, m, what, id);
            should += wanted[0] != '\0';
        }
    }
    if (with_slice != should) NO("#%" PRIu64 ": %zu things have a slice, %zu should", m->seq, with_slice, should);
    return true;
}

/* ---- counters, at the end ---- */

static const SeenTrack *counter(const Seen *s, const char *group, const char *name) {
    for (size_t i = 0; i < s->track_count; i++) {
        const SeenTrack *t = &s->track[i];
        if (t->unit && in_group(s, t, group) && strcmp(t->name, name) == 0) return t;
    }
    return NULL;
}

/* What has been 0 all the time needs no counter. */
static bool counter_is(const Seen *s, const char *group, const char *name, uint64_t value, char *why) {
    const SeenTrack *t = counter(s, group, name);
    if ((t ? t->value : 0) != value) NO("%s is %" PRIu64 ", not %" PRIu64, name, t ? t->value : 0, value);
    return true;
}

static bool counters_agree(const Seen *s, const Model *m, char *why) {
    uint64_t runnable = 0, threads = 0, in_c = 0, bytes[MEM_COUNT] = {0}, objects = 0, pins = 0, uses = 0;
    bool ok = true;
    for (size_t i = 0; i < m->g_count; i++) runnable += m->g[i].state == G_RUNNABLE;
    for (size_t i = 0; i < m->m_count; i++) {
        bool extra = m->m[i].state == M_EXTRA || m->m[i].cthread != NONE;
        threads += !extra && m->m[i].state != M_DEAD;
        in_c += m->m[i].state == M_IN_C;
    }
    for (size_t i = 0; i < m->obj_count; i++) {
        bytes[m->obj[i].memory] += m->obj[i].freed_ns == NONE ? m->obj[i].bytes : 0;
        objects += m->obj[i].memory == MEM_GO && m->obj[i].freed_ns == NONE;
        pins += m->obj[i].pins;
        uses += m->obj[i].users;
    }
    ok = ok && counter_is(s, "World", "goroutines runnable", runnable, why) &&
         counter_is(s, "World", "threads", threads, why) && counter_is(s, "World", "threads in C", in_c, why) &&
         counter_is(s, "Heap", "bytes", bytes[MEM_GO], why) &&
         counter_is(s, "Heap", "bytes of C's heap", bytes[MEM_C], why) &&
         counter_is(s, "Heap", "bytes of the device's own", bytes[MEM_DEVICE], why) &&
         counter_is(s, "Heap", "bytes of the host that the driver gave", bytes[MEM_LOCKED] + bytes[MEM_SHARED], why) &&
         counter_is(s, "Heap", "objects", objects, why) &&
         counter_is(s, "Heap", "pins", pins, why) && counter_is(s, "Heap", "addresses that the device holds", uses, why);
    for (size_t i = 0; ok && i < m->chan_count; i++) {
        static const char *const text[] = {"values", "senders waiting", "receivers waiting"};
        const ModelChan *c = &m->chan[i];
        const uint64_t value[] = {c->count, c->sendq.count, c->recvq.count};
        const char *name = intern_text(m->text, c->name);
        char full[600];
        for (int k = 0; ok && k < 3; k++) {
            snprintf(full, sizeof full, "%.400s%sc%zu: %s", name, name[0] ? " " : "", i, text[k]);
            ok = counter_is(s, "Channels", full, value[k], why);
        }
    }
    for (size_t i = 0; ok && i < m->queue_count; i++) {
        char full[64];
        snprintf(full, sizeof full, "q%zu: commands not yet done", i);
        ok = counter_is(s, "Device", full, m->queue[i].depth, why);
    }
    return ok;
}

/* ---- flows ---- */

#define COMMAND_FLOW ((uint64_t)1 << 63)

static bool is(const Seen *s, size_t track, What what, uint64_t id) {
    uint64_t its = NONE;
    return track != NO_TRACK && what_is(s, &s->track[track], &its) == what && its == id;
}

/* What nobody in particular has made ready (event `seq`) was found by this track: where a timer fired or the network
 * was polled, since the last one of that sort. */
static bool is_finder(const Seen *s, size_t track, const Events *x, uint64_t seq) {
    for (size_t i = seq - 1; i-- > 0;) {
        const Event *e = &x->at[i];
        if (e->kind == EV_TIMER_FIRE || e->kind == EV_TIMER_SEND) return is(s, track, IS_P, e->arg[1]);
        if (e->kind == EV_GC_WORKER) return is(s, track, IS_P, e->arg[1]);
        if (e->kind == EV_SYSMON_GC) return is(s, track, IS_M, 1);
        if (e->kind == EV_NET_READY || e->kind == EV_GO_UNBLOCK) break;
    }
    return track != NO_TRACK && strcmp(s->track[track].name, "network") == 0;
}

/* Did one of these happen to it (its first argument), behind event `from`? */
static bool happened(const Events *x, uint64_t from, uint64_t id, EventKind a, EventKind b, EventKind c) {
    for (size_t i = from; i < x->count; i++) {
        EventKind kind = (EventKind)x->at[i].kind;
        if ((kind == a || kind == b || kind == c) && x->at[i].arg[0] == id) return true;
    }
    return false;
}

static bool flow_fits(const Seen *s, const SeenFlow *f, const Events *x, const Model *m, char *why) {
    if (f->id & COMMAND_FLOW) {
        const ModelCmd *c = &m->cmd[f->id & ~COMMAND_FLOW];
        bool ended = f->to != NO_TRACK;
        if (!is(s, f->from, IS_G, c->g) || ended == (c->state == CMD_QUEUED)) NO("flow of a command");
        if (ended && (!is(s, f->to, IS_QUEUE, c->queue) || !f->to_slice)) NO("flow to a command");
        return true;
    }
    if (f->id == 0 || f->id > x->count) NO("flow %" PRIu64 " is no event", f->id);
    const Event *e = &x->at[f->id - 1];
    const uint64_t *a = e->arg;
    bool from = true, to = f->to == NO_TRACK;
    switch ((EventKind)e->kind) {
    case EV_GO_CREATE:
    case EV_GO_UNBLOCK:
    case EV_CALLBACK:
        if (e->kind == EV_CALLBACK) from = is(s, f->from, IS_G, a[0]);
        else from = a[1] == NONE ? is_finder(s, f->from, x, f->id) : is(s, f->from, IS_G, a[1]);
        if (to) to = !happened(x, f->id, a[0], EV_GO_START, EV_CGO_EXIT_FAST, EV_CGO_EXIT_P);
        else to = is(s, f->to, IS_G, a[0]) && f->to_slice;
        break;
    case EV_P_RETAKE:
    case EV_P_HANDOFF:
        if (e->kind == EV_P_RETAKE) from = is(s, f->from, IS_M, a[1]);
        else from = in_group(s, &s->track[f->from], "Threads (M)");
        if (to) to = !happened(x, f->id, a[0], EV_P_ACQUIRE, EV_P_IDLE_PUT, EV_P_STOP);
        else to = is(s, f->to, IS_P, a[0]) || in_group(s, &s->track[f->to], "Threads (M)");
        break;
    default: from = false;
    }
    if (!from || !to) NO("the flow of #%" PRIu64 " %s is wrong", f->id, event_spec[e->kind].name);
    return true;
}

static bool flows_fit(const Seen *s, const Events *x, const Model *m, char *why) {
    uint64_t begun[EV_COUNT] = {0}, should[EV_COUNT] = {0}, parentless = 0;
    for (size_t i = 0; i < s->flow_count; i++) {
        if (!flow_fits(s, &s->flow[i], x, m, why)) return false;
        begun[s->flow[i].id & COMMAND_FLOW ? EV_DEV_ENQUEUE : (EventKind)x->at[s->flow[i].id - 1].kind]++;
    }
    for (size_t i = 0; i < x->count; i++) {
        should[x->at[i].kind]++;
        parentless += x->at[i].kind == EV_GO_CREATE && x->at[i].arg[1] == NONE;
    }
    should[EV_GO_CREATE] -= parentless;
    static const EventKind kinds[] = {EV_GO_CREATE, EV_GO_UNBLOCK, EV_CALLBACK, EV_P_RETAKE, EV_DEV_ENQUEUE};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (begun[kinds[i]] != should[kinds[i]])
            NO("%" PRIu64 " flows of %s, not %" PRIu64, begun[kinds[i]], event_spec[kinds[i]].name, should[kinds[i]]);
    }
    return true;
}

/* ---- the whole file ---- */

/* A goroutine's slices of running are the times that it began to run. */
static bool all_closed(const Seen *s, const Events *x, char *why) {
    uint64_t running = 0, should = 0, id;
    for (size_t i = 0; i < s->track_count; i++) {
        if (s->track[i].open) NO("%s still shows %s", s->track[i].name, seen_open(s, i));
        if (what_is(s, &s->track[i], &id) == IS_G) running += s->track[i].running;
    }
    for (size_t i = 0; i < x->count; i++) {
        EventKind kind = (EventKind)x->at[i].kind;
        should += kind == EV_GO_START || kind == EV_CGO_EXIT_FAST || kind == EV_CGO_EXIT_P;
    }
    if (running != should) NO("%" PRIu64 " slices of running, not %" PRIu64, running, should);
    return true;
}

static bool file_agrees(const Seen *s, const Events *x, const Model *end, char *why) {
    if (s->bad[0]) NO("%s", s->bad);
    return all_closed(s, x, why) && counters_agree(s, end, why) && flows_fit(s, x, end, why);
}

/* ---- random programs ---- */

typedef struct {
    Perfetto *w;
    Seen seen;
    Events events;
    bool ended;
    char why[WHY_MAX];
} Export;

static bool take_bytes(Export *x) {
    Bytes *b = perfetto_out(x->w);
    if (!seen_read(&x->seen, b->data, b->len)) snprintf(x->why, sizeof x->why, "%s", x->seen.bad);
    b->len = 0;
    return x->why[0] == '\0';
}

static void export_event(void *ctx, const Model *m, const Event *e) {
    Export *x = ctx;
    keep(&x->events, e);
    if (x->why[0]) return;
    perfetto_event(x->w, m, e);
    if (!take_bytes(x)) return;
    if ((e->seq < 500 || e->seq % 16 == 0) && !tracks_agree(&x->seen, &x->events, m, x->why)) return;
    if (e->kind != EV_RUN_END) return;
    x->ended = true;
    perfetto_close(x->w);
    if (take_bytes(x)) file_agrees(&x->seen, &x->events, m, x->why);
}

/* `lines`: what the file says, or NULL. */
static bool one_program(const Program *program, const char *of, uint64_t seen[EV_COUNT], Bytes *lines) {
    Export x = {.w = perfetto_new("a program"), .seen.lines = lines};
    Program p = *program;
    p.after = export_event;
    p.ctx = &x;
    Ran r = run_program(&p);
    for (int i = 0; i < EV_COUNT; i++) seen[i] += r.count[i];
    bool ok = x.ended && x.why[0] == '\0' && r.audit[0] == '\0';
    if (!ok) printf("\n    %s: %s%s%s\n", of, x.ended ? "" : "it has no end. ", x.why, r.audit);
    ran_free(&r);
    perfetto_free(x.w);
    seen_free(&x.seen);
    free(x.events.at);
    return ok;
}

static void random_programs_show_what_the_model_says(void) {
    uint64_t seen[EV_COUNT] = {0};
    for (uint64_t seed = 1; seed <= 300; seed++) {
        char of[32];
        snprintf(of, sizeof of, "seed %" PRIu64, seed);
        Program p = random_program(seed);
        CU_ASSERT(one_program(&p, of, seen, NULL));
    }
    static const EventKind rare[] = {EV_P_RETAKE, EV_P_STOP, EV_P_STOP_C, EV_P_KILL,   EV_NEEDM,    EV_DROPM,      EV_CALLBACK,
                                     EV_M_END,    EV_M_WEDGE, EV_M_POLL, EV_PROCS,    EV_NET_READY, EV_M_TEMPLATE, EV_SYSMON_SLEEP};
    for (size_t i = 0; i < ARRAY_LEN(rare); i++) {
        CU_ASSERT(seen[rare[i]] > 0);
        if (seen[rare[i]] == 0) printf("\n    no random program had a %s\n", event_spec[rare[i]].name);
    }
}

/* ---- events that were never emitted so ---- */

static void keep_event(void *ctx, const Model *m, const Event *e) {
    (void)m;
    keep(ctx, e);
}

/* The events, one of them with another value there; whatever the model takes, is written by the rules. */
static bool write_changed(const Events *k, size_t at, uint64_t arg, uint64_t value, char *why) {
    Intern *text = intern_new();
    Model *m = model_new(text);
    Seen s = {0};
    Perfetto *w = perfetto_new("changed");
    char no[MODEL_WHY_MAX];
    for (size_t i = 0; i < k->count; i++) {
        Event e = k->at[i];
        if (i == at) e.arg[arg] = value;
        if (!model_apply(m, &e, no)) break;
        perfetto_event(w, m, &e);
    }
    perfetto_close(w);
    bool ok = seen_read(&s, perfetto_out(w)->data, perfetto_out(w)->len);
    for (size_t i = 0; ok && i < s.track_count; i++) ok = s.track[i].open == 0;
    if (!ok) snprintf(why, WHY_MAX, "event #%zu, argument %" PRIu64 ": %s", at + 1, arg, s.bad);
    seen_free(&s);
    perfetto_free(w);
    model_free(m);
    intern_free(text);
    return ok;
}

static void a_changed_event_breaks_no_rule(void) {
    char why[WHY_MAX] = "";
    for (uint64_t seed = 1; seed <= 4; seed++) {
        Events k = {0};
        Program p = random_program(seed);
        p.after = keep_event;
        p.ctx = &k;
        Ran r = run_program(&p);
        ran_free(&r);
        if (k.count > 200) k.count = 200;
        for (size_t i = 0; i < k.count; i++) {
            for (uint64_t a = 0; a < event_spec[k.at[i].kind].arg_count; a++) {
                const uint64_t values[] = {0, 1, k.at[i].arg[a] + 1, NONE};
                for (size_t v = 0; v < ARRAY_LEN(values); v++) CU_ASSERT(write_changed(&k, i, a, values[v], why));
            }
        }
        free(k.at);
    }
    if (why[0]) printf("\n    %s\n", why);
}

/* ---- scenarios, as a user exports them ---- */

static bool read_file(const char *path, Seen *s) {
    FILE *f = fopen(path, "rb");
    Bytes b = {0};
    uint8_t buf[4096];
    if (f == NULL) return false;
    for (size_t n; (n = fread(buf, 1, sizeof buf, f)) > 0;) bytes_add(&b, buf, n);
    fclose(f);
    bool ok = seen_read(s, b.data, b.len);
    bytes_free(&b);
    return ok;
}

static uint64_t figure(const char *summary, const char *key) {
    char name[64];
    snprintf(name, sizeof name, "\"%s\":", key);
    const char *at = strstr(summary, name);
    return at ? strtoull(at + strlen(name), NULL, 10) : UINT64_MAX;
}

/* Findings, notes and runs of goroutines, against what the other commands say. */
static bool commands_agree(const Seen *s, const char *path, const Events *x, char *why) {
    char *summary = output_of("$F summary --json %s", path), *found = output_of("$F findings %s | grep -c '(book '; true", path);
    uint64_t notes = 0, findings = 0, running = 0, back = 0, id;
    for (size_t i = 0; i < s->track_count; i++) {
        const SeenTrack *t = &s->track[i];
        if (what_is(s, t, &id) == IS_G) running += t->running;
        if (in_group(s, t, "World") && strcmp(t->name, "notes") == 0) notes = t->events;
        if (in_group(s, t, "World") && strcmp(t->name, "findings") == 0) findings = t->events;
    }
    for (size_t i = 0; i < x->count; i++) {
        uint32_t kind = x->at[i].kind;
        back += kind == EV_CGO_EXIT_FAST || kind == EV_CGO_EXIT_P;
        notes -= kind == EV_RUN_START || kind == EV_RUN_END || kind == EV_DEADLOCK || kind == EV_PANIC ||
                 kind == EV_GC_BEGIN || kind == EV_GC_END ||
                 kind == EV_EXPECT_HELD || kind == EV_EXPECT_FAILED || kind == EV_EXPECT_UNCHECKED;
    }
    uint64_t switches = figure(summary, "switches"), told = figure(summary, "notes"), wrong = strtoull(found, NULL, 10);
    free(summary);
    free(found);
    if (running != switches + back) NO("%" PRIu64 " runs, not %" PRIu64 " and %" PRIu64, running, switches, back);
    if (notes != told) NO("%" PRIu64 " notes, not %" PRIu64, notes, told);
    if (findings != wrong) NO("%" PRIu64 " findings, not %" PRIu64, findings, wrong);
    return true;
}

static bool trace_agrees(const char *path, const Seen *s, char *why) {
    Trace *t;
    Diag d;
    Events x = {0};
    if (!trace_open(&t, path, &d)) NO("it cannot be opened");
    TraceCursor *c = trace_cursor(t);
    for (Event e; trace_next(c, &e);) keep(&x, &e);
    trace_cursor_free(c);
    Model *end = trace_model_at_seq(t, trace_event_count(t), &d);
    bool ok = end && file_agrees(s, &x, end, why) && commands_agree(s, path, &x, why);
    model_free(end);
    trace_close(t);
    free(x.at);
    return ok;
}

static bool one_scenario(const char *scenario) {
    char why[WHY_MAX] = "", path[512], out[512];
    snprintf(path, sizeof path, "%s", temp_path("perfetto.trace"));
    snprintf(out, sizeof out, "%s", temp_path("perfetto.out"));
    Result ran = command("$F run --quiet $D --out %s %s", path, scenario);
    result_free(&ran);
    Result r = command("$F export --as perfetto -o %s %s && $F export --as perfetto %s | cmp - %s", out, path, path, out);
    Seen s = {0};
    bool ok = r.status == 0 && read_file(out, &s) && trace_agrees(path, &s, why);
    if (!ok) printf("\n    %s: %s%s%s\n", scenario, r.err, s.bad, why);
    seen_free(&s);
    result_free(&r);
    return ok;
}

static void every_scenario_shows_what_happened(void) {
    char *list = output_of("ls scenarios/*.lua scenarios/museum/*.lua $S/everything.lua | grep -v '[.]d[.]lua$'");
    size_t count = 0;
    char *save, *name = strtok_r(list, "\n", &save);
    for (; name; name = strtok_r(NULL, "\n", &save), count++) CU_ASSERT(one_scenario(name));
    CU_ASSERT(count > 50);
    free(list);
}

/* ---- one file, read from the first line to the last ---- */

/* main calls C for longer than sysmon looks on: its P goes to the worker. */
static void a_small_file_reads_like_this(void) {
    static const Op main_ops[] = {GO(1), C_CALL(60000)}, worker_ops[] = {COMPUTE(1000)};
    static const Body bodies[] = {BODY("main", main_ops), BODY("worker", worker_ops)};
    Program p = {.bodies = bodies, .body_count = 2};
    uint64_t seen[EV_COUNT] = {0};
    Bytes lines = {0};
    CU_ASSERT(one_program(&p, "a small program", seen, &lines));
    bytes_add(&lines, "", 1);
    check_text("a call that takes long",
               "0 notes: instant RUN_START procs=1 seed=0 event=1\n"
               "0 M1 sysmon: begin sysmon event=1\n"
               "0 main g1: begin runnable event=4 cause=3\n"
               "0 threads: 2\n"
               "0 goroutines runnable: 1\n"
               "90 main g1: end\n"
               "90 main g1: begin running P=0 M=0 event=7 cause=4\n"
               "90 M0: begin main g1 P=0 event=7\n"
               "90 P0: begin main g1 M=0 event=7\n"
               "90 goroutines runnable: 0\n"
               "310 main g1: instant GO_CREATE g=2 event=8 cause=7\n"
               "310 worker g2: begin runnable event=8 cause=7 line=1\n"
               "310 goroutines runnable: 1\n"
               "324 main g1: end\n"
               "324 main g1: begin in C: sleep_in_c P=0 M=0 event=10 cause=9 line=2\n"
               "324 M0: end\n"
               "324 M0: begin in C: sleep_in_c P=0 event=10 line=2\n"
               "324 P0: end\n"
               "324 P0: begin behind C: sleep_in_c M=0 event=10 line=2\n"
               "324 threads in C: 1\n"
               "20000 P0: instant SYSMON_SEES p=\"P0\" m=\"M0\" g=\"g1\" event=12 cause=11\n"
               "40000 M0: instant P_RETAKE P=0 event=14 cause=13\n"
               "40000 P0: end\n"
               "40000 M2: begin starting event=16\n"
               "40000 threads: 3\n"
               "60324 main g1: end\n"
               "60324 main g1: begin runnable event=18 cause=10 line=2\n"
               "60324 M0: end\n"
               "60324 M0: begin parked event=20\n"
               "60324 goroutines runnable: 2\n"
               "60324 threads in C: 0\n"
               "70000 M2: end\n"
               "70000 M2: instant P_ACQUIRE P=0 event=22 cause=21\n"
               "70090 worker g2: end\n"
               "70090 worker g2: begin running P=0 M=2 event=24 cause=8 line=1\n"
               "70090 M2: begin worker g2 P=0 event=24 line=1\n"
               "70090 P0: begin worker g2 M=2 event=24 line=1\n"
               "70090 goroutines runnable: 1\n"
               "71090 worker g2: end\n"
               "71090 M2: end\n"
               "71090 P0: end\n"
               "71180 main g1: end\n"
               "71180 main g1: begin running P=0 M=2 event=28 cause=18 line=2\n"
               "71180 M2: begin main g1 P=0 event=28 line=2\n"
               "71180 P0: begin main g1 M=2 event=28 line=2\n"
               "71180 main g1: end\n"
               "71180 M2: end\n"
               "71180 P0: end\n"
               "71180 notes: instant RUN_END status=0 event=30 cause=29\n"
               "71180 M0: end\n"
               "71180 M1 sysmon: end\n"
               "71180 goroutines runnable: 0\n",
               (const char *)lines.data);
    bytes_free(&lines);
}

/* An extra M and its goroutine serve one thread of C after the other: the slices are called after the one of the day. */
static void who_borrows_an_extra_m_gives_the_name(void) {
    static const Op main_ops[] = {C_THREAD(1), SLEEP(1000000), C_THREAD(2), SLEEP(1000000)};
    static const Op calls_back[] = {CALLBACK(), COMPUTE(1000), CALLBACK_END()};
    static const Body bodies[] = {BODY("main", main_ops), BODY("first", calls_back), BODY("second", calls_back)};
    Program p = {.bodies = bodies, .body_count = 3};
    uint64_t seen[EV_COUNT] = {0};
    Bytes lines = {0};
    CU_ASSERT(one_program(&p, "two borrowers", seen, &lines));
    bytes_add(&lines, "", 1);
    CU_ASSERT_PTR_NOT_NULL(strstr((const char *)lines.data, "P0: begin first g"));
    CU_ASSERT_PTR_NOT_NULL(strstr((const char *)lines.data, "P0: begin second g"));
    bytes_free(&lines);
}

/* A forced collection comes after two minutes, which no random program lasts. */
static void sysmon_wakes_who_forces_a_collection(void) {
    static const Op main_ops[] = {GC(), SLEEP(250000000000u)};
    static const Body bodies[] = {BODY("main", main_ops)};
    Program p = {.bodies = bodies, .body_count = 1};
    uint64_t seen[EV_COUNT] = {0};
    CU_ASSERT(one_program(&p, "four minutes", seen, NULL));
    CU_ASSERT_EQUAL(seen[EV_SYSMON_GC], 2); /* the first one makes the goroutine */
}

static void without_events_there_are_only_groups(void) {
    Seen s = {0};
    Perfetto *w = perfetto_new("");
    perfetto_close(w);
    CU_ASSERT(seen_read(&s, perfetto_out(w)->data, perfetto_out(w)->len));
    CU_ASSERT(s.track_count > 1);
    for (size_t i = 0; i < s.track_count; i++) CU_ASSERT_EQUAL(s.track[i].events, 0);
    check_text("the name above all", "faultline", s.track[0].name);
    seen_free(&s);
    perfetto_free(w);
}

void lens_perfetto_tests(void) {
    static const Check checks[] = {
        {"a small file reads like this", a_small_file_reads_like_this},
        {"who borrows an extra M gives the name", who_borrows_an_extra_m_gives_the_name},
        {"sysmon wakes who forces a collection", sysmon_wakes_who_forces_a_collection},
        {"without events there are only groups", without_events_there_are_only_groups},
        {"random programs show what the model says, after each event", random_programs_show_what_the_model_says},
        {"a changed event breaks no rule of the format", a_changed_event_breaks_no_rule},
        {"every scenario shows what happened", every_scenario_shows_what_happened},
        {0},
    };
    suite("lens: Perfetto", checks);
}

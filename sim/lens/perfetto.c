/* perfetto.c -- who is where, as slices on tracks; who made whom go on, as arrows; how many, as counters.
 *
 * After each event, the tracks of the things that it names are compared with the model: where something else goes on
 * than before, one slice ends there and the next begins. So what a track shows is the model's state, whatever the
 * event was.
 *
 *   Processors (P)  the goroutine that runs there; "behind C" while its thread is in C; "world stopped"
 *   Threads (M)     the goroutine; "in C"; starting, waking, spinning, polling, parked. A gap: it schedules, in Go
 *   Threads of C    "unknown to Go"; "borrows an M"
 *   Goroutines (G)  running; runnable; waiting; "in C". A new slice with each change of state
 *   Device          a queue's commands, one after the other
 *
 * Arrows (flows) begin at an instant on the track of who acts, and end where that takes effect. A flow's number is the
 * event's; a command's is its own number, with the highest bit set.
 *
 *   GO_CREATE, GO_UNBLOCK, CALLBACK   to the goroutine's next slice of running
 *   P_RETAKE, P_HANDOFF               from the thread that had P to the one that takes it, or to P when nobody does
 *   DEV_ENQUEUE                       to the command on its queue
 *
 * Counters have the value of a moment's end: what comes and goes within one nanosecond is not seen. Slices carry the
 * number of their event, which `faultline why --at '#N'` takes; a goroutine's carry the cause's as well.
 *
 * Format:  see perfetto_packet.c
 * Differs: Perfetto's own tracks of CPUs and of a process's threads are not used: Ps are no CPUs, and a goroutine
 *          runs on both. The run queues, sysmon's looks and the way that a value takes through a channel are left
 *          out. Names are cut behind 400 bytes.
 */
#include "perfetto.h"

#include "../event/place.h"
#include "perfetto_packet.h"

#include <stdio.h>
#include <stdlib.h>

typedef unsigned long long Ull;

/* clang-format off */
/* Rows of the first level, in this order. */
#define GROUPS(X)             \
    X(WORLD, "World")         \
    X(P, "Processors (P)")    \
    X(M, "Threads (M)")       \
    X(T, "Threads of C")      \
    X(G, "Goroutines (G)")    \
    X(QUEUE, "Device")        \
    X(CHAN, "Channels")       \
    X(HEAP, "Heap")
typedef enum {
#define X(name, text) GROUP_OF_##name,
    GROUPS(X)
#undef X
    GROUP_OF_COUNT
} TrackGroup;

/* Tracks with slices and instants: LANE(name, group). The first four are one track each. */
#define LANES(X)       \
    X(STOPS, WORLD)    \
    X(NOTES, WORLD)    \
    X(NETWORK, WORLD)  \
    X(FINDINGS, WORLD) \
    X(P, P)            \
    X(M, M)            \
    X(T, T)            \
    X(G, G)            \
    X(QUEUE, QUEUE)
typedef enum {
#define X(name, group) LANE_##name,
    LANES(X)
#undef X
    LANE_COUNT
} LaneKind;

/* What a slice shows: SHOW(name, text, what stands behind the text, if there is one of it). */
#define SHOWS(X)                                \
    X(NOTHING, "", NONE)                        \
    X(GOROUTINE, "", G)                         \
    X(BEHIND_C, "behind C", STR)                \
    X(BEHIND_SYSCALL, "behind a system call", STR) \
    X(LEFT_BEHIND, "left behind by a thread of C", NONE) \
    X(P_STOPPED, "world stopped", NONE)         \
    X(STARTING, "starting", NONE)               \
    X(WAKING, "waking", NONE)                   \
    X(SPINNING, "spinning", NONE)               \
    X(POLLING, "polling the network", NONE)     \
    X(PARKED, "parked", NONE)                   \
    X(LOCKED, "parked, locked to its goroutine", NONE) \
    X(SYSMON, "sysmon", NONE)                   \
    X(SYSMON_ASLEEP, "sysmon, in deep sleep", NONE) \
    X(TEMPLATE, "template thread", NONE)        \
    X(IN_C, "in C", STR)                        \
    X(IN_SYSCALL, "in a system call", STR)      \
    X(RUNNABLE, "runnable", STR)                \
    X(RUNNING, "running", NONE)                 \
    X(CALLBACK, "running, called from C", STR)  \
    X(WAITING, "waiting", STR)                  \
    X(OUTSIDE, "unknown to Go", NONE)           \
    X(BORROWS, "borrows an M", NONE)            \
    X(STOPPING, "stopping the world", STR)      \
    X(STOPPED, "world stopped", STR)            \
    X(COMMAND, "", STR)
typedef enum {
#define X(name, text, of) SHOW_##name,
    SHOWS(X)
#undef X
    SHOW_COUNT
} Show;
static const char *const show_text[SHOW_COUNT] = {
#define X(name, text, of) text,
    SHOWS(X)
#undef X
};

/* COUNTER(name, group, unit, text); from CHAN_VALUES on there is one for each channel or queue. */
#define COUNTERS(X)                                          \
    X(RUNNABLE, WORLD, COUNT, "goroutines runnable")         \
    X(THREADS, WORLD, COUNT, "threads")                      \
    X(IN_C, WORLD, COUNT, "threads in C")                    \
    X(BYTES, HEAP, BYTES, "bytes")                           \
    X(OBJECTS, HEAP, COUNT, "objects")                       \
    X(C_BYTES, HEAP, BYTES, "bytes of C's heap")             \
    X(DRIVER_BYTES, HEAP, BYTES, "bytes of the host that the driver gave") \
    X(DEVICE_BYTES, HEAP, BYTES, "bytes of the device's own") \
    X(PINS, HEAP, COUNT, "pins")                             \
    X(USES, HEAP, COUNT, "addresses that the device holds")  \
    X(CHAN_VALUES, CHAN, COUNT, "values")                    \
    X(CHAN_SENDERS, CHAN, COUNT, "senders waiting")          \
    X(CHAN_RECEIVERS, CHAN, COUNT, "receivers waiting")      \
    X(DEPTH, QUEUE, COUNT, "commands not yet done")
typedef enum {
#define X(name, group, unit, text) COUNTER_##name,
    COUNTERS(X)
#undef X
    COUNTER_COUNT
} CounterKind;
static const struct {
    TrackGroup group;
    PacketUnit unit;
    const char *text;
} counter_spec[COUNTER_COUNT] = {
#define X(name, group, unit, text) {GROUP_OF_##group, PACKET_##unit, text},
    COUNTERS(X)
#undef X
};

/* Events that are told on the track of the first such thing in them, with all that they say. */
static const uint8_t told_on[EV_COUNT] = {
#define X(NAME, lane) [EV_##NAME] = LANE_##lane + 1,
    X(RUN_START, NOTES) X(NOTE, NOTES) X(DEADLOCK, NOTES) X(PANIC, NOTES) X(RUN_END, NOTES)
    X(IMPORT, NOTES) X(LOG, NOTES) X(TASK_BEGIN, NOTES) X(TASK_END, NOTES) X(GC_BEGIN, NOTES) X(GC_END, NOTES)
    X(REGION_BEGIN, G) X(REGION_END, G) X(G_LABEL, G) X(GC_ASSIST, G) X(GC_ASSIST_END, G) X(CPU_SAMPLE, M)
    X(GC_SWEEP, P) X(GC_SWEEP_END, P)
    X(EXPECT_HELD, NOTES) X(EXPECT_FAILED, NOTES) X(EXPECT_UNCHECKED, NOTES)
    X(NET_READY, NETWORK)
    X(TIMER_FIRE, P) X(TIMER_FUNC, P) X(TIMER_SEND, P) X(PREEMPT_ASK, P) X(RUNQ_STEAL, P) X(RUNQ_STEAL_NEXT, P) X(RUNQ_SPILL, P)
    X(SYSMON_SEES, P) X(SYSMON_SPARES, P)
    X(SIGNAL, M) X(SIGNAL_IN_C, M) X(DEV_WAIT, M) X(CTX_CURRENT, M) X(CTX_USE, M)
    X(LOCK_THREAD, G) X(UNLOCK_THREAD, G) X(CHAN_CLOSE, G) X(SELECT, G) X(PIN, G) X(UNPIN, G) X(ACROSS, G)
#undef X
};
static const Kind lane_kind[LANE_COUNT] = {[LANE_P] = KIND_P, [LANE_M] = KIND_M, [LANE_G] = KIND_G};
/* clang-format on */

typedef enum { KEY_EVENT, KEY_CAUSE, KEY_LINE, KEY_P, KEY_M, KEY_G, KEY_TEXT, KEY_PLACE, KEY_TIMES, KEY_BOOK, KEY_COUNT } Key;
static const char *const key_text[KEY_COUNT] = {
    [KEY_EVENT] = "event", [KEY_CAUSE] = "cause", [KEY_LINE] = "line",   [KEY_P] = "P",      [KEY_M] = "M",
    [KEY_G] = "g",         [KEY_TEXT] = "text",   [KEY_PLACE] = "place", [KEY_TIMES] = "times", [KEY_BOOK] = "book"};

#define FLOW_OF_COMMAND ((uint64_t)1 << 63)

/* A track, and the slice that is open on it. All zero: none yet. */
typedef struct {
    uint64_t show, id;  /* Show, and what stands behind its text */
    uint64_t flow;      /* G: what will make it run; P: its hand-over; 0 = none is under way */
    uint64_t m;         /* G: the thread it was on; P: the last that had it; + 1 */
    uint32_t label;     /* G: its name in the file; 0 = none yet */
    bool declared;
} Lane;

/* What a track should show now. No state follows itself, so `show` alone tells one slice from the next. */
typedef struct {
    Show show;
    uint64_t id;         /* what stands behind the text; NONE: nothing */
    uint64_t line, p, m; /* 0 and NONE: not said */
} Want;

typedef struct {
    uint64_t id; /* of the channel or queue */
    uint64_t value, shown;
    uint8_t kind; /* CounterKind */
    bool declared, dirty;
} Counter;

struct Perfetto {
    Packets k;
    struct {
        Lane *at;
        size_t cap;
    } lane[LANE_COUNT];
    struct {
        uint32_t *at; /* by what stands behind it, + 1; 0 = none yet */
        size_t cap;
    } name[SHOW_COUNT];
    uint32_t event_name[EV_COUNT], event_key[EV_COUNT][EVENT_ARGS_MAX]; /* 0 = none yet */
    uint64_t key[KEY_COUNT];
    Counter *counter;
    size_t counter_count, counter_cap;
    size_t *of_chan, *of_queue; /* the first of its counters; 0 = it has none */
    size_t of_chan_cap, of_queue_cap;
    size_t *dirty; /* counters that have changed in this moment */
    size_t dirty_count, dirty_cap;
    LaneKind finder; /* who has found what nobody in particular made ready */
    uint64_t finder_id;
    uint64_t now_ns;
    /* while an event is told: */
    const Model *model;
    const Event *e;
};

/* ---- tracks ---- */

enum { TRACK_ROOT = 1, TRACK_GROUP, TRACK_COUNTER, TRACK_LANE, TRACK_BITS = 4 };
_Static_assert((int)TRACK_LANE + (int)LANE_COUNT <= 1 << TRACK_BITS, "a kind of track has few bits");

static uint64_t uuid(unsigned kind, uint64_t id) { return id << TRACK_BITS | kind; }
static uint64_t lane_uuid(LaneKind kind, uint64_t id) { return uuid(TRACK_LANE + (unsigned)kind, id); }

enum { LABEL_MAX = 512 }; /* a name of 400 bytes, and what stands around it */

static const char *g_label(const Perfetto *w, uint64_t g, char buf[LABEL_MAX]) {
    const char *name = model_g_name(w->model, g);
    uint64_t number = model_g_number(w->model, g);
    snprintf(buf, LABEL_MAX, "%.400s%sg%llu", name, name[0] ? " " : "", (Ull)(number ? number : g));
    return buf;
}

static void m_name(const Perfetto *w, uint64_t m, char buf[LABEL_MAX]) {
    MState state = (MState)w->model->m[m].state;
    const char *what = state == M_SYSMON     ? " sysmon"
                       : state == M_TEMPLATE ? " template thread"
                       : state == M_EXTRA    ? " extra, for threads of C"
                                             : "";
    snprintf(buf, LABEL_MAX, "M%llu%s", (Ull)m, what);
}

static void lane_name(const Perfetto *w, LaneKind kind, uint64_t id, char buf[LABEL_MAX]) {
    switch (kind) {
    case LANE_STOPS: snprintf(buf, LABEL_MAX, "stops"); break;
    case LANE_NOTES: snprintf(buf, LABEL_MAX, "notes"); break;
    case LANE_NETWORK: snprintf(buf, LABEL_MAX, "network"); break;
    case LANE_FINDINGS: snprintf(buf, LABEL_MAX, "findings"); break;
    case LANE_P: snprintf(buf, LABEL_MAX, "P%llu", (Ull)id); break;
    case LANE_M: m_name(w, id, buf); break;
    case LANE_T:
        snprintf(buf, LABEL_MAX, "%.400s t%llu", intern_text(w->model->text, w->model->cthread[id].name), (Ull)id);
        break;
    case LANE_G: g_label(w, id, buf); break;
    case LANE_QUEUE: {
        uint64_t name = w->model->queue[id].name;
        if (name == NONE) snprintf(buf, LABEL_MAX, "queue q%llu", (Ull)id);
        else snprintf(buf, LABEL_MAX, "queue q%llu %.400s", (Ull)id, intern_text(w->model->text, name));
        break;
    }
    case LANE_COUNT: UNREACHABLE();
    }
}

static Lane *lane(Perfetto *w, LaneKind kind, uint64_t id) {
    GROW(w->lane[kind].at, w->lane[kind].cap, id + 1);
    return &w->lane[kind].at[id];
}

/* Its place among its group's tracks: as it stands in LANES, then by its number; counters of the group are below. */
static void declare(Perfetto *w, LaneKind kind, uint64_t id) {
    static const TrackGroup group[LANE_COUNT] = {
#define X(name, group) GROUP_OF_##group,
        LANES(X)
#undef X
    };
    char name[LABEL_MAX];
    Lane *l = lane(w, kind, id);
    if (l->declared) return;
    l->declared = true;
    lane_name(w, kind, id, name);
    uint64_t rank = group[kind] == GROUP_OF_WORLD ? (uint64_t)kind : id;
    packet_track(&w->k, &(PacketTrack){lane_uuid(kind, id), uuid(TRACK_GROUP, group[kind]), name, rank, PACKET_SLICES});
}

/* ---- names ---- */

static uint32_t new_name(Perfetto *w, const char *text) { return (uint32_t)packet_new_name(&w->k, text); }

static uint32_t label(Perfetto *w, uint64_t g) {
    char buf[LABEL_MAX];
    Lane *l = lane(w, LANE_G, g);
    if (l->label == 0) l->label = new_name(w, g_label(w, g, buf));
    return l->label;
}

static uint32_t name(Perfetto *w, Show show, uint64_t id) {
    if (show == SHOW_GOROUTINE) return label(w, id);
    const char *what = intern_text(w->model->text, id), *text = show_text[show];
    uint64_t i = what[0] ? id + 1 : 0;
    GROW(w->name[show].at, w->name[show].cap, i + 1);
    if (w->name[show].at[i] == 0) {
        char buf[LABEL_MAX];
        snprintf(buf, sizeof buf, "%s%s%.400s", text, text[0] && what[0] ? ": " : "", what);
        w->name[show].at[i] = new_name(w, buf);
    }
    return w->name[show].at[i];
}

/* ---- what every event carries ---- */

static void say(Perfetto *w, Key key, uint64_t value) { packet_number(&w->k, w->key[key], value); }

static void say_event(Perfetto *w) {
    say(w, KEY_EVENT, w->e->seq);
    if (w->e->cause) say(w, KEY_CAUSE, w->e->cause);
}
/* Of an imported trace it is a place in the program: "main.go:42". */
static void say_line(Perfetto *w, uint64_t line) {
    char place[PLACE_TEXT_MAX];
    if (place_is_stack(line)) packet_text(&w->k, w->key[KEY_PLACE], place_text(place, w->model->text, line));
    else if (line != 0 && line != NONE) say(w, KEY_LINE, line);
}

static void say_arg(Perfetto *w, unsigned i) {
    const ArgSpec *spec = &event_spec[w->e->kind].arg[i];
    uint64_t value = w->e->arg[i];
    uint32_t *key = &w->event_key[w->e->kind][i];
    char text[32];
    if (value == NONE) return;
    if (spec->kind == KIND_LINE && (value == 0 || place_is_stack(value))) {
        say_line(w, value);
        return;
    }
    if (*key == 0) *key = (uint32_t)packet_new_key(&w->k, spec->name);
    if (spec->kind == KIND_STR) {
        packet_text(&w->k, *key, intern_text(w->model->text, value));
    } else if (kind_is_id[spec->kind]) {
        snprintf(text, sizeof text, "%s%llu", kind_letter[spec->kind], (Ull)value);
        packet_text(&w->k, *key, text);
    } else {
        packet_number(&w->k, *key, value);
    }
}

/* ---- counters ---- */

static size_t new_counter(Perfetto *w, CounterKind kind, uint64_t id) {
    GROW(w->counter, w->counter_cap, w->counter_count + 1);
    w->counter[w->counter_count] = (Counter){.kind = (uint8_t)kind, .id = id};
    return w->counter_count++;
}

static void set(Perfetto *w, size_t i, uint64_t value) {
    Counter *c = &w->counter[i];
    c->value = value;
    if (c->dirty) return;
    c->dirty = true;
    GROW(w->dirty, w->dirty_cap, w->dirty_count + 1);
    w->dirty[w->dirty_count++] = i;
}
static void add(Perfetto *w, CounterKind kind, uint64_t more) { set(w, kind, w->counter[kind].value + more); }
static void take(Perfetto *w, CounterKind kind, uint64_t less) { set(w, kind, w->counter[kind].value - less); }

static void counter_name(const Perfetto *w, const Counter *c, char buf[LABEL_MAX]) {
    const char *text = counter_spec[c->kind].text;
    if (c->kind < COUNTER_CHAN_VALUES) {
        snprintf(buf, LABEL_MAX, "%s", text);
    } else if (c->kind == COUNTER_DEPTH) {
        snprintf(buf, LABEL_MAX, "q%llu: %s", (Ull)c->id, text);
    } else {
        const char *chan = intern_text(w->model->text, w->model->chan[c->id].name);
        snprintf(buf, LABEL_MAX, "%.400s%sc%llu: %s", chan, chan[0] ? " " : "", (Ull)c->id, text);
    }
}

enum { RANK_COUNTERS = 100000 }; /* behind the tracks with slices of their group */

static void declare_counter(Perfetto *w, size_t i) {
    char name[LABEL_MAX];
    Counter *c = &w->counter[i];
    c->declared = true;
    counter_name(w, c, name);
    packet_track(&w->k, &(PacketTrack){uuid(TRACK_COUNTER, i), uuid(TRACK_GROUP, counter_spec[c->kind].group), name,
                                       RANK_COUNTERS + i, counter_spec[c->kind].unit});
}

/* The moment is over. */
static void show_counters(Perfetto *w) {
    for (size_t n = 0; n < w->dirty_count; n++) {
        size_t i = w->dirty[n];
        Counter *c = &w->counter[i];
        c->dirty = false;
        if (c->declared && c->value == c->shown) continue;
        if (!c->declared) declare_counter(w, i);
        c->shown = c->value;
        packet_begin(&w->k, PACKET_COUNTER, uuid(TRACK_COUNTER, i));
        packet_value(&w->k, c->value);
        packet_end(&w->k, w->now_ns);
    }
    w->dirty_count = 0;
}

/* ---- slices ---- */

static bool runs(uint64_t show) { return show == SHOW_RUNNING || show == SHOW_CALLBACK; }

/* +1 or -1: a slice that shows this begins or ends. */
static void count(Perfetto *w, LaneKind kind, uint64_t show, bool begins) {
    CounterKind c = COUNTER_COUNT;
    if (kind == LANE_G && show == SHOW_RUNNABLE) c = COUNTER_RUNNABLE;
    if (kind == LANE_M && show == SHOW_IN_C) c = COUNTER_IN_C;
    if (c == COUNTER_COUNT) return;
    if (begins) add(w, c, 1);
    else take(w, c, 1);
}

static void slice_end(Perfetto *w, LaneKind kind, uint64_t id) {
    Lane *l = lane(w, kind, id);
    count(w, kind, l->show, false);
    l->show = SHOW_NOTHING;
    packet_begin(&w->k, PACKET_SLICE_END, lane_uuid(kind, id));
    packet_end(&w->k, w->now_ns);
}

static void slice_begin(Perfetto *w, LaneKind kind, uint64_t id, const Want *v) {
    Lane *l = lane(w, kind, id);
    uint32_t shown = name(w, v->show, v->id);
    declare(w, kind, id);
    l->show = v->show;
    l->id = v->id;
    count(w, kind, v->show, true);
    packet_begin(&w->k, PACKET_SLICE, lane_uuid(kind, id));
    packet_name(&w->k, shown);
    if (v->p != NONE) say(w, KEY_P, v->p);
    if (v->m != NONE) say(w, KEY_M, v->m);
    say(w, KEY_EVENT, w->e->seq);
    if (w->e->cause && kind == LANE_G) say(w, KEY_CAUSE, w->e->cause); /* once is enough: it is most of the bytes */
    say_line(w, v->line);
    if (kind == LANE_QUEUE) packet_ends_flow(&w->k, FLOW_OF_COMMAND | model_running_cmd(w->model, id));
    if (kind == LANE_G && runs(v->show) && l->flow) {
        packet_ends_flow(&w->k, l->flow);
        l->flow = 0;
    }
    packet_end(&w->k, w->now_ns);
}

static void turn(Perfetto *w, LaneKind kind, uint64_t id, const Want *v) {
    Lane *l = lane(w, kind, id);
    if (l->show == v->show) return;
    if (l->show != SHOW_NOTHING) slice_end(w, kind, id);
    if (v->show != SHOW_NOTHING) slice_begin(w, kind, id, v);
}

/* ---- what the model says ---- */

static const Want nothing = {.show = SHOW_NOTHING, .id = NONE, .p = NONE, .m = NONE};

static Want want(Show show, uint64_t id) { return (Want){.show = show, .id = id, .p = NONE, .m = NONE}; }

static Want p_shows(const Perfetto *w, uint64_t p) {
    const Model *m = w->model;
    const ModelP *pp = &m->p[p];
    Want v = nothing;
    if (pp->m < m->m_count) {
        const ModelM *mp = &m->m[pp->m];
        const ModelG *gp = mp->g < m->g_count ? &m->g[mp->g] : NULL;
        if (mp->state == M_EXTRA) v = want(SHOW_LEFT_BEHIND, NONE);
        else if (mp->state == M_IN_C && gp) v = want(mp->syscall ? SHOW_BEHIND_SYSCALL : SHOW_BEHIND_C, model_c_function(m, mp->g));
        else if (gp && gp->state == G_RUNNING) v = want(SHOW_GOROUTINE, mp->g);
        if (gp) v.line = gp->line;
        v.m = pp->m;
    }
    if (m->imported && pp->m == NONE && pp->state == P_SYSCALL) v = want(SHOW_LEFT_BEHIND, NONE);
    if (v.show == SHOW_NOTHING && pp->state == P_GCSTOP) v = want(SHOW_P_STOPPED, NONE);
    return v;
}

static Show m_state_shows(const Model *m, MState state) {
    static const Show shows[M_COUNT] = {
        [M_STARTING] = SHOW_STARTING, [M_SPINNING] = SHOW_SPINNING, [M_PARKED] = SHOW_PARKED,
        [M_WAKING] = SHOW_WAKING,     [M_POLLING] = SHOW_POLLING,   [M_LOCKED] = SHOW_LOCKED,
        [M_SYSMON] = SHOW_SYSMON,     [M_TEMPLATE] = SHOW_TEMPLATE, [M_WEDGED] = SHOW_PARKED,
    };
    return state == M_SYSMON && m->sysmon_asleep ? SHOW_SYSMON_ASLEEP : shows[state];
}

static Want m_shows(const Perfetto *w, uint64_t id) {
    const Model *m = w->model;
    const ModelM *mp = &m->m[id];
    const ModelG *gp = mp->g < m->g_count ? &m->g[mp->g] : NULL;
    Want v = want(m_state_shows(m, (MState)mp->state), NONE);
    if (mp->state == M_IN_C && gp) v = want(mp->syscall ? SHOW_IN_SYSCALL : SHOW_IN_C, model_c_function(m, mp->g));
    else if (mp->state == M_RUNNING && gp && gp->state == G_RUNNING) v = want(SHOW_GOROUTINE, mp->g);
    else return v;
    v.line = gp->line;
    v.p = mp->p;
    return v;
}

static Want g_shows(const Perfetto *w, uint64_t id) {
    const ModelG *gp = &w->model->g[id];
    Want v;
    switch ((GState)gp->state) {
    case G_RUNNABLE: v = want(SHOW_RUNNABLE, gp->reason); break;
    case G_WAITING: v = want(SHOW_WAITING, gp->reason); break;
    case G_SYSCALL: v = want(model_in_system_call(w->model, id) ? SHOW_IN_SYSCALL : SHOW_IN_C, model_c_function(w->model, id)); break;
    case G_RUNNING:
        v = gp->callbacks ? want(SHOW_CALLBACK, gp->fn) : want(SHOW_RUNNING, NONE);
        break;
    default: return nothing;
    }
    v.line = gp->line;
    v.p = gp->p;
    v.m = gp->m;
    return v;
}

static Want t_shows(const Model *m, uint64_t id) {
    const ModelCThread *tp = &m->cthread[id];
    if (tp->ended) return nothing;
    Want v = want(tp->m == NONE ? SHOW_OUTSIDE : SHOW_BORROWS, NONE);
    v.line = tp->line;
    v.m = tp->m;
    return v;
}

static Want queue_shows(const Model *m, uint64_t id) {
    uint64_t cmd = model_running_cmd(m, id);
    if (cmd == NONE) return nothing;
    Want v = want(SHOW_COMMAND, m->cmd[cmd].name);
    v.line = m->cmd[cmd].line;
    return v;
}

static Want stops_show(const Model *m) {
    if (m->stw_g == NONE) return nothing;
    Want v = want(m->stw_stopped ? SHOW_STOPPED : SHOW_STOPPING, m->stw_reason);
    if (m->stw_g < m->g_count) v.line = m->g[m->stw_g].line;
    return v;
}

/* ---- what an event has changed ---- */

static void look_p(Perfetto *w, uint64_t p) {
    if (p >= w->model->p_count) return;
    Want v = p_shows(w, p);
    turn(w, LANE_P, p, &v);
    if (w->model->p[p].m != NONE) lane(w, LANE_P, p)->m = w->model->p[p].m + 1;
}

static void look_m(Perfetto *w, uint64_t m) {
    if (m >= w->model->m_count) return;
    Want v = m_shows(w, m);
    turn(w, LANE_M, m, &v);
    look_p(w, w->model->m[m].p);
}

/* With the thread that it has left, and the one that it is on. */
static void look_g(Perfetto *w, uint64_t g) {
    if (g >= w->model->g_count) return;
    Want v = g_shows(w, g);
    Lane *l = lane(w, LANE_G, g);
    uint64_t was = l->m;
    l->m = w->model->g[g].m == NONE ? 0 : w->model->g[g].m + 1;
    turn(w, LANE_G, g, &v);
    if (was) look_m(w, was - 1);
    look_m(w, w->model->g[g].m);
}

static void look_t(Perfetto *w, uint64_t t) {
    if (t >= w->model->cthread_count) return;
    Want v = t_shows(w->model, t);
    turn(w, LANE_T, t, &v);
}

static void look_cmd(Perfetto *w, uint64_t cmd) {
    if (cmd >= w->model->cmd_count || w->model->cmd[cmd].queue == NONE) return;
    Want v = queue_shows(w->model, w->model->cmd[cmd].queue);
    turn(w, LANE_QUEUE, w->model->cmd[cmd].queue, &v);
}

static void look_chan(Perfetto *w, uint64_t c) {
    if (c >= w->model->chan_count) return;
    const ModelChan *cp = &w->model->chan[c];
    GROW(w->of_chan, w->of_chan_cap, c + 1);
    if (w->of_chan[c] == 0) {
        w->of_chan[c] = new_counter(w, COUNTER_CHAN_VALUES, c);
        new_counter(w, COUNTER_CHAN_SENDERS, c);
        new_counter(w, COUNTER_CHAN_RECEIVERS, c);
    }
    size_t i = w->of_chan[c];
    if (cp->cap > 0) set(w, i, cp->count);
    if (w->counter[i + 1].value != cp->sendq.count) set(w, i + 1, cp->sendq.count);
    if (w->counter[i + 2].value != cp->recvq.count) set(w, i + 2, cp->recvq.count);
}

static void look(Perfetto *w, Kind kind, uint64_t id) {
    switch (kind) {
    case KIND_G: look_g(w, id); break;
    case KIND_P: look_p(w, id); break;
    case KIND_M: look_m(w, id); break;
    case KIND_CTHREAD: look_t(w, id); break;
    case KIND_CMD: look_cmd(w, id); break;
    case KIND_CHAN: look_chan(w, id); break;
    default: break;
    }
}

/* What changes without being named. */
static void look_beyond(Perfetto *w) {
    Want v;
    switch ((EventKind)w->e->kind) {
    case EV_RUN_START:
        look_m(w, 0);
        look_m(w, 1);
        break;
    case EV_SELECT: /* it may have left the queues of others */
        for (uint64_t c = 0; w->e->arg[4] == 0 && w->e->arg[2] != NONE && c < w->model->chan_count; c++) look_chan(w, c);
        break;
    case EV_PROCS:
        for (uint64_t p = 0; p < w->model->p_count; p++) look_p(w, p);
        break;
    case EV_SYSMON_SLEEP:
    case EV_SYSMON_WAKE: look_m(w, 1); break;
    case EV_STW_BEGIN:
    case EV_STW_STOPPED:
    case EV_STW_END:
        v = stops_show(w->model);
        turn(w, LANE_STOPS, 0, &v);
        break;
    default: break;
    }
}

/* ---- instants and arrows ---- */

static void instant(Perfetto *w, LaneKind kind, uint64_t id, uint32_t name) {
    declare(w, kind, id);
    packet_begin(&w->k, PACKET_INSTANT, lane_uuid(kind, id));
    if (name) packet_name(&w->k, name);
}

static uint32_t event_name(Perfetto *w) {
    uint32_t *n = &w->event_name[w->e->kind];
    if (*n == 0) *n = new_name(w, event_spec[w->e->kind].name);
    return *n;
}

static bool there_is(const Model *m, LaneKind kind, uint64_t id) {
    switch (kind) {
    case LANE_G: return id < m->g_count;
    case LANE_P: return id < m->p_count;
    case LANE_M: return id < m->m_count;
    default: return id == 0;
    }
}

/* The event itself, on its own track; a note's text is its name. A use of a context is told when it went wrong. */
static void tell(Perfetto *w) {
    const Event *e = w->e;
    if (told_on[e->kind] == 0 || (e->kind == EV_CTX_USE && e->arg[4])) return;
    LaneKind kind = (LaneKind)(told_on[e->kind] - 1);
    Kind thing = lane_kind[kind];
    uint64_t id = kind == LANE_NOTES || kind == LANE_NETWORK ? 0 : event_first(e, thing);
    if (!there_is(w->model, kind, id)) return;
    bool note = e->kind == EV_NOTE;
    instant(w, kind, id, note ? 0 : event_name(w));
    if (note) packet_plain_name(&w->k, intern_text(w->model->text, e->arg[1]));
    for (unsigned i = 0; i < event_spec[e->kind].arg_count; i++) {
        if (!note || i != 1) say_arg(w, i);
    }
    say_event(w);
    packet_end(&w->k, w->now_ns);
}

/* An arrow leaves from there, named as the event. */
static void flow_from(Perfetto *w, LaneKind kind, uint64_t id, Key what, uint64_t whom) {
    instant(w, kind, id, event_name(w));
    say(w, what, whom);
    say_event(w);
    packet_flow(&w->k, w->e->seq);
    packet_end(&w->k, w->now_ns);
}

/* G will run because of this. */
static void makes_run(Perfetto *w, LaneKind kind, uint64_t id, uint64_t g) {
    if (!there_is(w->model, kind, id) || !there_is(w->model, LANE_G, g)) return;
    if (lane(w, LANE_G, g)->flow) return; /* what began it is still under way */
    lane(w, LANE_G, g)->flow = w->e->seq;
    flow_from(w, kind, id, KEY_G, g);
}

static void ready(Perfetto *w, uint64_t g, uint64_t by) {
    if (by != NONE) makes_run(w, LANE_G, by, g);
    else makes_run(w, w->finder, w->finder_id, g);
}
static void found(Perfetto *w, LaneKind kind, uint64_t id) {
    if (!there_is(w->model, kind, id)) return;
    w->finder = kind;
    w->finder_id = id;
}

/* P leaves its thread: the last that had it. */
static void hand_over(Perfetto *w, uint64_t p) {
    if (!there_is(w->model, LANE_P, p)) return;
    Lane *l = lane(w, LANE_P, p);
    if (l->flow || l->m == 0) return;
    l->flow = w->e->seq;
    flow_from(w, LANE_M, l->m - 1, KEY_P, p);
}
/* It has arrived, there. */
static void handed_over(Perfetto *w, uint64_t p, LaneKind kind, uint64_t id) {
    if (!there_is(w->model, LANE_P, p) || lane(w, LANE_P, p)->flow == 0) return;
    instant(w, kind, id, event_name(w));
    say(w, KEY_P, p);
    say_event(w);
    packet_ends_flow(&w->k, lane(w, LANE_P, p)->flow);
    packet_end(&w->k, w->now_ns);
    lane(w, LANE_P, p)->flow = 0;
}

static void enqueue(Perfetto *w, uint64_t cmd, uint64_t g) {
    const ModelCmd *c = &w->model->cmd[cmd];
    if (!there_is(w->model, LANE_G, g)) return;
    instant(w, LANE_G, g, event_name(w));
    for (unsigned i = 0; i < event_spec[EV_DEV_ENQUEUE].arg_count; i++) say_arg(w, i);
    say_event(w);
    packet_flow(&w->k, FLOW_OF_COMMAND | cmd);
    packet_end(&w->k, w->now_ns);
    GROW(w->of_queue, w->of_queue_cap, c->queue + 1);
    if (w->of_queue[c->queue] == 0) w->of_queue[c->queue] = new_counter(w, COUNTER_DEPTH, c->queue);
    set(w, w->of_queue[c->queue], w->model->queue[c->queue].depth);
}
static void done(Perfetto *w, uint64_t cmd) {
    const ModelCmd *c = &w->model->cmd[cmd];
    take(w, COUNTER_USES, c->arg_count);
    if (c->queue < w->of_queue_cap && w->of_queue[c->queue]) set(w, w->of_queue[c->queue], w->model->queue[c->queue].depth);
}

/* An extra M has no slice before a thread of C borrows it, and its goroutine is named after each borrower. */
static void borrowed(Perfetto *w, uint64_t g) {
    if (there_is(w->model, LANE_G, g)) lane(w, LANE_G, g)->label = 0;
}

static CounterKind counter_of(uint64_t memory) {
    return memory == MEM_C ? COUNTER_C_BYTES : memory == MEM_DEVICE ? COUNTER_DEVICE_BYTES : COUNTER_DRIVER_BYTES;
}

/* Before the slices turn: what begins an arrow, and what counts. */
static void act(Perfetto *w) {
    const uint64_t *a = w->e->arg;
    switch ((EventKind)w->e->kind) {
    case EV_RUN_START: set(w, COUNTER_THREADS, 2); break;
    case EV_M_NEW:
    case EV_M_SEEN:
    case EV_M_TEMPLATE: add(w, COUNTER_THREADS, 1); break;
    case EV_HEAP_LIVE: set(w, COUNTER_BYTES, a[0]); break;
    case EV_M_END: take(w, COUNTER_THREADS, 1); break;
    case EV_G_NUMBER: borrowed(w, a[0]); break; /* its number here may have been another's */
    case EV_GO_CREATE: makes_run(w, LANE_G, a[1], a[0]); break;
    case EV_GO_UNBLOCK: ready(w, a[0], a[1]); break;
    case EV_CALLBACK: makes_run(w, LANE_G, a[0], a[0]); break;
    case EV_NET_READY: found(w, LANE_NETWORK, 0); break;
    case EV_TIMER_FIRE:
    case EV_TIMER_SEND: found(w, LANE_P, a[1]); break;
    case EV_TIMER_FUNC: found(w, LANE_P, a[0]); break;
    case EV_GC_WORKER: found(w, LANE_P, a[1]); break;
    case EV_SYSMON_GC: found(w, LANE_M, 1); break;
    case EV_P_RETAKE:
    case EV_P_HANDOFF: hand_over(w, a[0]); break;
    case EV_P_ACQUIRE: handed_over(w, a[0], LANE_M, a[1]); break;
    case EV_P_IDLE_PUT:
    case EV_P_STOP: handed_over(w, a[0], LANE_P, a[0]); break;
    case EV_NEEDM: borrowed(w, a[2]); break;
    case EV_EXTRA_NEW: declare(w, LANE_M, a[0]); break;
    case EV_OBJ_NEW:
        add(w, COUNTER_BYTES, a[1]);
        add(w, COUNTER_OBJECTS, 1);
        break;
    case EV_OBJ_FREE:
        take(w, COUNTER_BYTES, w->model->obj[a[0]].bytes);
        take(w, COUNTER_OBJECTS, 1);
        break;
    case EV_MEM_NEW:
        if (a[1] != MEM_STACK) add(w, counter_of(a[1]), a[2]);
        break;
    case EV_MEM_FREE:
        if (a[2] != NONE) take(w, counter_of(w->model->obj[a[2]].memory), w->model->obj[a[2]].bytes);
        break;
    case EV_PIN: add(w, COUNTER_PINS, 1); break;
    case EV_UNPIN: take(w, COUNTER_PINS, 1); break;
    case EV_DEV_ARG: add(w, COUNTER_USES, 1); break;
    case EV_DEV_ENQUEUE: enqueue(w, a[0], a[2]); break;
    case EV_DEV_DONE: done(w, a[0]); break;
    default: break;
    }
}

/* ---- life ---- */

Perfetto *perfetto_new(const char *title) {
    static const char *const group[] = {
#define X(name, text) text,
        GROUPS(X)
#undef X
    };
    Perfetto *w = mem_zero(1, sizeof *w);
    packet_start(&w->k);
    packet_track(&w->k, &(PacketTrack){uuid(TRACK_ROOT, 0), 0, title[0] ? title : "faultline", 0, PACKET_SLICES});
    for (uint64_t i = 0; i < GROUP_OF_COUNT; i++)
        packet_track(&w->k, &(PacketTrack){uuid(TRACK_GROUP, i), uuid(TRACK_ROOT, 0), group[i], i, PACKET_SLICES});
    for (int i = 0; i < KEY_COUNT; i++) w->key[i] = packet_new_key(&w->k, key_text[i]);
    for (CounterKind i = 0; i < COUNTER_CHAN_VALUES; i++) new_counter(w, i, 0);
    w->finder = LANE_NETWORK;
    return w;
}

void perfetto_event(Perfetto *w, const Model *after, const Event *e) {
    w->model = after;
    w->e = e;
    if (e->time_ns > w->now_ns) show_counters(w);
    w->now_ns = e->time_ns;
    if (e->kind >= EV_COUNT) return; /* from a newer program */
    tell(w);
    act(w);
    for (unsigned i = 0; i < event_spec[e->kind].arg_count; i++) look(w, event_spec[e->kind].arg[i].kind, e->arg[i]);
    look_beyond(w);
}

void perfetto_close(Perfetto *w) {
    for (LaneKind kind = 0; kind < LANE_COUNT; kind++) {
        for (size_t id = 0; id < w->lane[kind].cap; id++) {
            if (w->lane[kind].at[id].show == SHOW_NOTHING) continue;
            packet_begin(&w->k, PACKET_SLICE_END, lane_uuid(kind, id));
            packet_end(&w->k, w->now_ns);
        }
    }
    show_counters(w);
}

void perfetto_finding(Perfetto *w, const Finding *f) {
    const FindingSpec *spec = finding_spec(f->kind);
    instant(w, LANE_FINDINGS, 0, 0);
    packet_plain_name(&w->k, spec->key);
    packet_text(&w->k, w->key[KEY_TEXT], f->text);
    packet_text(&w->k, w->key[KEY_BOOK], spec->book);
    say(w, KEY_TIMES, f->times);
    say(w, KEY_EVENT, f->seq);
    say_line(w, f->line);
    packet_end(&w->k, f->time_ns);
}

Bytes *perfetto_out(Perfetto *w) { return &w->k.out; }

void perfetto_free(Perfetto *w) {
    if (w == NULL) return;
    packet_free(&w->k);
    for (int i = 0; i < LANE_COUNT; i++) free(w->lane[i].at);
    for (int i = 0; i < SHOW_COUNT; i++) free(w->name[i].at);
    free(w->counter);
    free(w->of_chan);
    free(w->of_queue);
    free(w->dirty);
    free(w);
}

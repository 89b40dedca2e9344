/* event.c -- the tables made from events.def, and an event as bytes. */
#include "event.h"

#include <string.h>

#define A(name, kind) {#name, KIND_##kind},
#define EVENT(NAME, GROUP, INK, KEY, ARGS, DOC)                                                    \
    [EV_##NAME] = {                                                                                \
        #NAME, KEY, DOC, GROUP_##GROUP, INK_##INK, sizeof(Ev_##NAME) / sizeof(uint64_t), {ARGS}},
const EventSpec event_spec[EV_COUNT] = {
#include "events.def"
};
#undef EVENT
#undef A

#define X(name, letter, id) [KIND_##name] = #name,
const char *const kind_name[KIND_COUNT_] = {KINDS(X)};
#undef X
#define X(name, letter, id) [KIND_##name] = letter,
const char *const kind_letter[KIND_COUNT_] = {KINDS(X)};
#undef X
#define X(name, letter, id) [KIND_##name] = id,
const bool kind_is_id[KIND_COUNT_] = {KINDS(X)};
#undef X

const char *const memory_name[MEM_COUNT] = {"the Go heap", "C's heap", "page-locked memory", "the device's memory",
                                            "shared memory", "a goroutine's stack"};
const char *const group_name[GROUP_COUNT] = {"run", "sched", "queue", "world", "sysmon",
                                             "cgo", "chan",  "heap",  "dev",   "sync"};
const char *const sync_name[SYNC_KINDS] = {"sync.Mutex", "sync.RWMutex",       "sync.WaitGroup", "sync.Once",
                                           "sync.Cond",  "semaphore.Weighted", "errgroup.Group", "C's mutex"};
const char *const ink_name[INK_COUNT] = {"note",   "born",    "run",    "wait",
                                         "stolen", "foreign", "device", "stopped"};

uint64_t event_arg(const Event *e, const char *name) {
    if (e->kind >= EV_COUNT) return NONE;
    const EventSpec *spec = &event_spec[e->kind];
    for (int i = 0; i < spec->arg_count; i++) {
        if (strcmp(spec->arg[i].name, name) == 0) return e->arg[i];
    }
    return NONE;
}

uint64_t event_first(const Event *e, Kind kind) {
    if (e->kind >= EV_COUNT) return NONE;
    const EventSpec *spec = &event_spec[e->kind];
    for (int i = 0; i < spec->arg_count; i++) {
        if (spec->arg[i].kind == kind) return e->arg[i];
    }
    return NONE;
}

bool event_mentions(const Event *e, Kind kind, uint64_t id) {
    if (e->kind >= EV_COUNT) return false;
    const EventSpec *spec = &event_spec[e->kind];
    for (int i = 0; i < spec->arg_count; i++) {
        if (spec->arg[i].kind == kind && e->arg[i] == id) return true;
    }
    return false;
}

EventKind event_kind_by_name(const char *name) {
    for (int i = 0; i < EV_COUNT; i++) {
        if (strcmp(event_spec[i].name, name) == 0) return (EventKind)i;
    }
    return EV_COUNT;
}

const EventTable *event_table(void) {
    static EventTable table; /* filled once, always with the same bytes */
    if (table.count == 0) {
        for (int k = 0; k < EV_COUNT; k++) {
            table.row[k].arg_count = event_spec[k].arg_count;
            table.row[k].ours = (uint8_t)k;
            for (uint8_t i = 0; i < event_spec[k].arg_count; i++) {
                table.row[k].is_id[i] = kind_is_id[event_spec[k].arg[i].kind];
                table.row[k].to[i] = i;
            }
            event_row_compare(&table.row[k]);
        }
        table.count = EV_COUNT;
    }
    return &table;
}

uint8_t *event_encode(uint8_t *p, const Event *e, uint64_t previous_ns) {
    ASSERT(e->kind < EV_COUNT);
    ASSERT(e->time_ns >= previous_ns);
    ASSERT(e->cause < e->seq);
    const EventSpec *spec = &event_spec[e->kind];
    p = varint_put(p, e->kind);
    p = varint_put(p, e->time_ns - previous_ns);
    p = varint_put(p, e->cause ? e->seq - e->cause : 0);
    for (int i = 0; i < spec->arg_count; i++)
        p = varint_put(p, e->arg[i] + kind_is_id[spec->arg[i].kind]);
    return p;
}

/* Most numbers are small: one byte, no loop. */
static inline const uint8_t *get(const uint8_t *p, const uint8_t *end, uint64_t *v) {
    if (p != end && *p < 0x80) {
        *v = *p;
        return p + 1;
    }
    return varint_get(p, end, v);
}

/* A row that differs from ours: what the file lacks is NONE, what we lack is dropped. */
static const uint8_t *decode_foreign(const uint8_t *p, const uint8_t *end, const EventRow *row,
                                     Event *e) {
    for (int i = 0; i < EVENT_ARGS_MAX; i++) e->arg[i] = NONE;
    for (int i = 0; i < row->arg_count; i++) {
        uint64_t v;
        if ((p = get(p, end, &v)) == NULL) return NULL;
        if (row->to[i] < EVENT_ARGS_MAX) e->arg[row->to[i]] = v - row->is_id[i];
    }
    return p;
}

const uint8_t *event_decode_long(const uint8_t *p, const uint8_t *end, uint64_t previous_ns, const EventTable *t, Event *e) {
    uint64_t kind, dt, back;
    if ((p = get(p, end, &kind)) == NULL || kind >= t->count) return NULL;
    if ((p = get(p, end, &dt)) == NULL || dt > UINT64_MAX - previous_ns) return NULL;
    if ((p = get(p, end, &back)) == NULL || back >= e->seq) return NULL;
    const EventRow *row = &t->row[kind];
    e->time_ns = previous_ns + dt;
    e->cause = back ? e->seq - back : 0;
    e->kind = row->ours;
    if (!row->same) return decode_foreign(p, end, row, e);
    for (int i = 0; i < row->arg_count; i++) {
        uint64_t v;
        if ((p = get(p, end, &v)) == NULL) return NULL;
        e->arg[i] = v - row->is_id[i];
    }
    return p;
}

void event_row_compare(EventRow *row) {
    row->same = row->ours < EV_COUNT && row->arg_count == event_spec[row->ours].arg_count;
    for (int i = 0; row->same && i < row->arg_count; i++) row->same = row->to[i] == i;
    int bytes = 3 + row->arg_count;
    uint8_t high[8] = {0};
    row->fits = row->same && bytes <= 8;
    for (int i = 0; row->fits && i < bytes; i++) high[i] = 0x80;
    memcpy(&row->high, high, sizeof high);
}

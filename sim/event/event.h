/* event.h -- the vocabulary that everything shares: what an event is, and how it is written down.
 *
 * An event has a virtual time (ns), a sequence number (from 1, without gaps), the sequence number of
 * the event that caused it (0 = none, always smaller than its own), a kind, and up to EVENT_ARGS_MAX
 * arguments. Rows are in events.def; the legal changes of state in states.def.
 *
 * Encoded, an event is: kind (varint), time since the one before, how far back its cause lies (0 =
 * none), and its arguments, all varints; a thing's id is written as id + 1, so that NONE is one byte.
 */
#ifndef FAULTLINE_EVENT_H
#define FAULTLINE_EVENT_H

#include "../base/base.h"
#include "../base/bytes.h"

#include <string.h>

enum { EVENT_ARGS_MAX = 6 };
#define NONE UINT64_MAX /* no such thing, in any id */

/* clang-format off */
/* KIND(name, letter before the number, is it the id of a thing) */
#define KINDS(X)          \
    X(G, "g", 1)          \
    X(P, "P", 1)          \
    X(M, "M", 1)          \
    X(CHAN, "c", 1)       \
    X(OBJ, "o", 1)        \
    X(QUEUE, "q", 1)      \
    X(CMD, "k", 1)        \
    X(CTHREAD, "t", 1)    \
    X(CTX, "x", 1)        \
    X(SYNC, "s", 1)       \
    X(CONTEXT, "ctx", 1)  \
    X(STR, "", 1)         \
    X(LINE, "", 0)        \
    X(NS, "", 0)          \
    X(COUNT, "", 0)       \
    X(BYTES, "", 0)       \
    X(ADDR, "0x", 0)      \
    X(FLAG, "", 0)
/* clang-format on */

typedef enum {
#define X(name, letter, id) KIND_##name,
    KINDS(X)
#undef X
        KIND_COUNT_ /* KIND_COUNT is a kind */
} Kind;

/* Ids of different things are different types, so that they do not mix. */
#define X(name, letter, id)                                                                        \
    typedef struct {                                                                               \
        uint64_t v;                                                                                \
    } Id_##name;
KINDS(X)
#undef X

typedef enum {
    GROUP_RUN,
    GROUP_SCHED,
    GROUP_QUEUE,
    GROUP_WORLD,
    GROUP_SYSMON,
    GROUP_CGO,
    GROUP_CHAN,
    GROUP_HEAP,
    GROUP_DEV,
    GROUP_SYNC,
    GROUP_COUNT
} Group;

/* Who gives the memory, and so who can take it back, or move it. */
typedef enum {
    MEM_GO,     /* the Go heap: the collector */
    MEM_C,      /* C's heap: free */
    MEM_LOCKED, /* page-locked memory of the host: the driver */
    MEM_DEVICE, /* the device's own: the driver */
    MEM_SHARED, /* host and device use it by the same address: the driver */
    MEM_STACK,  /* a goroutine's stack: nobody; it moves when the stack grows */
    MEM_COUNT
} Memory;
extern const char *const memory_name[MEM_COUNT]; /* "the Go heap" ... */

/* What package sync has, and what is built on it. */
typedef enum {
    SYNC_MUTEX,
    SYNC_RWMUTEX,
    SYNC_WAITGROUP,
    SYNC_ONCE,
    SYNC_COND,
    SYNC_WEIGHTED,
    SYNC_ERRGROUP,
    SYNC_PTHREAD, /* not of that package: a mutex of C's */
    SYNC_KINDS
} SyncKind;
extern const char *const sync_name[SYNC_KINDS]; /* "sync.Mutex" ... */
/* Where one waits at such a thing; only an RWMutex has the last two. */
typedef enum { SYNC_Q_MAIN, SYNC_Q_READERS, SYNC_Q_WRITER, SYNC_QUEUES } SyncQueue;

/* A colour role; the visualizer's theme turns it into a colour. */
typedef enum {
    INK_NOTE,
    INK_BORN,
    INK_RUN,
    INK_WAIT,
    INK_STOLEN,
    INK_FOREIGN,
    INK_DEVICE,
    INK_STOPPED,
    INK_COUNT
} Ink;

typedef enum {
#define EVENT(NAME, GROUP, INK, KEY, ARGS, DOC) EV_##NAME,
#include "events.def"
#undef EVENT
    EV_COUNT
} EventKind;

/* Typed payloads: Ev_GO_START has members g, p, m, inherit of types Id_G, Id_P ... */
#define A(name, kind) Id_##kind name;
#define EVENT(NAME, GROUP, INK, KEY, ARGS, DOC)                                                    \
    typedef struct {                                                                               \
        ARGS                                                                                       \
    } Ev_##NAME;                                                                                   \
    _Static_assert(sizeof(Ev_##NAME) <= EVENT_ARGS_MAX * sizeof(uint64_t),                         \
                   #NAME " has too many arguments");
#include "events.def"
#undef EVENT
#undef A

typedef struct {
    const char *name;
    Kind kind;
} ArgSpec;

typedef struct {
    const char *name;
    const char *key; /* explanation: a heading in book-notes/events.md */
    const char *doc;
    Group group;
    Ink ink;
    uint8_t arg_count;
    ArgSpec arg[EVENT_ARGS_MAX];
} EventSpec;

extern const EventSpec event_spec[EV_COUNT];
extern const char *const kind_name[KIND_COUNT_];   /* "G", "NS", ... */
extern const char *const kind_letter[KIND_COUNT_]; /* "g" of g7; "" where there is none */
extern const bool kind_is_id[KIND_COUNT_];
extern const char *const group_name[GROUP_COUNT];
extern const char *const ink_name[INK_COUNT];

typedef struct {
    uint64_t time_ns;
    uint64_t seq;
    uint64_t cause;
    uint32_t kind; /* EventKind */
    uint64_t arg[EVENT_ARGS_MAX];
} Event;

/* The argument called `name`, or NONE when this event has none of that name. */
uint64_t event_arg(const Event *e, const char *name);
/* The first argument of that kind, or NONE. */
uint64_t event_first(const Event *e, Kind kind);
/* Does the event mention this thing? */
bool event_mentions(const Event *e, Kind kind, uint64_t id);
/* The kind with this name ("GO_START"), or EV_COUNT. */
EventKind event_kind_by_name(const char *name);

enum { EVENT_BYTES_MAX = (3 + EVENT_ARGS_MAX) * VARINT_MAX };

/* Writes one event after the one at `previous_ns`; `p` has room for EVENT_BYTES_MAX. */
uint8_t *event_encode(uint8_t *p, const Event *e, uint64_t previous_ns);
/* The event table of a file: its own numbers of kinds and arguments, and what they are called here.
 * A file of another version may have rows that we lack (ours = EV_COUNT) and lack some of ours. */
enum { EVENT_TABLE_MAX = 256 };
typedef struct {
    uint64_t is_id[EVENT_ARGS_MAX]; /* 1: it is written with 1 added */
    uint8_t arg_count;
    uint8_t ours;               /* EventKind, or EV_COUNT */
    uint8_t to[EVENT_ARGS_MAX]; /* index of this argument in our row, or EVENT_ARGS_MAX */
    bool same;                  /* the row is ours, argument by argument */
    uint64_t high; /* the high bits of its first eight bytes: all 0 when each number is one byte long */
    uint64_t fits; /* 1: then it can be read so. 0: it has more bytes, or is not ours */
} EventRow;
typedef struct {
    uint32_t count;
    EventRow row[EVENT_TABLE_MAX];
} EventTable;
/* Sets same, high and fits when all else is filled in. */
void event_row_compare(EventRow *row);
_Static_assert((int)EV_COUNT < (int)EVENT_TABLE_MAX, "a kind is one byte in EventTable");

const EventTable *event_table(void); /* this program's own */

/* Reads one event; the caller has set e->seq. Arguments that the file lacks are NONE; a kind that we
 * lack gives e->kind = EV_COUNT. Those past the last argument of the row mean nothing. NULL when the
 * bytes are no event. */
static inline const uint8_t *event_decode(const uint8_t *p, const uint8_t *end, uint64_t previous_ns, const EventTable *t, Event *e);

/* ---- the body of event_decode, here because it is called for millions of events ---- */

/* The same, whatever the event's numbers are. */
const uint8_t *event_decode_long(const uint8_t *p, const uint8_t *end, uint64_t previous_ns, const EventTable *t, Event *e);

/* Nine in ten events have only numbers of one byte: then nothing has to be decided for each of them. With
 * it reading is three times as fast; four arguments are written for all, because a loop to the last is slower. */
static inline const uint8_t *event_decode(const uint8_t *p, const uint8_t *end, uint64_t previous_ns, const EventTable *t, Event *e) {
    if ((uintptr_t)p > (uintptr_t)end - (3 + EVENT_ARGS_MAX)) return event_decode_long(p, end, previous_ns, t, e);
    const EventRow *row = &t->row[p[0]];
    uint64_t eight, time_ns, back = p[2];
    memcpy(&eight, p, sizeof eight); /* in the machine's own order, as row->high */
    if (__builtin_add_overflow(previous_ns, p[1], &time_ns) || (eight & row->high) >= row->fits || back >= e->seq)
        return event_decode_long(p, end, previous_ns, t, e);
    e->time_ns = time_ns;
    e->cause = back != 0 ? e->seq - back : 0;
    e->kind = row->ours;
    e->arg[0] = p[3] - row->is_id[0];
    e->arg[1] = p[4] - row->is_id[1];
    e->arg[2] = p[5] - row->is_id[2];
    e->arg[3] = p[6] - row->is_id[3];
    if (row->arg_count > 4) {
        e->arg[4] = p[7] - row->is_id[4];
        e->arg[5] = p[8] - row->is_id[5];
    }
    return p + 3 + row->arg_count;
}

#endif

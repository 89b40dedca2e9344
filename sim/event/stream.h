/* stream.h -- where events go: into a block, and whole blocks to the sinks, in a fixed order.
 *
 * The simulator writes; a sink returns nothing to it. An event costs a few stores: the arguments are
 * encoded straight into the open block. Causes need no passing around: the event before this one in
 * the same step is the cause, and whoever begins a step (the agenda) says what caused the step.
 */
#ifndef FAULTLINE_STREAM_H
#define FAULTLINE_STREAM_H

#include "../base/intern.h"
#include "event.h"

enum { BLOCK_BYTES = 64 * 1024, SINKS_MAX = 8 };

typedef struct {
    uint64_t first_seq;
    uint64_t base_ns; /* time before the first event: its time is written relative to this */
    uint64_t last_ns;
    uint32_t count;
    uint32_t len;
    const uint8_t *bytes; /* gone when the sinks return */
    uint64_t text_from; /* strings [text_from, text_to) are new with this block */
    uint64_t text_to;
} Block;

typedef void (*SinkFn)(void *ctx, const Block *b, const Intern *text);

typedef struct {
    uint64_t now_ns;   /* virtual time of what is emitted; the runtime's clock */
    uint64_t back;     /* so far back lies the cause of the next event; 0 = it has none. stream_because */
    uint64_t last_seq; /* of the last event emitted */
    uint64_t last_ns;
    uint8_t *p;     /* next free byte of the open block */
    uint8_t *limit; /* when p is past it, the block is closed */
    Block open;     /* its count and length are filled in when it is closed */
    Intern *text;
    int sink_count;
    struct {
        SinkFn fn;
        void *ctx;
    } sink[SINKS_MAX];
    uint8_t bytes[BLOCK_BYTES + EVENT_BYTES_MAX];
} Stream;

Stream *stream_new(void);
void stream_free(Stream *s);
/* Sinks are called in the order in which they were added; ctx is theirs. */
void stream_add(Stream *s, SinkFn fn, void *ctx);
/* From now on a block is closed after each event: for checks that look after each one. */
void stream_every(Stream *s);
/* Hands the open block to the sinks, if anything is in it. */
void stream_flush(Stream *s);

/* The next event happens because of that one; 0 = because of none. If nobody says so it is the event before it. */
static inline void stream_because(Stream *s, uint64_t seq) {
    ASSERT(seq <= s->last_seq);
    s->back = seq != 0 ? s->last_seq + 1 - seq : 0;
}
/* What the next event happens because of. */
static inline uint64_t stream_cause(const Stream *s) { return s->back != 0 ? s->last_seq + 1 - s->back : 0; }

static inline Id_STR stream_text(Stream *s, const char *text) {
    return (Id_STR){intern_id(s->text, text)};
}

/* The event with these arguments, whatever they are. Four of them stay in registers. */
OWN_FRAME void stream_emit(Stream *s, EventKind kind, const uint64_t *arg);
OWN_FRAME void stream_emit_four(Stream *s, EventKind kind, uint64_t a, uint64_t b, uint64_t c, uint64_t d);

/* One encoder per event, so that the compiler sees the argument kinds. */
#define ID_PLUS_G 1
#define ID_PLUS_P 1
#define ID_PLUS_M 1
#define ID_PLUS_CHAN 1
#define ID_PLUS_OBJ 1
#define ID_PLUS_QUEUE 1
#define ID_PLUS_CMD 1
#define ID_PLUS_CTHREAD 1
#define ID_PLUS_CTX 1
#define ID_PLUS_SYNC 1
#define ID_PLUS_CONTEXT 1
#define ID_PLUS_STR 1
#define ID_PLUS_LINE 0
#define ID_PLUS_NS 0
#define ID_PLUS_COUNT 0
#define ID_PLUS_BYTES 0
#define ID_PLUS_ADDR 0
#define ID_PLUS_FLAG 0
#define A(name, kind) | (a->name.v + ID_PLUS_##kind)
#define EVENT(NAME, GROUP, INK, KEY, ARGS, DOC)                                                    \
    static inline uint64_t all_of_##NAME(const Ev_##NAME *a) { return 0 ARGS; }
#include "events.def"
#undef EVENT
#undef A
#define A(name, kind) *p++ = (uint8_t)(a->name.v + ID_PLUS_##kind);
#define EVENT(NAME, GROUP, INK, KEY, ARGS, DOC)                                                    \
    static inline uint8_t *bytes_of_##NAME(uint8_t *p, const Ev_##NAME *a) {                       \
        ARGS return p;                                                                             \
    }
#include "events.def"
#undef EVENT
#undef A
/* Nine in ten events have only numbers of one byte: they are stored after one question about all of them. A clock
 * that ran backwards makes a number that is not small. */
#define A(name, kind) a->name.v,
#define EVENT(NAME, GROUP, INK, KEY, ARGS, DOC)                                                    \
    static inline void emit_##NAME(Stream *s, const Ev_##NAME *a) {                                \
        uint64_t since = s->now_ns - s->last_ns, back = s->back;                                   \
        if (EV_##NAME > 0x7f || __builtin_expect((since | back | all_of_##NAME(a)) > 0x7f, 0)) {   \
            uint64_t n[EVENT_ARGS_MAX] = {ARGS};                                                   \
            if (sizeof *a > 4 * sizeof *n) stream_emit(s, EV_##NAME, n);                           \
            else stream_emit_four(s, EV_##NAME, n[0], n[1], n[2], n[3]);                           \
            return;                                                                                \
        }                                                                                          \
        uint8_t *p = s->p;                                                                         \
        s->last_seq++;                                                                             \
        s->back = 1;                                                                               \
        s->last_ns += since;                                                                       \
        p[0] = EV_##NAME;                                                                          \
        p[1] = (uint8_t)since;                                                                     \
        p[2] = (uint8_t)back;                                                                      \
        s->p = p = bytes_of_##NAME(p + 3, a);                                                      \
        if (p >= s->limit) stream_flush(s);                                                        \
    }
#include "events.def"
#undef EVENT
#undef A

/* EMIT(stream, GO_START, gp->id, pp->id, mp->id, (Id_FLAG){inherit}) */
#define EMIT(stream, NAME, ...) emit_##NAME((stream), &(Ev_##NAME){__VA_ARGS__})

#endif

/* gotrace_decode.c -- a thread's batches as events, some of them at a time.
 *
 *   number | time since the one before | argument ... | number | time ...        all varints but the number
 *
 * Behind the bytes of a batch are zeros enough for the longest event. So an event is decoded without a look at
 * the end before each byte, and one that has gone beyond it is seen afterwards. What is wrong stays where it is
 * until all events before it are given out; then it is read again, number by number, for the sentence.
 *
 * Go: internal/trace/batchcursor.go
 */
#include "gotrace_parts.h"

#include <stdlib.h>
#include <string.h>

typedef unsigned long long Ull;

/* By number: IS_TIMED, and what each argument is, two bits for one and the first below; 0 = no timed event. */
enum { PLAIN = 1, NAME = 2, STRING = NAME, STACK = NAME | 1, ARGS = 0xff, IS_TIMED = 0x100 };
#define OF_KIND(kind)                                                                              \
    (GOTRACE_KIND_##kind == GOTRACE_KIND_STRING  ? STRING                                          \
     : GOTRACE_KIND_##kind == GOTRACE_KIND_STACK ? STACK                                           \
                                                 : PLAIN)
#define SHAPE(a, b, c, d, ...) (IS_TIMED | (a) | (b) << 2 | (c) << 4 | (d) << 6)
static const uint16_t shape_of[256] = {
#define A(name, kind) OF_KIND(kind),
#define NO_ARGS
#define PART(number, NAME, Name, since, doc)
#define TIMED(number, NAME, Name, since, args, doc) [number] = SHAPE_OF(args 0, 0, 0, 0, 0),
#define SHAPE_OF(...) SHAPE(__VA_ARGS__)
#include "gotrace.def"
#undef SHAPE_OF
#undef TIMED
#undef PART
#undef NO_ARGS
#undef A
};

/* ---- names ---- */

bool gotrace_check_names(const GotraceReader *r, const GotraceEvent *e, Diag *d) {
    const GotraceSpec *spec = &gotrace_spec[e->number];
    for (int i = 0; i < spec->arg_count; i++) {
        bool string = spec->arg[i].kind == GOTRACE_KIND_STRING,
             stack = spec->arg[i].kind == GOTRACE_KIND_STACK;
        if ((!string && !stack) ||
            gotrace_has(string ? &r->table.strings : &r->table.stacks, e->arg[i]))
            continue;
        return gotrace_fail(r, e->at, d, "this %s names %s %llu, which generation %llu has not",
                            spec->name, string ? "string" : "stack", (Ull)e->arg[i],
                            (Ull)r->counts.generation);
    }
    return true;
}

/* ---- bytes to events ---- */

/* One that is longer than 64 bits ends behind its batch, so that its event does. */
static OWN_FRAME const uint8_t *long_number(const uint8_t *p, const uint8_t *end, uint64_t *v) {
    p = varint_get(p, p + VARINT_MAX, v);
    return p != NULL ? p : end + 1;
}

/* A number in front of what is certainly more than VARINT_MAX bytes. The top bit of a byte is taken off with the
 * next one. */
static inline const uint8_t *number_get(const uint8_t *p, const uint8_t *end, uint64_t *v) {
    uint64_t value = *p++;
    if (value >= 0x80) {
        value += ((uint64_t)*p - 1) << 7;
        if (*p++ >= 0x80) {
            value += ((uint64_t)*p - 1) << 14;
            if (*p++ >= 0x80) {
                value += ((uint64_t)*p - 1) << 21;
                if (*p++ >= 0x80) return long_number(p - 4, end, v);
            }
        }
    }
    *v = value;
    return p;
}

/* Decodes what is there of the open batch, as much as there is room for; ends before what is wrong. */
static void decode(const GotraceReader *r, Cursor *c) {
    const Tables *t = &r->table;
    const uint64_t unit_ns = t->unit_whole, units_max = unit_ns > 0 ? UINT32_MAX : 0;
    const uint8_t *p = c->p, *const end = c->end;
    uint64_t time_ns = c->time_ns, at = c->batch_at + (uint64_t)(p - c->data);
    GotraceEvent *e = c->ahead, *const full = e + c->room, *nameless = NULL;
    for (;;) {
        const uint8_t number = *p;
        const unsigned shape = shape_of[number];
        if (shape == 0) break;
        uint64_t units, *arg = e->arg;
        const uint8_t *q = number_get(p + 1, end, &units);
        for (unsigned kinds = shape & ARGS; kinds != 0; kinds >>= 2, arg++) {
            q = number_get(q, end, arg);
            if ((kinds & NAME) == 0) continue;
            if (!gotrace_has((kinds & 1) != 0 ? &t->stacks : &t->strings, *arg) && nameless == NULL)
                nameless = e;
        }
        if (q > end) break;
        time_ns += units <= units_max ? units * unit_ns : gotrace_ns(t, units);
        if (time_ns > GOTRACE_TIME_MAX) time_ns = GOTRACE_TIME_MAX;
        e->time_ns = time_ns;
        e->at = at;
        e->number = number;
        e->status_from = 0;
        e->implied = false;
        at += (uint64_t)(q - p);
        p = q;
        if (++e == full || p == end) break;
    }
    c->event = c->ahead;
    c->ahead_end = e;
    if (e > c->ahead) c->stop = nameless != NULL && nameless < e ? nameless : e - 1;
    c->p = p;
    c->time_ns = time_ns;
}

/* Says what is wrong with the event at c->p. */
static bool wrong(const GotraceReader *r, const Cursor *c, Diag *d) {
    const uint8_t *p = c->p;
    const uint64_t at = c->batch_at + (uint64_t)(p - c->data);
    const uint8_t number = *p++;
    const GotraceSpec *spec = &gotrace_spec[number];
    uint64_t v;
    if (shape_of[number] == 0)
        return gotrace_fail(r, at, d, "%u%s%s%s is no event of a thread", number,
                            spec->name ? " (" : "", spec->name ? spec->name : "",
                            spec->name ? ")" : "");
    if ((p = varint_get(p, c->end, &v)) == NULL)
        return gotrace_fail(r, at, d, "the time of a %s is no whole number", spec->name);
    for (int i = 0; i < spec->arg_count; i++) {
        if ((p = varint_get(p, c->end, &v)) == NULL)
            return gotrace_fail(r, at, d, "argument \"%s\" of a %s is no whole number",
                                spec->arg[i].name, spec->name);
    }
    UNREACHABLE();
}

/* An event has at least two bytes: a small batch shall not take the memory of a large one. */
static void make_room(Cursor *c) {
    size_t events = (size_t)(c->end - c->p + 1) / 2;
    if (events > AHEAD_MAX) events = AHEAD_MAX;
    if (events <= c->room) return;
    free(c->ahead);
    c->ahead = mem_zero(events, sizeof *c->ahead);
    c->room = events;
}

bool gotrace_decode(GotraceReader *r, Cursor *c, bool *more, Diag *d) {
    if (c->p == c->end) {
        *more = c->batch != NO_SLOT;
        if (!*more) { /* what is done with takes no memory */
            free(c->data);
            free(c->ahead);
            c->data = NULL;
            c->ahead = NULL;
            c->room = 0;
            return true;
        }
        if (!gotrace_open_batch(r, c, d)) return false;
        make_room(c);
    }
    decode(r, c);
    *more = c->event < c->ahead_end;
    return *more || wrong(r, c, d);
}

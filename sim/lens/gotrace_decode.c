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

#include <endian.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long long Ull;

/* By number: IS_TIMED, and what each argument is, two bits for one and the first below; 0 = no timed event. */
enum { PLAIN = 1, STRING, STACK, ARGS = 0xff, IS_TIMED = 0x100 };
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

/* A number where 8 bytes can be read; NULL: it is longer than 64 bits. One byte is the rule; up to 8 are put
 * together without a decision for each. */
static inline const uint8_t *number_get(const uint8_t *p, uint64_t *v) {
    if (*p < 0x80) {
        *v = *p;
        return p + 1;
    }
    uint64_t word;
    memcpy(&word, p, sizeof word);
    word = le64toh(word);
    uint64_t last = ~word & 0x8080808080808080u;
    if (last == 0) return varint_get(p, p + VARINT_MAX, v);
    word &= (last ^ (last - 1)) & 0x7f7f7f7f7f7f7f7fu; /* up to the first byte that is the last */
    word = (word & 0x007f007f007f007fu) | (word & 0x7f007f007f007f00u) >> 1;
    word = (word & 0x00003fff00003fffu) | (word & 0x3fff00003fff0000u) >> 2;
    *v = (word & 0x000000000fffffffu) | (word & 0x0fffffff00000000u) >> 4;
    return p + (__builtin_ctzll(last) + 1) / 8;
}

/* Decodes what is there of the open batch, as much as there is room for; ends before what is wrong. */
static void decode(const GotraceReader *r, Cursor *c) {
    const Tables *t = &r->table;
    const uint8_t *p = c->p, *const end = c->end;
    const uint64_t at = c->batch_at - (uint64_t)(uintptr_t)c->data;
    uint64_t time_ns = c->time_ns, units;
    GotraceEvent *e = c->ahead;
    c->event = e;
    c->stop = NULL;
    for (GotraceEvent *const full = e + AHEAD_MAX; e < full && p < end; e++) {
        const unsigned shape = shape_of[*p];
        const uint8_t *q;
        bool named = true;
        if (shape == 0 || (q = number_get(p + 1, &units)) == NULL) break;
        uint64_t *arg = e->arg;
        for (unsigned kinds = shape & ARGS; kinds != 0 && q != NULL; kinds >>= 2, arg++) {
            q = number_get(q, arg);
            if ((kinds & 3) == STACK) named &= gotrace_has(&t->stacks, *arg);
            else if ((kinds & 3) == STRING) named &= gotrace_has(&t->strings, *arg);
        }
        if (q == NULL || q > end) break;
        time_ns += gotrace_ns(t, units);
        if (time_ns > GOTRACE_TIME_MAX) time_ns = GOTRACE_TIME_MAX;
        e->time_ns = time_ns;
        e->at = at + (uint64_t)(uintptr_t)p;
        e->number = *p;
        e->status_from = 0;
        e->implied = false;
        if (!named && c->stop == NULL) c->stop = e;
        p = q;
    }
    c->ahead_end = e;
    if (c->stop == NULL) c->stop = e - 1;
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

bool gotrace_decode(GotraceReader *r, Cursor *c, bool *more, Diag *d) {
    if (c->p == c->end) {
        *more = c->batch != NO_SLOT;
        if (!*more) { /* what is done with takes no memory */
            free(c->data);
            free(c->ahead);
            c->data = NULL;
            c->ahead = NULL;
            return true;
        }
        if (!gotrace_open_batch(r, c, d)) return false;
    }
    if (c->ahead == NULL) c->ahead = mem_zero(AHEAD_MAX, sizeof *c->ahead);
    decode(r, c);
    *more = c->event < c->ahead_end;
    return *more || wrong(r, c, d);
}

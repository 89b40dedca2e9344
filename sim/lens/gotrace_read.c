/* gotrace_read.c -- whose event is next.
 *
 * Each thread has a cursor on its next event; a heap holds the cursors by time. The earliest event is tried
 * first. If it has to wait for another thread's (its clock was ahead), the others are tried in the order of
 * their times; if all wait, no order of this trace is possible.
 *
 * Go:      internal/trace/reader.go ReadEvent; batchcursor.go
 * Differs: two events of the same time keep their order when the earliest has to wait; Go's reader sorts unstably
 */
#include "gotrace_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef unsigned long long Ull;

enum { WINDOW_BYTES = 256 * 1024 };

/* ---- open and close ---- */

bool gotrace_reader_open(GotraceReader **out, const char *path, Diag *d) {
    struct stat st;
    *out = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return diag_fail(d, EXIT_WORLD, "cannot read %s: %s", path, strerror(errno));
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        diag_fail(d, EXIT_WORLD, "cannot read %s: it is no file", path);
        return diag_remedy(d, "A trace is read here and there at once: write what comes out of a "
                              "pipe to a file first.");
    }
    GotraceReader *r = mem_zero(1, sizeof *r);
    r->fd = fd;
    r->path = mem_text(path);
    r->size = (uint64_t)st.st_size;
    r->window = mem_alloc(WINDOW_BYTES);
    r->bare = NO_SLOT;
    if (!gotrace_header(r, d)) {
        gotrace_reader_close(r);
        return false;
    }
    *out = r;
    return true;
}

void gotrace_reader_close(GotraceReader *r) {
    if (r == NULL) return;
    close(r->fd);
    for (size_t i = 0; i < r->cursor_count; i++) free(r->cursor[i].data);
    gotrace_order_free(r);
    gotrace_tables_free(&r->table);
    free(r->batch);
    free(r->cursor);
    free(r->turn);
    free(r->window);
    free(r->path);
    free(r);
}

const GotraceCounts *gotrace_counts(const GotraceReader *r) { return &r->counts; }

/* ---- events out of a batch ---- */

/* By number: arguments + 1, 0 = no timed event. */
static const uint8_t timed_args[256] = {
#define A(name, kind) +1
#define NO_ARGS
#define PART(number, NAME, Name, since, doc)
#define TIMED(number, NAME, Name, since, args, doc) [number] = 1 args,
#include "gotrace.def"
#undef TIMED
#undef PART
#undef NO_ARGS
#undef A
};

/* Where an event has so many bytes before it, none of its numbers can go beyond the end. */
enum { EVENT_BYTES_MAX_GO = 1 + (1 + GOTRACE_ARGS_MAX) * VARINT_MAX };

static inline const uint8_t *number_get(const uint8_t *p, const uint8_t *end, uint64_t *v) {
    if (p < end && *p < 0x80) { /* nine in ten */
        *v = *p;
        return p + 1;
    }
    return varint_get(p, end, v);
}

/* Decodes the cursor's next event. *more is false at the end of its thread's batches. */
static bool cursor_next(GotraceReader *r, Cursor *c, bool *more, Diag *d) {
    if (c->position == c->len) {
        *more = c->batch != NO_SLOT;
        if (!*more) {
            free(c->data); /* what is done with takes no memory */
            c->data = NULL;
            return true;
        }
        if (!gotrace_open_batch(r, c, d)) return false;
    }
    const uint8_t *p = c->data + c->position, *end = c->data + c->len;
    uint64_t units;
    c->event_at = c->position;
    c->number = *p;
    unsigned args = timed_args[*p++];
    if (args == 0) {
        const char *name = gotrace_spec[c->number].name;
        return gotrace_fail(r, c->batch_at + c->event_at, d, "%u%s%s%s is no event of a thread",
                            c->number, name ? " (" : "", name ? name : "", name ? ")" : "");
    }
    if ((p = number_get(p, end, &units)) == NULL)
        return gotrace_fail(r, c->batch_at + c->event_at, d, "the time of a %s is no whole number",
                            gotrace_spec[c->number].name);
    for (unsigned i = 0; i + 1 < args; i++) {
        if ((p = number_get(p, end, &c->arg[i])) == NULL)
            return gotrace_fail(r, c->batch_at + c->event_at, d,
                                "argument \"%s\" of a %s is no whole number",
                                gotrace_spec[c->number].arg[i].name, gotrace_spec[c->number].name);
    }
    c->position = (uint32_t)(p - c->data);
    c->time_ns += gotrace_ns(&r->table, units);
    if (c->time_ns > GOTRACE_TIME_MAX) c->time_ns = GOTRACE_TIME_MAX;
    r->counts.number[c->number]++;
    *more = true;
    return true;
}

/* ---- the heap of turns ---- */

static void swap(Turn *a, Turn *b) {
    Turn t = *a;
    *a = *b;
    *b = t;
}

static size_t sift_up(Turn *turn, size_t i) {
    for (; i > 0 && turn[(i - 1) / 2].time_ns > turn[i].time_ns; i = (i - 1) / 2)
        swap(&turn[(i - 1) / 2], &turn[i]);
    return i;
}

static void sift_down(Turn *turn, size_t count, size_t i) {
    for (;;) {
        size_t least = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < count; child++) {
            if (turn[child].time_ns < turn[least].time_ns) least = child;
        }
        if (least == i) return;
        swap(&turn[i], &turn[least]);
        i = least;
    }
}

static void turn_add(GotraceReader *r, uint32_t cursor) {
    GROW(r->turn, r->turn_cap, r->turn_count + 1);
    r->turn[r->turn_count] = (Turn){r->cursor[cursor].time_ns, cursor, 0};
    sift_up(r->turn, r->turn_count++);
}

/* As Go's heapRemove, since ties follow from where things lie in the heap. */
static void turn_remove(GotraceReader *r, size_t i) {
    for (; i > 0; i = (i - 1) / 2) swap(&r->turn[(i - 1) / 2], &r->turn[i]);
    r->turn[0] = r->turn[--r->turn_count];
    sift_down(r->turn, r->turn_count, 0);
}

static int by_turn(const void *a, const void *b) {
    const Turn *x = a, *y = b;
    if (x->time_ns != y->time_ns) return x->time_ns < y->time_ns ? -1 : 1;
    return x->place < y->place ? -1 : 1;
}

/* ---- one event ---- */

static bool stuck(GotraceReader *r, Diag *d) {
    Cursor *c = &r->cursor[r->turn[0].cursor];
    r->explain = true;
    Advance advance = gotrace_advance(r, c);
    r->explain = false;
    ASSERT(advance == ADVANCE_WAIT);
    gotrace_fail(r, c->batch_at + c->event_at, d,
                 "no thread can go on, %zu wait; the first is this %s, which %s", r->turn_count,
                 gotrace_spec[c->number].name, r->why);
    return diag_remedy(d,
                       "An event before it is missing or wrong; what was read up to here is good.");
}

static bool impossible(const GotraceReader *r, const Cursor *c, Diag *d) {
    char thread[40] = "no thread";
    if (c->thread != NO_SLOT)
        snprintf(thread, sizeof thread, "thread %llu", (Ull)r->m[c->thread].id);
    return gotrace_fail(r, c->batch_at + c->event_at, d, "%s of %s is impossible here: %s",
                        gotrace_spec[c->number].name, thread, r->why);
}

/* Tries the event of turn i. *done is false if it has to wait. */
static bool try_turn(GotraceReader *r, size_t i, bool *done, Diag *d) {
    Cursor *c = &r->cursor[r->turn[i].cursor];
    bool more;
    Advance advance = gotrace_advance(r, c);
    *done = advance == ADVANCE_DONE;
    if (advance == ADVANCE_NEVER) return impossible(r, c, d);
    if (advance == ADVANCE_WAIT) return true;
    if (!cursor_next(r, c, &more, d)) return false;
    if (!more) {
        turn_remove(r, i);
        return true;
    }
    r->turn[i].time_ns = c->time_ns;
    if (sift_up(r->turn, i) == i) sift_down(r->turn, r->turn_count, i);
    return true;
}

static bool try_others(GotraceReader *r, Diag *d) {
    bool done = false;
    for (size_t i = 0; i < r->turn_count; i++) r->turn[i].place = (uint32_t)i;
    qsort(r->turn, r->turn_count, sizeof *r->turn, by_turn);
    for (size_t i = 1; i < r->turn_count && !done; i++) {
        if (!try_turn(r, i, &done, d)) return false;
    }
    r->counts.out_of_turn++;
    return done || stuck(r, d);
}

static bool begin_generation(GotraceReader *r, Diag *d) {
    bool more;
    r->turn_count = 0;
    gotrace_order_generation(r);
    for (uint32_t i = 0; i < r->cursor_count; i++) {
        if (!cursor_next(r, &r->cursor[i], &more, d)) return false;
        if (more) turn_add(r, i);
    }
    return true;
}

static bool sample_is_next(const GotraceReader *r) {
    const Tables *t = &r->table;
    if (t->sample_next == t->sample_count) return false;
    return r->turn_count == 0 || t->sample[t->sample_next].time < r->turn[0].time_ns;
}

static void give_sample(GotraceReader *r) {
    const Sample *s = &r->table.sample[r->table.sample_next++];
    r->out[0] = (GotraceEvent){.time_ns = s->time,
                               .m = s->m,
                               .p = s->p,
                               .g = s->g,
                               .arg = {s->stack},
                               .number = GT_CPU_SAMPLE};
    r->out_count = 1;
}

/* By number: does it refer to a string or a stack? */
static const bool refers[256] = {
#define A(name, kind)                                                                              \
    || GOTRACE_KIND_##kind == GOTRACE_KIND_STRING || GOTRACE_KIND_##kind == GOTRACE_KIND_STACK
#define NO_ARGS
#define PART(number, NAME, Name, since, doc)
#define TIMED(number, NAME, Name, since, args, doc) [number] = false args,
#include "gotrace.def"
#undef TIMED
#undef PART
#undef NO_ARGS
#undef A
};

/* What it refers to must be in the tables. */
static bool check_references(const GotraceReader *r, const GotraceEvent *e, Diag *d) {
    if (!refers[e->number]) return true;
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

GotraceStep gotrace_next(GotraceReader *r, const GotraceEvent **out, Diag *d) {
    while (r->out_next == r->out_count) {
        r->out_next = r->out_count = 0;
        bool done = true;
        if (sample_is_next(r)) {
            give_sample(r);
        } else if (r->turn_count > 0) {
            if (!try_turn(r, 0, &done, d) || (!done && !try_others(r, d))) return GOTRACE_BROKEN;
        } else {
            if (r->broken_later) {
                *d = r->later;
                return GOTRACE_BROKEN;
            }
            GotraceStep step = gotrace_read_generation(r, d);
            if (step != GOTRACE_EVENT) return step;
            if (!begin_generation(r, d)) return GOTRACE_BROKEN;
        }
    }
    GotraceEvent *e = &r->out[r->out_next++];
    if (e->time_ns <= r->last_ns) e->time_ns = r->last_ns + 1;
    r->last_ns = e->time_ns;
    *out = e;
    return check_references(r, e, d) ? GOTRACE_EVENT : GOTRACE_BROKEN;
}

/* gotrace_read.c -- whose event is next.
 *
 * Each thread has a cursor on its next event; a heap holds the cursors by time. The earliest event is tried
 * first. If it has to wait for another thread's (its clock was ahead), the others are tried in the order of
 * their times; if all wait, no order of this trace is possible.
 *
 * Go:      internal/trace/reader.go ReadEvent; batchcursor.go (its heap)
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

/* ---- the heap of turns ---- */

static size_t sift_up(Turns *t, size_t i) {
    for (size_t up; i > 0 && t->ns[up = (i - 1) / 2] > t->ns[i]; i = up) {
        uint64_t ns = t->ns[up];
        Cursor *c = t->cursor[up];
        t->ns[up] = t->ns[i];
        t->cursor[up] = t->cursor[i];
        t->ns[i] = ns;
        t->cursor[i] = c;
    }
    return i;
}

/* This turn is to be at i or below. Of two equal children the left one comes up, as in Go's. */
static inline void sift_down(const Turns *t, size_t i, uint64_t ns, Cursor *c) {
    uint64_t *const heap = t->ns;
    Cursor **const cursor = t->cursor;
    for (size_t child; (child = 2 * i + 1) < t->count; i = child) {
        child += heap[child + 1] < heap[child];
        if (heap[child] >= ns) break;
        heap[i] = heap[child];
        cursor[i] = cursor[child];
    }
    heap[i] = ns;
    cursor[i] = c;
}

/* Where the heap ends. */
static void end_turns(Turns *t) {
    GROW(t->ns, t->cap, t->count + 2);
    t->ns[t->count] = t->ns[t->count + 1] = NEVER_NS;
}

static void turn_add(Turns *t, Cursor *c) {
    size_t i = t->count++;
    end_turns(t);
    GROW(t->cursor, t->cursor_cap, t->count);
    t->ns[i] = c->event->time_ns;
    t->cursor[i] = c;
    sift_up(t, i);
}

/* As Go's heapRemove, since ties follow from where things lie in the heap. */
static void turn_remove(Turns *t, size_t i) {
    for (; i > 0; i = (i - 1) / 2) {
        t->ns[i] = t->ns[(i - 1) / 2];
        t->cursor[i] = t->cursor[(i - 1) / 2];
    }
    t->count--;
    uint64_t ns = t->ns[t->count];
    end_turns(t);
    if (t->count > 0) sift_down(t, 0, ns, t->cursor[t->count]);
}

struct PlacedTurn {
    uint64_t ns;
    Cursor *cursor;
    size_t place; /* of two of the same time, which was first */
};
static int by_turn(const void *a, const void *b) {
    const struct PlacedTurn *x = a, *y = b;
    if (x->ns != y->ns) return x->ns < y->ns ? -1 : 1;
    return x->place < y->place ? -1 : 1;
}
static void turns_sort(Turns *t) {
    GROW(t->placed, t->placed_cap, t->count);
    for (size_t i = 0; i < t->count; i++)
        t->placed[i] = (struct PlacedTurn){t->ns[i], t->cursor[i], i};
    qsort(t->placed, t->count, sizeof *t->placed, by_turn);
    for (size_t i = 0; i < t->count; i++) {
        t->ns[i] = t->placed[i].ns;
        t->cursor[i] = t->placed[i].cursor;
    }
}

static void turns_free(Turns *t) {
    free(t->ns);
    free(t->cursor);
    free(t->placed);
}

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
    r->sample_due = NEVER_NS;
    end_turns(&r->turns);
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
    for (size_t i = 0; i < r->cursor_count; i++) {
        free(r->cursor[i].data);
        free(r->cursor[i].ahead);
    }
    gotrace_order_free(r);
    gotrace_tables_free(&r->table);
    free(r->batch);
    free(r->cursor);
    turns_free(&r->turns);
    free(r->window);
    free(r->path);
    free(r);
}

const GotraceCounts *gotrace_counts(const GotraceReader *r) { return &r->counts; }

/* ---- one event ---- */

static bool stuck(GotraceReader *r, Diag *d) {
    const Cursor *c = r->turns.cursor[0];
    r->explain = true;
    Advance advance = gotrace_advance(r, c->thread, c->event);
    r->explain = false;
    ASSERT(advance == ADVANCE_WAIT);
    gotrace_fail(r, c->event->at, d,
                 "no thread can go on, %zu wait; the first is this %s, which %s", r->turns.count,
                 gotrace_spec[c->event->number].name, r->why);
    return diag_remedy(d,
                       "An event before it is missing or wrong; what was read up to here is good.");
}

static bool impossible(const GotraceReader *r, const Cursor *c, Diag *d) {
    char thread[40] = "no thread";
    if (c->thread != NO_SLOT)
        snprintf(thread, sizeof thread, "thread %llu", (Ull)r->m[c->thread].id);
    return gotrace_fail(r, c->event->at, d, "%s of %s is impossible here: %s",
                        gotrace_spec[c->event->number].name, thread, r->why);
}

/* The cursor's next event has turn i. */
static inline void go_on(GotraceReader *r, size_t i, Cursor *c) {
    const uint64_t ns = c->event->time_ns;
    r->counts.number[c->event->number]++;
    if (i > 0) {
        r->turns.ns[i] = ns;
        if (sift_up(&r->turns, i) != i) return;
    }
    sift_down(&r->turns, i, ns, c);
}

/* The same at the cursor's stop. *e is to be given out before; it moves if its place is needed. */
static bool go_on_from_stop(GotraceReader *r, size_t i, GotraceEvent **e, Diag *d) {
    Cursor *c = r->turns.cursor[i];
    GotraceEvent given = **e;
    bool more = true;
    if (++c->event == c->ahead_end) {
        r->last = given;
        *e = &r->last;
        if (!gotrace_decode(r, c, &more, d)) return false;
    }
    if (more) go_on(r, i, c);
    else turn_remove(&r->turns, i);
    return gotrace_check_names(r, &given, d);
}

/* Of one event that became several. */
static GotraceEvent *next_of_several(GotraceReader *r) {
    GotraceEvent *e = &r->out[r->out_next++];
    if (r->out_next == r->out_count) r->out_next = r->out_count = 0;
    return e;
}

/* What became of turn i: *e is what is to be given out, or NULL if it has to wait. */
static bool after(GotraceReader *r, size_t i, Advance advance, GotraceEvent **e, Diag *d) {
    Cursor *c = r->turns.cursor[i];
    *e = NULL;
    if (advance == ADVANCE_WAIT) return true;
    if (advance == ADVANCE_NEVER) return impossible(r, c, d);
    *e = c->event;
    if (c->event == c->stop) {
        if (!go_on_from_stop(r, i, e, d)) return false;
    } else {
        c->event++;
        go_on(r, i, c);
    }
    if (advance == ADVANCE_SEVERAL) *e = next_of_several(r);
    return true;
}

/* The first has to wait. */
static bool try_others(GotraceReader *r, GotraceEvent **e, Diag *d) {
    turns_sort(&r->turns);
    for (size_t i = 1; i < r->turns.count && *e == NULL; i++) {
        Cursor *c = r->turns.cursor[i];
        if (!after(r, i, gotrace_advance(r, c->thread, c->event), e, d)) return false;
    }
    r->counts.out_of_turn++;
    return *e != NULL || stuck(r, d);
}

static void await_sample(GotraceReader *r) {
    const Tables *t = &r->table;
    r->sample_due =
        t->sample_next < t->sample_count ? t->sample[t->sample_next].time + 1 : NEVER_NS;
}

static bool begin_generation(GotraceReader *r, Diag *d) {
    bool more;
    r->turns.count = 0;
    end_turns(&r->turns);
    await_sample(r);
    gotrace_order_generation(r);
    for (size_t i = 0; i < r->cursor_count; i++) {
        Cursor *c = &r->cursor[i];
        if (!gotrace_decode(r, c, &more, d)) return false;
        if (!more) continue;
        r->counts.number[c->event->number]++;
        turn_add(&r->turns, c);
    }
    return true;
}

static GotraceEvent *next_sample(GotraceReader *r) {
    const Sample *s = &r->table.sample[r->table.sample_next++];
    await_sample(r);
    r->last = (GotraceEvent){.time_ns = s->time,
                             .m = s->m,
                             .p = s->p,
                             .g = s->g,
                             .arg = {s->stack},
                             .number = GT_CPU_SAMPLE};
    return &r->last;
}

static inline GotraceStep give(GotraceReader *r, GotraceEvent *e, const GotraceEvent **out) {
    if (e->time_ns <= r->last_ns) e->time_ns = r->last_ns + 1;
    r->last_ns = e->time_ns;
    *out = e;
    return GOTRACE_EVENT;
}

/* Where no event of a thread is next: what is; *e is NULL if it is a generation. */
static GotraceStep next_other(GotraceReader *r, GotraceEvent **e, Diag *d) {
    *e = NULL;
    if (r->out_count > 0) *e = next_of_several(r);
    else if (r->sample_due != NEVER_NS) *e = next_sample(r);
    if (*e != NULL) return GOTRACE_EVENT;
    if (r->broken_later) {
        *d = r->later;
        return GOTRACE_BROKEN;
    }
    GotraceStep step = gotrace_read_generation(r, d);
    return step != GOTRACE_EVENT || begin_generation(r, d) ? step : GOTRACE_BROKEN;
}

GotraceStep gotrace_next(GotraceReader *r, const GotraceEvent **out, Diag *d) {
    GotraceEvent *e;
    while (r->out_count > 0 || r->sample_due <= r->turns.ns[0]) {
        GotraceStep step = next_other(r, &e, d);
        if (step != GOTRACE_EVENT) return step;
        if (e != NULL) return give(r, e, out);
    }
    Cursor *c = r->turns.cursor[0];
    Advance advance = gotrace_advance(r, c->thread, c->event);
    if (advance == ADVANCE_DONE && c->event != c->stop) { /* nearly always */
        GotraceEvent *given = c->event++;
        go_on(r, 0, c);
        return give(r, given, out);
    }
    if (!after(r, 0, advance, &e, d) || (e == NULL && !try_others(r, &e, d))) return GOTRACE_BROKEN;
    return give(r, e, out);
}

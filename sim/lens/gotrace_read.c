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
    r->sample_ns = NEVER_NS;
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
    free(r->turn);
    free(r->placed);
    free(r->window);
    free(r->path);
    free(r);
}

const GotraceCounts *gotrace_counts(const GotraceReader *r) { return &r->counts; }

/* ---- the heap of turns ---- */

static size_t sift_up(Turn *turn, size_t i) {
    for (size_t up; i > 0 && turn[up = (i - 1) / 2].time_ns > turn[i].time_ns; i = up) {
        Turn t = turn[up];
        turn[up] = turn[i];
        turn[i] = t;
    }
    return i;
}

/* The turn t is to be at i or below. Of two equal children the left one comes up, as in Go's. */
static inline void sift_down(Turn *turn, size_t count, size_t i, Turn t) {
    for (size_t child; (child = 2 * i + 1) < count; i = child) {
        child += turn[child + 1].time_ns < turn[child].time_ns;
        if (turn[child].time_ns >= t.time_ns) break;
        turn[i] = turn[child];
    }
    turn[i] = t;
}

/* Where the heap ends. */
static void end_turns(GotraceReader *r) {
    GROW(r->turn, r->turn_cap, r->turn_count + 2);
    r->turn[r->turn_count] = r->turn[r->turn_count + 1] = (Turn){.time_ns = NEVER_NS};
}

static void turn_add(GotraceReader *r, Cursor *c) {
    r->turn[r->turn_count++] = (Turn){c->event->time_ns, c};
    end_turns(r);
    sift_up(r->turn, r->turn_count - 1);
}

/* As Go's heapRemove, since ties follow from where things lie in the heap. */
static void turn_remove(GotraceReader *r, size_t i) {
    for (; i > 0; i = (i - 1) / 2) r->turn[i] = r->turn[(i - 1) / 2];
    Turn last = r->turn[--r->turn_count];
    end_turns(r);
    if (r->turn_count > 0) sift_down(r->turn, r->turn_count, 0, last);
}

struct PlacedTurn {
    Turn turn;
    size_t place; /* of two of the same time, which was first */
};
static int by_turn(const void *a, const void *b) {
    const struct PlacedTurn *x = a, *y = b;
    if (x->turn.time_ns != y->turn.time_ns) return x->turn.time_ns < y->turn.time_ns ? -1 : 1;
    return x->place < y->place ? -1 : 1;
}
static void sort_turns(GotraceReader *r) {
    GROW(r->placed, r->placed_cap, r->turn_count);
    for (size_t i = 0; i < r->turn_count; i++) r->placed[i] = (struct PlacedTurn){r->turn[i], i};
    qsort(r->placed, r->turn_count, sizeof *r->placed, by_turn);
    for (size_t i = 0; i < r->turn_count; i++) r->turn[i] = r->placed[i].turn;
}

/* ---- one event ---- */

static bool stuck(GotraceReader *r, Diag *d) {
    const Cursor *c = r->turn[0].cursor;
    r->explain = true;
    Advance advance = gotrace_advance(r, c->thread, c->event);
    r->explain = false;
    ASSERT(advance == ADVANCE_WAIT);
    gotrace_fail(r, c->event->at, d,
                 "no thread can go on, %zu wait; the first is this %s, which %s", r->turn_count,
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
    Turn t = {c->event->time_ns, c};
    r->counts.number[c->event->number]++;
    r->turn[i].time_ns = t.time_ns;
    if (i == 0 || sift_up(r->turn, i) == i) sift_down(r->turn, r->turn_count, i, t);
}

/* The same at the cursor's stop. *e is to be given out before; it moves if its place is needed. */
static bool go_on_from_stop(GotraceReader *r, size_t i, GotraceEvent **e, Diag *d) {
    Cursor *c = r->turn[i].cursor;
    GotraceEvent given = **e;
    bool more = true;
    if (++c->event == c->ahead_end) {
        r->last = given;
        *e = &r->last;
        if (!gotrace_decode(r, c, &more, d)) return false;
    }
    if (more) go_on(r, i, c);
    else turn_remove(r, i);
    return gotrace_check_names(r, &given, d);
}

/* Tries the event of turn i. *e is NULL if it has to wait. */
static inline bool try_turn(GotraceReader *r, size_t i, GotraceEvent **e, Diag *d) {
    Cursor *c = r->turn[i].cursor;
    Advance advance = gotrace_advance(r, c->thread, c->event);
    *e = NULL;
    if (advance != ADVANCE_DONE) return advance == ADVANCE_WAIT || impossible(r, c, d);
    *e = c->event;
    if (c->event == c->stop) return go_on_from_stop(r, i, e, d);
    c->event++;
    go_on(r, i, c);
    return true;
}

/* The first has to wait. */
static bool try_others(GotraceReader *r, GotraceEvent **e, Diag *d) {
    sort_turns(r);
    for (size_t i = 1; i < r->turn_count && *e == NULL; i++) {
        if (!try_turn(r, i, e, d)) return false;
    }
    r->counts.out_of_turn++;
    return *e != NULL || stuck(r, d);
}

static void next_sample(GotraceReader *r) {
    const Tables *t = &r->table;
    r->sample_ns = t->sample_next < t->sample_count ? t->sample[t->sample_next].time : NEVER_NS;
}

static bool begin_generation(GotraceReader *r, Diag *d) {
    bool more;
    r->turn_count = 0;
    end_turns(r);
    next_sample(r);
    gotrace_order_generation(r);
    for (size_t i = 0; i < r->cursor_count; i++) {
        Cursor *c = &r->cursor[i];
        if (!gotrace_decode(r, c, &more, d)) return false;
        if (!more) continue;
        r->counts.number[c->event->number]++;
        turn_add(r, c);
    }
    return true;
}

static GotraceEvent *give_sample(GotraceReader *r) {
    const Sample *s = &r->table.sample[r->table.sample_next++];
    next_sample(r);
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

/* All of a generation is given out. */
static GotraceStep next_generation(GotraceReader *r, Diag *d) {
    while (r->turn_count == 0 && r->sample_ns == NEVER_NS) {
        if (r->broken_later) {
            *d = r->later;
            return GOTRACE_BROKEN;
        }
        GotraceStep step = gotrace_read_generation(r, d);
        if (step != GOTRACE_EVENT) return step;
        if (!begin_generation(r, d)) return GOTRACE_BROKEN;
    }
    return GOTRACE_EVENT;
}

GotraceStep gotrace_next(GotraceReader *r, const GotraceEvent **out, Diag *d) {
    GotraceEvent *e;
    if (r->out_count > 0) {
        if (r->out_next < r->out_count) return give(r, &r->out[r->out_next++], out);
        r->out_next = r->out_count = 0;
    }
    if (r->turn_count == 0) {
        GotraceStep step = next_generation(r, d);
        if (step != GOTRACE_EVENT) return step;
    }
    if (r->sample_ns < r->turn[0].time_ns) return give(r, give_sample(r), out);
    if (!try_turn(r, 0, &e, d) || (e == NULL && !try_others(r, &e, d))) return GOTRACE_BROKEN;
    if (r->out_count > 0) e = &r->out[r->out_next++];
    return give(r, e, out);
}

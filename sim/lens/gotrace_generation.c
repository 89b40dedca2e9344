/* gotrace_generation.c -- the file as batches, and a generation as the batches that belong together.
 *
 * One pass over a generation reads the batches' headers and the tables, and notes where each thread's events
 * are; those are read when their turn comes, a batch at a time. Before Go 1.26 a generation ends where a batch
 * of the next one begins; since then a byte of its own says so, and a generation without it is incomplete.
 *
 * The file is read with pread, not mapped: somebody may cut it off while we read.
 *
 * Go: internal/trace/batch.go readBatch; generation.go readGeneration, readGenerationWithSpill
 */
#include "gotrace_parts.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WINDOW_BYTES = 256 * 1024, HEAD_MAX = 2 + 4 * VARINT_MAX };
_Static_assert((int)WINDOW_BYTES >= (int)GOTRACE_BATCH_MAX, "a table is looked at in one piece");

typedef unsigned long long Ull;

bool gotrace_fail(const GotraceReader *r, uint64_t at, Diag *d, const char *fmt, ...) {
    char what[sizeof d->message];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    return diag_fail(d, EXIT_WORLD, "%s: byte %llu: %.*s", r->path, (Ull)at, (int)sizeof what - 400,
                     what);
}

/* ---- bytes ---- */

/* Fewer than asked for only at the end of the file. */
static size_t read_at(const GotraceReader *r, uint64_t at, uint8_t *out, size_t len) {
    size_t got = 0;
    while (got < len) {
        ssize_t n = pread(r->fd, out + got, len - got, (off_t)(at + got));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        got += (size_t)n;
    }
    return got;
}

/* The bytes from `at` on, `want` of them if the file has so many. */
static const uint8_t *bytes_at(GotraceReader *r, uint64_t at, size_t want, size_t *got) {
    if (at < r->window_at || at + want > r->window_at + r->window_len) {
        r->window_at = at;
        r->window_len = read_at(r, at, r->window, WINDOW_BYTES);
    }
    size_t from = (size_t)(at - r->window_at);
    *got = r->window_len - from < want ? r->window_len - from : want;
    return r->window + from;
}

static bool one_of_ours(unsigned version) {
    switch (version) {
#define X(minor)                                                                                   \
    case minor: return true;
        GOTRACE_VERSIONS(X)
#undef X
    }
    return false;
}

bool gotrace_header(GotraceReader *r, Diag *d) {
    static const char form[GOTRACE_HEADER_BYTES] = "go 1.NN trace";
    size_t got;
    const uint8_t *p = bytes_at(r, 0, GOTRACE_HEADER_BYTES, &got);
    bool fits = got == GOTRACE_HEADER_BYTES;
    for (size_t i = 0; fits && i < GOTRACE_HEADER_BYTES; i++)
        fits = form[i] == 'N' ? p[i] >= '0' && p[i] <= '9' : p[i] == (uint8_t)form[i];
    if (!fits) {
        gotrace_fail(
            r, 0, d,
            "this is no Go execution trace: it does not begin with \"go 1.22 trace\" or the like");
        return diag_remedy(
            d, "A Go program writes one with runtime/trace.Start, `go test -trace FILE`, or at "
               "/debug/pprof/trace.");
    }
    r->counts.version = (unsigned)(p[5] - '0') * 10 + (unsigned)(p[6] - '0');
    if (!one_of_ours(r->counts.version)) {
        gotrace_fail(
            r, 0, d,
            "traces of format 1.%u cannot be read: the formats are 1.22, 1.23, 1.25 and 1.26",
            r->counts.version);
        if (r->counts.version < 22)
            return diag_remedy(d, "Build the program with Go 1.22 or later, and trace it again.");
        return false;
    }
    r->next_at = GOTRACE_HEADER_BYTES;
    return true;
}

/* ---- batches ---- */

typedef struct {
    bool end_of_generation;
    bool experimental;
    uint8_t experiment;
    uint64_t generation, m, time, len;
    uint64_t at;   /* of its data */
    uint8_t first; /* of the data, if there are any */
} Head;

static GotraceStep broken(const GotraceReader *r, uint64_t at, Diag *d, const char *what) {
    gotrace_fail(r, at, d, "%s", what);
    return GOTRACE_BROKEN;
}

/* Reads the header of the batch at r->next_at. */
static GotraceStep read_head(GotraceReader *r, Head *h, Diag *d) {
    size_t got;
    const uint64_t at = r->next_at;
    const uint8_t *start = bytes_at(r, at, HEAD_MAX + 1, &got), *p = start, *end = start + got;
    *h = (Head){0};
    if (got == 0) {
        if (at < r->size)
            return broken(r, at, d,
                          "the file cannot be read on: did somebody cut it off just now?");
        return GOTRACE_END;
    }
    uint8_t type = *p++;
    if (type == GT_END_OF_GENERATION) {
        h->end_of_generation = true;
        h->at = at + 1;
        return GOTRACE_EVENT;
    }
    if (type != GT_EVENT_BATCH && type != GT_EXPERIMENTAL_BATCH) {
        gotrace_fail(r, at, d, "a batch should begin here (with %d or %d), not %u", GT_EVENT_BATCH,
                     GT_EXPERIMENTAL_BATCH, type);
        return GOTRACE_BROKEN;
    }
    if (type == GT_EXPERIMENTAL_BATCH) {
        if (p == end) return broken(r, at, d, "the file ends inside the header of a batch");
        h->experiment = *p++;
        h->experimental = h->experiment != 0;
    }
    uint64_t *const number[] = {&h->generation, &h->m, &h->time, &h->len};
    for (size_t i = 0; i < ARRAY_LEN(number); i++) {
        const uint8_t *q = varint_get(p, end, number[i]);
        if (q == NULL) {
            return broken(r, at + (uint64_t)(p - start), d,
                          end - p < VARINT_MAX
                              ? "the file ends inside the header of a batch"
                              : "a number in the header of a batch is longer than 64 bits");
        }
        p = q;
    }
    h->at = at + (uint64_t)(p - start);
    if (h->len > GOTRACE_BATCH_MAX) {
        gotrace_fail(r, at, d, "a batch of %llu bytes; no batch has more than %d", (Ull)h->len,
                     GOTRACE_BATCH_MAX);
        return GOTRACE_BROKEN;
    }
    if (h->len > r->size - h->at) {
        gotrace_fail(
            r, at, d,
            "the file is cut off: a batch of %llu bytes begins here, and the file has %llu of them",
            (Ull)h->len, (Ull)(r->size - h->at));
        return GOTRACE_BROKEN;
    }
    if (h->len > 0) {
        if (p == end) p = bytes_at(r, h->at, 1, &got);
        h->first = *p;
    }
    return GOTRACE_EVENT;
}

/* A batch of events joins its thread's chain. Whether they are events is seen when they are read. */
static void add_events(GotraceReader *r, const Head *h) {
    if (h->len == 0) return;
    uint32_t *cursor = &r->bare, thread = NO_SLOT;
    if (h->m != GOTRACE_NONE) {
        thread = idmap_get(&r->m_by_id, h->m);
        if (thread == NO_SLOT) {
            GROW(r->m, r->m_cap, r->m_count + 1);
            thread = (uint32_t)r->m_count++;
            r->m[thread] = (Thread){.id = h->m,
                                    .p_id = GOTRACE_NONE,
                                    .g_id = GOTRACE_NONE,
                                    .p = NO_SLOT,
                                    .g = NO_SLOT,
                                    .cursor = NO_SLOT};
            idmap_put(&r->m_by_id, h->m, thread);
        }
        cursor = &r->m[thread].cursor;
        r->counts.threads += !r->m[thread].counted;
        r->m[thread].counted = true;
    }
    GROW(r->batch, r->batch_cap, r->batch_count + 1);
    uint32_t batch = (uint32_t)r->batch_count++;
    r->batch[batch] = (Batch){h->at, h->time, (uint32_t)h->len, NO_SLOT};
    if (*cursor == NO_SLOT) {
        GROW(r->cursor, r->cursor_cap, r->cursor_count + 1);
        *cursor = (uint32_t)r->cursor_count++;
        r->cursor[*cursor] = (Cursor){.thread = thread, .batch = batch, .batch_last = batch};
    } else {
        Cursor *c = &r->cursor[*cursor];
        r->batch[c->batch_last].next = batch;
        c->batch_last = batch;
    }
}

static bool add_batch(GotraceReader *r, const Head *h, Diag *d) {
    GotraceCounts *n = &r->counts;
    uint8_t clock = n->version < 25 ? GT_FREQUENCY : GT_SYNC;
    if (h->experimental) {
        n->experimental++;
        return true;
    }
    if (h->len == 0 || (h->first != GT_STRINGS && h->first != GT_STACKS &&
                        h->first != GT_CPU_SAMPLES && h->first != clock)) {
        n->batches++;
        add_events(r, h);
        return true;
    }
    size_t got;
    const uint8_t *data = bytes_at(r, h->at, (size_t)h->len, &got);
    if (got < h->len)
        return gotrace_fail(r, h->at, d,
                            "the file cannot be read on: did somebody cut it off just now?");
    switch (h->first) {
    case GT_STRINGS: n->strings++; return gotrace_add_strings(r, data, got, h->at, d);
    case GT_STACKS: n->stacks++; return gotrace_add_stacks(r, data, got, h->at, d);
    case GT_CPU_SAMPLES: n->samples++; return gotrace_add_samples(r, data, got, h->at, d);
    default: n->clocks++; return gotrace_add_clock(r, data, got, h->at, h->time, d);
    }
}

/* ---- a generation ---- */

static void forget_generation(GotraceReader *r) {
    for (size_t i = 0; i < r->cursor_count; i++) {
        if (r->cursor[i].thread != NO_SLOT) r->m[r->cursor[i].thread].cursor = NO_SLOT;
    }
    r->bare = NO_SLOT;
    r->cursor_count = r->batch_count = 0;
    gotrace_tables_clear(&r->table);
}

/* Is this batch one of the generation that is being read? END: it begins the next. */
static GotraceStep belongs(const GotraceReader *r, const Head *h, uint64_t at, bool first,
                           Diag *d) {
    uint64_t now = r->counts.generation;
    bool marked = r->counts.version >= 26;
    if (h->generation == 0) return broken(r, at, d, "a batch of generation 0, which there is not");
    if (first || h->generation == now) return GOTRACE_EVENT;
    if (!marked && h->generation == now + 1) return GOTRACE_END;
    gotrace_fail(r, at, d, "a batch of generation %llu inside generation %llu%s",
                 (Ull)h->generation, (Ull)now, marked ? ", which has no end mark" : "");
    return GOTRACE_BROKEN;
}

GotraceStep gotrace_read_generation(GotraceReader *r, Diag *d) {
    bool marked = r->counts.version >= 26, any = false, first_of_all = r->counts.generations == 0;
    forget_generation(r);
    if (r->next_at == r->size && !first_of_all) return GOTRACE_END;
    for (Head h;;) {
        uint64_t at = r->next_at;
        GotraceStep step = read_head(r, &h, d);
        if (step == GOTRACE_END && marked && any) {
            gotrace_fail(r, at, d, "the file is cut off: generation %llu has no end mark",
                         (Ull)r->counts.generation);
            return GOTRACE_BROKEN;
        }
        if (step == GOTRACE_END && marked) return GOTRACE_END;
        if (step == GOTRACE_END) break;
        if (step == GOTRACE_BROKEN && (marked || !any)) return step;
        if (step ==
            GOTRACE_BROKEN) { /* what came before may be whole: as in Go's reader, it is given out first */
            r->broken_later = true;
            r->later = *d;
            break;
        }
        if (h.end_of_generation) {
            if (!marked)
                return broken(r, at, d,
                              "an end mark of a generation, which files before Go 1.26 have not");
            r->counts.number[GT_END_OF_GENERATION]++;
            r->next_at = h.at;
            break;
        }
        step = belongs(r, &h, at, !any, d);
        if (step == GOTRACE_BROKEN) return step;
        if (step == GOTRACE_END) break;
        r->counts.generation = h.generation;
        any = true;
        if (!add_batch(r, &h, d)) return GOTRACE_BROKEN;
        r->next_at = h.at + h.len;
    }
    if (!gotrace_tables_close(r, d)) return GOTRACE_BROKEN;
    r->counts.generations++;
    return GOTRACE_EVENT;
}

bool gotrace_open_batch(GotraceReader *r, Cursor *c, Diag *d) {
    const Batch *b = &r->batch[c->batch];
    c->data = mem_grow(c->data, b->len + BATCH_PADDING);
    memset(c->data + b->len, 0, BATCH_PADDING);
    c->batch_at = b->at;
    c->batch = b->next;
    c->p = c->data;
    c->end = c->data + b->len;
    c->time_ns = gotrace_ns(&r->table, b->time);
    if (read_at(r, b->at, c->data, b->len) == b->len) return true;
    return gotrace_fail(r, b->at, d,
                        "the file cannot be read on: did somebody cut it off just now?");
}

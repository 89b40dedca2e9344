/* gotrace_table.c -- what a generation's events refer to: strings, stacks, the profiler's samples, the clock.
 *
 * Ids hold within one generation. In real files they are dense from 1, so an array finds them; ids far away
 * from that are looked up in a map, so that a file cannot ask for more memory than it has bytes for.
 *
 * Go: internal/trace/generation.go addStrings, addStacks, addCPUSamples, setSyncBatch, validateStackStrings
 */
#include "gotrace_parts.h"

#include <stdlib.h>
#include <string.h>

typedef unsigned long long Ull;

/* ---- ids ---- */

uint32_t gotrace_id(const IdTable *t, uint64_t id) {
    if (id < t->dense_cap && t->dense[id] != 0) return t->dense[id] - 1;
    return idmap_get(&t->wild, id);
}

/* Gives the id the next entry. */
static void add_id(IdTable *t, uint64_t id) {
    if (id <= 2 * ((uint64_t)t->count + 64)) {
        GROW(t->dense, t->dense_cap, (size_t)id + 1);
        t->dense[id] = ++t->count;
    } else {
        idmap_put(&t->wild, id, t->count++);
    }
}

static void clear_ids(IdTable *t) {
    if (t->dense_cap > 0) memset(t->dense, 0, t->dense_cap * sizeof *t->dense);
    idmap_clear(&t->wild);
    t->count = 0;
}

/* ---- numbers out of a batch ---- */

typedef struct {
    const GotraceReader *r;
    const uint8_t *start, *p, *end;
    uint64_t at; /* of start, in the file */
    Diag *d;
} Input;

static uint64_t here(const Input *in) { return in->at + (uint64_t)(in->p - in->start); }

/* The next number is what the sentence calls `what`. */
static bool number(Input *in, uint64_t *v, const char *what) {
    const uint8_t *p = varint_get(in->p, in->end, v);
    if (p == NULL)
        return gotrace_fail(in->r, here(in), in->d, "%s should be here, and is no whole number",
                            what);
    in->p = p;
    return true;
}

/* The batch goes on with a record of this number. */
static bool record(Input *in, uint8_t want) {
    uint8_t got = *in->p;
    if (got != want)
        return gotrace_fail(in->r, here(in), in->d,
                            "the number %u inside a batch of %s, where %u (%s) should be", got,
                            gotrace_spec[*in->start].name, want, gotrace_spec[want].name);
    in->p++;
    return true;
}

static Input input(const GotraceReader *r, const uint8_t *data, size_t len, uint64_t at, Diag *d) {
    return (Input){r,          data, data + 1,
                   data + len, at,   d}; /* behind the byte that says what is in it */
}

/* ---- strings ---- */

bool gotrace_add_strings(GotraceReader *r, const uint8_t *data, size_t len, uint64_t at, Diag *d) {
    Tables *t = &r->table;
    Input in = input(r, data, len, at, d);
    while (in.p < in.end) {
        uint64_t id, n, record_at = here(&in);
        if (!record(&in, GT_STRING) || !number(&in, &id, "the id of a string") ||
            !number(&in, &n, "the length of a string"))
            return false;
        if (n > GOTRACE_STRING_MAX)
            return gotrace_fail(r, record_at, d,
                                "string %llu is %llu bytes long; no string has more than %d",
                                (Ull)id, (Ull)n, GOTRACE_STRING_MAX);
        if (n > (uint64_t)(in.end - in.p))
            return gotrace_fail(r, record_at, d,
                                "string %llu is %llu bytes long, and its batch has %llu of them",
                                (Ull)id, (Ull)n, (Ull)(in.end - in.p));
        if (gotrace_has(&t->strings, id))
            return gotrace_fail(r, record_at, d,
                                id == 0 ? "string 0 is the empty one and cannot be another"
                                        : "string %llu is there already",
                                (Ull)id);
        GROW(t->string, t->string_cap, (size_t)t->strings.count + 1);
        t->string[t->strings.count] = (Span){t->text.len, (uint32_t)n};
        add_id(&t->strings, id);
        bytes_add(&t->text, in.p, (size_t)n);
        bytes_add(&t->text, "", 1);
        in.p += n;
        r->counts.number[GT_STRING]++;
    }
    return true;
}

const char *gotrace_text(const GotraceReader *r, uint64_t id, size_t *len) {
    uint32_t entry = id == 0 ? NO_SLOT : gotrace_id(&r->table.strings, id);
    if (len != NULL) *len = entry == NO_SLOT ? 0 : r->table.string[entry].len;
    return entry == NO_SLOT ? "" : (const char *)r->table.text.data + r->table.string[entry].at;
}

/* ---- stacks ---- */

static bool add_frame(GotraceReader *r, Input *in) {
    Tables *t = &r->table;
    GotraceFrame f;
    if (!number(in, &f.pc, "the pc of a frame") ||
        !number(in, &f.func, "the function of a frame") ||
        !number(in, &f.file, "the file of a frame") || !number(in, &f.line, "the line of a frame"))
        return false;
    uint32_t frame = idmap_get(&t->frame_by_pc, f.pc);
    if (frame == NO_SLOT) {
        GROW(t->frame, t->frame_cap, t->frame_count + 1);
        frame = (uint32_t)t->frame_count++;
        t->frame[frame] = f;
        idmap_put(&t->frame_by_pc, f.pc, frame);
    }
    GROW(t->frame_of, t->frame_of_cap, t->frame_of_count + 1);
    t->frame_of[t->frame_of_count++] = frame;
    return true;
}

bool gotrace_add_stacks(GotraceReader *r, const uint8_t *data, size_t len, uint64_t at, Diag *d) {
    Tables *t = &r->table;
    Input in = input(r, data, len, at, d);
    while (in.p < in.end) {
        uint64_t id, n, record_at = here(&in);
        if (!record(&in, GT_STACK) || !number(&in, &id, "the id of a stack") ||
            !number(&in, &n, "the depth of a stack"))
            return false;
        if (n > GOTRACE_FRAMES_MAX)
            return gotrace_fail(r, record_at, d,
                                "stack %llu is %llu frames deep; no stack has more than %d",
                                (Ull)id, (Ull)n, GOTRACE_FRAMES_MAX);
        if (gotrace_has(&t->stacks, id))
            return gotrace_fail(r, record_at, d,
                                id == 0 ? "stack 0 is the empty one and cannot be another"
                                        : "stack %llu is there already",
                                (Ull)id);
        Span span = {t->frame_of_count, (uint32_t)n};
        for (; n > 0; n--) {
            if (!add_frame(r, &in)) return false;
        }
        GROW(t->stack, t->stack_cap, (size_t)t->stacks.count + 1);
        t->stack[t->stacks.count] = span;
        add_id(&t->stacks, id);
        r->counts.number[GT_STACK]++;
    }
    return true;
}

uint32_t gotrace_stack_depth(const GotraceReader *r, uint64_t id) {
    uint32_t entry = id == 0 ? NO_SLOT : gotrace_id(&r->table.stacks, id);
    return entry == NO_SLOT ? 0 : r->table.stack[entry].len;
}

GotraceFrame gotrace_stack_frame(const GotraceReader *r, uint64_t id, uint32_t depth) {
    const Tables *t = &r->table;
    ASSERT(depth < gotrace_stack_depth(r, id));
    return t->frame[t->frame_of[t->stack[gotrace_id(&t->stacks, id)].at + depth]];
}

/* ---- samples of the profiler ---- */

bool gotrace_add_samples(GotraceReader *r, const uint8_t *data, size_t len, uint64_t at, Diag *d) {
    Tables *t = &r->table;
    Input in = input(r, data, len, at, d);
    while (in.p < in.end) {
        Sample s = {.order = (uint32_t)t->sample_count};
        if (!record(&in, GT_CPU_SAMPLE) || !number(&in, &s.time, "the time of a sample") ||
            !number(&in, &s.m, "the thread of a sample") ||
            !number(&in, &s.p, "the P of a sample") ||
            !number(&in, &s.g, "the goroutine of a sample") ||
            !number(&in, &s.stack, "the stack of a sample"))
            return false;
        if (s.g == 0) s.g = GOTRACE_NONE;
        GROW(t->sample, t->sample_cap, t->sample_count + 1);
        t->sample[t->sample_count++] = s;
        r->counts.number[GT_CPU_SAMPLE]++;
    }
    return true;
}

static int by_time(const void *a, const void *b) {
    const Sample *x = a, *y = b;
    if (x->time != y->time) return x->time < y->time ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

/* ---- the clock ---- */

static bool add_frequency(GotraceReader *r, Input *in) {
    Tables *t = &r->table;
    uint64_t at = here(in) - 1, frequency;
    if (t->has_frequency) return gotrace_fail(r, at, in->d, "a second frequency in one generation");
    if (!number(in, &frequency, "the frequency")) return false;
    if (frequency == 0)
        return gotrace_fail(r, at, in->d, "a clock of 0 units a second tells no time");
    t->has_frequency = true;
    t->unit_ns = 1.0 / ((double)frequency / 1e9);
    t->unit_whole =
        t->unit_ns < 1024 && t->unit_ns == (double)(uint64_t)t->unit_ns ? (uint64_t)t->unit_ns : 0;
    r->counts.frequency = frequency;
    return true;
}

static bool add_snapshot(GotraceReader *r, Input *in, uint64_t time) {
    Tables *t = &r->table;
    uint64_t since, monotonic;
    if (t->has_clock)
        return gotrace_fail(r, here(in) - 1, in->d, "a second clock snapshot in one generation");
    if (!number(in, &since, "the time of a clock snapshot") ||
        !number(in, &monotonic, "the monotonic clock") ||
        !number(in, &r->counts.wall_sec, "the clock's seconds") ||
        !number(in, &r->counts.wall_nsec, "its nanoseconds"))
        return false;
    t->has_clock = true;
    t->clock_units = time + since;
    r->counts.number[GT_CLOCK_SNAPSHOT]++;
    return true;
}

bool gotrace_add_clock(GotraceReader *r, const uint8_t *data, size_t len, uint64_t at,
                       uint64_t time, Diag *d) {
    bool modern = r->counts.version >= 25;
    Input in = input(r, data, len, at, d);
    if (!modern) in.p = in.start; /* before, the frequency itself says that it is the clock */
    while (in.p < in.end) {
        uint8_t type = *in.p++;
        bool ok;
        if (type == GT_FREQUENCY) ok = add_frequency(r, &in);
        else if (type == GT_CLOCK_SNAPSHOT && modern) ok = add_snapshot(r, &in, time);
        else
            ok = gotrace_fail(r, here(&in) - 1, d,
                              "the number %u where the clock's frequency%s should be", type,
                              modern ? " or a snapshot of it" : "");
        if (!ok) return false;
    }
    return true;
}

uint64_t gotrace_ns_rounded(const Tables *t, uint64_t units) {
    double ns = (double)units * t->unit_ns;
    return ns < (double)GOTRACE_TIME_MAX ? (uint64_t)ns : GOTRACE_TIME_MAX;
}

/* ---- all of it ---- */

/* Go's reader looks at the frames of all stacks, whether somebody uses them or not. */
static bool check_frames(GotraceReader *r, Diag *d) {
    const Tables *t = &r->table;
    for (size_t i = 0; i < t->frame_count; i++) {
        const GotraceFrame *f = &t->frame[i];
        bool func = gotrace_has(&t->strings, f->func), file = gotrace_has(&t->strings, f->file);
        if (func && file) continue;
        return gotrace_fail(r, r->next_at, d,
                            "generation %llu ends here, and its frame at pc 0x%llx names string "
                            "%llu as its %s, which "
                            "the generation has not",
                            (Ull)r->counts.generation, (Ull)f->pc, (Ull)(func ? f->file : f->func),
                            func ? "file" : "function");
    }
    return true;
}

static bool check_samples(GotraceReader *r, Diag *d) {
    Tables *t = &r->table;
    for (size_t i = 0; i < t->sample_count; i++) {
        Sample *s = &t->sample[i];
        if (!gotrace_has(&t->stacks, s->stack))
            return gotrace_fail(r, r->next_at, d,
                                "generation %llu ends here, and a sample in it has the stack %llu, "
                                "which it has not",
                                (Ull)r->counts.generation, (Ull)s->stack);
        s->time = gotrace_ns(t, s->time);
    }
    if (t->sample_count > 1) qsort(t->sample, t->sample_count, sizeof *t->sample, by_time);
    return true;
}

bool gotrace_tables_close(GotraceReader *r, Diag *d) {
    Tables *t = &r->table;
    if (!t->has_frequency)
        return gotrace_fail(r, r->next_at, d,
                            "generation %llu ends here, and has not said its clock's frequency",
                            (Ull)r->counts.generation);
    if (r->counts.version >= 25 && !t->has_clock)
        return gotrace_fail(r, r->next_at, d,
                            "generation %llu ends here, and has no snapshot of the clock",
                            (Ull)r->counts.generation);
    r->counts.has_wall_clock = t->has_clock;
    r->counts.clock_ns = gotrace_ns(t, t->clock_units);
    return check_frames(r, d) && check_samples(r, d);
}

void gotrace_tables_clear(Tables *t) {
    clear_ids(&t->strings);
    clear_ids(&t->stacks);
    idmap_clear(&t->frame_by_pc);
    t->text.len = 0;
    t->frame_count = t->frame_of_count = t->sample_count = t->sample_next = 0;
    t->has_frequency = t->has_clock = false;
}

void gotrace_tables_free(Tables *t) {
    free(t->strings.dense);
    idmap_free(&t->strings.wild);
    free(t->stacks.dense);
    idmap_free(&t->stacks.wild);
    free(t->string);
    free(t->stack);
    bytes_free(&t->text);
    idmap_free(&t->frame_by_pc);
    free(t->frame);
    free(t->frame_of);
    free(t->sample);
}

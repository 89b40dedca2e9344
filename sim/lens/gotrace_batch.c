/* gotrace_batch.c -- generations, batches and tables, byte by byte.
 *
 *   header | batch of M0 | batch of M2 | strings | batch of M0 | ... | stacks | strings | (end) | next generation
 *
 * A batch is written when it is full or its generation ends, so what is kept is at most one batch for each
 * thread, and the texts and stacks of one generation. Times are nanoseconds (frequency 1e9) and no two events
 * have the same: readers order the threads by time, and their order of ties is their own.
 *
 * Go: internal/trace/tracev2/spec.go, events.go; internal/trace/generation.go (go1.26)
 */
#include "gotrace_batch.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    BATCH_BYTES = 32768, /* half of what is allowed; a batch is small beside its generation */
    EVENT_BYTES = 1 + (1 + GOTRACE_ARGS_MAX) * VARINT_MAX,
};
#define NS_PER_S 1000000000u

static void add_byte(Bytes *b, unsigned value) {
    uint8_t one = (uint8_t)value;
    bytes_add(b, &one, 1);
}

/* ---- batches ---- */

static void add_batch(GotraceBatches *b, uint64_t thread, uint64_t ns, const Bytes *data) {
    ASSERT(data->len > 0 && data->len <= GOTRACE_BATCH_MAX);
    add_byte(&b->out, GT_EVENT_BATCH);
    bytes_add_varint(&b->out, b->generation);
    bytes_add_varint(&b->out, thread);
    bytes_add_varint(&b->out, ns);
    bytes_add_text(&b->out, (const char *)data->data, data->len);
}

static void flush_stream(GotraceBatches *b, GotraceStream *s) {
    if (s->data.len == 0) return;
    add_batch(b, s->number, s->base_ns, &s->data);
    s->data.len = 0;
}

/* Tables begin with the number of their sort; they belong to no thread, and their time says nothing. */
static void flush_table(GotraceBatches *b, Bytes *table) {
    if (table->len == 0) return;
    add_batch(b, GOTRACE_NO_ID, b->first_ns, table);
    table->len = 0;
}

static void add_record(GotraceBatches *b, Bytes *table, GotraceNumber sort, const Bytes *record) {
    if (table->len + record->len > BATCH_BYTES) flush_table(b, table);
    if (table->len == 0) add_byte(table, sort);
    bytes_add(table, record->data, record->len);
    b->bytes += record->len;
}

/* ---- generations ---- */

/* From 1.25 on the clocks are in it: the wall clock begins a second after 1970 and goes as the virtual time does. */
static void add_clock(GotraceBatches *b) {
    Bytes data = {0};
    if (b->version >= 25) add_byte(&data, GT_SYNC);
    add_byte(&data, GT_FREQUENCY);
    bytes_add_varint(&data, NS_PER_S);
    if (b->version >= 25) {
        add_byte(&data, GT_CLOCK_SNAPSHOT);
        bytes_add_varint(&data, 0);
        bytes_add_varint(&data, b->first_ns);
        bytes_add_varint(&data, 1 + b->first_ns / NS_PER_S);
        bytes_add_varint(&data, b->first_ns % NS_PER_S);
    }
    add_batch(b, GOTRACE_NO_ID, b->first_ns, &data);
    bytes_free(&data);
}

static void begin_generation(GotraceBatches *b) {
    b->generation++;
    b->bytes = 0;
    b->first_ns = ++b->last_ns; /* readers put an event of their own here */
    b->string = intern_new();
    b->frame = intern_new();
    b->stack = intern_new();
    add_clock(b);
}

static void end_generation(GotraceBatches *b) {
    for (size_t i = 0; i < b->stream_count; i++) {
        flush_stream(b, &b->stream[i]);
        bytes_free(&b->stream[i].data);
    }
    flush_table(b, &b->stacks);
    flush_table(b, &b->strings);
    flush_table(b, &b->samples);
    if (b->version >= 26) add_byte(&b->out, GT_END_OF_GENERATION);
    intern_free(b->string);
    intern_free(b->frame);
    intern_free(b->stack);
}

void gotrace_begin(GotraceBatches *b, int version) {
    char header[GOTRACE_HEADER_BYTES + 1] = {0};
    *b = (GotraceBatches){.version = version};
    snprintf(header, sizeof header, "go 1.%02d trace", version % 100);
    bytes_add(&b->out, header, GOTRACE_HEADER_BYTES);
    begin_generation(b);
}

void gotrace_generation(GotraceBatches *b) {
    end_generation(b);
    begin_generation(b);
}

void gotrace_end(GotraceBatches *b) {
    end_generation(b);
    bytes_free(&b->strings);
    bytes_free(&b->stacks);
    bytes_free(&b->samples);
    free(b->stream);
    b->stream = NULL;
}

/* ---- events ---- */

size_t gotrace_thread(GotraceBatches *b, uint64_t number) {
    GROW(b->stream, b->stream_cap, b->stream_count + 1);
    b->stream[b->stream_count] = (GotraceStream){.number = number};
    return b->stream_count++;
}

void gotrace_put(GotraceBatches *b, size_t stream, uint64_t ns, GotraceNumber event,
                 const uint64_t *arg, size_t count) {
    ASSERT(stream < b->stream_count);
    ASSERT(gotrace_spec[event].arg_count == (int)count);
    GotraceStream *s = &b->stream[stream];
    uint8_t bytes[EVENT_BYTES], *p = bytes;
    if (ns <= b->last_ns) ns = b->last_ns + 1;
    b->last_ns = ns;
    if (s->data.len + sizeof bytes > BATCH_BYTES) flush_stream(b, s);
    if (s->data.len == 0) s->base_ns = s->last_ns = ns;
    *p++ = (uint8_t)event;
    p = varint_put(p, ns - s->last_ns);
    for (size_t i = 0; i < count; i++) p = varint_put(p, arg[i]);
    s->last_ns = ns;
    bytes_add(&s->data, bytes, (size_t)(p - bytes));
    b->bytes += (size_t)(p - bytes);
}

/* ---- tables ---- */

/* The number of this text among the others of its kind; *fresh if it is a new one. */
static uint64_t number_of(Intern *in, const char *text, size_t len, bool *fresh) {
    uint64_t count = intern_count(in), id = intern_id_n(in, text, len);
    *fresh = id == count;
    return id + 1;
}

uint64_t gotrace_string(GotraceBatches *b, const char *text) {
    size_t len = strnlen(text, GOTRACE_STRING_MAX);
    bool fresh;
    if (len == 0) return 0;
    uint64_t number = number_of(b->string, text, len, &fresh);
    if (!fresh) return number;
    Bytes record = {0};
    add_byte(&record, GT_STRING);
    bytes_add_varint(&record, number);
    bytes_add_text(&record, text, len);
    add_record(b, &b->strings, GT_STRINGS, &record);
    bytes_free(&record);
    return number;
}

/* Readers know one frame by one pc: the first that they read with it. */
static uint64_t pc_of(GotraceBatches *b, const GotraceFrame *f) {
    bool fresh;
    return number_of(b->frame, (const char *)f, sizeof *f, &fresh);
}

uint64_t gotrace_stack(GotraceBatches *b, const GotraceFrame *frame, size_t count) {
    bool fresh;
    ASSERT(count <= GOTRACE_FRAMES_MAX);
    if (count == 0) return 0;
    uint64_t number = number_of(b->stack, (const char *)frame, count * sizeof *frame, &fresh);
    if (!fresh) return number;
    Bytes record = {0};
    add_byte(&record, GT_STACK);
    bytes_add_varint(&record, number);
    bytes_add_varint(&record, count);
    for (size_t i = 0; i < count; i++) {
        bytes_add_varint(&record, pc_of(b, &frame[i]));
        bytes_add_varint(&record, frame[i].function);
        bytes_add_varint(&record, frame[i].file);
        bytes_add_varint(&record, frame[i].line);
    }
    add_record(b, &b->stacks, GT_STACKS, &record);
    bytes_free(&record);
    return number;
}

void gotrace_sample(GotraceBatches *b, uint64_t ns, uint64_t m, uint64_t p, uint64_t g, uint64_t stack) {
    Bytes record = {0};
    add_byte(&record, GT_CPU_SAMPLE);
    bytes_add_varint(&record, ns);
    bytes_add_varint(&record, m);
    bytes_add_varint(&record, p);
    bytes_add_varint(&record, g);
    bytes_add_varint(&record, stack);
    add_record(b, &b->samples, GT_CPU_SAMPLES, &record);
    bytes_free(&record);
}

/* stream.c -- blocks of events, handed to the sinks in the order in which they were added. */
#include "stream.h"

#include <stdlib.h>

Stream *stream_new(void) {
    Stream *s = mem_zero(1, sizeof *s);
    s->text = intern_new();
    s->p = s->bytes;
    s->limit = s->bytes + BLOCK_BYTES;
    s->open.first_seq = 1;
    return s;
}

void stream_free(Stream *s) {
    if (s == NULL) return;
    intern_free(s->text);
    free(s);
}

void stream_add(Stream *s, SinkFn fn, void *ctx) {
    ASSERT(s->sink_count < SINKS_MAX);
    s->sink[s->sink_count].fn = fn;
    s->sink[s->sink_count].ctx = ctx;
    s->sink_count++;
}

void stream_every(Stream *s) { s->limit = s->bytes; }

void stream_emit(Stream *s, EventKind kind, const uint64_t *arg) {
    ASSERT(s->now_ns >= s->last_ns);
    uint8_t *p = varint_put(s->p, (uint64_t)kind);
    p = varint_put(p, s->now_ns - s->last_ns);
    p = varint_put(p, s->back);
    for (int i = 0; i < event_spec[kind].arg_count; i++)
        p = varint_put(p, arg[i] + kind_is_id[event_spec[kind].arg[i].kind]);
    s->last_seq++;
    s->back = 1;
    s->last_ns = s->now_ns;
    s->p = p;
    if (p >= s->limit) stream_flush(s);
}

void stream_emit_four(Stream *s, EventKind kind, uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
    stream_emit(s, kind, (uint64_t[]){a, b, c, d});
}

void stream_flush(Stream *s) {
    if (s->p == s->bytes) return;
    s->open.count = (uint32_t)(s->last_seq + 1 - s->open.first_seq);
    s->open.last_ns = s->last_ns;
    s->open.len = (uint32_t)(s->p - s->bytes);
    s->open.bytes = s->bytes;
    s->open.text_to = intern_count(s->text);
    for (int i = 0; i < s->sink_count; i++) s->sink[i].fn(s->sink[i].ctx, &s->open, s->text);
    s->open =
        (Block){.first_seq = s->last_seq + 1, .base_ns = s->last_ns, .text_from = s->open.text_to};
    s->p = s->bytes;
}

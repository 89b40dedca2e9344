/* perfetto_packet.c -- the few messages of Perfetto's trace format that we write, field by field.
 *
 * A message is a row of fields; a field is its number and wire type as one varint, then a varint, eight bytes, or
 * a length and so many bytes. A message inside of another is bytes to that, so the inner one is made first.
 *
 * Times are of the trace's own clock, which no ClockSnapshot sets against another: virtual nanoseconds, as they are.
 *
 * Format: protos/perfetto/trace/{trace,trace_packet}.proto, track_event/{track_event,track_descriptor,
 *         counter_descriptor,debug_annotation}.proto, interned_data/interned_data.proto (v58). A reader before v52 does
 *         not know TRACK_MERGE, which says that no two tracks are one; their names differ in any case.
 */
#include "perfetto_packet.h"

#include <string.h>

enum { WIRE_VARINT, WIRE_64, WIRE_BYTES };

enum { /* Trace */
    TRACE_PACKET = 1,
};
enum { /* TracePacket */
    PACKET_TIMESTAMP = 8,
    PACKET_SEQUENCE_ID = 10,
    PACKET_TRACK_EVENT = 11,
    PACKET_INTERNED_DATA = 12,
    PACKET_SEQUENCE_FLAGS = 13,
    PACKET_TRACK_DESCRIPTOR = 60,
};
enum { STATE_CLEARED = 1, NEEDS_STATE = 2 }; /* TracePacket.SequenceFlags */
enum { SEQUENCE = 1 };                       /* the only one: all names are good everywhere */
enum {                                       /* TrackDescriptor */
    TRACK_UUID = 1,
    TRACK_NAME = 2,
    TRACK_PARENT_UUID = 5,
    TRACK_COUNTER = 8,
    TRACK_CHILD_ORDERING = 11,
    TRACK_RANK = 12,
    TRACK_MERGE = 15,
    COUNTER_UNIT = 3, /* CounterDescriptor */
};
enum { ORDER_EXPLICIT = 3, MERGE_NONE = 2 };
enum { /* TrackEvent */
    EVENT_DEBUG_ANNOTATIONS = 4,
    EVENT_TYPE = 9,
    EVENT_NAME_IID = 10,
    EVENT_TRACK_UUID = 11,
    EVENT_NAME = 23,
    EVENT_COUNTER_VALUE = 30,
    EVENT_FLOW_IDS = 47,
    EVENT_TERMINATING_FLOW_IDS = 48,
};
enum { /* DebugAnnotation */
    ANNOTATION_NAME_IID = 1,
    ANNOTATION_UINT_VALUE = 3,
    ANNOTATION_STRING_VALUE = 6,
};
enum { /* InternedData, and each of its entries */
    INTERNED_EVENT_NAMES = 2,
    INTERNED_DEBUG_ANNOTATION_NAMES = 3,
    ENTRY_IID = 1,
    ENTRY_NAME = 2,
};

/* ---- fields ---- */

enum { TAG_MAX = 2, SMALL_MAX = 64 };

static uint8_t *tag_put(uint8_t *p, unsigned field, unsigned wire) { return varint_put(p, field << 3 | wire); }
static uint8_t *number_put(uint8_t *p, unsigned field, uint64_t v) {
    return varint_put(tag_put(p, field, WIRE_VARINT), v);
}
static size_t varint_len(uint64_t v) {
    size_t n = 1;
    for (; v >= 0x80; v >>= 7) n++;
    return n;
}

/* Room at the end for so many bytes; the caller writes, and hands where he stopped to `grown`. */
static uint8_t *room(Bytes *b, size_t len) {
    GROW(b->data, b->cap, b->len + len);
    return b->data + b->len;
}
static void grown(Bytes *b, const uint8_t *end) { b->len = (size_t)(end - b->data); }

static void add_number(Bytes *b, unsigned field, uint64_t v) {
    grown(b, number_put(room(b, TAG_MAX + VARINT_MAX), field, v));
}
static void add_fixed64(Bytes *b, unsigned field, uint64_t v) {
    uint8_t *p = tag_put(room(b, TAG_MAX + 8), field, WIRE_64);
    u64_put(p, v);
    grown(b, p + 8);
}
static void add_bytes(Bytes *b, unsigned field, const void *data, size_t len) {
    grown(b, varint_put(tag_put(room(b, TAG_MAX + VARINT_MAX), field, WIRE_BYTES), len));
    bytes_add(b, data, len);
}
static void add_string(Bytes *b, unsigned field, const char *text) { add_bytes(b, field, text, strlen(text)); }

/* A message of a number and a text, as so many are. */
static void add_pair(Bytes *b, unsigned field, unsigned number_field, uint64_t number, unsigned text_field,
                     const char *text) {
    size_t len = strlen(text);
    uint8_t head[SMALL_MAX], *p = number_put(head, number_field, number);
    p = varint_put(tag_put(p, text_field, WIRE_BYTES), len);
    size_t head_len = (size_t)(p - head);
    grown(b, varint_put(tag_put(room(b, TAG_MAX + VARINT_MAX), field, WIRE_BYTES), head_len + len));
    bytes_add(b, head, head_len);
    bytes_add(b, text, len);
}

/* ---- packets ---- */

/* A packet of `head` and one message behind it, and of the names that are due. */
static void packet(Packets *k, const uint8_t *head, size_t head_len, unsigned field, const Bytes *message) {
    bool names = field == PACKET_TRACK_EVENT && k->interned.len > 0;
    size_t len = head_len + varint_len(field << 3) + varint_len(message->len) + message->len;
    if (names) len += 1 + varint_len(k->interned.len) + k->interned.len;
    grown(&k->out, varint_put(tag_put(room(&k->out, TAG_MAX + VARINT_MAX), TRACE_PACKET, WIRE_BYTES), len));
    bytes_add(&k->out, head, head_len);
    if (names) add_bytes(&k->out, PACKET_INTERNED_DATA, k->interned.data, k->interned.len);
    add_bytes(&k->out, field, message->data, message->len);
    if (names) k->interned.len = 0;
}

void packet_start(Packets *k) {
    uint8_t body[SMALL_MAX], *p = number_put(body, PACKET_SEQUENCE_ID, SEQUENCE);
    *k = (Packets){0};
    p = number_put(p, PACKET_SEQUENCE_FLAGS, STATE_CLEARED);
    add_bytes(&k->out, TRACE_PACKET, body, (size_t)(p - body));
}

void packet_free(Packets *k) {
    bytes_free(&k->out);
    bytes_free(&k->interned);
    bytes_free(&k->event);
}

void packet_track(Packets *k, const PacketTrack *t) {
    uint8_t head[SMALL_MAX], *p = number_put(head, PACKET_SEQUENCE_ID, SEQUENCE);
    Bytes b = {0};
    add_number(&b, TRACK_UUID, t->uuid);
    if (t->parent) add_number(&b, TRACK_PARENT_UUID, t->parent);
    add_string(&b, TRACK_NAME, t->name);
    add_number(&b, TRACK_CHILD_ORDERING, ORDER_EXPLICIT);
    add_number(&b, TRACK_RANK, t->rank & INT32_MAX);
    add_number(&b, TRACK_MERGE, MERGE_NONE);
    if (t->unit != PACKET_SLICES) {
        uint8_t unit[SMALL_MAX], *end = number_put(unit, COUNTER_UNIT, t->unit);
        add_bytes(&b, TRACK_COUNTER, unit, (size_t)(end - unit));
    }
    packet(k, head, (size_t)(p - head), PACKET_TRACK_DESCRIPTOR, &b);
    bytes_free(&b);
}

uint64_t packet_new_name(Packets *k, const char *text) {
    add_pair(&k->interned, INTERNED_EVENT_NAMES, ENTRY_IID, ++k->names, ENTRY_NAME, text);
    return k->names;
}
uint64_t packet_new_key(Packets *k, const char *text) {
    add_pair(&k->interned, INTERNED_DEBUG_ANNOTATION_NAMES, ENTRY_IID, ++k->keys, ENTRY_NAME, text);
    return k->keys;
}

void packet_begin(Packets *k, PacketType type, uint64_t track) {
    k->event.len = 0;
    k->uses_state = false;
    uint8_t *p = number_put(room(&k->event, SMALL_MAX), EVENT_TYPE, type);
    grown(&k->event, number_put(p, EVENT_TRACK_UUID, track));
}

void packet_end(Packets *k, uint64_t time_ns) {
    uint8_t head[SMALL_MAX], *p = number_put(head, PACKET_TIMESTAMP, time_ns);
    p = number_put(p, PACKET_SEQUENCE_ID, SEQUENCE);
    if (k->uses_state) p = number_put(p, PACKET_SEQUENCE_FLAGS, NEEDS_STATE);
    packet(k, head, (size_t)(p - head), PACKET_TRACK_EVENT, &k->event);
}

/* ---- what an event carries ---- */

void packet_name(Packets *k, uint64_t name) {
    add_number(&k->event, EVENT_NAME_IID, name);
    k->uses_state = true;
}
void packet_plain_name(Packets *k, const char *text) { add_string(&k->event, EVENT_NAME, text); }
void packet_value(Packets *k, uint64_t value) { add_number(&k->event, EVENT_COUNTER_VALUE, value); }

void packet_number(Packets *k, uint64_t key, uint64_t value) {
    uint8_t body[SMALL_MAX], *p = number_put(body, ANNOTATION_NAME_IID, key);
    p = number_put(p, ANNOTATION_UINT_VALUE, value);
    add_bytes(&k->event, EVENT_DEBUG_ANNOTATIONS, body, (size_t)(p - body));
    k->uses_state = true;
}
void packet_text(Packets *k, uint64_t key, const char *text) {
    add_pair(&k->event, EVENT_DEBUG_ANNOTATIONS, ANNOTATION_NAME_IID, key, ANNOTATION_STRING_VALUE, text);
    k->uses_state = true;
}

void packet_flow(Packets *k, uint64_t flow) { add_fixed64(&k->event, EVENT_FLOW_IDS, flow); }
void packet_ends_flow(Packets *k, uint64_t flow) { add_fixed64(&k->event, EVENT_TERMINATING_FLOW_IDS, flow); }

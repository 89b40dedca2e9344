/* perfetto_packet.h -- the bytes of a Perfetto trace: tracks, and what happens on them; no goroutine is known here.
 *
 * A file is a row of TracePackets, each valid on its own, so nothing has to be held back. Order of use: packet_start;
 * packet_track before the first event of a track; then for each event, in the order of its track's time, packet_begin,
 * what it carries (packet_name ... packet_ends_flow), packet_end. Names and keys get their numbers when they are asked for, go
 * out with the next packet, and are good to the end of the file. What is finished stands in `out`, for the caller to
 * take away and set to length 0.
 */
#ifndef FAULTLINE_PERFETTO_PACKET_H
#define FAULTLINE_PERFETTO_PACKET_H

#include "../base/bytes.h"

/* TrackEvent.Type */
typedef enum { PACKET_SLICE = 1, PACKET_SLICE_END, PACKET_INSTANT, PACKET_COUNTER } PacketType;
/* CounterDescriptor.Unit; PACKET_SLICES: no counter at all */
typedef enum { PACKET_SLICES, PACKET_COUNT = 2, PACKET_BYTES } PacketUnit;

typedef struct {
    uint64_t uuid, parent; /* not 0; parent 0: none */
    const char *name;
    uint64_t rank; /* among its parent's tracks */
    PacketUnit unit;
} PacketTrack;

typedef struct {
    Bytes out;
    Bytes interned; /* names and keys that no packet has carried yet */
    Bytes event;    /* the TrackEvent between packet_begin and packet_end */
    bool uses_state; /* it refers to names or keys by their numbers */
    uint64_t names, keys;
} Packets;

void packet_start(Packets *k);
void packet_free(Packets *k);

void packet_track(Packets *k, const PacketTrack *t);
/* Numbers for a name of events and for a key of what they carry; asked for again, another number. */
uint64_t packet_new_name(Packets *k, const char *text);
uint64_t packet_new_key(Packets *k, const char *text);

void packet_begin(Packets *k, PacketType type, uint64_t track);
void packet_end(Packets *k, uint64_t time_ns);

/* ---- what an event carries ---- */
void packet_name(Packets *k, uint64_t name);
void packet_plain_name(Packets *k, const char *text); /* one that is used once */
void packet_value(Packets *k, uint64_t value);        /* of a counter */
void packet_number(Packets *k, uint64_t key, uint64_t value);
void packet_text(Packets *k, uint64_t key, const char *text);
/* A flow begins at the event that names it first, and ends at another, which comes later. */
void packet_flow(Packets *k, uint64_t flow);
void packet_ends_flow(Packets *k, uint64_t flow);

#endif

/* perfetto_reader.h -- a reader of Perfetto traces that takes nothing on trust: the protobuf messages that we write, and
 * the rules that a viewer relies on.
 *
 * Refused: a field we do not write; a track, name or key that nobody has declared; a slice that ends without having
 * begun, or begins inside another; time that runs backwards; a counter on a track of slices, or the other way round;
 * a flow that begins twice, or ends without having begun.
 */
#ifndef FAULTLINE_TESTS_PERFETTO_READER_H
#define FAULTLINE_TESTS_PERFETTO_READER_H

#include "../../sim/base/bytes.h"
#include "../../sim/base/idmap.h"

#define NO_TRACK SIZE_MAX

typedef struct {
    uint64_t uuid;
    size_t parent; /* index; NO_TRACK: it has none */
    char *name;
    uint64_t unit; /* of a counter; 0: it has slices */
    uint64_t last_ns;
    uint64_t events, slices, running; /* running: slices whose name begins with that */
    size_t open;                      /* name of the open slice + 1; 0 = none */
    uint64_t value;                   /* of the counter, now */
} SeenTrack;

typedef struct {
    uint64_t id;
    size_t from, to; /* tracks; to: NO_TRACK until it ends */
    bool to_slice;   /* it ended where a slice begins, not at an instant */
} SeenFlow;

typedef struct {
    SeenTrack *track;
    size_t track_count, track_cap;
    IdMap track_by_uuid;
    SeenFlow *flow;
    size_t flow_count, flow_cap;
    IdMap flow_by_id;
    char **name, **key; /* by number; NULL: not declared */
    size_t name_cap, key_cap;
    uint64_t packets, last_ns;
    Bytes *lines; /* if not NULL: each event as a line */
    char bad[256];
} Seen;

/* The next bytes of a file, whole packets. False with a sentence in `bad`, after which nothing more is read. */
bool seen_read(Seen *s, const uint8_t *bytes, size_t len);
/* What its open slice is called; "" = none is open. */
const char *seen_open(const Seen *s, size_t track);
void seen_free(Seen *s);

#endif

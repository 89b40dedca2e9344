/* trace.h -- our file: everything a run was and did, readable without the program that made it.
 *
 *   "FLTRACE1" | block | block | ...           each block: header (48 bytes), payload
 *   header: magic, type, payload bytes, count, first seq, base ns, last ns, checksum (XXH64 of both)
 *
 *   SECTION   name, bytes      scenario, options, profile, kernels, the event table
 *   ASIDE     the same         true of this machine, not of the run: device, measured times
 *   TEXT      strings          ids count on from the block before
 *   EVENTS    encoded events   (event.h)
 *   MODEL     a checkpoint     the world after all events before it, so that any time is near
 *   END       nothing          the run was over; a file without it was cut or still grows
 *
 * All numbers are little-endian; nothing is compressed, so that the same run is the same bytes. A
 * run killed in the middle leaves a file that can be read up to its last whole block. Sections,
 * text and events are the deterministic content (trace_hash); asides are not. The table of events
 * is inside, so that a newer or older program can read what it knows.
 */
#ifndef FAULTLINE_TRACE_H
#define FAULTLINE_TRACE_H

#include "../base/diag.h"
#include "model.h"
#include "stream.h"

/* ---- writing ---- */
typedef struct TraceWriter TraceWriter;

/* Creates the file, or writes nowhere when path is NULL. With `hash` the digest is kept up to date. */
bool trace_create(TraceWriter **w, const char *path, bool hash, Diag *d);
/* A model that follows the same stream, as a sink after this one (watch.h): checkpoints are made of it. */
void trace_follow(TraceWriter *w, const Model *m);
/* One line of the section "options", which trace_option reads. */
void trace_put_option(Bytes *b, const char *key, const char *value);
void trace_section(TraceWriter *w, const char *name, const void *data, size_t len);
void trace_aside(TraceWriter *w, const char *name, const void *data, size_t len);
/* A sink for stream_add. */
void trace_sink(void *writer, const Block *b, const Intern *text);
/* Writes END, closes, frees. False if anything could not be written (a full disk), with the first
 * error met; the file then ends in its last whole block. */
bool trace_finish(TraceWriter *w, Diag *d);
/* SHA-256 of the deterministic content so far, in hexadecimal. */
enum { HASH_TEXT_MAX = 65 };
void trace_writer_hash(const TraceWriter *w, char out[HASH_TEXT_MAX]);

/* ---- reading ---- */
typedef struct Trace Trace;

typedef enum {
    TRACE_COMPLETE, /* ends with END */
    TRACE_OPEN,     /* no END: cut off, or still being written */
    TRACE_DAMAGED,  /* a block does not fit; what is before it can be read */
} TraceState;

/* Reads the sections and the list of blocks. False only when nothing can be shown: no such file, not
 * a trace, or the head is damaged. `*t` is NULL then. */
bool trace_open(Trace **t, const char *path, Diag *d);
/* Has a Go program written it? Then it can be imported. */
bool trace_is_of_go(const char *path);
void trace_close(Trace *t);
/* Looks for blocks that were added since; true if there are any. */
bool trace_poll(Trace *t);

TraceState trace_state(const Trace *t);
/* Why it is open-ended or damaged, with the byte offset; "" when complete. */
const char *trace_state_text(const Trace *t);
const char *trace_path(const Trace *t);
uint64_t trace_event_count(const Trace *t);
uint64_t trace_last_ns(const Trace *t);
const Intern *trace_text(const Trace *t);

/* A section's or an aside's bytes (NUL-terminated, valid until trace_close), or NULL. */
const char *trace_get(const Trace *t, const char *name, size_t *len);
/* The value of `key` in section "options" ("seed", "procs", "title", "book", ...), or "". Valid until
 * trace_close. */
const char *trace_option(Trace *t, const char *key);
/* NAME=VALUE of the i-th --set that made the trace; NULL: there are no more. Valid until trace_close. */
const char *trace_setting(Trace *t, size_t i);

/* A place in the trace. Any number of them may be open; each reads one block at a time. */
typedef struct TraceCursor TraceCursor;
TraceCursor *trace_cursor(Trace *t);
void trace_cursor_free(TraceCursor *c);
/* The next call of trace_next gives the first event with e->seq >= seq, or e->time_ns >= ns. */
void trace_seek_seq(TraceCursor *c, uint64_t seq);
void trace_seek_ns(TraceCursor *c, uint64_t ns);
/* False at the end (of what is readable). */
bool trace_next(TraceCursor *c, Event *e);
/* The model after the last event with time <= ns (or seq <= seq), from the nearest checkpoint; the
 * caller frees it. NULL with a Diag when an event on the way is impossible. */
Model *trace_model_at_ns(Trace *t, uint64_t ns, Diag *d);
Model *trace_model_at_seq(Trace *t, uint64_t seq, Diag *d);

/* SHA-256 of the deterministic content, in hexadecimal. */
bool trace_hash(Trace *t, char out[HASH_TEXT_MAX], Diag *d);

#endif

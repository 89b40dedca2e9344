/* feed.h -- a trace file, finished or still growing, as something that can be looked at anywhere.
 *
 * Reading is one pass forwards that may be done in pieces (feed_read), so that a window stays
 * alive while a big trace is opened. On the way it fills the lanes and the channels' steps, and keeps a copy of the model
 * every few thousand events; any moment is then the nearest copy and a short replay.
 */
#ifndef FAULTLINE_FEED_H
#define FAULTLINE_FEED_H

#include "flows.h"
#include "lives.h"
#include "past.h"
#include "steps.h"

#include "../sim/lens/findings.h"
#include "../sim/lens/summary.h"
#include "../sim/lens/why.h"

#include "../sim/base/diag.h"
#include "../sim/event/trace.h"

typedef struct Feed Feed;

/* Opens; reads no events yet. */
bool feed_open(Feed **f, const char *path, Diag *d);
void feed_close(Feed *f);

/* Reads at most so many further events; false when there were none. */
bool feed_read(Feed *f, size_t events);
/* Looks whether a growing file has more; true if so (then feed_read). */
bool feed_poll(Feed *f);

const Lanes *feed_lanes(const Feed *f);
const Steps *feed_steps(const Feed *f);
const Past *feed_past(const Feed *f);
const Model *feed_head(const Feed *f); /* after the last event read */
uint64_t feed_count(const Feed *f);    /* events read so far: the last seq */
uint64_t feed_total(const Feed *f);    /* events in the file */
uint64_t feed_end_ns(const Feed *f);   /* time of the last event read */
bool feed_is_open(const Feed *f);      /* no end mark: the run may still go on */
/* Why nothing after feed_end_ns can be shown; "" when all is well, or the file merely grows. */
const char *feed_trouble(const Feed *f);

const char *feed_option(Feed *f,
                        const char *key); /* "title", "book", "seed" ..., "" when unknown */
const char *feed_setting(Feed *f, size_t i); /* NAME=VALUE of the i-th --set; NULL: no more */
const char *feed_section(const Feed *f, const char *name, size_t *len);
const char *feed_path(const Feed *f);

/* The event with this seq. */
bool feed_event(Feed *f, uint64_t seq, Event *e);
/* The last event at or before ns; 0 when there is none. */
uint64_t feed_seq_at(Feed *f, uint64_t ns);
/* The model after event `seq` (0: before all). Borrowed; valid until the slot is asked again. */
enum { FEED_SLOT_FLOWS = 2, FEED_SLOTS = 3 }; /* 0: what is on the stage; 1: looking back for reasons; 2: arrows of the timeline */
const Model *feed_model(Feed *f, int slot, uint64_t seq);
/* The events first..last, each with the model before it. */
typedef void (*WalkFn)(void *ctx, const Model *before, const Event *e);
void feed_walk(Feed *f, int slot, uint64_t first, uint64_t last, WalkFn take, void *ctx);

/* The lanes of these goroutines, as far as they are read: at most so many events further. False: there was nothing to do. */
bool feed_read_lives(Feed *f, const uint64_t *g, size_t count, size_t events);
bool feed_knows_lives(const Feed *f, const uint64_t *g, size_t count); /* there is nothing more to read for these */
const Lives *feed_lives(const Feed *f);

/* Who made whom run in this window of time. Valid until another one is asked for. */
const Flows *feed_flows(Feed *f, uint64_t from_ns, uint64_t to_ns);

/* Why is this so, after event `seq` and at `now_ns`? `m` is the model of that moment. */
void feed_why(Feed *f, const Model *m, uint64_t now_ns, Kind kind, uint64_t id, Why *y);

/* What went wrong so far as is known, in the order of its evidence; some is only known when all has been read. */
/* Each violation by itself, in the order of events; of each kind at most EVIDENCE_MAX. */
const Evidence *feed_evidence(const Feed *f, size_t *count);
const Finding *feed_findings(Feed *f, size_t *count);

/* The figures of what has been read. */
const Summary *feed_summary(const Feed *f);

/* The seq of the first or the last event of this name, 0 = none. */
uint64_t feed_find(Feed *f, const char *event_name, bool last);

#endif

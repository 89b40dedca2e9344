/* flow.h -- what goes through a program and where it stands: channels, locks and device queues, and the goroutines between them.
 *
 * Of each place: how many things came and went, and how many were there on average (L). By Little's law L = rate * W: what is there
 * on average is what comes in a second times how long each stays; so W is L divided by the rate, whatever the order and the
 * distribution. Of each stage, the goroutines of one go statement: which part of their lives they ran, were in C, or waited, and
 * for what: the stage that never waits is the one that all others wait for.
 *
 * Rows are for what was made at one line under one name. Sums are of ns and of things times ns; nothing is rounded here.
 * Order of use: flow_begin, flow_event for each event in turn (with the model before it), flow_end once, then the rows, flow_free.
 */
#ifndef FAULTLINE_FLOW_H
#define FAULTLINE_FLOW_H

#include "../base/idmap.h"
#include "../event/model.h"

typedef enum { FLOW_CHANNELS, FLOW_LOCKS, FLOW_QUEUES, FLOW_PLACES } FlowPlace;

typedef struct {
    uint64_t name, line; /* STR; NONE: the default queue */
    uint64_t places;     /* how many were made there */
    uint64_t room;       /* of all: the channels' buffers, the semaphores' sizes; a lock 1; a queue 0 */
    uint64_t went;       /* values received, locks got, commands done */
    uint64_t there_ns;   /* things there times how long: values inside and at the door; who waits for the lock; commands not done */
    uint64_t most;       /* there at once, in one of them */
    uint64_t busy_ns;    /* a channel: somebody waited to send; a lock: somebody had it; a queue: a command ran. Over all of them */
    uint64_t idle_ns;    /* a channel: somebody waited to receive; a queue: none ran, between its first command and its last */
    uint64_t senders_ns, receivers_ns; /* a channel: those that waited, times how long */
} FlowRow;

typedef enum {
    STAGE_RUNNING,
    STAGE_IN_C,
    STAGE_RUNNABLE,
    STAGE_SEND,
    STAGE_RECEIVE,
    STAGE_SELECT,
    STAGE_LOCK,
    STAGE_SLEEP,
    STAGE_OTHER, /* the network, a nil channel, the collector, or not known */
    STAGE_DOINGS
} StageDoing;
extern const char *const stage_doing[STAGE_DOINGS]; /* "running", "in_c" ... */

typedef struct {
    uint64_t name, line;
    uint64_t goroutines;
    uint64_t ns[STAGE_DOINGS];
    uint64_t life_ns; /* the sum of these */
} Stage;

/* One place: its row (an index), up to when its sums go, and of a queue the commands that run. */
typedef struct {
    uint64_t row, last_ns;
    uint64_t running, first_ns, done_ns; /* first_ns NONE: it has had no command; done_ns: when it was last seen busy */
} FlowOne;

typedef struct {
    FlowRow *row;
    size_t count, cap;
    IdMap by_origin;
    FlowOne *one; /* by id */
    size_t one_count, one_cap;
} FlowTable;

typedef struct {
    uint64_t stage, mark_ns; /* an index + 1, 0: the runtime's own, or not seen yet; its sums go up to mark_ns */
} FlowG;

typedef struct {
    FlowTable table[FLOW_PLACES];
    Stage *stage;
    size_t stage_count, stage_cap;
    IdMap stage_by_origin;
    FlowG *g; /* by id */
    size_t g_cap;
} Flow;

void flow_begin(Flow *f);
/* `before` is the model to which e is about to be applied. */
void flow_event(Flow *f, const Model *before, const Event *e);
/* No further event comes: `after` is the model after the last one. The rows that waited most come first. */
void flow_end(Flow *f, const Model *after);
void flow_free(Flow *f);

#endif

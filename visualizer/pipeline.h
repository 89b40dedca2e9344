/* pipeline.h -- which channels are shown, and how they hang together.
 *
 * No event names a pipeline. It is read off who has used which end: where the receivers of one channel send to another, the two
 * are neighbours, and what they have in common stands between them. So chains come about.
 */
#ifndef FAULTLINE_PIPELINE_H
#define FAULTLINE_PIPELINE_H

#include "layout.h"

typedef struct {
    uint64_t g[USERS_MAX]; /* by id */
    size_t count;
} Set;

/* Without those that have ended, while anybody else is there. */
Set living(Set set, const Model *m);
bool lives(const Set *set, const Model *m); /* of such a set: anybody */

/* How much a channel weighs: whether somebody stands at it; whether anybody is left who used it; its traffic. */
typedef struct {
    uint64_t id, weight;
    Set senders, receivers;
} Candidate;
enum { CANDIDATES_MAX = 64 };

/* The heaviest, and of equal ones the newest, in this order; not those of timers and contexts. `all` is how many there are. */
size_t heaviest_channels(Candidate *out, const Scene *s, size_t *all);

/* The pipes, in the order in which their channels were made. Of a pipe its place is not known yet. */
typedef struct {
    PipePlace pipe[PIPES_MAX];
    Set senders[PIPES_MAX], receivers[PIPES_MAX];
    size_t count;
    size_t order[PIPES_MAX]; /* chain after chain */
    bool starts[PIPES_MAX];  /* by place in `order`: a chain begins */
} Graph;

/* One pipe for each of the heaviest, `most` at most, or for several that are alike. */
void make_graph(Graph *g, const Candidate *c, size_t count, size_t most, const Model *m);
bool channels_are_alike(const Model *m, uint64_t a, uint64_t b);
/* What stands behind the pipe at this place of the order: its receivers, and who feeds the next. */
Set graph_behind(const Graph *g, size_t n);

#endif

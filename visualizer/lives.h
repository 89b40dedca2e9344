/* lives.h -- what goroutines did, as lanes: of those that somebody looks at, read when he does.
 *
 * A run may have a million goroutines, and whoever opens it may never ask for one of them: so nothing of this is done while a
 * trace is opened. When lanes of goroutines come into sight, the trace is read once more, in pieces (feed_read_lives), and the
 * lanes of a page of goroutines are kept: those in sight, and others near them. Few goroutines are all on one page.
 */
#ifndef FAULTLINE_LIVES_H
#define FAULTLINE_LIVES_H

#include "lanes.h"

enum { LIVES_PAGE = 512, LIVES_SPANS_MOST = 8 << 20 };

typedef struct {
    uint64_t page; /* counts the pages: 0 = none has been chosen */
    uint64_t *g;   /* who is on it */
    Lane *lane;
    size_t count;
    uint16_t *place; /* g id to 1 + its place on the page; 0 = it is not on it */
    size_t place_cap;
    uint64_t known_ns; /* the lanes are right up to here */
    bool whole;        /* ... which is all that the feed has read */
    size_t spans, most; /* so many are in the lanes; may be */
    bool narrow;        /* the page has only those that are looked at: there was no room for more */
    bool full;          /* ... not even for those: nothing is known after known_ns */
} Lives;

void lives_free(Lives *l);
bool lives_has(const Lives *l, const uint64_t *g, size_t count); /* all of these */
/* A new page, with these and their neighbours: nothing is known of them yet. `ids` is the number of goroutines there are. */
void lives_choose(Lives *l, const uint64_t *g, size_t count, uint64_t ids, bool narrow);
/* An event has been applied. False: there is no room for more. */
bool lives_after(Lives *l, const Model *after, const Event *e);
/* NULL: it is not on the page. */
const Lane *lives_lane(const Lives *l, uint64_t g);

#endif

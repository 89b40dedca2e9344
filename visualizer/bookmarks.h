/* bookmarks.h -- moments that somebody wants to come back to, kept for each run.
 *
 * A text, one a line: which run, the event's number, its time in ns, what happened. A run is known by what it was asked for: the same
 * scenario with the same settings is the same run, wherever its trace lies. Lines that are not understood are left out.
 */
#ifndef FAULTLINE_BOOKMARKS_H
#define FAULTLINE_BOOKMARKS_H

#include "../sim/base/diag.h"

enum { BOOKMARK_WORDS = 96, BOOKMARKS_MAX = 200 };

typedef struct {
    uint64_t seq, time_ns;
    char words[BOOKMARK_WORDS]; /* the headline of what happened */
} Bookmark;

typedef struct {
    uint64_t run; /* which: bookmarks_run */
    Bookmark mark[BOOKMARKS_MAX]; /* by seq */
    size_t count;
} Bookmarks;

/* The number of a run that was asked for so: its options and its scenario's text. */
uint64_t bookmarks_run(const char *options, const char *scenario);
/* Those of this run; a file that is missing or damaged has none. path "": nothing is kept. */
void bookmarks_read(Bookmarks *b, uint64_t run, const char *path);
/* Beside those of other runs, of which the oldest are dropped in time. */
bool bookmarks_write(const Bookmarks *b, const char *path, Diag *d);

/* Sets one, or removes it; true: it is set now. There is room for BOOKMARKS_MAX. */
bool bookmarks_toggle(Bookmarks *b, uint64_t seq, uint64_t time_ns, const char *words);
/* The next after this event, or the one before it; NULL: there is none. */
const Bookmark *bookmarks_step(const Bookmarks *b, uint64_t seq, int direction);

#endif

/* front.h -- what is there before a run is: the list of scenarios, one that is being run, one that is wrong.
 *
 * The trace of a real Go program is imported as a scenario is run.
 *
 * It takes the place of the whole picture, also of one that is open already. A scenario that has run is opened like any other
 * trace, by whoever has the window: `wants` is its path. Its trace lives as long as it is on show.
 */
#ifndef FAULTLINE_FRONT_H
#define FAULTLINE_FRONT_H

#include "library.h"
#include "rerun.h"
#include "view.h"

typedef enum { FRONT_LIST, FRONT_RUNS, FRONT_WRONG } FrontState;

enum { FRONT_WORDS = 2048, FRONT_FILTER = 32 };

typedef struct Front {
    FrontState state;
    Library library;
    bool listed;
    char filter[FRONT_FILTER]; /* only those that hold it */
    size_t chosen, first;      /* of those that are listed; first: the uppermost on the page */
    size_t page;               /* so many fit on the last picture */
    char name[128];            /* what is being run, or is wrong */
    bool imports;              /* it is a Go program's trace */
    uint64_t mib;              /* so much of its trace is there */
    char words[FRONT_WORDS];   /* what the command line said of it, or of a file that cannot be opened; "" = nothing */
    char *source;              /* of the wrong one; NULL = cannot be read */
    uint64_t line;             /* the one that is wrong; 0 = unknown */
    char wants[4096];          /* a trace that is to be opened; "" = none */
    Rerun *run;                /* the one that runs, or has just; NULL = none */
    Rerun **shown;             /* those whose traces are on show (desk.c) */
    size_t shown_count, shown_cap;
} Front;

void front_free(Front *f);
/* Back to the list; the folder is read when it is needed for the first time. */
void front_list(Front *f);
/* A file is to be opened: a scenario is run first, a Go program's trace imported. */
void front_open(Front *f, const char *path);
/* What it wanted is on show now, or cannot be: `why` says so. */
void front_opened(Front *f, const char *why);

/* The n-th that is listed; NULL: there are not so many. */
const LibraryRow *front_row(const Front *f, size_t n);
size_t front_count(const Front *f);

bool front_key(Front *f, const char *name); /* false: it is none of its keys */
void front_type(Front *f, const char *text);
void front_scroll(Front *f, int down);
/* Looks after the run; true: something has changed. */
bool front_tick(Front *f);

/* The page, in logical pixels. Returns how many of the list there was room for. */
size_t view_front(DrawList *d, Hits *hits, double w, double h, Theme theme, const Front *f);

#endif

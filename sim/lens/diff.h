/* diff.h -- two runs side by side: where their events part, and what came of it.
 *
 * Both traces are read in step, each with a model of its own. Numbers and causes of events are not compared: after one
 * event more they all differ, and say nothing.
 */
#ifndef FAULTLINE_DIFF_H
#define FAULTLINE_DIFF_H

#include "../event/text.h"
#include "../event/trace.h"
#include "align.h"
#include "narrate.h"
#include "summary.h"

/* One of the two at the moment where they part. */
typedef struct {
    bool there; /* else this run had ended */
    Event e;
    char text[EVENT_TEXT_MAX];
    Narration words;
} DiffEvent;

typedef struct {
    bool found;
    uint64_t after; /* so many events before it were the same */
    DiffEvent side[2];
} DiffPlace;

typedef struct {
    char name[48];
    uint64_t ns[G_COUNT]; /* how long it was in each state */
} DiffG;

/* One of the places where the stories part (align.h): so many events of it only one of them has. */
typedef struct {
    size_t count[2];
    uint64_t time_ns[2], seq[2]; /* of the first of them; where there are some */
    char headline[2][sizeof((Narration *)0)->headline];
} DiffParting;
enum { DIFF_PARTINGS_MAX = 12 };

typedef struct {
    Summary summary;
    StoryLine story;
    DiffG *g; /* by G */
    size_t g_count, g_cap;
    Model *model; /* at its end */
} DiffSide;

typedef struct {
    DiffPlace first; /* the first that differs at all */
    DiffPlace what;  /* the first where more than time differs */
    DiffSide side[2];
    DiffParting parting[DIFF_PARTINGS_MAX]; /* the first of them */
    size_t parting_count, partings;         /* partings: all there are */
} Diff;

/* False with a Diag when one of them holds an impossible event. Free it in any case. */
bool diff_traces(Diff *d, Trace *a, Trace *b, Diag *diag);
void diff_free(Diff *d);
/* How different the goroutine's life was: the sum over all states. Both must have it, by the same name: else NONE. */
uint64_t diff_g_ns(const Diff *d, uint64_t g);

#endif

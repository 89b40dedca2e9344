/* scene.h -- all that a picture depends on, and nothing else.
 *
 * A frame is a pure function of a Scene: the same scene is the same picture, in the window and in
 * the file. Everything in it is borrowed and read only.
 */
#ifndef FAULTLINE_SCENE_H
#define FAULTLINE_SCENE_H

#include "blame.h"
#include "bookmarks.h"
#include "menu.h"
#include "past.h"
#include "../sim/lens/findings.h"
#include "../sim/lens/summary.h"
#include "draw.h"
#include "flows.h"
#include "knobs.h"
#include "steps.h"
#include "story.h"
#include "theme.h"
#include "versus.h"

typedef enum {
#define VIEW(name, ...) VIEW_##name,
#include "views.def"
#undef VIEW
    VIEW_COUNT
} ViewKind;
typedef struct {
    const char *name, *title;
    char key;
} ViewSpec;
extern const ViewSpec view_spec[VIEW_COUNT];

typedef struct Scene {
    /* the run */
    const char *title, *book, *section, *file, *go, *device; /* "" = unknown */
    const char *source; /* the scenario's text; "" = not in the trace */
    const Lanes *lanes;
    const Lives *lives; /* of goroutines whose lanes are on show, as far as they are read */
    const Flows *flows; /* wake-ups and callbacks in the window of time; NULL where no lanes are on show */
    const Steps *steps;
    const Past *past;
    const Model *head; /* the end of what has been read: which things there will be at all */
    bool moving_collector; /* a counterfactual; else Go's own */
    uint64_t device_bytes; /* so large is its memory; 0 = not said */
    uint64_t end_ns, event_count;
    bool growing;        /* more may come */
    const Finding *finding; /* in the order of their evidence */
    size_t finding_count;
    const Evidence *evidence; /* of violations, each by itself, in the order of events */
    size_t evidence_count;
    const Summary *summary; /* of all that has been read */
    const char *trouble; /* why nothing after end_ns can be shown; "" = all is well */

    /* the moment */
    const Model *model;
    const Story *story;
    uint64_t now_ns, seq;
    const char *question; /* what comes next? "" = nobody asks */
    uint64_t from_ns, to_ns; /* window of the timeline */
    const uint8_t *picture; /* what the program has shown last: rows of red, green, blue; NULL = nothing */
    uint32_t picture_w, picture_h;
    bool playing;
    uint64_t speed_ns, own_speed_ns; /* own: what the length of the run asks for */

    /* beside it, for the Compare view */
    const struct Scene *other; /* NULL = there is no other run */
    const Versus *versus;
    ViewKind halves; /* what both halves show: stage, heap or channels */
    bool linked;     /* both are shown at the same time */

    /* the picture */
    int width_px, height_px;
    double zoom; /* .8 .. 1.5 */
    Theme theme;
    ViewKind view;
    bool still; /* nothing is seen to move: it is at once where it goes */
    bool panel, lecture, help;
    bool bare; /* only what the view shows: who has it in a page of his own says the rest there */
    bool drawer; /* the panel, where it has no place of its own */
    const char *search; /* what stands in the search line; NULL = there is no line */
    bool search_failed; /* nothing of the kind */
    const Knobs *knobs; /* being changed, to run it again; NULL = they are not */
    bool saving; /* as what file? */
    size_t first_lane; /* of the timeline's, when not all fit: 0 = those that say most, else as many as fit from this one on */
    unsigned folded; /* Timeline: a bit for each LaneGroup of which only the name is shown */
    bool goroutines; /* they have lanes in other views, too */
    const char *filter; /* only lanes whose name, kind or function is like this; "" or NULL = all */
    bool filtering; /* it is being typed */
    double stage_share; /* of the room above the transport; 0 = the default */
    Thing selected;
    Thing hovered;
    uint64_t hovered_line, hovered_born; /* where it is in the source, and where it was made; 0 = unknown */
    bool asks_why;  /* the panel says why the selection is as it is; without one, whoever the event is about */
    Thing why_of;   /* whom it tells about */
    const Why *why; /* NULL: nobody asks, or about nothing */
    Point pointer; /* logical pixels; where a tooltip stands */

    /* what somebody points at, beside the selection */
    Thing followed;     /* its lane stays in sight, and the source shows where it is */
    Thing line_of;      /* whose line the source shows; nothing: the event's */
    uint64_t line;      /* 0 = unknown */
    bool uncovered;     /* the timeline shows what comes, thinned */
    const Bookmark *bookmark; /* by seq */
    size_t bookmark_count;
    const Blame *blame; /* who waits for whom; NULL = nobody asks */
    bool measures;      /* a span of time, its events and its length */
    uint64_t span_from_ns, span_to_ns, span_events;
    bool by_object;     /* Heap: in the order in which they were made, wherever they lie */
    bool black;         /* a presenter wants all eyes elsewhere */
    const Menu *menu;   /* of a thing; NULL = none is open */
    const char *said;   /* what came of a key that changes nothing else to be seen; NULL = nothing */
} Scene;

#endif

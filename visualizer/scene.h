/* scene.h -- all that a picture depends on, and nothing else.
 *
 * A frame is a pure function of a Scene: the same scene is the same picture, in the window and in
 * the file. Everything in it is borrowed and read only.
 */
#ifndef FAULTLINE_SCENE_H
#define FAULTLINE_SCENE_H

#include "past.h"
#include "../sim/lens/findings.h"
#include "draw.h"
#include "steps.h"
#include "story.h"
#include "theme.h"
#include "versus.h"

typedef struct {
    Kind kind;
    uint64_t id; /* NONE = nothing */
} Thing;
#define NO_THING ((Thing){KIND_G, NONE})

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
    const Steps *steps;
    const Past *past;
    const Model *head; /* the end of what has been read: which things there will be at all */
    bool moving_collector; /* a counterfactual; else Go's own */
    uint64_t device_bytes; /* so large is its memory; 0 = not said */
    uint64_t end_ns, event_count;
    bool growing;        /* more may come */
    const Finding *finding; /* in the order of their evidence */
    size_t finding_count;
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
    uint64_t speed_ns;

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
    bool panel, lecture, help;
    bool bare; /* only what the view shows: who has it in a page of his own says the rest there */
    const char *search; /* what stands in the search line; NULL = there is no line */
    bool search_failed; /* nothing of the kind */
    bool saving;      /* as what file? */
    const char *told; /* what has become of it; NULL = nothing was saved just now */
    double stage_share; /* of the room above the transport; 0 = the default */
    Thing selected;
    Thing hovered;
    bool asks_why;  /* the panel says why the selection is as it is; without one, whoever the event is about */
    Thing why_of;   /* whom it tells about */
    const Why *why; /* NULL: nobody asks, or about nothing */
    Point pointer; /* logical pixels; where a tooltip stands */
} Scene;

#endif

/* view.h -- the views: scene and boxes to a display list, and what can be clicked where.
 *
 * A view draws; it decides nothing and says nothing that narrate.h has not said. It knows neither
 * SDL nor Cairo.
 */
#ifndef FAULTLINE_VIEW_H
#define FAULTLINE_VIEW_H

#include "fault.h"
#include "layout.h"

/* ---- what the mouse meets ---- */
typedef enum {
    HIT_THING, /* `thing`: hover shows it, a click selects it */
    HIT_EVENT, /* a click goes to event `value` */
    HIT_RULER,
    HIT_LANES,
    HIT_SCRUB,
    HIT_TO_START,
    HIT_BACK,
    HIT_PLAY,
    HIT_STEP,
    HIT_SPEED,
    HIT_KEYS,
    HIT_VIEW, /* a click shows view `value` */
} HitKind;

typedef struct {
    Box box;
    HitKind kind;
    Thing thing;
    uint64_t value;
} Hit;

typedef struct {
    Hit *hit;
    size_t count, cap;
} Hits;

void hits_add(Hits *h, Box box, HitKind kind, Thing thing, uint64_t value);
/* The topmost at this point, or NULL. */
const Hit *hits_at(const Hits *h, Point p);

/* ---- a view being drawn ---- */
enum { FLOWS_MAX = 40 };
/* Upright, from y0 to its head at y1. */
typedef struct {
    double x, y0, y1;
} FlowArrow;

/* Work of earlier frames that the timeline can use again; it never changes what is drawn. */
typedef struct TimelineMemo TimelineMemo;
TimelineMemo *timeline_memo_new(void);
void timeline_memo_free(TimelineMemo *m);

typedef struct {
    DrawList *d;
    const Scene *s;
    const FrameLayout *f;
    const StageLayout *stage;
    const TimelineLayout *time;
    const ChannelsLayout *channels;
    const HeapLayout *heap;
    Hits *hits;
    TimelineMemo *memo;
    FlowArrow
        arrow[FLOWS_MAX]; /* timeline: found before the labels are placed; from right to left */
    size_t arrow_count;
    double taken_from, taken_to; /* ruler: something else stands there */
} View;

void view_top(const View *v);
void view_transport(const View *v);
void view_worlds(const View *v); /* the stage's ground */
void view_stage(const View *v);
void view_timeline(const View *v);
void view_channels(const View *v);  /* the pipeline, in the stage's place */
void view_occupancy(const View *v); /* and its history, in the timeline's */
void view_scrub(const View *v); /* its last line: the whole run */
void view_heap_ground(const View *v);
void view_heap(const View *v);
void view_pins(const View *v); /* the table under it, and the whole run */
void view_panel(const View *v);
double view_thumbnail(const View *v, Box room); /* the same, small: the height it took; 0 = there is none */
void view_picture(const View *v); /* what the program has shown last, as large as it can be */
void view_strip(const View *v); /* lecture mode: the headline in one line */
void view_help(const View *v);  /* all keys */
void view_search(const View *v); /* the line in which one types what to look for */
void view_tooltip(const View *v);
void view_empty(DrawList *d, double w, double h, const char *headline,
                const char *remedy); /* no trace */
void view_tokens(DrawList *d);       /* every token, 1600 x 1000 */

/* The two worlds and their names, for any view that has them. */
void draw_worlds(const View *v, double fault_y, const Notch *notches, size_t count, double strength);
void name_worlds(const View *v, double go_y, double c_y, double c_room);

/* Parts of the stage, in files of their own. */
void stage_services(const View *v);
void stage_ps(const View *v);
double stage_dock_end(const View *v, uint64_t p); /* behind what stands in the dock of this P */
void stage_channels(const View *v);
void stage_heap(const View *v);
void stage_in_c(const View *v);
void stage_device(const View *v);
void stage_pins(const View *v);

/* Something is proven to be broken: the one meaning of red. */
bool is_violation(FindingKind kind);
/* Its mark, centred: violation, warning, or for advice a note's circle. */
void finding_mark(const View *v, double x, double y, double scale, FindingKind kind, Tint behind);
/* Parts of the timeline that two views have. */
void timeline_ruler(const View *v);
void timeline_top(const View *v); /* what lies over the lanes, and the run below them */
void view_contexts(const View *v);
void channels_select(const View *v); /* what one of the goroutines selects from */

/* ---- words and small helpers that views share ---- */
enum { NAME_MAX_ = 96 };
const char *thing_text(char *buf, size_t size, Kind kind, uint64_t id);    /* "g7", "P1", "M3" */
const char *chan_text(char *buf, size_t size, const Model *m, uint64_t c); /* its name, else "c3" */
const char *chan_fill_text(char *buf, size_t size, const ModelChan *c); /* "full", "3 of 8" */
const char *bytes_text(char *buf, size_t size, uint64_t bytes);            /* "62 MiB" */
const char *count_text(char *buf, size_t size, uint64_t n); /* "8 311", thin spaces */
bool is_selected(const Scene *s, Kind kind, uint64_t id);
bool is_changed(const Scene *s, Kind kind, uint64_t id); /* does the event on show mention it? */
uint64_t thread_for_p(const Model *m, uint64_t p); /* the M that is on its way to it, or NONE */
void mark_thing(const View *v, Box b, Kind kind, uint64_t id); /* it can be hovered and clicked */
/* Shortened to fit, drawn if anything is left; returns the width. */
double draw_fitted(DrawList *d, double x, double y, TextStyle s, unsigned tint, Anchor a,
                   const char *text, double room);
/* The same for a sentence: shortened at its end. */
double draw_ended(DrawList *d, double x, double y, TextStyle s, unsigned tint, const char *text,
                  double room);
/* For a number or a short name, of which no part says anything: smaller, else not at all. */
double draw_short(DrawList *d, double x, double y, TextStyle s, unsigned tint, Anchor a,
                  const char *text, double room);
/* Whole or not at all. */
double draw_whole(DrawList *d, double x, double y, TextStyle s, unsigned tint, Anchor a,
                  const char *text, double room);

#endif

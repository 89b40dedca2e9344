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
    HIT_SCENARIO, /* a click runs the one that is listed as number `value` */
    HIT_NOTHING, /* something lies over what is below it */
    HIT_MENU, /* a click takes line `value` of the menu */
    HIT_GROUP, /* a click folds the lanes of LaneGroup `value`, or shows them again */
    HIT_TIME, /* a click goes to the time `value` */
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
enum { FLOWS_MAX = 40, MARKS_OF_RED_MAX = 16, UPRIGHTS_MAX = FLOWS_MAX + MARKS_OF_RED_MAX };
/* Upright, from y0 to its head at y1; where it began earlier, from_x, y0 is where it comes along its lane from there. */
typedef struct {
    double x, y0, y1, from_x;
    bool thin;  /* one of many that say the same */
    bool faint; /* others are meant now */
} FlowArrow;
/* What words keep clear of. */
typedef struct {
    double x, y0, y1;
} Upright;

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
    const CompareLayout *compare;
    Hits *hits;
    TimelineMemo *memo;
    Openings *openings;        /* where the line is open; NULL = nobody asks */
    const Openings *meanwhile; /* where it is while they open and close; NULL = at the places where it will be */
    FlowArrow arrow[FLOWS_MAX]; /* timeline: found before the labels are placed */
    size_t arrow_count;
    Upright upright[UPRIGHTS_MAX]; /* ... and so are the marks of what is broken */
    size_t upright_count;
    bool future; /* timeline: what is drawn now has not happened yet */
    double taken_from, taken_to; /* ruler: something else stands there */
} View;

void view_top(const View *v);
void view_transport(const View *v);
void view_worlds(const View *v); /* the stage's ground */
void view_stage(const View *v);
void view_timeline(const View *v);
void view_evidence(const View *v);  /* each violation, over the lanes and the run */
/* How many there have been, of this kind or (FIND_COUNT) of all; `more`: at least so many. */
size_t violations_so_far(const Scene *s, FindingKind kind, bool *more);
void view_channels(const View *v);  /* the pipeline, in the stage's place */
void view_occupancy(const View *v); /* and its history, in the timeline's */
void view_scrub(const View *v); /* its last line: the whole run */
void view_heads(const View *v);   /* two runs: which is which, and how it went */
void view_parted(const View *v);  /* their lanes, and where they part */
void view_figures(const View *v); /* their figures side by side */
void view_alone(const View *v);   /* there is no second run */
void view_heap_ground(const View *v);
void view_heap(const View *v);
void view_pins(const View *v); /* the table under it, and the whole run */
void view_panel(const View *v);
double view_thumbnail(const View *v, Box room); /* the same, small: the height it took; 0 = there is none */
void view_picture(const View *v); /* what the program has shown last, as large as it can be */
void view_strip(const View *v); /* lecture mode: the headline in one line */
void view_help(const View *v);  /* all keys */
void view_search(const View *v); /* the line in which one types what to look for */
void view_knobs(const View *v);  /* the settings, to run it again */
void view_save(const View *v);   /* what to save it as */
void view_tooltip(const View *v);
void view_blame(const View *v); /* arrows over the stage */
double view_blame_list(const View *v, double x, double y, double w, double end); /* in the panel; where it ends */
/* All of the region at 45 % but these places. */
void draw_veil(const View *v, Box region, const Box *places, size_t count);
bool is_at_end(const Scene *s); /* of a run that is over */
double view_end_figures(const View *v, double x, double y, double w, double end); /* in the panel; where it ends */
/* All wait, and the first timer ends that. */
bool nothing_runs_until(const Model *m, uint64_t now_ns, uint64_t *at, uint64_t *since);
bool stage_pause(const View *v, double x, double y, double w); /* says so, at this base line; false: it is not so */
/* What shows a thing that is at `own`: a goroutine that has a thread is seen on its plate. */
Box lit_place(const View *v, Thing t, Box own);
void view_lit(const View *v); /* all but what the pointer rests on is set back */
void view_black(const View *v); /* over everything */
void view_menu(const View *v);
void view_said(const View *v); /* what came of a key, under the top bar */
void view_span(const View *v); /* the measured one, over the lanes */
void view_tokens(DrawList *d);       /* every token, 1600 x 1000 */

/* The two worlds and their names, for any view that has them. */
void draw_worlds(const View *v, double fault_y, const Openings *o, double strength);
void name_worlds(const View *v, double go_y, double c_y, double c_room);

/* Parts of the stage, in files of their own. */
void stage_services(const View *v);
void stage_ps(const View *v);
void stage_channels(const View *v);
void stage_heap(const View *v);
void stage_in_c(const View *v);
void stage_device(const View *v);
void stage_pins(const View *v);
double crack_x(const PinPlace *p, double y); /* where a crack passes this height */

/* Its mark, centred: violation, warning, or for advice a note's circle. */
void finding_mark(const View *v, double x, double y, double scale, FindingKind kind, Tint behind);
/* Parts of the timeline that two views have. */
void timeline_ruler(const View *v);
void timeline_gc(const View *v, double y, double h); /* the collector's: it marks, stops, moves */
void timeline_lane(const View *v, const LanePlace *lane); /* without its name */
void timeline_playhead(const View *v);
void timeline_top(const View *v); /* what lies over the lanes, and the run below them */
void view_contexts(const View *v);
void channels_select(const View *v); /* what one of the goroutines selects from */

/* ---- words and small helpers that views share ---- */
enum { NAME_MAX_ = 96 };
const char *thing_text(char *buf, size_t size, Kind kind, uint64_t id);    /* "g7", "P1", "M3" */
const char *chan_text(char *buf, size_t size, const Model *m, uint64_t c); /* its name, else "c3" */
const char *chan_fill_text(char *buf, size_t size, const ModelChan *c); /* "full", "3 of 8" */
const char *bytes_text(char *buf, size_t size, uint64_t bytes);            /* "62 MiB" */
/* Where an M is that has left Go: "in C", or "in a syscall" where an imported trace says so. */
const char *below_text(const Model *m, uint64_t id);
const char *g_below_text(const Model *m, uint64_t g); /* the same of a goroutine that has left Go */
const char *count_text(char *buf, size_t size, uint64_t n); /* "8 311", thin spaces */
bool is_selected(const Scene *s, Kind kind, uint64_t id); /* or followed */
/* Its place in the order in which goroutines first ran: that gives it its colour. */
size_t goroutine_order(const Lanes *l, uint64_t g);
bool is_changed(const Scene *s, Kind kind, uint64_t id); /* does the event on show mention it? */
/* The ring of one that is selected; one that is followed has two. */
void ring_g(const View *v, double cx, double cy, double r, uint64_t g);
uint64_t thread_for_p(const Model *m, uint64_t p); /* the M that is on its way to it, or NONE */
void mark_thing(const View *v, Box b, Kind kind, uint64_t id); /* it can be hovered and clicked */
/* A line of a scenario in its colours; what is too long ends in an ellipsis. */
void draw_source_line(const View *v, const char *line, size_t len, double x, double y, double room, bool current);
/* What is drawn until draw_end_mover is this thing, which goes from place to place; `carries` is the goroutine in it, or NONE. */
void begin_mover(const View *v, Box b, Kind kind, uint64_t id, uint64_t carries);
/* What is drawn until draw_end_mover is no thing but a part of the picture that comes and goes: of `kind`, about two things. */
typedef enum { PART_PIN, PART_CRACK, PART_EDGE, PART_PLUG, PART_WAY, PART_VALUES } PartOf;
void begin_part(const View *v, MoverKind kind, PartOf part, uint64_t a, uint64_t b, double x, double y);
/* The sand edge of what the event has changed, or the place where it would be. */
void now_edge(const View *v, Box b, double radius, double width, Kind kind, uint64_t id, bool changed);
/* The values of a channel pass through this pipe of `cap` cells, from in_x to out_x: the next pipe's are these. */
void begin_values(const View *v, uint64_t chan, double x, double cy, double cell, double in_x, double out_x);
/* Shortened to fit, drawn if anything is left; returns the width. */
double draw_fitted(DrawList *d, double x, double y, TextStyle s, unsigned tint, Anchor a,
                   const char *text, double room);
/* The same for a sentence: shortened at its end. */
double draw_ended(DrawList *d, double x, double y, TextStyle s, unsigned tint, const char *text,
                  double room);
/* For a number or a short name, of which no part says anything: smaller, else not at all. */
double draw_short(DrawList *d, double x, double y, TextStyle s, unsigned tint, Anchor a,
                  const char *text, double room);
/* Prose from the baseline y on, in lines of `w`; **this** is `strong`. Returns the baseline after the last line. At most `lines`; the last
 * one then ends in an ellipsis. */
double prose(const View *v, const char *text, double x, double y, double w, TextStyle s, double leading, Tint tint, Tint strong, int lines);
/* Whole or not at all. */
double draw_whole(DrawList *d, double x, double y, TextStyle s, unsigned tint, Anchor a,
                  const char *text, double room);

#endif

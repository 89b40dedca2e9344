/* layout.h -- where things go: pure functions from sizes and a model to boxes.
 *
 * Nothing here draws or measures colours; the numbers are those of the design, section 2, in
 * logical pixels, and a test checks them as numbers.
 */
#ifndef FAULTLINE_LAYOUT_H
#define FAULTLINE_LAYOUT_H

#include "scene.h"

/* ---------------------------------------------------------------- regions of the window */

/* What depends on the stage's height: full (520 and more), low, tiny (below 400: lecture mode on a
 * small projector), least (below 300: a small window). y's are from the stage's top, or from the fault where the name says `below`. */
typedef struct {
    double go_y, sysmon_y, globq_y, parked_y, channels_y; /* base lines of titles */
    double card_y, card_h, name_y, queue_y, plate_w, plate_h,
        words_y; /* name_y, queue_y: in the card */
    double heap_above, heap_h;
    double c_y_below, in_c_below, in_c_w, in_c_h, in_c_pitch;
    double queue_below, queue_h, queue_title_above, held_below, held_h; /* held_h 0: folded */
    double detail_name, detail_time, detail_words,
        detail_leading; /* base lines, from the plate's top */
    bool captions;      /* `next` and `run queue` in cards */
    bool two_lines;     /* under an M */
    bool tokens;        /* queues show goroutines; else only numbers */
    bool tiny;
} StageMetrics;

typedef struct {
    double u;                                          /* device pixels per logical pixel */
    double w, h;                                       /* the window in logical pixels */
    Box top, stage, timeline, panel, transport, strip; /* strip: lecture mode's line of words */
    Box figures;                                       /* Compare's last part, below its lanes */
    bool small;            /* there is no room for a panel beside the stage ... */
    bool drawer;           /* ... and it lies over it now */
    bool narrow;           /* services and channels columns are slimmer */
    const StageMetrics *m; /* by the stage's height */
    double fault_y;
} FrameLayout;

void layout_frame(FrameLayout *f, const Scene *s);
/* The rows of the stage by its height, and the share of it that is above the line: by the most Ms that are ever in C together. */
const StageMetrics *stage_metrics_for(double stage_h);
double fault_share(const Lanes *l);

/* ---------------------------------------------------------------- the stage */

typedef enum { PS_FULL, PS_SMALL, PS_TILES } PsLook;
enum { P_PLACES_MAX = 1024, C_PLACES_MAX = 20 };

typedef struct {
    Box card, plate;
    double shaft_x; /* where its M goes down */
} PPlace;

typedef enum { IN_C_PLATES, IN_C_SMALL, IN_C_STACK } InCLook;
typedef struct {
    uint64_t m;
    Box plate;
    double shaft_x; /* where it went down; 0 = not on this picture */
} CPlace;

/* What C has of its own: its threads that Go does not know, and Ms that no thread has borrowed. */
typedef struct {
    Kind kind; /* CTHREAD or M */
    uint64_t id;
    Box plate;
} UpPlace;
enum { UP_PLACES_MAX = 4 };

enum { STRIP_MAX = 10 };
typedef struct {
    uint64_t id;
    Box box;
} ThingPlace;

/* From its object straight down to its user; where the user stands elsewhere, along bend_y to
 * tip_x; a crack goes there straight. */
typedef enum { REACH_PIN, REACH_CRACK } ReachKind;
typedef struct {
    uint64_t obj;
    double x, y, bend_y, tip_x, tip_y;
    ReachKind kind; /* CRACK: its user has the address where it was */
} PinPlace;

typedef struct {
    PsLook ps_look;
    double services_x, services_w;
    size_t p_count;
    PPlace p[P_PLACES_MAX];

    InCLook in_c_look;
    size_t in_c_count, in_c_shown;
    CPlace in_c[C_PLACES_MAX];
    size_t in_c_detail; /* index of the one with its time in large figures; in_c_shown = none */
    double detail_w;    /* room for words to its right */
    Box in_c_box;       /* where the stack stands */

    UpPlace up[UP_PLACES_MAX];
    size_t up_shown, up_count;
    double up_end; /* what follows to their right begins here */

    double channels_x, channels_w;
    size_t channel_rows;

    Box heap;
    ThingPlace object[STRIP_MAX];
    size_t object_count;

    uint64_t queue_id;             /* the device queue on the stage; NONE = none has been used */
    Box queue, held;               /* the device's strips */
    ThingPlace command[STRIP_MAX]; /* left to right in the order of execution */
    size_t command_count, commands_more; /* more: queued ones without room */
    double post_x;                       /* where a waiting M returns */
    ThingPlace held_object[STRIP_MAX];
    size_t held_count, held_more;

    PinPlace pin[STRIP_MAX];
    size_t pin_count;
    double scar_x;     /* what has been broken below leaves a scar in the line; 0 = none */
    size_t scar_count; /* so many stand for it */
} StageLayout;

void layout_stage(StageLayout *l, const FrameLayout *f, const Scene *s);
/* Those in in_c, in_c_count of them in all, between left and right. */
void layout_in_c(StageLayout *l, const FrameLayout *f, const Scene *s, double left, double right);
void layout_memory(StageLayout *l, const FrameLayout *f,
                   const Scene *s); /* its last part: heap and device */

/* ---------------------------------------------------------------- the heap */

/* Above the line: to-space; beneath it from-space (all of the heap, where nothing moves), with what is too large to move and
 * what lies on stacks beside it. Below the line: what C and the driver gave, and the device's own memory. */
typedef enum { STRIP_TO, STRIP_FROM, STRIP_LARGE, STRIP_STACKS, STRIP_HOST, STRIP_DEVICE, STRIP_COUNT } StripKind;
typedef enum {
    BLOCK_LIVE,
    BLOCK_GHOST, /* it was here before the last collection */
    BLOCK_FREED,
    BLOCK_LOST, /* it was here, and somebody still uses the place */
    BLOCK_SCAR, /* ... and has used it */
} BlockLook;
typedef struct {
    StripKind strip;
    BlockLook look;
    uint64_t obj; /* NONE: a run of `count`, each too small to be seen; `alive` of them live, `freed` were freed */
    uint64_t count, alive, freed, bytes;
    uint64_t was; /* it lies where this object was, of which somebody uses the place; else NONE */
    Box box;
} BlockPlace;
enum { BLOCKS_MAX = 320 };

typedef struct {
    Box box; /* h 0: there is no such strip */
    uint64_t objects, bytes; /* that live there */
    double end_x;            /* behind the last block */
    double title_x, title_y, title_w;
} StripShape;

/* From a block of from-space to one of to-space. */
typedef struct {
    const BlockPlace *from, *to;
    uint64_t bytes;
    double from0, from1, to0, to1; /* a ribbon */
    double x0, x1, bend_y;         /* an arrow; x0 == x1: straight up */
} MovePlace;
enum { MOVES_MAX = 40, ARROWS_MAX = 12 };

/* Who uses memory from below: a command of the device, or C that a goroutine has called. */
typedef struct {
    uint64_t cmd, g; /* one of them is NONE */
    Box box;
} UserPlace;
enum { BELOW_MAX = 3 };

typedef enum { TIE_PIN, TIE_CALL, TIE_BARE, TIE_LOST, TIE_SCAR, TIE_BUFFER } TieKind;
/* From a block to its user: down from y at x, along bend_y (0: it is straight) to tip_x, down to tip_y. */
typedef struct {
    TieKind kind;
    uint64_t obj;
    size_t block, user; /* user BELOW_MAX: nobody that is shown */
    uint64_t args;      /* which arguments: bits */
    double x, y, bend_y, tip_x, tip_y;
    double words_w; /* room for words to its right */
} TiePlace;
enum { TIES_MAX = 24 };

typedef struct {
    bool to_space;
    double w, go_y, c_y, fault_y, phases_y, phases_h;
    bool phase_words, owner_words;
    size_t tie_lines; /* lines of words beside a tie */
    StripShape strip[STRIP_COUNT];
    Box users; /* where they stand */
    size_t block_count, move_count, user_count, users_more, tie_count;
    uint64_t moved, freed; /* objects, by the last collection */
    bool ribbons; /* too many moves for arrows */
    BlockPlace block[BLOCKS_MAX];
    MovePlace move[MOVES_MAX];
    UserPlace user[BELOW_MAX];
    TiePlace tie[TIES_MAX];
    double launch_x; /* words about the only user; 0 = there is no room */
} HeapLayout;

void layout_heap(HeapLayout *l, const FrameLayout *f, const Scene *s);
/* Has the command, or the call of C, gone on with a place that the object has left? */
bool command_lost(const Model *m, uint64_t cmd, uint64_t obj, uint64_t *at);

/* ---------------------------------------------------------------- the timeline */

typedef enum { LANE_SYSMON, LANE_GC, LANE_P, LANE_M, LANE_G, LANE_BAND, LANE_QUEUE } LaneKind;
typedef struct {
    LaneKind kind;
    uint64_t id;
    double y, h;
    bool labelled;
    size_t at; /* P, M, goroutine: its number among all that can be scrolled through */
} LanePlace;

/* A line with the name of a group, above its lanes; y 0: there is none. */
typedef struct {
    double y;
    size_t shown, total;
} GroupPlace;

enum { LANES_MAX = 320, QUEUES_MAX = 4, GROUP_H = 20 };
typedef struct {
    double x0, x1; /* of the time axis */
    double name_x; /* where the names of lanes begin */
    double scrub_x1;
    double ruler_y, lanes_y, lanes_end, divider_y, scrub_y;
    double filter_y; /* the line that says which lanes are kept; 0 = all are */
    LanePlace lane[LANES_MAX];
    size_t lane_count;
    GroupPlace group[LANE_GROUPS];
    size_t hidden, hidden_p, hidden_g; /* Ms, Ps, goroutines without a lane */
    double hidden_y, hidden_p_y; /* where that is said; hidden_p_y 0: both, at hidden_y */
    size_t scroll_count;         /* Ps, Ms and goroutines that can be scrolled through; 0 = all of them are there */
    size_t scroll_first;         /* Scene.first_lane, not beyond the last */
    double scroll_y0, scroll_y1; /* where they stand */
    double ns_per_lp;
} TimelineLayout;

void layout_timeline(TimelineLayout *l, const FrameLayout *f, const Scene *s);
bool lane_group_is_folded(const Scene *s, LaneGroup group);
LaneGroup lane_group(LaneKind kind);
/* Whose lane comes first, second ... of those that can be scrolled through; beyond the last: nobody's. */
Thing timeline_lane_at(const Scene *s, size_t at);
/* The filter leaves this lane (layout_filter.c). */
bool lane_is_kept(const Scene *s, LaneKind kind, uint64_t id);
double timeline_x(const TimelineLayout *l, const Scene *s, uint64_t ns); /* not clamped */
uint64_t timeline_ns(const TimelineLayout *l, const Scene *s, double x);
double scrub_x(const TimelineLayout *l, const Scene *s, uint64_t ns);
uint64_t scrub_ns(const TimelineLayout *l, const Scene *s, double x);
/* The distance of the ruler's lines: 1, 2 or 5 times a power of ten, at least `least_lp` apart. */
uint64_t timeline_step(const TimelineLayout *l, double least_lp);

/* ---------------------------------------------------------------- two runs */

/* Both halves are stages of their own, whose x begins at 0; the second is drawn `shift` to the right. */
typedef struct {
    double shift;
    Box head[2]; /* in the window */
    FrameLayout half[2];
    TimelineLayout lanes[2]; /* the same lanes of both, on one axis */
    bool gc;                 /* their last lane is the collector's, at gc_y */
    double gc_y[2], gc_h, spine_y;
} CompareLayout;

/* The worlds of `a` and `b`, when one frame shows both. */
void layout_compare(CompareLayout *l, const FrameLayout *f, const Scene *a, const Scene *b);

/* ---------------------------------------------------------------- the Channels view */

enum { PIPES_MAX = 16, NODES_MAX = 2 * PIPES_MAX, CHAN_ROWS_MAX = 12, CONTEXT_ROWS_MAX = 16 };

/* Who is at an end of a pipe: one goroutine, or a group of them. */
typedef struct {
    uint64_t g[USERS_MAX];
    size_t count;
    double cx, cy, room; /* room: for its words */
    bool deepest;        /* nothing stands between it and the line */
} NodePlace;

/* A channel, or several that are alike: made at the same line, and nobody is blocked on sending to one of them. */
typedef struct {
    uint64_t id; /* of several the fullest */
    size_t alike;
    uint64_t values; /* in all of them */
    Box box;
    double cell; /* width of a slot; 0 = a bar */
    size_t from, to; /* its nodes; NODES_MAX = nobody is known */
} PipePlace;

typedef struct {
    uint64_t id;
    bool alike; /* others on show have the same name */
    double y, h; /* of the steps themselves */
} ChanRow;

/* A line of the tree: a context, a goroutine that has asked for it, or how many more of these there are. */
typedef struct {
    uint64_t context, g; /* context NONE: Background; g NONE: the context itself */
    size_t more;
    size_t depth, parent; /* parent: its line */
    double y;
} ContextRow;

typedef struct {
    NodePlace node[NODES_MAX];
    PipePlace pipe[PIPES_MAX];
    size_t node_count, pipe_count, channels, shown; /* of so many channels so many have a pipe */
    double radius;                           /* of a goroutine */
    ChanRow row[CHAN_ROWS_MAX];
    size_t row_count;
    double heading_y;
    ContextRow line[CONTEXT_ROWS_MAX];
    size_t line_count, contexts_left_out;
    Box contexts; /* w 0: the run has none */
} ChannelsLayout;

/* Blocked ones first, then by traffic, then by age. */
size_t channels_by_weight(uint64_t *ids, size_t most, const Model *m);
void layout_contexts(ChannelsLayout *l, const FrameLayout *f, const Scene *s); /* its last part */
/* It is in C, and was so already when the context ended, if that is over. */
bool context_is_deaf(const Model *m, uint64_t context, uint64_t g);
/* Fills also the parts of the stage and of the timeline that the view shares with them. */
void layout_channels(ChannelsLayout *l, StageLayout *stage, TimelineLayout *time, const FrameLayout *f, const Scene *s);

#endif

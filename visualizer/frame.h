/* frame.h -- a whole picture: a scene in, display lists out.
 *
 * The picture is made of parts that do not overlap (the stage and its ground are one place), and of
 * overlays. Each part is one list, so that a window paints again only those that have changed.
 */
#ifndef FAULTLINE_FRAME_H
#define FAULTLINE_FRAME_H

#include "canvas.h"
#include "view.h"

typedef enum {
    PART_GROUND,
    PART_TOP,
    PART_STAGE,
    PART_TIMELINE,
    PART_PANEL,
    PART_TRANSPORT,
    PART_STRIP,
    PART_FIGURES,
    PART_OVERLAY,
    PART_COUNT
} Part;

typedef struct {
    DrawList list[PART_COUNT];
    Box box[PART_COUNT];
    uint64_t painted[PART_COUNT]; /* hash of what stands on the canvas; 0 = nothing */
    Canvas *ground; /* both worlds and the fault: they change only when something crosses */
    uint64_t ground_hash;
    Hits hits;
    TimelineMemo *memo;
    Openings openings; /* where the line is open; Compare does not say */
    FrameLayout layout;
    StageLayout stage;
    TimelineLayout time;
    ChannelsLayout channels;
    HeapLayout heap;
    CompareLayout compare;
    StageLayout half_stage;
    DrawList half[2]; /* a half of two: its ground, its things */
} Frame;

Frame *frame_new(void);
void frame_free(Frame *f);

/* Fills the lists from the scene; paints nothing. */
void frame_build(Frame *f, const Scene *s);
/* The ground again, with the line open at other places: while they open and close. */
void frame_reopen(Frame *f, const Scene *s, const Openings *meanwhile);
/* Paints the parts that have changed since this frame was last painted on this canvas; with `all`,
 * all of them. Returns them as bits, 1 << part. */
unsigned frame_paint(Frame *f, Canvas *c, Theme theme, bool all);
/* draw_lint over all parts, and over the overlays by themselves. */
size_t frame_lint(const Frame *f, void (*say)(void *ctx, const char *sentence), void *ctx);

#endif

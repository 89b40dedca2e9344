/* timeline_parts.h -- what the files that draw the timeline share: a lane's spans on the screen, and words on them. */
#ifndef FAULTLINE_TIMELINE_PARTS_H
#define FAULTLINE_TIMELINE_PARTS_H

#include "view.h"

struct Band;

enum { COLUMNS_MAX = 8192 }; /* of pixels, on a screen and on a lane */

typedef struct {
    double x, w; /* of the slice on the screen */
    const LaneSpan *span;
} Slice;

typedef void (*SliceFn)(const View *v, const LanePlace *lane, const Slice *slice);

/* Up to the playhead, and to where the lane is known; what comes is thinned, where it is uncovered. */
void lane_spans(const View *v, const LanePlace *place, const Lane *lane, uint64_t known_ns, SliceFn draw);

/* Where words of this width may begin so that no arrow and no mark runs through them. */
double clear_of_arrows(const View *v, double x, double w, double y);
/* Words that have room in the slice, or none. */
void slice_label(const View *v, const Slice *s, double baseline, TextStyle style, Tint tint, const char *text);
/* Words on a hatch, or on a line, stand on ground of their own. */
void label_plate(const View *v, const Slice *s, double y, double h, double w, double baseline);
/* "fn with g7, 61 µs", as much of it as has room; `who` may be "". */
void c_words(const View *v, const Slice *s, const char *who, char *text, size_t size);

const LanePlace *find_lane(const View *v, LaneKind kind, uint64_t id); /* NULL: it has none on show */

/* Parts in files of their own. */
bool evidence_mark(const View *v, const Evidence *x, Upright *mark); /* view_evidence.c; false: it is not on show */
void lane_of_g(const View *v, const LanePlace *lane); /* view_lives.c */
const char *g_words(char *buf, size_t size, const Model *m, uint64_t g); /* what it does now */
void lane_of_many(const View *v, const LanePlace *lane); /* view_band.c: of the Ms that have no lane */
void band_free(struct Band *b);
struct Band **band_memo(TimelineMemo *m); /* view_timeline.c: what is kept of it from frame to frame */
const char *many_words(const View *v, char *buf, size_t size); /* what they do now */
void find_flows(View *v); /* view_flows.c: before any words are placed */
void draw_flows(const View *v);

#endif

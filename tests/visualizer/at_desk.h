/* at_desk.h -- a desk with a run on it, for the tests of what is done at the window. */
#ifndef FAULTLINE_TESTS_AT_DESK_H
#define FAULTLINE_TESTS_AT_DESK_H

#include "../../visualizer/desk.h"

extern Show show;
extern Desk desk;

/* A trace that `make` writes, read to its end, at its first event. */
void sit_down(void (*make)(const char *path));
void sit_down_before(const char *path);
void get_up(void);

/* Lays the picture out, so that it can be clicked. */
void look(void);
/* The first of the kind, of this thing where it is one; there must be one. */
const Hit *find_hit(HitKind kind, Thing t);
Point middle(const Hit *h);
/* The lane of an M or a P; NULL: it has none. */
const LanePlace *lane_of(LaneKind kind, uint64_t id);

#endif

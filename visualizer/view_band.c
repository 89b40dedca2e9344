/* view_band.c -- of many Ms those that have no lane: how many run Go, are in C, or wait. */
#include "timeline_parts.h"

void lane_of_many(const View *v, const LanePlace *lane) { (void)v, (void)lane; }

/* motion.h -- things go from where they were to where they are, so that the eye can follow (design, 7).
 *
 * A frame is always the finished picture: what stands where is a function of the moment alone. Here the things in it that stood elsewhere
 * in the picture before are moved back for a while, and come. Wall time is an argument, so that a test can have its own.
 *
 * Differs from the design: values in a pipe, pins, cracks and the notch in the line do not move, they are there at once.
 */
#ifndef FAULTLINE_MOTION_H
#define FAULTLINE_MOTION_H

#include "frame.h"

typedef enum { EASE_LINEAR, EASE_HOP, EASE_DIVE, EASE_RISE, EASE_EVACUATE } Ease;

enum { MOTIONS_MAX = 96 };
typedef struct {
    uint64_t id;
    double dx, dy; /* from where it is to where it was */
    double arc;    /* so much higher halfway */
    uint64_t from_ms, ms;
    Ease ease;
} Motion;

typedef struct {
    Mover *was; /* where everything stood in the picture before */
    size_t was_count, was_cap;
    uint64_t seq; /* its moment */
    ViewKind view;
    double w, h;
    bool any; /* there was one */
    Motion motion[MOTIONS_MAX];
    size_t count;
} Motions;

/* Another picture of the scene has been built in f. What has moved since the one before takes at most most_ms; in too short a time,
 * of too many things, and from another view or far away, nothing is seen to move. */
void motions_begin(Motions *m, const Frame *f, const Scene *s, uint64_t now_ms, uint64_t most_ms);
/* Puts what still moves where it is at now_ms. Call it once on a frame that has just been built. False: all has arrived. */
bool motions_apply(const Motions *m, Frame *f, uint64_t now_ms);
bool motions_are_over(const Motions *m, uint64_t now_ms);
void motions_free(Motions *m);

/* 0 .. 1: how much of the way is done after this part of the time. */
double ease(Ease e, double part);

#endif

/* motion.h -- things go from where they were to where they are, so that the eye can follow (design, 7).
 *
 * A frame is always the finished picture: what stands where is a function of the moment alone. Here it is compared with the picture before,
 * and for a while what is in both is moved back and comes, what is new comes in, and what is gone is lent once more and leaves: threads and
 * goroutines, values in a pipe, pins, cracks, the openings of the line, and the edges of what the last event has changed. Wall time is an
 * argument, so that a test can have its own.
 *
 * Differs from the design: the flash of a crack is its halo's; a P that is taken away and a thread that is made do not move, and
 * neither does what a bar stands for that has too many cells to be drawn.
 */
#ifndef FAULTLINE_MOTION_H
#define FAULTLINE_MOTION_H

#include "frame.h"

typedef enum { EASE_LINEAR, EASE_HOP, EASE_DIVE, EASE_RISE, EASE_EVACUATE, EASE_PIN_IN, EASE_PIN_OUT } Ease;

typedef enum {
    MOTION_GO,    /* mover `id`, from dx, dy away */
    MOTION_LEAN,  /* the same one, a little and back */
    MOTION_COME,  /* mover `id`, that was not there */
    MOTION_LEAVE, /* movers[gone - 1] of the picture before */
    MOTION_FLASH, /* mover `id`, once */
    MOTION_PASS,  /* something on belt `id`, from `from` on, that the picture does not show */
    MOTION_OPEN,  /* the line, at `notch` */
    MOTION_CLOSE,
} MotionKind;

enum { MOTIONS_MAX = 96 };
typedef struct {
    MotionKind kind;
    MoverKind of;
    uint64_t id;
    uint32_t gone;
    double dx, dy; /* GO: from where it is to where it was; PASS: from where it was to where it goes */
    double arc;    /* so much higher halfway */
    Box from;
    Notch notch;
    uint64_t from_ms, ms;
    Ease ease;
} Motion;

/* What there was to be seen. */
typedef struct {
    DrawList list; /* its movers, its belts, and the ops of those that are seen to leave */
    Openings openings;
    uint64_t seq; /* its moment */
    ViewKind view;
    double w, h;
} Seen;

typedef struct {
    Seen was, gone; /* the picture on show, and the one before it */
    bool any;       /* there was one */
    DrawList spare;
    Motion motion[MOTIONS_MAX];
    size_t count;
} Motions;

/* Another picture of the scene has been built in f. What has moved since the one before takes at most most_ms; in too short a time,
 * of too many things, and from another view or far away, nothing is seen to move. */
void motions_begin(Motions *m, const Frame *f, const Scene *s, uint64_t now_ms, uint64_t most_ms);
/* Puts what still moves where it is at now_ms. Call it once on a frame that has just been built. False: all has arrived. */
bool motions_apply(Motions *m, Frame *f, const Scene *s, uint64_t now_ms);
void motions_free(Motions *m);

/* 0 .. 1: how much of the way is done after this part of the time; a pin goes a little too far, and comes back. */
double ease(Ease e, double part);

#endif

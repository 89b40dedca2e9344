/* token.h -- the vocabulary of the pictures: one function per thing.
 *
 * Shape says what a thing is, pattern says its state, colour only repeats it. Tokens know no model
 * and no trace: they are given a look and a place. The same functions draw the window, the exports
 * and the sheet of tokens.
 */
#ifndef FAULTLINE_TOKEN_H
#define FAULTLINE_TOKEN_H

#include "draw.h"
#include "theme.h"

/* ---------------------------------------------------------------- goroutines: circles */

typedef enum { GLOOK_RUNNABLE, GLOOK_RUNNING, GLOOK_WAITING, GLOOK_IN_C, GLOOK_DEAD } GLook;
enum { G_RADIUS_QUEUE = 16, G_RADIUS_PLATE = 27 };

void token_g(DrawList *d, double cx, double cy, double r, const char *label, GLook look);
void token_g_sized(DrawList *d, double cx, double cy, double r, const char *label, GLook look,
                   double size);
void token_g_ring(DrawList *d, double cx, double cy, double r); /* followed: a second ring */
void token_g_frame(DrawList *d, Box b, bool empty);             /* where runnext sits */
void token_more(DrawList *d, double x, double cy); /* three small rings: the queue goes on */
enum { MORE_WIDTH = 54 };

/* ---------------------------------------------------------------- threads: plates */

typedef enum {
    MLOOK_GO,
    MLOOK_SPINNING,
    MLOOK_PARKED,
    MLOOK_SYSCALL,
    MLOOK_C,
    MLOOK_LOCKED,
    MLOOK_STARTING,
    MLOOK_CALLBACK,
    MLOOK_C_THREAD,
    MLOOK_EXTRA, /* these point up */
} MLook;

/* `g` is the goroutine it carries; "" = none. `size` is of the label; 0 = 18. */
void token_m(DrawList *d, Box plate, const char *label, MLook look, const char *g, GLook glook,
             double size);
void token_m_small(DrawList *d, Box plate, const char *label,
                   MLook look); /* the label in the middle, no goroutine */
void token_lock(DrawList *d, double cx, double cy, double scale, Tint tint);
void token_shaft(DrawList *d, double x, double y0, double y1);
void token_cut(DrawList *d, double x, double y, double half_w,
               Tint behind); /* the tie of a retaken P */

/* ---------------------------------------------------------------- Ps: cards */

typedef enum { PLOOK_RUNNING, PLOOK_SYSCALL, PLOOK_IDLE, PLOOK_WAITS, PLOOK_STOPPED } PLook;

void token_p(DrawList *d, Box card, PLook look, bool changed); /* changed: without its edge, somebody draws another */
void token_plug(DrawList *d, double cx, double card_bottom, bool changed);
void token_rail(DrawList *d, double x0, double x1, double y); /* the dotted line of a queue */

/* ---------------------------------------------------------------- channels, memory, device */

typedef struct {
    double x, w;
} Span;

/* A pipe of `cap` cells around cy, `count` of them taken; full ones get a stop bar. Returns its
 * width. */
double token_channel(DrawList *d, double x, double cy, size_t cap, size_t count, double cell,
                     bool closed);
void token_value(DrawList *d, Box b); /* one cell's */
double token_channel_width(size_t cap, double cell, bool closed);
/* A buffer of too many cells: a continuous bar, never less than one visible cell when not empty. */
void token_channel_bar(DrawList *d, double x, double cy, double w, size_t cap, size_t count,
                       bool closed);

void token_object(DrawList *d, Box b, const char *name, bool pinned);
void token_ghost(DrawList *d, Box b, const char *name);
void token_pin(DrawList *d, double x, double y, double tip_y, Tint hole);

typedef enum { CMDLOOK_QUEUED, CMDLOOK_RUNNING, CMDLOOK_DONE } CommandLook;
/* A command in the device queue; `share` done, 0 .. 1, of a running one. */
void token_command(DrawList *d, Box b, const char *name, const char *note, CommandLook look,
                   double share);
void token_buffer(DrawList *d, Box b, const char *name);

void token_context(DrawList *d, double cx, double cy, bool cancelled);
void token_timer(DrawList *d, double cx, double cy, double r,
                 double left); /* left: 0 .. 1 of its time */

/* ---------------------------------------------------------------- marks */

void token_pulse(DrawList *d, double x, double base, bool acted); /* sysmon looked */
void token_violation(DrawList *d, double x, double y, double scale, Tint behind);
void token_warning(DrawList *d, double x, double y, double scale);
void token_note(DrawList *d, double x, double y, double r);
void token_arrow(DrawList *d, double x0, double y0, double x1, double y1, Tint tint, double width);
void token_crack(DrawList *d, Point from, Point to, double w0, double w1, double jag, size_t jags,
                 bool branches, const char *name);
void token_scar(DrawList *d, double x, double fault_y); /* what a crack leaves in the line */
double token_pill(DrawList *d, double x, double y, const char *text, Tint fill, Tint ink,
                  double size, double h);
double token_what_if(DrawList *d, double right,
                     double y); /* the counterfactual tag; returns its width */
double token_key(DrawList *d, double x, double y,
                 const char *text); /* 24 high; returns its width */
void token_logo(DrawList *d, double x, double y, double scale);

/* ---------------------------------------------------------------- on the timeline */

typedef enum { SLICE_GO, SLICE_SPIN, SLICE_C, SLICE_SYSCALL, SLICE_STARTING } SliceLook;

/* A slice on the lane of an M that is 19 high at y: Go rides on the lane, C hangs below it. */
/* In a lane of height h, 19 in the design. */
void token_slice(DrawList *d, double x, double y, double w, double h, SliceLook look, bool dark);

#endif

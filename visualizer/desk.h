/* desk.h -- what somebody does at the window, as calls of the player and changes of the scene.
 *
 * Keys and the pointer come in here as names and points, and what comes out is a scene to be painted and a few wishes that only
 * a window can fulfil. It knows no window: sdl.c has one, a test has none.
 */
#ifndef FAULTLINE_DESK_H
#define FAULTLINE_DESK_H

#include "frame.h"
#include "show.h"

typedef enum { DRAG_NONE, DRAG_SEEK, DRAG_SCRUB, DRAG_PAN, DRAG_SPEED, DRAG_DIVIDER } Drag;

enum { SEARCH_MAX = 64 };

typedef struct {
    Show *show; /* NULL: nothing is open */
    Frame *frame;
    bool dirty;             /* the picture may differ from the one painted last */
    bool quit, full_screen; /* wishes: to be closed; to fill the screen, or no longer */

    Drag drag;
    double drag_x;
    bool pressed_moved;   /* since the button went down */
    Thing hover_next;     /* what the pointer is over, shown after a moment */
    uint64_t hover_since; /* ms */
    bool zoomed;          /* somebody has chosen a window of time */
    char search[SEARCH_MAX];
    char told[1280]; /* what has become of what was saved last */
} Desk;

/* Another run, or none. */
void desk_open(Desk *k, Show *w);

/* A key by its name: "Right", "Page Down", "Ctrl+Right", "Shift+Left", or the character it writes, letters large: "Y", "+", "?". False: it
 * does nothing here. keys.def lists them. */
bool desk_key(Desk *k, const char *name);
/* What was typed, where a line is open that takes it; else desk_key has it. */
void desk_type(Desk *k, const char *text);

/* The pointer, in logical pixels. */
void desk_press(Desk *k, Point at);
void desk_release(Desk *k, Point at);
void desk_move(Desk *k, Point at, uint64_t now_ms);
/* Notches of the wheel: away from the user is positive, and so is to the right. */
void desk_wheel(Desk *k, Point at, int away, int right);

/* Time has passed: plays, reads what the file has more, shows a tooltip that is due. */
void desk_tick(Desk *k, uint64_t wall_ns, uint64_t now_ms);
/* How long nothing need be done, in ms; -1: until somebody does something. */
int desk_patience(const Desk *k);

/* ---- what keys and buttons have in common (keys.c) ---- */
void desk_step(Desk *k, int direction);
void desk_play(Desk *k);
void desk_zoom(Desk *k, unsigned hundredths, uint64_t at_ns);
/* Play and the following of a growing file end: somebody goes somewhere else. */
void desk_halt(Desk *k);

#endif

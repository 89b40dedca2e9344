/* desk.h -- what somebody does at the window, as calls of the player and changes of the scene.
 *
 * Keys and the pointer come in here as names and points, and what comes out is a scene to be painted and a few wishes that only
 * a window can fulfil. It knows no window: sdl.c has one, a test has none.
 */
#ifndef FAULTLINE_DESK_H
#define FAULTLINE_DESK_H

#include "frame.h"
#include "front.h"
#include "motion.h"
#include "rerun.h"
#include "show.h"

typedef enum { DRAG_NONE, DRAG_SEEK, DRAG_SCRUB, DRAG_PAN, DRAG_SPEED, DRAG_DIVIDER, DRAG_MEASURE } Drag;

enum { LANES_A_NOTCH = 3 }; /* so far the wheel scrolls them */
enum { SEARCH_MAX = 64, COPY_MAX = 4500, SAID_MAX = 256 };

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
    bool held;            /* a key is held down, and repeats: who goes so fast sees nothing move */
    Motions motions;
    bool moves;           /* something was on its way in the picture painted last */
    bool zoomed;          /* somebody has chosen a window of time */
    char search[SEARCH_MAX], filter[SEARCH_MAX];
    Bookmarks bookmarks;
    const char *bookmarks_path; /* where they are kept; NULL = nowhere */
    Front front;
    bool front_over; /* it lies over the run that is open */
    Hits front_hits;
    Knobs knobs;
    Rerun **rerun; /* the newest last: it may still run; the others' traces are on show */
    size_t rerun_count, rerun_cap;
    Menu menu;
    char said[SAID_MAX];
    char copy[COPY_MAX]; /* a wish: to be put where other programs paste from; then made empty */
    double pinched; /* since the last step of the zoom */
} Desk;

/* Another run, or none. */
void desk_open(Desk *k, Show *w);
/* A file is to be opened: dropped, or asked for. */
void desk_drop(Desk *k, const char *path);
/* It is on show now; or cannot be, and why. Then whatever was open stays. */
void desk_opened(Desk *k, const char *why);
/* Does the page before a run take the place of the picture? */
bool desk_is_front(const Desk *k);
void desk_close(Desk *k); /* at the end; the show and the frame are not its own */

/* A key by its name: "Right", "Page Down", "Ctrl+Right", "Shift+Left", or the character it writes, letters large: "Y", "+", "?". False: it
 * does nothing here. keys.def lists them. */
bool desk_key(Desk *k, const char *name);
/* What was typed, where a line is open that takes it; else desk_key has it. */
void desk_type(Desk *k, const char *text);
bool desk_takes_text(const Desk *k);

/* The pointer, in logical pixels. */
void desk_press(Desk *k, Point at);
void desk_release(Desk *k, Point at);
void desk_move(Desk *k, Point at, uint64_t now_ms);
/* The second press of a double click: zooms to what is there. */
void desk_double(Desk *k, Point at);
/* The other button: a menu of what is there. */
void desk_right(Desk *k, Point at);
/* The button, held with Alt: a span of time is measured until it is released. */
void desk_measure(Desk *k, Point at);
/* Two fingers part (above 0) or come together; 1: by the whole width of the pad. */
void desk_pinch(Desk *k, Point at, double parted);
/* Notches of the wheel: away from the user is positive, and so is to the right. Over the lanes' names it scrolls through them. */
void desk_wheel(Desk *k, Point at, int away, int right);

/* Where not all lanes fit, it shows those that are so many below (above: negative). */
void desk_lanes(Desk *k, int below);

/* The picture as it is at this moment, to be painted: what has just moved is on its way. */
void desk_picture(Desk *k, uint64_t now_ms);

/* Time has passed: plays, reads what the file has more, shows a tooltip that is due. */
void desk_tick(Desk *k, uint64_t wall_ns, uint64_t now_ms);
/* How long nothing need be done, in ms; -1: until somebody does something. */
int desk_patience(const Desk *k);

/* Said to the user until the next key or click. */
void desk_say(Desk *k, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ---- bookmarks (marks.c) ---- */
void marks_read(Desk *k); /* those of the run that is open */
void marks_toggle(Desk *k);
void marks_next(Desk *k);
void marks_previous(Desk *k);

/* ---- the menu of a thing (menu.c) ---- */
void menu_open(Desk *k, Thing t, Point at);
void menu_close(Desk *k);
void menu_choose(Desk *k, MenuLine line);
bool menu_key(Desk *k, const char *name); /* false: not one of its keys */

/* ---- what keys do with the selection (selection.c) ---- */
void selection_follow(Desk *k);
void selection_up(Desk *k);
void selection_down(Desk *k);
void selection_fold(Desk *k); /* the group of its lane; nothing selected: all groups are unfolded */
void selection_fit(Desk *k);  /* all of its time */
void selection_menu(Desk *k); /* of it, where it stands */
void selection_next_note(Desk *k);
void selection_previous_note(Desk *k);

/* ---- what keys and buttons have in common (keys.c) ---- */
void desk_step(Desk *k, int direction);
void desk_play(Desk *k);
void desk_zoom(Desk *k, unsigned hundredths, uint64_t at_ns);
/* Play and the following of a growing file end: somebody goes somewhere else. */
void desk_halt(Desk *k);

#endif

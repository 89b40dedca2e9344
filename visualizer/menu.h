/* menu.h -- what can be done with one thing: the few lines that a right click opens.
 *
 * A line that makes no sense for the thing stays, but cannot be chosen: a menu whose lines keep their places is learned once.
 */
#ifndef FAULTLINE_MENU_H
#define FAULTLINE_MENU_H

#include "draw.h"

#include "../sim/event/event.h"

typedef struct {
    Kind kind;
    uint64_t id; /* NONE = nothing */
} Thing;
#define NO_THING ((Thing){KIND_G, NONE})

static inline bool same_thing(Thing a, Thing b) { return a.kind == b.kind && a.id == b.id; }

typedef enum { MENU_WHY, MENU_LINE, MENU_FOLLOW, MENU_FIT, MENU_COPY, MENU_LINES } MenuLine;
extern const char *const menu_words[MENU_LINES];

typedef struct {
    Thing of;
    Point at; /* logical pixels */
    bool can[MENU_LINES];
    MenuLine chosen; /* that Return would take */
} Menu;

#endif

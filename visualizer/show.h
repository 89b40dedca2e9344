/* show.h -- a feed and a player made into a scene: what window and shot have in common. */
#ifndef FAULTLINE_SHOW_H
#define FAULTLINE_SHOW_H

#include "feed.h"
#include "layout.h"
#include "player.h"
#include "predict.h"
#include "scene.h"

typedef struct Show {
    Feed *feed;
    Player player;
    Story story;
    char device[128];
    char question[QUESTION_MAX];
    Why why; /* of scene.why_of, as it is after why_seq and at why_ns */
    uint64_t why_seq, why_ns;
    bool uncovers; /* what comes is shown; beside another run it always is */
    bool blames;
    Blame blame; /* after blame_seq */
    uint64_t blame_seq;
    Thing turned_to; /* whose line is shown, until something happens after event turned_seq */
    uint64_t turned_seq;
    bool measures_on; /* the span ends at the moment on show */
    struct Show *beside; /* the other run of the Compare view, or NULL; owned */
    Versus *versus;      /* of both */
    bool unlinked;       /* the other one stays where it is */
    Scene scene; /* the picture's own settings are kept here: size, zoom, theme, panel ... */
} Show;

/* The settings of a picture before anybody changed them. */
void show_init(Show *w, Feed *f);
/* Closes the feed and the other run. */
void show_free(Show *w);
/* Another run beside this one, or in its place: of its feed, which is then owned. False with a Diag: nothing has changed, and the feed is
 * still the caller's. */
bool show_beside(Show *w, Feed *other, Diag *d);
/* A becomes B. */
void show_swap(Show *w);
/* Reads further what the comparison needs; false when there was nothing to do. */
bool show_compare(Show *w, size_t events);
/* The place of the next, previous difference; false when there is none. */
bool show_step_difference(Show *w, int direction);
/* Fills the scene with the moment that the player is at. */
const Scene *show_scene(Show *w);

/* Reads at most so many events for the goroutines that have a lane there; false: there was nothing to do. */
bool show_read_lives(Show *w, const TimelineLayout *l, size_t events);
bool show_knows_lives(const Show *w, const TimelineLayout *l); /* there will be nothing to do */

/* How somebody looks at a run, taken over from another; not at what. */
void show_take_looks(Show *w, const Scene *from);
/* What is meant when nothing is named: the selection, else whoever the event on show is about. */
Thing show_asked(const Scene *s);
/* The line of the scenario at which it is, or was made; 0 = unknown. */
uint64_t show_line_of(const Model *m, Thing t);
/* The source shows that line, until something else happens. */
void show_turn_to(Show *w, Thing t);

/* "3.473ms", "first:P_RETAKE", "last:CGO_ENTER", "#1204", "end". Moves the player; false with a
 * Diag. A name goes to all that happens in that instant: a retake with its hand-over. */
bool show_go_to(Show *w, const char *where, Diag *d);

#endif

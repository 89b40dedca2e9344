/* show.h -- a feed and a player made into a scene: what window and shot have in common. */
#ifndef FAULTLINE_SHOW_H
#define FAULTLINE_SHOW_H

#include "feed.h"
#include "player.h"
#include "predict.h"
#include "scene.h"

typedef struct {
    Feed *feed;
    Player player;
    Story story;
    char device[128];
    char question[QUESTION_MAX];
    Why why; /* of scene.why_of, as it is after why_seq and at why_ns */
    uint64_t why_seq, why_ns;
    Scene scene; /* the picture's own settings are kept here: size, zoom, theme, panel ... */
} Show;

/* The settings of a picture before anybody changed them. */
void show_init(Show *w, Feed *f);
/* Fills the scene with the moment that the player is at. */
const Scene *show_scene(Show *w);

/* "3.473ms", "first:P_RETAKE", "last:CGO_ENTER", "#1204", "end". Moves the player; false with a
 * Diag. A name goes to all that happens in that instant: a retake with its hand-over. */
bool show_go_to(Show *w, const char *where, Diag *d);

#endif

/* settings.h -- how somebody likes to look at runs: kept from one window to the next.
 *
 * A text, one setting a line: `theme light`. Keys: theme (dark, light), zoom (0.8 to 1.5), panel (yes, no), divider (the stage's
 * share, 0.45 to 0.75), speed (0.001 to 1000 times the one that lasts a run about a minute), window (1600x1000, in the system's own
 * units). Lines of other keys are kept as they are, and so are comments (#).
 */
#ifndef FAULTLINE_SETTINGS_H
#define FAULTLINE_SETTINGS_H

#include "scene.h"

enum { SETTINGS_OTHERS = 2048 };

typedef struct {
    Theme theme;
    double zoom, divider; /* divider 0: as the window's size wants it */
    double speed;         /* of playing, in that which is a run's own */
    bool panel;
    int window_w, window_h; /* 0: as large as is usual */
    char others[SETTINGS_OTHERS]; /* lines that are not ours */
} Settings;

void settings_default(Settings *s);
/* From a file; what is not there is as before. False with one sentence: something was not understood, or cannot be read. */
bool settings_read(Settings *s, const char *path, Diag *d);
bool settings_write(const Settings *s, const char *path, Diag *d);

void settings_apply(const Settings *s, Scene *to);
/* What differs between the two scenes was changed by the user: it is taken over. True: there was something. */
bool settings_learn(Settings *s, const Scene *before, const Scene *after);

#endif

/* window.h -- the window: SDL on one side, a Show on the other. sdl.c implements it. */
#ifndef FAULTLINE_WINDOW_H
#define FAULTLINE_WINDOW_H

#include "show.h"

/* Opens the window. False with a Diag when there is no display. */
bool window_open(Diag *d);
void window_close(void);

/* Shows the run until the window is closed. A file dropped on it ends the call as well: its path is
 * returned, to be freed by the caller; NULL otherwise. `w` may be NULL: nothing is open. */
char *window_run(Show *w);

#endif

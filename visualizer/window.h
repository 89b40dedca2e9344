/* window.h -- the window: SDL on one side, a Show on the other. sdl.c implements it. */
#ifndef FAULTLINE_WINDOW_H
#define FAULTLINE_WINDOW_H

#include "show.h"

/* Opens the window. False with a Diag when there is no display. */
bool window_open(Diag *d);
void window_close(void);

/* Shows the run until the window is closed, or another file is to be opened: its path is returned, to be freed by the caller;
 * NULL otherwise. `w` may be NULL: nothing is open. Called again with the same run it goes on as if nothing had been. */
char *window_run(Show *w);
/* The run is about to be freed. */
void window_leave(void);
/* What was asked for is open now; or is not, and why: whatever was on show stays. */
void window_opened(const char *why);

#endif

/* window.h -- the window: SDL on one side, a Show on the other. sdl.c implements it. */
#ifndef FAULTLINE_WINDOW_H
#define FAULTLINE_WINDOW_H

#include "settings.h"
#include "show.h"

/* Opens the window, dressed like this; bookmarks are kept in that file, "" = nowhere. False with a Diag when there is no display. */
bool window_open(const Settings *s, const char *bookmarks, Diag *d);
/* True when its size was changed since: then that is learned. */
bool window_learn_size(Settings *s);
void window_close(void);

/* Shows the run until the window is closed, or another file is to be opened: its path is returned, to be freed by the caller;
 * NULL otherwise. `w` may be NULL: nothing is open. Called again with the same run it goes on as if nothing had been. */
char *window_run(Show *w);
/* A file is to be opened, as if it had been dropped there. */
void window_drop(const char *path);
/* The run is about to be freed. */
void window_leave(void);
/* What was asked for is open now; or is not, and why: whatever was on show stays. */
void window_opened(const char *why);

#endif

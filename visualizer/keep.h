/* keep.h -- small files in which the window remembers something: where they are, and writing them whole or not at all.
 *
 * By the XDG rules: a folder that the environment names, if it is absolute, else one below HOME; without either nothing is kept.
 */
#ifndef FAULTLINE_KEEP_H
#define FAULTLINE_KEEP_H

#include "../sim/base/diag.h"

enum { KEEP_PATH_MAX = 4096 };

/* Where somebody's settings are, and what a program remembers by itself: of this name; "" = nowhere. Return buf. */
const char *keep_config(char buf[KEEP_PATH_MAX], const char *name);
const char *keep_state(char buf[KEEP_PATH_MAX], const char *name);
/* "$named/faultline/name", else "$home/below/faultline/name", else "". NULL is the same as "". Returns buf. */
const char *keep_path(char buf[KEEP_PATH_MAX], const char *named, const char *home, const char *below, const char *name);
/* The text of a file of at most 1 MiB, to be freed; NULL: there is none (d is empty), or it cannot be read, and why. */
char *keep_read(const char *path, Diag *d);
/* In place of what was there, in one step. Makes the folders. */
bool keep_write(const char *path, const char *text, Diag *d);

#endif

/* own.h -- where this very program lies, and what lies beside it. */
#ifndef FAULTLINE_OWN_H
#define FAULTLINE_OWN_H

#include "base.h"

/* The folder of this program, with a slash at the end; "" when /proc is not there. Returns buf. */
const char *own_folder(char *buf, size_t size);
/* A file of ours: in the project, that program being in build/ or a folder below it, or installed, where the last part of `folder` lies
 * in ../share/faultline. `name` "" asks for the folder itself, with a slash at its end. False: it is nowhere; buf is "". */
bool own_find(const char *folder, const char *name, char *buf, size_t size);
/* A program that stands beside this one, else its plain name (found by PATH). */
const char *own_program(const char *name, char *buf, size_t size);

#endif

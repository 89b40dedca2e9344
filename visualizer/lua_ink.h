/* lua_ink.h -- a line of a scenario, cut into pieces of one colour. */
#ifndef FAULTLINE_LUA_INK_H
#define FAULTLINE_LUA_INK_H

#include "theme.h"

typedef struct {
    size_t from, len; /* bytes of the line */
    Tint tint;
} InkPiece;

/* Cuts `line` (len bytes, no newline) into at most `most` pieces; returns how many. What does not
 * fit into the last one is part of it. Long strings and comments over several lines are not
 * followed. */
size_t lua_ink(const char *line, size_t len, InkPiece *pieces, size_t most);

#endif

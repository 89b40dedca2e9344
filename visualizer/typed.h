/* typed.h -- a line that somebody types: letters come at its end, and go from there. */
#ifndef FAULTLINE_TYPED_H
#define FAULTLINE_TYPED_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* As a whole; false when there is no room for it. */
static inline bool typed_add(char *line, size_t size, const char *text) {
    size_t n = strlen(line);
    if (n + strlen(text) >= size) return false;
    snprintf(line + n, size - n, "%s", text);
    return true;
}

/* Back by one letter, not by one byte. */
static inline void typed_back(char *line) {
    size_t n = strlen(line);
    while (n > 0 && (line[--n] & 0xc0) == 0x80) continue;
    line[n] = '\0';
}

#endif

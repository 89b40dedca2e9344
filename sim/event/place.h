/* place.h -- where in a program something happened: what a LINE argument says.
 *
 * Of a run of ours it is a line of the scenario, a small number; 0 = nowhere. Of an imported trace it is a
 * whole stack: PLACE_STACK + the id of a string that lists its frames, innermost first, one a line:
 * "file:line\tfunction\n".
 */
#ifndef FAULTLINE_PLACE_H
#define FAULTLINE_PLACE_H

#include "../base/intern.h"

#define PLACE_STACK ((uint64_t)1 << 32)

enum { PLACE_TEXT_MAX = 160 };

static inline bool place_is_stack(uint64_t line) { return line >= PLACE_STACK && line != UINT64_MAX; }

typedef struct {
    const char *file, *function; /* not terminated; within the string of the stack */
    int file_len, function_len;
    uint64_t line;
} PlaceFrame;

/* The frame at `depth` of a stack, 0 = innermost. False: there is none so deep. */
bool place_frame(const Intern *text, uint64_t line, uint32_t depth, PlaceFrame *f);
/* The innermost frame of the program's own code; else the innermost that is not the runtime's; else the innermost
 * of all. False: not a stack, or an empty one. */
bool place_frame_user(const Intern *text, uint64_t line, PlaceFrame *f);
/* Does the name of its function begin so? */
bool place_begins(const PlaceFrame *f, const char *with);
/* "main.go:42" or, of a scenario, "16"; "" for nowhere. */
char *place_text(char buf[PLACE_TEXT_MAX], const Intern *text, uint64_t line);
/* The same after `scenario` and a colon: "blocking.lua:16"; "line 16" if it has no name. A stack names its own file. */
char *place_in(char buf[PLACE_TEXT_MAX], const Intern *text, const char *scenario, uint64_t line);

#endif

/* liveness.h -- until which line does the program need what a local variable holds? */
#ifndef FAULTLINE_SCRIPT_LIVENESS_H
#define FAULTLINE_SCRIPT_LIVENESS_H

#include "../base/base.h"

typedef struct Liveness Liveness;

/* Of a source that Lua has compiled, which must stay where it is. */
Liveness *liveness_new(const char *source);
void liveness_free(Liveness *l);

/* A local variable as lua_getlocal finds it. Its function is named by its first and last line, as lua_Debug has
 * them (0 and 0: the chunk). */
typedef struct {
    int first_line, last_line;
    const char *name;
    int nth, of; /* the how manieth of so many of that name that the frame has now, from 1 */
    int line;    /* where the frame is */
} LocalAt;

/* True in all doubt: a variable that the source does not have, or one that cannot be told from another. */
bool liveness_is_live(const Liveness *l, const LocalAt *at);
/* Is there a local variable of that name outside of all functions and blocks? To the Go program it is one of the
 * package's. */
bool liveness_is_package(const Liveness *l, const char *name);

#endif

/* profile.h -- measured costs as a text: "name=ns" lines, as `faultline calibrate` writes and a trace keeps them.
 *
 * A profile may leave rows out; those keep the figure of the version of Go (version.def). Rows that end in _ps
 * are picoseconds. A # begins a comment.
 */
#ifndef FAULTLINE_PROFILE_H
#define FAULTLINE_PROFILE_H

#include "../base/diag.h"
#include "cost.h"

typedef struct {
    uint64_t ns[COST_COUNT];
    uint32_t line[COST_COUNT]; /* where it is said, from 1; 0 = it is not */
} Profile;

/* `path` is for messages. False: *d says what is wrong, and where. */
bool profile_parse(Profile *p, const char *path, const char *text, Diag *d);
/* Overrules those rows of c that the profile has. */
void profile_apply(const Profile *p, Costs *c);

#endif

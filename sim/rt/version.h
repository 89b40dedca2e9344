/* version.h -- the versions of Go whose rules can be chosen (version.def). */
#ifndef FAULTLINE_VERSION_H
#define FAULTLINE_VERSION_H

#include "cost.h"

#define GO_DEFAULT "1.26"

/* psyscall: a P behind a call out of Go has the state _Psyscall (to 1.25).
 * keeps_m: a C thread that called Go keeps its M until it ends (since 1.21).
 * stw_runnext: who is preempted for a stop goes to its own P's runnext (since 1.26).
 * same_m_after_stw: after a stop a P goes to the thread that had it, if idle (since 1.26).
 * lazy_timers: a channel's timer is in a heap only while somebody waits there (since 1.23).
 * cgocheck_kind: its panics say what kind of thing is not pinned (since 1.26). */
typedef struct {
    const char *name; /* "1.26" */
#define RULE(rule, ...) bool rule;
#include "version.def"
    const char *also; /* what else is new, beside the rules that change; "" = nothing */
} GoVersion;

/* All of them, oldest first. */
extern const GoVersion go_version[];
extern const size_t go_version_count;

/* NULL when there is no such row. */
const GoVersion *go_version_find(const char *name);

/* One thing that a version does in another way than the one before it. */
typedef struct {
    const GoVersion *in;
    const char *what;
} GoChange;
enum { GO_CHANGES_MAX = 32 };
/* All that changed from one version to the other, oldest first; which of the two is the older does not matter. */
size_t go_changes(const GoVersion *a, const GoVersion *b, GoChange out[GO_CHANGES_MAX]);

/* The figures of cost.def, with what was different in that version. */
void costs_for(const GoVersion *go, Costs *c);

#endif

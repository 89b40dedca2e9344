/* team.h -- one piece of work on several processors, for the few places where one is not enough.
 *
 * Whoever uses it answers for the result being the same, however many there are and whoever is faster: no thread of a team
 * may reach the trace.
 */
#ifndef FAULTLINE_TEAM_H
#define FAULTLINE_TEAM_H

#include "base.h"

enum { TEAM_MAX = 4 }; /* more gain little: memory is the limit */

/* As many as this machine has processors, TEAM_MAX at most, in a power of two. */
unsigned team_size(void);

/* Calls work(ctx, who, members) for each who < members at the same time, who = 0 from this thread, and returns when
 * all have returned. members is a power of two, wanted at most: there may be no more threads to be had. */
void team_run(unsigned wanted, void (*work)(void *ctx, unsigned who, unsigned members), void *ctx);

#endif

/* rerun.h -- the run that is shown, run again with other settings, by the other program; and what a Go program has written, imported.
 *
 * `faultline run TRACE --set ... --out`, or `faultline import`, writes a temporary trace, which can be opened while it grows. The file
 * goes with the Rerun.
 */
#ifndef FAULTLINE_RERUN_H
#define FAULTLINE_RERUN_H

#include "../sim/base/diag.h"

typedef struct Rerun Rerun;

typedef enum { RERUN_RUNS, RERUN_DONE, RERUN_FAILED } RerunState;

/* `set` is count times NAME=VALUE. False with a Diag: nothing was started. */
bool rerun_start(Rerun **r, const char *trace, const char *const *set, size_t count, Diag *d);
bool rerun_import(Rerun **r, const char *gotrace, Diag *d);
/* Does not wait. */
RerunState rerun_poll(Rerun *r);
const char *rerun_path(const Rerun *r);  /* of the new trace */
uint64_t rerun_bytes(const Rerun *r);    /* so large is it already */
const char *rerun_words(const Rerun *r); /* what it said on standard error so far */
/* Ends it if it still runs, and removes its trace. */
void rerun_free(Rerun *r);

#endif

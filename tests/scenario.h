/* scenario.h -- a scenario run in this process, without a device and without a trace: what was found in it.
 *
 * Kernels are checked and take their time, but nothing is computed, so results of kernels are not judged.
 */
#ifndef FAULTLINE_TESTS_SCENARIO_H
#define FAULTLINE_TESTS_SCENARIO_H

#include "../sim/lens/findings.h"
#include "../sim/script/script.h"

enum { FOUND_TEXT_MAX = 256 };
typedef struct {
    bool ran; /* else diag says why not */
    Diag diag;
    RunOutcome outcome;
    uint64_t events;
    bool judged;                   /* the scenario says what is to be found */
    char expected[FOUND_TEXT_MAX]; /* "deadlock, starvation"; "" = nothing */
    char found[FOUND_TEXT_MAX];    /* the same form */
    Findings findings;
} Found;

/* `set`: NAME=VALUE, or NULL. */
Found found_in(const char *path, const char *source, const char *const *set, size_t set_count);
/* The keys of all that was found, "deadlock, starvation". */
void found_keys(const Findings *f, char out[FOUND_TEXT_MAX]);

#endif

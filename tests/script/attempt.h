/* attempt.h -- a scenario as a text in a test, and what became of it. */
#ifndef FAULTLINE_TESTS_SCRIPT_ATTEMPT_H
#define FAULTLINE_TESTS_SCRIPT_ATTEMPT_H

#include "../../sim/script/script.h"

/* The body of main begins in line 2. */
#define HEAD "scenario { title = 't' } "
#define MAIN(body) HEAD "main(function()\n" body "\nend)\n"

typedef struct {
    const char *device;     /* NULL = none */
    const char *const *set; /* --set, ends with NULL */
    uint64_t seed;          /* of the world, 0 = the scenario's */
    bool no_strands;        /* goroutines that wait yield */
    /* A goroutine says pcall(cl.kernel, "at NAME"): this is called from inside of it. */
    void (*moment)(void *ctx, Script *s, const char *name);
    void *ctx;
} How;

typedef struct {
    bool loaded; /* script_load said yes */
    bool failed; /* it did not, or the run failed: see diag */
    Diag diag;
    RunOutcome outcome;
    uint64_t steps; /* of the world, until it ended */
    Scenario scenario;
    char *notes;    /* what was said, one line each */
    char *events;   /* all of them, one line each, with their times */
    char *verdicts; /* of expect.result: "1 text" or "0 text: got" or "-1 text: why" */
    char *figures;  /* of expect { ... }: "key op low high text @line" */
} Attempt;

/* Loads the text as "try.lua", runs it to its end, checks its results. */
Attempt attempt(const char *source, const How *how);
void attempt_free(Attempt *a);

/* There is no device, and this test counts as skipped: return after it. */
bool device_missing(void);

/* The scenario fails, and its message (or its remedy) has this in it. Returns the Diag for more. */
Diag attempt_fails(const char *source, const char *message);
/* The scenario runs, and what it says is this. */
void attempt_says(const char *source, const char *notes);

#endif

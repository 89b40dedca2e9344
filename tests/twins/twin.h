/* twin.h -- a Go program and the scenario that stands for it: both are run, and their facts compared.
 *
 * The program is tests/go/twins/NAME.go, the scenario NAME.lua beside it; twins.def says which facts must agree, and how.
 */
#ifndef FAULTLINE_TESTS_TWIN_H
#define FAULTLINE_TESTS_TWIN_H

#include "facts.h"

/* RULE(name, may a test insist on it, what it asks for). The bound is of the fact's unit, or a factor. */
#define RULES(X)                                                                                   \
    X(SAME, true, "the same")                                                                      \
    X(UNHURRIED, true, "the same, but for preemptions: a slow machine needs more time slices")     \
    X(NOT_LESS, true, "neither below the bound: no number, no time")                               \
    X(NOT_MORE, true, "neither above the bound")                                                   \
    X(NEAR, false, "median and nine in ten, or the number, within the factor")
typedef enum {
#define X(name, firm, what) RULE_##name,
    RULES(X)
#undef X
        RULE_COUNT
} Rule;

typedef struct {
    unsigned procs; /* 0 = whatever GOMAXPROCS is */
    FactKey fact;
    Rule rule;
    uint64_t bound;
    const char *why; /* why it differs, where that has a reason; NULL: it must not */
} TwinCheck;

typedef struct {
    const char *name, *procs, *what;
    const TwinCheck *check;
    size_t checks;
} Twin;
extern const Twin twins[];
extern const size_t twin_count;

/* May a test insist that this check holds? */
bool twin_firm(const TwinCheck *c);
bool twin_holds(const TwinCheck *c, const Facts *real, const Facts *simulated);
/* Of times: at least their median does. */
bool twin_median_holds(const TwinCheck *c, const Facts *real, const Facts *simulated);
/* "the same", "within ×2" ...: the rule, as a verdict. */
void twin_rule_text(const TwinCheck *c, char *buf, size_t size);

/* "go1.26.8". False: no Go from 1.22 on, with cgo, is here. */
bool twin_go(char *version, size_t size);
bool twin_build(const Twin *t, Diag *d);
/* The program must have been built. */
bool twin_run_real(const Twin *t, unsigned procs, Facts *f, Diag *d);
/* profile: costs of this machine; NULL = nominal ones. */
bool twin_run_simulated(const Twin *t, unsigned procs, const char *profile, Facts *f, Diag *d);

#endif

/* facts.h -- what a trace says about its program, in a form that two traces can be compared in.
 *
 * A trace of ours is a scenario's, or has been imported from a real Go program; for both the same events mean the
 * same facts (facts.def). Only goroutines of the program count, in the real one those of package main; and of main only
 * what lies between "begin" and "end": logs of the real program (tests/go/twins/twin.go), notes of the scenario. Without
 * such a note it is main's first run, or its end. Others have from "end" on some milliseconds to come to theirs.
 */
#ifndef FAULTLINE_TESTS_FACTS_H
#define FAULTLINE_TESTS_FACTS_H

#include "../../sim/base/bytes.h"
#include "../../sim/base/diag.h"

typedef enum { FACT_SET, FACT_LIST, FACT_NUMBER, FACT_TIMES } FactKind;
typedef enum {
#define FACT(key, kind, label, how) FACT_##key,
#include "facts.def"
#undef FACT
    FACT_COUNT
} FactKey;

typedef struct {
    const char *key, *label, *how;
    FactKind kind;
} FactSpec;
extern const FactSpec fact_spec[FACT_COUNT];

typedef struct {
    uint64_t number;  /* NUMBER */
    char **item;      /* LIST: in order; SET: sorted, each once */
    uint64_t *ns;     /* TIMES, sorted */
    size_t count, cap; /* of items, or of times */
} Fact;

typedef struct {
    Fact of[FACT_COUNT];
    uint64_t waited_ns; /* the real program's threads for a CPU, all together */
} Facts;

/* Reads the trace of ours at `path`. False: it cannot be read, or has no beginning and end of a twin. */
bool facts_read(Facts *f, const char *path, Diag *d);
void facts_free(Facts *f);

/* The value that a `share` (of 100) of the times do not exceed; 0 of none. */
uint64_t fact_percentile(const Fact *f, unsigned share);
/* In words: a number; items; median and nine in ten of times. What repeats is told once. Malloced. */
char *fact_text(const Facts *f, FactKey key);

#endif

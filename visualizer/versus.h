/* versus.h -- two runs beside each other: what only one of them does, when they are apart, and their figures.
 *
 * Each run is read once more, in pieces, as feed.h does; what is told is complete when both have been read and neither grows.
 */
#ifndef FAULTLINE_VERSUS_H
#define FAULTLINE_VERSUS_H

#include "feed.h"

#include "../sim/lens/summary.h"

/* One place where their stories part. */
typedef struct {
    uint64_t time_ns;   /* on the common axis */
    uint64_t seq[2];    /* the first event that only A, only B has; 0 = that one has none here */
    size_t count[2];    /* so many */
    char words[2][96];  /* their headlines; versus_tell fills them */
    bool told;
} Difference;

/* From here to there the two do not do the same at the same time. */
typedef struct {
    uint64_t from_ns, to_ns; /* to_ns NOT_YET: to the end */
} Apart;

/* What the two were asked for, where that differs: "procs", "2", "4". */
enum { KNOBS_MAX = 8 };
typedef struct {
    char name[32], value[2][40];
} KnobChange;

const char *knob_title(const KnobChange *k); /* "GOMAXPROCS" */

typedef struct Versus Versus;

/* Both feeds are borrowed. False with a Diag when a file cannot be opened once more. */
bool versus_open(Versus **v, Feed *a, Feed *b, Diag *d);
void versus_close(Versus *v);
/* Reads at most so many further events of each; false when there was nothing to do. */
bool versus_read(Versus *v, size_t events);
bool versus_is_done(const Versus *v); /* everything below is complete; else there are no differences yet */

const Difference *versus_differences(const Versus *v, size_t *count);
void versus_tell(Versus *v, size_t i); /* fills the words of difference i */
const Apart *versus_apart(const Versus *v, size_t *count);
const Summary *versus_summary(const Versus *v, int side);
const KnobChange *versus_knobs(const Versus *v, size_t *count);
/* Lines of the scenario that only A, only B has; the first of them, without blanks around it, "" = none. */
size_t versus_lines(const Versus *v, int side, const char **first);

#endif

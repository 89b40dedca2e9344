/* samples.h -- named sets of measured nanoseconds, and what is said of them: quantiles, errors. */
#ifndef FAULTLINE_SAMPLES_H
#define FAULTLINE_SAMPLES_H

#include "../base/base.h"

typedef struct {
    char name[32];
    double *ns;
    size_t count, cap;
} Samples;

/* All that was measured. All zero is nothing yet; measured_free. */
typedef struct {
    Samples *set;
    size_t count, cap;
} Measured;

void samples_add(Samples *s, double ns);
/* The value that a share q of the samples does not exceed, 0 <= q <= 1; there must be a sample. */
double samples_quantile(const Samples *s, double q);

/* The set of this name, made if there is none. Valid until the next one is made. */
Samples *measured_set(Measured *m, const char *name);
/* NULL when nothing of that name was measured. */
const Samples *measured_find(const Measured *m, const char *name);
/* "name 1.5 2 ...": adds the samples. False when the line does not look like that. */
bool measured_line(Measured *m, const char *line);
void measured_free(Measured *m);

/* By how many percent a prediction misses what was measured; the sign says in which direction. */
double error_percent(double predicted, double measured);

#endif

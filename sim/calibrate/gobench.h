/* gobench.h -- the Go found here, and what it measures: bench.go is built and run. */
#ifndef FAULTLINE_GOBENCH_H
#define FAULTLINE_GOBENCH_H

#include "../base/diag.h"
#include "samples.h"

typedef struct {
    const char *go;      /* the go command: a name for PATH to find, or a path */
    const char *source;  /* bench.go */
    const char *folder;  /* where it is built; the caller removes it with all that is in it */
    double scale;
    int other_cpu; /* for the thread that calls C; -1 = none */
    void (*progress)(const char *doing);
} GoBench;

/* "go1.26.8". False: there is no Go that can be started. */
bool gobench_version(const char *go, char *version, size_t size);
/* False: it was not built or did not finish, *d says why; what was measured until then is kept. */
bool gobench_run(const GoBench *b, Measured *m, Diag *d);
/* What is running is ended soon, and gobench_run gives up; may be called by a signal handler. */
void gobench_interrupt(void);

#endif

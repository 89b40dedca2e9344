/* gobench.h -- the Go found here, and what it measures: bench.go is built in a folder of its own and run. */
#ifndef FAULTLINE_GOBENCH_H
#define FAULTLINE_GOBENCH_H

#include "../base/diag.h"
#include "samples.h"

typedef struct {
    const char *go;     /* the go command: a name for PATH to find, or a path */
    const char *source; /* bench.go */
    const char *folder; /* where the program is built; the caller removes it */
    double scale;
    int other_cpu; /* for the thread that calls C; -1 = none */
    void (*progress)(const char *doing);
} GoBench;

/* "go1.26.8". False: there is no Go that can be started. */
bool gobench_version(const char *go, char *version, size_t size);
/* False: it was not built or did not finish, *d says why; what was measured until then is kept. */
bool gobench_run(const GoBench *b, Measured *m, Diag *d);

#endif

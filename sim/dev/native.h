/* native.h -- a job that needs no device: computed here, or in a child process that is made for it. */
#ifndef FAULTLINE_NATIVE_H
#define FAULTLINE_NATIVE_H

#include "../base/diag.h"

/* y = a * x + y, `count` elements each; borrowed. */
typedef struct {
    float *y;
    const float *x;
    float a;
    uint64_t count;
    bool aborts; /* the code finds a mistake of its own and calls abort(): only in a child */
} Native;

bool native_saxpy(const Native *n); /* always true */
/* The same in another process: x and y go there through a pipe, y comes back through another. *died: by the abort that was
 * asked for; y is as before then. */
bool native_in_child(const Native *n, bool *died, Diag *d);

#endif

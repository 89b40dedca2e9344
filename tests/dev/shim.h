/* shim.h -- what the OpenCL calls of this process have made and not released, and how to let one fail. */
#ifndef FAULTLINE_TESTS_DEV_SHIM_H
#define FAULTLINE_TESTS_DEV_SHIM_H

typedef enum {
    SHIM_CONTEXT,
    SHIM_QUEUE,
    SHIM_PROGRAM,
    SHIM_KERNEL,
    SHIM_MEM,
    SHIM_EVENT,
    SHIM_SHARED,
    SHIM_KIND_COUNT
} ShimKind;

/* Forgets what was; the n-th call from now on fails (0: none). No device may be open. */
void shim_begin(long n);
/* The name of the call that was made to fail; NULL while there was none. */
const char *shim_failed(void);
/* How many were made, or retained, since shim_begin. */
long shim_made(ShimKind kind);
/* Those that are alive: "1 kernels, 2 buffers"; "" when there are none. Valid until the next call. */
const char *shim_alive(void);

#endif

/* backend.h -- what dev.c asks of a device, in as few verbs as possible.
 *
 * Inside sim/dev only. dev.c has checked names, arguments and ids before it calls, so a backend
 * sees only calls that make sense, and every check is worded once. ocl.c and none.c implement it.
 */
#ifndef FAULTLINE_DEV_BACKEND_H
#define FAULTLINE_DEV_BACKEND_H

#include "dev.h"

/* An argument with the backend's own buffer in place of its id. */
typedef struct {
    DevArgKind kind;
    union {
        void *buffer;
        float f;
        int32_t i;
        uint32_t u;
    } v;
} BackendArg;

/* `self` is what the backend's open returned; kernels and buffers are its own objects, which dev.c
 * only keeps and hands back. What fails leaves nothing behind. */
typedef struct {
    void (*close)(void *self);

    /* `params` is what the source says; the driver must see as many. */
    bool (*kernel)(void *self, const char *file, const char *name, const char *source,
                   uint32_t params, void **kernel, Diag *d);
    void (*kernel_drop)(void *self, void *kernel);

    bool (*buffer)(void *self, void *host, size_t bytes, void **buffer, Diag *d);
    void (*buffer_drop)(void *self, void *buffer);

    /* Executes work items [first, first + items) and waits. `first` is on a group boundary. Adds
     * the device's own time to *device_ns. */
    bool (*run)(void *self, void *kernel, const BackendArg *args, uint32_t arg_count,
                uint64_t first, uint64_t items, uint64_t *device_ns, Diag *d);

    /* Enqueues work items [0, items) so many times, then waits once. */
    bool (*time)(void *self, void *kernel, const BackendArg *args, uint32_t arg_count, uint64_t items,
                 uint32_t times, DevTimes *t, Diag *d);

    bool (*fetch)(void *self, void *buffer, void *host, size_t bytes, Diag *d);
    bool (*push)(void *self, void *buffer, void *host, size_t bytes, Diag *d);

    /* Memory of the device's own; parts of it are buffers, too. */
    bool (*memory)(void *self, size_t bytes, void **buffer, Diag *d);
    bool (*part)(void *self, void *memory, size_t offset, size_t bytes, void **buffer, Diag *d);
    /* Memory of the host's that the driver gives. */
    bool (*host)(void *self, DevHost kind, size_t bytes, void **own, void **at, Diag *d);
    void (*host_drop)(void *self, void *own);
    /* Between a buffer of the device's own and the host's memory, and waits; as `run` with the time. */
    bool (*copy)(void *self, void *buffer, size_t offset, void *host, size_t bytes, bool to_device,
                 uint64_t *device_ns, Diag *d);
} Backend;

extern const Backend ocl_backend;
extern const Backend none_backend;

bool ocl_list(DevInfo **list, size_t *count, Diag *d);
bool ocl_open(void **self, DevInfo *info, const char *want, bool staging, Diag *d);
void none_open(void **self, DevInfo *info);

#endif

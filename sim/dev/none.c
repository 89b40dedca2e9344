/* none.c -- the device that is not there (--device none).
 *
 * Launches are checked, counted and sliced by dev.c as on any other device, and nothing is
 * executed: virtual time is the same, the bytes in memory stay as the program left them.
 */
#include "backend.h"

#include <stdio.h>
#include <stdlib.h>

static void none_close(void *self) { (void)self; }

static bool none_kernel(void *self, const char *file, const char *name, const char *source,
                        uint32_t params, void **kernel, Diag *d) {
    (void)self, (void)file, (void)name, (void)source, (void)params, (void)d;
    *kernel = NULL;
    return true;
}

static void none_drop(void *self, void *object) { (void)self, (void)object; }

static bool none_buffer(void *self, void *host, size_t bytes, void **buffer, Diag *d) {
    (void)self, (void)host, (void)bytes, (void)d;
    *buffer = NULL;
    return true;
}

static bool none_run(void *self, void *kernel, const BackendArg *args, uint32_t arg_count,
                     uint64_t first, uint64_t items, uint64_t *device_ns, Diag *d) {
    (void)self, (void)kernel, (void)args, (void)arg_count;
    (void)first, (void)items, (void)device_ns, (void)d;
    return true;
}

static bool none_time(void *self, void *kernel, const BackendArg *args, uint32_t arg_count,
                      uint64_t items, uint32_t times, DevTimes *t, Diag *d) {
    (void)self, (void)kernel, (void)args, (void)arg_count, (void)items, (void)times, (void)t;
    return diag_fail(d, EXIT_WORLD, "there is no device whose times could be taken");
}

static bool none_copy(void *self, void *buffer, void *host, size_t bytes, Diag *d) {
    (void)self, (void)buffer, (void)host, (void)bytes, (void)d;
    return true;
}

static bool none_memory(void *self, size_t bytes, void **buffer, Diag *d) {
    (void)self, (void)bytes, (void)d;
    *buffer = NULL;
    return true;
}

static bool none_part(void *self, void *memory, size_t offset, size_t bytes, void **buffer, Diag *d) {
    (void)memory, (void)offset;
    return none_memory(self, bytes, buffer, d);
}

static bool none_host(void *self, DevHost kind, size_t bytes, void **own, void **at, Diag *d) {
    (void)self, (void)kind, (void)d;
    *own = *at = mem_checked(aligned_alloc(DEV_PART_ALIGN, bytes), bytes);
    return true;
}

static void none_host_drop(void *self, void *own) {
    (void)self;
    free(own);
}

static bool none_transfer(void *self, void *buffer, size_t offset, void *host, size_t bytes, bool to_device,
                          uint64_t *device_ns, Diag *d) {
    (void)self, (void)buffer, (void)offset, (void)host, (void)bytes, (void)to_device, (void)device_ns, (void)d;
    return true;
}

const Backend none_backend = {
    .close = none_close,
    .kernel = none_kernel,
    .kernel_drop = none_drop,
    .buffer = none_buffer,
    .buffer_drop = none_drop,
    .run = none_run,
    .time = none_time,
    .fetch = none_copy,
    .push = none_copy,
    .memory = none_memory,
    .part = none_part,
    .host = none_host,
    .host_drop = none_host_drop,
    .copy = none_transfer,
};

void none_open(void **self, DevInfo *info) {
    *self = NULL;
    *info = (DevInfo){.shares_host_memory = true, .present = false}; /* nothing is staged */
    snprintf(info->platform, sizeof info->platform, "none");
    snprintf(info->name, sizeof info->name, "none");
    snprintf(info->version, sizeof info->version, "no kernel is executed");
}

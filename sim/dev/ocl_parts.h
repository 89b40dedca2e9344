/* ocl_parts.h -- what the two files that know OpenCL share; nobody else includes it.
 *
 *   ocl.c          devices, kernels, running, times
 *   ocl_memory.c   buffers, copies, memory of the driver's
 */
#ifndef FAULTLINE_DEV_OCL_PARTS_H
#define FAULTLINE_DEV_OCL_PARTS_H

/* 1.2 is what is asked of a driver; of 2.0 is shared memory, where there is any. */
#define CL_TARGET_OPENCL_VERSION 200
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl.h>
#include <CL/cl_ext.h>

#include "backend.h"

typedef struct {
    cl_device_id device; /* owned by its platform */
    cl_context context;
    cl_command_queue queue;
    bool exact_divide; /* takes -cl-fp32-correctly-rounded-divide-sqrt */
    bool staging;      /* buffers are copies, whether the device shares the host's memory or not */
    bool svm;
    uint8_t *shared; /* its shared memory; NULL = none was asked for */
    size_t shared_bytes;
    char name[128];
} Ocl;

/* ---- ocl.c ---- */
/* "<what> <whom> (CL_INVALID_...)", with what to do about it; false, like diag_fail. */
bool ocl_fail(Diag *d, cl_int code, const char *what, const char *whom);
bool ocl_add_code(Diag *d, cl_int code);
cl_int ocl_add_times(const cl_event *events, cl_uint count, uint64_t *device_ns);

/* ---- ocl_memory.c: of the backend, and what running a kernel needs ---- */
bool ocl_buffer(void *self, void *host, size_t bytes, void **buffer, Diag *d);
void ocl_buffer_drop(void *self, void *buffer);
bool ocl_fetch(void *self, void *buffer, void *host, size_t bytes, Diag *d);
bool ocl_push(void *self, void *buffer, void *host, size_t bytes, Diag *d);
bool ocl_memory(void *self, size_t bytes, void **buffer, Diag *d);
bool ocl_part(void *self, void *memory, size_t offset, size_t bytes, void **buffer, Diag *d);
bool ocl_host(void *self, DevHost kind, size_t bytes, void **own, void **at, Diag *d);
void ocl_host_drop(void *self, void *own);
bool ocl_copy(void *self, void *buffer, size_t offset, void *host, size_t bytes, bool to_device, uint64_t *device_ns,
              Diag *d);
cl_int ocl_set_buffer(cl_kernel kernel, cl_uint i, void *buffer);
/* Shared memory among the arguments is the device's from the first to the second, and the host's otherwise. */
bool ocl_lend(Ocl *ocl, const BackendArg *args, uint32_t count, Diag *d);
bool ocl_take_back(Ocl *ocl, const BackendArg *args, uint32_t count, Diag *d);

#endif

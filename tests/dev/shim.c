/* shim.c -- between ocl.c and the loader: each call is counted, and can be made to fail.
 *
 * This file defines the OpenCL functions that ocl.c calls; the linker prefers them, and each passes
 * on to the loader's own. So tests see which objects are alive, whatever made them.
 */
#define CL_TARGET_OPENCL_VERSION 200
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include "shim.h"

#include "../../sim/base/base.h"

#include <CL/cl.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static long calls;         /* since shim_begin */
static long fail_at;       /* this one fails; 0: none */
static const char *failed; /* its name, once it has */
static long alive[SHIM_KIND_COUNT], made[SHIM_KIND_COUNT];

static const char *const kind_text[] = {
    [SHIM_CONTEXT] = "contexts", [SHIM_QUEUE] = "queues", [SHIM_PROGRAM] = "programs",
    [SHIM_KERNEL] = "kernels",   [SHIM_MEM] = "buffers",  [SHIM_EVENT] = "events",
    [SHIM_SHARED] = "pieces of shared memory"};

void shim_begin(long n) {
    calls = 0, fail_at = n, failed = NULL;
    memset(alive, 0, sizeof alive);
    memset(made, 0, sizeof made);
}

const char *shim_failed(void) { return failed; }

long shim_made(ShimKind kind) { return made[kind]; }

const char *shim_alive(void) {
    static char text[200];
    size_t n = 0;
    text[0] = '\0';
    for (int k = 0; k < SHIM_KIND_COUNT; k++) {
        if (alive[k] == 0) continue;
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%ld %s", n ? ", " : "", alive[k], kind_text[k]);
    }
    return text;
}

static void count(ShimKind kind) {
    alive[kind]++;
    made[kind]++;
}

static bool is_faulty(const char *name) {
    if (++calls != fail_at) return false;
    failed = name;
    return true;
}

/* The loader's own function. Asked of the library itself, not of RTLD_NEXT: since this file defines
 * all that ocl.c calls, the linker may leave the library out. */
static void find(const char *name, void *function) {
    static void *loader; /* for the whole process */
    if (loader == NULL) loader = dlopen("libOpenCL.so.1", RTLD_NOW | RTLD_GLOBAL);
    ASSERT(loader != NULL);
    void *found = dlsym(loader, name);
    ASSERT(found != NULL);
    memcpy(function, &found, sizeof found); /* C has no conversion from void * to a function */
}

/* A call that reports by its result. The real one is made first, so that work that was begun is
 * finished whatever we then say. */
#define STATUS_CALL(name, params, args)                                                            \
    cl_int name params {                                                                           \
        cl_int(*real) params;                                                                      \
        find(#name, &real);                                                                        \
        cl_int code = real args;                                                                   \
        return is_faulty(#name) ? CL_OUT_OF_RESOURCES : code;                                      \
    }

/* A call that must not happen at all when it fails. */
#define ACTION_CALL(name, params, args)                                                            \
    cl_int name params {                                                                           \
        cl_int(*real) params;                                                                      \
        find(#name, &real);                                                                        \
        return is_faulty(#name) ? CL_OUT_OF_RESOURCES : real args;                                 \
    }

/* The same, with an event for who wants one. */
#define EVENT_CALL(name, params, args)                                                             \
    cl_int name params {                                                                           \
        cl_int(*real) params;                                                                      \
        find(#name, &real);                                                                        \
        if (is_faulty(#name)) return CL_OUT_OF_RESOURCES;                                          \
        cl_int code = real args;                                                                   \
        if (code == CL_SUCCESS && event) count(SHIM_EVENT);                                        \
        return code;                                                                               \
    }

#define CREATE_CALL(kind, type, name, params, args)                                                \
    type name params {                                                                             \
        type(*real) params;                                                                        \
        find(#name, &real);                                                                        \
        if (is_faulty(#name)) {                                                                    \
            *code = CL_OUT_OF_HOST_MEMORY;                                                         \
            return NULL;                                                                           \
        }                                                                                          \
        type object = real args;                                                                   \
        if (object) count(kind);                                                                   \
        return object;                                                                             \
    }

#define RETAIN_CALL(kind, name, type)                                                              \
    cl_int name(type object) {                                                                     \
        cl_int (*real)(type);                                                                      \
        find(#name, &real);                                                                        \
        count(kind);                                                                               \
        return real(object);                                                                       \
    }

#define RELEASE_CALL(kind, name, type)                                                             \
    cl_int name(type object) {                                                                     \
        cl_int (*real)(type);                                                                      \
        find(#name, &real);                                                                        \
        ASSERT(alive[kind] > 0);                                                                   \
        alive[kind]--;                                                                             \
        return real(object);                                                                       \
    }

typedef void(CL_CALLBACK *ContextNotify)(const char *, const void *, size_t, void *);
typedef void(CL_CALLBACK *BuildNotify)(cl_program, void *);

/* clang-format off */
STATUS_CALL(clGetPlatformIDs, (cl_uint n, cl_platform_id *out, cl_uint *count), (n, out, count))
STATUS_CALL(clGetPlatformInfo,
    (cl_platform_id p, cl_platform_info what, size_t n, void *out, size_t *size),
    (p, what, n, out, size))
STATUS_CALL(clGetDeviceIDs,
    (cl_platform_id p, cl_device_type type, cl_uint n, cl_device_id *out, cl_uint *count),
    (p, type, n, out, count))
STATUS_CALL(clGetDeviceInfo,
    (cl_device_id id, cl_device_info what, size_t n, void *out, size_t *size),
    (id, what, n, out, size))
STATUS_CALL(clGetProgramBuildInfo,
    (cl_program p, cl_device_id id, cl_program_build_info what, size_t n, void *out, size_t *size),
    (p, id, what, n, out, size))
STATUS_CALL(clGetKernelInfo,
    (cl_kernel k, cl_kernel_info what, size_t n, void *out, size_t *size),
    (k, what, n, out, size))
STATUS_CALL(clGetKernelWorkGroupInfo,
    (cl_kernel k, cl_device_id id, cl_kernel_work_group_info what, size_t n, void *out, size_t
     *size),
    (k, id, what, n, out, size))
STATUS_CALL(clGetEventProfilingInfo,
    (cl_event e, cl_profiling_info what, size_t n, void *out, size_t *size),
    (e, what, n, out, size))
STATUS_CALL(clWaitForEvents, (cl_uint n, const cl_event *events), (n, events))
STATUS_CALL(clFinish, (cl_command_queue q), (q))

ACTION_CALL(clBuildProgram,
    (cl_program p, cl_uint n, const cl_device_id *ids, const char *options, BuildNotify notify,
     void *ctx),
    (p, n, ids, options, notify, ctx))
ACTION_CALL(clSetKernelArg, (cl_kernel k, cl_uint i, size_t n, const void *value), (k, i, n, value))
ACTION_CALL(clEnqueueUnmapMemObject,
    (cl_command_queue q, cl_mem m, void *at, cl_uint n, const cl_event *wait, cl_event *event),
    (q, m, at, n, wait, event))
ACTION_CALL(clSetKernelArgSVMPointer, (cl_kernel k, cl_uint i, const void *at), (k, i, at))
ACTION_CALL(clEnqueueSVMMap,
    (cl_command_queue q, cl_bool block, cl_map_flags flags, void *at, size_t n, cl_uint waits, const cl_event *wait,
     cl_event *event),
    (q, block, flags, at, n, waits, wait, event))
ACTION_CALL(clEnqueueSVMUnmap,
    (cl_command_queue q, void *at, cl_uint waits, const cl_event *wait, cl_event *event),
    (q, at, waits, wait, event))
EVENT_CALL(clEnqueueWriteBuffer,
    (cl_command_queue q, cl_mem m, cl_bool block, size_t offset, size_t n, const void *from,
     cl_uint waits, const cl_event *wait, cl_event *event),
    (q, m, block, offset, n, from, waits, wait, event))
EVENT_CALL(clEnqueueReadBuffer,
    (cl_command_queue q, cl_mem m, cl_bool block, size_t offset, size_t n, void *to,
     cl_uint waits, const cl_event *wait, cl_event *event),
    (q, m, block, offset, n, to, waits, wait, event))
EVENT_CALL(clEnqueueNDRangeKernel,
    (cl_command_queue q, cl_kernel k, cl_uint dimensions, const size_t *offset, const size_t *global,
     const size_t *local, cl_uint waits, const cl_event *wait, cl_event *event),
    (q, k, dimensions, offset, global, local, waits, wait, event))

CREATE_CALL(SHIM_CONTEXT, cl_context, clCreateContext,
    (const cl_context_properties *p, cl_uint n, const cl_device_id *ids, ContextNotify notify, void
     *ctx, cl_int *code),
    (p, n, ids, notify, ctx, code))
CREATE_CALL(SHIM_QUEUE, cl_command_queue, clCreateCommandQueue,
    (cl_context c, cl_device_id id, cl_command_queue_properties p, cl_int *code),
    (c, id, p, code))
CREATE_CALL(SHIM_PROGRAM, cl_program, clCreateProgramWithSource,
    (cl_context c, cl_uint n, const char **text, const size_t *sizes, cl_int *code),
    (c, n, text, sizes, code))
CREATE_CALL(SHIM_KERNEL, cl_kernel, clCreateKernel,
    (cl_program p, const char *name, cl_int *code),
    (p, name, code))
CREATE_CALL(SHIM_MEM, cl_mem, clCreateBuffer,
    (cl_context c, cl_mem_flags flags, size_t n, void *host, cl_int *code),
    (c, flags, n, host, code))
CREATE_CALL(SHIM_MEM, cl_mem, clCreateSubBuffer,
    (cl_mem m, cl_mem_flags flags, cl_buffer_create_type type, const void *region, cl_int *code),
    (m, flags, type, region, code))
/* clang-format on */

RELEASE_CALL(SHIM_CONTEXT, clReleaseContext, cl_context)
RELEASE_CALL(SHIM_QUEUE, clReleaseCommandQueue, cl_command_queue)
RELEASE_CALL(SHIM_PROGRAM, clReleaseProgram, cl_program)
RELEASE_CALL(SHIM_KERNEL, clReleaseKernel, cl_kernel)
RELEASE_CALL(SHIM_MEM, clReleaseMemObject, cl_mem)
RELEASE_CALL(SHIM_EVENT, clReleaseEvent, cl_event)

/* ocl.c calls none of these today. */
RETAIN_CALL(SHIM_CONTEXT, clRetainContext, cl_context)
RETAIN_CALL(SHIM_QUEUE, clRetainCommandQueue, cl_command_queue)
RETAIN_CALL(SHIM_PROGRAM, clRetainProgram, cl_program)
RETAIN_CALL(SHIM_KERNEL, clRetainKernel, cl_kernel)
RETAIN_CALL(SHIM_MEM, clRetainMemObject, cl_mem)
RETAIN_CALL(SHIM_EVENT, clRetainEvent, cl_event)

/* These are no instance of a shape above. */
void *clEnqueueMapBuffer(cl_command_queue q, cl_mem m, cl_bool block, cl_map_flags flags,
                         size_t offset, size_t n, cl_uint waits, const cl_event *wait,
                         cl_event *event, cl_int *code) {
    void *(*real)(cl_command_queue, cl_mem, cl_bool, cl_map_flags, size_t, size_t, cl_uint,
                  const cl_event *, cl_event *, cl_int *);
    find("clEnqueueMapBuffer", &real);
    if (is_faulty("clEnqueueMapBuffer")) {
        *code = CL_MAP_FAILURE;
        return NULL;
    }
    return real(q, m, block, flags, offset, n, waits, wait, event, code);
}

void *clSVMAlloc(cl_context c, cl_svm_mem_flags flags, size_t n, cl_uint align) {
    void *(*real)(cl_context, cl_svm_mem_flags, size_t, cl_uint);
    find("clSVMAlloc", &real);
    void *at = is_faulty("clSVMAlloc") ? NULL : real(c, flags, n, align);
    if (at) count(SHIM_SHARED);
    return at;
}

void clSVMFree(cl_context c, void *at) {
    void (*real)(cl_context, void *);
    find("clSVMFree", &real);
    ASSERT(alive[SHIM_SHARED] > 0);
    alive[SHIM_SHARED]--;
    real(c, at);
}

/* fault_test.c -- every OpenCL call fails once, and nothing is lost.
 *
 * This file defines the OpenCL functions that ocl.c calls; the linker prefers them, and each passes
 * on to the loader's own. Counting calls, it lets exactly the n-th fail, for n = 1, 2, 3 ... until
 * a whole life of a device needs fewer. After each life: a Diag with the error's name, or a right
 * result; and no OpenCL object left.
 */
#define CL_TARGET_OPENCL_VERSION 120
#include "../../sim/dev/dev.h"
#include "driver.h"

#include <CL/cl.h>
#include <CUnit/CUnit.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void dev_fault_tests(void);

static long calls;         /* since the life began */
static long fail_at;       /* this one fails; 0: none */
static const char *failed; /* its name, once it has */
static long objects;       /* made and not released */

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

#define CREATE_CALL(type, name, params, args)                                                      \
    type name params {                                                                             \
        type(*real) params;                                                                        \
        find(#name, &real);                                                                        \
        if (is_faulty(#name)) {                                                                    \
            *code = CL_OUT_OF_HOST_MEMORY;                                                         \
            return NULL;                                                                           \
        }                                                                                          \
        type made = real args;                                                                     \
        if (made) objects++;                                                                       \
        return made;                                                                               \
    }

#define RELEASE_CALL(name, type)                                                                   \
    cl_int name(type object) {                                                                     \
        cl_int (*real)(type);                                                                      \
        find(#name, &real);                                                                        \
        objects--;                                                                                 \
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
ACTION_CALL(clEnqueueWriteBuffer,
    (cl_command_queue q, cl_mem m, cl_bool block, size_t offset, size_t n, const void *from,
     cl_uint waits, const cl_event *wait, cl_event *event),
    (q, m, block, offset, n, from, waits, wait, event))

CREATE_CALL(cl_context, clCreateContext,
    (const cl_context_properties *p, cl_uint n, const cl_device_id *ids, ContextNotify notify, void
     *ctx, cl_int *code),
    (p, n, ids, notify, ctx, code))
CREATE_CALL(cl_command_queue, clCreateCommandQueue,
    (cl_context c, cl_device_id id, cl_command_queue_properties p, cl_int *code),
    (c, id, p, code))
CREATE_CALL(cl_program, clCreateProgramWithSource,
    (cl_context c, cl_uint n, const char **text, const size_t *sizes, cl_int *code),
    (c, n, text, sizes, code))
CREATE_CALL(cl_kernel, clCreateKernel,
    (cl_program p, const char *name, cl_int *code),
    (p, name, code))
CREATE_CALL(cl_mem, clCreateBuffer,
    (cl_context c, cl_mem_flags flags, size_t n, void *host, cl_int *code),
    (c, flags, n, host, code))
/* clang-format on */

RELEASE_CALL(clReleaseContext, cl_context)
RELEASE_CALL(clReleaseCommandQueue, cl_command_queue)
RELEASE_CALL(clReleaseProgram, cl_program)
RELEASE_CALL(clReleaseKernel, cl_kernel)
RELEASE_CALL(clReleaseMemObject, cl_mem)
RELEASE_CALL(clReleaseEvent, cl_event)

/* These two are no instance of a shape above. */
cl_int clEnqueueNDRangeKernel(cl_command_queue q, cl_kernel k, cl_uint dimensions,
                              const size_t *offset, const size_t *global, const size_t *local,
                              cl_uint waits, const cl_event *wait, cl_event *event) {
    cl_int (*real)(cl_command_queue, cl_kernel, cl_uint, const size_t *, const size_t *,
                   const size_t *, cl_uint, const cl_event *, cl_event *);
    find("clEnqueueNDRangeKernel", &real);
    if (is_faulty("clEnqueueNDRangeKernel")) return CL_OUT_OF_RESOURCES;
    cl_int code = real(q, k, dimensions, offset, global, local, waits, wait, event);
    if (code == CL_SUCCESS && event) objects++;
    return code;
}

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

/* ---- whole lives ----------------------------------------------------------------------------- */

enum { COUNT = 1000, SLICES = 3 }; /* a last group of 40 items: two enqueues in the last slice */

static bool run_scale(Dev *dev, const char *source, float *x, Diag *d) {
    DevKernel k;
    DevBuffer b;
    DevLaunch launch;
    uint32_t slices = SLICES;
    if (!dev_kernel(dev, "opencl_kernels/scale.cl", "scale", source, &k, d)) return false;
    if (!dev_buffer(dev, x, COUNT * sizeof *x, &b, d)) return false;
    DevArg args[] = {{DEV_ARG_BUFFER, {.buffer = b}}, {DEV_ARG_FLOAT, {.f = 2.0f}}};
    if (!dev_push(dev, b, d)) return false;
    if (!dev_launch(dev, k, args, ARRAY_LEN(args), COUNT, &slices, &launch, d)) return false;
    if (!dev_run(dev, launch, 1, NULL, d)) return false;
    if (!dev_run(dev, launch, slices, NULL, d)) return false;
    return dev_fetch(dev, b, d);
}

static bool live_once(const char *source, float *x, Diag *d) {
    DevInfo *list;
    size_t count;
    Dev *dev;
    if (!dev_list(&list, &count, d)) return false;
    free(list);
    if (!dev_open(&dev, "auto", d)) return false;
    bool ok = run_scale(dev, source, x, d);
    dev_close(dev);
    return ok;
}

static bool is_a_good_message(const Diag *d) {
    if (d->message[0] == '\0' || strchr(d->message, '\n')) return false;
    return d->status == EXIT_WORLD && strstr(d->message, "(CL_") && d->remedy[0];
}

static bool all_scaled(const float *x) {
    for (size_t i = 0; i < COUNT; i++) {
        if (x[i] != 2.0f) return false;
    }
    return true;
}

static void each_call_may_fail_and_nothing_is_lost(void) {
    char *source = driver_read_file("opencl_kernels/scale.cl");
    float *x = mem_alloc(COUNT * sizeof *x);
    long failures = 0;
    for (long n = 1;; n++) {
        Diag d = {0};
        for (size_t i = 0; i < COUNT; i++) x[i] = 1.0f;
        calls = 0, objects = 0, failed = NULL, fail_at = n;
        bool ok = live_once(source, x, &d);
        fail_at = 0;
        if (objects != 0 || (ok ? !all_scaled(x) : !is_a_good_message(&d))) {
            printf("\n    call %ld, %s: %ld objects left, <%s>", n, failed, objects, d.message);
            CU_FAIL("a failed call was not handled");
        }
        failures += !ok;
        if (failed == NULL) {
            CU_ASSERT_TRUE(ok);
            break;
        }
    }
    CU_ASSERT(failures > 20); /* or the calls do not pass through here at all */
    free(x);
    free(source);
}

static void a_failing_build_log_still_gives_a_message(void) {
    static const char wrong[] =
        "__kernel void scale(__global float *x, float a) { x[0] = nothing; }";
    float *x = mem_alloc(COUNT * sizeof *x);
    for (long n = 1;; n++) {
        Diag d = {0};
        calls = 0, objects = 0, failed = NULL, fail_at = n;
        CU_ASSERT_FALSE(live_once(wrong, x, &d));
        fail_at = 0;
        CU_ASSERT_EQUAL(objects, 0);
        CU_ASSERT(d.message[0] != '\0');
        if (failed == NULL) break;
    }
    free(x);
}

static void a_device_lost_in_a_run_is_one_sentence(void) {
    char *source = driver_read_file("opencl_kernels/scale.cl");
    float *x = mem_alloc(COUNT * sizeof *x);
    Diag d = {0};
    for (size_t i = 0; i < COUNT; i++) x[i] = 1.0f;
    for (fail_at = 1;; fail_at++) { /* which call the wait is depends on the driver */
        calls = 0, failed = NULL;
        live_once(source, x, &d);
        if (failed == NULL || strcmp(failed, "clWaitForEvents") == 0) break;
    }
    fail_at = 0;
    CU_ASSERT_STRING_EQUAL(d.message,
                           "the device was lost while it ran kernel scale (CL_OUT_OF_RESOURCES)");
    free(x);
    free(source);
}

static int use_private_cache(void) {
    driver_private_cache();
    return 0;
}

void dev_fault_tests(void) {
    CU_pSuite s = CU_add_suite("dev/fault", use_private_cache, NULL);
    CU_ADD_TEST(s, each_call_may_fail_and_nothing_is_lost);
    CU_ADD_TEST(s, a_failing_build_log_still_gives_a_message);
    CU_ADD_TEST(s, a_device_lost_in_a_run_is_one_sentence);
}

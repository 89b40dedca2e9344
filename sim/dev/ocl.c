/* ocl.c -- a real device, through the OpenCL ICD loader; with ocl_memory.c all that knows OpenCL.
 *
 * One context, one in-order queue with profiling, API level 1.2, so that any driver of the last
 * ten years will do. Every call that executes or moves something waits for it: between two calls
 * of ours the device is idle, and that is what lets the collector move memory *between* slices and
 * never beside one.
 *
 *   run      work-groups of one size with a global offset; what does not fill a last group follows
 *            as groups of one item, because OpenCL 1.2 wants the global size to be a multiple.
 *
 * Memory is ocl_memory.c's.
 *
 * Results should not depend on the optimiser's mood: no fused multiply-add (FP_CONTRACT OFF),
 * correctly rounded division where the device can, none of the fast-math options.
 *
 * Differs: real programs keep several queues full at once; here a queue is a matter of virtual
 * time, kept by the runtime.
 */
#include "ocl_parts.h"

#include "buildlog.h"
#include "slice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

typedef struct {
    cl_program program;
    cl_kernel kernel;
    size_t group; /* work items of one work-group; divides SLICE_GROUP_ITEMS */
    char *name;
} OclKernel;

/* ---- errors -------------------------------------------------------------------------------- */

typedef struct {
    cl_int code;
    const char *name;
    const char *remedy;
} ErrorText;

static const char no_driver_remedy[] = "Install an OpenCL driver (for the CPU: apt-get install "
                                       "pocl-opencl-icd), or use --device none.";
static const char memory_remedy[] = "Use smaller buffers, or another device (faultline devices).";
static const char lost_remedy[] = "Check that the kernel stays inside its buffers, then run again; "
                                  "--device none runs without it.";
static const char driver_remedy[] =
    "Try another device (faultline devices), or --device none; with both, please report it.";

/* clang-format off */
static const ErrorText error_texts[] = {
#define X(code, remedy) {code, #code, remedy},
    X(CL_PLATFORM_NOT_FOUND_KHR,         no_driver_remedy)
    X(CL_DEVICE_NOT_FOUND,               no_driver_remedy)
    X(CL_DEVICE_NOT_AVAILABLE,           lost_remedy)
    X(CL_COMPILER_NOT_AVAILABLE,         "Choose a device with a compiler (faultline devices).")
    X(CL_MEM_OBJECT_ALLOCATION_FAILURE,  memory_remedy)
    X(CL_OUT_OF_RESOURCES,               lost_remedy)
    X(CL_OUT_OF_HOST_MEMORY,             memory_remedy)
    X(CL_PROFILING_INFO_NOT_AVAILABLE,   driver_remedy)
    X(CL_MAP_FAILURE,                    lost_remedy)
    X(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST, lost_remedy)
    X(CL_BUILD_PROGRAM_FAILURE,          "Correct the kernel's source.")
    X(CL_INVALID_VALUE,                  driver_remedy)
    X(CL_INVALID_PLATFORM,               driver_remedy)
    X(CL_INVALID_DEVICE,                 driver_remedy)
    X(CL_INVALID_CONTEXT,                driver_remedy)
    X(CL_INVALID_QUEUE_PROPERTIES,       "Choose a device that keeps time (faultline devices).")
    X(CL_INVALID_COMMAND_QUEUE,          lost_remedy)
    X(CL_INVALID_HOST_PTR,               driver_remedy)
    X(CL_INVALID_MEM_OBJECT,             driver_remedy)
    X(CL_INVALID_BUILD_OPTIONS,          driver_remedy)
    X(CL_INVALID_PROGRAM,                driver_remedy)
    X(CL_INVALID_PROGRAM_EXECUTABLE,     driver_remedy)
    X(CL_INVALID_KERNEL_NAME,            "Check that no #if hides the kernel from the compiler.")
    X(CL_INVALID_KERNEL_DEFINITION,      driver_remedy)
    X(CL_INVALID_KERNEL,                 driver_remedy)
    X(CL_INVALID_ARG_INDEX,              driver_remedy)
    X(CL_INVALID_ARG_VALUE,              driver_remedy)
    X(CL_INVALID_ARG_SIZE,               driver_remedy)
    X(CL_INVALID_KERNEL_ARGS,            driver_remedy)
    X(CL_INVALID_WORK_DIMENSION,         driver_remedy)
    X(CL_INVALID_WORK_GROUP_SIZE,        driver_remedy)
    X(CL_INVALID_WORK_ITEM_SIZE,         driver_remedy)
    X(CL_INVALID_GLOBAL_OFFSET,          driver_remedy)
    X(CL_INVALID_EVENT_WAIT_LIST,        driver_remedy)
    X(CL_INVALID_EVENT,                  driver_remedy)
    X(CL_INVALID_OPERATION,              driver_remedy)
    X(CL_INVALID_BUFFER_SIZE,            memory_remedy)
    X(CL_INVALID_GLOBAL_WORK_SIZE,       "Launch fewer work items.")
#undef X
};
/* clang-format on */

bool ocl_add_code(Diag *d, cl_int code) {
    size_t length = strlen(d->message);
    for (size_t i = 0; i < ARRAY_LEN(error_texts); i++) {
        if (error_texts[i].code != code) continue;
        snprintf(d->message + length, sizeof d->message - length, " (%s)", error_texts[i].name);
        return diag_remedy(d, "%s", error_texts[i].remedy);
    }
    snprintf(d->message + length, sizeof d->message - length, " (OpenCL error %d)", (int)code);
    return diag_remedy(d, "%s", driver_remedy);
}

/* "<what> <whom> (CL_INVALID_...)", with what to do about it; false, like diag_fail. */
bool ocl_fail(Diag *d, cl_int code, const char *what, const char *whom) {
    diag_fail(d, EXIT_WORLD, "%s %.200s", what, whom);
    return ocl_add_code(d, code);
}

/* ---- which devices there are --------------------------------------------------------------- */

typedef struct {
    cl_device_id device;
    bool gpu;
    bool svm; /* has memory that host and device share by address */
    char vendor[32]; /* the short name that the platform registered: POCL, NV, INTEL ... */
    DevInfo info;
} Found;

typedef struct {
    Found *item;
    size_t count, cap;
} FoundList;

/* Copies at most size - 1 characters without blanks at either end; some drivers pad their names. */
static void copy_trimmed(char *out, size_t size, const char *text) {
    while (*text == ' ') text++;
    snprintf(out, size, "%s", text);
    for (size_t n = strlen(out); n > 0 && out[n - 1] == ' '; n--) out[n - 1] = '\0';
}

static void device_text(cl_device_id device, cl_device_info what, char *out, size_t size) {
    size_t bytes = 0;
    snprintf(out, size, "unknown");
    if (clGetDeviceInfo(device, what, 0, NULL, &bytes) != CL_SUCCESS || bytes == 0) return;
    char *text = mem_zero(bytes + 1, 1);
    if (clGetDeviceInfo(device, what, bytes, text, NULL) == CL_SUCCESS)
        copy_trimmed(out, size, text);
    free(text);
}

static void platform_text(cl_platform_id platform, cl_platform_info what, char *out, size_t size) {
    size_t bytes = 0;
    snprintf(out, size, "unknown");
    if (clGetPlatformInfo(platform, what, 0, NULL, &bytes) != CL_SUCCESS || bytes == 0) return;
    char *text = mem_zero(bytes + 1, 1);
    if (clGetPlatformInfo(platform, what, bytes, text, NULL) == CL_SUCCESS) {
        copy_trimmed(out, size, text);
    }
    free(text);
}

/* A figure that the driver will not tell is 0. */
static void describe(Found *found, cl_platform_id platform, cl_device_id device) {
    cl_ulong memory = 0;
    cl_uint units = 0;
    cl_bool unified = CL_FALSE;
    cl_device_type type = 0;
    cl_device_svm_capabilities svm = 0; /* unknown to a driver of OpenCL 1.2: then it has none */
    DevInfo *info = &found->info;
    found->device = device;
    platform_text(platform, CL_PLATFORM_ICD_SUFFIX_KHR, found->vendor, sizeof found->vendor);
    platform_text(platform, CL_PLATFORM_NAME, info->platform, sizeof info->platform);
    device_text(device, CL_DEVICE_NAME, info->name, sizeof info->name);
    device_text(device, CL_DRIVER_VERSION, info->version, sizeof info->version);
    clGetDeviceInfo(device, CL_DEVICE_GLOBAL_MEM_SIZE, sizeof memory, &memory, NULL);
    clGetDeviceInfo(device, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof units, &units, NULL);
    clGetDeviceInfo(device, CL_DEVICE_HOST_UNIFIED_MEMORY, sizeof unified, &unified, NULL);
    clGetDeviceInfo(device, CL_DEVICE_TYPE, sizeof type, &type, NULL);
    clGetDeviceInfo(device, CL_DEVICE_SVM_CAPABILITIES, sizeof svm, &svm, NULL);
    found->svm = (svm & CL_DEVICE_SVM_COARSE_GRAIN_BUFFER) != 0;
    found->gpu = (type & CL_DEVICE_TYPE_GPU) != 0;
    info->memory_bytes = memory;
    info->compute_units = units;
    info->shares_host_memory = unified == CL_TRUE;
    info->present = true;
}

/* A platform without devices is no error: the next one may have some. */
static cl_int find_on_platform(cl_platform_id platform, FoundList *list) {
    cl_uint count = 0;
    cl_int code = clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, NULL, &count);
    if (code != CL_SUCCESS || count == 0) return code == CL_SUCCESS ? CL_DEVICE_NOT_FOUND : code;
    cl_device_id *devices = mem_zero(count, sizeof *devices);
    code = clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, count, devices, NULL);
    if (code == CL_SUCCESS) {
        GROW(list->item, list->cap, list->count + count);
        for (cl_uint i = 0; i < count; i++) {
            describe(&list->item[list->count++], platform, devices[i]);
        }
    }
    free(devices);
    return code;
}

/* All devices of all platforms, in the loader's order; at least one, or a Diag. */
static bool find_devices(FoundList *list, Diag *d) {
    cl_uint count = 0;
    *list = (FoundList){0};
    cl_int code = clGetPlatformIDs(0, NULL, &count);
    if (code == CL_SUCCESS && count == 0) code = CL_PLATFORM_NOT_FOUND_KHR;
    if (code != CL_SUCCESS) return ocl_fail(d, code, "there is", "no OpenCL driver");

    cl_platform_id *platforms = mem_zero(count, sizeof *platforms);
    code = clGetPlatformIDs(count, platforms, NULL);
    for (cl_uint i = 0; code == CL_SUCCESS && i < count; i++) {
        cl_int found = find_on_platform(platforms[i], list);
        if (found != CL_SUCCESS && list->count == 0 && i + 1 == count) code = found;
    }
    free(platforms);
    if (list->count > 0) return true;
    free(list->item);
    return ocl_fail(d, code, "there is", "no OpenCL device");
}

bool ocl_list(DevInfo **list, size_t *count, Diag *d) {
    FoundList found;
    *list = NULL;
    *count = 0;
    if (!find_devices(&found, d)) return false;
    *list = mem_zero(found.count, sizeof **list);
    for (size_t i = 0; i < found.count; i++) (*list)[i] = found.item[i].info;
    *count = found.count;
    free(found.item);
    return true;
}

static bool contains(const char *text, const char *part) {
    size_t length = strlen(part);
    for (; *text; text++) {
        if (strncasecmp(text, part, length) == 0) return true;
    }
    return false;
}

/* pocl's platform is called "Portable Computing Language"; people say pocl. */
static bool is_called(const Found *f, const char *want) {
    return contains(f->info.name, want) || contains(f->info.platform, want) ||
           strcasecmp(f->vendor, want) == 0;
}

static const Found *choose(const FoundList *list, const char *want) {
    bool any = strcmp(want, "auto") == 0;
    for (size_t i = 0; i < list->count; i++) {
        const Found *f = &list->item[i];
        if (any ? f->gpu : is_called(f, want)) return f;
    }
    return any ? &list->item[0] : NULL;
}

static bool refuse_unknown(Diag *d, const FoundList *list, const char *want) {
    char names[800] = "";
    size_t length = 0;
    for (size_t i = 0; i < list->count && length < sizeof names; i++) {
        length +=
            (size_t)snprintf(names + length, sizeof names - length, "%s%s (%s)", i ? ", " : "",
                             list->item[i].info.name, list->item[i].info.platform);
    }
    diag_fail(d, EXIT_WORLD, "no device is called '%.100s'; there %s %s", want,
              list->count == 1 ? "is" : "are", names);
    return diag_remedy(d,
                       "A part of a name is enough, in upper or lower case; so are auto and none.");
}

/* ---- open and close ------------------------------------------------------------------------ */

static void ocl_close(void *self) {
    Ocl *ocl = self;
    if (ocl->queue) clReleaseCommandQueue(ocl->queue);
    if (ocl->context) clReleaseContext(ocl->context);
    free(ocl);
}

static bool start(Ocl *ocl, Diag *d) {
    cl_int code;
    ocl->context = clCreateContext(NULL, 1, &ocl->device, NULL, NULL, &code);
    if (code != CL_SUCCESS) return ocl_fail(d, code, "no context can be made on", ocl->name);
    ocl->queue = clCreateCommandQueue(ocl->context, ocl->device, CL_QUEUE_PROFILING_ENABLE, &code);
    if (code != CL_SUCCESS) return ocl_fail(d, code, "no queue can be made on", ocl->name);
    return true;
}

/* The name then says how to ask for it again. */
static void stage(Ocl *ocl, DevInfo *info) {
    static const char suffix[] = "," DEV_STAGING;
    size_t length = strnlen(info->name, sizeof info->name - sizeof suffix);
    memcpy(info->name + length, suffix, sizeof suffix);
    info->shares_host_memory = false;
    ocl->staging = true;
}

bool ocl_open(void **self, DevInfo *info, const char *want, bool staging, Diag *d) {
    FoundList list;
    if (!find_devices(&list, d)) return false;
    const Found *found = choose(&list, want);
    if (found == NULL) {
        refuse_unknown(d, &list, want);
        free(list.item);
        return false;
    }
    Ocl *ocl = mem_zero(1, sizeof *ocl);
    cl_device_fp_config single = 0;
    *info = found->info;
    ocl->device = found->device;
    ocl->svm = found->svm;
    free(list.item);
    if (staging) stage(ocl, info);
    snprintf(ocl->name, sizeof ocl->name, "%s", info->name);
    clGetDeviceInfo(ocl->device, CL_DEVICE_SINGLE_FP_CONFIG, sizeof single, &single, NULL);
    ocl->exact_divide = (single & CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT) != 0;
    if (!start(ocl, d)) {
        ocl_close(ocl);
        return false;
    }
    *self = ocl;
    return true;
}

/* ---- kernels ------------------------------------------------------------------------------- */

/* What goes before the source. #line makes the driver's log speak of the file that the user
 * wrote; the pragma stands first, so that no line number moves. */
enum { PREFIX_LINES = 2 };
static char *prefix_for(const char *file) {
    static const char head[] = "#pragma OPENCL FP_CONTRACT OFF\n#line 1 \"";
    char *text = mem_alloc(sizeof head + 2 * strlen(file) + 8);
    char *p = text + sprintf(text, "%s", head);
    for (; *file; file++) {
        if (*file == '"' || *file == '\\') *p++ = '\\';
        *p++ = *file == '\n' ? ' ' : *file;
    }
    sprintf(p, "\"\n");
    return text;
}

static char *build_log(const Ocl *ocl, cl_program program) {
    size_t bytes = 0;
    clGetProgramBuildInfo(program, ocl->device, CL_PROGRAM_BUILD_LOG, 0, NULL, &bytes);
    char *log = mem_zero(bytes + 1, 1);
    if (bytes > 0) {
        clGetProgramBuildInfo(program, ocl->device, CL_PROGRAM_BUILD_LOG, bytes, log, NULL);
    }
    return log;
}

static bool build_failed(const Ocl *ocl, const OclKernel *k, const char *file, const char *source,
                         cl_int code, Diag *d) {
    char *log = build_log(ocl, k->program);
    BuildError error;
    buildlog_read(&error, log);
    free(log);
    if (error.message[0] == '\0') {
        ocl_fail(d, code, "the driver says nothing about why it cannot build kernel", k->name);
        snprintf(d->file, sizeof d->file, "%s", file);
        return false;
    }
    if (error.unnamed && error.line > PREFIX_LINES) error.line -= PREFIX_LINES;
    char more[32] = "";
    if (error.errors > 1) snprintf(more, sizeof more, " (and %d more)", error.errors - 1);
    diag_fail_at(d, EXIT_SCENARIO, file, error.line, error.column, "%s%s", error.message, more);
    diag_excerpt(d, source);
    return false;
}

static bool make_kernel(const Ocl *ocl, OclKernel *k, const char *file, const char *source,
                        uint32_t params, Diag *d) {
    cl_int code;
    char *prefix = prefix_for(file);
    const char *parts[2] = {prefix, source};
    k->program = clCreateProgramWithSource(ocl->context, 2, parts, NULL, &code);
    free(prefix);
    if (code != CL_SUCCESS) return ocl_fail(d, code, "no program can be made of kernel", k->name);

    code = clBuildProgram(k->program, 1, &ocl->device,
                          ocl->exact_divide ? "-cl-std=CL1.2 -cl-fp32-correctly-rounded-divide-sqrt"
                                            : "-cl-std=CL1.2",
                          NULL, NULL);
    if (code != CL_SUCCESS) return build_failed(ocl, k, file, source, code, d);

    k->kernel = clCreateKernel(k->program, k->name, &code);
    if (code != CL_SUCCESS) return ocl_fail(d, code, "the driver does not find kernel", k->name);

    cl_uint driver_params = 0;
    code =
        clGetKernelInfo(k->kernel, CL_KERNEL_NUM_ARGS, sizeof driver_params, &driver_params, NULL);
    if (code != CL_SUCCESS) return ocl_fail(d, code, "the driver does not describe kernel", k->name);
    if (driver_params != params) {
        diag_fail(d, EXIT_SCENARIO,
                  "kernel %.100s has %u parameters in %.200s, but %u for the driver", k->name,
                  params, file, driver_params);
        return diag_remedy(d, "Write the parameters without macros and #if.");
    }
    return true;
}

/* The largest work-group that the kernel may have here and that slices are made of. */
static size_t group_for(const Ocl *ocl, const OclKernel *k) {
    size_t max = 0;
    size_t group = SLICE_GROUP_ITEMS;
    clGetKernelWorkGroupInfo(k->kernel, ocl->device, CL_KERNEL_WORK_GROUP_SIZE, sizeof max, &max,
                             NULL);
    while (group > 1 && group > max) group /= 2;
    return group;
}

static void ocl_kernel_drop(void *self, void *kernel) {
    (void)self;
    OclKernel *k = kernel;
    if (k->kernel) clReleaseKernel(k->kernel);
    if (k->program) clReleaseProgram(k->program);
    free(k->name);
    free(k);
}

static bool ocl_kernel(void *self, const char *file, const char *name, const char *source,
                       uint32_t params, void **kernel, Diag *d) {
    OclKernel *k = mem_zero(1, sizeof *k);
    k->name = mem_text(name);
    if (!make_kernel(self, k, file, source, params, d)) {
        ocl_kernel_drop(self, k);
        return false;
    }
    k->group = group_for(self, k);
    *kernel = k;
    return true;
}

/* ---- running ------------------------------------------------------------------------------- */

/* Once per run, not per launch: launches share their kernel object. */
static cl_int set_args(cl_kernel kernel, const BackendArg *args, uint32_t count) {
    cl_int code = CL_SUCCESS;
    for (cl_uint i = 0; code == CL_SUCCESS && i < count; i++) {
        const BackendArg *arg = &args[i];
        switch (arg->kind) {
        case DEV_ARG_BUFFER: code = ocl_set_buffer(kernel, i, arg->v.buffer); break;
        case DEV_ARG_FLOAT: code = clSetKernelArg(kernel, i, sizeof(cl_float), &arg->v.f); break;
        case DEV_ARG_INT: code = clSetKernelArg(kernel, i, sizeof(cl_int), &arg->v.i); break;
        case DEV_ARG_UINT: code = clSetKernelArg(kernel, i, sizeof(cl_uint), &arg->v.u); break;
        case DEV_ARG_KIND_COUNT: UNREACHABLE();
        }
    }
    return code;
}

static cl_int enqueue(Ocl *ocl, OclKernel *k, uint64_t first, uint64_t items, size_t group,
                      cl_event *event) {
    size_t offset = first, global = items;
    return clEnqueueNDRangeKernel(ocl->queue, k->kernel, 1, &offset, &global, &group, 0, NULL,
                                  event);
}

/* Whole groups, then the rest of less than a group one by one; at most two events. */
static cl_int enqueue_range(Ocl *ocl, OclKernel *k, uint64_t first, uint64_t items,
                            cl_event *events, cl_uint *count) {
    uint64_t rest = items % k->group;
    cl_int code = CL_SUCCESS;
    *count = 0;
    if (items > rest) {
        code = enqueue(ocl, k, first, items - rest, k->group, &events[0]);
        if (code == CL_SUCCESS) *count = 1;
    }
    if (code == CL_SUCCESS && rest > 0) {
        code = enqueue(ocl, k, first + items - rest, rest, 1, &events[*count]);
        if (code == CL_SUCCESS) *count += 1;
    }
    return code;
}

cl_int ocl_add_times(const cl_event *events, cl_uint count, uint64_t *device_ns) {
    cl_int code = CL_SUCCESS;
    for (cl_uint i = 0; code == CL_SUCCESS && i < count; i++) {
        cl_ulong begin = 0, end = 0;
        code = clGetEventProfilingInfo(events[i], CL_PROFILING_COMMAND_START, sizeof begin, &begin,
                                       NULL);
        if (code != CL_SUCCESS) return code;
        code = clGetEventProfilingInfo(events[i], CL_PROFILING_COMMAND_END, sizeof end, &end, NULL);
        if (code == CL_SUCCESS && end > begin) *device_ns += end - begin;
    }
    return code;
}

static bool ocl_run(void *self, void *kernel, const BackendArg *args, uint32_t arg_count,
                    uint64_t first, uint64_t items, uint64_t *device_ns, Diag *d) {
    Ocl *ocl = self;
    OclKernel *k = kernel;
    cl_event events[2];
    cl_uint count = 0;
    cl_int code = set_args(k->kernel, args, arg_count);
    if (code != CL_SUCCESS)
        return ocl_fail(d, code, "the driver refuses the arguments of kernel", k->name);
    if (!ocl_lend(ocl, args, arg_count, d)) return false;

    code = enqueue_range(ocl, k, first, items, events, &count);
    if (code != CL_SUCCESS) {
        clFinish(ocl->queue); /* what was enqueued may use memory that the caller frees next */
        ocl_fail(d, code, "the driver does not launch kernel", k->name);
    } else if ((code = clWaitForEvents(count, events)) != CL_SUCCESS) {
        ocl_fail(d, code, "the device was lost while it ran kernel", k->name);
    } else if ((code = ocl_add_times(events, count, device_ns)) != CL_SUCCESS) {
        ocl_fail(d, code, "the driver does not say how long it ran kernel", k->name);
    }
    for (cl_uint i = 0; i < count; i++) clReleaseEvent(events[i]);
    return code == CL_SUCCESS && ocl_take_back(ocl, args, arg_count, d);
}

/* ---- taking times -------------------------------------------------------------------------- */

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* From one moment of a command's life to another, by the device's clock. */
static cl_int lapse(cl_event event, cl_profiling_info from, cl_profiling_info to, uint64_t *ns) {
    cl_ulong a = 0, b = 0;
    cl_int code = clGetEventProfilingInfo(event, from, sizeof a, &a, NULL);
    if (code == CL_SUCCESS) code = clGetEventProfilingInfo(event, to, sizeof b, &b, NULL);
    *ns = b > a ? b - a : 0;
    return code;
}

static bool ocl_time(void *self, void *kernel, const BackendArg *args, uint32_t arg_count,
                     uint64_t items, uint32_t times, DevTimes *t, Diag *d) {
    Ocl *ocl = self;
    OclKernel *k = kernel;
    cl_event first = NULL, last = NULL;
    *t = (DevTimes){0};
    ASSERT(items % k->group == 0);
    cl_int code = set_args(k->kernel, args, arg_count);
    uint64_t begin = now_ns();
    for (uint32_t i = 0; code == CL_SUCCESS && i < times; i++)
        code = enqueue(ocl, k, 0, items, k->group,
                       i == 0 ? &first : i + 1 == times ? &last : NULL);
    t->enqueue_ns = now_ns() - begin;
    cl_int finished = clFinish(ocl->queue);
    t->total_ns = now_ns() - begin;
    if (code == CL_SUCCESS) code = finished;
    if (code == CL_SUCCESS && first != NULL)
        code = lapse(first, CL_PROFILING_COMMAND_QUEUED, CL_PROFILING_COMMAND_START, &t->start_ns);
    if (code == CL_SUCCESS && first != NULL)
        code = lapse(last ? last : first, CL_PROFILING_COMMAND_START, CL_PROFILING_COMMAND_END,
                     &t->kernel_ns);
    if (first) clReleaseEvent(first);
    if (last) clReleaseEvent(last);
    return code == CL_SUCCESS || ocl_fail(d, code, "no times can be taken of kernel", k->name);
}

const Backend ocl_backend = {
    .close = ocl_close,
    .kernel = ocl_kernel,
    .kernel_drop = ocl_kernel_drop,
    .buffer = ocl_buffer,
    .buffer_drop = ocl_buffer_drop,
    .run = ocl_run,
    .time = ocl_time,
    .fetch = ocl_fetch,
    .push = ocl_push,
    .memory = ocl_memory,
    .part = ocl_part,
    .host = ocl_host,
    .host_drop = ocl_host_drop,
    .copy = ocl_copy,
};

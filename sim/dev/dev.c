/* dev.c -- kernels, buffers and launches by number, and every check that needs no driver.
 *
 * A device is a table of a few functions (backend.h): OpenCL, or nothing at all. What can be said
 * without it is said here, so that a wrong call is refused in the same words on both, and a
 * scenario that runs without a device is not surprised by one.
 *
 * A launch is only written down by dev_launch. dev_run executes its next slices; neighbours that
 * are wanted together go to the device as one range, because nothing can happen between them:
 * that is why slicing costs nothing until somebody looks in the middle.
 *
 *     dev_launch            dev_run(upto 3)             dev_run(upto 8)
 *     |. . . . . . . .|     |# # # . . . . .|  (gc)     |# # # # # # # #|
 *                            one enqueue, one wait             one enqueue, one wait
 *
 * Numbers of buffers and launches are not used again: a stale one is refused, never mistaken.
 */
#include "dev.h"

#include "backend.h"
#include "signature.h"
#include "slice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char *file;
    char *name;
    char *source;
    DevSignature signature;
    void *own; /* the backend's */
} Kernel;

typedef struct {
    void *own;  /* the backend's */
    void *host; /* the caller's memory */
    size_t bytes;
    uint32_t launches; /* that are registered and use it */
    bool live;         /* for the caller; the backend's lives as long as a launch uses it */
} Buffer;

typedef struct {
    DevArg *args;  /* freed by dev_launch_drop */
    uint32_t arg_count;
    uint64_t items; /* of a transfer: bytes */
    uint32_t kernel; /* or NO_KERNEL: a transfer, of its only argument, ... */
    void *host;      /* ... from or to here */
    bool to_device;
    uint32_t slices;
    uint32_t done; /* slices [0, done) have been executed */
    bool live;
} Launch;
#define NO_KERNEL UINT32_MAX

struct Dev {
    const Backend *backend;
    void *self; /* the backend's */
    DevInfo info;
    Kernel **kernels; /* pointers, because dev_signature hands out a pointer into one */
    size_t kernel_count, kernel_cap;
    Buffer *buffers;
    size_t buffer_count, buffer_cap;
    Launch *launches;
    size_t launch_count, launch_cap;
    void **hosts; /* the backend's */
    size_t host_count, host_cap;
    char doing[96]; /* what the driver was asked to do and has not done yet; "" = nothing */
};

/* ---- the device ---------------------------------------------------------------------------- */

bool dev_list(DevInfo **list, size_t *count, Diag *d) { return ocl_list(list, count, d); }

/* The name without ",staging", malloced. */
static char *without_staging(const char *want, bool *staging) {
    static const char suffix[] = "," DEV_STAGING;
    size_t length = strlen(want), more = strlen(suffix);
    *staging = true;
    if (strcmp(want, DEV_STAGING) == 0) return mem_text("auto");
    char *name = mem_text(want);
    *staging = length > more && strcmp(want + length - more, suffix) == 0;
    if (*staging) name[length - more] = '\0';
    return name;
}

static bool open_named(Dev *opened, const char *name, bool staging, Diag *d) {
    if (strcmp(name, "none") != 0) {
        opened->backend = &ocl_backend;
        return ocl_open(&opened->self, &opened->info, name, staging, d);
    }
    if (staging) {
        diag_fail(d, EXIT_WORLD, "a device that is not there has no copies of its own");
        return diag_remedy(d, "Use --device none, or --device " DEV_STAGING " for a device that is there.");
    }
    none_open(&opened->self, &opened->info);
    return true;
}

bool dev_open(Dev **dev, const char *want, Diag *d) {
    Dev opened = {.backend = &none_backend};
    bool staging;
    char *name = without_staging(want, &staging);
    bool ok = open_named(&opened, name, staging, d);
    free(name);
    *dev = NULL;
    if (!ok) return false;
    *dev = mem_alloc(sizeof **dev);
    **dev = opened;
    return true;
}

void dev_close(Dev *dev) {
    if (dev == NULL) return;
    for (size_t i = 0; i < dev->launch_count; i++) {
        if (dev->launches[i].live) dev_launch_drop(dev, (DevLaunch){(uint32_t)i});
    }
    for (size_t i = 0; i < dev->buffer_count; i++) dev_buffer_drop(dev, (DevBuffer){(uint32_t)i});
    for (size_t i = 0; i < dev->kernel_count; i++) {
        Kernel *k = dev->kernels[i];
        dev->backend->kernel_drop(dev->self, k->own);
        free(k->file);
        free(k->name);
        free(k->source);
        free(k);
    }
    for (size_t i = 0; i < dev->host_count; i++) dev->backend->host_drop(dev->self, dev->hosts[i]);
    dev->backend->close(dev->self);
    free(dev->hosts);
    free(dev->launches);
    free(dev->buffers);
    free(dev->kernels);
    free(dev);
}

const DevInfo *dev_info(const Dev *dev) { return &dev->info; }

static void begin(Dev *dev, const char *verb, const char *what) {
    snprintf(dev->doing, sizeof dev->doing, "%s %.60s", verb, what);
}
static void end(Dev *dev) { dev->doing[0] = '\0'; }

const char *dev_doing(const Dev *dev) { return dev->doing; }

/* ---- kernels ------------------------------------------------------------------------------- */

static bool same_kernel(const Kernel *k, const char *file, const char *name, const char *source) {
    return strcmp(k->name, name) == 0 && strcmp(k->file, file) == 0 &&
           strcmp(k->source, source) == 0;
}

bool dev_kernel(Dev *dev, const char *file, const char *name, const char *source, DevKernel *k,
                Diag *d) {
    /* A scenario asks for its kernel in a loop; a build takes many milliseconds. */
    for (size_t i = 0; i < dev->kernel_count; i++) {
        if (!same_kernel(dev->kernels[i], file, name, source)) continue;
        k->v = (uint32_t)i;
        return true;
    }
    DevSignature signature;
    void *own;
    if (!signature_read(&signature, file, name, source, d)) return false;
    if (!signature_sliceable(file, source, d)) return false;
    begin(dev, "building kernel", name);
    bool built = dev->backend->kernel(dev->self, file, name, source, signature.count, &own, d);
    end(dev);
    if (!built) return false;

    Kernel *made = mem_alloc(sizeof *made);
    *made = (Kernel){mem_text(file), mem_text(name), mem_text(source), signature, own};
    GROW(dev->kernels, dev->kernel_cap, dev->kernel_count + 1);
    k->v = (uint32_t)dev->kernel_count;
    dev->kernels[dev->kernel_count++] = made;
    return true;
}

static Kernel *kernel_of(const Dev *dev, DevKernel k) {
    ASSERT(k.v < dev->kernel_count);
    return dev->kernels[k.v];
}

const DevSignature *dev_signature(const Dev *dev, DevKernel k) {
    return &kernel_of(dev, k)->signature;
}

/* ---- buffers ------------------------------------------------------------------------------- */

static DevBuffer keep(Dev *dev, void *own, void *host, size_t bytes) {
    ASSERT(dev->buffer_count < UINT32_MAX);
    GROW(dev->buffers, dev->buffer_cap, dev->buffer_count + 1);
    dev->buffers[dev->buffer_count] = (Buffer){own, host, bytes, 0, true};
    return (DevBuffer){(uint32_t)dev->buffer_count++};
}

bool dev_buffer(Dev *dev, void *host, size_t bytes, DevBuffer *b, Diag *d) {
    ASSERT(host != NULL);
    if (bytes == 0) return diag_fail(d, EXIT_SCENARIO, "a device buffer needs at least one byte");
    void *own;
    if (!dev->backend->buffer(dev->self, host, bytes, &own, d)) return false;
    *b = keep(dev, own, host, bytes);
    return true;
}

static Buffer *buffer_of(const Dev *dev, DevBuffer b) {
    ASSERT(b.v < dev->buffer_count);
    return &dev->buffers[b.v];
}

void dev_buffer_drop(Dev *dev, DevBuffer b) {
    Buffer *buffer = buffer_of(dev, b);
    if (!buffer->live) return;
    buffer->live = false;
    if (buffer->launches == 0) dev->backend->buffer_drop(dev->self, buffer->own);
}

static void use(Dev *dev, DevBuffer b) { buffer_of(dev, b)->launches++; }

static void stop_using(Dev *dev, DevBuffer b) {
    Buffer *buffer = buffer_of(dev, b);
    if (--buffer->launches == 0 && !buffer->live) dev->backend->buffer_drop(dev->self, buffer->own);
}

static bool refuse_dropped(Diag *d, const char *doing) {
    return diag_fail(d, EXIT_SCENARIO, "%s uses a device buffer that was released before", doing);
}

bool dev_memory(Dev *dev, size_t bytes, DevBuffer *b, Diag *d) {
    void *own;
    ASSERT(bytes > 0);
    if (!dev->backend->memory(dev->self, bytes, &own, d)) return false;
    *b = keep(dev, own, NULL, bytes);
    return true;
}

bool dev_part(Dev *dev, DevBuffer memory, size_t offset, size_t bytes, DevBuffer *b, Diag *d) {
    const Buffer *whole = buffer_of(dev, memory);
    void *own;
    ASSERT(whole->live && whole->host == NULL);
    ASSERT(offset % DEV_PART_ALIGN == 0 && bytes > 0 && offset < whole->bytes && whole->bytes - offset >= bytes);
    if (!dev->backend->part(dev->self, whole->own, offset, bytes, &own, d)) return false;
    *b = keep(dev, own, NULL, bytes);
    return true;
}

bool dev_read(Dev *dev, DevBuffer b, void *host, size_t bytes, Diag *d) {
    const Buffer *buffer = buffer_of(dev, b);
    uint64_t ns = 0;
    ASSERT(buffer->host == NULL && bytes <= buffer->bytes);
    return dev->backend->copy(dev->self, buffer->own, 0, host, bytes, false, &ns, d);
}

bool dev_host(Dev *dev, DevHost kind, size_t bytes, void **at, Diag *d) {
    void *own;
    ASSERT(bytes > 0 && bytes % DEV_PART_ALIGN == 0);
    if (!dev->backend->host(dev->self, kind, bytes, &own, at, d)) return false;
    GROW(dev->hosts, dev->host_cap, dev->host_count + 1);
    dev->hosts[dev->host_count++] = own;
    return true;
}

bool dev_fetch(Dev *dev, DevBuffer b, Diag *d) {
    Buffer *buffer = buffer_of(dev, b);
    ASSERT(buffer->host != NULL);
    if (!buffer->live) return refuse_dropped(d, "reading a result");
    return dev->backend->fetch(dev->self, buffer->own, buffer->host, buffer->bytes, d);
}

bool dev_push(Dev *dev, DevBuffer b, Diag *d) {
    Buffer *buffer = buffer_of(dev, b);
    ASSERT(buffer->host != NULL);
    if (!buffer->live) return refuse_dropped(d, "writing to the device");
    return dev->backend->push(dev->self, buffer->own, buffer->host, buffer->bytes, d);
}

/* ---- launches ------------------------------------------------------------------------------ */

/* "y, x, a": for messages. */
static void list_params(char *text, size_t size, const DevSignature *signature) {
    size_t length = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < signature->count && length < size; i++) {
        length += (size_t)snprintf(text + length, size - length, "%s%s", i ? ", " : "",
                                   signature->param[i].name);
    }
}

static bool check_args(const Dev *dev, const Kernel *kernel, const DevArg *args, uint32_t count,
                       Diag *d) {
    const DevSignature *signature = &kernel->signature;
    if (count != signature->count) {
        char names[512];
        list_params(names, sizeof names, signature);
        return diag_fail(d, EXIT_SCENARIO, "kernel %.100s takes %u argument%s (%s); %u %s given",
                         kernel->name, signature->count, signature->count == 1 ? "" : "s", names,
                         count, count == 1 ? "was" : "were");
    }
    for (uint32_t i = 0; i < count; i++) {
        const DevParam *p = &signature->param[i];
        if (args[i].kind != p->kind) {
            return diag_fail(d, EXIT_SCENARIO,
                             "argument %u of kernel %.100s, %s, is %s; %s was given", i + 1,
                             kernel->name, p->name, signature_kind_text(p->kind),
                             signature_kind_text(args[i].kind));
        }
        if (p->kind == DEV_ARG_BUFFER && !buffer_of(dev, args[i].v.buffer)->live) {
            char doing[200];
            snprintf(doing, sizeof doing, "argument %u of kernel %.100s, %s,", i + 1, kernel->name,
                     p->name);
            return refuse_dropped(d, doing);
        }
    }
    return true;
}

static DevLaunch enlist(Dev *dev, Launch l, const DevArg *args, uint32_t arg_count) {
    size_t bytes = arg_count * sizeof *args;
    l.args = mem_alloc(bytes ? bytes : 1);
    if (bytes) memcpy(l.args, args, bytes);
    l.arg_count = arg_count;
    l.live = true;
    for (uint32_t i = 0; i < arg_count; i++) {
        if (args[i].kind == DEV_ARG_BUFFER) use(dev, args[i].v.buffer);
    }
    ASSERT(dev->launch_count < UINT32_MAX);
    GROW(dev->launches, dev->launch_cap, dev->launch_count + 1);
    dev->launches[dev->launch_count] = l;
    return (DevLaunch){(uint32_t)dev->launch_count++};
}

bool dev_launch(Dev *dev, DevKernel k, const DevArg *args, uint32_t arg_count, uint64_t items,
                uint32_t *slices, DevLaunch *launch, Diag *d) {
    Kernel *kernel = kernel_of(dev, k);
    if (!check_args(dev, kernel, args, arg_count, d)) return false;
    if (items == 0) {
        return diag_fail(d, EXIT_SCENARIO, "a launch of kernel %.100s needs at least one work item",
                         kernel->name);
    }
    *slices = slice_count(items, *slices);

    *launch = enlist(dev, (Launch){.items = items, .kernel = k.v, .slices = *slices}, args, arg_count);
    return true;
}

bool dev_transfer(Dev *dev, DevBuffer b, void *host, uint64_t bytes, bool to_device, uint32_t *slices,
                  DevLaunch *launch, Diag *d) {
    const Buffer *buffer = buffer_of(dev, b);
    ASSERT(bytes > 0 && bytes <= buffer->bytes && buffer->host == NULL);
    if (!buffer->live) return refuse_dropped(d, to_device ? "writing to the device" : "reading from the device");
    *slices = slice_count(bytes, *slices);
    Launch l = {.items = bytes, .kernel = NO_KERNEL, .slices = *slices, .host = host, .to_device = to_device};
    *launch = enlist(dev, l, &(DevArg){.kind = DEV_ARG_BUFFER, .v.buffer = b}, 1);
    return true;
}

static Launch *launch_of(const Dev *dev, DevLaunch launch) {
    ASSERT(launch.v < dev->launch_count);
    ASSERT(dev->launches[launch.v].live);
    return &dev->launches[launch.v];
}

static void translate_args(const Dev *dev, const Launch *launch, BackendArg *out) {
    for (uint32_t i = 0; i < launch->arg_count; i++) {
        const DevArg *arg = &launch->args[i];
        out[i].kind = arg->kind;
        switch (arg->kind) {
        case DEV_ARG_BUFFER: out[i].v.buffer = buffer_of(dev, arg->v.buffer)->own; break;
        case DEV_ARG_FLOAT: out[i].v.f = arg->v.f; break;
        case DEV_ARG_INT: out[i].v.i = arg->v.i; break;
        case DEV_ARG_UINT: out[i].v.u = arg->v.u; break;
        case DEV_ARG_KIND_COUNT: UNREACHABLE();
        }
    }
}

static bool run_kernel(Dev *dev, const Launch *l, uint64_t first, uint64_t items, uint64_t *ns, Diag *d) {
    const Kernel *kernel = dev->kernels[l->kernel];
    BackendArg args[DEV_ARGS_MAX];
    translate_args(dev, l, args);
    begin(dev, "running kernel", kernel->name);
    bool ran = dev->backend->run(dev->self, kernel->own, args, l->arg_count, first, items, ns, d);
    end(dev);
    return ran;
}

static bool run_transfer(Dev *dev, const Launch *l, uint64_t first, uint64_t bytes, uint64_t *ns, Diag *d) {
    begin(dev, "copying", l->to_device ? "to the device" : "from the device");
    bool ran = dev->backend->copy(dev->self, buffer_of(dev, l->args[0].v.buffer)->own, first,
                                  (uint8_t *)l->host + first, bytes, l->to_device, ns, d);
    end(dev);
    return ran;
}

bool dev_run(Dev *dev, DevLaunch id, uint32_t upto, uint64_t *device_ns, Diag *d) {
    Launch *launch = launch_of(dev, id);
    ASSERT(upto <= launch->slices);
    if (upto <= launch->done) return true;
    uint64_t first = slice_first_item(launch->items, launch->slices, launch->done);
    uint64_t past = slice_first_item(launch->items, launch->slices, upto), ns = 0;
    if (launch->kernel == NO_KERNEL ? !run_transfer(dev, launch, first, past - first, &ns, d)
                                    : !run_kernel(dev, launch, first, past - first, &ns, d)) {
        return false;
    }
    launch->done = upto;
    if (device_ns) *device_ns += ns;
    return true;
}

bool dev_time(Dev *dev, DevLaunch id, uint32_t times, DevTimes *t, Diag *d) {
    const Launch *launch = launch_of(dev, id);
    ASSERT(launch->kernel != NO_KERNEL);
    const Kernel *kernel = dev->kernels[launch->kernel];
    BackendArg args[DEV_ARGS_MAX];
    translate_args(dev, launch, args);
    begin(dev, "timing kernel", kernel->name);
    bool timed = dev->backend->time(dev->self, kernel->own, args, kernel->signature.count,
                                    launch->items, times, t, d);
    end(dev);
    return timed;
}

bool dev_launch_fetch(Dev *dev, DevLaunch id, Diag *d) {
    const Launch *launch = launch_of(dev, id);
    if (launch->kernel == NO_KERNEL) return true; /* it has written there itself */
    const DevSignature *signature = &dev->kernels[launch->kernel]->signature;
    for (uint32_t i = 0; i < signature->count; i++) {
        if (launch->args[i].kind != DEV_ARG_BUFFER || !signature->param[i].written) continue;
        const Buffer *b = buffer_of(dev, launch->args[i].v.buffer);
        if (b->live || b->host == NULL) continue; /* its owner fetches it; nobody can */
        if (!dev->backend->fetch(dev->self, b->own, b->host, b->bytes, d)) return false;
    }
    return true;
}

void dev_launch_drop(Dev *dev, DevLaunch id) {
    Launch *launch = launch_of(dev, id);
    for (uint32_t i = 0; i < launch->arg_count; i++) {
        if (launch->args[i].kind == DEV_ARG_BUFFER) stop_using(dev, launch->args[i].v.buffer);
    }
    free(launch->args);
    launch->args = NULL;
    launch->live = false;
}

/* ocl_memory.c -- memory that a kernel can use: the host's, the device's own, and what the driver gives the host.
 *
 *   buffer   CL_MEM_USE_HOST_PTR over the caller's memory. A CPU driver computes in place. A GPU
 *            keeps a copy and writes it back, on map, to the address it was given at first, even if
 *            the object has moved away since: the violation that the book warns of.
 *            Staging does so on every device: the buffer is made with CL_MEM_COPY_HOST_PTR, and fetch and
 *            push are copies between it and that address.
 *   fetch    map and unmap, or a read if it stages: the only way in which results reach the host.
 *   memory   a buffer of the device's own, of which parts are sub-buffers: no host address leads there, only
 *            copies do.
 *   host     page-locked: a buffer with CL_MEM_ALLOC_HOST_PTR that stays mapped (what drivers do for that, and NVIDIA's
 *            document). Shared: clSVMAlloc, coarse; it is mapped but for the time in which a kernel has it.
 *
 * Differs: a discrete GPU's driver may put off the first copy until a command needs it; staging copies when the
 *          buffer is made. Where a device has no shared memory, ordinary memory of the host stands in its place.
 */
#include "ocl_parts.h"

#include <stdio.h>
#include <stdlib.h>

/* One of the two. */
typedef struct {
    cl_mem mem;
    void *shared; /* where in the shared memory */
} OclBuffer;

static bool wrap(cl_mem mem, void *shared, void **buffer) {
    OclBuffer *b = mem_alloc(sizeof *b);
    *b = (OclBuffer){mem, shared};
    *buffer = b;
    return true;
}

/* ---- over the host's memory ---- */

static bool is_shared(const Ocl *ocl, const void *host) {
    uintptr_t at = (uintptr_t)host, from = (uintptr_t)ocl->shared;
    return ocl->shared != NULL && at >= from && at - from < ocl->shared_bytes;
}

bool ocl_buffer(void *self, void *host, size_t bytes, void **buffer, Diag *d) {
    Ocl *ocl = self;
    cl_int code;
    if (is_shared(ocl, host)) return wrap(NULL, host, buffer);
    cl_mem_flags where = ocl->staging ? CL_MEM_COPY_HOST_PTR : CL_MEM_USE_HOST_PTR;
    cl_mem mem = clCreateBuffer(ocl->context, CL_MEM_READ_WRITE | where, bytes, host, &code);
    if (code != CL_SUCCESS) {
        diag_fail(d, EXIT_WORLD, "no buffer of %zu bytes can be made on %.100s", bytes, ocl->name);
        return ocl_add_code(d, code);
    }
    return wrap(mem, NULL, buffer);
}

void ocl_buffer_drop(void *self, void *buffer) {
    (void)self;
    OclBuffer *b = buffer;
    if (b->mem) clReleaseMemObject(b->mem);
    free(b);
}

/* Mapping for reading makes the driver write its copy back to the host pointer, if it has one. */
bool ocl_fetch(void *self, void *buffer, void *host, size_t bytes, Diag *d) {
    Ocl *ocl = self;
    OclBuffer *b = buffer;
    cl_int code;
    if (b->shared) return true;
    if (ocl->staging) {
        code = clEnqueueReadBuffer(ocl->queue, b->mem, CL_TRUE, 0, bytes, host, 0, NULL, NULL);
        return code == CL_SUCCESS || ocl_fail(d, code, "no result can be read from", ocl->name);
    }
    void *at = clEnqueueMapBuffer(ocl->queue, b->mem, CL_TRUE, CL_MAP_READ, 0, bytes, 0, NULL, NULL, &code);
    if (code != CL_SUCCESS) return ocl_fail(d, code, "no result can be read from", ocl->name);
    code = clEnqueueUnmapMemObject(ocl->queue, b->mem, at, 0, NULL, NULL);
    if (code == CL_SUCCESS) code = clFinish(ocl->queue);
    if (code != CL_SUCCESS) return ocl_fail(d, code, "a result cannot be given back to", ocl->name);
    return true;
}

/* Not map and unmap: mapping would first overwrite what the host wrote with the device's copy. */
bool ocl_push(void *self, void *buffer, void *host, size_t bytes, Diag *d) {
    Ocl *ocl = self;
    OclBuffer *b = buffer;
    if (b->shared) return true;
    cl_int code = clEnqueueWriteBuffer(ocl->queue, b->mem, CL_TRUE, 0, bytes, host, 0, NULL, NULL);
    if (code != CL_SUCCESS) return ocl_fail(d, code, "nothing can be written to", ocl->name);
    return true;
}

/* ---- the device's own ---- */

bool ocl_memory(void *self, size_t bytes, void **buffer, Diag *d) {
    Ocl *ocl = self;
    cl_int code;
    cl_mem mem = clCreateBuffer(ocl->context, CL_MEM_READ_WRITE, bytes, NULL, &code);
    if (code == CL_SUCCESS) return wrap(mem, NULL, buffer);
    diag_fail(d, EXIT_WORLD, "%.100s has no %zu MiB of memory of its own", ocl->name, bytes >> 20);
    ocl_add_code(d, code);
    return diag_remedy(d, "Say how much the scenario needs: scenario { device_memory = \"16MiB\" }.");
}

bool ocl_part(void *self, void *memory, size_t offset, size_t bytes, void **buffer, Diag *d) {
    Ocl *ocl = self;
    OclBuffer *whole = memory;
    cl_int code;
    cl_buffer_region region = {offset, bytes};
    cl_mem mem = clCreateSubBuffer(whole->mem, CL_MEM_READ_WRITE, CL_BUFFER_CREATE_TYPE_REGION, &region, &code);
    if (code != CL_SUCCESS) return ocl_fail(d, code, "no part of its memory can be had of", ocl->name);
    return wrap(mem, NULL, buffer);
}

bool ocl_copy(void *self, void *buffer, size_t offset, void *host, size_t bytes, bool to_device, uint64_t *device_ns,
              Diag *d) {
    Ocl *ocl = self;
    OclBuffer *b = buffer;
    cl_event event = NULL;
    cl_int code = to_device
                      ? clEnqueueWriteBuffer(ocl->queue, b->mem, CL_TRUE, offset, bytes, host, 0, NULL, &event)
                      : clEnqueueReadBuffer(ocl->queue, b->mem, CL_TRUE, offset, bytes, host, 0, NULL, &event);
    if (code == CL_SUCCESS) code = ocl_add_times(&event, 1, device_ns);
    if (event) clReleaseEvent(event);
    return code == CL_SUCCESS || ocl_fail(d, code, "nothing can be copied to or from", ocl->name);
}

/* ---- what the driver gives the host ---- */

typedef struct {
    cl_mem mem;   /* page-locked; else shared, or ordinary memory */
    void *at;
    bool shared;
} OclHost;

static bool map_shared(Ocl *ocl, void *at, size_t bytes, Diag *d) {
    cl_int code = clEnqueueSVMMap(ocl->queue, CL_TRUE, CL_MAP_READ | CL_MAP_WRITE, at, bytes, 0, NULL, NULL);
    return code == CL_SUCCESS || ocl_fail(d, code, "shared memory cannot be had back from", ocl->name);
}

static bool make_shared(Ocl *ocl, OclHost *h, size_t bytes, Diag *d) {
    h->at = clSVMAlloc(ocl->context, CL_MEM_READ_WRITE, bytes, 0);
    if (h->at == NULL) return ocl_fail(d, CL_OUT_OF_RESOURCES, "there is no shared memory of", ocl->name);
    h->shared = true;
    ocl->shared = h->at;
    ocl->shared_bytes = bytes;
    return map_shared(ocl, h->at, bytes, d);
}

static bool make_locked(Ocl *ocl, OclHost *h, size_t bytes, Diag *d) {
    cl_int code;
    h->mem = clCreateBuffer(ocl->context, CL_MEM_READ_WRITE | CL_MEM_ALLOC_HOST_PTR, bytes, NULL, &code);
    if (code != CL_SUCCESS) return ocl_fail(d, code, "there is no page-locked memory of", ocl->name);
    h->at = clEnqueueMapBuffer(ocl->queue, h->mem, CL_TRUE, CL_MAP_READ | CL_MAP_WRITE, 0, bytes, 0, NULL, NULL, &code);
    return code == CL_SUCCESS || ocl_fail(d, code, "page-locked memory cannot be mapped by", ocl->name);
}

void ocl_host_drop(void *self, void *own) {
    Ocl *ocl = self;
    OclHost *h = own;
    if (h->shared) {
        clEnqueueSVMUnmap(ocl->queue, h->at, 0, NULL, NULL);
        clFinish(ocl->queue);
        clSVMFree(ocl->context, h->at);
        ocl->shared = NULL;
    } else if (h->mem) {
        if (h->at) clEnqueueUnmapMemObject(ocl->queue, h->mem, h->at, 0, NULL, NULL);
        clFinish(ocl->queue);
        clReleaseMemObject(h->mem);
    } else {
        free(h->at);
    }
    free(h);
}

bool ocl_host(void *self, DevHost kind, size_t bytes, void **own, void **at, Diag *d) {
    Ocl *ocl = self;
    OclHost *h = mem_zero(1, sizeof *h);
    bool made = true;
    if (kind == DEV_HOST_LOCKED) made = make_locked(ocl, h, bytes, d);
    else if (ocl->svm && !ocl->staging) made = make_shared(ocl, h, bytes, d);
    else h->at = mem_checked(aligned_alloc(DEV_PART_ALIGN, bytes), bytes);
    if (!made) {
        ocl_host_drop(ocl, h);
        return false;
    }
    *own = h;
    *at = h->at;
    return true;
}

/* ---- arguments of a kernel ---- */

cl_int ocl_set_buffer(cl_kernel kernel, cl_uint i, void *buffer) {
    OclBuffer *b = buffer;
    return b->shared ? clSetKernelArgSVMPointer(kernel, i, b->shared) : clSetKernelArg(kernel, i, sizeof b->mem, &b->mem);
}

static bool has_shared(const BackendArg *args, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        if (args[i].kind == DEV_ARG_BUFFER && ((OclBuffer *)args[i].v.buffer)->shared) return true;
    }
    return false;
}

bool ocl_lend(Ocl *ocl, const BackendArg *args, uint32_t count, Diag *d) {
    if (!has_shared(args, count)) return true;
    cl_int code = clEnqueueSVMUnmap(ocl->queue, ocl->shared, 0, NULL, NULL);
    return code == CL_SUCCESS || ocl_fail(d, code, "shared memory cannot be given to", ocl->name);
}

bool ocl_take_back(Ocl *ocl, const BackendArg *args, uint32_t count, Diag *d) {
    return !has_shared(args, count) || map_shared(ocl, ocl->shared, ocl->shared_bytes, d);
}

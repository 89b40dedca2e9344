/* device.c -- launches: two sizes are parts, a third between them is the mechanism.
 *
 * They take turns, and each comes after a rest, so that all three meet the driver's threads in the same mood:
 * asleep. A launch is: the call that enqueues, then until the device starts, the kernel itself, and the rest,
 * until clFinish has returned.
 */
#include "mechanism.h"
#include "probe.h"

#include <stdlib.h>
#include <time.h>

enum { SMALL = 16384, LARGE = 262144, REST_NS = 200000 };

static double positive(double ns) { return ns > 0 ? ns : 0; }

static void add(Measured *m, const char *name, double ns) { samples_add(measured_set(m, name), positive(ns)); }

static void add_parts(Measured *m, const DevTimes *small, const DevTimes *large) {
    const DevTimes *both[] = {small, large};
    for (size_t i = 0; i < ARRAY_LEN(both); i++) {
        double enqueue = (double)both[i]->enqueue_ns, start = (double)both[i]->start_ns;
        if (enqueue > start) enqueue = start; /* the call was still on its way out; in the model it starts after it */
        add(m, "dev_enqueue", enqueue);
        add(m, "dev_start", start - enqueue);
        add(m, "dev_notify", (double)both[i]->total_ns - start - (double)both[i]->kernel_ns);
    }
    double item = positive((double)large->kernel_ns - (double)small->kernel_ns) / (LARGE - SMALL);
    add(m, "dev_item_ps", item * 1000);
    add(m, "dev_kernel", (double)small->kernel_ns - item * SMALL);
}

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * (int64_t)1000000000 + t.tv_nsec;
}

/* Busy: this thread must not have to wake up itself. */
static bool rested(Dev *dev, DevLaunch launch, uint32_t times, DevTimes *t, Diag *d) {
    for (int64_t end = now() + REST_NS; now() < end;) continue;
    return dev_time(dev, launch, times, t, d);
}

static bool round_of(Measured *m, Dev *dev, const DevLaunch launch[3], Diag *d) {
    DevTimes small, middle, large, none;
    if (!rested(dev, launch[0], 1, &small, d) || !rested(dev, launch[1], 1, &middle, d) ||
        !rested(dev, launch[2], 1, &large, d) || !rested(dev, launch[0], 0, &none, d))
        return false;
    add_parts(m, &small, &large);
    add(m, "dev_finish", (double)none.total_ns);
    add(m, "launch", (double)middle.total_ns);
    return true;
}

static bool prepare(Dev *dev, float *host, DevBuffer *buffer, DevLaunch launch[3], Diag *d) {
    static const char source[] = "kernel void touch(global float *x) { x[get_global_id(0)] += 1.0f; }\n";
    static const uint64_t items[] = {SMALL, LAUNCH_ITEMS, LARGE};
    DevKernel kernel;
    if (!dev_kernel(dev, "touch.cl", "touch", source, &kernel, d)) return false;
    if (!dev_buffer(dev, host, LARGE * sizeof *host, buffer, d)) return false;
    DevArg arg = {.kind = DEV_ARG_BUFFER, .v.buffer = *buffer};
    for (size_t i = 0; i < ARRAY_LEN(items); i++) {
        uint32_t slices = 1;
        if (!dev_launch(dev, kernel, &arg, 1, items[i], &slices, &launch[i], d)) return false;
    }
    return true;
}

bool probe_device(Measured *m, Dev *dev, double scale, Diag *d) {
    float *host = aligned_alloc(4096, LARGE * sizeof *host);
    ASSERT(host != NULL);
    for (size_t i = 0; i < LARGE; i++) host[i] = 0;
    DevBuffer buffer = {UINT32_MAX};
    DevLaunch launch[3];
    Measured warm = {0};
    bool ok = prepare(dev, host, &buffer, launch, d);
    for (int i = 0; i < 5 && ok; i++) ok = round_of(&warm, dev, launch, d);
    for (int i = 0; (i < 2 || i < 400 * scale) && ok; i++) ok = round_of(m, dev, launch, d);
    measured_free(&warm);
    if (buffer.v != UINT32_MAX) dev_buffer_drop(dev, buffer);
    free(host);
    return ok;
}

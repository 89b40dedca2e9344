/* fault_test.c -- every OpenCL call fails once, and nothing is lost.
 *
 * Counting calls (shim.h), exactly the n-th is made to fail, for n = 1, 2, 3 ... until
 * a whole life of a device needs fewer. After each life: a Diag with the error's name, or a right
 * result; and no OpenCL object left.
 */
#include "../../sim/dev/dev.h"
#include "driver.h"
#include "shim.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void dev_fault_tests(void);

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

static bool live_once(const char *device, const char *source, float *x, Diag *d) {
    DevInfo *list;
    size_t count;
    Dev *dev;
    if (!dev_list(&list, &count, d)) return false;
    free(list);
    if (!dev_open(&dev, device, d)) return false;
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

static const char *const devices[] = {"auto", "staging"}; /* they read results in different ways */

static void each_call_may_fail(const char *device) {
    char *source = driver_read_file("opencl_kernels/scale.cl");
    float *x = mem_alloc(COUNT * sizeof *x);
    long failures = 0;
    for (long n = 1;; n++) {
        Diag d = {0};
        for (size_t i = 0; i < COUNT; i++) x[i] = 1.0f;
        shim_begin(n);
        bool ok = live_once(device, source, x, &d);
        const char *failed = shim_failed(), *left = shim_alive();
        if (left[0] || (ok ? !all_scaled(x) : !is_a_good_message(&d))) {
            printf("\n    %s, call %ld, %s: left <%s>, <%s>", device, n, failed ? failed : "", left, d.message);
            CU_FAIL("a failed call was not handled");
        }
        failures += !ok;
        if (failed == NULL) {
            CU_ASSERT_TRUE(ok);
            break;
        }
    }
    shim_begin(0);
    CU_ASSERT(failures > 20); /* or the calls do not pass through here at all */
    free(x);
    free(source);
}

static void each_call_may_fail_and_nothing_is_lost(void) {
    for (size_t i = 0; i < ARRAY_LEN(devices); i++) each_call_may_fail(devices[i]);
}

static void a_failing_build_log_still_gives_a_message(void) {
    static const char wrong[] =
        "__kernel void scale(__global float *x, float a) { x[0] = nothing; }";
    float *x = mem_alloc(COUNT * sizeof *x);
    for (long n = 1;; n++) {
        Diag d = {0};
        shim_begin(n);
        CU_ASSERT_FALSE(live_once("auto", wrong, x, &d));
        CU_ASSERT_STRING_EQUAL(shim_alive(), "");
        CU_ASSERT(d.message[0] != '\0');
        if (shim_failed() == NULL) break;
    }
    shim_begin(0);
    free(x);
}

static void a_device_lost_in_a_run_is_one_sentence(void) {
    char *source = driver_read_file("opencl_kernels/scale.cl");
    float *x = mem_alloc(COUNT * sizeof *x);
    Diag d = {0};
    for (size_t i = 0; i < COUNT; i++) x[i] = 1.0f;
    for (long n = 1;; n++) { /* which call the wait is depends on the driver */
        shim_begin(n);
        live_once("auto", source, x, &d);
        if (shim_failed() == NULL || strcmp(shim_failed(), "clWaitForEvents") == 0) break;
    }
    shim_begin(0);
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

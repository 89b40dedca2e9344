/* device_test.c -- kernels really run, slice by slice, and every wrong call is refused in words.
 *
 * These tests need an OpenCL driver for the CPU (pocl): what they expect of addresses holds where
 * host and device share memory.
 */
#include "../../sim/dev/dev.h"
#include "../../sim/dev/slice.h"
#include "driver.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void dev_device_tests(void);

/* ---- a small bench: one device, kernels from their files, floats ---------------------------- */

static Dev *open_or_fail(const char *want) {
    Dev *dev = NULL;
    Diag d;
    if (!dev_open(&dev, want, &d)) {
        diag_print(&d, stderr);
        CU_FAIL_FATAL("the device did not open");
    }
    return dev;
}

static bool must(bool ok, const Diag *d) {
    if (!ok) {
        diag_print(d, stderr);
        CU_FAIL("a call was refused");
    }
    return ok;
}

static DevKernel kernel_of_file(Dev *dev, const char *name) {
    char path[64];
    snprintf(path, sizeof path, "opencl_kernels/%s.cl", name);
    char *source = driver_read_file(path);
    DevKernel k = {0};
    Diag d;
    must(dev_kernel(dev, path, name, source, &k, &d), &d);
    free(source);
    return k;
}

static float *floats(size_t count) {
    size_t bytes = (count * sizeof(float) + 4095) / 4096 * 4096;
    float *x = aligned_alloc(4096, bytes);
    if (x == NULL) CU_FAIL_FATAL("no memory");
    memset(x, 0, bytes);
    return x;
}

static DevBuffer buffer_over(Dev *dev, float *x, size_t count) {
    DevBuffer b = {0};
    Diag d;
    must(dev_buffer(dev, x, count * sizeof *x, &b, &d), &d);
    return b;
}

static DevArg of_buffer(DevBuffer b) { return (DevArg){DEV_ARG_BUFFER, {.buffer = b}}; }
static DevArg of_float(float f) { return (DevArg){DEV_ARG_FLOAT, {.f = f}}; }
static DevArg of_int(int32_t i) { return (DevArg){DEV_ARG_INT, {.i = i}}; }

/* ---- running -------------------------------------------------------------------------------- */

/* saxpy over `count` items in `wanted` slices, `step` of them at a time. */
static void check_saxpy(Dev *dev, size_t count, uint32_t wanted, uint32_t step) {
    float *x = floats(count), *y = floats(count);
    for (size_t i = 0; i < count; i++) {
        x[i] = 0.1f * (float)i;
        y[i] = 1.0f / (float)(i + 1);
    }
    DevBuffer bx = buffer_over(dev, x, count), by = buffer_over(dev, y, count);
    DevArg args[] = {of_buffer(by), of_buffer(bx), of_float(1.1f)};
    uint32_t slices = wanted;
    uint64_t ns = 0;
    DevLaunch launch;
    Diag d;
    if (must(dev_launch(dev, kernel_of_file(dev, "saxpy"), args, 3, count, &slices, &launch, &d),
             &d)) {
        CU_ASSERT_EQUAL(slices, slice_count(count, wanted));
        for (uint32_t upto = step; upto < slices; upto += step) {
            must(dev_run(dev, launch, upto, &ns, &d), &d);
        }
        must(dev_run(dev, launch, slices, &ns, &d), &d);
        must(dev_fetch(dev, by, &d), &d);
        dev_launch_drop(dev, launch);
    }
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        float product = 1.1f * x[i]; /* rounded by itself: the kernel may not fuse it either */
        wrong += y[i] != product + 1.0f / (float)(i + 1);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(ns > 0);
    dev_buffer_drop(dev, bx);
    dev_buffer_drop(dev, by);
    free(x);
    free(y);
}

static void a_launch_in_slices_equals_host_arithmetic(void) {
    static const size_t counts[] = {1, 63, 64, 65, 1000, 4096, 65537};
    static const char *const devices[] = {"auto", "staging"};
    for (size_t n = 0; n < ARRAY_LEN(devices); n++) {
        Dev *dev = open_or_fail(devices[n]);
        for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
            check_saxpy(dev, counts[i], 1, 1);
            check_saxpy(dev, counts[i], 7, 1);
            check_saxpy(dev, counts[i], 7, 3);
            check_saxpy(dev, counts[i], 64, 64);
        }
        dev_close(dev);
    }
}

static void only_the_slices_asked_for_have_run(void) {
    enum { COUNT = 1000, SLICES = 5 };
    Dev *dev = open_or_fail("auto");
    float *x = floats(COUNT);
    DevBuffer b = buffer_over(dev, x, COUNT);
    for (size_t i = 0; i < COUNT; i++) x[i] = 1.0f;
    DevArg args[] = {of_buffer(b), of_float(3.0f)};
    uint32_t slices = SLICES;
    DevLaunch launch;
    Diag d;
    must(dev_push(dev, b, &d), &d);
    must(dev_launch(dev, kernel_of_file(dev, "scale"), args, 2, COUNT, &slices, &launch, &d), &d);
    CU_ASSERT_EQUAL_FATAL(slices, SLICES);
    for (uint32_t upto = 0; upto <= SLICES; upto++) {
        uint64_t first_left = slice_first_item(COUNT, SLICES, upto);
        must(dev_run(dev, launch, upto, NULL, &d), &d);
        must(dev_run(dev, launch, upto, NULL, &d), &d); /* a second time does nothing */
        must(dev_run(dev, launch, 0, NULL, &d), &d);    /* nor does going back */
        must(dev_fetch(dev, b, &d), &d);
        size_t wrong = 0;
        for (size_t i = 0; i < COUNT; i++) wrong += x[i] != (i < first_left ? 3.0f : 1.0f);
        CU_ASSERT_EQUAL(wrong, 0);
    }
    dev_close(dev);
    free(x);
}

/* The lesson itself: the buffer keeps the address that it was given. */
static void a_kernel_writes_to_the_old_address_after_a_move(void) {
    enum { COUNT = 4096, SLICES = 64, DUE = 41 };
    Dev *dev = open_or_fail("auto");
    float *from = floats(COUNT), *to = floats(COUNT);
    DevBuffer b = buffer_over(dev, from, COUNT);
    for (size_t i = 0; i < COUNT; i++) from[i] = 1.0f;
    DevArg args[] = {of_buffer(b), of_float(2.0f)};
    uint32_t slices = SLICES;
    DevLaunch launch;
    Diag d;
    CU_ASSERT_TRUE_FATAL(dev_info(dev)->shares_host_memory);
    must(dev_launch(dev, kernel_of_file(dev, "scale"), args, 2, COUNT, &slices, &launch, &d), &d);
    must(dev_run(dev, launch, DUE, NULL, &d), &d);
    memmove(to, from, COUNT * sizeof *from);
    for (size_t i = 0; i < COUNT; i++) from[i] = -1.0f; /* the collector's poison */
    must(dev_run(dev, launch, SLICES, NULL, &d), &d);
    must(dev_fetch(dev, b, &d), &d);
    size_t moved_done = 0, moved_missing = 0, written_into_poison = 0;
    for (size_t i = 0; i < COUNT; i++) {
        moved_done += to[i] == 2.0f;
        moved_missing += to[i] == 1.0f;
        written_into_poison += from[i] == -2.0f;
    }
    CU_ASSERT_EQUAL(moved_done, DUE * COUNT / SLICES);
    CU_ASSERT_EQUAL(moved_missing, (SLICES - DUE) * COUNT / SLICES);
    CU_ASSERT_EQUAL(written_into_poison, (SLICES - DUE) * COUNT / SLICES);
    dev_close(dev);
    free(from);
    free(to);
}

/* ... and on a device that stages, nothing of it is where the object went. */
static void a_staging_device_writes_all_of_it_to_the_old_address(void) {
    enum { COUNT = 4096, SLICES = 64, DUE = 41 };
    Dev *dev = open_or_fail("staging");
    float *from = floats(COUNT), *to = floats(COUNT);
    for (size_t i = 0; i < COUNT; i++) from[i] = 1.0f;
    DevBuffer b = buffer_over(dev, from, COUNT);
    DevArg args[] = {of_buffer(b), of_float(2.0f)};
    uint32_t slices = SLICES;
    DevLaunch launch;
    Diag d;
    must(dev_launch(dev, kernel_of_file(dev, "scale"), args, 2, COUNT, &slices, &launch, &d), &d);
    must(dev_run(dev, launch, DUE, NULL, &d), &d);
    memmove(to, from, COUNT * sizeof *from);
    for (size_t i = 0; i < COUNT; i++) from[i] = -1.0f; /* the collector's poison */
    dev_buffer_drop(dev, b);
    must(dev_run(dev, launch, SLICES, NULL, &d), &d);
    for (size_t i = 0; i < COUNT; i++) {
        if (from[i] != -1.0f) CU_FAIL_FATAL("the device wrote without being asked");
    }
    must(dev_launch_fetch(dev, launch, &d), &d);
    size_t moved_done = 0, written_back = 0;
    for (size_t i = 0; i < COUNT; i++) {
        moved_done += to[i] != 1.0f;
        written_back += from[i] == 2.0f;
    }
    CU_ASSERT_EQUAL(moved_done, 0);
    CU_ASSERT_EQUAL(written_back, COUNT);
    dev_close(dev);
    free(from);
    free(to);
}

static void a_staging_device_sees_and_shows_only_what_is_copied(void) {
    enum { COUNT = 128 };
    Dev *dev = open_or_fail("staging");
    float *x = floats(COUNT);
    for (size_t i = 0; i < COUNT; i++) x[i] = 1.0f;
    DevBuffer b = buffer_over(dev, x, COUNT);
    DevArg args[] = {of_buffer(b), of_float(2.0f)};
    uint32_t slices = 2;
    DevLaunch launch;
    Diag d;
    x[0] = 10.0f; /* too late: the copy is made */
    must(dev_launch(dev, kernel_of_file(dev, "scale"), args, 2, COUNT, &slices, &launch, &d), &d);
    must(dev_run(dev, launch, slices, NULL, &d), &d);
    CU_ASSERT_EQUAL(x[0], 10.0f);
    CU_ASSERT_EQUAL(x[1], 1.0f);
    must(dev_launch_fetch(dev, launch, &d), &d); /* the buffer is there: it is its owner's to fetch */
    CU_ASSERT_EQUAL(x[1], 1.0f);
    must(dev_fetch(dev, b, &d), &d);
    CU_ASSERT_EQUAL(x[0], 2.0f);
    CU_ASSERT_EQUAL(x[COUNT - 1], 2.0f);
    x[0] = 10.0f;
    must(dev_push(dev, b, &d), &d);
    x[0] = 0.0f;
    must(dev_fetch(dev, b, &d), &d);
    CU_ASSERT_EQUAL(x[0], 10.0f);
    dev_close(dev);
    free(x);
}

static void launches_that_share_a_kernel_keep_their_own_arguments(void) {
    enum { COUNT = 256 };
    Dev *dev = open_or_fail("auto");
    float *x = floats(COUNT);
    DevBuffer b = buffer_over(dev, x, COUNT);
    for (size_t i = 0; i < COUNT; i++) x[i] = 1.0f;
    DevArg by_two[] = {of_buffer(b), of_float(2.0f)}, by_five[] = {of_buffer(b), of_float(5.0f)};
    DevKernel k = kernel_of_file(dev, "scale");
    uint32_t two_slices = 2, four_slices = 4;
    DevLaunch two, five;
    Diag d;
    must(dev_launch(dev, k, by_two, 2, COUNT, &two_slices, &two, &d), &d);
    must(dev_launch(dev, k, by_five, 2, COUNT, &four_slices, &five, &d), &d);
    must(dev_run(dev, two, 1, NULL, &d), &d);  /* items 0..127 by 2 */
    must(dev_run(dev, five, 3, NULL, &d), &d); /* items 0..191 by 5 */
    dev_launch_drop(dev, five);                /* its last slice never runs */
    must(dev_run(dev, two, 2, NULL, &d), &d);
    must(dev_fetch(dev, b, &d), &d);
    CU_ASSERT_EQUAL(x[0], 10.0f);
    CU_ASSERT_EQUAL(x[191], 10.0f);
    CU_ASSERT_EQUAL(x[192], 2.0f);
    dev_close(dev);
    free(x);
}

static void the_mandelbrot_set_is_where_it_should_be(void) {
    enum { WIDTH = 70, HEIGHT = 41, STEPS = 50 };
    Dev *dev = open_or_fail("auto");
    float *pixels = floats(WIDTH * HEIGHT);
    DevBuffer b = buffer_over(dev, pixels, WIDTH * HEIGHT);
    DevArg args[] = {of_buffer(b), of_int(WIDTH), of_int(HEIGHT), of_int(STEPS)};
    uint32_t slices = 9;
    DevLaunch launch;
    Diag d;
    must(dev_launch(dev, kernel_of_file(dev, "mandelbrot"), args, 4, WIDTH * HEIGHT, &slices,
                    &launch, &d),
         &d);
    for (uint32_t upto = 1; upto <= slices; upto++) must(dev_run(dev, launch, upto, NULL, &d), &d);
    must(dev_fetch(dev, b, &d), &d);
    /* With 20 pixels a unit, column 50 is the real axis at 0.025; the middle row lies on it. */
    CU_ASSERT_EQUAL(pixels[20 * WIDTH + 50], STEPS); /* 0.025: inside */
    CU_ASSERT_EQUAL(pixels[20 * WIDTH + 30], STEPS); /* -0.975: inside */
    CU_ASSERT_EQUAL(pixels[20 * WIDTH + 69], 3);     /* 0.975, 1.93, 4.68: outside after 3 steps */
    CU_ASSERT_EQUAL(pixels[0], 1);                   /* |c| > 2 */
    size_t uneven = 0;
    for (int row = 0; row < HEIGHT; row++) {
        for (int column = 0; column < WIDTH; column++) {
            float here = pixels[row * WIDTH + column];
            uneven += here != pixels[(HEIGHT - 1 - row) * WIDTH + column];
            uneven += here != (float)(int)here || here < 0 || here > STEPS;
        }
    }
    CU_ASSERT_EQUAL(uneven, 0); /* symmetric about the real axis, whole numbers */
    dev_close(dev);
    free(pixels);
}

static void the_same_kernel_is_built_once(void) {
    Dev *dev = open_or_fail("auto");
    DevKernel first = kernel_of_file(dev, "scale"), other = kernel_of_file(dev, "saxpy");
    CU_ASSERT_EQUAL(kernel_of_file(dev, "scale").v, first.v);
    CU_ASSERT_NOT_EQUAL(other.v, first.v);
    CU_ASSERT_EQUAL(dev_signature(dev, first)->count, 2);
    CU_ASSERT_STRING_EQUAL(dev_signature(dev, first)->param[1].name, "a");
    dev_close(dev);
}

/* ---- what is refused, and how ---------------------------------------------------------------- */

static void a_build_error_names_its_place(void) {
    static const char source[] = "/* one */\n__kernel void f(__global float *x)\n{\n"
                                 "\tx[get_global_id(0)] = missing;\n}\n";
    Dev *dev = open_or_fail("auto");
    DevKernel k;
    Diag d;
    CU_ASSERT_FALSE(dev_kernel(dev, "dir/my \"own\".cl", "f", source, &k, &d));
    CU_ASSERT_EQUAL(d.status, EXIT_SCENARIO);
    CU_ASSERT_STRING_EQUAL(d.file, "dir/my \"own\".cl");
    CU_ASSERT_EQUAL(d.line, 4);
    CU_ASSERT_EQUAL(d.column, 24);
    CU_ASSERT_PTR_NOT_NULL(strstr(d.message, "undeclared identifier 'missing'"));
    CU_ASSERT_STRING_EQUAL(d.excerpt, " x[get_global_id(0)] = missing;");
    dev_close(dev);
}

static void a_kernel_hidden_from_the_compiler_is_refused(void) {
    static const char hidden[] = "#if 0\n__kernel void f(__global float *x) {}\n#endif\n"
                                 "__kernel void g(int a) {}\n";
    Dev *dev = open_or_fail("auto");
    DevKernel k;
    Diag d;
    CU_ASSERT_FALSE(dev_kernel(dev, "k.cl", "f", hidden, &k, &d));
    CU_ASSERT_PTR_NOT_NULL(strstr(d.message, "CL_INVALID_KERNEL_NAME"));
    CU_ASSERT(d.remedy[0] != '\0');

    static const char two_faces[] = "#if 0\n__kernel void f(int a) {}\n#else\n"
                                    "__kernel void f(int a, int b) {}\n#endif\n";
    CU_ASSERT_FALSE(dev_kernel(dev, "k.cl", "f", two_faces, &k, &d));
    CU_ASSERT_PTR_NOT_NULL(strstr(d.message, "has 1 parameters in k.cl, but 2 for the driver"));
    dev_close(dev);
}

static void an_unknown_device_is_answered_with_those_there_are(void) {
    Dev *dev = (Dev *)&dev;
    Diag d;
    DevInfo *list;
    size_t count;
    CU_ASSERT_FALSE(dev_open(&dev, "Abacus 3000", &d));
    CU_ASSERT_PTR_NULL(dev);
    CU_ASSERT_EQUAL(d.status, EXIT_WORLD);
    CU_ASSERT_PTR_NOT_NULL(strstr(d.message, "no device is called 'Abacus 3000'"));
    if (!must(dev_list(&list, &count, &d), &d)) return;
    CU_ASSERT(count > 0);
    CU_ASSERT_FALSE(dev_open(&dev, "Abacus 3000", &d));
    for (size_t i = 0; i < count; i++) {
        CU_ASSERT_PTR_NOT_NULL(strstr(d.message, list[i].name));
        CU_ASSERT(list[i].present);
        CU_ASSERT(list[i].compute_units > 0);
        CU_ASSERT(list[i].memory_bytes > 0);
    }
    free(list);
}

static void a_part_of_a_name_in_any_case_is_enough(void) {
    Dev *dev = open_or_fail("auto");
    char part[sizeof dev_info(dev)->platform];
    snprintf(part, sizeof part, "%s", dev_info(dev)->platform);
    dev_close(dev);
    for (char *c = part; *c; c++) {
        if (*c >= 'a' && *c <= 'z') *c = (char)(*c - 'a' + 'A');
    }
    part[strlen(part) / 2] = '\0';
    dev = open_or_fail(part);
    CU_ASSERT_TRUE(dev_info(dev)->present);
    dev_close(dev);
    dev = open_or_fail("pocl"); /* neither its platform nor its device has this in its name */
    CU_ASSERT_STRING_EQUAL(dev_info(dev)->platform, "Portable Computing Language");
    dev_close(dev);
}

static void staging_is_part_of_the_name(void) {
    static const char *const names[] = {"staging", "auto,staging", "pocl,staging"};
    static const char *const wrong[][2] = {
        {"none,staging", "a device that is not there has no copies"},
        {"Abacus,staging", "no device is called 'Abacus'"},
        {"auto, staging", "no device is called 'auto, staging'"},
        {",staging", "no device is called ',staging'"},
    };
    char name[sizeof dev_info(NULL)->name] = "";
    Dev *dev;
    Diag d;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        dev = open_or_fail(names[i]);
        CU_ASSERT_TRUE(dev_info(dev)->present);
        CU_ASSERT_FALSE(dev_info(dev)->shares_host_memory);
        snprintf(name, sizeof name, "%s", dev_info(dev)->name);
        dev_close(dev);
    }
    CU_ASSERT_PTR_NOT_NULL(strstr(name, ",staging"));
    dev = open_or_fail(name); /* it can be asked for by what it is called */
    CU_ASSERT_STRING_EQUAL(dev_info(dev)->name, name);
    dev_close(dev);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        CU_ASSERT_FALSE(dev_open(&dev, wrong[i][0], &d));
        CU_ASSERT_PTR_NULL(dev);
        CU_ASSERT_EQUAL(d.status, EXIT_WORLD);
        CU_ASSERT_PTR_NOT_NULL(strstr(d.message, wrong[i][1]));
        CU_ASSERT(d.remedy[0] != '\0');
    }
}

typedef struct {
    Dev *dev;
    DevKernel k;
    DevBuffer live, dropped;
    float x[64];
} Side;

static void open_side(Side *side, const char *want) {
    side->dev = open_or_fail(want);
    side->k = kernel_of_file(side->dev, "saxpy");
    side->live = buffer_over(side->dev, side->x, 64);
    side->dropped = buffer_over(side->dev, side->x, 64);
    dev_buffer_drop(side->dev, side->dropped);
    dev_buffer_drop(side->dev, side->dropped); /* twice is harmless */
}

/* Wrong call number n, made on one side. */
static bool wrong_call(Side *side, int n, Diag *d) {
    DevArg buffer = of_buffer(side->live), gone = of_buffer(side->dropped);
    DevArg f = of_float(1), i = of_int(1), u = {DEV_ARG_UINT, {.u = 1}};
    DevArg good[] = {buffer, buffer, f};
    uint32_t slices = 4;
    DevLaunch launch;
    DevKernel k;
    switch (n) {
    case 0: return dev_launch(side->dev, side->k, good, 2, 64, &slices, &launch, d);
    case 1: return dev_launch(side->dev, side->k, NULL, 0, 64, &slices, &launch, d);
    case 2:
        return dev_launch(side->dev, side->k, (DevArg[]){f, buffer, f}, 3, 64, &slices, &launch, d);
    case 3:
        return dev_launch(side->dev, side->k, (DevArg[]){buffer, buffer, i}, 3, 64, &slices,
                          &launch, d);
    case 4:
        return dev_launch(side->dev, side->k, (DevArg[]){buffer, u, f}, 3, 64, &slices, &launch, d);
    case 5:
        return dev_launch(side->dev, side->k, (DevArg[]){buffer, gone, f}, 3, 64, &slices, &launch,
                          d);
    case 6: return dev_launch(side->dev, side->k, good, 3, 0, &slices, &launch, d);
    case 7: return dev_kernel(side->dev, "k.cl", "saxpi", "__kernel void saxpy(int a) {}", &k, d);
    case 8: return dev_kernel(side->dev, "k.cl", "f", "__kernel void f(double a) {}", &k, d);
    case 9: return dev_buffer(side->dev, side->x, 0, &side->dropped, d);
    case 10: return dev_fetch(side->dev, side->dropped, d);
    case 11: return dev_push(side->dev, side->dropped, d);
    default: UNREACHABLE();
    }
}

static const char *const wrong_call_words[] = {
    "kernel saxpy takes 3 arguments (y, x, a); 2 were given",
    "kernel saxpy takes 3 arguments (y, x, a); 0 were given",
    "argument 1 of kernel saxpy, y, is a buffer; a float was given",
    "argument 3 of kernel saxpy, a, is a float; an int was given",
    "argument 2 of kernel saxpy, x, is a buffer; a uint was given",
    "argument 2 of kernel saxpy, x, uses a device buffer that was released before",
    "a launch of kernel saxpy needs at least one work item",
    "kernel saxpi is not in k.cl; it has saxpy",
    "parameter a of kernel f has 'double', which is not supported",
    "a device buffer needs at least one byte",
    "reading a result uses a device buffer that was released before",
    "writing to the device uses a device buffer that was released before",
};

static void wrong_calls_are_refused_in_the_same_words_with_and_without_a_device(void) {
    Side here, absent;
    open_side(&here, "auto");
    open_side(&absent, "none");
    for (int n = 0; n < (int)ARRAY_LEN(wrong_call_words); n++) {
        Diag a = {0}, b = {0};
        CU_ASSERT_FALSE(wrong_call(&here, n, &a));
        CU_ASSERT_FALSE(wrong_call(&absent, n, &b));
        CU_ASSERT_STRING_EQUAL(a.message, wrong_call_words[n]);
        CU_ASSERT_EQUAL(memcmp(&a, &b, sizeof a), 0);
        CU_ASSERT_EQUAL(a.status, EXIT_SCENARIO);
    }
    dev_close(here.dev);
    dev_close(absent.dev);
}

static void a_launch_keeps_its_buffers(void) {
    static const char *const sides[] = {"auto", "none", "staging"};
    for (size_t n = 0; n < ARRAY_LEN(sides); n++) {
        Side side;
        Diag d;
        DevLaunch launch;
        uint32_t slices = 1;
        open_side(&side, sides[n]);
        DevArg args[] = {of_buffer(side.live), of_buffer(side.live), of_float(1)};
        must(dev_launch(side.dev, side.k, args, 3, 64, &slices, &launch, &d), &d);
        dev_buffer_drop(side.dev, side.live);
        must(dev_run(side.dev, launch, 1, NULL, &d), &d);
        CU_ASSERT_FALSE(dev_launch(side.dev, side.k, args, 3, 64, &slices, &(DevLaunch){0}, &d));
        CU_ASSERT_PTR_NOT_NULL(strstr(d.message, "argument 1 of kernel saxpy, y, uses"));
        if (n == 0) dev_launch_drop(side.dev, launch);
        dev_close(side.dev); /* once with a launch that was not dropped */
    }
}

static void the_absent_device_counts_and_touches_nothing(void) {
    Dev *dev = open_or_fail("none");
    float x[1000];
    for (size_t i = 0; i < 1000; i++) x[i] = (float)i;
    DevBuffer b = buffer_over(dev, x, 1000);
    DevArg args[] = {of_buffer(b), of_float(2.0f)};
    uint32_t slices = 100;
    uint64_t ns = 0;
    DevLaunch launch;
    Diag d;
    CU_ASSERT_FALSE(dev_info(dev)->present);
    CU_ASSERT_STRING_EQUAL(dev_info(dev)->name, "none");
    must(dev_launch(dev, kernel_of_file(dev, "scale"), args, 2, 1000, &slices, &launch, &d), &d);
    CU_ASSERT_EQUAL(slices, 16); /* as on every device: 16 groups of 64 */
    must(dev_run(dev, launch, 7, &ns, &d), &d);
    must(dev_run(dev, launch, 16, &ns, &d), &d);
    must(dev_fetch(dev, b, &d), &d);
    must(dev_push(dev, b, &d), &d);
    CU_ASSERT_EQUAL(ns, 0);
    for (size_t i = 0; i < 1000; i++) {
        if (x[i] != (float)i) CU_FAIL("memory was touched");
    }
    dev_launch_drop(dev, launch);
    dev_close(dev);
    dev_close(NULL);
}

/* What a launch takes, as the host and the device see it; the kernel really runs, as often as said. */
static void times_are_taken_of_real_launches(void) {
    Dev *dev = open_or_fail("auto");
    enum { COUNT = 4096, TIMES = 3 };
    float *x = floats(COUNT);
    for (size_t i = 0; i < COUNT; i++) x[i] = 1;
    DevBuffer b = buffer_over(dev, x, COUNT);
    DevArg args[] = {of_buffer(b), of_float(2.0f)};
    uint32_t slices = 1;
    DevLaunch launch;
    DevTimes t, empty;
    Diag d;
    must(dev_launch(dev, kernel_of_file(dev, "scale"), args, 2, COUNT, &slices, &launch, &d), &d);
    must(dev_time(dev, launch, TIMES, &t, &d), &d);
    must(dev_fetch(dev, b, &d), &d);
    CU_ASSERT_EQUAL(x[0], 8);
    CU_ASSERT_EQUAL(x[COUNT - 1], 8);
    CU_ASSERT(t.enqueue_ns > 0);
    CU_ASSERT(t.kernel_ns > 0);
    CU_ASSERT(t.total_ns >= t.enqueue_ns);
    CU_ASSERT(t.total_ns >= t.kernel_ns);
    must(dev_time(dev, launch, 0, &empty, &d), &d);
    CU_ASSERT(empty.kernel_ns == 0 && empty.start_ns == 0);
    CU_ASSERT_EQUAL(x[0], 8);
    dev_close(dev);
    free(x);
}

static void no_times_are_taken_where_there_is_no_device(void) {
    Side side;
    Diag d;
    DevTimes t;
    DevLaunch launch;
    uint32_t slices = 1;
    open_side(&side, "none");
    DevArg args[] = {of_buffer(side.live), of_buffer(side.live), of_float(1)};
    must(dev_launch(side.dev, side.k, args, 3, 64, &slices, &launch, &d), &d);
    CU_ASSERT_FALSE(dev_time(side.dev, launch, 1, &t, &d));
    CU_ASSERT_PTR_NOT_NULL(strstr(d.message, "no device"));
    dev_close(side.dev);
}

/* ---- no driver at all ------------------------------------------------------------------------ */

/* The ICD loader looks for drivers once in a process, so this needs a fresh one: this very program,
 * started again with a variable that sends it here before main. */
static const char child_variable[] = "FAULTLINE_TEST_WITHOUT_ICD";

__attribute__((constructor)) static void child_without_icd(void) {
    if (getenv(child_variable) == NULL) return;
    Dev *dev;
    DevInfo *list;
    size_t count;
    Diag d;
    bool opened = dev_open(&dev, "auto", &d);
    if (!opened) printf("%d|%s|%s\n", d.status, d.message, d.remedy);
    if (!dev_list(&list, &count, &d)) printf("%d|%s|%zu\n", d.status, d.message, count);
    if (dev_open(&dev, "none", &d)) printf("none opens\n");
    dev_close(dev);
    fflush(stdout);
    _exit(opened);
}

static void no_driver_is_one_sentence_and_a_remedy(void) {
    char empty[] = "/tmp/faultline-no-icd-XXXXXX";
    char output[2048] = "";
    int ends[2], status = 0;
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(empty));
    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        setenv("OCL_ICD_VENDORS", empty, 1);
        setenv(child_variable, "1", 1);
        execl("/proc/self/exe", "without-icd", (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    size_t length = 0;
    ssize_t n;
    while ((n = read(ends[0], output + length, sizeof output - 1 - length)) > 0)
        length += (size_t)n;
    close(ends[0]);
    waitpid(child, &status, 0);
    rmdir(empty);
    CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CU_ASSERT_STRING_EQUAL(
        output, "4|there is no OpenCL driver (CL_PLATFORM_NOT_FOUND_KHR)|Install an OpenCL "
                "driver (for the CPU: apt-get install pocl-opencl-icd), or use --device none.\n"
                "4|there is no OpenCL driver (CL_PLATFORM_NOT_FOUND_KHR)|0\n"
                "none opens\n");
}

static int use_private_cache(void) {
    driver_private_cache();
    return 0;
}

void dev_device_tests(void) {
    CU_pSuite s = CU_add_suite("dev/device", use_private_cache, NULL);
    CU_ADD_TEST(s, a_launch_in_slices_equals_host_arithmetic);
    CU_ADD_TEST(s, only_the_slices_asked_for_have_run);
    CU_ADD_TEST(s, a_kernel_writes_to_the_old_address_after_a_move);
    CU_ADD_TEST(s, a_staging_device_writes_all_of_it_to_the_old_address);
    CU_ADD_TEST(s, a_staging_device_sees_and_shows_only_what_is_copied);
    CU_ADD_TEST(s, launches_that_share_a_kernel_keep_their_own_arguments);
    CU_ADD_TEST(s, the_mandelbrot_set_is_where_it_should_be);
    CU_ADD_TEST(s, the_same_kernel_is_built_once);
    CU_ADD_TEST(s, a_build_error_names_its_place);
    CU_ADD_TEST(s, a_kernel_hidden_from_the_compiler_is_refused);
    CU_ADD_TEST(s, an_unknown_device_is_answered_with_those_there_are);
    CU_ADD_TEST(s, a_part_of_a_name_in_any_case_is_enough);
    CU_ADD_TEST(s, staging_is_part_of_the_name);
    CU_ADD_TEST(s, wrong_calls_are_refused_in_the_same_words_with_and_without_a_device);
    CU_ADD_TEST(s, a_launch_keeps_its_buffers);
    CU_ADD_TEST(s, the_absent_device_counts_and_touches_nothing);
    CU_ADD_TEST(s, times_are_taken_of_real_launches);
    CU_ADD_TEST(s, no_times_are_taken_where_there_is_no_device);
    CU_ADD_TEST(s, no_driver_is_one_sentence_and_a_remedy);
}

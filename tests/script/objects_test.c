/* objects_test.c -- however a run ends, no OpenCL object of ours is alive after it.
 *
 * Every call that makes, retains or releases one is counted (dev/shim.h). Where a kernel crashes the process,
 * there is nothing to count: its objects went with it (cli/cut_test.c).
 */
#include "../check.h"
#include "../dev/driver.h"
#include "../dev/shim.h"
#include "attempt.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void script_objects_tests(void);

static const char *const devices[] = {"auto", "staging"};

/* Runs it on this device, the n-th OpenCL call failing (0: none), and looks at what is left. */
static Attempt leaves_nothing(const char *what, const char *source, const char *device, long n) {
    shim_begin(n);
    Attempt a = attempt(source, &(How){.device = device});
    check_text(what, "", shim_alive());
    return a;
}

/* ---- the scenarios ---- */

static void check_scenario(const char *path, unsigned *of_cl) {
    char *source = driver_read_file(path);
    if (strstr(source, "cl.") != NULL) {
        for (size_t i = 0; i < ARRAY_LEN(devices); i++) {
            Attempt a = leaves_nothing(path, source, devices[i], 0);
            CU_ASSERT_FALSE(a.failed);
            CU_ASSERT_EQUAL(shim_made(SHIM_CONTEXT), 1);
            CU_ASSERT(strstr(source, "cl.kernel") == NULL || shim_made(SHIM_KERNEL) > 0);
            attempt_free(&a);
        }
        ++*of_cl;
    }
    free(source);
}

static void every_scenario_leaves_nothing(void) {
    if (device_missing()) return;
    static const char *const folders[] = {"scenarios/[0-9]*.lua", "scenarios/museum/*.lua"};
    unsigned of_cl = 0;
    for (size_t f = 0; f < ARRAY_LEN(folders); f++) {
        glob_t found;
        CU_ASSERT_EQUAL_FATAL(glob(folders[f], 0, NULL, &found), 0);
        for (size_t i = 0; i < found.gl_pathc; i++) check_scenario(found.gl_pathv[i], &of_cl);
        globfree(&found);
    }
    CU_ASSERT(of_cl > 8);
}

/* ---- runs that end otherwise ---- */

#define X "local x = heap.floats('x', 4096, 1)\n"
#define SCALE X "local k = cl.kernel('scale', x, 2.0)\n"
#define COLLECTED(collector) "scenario { title = 't', procs = 2, collector = '" collector "' } main(function()\n"
/* clang-format off */
static const struct {
    const char *title, *source;
    bool fails;
} ends[] = {
    {"a kernel with an error", MAIN(X "cl.kernel('wrong_source', x)"), true},
    {"a kernel that is not there", MAIN(X "cl.kernel('sayxpy', x)"), true},
    {"a kernel that is not there, after one that is", MAIN(SCALE "k:launch() cl.kernel('sayxpy', x)"), true},
    {"a wrong argument of a launch, with one under way", MAIN(SCALE "k:launch() k:launch { slices = 0 }"), true},
    {"a panic with a launch under way", MAIN(SCALE "k:launch() print(x[5000])"), false},
    {"main ends with a launch under way", MAIN(SCALE "k:launch { takes = '1s' }"), false},
    {"main ends with half of it done", COLLECTED("moving") SCALE "k:launch { takes = '3ms' } sleep '1ms' runtime.GC() end)", false},
    {"a deadlock", MAIN(SCALE "k:launch() chan():recv()"), false},
    {"the run's limit, in a launch", "scenario { title = 't', limit = '2ms' } main(function()\n" SCALE "k:launch { takes = '1s' } cl.finish() end)", false},
    {"the run's limit, with others queued", "scenario { title = 't', limit = '2ms' } main(function()\n" SCALE "for i = 1, 9 do k:launch { takes = '900us' } end cl.finish() end)", false},
    {"moved under a launch", COLLECTED("moving") SCALE "k:launch { takes = '3ms' } sleep '1ms' runtime.GC() cl.finish() print(x[0]) end)", false},
    {"moved under two, and launched at its new address", COLLECTED("moving") SCALE "k:launch { takes = '3ms' } k:launch { takes = '3ms' } sleep '1ms' runtime.GC() k:launch() runtime.GC() cl.finish() print(x[0]) end)", false},
    {"moved twice under a launch", COLLECTED("moving") SCALE "k:launch { takes = '3ms' } sleep '1ms' runtime.GC() runtime.GC() cl.finish() print(x[0]) end)", false},
    {"freed under a launch", COLLECTED("go") "do " SCALE "k:launch { takes = '3ms' } end sleep '1ms' runtime.GC() local z = heap.floats('z', 4096, 1) cl.finish() print(z[0]) end)", false},
    {"freed after a launch", COLLECTED("moving") "for i = 1, 5 do " SCALE "k:launch() cl.finish() end runtime.GC() runtime.GC() end)", false},
    {"pinned and never unpinned", COLLECTED("moving") SCALE "runtime.Pinner():Pin(x) k:launch() runtime.GC() cl.finish() print(x[0]) end)", false},
    {"a list that was recorded and never launched", MAIN(SCALE "cl.record(k, k, k)"), false},
    {"a list that was recorded, and launched once too few", MAIN(SCALE "local g = cl.record(k, k) g:launch() cl.finish() cl.record(k)"), false},
    {"a kernel that is never launched", MAIN(SCALE), false},
    {"one that is asked for again and again", MAIN(X "for i = 1, 9 do cl.kernel('scale', x, i) end"), false},
};
/* clang-format on */

static void every_end_leaves_nothing(void) {
    if (device_missing()) return;
    for (size_t i = 0; i < ARRAY_LEN(ends) * ARRAY_LEN(devices); i++) {
        const char *title = ends[i / 2].title;
        Attempt a = leaves_nothing(title, ends[i / 2].source, devices[i % 2], 0);
        if (a.failed != ends[i / 2].fails) printf("\n  %s: %s\n", title, a.diag.message);
        CU_ASSERT_EQUAL(a.failed, ends[i / 2].fails);
        CU_ASSERT_EQUAL(shim_made(SHIM_CONTEXT), 1);
        attempt_free(&a);
    }
}

static const char of_each_kind[] =
    MAIN("local d, h, u = cl.buffer('d', 64, 'floats'), cl.locked('h', 64, 'floats'), cl.shared('u', 64, 'floats')\n"
         "local p = C.malloc('p', 64, 'floats')\n"
         "cl.write(d, h) cl.kernel('saxpy', u, d, 2.0):launch() cl.kernel('saxpy', p, u, 2.0):launch() cl.read(d, p)\n"
         "cl.release(u) cl.release(d) cl.finish()");

static long fail_each_call(const char *source, const char *device) {
    long failures = 0;
    for (long n = 1;; n++) {
        Attempt a = leaves_nothing("a call failed", source, device, n);
        failures += a.failed;
        bool all = shim_failed() == NULL;
        CU_ASSERT(!all || !a.failed);
        if (a.failed) CU_ASSERT(a.diag.message[0] != '\0');
        attempt_free(&a);
        if (all) return failures;
    }
}

/* The whole story once more, each call failing in turn. */
static void every_call_that_fails_leaves_nothing(void) {
    if (device_missing()) return;
    static const char source[] =
        COLLECTED("moving") SCALE "k:launch { takes = '3ms' } k:launch { takes = '1ms' } sleep '1ms' runtime.GC()\n"
                                  "cl.finish() x[1] = 2 cl.record(k, k):launch() cl.finish() print(x[0]) end)";
    for (size_t i = 0; i < ARRAY_LEN(devices); i++) {
        CU_ASSERT(fail_each_call(source, devices[i]) > 30);
        CU_ASSERT(fail_each_call(of_each_kind, devices[i]) > 30);
    }
    shim_begin(0);
}

void script_objects_tests(void) {
    static const Check checks[] = {
        {"every scenario leaves none", every_scenario_leaves_nothing},
        {"every end of a run leaves none", every_end_leaves_nothing},
        {"every call that fails leaves none", every_call_that_fails_leaves_nothing},
        {NULL, NULL},
    };
    suite("script: OpenCL objects", checks);
}

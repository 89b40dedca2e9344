/* kernel_test.c -- scenarios launch real kernels; without a device all goes the same way, but for the bytes.
 *
 * The device is pocl on the CPU; where there is none, these tests are skipped.
 */
#include "../check.h"
#include "../dev/driver.h"
#include "attempt.h"

#include <stdlib.h>
#include <string.h>

void script_kernel_tests(void);

#define N "1000"
#define SAXPY                                                                                      \
    "scenario { title = 't', procs = 2 }\n"                                                        \
    "local done = chan()\n"                                                                        \
    "go('launcher', function()\n"                                                                  \
    "  local x, y = heap.floats('x', " N ", function(i) return i end), heap.floats('y', " N        \
    ", 1)\n"                                                                                       \
    "  local k = cl.kernel('saxpy', y, x, 2.0)\n"                                                  \
    "  k:launch { takes = '90us', slices = 5 }\n"                                                  \
    "  cl.finish()\n"                                                                              \
    "  done:send(y[10])\n"                                                                         \
    "end)\n"                                                                                       \
    "main(function() print((done:recv())) end)\n"                                                  \
    "expect.result('y', function(i, v) return v == 2.0 * i + 1 end)\n"

/* The line from `from` on that begins with a time and this event, removed: what the device computed. */
static char *without_notes(const char *events) {
    char *out = mem_text(events), *to = out;
    for (const char *p = events; *p;) {
        size_t n = strcspn(p, "\n") + 1;
        const char *name = memchr(p, ' ', n);
        if (name == NULL || strncmp(name, " NOTE ", 6) != 0) {
            memmove(to, p, n);
            to += n;
        }
        p += n;
    }
    *to = '\0';
    return out;
}

static void a_kernel_really_runs(void) {
    if (device_missing()) return;
    Attempt a = attempt(SAXPY, &(How){.device = "auto"});
    if (a.failed) printf("\n  %s\n", a.diag.message);
    CU_ASSERT_FALSE(a.failed);
    check_text("what y[10] became", "21.0\n", a.notes);
    check_text("verdict", "1 every y[i]: v == 2.0 * i + 1 @11\n", a.verdicts);
    attempt_free(&a);
}

static void without_a_device_all_else_is_the_same(void) {
    if (device_missing()) return;
    Attempt real = attempt(SAXPY, &(How){.device = "auto"}), none = attempt(SAXPY, NULL);
    char *left = without_notes(real.events), *right = without_notes(none.events);
    check_text("events", left, right);
    check_text("what y[10] stayed", "1.0\n", none.notes);
    check_text("verdict", "-1 every y[i]: v == 2.0 * i + 1 @11: no device in this run\n",
               none.verdicts);
    free(left), free(right);
    attempt_free(&real), attempt_free(&none);
}

static const char *const devices[] = {"auto", "staging"};

static void host_and_device_take_turns_on(const char *device) {
    Attempt a = attempt(MAIN("local x = heap.floats('x', 100, 1)\n"
                             "local k = cl.kernel('scale', x, 3.0)\n"
                             "k:launch() cl.finish() print(x[0], x[99])\n"
                             "x[0] = 10\n"
                             "k:launch() cl.finish() print(x[0], x[99])\n"
                             "k:launch() k:launch() cl.finish() print(x[0], x[1])\n"
                             "k:launch { items = 50 } cl.finish() print(x[49], x[50], k)"),
                        &(How){.device = device});
    CU_ASSERT_FALSE(a.failed);
    check_text("x", "3.0\t3.0\n30.0\t9.0\n270.0\t81.0\n243.0\t81.0\tkernel scale\n", a.notes);
    attempt_free(&a);
}

static void host_and_device_take_turns(void) {
    if (device_missing()) return;
    for (size_t i = 0; i < ARRAY_LEN(devices); i++) host_and_device_take_turns_on(devices[i]);
}

/* The device's copy is older than what the host wrote, whatever else the device has done since. */
static void what_the_host_wrote_stays(void) {
    if (device_missing()) return;
    for (size_t i = 0; i < ARRAY_LEN(devices); i++) {
        Attempt a = attempt(MAIN("local x, y = heap.floats('x', 100, 1), heap.floats('y', 100, 1)\n"
                                 "local kx, ky = cl.kernel('scale', x, 3.0), cl.kernel('scale', y, 5.0)\n"
                                 "kx:launch() cl.finish() x[0] = 10\n"
                                 "ky:launch() cl.finish() print(x[0], x[99], y[0])\n"
                                 "across('cgo', 'saxpy', y, x, 1.0)\n"
                                 "kx:launch() cl.finish() print(x[0], y[0], y[99])"),
                            &(How){.device = devices[i]});
        CU_ASSERT_FALSE(a.failed);
        check_text(devices[i], "10.0\t3.0\t5.0\n30.0\t15.0\t8.0\n", a.notes);
        attempt_free(&a);
    }
}

static void a_wrong_result_says_where(void) {
    if (device_missing()) return;
    Attempt a = attempt(HEAD "main(function()\n  local x = heap.floats('x', 8, 1)\n"
                             "  cl.kernel('scale', x, 2.0):launch() cl.finish() x[3] = 7\nend)\n"
                             "expect.result('x', function(i, v) return v == 2 end)\n"
                             "expect.result('z', function(i, v) return true end)",
                        &(How){.device = "auto"});
    CU_ASSERT_FALSE(a.failed);
    check_text("verdicts",
               "0 every x[i]: v == 2 @5: x[3] is 7; 1 of 8 elements are wrong\n"
               "0 every z[i]: true @6: no object called z was made\n",
               a.verdicts);
    attempt_free(&a);
}

static void a_wrong_check_is_the_scenarios_mistake(void) {
    static const char *const checks[][2] = {
        {"function(i, v) end", "returns nothing for i = 0"},
        {"function(i, v) return v.x end", "attempt to index a number value"},
        {"function(i, v) compute '1us' end", "none is running here"},
        {"function(i, v) while true do end end", "50 million steps"},
        {"function(i, v) heap.floats('n', 1) end", "the run is over"},
    };
    for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
        char source[300];
        snprintf(source, sizeof source,
                 HEAD "local x = heap.floats('x', 4) main(function() end)\nexpect.result(x, %s)",
                 checks[i][0]);
        CU_ASSERT_EQUAL(attempt_fails(source, checks[i][1]).line, 2);
    }
}

/* clang-format off */
static const struct {
    const char *code, *message;
} wrong[] = {
    {"cl.kernel('sayxpy', x)", "there is no kernel sayxpy"},
    {"cl.kernel(5)", "the name of a kernel is a text; got 5"},
    {"cl.kernel('saxpy', x)", "call it as cl.kernel(\"saxpy\", y, x, a); got 1 argument"},
    {"cl.kernel('saxpy', x, 5, 2.0)", "argument 2 of saxpy, 'x', is a heap object of floats; got 5"},
    {"cl.kernel('saxpy', x, x, x)", "argument 3 of saxpy, 'a', is a number; got a heap object"},
    {"cl.kernel('saxpy', x, n, 2.0)", "argument 2 of saxpy, 'x', is a heap object of floats; n has ints"},
    {"cl.kernel('mandelbrot', x, 2.5, 1, 1)", "argument 2 of mandelbrot, 'width', is a whole number of 32 bits; got 2.5"},
    {"cl.kernel('scale', x, 1):launch { items = 9 }", "9 work items, but the longest buffer of scale has 8 elements"},
    {"cl.kernel('scale', x, 1):launch { items = 0 }", "items is a whole number from 1"},
    {"cl.kernel('scale', x, 1):launch { slices = 5000 }", "slices is a whole number from 1 to 4096; got 5000"},
    {"cl.kernel('scale', x, 1):launch { takes = 5 }", "launch: takes is a duration"},
    {"cl.kernel('scale', x, 1):launch { item = 5 }", "launch has no field 'item'"},
    {"cl.kernel('scale', x, 1):launch(5)", "launch wants a table, or nothing; got 5"},
    {"cl.kernel('scale', x, 1).launch()", "launch wants a kernel; got nothing"},
    {"cl.Finish()", "cl has no 'Finish'"},
};
/* clang-format on */

static void wrong_calls_are_refused_without_a_device(void) {
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        char source[400];
        snprintf(source, sizeof source,
                 HEAD
                 "local x, n = heap.floats('x', 8), heap.ints('n', 8) main(function()\n%s\nend)",
                 wrong[i].code);
        CU_ASSERT_EQUAL(attempt_fails(source, wrong[i].message).line, 2);
    }
}

static void pins_are_events(void) {
    Attempt a =
        attempt(MAIN("local x, y, p = heap.floats('x', 8), heap.floats('y', 8), runtime.Pinner()\n"
                     "p:Pin(x) p:Pin(y)\np:Unpin()\np:Unpin() p:Pin(y) p:Unpin()"),
                NULL);
    CU_ASSERT_FALSE(a.failed);
    char *events = a.events, got[400] = "";
    for (char *line = strtok(events, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        char *name = strchr(line, ' ') + 1;
        if (strncmp(name, "PIN", 3) != 0 && strncmp(name, "UNPIN", 5) != 0) continue;
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s\n", name);
    }
    check_text("pins",
               "PIN g=g1 obj=o0 line=3\nPIN g=g1 obj=o1 line=3\nUNPIN g=g1 obj=o0 line=4\nUNPIN "
               "g=g1 obj=o1 line=4\n"
               "PIN g=g1 obj=o1 line=5\nUNPIN g=g1 obj=o1 line=5\n",
               got);
    attempt_free(&a);
}

static const char *const shipped[] = {"18_2_2_blocking", "18_2_2_one_proc", "18_2_2_fast_path",
                                      "18_2_2_pure_go"};

static void scenarios_run_the_same_each_time(void) {
    for (size_t i = 0; i < ARRAY_LEN(shipped); i++) {
        char path[100];
        snprintf(path, sizeof path, "scenarios/%s.lua", shipped[i]);
        char *source = driver_read_file(path);
        Attempt a = attempt(source, NULL), b = attempt(source, NULL);
        CU_ASSERT_FALSE(a.failed);
        CU_ASSERT_EQUAL(a.outcome, RUN_EXITED);
        check_text(path, a.events, b.events);
        free(source);
        attempt_free(&a), attempt_free(&b);
    }
}

void script_kernel_tests(void) {
    static const Check checks[] = {
        {"a kernel really runs", a_kernel_really_runs},
        {"without a device all else is the same", without_a_device_all_else_is_the_same},
        {"host and device take turns at an object", host_and_device_take_turns},
        {"what the host wrote stays", what_the_host_wrote_stays},
        {"a wrong result says where", a_wrong_result_says_where},
        {"a wrong check is the scenario's mistake", a_wrong_check_is_the_scenarios_mistake},
        {"wrong calls are refused without a device", wrong_calls_are_refused_without_a_device},
        {"pins are events", pins_are_events},
        {"the scenarios of 18.2.2 run the same each time", scenarios_run_the_same_each_time},
        {NULL, NULL},
    };
    suite("script: kernels", checks);
}

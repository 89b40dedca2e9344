/* moved_test.c -- a collection in the middle of a launch: which results are missing, and where they are.
 *
 *     shared    | done ###### | ........ |    moved with the object: the slices that were due; the others are
 *                                              where it was
 *     staging   |      # # # # # #       |    nothing came home before the move: all of it is where it was
 *
 * What is pinned, or under a collector that moves nothing, misses nothing on either.
 */
#include "../check.h"
#include "attempt.h"

#include "../../sim/dev/slice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void script_moved_tests(void);

enum { COUNT = 4096, SLICES = 64 };
#define OLD_ADDR HEAP_BASE /* of the first object */

/* x is 1 before the kernel and 2 after it; "at end" is the moment at which the old address is looked at. */
#define SCENARIO                                                                                   \
    "scenario { title = 't', procs = 2, collector = '%s' }\n"                                      \
    "main(function()\n"                                                                            \
    "  local x = heap.floats('x', 4096, 1)\n"                                                      \
    "  local pin = runtime.Pinner()\n"                                                             \
    "  %s\n"                                                                                       \
    "  cl.kernel('scale', x, 2.0):launch { takes = '3ms', slices = 64 }\n"                         \
    "  sleep '1ms'\n"                                                                              \
    "  runtime.GC()\n"                                                                             \
    "  cl.finish()\n"                                                                              \
    "  pcall(cl.kernel, 'at end')\n"                                                               \
    "  local text = {}\n"                                                                          \
    "  for i, v in pairs(x) do text[#text + 1] = v == 2 and '#' or v == 1 and '.' or '?' end\n"    \
    "  print(table.concat(text))\n"                                                                \
    "  pin:Unpin()\n"                                                                              \
    "end)\n"                                                                                       \
    "expect.result('x', function(i, v) return v == 2 end)\n"

typedef struct {
    float old[COUNT]; /* what lies where x was at first */
    Attempt a;
} Moved;

static void keep_old(void *ctx, Script *s, const char *name) {
    Moved *m = ctx;
    (void)name;
    WorldOptions opt = script_world_options(s);
    const void *at = heap_at(opt.heap, OLD_ADDR, sizeof m->old);
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    memcpy(m->old, at, sizeof m->old);
}

static void run(Moved *m, const char *device, const char *collector, const char *pin) {
    char source[2000];
    snprintf(source, sizeof source, SCENARIO, collector, pin);
    m->a = attempt(source, &(How){.device = device, .moment = keep_old, .ctx = m});
    if (m->a.failed) printf("\n  line %d: %s\n", m->a.diag.line, m->a.diag.message);
    CU_ASSERT_FALSE(m->a.failed);
}

/* How many slices had run when the object left; NONE: it did not. */
static uint64_t slices_done(const Attempt *a) {
    const char *at = strstr(a->events, " DEV_STALE ");
    if (at == NULL) return NONE;
    at = strstr(at, "done=");
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    return strtoull(at + 5, NULL, 10);
}

/* As many elements are right, from the first one on, and all others are as they were. */
static void check_right(const char *what, const Attempt *a, uint64_t right) {
    char expected[COUNT + 2], verdict[200];
    memset(expected, '#', right);
    memset(expected + right, '.', COUNT - right);
    strcpy(expected + COUNT, "\n");
    check_text(what, expected, a->notes);
    snprintf(verdict, sizeof verdict, "1 every x[i]: v == 2 @16\n");
    if (right < COUNT)
        snprintf(verdict, sizeof verdict, "0 every x[i]: v == 2 @16: x[%d] is 1; %d of %d elements are wrong\n",
                 (int)right, (int)(COUNT - right), COUNT);
    check_text(what, verdict, a->verdicts);
}

static float poison(void) {
    uint32_t bits = HEAP_POISON;
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

static void shared_memory_misses_what_was_not_due(void) {
    if (device_missing()) return;
    Moved m;
    run(&m, "auto", "moving", "");
    uint64_t done = slices_done(&m.a);
    CU_ASSERT_FATAL(done > 16 && done < 32); /* a third of 64, and what the collection took */
    uint64_t right = slice_first_item(COUNT, SLICES, (uint32_t)done);
    check_right("shared", &m.a, right);
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT; i++) wrong += m.old[i] != (i < right ? poison() : 2.0f * poison());
    CU_ASSERT_EQUAL(wrong, 0);
    attempt_free(&m.a);
}

static void a_staging_device_misses_all(void) {
    if (device_missing()) return;
    Moved m;
    run(&m, "staging", "moving", "");
    CU_ASSERT_NOT_EQUAL(slices_done(&m.a), NONE);
    check_right("staging", &m.a, 0);
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT; i++) wrong += m.old[i] != 2.0f;
    CU_ASSERT_EQUAL(wrong, 0);
    attempt_free(&m.a);
}

static const char *const devices[] = {"auto", "staging"};

static void what_stays_misses_nothing(const char *collector, const char *pin) {
    if (device_missing()) return;
    for (size_t i = 0; i < ARRAY_LEN(devices); i++) {
        Moved m;
        run(&m, devices[i], collector, pin);
        CU_ASSERT_EQUAL(slices_done(&m.a), NONE);
        check_right(devices[i], &m.a, COUNT);
        attempt_free(&m.a);
    }
}

static void pinned_it_misses_nothing(void) { what_stays_misses_nothing("moving", "pin:Pin(x)"); }

static void where_nothing_moves_it_misses_nothing(void) { what_stays_misses_nothing("go", ""); }

static void every_run_is_the_same(void) {
    if (device_missing()) return;
    Moved first[ARRAY_LEN(devices)], none;
    run(&none, "none", "moving", "");
    for (size_t i = 0; i < ARRAY_LEN(devices); i++) {
        run(&first[i], devices[i], "moving", "");
        for (int n = 0; n < 3; n++) {
            Moved again;
            run(&again, devices[i], "moving", "");
            check_text(devices[i], first[i].a.events, again.a.events);
            check_text(devices[i], first[i].a.verdicts, again.a.verdicts);
            CU_ASSERT_EQUAL(memcmp(first[i].old, again.old, sizeof again.old), 0);
            attempt_free(&again.a);
        }
        CU_ASSERT_EQUAL(slices_done(&first[i].a), slices_done(&none.a)); /* virtual time knows no device */
    }
    attempt_free(&none.a);
    for (size_t i = 0; i < ARRAY_LEN(devices); i++) attempt_free(&first[i].a);
}

/* What an earlier command computed is the program's, and moves with the object; so do later ones of the new place.
 * Another object may be in the device's hands meanwhile. */
static void between_commands_it_may_move(void) {
    if (device_missing()) return;
    for (size_t i = 0; i < ARRAY_LEN(devices); i++) {
        Attempt a = attempt("scenario { title = 't', procs = 2 } main(function()\n"
                            "local x, y = heap.floats('x', 4096, 1), heap.floats('y', 4096, 1)\n"
                            "local k, ky = cl.kernel('scale', x, 2.0), cl.kernel('scale', y, 2.0)\n"
                            "k:launch() cl.finish() runtime.GC() print(x[0], x[4095])\n"
                            "k:launch() cl.finish() x[1] = 7 runtime.GC() print(x[0], x[1], x[4095])\n"
                            "k:launch() cl.finish() ky:launch { takes = '3ms' } runtime.GC() cl.finish()\n"
                            "print(x[0], x[1], y[4095])\n"
                            "end)",
                            &(How){.device = devices[i]});
        CU_ASSERT_FALSE(a.failed);
        CU_ASSERT_PTR_NOT_NULL(strstr(a.events, " OBJ_MOVE "));
        check_text(devices[i], "2.0\t2.0\n4.0\t7.0\t4.0\n8.0\t14.0\t1.0\n", a.notes);
        attempt_free(&a);
    }
}

void script_moved_tests(void) {
    static const Check checks[] = {
        {"shared memory: what was not due is missing, and lies where the object was", shared_memory_misses_what_was_not_due},
        {"staging: all is missing, and lies where the object was", a_staging_device_misses_all},
        {"pinned, nothing is missing", pinned_it_misses_nothing},
        {"with Go's collector nothing is missing", where_nothing_moves_it_misses_nothing},
        {"every run is the same", every_run_is_the_same},
        {"between commands an object may move", between_commands_it_may_move},
        {NULL, NULL},
    };
    suite("script: objects that move under a launch", checks);
}

/* picture_test.c -- what the program shows: kept beside the trace, torn where the collector moved it. */
#include "../../sim/event/trace.h"
#include "../check.h"
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cli_picture_tests(void);

enum { SIDE = 256, DONE_ROWS = 96 }; /* 24 of 64 slices */

/* Is any pixel of these rows other than black? */
static bool anything(const char *rgb, size_t from_row, size_t to_row) {
    for (size_t i = from_row * SIDE * 3; i < to_row * SIDE * 3; i++) {
        if (rgb[i] != 0) return true;
    }
    return false;
}

/* The picture of a scenario, as the trace has it: rows of red, green, blue; malloced. */
static char *picture_of(const char *scenario) {
    static const char head[] = "256 256\n";
    Trace *t;
    Diag d;
    size_t len = 0;
    char path[256], *copy = NULL;
    Result r = command("$F run -q --out $T/shown.trace scenarios/%s.lua && printf %%s $T", scenario);
    CU_ASSERT_EQUAL(r.status, 0);
    snprintf(path, sizeof path, "%.200s/shown.trace", r.out);
    result_free(&r);
    CU_ASSERT_FATAL(trace_open(&t, path, &d));
    const char *bytes = trace_get(t, "picture 0", &len);
    CU_ASSERT_FATAL(bytes != NULL && len == sizeof head - 1 + (size_t)SIDE * SIDE * 3);
    CU_ASSERT_EQUAL(memcmp(bytes, head, sizeof head - 1), 0);
    copy = mem_alloc((size_t)SIDE * SIDE * 3);
    memcpy(copy, bytes + sizeof head - 1, (size_t)SIDE * SIDE * 3);
    trace_close(t);
    return copy;
}

static void a_frame_is_torn_where_it_was_moved(void) {
    if (!there_is_a_device()) return;
    char *whole = picture_of("18_3_4_frame_right"), *torn = picture_of("18_3_4_frame_wrong"),
         *lucky = picture_of("18_3_4_frame_go"), *again = picture_of("18_3_4_frame_wrong");
    size_t done = (size_t)DONE_ROWS * SIDE * 3, all = (size_t)SIDE * SIDE * 3;
    CU_ASSERT(anything(whole, DONE_ROWS, SIDE));
    CU_ASSERT_EQUAL(memcmp(whole, lucky, all), 0); /* nothing moved, by luck */
    CU_ASSERT_EQUAL(memcmp(torn, again, all), 0);
    CU_ASSERT_FALSE(anything(torn, DONE_ROWS, SIDE));
    Result r = command("$F devices | grep -q 'shares the host' && printf shared");
    if (strcmp(r.out, "shared") == 0) CU_ASSERT_EQUAL(memcmp(whole, torn, done), 0);
    result_free(&r);
    free(whole);
    free(torn);
    free(lucky);
    free(again);
}

static void a_picture_can_be_written_to_a_file(void) {
    command_gives(0, "$F run -q $D --out $T/shown.trace scenarios/18_3_4_frame_right.lua");
    command_gives(0, "$F shot $T/shown.trace --view picture --at end -o $T/p.png && head -c 4 $T/p.png | grep -q PNG");
    command_gives(0, "$F shot $T/shown.trace --view picture --at 0s -o $T/q.png && ! cmp -s $T/p.png $T/q.png");
    command_gives(2, "$F shot $T/shown.trace --view pictures -o $T/p.png");
}

void cli_picture_tests(void) {
    static const Check checks[] = {
        {"a frame is torn where it was moved", a_frame_is_torn_where_it_was_moved},
        {"a picture can be written to a file", a_picture_can_be_written_to_a_file},
        {NULL, NULL},
    };
    suite("command line: pictures that programs show", checks);
}

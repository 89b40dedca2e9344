/* command.c -- command lines with the program's absolute path, so that they work from any folder. */
#include "command.h"

#include "../../sim/base/base.h"
#include "../dev/driver.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMMAND_MAX = 4096, SECONDS_MAX = 60 };

/* Absolute, or the name itself when there is no such file: then the command says so. */
static void export_path(const char *variable, const char *path) {
    char absolute[PATH_MAX];
    setenv(variable, realpath(path, absolute) ? absolute : path, 1);
}

static void prepare(void) {
    static bool ready;
    if (ready) return;
    const char *program = getenv("FAULTLINE");
    export_path("F", program && *program ? program : "build/faultline");
    export_path("S", "tests/scenarios");
    export_path("T", temp_path(""));
    driver_private_cache();
    ready = true;
    setenv("D", there_is_a_device() ? "" : "--device none", 1);
}

static Result run(const char *fmt, va_list ap) {
    char line[COMMAND_MAX];
    Result r = {0};
    prepare();
    int n = vsnprintf(line, sizeof line, fmt, ap);
    ASSERT(n > 0 && n < COMMAND_MAX);
    r.status = run_command(line, SECONDS_MAX, &r.out, &r.err);
    return r;
}

Result command(const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    Result r = run(fmt, ap);
    va_end(ap);
    return r;
}

void result_free(Result *r) {
    free(r->out);
    free(r->err);
    *r = (Result){0};
}

static void show_result(const char *fmt, int expected, const Result *r) {
    printf("\n    %s\n    status %d, expected %d\n    out: %.600s\n    err: %.600s\n", fmt, r->status, expected, r->out, r->err);
}

bool command_gives(int status, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    Result r = run(fmt, ap);
    va_end(ap);
    bool same = r.status == status;
    CU_ASSERT_EQUAL(r.status, status);
    if (!same) show_result(fmt, status, &r);
    result_free(&r);
    return same;
}

char *output_of(const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    Result r = run(fmt, ap);
    va_end(ap);
    CU_ASSERT_EQUAL(r.status, 0);
    if (r.status != 0) show_result(fmt, 0, &r);
    char *out = r.out;
    r.out = NULL;
    result_free(&r);
    return out;
}

bool there_is_a_device(void) {
    static int there = -1;
    if (there < 0) {
        Result r = command("$F devices");
        there = r.status == 0;
        result_free(&r);
    }
    return there;
}

size_t count_lines(const char *text) {
    size_t n = 0;
    for (; (text = strchr(text, '\n')) != NULL; text++) n++;
    return n;
}

/* base.c -- failed assertions and memory that is there or ends the program. */
#include "base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void (*context_print)(void *ctx);
static void *context_ctx;

void assert_context(void (*print)(void *ctx), void *ctx) {
    context_print = print;
    context_ctx = ctx;
}

_Noreturn void assert_failed(const char *expr, const char *file, int line, const char *func) {
    fflush(stdout);
    fprintf(stderr,
            "\nfaultline: a bug of ours, not of your scenario\n  %s:%d: %s: %s does not hold\n",
            file, line, func, expr);
    void (*print)(void *ctx) = context_print;
    context_print = NULL; /* an assertion inside the report must not report again */
    if (print) print(context_ctx);
    fprintf(stderr, "Please report these lines together with the command.\n");
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION /* clang says so; its fuzzer keeps what led to an abort */
    abort();
#endif
    _Exit(EXIT_BUG);
}

void *mem_checked(void *p, size_t bytes) {
    if (p == NULL && bytes > 0) {
        fprintf(stderr, "faultline: out of memory (%zu bytes asked); free some, or simulate less\n",
                bytes);
        _Exit(EXIT_WORLD);
    }
    return p;
}

void *mem_alloc(size_t bytes) { return mem_checked(malloc(bytes), bytes); }

void *mem_zero(size_t count, size_t bytes) {
    return mem_checked(calloc(count ? count : 1, bytes), count * bytes);
}

void *mem_grow(void *old, size_t bytes) { return mem_checked(realloc(old, bytes), bytes); }

char *mem_text(const char *text) {
    size_t bytes = strlen(text) + 1;
    return memcpy(mem_alloc(bytes), text, bytes);
}

bool text_ends(const char *text, const char *with) {
    size_t n = strlen(text), k = strlen(with);
    return n > k && memcmp(text + n - k, with, k) == 0;
}

void *mem_grow_array(void *array, size_t *capacity, size_t need, size_t element_bytes) {
    size_t next = *capacity ? *capacity : 16;
    while (next < need) next *= 2;
    ASSERT(next <= SIZE_MAX / element_bytes);
    array = mem_grow(array, next * element_bytes);
    memset((char *)array + *capacity * element_bytes, 0, (next - *capacity) * element_bytes);
    *capacity = next;
    return array;
}

void *mem_reserve_array(void *array, size_t *capacity, size_t need, size_t element_bytes) {
    size_t next = need > 64 ? need + need / 2 : 96;
    ASSERT(next <= SIZE_MAX / element_bytes);
    *capacity = next;
    return mem_grow(array, next * element_bytes);
}

/* base.h -- what every file of faultline may assume.
 *
 * C11, a 64-bit clock, and assertions that stay on in every build: a wrong lesson costs more
 * than the check. ASSERT is for our own mistakes only; whatever a user, a file or a driver can
 * cause is a Diag (diag.h).
 */
#ifndef FAULTLINE_BASE_H
#define FAULTLINE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Exit status of both programs; the command line is a contract (README, "Exit status"). */
enum {
    EXIT_WELL = 0,
    EXIT_DIFFERS = 1,  /* an expectation failed, a difference, an unexpected finding */
    EXIT_USAGE = 2,    /* wrong command line */
    EXIT_SCENARIO = 3, /* wrong scenario */
    EXIT_WORLD = 4,    /* a file or a device failed */
    EXIT_BUG = 70,     /* ours */
};

#define ASSERT(cond)                                                                               \
    do {                                                                                           \
        if (__builtin_expect(!(cond), 0)) assert_failed(#cond, __FILE__, __LINE__, __func__);      \
    } while (0)
/* What one event in many calls: a function of its own, not part of the one that calls it, so that the common events, of which
 * there are millions, save no registers that only this one needs. */
#define OWN_FRAME __attribute__((noinline))
/* What nearly every event calls: part of the one that calls it, which need not save anything for it. */
#define INLINE inline __attribute__((always_inline))
#define UNREACHABLE() assert_failed("unreachable", __FILE__, __LINE__, __func__)

/* Prints the expression, its place and whatever assert_context adds; exits with EXIT_BUG. */
_Noreturn void assert_failed(const char *expr, const char *file, int line, const char *func);

/* Who knows more about the moment (virtual time, seed, last events) registers a writer. One at
 * a time; NULL removes it. `print` must not assert. */
void assert_context(void (*print)(void *ctx), void *ctx);

/* malloc, calloc and realloc that never return NULL: running out of memory is reported like a
 * failed file (EXIT_WORLD). What they return is freed with free(). */
void *mem_checked(void *p, size_t bytes); /* NULL ends the program */
void *mem_alloc(size_t bytes);
void *mem_zero(size_t count, size_t bytes);
void *mem_grow(void *old, size_t bytes);
char *mem_text(const char *text); /* a copy */
/* Does it end so, and is more than that? */
bool text_ends(const char *text, const char *with);

/* Makes room for at least `need` elements in a growing array: doubles, zeroes what is new. */
#define GROW(array, capacity, need)                                                                \
    do {                                                                                           \
        if ((need) > (capacity))                                                                   \
            (array) = mem_grow_array((array), &(capacity), (need), sizeof *(array));               \
    } while (0)
void *mem_grow_array(void *array, size_t *capacity, size_t need, size_t element_bytes);
/* The same for a history of millions: half as much more, and untouched, since memory that is only reserved costs nothing. */
#define RESERVE(array, capacity, need)                                                             \
    do {                                                                                           \
        if ((need) > (capacity))                                                                   \
            (array) = mem_reserve_array((array), &(capacity), (need), sizeof *(array));            \
    } while (0)
void *mem_reserve_array(void *array, size_t *capacity, size_t need, size_t element_bytes);

#endif

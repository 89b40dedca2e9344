/* gotrace.c -- the rows of gotrace.def as a table by number. */
#include "gotrace.h"

/* How many arguments a row has: each A is one more. */
enum {
#define A(name, kind) +1
#define NO_ARGS
#define PART(number, NAME, Name, since, doc) ARGS_##NAME = -1,
#define TIMED(number, NAME, Name, since, args, doc)                                                \
    ARGS_##NAME = 0 args,                                                                          \
    FITS_##NAME = sizeof(char[ARGS_##NAME <= GOTRACE_ARGS_MAX ? 1 : -1]),
#include "gotrace.def"
#undef TIMED
#undef PART
#undef NO_ARGS
#undef A
};

#define A(name, kind) {#name, GOTRACE_KIND_##kind},
#define NO_ARGS {NULL, GOTRACE_KIND_VALUE}
#define PART(number, NAME, Name, since, doc) [GT_##NAME] = {#Name, doc, since, ARGS_##NAME, {NO_ARGS}},
#define TIMED(number, NAME, Name, since, args, doc)                                                \
    [GT_##NAME] = {#Name, doc, since, ARGS_##NAME, {args}},
const GotraceSpec gotrace_spec[256] = {
#include "gotrace.def"
};
#undef TIMED
#undef PART
#undef NO_ARGS
#undef A

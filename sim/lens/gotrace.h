/* gotrace.h -- the vocabulary of Go's execution trace, shared by who writes one and who reads one.
 *
 * A file: a header of 16 bytes ("go 1.NN trace", three zeros), then generations; a generation: batches of
 * tables (strings, stacks, samples, clock), and for each thread batches of its timed events. Rows of the
 * format are in gotrace.def. Neither side is known here.
 */
#ifndef FAULTLINE_GOTRACE_H
#define FAULTLINE_GOTRACE_H

#include "../base/base.h"

enum {
    GOTRACE_HEADER_BYTES = 16,
    GOTRACE_BATCH_MAX = 65536, /* bytes of a batch behind its own header */
    GOTRACE_STRING_MAX = 1024,
    GOTRACE_FRAMES_MAX = 128,
    GOTRACE_ARGS_MAX = 4, /* of a timed event, the time not counted */
};

#define GOTRACE_NO_ID UINT64_MAX /* no thread, no P: -1 */

/* The minor versions that a header can name; programs of 1.24 write 1.23, those of 1.27 write 1.26. */
#define GOTRACE_VERSIONS(X) X(22) X(23) X(25) X(26)

/* What an argument is. KIND(name): VALUE is a plain number, SEQ counts the changes of one P or G. */
#define GOTRACE_KINDS(X) X(VALUE) X(SEQ) X(STATUS) X(G) X(P) X(M) X(TASK) X(STRING) X(STACK)
typedef enum {
#define X(name) GOTRACE_KIND_##name,
    GOTRACE_KINDS(X)
#undef X
} GotraceKind;

typedef enum {
#define PART(number, NAME, Name, since, doc) GT_##NAME = (number),
#define TIMED(number, NAME, Name, since, args, doc) GT_##NAME = (number),
#include "gotrace.def"
#undef TIMED
#undef PART
} GotraceNumber;

/* Statuses, as GoStatus and ProcStatus give them. */
typedef enum { GT_G_RUNNABLE = 1, GT_G_RUNNING, GT_G_SYSCALL, GT_G_WAITING } GotraceG;
/* ABANDONED: in a syscall whose thread no longer has it; right before the ProcSteal that takes it. */
typedef enum { GT_P_RUNNING = 1, GT_P_IDLE, GT_P_SYSCALL, GT_P_ABANDONED } GotraceP;

typedef struct {
    const char *name;
    GotraceKind kind;
} GotraceArg;

typedef struct {
    const char *name; /* Go's own; NULL: there is no such number */
    const char *doc;
    uint8_t since;    /* minor version of the header */
    int8_t arg_count; /* -1: it is no timed event */
    GotraceArg arg[GOTRACE_ARGS_MAX];
} GotraceSpec;

/* By number. */
extern const GotraceSpec gotrace_spec[256];

#endif

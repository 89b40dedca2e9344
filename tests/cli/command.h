/* command.h -- the program, called as a user calls it: a command line in, a status and two texts out. */
#ifndef FAULTLINE_TESTS_COMMAND_H
#define FAULTLINE_TESTS_COMMAND_H

#include "../check.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    int status; /* of the command; 128 + signal if one ended it */
    char *out, *err;
} Result;

/* Runs a shell command line in which $F is the program under test (the environment's FAULTLINE, else
 * build/faultline), $S the folder tests/scenarios and $T a folder for files, all absolute, and $D
 * nothing, or --device none where there is no device. It is stopped after 60 seconds. */
Result command(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void result_free(Result *r);

/* Runs it, expects this status, and shows what it printed if that is not so. */
bool command_gives(int status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Standard output of a command that must succeed; malloced. */
char *output_of(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Can kernels be run here? */
bool there_is_a_device(void);

size_t count_lines(const char *text);

#endif

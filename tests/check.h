/* check.h -- what every test file uses besides CUnit. */
#ifndef FAULTLINE_TESTS_CHECK_H
#define FAULTLINE_TESTS_CHECK_H

#include <CUnit/CUnit.h>

/* Registers a suite: {"name of the claim", function} ... The list ends with {NULL, NULL}. */
typedef struct {
    const char *claim;
    void (*run)(void);
} Check;
void suite(const char *name, const Check *checks);

/* Says why this test cannot run here; it then counts as skipped. Return after it. */
void check_skip(const char *why);
unsigned checks_skipped(void);

/* Compares texts and, if they differ, prints the first line that does. */
void check_text(const char *what, const char *expected, const char *got);

/* A fresh name in the tests' temporary folder; the folder goes when the tests end. */
const char *temp_path(const char *name);

/* Makes a file of these bytes. */
void check_write(const char *path, const void *bytes, size_t len);

/* Runs a command line with sh; returns its exit status (128 + signal), and its output in *out and
 * *err if those are not NULL (malloced). It is killed after `seconds`. */
int run_command(const char *command, int seconds, char **out, char **err);

#endif

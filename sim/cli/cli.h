/* cli.h -- the subcommands, and what they share. Each returns an exit status (base.h). */
#ifndef FAULTLINE_CLI_H
#define FAULTLINE_CLI_H

#include "../base/diag.h"
#include "runner.h"

#include <argp.h>
#include <stdio.h>

#ifndef FAULTLINE_VERSION
#define FAULTLINE_VERSION "0.1"
#endif

typedef struct {
    const char *name;
    const char *args; /* "SCENARIO" */
    const char *help; /* one line */
    int (*run)(int argc, char **argv);
} Command;
extern const Command commands[];
extern const size_t command_count;

int cmd_run(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_summary(int argc, char **argv);
int cmd_findings(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_why(int argc, char **argv);
int cmd_hash(int argc, char **argv);
int cmd_test(int argc, char **argv);
int cmd_devices(int argc, char **argv);
int cmd_calibrate(int argc, char **argv);
int cmd_view(int argc, char **argv);
int cmd_shot(int argc, char **argv);

/* argp_parse with our exit statuses; argv[0] is "faultline NAME" for messages. */
void cli_parse(const struct argp *argp, int argc, char **argv, void *input);
/* For argp parsers: takes the one argument that is neither option nor value, `what` ("trace"). */
error_t cli_one(int key, char *arg, struct argp_state *state, const char **slot, const char *what);
#define CLI_DEVICE_OPTION                                                                          \
    { "device", 'd', "NAME", 0, "auto, none, or part of a name that `faultline devices` shows; NAME,staging or " \
                                "staging gives it copies of its own", 0 }
/* Starts the program that stands beside this one with these arguments (NULL at the end) and waits; its exit status. */
int cli_start(const char *program, const char *const *args);
/* Does it come from a real Go program (faultline import)? */
bool cli_is_imported(Trace *t);
/* Two names of one file that exists? */
bool cli_same_file(const char *a, const char *b);
/* Prints the Diag on standard error and returns its status. */
int cli_fail(const Diag *d);
/* One finding in words: place, key, what was seen, what would have been right. `path` is the scenario's. */
void cli_print_finding(FILE *out, const char *indent, const char *path, const Finding *x);
/* Opens a trace, printing what is wrong with it; NULL if nothing can be shown (*status is set). */
Trace *cli_open(const char *path, int *status);
/* What is wrong with an open trace, on standard error; the exit status that follows from it. */
int cli_state(const Trace *t);
bool cli_is_trace(const char *path);
/* A whole file as a NUL-terminated malloced text. */
bool cli_read_file(const char *path, char **text, size_t *len, Diag *d);

#define CLI_PROFILE_OPTION                                                                         \
    { "profile", 'P', "FILE", 0, "Costs as `faultline calibrate` measured them", 0 }
/* What --profile names; path NULL = nothing, *p is NULL then. `store` is what *p points to. */
bool cli_read_profile(const char *path, Profile *store, const Profile **p, Diag *d);

/* ---- where things are (paths.c) ---- */

/* The scenario as named, or the installed one of that name; writes into buf. */
const char *path_scenario(const char *name, char *buf, size_t size);
/* A kernel's file: beside the scenario, in opencl_kernels beside its folder, in the project, installed. */
bool path_kernel(const char *scenario, const char *name, char *buf, size_t size);
/* The Go program that `faultline calibrate` builds: in the project, or installed. */
bool path_bench(char *buf, size_t size);

#endif

/* main.c -- faultline: the table of subcommands, and what they share. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const Command commands[] = {
    {"run", "(SCENARIO|TRACE)", "run a scenario, tell its story, judge its expectations", cmd_run},
    {"test", "(SCENARIO|FOLDER)...",
     "run scenarios as tests: their expectations against their runs", cmd_test},
    {"view", "(TRACE|SCENARIO|GOTRACE)", "open the window", cmd_view},
    {"shot", "TRACE", "one moment as a picture: PNG, SVG or PDF", cmd_shot},
    {"show", "TRACE", "list events, one line each", cmd_show},
    {"summary", "TRACE", "figures: hand-overs, threads, crossings, waiting, device", cmd_summary},
    {"findings", "TRACE", "what went wrong, where, and what would have been right", cmd_findings},
    {"why", "TRACE (g7|p1|chan NAME...)",
     "why it does not run: the chain of causes, back to the line", cmd_why},
    {"replay", "TRACE", "run again what a trace holds, and compare", cmd_replay},
    {"hash", "TRACE", "SHA-256 of what is deterministic in a trace", cmd_hash},
    {"diff", "TRACE TRACE", "what differs between two runs, in words", cmd_diff},
    {"import", "GOTRACE --out TRACE", "a trace of a real Go program, as one of ours", cmd_import},
    {"export", "TRACE --as FORM", "as html (a talk), go (for go tool trace), perfetto or schedtrace", cmd_export},
    {"devices", "", "the OpenCL devices that --device can name", cmd_devices},
    {"calibrate", "", "measure this machine's costs, and how well they predict", cmd_calibrate},
};
const size_t command_count = ARRAY_LEN(commands);

static void print_help(FILE *out) {
    fprintf(out, "faultline %s: a simulator of the Go runtime where it meets C\n\n",
            FAULTLINE_VERSION);
    for (size_t i = 0; i < command_count; i++) {
        char head[64];
        snprintf(head, sizeof head, "%s %s", commands[i].name, commands[i].args);
        fprintf(out, "  faultline %-30s %s\n", head, commands[i].help);
    }
    fprintf(out,
            "\n`faultline COMMAND --help` says more. Times are written 61us, 3.473ms, 2s.\n"
            "Exit status: 0 well, 1 a difference or a failed expectation, 2 wrong command line,\n"
            "3 wrong scenario, 4 a file or a device failed, 70 our own bug.\n"
            "To begin: faultline run --narrate 18_2_2_blocking\n");
}

void cli_parse(const struct argp *argp, int argc, char **argv, void *input) {
    argp_err_exit_status = EXIT_USAGE;
    argp_program_version = "faultline " FAULTLINE_VERSION;
    argp_parse(argp, argc, argv, 0, NULL, input);
}

error_t cli_one(int key, char *arg, struct argp_state *state, const char **slot, const char *what) {
    if (key == ARGP_KEY_NO_ARGS) argp_error(state, "which %s?", what);
    if (key != ARGP_KEY_ARG) return ARGP_ERR_UNKNOWN;
    if (arg[0] == '\0') argp_error(state, "which %s? The name is empty", what);
    if (*slot != NULL) argp_error(state, "one %s at a time", what);
    *slot = arg;
    return 0;
}

bool cli_is_trace(const char *path) {
    char head[8];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    bool is = read(fd, head, sizeof head) == (ssize_t)sizeof head && memcmp(head, "FLTRACE1", sizeof head) == 0;
    close(fd);
    return is;
}

bool cli_is_imported(Trace *t) { return strcmp(trace_option(t, "source"), "go") == 0; }

bool cli_same_file(const char *a, const char *b) {
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

int cli_fail(const Diag *d) {
    diag_print(d, stderr);
    return d->status;
}

Trace *cli_open(const char *path, int *status) {
    Trace *t;
    Diag d;
    if (trace_open(&t, path, &d)) return t;
    *status = cli_fail(&d);
    return NULL;
}

int cli_state(const Trace *t) {
    if (trace_state(t) == TRACE_COMPLETE) return EXIT_WELL;
    fflush(stdout);
    fprintf(stderr, "%s: %s; %llu events before it are good\n", trace_path(t), trace_state_text(t),
            (unsigned long long)trace_event_count(t));
    return EXIT_WORLD;
}

bool cli_read_file(const char *path, char **text, size_t *len, Diag *d) {
    enum { FILE_BYTES_MAX = 16 << 20 };
    *text = NULL;
    FILE *f = fopen(path, "rb");
    if (f == NULL) return diag_fail(d, EXIT_WORLD, "cannot read %s: %s", path, strerror(errno));
    Bytes b = {0};
    char chunk[16384];
    size_t n;
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0 && b.len <= FILE_BYTES_MAX)
        bytes_add(&b, chunk, n);
    int error = ferror(f) ? errno : b.len > FILE_BYTES_MAX ? EFBIG : 0;
    fclose(f);
    if (error) {
        bytes_free(&b);
        return diag_fail(d, EXIT_WORLD, "cannot read %s: %s", path, strerror(error));
    }
    *len = b.len;
    bytes_add(&b, "", 1);
    *text = (char *)b.data;
    return true;
}

bool cli_read_profile(const char *path, Profile *store, const Profile **p, Diag *d) {
    char *text;
    size_t len;
    *p = NULL;
    if (path == NULL) return true;
    if (!cli_read_file(path, &text, &len, d)) return false;
    bool ok = strlen(text) == len ? profile_parse(store, path, text, d)
                                  : diag_fail(d, EXIT_WORLD, "%s is no profile: it has a zero byte in it", path);
    free(text);
    if (ok) *p = store;
    return ok;
}

/* A result that could not be written is no result, whatever the command made of it. */
static int written(int status) {
    if (fflush(stdout) == 0 && !ferror(stdout)) return status;
    fprintf(stderr, "faultline: cannot write to standard output: %s\n", strerror(errno));
    return EXIT_WORLD;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "-?") == 0 ||
        strcmp(name, "help") == 0) {
        print_help(stdout);
        return EXIT_WELL;
    }
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        printf("faultline %s\n", FAULTLINE_VERSION);
        return EXIT_WELL;
    }
    for (size_t i = 0; i < command_count; i++) {
        if (strcmp(commands[i].name, name) != 0) continue;
        static char full[64]; /* argp prints it as the program's name */
        snprintf(full, sizeof full, "faultline %s", name);
        argv[1] = full;
        return written(commands[i].run(argc - 1, argv + 1));
    }
    fprintf(stderr, "faultline: there is no command \"%s\"; `faultline --help` lists them\n", name);
    return EXIT_USAGE;
}

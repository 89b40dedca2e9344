/* cmd_test.c -- faultline test: a scenario is a test. */
#include "cli.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    char **path;
    size_t count, cap;
    const char *device, *profile_path;
    const Profile *profile;
} Options;

static const struct argp_option options[] = {CLI_DEVICE_OPTION, CLI_PROFILE_OPTION, {0}};

static error_t parse(int key, char *arg, struct argp_state *state) {
    Options *o = state->input;
    switch (key) {
    case 'd': o->device = arg; return 0;
    case 'P': o->profile_path = arg; return 0;
    case ARGP_KEY_ARG:
        if (arg[0] == '\0') argp_error(state, "which scenario? One of the names is empty");
        GROW(o->path, o->cap, o->count + 1);
        o->path[o->count++] = mem_text(arg);
        return 0;
    case ARGP_KEY_NO_ARGS: argp_error(state, "which scenarios, or which folder of them?"); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {options,
                                 parse,
                                 "(SCENARIO|FOLDER)...",
                                 "Run each scenario and judge its expectations. A folder stands "
                                 "for every .lua file in it and in the folders below (not .d.lua).",
                                 NULL,
                                 NULL,
                                 NULL};

static bool is_scenario(const char *name) { return text_ends(name, ".lua") && !text_ends(name, ".d.lua"); }

static int by_bytes(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Links to folders are not followed: they may lead back up. */
static bool collect(Options *o, const char *folder, Diag *d) {
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return diag_fail(d, EXIT_WORLD, "cannot read folder %s: %s", folder, strerror(errno));
    bool well = true;
    for (struct dirent *e; well && (e = readdir(dir)) != NULL;) {
        char path[4096];
        struct stat st;
        int len = snprintf(path, sizeof path, "%s%s%s", folder,
                           folder[strlen(folder) - 1] == '/' ? "" : "/", e->d_name);
        if (e->d_name[0] == '.' || len >= (int)sizeof path || lstat(path, &st) != 0) continue;
        if (S_ISDIR(st.st_mode)) {
            well = collect(o, path, d);
        } else if (is_scenario(e->d_name)) {
            GROW(o->path, o->cap, o->count + 1);
            o->path[o->count++] = mem_text(path);
        }
    }
    closedir(dir);
    return well;
}

/* The scenarios of a folder and of those below, in the order of their paths' bytes, whatever the locale. */
static bool expand(Options *o, const char *folder, Diag *d) {
    size_t first = o->count;
    if (!collect(o, folder, d)) return false;
    if (o->count > first) qsort(o->path + first, o->count - first, sizeof *o->path, by_bytes);
    if (o->count == first)
        return diag_fail(d, EXIT_WORLD, "there is no scenario (*.lua) in %s", folder);
    return true;
}

/* What the process of one scenario tells the one that started it. */
typedef struct {
    size_t unchecked;
    bool reported; /* it has printed its line */
} Shared;

static void print_unexpected(const RunReport *r, const char *path) {
    char text[sizeof r->outcome_text];
    printf("         ");
    if (r->outcome_line > 0) printf("%s:%d: ", path, r->outcome_line);
    printf("unexpected end: %s\n", r->outcome_text[0]
                                       ? plain_text(text, sizeof text, r->outcome_text)
                                       : runner_outcome(r->outcome));
}

static int test(const char *name, const Options *o, Shared *shared) {
    char found[4096], *source;
    size_t len;
    Diag d;
    const char *path = path_scenario(name, found, sizeof found);
    if (!cli_read_file(path, &source, &len, &d)) {
        shared->reported = true;
        return cli_fail(&d);
    }
    RunRequest rq = {.path = path,
                     .source = source,
                     .len = len,
                     .device = o->device,
                     .profile = o->profile,
                     .progress = true};
    RunReport r;
    int status = EXIT_WELL;
    if (runner_run(&rq, &r, &d)) {
        status = runner_status(&r);
        printf("%-6s %s: %zu held, %zu failed, %zu not checked\n",
               status == EXIT_WELL ? "ok" : "FAILED", path, r.held, r.failed, r.unchecked);
        for (size_t i = 0; i < r.verdict_count; i++) {
            char text[1024], got[1024];
            if (r.verdict[i].verdict == 0)
                printf("         %s:%d: expected %s, got %s\n", path, r.verdict[i].line,
                       plain_text(text, sizeof text, r.verdict[i].text),
                       plain_text(got, sizeof got, r.verdict[i].got));
        }
        for (size_t i = 0; i < r.findings.count; i++) {
            if (r.expected[r.findings.found[i].kind]) continue;
            cli_print_finding(stdout, r.findings_judged ? "         " : "         note: ", path,
                              &r.findings.found[i]);
        }
        if (r.finding_unexpected) print_unexpected(&r, path);
        shared->unchecked += r.unchecked;
    } else {
        printf("FAILED %s\n", path);
        fflush(stdout);
        status = cli_fail(&d);
    }
    shared->reported = true;
    runner_free(&r);
    free(source);
    return status;
}

/* Each in a process of its own: a kernel that crashes fails its scenario, and the others still run. */
static int test_apart(const char *name, const Options *o, Shared *shared) {
    fflush(stdout);
    shared->reported = false;
    pid_t pid = fork();
    if (pid < 0) return test(name, o, shared);
    if (pid == 0) {
        int status = test(name, o, shared);
        fflush(stdout);
        _exit(status);
    }
    int status;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
    if (!shared->reported) printf("FAILED %s: it ended before it could be judged\n", name);
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_BUG;
}

int cmd_test(int argc, char **argv) {
    Options named = {.device = "auto"}, o = {0};
    cli_parse(&argp, argc, argv, &named);
    o.device = named.device;
    Profile measured;
    Diag wrong;
    if (!cli_read_profile(named.profile_path, &measured, &o.profile, &wrong)) {
        for (size_t i = 0; i < named.count; i++) free(named.path[i]);
        free(named.path);
        return cli_fail(&wrong);
    }
    int status = EXIT_WELL;
    size_t failed = 0;
    Shared *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT(shared != MAP_FAILED);
    for (size_t i = 0; i < named.count; i++) {
        struct stat st;
        Diag d;
        if (stat(named.path[i], &st) == 0 && S_ISDIR(st.st_mode)) {
            if (!expand(&o, named.path[i], &d)) status = cli_fail(&d);
            free(named.path[i]);
        } else {
            GROW(o.path, o.cap, o.count + 1);
            o.path[o.count++] = named.path[i];
        }
    }
    for (size_t i = 0; i < o.count; i++) {
        int one = test_apart(o.path[i], &o, shared);
        failed += one != EXIT_WELL;
        if (one > status) status = one;
        free(o.path[i]);
    }
    printf("%zu scenario%s passed, %zu failed", o.count - failed, o.count - failed == 1 ? "" : "s",
           failed);
    if (shared->unchecked) printf("; %zu expectations not checked", shared->unchecked);
    printf("\n");
    free(o.path);
    free(named.path);
    return status;
}

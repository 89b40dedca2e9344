/* rerun.c -- a child with a pipe to its standard error; nobody waits for it. */
#include "rerun.h"

#include "../sim/base/own.h"
#include "../sim/base/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SETTINGS_MAX = 64 };

struct Rerun {
    pid_t pid; /* 0: it has ended */
    RerunState state;
    int words_fd;
    char path[512], words[2048];
    size_t words_len;
};

static bool spawn(Rerun *r, const char *const *args, Diag *d) {
    char exe[4096];
    int ends[2];
    posix_spawn_file_actions_t files;
    if (pipe2(ends, O_CLOEXEC) != 0) return diag_fail(d, EXIT_WORLD, "no pipe: %s", strerror(errno));
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, ends[1], STDERR_FILENO);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    extern char **environ;
    int error = posix_spawnp(&r->pid, own_program("faultline", exe, sizeof exe), &files, NULL, (char *const *)args, environ);
    posix_spawn_file_actions_destroy(&files);
    close(ends[1]);
    if (error != 0) {
        close(ends[0]);
        r->pid = 0;
        return diag_fail(d, EXIT_WORLD, "cannot start %s: %s", exe, strerror(error));
    }
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    r->words_fd = ends[0];
    return true;
}

static bool start(Rerun **out, const char *command, const char *file, const char *const *set, size_t count, Diag *d) {
    const char *args[2 * SETTINGS_MAX + 8] = {"faultline", command, "--quiet"};
    Rerun *r = mem_zero(1, sizeof *r);
    size_t n = 3;
    *out = NULL;
    r->words_fd = -1;
    if (!scratch_file(r->path, sizeof r->path, d)) {
        free(r);
        return false;
    }
    args[n++] = "--out";
    args[n++] = r->path;
    for (size_t i = 0; i < count && i < SETTINGS_MAX; i++) {
        args[n++] = "--set";
        args[n++] = set[i];
    }
    args[n++] = "--";
    args[n++] = file;
    if (!spawn(r, args, d)) {
        rerun_free(r);
        return false;
    }
    *out = r;
    return true;
}

bool rerun_start(Rerun **out, const char *trace, const char *const *set, size_t count, Diag *d) {
    return start(out, "run", trace, set, count, d);
}

bool rerun_import(Rerun **out, const char *gotrace, Diag *d) { return start(out, "import", gotrace, NULL, 0, d); }

/* What does not fit is read and dropped, so that the child never waits for us. */
static void read_words(Rerun *r) {
    char buf[1024];
    for (ssize_t n; r->words_fd >= 0 && (n = read(r->words_fd, buf, sizeof buf)) > 0;) {
        size_t room = sizeof r->words - 1 - r->words_len, take = (size_t)n < room ? (size_t)n : room;
        memcpy(r->words + r->words_len, buf, take);
        r->words_len += take;
    }
}

RerunState rerun_poll(Rerun *r) {
    int status;
    if (r->pid == 0) return r->state;
    read_words(r);
    if (waitpid(r->pid, &status, WNOHANG) != r->pid) return RERUN_RUNS;
    read_words(r);
    r->pid = 0;
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_BUG;
    r->state = code == EXIT_WELL || code == EXIT_DIFFERS ? RERUN_DONE : RERUN_FAILED;
    return r->state;
}

uint64_t rerun_bytes(const Rerun *r) {
    struct stat st;
    return stat(r->path, &st) == 0 && st.st_size > 0 ? (uint64_t)st.st_size : 0;
}

const char *rerun_path(const Rerun *r) { return r->path; }
const char *rerun_words(const Rerun *r) { return r->words; }

void rerun_free(Rerun *r) {
    if (r == NULL) return;
    if (r->pid != 0) {
        kill(r->pid, SIGTERM);
        waitpid(r->pid, NULL, 0);
    }
    if (r->words_fd >= 0) close(r->words_fd);
    if (r->path[0]) unlink(r->path);
    free(r);
}

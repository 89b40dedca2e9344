/* native.c -- the job itself, and the child process that does it.
 *
 * The child is a copy of this process (fork) that reads, computes, writes and ends, and calls nothing else: there
 * may be threads of a driver here, whose locks the copy would find taken for ever.
 */
#include "native.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

bool native_saxpy(const Native *n) {
    for (uint64_t i = 0; i < n->count; i++) n->y[i] = n->a * n->x[i] + n->y[i];
    return true;
}

static bool write_all(int fd, const void *data, size_t size) {
    for (const char *p = data; size > 0;) {
        ssize_t n = write(fd, p, size);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        p += n;
        size -= (size_t)n;
    }
    return true;
}

static bool read_all(int fd, void *data, size_t size) {
    for (char *p = data; size > 0;) {
        ssize_t n = read(fd, p, size);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        p += n;
        size -= (size_t)n;
    }
    return true;
}

/* In pieces, so that neither side's pipe fills up while the other still writes. */
enum { PIECE = 1024 };

/* Nobody else's handler, and no core file. */
static void die(void) {
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    sigaction(SIGABRT, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
    raise(SIGABRT);
}

static _Noreturn void child(int in, int out, const Native *job) {
    float x[PIECE], y[PIECE];
    uint64_t count;
    for (;;) {
        if (!read_all(in, &count, sizeof count) || count == 0 || count > PIECE) _exit(0);
        if (!read_all(in, x, count * sizeof *x) || !read_all(in, y, count * sizeof *y)) _exit(1);
        if (job->aborts) die();
        native_saxpy(&(Native){.y = y, .x = x, .a = job->a, .count = count});
        if (!write_all(out, y, count * sizeof *y)) _exit(1);
    }
}

static bool converse(const Native *n, int to, int from) {
    for (uint64_t at = 0; at < n->count; at += PIECE) {
        uint64_t count = n->count - at < PIECE ? n->count - at : PIECE;
        if (!write_all(to, &count, sizeof count)) return false;
        if (!write_all(to, n->x + at, count * sizeof *n->x)) return false;
        if (!write_all(to, n->y + at, count * sizeof *n->y)) return false;
        if (!read_all(from, n->y + at, count * sizeof *n->y)) return false;
    }
    return true;
}

static void close_both(const int fd[2]) {
    close(fd[0]);
    close(fd[1]);
}

bool native_in_child(const Native *n, bool *died, Diag *d) {
    *died = false;
    int to[2], from[2];
    if (pipe(to) != 0)
        return diag_fail(d, EXIT_WORLD, "no pipe for a child process: %s", strerror(errno));
    if (pipe(from) != 0) {
        close_both(to);
        return diag_fail(d, EXIT_WORLD, "no pipe for a child process: %s", strerror(errno));
    }
    pid_t pid = fork();
    if (pid == 0) {
        close(to[1]);
        close(from[0]);
        child(to[0], from[1], n);
    }
    close(to[0]);
    close(from[1]);
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGPIPE, &ignore, &before); /* a child that has died is an error, not our end */
    bool well = pid > 0 && converse(n, to[1], from[0]);
    sigaction(SIGPIPE, &before, NULL);
    close(to[1]);
    close(from[0]);
    int status = 0;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
    if (pid < 0)
        return diag_fail(d, EXIT_WORLD, "no child process could be started: %s", strerror(errno));
    *died = n->aborts && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
    if (*died) return true;
    if (!well || status != 0)
        return diag_fail(d, EXIT_WORLD, "the child process ended before it had answered");
    return true;
}

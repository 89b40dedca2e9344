/* gobench.c -- starts other programs, without a shell, and reads what they say line by line, for a time at most. */
#include "gobench.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 64 * 1024, VERSION_S = 20, BUILD_S = 180, RUN_S = 120, LOOK_MS = 100 };
enum { NOT_STARTED = 127 };

typedef struct {
    int output; /* which of the child's outputs is read: STDOUT_FILENO, STDERR_FILENO */
    int seconds;
    void (*line)(void *ctx, const char *line);
    void *ctx;
    const char *temporary; /* where it may leave files; NULL = where it likes */
} Reader;

/* In the child. Whatever the user's Go is told to do otherwise (another toolchain, a workspace, flags): this is
 * one file, to be built with what is here. */
static _Noreturn void become(char *const argv[], int to, int output, const char *temporary) {
    int null = open("/dev/null", O_RDWR);
    setpgid(0, 0); /* it starts others, which are to end with it */
    dup2(null, STDIN_FILENO);
    dup2(output == STDOUT_FILENO ? to : null, STDOUT_FILENO);
    dup2(output == STDERR_FILENO ? to : null, STDERR_FILENO);
    if (temporary != NULL) setenv("TMPDIR", temporary, 1);
    setenv("GOTOOLCHAIN", "local", 1);
    setenv("GOFLAGS", "", 1);
    setenv("GOWORK", "off", 1);
    setenv("CGO_ENABLED", "1", 1);
    unsetenv("GODEBUG");
    unsetenv("GOGC");
    execvp(argv[0], argv);
    _exit(NOT_STARTED);
}

static volatile sig_atomic_t interrupted;

void gobench_interrupt(void) { interrupted = 1; }

static int64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Hands on whole lines until the output ends; false when the time is over before, or somebody interrupts. */
static bool read_lines(int from, const Reader *r) {
    int64_t end = now_ms() + r->seconds * 1000;
    char *buf = mem_alloc(LINE_MAX_BYTES + 1);
    size_t len = 0;
    bool in_time = true;
    for (;;) {
        struct pollfd p = {.fd = from, .events = POLLIN};
        int ready = poll(&p, 1, LOOK_MS);
        in_time = !interrupted && now_ms() < end;
        if (in_time && ready <= 0) continue;
        ssize_t n = in_time ? read(from, buf + len, LINE_MAX_BYTES - len) : 0;
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        len += (size_t)n;
        buf[len] = '\0';
        char *begin = buf;
        for (char *nl; (nl = memchr(begin, '\n', len - (size_t)(begin - buf))) != NULL; begin = nl + 1) {
            *nl = '\0';
            r->line(r->ctx, begin);
        }
        len -= (size_t)(begin - buf);
        memmove(buf, begin, len);
        if (len == LINE_MAX_BYTES) len = 0; /* no line of ours is that long */
    }
    free(buf);
    return in_time;
}

/* Its exit status; NOT_STARTED, or -1 when it took too long and was stopped. */
static int start(char *const argv[], const Reader *r) {
    int ends[2], status;
    if (pipe2(ends, O_CLOEXEC) != 0) return NOT_STARTED;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) become(argv, ends[1], r->output, r->temporary);
    close(ends[1]);
    bool in_time = pid > 0 && read_lines(ends[0], r);
    close(ends[0]);
    if (pid < 0) return NOT_STARTED;
    if (!in_time) kill(-pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
    if (!in_time) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ---- go env GOVERSION ---- */

typedef struct {
    char *text;
    size_t size;
} Kept;

static void keep_first(void *ctx, const char *line) {
    Kept *k = ctx;
    if (k->text[0] == '\0' && line[0] != '#') snprintf(k->text, k->size, "%s", line);
}

bool gobench_version(const char *go, char *version, size_t size) {
    char *const argv[] = {(char *)go, "env", "GOVERSION", NULL};
    Kept k = {version, size};
    version[0] = '\0';
    int status = start(argv, &(Reader){STDOUT_FILENO, VERSION_S, keep_first, &k, NULL});
    return status == 0 && strncmp(version, "go", 2) == 0;
}

/* ---- build and run ---- */

static bool build(const GoBench *b, const char *program, Diag *d) {
    char said[512] = "";
    Kept k = {said, sizeof said};
    char *const argv[] = {(char *)b->go, "build", "-o", (char *)program, (char *)b->source, NULL};
    int status = start(argv, &(Reader){STDERR_FILENO, BUILD_S, keep_first, &k, b->folder});
    if (status == 0) return true;
    if (status < 0) return diag_fail(d, EXIT_WORLD, "%s took more than %d s to build", b->source, BUILD_S);
    diag_fail(d, EXIT_WORLD, "%s cannot be built: %s", b->source, said[0] ? said : "go build says nothing");
    return diag_remedy(d, "It needs Go with cgo: a C compiler (apt-get install gcc), and a home for Go's cache.");
}

typedef struct {
    const GoBench *b;
    Measured *m;
    char wrong[64]; /* the first line that was not understood */
} Listening;

static void take(void *ctx, const char *line) {
    Listening *l = ctx;
    if (line[0] == '#' && l->b->progress) l->b->progress(line + 1 + strspn(line + 1, " "));
    if (line[0] == '#' || measured_line(l->m, line) || l->wrong[0]) return;
    snprintf(l->wrong, sizeof l->wrong, "%s", line);
}

bool gobench_run(const GoBench *b, Measured *m, Diag *d) {
    char program[4200], scale[32], cpu[16];
    snprintf(program, sizeof program, "%s/bench", b->folder);
    snprintf(scale, sizeof scale, "%g", b->scale);
    snprintf(cpu, sizeof cpu, "%d", b->other_cpu);
    if (b->progress) b->progress("go build");
    if (!build(b, program, d)) return false;
    Listening l = {.b = b, .m = m};
    char *const argv[] = {program, scale, cpu, NULL};
    int status = start(argv, &(Reader){STDOUT_FILENO, RUN_S, take, &l, NULL});
    if (status < 0) return diag_fail(d, EXIT_WORLD, "%s took more than %d s", b->source, RUN_S);
    if (status != 0) return diag_fail(d, EXIT_WORLD, "%s ended with status %d", b->source, status);
    if (l.wrong[0]) return diag_fail(d, EXIT_WORLD, "%s printed what is no figure: %s", b->source, l.wrong);
    return true;
}

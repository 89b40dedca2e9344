/* check.c -- suites, text comparison, temporary files, other programs. */
#include "check.h"

#include "../sim/base/bytes.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void suite(const char *name, const Check *checks) {
    CU_pSuite s = CU_add_suite(name, NULL, NULL);
    for (; checks->claim; checks++) CU_add_test(s, checks->claim, checks->run);
}

static unsigned skipped;

void check_skip(const char *why) {
    printf(" skipped: %s", why);
    skipped++;
}

unsigned checks_skipped(void) { return skipped; }

void check_text(const char *what, const char *expected, const char *got) {
    if (strcmp(expected, got) == 0) {
        CU_PASS("same");
        return;
    }
    size_t i = 0, line = 0;
    int number = 1;
    for (; expected[i] == got[i]; i++) {
        if (got[i] == '\n') {
            line = i + 1;
            number++;
        }
    }
    printf("\n  %s, line %d\n    expected: %.*s\n    got:      %.*s\n", what, number,
           (int)strcspn(expected + line, "\n"), expected + line, (int)strcspn(got + line, "\n"),
           got + line);
    CU_FAIL("texts differ");
}

static char temp_folder[256];

static void remove_temp(void) {
    char command[320];
    snprintf(command, sizeof command, "rm -rf '%s'", temp_folder);
    if (system(command) != 0) fprintf(stderr, "tests: could not remove %s\n", temp_folder);
}

const char *temp_path(const char *name) {
    static char path[8][512];
    static unsigned turn;
    if (!temp_folder[0]) {
        const char *tmp = getenv("TMPDIR");
        snprintf(temp_folder, sizeof temp_folder, "%s/faultline-tests-XXXXXX",
                 tmp && *tmp ? tmp : "/tmp");
        ASSERT(mkdtemp(temp_folder) != NULL);
        atexit(remove_temp);
    }
    char *p = path[turn++ % ARRAY_LEN(path)];
    snprintf(p, sizeof path[0], "%s/%s", temp_folder, name);
    return p;
}

static char *slurp(int fd) {
    Bytes b = {0};
    char chunk[4096];
    ssize_t n;
    lseek(fd, 0, SEEK_SET);
    while ((n = read(fd, chunk, sizeof chunk)) > 0) bytes_add(&b, chunk, (size_t)n);
    bytes_add(&b, "", 1);
    return (char *)b.data;
}

static int temp_fd(void) {
    char name[300];
    snprintf(name, sizeof name, "%s", temp_path("outputXXXXXX"));
    int fd = mkstemp(name);
    ASSERT(fd >= 0);
    unlink(name);
    return fd;
}

int run_command(const char *command, int seconds, char **out, char **err) {
    int fd[2] = {temp_fd(), temp_fd()};
    char limit[16];
    snprintf(limit, sizeof limit, "%d", seconds);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(fd[0], STDOUT_FILENO);
        dup2(fd[1], STDERR_FILENO);
        execlp("timeout", "timeout", "-s", "KILL", limit, "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    ASSERT(pid > 0 && waitpid(pid, &status, 0) == pid);
    if (out) *out = slurp(fd[0]);
    if (err) *err = slurp(fd[1]);
    close(fd[0]);
    close(fd[1]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void check_write(const char *path, const void *bytes, size_t len) {
    FILE *f = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL_FATAL(fwrite(bytes, 1, len, f), len);
    fclose(f);
}

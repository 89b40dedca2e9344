/* keep.c -- a file is written beside its place, and then put there: who reads it never sees a half. */
#include "keep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_absolute(const char *path) { return path && path[0] == '/'; }

const char *keep_path(char buf[KEEP_PATH_MAX], const char *named, const char *home, const char *below, const char *name) {
    int n = 0;
    if (is_absolute(named)) n = snprintf(buf, KEEP_PATH_MAX, "%s/faultline/%s", named, name);
    else if (is_absolute(home)) n = snprintf(buf, KEEP_PATH_MAX, "%s/%s/faultline/%s", home, below, name);
    if (n <= 0 || n >= KEEP_PATH_MAX) buf[0] = '\0';
    return buf;
}

const char *keep_config(char buf[KEEP_PATH_MAX], const char *name) {
    return keep_path(buf, getenv("XDG_CONFIG_HOME"), getenv("HOME"), ".config", name);
}
const char *keep_state(char buf[KEEP_PATH_MAX], const char *name) {
    return keep_path(buf, getenv("XDG_STATE_HOME"), getenv("HOME"), ".local/state", name);
}

char *keep_read(const char *path, Diag *d) {
    enum { KEPT_MAX = 1 << 20 };
    *d = (Diag){0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) return NULL;
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        diag_fail(d, EXIT_WORLD, "%s cannot be read: %s", path, fd < 0 ? strerror(errno) : "it is no file");
        if (fd >= 0) close(fd);
        return NULL;
    }
    char *text = mem_zero(1, KEPT_MAX + 1);
    size_t len = 0;
    for (ssize_t n; len < KEPT_MAX && (n = read(fd, text + len, KEPT_MAX - len)) > 0;) len += (size_t)n;
    close(fd);
    text[len] = '\0';
    return text;
}

/* Each folder of the path; that one is there already is no error. */
static void make_folders(const char *path) {
    char part[KEEP_PATH_MAX];
    for (const char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
        snprintf(part, sizeof part, "%.*s", (int)(p - path), path);
        mkdir(part, 0700);
    }
}

static bool write_all(int fd, const char *text) {
    size_t len = strlen(text);
    for (ssize_t n; len > 0; text += n, len -= (size_t)n) {
        n = write(fd, text, len);
        if (n <= 0) return false;
    }
    return fsync(fd) == 0;
}

bool keep_write(const char *path, const char *text, Diag *d) {
    char beside[KEEP_PATH_MAX + 16];
    make_folders(path);
    snprintf(beside, sizeof beside, "%s.XXXXXX", path);
    int fd = mkstemp(beside);
    if (fd < 0) return diag_fail(d, EXIT_WORLD, "%s cannot be written: %s", path, strerror(errno));
    bool well = write_all(fd, text);
    well = close(fd) == 0 && well;
    if (well && rename(beside, path) == 0) return true;
    diag_fail(d, EXIT_WORLD, "%s cannot be written: %s", path, strerror(errno));
    unlink(beside);
    return false;
}

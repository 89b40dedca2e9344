/* scratch.c -- the only place that asks where temporary things go. */
#include "scratch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void name(char *path, size_t size) {
    const char *tmp = getenv("TMPDIR");
    snprintf(path, size, "%s/faultline-XXXXXX", tmp && *tmp ? tmp : "/tmp");
}

static bool no_place(const char *what, char *path, Diag *d) {
    diag_fail(d, EXIT_WORLD, "cannot make a temporary %s %s: %s", what, path, strerror(errno));
    path[0] = '\0';
    return diag_remedy(d, "Set TMPDIR to a folder that can be written to, or unset it for /tmp.");
}

bool scratch_file(char *path, size_t size, Diag *d) {
    name(path, size);
    int fd = mkstemp(path);
    if (fd < 0) return no_place("file", path, d);
    close(fd);
    return true;
}

bool scratch_folder(char *path, size_t size, Diag *d) {
    name(path, size);
    return mkdtemp(path) != NULL || no_place("folder", path, d);
}

/* driver.c -- a private compiler cache, and files as text. */
#include "driver.h"

#include "../../sim/base/base.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[256];
static pid_t owner; /* a child process must not remove its parent's cache */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *walk) {
    (void)st, (void)type, (void)walk;
    return remove(path);
}

static void remove_folder(void) {
    if (getpid() == owner) nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void driver_private_cache(void) {
    if (folder[0]) return;
    const char *tmp = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%.200s/faultline-test-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (mkdtemp(folder) == NULL) {
        fprintf(stderr, "tests: cannot make a folder like %s\n", folder);
        exit(EXIT_WORLD);
    }
    owner = getpid();
    atexit(remove_folder);
    setenv("POCL_CACHE_DIR", folder, 1);
}

char *driver_read_file(const char *path) {
    FILE *in = fopen(path, "rb");
    if (in == NULL) {
        fprintf(stderr, "tests: cannot read %s; run them from the root of the repository\n", path);
        exit(EXIT_WORLD);
    }
    size_t length = 0, cap = 0;
    char *text = NULL;
    do {
        GROW(text, cap, length + 4096);
        length += fread(text + length, 1, cap - length - 1, in);
    } while (!feof(in) && !ferror(in));
    text[length] = '\0';
    fclose(in);
    return text;
}

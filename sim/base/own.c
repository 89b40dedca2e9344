/* own.c -- the folder is asked of the kernel: argv[0] may say anything. */
#include "own.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *own_folder(char *buf, size_t size) {
    ssize_t n = readlink("/proc/self/exe", buf, size - 1);
    buf[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(buf, '/');
    if (slash) slash[1] = '\0';
    else buf[0] = '\0';
    return buf;
}

bool own_find(const char *folder, const char *name, char *buf, size_t size) {
    const char *slash = strrchr(folder, '/'), *last = slash ? slash + 1 : folder;
    const struct {
        const char *above, *folder;
    } places[] = {{"../", folder}, {"../../", folder}, {"../share/faultline/", last}};
    char own[2048];
    own_folder(own, sizeof own);
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        int n = snprintf(buf, size, "%s%s%s/%s", own, places[i].above, places[i].folder, name);
        if (n > 0 && (size_t)n < size && access(buf, R_OK) == 0) return true;
    }
    buf[0] = '\0';
    return false;
}

const char *own_program(const char *name, char *buf, size_t size) {
    char own[2048];
    snprintf(buf, size, "%s%s", own_folder(own, sizeof own), name);
    return access(buf, X_OK) == 0 ? buf : name;
}

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

const char *own_program(const char *name, char *buf, size_t size) {
    char own[2048];
    snprintf(buf, size, "%s%s", own_folder(own, sizeof own), name);
    return access(buf, X_OK) == 0 ? buf : name;
}

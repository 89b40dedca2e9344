/* paths.c -- where scenarios, kernels and the other program are: in the project, or installed. */
#include "cli.h"

#include "../base/own.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool there(const char *path) { return access(path, R_OK) == 0; }

const char *path_scenario(const char *name, char *buf, size_t size) {
    char with_suffix[2048], real[PATH_MAX];
    if (there(name) || name[0] == '/' || name[0] == '.') return name;
    snprintf(with_suffix, sizeof with_suffix, "%s.lua", name);
    if (!own_find("scenarios", name, buf, size) && !own_find("scenarios", with_suffix, buf, size))
        return name; /* the error then names what was asked for */
    if (realpath(buf, real)) snprintf(buf, size, "%s", real);
    return buf;
}

bool path_kernel(const char *scenario, const char *name, char *buf, size_t size) {
    static const char *const beside[] = {"", "opencl_kernels/", "../opencl_kernels/"};
    const char *slash = strrchr(scenario, '/');
    int folder = slash ? (int)(slash + 1 - scenario) : 0;
    for (size_t i = 0; i < ARRAY_LEN(beside); i++) {
        snprintf(buf, size, "%.*s%s%s.cl", folder, scenario, beside[i], name);
        if (there(buf)) return true;
    }
    char file[256];
    snprintf(file, sizeof file, "%s.cl", name);
    return own_find("opencl_kernels", file, buf, size);
}

bool path_bench(char *buf, size_t size) { return own_find("sim/calibrate", "bench.go", buf, size); }

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
    static const char *const places[] = {"../scenarios/", "../../scenarios/",
                                         "../share/faultline/scenarios/"};
    char own[2048];
    if (there(name) || name[0] == '/' || name[0] == '.') return name;
    own_folder(own, sizeof own);
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        for (int suffix = 0; suffix < 2; suffix++) {
            snprintf(buf, size, "%s%s%s%s", own, places[i], name, suffix ? ".lua" : "");
            char real[PATH_MAX];
            if (!there(buf)) continue;
            if (realpath(buf, real)) snprintf(buf, size, "%s", real);
            return buf;
        }
    }
    return name; /* the error then names what was asked for */
}

bool path_kernel(const char *scenario, const char *name, char *buf, size_t size) {
    static const char *const beside[] = {"", "opencl_kernels/", "../opencl_kernels/"};
    static const char *const own_places[] = {"../opencl_kernels/", "../../opencl_kernels/",
                                             "../share/faultline/opencl_kernels/"};
    char own[2048];
    const char *slash = strrchr(scenario, '/');
    int folder = slash ? (int)(slash + 1 - scenario) : 0;
    for (size_t i = 0; i < ARRAY_LEN(beside); i++) {
        snprintf(buf, size, "%.*s%s%s.cl", folder, scenario, beside[i], name);
        if (there(buf)) return true;
    }
    own_folder(own, sizeof own);
    for (size_t i = 0; i < ARRAY_LEN(own_places); i++) {
        snprintf(buf, size, "%s%s%s.cl", own, own_places[i], name);
        if (there(buf)) return true;
    }
    return false;
}

bool path_bench(char *buf, size_t size) {
    static const char *const places[] = {"../sim/calibrate/", "../../sim/calibrate/", "../share/faultline/calibrate/"};
    char own[2048];
    own_folder(own, sizeof own);
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        snprintf(buf, size, "%s%sbench.go", own, places[i]);
        if (there(buf)) return true;
    }
    return false;
}

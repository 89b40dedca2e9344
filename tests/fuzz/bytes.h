/* bytes.h -- the fuzzer's bytes as a file in memory, since the reader wants a file. */
#ifndef FAULTLINE_TESTS_FUZZ_BYTES_H
#define FAULTLINE_TESTS_FUZZ_BYTES_H

#include "../../sim/base/base.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* Its path; good until the next call. */
static inline const char *fuzz_file(const uint8_t *data, size_t size) {
    static int fd = -1;
    static char path[64];
    if (fd < 0) fd = memfd_create("trace", 0);
    ASSERT(fd >= 0 && ftruncate(fd, 0) == 0);
    ASSERT(pwrite(fd, data, size, 0) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return path;
}

#endif

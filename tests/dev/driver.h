/* driver.h -- what the tests of sim/dev share: a private compiler cache, and files as text. */
#ifndef FAULTLINE_TESTS_DEV_DRIVER_H
#define FAULTLINE_TESTS_DEV_DRIVER_H

/* Makes pocl keep its compiled kernels in a temporary folder, which is removed when the process
 * ends. Call it before the first OpenCL call, as often as you like. */
void driver_private_cache(void);

/* The text of a file of the repository, from its root, where the tests are run; free() it. Ends
 * the test program when it is not there. */
char *driver_read_file(const char *path);

#endif

/* buildlog.h -- the first error in what an OpenCL compiler said.
 *
 * No standard says what a build log looks like. Seen:
 *
 *     error: dir/k.cl:3:10: use of undeclared identifier 'q'          pocl
 *     dir/k.cl:3:10: error: use of undeclared identifier 'q'          clang, NVIDIA, Intel, Mesa
 *     "dir/k.cl", line 3: error: identifier "q" is undefined          older AMD
 *
 * A log that is none of these still gives its first lines as the message.
 */
#ifndef FAULTLINE_BUILDLOG_H
#define FAULTLINE_BUILDLOG_H

#include "../base/base.h"

typedef struct {
    int line;     /* 0: the log names no place */
    int column;   /* 0: the log names no column */
    int errors;   /* lines of the log that report one */
    bool unnamed; /* the place is in "<kernel>": the driver counts lines of the text it was given,
                     and takes no notice of #line (NVIDIA) */
    char message[512];
} BuildError;

void buildlog_read(BuildError *error, const char *log);

#endif

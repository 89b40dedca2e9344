/* signature.h -- what a kernel wants, read from its source text.
 *
 * Not asked of the driver, for two reasons: a wrong call must be refused in the same words when
 * there is no driver (--device none), and CL_KERNEL_ARG_TYPE_NAME is optional and spelt differently
 * by each. The price is a small subset: buffers of four element types, three kinds of scalars.
 */
#ifndef FAULTLINE_SIGNATURE_H
#define FAULTLINE_SIGNATURE_H

#include "dev.h"

/* Finds kernel `name` in the OpenCL C text `source` (read from `file`, for messages). A kernel that
 * is not there or a parameter that is not supported is a Diag with its place and excerpt. */
bool signature_read(DevSignature *signature, const char *file, const char *name, const char *source,
                    Diag *d);

/* False, with the place, when the source asks for what slicing changes: the size of the launch, or
 * the number of its groups. */
bool signature_sliceable(const char *file, const char *source, Diag *d);

/* "a buffer", "a float", "an int", "a uint": for messages. */
const char *signature_kind_text(DevArgKind kind);

#endif

/* scratch.h -- files and folders that go again: in TMPDIR, else in /tmp. Who makes one removes it. */
#ifndef FAULTLINE_SCRATCH_H
#define FAULTLINE_SCRATCH_H

#include "diag.h"

/* A new empty file, a new folder; its path in `path`. False with a Diag, and path is "". */
bool scratch_file(char *path, size_t size, Diag *d);
bool scratch_folder(char *path, size_t size, Diag *d);

#endif

/* shot.h -- one picture of one moment into a file, without a display. */
#ifndef FAULTLINE_SHOT_H
#define FAULTLINE_SHOT_H

#include "frame.h"
#include "show.h"

/* Writes PNG, SVG or PDF, by the end of the name. The same moment gives the same bytes. */
/* The frame of the moment, with all that has to be read for it. */
void shot_build(Show *w, Frame *f);
bool shot_write(Show *w, const char *path, Diag *d);
/* The sheet of all tokens, which needs no trace. */
bool shot_tokens(const char *path, Diag *d);

/* Milliseconds per frame while playing: median and 99th percentile of n frames, on `out`. */
void shot_bench(Show *w, unsigned frames, void *out /* FILE * */);

#endif

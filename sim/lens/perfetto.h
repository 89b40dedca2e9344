/* perfetto.h -- a trace of ours for Perfetto's UI: Ps, threads, goroutines and the device as tracks, with what wakes
 * whom as arrows between them.
 *
 * Order of use: perfetto_new, perfetto_event for each event in turn (with the model after it), perfetto_close,
 * perfetto_finding for each one, perfetto_free. Whatever of the file is finished stands in perfetto_out: the caller
 * takes it away, and sets its length to 0. Memory grows with the things that the model knows, as the model does, and
 * not with the events.
 */
#ifndef FAULTLINE_PERFETTO_H
#define FAULTLINE_PERFETTO_H

#include "../event/model.h"
#include "findings.h"

typedef struct Perfetto Perfetto;

/* title: of the group above all others. */
Perfetto *perfetto_new(const char *title);
void perfetto_event(Perfetto *w, const Model *after, const Event *e);
/* After the last event: ends what is still open. */
void perfetto_close(Perfetto *w);
void perfetto_finding(Perfetto *w, const Finding *f);
Bytes *perfetto_out(Perfetto *w);
void perfetto_free(Perfetto *w);

#endif

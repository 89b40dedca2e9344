/* imported.c -- reader, importer and model, put together as faultline import does. */
#include "imported.h"

Imported import_trace(const char *path, WatchFn before, WatchFn after, void *ctx) {
    Imported got = {0};
    GotraceReader *r;
    const GotraceEvent *e;
    GotraceStep step = GOTRACE_EVENT;
    if (!gotrace_reader_open(&r, path, &got.d)) return got;
    Stream *s = stream_new();
    GotraceImport *im = gotrace_import_new(r, s);
    Watch w;
    watch_init(&w, s->text);
    watch_add(&w, before, after, ctx);
    w.forgiving = true;
    stream_add(s, watch_sink, &w);
    while (step == GOTRACE_EVENT && w.refused_seq == 0) {
        step = gotrace_next(r, &e, &got.d);
        if (step == GOTRACE_EVENT && !gotrace_import_event(im, e, &got.d)) step = GOTRACE_BROKEN;
    }
    stream_flush(s);
    got.refused = w.refused_seq != 0;
    if (got.refused) diag_fail(&got.d, EXIT_WORLD, "event #%llu: %s", (unsigned long long)w.refused_seq, w.refused);
    got.ok = step == GOTRACE_END && !got.refused;
    got.told = *gotrace_imported(im);
    got.counts = *gotrace_counts(r);
    gotrace_import_free(im);
    watch_free(&w);
    stream_free(s);
    gotrace_reader_close(r);
    return got;
}

/* gotrace_import.c -- any bytes at all as a Go trace, imported: the model takes it or says why not, and whoever looks at
 * each of its events (figures, findings, sentences, causes, the two exports) gets along with it.
 *
 * `make fuzz FUZZ=gotrace_import`; see gotrace_read.c.
 */
#include "../imported.h"

#include "../../sim/lens/findings.h"
#include "../../sim/lens/gotrace_write.h"
#include "../../sim/lens/narrate.h"
#include "../../sim/lens/perfetto.h"
#include "../../sim/lens/summary.h"
#include "../../sim/lens/why.h"
#include "bytes.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    Summary summary;
    Findings findings;
    Perfetto *perfetto;
    GotraceWriter *again;
    char refused[MODEL_WHY_MAX]; /* by the export to Go's form: nothing after it is told */
    Event *event;
    size_t count, cap;
    Model *last;
} Lookers;

static bool event_at(void *ctx, uint64_t seq, Event *e) {
    const Lookers *l = ctx;
    if (seq == 0 || seq > l->count) return false;
    *e = l->event[seq - 1];
    return true;
}

static void before(void *ctx, const Model *m, const Event *e) {
    Lookers *l = ctx;
    summary_event(&l->summary, m, e);
    findings_event(&l->findings, m, e);
}

static void after(void *ctx, const Model *m, const Event *e) {
    Lookers *l = ctx;
    Narration n;
    Why y;
    narrate(m, e, &n);
    ASSERT(n.headline[0] != '\0');
    perfetto_event(l->perfetto, m, e);
    perfetto_out(l->perfetto)->len = 0;
    if (l->refused[0] == '\0') gotrace_event(l->again, m, e, l->refused);
    gotrace_out(l->again)->len = 0;
    GROW(l->event, l->cap, l->count + 1);
    l->event[l->count++] = *e;
    WhyAt at = {m, m->now_ns, "", event_at, l};
    if (l->count > 64) return; /* the chain of causes costs most */
    why(&at, KIND_G, event_first(e, KIND_G), &y);
    why(&at, KIND_P, event_first(e, KIND_P), &y);
    why(&at, KIND_M, event_first(e, KIND_M), &y);
    if (l->count % 16 != 0) return;
    Bytes b = {0};
    Model *copy;
    model_save(m, &b);
    ASSERT(model_load(&copy, m->text, b.data, b.len));
    model_free(copy);
    bytes_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Lookers l = {.perfetto = perfetto_new("fuzz"), .again = gotrace_new(26, "fuzz", 64)};
    summary_begin(&l.summary);
    findings_begin(&l.findings, NULL);
    Imported got = import_trace(fuzz_file(data, size), before, after, &l);
    ASSERT(got.ok || got.d.message[0] != '\0');
    perfetto_close(l.perfetto);
    perfetto_free(l.perfetto);
    gotrace_close(l.again);
    gotrace_free(l.again);
    findings_free(&l.findings);
    free(l.event);
    return 0;
}

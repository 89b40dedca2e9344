/* scenario.c -- the script layer, a world and the findings' sink, put together in the smallest way. */
#include "scenario.h"

#include "dev/driver.h"

#include "../sim/event/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool kernel(void *ctx, const char *name, char **file, char **source, Diag *d) {
    (void)ctx;
    char path[160];
    snprintf(path, sizeof path, "opencl_kernels/%.100s.cl", name);
    FILE *there = fopen(path, "rb");
    if (there == NULL) return diag_fail(d, EXIT_SCENARIO, "there is no kernel %s", name);
    fclose(there);
    *file = mem_text(path);
    *source = driver_read_file(path);
    return true;
}

void found_keys(const Findings *f, char out[FOUND_TEXT_MAX]) {
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < f->count && n < FOUND_TEXT_MAX; i++)
        n += (size_t)snprintf(out + n, FOUND_TEXT_MAX - n, "%s%s", i ? ", " : "",
                              finding_spec(f->found[i].kind)->key);
}

static void before_event(void *ctx, const Model *m, const Event *e) {
    Found *f = ctx;
    f->events++;
    findings_event(&f->findings, m, e);
}

static void run(Found *f, Script *s, Dev *dev) {
    const Scenario *sc = script_scenario(s);
    Stream *stream = stream_new();
    Watch watch;
    Bytes profile = {0};
    costs_text(&sc->costs, &profile);
    bytes_add(&profile, "", 1);
    findings_begin(&f->findings, (const char *)profile.data);
    bytes_free(&profile);
    watch_init(&watch, stream->text);
    watch_add(&watch, before_event, NULL, f);
    stream_add(stream, watch_sink, &watch);
    WorldOptions opt = script_world_options(s);
    World *w = world_new(stream, dev, script_prog(s), &opt);
    if (script_start(s, w, dev, &f->diag)) world_run(w);
    stream_flush(stream);
    f->outcome = w->outcome;
    f->ran = w->outcome != RUN_GOES && w->outcome != RUN_FAILED;
    if (w->outcome == RUN_FAILED) f->diag = w->diag;
    findings_end(&f->findings, watch.model);
    findings_free(&f->findings);
    found_keys(&f->findings, f->found);
    world_free(w);
    watch_free(&watch);
    stream_free(stream);
}

Found found_in(const char *path, const char *source, const char *const *set, size_t set_count) {
    Found f = {0};
    Script *s = NULL;
    Dev *dev = NULL;
    ScriptOptions opt = {.set = set, .set_count = set_count, .kernel = kernel};
    bool ok = script_load(&s, path, source, strlen(source), &opt, &f.diag) && dev_open(&dev, "none", &f.diag);
    for (size_t i = 0; ok && i < script_expect_count(s); i++) {
        const Expectation *x = script_expect(s, i);
        if (strcmp(x->key, "findings") != 0) continue;
        f.judged = true;
        snprintf(f.expected, sizeof f.expected, "%s", x->text);
    }
    if (ok) run(&f, s, dev);
    script_free(s);
    dev_close(dev);
    return f;
}

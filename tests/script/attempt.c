/* attempt.c -- loads, runs and checks a scenario, and keeps what it said. */
#include "attempt.h"

#include "../../sim/base/units.h"
#include "../../sim/event/text.h"
#include "../check.h"
#include "../dev/driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    Bytes notes, events, verdicts, figures;
} Kept;

static void add(Bytes *b, const char *text) { bytes_add(b, text, strlen(text)); }

static void sink(void *ctx, const Block *b, const Intern *text) {
    Kept *k = ctx;
    const uint8_t *p = b->bytes, *end = p + b->len;
    uint64_t previous = b->base_ns;
    char line[EVENT_TEXT_MAX], time[TIME_TEXT_MAX];
    for (Event e = {.seq = b->first_seq}; p != end; e.seq++) {
        p = event_decode(p, end, previous, event_table(), &e);
        ASSERT(p != NULL);
        previous = e.time_ns;
        add(&k->events, time_text(time, sizeof time, e.time_ns));
        add(&k->events, " ");
        add(&k->events, event_text_short(line, &e, text));
        add(&k->events, "\n");
        if (e.kind != EV_NOTE && e.kind != EV_PANIC) continue;
        add(&k->notes, intern_text(text, e.arg[1]));
        add(&k->notes, "\n");
    }
}

typedef struct {
    const How *how;
    Script *s;
} Asked;

static bool kernel_file(void *ctx, const char *name, char **file, char **source, Diag *d) {
    Asked *asked = ctx;
    char path[160];
    if (asked->how && asked->how->moment && strncmp(name, "at ", 3) == 0) {
        asked->how->moment(asked->how->ctx, asked->s, name + 3);
        return diag_fail(d, EXIT_SCENARIO, "this was a moment, and no kernel");
    }
    snprintf(path, sizeof path, "opencl_kernels/%.100s.cl", name);
    FILE *there = fopen(path, "rb");
    if (there == NULL) {
        snprintf(path, sizeof path, "tests/scenarios/%.100s.cl", name);
        there = fopen(path, "rb");
    }
    if (there == NULL) return diag_fail(d, EXIT_SCENARIO, "there is no kernel %s", name);
    fclose(there);
    *file = mem_text(path);
    *source = driver_read_file(path);
    return true;
}

static void verdict(void *ctx, const char *text, int held, const char *got, int line) {
    Bytes *b = ctx;
    char out[600];
    snprintf(out, sizeof out, held > 0 ? "%d %s @%d\n" : "%d %s @%d: %s\n", held, text, line, got);
    add(b, out);
}

static void list_figures(const Script *s, Bytes *b) {
    static const char *const op[] = {"=", ">=", "<=", "between", "set"};
    for (size_t i = 0; i < script_expect_count(s); i++) {
        const Expectation *x = script_expect(s, i);
        char out[400];
        snprintf(out, sizeof out, "%s %s %llu %llu [%s] @%d\n", x->key, op[x->op],
                 (unsigned long long)x->low, (unsigned long long)x->high, x->text, x->line);
        add(b, out);
    }
}

static void run(Attempt *a, Script *s, Dev *dev, const How *how, Kept *k) {
    Stream *stream = stream_new();
    stream_add(stream, sink, k);
    WorldOptions opt = script_world_options(s);
    if (how && how->seed) opt.seed = how->seed;
    World *w = world_new(stream, dev, script_prog(s), &opt);
    if (!script_start(s, w, dev, &a->diag)) a->failed = true;
    else {
        while (world_step(w)) a->steps++;
        world_end(w);
    }
    stream_flush(stream);
    a->outcome = w->outcome;
    if (w->outcome == RUN_FAILED) {
        a->failed = true;
        a->diag = w->diag;
        script_place(s, &a->diag);
    } else if (!script_check_results(s, verdict, &k->verdicts, &a->diag)) {
        a->failed = true;
    }
    world_free(w);
    stream_free(stream);
}

static char *text_of(Bytes *b) {
    bytes_add(b, "", 1);
    return (char *)b->data;
}

Attempt attempt(const char *source, const How *how) {
    Attempt a = {0};
    Kept k = {0};
    Asked asked = {.how = how};
    Dev *dev = NULL;
    const char *want = how && how->device ? how->device : "none";
    size_t sets = 0;
    while (how && how->set && how->set[sets]) sets++;
    ScriptOptions opt = {.set = how ? how->set : NULL,
                         .set_count = sets,
                         .kernel = kernel_file,
                         .kernel_ctx = &asked,
                         .no_strands = how && how->no_strands};
    if (strcmp(want, "none") != 0) driver_private_cache();
    a.loaded = script_load(&asked.s, "folder/try.lua", source, strlen(source), &opt, &a.diag);
    a.failed = !a.loaded || !dev_open(&dev, want, &a.diag);
    Script *s = asked.s;
    if (a.loaded) {
        a.scenario = *script_scenario(s);
        list_figures(s, &k.figures);
    }
    if (!a.failed) run(&a, s, dev, how, &k);
    script_free(s);
    dev_close(dev);
    a.notes = text_of(&k.notes);
    a.events = text_of(&k.events);
    a.verdicts = text_of(&k.verdicts);
    a.figures = text_of(&k.figures);
    return a;
}

bool device_missing(void) {
    Dev *dev;
    Diag d;
    driver_private_cache();
    if (!dev_open(&dev, "auto", &d)) {
        check_skip(d.message);
        return true;
    }
    dev_close(dev);
    return false;
}

void attempt_free(Attempt *a) {
    free(a->notes);
    free(a->events);
    free(a->verdicts);
    free(a->figures);
    *a = (Attempt){0};
}

Diag attempt_fails(const char *source, const char *message) {
    Attempt a = attempt(source, NULL);
    Diag d = a.diag;
    if (!a.failed) printf("\n  ran: %s\n  but should say: %s\n", source, message);
    CU_ASSERT(a.failed);
    attempt_free(&a);
    bool said = strstr(d.message, message) != NULL || strstr(d.remedy, message) != NULL;
    if (!said)
        printf("\n  of:        %s\n  said:      %s | %s\n  and not:   %s\n", source, d.message,
               d.remedy, message);
    CU_ASSERT(said);
    CU_ASSERT(strstr(d.message, "[string") == NULL);
    CU_ASSERT(strstr(d.message, "try.lua") == NULL); /* the place stands in its own fields */
    return d;
}

void attempt_says(const char *source, const char *notes) {
    Attempt a = attempt(source, NULL);
    if (a.failed) printf("\n  line %d: %s | %s\n", a.diag.line, a.diag.message, a.diag.remedy);
    CU_ASSERT_FALSE(a.failed);
    check_text(source, notes, a.notes);
    attempt_free(&a);
}

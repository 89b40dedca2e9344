/* runner.c -- scenario in, trace and verdicts out.
 *
 * The chunk is loaded, the world made, the clock run until it stands; then the expectations are judged
 * by the same figures that `faultline summary` shows, and the verdicts become the last events. A file
 * that holds the trace gets the scenario, options, cost profile and kernels first, so that it can be
 * replayed anywhere.
 */
#include "runner.h"

#include "../base/units.h"
#include "../event/pump.h"
#include "cli.h"

#include <ctype.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    const RunRequest *rq;
    RunReport *r;
    Stream *s;
    Dev *dev;
    bool dev_missing; /* --device auto found none: dev_diag says so to whoever needs one */
    Diag dev_diag;
    TraceWriter *w;
    Script *script;
    World *world;
    Pump *pump; /* writing, counting and telling happen beside the simulation */
    Watch watch;
    struct {
        char *name, *source;
    } * kernel; /* read so far, for the trace */
    size_t kernel_count, kernel_cap, kernel_written;
    struct timespec began;
    bool shown;
} Runner;

const char *runner_outcome(RunOutcome o) {
    static const char *const names[] = {"running", "exited", "deadlock",
                                        "panic",   "limit",  "failed"};
    return names[o];
}

/* ---- kernels ---- */

static bool kernel_from_file(const char *scenario, const char *name, char **file, char **source,
                             Diag *d) {
    char path[4096];
    size_t len;
    if (!path_kernel(scenario, name, path, sizeof path)) {
        diag_fail(d, EXIT_SCENARIO,
                  "there is no kernel %s: no file %s.cl beside the scenario or in opencl_kernels",
                  name, name);
        return diag_remedy(d, "The kernels of the project are in opencl_kernels/; your own may lie "
                              "beside the scenario.");
    }
    if (!cli_read_file(path, source, &len, d)) return false;
    *file = mem_text(path);
    return true;
}

/* Everything emitted so far has been written and counted. */
static void settle(Runner *u) {
    stream_flush(u->s);
    pump_drain(u->pump);
}

/* A kernel may be asked for in the middle of a run: what came before it is written first. */
static void write_kernels(Runner *u) {
    if (u->s != NULL) settle(u);
    for (; u->w != NULL && u->kernel_written < u->kernel_count; u->kernel_written++) {
        char name[128];
        snprintf(name, sizeof name, "kernel %s.cl", u->kernel[u->kernel_written].name);
        const char *source = u->kernel[u->kernel_written].source;
        trace_section(u->w, name, source, strlen(source));
    }
}

static bool kernel(void *ctx, const char *name, char **file, char **source, Diag *d) {
    Runner *u = ctx;
    if (u->dev_missing && u->rq->kernel == NULL) { /* a replay can do without */
        *d = u->dev_diag;
        return false;
    }
    if (u->rq->kernel != NULL) {
        if (!u->rq->kernel(u->rq->kernel_ctx, name, file, source, d)) return false;
    } else if (!kernel_from_file(u->rq->path, name, file, source, d)) {
        return false;
    }
    for (size_t i = 0; i < u->kernel_count; i++) {
        if (strcmp(u->kernel[i].name, name) == 0) return true;
    }
    GROW(u->kernel, u->kernel_cap, u->kernel_count + 1);
    u->kernel[u->kernel_count].name = mem_text(name);
    u->kernel[u->kernel_count++].source = mem_text(*source);
    write_kernels(u);
    return true;
}

/* Bytes that a device has computed: beside the run, not part of it. */
static void keep_picture(void *ctx, uint64_t n, uint32_t width, uint32_t height, const uint8_t *rgb) {
    Runner *u = ctx;
    char text[64];
    if (u->w == NULL) return;
    settle(u);
    Bytes b = {0};
    bytes_add(&b, text, (size_t)snprintf(text, sizeof text, "%u %u\n", width, height));
    bytes_add(&b, rgb, (size_t)3 * width * height);
    snprintf(text, sizeof text, "picture %llu", (unsigned long long)n);
    trace_aside(u->w, text, b.data, b.len);
    bytes_free(&b);
}

/* ---- the device ---- */

/* Does the text speak of `cl` at all? A scenario of pure Go needs no driver. */
static bool mentions_cl(const char *source) {
    for (const char *p = source; (p = strstr(p, "cl")) != NULL; p += 2) {
        bool starts = p == source || !(isalnum((unsigned char)p[-1]) || p[-1] == '_');
        bool ends = !(isalnum((unsigned char)p[2]) || p[2] == '_');
        if (starts && ends) return true;
    }
    return false;
}

static bool open_device(Runner *u, Diag *d) {
    u->r->uses_device = mentions_cl(u->rq->source);
    const char *want = u->r->uses_device ? u->rq->device : "none";
    if (dev_open(&u->dev, want, d)) {
        u->r->device = *dev_info(u->dev);
        return true;
    }
    if (strcmp(want, "auto") != 0) return false;
    u->dev_missing = true; /* an error only if a kernel is really wanted */
    u->dev_diag = *d;
    return dev_open(&u->dev, "none", d);
}

/* ---- the trace's head ---- */

static void write_head(Runner *u) {
    const Scenario *sc = &u->r->scenario;
    char text[64], time[TIME_TEXT_MAX];
    const char *slash = strrchr(u->rq->path, '/');
    Bytes b = {0};
    trace_put_option(&b, "faultline", FAULTLINE_VERSION);
    trace_put_option(&b, "scenario", slash ? slash + 1 : u->rq->path);
    trace_put_option(&b, "title", sc->title);
    trace_put_option(&b, "book", sc->book);
    trace_put_option(&b, "go", sc->go->name);
    snprintf(text, sizeof text, "%u", sc->procs);
    trace_put_option(&b, "procs", text);
    snprintf(text, sizeof text, "%llu", (unsigned long long)sc->seed);
    trace_put_option(&b, "seed", text);
    trace_put_option(&b, "limit", time_text(time, sizeof time, sc->limit_ns));
    snprintf(text, sizeof text, "%llu", (unsigned long long)sc->limit_events);
    trace_put_option(&b, "events", text);
    if (sc->collector == COLLECTOR_GO) trace_put_option(&b, "collector", "go"); /* absent: the moving one */
    if (sc->device_memory > 0) {
        snprintf(text, sizeof text, "%llu", (unsigned long long)sc->device_memory);
        trace_put_option(&b, "device_memory", text);
    }
    trace_put_option(&b, "time", u->rq->measured ? "measured" : "model");
    for (size_t i = 0; i < u->rq->set_count; i++) trace_put_option(&b, "set", u->rq->set[i]);
    trace_section(u->w, "options", b.data, b.len);
    b.len = 0;
    costs_text(&sc->costs, &b);
    trace_section(u->w, "profile", b.data, b.len);
    bytes_free(&b);
    trace_section(u->w, "scenario", u->rq->source, u->rq->len);
    const DevInfo *dev = &u->r->device;
    char about[600];
    int n = snprintf(about, sizeof about, "%s", dev->present ? "" : "none");
    if (dev->present) {
        n = snprintf(about, sizeof about, "%s\n%s\n%s\n%u compute units, %llu MiB, %s\n", dev->name,
                     dev->platform, dev->version, dev->compute_units,
                     (unsigned long long)(dev->memory_bytes >> 20),
                     dev->shares_host_memory ? "shares the host's memory"
                                             : "has memory of its own");
    }
    trace_aside(u->w, "device", about, (size_t)n);
    write_kernels(u);
}

static void write_measured(Runner *u) {
    Bytes b = {0};
    for (size_t i = 0; i < u->world->cmd_count; i++) {
        char line[64];
        u->r->measured_ns += u->world->cmds[i].measured_ns;
        int n = snprintf(line, sizeof line, "k%zu=%lluns\n", i,
                         (unsigned long long)u->world->cmds[i].measured_ns);
        bytes_add(&b, line, (size_t)n);
    }
    if (b.len > 0) trace_aside(u->w, "measured", b.data, b.len);
    bytes_free(&b);
}

/* ---- listening: figures while the run goes on ---- */

/* Go's report of a deadlock goes on with every goroutine that waits, and where; not with the runtime's own. */
static void tell_waiters(RunReport *r, const Model *m) {
    for (size_t g = 1; g < m->g_count; g++) {
        bool own = strncmp(model_g_name(m, g), "runtime.", strlen("runtime.")) == 0; /* isSystemGoroutine */
        if (m->g[g].state != G_WAITING || own) continue;
        if (r->waiter_count == ARRAY_LEN(r->waiter)) {
            r->waiters_left++;
            continue;
        }
        size_t i = r->waiter_count++;
        r->waiter[i].g = g;
        r->waiter[i].line = (int)m->g[g].line;
        snprintf(r->waiter[i].name, sizeof r->waiter[i].name, "%.40s", model_g_name(m, g));
        snprintf(r->waiter[i].reason, sizeof r->waiter[i].reason, "%.40s",
                 intern_text(m->text, m->g[g].reason));
    }
}

/* Nothing has happened since that could change what is told here. */
static void tell_end(RunReport *r, const Model *m) {
    const Event *e = &r->summary.end;
    if (e->seq == 0) return;
    snprintf(r->outcome_text, sizeof r->outcome_text, "%s", intern_text(m->text, e->arg[1]));
    if (e->kind == EV_DEADLOCK) {
        r->calls_c = m->calls_c;
        tell_waiters(r, m);
    } else {
        r->outcome_g = e->arg[0];
        r->outcome_line = (int)e->arg[2];
        snprintf(r->outcome_name, sizeof r->outcome_name, "%.40s", model_g_name(m, e->arg[0]));
    }
}

static void count(void *summary, const Model *m, const Event *e) { summary_event(summary, m, e); }
static void judge_event(void *findings, const Model *m, const Event *e) { findings_event(findings, m, e); }

static void show_life(Runner *u) {
    struct timespec now;
    char time[TIME_TEXT_MAX];
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec - u->began.tv_sec < 2) return;
    fprintf(stderr, "\rvirtual time %-12s %llu events",
            time_text(time, sizeof time, world_now(u->world) / 1000 * 1000),
            (unsigned long long)u->s->last_seq);
    u->shown = true;
}

static void advance(Runner *u) {
    bool life = u->rq->progress && isatty(STDERR_FILENO);
    clock_gettime(CLOCK_MONOTONIC, &u->began);
    for (uint64_t n = 1; world_step(u->world); n++) {
        if (u->rq->stop && n % 16 == 0 && atomic_load(u->rq->stop)) break;
        if (life && n % 4096 == 0) show_life(u);
    }
    if (u->shown) fprintf(stderr, "\r%60s\r", "");
    settle(u);
}

/* ---- verdicts ---- */

static void verdict(Runner *u, const char *text, int held, const char *got, int line) {
    RunReport *r = u->r;
    GROW(r->verdict, r->verdict_cap, r->verdict_count + 1);
    r->verdict[r->verdict_count++] = (Verdict){mem_text(text), mem_text(got), held, line};
    Id_STR what = stream_text(u->s, text);
    if (held > 0) EMIT(u->s, EXPECT_HELD, what, {(uint64_t)line}); /* what it got may depend on the device, and is not told */
    else if (held == 0) EMIT(u->s, EXPECT_FAILED, what, stream_text(u->s, got), {(uint64_t)line});
    else EMIT(u->s, EXPECT_UNCHECKED, what, stream_text(u->s, got), {(uint64_t)line});
    r->held += held > 0;
    r->failed += held == 0;
    r->unchecked += held < 0;
}

static void result_verdict(void *ctx, const char *text, int held, const char *got, int line) {
    verdict(ctx, text, held, got, line);
}

static const char *figure_text(char *buf, size_t size, Kind kind, uint64_t v) {
    if (kind == KIND_NS) return time_text(buf, size, v);
    snprintf(buf, size, "%llu", (unsigned long long)v);
    return buf;
}

static void judge_figure(Runner *u, const Expectation *x, Figure f) {
    uint64_t v = u->r->summary.value[f];
    char low[TIME_TEXT_MAX], high[TIME_TEXT_MAX], got[TIME_TEXT_MAX], text[160];
    Kind kind = figure_spec[f].kind;
    figure_text(low, sizeof low, kind, x->low);
    figure_text(high, sizeof high, kind, x->high);
    figure_text(got, sizeof got, kind, v);
    bool held = true;
    switch (x->op) {
    case EXPECT_EQUAL:
        held = v == x->low;
        snprintf(text, sizeof text, "%s = %s", x->key, low);
        break;
    case EXPECT_AT_LEAST:
        held = v >= x->low;
        snprintf(text, sizeof text, "%s: at least %s", x->key, low);
        break;
    case EXPECT_AT_MOST:
        held = v <= x->high;
        snprintf(text, sizeof text, "%s: at most %s", x->key, high);
        break;
    case EXPECT_BETWEEN:
        held = v >= x->low && v <= x->high;
        snprintf(text, sizeof text, "%s: between %s and %s", x->key, low, high);
        break;
    case EXPECT_SET:
        held = false;
        snprintf(text, sizeof text, "%s is a figure, not a list", x->key);
        break;
    }
    verdict(u, text, held, got, x->line);
}

static void judge_findings(Runner *u, const Expectation *x) {
    const Findings *f = &u->r->findings;
    char text[320], got[256] = "";
    bool found[FIND_COUNT] = {0};
    for (size_t i = 0, n = 0; i < f->count && n < sizeof got; i++) {
        found[f->found[i].kind] = true;
        n += (size_t)snprintf(got + n, sizeof got - n, "%s%s", i ? ", " : "",
                              finding_spec(f->found[i].kind)->key);
    }
    snprintf(text, sizeof text, "findings: %s", x->text[0] ? x->text : "none");
    verdict(u, text, memcmp(found, u->r->expected, sizeof found) == 0, got[0] ? got : "none", x->line);
}

static bool judge_words(Runner *u, const Expectation *x, const char *got, const char *none) {
    char text[320];
    snprintf(text, sizeof text, "%s: %s", x->key, x->text[0] ? x->text : none);
    bool held = strcmp(x->text, got) == 0;
    verdict(u, text, held, got[0] ? got : none, x->line);
    return held;
}

static bool judge(Runner *u, Diag *d) {
    bool named = false;
    findings_end(&u->r->findings, u->watch.model);
    for (size_t i = 0; i < script_expect_count(u->script); i++) {
        const Expectation *x = script_expect(u->script, i);
        Figure f = summary_find(x->key);
        if (f != FIG_COUNT) {
            judge_figure(u, x, f);
        } else if (strcmp(x->key, "findings") == 0) {
            judge_findings(u, x);
        } else if (strcmp(x->key, "outcome") == 0) {
            named |= judge_words(u, x, runner_outcome(u->world->outcome), "");
        } else {
            diag_fail_at(d, EXIT_SCENARIO, u->rq->path, x->line, 0,
                         "there is no figure \"%s\" to expect", x->key);
            diag_excerpt(d, u->rq->source);
            return diag_remedy(d, "`faultline summary` lists the figures; besides them there are "
                                  "findings and outcome.");
        }
    }
    named |= u->world->outcome == RUN_DEADLOCK && u->r->expected[FIND_deadlock];
    u->r->finding_unexpected = u->world->outcome != RUN_EXITED && !named;
    return u->world->outcome != RUN_EXITED || script_check_results(u->script, result_verdict, u, d);
}

/* ---- a kernel that crashes ---- */

static Runner *guarded; /* one run at a time; a signal handler has no other way to find it */
static const int crash_signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
static struct sigaction crash_before[ARRAY_LEN(crash_signals)];

/* In the driver's code, maybe on a thread of its own: the trace up to the launch is completed, then we go.
 * Anything else is ours and goes its ordinary way. */
static void on_crash(int signal) {
    const char *doing = guarded && guarded->dev ? dev_doing(guarded->dev) : "";
    if (doing[0] == '\0') {
        for (size_t i = 0; i < ARRAY_LEN(crash_signals); i++) {
            if (crash_signals[i] == signal) sigaction(signal, &crash_before[i], NULL);
        }
        if (signal == SIGABRT) raise(signal);
        return; /* the instruction is tried again, and fails as before */
    }
    static atomic_flag taken = ATOMIC_FLAG_INIT;
    if (atomic_flag_test_and_set(&taken)) for (;;) pause(); /* another work group's, on another thread */
    alarm(5); /* in case the other thread is what crashed: do not wait for it for ever */
    if (guarded->pump) pump_drain(guarded->pump);
    fprintf(stderr,
            "faultline: the driver crashed while it was %s (%s); the run ends here%s%s\n"
            "  A kernel may only touch what its arguments give it: check indices against the "
            "buffers' sizes.\n",
            doing, strsignal(signal),
            guarded->rq->out ? ", the trace is good up to the launch: " : "",
            guarded->rq->out ? guarded->rq->out : "");
    _exit(EXIT_WORLD);
}

/* Some drivers call exit when they cannot go on. */
static void on_exit_in_driver(void) {
    const char *doing = guarded && guarded->dev ? dev_doing(guarded->dev) : "";
    if (doing[0] == '\0') return;
    fprintf(stderr,
            "faultline: the driver ended the program while it was %s; what it said stands above\n",
            doing);
    _exit(EXIT_WORLD);
}

/* Once the device is open: a driver with LLVM sets handlers of its own then, and each is gone after one signal.
 * Where two threads crash at once, the second would end the program before the first has said why. */
static void guard(Runner *u) {
    static bool registered;
    guarded = u;
    if (!registered && atexit(on_exit_in_driver) == 0) registered = true;
    struct sigaction act = {.sa_handler = on_crash};
    sigemptyset(&act.sa_mask);
    for (size_t i = 0; i < ARRAY_LEN(crash_signals); i++)
        sigaction(crash_signals[i], u ? &act : &crash_before[i], u ? &crash_before[i] : NULL);
}

/* ---- one run ---- */

/* Marks the names of an expected list, "deadlock, starvation"; a name that no finding has is a mistake. */
static bool expect_findings(Runner *u, const Expectation *x, Diag *d) {
    u->r->findings_judged = true;
    if (x->op != EXPECT_SET) {
        diag_fail_at(d, EXIT_SCENARIO, u->rq->path, x->line, 0, "findings is a list of names, not a figure");
        diag_excerpt(d, u->rq->source);
        return diag_remedy(d, "For example: findings = { \"deadlock\" }, or {} for none.");
    }
    for (const char *p = x->text; *p; p += strcspn(p, ","), p += strspn(p, ", ")) {
        char key[FINDING_KEY_MAX];
        snprintf(key, sizeof key, "%.*s", (int)strcspn(p, ","), p);
        FindingKind kind = finding_find(key);
        if (kind != FIND_COUNT) {
            u->r->expected[kind] = true;
            continue;
        }
        diag_fail_at(d, EXIT_SCENARIO, u->rq->path, x->line, 0, "there is no finding \"%s\" to expect", key);
        diag_excerpt(d, u->rq->source);
        size_t n = (size_t)snprintf(d->remedy, sizeof d->remedy, "There are: ");
        for (int i = 0; i < FIND_COUNT && n < sizeof d->remedy; i++)
            n += (size_t)snprintf(d->remedy + n, sizeof d->remedy - n, "%s%s", i ? ", " : "",
                                  finding_spec((FindingKind)i)->key);
        return false;
    }
    return true;
}

static bool read_expected(Runner *u, Diag *d) {
    for (size_t i = 0; i < script_expect_count(u->script); i++) {
        const Expectation *x = script_expect(u->script, i);
        if (strcmp(x->key, "findings") == 0 && !expect_findings(u, x, d)) return false;
    }
    return true;
}

static bool begin(Runner *u, Diag *d) {
    ScriptOptions so = {.set = u->rq->set,
                        .set_count = u->rq->set_count,
                        .profile = u->rq->profile,
                        .kernel = kernel,
                        .kernel_ctx = u,
                        .picture = keep_picture,
                        .picture_ctx = u};
    if (!script_load(&u->script, u->rq->path, u->rq->source, u->rq->len, &so, d)) return false;
    u->r->scenario = *script_scenario(u->script);
    if (!read_expected(u, d)) return false;
    if (!open_device(u, d)) return false;
    guard(u);
    if (!trace_create(&u->w, u->rq->out, u->rq->hash, d)) return false;
    write_head(u);
    u->s = stream_new();
    u->pump = pump_new();
    watch_init(&u->watch, pump_text(u->pump));
    watch_add(&u->watch, count, NULL, &u->r->summary);
    watch_add(&u->watch, judge_event, NULL, &u->r->findings);
    if (u->rq->after_event) watch_add(&u->watch, NULL, u->rq->after_event, u->rq->watch_ctx);
    summary_begin(&u->r->summary);
    Bytes profile = {0};
    costs_text(&u->r->scenario.costs, &profile);
    bytes_add(&profile, "", 1);
    findings_begin(&u->r->findings, (const char *)profile.data);
    bytes_free(&profile);
    trace_follow(u->w, u->watch.model);
    pump_add(u->pump, trace_sink, u->w);
    pump_add(u->pump, watch_sink, &u->watch);
    pump_from(u->pump, u->s);
    WorldOptions opt = script_world_options(u->script);
    opt.measured = u->rq->measured;
    opt.recorded = u->rq->recorded;
    opt.recorded_count = u->rq->recorded_count;
    u->world = world_new(u->s, u->dev, script_prog(u->script), &opt);
    return script_start(u->script, u->world, u->dev, d);
}

static void tell_limit(Runner *u) {
    const Scenario *sc = &u->r->scenario;
    char t[TIME_TEXT_MAX];
    size_t size = sizeof u->r->outcome_text;
    if (u->s->last_seq >= sc->limit_events) {
        snprintf(u->r->outcome_text, size,
                 "stopped after %llu events: main has not returned; raise it with scenario { "
                 "events = ... }",
                 (unsigned long long)u->s->last_seq);
    } else {
        snprintf(u->r->outcome_text, size,
                 "stopped at %s of virtual time: main has not returned; raise it with scenario { "
                 "limit = ... }",
                 time_text(t, sizeof t, sc->limit_ns));
    }
}

static bool finish(Runner *u, Diag *d) {
    bool ok = true;
    if (u->world->outcome == RUN_GOES) return true; /* stopped on request: nothing to judge */
    tell_end(u->r, u->watch.model);
    if (u->world->outcome == RUN_FAILED) {
        *d = u->world->diag;
        script_place(u->script, d);
        ok = false;
    } else {
        if (u->world->outcome == RUN_LIMIT) tell_limit(u);
        ok = judge(u, d);
        u->r->go_status = world_end(u->world);
    }
    u->r->outcome = u->world->outcome;
    settle(u);
    write_measured(u);
    return ok;
}

static void print_world(void *ctx) {
    const Runner *u = ctx;
    fprintf(stderr, "  scenario %s, seed %llu, event #%llu, %llu ns\n", u->rq->path,
            (unsigned long long)u->r->scenario.seed, (unsigned long long)u->s->last_seq,
            (unsigned long long)u->s->now_ns);
}

bool runner_run(const RunRequest *rq, RunReport *r, Diag *d) {
    Runner u = {.rq = rq, .r = r};
    *r = (RunReport){.outcome_g = NONE};
    bool ok = begin(&u, d);
    if (ok) {
        assert_context(print_world, &u);
        advance(&u);
        ok = finish(&u, d);
        assert_context(NULL, NULL);
    }
    if (guarded) guard(NULL);
    pump_free(u.pump); /* its thread writes with u.w and tells u.watch: it goes first */
    if (u.w != NULL) {
        Diag late;
        if (rq->hash) trace_writer_hash(u.w, r->hash);
        if (!trace_finish(u.w, &late) && ok) {
            *d = late;
            ok = false;
        }
    }
    world_free(u.world);
    script_free(u.script);
    dev_close(u.dev);
    findings_free(&r->findings);
    watch_free(&u.watch);
    stream_free(u.s);
    for (size_t i = 0; i < u.kernel_count; i++) {
        free(u.kernel[i].name);
        free(u.kernel[i].source);
    }
    free(u.kernel);
    return ok;
}

void runner_free(RunReport *r) {
    for (size_t i = 0; i < r->verdict_count; i++) {
        free(r->verdict[i].text);
        free(r->verdict[i].got);
    }
    free(r->verdict);
    *r = (RunReport){0};
}

int runner_status(const RunReport *r) {
    return r->failed > 0 || r->finding_unexpected ? EXIT_DIFFERS : EXIT_WELL;
}

/* gotrace_test.c -- what we write as a Go trace, Go reads: every scenario and random programs, by the reader of the
 * Go that is installed and by the validator of Go's own tests; and what it read is what happened.
 */
#include "../cli/command.h"
#include "../program.h"

#include "../../sim/event/trace.h"
#include "../../sim/lens/gotrace.h"
#include "../../sim/lens/gotrace_write.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int versions[] = {
#define X(minor) minor,
    GOTRACE_VERSIONS(X)
#undef X
};

/* ---- what Go can say of a file here ---- */

static int status_of(const char *line) {
    Result r = command("%s", line);
    int status = r.status;
    result_free(&r);
    return status;
}

/* `go tool trace -d=parsed` is there from 1.24 on. The first call builds the tool. */
static bool there_is_go(void) {
    static int known = -1;
    if (known < 0) known = status_of("go tool trace -h 2>&1 | grep -q parsed");
    if (known != 0) check_skip("no Go, or one before 1.24");
    return known == 0;
}

static bool there_is_a_validator(void) {
    static int known = -1;
    if (known < 0) known = status_of("tests/go/readtrace/build.sh $T/readtrace");
    if (known != 0) check_skip("no Go 1.25 or 1.26");
    return known == 0;
}

/* ---- what Go's reader saw ---- */

#define SEEN(X)                                                                                    \
    X(CREATED, "GoID", "NotExist->Runnable")                                                       \
    X(ENTERED, "GoID", "NotExist->Syscall")                                                        \
    X(STARTED, "GoID", "Runnable->Running")                                                        \
    X(STOPPED, "GoID", "Running->Runnable")                                                        \
    X(BLOCKED, "GoID", "Running->Waiting")                                                         \
    X(UNBLOCKED, "GoID", "Waiting->Runnable")                                                      \
    X(ENDED, "GoID", "Running->NotExist")                                                          \
    X(CALLED, "GoID", "Running->Syscall")                                                          \
    X(CAME_BACK, "GoID", "Syscall->Running")                                                       \
    X(CAME_BACK_BLOCKED, "GoID", "Syscall->Runnable")                                              \
    X(LEFT, "GoID", "Syscall->NotExist")                                                           \
    X(PROC_STARTED, "ProcID", "Idle->Running")                                                     \
    X(PROC_STOPPED, "ProcID", "Running->Idle")
typedef enum {
#define X(name, what, change) SEEN_##name,
    SEEN(X)
#undef X
        SEEN_PREEMPTED,
    SEEN_LOG,
    SEEN_TASK,
    SEEN_TASK_END,
    SEEN_REGION,
    SEEN_REGION_END,
    SEEN_STW,
    SEEN_GC,
    SEEN_COUNT
} SeenKind;

static const struct {
    const char *what, *change;
} changes[] = {
#define X(name, what, change) {what, change},
    SEEN(X)
#undef X
};

/* Goroutines from 2^32 on are outsiders, no part of the program; and so are the Ps behind its own. */
static void see_change(const char *line, uint64_t procs_max, uint64_t seen[SEEN_COUNT]) {
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        const char *at = strstr(line, changes[i].what);
        if (at == NULL) continue;
        at += strlen(changes[i].what) + 1;
        char *end;
        unsigned long long id = strtoull(at, &end, 10);
        if (strncmp(end + 1, changes[i].change, strlen(changes[i].change)) != 0) continue;
        if (id < (changes[i].what[0] == 'P' ? procs_max : 1ull << 32)) seen[i]++;
    }
    seen[SEEN_PREEMPTED] += strstr(line, "Reason=\"preempted\"") != NULL;
}

static void see(char *text, uint64_t procs_max, uint64_t seen[SEEN_COUNT]) {
    memset(seen, 0, SEEN_COUNT * sizeof *seen);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        if (strncmp(line, "M=", 2) != 0) continue;
        if (strstr(line, " StateTransition ")) see_change(line, procs_max, seen);
        seen[SEEN_LOG] += strstr(line, " Log Time=") != NULL;
        seen[SEEN_TASK] += strstr(line, " TaskBegin ") != NULL;
        seen[SEEN_TASK_END] += strstr(line, " TaskEnd ") != NULL;
        seen[SEEN_REGION] += strstr(line, " RegionBegin ") != NULL;
        seen[SEEN_REGION_END] += strstr(line, " RegionEnd ") != NULL;
        seen[SEEN_STW] += strstr(line, " RangeBegin ") && strstr(line, "stop-the-world");
        seen[SEEN_GC] += strstr(line, " RangeBegin ") && strstr(line, "GC concurrent mark phase");
    }
}

static bool same(const char *of, const char *what, uint64_t ours, uint64_t go) {
    if (ours == go) return true;
    printf("\n    %s, %s: %" PRIu64 " happened, Go read %" PRIu64 "\n", of, what, ours, go);
    return false;
}

/* What happened in a run: how often each event, how many Ps there ever were, and how many of them are at its end with
 * an extra M that has no thread. */
typedef struct {
    uint64_t n[EV_COUNT], procs_max, left;
} Happened;

static uint64_t count_left(const Model *m) {
    uint64_t n = 0;
    for (size_t i = 0; i < m->p_count; i++) n += m->p[i].m < m->m_count && m->m[m->p[i].m].state == M_EXTRA;
    return n;
}

/* Some of our changes are more than one of Go's. A P that an extra M had kept is stolen and started, and its goroutine
 * starts; when GOMAXPROCS takes the stopper's own P, it stops and starts. And to Go a P is idle as soon as a thread of C
 * has left it behind. */
static bool agrees(const char *of, const Happened *h, const uint64_t go[SEEN_COUNT]) {
    const uint64_t *n = h->n;
    uint64_t kept = n[EV_CGO_EXIT_FAST] - go[SEEN_CAME_BACK], moved = go[SEEN_STOPPED] - n[EV_GO_STOP];
    bool ok = kept <= n[EV_NEEDM] && moved <= n[EV_P_KILL];
    if (!ok) printf("\n    %s: %" PRIu64 " kept, %" PRIu64 " moved\n", of, kept, moved);
    ok &= same(of, "GoCreate", n[EV_GO_CREATE], go[SEEN_CREATED]);
    ok &= same(of, "GoCreateSyscall", n[EV_NEEDM], go[SEEN_ENTERED]);
    ok &= same(of, "GoStart", n[EV_GO_START] + n[EV_CGO_EXIT_P] + kept + moved, go[SEEN_STARTED]);
    ok &= same(of, "GoBlock", n[EV_GO_BLOCK], go[SEEN_BLOCKED]);
    ok &= same(of, "GoUnblock", n[EV_GO_UNBLOCK], go[SEEN_UNBLOCKED]);
    ok &= same(of, "GoDestroy", n[EV_GO_END], go[SEEN_ENDED]);
    ok &= same(of, "GoSyscallBegin", n[EV_CGO_ENTER] + n[EV_CALLBACK_END], go[SEEN_CALLED]);
    ok &= same(of, "GoSyscallEndBlocked", n[EV_CGO_EXIT_P] + n[EV_CGO_EXIT_WAIT] + kept, go[SEEN_CAME_BACK_BLOCKED]);
    ok &= same(of, "GoDestroySyscall", n[EV_DROPM], go[SEEN_LEFT]);
    ok &= same(of, "ProcStart", n[EV_P_ACQUIRE] + kept, go[SEEN_PROC_STARTED]);
    ok &= same(of, "ProcStop, ProcSteal", n[EV_P_RELEASE] + n[EV_P_RETAKE] + n[EV_P_STOP_C] + kept + moved + h->left,
               go[SEEN_PROC_STOPPED]);
    ok &= same(of, "UserLog", n[EV_NOTE], go[SEEN_LOG]);
    ok &= same(of, "UserTaskBegin", n[EV_DEV_ENQUEUE], go[SEEN_TASK]);
    ok &= same(of, "UserTaskEnd", n[EV_DEV_DONE], go[SEEN_TASK_END]);
    ok &= same(of, "UserRegionBegin", n[EV_DEV_START], go[SEEN_REGION]);
    ok &= same(of, "UserRegionEnd", n[EV_DEV_DONE], go[SEEN_REGION_END]);
    ok &= same(of, "STWBegin", n[EV_STW_BEGIN], go[SEEN_STW]);
    return ok;
}

/* ---- scenarios, as a user exports them ---- */

static bool count_trace(const char *path, Happened *h) {
    Trace *t;
    Diag d;
    *h = (Happened){0};
    if (!trace_open(&t, path, &d)) return false;
    TraceCursor *c = trace_cursor(t);
    for (Event e; trace_next(c, &e);) h->n[e.kind]++;
    trace_cursor_free(c);
    Model *end = trace_model_at_seq(t, trace_event_count(t), &d);
    h->left = end ? count_left(end) : 0;
    h->procs_max = end ? end->p_count : 0;
    model_free(end);
    trace_close(t);
    return end != NULL;
}

static uint64_t figure(const char *summary, const char *key) {
    char name[64];
    snprintf(name, sizeof name, "\"%s\":", key);
    const char *at = strstr(summary, name);
    return at ? strtoull(at + strlen(name), NULL, 10) : UINT64_MAX;
}

static bool one_scenario(const char *scenario, size_t turn) {
    const char *of = strrchr(scenario, '/') + 1, *path = temp_path("gotrace.trace");
    uint64_t go[SEEN_COUNT];
    Happened h;
    bool ok = true;
    Result ran = command("$F run --quiet $D --out %s %s", path, scenario);
    if (ran.status > 1) printf("\n    %s: %s\n", of, ran.err);
    result_free(&ran);
    if (!count_trace(path, &h)) return false;
    Result r = command("$F export --as go --go 1.%d -o $T/gotrace.go %s && go tool trace -d=parsed $T/gotrace.go",
                       versions[turn % ARRAY_LEN(versions)], path);
    char *summary = output_of("$F summary --json %s", path);
    if (r.status != 0) {
        printf("\n    %s: Go does not read it: %.400s\n", of, r.err);
        ok = false;
    } else {
        see(r.out, h.procs_max, go);
        ok = agrees(of, &h, go) && same(of, "goroutines", figure(summary, "goroutines"), go[SEEN_CREATED]) &&
             same(of, "needms", figure(summary, "needms"), go[SEEN_ENTERED]) &&
             same(of, "crossings", figure(summary, "crossings"), go[SEEN_CALLED] - h.n[EV_CALLBACK_END]) &&
             same(of, "preemptions", figure(summary, "preemptions"), go[SEEN_PREEMPTED]) &&
             same(of, "stops", figure(summary, "stops"), go[SEEN_STW]) &&
             same(of, "launches", figure(summary, "launches"), go[SEEN_TASK]) &&
             same(of, "notes", figure(summary, "notes"), go[SEEN_LOG]);
    }
    free(summary);
    result_free(&r);
    return ok;
}

static void go_reads_every_scenario(void) {
    if (!there_is_go()) return;
    char *list = output_of("ls scenarios/*.lua scenarios/museum/*.lua $S/everything.lua | grep -v '[.]d[.]lua$'");
    size_t count = 0;
    char *save, *name = strtok_r(list, "\n", &save);
    for (; name; name = strtok_r(NULL, "\n", &save)) CU_ASSERT(one_scenario(name, count++));
    CU_ASSERT(count > 50);
    free(list);
}

/* A viewer draws a lane for every P up to the last. */
static void the_device_is_the_p_behind_the_others(void) {
    if (!there_is_go()) return;
    char *out = output_of("$F run --quiet --device none --out $T/device.trace scenarios/18_2_2_blocking.lua 2>$T/err;"
                          "$F export --as go -o $T/device.go $T/device.trace;"
                          "go tool trace -d=parsed $T/device.go | grep -o 'P=[0-9]* .*RegionBegin'");
    CU_ASSERT(strncmp(out, "P=2 ", 4) == 0);
    free(out);
}

/* ---- random programs, in this process ---- */

typedef struct {
    GotraceWriter *w;
    uint64_t left;
    char why[MODEL_WHY_MAX];
} Export;

static void export_event(void *ctx, const Model *m, const Event *e) {
    Export *x = ctx;
    if (x->why[0] == '\0') gotrace_event(x->w, m, e, x->why);
    x->left = count_left(m);
}

enum { RANDOM_PROCS_MAX = 64 };

/* Every generation that is over begins a new one: at 1 ns, as soon as there is anything in it. */
static bool write_random(uint64_t seed, uint64_t generation_ns, FILE *f, Happened *h) {
    Export x = {.w = gotrace_new(versions[seed % ARRAY_LEN(versions)], "random.lua", RANDOM_PROCS_MAX)};
    gotrace_generation_every(x.w, generation_ns);
    Program p = random_program(seed);
    p.after = export_event;
    p.ctx = &x;
    Ran r = run_program(&p);
    gotrace_close(x.w);
    bool ok = x.why[0] == '\0' && r.audit[0] == '\0';
    if (!ok) printf("\n    seed %" PRIu64 ": %s%s\n", seed, x.why, r.audit);
    Bytes *b = gotrace_out(x.w);
    if (f) ok = fwrite(b->data, b->len, 1, f) == 1 && ok;
    memcpy(h->n, r.count, sizeof r.count);
    h->left = x.left;
    h->procs_max = RANDOM_PROCS_MAX;
    ran_free(&r);
    gotrace_free(x.w);
    return ok;
}

static bool write_random_file(uint64_t seed, uint64_t generation_ns, Happened *h) {
    char name[64];
    snprintf(name, sizeof name, "random-%" PRIu64 ".go", seed);
    FILE *f = fopen(temp_path(name), "wb");
    bool ok = f && write_random(seed, generation_ns, f, h);
    return (f == NULL || fclose(f) == 0) && ok;
}

/* What Go's rules are to the writer is checked as it writes. */
static void no_random_program_breaks_gos_rules(void) {
    Happened h;
    for (uint64_t seed = 1; seed <= 1000; seed++) CU_ASSERT(write_random(seed, seed % 3 ? 1000000000 : 100000, NULL, &h));
}

static void go_reads_random_programs(void) {
    uint64_t go[SEEN_COUNT];
    Happened h;
    if (!there_is_go()) return;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        char of[64];
        CU_ASSERT(write_random_file(seed, 1000000000, &h));
        snprintf(of, sizeof of, "seed %" PRIu64, seed);
        Result r = command("go tool trace -d=parsed $T/random-%" PRIu64 ".go; s=$?; rm $T/random-%" PRIu64 ".go; exit $s", seed, seed);
        CU_ASSERT_EQUAL(r.status, 0);
        if (r.status != 0) printf("\n    %s: %.400s\n", of, r.err);
        see(r.out, h.procs_max, go);
        CU_ASSERT(agrees(of, &h, go));
        result_free(&r);
    }
}

static void gos_validator_takes_random_programs(void) {
    Happened h;
    if (!there_is_a_validator()) return;
    for (uint64_t seed = 100; seed < 400; seed++) CU_ASSERT(write_random_file(seed, seed % 3 ? 1000000000 : 50000, &h));
    char *out = output_of("$T/readtrace/readtrace $T/random-*.go; rm $T/random-*.go");
    check_text("what the validator says", "300 files, 0 bad\n", out);
    free(out);
}

static void gos_validator_takes_every_scenario(void) {
    if (!there_is_a_validator()) return;
    char *out = output_of("for f in scenarios/*.lua scenarios/museum/*.lua $S/everything.lua; do case $f in *.d.lua) continue; esac;"
                          " n=$(basename $f .lua); $F run --quiet $D --out $T/v.trace $f >$T/v.out 2>&1;"
                          " for v in 1.22 1.23 1.25 1.26; do"
                          "  $F export --as go --go $v -o $T/valid-$n-$v.go $T/v.trace || exit 1; done; done;"
                          " $T/readtrace/readtrace $T/valid-*.go; rm $T/valid-*.go");
    CU_ASSERT_PTR_NOT_NULL(strstr(out, ", 0 bad\n"));
    if (strstr(out, ", 0 bad\n") == NULL) printf("\n%.800s\n", out);
    free(out);
}

/* ---- events that were never emitted so ---- */

typedef struct {
    Event *e;
    size_t count, cap;
    Intern *text;
} Events;

static void keep_event(void *ctx, const Model *m, const Event *e) {
    Events *x = ctx;
    (void)m;
    GROW(x->e, x->cap, x->count + 1);
    x->e[x->count++] = *e;
}

static void keep_bytes(const char *name, const Bytes *b) {
    FILE *f = fopen(temp_path(name), "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL(fwrite(b->data, b->len, 1, f), 1);
    fclose(f);
}

/* The events but one, which is left out (arg NONE), or has another value there. True if the model took them all.
 * What was written then goes to a file of the name `keep`, if that is not NULL. */
static bool write_changed(const Events *x, size_t at, uint64_t arg, uint64_t value, const char *keep, uint64_t *refused) {
    Model *m = model_new(x->text);
    GotraceWriter *w = gotrace_new(23, "changed.lua", RANDOM_PROCS_MAX);
    char why[MODEL_WHY_MAX];
    bool good = true, taken = true;
    gotrace_generation_every(w, 100000);
    for (size_t i = 0, seq = 1; i < x->count && good && taken; i++) {
        Event e = x->e[i];
        if (i == at && arg == NONE) continue;
        if (i == at) e.arg[arg] = value;
        e.seq = seq++;
        good = model_apply(m, &e, why);
        taken = !good || gotrace_event(w, m, &e, why);
    }
    *refused += !taken;
    gotrace_close(w);
    if (good && taken && keep) keep_bytes(keep, gotrace_out(w));
    gotrace_free(w);
    model_free(m);
    return good;
}

/* The model takes many a trace that no run of ours could leave; then it is refused in words, or what is written is as
 * good for Go as any. One of 40 is shown to Go's validator. */
static void a_changed_event_is_refused_or_gos_to_read(void) {
    uint64_t refused = 0, taken = 0;
    char keep[64];
    for (uint64_t seed = 1; seed <= 12; seed++) {
        Events x = {.text = intern_new()};
        Program p = random_program(seed);
        p.after = keep_event;
        p.ctx = &x;
        Ran r = run_program(&p);
        ran_free(&r);
        if (x.count > 250) x.count = 250;
        for (size_t i = 0; i < x.count; i++) {
            taken += write_changed(&x, i, NONE, 0, NULL, &refused);
            for (uint64_t k = 0; k < event_spec[x.e[i].kind].arg_count; k++) {
                const uint64_t values[] = {0, 1, x.e[i].arg[k] + 1, NONE};
                for (size_t v = 0; v < ARRAY_LEN(values); v++) {
                    snprintf(keep, sizeof keep, "changed-%" PRIu64 ".go", taken);
                    taken += write_changed(&x, i, k, values[v], taken % 40 ? NULL : keep, &refused);
                }
            }
        }
        free(x.e);
        intern_free(x.text);
    }
    CU_ASSERT(taken > 1000);
    CU_ASSERT(refused > 0);
    if (!there_is_a_validator()) return;
    char *out = output_of("$T/readtrace/readtrace $T/changed-*.go; rm $T/changed-*.go");
    if (strstr(out, "files, 0 bad\n") == NULL) printf("\n  %s\n", out);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "files, 0 bad\n"));
    free(out);
}

static void a_trace_without_events_is_not_written(void) {
    TraceWriter *w;
    Diag d;
    CU_ASSERT(trace_create(&w, temp_path("none.trace"), false, &d));
    trace_section(w, "options", "", 0);
    CU_ASSERT(trace_finish(w, &d));
    Result r = command("$F export --as go -o $T/none.go $T/none.trace; s=$?; test ! -e $T/none.go && exit $s");
    CU_ASSERT_EQUAL(r.status, 4);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "none.trace holds no event, and a Go trace has at least one"));
    result_free(&r);
}

void lens_gotrace_tests(void) {
    static const Check checks[] = {
        {"Go reads every scenario, and its changes of state are ours", go_reads_every_scenario},
        {"Go's validator takes every scenario, in each version of the format", gos_validator_takes_every_scenario},
        {"the device is the P behind the others", the_device_is_the_p_behind_the_others},
        {"no random program breaks Go's rules", no_random_program_breaks_gos_rules},
        {"a changed event is refused, or Go's to read", a_changed_event_is_refused_or_gos_to_read},
        {"a trace without events is not written", a_trace_without_events_is_not_written},
        {"Go reads random programs, and its changes of state are ours", go_reads_random_programs},
        {"Go's validator takes random programs", gos_validator_takes_random_programs},
        {0},
    };
    suite("lens: Go's trace, out", checks);
}

/* import_test.c -- Go's traces as ours: nothing lost, nothing made up, and every command reads them.
 *
 * The model that the events lead to is compared with facts.json (gotrace_read_test.c says where that comes from);
 * the hand-made traces that Go's reader takes must be possible worlds for the model as well.
 */
#include "../check.h"
#include "../imported.h"

#include "../../sim/event/place.h"
#include "../../sim/event/text.h"
#include "../../sim/lens/perfetto.h"
#include "../../sim/lens/summary.h"
#include "../cli/command.h"
#include "perfetto_reader.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "tests/traces/go/"

typedef unsigned long long Ull;

/* Calls `each` for every file of the folder that ends in ".trace". */
static size_t for_each_trace(const char *folder, void (*each)(const char *path)) {
    struct dirent **entry;
    int n = scandir(folder, &entry, NULL, alphasort);
    size_t count = 0;
    CU_ASSERT_FATAL(n > 0);
    for (int i = 0; i < n; i++) {
        size_t len = strlen(entry[i]->d_name);
        char path[512];
        snprintf(path, sizeof path, "%s%s", folder, entry[i]->d_name);
        if (len > 6 && strcmp(entry[i]->d_name + len - 6, ".trace") == 0) {
            each(path);
            count++;
        }
        free(entry[i]);
    }
    free(entry);
    return count;
}

/* ---- nothing lost ---- */

typedef struct {
    uint64_t kind[EV_COUNT];
} Kinds;

static void count_kind(void *ctx, const Model *m, const Event *e) {
    (void)m;
    ((Kinds *)ctx)->kind[e->kind]++;
}

/* What one event of Go's becomes, where that is one of ours, whatever the circumstances. */
static const struct {
    GotraceNumber go, go2;
    EventKind ours, ours2;
} same_number_of[] = {
    {GT_GO_CREATE, 0, EV_GO_CREATE, EV_COUNT},
    {GT_GO_CREATE_BLOCKED, 0, EV_GO_CREATE_WAITING, EV_COUNT},
    {GT_GO_CREATE_SYSCALL, 0, EV_GO_CREATE_C, EV_COUNT},
    {GT_GO_DESTROY_SYSCALL, 0, EV_GO_END_C, EV_COUNT},
    {GT_GO_STOP, 0, EV_GO_STOP, EV_COUNT},
    {GT_GO_SYSCALL_BEGIN, 0, EV_CGO_ENTER, EV_SYSCALL},
    {GT_GO_SYSCALL_END, 0, EV_CGO_EXIT_FAST, EV_COUNT},
    {GT_GO_SYSCALL_END_BLOCKED, 0, EV_CGO_EXIT_WAIT, EV_COUNT},
    {GT_PROC_START, 0, EV_P_ACQUIRE, EV_COUNT},
    {GT_PROC_STOP, 0, EV_P_RELEASE, EV_COUNT},
    {GT_PROC_STEAL, 0, EV_P_RETAKE, EV_COUNT},
    {GT_PROCS_CHANGE, 0, EV_PROCS, EV_COUNT},
    {GT_STW_BEGIN, 0, EV_STW_BEGIN, EV_COUNT},
    {GT_STW_END, 0, EV_STW_END, EV_COUNT},
    {GT_GC_END, 0, EV_GC_END, EV_COUNT},
    {GT_GC_SWEEP_END, 0, EV_GC_SWEEP_END, EV_COUNT},
    {GT_GC_MARK_ASSIST_END, 0, EV_GC_ASSIST_END, EV_COUNT},
    {GT_HEAP_ALLOC, 0, EV_HEAP_LIVE, EV_COUNT},
    {GT_HEAP_GOAL, 0, EV_HEAP_GOAL, EV_COUNT},
    {GT_GO_LABEL, 0, EV_G_LABEL, EV_COUNT},
    {GT_USER_TASK_BEGIN, 0, EV_TASK_BEGIN, EV_COUNT},
    {GT_USER_TASK_END, 0, EV_TASK_END, EV_COUNT},
    {GT_USER_REGION_BEGIN, 0, EV_REGION_BEGIN, EV_COUNT},
    {GT_USER_REGION_END, 0, EV_REGION_END, EV_COUNT},
    {GT_USER_LOG, 0, EV_LOG, EV_COUNT},
    {GT_CPU_SAMPLE, 0, EV_CPU_SAMPLE, EV_COUNT},
};

static void no_event_is_lost(const char *path) {
    Kinds ours = {0};
    Imported got = import_trace(path, NULL, count_kind, &ours);
    if (!got.ok) printf("\n  %s: %s\n", path, got.d.message);
    CU_ASSERT_FATAL(got.ok);
    for (size_t i = 0; i < ARRAY_LEN(same_number_of); i++) {
        uint64_t go = got.counts.number[same_number_of[i].go], us = ours.kind[same_number_of[i].ours];
        if (same_number_of[i].ours2 != EV_COUNT) us += ours.kind[same_number_of[i].ours2];
        if (go != us)
            printf("\n  %s: %s: %llu in the file, %llu told\n", path, gotrace_spec[same_number_of[i].go].name, (Ull)go,
                   (Ull)us);
        CU_ASSERT_EQUAL(go, us);
    }
    /* a switch of coroutines is three events: the waking, the wait or end, the start */
    const uint64_t *n = got.counts.number;
    uint64_t switches = n[GT_GO_SWITCH] + n[GT_GO_SWITCH_DESTROY];
    CU_ASSERT_EQUAL(ours.kind[EV_GO_UNBLOCK], n[GT_GO_UNBLOCK] + switches);
    CU_ASSERT_EQUAL(ours.kind[EV_GO_START], n[GT_GO_START] + switches);
    CU_ASSERT_EQUAL(ours.kind[EV_GO_BLOCK], n[GT_GO_BLOCK] + n[GT_GO_SWITCH]);
    CU_ASSERT_EQUAL(ours.kind[EV_GO_END], n[GT_GO_DESTROY] + n[GT_GO_SWITCH_DESTROY]);
    CU_ASSERT_EQUAL(got.told.left_out, n[GT_SPAN] + n[GT_SPAN_ALLOC] + n[GT_SPAN_FREE] + n[GT_HEAP_OBJECT] +
                                           n[GT_HEAP_OBJECT_ALLOC] + n[GT_HEAP_OBJECT_FREE] + n[GT_GOROUTINE_STACK] +
                                           n[GT_GOROUTINE_STACK_ALLOC] + n[GT_GOROUTINE_STACK_FREE]);
}

static void each_event_of_go_is_told(void) { CU_ASSERT(for_each_trace(FOLDER, no_event_is_lost) >= 40); }

/* ---- the same world ---- */

typedef struct {
    uint64_t g_ns[G_COUNT], p_running_ns;
    struct {
        uint64_t state, since_ns;
    } * g, *p;
    size_t g_cap, p_cap;
} Spent;

/* Time in each state, from its beginning to its end; what is open at the end of the trace does not count. */
static void note_states(void *ctx, const Model *m, const Event *e) {
    Spent *s = ctx;
    GROW(s->g, s->g_cap, m->g_count);
    GROW(s->p, s->p_cap, m->p_count);
    for (size_t i = 1; i < m->g_count; i++) {
        if (s->g[i].state == m->g[i].state) continue;
        s->g_ns[s->g[i].state] += e->time_ns - s->g[i].since_ns;
        s->g[i].state = m->g[i].state;
        s->g[i].since_ns = e->time_ns;
    }
    for (size_t i = 0; i < m->p_count; i++) {
        bool running = m->p[i].state == P_RUNNING;
        if (s->p[i].state == running) continue;
        if (!running) s->p_running_ns += e->time_ns - s->p[i].since_ns;
        s->p[i].state = running;
        s->p[i].since_ns = e->time_ns;
    }
}

static void expect_ns(const char *file, const char *what, const cJSON *want, uint64_t got) {
    double ns = want ? want->valuedouble : 0;
    if (ns != (double)got) printf("\n  %s: %s for %.0f ns, here %llu\n", file, what, ns, (Ull)got);
    CU_ASSERT_EQUAL(ns, (double)got);
}

static void the_model_spends_the_times_of_the_facts(void) {
    static const struct {
        const char *name;
        GState state;
    } states[] = {{"Runnable", G_RUNNABLE}, {"Running", G_RUNNING}, {"Syscall", G_SYSCALL}, {"Waiting", G_WAITING}};
    FILE *f = fopen(FOLDER "facts.json", "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    char *text = mem_zero(1, 1 << 20);
    CU_ASSERT_FATAL(fread(text, 1, (1 << 20) - 1, f) > 0);
    fclose(f);
    cJSON *all = cJSON_Parse(text), *facts;
    size_t compared = 0;
    CU_ASSERT_PTR_NOT_NULL_FATAL(all);
    cJSON_ArrayForEach(facts, all) {
        char path[512];
        snprintf(path, sizeof path, FOLDER "%s", facts->string);
        /* at the start of each further generation the facts count a state up to there, and go on with it */
        if (cJSON_GetArraySize(cJSON_GetObjectItem(facts, "generations")) != 1) continue;
        Spent s = {0};
        Imported got = import_trace(path, NULL, note_states, &s);
        CU_ASSERT_FATAL(got.ok);
        const cJSON *ns = cJSON_GetObjectItem(facts, "goroutine_state_ns");
        /* the reader tells of a C thread's end 1 ns after it has told of the P that it leaves; here both are one event */
        const cJSON *left = cJSON_GetObjectItem(cJSON_GetObjectItem(facts, "steal_kinds"), "destroy_with_P");
        s.g_ns[G_SYSCALL] += left ? (uint64_t)left->valuedouble : 0;
        for (size_t i = 0; i < ARRAY_LEN(states); i++)
            expect_ns(facts->string, states[i].name, cJSON_GetObjectItem(ns, states[i].name), s.g_ns[states[i].state]);
        expect_ns(facts->string, "Ps running", cJSON_GetObjectItem(facts, "proc_running_ns"), s.p_running_ns);
        CU_ASSERT_EQUAL(got.told.goroutines, (uint64_t)cJSON_GetObjectItem(facts, "distinct_goroutines")->valuedouble);
        free(s.g);
        free(s.p);
        compared++;
    }
    CU_ASSERT(compared >= 10);
    cJSON_Delete(all);
    free(text);
}

/* ---- hand-made ones ---- */

static size_t taken;

/* gotrace_read_test.c compares the reader's verdict with Go's; what the reader takes, the model has to take. */
static void what_the_reader_takes_is_possible(const char *path) {
    Imported got = import_trace(path, NULL, NULL, NULL);
    if (got.refused) printf("\n  %s: %s\n", path, got.d.message);
    CU_ASSERT_FALSE(got.refused);
    taken += got.ok;
}

static void hand_made_traces_are_possible_worlds(void) {
    taken = 0;
    for_each_trace(FOLDER "synthetic/", what_the_reader_takes_is_possible);
    CU_ASSERT(taken > 60);
}

/* ---- names, places, causes: word for word on a program that is known ---- */

typedef struct {
    char *lines; /* of the kinds wanted */
    size_t len, cap;
    const char *kinds;
} Lines;

static void keep_line(void *ctx, const Model *m, const Event *e) {
    Lines *l = ctx;
    char text[EVENT_TEXT_MAX];
    char word[64];
    snprintf(word, sizeof word, " %s ", event_spec[e->kind].name);
    if (strstr(l->kinds, word) == NULL) return;
    event_text_short(text, e, m->text);
    GROW(l->lines, l->cap, l->len + strlen(text) + 2);
    l->len += (size_t)sprintf(l->lines + l->len, "%s\n", text);
}

static void expect_lines(const char *file, const char *kinds, const char *begin) {
    Lines l = {.kinds = kinds};
    Imported got = import_trace(file, NULL, keep_line, &l);
    CU_ASSERT_FATAL(got.ok && l.lines != NULL);
    l.lines[strlen(begin) < l.len ? strlen(begin) : l.len] = '\0';
    if (strcmp(l.lines, begin) != 0) printf("\n--- got\n%s--- expected\n%s", l.lines, begin);
    CU_ASSERT_STRING_EQUAL(l.lines, begin);
    free(l.lines);
}

static void a_call_into_c_has_its_name_and_place(void) {
    expect_lines(FOLDER "cgosleep-go1.26.trace", " CGO_ENTER ",
                 "CGO_ENTER g=g16 p=P0 m=M0 fn=\"C.ns\" line=main.go:47\n");
    expect_lines(FOLDER "nethttp-go1.25.trace", " SYSCALL ",
                 "SYSCALL g=g7 p=P1 m=M2 fn=\"internal/poll.(*FD).Accept\" line=");
}

static void a_thread_of_c_is_known_by_its_goroutine(void) {
    expect_lines(FOLDER "cgocallback-go1.26.trace", " GO_CREATE_C GO_END_C ",
                 "GO_CREATE_C g=g17 m=M3\nGO_CREATE_C g=g34 m=M4\nGO_CREATE_C g=g36 m=M6\n");
    expect_lines(FOLDER "cgocallback-go1.26.trace", " G_NAME ",
                 "G_NAME g=g1 name=\"main.main\"\nG_NAME g=g17 name=\"main.goCallback\"\n");
}

static void sysmon_is_recognised(void) {
    Lines l = {.kinds = " P_RETAKE M_SEEN "};
    Imported got = import_trace(FOLDER "cgosleep-go1.26.trace", NULL, keep_line, &l);
    CU_ASSERT_FATAL(got.ok && l.lines != NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(l.lines, "M_SEEN m=M1 tid="));
    CU_ASSERT_PTR_NOT_NULL(strstr(l.lines, " by=M1\n"));
    free(l.lines);
}

/* tests/go/numbers: two hundred goroutines, one after the other, with numbers above 20,000. */
static void note_number(void *ctx, const Model *m, const Event *e) {
    uint64_t *most = ctx;
    if (m->g_count > *most) *most = m->g_count;
    if (e->kind != EV_GO_CREATE) return;
    CU_ASSERT_EQUAL(model_g_number(m, e->arg[0]) != 0, e->arg[0] >= MODEL_OWN_IDS);
}

static void numbers_are_used_again(void) {
    uint64_t most = 0;
    Imported got = import_trace(FOLDER "numbers-go1.26.trace", NULL, note_number, &most);
    CU_ASSERT(got.ok);
    CU_ASSERT(got.told.renumbered > 200);
    CU_ASSERT(most < MODEL_OWN_IDS + 32);
    expect_lines(FOLDER "numbers-go1.26.trace", " G_NUMBER ", "G_NUMBER g=g16384 number=20010\n");
}

/* Causes go back, and to the same goroutine or to who woke it. */
static void check_cause(void *ctx, const Model *m, const Event *e) {
    uint64_t *starts = ctx;
    (void)m;
    CU_ASSERT(e->cause < e->seq);
    if (e->kind == EV_GO_START) *starts += e->cause != 0;
    if (e->kind == EV_CGO_EXIT_FAST || e->kind == EV_CGO_EXIT_WAIT) CU_ASSERT(e->cause != 0);
}

static void what_made_it_runnable_is_its_cause(void) {
    uint64_t starts = 0;
    Imported got = import_trace(FOLDER "pingpong-go1.26.trace", NULL, check_cause, &starts);
    CU_ASSERT(got.ok);
    CU_ASSERT_EQUAL(starts, got.counts.number[GT_GO_START]);
}

/* ---- places ---- */

static void expect_place(Intern *text, const char *stack, const char *place) {
    char buf[PLACE_TEXT_MAX];
    place_text(buf, text, PLACE_STACK + intern_id(text, stack));
    CU_ASSERT_STRING_EQUAL(buf, place);
}

static void a_place_is_the_programs_own(void) {
    Intern *text = intern_new();
    char buf[PLACE_TEXT_MAX];
    expect_place(text, "/go/src/runtime/chan.go:509\truntime.chanrecv1\n/x/main.go:42\tmain.main\n", "main.go:42");
    expect_place(text, "/go/src/os/file.go:1\tos.(*File).Write\n/x/b.go:7\texample.com/b.Save\n", "b.go:7");
    expect_place(text, "_cgo_gotypes.go:62\tmain._Cfunc_run\n/x/main.go:9\tmain.main\n", "main.go:9");
    expect_place(text, "/go/src/runtime/a.go:1\truntime.a\n/go/src/net/http/server.go:2\tnet/http.Serve\n", "server.go:2");
    expect_place(text, "/go/src/runtime/a.go:1\truntime.a\n/go/src/runtime/b.go:2\truntime.b\n", "a.go:1");
    expect_place(text, "no tab at all\n", "");
    expect_place(text, "", "");
    CU_ASSERT_STRING_EQUAL(place_text(buf, text, 16), "16");
    CU_ASSERT_STRING_EQUAL(place_in(buf, text, "blocking.lua", 16), "blocking.lua:16");
    CU_ASSERT_STRING_EQUAL(place_in(buf, text, "", 16), "line 16");
    CU_ASSERT_STRING_EQUAL(place_in(buf, text, "blocking.lua", 0), "");
    intern_free(text);
}

/* ---- the commands ---- */

static void every_command_reads_it(void) {
    static const char *const commands[] = {"show --words", "summary", "summary --json", "findings", "findings --json"};
    static const char *const files[] = {"cgocallback-go1.22", "cgosleep-go1.23", "coro-go1.26",     "cpuprofile-go1.26",
                                        "annotations-go1.26", "midgc-go1.26",    "maxprocs-go1.25", "flight-go1.26"};
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        CU_ASSERT(command_gives(EXIT_WELL, "$F import " FOLDER "%s.trace -o $T/imported.trace", files[i]));
        for (size_t k = 0; k < ARRAY_LEN(commands); k++) {
            Result r = command("$F %.8s $T/imported.trace %s", commands[k],
                               strchr(commands[k], ' ') ? strchr(commands[k], ' ') : "");
            CU_ASSERT(r.status == EXIT_WELL || (commands[k][0] == 'f' && r.status == EXIT_DIFFERS));
            CU_ASSERT_STRING_EQUAL(r.err, "");
            CU_ASSERT(r.out[0] != '\0');
            result_free(&r);
        }
    }
}

/* tests/go/faults/main.go has three faults, and this is what is found in what it did. */
static void faults_of_a_real_program_are_found(void) {
    static const char *const sentences[] = {
        "main.go:30: warning: goroutine-leak (book 20.3.4)\n  12 goroutines were made here, 0 have ended, and 12 wait at the end",
        "main.go:37: advice: long-call (book 18.2.2)\n", "was in C.pause_us for 170.", "main.go:37: warning: thread-inflation",
        "up to 20 threads were out of Go at once without a P (GOMAXPROCS is 2)"};
    Result r = command("$F import " FOLDER "faults-go1.26.trace -qo $T/faults.trace && $F findings $T/faults.trace");
    CU_ASSERT_EQUAL(r.status, EXIT_DIFFERS);
    for (size_t i = 0; i < ARRAY_LEN(sentences); i++) {
        if (strstr(r.out, sentences[i]) == NULL) printf("\n  \"%s\" is not in\n%s\n", sentences[i], r.out);
        CU_ASSERT_PTR_NOT_NULL(strstr(r.out, sentences[i]));
    }
    result_free(&r);
    char *why = output_of("$F why $T/faults.trace g22");
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "g22 main.forgotten waits (chan receive) since"));
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "g22 main.forgotten asked for that at main.go:19."));
    free(why);
}

/* The window, and a picture, take the file as it is. */
static void a_go_trace_is_shown_at_once(void) {
    CU_ASSERT(command_gives(EXIT_WELL, "$F import " FOLDER "faults-go1.26.trace -qo $T/faults.trace && "
                                       "$F shot $T/faults.trace --at 10ms -o $T/imported.png && "
                                       "cp " FOLDER "faults-go1.26.trace $T/faults-go1.26.trace && "
                                       "$F shot $T/faults-go1.26.trace --at 10ms -o $T/at-once.png && "
                                       "cmp $T/imported.png $T/at-once.png"));
    CU_ASSERT(command_gives(EXIT_WORLD, "head -c 3000 " FOLDER "faults-go1.26.trace >$T/short.go; "
                                        "$F shot $T/short.go --at 1ms -o $T/no.png"));
}

static void importing_twice_gives_the_same_bytes(void) {
    CU_ASSERT(command_gives(EXIT_WELL, "$F import " FOLDER "midgc-go1.26.trace -qo $T/a.trace && "
                                       "$F import " FOLDER "midgc-go1.26.trace -qo $T/b.trace && "
                                       "cmp $T/a.trace $T/b.trace && $F diff $T/a.trace $T/b.trace"));
}

/* Out again in Go's form, and in: not an event is another, nor a nanosecond. */
static void out_and_in_it_is_the_same(const char *path) {
    Result r = command("$F import %s -qo $T/first.trace || exit 90; $F export --as go -o $T/first.go $T/first.trace || exit 91;"
                       "$F import $T/first.go -qo $T/second.trace || exit 92; $F show $T/first.trace > $T/first.txt;"
                       "$F show $T/second.trace | cmp $T/first.txt -", path);
    bool refused = r.status == 90 && strstr(path, "synthetic") != NULL;
    bool empty = r.status == 91 && strstr(path, "header-only") != NULL;
    if (r.status != 0 && !refused && !empty) printf("\n  %s: %d %s%s\n", path, r.status, r.out, r.err);
    CU_ASSERT(r.status == 0 || refused || empty);
    result_free(&r);
}

static void import_export_import_gives_the_same_events(void) {
    for_each_trace(FOLDER, out_and_in_it_is_the_same);
    for_each_trace(FOLDER "synthetic/", out_and_in_it_is_the_same);
}

static bool there_is_gos_reader(void) {
    Result r = command("tests/go/readtrace/build.sh $T/readtrace");
    bool there = r.status == 0;
    result_free(&r);
    if (!there) check_skip("no Go 1.25 or 1.26");
    return there;
}

static void export_it(const char *path) {
    const char *name = strrchr(path, '/') + 1;
    CU_ASSERT(command_gives(EXIT_WELL, "$F import %s -qo $T/back.trace && $F export --as go -o $T/back-%s $T/back.trace", path, name));
}

/* Go's own reader, and the validator of its tests, on what came out. */
static void go_takes_what_was_imported_and_exported(void) {
    if (!there_is_gos_reader()) return;
    char expected[64];
    size_t files = for_each_trace(FOLDER, export_it);
    char *out = output_of("$T/readtrace/readtrace $T/back-*.trace; rm $T/back-*.trace");
    snprintf(expected, sizeof expected, "%zu files, 0 bad\n", files);
    CU_ASSERT_STRING_EQUAL(out, expected);
    if (strcmp(out, expected) != 0) printf("\n%.2000s\n", out);
    free(out);
}

/* The traces that come with the source of the Go that is installed: of its own tests, many of them on a P that is
 * taken out of a syscall, and the seeds of its fuzzer. */
static void gos_own_tests_are_taken_or_refused_as_by_go(void) {
    if (!there_is_gos_reader()) return;
    char *verdicts = output_of("mkdir -p $T/testdata && "
                               "$T/readtrace/readtrace -testdata $(go env GOROOT)/src/internal/trace/testdata $T/testdata");
    char *save, *folder = output_of("printf %%s/testdata/ $T"), path[1024], name[256], verdict[16];
    size_t count = 0;
    for (char *line = strtok_r(verdicts, "\n", &save); line; line = strtok_r(NULL, "\n", &save), count++) {
        CU_ASSERT_EQUAL_FATAL(sscanf(line, "%15s %255s", verdict, name), 2);
        snprintf(path, sizeof path, "%s%s", folder, name);
        Imported got = import_trace(path, NULL, NULL, NULL);
        if (got.ok != (strcmp(verdict, "taken") == 0)) printf("\n  %s: %s by Go; here: %s\n", name, verdict, got.d.message);
        CU_ASSERT_EQUAL(got.ok, strcmp(verdict, "taken") == 0);
    }
    CU_ASSERT(count >= 30);
    free(folder);
    free(verdicts);
}

/* ---- for Perfetto ---- */

typedef struct {
    Perfetto *w;
    Seen seen;
    uint64_t running; /* slices that there must be */
    bool ok;
} Shown;

static void show_event(void *ctx, const Model *m, const Event *e) {
    Shown *x = ctx;
    perfetto_event(x->w, m, e);
    Bytes *b = perfetto_out(x->w);
    x->ok = x->ok && seen_read(&x->seen, b->data, b->len);
    b->len = 0;
    bool starts = e->kind == EV_GO_START || e->kind == EV_CGO_EXIT_FAST;
    x->running += starts || (e->kind == EV_G_SEEN && e->arg[2] == GT_G_RUNNING);
}

static void perfetto_shows_it(const char *path) {
    Shown x = {.w = perfetto_new(path), .ok = true};
    Imported got = import_trace(path, NULL, show_event, &x);
    perfetto_close(x.w);
    Bytes *b = perfetto_out(x.w);
    x.ok = x.ok && seen_read(&x.seen, b->data, b->len);
    if (!x.ok) printf("\n  %s: %s\n", path, x.seen.bad);
    CU_ASSERT(got.ok && x.ok);
    uint64_t running = 0;
    for (size_t i = 0; i < x.seen.track_count; i++) running += x.seen.track[i].running;
    CU_ASSERT_EQUAL(running, x.running);
    seen_free(&x.seen);
    perfetto_free(x.w);
}

static void perfetto_shows_each_stretch_of_running(void) { for_each_trace(FOLDER, perfetto_shows_it); }

static void wrong_files_are_refused(void) {
    Result r = command("$F import " FOLDER "coro-go1.26.trace");
    CU_ASSERT_EQUAL(r.status, EXIT_USAGE);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "--out FILE"));
    result_free(&r);
    r = command("cp " FOLDER "coro-go1.26.trace $T/same.trace && $F import $T/same.trace -o $T/same.trace");
    CU_ASSERT_EQUAL(r.status, EXIT_USAGE);
    result_free(&r);
    CU_ASSERT(command_gives(EXIT_WELL, "cmp " FOLDER "coro-go1.26.trace $T/same.trace"));
    r = command("$F import /nonexistent.trace -o $T/x.trace");
    CU_ASSERT_EQUAL(r.status, EXIT_WORLD);
    result_free(&r);
    r = command("$F import README.md -o $T/refused.trace; s=$?; test -e $T/refused.trace && exit 1; exit $s");
    CU_ASSERT_EQUAL(r.status, EXIT_WORLD);
    result_free(&r);
    r = command("$F show " FOLDER "coro-go1.26.trace");
    CU_ASSERT_EQUAL(r.status, EXIT_WORLD);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "faultline import"));
    result_free(&r);
    r = command("$F import " FOLDER "coro-go1.26.trace -qo $T/c.trace && $F replay $T/c.trace");
    CU_ASSERT_EQUAL(r.status, EXIT_WORLD);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "real Go program"));
    result_free(&r);
}

/* One that breaks off after some generations is told up to there. */
static void a_cut_trace_is_told_up_to_the_cut(void) {
    Result r = command("head -c 20000 " FOLDER "multigen-go1.26.trace > $T/cut.go && "
                       "$F import $T/cut.go -o $T/cut.trace; s=$?; $F show $T/cut.trace | wc -l; exit $s");
    CU_ASSERT_EQUAL(r.status, EXIT_WORLD);
    CU_ASSERT(atoi(r.out) > 100);
    result_free(&r);
}

void lens_import_tests(void) {
    static const Check checks[] = {
        {"each event of Go's is told", each_event_of_go_is_told},
        {"the model spends the times of the facts", the_model_spends_the_times_of_the_facts},
        {"hand-made traces are possible worlds", hand_made_traces_are_possible_worlds},
        {"a call into C has its name and place", a_call_into_c_has_its_name_and_place},
        {"a thread of C is known by its goroutine", a_thread_of_c_is_known_by_its_goroutine},
        {"sysmon is recognised", sysmon_is_recognised},
        {"numbers are used again", numbers_are_used_again},
        {"what made it runnable is its cause", what_made_it_runnable_is_its_cause},
        {"a place is the program's own", a_place_is_the_programs_own},
        {"every command reads it", every_command_reads_it},
        {"faults of a real program are found", faults_of_a_real_program_are_found},
        {"a Go trace is shown at once", a_go_trace_is_shown_at_once},
        {"importing twice gives the same bytes", importing_twice_gives_the_same_bytes},
        {"import, export, import gives the same events", import_export_import_gives_the_same_events},
        {"Go takes what was imported and exported", go_takes_what_was_imported_and_exported},
        {"Go's own tests are taken or refused as by Go", gos_own_tests_are_taken_or_refused_as_by_go},
        {"Perfetto shows each stretch of running", perfetto_shows_each_stretch_of_running},
        {"wrong files are refused", wrong_files_are_refused},
        {"a cut trace is told up to the cut", a_cut_trace_is_told_up_to_the_cut},
        {0},
    };
    suite("lens: import of Go traces", checks);
}

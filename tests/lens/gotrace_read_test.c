/* gotrace_read_test.c -- Go's traces, read: hand-made ones that Go's reader takes or refuses, real ones with known
 * facts, and one with each of its bytes damaged.
 *
 * tests/traces/go/synthetic/expected.tsv has the verdict of Go 1.26's reader on each hand-made file. facts.json
 * has what another decoder found in the real ones, which was checked against Go's reader event by event.
 */
#include "../check.h"

#include "../../sim/base/bytes.h"
#include "../../sim/base/idmap.h"
#include "../../sim/base/intern.h"
#include "../../sim/lens/gotrace_read.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDER "tests/traces/go/"

typedef unsigned long long Ull;

static char *read_bytes(const char *path, size_t *len) {
    FILE *f = fopen(path, "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    fseek(f, 0, SEEK_END);
    *len = (size_t)ftell(f);
    rewind(f);
    char *b = mem_alloc(*len + 1);
    CU_ASSERT_EQUAL_FATAL(fread(b, 1, *len, f), *len);
    b[*len] = '\0';
    fclose(f);
    return b;
}

/* Reads all of it, strings and stacks as well. False with the error. */
static bool read_all(const char *path, uint64_t *events, Diag *d) {
    GotraceReader *r;
    const GotraceEvent *e;
    GotraceStep step;
    size_t letters = 0;
    *events = 0;
    if (!gotrace_reader_open(&r, path, d)) return false;
    while ((step = gotrace_next(r, &e, d)) == GOTRACE_EVENT) {
        const GotraceSpec *spec = &gotrace_spec[e->number];
        for (int i = 0; i < spec->arg_count; i++) {
            if (spec->arg[i].kind == GOTRACE_KIND_STRING)
                letters += strlen(gotrace_text(r, e->arg[i], NULL));
            if (spec->arg[i].kind != GOTRACE_KIND_STACK) continue;
            for (uint32_t depth = 0; depth < gotrace_stack_depth(r, e->arg[i]); depth++)
                letters +=
                    strlen(gotrace_text(r, gotrace_stack_frame(r, e->arg[i], depth).func, NULL));
        }
        ++*events;
    }
    gotrace_reader_close(r);
    return step == GOTRACE_END && letters < SIZE_MAX;
}

/* ---- hand-made ones ---- */

/* Two of them Go's reader takes and panics later, when asked for an experiment's data, which we are not. */
static bool shall_be_read(const char *file, const char *verdict) {
    if (strncmp(file, "exp2", 4) == 0) return true;
    return strcmp(verdict, "ok") == 0 || strcmp(verdict, "ok*") == 0;
}

static void each_is_taken_or_refused_as_by_go(void) {
    size_t len, files = 0;
    char *table = read_bytes(FOLDER "synthetic/expected.tsv", &len), *save, path[512];
    strtok_r(table, "\n", &save); /* what the columns are */
    for (char *line; (line = strtok_r(NULL, "\n", &save)) != NULL; files++) {
        char *tab = strchr(line, '\t'), *tab2 = tab ? strchr(tab + 1, '\t') : NULL;
        CU_ASSERT_PTR_NOT_NULL_FATAL(tab2);
        *tab = *tab2 = '\0';
        uint64_t events;
        Diag d = {0};
        snprintf(path, sizeof path, FOLDER "synthetic/%s", line);
        bool ok = read_all(path, &events, &d);
        if (ok != shall_be_read(line, tab + 1)) {
            printf("    %s: Go's reader says %s, ours: %s\n", line, tab + 1,
                   ok ? "well" : d.message);
            CU_FAIL("another verdict than Go's");
        }
        if (!ok) CU_ASSERT_PTR_NOT_NULL(strstr(d.message, ": byte ")); /* the place */
    }
    CU_ASSERT_EQUAL(files, 138);
    free(table);
}

/* ---- real ones ---- */

typedef struct {
    uint8_t state;
    uint64_t since_ns;
} Thing;

typedef struct {
    IdMap by_id; /* those there are now */
    IdMap ever;
    Thing *thing;
    size_t count, cap;
    uint64_t in_ns[5]; /* by state */
} Things;

/* Enters a state; 0 = it ends. */
static void enter(Things *t, uint64_t id, uint64_t state, uint64_t now_ns) {
    uint32_t i = idmap_get(&t->by_id, id);
    if (idmap_get(&t->ever, id) == IDMAP_NONE) idmap_put(&t->ever, id, 0);
    if (i == IDMAP_NONE) {
        GROW(t->thing, t->cap, t->count + 1);
        i = (uint32_t)t->count++;
        idmap_put(&t->by_id, id, i);
    } else {
        t->in_ns[t->thing[i].state] += now_ns - t->thing[i].since_ns;
    }
    t->thing[i] = (Thing){(uint8_t)state, now_ns};
    if (state == 0) idmap_remove(&t->by_id, id);
}

static void things_free(Things *t) {
    idmap_free(&t->by_id);
    idmap_free(&t->ever);
    free(t->thing);
}

enum { TALLY_MAX = 64 };
typedef struct {
    Intern *text;
    uint64_t count[TALLY_MAX];
} Tally;

static void tally(Tally *t, const char *text) {
    uint64_t id = intern_id(t->text, text);
    CU_ASSERT_FATAL(id < TALLY_MAX);
    t->count[id]++;
}

typedef struct {
    uint64_t events, first_ns, last_ns;
    Things g, p;
    IdMap m, m_named; /* wrote; was named by a status */
    uint64_t named_only, created, destroyed;
    Tally block, stop, stw, steal;
} Facts;

static void note_goroutine(Facts *f, const GotraceEvent *e) {
    uint64_t t = e->time_ns;
    switch (e->number) {
    case GT_GO_STATUS:
    case GT_GO_STATUS_STACK: enter(&f->g, e->arg[0], e->arg[2], t); break;
    case GT_GO_CREATE: enter(&f->g, e->arg[0], GT_G_RUNNABLE, t); break;
    case GT_GO_CREATE_BLOCKED: enter(&f->g, e->arg[0], GT_G_WAITING, t); break;
    case GT_GO_CREATE_SYSCALL: enter(&f->g, e->arg[0], GT_G_SYSCALL, t); break;
    case GT_GO_START: enter(&f->g, e->arg[0], GT_G_RUNNING, t); break;
    case GT_GO_UNBLOCK:
    case GT_GO_SWITCH:
    case GT_GO_SWITCH_DESTROY: enter(&f->g, e->arg[0], GT_G_RUNNABLE, t); break;
    case GT_GO_DESTROY:
    case GT_GO_DESTROY_SYSCALL: enter(&f->g, e->g, 0, t); break;
    case GT_GO_STOP:
    case GT_GO_SYSCALL_END_BLOCKED: enter(&f->g, e->g, GT_G_RUNNABLE, t); break;
    case GT_GO_BLOCK: enter(&f->g, e->g, GT_G_WAITING, t); break;
    case GT_GO_SYSCALL_BEGIN: enter(&f->g, e->g, GT_G_SYSCALL, t); break;
    case GT_GO_SYSCALL_END: enter(&f->g, e->g, GT_G_RUNNING, t); break;
    }
    f->created += e->number == GT_GO_CREATE || e->number == GT_GO_CREATE_BLOCKED ||
                  e->number == GT_GO_CREATE_SYSCALL;
    f->destroyed += e->number == GT_GO_DESTROY || e->number == GT_GO_DESTROY_SYSCALL;
}

/* A P in a syscall still counts as running, until it is taken. */
static void note_proc(Facts *f, const GotraceEvent *e) {
    uint64_t status = e->arg[1];
    switch (e->number) {
    case GT_PROC_STATUS:
        if (status == GT_P_ABANDONED)
            tally(&f->steal,
                  e->status_from == GT_P_SYSCALL ? "abandoned_promoted" : "abandoned_new");
        enter(&f->p, e->arg[0],
              status == GT_P_RUNNING || status == GT_P_SYSCALL || e->status_from == GT_P_SYSCALL
                  ? GT_P_RUNNING
                  : GT_P_IDLE,
              e->time_ns);
        break;
    case GT_PROC_START: enter(&f->p, e->arg[0], GT_P_RUNNING, e->time_ns); break;
    case GT_PROC_STOP: enter(&f->p, e->p, GT_P_IDLE, e->time_ns); break;
    case GT_PROC_STEAL:
        tally(&f->steal, e->implied                         ? "destroy_with_P"
                         : e->status_from == GT_P_ABANDONED ? "steal_abandoned"
                         : e->arg[2] == e->m                ? "steal_self"
                                                            : "steal_other");
        enter(&f->p, e->arg[0], GT_P_IDLE, e->time_ns);
        break;
    }
}

static bool gather(const char *path, Facts *f, GotraceCounts *counts) {
    GotraceReader *r;
    const GotraceEvent *e;
    GotraceStep step;
    Diag d = {0};
    *f = (Facts){.block.text = intern_new(),
                 .stop.text = intern_new(),
                 .stw.text = intern_new(),
                 .steal.text = intern_new()};
    if (!gotrace_reader_open(&r, path, &d)) {
        printf("    %s\n", d.message);
        return false;
    }
    while ((step = gotrace_next(r, &e, &d)) == GOTRACE_EVENT) {
        CU_ASSERT(e->time_ns > f->last_ns);
        if (f->events++ == 0) f->first_ns = e->time_ns;
        f->last_ns = e->time_ns;
        if (e->m != GOTRACE_NONE && e->number != GT_CPU_SAMPLE &&
            idmap_get(&f->m, e->m) == IDMAP_NONE)
            idmap_put(&f->m, e->m, 0);
        note_goroutine(f, e);
        note_proc(f, e);
        if (e->number == GT_GO_BLOCK)
            tally(&f->block,
                  e->implied ? "(none: from GoSwitch)" : gotrace_text(r, e->arg[0], NULL));
        if (e->number == GT_GO_STOP) tally(&f->stop, gotrace_text(r, e->arg[0], NULL));
        if (e->number == GT_STW_BEGIN) tally(&f->stw, gotrace_text(r, e->arg[0], NULL));
    }
    if (step == GOTRACE_BROKEN) printf("    %s\n", d.message);
    *counts = *gotrace_counts(r);
    f->named_only = f->m.count - counts->threads;
    gotrace_reader_close(r);
    return step == GOTRACE_END;
}

static void facts_free(Facts *f) {
    things_free(&f->g);
    things_free(&f->p);
    idmap_free(&f->m);
    intern_free(f->block.text);
    intern_free(f->stop.text);
    intern_free(f->stw.text);
    intern_free(f->steal.text);
}

static void same(const char *file, const char *what, double want, uint64_t got) {
    if ((double)got == want) return;
    printf("    %s: %s: %.0f, and we find %llu\n", file, what, want, (Ull)got);
    CU_FAIL("another fact");
}

static void same_number(const cJSON *facts, const char *name, uint64_t got) {
    const cJSON *item = cJSON_GetObjectItem(facts, name);
    CU_ASSERT_PTR_NOT_NULL_FATAL(item);
    same(facts->string, name, item->valuedouble, got);
}

/* As many as the object has, and no others. */
static void same_tally(const cJSON *facts, const char *name, const Tally *t) {
    const cJSON *want = cJSON_GetObjectItem(facts, name), *item;
    CU_ASSERT_PTR_NOT_NULL_FATAL(want);
    cJSON_ArrayForEach(item, want) same(facts->string, item->string, item->valuedouble,
                                        t->count[intern_id(t->text, item->string)]);
    same(facts->string, name, cJSON_GetArraySize(want), intern_count(t->text));
}

static uint64_t on_the_wire(const GotraceCounts *n, const char *name) {
    if (strcmp(name, "(event batches)") == 0) return n->batches;
    if (strcmp(name, "(experimental batches)") == 0) return n->experimental;
    if (strcmp(name, "(frequency or sync batches)") == 0) return n->clocks;
    if (strcmp(name, "(stack batches)") == 0) return n->stacks;
    if (strcmp(name, "(string batches)") == 0) return n->strings;
    if (strcmp(name, "(CPU sample batches)") == 0) return n->samples;
    for (int i = 0; i < 256; i++) {
        if (gotrace_spec[i].name != NULL && strcmp(gotrace_spec[i].name, name) == 0)
            return n->number[i];
    }
    return UINT64_MAX;
}

static void same_wire(const cJSON *facts, const GotraceCounts *n) {
    const cJSON *item, *wire = cJSON_GetObjectItem(facts, "wire_counts");
    uint64_t timed = 0;
    cJSON_ArrayForEach(item, wire)
        same(facts->string, item->string, item->valuedouble, on_the_wire(n, item->string));
    for (int i = 0; i < 256; i++) {
        if (gotrace_spec[i].name != NULL && gotrace_spec[i].arg_count >= 0) timed += n->number[i];
    }
    same_number(facts, "timed_events_on_the_wire", timed);
}

static void same_states(const cJSON *facts, const Facts *f) {
    static const char *const name[] = {"", "Runnable", "Running", "Syscall", "Waiting"};
    const cJSON *times = cJSON_GetObjectItem(facts, "goroutine_state_ns");
    for (size_t i = 1; i < ARRAY_LEN(name); i++) {
        const cJSON *item = cJSON_GetObjectItem(times, name[i]);
        same(facts->string, name[i], item ? item->valuedouble : 0, f->g.in_ns[i]);
    }
    same_number(facts, "proc_running_ns", f->p.in_ns[GT_P_RUNNING]);
}

static void same_facts(const cJSON *facts) {
    char path[512], header[16];
    Facts f;
    GotraceCounts n;
    snprintf(path, sizeof path, FOLDER "%s", facts->string);
    CU_ASSERT_FATAL(gather(path, &f, &n));
    snprintf(header, sizeof header, "go 1.%u", n.version);
    CU_ASSERT_STRING_EQUAL(header, cJSON_GetStringValue(cJSON_GetObjectItem(facts, "header")));
    const cJSON *generations = cJSON_GetObjectItem(facts, "generations");
    same(facts->string, "generations", cJSON_GetArraySize(generations), n.generations);
    same(facts->string, "last generation",
         cJSON_GetArrayItem(generations, (int)n.generations - 1)->valuedouble, n.generation);
    same_number(facts, "frequency_hz", n.frequency);
    same_wire(facts, &n);
    same_number(facts, "events_from_the_reader_without_syncs", f.events);
    same_number(facts, "distinct_goroutines", f.g.ever.count);
    same_number(facts, "goroutines_created", f.created);
    same_number(facts, "goroutines_destroyed", f.destroyed);
    same_number(facts, "threads_with_events", n.threads);
    same_number(facts, "threads_named_only_by_status", f.named_only);
    same_number(facts, "procs", f.p.ever.count);
    same_number(facts, "first_event_ns", f.first_ns);
    same_number(facts, "last_event_ns", f.last_ns);
    same_number(facts, "fallback_advances", n.out_of_turn);
    same_states(facts, &f);
    same_tally(facts, "block_reasons", &f.block);
    same_tally(facts, "stop_reasons", &f.stop);
    same_tally(facts, "stw_kinds", &f.stw);
    same_tally(facts, "steal_kinds", &f.steal);
    facts_free(&f);
}

static void known_facts_are_met(void) {
    size_t len;
    char *text = read_bytes(FOLDER "facts.json", &len);
    cJSON *all = cJSON_Parse(text), *facts;
    CU_ASSERT_PTR_NOT_NULL_FATAL(all);
    CU_ASSERT(cJSON_GetArraySize(all) > 0);
    cJSON_ArrayForEach(facts, all) same_facts(facts);
    cJSON_Delete(all);
    free(text);
}

/* ---- damage ---- */

/* The file cut after each byte: what can be read is read, and the rest has a sentence. */
static void cut_anywhere_it_is_an_error_or_shorter(void) {
    static const char *const files[] = {"synthetic/full-22.trace", "synthetic/full-26.trace"};
    const char *path = temp_path("cut.trace");
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        char whole[128];
        size_t len;
        uint64_t all, events, read = 0;
        Diag d = {0};
        snprintf(whole, sizeof whole, FOLDER "%s", files[i]);
        char *bytes = read_bytes(whole, &len);
        CU_ASSERT_FATAL(read_all(whole, &all, &d));
        check_write(path, bytes, len);
        for (size_t cut = len - 1; cut > 0; cut--) {
            CU_ASSERT_EQUAL_FATAL(truncate(path, (off_t)cut), 0);
            if (read_all(path, &events, &d)) read++;
            else CU_ASSERT_PTR_NOT_NULL(strstr(d.message, ": byte "));
            CU_ASSERT(events <= all);
        }
        CU_ASSERT(read < 8); /* a cut between two batches cannot be told before 1.26 */
        free(bytes);
    }
}

/* Each byte in turn: one bit of it, all of it, and as it would be if it went on. */
static void damaged_anywhere_it_is_an_error_or_another_trace(void) {
    static const char *const files[] = {"synthetic/full-23.trace", "synthetic/twogen-26.trace",
                                        "cgocallback-go1.25.trace"};
    const char *path = temp_path("damaged.trace");
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        char whole[128];
        size_t len;
        uint64_t events, refused = 0, tried = 0;
        Diag d = {0};
        snprintf(whole, sizeof whole, FOLDER "%s", files[i]);
        char *bytes = read_bytes(whole, &len);
        for (size_t at = 0; at < len; at++) {
            const char good = bytes[at];
            const unsigned char bad[] = {(unsigned char)(good ^ 1), (unsigned char)~good,
                                         (unsigned char)(good | 0x80), 0, 0xff};
            for (size_t k = 0; k < ARRAY_LEN(bad); k++) {
                if (bad[k] == (unsigned char)good) continue;
                bytes[at] = (char)bad[k];
                check_write(path, bytes, len);
                tried++;
                if (read_all(path, &events, &d)) continue;
                refused++;
                CU_ASSERT_PTR_NOT_NULL(strstr(d.message, ": byte "));
                CU_ASSERT(strlen(d.message) > strlen(path) + 20);
            }
            bytes[at] = good;
        }
        CU_ASSERT(refused > tried / 3);
        free(bytes);
    }
}

static void what_is_no_trace_is_said_to_be_none(void) {
    const char *path = temp_path("no.trace");
    uint64_t events;
    Diag d = {0};
    CU_ASSERT_FALSE(read_all(temp_path("not_there.trace"), &events, &d));
    CU_ASSERT_PTR_NOT_NULL(strstr(d.message, "No such file"));
    CU_ASSERT_FALSE(read_all("/dev/null", &events, &d));
    CU_ASSERT_PTR_NOT_NULL(strstr(d.message, "it is no file"));
    check_write(path, "", 0);
    CU_ASSERT_FALSE(read_all(path, &events, &d));
    CU_ASSERT_PTR_NOT_NULL(strstr(d.message, "no Go execution trace"));
    check_write(path, "go 1.21 trace\0\0\0", 16);
    CU_ASSERT_FALSE(read_all(path, &events, &d));
    CU_ASSERT_PTR_NOT_NULL(strstr(d.remedy, "Go 1.22 or later"));
}

void lens_gotrace_read_tests(void) {
    static const Check checks[] = {
        {"each hand-made trace is taken or refused as by Go's reader",
         each_is_taken_or_refused_as_by_go},
        {"the known facts of real traces are met", known_facts_are_met},
        {"cut anywhere, a trace is an error or shorter", cut_anywhere_it_is_an_error_or_shorter},
        {"damaged anywhere, a trace is an error or another trace",
         damaged_anywhere_it_is_an_error_or_another_trace},
        {"what is no trace is said to be none", what_is_no_trace_is_said_to_be_none},
        {0},
    };
    suite("lens: reading Go's traces", checks);
}

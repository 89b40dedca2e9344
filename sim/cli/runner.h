/* runner.h -- one run from a scenario's text to a judged trace; run, test and replay all do it here. */
#ifndef FAULTLINE_RUNNER_H
#define FAULTLINE_RUNNER_H

#include "../event/trace.h"
#include "../event/watch.h"
#include "../lens/findings.h"
#include "../lens/summary.h"
#include "../script/script.h"

#include <stdatomic.h>

typedef struct {
    const char *path; /* for messages, and for finding kernels */
    const char *source;
    size_t len;
    const char *device;     /* --device */
    bool measured;          /* --time=measured */
    const char *const *set; /* NAME=VALUE */
    size_t set_count;
    const Profile *profile; /* --profile; or NULL */
    const char *out; /* the trace; NULL = none is written */
    bool progress;   /* show life on standard error after two seconds */
    /* Where kernels come from; NULL = files (paths.c). */
    bool (*kernel)(void *ctx, const char *name, char **file, char **source, Diag *d);
    void *kernel_ctx;
    const uint64_t *recorded; /* device times of an earlier run */
    size_t recorded_count;
    bool hash;           /* fill RunReport.hash */
    WatchFn after_event; /* one more listener, or NULL */
    void *watch_ctx;
    const atomic_bool *stop; /* set by after_event: nobody needs the rest of the run; or NULL */
} RunRequest;

typedef struct {
    char *text;  /* "handoffs: at least 1" */
    char *got;   /* "0"; why it was not checked */
    int verdict; /* 1 held, 0 failed, -1 not checked */
    int line;
} Verdict;

typedef struct {
    RunOutcome outcome;
    int go_status;
    Summary summary;
    Findings findings;
    bool findings_judged;      /* the scenario says which it expects */
    bool expected[FIND_COUNT]; /* these */
    Scenario scenario;
    DevInfo device;
    bool uses_device;
    char outcome_text[512]; /* what the runtime said: a panic, a deadlock */
    uint64_t outcome_g;     /* who panicked; NONE = nobody */
    int outcome_line;       /* where; 0 = unknown */
    char outcome_name[48];
    struct {
        uint64_t g;
        char name[48], reason[48];
        int line;
    } waiter[16];                      /* at a deadlock: who waits, and for what */
    bool calls_c; /* at a deadlock: the real program would not report it */
    size_t waiter_count, waiters_left; /* told of; not told of */
    Verdict *verdict;
    size_t verdict_count, verdict_cap;
    size_t held, failed, unchecked;
    bool finding_unexpected;           /* deadlock, panic or limit that no expectation names */
    uint64_t measured_ns, modelled_ns; /* of all device commands */
    char hash[HASH_TEXT_MAX];
} RunReport;

/* False when there is no run to speak of: the scenario is wrong, or a file or the device failed. */
bool runner_run(const RunRequest *rq, RunReport *r, Diag *d);
void runner_free(RunReport *r);
/* The exit status that the report asks for. */
int runner_status(const RunReport *r);
const char *runner_outcome(RunOutcome o); /* "exited", "deadlock", ... */

#endif

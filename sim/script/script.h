/* script.h -- a scenario: Lua in a box, as data for the command line and as a program for the runtime.
 *
 * The only layer that knows Lua. script_load runs the file's chunk once: it declares knobs, channels,
 * objects, goroutines and expectations. script_start makes them in a world; from then on the runtime
 * pulls operations out of the goroutines (script_prog). Everything that could differ from one machine
 * or process to the next is closed off (sandbox.c).
 */
#ifndef FAULTLINE_SCRIPT_H
#define FAULTLINE_SCRIPT_H

#include "../base/diag.h"
#include "../rt/profile.h"
#include "../rt/world.h"

typedef struct Script Script;

/* What scenario { ... } says, after the options of the command line have had the last word. */
typedef struct {
    char title[128];
    char book[32]; /* chapter and section, "18.2.2" */
    const GoVersion *go;
    uint32_t procs;
    uint64_t seed;
    uint64_t limit_ns; /* virtual time at which the run is stopped */
    uint64_t limit_events; /* ... or number of events */
    uint32_t stress;       /* STRESS_* */
    bool asyncpreemptoff;
    uint32_t max_threads;  /* 0 = Go's own 10,000 */
    bool cgocheck_off;
    uint64_t device_memory; /* bytes; 0 = not said */
    bool late_callbacks;    /* of the driver */
    Collector collector;
    uint64_t gogc;       /* percent; NONE = off */
    uint64_t gomemlimit; /* bytes; 0 = none */
    Costs costs;
} Scenario;

/* "NAME=VALUE" as given by --set (and --seed, --procs): they overrule scenario { ... }. */
typedef struct {
    const char *const *set;
    size_t set_count;
    const Profile *profile; /* measured costs, under what the scenario says itself; or NULL */
    /* Where kernel NAME comes from: *file and *source are malloced for the script. */
    bool (*kernel)(void *ctx, const char *name, char **file, char **source, Diag *d);
    void *kernel_ctx;
    /* The program shows its n-th picture: rows of red, green, blue. NULL: nobody looks. */
    void (*picture)(void *ctx, uint64_t n, uint32_t width, uint32_t height, const uint8_t *rgb);
    void *picture_ctx;
    bool no_strands; /* tests: goroutines that wait yield (strand.c) */
} ScriptOptions;

/* `path` is for messages; source is copied. A wrong scenario is EXIT_SCENARIO with its place, a wrong
 * --set EXIT_USAGE. */
bool script_load(Script **s, const char *path, const char *source, size_t len,
                 const ScriptOptions *opt, Diag *d);
/* After world_free, which drops goroutines, and before dev_close: the script gives its buffers back. */
void script_free(Script *s);
const Scenario *script_scenario(const Script *s);

/* What scenario { ... } asks of the world; how devices are timed is the caller's. */
WorldOptions script_world_options(const Script *s);

/* The supplier of operations for world_new; valid as long as the script. */
Prog script_prog(Script *s);
/* Makes what the chunk declared, in its order, and world_main. The script borrows world and device. */
bool script_start(Script *s, World *w, Dev *dev, Diag *d);
/* During the run, while all goroutines stand still: the objects that the scenario still refers to, in the order
 * of their numbers. What is pinned, or in the hands of the device, is somebody else's to say. */
void script_roots(Script *s, void (*root)(void *ctx, Id_OBJ obj), void *ctx);
/* Adds path and text of the line to a Diag that names only the line, as those of the runtime do. */
void script_place(const Script *s, Diag *d);

/* ---- expectations ---- */
typedef enum { EXPECT_EQUAL, EXPECT_AT_LEAST, EXPECT_AT_MOST, EXPECT_BETWEEN, EXPECT_SET } ExpectOp;
typedef struct {
    char key[32]; /* a figure of lens/summary, or "findings", "outcome" */
    ExpectOp op;
    uint64_t low, high; /* EQUAL, AT_LEAST: low; AT_MOST: high. Times are in ns */
    char text[256]; /* EXPECT_SET: names, sorted, joined by ", " ("" = none); or a single word */
    int line;
} Expectation;
size_t script_expect_count(const Script *s);
const Expectation *script_expect(const Script *s, size_t i);

/* Results of kernels: expect.result(object, function(i, v) ... end). `done` is called for each in turn:
 * verdict 1 held, 0 failed (got says where), -1 not checked (got says why). False if the check itself
 * is wrong (a Lua error). */
bool script_check_results(Script *s,
                          void (*done)(void *ctx, const char *text, int verdict, const char *got,
                                       int line),
                          void *ctx, Diag *d);

#endif

/* cmd_import.c -- faultline import: what runtime/trace has recorded of a real Go program becomes a trace of
 * ours, for show, summary, findings, why, diff and the window.
 *
 * The file is read once, in one pass; in memory are the tables of one of its generations, and the world.
 */
#include "cli.h"

#include "../base/units.h"
#include "../event/trace.h"
#include "../lens/gotrace_import.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    const char *gotrace, *out;
    bool quiet;
} Options;

static const struct argp_option options[] = {
    {"out", 'o', "FILE", 0, "Write the trace to FILE", 0},
    {"quiet", 'q', NULL, 0, "Print nothing but errors", 0},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state) {
    Options *o = state->input;
    switch (key) {
    case 'o': o->out = arg; return 0;
    case 'q': o->quiet = true; return 0;
    case ARGP_KEY_END:
        if (o->gotrace != NULL && o->out == NULL) argp_error(state, "where to? --out FILE");
        return ARGP_ERR_UNKNOWN;
    default: return cli_one(key, arg, state, &o->gotrace, "Go trace");
    }
}

static const struct argp argp = {
    options,
    parse,
    "GOTRACE --out TRACE",
    "Read what runtime/trace has recorded of a real Go program (Go 1.22 and later), and write it as a trace "
    "of ours.\v"
    "GOTRACE is what trace.Start(file), go test -trace=file or /debug/pprof/trace has written. Everything that "
    "reads a trace of ours reads the result: show, summary, findings, why, diff, export, view, shot. What a Go "
    "trace does not say (in whose queue a goroutine waits, when sysmon looks, what a thread without a P does) is "
    "told as not known.\n"
    "Exit status: 0 well, 4 a file failed or is no Go trace; what could be read before that is written.",
    NULL,
    NULL,
    NULL};

typedef struct {
    const Options *o;
    GotraceReader *r;
    GotraceImport *im;
    Stream *s;
    TraceWriter *w;
    Watch watch;
    struct timespec began;
    bool shown;
} Import;

/* The header of a file names the format, not who wrote it. */
static const char *written_by(unsigned format) {
    switch (format) {
    case 22: return "1.22";
    case 23: return "1.23 or 1.24";
    case 25: return "1.25";
    default: return "1.26 or later";
    }
}

static void write_head(Import *u) {
    const char *slash = strrchr(u->o->gotrace, '/');
    Bytes b = {0};
    trace_put_option(&b, "faultline", FAULTLINE_VERSION);
    trace_put_option(&b, "source", "go");
    trace_put_option(&b, "title", slash ? slash + 1 : u->o->gotrace);
    trace_put_option(&b, "go", written_by(gotrace_counts(u->r)->version));
    trace_section(u->w, "options", b.data, b.len);
    bytes_free(&b);
}

static void show_life(Import *u) {
    struct timespec now;
    char time[TIME_TEXT_MAX];
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec - u->began.tv_sec < 2) return;
    fprintf(stderr, "\r%-12s %llu events", time_text(time, sizeof time, u->s->now_ns / 1000 * 1000),
            (unsigned long long)u->s->last_seq);
    u->shown = true;
}

/* Event by event. False: the file ends badly; all before that has been told. */
static bool pass(Import *u, Diag *d) {
    enum { LIFE_EVERY = 1 << 16 };
    const GotraceEvent *e;
    bool life = isatty(STDERR_FILENO);
    for (uint64_t n = 1;; n++) {
        GotraceStep step = gotrace_next(u->r, &e, d);
        if (step != GOTRACE_EVENT) return step == GOTRACE_END;
        if (!gotrace_import_event(u->im, e, d)) return false;
        if (u->watch.refused_seq != 0) return true;
        if (life && n % LIFE_EVERY == 0) show_life(u);
    }
}

static bool refused(const Import *u, Diag *d) {
    diag_fail(d, EXIT_WORLD, "%s: event #%llu is impossible: %s", u->o->gotrace,
              (unsigned long long)u->watch.refused_seq, u->watch.refused);
    return diag_remedy(d, "The trace contradicts itself in a way that its own format allows; it is kept up to there.");
}

static void print_counts(const Import *u) {
    const GotraceImported *im = gotrace_imported(u->im);
    char time[TIME_TEXT_MAX];
    printf("imported:  %llu events of a program of Go %s, %s: %llu threads, %llu goroutines\n",
           (unsigned long long)im->events, written_by(gotrace_counts(u->r)->version),
           time_text(time, sizeof time, u->s->now_ns), (unsigned long long)im->threads,
           (unsigned long long)im->goroutines);
    if (im->left_out > 0)
        printf("left out:  %llu events of the experiment traceallocfree\n", (unsigned long long)im->left_out);
    if (im->renumbered > 0)
        printf("numbers:   %llu goroutines with numbers above %d have others here; Go's stands behind, in brackets\n",
               (unsigned long long)im->renumbered, MODEL_OWN_IDS - 1);
    printf("trace:     %s\n", u->o->out);
}

static bool import(Import *u, Diag *d) {
    u->s = stream_new();
    u->im = gotrace_import_new(u->r, u->s);
    watch_init(&u->watch, u->s->text);
    u->watch.forgiving = true;
    trace_follow(u->w, u->watch.model);
    stream_add(u->s, trace_sink, u->w);
    stream_add(u->s, watch_sink, &u->watch);
    write_head(u);
    clock_gettime(CLOCK_MONOTONIC, &u->began);
    bool ok = pass(u, d);
    stream_flush(u->s);
    if (u->shown) fprintf(stderr, "\r%60s\r", "");
    if (u->watch.refused_seq != 0) ok = refused(u, d);
    Diag written;
    if (!trace_finish(u->w, &written) && ok) {
        *d = written;
        ok = false;
    }
    if (ok && !u->o->quiet) print_counts(u);
    gotrace_import_free(u->im);
    watch_free(&u->watch);
    stream_free(u->s);
    return ok;
}

int cmd_import(int argc, char **argv) {
    Options o = {0};
    Diag d;
    cli_parse(&argp, argc, argv, &o);
    Import u = {.o = &o};
    bool ok = gotrace_reader_open(&u.r, o.gotrace, &d);
    if (ok && cli_same_file(o.gotrace, o.out))
        ok = diag_fail(&d, EXIT_USAGE, "%s is the Go trace itself: write to another file", o.out);
    if (ok) ok = trace_create(&u.w, o.out, false, &d) && import(&u, &d);
    gotrace_reader_close(u.r);
    return ok ? EXIT_WELL : cli_fail(&d);
}

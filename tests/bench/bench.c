/* bench.c -- the table of figures: what product promises, measured side by side in this very run.
 *
 * Each row is the median of a few runs on this machine, now. Nothing is asserted: a figure is for reading,
 * and its history stands in book-notes/performance.md. A baseline that is not installed is said to be
 * missing.
 */
#include "window.h"

#include "../../sim/base/team.h"
#include "../../sim/event/trace.h"
#include "../../sim/event/watch.h"
#include "../../sim/lens/gotrace_read.h"
#include "../../sim/mem/heap.h"
#include "../../sim/rt/world.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 1000000, REPEATS = 3 };
static char folder[256];
static const char *program; /* this one */

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}
static double median(double *v, int n) {
    qsort(v, (size_t)n, sizeof *v, by_value);
    return v[n / 2];
}

static void row(const char *what, const char *figure, const char *target, const char *against) {
    printf("%-58s %18s   %-22s %s\n", what, figure, target, against);
    fflush(stdout);
}

static const char *text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static const char *text(const char *fmt, ...) {
    static char buf[8][256];
    static unsigned turn;
    char *b = buf[turn++ % 8];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(b, sizeof buf[0], fmt, ap);
    va_end(ap);
    return b;
}

/* ---- other programs ---- */

static const char *in_folder(const char *name) { return text("%s/%s", folder, name); }

/* Runs a shell command; its wall time, and its peak memory in *rss_kib. Negative if it failed. */
static double run(const char *command, long *rss_kib) {
    double begin = now_s();
    pid_t pid = fork();
    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    int status;
    struct rusage use;
    if (pid < 0 || wait4(pid, &status, 0, &use) != pid || status != 0) return -1;
    if (rss_kib) *rss_kib = use.ru_maxrss;
    return now_s() - begin;
}

/* The number that a command prints; negative if it failed. */
static double number(const char *command) {
    FILE *p = popen(command, "r");
    double v = -1;
    if (p == NULL) return -1;
    if (fscanf(p, "%lf", &v) != 1) v = -1;
    return pclose(p) == 0 ? v : -1;
}

static double median_of(const char *command) {
    double v[REPEATS];
    for (int i = 0; i < REPEATS; i++) {
        remove(in_folder("go.trace")); /* ext4 waits for the disk when a file is written over */
        v[i] = number(command);
    }
    return median(v, REPEATS);
}

/* ---- goroutines as C code: a ring that passes a token, or ping-pong ---- */

typedef struct {
    uint64_t n, rounds;
    uint64_t *at;
} Ring;

/* Body 0 makes the others, then passes the token on; body i receives on i and sends on i + 1. */
static void next(void *ctx, World *w, uint64_t body, OpResult last, Op *out) {
    (void)last;
    Ring *r = ctx;
    uint64_t at = r->at[body]++;
    if (body == 0) {
        if (at + 1 < r->n) {
            *out = (Op){.kind = OP_GO, .a = at + 1, .text = w->text.sleep};
            return;
        }
        at -= r->n - 1;
    }
    bool send = (at % 2 == 0) == (body == 0);
    if (at >= 2 * r->rounds) *out = (Op){.kind = OP_END};
    else
        *out =
            (Op){.kind = send ? OP_SEND : OP_RECV, .a = send ? (body + 1) % r->n : body, .line = 1};
}

typedef struct {
    double seconds;
    uint64_t events;
} Timed;

static Timed ring(uint64_t n, uint64_t rounds, const char *trace) {
    Ring r = {n, rounds, mem_zero(n, sizeof(uint64_t))};
    Diag d;
    Dev *dev;
    TraceWriter *tw = NULL;
    Watch watch;
    if (!dev_open(&dev, "none", &d) || !trace_create(&tw, trace, false, &d)) {
        diag_print(&d, stderr);
        exit(d.status);
    }
    Stream *s = stream_new();
    watch_init(&watch, s->text);
    trace_follow(tw, watch.model);
    stream_add(s, trace_sink, tw);
    stream_add(s, watch_sink, &watch);
    WorldOptions opt = {.procs = 1, .seed = 1};
    costs_default(&opt.costs);
    World *w = world_new(s, dev, (Prog){.ctx = &r, .next = next}, &opt);
    for (uint64_t i = 0; i < n; i++) world_chan(w, 0, "c", 1);
    double begin = now_s();
    world_main(w, 0, 0);
    world_run(w);
    stream_flush(s);
    Timed t = {now_s() - begin, s->last_seq};
    world_free(w);
    trace_finish(tw, &d);
    watch_free(&watch);
    stream_free(s);
    dev_close(dev);
    free(r.at);
    return t;
}

/* ---- rows ---- */

static void ping_pong(void) {
    char command[600];
    double go = -1, go_traced = -1, simgrid = -1, v[REPEATS];
    if (system("command -v go >/dev/null 2>&1") == 0 &&
        system(text("go build -o %s tests/bench/pingpong.go 2>/dev/null", in_folder("pingpong"))) ==
            0) {
        go = median_of(text("%s %d", in_folder("pingpong"), ROUNDS));
        go_traced =
            median_of(text("%s %d %s", in_folder("pingpong"), ROUNDS, in_folder("go.trace")));
    }
    if (system("pkg-config --exists simgrid 2>/dev/null") == 0 &&
        system(text("g++ -O2 -o %s tests/bench/pingpong.cpp -lsimgrid 2>/dev/null",
                    in_folder("simgrid"))) == 0) {
        simgrid = median_of(
            text("%s %d --log=root.thresh:error 2>/dev/null", in_folder("simgrid"), ROUNDS / 5));
    }
    snprintf(command, sizeof command,
             "build/faultline run --quiet --set rounds=%d --out %s tests/bench/pingpong.lua",
             ROUNDS, in_folder("pp.trace"));
    for (int i = 0; i < REPEATS; i++) {
        remove(in_folder("pp.trace"));
        v[i] = run(command, NULL);
    }
    double ns = median(v, REPEATS) / ROUNDS * 1e9;
    row("ping-pong in Lua, full trace, ns a round trip", text("%.0f", ns), "",
        "whole command, start included");
    row("  against Go, untraced", go > 0 ? text("%.2f x", ns / go) : "no Go here", "<= 1.0 x",
        go > 0 ? text("Go: %.0f ns", go) : "");
    row("  against Go with runtime/trace",
        go_traced > 0 ? text("%.2f x", ns / go_traced) : "no Go here", "<= 0.4 x",
        go_traced > 0 ? text("Go: %.0f ns", go_traced) : "");
    row("  against SimGrid's semaphores",
        simgrid > 0 ? text("%.1f x faster", simgrid / ns) : "no SimGrid here", ">= 2.5 x faster",
        simgrid > 0 ? text("SimGrid: %.0f ns", simgrid) : "");
}

static void scheduler(void) {
    double v[REPEATS], small[REPEATS], large[REPEATS];
    Timed t = {0};
    for (int i = 0; i < REPEATS; i++) {
        t = ring(2, ROUNDS, in_folder("ring.trace"));
        v[i] = (double)t.events / t.seconds / 1e6;
    }
    row("scheduler alone (C programs), trace written", text("%.1f M events/s", median(v, REPEATS)),
        ">= 20 M", text("%llu events", (unsigned long long)t.events));
    FILE *f = fopen(in_folder("ring.trace"), "rb");
    if (f != NULL) {
        fseek(f, 0, SEEK_END);
        row("trace, bytes an event", text("%.1f", (double)ftell(f) / (double)t.events), "<= 8",
            "Go's own: 5.7 on its ping-pong");
        fclose(f);
    }
    for (int i = 0; i < REPEATS; i++) {
        Timed a = ring(1000, 2000, in_folder("a.trace")),
              b = ring(100000, 20, in_folder("b.trace"));
        small[i] = a.seconds / (double)a.events;
        large[i] = b.seconds / (double)b.events;
    }
    double s = median(small, REPEATS), l = median(large, REPEATS);
    row("scheduler alone, 1,000 live goroutines", text("%.1f M events/s", 1e-6 / s), "", "");
    row("scheduler alone, 100,000 live goroutines", text("%.1f M events/s", 1e-6 / l), "", "");
    row("  100,000 against 1,000, time an event", text("%.2f x", l / s), "<= 4 x",
        text("%.0f against %.0f ns", l * 1e9, s * 1e9));
}

static void parked(void) {
    long one, million;
    const char *command = "build/faultline run --quiet --set goroutines=%d tests/bench/parked.lua";
    char few[200], many[200];
    snprintf(few, sizeof few, command, 1000);
    snprintf(many, sizeof many, command, 1000000);
    double first = run(few, &one), took = run(many, &million);
    bool ok = first >= 0 && took >= 0;
    row("a parked goroutine in Lua, all its memory",
        ok ? text("%.0f bytes", (double)(million - one) * 1024 / 999000) : "failed",
        "<= 1536 bytes", "");
    row("  1,000,000 of them", ok ? text("%.1f s", took) : "failed", "they run",
        ok ? text("%ld MiB in all", million / 1024) : "");
}

static void big_trace(void) {
    Diag d;
    Timed made = ring(2, 10000000 / 14 + 1, in_folder("big.trace"));
    double begin = now_s();
    Trace *t;
    if (!trace_open(&t, in_folder("big.trace"), &d)) return;
    double opened = now_s() - begin, worst = 0;
    for (uint64_t i = 1; i <= 40; i++) {
        uint64_t ns = trace_last_ns(t) / 41 * (i * 17 % 41);
        begin = now_s();
        Model *m = trace_model_at_ns(t, ns, &d);
        double took = now_s() - begin;
        if (took > worst) worst = took;
        model_free(m);
    }
    row("open a trace of 10 million events", text("%.0f ms", opened * 1e3), "<= 1 s",
        text("%llu events", (unsigned long long)made.events));
    row("  seek anywhere in it, worst of 40", text("%.1f ms", worst * 1e3), "<= 20 ms",
        "the model at that moment");
    trace_close(t);
}

/* `bench read FILE`: reads a Go trace and prints nanoseconds an event and the events, for go_trace below. */
static int read_go_trace(const char *path) {
    double begin = now_s();
    uint64_t events = 0;
    GotraceReader *r;
    const GotraceEvent *e;
    GotraceStep step;
    Diag d;
    if (!gotrace_reader_open(&r, path, &d)) return EXIT_WORLD;
    while ((step = gotrace_next(r, &e, &d)) == GOTRACE_EVENT) events++;
    gotrace_reader_close(r);
    printf("%f %llu\n", (now_s() - begin) * 1e9 / (double)events, (unsigned long long)events);
    return step == GOTRACE_END ? EXIT_WELL : EXIT_WORLD;
}

static bool build_go_reader(void) {
    return system(text("echo '{\"Replace\": {\"'$(go env GOROOT)/src/cmd/faultline/main.go'\": "
                       "\"'$PWD/tests/bench/readtrace.go'\"}}' >%s",
                       in_folder("overlay.json"))) == 0 &&
           system(text("go build -overlay %s -o %s cmd/faultline 2>/dev/null",
                       in_folder("overlay.json"), in_folder("readtrace"))) == 0;
}

/* Both readers by turns. */
static void go_trace(const char *what, const char *file) {
    double ours[REPEATS], go[REPEATS];
    char our_command[600], go_command[600];
    long rss_kib = 0;
    snprintf(our_command, sizeof our_command, "%s read %s", program, file);
    snprintf(go_command, sizeof go_command, "%s %s", in_folder("readtrace"), file);
    for (int i = 0; i < REPEATS; i++) {
        ours[i] = number(our_command);
        go[i] = number(go_command);
    }
    double ns = median(ours, REPEATS), go_ns = median(go, REPEATS);
    bool ok = ours[0] > 0 && run(text("%s >/dev/null", our_command), &rss_kib) >= 0;
    double events = number(text("%s | cut -d' ' -f2", our_command));
    row(text("reading a Go trace (%s), ns an event", what), ok ? text("%.1f", ns) : "failed", "",
        text("%.1f M events", events / 1e6));
    row("  against Go's own reader",
        ok && go[0] > 0 ? text("%.1f x faster", go_ns / ns) : "it does not build here",
        ">= 5 x faster", go[0] > 0 ? text("Go: %.0f ns", go_ns) : "");
    row("  memory at its peak", text("%.1f MiB", (double)rss_kib / 1024), "<= 100 MiB", "");
}

static void go_traces(void) {
    if (system("command -v go >/dev/null 2>&1") != 0) {
        row("reading a Go trace", "no Go here", ">= 5 x faster",
            "it makes the trace, and reads it");
        return;
    }
    build_go_reader();
    if (system(text("go build -o %s tests/bench/calls.go 2>/dev/null && %s 2000000 %s",
                    in_folder("calls"), in_folder("calls"), in_folder("calls.trace"))) == 0)
        go_trace("calls into C", in_folder("calls.trace"));
    if (system(text("go build -o %s tests/bench/pingpong.go 2>/dev/null && %s %d %s >/dev/null",
                    in_folder("pingpong"), in_folder("pingpong"), ROUNDS,
                    in_folder("chan.trace"))) == 0)
        go_trace("ping-pong", in_folder("chan.trace"));
}

static void slices(void) {
    enum { WIDTH = 1024, HEIGHT = 512 };
    Diag d;
    Dev *dev;
    char *source = NULL;
    DevKernel k;
    DevBuffer b;
    float *pixels = aligned_alloc(4096, WIDTH * HEIGHT * sizeof(float));
    FILE *f = fopen("opencl_kernels/mandelbrot.cl", "rb");
    if (f == NULL || pixels == NULL) return;
    source = mem_zero(1 << 16, 1);
    size_t got = fread(source, 1, (1 << 16) - 1, f);
    fclose(f);
    if (got == 0 || !dev_open(&dev, "auto", &d)) {
        row("a kernel in 64 slices against one", "no device here", "<= 1.05 x", "");
        free(source);
        free(pixels);
        return;
    }
    bool ok = dev_kernel(dev, "mandelbrot.cl", "mandelbrot", source, &k, &d) &&
              dev_buffer(dev, pixels, WIDTH * HEIGHT * sizeof(float), &b, &d);
    double v[2][9];
    for (int i = 0; ok && i < 9; i++) {
        for (int sliced = 0; ok && sliced < 2; sliced++) {
            DevArg args[4] = {{DEV_ARG_BUFFER, {.buffer = b}},
                              {DEV_ARG_INT, {.i = WIDTH}},
                              {DEV_ARG_INT, {.i = HEIGHT}},
                              {DEV_ARG_INT, {.i = 200}}};
            uint32_t n = sliced ? 64 : 1;
            DevLaunch launch;
            ok = dev_launch(dev, k, args, 4, WIDTH * HEIGHT, &n, &launch, &d);
            double begin = now_s();
            ok = ok && dev_run(dev, launch, n, NULL, &d);
            v[sliced][i] = now_s() - begin;
            if (ok) dev_launch_drop(dev, launch);
        }
    }
    if (!ok) diag_print(&d, stderr);
    else
        row("a kernel in 64 slices against one", text("%.2f x", median(v[1], 9) / median(v[0], 9)),
            "<= 1.05 x",
            text("mandelbrot, %.1f ms; %s", median(v[0], 9) * 1e3, dev_info(dev)->name));
    dev_close(dev);
    free(source);
    free(pixels);
}

/* A real program's trace, from the command to a picture. */
static void real_program(void) {
    enum { CALLS = 2200000 };
    const char *what = "a Go program's 17.6 M calls of C: import, then a picture";
    const char *target = "<= 3 s, <= 1024 MiB";
    char go_trace[300], ours[300], command[1200];
    long import_kib = 0, shot_kib = 0;
    snprintf(go_trace, sizeof go_trace, "%s", in_folder("imported.go"));
    snprintf(ours, sizeof ours, "%s", in_folder("imported.trace"));
    if (system("command -v go >/dev/null 2>&1") != 0 ||
        system(text("go build -o %s tests/bench/calls.go 2>/dev/null", in_folder("calls"))) != 0 ||
        system(text("%s %d %s >/dev/null", in_folder("calls"), CALLS, go_trace)) != 0) {
        row(what, "no Go with cgo here", target, "");
        return;
    }
    double imported = run(text("exec build/faultline import -qo %s %s", ours, go_trace), &import_kib);
    double shot = run(text("exec build/faultline shot %s --at 100ms -o %s", ours, in_folder("g.png")), &shot_kib);
    snprintf(command, sizeof command,
             "setsid timeout 300 go tool trace -http=127.0.0.1:0 %s 2>%s & p=$!; "
             "until grep -q listening %s; do kill -0 $p 2>/dev/null || exit 1; sleep .1; done; pkill -s $p",
             go_trace, in_folder("gotool.log"), in_folder("gotool.log"));
    double tool = run(command, NULL);
    bool ok = imported > 0 && shot > 0;
    row(what, ok ? text("%.1f s, %ld MiB", imported + shot, (import_kib > shot_kib ? import_kib : shot_kib) / 1024) : "failed",
        target, tool > 0 ? text("go tool trace: %.0f s until it serves", tool) : "");
    row("  of that the import", ok ? text("%.1f s, %ld MiB", imported, import_kib / 1024) : "failed", "<= 100 MiB", "");
}

/* ---- a collection of 1 GiB: a binary tree of 2^24 nodes of 64 bytes, as tests/bench/collect.go makes it ---- */

enum { NODES = 1 << 24, COLLECTIONS = 5 };
static const HeapLayout NODE = {64, 3};

static Id_OBJ collect_node(Heap *h) {
    Id_OBJ obj;
    Diag d;
    if (!heap_object(h, NODE.element_bytes, NODE, &obj, &d)) {
        diag_print(&d, stderr);
        exit(d.status);
    }
    return obj;
}

static void collect_link(Heap *h, Id_OBJ at, uint64_t left, uint64_t right, uint64_t i) {
    uint64_t words[3] = {left, right, i};
    memcpy(heap_bytes(h, at), words, sizeof words);
}

static uint64_t collect_depth(Heap *h, uint64_t i) {
    if (i >= NODES) return 0;
    Id_OBJ at = collect_node(h);
    uint64_t left = collect_depth(h, 2 * i + 1), right = collect_depth(h, 2 * i + 2);
    collect_link(h, at, left, right, i);
    return heap_addr(h, at);
}

static void collect_rows(Heap *h, bool shuffled) {
    for (uint64_t i = 0; i < NODES; i++) collect_node(h);
    uint64_t factor = shuffled ? 2654435761u : 1;
#define PLACE(i) ((Id_OBJ){(i) * factor % NODES})
    for (uint64_t i = 0; i < NODES; i++) {
        uint64_t left = 2 * i + 1, right = 2 * i + 2;
        collect_link(h, PLACE(i), left < NODES ? heap_addr(h, PLACE(left)) : 0,
                     right < NODES ? heap_addr(h, PLACE(right)) : 0, i);
    }
#undef PLACE
}

static void collect_leaves(void *ctx, Id_OBJ obj, uint64_t from, uint64_t to) {
    (void)obj, (void)from, (void)to;
    ++*(uint64_t *)ctx;
}

typedef struct {
    double mark, all, first; /* milliseconds */
} Collected;

static Collected collected(Collector collector, const char *order, bool listening) {
    Heap *h = heap_new((uint64_t)NODES * NODE.element_bytes, collector);
    uint64_t heard = 0;
    HeapListener listen = {collect_leaves, NULL, &heard};
    double mark[COLLECTIONS + 1], all[COLLECTIONS + 1];
    if (strcmp(order, "depth") == 0) collect_depth(h, 0);
    else collect_rows(h, strcmp(order, "shuffled") == 0);
    for (int i = 0; i <= COLLECTIONS; i++) {
        double begin = now_s();
        heap_mark_begin(h);
        heap_mark_root(h, (Id_OBJ){0});
        if (heap_mark(h).objects != NODES) exit(EXIT_BUG);
        mark[i] = (now_s() - begin) * 1e3;
        heap_finish(h, listening ? &listen : NULL);
        all[i] = (now_s() - begin) * 1e3;
    }
    heap_free(h);
    return (Collected){median(mark + 1, COLLECTIONS), median(all + 1, COLLECTIONS), all[0]};
}

static void collect_row(const char *what, Collected c, double go) {
    row(what, text("%.0f ms", c.all), go > 0 ? text("<= %.0f ms", go) : "",
        text("%smarking %.0f ms, first time %.0f ms", go > 0 ? text("%.2f x Go, ", c.all / go) : "", c.mark, c.first));
}

/* The least that moving a gibibyte takes: each member copies his part of it, and fills what it leaves. */
enum { MOVED_STEP = 16384 };
static uint8_t *moved_from, *moved_to;

static void move_part(void *ctx, unsigned who, unsigned members) {
    size_t part = *(const size_t *)ctx / members;
    for (size_t at = who * part; at < (who + 1) * part; at += MOVED_STEP) {
        memcpy(moved_to + at, moved_from + at, MOVED_STEP);
        memset(moved_from + at, 0xef, MOVED_STEP);
    }
}

static double moving_alone(void) {
    size_t bytes = (size_t)NODES * NODE.element_bytes;
    double took[COLLECTIONS + 1];
    moved_from = mem_alloc(bytes);
    moved_to = mem_alloc(bytes);
    for (int i = 0; i <= COLLECTIONS; i++) {
        double begin = now_s();
        team_run(team_size(), move_part, &bytes);
        took[i] = (now_s() - begin) * 1e3;
    }
    free(moved_from);
    free(moved_to);
    return median(took + 1, COLLECTIONS);
}

static void collections(void) {
    row("copying 1 GiB and filling it with poison, no more", text("%.0f ms", moving_alone()), "", text("%u threads", team_size()));
    static const char *const orders[] = {"rows", "depth", "shuffled"};
    bool built = system("command -v go >/dev/null 2>&1") == 0 &&
                 system(text("go build -o %s tests/bench/collect.go 2>/dev/null", in_folder("collect"))) == 0;
    for (size_t i = 0; i < ARRAY_LEN(orders); i++) {
        const char *go = text("%s %d %s %d", in_folder("collect"), NODES, orders[i], COLLECTIONS);
        double all = built ? number(go) : -1, one = built ? number(text("GOMAXPROCS=1 %s", go)) : -1;
        row(text("collecting 1 GiB, a tree in %s: Go's runtime.GC", orders[i]), all > 0 ? text("%.0f ms", all) : "no Go here", "",
            one > 0 ? text("with one thread: %.0f ms", one) : "");
        collect_row("  ours that moves nothing", collected(COLLECTOR_GO, orders[i], false), all);
        collect_row("  ours that moves all", collected(COLLECTOR_MOVING, orders[i], false), all);
        collect_row("  and tells of each", collected(COLLECTOR_MOVING, orders[i], true), all);
    }
}

/* ---- the window, over traces of ten million events and more, each of another shape ---- */

static void window_rows(const char *shape, const char *trace) {
    WindowFigures w;
    if (!window_figures(trace, &w)) {
        row(text("the window, %s", shape), "failed", "", "");
        return;
    }
    row(text("the window opens %s", shape), text("%.2f s", w.open_s), "<= 1 s", text("%llu events", w.events));
    row("  goes to any moment", text("%.1f, worst %.1f ms", w.seek.median_ms, w.seek.worst_ms), "<= 20 ms", "");
    for (size_t i = 0; i < WINDOW_VIEWS; i++) {
        const Spread *whole = &w.frame[i].whole, *near = &w.frame[i].near;
        row(text("  a frame at 1920x1080, %s", window_view[i]),
            text("%.1f, p99 %.1f ms", fmax(whole->median_ms, near->median_ms), fmax(whole->p99_ms, near->p99_ms)), "<= 8, p99 <= 16.7 ms",
            text("whole run %.1f, %.1f; zoomed %.1f, %.1f", whole->median_ms, whole->p99_ms, near->median_ms, near->p99_ms));
    }
}

static void window_shape(const char *name, const char *knob, const char *shape) {
    char trace[300];
    snprintf(trace, sizeof trace, "%s", in_folder("window.trace"));
    const char *command = text("build/faultline run --quiet --device none --set %s --out %s tests/bench/%s.lua", knob, trace, name);
    if (run(command, NULL) < 0) row(text("the window, %s", shape), "failed", "", "");
    else window_rows(shape, trace);
    remove(trace);
}

static void window(void) {
    window_shape("pingpong", "rounds=720000", "a ping-pong");
    window_shape("crowd", "items=820", "2400 goroutines in pipelines");
    window_shape("calls", "calls=107000", "240 goroutines that call C");
    window_shape("memory", "rounds=18000", "objects and collections");
}

static const struct {
    const char *name;
    void (*run)(void);
} parts[] = {{"pingpong", ping_pong}, {"scheduler", scheduler}, {"parked", parked},
             {"trace", big_trace},    {"gotrace", go_traces},   {"slices", slices},
             {"window", window},      {"import", real_program}, {"gc", collections}};

/* In a process of its own: what a part uses up is not counted for the commands of the next. (A command's peak memory,
 * as the kernel tells it, includes that of the process that started it.) */
static void run_part(void (*part)(void)) {
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        part();
        exit(EXIT_WELL);
    }
    int status;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) printf("failed\n");
}

/* All rows, or those of the parts that are named; `bench look TRACE`: the window's rows of any trace. */
int main(int argc, char **argv) {
    program = argv[0];
    if (argc == 3 && strcmp(argv[1], "read") == 0) return read_go_trace(argv[2]);
    if (argc == 3 && strcmp(argv[1], "look") == 0) {
        window_rows(argv[2], argv[2]);
        return EXIT_WELL;
    }
    snprintf(folder, sizeof folder, "%s/faultline-bench-XXXXXX",
             getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    if (mkdtemp(folder) == NULL) return EXIT_WORLD;
    row("what", "here, now", "target", "");
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        bool wanted = argc < 2;
        for (int k = 1; k < argc; k++) wanted |= strcmp(argv[k], parts[i].name) == 0;
        if (wanted) run_part(parts[i].run);
    }
    char command[320];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command) == 0 ? EXIT_WELL : EXIT_WORLD;
}

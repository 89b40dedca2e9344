/* cmd_calibrate.c -- faultline calibrate: this machine's costs, and how far off the simulator is with them.
 *
 * Parts are measured and become costs; whole mechanisms are measured and predicted from those costs by the
 * simulator. Two tables, one for each, and a profile for `faultline run --profile`.
 */
#include "cli.h"

#include "../base/scratch.h"

#include "../calibrate/fit.h"
#include "../calibrate/gobench.h"
#include "../calibrate/mechanism.h"
#include "../calibrate/probe.h"
#include "../lens/narrate.h"

#include <errno.h>
#include <ftw.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

typedef struct {
    const char *out, *device;
    bool quick;
} Options;

static const struct argp_option options[] = {
    {"out", 'o', "PROFILE", 0, "Write the costs to PROFILE", 0},
    CLI_DEVICE_OPTION,
    {"quick", 'q', NULL, 0, "A fiftieth of the samples: to see that it works", 0},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state) {
    Options *o = state->input;
    switch (key) {
    case 'o': o->out = arg; return 0;
    case 'd': o->device = arg; return 0;
    case 'q': o->quick = true; return 0;
    case ARGP_KEY_ARG: argp_error(state, "calibrate takes no argument; -o %s writes a profile there", arg); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    options,
    parse,
    "",
    "Measure what things cost on this machine, and compare what the simulator makes of it with what Go does.\v"
    "It takes some seconds. What is measured in Go needs Go with cgo in PATH; without, threads and the "
    "device are measured. Use the profile with: faultline run --profile PROFILE SCENARIO",
    NULL,
    NULL,
    NULL};

/* ---- the folder in which the Go program is built ---- */

static volatile sig_atomic_t interrupt; /* which signal, 0 = none */

static void on_interrupt(int signal) {
    interrupt = signal;
    gobench_interrupt();
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at) {
    (void)st, (void)type, (void)at;
    remove(path);
    return 0;
}

/* With all that an interrupted go build has left in it. */
static void remove_folder(const char *folder) { nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS); }

static bool make_folder(char *folder, size_t size, Diag *d) {
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    if (!scratch_folder(folder, size, d)) return false;
    struct sigaction act = {.sa_handler = on_interrupt};
    sigemptyset(&act.sa_mask);
    for (size_t i = 0; i < ARRAY_LEN(signals); i++) sigaction(signals[i], &act, NULL);
    return true;
}

/* ---- measuring ---- */

static void progress(const char *doing) {
    if (isatty(STDERR_FILENO)) fprintf(stderr, "\r%-60.60s\r", doing);
}

/* What was measured here, as words. */
typedef struct {
    char cpu[128], kernel[160], go[64], device[160];
} Machine;

static void find_machine(Machine *k) {
    struct utsname u;
    char line[512];
    if (uname(&u) == 0) snprintf(k->kernel, sizeof k->kernel, "%.60s %.80s", u.sysname, u.release);
    FILE *f = fopen("/proc/cpuinfo", "r");
    while (f != NULL && k->cpu[0] == '\0' && fgets(line, sizeof line, f) != NULL) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || colon == NULL) continue;
        snprintf(k->cpu, sizeof k->cpu, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
    }
    if (f != NULL) fclose(f);
    if (k->cpu[0] == '\0') snprintf(k->cpu, sizeof k->cpu, "unknown CPU");
}

static void warn_of_load(void) {
    double load;
    if (getloadavg(&load, 1) == 1 && load > 0.5)
        fprintf(stderr, "faultline: other programs are running here (load %.2f); what has threads in it will scatter\n",
                load);
}

/* False: a device was named and is not there, or failed. */
static bool measure_device(const Options *o, Measured *m, Machine *k, Diag *d) {
    Dev *dev;
    bool named = strcmp(o->device, "auto") != 0;
    if (!dev_open(&dev, o->device, d)) {
        if (!named) fprintf(stderr, "faultline: launches are not measured: %s\n", d->message);
        return !named;
    }
    const DevInfo *info = dev_info(dev);
    bool ok = true;
    if (info->present) {
        progress("the device");
        snprintf(k->device, sizeof k->device, "%s", info->name);
        ok = probe_device(m, dev, o->quick ? 0.02 : 1, d);
    }
    dev_close(dev);
    return ok;
}

static void measure_go(const Options *o, const char *folder, int other_cpu, Measured *m, Machine *k) {
    char source[4096];
    Diag d;
    if (interrupt) return;
    if (!gobench_version("go", k->go, sizeof k->go)) {
        k->go[0] = '\0';
        fprintf(stderr, "faultline: there is no Go in PATH: what is measured in Go is left out "
                        "(apt-get install golang-go, or https://go.dev/dl)\n");
        return;
    }
    if (!path_bench(source, sizeof source)) {
        fprintf(stderr, "faultline: bench.go is not beside the program: what is measured in Go is left out; "
                        "`make install` puts it into share/faultline/calibrate\n");
        return;
    }
    GoBench b = {.go = "go",
                 .source = source,
                 .folder = folder,
                 .scale = o->quick ? 0.02 : 1,
                 .other_cpu = other_cpu,
                 .progress = progress};
    if (!gobench_run(&b, m, &d) && !interrupt) cli_fail(&d);
}

static bool measure(const Options *o, Measured *m, Machine *k, Diag *d) {
    char folder[4096];
    if (!make_folder(folder, sizeof folder, d)) return false;
    find_machine(k);
    warn_of_load();
    bool ok = measure_device(o, m, k, d); /* first, while its driver's threads may go where they like */
    int one, other;
    probe_cpus(&one, &other);
    probe_stay_on(one);
    if (ok) {
        progress("threads and sleeps");
        probe_threads(m, o->quick ? 0.02 : 1);
        measure_go(o, folder, other, m, k);
    }
    probe_stay_on(-1);
    progress("");
    remove_folder(folder);
    if (interrupt) { /* more than one may have come; now it means what it always does */
        signal(interrupt, SIG_DFL);
        raise(interrupt);
    }
    return ok;
}

/* ---- what is printed ---- */

static const char *time_of(char buf[48], double ns) { return narrate_time(buf, 48, ns > 0 ? (uint64_t)llround(ns) : 0); }

/* On the right of `width` columns; a two-byte letter is one column. */
static void right(int width, const char *text) { printf("%*s", width + (strstr(text, "µ") ? 1 : 0), text); }

static const char *cost_text(char buf[48], const CostSpec *spec, uint64_t ns) {
    if (!cost_in_picoseconds(spec)) return narrate_time(buf, 48, ns);
    snprintf(buf, 48, "%llu ps", (unsigned long long)ns);
    return buf;
}

static void print_costs(const Measured *m, const Profile *p) {
    char buf[48];
    printf("%-18s%10s%10s   from\n", "cost", "here", "nominal");
    for (size_t i = 0; i < fit_count; i++) {
        const Fit *f = &fits[i];
        const CostSpec *spec = &cost_spec[f->cost];
        if (p->line[f->cost] == 0) continue;
        printf("%-18s", spec->name);
        right(10, cost_text(buf, spec, p->ns[f->cost]));
        right(10, cost_text(buf, spec, spec->ns));
        printf("   %s (median of %zu)\n", f->how, measured_find(m, f->part)->count);
    }
}

static void print_row(const char *name, const char *what, double predicted, double measured) {
    char buf[48];
    printf("%-18s", name);
    right(12, time_of(buf, predicted));
    right(12, time_of(buf, measured));
    printf("%8.1f %%", error_percent(predicted, measured));
    printf("%s%s\n", what[0] ? "   " : "", what);
}

/* Where a mechanism is a matter of luck, how lucky. */
static void print_spread(const Samples *predicted, const Samples *measured) {
    static const double share[] = {0.1, 0.9};
    static const char *const name[] = {"  quickest 10 %", "  slowest 10 %"};
    if (samples_quantile(predicted, 0.9) - samples_quantile(predicted, 0.1) < 0.1 * samples_quantile(predicted, 0.5))
        return;
    for (size_t i = 0; i < ARRAY_LEN(share); i++)
        print_row(name[i], "", samples_quantile(predicted, share[i]), samples_quantile(measured, share[i]));
}

static void print_mechanisms(const Measured *m, const Costs *costs) {
    Samples errors = {0};
    const char *worst = "";
    for (size_t i = 0; i < mechanism_count; i++) {
        const Mechanism *k = &mechanisms[i];
        const Samples *measured = measured_find(m, k->samples);
        Samples predicted = {0};
        if (measured == NULL) continue;
        if (errors.count == 0) printf("\n%-18s%12s%12s%10s\n", "mechanism", "predicted", "measured", "error");
        k->predict(costs, &predicted);
        double mine = samples_quantile(&predicted, 0.5), theirs = samples_quantile(measured, 0.5);
        print_row(k->name, k->what, mine, theirs);
        print_spread(&predicted, measured);
        double error = fabs(error_percent(mine, theirs));
        if (errors.count == 0 || error > samples_quantile(&errors, 1)) worst = k->name;
        samples_add(&errors, error);
        free(predicted.ns);
    }
    if (errors.count > 0)
        printf("%zu mechanisms, by their medians: error %.1f %% (median), %.1f %% (worst: %s)\n", errors.count,
               samples_quantile(&errors, 0.5), samples_quantile(&errors, 1), worst);
    free(errors.ns);
}

static void print_machine(const Machine *k) {
    char cpu[300], device[400];
    printf("%s, %s; %s; %s%s\n\n", plain_text(cpu, sizeof cpu, k->cpu), k->kernel, k->go[0] ? k->go : "no Go",
           k->device[0] ? "device: " : "no device", plain_text(device, sizeof device, k->device));
}

/* ---- the profile ---- */

/* Before anything is measured: what is there stays there until there is something better. */
static bool open_profile(const char *path, FILE **f, Diag *d) {
    *f = path != NULL ? fopen(path, "a") : NULL;
    if (path == NULL || *f != NULL) return true;
    diag_fail(d, EXIT_WORLD, "cannot write %s: %s", path, strerror(errno));
    return diag_remedy(d, "Choose another file with --out.");
}

static void print_profile(FILE *f, const Measured *m, const Profile *p, const Machine *k) {
    char cpu[300], device[400];
    fprintf(f, "# costs measured by faultline calibrate %s; use them with faultline run --profile\n", FAULTLINE_VERSION);
    fprintf(f, "# %s, %s, %s, %s\n", plain_text(cpu, sizeof cpu, k->cpu), k->kernel, k->go[0] ? k->go : "no Go",
            k->device[0] ? plain_text(device, sizeof device, k->device) : "no device");
    for (size_t i = 0; i < fit_count; i++) {
        const Fit *t = &fits[i];
        if (p->line[t->cost] == 0) continue;
        char row[64];
        snprintf(row, sizeof row, "%s=%llu", cost_spec[t->cost].name, (unsigned long long)p->ns[t->cost]);
        fprintf(f, "%-24s # %s (median of %zu)\n", row, t->how, measured_find(m, t->part)->count);
    }
}

/* Takes the place of what was there. */
static bool write_profile(FILE *f, const char *path, const Measured *m, const Profile *p, const Machine *k, Diag *d) {
    if (ftruncate(fileno(f), 0) == 0) print_profile(f, m, p, k);
    if (fflush(f) == 0 && !ferror(f)) return true;
    return diag_fail(d, EXIT_WORLD, "cannot write %s: %s", path, strerror(errno));
}

/* go1.26.8: the rules of 1.26. */
static const GoVersion *version_of(const char *go) {
    char name[16];
    const char *minor = strchr(go, '.');
    size_t len = minor ? (size_t)(minor - go) + 1 + strspn(minor + 1, "0123456789") : 0;
    snprintf(name, sizeof name, "%.*s", len > 2 && len < sizeof name + 2 ? (int)len - 2 : 0, len > 2 ? go + 2 : "");
    const GoVersion *found = go_version_find(name);
    return found ? found : go_version_find(GO_DEFAULT);
}

int cmd_calibrate(int argc, char **argv) {
    Options o = {.device = "auto"};
    cli_parse(&argp, argc, argv, &o);
    Measured m = {0};
    Machine machine = {0};
    Profile profile;
    Costs costs;
    Diag d;
    FILE *f;
    if (!open_profile(o.out, &f, &d)) return cli_fail(&d);
    int status = EXIT_WELL;
    if (measure(&o, &m, &machine, &d)) {
        fit_profile(&m, &profile);
        costs_for(version_of(machine.go), &costs);
        profile_apply(&profile, &costs);
        print_machine(&machine);
        print_costs(&m, &profile);
        print_mechanisms(&m, &costs);
        fflush(stdout);
        if (f != NULL && !write_profile(f, o.out, &m, &profile, &machine, &d)) status = cli_fail(&d);
        else if (f != NULL) printf("profile: %s\n", o.out);
    } else {
        status = cli_fail(&d);
    }
    if (f != NULL) fclose(f);
    measured_free(&m);
    return status;
}

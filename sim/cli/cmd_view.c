/* cmd_view.c -- faultline view and faultline shot: the other program is started, since this one has no window.
 *
 * A scenario is run first, into a temporary trace that goes when the window closes.
 */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Starts a program with these arguments (NULL at the end) and waits; its exit status. */
static int start(const char *program, const char *const *args) {
    char path[4096];
    const char *exe = path_program(program, path, sizeof path);
    pid_t pid = fork();
    if (pid == 0) {
        execvp(exe, (char *const *)args);
        fprintf(stderr,
                "faultline: cannot start %s: %s\n  It is built with `make`, and installed with "
                "`make install`; it needs SDL2, Cairo and Pango.\n",
                exe, strerror(errno));
        _exit(EXIT_WORLD);
    }
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) < 0) {
        Diag d;
        diag_fail(&d, EXIT_WORLD, "cannot start %s: %s", exe, strerror(errno));
        return cli_fail(&d);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_BUG;
}

static bool is_trace(const char *path) {
    char magic[8] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    bool is = read(fd, magic, sizeof magic) == sizeof magic &&
              memcmp(magic, "FLTRACE1", sizeof magic) == 0;
    close(fd);
    return is;
}

static bool is_scenario(const char *path) {
    size_t n = strlen(path);
    return n > 4 && strcmp(path + n - 4, ".lua") == 0;
}

/* Runs the scenario into a new temporary file; its verdicts do not keep the window from opening. */
static bool run_first(const char *scenario, char *trace, size_t size, int *status) {
    const char *tmp = getenv("TMPDIR");
    snprintf(trace, size, "%s/faultline-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    int fd = mkstemp(trace);
    if (fd < 0) {
        Diag d;
        diag_fail(&d, EXIT_WORLD, "cannot make a temporary trace %s: %s", trace, strerror(errno));
        diag_remedy(&d, "Set TMPDIR to a folder that can be written to, or unset it for /tmp.");
        *status = cli_fail(&d);
        return false;
    }
    close(fd);
    char exe[4096];
    const char *const args[] = {path_program("faultline", exe, sizeof exe),
                                "run",
                                "--quiet",
                                "--out",
                                trace,
                                scenario,
                                NULL};
    *status = start("faultline", args);
    if (*status == EXIT_WELL || *status == EXIT_DIFFERS) return true;
    unlink(trace);
    return false;
}

static const char view_doc[] =
    "Open the window on a trace, or run a scenario and open the window on its trace.\n"
    "Options are those of faultline-view: --theme dark|light, --at T, --follow, --zoom Z.";

/* Both commands hand their options through; only --help and the file are looked at here. */
static bool help_wanted(int argc, char **argv, const char *usage, const char *doc) {
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") != 0 && strcmp(argv[i], "-?") != 0) continue;
        printf("Usage: %s\n%s\n", usage, doc);
        return true;
    }
    return false;
}

enum { ARGS_MAX = 48 };

int cmd_view(int argc, char **argv) {
    if (help_wanted(argc, argv, "faultline view (TRACE|SCENARIO) [OPTION...]", view_doc))
        return EXIT_WELL;
    const char *args[ARGS_MAX + 2] = {"faultline-view"};
    char found[4096], trace[4096] = "";
    if (argc > ARGS_MAX) {
        fprintf(stderr, "faultline view: too many arguments\n");
        return EXIT_USAGE;
    }
    for (int i = 1; i < argc; i++) {
        args[i] = argv[i];
        if (argv[i][0] == '-') continue;
        const char *path = path_scenario(argv[i], found, sizeof found);
        if (!is_scenario(path) || is_trace(path)) continue;
        int status;
        if (!run_first(path, trace, sizeof trace, &status)) return status;
        args[i] = trace;
    }
    int status = start("faultline-view", args);
    if (trace[0]) unlink(trace);
    return status;
}

static const char shot_doc[] = "One moment of a trace as a picture, without a display.\n"
                               "  --view stage|timeline    what to draw (default stage)\n"
                               "  --at T                   the moment: 3.473ms, or first:P_RETAKE, "
                               "last:NOTE (default: the end)\n"
                               "  --size WxH               in pixels (default 1600x1000)\n"
                               "  --theme dark|light       (default dark)\n"
                               "  -o FILE                  FILE.png, FILE.svg or FILE.pdf";

int cmd_shot(int argc, char **argv) {
    if (help_wanted(
            argc, argv,
            "faultline shot TRACE --view NAME --at T [--size WxH] [--theme dark|light] -o FILE",
            shot_doc))
        return EXIT_WELL;
    const char *args[ARGS_MAX + 3] = {"faultline-view", "--shot"};
    if (argc > ARGS_MAX) {
        fprintf(stderr, "faultline shot: too many arguments\n");
        return EXIT_USAGE;
    }
    for (int i = 1; i < argc; i++) args[i + 1] = argv[i];
    return start("faultline-view", args);
}

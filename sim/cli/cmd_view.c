/* cmd_view.c -- faultline view and faultline shot: the other program is started, since this one has no window.
 *
 * A scenario is run first, and a trace of a real Go program imported, into a temporary trace that goes when the window
 * closes.
 */
#include "cli.h"

#include "../base/own.h"
#include "../base/scratch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int cli_start(const char *program, const char *const *args) {
    char path[4096];
    const char *exe = own_program(program, path, sizeof path);
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

/* Has `command`, run or import, make a trace of the file, in a new temporary one; what a scenario expected does not
 * keep the window from opening. */
static bool make_first(const char *command, const char *file, char *trace, size_t size, int *status) {
    Diag d;
    if (!scratch_file(trace, size, &d)) {
        *status = cli_fail(&d);
        return false;
    }
    char exe[4096];
    const char *const args[] = {own_program("faultline", exe, sizeof exe),
                                command,
                                "--quiet",
                                "--out",
                                trace,
                                file,
                                NULL};
    *status = cli_start("faultline", args);
    if (*status == EXIT_WELL || *status == EXIT_DIFFERS) return true;
    unlink(trace);
    return false;
}

static const char view_doc[] =
    "Open the window on a trace; a scenario is run first, and a trace of a real Go program imported.\n"
    "Two of them are shown side by side, in step, with what differs marked.\n"
    "Options are those of faultline-view: --theme dark|light, --at T, --follow, --zoom Z, --why g5, --lanes worker.";

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

/* Two runs can be compared: so two files may have to be made into traces first. */
enum { FILES_MAX = 2, PATH_BYTES = 4096 };
typedef struct {
    char path[FILES_MAX][PATH_BYTES];
    size_t count;
} Made;

/* The arguments for the other program, behind those that are there already; what is no trace is made one. */
static bool hand_on(int argc, char **argv, const char **args, Made *made, int *status) {
    static char found[PATH_BYTES];
    if (argc > ARGS_MAX) {
        fprintf(stderr, "%s: too many arguments\n", argv[0]);
        *status = EXIT_USAGE;
        return false;
    }
    while (*args != NULL) args++;
    for (int i = 1; i < argc; i++) {
        args[i - 1] = argv[i];
        if (argv[i][0] == '-') continue;
        const char *path = path_scenario(argv[i], found, sizeof found);
        bool scenario = text_ends(path, ".lua") && !cli_is_trace(path);
        if (made->count == FILES_MAX || !(scenario || trace_is_of_go(argv[i]))) continue;
        char *trace = made->path[made->count];
        if (!make_first(scenario ? "run" : "import", scenario ? path : argv[i], trace, PATH_BYTES, status)) return false;
        args[i - 1] = trace;
        made->count++;
    }
    return true;
}

static int hand_over(int argc, char **argv, const char **args) {
    Made made = {.count = 0};
    int status;
    if (hand_on(argc, argv, args, &made, &status)) status = cli_start("faultline-view", args);
    for (size_t i = 0; i < made.count; i++) unlink(made.path[i]);
    return status;
}

int cmd_view(int argc, char **argv) {
    if (help_wanted(argc, argv, "faultline view (TRACE|SCENARIO|GOTRACE) [ANOTHER] [OPTION...]", view_doc))
        return EXIT_WELL;
    const char *args[ARGS_MAX + 3] = {"faultline-view"};
    return hand_over(argc, argv, args);
}

static const char shot_doc[] = "One moment of a trace (or of a scenario, or a Go program's trace) as a picture, without a display.\n"
                               "  --view stage|heap|channels|compare|timeline|picture\n                           what to draw (default stage); heap: where things lie, and who has\n                           their addresses; picture: what the program shows\n"
                               "  --at T                   the moment: 3.473ms, or first:P_RETAKE, "
                               "last:NOTE (default: the end)\n"
                               "  --size WxH               in pixels (default 1600x1000)\n"
                               "  --theme dark|light       (default dark)\n"
                               "  --why g5                 select it, and say why it is as it is\n"
                               "  --lanes WORD             in the timeline only lanes like this: worker, m, queue, g7\n"
                               "  -o FILE                  FILE.png, FILE.svg or FILE.pdf\n"
                               "Many moments, as numbered files or as a film (ffmpeg makes it):\n"
                               "  --every T                so much virtual time from one picture to the next\n"
                               "  --from T, --to T         (default: the whole run)\n"
                               "  -o FILE                  frames/%04d.png (.svg, .pdf), run.mp4 or run.webm\n"
                               "  --fps N                  pictures of a film in a second (default 30)";

int cmd_shot(int argc, char **argv) {
    if (help_wanted(
            argc, argv,
            "faultline shot (TRACE|SCENARIO|GOTRACE) [ANOTHER] --view NAME --at T [--size WxH] [--theme dark|light] -o FILE",
            shot_doc))
        return EXIT_WELL;
    const char *args[ARGS_MAX + 3] = {"faultline-view", "--shot"};
    return hand_over(argc, argv, args);
}

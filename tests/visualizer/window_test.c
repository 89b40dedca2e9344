/* window_test.c -- the window itself, on a display that nobody looks at: keys change the picture, a
 * still window stays still, and where there is no display it says so instead of waiting.
 *
 * Xvfb keeps its screen in a file (-fbdir), so that a change of the picture is a change of its sum. It has no
 * GPU: SDL paints by itself, and no GL driver is loaded whose leaks would be told as ours.
 */
#include "../check.h"
#include "../cli/command.h"
#include "sample.h"

#include "../../sim/base/diag.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool has(const char *program) {
    Result r = command("command -v %s", program);
    bool found = r.status == 0;
    result_free(&r);
    return found;
}

static bool has_display_tools(void) {
    if (has("xvfb-run") && has("xauth") && has("xdotool")) return true;
    check_skip("no xvfb-run, xauth or xdotool");
    return false;
}

/* clang-format off */
static const char words[] =
    "for i in $(seq 100); do xdotool getdisplaygeometry >/dev/null 2>&1 && break; sleep 0.1; done\n" /* a slow machine's display */
    "look() { md5sum <\"$T/screen/Xvfb_screen0\"; }\n"
    "until_other() {\n" /* wait until the picture is another one */
    "    for i in $(seq 200); do\n"
    "        [ \"$(look)\" = \"$before\" ] || return 0\n"
    "        sleep 0.05\n"
    "    done\n"
    "    echo \"$1 changes nothing\" >&2\n"
    "    bad=1\n"
    "}\n"
    "press() { before=$(look); xdotool key \"$1\"; until_other \"$1\"; }\n"
    "mouse() {\n" /* what is done, then where: in points of the window */
    "    what=$1; shift; before=$(look)\n"
    "    xdotool mousemove --window \"$window\" $1 $2\n"
    "    case $what in\n"
    "    drag) xdotool mousedown 1; xdotool mousemove --window \"$window\" $3 $2; xdotool mouseup 1 ;;\n"
    "    *) xdotool click $what ;;\n"
    "    esac\n"
    "    until_other \"mouse $what\"; settle \"after mouse $what\"\n"
    "}\n"
    "kept() { grep -q \"$2\" \"$HOME/$1\" || { echo \"$1 does not say: $2\" >&2; bad=1; }; }\n"
    "settle() {\n" /* until two looks are the same */
    "    for i in $(seq 100); do\n"
    "        one=$(look); sleep 0.1\n"
    "        [ \"$(look)\" = \"$one\" ] && return 0\n"
    "    done\n"
    "    echo \"the picture never comes to rest $1\" >&2\n"
    "    bad=1\n"
    "}\n"
    "opened() {\n" /* by a title; SDL may make a window twice: the one that takes the focus is the one */
    "    for i in $(seq 200); do\n"
    "        window=$(xdotool search --onlyvisible --name \"$1\" 2>/dev/null | head -n 1)\n"
    "        if [ -n \"$window\" ] && xdotool windowfocus \"$window\" 2>/dev/null; then\n"
    "            [ \"$(xdotool getwindowfocus 2>/dev/null)\" = \"$window\" ] && break\n"
    "        fi\n"
    "        sleep 0.1\n"
    "    done\n"
    "    settle \"after opening\"\n"
    "}\n"
    "closed() {\n"
    "    kill -0 $viewer || bad=1\n"
    "    xdotool key ctrl+q\n"
    "    wait $viewer || { echo \"it ends with $?\" >&2; bad=1; }\n"
    "}\n"
    "bad=0\n";
static const char steps[] =
    "timeout 55 \"$F\" view \"$T/window.trace\" &\n"
    "viewer=$!\n"
    "opened \"Who keeps P1\"\n"
    "for key in Right t plus End Home question Escape Tab Tab 5 1 Right Right y Escape slash g 7 Return; do press \"$key\"; settle \"after $key\"; done\n"
    "for key in f u b Escape m v Escape Down 0 3 2 o 1 comma; do press \"$key\"; settle \"after $key\"; done\n"
    "mouse drag 300 735 700\n"  /* seeks on the bar of the whole run */
    "mouse drag 700 735 400\n"
    "mouse 4 500 620\n"         /* the wheel zooms, there and back */
    "mouse 5 500 620\n"
    "mouse 3 230 110\n"         /* the menu of P0, and its first line: why? */
    "press Return; settle \"after why\"; press Escape; settle \"after that\"\n"
    "xdotool key p; press Right; press Right; xdotool key p\n"
    "press space; xdotool key space; settle \"after a pause\"\n"
    "closed\n"
    "kept .config/faultline/view \"^theme light\"\n"
    "kept .config/faultline/view \"^speed 0.500\"\n"
    "kept .local/state/faultline/bookmarks \" \"\n"
    "exit $bad\n";
static const char again[] = /* another run beside this one, its differences, and what is saved */
    "mkdir -p \"$T/saved\"; cd \"$T/saved\"\n"
    "timeout 55 \"$F\" view \"$T/again.trace\" &\n"
    "viewer=$!\n"
    "opened \"A wait the scheduler\"\n"
    "press r; settle \"after r\"; press Right; settle \"after Right\"\n"
    "before=$(look); xdotool key Return; sleep 0.5; until_other Return; settle \"after the run\"\n"
    "for key in d d x l l 4 t; do press $key; settle \"after $key\"; done\n"
    "press e; settle \"after e\"; press p; settle \"after p\"\n"
    "[ \"$(head -c 4 *-compare-*.png | tail -c 3)\" = PNG ] || { echo \"no picture: $(ls)\" >&2; bad=1; }\n"
    "ls \"$TMPDIR\"/faultline-* >/dev/null || { echo \"no second run\" >&2; bad=1; }\n"
    "closed\n"
    "ls \"$TMPDIR\"/faultline-* 2>/dev/null && { echo \"a temporary trace is left\" >&2; bad=1; }\n"
    "exit $bad\n";
static const char of_go[] = /* the window itself has it imported */
    "timeout 55 \"$F-view\" tests/traces/go/pipeio-go1.26.trace &\n"
    "viewer=$!\n"
    "opened pipeio\n"
    "for key in Right End; do press \"$key\"; settle \"after $key\"; done\n"
    "closed\n"
    "ls \"$TMPDIR\"/faultline-* 2>/dev/null && { echo \"a temporary trace is left\" >&2; bad=1; }\n"
    "exit $bad\n";
/* clang-format on */

/* A display, a screen that can be looked at, and a home of its own. Without -noreset the display begins anew when its last client
 * leaves, which may be xdotool while the window is just coming. */
static void at_a_display(const char *script) {
    command_gives(0,
                  "mkdir -p \"$T/screen\" \"$T/tmp\" && unset WAYLAND_DISPLAY SDL_VIDEODRIVER XDG_CONFIG_HOME XDG_STATE_HOME && "
                  "export HOME=\"$T/home\" TMPDIR=\"$T/tmp\" && SDL_RENDER_DRIVER=software SDL_FRAMEBUFFER_ACCELERATION=0 xvfb-run -a "
                  "-s \"-noreset -screen 0 1280x800x24 -fbdir $T/screen\" sh -c '%s%s'",
                  words, script);
}

static void keys_change_the_picture(void) {
    if (!has_display_tools()) return;
    sample_handoff(temp_path("window.trace"));
    at_a_display(steps);
}

static void a_run_is_run_again_and_compared(void) {
    if (!has_display_tools()) return;
    command_gives(0, "\"$F\" run --quiet --device none --out \"$T/again.trace\" 18_2_2_blocking");
    at_a_display(again);
}

static void the_trace_of_a_go_program_is_imported(void) {
    if (has_display_tools()) at_a_display(of_go);
}

static void without_a_display_it_says_so(void) {
    if (access("/dev/dri", F_OK) == 0) {
        check_skip("this console could show windows");
        return;
    }
    sample_handoff(temp_path("window.trace"));
    Result r =
        command("env -u DISPLAY -u WAYLAND_DISPLAY -u SDL_VIDEODRIVER -u XDG_CONFIG_HOME HOME=\"$T/home\" timeout 10 \"$F\" view "
                "\"$T/window.trace\"");
    CU_ASSERT_EQUAL(r.status, EXIT_WORLD);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "no window can be opened"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "--shot"));
    result_free(&r);
}

void window_tests(void) {
    static const Check checks[] = {
        {"keys change the picture, and it comes to rest", keys_change_the_picture},
        {"a run is run again, compared and saved", a_run_is_run_again_and_compared},
        {"the trace of a Go program is imported", the_trace_of_a_go_program_is_imported},
        {"without a display it says so", without_a_display_it_says_so},
        {NULL, NULL},
    };
    suite("window", checks);
}

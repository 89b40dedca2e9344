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
static const char steps[] =
    "look() { md5sum <\"$T/screen/Xvfb_screen0\"; }\n"
    "press() {\n" /* and wait until the picture is another one */
    "    before=$(look)\n"
    "    xdotool key \"$1\"\n"
    "    for i in $(seq 100); do\n"
    "        [ \"$(look)\" = \"$before\" ] || return 0\n"
    "        sleep 0.05\n"
    "    done\n"
    "    echo \"$1 changes nothing\" >&2\n"
    "    bad=1\n"
    "}\n"
    "settle() {\n" /* until two looks are the same */
    "    for i in $(seq 100); do\n"
    "        one=$(look); sleep 0.1\n"
    "        [ \"$(look)\" = \"$one\" ] && return 0\n"
    "    done\n"
    "    echo \"the picture never comes to rest $1\" >&2\n"
    "    bad=1\n"
    "}\n"
    "bad=0\n"
    "timeout 50 \"$F\" view \"$T/window.trace\" &\n"
    "viewer=$!\n"
    "window=$(timeout 20 xdotool search --sync --onlyvisible --name \"Who keeps P1\" | head -n 1)\n"
    "xdotool windowfocus --sync \"$window\"\n"
    "settle \"after opening\"\n"
    "for key in Right t plus End Home question Escape Tab Tab 5 1 Right Right y Escape slash g 7 Return; do press \"$key\"; settle \"after $key\"; done\n"
    "xdotool key p; press Right; press Right; xdotool key p\n"
    "press space; xdotool key space; settle \"after a pause\"\n"
    "kill -0 $viewer || bad=1\n"
    "xdotool key ctrl+q\n"
    "wait $viewer || { echo \"it ends with $?\" >&2; bad=1; }\n"
    "exit $bad\n";
/* clang-format on */

static void keys_change_the_picture(void) {
    if (!has_display_tools()) return;
    sample_handoff(temp_path("window.trace"));
    command_gives(0,
                  "mkdir -p \"$T/screen\" && unset WAYLAND_DISPLAY SDL_VIDEODRIVER XDG_CONFIG_HOME XDG_STATE_HOME && export HOME=\"$T/home\" && "
                  "SDL_RENDER_DRIVER=software SDL_FRAMEBUFFER_ACCELERATION=0 xvfb-run -a "
                  "-s \"-screen 0 1280x800x24 -fbdir $T/screen\" sh -c '%s'",
                  steps);
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
        {"without a display it says so", without_a_display_it_says_so},
        {NULL, NULL},
    };
    suite("window", checks);
}

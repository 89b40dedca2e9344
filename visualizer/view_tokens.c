/* view_tokens.c -- every token once, with its name: the sheet that a change of token.c is judged
 * by.
 *
 * `faultline-view --shot --view tokens -o tokens.png`. It shows no trace.
 */
#include "fault.h"
#include "measure.h"
#include "token.h"
#include "view.h"

#include <math.h>
#include <stdio.h>

enum { LEFT = 40, FIRST = 248, PITCH = 107 };

static double column(int i) { return FIRST + i * PITCH; }

static void name_below(DrawList *d, double x, double y, const char *name, const char *note) {
    draw_text(d, x, y, sans(14, 600), TINT_T1, ANCHOR_MIDDLE, name);
    draw_text(d, x, y + 18, sans(12, 400), TINT_T2, ANCHOR_MIDDLE, note);
}

static void row_title(DrawList *d, double y, const char *title, const char *note) {
    draw_text(d, LEFT, y, sans(16, 600), TINT_T1, ANCHOR_START, title);
    draw_text(d, LEFT, y + 20, sans(13, 400), TINT_T2, ANCHOR_START, note);
}

static void sheet_goroutines(DrawList *d) {
    static const struct {
        GLook look;
        const char *name, *note, *label;
    } g[] = {{GLOOK_RUNNABLE, "runnable", "hollow ring", "g9"},
             {GLOOK_RUNNING, "running", "solid", "g4"},
             {GLOOK_WAITING, "waiting", "dashes, pause", "g10"},
             {GLOOK_IN_C, "in C", "under the line", "g7"},
             {GLOOK_DEAD, "dead", "thin, struck", ""}};
    double y = 124;
    row_title(d, y, "Goroutine", "a circle");
    for (int i = 0; i < 5; i++) {
        token_g_sized(d, column(i), y, 24, g[i].label, g[i].look, 15);
        name_below(d, column(i), y + 47, g[i].name, g[i].note);
    }
    token_g_frame(d, (Box){column(5) - 22, y - 22, 44, 44}, false);
    token_g(d, column(5), y, 18, "g15", GLOOK_RUNNABLE);
    name_below(d, column(5), y + 47, "runnext", "in a frame");
    token_more(d, column(6) - 27, y);
    name_below(d, column(6), y + 47, "+ 214", "queue folds");
    token_g_sized(d, column(7), y, 22, "g7", GLOOK_RUNNING, 15);
    token_g_ring(d, column(7), y, 22);
    name_below(d, column(7), y + 47, "followed", "second ring");
}

static void sheet_threads(DrawList *d) {
    static const struct {
        MLook look;
        const char *name, *note, *label, *g;
        GLook glook;
    } m[] = {{MLOOK_GO, "running Go", "docked to a P", "M0", "g4", GLOOK_RUNNING},
             {MLOOK_SPINNING, "spinning", "looks for work", "M2", "", GLOOK_RUNNING},
             {MLOOK_PARKED, "parked", "asleep", "M8", "", GLOOK_RUNNING},
             {MLOOK_SYSCALL, "syscall", "hatched", "M7", "g3", GLOOK_IN_C},
             {MLOOK_C, "in C", "a cgo call", "M3", "g7", GLOOK_IN_C},
             {MLOOK_LOCKED, "locked", "to one goroutine", "M4", "", GLOOK_RUNNING},
             {MLOOK_STARTING, "starting", "not yet there", "M9", "", GLOOK_RUNNING},
             {MLOOK_CALLBACK, "callback", "rose by needm", "M6", "g8", GLOOK_RUNNING}};
    double y = 214;
    row_title(d, y + 34, "Thread M", "a plate that can dive");
    for (int i = 0; i < 8; i++) {
        token_m(d, (Box){column(i) - 33, y, 66, 76}, m[i].label, m[i].look, m[i].g, m[i].glook, 14);
        name_below(d, column(i), y + 100, m[i].name, m[i].note);
    }
}

static void sheet_processors(DrawList *d) {
    static const struct {
        PLook look;
        const char *name, *note;
    } p[] = {{PLOOK_RUNNING, "P running", "plug in its dock"},
             {PLOOK_SYSCALL, "P in syscall", "M gone, still held"},
             {PLOOK_IDLE, "P idle", "free to take"},
             {PLOOK_STOPPED, "P stopped", "world stopped"}};
    double y = 360;
    row_title(d, y + 22, "P, sysmon, foreign", "dock, pulse, plates up");
    for (int i = 0; i < 4; i++) {
        token_p(d, (Box){column(i) - 46, y, 92, 46}, p[i].look, false);
        if (p[i].look == PLOOK_SYSCALL)
            draw_box(d, (Box){column(i) - 20, y + 12, 40, 22}, 4, paint(TINT_CARD), NO_PEN);
        if (p[i].look == PLOOK_RUNNING)
            draw_box(d, (Box){column(i) - 20, y + 45, 40, 8}, 2, paint(TINT_BLUE), NO_PEN);
        draw_text(d, column(i), y + 29, sans(18, 700), TINT_T1, ANCHOR_MIDDLE, "P1");
        name_below(d, column(i), y + 78, p[i].name, p[i].note);
    }
    double x = column(4);
    for (int k = 0; k < 4; k++) token_pulse(d, x - 36 + k * 20, y + 38, k == 2);
    draw_line(d, x - 40, y + 38.5, x + 36, y + 38.5, pen(TINT_CARDL, 1));
    draw_circle(d, x + 38, y + 38.5, 3.5, paint(TINT_APP), pen(TINT_T2, 1.4));
    name_below(d, x, y + 78, "sysmon", "tall: it acted");
    token_m(d, (Box){column(5) - 25, y - 8, 50, 58}, "T1", MLOOK_C_THREAD, "", GLOOK_RUNNING, 14);
    name_below(d, column(5), y + 78, "C thread", "points up");
    token_m(d, (Box){column(6) - 25, y - 8, 50, 58}, "M6", MLOOK_EXTRA, "", GLOOK_RUNNING, 14);
    name_below(d, column(6), y + 78, "extra M", "not borrowed yet");
    token_shaft(d, column(7), y - 8, y + 50);
    token_cut(d, column(7), y + 20, 9, TINT_APP);
    name_below(d, column(7), y + 78, "retaken", "the tie is cut");
}

static void sheet_channels(DrawList *d) {
    static const struct {
        size_t cap, count;
        bool closed;
        const char *name, *note;
    } c[] = {{4, 2, false, "channel", "2 of 4"},
             {3, 3, false, "full", "stop bar"},
             {3, 0, false, "empty", "open mouth"},
             {0, 0, true, "closed", "ends capped"}};
    double y = 500;
    row_title(d, y + 2, "Channel, context", "a pipe, a ring");
    for (int i = 0; i < 4; i++) {
        double w = token_channel_width(c[i].cap, 16, c[i].closed);
        token_channel(d, column(i) - w / 2, y, c[i].cap, c[i].count, 16, c[i].closed);
        name_below(d, column(i), y + 46, c[i].name, c[i].note);
    }
    token_context(d, column(4), y, false);
    name_below(d, column(4), y + 46, "context", "live");
    token_context(d, column(5), y, true);
    name_below(d, column(5), y + 46, "cancelled", "struck");
    token_timer(d, column(6), y, 13, .3);
    name_below(d, column(6), y + 46, "timer", "what is left");
    draw_line(d, column(7) - 4, y - 13, column(7) - 4, y + 13, pen(TINT_T2, 3));
    draw_line(d, column(7) + 6, y - 13, column(7) + 6, y + 13, pen(TINT_T2, 3));
    name_below(d, column(7), y + 46, "select", "a closed gate");
}

static void drop(DrawList *d, double x, double y, double s) {
    path_move(d, x, y - 8 * s);
    path_curve(d, x + 2 * s, y - 3 * s, x + 5.5 * s, y, x + 5.5 * s, y + 3 * s);
    path_arc(d, x, y + 3 * s, 5.5 * s, 0, M_PI);
    path_curve(d, x - 5.5 * s, y, x - 2 * s, y - 3 * s, x, y - 8 * s);
    path_close(d);
    draw_path(d, NO_PAINT, pen_round(TINT_F1, 1.8));
}

static void sheet_memory(DrawList *d) {
    double y = 612;
    row_title(d, y + 2, "Memory, device", "blocks, square corners");
#define BLOCK(i) ((Box){column(i) - 44, y - 17, 88, 34})
    draw_box(d, BLOCK(0), 4, paint(TINT_OBJECT_TOKEN), pen(TINT_BLUE, 1.2));
    draw_text(d, column(0), y + 5, sans(14, 600), TINT_T1, ANCHOR_MIDDLE, "frame");
    draw_box(d, BLOCK(1), 4, paint(TINT_OBJECT_TOKEN), pen(TINT_T1, 2.2));
    draw_text(d, column(1) + 16, y + 5, sans(14, 600), TINT_T1, ANCHOR_MIDDLE, "x");
    token_pin(d, column(1) - 22, y, y + 31, TINT_GO2);
    draw_box(d, BLOCK(2), 4, NO_PAINT, pen_dash(TINT_GHOST, 1.3, 4, 4));
    draw_text(d, column(2), y + 5, sans(14, 400), TINT_T3, ANCHOR_MIDDLE, "frame");
    draw_box(d, BLOCK(3), 4, paint(TINT_SLOT), NO_PEN);
    draw_box(d, BLOCK(3), 4, paint_hatch(TINT_RED, 9, 2, .3), pen_dash(TINT_RED, 2.2, 6, 4));
    token_crack(d, (Point){column(3), y - 16}, (Point){column(3) + 2, y + 30}, 8, 3, 5, 5, false,
                "sheet");
    Box b = {column(4) - 46, y - 19, 92, 38};
    draw_box(d, b, 0, paint(TINT_DEV_BACK), NO_PEN);
    draw_box(d, (Box){b.x, b.y, 60, 38}, 0, paint(TINT_DEV_FILL), NO_PEN);
    draw_box(d, (Box){b.x, y + 14, 60, 5}, 0, paint(TINT_DEV), NO_PEN);
    draw_box(d, b, 3, NO_PAINT, pen(TINT_DEV, 2));
    draw_text(d, column(4), y + 4, mono(14, 700), TINT_F1, ANCHOR_MIDDLE, "attn");
    token_command(d, BLOCK(5), "read y", "", CMDLOOK_QUEUED, 0);
    draw_box(d, BLOCK(6), 3, paint_hatch(TINT_DEV, 8, 2, .34), pen_dash(TINT_DEV, 1.6, 5, 4));
    draw_circle(d, column(6), y, 15, paint(TINT_APP), NO_PEN);
    drop(d, column(6), y - 1, 1.1);
    draw_box(d, BLOCK(7), 1, paint(TINT_FCARD), pen(TINT_AMBER, 1.4));
    draw_box(d, (Box){column(7) - 40, y - 13, 80, 26}, 1, NO_PAINT, pen(TINT_AMBER, 1));
    draw_text(d, column(7), y + 5, mono(14, 500), TINT_F1, ANCHOR_MIDDLE, "staging");
#undef BLOCK
    static const char *const names[][2] = {
        {"object", "may move"},        {"pinned", "may not move"},    {"moved away", "ghost"},
        {"violation", "crack, ghost"}, {"kernel", "runs, 64 %"},      {"queued", "dashed"},
        {"leak", "no owner"},          {"page-locked", "double edge"}};
    for (int i = 0; i < 8; i++) name_below(d, column(i), y + 46, names[i][0], names[i][1]);
}

static void sheet_lane(DrawList *d, double x, double y, double w, int kind) {
    static const double density[] = {5, 9, 12, 7, 14, 11, 6, 13, 10, 4, 8, 12, 9, 6};
    draw_line(d, x, y + 9.5, x + w, y + 9.5, pen_alpha(TINT_PARK, 1, .7));
    if (kind <= SLICE_STARTING) token_slice(d, x + 10, y, w - 20, 19, (SliceLook)kind, true);
    if (kind == 5) {
        for (int i = 0; i < 14; i++) {
            draw_box(
                d,
                (Box){x + 10 + i * (w - 20) / 14, y + 14 - density[i], (w - 20) / 14, density[i]},
                0, paint(TINT_LANE_DENSE), NO_PEN);
        }
    }
    if (kind == 6) draw_box(d, (Box){x + 10, y, w - 20, 14}, 2, paint(TINT_LANE_FUTURE), NO_PEN);
    if (kind == 7) {
        draw_box(d, (Box){x + 18, y - 5, w - 36, 4}, 0, paint(TINT_T1), NO_PEN);
        draw_box(d, (Box){x, y, 18, 14}, 2, paint(TINT_LANE_GO), NO_PEN);
        draw_box(d, (Box){x + w - 18, y, 18, 14}, 2, paint(TINT_LANE_GO), NO_PEN);
    }
}

static void sheet_timeline(DrawList *d) {
    static const char *const names[] = {"Go",       "spinning",   "in C",       "syscall",
                                        "starting", "below 1 px", "the future", "world stopped"};
    double y = 720;
    row_title(d, y + 2, "On the timeline", "Go rides, C hangs");
    for (int i = 0; i < 8; i++) {
        sheet_lane(d, column(i) - 46, y - 10, 92, i);
        name_below(d, column(i), y + 34, names[i], "");
    }
}

static void sheet_marks(DrawList *d) {
    static const char *const names[] = {"violation", "warning", "note",         "counterfactual",
                                        "flow",      "now",     "just changed", "missing line"};
    double y = 796;
    row_title(d, y + 2, "Marks", "never only a colour");
    token_violation(d, column(0), y, 1.1, TINT_CHROME);
    token_warning(d, column(1), y, 1);
    token_note(d, column(2), y, 7);
    token_what_if(d, column(3) + 31, y - 9);
    token_arrow(d, column(4) - 30, y + 6, column(4) + 28, y - 6, TINT_NOW, 2);
    draw_line(d, column(5), y - 14, column(5), y + 14, pen(TINT_NOW, 2));
    draw_circle(d, column(5), y - 14, 4.5, paint(TINT_NOW), NO_PEN);
    draw_box(d, (Box){column(6) - 22, y - 13, 44, 26}, 4, NO_PAINT, pen(TINT_NOW, 2));
    draw_box(d, (Box){column(7) - 26, y - 13, 52, 26}, 4, NO_PAINT, pen_dash(TINT_NOW, 1.4, 4, 4));
    draw_text(d, column(7), y + 5, mono(15, 700), TINT_NOW, ANCHOR_MIDDLE, "+");
    for (int i = 0; i < 8; i++) name_below(d, column(i), y + 34, names[i], "");
}

/* Both themes as someone without green cones sees them: nothing may be lost. */
static void sheet_proof(DrawList *d, double x, Theme theme, const char *title) {
    static const struct {
        GLook look;
        const char *g;
    } g[] = {
        {GLOOK_RUNNABLE, "g9"}, {GLOOK_RUNNING, "g4"}, {GLOOK_WAITING, "g6"}, {GLOOK_IN_C, "g7"}};
    static const struct {
        MLook look;
        const char *g;
        GLook glook;
    } m[] = {{MLOOK_GO, "g4", GLOOK_RUNNING},
             {MLOOK_SPINNING, "", GLOOK_RUNNING},
             {MLOOK_PARKED, "", GLOOK_RUNNING},
             {MLOOK_SYSCALL, "g3", GLOOK_IN_C},
             {MLOOK_C, "g7", GLOOK_IN_C}};
    double y = 860;
    draw_theme(d, (uint8_t)theme);
    draw_box(d, (Box){x, y, 498, 118}, 8, paint(TINT_GO1), NO_PEN);
    draw_text(d, x + 16, y + 26, sans(14, 600), TINT_T1, ANCHOR_START, title);
    for (int i = 0; i < 4; i++) token_g(d, x + 34 + i * 44, y + 70, 17, g[i].g, g[i].look);
    for (int i = 0; i < 5; i++)
        token_m(d, (Box){x + 196 + i * 46, y + 42, 40, 48}, "", m[i].look, m[i].g, m[i].glook, 14);
    draw_box(d, (Box){x + 440, y + 42, 42, 16}, 2, paint(TINT_DEV_PROOF), NO_PEN);
    draw_box(d, (Box){x + 440, y + 64, 42, 16}, 2, paint(TINT_TEAL), NO_PEN);
    token_crack(d, (Point){x + 442, y + 93}, (Point){x + 482, y + 93}, 6, 3, 4, 6, false, "proof");
    draw_theme(d, THEME_DARK);
}

static void sheet_swatch(DrawList *d, Box b, Theme theme, Tint tint, Tint ink) {
    char hex[8];
    snprintf(hex, sizeof hex, "#%06X", theme_rgb(theme, tint));
    draw_theme(d, (uint8_t)theme);
    draw_box(d, b, 4, paint(tint), NO_PEN);
    if (b.w > 60) draw_text(d, b.x + b.w / 2, b.y + 22, mono(13, 600), ink, ANCHOR_MIDDLE, hex);
    draw_theme(d, THEME_DARK);
}

static void sheet_worlds(DrawList *d, double x, double y) {
    draw_text(d, x, y + 16, sans(14, 600), TINT_T1, ANCHOR_START, "Worlds");
    draw_text(d, x, y + 33, sans(12, 400), TINT_T2, ANCHOR_START, "above, below");
    for (int k = 0; k < 2; k++) {
        Fault f;
        Box b = {x + 164 + k * 108, y, 100, 34};
        fault_line(&f, k ? "light" : "dark", b.x, b.x + b.w, y + 17, 3, 12, 26);
        draw_theme(d, (uint8_t)(THEME_DARK + k));
        fault_worlds(d, b, y + 17, &f, k == 0, 1);
        draw_theme(d, THEME_DARK);
    }
    for (size_t k = 0; k < GOROUTINE_TINTS; k++) {
        draw_box(d, (Box){x + 380 + (double)(k % 4) * 22, y + (double)(k / 4) * 18, 20, 16}, 2,
                 paint(theme_goroutine(k)), NO_PEN);
    }
    draw_text(d, x + 424, y + 51, sans(12, 400), TINT_T2, ANCHOR_MIDDLE, "goroutines");
}

static void sheet_palette(DrawList *d, double x) {
    static const struct {
        const char *name, *note;
        Tint tint, on_dark, on_light;
    } p[] = {{"Go", "managed, running", TINT_BLUE, TINT_ON_BLUE, TINT_ON_BLUE},
             {"C", "outside the runtime", TINT_AMBER, TINT_ON_AMBER, TINT_ON_AMBER},
             {"Device", "kernels, buffers", TINT_DEV, TINT_ON_DEV, TINT_ON_DEV},
             {"Collector", "mark, evacuate", TINT_TEAL, TINT_ON_TEAL, TINT_ON_TEAL},
             {"Violation", "nothing else is red", TINT_RED, TINT_ON_RED, TINT_ON_RED},
             {"Now, fault", "playhead, changed", TINT_NOW, TINT_ON_NOW, TINT_ON_NOW},
             {"Value", "items, who waits", TINT_VAL, TINT_ON_G, TINT_ON_BLUE}};
    draw_text(d, x, 67, sans(20, 700), TINT_T1, ANCHOR_START, "Palette");
    draw_text(d, x + 214, 66, sans(13, 400), TINT_T2, ANCHOR_MIDDLE, "dark");
    draw_text(d, x + 322, 66, sans(13, 400), TINT_T2, ANCHOR_MIDDLE, "light");
    draw_text(d, x + 424, 66, sans(13, 400), TINT_T2, ANCHOR_MIDDLE, "deuteranopia");
    for (int i = 0; i < 7; i++) {
        double y = 84 + i * 44;
        draw_text(d, x, y + 16, sans(14, 600), TINT_T1, ANCHOR_START, p[i].name);
        draw_text(d, x, y + 33, sans(12, 400), TINT_T2, ANCHOR_START, p[i].note);
        sheet_swatch(d, (Box){x + 164, y, 100, 34}, THEME_DARK, p[i].tint, p[i].on_dark);
        sheet_swatch(d, (Box){x + 272, y, 100, 34}, THEME_LIGHT, p[i].tint, p[i].on_light);
        sheet_swatch(d, (Box){x + 380, y, 44, 34}, THEME_DARK_DEUTERANOPIA, p[i].tint,
                     p[i].on_dark);
        sheet_swatch(d, (Box){x + 424, y, 44, 34}, THEME_LIGHT_DEUTERANOPIA, p[i].tint,
                     p[i].on_light);
    }
    sheet_worlds(d, x, 394);
}

static void sheet_type(DrawList *d, double x) {
    static const struct {
        double size;
        uint16_t weight;
        Face face;
        const char *sample, *use;
    } t[] = {{32, 700, FACE_SANS, "61 µs", "32 bold, the one number"},
             {22, 700, FACE_SANS, "sysmon retook P1", "22 bold, headline"},
             {18, 700, FACE_SANS, "g12 M5", "18 bold, tokens"},
             {16, 600, FACE_SANS, "launcher", "16 semibold, names"},
             {15, 400, FACE_SANS, "waiting for the queue", "15, prose"},
             {14, 600, FACE_MONO, "handoffp", "14 mono, code and times"},
             {12, 400, FACE_MONO, "3.45", "12 mono, axes only"}};
    draw_text(d, x, 492, sans(20, 700), TINT_T1, ANCHOR_START, "Type");
    draw_text(d, x + 58, 492, sans(13, 400), TINT_T2, ANCHOR_START, "Inter, JetBrains Mono");
    for (int i = 0; i < 7; i++) {
        double y = 532 + i * 28 + (i ? 2 : 0);
        draw_text(d, x, y, (TextStyle){t[i].size, t[i].weight, (uint8_t)t[i].face, false}, TINT_T1,
                  ANCHOR_START, t[i].sample);
        draw_text(d, x + 468, y, sans(13, 400), TINT_T2, ANCHOR_END, t[i].use);
    }
}

static void sheet_space(DrawList *d, double x) {
    static const int steps[] = {4, 8, 16, 24, 48, 56};
    draw_text(d, x, 738, sans(20, 700), TINT_T1, ANCHOR_START, "Space");
    draw_text(d, x + 70, 738, sans(13, 400), TINT_T2, ANCHOR_START, "a grid of 8, half steps of 4");
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        draw_box(d, (Box){x, 758, steps[i], 18}, 0, paint(TINT_SAMPLE), NO_PEN);
        draw_textf(d, x + fmax(steps[i] / 2.0, 8), 796, mono(13, 500), TINT_T1, ANCHOR_MIDDLE, "%d",
                   steps[i]);
        x += steps[i] + 30;
    }
}

static void sheet_motion(DrawList *d, double x) {
    static const struct {
        const char *name, *time;
        double a, b, c, e;
    } m[] = {{"hop", "180 ms", .2, 0, 0, 1},
             {"dive", "320 ms", .55, 0, .85, .4},
             {"rise", "320 ms", .15, .6, .45, 1},
             {"evacuate", "420 ms", .6, 0, .2, 1},
             {"crack", "120 ms", 0, 0, 1, 1}};
    draw_text(d, x, 836, sans(20, 700), TINT_T1, ANCHOR_START, "Motion");
    draw_text(d, x + 80, 836, sans(13, 400), TINT_T2, ANCHOR_START, "wall clock, at speed 1");
    for (int i = 0; i < 5; i++, x += 96) {
        double w = 72, h = 44, y = 858;
        draw_line(d, x, y + h, x + w, y + h, pen(TINT_CARDL, 1));
        draw_line(d, x, y + h, x, y, pen(TINT_CARDL, 1));
        path_move(d, x, y + h);
        path_curve(d, x + m[i].a * w, y + h - m[i].b * h, x + m[i].c * w, y + h - m[i].e * h, x + w,
                   y);
        draw_path(d, NO_PAINT, pen_round(TINT_NOW, 2.2));
        draw_text(d, x, y + h + 20, sans(13, 600), TINT_T1, ANCHOR_START, m[i].name);
        draw_text(d, x, y + h + 37, sans(12, 400), TINT_T2, ANCHOR_START, m[i].time);
    }
}

void view_tokens(DrawList *d) {
    draw_theme(d, THEME_DARK);
    draw_box(d, (Box){0, 0, 1600, 1000}, 0, paint(TINT_APP), NO_PEN);
    token_logo(d, LEFT, 55, 1.32);
    draw_text(d, 92, 67, sans(28, 700), TINT_T1, ANCHOR_START, "Tokens");
    draw_text(d, 202, 66, sans(15, 400), TINT_T2, ANCHOR_START,
              "shape says what it is, pattern says its state, colour only repeats it");
    sheet_goroutines(d);
    sheet_threads(d);
    sheet_processors(d);
    sheet_channels(d);
    sheet_memory(d);
    sheet_timeline(d);
    sheet_marks(d);
    sheet_proof(d, 40, THEME_DARK_DEUTERANOPIA, "Deuteranopia, simulated, dark");
    sheet_proof(d, 554, THEME_LIGHT_DEUTERANOPIA, "Deuteranopia, simulated, light");
    draw_line(d, 1070.5, 60, 1070.5, 960, pen(TINT_HAIR, 1));
    sheet_palette(d, 1100);
    sheet_type(d, 1100);
    sheet_space(d, 1100);
    sheet_motion(d, 1100);
}

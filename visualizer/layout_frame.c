/* layout_frame.c -- the regions of the window (design, 2.1 and 2.2). */
#include "layout.h"

#include <math.h>

static double clamp(double v, double low, double high) { return fmin(fmax(v, low), high); }

/* The fault's height is chosen once per run, by the most Ms that are ever in C together: then it
 * never jumps during play. */
double fault_share(const Lanes *l) {
    if (l->in_c_max == 0) return .66;
    if (l->in_c_max <= 6) return .605;
    return .56;
}

/* clang-format off */
static const StageMetrics stage_metrics[] = {
    {.go_y = 36, .sysmon_y = 84, .globq_y = 182, .parked_y = 256, .channels_y = 40,
     .card_y = 56, .card_h = 104, .name_y = 27, .queue_y = 58, .plate_w = 90, .plate_h = 100, .words_y = 23,
     .heap_above = 62, .heap_h = 30, .c_y_below = 46, .in_c_below = 56, .in_c_w = 104, .in_c_h = 116, .in_c_pitch = 116,
     .queue_below = 62, .queue_h = 58, .queue_title_above = 16, .held_below = 178, .held_h = 28,
     .detail_name = 22, .detail_time = 58, .detail_words = 86, .detail_leading = 21, .captions = true, .two_lines = true, .tokens = true},
    {.go_y = 26, .sysmon_y = 62, .globq_y = 142, .parked_y = 208, .channels_y = 28,
     .card_y = 40, .card_h = 84, .name_y = 24, .queue_y = 52, .plate_w = 76, .plate_h = 84, .words_y = 17,
     .heap_above = 48, .heap_h = 26, .c_y_below = 34, .in_c_below = 44, .in_c_w = 84, .in_c_h = 94, .in_c_pitch = 104,
     .queue_below = 50, .queue_h = 46, .queue_title_above = 13, .held_below = 136, .held_h = 24,
     .detail_name = 14, .detail_time = 46, .detail_words = 68, .detail_leading = 20, .tokens = true},
    {.go_y = 22, .sysmon_y = 46, .globq_y = 132, .parked_y = 0, .channels_y = 24,
     .card_y = 32, .card_h = 48, .name_y = 20, .queue_y = 33, .plate_w = 60, .plate_h = 66, .words_y = 17,
     .heap_above = 38, .heap_h = 22, .c_y_below = 26, .in_c_below = 34, .in_c_w = 58, .in_c_h = 64, .in_c_pitch = 84,
     .queue_below = 44, .queue_h = 36, .queue_title_above = 12, .held_below = 0, .held_h = 0,
     .detail_name = 10, .detail_time = 42, .detail_words = 64, .detail_leading = 19, .tiny = true},
    {.go_y = 20, .sysmon_y = 42, .globq_y = 126, .parked_y = 0, .channels_y = 20,
     .card_y = 28, .card_h = 44, .name_y = 18, .queue_y = 31, .plate_w = 56, .plate_h = 60, .words_y = 17,
     .heap_above = 32, .heap_h = 20, .c_y_below = 24, .in_c_below = 24, .in_c_w = 48, .in_c_h = 54, .in_c_pitch = 84,
     .queue_below = 42, .queue_h = 34, .queue_title_above = 12, .held_below = 0, .held_h = 0,
     .detail_name = 16, .detail_time = 44, .detail_words = 62, .detail_leading = 18, .tiny = true},
};
/* clang-format on */

const StageMetrics *stage_metrics_for(double stage_h) {
    return &stage_metrics[stage_h >= 520 ? 0 : stage_h >= 400 ? 1 : stage_h >= 300 ? 2 : 3];
}

/* Then the panel is a drawer, and its headline a strip above the transport (design, 2.4 and 12). */
static bool is_small(const FrameLayout *f) { return f->w < 1024 || f->h < 640; }

static double panel_width(const FrameLayout *f, const Scene *s) {
    if (s->view == VIEW_COMPARE || !s->panel || s->bare || s->lecture || is_small(f)) return 0;
    return floor(clamp(.24 * f->w, 320, 440) / 8) * 8;
}

/* The heap's view has a table of pins where others have lanes: three rows, one, or only the line of the whole run. */
static double pins_height(double room, bool lecture) {
    return lecture || room < 560 ? 52 : room < 640 ? 108 : room < 760 ? 158 : 198;
}

/* Two rows of numbers and a line of words, or without that; in a hall only what happens counts. */
static double figures_height(double room, bool lecture) { return lecture || room < 600 ? 0 : room < 760 ? 112 : 144; }

/* Of two runs: as much as both halves need, or only the line that says which is which. */
static double halves_height(const FrameLayout *f, double room) {
    double h = round(room * .61);
    return f->w < 1150 || h < 300 ? 44 : h;
}

/* The two one below the other; the stage first of all as high as its parts need. */
static double small_stage(double room) { return fmin(room, fmax(300, round(.55 * room))); }

static void place_drawer(FrameLayout *f, const Scene *s) {
    if (!f->small || !s->drawer) return;
    double w = fmin(360, f->w - 48);
    f->drawer = true;
    f->panel = (Box){f->w - w, f->top.h, w, f->h - f->top.h - f->transport.h};
}

enum { LEAST_W = 640, LEAST_H = 420 };

void layout_frame(FrameLayout *f, const Scene *s) {
    *f = (FrameLayout){0};
    double w = s->width_px, h = s->height_px;
    f->u = fmax(1, fmin(w / 1600, h / 1000) * s->zoom);
    if (s->lecture) f->u *= clamp(fmin(w / LEAST_W, h / LEAST_H) / f->u, 1, 1.35); /* larger only where all has room */
    f->w = w / f->u;
    f->h = h / f->u;
    double bar = s->bare ? 0 : f->h < 900 ? 48 : 56, pw = panel_width(f, s), mw = f->w - pw,
           room = f->h - 2 * bar;
    f->small = is_small(f) && !s->lecture && !s->bare && s->view != VIEW_COMPARE;
    double strip = s->lecture ? 52 : f->small ? 36 : 0;
    double share = s->lecture                  ? .70
                   : s->stage_share > 0        ? s->stage_share
                                               : .64;
    double stage =
        fmin(round(share * (room - strip)), fmax(0, room - strip - (s->lecture ? 150 : 264)));
    if (f->small && s->stage_share <= 0) stage = small_stage(room - strip);
    if (f->w < 800 || f->h < 500) stage = room - strip; /* only the stage */
    if (s->view == VIEW_TIMELINE) stage = 0;
    if (s->view == VIEW_HEAP && stage < room - strip) stage = room - strip - pins_height(room, s->lecture);
    if (s->view == VIEW_PICTURE) stage = room - strip;
    double figures = s->view == VIEW_COMPARE && s->other ? figures_height(room, s->lecture) : 0;
    if (s->view == VIEW_COMPARE) stage = s->other ? halves_height(f, room - strip - figures) : room - strip;
    f->top = (Box){0, 0, f->w, bar};
    f->stage = (Box){0, bar, mw, stage};
    f->strip = (Box){0, f->small ? bar + room - strip : bar + stage, mw, strip};
    f->timeline = (Box){0, bar + stage + (f->small ? 0 : strip), mw, room - stage - strip - figures};
    f->figures = (Box){0, f->timeline.y + f->timeline.h, mw, figures};
    f->panel = (Box){mw, bar, pw, room};
    f->transport = (Box){0, f->h - bar, f->w, bar};
    place_drawer(f, s);
    f->narrow = mw < 1100;
    f->m = stage_metrics_for(stage);
    f->fault_y = bar + round(stage * fault_share(s->lanes));
}

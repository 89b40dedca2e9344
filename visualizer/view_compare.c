/* view_compare.c -- what the Compare view has besides its two halves: which is which, the lanes of both, the line between them that
 * says where they part, and the figures.
 *
 * What is the same is set back, what differs stands out: by weight and by sand, never by red, which stays for violations.
 */
#include "view.h"

#include "measure.h"
#include "token.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const side_name[] = {"A", "B"};

static const Scene *side_scene(const View *v, int k) { return k ? v->s->other : v->s; }

/* A is a ring, B a disc: told apart without the letter. */
static void badge(const View *v, double cx, double cy, double r, int k) {
    draw_circle(v->d, cx, cy, r, k ? paint(TINT_T1) : paint(TINT_CHROME), pen(TINT_T1, 2));
    draw_text(v->d, cx, cy + r * .42, sans(fmax(12, r * 1.1), 700), k ? TINT_CHROME : TINT_T1, ANCHOR_MIDDLE, side_name[k]);
}

/* ---------------------------------------------------------------- heads */

/* What has been found by now, the worst first. */
static const Finding *worst(const Scene *s, size_t *count) {
    const Finding *x = NULL;
    *count = 0;
    for (size_t i = 0; i < s->finding_count; i++) {
        const Finding *f = &s->finding[i];
        if (f->seq > s->seq) break;
        ++*count;
        bool red = finding_is_violation(f->kind), was = x && finding_is_violation(x->kind);
        if (x == NULL || red > was || (red == was && finding_spec(f->kind)->severity > finding_spec(x->kind)->severity)) x = f;
    }
    return x;
}

/* Returns where it begins. */
static double verdict(const View *v, const Scene *s, double right, double y) {
    size_t count;
    char text[96];
    const Finding *x = worst(s, &count);
    bool over = s->now_ns >= s->end_ns && !s->growing;
    if (x == NULL)
        return right - draw_text(v->d, right, y + 5, sans(15, 600), TINT_T2, ANCHOR_END, over ? "nothing found" : "nothing found so far");
    if (count == 1) snprintf(text, sizeof text, "%s", finding_spec(x->kind)->key);
    else snprintf(text, sizeof text, "%s, %zu more", finding_spec(x->kind)->key, count - 1);
    double w = draw_text(v->d, right, y + 5, sans(15, 600), finding_is_violation(x->kind) ? TINT_RED : TINT_T1, ANCHOR_END, text);
    finding_mark(v, right - w - 16, y, .8, x->kind, TINT_CHROME);
    hits_add(v->hits, (Box){right - w - 28, y - 12, w + 28, 24}, HIT_TIME, NO_THING, x->time_ns);
    return right - w - 28;
}

/* What this one was asked for and the other was not: its settings, else its file. */
static void run_name(char *buf, size_t size, const View *v, int k) {
    size_t count = 0, n = 0;
    const KnobChange *knob = v->s->versus ? versus_knobs(v->s->versus, &count) : NULL;
    buf[0] = '\0';
    if (strcmp(v->s->title, v->s->other->title) != 0) {
        snprintf(buf, size, "%s", side_scene(v, k)->title);
        return;
    }
    for (size_t i = 0; i < count && i < 3 && n + 1 < size; i++)
        n += (size_t)snprintf(buf + n, size - n, "%s%s %s", i ? ", " : "", knob_title(&knob[i]), knob[i].value[k]);
    if (n == 0) snprintf(buf, size, "%s", side_scene(v, k)->file);
}

/* A line that only this one has, in a dashed frame. */
static void own_line(const View *v, int k, double x, double right, double y) {
    const char *first;
    size_t lines = v->s->versus ? versus_lines(v->s->versus, k, &first) : 0;
    char text[160], more[32] = "";
    if (lines == 0) return;
    if (lines > 1) snprintf(more, sizeof more, " and %zu more", lines - 1);
    double tail = text_width(more, sans(13, 400)), room = right - x - 24 - tail;
    if (room < 90) return;
    snprintf(text, sizeof text, "%s %.140s", k ? "+" : "−", first);
    char fitted[200];
    text_fit_end(fitted, sizeof fitted, text, mono(13, 500), room);
    double w = text_width(fitted, mono(13, 500));
    draw_box(v->d, (Box){x, y - 13, w + 20, 26}, 5, NO_PAINT, pen_dash(TINT_NOW, 1.4, 4, 3));
    draw_text(v->d, x + 10, y + 5, mono(13, 500), TINT_T1, ANCHOR_START, fitted);
    draw_text(v->d, x + w + 26, y + 5, sans(13, 400), TINT_T3, ANCHOR_START, more);
}

static void head(const View *v, int k) {
    Box b = v->compare->head[k];
    double y = b.y + b.h / 2, x = b.x + 58;
    char name[160];
    draw_box(v->d, b, 0, paint(TINT_CHROME), NO_PEN);
    draw_line(v->d, b.x, b.y + b.h - .5, b.x + b.w, b.y + b.h - .5, pen(TINT_HAIR, 1));
    badge(v, b.x + 34, y, 13, k);
    double right = verdict(v, side_scene(v, k), b.x + b.w - 18, y) - 18;
    run_name(name, sizeof name, v, k);
    x += draw_fitted(v->d, x, y + 6, sans(18, 700), TINT_T1, ANCHOR_START, name, fmax(0, right - x)) + 16;
    own_line(v, k, x, right, y);
}

void view_heads(const View *v) {
    const CompareLayout *l = v->compare;
    double x = l->head[0].w;
    draw_box(v->d, (Box){x, v->f->stage.y, l->shift - x, v->f->stage.h}, 0, paint(TINT_APP), NO_PEN);
    for (int k = 0; k < 2; k++) head(v, k);
}

void view_alone(const View *v) {
    Box b = v->f->stage;
    double x = b.x + b.w / 2, y = b.y + b.h * .42;
    draw_box(v->d, (Box){b.x, b.y, b.w, b.h + v->f->timeline.h}, 0, paint(TINT_CHROME), NO_PEN);
    draw_text(v->d, x, y, sans(20, 700), TINT_T1, ANCHOR_MIDDLE, "Compare with another run");
    draw_text(v->d, x, y + 30, sans(14, 400), TINT_T2, ANCHOR_MIDDLE,
              v->s->source[0] ? "R runs this scenario again with other knobs, and keeps this run beside it." : "This trace holds no scenario to run again.");
    draw_text(v->d, x, y + 52, sans(14, 400), TINT_T2, ANCHOR_MIDDLE, "Or drop a second trace here, or start with two: faultline view A B.");
}

/* ---------------------------------------------------------------- lanes */

static bool has_lane(const Scene *s, const LanePlace *lane) {
    size_t count = lane->kind == LANE_P ? s->lanes->p_count : lane->kind == LANE_M ? s->lanes->m_count : s->lanes->queue_count;
    size_t now = lane->kind == LANE_P ? s->model->p_count : lane->kind == LANE_M ? s->model->m_count : s->model->queue_count;
    return lane->id < count && lane->id < now;
}

static void group(const View *v, int k) {
    const CompareLayout *l = v->compare;
    View side = *v;
    side.s = side_scene(v, k);
    side.time = &l->lanes[k];
    char text[32];
    double first = side.time->lane_count ? side.time->lane[0].y : 0, end = first;
    for (size_t i = 0; i < side.time->lane_count; i++) {
        const LanePlace *lane = &side.time->lane[i];
        Kind kind = lane->kind == LANE_P ? KIND_P : lane->kind == LANE_M ? KIND_M : KIND_QUEUE;
        if (lane->kind == LANE_QUEUE) snprintf(text, sizeof text, "queue");
        else thing_text(text, sizeof text, kind, lane->id);
        bool there = has_lane(side.s, lane);
        if (lane->labelled) draw_text(v->d, 66, lane->y + lane->h / 2 + 5, sans(13, 500), there ? TINT_T1 : TINT_T3, ANCHOR_START, text);
        if (there) timeline_lane(&side, lane);
        end = lane->y + lane->h;
    }
    if (l->gc) {
        if (l->gc_h >= 12) draw_text(v->d, 66, l->gc_y[k] + l->gc_h / 2 + 5, sans(13, 500), TINT_T1, ANCHOR_START, "GC");
        timeline_gc(&side, l->gc_y[k], l->gc_h);
        end = fmax(end, l->gc_y[k] + l->gc_h);
    }
    badge(v, 36, (first + end) / 2, 13, k);
}

/* ---------------------------------------------------------------- where they part */

/* Both play on, and do not do the same at the same time. */
static void stretches(const View *v, double y) {
    const TimelineLayout *t = v->time;
    size_t count;
    const Apart *apart = versus_apart(v->s->versus, &count);
    draw_line(v->d, t->x0, y, t->x1, y, pen_alpha(TINT_PARK, 2, .7));
    for (size_t i = 0; i < count; i++) {
        if (apart[i].from_ns > v->s->to_ns || apart[i].to_ns < v->s->from_ns) continue;
        double a = fmax(t->x0, timeline_x(t, v->s, apart[i].from_ns)), b = t->x1;
        if (apart[i].to_ns != NOT_YET) b = fmin(b, timeline_x(t, v->s, apart[i].to_ns));
        draw_line(v->d, a, y, fmax(b, a + 2), y, pen(TINT_NOW, 4));
    }
}

static const char *difference_words(char *buf, size_t size, const Difference *x) {
    if (x->count[0] && x->count[1]) snprintf(buf, size, "A: %s · B: %s", x->words[0], x->words[1]);
    else snprintf(buf, size, "only %s: %s", x->count[1] ? "B" : "A", x->words[x->count[1] ? 1 : 0]);
    return buf;
}

enum { MARK_W_MAX = 90 }; /* "997–999" */

/* The number of one difference, or of the first and the last of several. */
static double mark_width(char *buf, size_t size, size_t first, size_t end) {
    if (end - first == 1) snprintf(buf, size, "%zu", end);
    else snprintf(buf, size, "%zu–%zu", first + 1, end);
    return fmax(22, text_width(buf, digits(13, 700)) + 12);
}

/* Where its mark begins, or further left. */
static double mark_left(const View *v, const Difference *x) {
    return fmin(timeline_x(v->time, v->s, x->time_ns) - 11, v->time->x1 - MARK_W_MAX);
}

/* Of differences that would touch, one mark with all their numbers. */
static void differences(const View *v, double y) {
    const TimelineLayout *t = v->time;
    size_t count;
    const Difference *x = versus_differences(v->s->versus, &count);
    for (size_t i = 0; i < count;) {
        char number[48], text[224];
        double at = timeline_x(t, v->s, x[i].time_ns), w = mark_width(number, sizeof number, i, i + 1), left = fmin(at - 11, t->x1 - w);
        size_t first = i++;
        if (x[first].time_ns < v->s->from_ns) continue;
        if (x[first].time_ns > v->s->to_ns) break;
        for (; i < count && mark_left(v, &x[i]) < left + w + 6; i++) {
            w = mark_width(number, sizeof number, first, i + 1);
            left = fmin(at - 11, t->x1 - w);
        }
        size_t end = i;
        double next = end < count && x[end].time_ns <= v->s->to_ns ? mark_left(v, &x[end]) : t->x1 + 12;
        draw_line(v->d, at, y - 18, at, y + 18, pen_dash(TINT_NOW, 1.4, 2, 3));
        draw_box(v->d, (Box){left, y - 11, w, 22}, 11, paint(TINT_NOW), NO_PEN);
        draw_text(v->d, left + w / 2, y + 4.6, digits(13, 700), TINT_ON_NOW, ANCHOR_MIDDLE, number);
        hits_add(v->hits, (Box){left, y - 12, w, 24}, HIT_TIME, NO_THING, x[first].time_ns);
        double room = next - left - w - 20;
        if (room < 70 || !x[first].told) continue;
        char fitted[224];
        text_fit_end(fitted, sizeof fitted, difference_words(text, sizeof text, &x[first]), sans(13, 600), room);
        double tw = text_width(fitted, sans(13, 600));
        draw_box(v->d, (Box){left + w, y - 9, tw + 14, 18}, 0, paint(TINT_CHROME), NO_PEN);
        draw_text(v->d, left + w + 7, y + 4.6, sans(13, 600), TINT_T1, ANCHOR_START, fitted);
    }
}

static void spine(const View *v) {
    double y = v->compare->spine_y;
    size_t differ = 0, apart = 0;
    draw_text(v->d, 24, y + 5, sans(13, 600), TINT_NOW, ANCHOR_START, "differs");
    if (v->s->versus == NULL || !versus_is_done(v->s->versus)) {
        draw_text(v->d, v->time->x0, y + 5, sans(13, 400), TINT_T2, ANCHOR_START, "both are still being read");
        return;
    }
    stretches(v, y);
    differences(v, y);
    versus_differences(v->s->versus, &differ);
    versus_apart(v->s->versus, &apart);
    if (differ > 0) return;
    const char *text = apart ? "Both do the same in the same order: only the times differ." : "Both tell the same story at the same times.";
    double w = text_width(text, sans(13, 600)), x = v->time->x0 + 24;
    draw_box(v->d, (Box){x - 8, y - 10, w + 16, 20}, 0, paint(TINT_CHROME), NO_PEN);
    draw_text(v->d, x, y + 4.6, sans(13, 600), TINT_T1, ANCHOR_START, text);
}

void view_parted(const View *v) {
    Box b = v->f->timeline;
    View axis = *v, other = *v;
    axis.time = &v->compare->lanes[0];
    other.time = &v->compare->lanes[1];
    other.s = v->s->other;
    draw_box(v->d, b, 0, paint(TINT_CHROME), NO_PEN);
    draw_line(v->d, b.x, b.y + .5, b.x + b.w, b.y + .5, pen(TINT_HAIR, 1));
    if (b.h < 120) return;
    hits_add(v->hits, (Box){axis.time->x0, b.y + 26, axis.time->x1 - axis.time->x0, b.h - 26}, HIT_LANES, NO_THING, 0);
    timeline_ruler(&axis);
    for (int k = 0; k < 2; k++) group(v, k);
    spine(&axis);
    if (!v->s->linked) {
        double x = timeline_x(other.time, other.s, other.s->now_ns);
        if (x >= other.time->x0 && x <= other.time->x1)
            draw_line(v->d, x, other.time->lanes_y, x, other.time->lanes_end, pen_dash(TINT_NOW, 2, 4, 3));
    }
    timeline_playhead(&axis);
}

/* ---------------------------------------------------------------- figures */

/* What differs by a hundredth or more stands before what differs by less, and that before what is the same; of equals the more telling
 * first. A finding counts as a figure where one of the two has it. */
typedef struct {
    const char *title;
    uint64_t value[2];
    bool is_time, red;
} Told;
enum { TOLD_MAX = 48 };

static const struct {
    Figure figure;
    const char *title;
} told_figures[] = {
    {FIG_time, "Length of the run"},     {FIG_handoffs, "Hand-overs"},        {FIG_threads, "Threads"},
    {FIG_crossings, "Crossings"},     {FIG_moved, "Objects moved"},        {FIG_device_idle, "Device idle"},
    {FIG_behind_c, "Ps behind C"},    {FIG_longest_wait, "Longest wait"},  {FIG_device_busy, "Device busy"},
    {FIG_launches, "Commands"},       {FIG_stopped, "World stopped"},      {FIG_retakes, "Ps taken"},
    {FIG_preemptions, "Preemptions"}, {FIG_in_c, "In C"},                  {FIG_running, "Go ran"},
    {FIG_chan_wait, "At channels"},   {FIG_heap_bytes, "Go heap, bytes"},  {FIG_device_bytes, "Device, bytes"},
    {FIG_callbacks, "Callbacks"},     {FIG_needms, "Ms borrowed"},         {FIG_steals, "Steals"},
    {FIG_signals, "Signals"},         {FIG_goroutines, "Goroutines"},      {FIG_switches, "Switches"},
    {FIG_collections, "Collections"}, {FIG_not_freed, "Never given back"}, {FIG_threads_max_in_c, "In C at one time"},
};

static uint64_t found_times(const Scene *s, FindingKind kind) {
    for (size_t i = 0; i < s->finding_count; i++) {
        if (s->finding[i].kind == kind) return s->finding[i].times;
    }
    return 0;
}

typedef enum { CHANGE_NONE, CHANGE_SLIGHT, CHANGE_REAL } Change;

static Change change(const Told *t) {
    uint64_t a = t->value[0], b = t->value[1], by = a > b ? a - b : b - a;
    return by == 0 ? CHANGE_NONE : by < (a > b ? a : b) / 100 ? CHANGE_SLIGHT : CHANGE_REAL;
}

static size_t collect(Told *out, const View *v) {
    const Summary *sum[2] = {versus_summary(v->s->versus, 0), versus_summary(v->s->versus, 1)};
    size_t n = 0;
    for (int red = 1; red >= 0; red--) {
        for (int i = 0; i < FIND_COUNT && n < TOLD_MAX; i++) {
            Told t = {.title = finding_spec((FindingKind)i)->key, .red = finding_is_violation((FindingKind)i)};
            for (int k = 0; k < 2; k++) t.value[k] = found_times(side_scene(v, k), (FindingKind)i);
            if (t.red == red && (t.value[0] || t.value[1])) out[n++] = t;
        }
    }
    for (int rank = CHANGE_REAL; rank >= CHANGE_NONE; rank--) {
        for (size_t i = 0; i < ARRAY_LEN(told_figures) && n < TOLD_MAX; i++) {
            Figure f = told_figures[i].figure;
            bool is_time = figure_spec[f].kind == KIND_NS;
            Told t = {.title = told_figures[i].title, .value = {sum[0]->value[f], sum[1]->value[f]}, .is_time = is_time};
            bool unknown = figure_spec[f].run_only && (v->s->model->imported || v->s->other->model->imported);
            if (change(&t) == (Change)rank && (t.value[0] || t.value[1]) && !unknown) out[n++] = t;
        }
    }
    return n;
}

static void value_text(char *buf, size_t size, const Told *t, int k) {
    if (t->is_time) narrate_time(buf, size, t->value[k]);
    else count_text(buf, size, t->value[k]);
}

/* How B is to A, in words. */
static void relation(char *buf, size_t size, const Told *t) {
    uint64_t a = t->value[0], b = t->value[1];
    if (a == b) snprintf(buf, size, "same");
    else if (b == 0) snprintf(buf, size, "B has none");
    else if (a == 0) snprintf(buf, size, "only B");
    else if (change(t) == CHANGE_SLIGHT) snprintf(buf, size, "nearly the same");
    else if (b > a && b / a >= 2) snprintf(buf, size, "B ×\u2009%.3g", (double)b / (double)a);
    else if (a > b && a / b >= 2) snprintf(buf, size, "B ÷\u2009%.3g", (double)a / (double)b);
    else snprintf(buf, size, "B %+.1f\u2009%%", 100 * ((double)b / (double)a - 1));
}

static void figure(const View *v, const Told *t, Box b) {
    bool same = change(t) != CHANGE_REAL;
    double most = (double)(t->value[0] > t->value[1] ? t->value[0] : t->value[1]), pitch = b.h >= 130 ? 28 : 24;
    char text[2][64], words[64];
    double y = b.y + 30, widest = 0;
    draw_line(v->d, b.x + .5, b.y + 14, b.x + .5, b.y + b.h - 14, pen(TINT_HAIR, 1));
    draw_fitted(v->d, b.x + 16, y, sans(14, same ? 400 : 600), same ? TINT_T2 : TINT_T1, ANCHOR_START, t->title, b.w - 28);
    for (int k = 0; k < 2; k++) {
        value_text(text[k], sizeof text[k], t, k);
        widest = fmax(widest, text_width(text[k], digits(18, 700)));
    }
    for (int k = 0; k < 2; k++) {
        Tint tint = same ? TINT_T2 : t->red && t->value[k] ? TINT_RED : TINT_T1;
        y += pitch;
        draw_text(v->d, b.x + 16, y, sans(13, 400), TINT_T3, ANCHOR_START, side_name[k]);
        draw_text(v->d, b.x + 36, y, digits(18, same ? 500 : 700), tint, ANCHOR_START, text[k]);
        double x0 = b.x + 36 + widest + 14, x1 = b.x + b.w - 22, x = x0 + (x1 - x0) * (double)t->value[k] / fmax(1, most);
        if (x1 - x0 < 24) continue;
        draw_line(v->d, x0, y - 6, x, y - 6, pen(tint, 2));
        draw_circle(v->d, x, y - 6, 4.5, k ? paint(tint) : paint(TINT_CHROME), pen(tint, 2));
    }
    relation(words, sizeof words, t);
    if (b.h >= 130) draw_fitted(v->d, b.x + 16, y + 24, sans(13, 400), TINT_T2, ANCHOR_START, words, b.w - 28);
}

void view_figures(const View *v) {
    Box b = v->f->figures;
    Told told[TOLD_MAX];
    char time[48];
    if (b.h <= 0) return;
    draw_box(v->d, b, 0, paint(TINT_CHROME), NO_PEN);
    draw_line(v->d, b.x, b.y + .5, b.x + b.w, b.y + .5, pen(TINT_HAIR, 1));
    draw_text(v->d, 24, b.y + 30, sans(14, 600), TINT_T1, ANCHOR_START, "Whole run");
    if (v->s->versus == NULL || !versus_is_done(v->s->versus)) return;
    draw_text(v->d, 24, b.y + 54, sans(13, 400), TINT_T2, ANCHOR_START, narrate_time(time, sizeof time, v->s->end_ns));
    size_t count = collect(told, v), fit = (size_t)fmax(1, floor((b.w - 132) / 196));
    if (count > fit) count = fit;
    double w = count ? fmin(260, (b.w - 132 - 12) / (double)count) : 0;
    for (size_t i = 0; i < count; i++) figure(v, &told[i], (Box){132 + w * (double)i, b.y, w, b.h});
}

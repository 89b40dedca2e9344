/* view_timeline.c -- the history: who ran where, and when it was in C.
 *
 * Everything ends at the playhead, so that a class can guess what comes; uncovered, it goes on, thinned and
 * without words. A slice wide enough to see is a box; what is finer becomes one column per pixel whose height is
 * the share of busy time, so the work of a frame depends on pixels, never on events. In an M's lane Go rides on the
 * lane's own line and C hangs below it; time in C never vanishes, however short.
 */
#include "timeline_parts.h"

#include "fault.h"
#include "measure.h"
#include "token.h"

#include "../sim/base/sorted.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- slices and columns */

typedef struct {
    uint8_t go, c; /* share of the column, 255 = all */
    unsigned tint;
} Column;

/* A skyline over neighbouring columns: one shape for all of them. */
static void skyline(const View *v, const Column *col, size_t from, size_t to, double x0,
                    double step, double base, double height, bool c_part) {
    double share[COLUMNS_MAX];
    for (size_t i = from; i < to; i++) share[i - from] = (c_part ? col[i].c : col[i].go) / 255.0;
    draw_columns(v->d, x0 + (double)from * step, base, step, height, share, to - from, paint(c_part ? TINT_AMBER : col[from].tint));
}

static void columns(const View *v, const LanePlace *lane, Column *col, size_t count, double x0,
                    double step) {
    bool m = lane->kind == LANE_M;
    double go_h = m ? lane->h * 14 / 19 : lane->h, base = m ? lane->y + go_h : lane->y + lane->h;
    for (size_t i = 0; i < count;) {
        size_t end = i;
        while (end < count && col[end].go && (end == i || col[end].tint == col[i].tint)) end++;
        if (end > i) skyline(v, col, i, end, x0, step, base, go_h, false);
        i = end > i ? end : i + 1;
    }
    for (size_t i = 0; i < count;) {
        size_t end = i;
        while (end < count && col[end].c) end++;
        /* C hangs from the lane's line in an M lane; a held P is a mark along its foot */
        if (end > i)
            skyline(v, col, i, end, x0, step, m ? lane->y + lane->h / 2 : lane->y + lane->h,
                    m ? -lane->h / 2 : lane->kind == LANE_G ? lane->h / 2 : 4, true);
        i = end > i ? end : i + 1;
    }
}

/* Over 60 % of a column one goroutine's: its colour. A colour that changes every column is noise,
 * so short runs of one go back to the plain tint. */
static unsigned column_tint(const View *v, const LanePlace *place, const Lane *lane, size_t first,
                            size_t end, uint64_t width_ns) {
    if (place->kind == LANE_QUEUE) return TINT_DEV;
    if (place->kind == LANE_G) return theme_goroutine(goroutine_order(v->s->lanes, place->id));
    if (place->kind == LANE_M || end - first > 6) return TINT_LANE_DENSE;
    for (size_t i = first; i < end && i < lane->count; i++) {
        const LaneSpan *s = &lane->span[i];
        if (s->kind == SPAN_RUN && s->id < v->s->lanes->g_order_cap &&
            (s->to_ns - s->from_ns) / 6 * 10 > width_ns) {
            return theme_goroutine(v->s->lanes->g_order[s->id] - 1);
        }
    }
    return TINT_LANE_DENSE;
}

static void calm(Column *col, size_t count) {
    for (size_t i = 0; i < count;) {
        size_t end = i;
        while (end < count && col[end].tint == col[i].tint) end++;
        for (size_t k = i; end - i < 4 && k < end; k++) {
            if (col[k].tint != TINT_DEV) col[k].tint = TINT_LANE_DENSE;
        }
        i = end;
    }
}

static uint8_t share_of(uint64_t part, uint64_t whole) {
    if (part == 0) return 0;
    uint64_t share = whole ? part * 255 / whole : 255;
    return (uint8_t)(share < 1 ? 1 : share > 255 ? 255 : share);
}

/* Of which lane, in which window. */
typedef struct {
    uint64_t run, page, from_ns, to_ns, id; /* page: of a goroutine's */
    LaneKind kind;
    size_t count; /* columns, from x0 on */
    double x0, step;
} ColumnsKey;

/* So far a lane has been gone along. */
typedef struct {
    size_t next, span, walked; /* the first column that has not been filled; the first span not looked at; LaneWalk.at */
    size_t wide_count;
} ColumnsAt;

/* What lies before the playhead never changes, so it is kept from frame to frame: while millions of events play, a frame fills
 * the columns of a few moments. Kept is what all has ended, so that what is fine now will not be a slice later. */
typedef struct {
    ColumnsKey key;
    uint64_t end_ns; /* everything kept had ended by then */
    ColumnsAt kept, at;
    size_t *wide, wide_cap; /* spans that are slices, in order */
    Column col[COLUMNS_MAX];
} Columns;

struct TimelineMemo {
    uint64_t run[2]; /* of the two that are compared */
    Columns *lane[2][2][LANES_MAX]; /* of each run what was, and what comes */
    struct Band *band;
};

TimelineMemo *timeline_memo_new(void) { return mem_zero(1, sizeof(TimelineMemo)); }

void timeline_memo_free(TimelineMemo *m) {
    for (size_t i = 0; m && i < 4 * LANES_MAX; i++) {
        Columns *k = m->lane[i / 2 / LANES_MAX][i / LANES_MAX % 2][i % LANES_MAX];
        if (k) free(k->wide);
        free(k);
    }
    if (m) band_free(m->band);
    free(m);
}

struct Band **band_memo(TimelineMemo *m) { return &m->band; }

static bool same_key(const ColumnsKey *a, const ColumnsKey *b) {
    return a->run == b->run && a->page == b->page && a->from_ns == b->from_ns && a->to_ns == b->to_ns && a->id == b->id &&
           a->kind == b->kind && a->count == b->count && a->x0 == b->x0 && a->step == b->step;
}

static Columns *kept_columns(TimelineMemo *m, bool future, size_t at, const ColumnsKey *key, const Lane *lane, uint64_t end_ns) {
    size_t side = m->run[0] == key->run || m->run[0] == 0 ? 0 : m->run[1] == key->run || m->run[1] == 0 ? 1 : 0;
    Columns **slot = &m->lane[side][future][at];
    m->run[side] = key->run;
    if (*slot == NULL) *slot = mem_zero(1, sizeof **slot);
    Columns *k = *slot;
    if (!same_key(&k->key, key) || k->end_ns > end_ns) {
        size_t first = lane_find(lane, key->from_ns);
        k->key = *key;
        k->kept = (ColumnsAt){.span = first, .walked = first};
        k->at.next = key->count; /* all are to be wiped */
    }
    memset(k->col + k->kept.next, 0, (k->at.next - k->kept.next) * sizeof *k->col);
    k->at = k->kept;
    k->end_ns = end_ns;
    return k;
}

/* Fills the column in which the span `at` begins, or the next one if that is full. False: the playhead is in it. */
static bool fill_column(const View *v, const LanePlace *place, Columns *k, LaneWalk *walk, double x) {
    size_t c = (size_t)fmax(0, (x - k->key.x0) / k->key.step), i = k->at.span;
    if (c < k->at.next) c = k->at.next;
    if (c >= k->key.count) return false;
    uint64_t t0 = timeline_ns(v->time, v->s, k->key.x0 + (double)c * k->key.step),
             t1 = timeline_ns(v->time, v->s, k->key.x0 + (double)(c + 1) * k->key.step);
    if (t1 <= t0) t1 = t0 + 1;
    bool whole = t1 <= k->end_ns;
    LaneShare before = lane_walk(walk, t0 > k->key.from_ns ? t0 : k->key.from_ns), after = lane_walk(walk, whole ? t1 : k->end_ns);
    k->col[c].go = share_of(after.go_ns - before.go_ns, t1 - t0);
    k->col[c].c = share_of(after.c_ns - before.c_ns, t1 - t0);
    if (after.crossings > before.crossings && k->col[c].c == 0) k->col[c].c = 1;
    k->col[c].tint = column_tint(v, place, walk->lane, i, walk->at > i ? walk->at : i + 1, t1 - t0);
    k->at = (ColumnsAt){c + 1, walk->at, walk->at, k->at.wide_count};
    return whole;
}

static Slice slice_of(const View *v, const LaneSpan *span, uint64_t from_ns, uint64_t end_ns) {
    uint64_t from = span->from_ns > from_ns ? span->from_ns : from_ns, to = span->to_ns < end_ns ? span->to_ns : end_ns;
    double a = timeline_x(v->time, v->s, from);
    return (Slice){a, timeline_x(v->time, v->s, to) - a, span};
}

/* The spans of a lane in [from_ns, end_ns): those of a pixel and more to `draw`, finer ones into columns. */
static void spans_between(const View *v, const LanePlace *place, const Lane *lane, SliceFn draw, uint64_t from_ns, uint64_t end_ns) {
    static Column shown[COLUMNS_MAX];
    const Scene *s = v->s;
    if (end_ns <= from_ns) return;
    double step = 1 / v->f->u, x0 = floor(v->time->x0 / step) * step;
    size_t count = (size_t)((v->time->x1 - x0) / step) + 1;
    if (count > COLUMNS_MAX) count = COLUMNS_MAX;
    uint64_t page = place->kind == LANE_G ? s->lives->page : 0;
    ColumnsKey key = {s->lanes->run, page, from_ns, s->to_ns, place->id, place->kind, count, x0, step};
    Columns *k = kept_columns(v->memo, v->future, (size_t)(place - v->time->lane), &key, lane, end_ns);
    LaneWalk walk = {lane, k->at.walked};
    bool on = true, over = true; /* over: all up to here has ended */
    while (on && k->at.span < lane->count && lane->span[k->at.span].from_ns < end_ns) {
        Slice slice = slice_of(v, &lane->span[k->at.span], from_ns, end_ns);
        over = over && slice.span->to_ns <= end_ns;
        if (slice.w < step) {
            on = fill_column(v, place, k, &walk, slice.x);
            size_t last = k->at.span; /* it may go on behind that column */
            over = over && on && !(last < lane->count && lane->span[last].from_ns < end_ns && lane->span[last].to_ns > end_ns);
        } else {
            GROW(k->wide, k->wide_cap, k->at.wide_count + 1);
            k->wide[k->at.wide_count++] = k->at.span++;
        }
        if (over) k->kept = k->at;
    }
    for (size_t i = 0; i < k->at.wide_count; i++) {
        Slice slice = slice_of(v, &lane->span[k->wide[i]], from_ns, end_ns);
        draw(v, place, &slice);
    }
    if (k->at.next == 0) return;
    memcpy(shown, k->col, k->at.next * sizeof *shown);
    if (place->kind != LANE_G) calm(shown, k->at.next);
    columns(v, place, shown, k->at.next, x0, step);
}

void lane_spans(const View *v, const LanePlace *place, const Lane *lane, uint64_t known_ns, SliceFn draw) {
    const Scene *s = v->s;
    uint64_t to_ns = s->to_ns < known_ns ? s->to_ns : known_ns;
    spans_between(v, place, lane, draw, s->from_ns, s->now_ns < to_ns ? s->now_ns : to_ns);
    if (!s->uncovered) return;
    View ahead = *v;
    ahead.future = true;
    draw_thin(v->d, .3);
    spans_between(&ahead, place, lane, draw, s->now_ns > s->from_ns ? s->now_ns : s->from_ns, to_ns);
    draw_thin(v->d, 1);
}

static bool runs_through(const Upright *a, double x, double w, double y) {
    return a->x > x - 4 && a->x < x + w + 4 && y > fmin(a->y0, a->y1) && y - 9 < fmax(a->y0, a->y1);
}

/* To the right of each that would, until none does. */
double clear_of_arrows(const View *v, double x, double w, double y) {
    for (bool moved = true; moved;) {
        moved = false;
        for (size_t i = 0; i < v->upright_count; i++) {
            if (!runs_through(&v->upright[i], x, w, y)) continue;
            x = v->upright[i].x + 7;
            moved = true;
        }
    }
    return x;
}

void slice_label(const View *v, const Slice *s, double baseline, TextStyle style, Tint tint,
                        const char *text) {
    if (v->future) return;
    double w = text_width(text, style), x = clear_of_arrows(v, s->x + 6, w, baseline);
    if (x + w + 6 <= s->x + s->w) draw_text(v->d, x, baseline, style, tint, ANCHOR_START, text);
}

/* ---------------------------------------------------------------- P lanes */

static void held_slice(const View *v, const LanePlace *lane, const Slice *s) {
    const char *text = s->span->text == HELD_BY_SYSCALL ? "in a syscall, nobody runs" : "in C, nobody runs";
    Box b = {s->x, lane->y, s->w - 1, lane->h};
    draw_box(v->d, b, 2, paint_hatch(TINT_AMBER, 8, 2, .30),
             s->w > 3 ? pen(TINT_AMBER, 1.2) : NO_PEN);
    double w = text_width(text, sans(12, 500));
    if (w + 28 > s->w || lane->h < 18 || v->future) return;
    draw_box(v->d, (Box){b.x + 8, b.y + 3, w + 12, b.h - 6}, 2, paint(TINT_CHROME), NO_PEN);
    draw_text(v->d, b.x + 14, b.y + b.h / 2 + 4.4, sans(12, 500), TINT_T1, ANCHOR_START, text);
}

/* A goroutine that is selected or followed is found again on every lane on which it was. */
static void underline(const View *v, const Slice *s, double foot) {
    if (s->span->id != NO_ID && is_selected(v->s, KIND_G, s->span->id))
        draw_box(v->d, (Box){s->x, foot - 3, fmax(1, s->w - (s->w >= 3 ? 1 : 0)), 3}, 0, paint(TINT_NOW), NO_PEN);
}

static void run_slice(const View *v, const LanePlace *lane, const Slice *s) {
    uint64_t g = s->span->id;
    size_t order = goroutine_order(v->s->lanes, g);
    bool edge = !theme_is_dark(v->s->theme) && s->w >= 4;
    draw_box(v->d, (Box){s->x, lane->y, s->w - (s->w >= 3 ? 1 : 0), lane->h}, s->w >= 3 ? 2 : 0,
             paint(theme_goroutine(order)), edge ? pen(theme_goroutine_edge(order), 1) : NO_PEN);
    char text[96];
    if (lane->h < 15) return;
    double y = lane->y + lane->h / 2 + 4.4;
    narrate_g(v->s->model, g, text, sizeof text);
    if (text_width(text, sans(12, 600)) + 12 > s->w) thing_text(text, sizeof text, KIND_G, g);
    slice_label(v, s, y, sans(12, 600), TINT_ON_G, text);
}

/* Nobody runs here, and somebody is on the way: not the dots of an idle P. */
static void waits_slice(const View *v, const LanePlace *lane, const Slice *s) {
    char text[48];
    Box b = {s->x, lane->y, s->w - 1, lane->h};
    draw_box(v->d, b, 2, paint(TINT_CHROME), pen_dash(TINT_NOW, 1.2, 3, 3));
    snprintf(text, sizeof text, "waits for M%u", (unsigned)s->span->id);
    if (lane->h >= 15) slice_label(v, s, b.y + b.h / 2 + 4.4, sans(12, 500), TINT_T1, text);
    mark_thing(v, b, KIND_M, s->span->id);
}

/* Nobody runs on any P: an empty lane under a heavy bar, as on the card. */
static void stopped_slice(const View *v, const LanePlace *lane, const Slice *s) {
    draw_box(v->d, (Box){s->x, lane->y, s->w, fmin(5, lane->h)}, 0, paint(TINT_T1), NO_PEN);
    if (lane->h >= 18)
        slice_label(v, s, lane->y + lane->h - 3, sans(12, 500), TINT_T1, "stopped");
}

static void p_slice(const View *v, const LanePlace *lane, const Slice *s) {
    if (s->span->kind == SPAN_STOPPED) {
        stopped_slice(v, lane, s);
        return;
    }
    if (s->span->kind == SPAN_WAITS) {
        waits_slice(v, lane, s);
        return;
    }
    if (s->span->kind == SPAN_HELD) held_slice(v, lane, s);
    else run_slice(v, lane, s);
    underline(v, s, lane->y + lane->h);
    if (s->span->id != NO_ID)
        mark_thing(v, (Box){s->x, lane->y, s->w, lane->h}, KIND_G, s->span->id);
}

/* ---------------------------------------------------------------- M lanes */

enum { WORDS_H = 17 }; /* in slimmer lanes of Ms there are none */

/* A lane of any height: the slices keep their proportion to it. */
static void m_slice_box(const View *v, const LanePlace *lane, const Slice *s, SliceLook look) {
    if (lane->h >= WORDS_H) {
        token_slice(v->d, s->x, lane->y, s->w - (s->w >= 3 ? 1 : 0), lane->h, look, theme_is_dark(v->s->theme));
        return;
    }
    double h = lane->h * 14 / 19,
           y = look == SLICE_C || look == SLICE_SYSCALL ? lane->y + lane->h - h : lane->y;
    Tint tint = look == SLICE_C || look == SLICE_SYSCALL ? TINT_AMBER : TINT_LANE_GO;
    if (look == SLICE_SPIN)
        draw_box(v->d, (Box){s->x, y, s->w - 1, h}, 0, NO_PAINT, pen(TINT_BLUE, 1));
    else if (look == SLICE_STARTING)
        draw_box(v->d, (Box){s->x, y, s->w - 1, h}, 0, NO_PAINT, pen_dash(TINT_NOW, 1, 3, 3));
    else
        draw_box(v->d, (Box){s->x, y, s->w - (s->w >= 3 ? 1 : 0), h}, s->w >= 3 ? 1 : 0,
                 paint(tint), NO_PEN);
}

void label_plate(const View *v, const Slice *s, double y, double h, double w, double baseline) {
    double x = clear_of_arrows(v, s->x + 6, w, baseline);
    if (!v->future && x + w + 6 <= s->x + s->w) draw_box(v->d, (Box){x - 3, y, w + 6, h}, 2, paint(TINT_CHROME), NO_PEN);
}

void c_words(const View *v, const Slice *s, const char *who, char *text, size_t size) {
    char time[48];
    const char *known = intern_text(v->s->model->text, s->span->text), *fn = known[0] ? known : s->span->kind == SPAN_SYSCALL ? "a syscall" : "C";
    uint64_t end = s->span->to_ns < v->s->now_ns ? s->span->to_ns : v->s->now_ns;
    narrate_time(time, sizeof time, end - s->span->from_ns);
    snprintf(text, size, "%.60s with %s, %s", fn, who, time);
    if (who[0] == '\0' || text_width(text, sans(12, 600)) + 12 > s->w) snprintf(text, size, "%.60s, %s", fn, time);
    if (text_width(text, sans(12, 600)) + 12 > s->w) snprintf(text, size, "%s", time);
}

static void c_label(const View *v, const LanePlace *lane, const Slice *s) {
    char text[160], g[24];
    bool syscall = s->span->kind == SPAN_SYSCALL;
    double middle = lane->y + lane->h * 12 / 19;
    c_words(v, s, thing_text(g, sizeof g, KIND_G, s->span->id), text, sizeof text);
    if (syscall) label_plate(v, s, middle - 6, 12, text_width(text, sans(12, 600)), middle + 4.2);
    slice_label(v, s, middle + 4.2, sans(12, 600), syscall ? TINT_T1 : TINT_ON_AMBER, text);
}

static void m_slice(const View *v, const LanePlace *lane, const Slice *s) {
    SliceLook look = s->span->kind == SPAN_C          ? SLICE_C
                     : s->span->kind == SPAN_SYSCALL  ? SLICE_SYSCALL
                     : s->span->kind == SPAN_SPIN     ? SLICE_SPIN
                     : s->span->kind == SPAN_STARTING ? SLICE_STARTING
                                                      : SLICE_GO;
    m_slice_box(v, lane, s, look);
    bool below = look == SLICE_C || look == SLICE_SYSCALL;
    if (below) underline(v, s, lane->y + lane->h);
    if (below && s->span->id != NO_ID) mark_thing(v, (Box){s->x, lane->y, s->w, lane->h}, KIND_G, s->span->id);
    if (lane->h < WORDS_H) return;
    if (below) c_label(v, lane, s);
    else if (look == SLICE_GO) slice_label(v, s, lane->y + lane->h * 7 / 19 + 3.8, sans(12, 600), TINT_ON_G, "Go");
    else if (look == SLICE_STARTING)
        slice_label(v, s, lane->y + lane->h / 2 + 3.9, sans(12, 600), TINT_T1,
                    s->span->text == M_WAKING ? "waking" : "starting");
}

/* ---------------------------------------------------------------- the device queue's lane */

static void queue_slice(const View *v, const LanePlace *lane, const Slice *s) {
    const Model *m = v->future ? v->s->head : v->s->model;
    if (s->span->id >= m->cmd_count) return;
    bool done = m->cmd[s->span->id].state == CMD_DONE;
    Box b = {s->x, lane->y, s->w - (s->w >= 3 ? 1 : 0), lane->h};
    draw_box(v->d, b, s->w >= 3 ? 2 : 0, paint(done ? TINT_LANE_DEV : TINT_DEV),
             done && s->w >= 4 ? pen(TINT_DEV, 1) : NO_PEN);
    const char *name = intern_text(m->text, m->cmd[s->span->id].name);
    if (lane->h >= 18)
        slice_label(v, s, lane->y + lane->h / 2 + 4.4, mono(13, done ? 500 : 700),
                    done ? TINT_T1 : TINT_ON_DEV, name);
    mark_thing(v, b, KIND_CMD, s->span->id);
}

/* ---------------------------------------------------------------- sysmon's lane */

static const char *tick_label(const Lanes *l, const Tick *t) {
    return t->label == NONE ? "" : intern_text(l->labels, t->label);
}

/* Its looks that are still to come: their times, not what they find. */
static void sysmon_ahead(const View *v, const LanePlace *lane) {
    const Lanes *l = v->s->lanes;
    double last = -100;
    draw_thin(v->d, .3);
    for (size_t i = lanes_tick_from(l, v->s->now_ns); i < l->tick_count && l->tick[i].time_ns <= v->s->to_ns; i++) {
        double x = timeline_x(v->time, v->s, l->tick[i].time_ns);
        if (l->tick[i].seq <= v->s->seq || x < v->time->x0 || x - last < 4) continue;
        last = x;
        draw_line(v->d, x, lane->y + 1, x, lane->y + lane->h - 1, pen(TINT_T2, 2));
        size_t next = lanes_tick_from(l, l->tick[i].time_ns + (uint64_t)(4 * v->time->ns_per_lp));
        if (next > i + 1) i = next - 1;
    }
    draw_thin(v->d, 1);
}

/* The ticks that have happened. */
static size_t ticks_end(const Scene *s) {
    uint64_t end_ns = s->now_ns < s->to_ns ? s->now_ns : s->to_ns;
    size_t end = lanes_tick_from(s->lanes, end_ns + 1);
    while (end > 0 && s->lanes->tick[end - 1].seq > s->seq) end--;
    return end;
}

static void tick_band(const View *v, const LanePlace *lane, double from, double to) {
    if (from >= 0) draw_box(v->d, (Box){from, lane->y + 4, to - from, lane->h - 8}, 0, paint_alpha(TINT_T2, .35), NO_PEN);
}

/* Where its words begin: behind it; at the playhead beyond that, else before the tick. Negative: there is no room. */
static double tick_label_x(const View *v, double x, double before, double next, double w, bool newest_acted) {
    double now = timeline_x(v->time, v->s, v->s->now_ns), left = x + 9;
    if (w + 22 < fmin(next, now) - x) return left;
    if (!newest_acted) return -1;
    left = fmax(now, x) + 9;
    if (left + w > v->f->timeline.w - 12) left = x - 9 - w;
    return left < x && left < before + 6 ? -1 : left;
}

/* Pixel by pixel: those within one are a group, which has acted if one of them has. */
static void sysmon_lane(const View *v, const LanePlace *lane) {
    const Lanes *l = v->s->lanes;
    uint64_t pixel = (uint64_t)(v->time->ns_per_lp / v->f->u);
    double band = -1, last = -100, said = v->time->x0;
    size_t end = ticks_end(v->s);
    for (size_t i = lanes_tick_from(l, v->s->from_ns), j; i < end; i = j) {
        const Tick *t = &l->tick[i];
        double x = timeline_x(v->time, v->s, t->time_ns);
        j = i + 1;
        if (j < end && l->tick[j].time_ns - t->time_ns < pixel) j = lanes_tick_from(l, t->time_ns + pixel);
        if (j > end) j = end;
        bool acted = l->tick[j - 1].acted || l->tick[j - 1].acted_before > t->acted_before;
        if (x - last < 4 && !acted) { /* too close to be counted: a grey band */
            if (band < 0) band = last;
            last = x;
            continue;
        }
        tick_band(v, lane, band, last);
        band = -1;
        draw_line(v->d, x, lane->y + 1, x, lane->y + lane->h - 1, acted ? pen(TINT_NOW, x - last < 4 ? 1 : 3.5) : pen(TINT_T2, 2));
        double before = fmax(said, last);
        last = x;
        double next = timeline_x(v->time, v->s, j < end ? l->tick[j].time_ns : v->s->now_ns);
        const char *label = j == i + 1 ? tick_label(l, t) : "";
        TextStyle style = acted ? mono(13, 600) : sans(12, 400);
        double w = text_width(label, style), left = label[0] ? tick_label_x(v, x, before, next, w, acted && j == end) : -1;
        if (left < 0) continue;
        draw_text(v->d, left, lane->y + 13, style, acted ? TINT_NOW : TINT_T2, ANCHOR_START, label);
        said = left + w;
    }
    tick_band(v, lane, band, last);
}

/* ---------------------------------------------------------------- the collector's lane */

/* The collector's own lane: it marks, and twice it stops the world, the second time to move what moves. */
void timeline_gc(const View *v, double y, double h) {
    const Past *past = v->s->past;
    const TimelineLayout *t = v->time;
    uint64_t end = v->s->now_ns < v->s->to_ns ? v->s->now_ns : v->s->to_ns;
    draw_line(v->d, t->x0, y + h / 2, fmax(t->x0, timeline_x(t, v->s, end)), y + h / 2, pen_alpha(TINT_PARK, 1, .7));
    uint64_t pixel = (uint64_t)(t->ns_per_lp / v->f->u);
    size_t first = SORTED_FROM(past->cycle, past->cycle_count, begin_ns, v->s->from_ns), next;
    for (size_t i = first > 0 ? first - 1 : 0; i < past->cycle_count && past->cycle[i].begin_ns < end; i = next > i ? next : i + 1) {
        const Cycle *c = &past->cycle[i];
        next = SORTED_FROM(past->cycle, past->cycle_count, begin_ns, c->begin_ns + pixel); /* of those within a pixel, one */
        if (c->end_ns != NOT_YET && c->end_ns < v->s->from_ns) continue;
        double a = fmax(t->x0, timeline_x(t, v->s, c->begin_ns)), b = timeline_x(t, v->s, c->end_ns < end ? c->end_ns : end);
        draw_box(v->d, (Box){a, y, fmax(1, b - a), h}, 2, paint(TINT_CHROME), NO_PEN); /* the line does not go through it */
        draw_box(v->d, (Box){a, y, fmax(1, b - a), h}, 2, paint_alpha(TINT_TEAL, .35), NO_PEN);
        double from = c->stop[0].to_ns < end ? fmax(a, timeline_x(t, v->s, c->stop[0].to_ns)) : b;
        double to = c->stop[1].from_ns < end ? fmin(b, timeline_x(t, v->s, c->stop[1].from_ns)) : b;
        if (h >= 14) draw_whole(v->d, from + 6, y + h / 2 + 4.4, sans(12, 500), TINT_T1, ANCHOR_START, "marks", to - from - 12);
        for (int k = 0; k < 2; k++) {
            if (c->stop[k].from_ns >= end || c->stop[k].from_ns == NOT_YET) continue;
            uint64_t to = c->stop[k].to_ns < end ? c->stop[k].to_ns : end;
            double x0 = fmax(t->x0, timeline_x(t, v->s, c->stop[k].from_ns)), x1 = timeline_x(t, v->s, to);
            if (x1 < t->x0) continue;
            draw_box(v->d, (Box){x0, y, fmax(1, x1 - x0), h}, 2, paint(TINT_TEAL), NO_PEN);
            if (k == 1 && h >= 14)
                draw_whole(v->d, x0 + 6, y + h / 2 + 4.4, sans(12, 600), TINT_ON_TEAL, ANCHOR_START, c->moved ? "moves" : "stops", x1 - x0 - 12);
        }
    }
}

const LanePlace *find_lane(const View *v, LaneKind kind, uint64_t id) {
    for (size_t i = 0; i < v->time->lane_count; i++) {
        const LanePlace *lane = &v->time->lane[i];
        if (lane->kind == kind && (kind < LANE_P || lane->id == id)) return lane;
    }
    return NULL;
}

/* ---------------------------------------------------------------- who is there now */

static bool is_broken_here(const Scene *s) {
    return s->trouble[0] != '\0' && s->now_ns >= s->end_ns;
}

static const char *m_words(char *buf, size_t size, const Model *m, uint64_t id) {
    const ModelM *mp = &m->m[id];
    char p[24];
    if (mp->state == M_IN_C && mp->p == NONE) snprintf(buf, size, "%s, no P", below_text(m, id));
    else if (mp->state == M_RUNNING && mp->p != NONE)
        snprintf(buf, size, "on %s", thing_text(p, sizeof p, KIND_P, mp->p));
    else snprintf(buf, size, "%s", mp->state == M_IN_C ? below_text(m, id) : m_state_name[mp->state]);
    return buf;
}

/* Over what comes it has a plate of its own. */
static double live_text(const View *v, const LanePlace *lane, double x, TextStyle style, Tint tint, const char *text, double room) {
    char fitted[96];
    if (room < 24) return 0;
    text_fit(fitted, sizeof fitted, text, style, room);
    if (v->s->uncovered && fitted[0])
        draw_box(v->d, (Box){x - 4, lane->y - 1, text_width(fitted, style) + 8, lane->h + 2}, 0, paint_alpha(TINT_CHROME, .85), NO_PEN);
    return draw_text(v->d, x, lane->y + lane->h / 2 + 4.6, style, tint, ANCHOR_START, fitted);
}

static void live_p(const View *v, const LanePlace *lane, double x, double room) {
    const Model *m = v->s->model;
    char text[64];
    const ModelP *pp = &m->p[lane->id];
    if (pp->state >= P_GCSTOP) {
        const char *state = pp->state == P_DEAD ? "no more" : "stopped";
        if (text_width(state, sans(13, 400)) <= room) live_text(v, lane, x, sans(13, 400), TINT_T2, state, room);
        return;
    }
    uint64_t g = pp->m != NONE ? m->m[pp->m].g : NONE, coming = pp->m == NONE ? thread_for_p(m, lane->id) : NONE;
    if (coming != NONE) {
        snprintf(text, sizeof text, "waits for M%llu", (unsigned long long)coming);
        if (text_width(text, sans(13, 400)) <= room) live_text(v, lane, x, sans(13, 400), TINT_T2, text, room);
    }
    if (g == NONE) return;
    double left = fmax(30, live_text(v, lane, x, sans(13, 700), TINT_T1, thing_text(text, sizeof text, KIND_G, g), room) + 8);
    double name = text_width(model_g_name(m, g), sans(13, 400));
    if (room - left > fmin(name, 72)) /* of a name in less room nothing is left that says anything */
        live_text(v, lane, x + left, sans(13, 400), TINT_T2, model_g_name(m, g), room - left);
}

static void live_queue(const View *v, const LanePlace *lane, double x, double room) {
    const Model *m = v->s->model;
    char text[64];
    uint64_t k = model_running_cmd(m, lane->id);
    if (k == NONE || m->cmd[k].end_ns <= m->cmd[k].start_ns) return;
    double share = (double)(v->s->now_ns - m->cmd[k].start_ns) / (double)(m->cmd[k].end_ns - m->cmd[k].start_ns);
    snprintf(text, sizeof text, "%d %%", (int)(100 * fmin(1, share)));
    live_text(v, lane, x, digits(13, 600), TINT_T1, text, room);
}

static void live_label(const View *v, const LanePlace *lane) {
    const Model *m = v->s->model;
    double x = timeline_x(v->time, v->s, v->s->now_ns) + 10, room = v->f->timeline.w - 12 - x;
    char text[64];
    if (x < v->time->x0 || room < 24 || !lane->labelled || is_broken_here(v->s)) return;
    if (lane->kind == LANE_P) live_p(v, lane, x, room);
    if (lane->kind == LANE_QUEUE) live_queue(v, lane, x, room);
    if (lane->kind == LANE_G) {
        bool c = m->g[lane->id].state == G_SYSCALL;
        live_text(v, lane, x, sans(13, c ? 600 : 400), c ? TINT_AMBER : TINT_T2, g_words(text, sizeof text, m, lane->id), room);
    }
    if (lane->kind == LANE_BAND) live_text(v, lane, x, sans(13, 400), TINT_T2, many_words(v, text, sizeof text), room);
    if (lane->kind != LANE_M) return;
    bool c = m->m[lane->id].state == M_IN_C;
    live_text(v, lane, x, sans(13, c ? 600 : 400), c ? TINT_AMBER : TINT_T2, m_words(text, sizeof text, m, lane->id), room);
}

/* ---------------------------------------------------------------- lanes */

static Kind kind_of(const LanePlace *lane) {
    switch (lane->kind) {
    case LANE_P: return KIND_P;
    case LANE_M: return KIND_M;
    case LANE_G: return KIND_G;
    default: return KIND_QUEUE;
    }
}

static void name_text(const View *v, const LanePlace *lane, char *text, size_t size) {
    const Model *m = v->s->model;
    if (lane->kind == LANE_SYSMON) snprintf(text, size, "sysmon");
    else if (lane->kind == LANE_GC) snprintf(text, size, "GC");
    else if (lane->kind == LANE_G) narrate_g(m, lane->id, text, size);
    else if (lane->kind != LANE_QUEUE) thing_text(text, size, kind_of(lane), lane->id);
    else if (m->queue[lane->id].name != NONE) snprintf(text, size, "%.31s", intern_text(m->text, m->queue[lane->id].name));
    else if (lane->id == 0 && m->queue_count == 1) snprintf(text, size, "queue");
    else snprintf(text, size, "queue %llu", (unsigned long long)lane->id);
}

static bool is_chosen(const View *v, const LanePlace *lane) {
    if (lane->kind == LANE_SYSMON) return is_selected(v->s, KIND_M, SYSMON_M);
    return lane->kind >= LANE_P && is_selected(v->s, kind_of(lane), lane->id);
}

/* "g7 net/http.(*conn).serve": of two such the packages are the same. */
static void without_package(char *text) {
    char *name = strchr(text, ' ');
    if (name == NULL) return;
    char *path = strrchr(name, '/'), *dot = strchr(path ? path : name, '.');
    if (dot && dot[1]) memmove(name + 1, dot + 1, strlen(dot + 1) + 1);
}

static void lane_name(const View *v, const LanePlace *lane) {
    char text[96];
    double x = v->time->name_x, room = v->time->x0 - x - 4;
    if (!lane->labelled || lane->kind == LANE_BAND) return;
    name_text(v, lane, text, sizeof text);
    TextStyle style = sans(lane->kind == LANE_G ? 13 : 14, lane->kind == LANE_P ? 600 : 500);
    Tint tint = is_chosen(v, lane) ? TINT_NOW : TINT_T1;
    if (lane->kind == LANE_G) {
        if (text_width(text, style) > room) without_package(text);
        draw_ended(v->d, x, lane->y + lane->h / 2 + 5, style, tint, text, room);
    }
    else draw_fitted(v->d, x, lane->y + lane->h / 2 + 5, style, tint, ANCHOR_START, text, room);
    if (lane->kind == LANE_P || lane->kind == LANE_M || lane->kind == LANE_G)
        mark_thing(v, (Box){20, lane->y, v->time->x0 - 44, lane->h}, kind_of(lane), lane->id);
}

static void base_line(const View *v, const LanePlace *lane) {
    uint64_t last_ns = v->s->uncovered ? v->s->end_ns : v->s->now_ns, end_ns = last_ns < v->s->to_ns ? last_ns : v->s->to_ns;
    double end = timeline_x(v->time, v->s, end_ns), y = lane->y + lane->h / 2;
    const Lane *spans = lane->kind == LANE_M ? &v->s->lanes->m[lane->id] : NULL;
    uint64_t born = spans && spans->count ? spans->span[0].from_ns : 0;
    double x = born > v->s->from_ns ? timeline_x(v->time, v->s, born) : v->time->x0;
    if (end <= x) return;
    if (lane->kind == LANE_M) draw_line(v->d, x, y, end, y, pen_alpha(TINT_PARK, 1, .7));
    else if (lane->kind == LANE_P) draw_line(v->d, x, y, end, y, pen_dash(TINT_CARDL, 1.2, 2, 4));
}

/* How many lanes found no room. */
static void more(const View *v, size_t hidden, const char *whose, double y) {
    char text[48];
    if (hidden == 0 || y <= 0 || y + 4 > v->time->scrub_y) return;
    snprintf(text, sizeof text, "+ %zu more%s", hidden, whose);
    draw_short(v->d, 24, y, sans(12, 400), TINT_T3, ANCHOR_START, text, v->time->x0 - 30);
}

void timeline_lane(const View *v, const LanePlace *lane) {
    const Lanes *l = v->s->lanes;
    base_line(v, lane);
    switch (lane->kind) {
    case LANE_SYSMON:
        if (v->s->uncovered) sysmon_ahead(v, lane);
        sysmon_lane(v, lane);
        break;
    case LANE_GC: timeline_gc(v, lane->y, lane->h); break;
    case LANE_P: lane_spans(v, lane, &l->p[lane->id], NOT_YET, p_slice); break;
    case LANE_M: lane_spans(v, lane, &l->m[lane->id], NOT_YET, m_slice); break;
    case LANE_G: lane_of_g(v, lane); break;
    case LANE_BAND: lane_of_many(v, lane); break;
    case LANE_QUEUE: lane_spans(v, lane, &l->queue[lane->id], NOT_YET, queue_slice); break;
    }
}

static const char *const name_of_lanes[LANE_GROUPS] = {"Runtime", "Ps", "Ms", "Goroutines", "Device"};

/* The name of a group, how many lanes it has, and whether they are folded away. */
static void group_names(const View *v) {
    for (LaneGroup group = 0; group < LANE_GROUPS; group++) {
        const GroupPlace *p = &v->time->group[group];
        if (p->y <= 0) continue;
        bool folded = lane_group_is_folded(v->s, group);
        double x = 24, y = p->y + GROUP_H / 2;
        Point open[] = {{x, y - 2}, {x + 8, y - 2}, {x + 4, y + 3}}, shut[] = {{x + 1, y - 4}, {x + 6, y}, {x + 1, y + 4}};
        draw_poly(v->d, folded ? shut : open, 3, true, paint(TINT_T3), NO_PEN);
        double used = draw_text(v->d, x + 14, p->y + 14, sans(12, 600), TINT_T2, ANCHOR_START, name_of_lanes[group]);
        char total[32], text[80], n[32];
        count_text(total, sizeof total, p->total);
        if (folded || p->shown == p->total) snprintf(text, sizeof text, "%s", total);
        else snprintf(text, sizeof text, "%s of %s", count_text(n, sizeof n, p->shown), total);
        if (group != LANES_RUNTIME) draw_whole(v->d, x + 14 + used + 7, p->y + 14, sans(12, 400), TINT_T3, ANCHOR_START, text, 200);
        hits_add(v->hits, (Box){16, p->y, v->time->x0 - 20, GROUP_H}, HIT_GROUP, NO_THING, group);
    }
}

/* Which lanes are on show, and how to have all of them again. */
static void filter_line(const View *v) {
    const TimelineLayout *t = v->time;
    if (t->filter_y <= 0) return;
    double y = t->filter_y + 16, room = v->f->timeline.w - 48;
    size_t lanes = 0;
    for (size_t i = 0; i < t->lane_count; i++) lanes += t->lane[i].kind != LANE_BAND;
    char text[160];
    lanes += t->hidden + t->hidden_p + t->hidden_g;
    if (lanes == 0) snprintf(text, sizeof text, "No lane is like “%.60s”", v->s->filter);
    else snprintf(text, sizeof text, "Only lanes like “%.60s”", v->s->filter);
    double used = draw_ended(v->d, 24, y, sans(13, 600), TINT_NOW, text, room);
    draw_whole(v->d, 24 + used + 14, y, sans(12, 400), TINT_T3, ANCHOR_START, "Esc shows all", room - used - 14);
}

/* Which part of all lanes is on show, left of their names. */
static void scroll_bar(const View *v) {
    const TimelineLayout *t = v->time;
    enum { LEFT = 10, WIDE = 4, LEAST = 14 };
    double h = t->scroll_y1 - t->scroll_y0;
    if (t->scroll_count == 0 || h < 2 * LEAST) return;
    double all = (double)t->scroll_count, shown = all - (double)(t->hidden + t->hidden_p + t->hidden_g);
    double thumb = fmax(LEAST, h * shown / all);
    double share = fmin(1, (double)t->scroll_first / fmax(1, all - shown));
    draw_box(v->d, (Box){LEFT, t->scroll_y0, WIDE, h}, WIDE / 2, paint_alpha(TINT_PARK, .25), NO_PEN);
    draw_box(v->d, (Box){LEFT, t->scroll_y0 + (h - thumb) * share, WIDE, thumb}, WIDE / 2, paint(TINT_T3), NO_PEN);
}

static void lanes(const View *v) {
    for (size_t i = 0; i < v->time->lane_count; i++) {
        const LanePlace *lane = &v->time->lane[i];
        lane_name(v, lane);
        timeline_lane(v, lane);
        live_label(v, lane);
    }
    const TimelineLayout *t = v->time;
    if (t->hidden_p_y > 0) more(v, t->hidden_p, "", t->hidden_p_y);
    bool named = v->s->view == VIEW_TIMELINE; /* the names of groups say how many lanes they have: here Ms alone are meant */
    more(v, t->hidden + (named ? 0 : t->hidden_g + (t->hidden_p_y > 0 ? 0 : t->hidden_p)), named ? " Ms" : "", t->hidden_y);
    group_names(v);
    scroll_bar(v);
}

/* Arrows, then marks of red. */
static void find_uprights(View *v) {
    const Scene *s = v->s;
    v->upright_count = 0;
    for (size_t i = 0; i < v->arrow_count; i++) v->upright[v->upright_count++] = (Upright){v->arrow[i].x, v->arrow[i].y0, v->arrow[i].y1};
    for (size_t i = 0; i < s->evidence_count && v->upright_count < UPRIGHTS_MAX; i++) {
        if (evidence_mark(v, &s->evidence[i], &v->upright[v->upright_count])) v->upright_count++;
    }
}

static void divider(const View *v) {
    if (v->time->divider_y <= 0) return;
    Fault f;
    fault_line(&f, v->s->title, 0, v->f->timeline.w, v->time->divider_y, 2.4, 8, 22);
    draw_poly(v->d, f.p, f.count, false, NO_PAINT, pen_alpha(TINT_NOW, 1.3, .8));
}

/* From here on nothing can be shown, and why. */
static void trouble(const View *v) {
    if (!is_broken_here(v->s)) return;
    double x = fmax(v->time->x0, timeline_x(v->time, v->s, v->s->end_ns) + 1),
           w = v->f->timeline.w - x;
    if (w < 20) return;
    draw_box(v->d, (Box){x, v->time->lanes_y, w, v->time->lanes_end - v->time->lanes_y}, 0,
             paint_hatch(TINT_PARK, 9, 2, .35), NO_PEN);
    const char *text = "the trace is broken here";
    double tw = text_width(text, sans(13, 600));
    if (tw + 40 > w) text = "broken here", tw = text_width(text, sans(13, 600)); /* the reason stands in the panel */
    if (tw + 40 > w) return;
    draw_box(v->d, (Box){x + 12, v->time->lanes_y + 8, tw + 16, 24}, 4, paint(TINT_CHROME), NO_PEN);
    draw_text(v->d, x + 20, v->time->lanes_y + 25, sans(13, 600), TINT_T1, ANCHOR_START, text);
}

void timeline_top(const View *v) {
    trouble(v);
    timeline_playhead(v);
    view_span(v);
    view_scrub(v);
}

void view_timeline(const View *view) {
    View with_flows = *view, *v = &with_flows;
    Box b = v->f->timeline;
    if (b.h < 60) return;
    find_flows(v);
    find_uprights(v);
    draw_box(v->d, b, 0, paint(TINT_CHROME), NO_PEN);
    draw_line(v->d, b.x, b.y + .5, b.x + b.w, b.y + .5, pen(TINT_HAIR, 1));
    hits_add(v->hits,
             (Box){v->time->x0, b.y + 26, v->time->x1 - v->time->x0, v->time->lanes_end - b.y - 26},
             HIT_LANES, NO_THING, 0);
    timeline_ruler(v);
    filter_line(v);
    lanes(v);
    divider(v);
    draw_flows(v);
    timeline_top(v);
}

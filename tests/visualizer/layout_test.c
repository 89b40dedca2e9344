/* layout_test.c -- where things are, as numbers (design, sections 2.2 to 2.5 and 9). */
#include "../check.h"
#include "sample.h"

#include "../../visualizer/layout.h"
#include "../../visualizer/show.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static Show open_sample(const char *name, void (*make)(const char *path)) {
    const char *path = temp_path(name);
    Show w;
    Feed *f = NULL;
    Diag d;
    make(path);
    CU_ASSERT_FATAL(feed_open(&f, path, &d));
    while (feed_read(f, 10000)) continue;
    show_init(&w, f);
    return w;
}

static FrameLayout frame_at(Show *w, int width, int height) {
    FrameLayout f;
    w->scene.width_px = width;
    w->scene.height_px = height;
    layout_frame(&f, show_scene(w));
    return f;
}

static void regions_follow_the_table(void) {
    static const struct {
        int w, h;
        double u, lw, lh, panel, stage_w, stage_h, timeline_h;
    } rows[] = {{1280, 800, 1, 1280, 800, 304, 976, 440, 264},
                {1440, 900, 1, 1440, 900, 344, 1096, 504, 284},
                {1600, 1000, 1, 1600, 1000, 384, 1216, 568, 320},
                {1920, 1080, 1.08, 1778, 1000, 424, 1354, 568, 320},
                {2560, 1600, 1.6, 1600, 1000, 384, 1216, 568, 320},
                {3840, 2160, 2.16, 1778, 1000, 424, 1354, 568, 320}};
    Show w = open_sample("regions.trace", sample_handoff);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        FrameLayout f = frame_at(&w, rows[i].w, rows[i].h);
        CU_ASSERT_DOUBLE_EQUAL(f.u, rows[i].u, .001);
        CU_ASSERT_DOUBLE_EQUAL(f.w, rows[i].lw, .5);
        CU_ASSERT_DOUBLE_EQUAL(f.h, rows[i].lh, .5);
        CU_ASSERT_DOUBLE_EQUAL(f.panel.w, fmax(320, rows[i].panel), .5);
        CU_ASSERT_DOUBLE_EQUAL(f.stage.w + f.panel.w, rows[i].lw, .5);
        CU_ASSERT_DOUBLE_EQUAL(f.stage.h, rows[i].stage_h, 1);
        CU_ASSERT_DOUBLE_EQUAL(f.timeline.h, rows[i].timeline_h, 1);
        CU_ASSERT_DOUBLE_EQUAL(f.fault_y - f.stage.y, .605 * f.stage.h, 1);
    }
    feed_close(w.feed);
}

static void at_1600_the_stage_is_where_it_was_drawn(void) {
    Show w = open_sample("drawn.trace", sample_handoff);
    StageLayout *l = mem_zero(1, sizeof *l);
    player_seek_ns(&w.player, w.feed, 3473000);
    FrameLayout f = frame_at(&w, 1600, 1000);
    layout_stage(l, &f, show_scene(&w));
    CU_ASSERT_EQUAL(l->p_count, 3);
    CU_ASSERT_DOUBLE_EQUAL(l->p[0].card.x, 224, .5);
    CU_ASSERT_DOUBLE_EQUAL(l->p[0].card.w, 196, .5);
    CU_ASSERT_DOUBLE_EQUAL(l->p[1].shaft_x, 468, .5);
    CU_ASSERT_EQUAL(l->in_c_shown, 1);
    CU_ASSERT_DOUBLE_EQUAL(l->in_c[0].plate.x + l->in_c[0].plate.w / 2, 468, .5);
    CU_ASSERT_DOUBLE_EQUAL(l->in_c[0].plate.y, 456, .5);
    CU_ASSERT_EQUAL(l->in_c_detail, 0);
    CU_ASSERT_DOUBLE_EQUAL(l->channels_x, 886, .5);
    CU_ASSERT_DOUBLE_EQUAL(l->queue.x, 764, .5);
    CU_ASSERT_DOUBLE_EQUAL(l->queue.y, 462, .5);
    CU_ASSERT_EQUAL(l->channel_rows, 3);
    CU_ASSERT_EQUAL(l->command_count, 3);
    CU_ASSERT_EQUAL(l->pin_count, 1);
    CU_ASSERT_DOUBLE_EQUAL(l->pin[0].tip_y, l->queue.y + 1, .5);
    free(l);
    feed_close(w.feed);
}

static bool apart(Box a, Box b) {
    return a.x + a.w <= b.x + .01 || b.x + b.w <= a.x + .01 || a.y + a.h <= b.y + .01 ||
           b.y + b.h <= a.y + .01;
}

static void check_stage(Show *w, int width, int height) {
    StageLayout *l = mem_zero(1, sizeof *l);
    FrameLayout f = frame_at(w, width, height);
    layout_stage(l, &f, show_scene(w));
    for (size_t i = 0; i < l->p_count; i++) {
        CU_ASSERT(l->p[i].card.w > 4);
        CU_ASSERT(l->p[i].card.x + l->p[i].card.w <= l->channels_x);
        CU_ASSERT(l->p[i].card.y + l->p[i].card.h < f.fault_y);
        CU_ASSERT(l->p[i].plate.y + l->p[i].plate.h < f.fault_y);
        for (size_t k = i + 1; k < l->p_count; k++) CU_ASSERT(apart(l->p[i].card, l->p[k].card));
    }
    for (size_t i = 0; i < l->in_c_shown; i++) {
        Box b = l->in_c[i].plate;
        CU_ASSERT(b.y > f.fault_y && b.y + b.h <= f.stage.y + f.stage.h);
        CU_ASSERT(b.x >= 20 && b.x + b.w <= l->queue.x);
        for (size_t k = i + 1; k < l->in_c_shown; k++) CU_ASSERT(apart(b, l->in_c[k].plate));
    }
    for (size_t i = 0; i < l->command_count; i++) {
        CU_ASSERT(l->command[i].box.x + l->command[i].box.w <= l->queue.x + l->queue.w + .5);
        for (size_t k = i + 1; k < l->command_count; k++)
            CU_ASSERT(apart(l->command[i].box, l->command[k].box));
    }
    free(l);
}

static unsigned crowd_procs, crowd_in_c;
static void make_crowd(const char *path) { sample_crowd(path, crowd_procs, crowd_in_c); }

static void nothing_stands_on_anything_else(void) {
    static const unsigned procs[] = {1, 2, 3, 4, 5, 8, 9, 16, 17, 64, 200},
                          in_c[] = {0, 1, 3, 6, 7, 20, 21};
    static const struct { int w, h; } sizes[] = {{1280, 800}, {1600, 1000}, {3840, 2160}};
    for (size_t i = 0; i < ARRAY_LEN(procs); i++) {
        crowd_procs = procs[i];
        crowd_in_c = in_c[i % ARRAY_LEN(in_c)];
        Show w = open_sample("crowd.trace", make_crowd);
        player_seek_seq(&w.player, w.feed, feed_count(w.feed) - 1);
        for (size_t k = 0; k < ARRAY_LEN(sizes); k++) check_stage(&w, sizes[k].w, sizes[k].h);
        feed_close(w.feed);
    }
}

static void lanes_keep_their_order_and_stay_above_the_scrub_bar(void) {
    crowd_procs = 16;
    crowd_in_c = 30;
    Show w = open_sample("lanes.trace", make_crowd);
    TimelineLayout *l = mem_zero(1, sizeof *l);
    player_seek_seq(&w.player, w.feed, feed_count(w.feed) - 1);
    FrameLayout f = frame_at(&w, 1280, 800);
    layout_timeline(l, &f, show_scene(&w));
    size_t lanes[LANE_QUEUE + 1] = {0};
    for (size_t i = 0; i < l->lane_count; i++) lanes[l->lane[i].kind]++;
    CU_ASSERT_EQUAL(lanes[LANE_P] + l->hidden_p, 16);
    CU_ASSERT(lanes[LANE_P] >= 10 && lanes[LANE_M] >= 3);
    CU_ASSERT(l->hidden > 0);
    CU_ASSERT(l->hidden_y < l->scrub_y);
    for (size_t i = 0; i < l->lane_count; i++) {
        CU_ASSERT(l->lane[i].y + l->lane[i].h <= l->scrub_y);
        if (i > 0) CU_ASSERT(l->lane[i].y >= l->lane[i - 1].y + l->lane[i - 1].h);
        if (i > 0) CU_ASSERT(l->lane[i].kind >= l->lane[i - 1].kind);
    }
    free(l);
    feed_close(w.feed);
}

static size_t lanes_of(Show *w, Thing selected, LaneKind kind, uint64_t id) {
    static TimelineLayout l;
    size_t n = 0;
    w->scene.selected = selected;
    FrameLayout f = frame_at(w, 1280, 800);
    layout_timeline(&l, &f, show_scene(w));
    for (size_t i = 0; i < l.lane_count; i++) n += l.lane[i].kind == kind && l.lane[i].id == id;
    return n;
}

/* Of a hundred lanes some have no room; what is selected has, and pushes one other out. */
static void what_is_selected_has_a_lane(void) {
    crowd_procs = 60;
    crowd_in_c = 40;
    Show w = open_sample("wanted.trace", make_crowd);
    player_seek_seq(&w.player, w.feed, feed_count(w.feed) - 1);
    const Model *m = show_scene(&w)->model;
    size_t hidden = 0;
    for (uint64_t p = 0; p < m->p_count; p++) {
        hidden += lanes_of(&w, NO_THING, LANE_P, p) == 0;
        CU_ASSERT_EQUAL(lanes_of(&w, (Thing){KIND_P, p}, LANE_P, p), 1);
    }
    for (uint64_t id = 0; id < m->m_count; id++) {
        if (m->m[id].state != M_IN_C) continue;
        hidden += lanes_of(&w, NO_THING, LANE_M, id) == 0;
        CU_ASSERT_EQUAL(lanes_of(&w, (Thing){KIND_M, id}, LANE_M, id), 1);
        CU_ASSERT_EQUAL(lanes_of(&w, (Thing){KIND_G, m->m[id].g}, LANE_M, id), 1);
    }
    CU_ASSERT(hidden > 40);
    feed_close(w.feed);
}

static const TimelineLayout *lanes_from(Show *w, size_t first, Thing selected) {
    static TimelineLayout l;
    w->scene.selected = selected;
    w->scene.first_lane = first;
    FrameLayout f = frame_at(w, 1280, 800);
    layout_timeline(&l, &f, show_scene(w));
    return &l;
}

static size_t ps_and_ms(const TimelineLayout *l) {
    size_t n = 0;
    for (size_t i = 0; i < l->lane_count; i++) n += l->lane[i].kind == LANE_P || l->lane[i].kind == LANE_M;
    return n;
}

static bool has_place(const TimelineLayout *l, Thing t) {
    size_t n = 0;
    for (size_t i = 0; i < l->lane_count; i++) n += l->lane[i].kind == (t.kind == KIND_P ? LANE_P : LANE_M) && l->lane[i].id == t.id;
    return n == 1;
}

/* What is above them stays; how many are left out is true; what is selected stays on show. */
static void check_scrolled(const TimelineLayout *l, const TimelineLayout *top, Thing selected) {
    CU_ASSERT_EQUAL(ps_and_ms(l) + l->hidden + l->hidden_p, l->scroll_count);
    CU_ASSERT(l->scroll_count == top->scroll_count && l->lane[0].kind == LANE_SYSMON && l->lane[0].y == top->lane[0].y);
    CU_ASSERT(l->ruler_y == top->ruler_y && l->scroll_y0 == top->scroll_y0);
    CU_ASSERT(l->hidden_y > l->scroll_y0 && l->hidden_y < l->scrub_y);
    if (selected.id != NONE) CU_ASSERT(has_place(l, selected));
    for (size_t i = 1; i < l->lane_count; i++) {
        CU_ASSERT(l->lane[i].y >= l->lane[i - 1].y + l->lane[i - 1].h && l->lane[i].y + l->lane[i].h <= l->scrub_y);
        CU_ASSERT(l->lane[i].kind > l->lane[i - 1].kind || (l->lane[i].kind == l->lane[i - 1].kind && l->lane[i].id > l->lane[i - 1].id));
    }
}

/* From every first lane on; each comes into sight, and the last one ends it. */
static void lanes_that_do_not_fit_are_scrolled_to(void) {
    static const Thing selected[] = {{KIND_G, NONE}, {KIND_P, 1}, {KIND_P, 59}, {KIND_M, 0}, {KIND_M, 70}};
    crowd_procs = 60;
    crowd_in_c = 40;
    Show w = open_sample("scrolled.trace", make_crowd);
    player_seek_seq(&w.player, w.feed, feed_count(w.feed) - 1);
    for (size_t k = 0; k < ARRAY_LEN(selected); k++) {
        TimelineLayout *top = mem_zero(1, sizeof *top);
        *top = *lanes_from(&w, 0, selected[k]);
        bool *seen = mem_zero(2 * top->scroll_count, sizeof *seen);
        size_t ms = top->scroll_count - 60, last = 0, count = 0;
        CU_ASSERT_FATAL(ms > 40 && top->scroll_first == 0);
        for (size_t first = 1; first < top->scroll_count + 3; first++) {
            const TimelineLayout *l = lanes_from(&w, first, selected[k]);
            check_scrolled(l, top, selected[k]);
            CU_ASSERT(l->scroll_first == first || (l->scroll_first < first && l->scroll_first >= last));
            last = l->scroll_first;
            for (size_t i = 0; i < l->lane_count; i++) {
                if (l->lane[i].kind == LANE_P) seen[l->lane[i].id] = true;
                if (l->lane[i].kind == LANE_M) seen[60 + l->lane[i].id] = true;
            }
        }
        for (size_t i = 1; i < 2 * top->scroll_count; i++) count += seen[i];
        CU_ASSERT_EQUAL(count, top->scroll_count - 1); /* P0 is there only at the top */
        CU_ASSERT(last < top->scroll_count - 3);
        CU_ASSERT_EQUAL(lanes_from(&w, SIZE_MAX, selected[k])->scroll_first, last);
        free(seen);
        free(top);
    }
    feed_close(w.feed);
    w = open_sample("few.trace", sample_handoff);
    CU_ASSERT(lanes_from(&w, 5, NO_THING)->scroll_count == 0 && lanes_from(&w, 5, NO_THING)->scroll_first == 0);
    feed_close(w.feed);
}

static void the_axis_goes_both_ways(void) {
    Show w = open_sample("axis.trace", sample_handoff);
    TimelineLayout *l = mem_zero(1, sizeof *l);
    player_seek_ns(&w.player, w.feed, 3473000);
    player_span(&w.player, w.feed, 108000);
    FrameLayout f = frame_at(&w, 1600, 1000);
    const Scene *s = show_scene(&w);
    layout_timeline(l, &f, s);
    CU_ASSERT_DOUBLE_EQUAL(timeline_x(l, s, s->from_ns), l->x0, .01);
    CU_ASSERT_DOUBLE_EQUAL(timeline_x(l, s, s->to_ns), l->x1, .01);
    uint64_t back = timeline_ns(l, s, timeline_x(l, s, 3473000));
    CU_ASSERT(back >= 3472950 && back <= 3473050);
    CU_ASSERT_EQUAL(timeline_step(l, 84), 10000);
    CU_ASSERT_DOUBLE_EQUAL(timeline_x(l, s, 3473000), l->x0 + .86 * (l->x1 - l->x0), 2);
    CU_ASSERT_EQUAL(scrub_ns(l, s, l->x1 + 50), s->end_ns);
    free(l);
    feed_close(w.feed);
}

static void what_c_has_of_its_own_stands_at_the_left(void) {
    Show w = open_sample("own.trace", sample_stopped);
    StageLayout *l = mem_zero(1, sizeof *l);
    player_seek_ns(&w.player, w.feed, 35000);
    FrameLayout f = frame_at(&w, 1600, 1000);
    layout_stage(l, &f, show_scene(&w));
    CU_ASSERT_EQUAL_FATAL(l->up_shown, 2);
    CU_ASSERT(l->up[0].kind == KIND_CTHREAD && l->up[0].id == 0); /* t1 has an M, and is that M */
    CU_ASSERT(l->up[1].kind == KIND_M && l->up[1].id == 3);
    CU_ASSERT_DOUBLE_EQUAL(l->up[0].plate.x, 24, .5);
    CU_ASSERT_DOUBLE_EQUAL(l->up[0].plate.y, f.fault_y + 70, .5);
    CU_ASSERT_EQUAL_FATAL(l->in_c_shown, 1);
    CU_ASSERT_EQUAL(l->in_c[0].m, 2);
    CU_ASSERT(l->in_c[0].plate.x > l->up[1].plate.x + l->up[1].plate.w);
    free(l);
    feed_close(w.feed);
}

static size_t m_lanes(Show *w, uint64_t ns, uint64_t span_ns, uint64_t *first, uint64_t *last) {
    TimelineLayout *l = mem_zero(1, sizeof *l);
    size_t count = 0;
    player_seek_ns(&w->player, w->feed, ns);
    player_span(&w->player, w->feed, span_ns);
    FrameLayout f = frame_at(w, 1600, 1000);
    layout_timeline(l, &f, show_scene(w));
    for (size_t i = 0; i < l->lane_count; i++) {
        if (l->lane[i].kind != LANE_M) continue;
        if (count++ == 0) *first = l->lane[i].id;
        *last = l->lane[i].id;
    }
    free(l);
    return count;
}

/* M3 is spare and M4 the template thread: nothing will ever be seen there. */
static void a_lane_lasts_as_long_as_its_thread_can_be_seen(void) {
    Show w = open_sample("ended.trace", sample_stopped);
    uint64_t first, last;
    CU_ASSERT_EQUAL(m_lanes(&w, 20000, 30000, &first, &last), 3);
    CU_ASSERT(first == 0 && last == 5);
    CU_ASSERT_EQUAL(m_lanes(&w, 38000, 4000, &first, &last), 2);
    CU_ASSERT(first == 0 && last == 2);
    feed_close(w.feed);
}

static void a_stopped_p_is_a_span_of_its_own(void) {
    Show w = open_sample("stopped.trace", sample_stopped);
    const Lanes *l = show_scene(&w)->lanes;
    for (uint64_t p = 0; p < 3; p++) {
        const Lane *lane = &l->p[p];
        uint64_t found = 0;
        for (size_t i = 0; i < lane->count; i++) {
            if (lane->span[i].kind != SPAN_STOPPED) continue;
            CU_ASSERT_EQUAL(lane->span[i].from_ns, 10000);
            CU_ASSERT_EQUAL(lane->span[i].to_ns, 32000);
            found++;
        }
        CU_ASSERT_EQUAL(found, 1);
    }
    feed_close(w.feed);
}

void layout_tests(void) {
    static const Check checks[] = {
        {"regions follow the table", regions_follow_the_table},
        {"at 1600 x 1000 the stage is where it was drawn", at_1600_the_stage_is_where_it_was_drawn},
        {"nothing stands on anything else", nothing_stands_on_anything_else},
        {"what C has of its own stands at the left", what_c_has_of_its_own_stands_at_the_left},
        {"a lane lasts as long as its thread can be seen", a_lane_lasts_as_long_as_its_thread_can_be_seen},
        {"a stopped P is a span of its own", a_stopped_p_is_a_span_of_its_own},
        {"lanes keep their order, above the scrub bar",
         lanes_keep_their_order_and_stay_above_the_scrub_bar},
        {"what is selected has a lane", what_is_selected_has_a_lane},
        {"lanes that do not fit are scrolled to", lanes_that_do_not_fit_are_scrolled_to},
        {"the axis goes both ways", the_axis_goes_both_ways},
        {NULL, NULL},
    };
    suite("layout", checks);
}

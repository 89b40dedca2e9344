/* picture_test.c -- whole pictures: each text stands out from what is behind it, the same moment is the same picture, and
 * what stands still is not painted again. Where texts are is box_test.c's. */
#include "../check.h"
#include "../cli/command.h"
#include "contrast.h"
#include "sample.h"

#include "../../visualizer/deck.h"
#include "../../visualizer/frame.h"
#include "../../visualizer/shot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void with_path(const char *path, void (*use)(Show *w)) {
    Show w;
    Feed *f;
    Diag d;
    if (!feed_open(&f, path, &d)) {
        CU_FAIL("the sample cannot be opened");
        return;
    }
    while (feed_read(f, 10000)) continue;
    show_init(&w, f);
    use(&w);
    feed_close(f);
}

static void with_trace(const char *name, void (*make)(const char *path), void (*use)(Show *w)) {
    const char *path = temp_path(name);
    make(path);
    with_path(path, use);
}

/* ---------------------------------------------------------------- contrast */

static void crowd8(const char *path) { sample_crowd(path, 8, 12); }

static size_t too_faint(const Frame *f, const Show *w) {
    size_t faint = 0;
    Canvas *c = canvas_open(CANVAS_PIXELS, w->scene.width_px, w->scene.height_px, f->layout.u);
    for (int i = 0; i < PART_COUNT; i++) canvas_paint_shapes(c, &f->list[i], w->scene.theme, f->box[i]);
    for (int i = 0; i < PART_COUNT; i++) {
        for (const Op *op = f->list[i].ops; op < f->list[i].ops + f->list[i].count; op++) {
            if (op->kind != OP_TEXT) continue;
            double share = contrast_share(c, op, f->layout.u, w->scene.theme);
            if (share >= .7) continue;
            printf("\n    %s, event %llu, %s, theme %d: '%s' stands on too little contrast (%.0f %%)", w->scene.title,
                   (unsigned long long)w->player.seq, view_spec[w->scene.view].name, w->scene.theme, draw_op_text(&f->list[i], op),
                   share * 100);
            faint++;
        }
    }
    canvas_close(c);
    return faint;
}

/* All views at some moments in both themes: who is selected, what is asked and found goes with them. */
static void measure_contrast(Show *w) {
    enum { LOOKS = 4 };
    size_t faint = 0;
    Frame *f = frame_new();
    for (uint64_t k = 0; k < LOOKS; k++) {
        player_seek_seq(&w->player, w->feed, 1 + (feed_count(w->feed) - 1) * (k + 1) / LOOKS);
        player_near(&w->player, w->feed);
        for (int i = 0; i < 2 * VIEW_COUNT; i++) {
            Scene *s = &w->scene;
            s->theme = i % 2 ? THEME_LIGHT : THEME_DARK;
            s->view = (ViewKind)(i / 2);
            s->selected = (Thing){k % 2 ? KIND_M : KIND_G, k % 2 ? 0 : 1};
            s->asks_why = k == 2;
            frame_build(f, show_scene(w));
            faint += too_faint(f, w);
        }
    }
    CU_ASSERT_EQUAL(faint, 0);
    frame_free(f);
}

static void texts_stand_out_from_what_is_behind_them(void) {
    with_trace("contrast.trace", sample_handoff, measure_contrast);
    with_trace("crowd.trace", crowd8, measure_contrast);
    static const char *const names[] = {"18_3_4_frame_wrong", "20_3_3_slow_client_wrong", "21_3_cancel_wrong", "18_4_2_double_buffer"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char *path = output_of("$F run -q --device none --out $T/contrast.trace scenarios/%s.lua >&2; printf %%s $T/contrast.trace", names[i]);
        with_path(path, measure_contrast);
        free(path);
    }
}

/* ---------------------------------------------------------------- the same again */

static char *read_file(const char *path, size_t *len) {
    FILE *f = fopen(path, "rb");
    if (f == NULL) return NULL;
    fseek(f, 0, SEEK_END);
    *len = (size_t)ftell(f);
    rewind(f);
    char *bytes = mem_zero(*len + 1, 1);
    size_t got = fread(bytes, 1, *len, f);
    fclose(f);
    *len = got;
    return bytes;
}

static void write_twice(Show *w) {
    static const char *const endings[] = {"png", "svg", "pdf"};
    Diag d;
    for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
        char name[2][64], path[2][512];
        size_t len[2] = {0, 0};
        char *bytes[2];
        for (int k = 0; k < 2; k++) {
            snprintf(name[k], sizeof name[k], "again%d.%s", k, endings[i]);
            snprintf(path[k], sizeof path[k], "%s", temp_path(name[k]));
            /* by another way to the same moment */
            player_seek_seq(&w->player, w->feed, k ? 3 : feed_count(w->feed));
            CU_ASSERT(show_go_to(w, "last:M_START", &d));
            player_span(&w->player, w->feed, 100000);
            CU_ASSERT(shot_write(w, path[k], &d));
            bytes[k] = read_file(path[k], &len[k]);
        }
        CU_ASSERT(len[0] > 1000);
        CU_ASSERT_EQUAL(len[0], len[1]);
        if (len[0] == len[1]) CU_ASSERT_EQUAL(memcmp(bytes[0], bytes[1], len[0]), 0);
        if (i == 1) {
            CU_ASSERT_PTR_NOT_NULL(strstr(bytes[0], "<title>"));
            CU_ASSERT_PTR_NOT_NULL(strstr(bytes[0], "<desc>"));
        }
        free(bytes[0]);
        free(bytes[1]);
    }
}

static void the_same_moment_is_the_same_picture(void) {
    with_trace("again.trace", sample_handoff, write_twice);
}

/* A frame that has been elsewhere before, forwards, backwards and in other windows, draws what a new one does. */
static void jump_about(Show *w) {
    Frame *old = frame_new();
    uint64_t x = 7;
    size_t differ = 0;
    for (int i = 0; i < 120; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        uint64_t count = feed_count(w->feed), step = 1 + (x >> 40) % 40;
        if (i % 12 == 0) player_seek_seq(&w->player, w->feed, 1 + (x >> 20) % count);
        else player_seek_seq(&w->player, w->feed, w->player.seq + step < count ? w->player.seq + step : 1);
        if (i % 24 == 0) player_fit(&w->player, w->feed);
        if (i % 24 == 12) player_near(&w->player, w->feed);
        w->scene.view = i % 5 == 4 ? VIEW_TIMELINE : VIEW_STAGE;
        Frame *fresh = frame_new();
        frame_build(old, show_scene(w));
        frame_build(fresh, show_scene(w));
        for (int part = 0; part < PART_COUNT; part++) differ += draw_hash(&old->list[part]) != draw_hash(&fresh->list[part]);
        frame_free(fresh);
    }
    CU_ASSERT_EQUAL(differ, 0);
    frame_free(old);
}

static void many_short(const char *path) { sample_long(path, 20000); }

static void what_is_kept_from_frame_to_frame_changes_nothing(void) {
    with_trace("about.trace", sample_handoff, jump_about);
    with_trace("short.trace", many_short, jump_about);
    with_trace("crowd.trace", crowd8, jump_about);
}

static void count_red(Show *w) {
    Frame *f = frame_new();
    player_seek_ns(&w->player, w->feed, 3473000);
    frame_build(f, show_scene(w));
    for (int i = 0; i < PART_COUNT; i++) {
        for (const Op *op = f->list[i].ops; op < f->list[i].ops + f->list[i].count; op++) {
            CU_ASSERT_NOT_EQUAL(op->fill.tint, TINT_RED);
            CU_ASSERT_NOT_EQUAL(op->edge.paint.tint, TINT_RED);
        }
    }
    frame_free(f);
}

static void a_run_without_a_violation_has_no_red(void) {
    with_trace("red.trace", sample_handoff, count_red);
}

/* ---------------------------------------------------------------- big runs: what must be seen at every zoom */

static size_t count_boxes(const Frame *f, unsigned tint, double width) {
    size_t n = 0;
    const DrawList *d = &f->list[PART_TIMELINE];
    for (const Op *op = d->ops; op < d->ops + d->count; op++)
        n += op->kind == OP_BOX && op->fill.tint == tint && op->fill.alpha == 1 && (width == 0 || fabs(op->box.w - width) < .01);
    return n;
}

static void look_at_the_collector(Show *w) {
    static const uint64_t spans[] = {10000, 100000, 10000000, 1000000000};
    for (size_t i = 0; i < ARRAY_LEN(spans); i++) {
        Frame *f = frame_new();
        w->scene.view = VIEW_TIMELINE;
        player_seek_ns(&w->player, w->feed, feed_end_ns(w->feed));
        if (spans[i] < 1000000) player_seek_ns(&w->player, w->feed, feed_past(w->feed)->cycle[0].end_ns + spans[i] / 4);
        player_span(&w->player, w->feed, spans[i]);
        frame_build(f, show_scene(w));
        CU_ASSERT(count_boxes(f, TINT_TEAL, 0) >= 1); /* a stop, if only a pixel of it */
        CU_ASSERT_EQUAL(count_boxes(f, TINT_RED, 3), spans[i] >= 1000000); /* it breaks after the collection */
        frame_free(f);
    }
}

static void stops_and_violations_are_seen_at_every_zoom(void) {
    char *path = output_of("$F run -q --device none --out $T/gc.trace scenarios/18_3_4_frame_wrong.lua >&2; printf %%s $T/gc.trace");
    with_path(path, look_at_the_collector);
    free(path);
}

/* Columns, slices and all: no lane has more than two shapes for each of its pixels, however many events there are. */
static void count_shapes(Show *w) {
    Frame *f = frame_new();
    w->scene.view = VIEW_TIMELINE;
    player_seek_ns(&w->player, w->feed, feed_end_ns(w->feed));
    player_fit(&w->player, w->feed);
    shot_build(w, f); /* with what goroutines did */
    const DrawList *d = &f->list[PART_TIMELINE];
    size_t columns = 0, amber = 0;
    for (const Op *op = d->ops; op < d->ops + d->count; op++) {
        if (op->kind != OP_COLUMNS) continue;
        columns += op->count;
        for (size_t i = 0; op->fill.tint == TINT_AMBER && i < op->count; i++) amber += d->numbers[op->first + i] > 0;
    }
    double pixels = (f->time.x1 - f->time.x0) * f->layout.u * (double)f->time.lane_count;
    CU_ASSERT(feed_count(w->feed) > 10 * (uint64_t)pixels);
    CU_ASSERT((double)(columns + d->count) < 2 * pixels);
    CU_ASSERT(amber > 200); /* crossings of some nanoseconds in a run of milliseconds */
    frame_free(f);
}

static void a_frame_depends_on_pixels_never_on_events(void) {
    char *path = output_of("$F run -q --device none --set calls=6000 --out $T/calls.trace tests/bench/calls.lua >&2; printf %%s $T/calls.trace");
    with_path(path, count_shapes);
    free(path);
}

/* A second frame of the same scene paints nothing; a step paints only what it changed. */
static void paint_twice(Show *w) {
    Frame *f = frame_new();
    player_seek_ns(&w->player, w->feed, 3473000);
    frame_build(f, show_scene(w));
    Canvas *c = canvas_open(CANVAS_PIXELS, 1600, 1000, 1);
    CU_ASSERT_NOT_EQUAL(frame_paint(f, c, THEME_DARK, true), 0);
    frame_build(f, show_scene(w));
    CU_ASSERT_EQUAL(frame_paint(f, c, THEME_DARK, false), 0);
    w->player.playing = true;
    frame_build(f, show_scene(w));
    CU_ASSERT_EQUAL(frame_paint(f, c, THEME_DARK, false) & ~(1u << PART_OVERLAY),
                    1u << PART_TRANSPORT);
    canvas_close(c);
    frame_free(f);
}

static void a_still_picture_is_not_painted_again(void) {
    with_trace("still.trace", sample_handoff, paint_twice);
}

/* ---------------------------------------------------------------- arrows */

static size_t arrow_heads(Show *w) {
    size_t found = 0;
    Frame *f = frame_new();
    frame_build(f, show_scene(w));
    const DrawList *d = &f->list[PART_TIMELINE];
    for (const Op *op = d->ops; op < d->ops + d->count; op++) found += op->kind == OP_PATH && op->fill.tint == TINT_NOW;
    frame_free(f);
    return found;
}

static void look_at_arrows(Show *w) {
    player_seek_ns(&w->player, w->feed, feed_end_ns(w->feed));
    player_fit(&w->player, w->feed);
    w->scene.selected = NO_THING;
    size_t none = arrow_heads(w);
    w->scene.selected = (Thing){KIND_M, 2};
    size_t one = arrow_heads(w);
    CU_ASSERT(none == 0 && one > 0 && one < FLOWS_MAX);
}

/* Threads are given a P all the time. */
static void of_many_hand_overs_the_selections_are_shown(void) {
    CU_ASSERT(command_gives(0, "\"$F\" run -q --device none --set calls=3000 --out \"$T/many.trace\" tests/bench/calls.lua"));
    with_path(temp_path("many.trace"), look_at_arrows);
}

/* ---------------------------------------------------------------- the whole run */

static size_t texts(Show *w, const char *text) {
    size_t found = 0;
    Frame *f = frame_new();
    frame_build(f, show_scene(w));
    const DrawList *d = &f->list[PART_TIMELINE];
    for (const Op *op = d->ops; op < d->ops + d->count; op++) found += op->kind == OP_TEXT && strcmp(draw_op_text(d, op), text) == 0;
    frame_free(f);
    return found;
}

static void two_findings_at_one_place(Show *w) {
    CU_ASSERT_EQUAL(texts(w, "2"), 0); /* nothing has been found yet */
    player_seek_ns(&w->player, w->feed, feed_end_ns(w->feed));
    CU_ASSERT_EQUAL(texts(w, "2"), 1);
}

/* Two mutexes in a circle, and a sender without a receiver, in the first of 500 milliseconds. */
static void marks_that_merge_are_counted(void) {
    CU_ASSERT(command_gives(0, "printf \"%%s\\n\" 'scenario { title = \"t\", procs = 2 }' 'local a, b, p = sync.Mutex(), sync.Mutex(), chan(0)' "
                               "'go(\"reader\", function() p:recv() end)' 'main(function()' "
                               "'  go(function() a:Lock() sleep \"1ms\" b:Lock() end)' '  go(function() b:Lock() sleep \"1ms\" a:Lock() end)' "
                               "'  for _ = 1, 2 do go(function() p:send(1) end) end' '  sleep \"500ms\"' 'end)' >\"$T/two.lua\" && "
                               "\"$F\" run -q --out \"$T/two.trace\" \"$T/two.lua\" || [ $? = 1 ]"));
    with_path(temp_path("two.trace"), two_findings_at_one_place);
}

void picture_tests(void) {
    static const Check checks[] = {
        {"texts stand out from what is behind them", texts_stand_out_from_what_is_behind_them},
        {"the same moment is the same picture", the_same_moment_is_the_same_picture},
        {"what is kept from frame to frame changes nothing", what_is_kept_from_frame_to_frame_changes_nothing},
        {"a run without a violation has no red", a_run_without_a_violation_has_no_red},
        {"stops and violations are seen at every zoom", stops_and_violations_are_seen_at_every_zoom},
        {"a frame depends on pixels, never on events", a_frame_depends_on_pixels_never_on_events},
        {"a still picture is not painted again", a_still_picture_is_not_painted_again},
        {"of many hand-overs the selection's are shown", of_many_hand_overs_the_selections_are_shown},
        {"marks that merge are counted", marks_that_merge_are_counted},
        {NULL, NULL},
    };
    suite("pictures", checks);
}

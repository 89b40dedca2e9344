/* picture_test.c -- whole pictures of many moments: no text overlaps another or is cut, no number
 * is shortened, no heading stands alone, each text stands out from what is behind it, and the same
 * moment is the same picture. */
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

static const struct {
    int w, h;
} sizes[] = {{1280, 800}, {1600, 1000}, {3840, 2160}, {1440, 900}, {1920, 1080}, {1024, 700}};

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

static void say(void *ctx, const char *sentence) {
    const Show *w = ctx;
    printf("\n    %s, event %llu, %dx%d: %s", w->scene.title, (unsigned long long)w->player.seq,
           w->scene.width_px, w->scene.height_px, sentence);
}

/* A heading promises something under it; a tab does not. */
static size_t bare_headings(const Frame *f, Show *w) {
    static const char *const headings[] = {"Notes so far", "Parked", "On the way", "Not on a P",
                                           "Channels"};
    size_t bare = 0;
    for (int part = PART_STAGE; part < PART_OVERLAY; part++) {
        const DrawList *d = &f->list[part];
        for (const Op *a = d->ops; a < d->ops + d->count; a++) {
            bool heading = false, followed = false;
            for (size_t i = 0; i < ARRAY_LEN(headings) && a->kind == OP_TEXT; i++)
                heading = heading || strcmp(draw_op_text(d, a), headings[i]) == 0;
            for (const Op *b = a + 1; heading && b < d->ops + d->count && !followed; b++) {
                followed = b->kind == OP_TEXT && b->box.y > a->box.y + 8 &&
                           b->box.y < a->box.y + 70 && fabs(b->box.x - a->box.x) < 200;
            }
            if (!heading || followed) continue;
            say(w, draw_op_text(d, a));
            bare++;
        }
    }
    return bare;
}

static size_t lint_now(Show *w) {
    static Frame *f;
    if (f == NULL) f = frame_new();
    frame_build(f, show_scene(w));
    size_t complaints = frame_lint(f, say, w) + bare_headings(f, w);
    if (complaints) frame_free(f), f = NULL;
    return complaints;
}

enum { MOMENTS = 24 };

/* Moments spread over the events, in every size; some in lecture mode, with the keys, without
 * panel. */
static void lint_view(Show *w, ViewKind view) {
    size_t complaints = 0;
    w->scene.view = view;
    uint64_t count = feed_count(w->feed);
    for (size_t i = 0; i < ARRAY_LEN(sizes) && complaints < 10; i++) {
        w->scene.width_px = sizes[i].w;
        w->scene.height_px = sizes[i].h;
        for (uint64_t k = 0; k < MOMENTS && complaints < 10; k++) {
            player_seek_seq(&w->player, w->feed, 1 + (count - 1) * k / (MOMENTS - 1));
            if (k % 3 == 1) player_near(&w->player, w->feed);
            if (k % 3 == 2) player_fit(&w->player, w->feed);
            w->scene.lecture = k % 8 == 5;
            w->scene.panel = k % 8 != 6;
            w->scene.help = k % 8 == 7;
            complaints += lint_now(w);
        }
    }
    CU_ASSERT_EQUAL(complaints, 0);
}

/* As a deck has them: without bars and panel, of one size. */
static void lint_in_a_deck(Show *w, ViewKind view) {
    size_t complaints = 0;
    uint64_t count = feed_count(w->feed);
    w->scene.view = view;
    w->scene.lecture = w->scene.help = false;
    deck_scene(&w->scene);
    for (uint64_t k = 0; k < MOMENTS && complaints < 10; k++) {
        player_seek_seq(&w->player, w->feed, 1 + (count - 1) * k / (MOMENTS - 1));
        player_near(&w->player, w->feed);
        complaints += lint_now(w);
    }
    w->scene.bare = false;
    w->scene.stage_share = 0;
    CU_ASSERT_EQUAL(complaints, 0);
}

static void lint_everywhere(Show *w) {
    static const ViewKind views[] = {VIEW_STAGE, VIEW_CHANNELS, VIEW_HEAP};
    for (size_t i = 0; i < ARRAY_LEN(views); i++) {
        lint_view(w, views[i]);
        lint_in_a_deck(w, views[i]);
    }
}

static void crowd4(const char *path) { sample_crowd(path, 4, 5); }
static void crowd2(const char *path) { sample_crowd(path, 2, 3); }
static void crowd8(const char *path) { sample_crowd(path, 8, 12); }
static void crowd16(const char *path) { sample_crowd(path, 16, 30); }
static void crowd300(const char *path) { sample_crowd(path, 300, 40); }
static void crowd40(const char *path) { sample_crowd(path, 40, 2); }
static void long_run(const char *path) { sample_long(path, 20000); }

static void no_text_overlaps_in_the_handoff(void) {
    with_trace("handoff.trace", sample_handoff, lint_everywhere);
}
static void no_text_overlaps_in_crowds(void) {
    with_trace("crowd2.trace", crowd2, lint_everywhere);
    with_trace("crowd4.trace", crowd4, lint_everywhere);
    with_trace("crowd8.trace", crowd8, lint_everywhere);
    with_trace("crowd16.trace", crowd16, lint_everywhere);
    with_trace("crowd40.trace", crowd40, lint_everywhere);
    with_trace("crowd300.trace", crowd300, lint_everywhere);
}
static void no_text_overlaps_in_empty_and_broken_ones(void) {
    with_trace("bare.trace", sample_bare, lint_everywhere);
    with_trace("plain.trace", sample_plain, lint_everywhere);
    with_trace("deadlock.trace", sample_deadlock, lint_everywhere);
    with_trace("impossible.trace", sample_impossible, lint_everywhere);
}
static void no_text_overlaps_in_a_long_run(void) {
    with_trace("long.trace", long_run, lint_everywhere);
}

/* Real runs, with channels of every kind: many alike, blocked ones, contexts, goroutines in C. */
static void no_text_overlaps_in_scenarios(void) {
    static const char *const names[] = {"20_3_3_slow_client_wrong", "20_3_4_gone_right", "20_3_4_overload_wrong", "21_3_cancel_wrong",
                                        "21_3_stream_wrong", "18_4_2_per_kernel_wrong", "18_4_2_double_buffer", "21_1_funnel_right"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char *path = output_of("$F run -q --device none --out $T/lint.trace scenarios/%s.lua >&2; printf %%s $T/lint.trace", names[i]);
        with_path(path, lint_everywhere);
        free(path);
    }
}

/* ---------------------------------------------------------------- contrast */

static void measure_contrast(Show *w) {
    Diag d;
    CU_ASSERT(show_go_to(w, "first:M_START", &d));
    show_go_to(w, "3.473ms", &d);
    player_near(&w->player, w->feed);
    for (int theme = THEME_DARK; theme <= THEME_LIGHT; theme++) {
        Frame *f = frame_new();
        w->scene.theme = (Theme)theme;
        frame_build(f, show_scene(w));
        Canvas *c = canvas_open(CANVAS_PIXELS, w->scene.width_px, w->scene.height_px, f->layout.u);
        for (int i = 0; i < PART_COUNT; i++)
            canvas_paint_shapes(c, &f->list[i], w->scene.theme, f->box[i]);
        for (int i = 0; i < PART_COUNT; i++) {
            for (const Op *op = f->list[i].ops; op < f->list[i].ops + f->list[i].count; op++) {
                if (op->kind != OP_TEXT) continue;
                double share = contrast_share(c, op, f->layout.u, w->scene.theme);
                if (share < .7)
                    printf("\n    '%s' stands on too little contrast (%.0f %%)",
                           draw_op_text(&f->list[i], op), share * 100);
                CU_ASSERT(share >= .7);
            }
        }
        canvas_close(c);
        frame_free(f);
    }
}

static void texts_stand_out_from_what_is_behind_them(void) {
    with_trace("contrast.trace", sample_handoff, measure_contrast);
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

void picture_tests(void) {
    static const Check checks[] = {
        {"no text overlaps or is cut: the handoff", no_text_overlaps_in_the_handoff},
        {"no text overlaps or is cut: crowds", no_text_overlaps_in_crowds},
        {"no text overlaps or is cut: empty and broken runs",
         no_text_overlaps_in_empty_and_broken_ones},
        {"no text overlaps or is cut: a long run", no_text_overlaps_in_a_long_run},
        {"no text overlaps or is cut: scenarios", no_text_overlaps_in_scenarios},
        {"texts stand out from what is behind them", texts_stand_out_from_what_is_behind_them},
        {"the same moment is the same picture", the_same_moment_is_the_same_picture},
        {"a run without a violation has no red", a_run_without_a_violation_has_no_red},
        {"a still picture is not painted again", a_still_picture_is_not_painted_again},
        {NULL, NULL},
    };
    suite("pictures", checks);
}

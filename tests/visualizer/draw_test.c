/* draw_test.c -- display lists, colours, texts that fit, the fault line, and the ink of Lua. */
#include "../check.h"

#include "../../visualizer/canvas.h"
#include "../../visualizer/fault.h"
#include "../../visualizer/lua_ink.h"
#include "../../visualizer/measure.h"
#include "../../visualizer/theme.h"
#include "../../visualizer/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void count_sentence(void *ctx, const char *sentence) {
    (void)sentence;
    ++*(int *)ctx;
}

static size_t lint(const DrawList *d) {
    int said = 0;
    size_t complaints = draw_lint(&d, &(Box){2, 2, 396, 296}, 1, count_sentence, &said);
    CU_ASSERT_EQUAL((size_t)said, complaints);
    return complaints;
}

static void texts_apart_are_fine(void) {
    DrawList d = {0};
    draw_text(&d, 20, 40, sans(14, 400), TINT_T1, ANCHOR_START, "one");
    draw_text(&d, 20, 60, sans(14, 400), TINT_T1, ANCHOR_START, "two");
    CU_ASSERT_EQUAL(lint(&d), 0);
    draw_free(&d);
}

static void lint_finds_overlap_edges_clips_and_small_type(void) {
    DrawList d = {0};
    draw_text(&d, 20, 40, sans(14, 400), TINT_T1, ANCHOR_START, "under this one");
    draw_text(&d, 30, 44, sans(14, 400), TINT_T1, ANCHOR_START, "another");
    CU_ASSERT_EQUAL(lint(&d), 1);
    draw_reset(&d);
    draw_text(&d, 390, 40, sans(14, 400), TINT_T1, ANCHOR_START, "over the edge");
    CU_ASSERT_EQUAL(lint(&d), 1);
    draw_reset(&d);
    draw_clip(&d, (Box){0, 0, 60, 300}, 0);
    draw_text(&d, 20, 40, sans(14, 400), TINT_T1, ANCHOR_START, "cut by its clip");
    draw_unclip(&d);
    CU_ASSERT_EQUAL(lint(&d), 1);
    draw_reset(&d);
    draw_text(&d, 20, 40, sans(11, 400), TINT_T1, ANCHOR_START, "tiny");
    CU_ASSERT_EQUAL(lint(&d), 1);
    draw_reset(&d);
    draw_text(&d, 20, 40, sans(14, 400), TINT_T1, ANCHOR_START, "97.…5 ms");
    draw_text(&d, 20, 70, sans(14, 400), TINT_T1, ANCHOR_START, "…70");
    CU_ASSERT_EQUAL(lint(&d), 2);
    draw_reset(&d);
    draw_text(&d, 20, 40, sans(14, 400), TINT_T1, ANCHOR_START, "tokenizer…worker");
    CU_ASSERT_EQUAL(lint(&d), 0);
    const DrawList *list = &d; /* a part is painted in its region only */
    int said = 0;
    CU_ASSERT_EQUAL(draw_lint(&list, &(Box){0, 0, 60, 300}, 1, count_sentence, &said), 1);
    draw_free(&d);
}

static void equal_lists_have_equal_hashes(void) {
    DrawList a = {0}, b = {0};
    for (int i = 0; i < 2; i++) {
        DrawList *d = i ? &b : &a;
        draw_reset(d);
        draw_box(d, (Box){1, 2, 3, 4}, 5, paint(TINT_GO1), pen(TINT_T1, 1));
        draw_text(d, 20, 40, sans(14, 400), TINT_T1, ANCHOR_START, "same");
    }
    CU_ASSERT_EQUAL(draw_hash(&a), draw_hash(&b));
    draw_circle(&b, 1, 2, 3, paint(TINT_GO1), NO_PEN);
    CU_ASSERT_NOT_EQUAL(draw_hash(&a), draw_hash(&b));
    draw_free(&a);
    draw_free(&b);
}

/* Section 4 of the design: the worst contrast of each text on the grounds where it may stand. */
static void every_text_colour_has_enough_contrast(void) {
    static const struct {
        Tint text, on[6];
    } pairs[] = {{TINT_T1, {TINT_GO1, TINT_GO2, TINT_CARD, TINT_CHROME, TINT_SLOT}},
                 {TINT_T2, {TINT_GO1, TINT_GO2, TINT_CARD, TINT_CHROME, TINT_SLOT}},
                 {TINT_T3, {TINT_GO1, TINT_CARD, TINT_CHROME, TINT_SLOT}},
                 {TINT_F1, {TINT_FR1, TINT_FR2, TINT_FCARD, TINT_FSLOT}},
                 {TINT_F2, {TINT_FR1, TINT_FR2, TINT_FCARD, TINT_FSLOT}},
                 {TINT_F3, {TINT_FR1, TINT_FR2, TINT_FSLOT}},
                 {TINT_AMBER, {TINT_FR1, TINT_FR2, TINT_CHROME}},
                 {TINT_BLUE, {TINT_GO1, TINT_CARD, TINT_CHROME}},
                 {TINT_RED, {TINT_GO1, TINT_FR1, TINT_FR2, TINT_SLOT, TINT_CHROME}},
                 {TINT_NOW, {TINT_GO1, TINT_CHROME}},
                 {TINT_ON_BLUE, {TINT_BLUE}},
                 {TINT_ON_AMBER, {TINT_AMBER}},
                 {TINT_ON_DEV, {TINT_DEV}},
                 {TINT_ON_TEAL, {TINT_TEAL}},
                 {TINT_ON_NOW, {TINT_NOW}},
                 {TINT_ON_G, {TINT_G0, TINT_G2, TINT_G3, TINT_G5, TINT_G6, TINT_G7}}};
    for (int t = THEME_DARK; t <= THEME_LIGHT; t++) {
        for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
            for (int k = 0; k < 6 && pairs[i].on[k]; k++) {
                double c = theme_contrast(theme_rgb((Theme)t, pairs[i].text),
                                          theme_rgb((Theme)t, pairs[i].on[k]));
                if (c < 4.5)
                    printf("\n    %s on %s: %.2f", theme_tint_name(pairs[i].text),
                           theme_tint_name(pairs[i].on[k]), c);
                CU_ASSERT(c >= 4.5);
            }
        }
    }
}

static void widths_hold_and_names_are_shortened_in_the_middle(void) {
    char buf[64];
    double full = text_width("a_kernel_with_a_long_name", mono(14, 500));
    CU_ASSERT(full > 100);
    CU_ASSERT_EQUAL(text_width("", sans(14, 400)), 0);
    CU_ASSERT_STRING_EQUAL(text_fit(buf, sizeof buf, "short", sans(14, 400), 100), "short");
    text_fit(buf, sizeof buf, "a_kernel_with_a_long_name", mono(14, 500), full / 2);
    CU_ASSERT(text_width(buf, mono(14, 500)) <= full / 2);
    CU_ASSERT_EQUAL(buf[0], 'a');
    CU_ASSERT_EQUAL(buf[strlen(buf) - 1], 'e');
    CU_ASSERT_PTR_NOT_NULL(strstr(buf, "…"));
    text_fit_end(buf, sizeof buf, "a_kernel_with_a_long_name", mono(14, 500), full / 2);
    CU_ASSERT_STRING_EQUAL(buf + strlen(buf) - 3, "…");
    text_fit(buf, sizeof buf, "héhéhéhéhéhé", sans(14, 400), 40); /* never half a character */
    for (const char *c = buf; *c; c++)
        CU_ASSERT((unsigned char)*c != 0xc3 || ((unsigned char)c[1] & 0xc0) == 0x80);
    CU_ASSERT_STRING_EQUAL(text_fit(buf, sizeof buf, "anything", sans(14, 400), 2), "");
}

static void the_fault_belongs_to_the_scenario(void) {
    Fault a, b, c;
    fault_line(&a, "one", 0, 1216, 400, 9, 34, 92);
    fault_line(&b, "one", 0, 1216, 400, 9, 34, 92);
    fault_line(&c, "two", 0, 1216, 400, 9, 34, 92);
    CU_ASSERT_EQUAL(a.count, b.count);
    CU_ASSERT_EQUAL(memcmp(a.p, b.p, a.count * sizeof *a.p), 0);
    CU_ASSERT(a.count != c.count || memcmp(a.p, c.p, a.count * sizeof *a.p) != 0);
    for (size_t i = 0; i < a.count; i++) {
        CU_ASSERT(fabs(a.p[i].y - 400) <= 9 * 1.35);
        if (i > 0) CU_ASSERT(a.p[i].x >= a.p[i - 1].x);
    }
    CU_ASSERT_EQUAL(a.p[0].x, 0);
    CU_ASSERT_EQUAL(a.p[a.count - 1].x, 1216);
}

static void the_fault_opens_where_something_crosses(void) {
    Fault f;
    Openings open = {{notch_dive(300), notch_pin(700)}, 2};
    double deepest = 0, at_pin = 0;
    fault_line(&f, "one", 0, 1216, 400, 9, 34, 92);
    fault_open(&f, 400, &open);
    for (size_t i = 0; i < f.count; i++) {
        if (i > 0) CU_ASSERT(f.p[i].x >= f.p[i - 1].x);
        if (f.p[i].x == 300) deepest = f.p[i].y;
        if (f.p[i].x == 700) at_pin = f.p[i].y;
    }
    CU_ASSERT_EQUAL(deepest, 426);
    CU_ASSERT_EQUAL(at_pin, 414);
}

static void lua_is_coloured_by_its_words(void) {
    InkPiece p[16];
    const char *line = "  for i = 1, 10 do go(\"a--b\") end -- it's";
    size_t n = lua_ink(line, strlen(line), p, 16), total = 0;
    bool comment = false, string = false, number = false;
    for (size_t i = 0; i < n; i++) {
        CU_ASSERT_EQUAL(p[i].from, total);
        total += p[i].len;
        comment |= p[i].tint == TINT_LUA_COM && p[i].len == 7;
        string |= p[i].tint == TINT_LUA_STR && p[i].len == 6;
        number |= p[i].tint == TINT_LUA_NUM;
    }
    CU_ASSERT_EQUAL(total, strlen(line));
    CU_ASSERT(comment && string && number);
    CU_ASSERT_EQUAL(lua_ink(line, strlen(line), p, 3),
                    3); /* what does not fit is in the last piece */
    CU_ASSERT_EQUAL(p[2].from + p[2].len, strlen(line));
    CU_ASSERT_EQUAL(lua_ink("\"never closed\\", 14, p, 16), 1);
}

static void numbers_are_written_as_the_design_says(void) {
    char buf[32];
    CU_ASSERT_STRING_EQUAL(count_text(buf, sizeof buf, 0), "0");
    CU_ASSERT_STRING_EQUAL(count_text(buf, sizeof buf, 8311), "8\u2009311");
    CU_ASSERT_STRING_EQUAL(count_text(buf, sizeof buf, 1000003), "1\u2009000\u2009003");
    CU_ASSERT_STRING_EQUAL(bytes_text(buf, sizeof buf, 62u << 20), "62 MiB");
    CU_ASSERT_STRING_EQUAL(bytes_text(buf, sizeof buf, 1536), "1.5 KiB");
    CU_ASSERT_STRING_EQUAL(bytes_text(buf, sizeof buf, 7), "7 B");
}

static void the_sheet_of_tokens_is_clean(void) {
    DrawList d = {0};
    view_tokens(&d);
    const DrawList *list = &d;
    int said = 0;
    CU_ASSERT_EQUAL(draw_lint(&list, &(Box){2, 2, 1596, 996}, 1, count_sentence, &said), 0);
    draw_free(&d);
}

/* ---------------------------------------------------------------- boxes that go past the drawing library */

static double light_of(uint32_t pixel) { return ((pixel >> 16 & 255) + (pixel >> 8 & 255) + (pixel & 255)) / 3.0; }

/* The mean difference of all pixels of two pictures, and the largest. */
static void differ(Canvas *a, Canvas *b, int w, int h, double *mean, double *most) {
    int sa, sb;
    const uint32_t *pa = canvas_pixels(a, &sa), *pb = canvas_pixels(b, &sb);
    *mean = *most = 0;
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
            double d = fabs(light_of(pa[y * (sa / 4) + x]) - light_of(pb[y * (sb / 4) + x]));
            *mean += d / w / h;
            *most = fmax(*most, d);
        }
    }
}

/* Under a clip that is no rectangle the library draws them all. */
static void shapes(DrawList *d, bool by_library) {
    static const double share[] = {0, .2, .001, 1, .5, .5};
    draw_box(d, (Box){0, 0, 200, 100}, 0, paint(TINT_CHROME), NO_PEN);
    if (by_library) {
        path_move(d, -10, -10), path_line(d, 210, -10), path_line(d, 210, 110), path_line(d, 0, 115), path_close(d);
        draw_clip_path(d);
    }
    draw_box(d, (Box){10, 10, 40, 20}, 2, paint(TINT_BLUE), NO_PEN);
    draw_box(d, (Box){60, 10, 3, 20}, 2, paint(TINT_BLUE), pen(TINT_NOW, 1));
    draw_box(d, (Box){70, 10, 40, 30}, 10, paint_alpha(TINT_AMBER, .4), pen(TINT_NOW, 2));
    draw_box(d, (Box){120, 10, 70, 40}, 6, paint_hatch(TINT_AMBER, 8, 2, .6), pen(TINT_AMBER, 1.2));
    draw_box(d, (Box){10, 50, 60, 40}, 0, paint_fade(TINT_GO1, TINT_BLUE, 50, 80), NO_PEN);
    draw_circle(d, 95.3, 70.6, 16.5, paint(TINT_BLUE), pen(TINT_NOW, 2));
    draw_columns(d, 120, 90, 1, 30, share, 6, paint(TINT_AMBER));
    draw_columns(d, 140, 60, 1, -30, share, 6, paint(TINT_AMBER));
    if (by_library) draw_unclip(d);
}

static void what_goes_past_the_library_looks_the_same(void) {
    static const double scales[] = {1, 1.08, 2.16};
    for (size_t i = 0; i < ARRAY_LEN(scales); i++) {
        int w = (int)(200 * scales[i]), h = (int)(100 * scales[i]);
        Canvas *c[2];
        double mean, most;
        for (int k = 0; k < 2; k++) {
            DrawList d = {0};
            shapes(&d, k);
            c[k] = canvas_open(CANVAS_PIXELS, w, h, scales[i]);
            canvas_paint(c[k], &d, THEME_DARK, (Box){0, 0, 200, 100});
            draw_free(&d);
        }
        differ(c[0], c[1], w, h, &mean, &most);
        CU_ASSERT(mean < .6);
        CU_ASSERT(most < 128); /* a pixel at an edge */
        if (mean >= .6 || most >= 128) printf(" at %.2f: mean %.2f, most %.0f\n", scales[i], mean, most);
        canvas_close(c[0]);
        canvas_close(c[1]);
    }
}

/* Nothing is written outside of the region, nor outside of a rectangle that clips. */
static void nothing_goes_past_a_clip(void) {
    Canvas *c = canvas_open(CANVAS_PIXELS, 100, 100, 1);
    DrawList d = {0};
    int stride;
    size_t wrong = 0;
    draw_clip(&d, (Box){20, 20, 40, 40}, 0);
    draw_box(&d, (Box){-50, -50, 300, 300}, 4, paint(TINT_BLUE), pen(TINT_NOW, 1));
    draw_box(&d, (Box){10, 10, 30, 80}, 8, paint_hatch(TINT_AMBER, 6, 2, 1), pen(TINT_NOW, 1));
    draw_circle(&d, 60, 60, 30, paint(TINT_TEAL), pen(TINT_NOW, 2));
    draw_columns(&d, 0, 99, 1, 99, (double[]){[99] = 1}, 100, paint(TINT_AMBER));
    draw_unclip(&d);
    canvas_paint(c, &d, THEME_DARK, (Box){0, 0, 50, 100});
    const uint32_t *p = canvas_pixels(c, &stride);
    for (int i = 0; i < 100 * 100; i++) {
        bool in = i % 100 >= 20 && i % 100 < 50 && i / 100 >= 20 && i / 100 < 60;
        wrong += ((p[i / 100 * (stride / 4) + i % 100] & 0xffffff) != 0) != in;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    draw_free(&d);
    canvas_close(c);
}

void draw_tests(void) {
    static const Check checks[] = {
        {"texts apart are fine", texts_apart_are_fine},
        {"lint finds overlap, edges, clips, small type and stumps",
         lint_finds_overlap_edges_clips_and_small_type},
        {"equal lists have equal hashes", equal_lists_have_equal_hashes},
        {"every text colour has enough contrast", every_text_colour_has_enough_contrast},
        {"widths hold, names are shortened in the middle",
         widths_hold_and_names_are_shortened_in_the_middle},
        {"the fault belongs to the scenario", the_fault_belongs_to_the_scenario},
        {"the fault opens where something crosses", the_fault_opens_where_something_crosses},
        {"Lua is coloured by its words", lua_is_coloured_by_its_words},
        {"numbers are written as the design says", numbers_are_written_as_the_design_says},
        {"what goes past the library looks the same", what_goes_past_the_library_looks_the_same},
        {"nothing goes past a clip", nothing_goes_past_a_clip},
        {"the sheet of tokens is clean", the_sheet_of_tokens_is_clean},
        {NULL, NULL},
    };
    suite("drawing", checks);
}

/* odd_test.c -- traces that are damaged, empty, very large in one way, or full of strange names: each is opened as the window
 * does it, and looked at in every view. Whatever can be read is drawn, and no text is cut; what cannot is said. */
#include "../check.h"
#include "../cli/command.h"
#include "sample.h"

#include "../../sim/event/trace_format.h"
#include "../../visualizer/frame.h"
#include "../../visualizer/show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void odd_tests(void);

enum { COMPLAINTS_MAX = 6 };

typedef struct {
    const char *what;
    Show w;
    size_t complaints;
} Look;

static void say(void *ctx, const char *sentence) {
    Look *l = ctx;
    if (l->complaints++ < COMPLAINTS_MAX)
        printf("\n    %s, %s at event %llu, %dx%d: %s", l->what, view_spec[l->w.scene.view].name, (unsigned long long)l->w.player.seq,
               l->w.scene.width_px, l->w.scene.height_px, sentence);
}

static bool shows(const Frame *f, const char *text) {
    for (int i = 0; i < PART_COUNT; i++) {
        for (const Op *op = f->list[i].ops; op < f->list[i].ops + f->list[i].count; op++) {
            if (op->kind == OP_TEXT && strstr(draw_op_text(&f->list[i], op), text)) return true;
        }
    }
    return false;
}

/* In every view; paints at the last moment. */
static void look_at_moment(Look *l, Frame *f, Canvas *c) {
    static const int sizes[][2] = {{1280, 800}, {1600, 1000}};
    for (int view = 0; view < VIEW_COUNT; view++) {
        l->w.scene.view = (ViewKind)view;
        for (int i = 0; i < 2; i++) {
            l->w.scene.width_px = sizes[i][0], l->w.scene.height_px = sizes[i][1];
            frame_build(f, show_scene(&l->w));
            frame_lint(f, say, l);
        }
        if (c) frame_paint(f, c, view % 2 ? THEME_LIGHT : THEME_DARK, true);
    }
}

/* False: it cannot be opened, and there is a sentence about that. `texts`: what some view must say at the end, NULL after the last. */
static bool look(const char *what, const char *path, size_t moments, bool paint, const char *const *texts) {
    Diag d = {0};
    Feed *feed;
    if (!feed_open(&feed, path, &d)) {
        CU_ASSERT(d.message[0] != '\0');
        return false;
    }
    Look *l = mem_zero(1, sizeof *l);
    while (feed_read(feed, 100000)) continue;
    l->what = what;
    show_init(&l->w, feed);
    Frame *f = frame_new();
    Canvas *c = paint ? canvas_open(CANVAS_PIXELS, 1600, 1000, 1) : NULL;
    for (size_t k = 0; k < moments; k++) {
        player_seek_seq(&l->w.player, feed, moments > 1 ? feed_count(feed) * k / (moments - 1) : feed_count(feed));
        if (k % 2) player_fit(&l->w.player, feed);
        else player_near(&l->w.player, feed);
        look_at_moment(l, f, k + 1 == moments ? c : NULL);
    }
    for (; texts && *texts; texts++) {
        bool said = false;
        for (int view = 0; view < VIEW_COUNT && !said; view++) {
            l->w.scene.view = (ViewKind)view;
            frame_build(f, show_scene(&l->w));
            said = shows(f, *texts);
        }
        if (!said) printf("\n    %s: nothing says '%s'", what, *texts);
        CU_ASSERT(said);
    }
    CU_ASSERT_EQUAL(l->complaints, 0);
    canvas_close(c);
    frame_free(f);
    feed_close(feed);
    free(l);
    return true;
}

/* ---------------------------------------------------------------- damage */

typedef struct {
    uint8_t *bytes;
    size_t len;
} File;

static File read_file(const char *path) {
    File f = {mem_zero(1 << 20, 1), 0};
    FILE *in = fopen(path, "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(in);
    f.len = fread(f.bytes, 1, 1 << 20, in);
    fclose(in);
    return f;
}

static uint64_t draw(uint64_t *x, uint64_t n) {
    *x = *x * 6364136223846793005u + 1442695040888963407u;
    return (*x >> 24) % n;
}

/* A bit, anywhere; then the block with its checksum made right again, so that it comes as far as the model. */
static void damage(File *f, uint64_t *x, bool sums_right) {
    f->bytes[draw(x, f->len)] ^= (uint8_t)(1u << draw(x, 8));
    size_t at = TRACE_MAGIC_BYTES;
    while (sums_right && at + TRACE_HEADER_BYTES <= f->len) {
        BlockHeader h = header_get(f->bytes + at);
        if (h.magic != TRACE_BLOCK_MAGIC || h.len > f->len - at - TRACE_HEADER_BYTES) return;
        h.checksum = block_checksum(f->bytes + at, f->bytes + at + TRACE_HEADER_BYTES, h.len);
        header_put(f->bytes + at, &h);
        at += TRACE_HEADER_BYTES + h.len;
    }
}

static void damaged_at_any_byte(void) {
    static void (*const make[])(const char *) = {sample_handoff, sample_stopped, sample_deadlock};
    uint64_t x = 42;
    size_t opened = 0, all = 0;
    for (size_t m = 0; m < ARRAY_LEN(make); m++) {
        char whole[512], path[512];
        snprintf(whole, sizeof whole, "%s", temp_path("whole.trace"));
        snprintf(path, sizeof path, "%s", temp_path("damaged.trace"));
        make[m](whole);
        File good = read_file(whole);
        for (int i = 0; i < 160; i++, all++) {
            File bad = {mem_zero(good.len, 1), good.len};
            memcpy(bad.bytes, good.bytes, good.len);
            if (i % 4 == 0) bad.len = draw(&x, good.len);
            else damage(&bad, &x, i % 4 > 1);
            check_write(path, bad.bytes, bad.len);
            opened += look("a damaged trace", path, 2, i % 16 == 0, NULL);
            free(bad.bytes);
        }
        free(good.bytes);
    }
    CU_ASSERT(opened > all / 3); /* or this looks at nothing */
    CU_ASSERT(opened < all);
}

/* Up to the last good event, and the reason. */
static void cut_traces_are_drawn_as_far_as_they_go(void) {
    static const char *const cut[] = {"broken here", "The trace cannot be shown any further", NULL};
    char path[512];
    snprintf(path, sizeof path, "%s", temp_path("cut.trace"));
    sample_impossible(path);
    CU_ASSERT(look("an impossible event", path, 3, true, cut));
    sample_long(path, 20000);
    File f = read_file(path);
    f.bytes[f.len - f.len / 4] ^= 1;
    check_write(path, f.bytes, f.len);
    free(f.bytes);
    CU_ASSERT(look("a trace damaged near its end", path, 3, true, cut));
}

static void with_nearly_nothing_in_them(void) {
    char path[512];
    snprintf(path, sizeof path, "%s", temp_path("few.trace"));
    check_write(path, "", 0);
    CU_ASSERT_FALSE(look("an empty file", path, 1, false, NULL));
    check_write(path, TRACE_MAGIC, TRACE_MAGIC_BYTES);
    look("a file with no block", path, 2, true, NULL);
    sample_bare(path);
    CU_ASSERT(look("one event", path, 2, true, (const char *const[]){"This run uses no channels", "This run has no objects", NULL}));
    sample_plain(path);
    CU_ASSERT(look("no device", path, 3, true, (const char *const[]){"No device in this run", NULL}));
}

/* ---------------------------------------------------------------- crowds */

static void of(const char *kind, unsigned n, const char *const *texts) {
    char path[512];
    snprintf(path, sizeof path, "%s", temp_path("odd.trace"));
    CU_ASSERT(command_gives(0, "$F run -q --device none --set kind=%s --set n=%u --out '%s' tests/visualizer/odd.lua", kind, n, path));
    CU_ASSERT(look(kind, path, 4, true, texts));
}

static void with_thousands_of_something(void) {
    of("goroutines", 10000, NULL);
    of("threads", 2000, NULL);
    of("channels", 2000, NULL);
    of("objects", 5000, NULL);
    of("contexts", 1000, NULL);
    of("days", 20, NULL);
    of("names", 60, NULL);
}

static void that_take_two_weeks(void) {
    char path[512];
    snprintf(path, sizeof path, "%s", temp_path("slow.trace"));
    sample_slow(path);
    CU_ASSERT(look("two weeks", path, 8, true, NULL));
}

/* ---------------------------------------------------------------- names */

static void with_strange_names(void) {
    char path[512], longest[2001];
    memset(longest, 'm', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    const char *const names[] = {"", longest, "名前のとても長いゴルーチンの仕事名前のとても長いゴルーチンの仕事", "عامل طويل الاسم جدا",
                                 "e\u0301\u0302\u0303a\u0308\u0327 combined", "bad\xff\xfe\x80name", "\xf0\x9f", "a\nb\tc\rd", "<b>&amp;</b> %s %n",
                                 "\u202ebackwards", "\U0001f9f5\U0001f9f5\U0001f9f5", "**bold** and **"};
    snprintf(path, sizeof path, "%s", temp_path("named.trace"));
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        sample_named(path, names[i]);
        CU_ASSERT(look(names[i], path, 4, true, NULL));
    }
}

void odd_tests(void) {
    static const Check checks[] = {
        {"damaged at any byte", damaged_at_any_byte},
        {"cut ones are drawn as far as they go", cut_traces_are_drawn_as_far_as_they_go},
        {"with nearly nothing in them", with_nearly_nothing_in_them},
        {"with thousands of something", with_thousands_of_something},
        {"that take two weeks", that_take_two_weeks},
        {"with strange names", with_strange_names},
        {NULL, NULL},
    };
    suite("odd traces", checks);
}

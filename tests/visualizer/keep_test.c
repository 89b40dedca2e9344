/* keep_test.c -- what the window remembers: settings and bookmarks, whatever stands in their files, and never in somebody's home. */
#include "../check.h"
#include "../cli/command.h"
#include "at_desk.h"
#include "sample.h"

#include "../../visualizer/keep.h"
#include "../../visualizer/player.h"
#include "../../visualizer/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void put(const char *path, const char *text) { check_write(path, text, strlen(text)); }

static char *text_of(const char *path) {
    Diag d;
    char *text = keep_read(path, &d);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    return text;
}

static void the_rules_say_where(void) {
    char buf[KEEP_PATH_MAX];
    CU_ASSERT_STRING_EQUAL(keep_path(buf, "/x", "/h", ".config", "view"), "/x/faultline/view");
    CU_ASSERT_STRING_EQUAL(keep_path(buf, NULL, "/h", ".config", "view"), "/h/.config/faultline/view");
    CU_ASSERT_STRING_EQUAL(keep_path(buf, "", "/h", ".local/state", "b"), "/h/.local/state/faultline/b");
    CU_ASSERT_STRING_EQUAL(keep_path(buf, "relative", "/h", ".config", "view"), "/h/.config/faultline/view");
    CU_ASSERT_STRING_EQUAL(keep_path(buf, NULL, NULL, ".config", "view"), "");
    CU_ASSERT_STRING_EQUAL(keep_path(buf, "", "", ".config", "view"), "");
}

static void a_file_is_written_whole_or_not(void) {
    Diag d;
    const char *path = temp_path("keep/a/b/file");
    CU_ASSERT(keep_write(path, "one\n", &d));
    CU_ASSERT(keep_write(path, "two\n", &d));
    char *text = text_of(path);
    CU_ASSERT_STRING_EQUAL(text, "two\n");
    free(text);
    Result r = command("ls \"$T/keep/a/b\"");
    CU_ASSERT_STRING_EQUAL(r.out, "file\n"); /* nothing is left beside it */
    result_free(&r);
    CU_ASSERT_FALSE(keep_write(temp_path("keep/a/b/file/below"), "x", &d));
    CU_ASSERT_PTR_NOT_NULL(strstr(d.message, "cannot be written"));
    CU_ASSERT(keep_read(temp_path("keep/missing"), &d) == NULL && d.message[0] == '\0');
    CU_ASSERT(keep_read(temp_path("keep/a"), &d) == NULL && d.message[0] != '\0');
}

static void settings_come_back(void) {
    Settings s, t;
    Diag d;
    const char *path = temp_path("view");
    settings_default(&s);
    CU_ASSERT(settings_read(&s, temp_path("no_view"), &d)); /* none is well */
    put(path, "# mine\nlanguage de\ntheme light\nzoom 1.2\npanel no\ndivider 0.55\nspeed 0.25\nwindow 1200x700\n");
    CU_ASSERT(settings_read(&s, path, &d));
    CU_ASSERT(s.theme == THEME_LIGHT && s.zoom == 1.2 && !s.panel && s.divider == .55 && s.speed == .25);
    CU_ASSERT(s.window_w == 1200 && s.window_h == 700);
    s.theme = THEME_DARK;
    CU_ASSERT(settings_write(&s, path, &d));
    settings_default(&t);
    CU_ASSERT(settings_read(&t, path, &d));
    CU_ASSERT(t.theme == THEME_DARK && t.zoom == 1.2 && !t.panel && t.divider == .55 && t.speed == .25 && t.window_h == 700);
    char *text = text_of(path);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "# mine\nlanguage de\n"));
    free(text);
}

static void wrong_settings_hurt_nobody(void) {
    static const char *const texts[] = {"theme purple\n", "zoom 99\n", "zoom nan\n", "panel maybe\n", "divider -1\n", "window 5x5\n",
                                        "window 1600x\n", "speed 0\n", "speed fast\n", "window 99999x99999\n"};
    Settings s, t;
    Diag d;
    settings_default(&t);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        put(temp_path("view"), texts[i]);
        settings_default(&s);
        CU_ASSERT_FALSE(settings_read(&s, temp_path("view"), &d));
        CU_ASSERT_PTR_NOT_NULL(strstr(d.message, ":1: '"));
        CU_ASSERT_EQUAL(memcmp(&s, &t, sizeof s), 0);
    }
    char bytes[5000];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (char)(i * 7919 >> 3);
    check_write(temp_path("view"), bytes, sizeof bytes);
    settings_default(&s);
    settings_read(&s, temp_path("view"), &d);
    CU_ASSERT(s.theme == THEME_DARK && s.zoom == 1);
    settings_default(&s);
    CU_ASSERT(!settings_read(&s, temp_path("."), &d) && s.zoom == 1); /* a folder */
}

static void only_what_the_user_changed_is_learned(void) {
    Settings s;
    settings_default(&s);
    s.theme = THEME_LIGHT; /* remembered */
    Scene before = {.theme = THEME_DARK, .zoom = 1, .panel = true}, after = before; /* --theme dark */
    CU_ASSERT(!settings_learn(&s, &before, &after) && s.theme == THEME_LIGHT);
    after.lecture = true;
    CU_ASSERT_FALSE(settings_learn(&s, &before, &after));
    after.zoom = 1.2;
    CU_ASSERT(settings_learn(&s, &before, &after) && s.zoom == 1.2 && s.theme == THEME_LIGHT && s.panel);
    before = after;
    after.stage_share = .45;
    CU_ASSERT(settings_learn(&s, &before, &after) && s.divider == .45);
    CU_ASSERT_EQUAL(s.speed, 1);
}

/* Runs are of different length: what is kept is how much faster or slower than usual somebody plays. */
static void the_speed_is_kept_in_that_of_the_run(void) {
    Settings s;
    settings_default(&s);
    Scene before = {.zoom = 1, .panel = true, .speed_ns = 50000, .own_speed_ns = 50000}, after = before;
    after.speed_ns = 12500;
    CU_ASSERT(settings_learn(&s, &before, &after) && s.speed == .25);
    Scene longer = {.own_speed_ns = 2000000}, shortest = {.own_speed_ns = 12};
    settings_apply(&s, &longer);
    CU_ASSERT_EQUAL(longer.speed_ns, 500000);
    settings_apply(&s, &shortest);
    CU_ASSERT_EQUAL(shortest.speed_ns, SPEED_MIN_NS);
    CU_ASSERT_FALSE(settings_learn(&s, &longer, &longer));
}

/* ---------------------------------------------------------------- bookmarks */

static void open_with(const char *path, void (*make)(const char *path)) {
    sit_down(make);
    desk.bookmarks_path = path;
    marks_read(&desk);
}

static void bookmarks_are_kept_for_each_run(void) {
    char path[512]; /* of its own: that of temp_path is used again */
    snprintf(path, sizeof path, "%s", temp_path("state/faultline/bookmarks"));
    open_with(path, sample_handoff);
    CU_ASSERT_EQUAL(desk.bookmarks.count, 0);
    desk_type(&desk, "j");
    CU_ASSERT_STRING_EQUAL(show.scene.said, "No bookmarks yet: M sets one");
    player_seek_ns(&show.player, show.feed, 3473000);
    desk_type(&desk, "m");
    uint64_t late = show.player.seq;
    desk_key(&desk, "Home");
    desk_type(&desk, "m");
    look();
    CU_ASSERT(show.scene.bookmark_count == 2 && show.scene.bookmark[1].seq == late && show.scene.bookmark[1].words[0]);
    get_up();
    open_with(path, sample_deadlock); /* another run knows nothing of them */
    CU_ASSERT_EQUAL(desk.bookmarks.count, 0);
    desk_type(&desk, "m");
    get_up();
    open_with(path, sample_handoff); /* written anew, at the same place or another: the same run */
    CU_ASSERT_EQUAL(desk.bookmarks.count, 2);
    desk_type(&desk, "j");
    CU_ASSERT_EQUAL(show.player.seq, late);
    desk_type(&desk, "j");
    CU_ASSERT_STRING_EQUAL(show.scene.said, "No later bookmark");
    desk_type(&desk, "J");
    CU_ASSERT_EQUAL(show.player.seq, 1);
    desk_type(&desk, "m"); /* removed */
    CU_ASSERT_EQUAL(desk.bookmarks.count, 1);
    get_up();
    open_with(path, sample_handoff);
    CU_ASSERT_EQUAL(desk.bookmarks.count, 1);
    get_up();
    open_with(path, sample_deadlock);
    CU_ASSERT_EQUAL(desk.bookmarks.count, 1);
    get_up();
}

static void damaged_bookmarks_hurt_nobody(void) {
    Bookmarks *b = mem_zero(1, sizeof *b);
    char text[6000], words[400];
    uint64_t run = bookmarks_run("options", "scenario");
    CU_ASSERT_NOT_EQUAL(run, bookmarks_run("optionss", "cenario"));
    memset(words, 'x', sizeof words - 1);
    words[sizeof words - 1] = '\0';
    char id[20];
    snprintf(id, sizeof id, "%016llx", (unsigned long long)run);
    snprintf(text, sizeof text, "%s 5 1000 first\nnonsense\n%s\n%s 0 1 none\n%s 9 2000 \xff\xfe bad\n%s 7 1 %s\n%s 5 1 again", id, id, id, id, id,
             words, id);
    put(temp_path("marks"), text);
    bookmarks_read(b, run, temp_path("marks"));
    CU_ASSERT_EQUAL_FATAL(b->count, 3);
    CU_ASSERT(b->mark[0].seq == 5 && strcmp(b->mark[0].words, "first") == 0);
    CU_ASSERT(b->mark[1].seq == 7 && strlen(b->mark[1].words) == BOOKMARK_WORDS - 1);
    CU_ASSERT(b->mark[2].seq == 9 && b->mark[2].words[0] == '\0');
    bookmarks_toggle(b, 11, 1, "µµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµµ"); /* no half letter at the end */
    CU_ASSERT_EQUAL(strlen(b->mark[3].words) % 2, 0);
    for (uint64_t seq = 100; seq < 100 + 2 * BOOKMARKS_MAX; seq++) bookmarks_toggle(b, seq, seq, "many");
    CU_ASSERT_EQUAL(b->count, BOOKMARKS_MAX);
    for (size_t i = 1; i < b->count; i++) CU_ASSERT(b->mark[i - 1].seq < b->mark[i].seq);
    for (size_t i = 0; i < sizeof text; i++) text[i] = (char)(i * 7919 >> 2);
    check_write(temp_path("marks"), text, sizeof text);
    bookmarks_read(b, run, temp_path("marks"));
    CU_ASSERT_EQUAL(b->count, 0);
    free(b);
}

static void nowhere_nothing_is_kept(void) {
    open_with(NULL, sample_handoff);
    desk_type(&desk, "m");
    CU_ASSERT(desk.bookmarks.count == 1 && strncmp(show.scene.said, "Bookmark at", 11) == 0);
    desk.bookmarks_path = temp_path("desk.trace/below/a/file");
    desk_key(&desk, "Right");
    desk_type(&desk, "m");
    CU_ASSERT(desk.bookmarks.count == 2 && strncmp(show.scene.said, "The bookmark is not kept", 24) == 0);
    get_up();
}

void keep_tests(void) {
    static const Check checks[] = {
        {"the rules say where", the_rules_say_where},
        {"a file is written whole or not", a_file_is_written_whole_or_not},
        {"settings come back", settings_come_back},
        {"wrong settings hurt nobody", wrong_settings_hurt_nobody},
        {"the speed is kept in that of the run", the_speed_is_kept_in_that_of_the_run},
        {"only what the user changed is learned", only_what_the_user_changed_is_learned},
        {"bookmarks are kept for each run", bookmarks_are_kept_for_each_run},
        {"damaged bookmarks hurt nobody", damaged_bookmarks_hurt_nobody},
        {"nowhere nothing is kept", nowhere_nothing_is_kept},
        {NULL, NULL},
    };
    suite("keep", checks);
}

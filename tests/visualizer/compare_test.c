/* compare_test.c -- two runs side by side: what only one of them does is found and said, both halves show the same time, and no
 * text overlaps another or is cut, for every pair of a wrong scenario and its right one. */
#include "../check.h"
#include "../cli/command.h"

#include "../../visualizer/desk.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Runs a scenario of scenarios/, with these options, into a trace that is opened as the window does it. */
static Feed *run(const char *scenario, const char *options, const char *name) {
    Feed *f = NULL;
    Diag d;
    Result r = command("\"$F\" run --quiet --device none %s --out \"$T/%s\" scenarios/%s.lua", options, name, scenario);
    CU_ASSERT_FATAL(r.status == EXIT_WELL || r.status == EXIT_DIFFERS);
    result_free(&r);
    CU_ASSERT_FATAL(feed_open(&f, temp_path(name), &d));
    while (feed_read(f, 100000)) continue;
    return f;
}

static Show open_two(Feed *a, Feed *b) {
    Show w;
    Diag d;
    show_init(&w, a);
    CU_ASSERT_FATAL(show_beside(&w, b, &d));
    while (show_compare(&w, 100000)) continue;
    CU_ASSERT_FATAL(versus_is_done(w.versus));
    w.scene.view = VIEW_COMPARE;
    return w;
}

static void a_run_does_not_differ_from_itself(void) {
    size_t count;
    Show w = open_two(run("18_2_2_blocking", "", "one.trace"), run("18_2_2_blocking", "", "two.trace"));
    versus_differences(w.versus, &count);
    CU_ASSERT_EQUAL(count, 0);
    versus_apart(w.versus, &count);
    CU_ASSERT_EQUAL(count, 0);
    versus_knobs(w.versus, &count);
    CU_ASSERT_EQUAL(count, 0);
    show_free(&w);
}

static void another_knob_is_named_and_what_came_of_it(void) {
    size_t count;
    const char *line;
    Show w = open_two(run("18_2_2_blocking", "--procs 2", "one.trace"), run("18_2_2_blocking", "--procs 4", "two.trace"));
    const KnobChange *knob = versus_knobs(w.versus, &count);
    CU_ASSERT_FATAL(count == 1);
    CU_ASSERT(strcmp(knob_title(knob), "GOMAXPROCS") == 0 && strcmp(knob->value[0], "2") == 0 && strcmp(knob->value[1], "4") == 0);
    CU_ASSERT_EQUAL(versus_lines(w.versus, 0, &line) + versus_lines(w.versus, 1, &line), 0);
    const Difference *x = versus_differences(w.versus, &count);
    CU_ASSERT_FATAL(count >= 1);
    versus_tell(w.versus, 0);
    CU_ASSERT(x[0].count[0] == 0 && x[0].seq[1] != 0 && strstr(x[0].words[1], "A thread is made") != NULL);
    CU_ASSERT(versus_summary(w.versus, 0)->value[FIG_threads] < versus_summary(w.versus, 1)->value[FIG_threads]);
    show_swap(&w);
    while (show_compare(&w, 100000)) continue;
    knob = versus_knobs(w.versus, &count);
    CU_ASSERT(count == 1 && strcmp(knob->value[0], "4") == 0);
    CU_ASSERT_STRING_EQUAL(feed_path(w.feed), temp_path("two.trace"));
    show_free(&w);
}

static void a_line_more_is_found(void) {
    const char *line;
    Show w = open_two(run("18_3_4_frame_wrong", "", "one.trace"), run("18_3_4_frame_right", "", "two.trace"));
    CU_ASSERT_EQUAL(versus_lines(w.versus, 0, &line), 0);
    CU_ASSERT_EQUAL(versus_lines(w.versus, 1, &line), 3);
    CU_ASSERT_STRING_EQUAL(line, "local pin = runtime.Pinner()");
    CU_ASSERT_EQUAL(w.scene.halves, VIEW_HEAP);
    show_free(&w);
}

static void keys_go_from_difference_to_difference(void) {
    size_t count;
    Show w = open_two(run("18_2_2_blocking", "--procs 2", "one.trace"), run("18_2_2_blocking", "--procs 4", "two.trace"));
    Desk k = {.frame = frame_new()};
    desk_open(&k, &w);
    const Difference *x = versus_differences(w.versus, &count);
    desk_key(&k, "Home");
    desk_type(&k, "d");
    CU_ASSERT_EQUAL(w.player.now_ns, x[0].time_ns);
    desk_type(&k, "d");
    CU_ASSERT(w.player.now_ns > x[0].time_ns);
    desk_type(&k, "D");
    CU_ASSERT_EQUAL(w.player.now_ns, x[0].time_ns);
    const Scene *s = show_scene(&w);
    CU_ASSERT(s->other != NULL && s->other->now_ns == s->now_ns && s->other->from_ns == s->from_ns);
    desk_type(&k, "l");
    uint64_t stays = w.beside->player.now_ns;
    desk_key(&k, "End");
    s = show_scene(&w);
    CU_ASSERT(!s->linked && s->other->now_ns == stays && s->now_ns > stays);
    desk_type(&k, "l");
    CU_ASSERT_EQUAL(show_scene(&w)->other->now_ns, w.beside->player.now_ns);
    CU_ASSERT_NOT_EQUAL(w.beside->player.now_ns, stays);
    desk_type(&k, "4");
    CU_ASSERT_EQUAL(w.scene.halves, VIEW_HEAP);
    desk_type(&k, "x");
    CU_ASSERT_STRING_EQUAL(feed_path(w.feed), temp_path("two.trace"));
    s = show_scene(&w);
    CU_ASSERT(s->view == VIEW_COMPARE && s->halves == VIEW_HEAP && s->other != NULL);
    desk_type(&k, "1");
    CU_ASSERT_FALSE(show_scene(&w)->uncovered);
    frame_free(k.frame);
    show_free(&w);
}

/* ---------------------------------------------------------------- run again */

/* The child writes to TMPDIR; nobody waits longer than a minute for it. */
static void wait_for_run(Desk *k) {
    for (int i = 0; i < 6000 && (k->knobs.runs || (k->show->versus && !versus_is_done(k->show->versus))); i++) {
        desk_tick(k, 10000000, 1000 + (uint64_t)i);
        if (k->knobs.runs) usleep(10000);
    }
    CU_ASSERT_FALSE(k->knobs.runs);
}

static size_t temporary_traces(void) {
    size_t n = 0;
    DIR *dir = opendir(getenv("TMPDIR"));
    CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
    for (const struct dirent *e; (e = readdir(dir)) != NULL;) n += strncmp(e->d_name, "faultline-", 10) == 0;
    closedir(dir);
    return n;
}

static void a_run_is_run_again_with_other_knobs(void) {
    char own[] = "/tmp/faultline-test-XXXXXX", old[512];
    Show w;
    Desk k = {.frame = frame_new()};
    const char *before = getenv("TMPDIR");
    snprintf(old, sizeof old, "%s", before ? before : "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(own));
    setenv("TMPDIR", own, 1);
    show_init(&w, run("18_2_2_blocking", "--set workers=3", "one.trace"));
    desk_open(&k, &w);
    desk_type(&k, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(w.scene.knobs);
    CU_ASSERT_STRING_EQUAL(k.knobs.row[0].name, "procs");
    CU_ASSERT_STRING_EQUAL(k.knobs.row[4].name, "workers");
    CU_ASSERT_STRING_EQUAL(k.knobs.row[4].value, "3");
    desk_key(&k, "Right");
    desk_key(&k, "Up");
    desk_type(&k, "9");
    desk_type(&k, "0");
    desk_key(&k, "Backspace");
    desk_type(&k, "us");
    CU_ASSERT_STRING_EQUAL(k.knobs.row[0].value, "3");
    CU_ASSERT_STRING_EQUAL(k.knobs.row[5].value, "9us");
    frame_build(k.frame, show_scene(&w));
    desk_key(&k, "Return");
    wait_for_run(&k);
    CU_ASSERT(w.beside != NULL && w.scene.view == VIEW_COMPARE && w.scene.knobs == NULL);
    size_t count;
    versus_knobs(w.versus, &count);
    CU_ASSERT_EQUAL(count, 2);
    CU_ASSERT_STRING_EQUAL(feed_option(w.beside->feed, "procs"), "3");
    CU_ASSERT_EQUAL(temporary_traces(), 1);
    desk_type(&k, "r");
    desk_type(&k, "many");
    desk_key(&k, "Return");
    wait_for_run(&k);
    CU_ASSERT(w.scene.knobs != NULL && strstr(k.knobs.words, "procs") != NULL);
    CU_ASSERT_STRING_EQUAL(feed_option(w.beside->feed, "procs"), "3"); /* the one before is still there */
    CU_ASSERT_EQUAL(temporary_traces(), 1);
    desk_key(&k, "Escape");
    desk_type(&k, "r");
    desk_type(&k, "2");
    desk_key(&k, "Return");
    wait_for_run(&k);
    CU_ASSERT_STRING_EQUAL(feed_option(w.beside->feed, "procs"), "2");
    CU_ASSERT_EQUAL(temporary_traces(), 1); /* it took the place of the other one */
    desk_type(&k, "x");
    desk_type(&k, "r");
    desk_type(&k, "4");
    desk_key(&k, "Return");
    wait_for_run(&k);
    CU_ASSERT_STRING_EQUAL(feed_option(w.feed, "procs"), "2");
    CU_ASSERT_STRING_EQUAL(feed_option(w.beside->feed, "procs"), "4");
    CU_ASSERT_EQUAL(temporary_traces(), 2); /* both are on show */
    desk_close(&k);
    CU_ASSERT_EQUAL(temporary_traces(), 0);
    rmdir(own);
    if (before) setenv("TMPDIR", old, 1);
    else unsetenv("TMPDIR");
    show_free(&w);
    frame_free(k.frame);
}

/* ---------------------------------------------------------------- every pair, laid out */

static char place[256];

static void say(void *ctx, const char *sentence) {
    (void)ctx;
    fprintf(stderr, "    %s: %s\n", place, sentence);
}

static size_t lint(Show *w, Frame *f, const char *name) {
    static const int sizes[][2] = {{1600, 1000}, {1280, 800}, {3840, 2160}, {1024, 640}};
    static const ViewKind halves[] = {VIEW_STAGE, VIEW_HEAP, VIEW_CHANNELS};
    enum { MOMENTS = 9 };
    size_t complaints = 0;
    for (size_t i = 0; i < ARRAY_LEN(sizes) * MOMENTS; i++) {
        w->scene.width_px = sizes[i % ARRAY_LEN(sizes)][0];
        w->scene.height_px = sizes[i % ARRAY_LEN(sizes)][1];
        w->scene.halves = halves[i / ARRAY_LEN(sizes) % ARRAY_LEN(halves)];
        player_seek_ns(&w->player, w->feed, feed_end_ns(w->feed) / (MOMENTS - 1) * (i / ARRAY_LEN(sizes)));
        if (i % 3 == 0) player_near(&w->player, w->feed);
        else player_fit(&w->player, w->feed);
        snprintf(place, sizeof place, "%.100s at %lluns, %dx%d, %s", name, (unsigned long long)w->player.now_ns, w->scene.width_px,
                 w->scene.height_px, view_spec[w->scene.halves].name);
        frame_build(f, show_scene(w));
        complaints += frame_lint(f, say, NULL);
    }
    return complaints;
}

static void lint_folder(const char *folder, Frame *f, size_t *pairs, size_t *complaints) {
    char path[256];
    snprintf(path, sizeof path, "scenarios/%s", folder);
    DIR *dir = opendir(path);
    CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
    for (const struct dirent *e; (e = readdir(dir)) != NULL;) {
        char wrong[300], right[300], other[600];
        size_t n = strlen(e->d_name), tail = strlen("_wrong.lua");
        if (n <= tail || strcmp(e->d_name + n - tail, "_wrong.lua") != 0) continue;
        snprintf(wrong, sizeof wrong, "%s%.*s_wrong", folder, (int)(n - tail), e->d_name);
        snprintf(right, sizeof right, "%s%.*s_right", folder, (int)(n - tail), e->d_name);
        snprintf(other, sizeof other, "scenarios/%s.lua", right);
        FILE *there = fopen(other, "r");
        if (there == NULL) continue;
        fclose(there);
        Show w = open_two(run(wrong, "", "one.trace"), run(right, "", "two.trace"));
        *complaints += lint(&w, f, wrong);
        ++*pairs;
        show_free(&w);
    }
    closedir(dir);
}

static void no_text_overlaps_or_is_cut(void) {
    Frame *f = frame_new();
    size_t complaints = 0, pairs = 0;
    lint_folder("", f, &pairs, &complaints);
    lint_folder("museum/", f, &pairs, &complaints);
    CU_ASSERT(pairs > 30);
    CU_ASSERT_EQUAL(complaints, 0);
    frame_free(f);
}

void compare_tests(void) {
    static const Check checks[] = {
        {"a run does not differ from itself", a_run_does_not_differ_from_itself},
        {"another knob is named, and what came of it", another_knob_is_named_and_what_came_of_it},
        {"a line more is found", a_line_more_is_found},
        {"keys go from difference to difference", keys_go_from_difference_to_difference},
        {"a run is run again with other knobs", a_run_is_run_again_with_other_knobs},
        {"every pair: no text overlaps another or is cut", no_text_overlaps_or_is_cut},
        {NULL, NULL},
    };
    suite("compare", checks);
}

/* front_test.c -- before a run is open: scenarios are listed, chosen, run; what is wrong is said, and what is open stays. */
#include "../check.h"
#include "../cli/command.h"
#include "at_desk.h"
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void put(const char *name, const char *text) { check_write(temp_path(name), text, strlen(text)); }

/* A folder of scenarios, in no order. */
static const char *make_folder(void) {
    static char folder[4096];
    mkdir(temp_path("front"), 0777);
    mkdir(temp_path("front/museum"), 0777);
    put("front/18_2_10_b.lua", "-- title = \"a comment\" comes after\nscenario { title = \"Ten\", book = \"18.2.10\" }\nmain(function() end)\n");
    put("front/18_2_9_a.lua", "local subtitle = \"no\"\nscenario {\n  title = 'Nine', -- of them\n  book = \"18.2.9\" }\nmain(function() compute '1us' end)\n");
    put("front/none.lua", "return 1\n");
    put("front/notes.txt", "title = \"no scenario\"\n");
    put("front/museum/01_case.lua", "scenario { title = \"A case\", book = \"18.1.1\" }\nmain(function() chan('x') end)\n");
    put("front/empty.lua", "");
    snprintf(folder, sizeof folder, "%s/", temp_path("front"));
    return folder;
}

static void begin(void) {
    desk = (Desk){.frame = frame_new()};
    desk_open(&desk, NULL);
    library_read(&desk.front.library, make_folder());
    desk.front.listed = true;
    front_list(&desk.front);
}
static void finish(void) {
    desk_close(&desk);
    front_free(&desk.front);
    free(desk.front_hits.hit);
    frame_free(desk.frame);
}

static DrawList page;
static void say(void *ctx, const char *sentence) { printf("\n    %s: %s", (const char *)ctx, sentence); }

/* Lays the page out; counts what overlaps on it. */
static size_t look_at_page(double w, double h) {
    const DrawList *lists[] = {&page};
    draw_reset(&page);
    desk.front_hits.count = 0;
    desk.front.page = view_front(&page, &desk.front_hits, w, h, THEME_DARK, &desk.front);
    return draw_lint(lists, &(Box){0, 0, w, h}, 1, say, desk.front.name);
}
static bool page_says(const char *words) {
    for (const Op *op = page.ops; op < page.ops + page.count; op++) {
        if (op->kind == OP_TEXT && strstr(draw_op_text(&page, op), words)) return true;
    }
    return false;
}

static void scenarios_are_listed_by_section(void) {
    begin();
    const Library *l = &desk.front.library;
    CU_ASSERT_EQUAL_FATAL(l->count, 3);
    CU_ASSERT_STRING_EQUAL(l->row[0].title, "Nine");
    CU_ASSERT_STRING_EQUAL(l->row[1].book, "18.2.10");
    CU_ASSERT_STRING_EQUAL(l->row[2].file, "01_case");
    CU_ASSERT(l->row[2].field && !l->row[1].field);
    CU_ASSERT_EQUAL(look_at_page(1280, 800), 0);
    CU_ASSERT(page_says("Nine") && page_says("Cases from the field") && desk.front.page == 3);
    desk_type(&desk, "1");
    desk_type(&desk, "0");
    CU_ASSERT(front_count(&desk.front) == 1 && strcmp(front_row(&desk.front, 0)->title, "a comment") != 0);
    desk_key(&desk, "Backspace");
    desk_key(&desk, "Escape");
    CU_ASSERT_EQUAL(front_count(&desk.front), 3);
    desk_type(&desk, "CASE");
    CU_ASSERT_EQUAL(front_count(&desk.front), 1);
    library_free(&desk.front.library);
    library_read(&desk.front.library, "/nowhere/at/all/");
    CU_ASSERT_EQUAL(desk.front.library.count, 0);
    CU_ASSERT(look_at_page(800, 500) == 0 && page_says("No scenarios"));
    desk_key(&desk, "Down");
    desk_key(&desk, "Return");
    CU_ASSERT_EQUAL(desk.front.wants[0], '\0');
    finish();
}

/* All of the project's own, on pages that are too small for them. */
static void one_goes_through_the_list_by_keys_and_wheel(void) {
    begin();
    library_free(&desk.front.library);
    library_read(&desk.front.library, "scenarios/");
    size_t count = front_count(&desk.front);
    CU_ASSERT(count > 100);
    CU_ASSERT_EQUAL(look_at_page(900, 500), 0);
    CU_ASSERT(desk.front.page > 3 && desk.front.page < count);
    desk_key(&desk, "End");
    CU_ASSERT(desk.front.chosen == count - 1 && desk.front.first > 0);
    CU_ASSERT_EQUAL(look_at_page(900, 500), 0);
    desk_key(&desk, "Down");
    CU_ASSERT_EQUAL(desk.front.chosen, count - 1);
    desk_key(&desk, "PageUp");
    CU_ASSERT(desk.front.chosen < count - 1);
    desk_key(&desk, "Home");
    CU_ASSERT(desk.front.chosen == 0 && desk.front.first == 0);
    desk_wheel(&desk, (Point){400, 300}, -1, 0);
    CU_ASSERT_EQUAL(desk.front.first, 3);
    desk_wheel(&desk, (Point){400, 300}, 9, 0);
    CU_ASSERT_EQUAL(desk.front.first, 0);
    for (size_t i = 0; i < count; i += 7) {
        desk.front.first = i;
        CU_ASSERT_EQUAL(look_at_page(640, 480), 0);
    }
    finish();
}

/* Until it has run, or failed. */
static void wait_for_run(void) {
    for (int i = 0; i < 3000 && desk.front.state == FRONT_RUNS && desk.front.wants[0] == '\0'; i++) {
        usleep(10000);
        desk_tick(&desk, 0, 0);
    }
}

static void the_chosen_one_is_run_and_opened(void) {
    begin();
    look_at_page(1280, 800);
    const Hit *first = hits_at(&desk.front_hits, (Point){640, 0});
    for (size_t i = 0; i < desk.front_hits.count && first == NULL; i++) first = &desk.front_hits.hit[i];
    CU_ASSERT(first->kind == HIT_SCENARIO && first->value == 0);
    desk_press(&desk, middle(first));
    CU_ASSERT(desk.front.state == FRONT_RUNS && desk_patience(&desk) >= 0);
    CU_ASSERT(look_at_page(1280, 800) == 0 && page_says("18_2_9_a.lua is being run"));
    wait_for_run();
    char path[4096];
    snprintf(path, sizeof path, "%s", desk.front.wants);
    Feed *f = NULL;
    Diag d;
    CU_ASSERT_FATAL(path[0] && feed_open(&f, path, &d));
    CU_ASSERT_STRING_EQUAL(feed_option(f, "title"), "Nine");
    desk_opened(&desk, NULL);
    CU_ASSERT(desk.front.wants[0] == '\0' && access(path, R_OK) == 0);
    Show nine, other;
    show_init(&nine, f);
    desk_open(&desk, &nine);
    CU_ASSERT_EQUAL(access(path, R_OK), 0); /* it is there while it is on show */
    sample_plain(temp_path("plain.trace"));
    CU_ASSERT_FATAL(feed_open(&f, temp_path("plain.trace"), &d));
    show_init(&other, f);
    desk_open(&desk, &other);
    CU_ASSERT(access(path, R_OK) != 0 && desk.front.shown_count == 0);
    finish();
    show_free(&nine);
    show_free(&other);
}

static void a_wrong_scenario_shows_its_line(void) {
    begin();
    desk_key(&desk, "End");
    desk_key(&desk, "Return");
    wait_for_run();
    CU_ASSERT(desk.front.state == FRONT_WRONG && desk.front.line == 2 && desk.front.source != NULL);
    CU_ASSERT_EQUAL(look_at_page(1280, 800), 0);
    CU_ASSERT(page_says("01_case.lua cannot run"));
    CU_ASSERT(page_says(":2: error: "));
    Result r = command("\"$F\" run --quiet --out \"$T/none.trace\" \"$T/front/museum/01_case.lua\"");
    CU_ASSERT_STRING_EQUAL(r.err, desk.front.words); /* as the command line prints it */
    result_free(&r);
    look_at_page(500, 300);
    desk_key(&desk, "Escape");
    CU_ASSERT_EQUAL(desk.front.state, FRONT_LIST);
    desk_drop(&desk, temp_path("front/missing.lua"));
    wait_for_run();
    CU_ASSERT(desk.front.state == FRONT_WRONG && desk.front.source == NULL && look_at_page(1280, 800) == 0);
    finish();
}

static void what_cannot_be_opened_leaves_the_run(void) {
    sit_down(sample_handoff);
    desk_drop(&desk, temp_path("front/notes.txt"));
    CU_ASSERT(desk.front.wants[0] && !desk_is_front(&desk));
    desk_opened(&desk, "notes.txt: this is no trace");
    CU_ASSERT(desk.show == &show && desk.front.wants[0] == '\0');
    CU_ASSERT_STRING_EQUAL(show.scene.said, "notes.txt cannot be opened: notes.txt: this is no trace");
    CU_ASSERT(desk_key(&desk, "Right") && show.player.seq == 2);
    desk_key(&desk, "Ctrl+O"); /* the list over the run, and back */
    CU_ASSERT(desk_is_front(&desk));
    desk_type(&desk, "t");
    CU_ASSERT(theme_is_dark(show.scene.theme));
    desk_key(&desk, "Escape");
    CU_ASSERT(desk_is_front(&desk));
    desk_key(&desk, "Escape");
    CU_ASSERT_FALSE(desk_is_front(&desk));
    desk_drop(&desk, temp_path("front/museum/01_case.lua"));
    CU_ASSERT(desk_is_front(&desk));
    wait_for_run();
    CU_ASSERT_EQUAL(desk.front.state, FRONT_WRONG);
    desk_key(&desk, "Escape");
    desk_key(&desk, "Escape");
    CU_ASSERT_FALSE(desk_is_front(&desk));
    front_free(&desk.front);
    get_up();
}

/* Dropped, as a scenario would be; one that cannot be imported is told of, and what is no trace of Go is none of this. */
static void a_go_programs_trace_is_imported(void) {
    char path[4096];
    begin();
    desk_drop(&desk, "tests/traces/go/pipeio-go1.26.trace");
    CU_ASSERT(desk.front.state == FRONT_RUNS && desk.front.imports && desk.front.wants[0] == '\0');
    CU_ASSERT(look_at_page(1280, 800) == 0 && page_says("pipeio-go1.26.trace is being imported"));
    desk.front.mib = 12;
    CU_ASSERT(look_at_page(640, 480) == 0 && page_says("12 MiB of its trace are there"));
    wait_for_run();
    snprintf(path, sizeof path, "%s", desk.front.wants);
    Feed *f = NULL;
    Diag d;
    CU_ASSERT_FATAL(path[0] && feed_open(&f, path, &d));
    while (feed_read(f, 10000)) continue;
    CU_ASSERT(feed_head(f)->imported && feed_count(f) > 100);
    desk_opened(&desk, NULL);
    Show w;
    show_init(&w, f);
    desk_open(&desk, &w);
    CU_ASSERT_EQUAL(access(path, R_OK), 0);
    desk_drop(&desk, "tests/traces/go/pipeio-go1.26.trace"); /* another one, and changed one's mind */
    CU_ASSERT(desk_is_front(&desk) && desk_key(&desk, "Escape"));
    CU_ASSERT(desk.front.state == FRONT_LIST && desk.front.run == NULL);
    desk_open(&desk, NULL);
    show_free(&w);
    check_write(temp_path("torn.gotrace"), "go 1.26 trace\0\0\0and then nothing of the kind", 44);
    desk_drop(&desk, temp_path("torn.gotrace"));
    wait_for_run();
    CU_ASSERT(desk.front.state == FRONT_WRONG && desk.front.source == NULL);
    CU_ASSERT(look_at_page(1280, 800) == 0 && page_says("torn.gotrace cannot be imported") && desk.front.words[0]);
    desk_key(&desk, "Return");
    CU_ASSERT_EQUAL(desk.front.state, FRONT_LIST);
    desk_drop(&desk, temp_path("front/notes.txt"));
    CU_ASSERT(!desk.front.imports && strcmp(desk.front.wants, temp_path("front/notes.txt")) == 0);
    finish();
    CU_ASSERT(access(path, R_OK) != 0);
}

void front_tests(void) {
    static const Check checks[] = {
        {"scenarios are listed by section", scenarios_are_listed_by_section},
        {"one goes through the list by keys and wheel", one_goes_through_the_list_by_keys_and_wheel},
        {"the chosen one is run and opened", the_chosen_one_is_run_and_opened},
        {"a wrong scenario shows its line", a_wrong_scenario_shows_its_line},
        {"what cannot be opened leaves the run", what_cannot_be_opened_leaves_the_run},
        {"a Go program's trace is imported", a_go_programs_trace_is_imported},
        {NULL, NULL},
    };
    suite("front page", checks);
    draw_free(&page);
    page = (DrawList){0};
}

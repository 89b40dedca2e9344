/* desk_test.c -- keys and the pointer without a window: each does what the help says. */
#include "../check.h"
#include "at_desk.h"
#include "sample.h"

#include "../cli/command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The hand-over's run: thread M3 is started for P1 while g7 is in C. */
static void set_up(void) { sit_down(sample_handoff); }

static void keys_go_through_the_run(void) {
    set_up();
    Player *p = &show.player;
    CU_ASSERT(desk_key(&desk, "Right") && p->seq == 2);
    CU_ASSERT(desk_key(&desk, "Left") && p->seq == 1);
    CU_ASSERT(desk_key(&desk, "End") && p->seq == feed_count(show.feed));
    CU_ASSERT(desk_key(&desk, "Home") && p->seq == 1);
    CU_ASSERT(desk_key(&desk, "PageDown") && p->seq > 1);
    CU_ASSERT(desk_key(&desk, "Space") && p->playing);
    CU_ASSERT(desk_key(&desk, "Right") && !p->playing);
    uint64_t speed = p->speed_ns, span = p->to_ns - p->from_ns;
    desk_type(&desk, ".");
    CU_ASSERT_EQUAL(p->speed_ns, 2 * speed);
    desk_type(&desk, "+");
    CU_ASSERT(p->to_ns - p->from_ns < span && desk.zoomed);
    desk_type(&desk, "0");
    CU_ASSERT(p->to_ns - p->from_ns == span && !desk.zoomed);
    CU_ASSERT_FALSE(desk_key(&desk, "Shift+F3"));
    get_up();
}

static void letters_are_the_same_large_and_small(void) {
    set_up();
    desk_type(&desk, "t");
    CU_ASSERT_FALSE(theme_is_dark(show.scene.theme));
    desk_type(&desk, "T");
    CU_ASSERT(theme_is_dark(show.scene.theme));
    desk_type(&desk, "5");
    CU_ASSERT_EQUAL(show.scene.view, VIEW_TIMELINE);
    desk_type(&desk, "1");
    CU_ASSERT_EQUAL(show.scene.view, VIEW_STAGE);
    get_up();
}

static void a_search_takes_what_is_typed(void) {
    set_up();
    desk_type(&desk, "/");
    desk_type(&desk, "g");
    desk_type(&desk, "9");
    CU_ASSERT(desk_key(&desk, "Backspace"));
    desk_type(&desk, "7");
    CU_ASSERT_STRING_EQUAL(desk.search, "g7");
    desk_key(&desk, "Return");
    CU_ASSERT(show.scene.selected.kind == KIND_G && show.scene.selected.id == 7);
    CU_ASSERT_PTR_NULL(show.scene.search);
    uint64_t seq = show.player.seq;
    desk_key(&desk, "Shift+Right");
    CU_ASSERT(show.player.seq > seq);
    desk_key(&desk, "Escape");
    CU_ASSERT_EQUAL(show.scene.selected.id, NONE);
    get_up();
}

static void the_pointer_selects_seeks_and_shows(void) {
    set_up();
    desk_key(&desk, "End");
    look();
    Point p1 = middle(find_hit(HIT_THING, (Thing){KIND_P, 1}));
    desk_move(&desk, p1, 1000);
    desk_tick(&desk, 0, 1001);
    CU_ASSERT_EQUAL(show.scene.hovered.id, NONE);
    desk_tick(&desk, 0, 1200);
    CU_ASSERT_NOT_EQUAL(show.scene.hovered.id, NONE);
    desk_press(&desk, p1);
    desk_release(&desk, p1);
    CU_ASSERT_NOT_EQUAL(show.scene.selected.id, NONE);
    desk_press(&desk, middle(find_hit(HIT_SCRUB, NO_THING)));
    uint64_t half = show.player.now_ns;
    CU_ASSERT(half > 0 && half < feed_end_ns(show.feed));
    desk_move(&desk, (Point){0, middle(find_hit(HIT_SCRUB, NO_THING)).y}, 2000);
    CU_ASSERT_EQUAL(show.player.now_ns, 0);
    desk_release(&desk, (Point){0, 0});
    desk_press(&desk, middle(find_hit(HIT_PLAY, NO_THING)));
    CU_ASSERT(show.player.playing);
    desk_tick(&desk, 50000000, 3000);
    CU_ASSERT(show.player.now_ns > 0);
    get_up();
}

static void make_crowd(const char *path) { sample_crowd(path, 60, 40); }

/* Over the names the wheel scrolls, elsewhere it zooms; keys do both; from beyond the end one is back at once. */
static void what_has_no_room_is_scrolled_to(void) {
    sit_down(make_crowd);
    desk_key(&desk, "End");
    desk_type(&desk, "5");
    look();
    const TimelineLayout *l = &desk.frame->time;
    uint64_t span = show.player.to_ns - show.player.from_ns;
    Point names = {40, l->lane[2].y + 1}, lanes = {l->x0 + 200, names.y};
    CU_ASSERT_FATAL(l->scroll_count > 60);
    desk_wheel(&desk, names, -1, 0);
    look();
    CU_ASSERT(l->scroll_first == LANES_A_NOTCH && show.player.to_ns - show.player.from_ns == span);
    CU_ASSERT(l->lane[0].kind == LANE_SYSMON && lane_of(LANE_P, 2) == NULL && lane_of(LANE_P, 3) != NULL);
    desk_key(&desk, "Ctrl+Up");
    look();
    CU_ASSERT(l->scroll_first == LANES_A_NOTCH - 1 && lane_of(LANE_P, 2) != NULL);
    desk_wheel(&desk, names, -1000, 0);
    look();
    size_t end = l->scroll_first;
    CU_ASSERT(end > LANES_A_NOTCH && end < l->scroll_count);
    desk_key(&desk, "Ctrl+Up");
    look();
    CU_ASSERT_EQUAL(l->scroll_first, end - 1);
    desk_key(&desk, "Ctrl+Down");
    desk_wheel(&desk, names, 1000, 0);
    CU_ASSERT_EQUAL(show.scene.first_lane, 0);
    desk_wheel(&desk, lanes, 1, 0);
    CU_ASSERT(show.scene.first_lane == 0 && show.player.to_ns - show.player.from_ns < span);
    desk_type(&desk, "2");
    look();
    desk_key(&desk, "Ctrl+Down");
    CU_ASSERT_EQUAL(show.scene.first_lane, 0);
    get_up();
}

static size_t texts_with(const char *part) {
    size_t n = 0;
    for (int i = 0; i < PART_COUNT; i++) {
        const DrawList *d = &desk.frame->list[i];
        for (const Op *op = d->ops; op < d->ops + d->count; op++) n += op->kind == OP_TEXT && strstr(draw_op_text(d, op), part) != NULL;
    }
    return n;
}

/* On the lane of its P, on that of its thread, and beside the playhead; it is no C. */
static void a_system_call_is_called_one(void) {
    command_gives(0, "$F import -q --out $T/io.trace tests/traces/go/pipeio-go1.26.trace");
    sit_down_before(temp_path("io.trace"));
    player_seek_ns(&show.player, show.feed, 5300000);
    player_near(&show.player, show.feed);
    look();
    CU_ASSERT(texts_with("in a syscall, nobody runs") > 1 && texts_with("in a syscall") > texts_with("in a syscall, nobody runs"));
    CU_ASSERT(texts_with("entersyscall") == 1 && texts_with("in C") == 0);
    const Lane *lane = &show.scene.lanes->m[0];
    size_t at = lane_find(lane, 5300000);
    CU_ASSERT_FATAL(at < lane->count);
    CU_ASSERT(lane->span[at].kind == SPAN_SYSCALL && lane_share(lane, 5200000, 5300000).c_ns == 100000);
    get_up();
    command_gives(0, "$F import -q --out $T/sleeps.trace tests/traces/go/cgosleep-go1.26.trace");
    sit_down_before(temp_path("sleeps.trace"));
    player_seek_ns(&show.player, show.feed, feed_end_ns(show.feed) / 2);
    look();
    CU_ASSERT(texts_with("in C, no") > 0 && texts_with("in a syscall") == 0);
    get_up();
}

/* The same picture of a run in which they were system calls: Go's trace would say so, and has neither channels nor a heap. */
static size_t told_as_calls(ViewKind view) {
    const Scene *s = show_scene(&show);
    Model *m = (Model *)s->model;
    uint64_t was[8] = {0};
    show.scene.view = view;
    for (uint64_t id = 0; id < m->m_count && id < ARRAY_LEN(was); id++) was[id] = m->m[id].syscall, m->m[id].syscall = 1;
    frame_build(desk.frame, s);
    size_t told = 0;
    const DrawList *d = &desk.frame->list[PART_STAGE];
    for (const Op *op = d->ops; op < d->ops + d->count; op++) {
        if (op->kind != OP_TEXT) continue;
        const char *text = draw_op_text(d, op);
        told += strstr(text, "in a syscall") != NULL;
        CU_ASSERT(strstr(text, "in C") == NULL);
    }
    char words[BLAME_WORDS];
    BlameEdge e = {.way = BLAME_P, .at = {KIND_M, 0}, .of = {KIND_G, 7}};
    CU_ASSERT(!model_in_system_call(m, 7) || strstr(blame_words(words, m, &e), "in a system call"));
    for (uint64_t id = 0; id < m->m_count && id < ARRAY_LEN(was); id++) m->m[id].syscall = was[id];
    return told;
}

static void no_view_says_c_of_a_system_call(void) {
    sit_down(sample_handoff);
    Diag d;
    CU_ASSERT_FATAL(show_go_to(&show, "3.473ms", &d));
    CU_ASSERT(told_as_calls(VIEW_STAGE) > 0 && told_as_calls(VIEW_CHANNELS) > 0);
    get_up();
    command_gives(0, "$F run -q --device none --out $T/frame.trace scenarios/18_3_4_frame_wrong.lua");
    sit_down_before(temp_path("frame.trace"));
    CU_ASSERT_FATAL(show_go_to(&show, "2ms", &d));
    CU_ASSERT(told_as_calls(VIEW_HEAP) > 0);
    get_up();
}

/* clang-format off */
static const char broken[] =
    "scenario { title = 'Broken more than once', book = '18.3.4', procs = 2, seed = 1 }\n"
    "main(function()\n"
    "  for i = 1, 4 do\n"
    "    local x, y = heap.floats('x', 4096), heap.floats('y', 4096)\n"
    "    cl.kernel('saxpy', x, y, 2.0):launch { takes = '3ms', slices = 64 }\n"
    "    sleep '1ms'\n"
    "    runtime.GC()\n"
    "    cl.finish()\n"
    "    x[0], y[0] = 1, 2\n"
    "  end\n"
    "end)\n";
/* clang-format on */

static size_t red_boxes(Part part, double w) {
    const DrawList *d = &desk.frame->list[part];
    size_t n = 0;
    for (const Op *op = d->ops; op < d->ops + d->count; op++)
        n += op->kind == OP_BOX && op->fill.tint == TINT_RED && op->fill.kind == PAINT_TINT && op->box.w == w;
    return n;
}

static size_t red_ticks(void) {
    const DrawList *d = &desk.frame->list[PART_TIMELINE];
    size_t n = 0;
    for (const Op *op = d->ops; op < d->ops + d->count; op++) n += op->kind == OP_LINE && op->edge.paint.tint == TINT_RED;
    return n;
}

/* Eight times an object was moved that a kernel used, two at a time: each is marked, counted and gone to. */
static void each_violation_is_found(void) {
    size_t count;
    check_write(temp_path("broken.lua"), broken, strlen(broken));
    command_gives(0, "$F run -q --device none --out $T/broken.trace $T/broken.lua || true");
    sit_down_before(temp_path("broken.trace"));
    const Evidence *x = feed_evidence(show.feed, &count);
    CU_ASSERT_EQUAL_FATAL(count, 8);
    for (size_t i = 0; i < count; i++) {
        CU_ASSERT(x[i].kind == FIND_pinning_violation && x[i].cmd == i / 2 && (i == 0 || x[i].seq > x[i - 1].seq));
        desk_key(&desk, "]");
        CU_ASSERT_EQUAL(show.player.now_ns, x[i].time_ns);
        player_fit(&show.player, show.feed);
        look();
        CU_ASSERT_EQUAL(red_ticks(), i / 2 + 1); /* two at one moment are one mark */
        CU_ASSERT(red_boxes(PART_TIMELINE, 3) >= i / 2 + 1);
    }
    CU_ASSERT(texts_with("8 violations") == 1 && texts_with("8 times") == 1);
    desk_key(&desk, "[");
    desk_key(&desk, "[");
    CU_ASSERT_EQUAL(show.player.now_ns, x[5].time_ns);
    show.scene.view = VIEW_HEAP;
    look();
    CU_ASSERT(red_ticks() == 3 && red_boxes(PART_TIMELINE, 3) == 0); /* no lanes there */
    get_up();
}

/* Rows of the panel that are lit: their bars, from the top down. */
static size_t lit_rows(double *y, size_t most) {
    const DrawList *d = &desk.frame->list[PART_PANEL];
    size_t n = 0;
    for (const Op *op = d->ops; op < d->ops + d->count; op++) {
        bool bar = op->kind == OP_BOX && op->box.w == 4 && op->fill.tint == TINT_T1;
        if (bar && n < most) y[n++] = op->box.y;
    }
    return n;
}

static double y_of(const char *part) {
    const DrawList *d = &desk.frame->list[PART_PANEL];
    for (const Op *op = d->ops; op < d->ops + d->count; op++) {
        if (op->kind == OP_TEXT && strstr(draw_op_text(d, op), part)) return op->box.y;
    }
    CU_FAIL_FATAL("the panel does not say this");
    return 0;
}

/* In the source the line where it is, and in what was found what it had part in. */
static void a_hovered_thing_lights_up_in_the_panel(void) {
    double y[4];
    sit_down_before(temp_path("broken.trace"));
    player_seek_ns(&show.player, show.feed, 1500000);
    player_near(&show.player, show.feed);
    look();
    CU_ASSERT_EQUAL(lit_rows(y, 4), 0);
    show.scene.hovered = (Thing){KIND_G, 1};
    look();
    CU_ASSERT_EQUAL_FATAL(lit_rows(y, 4), 2);
    CU_ASSERT(fabs(y[0] + 17 - y_of("finish")) < 1 && fabs(y[1] + 18 - y_of("pinning-violation")) < 1);
    show.scene.hovered = (Thing){KIND_OBJ, 0};
    look();
    CU_ASSERT_EQUAL_FATAL(lit_rows(y, 4), 1);
    CU_ASSERT(fabs(y[0] + 17 - y_of("floats")) < 1);
    show.scene.hovered = (Thing){KIND_CMD, 0};
    look();
    CU_ASSERT(lit_rows(y, 4) == 2);
    show.scene.hovered = (Thing){KIND_P, 1};
    look();
    CU_ASSERT_EQUAL(lit_rows(y, 4), 0);
    show.scene.hovered = NO_THING;
    get_up();
}

static bool is_there(const char *name, const char *begin) {
    char head[16] = "";
    FILE *f = fopen(name, "rb");
    size_t n = f ? fread(head, 1, strlen(begin), f) : 0;
    if (f) fclose(f);
    return n == strlen(begin) && memcmp(head, begin, n) == 0;
}

/* In the folder where one is; over nothing. The window stays where it was. */
static void a_view_is_saved_and_nothing_overwritten(void) {
    static const char at[] = "handoff-heap-3.473ms";
    char here[4096], name[128];
    set_up();
    CU_ASSERT_FATAL(getcwd(here, sizeof here) != NULL);
    CU_ASSERT_FATAL(command_gives(0, "mkdir -p $T/saved $T/gone") && chdir(temp_path("saved")) == 0);
    show.scene.file = "../hand off.lua"; /* a trace names it as it likes */
    player_seek_ns(&show.player, show.feed, 3473000);
    uint64_t seq = show.player.seq;
    desk_type(&desk, "2");
    for (int i = 0; i < 2; i++) {
        desk_type(&desk, "e");
        CU_ASSERT(show.scene.saving);
        desk_type(&desk, "p");
        CU_ASSERT(!show.scene.saving && strncmp(desk.said, "Saved /", 7) == 0);
    }
    CU_ASSERT(is_there("_hand_off-heap-3.473ms.png", "\x89PNG") && is_there("_hand_off-heap-3.473ms-2.png", "\x89PNG"));
    CU_ASSERT(show.player.seq == seq && !show.player.predict && show.scene.view == VIEW_HEAP && !show.scene.bare);
    show.scene.file = "handoff.lua";
    static const char *const keys[] = {"s", "f", "D"}, *const ends[] = {"svg", "pdf", "html"}, *const begins[] = {"<?xml", "%PDF", "<!DOCTYPE html>"};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        desk_type(&desk, "E");
        desk_type(&desk, keys[i]);
        snprintf(name, sizeof name, "%s.%s", i < 2 ? at : "handoff-deck", ends[i]);
        CU_ASSERT(is_there(name, begins[i]));
    }
    CU_ASSERT(show.player.seq == seq && show.scene.view == VIEW_HEAP && !show.scene.bare && show.scene.stage_share == 0);
    command_gives(0, "$F export --as html $T/desk.trace | cmp - $T/saved/handoff-deck.html"); /* whatever the window shows */
    desk_key(&desk, "Escape");
    CU_ASSERT_PTR_NULL(show.scene.said);
    desk_type(&desk, "e");
    desk_key(&desk, "Escape");
    CU_ASSERT_FALSE(show.scene.saving);
    CU_ASSERT_FATAL(chdir(temp_path("gone")) == 0 && rmdir(temp_path("gone")) == 0);
    desk_type(&desk, "e");
    desk_type(&desk, "p");
    CU_ASSERT_EQUAL(strncmp(desk.said, "Not saved: cannot write", 23), 0);
    CU_ASSERT_FATAL(chdir(here) == 0);
    get_up();
}

static void without_a_run_only_the_window_listens(void) {
    desk = (Desk){.frame = frame_new()};
    desk_open(&desk, NULL);
    CU_ASSERT_FALSE(desk_key(&desk, "Right"));
    desk_type(&desk, "t");
    desk_press(&desk, (Point){10, 10});
    desk_move(&desk, (Point){10, 10}, 5);
    desk_wheel(&desk, (Point){10, 10}, 1, 0);
    desk_tick(&desk, 1000, 10);
    desk.dirty = false;
    CU_ASSERT_EQUAL(desk_patience(&desk), -1);
    CU_ASSERT(desk_key(&desk, "Ctrl+Q") && desk.quit);
    frame_free(desk.frame);
}

void desk_tests(void) {
    static const Check checks[] = {
        {"keys go through the run", keys_go_through_the_run},
        {"letters are the same large and small", letters_are_the_same_large_and_small},
        {"a search takes what is typed", a_search_takes_what_is_typed},
        {"the pointer selects, seeks and shows", the_pointer_selects_seeks_and_shows},
        {"what has no room is scrolled to", what_has_no_room_is_scrolled_to},
        {"a system call is called one", a_system_call_is_called_one},
        {"each violation is found", each_violation_is_found},
        {"a hovered thing lights up in the panel", a_hovered_thing_lights_up_in_the_panel},
        {"no view says C of a system call", no_view_says_c_of_a_system_call},
        {"a view is saved, and nothing overwritten", a_view_is_saved_and_nothing_overwritten},
        {"without a run only the window listens", without_a_run_only_the_window_listens},
        {NULL, NULL},
    };
    suite("desk", checks);
}

/* lesson_test.c -- what somebody needs who explains a run to others: following, measuring, asking, and going to the point. */
#include "../check.h"
#include "../cli/command.h"
#include "at_desk.h"
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void crowd(const char *path) { sample_crowd(path, 16, 30); }

static void select_g(uint64_t g) { show.scene.selected = (Thing){KIND_G, g}; }
static void go_to(const char *when) {
    Diag d;
    CU_ASSERT_FATAL(show_go_to(&show, when, &d));
    look();
}

static void one_goroutine_is_followed(void) {
    sit_down(sample_handoff);
    go_to("3.473ms");
    select_g(7);
    desk_type(&desk, "f");
    CU_ASSERT(same_thing(show.scene.followed, (Thing){KIND_G, 7}));
    look();
    CU_ASSERT(same_thing(show.scene.line_of, (Thing){KIND_G, 7}));
    CU_ASSERT(show.scene.line > 0 && show.scene.line == show_line_of(show.scene.model, (Thing){KIND_G, 7}));
    desk_key(&desk, "Left"); /* wherever one goes */
    desk_key(&desk, "Left");
    look();
    CU_ASSERT_EQUAL(show.scene.line_of.id, 7);
    select_g(4);
    desk_type(&desk, "f");
    CU_ASSERT_EQUAL(show.scene.followed.id, 4);
    desk_type(&desk, "f");
    CU_ASSERT_EQUAL(show.scene.followed.id, NONE);
    look();
    CU_ASSERT(show.scene.line_of.id == NONE && show.scene.line == show.scene.story->line);
    get_up();
}

/* Lanes are few, and many threads are in C: that of the followed one is there. */
static void the_lane_of_the_followed_one_stays(void) {
    sit_down(crowd);
    show.scene.width_px = 1280;
    show.scene.height_px = 800;
    desk_key(&desk, "End");
    look();
    CU_ASSERT(desk.frame->time.hidden > 0);
    size_t brought = 0, lanes = desk.frame->time.lane_count;
    for (uint64_t m = 0; m < show.scene.model->m_count; m++) {
        if (show.scene.model->m[m].state != M_IN_C) continue;
        show.scene.followed = NO_THING;
        look();
        bool before = lane_of(LANE_M, m) != NULL;
        show.scene.followed = (Thing){KIND_G, show.scene.model->m[m].g};
        look();
        CU_ASSERT(lane_of(LANE_M, m) != NULL && desk.frame->time.lane_count == lanes);
        brought += !before;
    }
    CU_ASSERT(brought > 0);
    get_up();
}

static void up_and_down_go_from_lane_to_lane(void) {
    sit_down(sample_handoff);
    go_to("3.473ms");
    const TimelineLayout *l = &desk.frame->time;
    for (size_t i = 0; i < l->lane_count; i++) {
        desk_key(&desk, "Down");
        if (l->lane[i].kind == LANE_P) CU_ASSERT(same_thing(show.scene.selected, (Thing){KIND_P, l->lane[i].id}));
        if (l->lane[i].kind == LANE_M) CU_ASSERT(same_thing(show.scene.selected, (Thing){KIND_M, l->lane[i].id}));
    }
    Thing last = show.scene.selected;
    desk_key(&desk, "Down");
    CU_ASSERT(same_thing(show.scene.selected, last));
    select_g(7); /* it is in C on M3, which stands below M2 */
    desk_key(&desk, "Up");
    CU_ASSERT(same_thing(show.scene.selected, (Thing){KIND_M, 2}));
    get_up();
}

static uint64_t span_ns(void) { return show.player.to_ns - show.player.from_ns; }

static void all_the_time_of_the_selection_fits(void) {
    sit_down(sample_handoff);
    Event first, last;
    uint64_t whole = span_ns(), seq = 1;
    while (feed_event(show.feed, seq, &first) && !event_mentions(&first, KIND_G, 7)) seq++;
    for (seq = feed_count(show.feed); feed_event(show.feed, seq, &last) && !event_mentions(&last, KIND_G, 7);) seq--;
    select_g(7);
    desk_type(&desk, "0");
    CU_ASSERT(show.player.from_ns <= first.time_ns && show.player.to_ns >= last.time_ns && desk.zoomed);
    CU_ASSERT(span_ns() < whole);
    desk_type(&desk, "0");
    CU_ASSERT(span_ns() == whole && !desk.zoomed);
    select_g(999);
    desk_type(&desk, "0");
    CU_ASSERT(span_ns() == whole && show.scene.said != NULL);
    get_up();
}

static void a_double_click_goes_to_the_slice(void) {
    sit_down(sample_handoff);
    go_to("3.473ms");
    const LanePlace *m3 = lane_of(LANE_M, 3);
    CU_ASSERT_PTR_NOT_NULL_FATAL(m3);
    const Lane *lane = &show.scene.lanes->m[3];
    const LaneSpan *span = &lane->span[lane_find(lane, 3460000)];
    CU_ASSERT_EQUAL(span->kind, SPAN_C);
    desk_double(&desk, (Point){timeline_x(&desk.frame->time, &show.scene, 3460000), m3->y + m3->h / 2});
    CU_ASSERT(show.player.from_ns < span->from_ns && show.player.to_ns > show.player.now_ns);
    CU_ASSERT(span_ns() < 2 * (show.player.now_ns - span->from_ns));
    desk_double(&desk, (Point){5, 5});
    desk_double(&desk, (Point){-5, 1e9});
    uint64_t before = span_ns();
    desk_pinch(&desk, (Point){600, 800}, .05); /* less than a step: it is kept */
    CU_ASSERT_EQUAL(span_ns(), before);
    desk_pinch(&desk, (Point){600, 800}, .05);
    CU_ASSERT(span_ns() < before);
    get_up();
}

static void notes_are_gone_through(void) {
    sit_down(sample_handoff);
    const Lanes *l = feed_lanes(show.feed);
    CU_ASSERT_FATAL(l->mark_count > 0);
    desk_type(&desk, "n");
    CU_ASSERT_EQUAL(show.player.told_seq, l->mark[0].seq);
    desk_key(&desk, "End");
    desk_type(&desk, "N");
    CU_ASSERT_EQUAL(show.player.told_seq, l->mark[l->mark_count - 1].seq);
    desk_key(&desk, "Home");
    uint64_t seq = show.player.seq;
    desk_type(&desk, "N");
    CU_ASSERT(show.player.seq == seq && strcmp(show.scene.said, "No earlier note") == 0);
    get_up();
}

/* What the menu copies is asked on the command line, and is told the same as the panel's first sentence. */
static void a_menu_says_what_can_be_done(void) {
    sit_down(sample_handoff);
    go_to("3.473ms");
    desk_right(&desk, (Point){5, 5});
    CU_ASSERT_PTR_NULL(show.scene.menu);
    desk_right(&desk, middle(find_hit(HIT_THING, (Thing){KIND_P, 1})));
    look();
    Point why = middle(find_hit(HIT_MENU, NO_THING));
    desk_move(&desk, why, 10);
    CU_ASSERT_EQUAL(show.scene.menu->chosen, MENU_WHY);
    Thing of = show.scene.menu->of;
    desk_press(&desk, why);
    CU_ASSERT(show.scene.asks_why && show.scene.menu == NULL && same_thing(show.scene.selected, of));
    select_g(7);
    desk_key(&desk, "Application");
    desk_key(&desk, "Up");
    CU_ASSERT_EQUAL(show.scene.menu->chosen, MENU_COPY);
    desk_key(&desk, "Return");
    CU_ASSERT(show.scene.menu == NULL && show.scene.said != NULL);
    CU_ASSERT_EQUAL(strncmp(desk.copy, "faultline why ", 14), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(desk.copy, " g7 --at 3.473ms"));
    look();
    char *told = output_of("PATH=$(dirname \"$F\"):$PATH; %s", desk.copy);
    CU_ASSERT_EQUAL(strncmp(told, show.scene.why->sentence[0], strlen(show.scene.why->sentence[0])), 0);
    free(told);
    get_up();
}

static void a_path_is_copied_as_a_shell_reads_it(void) {
    const char *path = temp_path("it's a run.trace");
    sample_handoff(path);
    sit_down_before(path);
    desk_key(&desk, "PageDown");
    desk_key(&desk, "Left"); /* in the middle of an instant */
    look();
    show.scene.selected = (Thing){KIND_P, 1};
    desk_key(&desk, "Application");
    menu_choose(&desk, MENU_COPY);
    char *told = output_of("PATH=$(dirname \"$F\"):$PATH; %s", desk.copy);
    CU_ASSERT_PTR_NOT_NULL(strstr(told, "P1"));
    free(told);
    get_up();
}

static void escape_closes_the_nearest_first(void) {
    sit_down(sample_handoff);
    go_to("3.473ms");
    Scene *s = &show.scene;
    select_g(7);
    desk_type(&desk, "f");
    desk_type(&desk, "y");
    desk_type(&desk, "?");
    CU_ASSERT(desk_key(&desk, "Escape") && !s->help && s->asks_why);
    desk_key(&desk, "Application");
    CU_ASSERT(desk_key(&desk, "Escape") && s->menu == NULL && s->asks_why);
    desk_type(&desk, "/");
    CU_ASSERT(desk_key(&desk, "Escape") && s->search == NULL && s->asks_why);
    CU_ASSERT(desk_key(&desk, "Escape") && !s->asks_why && s->selected.id == 7);
    CU_ASSERT(desk_key(&desk, "Escape") && s->selected.id == NONE && s->followed.id == 7);
    CU_ASSERT(desk_key(&desk, "Escape") && s->followed.id == NONE);
    get_up();
}

static void a_span_is_measured(void) {
    sit_down(sample_handoff);
    go_to("3.473ms");
    const TimelineLayout *l = &desk.frame->time;
    double y = l->lanes_y + 40;
    desk_measure(&desk, (Point){l->x0 + 400, y});
    desk_move(&desk, (Point){l->x0 + 100, y}, 5); /* backwards, as well */
    desk_release(&desk, (Point){l->x0 + 100, y});
    look();
    uint64_t a = timeline_ns(l, &show.scene, l->x0 + 100), b = timeline_ns(l, &show.scene, l->x0 + 400), events = 0;
    Event e;
    for (uint64_t seq = 1; feed_event(show.feed, seq, &e); seq++) events += e.time_ns >= a && e.time_ns <= b;
    CU_ASSERT(show.scene.measures && show.scene.span_from_ns == b && show.scene.span_to_ns == a);
    CU_ASSERT_EQUAL(show.scene.span_events, events);
    desk_key(&desk, "Escape");
    CU_ASSERT_FALSE(show.scene.measures);
    desk_type(&desk, "v");
    desk_key(&desk, "Left");
    look();
    CU_ASSERT(show.scene.measures && show.scene.span_from_ns == 3473000 && show.scene.span_to_ns == show.player.now_ns);
    desk_measure(&desk, (Point){500, y}); /* a click alone measures nothing */
    desk_release(&desk, (Point){500, y});
    CU_ASSERT_FALSE(show.scene.measures);
    get_up();
}

/* How many boxes of the timeline begin after the playhead, above the run. */
static size_t boxes_ahead(void) {
    const DrawList *d = &desk.frame->list[PART_TIMELINE];
    double now = timeline_x(&desk.frame->time, &show.scene, show.scene.now_ns);
    size_t count = 0;
    for (const Op *op = d->ops; op < d->ops + d->count; op++)
        count += op->kind == OP_BOX && op->box.x >= now && op->box.h > 8 && op->box.y < desk.frame->time.scrub_y;
    return count;
}

static void what_comes_is_covered_until_it_is_asked_for(void) {
    sit_down(sample_handoff);
    go_to("3.3ms");
    size_t covered = boxes_ahead();
    desk_type(&desk, "u");
    look();
    CU_ASSERT(boxes_ahead() > covered + 2);
    desk_type(&desk, "u");
    look();
    CU_ASSERT_EQUAL(boxes_ahead(), covered);
    get_up();
}

static const BlockPlace *block_of(uint64_t obj) {
    for (size_t i = 0; i < desk.frame->heap.block_count; i++) {
        if (desk.frame->heap.block[i].obj == obj && desk.frame->heap.block[i].look == BLOCK_LIVE) return &desk.frame->heap.block[i];
    }
    CU_FAIL_FATAL("the object is not shown");
    return NULL;
}

static const char reused[] = "scenario { title = 'Two', procs = 1, seed = 1, collector = 'go' }\n"
                             "main(function()\n"
                             "  local a, b = heap.bytes('a', 4096), heap.bytes('b', 4096)\n"
                             "  a = nil\n"
                             "  runtime.GC()\n"
                             "  compute '1ms'\n"
                             "  local c = heap.bytes('c', 4096)\n"
                             "  compute '1us'\n"
                             "  runtime.KeepAlive(b)\n"
                             "  runtime.KeepAlive(c)\n"
                             "end)\n";

static void run_scenario(const char *text, const char *path) {
    const char *lua = temp_path("lesson.lua");
    check_write(lua, text, strlen(text));
    Result r = command("\"$F\" run --quiet --device none --out '%s' \"$T/lesson.lua\"", path);
    result_free(&r);
}
static void make_reused(const char *path) { run_scenario(reused, path); }

/* The third object got the memory of the first: it lies before the second. */
static void the_heap_is_ordered_by_address_or_by_object(void) {
    sit_down(make_reused);
    desk_key(&desk, "End");
    desk_type(&desk, "2");
    look();
    CU_ASSERT(block_of(2)->box.x < block_of(1)->box.x);
    desk_type(&desk, "o");
    look();
    CU_ASSERT(block_of(2)->box.x > block_of(1)->box.x);
    get_up();
}

/* ---------------------------------------------------------------- who waits for whom */

static const char circle[] = "scenario { title = 'Two locks, two orders', procs = 2, seed = 1 }\n"
                             "local a, b = sync.Mutex('a'), sync.Mutex('b')\n"
                             "go('teller', function() a:Lock() compute '50us' b:Lock() end)\n"
                             "go('auditor', function() b:Lock() compute '50us' a:Lock() end)\n"
                             "go('clerk', function() compute '60us' a:Lock() end)\n"
                             "main(function() chan(0):recv() end)\n";

static void make_circle(const char *path) { run_scenario(circle, path); }

static const BlameEdge *edge_of(Kind kind, uint64_t id) {
    for (size_t i = 0; i < show.blame.count; i++) {
        if (same_thing(show.blame.edge[i].who, (Thing){kind, id})) return &show.blame.edge[i];
    }
    CU_FAIL_FATAL("it waits for nobody");
    return NULL;
}

static void a_circle_of_locks_is_seen(void) {
    sit_down(make_circle);
    desk_key(&desk, "End");
    desk_type(&desk, "b");
    look();
    const BlameEdge *teller = edge_of(KIND_G, 2), *auditor = edge_of(KIND_G, 3), *clerk = edge_of(KIND_G, 4), *first = edge_of(KIND_G, 1);
    CU_ASSERT(teller->circle && teller->of.id == 3 && auditor->circle && auditor->of.id == 2);
    CU_ASSERT(!clerk->circle && clerk->sure && clerk->of.id == 2); /* it waits for one in the circle, and is not in it */
    CU_ASSERT(!first->sure && first->of.id == NONE);
    CU_ASSERT(show.blame.circles == 2 && show.blame.all == 4);
    char words[BLAME_WORDS];
    CU_ASSERT_STRING_EQUAL(blame_words(words, show.scene.model, teller), "for b");
    find_hit(HIT_THING, (Thing){KIND_G, 2}); /* it has a place now */
    show_go_to(&show, "55us", NULL); /* not yet a circle: the second still computes */
    look();
    CU_ASSERT_EQUAL(show.blame.circles, 0);
    CU_ASSERT(desk_key(&desk, "Escape") && !show.blames);
    look();
    CU_ASSERT_PTR_NULL(show.scene.blame);
    get_up();
}

static void a_queue_waits_for_a_call(void) {
    sit_down(sample_handoff);
    go_to("3.44ms"); /* P1's thread is in C, and has not been looked at twice */
    desk_type(&desk, "b");
    look();
    const BlameEdge *p1 = edge_of(KIND_P, 1), *g7 = edge_of(KIND_G, 7), *g10 = edge_of(KIND_G, 10);
    CU_ASSERT(p1->way == BLAME_P && same_thing(p1->of, (Thing){KIND_G, 7}));
    CU_ASSERT(g7->way == BLAME_DEVICE && g7->of.kind == KIND_CMD);
    CU_ASSERT(g10->way == BLAME_SEND && g10->at.kind == KIND_CHAN);
    go_to("3.473ms");
    look();
    for (size_t i = 0; i < show.blame.count; i++) CU_ASSERT(show.blame.edge[i].way != BLAME_P); /* it was taken */
    get_up();
}

/* Nobody is forgotten where there is no room for all. */
static void of_many_the_longest_waits_are_kept(void) {
    sit_down(crowd);
    desk_key(&desk, "End");
    desk_type(&desk, "b");
    look();
    const Blame *b = &show.blame;
    size_t waiting = 0;
    for (uint64_t g = 1; g < show.scene.model->g_count; g++) {
        const ModelG *gp = &show.scene.model->g[g];
        waiting += gp->state == G_SYSCALL || (gp->state == G_WAITING && (gp->place == AT_SENDQ || gp->place == AT_RECVQ));
    }
    CU_ASSERT(b->all >= waiting && b->count == (b->all < BLAME_MAX ? b->all : BLAME_MAX));
    for (size_t i = 1; i < b->count; i++) CU_ASSERT(b->edge[i - 1].since_ns <= b->edge[i].since_ns);
    get_up();
}

/* ---------------------------------------------------------------- states */

static bool is_said(Part part, const char *words) {
    const DrawList *d = &desk.frame->list[part];
    for (const Op *op = d->ops; op < d->ops + d->count; op++) {
        if (op->kind == OP_TEXT && strstr(draw_op_text(d, op), words)) return true;
    }
    return false;
}

static const char asleep[] = "scenario { title = 'Asleep', procs = 1, seed = 1 }\n"
                             "go('other', function() sleep '3ms' end)\n"
                             "main(function() sleep '5ms' compute '100us' end)\n";
static void make_asleep(const char *path) { run_scenario(asleep, path); }

static void nothing_runs_until_a_timer(void) {
    uint64_t at, since;
    sit_down(make_asleep);
    go_to("1ms");
    CU_ASSERT(is_said(PART_STAGE, "nothing runs until 3.0") || is_said(PART_STAGE, "nothing until 3.0") || is_said(PART_STAGE, "until 3.0"));
    CU_ASSERT(nothing_runs_until(show.scene.model, show.scene.now_ns, &at, &since) && at > 3000000 && at < 3100000 && since < 100000);
    go_to("5.1ms"); /* the first computes */
    CU_ASSERT_FALSE(is_said(PART_STAGE, "nothing runs"));
    go_to("end");
    CU_ASSERT_FALSE(nothing_runs_until(show.scene.model, show.scene.now_ns, &at, &since));
    get_up();
}

static void at_the_end_stands_what_it_came_to(void) {
    sit_down(make_asleep);
    go_to("4ms");
    CU_ASSERT_FALSE(is_said(PART_PANEL, "The whole run"));
    desk_key(&desk, "End");
    look();
    CU_ASSERT(is_at_end(&show.scene) && is_said(PART_PANEL, "The whole run") && is_said(PART_PANEL, "Goroutines"));
    char *told = output_of("\"$F\" summary '%s' --json", feed_path(show.feed));
    char expected[64];
    snprintf(expected, sizeof expected, "\"goroutines\":\t%llu", (unsigned long long)show.scene.summary->value[FIG_goroutines]);
    CU_ASSERT_PTR_NOT_NULL(strstr(told, expected));
    free(told);
    get_up();
}

/* Also where the program's end is the last event. */
static void a_deadlock_has_both_verdicts(void) {
    sit_down(sample_deadlock);
    desk_key(&desk, "End");
    look();
    CU_ASSERT_EQUAL(show.scene.story->event.kind, EV_DEADLOCK);
    CU_ASSERT_STRING_EQUAL(show.scene.story->words.headline, "All asleep: Go reports it, not with cgo");
    CU_ASSERT(strlen(show.scene.story->words.headline) <= 40);
    get_up();
}

static void a_small_window_has_a_drawer(void) {
    sit_down(sample_handoff);
    go_to("3.473ms");
    show.scene.width_px = 1000;
    show.scene.height_px = 620;
    look();
    const FrameLayout *l = &desk.frame->layout;
    CU_ASSERT(l->small && !l->drawer && l->stage.w == 1000 && l->strip.h > 0 && l->timeline.h > 100);
    CU_ASSERT(is_said(PART_STRIP, show.scene.story->words.headline));
    desk_key(&desk, "Tab");
    look();
    CU_ASSERT(l->drawer && l->stage.w == 1000 && is_said(PART_OVERLAY, "What just happened") && !is_said(PART_PANEL, "What"));
    select_g(7);
    desk_press(&desk, (Point){l->panel.x + l->panel.w - 4, l->panel.y + 4}); /* not on what lies below it */
    CU_ASSERT_EQUAL(show.scene.selected.id, 7);
    show.scene.width_px = 780;
    show.scene.height_px = 480;
    look();
    CU_ASSERT(l->stage.h > 300 && l->timeline.h == 0);
    show.scene.width_px = 1600;
    show.scene.height_px = 1000;
    look();
    CU_ASSERT(!l->small && !l->drawer && l->panel.w > 0); /* the panel was never put away */
    get_up();
}

/* ---------------------------------------------------------------- the pictures of it */

static void say(void *ctx, const char *sentence) { printf("\n    %s, %dx%d: %s", (const char *)ctx, show.scene.width_px, show.scene.height_px, sentence); }

static const struct {
    int w, h;
} sizes[] = {{1280, 800}, {1600, 1000}, {1920, 1080}, {1024, 700}, {1000, 600}, {780, 490}};

static size_t lint(const char *what) {
    size_t complaints = 0;
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        show.scene.width_px = sizes[i].w;
        show.scene.height_px = sizes[i].h;
        look();
        complaints += frame_lint(desk.frame, say, (void *)what);
    }
    return complaints;
}

static void lint_lesson(void (*make)(const char *path), uint64_t g) {
    sit_down(make);
    uint64_t count = feed_count(show.feed);
    size_t complaints = 0;
    for (uint64_t k = 0; k < 12 && complaints < 10; k++) {
        player_seek_seq(&show.player, show.feed, 1 + (count - 1) * k / 11);
        if (k % 2) player_near(&show.player, show.feed);
        show.scene.view = (ViewKind)(k % 3);
        look();
        show.uncovers = true;
        show.scene.selected = show.scene.followed = (Thing){KIND_G, g};
        complaints += lint("uncovered, followed");
        desk_key(&desk, "Application");
        complaints += lint("menu");
        desk_key(&desk, "Escape");
        desk_say(&desk, "%s", k % 2 ? "Copied: faultline why /a/long/path/to/a/trace/with/a/long/name/that/does/not/fit/in/a/small/window/anywhere.trace g7"
                                    : "No later note");
        show.scene.measures = true;
        show.scene.span_from_ns = show.player.now_ns / 2;
        show.scene.span_to_ns = k % 3 ? show.player.now_ns : show.player.now_ns / 2 + 1;
        complaints += lint("measured, said");
        show.scene.measures = false;
        show.scene.said = NULL;
        show.blames = show.scene.drawer = true;
        complaints += lint("blame");
        show.blames = show.scene.drawer = false;
    }
    CU_ASSERT_EQUAL(complaints, 0);
    get_up();
}

static void no_text_overlaps_in_a_lesson(void) {
    lint_lesson(sample_handoff, 7);
    lint_lesson(crowd, 5);
    lint_lesson(sample_deadlock, 2);
    lint_lesson(make_circle, 3);
}

void lesson_tests(void) {
    static const Check checks[] = {
        {"one goroutine is followed", one_goroutine_is_followed},
        {"the lane of the followed one stays", the_lane_of_the_followed_one_stays},
        {"up and down go from lane to lane", up_and_down_go_from_lane_to_lane},
        {"all the time of the selection fits", all_the_time_of_the_selection_fits},
        {"a double click goes to the slice", a_double_click_goes_to_the_slice},
        {"notes are gone through", notes_are_gone_through},
        {"a menu says what can be done", a_menu_says_what_can_be_done},
        {"a path is copied as a shell reads it", a_path_is_copied_as_a_shell_reads_it},
        {"Esc closes the nearest first", escape_closes_the_nearest_first},
        {"a span is measured", a_span_is_measured},
        {"what comes is covered until it is asked for", what_comes_is_covered_until_it_is_asked_for},
        {"a circle of locks is seen", a_circle_of_locks_is_seen},
        {"a queue waits for a call", a_queue_waits_for_a_call},
        {"of many the longest waits are kept", of_many_the_longest_waits_are_kept},
        {"the heap is ordered by address or by object", the_heap_is_ordered_by_address_or_by_object},
        {"nothing runs until a timer", nothing_runs_until_a_timer},
        {"at the end stands what it came to", at_the_end_stands_what_it_came_to},
        {"a deadlock has both verdicts", a_deadlock_has_both_verdicts},
        {"a small window has a drawer", a_small_window_has_a_drawer},
        {"no text overlaps in a lesson", no_text_overlaps_in_a_lesson},
        {NULL, NULL},
    };
    suite("lesson", checks);
}

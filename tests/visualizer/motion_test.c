/* motion_test.c -- what moves is on its way for as long as the design says, and then the picture is the one that the moment has. */
#include "../check.h"
#include "at_desk.h"
#include "sample.h"

#include <math.h>
#include <string.h>

static uint64_t hash_of_stage(void) { return draw_hash(&desk.frame->list[PART_STAGE]); }

/* The picture of this moment without anything on its way. */
static uint64_t finished(void) {
    look();
    return hash_of_stage();
}

/* To the first event of this name, and one before it, both painted; what follows is a step. */
static void stand_before(const char *event, uint64_t now_ms) {
    uint64_t seq = feed_find(show.feed, event, false);
    CU_ASSERT_FATAL(seq > 2);
    player_seek_seq(&show.player, show.feed, seq - 1);
    desk_picture(&desk, now_ms);
}

static double middle_of_thread(uint64_t m) {
    const DrawList *d = &desk.frame->list[PART_STAGE];
    for (size_t i = 0; i < d->count; i++) {
        const Op *op = &d->ops[i];
        if (op->kind == OP_TEXT && op->mover && (d->movers[op->mover - 1].id & 0xffffffff) == m && draw_op_text(d, op)[0] == 'M')
            return op->box.y;
    }
    CU_FAIL_FATAL("the thread is not on the stage");
    return 0;
}

static void a_dive_takes_its_time_and_arrives(void) {
    sit_down(sample_handoff);
    stand_before("CGO_ENTER", 1000);
    const Model *m = show_scene(&show)->model;
    uint64_t thread = NONE;
    for (uint64_t id = 0; id < m->m_count; id++) {
        if (m->m[id].g == 7) thread = id;
    }
    CU_ASSERT_FATAL(thread != NONE);
    double above = middle_of_thread(thread);
    desk_step(&desk, 1);
    uint64_t end = finished();
    double below = middle_of_thread(thread);
    CU_ASSERT(below > above + 50);
    desk_picture(&desk, 2000);
    CU_ASSERT(desk.moves && fabs(middle_of_thread(thread) - above) < 9); /* a plate is larger down there */
    double last = middle_of_thread(thread);
    for (uint64_t ms = 2040; ms < 2320; ms += 40) {
        desk_picture(&desk, ms);
        CU_ASSERT(desk.moves && middle_of_thread(thread) > last);
        last = middle_of_thread(thread);
    }
    CU_ASSERT(last < below);
    desk_picture(&desk, 2320);
    CU_ASSERT_FALSE(desk.moves);
    CU_ASSERT_EQUAL(hash_of_stage(), end);
    desk_step(&desk, -1);
    desk_picture(&desk, 3000);
    CU_ASSERT(desk.moves && fabs(middle_of_thread(thread) - below) < 9);
    desk_picture(&desk, 3161); /* back it takes half of the time */
    CU_ASSERT_FALSE(desk.moves);
    get_up();
}

static void who_is_in_a_hurry_sees_nothing_move(void) {
    sit_down(sample_handoff);
    stand_before("CGO_ENTER", 1000);
    desk.held = true;
    desk_step(&desk, 1);
    desk_picture(&desk, 1010);
    CU_ASSERT_FALSE(desk.moves);
    desk.held = false;
    stand_before("CGO_ENTER", 5000);
    desk_picture(&desk, 9000);
    show.scene.still = true;
    desk_step(&desk, 1);
    desk_picture(&desk, 9010);
    CU_ASSERT_FALSE(desk.moves);
    show.scene.still = false;
    stand_before("CGO_ENTER", 9500);
    show.scene.view = VIEW_TIMELINE;
    desk_picture(&desk, 9900);
    show.scene.view = VIEW_STAGE;
    desk_step(&desk, 1);
    desk_picture(&desk, 10010); /* from another view */
    CU_ASSERT_FALSE(desk.moves);
    stand_before("CGO_ENTER", 11000);
    show.player.playing = true;
    show.player.speed_ns = 1000000000; /* all is over in no time */
    player_seek_seq(&show.player, show.feed, show.player.seq + 1);
    show.player.playing = true;
    desk_picture(&desk, 12000);
    CU_ASSERT_FALSE(desk.moves);
    get_up();
}

static void the_curves_begin_and_end_where_they_should(void) {
    static const Ease all[] = {EASE_LINEAR, EASE_HOP, EASE_DIVE, EASE_RISE, EASE_EVACUATE};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        CU_ASSERT(ease(all[i], 0) == 0 && ease(all[i], 1) == 1 && ease(all[i], 2) == 1);
        for (double p = .05; p < 1; p += .05) CU_ASSERT(ease(all[i], p) > ease(all[i], p - .05));
    }
    CU_ASSERT(fabs(ease(EASE_LINEAR, .3) - .3) < 1e-4);
    CU_ASSERT(ease(EASE_DIVE, .5) < .4 && ease(EASE_RISE, .5) > .6); /* falling grows faster, rising slower */
}

/* Shifting there and back leaves nothing behind: not in texts, nor in lines, nor in paths that are drawn twice. */
static void what_is_carried_stays_where_it_is(void) {
    DrawList d = {0};
    draw_begin_mover(&d, 1, 10, 10);
    draw_box(&d, (Box){0, 0, 20, 20}, 2, paint(1), NO_PEN);
    path_move(&d, 1, 1);
    path_arc(&d, 5, 5, 3, 0, 1);
    draw_path_keep(&d, paint(1), NO_PEN);
    draw_path(&d, NO_PAINT, pen(2, 1));
    draw_begin_mover(&d, 2, 5, 5);
    draw_line(&d, 1, 2, 3, 4, pen(1, 1));
    draw_end_mover(&d);
    draw_circle(&d, 4, 4, 2, paint(1), NO_PEN);
    draw_end_mover(&d);
    draw_box(&d, (Box){7, 7, 1, 1}, 0, paint(1), NO_PEN);
    uint64_t before = draw_hash(&d);
    draw_shift_mover(&d, 1, 3, -4);
    CU_ASSERT(d.ops[0].box.x == 3 && d.ops[0].box.y == -4 && d.ops[0].box.w == 20);
    CU_ASSERT(d.numbers[1] == 4 && d.numbers[2] == -3 && d.numbers[4] == 8 && d.numbers[6] == 3);
    CU_ASSERT(d.ops[3].box.x == 1 && d.ops[3].box.h == 4);
    CU_ASSERT(d.ops[4].box.x == 7 && d.ops[4].box.w == 2 && d.ops[5].box.x == 7);
    draw_shift_mover(&d, 2, 10, 10);
    CU_ASSERT(d.ops[3].box.x == 11 && d.ops[3].box.h == 14 && d.ops[0].box.x == 3);
    draw_shift_mover(&d, 1, -3, 4);
    draw_shift_mover(&d, 2, -10, -10);
    CU_ASSERT_EQUAL(draw_hash(&d), before);
    draw_free(&d);
}

void motion_tests(void) {
    static const Check checks[] = {
        {"a dive takes its time, and arrives", a_dive_takes_its_time_and_arrives},
        {"who is in a hurry sees nothing move", who_is_in_a_hurry_sees_nothing_move},
        {"the curves begin and end where they should", the_curves_begin_and_end_where_they_should},
        {"what is carried stays where it is", what_is_carried_stays_where_it_is},
        {NULL, NULL},
    };
    suite("motion", checks);
}

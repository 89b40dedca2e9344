/* motion_test.c -- what moves is on its way for as long as the design says, and then the picture is the one that the moment has. */
#include "../check.h"
#include "../cli/command.h"
#include "at_desk.h"
#include "sample.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
static const char moves[] =
    "scenario { title = 'Things that move', book = '18.3.4', procs = 1, seed = 1 }\n"
    "main(function()\n"
    "  local x, pin = heap.floats('x', 4096), runtime.Pinner()\n"
    "  local work, done = chan(3, 'work'), chan(0, 'done')\n"
    "  go('worker', function()\n"
    "    for v in work:each() do compute('5us') end\n"
    "    done:send(1)\n"
    "  end)\n"
    "  pin:Pin(x)\n"
    "  pin:Unpin()\n"
    "  for i = 1, 3 do work:send(i) end\n"
    "  work:close()\n"
    "  done:recv()\n"
    "  cl.kernel('saxpy', x, x, 2.0):launch { takes = '2ms', slices = 8 }\n"
    "  runtime.GC()\n"
    "  cl.finish()\n"
    "end)\n";
/* clang-format on */

static void sit_down_to(const char *name, const char *text) {
    char path[512], lua[512];
    snprintf(path, sizeof path, "%s", temp_path("moves.trace"));
    snprintf(lua, sizeof lua, "%s", temp_path(name));
    check_write(lua, text, strlen(text));
    result_free(&(Result[]){command("$F run -q $D --out '%s' '%s'", path, lua)}[0]);
    sit_down_before(path);
}

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
    CU_ASSERT(desk.moves && middle_of_thread(thread) == above); /* what the event had changed still fades */
    desk_picture(&desk, 3300);
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
    draw_begin_mover(&d, MOVER_GOES, 1, 10, 10);
    draw_box(&d, (Box){0, 0, 20, 20}, 2, paint(1), NO_PEN);
    path_move(&d, 1, 1);
    path_arc(&d, 5, 5, 3, 0, 1);
    draw_path_keep(&d, paint(1), NO_PEN);
    draw_path(&d, NO_PAINT, pen(2, 1));
    draw_begin_mover(&d, MOVER_GOES, 2, 5, 5);
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

/* ---------------------------------------------------------------- parts that come, flow and leave */

/* The first event of the kind is stepped over, in this view; the picture at its end. */
static uint64_t step_over(ViewKind view, const char *event) {
    show.scene.view = view;
    stand_before(event, 1000);
    desk_step(&desk, 1);
    return finished();
}

static const DrawList *stage_at(uint64_t ms) {
    desk_picture(&desk, ms);
    return &desk.frame->list[PART_STAGE];
}

/* Where the only one of this kind is, from its first to its last op. */
static const Mover *the_mover(const DrawList *d, MoverKind kind) {
    for (const Mover *m = d->movers; m < d->movers + d->mover_count; m++) {
        if (m->kind == kind && m->count > 0) return m;
    }
    return NULL;
}

static double tip_of_pin(const DrawList *d) {
    const Mover *m = the_mover(d, MOVER_DROPS);
    double y = 0;
    for (size_t i = 0; m && i < m->count; i++) {
        const Op *op = &d->ops[m->first + i];
        if (op->kind == OP_PATH && op->fill.kind) y = d->numbers[op->first + 8]; /* the third of its three points */
    }
    return y;
}

/* How deep the line is at this x; 0: it is not open there. */
static double depth_at(double x) {
    const DrawList *d = &desk.frame->list[PART_GROUND];
    double depth = 0;
    for (const Op *op = d->ops; op < d->ops + d->count; op++) {
        for (size_t i = op->first; op->kind == OP_PATH && op->fill.kind == PAINT_NONE && i < op->first + op->count; i += 3) {
            if (d->numbers[i] != VERB_CLOSE && fabs(d->numbers[i + 1] - x) < .5) depth = d->numbers[i + 2] - desk.frame->layout.fault_y;
        }
    }
    return depth;
}

static void a_pin_drops_and_is_drawn_out(void) {
    sit_down_to("moves.lua", moves);
    uint64_t end = step_over(VIEW_STAGE, "PIN"), ground = draw_hash(&desk.frame->list[PART_GROUND]);
    double tip = tip_of_pin(&desk.frame->list[PART_STAGE]), x = the_mover(&desk.frame->list[PART_STAGE], MOVER_DROPS)->x, last = 0;
    double open = depth_at(x);
    CU_ASSERT(open > 10);
    CU_ASSERT(tip_of_pin(stage_at(2000)) < desk.frame->layout.fault_y); /* still at its head */
    CU_ASSERT(depth_at(x) < 3);
    for (uint64_t ms = 2000; ms <= 2060; ms += 10) {
        double y = tip_of_pin(stage_at(ms));
        CU_ASSERT(y > last);
        last = y;
    }
    double most = 0;
    for (uint64_t ms = 2060; ms < 2160; ms += 5) most = fmax(most, tip_of_pin(stage_at(ms)));
    CU_ASSERT(most > tip && most < tip + 8); /* it goes in a little too far */
    stage_at(2160);
    CU_ASSERT(tip_of_pin(&desk.frame->list[PART_STAGE]) == tip && depth_at(x) == open);
    stage_at(2700); /* the edges have faded, too */
    CU_ASSERT_EQUAL(hash_of_stage(), end);
    CU_ASSERT_EQUAL(draw_hash(&desk.frame->list[PART_GROUND]), ground);

    end = step_over(VIEW_STAGE, "UNPIN");
    CU_ASSERT_PTR_NULL(the_mover(&desk.frame->list[PART_STAGE], MOVER_DROPS));
    last = INFINITY;
    for (uint64_t ms = 3000; ms < 3160; ms += 20) { /* it is gone, and is seen to go */
        double y = tip_of_pin(stage_at(ms));
        CU_ASSERT(y > 0 && y < last);
        last = y;
        if (ms == 3080) CU_ASSERT(depth_at(x) == open);
        if (ms == 3140) CU_ASSERT(depth_at(x) < open);
    }
    CU_ASSERT_PTR_NULL(the_mover(stage_at(3160), MOVER_DROPS));
    CU_ASSERT(fabs(depth_at(x)) < 9); /* the line's own */
    stage_at(3600);
    CU_ASSERT_FALSE(desk.moves);
    CU_ASSERT_EQUAL(hash_of_stage(), end);
    get_up();
}

/* The left edges of the boxes of values: those in cells from left to right, then those that pass. */
static size_t values_on(const DrawList *d, double *x, size_t most) {
    size_t n = 0;
    for (const Mover *m = d->movers; m < d->movers + d->mover_count; m++) {
        if (m->kind == MOVER_FLOWS && m->count == 1 && n < most) x[n++] = d->ops[m->first].box.x;
    }
    return n;
}

static void a_value_goes_into_its_cell_and_out(ViewKind view) {
    double x[8], into = 0;
    sit_down_to("moves.lua", moves);
    uint64_t end = step_over(view, "CHAN_SEND");
    CU_ASSERT_EQUAL(values_on(&desk.frame->list[PART_STAGE], x, 8), 1);
    const Belt *b = &desk.frame->list[PART_STAGE].belts[0];
    double in_x = b->in_x, out_x = b->out_x;
    into = x[0];
    CU_ASSERT(in_x < into && into < out_x);
    CU_ASSERT_EQUAL(values_on(stage_at(2000), x, 8), 1);
    CU_ASSERT(fabs(x[0] - in_x) < .01);
    values_on(stage_at(2030), x, 8);
    CU_ASSERT(x[0] > in_x && x[0] < into);
    stage_at(2700);
    CU_ASSERT(!desk.moves && hash_of_stage() == end);

    uint64_t seq = show.player.seq; /* to the last one of three; then one is taken, and they move up */
    Event e;
    while (feed_event(show.feed, seq, &e) && e.kind != EV_CHAN_RECV) seq++;
    player_seek_seq(&show.player, show.feed, seq - 1);
    size_t before = values_on(stage_at(4000), x, 8);
    CU_ASSERT_FATAL(before >= 2);
    double first = x[before - 1]; /* from left to right: the head is the last one */
    desk_step(&desk, 1);
    end = finished();
    CU_ASSERT_EQUAL(values_on(&desk.frame->list[PART_STAGE], x, 8), before - 1);
    CU_ASSERT_EQUAL(values_on(stage_at(5000), x, 8), before); /* the one that leaves is drawn once more */
    bool came = false, left = false;
    for (size_t i = 0; i < before; i++) came = came || fabs(x[i] - first) < .01;
    CU_ASSERT(came);
    values_on(stage_at(5060), x, 8);
    for (size_t i = 0; i < before; i++) left = left || x[i] > into + 20;
    CU_ASSERT(left);
    stage_at(5700);
    CU_ASSERT(!desk.moves && hash_of_stage() == end);
    desk_step(&desk, -1); /* and back into its cell */
    values_on(stage_at(6000), x, 8);
    left = false;
    for (size_t i = 0; i < before; i++) left = left || fabs(x[i] - out_x) < .01;
    CU_ASSERT(left);
    get_up();
}

static void values_go_through_the_pipe(void) {
    a_value_goes_into_its_cell_and_out(VIEW_STAGE);
    a_value_goes_into_its_cell_and_out(VIEW_CHANNELS);
}

/* No cell: from one to the other. */
static void what_is_handed_over_goes_all_the_way(void) {
    double x[8], last = -INFINITY;
    sit_down_to("moves.lua", moves);
    uint64_t seq = 1;
    Event e;
    while (feed_event(show.feed, seq, &e) && !((e.kind == EV_CHAN_SEND || e.kind == EV_CHAN_RECV) && e.arg[1] == 1)) seq++;
    show.scene.view = VIEW_STAGE;
    player_seek_seq(&show.player, show.feed, seq - 1);
    stage_at(1000);
    desk_step(&desk, 1);
    uint64_t end = finished();
    CU_ASSERT_EQUAL(values_on(&desk.frame->list[PART_STAGE], x, 8), 0);
    const Belt *b = &desk.frame->list[PART_STAGE].belts[1];
    double in_x = b->in_x, out_x = b->out_x;
    for (uint64_t ms = 2000; ms < 2140; ms += 20) {
        CU_ASSERT_EQUAL_FATAL(values_on(stage_at(ms), x, 8), 1);
        CU_ASSERT(x[0] > last && x[0] >= in_x - .01 && x[0] < out_x);
        if (ms == 2000) CU_ASSERT(fabs(x[0] - in_x) < .01);
        last = x[0];
    }
    stage_at(2700);
    CU_ASSERT(!desk.moves && hash_of_stage() == end);
    get_up();
}

static void a_crack_grows_from_the_top(void) {
    sit_down_to("moves.lua", moves);
    uint64_t end = step_over(VIEW_HEAP, "DEV_STALE");
    CU_ASSERT_PTR_NOT_NULL_FATAL(the_mover(&desk.frame->list[PART_STAGE], MOVER_GROWS));
    double last = -1;
    for (uint64_t ms = 2000; ms < 2120; ms += 20) {
        const DrawList *d = stage_at(ms);
        const Mover *m = the_mover(d, MOVER_GROWS);
        const Op *clip = &d->ops[m->first - 1];
        CU_ASSERT(clip->kind == OP_CLIP && d->ops[m->first + m->count].kind == OP_UNCLIP && clip->box.h > last);
        last = clip->box.h;
    }
    const DrawList *d = stage_at(2120);
    CU_ASSERT(d->ops[the_mover(d, MOVER_GROWS)->first - 1].kind != OP_CLIP);
    stage_at(2150);
    CU_ASSERT(desk.moves && hash_of_stage() != end); /* it flashes once */
    stage_at(2700);
    CU_ASSERT(!desk.moves && hash_of_stage() == end);
    get_up();
}

/* What the event before this one changed: its edge is drawn once more, thinner and thinner. */
static void an_edge_fades(void) {
    sit_down(sample_handoff);
    step_over(VIEW_STAGE, "CGO_ENTER");
    stage_at(2000);
    stage_at(2700);
    CU_ASSERT_FALSE(desk.moves);
    uint64_t seq = show.player.seq;
    Event e;
    while (feed_event(show.feed, ++seq, &e) && event_mentions(&e, KIND_P, 1)) continue;
    player_seek_seq(&show.player, show.feed, seq);
    uint64_t end = finished();
    double last = 2;
    for (uint64_t ms = 3000; ms < 3600; ms += 100) {
        const DrawList *d = stage_at(ms);
        const Mover *m = the_mover(d, MOVER_FADES), *own = NULL;
        for (; m && m < d->movers + d->mover_count; m++) {
            if (m->kind == MOVER_FADES && m->count && d->ops[m->first].edge.paint.tint == TINT_NOW) own = m; /* the one lent comes last */
        }
        CU_ASSERT_PTR_NOT_NULL_FATAL(own);
        double alpha = d->ops[own->first].edge.paint.alpha;
        CU_ASSERT(alpha < last && fabs(alpha - (1 - (double)(ms - 3000) / 600)) < .01);
        last = alpha;
    }
    stage_at(3600);
    CU_ASSERT(!desk.moves && hash_of_stage() == end);
    get_up();
}

/* Reduced motion is the finished picture, of every event and in every view, and so is any picture long after. */
static void all_ends_in_the_finished_picture(void) {
    static const ViewKind views[] = {VIEW_STAGE, VIEW_HEAP, VIEW_CHANNELS};
    sit_down_to("moves.lua", moves);
    uint64_t count = feed_count(show.feed), ms = 1000;
    for (size_t k = 0; k < ARRAY_LEN(views); k++) {
        show.scene.view = views[k];
        for (uint64_t seq = 1; seq <= count; seq++) {
            player_seek_seq(&show.player, show.feed, seq);
            uint64_t end = finished(), ground = draw_hash(&desk.frame->list[PART_GROUND]);
            show.scene.still = seq % 2;
            stage_at(ms += 1000);
            CU_ASSERT(!show.scene.still || (!desk.moves && hash_of_stage() == end));
            stage_at(ms + 90);
            stage_at(ms += 1000);
            bool same = hash_of_stage() == end && draw_hash(&desk.frame->list[PART_GROUND]) == ground;
            CU_ASSERT(!desk.moves && same);
        }
    }
    get_up();
}

void motion_tests(void) {
    static const Check checks[] = {
        {"a dive takes its time, and arrives", a_dive_takes_its_time_and_arrives},
        {"who is in a hurry sees nothing move", who_is_in_a_hurry_sees_nothing_move},
        {"the curves begin and end where they should", the_curves_begin_and_end_where_they_should},
        {"what is carried stays where it is", what_is_carried_stays_where_it_is},
        {"a pin drops, and is drawn out", a_pin_drops_and_is_drawn_out},
        {"values go through the pipe", values_go_through_the_pipe},
        {"what is handed over goes all the way", what_is_handed_over_goes_all_the_way},
        {"a crack grows from the top", a_crack_grows_from_the_top},
        {"an edge fades", an_edge_fades},
        {"all ends in the finished picture", all_ends_in_the_finished_picture},
        {NULL, NULL},
    };
    suite("motion", checks);
}

/* heap_test.c -- the Heap view over real scenarios: where its boxes are, which lines go from where to where, what is red, and
 * that no text overlaps another, is cut, or stands on too little contrast. */
#include "../check.h"
#include "../cli/command.h"
#include "contrast.h"

#include "../../visualizer/frame.h"
#include "../../visualizer/show.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const char crowd[] =
    "scenario { title = 'Three hundred objects', book = '18.3.4', procs = 2, seed = 1 }\n"
    "main(function()\n"
    "  local keep, pin = {}, runtime.Pinner()\n"
    "  for i = 1, 300 do\n"
    "    local o = heap.floats('object ' .. i, 16 + i * 37 % 900)\n"
    "    if i % 3 == 0 then keep[#keep + 1] = o end\n"
    "    if i % 60 == 0 then pin:Pin(o) end\n"
    "  end\n"
    "  local frame, y = heap.floats('frame', 4096), heap.floats('y', 4096)\n"
    "  cl.kernel('saxpy', frame, y, 2.0):launch { takes = '2ms', slices = 8 }\n"
    "  runtime.GC()\n"
    "  sleep '1ms'\n"
    "  keep[1][0], y[0] = 1, 2\n"
    "  cl.finish()\n"
    "  pin:Unpin()\n"
    "  runtime.GC()\n"
    "end)\n";
static const char few[] =
    "scenario { title = 'A dozen objects', book = '18.3.4', procs = 2, seed = 1, device_memory = '64KiB' }\n"
    "main(function()\n"
    "  local keep, pin = {}, runtime.Pinner()\n"
    "  for i = 1, 10 do\n"
    "    local o = heap.floats('object number ' .. i, 100 + i * 20)\n"
    "    if i % 2 == 0 then keep[#keep + 1] = o end\n"
    "    if i == 7 then pin:Pin(o) end\n"
    "  end\n"
    "  local d, e, c = cl.buffer('d', 512, 'floats'), cl.locked('e', 512, 'floats'), C.malloc('c', 512, 'floats')\n"
    "  cl.kernel('saxpy', keep[4], keep[1], 2.0):launch { takes = '1ms', slices = 8 }\n"
    "  cl.kernel('saxpy', keep[2], d, 2.0):launch { takes = '1ms', slices = 8 }\n"
    "  cl.read(d, e)\n"
    "  runtime.GC()\n"
    "  sleep '1ms'\n"
    "  for i = 1, #keep do keep[i][0] = 1 end\n"
    "  cl.finish()\n"
    "  pin:Unpin()\n"
    "  c[0] = 1\n"
    "end)\n";
static const char *const scenarios[] = {
    "18_3_4_frame_wrong", "18_3_4_frame_right", "18_3_4_frame_go", "18_3_4_frame_freed", "18_3_3_two_pins", "18_3_3_dropped_pin_wrong",
    "18_3_1_memories", "18_3_1_locked", "18_3_1_pointer_wrong", "18_3_2_leak_wrong", "18_3_2_release_wrong", "18_3_5_shared",
    "museum/17_stack_wrong", "museum/16_pinner_wrong", "20_3_2_continuous", "18_2_1_long_call",
};
/* clang-format on */

/* A scene borrows from its Show, which must stay where it is. */
static Show *show_trace(const char *path) {
    static Show w;
    Feed *f = NULL;
    Diag d;
    CU_ASSERT_FATAL(feed_open(&f, path, &d));
    while (feed_read(f, 10000)) continue;
    show_init(&w, f);
    w.scene.view = VIEW_HEAP;
    return &w;
}

static Show *show_scenario(const char *name) {
    char path[512];
    snprintf(path, sizeof path, "%s", temp_path("heap.trace"));
    result_free(&(Result[]){command("$F run -q $D --out '%s' scenarios/%s.lua", path, name)}[0]);
    return show_trace(path);
}

static Show *show_text(const char *name, const char *text) {
    char path[512], lua[512];
    snprintf(path, sizeof path, "%s", temp_path("own.trace"));
    snprintf(lua, sizeof lua, "%s", temp_path(name));
    check_write(lua, text, strlen(text));
    result_free(&(Result[]){command("$F run -q $D --out '%s' '%s'", path, lua)}[0]);
    return show_trace(path);
}

/* To this moment; the layout of it. */
static const HeapLayout *at(Show *w, const char *where) {
    static HeapLayout l;
    FrameLayout f;
    Diag d;
    CU_ASSERT(show_go_to(w, where, &d));
    layout_frame(&f, show_scene(w));
    layout_heap(&l, &f, &w->scene);
    return &l;
}

/* ---------------------------------------------------------------- boxes */

static void say(void *ctx, const char *sentence) {
    const Show *w = ctx;
    printf("\n    %s, event %llu, %dx%d: %s", w->scene.title, (unsigned long long)w->player.seq, w->scene.width_px, w->scene.height_px,
           sentence);
}

static size_t complain(bool right, Show *w, const char *sentence) {
    if (!right) say(w, sentence);
    return !right;
}

static bool inside(Box a, Box b) {
    return a.x >= b.x - .5 && a.y >= b.y - .5 && a.x + a.w <= b.x + b.w + .5 && a.y + a.h <= b.y + b.h + .5;
}

static size_t check_boxes(const HeapLayout *l, const FrameLayout *f, Show *w) {
    size_t bad = 0;
    for (size_t i = 0; i < l->block_count; i++) {
        const BlockPlace *b = &l->block[i];
        bad += complain(inside(b->box, l->strip[b->strip].box), w, "a block leaves its strip");
        bad += complain(b->box.w >= 2, w, "a block cannot be seen");
        bool next = i > 0 && l->block[i - 1].strip == b->strip;
        bad += complain(!next || l->block[i - 1].box.x + l->block[i - 1].box.w <= b->box.x + .01, w, "two blocks overlap");
    }
    for (int k = 0; k < STRIP_COUNT; k++) {
        if (l->strip[k].box.h > 0) bad += complain(inside(l->strip[k].box, f->stage), w, "a strip leaves the stage");
        if (l->strip[k].box.h > 0) bad += complain((l->strip[k].box.y > l->fault_y) == (k >= STRIP_HOST), w, "a strip is on the wrong side");
    }
    for (size_t i = 0; i < l->user_count; i++) {
        bad += complain(inside(l->user[i].box, f->stage) && l->user[i].box.y > l->fault_y, w, "a user is not below the line");
        bad += complain(i == 0 || l->user[i - 1].box.x + l->user[i - 1].box.w < l->user[i].box.x, w, "two users overlap");
    }
    for (size_t i = 0; i < l->tie_count; i++) {
        const TiePlace *t = &l->tie[i];
        Box b = l->block[t->block].box;
        bad += complain(t->x >= b.x && t->x <= b.x + b.w, w, "a tie does not begin at its block");
        bad += complain(t->bend_y > 0 || t->x == t->tip_x, w, "a tie that is not bent is not straight");
        if (t->user == BELOW_MAX) continue;
        Box u = l->user[t->user].box;
        bad += complain(t->tip_x >= u.x && t->tip_x <= u.x + u.w, w, "a tie does not end at its user");
        for (size_t k = 0; k < i; k++)
            bad += complain(fabs(l->tie[k].tip_x - t->tip_x) > 4 || l->tie[k].tip_y != t->tip_y, w, "two ties end at one point");
    }
    return bad;
}

/* ---------------------------------------------------------------- contrast */

static size_t check_contrast(const Frame *f, Show *w) {
    size_t bad = 0;
    char text[160];
    Canvas *c = canvas_open(CANVAS_PIXELS, w->scene.width_px, w->scene.height_px, f->layout.u);
    for (int i = 0; i < PART_PANEL; i++) canvas_paint_shapes(c, &f->list[i], w->scene.theme, f->box[i]);
    for (int i = PART_STAGE; i < PART_PANEL; i++) {
        for (const Op *op = f->list[i].ops; op < f->list[i].ops + f->list[i].count; op++) {
            if (op->kind != OP_TEXT) continue;
            snprintf(text, sizeof text, "'%.100s' stands on too little contrast", draw_op_text(&f->list[i], op));
            bad += complain(contrast_share(c, op, f->layout.u, w->scene.theme) >= .7, w, text);
        }
    }
    canvas_close(c);
    return bad;
}

/* ---------------------------------------------------------------- every moment, every size */

enum { MOMENTS = 9 };

static void look_everywhere(Show *w) {
    static const struct {
        int w, h;
    } sizes[] = {{1600, 1000}, {1280, 800}, {3840, 2160}, {1024, 700}};
    size_t bad = 0;
    Frame *f = frame_new();
    for (size_t i = 0; i < ARRAY_LEN(sizes) && bad < 8; i++) {
        w->scene.width_px = sizes[i].w;
        w->scene.height_px = sizes[i].h;
        for (uint64_t k = 0; k < MOMENTS && bad < 8; k++) {
            player_seek_seq(&w->player, w->feed, 1 + (feed_count(w->feed) - 1) * k / (MOMENTS - 1));
            player_near(&w->player, w->feed);
            w->scene.theme = k % 2 ? THEME_LIGHT : THEME_DARK;
            w->scene.lecture = k == 5;
            frame_build(f, show_scene(w));
            bad += frame_lint(f, say, w) + check_boxes(&f->heap, &f->layout, w);
            if (i == 0 && k % 2 == 0) bad += check_contrast(f, w);
        }
    }
    w->scene.theme = THEME_LIGHT; /* the last moment, in the other theme */
    w->scene.width_px = 1600, w->scene.height_px = 1000;
    frame_build(f, show_scene(w));
    bad += check_contrast(f, w);
    CU_ASSERT_EQUAL(bad, 0);
    frame_free(f);
    feed_close(w->feed);
}

static void nothing_overlaps_in_scenarios(void) {
    for (size_t i = 0; i < ARRAY_LEN(scenarios); i++) {
        look_everywhere(show_scenario(scenarios[i]));
    }
}

static void nothing_overlaps_in_crowds(void) {
    look_everywhere(show_text("few.lua", few));
    look_everywhere(show_text("crowd.lua", crowd));
}

/* ---------------------------------------------------------------- what it says */

static const TiePlace *tie_to(const HeapLayout *l, const Model *m, const char *object) {
    for (size_t i = 0; i < l->tie_count; i++) {
        uint64_t obj = l->block[l->tie[i].block].obj;
        if (obj != NONE && strcmp(intern_text(m->text, m->obj[obj].name), object) == 0) return &l->tie[i];
    }
    return NULL;
}

static size_t count_red(Show *w) {
    size_t red = 0;
    Frame *f = frame_new();
    frame_build(f, show_scene(w));
    for (int i = 0; i < PART_COUNT; i++) {
        for (const Op *op = f->list[i].ops; op < f->list[i].ops + f->list[i].count; op++)
            red += op->fill.tint == TINT_RED || op->edge.paint.tint == TINT_RED;
    }
    frame_free(f);
    return red;
}

static bool has_text(Show *w, const char *text) {
    bool found = false;
    Frame *f = frame_new();
    frame_build(f, show_scene(w));
    for (int i = PART_STAGE; i <= PART_TIMELINE; i++) {
        for (const Op *op = f->list[i].ops; op < f->list[i].ops + f->list[i].count && !found; op++)
            found = op->kind == OP_TEXT && strcmp(draw_op_text(&f->list[i], op), text) == 0;
    }
    frame_free(f);
    return found;
}

static void a_crack_goes_from_the_old_place_to_the_kernel(void) {
    Show *w = show_scenario("18_3_4_frame_wrong");
    const HeapLayout *l = at(w, "1ms");
    const TiePlace *t = tie_to(l, w->scene.model, "frame");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    CU_ASSERT_EQUAL(t->kind, TIE_BARE); /* it holds so far, but nobody has promised it */
    CU_ASSERT_EQUAL(count_red(w), 0);
    l = at(w, "1.5ms");
    t = tie_to(l, w->scene.model, "frame");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    CU_ASSERT_EQUAL(t->kind, TIE_LOST);
    CU_ASSERT_EQUAL(l->block[t->block].strip, STRIP_FROM);
    CU_ASSERT_EQUAL(l->user[t->user].cmd, 0);
    CU_ASSERT_EQUAL(l->move_count, 1);
    CU_ASSERT(count_red(w) > 3);
    CU_ASSERT(has_text(w, "what if"));
    CU_ASSERT(has_text(w, "writes to old address"));
    CU_ASSERT(has_text(w, "nobody"));
    l = at(w, "end"); /* the device is done: a scar */
    t = tie_to(l, w->scene.model, "frame");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    CU_ASSERT_EQUAL(t->kind, TIE_SCAR);
    feed_close(w->feed);
}

static void a_pin_goes_straight_down(void) {
    Show *w = show_scenario("18_3_4_frame_right");
    const HeapLayout *l = at(w, "1.5ms");
    const TiePlace *t = tie_to(l, w->scene.model, "frame");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    CU_ASSERT_EQUAL(t->kind, TIE_PIN);
    CU_ASSERT_EQUAL(t->x, t->tip_x);
    CU_ASSERT_EQUAL(l->move_count, 0);
    CU_ASSERT_EQUAL(count_red(w), 0);
    CU_ASSERT(has_text(w, "writes through a pin"));
    CU_ASSERT(has_text(w, "runtime.Pinner, line 17"));
    feed_close(w->feed);
}

static void gos_collector_has_neither_to_space_nor_what_if(void) {
    Show *w = show_scenario("18_3_4_frame_go");
    const HeapLayout *l = at(w, "end");
    CU_ASSERT_FALSE(l->to_space);
    CU_ASSERT_EQUAL(l->strip[STRIP_TO].box.h, 0);
    CU_ASSERT_EQUAL(l->move_count, 0);
    CU_ASSERT_FALSE(has_text(w, "what if"));
    CU_ASSERT(has_text(w, "Go's collector"));
    feed_close(w->feed);
}

/* Go's heap uses the memory again; the kernel goes on there. */
static void who_got_the_memory_stands_where_the_crack_begins(void) {
    Show *w = show_scenario("18_3_4_frame_freed");
    const HeapLayout *l = at(w, "1.5ms");
    const Model *m = w->scene.model;
    CU_ASSERT_EQUAL_FATAL(l->tie_count, 1);
    const BlockPlace *b = &l->block[l->tie[0].block];
    CU_ASSERT_EQUAL(l->tie[0].kind, TIE_LOST);
    CU_ASSERT_STRING_EQUAL(intern_text(m->text, m->obj[b->obj].name), "ledger");
    CU_ASSERT_STRING_EQUAL(intern_text(m->text, m->obj[b->was].name), "frame");
    CU_ASSERT_EQUAL(m->obj[b->obj].at, m->obj[b->was].at);
    feed_close(w->feed);
}

/* What will be pinned, or unpinned, is in the file; the table tells it when it happens. */
static void the_table_of_pins_knows_no_future(void) {
    Show *w = show_scenario("18_3_3_two_pins");
    at(w, "1.1ms");
    CU_ASSERT_FALSE(has_text(w, "runtime.Pinner, line 24"));
    at(w, "2.1ms");
    CU_ASSERT(has_text(w, "runtime.Pinner, line 24"));
    CU_ASSERT(has_text(w, "with Unpin"));
    CU_ASSERT_FALSE(has_text(w, "ended at line 28"));
    at(w, "end");
    CU_ASSERT(has_text(w, "ended at line 28"));
    feed_close(w->feed);
}

static void what_c_knows_of_a_stack_breaks_when_it_moves(void) {
    Show *w = show_scenario("museum/17_stack_wrong");
    const HeapLayout *l = at(w, "12us");
    const TiePlace *t = tie_to(l, w->scene.model, "count");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    CU_ASSERT_EQUAL(t->kind, TIE_BARE);
    CU_ASSERT_EQUAL(count_red(w), 0);
    l = at(w, "18us");
    t = tie_to(l, w->scene.model, "count");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    CU_ASSERT_EQUAL(t->kind, TIE_LOST);
    CU_ASSERT_EQUAL(l->user[t->user].g, 1);
    CU_ASSERT_EQUAL(l->strip[STRIP_STACKS].objects, 1);
    l = at(w, "end");
    t = tie_to(l, w->scene.model, "count");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    CU_ASSERT_EQUAL(t->kind, TIE_SCAR); /* the call is over */
    feed_close(w->feed);
}

static void device_memory_hangs_below_the_kernel(void) {
    Show *w = show_scenario("18_3_1_memories");
    const HeapLayout *l = at(w, "90us");
    const TiePlace *t = tie_to(l, w->scene.model, "d");
    CU_ASSERT_PTR_NOT_NULL_FATAL(t);
    CU_ASSERT_EQUAL(t->kind, TIE_BUFFER);
    CU_ASSERT(t->y > t->tip_y);
    CU_ASSERT_EQUAL(l->strip[STRIP_DEVICE].bytes, 65536);
    CU_ASSERT_EQUAL(l->strip[STRIP_HOST].objects, 2); /* malloc, and page-locked */
    CU_ASSERT(has_text(w, "free 960 KiB"));
    feed_close(w->feed);
}

static void a_leak_is_one_when_the_program_has_ended(void) {
    Show *w = show_scenario("18_3_2_leak_wrong");
    at(w, "1ms");
    CU_ASSERT_FALSE(has_text(w, "leak: 2 pieces, 2 MiB, never given back"));
    at(w, "end");
    CU_ASSERT(has_text(w, "leak: 4 pieces, 4 MiB, never given back"));
    CU_ASSERT_EQUAL(count_red(w), 0); /* a leak is a warning */
    feed_close(w->feed);
}

static void crowds_merge_but_for_what_is_held(void) {
    Show *w = show_text("merged.lua", crowd);
    const HeapLayout *l = at(w, "1ms");
    uint64_t objects = 0, pins = 0, lost = 0;
    CU_ASSERT(l->block_count < 60);
    CU_ASSERT(l->ribbons);
    for (size_t i = 0; i < l->block_count; i++) {
        const BlockPlace *b = &l->block[i];
        objects += b->alive;
        lost += b->look == BLOCK_LOST;
        if (b->obj == NONE || w->scene.model->obj[b->obj].pins == 0) continue;
        pins++;
        CU_ASSERT(b->box.w >= 6);
    }
    CU_ASSERT_EQUAL(objects, l->strip[STRIP_TO].objects + l->strip[STRIP_FROM].objects); /* none is forgotten */
    CU_ASSERT_EQUAL(pins, 5);
    CU_ASSERT_EQUAL(lost, 2); /* frame was freed, y has moved */
    feed_close(w->feed);
}

static void few_moves_are_arrows_that_do_not_cross(void) {
    Show *w = show_text("arrows.lua", few);
    const HeapLayout *l = at(w, "1ms");
    CU_ASSERT_FALSE(l->ribbons);
    CU_ASSERT(l->move_count >= 4);
    for (size_t i = 0; i < l->move_count; i++) {
        for (size_t k = 0; k < i; k++) { /* the horizontal run of one, the upright part of the other below its bend */
            const MovePlace *a = &l->move[k], *b = &l->move[i];
            if (a->bend_y == 0 || b->bend_y == 0) continue;
            CU_ASSERT_FALSE(a->x0 > b->x1 && a->x0 < b->x0 && b->bend_y > a->bend_y);
        }
    }
    feed_close(w->feed);
}

static void a_run_without_objects_says_so(void) {
    Show *w = show_scenario("18_2_1_long_call");
    at(w, "end");
    CU_ASSERT(has_text(w, "This run has no objects"));
    feed_close(w->feed);
}

void heap_view_tests(void) {
    static const Check checks[] = {
        {"nothing overlaps, is cut or hard to read: scenarios", nothing_overlaps_in_scenarios},
        {"nothing overlaps, is cut or hard to read: crowds", nothing_overlaps_in_crowds},
        {"a crack goes from the old place to the kernel", a_crack_goes_from_the_old_place_to_the_kernel},
        {"a pin goes straight down", a_pin_goes_straight_down},
        {"Go's collector has neither to-space nor what if", gos_collector_has_neither_to_space_nor_what_if},
        {"who got the memory stands where the crack begins", who_got_the_memory_stands_where_the_crack_begins},
        {"the table of pins knows no future", the_table_of_pins_knows_no_future},
        {"what C knows of a stack breaks when it moves", what_c_knows_of_a_stack_breaks_when_it_moves},
        {"device memory hangs below the kernel", device_memory_hangs_below_the_kernel},
        {"a leak is one when the program has ended", a_leak_is_one_when_the_program_has_ended},
        {"crowds merge but for what is held", crowds_merge_but_for_what_is_held},
        {"few moves are arrows that do not cross", few_moves_are_arrows_that_do_not_cross},
        {"a run without objects says so", a_run_without_objects_says_so},
        {NULL, NULL},
    };
    suite("the Heap view", checks);
}

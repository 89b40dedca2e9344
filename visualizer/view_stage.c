/* view_stage.c -- the stage: the Go world above, the foreign world below, the fault between.
 *
 * Order of drawing: ground, strips and cards, shafts, pipes, tokens, pins; what is later lies on
 * top.
 */
#include "view.h"

#include "fault.h"
#include "measure.h"
#include "token.h"

#include <math.h>

/* Where something crosses the line: dives first, since they are wider. */
static void collect_notches(const View *v, Openings *o) {
    const StageLayout *l = v->stage;
    o->count = 0;
    for (size_t i = 0; i < l->in_c_shown && l->in_c_look == IN_C_PLATES && l->ps_look != PS_TILES;
         i++) {
        if (l->in_c[i].shaft_x > 0) fault_add_notch(o, notch_dive(l->in_c[i].shaft_x));
    }
    for (int pass = 0; pass < 2; pass++) { /* cracks first: they are wider */
        for (size_t i = 0; i < l->pin_count; i++) {
            const PinPlace *p = &l->pin[i];
            if ((p->kind == REACH_CRACK) != (pass == 0)) continue;
            fault_add_notch(o, p->kind == REACH_CRACK ? notch_crack(crack_x(p, v->f->fault_y)) : notch_pin(p->x));
        }
    }
}

void draw_worlds(const View *v, double fault_y, const Openings *o, double strength) {
    Fault f;
    Box b = v->f->stage;
    fault_line(&f, v->s->title, b.x, b.x + b.w, fault_y, 9, 34, 92);
    if (v->openings) *v->openings = *o;
    fault_open(&f, fault_y, v->meanwhile ? v->meanwhile : o);
    fault_worlds(v->d, b, fault_y, &f, theme_is_dark(v->s->theme), strength);
}

void name_worlds(const View *v, double go_y, double c_y, double c_room) {
    double w = draw_text(v->d, 24, go_y, sans(20, 700), TINT_BLUE, ANCHOR_START, "Go");
    draw_text(v->d, 24 + w + 6, go_y, sans(14, 400), TINT_T2, ANCHOR_START, "managed by the runtime");
    w = draw_text(v->d, 24, c_y, sans(20, 700), TINT_AMBER, ANCHOR_START, "C");
    const char *words = "foreign to the runtime";
    if (text_width(words, sans(14, 400)) > c_room - w - 6) words = "foreign";
    draw_whole(v->d, 24 + w + 6, c_y, sans(14, 400), TINT_F2, ANCHOR_START, words, c_room - w - 6);
}

void view_worlds(const View *v) {
    Openings o;
    collect_notches(v, &o);
    draw_worlds(v, v->f->fault_y, &o, 1);
    double room = v->stage->queue.x - 24; /* a shaft that comes down there cuts the words short */
    for (size_t i = 0; i < v->stage->in_c_shown && v->stage->in_c_look == IN_C_PLATES; i++) {
        Box plate = v->stage->in_c[i].plate; /* the shaft may bend towards it */
        double shaft = fmin(v->stage->in_c[i].shaft_x, plate.x + plate.w / 2);
        if (shaft > 0) room = fmin(room, shaft - 10 - 24);
    }
    name_worlds(v, v->f->stage.y + v->f->m->go_y, v->f->fault_y + v->f->m->c_y_below, room);
}

void view_stage(const View *v) {
    draw_clip(v->d, v->f->stage, 0);
    stage_services(v);
    stage_channels(v);
    stage_heap(v);
    stage_device(v);
    stage_in_c(v);
    stage_ps(v);
    stage_pins(v);
    draw_unclip(v->d);
}

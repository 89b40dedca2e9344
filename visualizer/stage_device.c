/* stage_device.c -- the device's queue, what it holds, the pins that reach down to it, and what breaks when there is none. */
#include "view.h"

#include "measure.h"
#include "token.h"

#include <math.h>
#include <stdio.h>

static double share_done(const ModelCmd *cmd, uint64_t now_ns) {
    if (cmd->end_ns == NONE || cmd->end_ns <= cmd->start_ns) return 0;
    return fmin(1, (double)(now_ns - cmd->start_ns) / (double)(cmd->end_ns - cmd->start_ns));
}

static void command(const View *v, const ThingPlace *place) {
    const Model *m = v->s->model;
    const ModelCmd *cmd = &m->cmd[place->id];
    const char *name = intern_text(m->text, cmd->name);
    if (cmd->state == CMD_RUNNING)
        token_command(v->d, place->box, name, "", CMDLOOK_RUNNING, share_done(cmd, v->s->now_ns));
    else if (cmd->state == CMD_DONE) token_command(v->d, place->box, name, "done", CMDLOOK_DONE, 1);
    else token_command(v->d, place->box, name, "queued", CMDLOOK_QUEUED, 0);
    if (is_selected(v->s, KIND_CMD, place->id))
        draw_box(v->d, place->box, 3, NO_PAINT, pen(TINT_NOW, 2));
    mark_thing(v, place->box, KIND_CMD, place->id);
}

static void more_commands(const View *v) {
    const StageLayout *l = v->stage;
    double x = l->queue.x;
    char text[32];
    if (l->command_count)
        x = l->command[l->command_count - 1].box.x + l->command[l->command_count - 1].box.w + 8;
    snprintf(text, sizeof text, "+ %zu", l->commands_more);
    double cy = l->queue.y + l->queue.h / 2;
    draw_fitted(v->d, x + 8, cy - 3, digits(14, 600), TINT_F1, ANCHOR_START, text, 70);
    draw_fitted(v->d, x + 8, cy + 16, sans(13, 400), TINT_F2, ANCHOR_START, "queued", 70);
}

enum { HELD_TITLE = 250 }; /* how far "Held by the device" and its count may reach */

/* Where the thread that waits for the queue comes back: after the last command. */
static void post(const View *v) {
    const Model *m = v->s->model;
    const StageLayout *l = v->stage;
    uint64_t waiting = NONE, count = 0;
    char text[64];
    for (uint64_t id = 0; id < m->m_count; id++) {
        if (m->m[id].state != M_IN_C || m->m[id].queue != l->queue_id) continue;
        if (waiting == NONE) waiting = id;
        count++;
    }
    if (count == 0 || m->queue[l->queue_id].depth == 0) return;
    draw_line(v->d, l->post_x, l->queue.y - 6, l->post_x, l->queue.y + l->queue.h + 14,
              pen(TINT_AMBER, 4));
    if (count == 1) snprintf(text, sizeof text, "M%llu returns here", (unsigned long long)waiting);
    else snprintf(text, sizeof text, "%llu Ms return here", (unsigned long long)count);
    /* under the post; where that line belongs to the next title, above it */
    double y =
        v->f->m->two_lines ? l->queue.y + l->queue.h + 30 : l->queue.y - v->f->m->queue_title_above;
    double title = v->f->m->two_lines ? 0 : text_width("Device queue", sans(15, 600)) + 14;
    double right = l->queue.x + l->queue.w, w = text_width(text, sans(13, 600));
    if (v->f->m->two_lines)
        right = fmin(
            right, fmax(l->post_x + 4, l->queue.x + HELD_TITLE + w)); /* clear of the next title */
    draw_fitted(v->d, right, y, sans(13, 600), TINT_AMBER, ANCHOR_END, text,
                right - l->queue.x - title);
}

static void queue_title(const View *v) {
    const Model *m = v->s->model;
    const StageLayout *l = v->stage;
    double x = l->queue.x, y = l->queue.y - v->f->m->queue_title_above, room = l->queue.w;
    char text[96], time[48];
    double w = draw_text(v->d, x, y, sans(15, 600), TINT_F1, ANCHOR_START, "Device queue");
    if (l->queue_id == NONE || (!v->f->m->two_lines && m->queue[l->queue_id].depth > 0)) return;
    const ModelQueue *q = &m->queue[l->queue_id];
    const char *order = q->unordered ? "out of order" : "in order";
    if (q->depth == 0)
        snprintf(text, sizeof text, "empty for %s",
                 narrate_time(time, sizeof time, v->s->now_ns - q->idle_since_ns));
    else if (m->queue_count > 1)
        snprintf(text, sizeof text, "%.30s%sq%llu of %zu, %s", q->name == NONE ? "" : intern_text(m->text, q->name),
                 q->name == NONE ? "" : ", ", (unsigned long long)l->queue_id, m->queue_count, order);
    else snprintf(text, sizeof text, "%s", order);
    for (size_t i = 0; i < l->pin_count; i++) {
        double right = x + w + 10 + text_width(text, digits(14, 400)) + 6;
        if (l->pin[i].tip_x > x + w && l->pin[i].tip_x < right) return; /* a pin comes down there */
    }
    draw_fitted(v->d, x + w + 10, y, digits(14, 400), TINT_F2, ANCHOR_START, text, room - w - 10);
}

static bool uses_old_place(const ModelCmd *c, uint64_t obj) {
    for (uint64_t i = 0; i < c->arg_count; i++) {
        if (c->obj[i] == obj && c->stale[i] != NONE) return true;
    }
    return false;
}

/* Does a command that is not done use the place where the object was? */
static bool is_stale(const Model *m, uint64_t obj) {
    for (size_t q = 0; q < m->queue_count; q++) {
        uint64_t k = m->queue[q].head;
        for (uint64_t left = m->queue[q].depth; left > 0 && k < m->cmd_count; left--, k = m->cmd[k].next) {
            if (uses_old_place(&m->cmd[k], obj)) return true;
        }
    }
    return false;
}

static void held(const View *v) {
    const Model *m = v->s->model;
    const StageLayout *l = v->stage;
    char text[48];
    double y = l->held.y - (v->f->m->two_lines ? 14 : 9);
    if (l->held.h <= 0) return;
    double w =
        draw_text(v->d, l->queue.x, y, sans(15, 600), TINT_F1, ANCHOR_START, "Held by the device");
    size_t count = l->held_count + l->held_more, go = 0;
    for (uint64_t i = 0; i < m->obj_count; i++) go += m->obj[i].users > 0 && m->obj[i].memory == MEM_GO;
    if (count == 0) snprintf(text, sizeof text, "nothing");
    else if (go == count) snprintf(text, sizeof text, "%zu Go object%s", count, count == 1 ? "" : "s");
    else snprintf(text, sizeof text, "%zu object%s, %zu of Go's", count, count == 1 ? "" : "s", go);
    draw_fitted(v->d, l->queue.x + w + 10, y, sans(14, 400), TINT_F2, ANCHOR_START, text,
                l->queue.w - w - 10);
    draw_box(v->d, l->held, 5, paint(TINT_FSLOT), pen(TINT_FCARDL, 1));
    for (size_t i = 0; i < l->held_count; i++) {
        Box at = l->held_object[i].box;
        token_buffer(v->d, at, intern_text(m->text, m->obj[l->held_object[i].id].name));
        if (is_stale(m, l->held_object[i].id)) { /* a ghost: the address is old */
            draw_box(v->d, at, 3, paint_hatch(TINT_RED, 6, 1.2, .7), pen_dash(TINT_RED, 2, 5, 3));
            token_violation(v->d, at.x + at.w - 12, at.y + at.h / 2, .6, TINT_FSLOT);
        }
        mark_thing(v, l->held_object[i].box, KIND_OBJ, l->held_object[i].id);
    }
}

void stage_device(const View *v) {
    const StageLayout *l = v->stage;
    if (v->s->head->queue_count == 0) {
        draw_text(v->d, l->queue.x, v->f->fault_y + v->f->m->c_y_below, sans(14, 400), TINT_F2,
                  ANCHOR_START, "No device in this run");
        return;
    }
    queue_title(v);
    draw_box(v->d, (Box){l->queue.x - 6, l->queue.y - 6, l->queue.w + 12, l->queue.h + 12}, 7,
             paint(TINT_FSLOT), pen(TINT_FCARDL, 1));
    for (size_t i = 0; i < l->command_count; i++) command(v, &l->command[i]);
    if (l->commands_more) more_commands(v);
    if (l->queue_id != NONE) post(v);
    held(v);
}

static void bent_pin(const View *v, const PinPlace *p) {
    double r = fmin(10, fabs(p->tip_x - p->x) / 2), side = p->tip_x > p->x ? 1 : -1;
    path_move(v->d, p->x, p->y);
    path_line(v->d, p->x, p->bend_y - r);
    path_quad(v->d, p->x, p->bend_y - r, p->x, p->bend_y, p->x + side * r, p->bend_y);
    path_line(v->d, p->tip_x - side * r, p->bend_y);
    path_quad(v->d, p->tip_x - side * r, p->bend_y, p->tip_x, p->bend_y, p->tip_x, p->bend_y + r);
    path_line(v->d, p->tip_x, p->tip_y - 9);
    draw_path(v->d, NO_PAINT, pen(TINT_T1, 2.4));
    Point tip[] = {
        {p->tip_x - 3.4, p->tip_y - 11}, {p->tip_x + 3.4, p->tip_y - 11}, {p->tip_x, p->tip_y}};
    draw_poly(v->d, tip, 3, true, paint(TINT_T1), NO_PEN);
    draw_circle(v->d, p->x, p->y, 7, paint(TINT_T1), NO_PEN);
    draw_circle(v->d, p->x, p->y, 3, paint(TINT_GO2), NO_PEN);
}

double crack_x(const PinPlace *p, double y) { return p->x + (p->tip_x - p->x) * (y - p->y) / (p->tip_y - p->y); }

static void crack(const View *v, const PinPlace *p) {
    const Model *m = v->s->model;
    begin_part(v, MOVER_GROWS, PART_CRACK, p->obj, 0, p->x, p->y);
    token_crack(v->d, (Point){p->x, p->y}, (Point){p->tip_x, p->tip_y}, 8, 4, 6, 7, true, intern_text(m->text, m->obj[p->obj].name));
    draw_end_mover(v->d);
}

static void scar(const View *v) {
    const StageLayout *l = v->stage;
    char text[24];
    if (l->scar_count == 0) return;
    token_scar(v->d, l->scar_x, v->f->fault_y);
    if (l->scar_count < 2) return;
    snprintf(text, sizeof text, "%zu", l->scar_count);
    double w = text_width(text, sans(12, 700)) + 6, y = v->f->fault_y;
    draw_box(v->d, (Box){l->scar_x + 4, y - 8, w, 16}, 2, paint(TINT_GO2), NO_PEN); /* it lies on the line */
    draw_text(v->d, l->scar_x + 7, y + 4.4, sans(12, 700), TINT_RED, ANCHOR_START, text);
}

void stage_pins(const View *v) {
    scar(v);
    for (size_t i = 0; i < v->stage->pin_count; i++) {
        const PinPlace *p = &v->stage->pin[i];
        if (p->kind == REACH_CRACK) continue;
        begin_part(v, MOVER_DROPS, PART_PIN, p->obj, 0, p->x, p->y);
        if (p->bend_y > 0) bent_pin(v, p);
        else token_pin(v->d, p->x, p->y, p->tip_y, TINT_GO2);
        draw_end_mover(v->d);
    }
    for (size_t i = 0; i < v->stage->pin_count; i++) {
        if (v->stage->pin[i].kind == REACH_CRACK) crack(v, &v->stage->pin[i]);
    }
}

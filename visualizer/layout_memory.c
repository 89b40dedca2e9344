/* layout_memory.c -- the two strips that a pin connects, and a crack: objects of the Go heap, commands of the
 * device.
 *
 * The heap strip is the last thing above the line and the queue the first below it, so that a pin
 * goes down without crossing anything. Of many objects those in use are shown, then the newest.
 */
#include "layout.h"

#include <math.h>

/* ---------------------------------------------------------------- objects */

static double weight(const ModelObj *o) { return 8 + log2((double)o->bytes + 2); }

/* Above the line: C's memory and the driver's are not. */
static bool is_gos(const ModelObj *o) { return o->freed_ns == NONE && (o->memory == MEM_GO || o->memory == MEM_STACK); }

/* Pinned or held by the device: these must be seen. */
static bool in_use(const ModelObj *o) { return o->pins > 0 || o->users > 0; }

static size_t choose_objects(uint64_t *ids, size_t most, const Model *m) {
    bool shown_use = true;
    size_t count = 0;
    for (int pass = 0; pass < 2; pass++, shown_use = false) {
        for (uint64_t i = m->obj_count; i-- > 0 && count < most;) {
            if (is_gos(&m->obj[i]) && in_use(&m->obj[i]) == shown_use) ids[count++] = i;
        }
    }
    for (size_t i = 1; i < count; i++) { /* by id: insertion, there are few */
        uint64_t id = ids[i];
        size_t k = i;
        for (; k > 0 && ids[k - 1] > id; k--) ids[k] = ids[k - 1];
        ids[k] = id;
    }
    return count;
}

static void place_objects(StageLayout *l, const Model *m) {
    uint64_t ids[STRIP_MAX];
    size_t most = (size_t)(l->heap.w / 72);
    size_t count = choose_objects(ids, most < STRIP_MAX ? most : STRIP_MAX, m);
    double total = 0, gap = 8, x = l->heap.x + 4,
           room = l->heap.w - 8 - gap * (double)(count ? count - 1 : 0);
    for (size_t i = 0; i < count; i++) total += weight(&m->obj[ids[i]]);
    for (size_t i = 0; i < count; i++) {
        double w = fmin(110, room * weight(&m->obj[ids[i]]) / total);
        l->object[i] = (ThingPlace){ids[i], {x, l->heap.y + 4, w, l->heap.h - 8}};
        x += w + gap;
    }
    l->object_count = count;
}

/* ---------------------------------------------------------------- commands */

static uint64_t choose_queue(const Model *m) {
    for (uint64_t q = 0; q < m->queue_count; q++) {
        if (m->queue[q].depth > 0) return q;
    }
    return m->queue_count ? 0 : NONE;
}

static uint64_t last_done(const Model *m, uint64_t queue) {
    for (uint64_t k = m->cmd_count; k-- > 0;) {
        if (m->cmd[k].queue == queue && m->cmd[k].state == CMD_DONE) return k;
    }
    return NONE;
}

static void place_command(StageLayout *l, uint64_t id, double *x, double w) {
    l->command[l->command_count++] = (ThingPlace){id, {*x, l->queue.y, w, l->queue.h}};
    *x += w + 8;
}

/* One that is done, the running one as wide as there is room, then those that wait. */
static void place_commands(StageLayout *l, const Model *m) {
    const double slot = 84, post = 16;
    const ModelQueue *q = &m->queue[l->queue_id];
    uint64_t done = last_done(m, l->queue_id), k = q->depth ? q->head : NONE;
    bool running = k != NONE && m->cmd[k].state == CMD_RUNNING;
    uint64_t waiting = q->depth - (running ? 1 : 0);
    double x = l->queue.x,
           room = l->queue.w - post - (done != NONE ? slot + 8 : 0) - (running ? 140 + 8 : 0);
    uint64_t fit = room > 0 ? (uint64_t)((room + 8) / (slot + 8)) : 0;
    uint64_t shown = waiting < fit ? waiting : fit;
    if (shown < waiting && shown > 0) shown--; /* its place goes to "+ n" */
    double tail = (slot + 8) * (double)(shown < waiting ? shown + 1 : shown);
    if (done != NONE) place_command(l, done, &x, slot);
    if (running) {
        place_command(l, k, &x, fmin(230, l->queue.w - post - (x - l->queue.x) - tail));
        k = m->cmd[k].next;
    }
    for (uint64_t i = 0; i < shown && l->command_count < STRIP_MAX; i++, k = m->cmd[k].next)
        place_command(l, k, &x, slot);
    l->commands_more = (size_t)(waiting - shown);
    l->post_x = fmin(x + (l->commands_more ? slot + 8 : 0) + 1, l->queue.x + l->queue.w - 4);
}

static void place_held(StageLayout *l, const Model *m) {
    enum { HELD_MAX = 4 };
    size_t count = 0;
    for (uint64_t i = 0; i < m->obj_count; i++) {
        if (m->obj[i].users == 0) continue;
        if (count < HELD_MAX) l->held_object[l->held_count++].id = i;
        count++;
    }
    l->held_more = count - l->held_count;
    double x = l->held.x + 4, n = (double)l->held_count,
           w = fmin(136, (l->held.w - 8 - 4 * (n - 1)) / n);
    for (size_t i = 0; i < l->held_count; i++)
        l->held_object[i].box = (Box){x + (double)i * (w + 4), l->held.y + 4, w, l->held.h - 8};
}

/* ---------------------------------------------------------------- pins */

/* The command on the stage that holds the address of this object. */
static const ThingPlace *user_of(const StageLayout *l, const Model *m, uint64_t obj) {
    for (size_t i = 0; i < l->command_count; i++) {
        const ModelCmd *cmd = &m->cmd[l->command[i].id];
        if (cmd->state == CMD_DONE) continue;
        for (uint64_t k = 0; k < cmd->arg_count; k++) {
            if (cmd->obj[k] == obj) return &l->command[i];
        }
    }
    return NULL;
}

static void place_pins(StageLayout *l, const FrameLayout *f, const Model *m) {
    size_t bends = 0;
    for (size_t i = 0; i < l->object_count; i++) {
        Box b = l->object[i].box;
        uint64_t id = l->object[i].id, at;
        const ThingPlace *user = user_of(l, m, id);
        bool broken = user && command_lost(m, user->id, id, &at);
        if (m->obj[id].pins == 0 && !broken) continue;
        PinPlace pin = {id, b.x + 12, b.y + b.h / 2, 0, b.x + 12, f->fault_y + 22, REACH_PIN};
        if (broken) {
            pin.kind = REACH_CRACK;
            pin.y = l->heap.y + l->heap.h + 2;
        }
        if (user) {
            pin.tip_y = user->box.y + 1;
            double title_end = l->queue.x + 108,
                   right = user->box.x + user->box.w - 12; /* not through "Device queue" */
            pin.tip_x = fmin(fmax(pin.x, fmax(user->box.x + 12, fmin(title_end, right))), right);
            if (pin.tip_x != pin.x && !broken) {
                pin.tip_x += (double)bends * 12; /* staggered, so that parallel runs do not meet */
                pin.bend_y = f->fault_y + 20 + 5 * (double)bends++;
            }
        }
        l->pin[l->pin_count++] = pin;
    }
}

/* While the command goes on there is a crack. */
static bool is_over(const Model *m, const Evidence *x) { return x->cmd >= m->cmd_count || m->cmd[x->cmd].state == CMD_DONE; }

/* Below the object that the last of them went for, where it is still on show. */
static void place_scar(StageLayout *l, const Scene *s) {
    const Model *m = s->model;
    const Evidence *last = NULL;
    uint64_t at;
    for (size_t i = 0; i < s->evidence_count && s->evidence[i].seq <= s->seq; i++) {
        if (!is_over(m, &s->evidence[i])) continue;
        last = &s->evidence[i];
        l->scar_count++;
    }
    if (last == NULL) return;
    l->scar_x = l->heap.x + 12;
    for (size_t k = 0; last->cmd < m->cmd_count && k < l->object_count; k++) {
        if (command_lost(m, last->cmd, l->object[k].id, &at)) l->scar_x = l->object[k].box.x + 12;
    }
}

void layout_memory(StageLayout *l, const FrameLayout *f, const Scene *s) {
    const Model *m = s->model;
    if (l->heap.h > 0) place_objects(l, m);
    l->queue_id = choose_queue(m);
    if (l->queue_id != NONE) place_commands(l, m);
    if (l->held.h > 0) place_held(l, m);
    place_pins(l, f, m);
    if (l->heap.h > 0) place_scar(l, s);
}

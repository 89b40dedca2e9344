/* selection.c -- what keys do with the thing that is selected: the next lane, all of its time, following it; and the notes.
 *
 * Lanes are those of the picture, so that up and down go where the eye expects them.
 */
#include "desk.h"

#include <math.h>

/* ---------------------------------------------------------------- follow */

/* The one that is followed already is let go. */
void selection_follow(Desk *k) {
    Scene *s = &k->show->scene;
    Thing t = show_asked(s);
    if (s->followed.id != NONE && (s->selected.id == NONE || same_thing(s->followed, s->selected))) t = NO_THING;
    s->followed = t;
    if (t.id != NONE) s->selected = t;
}

/* ---------------------------------------------------------------- lanes */

static Thing thing_of(const LanePlace *lane) {
    switch (lane->kind) {
    case LANE_SYSMON: return (Thing){KIND_M, 1};
    case LANE_P: return (Thing){KIND_P, lane->id};
    case LANE_M: return (Thing){KIND_M, lane->id};
    case LANE_QUEUE: return (Thing){KIND_QUEUE, lane->id};
    }
    return NO_THING;
}

/* A goroutine is on the lane of its thread. */
static Thing lane_thing(const Scene *s) {
    Thing t = s->selected;
    if (t.kind == KIND_G && t.id < s->model->g_count) return (Thing){KIND_M, s->model->g[t.id].m};
    if (t.kind == KIND_CMD && t.id < s->model->cmd_count) return (Thing){KIND_QUEUE, s->model->cmd[t.id].queue};
    return t;
}

static void select_lane(Desk *k, int step) {
    const TimelineLayout *l = &k->frame->time;
    Scene *s = &k->show->scene;
    if (l->lane_count == 0) return;
    Thing now = lane_thing(s);
    size_t at = l->lane_count;
    for (size_t i = 0; i < l->lane_count && now.id != NONE; i++) {
        if (same_thing(thing_of(&l->lane[i]), now)) at = i;
    }
    if (at == l->lane_count) at = step > 0 ? 0 : l->lane_count - 1;
    else if (step > 0 ? at + 1 < l->lane_count : at > 0) at = step > 0 ? at + 1 : at - 1;
    s->selected = thing_of(&l->lane[at]);
}
void selection_up(Desk *k) { select_lane(k, -1); }
void selection_down(Desk *k) { select_lane(k, 1); }

/* ---------------------------------------------------------------- its time */

void selection_fit(Desk *k) {
    Thing t = k->show->scene.selected;
    if (t.id == NONE) return;
    if (player_fit_thing(&k->show->player, k->show->feed, t.kind, t.id)) k->zoomed = true;
    else desk_say(k, "Nothing happens to it in this run");
}

void selection_menu(Desk *k) {
    const Scene *s = &k->show->scene;
    Point at = {k->frame->layout.w / 2, k->frame->layout.h / 2};
    for (size_t i = 0; i < k->frame->hits.count; i++) {
        const Hit *h = &k->frame->hits.hit[i];
        if (h->kind != HIT_THING || !same_thing(h->thing, s->selected)) continue;
        at = (Point){h->box.x + h->box.w / 2, h->box.y + h->box.h / 2};
        break;
    }
    menu_open(k, s->selected, at);
}

/* What lies under the pointer on a lane: from where to where. */
static bool slice_at(const Desk *k, Point at, uint64_t *from_ns, uint64_t *to_ns) {
    const TimelineLayout *l = &k->frame->time;
    const Scene *s = &k->show->scene;
    uint64_t ns = timeline_ns(l, s, at.x);
    for (size_t i = 0; i < l->lane_count; i++) {
        const LanePlace *p = &l->lane[i];
        if (at.y < p->y || at.y >= p->y + p->h || p->kind == LANE_SYSMON) continue;
        const Lane *lane = p->kind == LANE_P ? &s->lanes->p[p->id] : p->kind == LANE_M ? &s->lanes->m[p->id] : &s->lanes->queue[p->id];
        size_t n = lane_find(lane, ns);
        if (n >= lane->count || lane->span[n].from_ns > ns) return false;
        *from_ns = lane->span[n].from_ns;
        *to_ns = lane->span[n].to_ns < s->now_ns ? lane->span[n].to_ns : s->now_ns;
        return true;
    }
    return false;
}

void desk_double(Desk *k, Point at) {
    if (desk_is_front(k) || k->show->scene.help) return;
    uint64_t from_ns, to_ns;
    const Hit *hit = hits_at(&k->frame->hits, at);
    k->dirty = true;
    if (hit == NULL) return;
    bool on_lanes = at.y > k->frame->layout.timeline.y && at.x >= k->frame->time.x0;
    if (on_lanes && (hit->kind == HIT_THING || hit->kind == HIT_LANES)) {
        if (!slice_at(k, at, &from_ns, &to_ns)) return;
        player_show(&k->show->player, k->show->feed, from_ns, to_ns);
        k->zoomed = true;
    } else if (hit->kind == HIT_THING) {
        k->show->scene.selected = hit->thing;
        selection_fit(k);
    } else if (hit->kind == HIT_EVENT) {
        player_near(&k->show->player, k->show->feed);
        k->zoomed = true;
    }
}

/* ---------------------------------------------------------------- notes */

static void step_note(Desk *k, int direction) {
    const Lanes *l = feed_lanes(k->show->feed);
    const Mark *next = NULL;
    desk_halt(k);
    for (size_t i = 0; i < l->mark_count; i++) {
        const Mark *m = &l->mark[i];
        if (direction > 0 && next == NULL && m->seq > k->show->player.told_seq) next = m;
        if (direction < 0 && m->seq < k->show->player.told_seq) next = m;
    }
    if (next) player_seek_instant(&k->show->player, k->show->feed, next->seq);
    else desk_say(k, l->mark_count == 0 ? "This run has no notes" : direction > 0 ? "No later note" : "No earlier note");
}
void selection_next_note(Desk *k) { step_note(k, 1); }
void selection_previous_note(Desk *k) { step_note(k, -1); }

/* selection.c -- what keys do with the thing that is selected: the next lane, all of its time, following it; and the notes.
 *
 * Lanes are those of the picture, so that up and down go where the eye expects them.
 */
#include "desk.h"

#include "../sim/lens/narrate.h"

#include <math.h>

/* ---------------------------------------------------------------- follow */

/* The one that is followed already is let go. */
void selection_follow(Desk *k) {
    Scene *s = &k->show->scene;
    Thing t = show_asked(s);
    if (s->followed.id != NONE && (s->selected.id == NONE || same_thing(s->followed, s->selected))) t = NO_THING;
    s->followed = t;
    if (t.id == NONE) {
        desk_say(k, "Nobody is followed");
        return;
    }
    char name[64];
    s->selected = t;
    if (t.kind == KIND_G) narrate_g(feed_head(k->show->feed), t.id, name, sizeof name);
    else thing_text(name, sizeof name, t.kind, t.id);
    desk_say(k, "Following %s", name);
}

/* ---------------------------------------------------------------- lanes */

static Thing thing_of(const LanePlace *lane) {
    switch (lane->kind) {
    case LANE_SYSMON: return (Thing){KIND_M, 1};
    case LANE_GC:
    case LANE_BAND: return NO_THING;
    case LANE_P: return (Thing){KIND_P, lane->id};
    case LANE_M: return (Thing){KIND_M, lane->id};
    case LANE_G: return (Thing){KIND_G, lane->id};
    case LANE_QUEUE: return (Thing){KIND_QUEUE, lane->id};
    }
    return NO_THING;
}

static const LanePlace *place_of(const TimelineLayout *l, Thing t) {
    for (size_t i = 0; i < l->lane_count && t.id != NONE; i++) {
        if (same_thing(thing_of(&l->lane[i]), t)) return &l->lane[i];
    }
    return NULL;
}

/* A goroutine without a lane of its own is on that of its thread. */
static Thing lane_thing(const TimelineLayout *l, const Scene *s) {
    Thing t = s->selected;
    if (t.kind == KIND_G && t.id < s->model->g_count && place_of(l, t) == NULL) return (Thing){KIND_M, s->model->g[t.id].m};
    if (t.kind == KIND_CMD && t.id < s->model->cmd_count) return (Thing){KIND_QUEUE, s->model->cmd[t.id].queue};
    return t;
}

/* Beyond the last lane that can be seen of those that do not all fit: they are scrolled until the next one stands there. */
static bool scroll_on(Desk *k, const LanePlace *now, int step) {
    const TimelineLayout *l = &k->frame->time;
    Scene *s = &k->show->scene;
    size_t first = SIZE_MAX, last = 0, count = 0;
    for (size_t i = 0; i < l->lane_count && l->scroll_count > 0; i++) {
        size_t at = l->lane[i].at;
        if (at == SIZE_MAX) continue;
        if (at < first) first = at;
        if (at > last) last = at;
        count++;
    }
    bool ends = now->at == (step > 0 ? last : first), more = step > 0 ? last + 1 < l->scroll_count : first > 0;
    if (count == 0 || !ends || !more) return false;
    size_t next = step > 0 ? last + 1 : first - 1;
    s->selected = timeline_lane_at(s, next);
    s->first_lane = step < 0 ? next : next + 1 > count ? next + 1 - count : 0;
    return true;
}

static void select_lane(Desk *k, int step) {
    const TimelineLayout *l = &k->frame->time;
    Scene *s = &k->show->scene;
    const LanePlace *now = place_of(l, lane_thing(l, s));
    size_t at = now ? (size_t)(now - l->lane) : 0, last = l->lane_count - 1;
    if (l->lane_count == 0) return;
    if (now && scroll_on(k, now, step)) return;
    if (now == NULL) at = step > 0 ? 0 : last;
    else if (step > 0 ? at < last : at > 0) at = step > 0 ? at + 1 : at - 1;
    while (thing_of(&l->lane[at]).id == NONE && (step > 0 ? at < last : at > 0)) at = step > 0 ? at + 1 : at - 1; /* it is nobody's */
    if (thing_of(&l->lane[at]).id != NONE) s->selected = thing_of(&l->lane[at]);
}
void selection_up(Desk *k) { select_lane(k, -1); }
void selection_down(Desk *k) { select_lane(k, 1); }

void selection_fold(Desk *k) {
    Scene *s = &k->show->scene;
    Kind kind = s->selected.kind;
    if (s->view != VIEW_TIMELINE) {
        desk_say(k, "Groups of lanes are in the Timeline (5)");
        return;
    }
    if (s->selected.id == NONE) s->folded = 0;
    else if (kind == KIND_M && s->selected.id == SYSMON_M) s->folded ^= 1u << LANES_RUNTIME;
    else if (kind == KIND_P) s->folded ^= 1u << LANES_P;
    else if (kind == KIND_M) s->folded ^= 1u << LANES_M;
    else if (kind == KIND_G) s->folded ^= 1u << LANES_G;
    else if (kind == KIND_QUEUE || kind == KIND_CMD) s->folded ^= 1u << LANES_DEVICE;
}

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

static const Lane *lane_of_place(const Scene *s, const LanePlace *p) {
    switch (p->kind) {
    case LANE_P: return &s->lanes->p[p->id];
    case LANE_M: return &s->lanes->m[p->id];
    case LANE_G: return lives_lane(s->lives, p->id);
    case LANE_QUEUE: return &s->lanes->queue[p->id];
    default: return NULL;
    }
}

/* What lies under the pointer on a lane: from where to where. */
static bool slice_at(const Desk *k, Point at, uint64_t *from_ns, uint64_t *to_ns) {
    const TimelineLayout *l = &k->frame->time;
    const Scene *s = &k->show->scene;
    uint64_t ns = timeline_ns(l, s, at.x);
    for (size_t i = 0; i < l->lane_count; i++) {
        const LanePlace *p = &l->lane[i];
        if (at.y < p->y || at.y >= p->y + p->h || p->kind < LANE_P) continue;
        const Lane *lane = lane_of_place(s, p);
        if (lane == NULL) return false;
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

/* desk.c -- the pointer, and what passes with time. */
#include "desk.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { READ_EVENTS = 200000, READ_AT_ONCE = 20000, POLL_MS = 100, TOOLTIP_MS = 80, RERUN_MS = 20 };

void desk_close(Desk *k) {
    for (size_t i = 0; i < k->rerun_count; i++) rerun_free(k->rerun[i]);
    free(k->rerun);
    k->rerun = NULL;
    k->rerun_count = k->rerun_cap = 0;
    motions_free(&k->motions);
    k->show = NULL;
}

static bool is_on_show(const Desk *k, const char *path) {
    const Show *w = k->show;
    return strcmp(feed_path(w->feed), path) == 0 || (w->beside && strcmp(feed_path(w->beside->feed), path) == 0);
}

/* Those whose traces are on show, and the one that is being made. Returns how many they are. */
static size_t keep_shown(const Desk *k, Rerun **list, size_t count, const Rerun *made) {
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (list[i] == made || is_on_show(k, rerun_path(list[i]))) list[n++] = list[i];
        else rerun_free(list[i]);
    }
    return n;
}

/* Traces that only this window knows go as soon as it shows others: a run of a long one can be large. */
static void forget_traces(Desk *k) {
    const Rerun *made = k->knobs.runs ? k->rerun[k->rerun_count - 1] : NULL;
    k->rerun_count = keep_shown(k, k->rerun, k->rerun_count, made);
    k->front.shown_count = keep_shown(k, k->front.shown, k->front.shown_count, NULL);
}

bool desk_is_front(const Desk *k) { return k->show == NULL || k->front_over; }

void desk_drop(Desk *k, const char *path) {
    k->dirty = true;
    front_open(&k->front, path);
    k->front_over = k->show != NULL && k->front.state == FRONT_RUNS;
}

void desk_opened(Desk *k, const char *why) {
    k->dirty = true;
    front_opened(&k->front, why);
    if (k->show != NULL && why != NULL) desk_say(k, "%.60s cannot be opened: %.*s", k->front.name, (int)strcspn(why, "\n"), why);
    k->front_over = false;
    if (k->show != NULL) forget_traces(k);
}

void desk_open(Desk *k, Show *w) {
    desk_close(k);
    *k = (Desk){.frame = k->frame,
                .show = w,
                .full_screen = k->full_screen,
                .quit = k->quit,
                .bookmarks_path = k->bookmarks_path,
                .front = k->front,
                .front_hits = k->front_hits,
                .hover_next = NO_THING,
                .dirty = true};
    if (w == NULL) return;
    marks_read(k);
    forget_traces(k);
}

/* ---------------------------------------------------------------- the pointer */

static void seek_to_pointer(Desk *k, Point at) {
    const TimelineLayout *l = &k->frame->time;
    const Scene *s = &k->show->scene;
    desk_halt(k);
    player_seek_ns(&k->show->player, k->show->feed, k->drag == DRAG_SCRUB ? scrub_ns(l, s, at.x) : timeline_ns(l, s, at.x));
}

static void set_speed(Desk *k, Point at, Box slider) {
    double share = fmin(1, fmax(0, (at.x - slider.x - 6) / 120));
    k->show->player.speed_ns = (uint64_t)llround(10 * pow(10, share * 8));
}

static void drag_divider(Desk *k, Point at) {
    static const double snaps[] = {.45, .55, .64, .75};
    const FrameLayout *l = &k->frame->layout;
    double share = (at.y - l->top.h) / (l->h - l->top.h - l->transport.h);
    for (size_t i = 0; i < ARRAY_LEN(snaps); i++) {
        if (fabs(share - snaps[i]) < .03) k->show->scene.stage_share = snaps[i];
    }
}

static void drag_to(Desk *k, Point at) {
    Player *p = &k->show->player;
    k->pressed_moved = true;
    if (k->drag == DRAG_SEEK || k->drag == DRAG_SCRUB) seek_to_pointer(k, at);
    if (k->drag == DRAG_PAN) {
        player_pan(p, k->show->feed, (int64_t)((k->drag_x - at.x) * k->frame->time.ns_per_lp));
        k->zoomed = true;
        k->drag_x = at.x;
    }
    if (k->drag == DRAG_DIVIDER) drag_divider(k, at);
    if (k->drag == DRAG_MEASURE) k->show->scene.span_to_ns = timeline_ns(&k->frame->time, &k->show->scene, at.x);
    const Hit *hit = hits_at(&k->frame->hits, at);
    if (k->drag == DRAG_SPEED && hit && hit->kind == HIT_SPEED) set_speed(k, at, hit->box);
}

static bool on_divider(const Desk *k, Point at) {
    const FrameLayout *l = &k->frame->layout;
    return l->stage.h > 0 && fabs(at.y - (l->stage.y + l->stage.h)) < 5 && at.x < l->stage.w && !k->show->scene.lecture;
}

static void press_hit(Desk *k, const Hit *hit, Point at) {
    Player *p = &k->show->player;
    Scene *s = &k->show->scene;
    switch (hit->kind) {
    case HIT_THING:
        s->selected = hit->thing;
        if (at.y > k->frame->layout.timeline.y) k->drag = DRAG_PAN;
        break;
    case HIT_EVENT:
        desk_halt(k);
        player_seek_seq(p, k->show->feed, hit->value);
        break;
    case HIT_RULER:
        k->drag = DRAG_SEEK;
        seek_to_pointer(k, at);
        break;
    case HIT_SCRUB:
        k->drag = DRAG_SCRUB;
        seek_to_pointer(k, at);
        break;
    case HIT_LANES: k->drag = DRAG_PAN; break;
    case HIT_TO_START: desk_key(k, "Home"); break;
    case HIT_BACK: desk_step(k, -1); break;
    case HIT_STEP: desk_step(k, 1); break;
    case HIT_PLAY: desk_play(k); break;
    case HIT_SPEED:
        k->drag = DRAG_SPEED;
        set_speed(k, at, hit->box);
        break;
    case HIT_KEYS: s->help = true; break;
    case HIT_VIEW: s->view = (ViewKind)hit->value; break;
    case HIT_NOTHING:
    case HIT_SCENARIO: break;
    case HIT_GROUP: s->folded ^= 1u << hit->value; break;
    case HIT_MENU: menu_choose(k, (MenuLine)hit->value); break;
    case HIT_TIME:
        desk_halt(k);
        player_seek_ns(p, k->show->feed, hit->value);
        break;
    }
}

static void press_front(Desk *k, Point at) {
    const Hit *hit = hits_at(&k->front_hits, at);
    const LibraryRow *r = hit && hit->kind == HIT_SCENARIO ? front_row(&k->front, hit->value) : NULL;
    k->dirty = true;
    if (r == NULL) return;
    k->front.chosen = hit->value;
    front_open(&k->front, r->path);
}

void desk_press(Desk *k, Point at) {
    if (desk_is_front(k)) {
        press_front(k, at);
        return;
    }
    Scene *s = &k->show->scene;
    k->dirty = true;
    k->pressed_moved = false;
    k->drag_x = at.x;
    if (s->black) {
        s->black = false;
        return;
    }
    if (s->help || s->saving) {
        s->help = s->saving = false;
        return;
    }
    const Hit *hit = hits_at(&k->frame->hits, at);
    if (s->menu != NULL && (hit == NULL || hit->kind != HIT_MENU)) {
        menu_close(k);
        return;
    }
    s->said = NULL;
    if (on_divider(k, at)) {
        k->drag = DRAG_DIVIDER;
        return;
    }
    if (hit) press_hit(k, hit, at);
    else s->selected = NO_THING;
}

void desk_release(Desk *k, Point at) {
    if (desk_is_front(k)) return;
    const Hit *hit = hits_at(&k->frame->hits, at);
    if (k->drag == DRAG_PAN && !k->pressed_moved && hit && hit->kind == HIT_LANES) seek_to_pointer(k, at);
    if (k->drag == DRAG_MEASURE && !k->pressed_moved) k->show->scene.measures = false;
    k->drag = DRAG_NONE;
    k->dirty = true;
}

void desk_right(Desk *k, Point at) {
    if (desk_is_front(k) || k->show->scene.help) return;
    const Hit *hit = hits_at(&k->frame->hits, at);
    k->dirty = true;
    menu_close(k);
    if (hit && hit->kind == HIT_THING) menu_open(k, hit->thing, at);
}

/* Also where there are no lanes: the time axis is that of the timeline. */
void desk_measure(Desk *k, Point at) {
    if (desk_is_front(k) || k->show->scene.help) return;
    Scene *s = &k->show->scene;
    k->drag = DRAG_MEASURE;
    k->pressed_moved = false;
    s->measures = true;
    k->show->measures_on = false;
    s->span_from_ns = s->span_to_ns = timeline_ns(&k->frame->time, s, at.x);
    k->dirty = true;
}

/* The pointer rests on a thing: its tooltip comes after a moment, and stays where it came. */
static void hover(Desk *k, Point at, uint64_t now_ms) {
    const Hit *hit = hits_at(&k->frame->hits, at);
    Thing t = hit && hit->kind == HIT_THING ? hit->thing : NO_THING;
    Scene *s = &k->show->scene;
    if (t.kind == k->hover_next.kind && t.id == k->hover_next.id) return;
    k->hover_next = t;
    k->hover_since = now_ms;
    s->pointer = at;
    if (s->hovered.id == NONE) return;
    s->hovered = NO_THING;
    k->dirty = true;
}

static void point_at_line(Desk *k, Point at) {
    const Hit *hit = hits_at(&k->frame->hits, at);
    if (hit == NULL || hit->kind != HIT_MENU || !k->menu.can[hit->value]) return;
    k->menu.chosen = (MenuLine)hit->value;
    k->dirty = true;
}

void desk_move(Desk *k, Point at, uint64_t now_ms) {
    if (desk_is_front(k)) {
        const Hit *hit = hits_at(&k->front_hits, at);
        if (hit == NULL || hit->kind != HIT_SCENARIO || k->front.chosen == hit->value) return;
        k->front.chosen = hit->value;
        k->dirty = true;
        return;
    }
    if (k->show->scene.menu != NULL) {
        point_at_line(k, at);
        return;
    }
    if (k->drag == DRAG_NONE) {
        hover(k, at, now_ms);
        return;
    }
    drag_to(k, at);
    k->dirty = true;
}

static bool shows_lanes(const Desk *k) {
    ViewKind view = k->show->scene.view;
    return view != VIEW_CHANNELS && view != VIEW_HEAP && view != VIEW_COMPARE;
}

void desk_lanes(Desk *k, int below) {
    if (desk_is_front(k) || !shows_lanes(k)) return;
    const TimelineLayout *l = &k->frame->time;
    size_t up = below < 0 ? (size_t)-(below + 1) + 1 : 0, first = l->scroll_first;
    if (l->scroll_count == 0) first = 0;
    else if (below < 0) first = first > up ? first - up : 0;
    else first += (size_t)below;
    k->show->scene.first_lane = first;
    k->dirty = true;
}

static bool on_names(const Desk *k, Point at) {
    const TimelineLayout *l = &k->frame->time;
    return shows_lanes(k) && l->scroll_count > 0 && at.x < l->x0 && at.y >= l->lanes_y && at.y < l->scrub_y;
}

void desk_wheel(Desk *k, Point at, int away, int right) {
    if (desk_is_front(k)) {
        front_scroll(&k->front, -3 * away);
        k->dirty = true;
        return;
    }
    Player *p = &k->show->player;
    double span = (double)(p->to_ns - p->from_ns);
    k->dirty = true;
    if (away != 0 && right == 0 && on_names(k, at)) {
        desk_lanes(k, -LANES_A_NOTCH * away);
    } else if (right != 0) {
        player_pan(p, k->show->feed, (int64_t)(span / 20 * right));
        k->zoomed = true;
    } else if (away != 0) {
        desk_zoom(k, away > 0 ? 80 : 125, timeline_ns(&k->frame->time, &k->show->scene, at.x));
    }
}

/* In the steps of the wheel, so that the time under the fingers stays there. */
void desk_pinch(Desk *k, Point at, double parted) {
    enum { STEPS_PER_PAD = 12 };
    if (desk_is_front(k)) return;
    k->pinched += parted * STEPS_PER_PAD;
    int steps = (int)fmax(-STEPS_PER_PAD, fmin(STEPS_PER_PAD, k->pinched));
    k->pinched -= steps;
    for (; steps > 0; steps--) desk_wheel(k, at, 1, 0);
    for (; steps < 0; steps++) desk_wheel(k, at, -1, 0);
}

/* ---------------------------------------------------------------- time */

/* Reads what the file has more; the window of time grows with it unless the user chose one. */
static void read_more(Desk *k, Show *w) {
    Feed *f = w->feed;
    if (feed_count(f) >= feed_total(f) && !(feed_is_open(f) && feed_poll(f))) return;
    if (!feed_read(f, READ_EVENTS)) return;
    if (!k->zoomed && w == k->show) player_fit(&w->player, f);
    k->dirty = true;
}

static void show_tooltip_when_due(Desk *k, uint64_t now_ms) {
    Scene *s = &k->show->scene;
    if (k->hover_next.id == NONE || s->hovered.id != NONE || now_ms - k->hover_since < TOOLTIP_MS) return;
    s->hovered = k->hover_next;
    k->dirty = true;
}

static void pass_time(Desk *k, uint64_t wall_ns) {
    Player *p = &k->show->player;
    if (!p->playing && !p->follow) return;
    uint64_t before = p->now_ns;
    player_tick(p, k->show->feed, wall_ns);
    if (p->playing || p->now_ns != before) k->dirty = true;
}

/* The trace is opened as soon as it can be, and grows before one's eyes. */
static void look_after_rerun(Desk *k) {
    if (!k->knobs.runs) return;
    Rerun *r = k->rerun[k->rerun_count - 1];
    RerunState state = rerun_poll(r);
    Feed *f = NULL;
    Diag d;
    bool open = state != RERUN_FAILED && feed_open(&f, rerun_path(r), &d);
    if (!open && state == RERUN_RUNS) return;
    k->knobs.runs = false;
    k->dirty = true;
    if (open) {
        if (!feed_read(f, READ_EVENTS) && state == RERUN_RUNS) {
            k->knobs.runs = true; /* a head alone shows nothing */
            feed_close(f);
            return;
        }
        if (show_beside(k->show, f, &d)) {
            k->show->scene.knobs = NULL;
            k->show->scene.view = VIEW_COMPARE;
            forget_traces(k);
            return;
        }
        feed_close(f);
    }
    plain_text(k->knobs.words, sizeof k->knobs.words, state == RERUN_FAILED ? rerun_words(r) : d.message);
    forget_traces(k);
}

void desk_tick(Desk *k, uint64_t wall_ns, uint64_t now_ms) {
    if (front_tick(&k->front)) k->dirty = true;
    if (k->show == NULL) return;
    look_after_rerun(k);
    read_more(k, k->show);
    if (k->show->beside) read_more(k, k->show->beside);
    if (show_compare(k->show, READ_EVENTS)) k->dirty = true;
    if (show_read_lives(k->show, &k->frame->time, READ_EVENTS)) k->dirty = true;
    show_tooltip_when_due(k, now_ms);
    pass_time(k, wall_ns);
    k->dirty |= k->moves;
}

/* While playing, as long as nothing else happens; else as long as it takes. */
static uint64_t time_to_move(Desk *k) {
    const Player *p = &k->show->player;
    Event next;
    if (k->drag != DRAG_NONE || k->held) return 0;
    if (!p->playing || !feed_event(k->show->feed, p->seq + 1, &next)) return 1000;
    uint64_t gap_ns = next.time_ns > p->now_ns ? next.time_ns - p->now_ns : 0;
    return gap_ns > 10 * p->speed_ns ? 10000 : gap_ns * 1000 / p->speed_ns;
}

void desk_picture(Desk *k, uint64_t now_ms) {
    const Scene *s = show_scene(k->show);
    frame_build(k->frame, s);
    if (show_read_lives(k->show, &k->frame->time, READ_AT_ONCE)) frame_build(k->frame, s); /* of a short run that is all */
    motions_begin(&k->motions, k->frame, s, now_ms, time_to_move(k));
    k->moves = motions_apply(&k->motions, k->frame, s, now_ms);
}

int desk_patience(const Desk *k) {
    if (k->dirty || k->moves) return 0;
    if (k->front.state == FRONT_RUNS) return RERUN_MS;
    if (k->show == NULL) return -1;
    const Feed *f = k->show->feed;
    const Show *b = k->show->beside;
    if (!show_knows_lives(k->show, &k->frame->time)) return 0;
    if (k->show->player.playing || feed_count(f) < feed_total(f)) return 0;
    if (k->knobs.runs) return RERUN_MS;
    bool grows = feed_is_open(f) || (b && feed_is_open(b->feed));
    if (b && (feed_count(b->feed) < feed_total(b->feed) || (k->show->versus && !versus_is_done(k->show->versus) && !grows))) return 0;
    if (k->hover_next.id != NONE && k->show->scene.hovered.id == NONE) return TOOLTIP_MS;
    return grows ? POLL_MS : -1;
}

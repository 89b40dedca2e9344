/* lives_test.c -- the Timeline's lanes of goroutines: what they show, when they are read, which lanes are on show at all. */
#include "../check.h"
#include "../cli/command.h"
#include "at_desk.h"
#include "sample.h"

#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- what they show */

static SpanKind kind_now(const Model *m, const ModelG *gp) {
    switch ((GState)gp->state) {
    case G_RUNNABLE: return SPAN_READY;
    case G_RUNNING: return SPAN_RUN;
    case G_WAITING: return SPAN_BLOCKED;
    case G_SYSCALL: return m->m[gp->m].syscall ? SPAN_SYSCALL : SPAN_C;
    default: return SPAN_NONE;
    }
}

static bool is_right(const Lane *lane, const Model *m, uint64_t g, uint64_t ns) {
    size_t at = lane_find(lane, ns);
    const LaneSpan *s = at < lane->count && lane->span[at].from_ns <= ns ? &lane->span[at] : NULL;
    if ((s ? (SpanKind)s->kind : SPAN_NONE) != kind_now(m, &m->g[g])) return false;
    if (s && s->kind == SPAN_RUN) return s->id == m->g[g].p;
    if (s && s->kind == SPAN_BLOCKED) return strcmp(intern_text(m->text, s->text), intern_text(m->text, m->g[g].reason)) == 0;
    return true;
}

/* At many moments every goroutine's lane and the model say the same. */
static void check_lives(Feed *f) {
    enum { MOMENTS = 200 };
    const Model *head = feed_head(f);
    uint64_t g[LIVES_PAGE];
    size_t count = 0, wrong = 0;
    for (uint64_t id = 0; id < head->g_count && count < LIVES_PAGE; id++) {
        if (head->g[id].state != G_NONE) g[count++] = id;
    }
    while (feed_read_lives(f, g, count, 1000)) continue;
    CU_ASSERT(feed_knows_lives(f, g, count) && feed_lives(f)->whole);
    for (uint64_t k = 0; k <= MOMENTS; k++) {
        uint64_t ns = feed_end_ns(f) * k / MOMENTS;
        const Model *m = feed_model(f, 0, feed_seq_at(f, ns));
        for (size_t i = 0; i < count; i++) wrong += g[i] < m->g_count && !is_right(lives_lane(feed_lives(f), g[i]), m, g[i], ns);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static Feed *opened(const char *path) {
    Feed *f = NULL;
    Diag d;
    CU_ASSERT_FATAL(feed_open(&f, path, &d));
    while (feed_read(f, 100000)) continue;
    CU_ASSERT_EQUAL(feed_lives(f)->page, 0); /* whoever only opens pays nothing */
    return f;
}

static void make_crowd(const char *path) { sample_crowd(path, 8, 12); }
static void make_long(const char *path) { sample_long(path, 20000); }

static void lanes_and_model_agree(void) {
    static void (*const make[])(const char *path) = {sample_handoff, make_crowd, sample_stopped, sample_deadlock, make_long};
    static const char *const runs[] = {"run -q --device none --out $T/lives.trace scenarios/18_2_4_callback.lua",
                                       "run -q --device none --out $T/lives.trace scenarios/18_2_3_inflation_wrong.lua",
                                       "run -q --device none --out $T/lives.trace scenarios/20_3_3_slow_client_wrong.lua",
                                       "import -q --out $T/lives.trace tests/traces/go/pipeio-go1.26.trace",
                                       "import -q --out $T/lives.trace tests/traces/go/cgocallback-go1.26.trace"};
    char path[512];
    snprintf(path, sizeof path, "%s", temp_path("lives.trace"));
    for (size_t i = 0; i < ARRAY_LEN(make) + ARRAY_LEN(runs); i++) {
        if (i < ARRAY_LEN(make)) {
            make[i](path);
        } else {
            CU_ASSERT(command_gives(0, "$F %s", runs[i - ARRAY_LEN(make)]));
        }
        Feed *f = opened(path);
        check_lives(f);
        feed_close(f);
    }
}

/* ---------------------------------------------------------------- how much is read */

static void make_many(const char *path) { sample_waiters(path, 3000); }

static void many_are_read_by_the_page(void) {
    const char *path = temp_path("many.trace");
    make_many(path);
    Feed *f = opened(path);
    uint64_t near[] = {1, 2, 3}, next[] = {4, 400}, far[] = {2, 2900, 2901};
    while (feed_read_lives(f, near, 3, 500)) continue;
    uint64_t page = feed_lives(f)->page;
    CU_ASSERT(feed_lives(f)->count == LIVES_PAGE && feed_knows_lives(f, next, 2) && !feed_knows_lives(f, far, 3));
    CU_ASSERT_FALSE(feed_read_lives(f, next, 2, 500));
    while (feed_read_lives(f, far, 3, 500)) continue;
    CU_ASSERT(feed_lives(f)->page > page && feed_lives(f)->count <= LIVES_PAGE && feed_knows_lives(f, far, 3));
    CU_ASSERT(lives_lane(feed_lives(f), 2900)->count > 0 && lives_lane(feed_lives(f), 400) == NULL);
    feed_close(f);
}

/* First the neighbours go; then the lanes end where there was no more room. */
static void too_much_is_not_kept(void) {
    const char *path = temp_path("most.trace");
    make_many(path);
    Feed *f = opened(path);
    Lives *l = (Lives *)(uintptr_t)feed_lives(f); /* less room than there would be */
    uint64_t g[] = {2, 3}; /* it is main, the first of their neighbours, that does so much */
    l->most = 2000;
    while (feed_read_lives(f, g, 2, SIZE_MAX)) continue;
    CU_ASSERT(l->narrow && l->count == 2 && l->whole && !l->full);
    l->most = 3;
    uint64_t others[] = {4, 5};
    while (feed_read_lives(f, others, 2, SIZE_MAX)) continue;
    CU_ASSERT(l->full && !l->whole && l->known_ns < feed_end_ns(f) && l->spans <= 4 && feed_knows_lives(f, others, 2));
    feed_close(f);
}

/* ---------------------------------------------------------------- arrows, and the band of many Ms */

/* Each wake-up of the window by a goroutine that runs, and each call from C, is there once; a waker was where it is said to be. */
static void flows_are_the_windows(void) {
    CU_ASSERT(command_gives(0, "$F run -q --device none --out $T/flows.trace scenarios/18_2_4_callback.lua"));
    Feed *f = opened(temp_path("flows.trace"));
    const Flows *all = feed_flows(f, 0, feed_end_ns(f));
    size_t wakes = 0, calls = 0, at_home = 0, ended = 0;
    Event e;
    for (uint64_t seq = 1; feed_event(f, seq, &e); seq++) {
        wakes += e.kind == EV_GO_UNBLOCK && event_arg(&e, "by") != NONE;
        calls += e.kind == EV_CALLBACK;
    }
    for (size_t i = 0; i < all->count; i++) {
        const Flow *w = &all->flow[i];
        const Model *m = feed_model(f, 0, w->from_seq);
        wakes -= w->kind == FLOW_WAKE;
        calls -= w->kind == FLOW_CALLBACK;
        at_home += w->kind == FLOW_WAKE ? m->g[w->by].p == w->from : m->g[w->g].m == w->from;
        if (w->to == NONE) continue;
        m = feed_model(f, 0, w->to_seq);
        ended += m->g[w->g].state == G_RUNNING && m->g[w->g].p == w->to && w->to_ns >= w->from_ns;
    }
    CU_ASSERT(wakes == 0 && calls == 0 && all->count > 4 && at_home == all->count && ended > 4);
    uint64_t from_ns = all->flow[1].from_ns, to_ns = all->flow[3].from_ns;
    const Flows *some = feed_flows(f, from_ns, to_ns);
    for (size_t i = 0; i < some->count; i++) CU_ASSERT(some->flow[i].from_ns >= from_ns && some->flow[i].from_ns <= to_ns);
    CU_ASSERT(some->count >= 2);
    feed_close(f);
    make_long(temp_path("flows.trace"));
    f = opened(temp_path("flows.trace"));
    CU_ASSERT_EQUAL(feed_flows(f, 0, feed_end_ns(f))->count, 0); /* so many cannot be told apart */
    feed_close(f);
}

static void picture(void) {
    desk_picture(&desk, 0);
    for (int i = 0; i < 100 && desk_patience(&desk) == 0; i++) {
        desk.dirty = desk.moves = false;
        desk_tick(&desk, 0, 0);
        desk_picture(&desk, 0);
    }
}

static const Op *columns_at(double foot, size_t nth) {
    const DrawList *d = &desk.frame->list[PART_TIMELINE];
    for (const Op *op = d->ops; op < d->ops + d->count; op++) {
        if (op->kind == OP_COLUMNS && op->box.y == foot && nth-- == 0) return op;
    }
    return NULL;
}

/* The columns in C are what the Ms without a lane did, counted span by span. */
static void check_band(const Op *c) {
    const Scene *s = &show.scene;
    const TimelineLayout *time = &desk.frame->time;
    const double *share = desk.frame->list[PART_TIMELINE].numbers + c->first;
    uint64_t end_ns = s->now_ns < s->to_ns ? s->now_ns : s->to_ns;
    for (size_t i = 0; i < c->count; i++) {
        uint64_t from = timeline_ns(time, s, time->x0 + 4 * (double)i), to = timeline_ns(time, s, time->x0 + 4 * (double)(i + 1)), in_c = 0;
        if (to > end_ns) to = end_ns;
        for (size_t id = 0; id < s->lanes->m_count && id < s->model->m_count; id++) {
            const Lane *lane = &s->lanes->m[id];
            if (lane_of(LANE_M, id) != NULL) continue;
            for (size_t k = 0; k < lane->count; k++) {
                uint64_t a = lane->span[k].from_ns, b = lane->span[k].to_ns;
                if (a < from) a = from;
                if (b > to) b = to;
                if (lane->span[k].kind == SPAN_C && b > a) in_c += b - a;
            }
        }
        CU_ASSERT_DOUBLE_EQUAL(share[i], (double)in_c / ((double)time->hidden * (double)(to - from)), 1e-6);
    }
}

/* At 15 ms a hundred Ms are in C, and those without a lane are all that the band shows; at 22 ms most are back. What a frame has kept
 * of earlier moments makes no difference. */
static void many_ms_are_a_band(void) {
    CU_ASSERT(command_gives(0, "$F run -q --device none --out $T/band.trace scenarios/18_2_3_inflation_wrong.lua"));
    sit_down_before(temp_path("band.trace"));
    desk_type(&desk, "5");
    player_seek_ns(&show.player, show.feed, 15000000);
    desk_picture(&desk, 0);
    const LanePlace *band = lane_of(LANE_BAND, NONE);
    CU_ASSERT_FATAL(band != NULL && desk.frame->time.hidden > 40);
    const Op *c = columns_at(band->y + band->h, 1);
    CU_ASSERT_FATAL(c != NULL && c->count > 20);
    double all_but_one = 1 - 1 / (double)desk.frame->time.hidden; /* one is parked */
    CU_ASSERT_DOUBLE_EQUAL(desk.frame->list[PART_TIMELINE].numbers[c->first + c->count - 2], all_but_one, .001);
    Frame *fresh = frame_new();
    for (uint64_t ns = 15000000; ns < 22900000; ns += 310000) {
        player_seek_ns(&show.player, show.feed, ns);
        picture();
        frame_free(fresh);
        fresh = frame_new();
        frame_build(fresh, show_scene(&show));
        CU_ASSERT_EQUAL(draw_hash(&fresh->list[PART_TIMELINE]), draw_hash(&desk.frame->list[PART_TIMELINE]));
        band = lane_of(LANE_BAND, NONE);
        check_band(columns_at(band->y + band->h, 1));
    }
    band = lane_of(LANE_BAND, NONE);
    c = band ? columns_at(band->y + band->h, 1) : NULL;
    CU_ASSERT(c != NULL && desk.frame->list[PART_TIMELINE].numbers[c->first + c->count - 1] < .3);
    show.scene.folded = 1u << LANES_M;
    picture();
    CU_ASSERT_PTR_NULL(lane_of(LANE_BAND, NONE));
    frame_free(fresh);
    get_up();
}

/* ---------------------------------------------------------------- on the desk */

static size_t lanes_of_kind(LaneKind kind) {
    size_t n = 0;
    for (size_t i = 0; i < desk.frame->time.lane_count; i++) n += desk.frame->time.lane[i].kind == kind;
    return n;
}

static void type(const char *text) {
    for (; *text; text++) desk_type(&desk, (char[]){*text, '\0'});
}

static void goroutines_have_lanes_where_they_are_wanted(void) {
    sit_down(sample_handoff);
    desk_key(&desk, "End");
    picture();
    CU_ASSERT(lanes_of_kind(LANE_G) == 0 && feed_lives(show.feed)->page == 0);
    desk_type(&desk, "g");
    picture();
    CU_ASSERT(lanes_of_kind(LANE_G) > 0 && feed_lives(show.feed)->whole && desk.frame->time.group[LANES_G].y <= 0);
    CU_ASSERT(lanes_of_kind(LANE_QUEUE) == 1 && desk.frame->time.hidden_g > 0); /* what there is no room for takes no other's */
    desk_type(&desk, "g");
    desk_type(&desk, "5");
    picture();
    size_t all = lanes_of_kind(LANE_G);
    CU_ASSERT(all > 3 && desk.frame->time.group[LANES_G].total == all && desk.frame->time.group[LANES_G].y > 0);
    CU_ASSERT(lane_of(LANE_G, 7) != NULL && lane_of(LANE_G, 7) > lane_of(LANE_G, 1));
    show.scene.followed = (Thing){KIND_G, 7};
    picture();
    CU_ASSERT(lanes_of_kind(LANE_G) == all && lane_of(LANE_G, 7) < lane_of(LANE_G, 1)); /* whoever is followed comes first */
    desk_type(&desk, "G");
    picture();
    CU_ASSERT(lanes_of_kind(LANE_G) == 0 && desk.frame->time.group[LANES_G].y > 0);
    desk_type(&desk, "2");
    desk_type(&desk, "g");
    CU_ASSERT(show.scene.said != NULL && !show.scene.goroutines);
    get_up();
}

static void groups_are_folded(void) {
    sit_down(sample_handoff);
    desk_key(&desk, "End");
    desk_type(&desk, "5");
    picture();
    size_t ps = lanes_of_kind(LANE_P), ms = lanes_of_kind(LANE_M), queues = lanes_of_kind(LANE_QUEUE);
    CU_ASSERT(ps == 3 && ms > 1 && queues == 1);
    for (size_t i = 0; i < desk.frame->hits.count; i++) {
        const Hit *h = &desk.frame->hits.hit[i];
        if (h->kind != HIT_GROUP || h->value != LANES_P) continue;
        desk_press(&desk, middle(h));
        desk_release(&desk, middle(h));
        break;
    }
    picture();
    CU_ASSERT(lanes_of_kind(LANE_P) == 0 && lanes_of_kind(LANE_M) == ms && desk.frame->time.group[LANES_P].total == ps);
    show.scene.selected = (Thing){KIND_M, 0};
    desk_key(&desk, "Return");
    picture();
    CU_ASSERT_EQUAL(lanes_of_kind(LANE_M), 0);
    desk_key(&desk, "Return");
    show.scene.selected = (Thing){KIND_M, 1};
    desk_key(&desk, "Return");
    picture();
    CU_ASSERT(lanes_of_kind(LANE_M) == ms && lanes_of_kind(LANE_SYSMON) == 0);
    show.scene.selected = (Thing){KIND_QUEUE, 0};
    desk_key(&desk, "Return");
    picture();
    CU_ASSERT_EQUAL(lanes_of_kind(LANE_QUEUE), 0);
    desk_key(&desk, "Escape");
    desk_key(&desk, "Return"); /* nothing is selected: all are back */
    picture();
    CU_ASSERT(lanes_of_kind(LANE_P) == ps && lanes_of_kind(LANE_QUEUE) == queues && lanes_of_kind(LANE_SYSMON) == 1);
    get_up();
}

static void a_filter_keeps_what_is_like_it(void) {
    sit_down(sample_handoff);
    player_seek_ns(&show.player, show.feed, 3473000);
    desk_type(&desk, "5");
    picture();
    size_t ms = lanes_of_kind(LANE_M), all = desk.frame->time.lane_count;
    double y = desk.frame->time.lanes_y;
    desk_type(&desk, "k");
    CU_ASSERT(desk_takes_text(&desk) && show.scene.filtering);
    type("m");
    picture();
    CU_ASSERT(lanes_of_kind(LANE_M) == ms && desk.frame->time.lane_count == ms && desk.frame->time.filter_y > 0);
    desk_key(&desk, "Backspace");
    type("g7");
    desk_key(&desk, "Return");
    picture();
    CU_ASSERT(desk.frame->time.lane_count == 1 && lane_of(LANE_G, 7) != NULL && !desk_takes_text(&desk));
    desk_type(&desk, "k");
    for (int i = 0; i < 2; i++) desk_key(&desk, "Backspace");
    type("CLFINISH"); /* where g7 is, with its thread */
    desk_key(&desk, "Return");
    picture();
    CU_ASSERT(desk.frame->time.lane_count == 2 && lane_of(LANE_G, 7) != NULL && lanes_of_kind(LANE_M) == 1);
    desk_type(&desk, "k");
    type(" nobody");
    desk_key(&desk, "Return");
    picture();
    CU_ASSERT(desk.frame->time.lane_count == 0 && desk.frame->time.filter_y > 0);
    desk_key(&desk, "Down"); /* there is no lane to go to */
    desk_key(&desk, "Escape");
    picture();
    CU_ASSERT(desk.frame->time.lane_count == all && desk.frame->time.lanes_y == y && show.scene.filter == NULL);
    desk_type(&desk, "k");
    type("queue");
    desk_key(&desk, "Escape");
    picture();
    CU_ASSERT_EQUAL(desk.frame->time.lane_count, all);
    get_up();
}

/* From the first lane to the last of three thousand, and some of the way back: the selection is always on show. */
static void the_selection_scrolls_the_lanes(void) {
    sit_down(make_many);
    desk_key(&desk, "End");
    desk_type(&desk, "5");
    picture();
    const TimelineLayout *l = &desk.frame->time;
    CU_ASSERT_FATAL(l->scroll_count > 2000);
    size_t seen = 0, missing = 0, most = 0;
    for (size_t i = 0; i < 300; i++) {
        desk_key(&desk, "Down");
        look();
        Thing t = show.scene.selected;
        missing += t.kind == KIND_G && lane_of(LANE_G, t.id) == NULL;
        if (t.kind == KIND_G && t.id > seen) seen = t.id;
        if (l->lane_count > most) most = l->lane_count;
    }
    CU_ASSERT(seen > 200 && missing == 0 && l->scroll_first > 100 && most < 60);
    size_t first = l->scroll_first;
    for (size_t i = 0; i < 120; i++) desk_key(&desk, "Up"), look();
    CU_ASSERT(l->scroll_first < first && lane_of(LANE_G, show.scene.selected.id) != NULL);
    picture();
    CU_ASSERT(feed_lives(show.feed)->count <= LIVES_PAGE && show_knows_lives(&show, l));
    get_up();
}

void lives_tests(void);
void lives_tests(void) {
    static const Check checks[] = {
        {"lanes and model agree", lanes_and_model_agree},
        {"many are read by the page", many_are_read_by_the_page},
        {"too much is not kept", too_much_is_not_kept},
        {"flows are the window's", flows_are_the_windows},
        {"many Ms are a band", many_ms_are_a_band},
        {"goroutines have lanes where they are wanted", goroutines_have_lanes_where_they_are_wanted},
        {"groups are folded", groups_are_folded},
        {"a filter keeps what is like it", a_filter_keeps_what_is_like_it},
        {"the selection scrolls the lanes", the_selection_scrolls_the_lanes},
        {NULL, NULL},
    };
    suite("lanes of goroutines, groups, filter", checks);
}

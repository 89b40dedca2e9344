/* player_test.c -- any moment by any way is the same; stepping, playing, zooming; traces that
 * grow, end early, or cannot be. */
#include "../check.h"
#include "../cli/command.h"
#include "sample.h"

#include "../../visualizer/find.h"
#include "../../visualizer/show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static Feed *open_feed(const char *path) {
    Feed *f = NULL;
    Diag d;
    CU_ASSERT_FATAL(feed_open(&f, path, &d));
    while (feed_read(f, 10000)) continue;
    return f;
}

static Feed *make_and_open(const char *name, void (*make)(const char *path)) {
    const char *path = temp_path(name);
    make(path);
    return open_feed(path);
}

static void make_long(const char *path) { sample_long(path, 60000); }

static bool same_model(const Model *a, const Model *b) {
    Bytes x = {0}, y = {0};
    model_save(a, &x);
    model_save(b, &y);
    bool same = x.len == y.len && memcmp(x.data, y.data, x.len) == 0;
    bytes_free(&x);
    bytes_free(&y);
    return same;
}

static void every_way_leads_to_the_same_world(void) {
    static const uint64_t places[] = {1, 59999, 4096, 4097, 30000, 12345, 12344, 12345, 0, 60000};
    Feed *f = make_and_open("ways.trace", make_long);
    Diag d;
    Trace *t;
    CU_ASSERT_FATAL(trace_open(&t, feed_path(f), &d));
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        Model *straight = trace_model_at_seq(t, places[i], &d);
        CU_ASSERT_PTR_NOT_NULL_FATAL(straight);
        CU_ASSERT_EQUAL(feed_model(f, 0, places[i])->seq, straight->seq);
        CU_ASSERT(same_model(feed_model(f, 0, places[i]), straight));
        model_free(straight);
    }
    trace_close(t);
    feed_close(f);
}

static void steps_go_event_by_event_and_back(void) {
    Feed *f = make_and_open("steps.trace", sample_handoff);
    Player p;
    player_open(&p, f);
    CU_ASSERT_EQUAL(p.seq, 1);
    for (uint64_t seq = 2; seq <= feed_count(f); seq++) {
        player_step(&p, f, 1);
        CU_ASSERT_EQUAL(p.seq, seq);
    }
    player_step(&p, f, 1);
    CU_ASSERT_EQUAL(p.seq, feed_count(f));
    uint64_t before = p.now_ns;
    for (uint64_t seq = feed_count(f) - 1; seq >= 1; seq--) {
        player_step(&p, f, -1);
        CU_ASSERT_EQUAL(p.seq, seq);
        CU_ASSERT(p.now_ns <= before);
        before = p.now_ns;
    }
    player_step(&p, f, -1);
    CU_ASSERT_EQUAL(p.seq, 1);
    feed_close(f);
}

static void story_steps_stop_at_what_is_told(void) {
    Feed *f = make_and_open("story.trace", sample_handoff);
    Player p;
    Event e;
    player_open(&p, f);
    size_t steps = 0;
    for (uint64_t before = 0; p.seq != before && steps < 1000; steps++) {
        before = p.seq;
        player_step_story(&p, f, 1);
        CU_ASSERT(feed_event(f, p.seq, &e));
        CU_ASSERT(p.seq == before || narrate_is_story(&e));
    }
    CU_ASSERT(steps > 5);
    CU_ASSERT(steps < feed_count(f));
    player_step_thing(&p, f, -1, KIND_G, 7);
    CU_ASSERT(feed_event(f, p.seq, &e));
    CU_ASSERT(event_mentions(&e, KIND_G, 7));
    feed_close(f);
}

static void a_time_is_the_last_event_at_or_before_it(void) {
    Feed *f = make_and_open("times.trace", sample_handoff);
    Player p;
    Event e;
    player_open(&p, f);
    for (uint64_t ns = 0; ns < 12100000; ns += 9973) {
        player_seek_ns(&p, f, ns);
        CU_ASSERT(feed_event(f, p.seq, &e));
        CU_ASSERT(e.time_ns <= p.now_ns);
        if (p.seq < feed_count(f)) {
            CU_ASSERT(feed_event(f, p.seq + 1, &e));
            CU_ASSERT(e.time_ns > p.now_ns);
        }
        CU_ASSERT(p.now_ns >= p.from_ns && p.now_ns <= p.to_ns);
    }
    feed_close(f);
}

static void playing_takes_the_time_it_says_and_ends(void) {
    Feed *f = make_and_open("plays.trace", sample_handoff);
    Player p;
    player_open(&p, f);
    p.playing = true;
    p.speed_ns = 1000001; /* in ticks of 1/60 s nothing may be lost to rounding */
    for (int i = 0; i < 60; i++) player_tick(&p, f, 16666667);
    CU_ASSERT(p.now_ns >= 1000000 && p.now_ns <= 1000001);
    p.speed_ns = 1000000000;
    for (int i = 0; i < 60; i++) player_tick(&p, f, 16666667);
    CU_ASSERT_EQUAL(p.now_ns, feed_end_ns(f));
    CU_ASSERT_FALSE(p.playing);
    feed_close(f);
}

static void zooming_keeps_the_time_under_the_pointer(void) {
    Feed *f = make_and_open("zoom.trace", sample_handoff);
    Player p;
    player_open(&p, f);
    player_seek_ns(&p, f, 3473000);
    double before = (double)(3473000 - p.from_ns) / (double)(p.to_ns - p.from_ns);
    for (int i = 0; i < 12; i++) player_zoom(&p, f, 80, 3473000);
    double after = (double)(3473000 - p.from_ns) / (double)(p.to_ns - p.from_ns);
    CU_ASSERT_DOUBLE_EQUAL(before, after, .01);
    for (int i = 0; i < 100; i++) player_zoom(&p, f, 80, 3473000);
    CU_ASSERT_EQUAL(p.to_ns - p.from_ns, WINDOW_MIN_NS);
    for (int i = 0; i < 200; i++) player_zoom(&p, f, 125, 3473000);
    CU_ASSERT(p.to_ns - p.from_ns <= 2 * feed_end_ns(f));
    player_pan(&p, f, -1000000000);
    CU_ASSERT_EQUAL(p.from_ns, 0);
    feed_close(f);
}

/* ---------------------------------------------------------------- lanes */

static const LaneSpan *span_at(const Lane *lane, uint64_t ns) {
    size_t i = lane_find(lane, ns);
    return i < lane->count && lane->span[i].from_ns <= ns ? &lane->span[i] : NULL;
}

static void lanes_tell_the_handoff(void) {
    Feed *f = make_and_open("lanes.trace", sample_handoff);
    const Lanes *l = feed_lanes(f);
    const LaneSpan *s = span_at(&l->p[1], 3400000);
    CU_ASSERT_FATAL(s != NULL);
    CU_ASSERT(s->kind == SPAN_RUN && s->id == 7);
    s = span_at(&l->p[1], 3430000);
    CU_ASSERT_FATAL(s != NULL);
    CU_ASSERT(s->kind == SPAN_HELD && s->from_ns == 3412000 && s->to_ns == 3452000);
    s = span_at(&l->p[1], 3460000); /* nobody runs between retake and the new thread */
    CU_ASSERT(s && s->kind == SPAN_WAITS && s->id == 4);
    s = span_at(&l->p[1], 3471000);
    CU_ASSERT(s && s->kind == SPAN_RUN && s->id == 12);
    s = span_at(&l->m[3], 3500000);
    CU_ASSERT(s && s->kind == SPAN_C && s->id == 7 && s->to_ns == 3515400);
    s = span_at(&l->m[4], 3460000);
    CU_ASSERT(s && s->kind == SPAN_STARTING);
    s = span_at(&l->queue[0], 3450000);
    CU_ASSERT(s && s->kind == SPAN_COMMAND && s->id == 1);
    size_t retakes = 0;
    for (size_t i = 0; i < l->tick_count; i++) retakes += l->tick[i].acted;
    CU_ASSERT_EQUAL(retakes, 1);
    CU_ASSERT_EQUAL(l->in_c_max, 1);
    CU_ASSERT_EQUAL(l->mark_count, 1);
    feed_close(f);
}

/* The sums behind a pixel column are those of the spans one by one. */
static void shares_add_up(void) {
    Feed *f = make_and_open("shares.trace", make_long);
    const Lane *lane = &feed_lanes(f)->m[2];
    static const uint64_t windows[][2] = {
        {0, 100000}, {1234567, 1300000}, {5000, 5001}, {20000000, 30000000}, {0, 1000000000}};
    for (size_t w = 0; w < ARRAY_LEN(windows); w++) {
        uint64_t go = 0, c = 0, a = windows[w][0], z = windows[w][1];
        for (size_t i = 0; i < lane->count; i++) {
            const LaneSpan *s = &lane->span[i];
            uint64_t from = s->from_ns > a ? s->from_ns : a, to = s->to_ns < z ? s->to_ns : z;
            if (to <= from) continue;
            if (s->kind == SPAN_GO) go += to - from;
            if (s->kind == SPAN_C) c += to - from;
        }
        LaneShare share = lane_share(lane, a, z);
        CU_ASSERT_EQUAL(share.go_ns, go);
        CU_ASSERT_EQUAL(share.c_ns, c);
    }
    feed_close(f);
}

/* ---------------------------------------------------------------- traces that are not whole */

static void an_impossible_event_ends_the_trace_with_its_reason(void) {
    Feed *f = make_and_open("impossible.trace", sample_impossible);
    CU_ASSERT_PTR_NOT_NULL(strstr(feed_trouble(f), "is impossible"));
    CU_ASSERT_PTR_NOT_NULL(strstr(feed_trouble(f), "P_RETAKE"));
    Player p;
    player_open(&p, f);
    player_seek_ns(&p, f, UINT64_MAX);
    CU_ASSERT_EQUAL(p.seq, feed_count(f));
    CU_ASSERT_EQUAL(feed_model(f, 0, p.seq)->seq, p.seq);
    CU_ASSERT_FALSE(feed_read(f, 10));
    feed_close(f);
}

static void copy_bytes(const char *from, const char *to, long len) {
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    for (int c; len-- > 0 && (c = fgetc(in)) != EOF;) fputc(c, out);
    fclose(in);
    fclose(out);
}

static long file_size(const char *path) {
    FILE *f = fopen(path, "rb");
    fseek(f, 0, SEEK_END);
    long size = ftell(f);
    fclose(f);
    return size;
}

static void a_growing_trace_is_read_on(void) {
    char whole[512], part[512];
    snprintf(whole, sizeof whole, "%s", temp_path("whole.trace"));
    snprintf(part, sizeof part, "%s", temp_path("part.trace"));
    make_long(whole);
    long size = file_size(whole);
    copy_bytes(whole, part, size / 2);
    Feed *f = open_feed(part);
    uint64_t half = feed_count(f);
    CU_ASSERT(half > 0);
    CU_ASSERT(feed_is_open(f));
    CU_ASSERT_STRING_EQUAL(feed_trouble(f), "");
    CU_ASSERT_FALSE(feed_poll(f));
    copy_bytes(whole, part, size);
    CU_ASSERT(feed_poll(f));
    while (feed_read(f, 1000)) continue;
    CU_ASSERT(feed_count(f) > half);
    CU_ASSERT_EQUAL(feed_count(f), feed_total(f));
    CU_ASSERT_FALSE(feed_is_open(f));
    feed_close(f);
}

/* Each byte of a trace in turn: it is refused, or it is shown as far as it is good; nothing else. */
static void damage_anywhere_is_survived(void) {
    char good[512], bad[512];
    Diag d;
    snprintf(good, sizeof good, "%s", temp_path("good.trace"));
    snprintf(bad, sizeof bad, "%s", temp_path("bad.trace"));
    sample_handoff(good);
    long size = file_size(good);
    copy_bytes(good, bad, size);
    for (long at = 0; at < size; at += 1 + at / 40) {
        FILE *f = fopen(bad, "r+b");
        fseek(f, at, SEEK_SET);
        int byte = fgetc(f);
        fseek(f, at, SEEK_SET);
        fputc(byte ^ 0x55, f);
        fclose(f);
        Feed *feed;
        if (feed_open(&feed, bad, &d)) {
            Show w;
            while (feed_read(feed, 1000)) continue;
            show_init(&w, feed);
            player_seek_ns(&w.player, feed, UINT64_MAX);
            CU_ASSERT(show_scene(&w)->model->seq <= feed_count(feed));
            feed_close(feed);
        } else {
            CU_ASSERT_EQUAL(d.status, EXIT_WORLD);
        }
        f = fopen(bad, "r+b");
        fseek(f, at, SEEK_SET);
        fputc(byte, f);
        fclose(f);
    }
}

static void places_can_be_named(void) {
    const char *path = temp_path("places.trace");
    Show w;
    Diag d;
    Event e;
    sample_handoff(path);
    show_init(&w, open_feed(path));
    CU_ASSERT(show_go_to(&w, "first:P_RETAKE", &d));
    CU_ASSERT(feed_event(w.feed, w.player.told_seq, &e) && e.kind == EV_P_RETAKE);
    uint64_t retaken_ns = e.time_ns;
    CU_ASSERT(w.player.seq > w.player.told_seq); /* with all else that happens in that instant */
    CU_ASSERT(feed_event(w.feed, w.player.seq, &e) && e.time_ns == retaken_ns);
    CU_ASSERT(feed_event(w.feed, w.player.seq + 1, &e) && e.time_ns > retaken_ns);
    CU_ASSERT(show_go_to(&w, "last:SYSMON_LOOK", &d));
    CU_ASSERT(feed_event(w.feed, w.player.told_seq, &e) && e.kind == EV_SYSMON_LOOK);
    CU_ASSERT(show_go_to(&w, "3.473ms", &d));
    CU_ASSERT_EQUAL(w.player.now_ns, 3473000);
    CU_ASSERT(show_go_to(&w, "#12", &d));
    CU_ASSERT_EQUAL(w.player.seq, 12);
    CU_ASSERT(show_go_to(&w, "end", &d));
    CU_ASSERT_EQUAL(w.player.seq, feed_count(w.feed));
    CU_ASSERT_FALSE(show_go_to(&w, "soon", &d));
    CU_ASSERT_EQUAL(d.status, EXIT_USAGE);
    CU_ASSERT_FALSE(show_go_to(&w, "first:NO_SUCH", &d));
    CU_ASSERT_FALSE(show_go_to(&w, "first:PANIC", &d));
    feed_close(w.feed);
}

static void a_story_leads_back_to_its_line(void) {
    const char *path = temp_path("line.trace");
    Show w;
    Diag d;
    sample_handoff(path);
    show_init(&w, open_feed(path));
    CU_ASSERT(show_go_to(&w, "last:M_START", &d));
    const Story *s = show_scene(&w)->story;
    CU_ASSERT(s->step_count >= 2);
    CU_ASSERT(s->since_seq < s->seq);
    CU_ASSERT_EQUAL(s->line, 16); /* by way of the retake, to the call that blocks */
    feed_close(w.feed);
}

/* What is known only at the end is not told before all is read; the keys go from evidence to evidence, and stay at the last. */
static void findings_are_gone_through_by_their_evidence(void) {
    const char *path = temp_path("findings.trace");
    command_gives(0, "$F run -q $D -o %s scenarios/20_3_3_slow_client_wrong.lua", path);
    Feed *f = NULL;
    Diag d;
    size_t count;
    CU_ASSERT_FATAL(feed_open(&f, path, &d));
    feed_read(f, 1000);
    const Finding *x = feed_findings(f, &count);
    CU_ASSERT(count == 1 && x[0].kind == FIND_backpressure);
    while (feed_read(f, 1000)) continue;
    x = feed_findings(f, &count);
    CU_ASSERT_EQUAL_FATAL(count, 2);
    CU_ASSERT(x[0].kind == FIND_backpressure && x[1].kind == FIND_device_idle);
    CU_ASSERT(x[0].seq < x[1].seq);
    Player p;
    player_open(&p, f);
    for (size_t i = 0; i < 2; i++) {
        player_step_finding(&p, f, 1);
        CU_ASSERT_EQUAL(p.told_seq, x[i].seq);
    }
    player_step_finding(&p, f, 1);
    CU_ASSERT_EQUAL(p.told_seq, x[1].seq);
    for (int i = 0; i < 3; i++) player_step_finding(&p, f, -1);
    CU_ASSERT_EQUAL(p.told_seq, x[0].seq);
    feed_close(f);
}

/* A question says who acts and not what it does; the same step again shows it; going elsewhere drops it. */
static void a_prediction_is_asked_for_before_it_is_shown(void) {
    Show w;
    Feed *f = make_and_open("predict.trace", sample_handoff);
    show_init(&w, f);
    w.player.predict = true;
    for (uint64_t seq = 2; seq <= feed_count(f); seq++) {
        Event e;
        player_step(&w.player, f, 1);
        CU_ASSERT_EQUAL(w.player.seq, seq - 1);
        CU_ASSERT_FATAL(feed_event(f, seq, &e));
        const Scene *s = show_scene(&w);
        CU_ASSERT(s->question[0] != '\0' && s->question[strlen(s->question) - 1] == '?');
        CU_ASSERT_PTR_NULL(strstr(s->question, event_spec[e.kind].name));
        player_step(&w.player, f, 1);
        CU_ASSERT_EQUAL(w.player.seq, seq);
        CU_ASSERT_STRING_EQUAL(show_scene(&w)->question, "");
    }
    player_step(&w.player, f, 1); /* at the end there is nothing to ask */
    CU_ASSERT_EQUAL(w.player.ask_seq, 0);
    player_seek_seq(&w.player, f, 3);
    player_step(&w.player, f, 1);
    CU_ASSERT_EQUAL(w.player.ask_seq, 4);
    player_step(&w.player, f, -1);
    CU_ASSERT_EQUAL(w.player.ask_seq, 0);
    CU_ASSERT_EQUAL(w.player.seq, 2);
    feed_close(f);
}

static void what_is_typed_is_found(void) {
    static const struct {
        const char *text;
        Kind kind;
        uint64_t id; /* NONE: an event */
    } things[] = {{"g7", KIND_G, 7}, {"G7", KIND_G, 7}, {"P0", KIND_P, 0}, {"m3", KIND_M, 3}};
    Feed *f = make_and_open("find.trace", sample_handoff);
    Found found;
    for (size_t i = 0; i < ARRAY_LEN(things); i++) {
        CU_ASSERT(find_in(f, things[i].text, 1, &found));
        CU_ASSERT(found.thing.kind == things[i].kind && found.thing.id == things[i].id && found.seq == 0);
    }
    CU_ASSERT(find_in(f, "LAUNCH", 1, &found) && found.thing.kind == KIND_G);
    CU_ASSERT_STRING_EQUAL(model_g_name(feed_head(f), found.thing.id), "launcher");
    CU_ASSERT(find_in(f, "#7", 1, &found) && found.seq == 7 && found.thing.id == NONE);
    uint64_t first = feed_find(f, "SYSMON_LOOK", false), last = feed_find(f, "SYSMON_LOOK", true), at = 1, count = 0;
    do {
        CU_ASSERT_FATAL(find_in(f, "sysmon_look", at, &found));
        CU_ASSERT(found.seq > at || at == last);
        at = found.seq;
    } while (at != last && count++ < 1000);
    CU_ASSERT(find_in(f, "SYSMON_LOOK", last, &found) && found.seq == first); /* round again */
    static const char *const nothing[] = {"", "g999999", "#0", "#99999999", "nonesuch", "GO_NONE"};
    for (size_t i = 0; i < ARRAY_LEN(nothing); i++) CU_ASSERT(!find_in(f, nothing[i], 1, &found));
    feed_close(f);
}

void player_tests(void) {
    static const Check checks[] = {
        {"every way leads to the same world", every_way_leads_to_the_same_world},
        {"steps go event by event, and back", steps_go_event_by_event_and_back},
        {"story steps stop at what is told", story_steps_stop_at_what_is_told},
        {"a time is the last event at or before it", a_time_is_the_last_event_at_or_before_it},
        {"playing takes the time it says, and ends", playing_takes_the_time_it_says_and_ends},
        {"zooming keeps the time under the pointer", zooming_keeps_the_time_under_the_pointer},
        {"lanes tell the handoff", lanes_tell_the_handoff},
        {"shares add up", shares_add_up},
        {"an impossible event ends the trace, with its reason",
         an_impossible_event_ends_the_trace_with_its_reason},
        {"a growing trace is read on", a_growing_trace_is_read_on},
        {"damage anywhere is survived", damage_anywhere_is_survived},
        {"places can be named", places_can_be_named},
        {"a prediction is asked for before it is shown", a_prediction_is_asked_for_before_it_is_shown},
        {"what is typed is found", what_is_typed_is_found},
        {"findings are gone through by their evidence", findings_are_gone_through_by_their_evidence},
        {"a story leads back to its line", a_story_leads_back_to_its_line},
        {NULL, NULL},
    };
    suite("player", checks);
}

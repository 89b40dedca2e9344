/* player.c -- seeking, stepping, playing, zooming.
 *
 * The window follows the moment: a playhead that leaves it to the right is put back at 86 % of the
 * width, where there is room beside it for who is there now.
 */
#include "player.h"

static uint64_t window_span(const Player *p) { return p->to_ns - p->from_ns; }

static uint64_t run_ns(const Feed *f) {
    uint64_t end = feed_end_ns(f);
    return end > WINDOW_MIN_NS ? end : WINDOW_MIN_NS;
}

/* The window's end may lie past the run's end, so that the playhead keeps its place. */
static void set_window(Player *p, const Feed *f, uint64_t from_ns, uint64_t span_ns) {
    uint64_t most = run_ns(f) + run_ns(f) / 6;
    if (span_ns < WINDOW_MIN_NS) span_ns = WINDOW_MIN_NS;
    if (span_ns > most) span_ns = most;
    if (from_ns > run_ns(f)) from_ns = run_ns(f);
    p->from_ns = from_ns;
    p->to_ns = from_ns + span_ns;
}

static void keep_in_window(Player *p, const Feed *f) {
    uint64_t span = window_span(p), lead = span / 100 * 86;
    if (p->now_ns >= p->from_ns && p->now_ns <= p->from_ns + span / 100 * 97) return;
    set_window(p, f, p->now_ns > lead ? p->now_ns - lead : 0, span);
}

static void arrive(Player *p, const Feed *f, uint64_t ns, uint64_t seq, uint64_t told) {
    p->ask_seq = 0;
    p->now_ns = ns;
    p->seq = seq;
    p->told_seq = told;
    p->rest = 0;
    keep_in_window(p, f);
}

void player_open(Player *p, Feed *f) {
    *p = (Player){0};
    player_fit(p, f);
    player_seek_seq(p, f, feed_count(f) ? 1 : 0);
    /* the whole run in about a minute, in steps of 1, 2, 5 */
    static const unsigned steps[] = {2, 5, 10};
    uint64_t speed = 1000, decade = 1000;
    while (speed < feed_end_ns(f) / 60) {
        for (int i = 0; i < 3 && speed < feed_end_ns(f) / 60; i++) speed = decade * steps[i];
        decade *= 10;
    }
    p->speed_ns = p->own_speed_ns = speed;
}

void player_seek_ns(Player *p, Feed *f, uint64_t ns) {
    if (ns > feed_end_ns(f)) ns = feed_end_ns(f);
    uint64_t seq = feed_seq_at(f, ns), told = lanes_story_at(feed_lanes(f), seq);
    arrive(p, f, ns, seq, told ? told : seq);
}

void player_seek_seq(Player *p, Feed *f, uint64_t seq) {
    Event e;
    if (seq > feed_count(f)) seq = feed_count(f);
    arrive(p, f, feed_event(f, seq, &e) ? e.time_ns : 0, seq, seq);
}

void player_seek_instant(Player *p, Feed *f, uint64_t seq) {
    Event e;
    if (!feed_event(f, seq, &e)) return;
    arrive(p, f, e.time_ns, feed_seq_at(f, e.time_ns), seq);
}

/* Does the class have to say first what comes? */
static bool asks(Player *p, uint64_t seq) {
    if (!p->predict || seq == p->ask_seq) return false;
    p->ask_seq = seq;
    return true;
}

void player_step(Player *p, Feed *f, int events) {
    if (events > 0 && p->seq < feed_count(f) && asks(p, p->seq + 1)) return;
    if (events < 0 && p->seq <= 1) return;
    /* Back from between two events: first to the one before, as it was when it happened. */
    Event e;
    if (events < 0 && feed_event(f, p->seq, &e) && e.time_ns < p->now_ns)
        player_seek_seq(p, f, p->seq);
    else player_seek_seq(p, f, events < 0 ? p->seq - 1 : p->seq + 1);
}

void player_step_story(Player *p, Feed *f, int direction) {
    const Lanes *l = feed_lanes(f);
    uint64_t seq = direction > 0 ? lanes_story_after(l, p->seq)
                   : p->seq > 1  ? lanes_story_at(l, p->seq - 1)
                                 : 0;
    if (seq == 0 || (direction > 0 && asks(p, seq))) return;
    player_seek_seq(p, f, seq);
}

void player_step_thing(Player *p, Feed *f, int direction, Kind kind, uint64_t id) {
    Event e;
    for (uint64_t seq = p->seq;;) {
        if (direction > 0 ? ++seq > feed_count(f) : --seq < 1) return;
        if (!feed_event(f, seq, &e)) return;
        if (event_mentions(&e, kind, id)) {
            if (direction < 0 || !asks(p, seq)) player_seek_seq(p, f, seq);
            return;
        }
    }
}

void player_tick(Player *p, Feed *f, uint64_t wall_ns) {
    if (p->follow) player_seek_ns(p, f, feed_end_ns(f));
    if (!p->playing) return;
    if (wall_ns > 100000000) wall_ns = 100000000; /* a window that was asleep does not jump */
    uint64_t product = p->speed_ns * wall_ns + p->rest;
    uint64_t rest = product % 1000000000;
    player_seek_ns(p, f, p->now_ns + product / 1000000000);
    p->rest = rest;
    if (p->now_ns >= feed_end_ns(f) && !feed_is_open(f)) p->playing = false;
}

void player_speed(Player *p, int steps) {
    for (; steps > 0 && p->speed_ns < SPEED_MAX_NS; steps--) p->speed_ns *= 2;
    for (; steps < 0 && p->speed_ns > SPEED_MIN_NS; steps++) p->speed_ns /= 2;
}

void player_zoom(Player *p, const Feed *f, unsigned factor_hundredths, uint64_t at_ns) {
    uint64_t span = window_span(p), left = at_ns > p->from_ns ? at_ns - p->from_ns : 0;
    if (left > span) left = span;
    uint64_t wanted = span / 100 * factor_hundredths + span % 100 * factor_hundredths / 100;
    uint64_t most = run_ns(f) + run_ns(f) / 6;
    if (wanted < WINDOW_MIN_NS) wanted = WINDOW_MIN_NS;
    if (wanted > most) wanted = most;
    /* the share of the window left of at_ns, in millionths, so that it stays under the pointer */
    uint64_t share = span >= 1000000 ? left / (span / 1000000) : left * 1000000 / span;
    uint64_t keep = wanted >= 1000000 ? wanted / 1000000 * share : wanted * share / 1000000;
    set_window(p, f, at_ns > keep ? at_ns - keep : 0, wanted);
}

void player_pan(Player *p, const Feed *f, int64_t ns) {
    uint64_t from = p->from_ns;
    if (ns < 0) from = from > (uint64_t)-ns ? from - (uint64_t)-ns : 0;
    else from += (uint64_t)ns;
    set_window(p, f, from, window_span(p));
}

void player_fit(Player *p, const Feed *f) { set_window(p, f, 0, run_ns(f) + run_ns(f) / 8); }

void player_span(Player *p, const Feed *f, uint64_t span_ns) {
    uint64_t lead = span_ns / 100 * 86;
    set_window(p, f, p->now_ns > lead ? p->now_ns - lead : 0, span_ns);
}

void player_show(Player *p, const Feed *f, uint64_t from_ns, uint64_t to_ns) {
    uint64_t span = to_ns > from_ns ? to_ns - from_ns : 0, margin = span / 16;
    if (span < WINDOW_MIN_NS) margin = WINDOW_MIN_NS / 2;
    if (margin > from_ns) margin = from_ns;
    set_window(p, f, from_ns - margin, span + margin + span / 8);
}

bool player_fit_thing(Player *p, Feed *f, Kind kind, uint64_t id) {
    Event first, last;
    uint64_t seq = 1, count = feed_count(f);
    while (seq <= count && feed_event(f, seq, &first) && !event_mentions(&first, kind, id)) seq++;
    if (seq > count) return false;
    for (seq = count; feed_event(f, seq, &last) && !event_mentions(&last, kind, id);) seq--;
    player_show(p, f, first.time_ns, last.time_ns);
    return true;
}

void player_near(Player *p, Feed *f) {
    enum { EVENTS_BEFORE = 40 };
    Event e;
    uint64_t seq = p->seq > EVENTS_BEFORE ? p->seq - EVENTS_BEFORE : 1;
    uint64_t first = feed_event(f, seq, &e) ? e.time_ns : 0;
    uint64_t span = (p->now_ns - first) / 8 * 9, least = 20000;
    player_span(p, f, span > least ? span : least);
}

void player_step_finding(Player *p, Feed *f, int direction) {
    size_t count;
    const Finding *x = feed_findings(f, &count), *next = NULL;
    for (size_t i = 0; i < count; i++) {
        if (direction > 0 && next == NULL && x[i].seq > p->told_seq) next = &x[i];
        if (direction < 0 && x[i].seq < p->told_seq) next = &x[i];
    }
    uint64_t to = next ? next->seq : 0;
    const Evidence *each = feed_evidence(f, &count); /* a violation is told once, and can be gone to each time */
    for (size_t i = 0; i < count; i++) {
        uint64_t seq = each[i].seq;
        if (direction > 0 && seq > p->told_seq && (to == 0 || seq < to)) to = seq;
        if (direction < 0 && seq < p->told_seq && seq > to) to = seq;
    }
    if (to) player_seek_instant(p, f, to);
}

/* channels_test.c -- the history of the channels is what the model says at each moment; the pipeline is read off it in the
 * right order, and nothing in it lies on anything else. */
#include "../check.h"
#include "../cli/command.h"
#include "sample.h"

#include "../../visualizer/frame.h"
#include "../../visualizer/show.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void channels_tests(void);

static Show run_and_open(const char *scenario) {
    Show w;
    Feed *f = NULL;
    Diag d;
    char *path = output_of("$F run -q --device none --out $T/channels.trace scenarios/%s.lua >&2; printf %%s $T/channels.trace", scenario);
    CU_ASSERT_FATAL(feed_open(&f, path, &d));
    while (feed_read(f, 10000)) continue;
    show_init(&w, f);
    free(path);
    return w;
}

/* ---------------------------------------------------------------- steps */

/* What the model says of one channel, moment by moment, and who was at its ends. */
typedef struct {
    uint64_t ns, count, senders, receivers;
} Seen;
typedef struct {
    Seen *seen;
    size_t count, cap;
} History;

static History history_of(Feed *f, uint64_t chan) {
    History h = {0};
    for (uint64_t seq = 1; seq <= feed_count(f); seq++) {
        const Model *m = feed_model(f, 0, seq);
        if (chan >= m->chan_count) continue;
        const ModelChan *c = &m->chan[chan];
        bool again = h.count > 0 && h.seen[h.count - 1].ns == m->now_ns;
        if (!again) {
            GROW(h.seen, h.cap, h.count + 1);
            h.count++;
        }
        h.seen[h.count - 1] = (Seen){m->now_ns, c->count, c->sendq.count, c->recvq.count};
    }
    return h;
}

static StepSum slow_sum(const History *h, uint64_t from, uint64_t to) {
    StepSum sum = {0};
    for (size_t i = 0; i < h->count; i++) {
        uint64_t a = h->seen[i].ns > from ? h->seen[i].ns : from, b = i + 1 < h->count && h->seen[i + 1].ns < to ? h->seen[i + 1].ns : to;
        if (b <= a) continue;
        sum.count += (b - a) * h->seen[i].count;
        sum.senders += (b - a) * h->seen[i].senders;
        sum.receivers += (b - a) * h->seen[i].receivers;
    }
    return sum;
}

static void compare(Feed *f, uint64_t chan, uint64_t *waited) {
    const ChanSteps *c = &feed_steps(f)->chan[chan];
    History h = history_of(f, chan);
    size_t wrong = 0;
    for (size_t i = 0; i < h.count; i++) {
        size_t at = steps_at(c, h.seen[i].ns);
        wrong += at == c->count || c->step[at].count != h.seen[i].count || c->step[at].senders != h.seen[i].senders ||
                 c->step[at].receivers != h.seen[i].receivers;
    }
    CU_ASSERT_EQUAL(steps_at(c, h.seen[0].ns - 1), c->count); /* not made yet */
    uint64_t end = feed_end_ns(f), x = chan + 1;
    for (int i = 0; i < 200; i++) {
        uint64_t from = ((x = x * 6364136223846793005u + 1442695040888963407u) >> 20) % end;
        uint64_t to = from + ((x = x * 6364136223846793005u + 1442695040888963407u) >> 20) % (end - from) + 1;
        StepSum fast = steps_sum(c, from, to), slow = slow_sum(&h, from, to);
        wrong += fast.count != slow.count || fast.senders != slow.senders || fast.receivers != slow.receivers;
        *waited += slow.senders + slow.receivers;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    free(h.seen);
}

static void steps_are_what_the_model_says(void) {
    static const char *const names[] = {"20_3_4_slow_client_right", "21_3_stream_wrong", "18_4_2_per_kernel_wrong"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        Show w = run_and_open(names[i]);
        uint64_t waited = 0;
        CU_ASSERT(feed_head(w.feed)->chan_count > 0);
        for (uint64_t c = 0; c < feed_head(w.feed)->chan_count; c++) compare(w.feed, c, &waited);
        CU_ASSERT(waited > 0); /* or this compares nothing with nothing */
        feed_close(w.feed);
    }
}

/* ---------------------------------------------------------------- who was there */

static void users_are_those_that_were_there_last(void) {
    Users u = {0};
    UserEntry entries[40];
    for (uint32_t i = 0; i < 40; i++) entries[i] = (UserEntry){10 * i, 100 - i};
    u.entry = entries;
    u.count = 40;
    uint64_t g[USERS_MAX];
    CU_ASSERT_EQUAL(users_at(&u, 25, g), 3);
    CU_ASSERT_EQUAL(g[0], 98);
    CU_ASSERT_EQUAL(g[2], 100);
    CU_ASSERT_EQUAL(users_at(&u, 1000, g), USERS_MAX);
    CU_ASSERT_EQUAL(g[0], 61);
    CU_ASSERT_EQUAL(g[USERS_MAX - 1], 60 + USERS_MAX);
}

/* ---------------------------------------------------------------- the pipeline */

static ChannelsLayout *layout_now(Show *w, FrameLayout *f) {
    static StageLayout stage;
    static TimelineLayout time;
    static ChannelsLayout l;
    const Scene *s = show_scene(w);
    w->scene.view = VIEW_CHANNELS;
    layout_frame(f, s);
    layout_timeline(&time, f, s);
    layout_channels(&l, &stage, &time, f, s);
    return &l;
}

static uint64_t only(const ChannelsLayout *l, size_t node) {
    return node < l->node_count && l->node[node].count == 1 ? l->node[node].g[0] : NONE;
}

static void values_go_from_left_to_right(void) {
    Show w = run_and_open("21_3_stream_wrong");
    FrameLayout f;
    player_seek_ns(&w.player, w.feed, 10000000);
    const ChannelsLayout *l = layout_now(&w, &f);
    const Model *m = w.scene.model;
    CU_ASSERT_FATAL(l->pipe_count == 2);
    CU_ASSERT_STRING_EQUAL(intern_text(m->text, m->chan[l->pipe[0].id].name), "tokens");
    CU_ASSERT_STRING_EQUAL(intern_text(m->text, m->chan[l->pipe[1].id].name), "words");
    CU_ASSERT_STRING_EQUAL(model_g_name(m, only(l, l->pipe[0].from)), "decoder");
    CU_ASSERT_EQUAL(l->pipe[0].to, l->pipe[1].from); /* it stands once, between the two */
    CU_ASSERT_STRING_EQUAL(model_g_name(m, only(l, l->pipe[0].to)), "speller");
    CU_ASSERT_STRING_EQUAL(model_g_name(m, only(l, l->pipe[1].to)), "client");
    CU_ASSERT(l->node[l->pipe[0].from].cx < l->pipe[0].box.x);
    CU_ASSERT(l->pipe[0].box.x + l->pipe[0].box.w < l->node[l->pipe[0].to].cx);
    CU_ASSERT(l->node[l->pipe[0].to].cx < l->pipe[1].box.x);
    feed_close(w.feed);
}

/* Those nobody can be blocked at are one; the one at which the sender stands is alone, and comes first where not all fit. */
static void channels_that_are_alike_are_one_pipe(void) {
    Show w = run_and_open("20_3_3_slow_client_wrong");
    FrameLayout f;
    Diag d;
    size_t alone = 0, most = 0;
    CU_ASSERT(show_go_to(&w, "60ms", &d));
    const ChannelsLayout *l = layout_now(&w, &f);
    const Model *m = w.scene.model;
    for (size_t i = 0; i < l->pipe_count; i++) {
        alone += m->chan[l->pipe[i].id].sendq.count > 0 && l->pipe[i].alike == 1;
        if (l->pipe[i].alike > most) most = l->pipe[i].alike;
    }
    CU_ASSERT_EQUAL(alone, 1);
    CU_ASSERT_EQUAL(most, m->chan_count - 2); /* all but `asked` and the slow one's */
    CU_ASSERT_EQUAL(l->shown, l->channels);
    feed_close(w.feed);
}

static bool apart(Box a, Box b) { return a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y; }

static size_t touching(const ChannelsLayout *l, const FrameLayout *f) {
    Box box[NODES_MAX + PIPES_MAX];
    size_t n = 0, wrong = 0;
    for (size_t i = 0; i < l->node_count; i++)
        box[n++] = (Box){l->node[i].cx - l->radius, l->node[i].cy - l->radius, 2 * l->radius, 2 * l->radius};
    for (size_t i = 0; i < l->pipe_count; i++) box[n++] = l->pipe[i].box;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++) wrong += !apart(box[i], box[k]);
        wrong += box[i].x < 0 || box[i].x + box[i].w > f->stage.w || box[i].y < f->stage.y || box[i].y + box[i].h > f->fault_y;
    }
    for (size_t i = 0; i < l->row_count; i++) {
        wrong += i > 0 && l->row[i].y < l->row[i - 1].y + l->row[i - 1].h + 12;
        wrong += l->row[i].h < 12 || l->row[i].y + l->row[i].h > f->timeline.y + f->timeline.h - 42;
    }
    for (size_t i = 1; i < l->line_count; i++)
        wrong += l->line[i].y < l->line[i - 1].y + 24 || l->line[i].y > f->timeline.y + f->timeline.h - 42 || l->line[i].parent >= i;
    return wrong;
}

static void sample_many(const char *path) { sample_crowd(path, 8, 12); }

static void nothing_lies_on_anything_else(void) {
    static const int sizes[][2] = {{1280, 800}, {1600, 1000}, {3840, 2160}, {1024, 700}};
    static const char *const names[] = {"20_3_4_overload_wrong", "20_3_4_slow_client_right", "21_3_cancel_wrong", ""};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        Show w;
        if (names[i][0]) {
            w = run_and_open(names[i]);
        } else {
            const char *path = temp_path("many.trace");
            Feed *feed = NULL;
            Diag d;
            sample_many(path);
            CU_ASSERT_FATAL(feed_open(&feed, path, &d));
            while (feed_read(feed, 10000)) continue;
            show_init(&w, feed);
        }
        size_t wrong = 0, pipes = 0;
        for (size_t k = 0; k < 4 * 40; k++) {
            FrameLayout f;
            w.scene.width_px = sizes[k % 4][0];
            w.scene.height_px = sizes[k % 4][1];
            w.scene.lecture = k % 8 > 4;
            player_seek_seq(&w.player, w.feed, 1 + (feed_count(w.feed) - 1) * k / 159);
            const ChannelsLayout *l = layout_now(&w, &f);
            wrong += touching(l, &f);
            wrong += l->shown > l->channels;
            pipes += l->pipe_count;
        }
        CU_ASSERT_EQUAL(wrong, 0);
        CU_ASSERT(pipes > 40);
        feed_close(w.feed);
    }
}

/* ---------------------------------------------------------------- the contexts */

static void who_is_in_c_is_deaf_until_he_is_back(void) {
    Show w = run_and_open("21_3_cancel_wrong");
    FrameLayout f;
    Diag d;
    CU_ASSERT(show_go_to(&w, "last:CONTEXT_CANCEL", &d));
    const ChannelsLayout *l = layout_now(&w, &f);
    const Model *m = w.scene.model;
    size_t deaf = 0, said = 0;
    for (size_t i = 0; i < l->line_count; i++) {
        const ContextRow *r = &l->line[i];
        if (r->g != NONE) deaf += context_is_deaf(m, r->context, r->g);
        said += r->more + (r->g != NONE);
    }
    CU_ASSERT(deaf > 2);
    CU_ASSERT_EQUAL(said, 8); /* all decoders, as lines or as a number */
    CU_ASSERT(show_go_to(&w, "end", &d));
    l = layout_now(&w, &f);
    for (size_t i = 0; i < l->line_count; i++) CU_ASSERT_EQUAL(l->line[i].g, NONE); /* nobody is left */
    feed_close(w.feed);
}

void channels_tests(void) {
    static const Check checks[] = {
        {"steps are what the model says", steps_are_what_the_model_says},
        {"users are those that were there last", users_are_those_that_were_there_last},
        {"values go from left to right", values_go_from_left_to_right},
        {"channels that are alike are one pipe", channels_that_are_alike_are_one_pipe},
        {"nothing lies on anything else", nothing_lies_on_anything_else},
        {"who is in C is deaf until he is back", who_is_in_c_is_deaf_until_he_is_back},
        {NULL, NULL},
    };
    suite("channels view", checks);
}

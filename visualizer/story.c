/* story.c -- from one event back along its causes. */
#include "story.h"

#include <stdio.h>
#include <string.h>

enum {
    CAUSES_MAX = 64,           /* how far back one looks for steps worth telling */
    TOLD_MAX = STORY_STEPS + 1 /* of those, so many at most; one may turn out to have nothing to say */
};

/* The line that an event names, else the line at which its goroutine is. */
static uint64_t line_of(const Model *m, const Event *e) {
    uint64_t line = event_arg(e, "line");
    if (line != NONE && line != 0) return line;
    uint64_t g = event_first(e, KIND_G);
    return g < m->g_count ? m->g[g].line : 0;
}

static void add_step(Story *s, const Event *e, const Narration *n) {
    if (s->step_count == STORY_STEPS) memmove(s->step, s->step + 1, --s->step_count * sizeof *s->step);
    StoryStep *step = &s->step[s->step_count++];
    step->time_ns = e->time_ns;
    step->seq = e->seq;
    snprintf(step->function, sizeof step->function, "%s", n->function);
    snprintf(step->detail, sizeof step->detail, "%s", n->detail);
    s->since_seq = s->step[0].seq;
}

/* The event and its causes, newest first. */
static size_t collect(Feed *f, uint64_t seq, Event *e) {
    size_t n = 0, told = 0;
    while (n < CAUSES_MAX && told < TOLD_MAX && seq != 0 && feed_event(f, seq, &e[n])) {
        told += narrate_is_story(&e[n]);
        seq = e[n++].cause;
    }
    return n;
}

/* From the oldest cause on, so that the model goes only forwards. */
void story_tell(Story *s, Feed *f, uint64_t seq) {
    if (s->seq == seq && seq != 0) return;
    *s = (Story){.seq = seq, .since_seq = seq};
    Event e[CAUSES_MAX];
    size_t n = collect(f, seq, e);
    if (n == 0) s->seq = 0;
    for (size_t i = n; i-- > 0;) {
        bool tell = i == 0 || narrate_is_story(&e[i]);
        const Model *m = feed_model(f, 1, e[i].seq);
        uint64_t line = line_of(m, &e[i]);
        if (line != 0) s->line = line; /* the newest that has one */
        Narration words = {0};
        if (tell) narrate(m, &e[i], i == 0 ? &s->words : &words);
        if (i == 0) s->event = e[0], words = s->words;
        if (words.function[0]) add_step(s, &e[i], &words);
    }
}

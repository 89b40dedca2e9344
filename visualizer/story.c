/* story.c -- from one event back along its causes. */
#include "story.h"

#include <stdio.h>
#include <string.h>

enum { CAUSES_MAX = 64 }; /* how far back one looks for steps worth telling */

/* The line that an event names, else the line at which its goroutine is. */
static uint64_t line_of(const Model *m, const Event *e) {
    uint64_t line = event_arg(e, "line");
    if (line != NONE && line != 0) return line;
    uint64_t g = event_first(e, KIND_G);
    return g < m->g_count ? m->g[g].line : 0;
}

static void add_step(Story *s, const Event *e, const Narration *n) {
    memmove(s->step + 1, s->step, s->step_count * sizeof *s->step);
    StoryStep *step = &s->step[0];
    step->time_ns = e->time_ns;
    step->seq = e->seq;
    snprintf(step->function, sizeof step->function, "%s", n->function);
    snprintf(step->detail, sizeof step->detail, "%s", n->detail);
    s->step_count++;
    s->since_seq = e->seq;
}

void story_tell(Story *s, Feed *f, uint64_t seq) {
    if (s->seq == seq && seq != 0) return;
    *s = (Story){.seq = seq, .since_seq = seq};
    Event e;
    if (seq == 0 || !feed_event(f, seq, &e)) {
        s->seq = 0;
        return;
    }
    const Model *m = feed_model(f, 1, seq);
    s->event = e;
    narrate(m, &e, &s->words);
    s->line = line_of(m, &e);
    if (s->words.function[0]) add_step(s, &e, &s->words);
    for (int i = 0; i < CAUSES_MAX && e.cause && s->step_count < STORY_STEPS; i++) {
        if (!feed_event(f, e.cause, &e)) break;
        bool tell = narrate_is_story(&e);
        if (!tell && s->line) continue;
        Narration n = {0};
        m = feed_model(f, 1, e.seq);
        if (s->line == 0) s->line = line_of(m, &e);
        if (tell) narrate(m, &e, &n);
        if (n.function[0]) add_step(s, &e, &n);
    }
}

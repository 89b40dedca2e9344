/* story.h -- what the panel tells about one event: headline, reason, the chain of causes.
 *
 * The words are narrate.h's. Telling needs the model at each cause, so a story is made once per
 * event and kept until another is asked for.
 */
#ifndef FAULTLINE_STORY_H
#define FAULTLINE_STORY_H

#include "feed.h"

#include "../sim/lens/narrate.h"

enum { STORY_STEPS = 4 };

typedef struct {
    uint64_t time_ns, seq;
    char function[48], detail[80];
} StoryStep;

typedef struct {
    uint64_t seq; /* of the event; 0 = nothing has happened yet */
    Event event;
    Narration words;
    StoryStep step[STORY_STEPS]; /* oldest first; the last one is the event itself */
    size_t step_count;
    uint64_t since_seq; /* of the oldest step */
    uint64_t line;      /* the scenario's line behind it, 0 = none */
} Story;

/* Tells the event `seq`; does nothing when it is told already. */
void story_tell(Story *s, Feed *f, uint64_t seq);

#endif

/* align.h -- two runs laid beside each other: where their stories part, and where they are together again.
 *
 * A story is the events worth telling (narrate_is_story) but for notes and verdicts. Each is reduced to a key that says what happened
 * and to whom, and nothing of when, where in the text, on which P and by which M: a run that took another thread for the same tells the
 * same story. Two stories are compared as two texts are, by the fewest lines that only one of them has.
 * E. W. Myers, An O(ND) Difference Algorithm and Its Variations, Algorithmica 1 (1986).
 */
#ifndef FAULTLINE_ALIGN_H
#define FAULTLINE_ALIGN_H

#include "../event/model.h"

typedef struct {
    uint64_t time_ns, seq, key;
} StoryItem;

typedef struct {
    StoryItem *item;
    size_t count, cap;
} StoryLine;

/* Takes the event if it is one of the story; `after` is the model after it. */
void story_line_take(StoryLine *s, const Model *after, const Event *e);
void story_line_free(StoryLine *s);

/* Items from[k] .. to[k]-1 of story k have no counterpart in the other; at the same place, so both may be there. */
typedef struct {
    size_t from[2], to[2];
} Parting;

typedef struct {
    Parting *parting; /* in order; between two of them items go together one by one */
    size_t count, cap;
} Alignment;

void align(Alignment *out, const StoryLine *a, const StoryLine *b);
void align_free(Alignment *a);

#endif

/* why.h -- why is it so? The chain of causes of a state, in sentences, back to a line of the scenario.
 *
 * Asked of a goroutine, a processor, a thread, a channel or an object at a moment. The first sentence says
 * what it is doing, or what keeps it from running; each further one goes one step back: whose turn it is,
 * who holds the P, who is at the other end of the channel. The last names a line of the scenario (FILE:37)
 * or says that it began outside (WHY_OUTSIDE). Nothing is printed here: the sentences are for whoever shows
 * them. They come from the model at that moment and the events of the trace. Those after the moment are used
 * for one thing: who will end a wait is known better than who might.
 */
#ifndef FAULTLINE_WHY_H
#define FAULTLINE_WHY_H

#include "../event/model.h"

typedef struct {
    const Model *model;   /* after the last event at or before now_ns */
    uint64_t now_ns;      /* the moment; may lie after the last event */
    const char *scenario; /* its file's name, for places; "" = unknown */
    /* The event with this seq; false when there is none. */
    bool (*event)(void *ctx, uint64_t seq, Event *e);
    void *ctx;
} WhyAt;

enum { WHY_SENTENCES_MAX = 40, WHY_SENTENCE_MAX = 400 };
#define WHY_OUTSIDE "began outside the scenario"
#define WHY_OUTSIDE_IMPORTED "began outside the trace" /* of an imported trace */

typedef struct {
    size_t count;
    char sentence[WHY_SENTENCES_MAX][WHY_SENTENCE_MAX];
} Why;

/* kind: KIND_G, KIND_P, KIND_M, KIND_CHAN or KIND_OBJ. At least one sentence, whatever the id. */
void why(const WhyAt *at, Kind kind, uint64_t id, Why *y);

#endif

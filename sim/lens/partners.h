/* partners.h -- who has been at which end of which channel, as the events of a run tell it.
 *
 * The events name no owner of a channel, and Go has none. What a wait needs to know, whether anybody is left who could end it, is
 * read off what has been done so far: an End is one goroutine at one channel, how much it sent and received there, and
 * whether it has waited there for either. A channel from which nobody has taken but what he had sent is a semaphore, by its use.
 */
#ifndef FAULTLINE_PARTNERS_H
#define FAULTLINE_PARTNERS_H

#include "../base/idmap.h"
#include "../event/model.h"

#define END_NONE UINT32_MAX

typedef struct {
    uint64_t g, chan;
    uint64_t sent, received;
    bool sends, receives; /* it has, or waits to; who closes a channel releases receivers as a sender does */
    uint32_t next_of_g, next_of_chan;
} End;

typedef struct {
    uint32_t first, sender, receiver; /* ends; the last that sent, the last that received */
    bool outside;                     /* a timer or a context sends or closes here: no goroutine need be left */
    bool consumed;                    /* somebody took what he had not sent */
} Ends;

typedef struct {
    End *end;
    size_t count, cap;
    IdMap by_pair;
    Ends *of_chan;
    uint32_t *of_g; /* an end + 1; 0: it has been nowhere */
    size_t chan_cap, g_cap;
} Partners;

/* All zero is one that knows nothing. `before` is the model to which e is about to be applied. */
void partners_event(Partners *p, const Model *before, const Event *e);
void partners_free(Partners *p);

/* NULL: nothing is known of it. */
const Ends *partners_at(const Partners *p, uint64_t chan);
const End *partners_find(const Partners *p, uint64_t g, uint64_t chan); /* it has not been there */
/* The ends of a goroutine or of a channel, one after the other; NULL: no more. */
const End *partners_first_of_g(const Partners *p, uint64_t g);
const End *partners_next_of_g(const Partners *p, const End *end);
const End *partners_first_of_chan(const Partners *p, uint64_t chan);
const End *partners_next_of_chan(const Partners *p, const End *end);
/* How many places of a channel that is used as a semaphore are taken by this end; 0: it is used otherwise. */
uint64_t partners_places(const Partners *p, const End *end);

#endif

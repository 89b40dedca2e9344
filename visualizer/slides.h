/* slides.h -- which moments of a run one shows to a class: a talk, chosen by rule.
 *
 * Notes of the scenario, failed expectations and findings are always among them. Between these stand the turning points of the
 * story, the rarest first: the first time that something happens says more than the thirtieth.
 */
#ifndef FAULTLINE_SLIDES_H
#define FAULTLINE_SLIDES_H

#include "feed.h"

typedef enum {
    SLIDES_TALK,     /* all of the following, thinned to SLIDES_TALK_MAX */
    SLIDES_NOTES,    /* notes and failed expectations */
    SLIDES_FINDINGS, /* each finding's evidence */
    SLIDES_STORY,    /* every step of the story */
    SLIDES_ALL,      /* every event */
    SLIDES_COUNT
} SlidesKind;
extern const char *const slides_name[SLIDES_COUNT]; /* as --steps says it */

enum { SLIDES_TALK_MAX = 40, SLIDES_MAX = 500 };

typedef struct {
    uint64_t seq;           /* the event that is told */
    const Finding *finding; /* whose evidence it is, or NULL; the first of several */
    bool note;              /* the scenario says something here */
} Slide;

typedef struct {
    Slide *slide; /* in the order of time; at least one */
    size_t count, cap;
    uint64_t left_out; /* steps of the story that are not among them */
} Slides;

/* Chooses from the events of [from_ns, to_ns]; the feed has been read to its end. False with a Diag: nothing happens then, or
 * it would be more than SLIDES_MAX. The findings are the feed's. Zeroed before, freed with slides_free in any case. */
bool slides_choose(Slides *s, Feed *f, SlidesKind kind, uint64_t from_ns, uint64_t to_ns, Diag *d);
void slides_free(Slides *s);

#endif

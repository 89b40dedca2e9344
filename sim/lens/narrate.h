/* narrate.h -- an event in words: what happened, and why, with the figures that decided.
 *
 * The same sentences stand in the window's panel, in `faultline show --words` and in the story that
 * `faultline run --narrate` tells. They come from the event and the model after it; nothing else
 * says what an event means.
 */
#ifndef FAULTLINE_NARRATE_H
#define FAULTLINE_NARRATE_H

#include "../event/model.h"

enum { HEADLINE_LETTERS = 40 }; /* what does not fit ends in … */
typedef struct {
    char headline[4 * HEADLINE_LETTERS + 4]; /* subject first: "sysmon retook P1 from M3" */
    char reason[400];  /* at most three lines; deciding figures between ** and ** */
    char function[48]; /* the runtime's own: "retake", "startm → newm"; "" where there is none */
    char detail[80];   /* a short second line for a list: "run queue is not empty" */
} Narration;

/* `after` is the model after `e` was applied. */
void narrate(const Model *after, const Event *e, Narration *n);

/* Is this event a step of the story that one tells a class, or a detail inside one? */
bool narrate_is_story(const Event *e);

/* "g7 launcher" or "g7"; writes into buf and returns it. */
char *narrate_g(const Model *m, uint64_t g, char *buf, size_t size);

/* "done (c3)" or "c3"; "sync.Mutex mu (s0)". */
char *narrate_chan(const Model *m, uint64_t c, char *buf, size_t size);
char *narrate_thing(const Model *m, uint64_t s, char *buf, size_t size);

/* The text of a sentence or a note without the ** around what is stressed. Returns buf. */
char *narrate_plain(const char *text, char *buf, size_t size);

/* Virtual time as the screen writes it: "61 µs", "3.473 ms", with a thin decimal form. Returns buf. */
char *narrate_time(char *buf, size_t size, uint64_t ns);

#endif

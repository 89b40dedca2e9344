/* knobs.h -- the settings of a run as rows that can be changed, to run it again.
 *
 * What the trace says of itself (procs, seed, go, collector), and the scenario's own knobs, read off its text.
 */
#ifndef FAULTLINE_KNOBS_H
#define FAULTLINE_KNOBS_H

#include "feed.h"

enum { KNOB_ROWS_MAX = 16, KNOB_TEXT_MAX = 40, KNOB_WORDS_MAX = 320 };

typedef struct {
    char name[32], was[KNOB_TEXT_MAX], value[KNOB_TEXT_MAX];
} KnobRow;

typedef struct {
    KnobRow row[KNOB_ROWS_MAX];
    size_t count, chosen;
    bool fresh;                 /* the chosen row has just been chosen: what is typed replaces it */
    bool runs;                  /* it is being run */
    char words[KNOB_WORDS_MAX]; /* why that failed; "" = it has not */
} Knobs;

/* False: the trace holds no scenario. */
bool knobs_read(Knobs *k, Feed *f);
void knobs_move(Knobs *k, int rows);
/* The value before or behind this one: a number, a version of Go, one of two words. */
void knobs_turn(Knobs *k, int direction);
void knobs_type(Knobs *k, const char *text);
void knobs_back(Knobs *k);
/* Those that were changed, as NAME=VALUE in `text`; returns how many. */
size_t knobs_changed(const Knobs *k, char text[KNOB_ROWS_MAX][80]);

#endif

/* invariant.h -- what must be true of any run, watched event by event; the model has refused illegal changes before. */
#ifndef FAULTLINE_TESTS_INVARIANT_H
#define FAULTLINE_TESTS_INVARIANT_H

#include "../sim/event/model.h"

typedef struct {
    uint64_t now_ns;     /* of the events so far */
    uint64_t longest_ns; /* that a goroutine was runnable and did not run */
    uint64_t idle_ns;    /* that a P was idle beside work that nobody was on the way to */
} Invariant;

/* The model before the event. False: why says what was broken, in the state in which an instant ended. */
bool invariant_check(Invariant *v, const Model *before, const Event *e, char *why, size_t size);

#endif

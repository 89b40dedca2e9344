/* invariant.h -- what must be true of any run, watched event by event; the model has refused illegal changes before. */
#ifndef FAULTLINE_TESTS_INVARIANT_H
#define FAULTLINE_TESTS_INVARIANT_H

#include "../sim/rt/world.h"

/* Who stands first in a queue. */
typedef struct {
    uint64_t g, since_seq; /* g: 0 = nobody; since_seq tells two waits of the same goroutine apart */
    uint64_t since_ns;
} First;

/* What a P does while somebody stands first: slices that it has begun meanwhile, in front of each of the three. */
typedef struct {
    uint64_t runnext, runq, globq;
    uint64_t began_ns; /* the last goroutine, on the same slice or another */
    uint64_t worker;   /* the collector's, which it is about to run ... */
    bool marks;        /* ... or runs */
} Slices;

enum { WATCHED_PS = 64 };

typedef struct {
    bool robs_first;  /* STRESS_STEAL */
    uint64_t hold_ns; /* the longest that a goroutine may run on while somebody waits for its P; 0 = not known */
    First runnext[WATCHED_PS], runq[WATCHED_PS], globq;
    Slices on[WATCHED_PS];
    uint64_t now_ns;     /* of the events so far */
    uint64_t longest_ns; /* that a goroutine was runnable and did not run */
    uint64_t idle_ns;    /* that a P was idle beside work that nobody was on the way to */
} Invariant;

/* Invariant.hold_ns. stretch_ns: the longest that a goroutine of the program computes without a safe point; 0 = not known. */
uint64_t invariant_hold(const WorldOptions *opt, uint64_t stretch_ns);

/* The model before the event. False: why says what was broken, in the state in which an instant ended. */
bool invariant_check(Invariant *v, const Model *before, const Event *e, char *why, size_t size);

#endif

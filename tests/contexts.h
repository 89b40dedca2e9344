/* contexts.h -- what contexts must never do, whoever cancels when: be over without a reason, or not with one.
 *
 * The tree is kept once more here, from what the program asked for and from the events, as Go's documentation has it: a context is
 * over if it was cancelled, its deadline passed, or one above it is over, with that one's error and cause; from then on and not
 * before, its Done channel is closed; its AfterFunc's function has run once, or never if it was stopped in time.
 */
#ifndef FAULTLINE_TESTS_CONTEXTS_H
#define FAULTLINE_TESTS_CONTEXTS_H

#include "../sim/rt/world.h"

typedef struct Contexts Contexts;

Contexts *contexts_new(char *why, size_t size); /* why: the first thing that was broken; "" = none */
void contexts_free(Contexts *x);
/* The program is about to make this one; late: the text of a deadline's error. */
void contexts_make(Contexts *x, uint64_t id, uint64_t parent, CancelKind kind, uint64_t delay_ns, Id_STR late);
/* G is about to cancel one, or to ask for it. */
void contexts_cancel(Contexts *x, Id_G g, uint64_t id, Id_STR err, Id_STR cause);
void contexts_use(Contexts *x, Id_G g, uint64_t id, bool channel);
/* The timer of its deadline has run; the function of AfterFunc gets its goroutine. */
void contexts_fires(Contexts *x, uint64_t id, uint64_t now_ns);
void contexts_runs(Contexts *x, uint64_t id);
void contexts_event(Contexts *x, const Event *e);
/* G goes on, and was given this. */
void contexts_result(Contexts *x, const World *w, Id_G g, OpResult r);
/* At the end: nothing is owed, no timer is left, and nobody waits for what is over. */
void contexts_left(Contexts *x, const World *w);

#endif

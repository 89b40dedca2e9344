/* messages.h -- what channels must never do, whoever waits how: lose a message, double it, change the order, or let a select
 * have two winners.
 *
 * Channels are kept once more here, with the values, from the events alone: in the way that Go itself has them, with losers
 * of a select that stay in their queues and are passed over. What each goroutine then gets must be what it gets there.
 */
#ifndef FAULTLINE_TESTS_MESSAGES_H
#define FAULTLINE_TESTS_MESSAGES_H

#include "../sim/rt/world.h"

enum { MESSAGE_CASES_MAX = 4 };
typedef struct Messages Messages;

Messages *messages_new(char *why, size_t size); /* why: the first thing that was broken; "" = none */
void messages_free(Messages *x);
/* G is about to send, to receive, or to select. */
void messages_ask(Messages *x, Id_G g, const SelectCase *cases, uint32_t count, bool has_default);
void messages_event(Messages *x, const Event *e);
/* G goes on, and was given this; won: of a select of more than one case. */
void messages_result(Messages *x, Id_G g, OpResult r, uint32_t won);
/* At the end: what is still in the channels is the same. */
void messages_left(Messages *x, const World *w);

#endif

/* waitq.c -- who waits at one end of a channel, in order: goroutines and cases of selects, mixed.
 *
 * A goroutine in a plain operation leaves from the head only. A case may have to leave from the middle, because
 * another case of its select has won; so it knows who stands before it, and nobody else need know that.
 *
 * Go:      runtime/chan.go waitq.enqueue, waitq.dequeue, runtime/select.go waitq.dequeueSudoG (go1.26)
 * Differs: all cases of a select leave at the moment at which one of them is served; in Go when the goroutine runs
 *          again, and who comes meanwhile passes over them (g.selectDone).
 */
#include "world.h"

void waitq_put(WaitQ *q, Sudog *sg) {
    Scase *k = scase_of(sg);
    if (k != NULL) {
        k->prev = q->last;
        k->queued = true;
    }
    sg->next = NULL;
    if (q->count == 0) q->first = sg;
    else q->last->next = sg;
    q->last = sg;
    q->count++;
}

/* sg, behind prev, leaves. */
static void take_out(WaitQ *q, Sudog *prev, Sudog *sg) {
    if (prev == NULL) q->first = sg->next;
    else prev->next = sg->next;
    if (sg->next == NULL) q->last = prev;
    else if (scase_of(sg->next) != NULL) scase_of(sg->next)->prev = prev;
    sg->next = NULL;
    q->count--;
}

Sudog *waitq_get(WaitQ *q) {
    ASSERT(q->count > 0);
    Sudog *sg = q->first;
    take_out(q, NULL, sg);
    if (scase_of(sg) != NULL) scase_of(sg)->queued = false;
    return sg;
}

void waitq_remove(WaitQ *q, Scase *k) {
    ASSERT(k->queued);
    take_out(q, k->prev, &k->sudog);
    k->queued = false;
}

/* gqueue.c -- a queue of goroutines, linked through themselves (Go: gQueue, and waitq of a channel). */
#include "world.h"

void gqueue_put(GQueue *q, G *gp) {
    ASSERT(gp->schedlink == NULL);
    if (q->count == 0) q->head = gp;
    else q->tail->schedlink = gp;
    q->tail = gp;
    q->count++;
}

G *gqueue_get(GQueue *q) {
    ASSERT(q->count > 0);
    G *gp = q->head;
    q->head = gp->schedlink;
    gp->schedlink = NULL;
    q->count--;
    if (q->count == 0) q->tail = NULL;
    return gp;
}

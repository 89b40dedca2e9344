/* gqueue.c -- a queue of goroutines, linked through themselves (Go: gQueue, waitq of a channel, notifyList, semaRoot). */
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

void gqueue_push(GQueue *q, G *gp) {
    ASSERT(gp->schedlink == NULL);
    gp->schedlink = q->head;
    q->head = gp;
    if (q->count++ == 0) q->tail = gp;
}

void gqueue_remove(GQueue *q, G *gp) {
    G *before = NULL, *at = q->head;
    while (at != gp) {
        ASSERT(at != NULL);
        before = at;
        at = at->schedlink;
    }
    if (before == NULL) q->head = gp->schedlink;
    else before->schedlink = gp->schedlink;
    if (q->tail == gp) q->tail = before;
    gp->schedlink = NULL;
    q->count--;
}

/* blame.h -- who waits for whom, at one moment: arrows from those that wait to those that could end it.
 *
 * Of a lock the holder is known. At a channel it is whoever was at its other end last, as the window's pipeline has it: a guess that
 * Go itself could not make, and is told as one. A P whose thread is in C waits for that call, and with it all that stand in its queue.
 * Where every step of a circle is known and none can be passed by, nobody in it ever goes on.
 */
#ifndef FAULTLINE_BLAME_H
#define FAULTLINE_BLAME_H

#include "menu.h"
#include "steps.h"

typedef enum { BLAME_SEND, BLAME_RECEIVE, BLAME_SELECT, BLAME_LOCK, BLAME_IN_C, BLAME_DEVICE, BLAME_P } BlameWay;

typedef struct {
    BlameWay way;
    Thing who; /* a goroutine or a P */
    Thing at;  /* the channel, lock or queue; nothing: at none */
    Thing of;  /* whom it waits for: a goroutine, a command; nothing: nobody is known */
    uint64_t since_ns;
    bool sure;   /* nobody else could end it */
    bool circle; /* it leads back to itself */
} BlameEdge;

enum { BLAME_MAX = 64 };
typedef struct {
    BlameEdge edge[BLAME_MAX]; /* by who has waited longest */
    size_t count, all;         /* all: with those for which there is no room */
    size_t circles;            /* edges that are part of one */
} Blame;

void blame_find(Blame *b, const Model *m, const Steps *s);

/* "to send on batches", "for mu", "for k3 saxpy". */
enum { BLAME_WORDS = 128 };
const char *blame_words(char buf[BLAME_WORDS], const Model *m, const BlameEdge *e);

#endif

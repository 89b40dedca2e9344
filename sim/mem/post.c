/* post.c -- the lanes, and how it is known that all is done.
 *
 * Who is idle has told of all that he has put, before he is counted. Who stops to be idle says so (idle, then
 * wakes) before he reads what woke him. So whoever finds: all idle, then every lane empty, and wakes the same as before,
 * knows that at the moment between no word was anywhere and nobody had one in hand.
 */
#include "post.h"

#include <stdlib.h>
#include <time.h>

struct Post {
    unsigned members;
    _Alignas(64) atomic_uint idle, wakes;
    atomic_bool over;
    Lane *lane; /* members * members */
};

Post *post_new(unsigned members) {
    Post *p = aligned_alloc(64, sizeof *p);
    mem_checked(p, sizeof *p);
    size_t lanes = (size_t)members * members * sizeof *p->lane;
    *p = (Post){.members = members, .lane = aligned_alloc(64, lanes)};
    mem_checked(p->lane, lanes);
    for (unsigned i = 0; i < members * members; i++) {
        Lane *l = &p->lane[i];
        atomic_init(&l->told, 0);
        atomic_init(&l->read, 0);
        l->put = l->seen = 0;
    }
    return p;
}

void post_free(Post *p) {
    if (p == NULL) return;
    free(p->lane);
    free(p);
}

Lane *post_lane(Post *p, unsigned from, unsigned to) { return &p->lane[from * p->members + to]; }

static bool has_come(Post *p, unsigned who) {
    for (unsigned from = 0; from < p->members; from++) {
        if (post_waiting(post_lane(p, from, who)) > 0) return true;
    }
    return false;
}

static bool all_is_done(Post *p) {
    unsigned wakes = atomic_load(&p->wakes);
    if (atomic_load(&p->idle) != p->members) return false;
    for (unsigned who = 0; who < p->members; who++) {
        if (has_come(p, who)) return false;
    }
    return atomic_load(&p->wakes) == wakes;
}

/* Soon there is something, if all have a processor. If not, who waits shall not keep one from who works. */
void post_pause(unsigned tries) {
    enum { SPINS = 200, STEP_NS = 20000 };
    if (tries > SPINS) nanosleep(&(struct timespec){.tv_nsec = STEP_NS}, NULL);
}

bool post_idle(Post *p, unsigned who) {
    for (unsigned to = 0; to < p->members; to++) {
        Lane *l = post_lane(p, who, to);
        atomic_store_explicit(&l->told, l->put, memory_order_release);
    }
    atomic_fetch_add(&p->idle, 1);
    for (unsigned tries = 1;; tries++) {
        if (has_come(p, who)) {
            atomic_fetch_sub(&p->idle, 1);
            atomic_fetch_add(&p->wakes, 1);
            return false;
        }
        if (atomic_load(&p->over)) return true;
        if (all_is_done(p)) atomic_store(&p->over, true);
        post_pause(tries);
    }
}

/* post.h -- words that markers send each other: whose page it is, he marks there.
 *
 * Each marker has a lane to each other one, a ring that one writes and one reads. A lane that is full says no: then the
 * sender takes in what has come for himself, and tries again, so two full lanes do not wait for each other.
 * Nobody has work any more when all are idle and all lanes are empty, and stayed so while somebody looked.
 */
#ifndef FAULTLINE_MEM_POST_H
#define FAULTLINE_MEM_POST_H

#include "../base/base.h"

#include <stdatomic.h>

enum {
    POST_WORDS = 4096, /* a power of two */
    POST_STEP = 32,    /* so many are told of together: each time costs both a cache miss */
};

typedef struct {
    _Alignas(64) atomic_uint told; /* all before it can be read */
    uint32_t put, seen;            /* the writer's own: written so far; read, when he last looked */
    _Alignas(64) atomic_uint read;
    _Alignas(64) uint64_t word[POST_WORDS];
} Lane;

typedef struct Post Post;

Post *post_new(unsigned members);
void post_free(Post *p);
Lane *post_lane(Post *p, unsigned from, unsigned to);

/* False: the lane is full. */
static inline bool post_put(Lane *l, uint64_t word) {
    if (l->put - l->seen == POST_WORDS) {
        atomic_store_explicit(&l->told, l->put, memory_order_release);
        l->seen = atomic_load_explicit(&l->read, memory_order_acquire);
        if (l->put - l->seen == POST_WORDS) return false;
    }
    l->word[l->put++ % POST_WORDS] = word;
    if (l->put % POST_STEP == 0) atomic_store_explicit(&l->told, l->put, memory_order_release);
    return true;
}

/* How many words of this lane can be read; the first is word[read], and POST_WORDS wrap. Then they are given back. */
static inline unsigned post_waiting(Lane *l) {
    return atomic_load_explicit(&l->told, memory_order_acquire) - atomic_load_explicit(&l->read, memory_order_acquire);
}
static inline void post_taken(Lane *l, unsigned n) {
    atomic_store_explicit(&l->read, atomic_load_explicit(&l->read, memory_order_relaxed) + n, memory_order_release);
}

/* Between one look and the next one, the `tries`-th, for something that another member will do. */
void post_pause(unsigned tries);

/* This member has nothing to do. False when something has come for him, true when nobody will have anything. */
bool post_idle(Post *p, unsigned who);

#endif

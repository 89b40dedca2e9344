/* team.c -- threads that are made for one piece of work, and end with it: 30 us each, for work of many ms.
 *
 * They begin together, when it is known how many they are.
 */
#include "team.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

typedef struct {
    void (*work)(void *ctx, unsigned who, unsigned members);
    void *ctx;
    pthread_mutex_t lock;
    pthread_cond_t known;
    unsigned members; /* 0: not known yet */
} Team;

typedef struct {
    Team *team;
    unsigned who;
    pthread_t thread;
} Member;

static void *begin(void *arg) {
    Member *m = arg;
    Team *t = m->team;
    pthread_mutex_lock(&t->lock);
    while (t->members == 0) pthread_cond_wait(&t->known, &t->lock);
    pthread_mutex_unlock(&t->lock);
    if (m->who < t->members) t->work(t->ctx, m->who, t->members);
    return NULL;
}

unsigned team_size(void) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned size = 1;
    while (size * 2 <= TEAM_MAX && (long)size * 2 <= processors) size *= 2;
    return size;
}

void team_run(unsigned wanted, void (*work)(void *ctx, unsigned who, unsigned members), void *ctx) {
    Team t = {.work = work, .ctx = ctx, .lock = PTHREAD_MUTEX_INITIALIZER, .known = PTHREAD_COND_INITIALIZER};
    Member m[TEAM_MAX];
    unsigned made = 1, members = 1;
    sigset_t all, before;
    ASSERT(wanted <= TEAM_MAX);
    sigfillset(&all); /* signals are the first thread's */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (; made < wanted; made++) {
        m[made] = (Member){.team = &t, .who = made};
        if (pthread_create(&m[made].thread, NULL, begin, &m[made]) != 0) break;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    while (members * 2 <= made) members *= 2;
    pthread_mutex_lock(&t.lock);
    t.members = members;
    pthread_cond_broadcast(&t.known);
    pthread_mutex_unlock(&t.lock);
    work(ctx, 0, members);
    for (unsigned i = 1; i < made; i++) pthread_join(m[i].thread, NULL);
}

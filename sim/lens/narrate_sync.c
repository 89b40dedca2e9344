/* narrate_sync.c -- package sync in sentences. */
#include "narrate_parts.h"

#include "../base/units.h"

static const char *name_of(const Model *m, uint64_t s) {
    const char *name = string(m, m->sync[s].name);
    return name[0] ? name : sync_name[m->sync[s].kind];
}

static void tell_new(const Model *m, const Event *e, Narration *n) {
    static const char *const what[SYNC_KINDS] = {
        [SYNC_MUTEX] = "One goroutine at a time has it. In Go it has **no owner**: anybody may unlock it.",
        [SYNC_RWMUTEX] = "Many may read, or **one** write; a writer that waits keeps new readers out.",
        [SYNC_WAITGROUP] = "A counter: who calls Wait waits until it is **0**.",
        [SYNC_ONCE] = "Its function is called **once**; who comes meanwhile waits for its end.",
        [SYNC_COND] = "To wait for news. It **remembers nothing**: a Signal with nobody there is lost.",
        [SYNC_WEIGHTED] = "So many units, first come first served: **nobody overtakes**.",
        [SYNC_ERRGROUP] = "Goroutines that belong together: Wait returns the **first error**.",
        [SYNC_PTHREAD] = "C's own, of which Go knows nothing: who waits for it waits with a **whole thread**.",
    };
    headline(n, "%s %s", sync_name[e->arg[1]], name_of(m, e->arg[0]));
    reason(n, "%s", what[e->arg[1]]);
}

static void tell_got(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char g[NAME], time[TIME_TEXT_MAX];
    const ModelSync *sy = &m->sync[a[1]];
    who(m, a[0], strlen(name_of(m, a[1])) + 12, g, sizeof g);
    if (sy->kind == SYNC_ONCE) headline(n, "%s does %s", g, name_of(m, a[1]));
    else headline(n, "%s %s %s", g, a[3] ? "reads under" : "has", name_of(m, a[1]));
    if (a[4] != NONE) reason(n, "After **%s** of waiting.", time_text(time, sizeof time, a[4]));
    else if (sy->kind == SYNC_ONCE) reason(n, "It is the first: it calls the function, and whoever comes meanwhile waits.");
    else reason(n, "It was free: an atomic instruction, and **no wait**.");
    if (sy->kind == SYNC_WEIGHTED) detail(n, "%llu of %llu taken", (Ull)sy->held, (Ull)sy->size);
}

static void tell_queue(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char g[NAME], h[NAME];
    uint64_t by = model_blocker(m, a[0], 0);
    who(m, a[0], strlen(name_of(m, a[1])) + 12, g, sizeof g);
    headline(n, "%s waits for %s", g, name_of(m, a[1]));
    if (m->sync[a[1]].kind == SYNC_WEIGHTED)
        reason(n, "It wants **%llu**, and %llu of %llu are taken; whoever comes later waits behind it.", (Ull)a[4],
               (Ull)m->sync[a[1]].held, (Ull)m->sync[a[1]].size);
    else if (m->sync[a[1]].kind == SYNC_PTHREAD && by != NONE)
        reason(n, "**%s** has it. Its thread sleeps **in C**, and a P that it has stands still until sysmon comes.",
               narrate_g(m, by, h, sizeof h));
    else if (by == NONE) reason(n, "It is number **%llu** there.", (Ull)m->sync[a[1]].queue[a[2]].count);
    else if (a[3]) reason(n, "Woken before, but **%s was faster**: it queues again, at the head.", narrate_g(m, by, h, sizeof h));
    else reason(n, "**%s** stands before it. It parks: its P is free for others.", narrate_g(m, by, h, sizeof h));
    function(n, m->sync[a[1]].kind == SYNC_PTHREAD ? "pthread_mutex_lock" : "semacquire1");
}

static void tell_wake(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    const ModelSync *sy = &m->sync[a[1]];
    char g[NAME], by[NAME];
    bool tries = !a[4] && (sy->kind == SYNC_MUTEX || sy->kind == SYNC_RWMUTEX || sy->kind == SYNC_ONCE ||
                          sy->kind == SYNC_PTHREAD);
    who(m, a[0], strlen(name_of(m, a[1])) + 14, g, sizeof g);
    headline(n, "%s is woken at %s", g, name_of(m, a[1]));
    if (tries) reason(n, "By %s. It has **not got it yet**: whoever comes by may be faster.", narrate_g(m, a[2], by, sizeof by));
    else if (sy->kind == SYNC_MUTEX || sy->kind == SYNC_RWMUTEX)
        reason(n, "By %s, which **hands it over**, and its P with it.", narrate_g(m, a[2], by, sizeof by));
    else if (sy->kind == SYNC_WEIGHTED && !a[4])
        reason(n, "By %s, who has ended its **context**: it goes on without what it wanted.", narrate_g(m, a[2], by, sizeof by));
    else reason(n, "By %s: what it waited for has come.", narrate_g(m, a[2], by, sizeof by));
    if (sy->kind == SYNC_PTHREAD) function(n, "pthread_mutex_unlock");
    else function(n, a[4] && sy->kind == SYNC_COND ? "notifyListNotify" : "semrelease1");
}

static void tell_starve(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char g[NAME], time[TIME_TEXT_MAX];
    headline(n, "%s: %s", CUT(name_of(m, a[1]), 18), a[2] ? "starvation mode" : "normal mode again");
    if (a[2])
        reason(n, "%s has waited for **%s**, and it was taken again. From now on each Unlock hands it to the first in the queue.",
               narrate_g(m, a[0], g, sizeof g), time_text(time, sizeof time, a[3]));
    else reason(n, "%s is the last in the queue, or has not waited for 1 ms: who comes by may take it again.", narrate_g(m, a[0], g, sizeof g));
    function(n, "lockSlow");
}

static void tell_signal(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char g[NAME];
    who(m, a[0], strlen(name_of(m, a[1])) + 12, g, sizeof g);
    headline(n, "%s %s %s", g, a[2] ? "broadcasts" : "signals", name_of(m, a[1]));
    if (a[3] == 0) reason(n, "Nobody waits there: it is **lost**. A Cond remembers nothing.");
    else reason(n, "**%llu** that wait%s there %s released; each has to get the lock again.", (Ull)a[3], a[3] == 1 ? "s" : "",
                a[3] == 1 ? "is" : "are");
    function(n, a[2] ? "notifyListNotifyAll" : "notifyListNotifyOne");
}

void narrate_sync(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char g[NAME];
    if (e->kind >= EV_SYNC_LOCK && e->kind <= EV_SYNC_ERROR) who(m, a[0], strlen(name_of(m, a[1])) + 14, g, sizeof g);
    switch (e->kind) {
    case EV_SYNC_NEW: tell_new(m, e, n); break;
    case EV_SYNC_LOCK: tell_got(m, e, n); break;
    case EV_SYNC_UNLOCK:
        headline(n, "%s gives %s back", g, CUT(name_of(m, a[1]), 18));
        reason(n, "**%llu** wait%s for it.", (Ull)m->sync[a[1]].queue[SYNC_Q_MAIN].count, m->sync[a[1]].queue[SYNC_Q_MAIN].count == 1 ? "s" : "");
        break;
    case EV_SYNC_TRY:
        headline(n, "%s does not get %s", g, name_of(m, a[1]));
        if (m->sync[a[1]].kind == SYNC_WEIGHTED) reason(n, "It goes on without: it has only **tried**, or its context is over.");
        else reason(n, "It is taken, and it has only **tried**: it goes on without.");
        break;
    case EV_SYNC_SPIN:
        headline(n, "%s spins for %s", g, name_of(m, a[1]));
        reason(n, "Round **%llu of 4**: another P runs, and may be about to unlock it. To park would cost more.", (Ull)a[2]);
        function(n, "runtime_doSpin");
        break;
    case EV_SYNC_QUEUE: tell_queue(m, e, n); break;
    case EV_SYNC_WAKE: tell_wake(m, e, n); break;
    case EV_SYNC_STARVE: tell_starve(m, e, n); break;
    case EV_SYNC_COUNT:
        headline(n, "%s stands at %llu", CUT(name_of(m, a[1]), 20), (Ull)a[2]);
        if (a[2] == 0) reason(n, "Whoever waits for it is **released**.");
        break;
    case EV_SYNC_SIGNAL: tell_signal(m, e, n); break;
    case EV_SYNC_DONE:
        headline(n, "%s is done", CUT(name_of(m, a[1]), 20));
        reason(n, "Its function has returned: from now on Do is **one load**.");
        function(n, "Once.doSlow");
        break;
    case EV_SYNC_ERROR:
        headline(n, "The first error in %s", name_of(m, a[1]));
        reason(n, "By %s: **%s**. Wait will return it; later ones are dropped.", g, CUT(string(m, a[2]), 80));
        break;
    default: break;
    }
}

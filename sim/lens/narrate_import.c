/* narrate_import.c -- a real Go program in sentences: what its trace says, and no more.
 *
 * A run of ours knows queues, sysmon's looks and what each thread does; a trace of Go does not, so the
 * sentences of narrate.c that speak of them have a shorter form here.
 */
#include "narrate_parts.h"


/* " at main.go:42"; "" for nowhere */
/* ---- as in a run, but less is known ---- */

static void retake(const Model *m, const Event *e, Narration *n) {
    uint64_t p = e->arg[0], from = e->arg[1], g = e->arg[2], by = e->arg[4];
    char gname[NAME], since[NAME];
    function(n, by == 1 ? "retake" : "exitsyscall");
    if (from == NONE) {
        headline(n, "P%llu is taken from nobody", (Ull)p);
        reason(n, "A thread of C had left it behind when it was done with Go.");
        return;
    }
    narrate_g(m, g, gname, sizeof gname);
    if (g == NONE) snprintf(since, sizeof since, "a while");
    else narrate_time(since, sizeof since, e->time_ns - m->g[g].since_ns);
    detail(n, "out of Go for %s", since);
    if (by == 1) {
        headline(n, "sysmon retook P%llu from M%llu", (Ull)p, (Ull)from);
        reason(n, "M%llu is in %s with %s for **%s**. What sysmon had seen before, the trace does not say.",
               (Ull)from, CUT(in_c(m, g), 48), gname, since);
        return;
    }
    bool itself = by == from, back = by < m->m_count && m->m[by].state == M_IN_C;
    headline(n, "M%llu takes P%llu from M%llu", (Ull)by, (Ull)p, (Ull)from);
    reason(n, "M%llu is in %s with %s for **%s**. %s", (Ull)from, CUT(in_c(m, g), 48), gname,
           since,
           itself ? "It gives the P up itself: such a call is known to be long."
           : back ? "Who takes it comes back from such a call, and had this P before."
                  : "Who takes it has a P of its own, and stops the world.");
    if (!itself && !back) function(n, "stopTheWorldWithSema");
}

static void call(const Model *m, const Event *e, Narration *n) {
    char g[NAME], where[PLACE_TEXT_MAX + 8];
    const char *fn = string(m, e->arg[3]);
    bool c = e->kind == EV_CGO_ENTER;
    narrate_g(m, e->arg[0], g, sizeof g);
    const char *path = strrchr(fn, '/'), *shown = path ? path + 1 : fn; /* poll.(*FD).Read */
    headline(n, "%s calls %s", who(m, e->arg[0], strlen(shown) + 7, g, sizeof g), shown);
    reason(n, "M%llu is %s thread now%s, and the scheduler cannot see inside: **P%llu stays attached and runs nothing**, "
              "until the call returns or somebody takes it.",
           (Ull)e->arg[2], c ? "C's" : "the kernel's", at(where, m, e->arg[4]), (Ull)e->arg[1]);
    function(n, c ? "cgocall → entersyscall" : "entersyscall");
    detail(n, "P%llu stays behind, attached", (Ull)e->arg[1]);
}

static void tell_less(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char g[NAME], g2[NAME], where[PLACE_TEXT_MAX + 8], t[NAME];
    switch (e->kind) {
    case EV_P_RETAKE: retake(m, e, n); break;
    case EV_CGO_ENTER: case EV_SYSCALL: call(m, e, n); break;
    case EV_GO_CREATE:
        headline(n, "%s is born", who(m, a[0], 8, g, sizeof g));
        if (a[1] == NONE) reason(n, "The runtime has made it for itself.");
        else reason(n, "A go statement of %s%s. It is runnable.", narrate_g(m, a[1], g2, sizeof g2), at(where, m, a[3]));
        function(n, "newproc");
        break;
    case EV_GO_START:
        headline(n, "%s runs on P%llu", who(m, a[0], 14, g, sizeof g), (Ull)a[1]);
        reason(n, "M%llu has taken it from some queue; from which, the trace does not say.", (Ull)a[2]);
        function(n, "execute");
        break;
    case EV_GO_END:
        headline(n, "%s ends", who(m, a[0], 5, g, sizeof g));
        function(n, "goexit0");
        break;
    case EV_GO_STOP:
        headline(n, "%s gives up its P", who(m, a[0], 17, g, sizeof g));
        reason(n, "Reason: **%s**. It stays runnable, and needs a new turn.", string(m, a[1]));
        function(n, "goschedImpl");
        detail(n, "%s", string(m, a[1]));
        break;
    case EV_GO_UNBLOCK:
        headline(n, "%s can run again", who(m, a[0], 14, g, sizeof g));
        if (a[1] == NONE) reason(n, "What it waited for has happened: a timer, the network, or the runtime itself.");
        else
            reason(n, "**%s** released it%s.", narrate_g(m, a[1], g2, sizeof g2),
                   a[1] < m->g_count ? at(where, m, m->g[a[1]].line) : "");
        function(n, "goready → ready");
        break;
    case EV_CGO_EXIT_WAIT:
        headline(n, "%s is back, its P is gone", who(m, a[0], 24, g, sizeof g));
        reason(n, "Somebody took it meanwhile. %s", m->m[a[1]].p == NONE ? "It queues for another."
                                                                          : "Its thread has found another already.");
        function(n, "exitsyscall");
        break;
    case EV_CGO_EXIT_FAST:
        headline(n, "%s is back", who(m, a[0], 8, g, sizeof g));
        reason(n, "Its P%llu was still there: nobody had taken it.", (Ull)a[1]);
        function(n, "exitsyscall");
        break;
    case EV_PROCS:
        headline(n, "GOMAXPROCS is %llu", (Ull)a[0]);
        reason(n, "So many threads may run Go code at the same time.");
        break;
    case EV_STW_BEGIN:
        headline(n, "%s stops the world", who(m, a[0], 16, g, sizeof g));
        reason(n, "For **%s**%s. All Ps have to stand still; threads out of Go need not.", string(m, a[1]),
               at(where, m, a[2]));
        function(n, "stopTheWorldWithSema");
        break;
    case EV_STW_END:
        headline(n, "The world runs again");
        if (a[1] == NONE) reason(n, "It was stopped before the trace began.");
        else reason(n, "**%s** after the stop was asked for.", narrate_time(t, sizeof t, a[1]));
        function(n, "startTheWorldWithSema");
        break;
    default: break;
    }
}

/* ---- things met for the first time ---- */

static void tell_seen(const Model *m, const Event *e, Narration *n) {
    static const char *const p_state[] = {"", "runs on", "is idle", "is behind a call of", "was left behind by a thread of C"};
    static const char *const g_state[] = {"", "is runnable", "runs on", "is out of Go on", "waits"};
    const uint64_t *a = e->arg;
    char g[NAME], g2[NAME], where[PLACE_TEXT_MAX + 8], thread[32] = "";
    switch (e->kind) {
    case EV_IMPORT:
        headline(n, "A program of Go 1.%llu", (Ull)a[0]);
        reason(n, "Recorded by **runtime/trace** while it really ran. Whatever such a trace does not say is told as not known.");
        break;
    case EV_M_SEEN:
        headline(n, "M%llu is heard of", (Ull)a[0]);
        reason(n, "%s; the operating system calls it **%llu**.",
               a[0] == 1 ? "It works without a P, as only sysmon does" : "A thread's first word in this trace", (Ull)a[1]);
        break;
    case EV_P_SEEN:
        if (a[1] != NONE) snprintf(thread, sizeof thread, " M%llu", (Ull)a[1]);
        headline(n, "P%llu %s%s", (Ull)a[0], p_state[a[2] <= 4 ? a[2] : 0], thread);
        reason(n, "The trace begins in the middle of things: this is the first word on P%llu.", (Ull)a[0]);
        break;
    case EV_G_SEEN:
        if (a[1] != NONE) snprintf(thread, sizeof thread, " M%llu", (Ull)a[1]);
        headline(n, "%s %s%s", who(m, a[0], 24, g, sizeof g), g_state[a[2] <= 4 ? a[2] : 0], thread);
        reason(n, "It was there before the trace began%s.", at(where, m, a[4]));
        break;
    case EV_G_NUMBER:
        headline(n, "The next is goroutine %llu", (Ull)a[1]);
        reason(n, "It is told of as g%llu: its own number is too large.", (Ull)a[0]);
        break;
    case EV_G_NAME:
        headline(n, "%s has a name", who(m, a[0], 11, g, sizeof g));
        reason(n, "Its stack shows for the first time what it began with: **%s**.", string(m, a[1]));
        break;
    case EV_AT:
        headline(n, "%s is%s", who(m, a[0], 24, g, sizeof g), at(where, m, a[1])[0] ? where : " somewhere");
        reason(n, "There it does what comes next.");
        break;
    case EV_GO_CREATE_WAITING:
        headline(n, "%s is born, and waits", who(m, a[0], 19, g, sizeof g));
        reason(n, "A coroutine of %s%s: it runs when that one switches to it.", narrate_g(m, a[1], g2, sizeof g2),
               at(where, m, a[3]));
        function(n, "newcoro");
        break;
    case EV_GO_CREATE_C:
        headline(n, "C comes into Go on M%llu", (Ull)a[1]);
        reason(n, "A thread that C has made calls Go: **g%llu** stands for it, and needs a P like any other.", (Ull)a[0]);
        function(n, "needm");
        break;
    case EV_GO_END_C:
        headline(n, "M%llu is C's again", (Ull)a[1]);
        reason(n, "The thread of C is done with Go, and g%llu with it. Since Go 1.21 that happens when the thread ends.",
               (Ull)a[0]);
        function(n, "dropm");
        break;
    default: break;
    }
}

/* ---- what the program says of itself ---- */

static void tell_program(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char g[NAME], where[PLACE_TEXT_MAX + 8];
    switch (e->kind) {
    case EV_TASK_BEGIN:
        headline(n, "Task %llu begins: %s", (Ull)a[0], string(m, a[3]));
        reason(n, "By %s%s.", narrate_g(m, a[2], g, sizeof g), at(where, m, a[4]));
        break;
    case EV_TASK_END:
        headline(n, "Task %llu is done", (Ull)a[0]);
        reason(n, "Said by %s%s.", narrate_g(m, a[1], g, sizeof g), at(where, m, a[2]));
        break;
    case EV_REGION_BEGIN:
        headline(n, "g%llu begins: %s", (Ull)a[0], string(m, a[2]));
        reason(n, "A region of %s%s.", narrate_g(m, a[0], g, sizeof g), at(where, m, a[3]));
        break;
    case EV_REGION_END:
        headline(n, "g%llu is done: %s", (Ull)a[0], string(m, a[2]));
        reason(n, "The region of %s is over%s.", narrate_g(m, a[0], g, sizeof g), at(where, m, a[3]));
        break;
    case EV_LOG:
        headline(n, "g%llu says: %s", (Ull)a[0], string(m, a[3]));
        reason(n, "%s%s%s", CUT(string(m, a[2]), 40), string(m, a[2])[0] ? ": " : "",
               CUT(string(m, a[3]), 200));
        break;
    case EV_CPU_SAMPLE:
        headline(n, "The profiler looks");
        reason(n, "It finds %s%s.", a[0] == NONE ? "a thread" : narrate_g(m, a[0], g, sizeof g), at(where, m, a[3]));
        break;
    default: break;
    }
}

void narrate_import(const Model *m, const Event *e, Narration *n) {
    tell_less(m, e, n);
    tell_seen(m, e, n);
    tell_program(m, e, n);
}

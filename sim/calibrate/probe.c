/* probe.c -- threads: the kernel's part of what Go's scheduler does, without Go.
 *
 * A wake-up is timed from the call until the other thread runs, there and back, as threads do that hand a
 * P over. Sleeps are the two that matter: sysmon's, and the poller's.
 */
#include "probe.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * (int64_t)1000000000 + t.tv_nsec;
}

static int times(int n, double scale) { return n * scale < 2 ? 2 : (int)(n * scale); }

/* ---- CPUs ---- */

static cpu_set_t before;
static bool moved;

void probe_cpus(int *one, int *other) {
    cpu_set_t set;
    *one = *other = -1;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return;
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET((size_t)cpu, &set)) continue;
        if (*one >= 0 && *other < 0) *other = *one;
        *one = cpu;
    }
}

void probe_stay_on(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (cpu >= 0) {
        CPU_SET((size_t)cpu, &set);
        if (!moved) moved = sched_getaffinity(0, sizeof before, &before) == 0;
        if (moved) sched_setaffinity(0, sizeof set, &set);
    } else if (moved) {
        sched_setaffinity(0, sizeof before, &before);
    }
}

/* ---- futex ---- */

static void futex_wait(atomic_int *at, int while_it_is) {
    while (atomic_load(at) == while_it_is) syscall(SYS_futex, at, FUTEX_WAIT_PRIVATE, while_it_is, NULL, NULL, 0);
}

static void futex_wake(atomic_int *at, int value) {
    atomic_store(at, value);
    syscall(SYS_futex, at, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

typedef struct {
    atomic_int ping, pong;
    int rounds;
} Table;

static void *partner(void *arg) {
    Table *t = arg;
    for (int i = 0; i < t->rounds; i++) {
        futex_wait(&t->ping, i);
        futex_wake(&t->pong, i + 1);
    }
    return NULL;
}

static void time_futex(Samples *s, int rounds) {
    Table t = {.rounds = rounds};
    pthread_t thread;
    if (pthread_create(&thread, NULL, partner, &t) != 0) return;
    for (int i = 0; i < rounds; i++) {
        int64_t begin = now();
        futex_wake(&t.ping, i + 1);
        futex_wait(&t.pong, i);
        samples_add(s, (double)(now() - begin) / 2);
    }
    pthread_join(thread, NULL);
}

/* ---- a new thread ---- */

static void *first_moment(void *arg) {
    *(int64_t *)arg = now();
    return NULL;
}

static void time_pthread(Samples *s, int rounds) {
    for (int i = 0; i < rounds; i++) {
        int64_t first = 0, begin = now();
        pthread_t thread;
        if (pthread_create(&thread, NULL, first_moment, &first) != 0) return;
        pthread_join(thread, NULL);
        samples_add(s, (double)(first - begin));
    }
}

/* ---- sleeps ---- */

static void time_nanosleep(Samples *s, int rounds) {
    const struct timespec asked = {.tv_nsec = 20000};
    for (int i = 0; i < rounds; i++) {
        int64_t begin = now();
        nanosleep(&asked, NULL);
        int64_t late = now() - begin - asked.tv_nsec;
        samples_add(s, late > 0 ? (double)late : 0);
    }
}

static void time_epoll(Samples *s, int rounds) {
    int poll = epoll_create1(EPOLL_CLOEXEC);
    if (poll < 0) return;
    for (int i = 0; i < rounds; i++) {
        struct epoll_event event;
        int64_t begin = now();
        epoll_wait(poll, &event, 1, 1);
        int64_t late = now() - begin - 1000000;
        samples_add(s, late > 0 ? (double)late : 0);
    }
    close(poll);
}

/* ---- a signal ---- */

static atomic_llong arrived;

static void on_signal(int signal) {
    (void)signal;
    atomic_store(&arrived, now());
}

static void time_signal(Samples *s, int rounds) {
    struct sigaction act = {.sa_handler = on_signal}, old;
    sigemptyset(&act.sa_mask);
    if (sigaction(SIGURG, &act, &old) != 0) return;
    for (int i = 0; i < rounds; i++) {
        int64_t begin = now();
        pthread_kill(pthread_self(), SIGURG);
        samples_add(s, (double)(atomic_load(&arrived) - begin));
    }
    sigaction(SIGURG, &old, NULL);
}

void probe_threads(Measured *m, double scale) {
    time_futex(measured_set(m, "futex"), times(5000, scale));
    time_pthread(measured_set(m, "pthread"), times(500, scale));
    time_nanosleep(measured_set(m, "nanosleep"), times(2000, scale));
    time_epoll(measured_set(m, "epoll"), times(500, scale));
    time_signal(measured_set(m, "signal"), times(5000, scale));
}

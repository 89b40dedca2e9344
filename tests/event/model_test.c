/* model_test.c -- the model refuses what cannot be, and says why. */
#include "../check.h"

#include "../../sim/event/model.h"
#include "../../sim/event/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One P, M0 running g1; g2 is queued on P0. */
static Model *a_running_world(Intern *text, uint64_t *seq) {
    static const Event events[] = {
        {.kind = EV_RUN_START, .arg = {1, 1}},      {.kind = EV_P_IDLE_GET, .arg = {0}},
        {.kind = EV_P_ACQUIRE, .arg = {0, 0}},      {.kind = EV_GO_CREATE, .arg = {1, NONE, 0, 0}},
        {.kind = EV_GO_START, .arg = {1, 0, 0, 0}}, {.kind = EV_GO_CREATE, .arg = {2, 1, 0, 0}},
        {.kind = EV_RUNQ_PUT, .arg = {0, 2}},       {.kind = EV_CHAN_MAKE, .arg = {0, 1, 0, 0}},
    };
    Model *m = model_new(text);
    char why[MODEL_WHY_MAX] = "";
    *seq = 0;
    for (size_t i = 0; i < ARRAY_LEN(events); i++) {
        Event e = events[i];
        e.seq = ++*seq;
        e.time_ns = 10 * e.seq;
        if (!model_apply(m, &e, why)) printf("\n  %s\n", why);
    }
    return m;
}

static void impossible_events_are_refused(void) {
    static const struct {
        Event e;
        const char *why;
    } cases[] = {
        {{.kind = EV_RUN_START, .arg = {1, 1}}, "started already"},
        {{.kind = EV_GO_START, .arg = {1, 0, 0, 0}}, "g1 is running, not runnable"},
        {{.kind = EV_GO_START, .arg = {2, 0, 0, 0}}, "g2 is on a queue already"},
        {{.kind = EV_GO_START, .arg = {9, 0, 0, 0}}, "no goroutine g9"},
        {{.kind = EV_GO_START, .arg = {NONE, 0, 0, 0}}, "no goroutine"},
        {{.kind = EV_GO_CREATE, .arg = {2, 1, 0, 0}}, "g2 exists already"},
        {{.kind = EV_GO_CREATE, .arg = {1ull << 60, 1, 0, 0}}, "out of the range"},
        {{.kind = EV_GO_UNBLOCK, .arg = {1, NONE}}, "g1 is running and cannot GO_UNBLOCK"},
        {{.kind = EV_GO_BLOCK, .arg = {2, 0, 0}}, "g2 is runnable and cannot GO_BLOCK"},
        {{.kind = EV_RUNQ_GET, .arg = {0, 1, 0}}, "not at the head"},
        {{.kind = EV_RUNQ_GET, .arg = {0, 2, 1}}, "not P0's runnext"},
        {{.kind = EV_RUNQ_PUT, .arg = {0, 2}}, "on a queue already"},
        {{.kind = EV_RUNQ_PUT, .arg = {7, 2}}, "there is no P7"},
        {{.kind = EV_RUNQ_SPILL, .arg = {0, 2}}, "only 1 goroutines"},
        {{.kind = EV_GLOBQ_GET, .arg = {0, 2, 0}}, "not at the head"},
        {{.kind = EV_P_ACQUIRE, .arg = {0, 0}}, "M0 has P0 already"},
        {{.kind = EV_P_RELEASE, .arg = {0, 1}}, "M1 does not own P0"},
        {{.kind = EV_P_IDLE_PUT, .arg = {0}}, "P0 is running, not idle"},
        {{.kind = EV_P_RETAKE, .arg = {0, 0, 1, 0, 1}}, "not behind a call"},
        {{.kind = EV_M_NEW, .arg = {5, 0, 0}}, "not the next thread"},
        {{.kind = EV_M_PARK, .arg = {0}}, "still holds a P"},
        {{.kind = EV_M_WAKE, .arg = {0, 0, 0}}, "M0 is running and cannot M_WAKE"},
        {{.kind = EV_M_START, .arg = {3}}, "no thread M3"},
        {{.kind = EV_CGO_EXIT_FAST, .arg = {1, 0, 0}}, "g1 is running and cannot CGO_EXIT_FAST"},
        {{.kind = EV_CGO_ENTER, .arg = {2, 0, 0, 0, 0}}, "g2 does not run on M0"},
        {{.kind = EV_CHAN_RECV, .arg = {1, 0, NONE, 1, 0}}, "c0 is empty"},
        {{.kind = EV_CHAN_RECV, .arg = {1, 0, NONE, 0, 0}}, "not closed and empty"},
        {{.kind = EV_CHAN_SEND, .arg = {1, 0, 2, 0}}, "not at the head"},
        {{.kind = EV_CHAN_SEND, .arg = {1, 4, NONE, 0}}, "no channel c4"},
        {{.kind = EV_UNPIN, .arg = {1, 0, 0}}, "no object o0"},
        {{.kind = EV_DEV_START, .arg = {0, 1, 1}}, "no device command k0"},
        {{.kind = EV_DEV_ENQUEUE, .arg = {0, 3, 1, 0, 0, 0}}, "not a device queue"},
        {{.kind = EV_SYSMON_WAKE, .arg = {0}}, "awake already"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Intern *text = intern_new();
        uint64_t seq;
        Model *m = a_running_world(text, &seq);
        char why[MODEL_WHY_MAX] = "", line[EVENT_TEXT_MAX];
        Event e = cases[i].e;
        e.seq = seq + 1;
        e.time_ns = 1000;
        bool accepted = model_apply(m, &e, why);
        if (accepted || strstr(why, cases[i].why) == NULL)
            printf("\n  %s: \"%s\"\n", event_text_short(line, &e, text), why);
        CU_ASSERT_FALSE(accepted);
        CU_ASSERT_PTR_NOT_NULL(strstr(why, cases[i].why));
        model_free(m);
        intern_free(text);
    }
}

/* What a collector and a device can do to objects: o0 is free to go, o1 is pinned, o2 was freed; k0 holds o0 and o1,
 * k1 is done. */
static void impossible_ends_of_objects_are_refused(void) {
    static const Event before[] = {
        {.kind = EV_OBJ_NEW, .arg = {0, 64, 4096, 0, 0}},
        {.kind = EV_OBJ_NEW, .arg = {1, 64, 8192, 0, 0}},
        {.kind = EV_OBJ_NEW, .arg = {2, 64, 12288, 0, 0}},
        {.kind = EV_PIN, .arg = {1, 1, 0}},
        {.kind = EV_DEV_ENQUEUE, .arg = {0, 0, 1, 0, 64, 0}},
        {.kind = EV_DEV_ARG, .arg = {0, 0, 1}},
        {.kind = EV_DEV_ARG, .arg = {0, 1, 1}},
        {.kind = EV_DEV_ENQUEUE, .arg = {1, 1, 1, 0, 64, 0}},
        {.kind = EV_DEV_ARG, .arg = {1, 0, 1}},
        {.kind = EV_DEV_START, .arg = {1, 1, 10}},
        {.kind = EV_DEV_DONE, .arg = {1}},
        {.kind = EV_STW_BEGIN, .arg = {1, 0, 0}},
        {.kind = EV_P_STOP_OWN, .arg = {0, 0}},
        {.kind = EV_STW_STOPPED, .arg = {1, 0}},
        {.kind = EV_OBJ_FREE, .arg = {2, 12288}},
        {.kind = EV_P_START_OWN, .arg = {0, 0}},
        {.kind = EV_STW_END, .arg = {1, 10}},
    };
    enum { STOPPED = 15, RUNS = ARRAY_LEN(before) }; /* so many of them come before */
    static const struct {
        size_t before;
        Event e;
        const char *why; /* NULL: it is possible */
    } cases[] = {
        {STOPPED, {.kind = EV_OBJ_MOVE, .arg = {0, 4096, 16384}}, NULL},
        {STOPPED, {.kind = EV_OBJ_FREE, .arg = {0, 4096}}, NULL},
        {STOPPED - 2, {.kind = EV_OBJ_MOVE, .arg = {0, 4096, 16384}}, "but the world runs"}, /* it is to stop */
        {RUNS, {.kind = EV_OBJ_MOVE, .arg = {0, 4096, 16384}}, "but the world runs"},
        {RUNS, {.kind = EV_OBJ_FREE, .arg = {0, 4096}}, "but the world runs"},
        {STOPPED, {.kind = EV_OBJ_MOVE, .arg = {1, 8192, 16384}}, "but it is pinned"},
        {STOPPED, {.kind = EV_OBJ_FREE, .arg = {1, 8192}}, "but it is pinned"},
        {STOPPED, {.kind = EV_OBJ_MOVE, .arg = {2, 12288, 16384}}, "but it was freed before"},
        {STOPPED, {.kind = EV_OBJ_FREE, .arg = {2, 12288}}, "but it was freed before"},
        {STOPPED, {.kind = EV_OBJ_MOVE, .arg = {0, 8192, 16384}}, "from where it is not"},
        {STOPPED, {.kind = EV_OBJ_FREE, .arg = {0, 4100}}, "from where it is not"},
        {STOPPED, {.kind = EV_OBJ_FREE, .arg = {7, 4096}}, "no object o7"},
        {RUNS, {.kind = EV_OBJ_NEW, .arg = {9, 64, 16384, 0, 0}}, "not the next object"},
        {RUNS, {.kind = EV_PIN, .arg = {1, 0, 0}}, NULL},
        {RUNS, {.kind = EV_PIN, .arg = {1, 2, 0}}, "o2 was freed"},
        {RUNS, {.kind = EV_UNPIN, .arg = {1, 0, 0}}, "o0 is not pinned"},
        {RUNS, {.kind = EV_PIN, .arg = {2, 0, 0}}, "g2 is runnable, not running"},
        {RUNS, {.kind = EV_DEV_STALE, .arg = {0, 0, 0}}, "has not left"},
        {RUNS, {.kind = EV_DEV_STALE, .arg = {0, 2, 0}}, "does not hold the address of o2"},
        {RUNS, {.kind = EV_DEV_STALE, .arg = {1, 0, 0}}, "k1 is done"},
        {RUNS, {.kind = EV_DEV_STALE, .arg = {5, 0, 0}}, "no device command k5"},
        {RUNS, {.kind = EV_DEV_QUEUE, .arg = {2, 1, 0, 1, 0}}, NULL},
        {RUNS, {.kind = EV_DEV_QUEUE, .arg = {1, 1, 0, 1, 0}}, "not the next device queue"},
        {RUNS, {.kind = EV_DEV_AFTER, .arg = {0, 1}}, "k0 need not wait for k1"},
        {RUNS, {.kind = EV_DEV_AFTER, .arg = {1, 0}}, "k1 need not wait for k0"},
        {RUNS, {.kind = EV_DEV_EVENT, .arg = {2, 1, 0, 0}}, NULL},
        {RUNS, {.kind = EV_DEV_EVENT, .arg = {1, 1, 0, 0}}, "not the next device command"},
        {RUNS, {.kind = EV_DEV_SET, .arg = {0, 1, 0}}, "k0 is no user event"},
        {RUNS, {.kind = EV_DEV_WAIT_FOR, .arg = {1, 0, 0}}, "g1 is not in C"},
        {RUNS, {.kind = EV_DEV_CALLBACK, .arg = {0, 2, 0}}, "g2 is runnable, not running"},
        {RUNS, {.kind = EV_DEV_NOTIFY, .arg = {1, 0}}, "there is no C thread t0"},
        {RUNS, {.kind = EV_DEV_ENQUEUE, .arg = {2, 3, 1, 0, 64, 0}}, "q3 is not a device queue"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Intern *text = intern_new();
        uint64_t seq;
        Model *m = a_running_world(text, &seq);
        char why[MODEL_WHY_MAX] = "";
        for (size_t k = 0; k <= cases[i].before; k++) {
            Event e = k < cases[i].before ? before[k] : cases[i].e;
            e.seq = ++seq;
            e.time_ns = 1000;
            bool taken = model_apply(m, &e, why), shall = k < cases[i].before || cases[i].why == NULL;
            if (taken != shall || (!taken && strstr(why, cases[i].why) == NULL))
                printf("\n  case %zu, event %zu: \"%s\"\n", i, k, why);
            CU_ASSERT_EQUAL(taken, shall);
            if (!taken && !shall) CU_ASSERT_PTR_NOT_NULL(strstr(why, cases[i].why));
        }
        model_free(m);
        intern_free(text);
    }
}

/* An imported world: M0 on P0, nothing else. */
static void impossible_imports_are_refused(void) {
    static const Event before[] = {{.kind = EV_IMPORT, .arg = {26}},
                                   {.kind = EV_M_SEEN, .arg = {0, 7}},
                                   {.kind = EV_P_SEEN, .arg = {0, 0, 1}}};
    static const struct {
        Event e;
        const char *why;
    } cases[] = {
        {{.kind = EV_IMPORT, .arg = {26}}, "started already"},
        {{.kind = EV_RUN_START, .arg = {1, 1}}, "started already"},
        {{.kind = EV_M_SEEN, .arg = {9, 7}}, "not the next thread"},
        {{.kind = EV_P_SEEN, .arg = {0, 0, 1}}, "seen already"},
        {{.kind = EV_P_SEEN, .arg = {1, 0, 1}}, "M0 has P0 already"},
        {{.kind = EV_P_SEEN, .arg = {1, NONE, 1}}, "no thread"},
        {{.kind = EV_P_SEEN, .arg = {1, 0, 5}}, "no state 5"},
        {{.kind = EV_P_SEEN, .arg = {NONE, 0, 2}}, "out of the range"},
        {{.kind = EV_G_SEEN, .arg = {1, NONE, 9, NONE, 0}}, "no state 9"},
        {{.kind = EV_G_SEEN, .arg = {1, 4, 2, NONE, 0}}, "no thread M4"},
        {{.kind = EV_GO_CREATE_C, .arg = {1, NONE}}, "no thread"},
        {{.kind = EV_GO_END_C, .arg = {1, 0}}, "no goroutine g1"},
        {{.kind = EV_P_RETAKE, .arg = {0, 0, NONE, NONE, 1}}, "not behind a call"},
        {{.kind = EV_GC_SWEEP, .arg = {3, 0}}, "there is no P3"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Intern *text = intern_new();
        Model *m = model_new(text);
        char why[MODEL_WHY_MAX] = "";
        uint64_t seq = 0;
        for (size_t k = 0; k < ARRAY_LEN(before); k++) {
            Event e = before[k];
            e.seq = ++seq;
            CU_ASSERT_FATAL(model_apply(m, &e, why));
        }
        Event e = cases[i].e;
        e.seq = ++seq;
        CU_ASSERT_FALSE(model_apply(m, &e, why));
        if (strstr(why, cases[i].why) == NULL) printf("\n  \"%s\" does not say \"%s\"\n", why, cases[i].why);
        CU_ASSERT_PTR_NOT_NULL(strstr(why, cases[i].why));
        model_free(m);
        intern_free(text);
    }
}

static void time_and_numbers_go_forward(void) {
    Intern *text = intern_new();
    uint64_t seq;
    char why[MODEL_WHY_MAX];
    Model *m = a_running_world(text, &seq);
    Event e = {.kind = EV_SYSMON_LOOK, .seq = seq, .time_ns = 1000};
    CU_ASSERT_FALSE(model_apply(m, &e, why));
    e.seq = seq + 1;
    e.time_ns = 1;
    CU_ASSERT_FALSE(model_apply(m, &e, why));
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "backwards"));
    model_free(m);
    intern_free(text);
}

/* Random bytes as events: refused or applied, never a crash (the sanitizers watch). */
static void nonsense_is_survived(void) {
    uint64_t x = 1;
    for (int round = 0; round < 2000; round++) {
        Intern *text = intern_new();
        uint64_t seq;
        char why[MODEL_WHY_MAX], line[EVENT_TEXT_MAX];
        Model *m = a_running_world(text, &seq);
        for (int n = 0; n < 50; n++) {
            Event e = {.seq = ++seq, .time_ns = 1000};
            x = x * 6364136223846793005u + 1442695040888963407u;
            e.kind = (uint32_t)(x >> 33) % (EV_COUNT + 1);
            for (int i = 0; i < EVENT_ARGS_MAX; i++) {
                x = x * 6364136223846793005u + 1442695040888963407u;
                e.arg[i] = x >> 62 ? (x >> 40) % 3 : x >> 58 ? NONE : x;
            }
            event_text(line, &e, text);
            if (!model_apply(m, &e, why)) seq--;
        }
        model_free(m);
        intern_free(text);
    }
    CU_PASS("survived");
}

static void every_event_has_its_row_in_order(void) {
    for (int i = 0; i < EV_COUNT; i++) {
        CU_ASSERT_EQUAL(event_kind_by_name(event_spec[i].name), (EventKind)i);
        CU_ASSERT(event_spec[i].arg_count >= 1);
        CU_ASSERT(strlen(event_spec[i].doc) > 10);
    }
    CU_ASSERT_EQUAL(event_kind_by_name("NO_SUCH"), EV_COUNT);
}

void model_tests(void) {
    static const Check checks[] = {
        {"impossible events are refused, with the reason", impossible_events_are_refused},
        {"so are impossible ends of objects", impossible_ends_of_objects_are_refused},
        {"impossible events of an imported trace as well", impossible_imports_are_refused},
        {"time and numbers go forward", time_and_numbers_go_forward},
        {"nonsense is survived", nonsense_is_survived},
        {"every event has its row", every_event_has_its_row_in_order},
        {0},
    };
    suite("event: model", checks);
}

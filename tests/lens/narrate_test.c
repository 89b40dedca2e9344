/* narrate_test.c -- every event is told, in sentences that fit where they are shown. */
#include "../../sim/lens/narrate.h"

#include "../check.h"
#include "../imported.h"
#include "../program.h"

#include <stdio.h>
#include <string.h>

#define S 1000000000u

typedef struct {
    uint64_t told[EV_COUNT];
    uint64_t bad;
} Told;

static size_t letters(const char *text) {
    size_t n = 0;
    for (; *text; text++) n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static size_t count_of(const char *text, const char *what) {
    size_t n = 0;
    for (; (text = strstr(text, what)) != NULL; text += strlen(what)) n++;
    return n;
}

static const char *fault_of(const Narration *n, EventKind kind) {
    if (n->headline[0] == '\0' || strstr(n->headline, "unknown")) return "no headline";
    if (letters(n->headline) > HEADLINE_LETTERS) return "a headline of more than 40 letters";
    if (strstr(n->headline, "…") && kind != EV_LOG) /* that one is as long as the program's text */
        return "a headline that had to be cut";
    if (strlen(n->reason) >= sizeof n->reason - 1) return "a reason without room for its end";
    if (strlen(n->function) >= sizeof n->function - 1) return "a function without room for its end";
    if (strlen(n->detail) >= sizeof n->detail - 1) return "a detail without room for its end";
    if (count_of(n->reason, "**") % 2 != 0) return "a figure that opens and does not close";
    if (strstr(n->reason, "****") || strstr(n->reason, "  ")) return "an empty word in the reason";
    if (strstr(n->reason, "18446744073709551615")) return "a thing that does not exist";
    return NULL;
}

static void tell(void *ctx, const Model *m, const Event *e) {
    Told *t = ctx;
    Narration n;
    narrate(m, e, &n);
    t->told[e->kind]++;
    const char *fault = fault_of(&n, (EventKind)e->kind);
    if (fault == NULL || t->bad++ >= 5) return;
    printf("\n  %s: %s\n  %s\n  %s\n", event_spec[e->kind].name, fault, n.headline, n.reason);
}

static void run_told(Told *t, Program p) {
    p.after = tell;
    p.ctx = t;
    Ran r = run_program(&p);
    CU_ASSERT_STRING_EQUAL(r.audit, "");
    ran_free(&r);
}

/* What random programs never get to. */
static void tell_deadlock(Told *t) {
    static const Op ops[] = {{.kind = OP_NOTE}, RECV(0)};
    static const Body bodies[] = {BODY("main", ops)};
    static const uint64_t caps[] = {0};
    run_told(t, (Program){.bodies = bodies, .body_count = 1, .chan_caps = caps, .chan_count = 1});
}

static void tell_forced_collection(Told *t) {
    static const Op ops[] = {GC(), SLEEP(200ull * S)};
    static const Body bodies[] = {BODY("main", ops)};
    run_told(t, (Program){.bodies = bodies, .body_count = 1});
}

static void tell_full_queue(Told *t) {
    enum { MANY = 300 };
    static const Op nothing[] = {GOSCHED()};
    static Op ops[MANY];
    for (int i = 0; i < MANY; i++) ops[i] = (Op)GO(1);
    const Body bodies[] = {BODY("main", ops), BODY("f", nothing)};
    run_told(t, (Program){.bodies = bodies, .body_count = 2});
}

/* Nothing in sim/rt's tests has objects or a device: their events, by hand. */
static void tell_by_hand(Told *t) {
    Intern *text = intern_new();
    Model *m = model_new(text);
    uint64_t x = intern_id(text, "x"), saxpy = intern_id(text, "saxpy"), why = intern_id(text, "said");
    char refused[MODEL_WHY_MAX];
    const Event events[] = {
        {.kind = EV_RUN_START, .arg = {1, 1}},
        {.kind = EV_OBJ_NEW, .arg = {0, 64, 0xc000000000, x, 1}},
        {.kind = EV_GO_CREATE, .arg = {1, NONE, why, 1}},
        {.kind = EV_TIMER_FUNC, .arg = {0, 10, 1, 0}},
        {.kind = EV_P_IDLE_GET, .arg = {0}},
        {.kind = EV_P_ACQUIRE, .arg = {0, 0}},
        {.kind = EV_GO_START, .arg = {1, 0, 0, 0}},
        {.kind = EV_SYNC_NEW, .arg = {0, SYNC_ERRGROUP, 0, NONE, x, 1}},
        {.kind = EV_SYNC_COUNT, .arg = {1, 0, 1, 1}},
        {.kind = EV_SYNC_ERROR, .arg = {1, 0, why, 1}},
        {.kind = EV_SYNC_NEW, .arg = {1, SYNC_MUTEX, 0, NONE, x, 1}},
        {.kind = EV_SYNC_LOCK, .arg = {1, 1, 1, 0, NONE, 1}},
        {.kind = EV_SYNC_STARVE, .arg = {1, 1, 1, 1000001}},
        {.kind = EV_SYNC_STARVE, .arg = {1, 1, 0, 1000001}},
        {.kind = EV_SYNC_UNLOCK, .arg = {1, 1, 1, 0, 1}},
        {.kind = EV_PIN, .arg = {1, 0, 1}},
        {.kind = EV_CLEANUP, .arg = {1, 0, 1}},
        {.kind = EV_FINALIZER, .arg = {1, 0, 1, 1}},
        {.kind = EV_HANDLE, .arg = {1, 1, 1, 1}},
        {.kind = EV_CGO_ENTER, .arg = {1, 0, 0, why, 1}},
        {.kind = EV_SYNC_NEW, .arg = {2, SYNC_PTHREAD, 0, NONE, x, 1}},
        {.kind = EV_SYNC_LOCK, .arg = {1, 2, 1, 0, NONE, 1}},
        {.kind = EV_SYNC_QUEUE, .arg = {1, 2, 0, 0, 1, 1}},
        {.kind = EV_SYNC_UNLOCK, .arg = {1, 2, 1, 0, 1}},
        {.kind = EV_SYNC_WAKE, .arg = {1, 2, 1, 1, 0}},
        {.kind = EV_SIGNAL_IN_C, .arg = {0, 1}},
        {.kind = EV_DEV_ENQUEUE, .arg = {0, 0, 1, saxpy, 64, 1}},
        {.kind = EV_CONTEXT_NEW, .arg = {0, NONE, 1, 1, 5000, 1}},
        {.kind = EV_CONTEXT_NEW, .arg = {1, 0, 1, 0, 5000, 1}},
        {.kind = EV_CONTEXT_USE, .arg = {1, 0, NONE, 1}},
        {.kind = EV_CONTEXT_CANCEL, .arg = {0, 1, 0, why, why, 1}},
        {.kind = EV_CONTEXT_CANCEL, .arg = {1, 1, 0, why, why, 1}},
        {.kind = EV_DEV_ARG, .arg = {0, 0, 1}},
        {.kind = EV_DEV_START, .arg = {0, 4, 1000}},
        {.kind = EV_DEV_WAIT, .arg = {1, 0, 0}},
        {.kind = EV_DEV_DONE, .arg = {0}},
        {.kind = EV_DEV_IDLE, .arg = {0}},
        {.kind = EV_DEV_QUEUE, .arg = {1, 1, saxpy, 1, 1}},
        {.kind = EV_DEV_EVENT, .arg = {1, 1, saxpy, 1}},
        {.kind = EV_DEV_ENQUEUE, .arg = {2, 1, 1, saxpy, 64, 1}},
        {.kind = EV_DEV_AFTER, .arg = {2, 1}},
        {.kind = EV_DEV_CALLBACK, .arg = {2, 1, 1}},
        {.kind = EV_DEV_WAIT_FOR, .arg = {1, 0, 2}},
        {.kind = EV_DEV_SET, .arg = {1, 1, 1}},
        {.kind = EV_DEV_START, .arg = {2, 4, 1000}},
        {.kind = EV_DEV_DONE, .arg = {2}},
        {.kind = EV_C_THREAD, .arg = {0, saxpy, 1}},
        {.kind = EV_DEV_NOTIFY, .arg = {2, 0}},
        {.kind = EV_CGO_EXIT_FAST, .arg = {1, 0, 0}},
        {.kind = EV_UNPIN, .arg = {1, 0, 1}},
        {.kind = EV_PICTURE, .arg = {1, 0, 4, 4, 1}},
        {.kind = EV_CGO_ENTER, .arg = {1, 0, 0, why, 1}},
        {.kind = EV_DEV_ENQUEUE, .arg = {3, 0, 1, saxpy, 64, 1}},
        {.kind = EV_DEV_ARG, .arg = {3, 0, 1}},
        {.kind = EV_CGO_EXIT_FAST, .arg = {1, 0, 0}},
        {.kind = EV_MEM_NEW, .arg = {1, MEM_C, 64, 0x7f1000000000, x, 1}},
        {.kind = EV_COPY, .arg = {1, 1, 0, 64, 1}},
        {.kind = EV_MEM_NEW, .arg = {2, MEM_STACK, 8, 0xc200000000, x, 1}},
        {.kind = EV_ADDRESS, .arg = {1, 2, 0xc200000000, 1}},
        {.kind = EV_STACK_GROW, .arg = {1, 512, 0xc200000000, 0xc200001000, 4096, 1}},
        {.kind = EV_STACK_MOVE, .arg = {1, 2, 0xc200000000, 0xc200001000}},
        {.kind = EV_MEM_FREE, .arg = {1, 1, 1, 1}},
        {.kind = EV_MEM_FREE, .arg = {1, 1, NONE, 1}},
        {.kind = EV_MEM_FULL, .arg = {1, MEM_DEVICE, 64, 0, 1}},
        {.kind = EV_STW_BEGIN, .arg = {1, why, 1}},
        {.kind = EV_P_STOP_OWN, .arg = {0, 0}},
        {.kind = EV_STW_STOPPED, .arg = {1, 0}},
        {.kind = EV_OBJ_MOVE, .arg = {0, 0xc000000000, 0xc040000000}},
        {.kind = EV_DEV_STALE, .arg = {3, 0, 0}},
        {.kind = EV_OBJ_FREE, .arg = {0, 0xc040000000}},
        {.kind = EV_P_START_OWN, .arg = {0, 0}},
        {.kind = EV_STW_END, .arg = {1, 0}},
        {.kind = EV_EXPECT_HELD, .arg = {why, 1}},
        {.kind = EV_EXPECT_FAILED, .arg = {why, x, 1}},
        {.kind = EV_EXPECT_UNCHECKED, .arg = {why, x, 1}},
    };
    for (size_t i = 0; i < ARRAY_LEN(events); i++) {
        Event e = events[i];
        e.seq = i + 1;
        bool ok = model_apply(m, &e, refused);
        if (!ok) printf("\n  %s: %s\n", event_spec[e.kind].name, refused);
        CU_ASSERT_FATAL(ok);
        tell(t, m, &e);
    }
    model_free(m);
    intern_free(text);
}

/* Those that only a real program's trace has. */
static void tell_imported(Told *t) {
    static const char *const names[] = {"annotations-go1.26", "cgocallback-go1.26", "coro-go1.26",     "cpuprofile-go1.26",
                                        "gcheavy-go1.25",     "midgc-go1.26",       "nethttp-go1.25", "synthetic/full-26",
                                        "numbers-go1.26"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char path[128];
        snprintf(path, sizeof path, "tests/traces/go/%s.trace", names[i]);
        Imported got = import_trace(path, NULL, tell, t);
        CU_ASSERT(got.ok);
    }
}

static void every_event_is_told(void) {
    Told t = {0};
    for (uint64_t seed = 1; seed <= 300; seed++) run_told(&t, random_program(seed));
    tell_deadlock(&t);
    tell_full_queue(&t);
    tell_forced_collection(&t);
    tell_by_hand(&t);
    tell_imported(&t);
    CU_ASSERT_EQUAL(t.bad, 0);
    for (int k = 0; k < EV_COUNT; k++) {
        if (t.told[k] == 0) printf("\n  never told: %s\n", event_spec[k].name);
        CU_ASSERT(t.told[k] > 0);
    }
}

typedef struct {
    EventKind kind;
    Narration n; /* of the last event of that kind */
} Last;

static void keep_last(void *ctx, const Model *m, const Event *e) {
    Last *last = ctx;
    if (e->kind == last->kind) narrate(m, e, &last->n);
}

static Narration last_of(EventKind kind, const Op *ops, size_t count) {
    Last last = {.kind = kind};
    const Body body = {"main", ops, count, 0};
    Program p = {.bodies = &body, .body_count = 1, .procs = 2, .after = keep_last, .ctx = &last};
    Ran r = run_program(&p);
    CU_ASSERT_STRING_EQUAL(r.audit, "");
    ran_free(&r);
    return last.n;
}

static void says(const char *text, const char *words) {
    if (strstr(text, words) == NULL) printf("\n  \"%s\" does not say \"%s\"\n", text, words);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, words));
}

/* main stands at the callback's end, so the last way into Go is the callback's. */
static void the_way_into_a_callback_is_no_way_back(void) {
    static const Op in[] = {C_ENTER(), CALLBACK(), {.kind = OP_PANIC}};
    static const Op out[] = {C_ENTER(), CALLBACK(), CALLBACK_END(), C_LEAVE()};
    Narration n = last_of(EV_CGO_EXIT_FAST, in, ARRAY_LEN(in));
    CU_ASSERT_STRING_EQUAL(n.headline, "g1 is in Go: goCallback");
    n = last_of(EV_CGO_EXIT_FAST, out, ARRAY_LEN(out));
    CU_ASSERT_STRING_EQUAL(n.headline, "g1 main is back from C");
    n = last_of(EV_CALLBACK_END, out, ARRAY_LEN(out));
    CU_ASSERT_STRING_EQUAL(n.headline, "g1 returns to sleep_in_c");
}

static void a_lock_inside_a_callback_stays(void) {
    static const Op in_callback[] = {C_ENTER(), CALLBACK(), LOCK(), UNLOCK(), CALLBACK_END(), C_LEAVE()};
    static const Op alone[] = {LOCK(), LOCK(), UNLOCK(), UNLOCK()};
    Narration n = last_of(EV_UNLOCK_THREAD, in_callback, ARRAY_LEN(in_callback));
    says(n.reason, "**callback**");
    n = last_of(EV_UNLOCK_THREAD, alone, ARRAY_LEN(alone));
    CU_ASSERT_STRING_EQUAL(n.headline, "g1 main is free of M0");
    n = last_of(EV_LOCK_THREAD, alone, ARRAY_LEN(alone));
    says(n.reason, "as many unlocks");
}

/* A long name must be cut between two letters, one of several words between two words, and it must be seen. */
static void a_long_headline_is_cut_between_letters(void) {
    Intern *text = intern_new();
    Model *m = model_new(text);
    char why[MODEL_WHY_MAX];
    Narration n;
    Event start = {.kind = EV_RUN_START, .seq = 1, .arg = {1, 1}};
    Event go = {.kind = EV_GO_CREATE, .seq = 2, .arg = {1, NONE, intern_id(text, "µµµµµµµµµµµµµµµµµµµµ"), 1}};
    CU_ASSERT_FATAL(model_apply(m, &start, why));
    CU_ASSERT_FATAL(model_apply(m, &go, why));
    narrate(m, &go, &n);
    CU_ASSERT_STRING_EQUAL(n.headline, "g1 µµµµµµµµµµµµµµµ… is born");
    Event c = {.kind = EV_CHAN_MAKE, .arg = {0, 1, intern_id(text, "a_channel_with_a_long_name")}, .seq = 3};
    Event close = {.kind = EV_CHAN_CLOSE, .arg = {1, 0}, .seq = 4};
    CU_ASSERT_FATAL(model_apply(m, &c, why));
    narrate(m, &close, &n);
    CU_ASSERT_EQUAL(letters(n.headline), HEADLINE_LETTERS);
    CU_ASSERT_STRING_EQUAL(n.headline + strlen(n.headline) - strlen("…"), "…");
    Event ctx = {.kind = EV_CTX_NEW, .arg = {0, intern_id(text, "network namespace of the sandbox")}, .seq = 4};
    Event use = {.kind = EV_CTX_USE, .arg = {0, 0, 1, 0, 0}, .seq = 5};
    CU_ASSERT_FATAL(model_apply(m, &ctx, why));
    narrate(m, &use, &n);
    CU_ASSERT_STRING_EQUAL(n.headline, "g1 finds network… on its thread");
    m->ctx[0].name = intern_id(text, "network namespace");
    narrate(m, &use, &n);
    CU_ASSERT_STRING_EQUAL(n.headline, "g1 finds network namespace on its thread");
    model_free(m);
    intern_free(text);
}

void lens_narrate_tests(void) {
    static const Check checks[] = {
        {"every event is told", every_event_is_told},
        {"the way into a callback is no way back", the_way_into_a_callback_is_no_way_back},
        {"a lock inside a callback stays", a_lock_inside_a_callback_stays},
        {"a long headline is cut between letters", a_long_headline_is_cut_between_letters},
        {0},
    };
    suite("lens: narration", checks);
}

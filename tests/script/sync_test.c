/* sync_test.c -- package sync in scenarios, beside the same in Go.
 *
 * Where Go is installed, tests/go/sync is built, with the golang.org/x/sync that comes with Go itself (cmd/vendor), and each
 * case is run there as well: it has to say the same, and to end in the same way.
 */
#include "../check.h"
#include "../cli/command.h"
#include "attempt.h"

#include <stdio.h>
#include <string.h>

void script_sync_tests(void);

#define ASLEEP "fatal error: all goroutines are asleep - deadlock!"
#define STEP " sleep '20ms' "

static const struct {
    const char *name; /* of the case in tests/go/sync */
    const char *body, *says;
    const char *ends; /* what Go says at its end on standard error; NULL: it ends well */
} cases[] = {
    {"try", "local mu = sync.Mutex() print(mu:TryLock(), mu:TryLock()) mu:Unlock() print(mu:TryLock())", "true false\ntrue\n", NULL},
    {"unlock", "sync.Mutex():Unlock()", "", "fatal error: sync: unlock of unlocked mutex"},
    {"anybody may unlock", "local mu = sync.Mutex() mu:Lock() go(function() mu:Unlock() end) mu:Lock() print 'got it'", "got it\n", NULL},
    {"twice", "local mu = sync.Mutex() mu:Lock() mu:Lock()", "", ASLEEP},
    {"rw unlock", "sync.RWMutex():Unlock()", "", "fatal error: sync: Unlock of unlocked RWMutex"},
    {"rw runlock", "sync.RWMutex():RUnlock()", "", "fatal error: sync: RUnlock of unlocked RWMutex"},
    {"rw try",
     "local rw = sync.RWMutex() rw:RLock() print(rw:TryRLock(), rw:TryLock()) rw:RUnlock() rw:RUnlock()\n"
     "print(rw:TryLock(), rw:TryRLock(), rw:TryLock())",
     "true false\ntrue false false\n", NULL},
    {"a writer that waits comes first",
     "local rw, wg = sync.RWMutex(), sync.WaitGroup() rw:RLock()\n"
     "wg:Go(function() rw:Lock() print 'writer' rw:Unlock() end)" STEP
     "wg:Go(function() rw:RLock() print 'reader' rw:RUnlock() end)" STEP
     "print('first', rw:TryRLock()) rw:RUnlock() wg:Wait()",
     "first false\nwriter\nreader\n", NULL},
    {"a reader asks again", "local rw = sync.RWMutex() rw:RLock() go(function() rw:Lock() end)" STEP "rw:RLock()", "", ASLEEP},
    {"negative", "sync.WaitGroup():Done()", "", "panic: sync: negative WaitGroup counter"},
    {"wait",
     "local wg, n = sync.WaitGroup(), atomic.Int64() wg:Wait() for i = 1, 10 do wg:Go(function() n:Add(1) end) end wg:Wait() print(n:Load())",
     "10\n", NULL},
    {"reused",
     "runtime.GOMAXPROCS(1) local wg = sync.WaitGroup() wg:Add(1) go(function() wg:Wait() end)" STEP "wg:Done() wg:Add(1)" STEP, "",
     "panic: sync: WaitGroup is reused before previous Wait has returned"},
    {"once",
     "local once, wg = sync.Once(), sync.WaitGroup()\n"
     "for i = 1, 3 do wg:Go(function() once:Do(function()" STEP "print 'f' end) print 'after' end) end wg:Wait()\n"
     "once:Do(function() print 'never' end) local f = sync.OnceFunc(function() print 'func' end) f() f()",
     "f\nafter\nafter\nafter\nfunc\n", NULL},
    {"once in itself", "local once = sync.Once() once:Do(function() once:Do(function() end) end)", "", ASLEEP},
    {"signals in order",
     "local mu = sync.Mutex() local cond = sync.Cond(mu)\n"
     "for i = 1, 4 do go(function() mu:Lock() cond:Wait() print(math.min(i, 3)) mu:Unlock() end)" STEP "end\n"
     "cond:Signal()" STEP "cond:Signal()" STEP "print 'all' mu:Lock() cond:Broadcast() mu:Unlock()" STEP
     "print 'lost' cond:Signal() mu:Lock() cond:Wait()",
     "1\n2\nall\n3\n3\nlost\n", ASLEEP},
    {"wait without the lock", "sync.Cond(sync.Mutex()):Wait()", "", "fatal error: sync: unlock of unlocked mutex"},
    {"nobody overtakes",
     "local sem, wg = semaphore.Weighted(3), sync.WaitGroup() sem:Acquire(2)\n"
     "wg:Go(function() sem:Acquire(3) print 'three' sem:Release(3) end)" STEP
     "wg:Go(function() sem:Acquire(1) print 'one' sem:Release(1) end)" STEP
     "print(sem:TryAcquire(1)) sem:Release(2) wg:Wait() print(sem:TryAcquire(3), sem:TryAcquire(1))",
     "false\nthree\none\ntrue false\n", NULL},
    {"released", "semaphore.Weighted(3):Release(1)", "", "panic: semaphore: released more than held"},
    {"too much", "semaphore.Weighted(3):Acquire(4)", "", ASLEEP},
    {"acquire until the context is over",
     "local sem, bg, wg = semaphore.Weighted(3), context.Background(), sync.WaitGroup() local ctx, cancel = context.WithCancel(bg)\n"
     "print(sem:Acquire(ctx, 2) == nil) wg:Go(function() print('three', sem:Acquire(ctx, 3)) end)" STEP
     "wg:Go(function() local err = sem:Acquire(bg, 1)" STEP "print('one', err == nil) end)" STEP
     "print(sem:TryAcquire(1)) cancel() wg:Wait()\n"
     "print(sem:Acquire(ctx, 0), sem:TryAcquire(1)) sem:Release(3) print(sem:TryAcquire(3))",
     "true\nfalse\nthree context canceled\none true\ncontext canceled false\ntrue\n", NULL},
    {"who gives up in the middle",
     "local sem, bg, wg = semaphore.Weighted(3), context.Background(), sync.WaitGroup() local ctx, cancel = context.WithCancel(bg)\n"
     "sem:Acquire(bg, 2) wg:Go(function() print('three', sem:Acquire(bg, 3) == nil) sem:Release(3) end)" STEP
     "wg:Go(function() print('two', sem:Acquire(ctx, 2)) end)" STEP "wg:Go(function() print('one', sem:Acquire(bg, 1) == nil) end)" STEP
     "cancel()" STEP "print(sem:TryAcquire(1)) sem:Release(2) wg:Wait()",
     "two context canceled\nfalse\nthree true\none true\n", NULL},
    {"acquire with a deadline",
     "local sem, bg = semaphore.Weighted(1), context.Background() local ctx = context.WithTimeout(bg, '20ms')\n"
     "print(sem:Acquire(bg, 1) == nil, sem:Acquire(ctx, 1))",
     "true context deadline exceeded\n", NULL},
    {"too much until the context is over",
     "local sem, bg = semaphore.Weighted(1), context.Background() local ctx = context.WithTimeout(bg, '20ms')\n"
     "go(function()" STEP STEP "print(sem:TryAcquire(1)) end) print(sem:Acquire(ctx, 2), sem:Acquire(ctx, 2))" STEP STEP,
     "context deadline exceeded context deadline exceeded\ntrue\n", NULL},
    {"room and the end at once",
     "runtime.GOMAXPROCS(1) local sem, bg, wg = semaphore.Weighted(1), context.Background(), sync.WaitGroup()\n"
     "for i = 1, 2 do local ctx, cancel = context.WithCancel(bg) local late, after sem:Acquire(bg, 1)\n"
     "wg:Go(function() late = sem:Acquire(ctx, 1) end)" STEP "wg:Go(function() after = sem:Acquire(bg, 1) end)" STEP
     "if i == 1 then sem:Release(1) cancel() else cancel() sem:Release(1) end wg:Wait() print(late, after == nil, sem:TryAcquire(1))\n"
     "sem:Release(1) end",
     "context canceled true false\ncontext canceled true false\n", NULL},
    {"first error",
     "local g = errgroup.Group() for i = 4, 1, -1 do g:Go(function() time.Sleep(i * 20 .. 'ms') if i > 1 then return 'bad ' .. i end end) end\n"
     "print(g:Wait())",
     "bad 2\n", NULL},
    {"no error", "local g = errgroup.Group() g:Go(function() end) print(g:Wait() == nil)", "true\n", NULL},
    {"limit",
     "local g, now, most = errgroup.Group(), atomic.Int64(), atomic.Int64() g:SetLimit(2)\n"
     "for i = 1, 6 do g:Go(function() local n = now:Add(1) if n > most:Load() then most:Store(n) end" STEP "now:Add(-1) end) end\n"
     "g:Wait() print(most:Load())",
     "2\n", NULL},
    {"limit while active", "local g = errgroup.Group() g:SetLimit(2) g:Go(function()" STEP "end) g:SetLimit(3)", "",
     "panic: errgroup: modify limit while 1 goroutines in the group are still active"},
    {"no limit any more",
     "local g = errgroup.Group() g:SetLimit(1) g:Go(function()" STEP "end) g:SetLimit(-1) print(g:TryGo(function() end)) print(g:Wait() == nil)",
     "true\ntrue\n", NULL},
    {"try to go",
     "local g, c = errgroup.Group(), chan() local f = function() c:recv() end g:SetLimit(2)\n"
     "print(g:TryGo(f), g:TryGo(f), g:TryGo(f)) c:send(1)" STEP "print(g:TryGo(f), g:TryGo(f)) c:send(1) c:send(1)\n"
     "print(g:Wait() == nil) g:SetLimit(0) print(g:TryGo(f)) g:SetLimit(-1) g:TryGo(function() return 'bad' end) print(g:Wait())",
     "true true false\ntrue false\ntrue\nfalse\nbad\n", NULL},
    {"context of a group",
     "local g, ctx = errgroup.WithContext(context.Background())\n"
     "for i = 1, 3 do g:Go(function() if i == 2 then" STEP "return 'bad' end ctx:Done():recv() return 'worse' end) end\n"
     "print(ctx:Err() == nil) print(g:Wait(), ctx:Err(), context.Cause(ctx))",
     "true\nbad context canceled bad\n", NULL},
    {"context of a group after Wait",
     "local g, ctx = errgroup.WithContext(context.Background()) g:Go(function() end) print(g:Wait() == nil, ctx:Err(), context.Cause(ctx))\n"
     "g:Go(function() return 'late' end) print(g:Wait(), context.Cause(ctx))",
     "true context canceled context canceled\nlate context canceled\n", NULL},
    {"group below a context",
     "local above, cancel = context.WithCancelCause(context.Background()) local g, ctx = errgroup.WithContext(above)\n"
     "g:Go(function() ctx:Done():recv() return ctx:Err() end)" STEP "cancel('enough') print(g:Wait(), context.Cause(ctx))\n"
     "local g, ctx = errgroup.WithContext(above) g:Go(function() return 'bad' end) print(g:Wait(), context.Cause(ctx))",
     "context canceled enough\nbad enough\n", NULL},
    {"group that nobody cancels",
     "local g, ctx = errgroup.WithContext(context.Background()) g:Go(function() ctx:Done():recv() end) g:Go(function() end) g:Wait()", "",
     ASLEEP},
    {"atomic",
     "local n = atomic.Int64() n:Store(5) print(n:Add(2), n:Swap(1), n:CompareAndSwap(7, 9), n:CompareAndSwap(1, 9), n:Load())",
     "7 7 false true 9\n", NULL},
    {"fair after a while",
     "local mu, stop, wg = sync.Mutex(), atomic.Int64(), sync.WaitGroup()\n"
     "wg:Go(function() while stop:Load() == 0 do mu:Lock() compute '100us' mu:Unlock() end end)\n"
     "compute '2ms' for i = 1, 5 do mu:Lock() mu:Unlock() end stop:Store(1) wg:Wait() print 'five times'",
     "five times\n", NULL},
};

/* What Go prints beside each other has a blank in between, and ours a tab. */
static void with_blanks(char *text) {
    for (; *text; text++) {
        if (*text == '\t') *text = ' ';
    }
}

static void each_case(bool no_strands) {
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char source[1024], says[512];
        bool asleep = cases[i].ends != NULL && strcmp(cases[i].ends, ASLEEP) == 0;
        snprintf(source, sizeof source, "scenario { title = 't', procs = 2 } main(function()\n%s\nend)\n", cases[i].body);
        snprintf(says, sizeof says, "%s%s%s", cases[i].says, cases[i].ends && !asleep ? cases[i].ends : "",
                 cases[i].ends && !asleep ? "\n" : "");
        Attempt a = attempt(source, &(How){.no_strands = no_strands});
        with_blanks(a.notes);
        check_text(cases[i].name, says, a.notes);
        CU_ASSERT_EQUAL(a.outcome, cases[i].ends == NULL ? RUN_EXITED : asleep ? RUN_DEADLOCK : RUN_PANIC);
        if (a.failed) printf("\n    %s: %s\n", cases[i].name, a.diag.message);
        attempt_free(&a);
    }
}

static void each_case_does_what_go_does(void) { each_case(false); }
static void also_without_strands(void) { each_case(true); }

/* The package path has to be there, so golang.org/x/sync is copied to where Go without modules looks for it. */
static void go_does_the_same(void) {
    Result built = command("src=$(go env GOROOT)/src/cmd/vendor/golang.org/x/sync && to=$T/gopath/src/golang.org/x && mkdir -p $to && "
                           "cp -r $src $to/ && chmod -R u+w $to && cd tests/go/sync && "
                           "GO111MODULE=off GOFLAGS= GOPATH=$T/gopath go build -o $T/sync . && go env GOVERSION");
    bool known = built.status == 0 && (strncmp(built.out, "go1.26", 6) == 0 || strncmp(built.out, "go1.27", 6) == 0);
    result_free(&built);
    if (!known) {
        check_skip("no Go 1.26 with golang.org/x/sync beside it");
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Result r = command("$T/sync '%s'", cases[i].name);
        check_text(cases[i].name, cases[i].says, r.out);
        CU_ASSERT_EQUAL(r.status, cases[i].ends ? 2 : 0);
        bool said = cases[i].ends == NULL || strstr(r.err, cases[i].ends) != NULL;
        if (!said) printf("\n    %s: %.200s\n", cases[i].name, r.err);
        CU_ASSERT(said);
        result_free(&r);
    }
}

/* Functions of a scenario that are called from within: they may wait, and what they hold counts as live. */
static void callbacks_may_wait(void) {
    attempt_says(MAIN("local once, c = sync.Once(), chan()\n"
                      "go(function() sleep '1ms' c:send(7) end)\n"
                      "local kept = heap.ints('kept', 1, 5)\n"
                      "once:Do(function() print((c:recv())) runtime.GC() print(kept[0]) end)\n"
                      "local wg = sync.WaitGroup() wg:Go('w', function() local x = heap.ints('x', 1, 9) runtime.GC() sleep '1ms' print(x[0]) end)\n"
                      "wg:Wait()"),
                 "7\n5\n9\n");
}

static void names_come_from_the_line(void) {
    attempt_says(HEAD "local mu = sync.Mutex()\nlocal x = sync.RWMutex('guard')\n"
                      "main(function() print(mu, x, sync.Cond(mu).L == mu)\nlocal sem = semaphore.Weighted(2)\nprint(sem, atomic.Int64(1)) end)",
                 "sync.Mutex mu\tsync.RWMutex guard\ttrue\nsemaphore.Weighted sem\tatomic.Int64\n");
}

void script_sync_tests(void) {
    static const Check checks[] = {
        {"each case does what Go does", each_case_does_what_go_does},
        {"also without strands", also_without_strands},
        {"Go does the same", go_does_the_same},
        {"callbacks may wait", callbacks_may_wait},
        {"names come from the line", names_come_from_the_line},
        {NULL, NULL},
    };
    suite("script: package sync", checks);
}

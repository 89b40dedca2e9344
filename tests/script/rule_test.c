/* rule_test.c -- cgo's rules of pointers and the Pinner's own, in Go's words.
 *
 * The words are those of Go 1.26; where Go and a C compiler are installed, the program in tests/go/rules breaks the same
 * rules, and what it is told is compared.
 */
#include "../check.h"
#include "../cli/command.h"
#include "attempt.h"

#include <stdio.h>
#include <string.h>

void script_rule_tests(void);

#define NODE "local child, node = heap.bytes('child', 64), heap.pointers('node', 2) node[0] = child "
#define CALL " C.call('take', '1us', { args = { node } })"

static const struct {
    const char *name; /* of the case in tests/go/rules */
    const char *body, *says;
} broken[] = {
    {"pointer", NODE CALL, "runtime error: argument of cgo function has Go pointer to unpinned Go pointer"},
    {"slice", NODE "node[0] = nil node[1] = child" CALL, "runtime error: argument of cgo function has Go pointer to unpinned Go pointer"},
    {"nil", "runtime.Pinner():Pin(nil)", "runtime error: runtime.Pinner: argument is nil"},
    {"int", "runtime.Pinner():Pin(5)", "runtime error: runtime.Pinner: argument is not a pointer: int"},
    {"float64", "runtime.Pinner():Pin(1.5)", "runtime error: runtime.Pinner: argument is not a pointer: float64"},
    {"string", "runtime.Pinner():Pin('text')", "runtime error: runtime.Pinner: argument is not a pointer: string"},
    {"bool", "runtime.Pinner():Pin(true)", "runtime error: runtime.Pinner: argument is not a pointer: bool"},
    {"func()", "runtime.Pinner():Pin(function() end)", "runtime error: runtime.Pinner: argument is not a pointer: func()"},
    {"cleanup of nil", "runtime.AddCleanup(nil, function() end)", "runtime.AddCleanup: ptr is nil"},
    {"cleanup with itself", "local x = heap.bytes('x', 8) runtime.AddCleanup(x, function() end, x)",
     "runtime.AddCleanup: ptr is equal to arg, cleanup will never run"},
    {"cleanup over itself", "local x = heap.bytes('x', 8) runtime.AddCleanup(x, function() print(x) end)",
     "runtime.AddCleanup: cleanup function closes over ptr, cleanup will never run"},
    {"handle", "cgo.Value(7)", "runtime/cgo: misuse of an invalid Handle"},
    {"handle 0", "cgo.Delete(0)", "runtime/cgo: misuse of an invalid Handle"},
};

/* These do not happen before C is called, or end the program whatever it recovers: Go's words follow those of a place. */
static const struct {
    const char *name, *body, *says;
} fatal[] = {
    {"cleanup of C's", "runtime.AddCleanup(C.malloc('m', 8), function() end)", "runtime.AddCleanup: ptr not in allocated block\n"},
    {"result", "C.call('f', function() C.callback('goGet', function() return heap.bytes('x', 8) end) end)",
     ": result of Go function goGet called from cgo is unpinned Go unsafe pointer or points to unpinned Go unsafe pointer\n"},
    {"in result", NODE "runtime.Pinner():Pin(node) C.call('f', function() C.callback('goGet', function() return node end) end)",
     " called from cgo is unpinned Go pointer or points to unpinned Go pointer\n"},
    {"finalizer of nil", "runtime.SetFinalizer(nil, function() end)", "fatal error: runtime.SetFinalizer: first argument is nil\n"},
    {"two finalizers", "local x = heap.bytes('x', 8) for i = 1, 2 do runtime.SetFinalizer(x, function() end) end",
     "fatal error: runtime.SetFinalizer: finalizer already set\n"},
    {"dropped", "local function drop() runtime.Pinner():Pin(heap.bytes('x', 8)) end drop() runtime.GC() sleep '1ms'",
     "panic: runtime error: runtime.Pinner: found leaking pinned pointer; forgot to call Unpin()?\n"},
};

static void each_rule_is_broken_in_gos_words(void) {
    for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
        char source[512], says[256];
        snprintf(source, sizeof source, MAIN("%s"), broken[i].body);
        snprintf(says, sizeof says, "panic: %s\n", broken[i].says);
        Attempt a = attempt(source, NULL);
        CU_ASSERT_EQUAL(a.outcome, RUN_PANIC);
        check_text(broken[i].name, says, a.notes);
        CU_ASSERT_PTR_NULL(strstr(a.events, "CGO_ENTER")); /* C was never entered */
        attempt_free(&a);
    }
}

static void what_ends_the_program_says_so_in_gos_words(void) {
    for (size_t i = 0; i < ARRAY_LEN(fatal); i++) {
        char source[512];
        snprintf(source, sizeof source, MAIN("%s"), fatal[i].body);
        Attempt a = attempt(source, NULL);
        CU_ASSERT_EQUAL(a.outcome, RUN_PANIC);
        CU_ASSERT_PTR_NOT_NULL(strstr(a.notes, fatal[i].says));
        if (strstr(a.notes, fatal[i].says) == NULL) printf("\n    %s: %s\n", fatal[i].name, a.notes);
        attempt_free(&a);
    }
}

static void the_words_are_gos(void) {
    Result built = command("cd tests/go/rules && GO111MODULE=off go build -o $T/rules . && go env GOVERSION");
    bool known = built.status == 0 && (strncmp(built.out, "go1.26", 6) == 0 || strncmp(built.out, "go1.27", 6) == 0);
    result_free(&built);
    if (!known) {
        check_skip("no Go 1.26 with a C compiler");
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
        char says[256];
        Result r = command("$T/rules '%s'", broken[i].name);
        snprintf(says, sizeof says, "%s\n", broken[i].says);
        check_text(broken[i].name, says, r.out);
        result_free(&r);
    }
    Result stack = command("$T/rules stack"); /* scenarios/museum/17_stack_wrong, in Go itself */
    CU_ASSERT_PTR_NOT_NULL(strstr(stack.out, "moved: true count: 0"));
    result_free(&stack);
    for (size_t i = 0; i < ARRAY_LEN(fatal); i++) {
        Result r = command("$T/rules \"%s\" 2>&1", fatal[i].name);
        CU_ASSERT_PTR_NOT_NULL(strstr(r.out, fatal[i].says));
        if (strstr(r.out, fatal[i].says) == NULL) printf("\n    %s: %s\n", fatal[i].name, r.out);
        result_free(&r);
    }
}

/* Before 1.26 the texts did not say what kind of thing is not pinned. */
static void older_versions_have_older_words(void) {
    Attempt a = attempt("scenario { title = 't', go = '1.25' } main(function()\n" NODE CALL "\nend)", NULL);
    check_text("1.25", "panic: runtime error: cgo argument has Go pointer to unpinned Go pointer\n", a.notes);
    attempt_free(&a);
}

/* cgoCheckUnknownPointer looks at the words of one object and does not follow them; nil words, and pinned children, pass. */
static void what_the_rules_allow_passes(void) {
    attempt_says(MAIN(NODE "local pin = runtime.Pinner() pin:Pin(child)" CALL " print 'a pinned child'\n"
                           "pin:Unpin() node[0] = nil" CALL " print 'nothing but nil'\n"
                           "node[0] = child C.call('take', '1us', { args = { child } }) print 'no pointers in it'\n"
                           "local top = heap.pointers('top', 1) top[0] = node pin:Pin(node)\n"
                           "C.call('take', '1us', { args = { top } }) print 'a grandchild, unseen'"),
                 "a pinned child\nnothing but nil\nno pointers in it\na grandchild, unseen\n");
    attempt_says("scenario { title = 't', godebug = 'cgocheck=0' } main(function()\n" NODE CALL " print 'unchecked'\nend)",
                 "unchecked\n");
}

/* The argument of a call that lasts is neither moved nor freed, and afterwards it is. */
static void a_call_pins_its_arguments_while_it_lasts(void) {
    Attempt a = attempt(HEAD "local done = chan(1)\n"
                             "go('caller', function() local x = heap.bytes('x', 64)\n"
                             "C.call('hash', '2ms', { args = { x } })\n"
                             "done:send(true) sleep '2ms' end)\n"
                             "main(function() sleep '100us' runtime.GC() done:recv() runtime.GC() end)", NULL);
    char *freed = strstr(a.events, "OBJ_FREE obj=o0"), *back = strstr(a.events, "CGO_EXIT");
    CU_ASSERT_PTR_NULL(strstr(a.events, "OBJ_MOVE"));
    CU_ASSERT_FATAL(freed != NULL && back != NULL);
    CU_ASSERT(freed > back);
    attempt_free(&a);
}

static void pointers_follow_what_they_lead_to(void) {
    attempt_says(MAIN("local list = heap.pointers('head', 1)\n"
                      "for i = 1, 5 do local n = heap.pointers('node' .. i, 2, list) list = n end\n"
                      "runtime.GC() runtime.GC()\n"
                      "local n, depth = list, 0 while n and #n == 2 do depth = depth + 1 assert(n[0] == n[1]) n = n[0] end\n"
                      "print(depth, n, n[0], n == n[0])"),
                 "5\tpointers head[1]\tnil\tfalse\n");
    attempt_fails(MAIN("heap.pointers('p', 1)[0] = 5"), "p[0] is an object of the heap, or nil");
    attempt_fails(MAIN("heap.pointers('p', 1, 5)"), "or with an object");
}

/* After the object is freed, with its argument, once, in a goroutine; not if it was stopped, nor if it holds the object. */
static void cleanups_come_after_the_object(void) {
    attempt_says(MAIN("local x, y = heap.bytes('x', 8), heap.bytes('y', 8)\n"
                      "runtime.AddCleanup(x, function(n) C.call('free', '1us') print('first', n) end, 7)\n"
                      "runtime.AddCleanup(x, function() print 'second' end)\n"
                      "runtime.AddCleanup(y, function() print 'never' end):Stop()\n"
                      "runtime.GC() sleep '1ms' print 'then' runtime.GC() sleep '1ms'"),
                 "first\t7\nsecond\nthen\n");
    attempt_says("scenario { title = 't', go = '1.25' } main(function()\nlocal x = heap.bytes('x', 8)\n"
                 "runtime.AddCleanup(x, function() print(x) end)\nx = x\nruntime.GC() sleep '1ms' print 'kept' end)",
                 "kept\n");
}

/* The one that leads to the other first; in a circle none; and after its finalizer an object can be found dead again. */
static void finalizers_come_one_after_the_other(void) {
    attempt_says(MAIN("local function fin(x) print(x) end\n"
                      "local b = heap.bytes('b', 8) local a, c = heap.pointers('a', 1, b), heap.pointers('c', 1)\n"
                      "c[0] = c runtime.SetFinalizer(a, fin) runtime.SetFinalizer(b, fin) runtime.SetFinalizer(c, fin)\n"
                      "a, b, c = nil, nil, nil\n"
                      "for i = 1, 3 do runtime.GC() sleep '1ms' print(i) end"),
                 "pointers a[1]\n1\nbytes b[8]\n2\n3\n");
    attempt_says(MAIN("local kept\n local x = heap.ints('x', 1, 7) runtime.SetFinalizer(x, function(y) kept = y end)\n"
                      "x = nil runtime.GC() sleep '1ms' runtime.GC() print(kept[0])"), "7\n");
    attempt_says(MAIN("local x = heap.bytes('x', 8) runtime.SetFinalizer(x, function() print 'never' end)\n"
                      "runtime.SetFinalizer(x, nil) x = nil runtime.GC() sleep '1ms' print 'taken away'"), "taken away\n");
}

static void a_handle_keeps_its_value(void) {
    Attempt a = attempt(MAIN("local h = cgo.NewHandle(heap.ints('x', 1, 7)) runtime.GC()\n"
                             "print(h, cgo.Value(h)[0]) cgo.Delete(h) runtime.GC() print(cgo.NewHandle(nil))"), NULL);
    check_text("handle", "1\t7\n2\n", a.notes);
    char *freed = strstr(a.events, "OBJ_FREE"), *deleted = strstr(a.events, "use=0");
    CU_ASSERT_FATAL(freed != NULL && deleted != NULL);
    CU_ASSERT(freed > deleted);
    attempt_free(&a);
}

void script_rule_tests(void) {
    static const Check checks[] = {
        {"each rule is broken in Go's words", each_rule_is_broken_in_gos_words},
        {"what ends the program says so in Go's words", what_ends_the_program_says_so_in_gos_words},
        {"the words are Go's", the_words_are_gos},
        {"finalizers come one collection after the other", finalizers_come_one_after_the_other},
        {"a handle keeps its value", a_handle_keeps_its_value},
        {"older versions have older words", older_versions_have_older_words},
        {"what the rules allow passes", what_the_rules_allow_passes},
        {"a call pins its arguments while it lasts", a_call_pins_its_arguments_while_it_lasts},
        {"pointers follow what they lead to", pointers_follow_what_they_lead_to},
        {"cleanups come after the object", cleanups_come_after_the_object},
        {NULL, NULL},
    };
    suite("script: rules of pointers", checks);
}

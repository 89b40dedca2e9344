/* knob_test.c -- scenario { ... }, --set, and what a scenario expects. */
#include "../check.h"
#include "attempt.h"

#include <string.h>

void script_knob_tests(void);

static void fields_have_defaults(void) {
    Attempt a = attempt(HEAD "main(function() end)", NULL);
    CU_ASSERT_STRING_EQUAL(a.scenario.title, "t");
    CU_ASSERT_STRING_EQUAL(a.scenario.book, "");
    CU_ASSERT_STRING_EQUAL(a.scenario.go->name, "1.26");
    CU_ASSERT_EQUAL(a.scenario.procs, 1);
    CU_ASSERT_EQUAL(a.scenario.seed, 1);
    CU_ASSERT_EQUAL(a.scenario.limit_ns, 10000000000);
    CU_ASSERT_EQUAL(a.scenario.costs.ns[COST_thread_new], cost_spec[COST_thread_new].ns);
    attempt_free(&a);
}

static void fields_are_taken(void) {
    Attempt a =
        attempt("scenario { title = 'A launch', book = '18.2.2', go = '1.26', procs = 4, seed = "
                "99, limit = '2ms',\n"
                "  costs = { thread_new = '17us', dev_item_ps = 250 } }\nmain(function() end)",
                NULL);
    CU_ASSERT_FALSE(a.failed);
    CU_ASSERT_STRING_EQUAL(a.scenario.book, "18.2.2");
    CU_ASSERT_EQUAL(a.scenario.procs, 4);
    CU_ASSERT_EQUAL(a.scenario.seed, 99);
    CU_ASSERT_EQUAL(a.scenario.limit_ns, 2000000);
    CU_ASSERT_EQUAL(a.scenario.costs.ns[COST_thread_new], 17000);
    CU_ASSERT_EQUAL(a.scenario.costs.ns[COST_dev_item_ps], 250);
    attempt_free(&a);
}

/* What a version of Go costs, unless the scenario says something else. */
static void a_version_brings_its_costs(void) {
    Attempt a = attempt("scenario { title = 't', go = '1.25', costs = { cgo_exit = '1us' } }\n"
                        "main(function() end)",
                        NULL);
    CU_ASSERT_FALSE(a.failed);
    CU_ASSERT_STRING_EQUAL(a.scenario.go->name, "1.25");
    CU_ASSERT_EQUAL(a.scenario.costs.ns[COST_cgo_enter], 26);
    CU_ASSERT_EQUAL(a.scenario.costs.ns[COST_cgo_exit], 1000);
    CU_ASSERT_EQUAL(a.scenario.costs.ns[COST_thread_new], cost_spec[COST_thread_new].ns);
    attempt_free(&a);
}

/* clang-format off */
static const struct {
    const char *fields, *message;
} wrong[] = {
    {"procs = 0", "procs is GOMAXPROCS, a whole number from 1 to 1024; got 0"},
    {"procs = '2'", "got \"2\""},
    {"procs = 2.5", "got 2.5"},
    {"seed = -1", "seed is a whole number, 0 or more; got -1"},
    {"go = '1.21'", "go is the version of Go whose rules hold, one of 1.20 1.22 1.22.5 "},
    {"go = '1.21'", " 1.26 1.27; got \"1.21\""},
    {"go = 1.26", "got 1.26"},
    {"limit = '0s'", "limit is a duration such as \"10s\", a day at most; got \"0s\""},
    {"limit = 5", "got 5"},
    {"proc = 2", "scenario has no field 'proc'"},
    {"b = 2, a = 1", "scenario has no field 'a'"},
    {"costs = 5", "costs is a table"},
    {"costs = { thread = '1us' }", "there is no cost called thread"},
    {"costs = { thread = '1us' }", "There are: go_create, "},
    {"costs = { thread = '1us' }", ", thread_new, thread_wake, "},
    {"costs = { thread_new = 5 }", "costs.thread_new is a duration such as \"17us\"; got 5"},
    {"costs = { dev_item_ps = '5ns' }", "costs.dev_item_ps is a whole number of picoseconds; got \"5ns\""},
};
/* clang-format on */

static void wrong_fields_are_named(void) {
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        char source[300];
        snprintf(source, sizeof source, "scenario { title = 't', %s }\nmain(function() end)",
                 wrong[i].fields);
        CU_ASSERT_EQUAL(attempt_fails(source, wrong[i].message).line, 1);
    }
}

#define KNOBS                                                                                      \
    HEAD "local n, f, s, b = knob('workers', 4), knob('share', 0.5), knob('work', '25us'), "       \
         "knob('pin', true)\n"                                                                     \
         "main(function() print(n, f, s, b) end)"

static void knobs_have_the_type_of_their_default(void) {
    attempt_says(KNOBS, "4\t0.5\t25us\ttrue\n");
    const char *const set[] = {"workers=8", "share=2", "work=3ms", "pin=false", "workers=9", NULL};
    Attempt a = attempt(KNOBS, &(How){.set = set});
    check_text("--set", "9\t2\t3ms\tfalse\n", a.notes);
    attempt_free(&a);
}

static void set_overrules_the_scenario(void) {
    const char *const set[] = {"procs=3", "seed=8", "limit=5us", "costs.thread_new=1us",
                               "go=1.26", NULL};
    Attempt a =
        attempt("scenario { title = 't', procs = 1, seed = 1, costs = { thread_new = '17us' } }\n"
                "main(function() while true do compute '1us' end end)",
                &(How){.set = set});
    CU_ASSERT_FALSE(a.failed);
    CU_ASSERT_EQUAL(a.scenario.procs, 3);
    CU_ASSERT_EQUAL(a.scenario.seed, 8);
    CU_ASSERT_EQUAL(a.scenario.costs.ns[COST_thread_new], 1000);
    CU_ASSERT_EQUAL(a.outcome, RUN_LIMIT);
    attempt_free(&a);
}

/* clang-format off */
static const struct {
    const char *set, *message, *remedy;
} wrong_sets[] = {
    {"wrokers=8", "--set wrokers=8: try.lua has no knob of that name",
     "There are: procs, seed, go, collector, limit, events, stress, godebug, max_threads, title, book, costs.NAME, workers (4), share (0.5), work (25us), pin (true)."},
    {"costs.thread=1us", "has no knob of that name", "costs.NAME"},
    {"workers=many", "--set workers=many: workers is a whole number", ""},
    {"workers=2.5", "workers is a whole number", ""},
    {"share=x", "share is a number", ""},
    {"pin=maybe", "pin is true or false", ""},
    {"procs=0", "--set procs=0: procs is GOMAXPROCS", ""},
    {"seed=0x10", "seed is a whole number", ""},
    {"costs.thread_new=17", "costs.thread_new is a duration", ""},
    {"workers", "--set workers: a knob and its value are wanted", "--set workers=8"},
    {"=5", "a knob and its value", ""},
};
/* clang-format on */

static void wrong_sets_are_the_command_lines_mistake(void) {
    for (size_t i = 0; i < ARRAY_LEN(wrong_sets); i++) {
        const char *const set[] = {wrong_sets[i].set, NULL};
        Attempt a = attempt(KNOBS, &(How){.set = set});
        CU_ASSERT(a.failed);
        CU_ASSERT_EQUAL(a.diag.status, EXIT_USAGE);
        CU_ASSERT_STRING_EQUAL(a.diag.file, "");
        CU_ASSERT_EQUAL(a.diag.line, 0);
        if (strstr(a.diag.message, wrong_sets[i].message) == NULL)
            printf("\n  said %s\n  not  %s\n", a.diag.message, wrong_sets[i].message);
        CU_ASSERT(strstr(a.diag.message, wrong_sets[i].message) != NULL);
        CU_ASSERT(strstr(a.diag.remedy, wrong_sets[i].remedy) != NULL);
        attempt_free(&a);
    }
}

static void the_run_says_how_many_ps_there_are(void) {
    attempt_says("scenario { title = 't', procs = 3 }\nlocal n = runtime.GOMAXPROCS(0)\n"
                 "main(function() print(n, runtime.GOMAXPROCS(-1)) end)",
                 "3\t3\n");
    const char *const set[] = {"procs=5", NULL};
    Attempt a = attempt(MAIN("print(runtime.GOMAXPROCS(0))"), &(How){.set = set});
    check_text("--set procs=5", "5\n", a.notes);
    attempt_free(&a);
    attempt_fails("print(runtime.GOMAXPROCS(0))", "runtime.GOMAXPROCS stands before scenario");
}

static void wrong_knobs_are_refused(void) {
    attempt_fails(HEAD "knob('procs', 2)", "there is already a knob called 'procs'");
    attempt_fails(HEAD "knob('a', 2) knob('a', 3)", "there is already a knob called 'a'");
    attempt_fails(HEAD "knob('a')",
                  "needs a default: a number, a text, true or false; got nothing");
    attempt_fails(HEAD "knob(1, 2)", "the name of a knob is a text; got 1");
}

static void expectations_stand_in_the_order_of_the_source(void) {
    Attempt a = attempt(HEAD "\nmain(function() end)\n"
                             "expect {\n"
                             "  time = at_most('2ms'), handoffs = at_least(1),\n"
                             "  threads = between(2, 5),\n"
                             "  findings = { 'deadlock', 'backpressure' }, outcome = 'deadlock',\n"
                             "  sends = 7,\n"
                             "}\nexpect { findings = {}, device_busy = '120us' }",
                        NULL);
    CU_ASSERT_FALSE(a.failed);
    check_text("expect",
               "time <= 0 2000000 [] @4\nhandoffs >= 1 0 [] @4\nthreads between 2 5 [] @5\n"
               "findings set 0 0 [backpressure, deadlock] @6\noutcome set 0 0 [deadlock] @6\nsends "
               "= 7 0 [] @7\n"
               "findings set 0 0 [] @9\ndevice_busy = 120000 0 [] @9\n",
               a.figures);
    attempt_free(&a);
    attempt_fails(HEAD "expect { threads = -1 }",
                  "threads: a figure is a whole number, or a time such as \"2ms\"; got -1");
    attempt_fails(HEAD "expect { threads = at_least {} }", "at_least: a figure is a whole number");
    attempt_fails(HEAD "expect { threads = between(3, 2) }", "the first figure is greater");
    attempt_fails(HEAD "expect { 5 }", "each expectation has the name of a figure");
    attempt_fails(HEAD "expect(5)", "expect wants a table; got 5");
    attempt_fails(HEAD "expect.result('x')", "expect.result wants a function");
    attempt_fails(HEAD "expect.result(5, function() end)",
                  "an object, or the name of one, is a text; got 5");
}

void script_knob_tests(void) {
    static const Check checks[] = {
        {"fields of scenario have defaults", fields_have_defaults},
        {"fields of scenario are taken", fields_are_taken},
        {"a version of Go brings its costs", a_version_brings_its_costs},
        {"wrong fields are named", wrong_fields_are_named},
        {"knobs have the type of their default", knobs_have_the_type_of_their_default},
        {"--set overrules the scenario", set_overrules_the_scenario},
        {"a wrong --set is the command line's mistake", wrong_sets_are_the_command_lines_mistake},
        {"wrong knobs are refused", wrong_knobs_are_refused},
        {"GOMAXPROCS(0) says how many Ps there are", the_run_says_how_many_ps_there_are},
        {"expectations stand in the order of the source",
         expectations_stand_in_the_order_of_the_source},
        {NULL, NULL},
    };
    suite("script: knobs", checks);
}

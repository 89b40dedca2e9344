/* wrong_test.c -- whatever is wrong, there is one clear message: what, where, and what to do. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 8, PHRASES_MAX = 3 };

typedef struct {
    const char *what;
    const char *line;                  /* the command */
    int status;
    const char *phrase[PHRASES_MAX];   /* in the message: the place, the fact, the remedy */
} Wrong;

/* clang-format off */
static const Wrong wrong[] = {
    /* the scenario: 3 */
    {"Lua syntax",        "$F run $S/wrong_syntax.lua",        3, {"wrong_syntax.lua:4:", "x := 5", "local x ="}},
    {"error in a goroutine", "$F run $S/wrong_in_goroutine.lua", 3, {"wrong_in_goroutine.lua:5:", "goroutine worker", "nothing_yet"}},
    {"endless loop",      "$F run $S/wrong_endless.lua",       3, {"wrong_endless.lua:4:", "steps", "compute \"1us\""}},
    {"endless operations", "$F run $S/wrong_endless_note.lua", 3, {"wrong_endless_note.lua:4:", "without any virtual time", "compute \"1us\""}},
    {"a gigabyte of text", "$F run $S/wrong_gigabyte.lua",     3, {"wrong_gigabyte.lua:4:", "memory", "MiB"}},
    {"io.open",           "$F run $S/wrong_io.lua",            3, {"wrong_io.lua:4:", "io is not available", "note"}},
    {"os.execute",        "$F run $S/wrong_os.lua",            3, {"wrong_os.lua:4:", "os is not available", "compute"}},
    {"a zero byte",       "$F run $T/zero.lua",                3, {"zero.lua:2:", "zero byte", "UTF-8"}},
    {"bytecode",          "$F run $T/code.lua",                3, {"code.lua", "bytecode", "source"}},
    {"no such cost",      "$F run $T/cost.lua",                3, {"cost.lua:1:", "no cost called lunch", "thread_new, thread_wake"}},
    {"a knob that is wrong inside", "$F run --set workers=-3 scenarios/18_2_2_blocking.lua", 3, {"got -2", "  For example: local done"}},
    {"a version without quotes", "echo \"scenario { title = 't', go = 1.26 } main(function() end)\" >$T/go.lua; $F run $T/go.lua", 3,
     {"go.lua:1:", "version of Go", "put it in quotes, go = \"...\""}},
    {"no main",           "$F run $S/wrong_no_main.lua",       3, {"wrong_no_main.lua", "there is no main", "main(function()"}},
    {"unknown kernel",    "$F run --device none $S/wrong_no_kernel.lua", 3, {"wrong_no_kernel.lua:5:", "no kernel sayxpy", "opencl_kernels"}},
    {"unknown finding",   "$F run $T/finding.lua",             3, {"finding.lua:3:", "no finding \"starvaton\"", "starvation, thread-inflation"}},
    {"findings are a list", "$F run $T/list.lua",              3, {"list.lua:3:", "findings is a list of names", "{ \"deadlock\" }"}},
    {"unknown figure",    "$F run $S/wrong_figure.lua",        3, {"wrong_figure.lua:4:", "handovers", "faultline summary"}},
    /* what a run gave: 1 */
    {"expectation",       "$F run --quiet $S/wrong_expectation.lua", 1, {"wrong_expectation.lua:4:", "expected threads: at most 1", "got 2"}},
    {"deadlock",          "$F run --quiet $S/wrong_deadlock.lua", 1, {"all goroutines are asleep - deadlock!", "hang", "checkdead"}},
    {"panic",             "$F run --quiet $S/wrong_panic.lua", 1, {"panic: send on closed channel", "goroutine 1 [running]:\nmain.main()\n", "wrong_panic.lua:6\nexit status 2\n"}},
    {"who waits",         "$F run --quiet $S/wrong_deadlock.lua", 1, {"goroutine 1 [chan receive]:\nmain.main()\n\t", "wrong_deadlock.lua:4\n", "exit status 2\n"}},
    {"too many threads",  "echo \"scenario { title = 't', procs = 2, max_threads = 4 }\n"
                          "for _ = 1, 9 do go('w', function() C.call('f', '1ms') end) end main(function() sleep '1ms' end)\" >$T/many.lua;"
                          "$F run --quiet $T/many.lua", 1,
     {"runtime: program exceeds 4-thread limit\nfatal error: thread exhaustion\nexit status 2\n"}},
    /* the command line: 2 */
    {"no command",        "$F",                                2, {"faultline run (SCENARIO|TRACE)", "--help"}},
    {"unknown command",   "$F frobnicate",                     2, {"frobnicate", "faultline --help"}},
    {"unknown option",    "$F run --frobnicate x",             2, {"faultline run", "--frobnicate", "--help"}},
    {"no scenario",       "$F run",                            2, {"which scenario"}},
    {"an empty name",     "$F run ''",                         2, {"which scenario", "name is empty"}},
    {"an empty name to test", "$F test ''",                    2, {"which scenario", "empty"}},
    {"unknown knob",      "$F run --set knobb=3 $S/everything.lua", 2, {"knobb", "no knob", "procs, seed"}},
    {"knob without value", "$F run --set procs $S/everything.lua", 2, {"--set", "KNOB=VALUE"}},
    {"knob out of range", "$F run --procs 0 $S/everything.lua", 2, {"procs", "1 to 1024"}},
    {"seed no number",    "$F run --seed x $S/everything.lua", 2, {"seed", "whole number"}},
    {"time no word",      "$F run --time soon $S/everything.lua", 2, {"--time", "model or measured"}},
    {"no trace named",    "$F show",                           2, {"which trace"}},
    {"no time",           "$F show --from soon x.trace",       2, {"--from", "3.473ms"}},
    {"times turned round", "$F show --from 9us --to 3us x.trace", 2, {"--from is later than --to"}},
    {"nothing to ask about", "$F why $T/well.trace",           2, {"why what", "g7"}},
    {"no such goroutine", "$F why $T/well.trace g99",          2, {"no g99", "It has g1 to g"}},
    {"no such thing",     "$F why $T/well.trace x9",           2, {"\"x9\"", "goroutine g7"}},
    {"a number too large", "$F why $T/well.trace p99999999999999999999", 2, {"p9999", "processor p1"}},
    {"two things",        "$F why $T/well.trace g1 g2",        2, {"one thing at a time", "g2"}},
    {"no channel named",  "$F why $T/well.trace chan",         2, {"chan wants a name"}},
    {"no channel named in one", "$F why $T/well.trace 'obj '", 2, {"obj wants a name"}},
    {"no such channel in one", "$F why $T/well.trace 'chan zz'", 2, {"no channel \"zz\"", "CHAN_MAKE"}},
    {"three words",       "$F why $T/well.trace 'chan zz' g1", 2, {"one thing at a time", "g1"}},
    {"chan and more",     "$F why $T/well.trace channel",      2, {"\"channel\"", "chan NAME"}},
    {"no such channel",   "$F why $T/well.trace chan zz",      2, {"no channel \"zz\"", "CHAN_MAKE"}},
    {"no such object",    "$F why $T/well.trace obj o7",       2, {"no object \"o7\"", "OBJ_NEW"}},
    {"many of a name",    "$F why $T/same.trace chan a",       2, {"2 channels are called \"a\"", "chan c0"}},
    {"no moment",         "$F why $T/well.trace g1 --at soon", 2, {"--at", "first:P_RETAKE"}},
    {"an event past the end", "$F why $T/well.trace g1 --at '#9999999'", 2, {"#9999999", "the last is #"}},
    {"a moment that is no event", "$F why $T/well.trace g1 --at first:FROB", 2, {"FROB", "events.md"}},
    {"a moment that never came", "$F why $T/well.trace g1 --at last:PANIC", 2, {"there is no PANIC"}},
    {"calibrate a file",  "$F calibrate x.profile",            2, {"no argument", "-o x.profile"}},
    {"no trace to judge", "$F findings",                       2, {"which trace"}},
    {"nothing to compare with", "$F diff x.trace",             2, {"with which other trace"}},
    {"three to compare",  "$F diff x y z",                     2, {"two traces at a time"}},
    {"an empty name to compare", "$F diff x ''",               2, {"which trace", "empty"}},
    {"no form",           "$F export x.trace",                 2, {"--as go, --as html, --as perfetto", "schedtrace"}},
    {"an unknown form",   "$F export --as csv x.trace",        2, {"--as", "go, html, perfetto or schedtrace", "csv"}},
    {"no file for a picture", "$F shot $T/well.trace",         2, {"a picture needs a file", "-o FILE.png"}},
    {"no trace for a picture", "$F shot -o $T/x.png",          2, {"a picture of what? Name a trace"}},
    {"many in one picture", "$F shot --every 20us -o $T/x.png $T/well.trace", 2, {"x.png' is one", "frames/%04d.png"}},
    {"one in many pictures", "$F shot -o $T/x%02d.png $T/well.trace", 2, {"how far apart", "--every 20us"}},
    {"a film of one moment", "$F shot --at 1ms --every 1us -o $T/x.mp4 $T/well.trace", 2, {"--at is one moment"}},
    {"pictures of no time", "$F shot --every 0s -o $T/%d.png $T/well.trace", 2, {"--every takes a time above 0"}},
    {"too many pictures", "$F shot --every 1ns -o $T/x.mp4 $T/well.trace", 2, {"pictures, more than 100000", "longer --every"}},
    {"a picture in a second", "$F shot --fps 24 -o $T/x.png $T/well.trace", 2, {"--fps goes with a film"}},
    {"no pictures in a second", "$F shot --every 1us --fps 0 -o $T/x.mp4 $T/well.trace", 2, {"--fps takes a number from 1 to 120"}},
    {"a stretch of one moment", "$F shot --from 1us -o $T/x.png $T/well.trace", 2, {"--from and --to go with --every"}},
    {"pictures where nothing is", "$F shot --to 2us --every 1us -o $T/no/%d.png $T/well.trace", 4, {"cannot write", "folder"}},
    {"slides of another form", "$F export --as go --steps all x.trace", 2, {"--steps", "go with --as html"}},
    {"steps there are not", "$F export --as html --steps best -o $T/x.html $T/well.trace", 2, {"--steps takes talk, notes", "best"}},
    {"a deck over its trace", "$F export --as html -o $T/well.trace $T/well.trace", 2, {"well.trace is the trace itself"}},
    {"a deck of no time", "$F export --as html --from 2ms --to 1ms -o $T/x.html $T/well.trace", 2, {"--from 2ms is after --to 1ms"}},
    {"a deck after the end", "$F export --as html --from 9h -o $T/x.html $T/well.trace", 2, {"--from 9h is after the end"}},
    {"a deck where nothing is", "$F export --as html -o $T/no/x.html $T/well.trace", 4, {"cannot write", "No such file"}},
    {"a version of another form", "$F export --as perfetto --go 1.23 x.trace", 2, {"--go goes with --as go"}},
    {"moments of a Perfetto trace", "$F export --as perfetto --detail x.trace", 2, {"--every and --detail go with --as schedtrace"}},
    {"a Perfetto trace over itself", "$F export --as perfetto -o $T/well.trace $T/well.trace", 2, {"well.trace is the trace itself", "another file"}},
    {"a version without a format", "$F export --as go --go 1.24 x.trace", 2, {"--go", "1.22, 1.23, 1.25 or 1.26", "1.24"}},
    {"no version",        "$F export --as go --go new x.trace", 2, {"--go", "1.22, 1.23, 1.25 or 1.26", "new"}},
    {"a version of lines", "$F export --as schedtrace --go 1.23 x.trace", 2, {"--go goes with --as go"}},
    {"moments of a Go trace", "$F export --as go --every 1ms x.trace", 2, {"--every and --detail go with --as schedtrace"}},
    {"a Go trace over itself", "$F export --as go -o $T/well.trace $T/well.trace", 2, {"well.trace is the trace itself", "another file"}},
    {"no time between moments", "$F export --as schedtrace --every 0s x.trace", 2, {"--every", "1ms", "0s"}},
    {"too many moments",  "$F run -q --out $T/long.trace $T/long.lua; $F export --as schedtrace --every 1ns $T/long.trace", 2, {"moments, more than 1000000", "longer --every"}},
    {"a trace over itself", "$F export --as schedtrace -o $T/well.trace $T/well.trace", 2, {"well.trace is the trace itself", "another file"}},
    {"no such event",     "$F show --event FROB x.trace",      2, {"FROB", "events.md"}},
    /* files and devices: 4 */
    {"no such scenario",  "$F run /nonexistent.lua",           4, {"/nonexistent.lua", "No such file"}},
    {"a folder",          "$F run /",                          4, {"/", "directory"}},
    {"a read that fails", "$F run /proc/self/mem",             4, {"/proc/self/mem", "cannot read"}},
    {"no such folder",    "$F test /nonexistent",              4, {"/nonexistent", "No such file"}},
    {"no such trace",     "$F show /nonexistent",              4, {"/nonexistent", "No such file"}},
    {"not a trace",       "$F show $S/everything.lua",         4, {"not a faultline trace", "faultline run"}},
    {"not a trace to replay", "$F replay $S/everything.lua",   4, {"not a faultline trace", "faultline run"}},
    {"not a trace to judge", "$F findings $S/everything.lua",  4, {"not a faultline trace", "faultline run"}},
    {"not a trace to compare", "$F diff $T/well.trace $S/everything.lua", 4, {"everything.lua", "not a faultline trace"}},
    {"not a trace to export", "$F export --as schedtrace /nonexistent", 4, {"/nonexistent", "No such file"}},
    {"a full disk for a Go trace", "$F export --as go -o /dev/full $T/well.trace", 4, {"/dev/full", "No space left"}},
    {"a full disk to export to", "$F export --as schedtrace -o /dev/full $T/well.trace", 4, {"/dev/full", "No space left"}},
    {"no folder to export to", "$F export --as schedtrace -o /nonexistent/x $T/well.trace", 4, {"/nonexistent/x", "No such file"}},
    {"an empty file",     "$F hash /dev/null",                 4, {"not a faultline trace"}},
    {"a folder for a trace", "$F summary /",                   4, {"/"}},
    {"a full disk",       "$F run --device none --out /dev/full $S/everything.lua", 4, {"/dev/full", "No space left", "--out"}},
    {"no folder to write to", "$F run --out /nonexistent/x $S/everything.lua", 4, {"/nonexistent/x", "No such file", "--out"}},
    {"a full disk for the answer", "$F hash $T/well.trace >/dev/full",    4, {"No space left"}},
    {"no temporary folder", "TMPDIR=/nonexistent $F view $S/everything.lua", 4, {"temporary file /nonexistent", "No such file", "Set TMPDIR"}},
    {"no such profile",   "$F run --profile /nonexistent $S/everything.lua", 4, {"/nonexistent", "No such file"}},
    {"a wrong profile",   "$F run --profile $T/wrong.profile $S/everything.lua", 4, {"wrong.profile:2:1:", "no cost called lunch", "thread_new, thread_wake"}},
    {"a wrong profile to test", "$F test --profile $T/wrong.profile $S/everything.lua", 4, {"wrong.profile:2:1:", "no cost called lunch"}},
    {"a profile of bytes", "$F run --profile $T/zero.lua $S/everything.lua", 4, {"zero.lua", "zero byte"}},
    {"nowhere to build",  "TMPDIR=/nonexistent $F calibrate",  4, {"temporary folder /nonexistent", "Set TMPDIR"}},
    {"no driver",         "OCL_ICD_VENDORS=/nonexistent $F run $S/everything.lua", 4, {"everything.lua:22:", "no OpenCL driver", "pocl-opencl-icd"}},
    {"no driver to list", "OCL_ICD_VENDORS=/nonexistent $F devices", 4, {"no OpenCL driver", "pocl-opencl-icd"}},
};

/* It takes a driver to notice these. */
static const Wrong wrong_on_a_device[] = {
    {"kernel source",     "$F run $S/wrong_source.lua",        3, {"wrong_source.cl:5:", "factor", "^"}},
    {"wrong result",      "$F run --quiet $S/wrong_result.lua", 1, {"wrong_result.lua:9:", "x[999]", "1 of 1000"}},
    {"nothing to stage",  "$F run --device none,staging $S/everything.lua", 4, {"not there", "--device none"}},
    {"unknown device",    "$F run --device nonesuch $S/everything.lua", 4, {"nonesuch", "auto and none"}},
};
/* clang-format on */

static void check_message(const Wrong *x) {
    Result r = command("%s", x->line);
    bool list = strstr(r.err, "faultline run (SCENARIO|TRACE)") != NULL; /* of all commands */
    bool fine = r.status == x->status && r.err[0] != '\0' && (list || count_lines(r.err) <= LINES_MAX);
    for (int i = 0; i < PHRASES_MAX && x->phrase[i]; i++) fine = fine && strstr(r.err, x->phrase[i]) != NULL;
    CU_ASSERT(fine);
    if (!fine) printf("\n    %s: %s\n    status %d, expected %d\n%s\n", x->what, x->line, r.status, x->status, r.err);
    result_free(&r);
}

static void each_has_one_clear_message(void) {
    command_gives(0, "$F run --quiet --device none --out $T/well.trace $S/everything.lua");
    command_gives(0, "cd $T && printf 'scenario {\\n title\\000 }' >zero.lua && printf '\\033Lua' >code.lua &&"
                     "echo \"scenario { title = 't', costs = { lunch = '1us' } }\" >cost.lua &&"
                     "printf '# measured\\nlunch=1000\\n' >wrong.profile");
    command_gives(0, "printf \"scenario { title = 's' }\\nlocal a, b = chan(0, 'a'), chan(0, 'a')\\nmain(function() end)\\n\" >$T/same.lua &&"
                     "$F run --quiet --out $T/same.trace $T/same.lua");
    command_gives(0, "cd $T && printf 'scenario { title = \"f\" }\nmain(function() end)\nexpect { findings = { \"starvaton\" } }\n' >finding.lua &&"
                     "printf 'scenario { title = \"f\" }\nmain(function() end)\nexpect { findings = at_least(1) }\n' >list.lua &&"
                     "printf 'scenario { title = \"l\" } main(function() sleep \"2ms\" end)\n' >long.lua");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) check_message(&wrong[i]);
    if (!there_is_a_device()) return;
    for (size_t i = 0; i < sizeof wrong_on_a_device / sizeof wrong_on_a_device[0]; i++) check_message(&wrong_on_a_device[i]);
}

/* A scenario is a test: one whose kernel computes the wrong thing fails, and says where. */
static void a_wrong_kernel_fails_its_test(void) {
    if (!there_is_a_device()) {
        check_skip("no OpenCL device");
        return;
    }
    Result r = command("$F test $S/wrong_result.lua $S/everything.lua");
    CU_ASSERT_EQUAL(r.status, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, "wrong_result.lua:9: expected every x[i]"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.out, "1 scenario passed, 1 failed"));
    result_free(&r);
}

/* A scenario of pure Go asks for no driver; with --device none results are left open, and the rest is judged. */
static void a_driver_is_needed_only_for_results(void) {
    command_gives(0, "OCL_ICD_VENDORS=/nonexistent $F run --quiet --device none $S/everything.lua");
    command_gives(1, "OCL_ICD_VENDORS=/nonexistent $F run --quiet $S/wrong_expectation.lua");
}

/* What went wrong does not leave half a file in the place of a good one, or any that was not asked for. */
static void nothing_is_written_that_was_not_asked_for(void) {
    char *left = output_of("mkdir $T/empty && cd $T/empty && $F run --quiet $S/everything.lua >/dev/null; $F test $S/everything.lua >/dev/null;"
                           "$F run $S/wrong_syntax.lua 2>/dev/null; ls -A; cd .. && rmdir $T/empty");
    CU_ASSERT_STRING_EQUAL(left, "");
    free(left);
}

void cli_wrong_tests(void) {
    static const Check checks[] = {
        {"each mistake has one clear message", each_has_one_clear_message},
        {"a wrong kernel fails its test", a_wrong_kernel_fails_its_test},
        {"a driver is needed only for results", a_driver_is_needed_only_for_results},
        {"nothing is written that was not asked for", nothing_is_written_that_was_not_asked_for},
        {0},
    };
    suite("command line: wrong input", checks);
}

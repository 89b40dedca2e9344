/* output_test.c -- what scripts and people read: lists of events, figures, hashes, help, completion. */
#include "command.h"

#include "../../sim/base/diag.h"
#include "../../sim/lens/summary.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The trace that most of these look at. */
#define TRACE "$T/output.trace"
static void make_trace(void) {
    static bool made;
    if (!made) made = command_gives(0, "$F run --quiet --device none --out " TRACE " $S/everything.lua");
}

static void a_hash_is_64_digits(void) {
    make_trace();
    char *out = output_of("$F hash " TRACE);
    CU_ASSERT_EQUAL(strlen(out), 65);
    CU_ASSERT_EQUAL(strspn(out, "0123456789abcdef"), 64);
    CU_ASSERT_STRING_EQUAL(out + 64, "\n");
    free(out);
}

static void the_summary_is_one_json_object(void) {
    make_trace();
    char *out = output_of("$F summary --json " TRACE);
    cJSON *o = cJSON_Parse(out);
    CU_ASSERT_PTR_NOT_NULL_FATAL(o);
    CU_ASSERT(cJSON_IsObject(o));
    CU_ASSERT(cJSON_IsTrue(cJSON_GetObjectItem(o, "complete")));
    CU_ASSERT_STRING_EQUAL(cJSON_GetStringValue(cJSON_GetObjectItem(o, "scenario")), "everything.lua");
    for (int i = 0; i < FIG_COUNT; i++) CU_ASSERT(cJSON_IsNumber(cJSON_GetObjectItem(o, figure_spec[i].key)));
    CU_ASSERT_EQUAL(cJSON_GetNumberValue(cJSON_GetObjectItem(o, "procs")), 3);
    CU_ASSERT_EQUAL(cJSON_GetNumberValue(cJSON_GetObjectItem(o, "launches")), 2);
    char *lines = output_of("$F show " TRACE);
    CU_ASSERT_EQUAL(cJSON_GetNumberValue(cJSON_GetObjectItem(o, "events")), (double)count_lines(lines));
    free(lines);
    cJSON_Delete(o);
    free(out);
}

/* The filter must give exactly the lines of the whole list that this pattern of grep gives. */
static void same_as_grep(const char *filter, const char *pattern) {
    char *filtered = output_of("$F show %s " TRACE, filter);
    char *grepped = output_of("$F show " TRACE " | grep -E '%s'", pattern);
    CU_ASSERT(count_lines(filtered) > 0);
    check_text(filter, grepped, filtered);
    free(filtered);
    free(grepped);
}

static void show_filters_by_event_and_goroutine(void) {
    make_trace();
    same_as_grep("", "");
    same_as_grep("--event CGO_ENTER", " CGO_ENTER ");
    same_as_grep("--event cgo_Enter", " CGO_ENTER ");
    same_as_grep("--event GO_START --g 3", " GO_START g=g3 ");
    same_as_grep("--g g2", "=g2( |$)");
}

static void show_says_when_there_is_nothing(void) {
    static const struct {
        const char *filter, *says;
    } rows[] = {
        {"--g 99", ": no event mentions g99\n"},
        {"--g g99 --event note", ": no NOTE mentions g99\n"},
        {"--event GO_START --to 0s", ": there is no GO_START up to 0s\n"},
        {"--from 1s --to 2s", ": there is no event from 1s up to 2s\n"},
    };
    make_trace();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Result r = command("$F show %s " TRACE, rows[i].filter);
        CU_ASSERT_EQUAL(r.status, 0);
        CU_ASSERT_STRING_EQUAL(r.out, "");
        CU_ASSERT_PTR_NOT_NULL_FATAL(strchr(r.err, ':'));
        check_text(rows[i].filter, rows[i].says, strchr(r.err, ':'));
        result_free(&r);
    }
}

static void show_filters_by_time(void) {
    make_trace();
    same_as_grep("--from 0s --to 0s", "^0s ");
    char *whole = output_of("$F show " TRACE);
    char *until = output_of("$F show --to 99.999us " TRACE), *from = output_of("$F show --from 100us " TRACE);
    CU_ASSERT(count_lines(until) > 0 && count_lines(from) > 0);
    size_t n = strlen(until);
    CU_ASSERT(strncmp(whole, until, n) == 0);
    CU_ASSERT_STRING_EQUAL(whole + n, from);
    free(whole);
    free(until);
    free(from);
}

/* With words each event is followed by its sentence; the lines of the events are the same. */
static void show_says_it_in_words(void) {
    make_trace();
    char *plain = output_of("$F show --from 50us --to 300us " TRACE);
    char *events = output_of("$F show --words --from 50us --to 300us " TRACE " | grep '^[0-9]'");
    char *words = output_of("$F show --words --from 50us --to 300us " TRACE " | grep -c '^  *[^ 0-9]'");
    check_text("events among words", plain, events);
    CU_ASSERT_EQUAL((size_t)atol(words), count_lines(plain));
    free(plain);
    free(events);
    free(words);
}

static void help_lists_every_command_and_each_has_its_own(void) {
    char *help = output_of("$F --help");
    int commands = 0;
    for (char *line = strtok(help, "\n"); line; line = strtok(NULL, "\n")) {
        char name[32];
        if (sscanf(line, "  faultline %31[a-z]", name) != 1) continue;
        char *own = output_of("$F %s --help", name);
        CU_ASSERT_PTR_NOT_NULL(strstr(own, "Usage: faultline "));
        CU_ASSERT_PTR_NOT_NULL(strstr(own, name));
        free(own);
        commands++;
    }
    CU_ASSERT(commands >= 9);
    free(help);
    command_gives(0, "$F --version | grep -qx 'faultline [0-9.]*'");
}

static void output_is_plain_text(void) {
    make_trace();
    char *all = output_of("exec 2>&1; $F run --device none --narrate $S/everything.lua; $F show " TRACE "; $F summary " TRACE);
    CU_ASSERT_PTR_NULL(strchr(all, '\033'));
    CU_ASSERT_PTR_NULL(strchr(all, '\r'));
    free(all);
}

static void plain_text_steers_no_terminal(void) {
    static const struct {
        const char *text, *plain;
    } rows[] = {
        {"", ""},
        {"two\nlines\tand more", "two lines and more"},
        {"\033[31m\a\r\177", "\\x1b[31m\\x07\\x0d\\x7f"},
        {"\xc2\x9b\x33\x31m", "\\u009b31m"}, /* CSI in one letter */
        {"\xc2\xb5s \xe2\x94\x80 \xf0\x9f\x90\xb9", "\xc2\xb5s \xe2\x94\x80 \xf0\x9f\x90\xb9"},
        {"\xff.\x80.\xc3", "\xef\xbf\xbd.\xef\xbf\xbd.\xef\xbf\xbd"},
        {"\xc0\xaf\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    };
    char buf[64];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_text(rows[i].text, rows[i].plain, plain_text(buf, sizeof buf, rows[i].text));
    CU_ASSERT_STRING_EQUAL(plain_text(buf, 6, "12\0333456"), "12"); /* never half a letter */
    CU_ASSERT_STRING_EQUAL(plain_text(buf, 4, "12\xc2\xb5"), "12");
}

/* Whatever a scenario or a trace says about itself, nothing of it reaches the terminal but letters. */
#define EVIL "$T/evil"
static void no_text_of_a_scenario_steers_the_terminal(void) {
    command_gives(0, "printf '%%s\\n' \"scenario { title = 'a\\\\27[1mb\\\\255', book = '\\\\27]0;x' }\""
                     " \"local c = chan(1, 'c\\\\27[2J')\""
                     " \"go('w\\\\27[5m', function() note '1\\\\n2\\\\27[3m' c:recv() end)\""
                     " \"main(function() sleep '1us' panic('p\\\\27[4m\\\\13') end)\""
                     " \"expect { ['x\\\\27[6m'] = 1 }\" >" EVIL "2.lua; grep -v expect " EVIL "2.lua >" EVIL ".lua");
    char *all = output_of("exec 2>&1; $F run -n -o " EVIL ".trace " EVIL ".lua; $F run " EVIL "2.lua; $F test " EVIL ".lua;"
                          "$F show -w " EVIL ".trace; $F summary " EVIL ".trace; $F summary --json " EVIL ".trace;"
                          "$F replay " EVIL ".trace; true");
    CU_ASSERT_PTR_NULL(strchr(all, '\033'));
    CU_ASSERT_PTR_NULL(strchr(all, '\r'));
    CU_ASSERT_PTR_NULL(strchr(all, '\xff'));
    static const char *const told[] = {"a\\x1b[1mb\xef\xbf\xbd: panic", "\"1 2\\x1b[3m\"", "panic: p\\x1b[4m\\x0d\n",
                                       "text=\"1\\n2\\x1b[3m\"", "name=\"w\\x1b[5m\"", "x\\x1b[6m", "identical"};
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        if (strstr(all, told[i]) == NULL) printf("\n    nobody says %s in\n%s\n", told[i], all);
        CU_ASSERT_PTR_NOT_NULL(strstr(all, told[i]));
    }
    free(all);
}

/* A long story is cut; with --quiet that is not said either. */
static void quiet_is_quiet(void) {
    char *out = output_of("$F run -q -n --device none scenarios/18_2_2_blocking.lua;"
                          "$F run -q -n --device none $S/everything.lua");
    CU_ASSERT_STRING_EQUAL(out, "");
    free(out);
}

/* Go tells of each goroutine that waits; ours tells of the first sixteen, and counts the others. */
static void a_deadlock_says_who_waits(void) {
    Result r = command("cat >$T/many.lua <<'END'\nscenario { title = 'many' }\nlocal c = chan()\n"
                       "for _ = 1, 20 do go('waiter', function() c:recv() end) end\nmain(function() c:recv() end)\nEND\n"
                       "$F run --quiet $T/many.lua");
    CU_ASSERT_EQUAL(r.status, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "\ngoroutine 1 [chan receive]:\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "main.waiter()\n\t"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err, "\nand 5 more\n"));
    result_free(&r);
}

/* ---- the README ---- */

/* What it says can be typed in, can be: every line of its code blocks that begins with our program, and its
 * scenario. A window is not opened. */
static void the_commands_of_the_readme_work(void) {
    if (!there_is_a_device()) {
        check_skip("no OpenCL device");
        return;
    }
    command_gives(0, "mkdir -p $T/readme/build && cd $T/readme && ln -s \"$F\" build/faultline &&"
                     "ln -s \"$OLDPWD/scenarios\" \"$OLDPWD/opencl_kernels\" .");
    char *lines = output_of("grep '^    build/faultline' README.md | grep -v 'faultline view'");
    int count = 0;
    for (char *line = strtok(lines, "\n"); line; line = strtok(NULL, "\n"), count++)
        command_gives(0, "cd $T/readme && %s", line);
    CU_ASSERT(count >= 2);
    free(lines);
    command_gives(0, "sed -n '/^```lua$/,/^```$/p' README.md | grep -v '^```' >$T/readme/scenarios.lua &&"
                     "cd $T/readme && $F run --quiet scenarios.lua");
}

/* They hold whatever --procs says. */
static void the_scenarios_hold_for_any_number_of_ps(void) {
    for (int procs = 1; procs <= 8; procs++)
        command_gives(0, "for s in scenarios/18_2_2*.lua; do $F run -q $D --procs %d $s || exit; done", procs);
}

/* Each room shows what it says it shows, whatever the seed. */
static void the_museum_holds_for_any_seed(void) {
    static const int seeds[] = {2, 61, 200};
    for (size_t i = 0; i < sizeof seeds / sizeof seeds[0]; i++)
        command_gives(0, "for s in scenarios/museum/*.lua; do $F run -q --device none --seed %d $s || exit; done", seeds[i]);
}

/* A link that leads back up is no folder below. */
static void folders_and_names_reach_the_museum(void) {
    command_gives(0, "cd / && $F run -q --device none museum/03_thread_limit_right");
    command_gives(0, "mkdir -p $T/tree/below && cp scenarios/18_2_2_pure_go.lua $T/tree/ &&"
                     "cp scenarios/museum/10_*.lua $T/tree/below/ && ln -sf .. $T/tree/below/up");
    char *out = output_of("$F test --device none $T/tree | sed 's/^ok *//; s/:.*//; s:.*/tree/::'");
    check_text("test $T/tree", "18_2_2_pure_go.lua\nbelow/10_padlock_right.lua\nbelow/10_padlock_wrong.lua\n"
                               "3 scenarios passed, 0 failed\n", out);
    free(out);
}

/* COMPREPLY after the last of these words. */
static char *completed(const char *words) {
    return output_of("bash -c '. sim/cli/completion.bash; COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _faultline;"
                     "echo \"${COMPREPLY[*]}\"'",
                     words);
}

static void bash_completes(void) {
    static const struct {
        const char *words, *reply;
    } rows[] = {
        {"faultline s", "shot show summary\n"},
        {"faultline show --event CHAN_", "CHAN_MAKE CHAN_SEND CHAN_RECV CHAN_QUEUE CHAN_CLOSE\n"},
        {"faultline run --t", "--time\n"},
        {"faultline run --time = m", "model measured\n"},
        {"faultline run --device n", "none\n"},
        {"faultline run --device st", "staging\n"},
        {"faultline-view --theme \"\"", "dark light\n"},
        {"faultline run tests/scenarios/wrong_s", "tests/scenarios/wrong_source.lua tests/scenarios/wrong_syntax.lua\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *reply = completed(rows[i].words);
        check_text(rows[i].words, rows[i].reply, reply);
        free(reply);
    }
}

void cli_output_tests(void) {
    static const Check checks[] = {
        {"a hash is 64 digits", a_hash_is_64_digits},
        {"the summary is one JSON object", the_summary_is_one_json_object},
        {"show filters by event and goroutine", show_filters_by_event_and_goroutine},
        {"show filters by time", show_filters_by_time},
        {"show says when there is nothing", show_says_when_there_is_nothing},
        {"show says it in words", show_says_it_in_words},
        {"help lists every command, and each has its own", help_lists_every_command_and_each_has_its_own},
        {"output is plain text", output_is_plain_text},
        {"plain text steers no terminal", plain_text_steers_no_terminal},
        {"no text of a scenario steers the terminal", no_text_of_a_scenario_steers_the_terminal},
        {"quiet is quiet", quiet_is_quiet},
        {"a deadlock says who waits", a_deadlock_says_who_waits},
        {"the commands of the README work", the_commands_of_the_readme_work},
        {"the scenarios hold for any number of Ps", the_scenarios_hold_for_any_number_of_ps},
        {"the museum holds for any seed", the_museum_holds_for_any_seed},
        {"folders and names reach the museum", folders_and_names_reach_the_museum},
        {"bash completes", bash_completes},
        {0},
    };
    suite("command line: output", checks);
}

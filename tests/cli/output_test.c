/* output_test.c -- what scripts and people read: lists of events, figures, hashes, help, completion. */
#include "command.h"

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
    same_as_grep("--event GO_START --g 3", " GO_START g=g3 ");
    same_as_grep("--g g2", "=g2( |$)");
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
        {"show says it in words", show_says_it_in_words},
        {"help lists every command, and each has its own", help_lists_every_command_and_each_has_its_own},
        {"output is plain text", output_is_plain_text},
        {"bash completes", bash_completes},
        {0},
    };
    suite("command line: output", checks);
}

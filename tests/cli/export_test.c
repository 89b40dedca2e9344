/* export_test.c -- what we write for other tools has their form: compared with what they write themselves. */
#include "command.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRACE "$T/export.trace"
static void make_trace(void) {
    static bool made;
    if (!made) made = command_gives(0, "$F run --quiet --device none --out " TRACE " $S/everything.lua");
}

/* ---- the form of a line: every value made a letter ---- */

/* A number (nmidlelocked may be below 0 for a moment), or nil, is N; true or false is B; a reason in brackets is R;
 * a row of numbers is as long as one. */
static char *shape(char *out, size_t size, const char *line, size_t len) {
    size_t n = 0;
    for (size_t i = 0; i < len && n + 2 < size;) {
        if (line[i] == '-' && i + 1 < len && isdigit((unsigned char)line[i + 1])) i++;
        bool value = isdigit((unsigned char)line[i]);
        if (strncmp(line + i, "nil", 3) == 0) value = true;
        if (value) {
            while (i < len && isalnum((unsigned char)line[i]) && strncmp(line + i, "ms", 2) != 0) i++;
            if (n >= 2 && out[n - 1] == ' ' && out[n - 2] == 'N') n--; /* "N N" */
            else out[n++] = 'N';
        } else if (strncmp(line + i, "true", 4) == 0 || strncmp(line + i, "false", 5) == 0) {
            i += line[i] == 't' ? 4 : 5;
            out[n++] = 'B';
        } else if (line[i] == '(') {
            while (i < len && line[i] != ' ') i++;
            const char *back = memchr(line + i, ')', len - i);
            if (line[i - 1] != ')' && back != NULL) i = (size_t)(back - line) + 1;
            while (i < len && line[i] == ')') i++; /* "(force gc (idle))" */
            out[n++] = '(';
            out[n++] = 'R';
        } else {
            out[n++] = line[i++];
        }
    }
    out[n] = '\0';
    return out;
}

enum { SHAPES_MAX = 16, SHAPE_MAX = 400 };
typedef struct {
    char shape[SHAPES_MAX][SHAPE_MAX];
    size_t count;
} Shapes;

static int by_bytes(const void *a, const void *b) { return strcmp(a, b); }

static void shapes_of(const char *text, Shapes *s) {
    s->count = 0;
    for (const char *p = text; *p;) {
        size_t len = strcspn(p, "\n");
        char one[SHAPE_MAX];
        shape(one, sizeof one, p, len);
        size_t i = 0;
        while (i < s->count && strcmp(s->shape[i], one) != 0) i++;
        if (i == s->count && s->count < SHAPES_MAX) memcpy(s->shape[s->count++], one, sizeof one);
        p += len + (p[len] == '\n');
    }
    qsort(s->shape, s->count, sizeof s->shape[0], by_bytes);
}

static void same_shapes(const char *theirs, const char *ours) {
    static Shapes a, b;
    shapes_of(theirs, &a);
    shapes_of(ours, &b);
    CU_ASSERT(a.count > 0);
    CU_ASSERT_EQUAL(a.count, b.count);
    for (size_t i = 0; i < a.count || i < b.count; i++)
        check_text("the form of a line", i < a.count ? a.shape[i] : "", i < b.count ? b.shape[i] : "");
}

static const char go_program[] =
    "mkdir -p $T/sched && cd $T/sched && cat >main.go <<'END'\n"
    "package main\n\nimport (\n\t\"runtime\"\n\t\"time\"\n)\n\n"
    "func main() {\n\truntime.GOMAXPROCS(2)\n\tc := make(chan int)\n\tgo func() { <-c }()\n"
    "\tgo func() { runtime.LockOSThread(); time.Sleep(time.Hour) }()\n"
    "\tfor t := time.Now(); time.Since(t) < 60*time.Millisecond; {\n\t}\n\ttime.Sleep(30 * time.Millisecond)\n}\n"
    "END\nprintf 'module sched\\n\\ngo 1.26\\n' >go.mod && GOTOOLCHAIN=local GOFLAGS=-mod=mod go build -o sched .";

/* The same lines as the runtime's own, whatever stands in them. Which lines there are depends on the moment: a
 * program that is asked often enough has all of them. */
static void schedtrace_has_the_runtimes_own_form(void) {
    Result there = command("go version 2>/dev/null | grep -q 'go1\\.26'");
    int status = there.status;
    result_free(&there);
    if (status != 0) {
        check_skip("no Go 1.26");
        return;
    }
    make_trace();
    if (!command_gives(0, "%s", go_program)) return;
    static const struct {
        const char *godebug, *option;
    } rows[] = {{"schedtrace=5", ""}, {"schedtrace=5,scheddetail=1", "--detail"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *theirs = output_of("GODEBUG=%s $T/sched/sched 2>&1", rows[i].godebug);
        char *ours = output_of("$F export --as schedtrace --every 10us %s " TRACE, rows[i].option);
        same_shapes(theirs, ours);
        free(theirs);
        free(ours);
    }
}

/* What the lines say is what the events say. */
static void schedtrace_says_what_happened(void) {
    make_trace();
    char *out = output_of("$F export --as schedtrace --detail --every 1h " TRACE);
    char *threads = output_of("$F summary --json " TRACE " | sed -n 's/.*\"threads\":\\t*\\([0-9]*\\).*/\\1/p'");
    char expected[64];
    unsigned last_p = 0, ticks = 0, ticks_wanted = 0;
    snprintf(expected, sizeof expected, " threads=%d ", atoi(threads));
    CU_ASSERT_EQUAL(count_lines(out) > 8, true);
    CU_ASSERT(strncmp(out, "SCHED 0ms: gomaxprocs=3 ", 24) == 0);
    const char *end = strstr(out + 1, "SCHED ");
    CU_ASSERT_PTR_NOT_NULL_FATAL(end);
    CU_ASSERT_PTR_NOT_NULL(strstr(end, expected));
    CU_ASSERT_PTR_NULL(strstr(end, "status=1(")); /* at the end nobody is runnable */
    for (const char *p = end; (p = strstr(p, " schedtick=")) != NULL; p++, last_p++) ticks += (unsigned)atoi(p + 11);
    CU_ASSERT_EQUAL(last_p, 3);
    char *starts = output_of("$F show --event GO_START " TRACE " | grep -c 'inherit=no'");
    ticks_wanted = 5 + (unsigned)atoi(starts); /* P0 has had 5 before main.main */
    CU_ASSERT_EQUAL(ticks, ticks_wanted);
    free(starts);
    free(threads);
    free(out);
}

/* One line for each moment, and one for the end. */
static void a_line_for_each_moment(void) {
    make_trace();
    char *out = output_of("$F export --as schedtrace --every 100us -o $T/sched.txt " TRACE " && cat $T/sched.txt");
    char *time = output_of("$F summary --json " TRACE " | sed -n 's/.*\"time\":\\t*\\([0-9]*\\).*/\\1/p'");
    unsigned long ns = strtoul(time, NULL, 10);
    CU_ASSERT_EQUAL(count_lines(out), (ns + 99999) / 100000 + 1);
    free(time);
    free(out);
}

/* A P behind a call has a state of its own in 1.25, and none in 1.26. */
static void an_older_go_prints_its_own_states(void) {
    static const char *const go[] = {"1.25", "1.26"};
    for (int i = 0; i < 2; i++) {
        char *out = output_of("echo \"scenario { title = 't', go = '%s', procs = 1 } main(function() C.call('f', '15us') end)\" >$T/v.lua;"
                              "$F run --quiet --out $T/v.trace $T/v.lua; $F export --as schedtrace --detail --every 10us $T/v.trace",
                              go[i]);
        CU_ASSERT_EQUAL(strstr(out, "P0: status=2 schedtick=5 syscalltick=0 m=nil") != NULL, i == 0);
        CU_ASSERT_EQUAL(strstr(out, "M0: p=nil curg=1") != NULL, i == 0);
        CU_ASSERT_EQUAL(strstr(out, "M0: p=0 curg=1") != NULL, i == 1);
        free(out);
    }
}

/* As a real Go prints of the same program: 200 goroutines, one after the other, share one g; main runs, and why it
 * waited last still stands there. */
static void a_g_is_used_again(void) {
    char *out = output_of("cat >$T/again.lua <<'END'\nscenario { title = 'again', procs = 1 }\nlocal c = chan()\n"
                          "main(function()\n  for _ = 1, 200 do go('w', function() c:send(1) end) c:recv() end\n"
                          "  compute '1ms'\nend)\nEND\n"
                          "$F run --quiet --out $T/again.trace $T/again.lua;"
                          "$F export --as schedtrace --detail --every 1ms $T/again.trace | grep '^  [GP]' | sed -n 3,5p");
    check_text("after 200 goroutines",
               "  P0: status=1 schedtick=5 syscalltick=0 m=0 runqsize=0 gfreecnt=1 timerslen=0\n"
               "  G1: status=2(chan receive) m=0 lockedm=nil\n"
               "  G201: status=6() m=nil lockedm=nil\n",
               out);
    free(out);
}

/* The slices of all Ps stand at the end of the line since 1.25. */
static void an_older_go_prints_no_schedticks(void) {
    static const struct {
        const char *go, *end;
    } rows[] = {{"1.24", "runqueue=0 [ 0 ]\n"}, {"1.25", "runqueue=0 [ 0 ] schedticks=[ 5 ]\n"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *out = output_of("echo \"scenario { title = 't', go = '%s', procs = 1 } main(function() compute '1us' end)\" >$T/v.lua;"
                              "$F run --quiet --out $T/v.trace $T/v.lua; $F export --as schedtrace $T/v.trace | tail -1",
                              rows[i].go);
        CU_ASSERT(strlen(out) > strlen(rows[i].end));
        check_text("the end of a line", rows[i].end, out + (strlen(out) - strlen(rows[i].end)));
        free(out);
    }
}

/* gdestroy forgets both locks, although the thread has yet to end; and sysmon is never shown asleep. */
static void who_ended_locked_is_tied_to_nobody(void) {
    char *out = output_of("cat >$T/locked.lua <<'END'\nscenario { title = 'locked', procs = 2 }\n"
                          "go('one', function() runtime.LockOSThread() sleep '1ms' end)\nmain(function() sleep '300ms' end)\nEND\n"
                          "$F run --quiet --out $T/locked.trace $T/locked.lua;"
                          "$F export --as schedtrace --detail --every 500us $T/locked.trace");
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "  G2: status=4(sleep) m=nil lockedm="));
    CU_ASSERT_PTR_NULL(strstr(out, "  G2: status=4(sleep) m=nil lockedm=nil\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "  G2: status=6() m=nil lockedm=nil\n"));
    CU_ASSERT_PTR_NULL(strstr(out, "sysmonwait=true"));
    CU_ASSERT_PTR_NULL(strstr(out, "locks=2 dying=0 spinning=false blocked=true"));
    char *slept = output_of("$F show --event SYSMON_SLEEP $T/locked.trace | grep -c SYSMON_SLEEP");
    CU_ASSERT(atoi(slept) > 0);
    free(slept);
    free(out);
}

void cli_export_tests(void) {
    static const Check checks[] = {
        {"schedtrace has the runtime's own form", schedtrace_has_the_runtimes_own_form},
        {"schedtrace says what happened", schedtrace_says_what_happened},
        {"a line for each moment, and one for the end", a_line_for_each_moment},
        {"a g is used again, and says why it waited last", a_g_is_used_again},
        {"an older Go prints its own states", an_older_go_prints_its_own_states},
        {"an older Go prints no schedticks", an_older_go_prints_no_schedticks},
        {"who ended locked is tied to nobody", who_ended_locked_is_tied_to_nobody},
        {0},
    };
    suite("command line: export", checks);
}

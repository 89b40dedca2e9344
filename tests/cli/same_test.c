/* same_test.c -- the promise: the same scenario, seed and options give the same trace, wherever it runs. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCENARIO "$D $S/everything.lua"
enum { HASH_DIGITS = 64 };

/* The hash of a run whose command line goes on with `how`; "" when it failed. */
static const char *hash_of(const char *how) {
    static char hash[4][HASH_DIGITS + 1];
    static unsigned turn;
    char *h = hash[turn++ % 4];
    h[0] = '\0';
    if (!command_gives(0, "%s --quiet --out $T/same.trace", how)) return h;
    char *out = output_of("$F hash $T/same.trace");
    snprintf(h, sizeof hash[0], "%.64s", out);
    CU_ASSERT_EQUAL(strlen(out), HASH_DIGITS + 1);
    free(out);
    return h;
}

static void twice(void) { CU_ASSERT_STRING_EQUAL(hash_of("$F run " SCENARIO), hash_of("$F run " SCENARIO)); }

/* Without a device there is nothing of the machine in the file, so it is the same to the last byte. */
static void twice_to_the_byte(void) {
    command_gives(0, "$F run --quiet --device none --out $T/a.trace $S/everything.lua");
    command_gives(0, "$F run --quiet --device none --out $T/b.trace $S/everything.lua");
    command_gives(0, "cmp $T/a.trace $T/b.trace");
}

static void anywhere(void) {
    static const char *const ways[] = {
        "cd / && $F run " SCENARIO,
        "cd \"$S\" && $F run $D everything.lua",
        "env LC_ALL=tr_TR.UTF-8 LANG=tr_TR.UTF-8 $F run " SCENARIO,
        "env LC_ALL=C.UTF-8 TZ=Asia/Tokyo $F run " SCENARIO,
        "env -i PATH=\"$PATH\" POCL_CACHE_DIR=\"$POCL_CACHE_DIR\" $F run " SCENARIO,
        "ulimit -s 1024; $F run " SCENARIO,
        "$(setarch -R true 2>/dev/null && echo setarch -R) $F run " SCENARIO, /* no random addresses */
        "nice -n 19 $F run --narrate " SCENARIO,                              /* telling it changes nothing */
    };
    const char *here = hash_of("$F run " SCENARIO);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        const char *there = hash_of(ways[i]);
        CU_ASSERT_STRING_EQUAL(there, here);
        if (strcmp(here, there) != 0) printf("\n    another trace: %s\n", ways[i]);
    }
}

/* Verdicts on what kernels computed need a device; nothing else in the events does. */
static void with_and_without_a_device(void) {
    static const char *const devices[] = {"auto", "none", "staging"};
    if (!there_is_a_device()) {
        check_skip("no OpenCL device");
        return;
    }
    char *events[3];
    for (int i = 0; i < 3; i++) {
        command_gives(0, "$F run --quiet --device %s --out $T/device.trace $S/everything.lua", devices[i]);
        events[i] = output_of("$F show $T/device.trace | grep -v ' EXPECT_'");
    }
    CU_ASSERT(count_lines(events[0]) > 500);
    check_text("events with a device, and without", events[0], events[1]);
    check_text("events with shared memory, and staged", events[0], events[2]);
    for (int i = 0; i < 3; i++) free(events[i]);
}

static void another_seed_is_another_run(void) {
    const char *one = hash_of("$F run --seed 1 " SCENARIO);
    CU_ASSERT_STRING_EQUAL(one, hash_of("$F run --set seed=1 " SCENARIO));
    CU_ASSERT_STRING_NOT_EQUAL(one, hash_of("$F run --seed 2 " SCENARIO));
    CU_ASSERT_STRING_NOT_EQUAL(one, hash_of("$F run --seed 1 --procs 2 " SCENARIO));
}

/* A profile counts for more than the version of Go, and for less than --set. */
static void a_profile_is_another_run(void) {
    command_gives(0, "printf 'cgo_enter=26\\ncgo_exit = 24 # as 1.25\\n' >$T/a.profile");
    const char *set = hash_of("$F run --set costs.cgo_enter=26ns --set costs.cgo_exit=24ns " SCENARIO);
    CU_ASSERT_STRING_NOT_EQUAL(set, hash_of("$F run " SCENARIO));
    char *one = output_of("$F run --quiet --profile $T/a.profile --out $T/a.trace " SCENARIO " && $F show $T/a.trace");
    char *two = output_of("$F run --quiet --set costs.cgo_enter=26ns --set costs.cgo_exit=24ns --out $T/b.trace " SCENARIO
                          " && $F show $T/b.trace");
    check_text("a profile, and the same by --set", one, two);
    free(one);
    free(two);
}

static void replay_is_identical(void) {
    static const char *const options[] = {"", "--seed 99 --procs 5", "--set costs.cgo_enter=1us", "--device none", "--time=measured",
                                          "--profile $T/slow.profile --set costs.go_create=3us"};
    static const char *const ways[] = {"$F replay", "$F replay", "cd / && $F replay --device none"};
    command_gives(0, "printf 'cgo_exit=5000\\n' >$T/slow.profile");
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        command_gives(0, "$F run --quiet %s --out $T/replay.trace " SCENARIO, options[i]);
        for (size_t k = 0; k < sizeof ways / sizeof ways[0]; k++) {
            char *said = output_of("%s $D $T/replay.trace", ways[k]);
            CU_ASSERT_PTR_NOT_NULL(strstr(said, ": identical, "));
            free(said);
        }
    }
}

/* What the trace holds is enough; verdicts on computed results stay open then. */
/* A trace holds all that its run was made of. */
static void a_trace_runs_as_its_scenario_does(void) {
    command_gives(0, "$F run --quiet --seed 7 --set costs.cgo_enter=1us --out $T/first.trace " SCENARIO);
    CU_ASSERT_STRING_EQUAL(hash_of("cd / && $F run $D $T/first.trace"), hash_of("$F run --seed 7 --set costs.cgo_enter=1us " SCENARIO));
    command_gives(0, "$F run --quiet --procs 3 --out $T/first.trace " SCENARIO);
    CU_ASSERT_STRING_EQUAL(hash_of("$F run $D $T/first.trace --procs 5"), hash_of("$F run --procs 5 " SCENARIO));
    CU_ASSERT_STRING_EQUAL(hash_of("$F run $D $T/first.trace --set go=1.25"), hash_of("$F run --set go=1.25 --procs 3 " SCENARIO));
    command_gives(2, "$F run $D $T/first.trace --out $T/first.trace");
}

static void a_replay_needs_no_driver(void) {
    command_gives(0, "$F run --quiet --out $T/replay.trace " SCENARIO);
    char *said = output_of("OCL_ICD_VENDORS=/nonexistent $F replay $T/replay.trace");
    CU_ASSERT_PTR_NOT_NULL(strstr(said, ": identical, "));
    free(said);
}

/* What everything.lua computes is right there too, and the hash knows no device. */
static void staged_it_is_the_same_run(void) {
    if (!there_is_a_device()) {
        check_skip("no OpenCL device");
        return;
    }
    CU_ASSERT_STRING_EQUAL(hash_of("$F run --device staging $S/everything.lua"), hash_of("$F run " SCENARIO));
    char *listed = output_of("$F devices | grep '^[^ ]' | tail -n 1");
    CU_ASSERT_PTR_NOT_NULL(strstr(listed, ",staging\n"));
    listed[strcspn(listed, "\n")] = '\0';
    char *said = output_of("$F run --device '%s' --out $T/staged.trace $S/everything.lua", listed);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, listed));
    free(said);
    free(listed);
}

/* The device's own times are the virtual ones then, and the run goes by them. */
static void measured_times_become_virtual_times(void) {
    if (!there_is_a_device()) {
        check_skip("no OpenCL device");
        return;
    }
    command_gives(0, "$F run --quiet --out $T/model.trace " SCENARIO);
    char *modelled = output_of("$F show --event DEV_START $T/model.trace");
    CU_ASSERT_EQUAL(count_lines(modelled), 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(modelled, "duration=400us"));
    command_gives(0, "$F run --quiet --time=measured --out $T/measured.trace " SCENARIO);
    char *measured = output_of("$F show --event DEV_START $T/measured.trace");
    CU_ASSERT_EQUAL(count_lines(measured), 2);
    CU_ASSERT_PTR_NULL(strstr(measured, "duration=400us"));
    free(modelled);
    free(measured);
}

void cli_same_tests(void) {
    static const Check checks[] = {
        {"a run repeated is the same run", twice},
        {"without a device it is the same to the byte", twice_to_the_byte},
        {"folder, locale, environment, addresses do not matter", anywhere},
        {"events are the same with and without a device", with_and_without_a_device},
        {"another seed is another run", another_seed_is_another_run},
        {"a profile is another run, as --set would make it", a_profile_is_another_run},
        {"a replay is identical", replay_is_identical},
        {"a trace runs as its scenario does", a_trace_runs_as_its_scenario_does},
        {"a replay needs no driver", a_replay_needs_no_driver},
        {"staged, it is the same run", staged_it_is_the_same_run},
        {"measured times become virtual times", measured_times_become_virtual_times},
        {0},
    };
    suite("command line: the same run everywhere", checks);
}

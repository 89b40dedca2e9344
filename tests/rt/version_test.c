/* version_test.c -- the table of Go versions, and what they cost. */
#include "../check.h"

#include "../../sim/rt/version.h"

static Costs costs_of(const char *name) {
    Costs c;
    const GoVersion *go = go_version_find(name);
    CU_ASSERT_PTR_NOT_NULL_FATAL(go);
    costs_for(go, &c);
    return c;
}

static uint64_t crossing(const Costs *c) { return c->ns[COST_cgo_enter] + c->ns[COST_cgo_exit]; }
/* An empty C call that calls an empty Go function. */
static uint64_t with_callback(const Costs *c) { return crossing(c) + c->ns[COST_callback] + c->ns[COST_cgo_exit]; }

static void the_default_is_a_row_and_costs_what_the_table_says(void) {
    Costs plain;
    costs_default(&plain);
    Costs c = costs_of(GO_DEFAULT);
    CU_ASSERT_EQUAL(memcmp(&plain, &c, sizeof c), 0);
}

static void names_are_found_and_only_names(void) {
    static const char *const wrong[] = {"", "1", "1.2", "1.26.0", "1.19", "1.28", "go1.26", " 1.26", "1.26 "};
    for (size_t i = 0; i < go_version_count; i++)
        CU_ASSERT_PTR_EQUAL(go_version_find(go_version[i].name), &go_version[i]);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) CU_ASSERT_PTR_NULL(go_version_find(wrong[i]));
}

/* A rule that came or went with a version stays that way: no version in between is forgotten. */
static void rules_change_once(void) {
#define RULE(rule, ...)                                                                                                     \
    {                                                                                                                       \
        size_t changes = 0;                                                                                                 \
        for (size_t i = 1; i < go_version_count; i++) changes += go_version[i].rule != go_version[i - 1].rule;              \
        CU_ASSERT_EQUAL(changes, 1);                                                                                        \
    }
#include "../../sim/rt/version.def"
}

static bool is_said(const GoChange *change, size_t n, const char *version, const char *what) {
    size_t found = 0;
    for (size_t i = 0; i < n; i++) found += strcmp(change[i].in->name, version) == 0 && strstr(change[i].what, what) != NULL;
    return found == 1;
}

/* Of each rule that differs, one sentence for the version that changed it, whichever way round one asks. */
static void what_changed_is_said_rule_by_rule(void) {
    GoChange change[GO_CHANGES_MAX], back[GO_CHANGES_MAX];
    for (size_t a = 0; a < go_version_count; a++) {
        for (size_t b = a; b < go_version_count; b++) {
            const GoVersion *from = &go_version[a], *to = &go_version[b];
            size_t n = go_changes(from, to, change), expected = 0;
            for (size_t i = a + 1; i <= b; i++) expected += go_version[i].also[0] != '\0';
#define RULE(rule, what) \
    expected += from->rule != to->rule;
#include "../../sim/rt/version.def"
            CU_ASSERT_EQUAL(n, expected);
            CU_ASSERT_EQUAL(go_changes(to, from, back), n);
            CU_ASSERT_EQUAL(memcmp(change, back, n * sizeof *change), 0);
            for (size_t i = 0; i < n; i++) CU_ASSERT(strlen(change[i].what) > 20 && strchr(change[i].what, '.') != NULL);
        }
    }
    size_t n = go_changes(go_version_find("1.22.5"), go_version_find("1.26"), change);
    CU_ASSERT_EQUAL(n, 6);
    CU_ASSERT(is_said(change, n, "1.23", "The timer of a channel"));
    CU_ASSERT(is_said(change, n, "1.23", "bounds of its stack with its first callback only"));
    CU_ASSERT(is_said(change, n, "1.26", "_Psyscall"));
    CU_ASSERT(is_said(change, n, "1.26", "runnext"));
    CU_ASSERT(is_said(change, n, "1.26", "the thread that had it"));
    CU_ASSERT(is_said(change, n, "1.26", "cgocheck"));
}

static void rules_change_where_go_changed_them(void) {
    CU_ASSERT(go_version_find("1.25")->psyscall && !go_version_find("1.26")->psyscall);
    CU_ASSERT(!go_version_find("1.20")->keeps_m && go_version_find("1.22")->keeps_m);
    CU_ASSERT(!go_version_find("1.25")->stw_runnext && go_version_find("1.26")->stw_runnext);
    CU_ASSERT(!go_version_find("1.25")->same_m_after_stw && go_version_find("1.26")->same_m_after_stw);
}

static void a_crossing_costs_half_since_1_26(void) {
    Costs old = costs_of("1.25"), new = costs_of("1.26"), newest = costs_of("1.27");
    CU_ASSERT_EQUAL(crossing(&old), 51);
    CU_ASSERT_EQUAL(crossing(&new), 27);
    CU_ASSERT_EQUAL(crossing(&newest), 26);
    CU_ASSERT_EQUAL(with_callback(&old), 115);
    CU_ASSERT_EQUAL(with_callback(&new), 67);
    CU_ASSERT_EQUAL(with_callback(&newest), 64);
}

static void callbacks_on_c_threads_were_slow_from_1_22_5_to_1_23(void) {
    Costs before = costs_of("1.22"), slow = costs_of("1.22.5"), after = costs_of("1.23");
    CU_ASSERT(slow.ns[COST_callback_thread] > 3 * before.ns[COST_callback_thread]);
    CU_ASSERT(slow.ns[COST_callback_thread] > 4 * after.ns[COST_callback_thread]);
    CU_ASSERT_EQUAL(slow.ns[COST_callback], before.ns[COST_callback]);
}

void rt_version_tests(void) {
    static const Check checks[] = {
        {"the default version is a row, and costs what cost.def says", the_default_is_a_row_and_costs_what_the_table_says},
        {"a version is found by its exact name only", names_are_found_and_only_names},
        {"a rule changes with one version, and stays", rules_change_once},
        {"what changed is said, rule by rule", what_changed_is_said_rule_by_rule},
        {"rules change with the version in which Go changed them", rules_change_where_go_changed_them},
        {"a crossing costs half since 1.26, callbacks too", a_crossing_costs_half_since_1_26},
        {"callbacks on C threads were slow from 1.22.5 to 1.23", callbacks_on_c_threads_were_slow_from_1_22_5_to_1_23},
        {0},
    };
    suite("rt: versions of Go", checks);
}

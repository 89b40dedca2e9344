/* profile_test.c -- cost profiles: what is read, and what is refused. */
#include "../check.h"

#include "../../sim/rt/profile.h"

#include <stdio.h>
#include <stdlib.h>

static Profile good(const char *text) {
    Profile p;
    Diag d;
    CU_ASSERT(profile_parse(&p, "p", text, &d));
    return p;
}

static void rows_are_taken_others_kept(void) {
    Profile p = good("# measured\n\nthread_wake=4711\n  dev_item_ps = 250   # at 4 GHz\r\ncgo_exit=0");
    Costs c;
    costs_default(&c);
    profile_apply(&p, &c);
    CU_ASSERT_EQUAL(c.ns[COST_thread_wake], 4711);
    CU_ASSERT_EQUAL(c.ns[COST_dev_item_ps], 250);
    CU_ASSERT_EQUAL(c.ns[COST_cgo_exit], 0);
    CU_ASSERT_EQUAL(c.ns[COST_thread_new], cost_spec[COST_thread_new].ns);
    CU_ASSERT_EQUAL(p.line[COST_dev_item_ps], 4);
}

static void nothing_is_a_profile_too(void) {
    static const char *const empty[] = {"", "\n", "#", "# a\n# b", " \t\r\n", "#=\n"};
    for (size_t i = 0; i < ARRAY_LEN(empty); i++) {
        Profile p = good(empty[i]);
        for (size_t k = 0; k < COST_COUNT; k++) CU_ASSERT_EQUAL(p.line[k], 0);
    }
}

/* What a trace keeps is read back as it was. */
static void every_row_survives_a_round_trip(void) {
    Costs c, back;
    Bytes b = {0};
    for (size_t i = 0; i < COST_COUNT; i++) c.ns[i] = i * 1000 + 7;
    c.ns[0] = COST_MAX_NS;
    costs_text(&c, &b);
    bytes_add(&b, "", 1);
    Profile p = good((const char *)b.data);
    costs_default(&back);
    profile_apply(&p, &back);
    CU_ASSERT_EQUAL(memcmp(&c, &back, sizeof c), 0);
    bytes_free(&b);
}

/* clang-format off */
static const struct {
    const char *text;
    int line, column;
    const char *message, *excerpt;
} wrong[] = {
    {"lunch=5",                        1, 1, "no cost called lunch", "lunch=5"},
    {"# a\n\n  lunch = 5\n",           3, 3, "no cost called lunch", "  lunch = 5"},
    {"=5",                             1, 1, "no cost called ", "=5"},
    {"thread_wake",                    1, 1, "a cost and its value are wanted", "thread_wake"},
    {"thread_wake # =5",               1, 1, "a cost and its value are wanted", "thread_wake # =5"},
    {"thread_wak=5",                   1, 1, "no cost called thread_wak", ""},
    {"thread_wakeup=5",                1, 1, "no cost called thread_wakeup", ""},
    {"thread_wake=",                   1, 13, "thread_wake is a whole number of nanoseconds", ""},
    {"thread_wake=5us",                1, 13, "thread_wake is a whole number of nanoseconds", ""},
    {"thread_wake=-5",                 1, 13, "thread_wake is a whole number of nanoseconds", ""},
    {"thread_wake=5.5",                1, 13, "thread_wake is a whole number of nanoseconds", ""},
    {"thread_wake=0x5",                1, 13, "thread_wake is a whole number of nanoseconds", ""},
    {"thread_wake=5 5",                1, 13, "thread_wake is a whole number of nanoseconds", ""},
    {"thread_wake==5",                 1, 13, "thread_wake is a whole number of nanoseconds", ""},
    {"thread_wake=86400000000001",     1, 13, "at most 86400000000000", ""},
    {"thread_wake=99999999999999999999", 1, 13, "at most 86400000000000", ""},
    {"dev_item_ps= 5ps",               1, 14, "dev_item_ps is a whole number of picoseconds", ""},
    {"thread_wake=5\nthread_new=5\nthread_wake=6", 3, 1, "thread_wake was given before, in line 1", ""},
};
/* clang-format on */

static void wrong_lines_are_named(void) {
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        Profile p;
        Diag d;
        CU_ASSERT_FATAL(!profile_parse(&p, "x.profile", wrong[i].text, &d));
        bool fine = d.line == wrong[i].line && d.column == wrong[i].column &&
                    strstr(d.message, wrong[i].message) != NULL && strcmp(d.file, "x.profile") == 0 &&
                    strstr(d.excerpt, wrong[i].excerpt) != NULL && d.excerpt[0] != '\0';
        CU_ASSERT(fine);
        if (!fine) printf("\n    \"%s\": %d:%d %s\n", wrong[i].text, d.line, d.column, d.message);
    }
}

static void the_list_of_costs_is_complete(void) {
    Profile p;
    Diag d;
    CU_ASSERT(!profile_parse(&p, "p", "lunch=5", &d));
    for (size_t i = 0; i < COST_COUNT; i++) CU_ASSERT_PTR_NOT_NULL(strstr(d.remedy, cost_spec[i].name));
    CU_ASSERT_EQUAL(d.remedy[strlen(d.remedy) - 1], '.');
}

void rt_profile_tests(void) {
    static const Check checks[] = {
        {"a profile's rows are taken, others keep their figure", rows_are_taken_others_kept},
        {"comments and nothing are a profile too", nothing_is_a_profile_too},
        {"every row survives a round trip", every_row_survives_a_round_trip},
        {"a wrong line is named, with its place", wrong_lines_are_named},
        {"whoever names no cost is shown them all", the_list_of_costs_is_complete},
        {0},
    };
    suite("rt: cost profiles", checks);
}

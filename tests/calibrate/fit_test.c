/* fit_test.c -- statistics, the fit of costs to parts, and what the simulator makes of costs. */
#include "../check.h"

#include "../../sim/calibrate/fit.h"
#include "../../sim/calibrate/mechanism.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool near(double a, double b, double by) { return fabs(a - b) <= by; }

static void quantiles_are_what_they_say(void) {
    static const double values[] = {50, 10, 40, 20, 30};
    Samples s = {0};
    samples_add(&s, 7);
    CU_ASSERT_EQUAL(samples_quantile(&s, 0), 7);
    CU_ASSERT_EQUAL(samples_quantile(&s, 0.5), 7);
    CU_ASSERT_EQUAL(samples_quantile(&s, 1), 7);
    s.count = 0;
    for (size_t i = 0; i < ARRAY_LEN(values); i++) samples_add(&s, values[i]);
    CU_ASSERT_EQUAL(samples_quantile(&s, 0), 10);
    CU_ASSERT_EQUAL(samples_quantile(&s, 0.5), 30);
    CU_ASSERT_EQUAL(samples_quantile(&s, 1), 50);
    CU_ASSERT(near(samples_quantile(&s, 0.1), 14, 1e-9));
    CU_ASSERT(near(samples_quantile(&s, 0.9), 46, 1e-9));
    CU_ASSERT_EQUAL(s.ns[0], 50); /* not sorted in place */
    samples_add(&s, 60);
    CU_ASSERT_EQUAL(samples_quantile(&s, 0.5), 35);
    free(s.ns);
}

static void errors_have_a_sign(void) {
    CU_ASSERT_EQUAL(error_percent(110, 100), 10);
    CU_ASSERT_EQUAL(error_percent(50, 100), -50);
    CU_ASSERT_EQUAL(error_percent(100, 100), 0);
    CU_ASSERT_EQUAL(error_percent(100, 0), 0);
}

static void lines_are_read_or_refused_whole(void) {
    static const char *const wrong[] = {"",        " 1 2",    "a 1 x",   "a -1",   "a 1 nan", "a inf",
                                        "a 1,2",   "a 1 2 # c", "a 1e999",
                                        "a_name_that_is_longer_than_any_of_ours 1"};
    Measured m = {0};
    CU_ASSERT(measured_line(&m, "a 1 2.5 1e3\n"));
    CU_ASSERT(measured_line(&m, "a 4"));
    CU_ASSERT(measured_line(&m, "nothing"));
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) CU_ASSERT_FALSE(measured_line(&m, wrong[i]));
    const Samples *a = measured_find(&m, "a");
    CU_ASSERT_PTR_NOT_NULL_FATAL(a);
    CU_ASSERT_EQUAL(a->count, 4);
    CU_ASSERT_EQUAL(samples_quantile(a, 1), 1000);
    CU_ASSERT_PTR_NULL(measured_find(&m, "nothing"));
    CU_ASSERT_PTR_NULL(measured_find(&m, "b"));
    measured_free(&m);
}

/* ---- costs in, parts out, costs back ---- */

static Costs odd_costs(void) {
    Costs c;
    costs_default(&c);
    c.ns[COST_cgo_enter] = 31;
    c.ns[COST_cgo_exit] = 31;
    c.ns[COST_callback] = 74;
    c.ns[COST_go_switch] = 157;
    c.ns[COST_chan_buffered] = 23;
    c.ns[COST_chan_handover] = 41;
    c.ns[COST_go_create] = 312;
    c.ns[COST_pin] = 19;
    return c;
}

static void costs_are_found_again_in_their_parts(void) {
    static const CostName in_go[] = {COST_cgo_enter,     COST_cgo_exit,  COST_go_switch, COST_chan_buffered,
                                     COST_chan_handover, COST_go_create, COST_pin,       COST_callback};
    Costs c = odd_costs();
    Measured m = {0};
    for (size_t i = 0; i < part_count; i++) parts[i].predict(&c, measured_set(&m, parts[i].samples));
    Profile p;
    fit_profile(&m, &p);
    for (size_t i = 0; i < ARRAY_LEN(in_go); i++) {
        CU_ASSERT(p.line[in_go[i]] > 0);
        CU_ASSERT_EQUAL(p.ns[in_go[i]], c.ns[in_go[i]]);
    }
    measured_free(&m);
}

/* It takes the wake-up, which C measures. */
static void the_cost_of_a_lock_is_found_again(void) {
    Costs c = odd_costs();
    c.ns[COST_lock_switch] = 2500;
    Measured m = {0};
    for (size_t i = 0; i < part_count; i++) parts[i].predict(&c, measured_set(&m, parts[i].samples));
    samples_add(measured_set(&m, "futex"), (double)c.ns[COST_thread_wake]);
    Profile p;
    fit_profile(&m, &p);
    CU_ASSERT(near((double)p.ns[COST_lock_switch], 2500, 10));
    measured_free(&m);
}

static void what_was_not_measured_is_left_out(void) {
    Measured m = {0};
    Profile p;
    fit_profile(&m, &p);
    for (size_t i = 0; i < COST_COUNT; i++) CU_ASSERT_EQUAL(p.line[i], 0);
    CU_ASSERT(measured_line(&m, "chan_stream 100"));
    CU_ASSERT(measured_line(&m, "chan_buffered 10"));
    CU_ASSERT(measured_line(&m, "futex 1600 1700 1800"));
    fit_profile(&m, &p);
    CU_ASSERT_EQUAL(p.ns[COST_chan_buffered], 10);
    CU_ASSERT_EQUAL(p.ns[COST_thread_wake], 1700);
    CU_ASSERT_EQUAL(p.line[COST_chan_handover], 0); /* without gosched nobody knows */
    CU_ASSERT_EQUAL(p.line[COST_thread_new], 0);
    measured_free(&m);
}

static void a_part_smaller_than_its_rest_costs_nothing(void) {
    Measured m = {0};
    Profile p;
    CU_ASSERT(measured_line(&m, "empty_call 30") && measured_line(&m, "callback_1 20"));
    fit_profile(&m, &p);
    CU_ASSERT(p.line[COST_callback] > 0);
    CU_ASSERT_EQUAL(p.ns[COST_callback], 0);
    measured_free(&m);
}

/* ---- predictions ---- */

static double predicted(const char *name, const Costs *c, double q) {
    for (size_t i = 0; i < mechanism_count; i++) {
        if (strcmp(mechanisms[i].name, name) != 0) continue;
        Samples s = {0};
        mechanisms[i].predict(c, &s);
        CU_ASSERT_FATAL(s.count > 0);
        double value = samples_quantile(&s, q);
        free(s.ns);
        return value;
    }
    CU_FAIL_FATAL("no such mechanism");
    return 0;
}

static void mechanisms_are_the_sum_of_their_costs(void) {
    Costs c = odd_costs();
    const uint64_t *ns = c.ns;
    double call = (double)(ns[COST_cgo_enter] + ns[COST_cgo_exit]);
    double message = (double)(ns[COST_chan_handover] + ns[COST_chan_buffered] + ns[COST_go_switch]);
    CU_ASSERT(near(predicted("crossing", &c, 0.5), call + (double)ns[COST_go_switch], 1));
    CU_ASSERT(near(predicted("callback", &c, 0.5), call + 4 * (double)(ns[COST_callback] + ns[COST_cgo_exit]), 1));
    CU_ASSERT(near(predicted("ping-pong", &c, 0.5), 2 * message, 1));
    CU_ASSERT(near(predicted("spawn", &c, 0.5), (double)(ns[COST_go_create] + ns[COST_go_switch]) + message, 1));
    CU_ASSERT(near(predicted("pin", &c, 0.5), call + 2 * (double)ns[COST_pin], 1));
    CU_ASSERT(near(predicted("launch", &c, 0.5),
                   (double)(ns[COST_dev_enqueue] + ns[COST_dev_start] + ns[COST_dev_kernel] + ns[COST_dev_notify]) +
                       LAUNCH_ITEMS * (double)ns[COST_dev_item_ps] / 1000,
                   1)); /* the crossings are over while the device works */
}

/* Each way a P goes to another thread, which has to be woken; one of the two ways is the locked one's. */
static void a_locked_partner_costs_two_wakeups(void) {
    Costs c = odd_costs();
    double extra = predicted("locked ping-pong", &c, 0.5) - predicted("ping-pong", &c, 0.5);
    double wakes = 2 * (double)c.ns[COST_thread_wake] + (double)c.ns[COST_lock_switch];
    CU_ASSERT(near(extra, wakes, 0.05 * wakes));
}

/* A P behind a call is taken one or two ticks of sysmon after the call began. */
static void a_handoff_takes_one_or_two_ticks(void) {
    Costs c;
    costs_default(&c);
    c.ns[COST_sysmon_slack] = 55000;
    double tick = 75000, wake = (double)c.ns[COST_thread_wake] + (double)c.ns[COST_go_switch];
    CU_ASSERT(predicted("handoff", &c, 0.1) < 1.3 * tick + wake);
    CU_ASSERT(predicted("handoff", &c, 0.5) > wake + 0.5 * tick);
    CU_ASSERT(predicted("handoff", &c, 0.5) < wake + 2 * tick);
    c.ns[COST_thread_wake] += 30000;
    CU_ASSERT(predicted("handoff", &c, 0.5) > wake + 0.5 * tick + 30000);
}

/* sysmon, half asleep, looks every 10 ms: the first look sees the slice, the second one finds it over. */
static void a_slice_ends_at_the_second_look(void) {
    Costs c;
    costs_default(&c);
    CU_ASSERT(near(predicted("preemption", &c, 0.5), 20e6, 0.05e6));
    c.ns[COST_sysmon_slack] = 100000;
    CU_ASSERT(near(predicted("preemption", &c, 0.5), 20.2e6, 0.05e6));
}

static void a_poll_that_oversleeps_makes_timers_late(void) {
    Costs c;
    costs_default(&c);
    double exact = predicted("timer", &c, 0.5);
    c.ns[COST_poll_slack] = 75000;
    double late = predicted("timer", &c, 0.5);
    CU_ASSERT(late > exact + 70000);
    CU_ASSERT(late < exact + 2 * 75000 + 1000);
}

static void predictions_are_the_same_every_time(void) {
    Costs c = odd_costs();
    for (size_t i = 0; i < mechanism_count; i++) {
        Samples a = {0}, b = {0};
        mechanisms[i].predict(&c, &a);
        mechanisms[i].predict(&c, &b);
        CU_ASSERT_FATAL(a.count == b.count && a.count > 0);
        CU_ASSERT_EQUAL(memcmp(a.ns, b.ns, a.count * sizeof *a.ns), 0);
        free(a.ns);
        free(b.ns);
    }
}

void calibrate_fit_tests(void) {
    static const Check checks[] = {
        {"quantiles are what they say", quantiles_are_what_they_say},
        {"errors have a sign", errors_have_a_sign},
        {"a line of figures is read, or refused, whole", lines_are_read_or_refused_whole},
        {"costs are found again in parts that were run with them", costs_are_found_again_in_their_parts},
        {"the cost of a lock is found again", the_cost_of_a_lock_is_found_again},
        {"what was not measured is left out", what_was_not_measured_is_left_out},
        {"a part smaller than its rest costs nothing", a_part_smaller_than_its_rest_costs_nothing},
        {"mechanisms are the sum of their costs", mechanisms_are_the_sum_of_their_costs},
        {"a locked partner costs two wake-ups", a_locked_partner_costs_two_wakeups},
        {"a hand-over takes one or two ticks of sysmon", a_handoff_takes_one_or_two_ticks},
        {"a slice ends at sysmon's second look", a_slice_ends_at_the_second_look},
        {"a poll that oversleeps makes timers late", a_poll_that_oversleeps_makes_timers_late},
        {"predictions are the same every time", predictions_are_the_same_every_time},
        {0},
    };
    suite("calibrate: fit and prediction", checks);
}

/* service_test.c -- what a slow client costs a service: as much as the scenario says without the fix, and at most a tenth
 * of that with it (20.3.4); and what the scenarios of 20.3, 21.1 and 21.3 tell the class to turn.
 *
 * The cost is a difference between two runs of the same scenario, with the slow client and without one: of the time that
 * the device stands idle, and of the time until all others have their answers.
 */
#include "../../sim/base/base.h"
#include "../check.h"
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cli_service_tests(void);

#define MS 1000000ll
#define SLOW "8ms"

typedef struct {
    long long idle, answered; /* ns */
} Service;

/* The number that stands behind `word` in the text. */
static long long number_behind(const char *text, const char *word) {
    const char *at = strstr(text, word);
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    return strtoll(at + strlen(word), NULL, 10);
}

static Service run(const char *scenario, const char *reads) {
    Service s;
    command_gives(0, "$F run -q $D --set reads=%s --out $T/service.trace scenarios/20_3_4_slow_client_%s.lua", reads, scenario);
    char *figures = output_of("$F summary --json $T/service.trace");
    char *notes = output_of("$F show --event NOTE $T/service.trace");
    CU_ASSERT(number_behind(figures, "\"device_busy\":") >= 36 * MS); /* both halves of its utilisation are there */
    s.idle = number_behind(figures, "\"device_idle\":");
    s.answered = 1000 * number_behind(notes, "are answered after ");
    free(figures);
    free(notes);
    return s;
}

static Service cost_of(const char *scenario) {
    Service slow = run(scenario, SLOW), alone = run(scenario, "0ms");
    return (Service){slow.idle - alone.idle, slow.answered - alone.answered};
}

static void the_fix_leaves_a_tenth_of_the_cost(void) {
    Service without = cost_of("wrong"), with = cost_of("right");
    CU_ASSERT(without.idle / MS >= 44 && without.idle / MS <= 45); /* the scenario says 45 */
    CU_ASSERT(without.answered / MS >= 44 && without.answered / MS <= 45);
    CU_ASSERT(10 * with.idle <= without.idle);
    CU_ASSERT(10 * with.answered <= without.answered);
    CU_ASSERT(with.idle > 0); /* he was slow */
}

/* What a scenario tells the class to turn is expected of it, too. */
static void what_the_knobs_show_is_so(void) {
    static const char *const turned[] = {
        "20_3_1_stream --set stream=false",
        "20_3_1_stream --set length=20",
        "20_3_2_fixed --set slots=8",
        "20_3_2_continuous --set slots=8",
        "20_3_3_slow_client_wrong --set reads=0ms",
        "20_3_3_slow_client_right --set reads=100ms",
        "20_3_4_slow_client_wrong --set buffer=8",
        "20_3_4_slow_client_right --set buffer=0",
        "20_3_4_slow_client_right --set patience=10ms",
        "20_3_4_gone_right --set buffer=0",
        "20_3_4_overload_wrong --set every=3ms",
        "20_3_4_overload_right --set room=16",
        "21_1_each_wrong --set agents=64",
        "21_1_funnel_right --set agents=64",
        "21_1_funnel_right --set yield=true",
        "21_1_resume --set resume=false",
        "21_3_stream_right --set wants=12",
        "21_3_fanout --set context=false",
        "21_3_fanout --set step=10ms",
        "21_3_queue_right --set inflight=1",
        "21_3_queue_right --set inflight=24",
        "21_3_queue_right --set pause=4ms",
    };
    for (size_t i = 0; i < ARRAY_LEN(turned); i++) command_gives(0, "$F run -q $D %s", turned[i]);
}

/* From a client that waits for a token to what keeps it from him: the channel, the batcher, and then either the device, which is
 * at work, or another channel, at whose other end somebody sleeps. */
static void why_follows_the_pressure_to_its_end(void) {
    command_gives(0, "$F run -q $D -o $T/pressure.trace scenarios/20_3_3_slow_client_wrong.lua");
    char *at_work = output_of("$F why $T/pressure.trace g5 --at 1.5ms"), *stopped = output_of("$F why $T/pressure.trace g5 --at 20ms");
    check_text("why, the device at work",
        "g5 client waits to receive from tokens (c3) at 20_3_3_slow_client_wrong.lua:68, since 1.099987ms: it is number 1 of 1 there, "
        "and the channel holds 0 of 0.\n"
        "In this run g2 batcher does its part in 7.600744ms.\n"
        "g2 batcher is in C, in clFinish, on M0 since 1.096454ms.\n"
        "P0 is still attached and runs nothing, with 0 goroutines in its queue.\n"
        "sysmon saw this call at 1.14ms and looks again in 120us; as P0 has no work and others are free, it leaves it there up to 10ms.\n"
        "The device runs decode (k1), enqueued at 20_3_3_slow_client_wrong.lua:59, until 2.098927ms.\n"
        "g2 batcher called clFinish at 20_3_3_slow_client_wrong.lua:60, at 1.096454ms, and sleeps in the driver until that is done.\n", at_work);
    check_text("why, the device stopped",
        "g5 client waits to receive from tokens (c3) at 20_3_3_slow_client_wrong.lua:68, since 17.111089ms: it is number 1 of 1 there, "
        "and the channel holds 0 of 0.\n"
        "In this run g2 batcher does its part in 5.111826ms.\n"
        "g2 batcher waits to send on tokens (c1) at 20_3_3_slow_client_wrong.lua:50, since 18.115419ms: it is number 1 of 1 there, and "
        "the channel holds 0 of 0.\n"
        "In this run g3 slow does its part in 5.111556ms.\n"
        "g3 slow sleeps since 17.106015ms, until 25.106015ms, which is in 5.106015ms: it asked for that at "
        "20_3_3_slow_client_wrong.lua:71.\n", stopped);
    free(at_work);
    free(stopped);
}

void cli_service_tests(void) {
    static const Check checks[] = {
        {"what their knobs show is so", what_the_knobs_show_is_so},
        {"why follows the pressure to its end", why_follows_the_pressure_to_its_end},
        {"with the fix a slow client costs a tenth at most", the_fix_leaves_a_tenth_of_the_cost}, {0}};
    suite("command line: a service and its slow client", checks);
}

/* twins_test.c -- real programs do what their scenarios do: every twin, until each fact has held once.
 *
 * Only firm facts are asked for (twins.def): what happened, to whom, how often, in which order. A busy machine stretches
 * times, and a stretched time can break an order; so a run in which threads had to wait for a CPU proves nothing
 * against a fact, though it may for it. A fact that the model has wrong never holds, on no machine.
 */
#include "twin.h"

#include "../check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ATTEMPTS = 12, QUIET_ATTEMPTS = 4, CHECKS_MAX = 32, QUIET_NS = 2000000 };

static void show(const Twin *t, unsigned procs, const TwinCheck *k, const Facts *real, const Facts *simulated) {
    char rule[96], *a = fact_text(real, k->fact), *b = fact_text(simulated, k->fact);
    twin_rule_text(k, rule, sizeof rule);
    printf("\n    %s, GOMAXPROCS=%u: %s: not %s\n    real:      %.900s\n    simulated: %.900s\n", t->name, procs,
           fact_spec[k->fact].label, rule, a, b);
    free(a);
    free(b);
}

typedef enum { AGREES, DIFFERS, TOO_BUSY, NOT_RUN } Outcome;

/* Notes what holds in this run; true if all has held by now. */
static bool note_held(const Twin *t, unsigned procs, const Facts *real, const Facts *simulated, bool *held) {
    bool all = true;
    for (size_t i = 0; i < t->checks; i++) {
        const TwinCheck *k = &t->check[i];
        if (!twin_firm(k) || (k->procs != 0 && k->procs != procs)) continue;
        held[i] |= twin_holds(k, real, simulated);
        all &= held[i];
    }
    return all;
}

static void show_missing(const Twin *t, unsigned procs, const Facts *real, const Facts *simulated, const bool *held) {
    for (size_t i = 0; i < t->checks; i++) {
        const TwinCheck *k = &t->check[i];
        if (twin_firm(k) && !held[i] && (k->procs == 0 || k->procs == procs)) show(t, procs, k, real, simulated);
    }
}

static Outcome compare(const Twin *t, unsigned procs, Diag *d) {
    Facts simulated, real;
    bool held[CHECKS_MAX] = {false};
    Outcome got = TOO_BUSY;
    CU_ASSERT_FATAL(t->checks <= CHECKS_MAX);
    if (!twin_run_simulated(t, procs, NULL, &simulated, d)) return NOT_RUN;
    for (int n = 0, quiet = 0; n < ATTEMPTS && got == TOO_BUSY; n++) {
        if (!twin_run_real(t, procs, &real, d)) {
            got = NOT_RUN;
            break;
        }
        quiet += real.waited_ns < QUIET_NS;
        if (note_held(t, procs, &real, &simulated, held)) got = AGREES;
        else if (quiet == QUIET_ATTEMPTS) got = DIFFERS;
        if (got == DIFFERS) show_missing(t, procs, &real, &simulated, held);
        facts_free(&real);
    }
    facts_free(&simulated);
    return got;
}

static void every_twin_agrees(void) {
    char version[64];
    if (!twin_go(version, sizeof version)) {
        check_skip("no Go, or one before 1.22, or no C compiler for cgo");
        return;
    }
    unsigned busy = 0;
    CU_ASSERT(twin_count >= 10);
    for (size_t i = 0; i < twin_count; i++) {
        Diag d = {0};
        char *next;
        bool ok = twin_build(&twins[i], &d);
        for (unsigned long p = strtoul(twins[i].procs, &next, 10); ok && p > 0; p = strtoul(next, &next, 10)) {
            Outcome got = compare(&twins[i], (unsigned)p, &d);
            CU_ASSERT(got == AGREES || got == TOO_BUSY);
            busy += got == TOO_BUSY;
        }
        CU_ASSERT_STRING_EQUAL(d.message, "");
        if (d.message[0] != '\0') printf("\n    %s\n", d.message);
    }
    if (busy > 0) check_skip("too busy a machine to see some twin undisturbed");
}

/* The comparison must see a difference, or it says nothing. */
static void one_twin_is_not_another(void) {
    Facts a, b;
    Diag d;
    unsigned differ = 0;
    const Twin *spawn = NULL, *yield = NULL;
    for (size_t i = 0; i < twin_count; i++) {
        if (strcmp(twins[i].name, "spawn") == 0) spawn = &twins[i];
        if (strcmp(twins[i].name, "yield") == 0) yield = &twins[i];
    }
    CU_ASSERT_FATAL(spawn != NULL && yield != NULL);
    CU_ASSERT_FATAL(twin_run_simulated(spawn, 1, NULL, &a, &d));
    CU_ASSERT_FATAL(twin_run_simulated(yield, 1, NULL, &b, &d));
    for (size_t i = 0; i < spawn->checks; i++) {
        CU_ASSERT(twin_holds(&spawn->check[i], &a, &a));
        differ += !twin_holds(&spawn->check[i], &a, &b);
    }
    CU_ASSERT(differ >= 4);
    char *text = fact_text(&a, FACT_first_runs);
    CU_ASSERT_STRING_EQUAL(text, "parent 20, parent 1 to 19, child 1 to 40");
    free(text);
    text = fact_text(&b, FACT_runs);
    CU_ASSERT_STRING_EQUAL(text, "(polite 3, polite 1, polite 2) ×10, polite 3, main, polite 1, main, polite 2, main");
    free(text);
    facts_free(&a);
    facts_free(&b);
}

void twins_tests(void) {
    static const Check checks[] = {
        {"one twin is not another", one_twin_is_not_another},
        {"every twin agrees with its real program", every_twin_agrees},
        {0},
    };
    suite("twins", checks);
}

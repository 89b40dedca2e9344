/* twin.c -- builds, runs and judges. Whatever the user's Go is told to do otherwise (another toolchain, flags), it
 * is not told here.
 */
#include "twin.h"

#include "../../sim/base/units.h"
#include "../cli/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TWIN(name, procs, what, checks) static const TwinCheck checks_of_##name[] = {checks};
#define CHECK(procs, fact, rule, bound, why) {procs, FACT_##fact, RULE_##rule, bound, why},
#include "twins.def"
#undef TWIN
const Twin twins[] = {
#define TWIN(name, procs, what, checks) {#name, procs, what, checks_of_##name, ARRAY_LEN(checks_of_##name)},
#include "twins.def"
#undef TWIN
#undef CHECK
};
const size_t twin_count = ARRAY_LEN(twins);

/* ---- rules ---- */

static const struct {
    bool firm;
} rules[RULE_COUNT] = {
#define X(name, firm, what) [RULE_##name] = {firm},
    RULES(X)
#undef X
};

bool twin_firm(const TwinCheck *c) { return rules[c->rule].firm && c->why == NULL; }

static bool is_preemption(const char *item) { return strstr(item, "(preempted)") != NULL; }

/* The same items in the same order; `unhurried`: preemptions are passed over. */
static bool same_items(const Fact *a, const Fact *b, bool unhurried) {
    for (size_t i = 0, k = 0;;) {
        while (unhurried && i < a->count && is_preemption(a->item[i])) i++;
        while (unhurried && k < b->count && is_preemption(b->item[k])) k++;
        if (i == a->count || k == b->count) return i == a->count && k == b->count;
        if (strcmp(a->item[i++], b->item[k++]) != 0) return false;
    }
}

static bool near(uint64_t a, uint64_t b, uint64_t factor) { return a <= b * factor && b <= a * factor; }

static bool near_times(const Fact *a, const Fact *b, uint64_t factor) {
    if (a->count == 0 || b->count == 0) return a->count == b->count;
    return near(fact_percentile(a, 50), fact_percentile(b, 50), factor) &&
           near(fact_percentile(a, 90), fact_percentile(b, 90), factor);
}

static bool within(const TwinCheck *c, const Fact *f) {
    bool times = fact_spec[c->fact].kind == FACT_TIMES;
    bool less = c->rule == RULE_NOT_LESS;
    if (times && f->count == 0) return !less;
    uint64_t v = !times ? f->number : less ? f->ns[0] : f->ns[f->count - 1];
    return less ? v >= c->bound : v <= c->bound;
}

bool twin_holds(const TwinCheck *c, const Facts *real, const Facts *simulated) {
    const Fact *a = &real->of[c->fact], *b = &simulated->of[c->fact];
    bool number = fact_spec[c->fact].kind == FACT_NUMBER;
    switch (c->rule) {
    case RULE_SAME:
    case RULE_UNHURRIED: return number ? a->number == b->number : same_items(a, b, c->rule == RULE_UNHURRIED);
    case RULE_NOT_LESS:
    case RULE_NOT_MORE: return within(c, a) && within(c, b);
    case RULE_NEAR: return number ? near(a->number, b->number, c->bound) : near_times(a, b, c->bound);
    case RULE_COUNT: break;
    }
    UNREACHABLE();
}

bool twin_median_holds(const TwinCheck *c, const Facts *real, const Facts *simulated) {
    const Fact *a = &real->of[c->fact], *b = &simulated->of[c->fact];
    if (c->rule != RULE_NEAR || fact_spec[c->fact].kind != FACT_TIMES || a->count == 0 || b->count == 0) return false;
    return near(fact_percentile(a, 50), fact_percentile(b, 50), c->bound);
}

void twin_rule_text(const TwinCheck *c, char *buf, size_t size) {
    char bound[TIME_TEXT_MAX];
    if (fact_spec[c->fact].kind == FACT_TIMES) time_text(bound, sizeof bound, c->bound);
    else snprintf(bound, sizeof bound, "%" PRIu64, c->bound);
    switch (c->rule) {
    case RULE_SAME: snprintf(buf, size, "the same"); break;
    case RULE_UNHURRIED: snprintf(buf, size, "the same but for preemptions"); break;
    case RULE_NOT_LESS: snprintf(buf, size, "each ≥ %s", bound); break;
    case RULE_NOT_MORE: snprintf(buf, size, "each ≤ %s", bound); break;
    case RULE_NEAR: snprintf(buf, size, "within ×%" PRIu64, c->bound); break;
    case RULE_COUNT: UNREACHABLE();
    }
}

/* ---- running ---- */

#define GO_ENV "unset GODEBUG GOGC GOMEMLIMIT GOEXPERIMENT; GOTOOLCHAIN=local GOFLAGS= GOWORK=off CGO_ENABLED=1 "
#define FOLDER "tests/go/twins/"

/* The trace of a Go before 1.22 is another format; cgo needs the C compiler that Go calls. */
bool twin_go(char *version, size_t size) {
    enum { GO_MINOR_MIN = 22 };
    Result r = command(GO_ENV "go env GOVERSION && command -v $(go env CC) >/dev/null");
    unsigned minor = 0;
    bool ok = r.status == 0 && sscanf(r.out, "go1.%u", &minor) == 1 && minor >= GO_MINOR_MIN;
    if (ok) snprintf(version, size, "%.*s", (int)strcspn(r.out, "\n"), r.out);
    result_free(&r);
    return ok;
}

/* One command line of three that make a trace of ours. */
static bool step(const Twin *t, const char *what, Result r, Diag *d) {
    bool ok = r.status == 0;
    if (!ok) diag_fail(d, EXIT_WORLD, "%s: %s: status %d: %.500s", t->name, what, r.status, r.err);
    result_free(&r);
    return ok;
}

bool twin_build(const Twin *t, Diag *d) {
    return step(t, "go build",
                command(GO_ENV "go build -o $T/twin-%s " FOLDER "%s.go " FOLDER "twin.go", t->name, t->name), d);
}

static bool read_facts(Facts *f, Diag *d) { return facts_read(f, temp_path("twin.trace"), d); }

bool twin_run_real(const Twin *t, unsigned procs, Facts *f, Diag *d) {
    Result r = command("unset GODEBUG GOGC GOMEMLIMIT; GOMAXPROCS=%u $T/twin-%s $T/twin.go", procs, t->name);
    if (!step(t, "the program", r, d)) return false;
    return step(t, "import", command("$F import -q -o $T/twin.trace $T/twin.go"), d) && read_facts(f, d);
}

bool twin_run_simulated(const Twin *t, unsigned procs, const char *profile, Facts *f, Diag *d) {
    Result r = command("$F run --quiet --device none --procs %u %s%s --out $T/twin.trace " FOLDER "%s.lua", procs,
                       profile ? "--profile " : "", profile ? profile : "", t->name);
    return step(t, "the scenario", r, d) && read_facts(f, d);
}

/* cost.c -- cost profiles: the table, and its text form for a trace. */
#include "cost.h"

#include <stdio.h>

const CostSpec cost_spec[COST_COUNT] = {
#define COST(name, ns, what, source) [COST_##name] = {#name, what, source, ns},
#include "cost.def"
#undef COST
};

bool cost_in_picoseconds(const CostSpec *spec) {
    size_t len = strlen(spec->name);
    return len > 3 && strcmp(spec->name + len - 3, "_ps") == 0;
}

void costs_default(Costs *c) {
    for (int i = 0; i < COST_COUNT; i++) c->ns[i] = cost_spec[i].ns;
}

bool costs_set(Costs *c, const char *name, uint64_t ns) {
    for (int i = 0; i < COST_COUNT; i++) {
        if (strcmp(cost_spec[i].name, name) != 0) continue;
        c->ns[i] = ns;
        return true;
    }
    return false;
}

void costs_text(const Costs *c, Bytes *out) {
    for (int i = 0; i < COST_COUNT; i++) {
        char line[96];
        int n = snprintf(line, sizeof line, "%s=%llu\n", cost_spec[i].name,
                         (unsigned long long)c->ns[i]);
        bytes_add(out, line, (size_t)n);
    }
}

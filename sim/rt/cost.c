/* cost.c -- cost profiles: the table, and its text form inside a trace. */
#include "cost.h"

#include <stdio.h>
#include <stdlib.h>

const CostSpec cost_spec[COST_COUNT] = {
#define COST(name, ns, what, source) [COST_##name] = {#name, what, source, ns},
#include "cost.def"
#undef COST
};

void costs_default(Costs *c) {
    for (int i = 0; i < COST_COUNT; i++) c->ns[i] = cost_spec[i].ns;
}

static int find(const char *name, size_t len) {
    for (int i = 0; i < COST_COUNT; i++) {
        if (strlen(cost_spec[i].name) == len && memcmp(cost_spec[i].name, name, len) == 0) return i;
    }
    return -1;
}

bool costs_set(Costs *c, const char *name, uint64_t ns) {
    int i = find(name, strlen(name));
    if (i >= 0) c->ns[i] = ns;
    return i >= 0;
}

void costs_text(const Costs *c, Bytes *out) {
    for (int i = 0; i < COST_COUNT; i++) {
        char line[96];
        int n = snprintf(line, sizeof line, "%s=%llu\n", cost_spec[i].name,
                         (unsigned long long)c->ns[i]);
        bytes_add(out, line, (size_t)n);
    }
}

bool costs_parse(Costs *c, const char *text) {
    costs_default(c);
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, "=\n");
        int i = p[n] == '=' ? find(p, n) : -1;
        if (i < 0) return false;
        char *end;
        c->ns[i] = strtoull(p + n + 1, &end, 10);
        if (*end != '\n') return false;
        p = end + 1;
    }
    return true;
}

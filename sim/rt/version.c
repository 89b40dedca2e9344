/* version.c -- rules and costs of one version of Go: the tables of version.def, and looking things up in them. */
#include "version.h"

typedef enum {
#define GO(id, ...) GO_##id,
#include "version.def"
    GO_COUNT
} GoId;

const GoVersion go_version[] = {
#define GO(id, ...) [GO_##id] = {__VA_ARGS__},
#include "version.def"
};
const size_t go_version_count = GO_COUNT;

static const struct {
    GoId go;
    CostName cost;
    uint64_t ns;
    const char *source;
} different[] = {
#define COST_IN(id, name, ns, source) {GO_##id, COST_##name, ns, source},
#include "version.def"
};

const GoVersion *go_version_find(const char *name) {
    for (size_t i = 0; i < go_version_count; i++) {
        if (strcmp(go_version[i].name, name) == 0) return &go_version[i];
    }
    return NULL;
}

static size_t change(GoChange out[GO_CHANGES_MAX], size_t n, const GoVersion *in, const char *what) {
    ASSERT(n < GO_CHANGES_MAX);
    out[n] = (GoChange){in, what};
    return n + 1;
}

size_t go_changes(const GoVersion *a, const GoVersion *b, GoChange out[GO_CHANGES_MAX]) {
    const GoVersion *older = a < b ? a : b, *newer = a < b ? b : a;
    size_t n = 0;
    for (const GoVersion *v = older + 1; v <= newer; v++) {
#define RULE(rule, what) \
    if (v->rule != v[-1].rule) n = change(out, n, v, what);
#include "version.def"
        if (v->also[0]) n = change(out, n, v, v->also);
    }
    return n;
}

void costs_for(const GoVersion *go, Costs *c) {
    costs_default(c);
    for (size_t i = 0; i < ARRAY_LEN(different); i++) {
        if (&go_version[different[i].go] == go) c->ns[different[i].cost] = different[i].ns;
    }
}

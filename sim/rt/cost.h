/* cost.h -- how long things take in virtual time: a profile of named durations (cost.def). */
#ifndef FAULTLINE_COST_H
#define FAULTLINE_COST_H

#include "../base/bytes.h"

typedef enum {
#define COST(name, ns, what, source) COST_##name,
#include "cost.def"
#undef COST
    COST_COUNT
} CostName;

typedef struct {
    uint64_t ns[COST_COUNT];
} Costs;

typedef struct {
    const char *name, *what, *source;
    uint64_t ns;
} CostSpec;
extern const CostSpec cost_spec[COST_COUNT];
#define COST_MAX_NS 86400000000000u /* a day */

/* A row whose name ends in _ps. */
bool cost_in_picoseconds(const CostSpec *spec);

void costs_default(Costs *c);
/* False when there is no such row. */
bool costs_set(Costs *c, const char *name, uint64_t ns);
/* "name=ns" lines, as they stand in a trace's section "profile". */
void costs_text(const Costs *c, Bytes *out);

#endif

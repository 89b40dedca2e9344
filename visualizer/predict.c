/* predict.c -- what will it do next? Asked of whoever acts in the next event: that much a class may know. */
#include "predict.h"

#include "../sim/lens/narrate.h"

#include <stdio.h>

static bool known_g(const Model *m, uint64_t g) { return g < m->g_count && m->g[g].state != G_NONE; }

const char *predict_question(char buf[QUESTION_MAX], const Model *m, const Event *e) {
    char name[64];
    Group group = e->kind < EV_COUNT ? event_spec[e->kind].group : GROUP_RUN;
    uint64_t g = event_first(e, KIND_G), p = event_first(e, KIND_P), id = event_first(e, KIND_M);
    if (group == GROUP_SYSMON) snprintf(buf, QUESTION_MAX, "What will sysmon do at its next look?");
    else if (e->kind == EV_DEV_START || e->kind == EV_DEV_DONE || e->kind == EV_DEV_IDLE)
        snprintf(buf, QUESTION_MAX, "What will the device do next?");
    else if (group == GROUP_QUEUE && p != NONE) snprintf(buf, QUESTION_MAX, "Which goroutine is next on P%llu?", (unsigned long long)p);
    else if (group == GROUP_WORLD || group == GROUP_HEAP) snprintf(buf, QUESTION_MAX, "What will happen to memory next?");
    else if (known_g(m, g)) snprintf(buf, QUESTION_MAX, "What will %s do next?", narrate_g(m, g, name, sizeof name));
    else if (id != NONE) snprintf(buf, QUESTION_MAX, "What will M%llu do next?", (unsigned long long)id);
    else if (p != NONE) snprintf(buf, QUESTION_MAX, "What will become of P%llu next?", (unsigned long long)p);
    else snprintf(buf, QUESTION_MAX, "What will happen next?");
    return buf;
}

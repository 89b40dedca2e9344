/* layout_filter.c -- which lanes a typed word leaves: by kind ("m", "queue"), by id ("g7"), or by a part of what they are called or of
 * what they are at now: a C function, a reason to wait, a state. */
#include "layout.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *word;
    LaneKind kind;
} words[] = {{"sysmon", LANE_SYSMON}, {"gc", LANE_GC},      {"p", LANE_P},         {"ps", LANE_P},       {"m", LANE_M},
             {"ms", LANE_M},          {"threads", LANE_M},  {"g", LANE_G},         {"gs", LANE_G},       {"goroutines", LANE_G},
             {"queue", LANE_QUEUE},   {"queues", LANE_QUEUE}, {"device", LANE_QUEUE}};

/* "g7": the letter of a kind, and a number. */
static bool is_id(const char *text, LaneKind *kind, uint64_t *id) {
    static const char letter[] = {[LANE_P] = 'p', [LANE_M] = 'm', [LANE_G] = 'g'};
    char *end;
    for (LaneKind k = LANE_P; k <= LANE_G; k++) {
        if (tolower((unsigned char)text[0]) != letter[k] || !isdigit((unsigned char)text[1])) continue;
        *kind = k;
        *id = strtoull(text + 1, &end, 10);
        return *end == '\0';
    }
    return false;
}

static bool has(const char *name, const char *part) { return strcasestr(name, part) != NULL; }

static bool g_is_like(const Model *m, uint64_t g, const char *text) {
    const ModelG *gp = &m->g[g];
    if (has(model_g_name(m, g), text) || has(g_state_name[gp->state], text)) return true;
    return has(intern_text(m->text, gp->state == G_SYSCALL ? gp->fn : gp->state == G_WAITING ? gp->reason : NONE), text);
}

static bool m_is_like(const Model *m, uint64_t id, const char *text) {
    const ModelM *mp = &m->m[id];
    if (has(m_state_name[mp->state], text)) return true;
    return mp->state == M_IN_C && mp->g < m->g_count && has(intern_text(m->text, m->g[mp->g].fn), text);
}

static bool queue_is_like(const Model *m, uint64_t id, const char *text) {
    char name[32];
    snprintf(name, sizeof name, "queue %llu", (unsigned long long)id);
    return has(name, text) || has(intern_text(m->text, m->queue[id].name), text);
}

bool lane_is_kept(const Scene *s, LaneKind kind, uint64_t id) {
    const char *text = s->filter;
    LaneKind only;
    uint64_t number;
    if (text == NULL || text[0] == '\0') return true;
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strcasecmp(words[i].word, text) == 0) return words[i].kind == kind;
    }
    if (is_id(text, &only, &number)) return only == kind && number == id;
    switch (kind) {
    case LANE_G: return g_is_like(s->model, id, text);
    case LANE_M: return m_is_like(s->model, id, text);
    case LANE_QUEUE: return queue_is_like(s->model, id, text);
    default: return false;
    }
}

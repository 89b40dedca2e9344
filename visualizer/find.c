/* find.c -- ids first, then events, then names: the more exact goes before the vaguer. */
#include "find.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool has_number(const char *text, char letter, uint64_t *id) {
    char *end;
    if (tolower((unsigned char)text[0]) != tolower((unsigned char)letter) || !isdigit((unsigned char)text[1])) return false;
    *id = strtoull(text + 1, &end, 10);
    return *end == '\0';
}

static bool is_there(const Model *m, Kind kind, uint64_t id) {
    switch (kind) {
    case KIND_G: return id < m->g_count && m->g[id].state != G_NONE;
    case KIND_P: return id < m->p_count;
    case KIND_M: return id < m->m_count && m->m[id].state != M_NONE;
    case KIND_CHAN: return id < m->chan_count;
    case KIND_OBJ: return id < m->obj_count;
    case KIND_CMD: return id < m->cmd_count;
    default: return false;
    }
}

static const char *name_of(const Model *m, Kind kind, uint64_t id) {
    if (kind == KIND_G) return model_g_name(m, id);
    if (kind == KIND_CHAN) return intern_text(m->text, m->chan[id].name);
    return kind == KIND_OBJ ? intern_text(m->text, m->obj[id].name) : "";
}

static uint64_t next_event(Feed *f, EventKind kind, uint64_t after) {
    Event e;
    for (uint64_t seq = after + 1; feed_event(f, seq, &e); seq++) {
        if (e.kind == (uint32_t)kind) return seq;
    }
    return feed_find(f, event_spec[kind].name, false);
}

bool find_in(Feed *f, const char *text, uint64_t seq, Found *found) {
    static const Kind ids[] = {KIND_G, KIND_P, KIND_M, KIND_CHAN, KIND_OBJ, KIND_CMD}, named[] = {KIND_CHAN, KIND_G, KIND_OBJ};
    const Model *m = feed_head(f);
    uint64_t id;
    *found = (Found){NO_THING, 0};
    if (text[0] == '\0') return false;
    if (has_number(text, '#', &id) && id >= 1 && id <= feed_count(f)) {
        found->seq = id;
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        if (!has_number(text, kind_letter[ids[i]][0], &id) || !is_there(m, ids[i], id)) continue;
        found->thing = (Thing){ids[i], id};
        return true;
    }
    for (int kind = 0; kind < EV_COUNT; kind++) {
        if (strlen(text) != strlen(event_spec[kind].name) || !strcasestr(event_spec[kind].name, text)) continue;
        found->seq = next_event(f, (EventKind)kind, seq);
        return found->seq != 0;
    }
    for (size_t k = 0; k < ARRAY_LEN(named); k++) {
        uint64_t count = named[k] == KIND_G ? m->g_count : named[k] == KIND_CHAN ? m->chan_count : m->obj_count;
        for (id = 0; id < count; id++) {
            if (!is_there(m, named[k], id) || !strcasestr(name_of(m, named[k], id), text)) continue;
            found->thing = (Thing){named[k], id};
            return true;
        }
    }
    return false;
}

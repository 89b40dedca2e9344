/* blame.c -- reading off the model who waits for whom. */
#include "blame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define G(id) ((Thing){KIND_G, (id)})

static bool known_g(const Model *m, uint64_t g) { return g < m->g_count && m->g[g].state != G_NONE; }

/* The longest waits are kept: whoever has waited less than all of a full list is only counted. */
static void add(Blame *b, BlameEdge e) {
    b->all++;
    size_t i = b->count < BLAME_MAX ? b->count++ : BLAME_MAX - 1;
    if (b->count == BLAME_MAX && b->all > BLAME_MAX && b->edge[i].since_ns <= e.since_ns) return;
    for (; i > 0 && b->edge[i - 1].since_ns > e.since_ns; i--) b->edge[i] = b->edge[i - 1];
    b->edge[i] = e;
}

/* ---------------------------------------------------------------- at a channel */

/* Who was at its other end last, of those that live; `many`: others were there, too. */
static uint64_t partner(const Model *m, const Steps *s, uint64_t chan, bool sending, uint64_t self, bool *many) {
    uint64_t g[USERS_MAX], found = NONE;
    *many = true;
    if (chan >= s->chan_count || s->chan[chan].outside) return NONE;
    const Users *users = sending ? &s->chan[chan].receivers : &s->chan[chan].senders;
    size_t count = users_around(users, m, g), alive = 0;
    for (size_t i = 0; i < count; i++) {
        if (g[i] == self || !known_g(m, g[i]) || m->g[g[i]].state == G_DEAD) continue;
        alive++;
        found = g[i];
    }
    *many = alive != 1;
    return found;
}

static void at_channel(Blame *b, const Model *m, const Steps *s, uint64_t g) {
    const ModelG *gp = &m->g[g];
    bool sending = gp->place == AT_SENDQ, many;
    uint64_t by = partner(m, s, gp->chan, sending, g, &many);
    add(b, (BlameEdge){sending ? BLAME_SEND : BLAME_RECEIVE, G(g), {KIND_CHAN, gp->chan}, G(by), gp->since_ns, !many, false});
}

/* Any of its cases would do: it is told by the first whose other end is known. */
static void at_select(Blame *b, const Model *m, const Steps *s, uint64_t g) {
    BlameEdge e = {BLAME_SELECT, G(g), NO_THING, NO_THING, m->g[g].since_ns, false, false};
    uint64_t first = NONE;
    for (uint64_t entry = m->g[g].next; entry != NONE; entry = m->sudog[entry - MODEL_SUDOG].other) {
        const ModelSudog *sg = &m->sudog[entry - MODEL_SUDOG];
        bool many;
        uint64_t by = sg->chan < m->chan_count ? partner(m, s, sg->chan, sg->sending, g, &many) : NONE;
        if (by == NONE || sg->nth > first) continue;
        first = sg->nth;
        e.at = (Thing){KIND_CHAN, sg->chan};
        e.of = G(by);
    }
    add(b, e);
}

/* ---------------------------------------------------------------- at a lock, in C, behind a P */

/* Each reader that has it keeps a writer out: all of them have to go. */
static void at_lock(Blame *b, const Model *m, uint64_t g) {
    enum { HOLDERS_MAX = 4 };
    Thing at = {KIND_SYNC, model_waits_at(&m->g[g])};
    uint64_t by = model_blocker(m, g, 0);
    if (by == NONE) add(b, (BlameEdge){BLAME_LOCK, G(g), at, NO_THING, m->g[g].since_ns, false, false});
    bool weighted = m->sync[at.id].kind == SYNC_WEIGHTED;
    for (uint64_t n = 0; n < HOLDERS_MAX && (by = model_blocker(m, g, n)) != NONE; n++)
        add(b, (BlameEdge){BLAME_LOCK, G(g), at, G(by), m->g[g].since_ns, !weighted, false});
}

static void in_c(Blame *b, const Model *m, uint64_t g) {
    const ModelG *gp = &m->g[g];
    if (gp->m >= m->m_count) return;
    const ModelM *mp = &m->m[gp->m];
    uint64_t cmd = mp->cmd < m->cmd_count ? mp->cmd : mp->queue < m->queue_count ? model_running_cmd(m, mp->queue) : NONE;
    if (model_waits_at(gp) < m->sync_count) at_lock(b, m, g);
    else if (cmd != NONE)
        add(b, (BlameEdge){BLAME_DEVICE, G(g), {KIND_QUEUE, m->cmd[cmd].queue}, {KIND_CMD, cmd}, gp->since_ns, true, false});
    else add(b, (BlameEdge){BLAME_IN_C, G(g), NO_THING, NO_THING, gp->since_ns, false, false});
}

/* Its queue stands still for as long as nobody takes the P away. */
static void behind_a_call(Blame *b, const Model *m, uint64_t p) {
    const ModelP *pp = &m->p[p];
    if (!model_p_in_syscall(m, p) || pp->m >= m->m_count || m->m[pp->m].g == NONE) return;
    if (pp->runq.count + (pp->runnext != NONE) == 0) return;
    add(b, (BlameEdge){BLAME_P, {KIND_P, p}, {KIND_M, pp->m}, G(m->m[pp->m].g), m->m[pp->m].since_ns, false, false});
}

/* ---------------------------------------------------------------- circles */

/* By sure steps only, from where `from` leads. */
static bool leads_to(const Blame *b, Thing from, Thing to) {
    bool seen[BLAME_MAX] = {false};
    size_t todo[BLAME_MAX], n = 0;
    for (size_t i = 0; i < b->count; i++) {
        if (b->edge[i].sure && same_thing(b->edge[i].who, from)) seen[i] = true, todo[n++] = i;
    }
    for (size_t k = 0; k < n; k++) {
        Thing next = b->edge[todo[k]].of;
        if (same_thing(next, to)) return true;
        for (size_t i = 0; i < b->count; i++) {
            if (!seen[i] && b->edge[i].sure && same_thing(b->edge[i].who, next)) seen[i] = true, todo[n++] = i;
        }
    }
    return false;
}

static void find_circles(Blame *b) {
    for (size_t i = 0; i < b->count; i++) {
        BlameEdge *e = &b->edge[i];
        if (!e->sure || e->of.id == NONE || e->of.kind != KIND_G) continue;
        e->circle = same_thing(e->of, e->who) || leads_to(b, e->of, e->who);
        b->circles += e->circle;
    }
}

void blame_find(Blame *b, const Model *m, const Steps *s) {
    *b = (Blame){0};
    for (uint64_t g = 1; g < m->g_count; g++) {
        const ModelG *gp = &m->g[g];
        bool queues = gp->place == AT_SENDQ || gp->place == AT_RECVQ;
        if (gp->state == G_SYSCALL) in_c(b, m, g);
        if (gp->state != G_WAITING) continue;
        if (model_waits_at(gp) < m->sync_count) at_lock(b, m, g);
        else if (queues && gp->chan < m->chan_count) at_channel(b, m, s, g);
        else if (gp->place == AT_SELECT) at_select(b, m, s, g);
    }
    for (uint64_t p = 0; p < m->p_count; p++) behind_a_call(b, m, p);
    find_circles(b);
}

/* ---------------------------------------------------------------- words */

static const char *name_of(char *buf, size_t size, const Model *m, Thing t) {
    uint64_t name = t.kind == KIND_CHAN && t.id < m->chan_count   ? m->chan[t.id].name
                    : t.kind == KIND_SYNC && t.id < m->sync_count ? m->sync[t.id].name
                    : t.kind == KIND_CMD && t.id < m->cmd_count   ? m->cmd[t.id].name
                                                                  : NONE;
    const char *text = name != NONE ? intern_text(m->text, name) : "";
    if (text[0]) snprintf(buf, size, "%s", text);
    else snprintf(buf, size, "%s%llu", kind_letter[t.kind], (unsigned long long)t.id);
    return buf;
}

/* Where it is that has left Go. */
static const char *place_of(const Model *m, Thing t) { return t.kind == KIND_G && model_in_system_call(m, t.id) ? "a system call" : "C"; }

const char *blame_words(char buf[BLAME_WORDS], const Model *m, const BlameEdge *e) {
    char name[64];
    uint64_t fn = e->who.kind == KIND_G ? m->g[e->who.id].fn : NONE;
    name_of(name, sizeof name, m, e->way == BLAME_DEVICE ? e->of : e->at);
    switch (e->way) {
    case BLAME_SEND: snprintf(buf, BLAME_WORDS, "to send on %s", name); break;
    case BLAME_RECEIVE: snprintf(buf, BLAME_WORDS, "to receive from %s", name); break;
    case BLAME_SELECT: snprintf(buf, BLAME_WORDS, e->at.id == NONE ? "in a select" : "in a select, for %s or others", name); break;
    case BLAME_LOCK: snprintf(buf, BLAME_WORDS, "for %s", name); break;
    case BLAME_DEVICE: snprintf(buf, BLAME_WORDS, "for the device, which runs %s", name); break;
    case BLAME_IN_C:
        snprintf(buf, BLAME_WORDS, "in %.64s", fn != NONE && intern_text(m->text, fn)[0] ? intern_text(m->text, fn) : place_of(m, e->who));
        break;
    case BLAME_P: snprintf(buf, BLAME_WORDS, "its queue, for %s in %s", name, place_of(m, e->of)); break;
    }
    return buf;
}

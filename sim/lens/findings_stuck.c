/* findings_stuck.c -- goroutines that can never go on, though the program does.
 *
 * Go reports a deadlock when all are asleep; of a few it says nothing. Here, at the end of a run, every goroutine that waits
 * is suspected, and acquitted as soon as somebody is found who could end its wait: who has the lock, or has been at the other
 * end of the channel (partners.h), and can go on himself. Main counts as one that can, even when it has returned. Of
 * those that stay, some wait for goroutines that have ended, or for others that do: they have leaked. The rest wait for
 * each other: a deadlock of a part.
 *
 * Where nobody is known who has been at the other end, nothing is claimed. The trace of a real program says nothing of
 * channels: there the goroutines of one go statement are judged by their number.
 */
#include "findings_waits.h"

#include "narrate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAK_MIN = 10, MAIN = 1, NAME = 64, WHAT = 96 };
#define LEAK_NS 1000000000u

/* ---- an imported trace ---- */

static bool is_stuck(const Model *m, const ModelG *gp) {
    static const char *const reasons[] = {"chan receive", "chan send", "select", "sync", "network"};
    const char *reason = intern_text(m->text, gp->reason);
    uint64_t waits = m->now_ns - gp->since_ns;
    if (gp->state != G_WAITING || (waits < LEAK_NS && waits < m->now_ns / 2)) return false;
    for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
        if (strncmp(reason, reasons[i], strlen(reasons[i])) == 0) return true;
    }
    return false;
}

static void judge_imported(Findings *f, const Model *m) {
    for (size_t i = 1; i < m->g_count; i++) {
        Birthplace *b = is_stuck(m, &m->g[i]) ? findings_birthplace(f, m->g[i].born_line) : NULL;
        if (b && b->stuck++ == 0) b->g = i;
    }
    for (size_t i = 0; f->waits && i < f->waits->place_count; i++) {
        const Birthplace *b = &f->waits->place[i];
        if (b->stuck < LEAK_MIN || 2 * b->ended >= b->made) continue;
        Finding *x = findings_saw(f, FIND_goroutine_leak, m->now_ns, m->seq);
        if (x->times > 1) continue;
        char who[NAME];
        x->g = b->g;
        x->line = b->line;
        findings_say(x, "%llu goroutines were made here, %llu have ended, and %llu wait at the end of the trace; the first is %s, in %s",
            (Ull)b->made, (Ull)b->ended, (Ull)b->stuck, narrate_g(m, b->g, who, sizeof who),
            intern_text(m->text, m->g[b->g].reason));
    }
}

/* ---- a run of ours ---- */

typedef enum { FREE, SUSPECT, LEAKED } Verdict;

typedef struct {
    const Model *m;
    const Partners *partners;
    uint8_t *verdict; /* by goroutine */
    uint64_t *agenda; /* those whose verdict others' may depend on: looked at once each */
    size_t agenda_count;
} Inquest;

/* Of whoever could end this wait: does anybody stand so that it is not hopeless? */
typedef bool (*Hope)(const Inquest *q, uint64_t g);

static bool can_go_on(const Inquest *q, uint64_t g) { return g == MAIN || (model_g_lives(q->m, g) && q->verdict[g] == FREE); }
/* It lives, and is caught, but not by somebody's end. */
static bool is_caught(const Inquest *q, uint64_t g) { return g != MAIN && model_g_lives(q->m, g) && q->verdict[g] == SUSPECT; }

static bool hope_at(const Inquest *q, uint64_t g, uint64_t chan, bool sending, Hope hope, bool *known) {
    const Ends *c = partners_at(q->partners, chan);
    *known = true;
    if (c == NULL || c->outside || model_context_of(q->m, chan) != NONE) {
        *known = false;
        return true;
    }
    bool any = false;
    for (const End *end = partners_first_of_chan(q->partners, chan); end; end = partners_next_of_chan(q->partners, end)) {
        if (end->g == g || !(sending ? end->receives : end->sends)) continue;
        any = true;
        if (hope(q, end->g)) return true;
    }
    *known = any;
    return !any;
}

static bool has_hope(const Inquest *q, uint64_t g, Hope hope) {
    const Model *m = q->m;
    const ModelG *gp = &m->g[g];
    bool known;
    if (gp->place == AT_SENDQ || gp->place == AT_RECVQ) {
        bool there = hope_at(q, g, gp->chan, gp->place == AT_SENDQ, hope, &known);
        return there && (known || hope == can_go_on);
    }
    if (gp->place == AT_SELECT) {
        bool one = false, blind = false;
        for (uint64_t i = gp->next; i != NONE && !one; i = m->sudog[i - MODEL_SUDOG].other) {
            const ModelSudog *sg = &m->sudog[i - MODEL_SUDOG];
            bool there = sg->chan == NONE || hope_at(q, g, sg->chan, sg->sending, hope, &known);
            one = there;
            blind = blind || (there && sg->chan != NONE && !known);
        }
        return one && (!blind || hope == can_go_on);
    }
    if (model_waits_at(gp) >= m->sync_count) return hope == can_go_on;
    uint64_t n = 0, by = model_blocker(m, g, 0);
    if (by == NONE) return hope == can_go_on; /* a WaitGroup, a Cond: anybody may come */
    for (; by != NONE; by = model_blocker(m, g, ++n)) {
        if (hope(q, by)) return true;
    }
    return false;
}

/* Who waits for g may have hope now. */
static void look_at(Inquest *q, uint64_t g) {
    if (q->verdict[g] != SUSPECT || !has_hope(q, g, can_go_on)) return;
    q->verdict[g] = FREE;
    q->agenda[q->agenda_count++] = g;
}

static void look_at_queue(Inquest *q, const ModelQ *queue) {
    uint64_t i = queue->head;
    for (uint64_t left = queue->count; left > 0; left--, i = model_behind(q->m, i)) look_at(q, model_waiter(q->m, i));
}

static void look_behind(Inquest *q, uint64_t g) {
    const Model *m = q->m;
    for (const End *end = partners_first_of_g(q->partners, g); end; end = partners_next_of_g(q->partners, end)) {
        look_at_queue(q, &m->chan[end->chan].sendq);
        look_at_queue(q, &m->chan[end->chan].recvq);
    }
    for (size_t h = 0; h < m->hold_count; h++) {
        if (m->hold[h].g != g) continue;
        for (int k = 0; k < SYNC_QUEUES; k++) look_at_queue(q, &m->sync[m->hold[h].sync].queue[k]);
    }
}

static void acquit(Inquest *q) {
    for (size_t g = 1; g < q->m->g_count; g++) {
        const ModelG *gp = &q->m->g[g];
        bool at_chan = gp->place == AT_SENDQ || gp->place == AT_RECVQ || gp->place == AT_SELECT;
        bool waits = gp->state == G_WAITING && gp->wake_ns == NONE && (at_chan || gp->place >= AT_SYNCQ);
        bool waits_in_c = gp->state == G_SYSCALL && gp->place >= AT_SYNCQ; /* for a mutex of C's */
        bool suspect = g != MAIN && (waits || waits_in_c);
        q->verdict[g] = suspect ? SUSPECT : FREE;
    }
    for (size_t g = 1; g < q->m->g_count; g++) look_at(q, g);
    while (q->agenda_count > 0) look_behind(q, q->agenda[--q->agenda_count]);
    /* A writer that waits keeps others out without having anything: such chains are followed by looking again. */
    for (bool again = true; again;) {
        size_t before = q->agenda_count;
        for (size_t g = 1; g < q->m->g_count; g++) {
            if (q->m->g[g].place >= AT_SYNCQ) look_at(q, g);
        }
        again = q->agenda_count > before;
        while (q->agenda_count > 0) look_behind(q, q->agenda[--q->agenda_count]);
    }
}

/* Behind whom is nobody but the dead, and those behind whom ... */
static void tell_leaks_from_cycles(Inquest *q) {
    for (bool again = true; again;) {
        again = false;
        for (size_t g = 1; g < q->m->g_count; g++) {
            if (q->verdict[g] != SUSPECT || has_hope(q, g, is_caught)) continue;
            q->verdict[g] = LEAKED;
            again = true;
        }
    }
}

/* "to send on done (c3)", "for sync.Mutex a (s0)" */
static const char *what_for(const Model *m, uint64_t g, char *buf, size_t size) {
    const ModelG *gp = &m->g[g];
    char name[NAME];
    if (gp->place >= AT_SYNCQ) snprintf(buf, size, "for %s", narrate_thing(m, model_waits_at(gp), name, sizeof name));
    else if (gp->place == AT_SELECT) snprintf(buf, size, "in a select");
    else snprintf(buf, size, "to %s %s", gp->place == AT_SENDQ ? "send on" : "receive from",
                  narrate_chan(m, gp->chan, name, sizeof name));
    return buf;
}

/* Whoever could have ended the wait of g: the dead one, or the caught one; NONE. */
static uint64_t missed(const Inquest *q, uint64_t g, bool caught) {
    const Model *m = q->m;
    const ModelG *gp = &m->g[g];
    if (gp->place >= AT_SYNCQ) return model_blocker(m, g, 0);
    uint64_t chan = gp->place == AT_SELECT ? NONE : gp->chan;
    bool sending = gp->place == AT_SENDQ;
    for (uint64_t i = gp->place == AT_SELECT ? gp->next : NONE; i != NONE && chan == NONE; i = m->sudog[i - MODEL_SUDOG].other) {
        chan = m->sudog[i - MODEL_SUDOG].chan;
        sending = m->sudog[i - MODEL_SUDOG].sending;
    }
    for (const End *end = partners_first_of_chan(q->partners, chan); end; end = partners_next_of_chan(q->partners, end)) {
        if (end->g == g || !(sending ? end->receives : end->sends)) continue;
        if (caught == is_caught(q, end->g)) return end->g;
    }
    return NONE;
}

static void say_leak(Findings *f, const Inquest *q, uint64_t first, uint64_t count) {
    const Model *m = q->m;
    const ModelG *gp = &m->g[first];
    char who[NAME], by[NAME], what[WHAT], since[NAME], others[NAME] = "";
    uint64_t other = missed(q, first, false);
    Finding *x = findings_saw(f, FIND_goroutine_leak, gp->since_ns, gp->since_seq);
    x->times = count;
    x->g = first;
    x->line = gp->line;
    if (count > 1) snprintf(others, sizeof others, "; %llu more wait like that", (Ull)(count - 1));
    bool dead = other != NONE && !model_g_lives(m, other);
    findings_say(x, "%s waits since %s %s, and nobody is left who could come: %s %s%s", narrate_g(m, first, who, sizeof who),
                 narrate_time(since, sizeof since, gp->since_ns), what_for(m, first, what, sizeof what),
                 other == NONE ? "whoever was at the other end" : narrate_g(m, other, by, sizeof by),
                 dead || other == NONE ? "has ended" : "waits in vain itself", others);
}

/* From one that is caught to the next that it waits for, until one comes again: that one is in the circle. */
static void say_deadlock(Findings *f, const Inquest *q, uint64_t first, uint64_t count) {
    const Model *m = q->m;
    uint64_t g = first, next = NONE;
    for (uint64_t steps = 0; steps <= count; steps++) { /* so many steps end in the circle */
        next = missed(q, g, true);
        if (next == NONE) break;
        g = next;
    }
    next = missed(q, g, true);
    if (next == NONE) next = g;
    char who[NAME], by[NAME], what[WHAT], other_what[WHAT], others[NAME] = "";
    const ModelG *gp = &m->g[g], *other = &m->g[next];
    const ModelG *last = other->since_ns > gp->since_ns ? other : gp; /* who closed the circle */
    Finding *x = findings_saw(f, FIND_deadlock, last->since_ns, last->since_seq);
    x->times = 1;
    x->g = (uint64_t)(last - m->g);
    x->line = last->line;
    if (count > 2) snprintf(others, sizeof others, "; %llu are caught in all", (Ull)count);
    const char *how = missed(q, next, true) == g ? "for each other" : "and so on, in a circle";
    findings_say(x, "%s waits %s, and %s waits %s: %s, for ever%s. The rest goes on, so that Go reports nothing, with cgo or without",
                 narrate_g(m, g, who, sizeof who), what_for(m, g, what, sizeof what), narrate_g(m, next, by, sizeof by),
                 what_for(m, next, other_what, sizeof other_what), how, others);
}

static void judge_own(Findings *f, const Model *m) {
    Inquest q = {.m = m, .partners = &f->waits->partners, .verdict = mem_zero(m->g_count, 1),
                 .agenda = mem_zero(m->g_count, sizeof *q.agenda)};
    uint64_t leaked = 0, caught = 0, first_leaked = NONE, first_caught = NONE;
    acquit(&q);
    tell_leaks_from_cycles(&q);
    for (size_t g = 1; g < m->g_count; g++) {
        uint64_t *first = q.verdict[g] == LEAKED ? &first_leaked : &first_caught;
        if (q.verdict[g] == FREE) continue;
        if (*first == NONE || m->g[g].since_ns < m->g[*first].since_ns) *first = g;
        if (q.verdict[g] == LEAKED) leaked++;
        else caught++;
        if (q.verdict[g] == SUSPECT && g < f->waits->load_cap) f->waits->load[g].chan = NONE; /* this wait is no pressure */
    }
    if (leaked > 0) say_leak(f, &q, first_leaked, leaked);
    if (caught > 0) say_deadlock(f, &q, first_caught, caught);
    free(q.verdict);
    free(q.agenda);
}

void findings_stuck_end(Findings *f, const Model *m) {
    if (m->imported) judge_imported(f, m);
    else if (f->waits && !m->deadlocked && !m->panicked) judge_own(f, m);
}

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

/* Those that have been at one end of a channel, counted, so that one who waits at the other need not go through them. */
typedef struct {
    uint32_t known, free, caught; /* in all; of them those that can go on; those that live, and are suspected */
    uint32_t looked_caught;       /* `caught` when its queue was looked at last */
    bool looked_free;             /* the queue was looked at since somebody is free */
} Side;
enum { SENDERS, RECEIVERS, SIDES };

typedef struct {
    const Model *m;
    const Partners *partners;
    bool leaks;        /* all that could be acquitted are: who of the rest has leaked? */
    uint8_t *verdict;  /* by goroutine */
    uint64_t *agenda;  /* those whose verdict others' may depend on */
    size_t agenda_count, agenda_cap;
    Side (*side)[SIDES]; /* by channel */
    bool *outside;       /* by channel: nothing is known of who may come */
    uint32_t *first_hold, *next_hold; /* of a goroutine, and behind a hold, + 1; first_hold NULL: nobody has anything */
} Inquest;

/* Of whoever could end this wait: does anybody stand so that it is not hopeless? */
typedef bool (*Hope)(const Inquest *q, uint64_t g);

static bool can_go_on(const Inquest *q, uint64_t g) { return g == MAIN || (model_g_lives(q->m, g) && q->verdict[g] == FREE); }
/* It lives, and is caught, but not by somebody's end. */
static bool is_caught(const Inquest *q, uint64_t g) { return g != MAIN && model_g_lives(q->m, g) && q->verdict[g] == SUSPECT; }

static void count_side(Side *s, bool was_here, bool free, bool caught, uint32_t by) {
    if (!was_here) return;
    s->known += by;
    s->free += free ? by : 0;
    s->caught += caught ? by : 0;
}

/* By 1, or by -1 before its verdict changes. */
static void count(Inquest *q, uint64_t g, uint32_t by) {
    bool free = can_go_on(q, g), caught = is_caught(q, g);
    for (const End *end = partners_first_of_g(q->partners, g); end; end = partners_next_of_g(q->partners, end)) {
        count_side(&q->side[end->chan][SENDERS], end->sends, free, caught, by);
        count_side(&q->side[end->chan][RECEIVERS], end->receives, free, caught, by);
    }
}

static bool hope_at(const Inquest *q, uint64_t g, uint64_t chan, bool sending, Hope hope, bool *known) {
    *known = false;
    if (chan >= q->m->chan_count || q->outside[chan]) return true;
    Side there = q->side[chan][sending ? RECEIVERS : SENDERS];
    const End *mine = partners_find(q->partners, g, chan);
    if (mine) count_side(&there, sending ? mine->receives : mine->sends, can_go_on(q, g), is_caught(q, g), UINT32_MAX);
    *known = there.known > 0;
    return !*known || (hope == can_go_on ? there.free : there.caught) > 0;
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

static void look_at(Inquest *q, uint64_t g) {
    if (q->verdict[g] != SUSPECT || has_hope(q, g, q->leaks ? is_caught : can_go_on) == q->leaks) return;
    count(q, g, UINT32_MAX);
    q->verdict[g] = q->leaks ? LEAKED : FREE;
    count(q, g, 1);
    GROW(q->agenda, q->agenda_cap, q->agenda_count + 1);
    q->agenda[q->agenda_count++] = g;
}

static void look_at_queue(Inquest *q, const ModelQ *queue) {
    uint64_t i = queue->head;
    for (uint64_t left = queue->count; left > 0; left--, i = model_behind(q->m, i)) look_at(q, model_waiter(q->m, i));
}

/* Who waits there waits for this side: one who is free gives all of them hope, and it is the last that are caught who matter,
 * since nobody waits for himself. So a long queue is gone through three times at most, not once for each of the side. */
static void look_at_side(Inquest *q, Side *s, const ModelQ *queue) {
    bool due = q->leaks ? s->caught <= 1 && s->caught < s->looked_caught : !s->looked_free && s->free > 0;
    if (!due) return;
    s->looked_caught = s->caught;
    s->looked_free = true;
    look_at_queue(q, queue);
}

/* The verdict on g has changed: look at those who wait for it. */
static void look_behind(Inquest *q, uint64_t g) {
    const Model *m = q->m;
    for (const End *end = partners_first_of_g(q->partners, g); end; end = partners_next_of_g(q->partners, end)) {
        if (end->sends) look_at_side(q, &q->side[end->chan][SENDERS], &m->chan[end->chan].recvq);
        if (end->receives) look_at_side(q, &q->side[end->chan][RECEIVERS], &m->chan[end->chan].sendq);
    }
    for (uint32_t h = q->first_hold ? q->first_hold[g] : 0; h != 0; h = q->next_hold[h - 1]) {
        for (int k = 0; k < SYNC_QUEUES; k++) look_at_queue(q, &m->sync[m->hold[h - 1].sync].queue[k]);
    }
}

/* Did it change the verdict on anybody? */
static bool look_from(Inquest *q, uint64_t g) {
    look_at(q, g);
    bool changed = q->agenda_count > 0;
    while (q->agenda_count > 0) look_behind(q, q->agenda[--q->agenda_count]);
    return changed;
}

static void look_at_all(Inquest *q) {
    for (size_t g = 1; g < q->m->g_count; g++) look_from(q, g);
    /* A writer that waits keeps others out without having anything: such chains are followed by looking again. */
    for (bool again = true; again;) {
        again = false;
        for (size_t g = 1; g < q->m->g_count; g++) {
            if (q->m->g[g].place >= AT_SYNCQ && look_from(q, g)) again = true;
        }
    }
}

static void note_holds(Inquest *q) {
    const Model *m = q->m;
    if (m->hold_count == 0) return;
    q->first_hold = mem_zero(m->g_count, sizeof *q->first_hold);
    q->next_hold = mem_zero(m->hold_count, sizeof *q->next_hold);
    for (size_t h = 0; h < m->hold_count; h++) {
        if (m->hold[h].g >= m->g_count) continue; /* nobody's */
        q->next_hold[h] = q->first_hold[m->hold[h].g];
        q->first_hold[m->hold[h].g] = (uint32_t)h + 1;
    }
}

static void open_inquest(Inquest *q, const Model *m, const Partners *partners) {
    *q = (Inquest){.m = m,
                   .partners = partners,
                   .verdict = mem_zero(m->g_count, sizeof *q->verdict),
                   .side = mem_zero(m->chan_count + 1, sizeof *q->side),
                   .outside = mem_zero(m->chan_count + 1, sizeof *q->outside)};
    note_holds(q);
    for (size_t c = 0; c < m->chan_count; c++) {
        const Ends *ends = partners_at(partners, c);
        q->outside[c] = ends == NULL || ends->outside;
        for (int i = 0; i < SIDES; i++) q->side[c][i].looked_caught = UINT32_MAX;
    }
    for (size_t i = 0; i < m->context_count; i++) {
        if (m->context[i].chan < m->chan_count) q->outside[m->context[i].chan] = true;
    }
    for (size_t g = 1; g < m->g_count; g++) {
        const ModelG *gp = &m->g[g];
        bool at_chan = gp->place == AT_SENDQ || gp->place == AT_RECVQ || gp->place == AT_SELECT;
        bool waits = gp->state == G_WAITING && gp->wake_ns == NONE && (at_chan || gp->place >= AT_SYNCQ);
        bool waits_in_c = gp->state == G_SYSCALL && gp->place >= AT_SYNCQ; /* for a mutex of C's */
        q->verdict[g] = g != MAIN && (waits || waits_in_c) ? SUSPECT : FREE;
        count(q, g, 1);
    }
}

static void close_inquest(Inquest *q) {
    free(q->verdict);
    free(q->agenda);
    free(q->side);
    free(q->outside);
    free(q->first_hold);
    free(q->next_hold);
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
    Inquest q;
    uint64_t leaked = 0, caught = 0, first_leaked = NONE, first_caught = NONE;
    open_inquest(&q, m, &f->waits->partners);
    look_at_all(&q);
    q.leaks = true; /* behind them is nobody but the dead, and others behind whom ... */
    look_at_all(&q);
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
    close_inquest(&q);
}

void findings_stuck_end(Findings *f, const Model *m) {
    if (m->imported) judge_imported(f, m);
    else if (f->waits && !m->deadlocked && !m->panicked) judge_own(f, m);
}

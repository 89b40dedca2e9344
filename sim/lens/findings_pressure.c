/* findings_pressure.c -- who waits to send, what it keeps meanwhile, and what grows because nobody has to wait.
 *
 * A full channel stops its sender, and that is as it should be: the pressure goes back to where the work comes from. It is a
 * fault where the one that is stopped has what others need: a lock, a place in a semaphore, memory of the device; or where
 * others live on what it sends. Then one slow receiver slows all.
 *
 * Without such a stop work piles up. Values in a channel cannot, for its room is bounded; goroutines can, one for each piece of
 * work, and so can commands of the device. A crowd grows without bound when it is larger than ever after many have left:
 * a burst, which only shrinks once it is there, is none.
 */
#include "findings_waits.h"

#include "narrate.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GOROUTINES_MIN = 32, COMMANDS_MIN = 256, NAME = 64, HELD = 160 };
#define PRESSED_MIN_NS 1000000u

struct WaitWatch *findings_waits(Findings *f) {
    if (f->waits == NULL) f->waits = mem_zero(1, sizeof *f->waits);
    return f->waits;
}

void findings_waits_free(Findings *f) {
    struct WaitWatch *w = f->waits;
    if (w == NULL) return;
    partners_free(&w->partners);
    idmap_free(&w->place_by_line);
    free(w->place);
    free(w->load);
    free(w->piece);
    free(w->queue);
    free(w);
    f->waits = NULL;
}

Birthplace *findings_birthplace(Findings *f, uint64_t line) {
    if (line == 0 || line == NONE) return NULL;
    struct WaitWatch *w = findings_waits(f);
    uint32_t i = idmap_get(&w->place_by_line, line);
    if (i == IDMAP_NONE) {
        GROW(w->place, w->place_cap, w->place_count + 1);
        i = (uint32_t)w->place_count++;
        w->place[i] = (Birthplace){.line = line, .g = NONE};
        idmap_put(&w->place_by_line, line, i);
    }
    return &w->place[i];
}

/* ---- crowds ---- */

/* Is it larger than ever, after so many have left that this is no burst? A crowd that comes and goes has its records too, but
 * they are small beside what has left by then. */
static bool one_more(Crowd *c, uint64_t least) {
    if (++c->there <= c->most) return false;
    c->most = c->there;
    return c->there >= least && c->left >= least && 4 * c->there >= c->left;
}

static void one_less(Crowd *c) {
    if (c->there == 0) return;
    c->left++;
    if (--c->there == 0) *c = (Crowd){0};
}

/* Where most of the goroutines of this line are (Boyer and Moore's vote): one of them; how many are there too. */
static uint64_t where_most_are(const Model *m, uint64_t line, uint64_t *count) {
    uint64_t one = NONE, votes = 0;
#define SAME(a, b) ((a)->state == (b)->state && (a)->place == (b)->place && (a)->chan == (b)->chan && \
                    model_waits_at(a) == model_waits_at(b))
    for (size_t i = 1; i < m->g_count; i++) {
        if (m->g[i].born_line != line || m->g[i].state == G_DEAD || m->g[i].state == G_NONE) continue;
        if (votes == 0) one = i;
        if (SAME(&m->g[i], &m->g[one])) votes++;
        else votes--;
    }
    *count = 0;
    for (size_t i = 1; one != NONE && i < m->g_count; i++) {
        *count += m->g[i].born_line == line && SAME(&m->g[i], &m->g[one]) && m->g[i].state != G_DEAD;
    }
#undef SAME
    return one;
}

static void say_crowd(Finding *x, const Model *m, const Birthplace *b) {
    uint64_t count, one = where_most_are(m, b->line, &count);
    char place[NAME] = "", name[NAME];
    const ModelG *gp = one == NONE ? NULL : &m->g[one];
    if (gp && gp->place >= AT_SYNCQ) snprintf(place, sizeof place, "wait for %s", narrate_thing(m, gp->place_p, name, sizeof name));
    else if (gp && (gp->place == AT_SENDQ || gp->place == AT_RECVQ))
        snprintf(place, sizeof place, "wait to %s %s", gp->place == AT_SENDQ ? "send on" : "receive from",
                 narrate_chan(m, gp->chan, name, sizeof name));
    else if (gp && gp->state == G_SYSCALL) snprintf(place, sizeof place, "are in C");
    else if (gp) snprintf(place, sizeof place, "are %s", gp->state == G_RUNNABLE ? "runnable and get no P" : g_state_name[gp->state]);
    findings_say(x, "while %llu goroutines made here ended, %llu more came than that: %llu live at once, and %llu of them %s. Each piece "
                 "of work is a goroutine, and nothing bounds how many there are", (Ull)b->crowd.left, (Ull)b->crowd.there,
                 (Ull)b->crowd.there, (Ull)count, place);
}

static bool is_power_of_two(uint64_t n) { return (n & (n - 1)) == 0; }

static OWN_FRAME void made(Findings *f, const Model *m, const Event *e) {
    Birthplace *b = e->arg[1] == NONE && !m->imported ? NULL : findings_birthplace(f, e->arg[3]);
    if (b == NULL) return;
    b->made++;
    if (!one_more(&b->crowd, GOROUTINES_MIN)) return;
    Finding *x = findings_saw(f, FIND_unbounded_queue, e->time_ns, e->seq);
    if (x->times > 1 && !(is_power_of_two(b->crowd.there) && x->line == b->line)) return;
    x->time_ns = e->time_ns;
    x->seq = e->seq;
    x->g = e->arg[0];
    x->line = b->line;
    say_crowd(x, m, b);
}

static OWN_FRAME void ended(Findings *f, const Model *m, uint64_t g) {
    Birthplace *b = g < m->g_count && f->waits ? findings_birthplace(f, m->g[g].born_line) : NULL;
    if (b == NULL) return;
    b->ended++;
    one_less(&b->crowd);
}

static Crowd *queue_of(Findings *f, const Model *m, uint64_t queue) {
    struct WaitWatch *w = findings_waits(f);
    if (queue >= m->queue_count) return NULL;
    GROW(w->queue, w->queue_cap, m->queue_count);
    return &w->queue[queue];
}

/* ---- what a goroutine keeps ---- */

static OWN_FRAME void know_gs(struct WaitWatch *w, const Model *m) {
    size_t had = w->load_cap;
    GROW(w->load, w->load_cap, m->g_count);
    for (; had < w->load_cap; had++) w->load[had].chan = NONE;
}

static inline Load *load_of(Findings *f, const Model *m, uint64_t g) {
    struct WaitWatch *w = findings_waits(f);
    if (g >= m->g_count) return NULL;
    if (g >= w->load_cap) know_gs(w, m);
    return &w->load[g];
}

static Piece *piece_of(Findings *f, const Model *m, uint64_t obj) {
    struct WaitWatch *w = findings_waits(f);
    size_t had = w->piece_cap;
    if (obj > m->obj_count) return NULL; /* it may be the next one */
    GROW(w->piece, w->piece_cap, obj + 1);
    for (; had < w->piece_cap; had++) w->piece[had].g = NONE;
    return &w->piece[obj];
}

/* Memory is given in a call into C, which is the cause of the event. */
static OWN_FRAME void given(Findings *f, const Model *m, const Event *e) {
    if (e->arg[1] == MEM_STACK) return;
    for (size_t i = 0; i < m->m_count; i++) {
        uint64_t g = m->m[i].g;
        if (m->m[i].state != M_IN_C || g >= m->g_count || m->g[g].since_seq != e->cause) continue;
        Piece *piece = piece_of(f, m, e->arg[0]);
        Load *load = load_of(f, m, g);
        if (piece == NULL || load == NULL) return;
        *piece = (Piece){g, e->arg[2]};
        load->bytes += e->arg[2];
        load->pieces++;
        return;
    }
}

static OWN_FRAME void given_back(Findings *f, const Model *m, uint64_t obj) {
    Piece *piece = f->waits ? piece_of(f, m, obj) : NULL;
    if (piece == NULL || piece->g == NONE) return;
    Load *load = load_of(f, m, piece->g);
    load->bytes -= piece->bytes;
    load->pieces--;
    piece->g = NONE;
}

static OWN_FRAME void enqueued(Findings *f, const Model *m, const Event *e) {
    Load *load = load_of(f, m, e->arg[2]);
    Crowd *c = queue_of(f, m, e->arg[1]);
    if (load) load->cmds++;
    if (c == NULL || !one_more(c, COMMANDS_MIN)) return;
    Finding *x = findings_saw(f, FIND_unbounded_queue, e->time_ns, e->seq);
    if (x->times > 1 && !(is_power_of_two(c->there) && x->cmd != NONE)) return;
    x->time_ns = e->time_ns;
    x->seq = e->seq;
    x->g = e->arg[2];
    x->cmd = e->arg[0];
    x->line = e->arg[5];
    findings_say(x, "while the device did %llu commands of q%llu, %llu more were enqueued than that: so many wait there at once, and "
                 "nothing bounds how many", (Ull)c->left, (Ull)e->arg[1], (Ull)c->there);
}

static OWN_FRAME void done(Findings *f, const Model *m, const Event *e) {
    if (e->arg[0] >= m->cmd_count || f->waits == NULL) return;
    const ModelCmd *c = &m->cmd[e->arg[0]];
    Load *load = load_of(f, m, c->g);
    Crowd *crowd = queue_of(f, m, c->queue);
    if (load && load->cmds > 0) load->cmds--;
    if (crowd) one_less(crowd);
}

/* ---- who waits to send ---- */

static OWN_FRAME void waits_to_send(Findings *f, const Model *m, const Event *e, uint64_t line) {
    Load *load = load_of(f, m, e->arg[0]);
    if (load == NULL || load->chan != NONE) return; /* of a select, the first such case */
    load->chan = e->arg[1];
    load->since_ns = e->time_ns;
    load->line = line;
}

/* What a wait of `ns` until now cost the others. */
typedef struct {
    uint64_t now_ns, ns;
    bool whether; /* all that is asked is whether somebody waits: the first that is found will do */
    char held[HELD];
    uint64_t others, starved; /* who waits for it; of them those that live on what it sends elsewhere */
} Cost;

static void hold(Cost *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void hold(Cost *c, const char *fmt, ...) {
    size_t used = strlen(c->held);
    if (used > 0 && used + 3 < sizeof c->held) used += (size_t)snprintf(c->held + used, sizeof c->held - used, ", ");
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(c->held + used, sizeof c->held - used, fmt, ap);
    va_end(ap);
}

/* Those that have waited there for at least half of this wait. At a channel they stand as they came, so that behind one
 * that has not is none that has. */
static uint64_t long_there(const Cost *c, const Model *m, const ModelQ *q, bool as_they_came) {
    uint64_t count = 0, i = q->head;
    for (uint64_t left = q->count; left > 0 && !(c->whether && count > 0); left--, i = model_behind(m, i)) {
        bool is_long = c->now_ns - m->g[model_waiter(m, i)].since_ns >= c->ns / 2;
        if (as_they_came && !is_long) break;
        count += is_long;
    }
    return count;
}

static void locks_held(Cost *c, const Model *m, uint64_t g) {
    char name[NAME];
    for (size_t i = 0; i < m->hold_count; i++) {
        const ModelHold *h = &m->hold[i];
        if (h->g != g) continue;
        const ModelSync *sy = &m->sync[h->sync];
        narrate_thing(m, h->sync, name, sizeof name);
        if (sy->kind == SYNC_WEIGHTED) hold(c, "%llu of %llu of %s", (Ull)h->n, (Ull)sy->size, name);
        else hold(c, "%s", name);
        for (int k = 0; k < SYNC_QUEUES; k++) c->others += long_there(c, m, &sy->queue[k], false);
    }
}

/* Is it the only one alive that sends there? */
static bool is_the_sender(const Partners *p, const Model *m, const End *mine) {
    const End *end = mine->sends ? partners_first_of_chan(p, mine->chan) : NULL;
    for (; end; end = partners_next_of_chan(p, end)) {
        if (end != mine && end->sends && m->g[end->g].state != G_DEAD) return false;
    }
    return mine->sends;
}

static void places_and_partners(Cost *c, const Partners *p, const Model *m, uint64_t g, uint64_t at) {
    char name[NAME];
    for (const End *end = partners_first_of_g(p, g); end; end = partners_next_of_g(p, end)) {
        const ModelChan *ch = &m->chan[end->chan];
        uint64_t places = partners_places(p, end), waiting;
        if (end->chan == at) continue; /* it has got what it waited for by now */
        if (places > 0) {
            hold(c, "%llu of %llu places of %s", (Ull)places, (Ull)ch->cap, narrate_chan(m, end->chan, name, sizeof name));
            c->others += long_there(c, m, &ch->sendq, true);
        } else if (is_the_sender(p, m, end) && (waiting = long_there(c, m, &ch->recvq, true)) > 0) {
            c->others += waiting;
            c->starved += waiting;
        } else if (end->receives) {
            c->others += long_there(c, m, &ch->sendq, true);
        }
    }
}

static Cost cost_of(const Findings *f, const Model *m, uint64_t g, uint64_t now, bool whether) {
    const Load *load = &f->waits->load[g];
    Cost c = {.now_ns = now, .ns = now - load->since_ns, .whether = whether};
    locks_held(&c, m, g);
    places_and_partners(&c, &f->waits->partners, m, g, load->chan);
    if (load->pieces > 0)
        hold(&c, "%llu bytes of C's or the device's memory in %llu piece%s", (Ull)load->bytes, (Ull)load->pieces,
             load->pieces == 1 ? "" : "s");
    if (load->pins > 0) hold(&c, "%llu pin%s", (Ull)load->pins, load->pins == 1 ? "" : "s");
    if (load->cmds > 0) hold(&c, "%llu command%s that the device has not done", (Ull)load->cmds, load->cmds == 1 ? "" : "s");
    return c;
}

/* The wait of g is over, and it was long. */
static OWN_FRAME void was_pressed(Findings *f, const Model *m, uint64_t g, uint64_t now, uint64_t seq) {
    struct WaitWatch *w = f->waits;
    const Load *load = &w->load[g];
    uint64_t ns = now - load->since_ns, chan = load->chan;
    Cost c = cost_of(f, m, g, now, true);
    if (c.others == 0 || (c.held[0] == '\0' && c.starved == 0)) return;
    w->pressed_ns += ns;
    Finding *x = findings_saw(f, FIND_backpressure, now, seq);
    if (ns <= w->pressed_most_ns) return;
    c = cost_of(f, m, g, now, false);
    w->pressed_most_ns = ns;
    const Ends *ends = partners_at(&w->partners, chan);
    uint64_t by = ends && ends->receiver != END_NONE ? w->partners.end[ends->receiver].g : NONE;
    char who[NAME], where[NAME], took[NAME], reads[NAME + 32] = "", name[NAME], held[HELD + 16] = "";
    x->time_ns = now;
    x->seq = seq;
    x->g = g;
    x->line = load->line;
    if (by != NONE) snprintf(reads, sizeof reads, ", where %s receives", narrate_g(m, by, name, sizeof name));
    if (c.held[0]) snprintf(held, sizeof held, " it held %s, and", c.held);
    findings_say(x, "%s waited for %s to send on %s%s; meanwhile%s %llu other%s waited for it", narrate_g(m, g, who, sizeof who),
                 narrate_time(took, sizeof took, ns), narrate_chan(m, chan, where, sizeof where), reads, held, (Ull)c.others,
                 c.others == 1 ? "" : "s");
}

/* The wait is over, or the run is. */
static void has_waited(Findings *f, const Model *m, uint64_t g, uint64_t now, uint64_t seq) {
    Load *load = f->waits && g < f->waits->load_cap ? &f->waits->load[g] : NULL;
    if (load == NULL || load->chan >= m->chan_count) return;
    if (now - load->since_ns >= PRESSED_MIN_NS) was_pressed(f, m, g, now, seq);
    load->chan = NONE;
}

/* ---- all events, and the end ---- */

static OWN_FRAME void pins(Findings *f, const Model *m, const Event *e) {
    Load *load = load_of(f, m, e->arg[0]);
    if (load && (e->kind == EV_PIN || load->pins > 0)) load->pins += e->kind == EV_PIN ? 1 : UINT64_MAX;
}

/* Of a real program the trace says nothing about its channels. */
void findings_message(Findings *f, const Model *m, const Event *e) {
    if (f->waits != NULL && !m->imported) partners_event(&f->waits->partners, m, e);
}

static OWN_FRAME void select_queues(Findings *f, const Model *m, const Event *e) {
    if (e->arg[3]) waits_to_send(f, m, e, e->arg[4]);
    findings_message(f, m, e);
}

void findings_queued(Findings *f, const Model *m, const Event *e) {
    if (e->arg[2]) waits_to_send(f, m, e, e->arg[3]);
}

void findings_woken(Findings *f, const Model *m, const Event *e) { has_waited(f, m, e->arg[0], e->time_ns, e->seq); }

void findings_pressure(Findings *f, const Model *m, const Event *e) {
    switch ((EventKind)e->kind) {
    case EV_CHAN_CLOSE:
    case EV_TIMER_SEND:
    case EV_CONTEXT_USE: findings_message(f, m, e); return;
    case EV_SELECT_QUEUE: select_queues(f, m, e); return;
    case EV_GO_CREATE: made(f, m, e); return;
    case EV_GO_END: ended(f, m, e->arg[0]); return;
    case EV_MEM_NEW: given(f, m, e); return;
    case EV_MEM_FREE: given_back(f, m, e->arg[2]); return;
    case EV_PIN:
    case EV_UNPIN: pins(f, m, e); return;
    case EV_DEV_ENQUEUE: enqueued(f, m, e); return;
    case EV_DEV_DONE: done(f, m, e); return;
    default: return;
    }
}

void findings_pressure_end(Findings *f, const Model *m) {
    struct WaitWatch *w = f->waits;
    for (size_t g = 1; w && g < w->load_cap && g < m->g_count; g++) has_waited(f, m, g, m->now_ns, m->seq);
    Finding *x = &f->seen[FIND_backpressure];
    if (x->times == 0) return;
    if (w->pressed_ns < m->now_ns / 10) { /* it costs less than it is worth a word */
        x->times = 0;
        return;
    }
    char said[FINDING_TEXT_MAX], all[NAME], whole[NAME];
    snprintf(said, sizeof said, "%s", x->text);
    if (x->times > 1)
        findings_say(x, "%s. %llu such waits took %s, in a run of %s", said, (Ull)x->times, narrate_time(all, sizeof all, w->pressed_ns),
                     narrate_time(whole, sizeof whole, m->now_ns));
}

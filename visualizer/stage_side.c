/* stage_side.c -- what stands beside the Ps: sysmon, the global queue, who is parked; channels;
 * heap. */
#include "view.h"

#include "measure.h"
#include "token.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- sysmon */

enum { PULSES = 5 };

/* Its last looks, oldest first, the next one as a ring. */
static void sysmon(const View *v, double y, double pitch) {
    const Model *m = v->s->model;
    const Lanes *l = v->s->lanes;
    double x = v->stage->services_x, w = v->stage->services_w, base = y + 36;
    char time[48], text[96];
    size_t end = lanes_tick_from(l, v->s->now_ns + 1), first = end > PULSES ? end - PULSES : 0;
    double tw = draw_text(v->d, x, y, sans(16, 600), TINT_T1, ANCHOR_START, "sysmon");
    draw_whole(v->d, x + tw + 10, y, sans(13, 400), TINT_T2, ANCHOR_START, "M1, needs no P",
               w - tw - 10);
    draw_line(v->d, x, base + .5, x + PULSES * pitch + 8, base + .5, pen(TINT_CARDL, 1));
    for (size_t i = first; i < end; i++)
        token_pulse(v->d, x + 2 + (double)(i - first) * pitch, base, l->tick[i].acted);
    double next = x + 2 + (double)(end - first) * pitch;
    if (!m->imported) draw_circle(v->d, next, base + .5, 3.5, paint(TINT_GO2), pen(TINT_T2, 1.4));
    if (m->imported) {
        snprintf(text, sizeof text, w < 160 ? "not recorded" : "Go's trace has no looks");
    } else if (m->sysmon_asleep) {
        snprintf(text, sizeof text, "in deep sleep");
    } else if (end == first) {
        snprintf(text, sizeof text, "has not looked yet");
    } else {
        uint64_t every = m->sysmon_next_ns - m->sysmon_last_ns,
                 left = m->sysmon_next_ns > v->s->now_ns ? m->sysmon_next_ns - v->s->now_ns : 0;
        char period[48];
        narrate_time(period, sizeof period, every);
        snprintf(text, sizeof text, "every %s, next in %s", period,
                 narrate_time(time, sizeof time, left));
        if (left == 0) snprintf(text, sizeof text, "every %s", period);
        else if (text_width(text, digits(13, 400)) > w)
            snprintf(text, sizeof text, "next in %s", time);
    }
    if (!stage_pause(v, x, y + 58, w)) draw_fitted(v->d, x, y + 58, digits(13, 400), TINT_T2, ANCHOR_START, text, w);
    mark_thing(v, (Box){x, y - 14, w, 76}, KIND_M, 1);
}

/* ---------------------------------------------------------------- global run queue */

enum { SHOWN_MAX = 32 };

/* The first of those in the queue, in their order, and how many there are; of an imported trace all that can run,
 * since nobody knows their queues. */
static uint64_t collect_queue(const Model *m, uint64_t *g) {
    uint64_t n = 0;
    if (!m->imported) {
        uint64_t id = m->globq.head;
        for (; n < m->globq.count && n < SHOWN_MAX; n++, id = m->g[id].next) g[n] = id;
        return m->globq.count;
    }
    for (uint64_t id = 1; id < m->g_count; id++) {
        if (m->g[id].state != G_RUNNABLE) continue;
        if (n < SHOWN_MAX) g[n] = id;
        n++;
    }
    return n;
}

static void global_queue(const View *v, double y) {
    const Model *m = v->s->model;
    double x = v->stage->services_x, w = v->stage->services_w, cy = y + 28;
    char label[32];
    uint64_t ids[SHOWN_MAX], count = collect_queue(m, ids), fit = (uint64_t)((w - 12 - 32) / 38) + 1;
    if (fit > SHOWN_MAX) fit = SHOWN_MAX;
    uint64_t shown = count <= fit ? count : 1;
    const char *title = w < 150 ? "Global queue" : "Global run queue";
    if (m->imported) title = w < 150 ? "Runnable" : "In some run queue";
    double tw = draw_text(v->d, x, y, sans(15, 600), TINT_T1, ANCHOR_START, title);
    bool tokens = v->f->m->tokens;
    if (count > fit || !tokens) {
        count_text(label, sizeof label, count);
        draw_short(v->d, x + tw + 8, y, digits(14, 500), TINT_T2, ANCHOR_START, label, w - tw - 8);
    }
    if (!tokens) return;
    for (uint64_t i = 0; i < shown; i++) {
        double cx = x + 16 + (double)i * 38;
        begin_mover(v, (Box){cx, cy, 0, 0}, KIND_G, ids[i], NONE);
        token_g(v->d, cx, cy, G_RADIUS_QUEUE, thing_text(label, sizeof label, KIND_G, ids[i]),
                GLOOK_RUNNABLE);
        ring_g(v, cx, cy, G_RADIUS_QUEUE - 2, ids[i]);
        draw_end_mover(v->d);
        mark_thing(v, (Box){cx - 16, cy - 16, 32, 32}, KIND_G, ids[i]);
    }
    double end = x + (double)shown * 38 + (shown ? 6 : 0);
    if (shown < count) token_more(v->d, x + 38, cy);
    else token_rail(v->d, end, x + w - 36, cy); /* clear of "retaken" */
}

/* ---------------------------------------------------------------- parked */

typedef struct {
    uint64_t reason, count;
} Reason;
enum { REASONS_MAX = 24 };

typedef struct {
    uint64_t m[8];
    size_t m_count; /* of all that are parked; at most 8 of them are in m */
    uint64_t g[3];
    size_t g_count; /* waiting, and not at a channel */
    size_t at_hand; /* of these: just taken off a queue, or about to join one */
    Reason reason[REASONS_MAX];
    size_t reason_count;
} Parked;

static void count_reason(Parked *p, uint64_t reason) {
    for (size_t i = 0; i < p->reason_count; i++) {
        if (p->reason[i].reason == reason) {
            p->reason[i].count++;
            return;
        }
    }
    if (p->reason_count < REASONS_MAX) p->reason[p->reason_count++] = (Reason){reason, 1};
}

static bool is_parked(uint64_t state) {
    return state == M_PARKED || state == M_POLLING || state == M_UNKNOWN || state == M_WEDGED;
}

/* Parked, or between two events without a P: nowhere else on the stage. */
static bool stands_aside(const ModelM *mp) {
    if (is_parked(mp->state) || mp->state == M_LOCKED) return true;
    return (mp->state == M_RUNNING || mp->state == M_SPINNING) && mp->p == NONE &&
           mp->next_p == NONE;
}

static void collect_parked(Parked *p, const Model *m) {
    *p = (Parked){0};
    for (uint64_t id = 0; id < m->m_count; id++) {
        if (!stands_aside(&m->m[id])) continue;
        if (p->m_count < ARRAY_LEN(p->m)) p->m[p->m_count] = id;
        p->m_count++;
    }
    for (uint64_t g = 1; g < m->g_count; g++) {
        const ModelG *gp = &m->g[g];
        bool at_hand = gp->state == G_RUNNABLE && gp->place == AT_HAND;
        if (at_hand) {
            if (p->g_count < ARRAY_LEN(p->g)) p->g[p->g_count] = g;
            p->g_count++;
            p->at_hand++;
            continue;
        }
        if (gp->state != G_WAITING || gp->place == AT_SENDQ || gp->place == AT_RECVQ || gp->place == AT_SELECT)
            continue;
        if (p->g_count < ARRAY_LEN(p->g)) p->g[p->g_count] = g;
        p->g_count++;
        count_reason(p, gp->reason);
    }
}

/* The last words of "sync.WaitGroup.Wait" that fit: WaitGroup.Wait. */
static const char *short_reason(const char *reason, double room) {
    const char *dot = strchr(reason, '.');
    while (dot && text_width(reason, sans(13, 400)) > room) {
        reason = dot + 1;
        dot = strchr(reason, '.');
    }
    return reason;
}

static const char *caption(const Model *m, uint64_t g, double room) {
    if (m->g[g].state == G_RUNNABLE) return "in hand";
    return short_reason(intern_text(m->text, m->g[g].reason), room);
}

/* A token and its caption, as wide as the wider of them. */
static double cell_width(const Model *m, uint64_t g) {
    const char *reason = caption(m, g, 80);
    return fmin(90, fmax(40, text_width(reason, sans(13, 400)))) + 10;
}

static double tokens_width(const Parked *p, const Model *m) {
    double w = (double)p->m_count * 48;
    for (size_t i = 0; i < p->g_count && i < ARRAY_LEN(p->g); i++) w += cell_width(m, p->g[i]);
    return w - 8;
}

static void parked_tokens(const View *v, const Parked *p, double y) {
    const Model *m = v->s->model;
    double x = v->stage->services_x;
    char label[24];
    for (size_t i = 0; i < p->m_count; i++, x += 48) {
        Box b = {x, y + 11, 40, 42};
        MState state = (MState)m->m[p->m[i]].state;
        begin_mover(v, b, KIND_M, p->m[i], NONE);
        token_m_small(v->d, b, thing_text(label, sizeof label, KIND_M, p->m[i]),
                      state == M_LOCKED ? MLOOK_LOCKED : is_parked(state) ? MLOOK_PARKED : MLOOK_GO);
        if (state == M_LOCKED) token_lock(v->d, b.x + b.w / 2, b.y + 33, .9, TINT_VAL);
        draw_end_mover(v->d);
        mark_thing(v, b, KIND_M, p->m[i]);
    }
    for (size_t i = 0; i < p->g_count; i++) {
        double w = cell_width(m, p->g[i]) - 10, cx = x + w / 2;
        begin_mover(v, (Box){cx, y + 27, 0, 0}, KIND_G, p->g[i], NONE);
        token_g(v->d, cx, y + 27, G_RADIUS_QUEUE, thing_text(label, sizeof label, KIND_G, p->g[i]),
                m->g[p->g[i]].state == G_RUNNABLE ? GLOOK_RUNNABLE : GLOOK_WAITING);
        ring_g(v, cx, y + 27, G_RADIUS_QUEUE - 2, p->g[i]);
        draw_end_mover(v->d);
        mark_thing(v, (Box){cx - 16, y + 11, 32, 32}, KIND_G, p->g[i]);
        draw_fitted(v->d, cx, y + 60, sans(13, 400), TINT_T2, ANCHOR_MIDDLE, caption(m, p->g[i], w),
                    w);
        x += w + 10;
    }
}

static int by_count(const Reason *a, const Reason *b) {
    return a->count != b->count ? (a->count < b->count ? 1 : -1) : a->reason > b->reason;
}

static void parked_counts(const View *v, Parked *p, double y, size_t lines) {
    double x = v->stage->services_x, w = v->stage->services_w;
    char line[128], count[32];
    for (size_t i = 1; i < p->reason_count; i++) {
        for (size_t k = i; k > 0 && by_count(&p->reason[k - 1], &p->reason[k]) > 0; k--) {
            Reason swap = p->reason[k];
            p->reason[k] = p->reason[k - 1];
            p->reason[k - 1] = swap;
        }
    }
    if (p->m_count > 0 && lines > 0) {
        snprintf(line, sizeof line, "%zu thread%s", p->m_count, p->m_count == 1 ? "" : "s");
        draw_fitted(v->d, x, y += 19, digits(13, 400), TINT_T2, ANCHOR_START, line, w);
        lines--;
    }
    if (p->at_hand > 0 && lines > 0) {
        snprintf(line, sizeof line, "%zu goroutine%s", p->at_hand, p->at_hand == 1 ? "" : "s");
        draw_fitted(v->d, x, y += 18, digits(13, 400), TINT_T2, ANCHOR_START, line, w);
        lines--;
    }
    for (size_t i = 0; i < p->reason_count && lines > 0; i++, lines--) {
        const char *reason = intern_text(v->s->model->text, p->reason[i].reason);
        if (lines == 1 && p->reason_count > i + 1) {
            uint64_t rest = 0;
            for (size_t k = i; k < p->reason_count; k++) rest += p->reason[k].count;
            snprintf(line, sizeof line, i == 0 ? "%s goroutines wait" : "%s for other reasons",
                     count_text(count, sizeof count, rest));
        } else {
            snprintf(line, sizeof line, "%s %s", reason[0] ? reason : "waiting",
                     count_text(count, sizeof count, p->reason[i].count));
        }
        draw_fitted(v->d, x, y += 18, digits(13, 400), TINT_T2, ANCHOR_START, line, w);
    }
}

/* A goroutine in somebody's hand, a thread between two Ps: they are not parked. */
static const char *parked_title(const Parked *p, const Model *m, double room) {
    size_t moving = p->at_hand;
    for (size_t i = 0; i < p->m_count && i < ARRAY_LEN(p->m); i++)
        moving += m->m[p->m[i]].state == M_RUNNING || m->m[p->m[i]].state == M_SPINNING;
    const char *both = "Parked or on the way";
    if (m->imported) return "Not on a P"; /* a thread there may be anything */
    if (moving == 0) return "Parked";
    if (moving == p->m_count + p->g_count) return "On the way";
    return text_width(both, sans(15, 600)) <= room ? both : "Not on a P";
}

static void parked(const View *v, double y) {
    Parked p;
    collect_parked(&p, v->s->model);
    if (p.m_count + p.g_count == 0) return;
    double room = v->f->fault_y - 14 - y;
    if (room < 22) return;
    draw_text(v->d, v->stage->services_x, y, sans(15, 600), TINT_T1, ANCHOR_START,
              parked_title(&p, v->s->model, v->stage->services_w));
    bool few = p.g_count <= ARRAY_LEN(p.g) && tokens_width(&p, v->s->model) <= v->stage->services_w;
    if (few && room >= 66) parked_tokens(v, &p, y);
    else parked_counts(v, &p, y, room < 20 ? 0 : (size_t)((room - 2) / 18.5));
}

void stage_services(const View *v) {
    double top = v->f->stage.y;
    const StageMetrics *m = v->f->m;
    if (v->stage->services_w <= 0) return;
    sysmon(v, top + m->sysmon_y, v->f->narrow ? 20 : 30);
    if (top + m->globq_y < v->f->fault_y - 14) global_queue(v, top + m->globq_y);
    if (m->parked_y > 0) parked(v, top + m->parked_y);
}

/* ---------------------------------------------------------------- channels */

enum { ROWS_MAX = 12 };

/* In the order in which they were made while all fit, else in that of their weight. */
static size_t choose_channels(uint64_t *ids, size_t most, const Model *m) {
    size_t count = channels_by_weight(ids, most, m);
    for (uint64_t c = 0; c < count && m->chan_count <= most; c++) ids[c] = c;
    return count;
}

/* Who waits at an end of the pipe: the first as a token, the others as a number. */
static void waiter(const View *v, const ModelQ *q, MoverKind kind, double cx, double cy) {
    char label[24];
    uint64_t g = model_waiter(v->s->model, q->head);
    begin_mover(v, (Box){cx, cy, 0, 0}, KIND_G, g, NONE);
    v->d->movers[v->d->mover_count - 1].kind = kind;
    token_g(v->d, cx, cy, G_RADIUS_QUEUE, thing_text(label, sizeof label, KIND_G, g), GLOOK_WAITING);
    ring_g(v, cx, cy, G_RADIUS_QUEUE - 2, g);
    draw_end_mover(v->d);
    mark_thing(v, (Box){cx - 16, cy - 16, 32, 32}, KIND_G, g);
}

static void waiter_words(const View *v, const ModelQ *q, bool sending, double x, double y,
                         double room) {
    const Model *m = v->s->model;
    char text[128], time[48], name[48];
    uint64_t g = model_waiter(m, q->head);
    snprintf(name, sizeof name, "%.40s", model_g_name(m, g));
    if (name[0] == '\0') thing_text(name, sizeof name, KIND_G, g);
    if (q->count > 1)
        snprintf(text, sizeof text, "%llu %s", (unsigned long long)q->count,
                 sending ? "blocked" : "wait");
    else snprintf(text, sizeof text, "%s %s", name, sending ? "blocked" : "waits");
    if (q->count == 1 && text_width(text, sans(14, 600)) > room)
        snprintf(text, sizeof text, sending ? "blocked" : "waits");
    draw_fitted(v->d, x, y - 2, sans(14, 600), TINT_T1, ANCHOR_START, text, room);
    narrate_time(time, sizeof time, v->s->now_ns - m->g[g].since_ns);
    bool selects = m->g[g].place == AT_SELECT;
    snprintf(text, sizeof text, "%s, %s", selects ? "in select" : sending ? "on send" : "on receive", time);
    if (text_width(text, digits(13, 400)) > room) snprintf(text, sizeof text, "%s", time);
    draw_short(v->d, x, y + 16, digits(13, 400), TINT_T2, ANCHOR_START, text, room);
}

/* What passes through it comes from where a sender would stand, and goes where a receiver would. */
static double pipe(const View *v, uint64_t id, double x, double cy, double room) {
    const ModelChan *c = &v->s->model->chan[id];
    double cell = 22, w = token_channel_width(c->cap, cell, c->closed);
    while (w > room && cell > 10) w = token_channel_width(c->cap, --cell, c->closed);
    if (c->cap > 24 || w > room) {
        token_channel_bar(v->d, x, cy, room, c->cap, c->count, c->closed);
        return room;
    }
    begin_values(v, id, x, cy, cell, x - 28 - cell / 2, x + w + 24 - cell / 2);
    return token_channel(v->d, x, cy, c->cap, c->count, cell, c->closed);
}

static void channel_row(const View *v, uint64_t id, double y) {
    const Model *m = v->s->model;
    const ModelChan *c = &m->chan[id];
    double gx = v->stage->channels_x + 44, right = v->stage->channels_x + v->stage->channels_w,
           cy = y + 24;
    bool full = c->cap > 0 && c->count == c->cap && !c->closed;
    char name[64], text[64];
    chan_fill_text(text, sizeof text, c);
    TextStyle ts = full ? sans(15, 700) : digits(14, 400);
    chan_text(name, sizeof name, m, id);
    double nw = draw_fitted(v->d, gx, y, mono(15, 500), TINT_T1, ANCHOR_START, name,
                            right - gx - 12 - text_width(text, ts));
    draw_text(v->d, gx + nw + 12, y, ts, full ? TINT_T1 : TINT_T2, ANCHOR_START, text);
    bool receivers = c->recvq.count > 0, senders = c->sendq.count > 0;
    double w = pipe(v, id, gx, cy, senders || receivers ? right - gx - 110 : right - gx);
    mark_thing(v, (Box){gx - 4, y - 14, w + 8, 56}, KIND_CHAN, id);
    if (senders) waiter(v, &c->sendq, MOVER_LEANS, gx - 28, cy);
    if (receivers) waiter(v, &c->recvq, MOVER_GOES, gx + w + 24, cy);
    double words = gx + w + (receivers ? 50 : 14);
    if (senders || receivers)
        waiter_words(v, senders ? &c->sendq : &c->recvq, senders, words, cy, right - words);
    if (is_selected(v->s, KIND_CHAN, id))
        draw_box(v->d, (Box){gx - 8, cy - 24, w + 16, 48}, 6, NO_PAINT, pen(TINT_NOW, 2));
}

void stage_channels(const View *v) {
    const Model *m = v->s->model;
    double x = v->stage->channels_x, y = v->f->stage.y + v->f->m->channels_y;
    char text[64];
    draw_text(v->d, x, y, sans(15, 600), TINT_T1, ANCHOR_START, "Channels");
    if (m->chan_count == 0) {
        draw_fitted(v->d, x, y + 26, sans(14, 400), TINT_T2, ANCHOR_START,
                    m->imported               ? "Go's trace does not record this"
                    : v->s->head->chan_count ? "none made yet"
                                              : "This run uses no channels",
                    v->stage->channels_w);
        return;
    }
    uint64_t ids[ROWS_MAX];
    size_t rows = v->stage->channel_rows < ROWS_MAX ? v->stage->channel_rows : ROWS_MAX;
    size_t count = choose_channels(ids, rows, m);
    if (m->chan_count > count) {
        snprintf(text, sizeof text, "+ %zu more", m->chan_count - count);
        draw_text(v->d, x + v->stage->channels_w, y, digits(13, 400), TINT_T2, ANCHOR_END, text);
    }
    for (size_t i = 0; i < count; i++) channel_row(v, ids[i], y + 32 + (double)i * 66);
}

/* ---------------------------------------------------------------- heap */

/* What the collector does not feel: " + 64 MiB not counted"; and what is on stacks. */
static void besides(const Model *m, char *text, size_t size) {
    char bytes[32];
    uint64_t live = m->mem_live[MEM_C] + m->mem_live[MEM_LOCKED] + m->mem_live[MEM_SHARED] + m->mem_live[MEM_DEVICE];
    size_t n = strlen(text);
    if (live > 0) snprintf(text + n, size - n, " + %s not counted", bytes_text(bytes, sizeof bytes, live));
    else if (m->mem_live[MEM_STACK] > 0) snprintf(text + n, size - n, ", and a stack's");
}

void stage_heap(const View *v) {
    const Model *m = v->s->model;
    Box b = v->stage->heap;
    if (b.h <= 0) return;
    char text[160], size[32];
    size_t count = 0;
    for (uint64_t i = 0; i < m->obj_count; i++) count += m->obj[i].freed_ns == NONE && m->obj[i].memory == MEM_GO;
    draw_text(v->d, b.x, b.y - 10, sans(15, 600), TINT_T1, ANCHOR_START, "Heap");
    snprintf(text, sizeof text, "%zu object%s, %s", count, count == 1 ? "" : "s",
             bytes_text(size, sizeof size, m->mem_live[MEM_GO]));
    besides(m, text, sizeof text);
    double pill = m->moved_objects > 0 ? token_what_if(v->d, b.x + b.w, b.y - 24) + 8 : 0;
    draw_fitted(v->d, b.x + 44, b.y - 10, digits(13, 400), TINT_T2, ANCHOR_START, text, b.w - 44 - pill);
    draw_box(v->d, b, 5, paint(TINT_SLOT), pen(TINT_CARDL, 1.2));
    for (size_t i = 0; i < v->stage->object_count; i++) {
        const ThingPlace *o = &v->stage->object[i];
        token_object(v->d, o->box, intern_text(m->text, m->obj[o->id].name),
                     m->obj[o->id].pins > 0);
        if (is_selected(v->s, KIND_OBJ, o->id))
            draw_box(v->d, o->box, 3, NO_PAINT, pen(TINT_NOW, 2));
        mark_thing(v, o->box, KIND_OBJ, o->id);
    }
}

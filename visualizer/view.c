/* view.c -- what the views share: hits, and the few words that are names and numbers. */
#include "view.h"

#include "measure.h"
#include "token.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const ViewSpec view_spec[VIEW_COUNT] = {
#define VIEW(name, as, title, key) {as, title, key},
#include "views.def"
#undef VIEW
};

/* Nothing smaller than 24 x 24 has to be hit (design, 8). */
void hits_add(Hits *h, Box b, HitKind kind, Thing thing, uint64_t value) {
    double grow_x = fmax(0, 24 - b.w) / 2,
           grow_y = kind == HIT_THING ? fmax(0, 16 - b.h) / 2 : fmax(0, 24 - b.h) / 2;
    GROW(h->hit, h->cap, h->count + 1);
    h->hit[h->count++] =
        (Hit){{b.x - grow_x, b.y - grow_y, b.w + 2 * grow_x, b.h + 2 * grow_y}, kind, thing, value};
}

const Hit *hits_at(const Hits *h, Point p) {
    for (size_t i = h->count; i-- > 0;) {
        Box b = h->hit[i].box;
        if (p.x >= b.x && p.y >= b.y && p.x < b.x + b.w && p.y < b.y + b.h) return &h->hit[i];
    }
    return NULL;
}

const char *thing_text(char *buf, size_t size, Kind kind, uint64_t id) {
    snprintf(buf, size, "%s%llu", kind_letter[kind], (unsigned long long)id);
    return buf;
}

const char *chan_text(char *buf, size_t size, const Model *m, uint64_t c) {
    const char *name = c < m->chan_count ? intern_text(m->text, m->chan[c].name) : "";
    if (name[0]) snprintf(buf, size, "%s", name);
    else thing_text(buf, size, KIND_CHAN, c);
    return buf;
}

const char *chan_fill_text(char *buf, size_t size, const ModelChan *c) {
    char n[32], cap[32];
    if (c->closed)
        snprintf(buf, size, c->count ? "closed, %llu left" : "closed",
                 (unsigned long long)c->count);
    else if (c->cap == 0) snprintf(buf, size, "unbuffered");
    else if (c->count == c->cap) snprintf(buf, size, "full");
    else if (c->count == 0) snprintf(buf, size, "empty");
    else
        snprintf(buf, size, "%s of %s", count_text(n, sizeof n, c->count),
                 count_text(cap, sizeof cap, c->cap));
    return buf;
}

const char *bytes_text(char *buf, size_t size, uint64_t bytes) {
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    size_t i = 0;
    uint64_t whole = bytes, rest = 0;
    for (; whole >= 1024 && i + 1 < ARRAY_LEN(units); i++, whole /= 1024) rest = whole % 1024;
    if (whole < 10 && rest >= 103)
        snprintf(buf, size, "%llu.%llu %s", (unsigned long long)whole,
                 (unsigned long long)(rest * 10 / 1024), units[i]);
    else snprintf(buf, size, "%llu %s", (unsigned long long)whole, units[i]);
    return buf;
}

const char *below_text(const Model *m, uint64_t id) { return id < m->m_count && m->m[id].syscall ? "in a syscall" : "in C"; }

const char *g_below_text(const Model *m, uint64_t g) { return model_in_system_call(m, g) ? "in a syscall" : "in C"; }

const char *count_text(char *buf, size_t size, uint64_t n) {
    char plain[24];
    size_t len = (size_t)snprintf(plain, sizeof plain, "%llu", (unsigned long long)n), at = 0;
    for (size_t i = 0; i < len && at + 5 < size; i++) {
        if (i > 0 && (len - i) % 3 == 0) at += (size_t)snprintf(buf + at, size - at, "\u2009");
        buf[at++] = plain[i];
    }
    buf[at] = '\0';
    return buf;
}

bool is_selected(const Scene *s, Kind kind, uint64_t id) {
    Thing t = {kind, id};
    return id != NONE && (same_thing(s->selected, t) || same_thing(s->followed, t));
}

size_t goroutine_order(const Lanes *l, uint64_t g) { return g < l->g_order_cap && l->g_order[g] ? l->g_order[g] - 1 : 0; }

bool is_changed(const Scene *s, Kind kind, uint64_t id) {
    return s->story->seq != 0 && event_mentions(&s->story->event, kind, id);
}

void ring_g(const View *v, double cx, double cy, double r, uint64_t g) {
    if (is_selected(v->s, KIND_G, g)) token_g_ring(v->d, cx, cy, r);
    if (same_thing(v->s->followed, (Thing){KIND_G, g})) draw_circle(v->d, cx, cy, r + 7.5, NO_PAINT, pen(TINT_NOW, 1.4));
}

uint64_t thread_for_p(const Model *m, uint64_t p) {
    if (m->p[p].on_idle_list) return NONE; /* whoever asks for a thread has taken its P off */
    for (uint64_t id = 0; id < m->m_count; id++) {
        bool coming = m->m[id].state == M_STARTING || m->m[id].state == M_WAKING ||
                      m->m[id].state == M_RUNNING;
        if (m->m[id].next_p == p && m->m[id].p == NONE && coming) return id;
    }
    return NONE;
}


void finding_mark(const View *v, double x, double y, double scale, FindingKind kind, Tint behind) {
    if (finding_is_violation(kind)) token_violation(v->d, x, y, scale, behind);
    else if (finding_spec(kind)->severity == SEVERITY_ADVICE) token_note(v->d, x, y, 6 * scale);
    else token_warning(v->d, x, y, scale);
}

static uint64_t mover_id(Kind kind, uint64_t id) { return (uint64_t)(kind + 1) << 48 | id; }

void begin_mover(const View *v, Box b, Kind kind, uint64_t id, uint64_t carries) {
    draw_begin_mover(v->d, MOVER_GOES, mover_id(kind, id), b.x + b.w / 2, b.y + b.h / 2);
    v->d->carried = carries == NONE ? 0 : mover_id(KIND_G, carries);
}

static uint64_t part_id(PartOf part, uint64_t a, uint64_t b) {
    return (uint64_t)(KIND_COUNT_ + 1 + (int)part) << 48 | (a & 0xfffff) << 28 | (b & 0xfffffff);
}

void begin_part(const View *v, MoverKind kind, PartOf part, uint64_t a, uint64_t b, double x, double y) {
    draw_begin_mover(v->d, kind, part_id(part, a, b), x, y);
}

void now_edge(const View *v, Box b, double radius, double width, Kind kind, uint64_t id, bool changed) {
    begin_part(v, MOVER_FADES, PART_EDGE, kind, id, b.x, b.y);
    if (changed) draw_box(v->d, b, radius, NO_PAINT, pen(TINT_NOW, width));
    draw_end_mover(v->d);
}

void begin_values(const View *v, uint64_t chan, double x, double cy, double cell, double in_x, double out_x) {
    const ModelChan *c = &v->s->model->chan[chan];
    double pitch = cell + 2;
    Box head = {x + 4 + ((double)c->cap - 1) * pitch, cy - 11, cell, 22};
    if (c->cap == 0) head = (Box){x + (token_channel_width(0, 0, c->closed) - cell) / 2, cy - 11, cell, 22};
    draw_belt(v->d, (Belt){part_id(PART_VALUES, chan, 0), c->recvs, c->recvs + c->count, in_x, out_x, head, pitch, 0});
    v->d->carried = part_id(PART_VALUES, chan, c->recvs);
}

void mark_thing(const View *v, Box b, Kind kind, uint64_t id) {
    hits_add(v->hits, b, HIT_THING, (Thing){kind, id}, 0);
}

double draw_fitted(DrawList *d, double x, double y, TextStyle s, unsigned tint, Anchor a,
                   const char *text, double room) {
    char buf[512];
    return draw_text(d, x, y, s, tint, a, text_fit(buf, sizeof buf, text, s, room));
}

double draw_ended(DrawList *d, double x, double y, TextStyle s, unsigned tint, const char *text,
                  double room) {
    char buf[512];
    return draw_text(d, x, y, s, tint, ANCHOR_START, text_fit_end(buf, sizeof buf, text, s, room));
}

double draw_short(DrawList *d, double x, double y, TextStyle s, unsigned tint, Anchor a,
                  const char *text, double room) {
    while (text_width(text, s) > room && s.size > 12) s.size = fmax(12, s.size - 2);
    return draw_whole(d, x, y, s, tint, a, text, room);
}

double draw_whole(DrawList *d, double x, double y, TextStyle s, unsigned tint, Anchor a,
                  const char *text, double room) {
    return text_width(text, s) <= room ? draw_text(d, x, y, s, tint, a, text) : 0;
}

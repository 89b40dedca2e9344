/* view_select.c -- for what a goroutine waits in its select: a closed gate for each case (design, 3).
 *
 * A goroutine in a select stands between its pipes like any other; only here one sees that it also waits for a context or a
 * timer, and which case keeps it from going on.
 */
#include "view.h"

#include "measure.h"

#include <math.h>
#include <stdio.h>

enum { CASES_MAX = 6, LINE = 19 };

/* By their numbers; those that have no place are left out, and so is the one that has been served: its channel is no longer known. */
static size_t collect_cases(const Model *m, uint64_t g, const ModelSudog **out, size_t *all) {
    size_t count = 0;
    *all = 0;
    for (uint64_t entry = m->g[g].next; entry != NONE; entry = m->sudog[entry - MODEL_SUDOG].other) {
        const ModelSudog *sg = &m->sudog[entry - MODEL_SUDOG];
        if (sg->chan == NONE) continue;
        bool full = (*all)++ >= CASES_MAX;
        size_t k = full ? CASES_MAX - 1 : count++;
        if (full && out[k]->nth < sg->nth) continue;
        for (; k > 0 && out[k - 1]->nth > sg->nth; k--) out[k] = out[k - 1];
        out[k] = sg;
    }
    return count;
}

static const char *case_text(char *buf, size_t size, const View *v, const ModelSudog *sg) {
    char name[64];
    uint64_t context = model_context_of(v->s->model, sg->chan);
    if (context != NONE) {
        snprintf(buf, size, "ctx%llu.Done()", (unsigned long long)context);
        return buf;
    }
    snprintf(buf, size, sg->sending ? "%.40s \u2190" : "\u2190 %.40s", chan_text(name, sizeof name, v->s->model, sg->chan));
    return buf;
}

static const char *why_not(const View *v, const ModelSudog *sg) {
    const ModelChan *c = &v->s->model->chan[sg->chan];
    if (sg->sending) return c->cap ? "full" : "nobody receives";
    if (steps_is_outside(v->s->steps, sg->chan)) return "not yet";
    return c->cap ? "empty" : "nobody sends";
}

/* The one that is selected, else the one that has waited longest; of those with nothing below them but the line. */
static const NodePlace *choose_node(const View *v) {
    const Model *m = v->s->model;
    const NodePlace *best = NULL;
    for (size_t i = 0; i < v->channels->node_count; i++) {
        const NodePlace *n = &v->channels->node[i];
        if (n->count != 1 || !n->deepest || m->g[n->g[0]].place != AT_SELECT || m->g[n->g[0]].state != G_WAITING) continue;
        if (is_selected(v->s, KIND_G, n->g[0])) return n;
        if (best == NULL || m->g[n->g[0]].since_ns < m->g[best->g[0]].since_ns) best = n;
    }
    return best;
}

void channels_select(const View *v) {
    const NodePlace *n = choose_node(v);
    const ModelSudog *one[CASES_MAX];
    char text[96];
    size_t all, count = n ? collect_cases(v->s->model, n->g[0], one, &all) : 0;
    if (count == 0) return;
    double y = n->cy + v->channels->radius + 62, room = v->f->fault_y - 18 - y;
    size_t fit = room < 0 ? 0 : (size_t)(room / LINE) + 1;
    if (fit < 2) return;
    if (fit < count) count = fit;
    double x = n->cx - 44, right = n->cx + 176;
    draw_line(v->d, n->cx - 37, y - 20, n->cx - 37, y - 13, pen(TINT_VAL, 1.2));
    double w = 0;
    for (size_t i = 0; i < count; i++) w = fmax(w, text_width(case_text(text, sizeof text, v, one[i]), mono(13, 500)));
    for (size_t i = 0; i < count; i++, y += LINE) {
        draw_box(v->d, (Box){x, y - 10, 2.5, 11}, 0, paint(TINT_VAL), NO_PEN);
        draw_box(v->d, (Box){x + 6, y - 10, 2.5, 11}, 0, paint(TINT_VAL), NO_PEN);
        case_text(text, sizeof text, v, one[i]);
        double left = x + 18, end = fmin(w, 104);
        draw_fitted(v->d, left, y, mono(13, 500), TINT_T1, ANCHOR_START, text, end);
        bool last = i + 1 == count && count < all;
        snprintf(text, sizeof text, "and %zu more", all - count);
        draw_whole(v->d, left + end + 10, y, sans(13, 400), TINT_T2, ANCHOR_START, last ? text : why_not(v, one[i]), right - left - end);
    }
}

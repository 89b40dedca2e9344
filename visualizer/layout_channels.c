/* layout_channels.c -- where the pipeline stands, and what belongs to it below (design, 2.6).
 *
 * Its chains lie in rows from left to right; one that is longer than a row goes on in the next with the goroutines at which it
 * broke off. What does not fit is left out by weight: blocked channels stay longest.
 */
#include "measure.h"
#include "pipeline.h"
#include "token.h"

#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- rows */

/* From roomy to tight. */
typedef struct {
    double cell, node, link, pipe;
} Measure;
static const Measure measures[] = {{22, 112, 60, 204}, {22, 108, 34, 204}, {16, 100, 26, 150}, {9, 94, 18, 96}};

typedef struct {
    ChannelsLayout *l;
    const Graph *g;
    const Model *m;
    const Measure *size;
    double left, right, x;
    size_t row, rows; /* rows: there are so many */
} Cursor;

enum { BAR_FROM = 25, CHAIN_GAP = 44 }; /* a channel with more places than can be counted is a bar */

static double pipe_width(const ModelChan *c, const Measure *size, double *cell) {
    if (c->cap >= BAR_FROM) {
        *cell = 0;
        return fmax(72, size->pipe * .8);
    }
    *cell = size->cell;
    double w = token_channel_width(c->cap, *cell, c->closed);
    while (w > size->pipe && *cell > 3) w = token_channel_width(c->cap, --*cell, c->closed);
    return w;
}

/* With its name above it and its words below. */
static double pipe_room(const Model *m, const PipePlace *p, const Measure *size) {
    double cell, w = pipe_width(&m->chan[p->id], size, &cell), more = p->alike > 1 ? 40 : 0;
    return fmax(fmax(w, 80), fmin(text_width(intern_text(m->text, m->chan[p->id].name), mono(14, 500)) + more, 120));
}

static size_t put_node(Cursor *p, const Set *set) {
    ChannelsLayout *l = p->l;
    if (set->count == 0 || l->node_count == NODES_MAX) return NODES_MAX;
    NodePlace *n = &l->node[l->node_count];
    *n = (NodePlace){.count = set->count, .cx = p->x + p->size->node / 2, .cy = (double)p->row, .room = p->size->node};
    memcpy(n->g, set->g, set->count * sizeof *set->g);
    p->x += p->size->node;
    return l->node_count++;
}

static void put_pipe(Cursor *p, size_t i, size_t from, const Set *to) {
    ChannelsLayout *l = p->l;
    PipePlace *pipe = &l->pipe[l->pipe_count++];
    *pipe = p->g->pipe[i];
    double w = pipe_width(&p->m->chan[pipe->id], p->size, &pipe->cell), room = pipe_room(p->m, pipe, p->size);
    p->x += p->size->link;
    pipe->box = (Box){p->x + (room - w) / 2, (double)p->row, w, 0};
    pipe->from = from;
    p->x += room + p->size->link;
    pipe->to = put_node(p, to);
}

static void new_row(Cursor *p) {
    p->x = p->left;
    p->row++;
}

static double step_width(const Cursor *p, size_t n) {
    Set to = graph_behind(p->g, n);
    return 2 * p->size->link + pipe_room(p->m, &p->g->pipe[p->g->order[n]], p->size) + (to.count ? p->size->node : 0);
}

static double chain_width(const Cursor *p, size_t n) {
    double w = p->g->senders[p->g->order[n]].count ? p->size->node : 0;
    do w += step_width(p, n);
    while (++n < p->g->count && !p->g->starts[n]);
    return w;
}

/* Everything in rows; cy and y are numbers of rows until they are known. False: they are not enough. */
static bool fill_rows(Cursor *p) {
    ChannelsLayout *l = p->l;
    l->node_count = l->pipe_count = p->row = 0;
    p->x = p->left;
    size_t node = NODES_MAX;
    for (size_t n = 0; n < p->g->count; n++) {
        size_t i = p->g->order[n];
        Set to = graph_behind(p->g, n), from = p->g->senders[i];
        if (p->g->starts[n]) {
            if (p->x > p->left) p->x += CHAIN_GAP;
            if (p->x > p->left && p->x + chain_width(p, n) > p->right) new_row(p);
            node = put_node(p, &from);
        }
        if (p->x + step_width(p, n) > p->right + 1) { /* it goes on below, with the same goroutines */
            new_row(p);
            if (!p->g->starts[n]) from = graph_behind(p->g, n - 1);
            else if (node != NODES_MAX) l->node_count--; /* nothing has come of it yet */
            node = put_node(p, &from);
            if (p->x + step_width(p, n) > p->right + 1) return false;
        }
        put_pipe(p, i, node, &to);
        node = l->pipe[l->pipe_count - 1].to;
        if (p->row >= p->rows || l->node_count == NODES_MAX) return false;
    }
    return true;
}

static void choose_pipes(ChannelsLayout *l, const FrameLayout *f, const Scene *s, const Candidate *c, size_t count) {
    Graph g;
    double top = f->stage.y + f->m->go_y + 12, bottom = f->fault_y - 16;
    double pitch = f->m->two_lines ? 116 : 104, up = f->m->two_lines ? 46 : 40;
    Cursor p = {.l = l, .g = &g, .m = s->model, .left = 24, .right = f->stage.x + f->stage.w - 24};
    p.rows = (size_t)fmax(1, floor((bottom - top) / pitch));
    make_graph(&g, c, count, PIPES_MAX, s->model);
    bool fits = false;
    for (size_t wanted = g.count; wanted > 0 && !fits; wanted--) {
        if (wanted < g.count) make_graph(&g, c, count, wanted, s->model);
        for (size_t i = 0; i < ARRAY_LEN(measures) && !fits; i++) {
            p.size = &measures[i];
            fits = fill_rows(&p);
        }
    }
    if (!fits) l->node_count = l->pipe_count = 0;
    for (size_t i = 0; i < l->pipe_count; i++) l->shown += l->pipe[i].alike;
    size_t used = p.row + 1;
    double y = top + up + fmax(0, bottom - top - pitch * (double)used) * .4;
    pitch += fmax(0, fmin(30, (bottom - top) / (double)used - pitch)) * .4;
    l->radius = f->m->two_lines ? 28 : 23;
    for (size_t i = 0; i < l->node_count; i++) {
        l->node[i].deepest = l->node[i].cy > (double)used - 1.5;
        l->node[i].cy = y + pitch * l->node[i].cy;
    }
    for (size_t i = 0; i < l->pipe_count; i++) {
        double cy = y + pitch * l->pipe[i].box.y;
        l->pipe[i].box.y = cy - 15;
        l->pipe[i].box.h = 30;
    }
}

/* ---------------------------------------------------------------- below the line */

static double column_of(const ChannelsLayout *l, uint64_t g) {
    for (size_t i = 0; i < l->node_count; i++) {
        for (size_t k = 0; k < l->node[i].count && l->node[i].deepest; k++) {
            if (l->node[i].g[k] == g) return l->node[i].cx;
        }
    }
    return 0;
}

static void place_below(const ChannelsLayout *l, StageLayout *stage, const FrameLayout *f, const Scene *s) {
    double mw = f->stage.x + f->stage.w, w = fmin(fmax(.3 * mw, 240), 420);
    *stage = (StageLayout){.queue = {mw - 36 - w, f->fault_y + f->m->queue_below, w, f->m->queue_h}};
    stage->in_c_detail = C_PLACES_MAX;
    for (uint64_t id = 0; id < s->model->m_count; id++) {
        const ModelM *mp = &s->model->m[id];
        if (mp->state != M_IN_C) continue;
        if (stage->in_c_count < C_PLACES_MAX)
            stage->in_c[stage->in_c_count] = (CPlace){.m = id, .shaft_x = mp->g == NONE ? 0 : column_of(l, mp->g)};
        stage->in_c_count++;
    }
    double words = stage->in_c_count == 1 ? 150 : 0; /* one alone can step aside for them */
    layout_in_c(stage, f, s, 24, stage->queue.x - 24 - words);
    if (words > 0 && stage->in_c_look == IN_C_PLATES) {
        stage->in_c_detail = 0;
        stage->detail_w = stage->queue.x - 24 - (stage->in_c[0].plate.x + stage->in_c[0].plate.w + 18);
    }
    layout_memory(stage, f, s);
}

/* ---------------------------------------------------------------- the rows of occupancy */

static bool has_twin(const Candidate *c, const size_t *chosen, size_t count, size_t i, const Model *m) {
    for (size_t k = 0; k < count; k++) {
        if (k != i && m->chan[c[chosen[k]].id].name == m->chan[c[chosen[i]].id].name) return true;
    }
    return false;
}

/* In the order of the pipeline. */
static size_t place_of(const ChannelsLayout *l, const Model *m, uint64_t id) {
    for (size_t i = 0; i < l->pipe_count; i++) {
        if (l->pipe[i].id == id || channels_are_alike(m, l->pipe[i].id, id)) return i;
    }
    return PIPES_MAX;
}

/* The heaviest of each pipe, then the heaviest of the rest, until there is no more room. */
static size_t choose_rows(size_t *chosen, const Candidate *c, size_t count, size_t most, const ChannelsLayout *l, const Model *m) {
    bool has_row[PIPES_MAX + 1] = {false}, taken[CANDIDATES_MAX] = {false};
    size_t n = 0;
    for (int rest = 0; rest < 2; rest++) {
        for (size_t i = 0; i < count && n < most; i++) {
            size_t place = place_of(l, m, c[i].id);
            if (taken[i] || (!rest && (place == PIPES_MAX || has_row[place]))) continue;
            has_row[place] = taken[i] = true;
            chosen[n++] = i;
        }
    }
    return n;
}

static bool row_before(const ChannelsLayout *l, const Model *m, uint64_t a, uint64_t b) {
    size_t x = place_of(l, m, a), y = place_of(l, m, b);
    return x != y ? x < y : a < b;
}

static void place_rows(ChannelsLayout *l, TimelineLayout *t, const FrameLayout *f, const Scene *s, const Candidate *c, size_t count) {
    Box b = f->timeline;
    size_t chosen[CHAN_ROWS_MAX];
    l->heading_y = b.y + 24;
    t->ruler_y = b.y + 32;
    t->lanes_y = t->ruler_y + 26;
    t->lanes_end = t->scrub_y - 6;
    t->lane_count = t->hidden = t->hidden_p = 0;
    t->divider_y = 0;
    if (l->contexts.w > 0) t->x1 = b.x + round(.62 * b.w);
    t->ns_per_lp = (double)(s->to_ns - s->from_ns) / (t->x1 - t->x0);
    double room = t->lanes_end - t->lanes_y;
    size_t most = room < 36 ? 0 : (size_t)(room / 36);
    if (most > CHAN_ROWS_MAX) most = CHAN_ROWS_MAX;
    count = choose_rows(chosen, c, count, most, l, s->model);
    for (size_t i = 0; i < count; i++) {
        size_t k = l->row_count++;
        for (; k > 0 && row_before(l, s->model, c[chosen[i]].id, l->row[k - 1].id); k--) l->row[k] = l->row[k - 1];
        l->row[k] = (ChanRow){.id = c[chosen[i]].id, .alike = has_twin(c, chosen, count, i, s->model)};
    }
    double pitch = count ? fmin(76, floor(room / (double)count)) : 0;
    for (size_t i = 0; i < count; i++) {
        l->row[i].y = t->lanes_y + 9 + pitch * (double)i;
        l->row[i].h = pitch - 18;
    }
    if (count > 0) t->lanes_end = fmin(t->lanes_end, l->row[count - 1].y + pitch - 7);
}

void layout_channels(ChannelsLayout *l, StageLayout *stage, TimelineLayout *time, const FrameLayout *f, const Scene *s) {
    static Candidate c[CANDIDATES_MAX];
    *l = (ChannelsLayout){0};
    size_t count = heaviest_channels(c, s, &l->channels);
    choose_pipes(l, f, s, c, count);
    place_below(l, stage, f, s);
    layout_contexts(l, f, s);
    place_rows(l, time, f, s, c, count);
}

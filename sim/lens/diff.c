/* diff.c -- reads two traces in step, and keeps the first place where they part. */
#include "diff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    Trace *t;
    TraceCursor *c;
    DiffSide *side;
    Event e;
    bool there;
} Reader;

/* ---- one side ---- */

/* The goroutine that the event moves from one state to another, or NONE. */
static uint64_t moved_g(const Event *e) {
    return e->kind == EV_NEEDM || e->kind == EV_DROPM ? e->arg[2] : event_first(e, KIND_G);
}

static DiffG *g_of(DiffSide *s, uint64_t g) {
    GROW(s->g, s->g_cap, g + 1);
    if (g >= s->g_count) s->g_count = g + 1;
    return &s->g[g];
}

/* Its time so far is counted when it leaves a state. */
static bool apply(DiffSide *s, const Event *e, char *why) {
    uint64_t g = moved_g(e);
    const Model *m = s->model;
    bool known = g < m->g_count && m->g[g].state != G_NONE;
    ModelG before = known ? m->g[g] : (ModelG){0};
    if (!model_apply(s->model, e, why)) return false;
    if (g >= m->g_count || m->g[g].state == G_NONE) return true;
    DiffG *x = g_of(s, g);
    if (x->name[0] == '\0') snprintf(x->name, sizeof x->name, "%.47s", model_g_name(m, g));
    if (known && m->g[g].since_seq == e->seq) x->ns[before.state] += e->time_ns - before.since_ns;
    return true;
}

static void close_accounts(DiffSide *s) {
    for (size_t g = 0; g < s->g_count && g < s->model->g_count; g++) {
        const ModelG *gp = &s->model->g[g];
        if (gp->state != G_NONE) s->g[g].ns[gp->state] += s->model->now_ns - gp->since_ns;
    }
}

static bool step(Reader *r, Diag *d) {
    char why[MODEL_WHY_MAX];
    r->there = trace_next(r->c, &r->e);
    if (!r->there) return true;
    summary_event(&r->side->summary, r->side->model, &r->e);
    if (apply(r->side, &r->e, why)) {
        story_line_take(&r->side->story, r->side->model, &r->e);
        return true;
    }
    return diag_fail(d, EXIT_WORLD, "%s: event #%llu is impossible: %s", trace_path(r->t),
                     (unsigned long long)r->e.seq, why);
}

/* ---- both ---- */

static bool same_what(const Reader *a, const Reader *b) {
    if (!a->there || !b->there) return a->there == b->there;
    if (a->e.kind != b->e.kind) return false;
    if (a->e.kind >= EV_COUNT) return true; /* of a newer program: nothing is known of it */
    const EventSpec *spec = &event_spec[a->e.kind];
    for (int i = 0; i < spec->arg_count; i++) {
        uint64_t x = a->e.arg[i], y = b->e.arg[i];
        bool same = spec->arg[i].kind == KIND_STR ? strcmp(intern_text(trace_text(a->t), x),
                                                           intern_text(trace_text(b->t), y)) == 0
                                                  : x == y;
        if (!same) return false;
    }
    return true;
}

/* Durations differ as times do: what happened is the same. */
static bool same_but_for_time(const Reader *a, const Reader *b) {
    if (!a->there || !b->there || a->e.kind != b->e.kind || a->e.kind >= EV_COUNT)
        return same_what(a, b);
    Reader x = *a, y = *b;
    for (int i = 0; i < event_spec[x.e.kind].arg_count; i++) {
        if (event_spec[x.e.kind].arg[i].kind == KIND_NS) x.e.arg[i] = y.e.arg[i] = 0;
    }
    return same_what(&x, &y);
}

/* The models stand right after the two events, as narrate wants them. */
static void keep(DiffPlace *p, const Reader *r, uint64_t after) {
    p->found = true;
    p->after = after;
    for (int i = 0; i < 2; i++) {
        DiffEvent *x = &p->side[i];
        x->there = r[i].there;
        x->e = r[i].e;
        if (!x->there || x->e.kind >= EV_COUNT) continue;
        event_text(x->text, &x->e, trace_text(r[i].t));
        narrate(r[i].side->model, &x->e, &x->words);
    }
}

static bool read_both(Diff *d, Reader *r, Diag *diag) {
    for (uint64_t n = 0;; n++) {
        if (!step(&r[0], diag) || !step(&r[1], diag)) return false;
        if (!r[0].there && !r[1].there) return true;
        bool at_once = r[0].e.time_ns == r[1].e.time_ns;
        if (!d->first.found && !(at_once && same_what(&r[0], &r[1]))) keep(&d->first, r, n);
        if (!d->what.found && !same_but_for_time(&r[0], &r[1])) keep(&d->what, r, n);
    }
}

/* ---- where the stories part ---- */

/* Looks back to the event: the model that was right after it has gone on since. */
static bool tell(DiffParting *p, int k, Trace *t, Diag *diag) {
    Narration words;
    Event e;
    TraceCursor *c = trace_cursor(t);
    trace_seek_seq(c, p->seq[k]);
    Model *m = trace_next(c, &e) ? trace_model_at_seq(t, p->seq[k], diag) : NULL;
    trace_cursor_free(c);
    if (m == NULL) return false;
    narrate(m, &e, &words);
    snprintf(p->headline[k], sizeof p->headline[k], "%s", words.headline);
    model_free(m);
    return true;
}

static bool find_partings(Diff *d, Trace *const t[2], Diag *diag) {
    Alignment x;
    bool ok = true;
    align(&x, &d->side[0].story, &d->side[1].story);
    d->partings = x.count;
    for (size_t i = 0; ok && i < x.count && i < DIFF_PARTINGS_MAX; i++) {
        DiffParting *p = &d->parting[d->parting_count++];
        for (int k = 0; k < 2; k++) {
            p->count[k] = x.parting[i].to[k] - x.parting[i].from[k];
            if (p->count[k] == 0) continue;
            const StoryItem *first = &d->side[k].story.item[x.parting[i].from[k]];
            p->time_ns[k] = first->time_ns;
            p->seq[k] = first->seq;
            ok = ok && tell(p, k, t[k], diag);
        }
    }
    align_free(&x);
    return ok;
}

bool diff_traces(Diff *d, Trace *a, Trace *b, Diag *diag) {
    Trace *t[] = {a, b};
    Reader r[2];
    *d = (Diff){0};
    for (int i = 0; i < 2; i++) {
        summary_begin(&d->side[i].summary);
        d->side[i].model = model_new(trace_text(t[i]));
        r[i] = (Reader){.t = t[i], .c = trace_cursor(t[i]), .side = &d->side[i]};
    }
    bool ok = read_both(d, r, diag) && find_partings(d, t, diag);
    for (int i = 0; i < 2; i++) {
        close_accounts(&d->side[i]);
        trace_cursor_free(r[i].c);
    }
    return ok;
}

void diff_free(Diff *d) {
    for (int i = 0; i < 2; i++) {
        free(d->side[i].g);
        story_line_free(&d->side[i].story);
        model_free(d->side[i].model);
    }
    *d = (Diff){0};
}

uint64_t diff_g_ns(const Diff *d, uint64_t g) {
    if (g >= d->side[0].g_count || g >= d->side[1].g_count) return NONE;
    const DiffG *a = &d->side[0].g[g], *b = &d->side[1].g[g];
    if (a->name[0] == '\0' || strcmp(a->name, b->name) != 0) return NONE;
    uint64_t sum = 0;
    for (int s = 0; s < G_COUNT; s++) {
        if (s == G_DEAD || s == G_NONE) continue;
        sum += a->ns[s] > b->ns[s] ? a->ns[s] - b->ns[s] : b->ns[s] - a->ns[s];
    }
    return sum;
}

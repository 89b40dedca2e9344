/* view_end.c -- the end of a run: what it came to, in the panel; and the pause in which nothing runs until a timer ends it. */
#include "view.h"

#include "measure.h"
#include "token.h"

#include "../sim/lens/narrate.h"

#include <math.h>
#include <stdio.h>

/* ---------------------------------------------------------------- the figures of the whole run */

bool is_at_end(const Scene *s) { return !s->growing && s->seq == s->event_count && s->event_count > 0 && s->now_ns >= s->end_ns; }

/* Those that are worth a line, most telling first; what never happened is left out. */
static const struct {
    Figure figure;
    const char *title;
} figures[] = {
    {FIG_time, "Virtual time"},
    {FIG_goroutines, "Goroutines"},
    {FIG_threads, "Threads"},
    {FIG_threads_max_in_c, "In C at one time"},
    {FIG_crossings, "Crossings into C"},
    {FIG_handoffs, "Hand-overs of a P"},
    {FIG_behind_c, "Ps stood still behind C"},
    {FIG_longest_wait, "Longest wait for a P"},
    {FIG_chan_wait, "Waiting at channels"},
    {FIG_running, "Go code ran for"},
    {FIG_device_busy, "Device busy"},
    {FIG_device_idle, "Device idle"},
    {FIG_collections, "Collections"},
    {FIG_moved, "Objects moved"},
    {FIG_callbacks, "Callbacks"},
    {FIG_preemptions, "Preemptions"},
};

double view_end_figures(const View *v, double x, double y, double w, double end) {
    enum { ROW = 23 };
    const Scene *s = v->s;
    char text[48];
    draw_text(v->d, x, y, sans(15, 600), TINT_T1, ANCHOR_START, s->model->imported ? "What was recorded" : "The whole run");
    y += 26;
    for (size_t i = 0; i < ARRAY_LEN(figures) && y <= end; i++) {
        const FigureSpec *f = &figure_spec[figures[i].figure];
        uint64_t value = s->summary->value[figures[i].figure];
        if (value == 0 || (f->run_only && s->model->imported)) continue;
        if (f->kind == KIND_NS) narrate_time(text, sizeof text, value);
        else count_text(text, sizeof text, value);
        double taken = draw_text(v->d, x + w, y, digits(14, 600), TINT_T1, ANCHOR_END, text);
        draw_fitted(v->d, x, y, sans(14, 400), TINT_T2, ANCHOR_START, figures[i].title, w - taken - 12);
        y += ROW;
    }
    return y + 8;
}

/* ---------------------------------------------------------------- nothing runs until */

static void sooner(uint64_t *at, uint64_t *since, uint64_t when, uint64_t from) {
    if (when == NONE || (*at != NONE && *at <= when)) return;
    *at = when;
    *since = from;
}

/* Somebody is in C, or can run: then it is no pause. Of timers that end nobody's sleep, only the deadlines of contexts are known. */
bool nothing_runs_until(const Model *m, uint64_t now_ns, uint64_t *at, uint64_t *since) {
    *at = *since = NONE;
    if (m->imported || m->ended) return false;
    for (uint64_t g = 1; g < m->g_count; g++) {
        const ModelG *gp = &m->g[g];
        if (gp->state == G_RUNNABLE || gp->state == G_RUNNING || gp->state == G_SYSCALL) return false;
        if (gp->state == G_WAITING) sooner(at, since, gp->wake_ns, gp->since_ns);
    }
    for (uint64_t i = 0; i < m->context_count; i++) {
        if (m->context[i].over_ns == NONE) sooner(at, since, m->context[i].deadline_ns, now_ns);
    }
    return *at != NONE && *at > now_ns;
}

/* In the place of what sysmon does next: a wedge of what is left, and until when. */
bool stage_pause(const View *v, double x, double y, double w) {
    uint64_t at, since;
    char text[64], time[48];
    const Scene *s = v->s;
    if (!nothing_runs_until(s->model, s->now_ns, &at, &since)) return false;
    uint64_t whole = at - since;
    snprintf(text, sizeof text, "nothing runs until %s", narrate_time(time, sizeof time, at));
    double room = w - 20;
    if (text_width(text, digits(13, 600)) > room) snprintf(text, sizeof text, "nothing until %s", time);
    if (text_width(text, digits(13, 600)) > room) snprintf(text, sizeof text, "until %s", time);
    if (text_width(text, digits(13, 600)) > room) snprintf(text, sizeof text, "%s", time);
    token_timer(v->d, x + 7, y - 4.5, 7, whole ? (double)(at - s->now_ns) / (double)whole : 1);
    draw_whole(v->d, x + 20, y, digits(13, 600), TINT_T1, ANCHOR_START, text, room);
    return true;
}

/* show.c -- borrowing from feed, player and story what a picture needs. */
#include "show.h"

#include "../sim/base/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *file_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* What the recording machine said about the device: its name, then its platform. pocl's name for a
 * CPU is long, and tells what it was compiled for. */
static void device_name(char *buf, size_t size, Feed *f) {
    const char *about = feed_section(f, "device", NULL);
    if (about == NULL) about = feed_option(f, "device");
    bool pocl = strstr(about, "\nPortable Computing Language") != NULL;
    bool cpu = strncmp(about, "pthread", 7) == 0 || strncmp(about, "cpu", 3) == 0;
    if (pocl && cpu) snprintf(buf, size, "pocl CPU");
    else snprintf(buf, size, "%.*s", (int)strcspn(about, "\n(@"), about);
}

/* Options of the trace under the first of these names that it has. */
static const char *option(Feed *f, const char *a, const char *b) {
    const char *value = feed_option(f, a);
    return value[0] || b == NULL ? value : feed_option(f, b);
}

void show_init(Show *w, Feed *f) {
    *w = (Show){.feed = f};
    player_open(&w->player, f);
    Scene *s = &w->scene;
    const char *source = feed_section(f, "scenario", NULL);
    s->title = option(f, "title", NULL);
    if (s->title[0] == '\0') s->title = file_name(feed_path(f));
    s->book = option(f, "book", NULL);
    s->section = option(f, "section", NULL);
    s->file = file_name(option(f, "file", "scenario"));
    s->go = option(f, "go", NULL);
    device_name(w->device, sizeof w->device, f);
    s->source = source ? source : "";
    s->moving_collector = strcmp(option(f, "collector", NULL), "go") != 0 && strcmp(option(f, "source", NULL), "go") != 0;
    s->device_bytes = strtoull(option(f, "device_memory", NULL), NULL, 10);
    s->zoom = 1;
    s->panel = true;
    s->selected = s->hovered = s->followed = s->line_of = w->turned_to = NO_THING;
    s->width_px = 1600;
    s->height_px = 1000;
}

/* How somebody looks at it, not at what: kept when another run takes the place of one. */
static void show_take_settings(Show *w, const Scene *from) {
    Scene *s = &w->scene;
    s->width_px = from->width_px;
    s->height_px = from->height_px;
    s->zoom = from->zoom;
    s->theme = from->theme;
    s->panel = from->panel;
    s->still = from->still;
    s->lecture = from->lecture;
    s->stage_share = from->stage_share;
    s->halves = from->halves;
    s->selected = from->selected;
    s->hovered = from->hovered;
    s->pointer = from->pointer;
    s->by_object = from->by_object;
    s->folded = from->folded;
    s->goroutines = from->goroutines;
    if (from->view != VIEW_COMPARE) s->view = from->view;
}

void show_take_looks(Show *w, const Scene *from) {
    show_take_settings(w, from);
    w->scene.selected = w->scene.hovered = NO_THING;
}

/* The last picture that the program has shown by now. */
static void find_picture(Scene *s, const Feed *f) {
    char name[48];
    size_t len;
    int head = 0;
    s->picture = NULL;
    if (s->model->pictures == 0) return;
    snprintf(name, sizeof name, "picture %llu", (unsigned long long)s->model->pictures - 1);
    const char *bytes = feed_section(f, name, &len);
    if (bytes == NULL || sscanf(bytes, "%5u %5u%n", &s->picture_w, &s->picture_h, &head) != 2 || head == 0) return;
    uint64_t pixels = (uint64_t)s->picture_w * s->picture_h;
    if (pixels == 0 || len < (size_t)head + 1 || len - (size_t)head - 1 != 3 * pixels) return; /* damaged */
    s->picture = (const uint8_t *)bytes + head + 1;
}

Thing show_asked(const Scene *s) {
    static const Kind kinds[] = {KIND_G, KIND_M, KIND_P, KIND_CHAN, KIND_OBJ};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (s->selected.id != NONE && s->selected.kind == kinds[i]) return s->selected;
    }
    for (size_t i = 0; s->story->seq != 0 && i < ARRAY_LEN(kinds); i++) {
        uint64_t id = event_first(&s->story->event, kinds[i]);
        if (id != NONE) return (Thing){kinds[i], id};
    }
    return NO_THING;
}

/* The walk through the causes is done once for a moment. */
static void find_why(Show *w) {
    Scene *s = &w->scene;
    Thing t = s->asks_why ? show_asked(s) : NO_THING;
    bool known = s->why && t.kind == s->why_of.kind && t.id == s->why_of.id && w->why_seq == s->seq && w->why_ns == s->now_ns;
    s->why_of = t;
    s->why = t.id == NONE ? NULL : &w->why;
    if (s->why == NULL || known) return;
    w->why_seq = s->seq;
    w->why_ns = s->now_ns;
    feed_why(w->feed, s->model, s->now_ns, t.kind, t.id, &w->why);
}

/* ---------------------------------------------------------------- the line of the source */

static uint64_t line_of_g(const Model *m, uint64_t g) {
    if (g >= m->g_count || m->g[g].state == G_NONE) return 0;
    const ModelG *gp = &m->g[g];
    return gp->line && gp->line != NONE ? gp->line : gp->born_line;
}

uint64_t show_line_of(const Model *m, Thing t) {
    uint64_t line = 0;
    if (t.kind == KIND_G) line = line_of_g(m, t.id);
    else if (t.kind == KIND_M && t.id < m->m_count) line = line_of_g(m, m->m[t.id].g);
    else if (t.kind == KIND_P && t.id < m->p_count) line = m->p[t.id].m < m->m_count ? line_of_g(m, m->m[m->p[t.id].m].g) : 0;
    else if (t.kind == KIND_CHAN && t.id < m->chan_count) line = m->chan[t.id].line;
    else if (t.kind == KIND_OBJ && t.id < m->obj_count) line = m->obj[t.id].line;
    else if (t.kind == KIND_CMD && t.id < m->cmd_count) line = m->cmd[t.id].line;
    return line == NONE ? 0 : line;
}

void show_turn_to(Show *w, Thing t) {
    w->turned_to = t;
    w->turned_seq = w->player.seq;
    w->scene.panel = true;
}

static uint64_t born_line_of(const Model *m, Thing t) {
    bool known = t.kind == KIND_G && t.id < m->g_count && m->g[t.id].state != G_NONE && m->g[t.id].born_line != NONE;
    return known ? m->g[t.id].born_line : 0;
}

static void find_line(Show *w) {
    Scene *s = &w->scene;
    s->hovered_line = s->hovered.id != NONE ? show_line_of(s->model, s->hovered) : 0;
    s->hovered_born = s->hovered.id != NONE ? born_line_of(s->model, s->hovered) : 0;
    if (w->turned_seq != s->seq) w->turned_to = NO_THING;
    s->line_of = w->turned_to.id != NONE ? w->turned_to : s->followed;
    s->line = s->line_of.id != NONE ? show_line_of(s->model, s->line_of) : 0;
    if (s->line != 0) return;
    s->line_of = NO_THING;
    s->line = s->story->line;
}

static void find_blame(Show *w) {
    Scene *s = &w->scene;
    s->blame = w->blames ? &w->blame : NULL;
    if (!w->blames || (w->blame_seq == s->seq && s->seq != 0)) return;
    blame_find(&w->blame, s->model, s->steps);
    w->blame_seq = s->seq;
}

static void find_flows(Show *w) {
    Scene *s = &w->scene;
    bool lanes = s->view == VIEW_TIMELINE || s->view == VIEW_STAGE;
    s->flows = lanes ? feed_flows(w->feed, s->from_ns, s->to_ns) : NULL;
}

static void find_span(Show *w) {
    Scene *s = &w->scene;
    if (!s->measures) return;
    if (w->measures_on) s->span_to_ns = s->now_ns;
    uint64_t a = s->span_from_ns < s->span_to_ns ? s->span_from_ns : s->span_to_ns,
             b = s->span_from_ns < s->span_to_ns ? s->span_to_ns : s->span_from_ns;
    s->span_events = feed_seq_at(w->feed, b) - (a > 0 ? feed_seq_at(w->feed, a - 1) : 0);
}

/* ---------------------------------------------------------------- two runs */

void show_free(Show *w) {
    versus_close(w->versus);
    if (w->beside) show_free(w->beside);
    free(w->beside);
    feed_close(w->feed);
    *w = (Show){0};
}

/* Something is wrong with memory in this run, as far as it is read: then the heap is what one wants to compare. */
static bool has_moved(Feed *f) {
    size_t count;
    const Finding *x = feed_findings(f, &count);
    for (size_t i = 0; i < count; i++) {
        FindingKind kind = x[i].kind;
        if (kind == FIND_pinning_violation || kind == FIND_device_use_after_free || kind == FIND_implicit_pin_expired) return true;
    }
    return false;
}

bool show_beside(Show *w, Feed *other, Diag *d) {
    Versus *versus;
    if (!versus_open(&versus, w->feed, other, d)) return false;
    versus_close(w->versus);
    if (w->beside) show_free(w->beside);
    else w->beside = mem_zero(1, sizeof *w->beside);
    w->versus = versus;
    show_init(w->beside, other);
    w->scene.halves = has_moved(w->feed) || has_moved(other) ? VIEW_HEAP : VIEW_STAGE;
    return true;
}

void show_swap(Show *w) {
    Show *b = w->beside;
    Diag d;
    if (b == NULL) return;
    Show a = *w;
    versus_close(w->versus);
    *w = *b;
    *b = a;
    b->beside = NULL;
    b->versus = NULL;
    w->beside = b;
    w->unlinked = b->unlinked;
    w->uncovers = b->uncovers;
    w->player.speed_ns = b->player.speed_ns;
    w->player.own_speed_ns = b->player.own_speed_ns;
    show_take_settings(w, &b->scene);
    w->scene.view = b->scene.view;
    if (!versus_open(&w->versus, w->feed, b->feed, &d)) w->versus = NULL; /* both were opened before */
}

bool show_compare(Show *w, size_t events) { return w->versus && versus_read(w->versus, events); }

bool show_step_difference(Show *w, int direction) {
    size_t count = 0;
    const Difference *x = w->versus ? versus_differences(w->versus, &count) : NULL, *next = NULL;
    for (size_t i = 0; i < count; i++) {
        if (direction > 0 && next == NULL && x[i].time_ns > w->player.now_ns) next = &x[i];
        if (direction < 0 && x[i].time_ns < w->player.now_ns) next = &x[i];
    }
    if (next) player_seek_ns(&w->player, w->feed, next->time_ns);
    return next != NULL;
}

static size_t lanes_of_gs(const TimelineLayout *l, uint64_t g[LANES_MAX]) {
    size_t count = 0;
    for (size_t i = 0; i < l->lane_count; i++) {
        if (l->lane[i].kind == LANE_G) g[count++] = l->lane[i].id;
    }
    return count;
}

bool show_read_lives(Show *w, const TimelineLayout *l, size_t events) {
    uint64_t g[LANES_MAX];
    return feed_read_lives(w->feed, g, lanes_of_gs(l, g), events);
}

bool show_knows_lives(const Show *w, const TimelineLayout *l) {
    uint64_t g[LANES_MAX];
    return feed_knows_lives(w->feed, g, lanes_of_gs(l, g));
}

/* Words for those that are in the window: who tells a difference looks back in both runs. */
static void tell_differences(Show *w) {
    enum { TOLD_MAX = 24 };
    size_t count, told = 0;
    const Difference *x = versus_differences(w->versus, &count);
    for (size_t i = 0; i < count && told < TOLD_MAX && x[i].time_ns <= w->player.to_ns; i++) {
        if (x[i].time_ns < w->player.from_ns) continue;
        versus_tell(w->versus, i);
        told++;
    }
}

/* The other run at the same time, in the same window of time, in the same clothes. */
static void find_other(Show *w) {
    Scene *s = &w->scene;
    s->other = NULL;
    s->versus = NULL;
    s->linked = !w->unlinked;
    if (s->view != VIEW_COMPARE || w->beside == NULL) return;
    Show *b = w->beside;
    Player *p = &b->player;
    if (!w->unlinked && p->now_ns != s->now_ns) player_seek_ns(p, b->feed, s->now_ns);
    p->from_ns = s->from_ns;
    p->to_ns = s->to_ns;
    b->uncovers = true;
    b->scene.view = VIEW_STAGE; /* a half is no comparison itself */
    show_take_settings(b, s);
    s->other = show_scene(b);
    s->versus = w->versus;
    if (s->versus) tell_differences(w);
}

/* Of a run that ended because all sleep, that is to be told, and not that it has ended. */
static uint64_t told_event(Feed *f, const Player *p) {
    const Model *head = feed_head(f);
    bool last = p->told_seq == feed_count(f) && head->ended;
    return last && head->deadlocked ? head->deadlocked : p->told_seq;
}

const Scene *show_scene(Show *w) {
    Scene *s = &w->scene;
    Feed *f = w->feed;
    const Player *p = &w->player;
    story_tell(&w->story, f, told_event(f, p));
    s->lanes = feed_lanes(f);
    s->lives = feed_lives(f);
    s->steps = feed_steps(f);
    s->past = feed_past(f);
    s->head = feed_head(f);
    s->end_ns = feed_end_ns(f);
    s->event_count = feed_total(f);
    s->device = w->device; /* the Show may have been copied since */
    s->growing = feed_is_open(f);
    s->finding = feed_findings(f, &s->finding_count);
    s->evidence = feed_evidence(f, &s->evidence_count);
    s->trouble = feed_trouble(f);
    s->summary = feed_summary(f);
    s->model = feed_model(f, 0, p->seq);
    s->story = &w->story;
    find_picture(s, f);
    s->now_ns = p->now_ns;
    s->seq = p->seq;
    s->from_ns = p->from_ns;
    s->to_ns = p->to_ns;
    s->playing = p->playing;
    s->speed_ns = p->speed_ns;
    s->own_speed_ns = p->own_speed_ns;
    Event next;
    s->question = p->ask_seq && feed_event(f, p->ask_seq, &next) ? predict_question(w->question, s->model, &next) : "";
    s->uncovered = w->uncovers || s->view == VIEW_COMPARE;
    find_line(w);
    find_span(w);
    find_flows(w);
    find_blame(w);
    find_why(w);
    find_other(w);
    return s;
}

static bool go_to_event(Show *w, const char *name, bool last, Diag *d) {
    uint64_t seq = feed_find(w->feed, name, last);
    if (event_kind_by_name(name) == EV_COUNT) {
        diag_fail(d, EXIT_USAGE, "there is no event called '%s'", name);
        return diag_remedy(
            d, "Events are named as `faultline show` prints them: P_RETAKE, CGO_ENTER, GO_START.");
    }
    if (seq == 0) return diag_fail(d, EXIT_USAGE, "nothing called %s happens in this trace", name);
    player_seek_instant(&w->player, w->feed, seq);
    return true;
}

bool show_go_to(Show *w, const char *where, Diag *d) {
    uint64_t ns;
    if (strncmp(where, "first:", 6) == 0) return go_to_event(w, where + 6, false, d);
    if (strncmp(where, "last:", 5) == 0) return go_to_event(w, where + 5, true, d);
    if (strcmp(where, "end") == 0) {
        player_seek_ns(&w->player, w->feed, feed_end_ns(w->feed));
        return true;
    }
    if (where[0] == '#') {
        player_seek_seq(&w->player, w->feed, strtoull(where + 1, NULL, 10));
        return true;
    }
    if (!time_parse(where, &ns)) {
        diag_fail(d, EXIT_USAGE, "'%s' is no time", where);
        return diag_remedy(d, "Write 61us, 3.473ms, 2s, end, #1204 (an event's number) or "
                              "first:P_RETAKE, last:P_RETAKE.");
    }
    player_seek_ns(&w->player, w->feed, ns);
    return true;
}

/* view_bars.c -- the top bar, the transport, the list of keys and the tooltip.
 *
 * Both bars drop what finds no room, in the order of the design (2.4): key hints first, then the
 * run's figures; the virtual time and play are never dropped.
 */
#include "view.h"

#include "measure.h"
#include "token.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- top bar */

typedef struct {
    const char *name;
    char value[64];
} BarFigure;

static double figure_width(const BarFigure *f) {
    return fmax(text_width(f->name, sans(12, 400)), text_width(f->value, mono(14, 500))) + 28;
}

/* Of two runs: what they were asked for differently. */
static size_t collect_changes(const Scene *s, BarFigure *f, size_t most) {
    size_t count, n = 0, lines = 0;
    const char *first;
    const KnobChange *k = versus_knobs(s->versus, &count);
    for (size_t i = 0; i < count && n < most; i++, n++) {
        f[n].name = knob_title(&k[i]);
        snprintf(f[n].value, sizeof f[n].value, "%.24s | %.24s", k[i].value[0], k[i].value[1]);
    }
    for (int side = 0; side < 2; side++) lines += versus_lines(s->versus, side, &first);
    if (lines > 0 && n < most) {
        f[n].name = "differ in";
        snprintf(f[n++].value, sizeof f->value, "%zu line%s", lines, lines == 1 ? "" : "s");
    }
    return n;
}

static size_t collect_figures(const Scene *s, BarFigure *f) {
    size_t n = s->versus ? collect_changes(s, f, 4) : 0;
    if (n > 0) return n;
    if (!s->model->imported)
        snprintf(f[n].value, sizeof f[n].value, "%llu", (unsigned long long)s->model->seed), f[n++].name = "seed";
    snprintf(f[n].value, sizeof f[n].value, "%llu", (unsigned long long)s->model->procs),
        f[n++].name = "GOMAXPROCS";
    if (s->go[0]) snprintf(f[n].value, sizeof f[n].value, "%.24s", s->go), f[n++].name = "go";
    if (s->device[0])
        snprintf(f[n].value, sizeof f[n].value, "%.28s", s->device), f[n++].name = "device";
    return n;
}

static double title(const View *v, double room) {
    const Scene *s = v->s;
    double mid = v->f->top.h / 2, w;
    char chapter[160];
    token_logo(v->d, 20, mid - 4, 1);
    if (s->book[0] == '\0' && s->section[0] == '\0') {
        return 64 + draw_fitted(v->d, 64, mid + 6, sans(16, 600), TINT_T1, ANCHOR_START, s->title,
                                room - 64);
    }
    snprintf(chapter, sizeof chapter, "%.40s%s%.100s", s->book,
             s->book[0] && s->section[0] ? " · " : "", s->section);
    w = draw_fitted(v->d, 64, mid - 3, sans(16, 600), TINT_T1, ANCHOR_START, s->title, room - 64);
    return 64 + fmax(w, draw_fitted(v->d, 64, mid + 16, sans(13, 400), TINT_T2, ANCHOR_START,
                                    chapter, room - 64));
}

/* The picture has a tab only where the program shows one. */
static bool has_tab(const Scene *s, int view) { return view != VIEW_PICTURE || s->head->pictures > 0; }

static double tab_width(int view, bool words) {
    char key[2] = {view_spec[view].key, '\0'};
    return text_width(key, sans(13, 500)) + (words ? 8 + text_width(view_spec[view].title, sans(15, 600)) : 0) + 24;
}

static double tabs_width(const Scene *s, bool words) {
    double w = 24;
    for (int i = 0; i < VIEW_COUNT; i++) w += has_tab(s, i) ? tab_width(i, words) : 0;
    return w;
}

static void view_tabs(const View *v, double x, bool words) {
    double mid = v->f->top.h / 2;
    for (int i = 0; i < VIEW_COUNT; i++) {
        if (!has_tab(v->s, i)) continue;
        bool shown = (int)v->s->view == i;
        char key[2] = {view_spec[i].key, '\0'};
        double w = tab_width(i, words), at = x;
        at += draw_text(v->d, at, mid + 5, sans(13, 500), shown && !words ? TINT_T1 : TINT_T3, ANCHOR_START, key) + 8;
        if (words) draw_text(v->d, at, mid + 5, sans(15, shown ? 600 : 400), shown ? TINT_T1 : TINT_T2, ANCHOR_START, view_spec[i].title);
        if (shown) draw_box(v->d, (Box){x - 6, v->f->top.h - 4, w - 12, 4}, 0, paint(TINT_NOW), NO_PEN);
        hits_add(v->hits, (Box){x - 6, 0, w - 12, v->f->top.h}, HIT_VIEW, NO_THING, (uint64_t)i);
        x += w;
    }
}

void view_top(const View *v) {
    Box b = v->f->top;
    char time[48];
    BarFigure figures[4];
    if (b.h <= 0) return;
    draw_box(v->d, b, 0, paint(TINT_CHROME), NO_PEN);
    draw_line(v->d, 0, b.h - .5, b.w, b.h - .5, pen(TINT_HAIR, 1));
    double mid = b.h / 2, right = b.w - 24;
    right -= draw_text(v->d, right, mid + 10, mono(26, 600), TINT_NOW, ANCHOR_END,
                       narrate_time(time, sizeof time, v->s->now_ns)) +
             14;
    right -=
        draw_text(v->d, right, mid + 8, sans(12, 400), TINT_T3, ANCHOR_END,
                  v->s->model->imported ? "recorded time" : "virtual time") +
        32;
    size_t count = collect_figures(v->s, figures);
    double total = 0, wanted = 64 + fmin(text_width(v->s->title, sans(16, 600)), 420) + 48, tabs = tabs_width(v->s, true);
    for (size_t i = 0; i < count; i++) total += figure_width(&figures[i]);
    while (count > 1 && right - total - tabs < wanted) total -= figure_width(&figures[--count]);
    bool words = right - total - tabs >= 280; /* else the digits alone */
    if (!words) tabs = tabs_width(v->s, false);
    if (right - total - tabs < 240) tabs = 0;
    double end = title(v, right - total - tabs - 32);
    double x = fmax(right - total, 0);
    if (tabs > 0) view_tabs(v, fmin(fmax(end + 48, .28 * b.w), right - total - tabs), words);
    for (size_t i = 0; i < count; i++) {
        draw_text(v->d, x, mid - 5, sans(12, 400), TINT_T3, ANCHOR_START, figures[i].name);
        draw_text(v->d, x, mid + 15, mono(14, 500), TINT_T1, ANCHOR_START, figures[i].value);
        x += figure_width(&figures[i]);
    }
}

/* ---------------------------------------------------------------- transport */

static void triangle(DrawList *d, double x, double cy, double side) {
    Point p[] = {{x - 5 * side, cy - 7}, {x + 7 * side, cy}, {x - 5 * side, cy + 7}};
    draw_poly(d, p, 3, true, paint(TINT_T1), NO_PEN);
}

static void buttons(const View *v, double cy) {
    DrawList *d = v->d;
    draw_box(d, (Box){26, cy - 7, 2.5, 14}, 0, paint(TINT_T1), NO_PEN);
    triangle(d, 38, cy, -1);
    hits_add(v->hits, (Box){20, cy - 14, 32, 28}, HIT_TO_START, NO_THING, 0);
    triangle(d, 82, cy, -1);
    draw_box(d, (Box){91, cy - 7, 2.5, 14}, 0, paint(TINT_T1), NO_PEN);
    hits_add(v->hits, (Box){70, cy - 14, 32, 28}, HIT_BACK, NO_THING, 0);
    draw_circle(d, 138, cy, 21, paint(TINT_NOW), NO_PEN);
    if (v->s->playing) {
        draw_box(d, (Box){131, cy - 8, 5, 16}, 0, paint(TINT_ON_NOW), NO_PEN);
        draw_box(d, (Box){140, cy - 8, 5, 16}, 0, paint(TINT_ON_NOW), NO_PEN);
    } else {
        Point p[] = {{132, cy - 9}, {148, cy}, {132, cy + 9}};
        draw_poly(d, p, 3, true, paint(TINT_ON_NOW), NO_PEN);
    }
    hits_add(v->hits, (Box){117, cy - 21, 42, 42}, HIT_PLAY, NO_THING, 0);
    draw_box(d, (Box){182.5, cy - 7, 2.5, 14}, 0, paint(TINT_T1), NO_PEN);
    triangle(d, 193, cy, 1);
    hits_add(v->hits, (Box){176, cy - 14, 32, 28}, HIT_STEP, NO_THING, 0);
}

/* 10 ns to 1 s of virtual time per second, on a logarithmic scale. */
static void speed(const View *v, double x, double cy) {
    char text[64], time[48];
    double share = fmin(1, fmax(0, log10((double)v->s->speed_ns / 10) / 8));
    double w = draw_text(v->d, x, cy + 5, sans(13, 400), TINT_T3, ANCHOR_START, "speed");
    x += w + 14;
    draw_line(v->d, x, cy, x + 120, cy, pen_round(TINT_CARDL, 3));
    draw_line(v->d, x, cy, x + 120 * share, cy, pen_round(TINT_T2, 3));
    for (int k = 0; k < 5; k++)
        draw_line(v->d, x + 30 * k, cy + 10, x + 30 * k, cy + 14, pen(TINT_CARDL, 1));
    draw_circle(v->d, x + 120 * share, cy, 7, paint(TINT_T1), NO_PEN);
    hits_add(v->hits, (Box){x - 6, cy - 12, 132, 24}, HIT_SPEED, NO_THING, 0);
    snprintf(text, sizeof text, "%s/s", narrate_time(time, sizeof time, v->s->speed_ns));
    draw_text(v->d, x + 136, cy + 5, mono(14, 500), TINT_T1, ANCHOR_START, text);
}

typedef struct {
    const char *keys[2];
    const char *what;
} Hint;
enum { HINTS = 6 };
static const Hint hints_of_one[HINTS] = {{{"Space", NULL}, "play"}, {{"←", "→"}, "event"},  {{"+", "−"}, "zoom"},
                                         {{"Tab", NULL}, "panel"},  {{"T", NULL}, "theme"}, {{"?", NULL}, "all keys"}};
static const Hint hints_of_two[HINTS] = {{{"Space", NULL}, "play"}, {{"←", "→"}, "event"},  {{"D", NULL}, "next difference"},
                                         {{"X", NULL}, "swap"},     {{"L", NULL}, "link"},   {{"?", NULL}, "all keys"}};

static double key_width(const char *key) { return fmax(24, text_width(key, sans(13, 600)) + 14); }

static double hint_width(const Hint *h) {
    double w = key_width(h->keys[0]) + 4;
    if (h->keys[1]) w += key_width(h->keys[1]) + 4;
    return w + 4 + text_width(h->what, sans(13, 400)) + 20;
}

static void key_hints(const View *v, double from, double cy) {
    const Hint *hints = v->s->other ? hints_of_two : hints_of_one;
    double room = v->f->transport.w - 24 - from, total = 0;
    for (size_t i = 0; i < HINTS; i++) total += hint_width(&hints[i]);
    if (total - 20 > room) { /* they shrink to the one that leads to all others */
        if (room < 24) return;
        token_key(v->d, v->f->transport.w - 24 - 24, cy - 12, "?");
        hits_add(v->hits, (Box){v->f->transport.w - 48, cy - 12, 24, 24}, HIT_KEYS, NO_THING, 0);
        return;
    }
    double x = v->f->transport.w - 24 - (total - 20);
    for (size_t i = 0; i < HINTS; i++) {
        double start = x;
        for (int k = 0; k < 2 && hints[i].keys[k]; k++)
            x += token_key(v->d, x, cy - 12, hints[i].keys[k]) + 4;
        x += 4;
        x += draw_text(v->d, x, cy + 5, sans(13, 400), TINT_T2, ANCHOR_START, hints[i].what) + 20;
        if (hints[i].keys[0][0] == '?')
            hits_add(v->hits, (Box){start, cy - 12, x - start - 20, 24}, HIT_KEYS, NO_THING, 0);
    }
}

/* Of one run how many events have been; of two, whether both are shown at the same time. Returns where it ends. */
static double progress(const View *v, double x, double cy) {
    char text[64], count[48];
    if (v->s->other == NULL) {
        x += draw_text(v->d, x, cy + 5, mono(14, 500), TINT_T1, ANCHOR_START, count_text(count, sizeof count, v->s->seq)) + 8;
        snprintf(text, sizeof text, "of %s events%s", count_text(count, sizeof count, v->s->event_count), v->s->growing ? " so far" : "");
        return x + draw_text(v->d, x, cy + 5, digits(13, 400), TINT_T3, ANCHOR_START, text);
    }
    const Scene *shown = v->s->linked ? v->s : v->s->other;
    if (!v->s->linked) x += draw_text(v->d, x, cy + 5, sans(13, 400), TINT_T3, ANCHOR_START, "B stays at") + 8;
    x += draw_text(v->d, x, cy + 5, mono(14, 500), TINT_T1, ANCHOR_START, narrate_time(count, sizeof count, shown->now_ns)) + 8;
    return x + draw_text(v->d, x, cy + 5, sans(13, 400), TINT_T3, ANCHOR_START, v->s->linked ? "in both, linked" : "unlinked");
}

void view_transport(const View *v) {
    Box b = v->f->transport;
    double cy = b.y + b.h / 2, x = 240;
    if (b.h <= 0) return;
    draw_box(v->d, b, 0, paint(TINT_CHROME), NO_PEN);
    draw_line(v->d, 0, b.y + .5, b.w, b.y + .5, pen(TINT_HAIR, 1));
    buttons(v, cy);
    if (b.w >= 760) {
        speed(v, x, cy);
        x += 320;
    }
    if (b.w >= 560) x = progress(v, x, cy);
    key_hints(v, x + 32, cy);
}

/* ---------------------------------------------------------------- all keys */

static void views_help(char *keys, size_t key_size, char *titles, size_t title_size) {
    size_t k = 0, t = 0;
    for (int i = 0; i < VIEW_COUNT; i++) {
        k += (size_t)snprintf(keys + k, key_size - k, "%s%c", i ? "  " : "", view_spec[i].key);
        t += (size_t)snprintf(titles + t, title_size - t, "%s%s", i ? ", " : "", view_spec[i].name);
    }
}

/* A row of keys.def; `shown` "": the digits of the views. */
typedef struct {
    const char *shown, *does;
} KeyRow;

static const KeyRow *key_rows(size_t *count) {
    static const KeyRow all[] = {
#define KEYS(shown, does, ...) {shown, does},
#define VIEWS() {"", NULL},
#include "keys.def"
#undef KEYS
#undef VIEWS
    };
    static KeyRow told[ARRAY_LEN(all)];
    *count = 0;
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        if (all[i].shown) told[(*count)++] = all[i];
    }
    return told;
}

/* In two columns. */
void view_help(const View *v) {
    if (!v->s->help) return;
    char keys[64], titles[160];
    size_t count;
    const KeyRow *key = key_rows(&count);
    size_t rows = (count + 1) / 2;
    double w = fmin(1080, v->f->w - 48), column = (w - 64) / 2;
    double pitch = fmin(30, (v->f->h - 140) / (double)rows), h = 84 + pitch * (double)rows;
    Box b = {round((v->f->w - w) / 2), round((v->f->h - h) / 2), w, h};
    draw_box(v->d, (Box){0, 0, v->f->w, v->f->h}, 0, paint_alpha(TINT_APP, .72), NO_PEN);
    draw_box(v->d, b, 10, paint(TINT_CARD), pen(TINT_CARDL, 1));
    views_help(keys, sizeof keys, titles, sizeof titles);
    draw_text(v->d, b.x + 32, b.y + 42, sans(20, 700), TINT_T1, ANCHOR_START, "All keys");
    for (size_t i = 0; i < count; i++) {
        const KeyRow *row = &key[i];
        double x = b.x + 32 + (i < rows ? 0 : column + 16), y = b.y + 78 + pitch * (double)(i % rows);
        bool views = row->shown[0] == '\0';
        draw_text(v->d, x, y, sans(14, 600), TINT_T1, ANCHOR_START, views ? keys : row->shown);
        draw_fitted(v->d, x + 140, y, sans(14, 400), TINT_T2, ANCHOR_START, views ? titles : row->does, column - 156);
    }
}

/* ---------------------------------------------------------------- search */

/* A line that is being typed in, with what may stand there and what came of it. */
static void typed_line(const View *v, const char *title, const char *text, const char *hint, const char *failed) {
    double w = fmin(460, v->f->w - 48), left = 16 + text_width(title, sans(15, 600)) + 12;
    Box b = {round((v->f->w - w) / 2), v->f->top.h + 16, w, 44};
    draw_box(v->d, b, 8, paint(TINT_CARD), pen(TINT_NOW, 2));
    draw_text(v->d, b.x + 16, b.y + 28, sans(15, 600), TINT_T2, ANCHOR_START, title);
    bool empty = text[0] == '\0';
    double used = draw_fitted(v->d, b.x + left, b.y + 28, empty ? sans(15, 400) : mono(15, 500), empty ? TINT_T3 : TINT_T1, ANCHOR_START,
                              empty ? hint : text, w - left - (failed[0] ? 138 : 22));
    if (!empty) draw_box(v->d, (Box){b.x + left + used + 2, b.y + 13, 2, 20}, 0, paint(TINT_NOW), NO_PEN);
    draw_text(v->d, b.x + w - 16, b.y + 28, sans(14, 400), TINT_T2, ANCHOR_END, failed);
}

void view_search(const View *v) {
    const Scene *s = v->s;
    if (s->help) return;
    if (s->search) typed_line(v, "Find", s->search, "g7, a name, GO_BLOCK, #1204", s->search_failed ? "nothing like that" : "");
    else if (s->filtering) typed_line(v, "Keep lanes like", s->filter, "worker, m, queue, g7, waiting", "");
}

/* ---------------------------------------------------------------- tooltip */

enum { TIP_LINES = 3, TIP_BYTES = 128 };

static void tip_g(const Scene *s, uint64_t g, char lines[TIP_LINES][TIP_BYTES]) {
    const ModelG *gp = &s->model->g[g];
    char time[48];
    narrate_g(s->model, g, lines[0], TIP_BYTES);
    snprintf(lines[1], TIP_BYTES, "%s for %s", gp->state == G_SYSCALL ? below_text(s->model, gp->m) : g_state_name[gp->state],
             narrate_time(time, sizeof time, s->now_ns - gp->since_ns));
    const char *why = gp->state == G_SYSCALL ? intern_text(s->model->text, gp->fn)
                                             : intern_text(s->model->text, gp->reason);
    if (why[0])
        snprintf(lines[2], TIP_BYTES, "%s, since event %llu", why,
                 (unsigned long long)gp->since_seq);
    else snprintf(lines[2], TIP_BYTES, "since event %llu", (unsigned long long)gp->since_seq);
}

static void tip_m(const Scene *s, uint64_t id, char lines[TIP_LINES][TIP_BYTES]) {
    const ModelM *mp = &s->model->m[id];
    char time[48];
    snprintf(lines[0], TIP_BYTES, id == 1 ? "M%llu sysmon" : "M%llu", (unsigned long long)id);
    snprintf(lines[1], TIP_BYTES, "%s for %s", mp->state == M_IN_C ? below_text(s->model, id) : m_state_name[mp->state],
             narrate_time(time, sizeof time, s->now_ns - mp->since_ns));
    if (mp->p != NONE)
        snprintf(lines[2], TIP_BYTES, "holds P%llu, since event %llu", (unsigned long long)mp->p,
                 (unsigned long long)mp->since_seq);
    else
        snprintf(lines[2], TIP_BYTES, "holds no P, since event %llu",
                 (unsigned long long)mp->since_seq);
}

static void tip_other(const Scene *s, Thing t, char lines[TIP_LINES][TIP_BYTES]) {
    const Model *m = s->model;
    char text[64];
    if (t.kind == KIND_P && t.id < m->p_count) {
        snprintf(lines[0], TIP_BYTES, "P%llu", (unsigned long long)t.id);
        snprintf(lines[1], TIP_BYTES, "%s",
                 model_p_in_syscall(m, t.id) ? "behind a call out of Go"
                                             : p_state_name[m->p[t.id].state]);
        if (m->imported) snprintf(lines[2], TIP_BYTES, "its run queue is not known");
        else
            snprintf(lines[2], TIP_BYTES, "%llu in its run queue",
                     (unsigned long long)m->p[t.id].runq.count);
    } else if (t.kind == KIND_CHAN && t.id < m->chan_count) {
        const ModelChan *c = &m->chan[t.id];
        snprintf(lines[0], TIP_BYTES, "%s", chan_text(text, sizeof text, m, t.id));
        snprintf(lines[1], TIP_BYTES, "%llu of %llu, %llu senders, %llu receivers wait",
                 (unsigned long long)c->count, (unsigned long long)c->cap,
                 (unsigned long long)c->sendq.count, (unsigned long long)c->recvq.count);
        snprintf(lines[2], TIP_BYTES, "%llu sent, %llu received so far",
                 (unsigned long long)c->sends, (unsigned long long)c->recvs);
    } else if (t.kind == KIND_OBJ && t.id < m->obj_count) {
        const ModelObj *o = &m->obj[t.id];
        snprintf(lines[0], TIP_BYTES, "%.100s", intern_text(m->text, o->name));
        snprintf(lines[1], TIP_BYTES, "%s, %llu pins", bytes_text(text, sizeof text, o->bytes),
                 (unsigned long long)o->pins);
        snprintf(lines[2], TIP_BYTES, "held by %llu commands", (unsigned long long)o->users);
    } else if (t.kind == KIND_CMD && t.id < m->cmd_count) {
        const ModelCmd *k = &m->cmd[t.id];
        snprintf(lines[0], TIP_BYTES, "%.100s", intern_text(m->text, k->name));
        snprintf(lines[1], TIP_BYTES, "%s",
                 k->state == CMD_RUNNING ? "running"
                 : k->state == CMD_DONE  ? "done"
                                         : "queued");
        snprintf(lines[2], TIP_BYTES, "%s work items", count_text(text, sizeof text, k->items));
    }
}

void view_tooltip(const View *v) {
    const Scene *s = v->s;
    Thing t = s->hovered;
    char lines[TIP_LINES][TIP_BYTES] = {{0}};
    if (t.id == NONE || s->help) return;
    if (t.kind == KIND_G && t.id < s->model->g_count && s->model->g[t.id].state != G_NONE)
        tip_g(s, t.id, lines);
    else if (t.kind == KIND_M && t.id < s->model->m_count && s->model->m[t.id].state != M_NONE)
        tip_m(s, t.id, lines);
    else tip_other(s, t, lines);
    if (lines[0][0] == '\0') return;
    double w = 0;
    for (int i = 0; i < TIP_LINES; i++)
        w = fmax(w, text_width(lines[i], sans(i ? 13 : 14, i ? 400 : 600)));
    Box b = {s->pointer.x + 14, s->pointer.y + 18, fmin(w, 360) + 24, 70};
    b.x = fmin(b.x, v->f->w - b.w - 8);
    if (b.y + b.h > v->f->h - 8) b.y = s->pointer.y - b.h - 10;
    draw_box(v->d, b, 6, paint(TINT_CHROME2), pen(TINT_CARDL, 1));
    for (int i = 0; i < TIP_LINES; i++) {
        draw_fitted(v->d, b.x + 12, b.y + 22 + 19 * i, sans(i ? 13 : 14, i ? 400 : 600),
                    i ? TINT_T2 : TINT_T1, ANCHOR_START, lines[i], 360);
    }
}

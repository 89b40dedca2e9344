/* view_pins.c -- the table under the heap: what is held in its place, by whom, since when, and until when.
 *
 * First what is missing, then what holds, then what needs no pin, since it never moves; last, pins that are over.
 */
#include "view.h"

#include "measure.h"
#include "token.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef enum { ROW_MISSING, ROW_PIN, ROW_LUCK, ROW_STILL, ROW_OVER } RowKind;
typedef struct {
    RowKind kind;
    uint64_t obj;
    const PinSpan *pin; /* PIN, OVER */
    uint64_t cmd;       /* MISSING, LUCK */
    const GivenAway *given;
} Row;
enum { ROWS_MAX = 8 };

typedef struct {
    Row row[ROWS_MAX];
    size_t count, all;
} Rows;

static void add(Rows *r, Row row) {
    r->all++;
    if (r->count < ROWS_MAX) r->row[r->count++] = row;
}

/* ---------------------------------------------------------------- which rows */

static bool is_listed(const Rows *r, uint64_t obj, RowKind kind) {
    for (size_t i = 0; i < r->count; i++) {
        if (r->row[i].obj == obj && r->row[i].kind == kind) return true;
    }
    return false;
}

/* What commands that are not done hold without a pin: the address is old already, or holds by luck. */
static void from_commands(Rows *r, const Model *m, RowKind kind) {
    uint64_t at;
    for (size_t q = 0; q < m->queue_count; q++) {
        uint64_t k = m->queue[q].head;
        for (uint64_t left = m->queue[q].depth; left > 0 && k < m->cmd_count; left--, k = m->cmd[k].next) {
            const ModelCmd *c = &m->cmd[k];
            for (uint64_t i = 0; i < c->arg_count; i++) {
                const ModelObj *o = &m->obj[c->obj[i]];
                bool lost = command_lost(m, k, c->obj[i], &at);
                if (lost != (kind == ROW_MISSING) || is_listed(r, c->obj[i], kind)) continue;
                if (!lost && (o->memory != MEM_GO || o->pins > 0)) continue;
                add(r, (Row){.kind = kind, .obj = c->obj[i], .cmd = k});
            }
        }
    }
}

static void from_calls(Rows *r, const View *v, bool lost) {
    const Past *p = v->s->past;
    for (size_t i = past_given(p, v->s->seq), left = 64; i-- > 0 && left > 0; left--) {
        const GivenAway *g = &p->given[i];
        const ModelObj *o = &v->s->model->obj[g->obj];
        if (g->end_seq <= v->s->seq || (g->lost_seq <= v->s->seq) != lost) continue;
        if (o->memory != MEM_GO && o->memory != MEM_STACK) continue;
        if (!lost && o->pins > 0) continue;
        if (!is_listed(r, g->obj, lost ? ROW_MISSING : ROW_LUCK))
            add(r, (Row){.kind = lost ? ROW_MISSING : ROW_LUCK, .obj = g->obj, .cmd = NONE, .given = g});
    }
}

static void from_pins(Rows *r, const View *v, bool over) {
    const Past *p = v->s->past;
    for (size_t i = past_pins(p, v->s->seq), left = 4096; i-- > 0 && left > 0; left--) {
        const PinSpan *s = &p->pin[i];
        if ((s->end_seq <= v->s->seq) != over || is_listed(r, s->obj, over ? ROW_OVER : ROW_PIN)) continue;
        add(r, (Row){.kind = over ? ROW_OVER : ROW_PIN, .obj = s->obj, .pin = s, .cmd = NONE});
    }
}

static void from_memory(Rows *r, const Model *m) {
    for (uint64_t i = 0; i < m->obj_count; i++) {
        const ModelObj *o = &m->obj[i];
        bool still = o->memory == MEM_C || o->memory == MEM_LOCKED || o->memory == MEM_SHARED;
        if (still && o->freed_ns == NONE) add(r, (Row){.kind = ROW_STILL, .obj = i, .cmd = NONE});
    }
}

static void collect(Rows *r, const View *v) {
    *r = (Rows){.count = 0};
    from_commands(r, v->s->model, ROW_MISSING);
    from_calls(r, v, true);
    from_pins(r, v, false);
    from_commands(r, v->s->model, ROW_LUCK);
    from_calls(r, v, false);
    from_memory(r, v->s->model);
    from_pins(r, v, true);
}

/* ---------------------------------------------------------------- what a row says */

typedef struct {
    char address[32], by[96], how[64], when[64], until[96];
    bool bad;
} Words;

static const char *users_text(const Model *m, uint64_t obj, char *buf, size_t size) {
    size_t n = 0;
    buf[0] = '\0';
    for (size_t q = 0; q < m->queue_count; q++) {
        uint64_t k = m->queue[q].head;
        for (uint64_t left = m->queue[q].depth; left > 0 && k < m->cmd_count && n + 40 < size; left--, k = m->cmd[k].next) {
            bool uses = false;
            for (uint64_t i = 0; i < m->cmd[k].arg_count; i++) uses = uses || m->cmd[k].obj[i] == obj;
            const char *name = intern_text(m->text, m->cmd[k].name);
            if (uses && strstr(buf, name) == NULL) n += (size_t)snprintf(buf + n, size - n, "%s%.32s", n ? ", " : "", name);
        }
    }
    return buf;
}

static const char *who_frees(const ModelObj *o) { return o->memory == MEM_C ? "free" : "clReleaseMemObject"; }

static void say_pin(const View *v, const PinSpan *s, bool over, Words *w) {
    const Model *m = v->s->model;
    char a[48], b[48], who[64];
    users_text(m, s->obj, w->by, sizeof w->by);
    size_t n = strlen(w->by);
    snprintf(w->by + n, sizeof w->by - n, "%s%.40s", n ? ", " : "", narrate_g(m, s->g, who, sizeof who));
    snprintf(w->how, sizeof w->how, "runtime.Pinner, line %llu", (unsigned long long)s->line);
    narrate_time(a, sizeof a, s->from_ns);
    if (!over) {
        snprintf(w->when, sizeof w->when, "%s", a);
        snprintf(w->until, sizeof w->until, "with Unpin");
        return;
    }
    snprintf(w->when, sizeof w->when, "%s, %s", a, narrate_time(b, sizeof b, s->to_ns));
    snprintf(w->until, sizeof w->until, s->end_line ? "ended at line %llu" : "ended", (unsigned long long)s->end_line);
}

/* Nobody holds it: the call that gave the address away is over, or never held anything. */
static void say_missing(const View *v, const Row *r, Words *w) {
    const Model *m = v->s->model;
    const ModelObj *o = &m->obj[r->obj];
    char a[48], b[48];
    bool freed = o->freed_ns != NONE;
    uint64_t left = r->given ? r->given->lost_ns : freed ? o->freed_ns : o->moved_ns;
    uint64_t line = r->given ? r->given->line : m->cmd[r->cmd].line;
    w->bad = true;
    snprintf(w->by, sizeof w->by, "nobody");
    if (o->unpinned_line != NONE && o->unpinned_line != 0)
        snprintf(w->how, sizeof w->how, "Unpin too early, line %llu", (unsigned long long)o->unpinned_line);
    else if (o->memory != MEM_GO && o->memory != MEM_STACK)
        snprintf(w->how, sizeof w->how, "given back, line %llu", (unsigned long long)(o->freed_line == NONE ? 0 : o->freed_line));
    else if (r->given) snprintf(w->how, sizeof w->how, "address, line %llu", (unsigned long long)line);
    else snprintf(w->how, sizeof w->how, "the call's own pin, line %llu", (unsigned long long)line);
    narrate_time(b, sizeof b, left);
    if (r->given) snprintf(w->when, sizeof w->when, "until %s", b);
    else snprintf(w->when, sizeof w->when, "%s, %s", narrate_time(a, sizeof a, m->cmd[r->cmd].enqueue_ns), b);
    snprintf(w->until, sizeof w->until, r->given ? "the stack has moved: too early" : !freed ? "the call has returned: too early"
                                           : o->memory == MEM_GO ? "it was freed: too early" : "it was given back: too early");
}

static void say_luck(const View *v, const Row *r, Words *w) {
    const Model *m = v->s->model;
    uint64_t line = r->given ? r->given->line : m->cmd[r->cmd].line;
    char a[48];
    if (r->given) snprintf(w->by, sizeof w->by, "nobody; C has its address");
    else snprintf(w->by, sizeof w->by, "nobody; %.40s uses it", intern_text(m->text, m->cmd[r->cmd].name));
    snprintf(w->how, sizeof w->how, r->given ? "address, line %llu" : "the call's own pin, line %llu", (unsigned long long)line);
    if (!r->given) snprintf(w->when, sizeof w->when, "%s", narrate_time(a, sizeof a, m->cmd[r->cmd].enqueue_ns));
    snprintf(w->until, sizeof w->until, r->given ? "no pin" : "when the call returns");
}

static void say(const View *v, const Row *r, Words *w) {
    const Model *m = v->s->model;
    const ModelObj *o = &m->obj[r->obj];
    uint64_t at = o->at;
    *w = (Words){.bad = false};
    if (r->kind == ROW_MISSING && r->given) at = r->given->lost_at;
    else if (r->kind == ROW_MISSING) command_lost(m, r->cmd, r->obj, &at);
    snprintf(w->address, sizeof w->address, "0x%llx", (unsigned long long)at);
    switch (r->kind) {
    case ROW_MISSING: say_missing(v, r, w); return;
    case ROW_LUCK: say_luck(v, r, w); return;
    case ROW_PIN: say_pin(v, r->pin, false, w); return;
    case ROW_OVER: say_pin(v, r->pin, true, w); return;
    case ROW_STILL: break;
    }
    if (users_text(m, r->obj, w->by, sizeof w->by)[0] == '\0') snprintf(w->by, sizeof w->by, "the program");
    snprintf(w->how, sizeof w->how, "%s, line %llu", memory_name[o->memory], (unsigned long long)o->line);
    snprintf(w->when, sizeof w->when, "never moves");
    snprintf(w->until, sizeof w->until, "with %s", who_frees(o));
}

/* ---------------------------------------------------------------- drawing */

enum { COLUMNS = 6 };
static const double share[COLUMNS + 1] = {0, .12, .262, .41, .60, .755, 1};
static const char *const heads[COLUMNS] = {"Pins", "address", "held by", "how", "from, to", "ends"};

static double column(const View *v, int k) { return 24 + (v->f->timeline.w - 48) * share[k]; }

/* Where there is no room for a sentence, for what stands before its last comma or colon. */
static void cell(const View *v, int k, double y, TextStyle s, Tint tint, const char *text) {
    char part[96];
    double inset = k == 0 ? 24 : 0, room = column(v, k + 1) - column(v, k) - inset - 14;
    snprintf(part, sizeof part, "%s", text);
    char *comma = strrchr(part, ','), *colon = strrchr(part, ':');
    if (text_width(part, s) > room && (comma || colon)) *(comma > colon ? comma : colon) = '\0';
    if (s.digits || s.face == FACE_MONO) draw_short(v->d, column(v, k) + inset, y, s, tint, ANCHOR_START, part, room);
    else draw_ended(v->d, column(v, k) + inset, y, s, tint, part, room);
}

static void mark(const View *v, const Row *r, double y) {
    double x = 31;
    switch (r->kind) {
    case ROW_MISSING: token_violation(v->d, x, y - 5, .8, TINT_CHROME); break;
    case ROW_PIN:
    case ROW_OVER: {
        Tint ink = r->kind == ROW_PIN ? TINT_T1 : TINT_GHOST;
        draw_line(v->d, x, y - 8, x, y + 2, pen(ink, 2));
        draw_circle(v->d, x, y - 9, 3.6, paint(ink), NO_PEN);
        break;
    }
    case ROW_LUCK: draw_circle(v->d, x, y - 5, 4.5, NO_PAINT, pen_dash(TINT_T2, 1.6, 3, 2)); break;
    case ROW_STILL: draw_box(v->d, (Box){x - 5, y - 10, 10, 10}, 1, NO_PAINT, pen(TINT_AMBER, 1.6)); break;
    }
}

static void row(const View *v, const Row *r, double y, double pitch) {
    Words w;
    say(v, r, &w);
    Tint ink = r->kind == ROW_OVER ? TINT_T2 : TINT_T1;
    draw_line(v->d, 24, round(y - pitch * .66) + .5, v->f->timeline.w - 24, round(y - pitch * .66) + .5, pen(TINT_HAIR, 1));
    mark(v, r, y);
    cell(v, 0, y, sans(14, 600), ink, intern_text(v->s->model->text, v->s->model->obj[r->obj].name));
    cell(v, 1, y, mono(13, 400), TINT_T2, w.address);
    cell(v, 2, y, sans(14, w.bad ? 600 : 400), w.bad ? TINT_RED : ink, w.by);
    cell(v, 3, y, sans(14, 400), ink, w.how);
    cell(v, 4, y, digits(13, 400), TINT_T2, w.when);
    cell(v, 5, y, sans(14, w.bad ? 600 : 400), ink, w.until);
    mark_thing(v, (Box){24, y - pitch * .6, v->f->timeline.w - 48, pitch - 2}, KIND_OBJ, r->obj);
}

void view_pins(const View *v) {
    Box b = v->f->timeline;
    if (b.h < 44) return;
    draw_box(v->d, b, 0, paint(TINT_CHROME), NO_PEN);
    draw_line(v->d, b.x, b.y + .5, b.x + b.w, b.y + .5, pen(TINT_HAIR, 1));
    view_scrub(v);
    double pitch = b.h >= 190 ? 34 : 27, y = b.y + (b.h >= 190 ? 30 : 23);
    size_t fit = b.h < 90 ? 0 : (size_t)((v->time->scrub_y - y) / pitch);
    if (fit == 0) return;
    Rows rows;
    char text[64];
    collect(&rows, v);
    for (int k = 0; k < COLUMNS; k++) {
        if (k > 0 && rows.count == 0) break;
        TextStyle s = k == 0 ? sans(15, 600) : sans(13, 400);
        draw_text(v->d, column(v, k), y, s, k == 0 ? TINT_T1 : TINT_T3, ANCHOR_START, heads[k]);
    }
    if (rows.count == 0)
        draw_fitted(v->d, 72, y, sans(14, 400), TINT_T2, ANCHOR_START, "nothing is held in its place, and nobody below has an address", b.w - 96);
    for (size_t i = 0; i < rows.count && i < fit; i++) row(v, &rows.row[i], y + pitch * (double)(i + 1), pitch);
    if (rows.all <= fit) return;
    snprintf(text, sizeof text, "+ %zu more", rows.all - fit);
    draw_whole(v->d, b.w - 24, y, digits(13, 400), TINT_T2, ANCHOR_END, text, 90);
}

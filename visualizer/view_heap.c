/* view_heap.c -- memory on both sides of the fault line: what the collector does, where things lie, and who below has addresses.
 *
 * To-space is on top, so that moving is away from the fault, and a pin goes straight down. What a command points at above the
 * line can break; what lies below cannot. Red is only what is proven: somebody uses a place that the object has left.
 */
#include "view.h"

#include "measure.h"
#include "token.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- the ground */

static bool is_empty(const View *v) { return v->s->head->obj_count == 0; }

static void collect_notches(const View *v, Openings *o) {
    o->count = 0;
    for (int pass = 0; pass < 2; pass++) { /* cracks first: they are wider */
        for (size_t i = 0; i < v->heap->tie_count; i++) {
            const TiePlace *t = &v->heap->tie[i];
            bool up = v->heap->block[t->block].strip < STRIP_HOST;
            if (!up || t->kind == TIE_SCAR || (t->kind == TIE_LOST) != (pass == 0)) continue;
            fault_add_notch(o, t->kind == TIE_LOST && t->bend_y == 0 ? notch_crack(t->x) : notch_pin(t->x));
        }
    }
}

void view_heap_ground(const View *v) {
    Openings o;
    const HeapLayout *l = v->heap;
    collect_notches(v, &o);
    draw_worlds(v, l->fault_y, &o, is_empty(v) ? .4 : 1);
    name_worlds(v, l->go_y, l->c_y, 176);
}

/* ---------------------------------------------------------------- the collector's phases */

/* The last collection takes the middle of the bar; after it, time is compressed, so that it stays to be seen. */
static double phase_x(const View *v, const Cycle *c, uint64_t ns) {
    double x0 = 24, w = v->heap->w - 48;
    uint64_t end = c->end_ns != NOT_YET ? c->end_ns : v->s->end_ns;
    double len = (double)(end > c->begin_ns ? end - c->begin_ns : 1);
    if (ns <= end) return x0 + w * (.12 + .58 * (double)(ns - c->begin_ns) / len);
    double after = (double)(ns - end);
    return x0 + w * (.70 + .24 * after / (len + after));
}

static bool happened(const View *v, uint64_t ns) { return ns != NOT_YET && ns <= v->s->now_ns; }
static uint64_t until_now(const View *v, uint64_t ns) { return happened(v, ns) ? ns : v->s->now_ns; }

static void status(const View *v, const Cycle *c) {
    const Model *m = v->s->model;
    const HeapLayout *l = v->heap;
    char text[160], time[48];
    uint64_t stayed = 0;
    for (uint64_t i = 0; i < m->obj_count && c; i++) {
        const ModelObj *o = &m->obj[i];
        stayed += o->memory == MEM_GO && o->freed_ns == NONE && (o->moved_seq == NONE || o->moved_seq < m->gc_seq);
    }
    if (m->imported) snprintf(text, sizeof text, "Go's trace does not record objects");
    else if (c == NULL) snprintf(text, sizeof text, v->s->head->collections ? "has not run yet" : "does not run");
    else if (m->gc_ns != NONE)
        snprintf(text, sizeof text, "marks, for %s", narrate_time(time, sizeof time, v->s->now_ns - c->begin_ns));
    else if (v->s->moving_collector)
        snprintf(text, sizeof text, "%s, moved %llu, freed %llu, left %llu", happened(v, c->end_ns) ? "idle again" : "the world is stopped",
                 (unsigned long long)l->moved, (unsigned long long)l->freed, (unsigned long long)stayed);
    else
        snprintf(text, sizeof text, "%s, freed %llu, left %llu where they were", happened(v, c->end_ns) ? "idle again" : "the world is stopped",
                 (unsigned long long)l->freed, (unsigned long long)stayed);
    const char *name = v->s->moving_collector ? "Moving collector" : "Go's collector";
    double right = l->w - 24, room = l->w - 48 - 210 - text_width(name, sans(15, 600)) - 90;
    double w = draw_whole(v->d, right, l->go_y, sans(14, 400), TINT_T2, ANCHOR_END, text, room);
    right -= w > 0 ? w + 14 : 0;
    right -= draw_text(v->d, right, l->go_y, sans(15, 600), TINT_T1, ANCHOR_END, name) + 12;
    if (v->s->moving_collector) token_what_if(v->d, right, l->go_y - 14);
}

/* A bar over whatever is stopped, and under the phases how long. */
static void stops(const View *v, const Cycle *c, double y) {
    char text[64], time[48];
    double h = v->heap->phases_h, free_x = 24;
    for (int i = 0; i < 2; i++) {
        if (!happened(v, c->stop[i].from_ns)) continue;
        double a = phase_x(v, c, c->stop[i].from_ns), b = fmax(a + 2, phase_x(v, c, until_now(v, c->stop[i].to_ns)));
        draw_box(v->d, (Box){a, y - 7, b - a, 5}, 0, paint(TINT_T1), NO_PEN);
        if (!v->heap->phase_words) continue;
        uint64_t ns = until_now(v, c->stop[i].to_ns) - c->stop[i].from_ns;
        snprintf(text, sizeof text, "world stopped %s", narrate_time(time, sizeof time, ns));
        TextStyle s = digits(13, i ? 600 : 400);
        double w = text_width(text, s), x = fmax(free_x, i ? (a + b - w) / 2 : a);
        draw_whole(v->d, x, y + h + 17, s, i ? TINT_T1 : TINT_T2, ANCHOR_START, text, v->heap->w - 24 - x);
        free_x = x + w + 20;
    }
}

static void phase(const View *v, double a, double b, double y, const char *name, const char *more, bool solid) {
    double h = v->heap->phases_h, cy = y + h / 2 + 5;
    if (b - a < 1.5) b = a + 1.5;
    draw_box(v->d, (Box){a, y, b - a, h}, 3, paint(solid ? TINT_TEAL : TINT_PHASE), solid ? NO_PEN : pen(TINT_TEAL, 1.2));
    double nw = text_width(name, sans(14, 700));
    unsigned tint = solid ? TINT_ON_TEAL : TINT_T1;
    if (nw + 16 > b - a) return;
    double x = solid ? (a + b - nw) / 2 : a + 14;
    draw_text(v->d, x, cy, sans(14, solid ? 700 : 600), tint, ANCHOR_START, name);
    if (more[0]) draw_whole(v->d, x + nw + 10, cy, sans(13, 400), TINT_T2, ANCHOR_START, more, b - x - nw - 20);
}

static void word_on_line(const View *v, double x, double cy, const char *text, double room) {
    double w = text_width(text, digits(14, 400));
    if (w + 12 > room) return;
    draw_box(v->d, (Box){x - 6, cy - 9, w + 12, 18}, 0, paint(TINT_GO1), NO_PEN);
    draw_text(v->d, x, cy + 5, digits(14, 400), TINT_T2, ANCHOR_START, text);
}

static void phases(const View *v) {
    const Cycle *c = past_cycle(v->s->past, v->s->seq);
    double y = v->heap->phases_y, h = v->heap->phases_h, cy = y + h / 2, right = v->heap->w - 24;
    status(v, c);
    double now = c ? phase_x(v, c, v->s->now_ns) : right - 60;
    draw_line(v->d, 24, cy, now, cy, pen(TINT_VAL, 1.5));
    draw_line(v->d, now, cy, right, cy, pen_dots(TINT_CARDL, 1.5, 0, 6));
    word_on_line(v, 36, cy, "idle", 100);
    if (c) {
        char text[64], time[48];
        double a = phase_x(v, c, c->begin_ns), b = phase_x(v, c, until_now(v, c->marked_ns));
        phase(v, a, b, y, "mark", "goroutines keep running", false);
        if (happened(v, c->marked_ns)) {
            double e = phase_x(v, c, until_now(v, c->end_ns));
            phase(v, b, e, y, v->heap->moved ? "evacuate" : "ends", "", true);
        }
        stops(v, c, y);
        if (happened(v, c->end_ns) && v->s->now_ns > c->end_ns) {
            double e = phase_x(v, c, c->end_ns);
            snprintf(text, sizeof text, "idle for %s", narrate_time(time, sizeof time, v->s->now_ns - c->end_ns));
            word_on_line(v, e + 14, cy, text, now - e - 20);
        }
    }
    double up = h < 22 ? 6 : 8;
    draw_line(v->d, now, y - up, now, y + h + 6, pen(TINT_NOW, 2.4));
    draw_circle(v->d, now, y - up, 4.5, paint(TINT_NOW), NO_PEN);
}

/* ---------------------------------------------------------------- strips */

static const char *strip_name(const View *v, StripKind k) {
    switch (k) {
    case STRIP_TO: return "To-space";
    case STRIP_FROM: return v->heap->to_space ? "From-space" : "Heap";
    case STRIP_LARGE: return "Large objects";
    case STRIP_STACKS: return "Stacks";
    case STRIP_HOST: return "Host memory";
    default: return "Device memory";
    }
}

static void strip_words(const View *v, StripKind k, char *text, size_t size) {
    const StripShape *t = &v->heap->strip[k];
    char bytes[32], all[32];
    bytes_text(bytes, sizeof bytes, t->bytes);
    bool waits = v->s->model->gc_ns != NONE || v->s->model->collections == 0;
    if (k == STRIP_DEVICE && v->s->device_bytes)
        snprintf(text, size, "the collector does not feel it; %s of %s", bytes, bytes_text(all, sizeof all, v->s->device_bytes));
    else if (k == STRIP_TO && t->objects == 0) snprintf(text, size, waits ? "empty: what lives will be moved here" : "empty: nothing has moved");
    else if (k == STRIP_FROM && v->heap->moved > 0 && t->objects == 0) snprintf(text, size, "old addresses, poisoned");
    else if (t->objects == 0) snprintf(text, size, "empty");
    else {
        const char *what = k == STRIP_STACKS ? "variable" : k >= STRIP_HOST ? "piece" : "object";
        const char *also = k == STRIP_LARGE    ? ", too large to move"
                           : k == STRIP_STACKS ? ", move when the stack grows"
                           : k >= STRIP_HOST   ? ", and the collector does not feel it"
                                               : "";
        snprintf(text, size, "%llu %s%s, %s%s", (unsigned long long)t->objects, what, t->objects == 1 ? "" : "s", bytes, also);
    }
}

static void strip_title(const View *v, StripKind k) {
    const StripShape *t = &v->heap->strip[k];
    char text[128];
    bool below = k >= STRIP_HOST;
    TextStyle s = sans(16, 600);
    const char *name = strip_name(v, k);
    double w = text_width(name, s);
    if (w > t->title_w) return;
    draw_text(v->d, t->title_x, t->title_y, s, below ? TINT_F1 : TINT_T1, ANCHOR_START, name);
    strip_words(v, k, text, sizeof text);
    double room = t->title_w - w - 10;
    if (text_width(text, digits(14, 400)) > room) text[strcspn(text, ";")] = '\0';
    char *comma = strrchr(text, ',');
    if (text_width(text, digits(14, 400)) > room && comma) *comma = '\0';
    draw_whole(v->d, t->title_x + w + 10, t->title_y, digits(14, 400), below ? TINT_F2 : TINT_T2, ANCHOR_START, text, room);
}

static void strip_ground(const View *v, StripKind k) {
    Box b = v->heap->strip[k].box;
    bool below = k >= STRIP_HOST;
    draw_box(v->d, b, 6, paint(below ? TINT_FSLOT : TINT_SLOT), pen(below ? TINT_FCARDL : TINT_CARDL, 1.2));
    if (k == STRIP_FROM && v->heap->to_space && v->heap->moved > 0)
        draw_box(v->d, (Box){b.x + 2, b.y + 2, b.w - 4, b.h - 4}, 5, paint_hatch(TINT_GHOST, 7, 1.2, .34), NO_PEN);
}

/* ---------------------------------------------------------------- blocks */

static const char *name_of(const View *v, uint64_t obj) { return intern_text(v->s->model->text, v->s->model->obj[obj].name); }

/* As much of a name as says something: "object number 7" to "object…", but "o12" whole or not at all. */
static const char *short_name(char *buf, size_t size, const char *name, TextStyle s, double room) {
    text_fit_end(buf, size, name, s, room);
    bool whole = strcmp(buf, name) == 0, number = strpbrk(buf, "0123456789") != NULL;
    if (!whole && (strlen(buf) < 6 || number)) buf[0] = '\0';
    return buf;
}

/* Behind a hatch no text can be read: it has a plate. */
static void plated(const View *v, double x, double cy, double room, TextStyle s, Tint tint, Tint plate, const char *text) {
    char buf[96];
    if (short_name(buf, sizeof buf, text, s, room - 12)[0] == '\0') return;
    double w = text_width(buf, s);
    draw_box(v->d, (Box){x - 5, cy - 10, w + 10, 20}, 3, paint(plate), NO_PEN);
    draw_text(v->d, x, cy + s.size * .36, s, tint, ANCHOR_START, buf);
}

static void run_of_blocks(const View *v, const BlockPlace *b) {
    char text[80], count[32];
    bool live = b->look == BLOCK_LIVE, below = b->strip >= STRIP_HOST;
    Tint fill = below ? TINT_DEV_BUFFER : TINT_OBJECT;
    if (live) draw_box(v->d, b->box, 2, paint(fill), pen_alpha(below ? TINT_DEV : TINT_BLUE, 1, .5));
    else draw_box(v->d, b->box, 2, paint(TINT_SLOT), pen_dash(TINT_GHOST, 1, 3, 3));
    count_text(count, sizeof count, b->count);
    if (b->alive == b->count) snprintf(text, sizeof text, "%s objects", count);
    else if (b->alive > 0) snprintf(text, sizeof text, "%llu live of %s", (unsigned long long)b->alive, count);
    else snprintf(text, sizeof text, "%s %s", count, b->freed == b->count ? "freed" : b->freed ? "moved or freed" : "moved");
    draw_whole(v->d, b->box.x + b->box.w / 2, b->box.y + b->box.h / 2 + 4.5, digits(13, 400), live ? below ? TINT_F1 : TINT_T1 : TINT_T3,
               ANCHOR_MIDDLE, text, b->box.w - 8);
}

static void gone(const View *v, const BlockPlace *b) {
    char text[96];
    Box at = b->box;
    double cy = at.y + at.h / 2;
    bool below = b->strip >= STRIP_HOST, lost = b->look == BLOCK_LOST;
    Tint slot = below ? TINT_FSLOT : TINT_SLOT;
    draw_box(v->d, at, 4, paint(slot), NO_PEN);
    if (b->look == BLOCK_GHOST) {
        token_ghost(v->d, at, "");
        short_name(text, sizeof text, name_of(v, b->obj), sans(13, 400), at.w - 16);
        if (text[0]) draw_text(v->d, at.x + 10, cy + 4.7, sans(13, 400), TINT_T3, ANCHOR_START, text);
        return;
    }
    if (b->look == BLOCK_FREED) {
        draw_box(v->d, at, 4, NO_PAINT, pen_dots(TINT_GHOST, 1.3, 1, 4));
        snprintf(text, sizeof text, "%.60s, freed", name_of(v, b->obj));
        const char *words = text_width(text, sans(13, 400)) <= at.w - 16 ? text : name_of(v, b->obj);
        if (at.w > 36) draw_whole(v->d, at.x + 10, cy + 4.5, sans(13, 400), TINT_T3, ANCHOR_START, words, at.w - 14);
        return;
    }
    if (lost) draw_box(v->d, at, 4, paint_hatch(TINT_RED, 9, 2, .30), NO_PEN);
    draw_box(v->d, at, 4, NO_PAINT, pen_dash(TINT_RED, lost ? 2.2 : 1.4, 6, 4));
    snprintf(text, sizeof text, "was %.60s", name_of(v, b->obj));
    const char *words = text_width(text, sans(15, 600)) <= at.w - 24 ? text : name_of(v, b->obj);
    if (at.w > 40) plated(v, at.x + 12, cy, at.w - 8, sans(15, 600), TINT_RED, slot, words);
}

/* The program has ended, and nobody has given it back (findings_memory.c says the same). */
static bool is_leaked(const View *v, const ModelObj *o) {
    const Model *m = v->s->model;
    bool over = m->panicked || m->deadlocked || (m->g_count > 1 && m->g[1].state == G_DEAD);
    return over && !m->imported && o->memory != MEM_GO && o->memory != MEM_STACK && o->freed_ns == NONE;
}

/* A pin's head stands in the block: the name ends before it. */
static double pin_in(const View *v, size_t block) {
    for (size_t i = 0; i < v->heap->tie_count; i++) {
        const TiePlace *t = &v->heap->tie[i];
        if (t->block == block && t->kind == TIE_PIN) return t->x;
    }
    return 0;
}

static Pen block_edge(const View *v, const BlockPlace *b, const ModelObj *o) {
    if (b->was != NONE) return pen_dash(TINT_RED, 2.2, 6, 4);
    if (is_selected(v->s, KIND_OBJ, b->obj)) return pen(TINT_NOW, 2.2);
    if (is_changed(v->s, KIND_OBJ, b->obj)) return NO_PEN; /* it has an edge of its own */
    if (o->pins > 0) return pen(TINT_T1, 2.2);
    if (o->memory == MEM_GO || o->memory == MEM_STACK) return pen(TINT_BLUE, 1.2);
    if (o->memory == MEM_DEVICE) return is_leaked(v, o) ? pen_dash(TINT_DEV, 1.6, 5, 4) : pen(TINT_DEV, 1.2);
    return is_leaked(v, o) ? pen_dash(TINT_AMBER, 1.6, 5, 4) : pen(TINT_AMBER, 1.2);
}

static void block_words(const View *v, const BlockPlace *b, size_t index, const ModelObj *o) {
    Box at = b->box;
    char size[32];
    bool below = b->strip >= STRIP_HOST, leak = is_leaked(v, o);
    TextStyle s = below ? mono(14, 600) : sans(15, 600);
    Tint ink = below ? TINT_F1 : TINT_T1;
    double cy = at.y + at.h / 2, pin = pin_in(v, index), x = at.x + 12, room = at.w - 20;
    bool head_first = pin > 0 && pin - x < 44;
    if (head_first) x = pin + 14, room = at.x + at.w - 8 - x;
    else if (pin > 0) room = pin - 12 - x;
    if (room < 16) return;
    const char *name = name_of(v, b->obj);
    if (leak) {
        plated(v, x, cy, room, s, ink, TINT_FSLOT, name);
    } else {
        char buf[96];
        if (short_name(buf, sizeof buf, name, s, room)[0] == '\0') return;
        draw_text(v->d, x, cy + s.size * .36, s, ink, ANCHOR_START, buf);
    }
    double used = x + text_width(name, s) + 14, end = at.x + at.w - 10;
    if (b->was != NONE) {
        char was[96];
        snprintf(was, sizeof was, "was %.60s", name_of(v, b->was));
        double w = text_width(was, sans(14, 600));
        if (w + 12 <= end - used) {
            plated(v, used, cy, end - used, sans(14, 600), TINT_RED, below ? TINT_FSLOT : TINT_SLOT, was);
            used += w + 18;
        }
    }
    bytes_text(size, sizeof size, b->bytes);
    if (pin > used) used = pin + 14;
    if (leak) plated(v, end - text_width(size, digits(13, 400)), cy, end - used + 12, digits(13, 400), ink, TINT_FSLOT, size);
    else draw_whole(v->d, end, cy + 4.7, digits(13, 400), below ? TINT_F1 : TINT_T1, ANCHOR_END, size, end - used);
}

static void live(const View *v, const BlockPlace *b, size_t index) {
    const ModelObj *o = &v->s->model->obj[b->obj];
    Box at = b->box;
    bool below = b->strip >= STRIP_HOST, leak = is_leaked(v, o);
    Tint fill = o->memory == MEM_DEVICE ? TINT_DEV_BUFFER : below ? TINT_C_PLATE : TINT_OBJECT_TOKEN;
    Paint inside = leak ? paint_hatch(o->memory == MEM_DEVICE ? TINT_DEV : TINT_AMBER, 8, 2, .34) : paint(fill);
    double radius = below ? 3 : 4;
    draw_box(v->d, at, radius, inside, block_edge(v, b, o));
    now_edge(v, at, radius, 2.2, KIND_OBJ, b->obj, b->was == NONE && is_changed(v->s, KIND_OBJ, b->obj));
    if (o->memory == MEM_LOCKED && at.w > 16) /* page-locked: a double edge */
        draw_box(v->d, (Box){at.x + 3, at.y + 3, at.w - 6, at.h - 6}, 2, NO_PAINT, pen(TINT_AMBER, 1));
    if (o->memory == MEM_SHARED && at.w > 16) /* the device has it, too */
        draw_box(v->d, (Box){at.x + 3, at.y + 3, at.w - 6, at.h - 6}, 2, NO_PAINT, pen(TINT_DEV, 1));
    block_words(v, b, index, o);
}

static void blocks(const View *v, StripKind from, StripKind to) {
    for (size_t i = 0; i < v->heap->block_count; i++) {
        const BlockPlace *b = &v->heap->block[i];
        if (b->strip < from || b->strip > to) continue;
        if (b->obj == NONE) {
            run_of_blocks(v, b);
            continue;
        }
        if (b->look == BLOCK_LIVE) {
            begin_mover(v, b->box, KIND_OBJ, b->obj, NONE);
            live(v, b, i);
            draw_end_mover(v->d);
        } else gone(v, b);
        mark_thing(v, b->box, KIND_OBJ, b->obj);
    }
}

static void next_free(const View *v) {
    const StripShape *t = &v->heap->strip[STRIP_TO];
    if (t->box.h <= 0 || t->objects == 0) return;
    double x = t->end_x + 6, room = t->box.x + t->box.w - x - 20;
    if (room < 0) return;
    draw_line(v->d, x, t->box.y + 2, x, t->box.y + t->box.h - 2, pen(TINT_VAL, 2));
    draw_whole(v->d, x + 10, t->box.y + t->box.h / 2 + 4.5, sans(13, 400), TINT_T2, ANCHOR_START, "next free", room);
}

/* ---------------------------------------------------------------- moves */

static void ribbon(const View *v, const MovePlace *p, double y0, double y1) {
    double middle = (y0 + y1) / 2;
    path_move(v->d, p->from0, y0);
    path_curve(v->d, p->from0, middle, p->to0, middle, p->to0, y1);
    path_line(v->d, p->to1, y1);
    path_curve(v->d, p->to1, middle, p->from1, middle, p->from1, y0);
    path_close(v->d);
    draw_path(v->d, paint_alpha(TINT_TEAL, .30), pen_alpha(TINT_TEAL, 1, .7));
}

static void arrow(const View *v, const MovePlace *p, double y0, double y1) {
    if (p->x0 == p->x1) {
        token_arrow(v->d, p->x0, y0, p->x1, y1, TINT_TEAL, 2);
        return;
    }
    double side = p->x1 > p->x0 ? 1 : -1, r = fmin(fmin(14, fabs(p->x1 - p->x0) / 2), fmin(y0 - p->bend_y, p->bend_y - y1 - 9));
    r = fmax(r, 0);
    path_move(v->d, p->x0, y0);
    path_line(v->d, p->x0, p->bend_y + r);
    path_quad(v->d, p->x0, p->bend_y + r, p->x0, p->bend_y, p->x0 + side * r, p->bend_y);
    path_line(v->d, p->x1 - side * r, p->bend_y);
    path_quad(v->d, p->x1 - side * r, p->bend_y, p->x1, p->bend_y, p->x1, p->bend_y - r);
    path_line(v->d, p->x1, y1 + 8);
    draw_path(v->d, NO_PAINT, pen(TINT_TEAL, 2));
    token_arrow(v->d, p->x1, y1 + 9, p->x1, y1, TINT_TEAL, 2);
}

static void moves(const View *v) {
    const HeapLayout *l = v->heap;
    double y0 = l->strip[STRIP_FROM].box.y - 3, y1 = l->strip[STRIP_TO].box.y + l->strip[STRIP_TO].box.h + 4;
    for (size_t i = 0; i < l->move_count; i++) {
        if (l->ribbons) ribbon(v, &l->move[i], y0, y1);
        else arrow(v, &l->move[i], y0, y1);
    }
}

/* ---------------------------------------------------------------- ties */

static Pen tie_pen(TieKind k) {
    switch (k) {
    case TIE_PIN: return pen(TINT_T1, 2.4);
    case TIE_CALL: return pen_dash(TINT_T1, 1.8, 6, 4); /* a pin that ends with the call */
    case TIE_BUFFER: return pen(TINT_DEV, 2);
    case TIE_LOST: return pen_dash(TINT_RED, 2.4, 6, 3);
    default: return pen_dots(TINT_DEV, 2, 1, 5); /* an address, and nothing that holds the object */
    }
}

static void tie_path(const View *v, const TiePlace *t, double end) {
    path_move(v->d, t->x, t->y);
    if (t->bend_y > 0) {
        double side = t->tip_x > t->x ? 1 : -1, up = t->tip_y > t->y ? 1 : -1;
        double r = fmin(8, fabs(t->tip_x - t->x) / 2);
        path_line(v->d, t->x, t->bend_y - up * r);
        path_quad(v->d, t->x, t->bend_y - up * r, t->x, t->bend_y, t->x + side * r, t->bend_y);
        path_line(v->d, t->tip_x - side * r, t->bend_y);
        path_quad(v->d, t->tip_x - side * r, t->bend_y, t->tip_x, t->bend_y, t->tip_x, t->bend_y + up * r);
    }
    path_line(v->d, t->tip_x, end);
    draw_path(v->d, NO_PAINT, tie_pen(t->kind));
}

/* Straight down; where its user stands elsewhere, a broken line goes on from there. */
static void crack(const View *v, const TiePlace *t) {
    bool up = v->heap->block[t->block].strip < STRIP_HOST;
    Point from = {t->x, up ? t->y - 4 : t->y + 4}, to = {t->x, t->bend_y > 0 ? t->bend_y : t->tip_y};
    if (t->bend_y > 0) tie_path(v, t, t->tip_y);
    double length = fabs(to.y - from.y);
    size_t jags = length > 150 ? 11 : length > 80 ? 9 : 5;
    token_crack(v->d, from, to, 10, 4, length > 80 ? 8 : 5, jags, true, name_of(v, t->obj));
}

static void from_above(const View *v, const TiePlace *t) {
    Tint ink = t->kind == TIE_BARE ? TINT_DEV : TINT_T1;
    tie_path(v, t, t->tip_y - 9);
    Point tip[] = {{t->tip_x - 3.6, t->tip_y - 11}, {t->tip_x + 3.6, t->tip_y - 11}, {t->tip_x, t->tip_y}};
    draw_poly(v->d, tip, 3, true, paint(ink), NO_PEN);
    if (t->kind == TIE_BARE) return;
    draw_circle(v->d, t->x, t->y, 8, paint(TINT_T1), NO_PEN);
    draw_circle(v->d, t->x, t->y, 3.4, paint(TINT_GO2), NO_PEN);
}

/* A command's device buffers are below it: the arrow goes down. Pins and addresses come from above. */
static void tie(const View *v, const TiePlace *t) {
    bool below = v->heap->block[t->block].strip >= STRIP_HOST;
    if (t->kind == TIE_LOST) {
        begin_part(v, MOVER_GROWS, PART_CRACK, t->obj, t->user, t->x, t->y);
        crack(v, t);
        draw_end_mover(v->d);
    } else if (t->kind == TIE_SCAR) {
        token_scar(v->d, t->x, v->heap->fault_y);
    } else if (below) {
        tie_path(v, t, t->tip_y);
        Point tip[] = {{t->x, t->y + 3}, {t->x - 5, t->y - 8}, {t->x + 5, t->y - 8}};
        draw_poly(v->d, tip, 3, true, paint(TINT_DEV), NO_PEN);
    } else if (t->kind == TIE_BARE) { /* no pin: it only points */
        from_above(v, t);
    } else {
        begin_part(v, MOVER_DROPS, PART_PIN, t->obj, (uint64_t)t->kind, t->x, t->y);
        from_above(v, t);
        draw_end_mover(v->d);
    }
}

/* Those from to-space pass behind from-space. */
static void ties(const View *v, bool behind) {
    for (size_t i = 0; i < v->heap->tie_count; i++) {
        const TiePlace *t = &v->heap->tie[i];
        bool far = v->heap->block[t->block].strip == STRIP_TO;
        if (far == behind) tie(v, t);
    }
}

static void pin_heads(const View *v) {
    for (size_t i = 0; i < v->heap->tie_count; i++) {
        const TiePlace *t = &v->heap->tie[i];
        if (v->heap->block[t->block].strip != STRIP_TO || (t->kind != TIE_PIN && t->kind != TIE_CALL)) continue;
        draw_line(v->d, t->x, t->y, t->x, v->heap->strip[STRIP_TO].box.y + v->heap->strip[STRIP_TO].box.h, tie_pen(t->kind));
        draw_circle(v->d, t->x, t->y, 8, paint(TINT_T1), NO_PEN);
        draw_circle(v->d, t->x, t->y, 3.4, paint(TINT_GO2), NO_PEN);
    }
}

/* "arg 1", "args 0, 2" */
static const char *args_text(char *buf, size_t size, uint64_t args) {
    size_t n = 0;
    buf[0] = '\0';
    for (unsigned k = 0; k < CMD_ARGS_MAX; k++) {
        if ((args >> k & 1) == 0) continue;
        n += (size_t)snprintf(buf + n, size - n, n ? ", %u" : args & (args - 1) ? "args %u" : "arg %u", k);
        if (n >= size) break;
    }
    return buf;
}

/* Does the user write there? Of several arguments, any. */
static bool writes(const View *v, const TiePlace *t) {
    if (t->user == BELOW_MAX || v->heap->user[t->user].cmd == NONE) return true;
    const ModelCmd *c = &v->s->model->cmd[v->heap->user[t->user].cmd];
    for (uint64_t k = 0; k < c->arg_count; k++) {
        if ((t->args >> k & 1) && c->written[k]) return true;
    }
    return false;
}

/* A sentence in two lines; the second says why, and where there is no room for it, briefly. */
static void tie_sentence(const View *v, const TiePlace *t, char *head, char *body, char *brief, size_t size) {
    const Model *m = v->s->model;
    const ModelObj *o = &m->obj[t->obj];
    uint64_t heir = v->heap->block[t->block].was == t->obj ? v->heap->block[t->block].obj : NONE;
    char time[48];
    const char *name = name_of(v, t->obj);
    bool call = t->user != BELOW_MAX && v->heap->user[t->user].cmd == NONE;
    uint64_t left = o->freed_ns != NONE ? o->freed_ns : o->moved_ns;
    const char *gone_by = o->freed_ns != NONE ? "was freed" : "moved away";
    switch (t->kind) {
    case TIE_LOST:
        snprintf(head, size, call ? "uses the old address" : writes(v, t) ? "writes to old address" : "reads from old address");
        snprintf(body, size, "%.40s %s %s ago", name, gone_by, narrate_time(time, sizeof time, v->s->now_ns - left));
        if (heir != NONE) snprintf(body, size, "%.40s %s, and %.40s is there now", name, gone_by, name_of(v, heir));
        snprintf(brief, size, heir != NONE ? "%.40s is there now" : "%s ago", heir != NONE ? name_of(v, heir) : time);
        break;
    case TIE_SCAR:
        snprintf(head, size, "went to the old address");
        snprintf(body, size, "%.40s %s at %s", name, gone_by, narrate_time(time, sizeof time, left));
        snprintf(brief, size, "at %s", time);
        break;
    case TIE_PIN:
        snprintf(head, size, t->user == BELOW_MAX ? "pinned" : "%s through a pin", writes(v, t) ? "writes" : "reads");
        snprintf(body, size, "%.40s may not move before Unpin", name);
        snprintf(brief, size, "until Unpin");
        break;
    case TIE_CALL:
        snprintf(head, size, "pinned by the call");
        snprintf(body, size, "only until it returns");
        snprintf(brief, size, "for now");
        break;
    default:
        snprintf(head, size, call ? "has its address" : "holds an address");
        snprintf(body, size, o->memory == MEM_STACK ? "%.40s moves when the stack grows" : "nobody has pinned %.40s", name);
        snprintf(brief, size, "not pinned");
        break;
    }
}

static void tie_words(const View *v, const TiePlace *t) {
    const HeapLayout *l = v->heap;
    if (l->block[t->block].strip >= STRIP_HOST) return;
    bool bad = t->kind == TIE_LOST || t->kind == TIE_SCAR;
    char head[128], body[128], brief[128], args[64] = "";
    double x = t->tip_x + (bad ? 26 : 18), y = l->c_y, room = t->words_w - (bad ? 8 : 0);
    if (t->tip_x < 200 && x < 200) { /* beside the name of the world */
        room -= 204 - x;
        x = 204;
    }
    tie_sentence(v, t, head, body, brief, sizeof head);
    TextStyle s = sans(20, bad ? 700 : 600);
    while (text_width(head, s) > room && s.size > 14) s.size -= 2;
    if (text_width(head, s) > room) return;
    draw_text(v->d, x, y, s, bad ? TINT_RED : TINT_F1, ANCHOR_START, head);
    const char *why = text_width(body, digits(14, 400)) <= room ? body : brief;
    if (l->tie_lines > 1) draw_whole(v->d, x, y + 23, digits(14, 400), TINT_F2, ANCHOR_START, why, room);
    if (l->tie_lines > 2 && args_text(args, sizeof args, t->args)[0]) {
        const char *how = t->kind == TIE_PIN ? ", pinned" : t->kind == TIE_CALL ? ", cgo's own pin" : ", no pin";
        snprintf(args + strlen(args), sizeof args - strlen(args), "%s", how);
        draw_whole(v->d, x, y + 44, mono(13, 500), TINT_F2, ANCHOR_START, args, room);
    }
}

/* Does a line from another block to the device cross the words beside this tie? */
static bool is_crossed(const View *v, const TiePlace *t, double from, double to) {
    for (size_t i = 0; i < v->heap->tie_count; i++) {
        const TiePlace *o = &v->heap->tie[i];
        if (o == t || v->heap->block[o->block].strip < STRIP_HOST) continue;
        if (fmin(o->x, o->tip_x) < to && fmax(o->x, o->tip_x) > from) return true;
    }
    return false;
}

static void buffer_words(const View *v, const TiePlace *t) {
    const HeapLayout *l = v->heap;
    const BlockPlace *b = &l->block[t->block];
    if (b->strip < STRIP_HOST || !l->phase_words) return;
    char text[96];
    const ModelObj *o = &v->s->model->obj[t->obj];
    bool bad = t->kind == TIE_LOST;
    const char *what = bad                          ? o->freed_ns != NONE ? "given back, and still used" : "lost"
                       : o->memory == MEM_DEVICE ? "a device buffer"
                       : o->memory == MEM_LOCKED ? "page-locked memory"
                       : o->memory == MEM_SHARED ? "shared memory"
                                                 : "C's memory";
    args_text(text, sizeof text, t->args);
    snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", text[0] ? ", " : "", what);
    double x = t->tip_x + 14;
    if (is_crossed(v, t, x - 4, x + text_width(text, mono(13, 500)) + 4)) return;
    if (fabs(t->tip_y + 19 - l->strip[b->strip].title_y) < 17) return; /* the strip's own title stands there */
    draw_whole(v->d, x, t->tip_y + 19, mono(13, 500), bad ? TINT_RED : TINT_F2, ANCHOR_START, text, t->words_w);
}

/* ---------------------------------------------------------------- users */

static void command_box(const View *v, const UserPlace *u) {
    const Model *m = v->s->model;
    const ModelCmd *c = &m->cmd[u->cmd];
    Box b = u->box;
    char text[64];
    double share = c->state == CMD_DONE ? 1 : 0;
    if (c->state == CMD_RUNNING && c->end_ns != NONE && c->end_ns > c->start_ns)
        share = fmin(1, (double)(v->s->now_ns - c->start_ns) / (double)(c->end_ns - c->start_ns));
    if (c->state == CMD_RUNNING) {
        draw_box(v->d, b, 4, paint(TINT_DEV_BACK), NO_PEN);
        draw_clip(v->d, b, 4);
        draw_box(v->d, (Box){b.x, b.y, b.w * share, b.h}, 0, paint(TINT_DEV_FILL), NO_PEN);
        draw_box(v->d, (Box){b.x, b.y + b.h - 6, b.w * share, 6}, 0, paint(TINT_DEV), NO_PEN);
        draw_unclip(v->d);
        draw_box(v->d, b, 4, NO_PAINT, pen(TINT_DEV, 2));
        uint64_t slice = (uint64_t)(share * (double)c->slices) + 1;
        if (slice > c->slices) slice = c->slices;
        snprintf(text, sizeof text, "slice %llu of %llu", (unsigned long long)slice, (unsigned long long)c->slices);
    } else {
        bool queued = c->state == CMD_QUEUED;
        draw_box(v->d, b, 4, NO_PAINT, queued ? pen_dash(TINT_DEV, 1.6, 5, 4) : pen(TINT_FCARDL, 1.4));
        snprintf(text, sizeof text, queued ? "queued" : "done");
    }
    double tw = text_width(text, digits(15, 500)), cy = b.y + b.h / 2;
    bool both = b.w > tw + 110;
    if (both) draw_text(v->d, b.x + b.w - 16, cy + 5.5, digits(15, 500), TINT_F1, ANCHOR_END, text);
    draw_fitted(v->d, b.x + 16, cy + 6.5, mono(b.w > 300 ? 20 : 16, 700), TINT_F1, ANCHOR_START, intern_text(m->text, c->name),
                b.w - 32 - (both ? tw + 16 : 0));
    mark_thing(v, b, KIND_CMD, u->cmd);
}

static void call_box(const View *v, const UserPlace *u) {
    const Model *m = v->s->model;
    const ModelG *g = &m->g[u->g];
    Box b = u->box;
    char text[96], who[64];
    bool back = g->callbacks > 0 && g->state != G_SYSCALL;
    draw_box(v->d, b, 4, paint(TINT_C_PLATE), pen(TINT_AMBER, 2));
    snprintf(text, sizeof text, "%s%s", narrate_g(m, u->g, who, sizeof who), back ? " is in a callback" : model_in_system_call(m, u->g) ? " is in a syscall" : " is in C");
    double cy = b.y + b.h / 2, w = text_width(text, sans(14, 500));
    bool both = b.w > w + 170;
    if (both) draw_text(v->d, b.x + b.w - 16, cy + 5, sans(14, 500), TINT_F1, ANCHOR_END, text);
    draw_fitted(v->d, b.x + 16, cy + 6.5, mono(b.w > 300 ? 20 : 16, 700), TINT_F1, ANCHOR_START,
                intern_text(m->text, model_c_function(m, u->g)), b.w - 32 - (both ? w + 16 : 0));
    mark_thing(v, b, KIND_G, u->g);
}

/* Beside the only command: who has launched it, and where he is. */
static void launch_words(const View *v) {
    const HeapLayout *l = v->heap;
    if (l->user_count != 1 || l->launch_x <= 0 || l->user[0].cmd == NONE) return;
    const Model *m = v->s->model;
    const ModelCmd *c = &m->cmd[l->user[0].cmd];
    Box b = l->user[0].box;
    char text[96], who[64], time[48];
    double x = l->launch_x, y = b.y + b.h / 2, room = l->w - 24 - x;
    bool lines = b.h >= 48;
    snprintf(text, sizeof text, "launched by %s", narrate_g(m, c->g, who, sizeof who));
    draw_fitted(v->d, x, lines ? y - 12 : y + 5, sans(16, 600), TINT_F1, ANCHOR_START, text, room);
    if (!lines || c->g >= m->g_count) return;
    snprintf(text, sizeof text, "at line %llu, %s ago", (unsigned long long)c->line, narrate_time(time, sizeof time, v->s->now_ns - c->enqueue_ns));
    draw_whole(v->d, x, y + 9, digits(14, 400), TINT_F2, ANCHOR_START, text, room);
    const ModelG *g = &m->g[c->g];
    const char *is = g->state == G_SYSCALL ? "is " : "", *where = g->state == G_SYSCALL ? g_below_text(m, c->g)
                                                               : g->state == G_DEAD     ? "has ended"
                                                                                        : "is back above the line";
    snprintf(text, sizeof text, "g%llu %s%s", (unsigned long long)c->g, is, where);
    draw_whole(v->d, x, y + 28, sans(14, 400), TINT_F2, ANCHOR_START, text, room);
}

static void users(const View *v) {
    const HeapLayout *l = v->heap;
    char text[48];
    for (size_t i = 0; i < l->user_count; i++) {
        if (l->user[i].cmd != NONE) command_box(v, &l->user[i]);
        else call_box(v, &l->user[i]);
    }
    launch_words(v);
    if (l->user_count == 0)
        draw_fitted(v->d, l->users.x, l->users.y + l->users.h / 2 + 5, sans(14, 400), TINT_F2, ANCHOR_START,
                    v->s->head->queue_count ? "The device has no command" : "No device in this run", l->users.w);
    if (l->users_more == 0) return;
    snprintf(text, sizeof text, "+ %zu queued", l->users_more);
    Box b = l->user[0].box;
    draw_whole(v->d, b.x - 14, b.y + b.h / 2 + 5, digits(14, 400), TINT_F2, ANCHOR_END, text, b.x - 14 - 24);
}

/* ---------------------------------------------------------------- below the strips */

static void drop(const View *v, double x, double y) {
    path_move(v->d, x, y - 8);
    path_curve(v->d, x + 2, y - 3, x + 5.5, y, x + 5.5, y + 3);
    path_arc(v->d, x, y + 3, 5.5, 0, M_PI);
    path_curve(v->d, x - 5.5, y, x - 2, y - 3, x, y - 8);
    draw_path(v->d, NO_PAINT, pen(TINT_F1, 1.8));
}

/* Under each strip, once: what of it has never gone back. */
static void leaks(const View *v) {
    if (!v->heap->owner_words) return;
    for (int k = STRIP_HOST; k <= STRIP_DEVICE; k++) {
        Box b = v->heap->strip[k].box;
        uint64_t pieces = 0, bytes = 0;
        char text[96], size[32];
        for (uint64_t i = 0; i < v->s->model->obj_count; i++) {
            const ModelObj *o = &v->s->model->obj[i];
            if (!is_leaked(v, o) || (o->memory == MEM_DEVICE) != (k == STRIP_DEVICE)) continue;
            pieces++;
            bytes += o->bytes;
        }
        if (pieces == 0) continue;
        snprintf(text, sizeof text, "leak: %llu piece%s, %s, never given back", (unsigned long long)pieces, pieces == 1 ? "" : "s",
                 bytes_text(size, sizeof size, bytes));
        drop(v, b.x + 12, b.y + b.h + 13);
        draw_whole(v->d, b.x + 26, b.y + b.h + 19, digits(13, 600), TINT_F1, ANCHOR_START, text, b.w - 30);
    }
}

static void device_free(const View *v) {
    const StripShape *t = &v->heap->strip[STRIP_DEVICE];
    if (t->box.h <= 0 || v->s->device_bytes == 0 || t->bytes >= v->s->device_bytes) return;
    char text[48], size[32];
    double x = t->end_x + 12;
    snprintf(text, sizeof text, "free %s", bytes_text(size, sizeof size, v->s->device_bytes - t->bytes));
    draw_whole(v->d, x, t->box.y + t->box.h / 2 + 4.5, digits(13, 400), TINT_F2, ANCHOR_START, text, t->box.x + t->box.w - x - 8);
}

/* ---------------------------------------------------------------- all of it */

static void nothing(const View *v) {
    Box b = v->f->stage;
    double y = (v->heap->go_y + v->heap->fault_y) / 2;
    draw_text(v->d, b.w / 2, y, sans(20, 700), TINT_T1, ANCHOR_MIDDLE,
              v->s->head->imported ? "Go's trace does not record objects" : "This run has no objects");
    draw_fitted(v->d, b.w / 2, y + 28, sans(14, 400), TINT_T2, ANCHOR_MIDDLE,
                v->s->head->imported ? "What its collector did is on the timeline" : "heap.floats, C.malloc and cl.buffer make some in a scenario", b.w - 48);
}

void view_heap(const View *v) {
    const HeapLayout *l = v->heap;
    draw_clip(v->d, v->f->stage, 0);
    if (is_empty(v)) {
        nothing(v);
        draw_unclip(v->d);
        return;
    }
    phases(v);
    moves(v);
    ties(v, true);
    for (int k = 0; k < STRIP_COUNT; k++) {
        if (l->strip[k].box.h > 0) strip_ground(v, (StripKind)k), strip_title(v, (StripKind)k);
    }
    blocks(v, STRIP_TO, STRIP_DEVICE);
    next_free(v);
    pin_heads(v);
    users(v);
    ties(v, false);
    for (size_t i = 0; i < l->tie_count; i++) tie_words(v, &l->tie[i]), buffer_words(v, &l->tie[i]);
    leaks(v);
    device_free(v);
    draw_unclip(v->d);
}

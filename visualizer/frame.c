/* frame.c -- from a scene to lists, and from lists to what really has to be painted. */
#include "frame.h"

#include <math.h>
#include <stdlib.h>

Frame *frame_new(void) {
    Frame *f = mem_zero(1, sizeof *f);
    f->memo = timeline_memo_new();
    return f;
}

void frame_free(Frame *f) {
    if (f == NULL) return;
    for (int i = 0; i < PART_COUNT; i++) draw_free(&f->list[i]);
    for (int i = 0; i < 2; i++) draw_free(&f->half[i]);
    canvas_close(f->ground);
    timeline_memo_free(f->memo);
    free(f->hits.hit);
    free(f);
}

static View view_of(Frame *f, const Scene *s, Part part) {
    return (View){.d = &f->list[part],
                  .s = s,
                  .f = &f->layout,
                  .stage = &f->stage,
                  .time = &f->time,
                  .channels = &f->channels,
                  .heap = &f->heap,
                  .compare = &f->compare,
                  .hits = &f->hits,
                  .memo = f->memo,
                  .openings = &f->openings};
}

/* One of the two runs, as a stage of its own. */
static void build_half(Frame *f, const Scene *s, int k) {
    const FrameLayout *l = &f->compare.half[k];
    size_t hits = f->hits.count;
    View ground = {.d = &f->half[0], .s = s, .f = l, .stage = &f->half_stage, .time = &f->compare.lanes[k], .channels = &f->channels,
                   .heap = &f->heap, .hits = &f->hits}, things = ground;
    things.d = &f->half[1];
    for (int i = 0; i < 2; i++) draw_reset(&f->half[i]);
    if (s->halves == VIEW_HEAP) {
        layout_heap(&f->heap, l, s);
        view_heap_ground(&ground);
        view_heap(&things);
    } else if (s->halves == VIEW_CHANNELS) {
        layout_channels(&f->channels, &f->half_stage, &f->time, l, s);
        view_worlds(&ground);
        view_channels(&things);
    } else {
        layout_stage(&f->half_stage, l, s);
        view_worlds(&ground);
        view_stage(&things);
    }
    double dx = k ? f->compare.shift : 0;
    for (; hits < f->hits.count; hits++) f->hits.hit[hits].box.x += dx;
    draw_append(&f->list[PART_GROUND], &f->half[0], dx);
    draw_append(&f->list[PART_STAGE], &f->half[1], dx);
}

static void build_compare(Frame *f, const Scene *s) {
    View stage = view_of(f, s, PART_STAGE), lanes = view_of(f, s, PART_TIMELINE), figures = view_of(f, s, PART_FIGURES);
    if (s->other == NULL) {
        view_alone(&stage);
        return;
    }
    layout_compare(&f->compare, &f->layout, s, s->other);
    view_heads(&stage);
    if (f->compare.half[0].stage.h >= 160) {
        build_half(f, s, 0);
        build_half(f, s->other, 1);
    }
    view_parted(&lanes);
    view_figures(&figures);
}

static void build_stage(Frame *f, const Scene *s) {
    if (s->view == VIEW_COMPARE) {
        build_compare(f, s);
        return;
    }
    if (s->view == VIEW_PICTURE) {
        View picture = view_of(f, s, PART_STAGE);
        view_picture(&picture);
        return;
    }
    bool channels = s->view == VIEW_CHANNELS;
    View blame = view_of(f, s, PART_STAGE);
    if (channels) layout_channels(&f->channels, &f->stage, &f->time, &f->layout, s);
    if (f->layout.stage.h < 200) return;
    if (s->view == VIEW_HEAP) {
        View ground = view_of(f, s, PART_GROUND), heap = view_of(f, s, PART_STAGE);
        layout_heap(&f->heap, &f->layout, s);
        view_heap_ground(&ground);
        view_heap(&heap);
        view_blame(&blame);
        return;
    }
    if (!channels) layout_stage(&f->stage, &f->layout, s);
    View ground = view_of(f, s, PART_GROUND), stage = view_of(f, s, PART_STAGE);
    view_worlds(&ground);
    if (channels) view_channels(&stage);
    else view_stage(&stage);
    view_blame(&blame);
}

void frame_build(Frame *f, const Scene *s) {
    for (int i = 0; i < PART_COUNT; i++) draw_reset(&f->list[i]);
    f->hits.count = f->openings.count = 0;
    layout_frame(&f->layout, s);
    layout_timeline(&f->time, &f->layout, s);
    const FrameLayout *l = &f->layout;
    f->box[PART_GROUND] = l->stage;
    f->box[PART_TOP] = l->top;
    f->box[PART_STAGE] = l->stage;
    f->box[PART_TIMELINE] = l->timeline;
    f->box[PART_PANEL] = l->drawer ? (Box){0} : l->panel;
    f->box[PART_TRANSPORT] = l->transport;
    f->box[PART_STRIP] = l->strip;
    f->box[PART_FIGURES] = l->figures;
    f->box[PART_OVERLAY] = (Box){0, 0, l->w, l->h};
    View top = view_of(f, s, PART_TOP), timeline = view_of(f, s, PART_TIMELINE),
         panel = view_of(f, s, PART_PANEL);
    View transport = view_of(f, s, PART_TRANSPORT), strip = view_of(f, s, PART_STRIP),
         overlay = view_of(f, s, PART_OVERLAY);
    view_top(&top);
    build_stage(f, s);
    if (s->view == VIEW_CHANNELS) view_occupancy(&timeline);
    else if (s->view == VIEW_HEAP) view_pins(&timeline);
    else if (s->view != VIEW_COMPARE) view_timeline(&timeline);
    view_evidence(&timeline);
    if (!l->drawer) view_panel(&panel);
    view_transport(&transport);
    view_strip(&strip);
    view_lit(&overlay);
    if (l->drawer) view_panel(&overlay);
    view_search(&overlay);
    view_knobs(&overlay);
    view_save(&overlay);
    view_help(&overlay);
    view_tooltip(&overlay);
    view_said(&overlay);
    view_menu(&overlay);
    view_black(&overlay);
}

void frame_reopen(Frame *f, const Scene *s, const Openings *meanwhile) {
    View ground = view_of(f, s, PART_GROUND);
    draw_reset(ground.d);
    ground.meanwhile = meanwhile;
    if (s->view == VIEW_HEAP) view_heap_ground(&ground);
    else view_worlds(&ground);
}

/* The ground is painted once and then copied; a vector file gets it as it is. */
static void lay_ground(Frame *f, Canvas *c, Theme theme, uint64_t hash) {
    if (f->ground && !canvas_is_like(f->ground, c)) {
        canvas_close(f->ground);
        f->ground = NULL;
    }
    bool fresh = f->ground == NULL;
    if (fresh) f->ground = canvas_like(c);
    if (f->ground == NULL) {
        canvas_paint(c, &f->list[PART_GROUND], theme, f->box[PART_GROUND]);
        return;
    }
    if (fresh || f->ground_hash != hash)
        canvas_paint(f->ground, &f->list[PART_GROUND], theme, f->box[PART_GROUND]);
    f->ground_hash = hash;
    canvas_copy(c, f->ground, f->box[PART_GROUND]);
}

/* An overlay that changes uncovers what was under it; any part that changes wipes the overlay. */
unsigned frame_paint(Frame *f, Canvas *c, Theme theme, bool all) {
    uint64_t hash[PART_COUNT];
    unsigned painted = 0;
    for (int i = 0; i < PART_COUNT; i++)
        hash[i] = draw_hash(&f->list[i]) ^ ((uint64_t)theme + 1) * 0x9e3779b97f4a7c15u;
    if (hash[PART_OVERLAY] != f->painted[PART_OVERLAY]) all = true;
    bool ground_changed = hash[PART_GROUND] != f->painted[PART_GROUND];
    f->painted[PART_GROUND] = hash[PART_GROUND];
    for (int i = PART_GROUND + 1; i < PART_COUNT; i++) {
        bool changed = all || hash[i] != f->painted[i] || (i == PART_STAGE && ground_changed) ||
                       (i == PART_OVERLAY && painted != 0);
        if (!changed || f->box[i].w <= 0 || f->box[i].h <= 0) continue;
        if (i == PART_STAGE) lay_ground(f, c, theme, hash[PART_GROUND]);
        canvas_paint(c, &f->list[i], theme, f->box[i]);
        f->painted[i] = hash[i];
        painted |= 1u << i;
    }
    return painted;
}

/* Outside of its region a part is not painted; at the picture's edge a text needs a little room. */
size_t frame_lint(const Frame *f, void (*say)(void *ctx, const char *sentence), void *ctx) {
    const DrawList *lists[PART_COUNT];
    Box regions[PART_COUNT];
    for (int i = 0; i < PART_COUNT; i++) {
        Box b = f->box[i];
        double x0 = fmax(b.x, 2), y0 = fmax(b.y, 2), x1 = fmin(b.x + b.w, f->layout.w - 2), y1 = fmin(b.y + b.h, f->layout.h - 2);
        lists[i] = &f->list[i];
        regions[i] = (Box){x0, y0, x1 - x0, y1 - y0};
    }
    return draw_lint(lists, regions, PART_OVERLAY, say, ctx) +
           draw_lint(lists + PART_OVERLAY, regions + PART_OVERLAY, 1, say, ctx);
}

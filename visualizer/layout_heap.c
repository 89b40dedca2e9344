/* layout_heap.c -- where objects lie, where they were, and who uses them from below.
 *
 * A strip shows addresses from left to right. A block's width grows with its bytes, but each is wide enough for its name while
 * there are few; a gap is at most as wide as an eighth of what lies there, since there are gigabytes of nothing between
 * some. To-space and from-space have one scale, so that what moves keeps its size. Of many, those that are alike and narrower
 * than 6 merge to runs, of very many all that live, or have gone; what is pinned or used is merged last, a place that is
 * used although the object has left it never.
 */
#include "layout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- regions */

/* clang-format off */
/* By the stage's height: y's are from its top, at the height that stands first. */
typedef struct {
    double least, h, go_y, phases_y, phases_h, to_y, strip_h, from_y, fault_y, band, user_h, held_y, held_h;
    bool phase_words, owner_words;
    size_t tie_lines;
} HeapMetrics;
static const HeapMetrics metrics[] = {
    {640, 690, 36, 56, 26, 154, 48, 290, 388, 112, 66, 622, 38, true, true, 3},
    {500, 546, 26, 46, 20, 118, 36, 204, 280, 96, 50, 474, 30, true, true, 2},
    {0, 404, 22, 38, 16, 86, 28, 150, 214, 72, 38, 360, 26, false, false, 1},
};
/* clang-format on */

static bool any_memory(const Model *m, uint64_t from, uint64_t to) {
    for (uint64_t i = 0; i < m->obj_count; i++) {
        if (m->obj[i].memory >= from && m->obj[i].memory <= to) return true;
    }
    return false;
}

/* sim/mem/heap.h says where what lies; what was moved into to-space is not larger than a page run of 1 MiB. */
static const uint64_t space_bytes = UINT64_C(1) << 30, heap_base = 0xc000000000, stacks_base = 0xc200000000;
static bool is_large(uint64_t at) { return at >= heap_base + 2 * space_bytes && at < stacks_base; }
static unsigned space_of(uint64_t at) { return at >= heap_base + space_bytes ? 1 : 0; }

static double weigh(uint64_t n) { return 1 + (double)(n < 6 ? n : 6); }

/* The strips nearest to the line stand side by side: the heap, what is large, stacks. */
static void split_row(HeapLayout *l, const Model *head, Box row) {
    uint64_t small = 0, large = 0, stacks = 0;
    for (uint64_t i = 0; i < head->obj_count; i++) {
        const ModelObj *o = &head->obj[i];
        if (o->memory == MEM_STACK) stacks += 2;
        else if (o->memory == MEM_GO && is_large(o->at)) large++;
        else small += o->memory == MEM_GO;
    }
    double wl = large ? weigh(large) : 0, ws = stacks ? weigh(stacks) : 0, wh = fmax(weigh(small), (wl + ws) * .6);
    double gap = 24, room = row.w - (large ? gap : 0) - (stacks ? gap : 0), x = row.x;
    double all = wh + wl + ws;
    l->strip[STRIP_FROM].box = (Box){x, row.y, round(room * wh / all), row.h};
    x += l->strip[STRIP_FROM].box.w + gap;
    if (large) {
        l->strip[STRIP_LARGE].box = (Box){x, row.y, round(room * wl / all), row.h};
        x += l->strip[STRIP_LARGE].box.w + gap;
    }
    if (stacks) l->strip[STRIP_STACKS].box = (Box){x, row.y, row.x + row.w - x, row.h};
}

static void split_held(HeapLayout *l, const Model *head, Box row) {
    bool host = any_memory(head, MEM_C, MEM_LOCKED) || any_memory(head, MEM_SHARED, MEM_SHARED);
    bool device = any_memory(head, MEM_DEVICE, MEM_DEVICE);
    double w = host && device ? round((row.w - 24) * .45) : row.w;
    if (host) l->strip[STRIP_HOST].box = (Box){row.x, row.y, w, row.h};
    if (host && device) row = (Box){row.x + w + 24, row.y, row.w - w - 24, row.h};
    if (device) l->strip[STRIP_DEVICE].box = row;
}

/* Returns where users stand. */
static Box place_regions(HeapLayout *l, const FrameLayout *f, const Scene *s) {
    const HeapMetrics *m = metrics;
    Box b = f->stage;
    while (b.h < m->least) m++;
    double more = b.h - m->h, top = b.y, x = 24, w = b.w - 48;
    double from_y = m->from_y + .3 * more, fault_y = m->fault_y + .35 * more, band = m->band + .2 * more;
    double from_h = m->strip_h, user_h = m->user_h + .1 * more, held_y = m->held_y + .9 * more;
    bool held = any_memory(s->head, MEM_C, MEM_DEVICE) || any_memory(s->head, MEM_SHARED, MEM_SHARED);
    l->to_space = s->moving_collector && s->head->collections > 0;
    if (!l->to_space) { /* the row moves up, and what is below has the room */
        from_y = m->to_y + 8;
        from_h = round(m->strip_h * 1.3);
        double old = fault_y;
        fault_y = from_y + from_h + (b.h < 500 ? 30 : 46);
        band += .35 * (old - fault_y);
        user_h += .2 * (old - fault_y);
    }
    if (!held) band += .15 * (b.h - held_y), user_h += .3 * (b.h - held_y);
    l->w = b.w;
    l->go_y = top + m->go_y;
    l->phases_y = top + m->phases_y;
    l->phases_h = m->phases_h;
    l->phase_words = m->phase_words;
    l->owner_words = m->owner_words;
    l->tie_lines = m->tie_lines;
    l->fault_y = round(top + fault_y);
    l->c_y = l->fault_y + (b.h < 500 ? 30 : 44);
    if (l->to_space) l->strip[STRIP_TO].box = (Box){x, round(top + m->to_y), w, m->strip_h};
    split_row(l, s->head, (Box){x, round(top + from_y), w, round(from_h)});
    if (held) split_held(l, s->head, (Box){x, round(top + held_y), w, m->held_h});
    for (int k = STRIP_TO; k <= STRIP_STACKS; k++) {
        StripShape *t = &l->strip[k];
        bool under = l->to_space && k != STRIP_TO; /* above is where things move */
        t->title_x = t->box.x;
        t->title_w = t->box.w;
        t->title_y = under ? t->box.y + t->box.h + (b.h < 500 ? 17 : 21) : t->box.y - (b.h < 500 ? 8 : 13);
    }
    for (int k = STRIP_HOST; k <= STRIP_DEVICE; k++) {
        StripShape *t = &l->strip[k];
        t->title_x = t->box.x;
        t->title_w = t->box.w;
        t->title_y = t->box.y - (b.h < 500 ? 8 : 12);
    }
    double left = x + 176; /* clear of "foreign to the runtime" */
    return (Box){left, round(l->fault_y + band), x + w - left, round(user_h)};
}

/* ---------------------------------------------------------------- who has an old address */

typedef struct {
    uint64_t obj, at;
    bool over; /* nobody uses the place any more */
    uint64_t now; /* which object lies there now; NONE */
} Lost;
enum { LOST_MAX = 32, COMMANDS_BACK = 512 };

bool command_lost(const Model *m, uint64_t cmd, uint64_t obj, uint64_t *at) {
    const ModelCmd *c = &m->cmd[cmd];
    for (uint64_t k = 0; k < c->arg_count; k++) {
        if (c->obj[k] != obj) continue;
        if (c->stale[k] != NONE) return *at = c->stale[k], true;
        const ModelObj *o = &m->obj[obj]; /* given back before the command was told of it */
        if (o->freed_ns != NONE && c->state != CMD_DONE && o->freed_ns <= c->enqueue_ns) return *at = o->at, true;
    }
    return false;
}

static size_t find_lost(Lost *lost, const Scene *s) {
    const Model *m = s->model;
    size_t count = 0;
    uint64_t at, first = m->cmd_count > COMMANDS_BACK ? m->cmd_count - COMMANDS_BACK : 0;
    for (uint64_t k = m->cmd_count; k-- > first && count < LOST_MAX;) {
        const ModelCmd *c = &m->cmd[k];
        for (uint64_t i = 0; i < c->arg_count && count < LOST_MAX; i++) {
            if (!command_lost(m, k, c->obj[i], &at)) continue;
            const ModelObj *o = &m->obj[c->obj[i]];
            uint64_t left = o->freed_seq != NONE ? o->freed_seq : o->moved_seq;
            bool over = c->state == CMD_DONE, seen = false;
            if (over && (left == NONE || m->gc_seq == NONE || left < m->gc_seq)) continue; /* long ago */
            for (size_t n = 0; n < count && !seen; n++) {
                seen = lost[n].obj == c->obj[i] && lost[n].at == at;
                if (seen) lost[n].over = lost[n].over && over;
            }
            if (!seen) lost[count++] = (Lost){c->obj[i], at, over, NONE};
        }
    }
    for (size_t i = past_given(s->past, s->seq); i-- > 0 && count < LOST_MAX;) {
        const GivenAway *g = &s->past->given[i];
        if (g->lost_seq <= s->seq) lost[count++] = (Lost){g->obj, g->lost_at, g->end_seq <= s->seq, NONE};
    }
    return count;
}

/* ---------------------------------------------------------------- what lies where */

typedef struct {
    uint64_t place; /* in its strip: the address, or the number of the object */
    uint64_t at, bytes, obj;
    StripKind strip;
    BlockLook look;
    bool alone; /* never merged */
} Item;

typedef struct {
    HeapLayout *l;
    const Scene *s;
    const Model *m;
    Item *item;
    size_t count, cap;
    unsigned to; /* the semispace that is to-space */
    uint32_t *live_block, *ghost_block; /* by object; NO_BLOCK = none */
    Lost lost[LOST_MAX];
    size_t lost_count;
} Heap;
#define NO_BLOCK UINT32_MAX

static bool is_of_last_cycle(const Model *m, uint64_t seq) { return seq != NONE && m->gc_seq != NONE && seq >= m->gc_seq; }

/* Before a collection moves anything, what lives is in from-space; afterwards it is in to-space, until the next begins. */
static unsigned which_is_to(const Model *m) {
    uint64_t last = NONE;
    for (uint64_t i = 0; i < m->obj_count; i++) {
        const ModelObj *o = &m->obj[i];
        if (o->memory != MEM_GO || o->moved_seq == NONE) continue;
        if (last == NONE || o->moved_seq > m->obj[last].moved_seq) last = i;
    }
    if (last == NONE) return 1;
    unsigned now = space_of(m->obj[last].at);
    return m->gc_ns != NONE && !is_of_last_cycle(m, m->obj[last].moved_seq) ? 1 - now : now;
}

static StripKind strip_at(const Heap *h, uint64_t memory, uint64_t at) {
    if (memory == MEM_STACK) return STRIP_STACKS;
    if (memory == MEM_DEVICE) return STRIP_DEVICE;
    if (memory != MEM_GO) return STRIP_HOST;
    if (is_large(at)) return STRIP_LARGE;
    return h->l->to_space && space_of(at) == h->to ? STRIP_TO : STRIP_FROM;
}

static void add_item(Heap *h, uint64_t obj, uint64_t at, BlockLook look, bool alone) {
    const ModelObj *o = &h->m->obj[obj];
    StripKind strip = strip_at(h, o->memory, at);
    if (h->l->strip[strip].box.h <= 0) return;
    GROW(h->item, h->cap, h->count + 1);
    h->item[h->count++] = (Item){h->s->by_object ? obj : at, at, o->bytes ? o->bytes : 1, obj, strip, look, alone};
}

static bool has_lost(const Heap *h, uint64_t obj, uint64_t at) {
    for (size_t i = 0; i < h->lost_count; i++) {
        if (h->lost[i].obj == obj && (at == NONE || h->lost[i].at == at)) return true;
    }
    return false;
}

static bool is_given(const Heap *h, uint64_t obj) {
    if (h->m->obj[obj].addressed_line == NONE) return false;
    const Past *p = h->s->past;
    for (size_t i = past_given(p, h->s->seq), left = 64; i-- > 0 && left > 0; left--) {
        if (p->given[i].obj == obj && p->given[i].end_seq > h->s->seq) return true;
    }
    return false;
}

/* The memory may be another's by now: then there is one block for both. */
static void find_heirs(Heap *h) {
    for (size_t i = 0; i < h->lost_count; i++) {
        Lost *lost = &h->lost[i];
        uint64_t memory = h->m->obj[lost->obj].memory;
        for (uint64_t k = 0; k < h->m->obj_count && lost->now == NONE; k++) {
            const ModelObj *o = &h->m->obj[k];
            bool there = o->freed_ns == NONE && o->memory == memory && k != lost->obj;
            if (there && lost->at >= o->at && lost->at - o->at < o->bytes) lost->now = k;
        }
    }
}

static bool is_heir(const Heap *h, uint64_t obj) {
    for (size_t i = 0; i < h->lost_count; i++) {
        if (h->lost[i].now == obj) return true;
    }
    return false;
}

static bool was_selected(const Scene *s, uint64_t obj) { return s->selected.kind == KIND_OBJ && s->selected.id == obj; }

static void collect_items(Heap *h) {
    const Model *m = h->m;
    for (uint64_t i = 0; i < m->obj_count; i++) {
        const ModelObj *o = &m->obj[i];
        bool go = o->memory == MEM_GO, moved = o->moves > 0 && (o->memory == MEM_STACK || is_of_last_cycle(m, o->moved_seq));
        if (o->freed_ns == NONE) {
            StripShape *t = &h->l->strip[strip_at(h, o->memory, o->at)];
            bool alone = o->pins > 0 || o->users > 0 || is_heir(h, i) || is_given(h, i) || was_selected(h->s, i);
            add_item(h, i, o->at, BLOCK_LIVE, alone);
            t->objects++;
            t->bytes += o->bytes;
        } else if (go && is_of_last_cycle(m, o->freed_seq) && !has_lost(h, i, o->at)) {
            add_item(h, i, o->at, BLOCK_FREED, false);
        }
        h->l->moved += go && moved;
        h->l->freed += go && o->freed_ns != NONE && is_of_last_cycle(m, o->freed_seq);
        bool told = has_lost(h, i, o->memory == MEM_STACK ? NONE : o->moved_from);
        if (moved && o->freed_ns == NONE && !told) add_item(h, i, o->moved_from, BLOCK_GHOST, false);
    }
    for (size_t i = 0; i < h->lost_count; i++)
        if (h->lost[i].now == NONE) add_item(h, h->lost[i].obj, h->lost[i].at, h->lost[i].over ? BLOCK_SCAR : BLOCK_LOST, true);
}

static int by_place(const void *a, const void *b) {
    const Item *x = a, *y = b;
    if (x->strip != y->strip) return x->strip < y->strip ? -1 : 1;
    if (x->place != y->place) return x->place < y->place ? -1 : 1;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    if (x->look != y->look) return x->look < y->look ? -1 : 1;
    return x->obj < y->obj ? -1 : x->obj > y->obj;
}

/* ---------------------------------------------------------------- a strip's scale */

/* What may merge, from nothing to all but the worst. */
typedef enum { MERGE_NONE, MERGE_NARROW, MERGE_ALIKE, MERGE_ANY, MERGE_HELD } Merge;

typedef struct {
    const Item *item;
    size_t count;
    double bytes, gap_most, largest; /* all; of a gap; of an item */
    double least;                    /* width of a block */
    Merge merge;
    double scale; /* width of a byte */
} Scale;

static double gap_before(const Scale *c, size_t i) {
    if (i == 0 || c->item[i].place != c->item[i].at) return 0; /* in the order of objects nothing lies between two */
    uint64_t end = c->item[i - 1].at + c->item[i - 1].bytes;
    return c->item[i].at > end ? fmin((double)(c->item[i].at - end), c->gap_most) : 0;
}

static bool is_alone(const Scale *c, const Item *it) {
    return c->merge == MERGE_HELD ? it->look == BLOCK_LOST || it->look == BLOCK_SCAR : it->alone;
}

static bool merges(const Scale *c, size_t i) {
    if (c->merge == MERGE_NONE || i == 0) return false;
    const Item *a = &c->item[i - 1], *b = &c->item[i];
    if (is_alone(c, a) || is_alone(c, b)) return false;
    if (c->merge >= MERGE_ANY) return true;
    if (c->merge == MERGE_ALIKE) return (a->look == BLOCK_LIVE) == (b->look == BLOCK_LIVE);
    return a->look == b->look && c->scale * (double)a->bytes < 6 && c->scale * (double)b->bytes < 6;
}

static size_t count_blocks(const Scale *c) {
    size_t n = 0;
    for (size_t i = 0; i < c->count; i++) n += !merges(c, i);
    return n;
}

enum { BETWEEN = 4, NAMED = 76, NARROW = 6 };

static Scale measure(const Item *item, size_t count, double w, uint64_t capacity) {
    Scale c = {.item = item, .count = count};
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += (double)item[i].bytes;
        c.largest = fmax(c.largest, (double)item[i].bytes);
    }
    if (count == 0) return c;
    c.gap_most = sum / 8;
    c.bytes = sum;
    for (size_t i = 0; i < count; i++) c.bytes += gap_before(&c, i);
    c.scale = .86 * w / c.bytes;
    size_t blocks = count;
    while ((double)blocks * (NARROW + BETWEEN) > .7 * w && c.merge < MERGE_HELD) {
        c.merge++;
        blocks = count_blocks(&c);
    }
    c.least = fmin(fmax(.7 * w / (double)blocks - BETWEEN, NARROW), NAMED);
    if (c.merge != MERGE_NONE) c.least = NARROW;
    if (capacity > 0) { /* as much as it takes of the whole */
        c.least = NARROW;
        c.scale = fmax(0, w - (double)blocks * (BETWEEN + NARROW)) / (double)capacity;
    } else c.scale = fmax(0, .9 * w - (double)blocks * (c.least + BETWEEN)) / c.bytes;
    c.scale = fmin(c.scale, .5 * w / c.largest);
    return c;
}

/* ---------------------------------------------------------------- blocks */

static void note_block(Heap *h, const Item *it, uint32_t block) {
    if (it->look == BLOCK_LIVE) h->live_block[it->obj] = block;
    else if (h->ghost_block[it->obj] == NO_BLOCK) h->ghost_block[it->obj] = block;
}

static void place_blocks(Heap *h, const Scale *c, StripKind strip) {
    StripShape *t = &h->l->strip[strip];
    double x = t->box.x + 4, end = t->box.x + t->box.w - 4, inset = t->box.h >= 44 ? 5 : 4;
    t->end_x = x;
    for (size_t i = 0; i < c->count;) {
        size_t n = 1, alive = c->item[i].look == BLOCK_LIVE, freed = c->item[i].look == BLOCK_FREED;
        uint64_t bytes = c->item[i].bytes;
        double width = (double)bytes, before = gap_before(c, i);
        while (i + n < c->count && merges(c, i + n)) {
            bytes += c->item[i + n].bytes;
            width += (double)c->item[i + n].bytes + gap_before(c, i + n);
            alive += c->item[i + n].look == BLOCK_LIVE;
            freed += c->item[i + n].look == BLOCK_FREED;
            n++;
        }
        if (h->l->block_count == BLOCKS_MAX) return;
        x += c->scale * before;
        double w = fmin(c->least + c->scale * width, end - x);
        if (w < 2) return; /* more pins than can be seen */
        uint32_t block = (uint32_t)h->l->block_count++;
        h->l->block[block] = (BlockPlace){.strip = strip,
                                          .look = n > 1 && alive > 0 ? BLOCK_LIVE : c->item[i].look,
                                          .obj = n == 1 ? c->item[i].obj : NONE,
                                          .count = n,
                                          .alive = alive,
                                          .freed = freed,
                                          .bytes = bytes,
                                          .was = NONE,
                                          .box = {x, t->box.y + inset, w, t->box.h - 2 * inset}};
        for (size_t k = i; k < i + n; k++) note_block(h, &c->item[k], block);
        x += w;
        if (c->item[i].look == BLOCK_LIVE || strip != STRIP_TO) t->end_x = x;
        x += BETWEEN;
        i += n;
    }
}

static void place_strips(Heap *h) {
    Scale c[STRIP_COUNT] = {{0}};
    size_t i = 0;
    if (h->count > 0) qsort(h->item, h->count, sizeof *h->item, by_place);
    for (int k = 0; k < STRIP_COUNT; k++) {
        size_t first = i;
        while (i < h->count && h->item[i].strip == (StripKind)k) i++;
        uint64_t capacity = k == STRIP_DEVICE ? h->s->device_bytes : 0;
        c[k] = measure(h->item + first, i - first, h->l->strip[k].box.w - 8, capacity);
    }
    if (c[STRIP_TO].count && c[STRIP_FROM].count) {
        c[STRIP_TO].scale = c[STRIP_FROM].scale = fmin(c[STRIP_TO].scale, c[STRIP_FROM].scale);
        c[STRIP_TO].least = c[STRIP_FROM].least = fmin(c[STRIP_TO].least, c[STRIP_FROM].least);
    }
    for (int k = 0; k < STRIP_COUNT; k++) place_blocks(h, &c[k], (StripKind)k);
    for (size_t i = 0; i < h->lost_count; i++) {
        const Lost *lost = &h->lost[i];
        if (lost->now == NONE || h->live_block[lost->now] == NO_BLOCK || lost->over) continue;
        h->ghost_block[lost->obj] = h->live_block[lost->now];
        h->l->block[h->live_block[lost->now]].was = lost->obj;
    }
}

/* ---------------------------------------------------------------- moves */

static void add_move(HeapLayout *l, const BlockPlace *from, const BlockPlace *to, uint64_t bytes) {
    if (l->move_count > 0) { /* one ribbon from run to run */
        MovePlace *last = &l->move[l->move_count - 1];
        if (last->from == from && last->to == to) {
            last->bytes += bytes;
            return;
        }
    }
    if (l->move_count == MOVES_MAX) return;
    double low = fmax(from->box.x, to->box.x), high = fmin(from->box.x + from->box.w, to->box.x + to->box.w);
    MovePlace *p = &l->move[l->move_count++];
    *p = (MovePlace){.from = from, .to = to, .bytes = bytes, .x0 = from->box.x + from->box.w / 2, .x1 = to->box.x + to->box.w / 2};
    if (high - low >= 8) p->x0 = p->x1 = (low + high) / 2;
}

/* As wide as the share of the block that moves there; in a block above, one beside the other. */
static void widen_ribbons(HeapLayout *l) {
    uint64_t before = 0;
    for (size_t i = 0; i < l->move_count; i++) {
        MovePlace *p = &l->move[i];
        Box a = p->from->box, b = p->to->box;
        if (i > 0 && p->to != p[-1].to) before = 0;
        double w = a.w * (double)p->bytes / (double)p->from->bytes, all = (double)p->to->bytes;
        p->from0 = a.x + (a.w - w) / 2;
        p->from1 = p->from0 + w;
        p->to0 = b.x + b.w * (double)before / all;
        before += p->bytes;
        p->to1 = b.x + b.w * (double)before / all;
    }
}

/* Of two that go to the left, the right one takes the upper run; of two that go to the right, the left one: then they never
 * cross, since objects keep their order. */
static void bend_moves(HeapLayout *l) {
    double y0 = l->strip[STRIP_FROM].box.y - 16, y1 = l->strip[STRIP_TO].box.y + l->strip[STRIP_TO].box.h + 16;
    size_t lefts = 0, rights = 0, left = 0, right = 0;
    for (size_t i = 0; i < l->move_count; i++) {
        lefts += l->move[i].x1 < l->move[i].x0;
        rights += l->move[i].x1 > l->move[i].x0;
    }
    for (size_t i = 0; i < l->move_count; i++) {
        MovePlace *p = &l->move[i];
        size_t n = p->x1 < p->x0 ? lefts : rights;
        size_t k = p->x1 < p->x0 ? left++ : p->x1 > p->x0 ? rights - 1 - right++ : 0;
        if (p->x1 == p->x0) continue;
        double step = n > 1 ? fmin(18, (y0 - y1) / (double)(n - 1)) : 0;
        p->bend_y = (y0 + y1) / 2 + step * ((double)(n - 1) / 2 - (double)k);
    }
}

static void place_moves(Heap *h) {
    HeapLayout *l = h->l;
    size_t moves = 0;
    if (!l->to_space) return;
    for (size_t i = 0; i < h->count; i++) {
        const Item *it = &h->item[i];
        uint32_t live = h->live_block[it->obj], ghost = h->ghost_block[it->obj];
        bool moved = it->strip == STRIP_FROM && it->look != BLOCK_LIVE && live != NO_BLOCK && ghost != NO_BLOCK &&
                     l->block[live].strip == STRIP_TO && is_of_last_cycle(h->m, h->m->obj[it->obj].moved_seq);
        if (!moved) continue;
        moves++;
        l->ribbons = l->ribbons || l->block[live].obj == NONE || l->block[ghost].obj == NONE;
        add_move(l, &l->block[ghost], &l->block[live], it->bytes);
    }
    l->ribbons = l->ribbons || moves > ARROWS_MAX;
    widen_ribbons(l);
    bend_moves(l);
}

/* ---------------------------------------------------------------- users */

static bool is_waiting(const ModelCmd *c) { return c->queue != NONE && (c->state == CMD_RUNNING || c->state == CMD_QUEUED); }

static void add_user(HeapLayout *l, uint64_t cmd, uint64_t g) {
    if (l->user_count < BELOW_MAX) l->user[l->user_count++] = (UserPlace){.cmd = cmd, .g = g};
    else l->users_more++;
}

static void choose_commands(HeapLayout *l, const Model *m, CmdState state) {
    for (size_t q = 0; q < m->queue_count; q++) {
        uint64_t k = m->queue[q].head;
        for (uint64_t left = m->queue[q].depth; left > 0 && k < m->cmd_count; left--, k = m->cmd[k].next) {
            if (m->cmd[k].state == state && is_waiting(&m->cmd[k])) add_user(l, k, NONE);
        }
    }
}

static bool has_user(const HeapLayout *l, uint64_t g) {
    for (size_t i = 0; i < l->user_count; i++) {
        if (l->user[i].g == g) return true;
    }
    return false;
}

static bool is_in_c(const Model *m, uint64_t g) {
    return g < m->g_count && (m->g[g].callbacks > 0 || m->g[g].state == G_SYSCALL);
}

static void choose_users(Heap *h) {
    HeapLayout *l = h->l;
    const Past *p = h->s->past;
    choose_commands(l, h->m, CMD_RUNNING);
    for (size_t i = past_given(p, h->s->seq), left = 64; i-- > 0 && left > 0; left--) {
        const GivenAway *g = &p->given[i];
        if (g->end_seq > h->s->seq && is_in_c(h->m, g->g) && !has_user(l, g->g)) add_user(l, NONE, g->g);
    }
    choose_commands(l, h->m, CMD_QUEUED);
    for (uint64_t k = h->m->cmd_count; k-- > 0 && l->user_count == 0;) {
        if (h->m->cmd[k].state == CMD_DONE && h->m->cmd[k].queue != NONE) add_user(l, k, NONE);
    }
}

/* ---------------------------------------------------------------- ties */

static uint32_t find_block(const Heap *h, uint64_t obj, bool lost) {
    uint32_t block = lost ? h->ghost_block[obj] : h->live_block[obj];
    if (block == NO_BLOCK) return NO_BLOCK;
    const BlockPlace *b = &h->l->block[block];
    if (lost && b->was == obj) return block;
    return b->obj == obj && (!lost || b->look == BLOCK_LOST || b->look == BLOCK_SCAR) ? block : NO_BLOCK;
}

static void add_tie(HeapLayout *l, TieKind kind, uint64_t obj, size_t block, size_t user, uint64_t arg) {
    for (size_t i = 0; i < l->tie_count; i++) {
        if (l->tie[i].obj != obj || l->tie[i].block != block || l->tie[i].user != user) continue;
        if (arg < 64) l->tie[i].args |= UINT64_C(1) << arg;
        return;
    }
    if (l->tie_count == TIES_MAX) return;
    l->tie[l->tie_count++] = (TiePlace){.kind = kind, .obj = obj, .block = block, .user = user};
    if (arg < 64) l->tie[l->tie_count - 1].args = UINT64_C(1) << arg;
}

/* The call that has enqueued it is not over: cgo's own pin lasts so long. */
static bool is_in_call(const Model *m, const ModelCmd *c) {
    const ModelG *gp = c->g < m->g_count ? &m->g[c->g] : NULL;
    return gp && gp->state == G_SYSCALL && gp->since_ns <= c->enqueue_ns && gp->line == c->line;
}

static void tie_command(Heap *h, size_t user) {
    const ModelCmd *c = &h->m->cmd[h->l->user[user].cmd];
    bool over = c->state == CMD_DONE;
    uint64_t at;
    for (uint64_t k = 0; k < c->arg_count; k++) {
        bool lost = command_lost(h->m, h->l->user[user].cmd, c->obj[k], &at);
        uint32_t block = find_block(h, c->obj[k], lost);
        if (block == NO_BLOCK || (over && !lost)) continue;
        const ModelObj *o = &h->m->obj[c->obj[k]];
        bool held = h->l->block[block].strip >= STRIP_HOST;
        TieKind kind = lost                 ? over ? TIE_SCAR : TIE_LOST
                       : held               ? TIE_BUFFER
                       : o->pins > 0        ? TIE_PIN
                       : is_in_call(h->m, c) ? TIE_CALL
                                            : TIE_BARE;
        add_tie(h->l, kind, c->obj[k], block, user, k);
    }
}

static void tie_call(Heap *h, size_t user) {
    const Past *p = h->s->past;
    for (size_t i = past_given(p, h->s->seq), left = 64; i-- > 0 && left > 0; left--) {
        const GivenAway *g = &p->given[i];
        if (g->g != h->l->user[user].g || g->end_seq <= h->s->seq) continue;
        bool lost = g->lost_seq <= h->s->seq;
        uint32_t block = find_block(h, g->obj, lost);
        if (block == NO_BLOCK) continue;
        bool held = h->l->block[block].strip >= STRIP_HOST;
        TieKind kind = lost ? TIE_LOST : held ? TIE_BUFFER : h->m->obj[g->obj].pins > 0 ? TIE_PIN : TIE_BARE;
        add_tie(h->l, kind, g->obj, block, user, 64);
    }
}

static bool has_tie(const HeapLayout *l, size_t block) {
    for (size_t i = 0; i < l->tie_count; i++) {
        if (l->tie[i].block == block) return true;
    }
    return false;
}

static void choose_ties(Heap *h) {
    HeapLayout *l = h->l;
    for (size_t i = 0; i < l->user_count; i++) {
        if (l->user[i].cmd != NONE) tie_command(h, i);
        else tie_call(h, i);
    }
    for (size_t i = 0; i < l->block_count; i++) {
        const BlockPlace *b = &l->block[i];
        if (b->obj != NONE && b->look == BLOCK_LIVE && b->strip < STRIP_HOST && h->m->obj[b->obj].pins > 0 && !has_tie(l, i))
            add_tie(l, TIE_PIN, b->obj, i, BELOW_MAX, 64);
        if (b->look == BLOCK_SCAR && !has_tie(l, i)) add_tie(l, TIE_SCAR, b->obj, i, BELOW_MAX, 64);
    }
}

static double middle_of(const HeapLayout *l, const TiePlace *t) {
    Box b = l->block[t->block].box;
    return b.x + b.w / 2;
}

static bool goes_up(const HeapLayout *l, const TiePlace *t) { return l->block[t->block].strip < STRIP_HOST; }

/* One user as wide as it takes to stand under what it uses, several side by side. */
static void place_users(HeapLayout *l, Box zone) {
    size_t n = l->user_count;
    if (n == 0) return;
    double gap = 16, w = (zone.w - gap * (double)(n - 1)) / (double)n, x = zone.x;
    if (n == 1) {
        double sum = 0, count = 0, words = zone.w > 620 ? 250 : 0;
        for (size_t i = 0; i < l->tie_count; i++) {
            if (l->tie[i].user == 0) sum += middle_of(l, &l->tie[i]), count++;
        }
        w = round(fmin(.58 * zone.w, 600));
        if (count > 0) x = fmin(fmax(round(sum / count - w / 2), zone.x), zone.x + zone.w - words - w);
        if (words > 0) l->launch_x = x + w + 32;
    }
    for (size_t i = 0; i < n; i++) l->user[i].box = (Box){x + (double)i * (w + gap), zone.y, w, zone.h};
}

static int by_middle(const HeapLayout *l, const TiePlace *a, const TiePlace *b) {
    double x = middle_of(l, a), y = middle_of(l, b);
    if (a->user != b->user) return a->user < b->user ? -1 : 1;
    return x < y ? -1 : x > y;
}

static void sort_ties(HeapLayout *l) {
    for (size_t i = 1; i < l->tie_count; i++) {
        TiePlace t = l->tie[i];
        size_t k = i;
        for (; k > 0 && by_middle(l, &l->tie[k - 1], &t) > 0; k--) l->tie[k] = l->tie[k - 1];
        l->tie[k] = t;
    }
}

static double clamp(double v, double low, double high) { return fmin(fmax(v, low), fmax(low, high)); }

enum { APART = 20, EDGE = 16 };

/* Where it would leave its block if nothing else counted. */
static double own_x(const HeapLayout *l, const TiePlace *t) {
    Box b = l->block[t->block].box;
    bool head = t->kind == TIE_PIN || t->kind == TIE_CALL;
    if (goes_up(l, t) && head && b.w < 130) return b.x + fmin(16, b.w / 2); /* the name stands to its right */
    return b.x + b.w / 2;
}

static void begin_tie(HeapLayout *l, TiePlace *t) {
    Box b = l->block[t->block].box;
    bool up = goes_up(l, t), head = t->kind == TIE_PIN || t->kind == TIE_CALL;
    t->x = t->tip_x = own_x(l, t);
    t->y = !up ? b.y : b.y + (head ? b.h / 2 : b.h);
    t->tip_y = l->fault_y + (t->kind == TIE_SCAR ? 0 : 24);
}

/* From the first of these ties on, those of the same user on the same side keep their distance, and end within it. */
static void spread_tips(HeapLayout *l, size_t first, bool up) {
    size_t user = l->tie[first].user, index[TIES_MAX], n = 0;
    Box u = l->user[user].box;
    double low = u.x + EDGE, high = u.x + u.w - EDGE;
    for (size_t i = first; i < l->tie_count && l->tie[i].user == user; i++) {
        if (goes_up(l, &l->tie[i]) == up) index[n++] = i;
    }
    double apart = n > 1 ? fmin(APART, (high - low) / (double)(n - 1)) : 0;
    for (size_t k = 0; k < n; k++) {
        TiePlace *t = &l->tie[index[k]];
        t->tip_x = clamp(t->x, low, high);
        if (k > 0) t->tip_x = fmax(t->tip_x, l->tie[index[k - 1]].tip_x + apart);
    }
    for (size_t k = n; k-- > 0; high -= apart) l->tie[index[k]].tip_x = fmin(l->tie[index[k]].tip_x, high);
}

/* Straight, if its block and its place at the user are one above the other; else bent. */
static void end_tie(HeapLayout *l, TiePlace *t, size_t *bends) {
    Box b = l->block[t->block].box, u = l->user[t->user].box;
    bool up = goes_up(l, t);
    double inset = fmin(10, b.w / 2);
    t->x = clamp(t->tip_x, b.x + inset, b.x + b.w - inset);
    t->tip_y = up ? u.y : u.y + u.h;
    if (t->kind == TIE_SCAR) t->tip_y = l->fault_y;
    if (fabs(t->tip_x - t->x) <= .5 || t->kind == TIE_SCAR) {
        t->tip_x = t->x;
        return;
    }
    double step = 4 * (double)(*bends < 3 ? (*bends)++ : 3);
    t->bend_y = up ? l->fault_y + 15 + step : t->tip_y + 6 + step;
}

/* Where words about a tie end: at the next one to the right, or at the edge. */
static void place_words(HeapLayout *l) {
    for (size_t i = 0; i < l->tie_count; i++) {
        TiePlace *t = &l->tie[i];
        double end = l->w - 24;
        for (size_t k = 0; k < l->tie_count; k++) {
            const TiePlace *o = &l->tie[k];
            if (k == i || goes_up(l, o) != goes_up(l, t)) continue;
            if (o->tip_x > t->tip_x) end = fmin(end, o->tip_x - 14);
            if (o->tip_x == t->tip_x && k > i) end = t->tip_x;
        }
        t->words_w = fmax(0, end - t->tip_x - 22);
    }
}

static void place_ties(HeapLayout *l) {
    size_t bends = 0;
    sort_ties(l);
    for (size_t i = 0; i < l->tie_count; i++) begin_tie(l, &l->tie[i]);
    for (size_t i = 0; i < l->tie_count; i++) {
        bool first = i == 0 || l->tie[i].user != l->tie[i - 1].user;
        if (l->tie[i].user == BELOW_MAX) continue;
        if (first) spread_tips(l, i, true), spread_tips(l, i, false);
        end_tie(l, &l->tie[i], &bends);
    }
    place_words(l);
}

/* ---------------------------------------------------------------- titles */

/* A title stands where nothing crosses it: in the first gap that is wide enough, else in the widest. */
static void clear_title(HeapLayout *l, StripShape *t, bool above) {
    double x[TIES_MAX], want = fmin(264, t->title_w), best_x = t->title_x, best_w = 0, from = t->title_x, end = from + t->title_w;
    size_t n = 0;
    for (size_t i = 0; i < l->tie_count; i++) {
        if (goes_up(l, &l->tie[i]) != above || l->tie[i].kind == TIE_SCAR) continue;
        double at = l->tie[i].x;
        size_t k = n++;
        for (; k > 0 && x[k - 1] > at; k--) x[k] = x[k - 1];
        x[k] = at;
    }
    for (size_t i = 0; i <= n; i++) {
        double to = i < n ? fmin(x[i] - 12, end) : end;
        if (to - from > best_w && best_w < want) best_x = from, best_w = to - from;
        if (i < n) from = fmax(from, x[i] + 20);
    }
    t->title_x = best_x;
    t->title_w = best_w;
}

/* ---------------------------------------------------------------- all of it */

static uint32_t *no_blocks(size_t count) {
    uint32_t *b = mem_alloc((count ? count : 1) * sizeof *b);
    memset(b, 0xff, count * sizeof *b);
    return b;
}

void layout_heap(HeapLayout *l, const FrameLayout *f, const Scene *s) {
    *l = (HeapLayout){0};
    Heap h = {.l = l, .s = s, .m = s->model};
    Box zone = place_regions(l, f, s);
    h.to = which_is_to(s->model);
    h.live_block = no_blocks(s->model->obj_count);
    h.ghost_block = no_blocks(s->model->obj_count);
    h.lost_count = find_lost(h.lost, s);
    find_heirs(&h);
    collect_items(&h);
    place_strips(&h);
    place_moves(&h);
    l->users = zone;
    choose_users(&h);
    choose_ties(&h);
    place_users(l, zone);
    place_ties(l);
    for (int k = STRIP_FROM; k <= STRIP_STACKS && l->to_space; k++) clear_title(l, &l->strip[k], true);
    for (int k = STRIP_HOST; k <= STRIP_DEVICE; k++) {
        clear_title(l, &l->strip[k], false);
        if (l->strip[k].title_y - 14 < zone.y + zone.h) l->strip[k].title_w = 0; /* in a low window they stand right above */
    }
    free(h.item);
    free(h.live_block);
    free(h.ghost_block);
}

/* slides.c -- choosing moments, and leaving out the least important ones. */
#include "slides.h"

#include "../sim/base/units.h"
#include "../sim/lens/narrate.h"

#include <stdlib.h>

const char *const slides_name[SLIDES_COUNT] = {"talk", "notes", "findings", "story", "all"};

/* ---------------------------------------------------------------- what there is */

typedef struct {
    uint64_t first, last; /* events */
} Range;

static bool is_in(Range r, uint64_t seq) { return seq >= r.first && seq <= r.last; }

static void add(Slides *s, Slide slide) {
    GROW(s->slide, s->cap, s->count + 1);
    s->slide[s->count++] = slide;
}

static int by_seq(const void *a, const void *b) {
    const Slide *x = a, *y = b;
    if (x->seq != y->seq) return x->seq < y->seq ? -1 : 1;
    if ((x->finding == NULL) != (y->finding == NULL)) return x->finding ? -1 : 1;
    return x->finding < y->finding ? -1 : x->finding > y->finding; /* of one array */
}

/* Into the order of time; what is told twice is one. */
static void settle(Slides *s) {
    size_t kept = 0;
    if (s->count > 0) qsort(s->slide, s->count, sizeof *s->slide, by_seq);
    for (size_t i = 0; i < s->count; i++) {
        bool again = kept > 0 && s->slide[kept - 1].seq == s->slide[i].seq;
        if (!again) s->slide[kept++] = s->slide[i];
        else s->slide[kept - 1].note |= s->slide[i].note;
    }
    s->count = kept;
}

static bool has(const Slides *s, size_t settled, uint64_t seq) {
    for (size_t low = 0, high = settled; low < high;) {
        size_t mid = low + (high - low) / 2;
        if (s->slide[mid].seq == seq) return true;
        if (s->slide[mid].seq < seq) low = mid + 1;
        else high = mid;
    }
    return false;
}

static void add_notes(Slides *s, Feed *f, Range r) {
    const Lanes *l = feed_lanes(f);
    for (size_t i = 0; i < l->mark_count; i++) {
        if (is_in(r, l->mark[i].seq)) add(s, (Slide){.seq = l->mark[i].seq, .note = true});
    }
}

static void add_findings(Slides *s, Feed *f, Range r) {
    size_t count;
    const Finding *x = feed_findings(f, &count);
    for (size_t i = 0; i < count; i++) {
        if (is_in(r, x[i].seq)) add(s, (Slide){.seq = x[i].seq, .finding = &x[i]});
    }
}

/* ---------------------------------------------------------------- what matters */

typedef struct {
    uint64_t seq, time_ns;
    uint32_t kind, nth; /* the nth of its kind, from 0 */
    unsigned score;     /* the less, the more it says */
} Candidate;

/* Of events that are as rare: who decides, what stands still or breaks; then what follows from that. */
static unsigned weight(uint32_t kind) {
    switch (kind) {
    case EV_DEADLOCK:
    case EV_PANIC:
    case EV_PICTURE:
    case EV_RUN_END:
    case EV_P_RETAKE:
    case EV_P_HANDOFF:
    case EV_OBJ_MOVE:
    case EV_OBJ_FREE:
    case EV_GC_BEGIN:
    case EV_STW_BEGIN:
    case EV_CONTEXT_CANCEL:
    case EV_CGO_EXIT_WAIT: return 0;
    case EV_M_START:
    case EV_STW_END:
    case EV_SYSMON_SEES:
    case EV_CGO_EXIT_FAST: return 2;
    default: return 1;
    }
}

/* In how many halvings of a row of n one comes to its i-th: the first at once, then the middle, then the quarters. So a kind that
 * happens a thousand times is shown all over the run, not at its beginning. */
static unsigned halvings(uint32_t i, uint32_t n) {
    unsigned levels = 0, zeros = 0;
    if (i == 0) return 0;
    while (1u << levels < n && levels < 31) levels++;
    while ((i >> zeros & 1) == 0) zeros++;
    return levels - zeros;
}

/* A further step of the same instant shows the same picture once more. */
static void judge(Candidate *c, size_t count, const uint32_t *of_kind) {
    for (size_t i = 0; i < count; i++) {
        bool same_instant = i > 0 && c[i - 1].time_ns == c[i].time_ns;
        c[i].score = 4 * halvings(c[i].nth, of_kind[c[i].kind]) + weight(c[i].kind) + (same_instant ? 2 : 0);
    }
}

static int by_score(const void *a, const void *b) {
    const Candidate *x = a, *y = b;
    if (x->score != y->score) return x->score < y->score ? -1 : 1;
    return x->seq < y->seq ? -1 : x->seq > y->seq;
}

/* Of the story so many as there is room for. */
static void add_story(Slides *s, Feed *f, Range r, size_t most) {
    const Lanes *l = feed_lanes(f);
    uint32_t of_kind[EV_COUNT + 1] = {0};
    size_t count = 0, settled = s->count;
    Candidate *c = mem_zero(l->story_count + 1, sizeof *c);
    Event e;
    for (size_t i = 0; i < l->story_count; i++) {
        uint64_t seq = l->story[i];
        if (!is_in(r, seq) || has(s, settled, seq) || !feed_event(f, seq, &e)) continue;
        uint32_t kind = e.kind < EV_COUNT ? e.kind : EV_COUNT;
        c[count++] = (Candidate){.seq = seq, .time_ns = e.time_ns, .kind = kind, .nth = of_kind[kind]++};
    }
    judge(c, count, of_kind);
    if (count > most) {
        qsort(c, count, sizeof *c, by_score);
        s->left_out = count - most;
        count = most;
    }
    for (size_t i = 0; i < count; i++) add(s, (Slide){.seq = c[i].seq});
    free(c);
}

static size_t story_in(const Feed *f, Range r) {
    const Lanes *l = feed_lanes(f);
    size_t n = 0;
    for (size_t i = 0; i < l->story_count; i++) n += is_in(r, l->story[i]);
    return n;
}

/* ---------------------------------------------------------------- choosing */

static bool find_range(Range *r, Feed *f, uint64_t from_ns, uint64_t to_ns, Diag *d) {
    char from[TIME_TEXT_MAX], to[TIME_TEXT_MAX];
    r->first = from_ns == 0 ? 1 : feed_seq_at(f, from_ns - 1) + 1;
    r->last = feed_seq_at(f, to_ns);
    if (r->first <= r->last && r->last > 0) return true;
    if (to_ns >= feed_end_ns(f)) to_ns = feed_end_ns(f);
    diag_fail(d, EXIT_USAGE, "nothing happens from %s to %s", time_text(from, sizeof from, from_ns), time_text(to, sizeof to, to_ns));
    return diag_remedy(d, "The trace goes from 0ns to %s.", time_text(to, sizeof to, feed_end_ns(f)));
}

static bool few_enough(uint64_t slides, Diag *d) {
    if (slides <= SLIDES_MAX) return true;
    diag_fail(d, EXIT_USAGE, "that would be %llu slides, more than %d", (unsigned long long)slides, SLIDES_MAX);
    return diag_remedy(d, "Give --from and --to, or fewer --steps.");
}

bool slides_choose(Slides *s, Feed *f, SlidesKind kind, uint64_t from_ns, uint64_t to_ns, Diag *d) {
    Range r;
    if (!find_range(&r, f, from_ns, to_ns, d)) return false;
    size_t story = story_in(f, r);
    if (kind == SLIDES_ALL && !few_enough(r.last - r.first + 1, d)) return false;
    if (kind == SLIDES_STORY && !few_enough(story, d)) return false;
    for (uint64_t seq = r.first; kind == SLIDES_ALL && seq <= r.last; seq++) add(s, (Slide){.seq = seq});
    add(s, (Slide){.seq = r.first});
    if (kind == SLIDES_TALK && story > 0) add(s, (Slide){.seq = lanes_story_at(feed_lanes(f), r.last)});
    if (kind != SLIDES_FINDINGS) add_notes(s, f, r);
    if (kind != SLIDES_NOTES) add_findings(s, f, r);
    settle(s);
    if (!few_enough(s->count, d)) return false;
    if (kind == SLIDES_TALK) add_story(s, f, r, s->count < SLIDES_TALK_MAX ? SLIDES_TALK_MAX - s->count : 0);
    if (kind == SLIDES_STORY) add_story(s, f, r, SLIDES_MAX);
    settle(s);
    if (kind == SLIDES_NOTES || kind == SLIDES_FINDINGS) {
        size_t told = 0;
        const Lanes *l = feed_lanes(f);
        for (size_t i = 0; i < l->story_count; i++) told += is_in(r, l->story[i]) && has(s, s->count, l->story[i]);
        s->left_out = story - told;
    }
    return true;
}

void slides_free(Slides *s) {
    free(s->slide);
    *s = (Slides){0};
}

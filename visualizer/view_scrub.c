/* view_scrub.c -- the whole run as one line: where much happens, what was noted and found, which part is on show, and the moment.
 */
#include "timeline_parts.h"

#include "token.h"

#include <math.h>
#include <stdio.h>

static void density(const View *v, double base, double height) {
    const Lanes *l = v->s->lanes;
    double x0 = v->time->x0, w = v->time->scrub_x1 - x0;
    uint64_t run = v->s->end_ns ? v->s->end_ns : 1;
    size_t used = (size_t)(run / l->density_ns) + 1, columns = (size_t)(w / 2);
    uint32_t sum[COLUMNS_MAX] = {0}, most = 1;
    if (used > DENSITY_BUCKETS) used = DENSITY_BUCKETS;
    if (columns > COLUMNS_MAX) columns = COLUMNS_MAX;
    for (size_t i = 0; i < used; i++) {
        size_t c = (size_t)((double)(i * l->density_ns) / (double)run * (double)columns);
        sum[c < columns ? c : columns - 1] += l->density[i];
    }
    for (size_t i = 0; i < columns; i++) most = sum[i] > most ? sum[i] : most;
    double share[COLUMNS_MAX];
    for (size_t i = 0; i < columns; i++) share[i] = sum[i] ? fmax(1.5 / height, sqrt((double)sum[i] / (double)most)) : 0;
    draw_columns(v->d, x0, base, w / (double)columns, height, share, columns, paint(TINT_DENSITY));
}

/* On the scrub bar: notes, and what was found. Where several would touch, the worst stands for all. The future stays unknown. */
typedef struct {
    double x;
    uint64_t seq;
    int rank; /* 0 a note, 1 an expectation that failed, 2 a finding, 3 a violation */
    FindingKind kind;
    size_t found; /* it stands for so many that are more than notes */
} ScrubMark;
enum { MARKS_MAX = 256 };

static int rank_of(FindingKind kind) { return finding_is_violation(kind) ? 3 : 2; }

static size_t add_mark(ScrubMark *mark, size_t count, ScrubMark m) {
    ScrubMark *last = count > 0 ? &mark[count - 1] : NULL;
    if (last && m.x - last->x < 12) {
        m.x = last->x;
        m.found += last->found;
        if (m.rank > last->rank) *last = m;
        last->found = m.found;
        return count;
    }
    if (count == MARKS_MAX) return count;
    mark[count] = m;
    return count + 1;
}

static void marks(const View *v, double base) {
    const Lanes *l = v->s->lanes;
    ScrubMark mark[MARKS_MAX];
    size_t count = 0, note = 0, found = 0;
    while (note < l->mark_count || found < v->s->finding_count) {
        const Mark *n = note < l->mark_count ? &l->mark[note] : NULL;
        const Finding *x = found < v->s->finding_count ? &v->s->finding[found] : NULL;
        bool is_note = n && (x == NULL || n->seq <= x->seq);
        uint64_t seq = is_note ? n->seq : x->seq;
        if (seq > v->s->seq && !v->s->uncovered) break;
        ScrubMark m = {scrub_x(v->time, v->s, is_note ? n->time_ns : x->time_ns), seq, is_note ? n->kind == MARK_WARNING : rank_of(x->kind),
                       is_note ? FIND_COUNT : x->kind, !is_note || n->kind == MARK_WARNING};
        count = add_mark(mark, count, m);
        if (is_note) note++;
        else found++;
    }
    for (size_t i = 0; i < count; i++) {
        const ScrubMark *m = &mark[i];
        draw_thin(v->d, m->seq > v->s->seq ? .5 : 1);
        if (m->rank >= 2) finding_mark(v, m->x, base - 9, .6, m->kind, TINT_CHROME);
        else if (m->rank == 1) token_warning(v->d, m->x, base - 9, .6);
        else draw_circle(v->d, m->x, base - 9, 4, paint(TINT_CHROME), pen(TINT_T2, 1.6));
        hits_add(v->hits, (Box){m->x - 6, base - 15, 12, 12}, HIT_EVENT, NO_THING, m->seq);
        if (m->found > 1) {
            char text[24];
            snprintf(text, sizeof text, "%zu", m->found);
            double end = i + 1 < count ? mark[i + 1].x - 8 : v->time->scrub_x1;
            draw_whole(v->d, m->x + 8, base - 5, digits(12, 600), TINT_T2, ANCHOR_START, text, end - m->x - 8);
        }
    }
    draw_thin(v->d, 1);
}

/* A flag at each moment that somebody wants to come back to, over the marks. */
static void flags(const View *v, double base) {
    for (size_t i = 0; i < v->s->bookmark_count; i++) {
        const Bookmark *m = &v->s->bookmark[i];
        double x = scrub_x(v->time, v->s, m->time_ns), top = base - 27;
        Point flag[] = {{x, top}, {x + 9, top + 4}, {x, top + 8}};
        draw_line(v->d, x, top, x, base, pen(TINT_T1, 1.4));
        draw_poly(v->d, flag, 3, true, paint(TINT_T1), NO_PEN);
        hits_add(v->hits, (Box){x - 4, top - 2, 14, 14}, HIT_EVENT, NO_THING, m->seq);
    }
}

/* The length of the run in at most three figures: 12 ms, 3.41 ms. */
static const char *run_text(char *buf, size_t size, uint64_t ns) {
    static const char *const units[] = {"ns", "µs", "ms", "s"};
    static const struct {
        uint64_t ns;
        const char *name;
    } longer[] = {{86400000000000, "days"}, {3600000000000, "h"}, {60000000000, "min"}};
    uint64_t whole = ns, part = 0;
    size_t i = 0;
    for (size_t k = 0; k < ARRAY_LEN(longer); k++) {
        if (ns / longer[k].ns < 10) continue;
        snprintf(buf, size, "%llu %s", (unsigned long long)(ns / longer[k].ns), longer[k].name);
        return buf;
    }
    for (; whole >= 1000 && i + 1 < ARRAY_LEN(units); i++, whole /= 1000) part = whole % 1000;
    if (part < 10 || whole >= 100)
        snprintf(buf, size, "%llu %s", (unsigned long long)whole, units[i]);
    else if (whole >= 10)
        snprintf(buf, size, "%llu.%llu %s", (unsigned long long)whole,
                 (unsigned long long)(part / 100), units[i]);
    else
        snprintf(buf, size, "%llu.%02llu %s", (unsigned long long)whole,
                 (unsigned long long)(part / 10), units[i]);
    return buf;
}

void view_scrub(const View *v) {
    double y = v->time->scrub_y, base = y + 30, height = 15;
    char total[48];
    draw_text(v->d, 24, base - 2, sans(14, 500), TINT_T1, ANCHOR_START, "run");
    draw_short(v->d, 54, base - 2, sans(12, 400), TINT_T3, ANCHOR_START, run_text(total, sizeof total, v->s->end_ns), 48);
    hits_add(v->hits, (Box){v->time->x0, y + 4, v->time->scrub_x1 - v->time->x0, 34}, HIT_SCRUB, NO_THING,
             0);
    density(v, base, height);
    draw_line(v->d, v->time->x0, base + .5, v->time->scrub_x1, base + .5, pen(TINT_CARDL, 1));
    if (!v->s->growing)
        draw_line(v->d, v->time->scrub_x1, base - 5, v->time->scrub_x1, base + 5, pen(TINT_CARDL, 1.4));
    double a = scrub_x(v->time, v->s, v->s->from_ns),
           b = fmin(v->time->scrub_x1, scrub_x(v->time, v->s, v->s->to_ns));
    if (b - a < v->time->scrub_x1 - v->time->x0 - 2)
        draw_box(v->d, (Box){a, base - 20, fmax(5, b - a), 24}, 2, NO_PAINT, pen(TINT_T2, 1.4));
    marks(v, base);
    flags(v, base);
    double x = scrub_x(v->time, v->s, v->s->now_ns);
    draw_line(v->d, x, base - 24, x, base + 6, pen(TINT_NOW, 2.4));
    draw_circle(v->d, x, base - 24, 4.5, paint(TINT_NOW), NO_PEN);
}

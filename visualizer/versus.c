/* versus.c -- reading both runs, laying their stories and their texts beside each other. */
#include "versus.h"

#include "../sim/lens/align.h"
#include "../sim/lens/narrate.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    Feed *feed;
    Trace *trace;
    TraceCursor *cursor;
    Model *model;
    Summary summary;
    StoryLine story;
    size_t lines; /* of the scenario that only this one has */
    char line[120];
} Side;

struct Versus {
    Side side[2];
    bool done, refused;
    Difference *difference;
    size_t difference_count, difference_cap;
    Apart *apart;
    size_t apart_count, apart_cap;
    KnobChange knob[KNOBS_MAX];
    size_t knob_count;
};

/* ---------------------------------------------------------------- what they were asked for */

static void compare_option(Versus *v, const char *name, const char *a, const char *b) {
    if (strcmp(a, b) == 0 || v->knob_count == KNOBS_MAX) return;
    KnobChange *k = &v->knob[v->knob_count++];
    snprintf(k->name, sizeof k->name, "%s", name);
    snprintf(k->value[0], sizeof k->value[0], "%s", a[0] ? a : "-");
    snprintf(k->value[1], sizeof k->value[1], "%s", b[0] ? b : "-");
}

const char *knob_title(const KnobChange *k) { return strcmp(k->name, "procs") == 0 ? "GOMAXPROCS" : k->name; }

/* The value of the last --set of this name, "" when there is none. */
static const char *setting(Feed *f, const char *name) {
    const char *one, *value = "";
    size_t len = strlen(name);
    for (size_t i = 0; (one = feed_setting(f, i)) != NULL; i++) {
        if (strncmp(one, name, len) == 0 && one[len] == '=') value = one + len + 1;
    }
    return value;
}

static bool is_told(const Versus *v, const char *name) {
    for (size_t i = 0; i < v->knob_count; i++) {
        if (strcmp(v->knob[i].name, name) == 0) return true;
    }
    return false;
}

/* The scenarios' own knobs; procs and its like have been told as what they led to. */
static void compare_settings(Versus *v) {
    Feed *a = v->side[0].feed, *b = v->side[1].feed;
    const char *one;
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; (one = feed_setting(v->side[side].feed, i)) != NULL; i++) {
            char name[32];
            snprintf(name, sizeof name, "%.*s", (int)strcspn(one, "="), one);
            if (!feed_option(a, name)[0] && !is_told(v, name)) compare_option(v, name, setting(a, name), setting(b, name));
        }
    }
}

static void compare_options(Versus *v) {
    static const char *const names[] = {"go", "procs", "seed", "collector", "time", "device_memory", "limit"};
    Feed *a = v->side[0].feed, *b = v->side[1].feed;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char left[64], right[64];
        snprintf(left, sizeof left, "%.60s", feed_option(a, names[i]));
        snprintf(right, sizeof right, "%.60s", feed_option(b, names[i]));
        bool collector = strcmp(names[i], "collector") == 0; /* absent: the moving one */
        compare_option(v, names[i], collector && !left[0] ? "moving" : left, collector && !right[0] ? "moving" : right);
    }
    compare_settings(v);
}

/* ---------------------------------------------------------------- their texts */

/* What a scenario says about itself, and what it expects: no difference in what the program does. */
static bool is_about(const char *line) { return strncmp(line, "scenario", 8) == 0 || strncmp(line, "expect", 6) == 0; }

static int depth_of(const char *line, size_t len) {
    int depth = 0;
    for (size_t i = 0; i < len; i++) depth += (line[i] == '{' || line[i] == '(') - (line[i] == '}' || line[i] == ')');
    return depth;
}

/* A text as a story whose items are its lines. Blank ones and comments do nothing. */
static StoryLine lines_of(const char *text) {
    StoryLine s = {0};
    int depth = 0; /* inside of such a statement */
    for (const char *p = text; p && *p;) {
        size_t len = strcspn(p, "\n");
        const char *start = p + strspn(p, " \t");
        if (depth > 0 || is_about(p)) {
            depth += depth_of(p, len);
            p += len + (p[len] == '\n');
            continue;
        }
        uint64_t key = 1;
        for (const char *c = start; c < p + len; c++) key = (key ^ (unsigned char)*c) * 0x100000001b3u;
        if (start < p + len && strncmp(start, "--", 2) != 0) {
            GROW(s.item, s.cap, s.count + 1);
            s.item[s.count++] = (StoryItem){.seq = (uint64_t)(start - text), .key = key};
        }
        p += len + (p[len] == '\n');
    }
    return s;
}

/* With one blank for several: columns that were aligned are so no more. */
static void squeeze(char *buf, size_t size, const char *text, size_t len) {
    size_t n = 0;
    for (size_t i = 0; i < len && n + 1 < size; i++) {
        bool blank = text[i] == ' ' || text[i] == '\t';
        if (!blank || (n > 0 && buf[n - 1] != ' ')) buf[n++] = blank ? ' ' : text[i];
    }
    buf[n] = '\0';
}

static void compare_texts(Versus *v) {
    const char *text[2];
    StoryLine line[2];
    Alignment x;
    for (int k = 0; k < 2; k++) {
        text[k] = feed_section(v->side[k].feed, "scenario", NULL);
        line[k] = lines_of(text[k]);
    }
    align(&x, &line[0], &line[1]);
    for (size_t i = 0; i < x.count; i++) {
        for (int k = 0; k < 2; k++) {
            Side *side = &v->side[k];
            for (size_t n = x.parting[i].from[k]; n < x.parting[i].to[k]; n++) {
                const char *p = text[k] + line[k].item[n].seq;
                if (strncmp(p, "note", 4) == 0) continue;
                int len = (int)strcspn(p, "\n");
                const char *comment = strstr(p, " --");
                if (comment && comment < p + len) len = (int)(comment - p);
                while (len > 0 && isspace((unsigned char)p[len - 1])) len--;
                if (side->lines++ == 0) squeeze(side->line, sizeof side->line, p, (size_t)len);
            }
        }
    }
    align_free(&x);
    for (int k = 0; k < 2; k++) story_line_free(&line[k]);
}

/* ---------------------------------------------------------------- their stories */

static void add_apart(Versus *v, uint64_t from_ns, uint64_t to_ns) {
    Apart *last = v->apart_count ? &v->apart[v->apart_count - 1] : NULL;
    if (last && from_ns <= last->to_ns) {
        if (to_ns > last->to_ns) last->to_ns = to_ns;
        return;
    }
    GROW(v->apart, v->apart_cap, v->apart_count + 1);
    v->apart[v->apart_count++] = (Apart){from_ns, to_ns};
}

/* Two items that go together: in step when they happen at the same time. From the last that was in step until the next that is,
 * the two are apart. */
typedef struct {
    uint64_t in_step_ns;
    bool apart;
} Gait;

static void take_pair(Versus *v, Gait *g, const StoryItem *a, const StoryItem *b) {
    if (a->time_ns != b->time_ns) {
        g->apart = true;
        return;
    }
    if (g->apart) add_apart(v, g->in_step_ns, a->time_ns);
    g->apart = false;
    g->in_step_ns = a->time_ns;
}

static void take_parting(Versus *v, Gait *g, const Parting *p) {
    Difference x = {.time_ns = NOT_YET};
    for (int k = 0; k < 2; k++) {
        x.count[k] = p->to[k] - p->from[k];
        if (x.count[k] == 0) continue;
        const StoryItem *first = &v->side[k].story.item[p->from[k]];
        x.seq[k] = first->seq;
        if (first->time_ns < x.time_ns) x.time_ns = first->time_ns;
    }
    GROW(v->difference, v->difference_cap, v->difference_count + 1);
    v->difference[v->difference_count++] = x;
    g->apart = true;
}

static int by_time(const void *left, const void *right) {
    const Difference *a = left, *b = right;
    if (a->time_ns != b->time_ns) return a->time_ns < b->time_ns ? -1 : 1;
    return a->seq[0] + a->seq[1] < b->seq[0] + b->seq[1] ? -1 : a->seq[0] + a->seq[1] > b->seq[0] + b->seq[1];
}

static void compare_stories(Versus *v) {
    const StoryLine *a = &v->side[0].story, *b = &v->side[1].story;
    Alignment x;
    Gait g = {0};
    align(&x, a, b);
    size_t at[2] = {0, 0};
    for (size_t i = 0; i <= x.count; i++) {
        size_t end = i < x.count ? x.parting[i].from[0] : a->count;
        for (; at[0] < end; at[0]++, at[1]++) take_pair(v, &g, &a->item[at[0]], &b->item[at[1]]);
        if (i == x.count) break;
        take_parting(v, &g, &x.parting[i]);
        at[0] = x.parting[i].to[0];
        at[1] = x.parting[i].to[1];
    }
    if (g.apart) add_apart(v, g.in_step_ns, NOT_YET);
    align_free(&x);
    if (v->difference_count) qsort(v->difference, v->difference_count, sizeof *v->difference, by_time);
}

/* ---------------------------------------------------------------- reading */

bool versus_open(Versus **out, Feed *a, Feed *b, Diag *d) {
    Versus *v = mem_zero(1, sizeof *v);
    v->side[0].feed = a;
    v->side[1].feed = b;
    *out = NULL;
    for (int k = 0; k < 2; k++) {
        Side *s = &v->side[k];
        if (!trace_open(&s->trace, feed_path(s->feed), d)) {
            versus_close(v);
            return false;
        }
        s->cursor = trace_cursor(s->trace);
        trace_seek_seq(s->cursor, 1);
        s->model = model_new(trace_text(s->trace));
        summary_begin(&s->summary);
    }
    compare_options(v);
    compare_texts(v);
    *out = v;
    return true;
}

void versus_close(Versus *v) {
    if (v == NULL) return;
    for (int k = 0; k < 2; k++) {
        Side *s = &v->side[k];
        story_line_free(&s->story);
        model_free(s->model);
        if (s->cursor) trace_cursor_free(s->cursor);
        if (s->trace) trace_close(s->trace);
    }
    free(v->difference);
    free(v->apart);
    free(v);
}

/* No further than the feed has come: what it has refused is refused here. */
static bool read_side(Side *s, size_t events) {
    char why[MODEL_WHY_MAX];
    size_t n = 0;
    trace_poll(s->trace);
    for (Event e; n < events && s->model->seq < feed_count(s->feed) && trace_next(s->cursor, &e); n++) {
        summary_event(&s->summary, s->model, &e);
        if (!model_apply(s->model, &e, why)) break;
        story_line_take(&s->story, s->model, &e);
    }
    return n > 0;
}

static bool is_read(const Side *s) {
    return !feed_is_open(s->feed) && s->model->seq == feed_count(s->feed) && feed_count(s->feed) == feed_total(s->feed);
}

bool versus_read(Versus *v, size_t events) {
    if (v->done) return false;
    bool more = read_side(&v->side[0], events);
    more = read_side(&v->side[1], events) || more;
    if (!is_read(&v->side[0]) || !is_read(&v->side[1])) return more;
    compare_stories(v);
    return v->done = true;
}

bool versus_is_done(const Versus *v) { return v->done; }

/* ---------------------------------------------------------------- asking */

const Difference *versus_differences(const Versus *v, size_t *count) {
    *count = v->difference_count;
    return v->difference;
}

void versus_tell(Versus *v, size_t i) {
    Difference *x = &v->difference[i];
    if (x->told) return;
    x->told = true;
    for (int k = 0; k < 2; k++) {
        Event e;
        Narration n;
        if (x->seq[k] == 0 || !feed_event(v->side[k].feed, x->seq[k], &e)) continue;
        narrate(feed_model(v->side[k].feed, 1, x->seq[k]), &e, &n);
        snprintf(x->words[k], sizeof x->words[k], "%.95s", n.headline);
    }
}

const Apart *versus_apart(const Versus *v, size_t *count) {
    *count = v->apart_count;
    return v->apart;
}
const Summary *versus_summary(const Versus *v, int side) { return &v->side[side].summary; }
const KnobChange *versus_knobs(const Versus *v, size_t *count) {
    *count = v->knob_count;
    return v->knob;
}
size_t versus_lines(const Versus *v, int side, const char **first) {
    *first = v->side[side].line;
    return v->side[side].lines;
}

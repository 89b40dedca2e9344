/* box_test.c -- every view of every scenario at fifty moments in three sizes, of real Go programs, and of crowds: no text
 * overlaps another or is cut, no number is shortened, no heading stands alone; and each of them in a small window, too.
 *
 * What may be open beside a view (why, a question, the search line ...) goes round from picture to picture. Scenarios and views
 * are found, not listed. A complaint says how to see the same picture. */
#include "../check.h"
#include "../cli/command.h"
#include "sample.h"

#include "../../visualizer/deck.h"
#include "../../visualizer/frame.h"
#include "../../visualizer/shot.h"

#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOMENTS = 50, COMPLAINTS_MAX = 12 };

static const struct {
    int w, h;
} sizes[] = {{1280, 800}, {1600, 1000}, {3840, 2160}}, others[] = {{1440, 900}, {1920, 1080}, {1024, 700}};

/* ---------------------------------------------------------------- what may be open */

typedef enum {
    PLAIN,
    WHY,
    SELECTED,
    QUESTION,
    HOVERED,
    SEARCH,
    SEARCH_FAILED,
    LECTURE,
    NO_PANEL,
    HELP,
    DECK,
    UNCOVERED,
    FOLLOWED,
    DRAWER,
    FOLDED,
    FILTERED,
    FILTERING,
    GOROUTINES,
    VARIANTS
} Variant;
/* What no option of shot opens is said in words. */
static const char *const variant_text[VARIANTS] = {
    [SELECTED] = ", something selected", [QUESTION] = ", a question asked", [HOVERED] = ", hovering",
    [SEARCH] = ", searching",            [SEARCH_FAILED] = ", in vain",     [NO_PANEL] = ", no panel",
    [HELP] = ", all keys",               [DECK] = ", in a deck",            [UNCOVERED] = ", uncovered",
    [FOLLOWED] = ", something followed", [DRAWER] = ", the drawer open",
    [FOLDED] = ", groups folded",        [FILTERED] = ", lanes filtered",   [FILTERING] = ", a filter being typed",
    [GOROUTINES] = ", lanes of goroutines"};

typedef struct {
    Show w;
    Frame *frame;
    const char *file; /* as a command line names it */
    Variant variant;
    uint64_t span_ns;
    size_t complaints;
} Look;

/* Somebody the event is about, or else who has been there longest. */
static Thing somebody(const Show *w, size_t turn) {
    static const Kind kinds[] = {KIND_G, KIND_M, KIND_P, KIND_CHAN, KIND_OBJ};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        Kind kind = kinds[(i + turn) % ARRAY_LEN(kinds)];
        uint64_t id = event_first(&w->story.event, kind);
        if (w->story.seq && id != NONE) return (Thing){kind, id};
    }
    return (Thing){KIND_P, 0};
}

static const char *const filters[] = {"m", "worker", "gc", "wait", "queue", "a goroutine with a name as long as this, and longer than any lane"};

static void open_variant(Look *l, Variant variant, size_t turn) {
    Scene *s = &l->w.scene;
    Player *p = &l->w.player;
    l->variant = variant;
    l->w.uncovers = variant == UNCOVERED;
    s->followed = variant == FOLLOWED ? somebody(&l->w, turn) : NO_THING;
    s->drawer = variant == DRAWER;
    s->by_object = turn % 2;
    s->selected = variant == WHY || variant == SELECTED ? somebody(&l->w, turn) : NO_THING;
    s->asks_why = variant == WHY;
    p->ask_seq = variant == QUESTION && p->seq < feed_count(l->w.feed) ? p->seq + 1 : 0;
    s->search = variant == SEARCH ? "worker number 17" : variant == SEARCH_FAILED ? "a goroutine with a name as long as this" : NULL;
    s->search_failed = variant == SEARCH_FAILED;
    s->lecture = variant == LECTURE;
    s->panel = variant != NO_PANEL;
    s->help = variant == HELP;
    s->hovered = NO_THING;
    s->bare = false;
    s->stage_share = 0;
    s->folded = variant == FOLDED ? (unsigned)turn / VARIANTS % 32 : 0;
    s->filter = variant == FILTERED ? filters[turn / VARIANTS % ARRAY_LEN(filters)] : variant == FILTERING ? "" : NULL;
    s->filtering = variant == FILTERING;
    s->goroutines = variant == GOROUTINES;
    if (variant == DECK) deck_scene(s);
}

/* Over one of the things that the picture has. */
static void hover(Look *l, size_t turn) {
    const Hits *h = &l->frame->hits;
    for (size_t i = 0; i < h->count; i++) {
        const Hit *hit = &h->hit[(i + turn * 7) % h->count];
        if (hit->kind != HIT_THING) continue;
        l->w.scene.hovered = hit->thing;
        l->w.scene.pointer = (Point){hit->box.x + hit->box.w / 2, hit->box.y + hit->box.h / 2};
        return;
    }
}

/* ---------------------------------------------------------------- one picture */

static void say(void *ctx, const char *sentence) {
    Look *l = ctx;
    const Scene *s = &l->w.scene;
    char why[32] = "", id[24];
    if (l->variant == WHY) snprintf(why, sizeof why, " --why %s", thing_text(id, sizeof id, s->selected.kind, s->selected.id));
    if (l->complaints++ >= COMPLAINTS_MAX) return;
    printf("\n    %s\n      build/faultline shot %s --view %s --at '#%llu' --span %lluns --size %dx%d%s%s -o x.png%s", sentence, l->file,
           view_spec[s->view].name, (unsigned long long)l->w.player.seq, (unsigned long long)l->span_ns, s->width_px, s->height_px,
           l->variant == LECTURE ? " --lecture" : "", why, variant_text[l->variant] ? variant_text[l->variant] : "");
}

/* A heading promises something under it; a tab does not. */
static void find_bare_headings(Look *l) {
    static const char *const headings[] = {"Notes so far", "Findings so far", "Parked", "On the way", "Not on a P", "Channels"};
    for (int part = PART_STAGE; part < PART_OVERLAY; part++) {
        const DrawList *d = &l->frame->list[part];
        for (const Op *a = d->ops; a < d->ops + d->count; a++) {
            bool heading = false, followed = false;
            for (size_t i = 0; i < ARRAY_LEN(headings) && a->kind == OP_TEXT; i++)
                heading = heading || strcmp(draw_op_text(d, a), headings[i]) == 0;
            for (const Op *b = a + 1; heading && b < d->ops + d->count && !followed; b++) {
                followed = b->kind == OP_TEXT && b->box.y > a->box.y + 8 && b->box.y < a->box.y + 70 && fabs(b->box.x - a->box.x) < 200;
            }
            if (heading && !followed) say(l, draw_op_text(d, a));
        }
    }
}

static void look_at(Look *l, ViewKind view, int width, int height, size_t turn) {
    Scene *s = &l->w.scene;
    s->view = view;
    s->width_px = width;
    s->height_px = height;
    open_variant(l, (Variant)(turn % VARIANTS), turn);
    shot_build(&l->w, l->frame);
    if (l->variant == HOVERED) {
        hover(l, turn);
        frame_build(l->frame, show_scene(&l->w));
    }
    frame_lint(l->frame, say, l);
    find_bare_headings(l);
}

/* ---------------------------------------------------------------- all pictures of a run */

static void go_to(Look *l, size_t k) {
    Player *p = &l->w.player;
    player_seek_seq(p, l->w.feed, 1 + (feed_count(l->w.feed) - 1) * k / (MOMENTS - 1));
    player_near(p, l->w.feed);
    uint64_t near = p->to_ns - p->from_ns, run = feed_end_ns(l->w.feed);
    l->span_ns = k % 3 == 0 || run < 1000 ? near : k % 3 == 1 ? run : run / 9;
    player_span(p, l->w.feed, l->span_ns);
}

static void look_everywhere(const char *file, const char *trace) {
    Look *l = mem_zero(1, sizeof *l); /* a scene borrows from its Show, which must stay where it is */
    Diag d;
    Feed *f;
    l->file = file;
    if (!feed_open(&f, trace, &d)) {
        printf("\n    %s: %s", file, d.message);
        CU_FAIL("a trace cannot be opened");
        free(l);
        return;
    }
    while (feed_read(f, 100000)) continue;
    CU_ASSERT(feed_count(f) > 0);
    show_init(&l->w, f);
    l->frame = frame_new();
    for (size_t k = 0; k < MOMENTS && l->complaints < COMPLAINTS_MAX; k++) {
        go_to(l, k);
        for (int view = 0; view < VIEW_COUNT; view++) {
            for (size_t i = 0; i < ARRAY_LEN(sizes); i++) look_at(l, (ViewKind)view, sizes[i].w, sizes[i].h, 3 * k + 7 * (size_t)view + i);
            size_t other = (k + (size_t)view) % ARRAY_LEN(others);
            look_at(l, (ViewKind)view, others[other].w, others[other].h, 3 * k + 7 * (size_t)view + 3);
            size_t small = 50 * (size_t)view + k; /* a small window, of another size each time: 640x400 to 1024x700 */
            look_at(l, (ViewKind)view, 640 + (int)(small * 157 % 385), 400 + (int)(small * 101 % 301), 3 * k + 7 * (size_t)view + 5);
        }
    }
    CU_ASSERT_EQUAL(l->complaints, 0);
    frame_free(l->frame);
    feed_close(f);
    free(l);
}

/* ---------------------------------------------------------------- which runs */

/* Each is run once, for all of its pictures; that an expectation fails where there is no device is not asked here. */
static void scenarios(const char *pattern, size_t least) {
    glob_t found;
    size_t count = 0;
    CU_ASSERT_EQUAL_FATAL(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char trace[512];
        const char *file = found.gl_pathv[i];
        if (strstr(file, ".d.lua")) continue;
        snprintf(trace, sizeof trace, "%s", temp_path("box.trace"));
        result_free(&(Result[]){command("$F run -q --device none --out '%s' '%s'", trace, file)}[0]);
        look_everywhere(file, trace);
        remove(trace);
        count++;
    }
    globfree(&found);
    CU_ASSERT(count >= least);
}

static void of_chapter_18_1(void) { scenarios("scenarios/18_[12]*.lua", 20); }
static void of_chapter_18_3(void) { scenarios("scenarios/18_[34]*.lua", 20); }
static void of_later_chapters(void) { scenarios("scenarios/[!1]*.lua", 15), scenarios("scenarios/19*.lua", 4); }
static void of_half_the_museum(void) { scenarios("scenarios/museum/0*.lua", 10), scenarios("scenarios/museum/2*.lua", 10); }
static void of_the_other_half(void) { scenarios("scenarios/museum/[!02]*.lua", 10); }

static void real_go_programs(void) {
    static const char *const names[] = {"cgosleep-go1.26", "gcheavy-go1.25", "nethttp-go1.25", "syncs-go1.24", "cgocallback-go1.26"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char trace[512], file[128];
        snprintf(trace, sizeof trace, "%s", temp_path("box.trace"));
        snprintf(file, sizeof file, "tests/traces/go/%s.trace", names[i]);
        CU_ASSERT(command_gives(0, "$F import -q -o '%s' '%s'", trace, file));
        look_everywhere(file, trace);
    }
}

static unsigned crowd_procs, crowd_in_c;
static void make_crowd(const char *path) { sample_crowd(path, crowd_procs, crowd_in_c); }
static void make_long(const char *path) { sample_long(path, 20000); }

static void make_many(const char *path) { sample_waiters(path, 2000); }

static void sample(const char *name, void (*make)(const char *path)) {
    char path[512];
    snprintf(path, sizeof path, "%s", temp_path("box.trace"));
    make(path);
    look_everywhere(name, path);
}

static void crowds(void) {
    static const unsigned crowd[][2] = {{2, 3}, {4, 5}, {8, 12}, {16, 30}, {40, 2}, {300, 40}};
    for (size_t i = 0; i < ARRAY_LEN(crowd); i++) {
        char name[64];
        crowd_procs = crowd[i][0];
        crowd_in_c = crowd[i][1];
        snprintf(name, sizeof name, "(a crowd: %u Ps, %u in C)", crowd_procs, crowd_in_c);
        sample(name, make_crowd);
    }
}

static void samples(void) {
    sample("(the handoff)", sample_handoff);
    sample("(stopped)", sample_stopped);
    sample("(RUN_START alone)", sample_bare);
    sample("(plain)", sample_plain);
    sample("(a deadlock)", sample_deadlock);
    sample("(an impossible event)", sample_impossible);
    sample("(a long run)", make_long);
    sample("(many goroutines)", make_many);
}

/* ---------------------------------------------------------------- suites, so that they share the processors */

#define BOXES(suite_function, title, ...)                            \
    void suite_function(void);                                       \
    void suite_function(void) {                                      \
        static const Check checks[] = {__VA_ARGS__, {NULL, NULL}};   \
        suite("every view, no text cut: " title, checks); \
    }
BOXES(boxes_18_1_tests, "18.1 and 18.2", {"the scenarios", of_chapter_18_1})
BOXES(boxes_18_3_tests, "18.3 and 18.4", {"the scenarios", of_chapter_18_3})
BOXES(boxes_later_tests, "later chapters", {"the scenarios", of_later_chapters})
BOXES(boxes_museum_tests, "the museum", {"the scenarios", of_half_the_museum})
BOXES(boxes_museum_10_tests, "its cases 10 to 19", {"the scenarios", of_the_other_half})
BOXES(boxes_crowds_tests, "crowds", {"samples", samples}, {"crowds", crowds}, {"real Go programs", real_go_programs})

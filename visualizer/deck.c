/* deck.c -- the slides of a talk, one after the other, into one page.
 *
 * A slide's words go into one buffer and its picture onto a page of one canvas, since only at the end Cairo says which
 * letters the pictures share (measured: 40 pictures by themselves are 9 MB, with shared letters less than 3).
 */
#include "deck.h"

#include "html.h"
#include "lua_ink.h"
#include "shot.h"
#include "svg.h"

#include "../sim/lens/summary.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef unsigned long long Ull;

/* Beside a column of words these are true pixels on a window of 1280 x 800; `share` of the height is the stage's. */
enum { PICTURE_W = 880, PICTURE_H = 680 };
static const double stage_share = .618;

typedef struct {
    Show *w;
    const DeckOptions *o;
    Slides slides;
    ViewKind view; /* of all slides, if it was chosen */
    Theme theme;
    char name[160]; /* of the trace's file, as a shell wants it */
    Frame *frame;
    Canvas *canvas;
    Bytes contents, words;
    size_t *before, *after; /* of each slide: where in `words` its picture belongs, and where the slide ends */
} Deck;

/* ---------------------------------------------------------------- what a slide shows */

static bool about_memory(const Slide *slide, const Event *e) {
    if (e->kind < EV_COUNT && event_spec[e->kind].group == GROUP_HEAP) return true;
    if (e->kind == EV_DEV_STALE) return true;
    if (slide->finding == NULL) return false;
    switch (slide->finding->kind) {
    case FIND_pinning_violation:
    case FIND_implicit_pin_expired:
    case FIND_pinner_leak:
    case FIND_cgo_pointer_rule:
    case FIND_device_leak:
    case FIND_device_use_after_free:
    case FIND_double_free: return true;
    default: return false;
    }
}

static ViewKind suiting(const Deck *k, const Slide *slide, const Event *e) {
    if (k->o->view_chosen) return k->view;
    if (e->kind == EV_PICTURE) return VIEW_PICTURE;
    return about_memory(slide, e) ? VIEW_HEAP : VIEW_STAGE;
}

static const Scene *go_to(Deck *k, const Slide *slide) {
    Event e = {0};
    player_seek_seq(&k->w->player, k->w->feed, slide->seq);
    player_near(&k->w->player, k->w->feed);
    feed_event(k->w->feed, slide->seq, &e);
    k->w->scene.view = suiting(k, slide, &e);
    return show_scene(k->w);
}

static void paint_picture(Deck *k, const Scene *s) {
    shot_build(k->w, k->frame);
    if (k->canvas == NULL) k->canvas = canvas_open(CANVAS_SVG, s->width_px, s->height_px, k->frame->layout.u);
    frame_paint(k->frame, k->canvas, s->theme, true);
    canvas_page(k->canvas);
}

/* ---------------------------------------------------------------- its words */

static bool is_note(const Story *st) { return st->event.kind == EV_NOTE; }

/* A note is said, not announced. */
static const char *headline(const Scene *s) {
    const Story *st = s->story;
    if (st->seq == 0) return "Nothing yet";
    return is_note(st) ? st->words.reason : st->words.headline;
}

static void put_when(Deck *k, const Scene *s, size_t nth) {
    char time[48], count[32];
    html_form(&k->words, "<p class=\"when\"><span><span class=\"nth\">Slide %zu of %zu, </span>event ", nth, k->slides.count + 1);
    html(&k->words, count_text(count, sizeof count, s->seq));
    html(&k->words, s->model->imported ? "</span><span>recorded time " : "</span><span>virtual time ");
    html(&k->words, "<span class=\"mono\">");
    html(&k->words, narrate_time(time, sizeof time, s->now_ns));
    html(&k->words, "</span></span></p>\n");
}

static void put_finding(Bytes *b, const Finding *x) {
    const FindingSpec *spec = finding_spec(x->kind);
    html_form(b, "<b class=\"mono\">%s</b> %s, book %s", spec->key, severity_name[spec->severity], spec->book);
    if (x->times > 1) html_form(b, ", %llu times", (Ull)x->times);
}

static void put_found(Bytes *b, const Finding *x) {
    html_form(b, "<div class=\"found%s\"><p>", finding_is_violation(x->kind) ? " violation" : "");
    put_finding(b, x);
    html(b, "</p><p>");
    html_text(b, x->text);
    html(b, "</p><small>Right would be: ");
    html_text(b, finding_spec(x->kind)->right);
    html(b, "</small></div>\n");
}

static void put_fact(Bytes *b, const char *name, const char *value) {
    if (value[0] == '\0') return;
    html_form(b, " &middot; %s ", name);
    html_text(b, value);
}

/* The comment that a scenario begins with: its first line asks, the next ones say what to look at. What is set apart in a line
 * by spaces (a section's number) is left out, and so is all from the first table or list on. */
static void put_preface(Bytes *b, const char *source) {
    bool asked = false, open = false;
    for (; strncmp(source, "--", 2) == 0 && strncmp(source, "--[", 3) != 0; source += *source == '\n') {
        const char *line = source + 2 + (source[2] == ' ');
        source += strcspn(source, "\n");
        size_t len = (size_t)(source - line > 0 ? source - line : 0), gap = 0;
        while (gap < len && strncmp(line + gap, "  ", 2) != 0) gap++;
        if (len == 0 && open) break;
        if (len == 0) continue;
        if (asked && gap < len) break;
        html(b, !asked ? "<p class=\"asks\">" : open ? " " : "<p>");
        html_bytes(b, line, gap);
        if (!asked) html(b, "</p>\n");
        open = asked;
        asked = true;
    }
    if (open) html(b, "</p>\n");
}

static void put_title(Deck *k, const Scene *s) {
    Bytes *b = &k->words;
    html(b, "<div class=\"title\"><h1>");
    html_text(b, s->title);
    html(b, "</h1>\n");
    if (s->book[0]) {
        html(b, "<p><span class=\"book\">Book ");
        html_text(b, s->book);
        html(b, "</span> ");
        html_text(b, s->section);
        html(b, "</p>");
    }
    html(b, "<p class=\"same\">");
    html_text(b, s->file);
    put_fact(b, "Go", s->go);
    put_fact(b, "GOMAXPROCS", feed_option(k->w->feed, "procs"));
    put_fact(b, "seed", feed_option(k->w->feed, "seed"));
    put_fact(b, "device", s->device);
    html(b, "</p>\n");
    put_preface(b, s->source);
    html(b, "</div>\n");
}

static void put_words(Deck *k, const Scene *s, const Slide *slide, size_t nth) {
    Bytes *b = &k->words;
    const Story *st = s->story;
    html(b, "<div class=\"words\">\n");
    if (nth == 1) put_title(k, s);
    put_when(k, s, nth);
    html_form(b, "<h2 id=\"h%zu\" tabindex=\"-1\"%s>", nth, is_note(st) ? " class=\"note\"" : "");
    html_prose(b, headline(s));
    html(b, "</h2>\n");
    if (st->seq && st->words.reason[0] && !is_note(st)) {
        html(b, "<p>");
        html_prose(b, st->words.reason);
        html(b, "</p>\n");
    }
    if (slide->finding) put_found(b, slide->finding);
    html(b, "</div>\n");
}

/* ---------------------------------------------------------------- the question */

/* What the scenario says and how it ends is not for guessing. */
static bool can_be_guessed(const Event *e) {
    if (e->kind >= EV_COUNT) return false;
    return event_spec[e->kind].group != GROUP_RUN || e->kind == EV_DEADLOCK || e->kind == EV_PANIC;
}

static void put_question(Deck *k, size_t nth) {
    Event e;
    char question[QUESTION_MAX];
    Bytes *b = &k->words;
    Feed *f = k->w->feed;
    if (nth >= k->slides.count || !feed_event(f, k->slides.slide[nth].seq, &e) || !can_be_guessed(&e)) return;
    Narration answer;
    predict_question(question, feed_model(f, 1, e.seq - 1), &e);
    narrate(feed_model(f, 1, e.seq), &e, &answer);
    html(b, "<details class=\"ask\"><summary>What happens next?<small>");
    html_text(b, question);
    html_form(b, "</small></summary><p><a href=\"#%zu\">", nth + 1);
    html_plain(b, answer.headline);
    html(b, "</a></p></details>\n");
}

/* ---------------------------------------------------------------- the source */

enum { LINES_AROUND = 3, FEW_AROUND = 2, PIECES_MAX = 32 };

static const char *ink_class(Tint tint) {
    switch (tint) {
    case TINT_LUA_KEY: return "key";
    case TINT_LUA_STR: return "str";
    case TINT_LUA_NUM: return "num";
    case TINT_LUA_COM: return "com";
    default: return NULL;
    }
}

static void put_line(Bytes *b, const char *line, size_t len) {
    InkPiece piece[PIECES_MAX];
    size_t count = lua_ink(line, len, piece, PIECES_MAX);
    for (size_t i = 0; i < count; i++) {
        const char *class = ink_class(piece[i].tint);
        if (class) html_form(b, "<span class=\"%s\">", class);
        html_bytes(b, line + piece[i].from, piece[i].len);
        if (class) html(b, "</span>");
    }
}

static uint64_t count_lines(const char *text) {
    uint64_t n = 0;
    for (; *text; n++) {
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return n;
}

/* Some lines before and behind line `at`. */
static void put_source(Bytes *b, const Scene *s, uint64_t at, uint64_t around) {
    uint64_t lines = count_lines(s->source), n = 1;
    if (at == 0 || at > lines) return;
    html(b, "<p class=\"of\"><code>");
    html_text(b, s->file);
    html_form(b, "</code><span>line %llu of %llu</span></p>\n<ol class=\"source\">", (Ull)at, (Ull)lines);
    for (const char *line = s->source; *line; n++) {
        size_t len = strcspn(line, "\n");
        if (n + around >= at && n <= at + around) {
            html_form(b, "<li value=\"%llu\"%s><code>", (Ull)n, n == at ? " class=\"at\" aria-current=\"true\"" : "");
            put_line(b, line, len);
            html(b, "</code></li>");
        }
        line += len;
        line += *line == '\n';
    }
    html(b, "</ol>\n");
}

/* ---------------------------------------------------------------- the same by command */

/* "g7", "p1", "chan c3": as `faultline why` takes it; "" = the event is about nothing that can be asked. */
static const char *asked(char *buf, size_t size, const Event *e) {
    static const struct {
        Kind kind;
        const char *word;
    } rows[] = {{KIND_G, "g"}, {KIND_M, "m"}, {KIND_P, "p"}, {KIND_CHAN, "chan c"}, {KIND_OBJ, "obj o"}};
    buf[0] = '\0';
    for (size_t i = 0; i < ARRAY_LEN(rows) && buf[0] == '\0'; i++) {
        uint64_t id = event_first(e, rows[i].kind);
        if (id != NONE) snprintf(buf, size, "%s%llu", rows[i].word, (Ull)id);
    }
    return buf;
}

static void put_commands(Deck *k, const Scene *s) {
    Bytes *b = &k->words;
    char thing[48];
    html(b, "<p class=\"same\">The same moment: <code>faultline shot ");
    html_text(b, k->name);
    html_form(b, " <span>--view %s</span> <span>--at &#39;#%llu&#39;</span> <span>-o moment.png</span></code>", view_spec[s->view].name,
              (Ull)s->seq);
    if (asked(thing, sizeof thing, &s->story->event)[0]) {
        html(b, "<code>faultline why ");
        html_text(b, k->name);
        html_form(b, " %s <span>--at &#39;#%llu&#39;</span></code>", thing, (Ull)s->seq);
    }
    html(b, "</p>\n");
}

/* ---------------------------------------------------------------- slides */

static void put_contents(Deck *k, const Scene *s, const Slide *slide, size_t nth) {
    char time[48];
    html_form(&k->contents, "<li><a href=\"#%zu\"%s>", nth, slide->finding ? " class=\"found\"" : slide->note ? " class=\"note\"" : "");
    html_plain(&k->contents, headline(s));
    if (slide->finding) html_form(&k->contents, " <small>%s</small>", finding_spec(slide->finding->kind)->key);
    html(&k->contents, " <small>");
    html(&k->contents, narrate_time(time, sizeof time, s->now_ns));
    html(&k->contents, "</small></a></li>\n");
}

static void put_slide(Deck *k, size_t i) {
    const Slide *slide = &k->slides.slide[i];
    size_t nth = i + 1;
    Bytes *b = &k->words;
    const Scene *s = go_to(k, slide);
    paint_picture(k, s);
    put_contents(k, s, slide, nth);
    html_form(b, "<section class=\"slide\" id=\"%zu\" aria-labelledby=\"h%zu\">\n", nth, nth);
    put_words(k, s, slide, nth);
    html_form(b, "<figure class=\"picture\"><svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s: ", s->width_px, s->height_px,
              view_spec[s->view].title);
    html_plain(b, headline(s));
    if (s->story->seq && !is_note(s->story)) {
        html(b, ". ");
        html_plain(b, s->story->words.reason);
    }
    html(b, "\">");
    k->before[i] = b->len;
    html(b, "</svg></figure>\n<div class=\"more\">\n");
    put_question(k, nth);
    put_source(b, s, s->story->line ? s->story->line : slide->finding ? slide->finding->line : 0,
               slide->finding ? FEW_AROUND : LINES_AROUND);
    put_commands(k, s);
    html(b, "</div>\n</section>\n");
    k->after[i] = b->len;
}

/* ---------------------------------------------------------------- the last slide */

typedef struct {
    Summary figures;
    char hash[HASH_TEXT_MAX];
    bool imported;
} Whole;

/* The run once more, from its beginning, for what only the whole of it says. */
static bool read_whole(Whole *a, const char *path, uint64_t events, Diag *d) {
    Trace *t;
    if (!trace_open(&t, path, d)) return false;
    Model *m = model_new(trace_text(t));
    TraceCursor *c = trace_cursor(t);
    char why[MODEL_WHY_MAX];
    summary_begin(&a->figures);
    for (Event e; m->seq < events && trace_next(c, &e);) {
        summary_event(&a->figures, m, &e);
        if (!model_apply(m, &e, why)) break;
    }
    a->imported = m->imported;
    bool well = trace_hash(t, a->hash, d);
    trace_cursor_free(c);
    model_free(m);
    trace_close(t);
    return well;
}

static void put_figures(Bytes *b, const Whole *a) {
    char text[48];
    html(b, "<h3>Figures</h3>\n<dl class=\"figures\">\n");
    for (int i = 0; i < FIG_COUNT; i++) {
        if (a->figures.value[i] == 0 || (a->imported && figure_spec[i].run_only)) continue;
        if (figure_spec[i].kind == KIND_NS) narrate_time(text, sizeof text, a->figures.value[i]);
        else count_text(text, sizeof text, a->figures.value[i]);
        html_form(b, "<div><dt>%s</dt><dd>%s</dd></div>\n", figure_spec[i].label, text);
    }
    html(b, "</dl>\n");
}

static void put_all_findings(Deck *k) {
    Bytes *b = &k->words;
    size_t count;
    const Finding *x = feed_findings(k->w->feed, &count);
    html(b, "<h3>Findings</h3>\n");
    if (count == 0) html(b, "<p>Nothing was found to be wrong.</p>\n");
    else html(b, "<ul class=\"findings\">\n");
    for (size_t i = 0; i < count; i++) {
        html_form(b, "<li%s>", finding_is_violation(x[i].kind) ? " class=\"violation\"" : "");
        put_finding(b, &x[i]);
        html(b, "<br>");
        html_text(b, x[i].text);
        html(b, "</li>\n");
    }
    if (count > 0) html(b, "</ul>\n");
}

static void put_left_out(Deck *k) {
    Bytes *b = &k->words;
    Ull n = k->slides.left_out;
    if (n == 0) return;
    html_form(b, "<p>%llu further step%s of the story %s left out. <code>--steps story</code> has all of them, and the window "
                 "every event.</p>\n", n, n == 1 ? "" : "s", n == 1 ? "was" : "were");
}

static void put_end(Deck *k, const Whole *a) {
    Bytes *b = &k->words;
    const Scene *s = &k->w->scene;
    size_t nth = k->slides.count + 1;
    html_form(&k->contents, "<li><a href=\"#%zu\">The whole run</a></li>\n", nth);
    html_form(b, "<section class=\"slide end\" id=\"%zu\" aria-labelledby=\"h%zu\">\n<div class=\"words\">\n", nth, nth);
    html_form(b, "<p class=\"when\"><span>Slide %zu of %zu</span></p>\n<h2 id=\"h%zu\" tabindex=\"-1\">The whole run</h2>\n", nth, nth, nth);
    if (s->trouble[0]) {
        html(b, "<p><b>The trace cannot be shown any further:</b> ");
        html_text(b, s->trouble);
        html(b, "</p>\n");
    }
    put_all_findings(k);
    put_left_out(k);
    html(b, "</div>\n<div class=\"more\">\n");
    put_figures(b, a);
    html(b, "<h3>The trace</h3>\n<p class=\"same\"><code>faultline view ");
    html_text(b, k->name);
    html(b, "</code><code>faultline hash ");
    html_text(b, k->name);
    html_form(b, "</code></p>\n<p class=\"hash mono\">%s</p>\n</div>\n</section>\n", a->hash);
}

/* ---------------------------------------------------------------- the page */

static void put_lines(Bytes *b, const char *const *lines) {
    for (; *lines; lines++) {
        html(b, *lines);
        html(b, "\n");
    }
}

/* --t1, --go_plate ...: every colour there is. On paper all words stand on white. */
static void put_colours(Bytes *b, Theme t) {
    for (int i = TINT_NONE + 1; i < TINT_COUNT; i++) {
        html(b, "--");
        for (const char *c = theme_tint_name((Tint)i); *c; c++) html_form(b, "%c", *c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
        html_form(b, ":#%06x;", (unsigned)theme_rgb(t, (Tint)i));
    }
}

static void put_head(const Deck *k, Bytes *b) {
    bool dark = theme_is_dark(k->theme);
    html(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html(b, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html_form(b, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
                 "script-src '%s'; base-uri 'none'; form-action 'none'\">\n<title>", deck_script_digest);
    html_text(b, k->w->scene.title);
    html_form(b, "</title>\n<style>\n:root{color-scheme:%s;--ratio:%.4f;", dark ? "dark" : "light", (double)PICTURE_W / PICTURE_H);
    put_colours(b, k->theme);
    html(b, "}\n");
    put_lines(b, deck_style);
    if (dark) {
        html(b, "@media print{:root{color-scheme:light;");
        put_colours(b, THEME_LIGHT);
        html(b, "}}\n");
    }
    html(b, "</style>\n</head>\n<body>\n");
}

static void put_bar(const Deck *k, Bytes *b) {
    html(b, "<header class=\"bar\"><p>");
    html_text(b, k->w->scene.title);
    html(b, "</p>\n<nav aria-label=\"Slides\"><details class=\"contents\"><summary>Contents</summary><ol>\n");
    bytes_add(b, k->contents.data, k->contents.len);
    html(b, "</ol></details></nav>\n<div class=\"turn\" hidden><button id=\"back\" aria-label=\"Previous slide\">&larr;</button>"
            "<output id=\"where\" aria-live=\"polite\"></output><button id=\"next\" aria-label=\"Next slide\">&rarr;</button></div>"
            "<div class=\"done\"></div></header>\n");
}

static void put_page(Deck *k, Bytes *b) {
    size_t count = k->slides.count, at = 0;
    CanvasPiece shared, *picture = mem_zero(count, sizeof *picture);
    ASSERT(canvas_pieces(k->canvas, &shared, picture, count) == count);
    put_head(k, b);
    html(b, "<svg class=\"shared\" width=\"0\" height=\"0\" aria-hidden=\"true\">");
    svg_shorten(b, shared.text, shared.len);
    html(b, "</svg>\n");
    put_bar(k, b);
    html(b, "<main>\n");
    for (size_t i = 0; i < count; at = k->after[i++]) {
        bytes_add(b, k->words.data + at, k->before[i] - at);
        svg_shorten(b, picture[i].text, picture[i].len);
        bytes_add(b, k->words.data + k->before[i], k->after[i] - k->before[i]);
    }
    bytes_add(b, k->words.data + at, k->words.len - at);
    html(b, "</main>\n<script>\n");
    put_lines(b, deck_script);
    html(b, "</script>\n</body>\n</html>\n");
    free(picture);
}

/* ---------------------------------------------------------------- writing */

static bool write_page(const Bytes *b, const char *path, Diag *d) {
    FILE *f = path ? fopen(path, "wb") : stdout;
    if (f == NULL) return diag_fail(d, EXIT_WORLD, "cannot write '%s': %s", path, strerror(errno));
    bool well = fwrite(b->data, 1, b->len, f) == b->len;
    if ((path ? fclose(f) : fflush(f)) == 0 && well) return true;
    diag_fail(d, EXIT_WORLD, "cannot write %s: %s", path ? path : "standard output", strerror(errno));
    if (path) unlink(path); /* half a file helps nobody */
    return false;
}

/* The name without its folders, so that the deck does not depend on where the trace lies; between ' and ' where a shell would
 * take it for something else. */
static void shell_name(char *out, size_t size, const char *path) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-";
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    bool quoted = name[strspn(name, plain)] != '\0';
    size_t n = (size_t)snprintf(out, size, "%s%s", name[0] == '-' ? "./" : "", quoted ? "'" : "");
    for (; *name && n + 6 < size; name++) n += (size_t)snprintf(out + n, size - n, *name == '\'' ? "'\\''" : "%c", *name);
    if (quoted) snprintf(out + n, size - n, "'");
}

void deck_scene(Scene *s) {
    s->width_px = PICTURE_W;
    s->height_px = PICTURE_H;
    s->zoom = 1;
    s->bare = true;
    s->stage_share = stage_share;
}

static void set_up(Deck *k) {
    k->view = k->w->scene.view;
    k->theme = k->w->scene.theme;
    deck_scene(&k->w->scene);
    shell_name(k->name, sizeof k->name, feed_path(k->w->feed));
    k->frame = frame_new();
    k->before = mem_zero(k->slides.count, sizeof *k->before);
    k->after = mem_zero(k->slides.count, sizeof *k->after);
}

static void let_go(Deck *k) {
    canvas_close(k->canvas);
    frame_free(k->frame);
    bytes_free(&k->contents);
    bytes_free(&k->words);
    free(k->before);
    free(k->after);
    slides_free(&k->slides);
}

bool deck_write(Show *w, const DeckOptions *o, Diag *d) {
    Deck k = {.w = w, .o = o};
    Whole whole;
    Bytes page = {0};
    bool well = slides_choose(&k.slides, w->feed, o->steps, o->from_ns, o->to_ns, d) &&
                read_whole(&whole, feed_path(w->feed), feed_count(w->feed), d);
    if (well) {
        set_up(&k);
        for (size_t i = 0; i < k.slides.count; i++) put_slide(&k, i);
        put_end(&k, &whole);
        put_page(&k, &page);
        well = write_page(&page, o->out, d);
    }
    bytes_free(&page);
    let_go(&k);
    return well;
}

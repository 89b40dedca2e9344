/* view_panel.c -- what just happened: headline, reason, the chain of causes; the scenario; notes.
 *
 * All sentences come from narrate.h by way of the story. The panel is filled from the top; what
 * finds no room any more is left out whole: nothing is cut.
 */
#include "view.h"

#include "lua_ink.h"
#include "measure.h"
#include "token.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const View *v;
    double x, w, y, end; /* the column of words; y is where the next thing may begin */
} Place;

/* ---------------------------------------------------------------- prose */

enum { WORD_MAX = 128, LINE_WORDS = 64 };

typedef struct {
    char text[WORD_MAX];
    bool bold, joined; /* joined: no space before it, and no end of a line */
    double w;
} Word;

/* At a space between a number and its unit a line must not end: 37 µs. */
static bool unit_follows(const char *word, size_t len, const char *space) {
    static const char *const units[] = {"ns", "µs", "ms", "s", "B", "KiB", "MiB", "GiB"};
    if (len == 0 || word[len - 1] < '0' || word[len - 1] > '9') return false;
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        size_t n = strlen(units[i]);
        if (strncmp(space + 1, units[i], n) == 0 && strchr(" *.,;:)", space[1 + n])) return true;
    }
    return false;
}

/* Takes a piece of one weight off *text, up to a space or a change of weight (**). */
static void next_piece(const char **text, bool *bold, TextStyle s, Word *word) {
    const char *p = *text;
    size_t n = 0;
    for (; strncmp(p, "**", 2) == 0; p += 2) *bold = !*bold;
    for (; *p && strncmp(p, "**", 2) != 0; p++) {
        if (*p == ' ' && !unit_follows(word->text, n, p)) break;
        if (n + 5 < sizeof word->text) word->text[n++] = *p;
    }
    word->text[n] = '\0';
    word->bold = *bold;
    s.weight = word->bold ? 600 : s.weight;
    word->w = text_width(word->text, s);
    for (; strncmp(p, "**", 2) == 0; p += 2) *bold = !*bold;
    *text = p;
}

enum { WORD_PIECES = 4 }; /* of a word: bold, then its comma */

/* The next word as pieces that stay together; returns how many. */
static size_t next_word(const char **text, bool *bold, TextStyle s, Word *piece) {
    size_t count = 0;
    *text += strspn(*text, " ");
    while (**text && **text != ' ' && count < WORD_PIECES) {
        next_piece(text, bold, s, &piece[count]);
        piece[count].joined = count > 0;
        count++;
    }
    return count;
}

static void draw_words(const View *v, const Word *word, size_t count, double x, double y,
                       TextStyle s, Tint tint, Tint strong) {
    double space = text_width(" ", s);
    for (size_t i = 0; i < count;) { /* neighbours of one weight are one text */
        char run[1024];
        size_t at = 0, k = i;
        for (; k < count && word[k].bold == word[i].bold && at + WORD_MAX + 2 < sizeof run; k++) {
            at += (size_t)snprintf(run + at, sizeof run - at, "%s%s",
                                   k > i && !word[k].joined ? " " : "", word[k].text);
        }
        TextStyle style = s;
        if (word[i].bold) style.weight = 600;
        x += draw_text(v->d, x, y, style, word[i].bold ? strong : tint, ANCHOR_START, run);
        if (k < count && !word[k].joined) x += space;
        i = k;
    }
}

double prose(const View *v, const char *text, double x, double y, double w, TextStyle s, double leading, Tint tint, Tint strong,
             int lines) {
    Word line[LINE_WORDS], word[WORD_PIECES];
    size_t count = 0, n;
    double used = 0, space = text_width(" ", s);
    bool bold = false;
    while (lines > 0 && (n = next_word(&text, &bold, s, word)) > 0) {
        double width = 0;
        for (size_t i = 0; i < n; i++) width += word[i].w;
        if (count > 0 && (used + space + width > w || count + n > LINE_WORDS)) {
            if (--lines == 0) snprintf(line[count - 1].text + strlen(line[count - 1].text), 4, "…");
            draw_words(v, line, count, x, y, s, tint, strong);
            y += leading;
            count = 0;
            used = 0;
            if (lines == 0) break;
        }
        if (n == 1 && width > w) { /* one that is wider than the column */
            char fitted[WORD_MAX];
            text_fit(fitted, sizeof fitted, word[0].text, s, w - 8);
            snprintf(word[0].text, sizeof word[0].text, "%s", fitted);
            width = word[0].w = text_width(word[0].text, s);
        }
        used += (count ? space : 0) + width;
        memcpy(line + count, word, n * sizeof *word);
        count += n;
    }
    if (count > 0 && lines > 0) {
        draw_words(v, line, count, x, y, s, tint, strong);
        y += leading;
    }
    return y;
}

/* ---------------------------------------------------------------- what just happened */

/* In a low window its last links. */
static void chain(Place *c) {
    enum { LINK = 42 };
    const View *v = c->v;
    const Story *st = v->s->story;
    double fit = floor((c->end - c->y - 22) / LINK) + 1;
    if (st->step_count < 2 || fit < 2) return;
    size_t first = (double)st->step_count > fit ? st->step_count - (size_t)fit : 0;
    char text[48];
    double tw = 0;
    for (size_t i = 0; i < st->step_count; i++)
        tw = fmax(tw,
                  text_width(narrate_time(text, sizeof text, st->step[i].time_ns), mono(13, 400)));
    double x = c->x + tw + 18, room = c->w - (x + 18 - c->x);
    draw_line(v->d, x, c->y - 4, x, c->y - 4 + LINK * (double)(st->step_count - 1 - first),
              pen(TINT_CARDL, 1.5));
    for (size_t i = first; i < st->step_count; i++) {
        const StoryStep *step = &st->step[i];
        bool now = i + 1 == st->step_count;
        draw_text(v->d, c->x, c->y, mono(13, 400), TINT_T2, ANCHOR_START,
                  narrate_time(text, sizeof text, step->time_ns));
        draw_circle(v->d, x, c->y - 4, 5, paint(now ? TINT_NOW : TINT_CHROME),
                    pen(now ? TINT_NOW : TINT_T2, 1.8));
        TextStyle fn = mono(14, 600);
        while (fn.size > 12 && text_width(step->function, fn) > room) fn.size -= 1;
        draw_fitted(v->d, x + 18, c->y, fn, TINT_T1, ANCHOR_START, step->function, room);
        draw_ended(v->d, x + 18, c->y + 18, sans(13, 400), TINT_T2, step->detail, room);
        hits_add(v->hits, (Box){c->x, c->y - 16, c->w, 40}, HIT_EVENT, NO_THING, step->seq);
        c->y += LINK;
    }
    c->y += 10;
}

static void book(Place *c) {
    const View *v = c->v;
    char text[64];
    if (v->s->book[0] == '\0' || c->y + 6 > c->end) return;
    snprintf(text, sizeof text, "Book %.40s", v->s->book);
    double w = draw_text(v->d, c->x, c->y, sans(14, 600), TINT_NOW, ANCHOR_START, text);
    draw_line(v->d, c->x, c->y + 5, c->x + w, c->y + 5, pen(TINT_NOW, 1));
    draw_ended(v->d, c->x + w + 12, c->y, sans(14, 400), TINT_T1, v->s->section, c->w - w - 12);
    c->y += 24;
}

/* The chain of causes in place of the event: each sentence a step further back. */
static void because(Place *c) {
    const View *v = c->v;
    const Why *y = v->s->why;
    char name[NAME_MAX_], text[NAME_MAX_ + 16];
    Thing t = v->s->why_of;
    if (t.kind == KIND_G) narrate_g(v->s->model, t.id, name, sizeof name);
    else if (t.kind == KIND_CHAN) chan_text(name, sizeof name, v->s->model, t.id);
    else thing_text(name, sizeof name, t.kind, t.id);
    draw_text(v->d, c->x, c->y + 32, sans(14, 400), TINT_T2, ANCHOR_START, "Why is it so?");
    snprintf(text, sizeof text, "%.90s", name);
    draw_fitted(v->d, c->x, c->y + 64, sans(22, 700), TINT_T1, ANCHOR_START, text, c->w);
    c->y += 96;
    double mark[WHY_SENTENCES_MAX];
    size_t shown = 0;
    for (; shown < y->count; shown++) {
        double room = c->end - c->y;
        if (room < 22) break;
        mark[shown] = c->y - 5;
        int lines = (int)fmin(6, 1 + floor(room / 20));
        c->y = prose(v, y->sentence[shown], c->x + 20, c->y, c->w - 20, sans(14, 400), 20, TINT_T1, TINT_T1, lines) + 10;
    }
    if (shown > 1) draw_line(v->d, c->x + 5, mark[0], c->x + 5, mark[shown - 1], pen(TINT_CARDL, 1.5));
    for (size_t i = 0; i < shown; i++) {
        bool root = i + 1 == y->count; /* where it began */
        draw_circle(v->d, c->x + 5, mark[i], 4, paint(root ? TINT_NOW : TINT_CHROME), pen(root ? TINT_NOW : TINT_T2, 1.6));
    }
    c->y += 8;
}

/* In place of what happened, until it is asked for. */
static void asks(Place *c) {
    draw_text(c->v->d, c->x, c->y + 32, sans(14, 400), TINT_T2, ANCHOR_START, "What comes next?");
    c->y = prose(c->v, c->v->s->question, c->x, c->y + 64, c->w, sans(22, 700), 28, TINT_T1, TINT_T1, 3) + 2;
    c->y = prose(c->v, "Say it first. The same key again shows it.", c->x, c->y, c->w, sans(15, 400), 24, TINT_T2, TINT_T1, 2) + 12;
}

static void happened(Place *c) {
    const View *v = c->v;
    const Story *st = v->s->story;
    char text[96], count[32];
    draw_text(v->d, c->x, c->y + 32, sans(14, 400), TINT_T2, ANCHOR_START, "What just happened");
    c->y += 64;
    c->y = prose(v, st->seq ? st->words.headline : "Nothing yet", c->x, c->y, c->w, sans(22, 700),
                 28, TINT_T1, TINT_T1, 3) +
           2;
    c->y = prose(v,
                 st->seq ? st->words.reason
                         : "Press Space to let time pass, or → to go from event to event.",
                 c->x, c->y, c->w, sans(15, 400), 24, TINT_T2, TINT_T1, 6) +
           12;
    if (is_at_end(v->s) && c->y + 120 < c->end) c->y = view_end_figures(v, c->x, c->y + 4, c->w, fmin(c->end, c->y + 290)) + 4;
    else chain(c);
    if (v->s->trouble[0] && v->s->now_ns >= v->s->end_ns) {
        draw_text(v->d, c->x, c->y, sans(15, 600), TINT_T1, ANCHOR_START,
                  "The trace cannot be shown any further");
        c->y =
            prose(v, v->s->trouble, c->x, c->y + 22, c->w, sans(14, 400), 20, TINT_T2, TINT_T1, 5) +
            8;
    }
    if (v->s->model->unknown) {
        snprintf(text, sizeof text, "%s events of an unknown kind are not shown",
                 count_text(count, sizeof count, v->s->model->unknown));
        c->y = prose(v, text, c->x, c->y, c->w, sans(14, 400), 20, TINT_T2, TINT_T1, 2) + 4;
    }
    book(c);
}

/* ---------------------------------------------------------------- the scenario */

static const char *line_at(const char *source, uint64_t line, size_t *len) {
    for (uint64_t i = 1; i < line && source; i++) {
        source = strchr(source, '\n');
        if (source) source++;
    }
    if (source) *len = strcspn(source, "\n");
    return source;
}

static uint64_t count_lines(const char *source) {
    uint64_t n = 0;
    for (const char *p = source; *p; p++) n += *p == '\n';
    size_t len = strlen(source);
    return n + (len > 0 && source[len - 1] != '\n');
}

enum { PIECES_MAX = 32 };

void draw_source_line(const View *v, const char *line, size_t len, double x, double y, double room, bool current) {
    InkPiece pieces[PIECES_MAX];
    char text[512];
    if (len > 400) len = 400;
    size_t count = lua_ink(line, len, pieces, PIECES_MAX);
    double left = room;
    for (size_t i = 0; i < count && left > 0; i++) {
        TextStyle s = mono(14, current && pieces[i].tint != TINT_LUA_COM ? 600 : 400);
        snprintf(text, sizeof text, "%.*s", (int)pieces[i].len, line + pieces[i].from);
        for (char *tab = strchr(text, '\t'); tab; tab = strchr(text, '\t')) *tab = ' ';
        double w = text_width(text, s);
        bool blank = strspn(text, " ") == strlen(text);
        if (w > left) {
            char fitted[512];
            draw_text(v->d, x, y, s, pieces[i].tint, ANCHOR_START,
                      text_fit_end(fitted, sizeof fitted, text, s, left));
            return;
        }
        if (!blank) draw_text(v->d, x, y, s, pieces[i].tint, ANCHOR_START, text);
        x += w;
        left -= w;
    }
}

/* It belongs to what the pointer rests on, which lights up everywhere (view_veil.c); what is read is not set back for it. */
static void lit_row(const View *v, double y, double h) {
    Box b = v->f->panel;
    draw_box(v->d, (Box){b.x + 1, y, b.w - 1, h}, 0, paint_alpha(TINT_T1, .1), NO_PEN);
    draw_box(v->d, (Box){b.x + b.w - 4, y, 4, h}, 0, paint(TINT_T1), NO_PEN);
}

static void source(Place *c, uint64_t shown) {
    const View *v = c->v;
    uint64_t lines = count_lines(v->s->source), now = v->s->line, middle = now ? now : 1;
    char text[64], name[24];
    double y = c->y;
    if (shown > lines) shown = lines;
    uint64_t first = middle > shown / 2 + 1 ? middle - shown / 2 - (shown > 6) : 1;
    if (first < 1) first = 1;
    if (first + shown > lines + 1) first = lines + 1 - shown;
    draw_line(v->d, v->f->panel.x, y + .5, v->f->panel.x + v->f->panel.w, y + .5,
              pen(TINT_HAIR, 1));
    y += 30;
    if (now && v->s->line_of.id != NONE)
        snprintf(text, sizeof text, "%s at %llu of %llu", thing_text(name, sizeof name, v->s->line_of.kind, v->s->line_of.id),
                 (unsigned long long)now, (unsigned long long)lines);
    else if (now)
        snprintf(text, sizeof text, "line %llu of %llu", (unsigned long long)now,
                 (unsigned long long)lines);
    else snprintf(text, sizeof text, "%llu lines", (unsigned long long)lines);
    double w = draw_text(v->d, c->x + c->w, y, digits(13, 400), TINT_T3, ANCHOR_END, text);
    draw_fitted(v->d, c->x, y, mono(14, 500), TINT_T1, ANCHOR_START,
                v->s->file[0] ? v->s->file : "scenario", c->w - w - 12);
    y += 30;
    for (uint64_t n = first; n < first + shown; n++, y += 23) {
        size_t len = 0;
        const char *line = line_at(v->s->source, n, &len);
        if (n == now) {
            draw_box(v->d, (Box){v->f->panel.x + 1, y - 17, v->f->panel.w - 1, 25}, 0,
                     paint(TINT_LINE_NOW), NO_PEN);
            draw_box(v->d, (Box){v->f->panel.x + 1, y - 17, 4, 25}, 0, paint(TINT_NOW), NO_PEN);
        }
        if (n == v->s->hovered_line || n == v->s->hovered_born) lit_row(v, y - 17, 25);
        snprintf(text, sizeof text, "%llu", (unsigned long long)n);
        draw_text(v->d, c->x + 18, y, mono(13, n == now ? 600 : 400), n == now ? TINT_NOW : TINT_T3,
                  ANCHOR_END, text);
        if (line) draw_source_line(v, line, len, c->x + 34, y, c->w - 34, n == now);
    }
    c->y = y + 6;
}

/* ---------------------------------------------------------------- findings */

/* A heading across the panel; false: there is no room for it and a line. */
static bool heading(Place *c, const char *text, const char *right) {
    const View *v = c->v;
    if (c->y + 80 > c->end) return false;
    draw_line(v->d, v->f->panel.x, c->y + .5, v->f->panel.x + v->f->panel.w, c->y + .5, pen(TINT_HAIR, 1));
    double w = draw_text(v->d, c->x + c->w, c->y + 30, sans(14, 400), TINT_T2, ANCHOR_END, right);
    draw_fitted(v->d, c->x, c->y + 30, sans(15, 600), TINT_T1, ANCHOR_START, text, c->w - w - 12);
    c->y += 58;
    return true;
}

static bool is_about(const Finding *x, const Scene *s) {
    Thing t = s->hovered;
    if (t.id == NONE) return false;
    switch (t.kind) {
    case KIND_G: return x->g == t.id;
    case KIND_P: return x->p == t.id;
    case KIND_M: return x->m == t.id;
    case KIND_CTX: return x->ctx == t.id;
    case KIND_CMD: return x->cmd == t.id;
    default: return x->line != 0 && x->line == s->hovered_line; /* a channel, an object: found where it was made */
    }
}

/* What has been found by now; the newest evidence first. */
static void findings(Place *c) {
    const View *v = c->v;
    size_t count = 0;
    bool more;
    while (count < v->s->finding_count && v->s->finding[count].seq <= v->s->seq) count++;
    char right[48], times[32];
    size_t violations = violations_so_far(v->s, FIND_COUNT, &more);
    snprintf(right, sizeof right, "%zu%s violation%s", violations, more ? " or more" : "", violations == 1 ? "" : "s");
    if (count == 0 || !heading(c, "Findings so far", right)) return;
    size_t i = count;
    for (; i-- > 0 && c->y + 22 <= c->end;) {
        const Finding *x = &v->s->finding[i];
        double top = c->y;
        finding_mark(v, c->x + 7, c->y - 5, .75, x->kind, TINT_CHROME);
        size_t n = violations_so_far(v->s, x->kind, &more);
        times[0] = '\0';
        if (n > 1) snprintf(times, sizeof times, "%zu%s times", n, more ? "+" : "");
        double tw = draw_text(v->d, c->x + c->w, c->y, digits(13, 400), TINT_T2, ANCHOR_END, times);
        draw_fitted(v->d, c->x + 28, c->y, mono(14, 600), TINT_T1, ANCHOR_START, finding_spec(x->kind)->key, c->w - 36 - tw);
        c->y += 20;
        int lines = (int)fmin(3, floor((c->end - c->y) / 19) + 1);
        c->y = prose(v, x->text, c->x + 28, c->y, c->w - 28, sans(13, 400), 19, TINT_T2, TINT_T1, lines) + 10;
        if (is_about(x, v->s)) lit_row(v, top - 18, c->y - top - 2);
        hits_add(v->hits, (Box){c->x, top - 16, c->w, c->y - top - 6}, HIT_EVENT, NO_THING, x->seq);
    }
}

/* ---------------------------------------------------------------- bookmarks */

/* Those around the moment on show. */
static void bookmarks(Place *c) {
    enum { SHOWN = 5, ROW = 24 };
    const View *v = c->v;
    const Scene *s = v->s;
    char text[48];
    if (s->bookmark_count == 0 || c->y + 58 + ROW > c->end) return;
    snprintf(text, sizeof text, "%zu", s->bookmark_count);
    if (!heading(c, "Bookmarks", s->bookmark_count > SHOWN ? text : "")) return;
    size_t first = 0, past = 0;
    while (past < s->bookmark_count && s->bookmark[past].seq <= s->seq) past++;
    if (past > 3) first = past - 3;
    if (first + SHOWN > s->bookmark_count) first = s->bookmark_count > SHOWN ? s->bookmark_count - SHOWN : 0;
    for (size_t i = first; i < s->bookmark_count && i < first + SHOWN && c->y <= c->end; i++, c->y += ROW) {
        const Bookmark *m = &s->bookmark[i];
        bool here = m->seq == s->seq;
        narrate_time(text, sizeof text, m->time_ns);
        draw_box(v->d, (Box){c->x + 4, c->y - 11, 2, 13}, 0, paint(here ? TINT_NOW : TINT_T2), NO_PEN);
        double w = draw_text(v->d, c->x + 20, c->y, mono(13, here ? 600 : 400), here ? TINT_NOW : TINT_T2, ANCHOR_START, text);
        draw_ended(v->d, c->x + 32 + w, c->y, sans(14, 400), m->seq <= s->seq ? TINT_T1 : TINT_T2, m->words, c->w - 32 - w);
        hits_add(v->hits, (Box){c->x, c->y - 16, c->w, ROW}, HIT_EVENT, NO_THING, m->seq);
    }
    c->y += 6;
}

/* ---------------------------------------------------------------- notes */

static void notes(Place *c) {
    const View *v = c->v;
    const Lanes *l = v->s->lanes;
    size_t count = 0;
    while (count < l->mark_count && l->mark[count].seq <= v->s->seq) count++;
    if (count == 0 || !heading(c, "Notes so far", "")) return;
    double y = c->y;
    for (size_t i = count; i-- > 0 && y + 22 <= c->end;) { /* the newest first */
        const Mark *mark = &l->mark[i];
        if (mark->kind == MARK_WARNING) token_warning(v->d, c->x + 7, y - 5, .75);
        else token_note(v->d, c->x + 7, y - 5, 5);
        double top = y;
        y = prose(v, intern_text(v->s->model->text, mark->text), c->x + 28, y, c->w - 28,
                  sans(14, 400), 20, TINT_T1, TINT_T1,
                  y + 44 <= c->end   ? 3
                  : y + 24 <= c->end ? 2
                                     : 1) +
            8;
        hits_add(v->hits, (Box){c->x, top - 16, c->w, y - top}, HIT_EVENT, NO_THING, mark->seq);
    }
}

/* ---------------------------------------------------------------- the panel */

void view_panel(const View *v) {
    Box b = v->f->panel;
    if (b.w <= 0) return;
    Place c = {v, b.x + 24, b.w - 48, b.y, b.y + b.h - 12};
    draw_box(v->d, b, 0, paint(TINT_CHROME), NO_PEN);
    draw_line(v->d, b.x + .5, b.y, b.x + .5, b.y + b.h, pen(TINT_HAIR, 1));
    if (v->f->drawer) hits_add(v->hits, b, HIT_NOTHING, NO_THING, 0);
    if (v->s->question[0]) asks(&c);
    else if (v->s->why) because(&c);
    else if (v->s->blame) c.y = view_blame_list(v, c.x, c.y, c.w, fmax(c.y + 300, c.end - 180));
    else happened(&c);
    c.y += view_thumbnail(v, (Box){c.x, c.y, c.w, fmin(c.end - c.y - 160, 240)});
    double room = c.end - c.y - 66;
    if (v->s->source[0] && room >= 3 * 23) {
        double below = (v->s->lanes->mark_count > 0 ? 100 : 0) + (v->s->finding_count > 0 ? 150 : 0);
        uint64_t lines = room >= 9 * 23 + below ? 9 : room >= 5 * 23 ? 5 : 3;
        source(&c, lines);
    }
    bookmarks(&c);
    findings(&c);
    notes(&c);
}

/* The headline as one line: in lecture mode across the bottom of the stage, in a small window above the transport. */
void view_strip(const View *v) {
    Box b = v->f->strip;
    if (b.h <= 0) return;
    draw_box(v->d, b, 0, paint(TINT_CHROME), NO_PEN);
    draw_line(v->d, b.x, b.y + .5, b.x + b.w, b.y + .5, pen(TINT_HAIR, 1));
    const char *text = v->s->question[0] ? v->s->question : v->s->story->seq ? v->s->story->words.headline : "Nothing yet";
    if (v->f->small) draw_ended(v->d, b.x + 24, b.y + b.h / 2 + 6, sans(16, 600), TINT_T1, text, b.w - 48);
    else draw_fitted(v->d, b.x + 24, b.y + b.h / 2 + 9, sans(26, 700), TINT_T1, ANCHOR_START, text, b.w - 48);
}

/* view_front.c -- the page that is there before a run: scenarios by section, the one that runs, and what is wrong with one. */
#include "front.h"

#include "measure.h"
#include "token.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROW = 27, HEADING = 38 };

/* The book's chapters that the scenarios walk along. */
static const struct {
    const char *number, *title;
} chapters[] = {{"18", "GPU and heterogeneous compute"}, {"19", "Graphics"}, {"20", "AI inference and serving"}, {"21", "AI agent runtimes"}};

static void ground(DrawList *d, double w, double h, Theme theme, double y) {
    Fault f;
    fault_line(&f, "faultline", 0, w, y, 9, 34, 92);
    fault_worlds(d, (Box){0, 0, w, h}, y, &f, theme_is_dark(theme), .4);
}

static double headline(DrawList *d, double w, double y, const char *text, const char *remedy) {
    char fitted[256];
    draw_text(d, w / 2, y, sans(20, 700), TINT_T1, ANCHOR_MIDDLE, text_fit(fitted, sizeof fitted, text, sans(20, 700), w - 48));
    draw_text(d, w / 2, y + 28, sans(14, 400), TINT_T2, ANCHOR_MIDDLE, text_fit_end(fitted, sizeof fitted, remedy, sans(14, 400), w - 48));
    return y + 52;
}

/* ---------------------------------------------------------------- the list */

/* Chapters have headings, and so have the cases from the field. */
static const char *heading_of(char *buf, size_t size, const LibraryRow *r) {
    if (r->field) return "Cases from the field";
    for (size_t i = 0; i < ARRAY_LEN(chapters); i++) {
        if (strncmp(r->book, chapters[i].number, 2) != 0 || r->book[2] != '.') continue;
        snprintf(buf, size, "%s  %s", chapters[i].number, chapters[i].title);
        return buf;
    }
    return r->book[0] ? "Of other chapters" : "Without a section";
}

static void list_row(DrawList *d, Hits *hits, const LibraryRow *r, size_t n, bool chosen, Box b) {
    Box line = {b.x + 8, b.y, b.w - 16, ROW};
    double y = b.y + 18.5, right = b.x + b.w - 24;
    if (chosen) draw_box(d, line, 5, paint(TINT_NOW), NO_PEN);
    Tint faint = chosen ? TINT_ON_NOW : TINT_T3;
    draw_text(d, b.x + 24, y, mono(13, 500), faint, ANCHOR_START, r->book);
    char file[80];
    double room = b.w >= 620 ? fmin(280, b.w * .36) : 0;
    text_fit(file, sizeof file, r->file, mono(13, 400), room);
    if (room > 0) right -= draw_text(d, right, y, mono(13, 400), faint, ANCHOR_END, file) + 20;
    draw_ended(d, b.x + 88, y, sans(15, chosen ? 600 : 400), chosen ? TINT_ON_NOW : TINT_T1, r->title, right - b.x - 88);
    hits_add(hits, line, HIT_SCENARIO, NO_THING, n);
}

/* Returns how many rows there was room for. */
static size_t list_rows(DrawList *d, Hits *hits, const Front *f, Box b) {
    char buf[96], last[96] = "";
    double y = b.y + 8, end = b.y + b.h - 8;
    size_t n = f->first, shown = 0, count = front_count(f);
    for (; n < count; n++, shown++) {
        const LibraryRow *r = front_row(f, n);
        const char *title = heading_of(buf, sizeof buf, r);
        bool new_heading = strcmp(title, last) != 0;
        if (y + ROW + (new_heading ? HEADING : 0) > end) break;
        if (new_heading) {
            draw_text(d, b.x + 24, y + 26, sans(14, 600), TINT_T2, ANCHOR_START, title);
            snprintf(last, sizeof last, "%s", title);
            y += HEADING;
        }
        list_row(d, hits, r, n, n == f->chosen, (Box){b.x, y, b.w, ROW});
        y += ROW;
    }
    return shown;
}

/* How far down the list one is. */
static void scroll_bar(DrawList *d, const Front *f, Box b, size_t shown) {
    size_t count = front_count(f);
    if (shown >= count || count == 0) return;
    double h = b.h - 16, top = b.y + 8 + h * (double)f->first / (double)count;
    draw_box(d, (Box){b.x + b.w - 7, top, 3, fmax(16, h * (double)shown / (double)count)}, 1.5, paint(TINT_CARDL), NO_PEN);
}

static size_t list(DrawList *d, Hits *hits, double w, double h, const Front *f) {
    char text[128];
    double y = headline(d, w, fmin(72, h * .1 + 16), "Open a scenario or a trace",
                        "↑ ↓ and Enter, or a click, runs a scenario. Letters narrow the list. A trace or a scenario can be dropped here.");
    if (f->words[0]) { /* what was dropped last */
        snprintf(text, sizeof text, "%.80s cannot be opened", f->name);
        draw_text(d, w / 2, y + 14, sans(15, 600), TINT_T1, ANCHOR_MIDDLE, text);
        char fitted[512];
        size_t len = strcspn(f->words, "\n");
        snprintf(fitted, sizeof fitted, "%.*s", (int)(len < 500 ? len : 500), f->words);
        char line[512];
        draw_text(d, w / 2, y + 36, sans(14, 400), TINT_T2, ANCHOR_MIDDLE, text_fit_end(line, sizeof line, fitted, sans(14, 400), w - 48));
        y += 52;
    }
    double bw = fmin(920, w - 48);
    Box b = {round((w - bw) / 2), y + 12, bw, h - y - 36};
    if (b.h < 60) return 0;
    draw_box(d, b, 10, paint(TINT_CARD), pen(TINT_CARDL, 1));
    if (f->filter[0]) {
        draw_text(d, b.x + 24, b.y + 28, sans(15, 600), TINT_T2, ANCHOR_START, "Find");
        double used = draw_fitted(d, b.x + 70, b.y + 28, mono(15, 500), TINT_T1, ANCHOR_START, f->filter, b.w - 110);
        draw_box(d, (Box){b.x + 72 + used, b.y + 13, 2, 20}, 0, paint(TINT_NOW), NO_PEN);
        b.y += 36, b.h -= 36;
    }
    size_t shown = list_rows(d, hits, f, b);
    scroll_bar(d, f, b, shown);
    if (front_count(f) > 0) return shown;
    draw_text(d, b.x + b.w / 2, b.y + b.h / 2, sans(15, 400), TINT_T2, ANCHOR_MIDDLE,
              f->library.count == 0 ? "No scenarios lie beside this program" : "No scenario holds this");
    return 0;
}

/* ---------------------------------------------------------------- what is wrong */

static uint64_t count_lines(const char *source) {
    uint64_t n = source[0] != '\0';
    for (const char *p = source; *p; p++) n += *p == '\n' && p[1] != '\0';
    return n;
}

static const char *line_at(const char *source, uint64_t line, size_t *len) {
    for (uint64_t i = 1; i < line; i++) {
        source = strchr(source, '\n');
        if (source++ == NULL) return NULL;
    }
    *len = strcspn(source, "\r\n");
    return source;
}

/* The source where the stage would be, the line marked. */
static void source_page(DrawList *d, const Front *f, Box b) {
    enum { LEADING = 23 };
    View v = {.d = d};
    char number[24];
    uint64_t lines = count_lines(f->source), room = (uint64_t)fmax(0, floor((b.h - 24) / LEADING)), first = 1;
    if (f->line > room / 2) first = f->line - room / 2;
    if (first + room > lines + 1) first = lines + 1 > room ? lines + 1 - room : 1;
    b.h = fmin(b.h, 24 + LEADING * (double)lines);
    draw_box(d, b, 10, paint(TINT_CARD), pen(TINT_CARDL, 1));
    for (uint64_t n = first; n < first + room && n <= lines; n++) {
        double y = b.y + 12 + LEADING * (double)(n - first) + 16;
        size_t len = 0;
        const char *line = line_at(f->source, n, &len);
        bool wrong = n == f->line;
        if (wrong) {
            draw_box(d, (Box){b.x + 1, y - 17, b.w - 2, 25}, 0, paint(TINT_LINE_NOW), NO_PEN);
            draw_box(d, (Box){b.x + 1, y - 17, 4, 25}, 0, paint(TINT_NOW), NO_PEN);
        }
        snprintf(number, sizeof number, "%llu", (unsigned long long)n);
        draw_text(d, b.x + 52, y, mono(13, wrong ? 600 : 400), wrong ? TINT_NOW : TINT_T3, ANCHOR_END, number);
        if (line) draw_source_line(&v, line, len, b.x + 72, y, b.w - 96, wrong);
    }
}

/* The message as the command line prints it, below the source. */
static void wrong(DrawList *d, double w, double h, const Front *f) {
    char text[160], fitted[512];
    snprintf(text, sizeof text, f->imports ? "%.100s cannot be imported" : "%.100s cannot run", f->name);
    double y = headline(d, w, fmin(72, h * .1 + 16), text, f->imports ? "Esc goes back to the list; Enter as well." :
                        "Esc goes back to the list; Enter as well. The file is read again when it is chosen again.");
    double bw = fmin(1000, w - 48), x = round((w - bw) / 2);
    size_t lines = 0;
    for (const char *p = f->words; *p && lines < 6; p += strcspn(p, "\n"), p += *p == '\n') lines++;
    double words_h = 24 * (double)lines + 28;
    if (f->source && h - y - words_h - 48 > 80) source_page(d, f, (Box){x, y + 8, bw, h - y - words_h - 40});
    double at = h - words_h - 8;
    const char *p = f->words;
    for (size_t i = 0; i < lines; i++, at += 24) {
        size_t len = strcspn(p, "\n");
        snprintf(fitted, sizeof fitted, "%.*s", (int)(len < 500 ? len : 500), p);
        draw_ended(d, x, at + 16, mono(14, i == 0 ? 600 : 400), i == 0 ? TINT_T1 : TINT_T2, fitted, bw);
        p += len + (p[len] == '\n');
    }
}

size_t view_front(DrawList *d, Hits *hits, double w, double h, Theme theme, const Front *f) {
    char text[160];
    ground(d, w, h, theme, round(h * .605));
    if (f->state == FRONT_LIST) return list(d, hits, w, h, f);
    if (f->state == FRONT_WRONG) {
        wrong(d, w, h, f);
        return 0;
    }
    char how[64];
    snprintf(text, sizeof text, f->imports ? "%.100s is being imported" : "%.100s is being run", f->name);
    snprintf(how, sizeof how, f->mib ? "%llu MiB of its trace are there. Esc stops it." : "Esc stops it.", (unsigned long long)f->mib);
    headline(d, w, round(h * .605) - 80, text, how);
    return 0;
}

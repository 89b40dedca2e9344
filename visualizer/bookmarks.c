/* bookmarks.c -- a sorted list, and the lines of a file that are its own. */
#include "bookmarks.h"

#include "keep.h"

#include "../sim/base/bytes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* FNV-1a: which run it is, not whether somebody forged it. */
static uint64_t mix(uint64_t h, const char *text) {
    for (; *text; text++) h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return (h ^ 0xff) * UINT64_C(0x100000001b3); /* an end, so that two texts are not one */
}

uint64_t bookmarks_run(const char *options, const char *scenario) { return mix(mix(UINT64_C(0xcbf29ce484222325), options), scenario); }

/* ---------------------------------------------------------------- words */

/* Bytes of the letter that begins here; 0: none does. */
static size_t letter(const unsigned char *p) {
    size_t n = p[0] < 0x80 ? 1 : p[0] >= 0xc2 && p[0] < 0xe0 ? 2 : p[0] >= 0xe0 && p[0] < 0xf0 ? 3 : p[0] >= 0xf0 && p[0] < 0xf5 ? 4 : 0;
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) return 0;
    }
    return n;
}

/* One line of whole letters; what is none ends it. */
static void put_words(char out[BOOKMARK_WORDS], const char *words) {
    const unsigned char *p = (const unsigned char *)words;
    size_t at = 0;
    for (size_t n; *p >= ' ' && (n = letter(p)) > 0 && at + n < BOOKMARK_WORDS; p += n, at += n) memcpy(out + at, p, n);
    out[at] = '\0';
}

/* ---------------------------------------------------------------- the list */

static size_t place_of(const Bookmarks *b, uint64_t seq) {
    size_t i = 0;
    while (i < b->count && b->mark[i].seq < seq) i++;
    return i;
}

bool bookmarks_toggle(Bookmarks *b, uint64_t seq, uint64_t time_ns, const char *words) {
    size_t i = place_of(b, seq);
    bool there = i < b->count && b->mark[i].seq == seq;
    if (there) {
        memmove(b->mark + i, b->mark + i + 1, (--b->count - i) * sizeof *b->mark);
        return false;
    }
    if (b->count == BOOKMARKS_MAX) return false;
    memmove(b->mark + i + 1, b->mark + i, (b->count++ - i) * sizeof *b->mark);
    b->mark[i] = (Bookmark){.seq = seq, .time_ns = time_ns};
    put_words(b->mark[i].words, words);
    return true;
}

const Bookmark *bookmarks_step(const Bookmarks *b, uint64_t seq, int direction) {
    size_t i = place_of(b, seq);
    if (direction < 0) return i > 0 ? &b->mark[i - 1] : NULL;
    if (i < b->count && b->mark[i].seq == seq) i++;
    return i < b->count ? &b->mark[i] : NULL;
}

/* ---------------------------------------------------------------- the file */

/* "cbf29ce484222325 1204 3473000 sysmon retook P1 from M3" */
static bool read_line(const char *line, uint64_t *run, Bookmark *m) {
    int n = 0;
    if (sscanf(line, "%16" SCNx64 " %20" SCNu64 " %20" SCNu64 " %n", run, &m->seq, &m->time_ns, &n) < 3 || n == 0 || m->seq == 0) return false;
    put_words(m->words, line + n);
    return true;
}

static const char *next_line(const char *line) {
    line += strcspn(line, "\n");
    return *line ? line + 1 : line;
}

void bookmarks_read(Bookmarks *b, uint64_t run, const char *path) {
    Diag d;
    *b = (Bookmarks){.run = run};
    char *text = path[0] ? keep_read(path, &d) : NULL;
    for (const char *line = text; line && *line; line = next_line(line)) {
        Bookmark m;
        uint64_t of;
        if (!read_line(line, &of, &m) || of != run) continue;
        size_t i = place_of(b, m.seq);
        if (i == b->count || b->mark[i].seq != m.seq) bookmarks_toggle(b, m.seq, m.time_ns, m.words);
    }
    free(text);
}

bool bookmarks_write(const Bookmarks *b, const char *path, Diag *d) {
    enum { LINES_MAX = 2000 };
    Diag ignored;
    char line[192];
    char *old = keep_read(path, &ignored), *text = NULL;
    size_t lines = 0, len = 0, cap = 0;
    for (const char *p = old; p && *p; p = next_line(p)) lines++;
    size_t drop = lines + b->count > LINES_MAX ? lines + b->count - LINES_MAX : 0;
    for (const char *p = old; p && *p; p = next_line(p)) {
        Bookmark m;
        uint64_t of;
        if (drop > 0 && drop--) continue;
        if (!read_line(p, &of, &m) || of == b->run) continue;
        int n = snprintf(line, sizeof line, "%016" PRIx64 " %" PRIu64 " %" PRIu64 " %s\n", of, m.seq, m.time_ns, m.words);
        GROW(text, cap, len + (size_t)n + 1);
        memcpy(text + len, line, (size_t)n + 1);
        len += (size_t)n;
    }
    for (size_t i = 0; i < b->count; i++) {
        const Bookmark *m = &b->mark[i];
        int n = snprintf(line, sizeof line, "%016" PRIx64 " %" PRIu64 " %" PRIu64 " %s\n", b->run, m->seq, m->time_ns, m->words);
        GROW(text, cap, len + (size_t)n + 1);
        memcpy(text + len, line, (size_t)n + 1);
        len += (size_t)n;
    }
    bool well = keep_write(path, text ? text : "", d);
    free(old);
    free(text);
    return well;
}

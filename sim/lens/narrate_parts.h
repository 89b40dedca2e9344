/* narrate_parts.h -- what the files of the narration share; nobody else includes it.
 *
 *   narrate.c          a run of ours
 *   narrate_memory.c   the heap and its collector, of both
 *   narrate_sync.c     package sync
 *   narrate_import.c   a trace of a real Go program, which says less, and some things of its own
 */
#ifndef FAULTLINE_NARRATE_PARTS_H
#define FAULTLINE_NARRATE_PARTS_H

#include "../event/place.h"
#include "narrate.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { NAME = 64 };
typedef unsigned long long Ull;

/* Tells the events that an imported trace alone has, and of the others those of which it says less. No headline
 * afterwards: it is told as in a run. */
void narrate_import(const Model *m, const Event *e, Narration *n);
/* The heap and its collector (narrate_memory.c). */
void narrate_memory(const Model *m, const Event *e, Narration *n);
void narrate_sync(const Model *m, const Event *e, Narration *n);

/* At most `max` bytes of a text, never half a letter: for %.*s. */
static inline int whole_letters(const char *text, int max) {
    int n = 0;
    while (n < max && text[n]) n++;
    while (n > 0 && text[n] && ((unsigned char)text[n] & 0xc0) == 0x80) n--;
    return n;
}

/* A name in the middle of a sentence: at most so many bytes of it; what does not fit ends in …, with a whole word if there
 * are several. At the end of a headline no name needs that: the headline itself is cut so. */
typedef struct {
    char text[256];
} Short;
static inline Short shortened(const char *text, int max) {
    Short s;
    int n = whole_letters(text, max);
    if (text[n]) {
        int blank = n = whole_letters(text, max - 1);
        while (blank > n / 3 && text[blank] != ' ') blank--; /* not so far back that nothing is left */
        if (text[blank] == ' ') n = blank;
    }
    snprintf(s.text, sizeof s.text, "%.*s%s", n, text, text[n] ? "…" : "");
    return s;
}
#define CUT(name, max) (shortened(name, max).text) /* lives until the end of the statement */

/* " at f in file:12", or "". */
static inline char *at(char buf[PLACE_TEXT_MAX + 8], const Model *m, uint64_t line) {
    char place[PLACE_TEXT_MAX];
    place_text(place, m->text, line);
    snprintf(buf, PLACE_TEXT_MAX + 8, "%s%s", place[0] ? " at " : "", place);
    return buf;
}

static inline const char *string(const Model *m, uint64_t id) { return intern_text(m->text, id); }

#define SETTER(field)                                                                              \
    static inline void field(Narration *n, const char *fmt, ...)                                   \
        __attribute__((format(printf, 2, 3)));                                                     \
    static inline void field(Narration *n, const char *fmt, ...) {                                 \
        va_list ap;                                                                                \
        va_start(ap, fmt);                                                                         \
        vsnprintf(n->field, sizeof n->field, fmt, ap);                                             \
        va_end(ap);                                                                                \
    }
SETTER(reason)
SETTER(function)
SETTER(detail)

/* A long name must not push the rest off the panel. */
static inline void headline(Narration *n, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static inline void headline(Narration *n, const char *fmt, ...) {
    char text[512], *end = text;
    size_t letters = 0;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    for (char *p = text; *p; p++) {
        if (((unsigned char)*p & 0xc0) == 0x80) continue;
        if (letters++ == HEADLINE_LETTERS - 1) end = p;
    }
    if (letters > HEADLINE_LETTERS) snprintf(end, sizeof "…", "…");
    snprintf(n->headline, sizeof n->headline, "%.*s", (int)sizeof n->headline - 1, text); /* letters have 4 bytes at most */
}

static inline const char *plural(uint64_t n) { return n == 1 ? "" : "s"; }

/* For headlines: without its name, if a text of `beside` letters has to stand beside it. */
static inline char *who(const Model *m, uint64_t g, size_t beside, char *buf, size_t size) {
    narrate_g(m, g, buf, size);
    if (strlen(buf) + beside > HEADLINE_LETTERS) snprintf(buf, size, "g%llu", (Ull)g);
    return buf;
}

/* The C function, or just C. */
static inline const char *in_c(const Model *m, uint64_t g) {
    const char *fn = g < m->g_count ? intern_text(m->text, m->g[g].fn) : "";
    return fn[0] ? fn : "C";
}

#endif

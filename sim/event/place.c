/* place.c -- stacks as strings, and a place in words. */
#include "place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads the frame at p; NULL = it is none. */
static const char *frame(const char *p, PlaceFrame *f) {
    const char *end = strchr(p, '\n'), *tab, *colon;
    if (end == NULL || (tab = memchr(p, '\t', (size_t)(end - p))) == NULL) return NULL;
    for (colon = tab; colon > p && *colon != ':'; colon--) continue;
    f->file = p;
    f->file_len = (int)(colon - p);
    f->line = *colon == ':' ? strtoull(colon + 1, NULL, 10) : 0;
    f->function = tab + 1;
    f->function_len = (int)(end - tab - 1);
    return end + 1;
}

bool place_frame(const Intern *text, uint64_t line, uint32_t depth, PlaceFrame *f) {
    if (!place_is_stack(line)) return false;
    const char *p = intern_text(text, line - PLACE_STACK);
    for (uint32_t i = 0; (p = frame(p, f)) != NULL; i++) {
        if (i == depth) return true;
    }
    return false;
}

bool place_begins(const PlaceFrame *f, const char *with) {
    size_t n = strlen(with);
    return (size_t)f->function_len >= n && memcmp(f->function, with, n) == 0;
}

/* Of the program itself: package main, or a path that begins with a host's name; Go's own packages have none.
 * cgo's wrappers are nobody's code. */
static bool is_users(const PlaceFrame *f) {
    const char *slash = memchr(f->function, '/', (size_t)f->function_len);
    if (memmem(f->function, (size_t)f->function_len, "._Cfunc_", 8) != NULL) return false;
    if (slash == NULL) return place_begins(f, "main.");
    return memchr(f->function, '.', (size_t)(slash - f->function)) != NULL;
}
static bool is_runtimes(const PlaceFrame *f) {
    return place_begins(f, "runtime.") || place_begins(f, "internal/") || place_begins(f, "sync.") || place_begins(f, "syscall.");
}

bool place_frame_user(const Intern *text, uint64_t line, PlaceFrame *f) {
    PlaceFrame g, second;
    bool above = false; /* the runtime: f or, better, `second` */
    if (!place_frame(text, line, 0, f)) return false;
    for (uint32_t i = 0; place_frame(text, line, i, &g); i++) {
        if (is_users(&g)) {
            *f = g;
            return true;
        }
        if (!above && !is_runtimes(&g)) {
            above = true;
            second = g;
        }
    }
    if (above) *f = second;
    return true;
}

char *place_text(char buf[PLACE_TEXT_MAX], const Intern *text, uint64_t line) {
    PlaceFrame f;
    buf[0] = '\0';
    if (place_frame_user(text, line, &f)) {
        int from = f.file_len;
        while (from > 0 && f.file[from - 1] != '/') from--;
        snprintf(buf, PLACE_TEXT_MAX, "%.*s:%llu", f.file_len - from, f.file + from, (unsigned long long)f.line);
    } else if (line != 0 && line < PLACE_STACK) {
        snprintf(buf, PLACE_TEXT_MAX, "%llu", (unsigned long long)line);
    }
    return buf;
}

char *place_in(char buf[PLACE_TEXT_MAX], const Intern *text, const char *scenario, uint64_t line) {
    char number[PLACE_TEXT_MAX];
    place_text(number, text, line);
    if (number[0] == '\0' || place_is_stack(line)) snprintf(buf, PLACE_TEXT_MAX, "%s", number);
    else if (scenario[0]) snprintf(buf, PLACE_TEXT_MAX, "%.128s:%.20s", scenario, number);
    else snprintf(buf, PLACE_TEXT_MAX, "line %.20s", number);
    return buf;
}

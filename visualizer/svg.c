/* svg.c -- only what is inside style="..." changes. Of an unknown writer all stays as it is. */
#include "svg.h"

#include <stdio.h>
#include <stdlib.h>

/* How a drawing begins, in SVG; and what is a space or a sign too many. */
static const char *const granted[] = {"stroke:none;",           "fill-rule:nonzero;",    "fill-opacity:1;",      "stroke-opacity:1;",
                                      "stroke-linecap:butt;",   "stroke-linejoin:miter;", "stroke-miterlimit:10;", " "};

static bool begins(const char *text, const char *end, const char *with) {
    size_t n = strlen(with);
    return (size_t)(end - text) >= n && memcmp(text, with, n) == 0;
}

/* rgb(100%,66.666667%,23.529412%): each share of 255 is a whole number. Returns how long it was, 0 if it is none. */
static size_t short_colour(Bytes *b, const char *text, const char *end) {
    char hex[8], *at = NULL;
    unsigned part[3];
    if (!begins(text, end, "rgb(")) return 0;
    const char *p = text + 4;
    for (int i = 0; i < 3; i++) {
        unsigned whole = (unsigned)strtoul(p, &at, 10), millionths = 0, unit = 100000;
        if (*at == '.') {
            for (at++; *at >= '0' && *at <= '9'; at++, unit /= 10) millionths += (unsigned)(*at - '0') * unit;
        }
        if (whole > 100 || *at != '%') return 0;
        part[i] = (unsigned)(((whole * 1000000ull + millionths) * 255 + 50000000) / 100000000);
        p = at + 2;
    }
    if (at[1] != ')' || p > end) return 0;
    bytes_add(b, hex, (size_t)snprintf(hex, sizeof hex, "#%02x%02x%02x", part[0] & 255, part[1] & 255, part[2] & 255));
    return (size_t)(p - text);
}

static size_t granted_length(const char *text, const char *end) {
    for (size_t i = 0; i < ARRAY_LEN(granted); i++) {
        if (begins(text, end, granted[i])) return strlen(granted[i]);
    }
    return 0;
}

static void shorten_style(Bytes *b, const char *text, const char *end) {
    size_t n;
    for (bool first = true; text < end; text += n) { /* of a declaration */
        n = first ? granted_length(text, end) : 0;
        if (n > 0) continue;
        n = short_colour(b, text, end);
        if (n == 0) bytes_add(b, text, n = 1);
        first = text[n - 1] == ';';
    }
}

void svg_shorten(Bytes *b, const char *text, size_t len) {
    static const char style[] = "style=\"";
    for (const char *end = text + len; text < end;) {
        const char *found = memmem(text, (size_t)(end - text), style, sizeof style - 1);
        const char *from = found ? found + sizeof style - 1 : end, *to = found ? memchr(from, '"', (size_t)(end - from)) : end;
        if (to == NULL) from = to = end;
        bytes_add(b, text, (size_t)(from - text));
        shorten_style(b, from, to);
        text = to;
    }
}

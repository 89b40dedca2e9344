/* diag.c -- errors as values, and the one place that prints them. */
#include "diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void fill(Diag *d, int status, const char *file, int line, int column, const char *fmt,
                 va_list ap) {
    memset(d, 0, sizeof *d);
    d->status = status;
    snprintf(d->file, sizeof d->file, "%s", file ? file : "");
    d->line = line;
    d->column = column;
    vsnprintf(d->message, sizeof d->message, fmt, ap);
}

bool diag_fail(Diag *d, int status, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    fill(d, status, NULL, 0, 0, fmt, ap);
    va_end(ap);
    return false;
}

bool diag_fail_at(Diag *d, int status, const char *file, int line, int column, const char *fmt,
                  ...) {
    va_list ap;
    va_start(ap, fmt);
    fill(d, status, file, line, column, fmt, ap);
    va_end(ap);
    return false;
}

bool diag_remedy(Diag *d, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(d->remedy, sizeof d->remedy, fmt, ap);
    va_end(ap);
    return false;
}

void diag_excerpt(Diag *d, const char *source) {
    d->excerpt[0] = '\0';
    if (source == NULL || d->line < 1) return;
    const char *p = source;
    for (int line = 1; line < d->line; line++) {
        p = strchr(p, '\n');
        if (p == NULL) return;
        p++;
    }
    size_t n = strcspn(p, "\r\n");
    if (n >= sizeof d->excerpt) n = sizeof d->excerpt - 1;
    memcpy(d->excerpt, p, n);
    d->excerpt[n] = '\0';
    for (char *c = d->excerpt; *c; c++) {
        if (*c == '\t') *c = ' '; /* so that the caret stands under its column */
    }
}

/* ---- plain text ---- */

/* How many bytes the letter at `s` has by its first one, 0 if none begins so; its bits in *code. */
static size_t letter_length(const unsigned char *s, uint32_t *code) {
    size_t n = s[0] < 0x80   ? 1
               : s[0] < 0xc2 ? 0
               : s[0] < 0xe0 ? 2
               : s[0] < 0xf0 ? 3
               : s[0] < 0xf5 ? 4
                             : 0;
    *code = n < 2 ? s[0] : s[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80) return 0;
        *code = *code << 6 | (s[i] & 0x3fu);
    }
    bool too_long = (n == 3 && *code < 0x800) || (n == 4 && *code < 0x10000);
    bool no_letter = (*code >= 0xd800 && *code < 0xe000) || *code > 0x10ffff;
    return too_long || (n > 1 && no_letter) ? 0 : n;
}

size_t plain_letter(char out[PLAIN_LETTER_MAX], const char *text) {
    uint32_t code;
    out[0] = '\0';
    if (text[0] == '\0') return 0;
    size_t n = letter_length((const unsigned char *)text, &code);
    if (n == 0) {
        memcpy(out, "\xef\xbf\xbd", 4);
        return 1;
    }
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) {
        snprintf(out, PLAIN_LETTER_MAX, code < 0x80 ? "\\x%02x" : "\\u%04x", (unsigned)code);
        return n;
    }
    memcpy(out, text, n);
    out[n] = '\0';
    return n;
}

char *plain_text(char *buf, size_t size, const char *text) {
    char letter[PLAIN_LETTER_MAX];
    size_t len = 0;
    for (size_t n; (n = plain_letter(letter, text)) > 0; text += n) {
        if (*text == '\n' || *text == '\t') memcpy(letter, " ", 2);
        if (len + strlen(letter) >= size) break;
        memcpy(buf + len, letter, strlen(letter));
        len += strlen(letter);
    }
    buf[len] = '\0';
    return buf;
}

void diag_print(const Diag *diag, void *stream) {
    FILE *out = stream;
    Diag copy = *diag, *d = &copy;
    plain_text(d->file, sizeof d->file, diag->file);
    plain_text(d->message, sizeof d->message, diag->message);
    plain_text(d->excerpt, sizeof d->excerpt, diag->excerpt);
    plain_text(d->remedy, sizeof d->remedy, diag->remedy);
    if (d->file[0]) {
        fprintf(out, "%s:", d->file);
        if (d->line) fprintf(out, "%d:", d->line);
        if (d->line && d->column) fprintf(out, "%d:", d->column);
        fprintf(out, " error: %s\n", d->message);
    } else {
        fprintf(out, "faultline: %s\n", d->message);
    }
    if (d->excerpt[0]) {
        fprintf(out, "    %s\n", d->excerpt);
        if (d->column > 0) fprintf(out, "    %*s^\n", d->column - 1, "");
    }
    if (d->remedy[0]) fprintf(out, "  %s\n", d->remedy);
}

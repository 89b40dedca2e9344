/* html.c -- letters into a page. */
#include "html.h"

#include "../sim/base/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void html(Bytes *b, const char *ours) { bytes_add(b, ours, strlen(ours)); }

void html_form(Bytes *b, const char *fmt, ...) {
    char text[1024];
    va_list args;
    va_start(args, fmt);
    int len = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    ASSERT(len >= 0 && (size_t)len < sizeof text); /* numbers and names of ours */
    bytes_add(b, text, (size_t)len);
}

static const char *entity(const char *letter) {
    switch (letter[0]) {
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '&': return "&amp;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return letter;
    }
}

/* Adds a letter; returns how many bytes of the text it was, 0 at the end. A newline and a tab are spaces. */
static size_t put_letter(Bytes *b, const char *text) {
    char letter[PLAIN_LETTER_MAX];
    size_t n = plain_letter(letter, text);
    if (n == 0) return 0;
    html(b, *text == '\n' || *text == '\t' ? " " : entity(letter));
    return n;
}

void html_text(Bytes *b, const char *text) {
    for (size_t n; (n = put_letter(b, text)) > 0;) text += n;
}

void html_bytes(Bytes *b, const char *text, size_t len) {
    char *copy = mem_zero(len + 1, 1);
    memcpy(copy, text, len);
    html_text(b, copy);
    free(copy);
}

static void prose(Bytes *b, const char *text, const char *const mark[2]) {
    size_t n, marks = 0;
    for (; *text; text += n) {
        n = 2;
        if (strncmp(text, "**", 2) == 0) html(b, mark[marks++ % 2]);
        else n = put_letter(b, text);
    }
    if (marks % 2) html(b, mark[1]);
}

void html_prose(Bytes *b, const char *text) {
    static const char *const bold[] = {"<b>", "</b>"};
    prose(b, text, bold);
}

void html_plain(Bytes *b, const char *text) {
    static const char *const none[] = {"", ""};
    prose(b, text, none);
}

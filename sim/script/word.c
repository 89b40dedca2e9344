/* word.c -- where the words of a Lua source begin and end, by the rules of Lua 5.4's own reader. */
#include "word.h"

#include <ctype.h>
#include <string.h>

/* Past a long bracket, [[...]] or [==[...]==], if one begins here; else `p` itself. */
static const char *long_bracket(const char *p) {
    if (p[0] != '[') return p;
    size_t level = strspn(p + 1, "=");
    if (p[1 + level] != '[') return p;
    for (p += level + 2; *p != '\0'; p++) {
        if (*p == ']' && strspn(p + 1, "=") == level && p[1 + level] == ']') return p + level + 2;
    }
    return p;
}

static const char *skip_space(const char *p) {
    for (;;) {
        p += strspn(p, " \t\r\n\v\f");
        if (p[0] != '-' || p[1] != '-') return p;
        const char *past = long_bracket(p + 2);
        p = past > p + 2 ? past : p + 2 + strcspn(p + 2, "\r\n");
    }
}

static bool is_name_char(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* 3, 0.5e-7, 0x.1p+4: what Lua reads on, too, to find that it is no number. */
static const char *number_end(const char *p) {
    const char *exponent = p[0] == '0' && (p[1] == 'x' || p[1] == 'X') ? "pP" : "eE";
    while (is_name_char(*p) || *p == '.') {
        bool sign = *p == exponent[0] || *p == exponent[1];
        p++;
        if (sign && (*p == '+' || *p == '-')) p++;
    }
    return p;
}

static const char *text_end(const char *p) {
    char quote = *p++;
    for (; *p != '\0' && *p != quote; p++) p += *p == '\\' && p[1] != '\0';
    return *p == quote ? p + 1 : p;
}

static const char *sign_end(const char *p) {
    static const char *const longer[] = {
        "...", "..", "==", "~=", "<=", ">=", "//", "::", "<<", ">>"};
    for (size_t i = 0; i < ARRAY_LEN(longer); i++) {
        size_t len = strlen(longer[i]);
        if (strncmp(p, longer[i], len) == 0) return p + len;
    }
    return p + 1;
}

static const char *word_end(const char *p) {
    if (*p == '\0') return p;
    if (isdigit((unsigned char)*p) || (*p == '.' && isdigit((unsigned char)p[1])))
        return number_end(p);
    if (*p == '"' || *p == '\'') return text_end(p);
    if (!is_name_char(*p)) {
        const char *past = long_bracket(p);
        return past > p ? past : sign_end(p);
    }
    while (is_name_char(*p)) p++;
    return p;
}

/* The word that begins behind `from`, which stands in that line. \r\n and \n\r are one end of a line. */
static Word next_word(const char *from, const char *rest, uint32_t line) {
    const char *at = skip_space(rest);
    for (const char *p = from; p < at; p++) {
        if (*p != '\n' && *p != '\r') continue;
        line++;
        if (p + 1 < at && (p[1] == '\n' || p[1] == '\r') && p[1] != *p) p++;
    }
    return (Word){at, word_end(at), line};
}

Word word_first(const char *source) { return next_word(source, source, 1); }

Word word_after(Word w) { return next_word(w.at, w.end, w.line); }

bool word_is(Word w, const char *text) {
    size_t len = strlen(text);
    return (size_t)(w.end - w.at) == len && memcmp(w.at, text, len) == 0;
}

bool word_same(Word a, Word b) {
    return a.end - a.at == b.end - b.at && memcmp(a.at, b.at, (size_t)(a.end - a.at)) == 0;
}

bool word_is_text(Word w) {
    return w.at < w.end && (*w.at == '"' || *w.at == '\'' || (*w.at == '[' && w.end > w.at + 1));
}

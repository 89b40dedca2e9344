/* lua_ink.c -- just enough of Lua's words to colour a line of source. */
#include "lua_ink.h"

#include <ctype.h>
#include <string.h>

static bool is_keyword(const char *word, size_t len) {
    static const char *const keywords[] = {"and",   "break", "do",       "else", "elseif", "end",
                                           "false", "for",   "function", "goto", "if",     "in",
                                           "local", "nil",   "not",      "or",   "repeat", "return",
                                           "then",  "true",  "until",    "while"};
    for (size_t i = 0; i < ARRAY_LEN(keywords); i++) {
        if (strlen(keywords[i]) == len && memcmp(keywords[i], word, len) == 0) return true;
    }
    return false;
}

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_'; }

static size_t string_end(const char *line, size_t len, size_t from) {
    size_t i = from + 1;
    while (i < len && line[i] != line[from]) i += line[i] == '\\' ? 2 : 1;
    return i < len ? i + 1 : len;
}

/* The end of the piece that begins at `from`, and its colour. */
static size_t piece_end(const char *line, size_t len, size_t from, Tint *tint) {
    size_t i = from;
    *tint = TINT_T1;
    if (line[i] == '-' && i + 1 < len && line[i + 1] == '-') {
        *tint = TINT_LUA_COM;
        return len;
    }
    if (line[i] == '"' || line[i] == '\'') {
        *tint = TINT_LUA_STR;
        return string_end(line, len, i);
    }
    if (is_word(line[i])) {
        while (i < len &&
               (is_word(line[i]) || (isdigit((unsigned char)line[from]) && line[i] == '.')))
            i++;
        if (isdigit((unsigned char)line[from])) *tint = TINT_LUA_NUM;
        else if (is_keyword(line + from, i - from)) *tint = TINT_LUA_KEY;
        return i;
    }
    return i + 1;
}

size_t lua_ink(const char *line, size_t len, InkPiece *pieces, size_t most) {
    size_t count = 0;
    for (size_t i = 0; i < len;) {
        Tint tint;
        size_t end = piece_end(line, len, i, &tint);
        bool same = count > 0 && (pieces[count - 1].tint == tint || count == most);
        if (same) pieces[count - 1].len += end - i;
        else pieces[count++] = (InkPiece){i, end - i, tint};
        i = end;
    }
    return count;
}

/* buildlog.c -- the first error in what an OpenCL compiler said (the idea is in buildlog.h). */
#include "buildlog.h"

#include <stdio.h>
#include <string.h>

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Reads digits at *p into *value; false when there are none, or more than a line number has. */
static bool read_number(const char **p, const char *end, int *value) {
    const char *begin = *p;
    *value = 0;
    while (*p < end && is_digit(**p) && *p - begin < 8) *value = *value * 10 + (*(*p)++ - '0');
    return *p > begin && !(*p < end && is_digit(**p));
}

/* ":3:10:" or ":3:" or ", line 3:" somewhere in [p, end). *after is what follows it. */
static bool find_place(const char *p, const char *end, BuildError *error, const char **after) {
    static const char words[] = ", line ";
    for (; p < end; p++) {
        const char *q = p;
        if (*p == ':') {
            q += 1;
        } else if ((size_t)(end - p) > sizeof words && memcmp(p, words, sizeof words - 1) == 0) {
            q += sizeof words - 1;
        } else {
            continue;
        }
        int line, column = 0;
        if (!read_number(&q, end, &line) || line == 0 || q == end || *q != ':') continue;
        const char *r = q + 1;
        if (read_number(&r, end, &column) && r < end && *r == ':') {
            q = r;
        } else {
            column = 0;
        }
        error->line = line;
        error->column = column;
        *after = q + 1;
        return true;
    }
    return false;
}

static const char *find(const char *p, const char *end, const char *text) {
    size_t length = strlen(text);
    for (; p + length <= end; p++) {
        if (memcmp(p, text, length) == 0) return p;
    }
    return NULL;
}

/* One line, without blanks at its beginning. */
static void copy_line(char *out, size_t size, const char *p, const char *end) {
    while (p < end && (*p == ' ' || *p == '\t')) p++;
    snprintf(out, size, "%.*s", (int)(end - p < 500 ? end - p : 500), p);
}

/* The message stands behind both the place and the word, whichever comes first. */
static void read_line(BuildError *error, const char *p, const char *word, const char *end) {
    const char *message = word + strlen("error:");
    const char *after;
    if (find_place(p, end, error, &after) && after > message) message = after;
    error->unnamed = find(p, word, "<kernel>:") != NULL;
    copy_line(error->message, sizeof error->message, message, end);
}

static const char *line_end(const char *p) { return p + strcspn(p, "\r\n"); }

/* The first lines that are not empty, side by side. */
static void copy_first_lines(char *out, size_t size, const char *log) {
    size_t length = 0;
    int lines = 0;
    out[0] = '\0';
    for (const char *p = log; *p && lines < 3 && length + 1 < size; p = *p ? p + 1 : p) {
        const char *end = line_end(p);
        if (end > p && length < size) {
            if (lines++) length += (size_t)snprintf(out + length, size - length, " / ");
            if (length < size) copy_line(out + length, size - length, p, end);
            length += strlen(out + length);
        }
        p = end;
    }
}

void buildlog_read(BuildError *error, const char *log) {
    *error = (BuildError){0};
    for (const char *p = log; *p; p = *p ? p + 1 : p) {
        const char *end = line_end(p);
        const char *word = find(p, end, "error:");
        if (word && error->errors++ == 0) read_line(error, p, word, end);
        p = end;
    }
    if (error->errors == 0) copy_first_lines(error->message, sizeof error->message, log);
}

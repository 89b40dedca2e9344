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

void diag_print(const Diag *d, void *stream) {
    FILE *out = stream;
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

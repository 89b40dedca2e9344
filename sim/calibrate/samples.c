/* samples.c -- sets of samples, and their statistics. */
#include "samples.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void samples_add(Samples *s, double ns) {
    GROW(s->ns, s->cap, s->count + 1);
    s->ns[s->count++] = ns;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double samples_quantile(const Samples *s, double q) {
    ASSERT(s->count > 0);
    double *sorted = mem_alloc(s->count * sizeof *sorted);
    memcpy(sorted, s->ns, s->count * sizeof *sorted);
    qsort(sorted, s->count, sizeof *sorted, by_value);
    double at = q * (double)(s->count - 1); /* between two samples: in proportion */
    size_t below = (size_t)at;
    double value = sorted[below];
    if (below + 1 < s->count) value += (at - (double)below) * (sorted[below + 1] - sorted[below]);
    free(sorted);
    return value;
}

const Samples *measured_find(const Measured *m, const char *name) {
    for (size_t i = 0; i < m->count; i++) {
        if (strcmp(m->set[i].name, name) == 0) return m->set[i].count > 0 ? &m->set[i] : NULL;
    }
    return NULL;
}

Samples *measured_set(Measured *m, const char *name) {
    for (size_t i = 0; i < m->count; i++) {
        if (strcmp(m->set[i].name, name) == 0) return &m->set[i];
    }
    GROW(m->set, m->cap, m->count + 1);
    Samples *s = &m->set[m->count++];
    snprintf(s->name, sizeof s->name, "%s", name);
    return s;
}

bool measured_line(Measured *m, const char *line) {
    char name[sizeof m->set->name];
    size_t len = strcspn(line, " \n");
    if (len == 0 || len >= sizeof name) return false;
    memcpy(name, line, len);
    name[len] = '\0';
    for (const char *p = line + len; *p != '\0' && *p != '\n';) { /* all of it, before any is taken */
        char *end;
        double ns = strtod(p, &end);
        if (end == p || !isfinite(ns) || ns < 0) return false;
        p = end;
    }
    Samples *s = measured_set(m, name);
    for (const char *p = line + len; *p != '\0' && *p != '\n';) {
        char *end;
        samples_add(s, strtod(p, &end));
        p = end;
    }
    return true;
}

void measured_free(Measured *m) {
    for (size_t i = 0; i < m->count; i++) free(m->set[i].ns);
    free(m->set);
    *m = (Measured){0};
}

double error_percent(double predicted, double measured) {
    return measured > 0 ? (predicted - measured) / measured * 100 : 0;
}

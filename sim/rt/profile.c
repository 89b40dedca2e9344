/* profile.c -- reading a cost profile, line by line. */
#include "profile.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    const char *path, *text;
    int line;
    const char *begin, *end; /* of the line, without comment and space around it */
    Diag *d;
} Line;

static const char *trim(const char *begin, const char *end) {
    while (end > begin && isspace((unsigned char)end[-1])) end--;
    return end;
}

/* The row of this name; COST_COUNT when there is none. */
static size_t find(const char *name, size_t len) {
    size_t i = 0;
    while (i < COST_COUNT && (strlen(cost_spec[i].name) != len || memcmp(cost_spec[i].name, name, len) != 0)) i++;
    return i;
}

static bool wrong(const Line *l, const char *at, const char *what, const char *remedy) {
    const char *begin = l->text;
    for (int i = 1; i < l->line; i++) begin = strchr(begin, '\n') + 1;
    diag_fail_at(l->d, EXIT_WORLD, l->path, l->line, (int)(at - begin) + 1, "%s", what);
    diag_excerpt(l->d, l->text);
    return diag_remedy(l->d, "%s", remedy);
}

static bool unknown(const Line *l, size_t len) {
    char what[128], remedy[sizeof l->d->remedy];
    size_t n = 0;
    snprintf(what, sizeof what, "there is no cost called %.*s", len < 64 ? (int)len : 64, l->begin);
    for (size_t i = 0; i < COST_COUNT && n < sizeof remedy; i++)
        n += (size_t)snprintf(remedy + n, sizeof remedy - n, "%s%s", i ? ", " : "There are: ", cost_spec[i].name);
    if (n + 1 < sizeof remedy) memcpy(remedy + n, ".", 2);
    return wrong(l, l->begin, what, remedy);
}

static bool parse_line(Profile *p, const Line *l) {
    const char *equals = memchr(l->begin, '=', (size_t)(l->end - l->begin));
    if (equals == NULL)
        return wrong(l, l->begin, "a cost and its value are wanted", "For example: thread_wake=5000, in nanoseconds.");
    size_t len = (size_t)(trim(l->begin, equals) - l->begin), row = find(l->begin, len);
    if (row == COST_COUNT) return unknown(l, len);
    const char *value = equals + 1;
    while (value < l->end && isspace((unsigned char)*value)) value++;
    size_t digits = 0;
    while (value + digits < l->end && isdigit((unsigned char)value[digits])) digits++;
    uint64_t ns = digits > 0 && digits <= 19 ? strtoull(value, NULL, 10) : UINT64_MAX;
    if (value + digits != l->end || ns > COST_MAX_NS) {
        char what[160];
        bool picoseconds = cost_in_picoseconds(&cost_spec[row]);
        snprintf(what, sizeof what, "%s is a whole number of %s, at most %llu", cost_spec[row].name,
                 picoseconds ? "picoseconds" : "nanoseconds", (unsigned long long)COST_MAX_NS);
        return wrong(l, value, what, "");
    }
    if (p->line[row] > 0) {
        char what[128];
        snprintf(what, sizeof what, "%s was given before, in line %u", cost_spec[row].name, p->line[row]);
        return wrong(l, l->begin, what, "Keep one of the two.");
    }
    p->ns[row] = ns;
    p->line[row] = (uint32_t)l->line;
    return true;
}

bool profile_parse(Profile *p, const char *path, const char *text, Diag *d) {
    *p = (Profile){0};
    Line l = {.path = path, .text = text, .d = d};
    for (const char *next = text; *next;) {
        l.line++;
        l.begin = next;
        l.end = next + strcspn(next, "\n#");
        next += strcspn(next, "\n");
        next += *next == '\n';
        while (l.begin < l.end && isspace((unsigned char)*l.begin)) l.begin++;
        l.end = trim(l.begin, l.end);
        if (l.begin < l.end && !parse_line(p, &l)) return false;
    }
    return true;
}

void profile_apply(const Profile *p, Costs *c) {
    for (size_t i = 0; i < COST_COUNT; i++) {
        if (p->line[i] > 0) c->ns[i] = p->ns[i];
    }
}

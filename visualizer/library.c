/* library.c -- listing folders, and looking for two lines in each file. */
#include "library.h"

#include "../sim/base/own.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- one file */

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* The text between the quotes of the first KEY = "..."; false: there is none. */
static bool text_after(const char *source, const char *key, char *buf, size_t size) {
    size_t n = strlen(key);
    for (const char *p = source; (p = strstr(p, key)) != NULL; p += n) {
        if ((p > source && is_word(p[-1])) || is_word(p[n])) continue;
        const char *q = p + n + strspn(p + n, " \t");
        if (*q++ != '=') continue;
        q += strspn(q, " \t\n\r");
        if (*q != '"' && *q != '\'') continue;
        char quote = *q++;
        size_t at = 0;
        for (; *q && *q != quote && *q != '\n' && at + 1 < size; q++) buf[at++] = *q;
        while (at > 0 && *q != quote && ((unsigned char)buf[at - 1] & 0xc0) == 0x80) at--; /* no half letter */
        buf[at] = '\0';
        return at > 0;
    }
    return false;
}

/* Where scenario { ... } begins; NULL: nowhere. */
static const char *declaration(const char *source) {
    for (const char *p = source; p && *p; p = strchr(p, '\n'), p += p ? 1 : 0) {
        if (strncmp(p, "scenario", 8) == 0 && p[8 + strspn(p + 8, " \t\r\n")] == '{') return p;
    }
    return NULL;
}

enum { HEAD_MAX = 16384 }; /* its head is enough: a scenario says first what it is */

char *library_text(const char *path, size_t most) {
    FILE *f = fopen(path, "rb");
    if (f == NULL) return NULL;
    char *text = mem_zero(1, most + 1);
    size_t n = fread(text, 1, most, f);
    fclose(f);
    text[n] = '\0';
    return text;
}

static void add_file(Library *l, const char *folder, const char *name, bool field) {
    char path[4096];
    LibraryRow r = {.field = field};
    size_t n = strlen(name);
    if (!text_ends(name, ".lua")) return;
    if (snprintf(path, sizeof path, "%s%s", folder, name) >= (int)sizeof path) return;
    char *head = library_text(path, HEAD_MAX);
    const char *says = head ? declaration(head) : NULL;
    if (says != NULL && text_after(says, "title", r.title, sizeof r.title)) {
        text_after(says, "book", r.book, sizeof r.book);
        snprintf(r.file, sizeof r.file, "%.*s", (int)(n - 4 < 63 ? n - 4 : 63), name);
        r.path = mem_text(path);
        GROW(l->row, l->cap, l->count + 1);
        l->row[l->count++] = r;
    }
    free(head);
}

static void read_folder(Library *l, const char *folder, bool field) {
    DIR *d = opendir(folder);
    if (d == NULL) return;
    for (struct dirent *e; (e = readdir(d)) != NULL;) add_file(l, folder, e->d_name, field);
    closedir(d);
}

/* ---------------------------------------------------------------- all of them */

/* 18.2.10 comes after 18.2.9. */
static int by_section(const char *a, const char *b) {
    while (*a && *b) {
        char *end_a, *end_b;
        unsigned long x = strtoul(a, &end_a, 10), y = strtoul(b, &end_b, 10);
        if (end_a == a || end_b == b) break;
        if (x != y) return x < y ? -1 : 1;
        a = end_a + (*end_a == '.');
        b = end_b + (*end_b == '.');
    }
    return strcmp(a, b);
}

/* Whatever order the folder is listed in. */
static int by_place(const void *a, const void *b) {
    const LibraryRow *x = a, *y = b;
    if (x->field != y->field) return x->field ? 1 : -1;
    int section = by_section(x->book, y->book);
    return section ? section : strcmp(x->path, y->path);
}

void library_read(Library *l, const char *folder) {
    char museum[4096];
    *l = (Library){0};
    read_folder(l, folder, false);
    if (snprintf(museum, sizeof museum, "%smuseum/", folder) < (int)sizeof museum) read_folder(l, museum, true);
    if (l->count > 0) qsort(l->row, l->count, sizeof *l->row, by_place);
}

const char *library_folder(char *buf, size_t size) {
    own_find("scenarios", "", buf, size);
    return buf;
}

void library_free(Library *l) {
    for (size_t i = 0; i < l->count; i++) free(l->row[i].path);
    free(l->row);
    *l = (Library){0};
}

bool library_matches(const LibraryRow *r, const char *text) {
    return strcasestr(r->title, text) || strcasestr(r->file, text) || strcasestr(r->book, text);
}

/* front.c -- choosing a scenario, and having it run, or a trace imported, by the other program. */
#include "front.h"

#include "typed.h"

#include "../sim/event/trace.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 1 << 20 }; /* of a scenario that is wrong: more need not be shown */

static void forget_wrong(Front *f) {
    free(f->source);
    f->source = NULL;
    f->line = 0;
    f->words[0] = '\0';
}

void front_free(Front *f) {
    forget_wrong(f);
    library_free(&f->library);
    rerun_free(f->run);
    for (size_t i = 0; i < f->shown_count; i++) rerun_free(f->shown[i]);
    free(f->shown);
    *f = (Front){0};
}

void front_list(Front *f) {
    char folder[4096];
    forget_wrong(f);
    f->state = FRONT_LIST;
    if (!f->listed) library_read(&f->library, library_folder(folder, sizeof folder));
    f->listed = true;
}

/* ---------------------------------------------------------------- the list */

const LibraryRow *front_row(const Front *f, size_t n) {
    for (size_t i = 0; i < f->library.count; i++) {
        const LibraryRow *r = &f->library.row[i];
        if (library_matches(r, f->filter) && n-- == 0) return r;
    }
    return NULL;
}

size_t front_count(const Front *f) {
    size_t n = 0;
    for (size_t i = 0; i < f->library.count; i++) n += library_matches(&f->library.row[i], f->filter);
    return n;
}

static void choose(Front *f, long n) {
    long last = (long)front_count(f) - 1, page = f->page > 0 ? (long)f->page : 1;
    if (n > last) n = last;
    if (n < 0) n = 0;
    f->chosen = (size_t)n;
    if (n < (long)f->first) f->first = (size_t)n;
    if (n >= (long)f->first + page) f->first = (size_t)(n - page + 1);
}

void front_scroll(Front *f, int down) {
    long most = (long)front_count(f) - (long)f->page, first = (long)f->first + down;
    if (first > most) first = most;
    f->first = first > 0 ? (size_t)first : 0;
}

void front_type(Front *f, const char *text) {
    if (f->state != FRONT_LIST || (f->filter[0] == '\0' && strcmp(text, " ") == 0)) return;
    if (typed_add(f->filter, sizeof f->filter, text)) f->first = f->chosen = 0;
}

static void filter_back(Front *f) {
    typed_back(f->filter);
    f->first = f->chosen = 0;
}

/* ---------------------------------------------------------------- running one */

static void name_it(Front *f, const char *path) {
    const char *slash = strrchr(path, '/');
    snprintf(f->name, sizeof f->name, "%s", slash ? slash + 1 : path);
}

void front_open(Front *f, const char *path) {
    Diag d;
    forget_wrong(f);
    name_it(f, path);
    f->imports = trace_is_of_go(path);
    f->mib = 0;
    if (!text_ends(path, ".lua") && !f->imports) {
        snprintf(f->wants, sizeof f->wants, "%s", path);
        return;
    }
    rerun_free(f->run);
    f->run = NULL;
    f->state = FRONT_LIST;
    if (f->imports ? rerun_import(&f->run, path, &d) : rerun_start(&f->run, path, NULL, 0, &d)) {
        f->state = FRONT_RUNS;
        f->source = mem_text(path); /* its path, until it is known to be wrong */
    } else {
        snprintf(f->words, sizeof f->words, "%s", d.message);
    }
}

void front_opened(Front *f, const char *why) {
    f->wants[0] = '\0';
    if (why == NULL) {
        if (f->run) {
            GROW(f->shown, f->shown_cap, f->shown_count + 1);
            f->shown[f->shown_count++] = f->run;
        }
        f->run = NULL;
        forget_wrong(f);
    } else {
        snprintf(f->words, sizeof f->words, "%s", why);
    }
    f->state = FRONT_LIST;
}

/* FILE:LINE: error: ... */
static uint64_t line_in(const char *words, const char *path) {
    size_t n = strlen(path);
    const char *at = strncmp(words, path, n) == 0 && words[n] == ':' ? words + n + 1 : NULL;
    return at && isdigit((unsigned char)*at) ? strtoull(at, NULL, 10) : 0;
}

static void went_wrong(Front *f) {
    char *path = f->source;
    f->state = FRONT_WRONG;
    snprintf(f->words, sizeof f->words, "%s", rerun_words(f->run));
    f->line = line_in(f->words, path);
    f->source = f->imports ? NULL : library_text(path, TEXT_MAX);
    free(path);
    rerun_free(f->run);
    f->run = NULL;
}

bool front_tick(Front *f) {
    if (f->state != FRONT_RUNS || f->wants[0]) return false;
    RerunState state = rerun_poll(f->run);
    uint64_t mib = f->mib;
    f->mib = rerun_bytes(f->run) >> 20;
    if (state == RERUN_RUNS) return f->mib != mib;
    if (state == RERUN_FAILED) went_wrong(f);
    else snprintf(f->wants, sizeof f->wants, "%s", rerun_path(f->run));
    return true;
}

/* ---------------------------------------------------------------- keys */

static void stop_run(Front *f) {
    rerun_free(f->run);
    f->run = NULL;
    front_list(f);
}

static bool list_key(Front *f, const char *name) {
    long page = f->page > 1 ? (long)f->page - 1 : 1, at = (long)f->chosen;
    const LibraryRow *r = front_row(f, f->chosen);
    if (strcmp(name, "Down") == 0) choose(f, at + 1);
    else if (strcmp(name, "Up") == 0) choose(f, at - 1);
    else if (strcmp(name, "PageDown") == 0) choose(f, at + page);
    else if (strcmp(name, "PageUp") == 0) choose(f, at - page);
    else if (strcmp(name, "Home") == 0) choose(f, 0);
    else if (strcmp(name, "End") == 0) choose(f, (long)f->library.count);
    else if (strcmp(name, "Backspace") == 0) filter_back(f);
    else if (strcmp(name, "Escape") == 0 && f->filter[0]) f->filter[0] = '\0', f->first = f->chosen = 0;
    else if (strcmp(name, "Return") == 0 && r) front_open(f, r->path);
    else return false;
    return true;
}

bool front_key(Front *f, const char *name) {
    if (f->state == FRONT_LIST) return list_key(f, name);
    if (strcmp(name, "Escape") != 0 && !(f->state == FRONT_WRONG && strcmp(name, "Return") == 0)) return false;
    stop_run(f);
    return true;
}

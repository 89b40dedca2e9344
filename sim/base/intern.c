/* intern.c -- text to small id and back, on uthash. Nothing iterates the hash: order is by id. */
#include "intern.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

typedef struct {
    UT_hash_handle hh;
    uint64_t id;
    size_t len;
    char text[];
} Entry;

struct Intern {
    Entry *by_text;
    Entry **by_id;
    size_t count;
    size_t cap;
};

Intern *intern_new(void) { return mem_zero(1, sizeof(Intern)); }

void intern_free(Intern *in) {
    if (in == NULL) return;
    HASH_CLEAR(hh, in->by_text);
    for (size_t i = 0; i < in->count; i++) free(in->by_id[i]);
    free(in->by_id);
    free(in);
}

uint64_t intern_id_n(Intern *in, const char *text, size_t len) {
    Entry *e;
    HASH_FIND(hh, in->by_text, text, len, e);
    if (e == NULL) {
        e = mem_zero(1, sizeof *e + len + 1);
        memcpy(e->text, text, len);
        e->len = len;
        e->id = in->count;
        GROW(in->by_id, in->cap, in->count + 1);
        in->by_id[in->count++] = e;
        HASH_ADD_KEYPTR(hh, in->by_text, e->text, e->len, e);
    }
    return e->id;
}

uint64_t intern_id(Intern *in, const char *text) { return intern_id_n(in, text, strlen(text)); }

const char *intern_text(const Intern *in, uint64_t id) {
    return id < in->count ? in->by_id[id]->text : "";
}

uint64_t intern_count(const Intern *in) { return in->count; }

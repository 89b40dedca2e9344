/* idmap.c -- ids to indices, by linear probing; see idmap.h. */
#include "idmap.h"

#include <stdlib.h>

enum { PLACES_MIN = 64, PLACES_KEPT = 64 * 1024 };

static size_t place_of(const IdMap *m, uint64_t id) {
    size_t at = idmap_mix(id) & (m->places - 1);
    while (m->entry[at].index != IDMAP_NONE && m->entry[at].id != id)
        at = (at + 1) & (m->places - 1);
    return at;
}

static void make(IdMap *m, size_t places) {
    m->entry = mem_alloc(places * sizeof *m->entry);
    m->places = places;
    m->count = 0;
    for (size_t i = 0; i < places; i++) m->entry[i] = (IdMapEntry){0, IDMAP_NONE};
}

static void grow(IdMap *m) {
    IdMap old = *m;
    make(m, old.places ? 2 * old.places : PLACES_MIN);
    for (size_t i = 0; i < old.places; i++) {
        if (old.entry[i].index != IDMAP_NONE) idmap_put(m, old.entry[i].id, old.entry[i].index);
    }
    free(old.entry);
}

void idmap_put(IdMap *m, uint64_t id, uint32_t index) {
    ASSERT(index != IDMAP_NONE);
    if (2 * (m->count + 1) > m->places) grow(m);
    size_t at = place_of(m, id);
    ASSERT(m->entry[at].index == IDMAP_NONE);
    m->entry[at] = (IdMapEntry){id, index};
    m->count++;
}

/* Those behind move up, so that no search meets a hole before what it looks for. */
void idmap_remove(IdMap *m, uint64_t id) {
    ASSERT(m->places > 0);
    size_t mask = m->places - 1, hole = place_of(m, id);
    ASSERT(m->entry[hole].index != IDMAP_NONE);
    for (size_t at = (hole + 1) & mask; m->entry[at].index != IDMAP_NONE; at = (at + 1) & mask) {
        size_t home = idmap_mix(m->entry[at].id) & mask;
        if (((at - home) & mask) >= ((at - hole) & mask)) {
            m->entry[hole] = m->entry[at];
            hole = at;
        }
    }
    m->entry[hole].index = IDMAP_NONE;
    m->count--;
}

void idmap_clear(IdMap *m) {
    if (m->places > PLACES_KEPT) idmap_free(m);
    for (size_t i = 0; m->count > 0 && i < m->places; i++) m->entry[i].index = IDMAP_NONE;
    m->count = 0;
}

void idmap_free(IdMap *m) {
    free(m->entry);
    *m = (IdMap){0};
}

/* idmap.h -- from ids that may be any 64-bit number to small indices.
 *
 * Open addressing; what is put in the map is found in a step or two, and nothing iterates it, so its
 * order shows nowhere. All zero is an empty one; free with idmap_free.
 */
#ifndef FAULTLINE_IDMAP_H
#define FAULTLINE_IDMAP_H

#include "base.h"

#define IDMAP_NONE UINT32_MAX /* no index */

typedef struct {
    uint64_t id;
    uint32_t index; /* IDMAP_NONE: a free place */
} IdMapEntry;

typedef struct {
    IdMapEntry *entry;
    size_t places; /* a power of two, or 0 */
    size_t count;
} IdMap;

/* Neighbours in number shall not be neighbours in place: the finalizer of splitmix64. */
static inline uint64_t idmap_mix(uint64_t id) {
    id = (id ^ id >> 30) * 0xbf58476d1ce4e5b9;
    id = (id ^ id >> 27) * 0x94d049bb133111eb;
    return id ^ id >> 31;
}

/* The index of this id, or IDMAP_NONE. */
static inline uint32_t idmap_get(const IdMap *m, uint64_t id) {
    if (m->places == 0) return IDMAP_NONE;
    for (size_t at = idmap_mix(id);; at++) {
        const IdMapEntry *e = &m->entry[at & (m->places - 1)];
        if (e->index == IDMAP_NONE || e->id == id) return e->index;
    }
}

/* The id is not there yet. */
void idmap_put(IdMap *m, uint64_t id, uint32_t index);
/* The id is there. */
void idmap_remove(IdMap *m, uint64_t id);
/* Empty again; a large one gives its memory back. */
void idmap_clear(IdMap *m);
void idmap_free(IdMap *m);

#endif

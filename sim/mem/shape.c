/* shape.c -- size and layout, kept once for all objects that have the same.
 *
 * Go:      internal/abi.Type: its Size_ and GCData are what an allocation says of its words
 * Differs: Go's objects lie in spans of one size and say their type by a header or a bitmap; here each
 *          object's slot has the number of its shape.
 */
#include "heap_parts.h"

#include <stdlib.h>

static bool same(const Shape *s, uint64_t bytes, HeapLayout layout) {
    return s->bytes == bytes && s->element_bytes == layout.element_bytes && s->pointers == layout.pointers;
}

static size_t hash_of(uint64_t bytes, HeapLayout layout) {
    return (size_t)idmap_mix(idmap_mix(idmap_mix(bytes) ^ layout.pointers) ^ layout.element_bytes);
}

/* Where it is, or the free place where it would be. */
static uint32_t *place_of(const Shapes *s, uint64_t bytes, HeapLayout layout) {
    for (size_t at = hash_of(bytes, layout);; at++) {
        uint32_t *place = &s->hash[at & (s->places - 1)];
        if (*place == 0 || same(&s->shape[*place - 1], bytes, layout)) return place;
    }
}

static bool more_places(Shapes *s) {
    size_t places = s->places ? s->places * 2 : 64;
    uint32_t *hash = calloc(places, sizeof *hash);
    if (hash == NULL) return false;
    free(s->hash);
    s->hash = hash;
    s->places = places;
    for (size_t i = 0; i < s->count; i++) {
        const Shape *shape = &s->shape[i];
        HeapLayout layout = {shape->element_bytes, shape->pointers};
        *place_of(s, shape->bytes, layout) = (uint32_t)i + 1;
    }
    return true;
}

static Shape shape_make(uint64_t bytes, HeapLayout layout) {
    if (layout.pointers != 0) {
        ASSERT(layout.element_bytes > 0 && layout.element_bytes % 8 == 0);
        uint32_t words = layout.element_bytes / 8;
        ASSERT(words <= HEAP_MAP_WORDS);
        ASSERT(words == HEAP_MAP_WORDS || layout.pointers >> words == 0);
    }
    return (Shape){
        .bytes = bytes,
        .pointers = layout.pointers,
        .elements = layout.pointers != 0 ? bytes / layout.element_bytes : 0,
        .element_bytes = layout.element_bytes,
        .units = (uint32_t)((bytes + GRANULE - 1) / GRANULE),
    };
}

bool shape_find(Shapes *s, uint64_t bytes, HeapLayout layout, uint32_t *shape) {
    if (s->last < s->count && same(&s->shape[s->last], bytes, layout)) {
        *shape = s->last;
        return true;
    }
    if (s->count >= s->places / 2 && !more_places(s)) return false;
    uint32_t *place = place_of(s, bytes, layout);
    if (*place == 0) {
        if (s->count == UINT32_MAX - 1 || !heap_grow(&s->shape, &s->cap, s->count + 1, sizeof *s->shape)) return false;
        s->shape[s->count++] = shape_make(bytes, layout);
        *place = (uint32_t)s->count;
    }
    *shape = s->last = *place - 1;
    return true;
}

void shapes_free(Shapes *s) {
    free(s->shape);
    free(s->hash);
}

/* heap.c -- objects that stay where they are, and live as long as the heap.
 *
 * Differs: Go's own collector does not move heap objects either, but it frees them; this one does
 *          not yet. Go packs small objects into spans by size; here each has a page to itself.
 */
#include "heap.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    void *at;
    uint64_t bytes;
} Object;

struct Heap {
    Object *objects; /* by number */
    size_t count, cap;
    uint64_t used_bytes, limit_bytes;
};

Heap *heap_new(uint64_t limit_bytes) {
    Heap *h = mem_zero(1, sizeof *h);
    h->limit_bytes = limit_bytes;
    return h;
}

void heap_free(Heap *h) {
    if (h == NULL) return;
    for (size_t i = 0; i < h->count; i++) free(h->objects[i].at);
    free(h->objects);
    free(h);
}

bool heap_object(Heap *h, uint64_t bytes, Id_OBJ *obj, Diag *d) {
    ASSERT(bytes > 0);
    if (bytes > h->limit_bytes || h->used_bytes + bytes + HEAP_ALIGN > h->limit_bytes) {
        diag_fail(d, EXIT_SCENARIO,
                  "the Go heap is limited to %llu MiB; %llu bytes more do not fit",
                  (unsigned long long)(h->limit_bytes >> 20), (unsigned long long)bytes);
        return diag_remedy(d, "Use smaller objects, or use one of them again.");
    }
    uint64_t rounded = (bytes + HEAP_ALIGN - 1) / HEAP_ALIGN * HEAP_ALIGN;
    void *at = aligned_alloc(HEAP_ALIGN, rounded);
    if (at == NULL) {
        return diag_fail(d, EXIT_WORLD,
                         "this machine has no memory left for an object of %llu bytes",
                         (unsigned long long)bytes);
    }
    memset(at, 0, rounded);
    h->used_bytes += rounded;
    GROW(h->objects, h->cap, h->count + 1);
    *obj = (Id_OBJ){h->count};
    h->objects[h->count++] = (Object){at, bytes};
    return true;
}

static const Object *object(const Heap *h, Id_OBJ obj) {
    ASSERT(obj.v < h->count);
    return &h->objects[obj.v];
}

uint64_t heap_size(const Heap *h, Id_OBJ obj) { return object(h, obj)->bytes; }

void *heap_bytes(const Heap *h, Id_OBJ obj) { return object(h, obj)->at; }

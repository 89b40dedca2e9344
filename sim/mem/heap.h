/* heap.h -- the Go heap: objects with real bytes, named by number, and the collector's work on them.
 *
 * Numbers count from 0 in the order of allocation, as world_object counts them: one number names an
 * object here, in the events and in the script, wherever its bytes are. Only this interface knows where
 * that is. There are two addresses: what a Go program would see (heap_addr, from 0xc000000000 on, the
 * same on every machine) and where the bytes are in this process (heap_bytes), which nobody keeps.
 *
 *     0xc000000000  semispace 0   \  the moving collector allocates in one of them and evacuates to the other;
 *     0xc040000000  semispace 1   /  Go's own allocates in semispace 0 and uses freed memory again
 *     0xc080000000  objects over HEAP_LARGE bytes, which stay where they are
 *
 * Those are the addresses for limits up to 1 GiB. An object for which its semispace has no room (alignment and what
 * may not move take room, too) is put into the other one.
 *
 * A pointer inside an object is a word that holds a Go address: 0 is nil, and one that leads nowhere in
 * here (C memory) is left alone. The layout says which words are pointers. All of the arena stays mapped
 * as long as the heap lives: who writes to where an object has been spoils bytes, never this process.
 *
 * A collection: heap_mark_begin, heap_mark_root for each root, heap_mark, later heap_finish. Objects made
 * in between are kept, with all that they lead to at heap_finish. What is pinned is a root, then again. There is
 * no write barrier: what nobody could reach at heap_mark, nobody can reach later, except by the word of
 * somebody who is no part of the graph; so such a word counts only in an object that was made since, or is pinned.
 *
 * Go: runtime/mheap.go, mbitmap.go (which words are pointers), mgcmark.go, mgcsweep.go (clobberfree)
 */
#ifndef FAULTLINE_MEM_HEAP_H
#define FAULTLINE_MEM_HEAP_H

#include "../base/diag.h"
#include "../event/event.h"

typedef struct Heap Heap;

typedef enum {
    COLLECTOR_MOVING, /* a counterfactual: evacuates what is not pinned */
    COLLECTOR_GO,     /* nothing moves; what is freed is used again */
} Collector;

enum {
    HEAP_ALIGN = 4096,     /* of objects of a page or more: a device can use their bytes in place */
    HEAP_LARGE = 1 << 20,  /* larger ones do not move */
    HEAP_MAP_WORDS = 64,   /* of an element of a layout, at most */
};
#define HEAP_BASE 0xc000000000u
#define HEAP_POISON 0xdeadbeefu /* as GODEBUG=clobberfree=1 */

/* An object is a row of elements; word i of each is a pointer if bit i is set. */
typedef struct {
    uint32_t element_bytes; /* a multiple of 8 if pointers != 0, at most 8 * HEAP_MAP_WORDS then */
    uint64_t pointers;
} HeapLayout;
#define HEAP_NO_POINTERS ((HeapLayout){1, 0})

Heap *heap_new(uint64_t limit_bytes, Collector collector);
void heap_free(Heap *h);
Collector heap_collector(const Heap *h);

/* A new object of zero bytes. False, and nothing is changed, when the heap would pass its limit, which is of
 * heap_live_bytes (EXIT_SCENARIO), or the machine has no more memory (EXIT_WORLD). bytes > 0. */
bool heap_object(Heap *h, uint64_t bytes, HeapLayout layout, Id_OBJ *obj, Diag *d);

/* A number for what is elsewhere (foreign.h): not live here. False: no memory for that. */
bool heap_number(Heap *h, Id_OBJ *obj, Diag *d);

uint64_t heap_count(const Heap *h); /* numbers given so far */
uint64_t heap_size(const Heap *h, Id_OBJ obj);
HeapLayout heap_layout(const Heap *h, Id_OBJ obj);
bool heap_is_live(const Heap *h, Id_OBJ obj); /* false: it was freed */
uint64_t heap_live_bytes(const Heap *h);      /* of all objects that were not freed, each in steps of 16 */

/* Where a live object is now: in this process, and for the Go program. */
void *heap_bytes(const Heap *h, Id_OBJ obj);
uint64_t heap_addr(const Heap *h, Id_OBJ obj);
/* The live object that this Go address lies in; its place there. False: none. */
bool heap_find(const Heap *h, uint64_t addr, Id_OBJ *obj, uint64_t *offset);
/* What really lies at a Go address, whoever's it is now: NULL outside of the arena, or where fewer than
 * `bytes` follow. For C, which has kept a pointer. */
void *heap_at(const Heap *h, uint64_t addr, uint64_t bytes);

/* Pins count. A pinned object is neither moved nor freed. False: it was not pinned. */
void heap_pin(Heap *h, Id_OBJ obj);
bool heap_unpin(Heap *h, Id_OBJ obj);
uint64_t heap_pins(const Heap *h, Id_OBJ obj);

/* Somebody still uses the bytes at this Go address, which are no object's any more: they are given to
 * nobody until heap_release of the same address, as often (in a semispace, not before the next collection either).
 * From `leaves`, it is of the object that leaves; otherwise of free memory. The longest of several of the same
 * address counts. */
void heap_hold(Heap *h, uint64_t addr, uint64_t bytes);
void heap_release(Heap *h, uint64_t addr);

/* ---- a collection ---- */

/* How many threads work on one: 1, 2 or 4; 0, as it is at first: as many as it is worth. All comes out the same. */
void heap_threads(Heap *h, unsigned threads);

void heap_mark_begin(Heap *h);
void heap_mark_root(Heap *h, Id_OBJ obj);
/* Marks all that can be reached from the roots. */
typedef struct {
    uint64_t objects, bytes; /* that can be reached; bytes as heap_live_bytes */
    uint64_t scan_bytes;     /* of them, of objects with pointers */
} HeapMarked;
HeapMarked heap_mark(Heap *h);

/* Ends the collection: what is not marked is freed; with the moving collector, what is marked and not
 * pinned, not said to stay, and not large, moves to the other semispace, in the order of its present address, and
 * all pointers to it follow. `leaves` is called for each of both, in the order of their present addresses, before
 * any bytes are touched: to 0 when it is freed. It makes no objects. Freed and left memory is poisoned, once.
 * `listen` and what is in it may be NULL. */
typedef struct {
    void (*leaves)(void *ctx, Id_OBJ obj, uint64_t from, uint64_t to);
    bool (*stays)(void *ctx, Id_OBJ obj); /* pinned for now, besides Pinner's pins */
    void *ctx;
} HeapListener;
void heap_finish(Heap *h, const HeapListener *listen);
bool heap_is_marked(const Heap *h, Id_OBJ obj); /* between heap_mark and heap_finish; of a live object */

#endif

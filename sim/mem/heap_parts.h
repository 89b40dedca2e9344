/* heap_parts.h -- what the files of the heap share: where things are written down.
 *
 * Nothing about an object is kept in the arena, because anybody may write there: a kernel that runs too
 * far spoils bytes and pointer words, never our books. An object is known in two ways:
 *
 *   by number:   place[number] is its granule (16 bytes of the arena)
 *   by address:  a row is 64 granules; starts has a bit for each object that begins there, and the row's
 *                run in the space's table has a slot for each, in the order of their addresses
 *
 *   row     |................|................|      starts 1000100010...   run  |7|8|11|
 *           ^object 7        ^object 8                                            number, shape
 *
 * So the slot of an object is found by counting bits, and a pointer into the middle of it by looking for
 * the last bit before. What a pass over all objects needs lies in the order in which it needs it, and is
 * 16 bytes for each, and 41 bytes for each row.
 */
#ifndef FAULTLINE_MEM_HEAP_PARTS_H
#define FAULTLINE_MEM_HEAP_PARTS_H

#include "../base/idmap.h"
#include "../base/team.h"
#include "heap.h"

#include <string.h>

enum {
    GRANULE = 16,
    ROW_GRANULES = 64,
    ROW_BYTES = GRANULE * ROW_GRANULES,
    PAGE_GRANULES = HEAP_ALIGN / GRANULE,
    PAGE_ROWS = HEAP_ALIGN / ROW_BYTES,
    UNITS_MAX = HEAP_LARGE / GRANULE, /* of an object in a semispace */
};
#define FREED UINT32_MAX    /* a place: nowhere */
#define NO_ROW UINT32_MAX   /* a row: none */
#define MIXED INT32_MIN     /* a shift: not all of the row's objects have the same */
#define MIXED_SHAPES UINT32_MAX

/* All that objects of one kind and size have in common. */
typedef struct {
    uint64_t bytes, pointers;
    uint64_t elements; /* whole ones, if it has pointers */
    uint32_t element_bytes;
    uint32_t units; /* granules that it takes up */
} Shape;

typedef struct {
    Shape *shape;
    size_t count, cap;
    uint32_t *hash; /* open addressing; index + 1 */
    size_t places;
    uint32_t last; /* most objects are like the one before */
} Shapes;

/* Together, because marking asks for all of it; two rows to a cache line. */
typedef struct {
    uint64_t starts, marks;
    uint64_t work;  /* marking: these need no scan any more; finishing: these move. Else 0, as marks */
    uint32_t run;   /* where in the table */
    uint32_t shape; /* of all its objects, or MIXED_SHAPES */
} Row;

typedef struct {
    uint32_t obj, shape;
} Slot;

/* ---- free memory of a space (room.c) ---- */

typedef struct {
    uint32_t from, to; /* granules */
} Hole;

typedef struct {
    Hole *hole; /* by address */
    size_t count, cap;
    size_t at;       /* bump allocation is in this one */
    uint32_t *first; /* by units: no hole before this one has so much; NULL until first fit is asked for */
    uint32_t first_top; /* of no larger one is anything known */
    uint32_t *most;  /* by HOLES_TOGETHER: no hole of them has more */
    size_t most_cap;
    bool known;      /* false: what is free has changed, and nobody has looked yet */
    /* while it is made */
    size_t next_hold;
    uint32_t past; /* all before this is seen to */
} Room;

typedef struct {
    uint32_t first, end; /* granules */
    uint32_t used;       /* no row from this one on has an object */
    uint32_t last_row;   /* its run is the end of the table; NO_ROW */
    Slot *slot;          /* the table: the runs of all rows */
    uint32_t *to;        /* beside each slot: where it goes, if its row's shift is MIXED */
    size_t count, cap;
    Room room;
} Space;

/* ---- objects over HEAP_LARGE (large.c) ---- */

typedef struct {
    uint32_t at; /* granule */
    uint32_t obj, shape;
    bool marked;
} Large;

typedef struct {
    uint64_t obj, count;
} Pin;

typedef struct {
    uint64_t addr, bytes, count;
} Hold;

typedef enum { GC_OFF, GC_BEGUN, GC_MARKED, GC_FINISHING } GcPhase;

struct Heap {
    uint8_t *arena;
    uint64_t arena_bytes;
    uint64_t small_bytes; /* both semispaces: what follows is of large objects */
    uint64_t large_end;   /* in bytes: they are put before it */
    uint64_t limit_bytes, live_bytes;
    bool huge_pages;
    Collector collector;
    GcPhase phase;

    uint32_t *place; /* by number */
    size_t count, cap;
    Shapes shapes;

    /* by row, over both semispaces */
    Row *row;
    uint32_t *before; /* the object that reaches into this row from before, if any does */
    int32_t *shift;   /* how far all that move do, in granules, or MIXED */
    uint8_t *run_cap;
    void *books; /* all of the above */
    size_t books_bytes;

    Space space[2];
    unsigned current;

    Large *large; /* by address */
    size_t large_count, large_cap;

    Pin *pin; /* in any order */
    size_t pin_count, pin_cap;
    IdMap pin_of; /* number -> index */
    Hold *hold;   /* by address */
    size_t hold_count, hold_cap;

    /* marking */
    unsigned threads; /* that work on it; 0: as many as it is worth */
    uint32_t *grey;   /* pages that have something to scan, before anybody is there to do it */
    size_t grey_count, grey_cap;
    uint32_t *queue; /* ... and while they are: each marker has his part of it */
    uint32_t places;
    uint64_t *queued; /* by page: it is in one of them */
    uint32_t *large_grey; /* numbers */
    size_t large_grey_count, large_grey_cap;
    size_t born; /* numbers from here on were given since heap_mark_begin */
    HeapMarked marked;
};

static inline uint64_t bit_of(uint32_t granule) { return UINT64_C(1) << granule % ROW_GRANULES; }
static inline uint64_t bits_below(uint32_t granule) { return bit_of(granule) - 1; }
static inline uint32_t lowest(uint64_t bits) { return (uint32_t)__builtin_ctzll(bits); }
static inline uint32_t highest(uint64_t bits) { return 63 - (uint32_t)__builtin_clzll(bits); }

/* Written out: without a promise of the processor's own instruction, the compiler would call a function. */
static inline uint32_t bit_count(uint64_t v) {
    v -= v >> 1 & 0x5555555555555555u;
    v = (v & 0x3333333333333333u) + (v >> 2 & 0x3333333333333333u);
    v = (v + (v >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (uint32_t)(v * 0x0101010101010101u >> 56);
}

static inline uint64_t addr_of(uint32_t granule) { return HEAP_BASE + (uint64_t)granule * GRANULE; }
static inline uint8_t *bytes_at(const Heap *h, uint32_t granule) {
    return h->arena + (uint64_t)granule * GRANULE;
}
static inline bool is_large(const Heap *h, uint32_t granule) {
    return (uint64_t)granule * GRANULE >= h->small_bytes;
}
static inline Space *space_of(Heap *h, uint32_t granule) { return &h->space[granule >= h->space[1].first]; }

/* As GROW without zeroes, for who can do something about it: false when there is no memory. */
bool heap_grow(void *array /* T ** */, size_t *cap, size_t need, size_t element_bytes);

/* ---- shape.c ---- */
bool shape_find(Shapes *s, uint64_t bytes, HeapLayout layout, uint32_t *shape);
void shapes_free(Shapes *s);

/* ---- space.c ---- */
void space_init(Heap *h, unsigned which, uint64_t offset, uint64_t bytes);
void space_free(Space *s);
/* Room in the table for n objects more; false: no memory. space_put makes room itself, or ends the program. */
bool space_reserve(Space *s, size_t n);
void space_put(Heap *h, Space *s, uint32_t granule, uint32_t units, Slot slot);
/* n of them, alike, one behind the other. */
void space_put_run(Heap *h, Space *s, uint32_t granule, uint32_t units, uint32_t n, const Slot *slot);
size_t space_index(const Heap *h, uint32_t granule); /* of the slot of the object that begins here */
const Slot *space_slot(const Heap *h, uint32_t granule);
/* The object in a semispace that this offset of the arena lies in. */
bool space_find(const Heap *h, uint64_t offset, uint32_t *granule);
/* Of the objects in this row, only these are left. A collection is over for them. */
void space_keep(Heap *h, Space *s, uint32_t row, uint64_t keep);
/* After the last space_keep of a pass over the space. */
void space_kept(Heap *h, Space *s);

/* ---- room.c ---- */
bool room_take(Heap *h, Space *s, uint32_t units, uint32_t *granule);
/* As so many units one after the other, without looking further than the hole that bump allocation is in. */
bool room_take_run(Heap *h, Space *s, uint32_t units, uint32_t *granule);
void room_open(Heap *h, Space *s);
void room_block(Heap *h, Space *s, uint32_t from, uint32_t to); /* by address */
void room_close(Heap *h, Space *s);
void room_build(Heap *h, Space *s); /* the three of them, for all objects and held ranges */
void room_cut(Heap *h, uint32_t from, uint32_t to); /* this is not free any more, if it was */
void room_free(Room *r);

/* ---- large.c ---- */
bool large_reserve(Heap *h);
bool large_place(const Heap *h, uint32_t units, uint32_t *granule);
void large_put(Heap *h, uint32_t granule, uint32_t obj, uint32_t shape); /* reserved */
Large *large_find(const Heap *h, uint64_t offset);                       /* NULL: none */

/* ---- keep.c: pins and holds ---- */
uint32_t *keep_pinned_places(const Heap *h, size_t *count); /* of small objects, ascending; free it */
void keep_free(Heap *h);

/* ---- mark.c ---- */
void mark_again(Heap *h); /* from what is pinned and what was born since the collection began */

/* ---- evacuate.c, sweep.c: the two ways to finish ---- */
void evacuate(Heap *h, const HeapListener *listen);
void sweep(Heap *h, const HeapListener *listen);
void sweep_tell(Heap *h, const Space *s, const HeapListener *listen); /* what is freed in a space */
void sweep_tell_large(Heap *h, const HeapListener *listen);
void sweep_large(Heap *h);
void sweep_free(Heap *h, Space *s, uint32_t row); /* what is not marked in a row */
void heap_poison(const Heap *h, uint32_t from, uint32_t to);
unsigned heap_team(const Heap *h); /* so many threads are worth it for a pass over all objects */

static inline const Shape *shape_of(const Heap *h, const Slot *slot) { return &h->shapes.shape[slot->shape]; }

#endif

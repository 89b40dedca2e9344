/* foreign.c -- ranges of addresses, and who has which part of them. */
#include "foreign.h"

#include "../base/idmap.h"
#include "../base/sorted.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { STEP = 16 };

typedef struct {
    uint64_t from, to; /* in the range */
    Id_OBJ obj;
} Taken;

typedef struct {
    uint64_t limit, used;
    uint8_t *bytes;
    bool mapped; /* by us */
    Taken *taken; /* by address */
    size_t count, cap;
    size_t full; /* no hole before this one */
} Range;

typedef struct {
    Memory kind;
    uint64_t at, bytes; /* in the range */
    bool live;
} Piece;

struct Foreign {
    Range range[MEM_COUNT];
    Piece *piece;
    size_t piece_count, piece_cap;
    IdMap piece_of; /* number -> index */
};

static const uint64_t base[MEM_COUNT] = {[MEM_C] = 0x7f1000000000, [MEM_LOCKED] = 0x7f2000000000,
                                         [MEM_DEVICE] = 0x302000000, [MEM_SHARED] = 0x7f3000000000,
                                         [MEM_STACK] = 0xc200000000};

#define MIB (UINT64_C(1) << 20)

Foreign *foreign_new(void) {
    Foreign *f = mem_zero(1, sizeof *f);
    f->range[MEM_C].limit = 1024 * MIB;
    f->range[MEM_LOCKED].limit = 64 * MIB;
    f->range[MEM_DEVICE].limit = 256 * MIB;
    f->range[MEM_SHARED].limit = 64 * MIB;
    f->range[MEM_STACK].limit = 1024 * MIB;
    return f;
}

void foreign_free(Foreign *f) {
    if (f == NULL) return;
    for (size_t i = 0; i < MEM_COUNT; i++) {
        if (f->range[i].mapped) munmap(f->range[i].bytes, f->range[i].limit);
        free(f->range[i].taken);
    }
    free(f->piece);
    idmap_free(&f->piece_of);
    free(f);
}

void foreign_limit(Foreign *f, Memory kind, uint64_t bytes) {
    ASSERT(f->range[kind].count == 0 && bytes > 0 && bytes % FOREIGN_PAGE == 0);
    f->range[kind].limit = bytes;
}

void foreign_backed_by(Foreign *f, Memory kind, void *bytes) {
    ASSERT(f->range[kind].bytes == NULL);
    f->range[kind].bytes = bytes;
}

uint64_t foreign_limit_of(const Foreign *f, Memory kind) { return f->range[kind].limit; }
uint64_t foreign_used(const Foreign *f, Memory kind) { return f->range[kind].used; }

/* ---- taking and giving back ---- */

static uint64_t rounded(uint64_t bytes, Memory kind) {
    uint64_t step = bytes >= FOREIGN_PAGE || kind != MEM_C ? FOREIGN_PAGE : STEP;
    return (bytes + step - 1) / step * step;
}

/* The lowest place for so much, and before which of those that are taken it lies. */
static bool find_hole(Range *r, uint64_t bytes, uint64_t *from, size_t *before) {
    uint64_t align = bytes >= FOREIGN_PAGE ? FOREIGN_PAGE : STEP;
    for (size_t i = r->full;; i++) {
        uint64_t past = i > 0 ? r->taken[i - 1].to : 0, end = i < r->count ? r->taken[i].from : r->limit;
        if (i == r->full && i < r->count && past == end) r->full++;
        *from = (past + align - 1) / align * align;
        *before = i;
        if (*from <= end && end - *from >= bytes) return true;
        if (i == r->count) return false;
    }
}

static void map(Range *r, Memory kind) {
    if (r->bytes != NULL || kind == MEM_DEVICE) return;
    void *p = mmap(NULL, r->limit, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    r->bytes = mem_checked(p == MAP_FAILED ? NULL : p, r->limit);
    r->mapped = true;
}

bool foreign_take(Foreign *f, Memory kind, uint64_t bytes, Id_OBJ obj) {
    Range *r = &f->range[kind];
    uint64_t from;
    size_t i;
    ASSERT(kind != MEM_GO && bytes > 0 && !foreign_knows(f, obj));
    if (bytes > r->limit || !find_hole(r, rounded(bytes, kind), &from, &i)) return false;
    map(r, kind);
    GROW(r->taken, r->cap, r->count + 1);
    memmove(&r->taken[i + 1], &r->taken[i], (r->count - i) * sizeof *r->taken);
    r->taken[i] = (Taken){from, from + rounded(bytes, kind), obj};
    r->count++;
    r->used += rounded(bytes, kind);
    GROW(f->piece, f->piece_cap, f->piece_count + 1);
    idmap_put(&f->piece_of, obj.v, (uint32_t)f->piece_count);
    f->piece[f->piece_count++] = (Piece){kind, from, bytes, true};
    return true;
}

static Piece *piece_of(const Foreign *f, Id_OBJ obj) {
    uint32_t i = idmap_get(&f->piece_of, obj.v);
    ASSERT(i != IDMAP_NONE);
    return &f->piece[i];
}

void foreign_view(Foreign *f, Id_OBJ obj, Id_OBJ whole, uint64_t offset, uint64_t bytes) {
    const Piece *of = piece_of(f, whole);
    Piece view = {of->kind, of->at + offset, bytes, true};
    uint32_t i = idmap_get(&f->piece_of, obj.v);
    ASSERT(offset + bytes <= of->bytes);
    if (i == IDMAP_NONE) {
        i = (uint32_t)f->piece_count;
        GROW(f->piece, f->piece_cap, f->piece_count + 1);
        f->piece_count++;
        idmap_put(&f->piece_of, obj.v, i);
    }
    f->piece[i] = view;
}

/* The first that does not begin before this place. */
static size_t taken_at(const Range *r, uint64_t at) {
    return SORTED_FROM(r->taken, r->count, from, at);
}

Id_OBJ foreign_give(Foreign *f, Id_OBJ obj) {
    const Piece *p = piece_of(f, obj);
    Range *r = &f->range[p->kind];
    size_t i = taken_at(r, p->at);
    if (i == r->count || r->taken[i].from != p->at) return (Id_OBJ){NONE};
    Id_OBJ whose = r->taken[i].obj;
    r->used -= r->taken[i].to - r->taken[i].from;
    r->count--;
    memmove(&r->taken[i], &r->taken[i + 1], (r->count - i) * sizeof *r->taken);
    if (i < r->full) r->full = i;
    piece_of(f, whose)->live = false;
    return whose;
}

/* ---- looking ---- */

bool foreign_knows(const Foreign *f, Id_OBJ obj) { return idmap_get(&f->piece_of, obj.v) != IDMAP_NONE; }
bool foreign_is_live(const Foreign *f, Id_OBJ obj) { return piece_of(f, obj)->live; }
Memory foreign_kind(const Foreign *f, Id_OBJ obj) { return piece_of(f, obj)->kind; }
uint64_t foreign_size(const Foreign *f, Id_OBJ obj) { return piece_of(f, obj)->bytes; }
uint64_t foreign_addr(const Foreign *f, Id_OBJ obj) { return base[piece_of(f, obj)->kind] + piece_of(f, obj)->at; }
uint64_t foreign_offset(const Foreign *f, Id_OBJ obj) { return piece_of(f, obj)->at; }
void *foreign_bytes(const Foreign *f, Id_OBJ obj) {
    const Piece *p = piece_of(f, obj);
    uint8_t *bytes = f->range[p->kind].bytes;
    return bytes ? bytes + p->at : NULL;
}

bool foreign_find(const Foreign *f, uint64_t addr, Id_OBJ *obj) {
    for (int kind = MEM_C; kind < MEM_COUNT; kind++) {
        const Range *r = &f->range[kind];
        uint64_t at = addr - base[kind];
        if (addr < base[kind] || at >= r->limit) continue;
        size_t i = taken_at(r, at + 1); /* those before it begin there or before */
        if (i == 0 || at >= r->taken[i - 1].to) return false;
        *obj = r->taken[i - 1].obj;
        return true;
    }
    return false;
}

void *foreign_at(const Foreign *f, uint64_t addr, uint64_t bytes) {
    for (int kind = MEM_C; kind < MEM_COUNT; kind++) {
        const Range *r = &f->range[kind];
        uint64_t at = addr - base[kind];
        if (addr >= base[kind] && at < r->limit && r->limit - at >= bytes && r->bytes != NULL) return r->bytes + at;
    }
    return NULL;
}

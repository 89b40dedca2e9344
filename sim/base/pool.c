/* pool.c -- pages cut into blocks of one size. */
#include "pool.h"

#include <stdlib.h>
#include <string.h>

/* What is left over at a page's end is lost: where there are many, pages are larger; with what malloc adds they are whole ones of the
 * system's. */
enum { PAGE_BYTES = 32768, LARGE_PAGE_BYTES = 8 * PAGE_BYTES - 64, PAGES_FEW = 8 };

struct PoolPage {
    PoolPage *before;
};

#if defined(__SANITIZE_ADDRESS__)
#define POOLED 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POOLED 0
#endif
#endif
#ifndef POOLED
#define POOLED POOL_BLOCK_MAX
#endif

static size_t class_of(size_t bytes) { return (bytes + POOL_STEP - 1) / POOL_STEP; }

static bool add_page(Pool *p, size_t class) {
    size_t bytes = p->size[class].pages < PAGES_FEW ? PAGE_BYTES : LARGE_PAGE_BYTES;
    PoolPage *page = malloc(bytes);
    if (page == NULL) return false;
    page->before = p->page;
    p->page = page;
    p->size[class].next = (uint8_t *)(page + 1);
    p->size[class].end = (uint8_t *)page + bytes;
    p->size[class].pages++;
    return true;
}

static void *take(Pool *p, size_t bytes) {
    size_t class = class_of(bytes), size = class * POOL_STEP;
    void *block = p->size[class].free;
    if (block != NULL) {
        memcpy(&p->size[class].free, block, sizeof block);
        return block;
    }
    if ((size_t)(p->size[class].end - p->size[class].next) < size && !add_page(p, class)) return NULL;
    block = p->size[class].next;
    p->size[class].next += size;
    return block;
}

static void give(Pool *p, void *block, size_t bytes) {
    size_t class = class_of(bytes);
    memcpy(block, &p->size[class].free, sizeof block);
    p->size[class].free = block;
}

void *pool_resize(Pool *p, void *block, size_t old, size_t bytes) {
    bool was = block != NULL && old <= POOLED && old > 0, is = bytes <= POOLED && bytes > 0;
    if (!was && !is) {
        if (bytes > 0) return realloc(block, bytes);
        free(block);
        return NULL;
    }
    if (was && is && class_of(old) == class_of(bytes)) return block;
    void *moved = NULL;
    if (bytes > 0) {
        moved = is ? take(p, bytes) : malloc(bytes);
        if (moved == NULL) return NULL;
        if (block != NULL) memcpy(moved, block, old < bytes ? old : bytes);
    }
    if (was) give(p, block, old);
    else free(block);
    return moved;
}

void pool_free(Pool *p) {
    while (p->page != NULL) {
        PoolPage *page = p->page;
        p->page = page->before;
        free(page);
    }
    *p = (Pool){0};
}

/* pool.h -- many small blocks, for who knows their size when it gives them back.
 *
 * malloc keeps a size before each block and rounds up to 16 bytes; a million parked goroutines are five such
 * blocks each. Here a block has no head, and sizes are rounded up to 8. Blocks of one size come off pages of
 * their own, and go back to a list of that size; pages are given back all at once. Larger blocks are malloc's.
 * All zero is an empty pool; free with pool_free. Under the address sanitizer every block is malloc's.
 */
#ifndef FAULTLINE_POOL_H
#define FAULTLINE_POOL_H

#include "base.h"

enum { POOL_BLOCK_MAX = 768, POOL_STEP = 8 };

typedef struct PoolPage PoolPage;
typedef struct {
    struct {
        void *free;       /* each begins with the address of the next */
        uint8_t *next, *end; /* what is left of the last page */
        uint32_t pages;
    } size[POOL_BLOCK_MAX / POOL_STEP + 1];
    PoolPage *page;
} Pool;

/* As realloc, but the old size is told; NULL and 0 for a new one, 0 bytes to give it back. NULL: no memory. */
void *pool_resize(Pool *p, void *block, size_t old, size_t bytes);
void pool_free(Pool *p);

#endif

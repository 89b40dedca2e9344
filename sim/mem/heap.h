/* heap.h -- the Go heap: objects with real bytes, named by number, reached by address only for a moment.
 *
 * Numbers count from 0 in the order of allocation, as world_object counts them, so one number names
 * an object here and in the events. Who needs the bytes asks for the address each time: between two
 * events of virtual time a collector may move the object, and only this interface knows where it is.
 */
#ifndef FAULTLINE_MEM_HEAP_H
#define FAULTLINE_MEM_HEAP_H

#include "../base/diag.h"
#include "../event/event.h"

typedef struct Heap Heap;

/* Every object begins on a page: a device can then use its bytes in place. */
enum { HEAP_ALIGN = 4096 };

Heap *heap_new(uint64_t limit_bytes);
void heap_free(Heap *h);

/* A new object of zero bytes. False, and nothing is changed, when the heap would pass its limit
 * (EXIT_SCENARIO) or the machine has no more memory (EXIT_WORLD). bytes > 0. */
bool heap_object(Heap *h, uint64_t bytes, Id_OBJ *obj, Diag *d);

uint64_t heap_size(const Heap *h, Id_OBJ obj);
/* Where the object is now. Do not keep it across an operation of a goroutine. */
void *heap_bytes(const Heap *h, Id_OBJ obj);

#endif

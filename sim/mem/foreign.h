/* foreign.h -- memory that the collector does not know: C's heap, what the driver gives the host, the device's own.
 *
 * Each kind has a range of addresses of its own, the same on every machine, and a limit. Memory is taken from the lowest hole
 * that is large enough; so what is given back goes to the next who asks for as much, and whoever still has the
 * address meets the bytes of another. An address is all that C has: memory is given back by address, too,
 * and a second time gives away what is another's by now.
 *
 * Objects are named by the numbers that heap_number gives out, beside those of the heap. Bytes are in this process, but
 * for the device's; all of a range stays mapped: a program that is wrong spoils bytes, never this process.
 *
 *     0x000302000000  the device's     0x7f1000000000  C's heap
 *     0x7f2000000000  page-locked      0x7f3000000000  shared
 *     0xc200000000    stacks of goroutines (rt/stack.c)
 *
 * Go:      none; malloc(3), clCreateBuffer, clSVMAlloc
 * Differs: an allocator of C keeps small blocks apart by size, and writes into what is free. Memory of a page or more
 *          takes whole pages.
 */
#ifndef FAULTLINE_MEM_FOREIGN_H
#define FAULTLINE_MEM_FOREIGN_H

#include "../event/event.h"

typedef struct Foreign Foreign;

Foreign *foreign_new(void);
void foreign_free(Foreign *f);

/* In bytes, before the first of this kind is taken; a multiple of FOREIGN_PAGE. */
enum { FOREIGN_PAGE = 4096 };
void foreign_limit(Foreign *f, Memory kind, uint64_t bytes);
/* Its bytes are here, as many as its limit; they must outlive f. Never said: C's and the driver's are mapped by f. */
void foreign_backed_by(Foreign *f, Memory kind, void *bytes);
uint64_t foreign_limit_of(const Foreign *f, Memory kind);
uint64_t foreign_used(const Foreign *f, Memory kind); /* bytes, in steps of 16, or of a page */

/* The object becomes `bytes` > 0 of this kind. False: there is no room. */
bool foreign_take(Foreign *f, Memory kind, uint64_t bytes, Id_OBJ obj);
/* The object is `bytes` of another one, from this place in it on; again: it is elsewhere now. */
void foreign_view(Foreign *f, Id_OBJ obj, Id_OBJ whole, uint64_t offset, uint64_t bytes);
/* Gives back what lies at the object's address; whose it was: its own, another's, or nobody's (NONE). */
Id_OBJ foreign_give(Foreign *f, Id_OBJ obj);

/* Is the object of this memory at all, given back or not? The others are for such an object. */
bool foreign_knows(const Foreign *f, Id_OBJ obj);
bool foreign_is_live(const Foreign *f, Id_OBJ obj);
Memory foreign_kind(const Foreign *f, Id_OBJ obj);
uint64_t foreign_size(const Foreign *f, Id_OBJ obj);
uint64_t foreign_addr(const Foreign *f, Id_OBJ obj);
uint64_t foreign_offset(const Foreign *f, Id_OBJ obj); /* of its address in the range of its kind */
/* The object that is not given back and has this address in it. */
bool foreign_find(const Foreign *f, uint64_t addr, Id_OBJ *obj);
/* What really lies at an address, whoever's it is; NULL: nothing of this process. */
void *foreign_at(const Foreign *f, uint64_t addr, uint64_t bytes);
/* Where its bytes are, or were; NULL: of the device's own there are none here. */
void *foreign_bytes(const Foreign *f, Id_OBJ obj);

#endif

/* heap_test.c -- the rules of the heap, one by one. */
#include "../../sim/mem/heap.h"
#include "../check.h"
void mem_heap_tests(void);
void mem_heap_tests(void) {
    static const Check checks[] = {{0}};
    suite("mem: heap", checks);
}

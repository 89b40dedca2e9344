/* cstack.h -- C stacks of our own: code that is left in the middle, and gone on with later.
 *
 * cstack_switch saves what the calling convention says that a function keeps, and takes what was saved on
 * the other stack: 12 instructions. The C library's ways cost more: swapcontext asks the kernel for the
 * signal mask each time (300 ns), a longjmp leads to returns that the processor cannot foresee (setjmp and
 * longjmp together: 30 ns; this: 2 to 5 ns, as both sides mostly stopped at the same depth).
 *
 * Only where CSTACKS is 1. Elsewhere who could use them must do without: another processor, or a
 * sanitizer that would have to be told of each switch.
 */
#ifndef FAULTLINE_CSTACK_H
#define FAULTLINE_CSTACK_H

#include "base.h"

#if defined(__SANITIZE_ADDRESS__)
#define CSTACKS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CSTACKS 0
#endif
#endif
#if !defined(CSTACKS)
#if defined(__x86_64__) && defined(__LP64__) && defined(__ELF__)
#define CSTACKS 1
#else
#define CSTACKS 0
#endif
#endif

typedef struct {
    void *sp;     /* where it was left; void while it runs */
    void *memory; /* NULL: the thread's own stack */
} CStack;

/* A stack on which fn(arg) begins with the first switch to it; fn never returns. */
void cstack_make(CStack *c, void (*fn)(void *arg), void *arg);
/* What is under way on it is never gone on with. */
void cstack_free(CStack *c);
/* Leaves `from`, whose stack this is, until somebody switches back to it. */
static inline void cstack_switch(CStack *from, const CStack *to);

#if CSTACKS
void cstack_jump(void **save_sp, void *to_sp);
static inline void cstack_switch(CStack *from, const CStack *to) { cstack_jump(&from->sp, to->sp); }
#else
static inline void cstack_switch(CStack *from, const CStack *to) {
    (void)from, (void)to;
    UNREACHABLE();
}
#endif

#endif

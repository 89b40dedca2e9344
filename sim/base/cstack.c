/* cstack.c -- a stack is memory with a guard page below, and the switch is a few lines of assembler. */
#include "cstack.h"

#include <sys/mman.h>

/* As much as a thread has: a driver's compiler may run on it. Only what is touched takes memory. */
enum { STACK_BYTES = 8 << 20, GUARD_BYTES = 4096 };

#if CSTACKS

/* x86-64, System V: rbx, rbp and r12 to r15 are the callee's to keep. A new stack begins in cstack_begin,
 * with the function in r12 and its argument in r13. */
__asm__(".text\n"
        ".globl cstack_jump\n"
        ".hidden cstack_jump\n"
        ".type cstack_jump, @function\n"
        "cstack_jump:\n"
        "    push %rbp\n"
        "    push %rbx\n"
        "    push %r12\n"
        "    push %r13\n"
        "    push %r14\n"
        "    push %r15\n"
        "    mov %rsp, (%rdi)\n"
        "    mov %rsi, %rsp\n"
        "    pop %r15\n"
        "    pop %r14\n"
        "    pop %r13\n"
        "    pop %r12\n"
        "    pop %rbx\n"
        "    pop %rbp\n"
        "    ret\n"
        ".size cstack_jump, . - cstack_jump\n"
        ".globl cstack_begin\n"
        ".hidden cstack_begin\n"
        ".type cstack_begin, @function\n"
        "cstack_begin:\n"
        "    mov %r13, %rdi\n"
        "    call *%r12\n"
        "    ud2\n"
        ".size cstack_begin, . - cstack_begin\n");
void cstack_begin(void);

void cstack_make(CStack *c, void (*fn)(void *arg), void *arg) {
    char *memory = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    bool ok = memory != MAP_FAILED && mprotect(memory, GUARD_BYTES, PROT_NONE) == 0;
    mem_checked(ok ? memory : NULL, STACK_BYTES);
    /* what cstack_jump pops, and the address that it returns to; above it the stack is aligned to 16 bytes */
    uintptr_t *top = (uintptr_t *)(void *)(memory + STACK_BYTES);
    uintptr_t *sp = top - 9;
    sp[2] = (uintptr_t)arg;
    sp[3] = (uintptr_t)fn;
    sp[6] = (uintptr_t)cstack_begin;
    *c = (CStack){.sp = sp, .memory = memory};
}

#else

void cstack_make(CStack *c, void (*fn)(void *arg), void *arg) {
    (void)c, (void)fn, (void)arg;
    UNREACHABLE();
}

#endif

void cstack_free(CStack *c) {
    if (c->memory != NULL) munmap(c->memory, STACK_BYTES);
    *c = (CStack){0};
}

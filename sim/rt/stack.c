/* stack.c -- variables on a goroutine's stack, and what becomes of them when it grows.
 *
 * A stack begins with 2 KiB, and so do its variables from its upper end down. Who needs more than there is gets a stack of twice
 * the size, again and again until it is enough: what is used is copied to its upper end, every pointer of Go's into it is
 * corrected, and the old stack goes to the next goroutine that wants one. An address that was given away is a number.
 *
 *     old    |.... free ....| frames | x |            hi - offset stays the same
 *     new    |................. free ................| frames | x |
 *
 * It cannot happen while C runs on this goroutine. It can in a callback: then Go runs on the same stack, above C's back.
 *
 * Go:      runtime/stack.go newstack, copystack, stackalloc, stackfree (go1.26)
 * Differs: a goroutine has a stack here once it has a variable on it, or recurses. Stacks do not shrink; Go halves one of which less
 *          than a quarter is used, when it is scanned. A variable lives until its goroutine ends.
 * Emits:   MEM_NEW STACK_GROW STACK_MOVE ADDRESS
 */
#include "world.h"

#include <stdlib.h>
#include <string.h>

enum { STACK_MIN = 2048, STACK_GUARD = 928, FRAMES = 256 };
#define STACK_MAX (UINT64_C(1) << 30) /* Go: 1 GB, maxstacksize */

static Id_OBJ region_of(const Stack *st) { return (Id_OBJ){STACK_REGION + st->region}; }

static uint64_t hi_of(World *w, const Stack *st) { return foreign_addr(w->foreign, region_of(st)) + st->size; }

static bool take(World *w, Stack *st, uint64_t size) {
    st->region = w->stack_regions++;
    st->size = size;
    return foreign_take(w->foreign, MEM_STACK, size, region_of(st));
}

static Stack *stack_of(World *w, const G *gp) {
    uint32_t i = idmap_get(&w->stack_of, gp->id.v);
    if (i != IDMAP_NONE) return &w->stacks[i];
    for (i = 0; i < w->stack_count && w->stacks[i].size != 0;) i++;
    if (i == w->stack_count) {
        GROW(w->stacks, w->stack_cap, w->stack_count + 1);
        w->stack_count++;
    }
    w->stacks[i] = (Stack){.used = FRAMES};
    idmap_put(&w->stack_of, gp->id.v, i);
    bool room = take(w, &w->stacks[i], STACK_MIN);
    ASSERT(room); /* as many as there may be goroutines */
    return &w->stacks[i];
}

/* copystack: everything keeps its distance from the upper end. */
static bool grow(World *w, G *gp, Stack *st) {
    Stack old = *st;
    if (2 * old.size > STACK_MAX || !take(w, st, 2 * old.size)) {
        exec_panic(w, gp, "runtime: goroutine stack exceeds 1000000000-byte limit\nfatal error: stack overflow");
        return false;
    }
    uint64_t from = hi_of(w, &old) - old.used, to = hi_of(w, st) - old.used;
    memcpy(foreign_at(w->foreign, to, old.used), foreign_at(w->foreign, from, old.used), old.used);
    foreign_give(w->foreign, region_of(&old));
    EMIT(w->s, STACK_GROW, gp->id, {old.used}, {hi_of(w, &old) - old.size}, {hi_of(w, st) - st->size}, {st->size}, {gp->op.line});
    for (uint32_t i = 0; i < st->var_count; i++) {
        StackVar *v = &st->var[i];
        foreign_view(w->foreign, v->obj, region_of(st), st->size - v->offset, v->bytes);
        EMIT(w->s, STACK_MOVE, gp->id, v->obj, {hi_of(w, &old) - v->offset}, {hi_of(w, st) - v->offset});
    }
    return true;
}

static bool make_room(World *w, G *gp, Stack *st, uint64_t bytes) {
    while (st->used + bytes + STACK_GUARD > st->size) {
        if (!grow(w, gp, st)) return false;
    }
    return true;
}

/* How often it would be copied, and how much of it: what newstack takes. */
uint64_t stack_cost(World *w, const G *gp) {
    const Stack *st = stack_of(w, gp);
    uint64_t size = st->size, need = st->used + gp->op.a + STACK_GUARD, ns = 0;
    for (; size < need && size < STACK_MAX; size *= 2)
        ns += cost(w, COST_stack_grow) + st->used * cost(w, COST_copy_byte_ps) / 1000;
    return ns;
}

void stack_recurse(World *w, M *mp) {
    G *gp = mp->curg;
    if (make_room(w, gp, stack_of(w, gp), gp->op.a)) exec_next(w, mp);
}

void stack_variable(World *w, M *mp) {
    G *gp = mp->curg;
    Stack *st = stack_of(w, gp);
    uint64_t bytes = gp->op.a, place = (bytes + 15) / 16 * 16;
    Diag d;
    if (st->var_count == STACK_VARS_MAX) {
        diag_fail_at(&d, EXIT_SCENARIO, "", (int)gp->op.line, 0, "a goroutine has %d variables on its stack at most", STACK_VARS_MAX);
        world_fail(w, &d);
        return;
    }
    if (!make_room(w, gp, st, place)) return;
    st->used += place;
    StackVar *v = &st->var[st->var_count++];
    *v = (StackVar){.offset = st->used, .bytes = bytes};
    if (!heap_number(w->heap, &v->obj, &d)) {
        world_fail(w, &d);
        return;
    }
    foreign_view(w->foreign, v->obj, region_of(st), st->size - v->offset, bytes);
    memset(foreign_bytes(w->foreign, v->obj), 0, bytes);
    result_set(&gp->result, v->obj.v, true);
    EMIT(w->s, MEM_NEW, v->obj, {MEM_STACK}, {bytes}, {foreign_addr(w->foreign, v->obj)}, gp->op.text, {gp->op.line});
    exec_next(w, mp);
}

void stack_address(World *w, M *mp) {
    G *gp = mp->curg;
    Id_OBJ obj = {gp->op.a};
    bool of_the_heap = heap_is_live(w->heap, obj);
    uint64_t at = of_the_heap ? heap_addr(w->heap, obj) : foreign_addr(w->foreign, obj);
    result_set(&gp->result, at, true);
    EMIT(w->s, ADDRESS, gp->id, obj, {at}, {gp->op.line});
    exec_next(w, mp);
}

void stack_goexit(World *w, const G *gp) {
    uint32_t i = idmap_get(&w->stack_of, gp->id.v);
    if (i == IDMAP_NONE) return;
    foreign_give(w->foreign, region_of(&w->stacks[i]));
    w->stacks[i].size = 0;
    idmap_remove(&w->stack_of, gp->id.v);
}

void stack_free(World *w) {
    free(w->stacks);
    idmap_free(&w->stack_of);
}

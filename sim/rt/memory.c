/* memory.c -- C and the driver give memory, and take it back; the collector is not told.
 *
 * An allocation is a call into C, and so is giving it back: by its address, whoever's it is by now. What commands of the
 * device hold that address go on with it, and the next who asks for as much gets the same memory.
 *
 *     C.malloc, clCreateBuffer, ...     MEM_NEW, or MEM_FULL
 *     C.free, clReleaseMemObject, ...   slices due | MEM_FREE | DEV_STALE for each command that holds it
 *
 * A second free of the same address: C's heap finds that out if nobody has the memory yet, and ends the program, as glibc
 * does; the driver says CL_INVALID_MEM_OBJECT. If somebody has it, neither sees anything.
 *
 * Go:      cmd/cgo _cgoPREFIX_Cfunc__CMalloc (a failure is a throw); the rest is C's (go1.26)
 * Differs: clReleaseMemObject keeps memory as long as a command uses it; here it is gone, as with CUDA's pools
 *          (cudaFreeAsync on another stream) and with a program's own.
 * Emits:   MEM_NEW MEM_FULL MEM_FREE PANIC
 */
#include "world.h"

typedef struct {
    const char *take, *give; /* the calls */
    CostName take_ns, give_ns;
    CostName byte_ps; /* COST_COUNT: none */
} Giver;

static const Giver giver[MEM_COUNT] = {
    [MEM_C] = {"malloc", "free", COST_c_malloc, COST_c_free, COST_COUNT},
    [MEM_LOCKED] = {"clCreateBuffer", "clReleaseMemObject", COST_dev_malloc, COST_dev_free, COST_lock_byte_ps},
    [MEM_DEVICE] = {"clCreateBuffer", "clReleaseMemObject", COST_dev_malloc, COST_dev_free, COST_COUNT},
    [MEM_SHARED] = {"clSVMAlloc", "clSVMFree", COST_dev_malloc, COST_dev_free, COST_COUNT},
};

void memory_call(World *w, M *mp) {
    const Op *op = &mp->curg->op;
    bool take = op->kind == OP_MEM_TAKE;
    const Giver *by = &giver[take ? (Memory)op->b : foreign_kind(w->foreign, (Id_OBJ){op->a})];
    uint64_t ns = cost(w, take ? by->take_ns : by->give_ns);
    if (take && by->byte_ps != COST_COUNT) ns += op->a * cost(w, by->byte_ps) / 1000;
    cgo_entersyscall(w, mp, stream_text(w->s, take ? by->take : by->give), ns);
}

static void full(World *w, G *gp) {
    Memory kind = (Memory)gp->op.b;
    uint64_t left = foreign_limit_of(w->foreign, kind) - foreign_used(w->foreign, kind);
    EMIT(w->s, MEM_FULL, gp->id, {kind}, {gp->op.a}, {left}, {gp->op.line});
    if (kind == MEM_C) exec_panic(w, gp, "fatal error: runtime: C malloc failed");
}

void memory_take(World *w, M *mp) {
    G *gp = mp->curg;
    const Op *op = &gp->op;
    Memory kind = (Memory)op->b;
    Id_OBJ obj = {heap_count(w->heap)};
    Diag d;
    bool room = foreign_take(w->foreign, kind, op->a, obj);
    result_set(&gp->result, obj.v, room);
    if (!room) {
        full(w, gp);
        return;
    }
    if (!heap_number(w->heap, &obj, &d)) {
        world_fail(w, &d);
        return;
    }
    EMIT(w->s, MEM_NEW, obj, {kind}, {op->a}, {foreign_addr(w->foreign, obj)}, op->text, {op->line});
}

void memory_give(World *w, M *mp) {
    G *gp = mp->curg;
    Id_OBJ obj = {gp->op.a};
    launch_settle(w); /* what is due by now has been done with the memory as it was */
    if (w->outcome != RUN_GOES) return;
    Id_OBJ whose = foreign_give(w->foreign, obj);
    result_set(&gp->result, whose.v, whose.v != NONE);
    EMIT(w->s, MEM_FREE, gp->id, obj, whose, {gp->op.line});
    if (whose.v != NONE) {
        if (w->prog.leaves) w->prog.leaves(w->prog.ctx, whose, 0);
        launch_outdate(w, whose, foreign_addr(w->foreign, whose));
    } else if (foreign_kind(w->foreign, obj) == MEM_C) {
        exec_panic(w, gp, "free(): double free detected in tcache 2\nSIGABRT: abort");
    }
}

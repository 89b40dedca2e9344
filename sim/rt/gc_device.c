/* gc_device.c -- the collector takes memory away from under the device, and says so.
 *
 * A command of the device holds the addresses of its objects from when it was enqueued until it is done; nobody can
 * take them out of its hands. So before anything moves or is freed, exactly those of its slices run that are due by now,
 * and the others run later, where the object was. With the moving collector that memory is given to nobody until the
 * command is done; Go's own gives it to the next object.
 *
 *     slices   # # # # # . . . .          done before the move: their bytes are copied with the object
 *                       | OBJ_MOVE
 *              # # # # # # # # #          the others write to where the object was
 *
 * An argument of a call into C is pinned for as long as the call lasts (cgo), and no longer.
 *
 * Go:      nothing of the kind; runtime.Pinner is there so that nobody has to (go1.26)
 * Differs: of calls within calls (C calls Go, which calls C) only the innermost pins its arguments. With measured time a
 *          command has run as a whole when it begins, so no slice is late.
 * Emits:   OBJ_MOVE OBJ_FREE
 */
#include "world.h"

#include <stdlib.h>

/* What is passed to C by the calls that are going on: cgo pins it as long as they last. Calls that are made of steps
 * know their arguments until they return, whatever step they are at. */
void gc_each_argument(World *w, void (*each)(void *ctx, Id_OBJ obj), void *ctx) {
    for (size_t i = 0; i < w->allg_count; i++) {
        const G *gp = w->allg[i];
        if (gp == NULL) continue;
        for (uint64_t at = gp->args, k = 0; at != 0 && k < w->call_args[at].v; k++) each(ctx, w->call_args[at + 1 + k]);
        if (gp->status != G_SYSCALL || gp->op.kind != OP_LAUNCH) continue;
        for (uint64_t n = 0; n < (gp->op.b ? gp->op.b : 1); n++) {
            const Launch *l = &w->launches[gp->op.a + n];
            for (uint32_t k = 0; k < l->obj_count; k++) each(ctx, l->obj[k]);
        }
    }
}

/* What heap_finish asks about, found once: mostly nothing. */
typedef struct {
    World *w;
    Id_OBJ *arg;
    size_t arg_count, arg_cap;
} Evacuation;

static void remember(void *ctx, Id_OBJ obj) {
    Evacuation *ev = ctx;
    GROW(ev->arg, ev->arg_cap, ev->arg_count + 1);
    ev->arg[ev->arg_count++] = obj;
}

static bool is_argument(void *ctx, Id_OBJ obj) {
    const Evacuation *ev = ctx;
    for (size_t i = 0; i < ev->arg_count; i++) {
        if (ev->arg[i].v == obj.v) return true;
    }
    return false;
}

/* Go's own collector gives freed memory to whoever allocates next, and the device writes into that. */
static bool holds(const World *w) { return heap_collector(w->heap) == COLLECTOR_MOVING; }

static void leaves(void *ctx, Id_OBJ obj, uint64_t from, uint64_t to) {
    World *w = ((Evacuation *)ctx)->w;
    if (to != 0) EMIT(w->s, OBJ_MOVE, obj, {from}, {to});
    else EMIT(w->s, OBJ_FREE, obj, {from});
    if (to != 0) w->gc.moved_bytes += heap_size(w->heap, obj);
    else w->gc.objects--;
    if (w->prog.leaves) w->prog.leaves(w->prog.ctx, obj, to);
    for (uint32_t times = launch_outdate(w, obj, from); holds(w) && times > 0; times--)
        heap_hold(w->heap, from, heap_size(w->heap, obj));
}

void gc_evacuate(World *w) {
    launch_settle(w);
    if (w->outcome != RUN_GOES) return; /* the device has failed */
    Evacuation ev = {.w = w};
    gc_each_argument(w, remember, &ev);
    heap_finish(w->heap, &(HeapListener){leaves, ev.arg_count > 0 ? is_argument : NULL, &ev});
    free(ev.arg);
}

void gc_forget(World *w, Cmd *c) {
    for (uint32_t i = 0; i < c->launch.obj_count; i++) {
        bool of_the_heap = w->foreign == NULL || !foreign_knows(w->foreign, c->launch.obj[i]);
        if (c->stale[i] != 0 && of_the_heap && holds(w)) heap_release(w->heap, c->stale[i]);
        c->stale[i] = 0;
    }
}

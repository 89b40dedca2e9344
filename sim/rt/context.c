/* context.c -- what is current on one thread at a time.
 *
 * An OpenGL or EGL context, CUDA's current device, a network namespace: C keeps it in the thread, not in the
 * call. A goroutine that is not locked may go on on another thread after any wait or call; then the same
 * line of code acts on nothing, or on somebody else's.
 *
 * Differs: a context that is current elsewhere is refused, as eglMakeCurrent does (EGL_BAD_ACCESS); a thread
 *          may have several.
 * Emits:   CTX_NEW CTX_CURRENT CTX_USE
 */
#include "world.h"

Id_CTX world_context(World *w, const char *name, uint32_t line) {
    Id_CTX id = {w->context_count};
    GROW(w->contexts, w->context_cap, w->context_count + 1);
    w->contexts[w->context_count++] = (Context){0};
    EMIT(w->s, CTX_NEW, id, stream_text(w->s, name), {line});
    return id;
}

void context_current(World *w, M *mp) {
    G *gp = mp->curg;
    Context *x = &w->contexts[gp->op.a];
    bool on = gp->op.b != 0, elsewhere = x->m != NULL && x->m != mp && x->m->status != M_DEAD;
    gp->result = (OpResult){0, !elsewhere};
    if (elsewhere) {
        EMIT(w->s, CTX_USE, {gp->op.a}, mp->id, gp->id, {1}, {0}, {gp->op.line});
        return;
    }
    x->m = on ? mp : NULL;
    EMIT(w->s, CTX_CURRENT, {gp->op.a}, {on ? mp->id.v : NONE}, gp->id, {gp->op.line});
}

void context_use(World *w, M *mp) {
    G *gp = mp->curg;
    bool wanted = gp->op.kind == OP_CTX_USE, here = w->contexts[gp->op.a].m == mp;
    gp->result = (OpResult){0, here == wanted};
    EMIT(w->s, CTX_USE, {gp->op.a}, mp->id, gp->id, {wanted}, {here == wanted}, {gp->op.line});
}

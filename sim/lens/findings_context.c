/* findings_context.c -- a context is over, and somebody who has it does not hear of it: he is in C.
 *
 * Go binds no context to a goroutine. Here one has it that has asked for its Done channel or its Err. When it is over, each
 * of those either ends, as it should, or is found in a call into C, which no cancellation reaches: what it goes on
 * to spend there is lost. The evidence is the one that lost most.
 */
#include "findings_parts.h"

#include "narrate.h"

#include <stdio.h>
#include <stdlib.h>

enum { NAME = 64 };
#define LOST_MIN_NS 2000000u /* work in steps of a millisecond is divided as it should be */

typedef struct {
    uint64_t g, context;
    uint64_t over_ns;         /* NONE: it is not */
    uint64_t in_c_line, fn;   /* where it is in C since that moment; fn NONE: it is not */
    bool was_in_c;
} ContextUse;

struct ContextWatch {
    ContextUse *use;
    size_t count, cap;
    uint64_t ended, longest_ns; /* of goroutines whose context was over: how many have ended, and the longest time it took */
    uint64_t lost_ns, most_ns;  /* in C: of all, of one */
    uint64_t cut;               /* ... how many */
};

static struct ContextWatch *watch(Findings *f) {
    if (f->contexts == NULL) f->contexts = mem_zero(1, sizeof *f->contexts);
    return f->contexts;
}

static void has(Findings *f, uint64_t g, uint64_t context) {
    struct ContextWatch *w = watch(f);
    for (size_t i = 0; i < w->count; i++) {
        if (w->use[i].g == g && w->use[i].context == context) return;
    }
    GROW(w->use, w->cap, w->count + 1);
    w->use[w->count++] = (ContextUse){.g = g, .context = context, .over_ns = NONE, .fn = NONE};
}

static void is_over(Findings *f, const Model *m, uint64_t context, uint64_t now) {
    struct ContextWatch *w = watch(f);
    for (size_t i = 0; i < w->count; i++) {
        ContextUse *u = &w->use[i];
        if (u->context != context || u->g >= m->g_count) continue;
        const ModelG *gp = &m->g[u->g];
        u->over_ns = now;
        if (gp->state != G_SYSCALL) continue;
        u->was_in_c = true;
        u->fn = gp->fn;
        u->in_c_line = gp->line;
    }
}

static void forget(struct ContextWatch *w, size_t i) { w->use[i] = w->use[--w->count]; }

/* It comes back from C, or the run is over. */
static void lost(Findings *f, const Model *m, size_t i, uint64_t now, uint64_t seq) {
    struct ContextWatch *w = f->contexts;
    ContextUse *u = &w->use[i];
    uint64_t ns = now - u->over_ns, fn = u->fn;
    u->fn = NONE;
    if (ns < LOST_MIN_NS) return;
    w->lost_ns += ns;
    w->cut++;
    Finding *x = findings_saw(f, FIND_uncancellable, now, seq);
    if (ns <= w->most_ns) return;
    char who[NAME], took[NAME];
    w->most_ns = ns;
    x->time_ns = now;
    x->seq = seq;
    x->g = u->g;
    x->line = u->in_c_line;
    findings_say(x, "ctx%llu was over, and %s was in %.40s, called at line %llu, for another %s: nothing in Go can end that call",
                 (Ull)u->context, narrate_g(m, u->g, who, sizeof who), intern_text(m->text, fn), (Ull)u->in_c_line,
                 narrate_time(took, sizeof took, ns));
}

static void back_from_c(Findings *f, const Model *m, uint64_t g, uint64_t now, uint64_t seq) {
    for (size_t i = 0; f->contexts != NULL && i < f->contexts->count; i++) {
        if (f->contexts->use[i].g == g && f->contexts->use[i].fn != NONE) lost(f, m, i, now, seq);
    }
}

static void has_ended(Findings *f, uint64_t g, uint64_t now) {
    struct ContextWatch *w = f->contexts;
    for (size_t i = 0; w != NULL && i < w->count;) {
        if (w->use[i].g != g) {
            i++;
            continue;
        }
        bool heard = w->use[i].over_ns != NONE && !w->use[i].was_in_c;
        uint64_t took = heard ? now - w->use[i].over_ns : NONE;
        if (took != NONE) w->ended++;
        if (took != NONE && took > w->longest_ns) w->longest_ns = took;
        forget(w, i);
    }
}

void findings_context(Findings *f, const Model *m, const Event *e) {
    switch ((EventKind)e->kind) {
    case EV_CONTEXT_USE: has(f, e->arg[0], e->arg[1]); break;
    case EV_CONTEXT_CANCEL: is_over(f, m, e->arg[0], e->time_ns); break;
    case EV_CGO_EXIT_FAST:
    case EV_CGO_EXIT_P:
    case EV_CGO_EXIT_WAIT: back_from_c(f, m, e->arg[0], e->time_ns, e->seq); break;
    case EV_GO_END: has_ended(f, e->arg[0], e->time_ns); break;
    default: break;
    }
}

/* What became of the others belongs to the evidence. */
void findings_context_end(Findings *f, const Model *m) {
    struct ContextWatch *w = f->contexts;
    if (w == NULL) return;
    for (size_t i = 0; i < w->count; i++) {
        if (w->use[i].fn != NONE) lost(f, m, i, m->now_ns, m->seq);
    }
    Finding *x = &f->seen[FIND_uncancellable];
    if (x->times == 0) return;
    char said[FINDING_TEXT_MAX], all[NAME], longest[NAME];
    snprintf(said, sizeof said, "%s", x->text);
    narrate_time(all, sizeof all, w->lost_ns);
    narrate_time(longest, sizeof longest, w->longest_ns);
    if (w->ended == 0) findings_say(x, "%s; %llu such call%s went on for %s in all", said, (Ull)w->cut, w->cut == 1 ? "" : "s", all);
    else findings_say(x, "%s; %llu such call%s went on for %s in all, and the %llu others that had asked for it and have ended did so "
                      "within %s", said, (Ull)w->cut, w->cut == 1 ? "" : "s", all, (Ull)w->ended, longest);
}

void findings_context_free(Findings *f) {
    if (f->contexts == NULL) return;
    free(f->contexts->use);
    free(f->contexts);
}

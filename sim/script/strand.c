/* strand.c -- goroutines that wait for others keep their C stack, so that waiting is not leaving.
 *
 * A coroutine that yields leaves its C stack by longjmp, and comes back through setjmp: 65 ns each time, a
 * quarter of a message there and back. So a coroutine is resumed on a C stack of ours, a strand. One that
 * sends or receives goes on with the world from inside its own call (world_do): whoever is to be asked
 * next is switched to, and who is switched to returns from its own world_do. All else yields as ever, and
 * the strand is free for the next.
 *
 * Three ways lead from one stack to another:
 *     asked       the program of a goroutine is to go on: to its strand, or to a free one
 *     home        an operation that only the scheduler's own stack can go on with; the run is over; or
 *                 world_step has to return
 *     evicted     all strands are taken: the one that was given out first yields, to whoever needs it
 *
 * Nothing in Lua notices: a coroutine that waits on a strand is to Lua one that has resumed another.
 * Without strands (cstack.h, or a test's wish) coroutines are resumed where we are, and yield whenever they
 * wait; the events are the same.
 */
#include "box.h"

static void go_to(Script *s, CStack *to) {
    CStack *from = s->on;
    s->on = to;
    cstack_switch(from, to);
}

/* The strand's own code. */
static void live(void *strand) {
    Strand *st = strand;
    Script *s = st->script;
    for (;;) {
        script_resume(s, st->body);
        s->bodies[st->body].strand = 0;
        st->body = NONE;
        go_to(s, s->evictor ? s->evictor : &s->home);
    }
}

/* Its operation is under way already: it finds that world_do is of no service, yields, and is free. */
static void evict(Script *s, Strand *st) {
    World *w = s->w;
    uint32_t wait_left = w->wait_left;
    w->wait_left = 0;
    s->evictor = s->on;
    go_to(s, &st->stack);
    s->evictor = NULL;
    w->wait_left = wait_left;
    w->handed_over = false;
    ASSERT(st->body == NONE);
}

/* A free one, or who has had one for long gives his up; never the one that we are on. */
static Strand *strand_get(Script *s) {
    for (uint32_t i = 0; i < STRANDS; i++) {
        Strand *st = &s->strands[i];
        if (st->script == NULL) {
            *st = (Strand){.script = s, .body = NONE};
            cstack_make(&st->stack, live, st);
        }
        if (st->body == NONE) return st;
    }
    Strand *st;
    do st = &s->strands[s->strand_turn++ % STRANDS];
    while (&st->stack == s->on);
    evict(s, st);
    return st;
}

void strand_ask(Script *s, uint64_t body, OpResult last, Op *out) {
    CStack *me = s->on;
    bool can_wait = s->waits && s->w->asking != NULL; /* a thread of C's cannot, and is asked out of a step */
    uint32_t n = s->bodies[body].strand;
    Strand *st = n > 0 ? &s->strands[n - 1] : can_wait ? strand_get(s) : NULL;
    result_set(&s->last, last.value, last.ok != 0);
    s->out = out;
    if (st == NULL) {
        script_resume(s, body);
        return;
    }
    if (n == 0) {
        st->body = body;
        s->bodies[body].strand = (uint8_t)(st - s->strands + 1);
    }
    go_to(s, &st->stack);
    if (me != &s->home) s->w->handed_over = true; /* we are asked ourselves, or evicted */
}

bool strand_do(Script *s, Op *op, OpResult *r) {
    World *w = s->w;
    uint64_t me = s->running;
    if (!world_do(w, r)) {
        if (!w->handed_over || !s->waits) return false;
        if (s->evictor == NULL) go_to(s, &s->home);
        s->out = op;
        if (s->evictor != NULL) return false;
        result_set(r, s->last.value, s->last.ok != 0);
    }
    s->out = op;
    s->running = me;
    sandbox_refill(s);
    return true;
}

void strand_free(Script *s) {
    for (uint32_t i = 0; i < STRANDS; i++) cstack_free(&s->strands[i].stack);
}

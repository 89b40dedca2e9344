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

/* Its number, from 1; 0: the body does without. */
static OWN_FRAME uint32_t strand_for(Script *s, uint64_t body) {
    if (!s->waits || s->w->asking == NULL) return 0; /* a thread of C's cannot wait, and is asked out of a step */
    Strand *st = strand_get(s);
    st->body = body;
    return s->bodies[body].strand = (uint8_t)(st - s->strands + 1);
}

void strand_ask(Script *s, uint64_t body, OpResult last, Op *out) {
    CStack *me = s->on;
    uint32_t n = s->bodies[body].strand;
    if (n == 0) n = strand_for(s, body);
    s->last = last;
    s->out = out;
    if (n == 0) {
        script_resume(s, body);
        return;
    }
    go_to(s, &s->strands[n - 1].stack);
    if (me != &s->home) s->w->handed_over = true; /* we are asked ourselves, or evicted */
}

/* The operation is under way, but this strand is not the one to wait for its end. */
static OWN_FRAME OpResult at_home(Script *s, Op *op) {
    if (s->evictor == NULL) go_to(s, &s->home);
    s->out = op;
    return s->evictor != NULL ? (OpResult){0, NOT_OVER} : s->last;
}

OpResult strand_do(Script *s, Op *op) {
    World *w = s->w;
    uint64_t me = s->running;
    OpResult r = world_do(w);
    if (r.ok == NOT_OVER) {
        if (!w->handed_over || !s->waits) return r;
        r = at_home(s, op);
        if (r.ok == NOT_OVER) return r;
    }
    s->out = op;
    s->running = me;
    sandbox_refill(s);
    return r;
}

void strand_free(Script *s) {
    for (uint32_t i = 0; i < STRANDS; i++) cstack_free(&s->strands[i].stack);
}

/* meter.c -- loops and functions pay for their steps: the text that Lua gets is the scenario's, with payments.
 *
 * What runs long goes through a loop, calls functions, or jumps back by goto. So each body of a loop and of
 * a function begins with a payment, and before each goto stands one:
 *
 *     for i = 1, n do  do local n=s-6 if n<0 then n=p(n)end s=n end  t[i] = f(i) end
 *
 * s and p are locals of the chunk, called by names that do not occur in it. s is what has been drawn from the
 * budget and is not used yet; p is the chunk's _ENV, which, called, gives more or throws (sandbox.c). The
 * price is one step, and one for every two words of the body, without the loops and functions in it, which
 * pay themselves: about as many as Lua has instructions. Lines stay what they are.
 *
 * Lua's own count hook asks at every instruction: 28 of the 280 ns of a ping-pong's round trip. This takes 5; without
 * the local n, which saves Lua two ways to an upvalue, 12.
 */
#include "box.h"
#include "word.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct {
    size_t at; /* in the source: here stands the payment */
    uint64_t words;
} Payment;

typedef struct {
    Payment *payment; /* from the first line to the last */
    size_t count, cap;
    size_t *block; /* who pays for the words of each open block; NO_PAYMENT: the top level, which runs once */
    size_t depth, block_cap;
} Meter;
#define NO_PAYMENT SIZE_MAX

/* ---- where to pay, and how much ---- */

static size_t payer(const Meter *m) { return m->depth > 0 ? m->block[m->depth - 1] : NO_PAYMENT; }

static size_t pay_at(Meter *m, size_t at) {
    GROW(m->payment, m->cap, m->count + 1);
    m->payment[m->count] = (Payment){.at = at};
    return m->count++;
}

static void open_block(Meter *m, size_t who_pays) {
    GROW(m->block, m->block_cap, m->depth + 1);
    m->block[m->depth++] = who_pays;
}

static void close_block(Meter *m) {
    if (m->depth > 0) m->depth--;
}

/* Where the blocks do not fit together, Lua will complain; the payments then stand anywhere, but in order. */
static void find_payments(Meter *m, const char *source) {
    bool parameters = false; /* of the innermost function, whose payment stands behind them */
    for (Word w = word_first(source); w.at < w.end; w = word_after(w)) {
        size_t begins = (size_t)(w.at - source), ends = (size_t)(w.end - source);
        if (payer(m) != NO_PAYMENT) m->payment[payer(m)].words++;
        if (parameters && word_is(w, ")")) {
            m->payment[payer(m)].at = ends;
            parameters = false;
        } else if (word_is(w, "function")) {
            open_block(m, pay_at(m, ends));
            parameters = true;
        } else if (word_is(w, "do") || word_is(w, "repeat")) {
            open_block(m, pay_at(m, ends));
            parameters = false;
        } else if (word_is(w, "if")) {
            open_block(m, payer(m));
            parameters = false;
        } else if (word_is(w, "end") || word_is(w, "until")) {
            close_block(m);
            parameters = false;
        } else if (word_is(w, "goto")) {
            pay_at(m, begins);
            parameters = false;
        }
    }
}

/* Two names that the source does not have. */
static void choose_names(const char *source, char s[16], char p[16]) {
    unsigned n = 0;
    do {
        snprintf(s, 16, "s_%u", n);
        snprintf(p, 16, "p_%u", n++);
    } while (strstr(source, s) != NULL || strstr(source, p) != NULL);
}

char *meter(const char *source) {
    Meter m = {0};
    Bytes out = {0};
    char s[16], p[16], text[120];
    find_payments(&m, source);
    choose_names(source, s, p);
    int len = snprintf(text, sizeof text, "local %s,%s=0,_ENV ", s, p);
    bytes_add(&out, text, (size_t)len);
    size_t from = 0;
    for (size_t i = 0; i < m.count; i++) {
        const Payment *pay = &m.payment[i];
        ASSERT(pay->at >= from);
        bytes_add(&out, source + from, pay->at - from);
        from = pay->at;
        len = snprintf(text, sizeof text, " do local n=%s-%llu if n<0 then n=%s(n)end %s=n end ", s,
                       (unsigned long long)(1 + pay->words / 2), p, s);
        bytes_add(&out, text, (size_t)len);
    }
    bytes_add(&out, source + from, strlen(source + from) + 1);
    free(m.payment);
    free(m.block);
    return (char *)out.data;
}

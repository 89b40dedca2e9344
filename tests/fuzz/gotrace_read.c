/* gotrace_read.c -- any bytes at all as a Go trace: the reader gives events or a sentence, within bounds.
 *
 * `make fuzz` builds this with clang's libFuzzer, the address and the undefined-behaviour sanitizer, and lets it run
 * for FUZZ_SECONDS on what is in tests/fuzz/corpus. The bytes go into a file in memory, since the reader wants one.
 * What it finds belongs, as a small file, in the corpus, which `make test` reads as well.
 */
#include "../../sim/lens/gotrace_read.h"
#include "bytes.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t stack_letters(const GotraceReader *r, uint64_t stack) {
    uint64_t letters = 0;
    for (uint32_t depth = 0; depth < gotrace_stack_depth(r, stack); depth++) {
        GotraceFrame f = gotrace_stack_frame(r, stack, depth);
        letters += strlen(gotrace_text(r, f.func, NULL)) + strlen(gotrace_text(r, f.file, NULL));
    }
    return letters;
}

/* Reads all that the event names. */
static uint64_t letters_of(const GotraceReader *r, const GotraceEvent *e) {
    const GotraceSpec *spec = &gotrace_spec[e->number];
    uint64_t letters = 0;
    if (e->number == GT_CPU_SAMPLE) return stack_letters(r, e->arg[0]);
    for (int i = 0; i < spec->arg_count; i++) {
        size_t len;
        if (spec->arg[i].kind == GOTRACE_KIND_STACK) letters += stack_letters(r, e->arg[i]);
        if (spec->arg[i].kind != GOTRACE_KIND_STRING) continue;
        const char *text = gotrace_text(r, e->arg[i], &len);
        ASSERT(text[len] == '\0');
        letters += len;
    }
    return letters;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Diag d = {0};
    GotraceReader *r;
    const GotraceEvent *e;
    GotraceStep step;
    uint64_t events = 0, last_ns = 0, letters = 0;
    if (!gotrace_reader_open(&r, fuzz_file(data, size), &d)) {
        ASSERT(d.message[0] != '\0');
        return 0;
    }
    while ((step = gotrace_next(r, &e, &d)) == GOTRACE_EVENT) {
        ASSERT(e->time_ns > last_ns);
        last_ns = e->time_ns;
        letters += letters_of(r, e);
        events++;
    }
    ASSERT(step == GOTRACE_END || strstr(d.message, ": byte ") != NULL);
    ASSERT(events <= 3 * (uint64_t)size); /* an event has a byte of its own, or is one of three */
    ASSERT(letters <= events * GOTRACE_FRAMES_MAX * 2 * (uint64_t)GOTRACE_STRING_MAX);
    gotrace_reader_close(r);
    return 0;
}

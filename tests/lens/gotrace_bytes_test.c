/* gotrace_bytes_test.c -- a Go trace whose bytes are not what they should be: what the fuzzer kept, each bit turned,
 * and where exactly the good events end.
 */
#include "../check.h"

#include "../../sim/base/bytes.h"
#include "../../sim/lens/gotrace_read.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Reads all of it, with every stack. */
static GotraceStep read_all(const char *path, uint64_t *events, Diag *d) {
    GotraceReader *r;
    const GotraceEvent *e;
    GotraceStep step;
    uint64_t letters = 0;
    *events = 0;
    if (!gotrace_reader_open(&r, path, d)) return GOTRACE_BROKEN;
    while ((step = gotrace_next(r, &e, d)) == GOTRACE_EVENT) {
        const GotraceSpec *spec = &gotrace_spec[e->number];
        for (int i = 0; i < spec->arg_count; i++) {
            if (spec->arg[i].kind != GOTRACE_KIND_STACK) continue;
            for (uint32_t depth = 0; depth < gotrace_stack_depth(r, e->arg[i]); depth++)
                letters +=
                    strlen(gotrace_text(r, gotrace_stack_frame(r, e->arg[i], depth).func, NULL));
        }
        ++*events;
    }
    gotrace_reader_close(r);
    CU_ASSERT(letters < UINT64_MAX);
    return step;
}

/* ---- the fuzzer's ---- */

static void what_the_fuzzer_kept_is_read_or_refused(void) {
    static const char *const folder = "tests/fuzz/corpus";
    DIR *files = opendir(folder);
    uint64_t events, count = 0, read = 0;
    CU_ASSERT_PTR_NOT_NULL_FATAL(files);
    for (struct dirent *entry; (entry = readdir(files)) != NULL;) {
        char path[512];
        Diag d = {0};
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        count++;
        if (read_all(path, &events, &d) == GOTRACE_END) read++;
        else CU_ASSERT_PTR_NOT_NULL(strstr(d.message, ": byte "));
    }
    closedir(files);
    CU_ASSERT(count > 20);
    CU_ASSERT(read < count);
}

/* ---- each bit ---- */

static long peak_kib(void) {
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return use.ru_maxrss;
}

static void a_wrong_bit_asks_for_no_memory(void) {
    static const char *const files[] = {"sparse-ids", "gen2-go-conflict", "callback-twice",
                                        "steal-no-pstatus-gen2", "full-25"};
    const char *path = temp_path("bit.trace");
    long before = peak_kib();
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        char from[128], bytes[1024];
        snprintf(from, sizeof from, "tests/traces/go/synthetic/%s.trace", files[i]);
        FILE *f = fopen(from, "rb");
        CU_ASSERT_PTR_NOT_NULL_FATAL(f);
        size_t len = fread(bytes, 1, sizeof bytes, f);
        fclose(f);
        CU_ASSERT_FATAL(len > 100 && len < sizeof bytes);
        for (size_t bit = 0; bit < 8 * len; bit++) {
            uint64_t events;
            Diag d = {0};
            bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
            check_write(path, bytes, len);
            if (read_all(path, &events, &d) != GOTRACE_END)
                CU_ASSERT_PTR_NOT_NULL(strstr(d.message, ": byte "));
            CU_ASSERT(events <= 3 * len);
            bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
        }
    }
#ifndef __SANITIZE_ADDRESS__ /* it keeps what was freed */
    CU_ASSERT(peak_kib() - before < 16 * 1024);
#else
    CU_ASSERT(before > 0);
#endif
}

/* ---- where the good events end ---- */

enum { GOOD = 100 }; /* more than are decoded at once */

/* A P, a goroutine and GOOD events of it, then `last`: on one thread, in one batch. */
static size_t trace_with_last(const char *path, const void *last, size_t last_len) {
    static const uint8_t head[] = "go 1.22 trace\0\0\0"
                                  "\x01\x01\x00\xe8\x07\x06\x08\x80\x94\xeb\xdc\x03";
    static const uint8_t first[] = {GT_PROC_STATUS, 1, 0, GT_P_RUNNING, GT_GO_STATUS, 1, 1, 7,
                                    GT_G_RUNNING};
    uint8_t event[1 + 2 * VARINT_MAX];
    Bytes data = {0}, file = {0};
    bytes_add(&data, first, sizeof first);
    for (uint64_t i = 0; i < GOOD; i++) {
        event[0] = GT_HEAP_ALLOC;
        uint8_t *end = varint_put(varint_put(event + 1, 1), i * i * i * i);
        bytes_add(&data, event, (size_t)(end - event));
    }
    size_t at = data.len;
    bytes_add(&data, last, last_len);
    bytes_add(&file, head, sizeof head - 1);
    bytes_add(&file, "\x01\x01\x07\xe8\x07", 5);
    bytes_add_varint(&file, data.len);
    at += file.len;
    bytes_add(&file, data.data, data.len);
    check_write(path, file.data, file.len);
    bytes_free(&data);
    bytes_free(&file);
    return at;
}

static void ends_with(const void *last, size_t len, uint64_t want, const char *why) {
    const char *path = temp_path("last.trace");
    char place[32];
    uint64_t events;
    Diag d = {0};
    size_t at = trace_with_last(path, last, len);
    GotraceStep step = read_all(path, &events, &d);
    CU_ASSERT_EQUAL(events, want);
    CU_ASSERT_EQUAL(step, why == NULL ? GOTRACE_END : GOTRACE_BROKEN);
    if (why == NULL || step != GOTRACE_BROKEN) return;
    snprintf(place, sizeof place, ": byte %zu: ", at);
    CU_ASSERT_PTR_NOT_NULL(strstr(d.message, place));
    if (strstr(d.message, why) == NULL) {
        printf("    %s\n", d.message);
        CU_FAIL("another sentence");
    }
}

/* As in Go's reader, the event right before one that cannot be decoded is lost with it; one that is impossible,
 * or names what is in no table, is lost alone. */
static void events_before_a_wrong_one_are_given(void) {
    static const uint8_t good[] = {GT_HEAP_GOAL, 1, 5}, no_number[] = {0, 1, 1},
                         cut[] = {GT_USER_LOG, 1, 0, 0x80}, no_time[] = {GT_HEAP_GOAL, 0xff},
                         nameless[] = {GT_GO_LABEL, 1, 9}, impossible[] = {GT_GO_SYSCALL_END, 1},
                         too_long[] = {GT_HEAP_GOAL, 1,    0x80, 0x80, 0x80, 0x80, 0x80,
                                       0x80,         0x80, 0x80, 0x80, 0x80, 1},
                         longest[] = {GT_HEAP_GOAL, 1,    0x80, 0x80, 0x80, 0x80,
                                      0x80,         0x80, 0x80, 0x80, 0x80, 1};
    const uint64_t all = 2 + GOOD;
    ends_with("", 0, all, NULL);
    ends_with(good, sizeof good, all + 1, NULL);
    ends_with(longest, sizeof longest, all + 1, NULL);
    ends_with(no_number, sizeof no_number, all - 1, "0 is no event of a thread");
    ends_with(cut, sizeof cut, all - 1, "argument \"key\" of a UserLog is no whole number");
    ends_with(no_time, sizeof no_time, all - 1, "the time of a HeapGoal is no whole number");
    ends_with(too_long, sizeof too_long, all - 1,
              "argument \"bytes\" of a HeapGoal is no whole number");
    ends_with(nameless, sizeof nameless, all, "this GoLabel names string 9");
    ends_with(impossible, sizeof impossible, all, "goroutine 1 is running, not in a syscall");
}

/* ---- what no writer does, and Go's reader lets pass ---- */

/* Goroutine 1 runs on thread 7; in generation 2 a status puts it on thread 8 too, where it ends. `then` goes on
 * there; after all that thread 7 tells of the heap. */
static void two_threads_had_it(const uint8_t *then, uint8_t len, uint64_t want, const char *why) {
    static const uint8_t head[] = "go 1.22 trace\0\0\0"
                                  "\x01\x01\x00\xe8\x07\x06\x08\x80\x94\xeb\xdc\x03"
                                  "\x01\x01\x07\xe8\x07\x09\x0d\x01\x00\x01\x19\x01\x01\x07\x02"
                                  "\x01\x02\x00\xe8\x07\x06\x08\x80\x94\xeb\xdc\x03",
                         last[] = "\x01\x02\x07\xe8\x0f\x07\x0d\x01\x00\x01\x25\x01\x05";
    const uint8_t other[] = {1,
                             2,
                             8,
                             0xe8,
                             0x08,
                             (uint8_t)(11 + len),
                             GT_PROC_STATUS,
                             1,
                             1,
                             GT_P_RUNNING,
                             GT_GO_STATUS,
                             1,
                             1,
                             8,
                             GT_G_RUNNING,
                             GT_GO_DESTROY,
                             1};
    const char *path = temp_path("two.trace");
    uint64_t events;
    Bytes file = {0};
    Diag d = {0};
    bytes_add(&file, head, sizeof head - 1);
    bytes_add(&file, other, sizeof other);
    bytes_add(&file, then, len);
    bytes_add(&file, last, sizeof last - 1);
    check_write(path, file.data, file.len);
    bytes_free(&file);
    CU_ASSERT_EQUAL(read_all(path, &events, &d), why == NULL ? GOTRACE_END : GOTRACE_BROKEN);
    CU_ASSERT_EQUAL(events, want);
    if (why != NULL) CU_ASSERT_PTR_NOT_NULL(strstr(d.message, why));
}

static void a_goroutine_of_two_threads_is_looked_for_again(void) {
    static const uint8_t two_more[] = {GT_GO_CREATE, 1, 2, 0, 0, GT_GO_CREATE, 1, 1, 0, 0};
    two_threads_had_it(two_more, 0, 5, "the thread has goroutine 1, which has ended");
    two_threads_had_it(two_more, 5, 6, "the thread has goroutine 1, which has ended");
    two_threads_had_it(two_more, 10, 9, NULL);
}

void lens_gotrace_bytes_tests(void) {
    static const Check checks[] = {
        {"what the fuzzer kept is read or refused with a sentence",
         what_the_fuzzer_kept_is_read_or_refused},
        {"a wrong bit is an error or another trace, and asks for no memory",
         a_wrong_bit_asks_for_no_memory},
        {"the events before a wrong one are given, as by Go's reader",
         events_before_a_wrong_one_are_given},
        {"a goroutine that two threads had is looked for again",
         a_goroutine_of_two_threads_is_looked_for_again},
        {0},
    };
    suite("lens: Go traces of wrong bytes", checks);
}

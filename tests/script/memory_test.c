/* memory_test.c -- C's heap, what the driver gives, stacks: what a program can do with them, right and wrong. */
#include "../check.h"
#include "attempt.h"

#include <stdio.h>
#include <string.h>

void script_memory_tests(void);

static Attempt on(const char *device, const char *source) { return attempt(source, &(How){.device = device}); }

/* malloc does not clear, and gives the same memory again. */
static void c_memory_is_cs(void) {
    attempt_says(MAIN("local p = C.malloc('p', 4, 'ints') p[2] = 7 C.free(p) print(p[2])\n"
                      "local q = C.malloc('q', 4, 'ints') print(q[2], #q)\n"
                      "local t = C.CString('t', 'abc') print(#t, t[0], t[3]) C.free(t) C.free(q)\n"
                      "runtime.GC() runtime.GC() print 'two collections'"),
                 "7\n7\t4\n4\t97\t0\ntwo collections\n");
    Attempt a = attempt(MAIN("local p = C.malloc('p', 8) C.free(p) C.free(p)"), NULL);
    CU_ASSERT_EQUAL(a.outcome, RUN_PANIC);
    check_text("twice", "free(): double free detected in tcache 2\nSIGABRT: abort\n", a.notes);
    attempt_free(&a);
    a = attempt(MAIN("C.malloc('p', 1 << 30, 'floats')"), NULL);
    check_text("too much", "fatal error: runtime: C malloc failed\n", a.notes);
    attempt_free(&a);
    attempt_fails(MAIN("C.free(heap.bytes('x', 8))"), "C.free wants what C.malloc");
    attempt_fails(MAIN("C.free(cl.buffer('d', 8))"), "C.free wants what C.malloc");
    attempt_fails(MAIN("cl.release(C.malloc('p', 8))"), "cl.release wants what cl.buffer");
    attempt_fails(MAIN("C.malloc('p', 8, 'doubles')"), "a kind of elements");
    attempt_fails(MAIN("C.malloc('p', 0)"), "the number of elements");
    attempt_fails(HEAD "local p = C.malloc('p', 8) main(function() end)", "C.malloc");
}

static void the_devices_memory_has_a_limit(void) {
    attempt_says("scenario { title = 't', device_memory = '64KiB' } main(function()\n"
                 "local a, b = cl.buffer('a', 8, 'floats'), cl.buffer('b', 60 << 10)\n"
                 "print(#a, #b, cl.buffer('c', 1)) cl.release(a) print(#cl.buffer('c', 4096)) print(cl.release(a))\n"
                 "print(cl.release(a)) end)",
                 "8\t61440\tnil\tCL_MEM_OBJECT_ALLOCATION_FAILURE\n4096\ntrue\nfalse\n");
    attempt_fails("scenario { title = 't', device_memory = '5KiB' } main(function() end)", "in steps of 4KiB");
    Attempt a = attempt(MAIN("local d = cl.buffer('d', 4, 'floats') pcall(function() return d[1] end) print 'never'"), NULL);
    check_text("fault", "unexpected fault address 0x302000004\nfatal error: fault\n", a.notes);
    attempt_free(&a);
    attempt_fails(MAIN("copy(heap.bytes('x', 8), cl.buffer('d', 8))"), "where Go cannot reach it");
    attempt_fails(MAIN("cl.write(heap.bytes('x', 8), heap.bytes('y', 8))"), "cl.write wants what cl.buffer gave");
    attempt_fails(MAIN("cl.write(cl.buffer('d', 4), heap.bytes('x', 8))"), "8 bytes do not fit into 4");
    attempt_fails(MAIN("cl.write(cl.buffer('d', 8), heap.bytes('x', 8), { items = 3 })"), "cl.write has no field 'items'");
    attempt_fails(MAIN("copy(heap.bytes('x', 8), heap.ints('y', 8))"), "x has bytes, y has ints");
    attempt_fails(MAIN("picture(cl.buffer('d', 4), { width = 2, height = 2 })"), "in the device's memory");
}

static const char *const devices[] = {"auto", "auto,staging"};

/* On each kind of device; from each kind of memory, kernels included. */
static void bytes_travel(void) {
    if (device_missing()) return;
    for (size_t i = 0; i < ARRAY_LEN(devices); i++) {
        Attempt a = on(devices[i],
                       MAIN("local n = 5000 local x = heap.floats('x', n, function(i) return i end)\n"
                            "local p, h, u = C.malloc('p', n, 'floats'), cl.locked('h', n, 'floats'), cl.shared('u', n, 'floats')\n"
                            "local d, e = cl.buffer('d', n, 'floats'), cl.buffer('e', n, 'floats')\n"
                            "local pin = runtime.Pinner() pin:Pin(x)\n"
                            "cl.write(d, x) cl.read(d, p) cl.finish() print(p[4999])\n"
                            "copy(h, p) h[0] = 5 cl.write(e, h) cl.kernel('saxpy', d, e, 2.0):launch() cl.read(d, u) cl.finish()\n"
                            "print(u[0], u[4999])\n"
                            "cl.kernel('saxpy', u, p, 1.0):launch() cl.kernel('saxpy', p, d, 1.0):launch() cl.finish()\n"
                            "print(u[4999], p[4999], x[4999])"));
        check_text(devices[i], "4999.0\n10.0\t14997.0\n19996.0\t19996.0\t4999.0\n", a.notes);
        attempt_free(&a);
    }
}

/* A transfer from an object that moves, or of which the memory is given back: what was due, and then what lies there. */
static void a_transfer_uses_the_old_address(void) {
    if (device_missing()) return;
    static const char *const source =
        "scenario { title = 't', procs = 2 } main(function()\n"
        "local x, back = heap.floats('x', 4096, 1), C.malloc('back', 4096, 'floats')\n"
        "local d = cl.buffer('d', 4096, 'floats')\n"
        "cl.write(d, x, { takes = '4ms', slices = 64 }) sleep '1ms' runtime.GC() cl.finish() cl.read(d, back) cl.finish()\n"
        "local n = 0 for _, v in pairs(back) do if v == 1 then n = n + 1 end end print(n, back[4095]) print(x[4095]) end)";
    for (size_t i = 0; i < ARRAY_LEN(devices); i++) {
        Attempt a = on(devices[i], source);
        check_text(devices[i], "1152\t-6.2598533987078e+18\n1.0\n", a.notes); /* 0xdeadbeef */
        CU_ASSERT_PTR_NOT_NULL(strstr(a.events, "DEV_STALE"));
        attempt_free(&a);
        a = on(devices[i],
               "scenario { title = 't', device_memory = '16KiB' } main(function()\n"
               "local x, back = heap.floats('x', 4096, 1), C.malloc('back', 4096, 'floats')\n"
               "local d = cl.buffer('d', 4096, 'floats')\n"
               "cl.write(d, x, { takes = '4ms', slices = 64 }) sleep '1ms' cl.release(d) local e = cl.buffer('e', 4096, 'floats')\n"
               "cl.finish() cl.read(e, back) cl.finish() print(back[4095]) end)");
        check_text("the next owner's", "1.0\n", a.notes);
        attempt_free(&a);
    }
}

/* The host sees what is done by then; a launch with memory that was given back uses it all the same, or its copy of it. */
static void shared_and_freed_memory(void) {
    static const char *const seen[] = {"1984\n2.0\n4.0\n", "1984\n2.0\n2.0\n"};
    if (device_missing()) return;
    for (size_t i = 0; i < ARRAY_LEN(devices); i++) {
        Attempt a = on(devices[i],
                       MAIN("local u = cl.shared('u', 4096, 'floats') for i = 0, #u - 1 do u[i] = 1 end\n"
                            "cl.kernel('scale', u, 2.0):launch { takes = '4ms', slices = 64 } sleep '2ms'\n"
                            "local n = 0 for _, v in pairs(u) do if v == 2 then n = n + 1 end end print(n) cl.finish() print(u[4095])\n"
                            "local k = cl.kernel('scale', u, 2.0) cl.release(u) k:launch() cl.finish()\n"
                            "local v = cl.shared('v', 4096, 'floats') print(v[0])"));
        check_text(devices[i], seen[i], a.notes);
        attempt_free(&a);
    }
}

/* Twice the size each time; what was on it comes along, and what had its address does not. */
static void stacks_grow_and_move(void) {
    Attempt a = attempt(MAIN("local x, y = stack.ints('x', 4, 7), stack.floats('y', 2, 1.5) local p = C.pointer(x)\n"
                             "recurse '256B' print(p[0]) p[1] = 8 print(x[1])\n"
                             "recurse '20KiB' p[2] = 9 print(x[1], x[2], y[1], p[2])\n"
                             "go(function() local z = stack.ints('z', 4, 5) sleep '1ms' end) sleep '10us' print(p[0])"),
                        NULL);
    check_text("notes", "7\n8\n8\t7\t1.5\t9\n5\n", a.notes);
    int grown = 0;
    for (const char *e = a.events; (e = strstr(e, "STACK_GROW")) != NULL; e++) grown++;
    CU_ASSERT_EQUAL(grown, 4); /* 2, 4, 8, 16, 32 KiB */
    CU_ASSERT_PTR_NOT_NULL(strstr(a.events, "bytes=32768"));
    attempt_free(&a);
    a = attempt(MAIN("recurse '1GiB'"), NULL);
    check_text("overflow", "runtime: goroutine stack exceeds 1000000000-byte limit\nfatal error: stack overflow\n", a.notes);
    attempt_free(&a);
    attempt_fails(MAIN("C.call('f', function() recurse '4KiB' end)"), "this is Go code, and here runs C");
    attempt_fails(MAIN("recurse(5)"), "recurse wants a size");
    attempt_fails(MAIN("stack.ints('x', 1 << 20)"), "from 1 to 65536");
    attempt_fails(MAIN("local p = C.pointer(heap.ints('x', 4)) print(p[4])"), "an index from 0 to 3");
}

/* C, with an address that it kept, meets what is there: after a move, poison. */
static void an_address_is_not_corrected(void) {
    attempt_says(MAIN("local x = heap.uints('x', 4, 7) local p = C.pointer(x) runtime.GC() print(x[0], p[0] == 0xdeadbeef)\n"
                      "p[0] = 5 print(x[0], p[0])"),
                 "7\ttrue\n7\t5\n");
}

void script_memory_tests(void) {
    static const Check checks[] = {
        {"C's memory is C's", c_memory_is_cs},
        {"the device's memory has a limit, and no place in Go", the_devices_memory_has_a_limit},
        {"bytes travel between all of them", bytes_travel},
        {"a transfer uses the address it was given", a_transfer_uses_the_old_address},
        {"shared and freed memory", shared_and_freed_memory},
        {"stacks grow, and move what is on them", stacks_grow_and_move},
        {"an address is not corrected", an_address_is_not_corrected},
        {NULL, NULL},
    };
    suite("script: kinds of memory", checks);
}

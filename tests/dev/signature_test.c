/* signature_test.c -- what a kernel wants, read from its source text. */
#include "../../sim/dev/signature.h"
#include "driver.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void dev_signature_tests(void);

/* A signature as text, so that a test is a line: "y:float* x:const float* a:float". */
static void to_text(char *text, size_t size, const DevSignature *s) {
    static const char *const element[] = {"float", "int", "uint", "uchar"};
    size_t length = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < s->count && length < size; i++) {
        const DevParam *p = &s->param[i];
        bool buffer = p->kind == DEV_ARG_BUFFER;
        length += (size_t)snprintf(text + length, size - length, "%s%s:%s%s%s", i ? " " : "",
                                   p->name, buffer && !p->written ? "const " : "",
                                   element[p->element], buffer ? "*" : "");
    }
}

typedef struct {
    const char *source;
    const char *expect;
} Good;

static const Good good[] = {
    {"__kernel void f(__global float *y, __global const float *x, float a) {}",
     "y:float* x:const float* a:float"},
    {"kernel void f(global int*a,global uint*b,global const uchar*c,int i,uint u){}",
     "a:int* b:uint* c:const uchar* i:int u:uint"},
    {"__kernel\nvoid\nf\n(\nfloat\nx\n)\n{}", "x:float"},
    {"__kernel void f() {}", ""},
    {"__kernel void f(void) {}", ""},
    {"__kernel void f(const __global float * restrict x, __global float const *__restrict y) {}",
     "x:const float* y:const float*"},
    {"__kernel void f(__global float * const x, volatile __global int *n, const int m) {}",
     "x:float* n:int* m:int"},
    {"__kernel void f(/* the , first ) */ float a, // and { this\n int b) {}", "a:float b:int"},
    {"// __kernel void f(double wrong) {}\n/* kernel void f(char c) {} */\n"
     "__kernel void f(float a) {}",
     "a:float"},
    {"#define K __kernel void f(double x) \\\n {}\n  #  pragma x __kernel void f(\n"
     "__kernel void f(float a) {}",
     "a:float"},
    {"constant char *s = \"__kernel void f(\\\"\"; __kernel void f(float a) {}", "a:float"},
    {"__kernel void f(float);\n__kernel void f(float a) {}", "a:float"},
    {"__kernel void ff(int a) {} __kernel void g(float4 v) {} __kernel void f(float a) {}",
     "a:float"},
    {"void h(int a) { int kernel_x = 1; { if (a) {} } } __kernel void f(float a) {}", "a:float"},
    {"__kernel __attribute__((vec_type_hint(float))) void g(int a) {}\n__kernel void f(uint a) {}",
     "a:uint"},
    {"__ker\\\nnel int x; __kernel \\\n void f(int a) {}", "a:int"},
    {"__kernel void f(float kernel_name, int void_) {}", "kernel_name:float void_:int"},
    {"__kernel void f(int a,int b,int c,int d,int e,int g,int h,int i,int j,int k,int l,int m,int "
     "n,"
     "int o,int p,int q) {}",
     "a:int b:int c:int d:int e:int g:int h:int i:int j:int k:int l:int m:int n:int o:int p:int "
     "q:int"},
};

static void parameters_are_read(void) {
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        DevSignature s;
        Diag d;
        char text[1024] = "";
        bool ok = signature_read(&s, "k.cl", "f", good[i].source, &d);
        if (ok) to_text(text, sizeof text, &s);
        if (!ok || strcmp(text, good[i].expect) != 0) {
            printf("\n    case %zu: <%s>", i, ok ? text : d.message);
            CU_FAIL("parameters misread");
        }
    }
}

typedef struct {
    const char *source;
    int line, column;
    const char *message; /* a part of it */
} Bad;

static const Bad bad[] = {
    {"", 0, 0, "kernel f is not in k.cl; it has no kernel at all"},
    {"__kernel void g(int a) {}\n__kernel void h(int a) {}", 0, 0,
     "kernel f is not in k.cl; it has g, h"},
    {"void f(int a) {}", 0, 0, "kernel f is not in k.cl; it has no kernel at all"},
    {"__kernel void f(int a);", 0, 0, "it has no kernel at all"},
    {"/* never closed __kernel void f(int a) {}", 0, 0, "it has no kernel at all"},
    {"__kernel void f(double x) {}", 1, 17, "parameter x of kernel f has 'double'"},
    {"__kernel void f(int n,\n   float4 v) {}", 2, 4, "parameter v of kernel f has 'float4'"},
    {"__kernel void f(__global float4 *v) {}", 1, 26, "parameter v of kernel f has 'float4'"},
    {"__kernel void f(__local float *t) {}", 1, 17, "parameter t of kernel f has '__local'"},
    {"__kernel void f(__constant float *t) {}", 1, 17, "has '__constant'"},
    {"__kernel void f(read_only image2d_t img) {}", 1, 17,
     "parameter img of kernel f has 'read_only'"},
    {"__kernel void f(float *x) {}", 1, 17,
     "parameter x of kernel f is a pointer that is not __global"},
    {"__kernel void f(__global float x) {}", 1, 17,
     "parameter x of kernel f is __global and no pointer"},
    {"__kernel void f(__global float **x) {}", 1, 33, "parameter x of kernel f has '*'"},
    {"__kernel void f(uchar c) {}", 1, 17, "parameter c of kernel f is a uchar"},
    {"__kernel void f(unsigned int n) {}", 1, 17, "parameter n of kernel f has 'unsigned'"},
    {"__kernel void f(int int n) {}", 1, 21, "parameter n of kernel f has 'int'"},
    {"__kernel void f(__global REAL *x) {}", 1, 26, "parameter x of kernel f has 'REAL'"},
    {"__kernel void f(size_t n) {}", 1, 17, "parameter n of kernel f has 'size_t'"},
    {"__kernel void f(bool b) {}", 1, 17, "parameter b of kernel f has 'bool'"},
    {"__kernel void f(float x[4]) {}", 1, 23, "a parameter of kernel f has 'x'"},
    {"__kernel void f(float) {}", 1, 17, "a parameter of kernel f needs a type and a name"},
    {"__kernel void f(n) {}", 1, 17, "a parameter of kernel f has 'n'"},
    {"__kernel void f(__global float *) {}", 1, 32,
     "a parameter of kernel f needs a type and a name"},
    {"__kernel void f(* float x) {}", 1, 17, "parameter x of kernel f has '*'"},
    {"__kernel void f(float __global x) {}", 1, 17,
     "parameter x of kernel f is __global and no pointer"},
    {"__kernel void f(float restrict x) {}", 1, 23, "parameter x of kernel f has 'restrict'"},
    {"__kernel void f(int a,) {}", 1, 23, "a parameter is missing here"},
    {"__kernel void f(,int a) {}", 1, 17, "a parameter is missing here"},
    {"__kernel void f(int a {}", 1, 23, "')' is missing"},
    {"__kernel void f(int a", 1, 22, "')' is missing"},
    {"__kernel void f(", 1, 17, "')' is missing"},
    {"__kernel int f(int a) {}", 1, 10, "a kernel returns void"},
    {"__kernel __attribute__((reqd_work_group_size(8, 1, 1))) void f(int a) {}", 1, 10,
     "__attribute__"},
    {"__kernel void f(int a) __attribute__((reqd_work_group_size(8, 1, 1))) {}", 1, 24,
     "__attribute__"},
    {"__kernel void f(int a,int b,int c,int d,int e,int g,int h,int i,int j,int k,int l,int m,int "
     "n,"
     "int o,int p,int q,int r) {}",
     1, 113, "at most 16 parameters"},
    {"__kernel void f(int a23456789012345678901234567890123456789012345678) {}", 1, 21,
     "at most 47 characters"},
    {"__kernel void f(int a a a a a a a a a a a a a a a a a a a a a a a a a) {}", 1, 67,
     "too long"},
};

static void what_is_not_supported_is_named_with_its_place(void) {
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        const Bad *b = &bad[i];
        DevSignature s;
        Diag d = {0};
        bool ok = signature_read(&s, "k.cl", "f", b->source, &d);
        if (ok || d.line != b->line || d.column != b->column || !strstr(d.message, b->message)) {
            printf("\n    case %zu: %d:%d <%s>", i, d.line, d.column, ok ? "taken" : d.message);
            CU_FAIL("not refused as it should be");
        }
        CU_ASSERT_EQUAL(d.status, EXIT_SCENARIO);
        if (d.line) CU_ASSERT_STRING_EQUAL(d.file, "k.cl");
    }
}

static void a_refusal_shows_the_line_and_what_is_supported(void) {
    DevSignature s;
    Diag d;
    CU_ASSERT_FALSE(signature_read(&s, "k.cl", "f", "// a\n__kernel void f(double x) {}\n", &d));
    CU_ASSERT_STRING_EQUAL(d.excerpt, "__kernel void f(double x) {}");
    CU_ASSERT_PTR_NOT_NULL(strstr(d.remedy, "uchar *"));
}

static void many_kernels_do_not_overflow_the_message(void) {
    size_t cap = 64 * 400;
    char *source = mem_alloc(cap);
    size_t n = 0;
    for (int i = 0; i < 400; i++) {
        n += (size_t)snprintf(source + n, cap - n,
                              "__kernel void a_rather_long_name_%d(int a) {}\n", i);
    }
    DevSignature s;
    Diag d;
    CU_ASSERT_FALSE(signature_read(&s, "k.cl", "f", source, &d));
    CU_ASSERT_PTR_NOT_NULL(strstr(d.message, "it has a_rather_long_name_0, a_rather_long_name_1"));
    free(source);
}

static void our_own_kernels_are_understood(void) {
    static const char *const own[][3] = {
        {"opencl_kernels/saxpy.cl", "saxpy", "y:float* x:const float* a:float"},
        {"opencl_kernels/scale.cl", "scale", "x:float* a:float"},
        {"opencl_kernels/mandelbrot.cl", "mandelbrot",
         "pixels:float* width:int height:int max_iter:int"},
    };
    for (size_t i = 0; i < ARRAY_LEN(own); i++) {
        char *source = driver_read_file(own[i][0]);
        char text[512] = "";
        DevSignature s;
        Diag d;
        if (signature_read(&s, own[i][0], own[i][1], source, &d)) to_text(text, sizeof text, &s);
        CU_ASSERT_STRING_EQUAL(text, own[i][2]);
        free(source);
    }
}

/* Cut at each byte, and with each byte replaced: whatever comes out, nothing is read beyond the
 * end (the sanitizer watches), and a refusal has a message. */
static void damaged_sources_are_read_safely(void) {
    static const char whole[] =
        "// c\n#define A \\\n 1\n/* k */ __kernel void f(__global const float "
        "*x, int n) { x[0] = '\\''; \"s\\\"\"; }";
    static const char junk[] = "\n\\\"'/*(){};#,\xff";
    for (size_t n = 0; n < sizeof whole; n++) {
        for (size_t j = 0; j < sizeof junk; j++) {
            bool cut = j + 1 == sizeof junk;
            size_t bytes = cut ? n + 1 : sizeof whole;
            char *source = mem_alloc(bytes);
            memcpy(source, whole, bytes);
            if (cut) source[n] = '\0';
            if (!cut && n + 1 < sizeof whole) source[n] = junk[j];
            DevSignature s;
            Diag d = {0};
            if (!signature_read(&s, "k.cl", "f", source, &d) && !d.message[0])
                CU_FAIL("no message");
            free(source);
        }
    }
}

/* What slicing changes is refused, in the same words with a device and without; comments may say it. */
static void what_slicing_changes_is_refused(void) {
    static const char good[] =
        "/* get_global_size */ __kernel void k(__global float *x) { x[get_global_id(0)] = 1; }";
    static const char bad[] = "int n(void) { return 1; }\n__kernel void k(__global float *x)\n{ "
                              "x[0] = get_global_size(0); }\n";
    Diag d;
    CU_ASSERT(signature_sliceable("k.cl", good, &d));
    CU_ASSERT_FALSE(signature_sliceable("k.cl", bad, &d));
    CU_ASSERT_EQUAL(d.line, 3);
    CU_ASSERT_EQUAL(d.column, 10);
    CU_ASSERT_PTR_NOT_NULL(strstr(d.message, "get_global_size would speak of one slice"));
    CU_ASSERT(d.remedy[0] != '\0');
}

void dev_signature_tests(void) {
    CU_pSuite s = CU_add_suite("dev/signature", NULL, NULL);
    CU_ADD_TEST(s, parameters_are_read);
    CU_ADD_TEST(s, what_is_not_supported_is_named_with_its_place);
    CU_ADD_TEST(s, a_refusal_shows_the_line_and_what_is_supported);
    CU_ADD_TEST(s, many_kernels_do_not_overflow_the_message);
    CU_ADD_TEST(s, our_own_kernels_are_understood);
    CU_ADD_TEST(s, damaged_sources_are_read_safely);
    CU_ADD_TEST(s, what_slicing_changes_is_refused);
}

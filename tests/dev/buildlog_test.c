/* buildlog_test.c -- the first error in what an OpenCL compiler said, in each known style. */
#include "../../sim/dev/buildlog.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

void dev_buildlog_tests(void);

typedef struct {
    const char *log;
    int line, column, errors;
    const char *message;
} Case;

static const Case cases[] = {
    /* pocl */
    {"error: dir/my \"k.cl:3:10: use of undeclared identifier 'q'\n"
     "error: dir/my \"k.cl:3:14: use of undeclared identifier 'f'\n"
     "Device pthread-x failed to build the program\n",
     3, 10, 2, "use of undeclared identifier 'q'"},
    {"warning: k.cl:1:2: unused\nerror: k.cl:12:1: expected '}'\n", 12, 1, 1, "expected '}'"},
    /* clang and NVIDIA */
    {"k.cl:3:10: error: use of undeclared identifier 'q'\n    x[i] = q;\n           ^\n", 3, 10, 1,
     "use of undeclared identifier 'q'"},
    {"<kernel>:7:22: error: expected ';' after expression\r\n1 error generated.\r\n", 7, 22, 1,
     "expected ';' after expression"},
    {"k.cl:1:10: fatal error: 'no.h' file not found\n", 1, 10, 1, "'no.h' file not found"},
    {"C:\\k.cl:9: error: no column here", 9, 0, 1, "no column here"},
    {"k.cl:2:3: warning: odd\nk.cl:4:5: error: wrong: 7:8: it says\n", 4, 5, 1,
     "wrong: 7:8: it says"},
    /* older AMD */
    {"\"/tmp/OCL1.cl\", line 3: error: identifier \"q\" is undefined\n", 3, 0, 1,
     "identifier \"q\" is undefined"},
    /* no place, no error, nothing */
    {"error: linking failed\n", 0, 0, 1, "linking failed"},
    {"\n\n  ptxas fatal : unresolved\nsecond\nthird\nfourth\n", 0, 0, 0,
     "ptxas fatal : unresolved / second / third"},
    {"", 0, 0, 0, ""},
    {"\n\n\n", 0, 0, 0, ""},
    {"error:", 0, 0, 1, ""},
    {"k.cl:99999999999: error: a line that cannot be", 0, 0, 1, "a line that cannot be"},
    {"k.cl:0:0: error: place unknown", 0, 0, 1, "place unknown"},
};

static void each_style_of_log_is_understood(void) {
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const Case *c = &cases[i];
        BuildError e;
        buildlog_read(&e, c->log);
        if (e.line != c->line || e.column != c->column || e.errors != c->errors ||
            strcmp(e.message, c->message) != 0) {
            printf("\n    case %zu: got %d:%d, %d errors, <%s>", i, e.line, e.column, e.errors,
                   e.message);
            CU_FAIL("a log misunderstood");
        }
    }
}

static void a_log_without_the_files_name_is_marked(void) {
    BuildError e;
    buildlog_read(&e, "<kernel>:7:12: error: use of undeclared identifier 'factor'\n");
    CU_ASSERT(e.unnamed);
    buildlog_read(&e, "dir/k.cl:5:12: error: use of undeclared identifier 'factor'\n");
    CU_ASSERT_FALSE(e.unnamed);
}

static void a_very_long_log_is_cut(void) {
    size_t length = 100000;
    char *log = mem_alloc(length + 1);
    memset(log, 'x', length);
    log[length] = '\0';
    BuildError e;
    buildlog_read(&e, log);
    CU_ASSERT(strlen(e.message) > 100);
    memcpy(log, "k.cl:1:1: error: ", 17);
    buildlog_read(&e, log);
    CU_ASSERT_EQUAL(e.line, 1);
    CU_ASSERT(strlen(e.message) > 100);
    free(log);
}

static void no_cut_of_a_log_is_read_beyond_its_end(void) {
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        size_t length = strlen(cases[i].log);
        for (size_t n = 0; n <= length; n++) {
            char *log = mem_alloc(n + 1); /* a block of its own, so that the sanitizer sees */
            memcpy(log, cases[i].log, n);
            log[n] = '\0';
            BuildError e;
            buildlog_read(&e, log);
            CU_ASSERT(e.line >= 0);
            free(log);
        }
    }
}

void dev_buildlog_tests(void) {
    CU_pSuite s = CU_add_suite("dev/buildlog", NULL, NULL);
    CU_ADD_TEST(s, each_style_of_log_is_understood);
    CU_ADD_TEST(s, a_very_long_log_is_cut);
    CU_ADD_TEST(s, a_log_without_the_files_name_is_marked);
    CU_ADD_TEST(s, no_cut_of_a_log_is_read_beyond_its_end);
}

/* main.c -- runs all suites, or those whose name contains the argument; ends with the plain line
 * "N passed, N failed, N skipped".
 *
 * Every suite runs in a process of its own, as many at once as there are processors (JOBS=n says otherwise): one
 * that crashes counts as a failure and the others go on. What they print comes in the order of suites.def. A suite
 * that was named alone runs in this process, for the debugger. */
#include "check.h"
#include "dev/driver.h"

#include "../sim/base/base.h"

#include <CUnit/TestRun.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { JOBS_MAX = 8, TELL_SECONDS = 10 };

#define SUITE(function) void function(void);
#include "suites.def"
#undef SUITE

static const struct {
    const char *name;
    void (*add)(void);
} suites[] = {
#define SUITE(function) {#function, function},
#include "suites.def"
#undef SUITE
};

typedef struct {
    unsigned passed, failed, skipped;
} Figures;

/* ---- one suite ---- */

static void suite_begins(const CU_pSuite s) { printf("%s\n", s->pName); }

static void test_begins(const CU_pTest t, const CU_pSuite s) {
    (void)s;
    printf("  %s ...", t->pName);
    fflush(stdout); /* what the test starts may write to the same place */
}

static void test_ends(const CU_pTest t, const CU_pSuite s, const CU_pFailureRecord failures) {
    (void)t, (void)s;
    puts(failures ? " FAILED" : " passed");
    for (const CU_FailureRecord *f = failures; f; f = f->pNext)
        printf("    %s:%u: %s\n", f->strFileName, f->uiLineNumber, f->strCondition);
}

static Figures run_suite(size_t i) {
    suites[i].add();
    CU_set_suite_start_handler(suite_begins);
    CU_set_test_start_handler(test_begins);
    CU_set_test_complete_handler(test_ends);
    CU_run_all_tests();
    unsigned run = CU_get_number_of_tests_run(), failed = CU_get_number_of_tests_failed();
    unsigned skipped = checks_skipped();
    if (skipped > run - failed) skipped = run - failed;
    return (Figures){run - failed - skipped, failed, skipped};
}

/* ---- each in its own process ---- */

typedef struct {
    size_t suite;
    pid_t pid; /* 0: ended, or not begun */
    FILE *said;
    int figures; /* the end of a pipe that its figures come from */
    Figures sum;
    time_t began;
    bool done;
} Job;

static void begin(Job *job) {
    int ends[2];
    job->said = tmpfile();
    ASSERT(job->said != NULL && pipe(ends) == 0);
    fflush(NULL);
    job->began = time(NULL);
    job->pid = fork();
    ASSERT(job->pid >= 0);
    if (job->pid == 0) {
        dup2(fileno(job->said), STDOUT_FILENO);
        dup2(fileno(job->said), STDERR_FILENO);
        close(ends[0]);
        Figures f = run_suite(job->suite);
        if (write(ends[1], &f, sizeof f) != (ssize_t)sizeof f) exit(70);
        exit(0); /* not f.failed: a leak is told by the status */
    }
    close(ends[1]);
    job->figures = ends[0];
}

static void end(Job *job, int status) {
    if (read(job->figures, &job->sum, sizeof job->sum) != (ssize_t)sizeof job->sum) job->sum = (Figures){0};
    close(job->figures);
    if (status != 0) {
        job->sum.failed++;
        fseek(job->said, 0, SEEK_END);
        if (WIFSIGNALED(status))
            fprintf(job->said, "\n%s was ended by signal %d\n", suites[job->suite].name, WTERMSIG(status));
        else
            fprintf(job->said, "\n%s ended with status %d\n", suites[job->suite].name, WEXITSTATUS(status));
    }
    time_t took = time(NULL) - job->began;
    fseek(job->said, 0, SEEK_END);
    if (took >= TELL_SECONDS) fprintf(job->said, "  all of it took %ld s\n", (long)took);
    job->pid = 0;
    job->done = true;
}

static void tell(Job *job) {
    char chunk[4096];
    size_t n;
    rewind(job->said);
    while ((n = fread(chunk, 1, sizeof chunk, job->said)) > 0) fwrite(chunk, 1, n, stdout);
    fclose(job->said);
    putchar('\n');
}

static void wait_for_one(Job *jobs, size_t count) {
    int status;
    pid_t pid = wait(&status);
    ASSERT(pid > 0);
    for (size_t i = 0; i < count; i++) {
        if (jobs[i].pid == pid) end(&jobs[i], status);
    }
}

static size_t at_once(void) {
    const char *jobs = getenv("JOBS");
    long n = jobs ? strtol(jobs, NULL, 10) : sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > JOBS_MAX ? JOBS_MAX : (size_t)n;
}

static Figures run_all(Job *jobs, size_t count) {
    Figures sum = {0};
    size_t limit = at_once(), begun = 0, told = 0;
    driver_private_cache(); /* one for all: a kernel is built once */
    while (told < count) {
        size_t running = 0;
        for (size_t i = told; i < begun; i++) running += !jobs[i].done;
        if (running < limit && begun < count)
            begin(&jobs[begun++]);
        else
            wait_for_one(jobs, begun);
        for (; told < begun && jobs[told].done; told++) {
            tell(&jobs[told]);
            sum.passed += jobs[told].sum.passed;
            sum.failed += jobs[told].sum.failed;
            sum.skipped += jobs[told].sum.skipped;
        }
    }
    return sum;
}

int main(int argc, char **argv) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (CU_initialize_registry() != CUE_SUCCESS) return 70;
    Job jobs[ARRAY_LEN(suites)] = {0};
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_LEN(suites); i++) {
        if (argc > 1 && strstr(suites[i].name, argv[1]) == NULL) continue;
        jobs[count++].suite = i;
    }
    if (count == 0) {
        fprintf(stderr, "tests: no suite has \"%s\" in its name\n", argv[1]);
        return 2;
    }
    Figures sum = count == 1 ? run_suite(jobs[0].suite) : run_all(jobs, count);
    CU_cleanup_registry();
    printf("\n%u passed, %u failed, %u skipped\n", sum.passed, sum.failed, sum.skipped);
    return sum.failed > 0;
}

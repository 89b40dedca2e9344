/* cmd_findings.c -- faultline findings: what went wrong in a trace, with evidence.
 *
 * A trace says what its scenario expected (EXPECT_HELD, EXPECT_FAILED of "findings: ..."): a finding that was
 * expected is shown like any other, but does not make the exit status 1.
 */
#include "cli.h"

#include "../event/place.h"
#include "../lens/narrate.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *trace;
    bool json;
} Options;

static error_t parse(int key, char *arg, struct argp_state *state) {
    Options *o = state->input;
    switch (key) {
    case 'j': o->json = true; return 0;
    default: return cli_one(key, arg, state, &o->trace, "trace");
    }
}

static const struct argp_option options[] = {
    {"json", 'j', NULL, 0, "Print one JSON object; times are in ns", 0}, {0}};
static const struct argp argp = {options,
                                 parse,
                                 "TRACE",
                                 "Say what went wrong in a run, where, and what would have been right.\v"
                                 "Exit status: 0 nothing, or nothing but what the scenario expects; 1 something.",
                                 NULL,
                                 NULL,
                                 NULL};

typedef struct {
    Trace *t;
    Findings f;
    Model *m;
    bool expected[FIND_COUNT];
} Judged;

/* ---- reading ---- */

/* "findings: deadlock, starvation" was expected, whether it held or not. */
static void note_expected(Judged *j, const Event *e) {
    const char *p = intern_text(j->m->text, e->arg[0]);
    if (strncmp(p, "findings: ", 10) != 0) return;
    for (p += 10; *p; p += strcspn(p, ","), p += strspn(p, ", ")) {
        char key[FINDING_KEY_MAX];
        snprintf(key, sizeof key, "%.*s", (int)strcspn(p, ","), p);
        FindingKind kind = finding_find(key);
        if (kind != FIND_COUNT) j->expected[kind] = true;
    }
}

static bool judge(Judged *j, Diag *d) {
    char why[MODEL_WHY_MAX];
    bool ok = true;
    TraceCursor *c = trace_cursor(j->t);
    j->m = model_new(trace_text(j->t));
    findings_begin(&j->f, trace_get(j->t, "profile", NULL));
    for (Event e; ok && trace_next(c, &e);) {
        findings_event(&j->f, j->m, &e);
        if (e.kind == EV_EXPECT_HELD || e.kind == EV_EXPECT_FAILED) note_expected(j, &e);
        if (!model_apply(j->m, &e, why)) {
            ok = diag_fail(d, EXIT_WORLD, "%s: event #%llu is impossible: %s", trace_path(j->t),
                           (unsigned long long)e.seq, why);
        }
    }
    if (ok) findings_end(&j->f, j->m);
    trace_cursor_free(c);
    return ok;
}

/* ---- printing ---- */

static void print_place(FILE *out, const char *path, const Intern *strings, const Finding *x) {
    char text[512], place[PLACE_TEXT_MAX];
    bool stack = place_is_stack(x->line); /* names its own file */
    place_text(place, strings, x->line);
    fprintf(out, "%s", stack ? "" : plain_text(text, sizeof text, path));
    if (x->line > 0) fprintf(out, "%s%s", stack ? "" : ":", plain_text(text, sizeof text, place));
}

void cli_print_finding(FILE *out, const char *indent, const char *path, const Finding *x) {
    const FindingSpec *spec = finding_spec(x->kind);
    char text[2 * FINDING_TEXT_MAX];
    fprintf(out, "%s", indent);
    print_place(out, path, NULL, x);
    fprintf(out, ": %s: %s\n%*s  %s\n", spec->key, plain_text(text, sizeof text, x->text),
            (int)strspn(indent, " "), "", spec->right);
}

static void print_id(const char *letter, uint64_t id, const char *name) {
    char text[256];
    if (id == NONE) return;
    printf(", %s%llu%s%s", letter, (unsigned long long)id, name[0] ? " " : "",
           plain_text(text, sizeof text, name));
}

static void print_words(const Judged *j, const Finding *x) {
    const FindingSpec *spec = finding_spec(x->kind);
    char text[2 * FINDING_TEXT_MAX], time[48];
    const char *scenario = trace_option(j->t, "scenario");
    print_place(stdout, scenario[0] ? scenario : trace_option(j->t, "title"), j->m->text, x);
    printf(": %s: %s (book %s)", severity_name[spec->severity], spec->key, spec->book);
    if (x->times > 1) printf(", %llu times", (unsigned long long)x->times);
    if (j->expected[x->kind]) printf(", as expected");
    printf("\n  %s.\n", plain_text(text, sizeof text, x->text));
    printf("  seen at %s, event #%llu", narrate_time(time, sizeof time, x->time_ns),
           (unsigned long long)x->seq);
    print_id("g", x->g, model_g_name(j->m, x->g));
    print_id("P", x->p, "");
    print_id("M", x->m, "");
    print_id("k", x->cmd, "");
    print_id("x", x->ctx, "");
    printf("\n  right: %s\n", spec->right);
}

static void add_number(cJSON *o, const char *name, uint64_t v) {
    char number[24]; /* a double would round what is above 2^53 */
    if (v == NONE) return;
    snprintf(number, sizeof number, "%llu", (unsigned long long)v);
    cJSON_AddRawToObject(o, name, number);
}

static void add_frame(cJSON *o, const Intern *strings, uint64_t stack) {
    PlaceFrame f;
    char text[512];
    if (!place_frame_user(strings, stack, &f)) return;
    snprintf(text, sizeof text, "%.*s", f.file_len, f.file);
    cJSON_AddStringToObject(o, "file", text);
    add_number(o, "line", f.line);
    snprintf(text, sizeof text, "%.*s", f.function_len, f.function);
    cJSON_AddStringToObject(o, "function", text);
}

static void print_json(const Judged *j) {
    cJSON *o = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(o, "findings");
    char text[2 * FINDING_TEXT_MAX];
    cJSON_AddStringToObject(o, "scenario", plain_text(text, sizeof text, trace_option(j->t, "scenario")));
    cJSON_AddBoolToObject(o, "complete", trace_state(j->t) == TRACE_COMPLETE);
    for (size_t i = 0; i < j->f.count; i++) {
        const Finding *x = &j->f.found[i];
        const FindingSpec *spec = finding_spec(x->kind);
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "key", spec->key);
        cJSON_AddStringToObject(one, "severity", severity_name[spec->severity]);
        cJSON_AddStringToObject(one, "book", spec->book);
        cJSON_AddBoolToObject(one, "expected", j->expected[x->kind]);
        add_number(one, "times", x->times);
        add_number(one, "time", x->time_ns);
        add_number(one, "event", x->seq);
        if (place_is_stack(x->line)) add_frame(one, j->m->text, x->line);
        else if (x->line > 0) add_number(one, "line", x->line);
        add_number(one, "g", x->g);
        add_number(one, "p", x->p);
        add_number(one, "m", x->m);
        add_number(one, "cmd", x->cmd);
        add_number(one, "ctx", x->ctx);
        cJSON_AddStringToObject(one, "what", plain_text(text, sizeof text, x->text));
        cJSON_AddStringToObject(one, "right", spec->right);
        cJSON_AddStringToObject(one, "rule", spec->rule);
        cJSON_AddItemToArray(list, one);
    }
    char *out = cJSON_Print(o);
    puts(out);
    free(out);
    cJSON_Delete(o);
}

static int print(const Judged *j, bool json) {
    int status = EXIT_WELL;
    for (size_t i = 0; i < j->f.count; i++) {
        if (!json) print_words(j, &j->f.found[i]);
        if (!j->expected[j->f.found[i].kind]) status = EXIT_DIFFERS;
    }
    if (json) print_json(j);
    else if (j->f.count == 0) printf("nothing found\n");
    return status;
}

int cmd_findings(int argc, char **argv) {
    Options o = {0};
    cli_parse(&argp, argc, argv, &o);
    int status = EXIT_WELL;
    Judged j = {.t = cli_open(o.trace, &status)};
    if (j.t == NULL) return status;
    Diag d;
    if (judge(&j, &d)) {
        int found = print(&j, o.json), file = cli_state(j.t);
        status = file != EXIT_WELL ? file : found;
    } else {
        status = cli_fail(&d);
    }
    findings_free(&j.f);
    model_free(j.m);
    trace_close(j.t);
    return status;
}

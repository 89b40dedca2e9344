/* cmd_summary.c -- faultline summary and faultline hash: a trace in figures. */
#include "cli.h"

#include "../lens/narrate.h"
#include "print_flow.h"

#include <stdio.h>
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

static const struct argp_option json_option[] = {
    {"json", 'j', NULL, 0, "Print one JSON object; times are in ns", 0}, {0}};
static const struct argp summary_argp = {
    json_option, parse, "TRACE", "Print the figures of a trace.", NULL, NULL, NULL};
static const struct argp hash_argp = {NULL,
                                      parse,
                                      "TRACE",
                                      "Print the SHA-256 of what is deterministic in a trace: "
                                      "scenario, options, profile, kernels, events. "
                                      "The device and its measured times are left out.",
                                      NULL,
                                      NULL,
                                      NULL};

static bool count(Trace *t, Summary *s, Flow *f, Diag *d) {
    Model *m = model_new(trace_text(t));
    TraceCursor *c = trace_cursor(t);
    char why[MODEL_WHY_MAX];
    bool ok = true;
    summary_begin(s);
    flow_begin(f);
    for (Event e; ok && trace_next(c, &e);) {
        summary_event(s, m, &e);
        flow_event(f, m, &e);
        if (!model_apply(m, &e, why)) {
            ok = diag_fail(d, EXIT_WORLD, "%s: event #%llu is impossible: %s", trace_path(t),
                           (unsigned long long)e.seq, why);
        }
    }
    if (ok) flow_end(f, m);
    trace_cursor_free(c);
    model_free(m);
    return ok;
}

static void print_json(Trace *t, const Summary *s, const Flow *f) {
    cJSON *o = cJSON_CreateObject();
    char name[512];
    cJSON_AddStringToObject(o, "scenario",
                            plain_text(name, sizeof name, trace_option(t, "scenario")));
    cJSON_AddBoolToObject(o, "complete", trace_state(t) == TRACE_COMPLETE);
    bool imported = cli_is_imported(t);
    for (int i = 0; i < FIG_COUNT; i++) {
        if (imported && figure_spec[i].run_only) {
            cJSON_AddNullToObject(o, figure_spec[i].key);
            continue;
        }
        json_number(o, figure_spec[i].key, s->value[i]);
    }
    print_flow_json(t, f, o);
    char *text = cJSON_Print(o);
    puts(text);
    free(text);
    cJSON_Delete(o);
}

static void print_table(Trace *t, const Summary *s) {
    char head[512], book[128];
    const char *title = trace_option(t, "title");
    printf("%s  %s\n", plain_text(head, sizeof head, title[0] ? title : trace_path(t)),
           plain_text(book, sizeof book, trace_option(t, "book")));
    bool imported = cli_is_imported(t), unknown = false;
    for (int i = 0; i < FIG_COUNT; i++) {
        char text[48];
        if (imported && figure_spec[i].run_only) {
            unknown = true;
            continue;
        }
        if (figure_spec[i].kind == KIND_NS) narrate_time(text, sizeof text, s->value[i]);
        else snprintf(text, sizeof text, "%llu", (unsigned long long)s->value[i]);
        bool wide = figure_spec[i].kind == KIND_NS && s->value[i] >= 1000 &&
                    s->value[i] < 1000000; /* µ is two bytes */
        printf("  %-16s %*s  %s\n", figure_spec[i].key, wide ? 13 : 12, text,
               imported && i == FIG_time ? "recorded time" : figure_spec[i].label);
    }
    if (!unknown) return;
    int column = printf("not known from a Go trace:");
    for (int i = 0; i < FIG_COUNT; i++) {
        if (!figure_spec[i].run_only) continue;
        if (column + (int)strlen(figure_spec[i].key) + 1 > 100) column = printf("\n ") - 1;
        column += printf(" %s", figure_spec[i].key);
    }
    printf("\n");
}

static bool summary(Trace *t, const Options *o, Diag *d) {
    Summary s;
    Flow f;
    bool ok = count(t, &s, &f, d);
    if (ok && o->json) print_json(t, &s, &f);
    if (ok && !o->json) {
        print_table(t, &s);
        print_flow(t, &f, s.value[FIG_time]);
    }
    flow_free(&f);
    return ok;
}

static bool hash(Trace *t, const Options *o, Diag *d) {
    (void)o;
    char text[HASH_TEXT_MAX];
    if (!trace_hash(t, text, d)) return false;
    puts(text);
    return true;
}

/* Both commands: open, print, say what is wrong with the file. */
static int with_trace(const struct argp *argp, int argc, char **argv,
                      bool (*print)(Trace *, const Options *, Diag *)) {
    Options o = {0};
    cli_parse(argp, argc, argv, &o);
    int status = EXIT_WELL;
    Trace *t = cli_open(o.trace, &status);
    if (t == NULL) return status;
    Diag d;
    status = print(t, &o, &d) ? cli_state(t) : cli_fail(&d);
    trace_close(t);
    return status;
}

int cmd_summary(int argc, char **argv) { return with_trace(&summary_argp, argc, argv, summary); }

int cmd_hash(int argc, char **argv) { return with_trace(&hash_argp, argc, argv, hash); }

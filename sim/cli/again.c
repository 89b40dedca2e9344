/* again.c -- what `replay` runs as it was, and `run TRACE` with other settings. */
#include "again.h"
#include "cli.h"

#include <string.h>

static bool kernel(void *ctx, const char *name, char **file, char **source, Diag *d) {
    Trace *t = ctx;
    char section[128], label[256];
    snprintf(section, sizeof section, "kernel %.96s.cl", name);
    const char *text = trace_get(t, section, NULL);
    if (text == NULL)
        return diag_fail(d, EXIT_WORLD, "%s: the trace does not hold kernel %s", trace_path(t), name);
    snprintf(label, sizeof label, "%.96s.cl", name);
    *file = mem_text(label);
    *source = mem_text(text);
    return true;
}

/* Both are NAME=VALUE. */
static bool same_name(const char *a, const char *b) {
    size_t n = strcspn(a, "=");
    return strncmp(a, b, n + 1) == 0;
}

static bool is_set(const Again *a, const char *setting) {
    for (size_t i = 0; i < a->set_count; i++) {
        if (same_name(a->set[i], setting)) return true;
    }
    return false;
}

/* Those of the command line that made the trace, but for what is asked for now. */
static void take_settings(Again *a, Trace *t, RunRequest *rq) {
    const char *setting;
    for (size_t i = 0; i < rq->set_count && a->set_count < AGAIN_SET_MAX; i++) a->set[a->set_count++] = rq->set[i];
    for (size_t i = 0; (setting = trace_setting(t, i)) != NULL && a->set_count < AGAIN_SET_MAX; i++) {
        if (!is_set(a, setting)) a->set[a->set_count++] = setting;
    }
    rq->set = a->set;
    rq->set_count = a->set_count;
}

static bool no_scenario(Trace *t, Diag *d) {
    bool imported = cli_is_imported(t);
    return diag_fail(d, EXIT_WORLD,
                     imported ? "%s comes from a real Go program, which cannot be run again here" : "%s holds no scenario to run again",
                     trace_path(t));
}

bool again_request(Again *a, Trace *t, RunRequest *rq, Diag *d) {
    *a = (Again){.trace = t};
    rq->source = trace_get(t, "scenario", &rq->len);
    if (rq->source == NULL) return no_scenario(t, d);
    rq->path = trace_option(t, "scenario");
    bool other_go = false;
    for (size_t i = 0; i < rq->set_count; i++) other_go |= same_name("go=", rq->set[i]);
    take_settings(a, t, rq);
    rq->kernel = kernel;
    rq->kernel_ctx = t;
    const char *costs = trace_get(t, "profile", NULL); /* all of them, as they were after every option had its say */
    if (rq->profile != NULL || other_go || costs == NULL) return true;
    if (!profile_parse(&a->profile, trace_path(t), costs, d))
        return diag_remedy(d, "The trace comes from another version of faultline; that one can replay it.");
    rq->profile = &a->profile;
    return true;
}

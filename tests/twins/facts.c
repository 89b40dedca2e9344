/* facts.c -- one pass over a trace, with the model beside it; every event means the same whoever made it.
 *
 * Where a run of ours says in one event what Go says in two, both count: who comes back from C and finds another P
 * (CGO_EXIT_P) was runnable in between. Names are those of the scenario: "main.worker" is "worker", and of several
 * with one name each has a number, by birth.
 */
#include "facts.h"

#include "../../sim/base/units.h"
#include "../../sim/event/trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const FactSpec fact_spec[FACT_COUNT] = {
#define FACT(key, kind, label, how) [FACT_##key] = {#key, label, how, FACT_##kind},
#include "facts.def"
#undef FACT
};

enum { ITEM_MAX = 160, STOPS_MAX = 16, SYSMON = 1 /* M1, in both worlds */ };

/* A goroutine of the program. */
typedef struct {
    bool ours, started;
    const char *name;  /* the intern's or literal */
    int name_len;
    uint64_t number;   /* among those of its name, from 1 */
    GState state;      /* the last one noted */
    uint64_t since_ns; /* in that state */
    bool in_c;
    uint64_t entered_ns, lost, lost_p, handed_on; /* of the call it is in */
    uint64_t start_ns, sleep_ns;                  /* NONE = it does not */
    uint64_t m, threads;                          /* of a locked one: its last thread, how many */
    bool shared;                                  /* others ran on it */
} Go;

typedef struct {
    Facts *f;
    Model *m;
    bool real, on, over;
    bool without_main; /* main is done; others have some time to end */
    Go *g; /* by id */
    size_t g_cap;
    uint64_t *order[FACT_COUNT]; /* of LISTs: ids */
    size_t order_cap[FACT_COUNT];
    uint64_t ran_last;
    bool *thread; /* by M: it has run one of ours */
    size_t thread_cap;
    uint64_t *p_m, *p_taken_ns; /* by P: the thread that had it last, when it was retaken; both + 1, 0 = not */
    size_t p_cap, p_taken_cap;
    uint64_t in_c;
    struct {
        uint64_t reason, count;
    } stop[STOPS_MAX];
    size_t stops;
} Reader;

/* ---- facts being made ---- */

static void add_ns(Reader *r, FactKey key, uint64_t ns) {
    Fact *f = &r->f->of[key];
    GROW(f->ns, f->cap, f->count + 1);
    f->ns[f->count++] = ns;
}

static void add_item(Reader *r, FactKey key, const char *text) {
    Fact *f = &r->f->of[key];
    GROW(f->item, f->cap, f->count + 1);
    f->item[f->count++] = mem_text(text);
}

static void add_once(Reader *r, FactKey key, const char *text) {
    const Fact *f = &r->f->of[key];
    for (size_t i = 0; i < f->count; i++) {
        if (strcmp(f->item[i], text) == 0) return;
    }
    add_item(r, key, text);
}

static void add_in_order(Reader *r, FactKey key, uint64_t g) {
    Fact *f = &r->f->of[key];
    GROW(r->order[key], r->order_cap[key], f->number + 1);
    r->order[key][f->number++] = g;
}

/* ---- who is who ---- */

static Go *go_of(Reader *r, uint64_t g) { return g < r->g_cap && r->g[g].ours ? &r->g[g] : NULL; }

static void adopt(Reader *r, uint64_t g, const char *name, int len) {
    GROW(r->g, r->g_cap, g + 1);
    uint64_t number = 1;
    for (size_t i = 0; i < r->g_cap; i++) {
        const Go *o = &r->g[i];
        if (o->ours && i != g && o->name_len == len && memcmp(o->name, name, (size_t)len) == 0) number++;
    }
    r->g[g] = (Go){.ours = true, .name = name, .name_len = len, .number = number,
                   .state = G_NONE, .since_ns = r->m->now_ns, .entered_ns = NONE, .lost_p = NONE,
                   .start_ns = NONE, .sleep_ns = NONE, .m = NONE};
}

/* "main.worker.func1" is worker's, "runtime.bgsweep" nobody's. A scenario's names are free, but for those with a dot. */
static void adopt_by_name(Reader *r, uint64_t g, uint64_t str) {
    const char *name = intern_text(r->m->text, str);
    if (r->real) {
        if (strncmp(name, "main.", 5) != 0) return;
        name += 5;
    } else if (strncmp(name, "runtime.", 8) == 0) {
        return;
    }
    adopt(r, g, name, (int)strcspn(name, "."));
}

static const char *named(const Reader *r, uint64_t g, char buf[ITEM_MAX]) {
    const Go *o = &r->g[g];
    bool several = o->number > 1;
    for (size_t i = 0; i < r->g_cap && !several; i++) {
        const Go *b = &r->g[i];
        several = b->ours && b->number > 1 && b->name_len == o->name_len && memcmp(b->name, o->name, (size_t)o->name_len) == 0;
    }
    if (several) snprintf(buf, ITEM_MAX, "%.*s %" PRIu64, o->name_len, o->name, o->number);
    else snprintf(buf, ITEM_MAX, "%.*s", o->name_len, o->name);
    return buf;
}

static void meet(Reader *r, const Event *e) {
    switch ((EventKind)e->kind) {
    case EV_GO_CREATE:
    case EV_GO_CREATE_WAITING:
        if (e->arg[0] != 1 && (r->on || !r->real)) adopt_by_name(r, e->arg[0], e->arg[2]);
        break;
    case EV_GO_CREATE_C:
        if (r->on) adopt(r, e->arg[0], "thread of C", 11);
        break;
    case EV_NEEDM:
        if (!go_of(r, e->arg[2])) adopt(r, e->arg[2], "thread of C", 11);
        break;
    default: break;
    }
}

/* ---- states ---- */

static const char *word_of(GState s) {
    return s == G_NONE || s == G_EXTRA || s == G_DEAD || s == G_IDLE ? "none" : g_state_name[s];
}

static void note_change(Reader *r, const Event *e, uint64_t g, GState to) {
    Go *o = &r->g[g];
    char text[ITEM_MAX];
    const char *why = "";
    if (to == G_WAITING || e->kind == EV_GO_STOP) why = intern_text(r->m->text, e->arg[1]);
    if (strcmp(word_of(o->state), word_of(to)) == 0) return;
    snprintf(text, sizeof text, "%.*s: %s > %s%s%s%s", o->name_len, o->name, word_of(o->state), word_of(to), why[0] ? " (" : "",
             why, why[0] ? ")" : "");
    add_once(r, FACT_changes, text);
    if (to == G_RUNNING && o->state == G_RUNNABLE) add_ns(r, FACT_turn, e->time_ns - o->since_ns);
    o->state = to;
    o->since_ns = e->time_ns;
}

static void note_states(Reader *r, const Event *e) {
    const EventSpec *spec = &event_spec[e->kind];
    for (unsigned i = 0; i < spec->arg_count; i++) {
        uint64_t g = e->arg[i];
        if (spec->arg[i].kind != KIND_G || !go_of(r, g) || g >= r->m->g_count) continue;
        if (e->kind == EV_CGO_EXIT_P) note_change(r, e, g, G_RUNNABLE);
        note_change(r, e, g, (GState)r->m->g[g].state);
    }
}

/* ---- running ---- */

static void use_thread(Reader *r, uint64_t m) {
    GROW(r->thread, r->thread_cap, m + 1);
    if (m == NONE || r->thread[m]) return;
    r->thread[m] = true;
    r->f->of[FACT_threads].number++;
}

/* Somebody, not always of the program, runs on thread m: is it the own thread of a locked one? */
static void look_for_locked(Reader *r, uint64_t g, uint64_t m) {
    Go *o = go_of(r, g);
    for (size_t i = 0; i < r->g_cap; i++) {
        Go *b = &r->g[i];
        if (b->ours && i != g && b->m == m && word_of(b->state)[0] != 'n') b->shared = true;
    }
    if (o == NULL || strncmp(o->name, "locked", 6) != 0) return;
    if (o->m != m) o->threads++;
    o->m = m;
}

/* Go runs on p again, be it a goroutine of the program or not. */
static void runs_on(Reader *r, const Event *e, uint64_t p) {
    if (p >= r->p_taken_cap || r->p_taken_ns[p] == 0) return;
    add_ns(r, FACT_to_next, e->time_ns + 1 - r->p_taken_ns[p]);
    r->p_taken_ns[p] = 0;
}

static void runs(Reader *r, const Event *e, uint64_t g, uint64_t p, uint64_t m) {
    Go *o = go_of(r, g);
    runs_on(r, e, p);
    look_for_locked(r, g, m);
    if (o == NULL) return;
    use_thread(r, m);
    if (!o->started) add_in_order(r, FACT_first_runs, g);
    if (r->ran_last != g) add_in_order(r, FACT_runs, g);
    o->started = true;
    r->ran_last = g;
    o->start_ns = e->time_ns;
}

static void stops(Reader *r, const Event *e) {
    Go *o = go_of(r, e->arg[0]);
    if (o == NULL || strcmp(intern_text(r->m->text, e->arg[1]), "preempted") != 0) return;
    r->f->of[FACT_preempted].number++;
    if (o->start_ns != NONE) add_ns(r, FACT_slices, e->time_ns - o->start_ns);
}

static void blocks(Reader *r, const Event *e) {
    Go *o = go_of(r, e->arg[0]);
    if (o && strcmp(intern_text(r->m->text, e->arg[1]), "sleep") == 0) o->sleep_ns = e->time_ns;
}

static void wakes(Reader *r, const Event *e) {
    Go *o = go_of(r, e->arg[0]), *by = go_of(r, e->arg[1]);
    char text[ITEM_MAX];
    if (o == NULL) return;
    add_in_order(r, FACT_woken, e->arg[0]);
    snprintf(text, sizeof text, "%.*s > %.*s", by ? by->name_len : 7, by ? by->name : "runtime", o->name_len, o->name);
    add_once(r, FACT_wakes, text);
    if (o->sleep_ns != NONE) add_ns(r, FACT_slept, e->time_ns - o->sleep_ns);
    o->sleep_ns = NONE;
}

/* ---- in C ---- */

static void enters(Reader *r, const Event *e, uint64_t g, uint64_t m, bool call) {
    Go *o = go_of(r, g);
    if (o == NULL) return;
    use_thread(r, m);
    if (call) r->f->of[FACT_crossings].number++;
    o->in_c = true;
    o->entered_ns = call ? e->time_ns : NONE;
    o->lost = o->handed_on = 0;
    o->lost_p = NONE;
    if (++r->in_c > r->f->of[FACT_in_c].number) r->f->of[FACT_in_c].number = r->in_c;
}

static void comes_back(Reader *r, const Event *e, uint64_t g, uint64_t m) {
    Go *o = go_of(r, g);
    char text[32];
    if (o == NULL || !o->in_c) return;
    use_thread(r, m);
    if (e->kind == EV_CGO_EXIT_FAST) r->f->of[FACT_kept].number++;
    if (o->entered_ns != NONE) add_ns(r, FACT_calls, e->time_ns - o->entered_ns);
    if (o->lost > 0) {
        snprintf(text, sizeof text, "%" PRIu64, o->lost);
        add_once(r, FACT_retaken_of, text);
    }
    r->f->of[FACT_handed_on].number += o->handed_on > 0;
    r->f->of[FACT_retaken].number += o->lost > 0;
    o->in_c = false;
    r->in_c--;
}

static void loses(Reader *r, const Event *e) {
    Go *o = go_of(r, e->arg[2]);
    if (o == NULL || !o->in_c) return;
    GROW(r->p_taken_ns, r->p_taken_cap, e->arg[0] + 1);
    r->p_taken_ns[e->arg[0]] = e->time_ns + 1;
    o->lost++;
    o->lost_p = e->arg[0];
    if (o->entered_ns != NONE) add_ns(r, FACT_to_retake, e->time_ns - o->entered_ns);
}

/* sysmon lends itself a P for as long as it allocates a new M (allocm). */
static void gets_p(Reader *r, const Event *e, bool counted) {
    uint64_t p = e->arg[0], m = e->arg[1];
    if (m == SYSMON) return;
    GROW(r->p_m, r->p_cap, p + 1);
    if (counted && r->p_m[p] != m + 1) r->f->of[FACT_switched].number++;
    r->p_m[p] = m + 1;
    for (size_t i = 0; counted && i < r->g_cap; i++) {
        Go *o = &r->g[i];
        if (!o->ours || !o->in_c || o->lost_p != p) continue;
        o->lost_p = NONE;
        if (i >= r->m->g_count || r->m->g[i].m != m) o->handed_on++;
    }
}

/* ---- the world ---- */

static void world_stops(Reader *r, uint64_t reason) {
    size_t i = 0;
    while (i < r->stops && r->stop[i].reason != reason) i++;
    if (i == STOPS_MAX) return;
    if (i == r->stops) r->stop[r->stops++].reason = reason;
    r->stop[i].count++;
}

/* ---- all of it ---- */

static void begin(Reader *r) {
    r->on = true;
    adopt(r, 1, "main", 4);
    r->g[1].started = true;
    r->g[1].state = G_RUNNING;
    r->ran_last = 1;
    use_thread(r, r->m->g[1].m);
}

/* The scenario has made ready: what was noted so far does not count. */
static void begin_anew(Reader *r) {
    facts_free(r->f);
    for (size_t i = 0; i < r->g_cap; i++) r->g[i] = (Go){0};
    for (size_t i = 0; i < r->thread_cap; i++) r->thread[i] = false;
    r->stops = r->in_c = 0;
    begin(r);
}

static bool says(const Reader *r, const Event *e, const char *what) {
    const Intern *text = r->m->text;
    if (!r->real) return e->kind == EV_NOTE && strcmp(intern_text(text, e->arg[1]), what) == 0;
    return e->kind == EV_LOG && strcmp(intern_text(text, e->arg[2]), "twin") == 0 &&
           strcmp(intern_text(text, e->arg[3]), what) == 0;
}

static void look_after(Reader *r, const Event *e) {
    const uint64_t *a = e->arg;
    note_states(r, e);
    switch ((EventKind)e->kind) {
    case EV_GO_START: runs(r, e, a[0], a[1], a[2]); break;
    case EV_GO_STOP: stops(r, e); break;
    case EV_GO_BLOCK: blocks(r, e); break;
    case EV_GO_UNBLOCK: wakes(r, e); break;
    case EV_GO_END: if (go_of(r, a[0])) add_in_order(r, FACT_ends, a[0]); break;
    case EV_CGO_ENTER: enters(r, e, a[0], a[2], true); break;
    case EV_CALLBACK_END: enters(r, e, a[0], a[1], true); break;
    case EV_NEEDM: enters(r, e, a[2], a[0], false); break;
    case EV_GO_CREATE_C: enters(r, e, a[0], a[1], false); break;
    case EV_CGO_EXIT_P: comes_back(r, e, a[0], a[2]); runs(r, e, a[0], a[1], a[2]); break;
    case EV_CGO_EXIT_FAST: comes_back(r, e, a[0], a[2]); break;
    case EV_CGO_EXIT_WAIT: comes_back(r, e, a[0], a[1]); break;
    case EV_DROPM: comes_back(r, e, a[2], a[0]); break;
    case EV_GO_END_C: comes_back(r, e, a[0], a[1]); break;
    case EV_P_RETAKE: loses(r, e); break;
    case EV_STW_BEGIN: if (!r->without_main) world_stops(r, a[1]); break;
    case EV_GC_BEGIN: r->f->of[FACT_collections].number += !r->without_main; break;
    default: break;
    }
}

/* The end of what is looked at. */
static bool is_end(const Reader *r, const Event *e) {
    return e->kind == EV_RUN_END || e->kind == EV_DEADLOCK || e->kind == EV_PANIC ||
           (!r->real && e->kind == EV_GO_END && e->arg[0] == 1);
}

/* What main does from now on is not the program's. */
static void leave_main(Reader *r) {
    r->without_main = true;
    r->g[1].ours = false;
}

static void look_at_log(Reader *r, const Event *e) {
    const Intern *text = r->m->text;
    if (strcmp(intern_text(text, e->arg[2]), "waited") != 0) return;
    r->f->waited_ns = strtoull(intern_text(text, e->arg[3]), NULL, 10);
}

static bool pass(Reader *r, Trace *t, Diag *d) {
    char why[MODEL_WHY_MAX];
    TraceCursor *c = trace_cursor(t);
    bool ok = true;
    for (Event e; ok && !r->over && trace_next(c, &e);) {
        if (r->on && is_end(r, &e)) r->over = true;
        if (!model_apply(r->m, &e, why)) ok = diag_fail(d, EXIT_WORLD, "%s: event #%" PRIu64 ": %s", trace_path(t), e.seq, why);
        if (!ok || r->over) break;
        r->real = r->m->imported != 0;
        meet(r, &e);
        bool main_runs = !r->real && !r->on && e.kind == EV_GO_START && e.arg[0] == 1;
        if (r->on && says(r, &e, "begin")) begin_anew(r);
        else if (r->on && says(r, &e, "end")) leave_main(r);
        else if (main_runs || says(r, &e, "begin")) begin(r);
        else if (r->on) look_after(r, &e);
        if (e.kind == EV_LOG) look_at_log(r, &e);
        if (e.kind == EV_P_ACQUIRE) gets_p(r, &e, r->on);
    }
    trace_cursor_free(c);
    if (r->without_main) r->g[1].ours = r->over = true;
    return ok && (r->over || diag_fail(d, EXIT_WORLD, "%s: there is no whole twin in it", trace_path(t)));
}

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }
static int by_ns(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void count_goroutines(Reader *r) {
    for (size_t i = 0; i < r->g_cap; i++) {
        uint64_t most = 0;
        char text[ITEM_MAX];
        if (!r->g[i].ours || r->g[i].number != 1) continue;
        for (size_t k = 0; k < r->g_cap; k++) {
            const Go *b = &r->g[k];
            bool same = b->ours && b->name_len == r->g[i].name_len && memcmp(b->name, r->g[i].name, (size_t)b->name_len) == 0;
            if (same && b->number > most) most = b->number;
        }
        snprintf(text, sizeof text, "%.*s ×%" PRIu64, r->g[i].name_len, r->g[i].name, most);
        add_item(r, FACT_goroutines, text);
    }
}

static void finish(Reader *r) {
    char text[ITEM_MAX];
    count_goroutines(r);
    for (size_t i = 0; i < r->g_cap; i++) {
        const Go *o = &r->g[i];
        if (!o->ours || o->threads == 0) continue;
        snprintf(text, sizeof text, "%s: %" PRIu64 ", %s", named(r, i, (char[ITEM_MAX]){0}), o->threads,
                 o->shared ? "others too" : "its own");
        add_once(r, FACT_locked, text);
    }
    for (size_t i = 0; i < r->stops; i++) {
        snprintf(text, sizeof text, "%.100s ×%" PRIu64, intern_text(r->m->text, r->stop[i].reason), r->stop[i].count);
        add_item(r, FACT_stops, text);
    }
    for (int k = 0; k < FACT_COUNT; k++) {
        Fact *f = &r->f->of[k];
        if (fact_spec[k].kind == FACT_SET && f->count > 0) qsort(f->item, f->count, sizeof *f->item, by_text);
        if (fact_spec[k].kind == FACT_TIMES && f->count > 0) qsort(f->ns, f->count, sizeof *f->ns, by_ns);
        if (fact_spec[k].kind != FACT_LIST) continue;
        for (uint64_t i = 0; i < f->number; i++) add_item(r, (FactKey)k, named(r, r->order[k][i], text));
    }
}

bool facts_read(Facts *f, const char *path, Diag *d) {
    Trace *t;
    *f = (Facts){0};
    if (!trace_open(&t, path, d)) return false;
    Reader r = {.f = f, .m = model_new(trace_text(t)), .ran_last = NONE};
    bool ok = pass(&r, t, d);
    if (ok) finish(&r);
    for (int k = 0; k < FACT_COUNT; k++) free(r.order[k]);
    free(r.g);
    free(r.thread);
    free(r.p_m);
    free(r.p_taken_ns);
    model_free(r.m);
    trace_close(t);
    return ok;
}

void facts_free(Facts *f) {
    for (int k = 0; k < FACT_COUNT; k++) {
        Fact *x = &f->of[k];
        for (size_t i = 0; x->item != NULL && i < x->count; i++) free(x->item[i]);
        free(x->item);
        free(x->ns);
    }
    *f = (Facts){0};
}

/* ---- in words ---- */

uint64_t fact_percentile(const Fact *f, unsigned share) {
    if (f->count == 0) return 0;
    size_t i = (f->count * share + 99) / 100;
    return f->ns[i > 0 ? i - 1 : 0];
}

static void add(Bytes *b, const char *text) { bytes_add(b, text, strlen(text)); }

/* How often do the `period` items at `at` follow each other? */
static size_t repeats(const Fact *f, size_t at, size_t period) {
    size_t n = 1;
    for (; at + (n + 1) * period <= f->count; n++) {
        for (size_t k = 0; k < period; k++) {
            if (strcmp(f->item[at + k], f->item[at + n * period + k]) != 0) return n;
        }
    }
    return n;
}

/* "worker 3", "worker 4", "worker 5" ...: how many? */
static size_t counting(const Fact *f, size_t at) {
    const char *space = strrchr(f->item[at], ' ');
    if (space == NULL) return 1;
    unsigned long long first = strtoull(space + 1, NULL, 10);
    size_t n = 1;
    for (; at + n < f->count; n++) {
        char next[ITEM_MAX];
        snprintf(next, sizeof next, "%.*s %llu", (int)(space - f->item[at]), f->item[at], first + n);
        if (strcmp(next, f->item[at + n]) != 0) break;
    }
    return n;
}

static size_t add_repeated(Bytes *b, const Fact *f, size_t at) {
    enum { PERIOD_MAX = 12, WORTH = 6 };
    for (size_t period = 1; period <= PERIOD_MAX; period++) {
        size_t n = repeats(f, at, period);
        char times[32];
        if (n < 3 || n * period < WORTH) continue;
        add(b, "(");
        for (size_t k = 0; k < period; k++) {
            if (k > 0) add(b, ", ");
            add(b, f->item[at + k]);
        }
        snprintf(times, sizeof times, ") ×%zu", n);
        add(b, times);
        return n * period;
    }
    return 0;
}

static size_t add_counting(Bytes *b, const Fact *f, size_t at) {
    size_t n = counting(f, at);
    char to[64];
    if (n < 3) return 0;
    snprintf(to, sizeof to, " to %s", strrchr(f->item[at + n - 1], ' ') + 1);
    add(b, f->item[at]);
    add(b, to);
    return n;
}

static void add_list(Bytes *b, const Fact *f) {
    for (size_t i = 0; i < f->count;) {
        if (i > 0) add(b, ", ");
        size_t n = add_repeated(b, f, i);
        if (n == 0) n = add_counting(b, f, i);
        if (n == 0) add(b, f->item[i]), n = 1;
        i += n;
    }
}

/* "name: " is written once for all that follow it. */
static void add_set(Bytes *b, const Fact *f) {
    for (size_t i = 0; i < f->count; i++) {
        const char *colon = strstr(f->item[i], ": ");
        size_t head = colon ? (size_t)(colon + 2 - f->item[i]) : 0;
        bool same = i > 0 && head > 0 && strncmp(f->item[i - 1], f->item[i], head) == 0;
        if (i > 0) add(b, head > 0 && !same ? "; " : ", ");
        add(b, f->item[i] + (same ? head : 0));
    }
}

static void add_times(Bytes *b, const Fact *f) {
    char text[TIME_TEXT_MAX], line[128], most[TIME_TEXT_MAX];
    uint64_t round[2] = {fact_percentile(f, 50), fact_percentile(f, 90)};
    for (int i = 0; i < 2; i++) round[i] -= round[i] >= 100000 ? round[i] % 1000 : round[i] % 10;
    time_text(text, sizeof text, round[0]);
    time_text(most, sizeof most, round[1]);
    if (f->count == 1) snprintf(line, sizeof line, "%s", text);
    else snprintf(line, sizeof line, "%s, nine in ten ≤ %s (%zu)", text, most, f->count);
    add(b, line);
}

char *fact_text(const Facts *f, FactKey key) {
    const Fact *x = &f->of[key];
    Bytes b = {0};
    char number[32];
    switch (fact_spec[key].kind) {
    case FACT_NUMBER:
        snprintf(number, sizeof number, "%" PRIu64, x->number);
        add(&b, number);
        break;
    case FACT_LIST: add_list(&b, x); break;
    case FACT_SET: add_set(&b, x); break;
    case FACT_TIMES:
        if (x->count > 0) add_times(&b, x);
        break;
    }
    if (b.len == 0) add(&b, "none");
    bytes_add(&b, "", 1);
    return (char *)b.data;
}

/* gotrace_import.c -- Go's vocabulary into ours: who is who, and which event is which.
 *
 * Most have a partner. The others are told as events of their own (section "a real Go program" of events.def).
 * What an event of ours says more than Go's (in whose queue, how long sysmon had watched) is absent.
 */
#include "gotrace_import.h"

#include "../base/idmap.h"
#include "../event/model.h"
#include "../event/place.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    uint64_t seq; /* of the event that put it where it is */
    bool named;   /* its name has been told */
} ImportG;

/* A stack of the present generation, and what follows from it. */
typedef struct {
    uint64_t id;
    Id_LINE line;
    Id_STR began_with; /* NONE = it is empty */
    Id_STR calls;      /* the function that leaves Go there */
    bool calls_c;
} ImportStack;

struct GotraceImport {
    GotraceReader *r;
    Stream *s;
    GotraceImported told;
    bool begun;
    uint64_t first_generation;
    bool gc;                  /* a collection marks */
    uint64_t stw_g, stw_time; /* who stops the world, since when; NONE = nobody */
    uint64_t stw_seq;
    IdMap m_by_tid;           /* thread -> our number */
    uint64_t left_ns;         /* a thread of C that is about to end has left its P behind, at; NONE */
    bool sysmon;              /* its thread has shown itself */
    uint64_t *m_g;            /* by our number: the goroutine that the thread has, by our number; NONE */
    size_t m_count, m_cap;
    IdMap g_by_id;            /* Go's number -> ours; only from MODEL_OWN_IDS on, while they live */
    uint64_t g_next;          /* the next of those, if none is free */
    uint64_t *g_free;         /* those of the ended, the last one first */
    size_t g_free_count, g_free_cap;
    ImportG *g;               /* by our number */
    size_t g_cap;
    uint64_t stacks_of;       /* the generation of the table below */
    ImportStack no_stack;
    ImportStack *stack;       /* by id modulo their number: the stacks met last */
    Bytes frames;             /* a stack being written */
};

enum { STACKS = 4096, SYSMON = 1 /* M1 */ };

/* What is told, and the event that it follows from; 0 = the trace does not say. */
#define TELL(cause_seq, ...)                                                                       \
    do {                                                                                           \
        stream_because(im->s, cause_seq);                                                          \
        EMIT(im->s, __VA_ARGS__);                                                                  \
    } while (0)
/* The same of goroutine g, and what comes next of it follows from this. */
#define TELL_G(g_, cause_seq, ...)                                                                 \
    do {                                                                                           \
        TELL(cause_seq, __VA_ARGS__);                                                              \
        if ((g_).v != NONE) im->g[(g_).v].seq = im->s->last_seq;                                   \
    } while (0)
#define LAST(g_) ((g_).v != NONE ? im->g[(g_).v].seq : 0)

GotraceImport *gotrace_import_new(GotraceReader *r, Stream *s) {
    GotraceImport *im = mem_zero(1, sizeof *im);
    im->r = r;
    im->s = s;
    im->g_next = MODEL_OWN_IDS;
    im->stw_g = NONE;
    im->left_ns = NONE;
    im->stack = mem_zero(STACKS, sizeof *im->stack);
    im->no_stack = (ImportStack){.began_with = {NONE}, .calls = stream_text(s, ""), .calls_c = true};
    return im;
}

void gotrace_import_free(GotraceImport *im) {
    if (im == NULL) return;
    idmap_free(&im->m_by_tid);
    idmap_free(&im->g_by_id);
    bytes_free(&im->frames);
    free(im->m_g);
    free(im->g);
    free(im->g_free);
    free(im->stack);
    free(im);
}

const GotraceImported *gotrace_imported(const GotraceImport *im) { return &im->told; }

/* ---- strings and stacks ---- */

static Id_STR text(GotraceImport *im, uint64_t id) {
    size_t len;
    const char *t = gotrace_text(im->r, id, &len);
    return (Id_STR){intern_id_n(im->s->text, t, len)};
}

/* "file:line\tfunction\n" for each frame. */
static void write_frames(GotraceImport *im, uint64_t stack) {
    uint32_t depth = gotrace_stack_depth(im->r, stack);
    im->frames.len = 0;
    for (uint32_t i = 0; i < depth; i++) {
        GotraceFrame f = gotrace_stack_frame(im->r, stack, i);
        char line[32];
        size_t len;
        const char *t = gotrace_text(im->r, f.file, &len);
        bytes_add(&im->frames, t, len);
        int n = snprintf(line, sizeof line, ":%" PRIu64 "\t", f.line);
        bytes_add(&im->frames, line, (size_t)n);
        t = gotrace_text(im->r, f.func, &len);
        bytes_add(&im->frames, t, len);
        bytes_add(&im->frames, "\n", 1);
    }
    for (size_t i = 0; i < im->frames.len; i++) { /* a name that a stack as text could not bear */
        if (im->frames.data[i] == '\0') im->frames.data[i] = '?';
    }
}

/* The function of a frame. */
static Id_STR function(GotraceImport *im, const PlaceFrame *f) {
    return (Id_STR){intern_id_n(im->s->text, f->function, (size_t)f->function_len)};
}

/* What stands behind `mark` in the function's name, up to its end; NULL = it is not there. */
static const char *behind(const PlaceFrame *f, const char *mark) {
    const char *at = memmem(f->function, (size_t)f->function_len, mark, strlen(mark));
    return at ? at + strlen(mark) : NULL;
}

/* What the goroutine began with: the outermost frame, but not those by which C has come in. */
static Id_STR began_with(GotraceImport *im, Id_LINE line) {
    PlaceFrame f, last = {0};
    for (uint32_t i = 0; place_frame(im->s->text, line.v, i, &f); i++) {
        if (i > 0 && (place_begins(&f, "runtime.cgocallback") || behind(&f, "_cgoexp_"))) break;
        last = f;
    }
    return last.function == NULL ? (Id_STR){NONE} : function(im, &last);
}

/* What is called. A C function has a wrapper that cgo made, _Cfunc_name. A system call has those of package
 * syscall and the like around it: the one that the program, or a package above those, has called. No stack: a
 * callback returns to C. */
static Id_STR called(GotraceImport *im, Id_LINE line, bool *c) {
    PlaceFrame f, last = {0};
    *c = true;
    for (uint32_t i = 0; place_frame(im->s->text, line.v, i, &f); i++) {
        const char *name = behind(&f, "._Cfunc_");
        if (name != NULL) {
            char buf[256];
            snprintf(buf, sizeof buf, "C.%.*s", (int)(f.function + f.function_len - name), name);
            return stream_text(im->s, buf);
        }
        *c = *c && i == 0 && place_begins(&f, "runtime.cgocall");
        if (!place_begins(&f, "runtime.") && !place_begins(&f, "syscall.") && !place_begins(&f, "internal/")) break;
        last = f;
    }
    if (last.function == NULL && !place_frame(im->s->text, line.v, 0, &last)) return stream_text(im->s, "");
    return function(im, &last);
}

/* Ids of stacks hold for one generation; the frames are looked at once. */
static const ImportStack *stack_of(GotraceImport *im, uint64_t id) {
    if (id == 0) return &im->no_stack;
    if (im->stacks_of != gotrace_counts(im->r)->generation) {
        im->stacks_of = gotrace_counts(im->r)->generation;
        memset(im->stack, 0, STACKS * sizeof *im->stack);
    }
    ImportStack *x = &im->stack[id % STACKS];
    if (x->id == id) return x;
    write_frames(im, id);
    x->id = id;
    x->line.v = im->frames.len == 0
                    ? 0
                    : PLACE_STACK + intern_id_n(im->s->text, (const char *)im->frames.data, im->frames.len);
    x->began_with = began_with(im, x->line);
    x->calls = called(im, x->line, &x->calls_c);
    return x;
}

/* ---- who is who ---- */

static Id_M add_thread(GotraceImport *im, uint64_t tid, uint32_t m) {
    GROW(im->m_g, im->m_cap, (size_t)m + 1);
    if (m >= im->m_count) im->m_count = (size_t)m + 1;
    im->m_g[m] = NONE;
    idmap_put(&im->m_by_tid, tid, m);
    im->told.threads++;
    TELL(0, M_SEEN, {m}, {tid});
    return (Id_M){m};
}

static Id_M thread(GotraceImport *im, uint64_t tid) {
    if (tid == GOTRACE_NONE) return (Id_M){NONE};
    uint32_t m = idmap_get(&im->m_by_tid, tid);
    if (m != IDMAP_NONE) return (Id_M){m};
    return add_thread(im, tid, im->m_count == 0 ? 0 : im->m_count == 1 ? SYSMON + 1 : (uint32_t)im->m_count);
}

/* The thread of an event. sysmon alone takes Ps away without having one, or a goroutine that comes back to it. */
static Id_M acting(GotraceImport *im, const GotraceEvent *e) {
    bool sysmons = e->number == GT_PROC_STEAL && e->p == GOTRACE_NONE && e->g == GOTRACE_NONE;
    if (sysmons && e->m != GOTRACE_NONE && !im->sysmon && im->m_count > 0 &&
        idmap_get(&im->m_by_tid, e->m) == IDMAP_NONE) {
        im->sysmon = true;
        return add_thread(im, e->m, SYSMON);
    }
    return thread(im, e->m);
}

static Id_G goroutine(GotraceImport *im, uint64_t id) {
    if (id == GOTRACE_NONE || id < MODEL_OWN_IDS) return (Id_G){id};
    uint32_t g = idmap_get(&im->g_by_id, id);
    return (Id_G){g == IDMAP_NONE ? NONE : g};
}

static void forget(GotraceImport *im, uint64_t id) {
    if (id == GOTRACE_NONE || id < MODEL_OWN_IDS) return;
    uint32_t g = idmap_get(&im->g_by_id, id);
    if (g == IDMAP_NONE) return;
    idmap_remove(&im->g_by_id, id);
    GROW(im->g_free, im->g_free_cap, im->g_free_count + 1);
    im->g_free[im->g_free_count++] = g;
}

/* One that comes into the world. */
static bool born(GotraceImport *im, const GotraceEvent *e, Id_G *g, Diag *d) {
    uint64_t id = e->arg[0];
    im->told.goroutines++;
    if (id == 0) return diag_fail(d, EXIT_WORLD, "byte %" PRIu64 ": goroutine 0 is nobody's", e->at);
    *g = (Id_G){id};
    if (id >= MODEL_OWN_IDS) {
        if (im->g_next >= UINT32_MAX) return diag_fail(d, EXIT_WORLD, "byte %" PRIu64 ": too many goroutines", e->at);
        if (idmap_get(&im->g_by_id, id) != IDMAP_NONE) idmap_remove(&im->g_by_id, id); /* Go's reader lets one be born twice */
        g->v = im->g_free_count > 0 ? im->g_free[--im->g_free_count] : im->g_next++;
        idmap_put(&im->g_by_id, id, (uint32_t)g->v);
        im->told.renumbered++;
        TELL(0, G_NUMBER, *g, {id});
    }
    GROW(im->g, im->g_cap, g->v + 1);
    im->g[g->v] = (ImportG){0};
    return true;
}

/* The place of what the running goroutine does; its stack tells its name, if nothing did before. */
static Id_LINE here(GotraceImport *im, Id_G g, uint64_t stack) {
    const ImportStack *x = stack_of(im, stack);
    if (g.v != NONE && !im->g[g.v].named && x->began_with.v != NONE) {
        im->g[g.v].named = true;
        TELL(0, G_NAME, g, x->began_with);
    }
    return x->line;
}

static void here_first(GotraceImport *im, Id_G g, uint64_t stack) {
    Id_LINE line = here(im, g, stack);
    if (g.v != NONE && line.v != 0) TELL(0, AT, g, line);
}

/* ---- things met for the first time ---- */

static bool proc_status(GotraceImport *im, const GotraceEvent *e) {
    if (e->status_from != 0) return true;
    Id_M m = {NONE};
    if (e->arg[1] == GT_P_RUNNING || e->arg[1] == GT_P_SYSCALL) m = thread(im, e->m);
    TELL(0, P_SEEN, {e->arg[0]}, m, {e->arg[1]});
    return true;
}

static bool go_status(GotraceImport *im, const GotraceEvent *e, Diag *d) {
    Id_G g;
    if (e->status_from != 0) return true;
    Id_M m = {NONE};
    uint64_t status = e->arg[2], stack = e->number == GT_GO_STATUS_STACK ? e->arg[3] : 0;
    if (status == GT_G_RUNNING || status == GT_G_SYSCALL) m = thread(im, e->m);
    if (!born(im, e, &g, d)) return false;
    const ImportStack *x = stack_of(im, stack);
    im->g[g.v].named = x->began_with.v != NONE;
    if (m.v != NONE) im->m_g[m.v] = g.v;
    TELL_G(g, 0, G_SEEN, g, m, {status}, x->began_with, x->line);
    return true;
}

static bool go_create(GotraceImport *im, const GotraceEvent *e, Diag *d) {
    Id_G parent = goroutine(im, e->g), g;
    Id_LINE line = here(im, parent, e->arg[2]);
    if (!born(im, e, &g, d)) return false;
    Id_STR name = stack_of(im, e->arg[1])->began_with;
    if (name.v == NONE) name = stream_text(im->s, "?");
    im->g[g.v].named = true;
    if (e->number == GT_GO_CREATE) TELL_G(g, 0, GO_CREATE, g, parent, name, line);
    else TELL_G(g, 0, GO_CREATE_WAITING, g, parent, name, line);
    return true;
}

static bool go_create_syscall(GotraceImport *im, const GotraceEvent *e, Diag *d) {
    Id_M m = thread(im, e->m);
    Id_G g;
    if (!born(im, e, &g, d)) return false;
    im->m_g[m.v] = g.v;
    TELL_G(g, 0, GO_CREATE_C, g, m);
    return true;
}

/* ---- out of Go ---- */

static bool syscall_begin(GotraceImport *im, const GotraceEvent *e, Id_G g, Id_M m) {
    here(im, g, e->arg[1]);
    const ImportStack *x = stack_of(im, e->arg[1]);
    if (x->calls_c) TELL_G(g, LAST(g), CGO_ENTER, g, {e->p}, m, x->calls, x->line);
    else TELL_G(g, LAST(g), SYSCALL, g, {e->p}, m, x->calls, x->line);
    return true;
}

static bool proc_steal(GotraceImport *im, const GotraceEvent *e, Id_M by) {
    if (e->implied) { /* GO_END_C, which is the same event in the file, tells it */
        im->left_ns = im->s->now_ns;
        return true;
    }
    Id_M from = {NONE};
    Id_G g = {NONE};
    if (e->status_from != GT_P_ABANDONED) {
        from = thread(im, e->arg[2]);
        g.v = im->m_g[from.v];
    }
    TELL(LAST(g), P_RETAKE, {e->arg[0]}, from, g, {NONE}, by);
    return true;
}

static bool end_c(GotraceImport *im, const GotraceEvent *e, Id_G g, Id_M m) {
    im->m_g[m.v] = NONE;
    if (im->left_ns != NONE) im->s->now_ns = im->left_ns;
    im->left_ns = NONE;
    TELL_G(g, LAST(g), GO_END_C, g, m);
    forget(im, e->g);
    return true;
}

/* ---- running ---- */

static bool go_start(GotraceImport *im, const GotraceEvent *e, Id_M m) {
    Id_G g = goroutine(im, e->arg[0]);
    im->m_g[m.v] = g.v;
    TELL_G(g, LAST(g), GO_START, g, {e->p}, m, {0});
    return true;
}

/* Of one that leaves its thread. */
static bool go_leave(GotraceImport *im, const GotraceEvent *e, Id_G g, Id_M m) {
    im->m_g[m.v] = NONE;
    switch (e->number) {
    case GT_GO_STOP:
        here_first(im, g, e->arg[1]);
        TELL_G(g, LAST(g), GO_STOP, g, text(im, e->arg[0]));
        return true;
    case GT_GO_BLOCK: {
        if (e->implied) {
            TELL_G(g, LAST(g), GO_BLOCK, g, stream_text(im->s, "coroutine switch"), {0});
            return true;
        }
        Id_LINE line = here(im, g, e->arg[1]);
        TELL_G(g, LAST(g), GO_BLOCK, g, text(im, e->arg[0]), line);
        return true;
    }
    case GT_GO_SYSCALL_END_BLOCKED: TELL_G(g, LAST(g), CGO_EXIT_WAIT, g, m); return true;
    default:
        TELL_G(g, LAST(g), GO_END, g);
        forget(im, e->g);
        return true;
    }
}

static bool go_unblock(GotraceImport *im, const GotraceEvent *e, Id_G by) {
    if (e->number == GT_GO_UNBLOCK) here_first(im, by, e->arg[2]);
    Id_G g = goroutine(im, e->arg[0]);
    TELL_G(g, LAST(by), GO_UNBLOCK, g, by);
    return true;
}

/* One goroutine may have two reasons; the first counts. */
static bool stw_begin(GotraceImport *im, const GotraceEvent *e, Id_G g) {
    Id_LINE line = here(im, g, e->arg[1]);
    TELL(0, STW_BEGIN, g, text(im, e->arg[0]), line);
    if (im->stw_g != NONE) return true;
    im->stw_g = g.v;
    im->stw_time = im->s->now_ns;
    im->stw_seq = im->s->last_seq;
    return true;
}
static bool stw_end(GotraceImport *im, Id_G g) {
    bool known = im->stw_g == g.v;
    TELL(known ? im->stw_seq : 0, STW_END, g, {known ? im->s->now_ns - im->stw_time : NONE});
    if (known) im->stw_g = NONE;
    return true;
}

/* A collection that runs as a generation begins is news in the first one only. */
static bool gc_on(GotraceImport *im, Id_G g, uint64_t stack) {
    if (im->gc) return true;
    im->gc = true;
    Id_LINE line = here(im, g, stack);
    TELL(0, GC_BEGIN, g, line);
    return true;
}
static bool gc_off(GotraceImport *im, Id_G g) {
    im->gc = false;
    TELL(0, GC_END, g);
    return true;
}

/* ---- what the program says of itself ---- */

static bool told(GotraceImport *im, const GotraceEvent *e, Id_G g) {
    const uint64_t *a = e->arg;
    Id_LINE line;
    switch (e->number) {
    case GT_USER_TASK_BEGIN:
        line = here(im, g, a[3]);
        TELL(0, TASK_BEGIN, {a[0]}, {a[1]}, g, text(im, a[2]), line);
        return true;
    case GT_USER_TASK_END:
        line = here(im, g, a[1]);
        TELL(0, TASK_END, {a[0]}, g, line);
        return true;
    case GT_USER_REGION_BEGIN:
        line = here(im, g, a[2]);
        TELL(0, REGION_BEGIN, g, {a[0]}, text(im, a[1]), line);
        return true;
    case GT_USER_REGION_END:
        line = here(im, g, a[2]);
        TELL(0, REGION_END, g, {a[0]}, text(im, a[1]), line);
        return true;
    default:
        line = here(im, g, a[3]);
        TELL(0, LOG, g, {a[0]}, text(im, a[1]), text(im, a[2]), line);
        return true;
    }
}

static bool sample(GotraceImport *im, const GotraceEvent *e) {
    Id_G g = goroutine(im, e->g);
    if (g.v >= im->g_cap) g.v = NONE; /* the profiler may know one that no event tells of */
    TELL(0, CPU_SAMPLE, g, {e->p}, {e->m == GOTRACE_NONE ? NONE : thread(im, e->m).v}, stack_of(im, e->arg[0])->line);
    return true;
}

/* ---- all of them ---- */

static bool first_generation(const GotraceImport *im) {
    return gotrace_counts(im->r)->generation == im->first_generation;
}

static bool import(GotraceImport *im, const GotraceEvent *e, Id_G g, Id_M m, Diag *d) {
    const uint64_t *a = e->arg;
    Id_LINE line;
    switch ((GotraceNumber)e->number) {
    case GT_PROCS_CHANGE:
        line = here(im, g, a[1]);
        TELL(0, PROCS, {a[0]}, line);
        return true;
    case GT_PROC_STATUS: return proc_status(im, e);
    case GT_PROC_START: TELL(0, P_ACQUIRE, {a[0]}, m); return true;
    case GT_PROC_STOP: TELL(0, P_RELEASE, {e->p}, m); return true;
    case GT_PROC_STEAL: return proc_steal(im, e, m);
    case GT_GO_STATUS: case GT_GO_STATUS_STACK: return go_status(im, e, d);
    case GT_GO_CREATE: case GT_GO_CREATE_BLOCKED: return go_create(im, e, d);
    case GT_GO_CREATE_SYSCALL: return go_create_syscall(im, e, d);
    case GT_GO_START: return go_start(im, e, m);
    case GT_GO_DESTROY: case GT_GO_STOP: case GT_GO_BLOCK: case GT_GO_SYSCALL_END_BLOCKED: return go_leave(im, e, g, m);
    case GT_GO_UNBLOCK: case GT_GO_SWITCH: case GT_GO_SWITCH_DESTROY: return go_unblock(im, e, g);
    case GT_GO_SYSCALL_BEGIN: return syscall_begin(im, e, g, m);
    case GT_GO_SYSCALL_END: TELL_G(g, LAST(g), CGO_EXIT_FAST, g, {e->p}, m); return true;
    case GT_GO_DESTROY_SYSCALL: return end_c(im, e, g, m);
    case GT_STW_BEGIN: return stw_begin(im, e, g);
    case GT_STW_END: return stw_end(im, g);
    case GT_GC_ACTIVE: return gc_on(im, g, 0);
    case GT_GC_BEGIN: return gc_on(im, g, a[1]);
    case GT_GC_END: return gc_off(im, g);
    case GT_GC_SWEEP_BEGIN:
        line = here(im, g, a[0]);
        TELL(0, GC_SWEEP, {e->p}, line);
        return true;
    case GT_GC_SWEEP_END: TELL(0, GC_SWEEP_END, {e->p}, {a[0]}, {a[1]}); return true;
    case GT_GC_MARK_ASSIST_BEGIN:
        line = here(im, g, a[0]);
        TELL(0, GC_ASSIST, g, line);
        return true;
    case GT_GC_MARK_ASSIST_END: TELL(0, GC_ASSIST_END, g); return true;
    case GT_GC_SWEEP_ACTIVE: /* these two are news in the first generation only */
        if (first_generation(im)) TELL(0, GC_SWEEP, {a[0]}, {0});
        return true;
    case GT_GC_MARK_ASSIST_ACTIVE:
        if (first_generation(im)) TELL(0, GC_ASSIST, goroutine(im, a[0]), {0});
        return true;
    case GT_HEAP_ALLOC: TELL(0, HEAP_LIVE, {a[0]}); return true;
    case GT_HEAP_GOAL: TELL(0, HEAP_GOAL, {a[0]}); return true;
    case GT_GO_LABEL: TELL(0, G_LABEL, g, text(im, a[0])); return true;
    case GT_USER_TASK_BEGIN: case GT_USER_TASK_END: case GT_USER_REGION_BEGIN: case GT_USER_REGION_END:
    case GT_USER_LOG: return told(im, e, g);
    case GT_CPU_SAMPLE: return sample(im, e);
    default: UNREACHABLE();
    }
}

bool gotrace_import_event(GotraceImport *im, const GotraceEvent *e, Diag *d) {
    if (!im->begun) {
        im->begun = true;
        im->told.first_ns = e->time_ns;
        im->first_generation = gotrace_counts(im->r)->generation;
        TELL(0, IMPORT, {gotrace_counts(im->r)->version});
    }
    im->s->now_ns = e->time_ns - im->told.first_ns;
    Id_M m = {NONE};
    if (gotrace_spec[e->number].arg_count >= 0 && e->number >= GT_SPAN) { /* of an experiment */
        im->told.left_out++;
        return true;
    }
    im->told.events++;
    bool first_word = e->number == GT_PROC_STATUS || e->number == GT_GO_STATUS || e->number == GT_GO_STATUS_STACK;
    if (e->number != GT_CPU_SAMPLE && !first_word) m = acting(im, e);
    return import(im, e, goroutine(im, e->g), m, d);
}

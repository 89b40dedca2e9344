/* findings_memory.c -- somebody below the fault line holds an address, and nobody has promised that it will hold.
 *
 * The evidence is the command that holds the address, the line that enqueued it (where the pin is missing), how
 * much of its work was done when the object left, and where the object is now.
 */
#include "findings_parts.h"

#include "narrate.h"

#include <stdio.h>
#include <string.h>

enum { NAME = 64 };

/* " (unpinned at line 12)": it was pinned, but not for long enough. */
static const char *pinned_before(const ModelObj *ob, char *buf, size_t size) {
    buf[0] = '\0';
    if (ob->unpinned_line != NONE && ob->unpinned_line != 0)
        snprintf(buf, size, " (its last pin was taken out at line %llu, too early)", (Ull)ob->unpinned_line);
    return buf;
}

static const char *memory_of(const ModelObj *ob) { return memory_name[ob->memory < MEM_COUNT ? ob->memory : 0]; }

static Finding *evidence(Findings *f, FindingKind kind, const Model *m, const Event *e, uint64_t cmd) {
    Finding *x = findings_saw(f, kind, e->time_ns, e->seq);
    if (finding_is_violation(kind) && x->times <= EVIDENCE_MAX) f->evidence[f->evidence_count - 1].cmd = cmd;
    if (x->times > 1) return NULL;
    x->line = m->cmd[cmd].line;
    x->g = m->cmd[cmd].g;
    x->cmd = cmd;
    return x;
}

/* ---- memory that C or the driver gave ---- */

static void freed_meanwhile(Findings *f, const Model *m, const Event *e) {
    const ModelCmd *c = &m->cmd[e->arg[0]];
    const ModelObj *ob = &m->obj[e->arg[1]];
    Finding *x = evidence(f, FIND_device_use_after_free, m, e, e->arg[0]);
    if (x == NULL) return;
    bool begun = c->state == CMD_RUNNING;
    x->line = ob->freed_line;
    findings_say(x, "%s, 0x%llx in %s, was given back while %s (k%llu, line %llu) held that address: %llu of its %llu slices had run",
                 intern_text(m->text, ob->name), (Ull)ob->at, memory_of(ob), intern_text(m->text, c->name), (Ull)e->arg[0],
                 (Ull)c->line, begun ? (Ull)e->arg[2] : 0, begun ? (Ull)c->slices : 1);
}

/* A command takes an address of which the memory was given back before. */
static void freed_before(Findings *f, const Model *m, const Event *e) {
    if (e->arg[0] >= m->cmd_count || e->arg[1] >= m->obj_count) return;
    const ModelCmd *c = &m->cmd[e->arg[0]];
    const ModelObj *ob = &m->obj[e->arg[1]];
    if (ob->memory == MEM_GO || ob->freed_ns == NONE) return;
    Finding *x = evidence(f, FIND_device_use_after_free, m, e, e->arg[0]);
    if (x == NULL) return;
    findings_say(x, "%s (k%llu) was enqueued with 0x%llx, where %s had been until line %llu gave it back",
                 intern_text(m->text, c->name), (Ull)e->arg[0], (Ull)ob->at, intern_text(m->text, ob->name), (Ull)ob->freed_line);
}

static void freed_again(Findings *f, const Model *m, const Event *e) {
    if (e->arg[2] == e->arg[1] || e->arg[1] >= m->obj_count) return;
    const ModelObj *ob = &m->obj[e->arg[1]];
    Finding *x = findings_saw(f, FIND_double_free, e->time_ns, e->seq);
    if (x->times > 1) return;
    x->g = e->arg[0];
    x->line = e->arg[3];
    const char *name = intern_text(m->text, ob->name);
    if (e->arg[2] < m->obj_count)
        findings_say(x, "0x%llx was given back for %s at line %llu, and then again: it was the memory of %s by then, which is free now "
                        "although it is in use", (Ull)ob->at, name, (Ull)ob->freed_line, intern_text(m->text, m->obj[e->arg[2]].name));
    else
        findings_say(x, "0x%llx was given back for %s at line %llu, and then again, when nobody had that memory", (Ull)ob->at, name,
                     (Ull)ob->freed_line);
}

/* Of a program that has come to its end: one that was stopped might have given it back. */
void findings_memory_end(Findings *f, const Model *m) {
    uint64_t pieces = 0, bytes = 0, first = NONE;
    bool over = m->panicked || m->deadlocked || (m->g_count > 1 && m->g[1].state == G_DEAD);
    if (m->imported || !over) return;
    for (uint64_t i = 0; i < m->obj_count; i++) {
        const ModelObj *ob = &m->obj[i];
        if (ob->memory == MEM_GO || ob->memory == MEM_STACK || ob->freed_ns != NONE) continue;
        if (first == NONE) first = i;
        pieces++;
        bytes += ob->bytes;
    }
    if (pieces == 0) return;
    Finding *x = findings_saw(f, FIND_device_leak, m->now_ns, m->seq);
    const ModelObj *ob = &m->obj[first];
    x->line = ob->line;
    findings_say(x, "%llu piece%s of memory, %llu bytes, never went back; the first is %s, 0x%llx in %s. The Go heap had %llu bytes at the "
                    "end, and %llu collection%s", (Ull)pieces, pieces == 1 ? "" : "s", (Ull)bytes, intern_text(m->text, ob->name),
                 (Ull)ob->at, memory_of(ob), (Ull)m->mem_live[MEM_GO], (Ull)m->collections, m->collections == 1 ? "" : "s");
}

/* ---- Go memory ---- */

/* The object has gone; the command goes on with the old address. */
static void stale(Findings *f, const Model *m, const Event *e) {
    uint64_t cmd = e->arg[0], obj = e->arg[1], done = e->arg[2];
    if (cmd >= m->cmd_count || obj >= m->obj_count) return;
    const ModelCmd *c = &m->cmd[cmd];
    const ModelObj *ob = &m->obj[obj];
    if (ob->memory != MEM_GO) {
        freed_meanwhile(f, m, e);
        return;
    }
    Finding *x = evidence(f, FIND_pinning_violation, m, e, cmd);
    if (x == NULL) return;
    char before[NAME + 32], gone[NAME], work[NAME + 32];
    bool freed = ob->freed_ns != NONE, begun = c->state == CMD_RUNNING;
    if (freed) snprintf(gone, sizeof gone, "was freed at 0x%llx", (Ull)ob->at);
    else snprintf(gone, sizeof gone, "was moved from 0x%llx to 0x%llx", (Ull)ob->moved_from, (Ull)ob->at);
    if (begun) snprintf(work, sizeof work, "%llu of its %llu slices had run", (Ull)done, (Ull)c->slices);
    else snprintf(work, sizeof work, "it had not begun");
    findings_say(x, "%s %s%s, while %s (k%llu) held that address: %s, and the rest goes to where %s was",
                 intern_text(m->text, ob->name), gone, pinned_before(ob, before, sizeof before),
                 intern_text(m->text, c->name), (Ull)cmd, work, intern_text(m->text, ob->name));
}

static void luck_of(Findings *f, const Model *m, const Event *e, uint64_t cmd) {
    const ModelCmd *c = &m->cmd[cmd];
    for (uint64_t i = 0; i < c->arg_count; i++) {
        if (c->obj[i] >= m->obj_count || c->stale[i] != NONE) continue;
        const ModelObj *ob = &m->obj[c->obj[i]];
        const ModelG *gp = c->g < m->g_count ? &m->g[c->g] : NULL;
        bool in_call = gp && gp->state == G_SYSCALL && gp->since_ns <= c->enqueue_ns && gp->line == c->line;
        if (ob->memory != MEM_GO || ob->pins > 0 || ob->freed_ns != NONE || in_call) continue;
        Finding *x = evidence(f, FIND_implicit_pin_expired, m, e, cmd);
        char before[NAME + 32];
        if (x == NULL) continue;
        findings_say(x, "%s (k%llu) held the address of %s when a collection ended, and only the call that enqueued it "
                        "had pinned it%s: it happened to stay, and works until the object is freed",
                     intern_text(m->text, c->name), (Ull)cmd, intern_text(m->text, ob->name),
                     pinned_before(ob, before, sizeof before));
    }
}

/* A collection has ended, and an object that nobody had pinned is where it was: by luck. Queues have the commands
 * that are not done. */
static void by_luck(Findings *f, const Model *m, const Event *e) {
    for (size_t q = 0; q < m->queue_count; q++) {
        uint64_t cmd = m->queue[q].head;
        for (uint64_t left = m->queue[q].depth; left > 0 && cmd < m->cmd_count; left--, cmd = m->cmd[cmd].next)
            luck_of(f, m, e, cmd);
    }
}

/* "argument of cgo function has Go pointer to unpinned Go pointer", and in older words. */
static void rule(Findings *f, const Model *m, const Event *e) {
    const char *text = intern_text(m->text, e->arg[1]);
    if (strstr(text, "to unpinned Go ") == NULL) return;
    Finding *x = findings_saw(f, FIND_cgo_pointer_rule, e->time_ns, e->seq);
    x->g = e->arg[0];
    x->line = e->arg[2];
    findings_say(x, "the call did not happen: %s", text);
}

/* A callback needs more stack, and C below it has the address of what is on it. */
static void moved_in_callback(Findings *f, const Model *m, const Event *e) {
    if (e->arg[0] >= m->g_count || e->arg[1] >= m->obj_count) return;
    const ModelG *gp = &m->g[e->arg[0]];
    const ModelObj *ob = &m->obj[e->arg[1]];
    if (gp->callbacks == 0 || ob->addressed_line == NONE) return;
    Finding *x = findings_saw(f, FIND_pinning_violation, e->time_ns, e->seq);
    if (x->times > 1) return;
    x->g = e->arg[0];
    x->line = ob->addressed_line;
    findings_say(x, "%s was moved from 0x%llx to 0x%llx with the stack of %s, which grew in a callback: %s, below it, was given the old address, "
                    "and will use it when the callback returns", intern_text(m->text, ob->name), (Ull)e->arg[2], (Ull)e->arg[3],
                 intern_text(m->text, gp->name), intern_text(m->text, model_c_function(m, e->arg[0])));
}

/* Its finalizer has let go of them just before. */
static void leaked_pinner(Findings *f, const Model *m, const Event *e) {
    if (strstr(intern_text(m->text, e->arg[1]), "found leaking pinned pointer") == NULL) return;
    Finding *x = findings_saw(f, FIND_pinner_leak, e->time_ns, e->seq);
    uint64_t last = NONE;
    for (uint64_t i = 0; i < m->obj_count; i++) {
        if (m->obj[i].unpinned_ns != NONE && (last == NONE || m->obj[i].unpinned_ns >= m->obj[last].unpinned_ns)) last = i;
    }
    if (last == NONE) return;
    x->line = m->obj[last].pinned_line;
    findings_say(x, "%s was pinned at line %llu by a Pinner that was dropped: collection %llu found it, %llu bytes that could not move until then",
                 intern_text(m->text, m->obj[last].name), (Ull)m->obj[last].pinned_line, (Ull)m->collections, (Ull)m->obj[last].bytes);
}

void findings_memory(Findings *f, const Model *m, const Event *e) {
    if (e->kind == EV_PANIC) {
        rule(f, m, e);
        leaked_pinner(f, m, e);
    }
    if (e->kind == EV_STACK_MOVE) moved_in_callback(f, m, e);
    if (e->kind == EV_DEV_STALE) stale(f, m, e);
    if (e->kind == EV_DEV_ARG) freed_before(f, m, e);
    if (e->kind == EV_MEM_FREE) freed_again(f, m, e);
    if (e->kind == EV_GC_END && !m->imported) by_luck(f, m, e);
}

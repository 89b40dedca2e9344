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

static Finding *evidence(Findings *f, FindingKind kind, const Model *m, const Event *e, uint64_t cmd) {
    Finding *x = findings_saw(f, kind, e->time_ns, e->seq);
    if (x->times > 1) return NULL;
    x->line = m->cmd[cmd].line;
    x->g = m->cmd[cmd].g;
    x->cmd = cmd;
    return x;
}

/* The object has gone; the command goes on with the old address. */
static void stale(Findings *f, const Model *m, const Event *e) {
    uint64_t cmd = e->arg[0], obj = e->arg[1], done = e->arg[2];
    if (cmd >= m->cmd_count || obj >= m->obj_count) return;
    const ModelCmd *c = &m->cmd[cmd];
    const ModelObj *ob = &m->obj[obj];
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
        if (ob->pins > 0 || ob->freed_ns != NONE || in_call) continue;
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

void findings_memory(Findings *f, const Model *m, const Event *e) {
    if (e->kind == EV_PANIC) rule(f, m, e);
    if (e->kind == EV_DEV_STALE) stale(f, m, e);
    if (e->kind == EV_GC_END && !m->imported) by_luck(f, m, e);
}

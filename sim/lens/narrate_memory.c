/* narrate_memory.c -- memory and the collector in sentences, of a run and of a real program. */
#include "narrate_parts.h"

static const char *name_of(const Model *m, uint64_t obj) { return string(m, m->obj[obj].name); }

static void tell_collector(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char g[NAME], where[PLACE_TEXT_MAX + 8];
    switch (e->kind) {
    case EV_GC_BEGIN:
        headline(n, "A collection marks");
        reason(n, "Begun by %s%s; its workers take a quarter of the Ps.", narrate_g(m, a[0], g, sizeof g),
               at(where, m, a[1]));
        function(n, "gcStart");
        break;
    case EV_GC_END:
        headline(n, "The collection has marked");
        reason(n, "What it has not found is free; sweeping will collect it bit by bit.");
        function(n, "gcMarkTermination");
        break;
    case EV_GC_SWEEP:
        headline(n, "P%llu has to sweep", (Ull)a[0]);
        reason(n, "Who allocates sweeps first%s.", at(where, m, a[1]));
        break;
    case EV_GC_SWEEP_END:
        headline(n, "P%llu has swept", (Ull)a[0]);
        reason(n, "**%llu bytes**, and %llu of them were free.", (Ull)a[1], (Ull)a[2]);
        break;
    case EV_GC_ASSIST:
        headline(n, "%s has to help", who(m, a[0], 12, g, sizeof g));
        reason(n, "It allocates faster than the collection marks%s, so it marks itself.", at(where, m, a[1]));
        function(n, "gcAssistAlloc");
        break;
    case EV_GC_ASSIST_END:
        headline(n, "%s has helped", who(m, a[0], 11, g, sizeof g));
        reason(n, "It may allocate again.");
        break;
    case EV_HEAP_LIVE:
        headline(n, "The heap holds %llu bytes", (Ull)a[0]);
        reason(n, "A collection will begin some way below its goal%s.", m->heap_goal == NONE ? ", which is not known yet" : "");
        break;
    case EV_HEAP_GOAL:
        headline(n, "The heap's goal is %llu bytes", (Ull)a[0]);
        reason(n, "The next collection shall be done when the heap is so large.");
        break;
    case EV_G_LABEL:
        headline(n, "%s is labelled", who(m, a[0], 12, g, sizeof g));
        reason(n, "At this moment it is a **%s**.", string(m, a[1]));
        break;
    case EV_GC_WORKER:
        headline(n, "P%llu gets a mark worker", (Ull)a[1]);
        reason(n, "%s, before the goroutines in its queues: a collection takes a quarter of the Ps, and what is idle. (**%s**)",
               narrate_g(m, a[0], g, sizeof g), string(m, a[2]));
        function(n, "findRunnableGCWorker");
        detail(n, "%s", string(m, a[2]));
        break;
    case EV_GC_MARKED:
        headline(n, "Everything is marked");
        reason(n, "**%llu** object%s of **%llu bytes** can be reached from the program's variables; the rest is free.",
               (Ull)a[1], plural(a[1]), (Ull)a[2]);
        function(n, "gcMarkTermination");
        detail(n, "%llu object%s", (Ull)a[1], plural(a[1]));
        break;
    default: break;
    }
}

static void tell_heap(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char g[NAME];
    switch (e->kind) {
    case EV_OBJ_NEW:
        headline(n, "Object %s, %llu bytes", CUT(string(m, a[3]), 20), (Ull)a[1]);
        reason(n, "In the Go heap, at 0x%llx. C may keep this address only while the object is pinned.", (Ull)a[2]);
        function(n, "mallocgc");
        break;
    case EV_OBJ_MOVE:
        headline(n, "%s moves", CUT(name_of(m, a[0]), 24));
        reason(n,
               "To 0x%llx. Go's own collector moves no heap object: **what if** it did? Go's pointers follow; an address "
               "that C or a device has does **not**.",
               (Ull)a[2]);
        detail(n, "to 0x%llx", (Ull)a[2]);
        break;
    case EV_OBJ_FREE:
        headline(n, "%s is freed", CUT(name_of(m, a[0]), 24));
        reason(n, "No variable leads to it any more. C and the device were **not asked**.");
        function(n, "sweep");
        break;
    case EV_CLEANUP:
        headline(n, "%s gets a cleanup", CUT(name_of(m, a[1]), 24));
        reason(n, "A function runs **some time after** the object is freed, and it is freed when a collection happens to notice: the "
                  "collector knows nothing of what else is kept with it.");
        function(n, "AddCleanup");
        break;
    case EV_FINALIZER:
        headline(n, "%s %s finalizer", CUT(name_of(m, a[1]), 18), a[2] ? "gets a" : "loses its");
        if (a[2])
            reason(n, "When a collection finds it dead, it is **kept once more** and given to a function; only a later collection frees it.");
        function(n, "SetFinalizer");
        break;
    case EV_HANDLE:
        headline(n, a[2] == 1 ? "Handle %llu is made" : a[2] == 2 ? "Handle %llu is asked" : "Handle %llu is deleted", (Ull)a[1]);
        reason(n, a[2] == 1   ? "A **number** for C to keep: the value behind it may move, and lives until the handle is deleted."
                  : a[2] == 2 ? "The value behind it, wherever it is by now."
                              : "Nothing keeps the value for C any more.");
        break;
    case EV_PIN:
        headline(n, "%s is pinned", CUT(name_of(m, a[1]), 20));
        reason(n, "By %s: the collector may neither move nor free it until it is unpinned.",
               narrate_g(m, a[0], g, sizeof g));
        function(n, "Pinner.Pin");
        break;
    case EV_UNPIN:
        headline(n, "%s is unpinned", CUT(name_of(m, a[1]), 20));
        function(n, "Pinner.Unpin");
        break;
    default: break;
    }
}

static const char *kind_of(uint64_t memory) { return memory < MEM_COUNT ? memory_name[memory] : "memory"; }

static void tell_given_back(const Model *m, const Event *e, Narration *n) {
    const ModelObj *ob = &m->obj[e->arg[1]];
    if (e->arg[2] == e->arg[1]) {
        headline(n, "%s is given back", CUT(string(m, ob->name), 24));
        reason(n, "0x%llx goes to the next who asks for as much. Who still has the address is **not told**.", (Ull)ob->at);
    } else if (e->arg[2] != NONE) {
        headline(n, "%s is given back again", CUT(string(m, ob->name), 20));
        reason(n, "0x%llx has been **%s** since: now **its** memory is free, and whoever made it does not know.", (Ull)ob->at,
               name_of(m, e->arg[2]));
    } else {
        headline(n, "%s is given back again", CUT(string(m, ob->name), 20));
        reason(n, "There is **nothing** at 0x%llx any more: %s.", (Ull)ob->at,
               ob->memory == MEM_C ? "C's heap notices, and ends the program" : "the driver says CL_INVALID_MEM_OBJECT");
    }
}

static void tell_foreign(const Model *m, const Event *e, Narration *n) {
    const uint64_t *a = e->arg;
    char g[NAME];
    switch (e->kind) {
    case EV_MEM_NEW:
        headline(n, "%s in %s", CUT(string(m, a[4]), 18), kind_of(a[1]));
        if (a[1] == MEM_DEVICE) reason(n, "At 0x%llx, for the device: to Go this is a **number**, and no pointer. Only copies lead there.", (Ull)a[3]);
        else reason(n, "At 0x%llx: it **stays** there, and stays until somebody gives it back. The collector does not know of it.", (Ull)a[3]);
        detail(n, "%llu bytes", (Ull)a[2]);
        break;
    case EV_MEM_FULL:
        headline(n, "No room in %s", kind_of(a[1]));
        reason(n, "%s asks for **%llu bytes** and %llu are left. The collector paces by the Go heap, and has **not felt** this.",
               narrate_g(m, a[0], g, sizeof g), (Ull)a[2], (Ull)a[3]);
        break;
    case EV_MEM_FREE: tell_given_back(m, e, n); break;
    case EV_ADDRESS:
        headline(n, "The address of %s is given away", CUT(name_of(m, a[1]), 16));
        reason(n, "0x%llx: from here on a **number**. If %s moves, nobody corrects it.", (Ull)a[2], name_of(m, a[1]));
        break;
    case EV_STACK_GROW:
        headline(n, "%s gets a larger stack", who(m, a[0], 20, g, sizeof g));
        reason(n, "**%llu bytes** are copied to a new stack of %llu, at 0x%llx; the old one is free for the next goroutine.", (Ull)a[1],
               (Ull)a[4], (Ull)a[3]);
        function(n, "copystack");
        detail(n, "%llu bytes", (Ull)a[4]);
        break;
    case EV_STACK_MOVE:
        headline(n, "%s moves with its stack", CUT(name_of(m, a[1]), 20));
        reason(n, "From 0x%llx to 0x%llx. Go's pointers follow; %s.", (Ull)a[2], (Ull)a[3],
               m->obj[a[1]].addressed_line == NONE ? "nobody else has its address" : "an address that **C has does not**");
        function(n, "adjustframe");
        break;
    case EV_COPY:
        headline(n, "%s is copied to %s", CUT(name_of(m, a[2]), 14), name_of(m, a[1]));
        reason(n, "**%llu bytes**, from %s to %s. The copy has an address of its own.", (Ull)a[3], kind_of(m->obj[a[2]].memory),
               kind_of(m->obj[a[1]].memory));
        function(n, "memmove");
        break;
    default: break;
    }
}

void narrate_memory(const Model *m, const Event *e, Narration *n) {
    tell_collector(m, e, n);
    tell_heap(m, e, n);
    tell_foreign(m, e, n);
}

/* across.c -- the same job by five ways out of a goroutine (book 18.1.4).
 *
 *   cgo       a call out of Go: short, and invisible to the scheduler while it lasts
 *   purego    the same door without a C compiler: the runtime's part is the same, more is done before it
 *   wasm      a sandbox inside the process: no call out of Go, so P and thread are busy, nobody can take them,
 *             and no signal stops it in the middle; data is copied into its memory and back
 *   go        no way at all: Go code, which can be preempted
 *   process   another process: data through pipes; the goroutine parks at the network, and costs nothing
 *
 * Go:      runtime/cgocall.go, internal/poll (pipes are files that can be polled) (go1.26)
 * Differs: what purego and the sandbox add is a cost from the profile. The sandbox's code is as fast as C.
 * Emits:   ACROSS ACROSS_PART PANIC
 */
#include "world.h"

static Job *job_of(const World *w, const G *gp) { return &w->jobs[gp->op.a]; }

uint64_t world_job(World *w, const Job *job) {
    GROW(w->jobs, w->job_cap, w->job_count + 1);
    w->jobs[w->job_count] = *job;
    return w->job_count++;
}

static uint64_t bytes_cost(const World *w, const Job *j, CostName ps) {
    return j->bytes * cost(w, ps) / 1000;
}

static uint64_t part(World *w, const G *gp, const char *name, uint64_t ns) {
    EMIT(w->s, ACROSS_PART, gp->id, stream_text(w->s, name), {ns});
    return ns;
}

uint64_t across_begin(World *w, M *mp) {
    static const char *const names[] = {"cgo", "purego", "wasm", "go", "process"};
    G *gp = mp->curg;
    const Job *j = job_of(w, gp);
    EMIT(w->s, ACROSS, gp->id, stream_text(w->s, names[j->way]), {j->bytes}, {gp->op.line});
    uint64_t crossing = cost(w, COST_cgo_enter) + cost(w, COST_cgo_exit);
    switch (j->way) {
    case WAY_CGO:
        part(w, gp, "crossing", crossing);
        part(w, gp, "work in C", j->work_ns);
        return cost(w, COST_cgo_enter);
    case WAY_PUREGO:
        part(w, gp, "crossing", crossing);
        part(w, gp, "work in C", j->work_ns);
        return part(w, gp, "arguments by reflection", cost(w, COST_purego)) +
               cost(w, COST_cgo_enter);
    case WAY_WASM:
        return part(w, gp, "copying in and out", bytes_cost(w, j, COST_wasm_byte_ps)) +
               part(w, gp, "entering the sandbox", cost(w, COST_wasm_call)) +
               part(w, gp, "work in the sandbox", j->work_ns);
    case WAY_GO:
        gp->left_ns = part(w, gp, "work in Go", j->work_ns);
        gp->busy_until_ns = world_now(w) + gp->left_ns;
        return gp->left_ns;
    case WAY_PROCESS: return part(w, gp, "writing the request", cost(w, COST_cgo_enter));
    }
    UNREACHABLE();
}

/* The bytes are made, really. False: the run is over. */
static bool really(World *w, const Job *j) {
    Diag d;
    if (j->run == NULL) return true;
    stream_flush(w->s);
    if (j->run(j->ctx, j->way, &d)) return true;
    world_fail(w, &d);
    return false;
}

void across_part(World *w, M *mp) {
    G *gp = mp->curg;
    const Job *j = job_of(w, gp);
    switch (j->way) {
    case WAY_CGO:
    case WAY_PUREGO: cgo_entersyscall(w, mp, j->name, j->work_ns); return;
    case WAY_WASM:
    case WAY_GO:
        gp->left_ns = 0;
        if (really(w, j)) exec_next(w, mp);
        return;
    case WAY_PROCESS: {
        uint64_t pipes = cost(w, COST_process_call) + bytes_cost(w, j, COST_process_byte_ps);
        if (!really(w, j)) return;
        part(w, gp, "pipes and the other process's turn", pipes);
        part(w, gp, "work in the other process", j->work_ns);
        net_wait(w, mp, pipes + j->work_ns, 0);
        return;
    }
    }
}

void across_back(World *w, M *mp) {
    const Job *j = job_of(w, mp->curg);
    if (j->aborts) exec_panic(w, mp->curg, "SIGABRT: abort"); /* C's code is ours: there is nobody else whom it could end */
    else if (really(w, j)) cgo_exitsyscall(w, mp);
}

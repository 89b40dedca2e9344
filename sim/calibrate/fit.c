/* fit.c -- which cost follows from which part. Order matters: a row may use the costs above it.
 *
 * A part is the smallest program in which the cost shows. What a cost cannot explain alone is taken off
 * after rounding, so that the sums come out right.
 */
#include "fit.h"

#include <math.h>

#define WHOLE(cost, part, how) {COST_##cost, part, 1, {0}, 0, how}
#define HALF(cost, part, how) {COST_##cost, part, 0.5, {0}, 0, how}
#define LESS(...) {__VA_ARGS__}, sizeof((CostName[]){__VA_ARGS__}) / sizeof(CostName)

/* clang-format off */
const Fit fits[] = {
    HALF(cgo_enter, "empty_call", "an empty C call, half of it"),
    {COST_cgo_exit, "empty_call", 1, LESS(COST_cgo_enter), "the other half"},
    {COST_callback, "callback_1", 1, LESS(COST_cgo_enter, COST_cgo_exit, COST_cgo_exit),
     "a C call that calls an empty Go function, less an empty one and exitsyscall"},
    {COST_callback_thread, "callback_thread", 1, LESS(COST_cgo_exit),
     "a C thread calls an empty Go function, not for the first time, less exitsyscall"},
    WHOLE(go_switch, "gosched", "runtime.Gosched with one other goroutine"),
    WHOLE(chan_buffered, "chan_buffered", "send and receive on one goroutine, half of both"),
    {COST_chan_handover, "chan_stream", 1, LESS(COST_chan_buffered, COST_go_switch), "an unbuffered message one way, less wait and switch"},
    WHOLE(go_create, "go_statement", "a go statement, 200 in a row"),
    WHOLE(pin, "pin_unpin", "Pin and Unpin of one object, half of both"),
    WHOLE(thread_wake, "futex", "futex wake until the other thread runs, both on one CPU"),
    {COST_lock_switch, "locked_stream", 2,
     LESS(COST_thread_wake, COST_thread_wake, COST_chan_handover, COST_chan_handover, COST_chan_buffered,
          COST_chan_buffered, COST_go_switch, COST_go_switch),
     "two unbuffered messages to a locked goroutine, less messages, switches and wake-ups"},
    WHOLE(thread_new, "pthread", "pthread_create until the new thread runs, both on one CPU"),
    WHOLE(pthread_create, "pthread", "the same"),
    WHOLE(signal, "signal", "tgkill to oneself until the handler runs"),
    WHOLE(sysmon_slack, "nanosleep", "how late a sleep of 20 us returns"),
    WHOLE(poll_slack, "epoll", "how late epoll_wait for 1 ms returns"),
    WHOLE(dev_enqueue, "dev_enqueue", "clEnqueueNDRangeKernel on an empty queue, at most until the device starts"),
    WHOLE(dev_start, "dev_start", "the device's queued to start, less the call that enqueues"),
    WHOLE(dev_finish, "dev_finish", "clFinish on an empty queue"),
    WHOLE(dev_item_ps, "dev_item_ps", "the device's start to end, by the difference of two sizes"),
    WHOLE(dev_kernel, "dev_kernel", "the same, for no work items"),
    WHOLE(dev_notify, "dev_notify", "the rest of launch and clFinish"),
};
/* clang-format on */
const size_t fit_count = ARRAY_LEN(fits);

void fit_profile(const Measured *m, Profile *p) {
    *p = (Profile){0};
    for (size_t i = 0; i < fit_count; i++) {
        const Fit *f = &fits[i];
        const Samples *s = measured_find(m, f->part);
        bool whole = s != NULL;
        double value = s != NULL ? samples_quantile(s, 0.5) * f->factor : 0;
        for (size_t k = 0; k < f->less_count; k++) {
            whole = whole && p->line[f->less[k]] > 0;
            value -= (double)p->ns[f->less[k]];
        }
        if (!whole) continue;
        p->ns[f->cost] = value < 0 ? 0 : value > (double)COST_MAX_NS ? COST_MAX_NS : (uint64_t)llround(value);
        p->line[f->cost] = (uint32_t)i + 1;
    }
}

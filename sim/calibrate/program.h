/* program.h -- small programs for the simulator, written as the Go programs in bench.go are: op by op.
 *
 * Order of use: program_new, bodies (the first is main) and channels, program_run, program_free.
 */
#ifndef FAULTLINE_CALIBRATE_PROGRAM_H
#define FAULTLINE_CALIBRATE_PROGRAM_H

#include "../rt/world.h"

typedef struct Program Program;

Program *program_new(void);
void program_free(Program *p);
/* The next goroutine body, by number; main is 0. */
uint64_t program_body(Program *p);
uint64_t program_chan(Program *p, uint64_t cap);
/* A launch of so many work items; its modelled duration follows from the costs. */
uint64_t program_launch(Program *p, uint64_t items);

void program_add(Program *p, uint64_t body, OpKind kind, uint64_t a);

/* Every event of the run, in order. One P. */
typedef void (*EventFn)(void *ctx, const Event *e);
void program_run(Program *p, const Costs *costs, EventFn fn, void *ctx);

#endif

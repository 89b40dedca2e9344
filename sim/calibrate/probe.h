/* probe.h -- what C and the device can measure themselves: threads, sleeps, signals, launches. */
#ifndef FAULTLINE_PROBE_H
#define FAULTLINE_PROBE_H

#include "../base/diag.h"
#include "../dev/dev.h"
#include "samples.h"

/* Two CPUs that this process may use, the last and the first; other is -1 when there is but one. */
void probe_cpus(int *one, int *other);
/* From here on this process, and what it starts, runs on this CPU only; -1: wherever it could before. */
void probe_stay_on(int cpu);

/* How long everything takes, 1 = as usual; at least two samples of each. */
void probe_threads(Measured *m, double scale);
/* False: the device failed, *d says how. */
bool probe_device(Measured *m, Dev *dev, double scale, Diag *d);

#endif

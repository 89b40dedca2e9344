/* sample.h -- traces written by hand for the tests of the window.
 *
 * Each is a small run that really could have been: the model checks every event when it is read.
 */
#ifndef FAULTLINE_SAMPLE_H
#define FAULTLINE_SAMPLE_H

#include "../../sim/base/base.h"

/* Three Ps; a goroutine goes to C, sysmon takes its P away, a new thread takes over: the moment of
 * the design's stage, at 3.473 ms. */
void sample_handoff(const char *path);
/* The same; everything has this name. */
void sample_named(const char *path, const char *name);
/* The same in two weeks. */
void sample_slow(const char *path);
/* `procs` Ps, `in_c` goroutines in C at the end, many channels, a long run queue, many waiting. */
void sample_crowd(const char *path, unsigned procs, unsigned in_c);
/* Two goroutines that wait for each other. */
void sample_deadlock(const char *path);
/* A run of about `events` events, most of them too short to be seen one by one. */
void sample_long(const char *path, uint64_t events);
/* One P; main makes so many goroutines, each of which runs at once and then waits for ever. */
void sample_waiters(const char *path, uint64_t goroutines);
/* RUN_START and nothing else. */
void sample_bare(const char *path);
/* The handoff with an impossible event at its end. */
void sample_impossible(const char *path);
/* Three Ps. A thread ends with its goroutine at 8 us; the world stands still from 10 to 32 us, and then there are two
 * Ps. A thread of C's is unknown to Go, another is in C with the extra M that it has borrowed, a third M is spare. */
void sample_stopped(const char *path);
/* No device, no channels. */
void sample_plain(const char *path);

#endif

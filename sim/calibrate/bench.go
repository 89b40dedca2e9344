// bench.go -- what `faultline calibrate` measures in Go: parts, from which costs follow, and whole mechanisms.
//
// Each line of output is a name and its samples in nanoseconds. The programs behind the mechanisms are those that
// mechanism.c runs in virtual time; they must be kept alike. One P throughout, and the caller has put this process on
// one CPU, because waking a thread on another is a matter of how deep that one sleeps.
//
// Arguments: how long everything takes (1 = as usual), and another CPU, for the thread that calls C in handoff: there
// a watchman on the same CPU would get to look only when the call has begun. (-1: there is none.)
package main

/*
#cgo CFLAGS: -D_GNU_SOURCE
#cgo LDFLAGS: -lpthread
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <time.h>

extern void goCallback(void);

static inline void empty(void) {}
static inline void call_back(int times) {
    for (int i = 0; i < times; i++) goCallback();
}
static inline int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}
// On a thread that Go does not know: its first callback gets it an M, the others are timed.
static void *thread(void *arg) {
    int64_t *ns = arg, times = *ns;
    goCallback();
    int64_t began = now();
    call_back((int)times);
    *ns = now() - began;
    return 0;
}
static inline int64_t on_a_thread(int64_t times) {
    pthread_t t;
    if (pthread_create(&t, 0, thread, &times) != 0) return 0;
    pthread_join(t, 0);
    return times;
}
static inline int move_to(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return sched_setaffinity(0, sizeof set, &set);
}
// When C began, so that the way in is not part of the wait.
static inline int64_t sleep_in_c(int64_t ns) {
    int64_t began = now();
    struct timespec t = {ns / 1000000000, ns % 1000000000};
    nanosleep(&t, 0);
    return began;
}
*/
import "C"

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"time"
)

const rounds = 7 // of each figure that is an average over many operations

var scale = 1.0

func times(n int) int { return max(int(float64(n)*scale), 2) }

func now() int64 { return int64(C.now()) }

func report(name string, ns []float64) {
	fmt.Print(name)
	for _, v := range ns {
		fmt.Printf(" %.2f", v)
	}
	fmt.Println()
}

// An average over n operations. All of them are taken in turn, a few times over, so that a slow moment of the
// machine is in the parts as well as in the whole.
type average struct {
	name string
	n    int
	f    func(n int)
	ns   []float64
}

func averages(list []average) {
	for round := range rounds {
		fmt.Printf("# Go, round %d of %d\n", round+1, rounds)
		for i := range list {
			a := &list[i]
			n := times(a.n)
			a.f(n/20 + 1)
			begin := time.Now()
			a.f(n)
			a.ns = append(a.ns, float64(time.Since(begin).Nanoseconds())/float64(n))
		}
	}
	for _, a := range list {
		report(a.name, a.ns)
	}
}

// two runs f on two goroutines, n/2 times each, and waits for both.
func two(n int, f func()) {
	done := make(chan bool, 2)
	for range 2 {
		go func() {
			for range n / 2 {
				f()
			}
			done <- true
		}()
	}
	<-done
	<-done
}

//export goCallback
func goCallback() {}

// ---- parts ----

func emptyCalls(n int) {
	for range n {
		C.empty()
	}
}

func callbacks(each int) func(n int) {
	return func(n int) {
		for range n {
			C.call_back(C.int(each))
		}
	}
}

func gosched(n int) { two(n, runtime.Gosched) }

func buffered(n int) {
	c := make(chan int, 1)
	for i := range n / 2 {
		c <- i
		<-c
	}
}

func stream(locked bool) func(n int) {
	return func(n int) {
		c, done := make(chan int), make(chan bool)
		go func() {
			if locked {
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
			}
			for range c {
			}
			done <- true
		}()
		for i := range n {
			c <- i
		}
		close(c)
		<-done
	}
}

// goStatements times go statements alone: what they made runs afterwards.
func goStatements() {
	const batch = 200 // fits into a P's run queue
	done := make(chan bool, batch)
	var ns []float64
	for range times(500) {
		begin := time.Now()
		for range batch {
			go func() { done <- true }()
		}
		ns = append(ns, float64(time.Since(begin).Nanoseconds())/batch)
		for range batch {
			<-done
		}
	}
	report("go_statement", ns)
}

func threadCallbacks() {
	var ns []float64
	for range rounds {
		n := times(100_000)
		ns = append(ns, float64(C.on_a_thread(C.int64_t(n)))/float64(n))
	}
	report("callback_thread", ns)
}

func pins(n int) {
	var p runtime.Pinner
	x := new([64]byte)
	for range n / 2 {
		p.Pin(x)
		p.Unpin()
	}
}

// ---- mechanisms ----

func crossing(n int) {
	two(n, func() {
		C.empty()
		runtime.Gosched()
	})
}

func pinCall(n int) {
	var p runtime.Pinner
	x := new([64]byte)
	for range n {
		p.Pin(x)
		C.empty()
		p.Unpin()
	}
}

func pingpong(locked bool) func(n int) {
	return func(n int) {
		ping, pong := make(chan int), make(chan int)
		go func() {
			if locked {
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
			}
			for v := range ping {
				pong <- v
			}
			close(pong)
		}()
		for i := range n {
			ping <- i
			<-pong
		}
		close(ping)
		<-pong
	}
}

func spawn(n int) {
	done := make(chan bool)
	for range n {
		go func() { done <- true }()
		<-done
	}
}

// spin is Go code: no call leaves Go in it.
func spin(d time.Duration) {
	for begin := time.Now(); time.Since(begin) < d; {
	}
}

// handoff: how long a P stands still behind a call to C, for calls at many moments of sysmon's life.
func handoff(cpu int) {
	var ns []float64
	runtime.LockOSThread() // and never back: the thread goes with its goroutine
	if cpu >= 0 {
		C.move_to(C.int(cpu))
	}
	for i := range times(150) {
		ran := make(chan int64, 1)
		spin(time.Duration(i*37%150) * 33 * time.Microsecond)
		go func() { ran <- now() }()
		began := int64(C.sleep_in_c(12e6))
		ns = append(ns, float64(<-ran-began))
	}
	report("handoff", ns)
}

// preemption: how long a goroutine runs on when another waits for its P.
func preemption() {
	var ns []float64
	done, begin := make(chan bool, 2), time.Now()
	for range 2 {
		go func() {
			start := time.Duration(0) // of a slice that began with a switch
			for last := start; last < time.Duration(1e9*scale)+100*time.Millisecond; {
				t := time.Since(begin)
				if t-last > 5*time.Millisecond { // the other ran
					if start != 0 {
						ns = append(ns, float64(last-start))
					}
					start = t
				}
				last = t
			}
			done <- true
		}()
	}
	<-done
	<-done
	report("preemption", ns)
}

// timer: how late time.Sleep returns when nothing else runs.
func timer() {
	var ns []float64
	for i := range times(120) {
		d := time.Duration(100+i*29%50*100) * time.Microsecond
		begin := time.Now()
		time.Sleep(d)
		ns = append(ns, float64(time.Since(begin)-d))
	}
	report("timer", ns)
}

func main() {
	cpu := -1
	if len(os.Args) > 1 {
		fmt.Sscan(os.Args[1], &scale)
	}
	if len(os.Args) > 2 {
		fmt.Sscan(os.Args[2], &cpu)
	}
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(-1)
	averages([]average{
		{"empty_call", 500_000, emptyCalls, nil},
		{"callback_1", 300_000, callbacks(1), nil},
		{"gosched", 300_000, gosched, nil},
		{"chan_buffered", 1_000_000, buffered, nil},
		{"chan_stream", 200_000, stream(false), nil},
		{"pin_unpin", 500_000, pins, nil},
		{"locked_stream", 3_000, stream(true), nil},

		{"crossing", 300_000, crossing, nil},
		{"callback", 100_000, callbacks(4), nil},
		{"pingpong", 100_000, pingpong(false), nil},
		{"locked_pingpong", 3_000, pingpong(true), nil},
		{"spawn", 50_000, spawn, nil},
		{"pin", 500_000, pinCall, nil},
	})
	goStatements()
	threadCallbacks()
	fmt.Println("# Go, time slices")
	preemption()
	fmt.Println("# Go, timers")
	timer()
	fmt.Println("# Go, hand-overs")
	handoff(cpu)
}

// main.go -- what scenarios/museum/18_c_lock_* does, in Go itself: `go run tests/go/c_lock/main.go wrong`, or right, prints how long it
// took and how many threads there are then; `wrong 50` sets the limit of threads. The adders come when the printer
// has the mutex, and its line takes 10 ms: by then sysmon, which sleeps for up to 10 ms in a program with nothing to watch, has its P.
package main

/*
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

extern void printCounter(void);

static pthread_mutex_t counter_mu = PTHREAD_MUTEX_INITIALIZER;
static long counter;
static atomic_int printing;

static int is_printing(void) { return atomic_load(&printing); }

static void format(void) {
	struct timespec t = {0, 10000000};
	atomic_store(&printing, 1);
	nanosleep(&t, 0);
	printCounter();
}

static void inc_counter(int prints, int keeps) {
	pthread_mutex_lock(&counter_mu);
	counter++;
	if (prints && keeps) format();
	pthread_mutex_unlock(&counter_mu);
	if (prints && !keeps) format();
}
*/
import "C"
import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"sync"
	"time"
)

const adders = 200

//export printCounter
func printCounter() {}

func main() {
	keeps := C.int(0)
	if os.Args[1] == "wrong" {
		keeps = 1
	}
	if len(os.Args) > 2 {
		limit, _ := strconv.Atoi(os.Args[2])
		debug.SetMaxThreads(limit)
	}
	runtime.GOMAXPROCS(2)
	var all sync.WaitGroup
	begun := time.Now()
	all.Go(func() { C.inc_counter(1, keeps) })
	for C.is_printing() == 0 {
	}
	for range adders {
		all.Go(func() { C.inc_counter(0, keeps) })
	}
	all.Wait()
	fmt.Println(time.Since(begun), pprof.Lookup("threadcreate").Count(), "threads")
}

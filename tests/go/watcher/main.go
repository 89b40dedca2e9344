// main.go -- what scenarios/museum/23_watcher_* cost in Go itself: `go run tests/go/watcher/main.go` prints, with one P and with two,
// how long a query takes without a watcher, with one for each, and with one only where the context can end.
package main

/*
static void step(int n) { for (volatile int i = 0; i < n; i++) ; }
*/
import "C"
import (
	"context"
	"fmt"
	"runtime"
	"testing"
)

const steps = 1500 // about 500 ns

func watched(over <-chan struct{}) {
	done := make(chan struct{})
	go func() {
		select {
		case <-done:
		case <-over:
			C.step(1) // sqlite3_interrupt
		}
	}()
	C.step(steps)
	close(done)
}

func measure(query func()) int64 {
	return testing.Benchmark(func(b *testing.B) {
		for range b.N {
			query()
		}
	}).NsPerOp()
}

func main() {
	background := context.Background()
	cancellable, cancel := context.WithCancel(background)
	defer cancel()
	ask := func(ctx context.Context) func() {
		return func() {
			if over := ctx.Done(); over != nil {
				watched(over)
			} else {
				C.step(steps)
			}
		}
	}
	for _, procs := range []int{1, 2} {
		runtime.GOMAXPROCS(procs)
		fmt.Printf("GOMAXPROCS=%d: no watcher %d ns, a watcher each %d ns, asked first %d ns, and with a context that can end %d ns\n", procs,
			measure(func() { C.step(steps) }), measure(func() { watched(background.Done()) }), measure(ask(background)), measure(ask(cancellable)))
	}
}

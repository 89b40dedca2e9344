// cgoloop.go -- a program for `make bench` to record: four goroutines that do nothing but call C.
// Arguments: the file for the trace, and how many calls each goroutine makes.
package main

/*
static int next(int a) { return a + 1; }
*/
import "C"

import (
	"os"
	"runtime/trace"
	"strconv"
	"sync"
)

func main() {
	calls, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	f, err := os.Create(os.Args[1])
	if err != nil {
		panic(err)
	}
	if err := trace.Start(f); err != nil {
		panic(err)
	}
	var done sync.WaitGroup
	for i := 0; i < 4; i++ {
		done.Add(1)
		go func() {
			defer done.Done()
			for n := 0; n < calls; n++ {
				C.next(C.int(n))
			}
		}()
	}
	done.Wait()
	trace.Stop()
	if err := f.Close(); err != nil {
		panic(err)
	}
}

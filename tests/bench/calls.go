// calls.go -- a trace for `make bench` to read: four goroutines call an empty C function N times each, and
// runtime/trace writes to a file meanwhile. Two events a call, on as many threads as there are.
package main

/*
static int nothing(int x) { return x; }
*/
import "C"

import (
	"os"
	"runtime/trace"
	"strconv"
	"sync"
)

func main() {
	n, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	f, err := os.Create(os.Args[2])
	if err != nil {
		panic(err)
	}
	defer f.Close()
	if err := trace.Start(f); err != nil {
		panic(err)
	}
	defer trace.Stop()
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range n {
				C.nothing(C.int(i))
			}
		}()
	}
	wg.Wait()
}

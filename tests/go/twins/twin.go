// twin.go -- what all twins share: the trace goes to the file that the argument names, and the program that a scenario
// stands for is twin(), between two logs. It is built with each of them: go build NAME.go twin.go.
package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/trace"
	"time"
)

// Go code that needs this much time, with calls in it.
func compute(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
	}
}

var before = func() {} // what has to be done before the twin begins

func main() {
	f, err := os.Create(os.Args[1])
	if err != nil {
		panic(err)
	}
	debug.SetGCPercent(-1) // collections are where the scenario has them
	if err := trace.Start(f); err != nil {
		panic(err)
	}
	before()
	time.Sleep(5 * time.Millisecond) // the runtime's own goroutines have run once
	trace.Log(context.Background(), "twin", "begin")
	twin()
	trace.Log(context.Background(), "twin", "end")
	time.Sleep(5 * time.Millisecond) // the others come to their end, too
	trace.Stop()
	if err := f.Close(); err != nil {
		panic(err)
	}
}

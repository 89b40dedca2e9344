// twin.go -- what all twins share: the trace goes to the file that the argument names, and the program that a scenario
// stands for is twin(), between two logs. It is built with each of them: go build NAME.go twin.go.
package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/trace"
	"strconv"
	"strings"
	"time"
)

// Go code that needs this much time, with calls in it.
func compute(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
	}
}

// How long threads of this process have waited for a CPU so far, in ns; 0 where the system does not say. Who waited long
// was disturbed by others, and says less about Go.
func waited() (sum int64) {
	tasks, _ := os.ReadDir("/proc/self/task")
	for _, task := range tasks {
		stat, _ := os.ReadFile("/proc/self/task/" + task.Name() + "/schedstat")
		if field := strings.Fields(string(stat)); len(field) > 1 {
			ns, _ := strconv.ParseInt(field[1], 10, 64)
			sum += ns
		}
	}
	return sum
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
	waited_before := waited()
	trace.Log(context.Background(), "twin", "begin")
	twin()
	trace.Log(context.Background(), "twin", "end")
	trace.Log(context.Background(), "waited", strconv.FormatInt(waited()-waited_before, 10))
	time.Sleep(5 * time.Millisecond) // the others come to their end, too
	trace.Stop()
	if err := f.Close(); err != nil {
		panic(err)
	}
}

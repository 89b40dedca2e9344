// readtrace.go -- the baseline of `make bench`: Go's own reader, over a whole trace. Prints nanoseconds an event.
// That reader is a package which only Go's own programs may use; so this one is built as if it lay among them
// (go build -overlay).
package main

import (
	"bufio"
	"fmt"
	"internal/trace"
	"io"
	"os"
	"time"
)

func main() {
	begin := time.Now()
	f, err := os.Open(os.Args[1])
	if err != nil {
		panic(err)
	}
	r, err := trace.NewReader(bufio.NewReaderSize(f, 1<<20))
	if err != nil {
		panic(err)
	}
	events := 0
	for {
		if _, err := r.ReadEvent(); err == io.EOF {
			break
		} else if err != nil {
			panic(err)
		}
		events++
	}
	fmt.Println(float64(time.Since(begin).Nanoseconds()) / float64(events))
}

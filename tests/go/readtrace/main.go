// Readtrace reads Go execution traces with the reader and the validator of Go's own tests, and says which of them
// they do not take, and why.
//
// Both live in internal/trace of Go's source tree, where nobody else may import them: build.sh beside this file
// copies them from the Go that is installed.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"

	"readtrace/trace"
	"readtrace/trace/testtrace"
	"readtrace/trace/version"
)

func read(name string) (events int, err error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	in := bufio.NewReader(f)
	header, err := in.Peek(16)
	if err != nil {
		return 0, err
	}
	var minor uint32
	if _, err := fmt.Sscanf(string(header), "go 1.%d trace", &minor); err != nil {
		return 0, err
	}
	r, err := trace.NewReader(in)
	if err != nil {
		return 0, err
	}
	v := testtrace.NewValidator()
	v.GoVersion = version.Version(minor)
	for ; ; events++ {
		e, err := r.ReadEvent()
		if err == io.EOF {
			return events, nil
		}
		if err == nil {
			err = v.Event(e)
		}
		if err != nil {
			return events, err
		}
	}
}

func main() {
	bad := 0
	for _, name := range os.Args[1:] {
		if events, err := read(name); err != nil {
			fmt.Printf("%s, after %d events: %v\n", name, events, err)
			bad++
		}
	}
	fmt.Printf("%d files, %d bad\n", len(os.Args)-1, bad)
}

// Readtrace reads Go execution traces with the reader and the validator of Go's own tests, and says which of them
// they do not take, and why. With -testdata FOLDER OUT: the traces of Go's own tests, as files, and Go's verdict on each.
//
// Both live in internal/trace of Go's source tree, where nobody else may import them: build.sh beside this file
// copies them from the Go that is installed.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"readtrace/trace"
	"readtrace/trace/raw"
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

// The parts of a txtar archive: "-- name --" on a line of its own begins one.
func part(archive, name string) string {
	_, rest, _ := strings.Cut("\n"+archive, "\n-- "+name+" --\n")
	text, _, _ := strings.Cut(rest, "\n-- ")
	return text + "\n"
}

// A trace as text, of Go's own tests, in the form of a file.
func assemble(text string) ([]byte, error) {
	var out bytes.Buffer
	r, err := raw.NewTextReader(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	w, err := raw.NewWriter(&out, r.Version())
	if err != nil {
		return nil, err
	}
	for {
		e, err := r.ReadEvent()
		if err == io.EOF {
			return out.Bytes(), nil
		}
		if err != nil {
			return nil, err
		}
		if err := w.WriteEvent(e); err != nil {
			return nil, err
		}
	}
}

// A seed of Go's fuzzer: []byte("...") on its second line.
func seed(text string) ([]byte, error) {
	_, rest, _ := strings.Cut(text, "[]byte(")
	data, err := strconv.Unquote(strings.TrimSuffix(strings.TrimSpace(rest), ")"))
	return []byte(data), err
}

// All events, and no validator: what Go's own test of its reader does.
func takes(data []byte) bool {
	r, err := trace.NewReader(bytes.NewReader(data))
	for err == nil {
		_, err = r.ReadEvent()
	}
	return err == io.EOF
}

// Writes each trace of Go's own test data to a file of its own in folder `to`, and says whether Go's reader takes it.
func testdata(from, to string) error {
	tests, _ := filepath.Glob(from + "/tests/*.test")
	seeds, _ := filepath.Glob(from + "/fuzz/FuzzReader/*")
	for i, name := range append(tests, seeds...) {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		var data []byte
		if i < len(tests) {
			data, err = assemble(part(string(text), "trace"))
		} else {
			data, err = seed(string(text))
		}
		if err != nil {
			return fmt.Errorf("%s: %v", name, err)
		}
		out := filepath.Join(to, filepath.Base(name)+".trace")
		if err := os.WriteFile(out, data, 0o666); err != nil {
			return err
		}
		verdict := "refused"
		if takes(data) {
			verdict = "taken"
		}
		fmt.Println(verdict, filepath.Base(out))
	}
	return nil
}

func main() {
	if len(os.Args) == 4 && os.Args[1] == "-testdata" {
		if err := testdata(os.Args[2], os.Args[3]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	bad := 0
	for _, name := range os.Args[1:] {
		if events, err := read(name); err != nil {
			fmt.Printf("%s, after %d events: %v\n", name, events, err)
			bad++
		}
	}
	fmt.Printf("%d files, %d bad\n", len(os.Args)-1, bad)
}

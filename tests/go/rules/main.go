// What Go itself says when a rule of pointers is broken: one case by name, recovered and printed.
package main

/*
static void take(void *p) { (void)p; }
*/
import "C"

import (
	"fmt"
	"os"
	"runtime"
	"unsafe"
)

type node struct{ child *int }

func main() {
	defer func() { fmt.Println(recover()) }()
	var pin runtime.Pinner
	switch os.Args[1] {
	case "pointer":
		n := &node{new(int)}
		C.take(unsafe.Pointer(n))
	case "slice":
		s := []*int{nil, new(int)}
		C.take(unsafe.Pointer(&s[0]))
	case "nil":
		pin.Pin(nil)
	case "int":
		pin.Pin(5)
	case "float64":
		pin.Pin(1.5)
	case "string":
		pin.Pin("text")
	case "bool":
		pin.Pin(true)
	case "func()":
		pin.Pin(func() {})
	}
}

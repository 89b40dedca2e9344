// What Go itself says when a rule of pointers is broken: one case by name, recovered and printed.
package main

/*
#include <stdlib.h>
static void take(void *p) { (void)p; }
*/
import "C"

import (
	"fmt"
	"os"
	"runtime"
	"runtime/cgo"
	"time"
	"unsafe"
)

type node struct{ child *int }

var pin runtime.Pinner

//go:noinline
func deep(n int) int {
	var frame [256]byte
	if n == 0 {
		return len(frame)
	}
	return deep(n-1) + int(frame[n%len(frame)])
}

// What C keeps is a number: it leads to where the variable was before the stack grew.
func growUnderPointer(done chan<- bool) {
	var count int32
	at := uintptr(unsafe.Pointer(&count))
	deep(100)
	moved := at != uintptr(unsafe.Pointer(&count))
	*(*int32)(unsafe.Pointer(at)) = 7
	fmt.Println("moved:", moved, "count:", count)
	done <- true
}

//go:noinline
func dropPinner() {
	var dropped runtime.Pinner
	dropped.Pin(new(int))
}

func main() {
	defer func() { fmt.Println(recover()) }()
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
	case "result":
		callGet(0)
	case "in result":
		callGet(1)
	case "cleanup of nil":
		runtime.AddCleanup((*int)(nil), func(int) {}, 0)
	case "cleanup with itself":
		x := new(int)
		runtime.AddCleanup(x, func(*int) {}, x)
	case "cleanup over itself":
		x := new([4]int)
		runtime.AddCleanup(x, func(int) { println(x) }, 0)
	case "cleanup of C's":
		runtime.AddCleanup((*int)(C.malloc(8)), func(int) {}, 0)
	case "handle":
		cgo.Handle(7).Value()
	case "handle 0":
		cgo.Handle(0).Delete()
	case "finalizer of nil":
		runtime.SetFinalizer(nil, func(*int) {})
	case "two finalizers":
		x := new([4]int)
		runtime.SetFinalizer(x, func(*[4]int) {})
		runtime.SetFinalizer(x, func(*[4]int) {})
	case "stack":
		done := make(chan bool)
		go growUnderPointer(done)
		<-done
	case "dropped":
		dropPinner()
		for range 10 {
			runtime.GC()
			time.Sleep(time.Millisecond)
		}
	}
}

package main

/*
void callGet(int which);
*/
import "C"

import "unsafe"

//export goGet
func goGet(which C.int) unsafe.Pointer {
	if which == 0 {
		return unsafe.Pointer(new(int))
	}
	n := &node{new(int)}
	pin.Pin(n)
	return unsafe.Pointer(n)
}

func callGet(which int) { C.callGet(C.int(which)) }

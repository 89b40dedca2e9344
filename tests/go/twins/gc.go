// gc.go -- the twin of gc.lua: three collections, while two goroutines compute and one is in C.
package main

/*
#include <time.h>
static void block(void) {
    struct timespec t = {0, 30 * 1000000L};
    nanosleep(&t, 0);
}
*/
import "C"
import (
	"runtime"
	"time"
)

func worker(done chan bool) {
	compute(20 * time.Millisecond)
	done <- true
}

func in_c(done chan bool) {
	C.block()
	done <- true
}

func twin() {
	done := make(chan bool, 3)
	go worker(done)
	go worker(done)
	go in_c(done)
	time.Sleep(5 * time.Millisecond)
	for range 3 {
		runtime.GC()
	}
	for range 3 {
		<-done
	}
}

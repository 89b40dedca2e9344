// blocking.go -- the twin of blocking.lua (book: 18.2.2): one goroutine blocks in C, four want to run.
package main

/*
#include <time.h>
static void block(int ms) {
    struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
    nanosleep(&t, 0);
}
*/
import "C"
import "time"

func worker(done chan bool) {
	for range 4 {
		compute(time.Millisecond)
	}
	done <- true
}

func launcher(done chan bool) {
	C.block(40)
	done <- true
}

func twin() {
	done := make(chan bool, 5)
	for range 4 {
		go worker(done)
	}
	go launcher(done)
	for range 5 {
		<-done
	}
}

// inflation.go -- the twin of inflation.lua (book: 18.2.3): a hundred goroutines sleep in C.
package main

/*
#include <time.h>
static void wait_for_sensor(void) {
    struct timespec t = {0, 500 * 1000000L};
    nanosleep(&t, 0);
}
*/
import "C"

const waiters = 100

func waiter(done chan bool) {
	C.wait_for_sensor()
	done <- true
}

func twin() {
	done := make(chan bool, waiters)
	for range waiters {
		go waiter(done)
	}
	for range waiters {
		<-done
	}
}

// one_in_c.go -- the twin of one_in_c.lua (book: 18.2.3): one goroutine waits in C, a hundred for it at a channel.
package main

/*
#include <time.h>
static void wait_for_sensor(void) {
    struct timespec t = {0, 30 * 1000000L};
    nanosleep(&t, 0);
}
*/
import "C"

const waiters = 100

func waiter(told, done chan bool) {
	<-told
	done <- true
}

func sensor(told chan bool) {
	C.wait_for_sensor()
	close(told)
}

func twin() {
	told, done := make(chan bool), make(chan bool, waiters)
	for range waiters {
		go waiter(told, done)
	}
	go sensor(told)
	for range waiters {
		<-done
	}
}

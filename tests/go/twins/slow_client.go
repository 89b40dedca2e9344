// slow_client.go -- the twin of slow_client.lua (book: 20.3.3): one who makes tokens in C and sends them to three clients, one
// of whom is slow.
package main

/*
#include <time.h>
static void step(void) {
    struct timespec t = {0, 4 * 1000000L};
    nanosleep(&t, 0);
}
*/
import "C"
import "time"

const length = 6

func batcher(clients []chan int) {
	for n := range length {
		C.step()
		for _, tokens := range clients {
			tokens <- n
		}
	}
	for _, tokens := range clients {
		close(tokens)
	}
}

func quick(tokens chan int, done chan bool) {
	for range tokens {
	}
	done <- true
}

func slow(tokens chan int, done chan bool) {
	for range tokens {
		time.Sleep(20 * time.Millisecond)
	}
	done <- true
}

func twin() {
	clients, done := []chan int{make(chan int), make(chan int), make(chan int)}, make(chan bool)
	go slow(clients[0], done)
	go quick(clients[1], done)
	go quick(clients[2], done)
	go batcher(clients)
	for range clients {
		<-done
	}
}

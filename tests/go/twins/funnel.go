// funnel.go -- the twin of funnel.lua (book: 21.1): four who ask, and one who takes all that have asked into C at once.
package main

/*
#include <time.h>
static void step(void) {
    struct timespec t = {0, 8 * 1000000L};
    nanosleep(&t, 0);
}
*/
import "C"

const agents, thoughts = 4, 3

func funnel(asked chan chan int) {
	for first := range asked {
		batch := []chan int{first}
	collect:
		for {
			select {
			case more, ok := <-asked:
				if !ok {
					break collect
				}
				batch = append(batch, more)
			default:
				break collect
			}
		}
		C.step()
		for n, answer := range batch {
			answer <- n
		}
	}
}

func agent(asked chan chan int, done chan bool) {
	answer := make(chan int, 1)
	for range thoughts {
		asked <- answer
		<-answer
	}
	done <- true
}

func twin() {
	asked, done := make(chan chan int, agents), make(chan bool)
	for range agents {
		go agent(asked, done)
	}
	go funnel(asked)
	for range agents {
		<-done
	}
	close(asked)
}

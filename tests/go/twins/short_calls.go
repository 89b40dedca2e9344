// short_calls.go -- the twin of short_calls.lua (book: 18.2.1): calls too short for sysmon to see one of them twice.
package main

// static void poll(void) {}
import "C"

func worker(done chan bool) { done <- true }

func caller(done chan bool) {
	for range 500 {
		C.poll()
	}
	done <- true
}

func twin() {
	done := make(chan bool, 2)
	go worker(done)
	go caller(done)
	<-done
	<-done
}

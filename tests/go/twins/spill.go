// spill.go -- the twin of spill.lua: 600 new goroutines on one P, whose queue holds 256.
package main

const goroutines = 600

func child(done chan bool) { done <- true }

func twin() {
	done := make(chan bool, goroutines)
	for range goroutines {
		go child(done)
	}
	for range goroutines {
		<-done
	}
}

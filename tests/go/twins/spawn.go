// spawn.go -- the twin of spawn.lua: who of 20 new goroutines runs first, and what of those that they start?
package main

func child(done chan bool) { done <- true }

func parent(done chan bool) {
	go child(done)
	go child(done)
	done <- true
}

func twin() {
	done := make(chan bool, 60)
	for range 20 {
		go parent(done)
	}
	for range 60 {
		<-done
	}
}

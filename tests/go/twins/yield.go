// yield.go -- the twin of yield.lua: three goroutines that give their P away ten times each.
package main

import "runtime"

func polite(done chan bool) {
	for range 10 {
		runtime.Gosched()
	}
	done <- true
}

func twin() {
	done := make(chan bool, 3)
	for range 3 {
		go polite(done)
	}
	for range 3 {
		<-done
	}
}

// timers.go -- the twin of timers.lua: goroutines that sleep are woken in the order of their deadlines.
package main

import "time"

func sleeper(d time.Duration, done chan bool) {
	time.Sleep(d)
	done <- true
}

func twin() {
	done := make(chan bool, 5)
	for _, ms := range []int{50, 10, 40, 20, 30} {
		go sleeper(time.Duration(ms)*time.Millisecond, done)
	}
	for range 5 {
		<-done
	}
}

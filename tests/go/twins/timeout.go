// timeout.go -- the twin of timeout.lua: a select between an answer that never comes and a timer.
package main

import "time"

func asker(answer chan bool, done chan bool) {
	for range 3 {
		select {
		case <-answer:
		case <-time.After(5 * time.Millisecond):
		}
	}
	done <- true
}

func twin() {
	answer, done := make(chan bool), make(chan bool)
	go asker(answer, done)
	<-done
}

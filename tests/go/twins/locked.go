// locked.go -- the twin of locked.lua (book: 18.2.5): ping-pong with one who is locked to his thread.
package main

import "runtime"

const rounds = 50

func locked(ping, pong chan bool) {
	runtime.LockOSThread()
	for range rounds {
		<-ping
		pong <- true
	}
}

func twin() {
	ping, pong := make(chan bool), make(chan bool)
	go locked(ping, pong)
	for range rounds {
		ping <- true
		<-pong
	}
}

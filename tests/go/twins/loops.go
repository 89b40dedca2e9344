// loops.go -- the twin of loops.lua (book: 18.2.1): loops without a call, which only a signal can stop.
package main

import "time"

var sink [2]uint64

// About 60 ms of it, whatever the machine: n steps were measured.
func loop(i int, n uint64, done chan bool) {
	x := uint64(i + 1)
	for range n {
		x = x*6364136223846793005 + 1442695040888963407
	}
	sink[i] = x
	done <- true
}

func steps(d time.Duration) uint64 {
	const probe = 2_000_000
	begin := time.Now()
	x := sink[0]
	for range uint64(probe) {
		x = x*6364136223846793005 + 1442695040888963407
	}
	sink[0] = x
	return uint64(d) * probe / uint64(time.Since(begin))
}

var sixty = steps(60 * time.Millisecond)

func twin() {
	done := make(chan bool, 2)
	for i := range 2 {
		go loop(i, sixty, done)
	}
	<-done
	<-done
}

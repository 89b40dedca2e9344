// buffered.go -- the twin of buffered.lua: a channel with room for three, two who send, one who receives.
package main

const values = 15

func producer(out chan int, done chan bool) {
	for i := range values {
		out <- i
	}
	done <- true
}

func consumer(in chan int, done chan bool) {
	for range in {
	}
	done <- true
}

func twin() {
	items, done := make(chan int, 3), make(chan bool)
	go producer(items, done)
	go producer(items, done)
	go consumer(items, done)
	<-done
	<-done
	close(items)
	<-done
}

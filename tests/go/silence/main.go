// main.go -- the twin of scenarios/museum/19_silence_wrong.lua: six goroutines look a name up and send what they found; main
// receives it, and a seventh that nobody sends. Built with cgo.go the lookup is a call of C's, with pure.go it is Go's own:
// the one thing that differs, and it decides whether anybody is told.
package main

func main() {
	answers := make(chan int)
	for i := range 6 {
		go func() {
			lookup()
			answers <- i
		}()
	}
	got := 0
	for range answers {
		got++
		if got == 6 {
			println("all answers are here")
		}
	}
}

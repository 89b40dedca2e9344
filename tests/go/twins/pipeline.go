// pipeline.go -- the twin of pipeline.lua: three stages, and channels without room between them.
package main

const values = 40

func source(out chan int) {
	for i := range values {
		out <- i
	}
	close(out)
}

func square(in, out chan int) {
	for v := range in {
		out <- v * v
	}
	close(out)
}

func twin() {
	numbers, squares := make(chan int), make(chan int)
	go source(numbers)
	go square(numbers, squares)
	for range squares {
	}
}

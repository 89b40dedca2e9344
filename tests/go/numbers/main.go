// A program that has made many goroutines before its trace begins: their numbers are large, and used again here.
package main

import (
	"os"
	"runtime/trace"
	"sync"
)

func short(done *sync.WaitGroup) { done.Done() }

func forgotten(c chan int) { <-c }

func main() {
	var done sync.WaitGroup
	done.Add(20000)
	for i := 0; i < 20000; i++ {
		go short(&done)
	}
	done.Wait()
	f, err := os.Create(os.Args[1])
	if err != nil {
		panic(err)
	}
	if err := trace.Start(f); err != nil {
		panic(err)
	}
	c := make(chan int)
	for i := 0; i < 5; i++ {
		go forgotten(c)
	}
	for i := 0; i < 200; i++ {
		done.Add(1)
		go short(&done)
		done.Wait()
	}
	trace.Stop()
	if err := f.Close(); err != nil {
		panic(err)
	}
}

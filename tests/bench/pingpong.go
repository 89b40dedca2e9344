// pingpong.go -- the baseline of `make bench`: two goroutines, two unbuffered channels, N round trips.
// Prints nanoseconds a round trip; with a second argument runtime/trace writes there meanwhile.
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/trace"
	"strconv"
	"time"
)

func main() {
	runtime.GOMAXPROCS(1)
	n, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	ping, pong := make(chan int), make(chan int)
	go func() {
		for v := range ping {
			pong <- v
		}
		close(pong)
	}()
	if len(os.Args) > 2 {
		f, err := os.Create(os.Args[2])
		if err != nil {
			panic(err)
		}
		defer f.Close()
		if err := trace.Start(f); err != nil {
			panic(err)
		}
		defer trace.Stop()
	}
	begin := time.Now()
	for i := 0; i < n; i++ {
		ping <- i
		<-pong
	}
	fmt.Println(time.Since(begin).Nanoseconds() / int64(n))
}

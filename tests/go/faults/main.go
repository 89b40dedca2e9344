// A program with three faults, for `faultline findings` of an imported trace: twenty sleeps in C at once, one of them
// long, and goroutines that nobody lets end.
package main

/*
#include <unistd.h>
static void pause_us(int us) { usleep(us); }
*/
import "C"

import (
	"os"
	"runtime"
	"runtime/trace"
	"sync"
	"time"
)

func forgotten(c chan int) { <-c }

func main() {
	runtime.GOMAXPROCS(2)
	f, err := os.Create(os.Args[1])
	if err != nil {
		panic(err)
	}
	trace.Start(f)
	c := make(chan int)
	for i := 0; i < 12; i++ {
		go forgotten(c)
	}
	var done sync.WaitGroup
	for i := 0; i < 20; i++ {
		done.Add(1)
		go func() {
			defer done.Done()
			C.pause_us(C.int(20000 + 150000*(i/19)))
		}()
	}
	done.Wait()
	time.Sleep(10 * time.Millisecond)
	trace.Stop()
	f.Close()
}

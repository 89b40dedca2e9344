// cancel.go -- the twin of cancel.lua (book: 21.3): a context is cancelled while a goroutine is in C.
package main

/*
#include <time.h>
static void query(void) {
    struct timespec t = {0, 40 * 1000000L};
    nanosleep(&t, 0);
}
*/
import "C"
import (
	"context"
	"time"
)

func in_c(ctx context.Context, done chan bool) {
	C.query()
	<-ctx.Done()
	done <- true
}

func in_go(ctx context.Context, done chan bool) {
	<-ctx.Done()
	done <- true
}

func twin() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan bool, 2)
	go in_go(ctx, done)
	go in_c(ctx, done)
	time.Sleep(10 * time.Millisecond)
	cancel()
	<-done
	<-done
}

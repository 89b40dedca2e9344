// too_slow.go -- the twin of too_slow.lua (book: 20.3.4): as slow_client.go, but who does not take a token for 5 ms is left out.
package main

/*
#include <time.h>
static void step(void) {
    struct timespec t = {0, 4 * 1000000L};
    nanosleep(&t, 0);
}
*/
import "C"
import (
	"context"
	"time"
)

const length = 6

type request struct {
	tokens chan int
	cancel context.CancelFunc
}

func taken(r *request, n int) bool {
	timer := time.NewTimer(5 * time.Millisecond)
	defer timer.Stop()
	select {
	case r.tokens <- n:
		return true
	case <-timer.C:
		r.cancel()
		return false
	}
}

func batcher(batch []*request) {
	for n := range length {
		C.step()
		for i, r := range batch {
			if r == nil || taken(r, n) {
				continue
			}
			close(r.tokens)
			batch[i] = nil
		}
	}
	for _, r := range batch {
		if r != nil {
			close(r.tokens)
		}
	}
}

func quick(tokens chan int, done chan bool) {
	for range tokens {
	}
	done <- true
}

func slow(ctx context.Context, tokens chan int, done chan bool) {
	for range tokens {
		time.Sleep(40 * time.Millisecond)
	}
	<-ctx.Done()
	done <- true
}

func twin() {
	done, batch := make(chan bool), []*request{}
	ctx, cancel := context.WithCancel(context.Background())
	for range 3 {
		batch = append(batch, &request{make(chan int, 1), cancel})
	}
	go slow(ctx, batch[0].tokens, done)
	go quick(batch[1].tokens, done)
	go quick(batch[2].tokens, done)
	go batcher(batch)
	for range 3 {
		<-done
	}
}

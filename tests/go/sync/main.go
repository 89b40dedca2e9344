// What Go's sync, and golang.org/x/sync, do: one case by name. tests/script/sync_test.c runs the same in a scenario.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
)

const step = 20 * time.Millisecond

func busy(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
	}
}

var cases = map[string]func(){
	"try": func() {
		var mu sync.Mutex
		fmt.Println(mu.TryLock(), mu.TryLock())
		mu.Unlock()
		fmt.Println(mu.TryLock())
	},
	"unlock": func() { new(sync.Mutex).Unlock() },
	"anybody may unlock": func() {
		var mu sync.Mutex
		mu.Lock()
		go mu.Unlock()
		mu.Lock()
		fmt.Println("got it")
	},
	"twice": func() {
		var mu sync.Mutex
		mu.Lock()
		mu.Lock()
	},
	"rw unlock":  func() { new(sync.RWMutex).Unlock() },
	"rw runlock": func() { new(sync.RWMutex).RUnlock() },
	"rw try": func() {
		var rw sync.RWMutex
		rw.RLock()
		fmt.Println(rw.TryRLock(), rw.TryLock())
		rw.RUnlock()
		rw.RUnlock()
		fmt.Println(rw.TryLock(), rw.TryRLock(), rw.TryLock())
	},
	"a writer that waits comes first": func() {
		var rw sync.RWMutex
		var wg sync.WaitGroup
		rw.RLock()
		wg.Go(func() { rw.Lock(); fmt.Println("writer"); rw.Unlock() })
		time.Sleep(step)
		wg.Go(func() { rw.RLock(); fmt.Println("reader"); rw.RUnlock() })
		time.Sleep(step)
		fmt.Println("first", rw.TryRLock())
		rw.RUnlock()
		wg.Wait()
	},
	"a reader asks again": func() {
		var rw sync.RWMutex
		rw.RLock()
		go func() { rw.Lock() }()
		time.Sleep(step)
		rw.RLock()
	},
	"negative": func() { new(sync.WaitGroup).Done() },
	"wait": func() {
		var wg sync.WaitGroup
		var n atomic.Int64
		wg.Wait()
		for i := 0; i < 10; i++ {
			wg.Go(func() { n.Add(1) })
		}
		wg.Wait()
		fmt.Println(n.Load())
	},
	"reused": func() {
		runtime.GOMAXPROCS(1)
		var wg sync.WaitGroup
		wg.Add(1)
		go wg.Wait()
		time.Sleep(step)
		wg.Done()
		wg.Add(1)
		time.Sleep(step)
	},
	"once": func() {
		var once sync.Once
		var wg sync.WaitGroup
		for i := 1; i <= 3; i++ {
			wg.Go(func() {
				once.Do(func() { time.Sleep(step); fmt.Println("f") })
				fmt.Println("after")
			})
		}
		wg.Wait()
		once.Do(func() { fmt.Println("never") })
		f := sync.OnceFunc(func() { fmt.Println("func") })
		f()
		f()
	},
	"once in itself": func() {
		var once sync.Once
		once.Do(func() { once.Do(func() {}) })
	},
	"signals in order": func() {
		var mu sync.Mutex
		cond := sync.NewCond(&mu)
		for i := 1; i <= 4; i++ {
			go func() { mu.Lock(); cond.Wait(); fmt.Println(min(i, 3)); mu.Unlock() }()
			time.Sleep(step)
		}
		cond.Signal()
		time.Sleep(step)
		cond.Signal()
		time.Sleep(step)
		fmt.Println("all")
		mu.Lock()
		cond.Broadcast()
		mu.Unlock()
		time.Sleep(step)
		fmt.Println("lost")
		cond.Signal()
		mu.Lock()
		cond.Wait()
	},
	"wait without the lock": func() { sync.NewCond(new(sync.Mutex)).Wait() },
	"nobody overtakes": func() {
		ctx, sem := context.Background(), semaphore.NewWeighted(3)
		var wg sync.WaitGroup
		sem.Acquire(ctx, 2)
		wg.Go(func() { sem.Acquire(ctx, 3); fmt.Println("three"); sem.Release(3) })
		time.Sleep(step)
		wg.Go(func() { sem.Acquire(ctx, 1); fmt.Println("one"); sem.Release(1) })
		time.Sleep(step)
		fmt.Println(sem.TryAcquire(1))
		sem.Release(2)
		wg.Wait()
		fmt.Println(sem.TryAcquire(3), sem.TryAcquire(1))
	},
	"released": func() { semaphore.NewWeighted(3).Release(1) },
	"too much": func() { semaphore.NewWeighted(3).Acquire(context.Background(), 4) },
	"acquire until the context is over": func() {
		sem, bg := semaphore.NewWeighted(3), context.Background()
		var wg sync.WaitGroup
		ctx, cancel := context.WithCancel(bg)
		fmt.Println(sem.Acquire(ctx, 2) == nil)
		wg.Go(func() { fmt.Println("three", sem.Acquire(ctx, 3)) })
		time.Sleep(step)
		wg.Go(func() { err := sem.Acquire(bg, 1); time.Sleep(step); fmt.Println("one", err == nil) })
		time.Sleep(step)
		fmt.Println(sem.TryAcquire(1))
		cancel()
		wg.Wait()
		fmt.Println(sem.Acquire(ctx, 0), sem.TryAcquire(1))
		sem.Release(3)
		fmt.Println(sem.TryAcquire(3))
	},
	"who gives up in the middle": func() {
		sem, bg := semaphore.NewWeighted(3), context.Background()
		var wg sync.WaitGroup
		ctx, cancel := context.WithCancel(bg)
		sem.Acquire(bg, 2)
		wg.Go(func() { fmt.Println("three", sem.Acquire(bg, 3) == nil); sem.Release(3) })
		time.Sleep(step)
		wg.Go(func() { fmt.Println("two", sem.Acquire(ctx, 2)) })
		time.Sleep(step)
		wg.Go(func() { fmt.Println("one", sem.Acquire(bg, 1) == nil) })
		time.Sleep(step)
		cancel()
		time.Sleep(step)
		fmt.Println(sem.TryAcquire(1))
		sem.Release(2)
		wg.Wait()
	},
	"acquire with a deadline": func() {
		sem, bg := semaphore.NewWeighted(1), context.Background()
		ctx, cancel := context.WithTimeout(bg, step)
		defer cancel()
		fmt.Println(sem.Acquire(bg, 1) == nil, sem.Acquire(ctx, 1))
	},
	"too much until the context is over": func() {
		sem, bg := semaphore.NewWeighted(1), context.Background()
		ctx, cancel := context.WithTimeout(bg, step)
		defer cancel()
		go func() { time.Sleep(2 * step); fmt.Println(sem.TryAcquire(1)) }()
		fmt.Println(sem.Acquire(ctx, 2), sem.Acquire(ctx, 2))
		time.Sleep(2 * step)
	},
	// The waiter is woken by the one, and finds the other when it runs: nobody else runs in between.
	"room and the end at once": func() {
		runtime.GOMAXPROCS(1)
		sem, bg := semaphore.NewWeighted(1), context.Background()
		var wg sync.WaitGroup
		for i := 1; i <= 2; i++ {
			ctx, cancel := context.WithCancel(bg)
			var late, after error
			sem.Acquire(bg, 1)
			wg.Go(func() { late = sem.Acquire(ctx, 1) })
			time.Sleep(step)
			wg.Go(func() { after = sem.Acquire(bg, 1) })
			time.Sleep(step)
			if i == 1 {
				sem.Release(1)
				cancel()
			} else {
				cancel()
				sem.Release(1)
			}
			wg.Wait()
			fmt.Println(late, after == nil, sem.TryAcquire(1))
			sem.Release(1)
		}
	},
	"first error": func() {
		var g errgroup.Group
		for i := 4; i >= 1; i-- {
			g.Go(func() error {
				time.Sleep(time.Duration(i) * step)
				if i == 1 {
					return nil
				}
				return errors.New(fmt.Sprint("bad ", i))
			})
		}
		fmt.Println(g.Wait())
	},
	"no error": func() {
		var g errgroup.Group
		g.Go(func() error { return nil })
		fmt.Println(g.Wait() == nil)
	},
	"limit": func() {
		var g errgroup.Group
		var now, most atomic.Int64
		g.SetLimit(2)
		for i := 0; i < 6; i++ {
			g.Go(func() error {
				if n := now.Add(1); n > most.Load() {
					most.Store(n)
				}
				time.Sleep(step)
				now.Add(-1)
				return nil
			})
		}
		g.Wait()
		fmt.Println(most.Load())
	},
	"limit while active": func() {
		var g errgroup.Group
		g.SetLimit(2)
		g.Go(func() error { time.Sleep(step); return nil })
		g.SetLimit(3)
	},
	"no limit any more": func() {
		var g errgroup.Group
		g.SetLimit(1)
		g.Go(func() error { time.Sleep(step); return nil })
		g.SetLimit(-1)
		fmt.Println(g.TryGo(func() error { return nil }))
		fmt.Println(g.Wait() == nil)
	},
	"try to go": func() {
		var g errgroup.Group
		c := make(chan int)
		f := func() error { <-c; return nil }
		g.SetLimit(2)
		fmt.Println(g.TryGo(f), g.TryGo(f), g.TryGo(f))
		c <- 1
		time.Sleep(step)
		fmt.Println(g.TryGo(f), g.TryGo(f))
		c <- 1
		c <- 1
		fmt.Println(g.Wait() == nil)
		g.SetLimit(0)
		fmt.Println(g.TryGo(f))
		g.SetLimit(-1)
		g.TryGo(func() error { return errors.New("bad") })
		fmt.Println(g.Wait())
	},
	"context of a group": func() {
		g, ctx := errgroup.WithContext(context.Background())
		for i := 1; i <= 3; i++ {
			g.Go(func() error {
				if i == 2 {
					time.Sleep(step)
					return errors.New("bad")
				}
				<-ctx.Done()
				return errors.New("worse")
			})
		}
		fmt.Println(ctx.Err() == nil)
		fmt.Println(g.Wait(), ctx.Err(), context.Cause(ctx))
	},
	"context of a group after Wait": func() {
		g, ctx := errgroup.WithContext(context.Background())
		g.Go(func() error { return nil })
		fmt.Println(g.Wait() == nil, ctx.Err(), context.Cause(ctx))
		g.Go(func() error { return errors.New("late") })
		fmt.Println(g.Wait(), context.Cause(ctx))
	},
	"group below a context": func() {
		above, cancel := context.WithCancelCause(context.Background())
		g, ctx := errgroup.WithContext(above)
		g.Go(func() error { <-ctx.Done(); return ctx.Err() })
		time.Sleep(step)
		cancel(errors.New("enough"))
		fmt.Println(g.Wait(), context.Cause(ctx))
		g, ctx = errgroup.WithContext(above)
		g.Go(func() error { return errors.New("bad") })
		fmt.Println(g.Wait(), context.Cause(ctx))
	},
	"group that nobody cancels": func() {
		g, ctx := errgroup.WithContext(context.Background())
		g.Go(func() error { <-ctx.Done(); return nil })
		g.Go(func() error { return nil })
		g.Wait()
	},
	"atomic": func() {
		var n atomic.Int64
		n.Store(5)
		fmt.Println(n.Add(2), n.Swap(1), n.CompareAndSwap(7, 9), n.CompareAndSwap(1, 9), n.Load())
	},
	// Who locks again at once would win each time; after a millisecond it is handed over, for once.
	"fair after a while": func() {
		var mu sync.Mutex
		var stop atomic.Int64
		var wg sync.WaitGroup
		wg.Go(func() {
			for stop.Load() == 0 {
				mu.Lock()
				busy(100 * time.Microsecond)
				mu.Unlock()
			}
		})
		busy(2 * time.Millisecond)
		for i := 0; i < 5; i++ {
			mu.Lock()
			mu.Unlock()
		}
		stop.Store(1)
		wg.Wait()
		fmt.Println("five times")
	},
}

func main() {
	f := cases[os.Args[1]]
	if f == nil {
		fmt.Println("there is no such case")
		os.Exit(1)
	}
	f()
}

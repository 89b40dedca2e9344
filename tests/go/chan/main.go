// Every operation on a channel in every state, with those who can wait there: what Go does. Reads "op state peers", a row a
// line, and prints behind each what happens, in the order in which it happens, and who still waits, for what.
package main

import (
	"bufio"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
)

type row struct {
	c, other chan int
	log      []string
	over     bool // somebody has panicked: here the program would have ended
	id       map[string]string
	order    []string
}

func (r *row) say(format string, a ...any) {
	if !r.over {
		r.log = append(r.log, fmt.Sprintf(format, a...))
	}
}

func channel(state string) chan int {
	var c chan int
	switch state {
	case "nil":
		return nil
	case "unbuffered":
		return make(chan int)
	}
	c = make(chan int, 2)
	if state == "part" || state == "full" || state == "closed-left" {
		c <- 101
	}
	if state == "full" {
		c <- 102
	}
	if strings.HasPrefix(state, "closed") {
		close(c)
	}
	return c
}

var first = regexp.MustCompile(`^goroutine (\d+) `)

// Runs f as a goroutine of this name, until it waits or is done.
func (r *row) start(name string, f func()) {
	r.order = append(r.order, name)
	go func() {
		buf := make([]byte, 64)
		r.id[name] = first.FindStringSubmatch(string(buf[:runtime.Stack(buf, false)]))[1]
		defer func() {
			delete(r.id, name)
			if e := recover(); e != nil {
				r.say("panic: %v", e)
				r.over = true
			}
		}()
		f()
	}()
	for range 5 {
		runtime.Gosched()
	}
}

func (r *row) peer(kind string, n int) {
	value := 200 + n
	switch kind {
	case "sender":
		r.c <- value
		r.say("p%d sent", n)
	case "receiver":
		v, ok := <-r.c
		r.say("p%d got %d %v", n, v, ok)
	case "select-sender":
		select {
		case r.c <- value:
			r.say("p%d sent", n)
		case <-r.other:
		}
	case "select-receiver":
		select {
		case v, ok := <-r.c:
			r.say("p%d got %d %v", n, v, ok)
		case <-r.other:
		}
	}
}

func (r *row) op(op string) {
	switch op {
	case "send":
		r.c <- 7
		r.say("sent")
	case "recv":
		r.say("got %d", <-r.c)
	case "recv-ok":
		v, ok := <-r.c
		r.say("got %d %v", v, ok)
	case "close":
		close(r.c)
		r.say("closed")
	case "len":
		r.say("len %d", len(r.c))
	case "cap":
		r.say("cap %d", cap(r.c))
	case "select-send":
		select {
		case r.c <- 7:
			r.say("case")
		}
	case "select-recv":
		select {
		case v, ok := <-r.c:
			r.say("case %d %v", v, ok)
		}
	case "select2-send":
		select {
		case r.c <- 7:
			r.say("case")
		case <-r.other:
		}
	case "select2-recv":
		select {
		case v, ok := <-r.c:
			r.say("case %d %v", v, ok)
		case <-r.other:
		}
	case "default-send":
		select {
		case r.c <- 7:
			r.say("case")
		default:
			r.say("default")
		}
	case "default-recv":
		select {
		case v, ok := <-r.c:
			r.say("case %d %v", v, ok)
		default:
			r.say("default")
		}
	case "range":
		for v := range r.c {
			r.say("got %d", v)
			return
		}
		r.say("ends")
	}
}

func (r *row) waiting() {
	buf := make([]byte, 16<<20)
	all := string(buf[:runtime.Stack(buf, true)])
	for _, name := range r.order {
		if id := r.id[name]; id != "" {
			state := regexp.MustCompile(`(?m)^goroutine ` + id + ` \[(.*?)\]:`).FindStringSubmatch(all)
			r.say("%s waits [%s]", name, state[1])
		}
	}
}

func main() {
	runtime.GOMAXPROCS(1)
	rows := bufio.NewScanner(os.Stdin)
	for rows.Scan() {
		f := strings.Fields(rows.Text())
		r := &row{c: channel(f[1]), other: make(chan int), id: map[string]string{}}
		kind, n := strings.TrimSuffix(f[2], "s"), 1
		if kind != f[2] {
			n = 2
		}
		for i := 1; i <= n && kind != "none"; i++ {
			r.start(fmt.Sprintf("p%d", i), func() { r.peer(kind, i) })
		}
		r.start("op", func() { r.op(f[0]) })
		r.waiting()
		fmt.Printf("%s: %s\n", rows.Text(), strings.Join(r.log, "; "))
	}
}

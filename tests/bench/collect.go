// collect.go -- the baseline of `make bench gc`: the same tree in Go's own heap, collected by runtime.GC.
//
// Arguments: nodes, how they lie in memory (rows: as they stand in the tree, row by row; depth: each before its
// left side, that before its right one; shuffled), how many times. Prints the median in milliseconds.
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"time"
)

type node struct {
	left, right *node
	rest        [6]uint64
}

var root *node

// The tree in rows: node i has the children 2i+1 and 2i+2. The array of its nodes is garbage afterwards.
func rows(n int, order func(i int) int) *node {
	all := make([]*node, n)
	for i := range all {
		all[order(i)] = &node{rest: [6]uint64{uint64(i)}}
	}
	for i, at := range all {
		if 2*i+1 < n {
			at.left = all[2*i+1]
		}
		if 2*i+2 < n {
			at.right = all[2*i+2]
		}
	}
	return all[0]
}

func depth(i, n int) *node {
	if i >= n {
		return nil
	}
	at := &node{rest: [6]uint64{uint64(i)}}
	at.left = depth(2*i+1, n)
	at.right = depth(2*i+2, n)
	return at
}

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	rounds, _ := strconv.Atoi(os.Args[3])
	debug.SetGCPercent(-1)
	switch os.Args[2] {
	case "rows":
		root = rows(n, func(i int) int { return i })
	case "depth":
		root = depth(0, n)
	case "shuffled": // a permutation: n is a power of two
		root = rows(n, func(i int) int { return i * 2654435761 & (n - 1) })
	}
	runtime.GC()
	took := make([]float64, rounds)
	for i := range took {
		begin := time.Now()
		runtime.GC()
		took[i] = time.Since(begin).Seconds() * 1e3
	}
	slices.Sort(took)
	fmt.Println(took[rounds/2])
	runtime.KeepAlive(root)
}

// pure.go -- a lookup by Go's own resolver.
package main

import "time"

func lookup() { time.Sleep(time.Millisecond) }

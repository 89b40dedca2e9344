// cgo.go -- a lookup by C's library.
package main

/*
#include <unistd.h>
*/
import "C"

func lookup() { C.usleep(1000) }

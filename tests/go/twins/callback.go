// callback.go -- the twin of callback.lua (book: 18.2.4): a thread that C made calls Go eight times.
package main

/*
#cgo LDFLAGS: -lpthread
#include <pthread.h>
#include <time.h>

extern void onEvent(void);

static void *driver(void *unused) {
    struct timespec first = {0, 10 * 1000000L}, t = {0, 4 * 1000000L};
    nanosleep(&first, 0);
    for (int i = 0; i < 8; i++) {
        nanosleep(&t, 0);
        onEvent();
    }
    return unused;
}
static void start(void) {
    pthread_t t;
    pthread_create(&t, 0, driver, 0);
}
*/
import "C"

var events = make(chan bool, 8)

//export onEvent
func onEvent() { events <- true }

func init() { before = func() { C.start() } }

func twin() {
	for range 8 {
		<-events
	}
}

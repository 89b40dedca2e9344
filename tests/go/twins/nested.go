// nested.go -- the twin of nested.lua (book: 18.2.4): Go calls C, which calls Go, which waits there.
package main

/*
extern void visit(void);
static void each(void) {
    for (int i = 0; i < 3; i++) visit();
}
*/
import "C"

var ask, answer = make(chan bool), make(chan bool)

//export visit
func visit() {
	ask <- true
	<-answer
}

func locked_walker(done chan bool) {
	C.each()
	done <- true
}

func helper() {
	for range 3 {
		<-ask
		answer <- true
	}
}

func twin() {
	done := make(chan bool)
	go locked_walker(done)
	go helper()
	<-done
}

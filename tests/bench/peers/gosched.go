// Prints lines "NAME NS", as tasks.c does, for a hundred goroutines on one processor:
//
//	go_switch   runtime.Gosched(), which lets all others run before
//	go_create   a goroutine made, run once and ended
package main

import (
	"fmt"
	"runtime"
	"sync"
	"time"
)

const (
	batchTime = 4 * time.Millisecond
	batches   = 25
	live      = 100
)

// What a hundred goroutines do, N times in all.
func letWork(n int) {
	var all sync.WaitGroup
	all.Add(live)
	for i := 0; i < live; i++ {
		rounds := n / live
		if i < n%live {
			rounds++
		}
		go func() {
			for ; rounds > 0; rounds-- {
				runtime.Gosched()
			}
			all.Done()
		}()
	}
	all.Wait()
}

var toMake int
var ended chan bool

func successor() {
	if toMake > 0 {
		toMake--
		go successor()
	} else {
		ended <- true
	}
}

// Makes N goroutines, of which a hundred are alive at a time.
func letMake(n int) {
	ended = make(chan bool, live)
	toMake = n - live
	for i := 0; i < live; i++ {
		go successor()
	}
	for i := 0; i < live; i++ {
		<-ended
	}
}

func batch(run func(int), n int) time.Duration {
	began := time.Now()
	run(n)
	return time.Since(began)
}

func measure(name string, run func(int)) {
	n := live
	for batch(run, n) < batchTime || batch(run, n) < batchTime {
		n *= 2
	}
	best := batch(run, n)
	for i := 1; i < batches; i++ {
		if took := batch(run, n); took < best {
			best = took
		}
	}
	fmt.Printf("%s %.3f\n", name, float64(best.Nanoseconds())/float64(n))
}

func main() {
	runtime.GOMAXPROCS(1)
	measure("go_switch", letWork)
	measure("go_create", letMake)
}

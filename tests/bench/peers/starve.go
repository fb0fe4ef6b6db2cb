// Prints a line "go_starved MS": one goroutine computes for 200 ms on the one processor, without a
// call in the loop, and another wants to run each ms: its longest wait.
package main

import (
	"fmt"
	"runtime"
	"time"
)

const compute = 200 * time.Millisecond

var sum uint64

// Takes about N ns.
func add(n int) {
	for i := 0; i < n; i++ {
		sum = sum*6364136223846793005 + 1442695040888963407
	}
}

func main() {
	runtime.GOMAXPROCS(1)
	ended := make(chan bool)
	began := time.Now()
	add(10000000)
	n := int(float64(compute) / float64(time.Since(began)) * 10000000)
	go func() {
		time.Sleep(20 * time.Millisecond)
		add(n)
		close(ended)
	}()
	var longest time.Duration
	for {
		began := time.Now()
		time.Sleep(time.Millisecond)
		if took := time.Since(began); took > longest {
			longest = took
		}
		select {
		case <-ended:
			fmt.Printf("go_starved %.3f\n", float64(longest.Nanoseconds())/1e6)
			return
		default:
		}
	}
}

// Prints the ns of a round trip between two goroutines: a value through a channel without a buffer,
// and back through another.
package main

import (
	"fmt"
	"time"
)

const (
	batchTime = 4 * time.Millisecond
	batches   = 25
)

func echo(in <-chan int, out chan<- int) {
	for value := range in {
		out <- value
	}
}

func batch(to chan<- int, from <-chan int, n int) time.Duration {
	sum := 0
	began := time.Now()
	for i := 0; i < n; i++ {
		to <- i
		sum += <-from
	}
	took := time.Since(began)
	if sum != n*(n-1)/2 {
		panic("the channels are wrong")
	}
	return took
}

func main() {
	to, from := make(chan int), make(chan int)
	go echo(to, from)
	n := 1
	best := batch(to, from, n)
	for ; best < batchTime; best = batch(to, from, n) {
		n *= 2
	}
	for i := 0; i < batches; i++ {
		if took := batch(to, from, n); took < best {
			best = took
		}
	}
	fmt.Printf("%.3f\n", float64(best.Nanoseconds())/float64(n))
}

// An echo server on goroutines; with the argument "web", a web server that knows /hello.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
)

func echo(conn net.Conn) {
	buffer := make([]byte, 4096)
	for {
		n, err := conn.Read(buffer)
		if err != nil {
			break
		}
		if _, err = conn.Write(buffer[:n]); err != nil {
			break
		}
	}
	conn.Close()
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		os.Exit(1)
	}
	fmt.Printf("listening on http://%s\n", listener.Addr())
	if len(os.Args) > 1 && os.Args[1] == "web" {
		http.HandleFunc("/hello", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			io.WriteString(w, "hello")
		})
		http.Serve(listener, nil)
		return
	}
	for {
		if conn, err := listener.Accept(); err == nil {
			go echo(conn)
		}
	}
}

// A gateway on goroutines: asks the API for /foo for each client that asks for /one.
//
//	gateway --port 0 --api HOST:PORT
package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func request(api, path string) (string, error) {
	conn, err := net.Dial("tcp", api)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", path, api)
	answer, err := io.ReadAll(conn)
	_, body, _ := strings.Cut(string(answer), "\r\n\r\n")
	return body, err
}

func one(client net.Conn, api string) {
	defer client.Close()
	reader := bufio.NewReader(client)
	for {
		line, err := reader.ReadString('\n')
		if err != nil {
			return
		}
		if line == "\r\n" {
			break
		}
	}
	body, err := request(api, "/foo")
	if err != nil {
		return
	}
	fmt.Fprintf(client, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n"+
		"Connection: close\r\n\r\n%s", len(body), body)
}

func main() {
	api := os.Args[4]
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		os.Exit(1)
	}
	fmt.Printf("listening on http://%s\n", listener.Addr())
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	go func() {
		<-stop
		os.Exit(0)
	}()
	for {
		if client, err := listener.Accept(); err == nil {
			go one(client, api)
		}
	}
}

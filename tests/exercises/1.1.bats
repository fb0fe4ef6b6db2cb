#!/usr/bin/env bats
# Exercise 1.1: a route /twice.

load exercise

# MODEL's answer to /twice must be this.
answers_twice() { # MODEL ANSWER FURTHER-OPTION...
    local expected=$2
    SERVE_OPTIONS="--model $1"
    shift 2
    start_serve "$@"
    client get:/twice recv
    is "$output" "me: $expected"
    stop_serve
}

@test "blocking and threads answer /twice with barbar" {
    answers_twice blocking "200 barbar"
    answers_twice threads "200 barbar"
}

@test "multiplexed answers /twice as if it were /one" {
    answers_twice multiplexed "200 bar"
}

@test "/twice asks the API for /foo, once" {
    start_api show 'send:HTTP/1.1 200 OK\r\n\r\nqux' close
    answers_twice blocking "200 quxqux" --api "127.0.0.1:$api_port"
    is "$(asked)" /foo
}

@test "/twice answers 502 when its call has failed" {
    start_api reset
    answers_twice blocking "502 Bad Gateway" --api "127.0.0.1:$api_port"
}

# What does not fit may be cut, or refused.
@test "/twice survives an API that gives as much as an answer can hold" {
    start_api "send:HTTP/1.1 200 OK\r\n\r\n$(printf 'x%.0s' {1..1000})" close
    SERVE_OPTIONS="--model blocking"
    start_serve --api "127.0.0.1:$api_port"
    client @a get:/twice recv @b get:/hello recv
    [[ ${lines[0]} =~ ^"a: "(200 xxx|5) ]] || is "${lines[0]:-nothing}" "a: 200 xxx..., or an error"
    is "${lines[1]}" "b: 200 hello"
    stop_serve
}

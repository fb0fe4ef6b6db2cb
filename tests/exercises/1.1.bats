#!/usr/bin/env bats
# Exercise 1.1: a route /twice.

load exercise

# The server MODEL, started with further OPTIONS.
serve() { # MODEL OPTION...
    SERVE_OPTIONS="--model $1"
    shift
    start_serve "$@"
}

# MODEL's answer to /twice must be this.
answers_twice() { # MODEL ANSWER OPTION...
    local model=$1 answer=$2
    shift 2
    serve "$model" "$@"
    client get:/twice recv
    is "$model: ${output#me: }" "$model: $answer"
    stop_serve
}

@test "blocking and threads answer /twice with barbar" {
    answers_twice blocking "200 barbar"
    answers_twice threads "200 barbar"
}

@test "the handler of /twice calls the API once, for /foo, and takes what it gets" {
    start_api show 'send:HTTP/1.1 200 OK\r\n\r\nqux' close
    answers_twice blocking "200 quxqux" --api "127.0.0.1:$api_port"
    is "calls: $(asked | xargs)" "calls: /foo"
}

@test "when its call fails, /twice answers with that error, and says it once" {
    start_api reset
    answers_twice blocking "502 Bad Gateway" --api "127.0.0.1:$api_port"
    answers_twice threads "502 Bad Gateway" --api "127.0.0.1:$api_port"
}

# What does not fit may be cut, or refused.
@test "/twice survives an API that gives as much as an answer can hold" {
    start_api "send:HTTP/1.1 200 OK\r\n\r\n$(printf 'x%.0s' {1..1000})" close
    serve blocking --api "127.0.0.1:$api_port"
    client @a get:/twice recv @b get:/hello recv
    [[ ${lines[0]:-} =~ ^"a: "(200 xxx|5) ]] ||
        is "${lines[0]:-no answer}" "a: 200 xxx... (as much as fits), or an error"
    is "${lines[1]:-no answer}" "b: 200 hello"
    stop_serve
}

@test "the other routes are as before" {
    serve threads
    client @a get:/two recv @b get:/one recv @c get:/hello recv @d get:/twic recv
    lines_are "$output" "a: 200 baz
b: 200 bar
c: 200 hello
d: 404 Not Found"
    stop_serve
}

@test "multiplexed answers /twice with 404, because its routes are not in app.c" {
    local answer
    serve multiplexed
    client get:/twice recv
    answer=${output#me: }
    if [ "$answer" != "404 Not Found" ]; then
        print_found "It answers \"$answer\": something else than app.c was changed."
        return 1
    fi
    stop_serve
}

#!/usr/bin/env bats
# Exercise 4.1: func2 catches the error of its call.

load exercise

@test "the demo error: func2 catches, and func1 does not notice" {
    run limited "$program" error
    is "$status" 0
    [[ $output == *"#1 has made both calls"* ]] || fails_with "func1 has not gone on: $output"
    [[ $output == *"#1 is answered: 200 nothing,"* ]] || fails_with "no 'nothing': $output"
    [[ $output != *"#1 catches in func1"* ]] || fails_with "func1 has caught it: $output"
}

# "x y" cannot be asked for, so it is func2's call that fails.
@test "/two answers nothing when the call of func2 fails" {
    start_api 'send:HTTP/1.1 200 OK\r\n\r\nx y' close
    start_serve --api "127.0.0.1:$api_port"
    client get:/two recv
    is "$output" "me: 200 nothing"
    stop_serve
}

@test "/two fails as before when the call of func1 fails" {
    start_serve --api "127.0.0.1:$("$peer" unused)"
    client get:/two recv
    is "$output" "me: 502 Bad Gateway"
    stop_serve
}

@test "/two is what it was when no call fails" {
    start_serve
    client @a get:/two recv @b get:/one recv
    is "$output" "a: 200 baz
b: 200 bar"
    stop_serve
}

fails_with() {
    echo "$*"
    return 1
}

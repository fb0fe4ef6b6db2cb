#!/usr/bin/env bats
# Exercise 7.1: an echo server that greets, and answers in capitals.

load exercise

# (For the client of the tests, what is no answer to a request is "no HTTP".)

SERVE_OPTIONS="--workers 1" # so that clients are numbered in the order in which they come

@test "each client is greeted before it has sent anything" {
    start_serve echo
    client @a shut recv @b shut recv
    is "$output" $'a: no HTTP: You are #1.\n\nb: no HTTP: You are #2.'
    stop_serve
}

@test "what a client sends comes back in capitals" {
    start_serve echo
    client @a send:one @b 'send:b2 \r\nnaïve {z}' @a 'send: Two' @a shut recv @b shut recv
    is "$output" $'a: no HTTP: You are #1.\nONE TWO
b: no HTTP: You are #2.\nB2 \r\nNAïVE {Z}'
    stop_serve
}

@test "the address sanitizer finds nothing" {
    program=$BATS_TEST_TMPDIR/sanitized
    ${CC:-cc} -g -fsanitize=address "$dir"/*.c "$dir"/*/*.c -pthread -o "$program" ||
        skip "there is no address sanitizer here"
    export ASAN_OPTIONS=detect_stack_use_after_return=1
    "$program" --help >/dev/null || skip "the address sanitizer does not work here"
    start_serve echo
    client send:one shut recv
    is "$output" $'me: no HTTP: You are #1.\nONE'
    stop_serve
}

#!/usr/bin/env bats
# Exercise 1.3: the state machine makes two calls.

load exercise

SERVE_OPTIONS="--model multiplexed"

# The script of a demo can let a single call fail: test PATH lets the call for that.
setup_file() {
    build_step
    build_test <<'PROGRAM'
#include "framework.h"
#include "story.h"

int main(int argc, char **argv)
{
    struct act script[] = {
        {.who = CLIENT, .path = "/two"},
        {.who = API, .path = argv[argc - 1], .request = 1, .status = 500},
        {.path = NULL},
    };

    story_begin("#%d", "one call fails");
    service_demo(serve_gateway, script, 1);
    story_end();
    return 0;
}
PROGRAM
}

# Starts the server; the API answers the first two calls after a line on descriptor 5 for each.
start_serve_with_api() {
    start_api call wait 'send:HTTP/1.1 200 OK\r\n\r\nbar' close
    start_serve --api "127.0.0.1:$api_port"
}

# Waits until the API is called.
called() { # WHICH
    local call
    read -r -t 10 call <&6 && return
    echo "The API should have been called $1; it was not."
    return 1
}

@test "multiplexed answers /two with baz, and the others as before" {
    start_serve
    client @a get:/two recv @b get:/one recv @c get:/hello recv @d get:/none recv
    lines_are "$output" "a: 200 baz
b: 200 bar
c: 200 hello
d: 404 Not Found"
    stop_serve
}

@test "the second call asks for what the first one gave" {
    start_api show 'send:HTTP/1.1 200 OK\r\n\r\nqux' close
    start_serve --api "127.0.0.1:$api_port"
    client @a get:/two recv @b get:/one recv
    is "calls: $(asked | xargs)" "calls: /foo /qux /foo"
    lines_are "$output" "a: 200 qux
b: 200 qux"
    stop_serve
}

@test "of a hundred clients at once, each remembers its own call" {
    start_serve
    client crowd:100:/two
    is "$output" "100 times: 200 baz"
    stop_serve
}

@test "of clients for /one and /two at the same time, each gets its own answer" {
    start_serve
    client @a get:/two @b get:/one @c get:/two @d get:/one @a recv @b recv @c recv @d recv
    lines_are "$output" "a: 200 baz
b: 200 bar
c: 200 baz
d: 200 bar"
    stop_serve
}

# The API answers the second call only when another client has been served.
@test "while it waits for the second call, it answers others" {
    start_serve_with_api
    "$peer" limit 30 "$peer" client "$port" get:/two recv >"$BATS_TEST_TMPDIR/answer" 3>&- &
    local client=$!
    called "for /foo"
    echo >&5
    called "a second time"
    run "$peer" limit 10 "$peer" client "$port" get:/hello recv
    is "${output:-no answer within ten seconds}" "me: 200 hello"
    echo >&5
    wait $client
    is "$(<"$BATS_TEST_TMPDIR/answer")" "me: 200 bar"
    stop_serve
}

# The API does WORDS with each call: /two gets an error, and others are served.
answers_502() { # WORD...
    start_api "$@"
    start_serve --api "127.0.0.1:$api_port"
    client @a get:/two recv @b get:/hello recv
    lines_are "$output" "a: 502 Bad Gateway
b: 200 hello"
    stop_serve
}

# When the API fails at PATH, it is called for CALLS, and the answer is 502.
fails_at() { # PATH CALLS
    run_test "$1"
    is "calls: $(sed -n 's/.* asks the API for //p' <<<"$output" | xargs)" "calls: $2"
    is "$(grep -o 'answered: [^,]*' <<<"$output")" "answered: 502 Bad Gateway"
}

@test "when the first call fails, it is the only one, and the answer is 502" {
    fails_at /foo "/foo"
    answers_502 reset
    answers_502 show 'send:HTTP/1.1 500 Internal Server Error\r\n\r\nbar' close
    is "calls: $(asked | xargs)" "calls: /foo"
}

@test "when there can be no path like what the first call gave, the answer is 502" {
    answers_502 'send:HTTP/1.1 200 OK\r\n\r\nx y' close
    answers_502 "send:HTTP/1.1 200 OK\r\n\r\n$(printf 'x%.0s' {1..600})" close
}

@test "when the second call fails, the answer is 502" {
    fails_at /bar "/foo /bar"
}

@test "a client that resets its connection in the middle of /two hurts nobody" {
    start_serve
    client @bad get:/two reset @good get:/two recv
    is "$output" "good: 200 baz"
    stop_serve
}

#!/usr/bin/env bats
# Exercise 1.3: the state machine makes two calls.

load exercise

SERVE_OPTIONS="--model multiplexed"

@test "answers /two, and the others as before" {
    start_serve
    client @a get:/two recv @b get:/one recv @c get:/hello recv @d get:/none recv
    is "$output" "a: 200 baz
b: 200 bar
c: 200 hello
d: 404 Not Found"
    stop_serve
}

@test "the second call asks for what the first one gave" {
    start_api show 'send:HTTP/1.1 200 OK\r\n\r\nqux' close
    start_serve --api "127.0.0.1:$api_port"
    client @a get:/two recv @b get:/one recv
    is "$output" "a: 200 qux
b: 200 qux"
    is "$(asked | xargs)" "/foo /qux /foo"
    stop_serve
}

# What each of them remembers is its own.
@test "a hundred clients at once" {
    start_serve
    client crowd:100:/two
    is "$output" "100 times: 200 baz"
    stop_serve
}

# The API answers the second call only when another client has been served.
@test "answers others while it waits for the second call" {
    start_api call wait 'send:HTTP/1.1 200 OK\r\n\r\nbar' close
    start_serve --api "127.0.0.1:$api_port"
    "$peer" limit 30 "$peer" client "$port" get:/two recv >"$BATS_TEST_TMPDIR/answer" 3>&- &
    local client=$!
    read -r -t 20 _ <&6
    echo >&5
    read -r -t 20 _ <&6
    client get:/hello recv
    is "$output" "me: 200 hello"
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
    is "$output" "a: 502 Bad Gateway
b: 200 hello"
    stop_serve
}

@test "502 when the first call fails, which is the only one then" {
    answers_502 reset
    answers_502 show 'send:HTTP/1.1 500 Internal Server Error\r\n\r\nbar' close
    is "$(asked | xargs)" "/foo"
}

@test "502 when there is no such thing as the second call" {
    answers_502 'send:HTTP/1.1 200 OK\r\n\r\nx y' close
    answers_502 "send:HTTP/1.1 200 OK\r\n\r\n$(printf 'x%.0s' {1..600})" close
}

# The script of a demo can let a single call fail.
@test "502 when the second call fails" {
    build_test <<'PROGRAM'
#include <stdio.h>

#include "server.h"

int main(void)
{
    static const struct act script[] = {
        {.who = CLIENT, .path = "/two"},
        {.who = API, .path = "/bar", .request = 1, .status = 500},
        {.path = NULL},
    };

    story_begin("#%d", "the second call fails");
    service_demo(serve_multiplexed, script, 1);
    story_end();
}
PROGRAM
    run_test
    is "$(grep -o 'answered: [^,]*' <<<"$output")" "answered: 502 Bad Gateway"
}

@test "survives a reset in the middle of /two" {
    start_serve
    client @bad get:/two reset @good get:/two recv
    is "$output" "good: 200 baz"
    stop_serve
}

#!/usr/bin/env bats
# Exercise 2.1: a handler in four pieces.

load exercise

# The script of a demo can let a single call fail: test PATH N lets the Nth for PATH.
setup_file() {
    build_step
    build_test <<'PROGRAM'
#include <stdlib.h>

#include "server.h"

int main(int argc, char **argv)
{
    const char *path = argv[1];
    struct act script[] = {
        {.who = CLIENT, .path = "/three"},
        {.who = API, .path = path, .request = 1},
        {.who = API, .path = path, .request = 1},
        {.path = NULL},
    };

    script[atoi(argv[2])].status = 500;
    story_begin("#%d", "one call fails");
    service_demo(serve_multiplexed, script, 1);
    story_end();
}
PROGRAM
}

@test "answers /three, and the others as before" {
    start_serve
    client @a get:/three recv @b get:/two recv @c get:/one recv @d get:/hello recv
    is "$output" "a: 200 bar
b: 200 baz
c: 200 bar
d: 200 hello"
    stop_serve
}

@test "asks for /foo, for what that gave, and for /foo again" {
    start_api show 'send:HTTP/1.1 200 OK\r\n\r\nqux' close
    start_serve --api "127.0.0.1:$api_port"
    client get:/three recv
    is "$output" "me: 200 qux"
    is "$(asked | xargs)" "/foo /qux /foo"
    stop_serve
}

@test "a hundred clients at once" {
    start_serve
    client crowd:100:/three
    is "$output" "100 times: 200 bar"
    stop_serve
}

# With the error of CALL, the API is asked so many times, and the answer is 502.
fails_at() { # CALL PATH N
    run_test "$2" "$3"
    is "$(grep -c 'asks the API' <<<"$output") asked, $(grep -o 'answered: [^,]*' <<<"$output")" \
        "$1 asked, answered: 502 Bad Gateway"
}

@test "502 when the first call fails, which is the only one then" {
    fails_at 1 /foo 1
}

@test "502 when the second call fails, which is the last one then" {
    fails_at 2 /bar 1
}

@test "502 when the third call fails" {
    fails_at 3 /foo 2
}

#!/usr/bin/env bats
# Exercise 1.2: a pool of four threads.

load exercise

SERVE_OPTIONS="--model threads"
half='send:GET /hello HTTP/1.1\r\n'

# The program, which notes each thread that it starts in the file $THREADS.
build_counting() {
    export THREADS=$BATS_TEST_TMPDIR/threads
    build_test -Dpthread_create=note_thread "$dir/main.c" <<'PROGRAM'
#undef pthread_create
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

int note_thread(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *), void *arg)
{
    FILE *file = fopen(getenv("THREADS"), "a");

    fputs("one\n", file);
    fclose(file);
    return pthread_create(thread, attr, run, arg);
}
PROGRAM
    program=$test
}

# Which of TRACE's events begin with "is let in" or "is answered", in their order: "in 1, out 1".
comings_and_goings() { # TRACE
    grep -oE '"#[0-9]+ is (let in|answered)' "$1" |
        sed -E 's/"#([0-9]+) is let in/in \1/; s/"#([0-9]+) is answered/out \1/'
}

# Fails unless the line A stands before the line B.
in_order() { # A B TEXT
    awk -v a="$1" -v b="$2" '$0 == a { seen = 1 } $0 == b { exit !seen }' <<<"$3" && return
    printf 'expected: "%s" before "%s"\n     got: %s\n' "$1" "$2" "${3//$'\n'/, }"
    return 1
}

@test "four threads serve whoever comes" {
    start_api 'send:HTTP/1.1 200 OK\r\n\r\nbar' close
    build_counting
    start_serve --api "127.0.0.1:$api_port"
    client crowd:20:/hello crowd:20:/one
    is "$output" "20 times: 200 hello
20 times: 200 bar"
    stop_serve
    is "$(wc -l <"$THREADS") threads have been started" "4 threads have been started"
}

@test "three clients that say nothing keep nobody out" {
    start_serve
    client @1 "$half" @2 "$half" @3 "$half" @4 get:/one recv @5 get:/hello recv \
        @1 'send:\r\n' recv @2 'send:\r\n' recv @3 'send:\r\n' recv
    is "$output" "4: 200 bar
5: 200 hello
1: 200 hello
2: 200 hello
3: 200 hello"
    stop_serve
}

# The API answers the fourth client only when two more have come.
@test "the fifth client waits until one of the four is served, and the sixth behind it" {
    start_api call wait 'send:HTTP/1.1 200 OK\r\n\r\nbar' close
    start_serve --trace "$BATS_TEST_TMPDIR/trace" --api "127.0.0.1:$api_port"
    "$peer" limit 30 "$peer" client "$port" @1 "$half" @2 "$half" @3 "$half" @4 get:/one \
        @5 get:/hello @6 get:/hello @4 recv @5 recv @6 recv \
        @1 'send:\r\n' recv @2 'send:\r\n' recv @3 'send:\r\n' recv \
        >"$BATS_TEST_TMPDIR/answers" 3>&- &
    local clients=$!
    read -r -t 20 _ <&6
    echo >&5
    wait $clients
    is "$(<"$BATS_TEST_TMPDIR/answers")" "4: 200 bar
5: 200 hello
6: 200 hello
1: 200 hello
2: 200 hello
3: 200 hello"
    stop_serve
    events=$(comings_and_goings "$BATS_TEST_TMPDIR/trace")
    in_order "out 4" "in 5" "$events"
    in_order "in 5" "in 6" "$events"
}

@test "a hundred clients at once" {
    start_serve
    client crowd:100:/hello
    is "$output" "100 times: 200 hello"
    stop_serve
}

@test "finishes what it is answering, and then ends" {
    start_api call wait 'send:HTTP/1.1 200 OK\r\n\r\nbar' close
    start_serve --api "127.0.0.1:$api_port"
    "$peer" limit 30 "$peer" client "$port" get:/one recv >"$BATS_TEST_TMPDIR/answer" 3>&- &
    local client=$!
    read -r -t 20 _ <&6
    kill -TERM "$pid"
    echo >&5
    wait "$pid"
    wait $client
    is "$(<"$BATS_TEST_TMPDIR/answer")" "me: 200 bar"
    everybody_has_gone
}

@test "the demos, which end after some clients, end" {
    run limited "$program" threads
    is "$status" 0
    run limited "$program" limit
    is "$status" 0
}

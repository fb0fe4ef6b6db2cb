#!/usr/bin/env bats
# Exercise 1.2: a pool of four threads.

load exercise

SERVE_OPTIONS="--model threads"
limit=6
half='send:GET /hello HTTP/1.1\r\n'

# The program as it is, except that it notes in files what no answer tells: each thread that it
# starts in $THREADS, each client that it accepts in $ACCEPTED, and in $ENDS that its main
# thread waits for the others to end. If that is a pipe, the test can wait.
setup_file() {
    build_test -Dpthread_create=note_thread -Dpthread_join=note_join -Daccept=note_accept \
        "$dir/main.c" <<'PROGRAM'
#undef pthread_create
#undef pthread_join
#undef accept
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static pthread_t main_thread;

__attribute__((constructor)) static void remember_main_thread(void)
{
    main_thread = pthread_self();
}

static void note(const char *variable, const char *line)
{
    const char *name = getenv(variable);
    FILE *file = name != NULL ? fopen(name, "a") : NULL;

    if (file == NULL)
        return;
    fprintf(file, "%s\n", line);
    fclose(file);
}

int note_thread(pthread_t *thread, const pthread_attr_t *attr, void *(*run)(void *), void *arg)
{
    note("THREADS", "started");
    return pthread_create(thread, attr, run, arg);
}

int note_accept(int listener, struct sockaddr *address, socklen_t *len)
{
    int fd = accept(listener, address, len);

    if (fd != -1)
        note("ACCEPTED", pthread_equal(pthread_self(), main_thread) ? "by main" : "by another");
    return fd;
}

int note_join(pthread_t thread, void **result)
{
    if (pthread_equal(pthread_self(), main_thread))
        note("ENDS", "joins");
    return pthread_join(thread, result);
}
PROGRAM
}

setup() {
    worth_trying
    program=$test
    export THREADS=$BATS_TEST_TMPDIR/threads ACCEPTED=$BATS_TEST_TMPDIR/accepted
    export ENDS=$BATS_TEST_TMPDIR/ends
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

# Starts the server with an API that says "call", and answers after a line on descriptor 5.
start_serve_with_api() { # OPTION...
    start_api call wait 'send:HTTP/1.1 200 OK\r\n\r\nbar' close
    start_serve --api "127.0.0.1:$api_port" "$@"
}

# Lets four clients come that keep four threads busy: the fourth until the API has answered it, and
# the others until they have sent the second half of their requests. Then come further ones, which
# are given by WORDS.
let_come() { # WORD...
    mkfifo "$ACCEPTED"
    exec 8<>"$ACCEPTED"
    "$peer" limit "$limit" "$peer" client "$port" @1 "$half" @2 "$half" @3 "$half" \
        @4 get:/one "$@" >"$BATS_TEST_TMPDIR/answers" 3>&- &
    clients=$!
    read -r -t 20 _ <&6
}

# Waits until the server has accepted so many clients.
accepted() { # N
    local i
    for ((i = 0; i < $1; i++)); do
        read -r -t "$limit" _ <&8 && continue
        echo "Only $i of $1 clients have been accepted."
        return 1
    done
}

# The server has been told to stop: it must end.
ends() {
    local rest
    if ! rest=$(exec "$peer" limit "$limit" cat <&4); then
        echo "After Ctrl-C the server should have ended; it did not within $limit seconds."
        return 1
    fi
    stop_serve
}

@test "four threads serve whoever comes" {
    start_api 'send:HTTP/1.1 200 OK\r\n\r\nbar' close
    start_serve --api "127.0.0.1:$api_port"
    client crowd:20:/hello crowd:20:/one
    lines_are "$output" "20 times: 200 hello
20 times: 200 bar"
    kill -TERM "$pid"
    ends
    # One of them is support/blocking.c's: it waits for Ctrl-C.
    is "$(($(wc -l <"$THREADS") - 1)) threads have been started" "4 threads have been started"
}

@test "the main thread accepts all clients, and the pool none" {
    start_serve
    client crowd:20:/hello
    is "$output" "20 times: 200 hello"
    stop_serve
    is "accepted $(sort -u "$ACCEPTED" | xargs)" "accepted by main"
}

@test "three clients that say nothing keep nobody out" {
    start_serve
    client @1 "$half" @2 "$half" @3 "$half" @4 get:/one recv @5 get:/hello recv \
        @1 'send:\r\n' recv @2 'send:\r\n' recv @3 'send:\r\n' recv
    lines_are "$output" "4: 200 bar
5: 200 hello
1: 200 hello
2: 200 hello
3: 200 hello"
    stop_serve
}

@test "the fifth client waits until one of the four is served, and the sixth behind it" {
    start_serve_with_api --trace "$BATS_TEST_TMPDIR/trace"
    let_come @5 get:/hello @6 get:/hello @4 recv @5 recv @6 recv \
        @1 'send:\r\n' recv @2 'send:\r\n' recv @3 'send:\r\n' recv
    accepted 6
    echo >&5
    wait $clients
    lines_are "$(<"$BATS_TEST_TMPDIR/answers")" "4: 200 bar
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

@test "after Ctrl-C it finishes what it is answering, and then ends" {
    start_serve_with_api
    "$peer" limit "$limit" "$peer" client "$port" get:/one recv >"$BATS_TEST_TMPDIR/answer" 3>&- &
    local client=$!
    read -r -t 20 _ <&6
    kill -TERM "$pid"
    echo >&5
    wait $client
    is "$(<"$BATS_TEST_TMPDIR/answer")" "me: 200 bar"
    ends
}

# All four threads wait for the API, until the main thread waits for them. Those who wait in the
# queue may be answered, or disconnected.
@test "after Ctrl-C it ends, even if clients wait in the queue" {
    mkfifo "$ACCEPTED" "$ENDS"
    exec 8<>"$ACCEPTED" 9<>"$ENDS"
    start_serve_with_api
    "$peer" limit "$limit" "$peer" client "$port" @1 get:/one @2 get:/one @3 get:/one \
        @4 get:/one @5 get:/hello @6 get:/hello @1 recv @2 recv @3 recv @4 recv @5 end @6 end \
        >"$BATS_TEST_TMPDIR/answers" 3>&- &
    clients=$!
    accepted 6
    kill -TERM "$pid"
    read -r -t 2 _ <&9 || true # it may have to put somebody into the queue first
    printf '\n\n\n\n' >&5
    ends
    wait $clients
    lines_are "$(head -n 4 "$BATS_TEST_TMPDIR/answers")" "1: 200 bar
2: 200 bar
3: 200 bar
4: 200 bar"
}

# The lesson runs the demos in one process, one after the other. The client of the second call comes
# late, so that whoever would not wait for it is gone.
@test "serve_threads() can be called twice in one process, as the demos do" {
    test=$BATS_FILE_TMPDIR/twice
    build_test <<'PROGRAM'
#include "story.h"
#include "straight.h"

int main(void)
{
    static const struct act script[] = {
        {.who = CLIENT, .path = "/one"},
        {.path = NULL},
    };
    static const struct act late[] = {
        {.who = CLIENT, .path = "/one", .ms = 1000},
        {.path = NULL},
    };

    story_begin("#%d", "twice");
    service_demo(serve_threads, script, 1);
    service_demo(serve_threads, late, 1);
    story_end();
    return 0;
}
PROGRAM
    run limited "$test"
    is "$(grep -c 'is answered: 200' <<<"$output") of 2 clients are answered" \
        "2 of 2 clients are answered"
    is "$status: exit status" "0: exit status"
}

@test "the demos, which end after some clients, end" {
    unset THREADS ACCEPTED
    run limited "$program"
    is "$status: exit status" "0: exit status"
}

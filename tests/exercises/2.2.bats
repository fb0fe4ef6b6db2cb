#!/usr/bin/env bats
# Exercise 2.2: a descriptor has two waiters.

load exercise

# A program with the cases of the event loop alone.
setup_file() {
    build_step
    build_test <<'PROGRAM'
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loop.h"
#include "support/story.h"

enum { FDS = 100 }; /* more than are opened */

static int ours, theirs;
static int reads, writes, turns;

/* A socket that can be written to, and read if READABLE. */
static void open_socket(bool readable)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == -1)
        die("no socketpair");
    ours = ends[0];
    theirs = ends[1];
    if (readable && write(theirs, "x", 1) != 1)
        die("cannot write");
}

/* Ends the loop in the third turn. A turn is seen by a pipe of its own, which is always ready. */
static void count_turn(void *arg)
{
    (void)arg;
    if (++turns == 3)
        loop_stop();
}

static void run_three_turns(void)
{
    int ends[2];

    if (pipe(ends) == -1)
        die("no pipe");
    loop_register(ends[1], POLLOUT, count_turn, NULL);
    reads = writes = turns = 0;
    loop_run();
    loop_unregister(ends[1], POLLOUT);
}

/* Nobody may wait any more when the loop is closed. */
static void close_loop(void)
{
    for (int fd = 3; fd < FDS; fd++)
        loop_unregister(fd, POLLIN | POLLOUT);
    loop_close();
}

static void on_read(void *arg)
{
    reads += *(int *)arg;
}

static void on_write(void *arg)
{
    writes += *(int *)arg;
}

static int one = 1, ten = 10;

static void case_both(void)
{
    loop_open();
    open_socket(true);
    loop_register(ours, POLLIN, on_read, &one);
    loop_register(ours, POLLOUT, on_write, &one);
    run_three_turns();
    close_loop();
    printf("%d reads, %d writes\n", reads, writes);
}

static void case_own(void)
{
    loop_open();
    open_socket(false);
    loop_register(ours, POLLOUT, on_write, &one);
    loop_register(ours, POLLIN, on_read, &one);
    run_three_turns();
    close_loop();
    printf("%d reads, %d writes\n", reads, writes);
}

static void case_place(void)
{
    loop_open();
    open_socket(true);
    loop_register(ours, POLLIN, on_read, &one);
    loop_register(ours, POLLOUT, on_write, &one);
    loop_register(ours, POLLIN, on_read, &ten);
    run_three_turns();
    printf("%d reads, %d writes\n", reads, writes);
    loop_register(ours, POLLOUT, on_write, &ten);
    run_three_turns();
    printf("%d reads, %d writes\n", reads, writes);
    close_loop();
}

static void case_other(void)
{
    loop_open();
    open_socket(true);
    loop_register(ours, POLLIN, on_read, &one);
    loop_register(ours, POLLOUT, on_write, &one);
    loop_unregister(ours, POLLOUT);
    loop_unregister(ours, POLLOUT); /* nobody: nothing happens */
    run_three_turns();
    printf("%d reads, %d writes\n", reads, writes);
    loop_unregister(ours, POLLIN);
    run_three_turns();
    printf("%d reads, %d writes\n", reads, writes);
    loop_register(ours, POLLIN, on_read, &one);
    loop_register(ours, POLLOUT, on_write, &one);
    loop_unregister(ours, POLLIN);
    run_three_turns();
    printf("%d reads, %d writes\n", reads, writes);
    loop_register(ours, POLLIN, on_read, &one);
    loop_unregister(ours, POLLIN | POLLOUT);
    run_three_turns();
    printf("%d reads, %d writes\n", reads, writes);
    close_loop();
}

static void forget_both(void *arg)
{
    ++*(int *)arg;
    loop_unregister(ours, POLLIN);
    loop_unregister(ours, POLLOUT);
}

static void case_same_turn(void)
{
    int called = 0;

    loop_open();
    open_socket(true);
    loop_register(ours, POLLIN, forget_both, &called);
    loop_register(ours, POLLOUT, forget_both, &called);
    run_three_turns();
    close_loop();
    printf("called: %d\n", called);
}

/* The other end is closed with something unread: this is POLLHUP, and on some systems POLLERR. */
static void case_failure_of_both(void)
{
    loop_open();
    open_socket(false);
    if (write(ours, "x", 1) != 1)
        die("cannot write");
    close(theirs);
    loop_register(ours, POLLIN, on_read, &one);
    loop_register(ours, POLLOUT, on_write, &one);
    run_three_turns();
    close_loop();
    printf("%d reads, %d writes\n", reads, writes);
}

static void fill(int fd)
{
    char bytes[4096] = {0};

    fcntl(fd, F_SETFL, O_NONBLOCK);
    while (write(fd, bytes, sizeof bytes) > 0)
        ;
}

static void case_failure(void)
{
    int first[2], second[2];

    loop_open();
    if (pipe(first) == -1 || pipe(second) == -1)
        die("no pipe");
    close(first[1]);
    fill(second[1]); /* else it could be written to, too */
    close(second[0]);
    loop_register(first[0], POLLIN, on_read, &one);
    run_three_turns();
    printf("%d reads, %d writes\n", reads, writes);
    loop_unregister(first[0], POLLIN);
    loop_register(second[1], POLLOUT, on_write, &one);
    run_three_turns();
    printf("%d reads, %d writes\n", reads, writes);
    close_loop();
}

enum { SOCKETS = 20, CALLS = 20000 };

static struct waiter {
    int fd;
    short event;
    bool registered;
    int calls;
} waiters[2 * SOCKETS];
static int calls;

static void set(struct waiter *waiter, bool registered);

static void on_call(void *arg)
{
    struct waiter *waiter = arg;

    if (!waiter->registered)
        die("socket %d is called for event %d, which is not registered", waiter->fd, waiter->event);
    waiter->calls++;
    if (++calls == CALLS)
        loop_stop();
    for (int i = 0; i < 2; i++)
        set(&waiters[rand() % (2 * SOCKETS)], rand() % 3 > 0);
    set(&waiters[0], true); /* there is always one */
}

static void set(struct waiter *waiter, bool registered)
{
    waiter->registered = registered;
    if (registered)
        loop_register(waiter->fd, waiter->event, on_call, waiter);
    else
        loop_unregister(waiter->fd, waiter->event);
}

static void case_random(void)
{
    srand(1);
    loop_open();
    for (int i = 0; i < 2 * SOCKETS; i++) {
        if (i % 2 == 0)
            open_socket(true);
        waiters[i] = (struct waiter){.fd = ours, .event = i % 2 == 0 ? POLLIN : POLLOUT};
        set(&waiters[i], true);
    }
    loop_run();
    close_loop();
    for (int i = 0; i < 2 * SOCKETS; i++)
        if (waiters[i].calls == 0)
            die("socket %d was never called for event %d", waiters[i].fd, waiters[i].event);
    printf("all is well\n");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } cases[] = {
        {"both", case_both},
        {"own", case_own},
        {"place", case_place},
        {"other", case_other},
        {"same_turn", case_same_turn},
        {"failure", case_failure},
        {"failure_of_both", case_failure_of_both},
        {"random", case_random},
        {NULL, NULL},
    };

    program = "the loop";
    for (int i = 0; cases[i].name != NULL; i++)
        if (strcmp(cases[i].name, argv[1]) == 0)
            cases[i].run();
    return 0;
}
PROGRAM
}

# Fails if a case has, and says why.
case_has_ended() {
    [ "$status" != 0 ] || return 0
    print_found "$(tail -n 1 <<<"$output")"
    [ "$status" != 142 ] || echo "The loop did not end within $limit seconds."
    return 1
}

# A case must print EXPECTED, a line for each time that the loop has run.
prints() { # CASE EXPECTED
    run limited "$test" "$1"
    case_has_ended
    lines_are "$output" "$2"
}

# The socket can be read and written to.
@test "both waiters of a descriptor are called" {
    prints both "3 reads, 3 writes"
}

# The socket can be written to, and there is nothing to read.
@test "each is called for its own event" {
    prints own "0 reads, 3 writes"
}

# First the reader is replaced by one that counts by ten, then the writer.
@test "a waiter takes the place of whoever waited for the same event, and of nobody else" {
    prints place "30 reads, 3 writes
30 reads, 30 writes"
}

# First the writer is unregistered, then the reader; then the reader of two; then both at once.
@test "one waiter is unregistered, and the other stays" {
    prints other "3 reads, 0 writes
0 reads, 0 writes
0 reads, 3 writes
0 reads, 0 writes"
}

@test "whoever is unregistered by the other is not called any more, not even in the same turn" {
    prints same_turn "called: 1"
}

# A pipe that has been closed is not POLLIN or POLLOUT, but POLLHUP or POLLERR.
@test "whoever waits for a descriptor that fails is called, for reading or for writing" {
    prints failure "3 reads, 0 writes
0 reads, 3 writes"
}

@test "of a descriptor that fails, both waiters are called" {
    prints failure_of_both "3 reads, 3 writes"
}

# Twenty sockets, and callbacks that register and unregister at random. None may be called that is
# not registered, and all that are registered are called, sooner or later.
@test "callbacks register and unregister as they like" {
    prints random "all is well"
}

@test "the server still serves" {
    start_serve
    client @slow 'send:GET /two HTTP/1.1\r\n' @a get:/two recv @b get:/one recv @c get:/hello recv \
        @bad get:/two reset @slow 'send:\r\n' recv crowd:100:/two
    lines_are "$output" "a: 200 baz
b: 200 bar
c: 200 hello
slow: 200 baz
100 times: 200 baz"
    stop_serve
}

# A waiter that the server has forgotten to unregister is called again and again: as long as a
# client keeps its connection open, or when it has shut its half.
@test "the server does not spin: it polls no more often than something happens" {
    build_test -Dpoll=count_poll "$dir/main.c" <<'PROGRAM'
#undef poll
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

int count_poll(struct pollfd *fds, nfds_t n, int timeout)
{
    static int polls;

    if (++polls == 500)
        _exit(99);
    return poll(fds, n, timeout);
}
PROGRAM
    program=$test
    start_serve
    client @keeps get:/hello keep @a get:/two recv @b get:/two reset @c get:/hello recv \
        @shuts get:/one shut recv @d get:/one recv
    local answers=$output status=0
    kill -TERM "$pid" 2>/dev/null || true
    wait "$pid" || status=$?
    [ "$status" != 99 ] ||
        is "it was stopped at the 500th poll() for 6 requests" "some 60 times poll() for 6 requests"
    is "$status: exit status" "0: exit status"
    everybody_has_gone
    lines_are "$answers" "keeps: 200 hello
a: 200 baz
c: 200 hello
shuts: 200 bar
d: 200 bar"
}

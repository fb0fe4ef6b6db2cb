#!/usr/bin/env bats
# Exercise 2.3: the loop has timers, and the patience of the server ends.

load exercise

# A program with cases. Its poll() and its clock_gettime() are the test's own: time stands still
# while somebody works, and goes by at once when nobody has anything to do. So ten seconds take no
# time, and what is too early or too late is seen.
setup_file() {
    build_step
    build_test -Dpoll=test_poll -Dclock_gettime=test_clock <<'PROGRAM'
#define _POSIX_C_SOURCE 200809L
#undef poll
#undef clock_gettime
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "framework.h"
#include "loop.h"
#include "support/net.h"
#include "support/story.h"

static long long time_ns = 5000300700LL; /* what the clock shows; a little more each time, */
static long long tick_ns = 100;          /* that is: so much */
static long long start_ns;
static int polls, most_polls = 100;

/* What happens outside, so many ms after the start. It makes a descriptor ready. */
struct happening {
    long ms;
    void (*happen)(void);
};
static const struct happening *happenings;

static long ms(void)
{
    return (long)((time_ns - start_ns) / 1000000);
}

static void fail(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf(" (%ld ms after the start)\n", ms());
    exit(1);
}

int test_clock(clockid_t clock, struct timespec *time)
{
    (void)clock;
    time_ns += tick_ns;
    time->tv_sec = (time_t)(time_ns / 1000000000);
    time->tv_nsec = time_ns % 1000000000;
    return 0;
}

int test_poll(struct pollfd *fds, nfds_t n, int timeout)
{
    long long until = time_ns + timeout * 1000000LL;
    int ready = poll(fds, n, 0);

    if (++polls > most_polls)
        fail("the loop does not sleep until the next timer is due: poll() was called %d times",
             polls);
    time_ns += 1000;
    while (ready == 0 && happenings != NULL && happenings->happen != NULL) {
        long long then = start_ns + happenings->ms * 1000000LL;

        if (timeout >= 0 && then > until)
            break;
        time_ns = then > time_ns ? then : time_ns;
        happenings++->happen();
        ready = poll(fds, n, 2000);
    }
    if (ready == 0 && timeout < 0)
        fail("the loop waits for ever");
    if (ready == 0 && until > time_ns)
        time_ns = until;
    if (ready > 0)
        time_ns += 1000000; /* as long as it will take to do what is to be done */
    return ready;
}

/* --- the loop alone: callbacks that print their name, when it is their time */

struct named {
    const char *name;
    long due; /* ms after the start */
};

static void on_time(void *arg)
{
    const struct named *named = arg;

    if (ms() < named->due - 1) /* a clock of whole milliseconds may err by one */
        fail("%s is called early: it is due after %ld ms,", named->name, named->due);
    if (ms() > named->due + 10)
        fail("%s is called late: it is due after %ld ms,", named->name, named->due);
    printf("%s\n", named->name);
}

static void after(struct named *named)
{
    loop_call_after(named->due, on_time, named);
}

static void on_stop(void *arg)
{
    (void)arg;
    printf("stop\n");
    loop_stop();
}

static void stop_after(long delay)
{
    static int arg;

    loop_call_after(delay, on_stop, &arg);
}

static struct named a = {"a", 100}, b = {"b", 200}, c = {"c", 3000};

static void case_order(void)
{
    after(&c);
    stop_after(4000);
    after(&a);
    after(&b);
    loop_run();
}

static void case_same(void)
{
    static struct named first = {"first", 100}, second = {"second", 100};

    tick_ns = 0;
    after(&first);
    after(&second);
    tick_ns = 100;
    stop_after(1000);
    loop_run();
}

static void case_sleeps(void)
{
    static struct named late = {"late", 3600000};

    most_polls = 10;
    after(&late);
    stop_after(3600100);
    loop_run();
}

static void case_cancel(void)
{
    after(&a);
    after(&b);
    after(&c);
    loop_call_after(300, on_time, &b);
    loop_cancel_calls(&b);
    loop_cancel_calls(&b); /* nobody: nothing happens */
    stop_after(4000);
    loop_run();
}

static struct named victim = {"victim", 100};

static void on_time_cancel(void *arg)
{
    on_time(arg);
    loop_cancel_calls(&victim);
}

static void case_cancel_due(void)
{
    loop_call_after(100, on_time_cancel, &a);
    after(&victim);
    stop_after(1000);
    loop_run();
}

static int ends[2];

static void on_read(void *arg)
{
    char byte;

    (void)arg;
    if (read(ends[0], &byte, 1) != 1)
        fail("a pipe with nothing to read is called");
    printf("read\n");
}

static void happen_write(void)
{
    if (write(ends[1], "x", 1) != 1)
        fail("cannot write");
}

static void case_both(void)
{
    static const struct happening both[] = {{150, happen_write}, {0, NULL}};

    happenings = both;
    loop_register(ends[0], POLLIN, on_read, NULL);
    after(&a);
    after(&b);
    stop_after(300);
    loop_run();
}

static void on_write(void *arg)
{
    (void)arg;
}

static void case_busy(void)
{
    most_polls = 1000;
    loop_register(ends[1], POLLOUT, on_write, NULL);
    after(&a);
    stop_after(200);
    loop_run();
}

static void on_time_again(void *arg)
{
    static int times;

    if (++times == 1000)
        fail("one that adds itself again keeps the loop from its descriptors");
    loop_call_after(0, on_time_again, arg);
}

static void on_read_stop(void *arg)
{
    (void)arg;
    printf("read\n");
    loop_stop();
}

static void case_again(void)
{
    happen_write();
    loop_call_after(0, on_time_again, &a);
    loop_call_after(0, on_time_again, &b);
    loop_register(ends[0], POLLIN, on_read_stop, NULL);
    loop_run();
}

static void on_time_nest(void *arg)
{
    on_time(arg);
    stop_after(200);
}

static void case_nested(void)
{
    loop_call_after(100, on_time_nest, &a);
    loop_run();
}

static void case_close(void)
{
    after(&c);
    stop_after(100);
    loop_run();
    loop_close();
    loop_open();
    stop_after(4000);
    loop_run();
}

/* --- the server: its clients, and its API */

static struct address gateway;
static int api_listener, idle, drips, slow, waits, gone, next;

static int come(const char *text)
{
    int fd = net_connect(&gateway, true);

    if (fd == -1 || net_write(fd, text, strlen(text)) == -1)
        fail("cannot connect");
    return fd;
}

static void happen_come(void)
{
    idle = come("");
    drips = come("GET /hello HTTP/1.1\r\nX: ");
    slow = come("GET /hello HTTP/1.1\r\n");
    waits = come("GET /one HTTP/1.1\r\n\r\n");
}

static void happen_drip(void)
{
    net_write(drips, "x", 1);
}

static void happen_end_request(void)
{
    net_write(slow, "\r\n", 2);
}

/* Reads from FD to its end what must begin and end with these two. */
static void expect(const char *who, int fd, const char *begin, const char *end)
{
    char text[8192] = "";
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    size_t len = 0;
    ssize_t n = 0;

    while (poll(&readable, 1, 2000) == 1 && (n = net_read(fd, text + len, 4096 - len)) > 0)
        len += (size_t)n;
    if (n > 0 || readable.revents == 0)
        fail("%s has been sent '%s', and the connection is still open", who, text);
    if (strncmp(text, begin, strlen(begin)) != 0 || len < strlen(end) ||
        strcmp(text + len - strlen(end), end) != 0)
        fail("%s has been sent '%s'", who, text);
    printf("%s: %s\n", who, *end == '\0' ? "closed" : end);
    close(fd);
}

static void happen_look(void)
{
    expect("idle", idle, "", "");
    expect("drips", drips, "", "");
    expect("slow", slow, "HTTP/1.1 200", "hello");
}

static void happen_answer(void)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\n\r\nbar";
    char call[HEAD_MAX];
    int fd = net_accept(api_listener, true);

    if (fd == -1 || net_read(fd, call, sizeof call) <= 0 ||
        net_write(fd, answer, strlen(answer)) == -1)
        fail("cannot answer");
    close(fd);
}

static void happen_look_again(void)
{
    expect("waits", waits, "HTTP/1.1 200", "bar");
}

static void happen_gone(void)
{
    gone = come("");
}

static void happen_next(void)
{
    close(gone);
}

static void happen_next_come(void)
{
    next = come("");
}

static void happen_next_ask(void)
{
    net_write(next, "GET /hello HTTP/1.1\r\n\r\n", 23);
}

static void happen_next_look(void)
{
    expect("next", next, "HTTP/1.1 200", "hello");
}

/* Five clients, and one that comes when another has gone. */
static void case_server(void)
{
    static const struct happening visits[] = {
        {0, happen_come},           {3000, happen_drip},
        {6000, happen_drip},        {9000, happen_drip},
        {9900, happen_end_request}, {10500, happen_look},
        {15000, happen_answer},     {15100, happen_look_again},
        {20000, happen_gone},       {20500, happen_next},
        {21000, happen_next_come},  {30800, happen_next_ask},
        {30900, happen_next_look},  {0, NULL}};
    struct service service = {.host = "api", .stop = -1, .requests = 6};

    net_resolve(&gateway, "127.0.0.1", "0");
    service.api = gateway;
    service.listener = net_listen(&gateway);
    api_listener = net_listen(&service.api);
    net_own_address(service.listener, &gateway);
    net_own_address(api_listener, &service.api);
    net_set_blocking(api_listener, true);
    happenings = visits;
    most_polls = 300;
    serve_gateway(&service);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } cases[] = {
        {"order", case_order},
        {"same", case_same},
        {"sleeps", case_sleeps},
        {"cancel", case_cancel},
        {"cancel_due", case_cancel_due},
        {"both", case_both},
        {"busy", case_busy},
        {"again", case_again},
        {"nested", case_nested},
        {"close", case_close},
        {NULL, NULL},
    };

    (void)argc;
    program = "the loop";
    signal(SIGPIPE, SIG_IGN);
    start_ns = time_ns;
    if (strcmp(argv[1], "server") == 0) {
        case_server();
        return 0;
    }
    if (pipe(ends) == -1)
        return 1;
    loop_open();
    for (int i = 0; cases[i].name != NULL; i++)
        if (strcmp(cases[i].name, argv[1]) == 0)
            cases[i].run();
    loop_unregister(ends[0]);
    loop_unregister(ends[1]);
    loop_close();
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

# What CASE prints, a word a line, must be this.
prints() { # CASE EXPECTED
    run limited "$test" "$1"
    case_has_ended
    is "called: $(xargs <<<"$output")" "called: $2"
}

@test "each is called once and in time, whoever is due first comes first" {
    prints order "a b c stop"
}

@test "of two that are due at the same time, the one that was added first comes first" {
    prints same "first second stop"
}

@test "the loop sleeps until somebody is due" {
    prints sleeps "late stop"
}

@test "whoever is cancelled is not called, others are" {
    prints cancel "a c stop"
}

@test "whoever is cancelled by another that is due at the same time is not called either" {
    prints cancel_due "a stop"
}

@test "descriptors are called between timers" {
    prints both "a read b stop"
}

@test "a descriptor that is always ready does not hold timers up" {
    prints busy "a stop"
}

@test "a call that adds itself again, for 0 ms, does not hold descriptors up" {
    prints again "read"
}

@test "a call may add another" {
    prints nested "a stop"
}

@test "a loop that is closed forgets its timers" {
    prints close "stop stop"
}

# One says nothing, one sends a byte now and then, one is done after 9.9 seconds, one has asked in
# time and waits for an API that takes 15 seconds; one has gone, and another has come in its place.
@test "whoever has not sent its request after ten seconds is disconnected, and nobody else" {
    run limited "$test" server
    case_has_ended
    lines_are "$output" "idle: closed
drips: closed
slow: hello
waits: bar
next: hello"
}

@test "the server still serves" {
    start_serve
    client @a get:/two recv @b get:/one recv @c get:/hello recv @bad get:/two reset crowd:100:/two
    lines_are "$output" "a: 200 baz
b: 200 bar
c: 200 hello
100 times: 200 baz"
    stop_serve
}

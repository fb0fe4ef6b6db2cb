/* blocking.c - tests of what a server needs whose threads block (step 1): room, Ctrl-C, patience.
 * The test is the clients as well. Prints what happens. */
#define _POSIX_C_SOURCE 200809L

#include "blocking.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "net.h"

static struct service service = {.host = "api"};
static struct address address;
static int stop_pipe[2];

static _Noreturn void fail(const char *what)
{
    printf("FAILED: %s\n", what);
    exit(1);
}

static long long now_ms(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

/* Listens. With STOP, the program can be told to stop. */
static void start(int requests, bool stop)
{
    struct address any;

    if (net_resolve(&any, "127.0.0.1", "0") != NULL ||
        (service.listener = net_listen(&any)) == -1 || pipe(stop_pipe) == -1)
        fail("cannot listen");
    net_own_address(service.listener, &address);
    service.stop = stop ? stop_pipe[0] : -1;
    service.requests = requests;
}

static int connect_client(void)
{
    int fd = net_connect(&address, true);

    if (fd == -1)
        fail("cannot connect");
    return fd;
}

static struct connection *say_accepted(struct connection *client)
{
    if (client == NULL)
        printf("  no client is accepted\n");
    else
        printf("  client %d is accepted\n", client->id);
    return client;
}

static pthread_t start_thread(void *(*run)(void *), void *arg)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, run, arg) != 0)
        fail("no thread");
    return thread;
}

static void *serve_nothing(void *arg)
{
    struct connection *client = arg;

    client->own_thread = true;
    disconnect(client);
    return NULL;
}

/* --- as many as were asked for */

static void test_requests(void)
{
    printf("two are accepted, and no more\n");
    start(2, false);
    blocking_open(&service);
    for (int i = 0; i < 3; i++)
        close(connect_client());
    for (int i = 0; i < 2; i++)
        disconnect(say_accepted(accept_client()));
    say_accepted(accept_client());
    blocking_close();
}

/* --- no more at once than there is room for */

static atomic_bool first_has_gone;

/* A client that disconnects when it has read the end. */
static void *leave(void *arg)
{
    char byte;

    if (net_read(*(int *)arg, &byte, 1) != 0)
        fail("the first client is not disconnected");
    first_has_gone = true;
    close(*(int *)arg);
    return NULL;
}

/* Leaves room for one client at once: a descriptor for it, and one for its call of the API. */
static void leave_little_room(struct rlimit limit)
{
    for (limit.rlim_cur = 8; net_room() / 2 != 1; limit.rlim_cur++)
        if (limit.rlim_cur > limit.rlim_max || setrlimit(RLIMIT_NOFILE, &limit) == -1)
            fail("cannot limit the descriptors");
}

static void test_room(void)
{
    struct connection *first;
    struct rlimit limit;
    int fds[2];
    pthread_t client;

    printf("there is room for one, and two have come: the second waits until the first has gone\n");
    start(2, false);
    for (int i = 0; i < 2; i++)
        fds[i] = connect_client();
    getrlimit(RLIMIT_NOFILE, &limit);
    leave_little_room(limit);
    blocking_open(&service);
    setrlimit(RLIMIT_NOFILE, &limit);
    first = say_accepted(accept_client());
    client = start_thread(leave, &fds[0]);
    start_thread(serve_nothing, first);
    first = say_accepted(accept_client());
    printf("  the first had gone: %d\n", (int)first_has_gone);
    pthread_join(client, NULL);
    close(fds[1]);
    disconnect(first);
    blocking_close();
}

/* --- patience, and none */

static void test_patience(void)
{
    struct connection *client;
    long long began;
    int fd;

    printf("a client that does not disconnect: it is waited for, but not for ever\n");
    start(2, false);
    blocking_open(&service);
    fd = connect_client();
    client = say_accepted(accept_client());
    began = now_ms();
    disconnect(client);
    printf("  for so many tenths of a second at least: %d\n", now_ms() - began >= 400 ? 4 : 0);
    close(fd);

    printf("the last client is waited for at the end\n");
    fd = connect_client();
    start_thread(serve_nothing, say_accepted(accept_client()));
    began = now_ms();
    blocking_close();
    printf("  for so many tenths of a second at least: %d\n", now_ms() - began >= 400 ? 4 : 0);
    close(fd);
}

static void test_refused(void)
{
    char text[200] = "";
    size_t len = 0;
    ssize_t n;
    int fd;

    printf("a client that is refused\n");
    start(1, false);
    blocking_open(&service);
    fd = connect_client();
    refuse(say_accepted(accept_client()));
    blocking_close();
    while ((n = net_read(fd, text + len, sizeof text - 1 - len)) > 0)
        len += (size_t)n;
    printf("  is sent: %.*s; and then it is the end: %d\n", (int)strcspn(text, "\r"), text, n == 0);
    close(fd);
}

/* --- the program is told to stop */

static ssize_t has_sent = -1;

static void *serve_until_end(void *arg)
{
    struct connection *client = arg;
    char byte;

    client->own_thread = true;
    has_sent = net_read(client->fd, &byte, 1);
    disconnect(client);
    return NULL;
}

static void test_stop(void)
{
    struct connection *clients[3];
    int fds[3];

    printf("told to stop: the client that has sent nothing is taken to have sent all\n");
    start(0, true);
    blocking_open(&service);
    for (int i = 0; i < 3; i++) {
        fds[i] = connect_client();
        clients[i] = say_accepted(accept_client());
    }
    close(fds[0]);
    disconnect(clients[0]);
    close(fds[2]);
    disconnect(clients[2]);
    start_thread(serve_until_end, clients[1]);
    if (write(stop_pipe[1], "x", 1) != 1)
        fail("the pipe is full");
    say_accepted(accept_client());
    blocking_close();
    printf("  client 2 has sent so much: %zd\n", has_sent);
    close(fds[1]);
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    test_requests();
    test_patience();
    test_refused();
    test_room();
    test_stop(); /* which is told once */
    return 0;
}
